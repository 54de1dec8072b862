//! Fetching a file: by the requester only, each time a row of its own in the log, before the bytes leave.

use super::{EXPORT, clear, requester, state};
use kedun_model::{ObjectName, Problem, RecordId, Verb};
use kedun_vault::{Act, ExportFile, Result, Scope, Signal, Task, Tx, Vault};
use serde_json::{Map, json};

/// How often a count is tried again that somebody else's came before.
const TRIES: usize = 5;

/// The file of a case.
///
/// # Errors
/// Not found: somebody else's, not ready, expired, dropped by an erasure. Forbidden when the requester may no longer
/// export this object.
pub async fn file(vault: &Vault, scope: &Scope, case: &RecordId) -> Result<ExportFile> {
    for _ in 0..TRIES {
        let record = scope.get(EXPORT, case).await?;
        if requester(&record).as_ref() != Some(scope.person()) {
            scope.log(Act::new("export.download", EXPORT).on(case, None).denied()).await?;
            return Err(Problem::NotFound.into());
        }
        if state(&record) != "ready" {
            return Err(Problem::NotFound.into());
        }
        let object = ObjectName::from(record.clear_text("target_object").unwrap_or_default());
        if scope.caller().grants_for(&object, Verb::Export).next().is_none() {
            scope.log(Act::new("export.download", EXPORT).on(case, None).denied()).await?;
            return Err(Problem::Forbidden("export").into());
        }
        let count = |name: &str| clear(&record, name).as_i64().unwrap_or(0);
        let mut tx = scope.begin().await?;
        let file = tx.read_file(case, &object).await?;
        let fields = Map::from_iter([("downloads".to_owned(), json!(count("downloads") + 1))]);
        let house = vault.system_for(Task::Casework, scope.person());
        let revision = Some(record.revision());
        match tx.as_house(&house, async |tx: &mut Tx| tx.update(EXPORT, case, revision, &fields).await).await
        {
            Err(error) if error.is_overtaken() => continue,
            Err(other) => return Err(other),
            Ok(_) => {}
        }
        tx.tell(Signal::ExportChanged { id: case.to_string(), person: scope.person().clone() });
        let act = Act::new("export.download", EXPORT)
            .on(case, None)
            .purpose(record.clear_text("purpose").unwrap_or_default())
            .count(usize::try_from(count("rows")).unwrap_or(0))
            .payload(json!({ "mark": file.mark }));
        // On PostgreSQL it is known only here that somebody else fetched it in between.
        match tx.commit(act).await {
            Err(error) if error.is_overtaken() => continue,
            outcome => outcome?,
        };
        return Ok(file);
    }
    Err(Problem::Conflict("busy").into())
}

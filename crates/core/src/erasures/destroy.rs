//! The destruction itself, in steps that can be taken again.

use super::{ERASURE, ErasureView, cases_of, damaged, of_state, snapshot, view};
use crate::rights;
use kedun_model::{PersonId, Problem, RecordId, SubjectId, moment};
use kedun_vault::{Act, Destroyed, KEYRING_LIFE_MS, RecordView, Result, Task, Tx, Vault, VaultError};
use serde_json::{Map, Value as Json, json};

/// What the certificate cannot promise; said rather than left out.
pub(super) const RESIDUAL: &str = "Not covered: what staff wrote down outside the system, paper, files that were exported \
    before, what recipients hold, and copies of both databases together with the root key that somebody made \
    outside of the backups.";

/// How the embedded database destroys.
const OVERWRITTEN: &str = "rows deleted and overwritten, the write-ahead log emptied; the data key of the subject \
    destroyed, so that every other copy of its sealed values, backups included, is unreadable";

/// How PostgreSQL destroys: it frees the place of a row and writes over it when it next needs it, not at once.
const VACUUMED: &str = "rows deleted and vacuumed; the data key of the subject destroyed, so that every other copy of \
    its sealed values, backups included, is unreadable. Values that were not sealed can be read from freed pages, \
    archived write-ahead logs and base backups of the database server until those are written over or removed";

/// Carries out an approved case: rows, key, certificate. Goes on where an earlier run stopped; a finished case stays as
/// it is. So does one that was restored from before its end: what it asks for was carried out again when the vault opened,
/// and the certificate says `replayed` instead of what was counted the first time.
///
/// # Errors
/// `not_approved`; `on_hold`; an approval that was spent, is too old, or was given for something else;
/// `still_being_read` when the last step has to come again.
pub async fn execute(vault: &Vault, case: &RecordId) -> Result<ErasureView> {
    let house = vault.system(Task::Casework);
    let mut record = house.get(ERASURE, case).await?;
    match record.clear_text("state") {
        Some("done") => return Ok(view(&record)),
        Some("approved") => {}
        _ => return Err(Problem::Conflict("not_approved").into()),
    }
    if record.clear_text("t0").is_none() {
        remove(vault, case, &record).await?;
        record = house.get(ERASURE, case).await?;
    }
    let subject = SubjectId::new(record.clear_text("target").ok_or_else(|| damaged("no target"))?);
    vault.destroy_key(&subject).await?;
    certify(vault, case, &record).await?;
    Ok(view(&house.get(ERASURE, case).await?))
}

/// Goes on with every approved case: what a stop interrupted, and what a hold kept back until now.
///
/// # Errors
/// The database fails. What the rules refuse is logged and left.
pub async fn resume(vault: &Vault) -> Result<Vec<RecordId>> {
    let mut finished = Vec::new();
    for record in of_state(vault, &["approved"]).await? {
        let case = RecordId::new(record.id());
        match execute(vault, &case).await {
            Ok(_) => finished.push(case),
            // Whoever decided carries it out at this moment.
            Err(error) if error.is_overtaken() => {}
            Err(VaultError::Problem(problem)) => {
                tracing::warn!(case = %case, %problem, "an approved erasure cannot be carried out yet");
            }
            Err(error) if cannot_go_on(&error) => return Err(error),
            // A case that is damaged keeps nobody else's waiting.
            Err(error) => {
                tracing::error!(case = %case, %error, "an approved erasure failed and will come again")
            }
        }
    }
    Ok(finished)
}

/// Whether no other case would fare better now.
pub(super) fn cannot_go_on(error: &VaultError) -> bool {
    matches!(error, VaultError::Sealed | VaultError::LedgerUnavailable(_)) || error.is_unreachable()
}

/// The first step: the approval is spent and the rows go, in one change.
async fn remove(vault: &Vault, case: &RecordId, record: &RecordView) -> Result<()> {
    let field = |name: &str| record.clear_text(name).ok_or_else(|| damaged(name));
    let (object, target, ground) = (field("target_object")?, field("target")?, field("ground")?);
    let mut preview: Json = serde_json::from_str(field("preview")?).map_err(|_| damaged("its preview"))?;
    let mut approved_thing = snapshot(case, object, target, ground, &Json::Null);
    // The note stands beside the preview in what was approved.
    let note = preview.as_object_mut().and_then(|p| p.remove("note"));
    approved_thing["preview"] = preview.clone();
    if let Some(note) = &note {
        approved_thing["note"] = note.clone();
    }
    let approver = approver(record).ok_or_else(|| damaged("no approver"))?;
    let earlier = earlier_cases(vault, case, &RecordId::new(target)).await?;
    let mut tx = vault.system_for(Task::Erase, &approver).begin().await?;
    let approved = tx.spend(case.as_str(), &approved_thing).await?;
    let (subject, destroyed) = tx.remove_subject(case, object, &RecordId::new(target), &approved).await?;
    let now = moment::text(tx.scope().now());
    preview["destroyed"] = destroyed_json(&destroyed);
    preview["entry"] = json!(tx.entry());
    let fields =
        Map::from_iter([("t0".to_owned(), json!(now)), ("preview".to_owned(), json!(preview.to_string()))]);
    let house = vault.system_for(Task::Casework, &approver);
    tx.as_house(&house, async |tx: &mut Tx| {
        tx.update(ERASURE, case, None, &fields).await?;
        tx.forget_words(case).await?;
        for (earlier, kept) in &earlier {
            tx.update(ERASURE, earlier, None, kept).await?;
            tx.forget_words(earlier).await?;
        }
        let words = ["filter_text", "decision_note"].map(|name| (name.to_owned(), Json::Null));
        for export in &destroyed.exports {
            tx.update("export_case", export, None, &Map::from_iter(words.clone())).await?;
            tx.forget_words(export).await?;
        }
        Ok(())
    })
    .await?;
    let act = Act::new("erasure.destroy", object)
        .on(&RecordId::new(target), Some(&subject))
        .purpose(ground)
        .payload(json!({ "case": case, "rows": destroyed.rows, "replayed": destroyed.replayed }));
    tx.commit(act).await.map(drop)
}

/// The earlier cases about the same record (they were refused), with what is to stay of what they say: neither the note nor
/// the reason of the refusal.
async fn earlier_cases(
    vault: &Vault,
    case: &RecordId,
    target: &RecordId,
) -> Result<Vec<(RecordId, Map<String, Json>)>> {
    let mut earlier = Vec::new();
    for record in cases_of(vault, target).await?.iter().filter(|record| record.id() != case.as_str()) {
        let mut fields = Map::from_iter([("refusal".to_owned(), Json::Null)]);
        let preview = record.clear_text("preview").and_then(|t| serde_json::from_str::<Json>(t).ok());
        if let Some(Json::Object(mut preview)) = preview {
            preview.remove("note");
            fields.insert("preview".to_owned(), json!(Json::Object(preview).to_string()));
        }
        earlier.push((RecordId::new(record.id()), fields));
    }
    Ok(earlier)
}

/// The last step: everything live is gone, and when the last copy of the key will be.
async fn certify(vault: &Vault, case: &RecordId, record: &RecordView) -> Result<()> {
    let t0 = record.clear_text("t0").and_then(moment::parse).ok_or_else(|| damaged("t0"))?;
    let t1 = moment::text(t0 + KEYRING_LIFE_MS);
    let checkpoint = vault.checkpoint().await?;
    let approver = approver(record).ok_or_else(|| damaged("no approver"))?;
    let house = vault.system_for(Task::Casework, &approver);
    let mut body = body(vault, record);
    body["keys"] = json!({ "state": "pending", "final_at": t1 });
    body["t0"] = json!(record.clear_text("t0"));
    body["t1"] = json!(t1);
    let mut tx = house.begin().await?;
    body["log"] = log(vault, &checkpoint, &tx);
    let fields = Map::from_iter([("state".to_owned(), json!("done")), ("t1".to_owned(), json!(t1))]);
    // Against the revision that was read: of two that go on after a stop, one signs.
    tx.update(ERASURE, case, Some(record.revision()), &fields).await?;
    let certificate = tx.certify(ERASURE, case.as_str(), &body).await?;
    rights::erasure_settled(vault, &mut tx, case, true).await?;
    let act = Act::new("erasure.certify", ERASURE).on(case, None);
    tx.commit(act.payload(json!({ "certificate": certificate }))).await.map(drop)
}

/// Where a certificate stands in the log: under the head that was the newest, and in which row its hash is.
pub(super) fn log(vault: &Vault, checkpoint: &str, tx: &Tx) -> Json {
    json!({ "key": vault.ledger_key(), "checkpoint": checkpoint, "entry": tx.entry() })
}

/// What both certificates say of a case.
pub(super) fn body(vault: &Vault, record: &RecordView) -> Json {
    let preview: Json =
        record.clear_text("preview").and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
    let shown = view(record);
    json!({
        "case": shown.id,
        "subject": shown.record,
        "object": shown.object,
        "ground": shown.ground,
        "requested_by": shown.requester,
        "approved_by": shown.approver,
        "received_at": shown.received_at,
        "found": preview["records"],
        "destroyed": preview["destroyed"],
        "destroyed_by": preview["entry"],
        "method": if vault.overwrites() { OVERWRITTEN } else { VACUUMED },
        "exceptions": [],
        "residual": RESIDUAL,
    })
}

pub(super) fn approver(record: &RecordView) -> Option<PersonId> {
    view(record).approver.get("id").and_then(Json::as_str).map(PersonId::new)
}

fn destroyed_json(destroyed: &Destroyed) -> Json {
    let mut told =
        json!({ "rows": destroyed.rows, "key": destroyed.key, "key_commitment": destroyed.commitment });
    if destroyed.replayed {
        told["replayed"] = json!(true);
    }
    told
}

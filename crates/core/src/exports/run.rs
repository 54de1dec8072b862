//! Rendering, beside the requests: with the requester's present rights, page by page, told as it goes, stopped when
//! somebody cancels, taken up again or ended cleanly after a stop.

use super::closing::{close, expire, told, without_looks};
use super::mark::Mark;
use super::render::{Sheet, Stamp, media, watermark};
use super::{EXPORT, FILE_LIVES_MS, clear, damaged, number, requester, state};
use kedun_model::{PersonId, Problem, RecordId, moment};
use kedun_vault::{
    Act, ExportFile, ExportFormat, ExportGrant, ExportOrder, Exported, FREE_ROWS, RecordView, Result, Scope,
    Signal, Task, Tx, Vault, VaultError, snapshot_hash,
};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;

/// Progress is written down when so many more percent are done.
const STEP: i64 = 5;
/// A run of which nothing was heard for so long was cut short.
const SILENT_MS: i64 = 60_000;
/// How often is looked for what was missed, and what is over.
const TIDY: Duration = Duration::from_secs(30);

/// A case that is being rendered: its approval is spent, its order granted.
pub struct Running {
    vault: Vault,
    scope: Scope,
    record: RecordView,
    order: ExportOrder,
    grant: ExportGrant,
    total: i64,
}

/// Why a run ends without a file.
enum Halt {
    Vault(VaultError),
    /// Somebody else moved the case: it was cancelled.
    Overtaken,
}

impl From<VaultError> for Halt {
    fn from(error: VaultError) -> Halt {
        match error {
            error if error.is_overtaken() => Halt::Overtaken,
            other => Halt::Vault(other),
        }
    }
}

/// Renders what is ordered, as it comes, for as long as the house stands; one at a time, so that memory is bounded.
pub async fn work(vault: Vault) {
    let mut signals = vault.signals();
    let mut tidied = tokio::time::interval(TIDY);
    tidied.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            signal = signals.recv() => match signal {
                Ok(Signal::ExportChanged { .. }) | Err(RecvError::Lagged(_)) => {}
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            },
            _ = tidied.tick() => {
                if let Err(error) = tidy(&vault).await {
                    tracing::error!(%error, "exports cannot be tidied");
                }
            }
        }
        loop {
            match render_next(&vault).await {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(%error, "exports cannot be rendered");
                    break;
                }
            }
        }
    }
}

async fn tidy(vault: &Vault) -> Result<()> {
    resume(vault).await?;
    expire(vault).await.map(drop)
}

/// Renders the oldest order that may be. Answers its case; none when nothing waits.
///
/// # Errors
/// The database fails. What goes wrong with the export itself is written on the case.
pub async fn render_next(vault: &Vault) -> Result<Option<RecordId>> {
    let Some(case) = vault.export_cases("approved", i64::MAX).await?.into_iter().next() else {
        return Ok(None);
    };
    if let Some(running) = start(vault, &case).await? {
        running.render().await?;
    }
    Ok(Some(case))
}

/// Takes up what was cut short. A small export begins anew; one whose approval was spent fails, for an approval is
/// spent once. Answers the cases.
///
/// # Errors
/// The database fails.
pub async fn resume(vault: &Vault) -> Result<Vec<RecordId>> {
    let house = vault.system(Task::Casework);
    let silent = vault.export_cases("running", house.now() - SILENT_MS).await?;
    for case in &silent {
        let record = house.get(EXPORT, case).await?;
        let approved = !clear(&record, "approver").is_null();
        let outcome = if approved {
            fail(vault, &record, "interrupted").await
        } else {
            let mut tx = house.begin().await?;
            let fields =
                Map::from_iter([("state".to_owned(), json!("approved")), ("progress".to_owned(), json!(0))]);
            tx.update(EXPORT, case, Some(record.revision()), &fields).await?;
            told(&mut tx, case, requester(&record).as_ref());
            tx.commit(Act::new("export.resume", EXPORT).on(case, None)).await.map(drop)
        };
        match outcome {
            Ok(()) => {}
            Err(error) if error.is_overtaken() => {}
            Err(other) => return Err(other),
        }
    }
    Ok(silent)
}

/// Begins to render an approved case: what was approved is compared with what is there now, and the approval is spent.
/// None when the case failed or somebody else moved it.
///
/// # Errors
/// The database fails.
pub async fn start(vault: &Vault, case: &RecordId) -> Result<Option<Running>> {
    let record = vault.system(Task::Casework).get(EXPORT, case).await?;
    if state(&record) != "approved" {
        return Ok(None);
    }
    match begin(vault, &record).await {
        Ok(running) => Ok(Some(running)),
        Err(error) if error.is_overtaken() => Ok(None),
        Err(error) => {
            end(vault, &record, error).await?;
            Ok(None)
        }
    }
}

async fn begin(vault: &Vault, record: &RecordView) -> Result<Running> {
    let case = RecordId::new(record.id());
    let person = requester(record).ok_or_else(|| damaged("no requester"))?;
    let scope = vault.on_behalf(&person, Task::Export)?;
    let house = vault.system(Task::Casework);
    let order = house.kept_order(&case).await?;
    let snapshot = scope.order_snapshot(&order)?;
    if record.clear_text("snapshot_hash") != Some(snapshot_hash(&snapshot).to_string().as_str()) {
        return Err(Problem::Conflict("snapshot_changed").into());
    }
    let total = scope.export_size(&order).await?;
    let approval = scope.export_needs_approval(&order, order.rows)?;
    let most = if approval { order.rows } else { FREE_ROWS };
    if total > most {
        return Err(Problem::Conflict("snapshot_changed").into());
    }
    let mut tx = scope.begin().await?;
    if approval {
        let approved = tx.spend(case.as_str(), &snapshot).await?;
        tx.grant_export(&order, approved)?;
    } else {
        tx.grant_small_export(&order)?;
    }
    let fields = Map::from_iter([("state".to_owned(), json!("running")), ("progress".to_owned(), json!(0))]);
    let revision = Some(record.revision());
    tx.as_house(&house, async |tx: &mut Tx| tx.update(EXPORT, &case, revision, &fields).await).await?;
    told(&mut tx, &case, Some(&person));
    let act = Act::new("export.start", EXPORT).on(&case, None).purpose(order.purpose.clone());
    let grant = tx.commit(act).await?.into_grant().ok_or_else(|| damaged("no grant"))?;
    let record = house.get(EXPORT, &case).await?;
    Ok(Running { vault: vault.clone(), scope, record, order, grant, total })
}

impl Running {
    /// Renders to the end: a file, or a case that says why there is none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn render(self) -> Result<()> {
        let (vault, case) = (self.vault.clone(), RecordId::new(self.record.id()));
        match self.write().await {
            Ok(()) => {}
            Err(Halt::Overtaken) => tracing::info!(%case, "an export was cancelled while it ran"),
            Err(Halt::Vault(error)) => {
                let record = vault.system(Task::Casework).get(EXPORT, &case).await?;
                if state(&record) == "running" {
                    end(&vault, &record, error).await?;
                }
            }
        }
        Ok(())
    }

    async fn write(self) -> std::result::Result<(), Halt> {
        let Running { vault, scope, record, order, grant, total } = self;
        let person = scope.person().clone();
        let def = scope.object(order.object.as_str())?.clone();
        let english = order.language == "en";
        let title = if english { def.label.en.clone() } else { def.label.zh.clone() };
        let now = scope.now();
        let mark = Mark::random()?;
        let number = number(record.id());
        let me = scope.myself()?;
        let zone = scope.catalog().zone();
        let time =
            zone.on_the_wall(now).map(|t| t.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
        let watermark = watermark(&me.name, &me.staff_no, &time, &number, &order.purpose, english);
        let stamp = Stamp { number: number.clone(), watermark, title: title.clone(), english, zone, mark };
        let mut sheet = Sheet::begin(&def, &order.fields, order.format, &stamp)?;
        let mut progress =
            Progress { vault: vault.clone(), record, person: person.clone(), total, done: 0, shown: 0 };
        let mut leaving = scope.export(grant).await?;
        while let Some(page) = leaving.next().await? {
            for record in &page.records {
                sheet.row(record)?;
            }
            progress.add(page.records.len()).await?;
        }
        let exported = leaving.finish().await?;
        let body = tokio::task::spawn_blocking(move || sheet.finish())
            .await
            .map_err(|error| VaultError::Setup(format!("an export was not finished: {error}")))??;
        let day = zone.on_the_wall(now).map(|t| t.date().to_string()).unwrap_or_default();
        let file = ExportFile {
            name: format!("{title}-{day}-{number}.{}", order.format.as_str()),
            media: media(order.format).to_owned(),
            body,
            mark: mark.hex(),
        };
        // Who may not come in any more gets no file either.
        vault.on_behalf(&person, Task::Export)?;
        Ok(keep(&vault, &progress.record, &person, exported, &file, order.format).await?)
    }
}

async fn keep(
    vault: &Vault,
    record: &RecordView,
    person: &PersonId,
    exported: Exported,
    file: &ExportFile,
    format: ExportFormat,
) -> Result<()> {
    let case = RecordId::new(record.id());
    let house = vault.system(Task::Casework);
    let expires_at = house.now() + FILE_LIVES_MS;
    let hash: String = Sha256::digest(&file.body).iter().map(|byte| format!("{byte:02x}")).collect();
    let fields = json!({
        "state": "ready",
        "progress": 100,
        "rows": exported.rows,
        "file_hash": hash,
        "expires_at": moment::text(expires_at),
    });
    let Json::Object(fields) = fields else { return Err(damaged("its end")) };
    let rows = usize::try_from(exported.rows).unwrap_or(0);
    let mut tx = house.begin().await?;
    // The file first: it waits for erasures, which change the cases of exports themselves.
    let taken = exported.rows;
    tx.keep_file(exported, file, expires_at).await?;
    let revision = Some(record.revision());
    match taken {
        // Whom it was about may have been erased while it waited.
        0 => without_looks(&mut tx, &case, revision, fields).await?,
        _ => tx.update(EXPORT, &case, revision, &fields).await.map(drop)?,
    }
    tx.drop_order(&case).await?;
    told(&mut tx, &case, Some(person));
    let act = Act::new("export.ready", EXPORT)
        .on(&case, None)
        .count(rows)
        .payload(json!({ "person": person, "mark": file.mark, "hash": hash, "format": format }));
    tx.commit(act).await.map(drop)
}

/// How far a run is, on the case and to who listens.
struct Progress {
    vault: Vault,
    record: RecordView,
    person: PersonId,
    total: i64,
    done: i64,
    shown: i64,
}

impl Progress {
    async fn add(&mut self, rows: usize) -> std::result::Result<(), Halt> {
        self.done += i64::try_from(rows).unwrap_or(0);
        let percent = (self.done * 100 / self.total.max(1)).clamp(0, 99);
        if percent < self.shown + STEP {
            return Ok(());
        }
        self.shown = percent;
        let case = RecordId::new(self.record.id());
        let house = self.vault.system(Task::Casework);
        let mut tx = house.begin().await?;
        let fields = Map::from_iter([("progress".to_owned(), json!(percent))]);
        tx.update(EXPORT, &case, Some(self.record.revision()), &fields).await?;
        told(&mut tx, &case, Some(&self.person));
        let act = Act::new("export.progress", EXPORT).on(&case, None);
        let committed = tx.commit(act).await?;
        self.record = committed.view(&case).await?.ok_or_else(|| damaged("it is gone"))?;
        Ok(())
    }
}

/// Ends a case with what went wrong.
async fn end(vault: &Vault, record: &RecordView, error: VaultError) -> Result<()> {
    let reason = match &error {
        VaultError::NoSession => "requester_gone",
        VaultError::Problem(Problem::Conflict("snapshot_changed")) => "snapshot_changed",
        VaultError::Problem(Problem::Conflict(_)) => "not_approved",
        VaultError::Problem(Problem::Forbidden(_) | Problem::NotFound | Problem::Invalid(_)) => {
            "rights_changed"
        }
        VaultError::Sealed | VaultError::LedgerUnavailable(_) => return Err(error),
        // It comes again when the database is back; what the database will not have, it will not have the next time.
        _ if error.is_unreachable() => return Err(error),
        other => {
            tracing::error!(case = record.id(), error = %other, "an export failed");
            "internal"
        }
    };
    match fail(vault, record, reason).await {
        Err(error) if error.is_overtaken() => Ok(()),
        outcome => outcome,
    }
}

async fn fail(vault: &Vault, record: &RecordView, reason: &'static str) -> Result<()> {
    let house = vault.system(Task::Casework);
    let tx = house.begin().await?;
    let act = Act::new("export.fail", EXPORT).payload(json!({ "reason": reason }));
    close(tx, &house, record, "failed", Some(reason), act).await?;
    vault.forget_exports().await.map(drop)
}

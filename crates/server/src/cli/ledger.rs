//! `kedun ledger`: verify a data folder or an auditor's kit; export a kit.

use super::place::House;
use super::{CommandError, ExitCode};
use crate::output::line;
use kedun_ledger::note::NoteVerifier;
use kedun_ledger::verify::{Failure, FailureKind, Report, verify_kit};
use kedun_vault::Examiner;
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(crate) enum LedgerCommand {
    /// Verify, changing nothing: exit code 0 intact, 1 not intact, 2 could not verify.
    Verify {
        /// A data folder (with kedun.key or kedun.toml) or an exported kit.
        path: PathBuf,
        /// The public key of the log, as it was noted at the beginning; for a kit it may be given several times. Without it
        /// the log is verified with the key that lies beside it.
        #[arg(long)]
        key: Vec<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Export a kit that an auditor verifies with the public key alone.
    Export {
        /// An empty folder to write.
        out: PathBuf,
        #[command(flatten)]
        house: House,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(command: LedgerCommand) -> Result<ExitCode, CommandError> {
    match command {
        LedgerCommand::Verify { path, key, json } => {
            let keys = key
                .iter()
                .map(|k| k.trim().parse().map_err(|e| CommandError::Said(format!("--key: {e}"))))
                .collect::<Result<Vec<NoteVerifier>, _>>()?;
            let (report, notes) = if path.join("keys.json").is_file() {
                let report = verify_kit(&path, &keys).map_err(|e| CommandError::Said(e.to_string()))?;
                (report, Vec::new())
            } else {
                // Whoever verifies must not alter what they verify.
                let place = House::at(&path);
                let settings = place.settings()?;
                let kek = place.key(&settings)?;
                let house = Examiner::open(&settings.data.source(), &kek).await?;
                let outcome = async {
                    let mut report = house.verify_ledger().await?;
                    hold_to(&mut report, &house.ledger_key().await?, &keys);
                    Ok((report, house.waiting().await?.sentences()))
                };
                let outcome: Result<_, CommandError> = outcome.await;
                house.close().await;
                outcome?
            };
            Ok(tell(&report, &notes, json))
        }
        LedgerCommand::Export { out, house, json } => {
            let vault = house.open().await?;
            let summary = vault.export_kit(&out).await;
            let key = vault.ledger_key();
            vault.close().await;
            let summary = summary?;
            if json {
                line(serde_json::json!({
                    "folder": out, "entries": summary.entries, "heads": summary.checkpoints, "key": key,
                }));
            } else {
                line(format!(
                    "{} entries, {} heads in {}",
                    summary.entries,
                    summary.checkpoints,
                    out.display()
                ));
                line(format!("public key: {key}"));
            }
            Ok(super::SUCCESS)
        }
    }
}

/// A house is verified with the key of its own keyring, which is made anew with a house that is made up: whoever brought
/// a key along is told when it is another.
fn hold_to(report: &mut Report, own: &str, trusted: &[NoteVerifier]) {
    if trusted.is_empty() || trusted.iter().any(|key| key.to_string() == own) {
        return;
    }
    report.ok = false;
    report.failures.push(Failure {
        kind: FailureKind::KeyMismatch,
        entry: None,
        until: None,
        id: None,
        message: format!("this house signs with the key {own}, which you did not say you trust"),
    });
}

/// `notes` is what the next opening of the house will do; a kit has none.
fn tell(report: &Report, notes: &[String], json: bool) -> ExitCode {
    if json {
        let mut body = serde_json::to_value(report).unwrap_or_default();
        body["notes"] = serde_json::json!(notes);
        line(&body);
    } else {
        line(format!(
            "{}: {} entries, {} heads, {} signed",
            if report.ok { "intact" } else { "NOT INTACT" },
            report.entries,
            report.checkpoints,
            report.signed
        ));
        for failure in report.failures.iter().chain(&report.warnings) {
            let place = failure.entry.map_or_else(String::new, |entry| format!("entry {entry}: "));
            line(format!("  {place}{}", failure.message));
        }
        for note in notes {
            line(format!("  note: {note}"));
        }
    }
    if report.ok { super::SUCCESS } else { super::FAILURE }
}

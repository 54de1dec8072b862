//! `kedun ledger`: verify a data folder or an auditor's kit; export a kit.

use super::place::House;
use super::{CommandError, ExitCode};
use crate::output::line;
use kedun_ledger::verify::{Report, verify_kit};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(crate) enum LedgerCommand {
    /// Verify: exit code 0 intact, 1 not intact, 2 could not verify.
    Verify {
        /// A data folder (with kedun.key or kedun.toml) or an exported kit.
        path: PathBuf,
        /// The public key of the log, for a kit; may be given several times.
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
            let report = if path.join("keys.json").is_file() {
                let keys = key
                    .iter()
                    .map(|k| k.trim().parse().map_err(|e| CommandError::Said(format!("--key: {e}"))))
                    .collect::<Result<Vec<_>, _>>()?;
                verify_kit(&path, &keys).map_err(|e| CommandError::Said(e.to_string()))?
            } else {
                let vault = House::at(&path).open().await?;
                let report = vault.verify_ledger().await?;
                vault.close().await;
                report
            };
            Ok(tell(&report, json))
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

fn tell(report: &Report, json: bool) -> ExitCode {
    if json {
        line(serde_json::to_string(report).unwrap_or_default());
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
    }
    if report.ok { super::SUCCESS } else { super::FAILURE }
}

//! `kedun ledger`: verify a data folder or an auditor's kit; export a kit.

use super::{CommandError, load, open};
use crate::output::line;
use kedun_ledger::verify::{Report, verify_kit};
use kedun_vault::keys::{Kek, KekSource};
use kedun_vault::{Clock, Options, Source, Vault};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
        /// The settings file (kedun.toml).
        #[arg(long)]
        config: Option<PathBuf>,
        /// A data folder with kedun.key, instead of settings.
        #[arg(long)]
        data: Option<PathBuf>,
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
                let vault = folder(&path).await?;
                let report = vault.verify_ledger().await?;
                vault.close().await;
                report
            };
            Ok(tell(&report, json))
        }
        LedgerCommand::Export { out, config, data } => {
            let vault = match data {
                Some(path) => folder(&path).await?,
                None => open(&load(config.as_deref(), &Vec::new())?).await?,
            };
            let summary = vault.export_kit(&out).await?;
            line(format!("{} entries, {} heads in {}", summary.entries, summary.checkpoints, out.display()));
            line(format!("public key: {}", vault.ledger_key()));
            vault.close().await;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Opens a data folder: by its settings, or by the key that lies in it (a demo).
async fn folder(path: &Path) -> Result<Vault, CommandError> {
    let settings = path.join("kedun.toml");
    if settings.is_file() {
        return open(&load(Some(&settings), &Vec::new())?).await;
    }
    let key = path.join("kedun.key");
    if !key.is_file() {
        return Err(CommandError::Said(format!(
            "{} holds neither keys.json, kedun.toml nor kedun.key",
            path.display()
        )));
    }
    let options = Options::new(Source::Sqlite { folder: path.to_owned() });
    Ok(Vault::open(options, &Kek::load(&KekSource::File(key))?, Clock::default()).await?)
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
    if report.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

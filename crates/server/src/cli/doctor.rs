//! `kedun doctor`: each thing that can be wrong, and what to do about it.

use super::{CommandError, key_source, load, options};
use crate::output::line;
use crate::settings::Settings;
use kedun_vault::keys::Kek;
use kedun_vault::{Clock, Vault};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct DoctorArgs {
    /// The settings file (kedun.toml).
    #[arg(long)]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    message: String,
}

pub(crate) async fn run(args: DoctorArgs) -> Result<ExitCode, CommandError> {
    let mut findings = Vec::new();
    let mut say = |check, outcome: Result<String, String>| {
        let ok = outcome.is_ok();
        findings.push(Finding { check, ok, message: outcome.unwrap_or_else(|e| e) });
    };
    match load(args.config.as_deref(), &Vec::new()) {
        Err(error) => say("settings", Err(error.to_string())),
        Ok(settings) => {
            say("settings", Ok("read".to_owned()));
            say("tls", tls(&settings));
            match key_source(&settings).and_then(|source| Ok(Kek::load(&source)?)) {
                Err(error) => say("key", Err(error.to_string())),
                Ok(kek) => {
                    say("key", Ok("readable, by its owner only".to_owned()));
                    match Vault::open(options(&settings), &kek, Clock::default()).await {
                        Err(error) => say("database", Err(error.to_string())),
                        Ok(vault) => {
                            say("database", Ok("open, migrated".to_owned()));
                            let writable = vault.check_writable().await;
                            say(
                                "ledger",
                                writable.map(|()| "writable".to_owned()).map_err(|e| e.to_string()),
                            );
                            let report = vault.verify_ledger().await;
                            say(
                                "log",
                                match report {
                                    Ok(report) if report.ok => {
                                        Ok(format!("{} entries, intact", report.entries))
                                    }
                                    Ok(report) => Err(format!(
                                        "{} findings; run kedun ledger verify",
                                        report.failures.len()
                                    )),
                                    Err(error) => Err(error.to_string()),
                                },
                            );
                            vault.close().await;
                        }
                    }
                }
            }
        }
    }
    let healthy = findings.iter().all(|f| f.ok);
    if args.json {
        line(serde_json::json!({ "ok": healthy, "findings": findings }));
    } else {
        for finding in &findings {
            line(format!(
                "{} {:<10} {}",
                if finding.ok { "ok  " } else { "FAIL" },
                finding.check,
                finding.message
            ));
        }
    }
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tls(settings: &Settings) -> Result<String, String> {
    let Some(files) = settings.server.tls() else {
        return Ok("plain HTTP on loopback; put a TLS proxy in front or set server.tls_cert".to_owned());
    };
    for file in [&files.cert, &files.key] {
        std::fs::metadata(file).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    Ok("certificate files are there".to_owned())
}

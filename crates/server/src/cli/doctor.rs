//! `kedun doctor`: each thing that can be wrong, and what to do about it. It opens the house for reading alone: nothing is
//! made, migrated, posted or repaired.

use super::place::House;
use super::{CommandError, ExitCode, said};
use crate::certificate::{self, Holds};
use crate::output::line;
use crate::settings::{KeyPlace, Settings};
use kedun_vault::{DemoMark, Examiner, SecondFactor, Source, VaultError};
use serde::Serialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Free space below which the next write may fail, bytes.
const LEAST_FREE: u64 = 256 << 20;
/// Free space below which somebody should look, bytes.
const LITTLE_FREE: u64 = 2 << 30;
/// A certificate that ends within so many seconds wants to be renewed.
const RENEW_SECONDS: u64 = 21 * 86_400;
/// A backup older than this wants to be made anew, ms.
const BACKUP_MS: i64 = 2 * 86_400_000;

#[derive(clap::Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    house: House,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Ok,
    /// It works, and somebody should look.
    Warning,
    /// It does not work.
    Failure,
    /// It could not be looked at.
    Unable,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    level: Level,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    fn fine(check: &'static str, message: impl Into<String>) -> Finding {
        Finding { check, ok: true, level: Level::Ok, message: message.into(), advice: None }
    }

    fn warns(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding {
            check,
            ok: true,
            level: Level::Warning,
            message: message.into(),
            advice: Some(advice.into()),
        }
    }

    fn fails(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding {
            check,
            ok: false,
            level: Level::Failure,
            message: message.into(),
            advice: Some(advice.into()),
        }
    }

    fn unable(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
        Finding { level: Level::Unable, ..Finding::fails(check, message, advice) }
    }
}

pub(crate) async fn run(args: DoctorArgs) -> Result<ExitCode, CommandError> {
    let findings = match args.house.settings() {
        Err(error) => vec![Finding::fails("settings", said(&error), "mend the setting that is named")],
        Ok(settings) => examine(&args.house, &settings).await,
    };
    let healthy = findings.iter().all(|f| f.ok);
    if args.json {
        line(serde_json::json!({ "ok": healthy, "findings": findings }));
    } else {
        for finding in &findings {
            let mark = match finding.level {
                Level::Ok => "ok  ",
                Level::Warning => "warn",
                Level::Failure => "FAIL",
                Level::Unable => "----",
            };
            line(format!("{mark} {:<10} {}", finding.check, finding.message));
            if let Some(advice) = &finding.advice {
                line(format!("     {:<10} → {advice}", ""));
            }
        }
    }
    Ok(if healthy {
        super::SUCCESS
    } else if findings.iter().any(|f| f.level == Level::Failure) {
        super::FAILURE
    } else {
        super::UNABLE
    })
}

async fn examine(house: &House, settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![Finding::fine("settings", "read"), tls(settings), disk(settings)];
    let kek = match house.key(settings) {
        Ok(kek) => {
            findings.push(Finding::fine(
                "key",
                match settings.key.place() {
                    KeyPlace::File(path) => format!("{} is readable by its owner only", path.display()),
                    KeyPlace::Env(var) => format!("in the variable {var}: for tests only"),
                    KeyPlace::Passphrase(_) => "the passphrase is right".to_owned(),
                },
            ));
            kek
        }
        Err(error) => {
            let advice = match settings.key.place() {
                KeyPlace::File(path) => format!(
                    "put the key file back from its copy, or let only its owner read it: chmod 600 {}",
                    path.display()
                ),
                KeyPlace::Env(var) => format!("set {var}"),
                KeyPlace::Passphrase(_) => {
                    "run it on a terminal, or with KEDUN_PASSPHRASE_FILE or --passphrase-stdin".to_owned()
                }
            };
            findings.push(Finding::fails("key", said(&error), advice));
            return findings;
        }
    };
    match Examiner::open(&settings.data.source(), &kek).await {
        Err(error) => findings.push(unopened(&error)),
        Ok(house) => {
            inside(settings, &house, &mut findings).await;
            house.close().await;
        }
    }
    findings
}

fn unopened(error: &VaultError) -> Finding {
    let advice = "is the server of the database running, is this the right key, is it the right binary? \
        A database of a newer kedun is opened by that kedun only; a house that is not there yet is made by \
        kedun init";
    Finding::fails("database", said(error), advice)
}

/// What is seen in a house that opens.
async fn inside(settings: &Settings, house: &Examiner<'_>, findings: &mut Vec<Finding>) {
    let found = match house.look().await {
        Ok(found) => found,
        Err(error) => return findings.push(unopened(&error)),
    };
    findings.push(if found.pending == 0 {
        Finding::fine("database", "reachable, of this version")
    } else {
        Finding::warns(
            "database",
            format!("reachable; {} migrations of this binary are not applied", found.pending),
            "make a backup with the kedun that serves now; kedun serve applies them at its start",
        )
    });
    findings.extend(demo(settings, found.demo));
    findings.push(sign_in(settings, found.demo));
    findings.push(backups(found.last_backup));
    if found.pending == 0 {
        log(house, findings).await;
    } else {
        findings.push(Finding::unable(
            "log",
            "not checked: this binary reads it after its migrations only",
            "run the doctor of the kedun that serves now, or this one after the upgrade",
        ));
    }
}

/// Whether the log can be written and is intact, and what waits for the next start.
async fn log(house: &Examiner<'_>, findings: &mut Vec<Finding>) {
    findings.push(match house.check_writable().await {
        Ok(()) => Finding::fine("ledger", "a row can be written"),
        Err(error) => {
            Finding::fails("ledger", said(&error), "is the disk full, or the database locked or read only?")
        }
    });
    findings.push(match house.verify_ledger().await {
        Ok(report) if report.ok => Finding::fine("log", format!("{} entries, intact", report.entries)),
        Ok(report) => Finding::fails(
            "log",
            format!("NOT INTACT: {} findings", report.failures.len()),
            "keep a copy of everything as it is, then run kedun ledger verify, which names the entries",
        ),
        Err(error) => Finding::fails("log", said(&error), "run kedun ledger verify"),
    });
    match house.waiting().await {
        Ok(waiting) => {
            let advice = "expected after a stop that was none, and after a restore; alarming otherwise";
            findings
                .extend(waiting.sentences().into_iter().map(|said| Finding::warns("waiting", said, advice)));
        }
        Err(error) => {
            findings.push(Finding::fails("waiting", said(&error), "mend what is named and run it again"))
        }
    }
}

/// Whether this is the demo's house, which everybody may enter who can read.
fn demo(settings: &Settings, mark: Option<DemoMark>) -> Option<Finding> {
    mark?;
    let said = "the demo filled this house: the passwords of everybody in it are published";
    let advice = "keep no real customer in it; kedun init makes a house of your own";
    Some(if settings.server.listen.ip().is_loopback() {
        Finding::warns("demo", said, advice)
    } else {
        Finding::fails("demo", format!("{said}, and kedun serve does not serve it beyond loopback"), advice)
    })
}

/// Whether a password alone opens the house. That of the demo is published anyhow, and said so above.
fn sign_in(settings: &Settings, mark: Option<DemoMark>) -> Finding {
    match settings.sessions.second_factor.unwrap_or_else(|| SecondFactor::unset(mark)) {
        SecondFactor::Demanded => Finding::fine("sign-in", "a second factor is demanded of everybody"),
        SecondFactor::Optional if mark.is_some() => {
            Finding::fine("sign-in", "a second factor is optional, in a house that the demo filled")
        }
        SecondFactor::Optional => Finding::warns(
            "sign-in",
            "sessions.second_factor is optional: a password alone lets people in who have not enrolled one",
            "remove the setting, or set it to demanded; whoever has none enrols it at the next request",
        ),
    }
}

fn backups(last: Option<i64>) -> Finding {
    let advice = "run kedun backup --to <another disk> every day, from a timer";
    let now = i64::try_from(now().as_millis()).unwrap_or(i64::MAX);
    match last {
        None => Finding::warns("backup", "none was ever made", advice),
        Some(at) => {
            let said = format!("the last one is of {}", kedun_model::moment::text(at));
            if now - at > BACKUP_MS {
                Finding::warns("backup", said, advice)
            } else {
                Finding::fine("backup", said)
            }
        }
    }
}

#[cfg(unix)]
fn disk(settings: &Settings) -> Finding {
    let Source::Sqlite { folder } = settings.data.source() else {
        return Finding::fine("disk", "the database has its own; look at it there");
    };
    let stat = match rustix::fs::statvfs(&folder) {
        Ok(stat) => stat,
        Err(error) => {
            return Finding::fails(
                "disk",
                format!("{}: {error}", folder.display()),
                "kedun init makes the folder; mount its disk",
            );
        }
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let said = format!("{} MiB free under {}", free >> 20, folder.display());
    let advice = "make room: without it nothing can be written, and what cannot be logged is not shown";
    match free {
        free if free < LEAST_FREE => Finding::fails("disk", said, advice),
        free if free < LITTLE_FREE => Finding::warns("disk", said, advice),
        _ => Finding::fine("disk", said),
    }
}

#[cfg(not(unix))]
fn disk(_: &Settings) -> Finding {
    Finding::fine("disk", "not looked at on this system")
}

fn tls(settings: &Settings) -> Finding {
    let Some(files) = settings.server.tls() else {
        return Finding::fine("tls", "plain HTTP on loopback; a TLS proxy in front, or server.tls_cert");
    };
    match certificate::read(&files) {
        Err(error) => Finding::fails(
            "tls",
            error.to_string(),
            "server.tls_cert wants the chain and server.tls_key its private key, both PEM",
        ),
        Ok(Holds { from, until }) => {
            let now = now().as_secs();
            let day = |seconds: u64| {
                kedun_model::moment::text(i64::try_from(seconds).unwrap_or(0).saturating_mul(1000))
            };
            let said = format!("the certificate holds from {} until {}", day(from), day(until));
            if now < from {
                Finding::fails("tls", said, "it is not valid yet: look at the clock of this machine")
            } else if now >= until {
                Finding::fails("tls", said, "it has ended: renew it and restart kedun serve")
            } else if until - now < RENEW_SECONDS {
                Finding::warns("tls", said, "renew it soon")
            } else {
                Finding::fine("tls", said)
            }
        }
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

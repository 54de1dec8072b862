//! The auditor's program: verifies a kit offline, on any machine, knowing only the public key.
//!
//! Exit status: 0 the log is intact, 1 it is not, 2 it could not be verified.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program speaks on its streams")]

use std::path::PathBuf;
use std::process::ExitCode;

use kedun_ledger::note::NoteVerifier;
use kedun_ledger::verify::{Failure, Report, verify_kit};

const USAGE: &str = "usage: kedun-audit verify <kit-dir> --key <vkey> [--key <vkey>…] [--json]

  --key   the log's verifier key, as you were given it by another way than the kit
          (repeat it after a rotation; without it the kit's own key is used, with a warning)
  --json  write the report as JSON";

struct Ask {
    folder: PathBuf,
    keys: Vec<NoteVerifier>,
    json: bool,
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Ask, String> {
    if args.next().as_deref() != Some("verify") {
        return Err(USAGE.to_owned());
    }
    let (mut folder, mut keys, mut json) = (None, Vec::new(), false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--json" => json = true,
            "--key" => {
                let key = args.next().ok_or("--key needs a verifier key")?;
                keys.push(key.trim().parse().map_err(|e| format!("--key {key}: {e}"))?);
            }
            option if option.starts_with('-') => return Err(format!("unknown option {option}\n{USAGE}")),
            _ if folder.is_none() => folder = Some(PathBuf::from(arg)),
            _ => return Err(format!("one folder at a time\n{USAGE}")),
        }
    }
    Ok(Ask { folder: folder.ok_or(USAGE)?, keys, json })
}

fn show(report: &Report) {
    println!("log          {}", report.origin);
    println!("entries      {} ({} covered by a signed head that fits)", report.entries, report.signed);
    println!("heads        {}", report.checkpoints);
    if let Some(root) = report.root {
        println!("root         {root}");
    }
    if let (Some(first), Some(last)) = (report.first_time, report.last_time) {
        println!("times        {first} to {last} (ms since 1970 UTC)");
    }
    let line = |word: &str, found: &Failure| {
        let id = found.id.as_deref().map(|id| format!(" [row {id}]")).unwrap_or_default();
        println!("{word}  {}{id}", found.message);
    };
    report.warnings.iter().for_each(|w| line("WARNING", w));
    report.failures.iter().for_each(|f| line("FAILURE", f));
    if report.omitted > 0 {
        println!("… and {} more", report.omitted);
    }
    println!("{}", if report.ok { "INTACT" } else { "NOT INTACT" });
}

fn run() -> Result<bool, String> {
    let ask = parse(std::env::args().skip(1))?;
    let report = verify_kit(&ask.folder, &ask.keys).map_err(|e| {
        let cause = std::error::Error::source(&e).map(|c| format!(": {c}")).unwrap_or_default();
        format!("{e}{cause}")
    })?;
    if ask.json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?);
    } else {
        show(&report);
    }
    Ok(report.ok)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

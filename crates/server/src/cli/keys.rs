//! `kedun keys`: where the root key comes from, whether two copies are the same, handing it to a sealed server, and the
//! word that a copy of the keyring is gone.

use super::place::House;
use super::{CommandError, ExitCode};
use crate::output::line;
use crate::settings::KeyPlace;
use crate::unlock::passphrase;
use kedun_model::moment;
use kedun_vault::Examiner;
use serde_json::{Value as Json, json};
use std::path::PathBuf;

#[derive(clap::Subcommand)]
pub(crate) enum KeysCommand {
    /// Where the root key comes from, whether it opens the house, and which copies of the keyring there are.
    Status {
        #[command(flatten)]
        house: House,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// What tells whether two copies of the root key are the same; it says nothing about the key.
    Fingerprint {
        #[command(flatten)]
        house: House,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say that a copy of the keyring is gone whose folder is gone too (a lost disk, a folder removed by hand): erasures
    /// that wait for its end become final on your word, which the log keeps. Where the folder can be seen nobody need say
    /// so: copies are removed there after seven days.
    DeclareGone {
        #[command(flatten)]
        house: House,
        /// The copy, as kedun keys status lists it.
        file: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Unseal the server that waits: with the passphrase, or with a key file that is there by now. Exit code 0 unsealed,
    /// 1 refused, 2 nobody waits.
    Unseal {
        #[command(flatten)]
        house: House,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(command: KeysCommand) -> Result<ExitCode, CommandError> {
    match command {
        KeysCommand::Status { house, json } => status(&house, json).await,
        KeysCommand::Fingerprint { house, json } => {
            let fingerprint = house.key(&house.settings()?)?.fingerprint();
            line(if json { json!({ "fingerprint": fingerprint }).to_string() } else { fingerprint });
            Ok(super::SUCCESS)
        }
        KeysCommand::DeclareGone { house, file, json } => {
            let vault = house.open().await?;
            let declared = vault.declare_copy_gone(&file).await;
            vault.close().await;
            declared?;
            line(if json {
                json!({ "gone": file }).to_string()
            } else {
                format!("{} is no longer waited for; the log says that you declared it gone", file.display())
            });
            Ok(super::SUCCESS)
        }
        KeysCommand::Unseal { house, json } => unseal(&house, json).await,
    }
}

fn described(place: &KeyPlace) -> (&'static str, String) {
    match place {
        KeyPlace::File(path) => ("file", path.display().to_string()),
        KeyPlace::Env(var) => ("env", var.clone()),
        KeyPlace::Passphrase(path) => ("passphrase", path.display().to_string()),
    }
}

async fn status(house: &House, as_json: bool) -> Result<ExitCode, CommandError> {
    let settings = house.settings()?;
    let (source, place) = described(&settings.key.place());
    let kek = house.key(&settings);
    let opened = async {
        let kek = kek.as_ref().map_err(|e| super::said(e))?;
        let house = Examiner::open(&settings.data.source(), kek).await.map_err(|e| super::said(&e))?;
        Ok::<_, String>((kek.fingerprint(), house))
    };
    let mut body = json!({ "source": source, "place": place });
    let code = match opened.await {
        Ok((fingerprint, house)) => {
            body["opens"] = json!(true);
            body["fingerprint"] = json!(fingerprint);
            let found = facts(&house, &mut body).await;
            house.close().await;
            // The key is right; what the house holds is not for this binary to say.
            found.map_or_else(
                |error| {
                    body["error"] = json!(super::said(&error));
                    super::UNABLE
                },
                |()| super::SUCCESS,
            )
        }
        Err(error) => {
            body["opens"] = json!(false);
            body["error"] = json!(error);
            super::FAILURE
        }
    };
    if as_json {
        line(&body);
    } else if let Json::Object(map) = &body {
        for (name, value) in map {
            match value {
                Json::Array(list) => {
                    line(format!("{name:<15} {}", list.len()));
                    for copy in list {
                        let out = if copy["within_reach"] == false { "  out of reach" } else { "" };
                        line(format!("  {}  until {}{out}", text(&copy["file"]), text(&copy["expires_at"])));
                    }
                }
                other => line(format!("{name:<15} {}", text(other))),
            }
        }
    }
    Ok(code)
}

/// What the keyring of a house holds.
async fn facts(house: &Examiner<'_>, body: &mut Json) -> Result<(), CommandError> {
    let (key, facts) = (house.ledger_key().await?, house.keyring_facts().await?);
    let copies: Vec<Json> = facts
        .copies
        .iter()
        .map(|c| {
            json!({
                "file": c.file, "made_at": moment::text(c.made_at), "expires_at": moment::text(c.expires_at),
                "within_reach": c.within_reach,
            })
        })
        .collect();
    body["ledger_key"] = json!(key);
    body["subject_keys"] = json!(facts.keys);
    body["destroyed"] = json!(facts.destroyed);
    body["keyring_copies"] = json!(copies);
    Ok(())
}

fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn unseal(house: &House, as_json: bool) -> Result<ExitCode, CommandError> {
    let settings = house.settings()?;
    let phrase = match settings.key.place() {
        KeyPlace::Passphrase(_) => Some(passphrase(house.input(), "Passphrase: ")?),
        KeyPlace::File(_) | KeyPlace::Env(_) => None,
    };
    let folder = super::control_folder(&settings);
    let reply = crate::control::hand_in(&folder, phrase.as_ref()).await.map_err(CommandError::io(
        format!("no sealed server waits at {}", crate::control::path(&folder).display()),
    ))?;
    if as_json {
        line(serde_json::to_string(&reply).unwrap_or_default());
    } else {
        line(match (reply.ok, reply.code.as_deref()) {
            (true, _) => "unsealed".to_owned(),
            (false, Some("wrong_passphrase")) => "refused: the passphrase is wrong".to_owned(),
            (false, Some("slow_down")) => {
                format!(
                    "refused: too many wrong passphrases; try again in {} s",
                    reply.retry_after.unwrap_or(1)
                )
            }
            (false, _) => {
                format!("refused: {}", reply.message.as_deref().unwrap_or("the request was not understood"))
            }
        });
    }
    Ok(if reply.ok { super::SUCCESS } else { super::FAILURE })
}

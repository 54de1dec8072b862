//! `kedun backup` and `kedun restore`: the data and, apart, the keyring.

use super::CommandError;
use super::options;
use super::place::House;
use crate::output::line;
use kedun_model::moment;
use kedun_vault::{Clock, Restore, newest_keyring};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    house: House,
    /// The folder of the copies; the house may be in use.
    #[arg(long)]
    to: PathBuf,
    /// Another folder for the copy of the keyring, better on another disk. It lives for seven days at most.
    #[arg(long)]
    keyring_to: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    house: House,
    /// One copy of the data, a file; its manifest (.json) lies beside it.
    #[arg(long)]
    data: PathBuf,
    /// The newest copy of the keyring; the folder that holds the copies, or that one's parent, for the newest in it; or the
    /// living keyring.db of the lost house.
    #[arg(long)]
    keyring: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn backup(args: BackupArgs) -> Result<(), CommandError> {
    let vault = args.house.open().await?;
    let made = vault.backup(&args.to, args.keyring_to.as_deref()).await;
    vault.close().await;
    let made = made?;
    if args.json {
        line(json!({
            "data": made.data, "keyring": made.keyring, "made_at": moment::text(made.made_at),
            "bytes": made.bytes, "expired": made.expired,
        }));
    } else {
        line(format!("data     {}", made.data.display()));
        line(format!(
            "keyring  {}  (keep it apart from the data; removed after seven days)",
            made.keyring.display()
        ));
        line(format!("{} bytes; {} old copies of the keyring removed", made.bytes, made.expired));
    }
    Ok(())
}

pub(crate) async fn restore(args: RestoreArgs) -> Result<(), CommandError> {
    let settings = args.house.settings()?;
    let kek = args.house.key(&settings)?;
    let keyring = if args.keyring.is_dir() { newest_keyring(&args.keyring)? } else { args.keyring };
    let restore = Restore { data: args.data, keyring: keyring.clone() };
    let declared = restore.run(options(&settings), &kek, Clock::default()).await?;
    if args.json {
        line(json!({
            "data_made_at": moment::text(declared.data_made_at),
            "keyring_made_at": declared.keyring_made_at.map(moment::text),
            "replayed": declared.replayed, "sessions_ended": declared.sessions_ended,
            "checkpoint": declared.checkpoint,
        }));
    } else {
        line(format!("restored the data of {}", moment::text(declared.data_made_at)));
        line(format!("with the keyring {}", keyring.display()));
        line(format!(
            "{} destructions carried out again, {} sessions ended",
            declared.replayed, declared.sessions_ended
        ));
        line(
            "write down when and why you restored: heads of the log that are kept outside are ahead of this one",
        );
    }
    Ok(())
}

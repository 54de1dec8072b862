//! `kedun init`: the key, the settings and the first administrator. There is no default account and no default password.

use super::{CommandError, load, options};
use crate::output::line;
use crate::unlock::{Input, new_passphrase};
use kedun_model::RoleName;
use kedun_vault::keys::{Kek, PassphraseFile, Token, TokenKind};
use kedun_vault::{Act, Clock, NewPerson, Task, Vault};
use std::path::PathBuf;

const SETTINGS: &str = "# Kedun: settings. Paths are relative to this file.\n[server]\nlisten = \"127.0.0.1:7080\"\n\n\
    [data]\nfolder = \"data\"\n\n";
const FILE_SETTINGS: &str = "[key]\n# Keep a copy of this file apart from every backup of the data.\n\
    source = \"file\"\npath = \"kedun.key\"\n";
const PASSPHRASE_SETTINGS: &str = "[key]\n# Keep a copy of this file apart from every backup of the data. It is worth \
    nothing without the\n# passphrase, and the passphrase nothing without it.\nsource = \"passphrase\"\npath = \"kedun.salt\"\n";

#[derive(clap::Args)]
pub(crate) struct InitArgs {
    /// The folder of the company.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Login of the first system administrator.
    #[arg(long, default_value = "admin")]
    login: String,
    /// Their name.
    #[arg(long, default_value = "系统管理员")]
    name: String,
    /// Take the root key from a passphrase instead of a file: it is asked for at every start.
    #[arg(long)]
    passphrase: bool,
    /// Read the passphrase from the first line of standard input.
    #[arg(long, requires = "passphrase")]
    passphrase_stdin: bool,
    /// Name of the company's first department.
    #[arg(long, default_value = "公司")]
    company: String,
}

pub(crate) async fn run(args: InitArgs) -> Result<(), CommandError> {
    let folder = &args.folder;
    std::fs::create_dir_all(folder).map_err(CommandError::io(format!("cannot make {}", folder.display())))?;
    let settings_file = folder.join("kedun.toml");
    if settings_file.exists() {
        return Err(CommandError::Said(format!(
            "{} exists already; nothing was changed",
            settings_file.display()
        )));
    }
    let (kek, key, key_settings) = if args.passphrase {
        let path = folder.join("kedun.salt");
        let phrase = new_passphrase(Input::piped(args.passphrase_stdin))?;
        (PassphraseFile::create(&path, phrase)?, path, PASSPHRASE_SETTINGS)
    } else {
        let path = folder.join("kedun.key");
        (Kek::create_file(&path)?, path, FILE_SETTINGS)
    };
    let text = format!("{SETTINGS}{key_settings}");
    std::fs::write(&settings_file, text).map_err(CommandError::io("cannot write the settings"))?;
    let settings = load(Some(&settings_file), &Vec::new())?;
    let vault = Vault::open(options(&settings), &kek, Clock::default()).await?;
    kedun_core::bootstrap::publish_packages(&vault).await?;
    // A one-time password of the same strength as a session token.
    let password: String = Token::generate(TokenKind::Session)?.expose().chars().skip(4).take(20).collect();
    let mut tx = vault.system(Task::Bootstrap).begin().await?;
    let department = tx.add_department(&args.company, None, 0).await?;
    tx.add_person(NewPerson {
        login: args.login.clone(),
        name: args.name,
        staff_no: "0001".to_owned(),
        department: Some(department),
        password: password.clone(),
        roles: vec![RoleName::from("system_admin")],
        language: String::new(),
    })
    .await?;
    tx.commit(Act::new("person.add", "person")).await?;
    vault.sequence(true).await?;
    vault.close().await;
    line(format!("settings   {}", settings_file.display()));
    let with = if args.passphrase { " and the passphrase" } else { "" };
    line(format!(
        "key        {}  (keep a copy elsewhere: without it{with} the data cannot be read)",
        key.display()
    ));
    line(format!("sign in    {}  {password}  (shown once; change it at the first sign-in)", args.login));
    line(format!("then       kedun serve --config {}", settings_file.display()));
    Ok(())
}

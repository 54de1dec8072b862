//! `kedun init`: the key, the settings, the databases and the accounts of the three administrators. There is no default
//! account and no default password.
//!
//! **Invariant:** all of it or nothing. Everything is made aside and takes its place at the end, the settings last, so
//! that a run that fails or is interrupted leaves the folder as it was.

use super::{CommandError, load, options};
use crate::output::said;
use crate::serve::Stop;
use crate::settings::key::{KEY_FILE, SALT_FILE};
use crate::settings::{FILE, Settings};
use crate::unlock::{Input, new_passphrase};
use kedun_model::{RoleName, moment};
use kedun_vault::keys::{Kek, PassphraseFile};
use kedun_vault::{Act, Clock, NewHouse, NewPerson, OneTime, Source, Task, Vault};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

const SETTINGS: &str =
    "# Kedun: settings. Paths are relative to this file.\n[server]\nlisten = \"127.0.0.1:7080\"\n\n";
const FILE_SETTINGS: &str = "[key]\n# Keep a copy of this file apart from every backup of the data.\n\
    source = \"file\"\npath = \"kedun.key\"\n";
const PASSPHRASE_SETTINGS: &str = "[key]\n# Keep a copy of this file apart from every backup of the data. It is worth \
    nothing without the\n# passphrase, and the passphrase nothing without it.\nsource = \"passphrase\"\npath = \"kedun.salt\"\n";
/// Where everything is put together.
const STAGE: &str = ".kedun-init";
/// The variables that say where the data lives.
const URL_VARIABLE: &str = "KEDUN_DATA_POSTGRES_URL";
const FOLDER_VARIABLE: &str = "KEDUN_DATA_FOLDER";

#[derive(clap::Args)]
pub(crate) struct InitArgs {
    /// The folder of the company.
    #[arg(long, default_value = ".")]
    folder: PathBuf,
    /// Login of the system administrator, who opens accounts and departments.
    #[arg(long, default_value = "admin")]
    login: String,
    /// Their name.
    #[arg(long, default_value = "系统管理员")]
    name: String,
    /// Login of the security administrator, who gives roles; another person.
    #[arg(long, default_value = "security")]
    security_login: String,
    /// Their name.
    #[arg(long, default_value = "安全管理员")]
    security_name: String,
    /// Login of the audit administrator, who reads the log; a third person.
    #[arg(long, default_value = "audit")]
    audit_login: String,
    /// Their name.
    #[arg(long, default_value = "审计管理员")]
    audit_name: String,
    /// Take the root key from a passphrase instead of a file: it is asked for at every start.
    #[arg(long)]
    passphrase: bool,
    /// Read the passphrase from the first line of standard input.
    #[arg(long, requires = "passphrase")]
    passphrase_stdin: bool,
    /// Name of the company's first department.
    #[arg(long, default_value = "公司")]
    company: String,
    /// PostgreSQL instead of the embedded database: postgres://user@host/database. It is written into the settings as it
    /// is given; the variable KEDUN_DATA_POSTGRES_URL is not.
    #[arg(long)]
    postgres_url: Option<String>,
    /// The schema in PostgreSQL (kedun).
    #[arg(long)]
    schema: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// One of the three, before they have an account.
struct Seat {
    new: NewPerson,
    role: &'static str,
    does: &'static str,
}

/// One of the three, with what they sign in by the first time.
struct Account {
    login: String,
    name: String,
    role: &'static str,
    does: &'static str,
    once: OneTime,
}

pub(crate) async fn run(args: InitArgs) -> Result<(), CommandError> {
    let seats = seats(&args)?;
    let section = data_section(&args)?;
    let key_name = if args.passphrase { SALT_FILE } else { KEY_FILE };
    for name in [FILE, key_name] {
        let path = args.folder.join(name);
        if path.exists() {
            return Err(CommandError::Said(format!(
                "{} exists already; nothing was changed",
                path.display()
            )));
        }
    }
    let data = args.folder.join("data");
    Source::Sqlite { folder: data.clone() }.must_be_free().await?;
    // From here on an interruption is heard, and what was made is taken back.
    let stop = Stop::listen().map_err(CommandError::io("cannot hear signals"))?;
    let mut stage = Stage::begin(&args.folder)?;
    let key_settings = if args.passphrase { PASSPHRASE_SETTINGS } else { FILE_SETTINGS };
    stage.write(FILE, &format!("{SETTINGS}[data]\n{section}\n{key_settings}"))?;
    let settings = load(Some(&stage.folder.join(FILE)), &Vec::new())?;
    let kek = if args.passphrase {
        let phrase = new_passphrase(Input::piped(args.passphrase_stdin))?;
        PassphraseFile::create(&stage.folder.join(key_name), phrase)?
    } else {
        Kek::create_file(&stage.folder.join(key_name))?
    };
    let mut house = NewHouse::make(options(&settings), &kek, Clock::default()).await?;
    let outcome = async {
        let furnished = tokio::select! {
            furnished = furnish(house.vault(), &args.company, seats) => furnished?,
            () = stop.asked() => return Err(CommandError::Said("interrupted; nothing was made".to_owned())),
        };
        house.settle().await?;
        stage.place(&settings, &data, key_name)?;
        tell(&args, key_name, &settings, &furnished)
            .map_err(CommandError::io("the passwords could not be shown, so nothing was made"))
    };
    match outcome.await {
        Ok(()) => {
            stage.keep();
            Ok(())
        }
        Err(error) => {
            house.undo().await;
            Err(error)
        }
    }
}

/// The three, before anything is made: three logins that can be, for three people.
fn seats(args: &InitArgs) -> Result<[Seat; 3], CommandError> {
    let seat = |login: &str, name: &str, staff_no: &str, role: &'static str, does: &'static str| Seat {
        new: NewPerson {
            login: login.to_owned(),
            name: name.to_owned(),
            staff_no: staff_no.to_owned(),
            department: None,
            password: String::new(),
            roles: vec![RoleName::from(role)],
            language: String::new(),
        },
        role,
        does,
    };
    let seats = [
        seat(&args.login, &args.name, "0001", "system_admin", "opens accounts and departments"),
        seat(&args.security_login, &args.security_name, "0002", "security_admin", "gives roles"),
        seat(&args.audit_login, &args.audit_name, "0003", "audit_admin", "reads the log"),
    ];
    let flags = ["--login", "--security-login", "--audit-login"];
    let mut taken: Vec<String> = Vec::new();
    for (seat, flag) in seats.iter().zip(flags) {
        let login = seat
            .new
            .check()
            .map_err(|error| CommandError::Said(format!("{flag} {}: {error}", seat.new.login)))?;
        if taken.contains(&login) {
            return Err(CommandError::Said(format!(
                "{flag} {login}: taken already; the three administrators are three people, and nobody can be two"
            )));
        }
        taken.push(login);
    }
    Ok(seats)
}

/// What the settings say about the data. An address from the environment stays there: it may hold a password.
fn data_section(args: &InitArgs) -> Result<String, CommandError> {
    let variable = std::env::var(URL_VARIABLE).ok();
    let mut section = match (&args.postgres_url, &variable) {
        (Some(flag), Some(variable)) if flag != variable => {
            return Err(CommandError::Said(format!(
                "--postgres-url and {URL_VARIABLE} name different databases, and the variable would win at every start"
            )));
        }
        (Some(url), _) => format!("postgres_url = {}\n", json!(url)),
        (None, Some(_)) => {
            format!("# postgres_url is not here: it comes from {URL_VARIABLE} at every start.\n")
        }
        (None, None) if std::env::var_os(FOLDER_VARIABLE).is_some() => {
            format!("# folder is not here: it comes from {FOLDER_VARIABLE} at every start.\n")
        }
        (None, None) => "folder = \"data\"\n".to_owned(),
    };
    if let Some(schema) = &args.schema {
        if args.postgres_url.is_none() && variable.is_none() {
            return Err(CommandError::Said("--schema is for PostgreSQL; give --postgres-url too".to_owned()));
        }
        section.push_str(&format!("schema = {}\n", json!(schema)));
    }
    Ok(section)
}

async fn furnish(vault: &Vault, company: &str, seats: [Seat; 3]) -> Result<Vec<Account>, CommandError> {
    kedun_core::bootstrap::publish_packages(vault).await?;
    let mut tx = vault.system(Task::Bootstrap).begin().await?;
    let department = tx.add_department(company, None, 0).await?;
    let mut accounts = Vec::with_capacity(seats.len());
    for Seat { new, role, does } in seats {
        let (login, name) = (new.login.trim().to_lowercase(), new.name.clone());
        let new = NewPerson { department: Some(department.clone()), ..new };
        let (_, once) = tx.add_person_with_one_time(new).await?;
        accounts.push(Account { login, name, role, does, once });
    }
    tx.commit(Act::new("person.add", "person").count(accounts.len())).await?;
    Ok(accounts)
}

/// Files that are put together aside. What is not kept goes again when this is dropped, the placed ones too.
struct Stage {
    home: PathBuf,
    folder: PathBuf,
    made_home: bool,
    placed: Vec<PathBuf>,
    kept: bool,
}

impl Stage {
    fn begin(home: &Path) -> Result<Stage, CommandError> {
        let made_home = !home.exists();
        let failed = |path: &Path| CommandError::io(format!("cannot make {}", path.display()));
        std::fs::create_dir_all(home).map_err(failed(home))?;
        let folder = home.join(STAGE);
        // A run that was killed left it behind; nothing in it was ever in use.
        if folder.exists() {
            std::fs::remove_dir_all(&folder).map_err(failed(&folder))?;
        }
        private_folder(&folder).map_err(failed(&folder))?;
        Ok(Stage { home: home.to_owned(), folder, made_home, placed: Vec::new(), kept: false })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), CommandError> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            // It may hold the address of a database, with its password.
            options.mode(0o600);
        }
        options
            .open(self.folder.join(name))
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
            .map_err(CommandError::io("cannot write the settings"))
    }

    /// Moves everything to its place: the data, the key, and last the settings, without which there is no house.
    fn place(&mut self, settings: &Settings, data: &Path, key: &str) -> Result<(), CommandError> {
        let staged = self.folder.join("data");
        let made_here = settings.data.source() == Source::Sqlite { folder: staged.clone() };
        if made_here {
            let failed = || CommandError::io(format!("cannot make {}", data.display()));
            if !data.exists() {
                private_folder(data).map_err(failed())?;
                self.placed.push(data.to_owned());
            }
            for entry in std::fs::read_dir(&staged).map_err(failed())? {
                let entry = entry.map_err(failed())?;
                self.take_place(&entry.path(), data.join(entry.file_name()))?;
            }
        }
        for name in [key, FILE] {
            self.take_place(&self.folder.join(name), self.home.join(name))?;
        }
        #[cfg(unix)]
        for folder in [data, &self.home] {
            if let Ok(open) = std::fs::File::open(folder) {
                // Renamed all the same where a folder cannot be synced.
                let _ = open.sync_all();
            }
        }
        Ok(())
    }

    fn take_place(&mut self, from: &Path, to: PathBuf) -> Result<(), CommandError> {
        if to.exists() {
            return Err(CommandError::Said(format!("{} exists already", to.display())));
        }
        let moved = std::fs::rename(from, &to).or_else(|error| match error.kind() {
            // The folder of the data may be a disk of its own.
            std::io::ErrorKind::CrossesDevices => {
                std::fs::copy(from, &to)?;
                std::fs::File::open(&to)?.sync_all()
            }
            _ => Err(error),
        });
        if let Err(error) = moved {
            let _ = std::fs::remove_file(&to);
            return Err(CommandError::io(format!("cannot make {}", to.display()))(error));
        }
        self.placed.push(to);
        Ok(())
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
        if self.kept {
            return;
        }
        for path in self.placed.iter().rev() {
            let _ = if path.is_dir() { std::fs::remove_dir(path) } else { std::fs::remove_file(path) };
        }
        if self.made_home {
            let _ = std::fs::remove_dir(&self.home);
        }
    }
}

fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut folders = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.create(path)
}

/// Shows what is shown once.
fn tell(args: &InitArgs, key: &str, settings: &Settings, accounts: &[Account]) -> std::io::Result<()> {
    let (file, key) = (args.folder.join(FILE), args.folder.join(key));
    if args.json {
        let accounts: Vec<_> = accounts
            .iter()
            .map(|a| {
                json!({
                    "login": a.login, "name": a.name, "role": a.role,
                    "one_time": { "password": a.once.expose(), "until": moment::text(a.once.until()) },
                })
            })
            .collect();
        return said(json!({ "settings": file, "key": key, "accounts": accounts }));
    }
    let with = if args.passphrase { " and the passphrase" } else { "" };
    let mut text = format!(
        "settings   {}\nkey        {}  (keep a copy elsewhere: without it{with} the data cannot be read)\n",
        file.display(),
        key.display()
    );
    if let Source::Postgres { schema, .. } = settings.data.source() {
        text.push_str(&format!("data       PostgreSQL, schemas {schema} and {schema}_keyring\n"));
    }
    let until = accounts.first().map(|a| moment::text(a.once.until())).unwrap_or_default();
    text.push_str(&format!(
        "\nThree people, for nobody can be two. Each password is shown this once, is good until {until},\nand has to be \
         replaced at the first sign-in.\n\n"
    ));
    for account in accounts {
        let Account { login, name, role, does, once } = account;
        text.push_str(&format!("  {login:<16}{}  {role:<16}{does} ({name})\n", once.expose()));
    }
    text.push_str(&format!("\nthen       kedun serve --config {}", file.display()));
    said(text)
}

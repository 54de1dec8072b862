//! The command line.

mod backup;
mod demo;
mod doctor;
mod init;
mod keys;
mod ledger;
mod place;

use crate::app::App;
use crate::output::{aside, line};
use crate::settings::{Flags, KeyPlace, LogFormat, Settings, SettingsError};
use crate::unlock::{Input, UnlockError, root_key, root_key_with};
use clap::{Parser, Subcommand};
use kedun_vault::keys::Kek;
use kedun_vault::{Clock, Occupied, Options, Source, Vault, VaultError};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Kedun 客盾: a CRM in which compliance is the way every value moves.
#[derive(Parser)]
#[command(name = "kedun", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the company in this folder (settings: kedun.toml, KEDUN_*, flags).
    Serve(ServeArgs),
    /// Open a complete demo company on this machine only.
    Demo(demo::DemoArgs),
    /// Make the key, the settings and the accounts of the three administrators.
    Init(init::InitArgs),
    /// Check that everything is in order, and say what to do where it is not.
    Doctor(doctor::DoctorArgs),
    /// Copy the data and, apart, the keyring, while the house is in use.
    Backup(backup::BackupArgs),
    /// Put a copy back, into a place that holds no house.
    Restore(backup::RestoreArgs),
    /// Look after the root key, and unseal a server that waits for it.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Verify or export the log.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
}

#[derive(clap::Args)]
struct ServeArgs {
    /// The settings file (kedun.toml).
    #[arg(long)]
    config: Option<PathBuf>,
    /// Address and port, over the settings (server.listen).
    #[arg(long)]
    listen: Option<String>,
    /// The folder of the embedded database, over the settings (data.folder).
    #[arg(long)]
    data_folder: Option<String>,
    /// What to log (warn, info, …), over the settings (log.level).
    #[arg(long)]
    log: Option<String>,
    /// Read the passphrase from the first line of standard input.
    #[arg(long)]
    passphrase_stdin: bool,
}

/// Why a command failed, in one sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Settings(#[from] crate::settings::SettingsError),
    #[error(transparent)]
    Vault(#[from] kedun_vault::VaultError),
    #[error(transparent)]
    Key(#[from] kedun_vault::keys::KeyError),
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    #[error(transparent)]
    Bootstrap(#[from] kedun_core::bootstrap::BootstrapError),
    #[error("{doing}: {source}")]
    Io { doing: String, source: std::io::Error },
    #[error("{0}")]
    Said(String),
}

impl CommandError {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> CommandError {
        let doing = doing.into();
        move |source| CommandError::Io { doing, source }
    }
}

/// What a command answers to who called it: 0 done, 1 no, 2 could not be done.
pub type ExitCode = u8;
pub(crate) const SUCCESS: ExitCode = 0;
pub(crate) const FAILURE: ExitCode = 1;
pub(crate) const UNABLE: ExitCode = 2;

/// Ends the process. SQLCipher frees its memory when a process exits, also under a connection that is just being closed
/// by a thread of its own, and the command that has done its work would end in a crash. What is to be kept is durable by
/// now, so nothing is run on the way out.
pub fn leave(code: ExitCode) -> ! {
    use std::io::Write as _;
    crate::console::drain();
    // Whoever reads has gone; there is nobody to tell.
    let _ = std::io::stdout().flush();
    signal_hook::low_level::exit(i32::from(code))
}

/// Runs the command line and answers its exit code.
pub async fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve(args).await.map(|()| SUCCESS),
        Command::Demo(args) => demo::run(args).await.map(|()| SUCCESS),
        Command::Init(args) => init::run(args).await.map(|()| SUCCESS),
        Command::Doctor(args) => doctor::run(args).await,
        Command::Backup(args) => backup::backup(args).await.map(|()| SUCCESS),
        Command::Restore(args) => backup::restore(args).await.map(|()| SUCCESS),
        Command::Keys(command) => keys::run(command).await,
        Command::Ledger(command) => ledger::run(command).await,
    };
    outcome.unwrap_or_else(|error| {
        aside(format!("kedun: {}", said(&error)));
        UNABLE
    })
}

/// An error with what is behind it, in one line; what a text says already is not said again.
pub(crate) fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// Starts writing logs to standard error, so that answers on standard output stay clean.
pub(crate) fn logs(format: LogFormat, filter: tracing_subscriber::EnvFilter) {
    // Colours are for a terminal, not for the file that it was led into.
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let console = crate::console::Console::of_process();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(colours)
        .with_writer(move || console.clone());
    let _ = match format {
        LogFormat::Json => subscriber.json().try_init(),
        LogFormat::Text => subscriber.try_init(),
    };
}

pub(crate) fn options(settings: &Settings) -> Options {
    let mut options = Options::new(settings.data.source());
    options.readers = settings.data.readers.unwrap_or(options.readers);
    options.cache_kib = settings.data.cache_kib.unwrap_or(options.cache_kib);
    options.idle_seconds = settings.sessions.idle_minutes * 60;
    options.absolute_seconds = settings.sessions.absolute_hours * 3600;
    options.lock_after = settings.sessions.lock_after;
    options.second_factor = settings.sessions.second_factor;
    options
}

pub(crate) fn load(config: Option<&Path>, flags: &Flags) -> Result<Settings, CommandError> {
    Ok(Settings::load(config, flags)?)
}

async fn serve(args: ServeArgs) -> Result<(), CommandError> {
    let given = [("server.listen", args.listen), ("data.folder", args.data_folder), ("log.level", args.log)];
    let flags: Flags = given.into_iter().filter_map(|(key, value)| value.map(|value| (key, value))).collect();
    let settings = load(args.config.as_deref(), &flags)?;
    logs(settings.log.format, crate::settings::log::filter("log.level", &settings.log.level)?);
    let source = settings.data.source();
    // Before anything waits or listens. Whether a database that cannot be reached holds a house, its opening will tell.
    if let Err(absent @ VaultError::Absent(_)) = source.must_hold_a_house().await {
        return Err(absent.into());
    }
    let _turn = Occupied::take(&source)?;
    let app = App::sealed(settings.server.is_secure(), false);
    app.knock(&settings.push)?;
    let tls = settings.server.tls();
    if let Some(files) = &tls {
        crate::certificate::read(files)?;
    }
    let listener = std::net::TcpListener::bind(settings.server.listen)
        .map_err(CommandError::io(format!("cannot listen on {}", settings.server.listen)))?;
    match root_key(&settings.key, Input::piped(args.passphrase_stdin)) {
        Ok(kek) => unseal(&app, &settings, &kek).await?,
        // Without its key the house stays shut but says so: /healthz is alive, /readyz is not.
        Err(error) => wait_sealed(&app, settings.clone(), &error).await?,
    }
    let stop = crate::serve::Stop::listen().map_err(CommandError::io("cannot hear signals"))?;
    line(format!("Kedun listens on {}", address(&settings, &listener)));
    crate::serve::serve(&app, listener, tls.as_ref(), settings.limits, stop)
        .await
        .map_err(CommandError::io("the server stopped"))?;
    app.close().await?;
    Ok(())
}

/// What to open in a browser: the port is the one that was given out when 0 was asked for.
fn address(settings: &Settings, listener: &std::net::TcpListener) -> String {
    let mut server = settings.server.clone();
    if let Ok(bound) = listener.local_addr() {
        server.listen = bound;
    }
    server.address()
}

/// Opens the vault and lets people in.
async fn unseal(app: &App, settings: &Settings, kek: &Kek) -> Result<(), CommandError> {
    let vault = Vault::find(options(settings), kek, Clock::default()).await?;
    if let Err(refusal) = may_be_served(&vault, settings).await {
        vault.close().await;
        return Err(refusal);
    }
    app.unseal(vault);
    app.work();
    Ok(())
}

/// Refuses a house that was never finished, and one that strangers know the passwords of beyond this machine.
async fn may_be_served(vault: &Vault, settings: &Settings) -> Result<(), CommandError> {
    if vault.catalog().objects.is_empty() {
        return Err(CommandError::Said(
            "this house was never finished: it holds no definitions and no accounts. Remove it and run kedun init \
             again"
                .to_owned(),
        ));
    }
    if !settings.server.listen.ip().is_loopback() && vault.demo_mark().await?.is_some() {
        return Err(SettingsError::new(
            "server.listen",
            "the demo filled this house and its passwords are published, so it is served on loopback only; kedun \
             init makes a house of your own",
        )
        .into());
    }
    Ok(())
}

/// Where a sealed server waits: in the folder of the embedded database, else beside the key.
pub(crate) fn control_folder(settings: &Settings) -> PathBuf {
    let beside = |path: &Path| path.parent().map(Path::to_path_buf).unwrap_or_default();
    match (settings.data.source(), settings.key.place()) {
        (Source::Sqlite { folder }, _) => folder,
        (Source::Postgres { .. }, KeyPlace::File(path) | KeyPlace::Passphrase(path)) => beside(&path),
        (Source::Postgres { .. }, KeyPlace::Env(_)) => PathBuf::from("."),
    }
}

/// Says why it is sealed and waits, beside the server, for somebody to hand the key in.
#[cfg(unix)]
async fn wait_sealed(app: &App, settings: Settings, why: &UnlockError) -> Result<(), CommandError> {
    use crate::control::{Door, Reply};
    use kedun_vault::keys::KeyError;
    tracing::error!(error = %why, "sealed: the root key is not available; run kedun keys unseal");
    let folder = control_folder(&settings);
    let door = Door::open(&folder)
        .await
        .map_err(CommandError::io(format!("cannot wait at {}", crate::control::path(&folder).display())))?;
    let (app, settings) = (app.clone(), std::sync::Arc::new(settings));
    tokio::spawn(door.wait(move |phrase| {
        let (app, settings) = (app.clone(), settings.clone());
        async move {
            let key = settings.key.clone();
            let kek = tokio::task::spawn_blocking(move || root_key_with(&key, phrase)).await;
            let kek = match kek {
                Ok(Ok(kek)) => kek,
                Ok(Err(UnlockError::Key(KeyError::WrongPassphrase { .. }))) => {
                    return Err(Reply::refused("wrong_passphrase", None));
                }
                Ok(Err(error)) => return Err(Reply::refused("failed", Some(error.to_string()))),
                Err(_) => return Err(Reply::refused("failed", None)),
            };
            unseal(&app, &settings, &kek).await.map_err(|error| {
                let error = said(&error);
                tracing::error!(error, "the key is right, but the house does not open");
                Reply::refused("failed", Some(error))
            })?;
            tracing::info!("unsealed");
            Ok(())
        }
    }));
    Ok(())
}

#[cfg(not(unix))]
async fn wait_sealed(_: &App, _: Settings, why: &UnlockError) -> Result<(), CommandError> {
    tracing::error!(error = %why, "sealed: the root key is not available; start again with it");
    Ok(())
}

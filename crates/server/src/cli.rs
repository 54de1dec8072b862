//! The command line.

mod demo;
mod doctor;
mod init;
mod ledger;

use crate::app::App;
use crate::output::{aside, line};
use crate::settings::{Flags, KeyPlace, LogFormat, Settings};
use clap::{Parser, Subcommand};
use kedun_vault::keys::{Kek, KekSource};
use kedun_vault::{Clock, Options, Vault};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    /// Make the key, the settings and the first administrator.
    Init(init::InitArgs),
    /// Check that everything is in order, and say what to do where it is not.
    Doctor(doctor::DoctorArgs),
    /// Verify or export the log.
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
}

#[derive(clap::Args)]
struct ServeArgs {
    /// The settings file (kedun.toml).
    #[arg(long)]
    config: Option<PathBuf>,
    /// Address and port, over the settings.
    #[arg(long)]
    listen: Option<String>,
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

/// Runs the command line and answers its exit code.
pub async fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve(args).await.map(|()| ExitCode::SUCCESS),
        Command::Demo(args) => demo::run(args).await.map(|()| ExitCode::SUCCESS),
        Command::Init(args) => init::run(args).await.map(|()| ExitCode::SUCCESS),
        Command::Doctor(args) => doctor::run(args).await,
        Command::Ledger(command) => ledger::run(command).await,
    };
    outcome.unwrap_or_else(|error| {
        aside(format!("kedun: {error}"));
        ExitCode::from(2)
    })
}

/// Starts writing logs to standard error, so that answers on standard output stay clean.
pub(crate) fn logs(format: LogFormat, level: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(level).unwrap_or_default();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match format {
        LogFormat::Json => subscriber.json().try_init(),
        LogFormat::Text => subscriber.try_init(),
    };
}

pub(crate) fn key_source(settings: &Settings) -> Result<KekSource, CommandError> {
    match settings.key.place() {
        KeyPlace::File(path) => Ok(KekSource::File(path)),
        KeyPlace::Env(var) => Ok(KekSource::Env(var)),
        KeyPlace::Passphrase(_) => Err(CommandError::Said(
            "a passphrase cannot be typed at a service yet; use key.source = \"file\" or \"env\"".to_owned(),
        )),
    }
}

pub(crate) fn options(settings: &Settings) -> Options {
    let mut options = Options::new(settings.data.source());
    options.readers = settings.data.readers.unwrap_or(options.readers);
    options.cache_kib = settings.data.cache_kib.unwrap_or(options.cache_kib);
    options.idle_seconds = settings.sessions.idle_minutes * 60;
    options.absolute_seconds = settings.sessions.absolute_hours * 3600;
    options.lock_after = settings.sessions.lock_after;
    options
}

pub(crate) async fn open(settings: &Settings) -> Result<Vault, CommandError> {
    let kek = Kek::load(&key_source(settings)?)?;
    Ok(Vault::open(options(settings), &kek, Clock::default()).await?)
}

pub(crate) fn load(config: Option<&Path>, flags: &Flags) -> Result<Settings, CommandError> {
    Ok(Settings::load(config, flags)?)
}

async fn serve(args: ServeArgs) -> Result<(), CommandError> {
    let mut flags: Flags = Vec::new();
    if let Some(listen) = args.listen {
        flags.push(("server.listen", listen));
    }
    let settings = load(args.config.as_deref(), &flags)?;
    logs(settings.log.format, &settings.log.level);
    let app = App::sealed(settings.server.is_secure(), false);
    let listener = std::net::TcpListener::bind(settings.server.listen)
        .map_err(CommandError::io(format!("cannot listen on {}", settings.server.listen)))?;
    line(format!("Kedun listens on {}", settings.server.address()));
    match open(&settings).await {
        Ok(vault) => {
            kedun_core::bootstrap::publish_packages(&vault).await?;
            crate::jobs::start(&vault);
            app.unseal(vault);
        }
        // Without its key the house stays shut but says so: /healthz is alive, /readyz is not.
        Err(CommandError::Key(error)) => tracing::error!(%error, "sealed: the root key is not available"),
        Err(other) => return Err(other),
    }
    crate::serve::serve(&app, listener, settings.server.tls().as_ref(), settings.limits)
        .await
        .map_err(CommandError::io("the server stopped"))?;
    if let Ok(vault) = app.vault() {
        let _ = vault.sequence(true).await;
        vault.close().await;
    }
    Ok(())
}

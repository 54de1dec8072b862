//! `kedun demo`: a complete company, on loopback, with a published password.

use super::CommandError;
use crate::app::App;
use crate::output::{aside, line};
use crate::settings::key::KEY_FILE;
use crate::settings::{LimitSettings, LogFormat, PushSettings};
use kedun_core::demo::{self, Extent, FEWEST_PEOPLE, Inhabitant, Settings};
use kedun_vault::keys::{Kek, KekSource};
use kedun_vault::{Clock, DemoMark, Examination, Occupied, Options, SecondFactor, Source, Vault, VaultError};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(crate) struct DemoArgs {
    /// How many customers.
    #[arg(long, default_value_t = 2_000)]
    customers: u32,
    /// How many people, 16 at least.
    #[arg(long, default_value_t = 40)]
    people: u32,
    /// Another seed, another company.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder of the company; a temporary one when absent.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 7080)]
    port: u16,
    /// PostgreSQL instead of the embedded database: postgres://user@host/database.
    #[arg(long)]
    postgres: Option<String>,
    /// The schema in PostgreSQL.
    #[arg(long, default_value = "kedun_demo")]
    schema: String,
    /// Write only the customers and so many follow-ups of each, for measuring (`scripts/bench.sh`).
    #[arg(long, value_name = "FOLLOW_UPS")]
    lean: Option<u32>,
    /// Seconds without a request after which a session ends.
    #[arg(long, default_value_t = 1_800)]
    idle_seconds: i64,
    /// Print one line of JSON once it is ready.
    #[arg(long)]
    json: bool,
    /// Let people have themselves knocked at: posts, without a word, to the push services of their browsers.
    #[arg(long)]
    push: bool,
    /// Lift the limits per minute, for measurements: a load tool is one caller.
    #[arg(long)]
    unlimited: bool,
    /// What to log (`warn`, `info`, …).
    #[arg(long, default_value = "warn")]
    log: String,
}

pub(crate) async fn run(args: DemoArgs) -> Result<(), CommandError> {
    super::logs(LogFormat::Text, crate::settings::log::filter("--log", &args.log)?);
    if args.people < FEWEST_PEOPLE {
        return Err(CommandError::Said(format!(
            "--people {}: at least {FEWEST_PEOPLE}, for the company is complete: every role with its people",
            args.people
        )));
    }
    let listener = std::net::TcpListener::bind(("127.0.0.1", args.port))
        .map_err(CommandError::io(format!("cannot listen on 127.0.0.1:{}", args.port)))?;
    let address = listener.local_addr().map_err(CommandError::io("cannot read the address"))?;
    let folder = match &args.data {
        Some(folder) => folder.clone(),
        None => std::env::temp_dir().join(format!("kedun-demo-{}-{}", args.seed, kedun_vault::new_id())),
    };
    let source = match &args.postgres {
        Some(url) => Source::Postgres { url: url.clone(), schema: args.schema.clone() },
        None => Source::Sqlite { folder: folder.clone() },
    };
    let key = folder.join(KEY_FILE);
    let settings = settings_text(&source);
    let is_there = look(&folder, &key, &source, settings.as_deref()).await?;
    private_folder(&folder).map_err(CommandError::io(format!("cannot make {}", folder.display())))?;
    let kek = if key.exists() { Kek::load(&KekSource::File(key))? } else { Kek::create_file(&key)? };
    if is_there {
        may_be_opened(&source, &kek, &folder).await?;
    }
    if let Some(settings) = settings {
        note_settings(&folder, &settings)?;
    }
    // The password is published, so nothing is lost by hashing it cheaply, and forty people are in at once.
    let mut options = Options {
        cheap_passwords: true,
        idle_seconds: args.idle_seconds,
        second_factor: Some(SecondFactor::Optional),
        ..Options::new(source.clone())
    };
    if args.lean.is_some() {
        // Filling at a size for measuring touches every index at random: it pays to have them at hand.
        options.cache_kib = 262_144;
    }
    let vault = Vault::open(options, &kek, Clock::default()).await?;
    let _turn = Occupied::take(&source)?;
    let settings = Settings {
        seed: args.seed,
        customers: args.customers,
        people: args.people,
        now: vault.clock().now(),
    };
    let extent = args.lean.map_or(Extent::Whole, |follow_ups| Extent::Lean { follow_ups });
    let people = if vault.catalog().objects.is_empty() {
        let total = args.customers;
        if !args.json {
            aside(format!("opening a company of {} people and {total} customers …", args.people));
        }
        let quiet = args.json;
        let people = demo::fill_to(&vault, settings, extent, move |done| {
            if !quiet && done % 500 == 0 {
                aside(format!("  {done} of {total} customers"));
            }
        })
        .await?;
        if extent == Extent::Whole {
            demo::check(&vault, settings).await?;
        }
        people
    } else {
        demo::inhabitants(demo::Demo::new(settings).company())
    };
    vault.sequence(true).await?;
    let app = App::sealed(false, true);
    app.unseal(vault);
    if args.push {
        let contact = "https://demo.kedun.example".to_owned();
        app.knock(&PushSettings { enabled: true, contact, ..PushSettings::default() })?;
    }
    app.work();
    let url = format!("http://{address}");
    let stop = crate::serve::Stop::listen().map_err(CommandError::io("cannot hear signals"))?;
    if args.json {
        line(json!({ "url": url, "data_dir": folder, "people": people }));
    } else {
        table(&url, &folder.display().to_string(), &people);
    }
    let limits = if args.unlimited { LimitSettings::lifted() } else { LimitSettings::generous() };
    crate::serve::serve(&app, listener, None, limits, stop)
        .await
        .map_err(CommandError::io("the server stopped"))?;
    app.close().await?;
    Ok(())
}

/// What leads from the folder of a demo to its data, where they do not lie in it: the other commands take the folder.
fn settings_text(source: &Source) -> Option<String> {
    let Source::Postgres { url, schema } = source else { return None };
    Some(format!(
        "[data]\npostgres_url = {}\nschema = {}\n\n[key]\npath = \"{KEY_FILE}\"\n",
        json!(url),
        json!(schema)
    ))
}

/// Writes the settings, where there are none yet. The address may hold a password, so they are for their owner alone.
fn note_settings(folder: &Path, text: &str) -> Result<(), CommandError> {
    let path = folder.join(crate::settings::FILE);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(&path).and_then(|mut file| file.write_all(text.as_bytes())) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(CommandError::io(format!("cannot write {}", path.display()))(error))
        }
        _ => Ok(()),
    }
}

/// Whether a house is there. Refuses a folder that is somebody else's before anything is made in it. `settings` are those
/// that a demo itself leaves.
async fn look(
    folder: &Path,
    key: &Path,
    source: &Source,
    settings: Option<&str>,
) -> Result<bool, CommandError> {
    let is_there = match source.must_hold_a_house().await {
        Ok(()) => true,
        Err(VaultError::Absent(_)) => {
            // Nothing at all, and not the half of a house.
            source.must_be_free().await?;
            false
        }
        Err(other) => return Err(other.into()),
    };
    let others = format!(
        "{} belongs to a house that the demo did not fill; name a folder that is empty or not there yet",
        folder.display()
    );
    let file = folder.join(crate::settings::FILE);
    let has_others = file.exists() && std::fs::read_to_string(&file).ok().as_deref() != settings;
    if (is_there && !key.exists()) || (!is_there && has_others) {
        return Err(CommandError::Said(others));
    }
    Ok(is_there)
}

/// Refuses a house that the demo did not fill: its people's passwords must not be hashed cheaply. And one that it did not
/// come to the end of. Only looks; nothing is migrated.
async fn may_be_opened(source: &Source, kek: &Kek, folder: &Path) -> Result<(), CommandError> {
    let what = match source {
        Source::Sqlite { .. } => folder.display().to_string(),
        Source::Postgres { schema, .. } => format!("the PostgreSQL schema {schema}"),
    };
    match Examination::of(source, kek).await?.demo {
        Some(DemoMark::Complete) => Ok(()),
        Some(DemoMark::Begun) => Err(CommandError::Said(format!(
            "{what} holds a demo whose filling was interrupted; remove it and start again"
        ))),
        None => Err(CommandError::Said(format!(
            "{what} holds a house that the demo did not fill (or filled before it left a mark); kedun serve opens real \
             houses"
        ))),
    }
}

/// Makes the folder, where it is not there, for its owner alone.
fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut folders = std::fs::DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.create(path)
}

/// People of one role that are shown: enough to look around.
const SHOWN: usize = 2;

fn table(url: &str, folder: &str, people: &[Inhabitant]) {
    line(format!(
        "\n  Kedun 客盾 demo   {url}\n  data: {folder}\n  password of everybody: {}\n",
        demo::PASSWORD
    ));
    let mut shown = std::collections::BTreeMap::<&str, usize>::new();
    for person in people {
        let count = shown.entry(&person.role).or_default();
        *count += 1;
        if *count <= SHOWN {
            line(format!("  {:<16}{:<16}{}  {}", person.login, person.role, person.name, person.department));
        }
    }
    let more = shown.values().map(|count| count.saturating_sub(SHOWN)).sum::<usize>();
    if more > 0 {
        line(format!("  {more} more; --json has all"));
    }
    line("\n  Ctrl-C ends it.");
}

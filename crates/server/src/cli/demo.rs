//! `kedun demo`: a complete company, on loopback, with a published password.

use super::CommandError;
use crate::app::App;
use crate::output::{aside, line};
use crate::settings::{LimitSettings, LogFormat, PushSettings};
use kedun_core::demo::{self, Extent, Inhabitant, Settings};
use kedun_vault::keys::{Kek, KekSource};
use kedun_vault::{Clock, Options, Source, Vault};
use serde_json::json;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct DemoArgs {
    /// How many customers.
    #[arg(long, default_value_t = 2_000)]
    customers: u32,
    /// How many people.
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
    super::logs(LogFormat::Text, &args.log);
    let listener = std::net::TcpListener::bind(("127.0.0.1", args.port))
        .map_err(CommandError::io(format!("cannot listen on 127.0.0.1:{}", args.port)))?;
    let address = listener.local_addr().map_err(CommandError::io("cannot read the address"))?;
    let folder = match &args.data {
        Some(folder) => folder.clone(),
        None => {
            std::env::temp_dir().join(format!("kedun-demo-{}-{}", args.seed, kedun_vault::keys::new_id()))
        }
    };
    std::fs::create_dir_all(&folder)
        .map_err(CommandError::io(format!("cannot make {}", folder.display())))?;
    let key = folder.join("kedun.key");
    let kek = if key.exists() { Kek::load(&KekSource::File(key))? } else { Kek::create_file(&key)? };
    let source = match args.postgres {
        Some(url) => Source::Postgres { url, schema: args.schema },
        None => Source::Sqlite { folder: folder.clone() },
    };
    // The password is published, so nothing is lost by hashing it cheaply, and forty people are in at once.
    let mut options =
        Options { cheap_passwords: true, idle_seconds: args.idle_seconds, ..Options::new(source) };
    if args.lean.is_some() {
        // Filling at a size for measuring touches every index at random: it pays to have them at hand.
        options.cache_kib = 262_144;
    }
    let vault = Vault::open(options, &kek, Clock::default()).await?;
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

fn table(url: &str, folder: &str, people: &[Inhabitant]) {
    line(format!(
        "\n  Kedun 客盾 demo   {url}\n  data: {folder}\n  password of everybody: {}\n",
        demo::PASSWORD
    ));
    let mut shown = std::collections::BTreeMap::<&str, usize>::new();
    for person in people {
        // Two of each role are enough to look around; --json has them all.
        let count = shown.entry(&person.role).or_default();
        *count += 1;
        if *count <= 2 {
            line(format!("  {:<16}{:<16}{}  {}", person.login, person.role, person.name, person.department));
        }
    }
    line("\n  Ctrl-C ends it.");
}

//! PostgreSQL: `pg_dump` of one schema, sealed frame by frame on its way to the disk, and back through `pg_restore`.
//!
//! A dump holds names and stages in clear text, which the server's own disk encryption does not follow; so what arrives
//! in the backup folder is sealed under the root key.

use super::copy::{failed, private_file};
use crate::error::{Result, VaultError};
use crate::keys::{self, Key32};
use crate::store::{self, Source};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// Bytes of one frame.
const FRAME: usize = 1 << 20;
/// What the last frame says instead of a part of the dump: a file that was cut short has none.
const END: &[u8] = b"kedun: end of dump";

/// The address without its password, and the password: arguments can be read by everybody on the machine. It can stand
/// before the host and among the options, where the last one holds, for sqlx as for libpq.
fn address(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    // Nobody reads what is behind this sign, but libpq, which would take it for a part of what is before it.
    let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
    let (place, options) = rest.split_once('?').unwrap_or((rest, ""));
    let (server, database) = place.split_at(place.find('/').unwrap_or(place.len()));
    let mut password = None;
    let mut address = format!("{scheme}://");
    match server.rsplit_once('@') {
        Some((user, host)) => {
            let (user, word) = user.split_once(':').map_or((user, None), |(user, word)| (user, Some(word)));
            password = word.map(percent_decoded);
            address.push_str(&format!("{user}@{host}"));
        }
        None => address.push_str(server),
    }
    address.push_str(database);
    let mut sign = '?';
    for option in options.split('&').filter(|option| !option.is_empty()) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        // In options a space can be written so, as in a form.
        if percent_decoded(&name.replace('+', " ")) == "password" {
            password = Some(percent_decoded(&value.replace('+', " ")));
            continue;
        }
        address.push(sign);
        address.push_str(option);
        sign = '&';
    }
    (address, password)
}

fn command(program: &str, url: &str) -> Command {
    let (address, password) = address(url);
    let mut command = Command::new(program);
    command.arg("--dbname").arg(address);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    command.kill_on_drop(true).stderr(Stdio::piped());
    command
}

/// libpq decodes a password in an address itself, but takes one from the environment as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok());
        match (first, code.and_then(|h| u8::from_str_radix(h, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn missing(program: &'static str) -> impl Fn(std::io::Error) -> VaultError {
    move |e| VaultError::Setup(format!("cannot run {program}: {e}; install the PostgreSQL client programs"))
}

fn schema_of(source: &Source, kind: &str) -> Result<(String, String)> {
    match source {
        Source::Postgres { url, schema } if kind == "keyring" => {
            Ok((url.clone(), format!("{schema}_keyring")))
        }
        Source::Postgres { url, schema } => Ok((url.clone(), schema.clone())),
        Source::Sqlite { .. } => Err(VaultError::Setup("this is not a PostgreSQL house".to_owned())),
    }
}

async fn finish(mut child: tokio::process::Child, program: &str) -> Result<()> {
    let mut said = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        let _ = stderr.read_to_string(&mut said).await;
    }
    let status = child.wait().await.map_err(|e| VaultError::Setup(format!("{program}: {e}")))?;
    if status.success() {
        return Ok(());
    }
    let line = said.lines().next().unwrap_or("it failed without a word").to_owned();
    Err(VaultError::Setup(format!("{program}: {line}")))
}

/// Dumps one of the two schemas into a sealed file. `name` is part of what is sealed: a frame of another dump does not
/// open in its place.
pub(super) async fn dump(source: &Source, kind: &str, key: &Key32, name: &str, to: &Path) -> Result<()> {
    let (url, schema) = schema_of(source, kind)?;
    let mut child = command("pg_dump", &url)
        .args(["--format=custom", "--no-owner", "--no-privileges", "--schema", &schema])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(missing("pg_dump"))?;
    let mut dump =
        child.stdout.take().ok_or_else(|| VaultError::Setup("pg_dump has no output".to_owned()))?;
    let mut file = private_file(to)?;
    let mut number = 0_u64;
    let mut frame = Vec::with_capacity(FRAME);
    loop {
        frame.clear();
        let mut part = (&mut dump).take(FRAME as u64);
        part.read_to_end(&mut frame).await.map_err(|e| VaultError::Setup(format!("pg_dump: {e}")))?;
        if frame.is_empty() {
            break;
        }
        write_frame(&mut file, key, &format!("{name}#{number}"), &frame).map_err(failed("write", to))?;
        number += 1;
    }
    finish(child, "pg_dump").await?;
    // Only after pg_dump has said that it is whole.
    write_frame(&mut file, key, &format!("{name}#{number}"), END).map_err(failed("write", to))?;
    file.sync_all().map_err(failed("write", to))
}

fn write_frame(file: &mut std::fs::File, key: &Key32, place: &str, bytes: &[u8]) -> std::io::Result<()> {
    let sealed = keys::seal_system(key, "backup", place, bytes).map_err(std::io::Error::other)?;
    let length = u32::try_from(sealed.len()).map_err(std::io::Error::other)?;
    file.write_all(&length.to_be_bytes())?;
    file.write_all(&sealed)
}

/// The schema that a sealed dump is of, by its own table of contents. It holds the name of its schema in every statement,
/// so it goes back under that name and no other.
pub(super) async fn schema_in(key: &Key32, name: &str, from: &Path) -> Result<String> {
    let mut child = Command::new("pg_restore")
        .arg("--list")
        .kill_on_drop(true)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(missing("pg_restore"))?;
    let mut out =
        child.stdout.take().ok_or_else(|| VaultError::Setup("pg_restore has no output".to_owned()))?;
    // Read beside the feeding: neither side may wait for the other.
    let listing = tokio::spawn(async move {
        let mut text = String::new();
        let _ = out.read_to_string(&mut text).await;
        text
    });
    feed(&mut child, key, name, from).await?;
    finish(child, "pg_restore").await?;
    let text = listing.await.unwrap_or_default();
    listed(&text).ok_or_else(|| VaultError::Setup(format!("{} is not a dump of a house", from.display())))
}

/// The schema of the table of migrations, which each of our databases has: `215; 1259 16391 TABLE kedun migration owner`.
fn listed(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (schema, rest) = line.split_once(" TABLE ")?.1.split_once(' ')?;
        rest.starts_with("migration ").then(|| schema.to_owned())
    })
}

/// Refuses unless the dump belongs where it is to go, and nothing is there. Called for both dumps before either is played
/// back.
pub(super) async fn must_fit(
    source: &Source,
    kind: &str,
    key: &Key32,
    name: &str,
    from: &Path,
) -> Result<()> {
    let (url, wanted) = schema_of(source, kind)?;
    let held = schema_in(key, name, from).await?;
    if held != wanted {
        return Err(VaultError::Setup(format!(
            "{} is a dump of schema {held}, and the settings name {wanted}; a dump goes back under its own name only: \
             set data.schema to {}",
            from.display(),
            held.strip_suffix("_keyring").unwrap_or(&held)
        )));
    }
    if store::has_schema(&url, &wanted).await? {
        return Err(VaultError::Setup(format!(
            "this PostgreSQL database has a schema {wanted} already; nothing is restored over a house. Rename or drop \
             both of its schemas first, or name another database"
        )));
    }
    Ok(())
}

/// Plays a sealed dump back; the schema must not exist. The whole of it happens or nothing.
pub(super) async fn load(source: &Source, kind: &str, key: &Key32, name: &str, from: &Path) -> Result<()> {
    let (url, _) = schema_of(source, kind)?;
    let mut child = command("pg_restore", &url)
        .args(["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .map_err(missing("pg_restore"))?;
    feed(&mut child, key, name, from).await?;
    finish(child, "pg_restore").await
}

/// Opens a sealed dump frame by frame into a program.
async fn feed(child: &mut tokio::process::Child, key: &Key32, name: &str, from: &Path) -> Result<()> {
    let mut into =
        child.stdin.take().ok_or_else(|| VaultError::Setup("pg_restore has no input".to_owned()))?;
    let damaged =
        || VaultError::Setup(format!("{} does not open: it is damaged or of another key", from.display()));
    let mut file = std::fs::File::open(from).map_err(failed("read", from))?;
    let mut number = 0_u64;
    loop {
        let mut length = [0; 4];
        file.read_exact(&mut length).map_err(|_| damaged())?;
        let length = u32::from_be_bytes(length) as usize;
        if length > 2 * FRAME {
            return Err(damaged());
        }
        let mut sealed = vec![0; length];
        file.read_exact(&mut sealed).map_err(|_| damaged())?;
        let opened =
            keys::open_system(key, "backup", &format!("{name}#{number}"), &sealed).map_err(|_| damaged())?;
        if opened.expose() == END {
            break;
        }
        // When pg_restore has given up, what it said is the better error; so stop feeding and ask it.
        if into.write_all(opened.expose()).await.is_err() {
            break;
        }
        number += 1;
    }
    let _ = into.shutdown().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_of_a_dump_is_read_from_its_contents() {
        let text = ";\n; Archive created\n7; 2615 16389 SCHEMA - crm kedun\n215; 1259 16391 TABLE crm migration kedun\n\
                    3400; 0 16391 TABLE DATA crm migration kedun\n";
        assert_eq!(super::listed(text).as_deref(), Some("crm"));
        assert_eq!(super::listed("215; 1259 16391 TABLE crm other kedun"), None);
    }

    #[test]
    fn a_password_is_no_argument() {
        let (url, password) = super::address("postgres://kedun:s%40cret@db.example:5432/crm");
        assert_eq!(url, "postgres://kedun@db.example:5432/crm");
        assert_eq!(password.as_deref(), Some("s@cret"));
        for (given, passed, password) in [
            ("postgres://kedun@db/crm", "postgres://kedun@db/crm", None),
            ("postgres://kedun:@db/crm?sslmode=require", "postgres://kedun@db/crm?sslmode=require", Some("")),
            ("postgres://db/crm?user=kedun&password=a%40b+c", "postgres://db/crm?user=kedun", Some("a@b c")),
            (
                "postgres://db/crm?pass%77ord=a@b&sslmode=require",
                "postgres://db/crm?sslmode=require",
                Some("a@b"),
            ),
            (
                "postgres://kedun:one@db?password=two&password=three#four",
                "postgres://kedun@db",
                Some("three"),
            ),
            ("postgres:///crm?host=/run/pg&password=x", "postgres:///crm?host=/run/pg", Some("x")),
            ("postgres://kedun:a:b@[::1]:5432/crm", "postgres://kedun@[::1]:5432/crm", Some("a:b")),
        ] {
            let expected = (passed.to_owned(), password.map(str::to_owned));
            assert_eq!(super::address(given), expected, "{given}");
        }
        assert_eq!(super::percent_decoded("a%b%zz"), "a%b%zz");
    }
}

//! Checking the log where it lies: entries against tiles and heads, and what stands beside them against the entries. It only
//! reads.

use crate::error::Result;
use crate::ledger::CHUNK;
use crate::sequencer::{Tiles, ledger_error};
use crate::sql::{Db, Row};
use kedun_ledger::verify::{FailureKind, Report, Row as LogRow, Verifier};
use kedun_ledger::{Commitment, Entry, Hash, NoteVerifier};
use std::collections::HashMap;

/// Checks the whole log. `whose` makes the pseudonym of a person.
pub(crate) async fn check(data: &Db, key: &NoteVerifier, whose: impl Fn(&str) -> [u8; 32]) -> Result<Report> {
    let mut tiles = Tiles::new();
    for row in data.all("read tiles", "SELECT level, position, hashes FROM ledger_tile", &[]).await? {
        let (level, position) = (row.int(0)?, row.int(1)?);
        if let (Ok(level), Ok(position)) = (u8::try_from(level), u64::try_from(position)) {
            tiles.insert((level, position), row.bytes(2)?);
        }
    }
    let node = move |level: u8, index: u64| {
        let tile = tiles.get(&(level, index / 256))?;
        let at = usize::try_from(index % 256).ok()? * 32;
        Hash::from_slice(tile.get(at..at + 32)?).ok()
    };
    let mut verifier = Verifier::new(key.name(), vec![key.clone()], node);
    for (size, note) in heads(data).await? {
        verifier.head(&format!("head of {size}"), &note).map_err(ledger_error)?;
    }
    let mut after = -1;
    let mut people: HashMap<String, [u8; 32]> = HashMap::new();
    loop {
        let rows = data.all("stream the log", Whole::SQL, &[after.into(), CHUNK.into()]).await?;
        let rows = rows.iter().map(Whole::read).collect::<Result<Vec<_>>>()?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in &rows {
            let id = uuid::Uuid::parse_str(&row.id).ok().map(|u| *u.as_bytes());
            let index = u64::try_from(row.seq).unwrap_or(0);
            verifier.row(LogRow { index, id, bytes: &row.entry, leaf: None });
            // What is no entry is the verifier's to name.
            let Ok(entry) = Entry::decode(&row.entry) else { continue };
            let person = people.entry(row.person.clone()).or_insert_with(|| whose(&row.person));
            for (kind, message) in row.faults(&entry, person) {
                verifier.beside(kind, index, id, message);
            }
        }
    }
    Ok(verifier.finish())
}

/// Every head that was signed, with its size.
pub(crate) async fn heads(data: &Db) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT size, note FROM ledger_checkpoint ORDER BY size";
    let rows = data.all("read heads", sql, &[]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?))).collect()
}

/// A row of the log with everything that stands beside its entry.
struct Whole {
    seq: i64,
    id: String,
    entry: Vec<u8>,
    at: i64,
    action: String,
    person: String,
    object: String,
    salt: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

impl Whole {
    const SQL: &str = "SELECT l.seq, l.id, l.entry, l.at, l.action, l.person, l.object, p.salt, p.body \
        FROM ledger_row l LEFT JOIN ledger_payload p ON p.id = l.id WHERE l.seq > $1 ORDER BY l.seq LIMIT $2";

    fn read(row: &Row) -> Result<Whole> {
        Ok(Whole {
            seq: row.int(0)?,
            id: row.text(1)?,
            entry: row.bytes(2)?,
            at: row.int(3)?,
            action: row.text(4)?,
            person: row.text(5)?,
            object: row.text(6)?,
            salt: row.opt_bytes(7)?,
            body: row.opt_bytes(8)?,
        })
    }

    /// What does not agree with the entry. `person` is the pseudonym of whoever the column names.
    fn faults(&self, entry: &Entry, person: &[u8; 32]) -> Vec<(FailureKind, &'static str)> {
        let columns = [
            (self.at == entry.at, "its time stands otherwise in its column"),
            (self.action == entry.action, "its action stands otherwise in its column"),
            (entry.actor == person, "its column names another person"),
            (
                entry.object.as_deref().unwrap_or_default() == self.object,
                "its object stands otherwise in its column",
            ),
        ];
        let details = match (&entry.commitment, &self.salt, &self.body) {
            (None, None, None) => true,
            (Some(commitment), Some(salt), Some(body)) => <[u8; 32]>::try_from(salt.as_slice())
                .is_ok_and(|salt| *commitment == Commitment::new(salt, body)),
            _ => false,
        };
        let columns = columns.into_iter().map(|(holds, what)| (holds, FailureKind::ColumnChanged, what));
        let details =
            (details, FailureKind::PayloadChanged, "its details are not those that it committed to");
        columns.chain([details]).filter(|(holds, ..)| !holds).map(|(_, kind, what)| (kind, what)).collect()
    }
}

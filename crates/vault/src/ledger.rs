//! Reading and proving the log: heads, tiles, entries, proofs, the live check and the auditor's kit.

use crate::audit::Act;
use crate::checking;
use crate::error::{Result, VaultError};
use crate::scope::Scope;
use crate::sequencer::{Tiles, ledger_error, tile_bytes};
use crate::sql::Arg;
use crate::vault::{Inner, Vault};
use kedun_ledger::kit::{KitSummary, KitWriter};
use kedun_ledger::source::TileHashes;
use kedun_ledger::tile::{TILE_WIDTH, encode_bundle};
use kedun_ledger::verify::Report;
use kedun_ledger::{Entry, Hash, Tile, proof};
use kedun_model::{Act as ActName, Problem};
use serde::Serialize;
use std::path::Path;

/// Rows that are read at once while streaming the log.
pub(crate) const CHUNK: i64 = 2_000;

/// A log row as an auditor sees it: pseudonyms and names of fields.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its place in the log; none while it waits for the sequencer.
    pub seq: Option<i64>,
    /// Its id.
    pub id: String,
    /// UTC ms.
    pub at: i64,
    /// What was done.
    pub action: String,
    /// `allowed`, `denied`, `system`.
    pub decision: String,
    /// Pseudonym of who did it, hex.
    pub actor: String,
    /// On which object.
    pub object: Option<String>,
    /// Pseudonym of the record, hex.
    pub reference: Option<String>,
    /// Names of fields.
    pub fields: Vec<String>,
    /// Why.
    pub purpose: Option<String>,
    /// How many.
    pub count: Option<u64>,
    /// Hash of the policy it was judged by, hex.
    pub policy: Option<String>,
}

/// Which entries are wanted; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub struct SoughtEntries {
    /// From this place on, oldest first. Without it the newest come first.
    pub from: Option<i64>,
    /// Before this place.
    pub before: Option<i64>,
    /// With this action.
    pub action: Option<String>,
    /// By whoever wrote the entry at this place; who that is stays a pseudonym.
    pub actor_of: Option<i64>,
}

impl SoughtEntries {
    /// Everything from a place on, or what has one action.
    pub fn from_place(from: i64, action: Option<&str>) -> SoughtEntries {
        SoughtEntries { from: Some(from), action: action.map(str::to_owned), ..SoughtEntries::default() }
    }
}

/// When a head was signed.
#[derive(Clone, Debug, Serialize)]
pub struct HeadView {
    /// Entries under it.
    pub size: i64,
    /// UTC ms, by the clock of who signed; the head itself carries no time.
    pub at: i64,
}

impl Vault {
    /// The newest heads, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn ledger_heads(&self, limit: usize) -> Result<Vec<HeadView>> {
        let sql = "SELECT size, at FROM ledger_checkpoint ORDER BY size DESC LIMIT $1";
        let limit = i64::try_from(limit.clamp(1, 200)).unwrap_or(200);
        let rows = self.inner.data.all("read heads", sql, &[limit.into()]).await?;
        rows.iter().map(|row| Ok(HeadView { size: row.int(0)?, at: row.int(1)? })).collect()
    }

    /// The newest signed head, after integrating what waits.
    ///
    /// # Errors
    /// The sequencer fails.
    pub async fn checkpoint(&self) -> Result<String> {
        self.sequence(true).await?;
        self.inner.last_checkpoint().await?.ok_or_else(|| Problem::NotFound.into())
    }

    /// The public key of the log, in the form of a note verifier.
    pub fn ledger_key(&self) -> String {
        self.inner.verifier().to_string()
    }

    /// A hash tile by its path (`tile/0/x001/234` without `tile/`).
    ///
    /// # Errors
    /// A malformed path, a tile that does not exist.
    pub async fn tile(&self, path: &str) -> Result<Vec<u8>> {
        let tile: Tile = format!("tile/{path}").parse().map_err(|_| Problem::NotFound)?;
        let mut tiles = Tiles::new();
        self.inner.load_tile(tile.level(), tile.index(), &mut tiles).await?;
        tile_bytes(&tiles, tile).map_err(|_| Problem::NotFound.into())
    }

    /// A proof that the log of `to` entries continues that of `from`: base64 hashes, one per line.
    ///
    /// # Errors
    /// Sizes out of range.
    pub async fn consistency(&self, from: u64, to: u64) -> Result<Vec<String>> {
        let range = |_| VaultError::from(Problem::invalid("from", "out_of_range"));
        let tiles = self.inner.tiles_for(&proof::tiles_for_consistency(from, to).map_err(range)?).await?;
        let source = TileHashes::new(to, |tile| tile_bytes(&tiles, tile));
        let hashes =
            proof::consistency(&source, from, to).map_err(|_| Problem::invalid("to", "out_of_range"))?;
        Ok(hashes.iter().map(ToString::to_string).collect())
    }

    /// Checks the whole live log against its tiles and every head ever signed; and against the log what stands beside it:
    /// the columns that entries are found by, and the details that they committed to. No destruction removes details, so
    /// where they are missing somebody did.
    ///
    /// # Errors
    /// The database fails; what is wrong with the log is in the report.
    pub async fn verify_ledger(&self) -> Result<Report> {
        let inner = &self.inner;
        let whose = |person: &str| inner.scribe.pseudonym("person", person);
        checking::check(&inner.data, &inner.verifier(), whose).await
    }

    /// Writes an auditor's kit into an empty folder: it can be checked with the public key alone. It ends where its newest
    /// head does: what is placed while it is written has no head in it, and would look like a head that was put back.
    ///
    /// # Errors
    /// The folder cannot be written; the database fails.
    pub async fn export_kit(&self, folder: &Path) -> Result<KitSummary> {
        self.sequence(true).await?;
        let inner = &self.inner;
        let mut kit =
            KitWriter::create(folder, &inner.origin(), &[inner.verifier()]).map_err(ledger_error)?;
        let mut end = 0;
        for (size, note) in checking::heads(&inner.data).await? {
            kit.head(&note).map_err(ledger_error)?;
            end = size;
        }
        let mut after = -1;
        let mut tiles = Tiles::new();
        loop {
            let rows = inner.rows_between(after, end).await?;
            let Some((last, ..)) = rows.last() else { break };
            after = *last;
            tiles.clear();
            for (seq, _, bytes) in &rows {
                let index = u64::try_from(*seq).unwrap_or(0);
                inner.load_tile(0, index / 256, &mut tiles).await?;
                let at = usize::try_from(index % 256).unwrap_or(0) * 32;
                let stored = tiles
                    .get(&(0, index / 256))
                    .and_then(|tile| tile.get(at..at + 32))
                    .and_then(|hash| Hash::from_slice(hash).ok());
                // A hash that the store lost is lost in the kit too: one made anew from the entry would always fit it.
                kit.entry(bytes, stored.unwrap_or(Hash([0; 32]))).map_err(ledger_error)?;
            }
        }
        kit.finish().map_err(ledger_error)
    }
}

impl Scope {
    /// Rows of the log from a place on, or the newest before one; those that the sequencer has not placed are left out.
    /// For those who may read the log.
    ///
    /// # Errors
    /// Forbidden; not found when the entry is not there whose actor is asked for.
    pub async fn ledger_entries(&self, sought: &SoughtEntries, limit: usize) -> Result<Vec<EntryView>> {
        self.require(ActName::LedgerRead, None)?;
        let mut args: Vec<Arg> = vec![i64::try_from(limit.clamp(1, 500)).unwrap_or(500).into()];
        let mut conditions = vec!["seq IS NOT NULL".to_owned()];
        let mut only = |condition: &str, arg: Arg| {
            args.push(arg);
            conditions.push(format!("{condition} ${}", args.len()));
        };
        if let Some(from) = sought.from {
            only("seq >=", from.max(0).into());
        }
        if let Some(before) = sought.before {
            only("seq <", before.max(0).into());
        }
        if let Some(action) = &sought.action {
            only("action =", action.as_str().into());
        }
        if let Some(entry) = sought.actor_of {
            let sql = "SELECT person FROM ledger_row WHERE seq = $1";
            let row = self.inner.data.optional("find who wrote a log row", sql, &[entry.into()]).await?;
            only("person =", row.ok_or(Problem::NotFound)?.text(0)?.into());
        }
        let order = if sought.from.is_none() { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT seq, id, entry FROM ledger_row WHERE {} ORDER BY seq {order} LIMIT $1",
            conditions.join(" AND ")
        );
        let rows = self.inner.data.all("read log rows", &sql, &args).await?;
        let entries = rows
            .iter()
            .map(|row| {
                let bytes = row.bytes(2)?;
                let entry = Entry::decode(&bytes).map_err(ledger_error)?;
                Ok(EntryView {
                    seq: row.opt_int(0)?,
                    id: row.text(1)?,
                    at: entry.at,
                    action: entry.action,
                    decision: format!("{:?}", entry.decision).to_lowercase(),
                    actor: hex::encode(&entry.actor),
                    object: entry.object,
                    reference: entry.reference.map(hex::encode),
                    fields: entry.fields,
                    purpose: entry.purpose,
                    count: entry.count,
                    policy: entry.policy.map(hex::encode),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        self.log(Act::new("ledger.read", "ledger").count(entries.len())).await?;
        Ok(entries)
    }

    /// A bundle of entries as they were hashed (`entries/x001/234` or `entries/000.p/17`), so that whoever may read the
    /// log can check it without trusting how it is shown.
    ///
    /// # Errors
    /// Forbidden; not found for a malformed path and for entries that are not there.
    pub async fn ledger_bundle(&self, path: &str) -> Result<Vec<u8>> {
        self.require(ActName::LedgerRead, None)?;
        let tile = Tile::parse_bundle(&format!("tile/{path}")).map_err(|_| Problem::NotFound)?;
        let from = i64::try_from(tile.index()).ok().and_then(|i| i.checked_mul(i64::from(TILE_WIDTH)));
        let from = from.ok_or(Problem::NotFound)?;
        let upto = from.saturating_add(i64::from(tile.width()));
        let sql = "SELECT entry FROM ledger_row WHERE seq >= $1 AND seq < $2 ORDER BY seq";
        let rows = self.inner.data.all("read a bundle", sql, &[from.into(), upto.into()]).await?;
        if rows.len() != usize::from(tile.width()) {
            return Err(Problem::NotFound.into());
        }
        let entries = rows.iter().map(|row| row.bytes(0)).collect::<Result<Vec<_>>>()?;
        let bundle = encode_bundle(&entries).map_err(ledger_error)?;
        self.log(Act::new("ledger.read", "ledger").count(entries.len())).await?;
        Ok(bundle)
    }

    /// A proof, to be checked offline, that an entry is in the log under the newest head.
    ///
    /// # Errors
    /// Forbidden; not found.
    pub async fn ledger_proof(&self, entry: &str) -> Result<String> {
        self.require(ActName::LedgerRead, None)?;
        let vault = Vault { inner: self.inner.clone() };
        vault.entry_proof(entry).await
    }
}

impl Vault {
    /// A proof that an entry, by id or place, is in the log under the newest head.
    pub(crate) async fn entry_proof(&self, entry: &str) -> Result<String> {
        self.sequence(false).await?;
        let (column, arg) = match entry.parse::<i64>() {
            Ok(seq) => ("seq", Arg::from(seq)),
            Err(_) => ("id", Arg::from(entry)),
        };
        let sql = format!("SELECT seq FROM ledger_row WHERE {column} = $1 AND seq IS NOT NULL");
        let row = self.inner.data.optional("find a log row", &sql, &[arg]).await?.ok_or(Problem::NotFound)?;
        let index = u64::try_from(row.int(0)?).unwrap_or(0);
        // Signed after the row was found: one that was placed in between is under this head and not under the one before.
        let checkpoint = self.checkpoint().await?;
        let size = kedun_ledger::SignedCheckpoint::open(&checkpoint, &[self.inner.verifier()])
            .map_err(ledger_error)?
            .checkpoint()
            .size;
        let tiles =
            self.inner.tiles_for(&proof::tiles_for_inclusion(index, size).map_err(ledger_error)?).await?;
        let source = TileHashes::new(size, |tile| tile_bytes(&tiles, tile));
        let hashes = proof::inclusion(&source, index, size).map_err(ledger_error)?;
        Ok(proof::LogProof { extra: None, index, hashes, checkpoint }.to_string())
    }
}

impl Inner {
    async fn tiles_for(&self, wanted: &[Tile]) -> Result<Tiles> {
        let mut tiles = Tiles::new();
        for tile in wanted {
            self.load_tile(tile.level(), tile.index(), &mut tiles).await?;
        }
        Ok(tiles)
    }

    /// The next rows behind one place and before another.
    async fn rows_between(&self, after: i64, end: i64) -> Result<Vec<(i64, String, Vec<u8>)>> {
        self.data
            .all(
                "stream the log",
                "SELECT seq, id, entry FROM ledger_row WHERE seq > $1 AND seq < $2 ORDER BY seq LIMIT $3",
                &[after.into(), end.into(), CHUNK.into()],
            )
            .await?
            .iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?, row.bytes(2)?)))
            .collect()
    }
}

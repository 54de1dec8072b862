//! Reading and proving the log: heads, tiles, entries, proofs, the live check and the auditor's kit.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::scope::Scope;
use crate::sequencer::{Tiles, ledger_error, tile_bytes};
use crate::sql::Arg;
use crate::vault::{Inner, Vault};
use kedun_ledger::kit::{KitSummary, KitWriter};
use kedun_ledger::source::TileHashes;
use kedun_ledger::verify::{Report, Row as LogRow, Verifier};
use kedun_ledger::{Entry, Hash, Tile, proof, tree};
use kedun_model::{Act as ActName, Problem};
use serde::Serialize;
use std::path::Path;

/// Rows that are read at once while streaming the log.
const CHUNK: i64 = 2_000;

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

impl Vault {
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

    /// Checks the whole live log against its tiles and every head ever signed.
    ///
    /// # Errors
    /// The database fails; what is wrong with the log is in the report.
    pub async fn verify_ledger(&self) -> Result<Report> {
        let inner = &self.inner;
        let mut tiles = Tiles::new();
        for row in
            inner.data.all("read tiles", "SELECT level, position, hashes FROM ledger_tile", &[]).await?
        {
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
        let mut verifier = Verifier::new(&inner.origin(), vec![inner.verifier()], node);
        for (size, note) in inner.heads().await? {
            verifier.head(&format!("head of {size}"), &note).map_err(ledger_error)?;
        }
        let mut after = -1;
        loop {
            let rows = inner.rows_after(after).await?;
            let Some((last, ..)) = rows.last() else { break };
            after = *last;
            for (seq, id, bytes) in &rows {
                let id = uuid::Uuid::parse_str(id).ok().map(|u| *u.as_bytes());
                verifier.row(LogRow { index: u64::try_from(*seq).unwrap_or(0), id, bytes, leaf: None });
            }
        }
        Ok(verifier.finish())
    }

    /// Writes an auditor's kit into an empty folder: it can be checked with the public key alone.
    ///
    /// # Errors
    /// The folder cannot be written; the database fails.
    pub async fn export_kit(&self, folder: &Path) -> Result<KitSummary> {
        self.sequence(true).await?;
        let inner = &self.inner;
        let mut kit =
            KitWriter::create(folder, &inner.origin(), &[inner.verifier()]).map_err(ledger_error)?;
        for (_, note) in inner.heads().await? {
            kit.head(&note).map_err(ledger_error)?;
        }
        let mut after = -1;
        let mut tiles = Tiles::new();
        loop {
            let rows = inner.rows_after(after).await?;
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
                kit.entry(bytes, stored.unwrap_or_else(|| tree::leaf_hash(bytes))).map_err(ledger_error)?;
            }
        }
        kit.finish().map_err(ledger_error)
    }
}

impl Scope {
    /// Rows of the log from a place on, newest excluded until sequenced; for those who may read the log.
    ///
    /// # Errors
    /// Forbidden.
    pub async fn ledger_entries(
        &self,
        from: i64,
        limit: usize,
        action: Option<&str>,
    ) -> Result<Vec<EntryView>> {
        self.require(ActName::LedgerRead, None)?;
        let mut args: Vec<Arg> =
            vec![from.max(0).into(), i64::try_from(limit.clamp(1, 500)).unwrap_or(500).into()];
        let mut condition = "";
        if let Some(action) = action {
            args.push(action.into());
            condition = " AND action = $3";
        }
        let sql =
            format!("SELECT seq, id, entry FROM ledger_row WHERE seq >= $1{condition} ORDER BY seq LIMIT $2");
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
        let checkpoint = self.checkpoint().await?;
        let (column, arg) = match entry.parse::<i64>() {
            Ok(seq) => ("seq", Arg::from(seq)),
            Err(_) => ("id", Arg::from(entry)),
        };
        let sql = format!("SELECT seq FROM ledger_row WHERE {column} = $1 AND seq IS NOT NULL");
        let row = self.inner.data.optional("find a log row", &sql, &[arg]).await?.ok_or(Problem::NotFound)?;
        let index = u64::try_from(row.int(0)?).unwrap_or(0);
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

    async fn heads(&self) -> Result<Vec<(i64, String)>> {
        self.data
            .all("read heads", "SELECT size, note FROM ledger_checkpoint ORDER BY size", &[])
            .await?
            .iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?)))
            .collect()
    }

    async fn rows_after(&self, after: i64) -> Result<Vec<(i64, String, Vec<u8>)>> {
        self.data
            .all(
                "stream the log",
                "SELECT seq, id, entry FROM ledger_row WHERE seq > $1 ORDER BY seq LIMIT $2",
                &[after.into(), CHUNK.into()],
            )
            .await?
            .iter()
            .map(|row| Ok((row.int(0)?, row.text(1)?, row.bytes(2)?)))
            .collect()
    }
}

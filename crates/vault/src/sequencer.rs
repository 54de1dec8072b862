//! The sequencer: gives committed rows of the log their place in the tree and signs heads. One at a time, also over
//! several processes, and never backwards.

use crate::error::{Result, VaultError};
use crate::sql::{Arg, Row, Write};
use crate::vault::{Inner, Vault};
use kedun_ledger::source::TileHashes;
use kedun_ledger::tile::nodes_at;
use kedun_ledger::{Checkpoint, NoteVerifier, Sequencer, SignedCheckpoint, Tile};
use std::collections::HashMap;

/// Rows that one step takes.
const BATCH: i64 = 2_000;
/// A head is signed at most this often, unless somebody asks for one, or the clock was set back behind the last one.
const SIGN_EVERY_MS: i64 = 5_000;

pub(crate) fn ledger_error(error: impl std::fmt::Display) -> VaultError {
    VaultError::Ledger(error.to_string())
}

/// Tiles in memory, by level and position.
pub(crate) type Tiles = HashMap<(u8, u64), Vec<u8>>;

/// What a tile's bytes are in a tree of some size: the stored tile may be fuller than the one asked for.
pub(crate) fn tile_bytes(tiles: &Tiles, tile: Tile) -> Result<Vec<u8>, std::io::Error> {
    let missing = || std::io::Error::new(std::io::ErrorKind::NotFound, tile.to_string());
    let bytes = tiles.get(&(tile.level(), tile.index())).ok_or_else(missing)?;
    bytes.get(..usize::from(tile.width()) * 32).map(<[u8]>::to_vec).ok_or_else(missing)
}

impl Vault {
    /// Integrates rows that were committed since the last time; answers how many. `sign` signs the head in any case.
    ///
    /// # Errors
    /// The stored tree does not continue the last signed head, or the database fails.
    pub async fn sequence(&self, sign: bool) -> Result<usize> {
        // Whoever asks for this wants everything in the tree that somebody was told is logged.
        self.inner.journal.post().await?;
        let mut slot = self.inner.sequencing.lock().await;
        let mut total = 0;
        loop {
            // On any error the state is thrown away and rebuilt from what is stored.
            let mut sequencer = match slot.take() {
                Some(sequencer) => sequencer,
                None => self.inner.restore_sequencer().await?,
            };
            let (count, kept) = self.inner.step(&mut sequencer, sign).await?;
            if kept {
                *slot = Some(sequencer);
            }
            total += count;
            if kept && count < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                return Ok(total);
            }
        }
    }
}

impl Inner {
    /// The name of the log.
    pub(crate) fn origin(&self) -> String {
        self.signer.verifier().name().to_owned()
    }

    pub(crate) fn verifier(&self) -> NoteVerifier {
        self.signer.verifier().clone()
    }

    pub(crate) async fn last_checkpoint(&self) -> Result<Option<String>> {
        self.data
            .optional(
                "read the last head",
                "SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1",
                &[],
            )
            .await?
            .map(|row| row.text(0))
            .transpose()
    }

    async fn restore_sequencer(&self) -> Result<Sequencer> {
        // The head first: another process may place and sign between the two questions, and a head read after the size
        // would look like one that the log no longer reaches.
        let signed = match self.last_checkpoint().await? {
            Some(note) => Some(
                SignedCheckpoint::open(&note, &[self.verifier()]).map_err(ledger_error)?.checkpoint().clone(),
            ),
            None => None,
        };
        let size = self
            .data
            .optional(
                "read the size of the log",
                "SELECT COALESCE(MAX(seq) + 1, 0) FROM ledger_row WHERE seq IS NOT NULL",
                &[],
            )
            .await?
            .map(|row| row.int(0))
            .transpose()?
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or(0);
        let mut tiles = Tiles::new();
        for level in 0..=7_u8 {
            let nodes = nodes_at(level, size);
            if nodes == 0 {
                break;
            }
            // The right edge, and the tile before it: a head that lies in a full tile is checked there.
            for position in [(nodes - 1) / 256, ((nodes - 1) / 256).saturating_sub(1)] {
                self.load_tile(level, position, &mut tiles).await?;
            }
        }
        if let Some(head) = &signed {
            for level in 0..=7_u8 {
                let nodes = nodes_at(level, head.size);
                if nodes == 0 {
                    break;
                }
                self.load_tile(level, (nodes - 1) / 256, &mut tiles).await?;
            }
        }
        let source = TileHashes::new(size, |tile| tile_bytes(&tiles, tile));
        Sequencer::restore(&self.origin(), size, &source, signed).map_err(ledger_error)
    }

    pub(crate) async fn load_tile(&self, level: u8, position: u64, into: &mut Tiles) -> Result<bool> {
        if into.contains_key(&(level, position)) {
            return Ok(true);
        }
        let row = self
            .data
            .optional(
                "read a tile",
                "SELECT hashes FROM ledger_tile WHERE level = $1 AND position = $2",
                &[i64::from(level).into(), i64::try_from(position).unwrap_or(i64::MAX).into()],
            )
            .await?;
        let Some(row) = row else { return Ok(false) };
        into.insert((level, position), row.bytes(0)?);
        Ok(true)
    }

    /// One step in one transaction. False when another process was faster; then the state must be rebuilt.
    async fn step(&self, sequencer: &mut Sequencer, sign: bool) -> Result<(usize, bool)> {
        let mut tx = self.data.begin().await?;
        // Takes the row lock that keeps other processes out until the commit.
        tx.run("take the turn", "UPDATE ledger_head SET turn = turn + 1 WHERE id = 1", &[]).await?;
        let size = tx
            .optional(
                "read the size of the log",
                "SELECT COALESCE(MAX(seq) + 1, 0) FROM ledger_row WHERE seq IS NOT NULL",
                &[],
            )
            .await?
            .map(|row| row.int(0))
            .transpose()?
            .unwrap_or(0);
        if u64::try_from(size) != Ok(sequencer.size()) {
            return Ok((0, false));
        }
        let waiting = tx
            .all(
                "read waiting rows",
                "SELECT id, entry FROM ledger_row WHERE seq IS NULL ORDER BY id LIMIT $1",
                &[BATCH.into()],
            )
            .await?;
        let rows = waiting.iter().map(read).collect::<Result<Vec<_>>>()?;
        if !rows.is_empty() {
            let step = sequencer
                .prepare(rows.iter().map(|(_, id, bytes)| (*id, bytes.as_slice())))
                .map_err(ledger_error)?;
            for chunk in rows.iter().zip(&step.placed).collect::<Vec<_>>().chunks(200) {
                place(&mut tx, chunk.iter().map(|((text, ..), placed)| (text.as_str(), placed.index)))
                    .await?;
            }
            for tile in &step.tiles {
                tx.run(
                    "store a tile",
                    "INSERT INTO ledger_tile (level, position, hashes) VALUES ($1, $2, $3) \
                     ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes",
                    &[
                        i64::from(tile.tile.level()).into(),
                        i64::try_from(tile.tile.index()).unwrap_or(i64::MAX).into(),
                        tile.bytes.clone().into(),
                    ],
                )
                .await?;
            }
            sequencer.accept(step).map_err(ledger_error)?;
        }
        let now = self.clock.now();
        let last = tx
            .optional(
                "read the last head",
                "SELECT size, at FROM ledger_checkpoint ORDER BY size DESC LIMIT 1",
                &[],
            )
            .await?;
        let (signed, at) = match last {
            Some(row) => (row.int(0)?, row.int(1)?),
            None => (-1, 0),
        };
        let grown = i64::try_from(sequencer.size()).is_ok_and(|size| size > signed && size > 0);
        if grown && (sign || now < at || now - at >= SIGN_EVERY_MS) {
            // Heads are found by their time, so time does not run back from one to the next, whatever the clock does.
            if !self.sign(&mut tx, sequencer, signed, now.max(at)).await? {
                // Another process signed what we had placed, between two of our turns.
                return Ok((0, false));
            }
        }
        tx.commit().await?;
        Ok((rows.len(), true))
    }

    /// Signs the next head; false when the newest one is not the one that we know.
    async fn sign(&self, tx: &mut Write, sequencer: &mut Sequencer, stored: i64, at: i64) -> Result<bool> {
        let next = sequencer.next_head(&self.signer).map_err(ledger_error)?;
        let replaces =
            next.replaces.as_ref().map_or(-1, |c: &Checkpoint| i64::try_from(c.size).unwrap_or(i64::MAX));
        if replaces != stored {
            return Ok(false);
        }
        tx.run(
            "store a head",
            "INSERT INTO ledger_checkpoint (size, at, note) VALUES ($1, $2, $3)",
            &[
                i64::try_from(next.head.checkpoint().size).unwrap_or(i64::MAX).into(),
                at.into(),
                next.head.note().to_string().into(),
            ],
        )
        .await?;
        sequencer.accept_head(&next).map_err(ledger_error)?;
        Ok(true)
    }
}

fn read(row: &Row) -> Result<(String, [u8; 16], Vec<u8>)> {
    let text = row.text(0)?;
    let id =
        uuid::Uuid::parse_str(&text).map_err(|_| VaultError::Damaged("the id of a log row".to_owned()))?;
    Ok((text, *id.as_bytes(), row.bytes(1)?))
}

async fn place<'a>(tx: &mut Write, places: impl Iterator<Item = (&'a str, u64)>) -> Result<()> {
    let mut args: Vec<Arg> = Vec::new();
    let mut values = Vec::new();
    for (id, index) in places {
        let at = args.len();
        values.push(format!("(${}, CAST(${} AS BIGINT))", at + 1, at + 2));
        args.extend([id.into(), Arg::from(i64::try_from(index).unwrap_or(i64::MAX))]);
    }
    let sql = format!(
        "UPDATE ledger_row SET seq = v.column2 FROM (VALUES {}) AS v WHERE ledger_row.id = v.column1",
        values.join(", ")
    );
    tx.run("place rows", &sql, &args).await.map(drop)
}

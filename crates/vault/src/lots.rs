//! What a draw by lot needs of the house: the list that is drawn from, without a value; the head that settles it; and what
//! the log says of draws, so that a second one or an altered one shows.

use crate::audit::Act;
use crate::error::Result;
use crate::plan::{self, Query};
use crate::row::Stored;
use crate::scope::Scope;
use crate::sequencer::{Tiles, ledger_error};
use crate::tx::Tx;
use crate::vault::Vault;
use kedun_ledger::{Commitment, Entry, Hash, SignedCheckpoint, tree};
use kedun_model::{PersonId, RecordId};
use serde_json::{Value as Json, json};

/// A record on a roll: that it is there and who made it, and no value of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Its id.
    pub record: RecordId,
    /// Who recorded it.
    pub author: PersonId,
}

/// A signed head of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries under it.
    pub size: u64,
    /// Their root.
    pub root: Hash,
    /// When it was signed, UTC ms, by the clock of who signed.
    pub at: i64,
}

/// A row of the log with the details beside it.
#[derive(Clone, Debug)]
pub struct LogTold {
    /// Its id.
    pub entry: String,
    /// Its place; none while it waits for the sequencer.
    pub place: Option<i64>,
    /// Whether the details are what the row committed to, and the row is what the tree holds at its place.
    pub sound: bool,
    /// The details.
    pub details: Json,
}

impl Scope {
    /// The records that a query reaches, also those in the recycle bin: whoever wants to keep one out of a draw must not
    /// do so by deleting it. No value is read, so nobody has looked at them; that the roll was taken is one row.
    ///
    /// # Errors
    /// As [`Scope::query`].
    pub async fn roll(&self, object: &str, query: &Query) -> Result<Vec<Enrolled>> {
        let def = self.object(object)?.clone();
        let mut roll = Vec::new();
        for deleted in [false, true] {
            let mut cursor = None;
            loop {
                let part = Query {
                    fields: Some(Vec::new()),
                    sort: vec![("created_at".to_owned(), false)],
                    limit: plan::MAX_LIMIT,
                    cursor,
                    count: false,
                    deleted,
                    ..query.clone()
                };
                let planned = plan::plan(&self.asking(&def), &part, plan::Of::Whole)?;
                let rows = self.inner.data.all("take a roll", &planned.page.text, &planned.page.args).await?;
                for row in rows.iter().take(plan::MAX_LIMIT) {
                    let stored = Stored::read(row)?;
                    roll.push(Enrolled { record: stored.id, author: stored.created_by });
                }
                let last = rows.get(plan::MAX_LIMIT - 1).filter(|_| rows.len() > plan::MAX_LIMIT);
                cursor = match (last, roll.last()) {
                    (Some(row), Some(end)) => {
                        let sorted = (0..planned.sort_columns).map(|i| row.int(23 + i).map(Json::from));
                        let sorted = sorted.collect::<Result<Vec<_>>>()?;
                        Some(plan::write_cursor(&sorted, end.record.as_str()))
                    }
                    _ => break,
                };
            }
        }
        self.log(Act::new("record.enrol", object).count(roll.len())).await?;
        Ok(roll)
    }
}

impl Tx {
    /// The id of the log row that this change will have.
    pub fn entry(&self) -> &str {
        &self.entry
    }
}

impl Vault {
    /// The first head that was signed at a moment or later; none yet when nothing was. Where the clock was set back between
    /// heads, only those count that no head of before the moment comes after.
    ///
    /// # Errors
    /// A head whose signature does not hold; the database fails.
    pub async fn head_after(&self, at: i64) -> Result<Option<Head>> {
        let sql = "SELECT note, at FROM ledger_checkpoint WHERE at >= $1 \
            AND size > COALESCE((SELECT MAX(size) FROM ledger_checkpoint WHERE at < $1), 0) ORDER BY size LIMIT 1";
        let Some(row) = self.inner.data.optional("find a head", sql, &[at.into()]).await? else {
            return Ok(None);
        };
        let signed = SignedCheckpoint::open(&row.text(0)?, &[self.inner.verifier()]).map_err(ledger_error)?;
        let head = signed.checkpoint();
        Ok(Some(Head { size: head.size, root: head.root, at: row.int(1)? }))
    }

    /// Every row of the log with an action, oldest first, each held against its commitment and the tree. For checking
    /// what the house keeps against what it said when it was done.
    ///
    /// # Errors
    /// The database fails.
    pub async fn told(&self, action: &str) -> Result<Vec<LogTold>> {
        let sql = "SELECT l.id, l.seq, l.entry, p.salt, p.body FROM ledger_row l LEFT JOIN ledger_payload p ON p.id = l.id \
            WHERE l.action = $1 ORDER BY l.at, l.id";
        let mut told = Vec::new();
        let mut tiles = Tiles::new();
        for row in self.inner.data.all("read what was told", sql, &[action.into()]).await? {
            let (place, bytes) = (row.opt_int(1)?, row.bytes(2)?);
            let entry = Entry::decode(&bytes).map_err(ledger_error)?;
            let mut sound = entry.action == action;
            if let Some(place) = place.and_then(|place| u64::try_from(place).ok()) {
                self.inner.load_tile(0, place / 256, &mut tiles).await?;
                let at = usize::try_from(place % 256).unwrap_or(0) * 32;
                let held = tiles.get(&(0, place / 256)).and_then(|tile| tile.get(at..at + 32));
                sound &= held == Some(tree::leaf_hash(&bytes).as_bytes().as_slice());
            }
            let body = row.opt_bytes(4)?;
            let details = match (row.opt_bytes(3)?, &body) {
                (Some(salt), Some(body)) => {
                    let salt: Option<[u8; 32]> = salt.try_into().ok();
                    sound &= salt.is_some_and(|salt| entry.commitment == Some(Commitment::new(salt, body)));
                    serde_json::from_slice(body).unwrap_or(json!(null))
                }
                _ => {
                    sound = false;
                    json!(null)
                }
            };
            told.push(LogTold { entry: row.text(0)?, place, sound, details });
        }
        Ok(told)
    }
}

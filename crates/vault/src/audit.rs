//! Rows of the log: what a capability says of an act, and how it is written inside the transaction of the act.

use crate::clock::Clock;
use crate::error::{Result, VaultError};
use crate::keys::{Key32, Pseudonyms};
use crate::sql::{Arg, Db, Rows, Write, placeholders};
use crate::watching;
use kedun_ledger::{Commitment, Decision, Entry};
use kedun_model::alert::FactKind;
use kedun_model::{PersonId, RecordId, SubjectId};
use serde_json::Value as Json;

/// An act as it goes into the log: names and references, never values.
#[derive(Clone, Debug)]
pub struct Act {
    /// Stable dotted code (`field.reveal`).
    pub action: &'static str,
    /// The object concerned.
    pub object: String,
    /// The record concerned.
    pub record: Option<RecordId>,
    /// Whose data it is.
    pub subject: Option<SubjectId>,
    /// Names of fields.
    pub fields: Vec<String>,
    /// Why.
    pub purpose: Option<String>,
    /// How many records.
    pub count: Option<u64>,
    /// Whether it was allowed.
    pub allowed: bool,
    /// Details beside the log, erasable; committed to by a salted hash.
    pub payload: Json,
    /// Records that somebody looked at, for "who looked".
    pub looked: Vec<RecordId>,
    /// What the alert rules should know of it; kept with the details.
    pub fact: Option<FactKind>,
}

impl Act {
    /// An allowed act without details.
    pub fn new(action: &'static str, object: impl Into<String>) -> Act {
        Act {
            action,
            object: object.into(),
            record: None,
            subject: None,
            fields: Vec::new(),
            purpose: None,
            count: None,
            allowed: true,
            payload: Json::Null,
            looked: Vec::new(),
            fact: None,
        }
    }
    /// Names the record.
    #[must_use]
    pub fn on(mut self, record: &RecordId, subject: Option<&SubjectId>) -> Act {
        self.record = Some(record.clone());
        self.subject = subject.cloned();
        self
    }
    /// Names the fields.
    #[must_use]
    pub fn fields(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Act {
        self.fields = fields.into_iter().map(Into::into).collect();
        self
    }
    /// Says why.
    #[must_use]
    pub fn purpose(mut self, purpose: impl Into<String>) -> Act {
        self.purpose = Some(purpose.into());
        self
    }
    /// Says how many.
    #[must_use]
    pub fn count(mut self, count: usize) -> Act {
        self.count = u64::try_from(count).ok();
        self
    }
    /// Adds details that stay beside the log.
    #[must_use]
    pub fn payload(mut self, payload: Json) -> Act {
        self.payload = payload;
        self
    }
    /// Marks a denial.
    #[must_use]
    pub fn denied(mut self) -> Act {
        self.allowed = false;
        self
    }
    /// Marks the records that were looked at.
    #[must_use]
    pub fn looked(mut self, records: impl IntoIterator<Item = RecordId>) -> Act {
        self.looked = records.into_iter().collect();
        self
    }
    /// Tells the alert rules. They read the log, so what is told here is told once and survives a restart; the action
    /// must be one of those that they read ([`VaultError::Ledger`] otherwise).
    #[must_use]
    pub fn fact(mut self, fact: FactKind) -> Act {
        self.fact = Some(fact);
        self
    }
}

/// Who acts, as the log names them.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) person: PersonId,
    pub(crate) device: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) system: bool,
}

/// Whatever keeps a row out of the log keeps the answer in the house.
pub(crate) fn unlogged(error: VaultError) -> VaultError {
    match error {
        VaultError::Sql { source, .. } => VaultError::LedgerUnavailable(source),
        other => other,
    }
}

/// What the log needs from the house.
pub(crate) struct Scribe {
    pub(crate) org: String,
    /// Makes pseudonyms of people and references of records: keyed, so that the log alone names nobody.
    pub(crate) pseudonyms: Pseudonyms,
    pub(crate) clock: Clock,
}

/// The code of a purpose. What somebody wrote in their own words can name a customer, and the log is for ever: the words
/// stay in `look` and `share`, where destruction reaches them.
fn code(purpose: &str) -> String {
    let head = purpose.split(':').next().unwrap_or_default().trim();
    let is_code = (1..=60).contains(&head.len())
        && head.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.'));
    if is_code { head.to_owned() } else { "other".to_owned() }
}

/// What somebody merely saw, without anything for the alert rules: the bulk of the log.
const SEEN: [&str; 4] = ["record.list", "record.read", "record.count", "record.group"];

/// A row of the log, ready to be stored, with what stays beside the log. It may lie in a book of first entry for a moment,
/// in CBOR.
#[derive(minicbor::Encode, minicbor::Decode)]
pub(crate) struct LogRow {
    #[n(0)]
    id: String,
    #[n(1)]
    at: i64,
    #[n(2)]
    action: String,
    #[n(3)]
    person: String,
    #[n(4)]
    object: String,
    #[cbor(n(5), with = "minicbor::bytes")]
    entry: Vec<u8>,
    #[n(6)]
    payload: Option<Payload>,
    /// Ids of records.
    #[n(7)]
    looked: Vec<String>,
    #[n(8)]
    fields: String,
    #[n(9)]
    purpose: String,
    #[n(10)]
    seen: bool,
}

/// What stays beside the log, with the salt of its commitment.
#[derive(minicbor::Encode, minicbor::Decode)]
struct Payload {
    #[cbor(n(0), with = "minicbor::bytes")]
    salt: Vec<u8>,
    #[cbor(n(1), with = "minicbor::bytes")]
    body: Vec<u8>,
}

impl LogRow {
    /// Whether it may lie in the book before it is posted: nobody counts it to decide whether the next thing is allowed.
    pub(crate) fn may_wait(&self) -> bool {
        self.seen
    }

    #[cfg(test)]
    pub(crate) fn for_tests(id: &str) -> LogRow {
        LogRow {
            id: id.to_owned(),
            at: 1,
            action: "record.read".to_owned(),
            person: "li".to_owned(),
            object: "customer".to_owned(),
            entry: vec![7; 40],
            payload: None,
            looked: vec!["one".to_owned()],
            fields: String::new(),
            purpose: String::new(),
            seen: true,
        }
    }

    #[cfg(test)]
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

impl Scribe {
    /// Writes one row, under an id made by [`crate::ids::new_id`], inside `tx`.
    ///
    /// # Errors
    /// [`VaultError::LedgerUnavailable`]; the caller must not answer then.
    pub(crate) async fn write(
        &self,
        tx: &mut Write,
        id: &str,
        actor: &Actor,
        policy: [u8; 32],
        act: &Act,
    ) -> Result<()> {
        store(tx, &[&self.row(id, actor, policy, act)?]).await.map_err(unlogged)
    }

    /// Makes a row of an act; it is nothing until it is stored.
    pub(crate) fn row(&self, id: &str, actor: &Actor, policy: [u8; 32], act: &Act) -> Result<LogRow> {
        let at = self.clock.now();
        let mut entry = Entry {
            id: uuid::Uuid::parse_str(id).map(|u| *u.as_bytes()).unwrap_or_default(),
            at,
            mono: self.clock.monotonic(),
            org: self.org.clone(),
            actor: self.pseudonym("person", actor.person.as_str()).to_vec(),
            device: actor.device.as_ref().map(|d| self.pseudonym("device", d)[..16].to_vec()),
            session: actor.session.as_ref().map(|s| {
                let mut half = [0; 16];
                half.copy_from_slice(&self.pseudonym("session", s)[..16]);
                half
            }),
            action: act.action.to_owned(),
            object: Some(act.object.clone()).filter(|o| !o.is_empty()),
            reference: act.record.as_ref().map(|r| self.pseudonym("record", r.as_str())),
            subject: act.subject.as_ref().map(|s| self.pseudonym("subject", s.as_str())),
            fields: act.fields.clone(),
            purpose: act.purpose.as_deref().map(code),
            decision: match (act.allowed, actor.system) {
                (false, _) => Decision::Denied,
                (true, true) => Decision::System,
                (true, false) => Decision::Allowed,
            },
            policy: Some(policy),
            count: act.count,
            commitment: None,
        };
        let payload = if let Some(details) = details(actor, act)? {
            let body = details.to_string().into_bytes();
            let salt = *Key32::random()?.expose();
            entry.commitment = Some(Commitment::new(salt, &body));
            Some(Payload { salt: salt.to_vec(), body })
        } else {
            None
        };
        Ok(LogRow {
            id: id.to_owned(),
            at,
            action: act.action.to_owned(),
            person: actor.person.to_string(),
            object: act.object.clone(),
            entry: entry.encode().map_err(|e| VaultError::Ledger(e.to_string()))?,
            payload,
            looked: act.looked.iter().map(ToString::to_string).collect(),
            fields: act.fields.join(","),
            purpose: act.purpose.clone().unwrap_or_default(),
            seen: act.allowed && act.fact.is_none() && SEEN.contains(&act.action),
        })
    }

    pub(crate) fn pseudonym(&self, kind: &str, id: &str) -> [u8; 32] {
        self.pseudonyms.of(kind, id)
    }
}

const PAYLOADS: &str = "INSERT INTO ledger_payload (id, salt, body)";
const ROWS: &str = "INSERT INTO ledger_row (id, at, action, person, object, entry)";
const LOOKS: &str = "INSERT INTO look (entry, record, person, at, action, fields, purpose)";

/// Stores rows inside a write, few statements for all of them.
pub(crate) async fn store(tx: &mut Write, rows: &[&LogRow]) -> Result<()> {
    let payloads = rows.iter().filter_map(|row| {
        let Payload { salt, body } = row.payload.as_ref()?;
        Some(vec![row.id.as_str().into(), salt.clone().into(), body.clone().into()])
    });
    several(tx, PAYLOADS, payloads.collect()).await?;
    let entries = rows.iter().map(|row| -> Vec<Arg> {
        vec![
            row.id.as_str().into(),
            row.at.into(),
            row.action.as_str().into(),
            row.person.as_str().into(),
            row.object.as_str().into(),
            row.entry.clone().into(),
        ]
    });
    several(tx, ROWS, entries.collect()).await?;
    let looks = rows.iter().flat_map(|row| {
        row.looked.iter().map(|record| -> Vec<Arg> {
            vec![
                row.id.as_str().into(),
                record.as_str().into(),
                row.person.as_str().into(),
                row.at.into(),
                row.action.as_str().into(),
                row.fields.as_str().into(),
                row.purpose.as_str().into(),
            ]
        })
    });
    several(tx, LOOKS, looks.collect()).await
}

/// Inserts rows by powers of two: few texts, so that each stays prepared.
async fn several(tx: &mut Write, insert: &str, mut rows: Vec<Vec<Arg>>) -> Result<()> {
    while !rows.is_empty() {
        let take = (1 << rows.len().ilog2()).min(64);
        let columns = rows.first().map_or(0, Vec::len);
        let args: Vec<Arg> = rows.drain(..take).flatten().collect();
        tx.later(&format!("{insert} VALUES {}", placeholders(1, take, columns)), &args).await?;
    }
    Ok(())
}

/// Rows of the log by column, for PostgreSQL: one statement, whatever their number.
const AT_ONCE: &str = "WITH p AS (INSERT INTO ledger_payload (id, salt, body) \
    SELECT * FROM UNNEST($1::text[], $2::bytea[], $3::bytea[])), \
    l AS (INSERT INTO look (entry, record, person, at, action, fields, purpose) \
    SELECT * FROM UNNEST($4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[])) \
    INSERT INTO ledger_row (id, at, action, person, object, entry) \
    SELECT * FROM UNNEST($11::text[], $12::bigint[], $13::text[], $14::text[], $15::text[], $16::bytea[])";

/// Stores rows that belong to no change, in a commit of their own that they share.
pub(crate) async fn store_alone(db: &Db, rows: Vec<LogRow>) -> Result<()> {
    if !db.is_postgres() {
        let mut tx = db.begin().await?;
        store(&mut tx, &rows.iter().collect::<Vec<_>>()).await?;
        return tx.commit().await;
    }
    let texts = |of: fn(&LogRow) -> &str| Rows::Text(rows.iter().map(|row| of(row).to_owned()).collect());
    let looks: Vec<_> =
        rows.iter().flat_map(|row| row.looked.iter().map(move |record| (row, record))).collect();
    let of_looks =
        |of: fn(&LogRow) -> &str| Rows::Text(looks.iter().map(|(row, _)| of(row).to_owned()).collect());
    let with: Vec<_> = rows.iter().filter_map(|row| row.payload.as_ref().map(|p| (row, p))).collect();
    let columns = [
        Rows::Text(with.iter().map(|(row, _)| row.id.clone()).collect()),
        Rows::Bytes(with.iter().map(|(_, payload)| payload.salt.clone()).collect()),
        Rows::Bytes(with.iter().map(|(_, payload)| payload.body.clone()).collect()),
        of_looks(|row| &row.id),
        Rows::Text(looks.iter().map(|(_, record)| (*record).clone()).collect()),
        of_looks(|row| &row.person),
        Rows::Int(looks.iter().map(|(row, _)| row.at).collect()),
        of_looks(|row| &row.action),
        of_looks(|row| &row.fields),
        of_looks(|row| &row.purpose),
        texts(|row| &row.id),
        Rows::Int(rows.iter().map(|row| row.at).collect()),
        texts(|row| &row.action),
        texts(|row| &row.person),
        texts(|row| &row.object),
        Rows::Bytes(rows.iter().map(|row| row.entry.clone()).collect()),
    ];
    db.run_rows(AT_ONCE, &columns).await
}

/// What lies beside the row: the details, and with them what the alert rules should know. What the house does by itself
/// is nobody's conduct.
fn details(actor: &Actor, act: &Act) -> Result<Option<Json>> {
    let Some(fact) = act.fact.as_ref().filter(|_| !actor.system) else {
        return Ok(Some(act.payload.clone()).filter(|payload| !payload.is_null()));
    };
    if !watching::ACTIONS.contains(&act.action) {
        return Err(VaultError::Ledger(format!("a fact under {}, which no rule reads", act.action)));
    }
    let fact = serde_json::to_value(fact).map_err(|error| VaultError::Ledger(error.to_string()))?;
    let mut details = match &act.payload {
        Json::Object(map) => map.clone(),
        Json::Null => serde_json::Map::new(),
        other => serde_json::Map::from_iter([("about".to_owned(), other.clone())]),
    };
    details.insert("fact".to_owned(), fact);
    Ok(Some(Json::Object(details)))
}

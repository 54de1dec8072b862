//! Rows of the log: what a capability says of an act, and how it is written inside the transaction of the act.

use crate::clock::Clock;
use crate::error::{Result, VaultError};
use crate::keys::{Key32, Pseudonyms};
use crate::sql::{Arg, Write, placeholders};
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

impl Scribe {
    /// Writes one row, under an id made by [`crate::keys::new_id`], inside `tx`.
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
        self.write_row(tx, id, actor, policy, act).await.map_err(unlogged)
    }

    async fn write_row(
        &self,
        tx: &mut Write,
        id: &str,
        actor: &Actor,
        policy: [u8; 32],
        act: &Act,
    ) -> Result<()> {
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
        if let Some(details) = details(actor, act)? {
            let body = details.to_string().into_bytes();
            let salt = *Key32::random()?.expose();
            entry.commitment = Some(Commitment::new(salt, &body));
            tx.run(
                "write the details of a log row",
                "INSERT INTO ledger_payload (id, salt, body) VALUES ($1, $2, $3)",
                &[id.into(), salt.to_vec().into(), body.into()],
            )
            .await?;
        }
        let bytes = entry.encode().map_err(|e| VaultError::Ledger(e.to_string()))?;
        tx.run(
            "write a log row",
            "INSERT INTO ledger_row (id, at, action, person, object, entry) VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                id.into(),
                at.into(),
                act.action.into(),
                Arg::from(&actor.person),
                act.object.as_str().into(),
                bytes.into(),
            ],
        )
        .await?;
        for chunk in act.looked.chunks(100) {
            let fields = act.fields.join(",");
            let mut args = Vec::with_capacity(chunk.len() * 7);
            for record in chunk {
                args.extend([
                    Arg::from(id),
                    record.into(),
                    Arg::from(&actor.person),
                    at.into(),
                    act.action.into(),
                    fields.as_str().into(),
                    act.purpose.clone().unwrap_or_default().into(),
                ]);
            }
            let sql = format!(
                "INSERT INTO look (entry, record, person, at, action, fields, purpose) VALUES {}",
                placeholders(1, chunk.len(), 7)
            );
            tx.run("write who looked", &sql, &args).await?;
        }
        Ok(())
    }

    pub(crate) fn pseudonym(&self, kind: &str, id: &str) -> [u8; 32] {
        self.pseudonyms.of(kind, id)
    }
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

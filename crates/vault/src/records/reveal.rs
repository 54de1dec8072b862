//! Revealing one field of one record, for a purpose, counted. The row in the log is durable before the value leaves.

use crate::audit::{Act, unlogged};
use crate::error::{Result, VaultError};
use crate::ids::new_id;
use crate::plan::{self, Flags};
use crate::scope::Scope;
use crate::tx::read_with_facts;
use crate::view::{Names, shape};
use kedun_model::alert::FactKind;
use kedun_model::policy::judge;
use kedun_model::{Problem, RecordId, Show};
use serde_json::Value as Json;

/// How long a revealed value may stay on a screen.
const REVEAL_MS: i64 = 30_000;
/// Why somebody may reveal.
const PURPOSES: [&str; 6] = ["call", "message", "visit", "contract", "service", "correction"];
const HOUR_MS: i64 = 3_600_000;

/// A value that was revealed.
pub struct Revealed {
    /// The value in the shape of its kind.
    pub value: Json,
    /// When the screen must mask it again, UTC ms.
    pub expires_at: i64,
    /// What is left of the hour's reveals after this one.
    pub quota: Quota,
}

/// The reveals of an hour: how many somebody made, and how many their role allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Quota {
    /// Made in the last hour.
    pub used: i64,
    /// Allowed in an hour.
    pub limit: u32,
}

impl Scope {
    /// Reveals a field.
    ///
    /// # Errors
    /// Not found; forbidden without the right to reveal; an unknown purpose; `consent_withdrawn` where the purpose rests on
    /// a consent that was taken back; [`VaultError::TooMany`] over the quota.
    pub async fn reveal(&self, object: &str, id: &RecordId, field: &str, purpose: &str) -> Result<Revealed> {
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        let visible = found.as_ref().filter(|(stored, facts)| {
            stored.deleted_at.is_none() && judge(&self.caller, &def.name, facts).visible()
        });
        let Some((stored, facts)) = visible else {
            self.denied(object, id, found.is_some()).await?;
            return Err(Problem::NotFound.into());
        };
        let verdict = judge(&self.caller, &def.name, facts);
        let known = def.field(field).filter(|f| verdict.right(f).show > Show::None);
        let Some(f) = known else { return Err(Problem::invalid("field", "unknown_field").into()) };
        if verdict.right(f).show < Show::Reveal {
            self.log(
                Act::new("field.reveal", object).on(id, stored.subject.as_ref()).fields([field]).denied(),
            )
            .await?;
            return Err(Problem::Forbidden("reveal").into());
        }
        let known = PURPOSES.contains(&purpose)
            || purpose.strip_prefix("other:").is_some_and(|note| {
                let length = note.trim().chars().count();
                (2..=200).contains(&length)
            });
        // The purpose stands in the log for good, so it must not carry along what it was asked for.
        if purpose.contains('@') || purpose.chars().filter(char::is_ascii_digit).count() >= 7 {
            return Err(Problem::invalid("purpose", "personal_data").into());
        }
        if !known {
            return Err(Problem::invalid("purpose", "unknown_purpose").into());
        }
        let agreed = self.consented(&[id]).await?.remove(id).unwrap_or_default();
        if agreed.stops(f.class, purpose) {
            let act = Act::new("field.reveal", object).on(id, stored.subject.as_ref()).fields([field]);
            self.log(act.purpose(purpose).denied()).await?;
            return Err(Problem::Conflict("consent_withdrawn").into());
        }
        let opener = self.opener(std::slice::from_ref(stored)).await?;
        let value = if f.class.is_sealed() { opener.open(stored, f) } else { stored.readable(f) };
        let Some(value) = value else { return Err(Problem::invalid("field", "empty").into()) };
        let act = Act::new("field.reveal", object)
            .on(id, stored.subject.as_ref())
            .fields([field])
            .purpose(purpose)
            .looked([id.clone()])
            .fact(FactKind::Reveal { record: id.clone(), field: field.to_owned() });
        let used = self.count_reveal(act).await?;
        Ok(Revealed {
            value: shape(f, &value, &Names::default()),
            expires_at: self.now() + REVEAL_MS,
            quota: Quota { used, limit: self.reveals_per_hour },
        })
    }

    /// How many reveals the caller made in the last hour, and how many their role allows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn reveals_in_hour(&self) -> Result<Quota> {
        let row = self
            .inner
            .data
            .optional(
                "count reveals",
                "SELECT COUNT(*) FROM look WHERE person = $1 AND action = 'field.reveal' AND at > $2",
                &[self.person().into(), (self.now() - HOUR_MS).into()],
            )
            .await?;
        let used = row.map(|r| r.int(0)).transpose()?.unwrap_or(0);
        Ok(Quota { used, limit: self.reveals_per_hour })
    }

    /// Counts and logs in one transaction, one reveal of a person after the other: of many that are asked for at once,
    /// no more get through than the quota allows; who tries for more has that on the record too. Answers how many it makes
    /// in this hour.
    pub(crate) async fn count_reveal(&self, act: Act) -> Result<i64> {
        let mut tx = self.inner.data.begin().await.map_err(unlogged)?;
        if self.inner.data.is_postgres() {
            tx.all(
                "wait for one's turn",
                "SELECT id FROM person WHERE id = $1 FOR UPDATE",
                &[self.person().into()],
            )
            .await?;
        }
        let row = tx
            .optional(
                "count reveals",
                "SELECT COUNT(*), MIN(at) FROM look WHERE person = $1 AND action = 'field.reveal' AND at > $2",
                &[self.person().into(), (self.now() - HOUR_MS).into()],
            )
            .await?
            .ok_or_else(|| VaultError::Damaged("the count of reveals".to_owned()))?;
        let before = row.int(0)?;
        if before >= i64::from(self.reveals_per_hour) {
            let oldest = row.opt_int(1)?.unwrap_or(self.now());
            let retry_after = ((oldest + HOUR_MS - self.now()) / 1000).max(1);
            // Nothing was shown, but whoever goes on trying is who the rule of bulk reveals is for.
            let refused = Act { looked: Vec::new(), allowed: false, ..act };
            self.inner.scribe.write(&mut tx, &new_id(), &self.actor, self.catalog.hash, &refused).await?;
            tx.commit().await?;
            self.inner.tell(&self.actor, &refused);
            return Err(VaultError::TooMany { rule: "quota_exceeded", retry_after });
        }
        let (policy, entry) = (self.catalog.hash, new_id());
        self.inner.scribe.write(&mut tx, &entry, &self.actor, policy, &act).await?;
        tx.commit().await?;
        self.inner.tell(&self.actor, &act);
        Ok(before + 1)
    }
}

//! Knocking at browsers: who may be told that something waits, and where.
//!
//! **Invariant:** what leaves is an address to knock at and a signature of who knocks. No word goes along, so nobody
//! on the way learns more than that somebody of this house was called; and a place is given out only while the session
//! lives in which its device was last used: it has not been ended and has not reached its end. Silence does not end it
//! here: a phone in a pocket is what a knock is for, and what is behind it asks for the password.

use crate::audit::{Act, Actor};
use crate::error::{Result, VaultError};
use crate::ids;
use crate::keys::{self, KnockKey};
use crate::row::{COLUMNS, Stored};
use crate::scope::Scope;
use crate::sql::{Arg, Write};
use crate::vault::{Inner, Signal, Vault};
use kedun_model::{Act as ActName, ObjectDef, PersonId, RecordId, Value, Verb};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// The name of the key in the keyring.
const KEY: &str = "knock-signer";
/// The object of what customers ask for.
const REQUEST: &str = "rights_request";
/// What a place is sealed for.
const PLACE: &str = "push place";

/// The condition under which a place `p` may be knocked at; `$1` is now.
const LIVING: &str = "EXISTS (SELECT 1 FROM session s JOIN device d ON d.id = s.device JOIN person q ON q.id = s.person \
     WHERE s.id = p.session AND s.device = p.device AND s.person = p.person AND s.ended_at IS NULL \
     AND s.expires_at > $1 AND d.ended_at IS NULL AND q.state = 'active')";
const KEEP: &str = "INSERT INTO push_place (device, person, session, hash, sealed, kept_at, told_at) \
     VALUES ($1, $2, $3, $4, $5, $6, 0)";
/// Of several who tell at once, also in other processes, one wins the row. PostgreSQL has the others wait for it and then
/// looks at that row anew, but not at what they had found about the other rows before: so the row is asked as well.
const CLAIM: &str = "UPDATE push_place SET told_at = $1 WHERE person = $2 AND told_at <= $3 AND NOT EXISTS \
     (SELECT 1 FROM push_place o WHERE o.person = $2 AND o.told_at > $3)";

/// Where one browser is knocked at.
pub struct PushPlace {
    /// The device.
    pub device: String,
    /// The address that its push service gave it. Whoever has it may knock: not to be logged.
    pub endpoint: String,
}

impl std::fmt::Debug for PushPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PushPlace({})", self.device)
    }
}

impl Scope {
    /// Whether the caller's device is knocked at when something waits.
    ///
    /// # Errors
    /// The database fails.
    pub async fn is_knocked_at(&self) -> Result<bool> {
        let Some(device) = self.device() else { return Ok(false) };
        let sql = "SELECT 1 FROM push_place WHERE device = $1 AND person = $2";
        let args = [device.into(), self.person().into()];
        Ok(self.inner.data.optional("find a push place", sql, &args).await?.is_some())
    }

    /// Has the caller's device knocked at, at an address that the caller of this method has judged. The address is one
    /// browser's: whoever had it knocked at before, no longer has.
    ///
    /// # Errors
    /// The caller is on no device; the database fails.
    pub async fn keep_push_place(&self, endpoint: &str) -> Result<()> {
        let (Some(device), Some(session)) = (self.device(), self.session()) else {
            return Err(VaultError::NoSession);
        };
        let hash = hash(endpoint);
        let sealed = keys::seal_system(&self.inner.system, PLACE, device, endpoint.as_bytes())?;
        let mut tx = self.begin().await?;
        let again = "DELETE FROM push_place WHERE device = $1 OR hash = $2";
        tx.write.run("give up a push place", again, &[device.into(), hash.clone().into()]).await?;
        let args = [
            device.into(),
            self.person().into(),
            session.into(),
            hash.into(),
            sealed.into(),
            self.now().into(),
        ];
        tx.write.run("keep a push place", KEEP, &args).await?;
        tx.commit(Act::new("push.turn_on", "device")).await.map(drop)
    }

    /// Has the caller's device knocked at no longer; one that was not is left alone already.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop_push_place(&self) -> Result<()> {
        let Some(device) = self.device() else { return Err(VaultError::NoSession) };
        let mut tx = self.begin().await?;
        let sql = "DELETE FROM push_place WHERE device = $1 AND person = $2";
        tx.write.run("give up a push place", sql, &[device.into(), self.person().into()]).await?;
        tx.commit(Act::new("push.turn_off", "device")).await.map(drop)
    }
}

impl Vault {
    /// The key that says who knocks; made when it is first needed, kept sealed beside the keyring.
    ///
    /// # Errors
    /// The keyring fails.
    pub async fn knock_key(&self) -> Result<Arc<KnockKey>> {
        let mut held = self.inner.knock.lock().await;
        if let Some(key) = &*held {
            return Ok(key.clone());
        }
        let org = &self.inner.scribe.org;
        let keyring = &self.inner.keyring;
        if keyring.secret(KEY).await?.is_none() {
            let sealed = keys::seal_system(&self.inner.system, KEY, org, KnockKey::generate()?.expose())?;
            if let Err(error) = keyring.keep_secret(KEY, sealed).await
                // Another process may have made one first: then that one is it.
                && keyring.secret(KEY).await?.is_none()
            {
                return Err(error);
            }
        }
        let kept = keyring.secret(KEY).await?;
        let kept = kept.ok_or_else(|| VaultError::Damaged("the key that knocks".to_owned()))?;
        let opened = keys::open_system(&self.inner.system, KEY, org, &kept)?;
        let key = Arc::new(KnockKey::read(&opened)?);
        *held = Some(key.clone());
        Ok(key)
    }

    /// Whom a signal concerns, of those who have themselves knocked at ([`Scope::is_concerned`]). Judged by their
    /// present rights; writes no row, for nobody reads anything.
    ///
    /// # Errors
    /// The database fails.
    pub async fn to_be_told(&self, signal: &Signal) -> Result<Vec<PersonId>> {
        let sql = format!("SELECT DISTINCT p.person FROM push_place p WHERE {LIVING} ORDER BY p.person");
        let now = self.inner.clock.now();
        let rows = self.inner.data.all("find who is knocked at", &sql, &[now.into()]).await?;
        let mut told = Vec::new();
        for row in rows {
            let person = PersonId::new(row.text(0)?);
            let Ok(scope) = self.inner.scope_of(&person) else { continue };
            if scope.is_concerned(signal).await? {
                told.push(person);
            }
        }
        Ok(told)
    }

    /// The devices of a person to knock at now, at most once within so many ms; none when they were just told.
    ///
    /// # Errors
    /// The database fails.
    pub async fn claim_knock(&self, person: &PersonId, within_ms: i64) -> Result<Vec<String>> {
        let now = self.inner.clock.now();
        let mut tx = self.inner.data.begin().await?;
        let args: [Arg; 3] = [now.into(), person.into(), (now - within_ms).into()];
        let claimed = tx.run("claim a knock", CLAIM, &args).await?;
        tx.commit().await?;
        if claimed == 0 {
            return Ok(Vec::new());
        }
        let sql =
            format!("SELECT p.device FROM push_place p WHERE p.person = $2 AND {LIVING} ORDER BY p.device");
        let rows = self.inner.data.all("find where to knock", &sql, &[now.into(), person.into()]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Where a device is knocked at; none when its session, the device or the account has ended. Asked again before
    /// every try.
    ///
    /// # Errors
    /// The database fails.
    pub async fn push_place(&self, device: &str) -> Result<Option<PushPlace>> {
        let sql = format!("SELECT p.sealed FROM push_place p WHERE p.device = $2 AND {LIVING}");
        let now = self.inner.clock.now();
        let row = self.inner.data.optional("read a push place", &sql, &[now.into(), device.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let opened = keys::open_system(&self.inner.system, PLACE, device, &row.bytes(0)?)?;
        let damaged = |_| VaultError::Damaged("a push place".to_owned());
        let endpoint = std::str::from_utf8(opened.expose()).map_err(damaged)?.to_owned();
        Ok(Some(PushPlace { device: device.to_owned(), endpoint }))
    }

    /// Forgets a place that its push service no longer knows, unless the device has another by now.
    ///
    /// # Errors
    /// The database or the log fails.
    pub async fn forget_push_place(&self, place: &PushPlace) -> Result<()> {
        let inner = &self.inner;
        let mut tx = inner.data.begin().await?;
        let sql = "DELETE FROM push_place WHERE device = $1 AND hash = $2";
        let args = [place.device.as_str().into(), hash(&place.endpoint).into()];
        if tx.run("forget a push place", sql, &args).await? == 0 {
            return Ok(());
        }
        let actor = Actor {
            person: PersonId::new("task:push"),
            device: Some(place.device.clone()),
            session: None,
            system: true,
        };
        let act = Act::new("push.gone", "device");
        inner.scribe.write(&mut tx, &ids::new_id(), &actor, inner.catalog().hash, &act).await?;
        tx.commit().await
    }

    /// Drops the places of devices and accounts that have ended. They are not knocked at before either.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sweep_push_places(&self) -> Result<()> {
        let sql = "DELETE FROM push_place WHERE device IN (SELECT id FROM device WHERE ended_at IS NOT NULL) \
                   OR person NOT IN (SELECT id FROM person WHERE state = 'active')";
        let mut tx = self.inner.data.begin().await?;
        tx.run("sweep push places", sql, &[]).await?;
        tx.commit().await
    }
}

/// A device that signs in again is knocked at again, in its new session.
pub(crate) async fn carry_on(tx: &mut Write, device: &str, session: &str) -> Result<()> {
    let sql = "UPDATE push_place SET session = $1 WHERE device = $2";
    tx.run("carry a push place on", sql, &[session.into(), device.into()]).await.map(drop)
}

impl Scope {
    /// Whether a signal says that something waits for the caller: for whoever may decide on a request, receives an
    /// alert, ordered the export that is settled, may run the handover that stands still, was given records, has something
    /// planned for soon, or has to go on with what a customer asks for. Nobody is concerned by what they may not see, nor by what they did
    /// themselves.
    ///
    /// # Errors
    /// The database fails.
    pub async fn is_concerned(&self, signal: &Signal) -> Result<bool> {
        match signal {
            Signal::TaskChanged { id } => self.may_decide_now(id).await,
            Signal::Alert { person, department, .. } => {
                Ok(person != self.person() && self.caller.may(ActName::AlertsReceive, department.as_ref()))
            }
            Signal::ExportChanged { id, person } => {
                Ok(person == self.person() && self.inner.is_settled_export(id).await?)
            }
            Signal::HandoverChanged { id } => self.has_to_run(&RecordId::new(id.as_str())).await,
            Signal::RecordsGiven { to, by, object, id } => {
                Ok(to == self.person() && by != to && self.sees(object.as_str(), id).await?)
            }
            Signal::PlanDue { person, object, id } => {
                Ok(person == self.person() && self.sees(object.as_str(), id).await?)
            }
            Signal::RequestWaits { id, by } => {
                Ok(by.as_ref() != Some(self.person()) && self.has_to_answer(id, by.is_none()).await?)
            }
            Signal::Fact(_) | Signal::RightsChanged => Ok(false),
        }
    }

    /// A handover stands still while it is only planned, and when it came to an end with something left. Who planned it
    /// knows.
    async fn has_to_run(&self, id: &RecordId) -> Result<bool> {
        let Some((def, case)) = self.inner.present("handover", id).await? else { return Ok(false) };
        let value = |name: &str| def.field(name).and_then(|field| case.readable(field));
        let stands = match case.status.as_deref() {
            Some("planned") => value("run_by") != Some(Value::Person(self.person().clone())),
            Some("running") => value("results").is_some(),
            _ => false,
        };
        let may = stands && self.caller.may(ActName::HandoversRun, case.department.as_ref());
        Ok(may && self.sees("handover", id).await?)
    }

    async fn has_to_answer(&self, id: &RecordId, due: bool) -> Result<bool> {
        let Some((def, request)) = self.inner.present(REQUEST, id).await? else { return Ok(false) };
        let state = request.status.as_deref().unwrap_or_default();
        if matches!(state, "answered" | "refused") || !self.sees(REQUEST, id).await? {
            return Ok(false);
        }
        let proposer = match def.field("proposed_by").and_then(|field| request.readable(field)) {
            Some(Value::Person(person)) => Some(person),
            _ => None,
        };
        let Some(customer) = &request.parent else { return Ok(false) };
        // The term is the house's, with whomever the request lies: the desk sees to it.
        let desk = due && self.caller.may(ActName::RightsAnswer, None);
        Ok(desk || self.request_waits(state, customer, proposer.as_ref()).await?)
    }

    /// Whether a request in such a state waits for the caller: at the desk for who answers, and a proposed correction
    /// for who may change the customer and did not propose it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn request_waits(
        &self,
        state: &str,
        customer: &RecordId,
        proposed_by: Option<&PersonId>,
    ) -> Result<bool> {
        match state {
            "identity" | "open" => Ok(self.caller.may(ActName::RightsAnswer, None)),
            "proposed" if proposed_by != Some(self.person()) => {
                self.could(Verb::Edit, "customer", customer).await
            }
            _ => Ok(false),
        }
    }
}

impl Inner {
    /// A record as it is now, for the house itself: no value of it leaves.
    async fn present(&self, object: &str, id: &RecordId) -> Result<Option<(Arc<ObjectDef>, Stored)>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM record r WHERE r.id = $1 AND r.object = $2 AND r.deleted_at IS NULL"
        );
        let row = self.data.optional("look at what waits", &sql, &[id.into(), object.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((self.catalog().object(&object.into())?.clone(), Stored::read(&row)?)))
    }

    async fn is_settled_export(&self, id: &str) -> Result<bool> {
        let sql = "SELECT 1 FROM record WHERE id = $1 AND object = 'export_case' AND deleted_at IS NULL \
                   AND status IN ('ready', 'rejected', 'failed')";
        Ok(self.data.optional("see whether an export is settled", sql, &[id.into()]).await?.is_some())
    }
}

fn hash(endpoint: &str) -> Vec<u8> {
    Sha256::digest(endpoint.as_bytes()).to_vec()
}

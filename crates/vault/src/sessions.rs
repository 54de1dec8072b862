//! Signing in and sessions. Opaque tokens, stored hashed; an ended session is dead on the next request.

use crate::audit::{Act, Actor};
use crate::error::{Result, VaultError};
use crate::guesses::Guesses;
use crate::hearing::{RIGHTS, SESSIONS, tell};
use crate::ids;
use crate::keys::{self, Clear, KeyError, Token, TokenKind, TotpSecret, Verdict};
use crate::scope::Scope;
use crate::second_factor::SecondFactor;
use crate::sql::{Arg, Write};
use crate::tx::Tx;
use crate::vault::{Inner, Signal, Vault};
use kedun_model::policy::Caller;
use kedun_model::{PersonId, Problem};
use moka::sync::Cache;
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// How often the time of the last request is written down, ms, and at least four times in the idle time. That is measured
/// to this precision where several processes share a database.
const SEEN_EVERY: i64 = 15_000;
/// Sessions kept at hand.
const KEPT: u64 = 20_000;

/// Credentials as typed.
pub struct Credentials {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The six digits, if given.
    pub totp: Option<String>,
    /// What the device calls itself.
    pub device: String,
    /// A device known from before, by the id it was given.
    pub device_id: Option<String>,
}

/// A fresh session.
pub struct SignedIn {
    /// The bearer token; shown once.
    pub token: String,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// When it ends in any case, UTC ms.
    pub expires_at: i64,
    /// When it ends for silence, seconds.
    pub idle_seconds: i64,
    /// The device it belongs to.
    pub device: String,
}

/// A session as its owner sees it.
#[derive(Clone, Debug, Serialize)]
pub struct SessionView {
    /// Its id (not the token).
    pub id: String,
    /// The device's name.
    pub device: String,
    /// UTC ms.
    pub created_at: i64,
    /// UTC ms.
    pub last_seen_at: i64,
    /// UTC ms.
    pub expires_at: i64,
    /// Whether it is the one that asks.
    pub current: bool,
}

struct Known {
    /// Which emptying of the cache it was loaded after: what was under way while rights changed is not kept.
    generation: u64,
    scope: Scope,
    expires_at: i64,
    seen_at: AtomicI64,
    written_at: AtomicI64,
}

/// Sessions at hand. Every change of rights, roles, people or sessions empties it.
pub(crate) struct Cached {
    kept: Cache<[u8; 32], Arc<Known>>,
    generation: AtomicU64,
}

impl Default for Cached {
    fn default() -> Self {
        Cached { kept: Cache::new(KEPT), generation: AtomicU64::new(0) }
    }
}

impl Cached {
    pub(crate) fn forget_all(&self) {
        // The count first: a session that is being loaded with the rights of before comes in too late to be used.
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.kept.invalidate_all();
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }

    fn get(&self, hash: &[u8; 32]) -> Option<Arc<Known>> {
        self.kept.get(hash).filter(|known| known.generation == self.generation())
    }
}

impl Vault {
    /// Turns a token into a scope.
    ///
    /// # Errors
    /// [`VaultError::NoSession`] for unknown, ended, idle and expired sessions and frozen accounts alike.
    pub async fn authenticate(&self, token: &str) -> Result<Scope> {
        let inner = &self.inner;
        let hash = *Token::parse(token).map_err(|_| VaultError::NoSession)?.hash().as_bytes();
        let now = inner.clock.now();
        if inner.data.is_postgres() {
            // Another process over the same database may have ended the session, or changed what its person may.
            inner.catch_up().await?;
        }
        let idle_ms = inner.options.idle_seconds * 1000;
        let is_idle = |known: &Known| now - known.seen_at.load(Ordering::Relaxed) >= idle_ms;
        let known = match inner.sessions.get(&hash) {
            // Silence in this process: in another one they may have been busy.
            Some(known) if !(inner.data.is_postgres() && is_idle(&known)) => known,
            _ => {
                let known = Arc::new(inner.load_session(&hash).await?);
                inner.sessions.kept.insert(hash, known.clone());
                known
            }
        };
        if now >= known.expires_at || is_idle(&known) {
            inner.sessions.kept.invalidate(&hash);
            return Err(VaultError::NoSession);
        }
        known.seen_at.fetch_max(now, Ordering::Relaxed);
        let written = known.written_at.load(Ordering::Relaxed);
        if now - written >= SEEN_EVERY.min(inner.options.idle_seconds * 1000 / 4)
            && known.written_at.compare_exchange(written, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
            && let Some(session) = known.scope.session()
        {
            let mut tx = inner.data.begin().await?;
            tx.run(
                "note the time",
                "UPDATE session SET seen_at = $1 WHERE id = $2",
                &[now.into(), session.into()],
            )
            .await?;
            tx.commit().await?;
        }
        Ok(known.scope.clone())
    }

    /// Who a token belongs to now, without counting as activity: an open stream must not keep a session alive.
    ///
    /// # Errors
    /// As [`Vault::authenticate`].
    pub async fn peek(&self, token: &str) -> Result<Scope> {
        let hash = *Token::parse(token).map_err(|_| VaultError::NoSession)?.hash().as_bytes();
        let known = self.inner.load_session(&hash).await?;
        let now = self.inner.clock.now();
        // Somebody may be busy through another process, which only the database knows of.
        let stored = known.seen_at.load(Ordering::Relaxed);
        let here = self.inner.sessions.get(&hash).map(|cached| cached.seen_at.load(Ordering::Relaxed));
        let seen = here.unwrap_or(stored).max(stored);
        if now >= known.expires_at || now - seen >= self.inner.options.idle_seconds * 1000 {
            return Err(VaultError::NoSession);
        }
        Ok(known.scope)
    }

    /// Checks credentials and opens a session. Unknown and known logins cost the same and answer alike; wrong guesses
    /// are slowed, then locked.
    ///
    /// # Errors
    /// [`VaultError::InvalidCredentials`], [`VaultError::TotpRequired`], [`VaultError::TotpInvalid`],
    /// [`VaultError::TooMany`].
    pub async fn sign_in(&self, credentials: Credentials) -> Result<SignedIn> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let login = credentials.login.trim().to_lowercase();
        let row = inner
            .data
            .optional(
                "read a password",
                "SELECT password FROM person WHERE login = $1",
                &[login.as_str().into()],
            )
            .await?;
        let stored = row.map(|row| row.text(0)).transpose()?;
        let matches =
            match inner.passwords.verify(Clear::from(credentials.password.clone()), stored.clone()).await {
                Ok(verdict) => verdict != Verdict::Wrong,
                Err(KeyError::Busy) => return Err(VaultError::TooMany { rule: "slow_down", retry_after: 1 }),
                Err(other) => return Err(other.into()),
            };
        // From here on one at a time for each account, so that guesses that come at once are judged one after the other,
        // and a code is used once.
        let mut tx = inner.data.begin().await?;
        tx.run(
            "take an account",
            "UPDATE person SET failures = failures WHERE login = $1",
            &[login.as_str().into()],
        )
        .await?;
        let row = tx
            .optional(
                "read an account",
                "SELECT id, name, state, failures, failed_at, totp_confirmed, totp_step, totp, locked_until, \
                 password_until, password FROM person WHERE login = $1",
                &[login.as_str().into()],
            )
            .await?;
        let Some(row) = row else {
            drop(tx);
            // Slowed and locked like a known one: otherwise the answer to the sixth guess would tell them apart.
            let action = inner.unknown.guess(&login, now, inner.options.lock_after)?;
            self.log_sign_in(&PersonId::new("unknown"), action).await?;
            return Err(VaultError::InvalidCredentials);
        };
        let person = PersonId::new(row.text(0)?);
        let guesses = Guesses { failures: row.int(3)?, failed_at: row.int(4)?, locked_until: row.int(8)? };
        guesses.refuse(now)?;
        // A one-time password that nobody used in time is no password.
        let late = row.opt_int(9)?.is_some_and(|until| now >= until);
        // Nor is one that was changed while it was being checked.
        let matches = matches && stored.as_deref() == Some(row.text(10)?.as_str());
        if !matches || late || row.text(2)? != "active" {
            inner.count_failure(tx, &person, guesses, now, None).await?;
            return Err(VaultError::InvalidCredentials);
        }
        let mut step = row.int(6)?;
        if row.int(5)? != 0 {
            let Some(code) = credentials.totp.as_deref().map(str::trim).filter(|c| !c.is_empty()) else {
                return Err(VaultError::TotpRequired);
            };
            let sealed = row.opt_bytes(7)?.ok_or_else(|| VaultError::Damaged("a TOTP seed".to_owned()))?;
            let seed = keys::open_system(&inner.system, "totp", person.as_str(), &sealed)?;
            let seconds = u64::try_from(now / 1000).unwrap_or(0);
            match TotpSecret::from_bytes(seed.expose())?.verify(code, seconds, u64::try_from(step).ok()) {
                Ok(used) => step = i64::try_from(used).unwrap_or(i64::MAX),
                Err(KeyError::CodeWrong | KeyError::CodeReplayed) => {
                    inner.count_failure(tx, &person, guesses, now, None).await?;
                    return Err(VaultError::TotpInvalid);
                }
                Err(other) => return Err(other.into()),
            }
        }
        self.open_session(tx, &person, row.text(1)?, credentials, step, now).await
    }

    async fn open_session(
        &self,
        mut tx: Write,
        person: &PersonId,
        name: String,
        credentials: Credentials,
        totp_step: i64,
        now: i64,
    ) -> Result<SignedIn> {
        let inner = &self.inner;
        let token = Token::generate(TokenKind::Session)?;
        let hash = *token.hash().as_bytes();
        let session = ids::new_id();
        let expires_at = now + inner.options.absolute_seconds * 1000;
        let known = match &credentials.device_id {
            Some(id) => tx
                .optional(
                    "find a device",
                    "SELECT id FROM device WHERE id = $1 AND person = $2 AND ended_at IS NULL",
                    &[id.as_str().into(), person.into()],
                )
                .await?
                .map(|row| row.text(0))
                .transpose()?,
            None => None,
        };
        let device = match known {
            Some(id) => {
                tx.run(
                    "note a device",
                    "UPDATE device SET last_seen_at = $1, name = $2 WHERE id = $3",
                    &[now.into(), credentials.device.as_str().into(), id.as_str().into()],
                )
                .await?;
                id
            }
            None => {
                let id = ids::new_id();
                tx.run(
                    "register a device",
                    "INSERT INTO device (id, person, name, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $4, $4)",
                    &[id.as_str().into(), person.into(), credentials.device.as_str().into(), now.into()],
                )
                .await?;
                id
            }
        };
        tx.run(
            "open a session",
            "INSERT INTO session (id, token, person, device, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $5, $6)",
            &[
                session.as_str().into(),
                hash.to_vec().into(),
                person.into(),
                device.as_str().into(),
                now.into(),
                expires_at.into(),
            ],
        )
        .await?;
        crate::push::carry_on(&mut tx, &device, &session).await?;
        tx.run(
            "clear failures",
            "UPDATE person SET failures = 0, locked_until = 0, totp_step = $1 WHERE id = $2",
            &[totp_step.into(), person.into()],
        )
        .await?;
        let actor = Actor {
            person: person.clone(),
            device: Some(device.clone()),
            session: Some(session),
            system: false,
        };
        let policy = inner.catalog().hash;
        inner
            .scribe
            .write(&mut tx, &ids::new_id(), &actor, policy, &Act::new("session.open", "session"))
            .await?;
        tx.commit().await?;
        Ok(SignedIn {
            token: token.expose().to_owned(),
            person: person.clone(),
            name,
            expires_at,
            idle_seconds: inner.options.idle_seconds,
            device,
        })
    }

    async fn log_sign_in(&self, person: &PersonId, action: &'static str) -> Result<()> {
        let actor = Actor { person: person.clone(), device: None, session: None, system: false };
        let act = Act::new(action, "session").denied();
        self.inner.log(&actor, self.inner.catalog().hash, &[act]).await
    }

    /// How many passwords were hashed since the vault was opened: every sign-in costs one, whoever it names.
    pub fn passwords_hashed(&self) -> u64 {
        self.inner.passwords.hashed()
    }
}

impl Tx {
    /// Ends every session of a person in this change; their streams end when it is durable. The account stays open.
    ///
    /// # Errors
    /// Not found; forbidden without the right to, for that person's department.
    pub async fn end_sessions_of(&mut self, person: &PersonId) -> Result<u64> {
        let entry = self.scope.directory.people.get(person).ok_or(Problem::NotFound)?;
        self.scope.require(kedun_model::Act::SessionsEnd, entry.department.as_ref())?;
        let now = self.scope.now();
        self.refresh = true;
        self.write
            .run(
                "end the sessions of a person",
                "UPDATE session SET ended_at = $1 WHERE person = $2 AND ended_at IS NULL",
                &[now.into(), person.into()],
            )
            .await
    }
}

impl Inner {
    /// Takes an account for somebody who is signed in to it, so that guesses at it are judged one after the other. A lock at
    /// the door does not reach in here: else a stranger who guesses at the login would keep its owner from changing the
    /// password. The guess that locks the account ends the session, so there are no more of them than at the door.
    pub(crate) async fn take_account(&self, person: &PersonId) -> Result<(Write, Guesses)> {
        let mut tx = self.data.begin().await?;
        let sql = "UPDATE person SET failures = failures WHERE id = $1";
        tx.run("take an account", sql, &[person.into()]).await?;
        let sql = "SELECT failures, failed_at, locked_until FROM person WHERE id = $1";
        let row =
            tx.optional("read an account", sql, &[person.into()]).await?.ok_or(VaultError::NoSession)?;
        let guesses = Guesses { failures: row.int(0)?, failed_at: row.int(1)?, locked_until: row.int(2)? };
        guesses.slow_down(self.clock.now())?;
        Ok((tx, guesses))
    }

    /// Notes a wrong guess, with its row in the log in the same change: as many commits as an unknown login costs. Whoever
    /// guesses within a session loses it with the guess that locks the account: it may not be the owner who holds it.
    /// `now` is the moment that the guess was held against: a later one would refuse guesses that came at the same time.
    pub(crate) async fn count_failure(
        self: &Arc<Self>,
        mut tx: Write,
        person: &PersonId,
        guesses: Guesses,
        now: i64,
        within: Option<&Actor>,
    ) -> Result<()> {
        let guesses = guesses.and_one_more(now, self.options.lock_after);
        tx.run(
            "count a failure",
            "UPDATE person SET failures = $1, failed_at = $2, locked_until = $3 WHERE id = $4",
            &[guesses.failures.into(), now.into(), guesses.locked_until.into(), person.into()],
        )
        .await?;
        let stranger = Actor { person: person.clone(), device: None, session: None, system: false };
        let act = Act::new(guesses.action(), "session").denied();
        let entry = ids::new_id();
        self.scribe.write(&mut tx, &entry, within.unwrap_or(&stranger), self.catalog().hash, &act).await?;
        let session = within.and_then(|actor| actor.session.as_deref());
        let Some(session) = session.filter(|_| guesses.locked_until > 0) else { return tx.commit().await };
        let sql = "UPDATE session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL";
        tx.run("end the session of a guesser", sql, &[now.into(), session.into()]).await?;
        tell(&mut tx, SESSIONS, &entry).await?;
        self.keep_and_forget(tx).await
    }

    async fn load_session(self: &Arc<Self>, hash: &[u8; 32]) -> Result<Known> {
        let generation = self.sessions.generation();
        let row = self
            .data
            .optional(
                "read a session",
                "SELECT s.id, s.person, s.device, s.seen_at, s.expires_at, \
                 COALESCE((SELECT value FROM setting WHERE name = $2), ''), p.password_until, p.totp_confirmed \
                 FROM session s JOIN person p ON p.id = s.person \
                 WHERE s.token = $1 AND s.ended_at IS NULL AND p.state = 'active'",
                &[hash.to_vec().into(), RIGHTS.into()],
            )
            .await?
            .ok_or(VaultError::NoSession)?;
        // Another process may have changed the rights; what it did is in force here from this request on.
        self.hear_of_rights(&row.text(5)?).await?;
        let mut scope = self.scope_of(&PersonId::new(row.text(1)?))?;
        scope.actor.session = Some(row.text(0)?);
        scope.actor.device = Some(row.text(2)?);
        scope.must_choose_password = row.opt_int(6)?.is_some();
        scope.must_enrol = row.int(7)? == 0 && self.second_factor().await? == SecondFactor::Demanded;
        if scope.must_choose_password || scope.must_enrol {
            let person = scope.person().clone();
            scope.caller = Arc::new(Caller::new(person, None, BTreeSet::new(), &[]));
        }
        let seen_at = row.int(3)?;
        Ok(Known {
            generation,
            scope,
            expires_at: row.int(4)?,
            seen_at: AtomicI64::new(seen_at),
            written_at: AtomicI64::new(seen_at),
        })
    }

    /// Forgets cached sessions and tells the streams.
    pub(crate) fn rights_changed(&self) {
        self.sessions.forget_all();
        let _ = self.signals.send(Signal::RightsChanged);
    }
}

impl Scope {
    /// The caller's living sessions.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sessions(&self) -> Result<Vec<SessionView>> {
        let now = self.now();
        let idle = self.inner.options.idle_seconds * 1000;
        self.inner
            .data
            .all(
                "list sessions",
                "SELECT s.id, d.name, s.created_at, s.seen_at, s.expires_at FROM session s JOIN device d ON d.id = s.device \
                 WHERE s.person = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.seen_at > $3 ORDER BY s.created_at DESC",
                &[self.person().into(), now.into(), (now - idle).into()],
            )
            .await?
            .iter()
            .map(|row| {
                let id = row.text(0)?;
                Ok(SessionView {
                    current: self.session() == Some(id.as_str()),
                    id,
                    device: row.text(1)?,
                    created_at: row.int(2)?,
                    last_seen_at: row.int(3)?,
                    expires_at: row.int(4)?,
                })
            })
            .collect()
    }

    /// Ends one of the caller's sessions.
    ///
    /// # Errors
    /// Not found when it is somebody else's or already ended.
    pub async fn end_session(&self, id: &str) -> Result<()> {
        let ended = self
            .end_where(
                "s.id = $2 AND s.person = $3",
                &[id.into(), self.person().into()],
                "session.end",
                self.person(),
            )
            .await?;
        if ended == 0 { Err(Problem::NotFound.into()) } else { Ok(()) }
    }

    /// Ends every session of a person; the caller needs the right to, unless it is themselves.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn end_sessions_of(&self, person: &PersonId) -> Result<u64> {
        let entry = self.directory.people.get(person).ok_or(Problem::NotFound)?;
        if person != self.person() {
            self.require(kedun_model::Act::SessionsEnd, entry.department.as_ref())?;
        }
        self.end_where("s.person = $2", &[person.into()], "session.end_all", person).await
    }

    async fn end_where(
        &self,
        condition: &str,
        args: &[Arg],
        action: &'static str,
        whose: &PersonId,
    ) -> Result<u64> {
        let mut tx = self.inner.data.begin().await?;
        let mut all = vec![Arg::from(self.now())];
        all.extend_from_slice(args);
        let sql = format!("UPDATE session AS s SET ended_at = $1 WHERE s.ended_at IS NULL AND {condition}");
        let ended = tx.run("end sessions", &sql, &all).await?;
        let act = Act::new(action, "session")
            .count(usize::try_from(ended).unwrap_or(usize::MAX))
            .payload(serde_json::json!({ "person": whose }));
        let entry = ids::new_id();
        tell(&mut tx, SESSIONS, &entry).await?;
        self.inner.scribe.write(&mut tx, &entry, &self.actor, self.catalog.hash, &act).await?;
        self.inner.keep_and_forget(tx).await?;
        Ok(ended)
    }
}

//! Knocking at browsers: what happens is held against who should hear of it, and those who are not here are told that
//! something waits. What, they see when they come.
//!
//! **Invariant:** a try asks the vault again whether the session still lives before it goes out; whoever has the app open
//! is not knocked at.

use crate::settings::{PushSettings, SettingsError};
use kedun_connect::push::authorization;
use kedun_connect::{Endpoint, Knocked, Knocker};
use kedun_model::PersonId;
use kedun_vault::{Signal, Vault, VaultError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

/// Knocks under way or waiting to be tried again; more are let go, for the app says the same when it is opened.
const MOST_WAITING: usize = 256;
/// Requests that go out at the same time.
const MOST_AT_ONCE: usize = 4;
/// Pauses between tries; when they are over the knock is let go.
const AGAIN: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(90)];
/// How long a signature is good, seconds. Push services refuse more than a day.
const GOOD_FOR: i64 = 3_600;

/// Whether and how the house knocks.
#[derive(Debug)]
pub(crate) struct Push {
    knocker: Knocker,
    contact: String,
    quiet_ms: i64,
}

impl Push {
    /// None when it is off.
    ///
    /// # Errors
    /// Certificates that cannot be read.
    pub(crate) fn new(settings: &PushSettings) -> Result<Option<Push>, SettingsError> {
        if !settings.enabled {
            return Ok(None);
        }
        let wrong = |message: String| SettingsError::new("push.roots", message);
        let read = |path| std::fs::read(path).map_err(|error| wrong(error.to_string()));
        let roots = settings.roots().map(read).transpose()?;
        let knocker =
            Knocker::new(&settings.hosts, roots.as_deref()).map_err(|error| wrong(error.to_string()))?;
        let quiet_ms = settings.quiet_minutes * 60_000;
        Ok(Some(Push { knocker, contact: settings.contact.clone(), quiet_ms }))
    }

    /// An address that a browser gave, if it may be knocked at.
    pub(crate) fn endpoint(&self, text: &str) -> Option<Endpoint> {
        Endpoint::parse(text).ok().filter(|endpoint| self.knocker.admits(endpoint))
    }
}

/// Streams that one person may have open in this process, one per page of the app. Each is asked about with every change
/// of rights and lasts as long as its session, so nobody may heap them up.
const MOST_STREAMS: usize = 12;
/// When whoever has too many may try again, seconds; the app does.
const STREAM_AGAIN: i64 = 15;

/// Who has the app open, by their open streams in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct Here {
    streams: Arc<Mutex<HashMap<PersonId, usize>>>,
}

/// One open stream; while it is held its person is here.
pub(crate) struct Present {
    here: Here,
    person: PersonId,
}

impl Here {
    /// One stream more. The new one is refused and not the oldest ended: whatever is ended comes again by itself, and
    /// pages would take it from each other for ever.
    ///
    /// # Errors
    /// `too_many_streams`.
    pub(crate) fn enter(&self, person: &PersonId) -> Result<Present, VaultError> {
        let mut streams = self.locked();
        let open = streams.entry(person.clone()).or_default();
        if *open >= MOST_STREAMS {
            return Err(VaultError::TooMany { rule: "too_many_streams", retry_after: STREAM_AGAIN });
        }
        *open += 1;
        Ok(Present { here: self.clone(), person: person.clone() })
    }

    fn holds(&self, person: &PersonId) -> bool {
        self.locked().contains_key(person)
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<PersonId, usize>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut streams = self.here.locked();
        if let Some(count) = streams.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.person);
            }
        }
    }
}

/// Tells people that something waits, for as long as the house stands.
pub(crate) async fn work(vault: Vault, push: Arc<Push>, here: Here) {
    let mut signals = vault.signals();
    let mut under_way = JoinSet::new();
    let turns = Arc::new(Semaphore::new(MOST_AT_ONCE));
    loop {
        let signal = tokio::select! {
            signal = signals.recv() => signal,
            Some(_) = under_way.join_next() => continue,
        };
        let signal = match signal {
            Ok(Signal::Fact(_) | Signal::RightsChanged) => continue,
            Ok(signal) => signal,
            // What was missed is seen in the app.
            Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let devices = match devices(&vault, &push, &here, &signal).await {
            Ok(devices) => devices,
            Err(error) => {
                tracing::error!(%error, "nobody can be knocked at");
                continue;
            }
        };
        for device in devices {
            if under_way.len() >= MOST_WAITING {
                tracing::warn!("too many knocks wait; one was let go");
                break;
            }
            under_way.spawn(deliver(vault.clone(), push.clone(), turns.clone(), device));
        }
    }
}

async fn devices(
    vault: &Vault,
    push: &Push,
    here: &Here,
    signal: &Signal,
) -> Result<Vec<String>, VaultError> {
    let mut devices = Vec::new();
    for person in vault.to_be_told(signal).await? {
        if !here.holds(&person) {
            devices.extend(vault.claim_knock(&person, push.quiet_ms).await?);
        }
    }
    Ok(devices)
}

async fn deliver(vault: Vault, push: Arc<Push>, turns: Arc<Semaphore>, device: String) {
    let mut again = AGAIN.into_iter();
    loop {
        let knocked = match once(&vault, &push, &turns, &device).await {
            Ok(knocked) => knocked,
            Err(error) => {
                tracing::error!(%error, "a device cannot be knocked at");
                return;
            }
        };
        let outcome = match knocked {
            None => "ended",
            Some(Knocked::Taken) => "taken",
            Some(Knocked::Gone) => "gone",
            Some(Knocked::Refused(status)) => {
                tracing::warn!(status, "a push service refuses");
                "refused"
            }
            Some(Knocked::Later(after)) => match again.next() {
                Some(pause) => {
                    tokio::time::sleep(after.unwrap_or(pause).max(pause)).await;
                    continue;
                }
                None => "given_up",
            },
        };
        metrics::counter!("kedun_push_total", "outcome" => outcome).increment(1);
        return;
    }
}

/// One try; none when there is nobody to knock at any more.
async fn once(
    vault: &Vault,
    push: &Arc<Push>,
    turns: &Semaphore,
    device: &str,
) -> Result<Option<Knocked>, VaultError> {
    let Ok(_turn) = turns.acquire().await else { return Ok(None) };
    let key = vault.knock_key().await?;
    let Some(place) = vault.push_place(device).await? else { return Ok(None) };
    // The operator may name other hosts than on the day it was kept.
    let Some(endpoint) = push.endpoint(&place.endpoint) else {
        vault.forget_push_place(&place).await?;
        return Ok(Some(Knocked::Gone));
    };
    let until = vault.clock().now() / 1000 + GOOD_FOR;
    let said = authorization(&endpoint, &push.contact, until, key.public(), |said| key.sign(said))?;
    let push = push.clone();
    let knocked = tokio::task::spawn_blocking(move || push.knocker.knock(&endpoint, &said)).await;
    let knocked = match knocked {
        Ok(Ok(knocked)) => knocked,
        Ok(Err(_)) | Err(_) => Knocked::Later(None),
    };
    if knocked == Knocked::Gone {
        vault.forget_push_place(&place).await?;
    }
    Ok(Some(knocked))
}

//! Passwords: peppered, hashed with Argon2id, a few at a time.
//!
//! The password is first put through HMAC-SHA-256 under the pepper, which comes from the root key, then
//! through Argon2id. A thief of the database without the root key has nothing to guess against.

use crate::keys::mac::{Keyed, framed};
use crate::keys::{Clear, Kek, Key32, KeyError, label};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

mod policy;
pub use policy::{LENGTH_MAX, LENGTH_MIN, check};

/// What one hash costs (Argon2id).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl HashCost {
    /// What is used: 64 MiB, three passes, one lane.
    pub const STANDARD: HashCost = HashCost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// For tests and the demo only: worthless against guessing.
    pub const TEST: HashCost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
    /// The most memory that a stored hash may ask for (256 MiB): whoever can write to the database must not
    /// be able to take the machine's memory with it.
    const MEMORY_MAX_KIB: u32 = 256 * 1024;
    /// The most passes that a stored hash may ask for.
    const PASSES_MAX: u32 = 16;

    /// Argon2id at this cost, 32 bytes. Unlike the library's own allocation, the working memory is wiped
    /// before it goes back (some 5 ms of 100): its last block gives the result away, which for a passphrase
    /// is the root key.
    pub(super) fn stretch(self, secret: &[u8], salt: &[u8]) -> Result<Key32, KeyError> {
        let params = self.params()?;
        let mut memory = Zeroizing::new(Vec::new());
        memory
            .try_reserve_exact(params.block_count())
            .map_err(|_| KeyError::Argon2(argon2::Error::OutOfMemory))?;
        memory.resize(params.block_count(), Block::default());
        let mut out = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(secret, salt, &mut *out, memory.as_mut_slice())
            .map_err(KeyError::Argon2)?;
        Ok(Key32::from_bytes(*out))
    }

    fn params(self) -> Result<Params, KeyError> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(KeyError::Argon2)
    }
}

/// The secret that a database alone is missing.
#[derive(Clone)]
pub struct Pepper(Keyed);

impl Pepper {
    /// The pepper from the root key.
    pub fn from_kek(kek: &Kek) -> Self {
        Self::from_key(&kek.derive(label::PEPPER))
    }

    /// A pepper that was drawn at random and lies wrapped in the keyring; it survives a change of the root
    /// key.
    pub fn from_key(key: &Key32) -> Self {
        Self(Keyed::new(key.expose()))
    }

    fn apply(&self, password: &Clear) -> Zeroizing<[u8; 32]> {
        let message = Zeroizing::new(framed(&[b"kedun/password/1", password.expose().as_bytes()]));
        Zeroizing::new(self.0.tag(&[&message]))
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

/// Hashes a password into a PHC string (`$argon2id$v=19$m=…`). Blocks for the cost.
pub fn hash(pepper: &Pepper, cost: HashCost, password: &Clear) -> Result<String, KeyError> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(KeyError::Random)?;
    let broken = |_| KeyError::PasswordHash { reason: "cannot be written" };
    let output = cost.stretch(&*pepper.apply(password), &salt)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&cost.params()?)
            .map_err(|_| KeyError::PasswordHash { reason: "cost cannot be written" })?,
        salt: Some(Salt::new(&salt).map_err(broken)?),
        hash: Some(Output::new(output.expose()).map_err(broken)?),
    };
    Ok(hash.to_string())
}

/// Whether the password is the one that was hashed. Compared in constant time; blocks for the stored cost.
pub fn verify(pepper: &Pepper, password: &Clear, stored: &str) -> Result<bool, KeyError> {
    let Stored { salt, hash, cost } = parse(stored)?;
    let output = cost.stretch(&*pepper.apply(password), &salt)?;
    Ok(output.expose().as_slice().ct_eq(hash.as_bytes()).into())
}

/// Whether a stored hash is cheaper in any way than `cost`, and should be replaced at the next sign-in.
pub fn needs_rehash(stored: &str, cost: HashCost) -> bool {
    parse(stored).map_or(true, |Stored { cost: old, .. }| {
        old.memory_kib < cost.memory_kib || old.passes < cost.passes || old.lanes != cost.lanes
    })
}

/// A stored hash, taken apart.
struct Stored {
    salt: Salt,
    hash: Output,
    cost: HashCost,
}

/// Reads a stored hash, if it is one that we make and at a bearable cost.
fn parse(stored: &str) -> Result<Stored, KeyError> {
    let refuse = |reason| KeyError::PasswordHash { reason };
    let hash = PasswordHash::new(stored).map_err(|_| refuse("not a PHC string"))?;
    if Algorithm::try_from(hash.algorithm.as_str()) != Ok(Algorithm::Argon2id) {
        return Err(refuse("not argon2id"));
    }
    if hash.version != Some(Version::V0x13.into()) {
        return Err(refuse("not argon2 version 19"));
    }
    let params = Params::try_from(&hash).map_err(|_| refuse("unknown parameters"))?;
    let cost = HashCost { memory_kib: params.m_cost(), passes: params.t_cost(), lanes: params.p_cost() };
    if cost.memory_kib > HashCost::MEMORY_MAX_KIB || cost.passes > HashCost::PASSES_MAX {
        return Err(refuse("asks for too much memory or time"));
    }
    match (hash.salt, hash.hash) {
        (Some(salt), Some(hash)) if hash.len() == 32 => Ok(Stored { salt, hash, cost }),
        _ => Err(refuse("without salt or not 32 bytes long")),
    }
}

/// What came of checking a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Wrong, or there is no such person.
    Wrong,
    /// Right.
    Right,
    /// Right, but stored at an old cost: hash it again and store that.
    RightRehash,
}

/// Hashes and checks passwords off the async threads, a few at a time: each takes 64 MiB, and a crowd of
/// sign-ins must not take the machine's memory.
#[derive(Clone)]
pub struct Passwords {
    pepper: Pepper,
    cost: HashCost,
    /// Stands in for the hash of somebody who does not exist, so that the answer takes as long.
    dummy: Arc<str>,
    /// Permits to hash now.
    running: Arc<Semaphore>,
    /// Places in the queue, those hashing included.
    places: Arc<Semaphore>,
    hashed: Arc<AtomicU64>,
}

impl Passwords {
    /// Sets up for at most `concurrent` hashes at once with `waiting` more in the queue. Hashes once, so it
    /// blocks for the cost.
    pub fn new(pepper: Pepper, cost: HashCost, concurrent: usize, waiting: usize) -> Result<Self, KeyError> {
        let nobody = Clear::from(hex::encode(Key32::random()?.expose()));
        let dummy = hash(&pepper, cost, &nobody)?.into();
        let concurrent = concurrent.max(1);
        Ok(Self {
            pepper,
            cost,
            dummy,
            running: Arc::new(Semaphore::new(concurrent)),
            places: Arc::new(Semaphore::new(concurrent + waiting)),
            hashed: Arc::new(AtomicU64::new(0)),
        })
    }

    /// Hashes a new password for storing. [`KeyError::Busy`] when the queue is full.
    pub async fn hash(&self, password: Clear) -> Result<String, KeyError> {
        let (pepper, cost) = (self.pepper.clone(), self.cost);
        self.queued(move || hash(&pepper, cost, &password)).await
    }

    /// Checks a password against the stored hash, or against nothing (`None`: no such person) at the same
    /// cost. [`KeyError::Busy`] when the queue is full.
    pub async fn verify(&self, password: Clear, stored: Option<String>) -> Result<Verdict, KeyError> {
        let (pepper, cost, dummy) = (self.pepper.clone(), self.cost, Arc::clone(&self.dummy));
        self.queued(move || {
            let right = verify(&pepper, &password, stored.as_deref().unwrap_or(&dummy))?;
            Ok(match stored {
                Some(stored) if right && needs_rehash(&stored, cost) => Verdict::RightRehash,
                Some(_) if right => Verdict::Right,
                _ => Verdict::Wrong,
            })
        })
        .await
    }

    /// How many hashes were made.
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    async fn queued<T, F>(&self, work: F) -> Result<T, KeyError>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, KeyError> + Send + 'static,
    {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| KeyError::Busy)?;
        let hashed = Arc::clone(&self.hashed);
        let permit = Arc::clone(&self.running).acquire_owned().await.map_err(|_| KeyError::Interrupted)?;
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by the request: when the client hangs up the hash goes on, and so must
            // the count.
            let _held = (place, permit);
            hashed.fetch_add(1, Ordering::Relaxed);
            work()
        })
        .await
        .map_err(|_| KeyError::Interrupted)?
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("cost", &self.cost).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "password_tests.rs"]
mod tests;

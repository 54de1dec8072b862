//! How much one caller may ask in a minute. People are counted by who they are, whoever has no session by their
//! address; each kind of request has its own count, so that a script that empties lists does not keep its owner from
//! signing in.
//!
//! **Invariant:** what is remembered is bounded: the idle are forgotten, and where too many come at once, whoever is new
//! shares one count.

use crate::problem::Fault;
use crate::settings::LimitSettings;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use governor::clock::{Clock, DefaultClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use kedun_model::PersonId;
use kedun_vault::VaultError;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

/// Most callers remembered at once, per kind.
const MOST_CALLERS: usize = 50_000;
/// The idle are forgotten this often, and at most once a second when it gets crowded.
const FORGET_EVERY: Duration = Duration::from_secs(60);
const FORGET_AGAIN: Duration = Duration::from_secs(1);

/// What a request counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A list or a single record.
    Read,
    /// A search or a check for duplicates.
    Search,
    /// A reveal.
    Reveal,
    /// A change.
    Change,
    /// A sign-in.
    SignIn,
    /// Anything else that needs no session.
    Stranger,
}

/// The counts of one server.
pub(crate) struct Limits {
    reads: Meter<PersonId>,
    searches: Meter<PersonId>,
    reveals: Meter<PersonId>,
    changes: Meter<PersonId>,
    sign_ins: Meter<IpAddr>,
    strangers: Meter<IpAddr>,
}

impl Limits {
    pub(crate) fn new(settings: &LimitSettings) -> Limits {
        Limits {
            reads: Meter::new(settings.reads, MOST_CALLERS),
            searches: Meter::new(settings.searches, MOST_CALLERS),
            reveals: Meter::new(settings.reveals, MOST_CALLERS),
            changes: Meter::new(settings.changes, MOST_CALLERS),
            sign_ins: Meter::new(settings.sign_ins, MOST_CALLERS),
            strangers: Meter::new(settings.strangers, MOST_CALLERS),
        }
    }

    /// Counts a request of somebody with a session.
    pub(crate) fn person(&self, counted: Counted, person: &PersonId) -> Result<(), Fault> {
        match counted {
            Counted::Read => self.reads.count(person),
            Counted::Search => self.searches.count(person),
            Counted::Reveal => self.reveals.count(person),
            Counted::Change | Counted::SignIn | Counted::Stranger => self.changes.count(person),
        }
    }

    /// Counts a request of somebody without one.
    pub(crate) fn address(&self, counted: Counted, parts: &Parts) -> Result<(), Fault> {
        let address = address(parts);
        match counted {
            Counted::SignIn => self.sign_ins.count(&address),
            Counted::Read | Counted::Search | Counted::Reveal | Counted::Change | Counted::Stranger => {
                self.strangers.count(&address)
            }
        }
    }
}

/// Where a request comes from. A proxy on this machine says it in the last entry of `X-Forwarded-For`, the one that it
/// wrote itself; nobody else is believed. Of an IPv6 address the network counts: its owner has all of it.
fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let forwarded = || {
        let last = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let address = if peer.is_loopback() { forwarded().unwrap_or(peer) } else { peer };
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// One caller of a meter, or everybody who no longer fits in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key<K> {
    Known(K),
    Crowd,
}

/// The counts of a meter, by its own clock.
type Counts<K, C> = RateLimiter<Key<K>, DashMapStateStore<Key<K>>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// Counts per key, refilled evenly over a minute.
struct Meter<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    limiter: Counts<K, C>,
    clock: C,
    most: usize,
    forgot: Mutex<C::Instant>,
}

impl<K: Hash + Eq + Clone> Meter<K> {
    fn new(per_minute: u32, most: usize) -> Meter<K> {
        Meter::by(per_minute, most, DefaultClock::default())
    }
}

impl<K: Hash + Eq + Clone, C: Clock + Clone> Meter<K, C> {
    fn by(per_minute: u32, most: usize, clock: C) -> Meter<K, C> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let forgot = Mutex::new(clock.now());
        let limiter = RateLimiter::new(quota, DashMapStateStore::default(), clock.clone());
        Meter { limiter, clock, most, forgot }
    }

    fn count(&self, key: &K) -> Result<(), Fault> {
        let crowded = self.limiter.len() >= self.most;
        self.forget(if crowded { FORGET_AGAIN } else { FORGET_EVERY });
        let key =
            if crowded && self.limiter.len() >= self.most { Key::Crowd } else { Key::Known(key.clone()) };
        self.limiter.check_key(&key).map_err(|early| {
            let wait = early.wait_time_from(self.clock.now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let retry_after = i64::try_from(seconds).unwrap_or(i64::MAX).max(1);
            VaultError::TooMany { rule: "too_many_requests", retry_after }.into()
        })
    }

    /// Drops whoever has asked nothing for so long that they start anew.
    fn forget(&self, every: Duration) {
        let now = self.clock.now();
        let mut forgot = self.forgot.lock().unwrap_or_else(PoisonError::into_inner);
        if Duration::from(now.duration_since(*forgot)) < every {
            return;
        }
        *forgot = now;
        drop(forgot);
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use governor::clock::FakeRelativeClock;

    fn refused(outcome: Result<(), Fault>) -> Option<i64> {
        match outcome {
            Err(Fault::Vault(VaultError::TooMany { retry_after, .. })) => Some(retry_after),
            _ => None,
        }
    }

    #[test]
    fn whoever_asks_too_much_waits_and_others_do_not() {
        let clock = FakeRelativeClock::default();
        let meter = Meter::by(3, 10, clock.clone());
        for _ in 0..3 {
            assert_eq!(refused(meter.count(&"li")), None);
        }
        assert_eq!(refused(meter.count(&"li")), Some(20));
        assert_eq!(refused(meter.count(&"wang")), None);
        clock.advance(Duration::from_secs(19));
        assert_eq!(refused(meter.count(&"li")), Some(1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(refused(meter.count(&"li")), None);
    }

    #[test]
    fn the_idle_are_forgotten_and_a_crowd_shares_one_count() {
        let clock = FakeRelativeClock::default();
        let meter = Meter::by(1, 3, clock.clone());
        for n in 0..3 {
            assert_eq!(refused(meter.count(&n)), None);
        }
        // The fourth and the fifth no longer fit in: together they have one.
        assert_eq!(refused(meter.count(&3)), None);
        assert!(refused(meter.count(&4)).is_some());
        for n in 5..1_000 {
            assert!(refused(meter.count(&n)).is_some());
        }
        assert!(meter.limiter.len() <= 4);
        // A count is forgotten a full period after it has refilled.
        clock.advance(Duration::from_secs(121));
        assert_eq!(refused(meter.count(&4)), None);
        assert_eq!(meter.limiter.len(), 1);
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let from = |peer: &str, forwarded: &[&str]| {
            let mut request = Request::new(());
            for value in forwarded {
                request.headers_mut().append("x-forwarded-for", value.parse().unwrap());
            }
            let (mut parts, ()) = request.into_parts();
            parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            address(&parts).to_string()
        };
        assert_eq!(from("192.0.2.7:1", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(from("127.0.0.1:1", &[]), "127.0.0.1");
        assert_eq!(from("127.0.0.1:1", &["203.0.113.9, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(from("[::1]:1", &["203.0.113.9", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(from("127.0.0.1:1", &["somewhere"]), "127.0.0.1");
        assert_eq!(from("[2001:db8:1:2:3:4:5:6]:1", &[]), "2001:db8:1:2::");
        assert_eq!(from("[::ffff:192.0.2.7]:1", &[]), "192.0.2.7");
    }
}

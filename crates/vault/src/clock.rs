//! The clock as a value, so that tests can travel in time and nothing reads the ambient one.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock {
    shift: Arc<AtomicI64>,
    started: Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { shift: Arc::new(AtomicI64::new(0)), started: Instant::now() }
    }
}

impl Clock {
    /// Now, in UTC milliseconds.
    pub fn now(&self) -> i64 {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        i64::try_from(wall).unwrap_or(i64::MAX) + self.shift.load(Ordering::Relaxed)
    }

    /// Milliseconds since the process started; never runs backwards.
    pub fn monotonic(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Moves the clock, for tests of idle times and expiries.
    pub fn advance(&self, milliseconds: i64) {
        self.shift.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

//! What runs beside the requests: the sequencer of the log, the alert rules, the rendering of exports, and the cases that
//! go on by themselves. Each job is one loop, so that no two runs of the same case meet in one process; every step of a
//! case is safe to be cut off and come again.

use kedun_core::{alerts, erasures, exports, handover, pool, rights};
use kedun_vault::{REMINDED_AHEAD_MS, Result, Vault};
use std::future::Future;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// How often waiting rows of the log are integrated.
const SEQUENCE_EVERY: Duration = Duration::from_millis(500);
/// How often cases are looked for that somebody left unfinished; those of this process wake the job themselves.
const CASES_EVERY: Duration = Duration::from_secs(30);
/// How often what is at hand is looked through for what is too old.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How often copies of the keyring and final certificates are looked after.
const FINAL_EVERY: Duration = Duration::from_secs(3600);
/// How often is looked for what falls to the pool; the first time when a server has run for so long.
const POOL_EVERY: Duration = Duration::from_secs(600);
/// Pause after a failure, so that a database that is gone does not fill the console.
const PAUSE: Duration = Duration::from_secs(5);

/// The running jobs.
#[derive(Default)]
pub(crate) struct Jobs {
    running: Mutex<Vec<JoinHandle<()>>>,
    wake: Arc<Notify>,
}

impl Jobs {
    /// Starts the jobs.
    pub(crate) fn start(&self, vault: &Vault) {
        let never = Arc::new(Notify::new());
        // "keep up": what another process took away must not be used here, by open streams nor by the other jobs.
        let started =
            [
                every("sequence", SEQUENCE_EVERY, never.clone(), vault, |vault| async move {
                    vault.sequence(false).await.map(drop)
                }),
                every("keep up", SEQUENCE_EVERY, never.clone(), vault, |vault| async move {
                    vault.keep_up().await
                }),
                every("handovers", CASES_EVERY, self.wake.clone(), vault, |vault| async move {
                    handover::resume(&vault).await.map(drop)
                }),
                every("erasures", CASES_EVERY, never.clone(), vault, |vault| async move {
                    erasures::resume(&vault).await.map(drop)
                }),
                every("finalize", FINAL_EVERY, never.clone(), vault, |vault| async move {
                    erasures::finalize(&vault).await.map(drop)
                }),
                every("views at hand", TIDY_EVERY, never.clone(), vault, |vault| async move {
                    vault.tidy();
                    Ok(())
                }),
                every("push places", FINAL_EVERY, never.clone(), vault, |vault| async move {
                    vault.sweep_push_places().await
                }),
                every("expired copies", FINAL_EVERY, never.clone(), vault, |vault| async move {
                    rights::sweep(&vault).await.map(drop)
                }),
                every_later("pool", POOL_EVERY, vault, |vault| async move {
                    pool::recycle(&vault).await.map(drop)
                }),
                every("reminders", TIDY_EVERY, never.clone(), vault, {
                    let told = Arc::new(AtomicI64::new(vault.clock().now() + REMINDED_AHEAD_MS));
                    move |vault| {
                        let told = told.clone();
                        async move {
                            let until = vault.clock().now() + REMINDED_AHEAD_MS;
                            vault.remind(told.load(Ordering::Relaxed), until).await?;
                            told.store(until, Ordering::Relaxed);
                            Ok(())
                        }
                    }
                }),
                every("terms of requests", FINAL_EVERY, never, vault, |vault| async move {
                    rights::remind(&vault).await.map(drop)
                }),
                tokio::spawn(exports::work(vault.clone())),
                // It keeps what it has seen in mind between two looks, so it brings its own loop.
                tokio::spawn(alerts::run(vault.clone())),
            ];
        self.running.lock().unwrap_or_else(PoisonError::into_inner).extend(started);
    }

    /// Takes in a job that somebody else started, to end it with the others.
    pub(crate) fn keep(&self, job: JoinHandle<()>) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(job);
    }

    /// Looks for handovers now.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Ends the jobs. A change that is not committed undoes itself.
    pub(crate) async fn stop(&self) {
        let running = std::mem::take(&mut *self.running.lock().unwrap_or_else(PoisonError::into_inner));
        for job in &running {
            job.abort();
        }
        for job in running {
            let _ = job.await;
        }
    }
}

fn every<F>(
    name: &'static str,
    period: Duration,
    wake: Arc<Notify>,
    vault: &Vault,
    work: impl Fn(Vault) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<()>> + Send,
{
    going(name, tokio::time::interval(period), wake, vault, work)
}

/// As [`every`], and not at once: what cannot be taken back does not hang on the clock that a machine starts with.
fn every_later<F>(
    name: &'static str,
    period: Duration,
    vault: &Vault,
    work: impl Fn(Vault) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<()>> + Send,
{
    let later = tokio::time::interval_at(Instant::now() + period, period);
    going(name, later, Arc::new(Notify::new()), vault, work)
}

fn going<F>(
    name: &'static str,
    mut pause: Interval,
    wake: Arc<Notify>,
    vault: &Vault,
    work: impl Fn(Vault) -> F + Send + 'static,
) -> JoinHandle<()>
where
    F: Future<Output = Result<()>> + Send,
{
    let vault = vault.clone();
    tokio::spawn(async move {
        pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! { _ = pause.tick() => {}, () = wake.notified() => {} }
            if let Err(error) = work(vault.clone()).await {
                tracing::error!(job = name, %error, "a job failed and will come again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    })
}

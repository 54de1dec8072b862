//! Watching: the log is read as it grows, the rules are asked, and what they find becomes a record and a signal.
//!
//! **Invariant:** an alert is raised in the same transaction that moves the watch past the row that tipped it. So a
//! restart loses none and repeats none, and of several processes over one database exactly one raises it.

use super::{ALERT, fields};
use kedun_model::alert::{Alert, FactKind, Rules, Watch};
use kedun_vault::{Act, NewRecord, Placed, Raised, Result, Scope, Signal, Task, Vault};
use serde_json::json;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// How often the log is looked at when nobody calls.
const EVERY: Duration = Duration::from_millis(500);
/// How long one who was called waits for more of the same.
const GATHER: Duration = Duration::from_millis(100);
/// How long it waits after a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// The rules at work over one house.
pub struct Watcher {
    vault: Vault,
    rules: Rules,
    watch: Watch,
    /// The log is read up to here.
    seq: i64,
    /// Listeners of this process know of what was raised up to here.
    told: i64,
    /// Whether the rules are those that the house has published, whichever these are at the time.
    follows: bool,
}

impl Watcher {
    /// Rebuilds the watch from the log and raises what was not raised before the restart.
    ///
    /// # Errors
    /// The database fails.
    pub async fn start(vault: &Vault, rules: Rules) -> Result<Watcher> {
        let house = vault.system(Task::Watch);
        let told = house.watched().await?;
        // Twice as long as any rule remembers: whether an alert of the last window was news depends on the window
        // before it.
        let now = house.now();
        let since = now.saturating_sub(rules.memory_ms().saturating_mul(2));
        let work_since = now.saturating_sub(rules.idle_reveal.window_ms.saturating_mul(2));
        let (facts, seq) = house.facts_since(since, work_since).await?;
        let mut watcher =
            Watcher { vault: vault.clone(), rules, watch: Watch::new(), seq, told, follows: false };
        let found = watcher.observe(&facts);
        watcher.raise(&house, found, seq).await?;
        Ok(watcher)
    }

    /// As [`Watcher::start`], with the rules that the house has published. When others are published, what the log holds
    /// of the last windows is judged anew by them, and from then on everything.
    ///
    /// # Errors
    /// The database fails.
    pub async fn following(vault: &Vault) -> Result<Watcher> {
        let rules = Rules::clone(&vault.catalog().rules);
        Ok(Watcher { follows: true, ..Watcher::start(vault, rules).await? })
    }

    /// Reads what the log has gained, raises what the rules find, and tells those who listen in this process what any
    /// process raised. Answers how many alerts this call raised. After an error the watcher has seen more than it
    /// raised and must be started anew.
    ///
    /// # Errors
    /// The database fails.
    pub async fn look(&mut self) -> Result<usize> {
        let house = self.vault.system(Task::Watch);
        if self.follows && *house.catalog().rules != self.rules {
            let told = self.told;
            *self = Watcher { told, ..Watcher::following(&self.vault.clone()).await? };
        }
        let mut count = 0;
        loop {
            let (facts, upto) = house.facts_after(self.seq).await?;
            if upto == self.seq {
                break;
            }
            let found = self.observe(&facts);
            count += self.raise(&house, found, upto).await?;
            self.seq = upto;
        }
        for raised in house.raised_after(self.told).await? {
            self.told = raised.seq;
            self.vault.signal(Signal::Alert {
                id: raised.record.to_string(),
                person: raised.person,
                department: raised.department,
            });
        }
        Ok(count)
    }

    fn observe(&mut self, facts: &[Placed]) -> Vec<(i64, Alert)> {
        let (watch, rules) = (&mut self.watch, &self.rules);
        facts
            .iter()
            .flat_map(|Placed { seq, fact }| {
                watch.observe(fact, rules).into_iter().map(|alert| (*seq, alert))
            })
            .collect()
    }

    async fn raise(&self, house: &Scope, mut found: Vec<(i64, Alert)>, upto: i64) -> Result<usize> {
        if found.is_empty() {
            return Ok(0);
        }
        let mut tx = house.begin().await?;
        let stood = tx.take_watch(upto).await?;
        found.retain(|(seq, _)| *seq > stood);
        if found.is_empty() {
            return Ok(0);
        }
        let mut said = Vec::with_capacity(found.len());
        for (seq, alert) in &found {
            let department = house.in_charge_of(&alert.person);
            let new =
                NewRecord { fields: fields(alert), department: department.clone(), ..NewRecord::default() };
            let record = tx.create(ALERT, new).await?;
            said.push(json!({ "alert": record, "rule": alert.rule, "person": alert.person, "seq": seq }));
            let person = alert.person.clone();
            tx.note_raised(&Raised { seq: *seq, record, person, department }).await?;
        }
        tx.commit(Act::new("alert.raise", ALERT).count(found.len()).payload(json!({ "raised": said })))
            .await?;
        for (_, alert) in &found {
            tracing::warn!(rule = %alert.rule, person = %alert.person, count = alert.count, "an alert was raised");
        }
        Ok(found.len())
    }
}

/// Watches as long as the runtime lives. A failure is logged and the watch is built anew: nothing is lost by it.
pub async fn run(vault: Vault) {
    let mut signals = vault.signals();
    loop {
        if let Err(error) = watch(&vault, &mut signals).await {
            tracing::error!(%error, "the alert rules cannot read the log");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn watch(vault: &Vault, signals: &mut Receiver<Signal>) -> Result<()> {
    let mut watcher = Watcher::following(vault).await?;
    loop {
        watcher.look().await?;
        let called = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = tipping(signals) => true,
        };
        if called {
            tokio::time::sleep(GATHER).await;
            // What has happened counts once it has its place in the log; do not wait for the sequencer's next turn.
            vault.sequence(false).await?;
        }
        while !matches!(signals.try_recv(), Err(TryRecvError::Empty | TryRecvError::Closed)) {}
    }
}

/// Something that may tip a rule. A signal that was missed counts as one: the log has it all the same.
async fn tipping(signals: &mut Receiver<Signal>) {
    loop {
        match signals.recv().await {
            Ok(Signal::Fact(fact)) if !matches!(fact.kind, FactKind::Activity { .. }) => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

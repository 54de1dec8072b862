//! What runs beside the requests: the sequencer of the log and the alert rules.

use kedun_core::alerts;
use kedun_model::alert::Rules;
use kedun_vault::Vault;
use std::time::Duration;

/// How often waiting rows of the log are integrated.
const EVERY: Duration = Duration::from_millis(500);

/// Starts the jobs; they end with the runtime.
pub fn start(vault: &Vault) {
    tokio::spawn(alerts::run(vault.clone(), Rules::default()));
    let vault = vault.clone();
    tokio::spawn(async move {
        let mut pause = tokio::time::interval(EVERY);
        pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pause.tick().await;
            if let Err(error) = vault.sequence(false).await {
                tracing::error!(%error, "the log cannot be sequenced");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    });
}

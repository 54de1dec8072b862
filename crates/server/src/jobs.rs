//! What runs beside the requests: the sequencer of the log, and the rendering of exports.

use kedun_vault::Vault;
use std::time::Duration;

/// How often waiting rows of the log are integrated.
const EVERY: Duration = Duration::from_millis(500);

/// Starts the jobs; they end with the runtime.
pub(crate) fn start(vault: &Vault) {
    tokio::spawn(kedun_core::exports::work(vault.clone()));
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

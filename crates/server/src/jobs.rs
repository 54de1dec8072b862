//! What runs beside the requests: the sequencer of the log.

use kedun_vault::Vault;
use std::time::Duration;

/// How often waiting rows of the log are integrated.
const EVERY: Duration = Duration::from_millis(500);

/// Starts the jobs; they end with the runtime.
pub(crate) fn start(vault: &Vault) {
    let vault = vault.clone();
    tokio::spawn(async move {
        let mut pause = tokio::time::interval(EVERY);
        pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            pause.tick().await;
            // Before anything else: what another process took away must not be used here.
            if let Err(error) = vault.keep_up().await {
                tracing::error!(%error, "changes of other processes cannot be read");
            }
            if let Err(error) = vault.sequence(false).await {
                tracing::error!(%error, "the log cannot be sequenced");
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
        }
    });
}

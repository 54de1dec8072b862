//! What is sent twice under one key (a lost answer, a second tap) is made once.

use crate::problem::Fault;
use axum::http::HeaderMap;
use kedun_model::{Problem, RecordId};
use kedun_vault::{Result, Scope, VaultError};
use std::time::Duration;

/// How often a second request under one key looks whether the first is done, 20 ms apart.
const PATIENCE: u32 = 100;

/// The key of a request. One that cannot be kept is refused: whoever sent it relies on it.
pub(super) fn key_of(headers: &HeaderMap) -> std::result::Result<Option<&str>, Fault> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > 100 {
        return Err(Problem::invalid("idempotency-key", "idempotency_key_format").into());
    }
    Ok(Some(key))
}

/// What the same request made, when this one was refused: it may be running already, or have run in between.
///
/// # Errors
/// The refusal, when nothing was made.
pub(super) async fn made_by_another(
    scope: &Scope,
    key: &str,
    request: &str,
    refused: VaultError,
) -> Result<RecordId> {
    let looks = match &refused {
        VaultError::Problem(Problem::Conflict("request_in_progress")) => PATIENCE,
        // Seen in a change that may be about to be committed together with the other one.
        VaultError::Problem(Problem::Conflict("already_converted")) => PATIENCE / 5,
        _ => 1,
    };
    for _ in 0..looks {
        if let Some(id) = scope.made_before(key, request).await? {
            return Ok(id);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Err(refused)
}

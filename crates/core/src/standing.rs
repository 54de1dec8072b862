//! How somebody stands, told to themselves: what is left of their reveals, and how near they are to what tips an alert
//! rule.
//!
//! **Invariant:** it is made from their own acts and the published rules alone. Whether an alert was raised about
//! somebody is for those who look into it, and no part of this.

use kedun_model::alert::{Measure, Rules, Watch};
use kedun_vault::{FREE_ROWS, Quota, Result, Scope};
use serde::Serialize;

/// How the caller stands.
#[derive(Debug, Serialize)]
pub struct Standing {
    /// The reveals of the last hour.
    pub quota: Quota,
    /// The highest percent of the measures: 100 means that somebody is told.
    pub score: u8,
    /// How it is made up.
    pub measures: Vec<Part>,
}

/// One rule, and how near it is.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Which ([`Measure::rule`]).
    pub rule: &'static str,
    /// What it counts now.
    pub count: u64,
    /// The count from which somebody is told.
    pub threshold: u64,
    /// In this time, seconds.
    pub window_seconds: i64,
    /// How far that is, at most 100.
    pub percent: u8,
}

impl From<Measure> for Part {
    fn from(measure: Measure) -> Part {
        let Measure { rule, count, threshold, window_ms, percent } = measure;
        Part { rule, count, threshold, window_seconds: window_ms / 1000, percent }
    }
}

/// Reads how the caller stands, under these rules.
///
/// # Errors
/// The database fails.
pub async fn standing(scope: &Scope, rules: &Rules) -> Result<Standing> {
    let now = scope.now();
    let facts = scope.own_facts(now.saturating_sub(rules.memory_ms())).await?;
    let watch = Watch::rebuild(&facts, rules);
    let line = u64::try_from(FREE_ROWS).unwrap_or(u64::MAX);
    let measures: Vec<Part> =
        watch.measures(scope.person(), now, line, rules).into_iter().map(Part::from).collect();
    let score = measures.iter().map(|part| part.percent).max().unwrap_or(0);
    Ok(Standing { quota: scope.reveals_in_hour().await?, score, measures })
}

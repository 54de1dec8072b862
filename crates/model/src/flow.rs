//! Approvals: one small state machine for exports, erasures, handovers and whatever else needs a second person.
//!
//! ```text
//! Open ──decide──▶ Approved ──spend──▶ Spent
//!   │ └──decide──▶ Rejected
//!   ├──cancel────▶ Cancelled ◀──cancel/void── Approved
//!   └──expire────▶ Expired   ◀──expire─────── Approved
//! ```
//!
//! **Invariant:** nobody approves their own request; what is spent is exactly the snapshot that was approved; an
//! approval is spent at most once.

use crate::id::PersonId;
use crate::own_words::personal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Longest comment, in characters.
pub const MAX_COMMENT: usize = 2_000;

/// What is to be approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Copies of records leave the system.
    Export,
    /// Sealed values of a key customer are shown.
    Reveal,
    /// A leaver's records go to others.
    Handover,
    /// A person's data are destroyed.
    Erasure,
    /// A business step: a discount, a contract.
    Business,
}

/// A hash of the thing asked for, as it was when it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snapshot([u8; 32]);

impl Snapshot {
    /// Wraps a hash.
    pub fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(hex: &str) -> Option<Self> {
        if hex.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (i, byte) in hash.iter_mut().enumerate() {
            let pair = hex.get(2 * i..2 * i + 2).filter(|p| p.chars().all(|c| c.is_ascii_hexdigit()))?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(hash))
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snapshot({self})")
    }
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snapshot {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let hex = String::deserialize(d)?;
        Snapshot::parse(&hex).ok_or_else(|| serde::de::Error::custom("a snapshot is 64 hexadecimal digits"))
    }
}

/// Where an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for a decision.
    Open,
    /// May be spent once.
    Approved,
    /// Refused.
    Rejected,
    /// Taken back, or void because the thing changed.
    Cancelled,
    /// Too late.
    Expired,
    /// Used up.
    Spent,
}

impl State {
    /// The name as stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Approved => "approved",
            State::Rejected => "rejected",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
            State::Spent => "spent",
        }
    }

    /// Whether nothing can follow.
    pub fn is_final(self) -> bool {
        !matches!(self, State::Open | State::Approved)
    }
}

/// What an approver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Yes.
    Approve,
    /// No; needs a comment.
    Reject,
}

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// The requester may not decide.
    #[error("nobody decides on their own request")]
    OwnRequest,
    /// Only the requester may take a request back.
    #[error("only the requester may take it back")]
    NotRequester,
    /// The thing changed since it was asked for; the approval is void ([`Approval::void`]).
    #[error("the thing has changed since it was asked for")]
    SnapshotChanged,
    /// The time is over ([`Approval::expire`]).
    #[error("the time for it is over")]
    Expired,
    /// It was decided, taken back or expired before.
    #[error("it is no longer open")]
    NotOpen,
    /// It is not approved, so there is nothing to spend.
    #[error("it is not approved")]
    NotApproved,
    /// It was spent before.
    #[error("it was used before")]
    AlreadySpent,
    /// A rejection says why.
    #[error("a rejection needs a comment")]
    CommentRequired,
    /// The comment is too long.
    #[error("the comment is too long")]
    CommentTooLong,
    /// A comment that holds personal data: it stays with the request, which outlives whom it is about.
    #[error("the comment holds personal data")]
    CommentPersonal,
}

impl FlowError {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            FlowError::OwnRequest => "own_request",
            FlowError::NotRequester => "not_requester",
            FlowError::SnapshotChanged => "snapshot_changed",
            FlowError::Expired => "approval_expired",
            FlowError::NotOpen => "not_open",
            FlowError::NotApproved => "not_approved",
            FlowError::AlreadySpent => "already_spent",
            FlowError::CommentRequired => "comment_required",
            FlowError::CommentTooLong => "comment_too_long",
            FlowError::CommentPersonal => "comment_personal",
        }
    }
}

/// A request for approval and what became of it. Steps never change it in place: they return the next state,
/// which the vault writes in the same transaction as the ledger row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// What is to be approved.
    pub kind: Kind,
    /// Who asks.
    pub requester: PersonId,
    /// The thing asked for.
    pub snapshot_hash: Snapshot,
    /// Where it stands.
    pub state: State,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonId>,
    /// When, UTC milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<i64>,
    /// What the approver said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// From this moment on it can be neither decided nor spent, UTC milliseconds.
    pub expires_at: i64,
}

impl Approval {
    /// A new request.
    pub fn open(kind: Kind, requester: PersonId, snapshot_hash: Snapshot, expires_at: i64) -> Approval {
        Approval {
            kind,
            requester,
            snapshot_hash,
            state: State::Open,
            decided_by: None,
            decided_at: None,
            comment: None,
            expires_at,
        }
    }

    /// Decides. `snapshot` is the hash of the thing as it is now.
    ///
    /// # Errors
    /// Not open, too late, by the requester, on something that has changed, rejected without a comment.
    pub fn decide(
        &self,
        by: &PersonId,
        at: i64,
        decision: Decision,
        snapshot: &Snapshot,
        comment: &str,
    ) -> Result<Approval, FlowError> {
        if self.state != State::Open {
            return Err(FlowError::NotOpen);
        }
        self.in_time(at)?;
        if *by == self.requester {
            return Err(FlowError::OwnRequest);
        }
        // A rejection of something outdated is void as well: nobody asked for what is there now.
        if *snapshot != self.snapshot_hash {
            return Err(FlowError::SnapshotChanged);
        }
        let comment = comment.trim();
        if comment.chars().nth(MAX_COMMENT).is_some() {
            return Err(FlowError::CommentTooLong);
        }
        if personal(comment) {
            return Err(FlowError::CommentPersonal);
        }
        let state = match decision {
            Decision::Approve => State::Approved,
            Decision::Reject if comment.is_empty() => return Err(FlowError::CommentRequired),
            Decision::Reject => State::Rejected,
        };
        Ok(Approval {
            state,
            decided_by: Some(by.clone()),
            decided_at: Some(at),
            comment: if comment.is_empty() { None } else { Some(comment.to_owned()) },
            ..self.clone()
        })
    }

    /// Uses the approval up. `snapshot` is the hash of the thing about to be done.
    ///
    /// # Errors
    /// Not approved, spent before, too late, or for something else than was approved.
    pub fn spend(&self, at: i64, snapshot: &Snapshot) -> Result<Approval, FlowError> {
        match self.state {
            State::Approved => {}
            State::Spent => return Err(FlowError::AlreadySpent),
            State::Expired => return Err(FlowError::Expired),
            State::Open | State::Rejected | State::Cancelled => return Err(FlowError::NotApproved),
        }
        self.in_time(at)?;
        if *snapshot != self.snapshot_hash {
            return Err(FlowError::SnapshotChanged);
        }
        // A row that was tampered with must not pass because some step long ago should have refused it.
        if self.decided_by.is_none() || self.decided_by.as_ref() == Some(&self.requester) {
            return Err(FlowError::NotApproved);
        }
        Ok(Approval { state: State::Spent, ..self.clone() })
    }

    /// Takes the request back, before or after the decision, but not after it was used.
    ///
    /// # Errors
    /// By somebody else than the requester, or when nothing can follow any more.
    pub fn cancel(&self, by: &PersonId) -> Result<Approval, FlowError> {
        if *by != self.requester {
            return Err(FlowError::NotRequester);
        }
        self.end(State::Cancelled)
    }

    /// Ends it because the thing has changed ([`FlowError::SnapshotChanged`]).
    ///
    /// # Errors
    /// When nothing can follow any more.
    pub fn void(&self) -> Result<Approval, FlowError> {
        self.end(State::Cancelled)
    }

    /// Ends it when its time is over; before that it stays as it is.
    pub fn expire(&self, at: i64) -> Approval {
        if self.in_time(at).is_err() && !self.state.is_final() {
            Approval { state: State::Expired, ..self.clone() }
        } else {
            self.clone()
        }
    }

    fn end(&self, state: State) -> Result<Approval, FlowError> {
        match self.state {
            State::Spent => Err(FlowError::AlreadySpent),
            now if now.is_final() => Err(FlowError::NotOpen),
            _ => Ok(Approval { state, ..self.clone() }),
        }
    }

    /// A person's right to have their data destroyed does not lapse because nobody decided, nor because a hold came between
    /// the decision and the deed (PIPL 47).
    fn in_time(&self, at: i64) -> Result<(), FlowError> {
        if self.kind == Kind::Erasure || at < self.expires_at { Ok(()) } else { Err(FlowError::Expired) }
    }
}

#[cfg(test)]
mod tests;

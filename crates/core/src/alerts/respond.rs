//! Answering an alert: end the person's sessions, say that one looks into it, close it. Every answer stays on the
//! record with who, when and why, and has its row in the log.

use super::{ALERT, AlertState, AlertView, Kept, kept, linked, one};
use kedun_model::own_words::personal;
use kedun_model::{Act as ActName, DepartmentId, Problem, RecordId};
use kedun_vault::{Act, Result, Scope, Signal, Task, Tx, Vault, VaultError};
use serde::Deserialize;
use serde_json::{Map, json};

/// Longest note, in characters.
const LONGEST_NOTE: usize = 500;
/// How often an answer is tried that others overtake.
const MOST_TRIES: u32 = 3;

/// What is done about an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Response {
    /// Every session of the person ends; the account stays open.
    EndSessions,
    /// Somebody looks into it.
    Acknowledge,
    /// It is settled; the note says how.
    Close,
}

impl Response {
    fn as_str(self) -> &'static str {
        match self {
            Response::EndSessions => "end_sessions",
            Response::Acknowledge => "acknowledge",
            Response::Close => "close",
        }
    }

    fn action(self) -> &'static str {
        match self {
            Response::EndSessions => "alert.end_sessions",
            Response::Acknowledge => "alert.acknowledge",
            Response::Close => "alert.close",
        }
    }

    fn leads_to(self) -> AlertState {
        match self {
            Response::EndSessions | Response::Acknowledge => AlertState::Acknowledged,
            Response::Close => AlertState::Closed,
        }
    }
}

/// Answers an alert and returns it as it is then.
///
/// # Errors
/// Not found; forbidden without the act for the department in charge, and for whom it is about (`own_alert`);
/// `alert_closed`, `alert_acknowledged`, `alert_changed`; a note that is missing, too long or holds
/// personal data.
pub async fn respond(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    response: Response,
    note: &str,
) -> Result<AlertView> {
    let mut tries = 1;
    loop {
        match respond_once(vault, scope, id, response, note).await {
            // Somebody else answered in between: that must not keep sessions alive that were to end.
            Err(VaultError::Problem(Problem::Conflict("alert_changed"))) if tries < MOST_TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

/// The present record comes back with the conflict as the house sees it; the caller reads it anew.
fn overtaken(error: VaultError) -> VaultError {
    match error {
        error if error.is_overtaken() => Problem::Conflict("alert_changed").into(),
        other => other,
    }
}

async fn respond_once(
    vault: &Vault,
    scope: &Scope,
    id: &RecordId,
    response: Response,
    note: &str,
) -> Result<AlertView> {
    let alert = scope.get(ALERT, id).await?;
    let person = linked(&alert, "person").ok_or(Problem::NotFound)?;
    if person == *scope.person() {
        return Err(Problem::Forbidden("own_alert").into());
    }
    let department = alert.department().map(DepartmentId::new);
    scope.require(ActName::AlertsReceive, department.as_ref())?;
    let note = note.trim();
    if note.is_empty() && response == Response::Close {
        return Err(Problem::invalid("note", "required").into());
    }
    if note.chars().count() > LONGEST_NOTE {
        return Err(Problem::Invalid(vec![
            kedun_model::FieldError::new("note", "too_long").with("max", LONGEST_NOTE),
        ])
        .into());
    }
    if personal(note) {
        return Err(Problem::invalid("note", "personal_data").into());
    }
    let state = alert.clear_text("state").unwrap_or_default();
    if state == AlertState::Closed.as_str() {
        return Err(Problem::Conflict("alert_closed").into());
    }
    if state == AlertState::Acknowledged.as_str() && response == Response::Acknowledge {
        return Err(Problem::Conflict("alert_acknowledged").into());
    }
    let mut tx = scope.begin().await?;
    let sessions = match response {
        Response::EndSessions => Some(tx.end_sessions_of(&person).await?),
        Response::Acknowledge | Response::Close => None,
    };
    let mut responses: Vec<Kept> = kept(&alert, "responses").unwrap_or_default();
    responses.push(Kept {
        at: scope.now(),
        by: scope.person().clone(),
        action: response.as_str().to_owned(),
        note: note.to_owned(),
        sessions,
    });
    let fields = Map::from_iter([
        ("state".to_owned(), json!(response.leads_to().as_str())),
        ("action".to_owned(), json!(response.as_str())),
        ("handled_by".to_owned(), json!(scope.person())),
        ("handled_at".to_owned(), json!(kedun_model::moment::text(scope.now()))),
        ("note".to_owned(), json!(note)),
        ("responses".to_owned(), json!(json!(responses).to_string())),
    ]);
    let house = vault.system_for(Task::Watch, scope.person());
    tx.as_house(&house, async |tx: &mut Tx| tx.update(ALERT, id, Some(alert.revision()), &fields).await)
        .await
        .map_err(overtaken)?;
    let act = Act::new(response.action(), ALERT)
        .on(id, None)
        .payload(json!({ "person": person, "sessions": sessions }));
    // On PostgreSQL it is known only here that somebody came in between.
    tx.commit(act).await.map_err(overtaken)?;
    // The others it reaches see that it is taken care of.
    vault.signal(Signal::Alert { id: id.to_string(), person, department });
    one(scope, id).await
}

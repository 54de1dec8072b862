//! The timeline of a customer: follow-ups, plans, stage changes and changes of hands, newest first.

use kedun_model::filter::Filter;
use kedun_model::{Problem, RecordId, Verb};
use kedun_vault::{FieldView, Named, Query, RecordView, Result, Scope};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// Entries of one page.
const PAGE: usize = 30;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MomentKind {
    /// A visit, call or message.
    FollowUp,
    /// A plan.
    Plan,
    /// Another stage.
    Stage,
    /// Another owner, a claim, a release.
    Transfer,
    /// The beginning.
    Created,
}

/// One entry.
#[derive(Serialize)]
pub struct Moment {
    /// Unique within the timeline.
    pub id: String,
    /// What.
    pub kind: MomentKind,
    /// When, RFC 3339.
    pub at: String,
    /// By whom.
    pub by: Option<Named>,
    /// The follow-up or plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordView>,
    /// For stages: before and after. For transfers: the people.
    #[serde(skip_serializing_if = "Json::is_null")]
    pub change: Json,
}

/// A page of the timeline.
#[derive(Serialize)]
pub struct Timeline {
    /// The entries.
    pub entries: Vec<Moment>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
}

/// Reads the timeline of a customer.
///
/// # Errors
/// Not found.
pub async fn timeline(scope: &Scope, customer: &RecordId, cursor: Option<&str>) -> Result<Timeline> {
    let record = scope.get("customer", customer).await?;
    let filter = json!({ "field": "customer", "op": "eq", "value": customer });
    let filter = Filter::parse(&filter).map_err(Problem::Invalid)?;
    let mut entries: Vec<(i64, Moment)> = Vec::new();
    let query = Query {
        filter: Some(filter.clone()),
        sort: vec![("created_at".to_owned(), true)],
        limit: PAGE,
        cursor: cursor.map(str::to_owned),
        ..Query::default()
    };
    let mut next_cursor = None;
    if scope.object("follow_up").is_ok() {
        let page = scope.query("follow_up", &query).await?;
        next_cursor = page.next_cursor;
        for record in page.records {
            let at = record
                .clear_text("at")
                .and_then(kedun_model::moment::parse)
                .unwrap_or_else(|| record.created_at());
            entries.push((at, moment(record, MomentKind::FollowUp, at)));
        }
    }
    // Where the follow-ups of this page end; what is older belongs to a later page.
    let since = if next_cursor.is_some() {
        entries.iter().map(|(at, _)| *at).min().unwrap_or(i64::MIN)
    } else {
        i64::MIN
    };
    let until =
        if cursor.is_some() { entries.iter().map(|(at, _)| *at).max().unwrap_or(i64::MAX) } else { i64::MAX };
    if scope.object("plan").is_ok() {
        let query = Query { cursor: None, limit: 100, ..query.clone() };
        for record in scope.query("plan", &query).await?.records {
            let at = record.created_at();
            if at >= since && at <= until {
                entries.push((at, moment(record, MomentKind::Plan, at)));
            }
        }
    }
    if record.may(Verb::History) {
        for change in scope.history("customer", customer).await? {
            if change.at < since || change.at > until {
                continue;
            }
            let stage = change.fields.iter().find(|f| f.name == "stage");
            let (kind, body) = match (stage, change.action.as_str()) {
                (Some(stage), _) => {
                    (MomentKind::Stage, json!({ "from": clear(&stage.from), "to": clear(&stage.to) }))
                }
                (None, "transfer" | "claim" | "release") => (
                    MomentKind::Transfer,
                    json!({ "action": change.action, "people": change.people, "reason": change.reason }),
                ),
                _ => continue,
            };
            entries.push((
                change.at,
                Moment {
                    id: format!("{}-{}", change.at, change.action),
                    kind,
                    at: kedun_model::moment::text(change.at),
                    by: Some(change.by),
                    record: None,
                    change: body,
                },
            ));
        }
    }
    let created = record.created_at();
    if created >= since && created <= until {
        entries.push((
            created,
            Moment {
                id: format!("{created}-created"),
                kind: MomentKind::Created,
                at: kedun_model::moment::text(created),
                by: record.created_by().cloned(),
                record: None,
                change: Json::Null,
            },
        ));
    }
    entries.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(Timeline { entries: entries.into_iter().map(|(_, entry)| entry).collect(), next_cursor })
}

fn moment(record: RecordView, kind: MomentKind, at: i64) -> Moment {
    Moment {
        id: record.id().to_owned(),
        kind,
        at: kedun_model::moment::text(at),
        by: record.created_by().cloned(),
        record: Some(record),
        change: Json::Null,
    }
}

fn clear(view: &Option<FieldView>) -> Option<Json> {
    match view {
        Some(FieldView::Clear { value }) => Some(value.clone()),
        _ => None,
    }
}

//! The timeline of a customer: follow-ups, plans, stage changes and changes of hands, newest first.

use kedun_model::filter::Filter;
use kedun_model::{Problem, RecordId, Verb};
use kedun_vault::{FieldView, MAX_LIMIT, Named, Query, RecordView, Result, Scope};
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

/// Most plans of one page; more are between two follow-ups of nobody.
const MOST_PLANS: usize = 1_000;

/// Where a page lies: it ends before the moment at which the page before it ended.
struct Place {
    until: i64,
    follow_ups: String,
}

impl Place {
    fn parse(cursor: &str) -> Result<Place> {
        let wrong = || Problem::invalid("cursor", "cursor_format");
        let (until, follow_ups) = cursor.split_once('~').ok_or_else(wrong)?;
        Ok(Place { until: until.parse().map_err(|_| wrong())?, follow_ups: follow_ups.to_owned() })
    }
}

/// Reads the timeline of a customer.
///
/// The follow-ups are the pages; everything else is on the page in whose span of time it lies, so that each entry is on
/// one page, whenever it was written down.
///
/// # Errors
/// Not found; a cursor that none of these pages gave.
pub async fn timeline(scope: &Scope, customer: &RecordId, cursor: Option<&str>) -> Result<Timeline> {
    let record = scope.get("customer", customer).await?;
    let place = cursor.map(Place::parse).transpose()?;
    let until = place.as_ref().map_or(i64::MAX, |place| place.until);
    let about = json!({ "field": "customer", "op": "eq", "value": customer });
    let mut entries: Vec<(i64, Moment)> = Vec::new();
    let mut next_cursor = None;
    if scope.object("follow_up").is_ok() {
        let query = Query {
            filter: Some(Filter::parse(&about).map_err(Problem::Invalid)?),
            sort: vec![("at".to_owned(), true)],
            limit: PAGE,
            cursor: place.map(|place| place.follow_ups),
            ..Query::default()
        };
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
    // What is older than the follow-ups of this page is on a later one.
    let since = match (&next_cursor, entries.last()) {
        (Some(_), Some((at, _))) => *at,
        _ => i64::MIN,
    };
    let next_cursor = next_cursor.map(|follow_ups| format!("{since}~{follow_ups}"));
    let within = |at: i64| at >= since && at < until;
    if scope.object("plan").is_ok() {
        let mut all = vec![about];
        for (op, bound) in [("ge", since), ("lt", until)] {
            if bound != i64::MIN && bound != i64::MAX {
                let moment = kedun_model::moment::text(bound);
                all.push(json!({ "field": "created_at", "op": op, "value": moment }));
            }
        }
        let mut query = Query {
            filter: Some(Filter::parse(&json!({ "all": all })).map_err(Problem::Invalid)?),
            sort: vec![("created_at".to_owned(), true)],
            limit: MAX_LIMIT,
            ..Query::default()
        };
        for _ in 0..MOST_PLANS / MAX_LIMIT {
            let page = scope.query("plan", &query).await?;
            for record in page.records {
                let at = record.created_at();
                entries.push((at, moment(record, MomentKind::Plan, at)));
            }
            match page.next_cursor {
                Some(cursor) => query.cursor = Some(cursor),
                None => break,
            }
        }
    }
    if record.may(Verb::History) {
        for change in scope.history("customer", customer).await? {
            if !within(change.at) {
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
    if within(created) {
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

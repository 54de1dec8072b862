//! The funnel: opportunities by stage, those still open and those decided lately.

use super::{Whose, filter};
use kedun_model::Problem;
use kedun_model::definition::{Column, Label, ObjectDef, Outcome};
use kedun_vault::{Group, GroupBy, Grouping, Result, Scope, Sum, Total};
use serde::Serialize;
use serde_json::json;

/// For how long a decided opportunity stays in the funnel.
const DECIDED_DAYS: u32 = 90;

/// Opportunities by stage.
#[derive(Serialize)]
pub struct Funnel {
    /// In the order of the definition.
    pub stages: Vec<Stage>,
    /// For how many days a decided one is counted.
    pub decided_days: u32,
}

/// One stage.
#[derive(Serialize)]
pub struct Stage {
    /// The option.
    pub value: String,
    /// Its words.
    pub label: Label,
    /// Won or lost, for a stage that ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// How many.
    pub count: i64,
    /// Their amounts together, 分, and of how many it is known.
    pub amount: Total,
}

pub(super) async fn funnel(scope: &Scope, whose: Whose) -> Result<Funnel> {
    let def = scope.object("opportunity")?.clone();
    let (open, decided) = stages(&def);
    let field = stage_field(&def)?;
    let grouping = |values: &[String], lately: bool| {
        let mut all = vec![whose.owned(), json!({ "field": field, "op": "in", "value": values })];
        if lately {
            all.push(json!({ "field": "updated_at", "op": "last_days", "value": DECIDED_DAYS }));
        }
        Ok::<_, kedun_vault::VaultError>(Grouping {
            filter: Some(filter(&json!({ "all": all }))?),
            by: vec![GroupBy { field: field.to_owned(), day: false }],
            sums: vec![Sum { field: "amount".to_owned(), weight: None }],
        })
    };
    let mut groups = scope.group("opportunity", &grouping(&open, false)?).await?;
    groups.extend(scope.group("opportunity", &grouping(&decided, true)?).await?);
    let of = |value: &str| groups.iter().find(|g| g.key.first().and_then(|k| k.text()) == Some(value));
    let options = def.column_field(Column::Stage).map(|f| f.options.as_slice()).unwrap_or_default();
    let stages = options
        .iter()
        .map(|option| {
            let group: Option<&Group> = of(&option.value);
            Stage {
                value: option.value.clone(),
                label: option.label.clone(),
                outcome: option.outcome,
                count: group.map_or(0, |g| g.count),
                amount: group.and_then(|g| g.sums.first().copied()).unwrap_or_default(),
            }
        })
        .collect();
    Ok(Funnel { stages, decided_days: DECIDED_DAYS })
}

/// Stages that are still open, and those that end it.
pub(super) fn stages(def: &ObjectDef) -> (Vec<String>, Vec<String>) {
    let options = def.column_field(Column::Stage).map(|f| f.options.as_slice()).unwrap_or_default();
    let (open, decided): (Vec<_>, Vec<_>) = options.iter().partition(|o| o.outcome.is_none());
    let values =
        |options: Vec<&kedun_model::definition::Choice>| options.iter().map(|o| o.value.clone()).collect();
    (values(open), values(decided))
}

/// The name of the field that holds the stage.
pub(super) fn stage_field(def: &ObjectDef) -> Result<&str> {
    let field = def.column_field(Column::Stage).ok_or(Problem::NotFound)?;
    Ok(field.name.as_str())
}

//! Objects as the caller may use them, and notices.

use super::reply::{Answer, ok};
use crate::extract::{Caller, Places};
use crate::problem::Fault;
use crate::register::{Route, Table};
use kedun_model::filter::{Condition, Filter};
use kedun_model::{Right, Show, Verb};
use kedun_vault::Scope;
use serde_json::{Value as Json, json};

pub(super) fn routes(table: Table) -> Table {
    table
        .add(
            Route::new("GET", "/api/v1/objects", "The objects that the caller may use.")
                .answers(200, "Objects"),
            list,
        )
        .add(
            Route::new("GET", "/api/v1/objects/{object}", "One object: fields, forms, views.")
                .answers(200, "ObjectDef"),
            one,
        )
        .add(
            Route::new("GET", "/api/v1/notices/{purpose}", "The privacy notice in force.")
                .answers(200, "Notice"),
            notice,
        )
}

fn verbs(scope: &Scope, object: &str) -> Vec<&'static str> {
    let object = object.into();
    Verb::ALL
        .into_iter()
        .filter(|v| scope.caller().grants_for(&object, *v).next().is_some())
        .map(Verb::as_str)
        .collect()
}

async fn list(Caller(scope): Caller) -> Answer {
    let objects: Vec<Json> = scope
        .catalog()
        .objects
        .values()
        .filter(|p| scope.object(p.def.name.as_str()).is_ok())
        .map(|p| json!({ "name": p.def.name, "label": p.def.label, "icon": p.def.icon, "verbs": verbs(&scope, p.def.name.as_str()) }))
        .collect();
    ok(json!({ "objects": objects }))
}

async fn one(Caller(scope): Caller, Places(object): Places<String>) -> Answer {
    let def = scope.object(&object)?.clone();
    let version = scope.catalog().objects.get(&def.name).map_or(1, |p| p.version);
    let right = |field: &kedun_model::FieldDef| {
        scope
            .caller()
            .grants
            .iter()
            .filter(|g| g.grant.object == def.name)
            .map(|g| {
                let right = g.grant.fields.right(field);
                let writes = g.grant.verbs.contains(&Verb::Edit) || g.grant.verbs.contains(&Verb::Create);
                Right { edit: right.edit && writes && !field.locked, ..right }
            })
            .fold(Right::NONE, Right::or)
    };
    let mut fields = Vec::new();
    for field in def.live_fields() {
        let right = right(field);
        if right.show == Show::None {
            continue;
        }
        let mut shown = serde_json::to_value(field).map_err(|_| Fault::Internal)?;
        if let Json::Object(map) = &mut shown {
            for name in ["blind", "column", "locked", "min", "max"] {
                map.remove(name);
            }
            map.insert("right".to_owned(), json!(right.as_str()));
            for name in ["required", "filterable", "sortable"] {
                map.entry(name).or_insert(Json::Bool(false));
            }
            if field.column.is_some() {
                map.insert("filterable".to_owned(), json!(!field.class.is_sealed()));
            }
            if field.class.is_sealed() {
                map.insert(
                    "filterable".to_owned(),
                    json!(!field.blind.is_empty() && right.show >= Show::Reveal),
                );
            }
        }
        fields.push(shown);
    }
    let visible: Vec<String> = fields.iter().filter_map(|f| f["name"].as_str().map(str::to_owned)).collect();
    // What a stage asks for is said as far as the caller knows the fields.
    let known = |name: &Json| name.as_str().is_some_and(|name| visible.iter().any(|seen| seen == name));
    for option in fields.iter_mut().filter_map(|f| f.get_mut("options")?.as_array_mut()).flatten() {
        if let Some(requires) = option.get_mut("requires").and_then(Json::as_array_mut) {
            requires.retain(known);
        }
    }
    let forms: Vec<Json> = def
        .forms
        .iter()
        .map(|f| {
            let kept: Vec<&String> = f.fields.iter().filter(|n| visible.contains(n)).collect();
            json!({ "name": f.name, "fields": kept, "notice": f.purpose.as_ref().map(|p| json!({ "purpose": p })) })
        })
        .collect();
    // A view that asks about a field which the caller may not ask about would say the field's name and answer nothing.
    let shown = |name: &str| def.field(name).map(|field| (field, right(field).show));
    let asks = |condition: &Condition| match shown(&condition.field) {
        Some((field, show)) if field.class.is_sealed() => show >= Show::Reveal,
        Some((_, show)) => show == Show::Clear,
        None => !def.fields.iter().any(|field| field.name == condition.field),
    };
    let sorts = |key: &str| match shown(key.trim_start_matches('-')) {
        Some((_, show)) => show == Show::Clear,
        None => !def.fields.iter().any(|field| field.name == key.trim_start_matches('-')),
    };
    let views: Vec<Json> = def
        .views
        .iter()
        .filter(|v| v.filter.iter().flat_map(Filter::conditions).all(asks))
        .map(|v| {
            let columns: Vec<&String> =
                v.columns.iter().filter(|c| visible.contains(c) || is_system(c)).collect();
            let sort: Vec<&String> = v.sort.iter().filter(|key| sorts(key)).collect();
            json!({ "name": v.name, "label": v.label, "filter": v.filter, "sort": sort, "columns": columns })
        })
        .collect();
    // What a record became is said by a field, as far as the caller knows that one.
    let conversion = def.conversion.as_ref().filter(|c| visible.contains(&c.reference));
    let conversion = conversion.map(|c| json!({ "to": c.to, "reference": c.reference }));
    // Why a record falls is said to whoever sees the day, as far as the caller knows the field that puts it off.
    let pool_after_days = def.pool_after_days.filter(|_| def.pooled);
    let pool_not_before = def.pool_not_before.as_ref().filter(|name| visible.contains(name));
    ok(json!({
        "name": def.name, "label": def.label, "icon": def.icon, "version": version, "title_field": def.title_field,
        "parent": def.parent.as_ref().map(|p| json!({ "object": p.object, "field": p.field })),
        "fields": fields, "forms": forms, "views": views, "verbs": verbs(&scope, &object), "pooled": def.pooled,
        "pool_after_days": pool_after_days, "pool_not_before": pool_not_before, "conversion": conversion,
    }))
}

fn is_system(name: &str) -> bool {
    matches!(name, "owner" | "department" | "created_at" | "updated_at" | "pool")
}

async fn notice(Caller(scope): Caller, Places(purpose): Places<String>) -> Answer {
    ok(kedun_core::intake::notice(scope.catalog(), &purpose, scope.language())?)
}

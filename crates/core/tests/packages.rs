//! The shipped packages: what the loader may rely on, and what no role template may ever grant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail loudly, as tests do")]

use kedun_core::packages::{files, packages};
use kedun_model::definition::{Column, ObjectDef};
use kedun_model::filter::Filter;
use kedun_model::package::Package;
use kedun_model::role::{Administrator, Reach};
use kedun_model::{Act, Class, FieldKind, Label, Right, RoleDef, RowScope, Show, Verb};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Names usable in views besides an object's fields.
const SYSTEM_FIELDS: &[&str] = &[
    "owner",
    "owned_since",
    "created_by",
    "pool_due_at",
    "department",
    "created_at",
    "updated_at",
    "next_follow_up",
    "last_follow_up",
    "stage",
    "status",
    "pool",
    "relation",
];
const PEOPLES_OBJECTS: &[&str] = &["customer", "contact", "lead"];
const PALETTE: &[&str] = &["jade", "amber", "indigo", "cinnabar", "grey"];

fn all() -> Vec<Package> {
    packages().unwrap()
}

fn objects() -> BTreeMap<String, ObjectDef> {
    all().into_iter().flat_map(|p| p.objects).map(|o| (o.name.to_string(), o)).collect()
}

fn roles() -> Vec<RoleDef> {
    all().into_iter().flat_map(|p| p.roles).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packages")
}

fn json_files(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "json") {
            found.insert(path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
        }
    }
}

/// The role as publication stores it: class rights reach the fields that exist now.
fn published(mut role: RoleDef) -> RoleDef {
    let objects = objects();
    for grant in &mut role.grants {
        assert_eq!(grant.fields.bind(&objects[grant.object.as_str()], None), [""; 0], "{}", grant.id);
    }
    role
}

fn role(name: &str) -> RoleDef {
    published(roles().into_iter().find(|r| r.name.as_str() == name).unwrap())
}

/// The best right that a role gives on a field, over all its grants.
fn best(role: &RoleDef, object: &ObjectDef, field: &str) -> Right {
    let field = object.field(field).unwrap();
    role.grants
        .iter()
        .filter(|g| g.object == object.name)
        .map(|g| g.fields.right(field))
        .fold(Right::NONE, Right::or)
}

#[test]
fn every_file_of_the_folders_is_embedded() {
    let mut found = BTreeSet::new();
    for package in ["crm", "compliance"] {
        json_files(&root().join(package), &mut found);
    }
    assert_eq!(files().map(str::to_owned).collect::<BTreeSet<_>>(), found);
}

#[test]
fn files_are_named_after_what_they_define() {
    for path in files() {
        let json: Json = serde_json::from_str(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap();
        let name = json.get("name").or(json.get("purpose")).unwrap().as_str().unwrap();
        let parts: Vec<_> = path.trim_end_matches(".json").split('/').collect();
        let expected = if parts[1] == "package" { parts[0] } else { parts[2] };
        assert_eq!(name, expected, "{path}");
    }
}

#[test]
fn the_suite_has_the_public_objects_and_customer_fields() {
    let objects = objects();
    let names = "lead customer contact opportunity follow_up plan product quote contract payment ticket complaint \
                 consent export_case erasure handover alert";
    for name in names.split(' ') {
        assert!(objects.contains_key(name), "{name}");
    }
    for (field, class) in [
        ("name", Class::L2),
        ("phone", Class::L3),
        ("email", Class::L3),
        ("id_number", Class::L4),
        ("wechat", Class::L3),
        ("address", Class::L3),
        ("level", Class::L1),
        ("stage", Class::L2),
        ("source", Class::L1),
        ("industry", Class::L1),
        ("notes", Class::L3),
    ] {
        assert_eq!(objects["customer"].field(field).unwrap().class, class, "{field}");
    }
}

#[test]
fn every_object_is_publishable() {
    for (name, object) in objects() {
        assert_eq!(object.check(), vec![], "{name}");
        let projected = object.live_fields().filter(|f| f.filterable || f.sortable).count();
        assert!(projected <= 12, "{name} projects {projected} fields");
    }
}

#[test]
fn field_ids_are_f1_to_fn_and_never_reused() {
    for (name, object) in objects() {
        let ids: Vec<_> = object.fields.iter().map(|f| f.id.to_string()).collect();
        let expected: Vec<_> = (1..=object.fields.len()).map(|n| format!("f{n}")).collect();
        assert_eq!(ids, expected, "{name}");
    }
}

#[test]
fn references_and_parents_exist_and_parents_come_first() {
    let objects = objects();
    let mut seen = BTreeSet::new();
    for object in all().into_iter().flat_map(|p| p.objects) {
        if let Some(parent) = &object.parent {
            assert!(seen.contains(parent.object.as_str()), "{} before its parent", object.name);
        }
        for field in &object.fields {
            if let Some(target) = &field.target {
                assert!(objects.contains_key(target.as_str()), "{}.{}", object.name, field.name);
            }
            for choice in &field.options {
                for needed in &choice.requires {
                    assert!(
                        object.field(needed).is_some(),
                        "{}.{} requires {needed}",
                        object.name,
                        field.name
                    );
                }
                assert!(choice.color.as_deref().is_none_or(|c| PALETTE.contains(&c)), "{}", choice.value);
            }
        }
        seen.insert(object.name.to_string());
    }
}

#[test]
fn columns_hold_what_their_name_says() {
    for (name, object) in objects() {
        for field in &object.fields {
            let fits = match field.column {
                None => true,
                Some(Column::Title) => field.kind == FieldKind::Text,
                Some(Column::Stage | Column::Status) => field.kind == FieldKind::Select,
                Some(Column::Amount) => field.kind == FieldKind::Money,
                Some(Column::NextFollowUp | Column::LastFollowUp) => field.kind == FieldKind::Datetime,
            };
            assert!(fits, "{name}.{}", field.name);
        }
    }
}

#[test]
fn views_show_fields_that_exist_and_sort_by_fields_that_can() {
    let system = |field: &str| SYSTEM_FIELDS.contains(&field);
    for (name, object) in objects() {
        let mut names = BTreeSet::new();
        for view in &object.views {
            let at = format!("{name}/{}", view.name);
            assert!(names.insert(view.name.clone()), "{at} twice");
            for column in &view.columns {
                assert!(system(column) || object.field(column).is_some(), "{at}: {column}");
            }
            for sort in &view.sort {
                let sort = sort.trim_start_matches('-');
                assert!(system(sort) || object.field(sort).is_some_and(|f| f.sortable), "{at}: {sort}");
            }
        }
    }
}

#[test]
fn views_filter_on_fields_that_can_and_on_choices_that_exist() {
    for (name, object) in objects() {
        for view in &object.views {
            let Some(filter) = &view.filter else { continue };
            let at = format!("{name}/{}", view.name);
            Filter::parse(&serde_json::to_value(filter).unwrap()).unwrap();
            for condition in filter.conditions() {
                let Some(field) = object.field(&condition.field) else {
                    assert!(SYSTEM_FIELDS.contains(&condition.field.as_str()), "{at}: {}", condition.field);
                    continue;
                };
                assert!(field.filterable, "{at}: {}", condition.field);
                let values = match &condition.value {
                    Json::Array(values) => values.clone(),
                    Json::String(_) => vec![condition.value.clone()],
                    _ => vec![],
                };
                for value in values.iter().filter(|_| field.kind == FieldKind::Select) {
                    assert!(field.options.iter().any(|o| *value == o.value.as_str()), "{at}: {value}");
                }
            }
        }
    }
}

#[test]
fn customers_and_leads_offer_every_relation_as_a_view() {
    // Of customers, Today leads to two more.
    let more: [(&str, &[&str]); 2] = [("customer", &["new", "falling"]), ("lead", &[])];
    for (name, more) in more {
        let views: Vec<_> = objects()[name].views.iter().map(|v| v.name.clone()).collect();
        let expected = [&["mine", "collaborating", "subordinates"], more, &["pool", "all"]].concat();
        assert_eq!(views, expected, "{name}");
    }
}

#[test]
fn lb_02_forms_that_collect_personal_data_carry_a_notice_that_exists() {
    let notices: BTreeSet<_> = all().into_iter().flat_map(|p| p.notices).map(|n| n.purpose).collect();
    for (name, object) in objects() {
        for form in &object.forms {
            let personal = form.fields.iter().any(|f| object.field(f).is_some_and(|f| f.class.is_sealed()));
            match &form.purpose {
                Some(purpose) => assert!(notices.contains(purpose), "{name}/{}: {purpose}", form.name),
                None => assert!(!personal, "{name}/{} collects personal data without a notice", form.name),
            }
            for field in &form.fields {
                assert!(!object.field(field).unwrap().locked, "{name}/{}: {field} is locked", form.name);
            }
        }
    }
}

#[test]
fn notices_say_what_pipl_17_asks_in_both_languages() {
    let zh = "个人信息处理者 地址 邮箱 目的 方式 保存 权利 撤回 删除 投诉 境外";
    let en = "handler Address Purpose Method long rights withdraw deleted complain abroad";
    for notice in all().into_iter().flat_map(|p| p.notices) {
        for word in zh.split(' ') {
            assert!(notice.body.zh.contains(word), "{}: {word}", notice.purpose);
        }
        for word in en.split(' ') {
            assert!(notice.body.en.contains(word), "{}: {word}", notice.purpose);
        }
        let sections = |text: &str| text.split("\n\n").count();
        assert_eq!(sections(&notice.body.zh), sections(&notice.body.en), "{}", notice.purpose);
    }
}

fn check_labels(json: &Json, at: &str, seen: &mut usize) {
    let chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    match json {
        Json::Object(map) => {
            if map.contains_key("zh") || map.contains_key("en") {
                let label: Label = serde_json::from_value(json.clone()).unwrap();
                *seen += 1;
                // Names of things such as "Excel" are the same in both.
                assert!(chinese(&label.zh) || label.zh == label.en, "{at}: no Chinese in {}", label.zh);
                assert!(
                    !label.en.trim().is_empty() && !chinese(&label.en),
                    "{at}: no English in {}",
                    label.en
                );
            }
            map.iter().for_each(|(key, value)| check_labels(value, &format!("{at}.{key}"), seen));
        }
        Json::Array(list) => list.iter().for_each(|value| check_labels(value, at, seen)),
        _ => {}
    }
}

#[test]
fn every_label_speaks_both_languages() {
    for package in all() {
        let mut seen = 0;
        check_labels(&serde_json::to_value(&package).unwrap(), &package.name, &mut seen);
        assert!(seen > 100);
    }
}

#[test]
fn grants_name_objects_and_fields_that_exist_and_every_id_once() {
    let objects = objects();
    let mut ids = BTreeSet::new();
    for role in roles() {
        for grant in &role.grants {
            assert!(ids.insert(grant.id.clone()), "{} twice", grant.id);
            assert!(grant.id.as_str().starts_with(&format!("{}/", role.name)), "{}", grant.id);
            let object = objects.get(grant.object.as_str()).unwrap_or_else(|| panic!("{}", grant.id));
            for name in grant.fields.names.keys() {
                assert!(object.field(name).is_some(), "{}: {name}", grant.id);
            }
            if let RowScope::Through(child) = &grant.scope {
                let parent = objects[child.as_str()].parent.as_ref().unwrap();
                assert_eq!(parent.object, grant.object, "{}", grant.id);
            }
            assert!(grant.scope != RowScope::Parent || object.parent.is_some(), "{}", grant.id);
            assert!(grant.scope != RowScope::Pool || object.pooled, "{}", grant.id);
            assert!(grant.verbs.contains(&Verb::Read), "{} can be used but not read", grant.id);
        }
    }
}

#[test]
fn ac_02_no_role_template_reaches_every_customer() {
    for role in roles() {
        for grant in &role.grants {
            let personal = PEOPLES_OBJECTS.contains(&grant.object.as_str());
            assert!(!(personal && grant.scope == RowScope::All), "{}", grant.id);
        }
    }
}

#[test]
fn ac_05_the_three_administrators_are_three_roles_with_disjoint_powers() {
    let mut holders: BTreeMap<&str, BTreeSet<Act>> = BTreeMap::new();
    for role in roles() {
        let Some(administrator) = role.administrator else { continue };
        let key = match administrator {
            Administrator::System => "system",
            Administrator::Security => "security",
            Administrator::Audit => "audit",
        };
        assert!(holders.insert(key, role.acts.keys().copied().collect()).is_none(), "two roles for {key}");
        assert_eq!(role.reveals_per_hour, 0, "{}", role.name);
    }
    assert_eq!(holders.len(), 3);
    for (act, who) in [
        (Act::PeopleManage, "system"),
        (Act::DefinitionsPublish, "system"),
        (Act::HandoversRun, "system"),
        (Act::RolesManage, "security"),
        (Act::AlertsReceive, "security"),
        (Act::SessionsEnd, "security"),
        (Act::ExportsApprove, "security"),
        (Act::LedgerRead, "audit"),
    ] {
        for (name, acts) in &holders {
            assert_eq!(acts.contains(&act), *name == who, "{} of {name}", act.as_str());
        }
    }
}

#[test]
fn ac_05_administrators_see_no_personal_data() {
    let objects = objects();
    for role in roles().into_iter().map(published).filter(|r| r.administrator.is_some()) {
        for object in objects.values() {
            for field in object.live_fields().filter(|f| f.class.is_sealed()) {
                assert_eq!(best(&role, object, &field.name), Right::NONE, "{} {}", role.name, field.name);
            }
        }
        for grant in &role.grants {
            assert!(!PEOPLES_OBJECTS.contains(&grant.object.as_str()), "{}", grant.id);
        }
    }
}

#[test]
fn cl_02_contact_details_are_never_clear_without_a_reveal() {
    let objects = objects();
    let detail = |kind| matches!(kind, FieldKind::Phone | FieldKind::Email | FieldKind::Account);
    for role in roles().into_iter().map(published) {
        for object in objects.values() {
            for field in object.live_fields().filter(|f| f.class == Class::L4 || detail(f.kind)) {
                let right = best(&role, object, &field.name);
                let at = format!("{} on {}.{}", role.name, object.name, field.name);
                assert!(right.show < Show::Clear, "{at}");
                assert!(role.reveals_per_hour > 0 || right.show < Show::Reveal, "{at}: no quota");
            }
        }
    }
}

#[test]
fn a_rep_reveals_and_writes_own_numbers_and_only_sees_the_pool_masked() {
    let customer = &objects()["customer"];
    let rep = role("rep");
    let right = |scope: RowScope, field: &str| {
        let grant = rep.grants.iter().find(|g| g.object.as_str() == "customer" && g.scope == scope).unwrap();
        grant.fields.right(customer.field(field).unwrap()).as_str()
    };
    assert_eq!(right(RowScope::Own, "phone"), "reveal+edit");
    assert_eq!(right(RowScope::Own, "id_number"), "reveal+edit");
    assert_eq!(right(RowScope::Own, "notes"), "edit");
    assert_eq!(right(RowScope::Pool, "name"), "read");
    assert_eq!(right(RowScope::Pool, "phone"), "masked");
    for hidden in ["email", "id_number", "wechat", "address", "notes", "deal_amount"] {
        assert_eq!(right(RowScope::Pool, hidden), "none", "{hidden}");
    }
}

#[test]
fn children_of_pool_customers_show_nothing_personal() {
    // A pool customer is readable, so a grant whose scope is `parent` reaches its children too.
    let objects = objects();
    for role in roles().into_iter().map(published) {
        let pools = role.grants.iter().any(|g| g.object.as_str() == "customer" && g.scope == RowScope::Pool);
        for grant in role.grants.iter().filter(|g| pools && g.scope == RowScope::Parent) {
            for field in objects[grant.object.as_str()].live_fields().filter(|f| f.class.is_sealed()) {
                assert_eq!(grant.fields.right(field), Right::NONE, "{}: {}", grant.id, field.name);
            }
        }
    }
}

#[test]
fn an_intern_works_only_on_what_is_shared_and_takes_nothing_out() {
    let intern = role("intern");
    for grant in &intern.grants {
        for verb in [Verb::Export, Verb::Transfer, Verb::Share, Verb::Claim, Verb::Delete] {
            assert!(!grant.verbs.contains(&verb), "{}", grant.id);
        }
        let shared = grant.scope == RowScope::Collaborating;
        // Beside that the catalogue, and what was said of their own follow-ups.
        let beside = ["product", "spot_score"].contains(&grant.object.as_str());
        assert!(shared || beside, "{}", grant.id);
    }
    assert!(intern.acts.is_empty());
    assert_eq!(intern.reveals_per_hour, 0);
}

#[test]
fn managers_act_within_their_departments_only() {
    let manager = role("manager");
    assert!(manager.acts.contains_key(&Act::ExportsApprove));
    assert!(manager.acts.values().all(|reach| *reach == Reach::DepartmentTree));
}

#[test]
fn fields_of_compliance_objects_are_written_by_the_system_only() {
    for object in all().into_iter().filter(|p| p.name == "compliance").flat_map(|p| p.objects) {
        assert!(object.system, "{}", object.name);
        for field in &object.fields {
            assert!(field.locked && !field.class.is_sealed(), "{}.{}", object.name, field.name);
        }
    }
}

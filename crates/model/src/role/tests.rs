use super::*;
use serde_json::json;

const TEXTS: [&str; 7] = ["none", "masked", "masked+edit", "reveal", "reveal+edit", "read", "edit"];

#[test]
fn rights_have_one_text_each() {
    for text in TEXTS {
        let right = Right::parse(text).unwrap();
        assert_eq!(right.as_str(), text);
        assert_eq!(serde_json::to_value(right).unwrap(), json!(text));
        assert_eq!(serde_json::from_value::<Right>(json!(text)).unwrap(), right);
    }
    for text in ["", "None", "write", "edit+masked", "none+edit", " read", "read+edit"] {
        assert_eq!(Right::parse(text), None, "{text}");
        assert!(serde_json::from_value::<Right>(json!(text)).is_err());
    }
}

#[test]
fn the_union_of_rights_is_a_right_with_a_text_and_never_less() {
    for a in TEXTS {
        for b in TEXTS {
            let (a, b) = (Right::parse(a).unwrap(), Right::parse(b).unwrap());
            let both = a.or(b);
            assert_eq!(both, b.or(a));
            assert_eq!(Right::parse(both.as_str()), Some(both), "closed under union");
            assert!(both.show >= a.show && both.show >= b.show && both.edit >= a.edit && both.edit >= b.edit);
            assert_eq!(a.or(Right::NONE), a);
        }
    }
}

#[test]
fn names_are_the_same_in_code_and_in_definitions() {
    for verb in Verb::ALL {
        assert_eq!(serde_json::to_value(verb).unwrap(), json!(verb.as_str()));
    }
    for act in Act::ALL {
        assert_eq!(serde_json::to_value(act).unwrap(), json!(act.as_str()));
    }
    for class in Class::ALL {
        assert_eq!(serde_json::to_value(class).unwrap(), json!(class.as_str()));
    }
}

#[test]
fn a_role_is_read_and_written_back_the_same() {
    let json = json!({
        "name": "rep",
        "label": {"zh": "销售", "en": "Rep"},
        "grants": [
            {
                "id": "rep/customer-own", "object": "customer", "verbs": ["create", "read", "edit"], "scope": "own",
                "fields": {"classes": {"L1": "edit", "L3": "reveal+edit"}, "names": {"id_number": "masked"}},
            },
            {
                "id": "rep/customer-tickets", "object": "customer", "verbs": ["read"],
                "scope": {"through": "ticket"}, "fields": {"classes": {}, "names": {}},
            },
        ],
        "acts": {"exports.approve": "department_tree"},
        "reveals_per_hour": 30,
    });
    let role: RoleDef = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&role).unwrap(), json);
    assert_eq!(role.grants[1].scope, RowScope::Through("ticket".into()));
}

#[test]
fn a_typing_error_in_a_role_is_refused() {
    let good = json!({"id": "g", "object": "o", "verbs": ["read"], "scope": "own"});
    assert!(serde_json::from_value::<Grant>(good.clone()).is_ok());
    for (key, value) in [
        ("verbs", json!(["reed"])),
        ("scope", json!("owned")),
        ("scope", json!({"through": 5})),
        ("fields", json!({"class": {}})),
        ("fields", json!({"classes": {"L5": "read"}})),
        ("deny", json!(true)),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(serde_json::from_value::<Grant>(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn a_grant_that_says_no_fields_shows_none() {
    let grant: Grant =
        serde_json::from_value(json!({"id": "g", "object": "o", "verbs": ["read"], "scope": "all"})).unwrap();
    for class in Class::ALL {
        let field = serde_json::from_value(json!({
            "id": "f1", "name": "name", "label": {"zh": "", "en": ""}, "kind": "text", "class": class,
        }))
        .unwrap();
        assert_eq!(grant.fields.right(&field), Right::NONE);
    }
}

fn object(fields: serde_json::Value) -> ObjectDef {
    serde_json::from_value(json!({
        "name": "customer", "label": {"zh": "", "en": ""}, "title_field": "name", "subject": "own",
        "fields": fields,
    }))
    .unwrap()
}

fn text(id: &str, name: &str, retired: bool) -> serde_json::Value {
    json!({"id": id, "name": name, "label": {"zh": "", "en": ""}, "kind": "text", "class": "L2", "retired": retired})
}

fn rights(json: serde_json::Value) -> FieldRights {
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_new_field_with_an_old_name_is_hidden_until_it_is_granted() {
    let old = object(json!([text("f1", "name", false), text("f2", "grade", false)]));
    let mut by_name = rights(json!({"names": {"grade": "read"}}));
    let mut by_class = rights(json!({"classes": {"L2": "read"}}));
    assert_eq!(by_name.bind(&old, None), [""; 0]);
    assert_eq!(by_class.bind(&old, None), [""; 0]);
    let reused =
        object(json!([text("f1", "name", false), text("f2", "grade", true), text("f3", "grade", false)]));
    let new = reused.field("grade").unwrap();
    for before in [by_name, by_class] {
        assert_eq!(before.right(new), Right::NONE);
        // Published again as it was read, or without a word about which fields it knew: still hidden.
        let mut again = before.clone();
        again.bind(&reused, Some(&before));
        assert_eq!(again.right(new), Right::NONE);
        let mut afresh = FieldRights { known: BTreeMap::new(), names: BTreeMap::new(), ..before.clone() };
        afresh.bind(&reused, Some(&before));
        assert_eq!(afresh.right(new), Right::NONE);
        // Named by somebody who sees the fields of today: granted.
        let mut granted = rights(json!({"names": {"grade": "masked"}}));
        assert_eq!(granted.bind(&reused, Some(&before)), [""; 0]);
        assert_eq!(granted.right(new).show, Show::Masked);
    }
}

#[test]
fn a_right_on_a_retired_field_does_not_pass_to_the_one_that_took_its_name() {
    let old = object(json!([text("f1", "name", false), text("f2", "grade", false)]));
    let mut role = rights(json!({"names": {"grade": "read"}}));
    role.bind(&old, None);
    let reused =
        object(json!([text("f1", "name", false), text("f2", "grade", true), text("f3", "grade", false)]));
    assert_eq!(role.bind(&reused, None), ["grade"], "said, not guessed");
}

#[test]
fn fields_that_exchange_their_names_keep_their_rights() {
    let old =
        object(json!([text("f1", "name", false), text("f2", "open", false), text("f3", "shut", false)]));
    let mut role = rights(json!({"names": {"open": "read", "shut": "none"}}));
    role.bind(&old, None);
    let swapped =
        object(json!([text("f1", "name", false), text("f2", "shut", false), text("f3", "open", false)]));
    let by_id = |role: &FieldRights, id: &str| {
        role.right(swapped.fields.iter().find(|f| f.id.as_str() == id).unwrap()).show
    };
    assert_eq!((by_id(&role, "f2"), by_id(&role, "f3")), (Show::Clear, Show::None));
    assert_eq!(role.bind(&swapped, None), [""; 0]);
    assert_eq!((by_id(&role, "f2"), by_id(&role, "f3")), (Show::Clear, Show::None));
    assert_eq!(role.names["open"], Right::NONE);
}

#[test]
fn a_change_of_rights_reaches_renamed_fields() {
    let old = object(json!([text("f1", "name", false), text("f2", "grade", false)]));
    let mut role = rights(json!({"classes": {"L2": "read"}, "names": {"grade": "edit"}}));
    role.bind(&old, None);
    let renamed = object(json!([text("f1", "name", false), text("f2", "mark", false)]));
    role.change(&renamed, |_, _| Right::NONE);
    assert!(renamed.live_fields().all(|f| role.right(f) == Right::NONE));
}

#[test]
fn the_powers_of_the_three_administrators_do_not_mix() {
    let role = |administrator: Option<&str>, act: Act| -> RoleDef {
        serde_json::from_value(json!({
            "name": "r", "label": {"zh": "", "en": ""}, "administrator": administrator,
            "acts": {act.as_str(): "all"},
        }))
        .unwrap()
    };
    for act in Act::ALL {
        for (name, kind) in [
            ("system", Administrator::System),
            ("security", Administrator::Security),
            ("audit", Administrator::Audit),
        ] {
            let refused = !role(Some(name), act).misplaced_acts().is_empty();
            assert_eq!(refused, !kind.acts().contains(&act), "{} for {name}", act.as_str());
            if act.reserved_for().is_some_and(|owner| owner != kind) {
                assert!(refused, "{} is another's", act.as_str());
            }
        }
        let business = role(None, act).misplaced_acts();
        assert_eq!(business.is_empty(), act.reserved_for().is_none(), "{}", act.as_str());
    }
}

#[test]
fn the_effects_of_a_new_version_name_every_difference_and_nothing_else() {
    let object = customer_with(&["name", "phone"]);
    let find = |name: &ObjectName| (name == &object.name).then_some(&object);
    let mut before: RoleDef = serde_json::from_value(json!({
        "name": "rep", "label": {"zh": "销售", "en": "Rep"},
        "grants": [
            {"id": "a", "object": "customer", "verbs": ["read", "edit"], "scope": "own", "fields": {"classes": {"L2": "edit"}}},
            {"id": "b", "object": "customer", "verbs": ["read"], "scope": "pool"},
        ],
        "acts": {"exports.approve": "department_tree"},
        "reveals_per_hour": 30,
    }))
    .unwrap();
    for grant in &mut before.grants {
        grant.fields.bind(&object, None);
    }
    assert!(effects(Some(&before), &before, find).is_empty());
    let mut after = before.clone();
    after.grants[0].verbs = vec![Verb::Read, Verb::Export];
    after.grants[0].scope = RowScope::Department;
    after.grants[0].fields.names.insert("phone".to_owned(), Right::parse("masked").unwrap());
    after.grants.remove(1);
    after.acts = [(Act::ExportsApprove, Reach::All), (Act::SessionsEnd, Reach::All)].into();
    after.reveals_per_hour = 5;
    let found = effects(Some(&before), &after, find);
    let told: Vec<String> =
        found.iter().map(|e| serde_json::to_value(e).unwrap()["what"].to_string()).collect();
    assert_eq!(
        told,
        ["scope", "verb", "verb", "field", "grant_removed", "act", "act", "reveals"]
            .map(|w| format!("\"{w}\""))
    );
    assert!(found.contains(&Effect::Field {
        grant: "a".into(),
        object: "customer".into(),
        scope: RowScope::Department,
        field: "phone".to_owned(),
        from: "edit",
        to: "masked",
    }));
    // Of a role that is new everything is gained.
    assert!(effects(None, &before, find).iter().all(|e| !matches!(e, Effect::GrantRemoved { .. })));
}

fn customer_with(names: &[&str]) -> ObjectDef {
    let fields: Vec<_> = names
        .iter()
        .map(|n| json!({"id": n, "name": n, "label": {"zh": "字段", "en": "Field"}, "kind": "text", "class": "L2"}))
        .collect();
    serde_json::from_value(json!({
        "name": "customer", "label": {"zh": "客户", "en": "Customer"}, "title_field": names[0], "subject": "own",
        "fields": fields,
    }))
    .unwrap()
}

#[test]
fn a_role_has_a_name_in_both_languages_and_grants_that_can_be_told_apart() {
    let grant =
        json!({ "id": "guest/customer-own", "object": "customer", "verbs": ["read"], "scope": "own" });
    let role = |name: &str, zh: &str, en: &str, grants: Vec<&serde_json::Value>| -> RoleDef {
        serde_json::from_value(json!({ "name": name, "label": { "zh": zh, "en": en }, "grants": grants }))
            .unwrap()
    };
    assert_eq!(role("guest", "访客", "Guest", vec![&grant]).check(), []);
    let wrong = role("Guest!", "访客", "  ", vec![&grant, &grant]).check();
    let named: Vec<_> = wrong.iter().map(|e| (e.field.as_str(), e.code.as_str())).collect();
    assert_eq!(named, [("name", "name_format"), ("label.en", "required"), ("grants[1].id", "id_taken")]);
    assert_eq!(role("guest", &"客".repeat(41), "Guest", vec![]).check()[0].code, "too_long");
}

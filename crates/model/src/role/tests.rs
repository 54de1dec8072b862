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

use super::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A small customer: a name, a sealed phone, a stage.
fn customer() -> Json {
    json!({
        "name": "customer",
        "label": {"zh": "客户", "en": "Customer"},
        "title_field": "name",
        "subject": "own",
        "fields": [
            {"id": "f1", "name": "name", "label": {"zh": "", "en": ""}, "kind": "text", "class": "L2",
             "required": true, "filterable": true, "sortable": true, "column": "title"},
            {"id": "f2", "name": "phone", "label": {"zh": "", "en": ""}, "kind": "phone", "class": "L3",
             "blind": ["exact", "last4"]},
            {"id": "f3", "name": "stage", "label": {"zh": "", "en": ""}, "kind": "select", "class": "L1",
             "filterable": true, "column": "stage",
             "options": [{"value": "new", "label": {"zh": "", "en": ""}}]},
            {"id": "f4", "name": "source", "label": {"zh": "", "en": ""}, "kind": "text", "class": "L1",
             "locked": true},
        ],
        "forms": [{"name": "create", "fields": ["name", "phone"], "purpose": "sales_contact"}],
        "retention": {"months": 36, "since": "last_activity", "end": "erase"},
    })
}

fn read(json: Json) -> ObjectDef {
    serde_json::from_value(json).unwrap()
}

/// The mistakes in the customer after a change, as `path: code`.
fn mistakes(change: impl FnOnce(&mut Json)) -> Vec<String> {
    let mut json = customer();
    change(&mut json);
    read(json).check().into_iter().map(|e| format!("{}: {}", e.field, e.code)).collect()
}

fn succession(change: impl FnOnce(&mut Json)) -> Vec<String> {
    let mut json = customer();
    change(&mut json);
    let errors = read(json).check_succession(&read(customer()));
    errors.into_iter().map(|e| format!("{}: {}", e.field, e.code)).collect()
}

#[test]
fn a_sound_definition_passes_and_is_written_back() {
    assert_eq!(mistakes(|_| {}), [""; 0]);
    assert_eq!(succession(|_| {}), [""; 0]);
    let read = read(customer());
    assert_eq!(serde_json::from_value::<ObjectDef>(serde_json::to_value(&read).unwrap()).unwrap(), read);
    assert_eq!(read.column_field(Column::Stage).map(|f| f.name.as_str()), Some("stage"));
}

#[test]
fn every_rule_of_a_definition_is_checked() {
    type Change = fn(&mut Json);
    let cases: [(&str, Change); 28] = [
        ("retention: retention_required", |d| {
            d.as_object_mut().unwrap().remove("retention");
        }),
        ("retention.months: out_of_range", |d| d["retention"]["months"] = json!(0)),
        ("retention.months: out_of_range", |d| {
            d["retention"]["by_basis"] = json!({ "contract": { "months": 1201, "since": "last_activity" } });
        }),
        ("name: name_format", |d| d["name"] = json!("Customer")),
        ("fields.Phone: name_format", |d| d["fields"][3]["name"] = json!("Phone")),
        ("fields.owner: name_reserved", |d| d["fields"][3]["name"] = json!("owner")),
        ("fields.phone: name_taken", |d| d["fields"][3]["name"] = json!("phone")),
        ("fields.source: id_taken", |d| d["fields"][3]["id"] = json!("f1")),
        ("fields.source: column_taken", |d| d["fields"][3]["column"] = json!("title")),
        ("fields.phone: column_of_sealed_field", |d| d["fields"][1]["column"] = json!("status")),
        ("fields.phone: personal_field_without_subject", |d| d["subject"] = json!("none")),
        ("fields.phone: sealed_field_cannot_be_projected", |d| d["fields"][1]["filterable"] = json!(true)),
        ("fields.phone: sealed_field_cannot_be_projected", |d| d["fields"][1]["sortable"] = json!(true)),
        ("fields.stage: several_values_cannot_be_sorted", |d| {
            d["fields"][2]["kind"] = json!("multi_select");
            d["fields"][2]["sortable"] = json!(true);
        }),
        ("fields.name: blind_index_of_readable_field", |d| d["fields"][0]["blind"] = json!(["exact"])),
        ("fields.phone: blind_index_of_kind", |d| d["fields"][1]["kind"] = json!("long_text")),
        ("fields.stage: options_required", |d| d["fields"][2]["options"] = json!([])),
        ("fields.source: options_unexpected", |d| {
            d["fields"][3]["options"] = d["fields"][2]["options"].clone()
        }),
        ("fields.stage: option_taken", |d| {
            let choice = d["fields"][2]["options"][0].clone();
            d["fields"][2]["options"] = json!([choice, choice]);
        }),
        ("fields.source: range_reversed", |d| {
            d["fields"][3]["min"] = json!(2);
            d["fields"][3]["max"] = json!(1);
        }),
        ("fields.source: target_mismatch", |d| d["fields"][3]["kind"] = json!("reference")),
        ("fields.source: target_mismatch", |d| d["fields"][3]["target"] = json!("lead")),
        ("title_field: unknown_field", |d| d["title_field"] = json!("nobody")),
        ("title_field: unknown_field", |d| d["fields"][0]["retired"] = json!(true)),
        ("subject: parent_required", |d| d["subject"] = json!("parent")),
        ("parent.field: unknown_field", |d| {
            d["parent"] = json!({"object": "company", "field": "source", "follows": true});
        }),
        ("forms.create.fax: unknown_field", |d| d["forms"][0]["fields"] = json!(["fax"])),
        ("forms.create: notice_required", |d| d["forms"][0]["purpose"] = Json::Null),
    ];
    for (expected, change) in cases {
        let found = mistakes(change);
        assert!(found.iter().any(|mistake| mistake == expected), "{expected}: {found:?}");
    }
}

#[test]
fn a_parent_is_a_required_reference_to_the_object_named() {
    let with = |target: &str, required: bool| {
        mistakes(|d| {
            d["parent"] = json!({"object": "company", "field": "company", "follows": true});
            d["subject"] = json!("parent");
            // Whose data it holds is the parent's to say, and so is how long.
            d.as_object_mut().unwrap().remove("retention");
            d["fields"].as_array_mut().unwrap().push(json!({
                "id": "f5", "name": "company", "label": {"zh": "", "en": ""}, "kind": "reference",
                "class": "L1", "target": target, "required": required,
            }));
        })
    };
    assert_eq!(with("company", true), [""; 0]);
    assert_eq!(with("company", false), ["parent.field: parent_must_be_required"]);
    assert_eq!(with("lead", true), ["parent.field: unknown_field"]);
}

#[test]
fn what_is_kept_with_its_parent_has_no_term_of_its_own() {
    let found = mistakes(|d| d["subject"] = json!("parent"));
    assert!(found.contains(&"retention: retention_of_another".to_owned()), "{found:?}");
}

#[test]
fn fields_are_counted() {
    let many = |n: usize| {
        mistakes(|d| {
            let fields = d["fields"].as_array_mut().unwrap();
            for i in fields.len()..n {
                fields.push(json!({
                    "id": format!("g{i}"), "name": format!("g{i}"), "label": {"zh": "", "en": ""},
                    "kind": "text", "class": "L1",
                }));
            }
        })
    };
    assert_eq!(many(MAX_FIELDS), [""; 0]);
    assert_eq!(many(MAX_FIELDS + 1), ["fields: too_many"]);
}

#[test]
fn a_successor_changes_nothing_that_values_hang_on() {
    assert_eq!(succession(|d| d["name"] = json!("client")), ["name: immutable"]);
    assert_eq!(succession(|d| d["subject"] = json!("none")), ["subject: immutable"]);
    assert_eq!(
        succession(|d| d["parent"] = json!({"object": "company", "field": "name", "follows": true})),
        ["parent: immutable"]
    );
    assert_eq!(
        succession(|d| {
            d["fields"].as_array_mut().unwrap().remove(1);
        }),
        ["fields.phone: field_removed_retire_it_instead"]
    );
    assert_eq!(succession(|d| d["fields"][1]["kind"] = json!("text")), ["fields.phone: kind_immutable"]);
    assert_eq!(
        succession(|d| d["fields"][1]["class"] = json!("L2")),
        ["fields.phone: class_needs_migration"]
    );
    assert_eq!(succession(|d| d["fields"][0]["class"] = json!("L3")), ["fields.name: class_needs_migration"]);
    assert_eq!(succession(|d| d["fields"][0]["class"] = json!("L1")), ["fields.name: class_lowered"]);
    assert_eq!(succession(|d| d["fields"][0]["column"] = json!(null)), ["fields.name: column_immutable"]);
    let with_end = |d: &mut Json| {
        let stage = d["fields"].as_array_mut().unwrap().iter_mut().find(|f| f["column"] == "stage").unwrap();
        stage["options"][0]["outcome"] = json!("won");
    };
    let mut ends = customer();
    with_end(&mut ends);
    let errors = read(customer()).check_succession(&read(ends.clone()));
    assert_eq!(errors[0].code, "outcome_immutable", "{errors:?}");
    assert!(read(ends.clone()).check_succession(&read(ends)).is_empty());
    assert_eq!(succession(with_end), [""; 0], "a new end may be added");
    assert_eq!(succession(|d| d["fields"][3]["locked"] = json!(false)), ["fields.source: locked_field"]);
    assert_eq!(succession(|d| d["fields"][3]["retired"] = json!(true)), ["fields.source: locked_field"]);
}

#[test]
fn a_successor_may_rename_retire_add_and_reclassify_within_the_sealed() {
    assert_eq!(succession(|d| d["fields"][1]["name"] = json!("mobile")), [""; 0]);
    assert_eq!(succession(|d| d["fields"][1]["retired"] = json!(true)), [""; 0]);
    assert_eq!(succession(|d| d["fields"][1]["class"] = json!("L4")), [""; 0]);
    assert_eq!(succession(|d| d["label"]["en"] = json!("Client")), [""; 0]);
    assert_eq!(
        succession(|d| d["fields"].as_array_mut().unwrap().push(json!({
            "id": "f9", "name": "fax", "label": {"zh": "", "en": ""}, "kind": "phone", "class": "L3",
        }))),
        [""; 0]
    );
}

#[test]
fn a_retired_field_gives_its_name_free_but_not_its_id() {
    let again = |id: &str| {
        mistakes(|d| {
            d["fields"][1]["retired"] = json!(true);
            d["forms"] = json!([]);
            d["fields"].as_array_mut().unwrap().push(json!({
                "id": id, "name": "phone", "label": {"zh": "", "en": ""}, "kind": "phone", "class": "L3",
            }));
        })
    };
    assert_eq!(again("f9"), [""; 0]);
    assert_eq!(again("f2"), ["fields.phone: id_taken"]);
}

#[test]
fn a_typing_error_in_a_definition_is_refused() {
    for change in [
        (|d: &mut Json| d["feilds"] = json!([])) as fn(&mut Json),
        |d| d["fields"][0]["requierd"] = json!(true),
        |d| d["fields"][0]["kind"] = json!("string"),
        |d| d["fields"][0]["class"] = json!("L0"),
    ] {
        let mut json = customer();
        change(&mut json);
        assert!(serde_json::from_value::<ObjectDef>(json).is_err());
    }
}

proptest! {
    #[test]
    fn names_are_plain(text in "\\PC{0,45}") {
        let plain = text.len() <= 40
            && text.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        prop_assert_eq!(is_name(&text), plain);
    }
}

#[test]
fn an_index_that_records_of_before_are_not_in_is_named_by_field_and_flag() {
    type Change = fn(&mut Json);
    let asked = |before: Change, after: Change| -> Vec<String> {
        let [mut previous, mut next] = [customer(), customer()];
        before(&mut previous);
        after(&mut next);
        let errors = read(next).needs_reindex(&read(previous));
        errors.into_iter().map(|e| format!("{}: {}", e.field, e.code)).collect()
    };
    let none: Change = |_| {};
    let filters: Change = |d| d["fields"][3]["filterable"] = json!(true);
    let sorts: Change = |d| d["fields"][3]["sortable"] = json!(true);
    let exact: Change = |d| d["fields"][1]["blind"] = json!(["exact"]);
    assert_eq!(asked(none, filters), ["fields.source.filterable: needs_reindex"]);
    assert_eq!(asked(none, sorts), ["fields.source.sortable: needs_reindex"]);
    assert_eq!(asked(exact, none), ["fields.phone.blind: needs_reindex"]);
    // Lists filter and sort by the same rows; a column of its own is there for every record; less hides nothing.
    for (before, after) in [(none, none), (filters, sorts), (filters, none), (none, exact)] {
        assert_eq!(asked(before, after), [""; 0]);
    }
    assert_eq!(asked(none, |d| d["fields"][2]["sortable"] = json!(true)), [""; 0]);
}

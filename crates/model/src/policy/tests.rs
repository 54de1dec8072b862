use super::*;
use crate::class::Class;
use crate::id::FieldId;
use crate::role::{FieldRights, Show};
use proptest::prelude::*;
use serde_json::json;

const SCOPES: [RowScope; 8] = [
    RowScope::None,
    RowScope::Own,
    RowScope::Collaborating,
    RowScope::Department,
    RowScope::DepartmentTree,
    RowScope::Pool,
    RowScope::Parent,
    RowScope::All,
];

fn customer() -> ObjectName {
    "customer".into()
}

fn field(name: &str, class: Class) -> FieldDef {
    serde_json::from_value(json!({
        "id": name, "name": name, "label": {"zh": "", "en": ""}, "kind": "text", "class": class,
    }))
    .unwrap()
}

fn rights(names: &[(&str, &str)]) -> FieldRights {
    let known = known(&names.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let names =
        names.iter().map(|(name, right)| ((*name).to_owned(), Right::parse(right).unwrap())).collect();
    FieldRights { names, known, ..FieldRights::default() }
}

/// The ids of these fields are their names.
fn known(names: &[&str]) -> BTreeMap<FieldId, String> {
    names.iter().map(|name| (FieldId::from(*name), (*name).to_owned())).collect()
}

fn grant(id: &str, scope: RowScope, verbs: &[Verb], fields: FieldRights) -> Grant {
    Grant { id: id.into(), object: customer(), verbs: verbs.to_vec(), scope, fields }
}

fn role(grants: Vec<Grant>) -> RoleDef {
    let mut role: RoleDef =
        serde_json::from_value(json!({"name": "r", "label": {"zh": "", "en": ""}})).unwrap();
    role.grants = grants;
    role
}

/// 李 of sales/east, with the grants given.
fn li(grants: Vec<Grant>) -> Caller {
    let subtree = ["east", "east-1"].into_iter().map(DepartmentId::from).collect();
    Caller::new("li".into(), Some("east".into()), subtree, &[&role(grants)])
}

fn owned_by(owner: &str, department: &str) -> RecordFacts {
    RecordFacts { owner: Some(owner.into()), department: Some(department.into()), ..RecordFacts::default() }
}

fn pooled() -> RecordFacts {
    RecordFacts { department: Some("east".into()), pooled: true, ..RecordFacts::default() }
}

/// crm.md 2b.1: one role sees the names of all customers, the other the phones of its own. Together they must not
/// show the phones of all.
#[test]
fn rights_never_mix_across_grants() {
    let caller = li(vec![
        grant("all-names", RowScope::All, &[Verb::Read], rights(&[("name", "read")])),
        grant("own-phones", RowScope::Own, &[Verb::Read, Verb::Edit], rights(&[("phone", "edit")])),
    ]);
    let (name, phone) = (field("name", Class::L2), field("phone", Class::L3));
    let (own, other) = (owned_by("li", "east"), owned_by("wang", "east"));
    let verdict = judge(&caller, &customer(), &other);
    assert!(verdict.visible());
    assert_eq!((verdict.right(&name).as_str(), verdict.right(&phone).as_str()), ("read", "none"));
    assert!(!verdict.may(Verb::Edit));
    let verdict = judge(&caller, &customer(), &own);
    assert_eq!((verdict.right(&name).as_str(), verdict.right(&phone).as_str()), ("read", "edit"));
    assert!(verdict.may(Verb::Edit));
}

#[test]
fn a_verb_of_one_grant_does_not_lend_itself_to_the_fields_of_another() {
    // May read all clearly, may edit own, but only the notes.
    let caller = li(vec![
        grant("read", RowScope::All, &[Verb::Read], rights(&[("name", "edit"), ("notes", "read")])),
        grant("edit", RowScope::Own, &[Verb::Read, Verb::Edit], rights(&[("notes", "edit")])),
    ]);
    let own = owned_by("li", "east");
    let verdict = judge(&caller, &customer(), &own);
    assert_eq!(verdict.right(&field("name", Class::L2)).as_str(), "read", "its grant has no edit verb");
    assert_eq!(verdict.right(&field("notes", Class::L2)).as_str(), "edit");
    // A grant to edit without reading shows nothing.
    let blind = li(vec![grant("edit", RowScope::All, &[Verb::Edit], rights(&[("notes", "edit")]))]);
    let verdict = judge(&blind, &customer(), &own);
    assert!(!verdict.visible());
    assert_eq!(verdict.right(&field("notes", Class::L2)), Right::NONE);
}

/// crm.md 2b.2.
#[test]
fn own_means_the_present_owner() {
    let caller = li(vec![]);
    assert!(contains(&RowScope::Own, &caller, &owned_by("li", "west")));
    assert!(
        !contains(&RowScope::Own, &caller, &owned_by("heir", "east")),
        "handed over: the leaver loses it"
    );
    assert!(!contains(&RowScope::Own, &caller, &pooled()));
}

#[test]
fn scopes_contain_what_they_say() {
    let caller = li(vec![]);
    let facts = |scope| {
        [owned_by("wang", "east"), owned_by("wang", "east-1"), owned_by("wang", "west"), pooled()]
            .map(|facts| contains(&scope, &caller, &facts))
    };
    assert_eq!(facts(RowScope::None), [false; 4]);
    assert_eq!(facts(RowScope::Own), [false; 4]);
    assert_eq!(facts(RowScope::Department), [true, false, false, false]);
    assert_eq!(facts(RowScope::DepartmentTree), [true, true, false, false]);
    assert_eq!(facts(RowScope::Pool), [false, false, false, true]);
    assert_eq!(facts(RowScope::Collaborating), [false; 4]);
    assert_eq!(facts(RowScope::Parent), [false; 4]);
    assert_eq!(facts(RowScope::Through("ticket".into())), [false; 4]);
    assert_eq!(facts(RowScope::All), [true; 4]);
    let ticket = RecordFacts { through: ["ticket".into()].into(), ..owned_by("wang", "west") };
    assert!(contains(&RowScope::Through("ticket".into()), &caller, &ticket));
    assert!(!contains(&RowScope::Through("complaint".into()), &caller, &ticket));
    let child = RecordFacts { parent_readable: true, ..RecordFacts::default() };
    assert!(contains(&RowScope::Parent, &caller, &child));
}

/// crm.md 2b.4: who falls out of the tree sees nothing, not everything.
#[test]
fn a_person_without_a_department_fails_closed() {
    let stale: BTreeSet<DepartmentId> = ["east".into()].into();
    let mut chief = role(vec![]);
    chief.acts.insert(Act::SessionsEnd, Reach::DepartmentTree);
    let caller = Caller::new("li".into(), None, stale, &[&chief]);
    let nowhere = RecordFacts { owner: Some("wang".into()), ..RecordFacts::default() };
    for facts in [owned_by("wang", "east"), nowhere, pooled()] {
        for scope in [RowScope::Department, RowScope::DepartmentTree] {
            assert!(!contains(&scope, &caller, &facts), "{scope:?}");
        }
    }
    assert!(!caller.may(Act::SessionsEnd, Some(&"east".into())));
    assert!(!caller.may(Act::SessionsEnd, None));
}

#[test]
fn a_read_only_share_lets_nobody_write() {
    let verbs = [Verb::Read, Verb::Edit, Verb::Export];
    let caller = li(vec![grant("shared", RowScope::Collaborating, &verbs, rights(&[("name", "edit")]))]);
    let name = field("name", Class::L2);
    let shared = |level| RecordFacts { shared: Some(level), ..owned_by("wang", "west") };
    let looking = shared(Shared::Read);
    let verdict = judge(&caller, &customer(), &looking);
    assert!(verdict.visible() && !verdict.may(Verb::Edit) && !verdict.may(Verb::Export));
    assert_eq!(verdict.right(&name).as_str(), "read");
    let working = shared(Shared::Edit);
    let verdict = judge(&caller, &customer(), &working);
    assert!(verdict.may(Verb::Edit));
    assert_eq!(verdict.right(&name).as_str(), "edit");
    let unshared = owned_by("wang", "west");
    assert!(!judge(&caller, &customer(), &unshared).visible());
    // Who owns the record as well keeps the rights of an owner.
    let own = grant("own", RowScope::Own, &verbs, rights(&[("name", "edit")]));
    let caller = li(vec![own, grant("shared", RowScope::Collaborating, &verbs, rights(&[("name", "edit")]))]);
    let both = RecordFacts { shared: Some(Shared::Read), ..owned_by("li", "east") };
    assert!(judge(&caller, &customer(), &both).may(Verb::Edit));
}

#[test]
fn a_locked_field_is_never_writable() {
    let caller =
        li(vec![grant("all", RowScope::All, &[Verb::Read, Verb::Edit], rights(&[("claimed_at", "edit")]))]);
    let locked = FieldDef { locked: true, ..field("claimed_at", Class::L1) };
    assert_eq!(judge(&caller, &customer(), &owned_by("li", "east")).right(&locked).as_str(), "read");
}

#[test]
fn class_rights_reach_only_fields_that_were_known() {
    let fields = FieldRights {
        classes: [(Class::L3, Right::parse("reveal").unwrap())].into(),
        names: [("email".to_owned(), Right::NONE)].into(),
        known: known(&["phone", "email"]),
    };
    let caller = li(vec![grant("all", RowScope::All, &[Verb::Read], fields)]);
    let facts = owned_by("li", "east");
    let verdict = judge(&caller, &customer(), &facts);
    let shown = |name, class| verdict.right(&field(name, class)).show;
    assert_eq!(shown("phone", Class::L3), Show::Reveal);
    assert_eq!(shown("email", Class::L3), Show::None, "the name goes before the class");
    assert_eq!(shown("passport", Class::L3), Show::None, "a new field is visible to nobody until said");
    assert_eq!(shown("phone", Class::L4), Show::None, "a class that is not named is none");
}

#[test]
fn rights_follow_the_field_and_not_its_name() {
    let mut fields = rights(&[("phone", "reveal")]);
    fields.known = [(FieldId::from("f3"), "phone".to_owned())].into();
    let named = |id: &str, name: &str| FieldDef { id: id.into(), ..field(name, Class::L3) };
    assert_eq!(fields.right(&named("f3", "phone")).show, Show::Reveal);
    assert_eq!(fields.right(&named("f3", "mobile")).show, Show::Reveal, "renaming is free");
    assert_eq!(fields.right(&named("f9", "phone")).show, Show::None, "another field took the name over");
    let retired = FieldDef { retired: true, ..named("f3", "phone") };
    assert_eq!(fields.right(&retired).show, Show::None);
}

#[test]
fn acts_take_the_widest_reach_of_any_role() {
    let with = |reach| {
        let mut role = role(vec![]);
        role.acts.insert(Act::ExportsApprove, reach);
        role
    };
    let (tree, all) = (with(Reach::DepartmentTree), with(Reach::All));
    let subtree: BTreeSet<DepartmentId> = ["east".into()].into();
    let caller = |roles: &[&RoleDef]| Caller::new("li".into(), Some("east".into()), subtree.clone(), roles);
    let may = |caller: &Caller, department: Option<&str>| {
        caller.may(Act::ExportsApprove, department.map(DepartmentId::from).as_ref())
    };
    let near = caller(&[&tree]);
    assert!(may(&near, Some("east")) && !may(&near, Some("west")) && !may(&near, None));
    for roles in [[&tree, &all], [&all, &tree]] {
        assert!(may(&caller(&roles), Some("west")) && may(&caller(&roles), None));
    }
    assert!(!caller(&[]).may(Act::ExportsApprove, Some(&"east".into())));
    assert!(!near.may(Act::LedgerRead, Some(&"east".into())));
}

#[test]
fn an_explanation_names_every_grant_and_whether_it_reached() {
    let caller = li(vec![
        grant("own", RowScope::Own, &[Verb::Read], rights(&[("phone", "read")])),
        grant("tree", RowScope::DepartmentTree, &[Verb::Read], rights(&[("phone", "masked")])),
    ]);
    let phone = field("phone", Class::L3);
    let because = explain(&caller, &customer(), &owned_by("wang", "east-1"), Some(&phone));
    let said: Vec<_> =
        because.iter().map(|r| (r.grant.as_str(), r.contains, r.right.map(Right::as_str))).collect();
    assert_eq!(said, [("own", false, Some("read")), ("tree", true, Some("masked"))]);
    assert!(explain(&caller, &"lead".into(), &owned_by("li", "east"), None).is_empty());
}

fn any_right() -> impl Strategy<Value = Right> {
    prop::sample::select(vec!["none", "masked", "masked+edit", "reveal", "reveal+edit", "read", "edit"])
        .prop_map(|text| Right::parse(text).unwrap())
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let scope = prop_oneof![prop::sample::select(SCOPES.to_vec()), Just(RowScope::Through("ticket".into())),];
    let verbs = prop::sample::subsequence(Verb::ALL.to_vec(), 0..=Verb::ALL.len());
    let object = prop_oneof![3 => Just("customer"), 1 => Just("lead")];
    (scope, verbs, object, any_right(), any_right(), any::<bool>()).prop_map(
        |(scope, verbs, object, by_name, by_class, known)| Grant {
            id: "g".into(),
            object: object.into(),
            verbs,
            scope,
            fields: FieldRights {
                classes: [(Class::L3, by_class)].into(),
                names: [("name".to_owned(), by_name)].into(),
                known: self::known(if known { &["name", "phone"] } else { &["name"] }),
            },
        },
    )
}

fn any_facts() -> impl Strategy<Value = RecordFacts> {
    let owner = prop::option::of(prop::sample::select(vec!["li", "wang"]));
    let department = prop::option::of(prop::sample::select(vec!["east", "east-1", "west"]));
    let shared = prop::option::of(prop::sample::select(vec![Shared::Read, Shared::Edit]));
    (owner, department, any::<bool>(), shared, any::<bool>(), any::<bool>()).prop_map(
        |(owner, department, pooled, shared, through, parent_readable)| RecordFacts {
            owner: owner.map(Into::into),
            department: department.map(Into::into),
            pooled,
            shared,
            through: through.then(|| "ticket".into()).into_iter().collect(),
            parent_readable,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn one_more_grant_never_narrows(
        grants in prop::collection::vec(any_grant(), 0..5),
        more in any_grant(),
        facts in any_facts(),
    ) {
        let before = li(grants.clone());
        let after = li(grants.into_iter().chain([more]).collect());
        let (before, after) = (judge(&before, &customer(), &facts), judge(&after, &customer(), &facts));
        for verb in Verb::ALL {
            prop_assert!(!before.may(verb) || after.may(verb), "{verb:?}");
        }
        for field in [field("name", Class::L2), field("phone", Class::L3)] {
            let (old, new) = (before.right(&field), after.right(&field));
            prop_assert!(old.show <= new.show && old.edit <= new.edit);
        }
    }

    #[test]
    fn nothing_is_allowed_that_no_single_reaching_grant_allows(
        grants in prop::collection::vec(any_grant(), 0..5),
        facts in any_facts(),
    ) {
        let caller = li(grants.clone());
        let verdict = judge(&caller, &customer(), &facts);
        let reaching: Vec<_> = grants
            .iter()
            .filter(|g| g.object == customer() && contains(&g.scope, &caller, &facts))
            .collect();
        for verb in Verb::ALL {
            if verdict.may(verb) {
                prop_assert!(reaching.iter().any(|g| g.verbs.contains(&verb)), "{verb:?}");
            }
        }
        for field in [field("name", Class::L2), field("phone", Class::L3), field("other", Class::L1)] {
            let right = verdict.right(&field);
            let gives = |g: &&&Grant| g.verbs.contains(&Verb::Read);
            let best = reaching.iter().filter(gives).map(|g| g.fields.right(&field).show).max();
            prop_assert_eq!(right.show, best.unwrap_or(Show::None));
            let writes = |g: &&Grant| {
                g.verbs.contains(&Verb::Read) && g.verbs.contains(&Verb::Edit) && g.fields.right(&field).edit
            };
            prop_assert!(!right.edit || reaching.iter().any(writes));
            prop_assert!(verdict.visible() || right == Right::NONE);
        }
    }

    #[test]
    fn the_order_of_grants_does_not_matter(
        grants in prop::collection::vec(any_grant(), 0..5),
        facts in any_facts(),
    ) {
        let forth = li(grants.clone());
        let back = li(grants.into_iter().rev().collect());
        let (forth, back) = (judge(&forth, &customer(), &facts), judge(&back, &customer(), &facts));
        for verb in Verb::ALL {
            prop_assert_eq!(forth.may(verb), back.may(verb));
        }
        let phone = field("phone", Class::L3);
        prop_assert_eq!(forth.right(&phone), back.right(&phone));
    }

    #[test]
    fn without_grants_everything_is_denied(facts in any_facts()) {
        let caller = li(vec![]);
        let verdict = judge(&caller, &customer(), &facts);
        for verb in Verb::ALL {
            prop_assert!(!verdict.may(verb));
        }
        for class in Class::ALL {
            prop_assert_eq!(verdict.right(&field("name", class)), Right::NONE);
            prop_assert_eq!(right_on_create(&caller, &customer(), &field("name", class)), Right::NONE);
        }
    }
}

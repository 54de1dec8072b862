//! What the demo promises.

use super::clock::{DAY, HOUR, moment};
use super::*;
use kedun_model::definition::Column;
use kedun_model::{Class, FieldKind, ObjectDef};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Tuesday, 24 November 2026, 15:00 in Shanghai.
const NOW: i64 = 1_795_503_600_000;

fn demo(seed: u64, customers: u32, people: u32) -> Demo {
    Demo::new(Settings { seed, customers, people, now: NOW })
}

fn usual() -> Demo {
    demo(1, 2_000, 40)
}

fn objects() -> BTreeMap<String, ObjectDef> {
    let packages = crate::packages::packages().unwrap();
    packages.into_iter().flat_map(|p| p.objects).map(|o| (o.name.to_string(), o)).collect()
}

fn everything(demo: &Demo) -> impl Iterator<Item = Draft> + '_ {
    let dossiers = demo.customers().chain(demo.leads());
    demo.products().into_iter().chain(dossiers.flat_map(|d| d.records))
}

fn bytes(demo: &Demo) -> String {
    let records: Vec<_> = demo.customers().chain(demo.leads()).collect();
    format!("{:?}{:?}{records:?}", demo.company(), demo.products())
}

fn text<'a>(draft: &'a Draft, field: &str) -> Option<&'a str> {
    draft.fields.get(field).and_then(Json::as_str)
}

fn time(draft: &Draft, field: &str) -> Option<i64> {
    text(draft, field).map(|t| t.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn the_same_settings_give_the_same_bytes() {
    assert_eq!(bytes(&demo(7, 150, 40)), bytes(&demo(7, 150, 40)));
}

#[test]
fn another_seed_gives_another_company() {
    let (one, other) = (demo(1, 150, 40), demo(2, 150, 40));
    let shared = |a: &Demo, b: &Demo| {
        let names: BTreeSet<_> =
            a.customers().map(|d| text(&d.records[0], "name").unwrap().to_owned()).collect();
        b.customers().filter(|d| names.contains(text(&d.records[0], "name").unwrap())).count()
    };
    assert!(shared(&one, &other) <= 3);
    assert_ne!(one.company().people, other.company().people);
}

#[test]
fn a_customer_does_not_depend_on_how_many_there_are() {
    assert_eq!(demo(1, 10, 40).customer(7), demo(1, 100_000, 40).customer(7));
    assert_eq!(demo(1, 100_000, 40).customer(99_999), demo(1, 200_000, 40).customer(99_999));
}

#[test]
fn the_company_is_staffed_as_published() {
    let demo = usual();
    let people = &demo.company().people;
    assert_eq!(people.len(), 40);
    let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
    people.iter().for_each(|p| *roles.entry(p.role).or_default() += 1);
    let expected = [
        ("audit_admin", 1),
        ("intern", 2),
        ("legal", 2),
        ("manager", 5),
        ("rep", 24),
        ("security_admin", 1),
        ("service", 4),
        ("system_admin", 1),
    ];
    assert_eq!(roles, BTreeMap::from(expected));
    assert_eq!(demo.company().departments.len(), 10);
    let packaged: BTreeSet<_> = crate::packages::packages()
        .unwrap()
        .into_iter()
        .flat_map(|p| p.roles)
        .map(|r| r.name.to_string())
        .collect();
    assert!(roles.keys().all(|role| packaged.contains(*role)));
}

#[test]
fn people_can_be_told_apart() {
    for (seed, count) in [(1, 40), (2, 40), (3, 400)] {
        let demo = demo(seed, 1, count);
        let people = &demo.company().people;
        assert_eq!(people.len(), count as usize);
        let unique = |of: fn(&DemoPerson) -> &str| people.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!(unique(|p| &p.login), people.len());
        assert_eq!(unique(|p| &p.staff_no), people.len());
        assert_eq!(unique(|p| &p.phone), people.len());
        for person in people {
            assert!(person.login.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.'));
            assert!(person.department < demo.company().departments.len());
        }
    }
}

#[test]
fn the_cast_is_the_same_under_every_seed_and_has_every_role() {
    let cast = |seed, people| {
        let company = demo(seed, 1, people).company().clone();
        company.people.into_iter().filter(|p| p.cast).map(|p| (p.login, p.role)).collect::<Vec<_>>()
    };
    assert_eq!(cast(1, 40), cast(99, 0));
    assert_eq!(cast(1, 40).len(), FEWEST_PEOPLE as usize);
    assert_eq!(cast(1, 40).into_iter().map(|(_, role)| role).collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(demo(1, 1, 0).company().people.len(), FEWEST_PEOPLE as usize);
}

#[test]
fn departments_form_one_tree_with_parents_first() {
    let demo = usual();
    for (n, department) in demo.company().departments.iter().enumerate() {
        assert_eq!(department.parent.is_none(), n == 0);
        assert!(department.parent.is_none_or(|parent| parent < n));
    }
}

#[test]
fn every_value_passes_the_model() {
    let objects = objects();
    let mut sealed = 0;
    for draft in everything(&usual()) {
        let object = &objects[draft.object];
        for (name, value) in &draft.fields {
            let field = object.field(name).unwrap_or_else(|| panic!("{}.{name}", draft.object));
            let parsed = kedun_model::field::parse(field, value);
            assert!(matches!(parsed, Ok(Some(_))), "{}.{name}: {value} {:?}", draft.object, parsed.err());
            sealed += usize::from(field.class >= Class::L3);
        }
    }
    assert!(sealed > 10_000);
}

#[test]
fn required_fields_are_there_and_references_point_to_what_they_should() {
    let objects = objects();
    let demo = usual();
    let products = demo.products().len();
    for dossier in demo.customers().chain(demo.leads()) {
        for (n, draft) in dossier.records.iter().enumerate() {
            let object = &objects[draft.object];
            let parent = object.parent.as_ref().map(|p| p.field.as_str());
            assert_eq!(draft.parent, parent.map(|_| 0), "{}", draft.object);
            for field in object.live_fields().filter(|f| f.required && Some(f.name.as_str()) != parent) {
                let linked = draft.links.iter().any(|l| l.field == field.name);
                assert!(linked || draft.fields.contains_key(&field.name), "{}.{}", draft.object, field.name);
            }
            for link in &draft.links {
                let wanted = object.field(link.field).and_then(|f| f.target.clone()).unwrap();
                match link.target {
                    Target::Here(at) => {
                        assert!(at < n);
                        assert_eq!(dossier.records[at].object, wanted.as_str());
                    }
                    Target::Product(at) => assert!(at < products && wanted.as_str() == "product"),
                }
            }
        }
    }
}

#[test]
fn a_stage_has_the_fields_that_it_requires() {
    let objects = objects();
    for draft in everything(&usual()) {
        let object = &objects[draft.object];
        for column in [Column::Stage, Column::Status] {
            let Some(field) = object.column_field(column) else { continue };
            let Some(choice) =
                field.options.iter().find(|o| Some(o.value.as_str()) == text(&draft, &field.name))
            else {
                continue;
            };
            for needed in &choice.requires {
                assert!(
                    draft.fields.contains_key(needed),
                    "{} {} without {needed}",
                    draft.object,
                    choice.value
                );
            }
        }
    }
}

#[test]
fn no_phone_number_occurs_twice() {
    let objects = objects();
    let demo = demo(3, 5_000, 40);
    let mut seen: BTreeSet<String> = demo.company().people.iter().map(|p| p.phone.clone()).collect();
    let mut count = seen.len();
    for draft in everything(&demo) {
        for field in objects[draft.object].live_fields().filter(|f| f.kind == FieldKind::Phone) {
            if let Some(phone) = text(&draft, &field.name) {
                assert!(phone.len() == 11 && phone.starts_with('1'));
                count += 1;
                seen.insert(phone.to_owned());
            }
        }
    }
    assert_eq!(seen.len(), count);
    assert!(count > 10_000);
}

#[test]
fn mail_goes_nowhere() {
    for draft in everything(&demo(1, 300, 40)) {
        assert!(text(&draft, "email").is_none_or(|e| e.ends_with(".example")));
    }
}

#[test]
fn names_of_customers_rarely_repeat() {
    for (seed, customers) in [(1, 2_000), (2, 2_000), (1, 20_000)] {
        let demo = demo(seed, customers, 40);
        let names: BTreeSet<_> =
            demo.customers().map(|d| text(&d.records[0], "name").unwrap().to_owned()).collect();
        let repeated = customers as usize - names.len();
        assert!(repeated * 100 <= customers as usize, "{repeated} of {customers}");
    }
}

#[test]
fn notes_of_visits_vary() {
    let mut contents: BTreeMap<String, usize> = BTreeMap::new();
    for draft in everything(&usual()).filter(|d| d.object == "follow_up") {
        *contents.entry(text(&draft, "content").unwrap().to_owned()).or_default() += 1;
    }
    let total: usize = contents.values().sum();
    assert!(total > 4_000, "{total}");
    assert!(contents.len() * 2 > total, "{} different of {total}", contents.len());
    for dossier in usual().customers() {
        let told: Vec<_> =
            dossier.records.iter().filter(|r| r.object == "follow_up").map(|r| text(r, "content")).collect();
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "{told:?}");
    }
    for content in contents.keys() {
        assert!(!content.contains(['{', '}']), "{content}");
    }
}

#[test]
fn nothing_happens_in_the_future_or_before_its_customer() {
    for dossier in usual().customers() {
        let root = &dossier.records[0];
        assert!(root.created_at >= NOW - 560 * DAY && root.created_at < NOW, "{}", root.created_at);
        for draft in &dossier.records {
            assert!(draft.created_at >= root.created_at && draft.created_at <= NOW, "{}", draft.object);
            assert!(draft.updated_at >= draft.created_at && draft.updated_at <= NOW, "{}", draft.object);
            assert!(time(draft, "at").is_none_or(|at| at >= root.created_at && at <= NOW));
        }
    }
}

#[test]
fn the_last_follow_up_of_a_customer_is_its_last_follow_up() {
    for dossier in usual().customers() {
        let last =
            dossier.records.iter().filter(|r| r.object == "follow_up").filter_map(|r| time(r, "at")).max();
        assert_eq!(time(&dossier.records[0], "last_follow_up"), last);
    }
}

#[test]
fn only_some_customers_fall_to_the_pool_soon_and_none_is_late() {
    let (mut pooled, mut soon) = (0, 0);
    for dossier in usual().customers() {
        let root = &dossier.records[0];
        assert_eq!(root.pooled, root.owner.is_none());
        if root.pooled {
            pooled += 1;
            continue;
        }
        let since = time(root, "last_follow_up").unwrap_or(root.created_at);
        assert!(since > NOW - 30 * DAY, "{}", moment(since));
        soon += usize::from(since < NOW - 25 * DAY);
    }
    assert!((100..200).contains(&pooled), "{pooled}");
    assert!((60..140).contains(&soon), "{soon}");
}

#[test]
fn the_pool_stays_quiet_on_whatever_day_the_demo_starts() {
    for hours in (0..14 * 24).step_by(7) {
        let now = NOW + hours * HOUR;
        let demo = Demo::new(Settings { seed: 5, customers: 120, people: 40, now });
        for dossier in demo.customers() {
            let root = &dossier.records[0];
            let since = time(root, "last_follow_up").unwrap_or(root.created_at);
            assert!(root.pooled || since > now - 30 * DAY, "{} at {}", moment(since), moment(now));
            assert!(dossier.records.iter().all(|r| r.created_at <= now && r.updated_at <= now));
        }
    }
}

#[test]
fn children_follow_their_customer_and_cases_belong_to_those_who_answer() {
    let demo = usual();
    let role = |login: &str| demo.company().people.iter().find(|p| p.login == login).unwrap().role;
    let mut owners: BTreeSet<(&str, &str)> = BTreeSet::new();
    for dossier in demo.customers() {
        let root = &dossier.records[0];
        for draft in &dossier.records {
            match draft.object {
                "ticket" | "complaint" => {
                    owners.insert((draft.object, role(draft.owner.as_ref().unwrap())));
                }
                _ => assert_eq!((&draft.owner, draft.pooled), (&root.owner, root.pooled), "{}", draft.object),
            }
        }
    }
    let expected = [("complaint", "legal"), ("complaint", "service"), ("ticket", "service")];
    assert_eq!(owners, BTreeSet::from(expected));
}

#[test]
fn sensitive_data_rests_on_separate_consent() {
    let mut sensitive = 0;
    for dossier in usual().customers() {
        assert_eq!(dossier.intake.sensitive, dossier.records[0].fields.contains_key("id_number"));
        sensitive += usize::from(dossier.intake.sensitive);
    }
    assert!(sensitive > 50);
}

#[test]
fn interns_have_something_shared_with_them_and_shares_end() {
    let demo = usual();
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for share in demo.customers().flat_map(|d| d.shares) {
        assert!(share.until > NOW);
        *shared.entry(share.person).or_default() += 1;
    }
    assert!(shared["sun.yue"] > 20 && shared["wu.tong"] > 20);
}

#[test]
fn books_differ_in_size_and_everybody_has_work_today() {
    let demo = usual();
    let mut books: BTreeMap<String, usize> = BTreeMap::new();
    let mut days: BTreeMap<&str, usize> = BTreeMap::new();
    let today = clock::midnight(NOW)..clock::midnight(NOW) + DAY;
    for dossier in demo.customers() {
        if let Some(owner) = &dossier.records[0].owner {
            *books.entry(owner.clone()).or_default() += 1;
        }
        for plan in dossier.records.iter().filter(|r| text(r, "status") == Some("open") && r.object == "plan")
        {
            let due = time(plan, "due_at").unwrap();
            let when = if today.contains(&due) {
                "today"
            } else if due < NOW {
                "overdue"
            } else {
                "later"
            };
            *days.entry(when).or_default() += 1;
        }
    }
    assert_eq!(books.len(), 24);
    let (most, fewest) = (books.values().max().unwrap(), books.values().min().unwrap());
    assert!(*most > fewest * 3 && *fewest > 10, "{most} {fewest}");
    assert!(books["zhang.wei"] * 2 > *most);
    for when in ["today", "overdue", "later"] {
        assert!(days[when] > 100, "{when} {}", days[when]);
    }
}

#[test]
fn about_a_third_of_the_customers_have_an_opportunity() {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    let all: Vec<_> = everything(&usual()).collect();
    all.iter().for_each(|d| *count.entry(d.object).or_default() += 1);
    assert!((500..800).contains(&count["opportunity"]), "{count:?}");
    assert!(count["lead"] == 300 && count["contact"] > 2_000, "{count:?}");
    for object in ["quote", "contract", "payment", "ticket", "complaint"] {
        assert!(count[object] > 10, "{count:?}");
    }
}

#[test]
fn the_clock_knows_weekends() {
    let mut random = Random::new(1, 1, 1);
    for days in 0..30 {
        for at in [
            clock::at_work(&mut random, NOW - days * DAY),
            clock::at_work_ahead(&mut random, NOW + days * DAY),
        ] {
            let local =
                jiff::tz::Offset::constant(8).to_datetime(jiff::Timestamp::from_millisecond(at).unwrap());
            assert!(
                local.weekday().to_monday_one_offset() <= 5 && (9..18).contains(&local.hour()),
                "{local}"
            );
        }
    }
    assert_eq!(clock::day(NOW), "2026-11-24");
    assert_eq!(clock::midnight(NOW), NOW - 15 * HOUR);
}

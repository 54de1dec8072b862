use super::*;
use crate::company::Zone;
use crate::moment;
use proptest::prelude::*;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// 2026-11-24 12:00 in Shanghai.
const NOON: i64 = 1_795_492_800_000;

fn fact(at: i64, kind: FactKind) -> Fact {
    Fact { at, person: "li".into(), department: Some("sales".into()), kind }
}

fn reveal(at: i64, n: u64) -> Fact {
    fact(at, FactKind::Reveal { record: format!("r{n}").into(), field: "phone".to_owned() })
}

fn file(at: i64, n: u64) -> Fact {
    fact(at, FactKind::FileRead { customer: "c1".into(), file: format!("f{n}").into() })
}

fn denied(at: i64, n: u64) -> Fact {
    fact(at, FactKind::DeniedScope { record: format!("r{n}").into() })
}

fn export(at: i64, rows: u64, needs_approval: bool) -> Fact {
    fact(at, FactKind::Export { rows, needs_approval, at_line: 1_000 })
}

fn activity(at: i64) -> Fact {
    fact(at, FactKind::Activity { record: "r1".into() })
}

/// The alerts of one rule that these facts raise.
fn raised(rule: &str, facts: impl IntoIterator<Item = Fact>) -> Vec<Alert> {
    let (mut watch, rules) = (Watch::new(), Rules::default());
    let all = facts.into_iter().flat_map(|fact| watch.observe(&fact, &rules)).collect::<Vec<_>>();
    all.into_iter().filter(|alert| alert.rule == rule).collect()
}

fn count(rule: &str, facts: impl IntoIterator<Item = Fact>) -> usize {
    raised(rule, facts).len()
}

#[test]
fn noon_is_noon() {
    let zone = jiff::tz::Offset::constant(8);
    let noon = jiff::Timestamp::from_millisecond(NOON).unwrap();
    assert_eq!(zone.to_datetime(noon).to_string(), "2026-11-24T12:00:00");
}

#[test]
fn r01_fires_above_thirty_reveals_an_hour() {
    let every = |gap: i64, n: i64| (0..n).map(move |i| reveal(NOON + i * gap, 1));
    assert_eq!(count("R01", every(SECOND, 30)), 0);
    let alerts = raised("R01", every(SECOND, 31));
    assert_eq!(alerts.len(), 1);
    let alert = &alerts[0];
    assert_eq!((alert.severity, alert.count, alert.window_ms, alert.version), (Severity::High, 31, HOUR, 1));
    assert_eq!((alert.at, alert.person.as_str()), (NOON + 30 * SECOND, "li"));
    assert_eq!(alert.department, Some("sales".into()));
    assert_eq!(alert.evidence.len(), 31);
    assert_eq!(alert.evidence[0].field.as_deref(), Some("phone"));
    // The first is exactly an hour old when the thirty-first comes: it is out.
    assert_eq!(count("R01", every(2 * MINUTE, 31)), 0);
    assert_eq!(count("R01", every(2 * MINUTE - 1, 31)), 1);
}

#[test]
fn r06_fires_above_sixty_different_files_an_hour() {
    let every = |gap: i64, n: u64| (0..n).map(move |i| file(NOON + gap * i64::try_from(i).unwrap(), i));
    assert_eq!(count("R06", every(SECOND, 60)), 0);
    let alerts = raised("R06", every(SECOND, 61));
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].severity, alerts[0].count, alerts[0].window_ms), (Severity::High, 61, HOUR));
    let evidence = &alerts[0].evidence[60];
    assert_eq!((evidence.kind.as_str(), evidence.record.as_ref().unwrap().as_str()), ("file_read", "c1"));
    assert_eq!(evidence.file.as_ref().unwrap().as_str(), "f60");
    // The first is exactly an hour old when the sixty-first comes: it is out.
    assert_eq!(count("R06", every(MINUTE, 61)), 0);
    assert_eq!(count("R06", every(MINUTE - 1, 61)), 1);
    // The same sixty all day, over and over, are sixty.
    let again = (0..600_u64).map(|i| file(NOON + i64::try_from(i).unwrap() * SECOND, i % 60));
    assert_eq!(count("R06", again), 0);
    // Files are no reveals, and reveals no files.
    assert_eq!(count("R01", every(SECOND, 61)), 0);
    assert_eq!(count("R06", (0..61).map(|i| reveal(NOON + SECOND, i))), 0);
}

#[test]
fn r01_comes_again_when_the_count_doubles_or_after_quiet() {
    let burst = |from: i64, n: i64| (0..n).map(move |i| reveal(from + i * SECOND, 1));
    assert_eq!(count("R01", burst(NOON, 61)), 1);
    assert_eq!(count("R01", burst(NOON, 62)), 2);
    assert_eq!(count("R01", burst(NOON, 124)), 3);
    // Again within the hour: the same episode. Two hours later: a new one.
    assert_eq!(count("R01", burst(NOON, 31).chain(burst(NOON + 59 * MINUTE, 10))), 1);
    assert_eq!(count("R01", burst(NOON, 31).chain(burst(NOON + 2 * HOUR, 31))), 2);
}

#[test]
fn r01_counts_each_person_apart() {
    let other = |fact: Fact| Fact { person: "wang".into(), ..fact };
    let mixed = (0..40).map(|i| {
        let fact = reveal(NOON + i * SECOND, 1);
        if i % 2 == 0 { fact } else { other(fact) }
    });
    assert_eq!(count("R01", mixed), 0);
}

#[test]
fn r02_fires_on_reveals_without_work() {
    let reveals = |n: i64| (0..n).map(|i| reveal(NOON + i * MINUTE, 1));
    assert_eq!(count("R02", reveals(9)), 0);
    let alerts = raised("R02", reveals(10));
    assert_eq!((alerts.len(), alerts[0].severity), (1, Severity::Medium));
    assert_eq!(count("R02", std::iter::once(activity(NOON)).chain(reveals(10))), 0);
    assert_eq!(count("R02", std::iter::once(activity(NOON - 21 * MINUTE)).chain(reveals(10))), 1);
    assert_eq!(count("R02", (0..10).map(|i| reveal(NOON + i * 4 * MINUTE, 1))), 0);
}

#[test]
fn r03_fires_at_night_by_the_company_clock() {
    let at = |hour: i64, minute: i64| NOON + (hour - 12) * HOUR + minute * MINUTE;
    for (hour, minute, night) in [
        (5, 59, true),
        (6, 0, false),
        (12, 0, false),
        (21, 59, false),
        (22, 0, true),
        (23, 59, true),
        (0, 0, true),
    ] {
        assert_eq!(count("R03", [export(at(hour, minute), 1, true)]) == 1, night, "{hour}:{minute}");
    }
    let mut rules = Rules::default();
    rules.off_hours.calendar.zone = Zone::Dubai;
    assert!(rules.off_hours.covers(at(9, 59)), "ten in Shanghai is six in Dubai");
    assert!(!rules.off_hours.covers(at(10, 0)));
    rules = Rules::default();
    assert!(!rules.off_hours.covers(NOON));
    rules.off_hours.holidays.insert("2026-11-24".to_owned());
    assert!(rules.off_hours.covers(NOON));
    assert!(!rules.off_hours.covers(at(12 + 24, 0)));
    assert!(!rules.off_hours.covers(at(12 - 24, 0)));
    rules.off_hours.holidays.clear();
    rules.off_hours.calendar.holidays.push("2026-11-25".to_owned());
    assert!(rules.off_hours.covers(at(12 + 24, 0)), "a holiday of the company");
    assert!(!rules.off_hours.covers(at(12, 0)));
    // The Saturday after: an ordinary weekend is no holiday.
    assert!(!rules.off_hours.covers(at(12 + 4 * 24, 0)));
}

#[test]
fn a_definition_of_before_there_was_a_company_s_clock_is_read_and_its_offset_goes() {
    let former =
        r#"{"off_hours": {"from_minute": 1320, "utc_offset_minutes": 480, "holidays": ["2026-10-01"]}}"#;
    let rules: Rules = serde_json::from_str(former).unwrap();
    assert!(
        rules.off_hours.covers(moment::parse("2026-10-01T04:00:00Z").unwrap()),
        "its own days still count"
    );
    let kept = serde_json::to_value(&rules).unwrap();
    assert_eq!(kept["off_hours"]["holidays"], serde_json::json!(["2026-10-01"]));
    assert!(
        kept["off_hours"].get("utc_offset_minutes").is_none() && kept["off_hours"].get("calendar").is_none()
    );
}

#[test]
fn r03_says_it_once_a_night_unless_it_doubles() {
    let night = |i: i64| export(NOON + 11 * HOUR + i * MINUTE, 1, false);
    assert_eq!(count("R03", (0..1).map(night)), 1);
    assert_eq!(count("R03", (0..2).map(night)), 2);
    assert_eq!(count("R03", (0..3).map(night)), 2);
    assert_eq!(count("R03", (0..4).map(night)), 3);
    assert_eq!(count("R03", [night(0), export(NOON + 35 * HOUR, 1, false)]), 2, "the next night is news");
}

#[test]
fn r04_adds_up_exports_below_the_line() {
    let day = 24 * HOUR;
    assert_eq!(
        count("R04", [export(NOON, 500, false), export(NOON + HOUR, 500, false)]),
        0,
        "exactly the line"
    );
    let alerts = raised("R04", [export(NOON, 500, false), export(NOON + HOUR, 501, false)]);
    assert_eq!((alerts.len(), alerts[0].severity, alerts[0].count), (1, Severity::High, 2));
    assert_eq!(alerts[0].evidence.iter().filter_map(|e| e.rows).sum::<u64>(), 1_001);
    // Approved exports went the right way and count for nothing; a single one below the line is just an export.
    assert_eq!(count("R04", [export(NOON, 5_000, true), export(NOON + HOUR, 900, false)]), 0);
    assert_eq!(count("R04", [export(NOON, 900, false), export(NOON + HOUR, 5_000, true)]), 0);
    assert_eq!(count("R04", [export(NOON, 900, false), export(NOON + day, 900, false)]), 0);
    assert_eq!(count("R04", [export(NOON, 900, false), export(NOON + day - 1, 900, false)]), 1);
    // Repeated until the rows have doubled.
    let slices = |n: i64| (0..n).map(|i| export(NOON + i * MINUTE, 400, false));
    assert_eq!(count("R04", slices(3)), 1);
    assert_eq!(count("R04", slices(5)), 1);
    assert_eq!(count("R04", slices(6)), 2);
    assert_eq!(count("R04", [export(NOON, u64::MAX, false), export(NOON, u64::MAX, false)]), 1);
}

#[test]
fn r07_counts_different_records_out_of_scope() {
    let tries = |gap: i64, n: u64| (0..n).map(move |i| denied(NOON + i64::try_from(i).unwrap() * gap, i));
    assert_eq!(count("R07", tries(MINUTE, 4)), 0);
    let alerts = raised("R07", tries(MINUTE, 5));
    assert_eq!((alerts.len(), alerts[0].severity, alerts[0].count), (1, Severity::Medium, 5));
    assert_eq!(count("R07", (0..50).map(|i| denied(NOON + i * SECOND, 1))), 0, "one stale link");
    assert_eq!(count("R07", tries(150 * SECOND, 5)), 0, "the first is exactly ten minutes old");
    assert_eq!(count("R07", tries(150 * SECOND - 1, 5)), 1);
    // Slowly over the day.
    assert_eq!(count("R07", tries(HOUR, 14)), 0);
    let slow = raised("R07", tries(HOUR, 15));
    assert_eq!((slow.len(), slow[0].severity, slow[0].count), (1, Severity::High, 15));
    assert_eq!(count("R07", tries(2 * HOUR, 40)), 0);
    // Fast: medium at five and at ten, high at fifteen.
    let fast: Vec<_> = raised("R07", tries(SECOND, 15)).into_iter().map(|a| (a.severity, a.count)).collect();
    assert_eq!(fast, [(Severity::Medium, 5), (Severity::Medium, 10), (Severity::High, 15)]);
}

#[test]
fn trying_one_record_over_and_over_does_not_push_others_out() {
    let others = (0..4).map(|i| denied(NOON + i, 100 + u64::try_from(i).unwrap()));
    let flood = (0..2_000).map(|i| denied(NOON + 10 + i, 1));
    assert_eq!(count("R07", others.chain(flood)), 1);
}

#[test]
fn a_clock_set_back_hides_nothing() {
    let first = (0..20).map(|i| reveal(NOON + i * SECOND, 1));
    let back = (0..11).map(|i| reveal(NOON - 5 * HOUR + i * SECOND, 1));
    assert_eq!(count("R01", first.chain(back)), 1);
    // Back and forth again: what was done meanwhile has not aged by the hours that never passed.
    let meanwhile = (0..15).map(|i| reveal(NOON - 5 * HOUR + i * SECOND, 1));
    let after = (0..15).map(|i| reveal(NOON + MINUTE + i * SECOND, 1));
    assert_eq!(count("R01", std::iter::once(reveal(NOON, 1)).chain(meanwhile).chain(after)), 1);
}

#[test]
fn a_rebuilt_watch_goes_on_where_the_other_stopped() {
    let rules = Rules::default();
    let facts: Vec<_> = (0..40).map(|i| reveal(NOON + i * SECOND, 1)).collect();
    let mut watch = Watch::rebuild(&facts, &rules);
    assert!(watch.observe(&reveal(NOON + MINUTE, 1), &rules).is_empty(), "was said before the restart");
    let mut watch = Watch::rebuild(&facts[..30], &rules);
    assert_eq!(
        watch.observe(&reveal(NOON + MINUTE, 1), &rules).iter().filter(|a| a.rule == "R01").count(),
        1
    );
    assert_eq!(rules.memory_ms(), 24 * HOUR);
}

#[test]
fn memory_is_bounded() {
    let (mut watch, rules) = (Watch::new(), Rules::default());
    for i in 0..MAX_PEOPLE + 10 {
        let person = PersonId::from(format!("p{i}"));
        watch.observe(&Fact { person, ..reveal(NOON, 1) }, &rules);
        assert!(watch.people() <= MAX_PEOPLE);
    }
    assert!(watch.people() > MAX_PEOPLE / 2, "forgetting is not emptying");
    let alerts = raised("R01", (0..5_000).map(|i| reveal(NOON + i, 1)));
    assert!(alerts.iter().all(|alert| alert.evidence.len() <= MAX_EVIDENCE));
    assert!(alerts.iter().all(|alert| alert.count <= u64::try_from(MAX_EVENTS).unwrap()));
}

#[test]
fn settings_that_could_never_fire_are_refused() {
    assert!(Rules::default().check().is_empty());
    let tuned: Rules =
        serde_json::from_str(r#"{"version": 3, "reveal_rate": {"more_than": 100000}}"#).unwrap();
    assert_eq!((tuned.version, tuned.reveal_rate.window_ms), (3, HOUR));
    let errors = tuned.check();
    assert_eq!(errors.len(), 1);
    assert_eq!(
        (errors[0].field.as_str(), errors[0].code.as_str()),
        ("reveal_rate.more_than", "out_of_range")
    );
    assert!(
        serde_json::from_str::<Rules>(r#"{"reveal_rat": {}}"#).is_err(),
        "a typing error is not a default"
    );
    let mut rules = Rules::default();
    rules.off_hours.from_minute = 9_999;
    rules.split_export.window_ms = -1;
    rules.denied_scope.day = 0;
    assert_eq!(rules.check().len(), 3);
    for (from, to) in [(540, 540), (1_440, 0), (0, 0)] {
        let mut rules = Rules::default();
        (rules.off_hours.from_minute, rules.off_hours.to_minute) = (from, to);
        let codes: Vec<String> = rules.check().into_iter().map(|error| error.code).collect();
        assert_eq!(codes, ["night_is_empty"], "{from} to {to}");
    }
    let mut rules = Rules::default();
    (rules.off_hours.from_minute, rules.off_hours.to_minute) = (0, 1_440);
    assert!(rules.check().is_empty(), "the whole day is a night, too");
}

#[test]
fn alerts_and_facts_are_stored_as_json() {
    let fact = export(NOON, 5, true);
    let text = serde_json::to_string(&fact).unwrap();
    assert_eq!(serde_json::from_str::<Fact>(&text).unwrap(), fact);
    let alert = raised("R03", [export(NOON + 11 * HOUR, 1, false)]).remove(0);
    let text = serde_json::to_string(&alert).unwrap();
    assert_eq!(serde_json::from_str::<Alert>(&text).unwrap(), alert);
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    let kind = prop_oneof![
        (0..40_u32)
            .prop_map(|n| FactKind::Reveal { record: format!("r{n}").into(), field: "phone".to_owned() }),
        (0..40_u32).prop_map(|n| FactKind::DeniedScope { record: format!("r{n}").into() }),
        (any::<u64>(), any::<bool>(), any::<u64>())
            .prop_map(|(rows, needs_approval, at_line)| FactKind::Export { rows, needs_approval, at_line }),
        (0..40_u32).prop_map(|n| FactKind::Activity { record: format!("r{n}").into() }),
    ];
    let at = prop_oneof![9 => NOON..NOON + 2 * HOUR, 1 => any::<i64>()];
    prop::collection::vec(
        (at, 0..3_u8, kind)
            .prop_map(|(at, p, kind)| Fact { person: format!("p{p}").into(), ..fact(at, kind) }),
        0..120,
    )
}

proptest! {
    #[test]
    fn replaying_facts_raises_the_same_alerts(facts in facts()) {
        let rules = Rules::default();
        let play = || {
            let mut watch = Watch::new();
            facts.iter().flat_map(|fact| watch.observe(fact, &rules)).collect::<Vec<_>>()
        };
        let alerts = play();
        prop_assert_eq!(&alerts, &play());
        for alert in alerts {
            prop_assert!(!alert.evidence.is_empty() && alert.evidence.len() <= MAX_EVIDENCE);
            prop_assert!(alert.count >= 1);
        }
    }

    #[test]
    fn any_rules_and_moment_are_survived(at in any::<i64>(), from in any::<u32>(), to in any::<u32>(), zone in prop::sample::select(Zone::ALL.to_vec()), window in any::<i64>()) {
        let mut rules = Rules::default();
        rules.off_hours.from_minute = from;
        rules.off_hours.to_minute = to;
        rules.off_hours.calendar.zone = zone;
        rules.off_hours.calendar.holidays.push("2026-01-02".to_owned());
        rules.off_hours.holidays.insert("2026-01-01".to_owned());
        rules.reveal_rate.window_ms = window;
        rules.denied_scope.day_window_ms = window;
        let mut watch = Watch::new();
        for fact in [reveal(at, 1), export(at, 1, false), denied(at, 1), reveal(at.wrapping_add(1), 1)] {
            watch.observe(&fact, &rules);
        }
    }
}

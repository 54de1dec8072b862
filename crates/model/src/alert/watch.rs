//! Sliding windows per person.

use super::{Alert, Evidence, Fact, FactKind, Rules, Severity};
use crate::id::PersonId;
use std::collections::{BTreeMap, VecDeque};

/// Most facts remembered per person and stream. Beyond it the oldest go; [`Rules::check`] keeps
/// thresholds below.
pub const MAX_EVENTS: usize = 512;
/// Most facts put into one alert.
pub const MAX_EVIDENCE: usize = 100;
/// Most people remembered. Beyond it whoever was quiet longest is forgotten.
pub const MAX_PEOPLE: usize = 20_000;

/// Sees facts and raises alerts. Holds only what the windows need; after a restart it is rebuilt from the ledger.
///
/// One alert per rule and person: the next comes when the count has doubled, or after the person stayed below the
/// threshold for a whole window.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    people: BTreeMap<PersonId, Person>,
}

#[derive(Clone, Debug, Default)]
struct Person {
    /// The latest time seen. A clock set back must not push facts out of the windows, so time never runs backwards.
    now: i64,
    reveals: VecDeque<Seen>,
    activities: VecDeque<Seen>,
    files: VecDeque<Seen>,
    denials: VecDeque<Seen>,
    exports: VecDeque<Seen>,
    night_exports: VecDeque<Seen>,
    fired: BTreeMap<Leg, Fired>,
}

/// A fact and the time at which it counts.
#[derive(Clone, Debug)]
struct Seen {
    at: i64,
    fact: Evidence,
}

/// A rule, or one of its two thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Leg {
    RevealRate,
    IdleReveal,
    OffHours,
    SplitExport,
    FileRate,
    DeniedBurst,
    DeniedDay,
}

impl Leg {
    fn rule(self) -> &'static str {
        match self {
            Leg::RevealRate => "R01",
            Leg::IdleReveal => "R02",
            Leg::OffHours => "R03",
            Leg::SplitExport => "R04",
            Leg::FileRate => "R06",
            Leg::DeniedBurst | Leg::DeniedDay => "R07",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Leg::RevealRate => "reveal_rate",
            Leg::IdleReveal => "idle_reveal",
            Leg::OffHours => "off_hours",
            Leg::SplitExport => "split_export",
            Leg::FileRate => "file_rate",
            Leg::DeniedBurst => "denied_burst",
            Leg::DeniedDay => "denied_day",
        }
    }

    fn severity(self) -> Severity {
        match self {
            Leg::IdleReveal | Leg::DeniedBurst => Severity::Medium,
            Leg::RevealRate | Leg::OffHours | Leg::SplitExport | Leg::FileRate | Leg::DeniedDay => {
                Severity::High
            }
        }
    }
}

/// The last alert of a leg.
#[derive(Clone, Copy, Debug)]
struct Fired {
    measure: u64,
    /// When the threshold was last seen crossed.
    hot: i64,
}

/// How near somebody is to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Which: `reveal_rate`, `idle_reveal`, `off_hours`, `split_export` (counts rows), `file_rate`,
    /// `denied_burst`, `denied_day`.
    pub rule: &'static str,
    /// What the rule counts now.
    pub count: u64,
    /// The count from which it raises an alert.
    pub threshold: u64,
    /// The window that is looked at, in milliseconds.
    pub window_ms: i64,
    /// How far that is, in percent, at most 100.
    pub percent: u8,
}

impl Measure {
    fn of(leg: Leg, count: u64, threshold: u64, window_ms: i64) -> Measure {
        let threshold = threshold.max(1);
        let percent = u8::try_from((count.saturating_mul(100) / threshold).min(100)).unwrap_or(100);
        Measure { rule: leg.name(), count, threshold, window_ms, percent }
    }

    /// Keeps it below the whole while the rule has not tipped for another reason.
    fn unless(mut self, calm: bool) -> Measure {
        if calm {
            self.percent = self.percent.min(99);
        }
        self
    }
}

/// What a leg found: `measure` is compared and must double, `count` is what the alert says.
struct Finding<'a> {
    leg: Leg,
    window_ms: i64,
    over: bool,
    measure: u64,
    count: u64,
    counted: Vec<&'a Seen>,
}

impl Watch {
    /// A watch that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A watch that has seen these facts, oldest first; their alerts were raised before and are not raised again.
    pub fn rebuild<'a>(facts: impl IntoIterator<Item = &'a Fact>, rules: &Rules) -> Self {
        let mut watch = Self::new();
        for fact in facts {
            watch.observe(fact, rules);
        }
        watch
    }

    /// Takes one fact in and says what it tips.
    pub fn observe(&mut self, fact: &Fact, rules: &Rules) -> Vec<Alert> {
        if self.people.len() >= MAX_PEOPLE && !self.people.contains_key(&fact.person) {
            self.forget(fact.at, rules);
        }
        let person = self.people.entry(fact.person.clone()).or_default();
        person.now = if person.is_new() { fact.at } else { person.now.max(fact.at) };
        person.take_in(fact, rules);
        let Person { reveals, activities, files, denials, exports, night_exports, fired, now } = person;
        let findings = match &fact.kind {
            FactKind::Reveal { .. } => {
                vec![reveal_rate(reveals, *now, rules), idle_reveal(reveals, activities, *now, rules)]
            }
            FactKind::FileRead { .. } => vec![file_rate(files, *now, rules)],
            FactKind::DeniedScope { .. } => denied_scope(denials, *now, rules),
            FactKind::Export { at_line, .. } => {
                vec![
                    off_hours(night_exports, fact, *now, rules),
                    split_export(exports, *at_line, *now, rules),
                ]
            }
            FactKind::Activity { .. } => Vec::new(),
        };
        findings
            .into_iter()
            .filter(|finding| finding.over && is_news(fired, finding, *now))
            .map(|finding| alert(&finding, fact, rules))
            .collect()
    }

    /// How near a person is to each rule, by the counts that the rules themselves use. `line` is the most rows that
    /// leave without approval, for whom no export says it.
    pub fn measures(&self, person: &PersonId, now: i64, line: u64, rules: &Rules) -> Vec<Measure> {
        let unseen = Person::default();
        let seen = self.people.get(person).unwrap_or(&unseen);
        let now = now.max(seen.now);
        let rate = reveal_rate(&seen.reveals, now, rules);
        let idle = idle_reveal(&seen.reveals, &seen.activities, now, rules);
        let idle_count =
            if within(&seen.activities, now, idle.window_ms).is_empty() { idle.count } else { 0 };
        let nights = number(within(&seen.night_exports, now, rules.off_hours.window_ms).len());
        let split = split_export(&seen.exports, line, now, rules);
        let files = file_rate(&seen.files, now, rules);
        let mut measures = vec![
            Measure::of(Leg::RevealRate, rate.count, rules.reveal_rate.more_than + 1, rate.window_ms),
            Measure::of(Leg::IdleReveal, idle_count, rules.idle_reveal.at_least, idle.window_ms),
            Measure::of(Leg::OffHours, nights, 1, rules.off_hours.window_ms),
            // One export below the line cannot tip it, however near the line it is.
            Measure::of(Leg::SplitExport, split.measure, line + 1, split.window_ms).unless(!split.over),
            Measure::of(Leg::FileRate, files.count, rules.file_rate.more_than + 1, files.window_ms),
        ];
        for denied in denied_scope(&seen.denials, now, rules) {
            let threshold = match denied.leg {
                Leg::DeniedBurst => rules.denied_scope.burst,
                _ => rules.denied_scope.day,
            };
            measures.push(Measure::of(denied.leg, denied.count, threshold, denied.window_ms));
        }
        measures
    }

    /// How many people are remembered.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Drops people whose facts have all left the windows, and if that is not enough, the quietest tenth.
    fn forget(&mut self, now: i64, rules: &Rules) {
        let horizon = now.saturating_sub(rules.memory_ms());
        self.people.retain(|_, person| person.now > horizon);
        if self.people.len() >= MAX_PEOPLE {
            let mut quiet: Vec<(i64, PersonId)> =
                self.people.iter().map(|(id, person)| (person.now, id.clone())).collect();
            quiet.sort_unstable();
            for (_, id) in quiet.iter().take(MAX_PEOPLE / 10) {
                self.people.remove(id);
            }
        }
    }
}

impl Person {
    fn is_new(&self) -> bool {
        [&self.reveals, &self.activities, &self.files, &self.denials, &self.exports, &self.night_exports]
            .into_iter()
            .all(VecDeque::is_empty)
            && self.fired.is_empty()
    }

    fn take_in(&mut self, fact: &Fact, rules: &Rules) {
        let seen = || Seen { at: self.now, fact: Evidence::of(fact) };
        match &fact.kind {
            FactKind::Reveal { .. } => {
                let window = rules.reveal_rate.window_ms.max(rules.idle_reveal.window_ms);
                push(&mut self.reveals, seen(), window);
            }
            FactKind::Activity { .. } => push(&mut self.activities, seen(), rules.idle_reveal.window_ms),
            FactKind::FileRead { .. } => {
                // Only the last look at each file: one that is opened again must not push others out.
                let seen = seen();
                self.files.retain(|other| other.fact.file != seen.fact.file);
                push(&mut self.files, seen, rules.file_rate.window_ms);
            }
            FactKind::DeniedScope { .. } => {
                let window = rules.denied_scope.burst_window_ms.max(rules.denied_scope.day_window_ms);
                // Only the last try of each record: trying one record over and over must not push others out.
                let seen = seen();
                self.denials.retain(|other| other.fact.record != seen.fact.record);
                push(&mut self.denials, seen, window);
            }
            FactKind::Export { needs_approval, .. } => {
                // The time of the fact itself, not the never-falling one, says whether it was night.
                if rules.off_hours.covers(fact.at) {
                    let seen = seen();
                    push(&mut self.night_exports, seen, rules.off_hours.window_ms);
                }
                if !needs_approval {
                    let seen = seen();
                    push(&mut self.exports, seen, rules.split_export.window_ms);
                }
            }
        }
    }
}

fn push(stream: &mut VecDeque<Seen>, seen: Seen, window_ms: i64) {
    let horizon = seen.at.saturating_sub(window_ms);
    while stream.front().is_some_and(|first| first.at <= horizon) || stream.len() >= MAX_EVENTS {
        stream.pop_front();
    }
    stream.push_back(seen);
}

/// Facts of the last `window_ms`; one exactly that old is out.
fn within(stream: &VecDeque<Seen>, now: i64, window_ms: i64) -> Vec<&Seen> {
    let horizon = now.saturating_sub(window_ms);
    stream.iter().filter(|seen| seen.at > horizon).collect()
}

fn reveal_rate<'a>(reveals: &'a VecDeque<Seen>, now: i64, rules: &Rules) -> Finding<'a> {
    let rule = &rules.reveal_rate;
    let counted = within(reveals, now, rule.window_ms);
    let count = number(counted.len());
    let over = count > rule.more_than;
    Finding { leg: Leg::RevealRate, window_ms: rule.window_ms, over, measure: count, count, counted }
}

fn idle_reveal<'a>(
    reveals: &'a VecDeque<Seen>,
    activities: &VecDeque<Seen>,
    now: i64,
    rules: &Rules,
) -> Finding<'a> {
    let rule = &rules.idle_reveal;
    let counted = within(reveals, now, rule.window_ms);
    let count = number(counted.len());
    let over = count >= rule.at_least && within(activities, now, rule.window_ms).is_empty();
    Finding { leg: Leg::IdleReveal, window_ms: rule.window_ms, over, measure: count, count, counted }
}

fn off_hours<'a>(nights: &'a VecDeque<Seen>, fact: &Fact, now: i64, rules: &Rules) -> Finding<'a> {
    let rule = &rules.off_hours;
    let counted = within(nights, now, rule.window_ms);
    let count = number(counted.len());
    let over = rule.covers(fact.at);
    Finding { leg: Leg::OffHours, window_ms: rule.window_ms, over, measure: count, count, counted }
}

fn split_export<'a>(exports: &'a VecDeque<Seen>, at_line: u64, now: i64, rules: &Rules) -> Finding<'a> {
    let rule = &rules.split_export;
    let counted = within(exports, now, rule.window_ms);
    let count = number(counted.len());
    let rows = counted.iter().filter_map(|seen| seen.fact.rows).fold(0, u64::saturating_add);
    let over = count >= rule.at_least && rows > at_line;
    Finding { leg: Leg::SplitExport, window_ms: rule.window_ms, over, measure: rows, count, counted }
}

fn file_rate<'a>(files: &'a VecDeque<Seen>, now: i64, rules: &Rules) -> Finding<'a> {
    let rule = &rules.file_rate;
    let counted = within(files, now, rule.window_ms);
    let count = number(counted.len());
    let over = count > rule.more_than;
    Finding { leg: Leg::FileRate, window_ms: rule.window_ms, over, measure: count, count, counted }
}

fn denied_scope<'a>(denials: &'a VecDeque<Seen>, now: i64, rules: &Rules) -> Vec<Finding<'a>> {
    let rule = &rules.denied_scope;
    [(Leg::DeniedBurst, rule.burst_window_ms, rule.burst), (Leg::DeniedDay, rule.day_window_ms, rule.day)]
        .into_iter()
        .map(|(leg, window_ms, threshold)| {
            let counted = within(denials, now, window_ms);
            let count = number(counted.len());
            Finding { leg, window_ms, over: count >= threshold, measure: count, count, counted }
        })
        .collect()
}

/// Whether somebody has to hear of it; remembers that the threshold is crossed either way.
fn is_news(fired: &mut BTreeMap<Leg, Fired>, finding: &Finding<'_>, now: i64) -> bool {
    let news = match fired.get(&finding.leg) {
        Some(last) => {
            now.saturating_sub(last.hot) >= finding.window_ms
                || finding.measure >= last.measure.saturating_mul(2)
        }
        None => true,
    };
    let measure = match fired.get(&finding.leg) {
        Some(last) if !news => last.measure,
        _ => finding.measure,
    };
    fired.insert(finding.leg, Fired { measure, hot: now });
    news
}

fn alert(finding: &Finding<'_>, fact: &Fact, rules: &Rules) -> Alert {
    let skip = finding.counted.len().saturating_sub(MAX_EVIDENCE);
    Alert {
        rule: finding.leg.rule().to_owned(),
        version: rules.version,
        severity: finding.leg.severity(),
        person: fact.person.clone(),
        department: fact.department.clone(),
        at: fact.at,
        count: finding.count,
        evidence: finding.counted.iter().skip(skip).map(|seen| seen.fact.clone()).collect(),
        window_ms: finding.window_ms,
    }
}

fn number(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

//! What is decided about a customer before any record of it is written: who, where, how far, since when.

use super::clock::{DAY, HOUR, at_work};
use super::dossier::Draft;
use super::identity::{self, Name, Slot};
use super::random::Random;
use super::words::goods::{
    CLINIC_POSTS, COMPANY_POSTS, GOODS, Good, INSTITUTIONS, Institution, OFFICES, Post, RIVALS, USERS,
};
use super::words::names::{BRAND_FIRST, BRAND_SECOND};
use super::words::places::{PLACES, Place};
use super::{Demo, stream};

/// Stages of the pipeline, in order.
pub(super) const STAGES: [&str; 7] =
    ["first_visit", "needs", "proposal", "quotation", "negotiation", "won", "lost"];
/// Index of 成交.
pub(super) const WON: usize = 5;
/// Index of 流失.
pub(super) const LOST: usize = 6;

/// Days without a follow-up after which a customer falls to the pool, as the package says.
const POOL_AFTER_DAYS: i64 = 30;

/// An institution, invented.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// `lankang-hospital.example`
    pub(super) domain: String,
    pub(super) place: Place,
    /// 区县.
    pub(super) district: &'static str,
    pub(super) beds: i64,
}

/// A person of the customer's, as far as talk needs it.
#[derive(Clone, Debug)]
pub(super) struct Someone {
    /// Where the contact lies in the dossier.
    pub(super) index: usize,
    /// 张主任.
    pub(super) short: String,
    /// The department that the goods are for: theirs, or for an office the first contact's.
    pub(super) room: &'static str,
}

/// Everything decided about one customer.
pub(super) struct Story<'a> {
    pub(super) demo: &'a Demo,
    pub(super) random: Random,
    pub(super) n: u32,
    /// The person who works the customer, or did before it fell to the pool.
    pub(super) keeper: usize,
    pub(super) pooled: bool,
    pub(super) site: Site,
    pub(super) stage: usize,
    pub(super) created: i64,
    /// The last follow-up, if there was any.
    pub(super) last: Option<i64>,
    pub(super) good: usize,
    pub(super) quantity: i64,
    /// 分.
    pub(super) amount: i64,
    pub(super) contacts: Vec<Someone>,
    /// Notes that were used, so that nobody writes the same thing twice.
    pub(super) told: Vec<&'static str>,
    /// How many of the customer's telephone numbers are used.
    phones: u32,
    pub(super) records: Vec<Draft>,
}

impl<'a> Story<'a> {
    pub(super) fn new(demo: &'a Demo, n: u32) -> Story<'a> {
        let mut random = demo.random(stream::CUSTOMER, n);
        let now = demo.settings().now;
        let keeper = random.weighted(&demo.sellers);
        let site = site(&mut random, demo.team(keeper));
        let pooled = n % 16 == 9;
        let falling = !pooled && n % 20 == 13;
        let stage = match (pooled, falling) {
            (true, _) => random.weighted(&[(0, 40), (1, 25), (2, 10), (LOST, 25)]),
            (_, true) => random.weighted(&[(0, 30), (1, 30), (2, 20), (3, 15), (4, 5)]),
            _ => random.weighted(&[(0, 20), (1, 20), (2, 16), (3, 13), (4, 9), (WON, 16), (LOST, 6)]),
        };
        let (created, last) = times(&mut random, now, pooled, falling, stage);
        let good = choose_good(&mut random, site.kind);
        let (quantity, amount) = price(&mut random, good, &site);
        Story {
            demo,
            n,
            keeper,
            pooled,
            site,
            stage,
            created,
            last,
            good,
            quantity,
            amount,
            contacts: Vec::new(),
            told: Vec::new(),
            phones: 0,
            records: Vec::new(),
            random,
        }
    }

    pub(super) fn now(&self) -> i64 {
        self.demo.settings().now
    }

    /// A number of the customer's that was not used yet.
    pub(super) fn phone(&mut self) -> String {
        let slot = Slot::Customer(self.n, self.phones);
        self.phones += 1;
        identity::phone(&mut self.random, self.demo.settings().seed, slot)
    }

    /// A record of this customer, owned as the customer is.
    pub(super) fn draft(&self, object: &'static str, at: i64) -> Draft {
        Draft {
            object,
            owner: (!self.pooled).then(|| self.demo.login(self.keeper)),
            department: self.demo.person(self.keeper).map_or(0, |p| p.department),
            author: self.demo.login(self.keeper),
            pooled: self.pooled,
            parent: (!self.records.is_empty()).then_some(0),
            links: Vec::new(),
            fields: serde_json::Map::new(),
            created_at: at,
            updated_at: at,
        }
    }

    /// Adds a record and says where it lies.
    pub(super) fn add(&mut self, draft: Draft) -> usize {
        self.records.push(draft);
        self.records.len() - 1
    }

    /// Somebody at the customer's to speak with, mostly the first contact.
    pub(super) fn somebody(&mut self) -> Option<Someone> {
        if self.random.chance(50) {
            return self.contacts.first().cloned();
        }
        let at = usize::try_from(self.random.below(self.contacts.len() as u64)).unwrap_or(0);
        self.contacts.get(at).cloned()
    }

    /// A post that fits the institution; in a hospital the first to be met uses the product.
    pub(super) fn post(&mut self, first: bool) -> Post {
        match self.site.kind {
            "hospital_3" | "hospital_2" | "hospital_private" if first || self.random.chance(30) => {
                self.user()
            }
            "hospital_3" | "hospital_2" | "hospital_private" => self.random.pick(OFFICES),
            "distributor" | "lab" => self.random.pick(COMPANY_POSTS),
            _ => self.random.pick(CLINIC_POSTS),
        }
    }

    fn user(&mut self) -> Post {
        let line = good_at(self.good).3;
        let users: Vec<Post> = USERS.iter().filter(|(l, _)| *l == line).map(|(_, post)| *post).collect();
        self.random.pick(&users)
    }

    /// Fills the blanks of a text.
    pub(super) fn fill(&mut self, text: &str, who: Option<&Someone>) -> String {
        let (short, room) = who.map_or(("负责人", "科室"), |s| (s.short.as_str(), s.room));
        fill(&mut self.random, text, short, room, self.good, self.quantity, self.amount)
    }
}

/// Fills the blanks of a text.
pub(super) fn fill(
    random: &mut Random,
    text: &str,
    who: &str,
    room: &str,
    good: usize,
    quantity: i64,
    amount: i64,
) -> String {
    let (_, name, model, _, _, _, _, unit) = good_at(good);
    let goods = if random.chance(50) { name } else { model };
    let wan = format!("{:.1}", amount as f64 / 1_000_000.0);
    let when = random.pick(&["下周一", "下周三", "下周五", "月底", "下月初", "本周四", "下周四", "月中"]);
    text.replace("{who}", who)
        .replace("{room}", room)
        .replace("{goods}", goods)
        .replace("{n}", &quantity.to_string())
        .replace("{unit}", unit)
        .replace("{wan}", wan.trim_end_matches(".0"))
        .replace("{rival}", random.pick(RIVALS))
        .replace("{when}", when)
}

/// The catalogue's entry.
pub(super) fn good_at(n: usize) -> Good {
    GOODS.get(n).copied().unwrap_or_default()
}

/// 张主任.
pub(super) fn address_as(name: &Name, form: &str) -> String {
    format!("{}{form}", name.family)
}

/// An institution in the area of a team.
pub(super) fn site(random: &mut Random, team: &str) -> Site {
    let near: Vec<Place> = PLACES.iter().copied().filter(|p| p.team == team).collect();
    let place = random.pick(if near.is_empty() { PLACES } else { &near });
    let (district, said) = random.pick(place.districts);
    let weights: Vec<(usize, u64)> = INSTITUTIONS.iter().enumerate().map(|(i, kind)| (i, kind.1)).collect();
    let institution: Institution = INSTITUTIONS.get(random.weighted(&weights)).copied().unwrap_or_default();
    let (kind, _, endings, local, word, fewest, most) = institution;
    let (first, first_pinyin) = random.pick(BRAND_FIRST);
    let (second, second_pinyin) = random.pick(BRAND_SECOND);
    let ending = random.pick(endings);
    let said = if local || random.chance(35) { said } else { "" };
    Site {
        kind,
        name: format!("{}{said}{first}{second}{ending}", place.short),
        domain: format!("{first_pinyin}{second_pinyin}-{word}.example"),
        place,
        district,
        beds: if most == 0 { 0 } else { random.between(fewest / 10, most / 10) * 10 },
    }
}

/// A product that such an institution would buy.
pub(super) fn choose_good(random: &mut Random, kind: &str) -> usize {
    let fits = |good: &Good| match kind {
        "clinic" | "community" => good.5 < 300_000,
        "lab" => good.3 == "ivd",
        "checkup" => matches!(good.3, "ultrasound" | "ivd"),
        "hospital_3" => good.5 > 30_000,
        _ => true,
    };
    let fitting: Vec<usize> =
        GOODS.iter().enumerate().filter(|(_, good)| fits(good)).map(|(i, _)| i).collect();
    random.pick(&fitting)
}

/// How many, and for how much: dear things are bought singly, cheap ones by the dozen.
fn price(random: &mut Random, good: usize, site: &Site) -> (i64, i64) {
    let yuan = good_at(good).5;
    let quantity = match yuan {
        0..10_000 => random.between(10, 120),
        10_000..100_000 => random.between(2, if site.beds > 500 { 24 } else { 8 }),
        100_000..500_000 => random.between(1, 4),
        _ => random.between(1, 2),
    };
    // In whole hundreds of 元, at a discount of up to a fifth.
    (quantity, yuan * quantity * random.between(80, 100) / 100 / 100 * 10_000)
}

/// When the customer was recorded and when it was last followed up.
fn times(random: &mut Random, now: i64, pooled: bool, falling: bool, stage: usize) -> (i64, Option<i64>) {
    // A deal takes longer than a first visit; the youngest customers are the least advanced.
    let youngest =
        if pooled || falling { 60 } else { [1, 12, 30, 45, 60, 90, 60].get(stage).copied().unwrap_or(1) };
    let skew = random.between(0, 1000) * random.between(400, 1000) / 1000;
    let age = youngest + (540 - youngest) * skew / 1000;
    let created = at_work(random, now - age * DAY).min(now - HOUR);
    if falling {
        let last = at_work(random, now - 27 * DAY);
        return (created, Some(last.clamp(now - (POOL_AFTER_DAYS * DAY - 12 * HOUR), now - 26 * DAY)));
    }
    if pooled {
        let days = random.between(POOL_AFTER_DAYS + 5, 200);
        let last = at_work(random, now - days * DAY);
        return (created, (last > created).then_some(last));
    }
    let days = random.between(0, 22);
    let last = at_work(random, now - days * DAY).min(now - HOUR / 2);
    if age > 22 { (created, Some(last.max(created))) } else { (created, (last > created).then_some(last)) }
}

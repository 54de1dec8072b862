//! Opportunity, quote, contract and payments of a customer who came that far.

use super::clock::{DAY, at_work, day};
use super::customer::LOST_REASONS;
use super::dossier::Target;
use super::story::{LOST, Story, WON, good_at};
use super::words::goods::RIVALS;

/// Stages of an opportunity that fit the stage of its customer.
const STAGES: [&[&str]; 7] = [
    &["discovery"],
    &["discovery", "needs"],
    &["needs", "trial"],
    &["quotation"],
    &["tender", "negotiation"],
    &["won"],
    &["lost"],
];
const WAYS: &[(&str, u64)] =
    &[("tender", 35), ("negotiated", 20), ("inquiry", 15), ("single", 5), ("direct", 25)];

pub(super) fn write(story: &mut Story) {
    let share = match story.stage {
        0 => 4,
        WON => 85,
        LOST => 40,
        _ => 38,
    };
    if story.pooled || !story.random.chance(share) {
        return;
    }
    let (opportunity, at) = opportunity(story);
    let quoted = story.stage >= 3 && story.stage != LOST || story.stage == LOST && story.random.chance(50);
    let quote = quoted.then(|| quote(story, opportunity, at));
    if story.stage == WON {
        contract(story, opportunity, quote, at);
    }
}

/// A day between the customer's first and last, earlier or later within it (0–100).
fn along(story: &mut Story, percent: i64) -> i64 {
    let last = story.last.unwrap_or(story.created);
    let at = at_work(&mut story.random, story.created + (last - story.created) * percent / 100);
    at.clamp(story.created, last.max(story.created))
}

fn opportunity(story: &mut Story) -> (usize, i64) {
    let at = along(story, 25);
    let (_, name, ..) = good_at(story.good);
    let stage = STAGES.get(story.stage).map(|stages| story.random.pick(stages)).unwrap_or_default();
    let probability = match stage {
        "won" => 10_000,
        "lost" => 0,
        "discovery" => 1_000,
        "needs" => 2_500,
        "trial" => 4_000,
        "quotation" => 5_500,
        "tender" => 6_000,
        _ => 7_500,
    };
    let who = story.somebody();
    let verb = story.random.pick(&["采购项目", "更新项目", "新增项目", "集中采购", "配置项目"]);
    let mut draft = story.draft("opportunity", at);
    draft.updated_at = story.last.unwrap_or(at).max(at);
    draft.set("name", format!("{name}{verb}")).set("stage", stage).set("amount", story.amount);
    draft.set("probability", probability);
    let days = match story.stage {
        WON | LOST => -story.random.between(1, 60),
        _ => story.random.between(10, 150),
    };
    draft.set("expected_at", day(story.now() + days * DAY));
    draft.set("product_line", good_at(story.good).3).set("quantity", story.quantity);
    draft.set("purchase_way", story.random.weighted(WAYS));
    if story.random.chance(50) || stage == "lost" {
        draft.set("competitor", story.random.pick(RIVALS));
    }
    if stage == "lost" {
        draft.set("lost_reason", story.random.pick(LOST_REASONS));
    }
    draft
        .link("product", Some(Target::Product(story.good)))
        .link("contact", who.map(|w| Target::Here(w.index)));
    (story.add(draft), at)
}

fn quote(story: &mut Story, opportunity: usize, since: i64) -> usize {
    let at = along(story, 60).max(since);
    let who = story.somebody();
    let (_, name, _, _, _, yuan, ..) = good_at(story.good);
    let valid = at + 30 * DAY;
    let status = match story.stage {
        WON => "accepted",
        LOST => "rejected",
        _ if valid < story.now() => "expired",
        _ => story.random.weighted(&[("draft", 1), ("sent", 4)]),
    };
    let list = (yuan * 100 * story.quantity).max(1);
    let mut draft = story.draft("quote", at);
    draft.set("name", format!("{name}报价单")).set("number", format!("BJ{}{:05}", digits(at), story.n));
    draft.set("quantity", story.quantity).set("unit_price", story.amount / story.quantity.max(1));
    draft.set("discount", story.amount * 10_000 / list).set("amount", story.amount);
    draft.set("valid_until", day(valid)).set("status", status);
    draft.set(
        "terms",
        "含运输、安装调试与两次现场培训；报价为含税人民币价；交货期自合同生效之日起四十五日内。",
    );
    draft.link("opportunity", Some(Target::Here(opportunity)));
    draft.link("product", Some(Target::Product(story.good)));
    draft.link("contact", who.map(|w| Target::Here(w.index)));
    story.add(draft)
}

fn contract(story: &mut Story, opportunity: usize, quote: Option<usize>, since: i64) {
    let at = along(story, 80).max(since);
    let (_, name, _, _, _, _, warranty, _) = good_at(story.good);
    let years = story.random.between(1, 3);
    let status = story.random.weighted(&[("performing", 60), ("finished", 25), ("signed", 15)]);
    let terms = story.random.weighted(&[("30_60_10", 40), ("30_65_5", 35), ("prepaid", 10), ("monthly", 15)]);
    let signatory = super::identity::name(&mut story.random);
    let phone = story.phone();
    let mut draft = story.draft("contract", at);
    draft.set("name", format!("{name}购销合同")).set("number", format!("HT{}{:05}", digits(at), story.n));
    draft.set("amount", story.amount).set("signed_at", day(at)).set("starts_at", day(at));
    draft.set("ends_at", day(at + years * 365 * DAY)).set("status", status).set("payment_terms", terms);
    draft.set("signatory", signatory.full).set("signatory_phone", phone).set("warranty_months", warranty);
    draft.set(
        "terms",
        "验收合格后转入保修期；保修期内四小时响应、二十四小时到场；逾期付款按日万分之三计违约金。",
    );
    draft.link("opportunity", Some(Target::Here(opportunity))).link("quote", quote.map(Target::Here));
    let contract = story.add(draft);
    payments(story, contract, terms, at);
}

/// Instalments as the contract says; what is due is mostly paid.
fn payments(story: &mut Story, contract: usize, terms: &str, signed: i64) {
    let parts: &[(i64, i64)] = match terms {
        "30_60_10" => &[(30, 7), (60, 60), (10, 365)],
        "30_65_5" => &[(30, 7), (65, 75), (5, 400)],
        "monthly" => &[(50, 30), (50, 60)],
        _ => &[(100, 10)],
    };
    let now = story.now();
    for (term, (percent, days)) in parts.iter().enumerate() {
        let due = signed + days * DAY;
        let mut draft = story.draft("payment", signed);
        draft.set("number", format!("HK{}{:05}-{}", digits(signed), story.n, term + 1));
        draft.set("term", term + 1).set("amount", story.amount * percent / 100).set("due_at", day(due));
        let late = story.random.between(-5, 12);
        let paid = due + late * DAY;
        let status = if paid < now - DAY && story.random.chance(88) {
            draft
                .set("paid_at", day(paid))
                .set("method", story.random.weighted(&[("transfer", 85), ("draft", 15)]));
            draft.set(
                "invoice_number",
                format!("26{:018}", 9_000_000_000 + u64::from(story.n) * 8 + term as u64),
            );
            draft.updated_at = paid.max(signed);
            "paid"
        } else if due < now {
            "overdue"
        } else {
            "planned"
        };
        draft.set("status", status).link("contract", Some(Target::Here(contract)));
        story.add(draft);
    }
}

/// `20261124`.
fn digits(at: i64) -> String {
    day(at).replace('-', "")
}

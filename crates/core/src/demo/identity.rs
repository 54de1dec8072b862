//! Numbers and addresses that look right and belong to nobody.

use super::random::Random;
use super::words::names::{GIVEN, SURNAMES};

/// Mobile segments that no operator has been given (as of the numbering plan we know), so that no demo number rings.
const SEGMENTS: &[&str] = &["160", "163", "164", "168", "169", "179", "194"];
/// Area codes of provinces that exist with a county that does not.
const COUNTIES: &[&str] = &["310199", "320199", "330199", "440199", "440399"];
/// How many numbers one segment holds.
const PER_SEGMENT: u64 = 100_000_000;
/// Coprime to [`PER_SEGMENT`], so that multiplying only shuffles.
const SHUFFLE: u64 = 61_803_399;

/// Slots of numbers: every place where a number is used has one of its own, so that none occurs twice.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    /// The `k`th number of customer `n`.
    Customer(u32, u32),
    /// The number of lead `n`.
    Lead(u32),
    /// The number of person `n` of the company.
    Person(u32),
}

/// Numbers a customer may use.
const PER_CUSTOMER: u64 = 8;
const FIRST_LEAD: u64 = 80_000_000;
const FIRST_PERSON: u64 = 99_000_000;

/// A mobile number, eleven digits. Unique up to ten million customers and nineteen million leads.
pub(super) fn phone(random: &mut Random, seed: u64, slot: Slot) -> String {
    let number = match slot {
        Slot::Customer(n, k) => u64::from(n) * PER_CUSTOMER + u64::from(k) % PER_CUSTOMER,
        Slot::Lead(n) => FIRST_LEAD + u64::from(n),
        Slot::Person(n) => FIRST_PERSON + u64::from(n),
    };
    let shifted = number + seed % PER_SEGMENT;
    let shuffled = (shifted % PER_SEGMENT) * SHUFFLE % PER_SEGMENT;
    format!("{}{shuffled:08}", random.pick(SEGMENTS))
}

/// A resident identity number with a right check character.
pub(super) fn id_number(random: &mut Random) -> String {
    let digits = format!(
        "{}{:04}{:02}{:02}{:03}",
        random.pick(COUNTIES),
        random.between(1958, 1992),
        random.between(1, 12),
        random.between(1, 28),
        random.between(1, 999)
    );
    let check = check_character(&digits);
    format!("{digits}{check}")
}

/// The check character of GB 11643-1999 for seventeen digits.
fn check_character(digits: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    "10X98765432".chars().nth(usize::try_from(sum % 11).unwrap_or(0)).unwrap_or('0')
}

/// A person's name.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// As written.
    pub(super) full: String,
    /// The family name.
    pub(super) family: &'static str,
    /// `zhang.wei`
    pub(super) pinyin: String,
}

/// A name by chance; one in five given names is a single character.
pub(super) fn name(random: &mut Random) -> Name {
    let (family, family_pinyin) = random.weighted(SURNAMES);
    let (first, first_pinyin) = random.pick(GIVEN);
    let (second, second_pinyin) = if random.chance(20) { ("", "") } else { random.pick(GIVEN) };
    let (second, second_pinyin) = if second == first { ("", "") } else { (second, second_pinyin) };
    Name {
        full: format!("{family}{first}{second}"),
        family,
        pinyin: format!("{family_pinyin}.{first_pinyin}{second_pinyin}"),
    }
}

/// A WeChat account.
pub(super) fn wechat(random: &mut Random, name: &Name) -> String {
    let base = name.pinyin.replace('.', if random.chance(50) { "_" } else { "" });
    format!("{base}{:04}", random.below(10_000))
}

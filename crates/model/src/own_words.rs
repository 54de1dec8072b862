//! What people type as a reason, a purpose or a comment: it stays where nothing seals it, and outlives whom it names.
//!
//! **Invariant:** whoever keeps such words asks [`personal`] first.

/// Whether a text looks as if it held a telephone number, an address of mail or an identity number. A day of the
/// calendar (`2026-11-24`) is none of them.
pub fn personal(text: &str) -> bool {
    let digits = |run: &str| run.chars().filter(char::is_ascii_digit).count();
    let days: Vec<&str> =
        text.split(|c: char| !(c.is_ascii_digit() || c == '-')).filter(|w| is_day(w)).collect();
    let rest = days.iter().fold(text.to_owned(), |rest, day| rest.replacen(day, "/", 1));
    text.contains(['@', '＠'])
        || rest.split(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-')).any(|run| digits(run) >= 7)
}

/// Whether a word is written as a day: four digits of a year of this or the last century, a month, a day.
fn is_day(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let within = |part: &str, low: u32, high: u32| {
        part.len() <= 4 && part.parse().is_ok_and(|n: u32| (low..=high).contains(&n))
    };
    matches!(parts.as_slice(), [y, m, d] if y.len() == 4 && within(y, 1900, 2099) && within(m, 1, 12) && within(d, 1, 31))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_note_with_personal_data_is_recognised() {
        for text in [
            "tel 138 0013 8000",
            "a@b.example",
            "11010519491231002X",
            "021-63412345",
            "2026-11-24 13800138000",
        ] {
            assert!(super::personal(text), "{text}");
        }
        for text in [
            "",
            "asked by letter on 2026-11-2",
            "来信日期2026-11-24",
            "2026-11-24, 2026-11-25",
            "case 123456",
            "客户来信要求",
        ] {
            assert!(!super::personal(text), "{text}");
        }
    }
}

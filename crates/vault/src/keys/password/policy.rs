//! What a new password must not be. Length and known lists, no rules about classes of characters: those
//! only move people to `Passw0rd!`.

use kedun_model::FieldError;

/// Least number of characters.
pub const LENGTH_MIN: usize = 8;
/// Greatest number of characters.
pub const LENGTH_MAX: usize = 128;

/// The passwords that everybody tries first, lower case, sorted; written by us from habits (keyboard walks,
/// dates, phrases in Chinese and English), not taken from a leak.
const COMMON: &str = include_str!("common.txt");

/// The rules that a new password breaks; empty when it may be used. `login` is the person's, `company` the
/// names that everybody there knows. Codes: `password_short` (min), `password_long` (max),
/// `password_common`, `password_repeats`, `password_is_login`, `password_is_company`.
pub fn check(password: &str, login: &str, company: &[&str]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let length = password.chars().count();
    if length < LENGTH_MIN {
        errors.push(FieldError::new("password", "password_short").with("min", LENGTH_MIN));
    }
    if length > LENGTH_MAX {
        errors.push(FieldError::new("password", "password_long").with("max", LENGTH_MAX));
        // Nothing below is worth computing over what may be megabytes.
        return errors;
    }
    let folded = zeroize::Zeroizing::new(password.to_lowercase());
    let core = core(&folded);
    if common(&folded) || common(core) {
        errors.push(FieldError::new("password", "password_common"));
    } else if repeats(&folded) {
        errors.push(FieldError::new("password", "password_repeats"));
    }
    let names = |name: &str| {
        let name = name.to_lowercase();
        let first = name.split('@').next().unwrap_or_default();
        [name.as_str(), first].iter().any(|name| !name.is_empty() && (*folded == **name || core == *name))
    };
    if names(login) {
        errors.push(FieldError::new("password", "password_is_login"));
    }
    if company.iter().any(|name| names(name)) {
        errors.push(FieldError::new("password", "password_is_company"));
    }
    errors
}

/// Without the digits and signs that people put around a word to please a rule: `Kedun@2026!` is `kedun`.
fn core(folded: &str) -> &str {
    folded.trim_matches(|c: char| c.is_numeric() || !c.is_alphanumeric())
}

fn common(folded: &str) -> bool {
    !folded.is_empty() && COMMON.lines().any(|known| known == folded)
}

/// Few different characters, one short piece over and over, or a run such as `23456789` or `hgfedcba`.
fn repeats(folded: &str) -> bool {
    let chars = zeroize::Zeroizing::new(folded.chars().collect::<Vec<_>>());
    let period = |len: usize| chars.iter().zip(chars.iter().skip(len)).all(|(a, b)| a == b);
    let run = |step: i64| {
        chars.windows(2).all(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0])) == step)
    };
    (1..=(chars.len() / 2).min(4)).any(period) || run(1) || run(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str) -> Vec<String> {
        check(password, "wang.fang@example.com", &["Acme", "客盾科技有限公司"])
            .into_iter()
            .map(|e| e.code)
            .collect()
    }

    #[test]
    fn good_passwords_pass() {
        for good in ["correct horse battery", "zebra-kiosk-41", "我爱吃北京烤鸭和豆汁", "Tr0ub4dor&3x"]
        {
            assert!(codes(good).is_empty(), "{good}");
        }
    }

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(codes("k3Vq9_x"), ["password_short"]);
        assert!(codes("k3Vq9_xw").is_empty());
        assert_eq!(codes("春眠不觉晓处处"), ["password_short"]);
        assert!(codes("春眠不觉晓处处闻").is_empty());
        let long: String = "k3Vq9_xw".chars().cycle().take(129).collect();
        assert_eq!(codes(&long), ["password_long"]);
        let error = check("short", "", &[]).remove(0);
        assert_eq!((error.field.as_str(), error.facts["min"].as_str()), ("password", "8"));
    }

    #[test]
    fn what_everybody_tries_first_is_refused() {
        for bad in [
            "password",
            "PASSWORD",
            "Password123",
            "Password@2026!",
            "woaini1314",
            "qwertyuiop",
            "1q2w3e4r",
            "a1234567",
            "admin888",
            "Admin@123",
            "88888888",
            "iloveyou",
        ] {
            assert!(!codes(bad).is_empty(), "{bad}");
        }
    }

    #[test]
    fn runs_and_repetitions_are_refused() {
        for bad in ["zzzzzzzzzz", "xyxyxyxyxy", "q7kq7kq7kq7k", "defghijkl", "98765432", "一一一一一一一一"]
        {
            assert_eq!(codes(bad), ["password_repeats"], "{bad}");
        }
    }

    #[test]
    fn the_login_and_the_company_are_refused() {
        assert_eq!(codes("Wang.Fang@example.com"), ["password_is_login"]);
        assert_eq!(codes("wang.fang2026"), ["password_is_login"]);
        assert_eq!(codes("ACME@2026!"), ["password_is_company"]);
        assert_eq!(codes("客盾科技有限公司"), ["password_is_company"]);
        assert!(codes("acme sells anvils").is_empty());
    }

    #[test]
    fn an_empty_login_matches_nothing() {
        assert!(check("20260101-19991231", "", &[""]).is_empty());
        assert!(check("20260101-19991231", "@", &["@"]).is_empty());
    }

    #[test]
    fn errors_never_quote_the_password() {
        for bad in ["hunter2", "woaini1314", "wang.fang2026"] {
            let errors = check(bad, "wang.fang", &["acme"]);
            assert!(!format!("{errors:?}").contains(bad));
        }
    }

    #[test]
    fn the_list_is_lower_case_sorted_and_without_doubles() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() >= 200, "{}", lines.len());
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "sort -u");
        assert!(lines.iter().all(|line| !line.is_empty() && *line == line.to_lowercase()));
    }
}

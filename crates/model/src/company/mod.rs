//! The company that keeps the house: who it is, whom a person turns to about their data (PIPL 17 and 52), and its
//! calendar. One definition, published in versions like the thresholds of the alert rules.

mod calendar;
mod zone;

pub use calendar::{Calendar, MOST_DAYS, Weekday};
pub use zone::Zone;

use crate::definition::Label;
use crate::field;
use crate::members;
use crate::problem::FieldError;
use serde::{Deserialize, Serialize};

/// A person is answered within so many working days (GB/T 35273 8.7; what the shipped notices promise).
pub const MOST_ANSWER_DAYS: u32 = 15;
/// Longest name, in characters.
const LONGEST_NAME: usize = 80;
/// Longest address, in characters.
const LONGEST_ADDRESS: usize = 200;
/// Longest number as it is written, in characters.
const LONGEST_PHONE: usize = 40;

/// The company. Nobody has said anything of it while its name is empty; what is not said has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Company {
    /// Its name.
    #[serde(deserialize_with = "members::one")]
    pub name: Label,
    /// Where it is, as on an envelope.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Who is in charge of personal information.
    #[serde(deserialize_with = "members::one")]
    pub contact: Contact,
    /// On which days it works, and where.
    #[serde(deserialize_with = "members::one")]
    pub calendar: Calendar,
    /// Working days within which a request of a customer is answered.
    pub answer_days: u32,
}

impl Default for Company {
    fn default() -> Self {
        Self {
            name: Label::default(),
            address: String::new(),
            contact: Contact::default(),
            calendar: Calendar::default(),
            answer_days: MOST_ANSWER_DAYS,
        }
    }
}

/// Whom a person turns to about their data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    /// Their title or name.
    #[serde(deserialize_with = "members::one")]
    pub who: Label,
    /// Their address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Their number, as people write it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

impl Company {
    /// As it is kept: without blanks around its texts, and its days in order.
    #[must_use]
    pub fn tidy(mut self) -> Self {
        for text in [
            &mut self.name.zh,
            &mut self.name.en,
            &mut self.address,
            &mut self.contact.who.zh,
            &mut self.contact.who.en,
            &mut self.contact.email,
            &mut self.contact.phone,
        ] {
            *text = text.trim().to_owned();
        }
        self.calendar = self.calendar.in_order();
        self
    }

    /// Every broken rule, by path.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for (path, text, most, needed) in [
            ("name.zh", &self.name.zh, LONGEST_NAME, true),
            ("name.en", &self.name.en, LONGEST_NAME, true),
            ("address", &self.address, LONGEST_ADDRESS, false),
            ("contact.who.zh", &self.contact.who.zh, LONGEST_NAME, true),
            ("contact.who.en", &self.contact.who.en, LONGEST_NAME, true),
        ] {
            if needed && text.trim().is_empty() {
                errors.push(FieldError::new(path, "required"));
            } else if text.chars().count() > most {
                errors.push(FieldError::new(path, "too_long").with("max", most));
            } else if text.chars().any(char::is_control) {
                errors.push(FieldError::new(path, "control_character"));
            }
        }
        errors.extend(self.contact.check());
        errors.extend(self.calendar.check());
        if !(1..=MOST_ANSWER_DAYS).contains(&self.answer_days) {
            let error = FieldError::new("answer_days", "out_of_range");
            errors.push(error.with("min", 1).with("max", MOST_ANSWER_DAYS));
        }
        errors
    }

    /// The end of the working day by which a request of `from` must be answered, UTC ms.
    pub fn answer_by(&self, from: i64) -> i64 {
        self.calendar.after_working_days(from, self.answer_days)
    }
}

impl Contact {
    fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let (email, phone) = (self.email.trim(), self.phone.trim());
        if email.is_empty() && phone.is_empty() {
            errors.push(FieldError::new("contact.email", "one_way_of_contact"));
        }
        if !email.is_empty() && !field::is_email(email) {
            errors.push(FieldError::new("contact.email", "email_format"));
        }
        if !phone.is_empty() && !is_number(phone) {
            errors.push(FieldError::new("contact.phone", "phone_format"));
        }
        errors
    }
}

/// Any number that people dial, also a short or a service number (`12315`, `400-800-1234`).
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.chars().count() <= LONGEST_PHONE
        && (5..=20).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || " +-().转#".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn known() -> Json {
        json!({
            "name": { "zh": "客盾示例有限公司", "en": "Kedun Example Ltd" },
            "contact": { "who": { "zh": "个人信息保护负责人", "en": "Data protection officer" }, "email": "pi@kedun.example" },
        })
    }

    fn read(body: Json) -> Company {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn what_is_not_said_has_its_default() {
        let company = read(known());
        assert_eq!(company.check(), []);
        assert_eq!((company.calendar.zone, company.answer_days), (Zone::Shanghai, 15));
        assert_eq!(read(json!({})), Company::default());
        let kept = serde_json::to_value(&company).unwrap();
        assert_eq!(read(kept), company);
    }

    #[test]
    fn nobody_is_shown_a_company_that_cannot_be_reached() {
        let errors: Vec<_> = Company::default().check().into_iter().map(|e| (e.field, e.code)).collect();
        let required =
            ["name.zh", "name.en", "contact.who.zh", "contact.who.en"].map(|f| (f.into(), "required".into()));
        assert_eq!(errors[..4], required);
        assert_eq!(errors[4], ("contact.email".into(), "one_way_of_contact".into()));
        let mut company = read(known());
        company.contact =
            Contact { email: String::new(), phone: "400-800-1234 转 8".into(), ..company.contact };
        assert_eq!(company.check(), []);
    }

    #[test]
    fn every_broken_rule_names_its_place() {
        let mut company = read(known());
        company.name.zh = "字".repeat(81);
        company.address = "line\nline".to_owned();
        company.contact.email = "nobody".to_owned();
        company.contact.phone = "<script>".to_owned();
        company.answer_days = 16;
        let errors = company.check();
        let said: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code.as_str())).collect();
        assert_eq!(
            said,
            [
                ("name.zh", "too_long"),
                ("address", "control_character"),
                ("contact.email", "email_format"),
                ("contact.phone", "phone_format"),
                ("answer_days", "out_of_range"),
            ]
        );
        company.answer_days = 0;
        assert_eq!(company.check().len(), 5);
    }

    #[test]
    fn an_unknown_member_and_a_list_in_place_of_an_object_are_refused() {
        for wrong in [
            json!({ "nam": {} }),
            json!({ "contact": { "mail": "a@b.example" } }),
            json!({ "calendar": { "zone": "Europe/Berlin" } }),
            json!({ "calendar": { "working_week": ["mon"] } }),
            json!({ "calendar": { "weekends": [] } }),
            json!({ "name": ["a", "b"] }),
            json!({ "calendar": ["Asia/Tokyo"] }),
            json!({ "answer_days": "15" }),
        ] {
            assert!(serde_json::from_value::<Company>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts_are_kept_without_blanks_and_days_in_order() {
        let mut company = read(known());
        company.name.en = "  Kedun  ".to_owned();
        company.calendar.holidays = vec!["2026-10-02".into(), "2026-10-01".into()];
        let company = company.tidy();
        assert_eq!(company.name.en, "Kedun");
        assert_eq!(company.calendar.holidays, ["2026-10-01", "2026-10-02"]);
    }
}

//! What may be said in a group: one line and a link behind which somebody has to sign in.
//!
//! **Invariant:** a [`Notice`] cannot hold a phone, an ID number, a bank card or an e-mail address. Its text has at
//! most six digits in all, in whatever script and with whatever between them; its link is built from a closed list of
//! pages and an id in the form of a UUID. Names cannot be told from other words: texts come from the catalogue of the
//! house, not from a record.

use crate::{ConnectError, RobotSecret};
use serde_json::{Value as Json, json};
use std::fmt;

/// Longest line, in characters.
const LINE_MAX: usize = 60;
/// Most digits of a line; the shortest phone that anybody is called on in China has seven.
const DIGITS_MAX: usize = 6;

/// A line of text without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// Takes a line.
    ///
    /// # Errors
    /// [`ConnectError::LineShape`], [`ConnectError::Personal`].
    pub fn parse(text: &str) -> Result<Line, ConnectError> {
        let text = text.trim();
        let length = text.chars().count();
        if !(1..=LINE_MAX).contains(&length) || text.chars().any(char::is_control) {
            return Err(ConnectError::LineShape);
        }
        let digits = text.chars().filter(|c| is_digit(*c)).count();
        let address = text.contains(['@', '＠', '﹫']) || text.contains("://");
        if digits > DIGITS_MAX || address {
            return Err(ConnectError::Personal);
        }
        Ok(Line(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Digits of every script, also circled and full-width ones, and the characters that Chinese reads numbers out with.
fn is_digit(c: char) -> bool {
    c.is_numeric() || "零〇一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖".contains(c)
}

/// The address of the house, as people type it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House(String);

impl House {
    /// Takes `https://host` or `https://host:port`, without a path.
    ///
    /// # Errors
    /// [`ConnectError::House`].
    pub fn parse(address: &str) -> Result<House, ConnectError> {
        let address = address.strip_suffix('/').unwrap_or(address);
        let rest = address.strip_prefix("https://").ok_or(ConnectError::House)?;
        let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
        let named = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
        let host_fits = (1..=253).contains(&host.len()) && host.chars().all(named);
        let port_fits =
            port.is_none_or(|p| p.bytes().all(|b| b.is_ascii_digit()) && p.parse::<u16>().is_ok());
        if host_fits && port_fits { Ok(House(address.to_owned())) } else { Err(ConnectError::House) }
    }
}

/// Where a link leads. Every page asks who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page<'a> {
    /// Today.
    Today,
    /// What waits for a decision.
    Approvals,
    /// The caller's exports.
    Exports,
    /// A customer, by id.
    Customer(&'a str),
}

impl Page<'_> {
    fn path(self) -> Result<String, ConnectError> {
        Ok(match self {
            Page::Today => "/".to_owned(),
            Page::Approvals => "/approvals".to_owned(),
            Page::Exports => "/exports".to_owned(),
            Page::Customer(id) if is_uuid(id) => format!("/records/customer/{id}"),
            Page::Customer(_) => return Err(ConnectError::Id),
        })
    }
}

fn is_uuid(id: &str) -> bool {
    id.len() == 36
        && id.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
        })
}

/// A message for a group.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    line: Line,
    link: String,
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notice({:?})", self.line.as_str())
    }
}

impl Notice {
    /// Puts a line and a link together.
    ///
    /// # Errors
    /// [`ConnectError::Id`].
    pub fn new(line: Line, house: &House, page: Page<'_>) -> Result<Notice, ConnectError> {
        Ok(Notice { line, link: format!("{}{}", house.0, page.path()?) })
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.line.0, self.link)
    }

    /// The body for a WeCom robot (`msgtype` text).
    pub fn wecom(&self) -> Json {
        json!({ "msgtype": "text", "text": { "content": self.text() } })
    }

    /// The body for a DingTalk robot (`msgtype` text); the signature goes into the address.
    pub fn dingtalk(&self) -> Json {
        json!({ "msgtype": "text", "text": { "content": self.text() } })
    }

    /// The body for a Feishu robot (`msg_type` text), signed when the robot has a secret.
    pub fn feishu(&self, signed: Option<(&RobotSecret, i64)>) -> Json {
        let mut body = json!({ "msg_type": "text", "content": { "text": self.text() } });
        if let Some((secret, timestamp_s)) = signed {
            body["timestamp"] = json!(timestamp_s.to_string());
            body["sign"] = json!(secret.feishu(timestamp_s));
        }
        body
    }
}

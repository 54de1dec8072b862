//! What is refused, and that nothing a stranger sends makes the crate panic.
#![expect(clippy::unwrap_used, reason = "a broken assumption of a test should stop it")]

use kedun_connect::callback::ENCRYPTED_MAX;
use kedun_connect::{Callback, ConnectError, House, Line, Notice, Page, Platform, Received, RobotSecret};
use proptest::prelude::*;

const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const NOW: i64 = 1_700_000_000_000;
const TIME: &str = "1700000000";

fn callback() -> Callback {
    Callback::new(Platform::WeCom, "token", KEY, "corp").unwrap()
}

fn open(by: &Callback, signature: &str, timestamp: &str, encrypted: &str) -> Result<String, ConnectError> {
    let received = Received { signature, timestamp, nonce: "n", encrypted };
    by.open(&received, NOW).map(|text| text.to_string())
}

#[test]
fn what_was_sealed_opens_and_only_for_its_receiver() {
    let reply = callback().reply("你好", [7; 16], TIME, "n").unwrap();
    assert_eq!(open(&callback(), &reply.signature, TIME, &reply.encrypted).unwrap(), "你好");
    for receiver in ["", "corp2", "cor", "CORP"] {
        let other = Callback::new(Platform::WeCom, "token", KEY, receiver).unwrap();
        assert_eq!(open(&other, &reply.signature, TIME, &reply.encrypted), Err(ConnectError::Receiver));
    }
}

#[test]
fn a_signature_belongs_to_token_time_nonce_and_message() {
    let by = callback();
    let reply = by.reply("text", [7; 16], TIME, "n").unwrap();
    let refused = Err(ConnectError::Signature);
    assert_eq!(open(&by, &reply.signature, "1700000001", &reply.encrypted), refused);
    assert_eq!(open(&by, &reply.signature.to_uppercase(), TIME, &reply.encrypted), refused);
    assert_eq!(open(&by, &reply.signature[..39], TIME, &reply.encrypted), refused);
    assert_eq!(open(&by, "", TIME, &reply.encrypted), refused);
    let received =
        Received { signature: &reply.signature, timestamp: TIME, nonce: "m", encrypted: &reply.encrypted };
    assert_eq!(by.open(&received, NOW).unwrap_err(), ConnectError::Signature);
    let other = Callback::new(Platform::WeCom, "token2", KEY, "corp").unwrap();
    assert_eq!(open(&other, &reply.signature, TIME, &reply.encrypted), refused);
    for at in (0..reply.encrypted.len()).step_by(7) {
        let mut bent = reply.encrypted.clone().into_bytes();
        bent[at] = if bent[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(open(&by, &reply.signature, TIME, &String::from_utf8(bent).unwrap()), refused, "{at}");
    }
}

#[test]
fn a_well_signed_time_that_is_no_time_is_refused() {
    for time in
        ["", "x", "-1", "+1700000000", " 1700000000", "99999999999999999999", "9223372036854775807", "0"]
    {
        let reply = callback().reply("text", [7; 16], time, "n").unwrap();
        assert_eq!(
            open(&callback(), &reply.signature, time, &reply.encrypted),
            Err(ConnectError::Timestamp),
            "{time}"
        );
    }
}

/// The same bytes under a good signature: what a holder of the token, but not of the key, could send.
#[test]
fn well_signed_rubbish_is_one_error() {
    for rubbish in ["", "=", "AAAA", "不", &"A".repeat(64), &"A".repeat(128), &"B".repeat(172)] {
        let signature = sign(rubbish);
        assert_eq!(open(&callback(), &signature, TIME, rubbish), Err(ConnectError::Damaged), "{rubbish}");
    }
}

#[test]
fn a_monstrous_message_is_not_looked_at() {
    let long = "A".repeat(ENCRYPTED_MAX + 4);
    assert_eq!(open(&callback(), "", TIME, &long), Err(ConnectError::TooLong));
    assert_eq!(callback().reply(&long, [0; 16], TIME, "n"), Err(ConnectError::TooLong));
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let new = |token, key| Callback::new(Platform::WeCom, token, key, "corp").err();
    assert_eq!(new("", KEY), Some(ConnectError::Token));
    for key in
        ["", &KEY[..42], &format!("{KEY}="), &format!("{KEY}A"), &KEY.replace('j', "-"), &"é".repeat(43)]
    {
        assert_eq!(new("token", key), Some(ConnectError::EncodingKey), "{key}");
    }
    assert_eq!(RobotSecret::new("").err(), Some(ConnectError::Token));
}

#[test]
fn debug_and_errors_show_no_secret() {
    let shown = format!("{:?} {:?}", callback(), RobotSecret::new("SECabc").unwrap());
    assert_eq!(shown, "Callback(WeCom, …) RobotSecret(…)");
    let error = Callback::new(Platform::WeCom, "t", "hunter2", "c").unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn nt_01_a_notice_holds_no_number_and_no_address() {
    for text in [
        "请回电 13800138000",
        "请回电 138 0013 8000",
        "1-3-8-0-0-1-3-8-0-0-0",
        "１３８００１３８０００",
        "一三八零零一三八零零零",
        "幺三八〇〇幺三八〇〇〇",
        "①③⑧⓪⓪①③⑧⓪⓪⓪",
        "٠١٢٣٤٥٦",
        "身份证 11010519491231002X",
        "021-6234567",
        "li@example.com",
        "li＠example.com",
        "https://example.com",
        "卡号 6222 0212 3456 7890 123",
        "2026-11-24",
    ] {
        assert_eq!(Line::parse(text), Err(ConnectError::Personal), "{text}");
    }
    for text in ["", "   ", "a\nb", "a\u{7}", &"字".repeat(61)] {
        assert_eq!(Line::parse(text), Err(ConnectError::LineShape), "{text:?}");
    }
    for text in ["有 3 条审批待处理", "导出已就绪", "14:05 有一条告警", "123456"] {
        assert_eq!(Line::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn nt_01_a_link_leads_to_this_house_only() {
    for house in [
        "http://crm.example.com",
        "https://",
        "https://crm.example.com/x",
        "https://a@b",
        "https://a?b",
        "https://a#b",
        "https://a:b",
        "https://a:99999",
        "https://a:",
        "https://a:+1",
        "https://客盾",
        "crm.example.com",
    ] {
        assert_eq!(House::parse(house), Err(ConnectError::House), "{house}");
    }
    let house = House::parse("https://crm.example.com:8443/").unwrap();
    let line = || Line::parse("新客户").unwrap();
    for id in [
        "",
        "13800138000",
        "../exports",
        "0192F0C1-0000-7000-8000-000000000000",
        "0192f0c1-0000-7000-8000-00000000000/",
    ] {
        assert_eq!(Notice::new(line(), &house, Page::Customer(id)).unwrap_err(), ConnectError::Id, "{id}");
    }
    let id = "0192f0c1-0000-7000-8000-000000000000";
    let notice = Notice::new(line(), &house, Page::Customer(id)).unwrap();
    let text = format!("新客户\nhttps://crm.example.com:8443/records/customer/{id}");
    assert_eq!(notice.wecom()["text"]["content"], text);
    assert_eq!(notice.dingtalk()["text"]["content"], text);
    let secret = RobotSecret::new("this is secret").unwrap();
    let signed = notice.feishu(Some((&secret, 1_700_000_000)));
    assert_eq!(signed["content"]["text"], text);
    assert_eq!(signed["timestamp"], "1700000000");
    assert_eq!(signed["sign"], "OfGzRzoUICBOoc8wVra1e4A1hPfbZ9zqXozA8CWVUuY=");
    assert!(notice.feishu(None).get("sign").is_none());
}

fn sign(encrypted: &str) -> String {
    use sha1::{Digest as _, Sha1};
    let mut parts = ["token", TIME, "n", encrypted];
    parts.sort_unstable();
    hex::encode(Sha1::digest(parts.concat()))
}

proptest! {
    #[test]
    fn nothing_received_panics(signature in ".{0,50}", timestamp in ".{0,20}", nonce in ".{0,20}", encrypted in ".{0,200}", now: i64) {
        let received = Received { signature: &signature, timestamp: &timestamp, nonce: &nonce, encrypted: &encrypted };
        prop_assert!(callback().open(&received, now).is_err());
    }

    #[test]
    fn well_signed_bytes_open_or_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        use base64::Engine as _;
        let encrypted = base64::engine::general_purpose::STANDARD.encode(bytes);
        let outcome = open(&callback(), &sign(&encrypted), TIME, &encrypted);
        prop_assert!(matches!(outcome, Ok(_) | Err(ConnectError::Damaged | ConnectError::Receiver)));
    }

    #[test]
    fn every_reply_opens_again(message in ".{0,200}", random: [u8; 16]) {
        let reply = callback().reply(&message, random, TIME, "n").unwrap();
        prop_assert_eq!(open(&callback(), &reply.signature, TIME, &reply.encrypted), Ok(message));
    }

    #[test]
    fn settings_of_any_shape_are_survived(token in ".{0,20}", key in ".{0,60}", receiver in ".{0,20}") {
        let _ = Callback::new(Platform::DingTalk, &token, &key, &receiver);
        let _ = House::parse(&key);
    }

    #[test]
    fn no_line_holds_seven_digits(text in "[\\PC0-9０-９一二三]{0,70}") {
        if let Ok(line) = Line::parse(&text) {
            prop_assert!(line.as_str().chars().filter(|c| c.is_numeric()).count() < 7);
            prop_assert!(!line.as_str().contains('@'));
        }
    }
}

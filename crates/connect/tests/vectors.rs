//! The platforms' own samples, byte for byte.
#![expect(clippy::unwrap_used, reason = "a broken assumption of a test should stop it")]

use kedun_connect::callback::WINDOW_MS;
use kedun_connect::{Callback, Platform, Received, RobotSecret};

const ENCODING_KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const ECHO: Received<'_> = Received {
    signature: "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    timestamp: "1409659589",
    nonce: "263014780",
    encrypted: "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
};
const MESSAGE: Received<'_> = Received {
    signature: "477715d11cdb4164915debcba66cb864d751f3e6",
    timestamp: "1409659813",
    nonce: "1372623149",
    encrypted: "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
};
const DINGTALK: Received<'_> = Received {
    signature: "03044561471240d4a14bb09372dfcfd4fd0e40cb",
    timestamp: "1608001896814",
    nonce: "WL4PK6yA",
    encrypted: "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhELOFchzNukR+t8SB/qk4ROMu3",
};

fn wecom() -> Callback {
    Callback::new(Platform::WeCom, "QDG6eK", ENCODING_KEY, "wx5823bf96d3bd56c7").unwrap()
}

fn dingtalk() -> Callback {
    let key = "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7";
    Callback::new(Platform::DingTalk, "mryue", key, "ding6ccabc44d2c8d38b").unwrap()
}

#[test]
fn wecom_verifies_its_url() {
    let echo = wecom().open(&ECHO, 1_409_659_589_000).unwrap();
    assert_eq!(echo.as_str(), "1616140317555161061");
}

#[test]
fn wecom_sends_a_message() {
    let message = wecom().open(&MESSAGE, 1_409_659_813_000).unwrap();
    assert!(
        message.starts_with("<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>"),
        "{}",
        *message
    );
    assert!(message.contains("<Content><![CDATA[hello]]></Content>"), "{}", *message);
}

#[test]
fn dingtalk_checks_its_url() {
    let message = dingtalk().open(&DINGTALK, 1_608_001_896_814).unwrap();
    assert_eq!(message.as_str(), r#"{"EventType":"check_url"}"#);
}

/// The samples tell their random bytes once opened, so the way out can be held to them as well.
#[test]
fn a_reply_with_the_samples_random_bytes_is_the_sample() {
    let random = *b"c41b64491c2468d0";
    let reply = wecom().reply("1616140317555161061", random, ECHO.timestamp, ECHO.nonce).unwrap();
    assert_eq!(reply.encrypted, ECHO.encrypted);
    assert_eq!(reply.signature, ECHO.signature);
}

#[test]
fn the_window_is_closed_on_both_sides() {
    let at = 1_608_001_896_814;
    for (now, open) in [
        (at - WINDOW_MS, true),
        (at + WINDOW_MS, true),
        (at - WINDOW_MS - 1, false),
        (at + WINDOW_MS + 1, false),
        (i64::MIN, false),
        (i64::MAX, false),
    ] {
        assert_eq!(dingtalk().open(&DINGTALK, now).is_ok(), open, "{now}");
    }
}

/// Not published: computed from the platforms' rules by an independent implementation.
#[test]
fn robots_sign() {
    let secret = RobotSecret::new("this is secret").unwrap();
    assert_eq!(secret.dingtalk(1_700_000_000_000), "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0=");
    assert_eq!(
        secret.dingtalk_query(1_700_000_000_000),
        "&timestamp=1700000000000&sign=sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0%3D"
    );
    assert_eq!(secret.feishu(1_700_000_000), "OfGzRzoUICBOoc8wVra1e4A1hPfbZ9zqXozA8CWVUuY=");
}

//! Signatures of group robots. DingTalk and Feishu use the same parts the other way round.
//!
//! WeCom's robots have no signature: the key in their address is the secret.
//!
//! Sources: DingTalk, "自定义机器人安全设置"; Feishu, "自定义机器人使用指南", section 签名校验. Neither publishes a vector;
//! those in `tests/vectors.rs` were computed from the two rules by an independent implementation.

use crate::ConnectError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// The secret of a robot.
pub struct RobotSecret(Zeroizing<String>);

impl fmt::Debug for RobotSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RobotSecret(…)")
    }
}

impl RobotSecret {
    /// Takes the secret that the platform shows when a robot is made.
    ///
    /// # Errors
    /// [`ConnectError::Token`] when it is empty.
    pub fn new(secret: &str) -> Result<RobotSecret, ConnectError> {
        if secret.is_empty() {
            return Err(ConnectError::Token);
        }
        Ok(RobotSecret(Zeroizing::new(secret.to_owned())))
    }

    /// DingTalk's `sign`, before URL encoding: key = secret, message = timestamp (ms), newline, secret.
    pub fn dingtalk(&self, timestamp_ms: i64) -> String {
        let message = Zeroizing::new(format!("{timestamp_ms}\n{}", self.0.as_str()));
        mac(self.0.as_bytes(), message.as_bytes())
    }

    /// What is appended to the address of a DingTalk robot: `&timestamp=…&sign=…`, URL encoded.
    pub fn dingtalk_query(&self, timestamp_ms: i64) -> String {
        let sign = self.dingtalk(timestamp_ms);
        let sign = sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        format!("&timestamp={timestamp_ms}&sign={sign}")
    }

    /// Feishu's `sign`: key = timestamp (seconds), newline, secret; the message is empty.
    pub fn feishu(&self, timestamp_s: i64) -> String {
        let key = Zeroizing::new(format!("{timestamp_s}\n{}", self.0.as_str()));
        mac(key.as_bytes(), b"")
    }
}

fn mac(key: &[u8], message: &[u8]) -> String {
    // A key of any length fits HMAC; the error type is that of algorithms which are choosier.
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104)")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes every key");
    mac.update(message);
    STANDARD.encode(mac.finalize().into_bytes())
}

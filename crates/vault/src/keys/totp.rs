//! One-time codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds), each accepted once.

use crate::keys::{Clear, KeyError};
use std::fmt;
use subtle::ConstantTimeEq;
use totp_rs::{Builder, Totp, TotpError};
use zeroize::Zeroizing;

/// Seconds of one step.
pub const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that are accepted: phones' clocks drift.
const DRIFT: u64 = 1;
/// Bytes of a secret (160 bits, as RFC 4226 recommends).
const SECRET: usize = 20;
/// Digits of a code.
const DIGITS: usize = 6;

/// The secret shared with one person's authenticator app. Stored only through
/// [`seal_system`](crate::keys::seal_system); overwritten when dropped.
pub struct TotpSecret(Zeroizing<[u8; SECRET]>);

impl TotpSecret {
    /// Draws a new secret.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; SECRET]);
        getrandom::fill(&mut *bytes).map_err(KeyError::Random)?;
        Ok(Self(bytes))
    }

    /// Takes an opened secret.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::Totp { reason: "secret is not 20 bytes" })?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// The bytes, for sealing.
    pub fn expose(&self) -> &[u8] {
        &*self.0
    }

    /// The secret as an app shows it (base 32), for people who cannot scan.
    pub fn base32(&self) -> Result<Clear, KeyError> {
        Ok(Clear::from(self.totp("", "")?.secret().to_base32()))
    }

    /// The `otpauth://` address that a QR code carries. Contains the secret: show it once, log it never.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<Clear, KeyError> {
        let totp = self.totp(issuer, account)?;
        totp.to_url().map(Clear::from).map_err(|error| KeyError::Totp { reason: reason(&error) })
    }

    /// Checks a code at a moment (Unix seconds) and returns its step, which the caller stores and passes as
    /// `last_step` next time. A code whose step is not later than `last_step` is refused: somebody who
    /// looked over a shoulder cannot use it again.
    ///
    /// The caller stores the step in the transaction that opens the session; of two requests with the same
    /// code, the second must lose there. When the clock is set back, codes are refused until it has caught
    /// up with `last_step`.
    pub fn verify(&self, code: &str, unix_seconds: u64, last_step: Option<u64>) -> Result<u64, KeyError> {
        let code = code.trim().as_bytes();
        if code.len() != DIGITS || !code.iter().all(u8::is_ascii_digit) {
            return Err(KeyError::CodeWrong);
        }
        let totp = self.totp("", "")?;
        let now = unix_seconds / STEP_SECONDS;
        let mut replayed = false;
        for step in now.saturating_sub(DRIFT)..=now.saturating_add(DRIFT) {
            let Some(moment) = step.checked_mul(STEP_SECONDS) else { break };
            let expected = Zeroizing::new(totp.generate(moment).to_string());
            if bool::from(expected.as_bytes().ct_eq(code)) {
                if last_step.is_none_or(|last| step > last) {
                    return Ok(step);
                }
                // Look on: a later step may, once in a million, have the same code.
                replayed = true;
            }
        }
        Err(if replayed { KeyError::CodeReplayed } else { KeyError::CodeWrong })
    }

    fn totp(&self, issuer: &str, account: &str) -> Result<Totp, KeyError> {
        Builder::new()
            .with_secret(self.0.as_slice())
            .with_issuer((!issuer.is_empty()).then_some(issuer))
            .with_account_name(account)
            .build()
            .map_err(|error| KeyError::Totp { reason: reason(&error) })
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The library's errors quote what they were given; ours name the rule only.
fn reason(error: &TotpError) -> &'static str {
    match error {
        TotpError::InvalidIssuer { .. } => "issuer contains a colon",
        TotpError::InvalidAccountName { .. } => "account contains a colon",
        TotpError::SecretTooShort { .. } => "secret is too short",
        _ => "cannot be written as an otpauth address",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment in the middle of a step.
    const NOW: u64 = 1_700_000_010;

    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").unwrap()
    }

    fn code(at: u64) -> String {
        secret().totp("", "").unwrap().generate(at).to_string()
    }

    #[test]
    fn published_codes_are_accepted_at_their_moment() {
        // RFC 6238 appendix B, SHA-1; six digits are the last six of its eight.
        for (moment, eight) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(secret().verify(&eight[2..], moment, None).unwrap(), moment / 30, "{moment}");
        }
    }

    #[test]
    fn one_step_of_drift_is_forgiven_and_two_are_not() {
        let step = NOW / 30;
        for (drift, accepted) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
            let at = NOW.checked_add_signed(drift).unwrap();
            let result = secret().verify(&code(at), NOW, None);
            assert_eq!(result.as_ref().ok(), accepted.then_some(&(at / 30)), "{drift} {step}");
            assert!(accepted || matches!(result, Err(KeyError::CodeWrong)));
        }
    }

    #[test]
    fn a_replayed_code_is_refused() {
        let code_now = code(NOW);
        let step = secret().verify(&code_now, NOW, None).unwrap();
        assert!(matches!(secret().verify(&code_now, NOW, Some(step)), Err(KeyError::CodeReplayed)));
        assert!(matches!(secret().verify(&code_now, NOW + 29, Some(step)), Err(KeyError::CodeReplayed)));
        let before = code(NOW - 30);
        assert!(matches!(secret().verify(&before, NOW, Some(step)), Err(KeyError::CodeReplayed)));
        assert_eq!(secret().verify(&code(NOW + 30), NOW + 30, Some(step)).unwrap(), step + 1);
    }

    #[test]
    fn a_clock_set_back_revives_no_code() {
        let step = secret().verify(&code(NOW), NOW, None).unwrap();
        let earlier = NOW - 3_600;
        assert!(matches!(secret().verify(&code(earlier), earlier, Some(step)), Err(KeyError::CodeReplayed)));
    }

    #[test]
    fn codes_that_are_not_six_digits_are_refused() {
        let good = code(NOW);
        assert!(secret().verify(&format!(" {good} "), NOW, None).is_ok());
        for bad in ["", "12345", "1234567", "abcdef", "+12345", "１２３４５６", &format!("0{good}")] {
            assert!(matches!(secret().verify(bad, NOW, None), Err(KeyError::CodeWrong)), "{bad}");
        }
    }

    #[test]
    fn another_secret_is_refused() {
        assert!(TotpSecret::generate().unwrap().verify(&code(NOW), NOW, None).is_err());
        assert!(matches!(TotpSecret::from_bytes(&[1; 19]), Err(KeyError::Totp { .. })));
    }

    #[test]
    fn the_ends_of_time_do_not_break_it() {
        for moment in [0, 29, u64::MAX] {
            assert!(secret().verify("000000", moment, None).is_err());
        }
    }

    #[test]
    fn the_address_is_what_apps_read() {
        let uri = secret().uri("客盾", "wang@example.com").unwrap();
        assert!(uri.expose().starts_with("otpauth://totp/"), "{}", uri.expose());
        assert!(uri.expose().contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        assert_eq!(secret().base32().unwrap().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let back = Totp::from_url(uri.expose()).unwrap();
        assert_eq!(back.generate(NOW).to_string(), code(NOW));
        assert_eq!((back.issuer(), back.account_name()), (Some("客盾"), "wang@example.com"));
    }

    #[test]
    fn a_colon_in_a_label_is_refused_without_repeating_it() {
        let error = secret().uri("a:b", "wang").err().unwrap();
        assert!(matches!(error, KeyError::Totp { reason: "issuer contains a colon" }));
        assert!(secret().uri("a", "w:ang").is_err());
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", secret()), "TotpSecret(…)");
    }
}

//! The certificate of the server and its key, looked at before anybody is told that the server is there.

use crate::settings::{SettingsError, Tls};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_cert::der::Decode as _;

/// From when until when a certificate holds, seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holds {
    pub(crate) from: u64,
    pub(crate) until: u64,
}

/// Reads both files and sees that the key belongs to the certificate.
///
/// # Errors
/// The setting whose file cannot be used.
pub(crate) fn read(files: &Tls) -> Result<Holds, SettingsError> {
    let of_cert = |said: String| SettingsError::new("server.tls_cert", said);
    let of_key = |said: String| SettingsError::new("server.tls_key", said);
    let (cert, key_file) = (files.cert.display(), files.key.display());
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect)
        .map_err(|e| of_cert(format!("{cert}: {e}")))?;
    let first = chain.first().ok_or_else(|| of_cert(format!("{cert} holds no certificate")))?;
    let parsed = x509_cert::Certificate::from_der(first).map_err(|e| of_cert(format!("{cert}: {e}")))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|e| of_key(format!("{key_file}: {e}")))?;
    let provider = rustls::crypto::ring::default_provider();
    rustls::sign::CertifiedKey::from_der(chain, key, &provider)
        .map_err(|e| of_key(format!("{key_file} does not belong to {cert}: {e}")))?;
    let validity = parsed.tbs_certificate.validity;
    let seconds = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs();
    Ok(Holds { from: seconds(&validity.not_before), until: seconds(&validity.not_after) })
}

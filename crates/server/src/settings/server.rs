//! `[server]`: where it listens and what people call it.

use super::{Section, SettingsError};
use figment::value::magic::RelativePathBuf;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSettings {
    /// Address and port.
    pub listen: SocketAddr,
    /// What people type, when it is not the address: `https://crm.example.com`.
    pub public_url: Option<String>,
    /// Certificate chain, PEM.
    pub tls_cert: Option<RelativePathBuf>,
    /// Private key, PEM.
    pub tls_key: Option<RelativePathBuf>,
}

/// The two files of TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub cert: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

impl Default for ServerSettings {
    fn default() -> Self {
        ServerSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 7080)),
            public_url: None,
            tls_cert: None,
            tls_key: None,
        }
    }
}

impl ServerSettings {
    /// The TLS files, when TLS is on.
    pub fn tls(&self) -> Option<Tls> {
        Some(Tls { cert: self.tls_cert.as_ref()?.relative(), key: self.tls_key.as_ref()?.relative() })
    }

    /// Whether browsers reach us over TLS, by ourselves or by a proxy on this machine.
    pub fn is_secure(&self) -> bool {
        self.tls_cert.is_some() || self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The address to open in a browser.
    pub fn address(&self) -> String {
        let scheme = if self.tls_cert.is_some() { "https" } else { "http" };
        self.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", self.listen))
    }
}

impl Section for ServerSettings {
    const NAME: &'static str = "server";

    fn check(&self) -> Result<(), SettingsError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(_), None) => return Err(SettingsError::new("server.tls_key", "is required with tls_cert")),
            (None, Some(_)) => return Err(SettingsError::new("server.tls_cert", "is required with tls_key")),
            _ => {}
        }
        if self.tls_cert.is_none() && !self.listen.ip().is_loopback() {
            return Err(SettingsError::new(
                "server.listen",
                "plain HTTP is served on loopback only; set server.tls_cert and server.tls_key, or listen on \
                 127.0.0.1 behind a TLS proxy",
            ));
        }
        if let Some(url) = &self.public_url
            && !(url.starts_with("https://") || url.starts_with("http://"))
        {
            return Err(SettingsError::new("server.public_url", "must begin with https:// or http://"));
        }
        Ok(())
    }
}

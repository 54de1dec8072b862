//! Web Push without a word (RFC 8030, RFC 8292): a knock at a browser's push service, signed by the house, with nothing in
//! it. There is no payload, so there is nothing to encrypt and nothing that a push service could read.
//!
//! **Invariant:** a request goes to `https` alone, to a host that the operator named or to one whose addresses are all
//! public, judged at the moment of connecting; redirects are not followed and proxies not asked.

use crate::ConnectError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

/// Most bytes of an endpoint's address.
pub const ENDPOINT_MAX: usize = 1024;
/// How long a knock waits at the push service for a browser that is away, seconds: what it is about can be seen in the app
/// by then.
const TTL_SECONDS: u32 = 4 * 3600;
/// A knock is over after so long, however slow the other side is.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than this nobody waits because a push service asks for it, seconds.
const AFTER_MAX: u64 = 600;

/// The address at which a push service knocks at one browser. Whoever has it may knock, so its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    uri: Uri,
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Endpoint")
    }
}

impl Endpoint {
    /// Reads what a browser gave.
    ///
    /// # Errors
    /// [`ConnectError::Endpoint`]: not `https`, no host, a name and password in it, too long.
    pub fn parse(text: &str) -> Result<Endpoint, ConnectError> {
        if text.len() > ENDPOINT_MAX || text.contains(['#', '@', '\\']) {
            return Err(ConnectError::Endpoint);
        }
        let uri: Uri = text.parse().map_err(|_| ConnectError::Endpoint)?;
        match (uri.scheme_str(), uri.host()) {
            (Some("https"), Some(host)) if !host.is_empty() => Ok(Endpoint { uri }),
            _ => Err(ConnectError::Endpoint),
        }
    }

    /// For whom a signature is good: `https://push.example.com`, with its port where it is not 443.
    pub fn audience(&self) -> String {
        format!("https://{}", named(self.host(), self.port()))
    }

    fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(443)
    }
}

fn named(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    if port == 443 { host } else { format!("{host}:{port}") }
}

/// The header that says who knocks (RFC 8292, `vapid`): whom it is for, until when it is good (seconds since 1970, at
/// most a day ahead), whom to write to. `sign` is ES256 under the key whose public point is `public`.
///
/// # Errors
/// What `sign` fails with.
pub fn authorization<E>(
    endpoint: &Endpoint,
    contact: &str,
    until: i64,
    public: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
) -> Result<String, E> {
    let claims = serde_json::json!({ "aud": endpoint.audience(), "exp": until, "sub": contact }).to_string();
    let said = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signed = URL_SAFE_NO_PAD.encode(sign(said.as_bytes())?);
    Ok(format!("vapid t={said}.{signed}, k={}", URL_SAFE_NO_PAD.encode(public)))
}

/// How a knock went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knocked {
    /// The push service took it.
    Taken,
    /// The browser is not there any more: nobody knocks there again.
    Gone,
    /// Not now; try again, after so long where it said so.
    Later(Option<Duration>),
    /// The push service does not want it, with its status.
    Refused(u16),
}

/// Knocks at push services.
#[derive(Clone, Debug)]
pub struct Knocker {
    agent: ureq::Agent,
    hosts: Hosts,
}

impl Knocker {
    /// One that knocks at the named hosts alone (`push.example.com`, `push.lan:8443`), wherever they are; with none, at
    /// every host that is public. `roots` are certificates (PEM) to trust in the place of those of the web.
    ///
    /// # Errors
    /// [`ConnectError::Host`], [`ConnectError::Certificate`].
    pub fn new(hosts: &[String], roots: Option<&[u8]>) -> Result<Knocker, ConnectError> {
        let hosts = Hosts::new(hosts)?;
        let mut tls = TlsConfig::builder();
        if let Some(pem) = roots {
            let found: Result<Vec<_>, _> = ureq::tls::parse_pem(pem).collect();
            let found = found.map_err(|_| ConnectError::Certificate)?;
            let certificates: Vec<Certificate<'static>> = found
                .into_iter()
                .filter_map(|item| match item {
                    ureq::tls::PemItem::Certificate(certificate) => Some(certificate),
                    _ => None,
                })
                .collect();
            if certificates.is_empty() {
                return Err(ConnectError::Certificate);
            }
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
        }
        let config = ureq::Agent::config_builder()
            .tls_config(tls.build())
            .https_only(true)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            // What stays open would be told apart by a push service, and is not worth it for a knock in minutes.
            .max_idle_connections(0)
            .timeout_global(Some(PATIENCE))
            .user_agent("kedun")
            .build();
        let agent = ureq::Agent::with_parts(config, DefaultConnector::default(), Guarded(hosts.clone()));
        Ok(Knocker { agent, hosts })
    }

    /// Whether an address may be kept to be knocked at. Where its name leads is looked at when somebody knocks.
    pub fn admits(&self, endpoint: &Endpoint) -> bool {
        self.hosts.admit(endpoint.host(), endpoint.port())
    }

    /// Knocks, and waits for the answer: for a thread that may wait.
    ///
    /// # Errors
    /// [`ConnectError::Endpoint`]: an address that is not admitted. Everything that the network does wrong is
    /// [`Knocked::Later`].
    pub fn knock(&self, endpoint: &Endpoint, authorization: &str) -> Result<Knocked, ConnectError> {
        if !self.admits(endpoint) {
            return Err(ConnectError::Endpoint);
        }
        let sent = self
            .agent
            .post(endpoint.uri.clone())
            .header("Authorization", authorization)
            .header("TTL", TTL_SECONDS.to_string())
            .header("Urgency", "normal")
            // The next knock takes the place of one that still waits.
            .header("Topic", "kedun")
            .send_empty();
        Ok(match sent {
            Ok(answer) => judged(answer.status().as_u16(), after(&answer)),
            Err(_) => Knocked::Later(None),
        })
    }
}

fn after<B>(answer: &ureq::http::Response<B>) -> Option<Duration> {
    let said = answer.headers().get("retry-after")?.to_str().ok()?;
    said.trim().parse::<u64>().ok().map(|seconds| Duration::from_secs(seconds.min(AFTER_MAX)))
}

fn judged(status: u16, after: Option<Duration>) -> Knocked {
    match status {
        200..=299 => Knocked::Taken,
        404 | 410 => Knocked::Gone,
        408 | 425 | 429 | 500..=599 => Knocked::Later(after),
        other => Knocked::Refused(other),
    }
}

/// Where may be knocked.
#[derive(Clone, Debug)]
struct Hosts {
    /// The only ones, with their ports where those are not 443; none for all that are public.
    named: BTreeSet<String>,
}

impl Hosts {
    fn new(hosts: &[String]) -> Result<Hosts, ConnectError> {
        let read = |text: &String| {
            let endpoint =
                Endpoint::parse(&format!("https://{}/", text.trim())).map_err(|_| ConnectError::Host)?;
            if text.contains(['/', '?']) {
                Err(ConnectError::Host)
            } else {
                Ok(named(endpoint.host(), endpoint.port()))
            }
        };
        Ok(Hosts { named: hosts.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// By what stands in the address. A number in the place of a name, a name without a dot and a port that the web does
    /// not use belong to no push service that is public.
    fn admit(&self, host: &str, port: u16) -> bool {
        if !self.named.is_empty() {
            return self.named.contains(&named(host, port));
        }
        let host = host.to_ascii_lowercase();
        let is_number = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
        let last = host.rsplit('.').next().unwrap_or_default();
        let is_name = host.contains('.') && last.chars().any(|c| c.is_ascii_alphabetic());
        let is_inside = ["localhost", "local", "internal", "lan", "home", "arpa"].contains(&last);
        port == 443 && !is_number && is_name && !is_inside
    }

    /// By where the name leads.
    fn lead_to(&self, address: &SocketAddr) -> bool {
        !self.named.is_empty() || is_public(address.ip())
    }
}

/// Resolves names as everybody does, and refuses one that leads inside by any of its addresses. It is asked for every
/// connection, so a name that changes where it leads after it was looked at gains nothing.
#[derive(Debug)]
struct Guarded(Hosts);

impl Resolver for Guarded {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        if found.iter().all(|address| self.0.lead_to(address)) {
            Ok(found)
        } else {
            Err(ureq::Error::HostNotFound)
        }
    }
}

/// Whether an address belongs to the web at large: not to this machine, its network, nobody, or a way around these.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    let is_global_unicast = a & 0xe000 == 0x2000;
    // Teredo and the other special ones of 2001::/23, documentation, and 6to4, which wraps any address of the old kind.
    let is_special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || a & 0xfff0 == 0x3ff0;
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests;

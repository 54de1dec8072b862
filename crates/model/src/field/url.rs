//! Web addresses. Only http and https: a `javascript:` link in a customer record runs in a colleague's session.

use super::{text, wrong};
use crate::definition::FieldDef;
use crate::problem::FieldError;
use crate::value::Value;
use serde_json::Value as Json;

pub(super) fn parse(field: &FieldDef, raw: &Json) -> Result<Value, FieldError> {
    let given = text::clean(field, raw)?;
    let (scheme, rest) = given.split_once("://").ok_or_else(|| wrong(field, "url_format"))?;
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return Err(wrong(field, "url_scheme"));
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).ok_or_else(|| wrong(field, "url_format"))?;
    let sound = is_authority(authority)
        && !path.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '`'));
    if !sound {
        return Err(wrong(field, "url_format"));
    }
    Ok(Value::Text(format!("{scheme}://{}{path}", authority.to_ascii_lowercase())))
}

/// A host and perhaps a port; no user name, which only serves to make one site look like another.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|n| n > 0) && !port.starts_with('+');
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| {
            !label.is_empty()
                && label.chars().all(|c| {
                    c == '-'
                        || c == '_'
                        || if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() }
                })
        }),
    };
    is_host && port.is_none_or(is_port)
}

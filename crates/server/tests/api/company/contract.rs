//! The API's document, held against every reply that any test gets.

use super::client::Reply;
use jsonschema::Validator;
use kedun_server::{Route, table};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

/// The document, as it is served.
pub static DOCUMENT: LazyLock<Json> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/api/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

/// Every operation.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| table().routes().to_vec());

/// The operation that a path belongs to; a word of the path goes before a parameter.
pub fn route(method: &str, path: &str) -> Option<&'static Route> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&Route| {
        let wanted: Vec<&str> = route.path.split('/').collect();
        let open_end = wanted.last().is_some_and(|w| w.starts_with("{*"));
        let enough = if open_end { parts.len() >= wanted.len() } else { parts.len() == wanted.len() };
        enough && wanted.iter().zip(&parts).all(|(w, p)| (w.starts_with('{') && !p.is_empty()) || w == p)
    };
    let parameters = |route: &&Route| route.path.matches('{').count();
    ROUTES.iter().filter(|r| r.method == method).filter(fits).min_by_key(parameters)
}

/// The described operation.
pub fn described(route: &Route) -> &'static Json {
    let path = route.path.replace("{*path}", "{path}");
    &DOCUMENT["paths"][path][route.method.to_lowercase()]
}

/// Whether a value fits a schema of the document.
///
/// # Panics
/// Never for schemas that exist.
pub fn fits(schema: &Json, value: &Json) -> Result<(), String> {
    static KNOWN: LazyLock<Mutex<HashMap<String, Validator>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    let validator = known.entry(schema.to_string()).or_insert_with(|| {
        let mut whole = schema.clone();
        whole["components"] = DOCUMENT["components"].clone();
        jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
    });
    let errors: Vec<String> =
        validator.iter_errors(value).take(3).map(|e| format!("{} at {}", e, e.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
}

/// Fails when a reply is not one that the document promises.
pub fn hold(method: &str, path: &str, reply: &Reply) {
    assert!(
        reply.status < 500 || reply.status == 503,
        "{}: {} {}\n{}",
        reply.asked,
        reply.status,
        reply.text(),
        super::heard::last_error()
    );
    let kind = reply.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    if reply.status >= 400 && path.starts_with("/api/") {
        assert_eq!(kind, "application/problem+json", "{}: {}", reply.asked, reply.status);
    }
    if kind == "application/problem+json" {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        fits(&schema, &reply.json()).unwrap_or_else(|e| panic!("{}: {e}\n{}", reply.asked, reply.text()));
    }
    let Some(route) = route(method, path) else { return };
    let responses = &described(route)["responses"];
    let response = &responses[reply.status.to_string()];
    assert!(response.is_object(), "{}: undocumented {} {}", reply.asked, reply.status, reply.text());
    if reply.status >= 400 && kind == "application/problem+json" {
        return;
    }
    let Some(content) = response["content"].as_object() else {
        assert!(reply.bytes.is_empty(), "{}: a body that the document does not promise", reply.asked);
        return;
    };
    let promised = content.get(kind).unwrap_or_else(|| panic!("{}: undocumented type {kind}", reply.asked));
    if kind == "application/json" {
        fits(&promised["schema"], &reply.json())
            .unwrap_or_else(|e| panic!("{}: {e}\n{}", reply.asked, reply.text()));
    }
}

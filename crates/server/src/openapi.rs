//! The OpenAPI 3.1 document, written from the table of routes: there is no second list to forget.

use crate::register::{Policy, Route};
use serde_json::{Map, Value as Json, json};

/// The document.
pub(crate) fn document() -> Json {
    let mut paths: Map<String, Json> = Map::new();
    for route in crate::routes::table().routes() {
        let path = route.path.replace("{*path}", "{path}");
        let mut parameters: Vec<Json> = path
            .split('/')
            .filter_map(|s| s.strip_prefix('{').and_then(|s| s.strip_suffix('}')))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "maxLength": 200 } }))
            .collect();
        parameters.extend(route.query.iter().map(|name| {
            let schema = match *name {
                "limit" => json!({ "type": "integer", "minimum": 1, "maximum": 200 }),
                "from" | "to" | "version" | "before" | "actor_of" => json!({ "type": "integer", "minimum": 0 }),
                "state" if route.path == "/api/v1/alerts" => {
                    json!({ "type": "string", "enum": ["open", "acknowledged", "closed", "all"] })
                }
                "state" if route.path == "/api/v1/people" => {
                    json!({ "type": "string", "enum": ["active", "frozen", "all"] })
                }
                "state" if route.path == "/api/v1/exports/register" => json!({ "type": "string", "enum": [
                    "waiting", "approved", "running", "ready", "rejected", "cancelled", "expired", "failed"
                ] }),
                "state" => json!({ "type": "string", "enum": ["open", "all"] }),
                "kind" => json!({ "type": "string", "enum": ["read", "reveal", "export"] }),
                "days" => json!({ "type": "integer", "minimum": 1, "maximum": 31 }),
                "quiet" => json!({ "type": "integer", "minimum": 1, "maximum": 365 }),
                "month" => json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }),
                "severity" => json!({ "type": "string", "enum": ["medium", "high", "critical"] }),
                "who" | "bodies" => json!({ "type": "boolean" }),
                _ => json!({ "type": "string", "maxLength": 2000 }),
            };
            json!({ "name": name, "in": "query", "required": matches!((route.path, *name), ("/api/v1/ledger/consistency", _)), "schema": schema })
        }));
        parameters.extend(route.headers.iter().map(|name| {
            let longest = if *name == "X-Kedun-File-Name" { 1_200 } else { 100 };
            json!({ "name": name, "in": "header", "required": false, "schema": { "type": "string", "maxLength": longest } })
        }));
        let mut responses = Map::new();
        let (status, schema) = route.reply;
        responses.insert(status.to_string(), content(schema));
        if route.path == "/readyz" {
            responses.insert("503".to_owned(), content(schema));
        }
        for status in refusals(route, !parameters.is_empty()) {
            responses.insert(status.to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
        }
        let mut operation = json!({
            "summary": route.summary,
            "operationId": name(route.method, &path),
            "parameters": parameters,
            "responses": responses,
            "security": if route.policy == Policy::Public { json!([]) } else { json!([{ "bearer": [] }, { "cookie": [] }]) },
        });
        if let Some(body) = route.body {
            operation["requestBody"] = json!({
                "required": !route.bodiless,
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{body}") } } },
            });
        }
        if !route.bytes.is_empty() {
            let bytes = json!({ "schema": { "$ref": "#/components/schemas/Bytes" } });
            let content: Map<String, Json> =
                route.bytes.iter().map(|media| ((*media).to_owned(), bytes.clone())).collect();
            operation["requestBody"] = json!({ "required": true, "content": content });
        }
        paths.entry(path).or_insert_with(|| json!({}))[route.method.to_lowercase()] = operation;
    }
    let schemas: Json = serde_json::from_str(include_str!("openapi/schemas.json")).unwrap_or(Json::Null);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Kedun 客盾", "version": env!("CARGO_PKG_VERSION"), "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" } },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": { "Problem": {
                "description": "A problem document (RFC 9457).",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
            "securitySchemes": {
                "bearer": { "type": "http", "scheme": "bearer" },
                "cookie": {
                    "type": "apiKey", "in": "cookie", "name": "__Host-kedun",
                    "description": "Changes by cookie also send `X-Kedun-Request: 1`. On plain-HTTP loopback the name is `kedun`.",
                },
            },
        },
    })
}

/// The problems that an operation may answer.
fn refusals(route: &Route, asks: bool) -> Vec<&'static str> {
    match route.path {
        "/readyz" | "/api/v1/openapi.json" => return vec!["408", "429"],
        "/metrics" => return vec!["404"],
        path if !path.starts_with("/api/") => return Vec::new(),
        _ => {}
    }
    let changes = route.method != "GET";
    let session = route.policy == Policy::Session;
    let possible = [
        ("400", route.body.is_some()),
        ("401", session || changes),
        ("403", session),
        ("404", asks || changes),
        ("408", true),
        ("409", changes),
        ("413", route.body.is_some() || !route.bytes.is_empty()),
        ("415", route.body.is_some() || !route.bytes.is_empty()),
        ("422", asks || changes),
        ("429", true),
        ("503", true),
    ];
    possible.into_iter().filter(|(_, may)| *may).map(|(status, _)| status).collect()
}

fn content(schema: &str) -> Json {
    let media = match schema {
        "" => return json!({ "description": "Done." }),
        "Sheet" => {
            let schema = json!({ "schema": { "$ref": "#/components/schemas/Bytes" } });
            return json!({ "description": "The file.", "content": {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": schema, "text/csv": schema } });
        }
        "FileBody" => {
            let schema = json!({ "schema": { "$ref": "#/components/schemas/Bytes" } });
            let content: Map<String, Json> = kedun_model::ContentKind::ALL
                .iter()
                .map(|kind| (kind.media().to_owned(), schema.clone()))
                .collect();
            return json!({ "description": "What the file holds.", "content": content });
        }
        "Text" => "text/plain",
        "Events" => "text/event-stream",
        "Bytes" => "application/octet-stream",
        _ => "application/json",
    };
    json!({ "description": "Done.", "content": { media: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } } })
}

fn name(method: &str, path: &str) -> String {
    let words: Vec<String> = path
        .split(['/', '{', '}', '.', '-'])
        .filter(|w| !w.is_empty() && *w != "api" && *w != "v1")
        .map(str::to_owned)
        .collect();
    format!("{}_{}", method.to_lowercase(), words.join("_"))
}

#[cfg(test)]
mod tests {
    /// The web's types are generated from the snapshot, so a change of the API shows there. `UPDATE=1` writes it anew.
    #[test]
    fn the_snapshot_is_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/src/api/openapi.json");
        let now = serde_json::to_string_pretty(&super::document()).unwrap() + "\n";
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(stored == now, "web/src/api/openapi.json is out of date: run the test with UPDATE=1");
    }

    #[test]
    fn whoever_is_counted_can_read_that_they_may_have_to_wait() {
        let document = super::document();
        // Nobody is counted at the door that a supervisor knocks at, and the numbers are for this machine only.
        let uncounted = ["/healthz", "/metrics"];
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let promised = operation["responses"]["429"].is_object();
                assert_eq!(promised, !uncounted.contains(&path.as_str()), "{method} {path}");
            }
        }
    }

    #[test]
    fn only_who_answers_nothing_says_nothing_of_the_answer() {
        for route in crate::routes::table().routes() {
            let (status, schema) = route.reply;
            assert_eq!(schema.is_empty(), status == 204, "{} {}", route.method, route.path);
        }
    }

    #[test]
    fn every_schema_that_is_named_exists() {
        let document = super::document();
        let text = document.to_string();
        for part in text.split("#/components/schemas/").skip(1) {
            let name: String = part.chars().take_while(char::is_ascii_alphanumeric).collect();
            assert!(document["components"]["schemas"][&name].is_object(), "{name}");
        }
    }
}

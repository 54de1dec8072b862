//! Problem documents (RFC 9457): the one place where an error becomes a status and sentences.

use crate::words;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kedun_core::bootstrap::BootstrapError;
use kedun_model::{FieldError, Problem};
use kedun_vault::VaultError;
use serde_json::{Value as Json, json};

/// Everything that can go wrong with a request.
#[derive(Debug)]
pub enum Fault {
    /// The vault refuses or fails.
    Vault(VaultError),
    /// The input breaks rules.
    Invalid(Vec<FieldError>),
    /// Not JSON at all.
    Malformed(String),
    /// Not `application/json`.
    MediaType,
    /// Not one of the media types that a file may be sent as.
    NotAFile,
    /// More than so many bytes.
    TooLarge(usize),
    /// No such path.
    NotFound,
    /// No such method on this path.
    Method,
    /// The request was not finished within the longest time.
    TookTooLong,
    /// A cookie without the header that only our own pages send.
    CrossSite,
    /// A fault of ours; the log has the chain.
    Internal,
}

impl From<VaultError> for Fault {
    fn from(error: VaultError) -> Fault {
        Fault::Vault(error)
    }
}
impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        Fault::Vault(problem.into())
    }
}
impl From<BootstrapError> for Fault {
    fn from(_: BootstrapError) -> Fault {
        Fault::Internal
    }
}

/// What the last layer turns into a body, once it knows the language.
#[derive(Clone)]
pub(crate) struct Document {
    status: StatusCode,
    code: String,
    errors: Vec<FieldError>,
    retry_after: Option<i64>,
    extra: Json,
}

/// Most mistakes of one answer; nobody mends more at a time.
const MOST_ERRORS: usize = 100;
/// Most characters of the place of a mistake, which may be a name that the caller made up.
const MOST_OF_PLACE: usize = 200;

/// A small request with very many mistakes does not become a large answer. What gives the answer its code comes first.
fn bounded(mut errors: Vec<FieldError>) -> Vec<FieldError> {
    if errors.len() > MOST_ERRORS {
        errors.sort_by_key(|error| !error.code.starts_with("duplicate"));
        errors.truncate(MOST_ERRORS);
    }
    for error in &mut errors {
        if let Some((end, _)) = error.field.char_indices().nth(MOST_OF_PLACE) {
            error.field.truncate(end);
        }
    }
    errors
}

/// What nobody does to themselves, or has to do first; said by name, because no right would help.
const OF_ONESELF: [&str; 9] = [
    "own_request",
    "own_alert",
    "own_role",
    "own_roles",
    "own_department",
    "freeze_oneself",
    "reset_oneself",
    "choose_password",
    "enrol_second_factor",
];

/// When to come again after the database was away, seconds: about as long as it takes to start one.
const RETRY_SECONDS: i64 = 5;

impl Fault {
    fn document(self) -> Document {
        let plain = |status: StatusCode, code: &str| Document {
            status,
            code: code.to_owned(),
            errors: Vec::new(),
            retry_after: None,
            extra: Json::Null,
        };
        match self {
            Fault::Vault(VaultError::Problem(problem)) => match problem {
                Problem::Invalid(errors) => {
                    let conflict = errors.iter().any(|e| e.code.starts_with("duplicate"));
                    let (status, code) = if conflict {
                        (StatusCode::CONFLICT, "duplicate")
                    } else {
                        (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
                    };
                    Document { errors: bounded(errors), ..plain(status, code) }
                }
                Problem::NotFound => plain(StatusCode::NOT_FOUND, "not_found"),
                Problem::Forbidden(what) => Document {
                    extra: json!({ "act": what }),
                    ..plain(
                        StatusCode::FORBIDDEN,
                        if OF_ONESELF.contains(&what) { what } else { "forbidden" },
                    )
                },
                Problem::Conflict(what) => plain(StatusCode::CONFLICT, what),
            },
            Fault::Vault(VaultError::RevisionConflict(current)) => Document {
                extra: json!({ "current": serde_json::to_value(&*current).unwrap_or(Json::Null) }),
                ..plain(StatusCode::CONFLICT, "revision_conflict")
            },
            Fault::Vault(VaultError::NoSession) => plain(StatusCode::UNAUTHORIZED, "no_session"),
            Fault::Vault(VaultError::InvalidCredentials) => {
                plain(StatusCode::UNAUTHORIZED, "invalid_credentials")
            }
            Fault::Vault(VaultError::TotpRequired) => plain(StatusCode::UNAUTHORIZED, "totp_required"),
            Fault::Vault(VaultError::TotpInvalid) => plain(StatusCode::UNAUTHORIZED, "totp_invalid"),
            Fault::Vault(VaultError::TooMany { rule, retry_after }) => {
                Document { retry_after: Some(retry_after), ..plain(StatusCode::TOO_MANY_REQUESTS, rule) }
            }
            Fault::Vault(error) if error.is_busy() => {
                Document { retry_after: Some(1), ..plain(StatusCode::TOO_MANY_REQUESTS, "slow_down") }
            }
            Fault::Vault(VaultError::Sealed) => plain(StatusCode::SERVICE_UNAVAILABLE, "sealed"),
            // What cannot be asked of the database cannot be logged in it either.
            Fault::Vault(error) if error.is_unreachable() => {
                tracing::error!(error = ?error, "the database cannot be reached");
                Document {
                    retry_after: Some(RETRY_SECONDS),
                    ..plain(StatusCode::SERVICE_UNAVAILABLE, "ledger_unavailable")
                }
            }
            Fault::Vault(error @ VaultError::LedgerUnavailable(_)) => {
                tracing::error!(%error, "the ledger cannot be written");
                Document {
                    retry_after: Some(RETRY_SECONDS),
                    ..plain(StatusCode::SERVICE_UNAVAILABLE, "ledger_unavailable")
                }
            }
            Fault::Vault(error) => {
                tracing::error!(error = ?error, "a request failed");
                plain(StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
            Fault::Invalid(errors) => {
                Document { errors: bounded(errors), ..plain(StatusCode::UNPROCESSABLE_ENTITY, "invalid") }
            }
            Fault::Malformed(field) => Document {
                errors: vec![FieldError::new(field, "not_json")],
                ..plain(StatusCode::BAD_REQUEST, "malformed")
            },
            Fault::MediaType => Document {
                errors: vec![FieldError::new("content-type", "json_expected")],
                ..plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            },
            Fault::NotAFile => Document {
                errors: vec![FieldError::new("content-type", "file_expected")],
                ..plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            },
            Fault::TooLarge(most) => Document {
                errors: vec![FieldError::new("body", "too_large").with("max", most)],
                ..plain(StatusCode::PAYLOAD_TOO_LARGE, "too_large")
            },
            Fault::NotFound => plain(StatusCode::NOT_FOUND, "not_found"),
            Fault::Method => plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Fault::TookTooLong => plain(StatusCode::REQUEST_TIMEOUT, "took_too_long"),
            Fault::CrossSite => plain(StatusCode::FORBIDDEN, "cross_site"),
            Fault::Internal => plain(StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let document = self.document();
        let mut response = document.status.into_response();
        response.extensions_mut().insert(document);
        response
    }
}

/// One mistake with its sentence.
pub(crate) fn told(error: &FieldError, english: bool) -> Json {
    let message = words::sentence(&error.code, &error.facts, english);
    json!({ "field": error.field, "code": error.code, "message": message, "facts": error.facts })
}

/// Writes the body of a problem in the caller's language.
/// A demo says that it is one to who has not signed in yet, so that
/// the sign-in page can show the published password.
pub(crate) fn speak(response: Response, english: bool, demo: bool) -> Response {
    let Some(document) = response.extensions().get::<Document>().cloned() else { return response };
    let errors: Vec<Json> = document.errors.iter().map(|e| told(e, english)).collect();
    // The mistake that gave the document its code lends its facts to the title and its sentence to the detail.
    let telling = document.errors.iter().position(|e| e.code == document.code);
    let facts = telling.and_then(|i| document.errors.get(i)).map(|e| e.facts.clone()).unwrap_or_default();
    let title = words::sentence(&document.code, &facts, english);
    let mut body = json!({
        "type": format!("urn:kedun:problem:{}", document.code),
        "title": title,
        "status": document.status.as_u16(),
        "code": document.code,
        "detail": errors.get(telling.unwrap_or_default()).and_then(|e| e["message"].as_str()).unwrap_or(&title),
    });
    if !errors.is_empty() {
        body["errors"] = Json::Array(errors);
    }
    if let Json::Object(extra) = document.extra {
        for (key, value) in extra {
            body[key] = value;
        }
    }
    if demo && document.status == StatusCode::UNAUTHORIZED {
        body["demo"] = Json::Bool(true);
    }
    let mut spoken = (document.status, body.to_string()).into_response();
    let headers = spoken.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(if english { "en" } else { "zh-CN" }));
    if let Some(seconds) = document.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(u64::try_from(seconds.max(1)).unwrap_or(1)));
    }
    if document.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    spoken
}

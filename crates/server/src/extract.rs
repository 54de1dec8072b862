//! From a request to typed values: the caller, the body, the query. Everything that can be wrong with a request is a
//! problem that names the field.

use crate::app::App;
use crate::limits::Counted;
use crate::problem::Fault;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Method, header};
use kedun_model::FieldError;
use kedun_model::members::Members;
use kedun_vault::{Guest, Scope, VaultError};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The caller, with a living session, a password of their own and, where it is demanded, a second factor.
pub(crate) struct Caller(pub(crate) Scope);

impl FromRequestParts<App> for Caller {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Fault> {
        let Enrolling(scope) = Enrolling::from_request_parts(parts, app).await?;
        if scope.must_enrol_second_factor() {
            return Err(kedun_model::Problem::Forbidden("enrol_second_factor").into());
        }
        Ok(Caller(scope))
    }
}

/// Whoever has a living session and a password of their own, also without the second factor that is demanded: to enrol one.
pub(crate) struct Enrolling(pub(crate) Scope);

impl FromRequestParts<App> for Enrolling {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Enrolling, Fault> {
        let Newcomer(scope) = Newcomer::from_request_parts(parts, app).await?;
        if scope.must_choose_password() {
            return Err(kedun_model::Problem::Forbidden("choose_password").into());
        }
        Ok(Enrolling(scope))
    }
}

/// Whoever has a living session, also with a one-time password: to choose another, or to leave.
pub(crate) struct Newcomer(pub(crate) Scope);

impl FromRequestParts<App> for Newcomer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Newcomer, Fault> {
        let vault = app.vault()?;
        let counted = parts.extensions.get::<Counted>().copied().unwrap_or(Counted::Change);
        // Who has no session is counted by address before they are told so.
        let stranger = |parts: &Parts| {
            app.limits().map_or(Ok(()), |limits| limits.address(Counted::Stranger, parts))?;
            Err(Fault::Vault(VaultError::NoSession))
        };
        let Some((token, by_cookie)) = token(parts, app.cookie()) else { return stranger(parts) };
        let changes = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        // A form on another site can send our cookie but not this header.
        if by_cookie && changes && !parts.headers.contains_key("x-kedun-request") {
            return Err(Fault::CrossSite);
        }
        // A browser opens a stream that was cut again by itself, so a stream is no sign of a person.
        let known = if parts.uri.path() == crate::routes::EVENTS {
            vault.peek(&token).await
        } else {
            vault.authenticate(&token).await
        };
        let scope = match known {
            Ok(scope) => scope.speaking(prefers_english(&parts.headers)),
            Err(VaultError::NoSession) => return stranger(parts),
            Err(other) => return Err(other.into()),
        };
        if let Some(spoken) = parts.extensions.get::<Spoken>() {
            spoken.choose(scope.language() == "en");
        }
        app.limits().map_or(Ok(()), |limits| limits.person(counted, scope.person()))?;
        Ok(Newcomer(scope))
    }
}

/// Whoever needs no session, counted by address.
pub(crate) struct Stranger;

impl FromRequestParts<App> for Stranger {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Stranger, Fault> {
        let counted = parts.extensions.get::<Counted>().copied().unwrap_or(Counted::Stranger);
        app.limits().map_or(Ok(()), |limits| limits.address(counted, parts))?;
        Ok(Stranger)
    }
}

/// The header that carries a customer's secret link. Not the address, which others keep and pass on.
pub(crate) const LINK: &str = "x-kedun-link";

/// Whoever holds a customer's link, counted by address before it is looked up.
pub(crate) struct Holder(pub(crate) Guest);

impl FromRequestParts<App> for Holder {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Holder, Fault> {
        Stranger::from_request_parts(parts, app).await?;
        let secret = parts.headers.get(LINK).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Ok(Holder(app.vault()?.guest(secret).await?))
    }
}

/// The language of the reply: the browser's, until a caller is known who has chosen one. It travels with the request,
/// because refusals get their sentences in the outermost layer.
#[derive(Clone)]
pub(crate) struct Spoken(Arc<AtomicBool>);

impl Spoken {
    pub(crate) fn by(headers: &axum::http::HeaderMap) -> Spoken {
        Spoken(Arc::new(AtomicBool::new(prefers_english(headers))))
    }

    fn choose(&self, english: bool) {
        self.0.store(english, Ordering::Relaxed);
    }

    pub(crate) fn is_english(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether a browser asks for English first.
pub(crate) fn prefers_english(headers: &axum::http::HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accepted.trim_start().to_ascii_lowercase().starts_with("en")
}

/// The session token of a request, and whether it came as a cookie.
pub(crate) fn token(parts: &Parts, cookie: &str) -> Option<(String, bool)> {
    if let Some(bearer) = parts.headers.get(header::AUTHORIZATION) {
        let token = bearer.to_str().ok()?.strip_prefix("Bearer ")?;
        return Some((token.trim().to_owned(), false));
    }
    self::cookie(&parts.headers, cookie).map(|token| (token, true))
}

/// The value of a cookie.
pub(crate) fn cookie(headers: &axum::http::HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE);
    cookies.iter().filter_map(|c| c.to_str().ok()).flat_map(|c| c.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    })
}

/// A JSON body.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Body<T>, Fault> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(Fault::MediaType);
        }
        let most = app.bounds().body_bytes;
        let body = request.into_body();
        let bytes: Bytes = axum::body::to_bytes(body, most).await.map_err(|_| Fault::TooLarge(most))?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let Members(value) = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.inner();
            if inner.is_syntax() || inner.is_eof() {
                return Fault::Malformed("body".to_owned());
            }
            shape(if path == "." { String::new() } else { path }, &inner.to_string())
        })?;
        reader.end().map_err(|_| Fault::Malformed("body".to_owned()))?;
        without_zeros(&bytes)?;
        Ok(Body(value))
    }
}

/// A JSON body that may be left out altogether.
pub(crate) struct Perhaps<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<App> for Perhaps<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, app: &App) -> Result<Perhaps<T>, Fault> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return Body::from_request(request, app).await.map(|Body(value)| Perhaps(value));
        }
        let bytes = axum::body::to_bytes(request.into_body(), 1).await.map_err(|_| Fault::MediaType)?;
        if bytes.is_empty() { Ok(Perhaps(T::default())) } else { Err(Fault::MediaType) }
    }
}

/// PostgreSQL keeps no zero characters and SQLite cuts texts at them, so none comes in. JSON can write one only as an
/// escape, which hardly any body has; only such a body is read a second time, for the place.
fn without_zeros(bytes: &[u8]) -> Result<(), Fault> {
    if !bytes.windows(6).any(|w| w == b"\\u0000") {
        return Ok(());
    }
    let json: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|_| Fault::Malformed("body".to_owned()))?;
    match zero(&json, String::new()) {
        Some(place) => {
            let place = if place.is_empty() { "body".to_owned() } else { place.chars().take(100).collect() };
            Err(Fault::Invalid(vec![FieldError::new(place, "control_character")]))
        }
        None => Ok(()),
    }
}

/// Where a text of the value holds a zero character.
fn zero(json: &serde_json::Value, place: String) -> Option<String> {
    use serde_json::Value as Json;
    match json {
        Json::String(text) => text.contains('\0').then_some(place),
        Json::Array(list) => {
            list.iter().enumerate().find_map(|(i, inner)| zero(inner, format!("{place}[{i}]")))
        }
        Json::Object(map) => map.iter().find_map(|(name, inner)| match name.contains('\0') {
            true => Some(place.clone()),
            false => zero(inner, join(&place, name)),
        }),
        Json::Null | Json::Bool(_) | Json::Number(_) => None,
    }
}

/// A mistake in the shape of the input, named by its place.
fn shape(path: String, message: &str) -> Fault {
    Fault::Invalid(vec![FieldError::of_shape(path, message)])
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() || path.ends_with(name) { name.to_owned() } else { format!("{path}.{name}") }
}

/// The query string.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked<T>, Fault> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            let pair = query.split('&').find(|pair| pair.contains("%00")).unwrap_or_default();
            let name = pair.split('=').next().filter(|name| !name.contains('%')).unwrap_or("query");
            return Err(Fault::Invalid(vec![FieldError::new(name, "control_character")]));
        }
        serde_urlencoded::from_str(query).map(Asked).map_err(|error| match error.to_string() {
            // The name of a parameter stands for itself; only what names none is about the whole question.
            said if said.contains('`') => shape(String::new(), &said),
            said => shape("query".to_owned(), &said),
        })
    }
}

/// Why somebody does something, in their words: there, bounded, without control characters.
pub(crate) fn words<'a>(field: &str, text: &'a str, most: usize) -> Result<&'a str, Fault> {
    let text = text.trim();
    let error = match text {
        "" => FieldError::new(field, "required"),
        _ if text.chars().any(|c| c.is_control() && c != '\n') => FieldError::new(field, "control_character"),
        _ if text.chars().count() > most => FieldError::new(field, "too_long").with("max", most),
        _ => return Ok(text),
    };
    Err(Fault::Invalid(vec![error]))
}

/// How many are asked for, `usual` when nothing is said. More than `most` is refused rather than quietly cut.
pub(crate) fn at_most(asked: Option<usize>, usual: usize, most: usize) -> Result<usize, Fault> {
    match asked {
        None => Ok(usual),
        Some(n) if (1..=most).contains(&n) => Ok(n),
        Some(_) => Err(Fault::Invalid(vec![FieldError::new("limit", "out_of_range")])),
    }
}

/// Path parameters as text, bounded.
pub(crate) struct Places<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Places<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Places<T>, Fault> {
        // Nothing that we gave a name to has a longer one, or a zero character in it.
        if parts.uri.path().len() > 2_000 || parts.uri.path().contains("%00") {
            return Err(Fault::NotFound);
        }
        axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Places(value))
            .map_err(|_| Fault::NotFound)
    }
}

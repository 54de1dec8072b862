//! The embedded web app: the shell for every page, hashed assets for ever, nothing of the API.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Files;

/// What no route answers: a page of the app, an asset, or a problem.
pub(crate) async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") || !matches!(method, Method::GET | Method::HEAD) {
        return crate::problem::Fault::NotFound.into_response();
    }
    let packs = accepts_brotli(&headers);
    if let Some(found) = file(path, packs) {
        return found;
    }
    let accepts_pages = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .is_none_or(|a| a.contains("text/html") || a.contains("*/*"));
    let looks_like_a_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    if !accepts_pages || looks_like_a_file {
        return crate::problem::Fault::NotFound.into_response();
    }
    file("index.html", packs).unwrap_or_else(|| {
        let text = "The web app is not part of this build: run `make build`.\n";
        (StatusCode::OK, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
    })
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            parts.next() == Some("br")
                && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    })
}

/// A file of the build; packed as the build packed it, for who can read that. Others get it plain, and the layer around
/// packs it for them.
fn file(path: &str, packs: bool) -> Option<Response> {
    let plain = Files::get(path)?;
    let kind = plain.metadata.mimetype().to_owned();
    let packed = if packs { Files::get(&format!("{path}.br")) } else { None };
    let is_packed = packed.is_some();
    let mut response = Body::from(packed.unwrap_or(plain).data.into_owned()).into_response();
    let headers = response.headers_mut();
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&kind).ok()?);
    // Assets carry a hash in their name; the shell and the service worker must be asked for anew.
    let forever = path.starts_with("assets/");
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if forever { "public, max-age=31536000, immutable" } else { "no-cache" }),
    );
    Some(response)
}

//! Answers: JSON whose moments are RFC 3339, whatever counted milliseconds inside.

use crate::problem::Fault;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value as Json;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Fault>;

/// 200 with a body.
pub(crate) fn ok(body: impl Serialize) -> Answer {
    with(StatusCode::OK, body)
}

/// 201 with a body.
pub(crate) fn created(body: impl Serialize) -> Answer {
    with(StatusCode::CREATED, body)
}

/// 204.
pub(crate) fn empty() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// 200 with plain text: a signed note, a proof, a key.
pub(crate) fn text(body: String) -> Answer {
    Ok(([("content-type", "text/plain; charset=utf-8")], body).into_response())
}

/// A status with a body.
pub(crate) fn with(status: StatusCode, body: impl Serialize) -> Answer {
    let mut body = serde_json::to_value(body).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        Fault::Internal
    })?;
    moments(&mut body);
    Ok((status, axum::Json(body)).into_response())
}

/// A status with records, whose moments are texts already: written once, without a tree in between.
pub(crate) fn records(status: StatusCode, body: impl Serialize) -> Answer {
    many(status, 1, body)
}

/// As [`records`], for a page of so many: the text is not moved while it grows.
pub(crate) fn many(status: StatusCode, count: usize, body: impl Serialize) -> Answer {
    /// What a record takes, as a rule.
    const BYTES: usize = 1_500;
    let mut bytes = Vec::with_capacity((count + 1) * BYTES);
    serde_json::to_writer(&mut bytes, &body).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        Fault::Internal
    })?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok((status, [kind], bytes).into_response())
}

/// A file that a browser saves and does not show (RFC 6266).
pub(crate) fn file(name: &str, media: &str, body: Vec<u8>) -> Answer {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Fault::Internal);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value(media)?);
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition(name))?);
    Ok(response)
}

/// The name in ASCII for old clients, and as it is (RFC 8187) for all others.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("attachment; filename=\"kedun{plain}\"; filename*=UTF-8''{encoded}")
}

/// Views inside count milliseconds; the contract speaks RFC 3339.
fn moments(json: &mut Json) {
    match json {
        Json::Object(map) => {
            for (key, value) in map.iter_mut() {
                let is_moment = key == "at" || key == "until" || key.ends_with("_at");
                match value.as_i64() {
                    Some(at) if is_moment => *value = Json::String(kedun_model::moment::text(at)),
                    _ => moments(value),
                }
            }
        }
        Json::Array(list) => list.iter_mut().for_each(moments),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_chinese_name_is_spelled_for_every_client() {
        assert_eq!(
            super::disposition("客户-1\".csv"),
            "attachment; filename=\"kedun-1.csv\"; filename*=UTF-8''%E5%AE%A2%E6%88%B7-1%22.csv"
        );
    }
}

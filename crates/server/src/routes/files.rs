//! Photos and files of a customer: listing, adding as bytes, fetching, removing.

use super::once::{key_of, made_by_another};
use super::reply::{Answer, created, empty, file, ok};
use crate::extract::{Asked, Caller, Places};
use crate::problem::Fault;
use crate::register::{Route, Table};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use kedun_core::files::{self, NewFile};
use kedun_model::content::MOST_BYTES;
use kedun_model::{Problem, RecordId};
use serde::Deserialize;

/// Where files are added.
pub(crate) const FILES: &str = "/api/v1/objects/{object}/records/{id}/files";
const ONE: &str = "/api/v1/objects/{object}/records/{id}/files/{file}";

/// What a file is called, in percent-encoded UTF-8. Not the address: names may tell of a person, and addresses are kept
/// by whatever stands in between.
const NAME: &str = "x-kedun-file-name";

/// What may be sent. The bytes alone say what they are; this only keeps out what a form on another site can send.
const MEDIA: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
];

/// What a file may do in the browser of who fetches it: nothing.
const SANDBOX: &str = "default-src 'none'; sandbox";

pub(super) fn routes(table: Table) -> Table {
    table
        .add(Route::new("GET", FILES, "Files of a customer, newest first.").answers(200, "Files"), list)
        .add(
            Route::new("POST", FILES, "Adds a file: its bytes are the body, its name a header.")
                .takes_bytes(MEDIA)
                .asks(&["follow_up"])
                .heeds(&["X-Kedun-File-Name", "Idempotency-Key"])
                .answers(201, "File"),
            add,
        )
        .add(Route::new("GET", ONE, "What a file holds.").answers(200, "FileBody"), fetch)
        .add(Route::new("DELETE", ONE, "Removes a file and what it holds.").answers(204, ""), remove)
}

/// Files hang on customers and on nothing else.
fn customers_only(object: &str) -> Result<(), Fault> {
    if object == "customer" { Ok(()) } else { Err(Fault::NotFound) }
}

async fn list(Caller(scope): Caller, Places((object, id)): Places<(String, String)>) -> Answer {
    customers_only(&object)?;
    ok(files::list(&scope, &RecordId::new(id)).await?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Belonging {
    #[serde(default)]
    follow_up: Option<String>,
}

async fn add(
    Caller(scope): Caller,
    Places((object, id)): Places<(String, String)>,
    Asked(belonging): Asked<Belonging>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    customers_only(&object)?;
    let customer = RecordId::new(id);
    files::may_add(&scope, &customer).await?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !MEDIA.contains(&essence.as_str()) {
        return Err(Fault::NotAFile);
    }
    let key = key_of(&headers)?;
    let name = name_of(&headers)?;
    let follow_up = belonging.follow_up.map(RecordId::new);
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| Fault::TooLarge(MOST_BYTES))?;
    let new = NewFile { name: &name, follow_up: follow_up.as_ref(), bytes: &bytes };
    let Some(key) = key else { return created(files::add(&scope, &customer, &new).await?) };
    let request = new.request(&customer);
    if let Some(id) = scope.made_before(key, &request).await? {
        return created(files::one(&scope, &id).await?);
    }
    match files::add(&scope.clone().once(key, &request), &customer, &new).await {
        Ok(added) => created(added),
        Err(refused) => {
            let id = made_by_another(&scope, key, &request, refused).await?;
            created(files::one(&scope, &id).await?)
        }
    }
}

async fn fetch(
    Caller(scope): Caller,
    Places((object, id, which)): Places<(String, String, String)>,
) -> Answer {
    customers_only(&object)?;
    let body = files::fetch(&scope, &RecordId::new(id), &RecordId::new(which)).await?;
    let mut response = file(&body.name, body.kind.media(), body.bytes)?;
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    Ok(response)
}

async fn remove(
    Caller(scope): Caller,
    Places((object, id, which)): Places<(String, String, String)>,
) -> Answer {
    customers_only(&object)?;
    files::remove(&scope, &RecordId::new(id), &RecordId::new(which)).await?;
    empty()
}

/// The name that was sent.
fn name_of(headers: &HeaderMap) -> Result<String, Fault> {
    let wrong = |code: &str| Fault::from(Problem::invalid("name", code));
    let sent = headers.get(NAME).ok_or_else(|| wrong("required"))?;
    let sent = sent.to_str().map_err(|_| wrong("file_name"))?;
    let mut bytes = Vec::with_capacity(sent.len());
    let mut rest = sent.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (pair, tail) = tail.split_first_chunk::<2>().ok_or_else(|| wrong("file_name"))?;
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else {
            return Err(wrong("file_name"));
        };
        bytes.push(high << 4 | low);
        rest = tail;
    }
    String::from_utf8(bytes).map_err(|_| wrong("file_name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Result<String, Fault> {
        let mut headers = HeaderMap::new();
        headers.insert(NAME, text.parse().unwrap());
        name_of(&headers)
    }

    #[test]
    fn a_name_is_read_as_a_browser_writes_it() {
        assert_eq!(named("%E9%97%A8%E5%A4%B4%20100%25.jpg").unwrap(), "门头 100%.jpg");
        assert_eq!(named("plain name.pdf").unwrap(), "plain name.pdf");
        for broken in ["%", "%4", "%zz", "%+1", "%ff.jpg", "%C3("] {
            assert!(named(broken).is_err(), "{broken}");
        }
        assert!(name_of(&HeaderMap::new()).is_err());
    }
}

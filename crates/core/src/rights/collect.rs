//! The copy that a customer takes away: one document for programs, one for people, and their files, in one archive; named
//! by hash in a signed statement.

use super::archive::{Files, MOST_BYTES, Place};
use super::hashing::hash;
use kedun_model::{FieldDef, FieldKind, ObjectDef, RecordId, Zone, moment};
use kedun_vault::{Catalog, Collected, FieldView, Paper, RecordView, Result};
use serde_json::{Map, Value as Json, json};
use std::fmt::Write as _;

/// The format of the file for programs.
const FORMAT: &str = "kedun-subject-copy/1";

/// The part of a request that the archive lies under.
pub(super) const COPY: &str = "copy.zip";

/// A copy, packed.
pub(super) struct Rendered {
    pub(super) archive: Paper,
    /// Files that did not come along because of their size.
    pub(super) left_out: usize,
    documents: Vec<(String, Vec<u8>)>,
}

impl Rendered {
    /// Names, sizes and hashes of the archive and of the two documents in it, for the statement that is signed. The one
    /// for programs names the hash of every file: what a file is called may tell of a person, and the statement is read
    /// by who holds the link alone.
    pub(super) fn named(&self) -> Json {
        let archive = (&self.archive.name, &self.archive.body);
        let documents = self.documents.iter().map(|(name, body)| (name, body));
        std::iter::once(archive)
            .chain(documents)
            .map(|(name, body)| json!({ "name": name, "bytes": body.len(), "sha256": hash(body) }))
            .collect()
    }
}

/// Writes both documents and packs them with the files.
///
/// # Errors
/// More than an archive holds.
pub(super) fn render(
    catalog: &Catalog,
    customer: &RecordId,
    number: &str,
    now: i64,
    held: &Collected,
) -> Result<Rendered> {
    let files = Files::of(held);
    let json = program(catalog, customer, number, now, held, &files);
    let documents = vec![
        (format!("{number}.json"), serde_json::to_vec_pretty(&json).unwrap_or_default()),
        (format!("{number}.html"), people(catalog, number, now, held, &files).into_bytes()),
    ];
    let archive = Paper {
        part: COPY.to_owned(),
        name: format!("个人信息副本-{number}.zip"),
        media: "application/zip".to_owned(),
        body: files.pack(&documents)?,
    };
    Ok(Rendered { archive, left_out: files.left_out(), documents })
}

fn program(
    catalog: &Catalog,
    customer: &RecordId,
    number: &str,
    now: i64,
    held: &Collected,
    files: &Files<'_>,
) -> Json {
    let mut objects = Map::new();
    for (name, records) in &held.records {
        let Ok(def) = catalog.object(name) else { continue };
        let records: Vec<Json> = records.iter().map(|record| written(def, record, files)).collect();
        objects.insert(name.to_string(), json!({ "label": def.label, "records": records }));
    }
    let looks: Vec<Json> = held
        .looks
        .iter()
        .map(|look| {
            json!({
                "at": moment::text(look.at),
                "action": look.action,
                "fields": look.fields,
                "purpose": look.purpose,
                "department": look.department,
            })
        })
        .collect();
    json!({
        "format": FORMAT,
        "request": number,
        "customer": customer,
        "made_at": moment::text(now),
        "left_out": files.left_out(),
        "objects": objects,
        "looks": looks,
    })
}

fn written(def: &ObjectDef, record: &RecordView, files: &Files<'_>) -> Json {
    let mut fields = Map::new();
    for field in def.live_fields() {
        if let Some(FieldView::Clear { value }) = record.field(&field.name) {
            fields.insert(field.name.clone(), json!({ "label": field.label, "value": value }));
        }
    }
    let mut written =
        json!({ "id": record.id(), "created_at": moment::text(record.created_at()), "fields": fields });
    if let Some(place) = files.place(record) {
        written["content"] = place.written();
    }
    written
}

fn people(catalog: &Catalog, number: &str, now: i64, held: &Collected, files: &Files<'_>) -> String {
    let mut page = String::with_capacity(32 * 1024);
    let zone = catalog.zone();
    let mark = format!("{number} {}", minute(now, zone));
    let tile = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='320' height='180'><text x='10' y='120' transform='rotate(-24 160 90)' \
         font-family='sans-serif' font-size='16' fill='#17212B' fill-opacity='.07'>{mark}</text></svg>"
    );
    let tile = tile.replace('#', "%23").replace('<', "%3C").replace('>', "%3E").replace('"', "'");
    let _ = write!(
        page,
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{number}</title><style>\
         body{{font:16px/1.6 system-ui,'PingFang SC','Noto Sans CJK SC',sans-serif;color:#17212B;margin:0 auto;\
         max-width:860px;padding:24px;background:#fff url(\"data:image/svg+xml,{tile}\")}}\
         h1{{font-size:22px}}h2{{font-size:18px;margin-top:32px;border-bottom:1px solid #E3E6E1}}\
         table{{border-collapse:collapse;width:100%;margin:12px 0;break-inside:avoid}}\
         th,td{{text-align:left;vertical-align:top;padding:6px 8px;border-bottom:1px solid #E3E6E1;font-weight:400}}\
         th{{width:34%;color:#5B6670}}td{{overflow-wrap:anywhere;white-space:pre-wrap}}small{{color:#5B6670}}\
         </style></head><body><h1>个人信息副本 Copy of your data</h1><p>{number} · {}</p>\
         <p><small>本文件列出我们持有的与您有关的全部记录，包括回收站中的记录，以及谁查看过。签名声明中写有本文件的摘要。<br>\
         Everything that we hold about you, the recycle bin included, and who looked. The signed statement names the hash \
         of this file.</small></p>",
        minute(now, zone)
    );
    if files.left_out() > 0 {
        let _ = write!(page, "<p><strong>{}</strong></p>", sentence(files.left_out()));
    }
    for (name, records) in &held.records {
        let Ok(def) = catalog.object(name) else { continue };
        let _ = write!(
            page,
            "<h2>{} {} <small>({})</small></h2>",
            safe(&def.label.zh),
            safe(&def.label.en),
            records.len()
        );
        for record in records {
            page.push_str("<table>");
            for field in def.live_fields() {
                if let Some(FieldView::Clear { value }) = record.field(&field.name) {
                    let _ = write!(
                        page,
                        "<tr><th scope=\"row\">{} <small>{}</small></th><td>{}</td></tr>",
                        safe(&field.label.zh),
                        safe(&field.label.en),
                        safe(&told(field, value, zone))
                    );
                }
            }
            if let Some(place) = files.place(record) {
                let _ = write!(
                    page,
                    "<tr><th scope=\"row\">内容 <small>Content</small></th><td>{}</td></tr>",
                    found(place)
                );
            }
            page.push_str("</table>");
        }
    }
    let _ = write!(page, "<h2>谁看过 Who looked <small>({})</small></h2><table>", held.looks.len());
    for look in &held.looks {
        let _ = write!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{} {} {} {}</td></tr>",
            minute(look.at, zone),
            safe(look.department.as_deref().unwrap_or("-")),
            safe(&look.action),
            safe(&look.fields.join(", ")),
            safe(&look.purpose)
        );
    }
    page.push_str("</table></body></html>\n");
    page
}

/// What is missing, why, and how to come by it.
fn sentence(left_out: usize) -> String {
    let most = MOST_BYTES >> 20;
    format!(
        "一份副本最多附带 {most} MiB 文件，另有 {left_out} 个文件没有放入，已在下文标明；请向我们索取，我们另行交付。<br>\
         A copy takes along at most {most} MiB of files. {left_out} did not fit and are named below; ask us, and we hand \
         them over separately."
    )
}

/// Where the content of a file is, inside a page.
fn found(place: &Place<'_>) -> String {
    match place {
        Place::At { path, sha256, .. } => {
            let address: String = path.split('/').map(percent).collect::<Vec<_>>().join("/");
            format!("<a href=\"{address}\">{}</a><br><small>SHA-256 {sha256}</small>", safe(path))
        }
        Place::TooMuch => "未放入：超出一份副本的上限。 Left out: more than a copy takes along.".to_owned(),
        Place::Removed => {
            "此前已移除，我们不再持有其内容。 Removed before; its content is not held.".to_owned()
        }
    }
}

/// A piece of an address, in percent-encoded UTF-8.
fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut address, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => address.push(char::from(byte)),
            other => {
                let _ = write!(address, "%{other:02X}");
            }
        }
        address
    })
}

fn told(field: &FieldDef, value: &Json, zone: Zone) -> String {
    let label = |value: &Json| {
        let value = value.as_str().unwrap_or_default();
        let choice = field.options.iter().find(|c| c.value == value);
        choice.map_or_else(|| value.to_owned(), |c| format!("{} {}", c.label.zh, c.label.en))
    };
    match (field.kind, value) {
        (FieldKind::Select, value) => label(value),
        (FieldKind::MultiSelect, Json::Array(values)) => {
            values.iter().map(label).collect::<Vec<_>>().join("; ")
        }
        (FieldKind::Money, Json::Number(number)) => {
            number.as_i64().map_or_else(String::new, |fen| format!("¥{}.{:02}", fen / 100, (fen % 100).abs()))
        }
        (FieldKind::Datetime, Json::String(text)) => {
            moment::parse(text).map_or_else(String::new, |at| minute(at, zone))
        }
        (FieldKind::Reference, Json::Object(link)) => {
            link.get("title").or_else(|| link.get("id")).and_then(Json::as_str).unwrap_or_default().to_owned()
        }
        (FieldKind::Person | FieldKind::Department, Json::Object(link)) => {
            link.get("name").and_then(Json::as_str).unwrap_or_default().to_owned()
        }
        (FieldKind::Address, Json::Object(_)) => ["province", "city", "district", "detail"]
            .iter()
            .filter_map(|part| value[*part].as_str())
            .collect::<Vec<_>>()
            .concat(),
        (_, Json::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

/// The minute by the company's clock.
fn minute(at: i64, zone: Zone) -> String {
    zone.on_the_wall(at).map(|wall| wall.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

/// Text inside a page.
fn safe(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_value_cannot_become_markup() {
        assert_eq!(super::safe("<img src=x onerror=\"a\">&"), "&lt;img src=x onerror=&quot;a&quot;&gt;&amp;");
    }
}

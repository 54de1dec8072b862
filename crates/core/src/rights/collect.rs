//! The copy that a customer takes away: one file for programs, one for people, both named by hash in a signed statement.

use kedun_model::{FieldDef, FieldKind, ObjectDef, RecordId, Zone, moment};
use kedun_vault::{Catalog, Collected, FieldView, Paper, RecordView};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The format of the file for programs.
const FORMAT: &str = "kedun-subject-copy/1";

/// The two files of a copy.
pub(super) struct Rendered {
    pub(super) papers: [Paper; 2],
}

impl Rendered {
    /// Names, sizes and hashes, for the statement that is signed.
    pub(super) fn named(&self) -> Json {
        self.papers
            .iter()
            .map(|paper| {
                json!({
                    "name": paper.name,
                    "bytes": paper.body.len(),
                    "sha256": hash(&paper.body),
                })
            })
            .collect()
    }
}

/// Writes both files.
pub(super) fn render(
    catalog: &Catalog,
    customer: &RecordId,
    number: &str,
    now: i64,
    held: &Collected,
) -> Rendered {
    let json = program(catalog, customer, number, now, held);
    let text = serde_json::to_vec_pretty(&json).unwrap_or_default();
    let paper = |part: &str, ending: &str, media: &str, body: Vec<u8>| Paper {
        part: part.to_owned(),
        name: format!("{number}.{ending}"),
        media: media.to_owned(),
        body,
    };
    Rendered {
        papers: [
            paper("copy.json", "json", "application/json", text),
            paper(
                "copy.html",
                "html",
                "text/html; charset=utf-8",
                people(catalog, number, now, held).into_bytes(),
            ),
        ],
    }
}

fn program(catalog: &Catalog, customer: &RecordId, number: &str, now: i64, held: &Collected) -> Json {
    let mut objects = Map::new();
    for (name, records) in &held.records {
        let Ok(def) = catalog.object(name) else { continue };
        let records: Vec<Json> = records.iter().map(|record| written(def, record)).collect();
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
        "objects": objects,
        "looks": looks,
    })
}

fn written(def: &ObjectDef, record: &RecordView) -> Json {
    let mut fields = Map::new();
    for field in def.live_fields() {
        if let Some(FieldView::Clear { value }) = record.field(&field.name) {
            fields.insert(field.name.clone(), json!({ "label": field.label, "value": value }));
        }
    }
    json!({ "id": record.id(), "created_at": moment::text(record.created_at()), "fields": fields })
}

fn people(catalog: &Catalog, number: &str, now: i64, held: &Collected) -> String {
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

/// SHA-256, hex.
fn hash(body: &[u8]) -> String {
    Sha256::digest(body).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
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

//! Planted secrets: distinctive numbers, addresses and names go in wherever a value can go in, and are then looked for
//! in everything that is stored, logged, traced or answered to others.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use base64::Engine as _;
use common::{House, Raw, create, houses, object};
use kedun_model::filter::Filter;
use kedun_model::{Content, FieldDef, FieldKind, ObjectDef, RecordId};
use kedun_vault::{
    Act, ExportFile, ExportFormat, ExportOrder, NewRecord, Query, Scope, SoughtEntries, Source, Task,
};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

const PHONE: &str = "13987650123";
const MAIL: &str = "planted.secret";
const ID: &str = "11010519491231002X";
const WORDS: &str = "暗号青铜葵花";
const ACCOUNT: &str = "wx_planted_sunflower";
const STREET: &str = "暗号弄堂七十七号";
/// A later value of the phone, so that former values are looked for as well.
const CHANGED: &str = "13987650999";
/// In a note, which is clear to those who work with the contact.
const NOTED: &str = "13987650555";
/// In class L1–L2: may stand in the opened database, and proves that the search finds what is there.
const OPEN: &str = "明文标记客户";

/// Where [`value`] finds somebody for a field that names a person.
const A_PERSON: &str = "#person";

const SECRETS: [&str; 8] = [PHONE, MAIL, ID, WORDS, ACCOUNT, STREET, CHANGED, NOTED];

/// A value for a field, with a secret in it where the field is sealed.
fn value(def: &FieldDef, made: &BTreeMap<String, RecordId>) -> Option<Json> {
    let sealed = def.class.is_sealed();
    if !sealed && !def.required {
        return None;
    }
    Some(match def.kind {
        FieldKind::Phone => json!(PHONE),
        FieldKind::Email => json!(format!("{MAIL}@hidden.example")),
        FieldKind::IdNumber => json!(ID),
        FieldKind::Account => json!(ACCOUNT),
        FieldKind::Address => {
            json!({ "province": "上海市", "city": "上海市", "district": "静安区", "detail": STREET })
        }
        FieldKind::Text | FieldKind::LongText | FieldKind::PersonName if sealed => json!(WORDS),
        FieldKind::Text | FieldKind::LongText | FieldKind::PersonName => json!(OPEN),
        FieldKind::Url => json!("https://hidden.example/"),
        FieldKind::Integer | FieldKind::Money | FieldKind::Percent | FieldKind::Rating => json!(1),
        FieldKind::Decimal => json!("1"),
        FieldKind::Boolean => json!(true),
        FieldKind::Select => json!(def.options[0].value),
        FieldKind::MultiSelect => json!([def.options[0].value]),
        FieldKind::Date => json!("1987-05-05"),
        FieldKind::Datetime => json!("2026-11-24T06:53:34.123Z"),
        FieldKind::Reference => json!(made.get(def.target.as_ref()?.as_str())?),
        FieldKind::Person => json!(made.get(A_PERSON)?),
        FieldKind::Department => return None,
    })
}

/// A record of every object, each sealed field with a secret. Answers the records and how many secrets were planted.
async fn plant(house: &House) -> (BTreeMap<String, RecordId>, usize) {
    let catalog = house.vault.catalog();
    let mut waiting: Vec<Arc<ObjectDef>> = catalog.objects.values().map(|p| p.def.clone()).collect();
    let owner = house.people["rep"].clone();
    let mut made = BTreeMap::from([(A_PERSON.to_owned(), RecordId::new(owner.as_str()))]);
    let mut planted = 0;
    while !waiting.is_empty() {
        let before = waiting.len();
        for def in std::mem::take(&mut waiting) {
            if def.live_fields().any(|f| f.required && value(f, &made).is_none()) {
                waiting.push(def);
                continue;
            }
            let fields: Map<String, Json> =
                def.live_fields().filter_map(|f| Some((f.name.clone(), value(f, &made)?))).collect();
            planted +=
                def.live_fields().filter(|f| f.class.is_sealed() && fields.contains_key(&f.name)).count();
            let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
            let new = NewRecord { fields, owner: Some(owner.clone()), ..NewRecord::default() };
            let id =
                tx.create(def.name.as_str(), new).await.unwrap_or_else(|e| panic!("{}: {e:?}", def.name));
            tx.commit(Act::new("record.create", def.name.as_str()).on(&id, None)).await.unwrap();
            made.insert(def.name.to_string(), id);
        }
        assert!(waiting.len() < before, "objects without a way in: {waiting:?}");
    }
    made.remove(A_PERSON);
    (made, planted)
}

fn is(field: &str, value: &str) -> Query {
    let filter = json!({ "field": field, "op": "eq", "value": value });
    Query { filter: Some(Filter::parse(&filter).unwrap()), limit: 5, ..Query::default() }
}

/// Everything that a person can do with a secret in their hands.
async fn use_everything(house: &House, rep: &Scope, made: &BTreeMap<String, RecordId>) -> Vec<String> {
    let customer = &made["customer"];
    let mut answers = Vec::new();
    let mut tx = rep.begin().await.unwrap();
    tx.update("customer", customer, None, &object(json!({ "phone": CHANGED, "email": null }))).await.unwrap();
    tx.update("contact", &made["contact"], None, &object(json!({ "notes": format!("{WORDS} {NOTED}") })))
        .await
        .unwrap();
    tx.commit(Act::new("record.update", "customer")).await.unwrap();
    for q in [PHONE, CHANGED, "0999", "planted.secret@hidden.example", ID, WORDS] {
        rep.search(&["customer", "contact", "lead"], q, 10).await.unwrap();
        house.as_("other").await.search(&["customer", "contact", "lead"], q, 10).await.unwrap();
    }
    for (field, value) in [("phone", CHANGED), ("email", "planted.secret@hidden.example"), ("id_number", ID)]
    {
        rep.query("customer", &is(field, value)).await.unwrap();
        rep.count("customer", &is(field, value)).await.unwrap();
        let asked = object(json!({ field: value }));
        let told = house.as_("other").await.duplicates("customer", &asked).await.unwrap();
        answers.push(serde_json::to_string(&told).unwrap());
    }
    let request = json!({ "fields": { "name": WORDS, "phone": PHONE } }).to_string();
    let once = rep.clone().once("key-of-a-request", &request);
    let remembered = create(&once, "lead", object(json!({ "company": OPEN, "name": OPEN }))).await.unwrap();
    assert_eq!(rep.made_before("key-of-a-request", &request).await.unwrap().as_ref(), Some(&remembered));
    let bad = object(json!({ "phone": "139876x0123", "name": OPEN, "id_number": "110105194912310021" }));
    answers.push(format!("{:?}", create(rep, "customer", bad).await.unwrap_err()));
    let mut tx = rep.begin().await.unwrap();
    let until = rep.now() + 3_600_000;
    tx.share("customer", customer, &house.people["colleague"], true, "一起跟进", until).await.unwrap();
    tx.commit(Act::new("share", "customer")).await.unwrap();
    // In a file: what it is called, and every secret in what it holds.
    let held = format!("%PDF-1.7\n{}\n%%EOF", SECRETS.join(" "));
    let mut tx = rep.begin().await.unwrap();
    let content = Content::read(held.as_bytes()).unwrap();
    let file = tx.add_file(customer, &format!("{WORDS}.pdf"), None, &content).await.unwrap();
    tx.commit(Act::new("record.create", "file").on(&file, None)).await.unwrap();
    let opened = rep.file(customer, &file).await.unwrap();
    assert!(opened.bytes == held.as_bytes() && opened.name.starts_with(WORDS));
    answers.push(format!("{opened:?}{content:?}"));
    let case = RecordId::new("01890000-0000-7000-8000-00000000case");
    let order = ExportOrder {
        case: case.clone(),
        object: "customer".into(),
        fields: vec!["name".to_owned()],
        filter: is("phone", CHANGED).filter,
        clear: false,
        purpose: "report".to_owned(),
        format: ExportFormat::Csv,
        language: "zh-CN".to_owned(),
        rows: 1,
    };
    let mut tx = rep.begin().await.unwrap();
    tx.keep_order(&order).await.unwrap();
    tx.grant_small_export(&order).unwrap();
    let grant = tx.commit(Act::new("export.start", "customer")).await.unwrap().into_grant().unwrap();
    let mut leaving = rep.export(grant).await.unwrap();
    while leaving.next().await.unwrap().is_some() {}
    let exported = leaving.finish().await.unwrap();
    let mut tx = rep.begin().await.unwrap();
    let body = SECRETS.join(",").into_bytes();
    let file = ExportFile { name: "f.csv".into(), media: "text/csv".into(), body, mark: "m".into() };
    tx.keep_file(exported, &file, rep.now() + 3_600_000).await.unwrap();
    tx.commit(Act::new("export.keep", "customer")).await.unwrap();
    for login in ["rep", "colleague", "manager", "intern", "other", "audit", "security", "system"] {
        let scope = house.as_(login).await;
        for (name, id) in made {
            if let Ok(record) = scope.get(name, id).await {
                // A contact's name is clear to those who work with it; that is a right, not a leak.
                if !matches!(login, "rep" | "colleague" | "manager") {
                    answers.push(serde_json::to_string(&record).unwrap());
                }
            }
            if let Ok(page) = scope.query(name, &Query { limit: 50, ..Query::default() }).await {
                answers.extend(page.next_cursor);
                if !matches!(login, "rep" | "colleague" | "manager") {
                    answers.push(serde_json::to_string(&page.records).unwrap());
                }
            }
            if let Ok(looks) = scope.audience(name, id).await {
                answers.push(serde_json::to_string(&looks).unwrap());
            }
        }
        // Numbers, addresses and identity numbers are masked for everybody until they are revealed.
        for name in ["customer", "contact", "lead"] {
            if let Ok(record) = scope.get(name, &made[name]).await {
                let text = serde_json::to_string(&record).unwrap();
                for secret in [PHONE, CHANGED, MAIL, ID, ACCOUNT] {
                    assert!(!text.contains(secret), "{login} sees {secret} on a {name}: {text}");
                }
            }
            if let Ok(changes) = scope.history(name, &made[name]).await {
                let text = serde_json::to_string(&changes).unwrap();
                for secret in [PHONE, CHANGED, MAIL, ID, ACCOUNT] {
                    assert!(!text.contains(secret), "{login} sees {secret} in the history of a {name}");
                }
            }
        }
    }
    let purpose = format!("other: 打{PHONE}");
    let refused = rep.reveal("customer", customer, "phone", &purpose).await.err().unwrap();
    assert_eq!(common::code(&refused), "personal_data");
    let revealed = rep.reveal("customer", customer, "phone", "call").await.unwrap();
    assert!(revealed.value.to_string().contains(CHANGED), "the secret is there for who may reveal it");
    answers
}

/// A secret in every form in which it could lie around.
fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let utf16 = |order: fn(u16) -> [u8; 2]| secret.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("hex", hex::encode(bytes).into_bytes()),
        ("HEX", hex::encode_upper(bytes).into_bytes()),
        ("UTF-16 LE", utf16(u16::to_le_bytes)),
        ("UTF-16 BE", utf16(u16::to_be_bytes)),
        (
            "JSON escapes",
            secret.encode_utf16().map(|c| format!("\\u{c:04x}")).collect::<String>().into_bytes(),
        ),
    ];
    // Base64 of a longer text: the three ways in which the secret can lie in it, without the ends that its neighbours
    // share.
    for (name, skip) in [("base64", 0), ("base64 +1", 1), ("base64 +2", 2)] {
        let shifted = [vec![b'x'; skip], bytes.to_vec()].concat();
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(shifted);
        let from = if skip == 0 { 0 } else { skip + 1 };
        let to = text.len() - 2;
        forms.push((name, text.as_bytes()[from..to].to_vec()));
    }
    forms
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    let Some((first, rest)) = needle.split_first() else { return true };
    haystack.iter().enumerate().any(|(i, b)| b == first && haystack[i + 1..].starts_with(rest))
}

fn search(what: &str, haystack: &[u8]) {
    for secret in SECRETS {
        for (form, needle) in forms(secret) {
            assert!(!holds(haystack, &needle), "{what} holds {secret} as {form}");
        }
    }
}

/// Every table with every column, as the engine itself writes it out.
async fn dump(raw: &mut Raw) -> String {
    let mut out = String::new();
    match raw {
        Raw::Sqlite(_) => {
            for table in raw.texts("SELECT name FROM sqlite_master WHERE type = 'table'").await {
                let columns = raw.texts(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                for column in columns {
                    // Blobs as they are and as text, so that what hides in a BLOB is found as well.
                    let sql = format!("SELECT quote(\"{column}\") FROM \"{table}\"");
                    out.push_str(&raw.texts(&sql).await.join("\n"));
                    let blobs = format!(
                        "SELECT COALESCE(replace(CAST(\"{column}\" AS TEXT), char(0), ' '), '') FROM \"{table}\" \
                         WHERE typeof(\"{column}\") <> 'blob'"
                    );
                    out.push_str(&raw.texts(&blobs).await.join("\n"));
                }
            }
        }
        Raw::Postgres(_) => {
            let tables =
                raw.texts("SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()");
            for table in tables.await {
                out.push_str(
                    &raw.texts(&format!("SELECT row_to_json(t)::text FROM {table} t")).await.join("\n"),
                );
            }
        }
    }
    out
}

#[derive(Clone, Default)]
struct Traced(Arc<Mutex<Vec<u8>>>);

impl Write for Traced {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn planted_secrets_are_found_nowhere() {
    let traced = Traced::default();
    let writer = traced.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .init();
    for house in houses().await {
        let (made, planted) = plant(&house).await;
        assert!(planted >= 15, "only {planted} fields hold a secret");
        let rep = house.as_("rep").await;
        let answers = use_everything(&house, &rep, &made).await;
        search("an answer to others", answers.join("\n").as_bytes());
        house.vault.sequence(true).await.unwrap();

        // The log and its details, decoded.
        let auditor = house.as_("audit").await;
        let mut from = 0;
        loop {
            let page = auditor.ledger_entries(&SoughtEntries::from_place(from, None), 500).await.unwrap();
            let Some(last) = page.last().and_then(|e| e.seq) else { break };
            from = last + 1;
            search("the log", serde_json::to_string(&page).unwrap().as_bytes());
        }

        // The files as they lie there: not even what is open to the vault is open to a thief.
        if let Source::Sqlite { folder } = &house.source {
            let mut files = 0;
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let bytes = std::fs::read(&path).unwrap();
                let name = path.display().to_string();
                search(&name, &bytes);
                assert!(!holds(&bytes, OPEN.as_bytes()), "{name} is not encrypted");
                files += 1;
            }
            assert!(files >= 4, "data and keyring, each with its write-ahead log");
        }
        // The database opened with its key: sealed all the same.
        let mut raw = house.raw().await;
        let text = dump(&mut raw).await;
        assert!(text.contains(OPEN), "the dump shows what is not sealed");
        search("the opened database", text.as_bytes());
        let mut keyring = Raw::keyring(&house.source).await;
        search("the opened keyring", dump(&mut keyring).await.as_bytes());
        assert!(!dump(&mut keyring).await.contains(OPEN));
    }
    let traced = traced.0.lock().unwrap();
    search("what was traced", &traced);
}

/// The search itself is not blind.
#[test]
fn a_planted_secret_would_be_found_in_every_form() {
    for secret in SECRETS {
        for (form, needle) in forms(secret) {
            let haystack = [b"before ".as_slice(), &needle, b" after"].concat();
            assert!(holds(&haystack, &needle), "{form}");
        }
        for before in ["", "a", "ab", "abc"] {
            let text = base64::engine::general_purpose::STANDARD.encode(format!("{before}{secret}zzz"));
            assert!(
                forms(secret).iter().any(|(_, needle)| holds(text.as_bytes(), needle)),
                "base64 after {before:?}"
            );
        }
    }
}

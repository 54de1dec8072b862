use kedun_core::demo;
use kedun_core::intake;
use kedun_vault::keys::{Kek, Key32};
use kedun_vault::{Clock, Credentials, Options, Query, Source, Vault};
use serde_json::json;
use std::time::Instant;
#[tokio::main]
async fn main() {
    let n: u32 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(2000);
    let dir = std::path::PathBuf::from(std::env::args().nth(2).unwrap_or("/tmp/measure".into()));
    let _ = std::fs::remove_dir_all(&dir);
    let source = match std::env::var("KEDUN_TEST_PG") {
        Ok(url) => Source::Postgres { url, schema: "measure".into() },
        _ => Source::Sqlite { folder: dir },
    };
    let options = Options { cheap_passwords: true, ..Options::new(source) };
    let t = Instant::now();
    let vault =
        Vault::open(options, &Kek::from_key(Key32::from_bytes([7; 32])), Clock::default()).await.unwrap();
    println!("open {:?}", t.elapsed());
    let t = Instant::now();
    let now = vault.clock().now();
    demo::fill(&vault, demo::Settings { seed: 1, customers: n, people: 50, now }, |_| {}).await.unwrap();
    println!("fill {n}: {:?}", t.elapsed());
    let s = vault
        .sign_in(Credentials {
            login: "zhang.wei".into(),
            password: demo::PASSWORD.into(),
            totp: None,
            device: "x".into(),
            device_id: None,
        })
        .await
        .unwrap();
    let scope = vault.authenticate(&s.token).await.unwrap();
    let mut ids = vec![];
    let mut ts = vec![];
    for _ in 0..200 {
        let t = Instant::now();
        let page = scope.query("customer", &Query { limit: 50, ..Query::default() }).await.unwrap();
        ts.push(t.elapsed());
        ids = page.records.iter().map(|r| kedun_model::RecordId::new(r.id())).collect();
    }
    ts.sort();
    println!("list50 median {:?} ({} rows)", ts[100], ids.len());
    let mut ts = vec![];
    for i in 0..200 {
        let t = Instant::now();
        scope.get("customer", &ids[i % ids.len()]).await.unwrap();
        ts.push(t.elapsed());
    }
    ts.sort();
    println!("get median {:?}", ts[100]);
    let mut ts = vec![];
    for _ in 0..200 {
        let t = Instant::now();
        scope.search(&["customer"], "13812345678", 20).await.unwrap();
        ts.push(t.elapsed());
    }
    ts.sort();
    println!("phone search median {:?}", ts[100]);
    let ver = vault.catalog().notices["sales_contact"].version;
    let intake: intake::Intake = serde_json::from_value(json!({"notice":{"id":"sales_contact","version":ver},"purpose":"sales_contact","basis":"consent","channel":"in_person","consents":[{"kind":"collect","given":true}]})).unwrap();
    let mut ts = vec![];
    for i in 0..200 {
        let f = json!({"name": format!("测试医院{i}"), "phone": format!("139{:08}", i), "level":"A","email":format!("a{i}@b.example")});
        let t = Instant::now();
        intake::create(&vault, &scope, "customer", f.as_object().unwrap().clone(), Some(&intake))
            .await
            .unwrap();
        ts.push(t.elapsed());
    }
    ts.sort();
    println!("create median {:?}", ts[100]);
    let mut ts = vec![];
    for i in 0..200 {
        let f = json!({"level": if i % 2 == 0 {"B"} else {"C"}});
        let t = Instant::now();
        intake::update(&scope, "customer", &ids[i % ids.len()], None, f.as_object().unwrap()).await.unwrap();
        ts.push(t.elapsed());
    }
    ts.sort();
    println!("update median {:?}", ts[100]);
    for c in [1usize, 8, 32] {
        let t = Instant::now();
        let total = 2000usize;
        let mut hs = vec![];
        for _ in 0..c {
            let scope = scope.clone();
            hs.push(tokio::spawn(async move {
                for _ in 0..total / c {
                    scope.query("customer", &Query { limit: 50, ..Query::default() }).await.unwrap();
                }
            }));
        }
        for h in hs {
            h.await.unwrap();
        }
        println!("list50 c={c}: {:.0}/s", total as f64 / t.elapsed().as_secs_f64());
    }
    let t = Instant::now();
    vault.sequence(true).await.unwrap();
    println!("sequence {:?}", t.elapsed());
    let t = Instant::now();
    let r = vault.verify_ledger().await.unwrap();
    println!("verify {:?} ok={} n={}", t.elapsed(), r.ok, r.entries);
}

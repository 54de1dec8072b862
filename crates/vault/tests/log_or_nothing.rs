//! No row in the log, no value and no change: the log is taken away, and the process is killed while it writes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod common;

use common::{House, Raw, create, houses, kek, object, options, sources, token};
use kedun_model::RecordId;
use kedun_vault::{Act, Clock, ExportFormat, ExportOrder, Query, Scope, Source, Vault, VaultError};
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Keeps rows out of the log while everything else goes on working.
async fn take_the_log_away(raw: &mut Raw) {
    match raw {
        Raw::Sqlite(_) => {
            raw.run(
                "CREATE TRIGGER no_log BEFORE INSERT ON ledger_row BEGIN SELECT RAISE(ABORT, 'no log'); END",
            )
            .await;
        }
        Raw::Postgres(_) => {
            raw.run(
                "CREATE FUNCTION no_log() RETURNS trigger LANGUAGE plpgsql AS \
                 $body$ BEGIN RAISE EXCEPTION 'no log'; END $body$; \
                 CREATE TRIGGER no_log BEFORE INSERT ON ledger_row FOR EACH ROW EXECUTE FUNCTION no_log()",
            )
            .await;
        }
    }
}

async fn give_it_back(raw: &mut Raw) {
    match raw {
        Raw::Sqlite(_) => raw.run("DROP TRIGGER no_log").await,
        Raw::Postgres(_) => raw.run("DROP TRIGGER no_log ON ledger_row").await,
    }
}

fn page() -> Query {
    Query { limit: 50, ..Query::default() }
}

fn order(case: &RecordId) -> ExportOrder {
    ExportOrder {
        case: case.clone(),
        object: "customer".into(),
        fields: vec!["name".to_owned(), "phone".to_owned()],
        filter: None,
        clear: false,
        purpose: "report".to_owned(),
        format: ExportFormat::Csv,
        language: "zh-CN".to_owned(),
        rows: 1,
    }
}

/// Every act of a person, with whether anything left.
async fn everything(
    house: &House,
    scope: &Scope,
    id: &RecordId,
) -> Vec<(&'static str, Result<(), VaultError>)> {
    let mut left = Vec::new();
    left.push(("list", scope.query("customer", &page()).await.map(drop)));
    left.push(("count", scope.count("customer", &page()).await.map(drop)));
    left.push(("read", scope.get("customer", id).await.map(drop)));
    left.push(("reveal", scope.reveal("customer", id, "phone", "call").await.map(drop)));
    left.push(("history", scope.history("customer", id).await.map(drop)));
    left.push(("audience", scope.audience("customer", id).await.map(drop)));
    left.push(("explain", scope.explain("customer", id, None, None).await.map(drop)));
    left.push(("search", scope.search(&["customer"], "甲", 10).await.map(drop)));
    left.push(("search by number", scope.search(&["customer"], "13900010001", 10).await.map(drop)));
    let phone = object(json!({ "phone": "13900010001" }));
    left.push(("duplicates", scope.duplicates("customer", &phone).await.map(drop)));
    left.push(("shares", scope.shares("customer", id).await.map(drop)));
    left.push(("people", scope.people("", 10).await.map(drop)));
    left.push(("tasks", scope.tasks(true).await.map(drop)));
    let absent = RecordId::new("01890000-0000-7000-8000-00000000dead");
    left.push(("a denied read", scope.get("customer", &absent).await.map(drop)));
    left.push(("create", create(scope, "customer", object(json!({ "name": "不留痕" }))).await.map(drop)));
    let change = async {
        let mut tx = scope.begin().await?;
        tx.update("customer", id, None, &object(json!({ "level": "C" }))).await?;
        tx.commit(Act::new("record.update", "customer")).await.map(drop)
    };
    left.push(("update", change.await));
    let delete = async {
        let mut tx = scope.begin().await?;
        tx.set_deleted("customer", id, None, true).await?;
        tx.commit(Act::new("record.delete", "customer")).await.map(drop)
    };
    left.push(("delete", delete.await));
    let give = async {
        let mut tx = scope.begin().await?;
        tx.transfer("customer", id, &house.people["colleague"], "other").await?;
        tx.commit(Act::new("record.transfer", "customer")).await.map(drop)
    };
    left.push(("transfer", give.await));
    let conflict = async {
        let mut tx = scope.begin().await?;
        tx.update("customer", id, Some(77), &object(json!({ "level": "C" }))).await?;
        tx.commit(Act::new("record.update", "customer")).await.map(drop)
    };
    left.push(("a conflict that shows the record", conflict.await));
    let sign_in = house.vault.sign_in(kedun_vault::Credentials {
        login: "manager".to_owned(),
        password: common::PASSWORD.to_owned(),
        totp: None,
        device: "d".to_owned(),
        device_id: None,
    });
    left.push(("sign in", sign_in.await.map(drop)));
    left
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_log_nothing_leaves_and_nothing_changes() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let id = house.customer(&rep, "甲医院", json!({ "phone": "13900010001", "level": "A" })).await;
        let case = RecordId::new("01890000-0000-7000-8000-00000000case");
        let grant = {
            let mut tx = rep.begin().await.unwrap();
            tx.grant_small_export(&order(&case)).unwrap();
            tx.commit(Act::new("export.grant", "customer")).await.unwrap().into_grant().unwrap()
        };
        let mut raw = house.raw().await;
        let before = counts(&mut raw).await;
        take_the_log_away(&mut raw).await;
        let shown = shown_until_it_is_noticed(&house, &rep).await;
        for (what, outcome) in everything(&house, &rep, &id).await {
            match outcome {
                Err(VaultError::LedgerUnavailable(_)) => {}
                other => panic!("{what} without a log: {other:?}"),
            }
        }
        let page = rep.export(grant).await.unwrap().next().await.map(|page| page.is_some());
        assert!(matches!(page, Err(VaultError::LedgerUnavailable(_))), "{page:?}");
        give_it_back(&mut raw).await;
        // What was shown until then had been entered in the book, and is posted now: each list with what lies beside it.
        house.vault.sequence(true).await.unwrap();
        let mut expected = before;
        expected[5] += shown;
        assert_eq!(counts(&mut raw).await, expected);
        // And the house goes on as if nothing had been.
        for (what, outcome) in everything(&house, &rep, &id).await {
            assert!(!matches!(outcome, Err(VaultError::LedgerUnavailable(_))), "{what}: {outcome:?}");
        }
        house.vault.sequence(true).await.unwrap();
        assert!(house.vault.verify_ledger().await.unwrap().ok);
    }
}

/// On SQLite what is seen is durable in a book first, and posted to the ledger within half a second: so late it is noticed
/// that the ledger takes nothing. Answers how many lists left until then.
async fn shown_until_it_is_noticed(house: &House, scope: &Scope) -> i64 {
    let mut shown = 0;
    let started = std::time::Instant::now();
    while scope.query("customer", &page()).await.is_ok() {
        shown += 1;
        assert!(matches!(house.source, Source::Sqlite { .. }), "PostgreSQL has no book");
        assert!(started.elapsed() < Duration::from_secs(30), "nobody notices that the log is gone");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shown
}

/// Whoever asks for the log begins by posting what was seen, and may hang up in the middle of it.
#[tokio::test(flavor = "multi_thread")]
async fn who_goes_away_while_looks_are_posted_takes_none_along() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let id = house.customer(&rep, "甲医院", json!({})).await;
        for i in 0..80 {
            rep.get("customer", &id).await.unwrap();
            // Finer than a timer: a little later each time.
            let soon = async {
                for _ in 0..8 * i {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                _ = house.vault.sequence(false) => {}
                () = soon => {}
            }
        }
        house.vault.sequence(true).await.unwrap();
        let mut raw = house.raw().await;
        let looks = raw.count("SELECT COUNT(*) FROM look WHERE action = 'record.read'").await;
        assert_eq!(looks, 80);
        assert!(house.vault.verify_ledger().await.unwrap().ok);
    }
}

async fn counts(raw: &mut Raw) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["record", "history", "look", "session", "share", "ledger_payload", "blind", "idx_text"] {
        counts.push(raw.count(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts.push(raw.count("SELECT CAST(COALESCE(SUM(revision), 0) AS BIGINT) FROM record").await);
    counts
}

/// One writer that fails does not take down those that share its commit, and they share commits at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_fails_takes_nobody_along() {
    for house in houses().await {
        let rep = house.as_("rep").await;
        let mut writers = tokio::task::JoinSet::new();
        for i in 0..120 {
            let rep = rep.clone();
            writers.spawn(async move {
                let mut tx = rep.begin().await.unwrap();
                let fields = object(json!({ "name": format!("客户{i:03}") }));
                let id = tx
                    .create("customer", kedun_vault::NewRecord { fields, ..Default::default() })
                    .await
                    .unwrap();
                match i % 4 {
                    // Dropped with its change half done.
                    0 => (id, false),
                    // Refused by a rule, then dropped.
                    1 => {
                        let bad = object(json!({ "level": "no such level" }));
                        tx.update("customer", &id, None, &bad).await.unwrap_err();
                        (id, false)
                    }
                    _ => {
                        tx.commit(Act::new("record.create", "customer").on(&id, None)).await.unwrap();
                        (id, true)
                    }
                }
            });
        }
        let mut kept = BTreeSet::new();
        let mut undone = BTreeSet::new();
        while let Some(outcome) = writers.join_next().await {
            let (id, committed) = outcome.unwrap();
            if committed {
                kept.insert(id.to_string())
            } else {
                undone.insert(id.to_string())
            };
        }
        let mut raw = house.raw().await;
        let stored: BTreeSet<String> =
            raw.texts("SELECT id FROM record WHERE object = 'customer'").await.into_iter().collect();
        assert_eq!(stored, kept);
        assert!(undone.is_disjoint(&stored));
    }
}

/// Runs in a process of its own, until it is killed: writers that say what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "the part of kill_9 that is killed"]
async fn writer_to_be_killed() {
    let Ok(target) = std::env::var("KEDUN_TEST_WRITER") else { return };
    let source = source_of(&target);
    let vault = Vault::open(options(source), &kek(), Clock::default()).await.unwrap();
    let rep = vault.authenticate(&token(&vault, "rep").await).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let rep = rep.clone();
        writers.spawn(async move {
            for i in 0.. {
                let id = create(&rep, "customer", object(json!({ "name": format!("客户 {writer}-{i}") })))
                    .await
                    .unwrap();
                say(&format!("made {id} 1"));
                rep.get("customer", &id).await.unwrap();
                say(&format!("seen {id}"));
                let mut tx = rep.begin().await.unwrap();
                tx.update("customer", &id, Some(1), &object(json!({ "level": "B" }))).await.unwrap();
                tx.commit(Act::new("record.update", "customer").on(&id, None)).await.unwrap();
                say(&format!("made {id} 2"));
            }
        });
    }
    let sequencer = vault.clone();
    writers.spawn(async move {
        loop {
            sequencer.sequence(true).await.unwrap();
            let head = sequencer.checkpoint().await.unwrap();
            say(&format!("head {}", head.lines().nth(1).unwrap_or_default()));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    while writers.join_next().await.is_some() {}
}

/// One line, at once, past the test harness and its capture.
fn say(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stderr().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

fn source_of(target: &str) -> Source {
    match target.split_once('|') {
        Some((url, schema)) => Source::Postgres { url: url.to_owned(), schema: schema.to_owned() },
        None => Source::Sqlite { folder: target.into() },
    }
}

fn target_of(source: &Source) -> String {
    match source {
        Source::Sqlite { folder } => folder.display().to_string(),
        Source::Postgres { url, schema } => format!("{url}|{schema}"),
    }
}

/// What a killed writer had been told.
#[derive(Default)]
struct Acknowledged {
    /// Records by id and revision.
    made: BTreeSet<(String, i64)>,
    /// Records that it was shown.
    seen: BTreeSet<String>,
}

/// Starts the writer, lets it work for a while, kills it, and answers what it had acknowledged.
fn write_and_kill(source: &Source, lines: usize) -> (Acknowledged, i64) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer_to_be_killed", "--ignored", "--nocapture"])
        .env("KEDUN_TEST_WRITER", target_of(source))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut acknowledged = Acknowledged::default();
    let mut head = 0;
    let mut note = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["made", id, revision] => {
                acknowledged.made.insert(((*id).to_owned(), revision.parse().unwrap()));
                true
            }
            ["seen", id] => {
                acknowledged.seen.insert((*id).to_owned());
                false
            }
            ["head", size] => {
                let size = size.parse().unwrap();
                assert!(size >= head, "a head went backwards");
                head = size;
                false
            }
            _ => false,
        }
    };
    let mut made = 0;
    for line in said.by_ref() {
        made += usize::from(note(&line.unwrap()));
        if made >= lines {
            break;
        }
    }
    // SIGKILL: nothing is flushed, nothing is told.
    child.kill().unwrap();
    child.wait().unwrap();
    // What was still in the pipe had been acknowledged as well; a last line may be cut.
    for line in said.map_while(Result::ok) {
        note(&line);
    }
    assert!(made >= lines, "the writer stopped by itself after {made} lines");
    (acknowledged, head)
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_loses_no_acknowledged_change_or_look_and_leaves_no_change_without_its_row() {
    let count = sources(std::path::Path::new("")).len();
    for i in 0..count {
        let folder = tempfile::tempdir().unwrap();
        let source = sources(folder.path()).remove(i);
        let house = common::house(folder, source.clone()).await;
        house.vault.close().await;
        let mut acknowledged = Acknowledged::default();
        let mut newest_head = 0;
        // Killed at another point each time; the writer pays no heed to the boundary, so where it dies is chance.
        for lines in [1, 40, 97, 173] {
            let (told, head) = {
                let source = source.clone();
                tokio::task::spawn_blocking(move || write_and_kill(&source, lines)).await.unwrap()
            };
            acknowledged.made.extend(told.made);
            acknowledged.seen.extend(told.seen);
            newest_head = newest_head.max(head);
            let vault = Vault::open(options(source.clone()), &kek(), Clock::default()).await.unwrap();
            vault.sequence(true).await.unwrap();
            let report = vault.verify_ledger().await.unwrap();
            assert!(report.ok, "{report:?}");
            let checkpoint = vault.checkpoint().await.unwrap();
            let size: i64 = checkpoint.lines().nth(1).unwrap().parse().unwrap();
            assert!(size >= newest_head, "the head went back from {newest_head} to {size}");
            newest_head = size;
            vault.close().await;
        }
        let mut raw = Raw::open(&source).await;
        let stored: BTreeSet<(String, i64)> = raw
            .texts("SELECT id || ' ' || CAST(revision AS TEXT) FROM record WHERE object = 'customer'")
            .await
            .iter()
            .map(|line| line.split_once(' ').map(|(id, r)| (id.to_owned(), r.parse().unwrap())).unwrap())
            .collect();
        for (id, revision) in &acknowledged.made {
            assert!(stored.iter().any(|(s, r)| s == id && r >= revision), "{id} at {revision} was lost");
        }
        // A look that left is in the log, and once: a row that had been posted is not posted again after a kill.
        let looks = raw.texts("SELECT record FROM look WHERE action = 'record.read'").await;
        let looked: BTreeSet<&String> = looks.iter().collect();
        assert_eq!(looked.len(), looks.len(), "a look is in the log twice");
        assert!(acknowledged.seen.len() >= 50, "too few to mean anything");
        for id in &acknowledged.seen {
            assert!(looked.contains(id), "a look at {id} was lost");
        }
        // Every change has its row: of a creation by the record it names, of an update by the entry that history names.
        let rows = |act: &str| {
            format!("SELECT COUNT(*) FROM ledger_row WHERE action = '{act}' AND object = 'customer'")
        };
        let created = raw.count(&rows("record.create")).await;
        let updated = raw.count(&rows("record.update")).await;
        assert_eq!(
            created,
            i64::try_from(stored.len()).unwrap(),
            "each record has one row and each row one record"
        );
        let history = raw.count("SELECT COUNT(*) FROM history WHERE action = 'update'").await;
        assert_eq!(history, updated);
        let orphans =
            "SELECT COUNT(*) FROM history h LEFT JOIN ledger_row l ON l.id = h.entry WHERE l.id IS NULL";
        assert_eq!(raw.count(orphans).await, 0);
        let changed = "SELECT COUNT(*) FROM record r WHERE r.object = 'customer' AND r.revision <> 1 + \
            (SELECT COUNT(*) FROM history h WHERE h.record = r.id)";
        assert_eq!(raw.count(changed).await, 0, "a revision without its history");
        assert!(stored.len() >= 100, "too few to mean anything");
    }
}

//! What a file holds is bound to its place, to its key and to who sees its name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, Raw, code, houses, kek, options};
use kedun_model::{Content, RecordId};
use kedun_vault::keys::KeyError;
use kedun_vault::{Act, Clock, MOST_FILES, Restore, Scope, SoughtEntries, Source, Vault, VaultError};
use serde_json::json;

/// A document of three pieces.
fn document(tag: &str) -> Content {
    let mut bytes = format!("%PDF-1.7\n{tag}\n").into_bytes();
    bytes.resize(1_200_000, b'x');
    bytes.extend_from_slice(b"%%EOF");
    Content::read(&bytes).unwrap()
}

async fn add(
    scope: &Scope,
    customer: &RecordId,
    name: &str,
    content: &Content,
) -> Result<RecordId, VaultError> {
    let mut tx = scope.begin().await?;
    let id = tx.add_file(customer, name, None, content).await?;
    tx.commit(Act::new("record.create", "file").on(&id, None)).await?;
    Ok(id)
}

async fn with_files(house: &House) -> (Scope, RecordId, RecordId, RecordId) {
    let rep = house.as_("rep").await;
    let customer = house.customer(&rep, "有文件的客户", json!({})).await;
    let one = add(&rep, &customer, "一.pdf", &document("one")).await.unwrap();
    let two = add(&rep, &customer, "二.pdf", &document("two")).await.unwrap();
    (rep, customer, one, two)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_that_was_changed_moved_or_taken_away_keeps_the_file_closed() {
    for house in houses().await {
        let (rep, customer, one, two) = with_files(&house).await;
        let mut raw = house.raw().await;
        let pieces = |of: &RecordId| format!("SELECT COUNT(*) FROM file_piece WHERE record = '{of}'");
        assert_eq!(raw.count(&pieces(&one)).await, 3);
        assert_eq!(rep.file(&customer, &one).await.unwrap().bytes, document("one").bytes());
        let postgres = matches!(house.source, Source::Postgres { .. });
        let flipped = if postgres {
            format!(
                "UPDATE file_piece SET sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1) WHERE record = '{one}' AND place = 1"
            )
        } else {
            format!(
                "UPDATE file_piece SET sealed = CAST(substr(sealed, 1, 60) || CASE WHEN substr(sealed, 61, 1) = X'00' THEN X'01' ELSE X'00' END || substr(sealed, 62) AS BLOB) WHERE record = '{one}' AND place = 1"
            )
        };
        let other = |place: i64| {
            format!(
                "UPDATE file_piece SET sealed = (SELECT sealed FROM file_piece p WHERE p.record = '{two}' AND p.place = {place}) \
                 WHERE record = '{one}' AND place = {place}"
            )
        };
        raw.run("CREATE TABLE kept AS SELECT * FROM file_piece").await;
        for (what, sql) in [
            ("changed", flipped),
            ("of another file", other(0)),
            ("the last is gone", format!("DELETE FROM file_piece WHERE record = '{one}' AND place = 2")),
            ("the first is gone", format!("DELETE FROM file_piece WHERE record = '{one}' AND place = 0")),
            (
                "two changed places",
                format!("UPDATE file_piece SET place = 7 - place WHERE record = '{one}' AND place > 0"),
            ),
            (
                "all of another file",
                format!(
                    "DELETE FROM file_piece WHERE record = '{one}'; UPDATE file_piece SET record = '{one}' WHERE record = '{two}'"
                ),
            ),
        ] {
            raw.run(&sql).await;
            let error = rep.file(&customer, &one).await.unwrap_err();
            assert!(matches!(&error, VaultError::Key(KeyError::Authentication { .. })), "{what}: {error:?}");
            raw.run("DELETE FROM file_piece; INSERT INTO file_piece SELECT * FROM kept").await;
            assert_eq!(rep.file(&customer, &one).await.unwrap().name, "一.pdf", "{what}: put right again");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_of_the_customer_nothing_opens_a_file() {
    for house in houses().await {
        let (_, customer, one, _) = with_files(&house).await;
        let mut keyring = Raw::keyring(&house.source).await;
        keyring.run(&format!("DELETE FROM subject_key WHERE subject = '{customer}'")).await;
        let vault = house.beside().await;
        let rep = vault.authenticate(&common::token(&vault, "rep").await).await.unwrap();
        assert_eq!(code(&rep.file(&customer, &one).await.unwrap_err()), "not_found");
        let refused = add(&rep, &customer, "三.pdf", &document("three")).await;
        assert_eq!(code(&refused.unwrap_err()), "subject_destroyed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_follow_their_customer_to_who_takes_it_over() {
    for house in houses().await {
        let (rep, customer, one, _) = with_files(&house).await;
        let heir = house.as_("colleague").await;
        assert_eq!(code(&heir.file(&customer, &one).await.unwrap_err()), "not_found");
        let mut tx = rep.begin().await.unwrap();
        tx.transfer("customer", &customer, &house.people["colleague"], "离职").await.unwrap();
        tx.commit(Act::new("record.transfer", "customer").on(&customer, None)).await.unwrap();
        assert_eq!(heir.file(&customer, &one).await.unwrap().bytes, document("one").bytes());
        assert_eq!(code(&rep.file(&customer, &one).await.unwrap_err()), "not_found");
        assert_eq!(code(&add(&rep, &customer, "x.pdf", &document("x")).await.unwrap_err()), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_look_at_a_file_is_in_the_log_and_names_no_value() {
    for house in houses().await {
        let (rep, customer, one, _) = with_files(&house).await;
        rep.file(&customer, &one).await.unwrap();
        house.as_("other").await.file(&customer, &one).await.unwrap_err();
        house.vault.sequence(true).await.unwrap();
        let auditor = house.as_("audit").await;
        let rows = |action: &'static str| {
            let auditor = auditor.clone();
            async move { auditor.ledger_entries(&SoughtEntries::from_place(0, Some(action)), 50).await.unwrap() }
        };
        let read = rows("file.read").await;
        assert_eq!(read.len(), 1);
        let text = serde_json::to_string(&read).unwrap();
        assert!(text.contains("content") && !text.contains("一.pdf"), "{text}");
        assert_eq!(rows("record.denied").await.len(), 1);
        let looks = rep.audience("customer", &customer).await.unwrap();
        assert!(looks.iter().any(|look| look.action == "file" && look.fields == ["content"]));
        assert_eq!(code(&auditor.file(&customer, &one).await.unwrap_err()), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_takes_the_bytes_away_and_a_full_customer_takes_no_more() {
    for house in houses().await {
        let (rep, customer, one, _) = with_files(&house).await;
        let mut raw = house.raw().await;
        let mut tx = rep.begin().await.unwrap();
        tx.remove_file(&customer, &one).await.unwrap();
        drop(tx);
        assert!(rep.file(&customer, &one).await.is_ok(), "a change that is dropped removes nothing");
        let held = |on: i64| format!("UPDATE record SET hold = {on} WHERE id = '{customer}'");
        raw.run(&held(1)).await;
        let mut tx = rep.begin().await.unwrap();
        assert_eq!(code(&tx.remove_file(&customer, &one).await.unwrap_err()), "on_hold");
        drop(tx);
        raw.run(&held(0)).await;
        let elsewhere = house.customer(&rep, "别的客户", json!({})).await;
        let mut tx = rep.begin().await.unwrap();
        assert_eq!(code(&tx.remove_file(&elsewhere, &one).await.unwrap_err()), "not_found");
        drop(tx);
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted("file", &one, None, true).await.unwrap();
        tx.commit(Act::new("record.delete", "file").on(&one, None)).await.unwrap();
        assert_eq!(raw.count(&format!("SELECT COUNT(*) FROM file_piece WHERE record = '{one}'")).await, 0);
        assert_eq!(code(&rep.file(&customer, &one).await.unwrap_err()), "not_found");

        let small = Content::read(b"%PDF-1.7\n%%EOF").unwrap();
        for n in 1..MOST_FILES {
            add(&rep, &customer, &format!("{n}.pdf"), &small).await.unwrap();
        }
        assert_eq!(code(&add(&rep, &customer, "x.pdf", &small).await.unwrap_err()), "too_many");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_holds_the_files() {
    for house in houses().await {
        let Source::Sqlite { .. } = house.source else { continue };
        let (_, customer, one, _) = with_files(&house).await;
        let backup = house.vault.backup(&house.folder.path().join("copy"), None).await.unwrap();
        let into = options(Source::Sqlite { folder: house.folder.path().join("restored") });
        let restore = Restore { data: backup.data, keyring: backup.keyring };
        restore.run(into.clone(), &kek(), Clock::default()).await.unwrap();
        let vault = Vault::open(into, &kek(), Clock::default()).await.unwrap();
        let rep = vault.authenticate(&common::token(&vault, "rep").await).await.unwrap();
        assert_eq!(rep.file(&customer, &one).await.unwrap().bytes, document("one").bytes());
    }
}

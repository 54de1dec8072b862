//! The files of exports: fetched for three days, without formulas, marked, dropped by an erasure, begun anew after a stop.

use super::{BOSS, REP, SAMPLE};
use super::{
    approved, bytes, decide, failure, id, order, phone, plant, render, rows, state, task_of, unpacked,
};
use crate::common::{self, House, code, fields, houses};
use kedun_core::erasures;
use kedun_core::exports::{self, ExportView};
use kedun_model::RecordId;
use kedun_model::flow::Decision;
use kedun_vault::{Act, ExportFile, NewRecord, SoughtEntries, Task};
use serde_json::json;

const HOURS: i64 = 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn ex_04_a_file_is_fetched_by_who_ordered_it_for_three_days_and_each_time_is_in_the_log() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 2).await;
        let case = order(&house, &rep, json!({})).await;
        render(&house.vault).await;
        let first = bytes(&house, &rep, &case).await;
        assert_eq!(bytes(&house, &rep, &case).await, first);
        assert_eq!(exports::one(&rep, &id(&case)).await.unwrap().downloads, 2);
        for other in [BOSS, "li.na", "shen.ming", "feng.an"] {
            let other = house.as_(other).await;
            assert_eq!(
                code(&exports::file(&house.vault, &other, &id(&case)).await.err().unwrap()),
                "not_found"
            );
        }
        house.vault.sequence(true).await.unwrap();
        let auditor = house.as_("shen.ming").await;
        let entries = auditor
            .ledger_entries(&SoughtEntries::from_place(0, Some("export.download")), 500)
            .await
            .unwrap();
        let entries = serde_json::to_value(&entries).unwrap();
        let allowed = entries.as_array().unwrap().iter().filter(|e| e["decision"] == "allowed").count();
        assert_eq!(allowed, 2, "{entries}");

        house.clock.advance(exports::FILE_LIVES_MS);
        let rep = house.as_(REP).await;
        assert_eq!(code(&exports::file(&house.vault, &rep, &id(&case)).await.err().unwrap()), "not_found");
        assert_eq!(exports::expire(&house.vault).await.unwrap(), vec![id(&case)]);
        assert!(exports::expire(&house.vault).await.unwrap().is_empty());
        assert_eq!(state(&house, &case).await.0, "expired");
        // An order that nobody decided on ends too.
        let case = order(&house, &rep, json!({ "clear": true })).await;
        house.clock.advance(73 * HOURS);
        assert_eq!(exports::expire(&house.vault).await.unwrap(), vec![id(&case)]);
        assert_eq!(state(&house, &case).await.0, "expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_05_no_cell_computes_in_either_format() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
        for bad in ["=1+1", "+1", "-1+1", "@SUM(1)", "=HYPERLINK(\"http://evil.example\",\"x\")"] {
            let new = fields(json!({ "name": bad, "level": "A", "city": SAMPLE, "deal_amount": 500 }));
            let new = NewRecord { fields: new, owner: Some(rep.person().clone()), ..NewRecord::default() };
            tx.create("customer", new).await.unwrap();
        }
        tx.commit(Act::new("test", "customer")).await.unwrap();
        let only = json!({ "field": "city", "op": "eq", "value": SAMPLE });
        for format in ["csv", "xlsx"] {
            let wanted = json!({ "format": format, "fields": ["name", "deal_amount"], "filter": only });
            let case = order(&house, &rep, wanted).await;
            assert_eq!(case.rows, 5);
            render(&house.vault).await;
            let file = bytes(&house, &rep, &case).await;
            if format == "csv" {
                for row in rows(&file).iter().skip(1) {
                    assert!(row[0].starts_with('\''), "{row:?}");
                    assert_eq!(row[1], "5.00");
                }
            } else {
                let text = unpacked(&file);
                assert!(!text.contains("<f>") && !text.contains("<hyperlink"));
                assert!(text.contains("'=1+1") && text.contains("'@SUM(1)") && text.contains("<v>5</v>"));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_03_a_part_of_a_leaked_file_names_the_copy_and_a_clean_one_names_nobody() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 60).await;
        let (auditor, security) = (house.as_("shen.ming").await, house.as_("feng.an").await);
        for format in ["csv", "xlsx"] {
            let case = order(&house, &rep, json!({ "format": format })).await;
            render(&house.vault).await;
            let file = bytes(&house, &rep, &case).await;
            let whole = exports::trace(&auditor, &file).await.unwrap();
            assert_eq!((whole.len(), whole[0].export.id.as_str()), (1, case.id.as_str()));
            assert_eq!(whole[0].export.requester["name"], "张伟");

            // One column of some rows, sorted anew, without headings and watermark, saved as "Unicode text".
            let text = unpacked(&file);
            let mut sample: Vec<&str> =
                text.split(['<', '>', ',']).filter(|c| c.starts_with("****")).collect();
            sample.sort_unstable();
            sample.truncate(50);
            assert_eq!(sample.len(), 50, "{format}");
            let mut leaked = vec![0xFF, 0xFE];
            leaked.extend(sample.join("\r\n").encode_utf16().flat_map(u16::to_le_bytes));
            let part = exports::trace(&security, &leaked).await.unwrap();
            assert_eq!((part.len(), part[0].export.id.as_str()), (1, case.id.as_str()));
        }
        // A column that machines read carries none where another does.
        let case = order(&house, &rep, json!({ "fields": ["name", "phone", "level"] })).await;
        render(&house.vault).await;
        for row in rows(&bytes(&house, &rep, &case).await).iter().skip(1) {
            assert_eq!(row[1].chars().filter(|c| !c.is_ascii()).count(), 0);
            assert!(row[0].starts_with(SAMPLE) && row[0].chars().count() == SAMPLE.chars().count() + 4);
        }
        let clean = "导出样本0001,137****0001,A\r\n家庭 👨\u{200D}👩\u{200D}👧\r\n";
        assert!(exports::trace(&auditor, clean.as_bytes()).await.unwrap().is_empty());
        for (who, file) in [(&rep, "x"), (&house.as_(BOSS).await, "x")] {
            let refused = exports::trace(who, file.as_bytes()).await.unwrap_err();
            assert_eq!(code(&refused), "exports.register");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_01_a_telephone_number_in_a_filter_is_written_nowhere_in_clear() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 3).await;
        let secret = phone(1);
        let filter = json!({ "all": [{ "field": "phone", "op": "eq", "value": secret },
            { "not": { "field": "name", "op": "contains", "value": format!("电话{secret}") } }] });
        let case = order(
            &house,
            &rep,
            json!({ "filter": filter, "clear": true, "fields": ["name", "level", "phone"] }),
        )
        .await;
        assert_eq!(case.rows, 1);
        let boss = house.as_(BOSS).await;
        let task = task_of(&boss, &id(&case)).await;
        let register = house.as_("feng.an").await.get("export_case", &id(&case)).await.unwrap();
        for shown in [
            serde_json::to_string(&case).unwrap(),
            serde_json::to_string(&task).unwrap(),
            serde_json::to_string(&register).unwrap(),
            format!("{:?}", house.vault.system(Task::Export).kept_order(&id(&case)).await.unwrap()),
        ] {
            assert!(!shown.contains(&secret[3..]), "{shown}");
        }
        assert_eq!(case.filter["all"][0], json!({ "field": "phone", "op": "eq", "value": "****" }));
        assert_eq!(case.filter["all"][1]["not"]["value"], "****");
        // The hash that stands beside it differs from case to case in nothing but the key of the house.
        let digest = |text: String| {
            use sha2::Digest as _;
            sha2::Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>()
        };
        assert_ne!(case.filter_hash.as_deref(), Some(digest(filter.to_string()).as_str()));

        decide(&house, &boss, &task, Decision::Approve, "").await.unwrap();
        let dump = common::dump(&house).await;
        render(&house.vault).await;
        assert!(unpacked(&bytes(&house, &rep, &case).await).contains(&secret));
        for dump in [dump, common::dump(&house).await] {
            let found = dump.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "the database holds the number");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rt_04_an_erasure_drops_the_files_that_hold_the_subject() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        let customer = plant(&house, rep.person(), 0, 2).await.remove(0);
        let held = order(&house, &rep, json!({})).await;
        render(&house.vault).await;
        // Taken out, but not yet kept, when the subject goes.
        let late = order(&house, &rep, json!({})).await;
        let other = order(
            &house,
            &rep,
            json!({ "filter": { "field": "name", "op": "eq", "value": "导出样本0001" } }),
        )
        .await;
        render_one(&house, &other).await;
        let running = exports::start(&house.vault, &id(&late)).await.unwrap().unwrap();

        let legal = house.as_("he.zheng").await;
        let feng = house.id_of("feng.an").await;
        let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
        tx.set_roles(&feng, &["security_admin".into(), "legal".into()]).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        let case = erasures::request(&house.vault, &legal, "customer", &customer, "consent_withdrawn", "")
            .await
            .unwrap();
        let second = house.as_("feng.an").await;
        let task = task_of(&second, &RecordId::new(case.id.as_str())).await;
        decide(&house, &second, &task, Decision::Approve, "").await.unwrap();

        assert_eq!(code(&exports::file(&house.vault, &rep, &id(&held)).await.err().unwrap()), "not_found");
        assert!(exports::file(&house.vault, &rep, &id(&other)).await.is_ok());
        running.render().await.unwrap();
        // Nothing of the subject was among its rows any more, so it may be there; what was read before is not.
        exports::expire(&house.vault).await.unwrap();
        assert_eq!(state(&house, &held).await.0, "expired");
        assert_eq!(state(&house, &other).await.0, "ready");
        let text = unpacked(&bytes(&house, &rep, &late).await);
        assert!(!text.contains("导出样本0000") && text.contains("导出样本0001"));

        // Between the reading and the keeping: what was read is not kept.
        let case = order(&house, &rep, json!({})).await;
        let kept = house.vault.system(Task::Export).kept_order(&id(&case)).await.unwrap();
        let mut tx = rep.begin().await.unwrap();
        tx.grant_small_export(&kept).unwrap();
        let grant = tx.commit(Act::new("test", "export_case")).await.unwrap().into_grant().unwrap();
        let mut leaving = rep.export(grant).await.unwrap();
        while leaving.next().await.unwrap().is_some() {}
        let taken = leaving.finish().await.unwrap();
        let last = house.customers_of(&rep).await.into_iter().find(|c| *c != customer).unwrap();
        let case = erasures::request(&house.vault, &legal, "customer", &last, "consent_withdrawn", "")
            .await
            .unwrap();
        let task = task_of(&second, &RecordId::new(case.id.as_str())).await;
        decide(&house, &second, &task, Decision::Approve, "").await.unwrap();
        let file = ExportFile { name: "x".into(), media: "x".into(), body: b"x".to_vec(), mark: "x".into() };
        let mut tx = house.vault.system(Task::Casework).begin().await.unwrap();
        let refused = tx.keep_file(taken, &file, i64::MAX).await.unwrap_err();
        assert_eq!(code(&refused), "snapshot_changed");
    }
}

/// Between the reading and the keeping of a file in clear somebody who is in it takes their consent back.
#[tokio::test(flavor = "multi_thread")]
async fn lb_03_no_file_is_kept_that_rests_on_a_consent_taken_back_meanwhile() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        let made = plant(&house, rep.person(), 0, 2).await;
        let agreed = common::agreed(&house.vault);
        let given = kedun_core::intake::add_consent(&house.vault, &rep, "customer", &made[0], &agreed).await;
        let consent = RecordId::new(given.unwrap()[0].id());
        for withdrawn in [false, true] {
            let case = approved(&house, &rep, json!({ "clear": true })).await;
            let kept = house.vault.system(Task::Export).kept_order(&id(&case)).await.unwrap();
            let mut tx = rep.begin().await.unwrap();
            let spent = tx.spend(id(&case).as_str(), &rep.order_snapshot(&kept).unwrap()).await.unwrap();
            tx.grant_export(&kept, spent).unwrap();
            let grant = tx.commit(Act::new("test", "export_case")).await.unwrap().into_grant().unwrap();
            let mut leaving = rep.export(grant).await.unwrap();
            while leaving.next().await.unwrap().is_some() {}
            let taken = leaving.finish().await.unwrap();
            if withdrawn {
                let told = kedun_core::intake::Withdrawal::default();
                kedun_core::intake::withdraw(&house.vault, &rep, "customer", &made[0], &consent, &told)
                    .await
                    .unwrap();
            }
            let file = ExportFile {
                name: "x".into(),
                media: "x".into(),
                body: b"x".to_vec(),
                mark: case.id.clone(),
            };
            let mut tx = house.vault.system(Task::Casework).begin().await.unwrap();
            let kept = tx.keep_file(taken, &file, i64::MAX).await;
            assert_eq!(kept.is_err(), withdrawn);
            if let Err(refused) = kept {
                assert_eq!(code(&refused), "snapshot_changed");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_02_what_a_stop_cut_short_begins_anew_or_ends_cleanly() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 2).await;
        let small = order(&house, &rep, json!({})).await;
        let large = approved(&house, &rep, json!({ "clear": true })).await;
        for case in [&small, &large] {
            drop(exports::start(&house.vault, &id(case)).await.unwrap().unwrap());
        }
        let vault = house.again().await;
        assert!(exports::resume(&vault).await.unwrap().is_empty(), "what runs is left alone");
        house.clock.advance(61_000);
        assert_eq!(exports::resume(&vault).await.unwrap().len(), 2);
        render(&vault).await;
        let rep = house.as_(REP).await;
        assert_eq!(exports::one(&rep, &id(&small)).await.unwrap().state, "ready");
        assert_eq!(failure(&house, &large).await, "interrupted");
        // Its approval is spent all the same.
        assert_eq!(task_of(&rep, &id(&large)).await.state, "spent");
        vault.close().await;
    }
}

async fn render_one(house: &House, case: &ExportView) {
    exports::start(&house.vault, &id(case)).await.unwrap().unwrap().render().await.unwrap();
}

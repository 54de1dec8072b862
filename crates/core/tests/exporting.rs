//! Step 6, taking copies out: EX-01 (masked unless approved), EX-02 (the line of 200 rows), EX-03 (marks), EX-04 (three
//! days), EX-05 (formulas), AC-04 (somebody else, exactly this, once).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

mod files;

use common::{House, code, fields, houses};
use kedun_core::approvals;
use kedun_core::approvals::Reason;
use kedun_core::exports::{self, ExportView};
use kedun_model::alert::FactKind;
use kedun_model::filter::Filter;
use kedun_model::flow::{Decision, Snapshot};
use kedun_model::{PersonId, RecordId, RoleName};
use kedun_vault::{Act, NewRecord, Scope, Signal, Task, TaskView, Vault};
use serde_json::{Value as Json, json};
use std::io::Read as _;

const REP: &str = "zhang.wei";
const BOSS: &str = "zhao.qiang";
const SAMPLE: &str = "导出样本";

/// Customers of a person that nobody else in the demo resembles; their phones are `1370000nnnn`.
async fn plant(house: &House, owner: &PersonId, from: usize, count: usize) -> Vec<RecordId> {
    let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
    let mut made = Vec::new();
    for n in from..from + count {
        let new = json!({ "name": format!("{SAMPLE}{n:04}"), "phone": phone(n), "level": "A",
            "email": format!("sample{n:04}@mail.example"), "notes": format!("机密备注{n:04}"), "deal_amount": 123_456 });
        let new = NewRecord { fields: fields(new), owner: Some(owner.clone()), ..NewRecord::default() };
        made.push(tx.create("customer", new).await.unwrap());
    }
    tx.commit(Act::new("test", "customer")).await.unwrap();
    made
}

fn phone(n: usize) -> String {
    format!("1370000{n:04}")
}

fn wanted(more: Json) -> exports::Wanted {
    let mut body = json!({ "object": "customer", "fields": ["name", "phone", "email", "notes", "level", "deal_amount"],
        "filter": { "field": "name", "op": "starts_with", "value": SAMPLE }, "purpose": "visit_plan", "format": "csv" });
    for (key, value) in fields(more) {
        body[key] = value;
    }
    serde_json::from_value(body).unwrap()
}

async fn order(house: &House, scope: &Scope, more: Json) -> ExportView {
    exports::order(&house.vault, scope, wanted(more)).await.unwrap()
}

fn id(view: &ExportView) -> RecordId {
    RecordId::new(view.id.as_str())
}

async fn task_of(scope: &Scope, case: &RecordId) -> TaskView {
    scope.tasks(false).await.unwrap().into_iter().find(|t| t.target == case.as_str()).unwrap()
}

async fn decide(
    house: &House,
    who: &Scope,
    task: &TaskView,
    decision: Decision,
    comment: &str,
) -> Result<TaskView, String> {
    let hash = Snapshot::parse(&task.snapshot_hash).unwrap();
    approvals::decide(&house.vault, who, &task.id, decision, &hash, comment).await.map_err(|e| code(&e))
}

/// Orders, has it approved and renders.
async fn approved(house: &House, scope: &Scope, more: Json) -> ExportView {
    let case = order(house, scope, more).await;
    assert_eq!(case.state, "waiting");
    let boss = house.as_(BOSS).await;
    let task = task_of(&boss, &id(&case)).await;
    decide(house, &boss, &task, Decision::Approve, "").await.unwrap();
    case
}

async fn render(vault: &Vault) {
    while exports::render_next(vault).await.unwrap().is_some() {}
}

async fn state(house: &House, case: &ExportView) -> (String, Option<String>) {
    let view = exports::one(&house.as_(REP).await, &id(case)).await.unwrap();
    (view.state, view.failure)
}

async fn failure(house: &House, case: &ExportView) -> String {
    let view = house.vault.system(Task::Casework).get("export_case", &id(case)).await.unwrap();
    assert_eq!(view.clear_text("state"), Some("failed"));
    view.clear_text("failure").unwrap().to_owned()
}

async fn bytes(house: &House, scope: &Scope, case: &ExportView) -> Vec<u8> {
    exports::file(&house.vault, scope, &id(case)).await.unwrap().body
}

/// Everything in a file, unpacked.
fn unpacked(file: &[u8]) -> String {
    if !file.starts_with(b"PK") {
        return String::from_utf8(file.to_vec()).unwrap();
    }
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(file)).unwrap();
    let mut text = String::new();
    for i in 0..archive.len() {
        archive.by_index(i).unwrap().read_to_string(&mut text).unwrap();
    }
    text
}

fn rows(file: &[u8]) -> Vec<Vec<String>> {
    let text = file.strip_prefix("\u{FEFF}".as_bytes()).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What was asked for, held against today by its approver: holds, why not, rows then and now.
async fn compared(house: &House, who: &Scope, task: &TaskView) -> (bool, Vec<Reason>, i64, Option<i64>) {
    let found = approvals::compare(&house.vault, who, &task.id).await.unwrap();
    let rows = found.counts.iter().find(|c| c.what == "rows");
    (found.holds, found.reasons.clone(), rows.map_or(-1, |r| r.then), rows.and_then(|r| r.now))
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_04_who_decides_sees_what_changed_since_it_was_asked() {
    for house in houses().await {
        let (rep, boss) = (house.as_(REP).await, house.as_(BOSS).await);
        plant(&house, rep.person(), 0, 3).await;
        let case = order(&house, &rep, json!({ "clear": true })).await;
        let task = task_of(&boss, &id(&case)).await;
        assert_eq!(compared(&house, &boss, &task).await, (true, vec![], 3, Some(3)));
        // Fewer are no more than was approved.
        let made = plant(&house, rep.person(), 10, 1).await;
        assert_eq!(compared(&house, &boss, &task).await, (false, vec![Reason::MoreRows], 3, Some(4)));
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted("customer", &made[0], None, true).await.unwrap();
        tx.commit(Act::new("test", "customer")).await.unwrap();
        assert!(compared(&house, &boss, &task).await.0);

        // Who neither asked nor may decide learns nothing of it.
        for login in ["huang.lei", "sun.yue", "shen.ming"] {
            let refused = approvals::compare(&house.vault, &house.as_(login).await, &task.id).await;
            assert_eq!(code(&refused.unwrap_err()), "not_found", "{login}");
        }

        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.set_roles(rep.person(), &[RoleName::from("intern")]).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        let found = approvals::compare(&house.vault, &boss, &task.id).await.unwrap();
        assert_eq!(found.reasons, [Reason::RightsChanged]);
        assert!(found.fields.iter().all(|f| !f.now), "{:?}", found.fields);

        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.freeze(rep.person()).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        assert_eq!(compared(&house, &boss, &task).await, (false, vec![Reason::RequesterGone], 3, None));

        decide(&house, &boss, &task, Decision::Reject, "账号已停用").await.unwrap();
        assert_eq!(compared(&house, &boss, &task).await, (false, vec![Reason::Settled], -1, None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_01_ex_02_two_hundred_masked_rows_leave_at_once_and_hold_no_clear_value() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 200).await;
        let mut signals = house.vault.signals();
        for format in ["csv", "xlsx"] {
            let case = order(&house, &rep, json!({ "format": format })).await;
            assert_eq!((case.state.as_str(), case.rows, case.needs_approval), ("approved", 200, false));
            render(&house.vault).await;
            let view = exports::one(&rep, &id(&case)).await.unwrap();
            assert_eq!((view.state.as_str(), view.progress, view.rows), ("ready", 100, 200));

            let file = exports::file(&house.vault, &rep, &id(&case)).await.unwrap();
            assert!(
                file.name.starts_with("客户-") && file.name.ends_with(&format!("{}.{format}", view.number))
            );
            let text = unpacked(&file.body);
            for n in 0..200 {
                for secret in [phone(n), format!("sample{n:04}@"), format!("机密备注{n:04}")] {
                    assert!(!text.contains(&secret), "{format} holds {secret}");
                }
                assert!(text.contains(&format!("{SAMPLE}{n:04}")), "{format} lacks {n}");
            }
            // Seen by everybody who opens it: who, which copy, why.
            for shown in ["张伟", view.number.as_str(), "拜访计划", "137****0007", "手机", "1234.56"]
            {
                let shown = if format == "xlsx" && shown == "1234.56" { "<v>1234.56</v>" } else { shown };
                assert!(text.contains(shown), "{format} lacks {shown}");
            }
        }
        // The alert rules hear of it when it is ordered.
        let mut heard = 0;
        while let Ok(signal) = signals.try_recv() {
            if let Signal::Fact(fact) = signal
                && let FactKind::Export { rows, needs_approval, at_line } = fact.kind
            {
                assert_eq!((rows, needs_approval, at_line), (200, false, 200));
                assert_eq!(&fact.person, rep.person());
                heard += 1;
            }
        }
        assert_eq!(heard, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_02_ac_04_the_201st_row_needs_somebody_else_who_decides_on_exactly_this() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 201).await;
        let case = order(&house, &rep, json!({})).await;
        assert_eq!((case.state.as_str(), case.rows, case.needs_approval), ("waiting", 201, true));
        render(&house.vault).await;
        assert_eq!(state(&house, &case).await.0, "waiting");
        assert_eq!(code(&exports::file(&house.vault, &rep, &id(&case)).await.err().unwrap()), "not_found");

        // Not oneself, not the manager of another region, not another seller, not another hash, no silent rejection.
        let task = task_of(&rep, &id(&case)).await;
        assert!(task.mine && !task.decidable);
        assert_eq!(decide(&house, &rep, &task, Decision::Approve, "").await.unwrap_err(), "own_request");
        for stranger in ["liu.fang", "li.na", "shen.ming"] {
            let stranger = house.as_(stranger).await;
            assert_eq!(
                decide(&house, &stranger, &task, Decision::Approve, "").await.unwrap_err(),
                "not_found"
            );
            assert_eq!(code(&stranger.one_task(&task.id).await.unwrap_err()), "not_found");
        }
        let boss = house.as_(BOSS).await;
        assert!(task_of(&boss, &id(&case)).await.decidable);
        let other = Snapshot::new([9; 32]);
        let changed = approvals::decide(&house.vault, &boss, &task.id, Decision::Approve, &other, "").await;
        assert_eq!(code(&changed.unwrap_err()), "snapshot_changed");
        assert_eq!(decide(&house, &boss, &task, Decision::Reject, " ").await.unwrap_err(), "required");

        let decided = decide(&house, &boss, &task, Decision::Approve, "月度拜访").await.unwrap();
        assert_eq!((decided.state.as_str(), decided.comment.as_deref()), ("approved", Some("月度拜访")));
        let again = decide(&house, &boss, &task, Decision::Reject, "no").await.unwrap_err();
        assert_eq!(again, "already_decided");
        render(&house.vault).await;
        let view = exports::one(&rep, &id(&case)).await.unwrap();
        assert_eq!((view.state.as_str(), view.approver["name"].as_str()), ("ready", Some("赵强")));
        assert_eq!(rows(&bytes(&house, &rep, &case).await).len(), 202);
        // Spent: nothing renders it a second time.
        assert_eq!(boss.one_task(&task.id).await.unwrap().state, "spent");
        assert!(exports::start(&house.vault, &id(&case)).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_01_clear_values_leave_only_with_approval() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 2).await;
        for format in ["csv", "xlsx"] {
            let case = approved(&house, &rep, json!({ "clear": true, "format": format })).await;
            render(&house.vault).await;
            let text = unpacked(&bytes(&house, &rep, &case).await);
            assert!(text.contains(&phone(0)) && text.contains("机密备注0001"));
        }
        // Nothing personal among the fields: clear or not is the same, and needs nobody.
        let case = order(&house, &rep, json!({ "clear": true, "fields": ["name", "level"] })).await;
        assert_eq!(case.state, "approved");
        // A rejection says why, and there is no file.
        let case = order(&house, &rep, json!({ "clear": true })).await;
        let boss = house.as_(BOSS).await;
        let task = task_of(&boss, &id(&case)).await;
        decide(&house, &boss, &task, Decision::Reject, "请用脱敏版本").await.unwrap();
        render(&house.vault).await;
        let view = exports::one(&rep, &id(&case)).await.unwrap();
        assert_eq!((view.state.as_str(), view.comment.as_deref()), ("rejected", Some("请用脱敏版本")));
        assert_eq!(
            code(&exports::cancel(&house.vault, &rep, &id(&case)).await.unwrap_err()),
            "export_closed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_01_the_title_of_a_linked_record_leaves_masked_too_and_clear_only_with_approval() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        let agreed = common::agreed(&house.vault);
        let new = fields(json!({ "name": "镜湖诊所", "phone": "13700009910" }));
        let mine =
            kedun_core::intake::create(&house.vault, &rep, "customer", new, Some(&agreed)).await.unwrap();
        let mine = RecordId::new(mine.id());
        let contact = fields(json!({ "customer": mine, "name": "欧阳明镜", "phone": "13700009911" }));
        let mut tx = rep.begin().await.unwrap();
        let contact =
            tx.create("contact", NewRecord { fields: contact, ..NewRecord::default() }).await.unwrap();
        let at = kedun_model::moment::text(rep.now());
        let visit =
            json!({ "customer": mine, "contact": contact, "kind": "visit", "content": "见了面", "at": at });
        tx.create("follow_up", NewRecord { fields: fields(visit), ..NewRecord::default() }).await.unwrap();
        tx.commit(Act::new("test", "contact")).await.unwrap();
        let filter = json!({ "field": "contact", "op": "eq", "value": contact });
        let about = json!({ "object": "follow_up", "fields": ["contact"], "filter": filter });
        let case = order(&house, &rep, about.clone()).await;
        assert_eq!((case.needs_approval, case.rows), (false, 1));
        render(&house.vault).await;
        let text = unpacked(&bytes(&house, &rep, &case).await);
        assert!(!text.contains("明镜") && text.contains("欧阳*"), "{text}");

        let mut clear = about;
        clear["clear"] = json!(true);
        let case = approved(&house, &rep, clear).await;
        render(&house.vault).await;
        assert!(unpacked(&bytes(&house, &rep, &case).await).contains("欧阳明镜"));

        // The title is a copy of its own record: with the consent goes the file, though no field of the rows is personal.
        let consent = kedun_core::intake::consents(&rep, "customer", &mine).await.unwrap();
        let consent = RecordId::new(consent[0].id());
        let told = kedun_core::intake::Withdrawal::default();
        kedun_core::intake::withdraw(&house.vault, &rep, "customer", &mine, &consent, &told).await.unwrap();
        assert_eq!(code(&exports::file(&house.vault, &rep, &id(&case)).await.err().unwrap()), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_05_who_took_their_consent_back_is_in_no_clear_copy() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        let mut made = Vec::new();
        for n in 0..2 {
            let new = json!({ "name": format!("{SAMPLE}{n:04}"), "phone": phone(n), "notes": format!("机密备注{n:04}") });
            let agreed = common::agreed(&house.vault);
            let made_one =
                kedun_core::intake::create(&house.vault, &rep, "customer", fields(new), Some(&agreed)).await;
            made.push(RecordId::new(made_one.unwrap().id()));
        }
        // Taken back while the approved order waits to be carried out.
        let case = approved(&house, &rep, json!({ "clear": true })).await;
        let consent = kedun_core::intake::consents(&rep, "customer", &made[0]).await.unwrap();
        let consent = RecordId::new(consent[0].id());
        let told = kedun_core::intake::Withdrawal::default();
        kedun_core::intake::withdraw(&house.vault, &rep, "customer", &made[0], &consent, &told)
            .await
            .unwrap();
        render(&house.vault).await;
        let text = unpacked(&bytes(&house, &rep, &case).await);
        assert!(!text.contains(&phone(0)) && !text.contains("机密备注0000"), "{text}");
        assert!(text.contains("137****0000"), "{text}");
        assert!(text.contains(&phone(1)) && text.contains("机密备注0001"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_04_an_approval_is_void_when_what_was_approved_changes() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 3).await;
        // Another filter under the same case.
        let case = approved(&house, &rep, json!({ "clear": true })).await;
        let mut kept = house.vault.system(Task::Export).kept_order(&id(&case)).await.unwrap();
        kept.filter = Some(Filter::parse(&json!({ "field": "owner", "op": "me" })).unwrap());
        let replace = async |drop: bool| {
            let mut tx = house.vault.system(Task::Casework).begin().await.unwrap();
            if drop {
                tx.drop_order(&kept.case).await.unwrap();
            } else {
                tx.keep_order(&kept).await.unwrap();
            }
            tx.commit(Act::new("test", "export_case")).await.unwrap();
        };
        replace(true).await;
        house.vault.forget_exports().await.unwrap();
        replace(false).await;
        render(&house.vault).await;
        assert_eq!(failure(&house, &case).await, "snapshot_changed");

        // One row more than was approved.
        let case = approved(&house, &rep, json!({ "clear": true })).await;
        plant(&house, rep.person(), 900, 1).await;
        render(&house.vault).await;
        assert_eq!(failure(&house, &case).await, "snapshot_changed");

        // Too late: nobody used it in time.
        let case = approved(&house, &rep, json!({ "clear": true })).await;
        house.clock.advance(exports::APPROVAL_LIVES_MS + 1);
        render(&house.vault).await;
        assert_eq!(failure(&house, &case).await, "not_approved");
        let people = kept.case;
        assert_eq!(code(&rep.kept_order(&people).await.unwrap_err()), "export");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_02_a_small_export_that_outgrew_the_line_is_refused_and_may_grow_below_it() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 199).await;
        let case = order(&house, &rep, json!({})).await;
        plant(&house, rep.person(), 300, 1).await;
        render(&house.vault).await;
        let view = exports::one(&rep, &id(&case)).await.unwrap();
        assert_eq!((view.state.as_str(), view.rows), ("ready", 200));
        let case = order(&house, &rep, json!({})).await;
        plant(&house, rep.person(), 301, 1).await;
        render(&house.vault).await;
        assert_eq!(failure(&house, &case).await, "snapshot_changed");
        // Also when the rows come after it began: the grant itself counts.
        let case = order(
            &house,
            &rep,
            json!({ "filter": { "field": "name", "op": "starts_with", "value": "导出样本03" } }),
        )
        .await;
        assert_eq!(case.rows, 2);
        let running = exports::start(&house.vault, &id(&case)).await.unwrap().unwrap();
        let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
        for n in 0..199 {
            let new = fields(json!({ "name": format!("导出样本03x{n}") }));
            let new = NewRecord { fields: new, owner: Some(rep.person().clone()), ..NewRecord::default() };
            tx.create("customer", new).await.unwrap();
        }
        tx.commit(Act::new("test", "customer")).await.unwrap();
        running.render().await.unwrap();
        assert_eq!(failure(&house, &case).await, "snapshot_changed");
        assert_eq!(code(&exports::file(&house.vault, &rep, &id(&case)).await.err().unwrap()), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_04_who_lost_the_account_or_the_right_gets_no_file() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 2).await;
        let person = rep.person().clone();
        let lost = order(&house, &rep, json!({})).await;
        let kept = order(&house, &rep, json!({})).await;
        let running = exports::start(&house.vault, &id(&kept)).await.unwrap().unwrap();

        let set_roles = async |role: &str| {
            let mut tx = house.as_("feng.an").await.begin().await.unwrap();
            tx.set_roles(&person, &[RoleName::from(role)]).await.unwrap();
            tx.commit(Act::new("person.roles", "person")).await.unwrap();
        };
        set_roles("intern").await;
        render(&house.vault).await;
        assert_eq!(failure(&house, &lost).await, "rights_changed");
        set_roles("rep").await;
        let frozen = order(&house, &house.as_(REP).await, json!({})).await;
        let mut tx = house.as_("zheng.kai").await.begin().await.unwrap();
        tx.freeze(&person).await.unwrap();
        tx.commit(Act::new("person.freeze", "person")).await.unwrap();
        render(&house.vault).await;
        assert_eq!(failure(&house, &frozen).await, "requester_gone");
        // Also when it was frozen in the middle.
        running.render().await.unwrap();
        assert_eq!(failure(&house, &kept).await, "requester_gone");
    }
}

/// A file lies for three days; what it was made with may be over sooner.
#[tokio::test(flavor = "multi_thread")]
async fn ex_04_a_file_is_fetched_with_the_rights_and_consents_that_it_was_made_with() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        let made = plant(&house, rep.person(), 0, 2).await;
        let masked = order(&house, &rep, json!({})).await;
        let clear = approved(&house, &rep, json!({ "clear": true })).await;
        render(&house.vault).await;
        assert!(exports::file(&house.vault, &rep, &id(&masked)).await.is_ok());
        assert!(exports::file(&house.vault, &rep, &id(&clear)).await.is_ok());

        // Another role that may export too does not get what this one has made.
        let role = serde_json::to_value(&*house.vault.catalog().roles[&"rep".into()].def).unwrap();
        let mut narrow = role.clone();
        for grant in narrow["grants"].as_array_mut().unwrap() {
            if grant["object"] == "customer" {
                grant["fields"]["names"]["email"] = json!("none");
            }
        }
        let publish = async |body: &Json| {
            let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
            tx.publish("role", "rep", body, None).await.unwrap();
            tx.commit(Act::new("definition.publish", "definition")).await.unwrap();
        };
        publish(&narrow).await;
        let narrowed = house.as_(REP).await;
        let refused = exports::file(&house.vault, &narrowed, &id(&masked)).await.err().unwrap();
        assert_eq!(code(&refused), "export_rights_changed");
        publish(&role).await;

        // Of somebody who took their consent back nothing leaves in clear any more; masked rows rest on no such consent.
        let rep = house.as_(REP).await;
        assert!(exports::file(&house.vault, &rep, &id(&clear)).await.is_ok());
        let agreed = common::agreed(&house.vault);
        let given = kedun_core::intake::add_consent(&house.vault, &rep, "customer", &made[0], &agreed).await;
        let consent = RecordId::new(given.unwrap()[0].id());
        let told = kedun_core::intake::Withdrawal::default();
        kedun_core::intake::withdraw(&house.vault, &rep, "customer", &made[0], &consent, &told)
            .await
            .unwrap();
        let gone = exports::file(&house.vault, &rep, &id(&clear)).await.err().unwrap();
        assert_eq!(code(&gone), "not_found");
        assert!(exports::file(&house.vault, &rep, &id(&masked)).await.is_ok());
        exports::expire(&house.vault).await.unwrap();
        assert_eq!(state(&house, &clear).await.0, "expired");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ex_02_an_order_can_be_taken_back_while_it_waits_and_while_it_runs() {
    for house in houses().await {
        let rep = house.as_(REP).await;
        plant(&house, rep.person(), 0, 2).await;
        let waiting = order(&house, &rep, json!({ "clear": true })).await;
        let task = task_of(&rep, &id(&waiting)).await;
        // The manager sees it and may not take it back; another seller does not know of it.
        let (boss, other) = (house.as_(BOSS).await, house.as_("li.na").await);
        assert_eq!(
            code(&exports::cancel(&house.vault, &boss, &id(&waiting)).await.unwrap_err()),
            "not_requester"
        );
        assert_eq!(
            code(&exports::cancel(&house.vault, &other, &id(&waiting)).await.unwrap_err()),
            "not_found"
        );
        exports::cancel(&house.vault, &rep, &id(&waiting)).await.unwrap();
        assert_eq!(state(&house, &waiting).await.0, "cancelled");
        assert_eq!(decide(&house, &boss, &task, Decision::Approve, "").await.unwrap_err(), "already_decided");

        let running = order(&house, &rep, json!({})).await;
        let run = exports::start(&house.vault, &id(&running)).await.unwrap().unwrap();
        assert_eq!(state(&house, &running).await.0, "running");
        exports::cancel(&house.vault, &rep, &id(&running)).await.unwrap();
        run.render().await.unwrap();
        assert_eq!(state(&house, &running).await.0, "cancelled");
        assert_eq!(code(&exports::file(&house.vault, &rep, &id(&running)).await.err().unwrap()), "not_found");
        assert_eq!(
            code(&exports::cancel(&house.vault, &rep, &id(&running)).await.unwrap_err()),
            "export_closed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ac_04_who_may_not_export_orders_nothing() {
    for house in houses().await {
        let auditor = house.as_("shen.ming").await;
        let refused = exports::order(&house.vault, &auditor, wanted(json!({}))).await.unwrap_err();
        assert_eq!(code(&refused), "not_found");
        let register = json!({ "object": "export_case", "fields": ["purpose"], "filter": null });
        let refused = exports::order(&house.vault, &auditor, wanted(register)).await.unwrap_err();
        assert_eq!(code(&refused), "export");
        let intern = house.as_("sun.yue").await;
        let refused = exports::order(&house.vault, &intern, wanted(json!({}))).await.unwrap_err();
        assert!(["export", "not_found"].contains(&code(&refused).as_str()));

        let rep = house.as_(REP).await;
        for (more, problem) in [
            (json!({ "fields": [] }), "required"),
            (json!({ "fields": ["name", "nothing"] }), "unknown_field"),
            (json!({ "purpose": "curiosity" }), "unknown_purpose"),
            (json!({ "purpose": "other: call 138 0013 8000" }), "personal_data"),
            (json!({ "filter": { "field": "name", "op": "like", "value": 1 } }), "unknown_operator"),
        ] {
            let refused = exports::order(&house.vault, &rep, wanted(more)).await.unwrap_err();
            assert_eq!(code(&refused), problem);
        }
        assert!(exports::list(&rep, 10).await.unwrap().is_empty());
        assert!(exports::list(&house.as_("xu.hui").await, 10).await.unwrap().is_empty());
        for _ in 0..10 {
            order(&house, &rep, json!({})).await;
        }
        let refused = exports::order(&house.vault, &rep, wanted(json!({}))).await.unwrap_err();
        assert_eq!(code(&refused), "exports_open");
    }
}

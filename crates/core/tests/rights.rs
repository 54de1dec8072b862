//! What customers ask for of their own data: LB-03 (receipts), LB-05 (withdrawal), DS-01 (identity, clocks), DS-02 (copy),
//! DS-03 (correction), DS-04 (erasure), DS-06 (refusals), DS-09 (complaints).

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

mod copies;

use crate::common;

use common::{agreed, code, fields, houses};
use kedun_core::rights::{self, Answered, Asked, How, Kind, Wanted, Which};
use kedun_core::{erasures, intake};
use kedun_ledger::note::Note;
use kedun_model::flow::{Decision, Snapshot};
use kedun_model::{RecordId, SubjectId};
use kedun_vault::{Act, Guest, NewLink, Scope, Shown, SoughtEntries, Task, VaultError};
use serde_json::{Value as Json, json};

const PHONE: &str = "13987651234";
const WORDS: &str = "我的邮箱写错了，应为 planted.right@hidden.example";

async fn customer(house: &common::House, name: &str, phone: Option<&str>) -> RecordId {
    let rep = house.as_("zhang.wei").await;
    let mut new = fields(json!({ "name": name }));
    if let Some(phone) = phone {
        new.insert("phone".to_owned(), json!(phone));
    }
    let intake = agreed(&house.vault);
    let created = intake::create(&house.vault, &rep, "customer", new, Some(&intake)).await.unwrap();
    RecordId::new(created.id())
}

async fn link(scope: &Scope, customer: &RecordId) -> Result<NewLink, VaultError> {
    let mut tx = scope.begin().await?;
    let made = tx.make_link(customer, 30).await?;
    tx.commit(Act::new("rights.invite", "customer").on(customer, None)).await?;
    Ok(made)
}

async fn guest(house: &common::House, customer: &RecordId) -> (Guest, NewLink) {
    let made = link(&house.as_("zhang.wei").await, customer).await.unwrap();
    (house.vault.guest(&made.token).await.unwrap(), made)
}

fn shows(digits: Option<&str>, code: Option<&str>) -> Shown {
    Shown { digits: digits.map(str::to_owned), code: code.map(str::to_owned) }
}

fn asks(kind: Kind, text: Option<&str>) -> Asked {
    Asked { kind, text: text.map(str::to_owned) }
}

fn wrong_code(right: &str) -> String {
    let number: u32 = right.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

fn has(body: &[u8], words: &str) -> bool {
    body.windows(words.len()).any(|window| window == words.as_bytes())
}

/// A second one who decides, because nobody approves their own request.
async fn second_lawyer(house: &common::House) {
    let mut tx = house.vault.system(Task::Demo).begin().await.unwrap();
    tx.add_person(kedun_vault::NewPerson {
        login: "second.lawyer".into(),
        name: "丁一".into(),
        staff_no: "RK9999".into(),
        department: None,
        password: kedun_core::demo::PASSWORD.into(),
        roles: vec!["legal".into()],
        language: "zh-CN".into(),
    })
    .await
    .unwrap();
    tx.commit(Act::new("test", "person")).await.unwrap();
}

/// The fact of a refusal.
fn left(error: &VaultError) -> String {
    match error {
        VaultError::Problem(kedun_model::Problem::Invalid(errors)) => errors[0].facts["left"].clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_01_only_who_may_change_a_customer_makes_them_a_link_and_only_hashes_are_kept() {
    for house in houses().await {
        let id = customer(&house, "链接客户", Some(PHONE)).await;
        // Their own rep, and whoever answers such requests; not a rep elsewhere, not an administrator.
        assert!(link(&house.as_("zhang.wei").await, &id).await.is_ok());
        assert!(link(&house.as_("he.zheng").await, &id).await.is_ok());
        assert_eq!(code(&link(&house.as_("chen.jing").await, &id).await.err().unwrap()), "not_found");
        for login in ["feng.an", "shen.ming", "zheng.kai"] {
            assert_eq!(
                code(&link(&house.as_(login).await, &id).await.err().unwrap()),
                "not_found",
                "{login}"
            );
            assert_eq!(code(&house.as_(login).await.links(&id).await.unwrap_err()), "not_found", "{login}");
        }
        let (guest, made) = guest(&house, &id).await;
        assert_eq!(guest.customer(), &id);
        let links = house.as_("zhang.wei").await.links(&id).await.unwrap();
        assert_eq!(links.len(), 3);
        assert_eq!((links[0].opened, links[0].locked), (1, false));
        let stored = common::dump(&house).await;
        for secret in [made.token.as_bytes(), &made.token.as_bytes()[4..]] {
            assert!(!stored.windows(secret.len()).any(|w| w == secret), "the secret is stored");
        }
    }
}

/// Nobody leaves behind what still opens when they have gone, or are not in charge any more.
#[tokio::test(flavor = "multi_thread")]
async fn ds_01_a_link_is_worth_what_the_right_of_its_maker_is() {
    for house in houses().await {
        let (rep, friend) = (house.as_("zhang.wei").await, house.as_("li.na").await);
        let id = customer(&house, "离职前的链接", Some(PHONE)).await;
        let until = rep.now() + 86_400_000;
        let mut tx = rep.begin().await.unwrap();
        let share = tx.share("customer", &id, friend.person(), true, "visit", until).await.unwrap();
        tx.commit(Act::new("record.share", "customer")).await.unwrap();
        let of_friend = link(&friend, &id).await.unwrap();
        let of_rep = link(&rep, &id).await.unwrap();
        let of_desk = link(&house.as_("he.zheng").await, &id).await.unwrap();
        let opens = async |made: &NewLink| match house.vault.guest(&made.token).await {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(code(&error), "not_found");
                false
            }
        };
        assert!(opens(&of_friend).await && opens(&of_rep).await && opens(&of_desk).await);
        let mut tx = rep.begin().await.unwrap();
        tx.unshare("customer", &id, &share).await.unwrap();
        tx.commit(Act::new("record.unshare", "customer")).await.unwrap();
        assert!(!opens(&of_friend).await && opens(&of_rep).await);
        let mut tx = rep.begin().await.unwrap();
        tx.transfer("customer", &id, friend.person(), "x").await.unwrap();
        tx.commit(Act::new("record.transfer", "customer")).await.unwrap();
        assert!(!opens(&of_rep).await && opens(&of_friend).await, "the heir's own opens again");
        let lapsed: Vec<bool> = friend.links(&id).await.unwrap().iter().map(|link| link.lapsed).collect();
        assert_eq!(lapsed, [false, true, false]);
        let mut tx = house.vault.system(Task::Bootstrap).begin().await.unwrap();
        tx.freeze(friend.person()).await.unwrap();
        tx.commit(Act::new("test", "person")).await.unwrap();
        assert!(!opens(&of_friend).await && opens(&of_desk).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_01_a_wrong_an_ended_and_an_expired_link_answer_alike_and_leave_a_row() {
    for house in houses().await {
        let id = customer(&house, "过期客户", Some(PHONE)).await;
        let rep = house.as_("zhang.wei").await;
        let (_, ended) = guest(&house, &id).await;
        let (_, late) = guest(&house, &id).await;
        let mut tx = rep.begin().await.unwrap();
        tx.end_link(&id, &ended.id).await.unwrap();
        tx.commit(Act::new("rights.uninvite", "customer").on(&id, None)).await.unwrap();
        let session = house.sign_in("zhang.wei").await.unwrap();
        for secret in ["", "kdl_", "nonsense", ended.token.as_str(), session.token.as_str()] {
            assert_eq!(code(&house.vault.guest(secret).await.err().unwrap()), "not_found");
        }
        assert!(house.vault.guest(&late.token).await.is_ok());
        house.clock.advance(31 * 86_400_000);
        assert_eq!(code(&house.vault.guest(&late.token).await.err().unwrap()), "not_found");
        let auditor = house.as_("shen.ming").await;
        house.vault.sequence(true).await.unwrap();
        let rows =
            auditor.ledger_entries(&SoughtEntries::from_place(0, Some("rights.link")), 500).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.decision == "denied").count(), 6);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_01_five_wrong_proofs_use_a_link_up_and_a_missing_number_tells_nothing() {
    for house in houses().await {
        let with = customer(&house, "有号客户", Some(PHONE)).await;
        let without = customer(&house, "无号客户", None).await;
        let (one, made) = guest(&house, &with).await;
        let (other, made_other) = guest(&house, &without).await;
        // The right digits of somebody who has a number, and any of somebody who has none: the first is let in, the
        // second reads what everybody reads who is wrong.
        let copy = asks(Kind::Copy, None);
        let both = |digits: &str, code: &str| shows(Some(digits), Some(code));
        let wrong = rights::ask(&one, &copy, &both("0000", &made.code)).await.unwrap_err();
        let none = rights::ask(&other, &copy, &both("1234", &made_other.code)).await.unwrap_err();
        assert_eq!((code(&wrong).as_str(), left(&wrong).as_str()), ("check_failed", "4"));
        assert_eq!(format!("{wrong:?}"), format!("{none:?}"));
        // A copy needs both; one alone is no guess and costs nothing.
        let short = rights::ask(&one, &copy, &shows(Some("1234"), None)).await.unwrap_err();
        assert_eq!(code(&short), "check_required");
        for tries in [3, 2, 1, 0] {
            let bad = wrong_code(&made.code);
            let again = house.vault.guest(&made.token).await.unwrap();
            let wrong = rights::ask(&again, &copy, &both("1234", &bad)).await.unwrap_err();
            assert_eq!((code(&wrong).as_str(), left(&wrong)), ("check_failed", tries.to_string()));
        }
        // Now the right ones come too late, on this link; a complaint needs none.
        let again = house.vault.guest(&made.token).await.unwrap();
        assert_eq!(again.tries_left(), 0);
        let locked = rights::ask(&again, &copy, &both("1234", &made.code)).await.unwrap_err();
        assert_eq!(code(&locked), "check_locked");
        assert!(
            rights::ask(&again, &asks(Kind::Complaint, Some("太多电话")), &shows(None, None)).await.is_ok()
        );
        assert!(house.as_("zhang.wei").await.links(&with).await.unwrap()[0].locked);
    }
}

/// A colleague who throws the customer away does not throw away what the customer may ask for.
#[tokio::test(flavor = "multi_thread")]
async fn ds_01_who_lies_in_the_recycle_bin_may_still_ask() {
    for house in houses().await {
        let id = customer(&house, "误删客户", Some(PHONE)).await;
        let (guest, _) = guest(&house, &id).await;
        let rep = house.as_("zhang.wei").await;
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted("customer", &id, None, true).await.unwrap();
        tx.commit(kedun_vault::Act::new("record.delete", "customer").on(&id, None)).await.unwrap();
        let asked = rights::ask(&guest, &asks(Kind::Erasure, None), &shows(None, None)).await.unwrap();
        assert_eq!(asked.state, "identity");
        // Nor what they agreed to: it is taken back there as anywhere, and stays so when they come out again.
        let known = rights::page(&house.vault, &guest).await.unwrap().consents;
        assert_eq!(known.len(), 1);
        let consent = RecordId::new(known[0].id.as_str());
        let page = rights::withdraw(&house.vault, &guest, &consent).await.unwrap();
        assert!(page.consents[0].withdrawn_at.is_some());
        rights::guest_receipt(&house.vault, &guest, &consent).await.unwrap();
        let mut tx = house.as_("wang.jianguo").await.begin().await.unwrap();
        tx.set_deleted("customer", &id, None, false).await.unwrap();
        tx.commit(kedun_vault::Act::new("record.restore", "customer").on(&id, None)).await.unwrap();
        let known = intake::consents(&rep, "customer", &id).await.unwrap();
        assert_eq!(known[0].clear_text("state"), Some("withdrawn"));
    }
}

/// Of two who ask for the same at the same moment one is told that it is open already, on both engines.
#[tokio::test(flavor = "multi_thread")]
async fn ds_01_what_is_asked_for_twice_at_once_is_open_once() {
    for house in houses().await {
        let id = customer(&house, "同时请求的客户", Some(PHONE)).await;
        let (guest, _) = guest(&house, &id).await;
        let (wanted, nothing) = (asks(Kind::Erasure, None), shows(None, None));
        let ask = || rights::ask(&guest, &wanted, &nothing);
        let answers: [_; 4] = tokio::join!(ask(), ask(), ask(), ask()).into();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!(code(refused), "rights_open");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lb_03_lb_05_a_customer_withdraws_at_once_and_holds_a_receipt_that_a_stranger_verifies() {
    for house in houses().await {
        let vault = &house.vault;
        let id = customer(&house, "撤回客户", Some(PHONE)).await;
        let elsewhere = customer(&house, "别家客户", Some("13987650001")).await;
        let (guest, _) = guest(&house, &id).await;
        let page = rights::page(vault, &guest).await.unwrap();
        assert_eq!(page.consents.len(), 1);
        let text = serde_json::to_string(&page).unwrap();
        assert!(!text.contains("撤回客户") && !text.contains("1234") && !text.contains("张伟"), "{text}");
        let consent = RecordId::new(page.consents[0].id.as_str());
        let note = rights::guest_receipt(vault, &guest, &consent).await.unwrap();
        let key: kedun_ledger::NoteVerifier = page.key.parse().unwrap();
        Note::parse(&note).unwrap().verify(std::slice::from_ref(&key)).unwrap();
        let forged = note.replace("sales_contact", "sales_kontact");
        assert!(Note::parse(&forged).unwrap().verify(&[key]).is_err());

        // Not another customer's.
        let rep = house.as_("zhang.wei").await;
        let foreign = RecordId::new(intake::consents(&rep, "customer", &elsewhere).await.unwrap()[0].id());
        assert_eq!(code(&rights::withdraw(vault, &guest, &foreign).await.unwrap_err()), "not_found");
        assert_eq!(code(&rights::guest_receipt(vault, &guest, &foreign).await.unwrap_err()), "not_found");

        let page = rights::withdraw(vault, &guest, &consent).await.unwrap();
        assert!(page.consents[0].withdrawn_at.is_some());
        assert_eq!(page.requests[0].kind, "withdrawal");
        assert_eq!(code(&rights::withdraw(vault, &guest, &consent).await.unwrap_err()), "already_withdrawn");
        // At once: nothing personal can be added any more.
        let more = fields(json!({ "email": "a@b.example" }));
        let refused = intake::update(&rep, "customer", &id, None, &more).await.unwrap_err();
        assert_eq!(code(&refused), "basis_required");
        assert!(
            rights::guest_receipt(vault, &guest, &consent).await.unwrap().contains("\"withdrawn_at\": \"20")
        );
        vault.sequence(true).await.unwrap();
        let rows = house
            .as_("shen.ming")
            .await
            .ledger_entries(&SoughtEntries::from_place(0, Some("consent.withdraw")), 500)
            .await
            .unwrap();
        assert_eq!(rows.last().unwrap().decision, "system");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_03_a_correction_is_proposed_by_one_and_approved_by_who_is_in_charge() {
    for house in houses().await {
        let vault = &house.vault;
        let id = customer(&house, "更正客户", Some(PHONE)).await;
        let (one, _) = guest(&house, &id).await;
        // Who shows nothing is checked by a colleague first.
        let asked =
            rights::ask(&one, &asks(Kind::Correction, Some(WORDS)), &shows(None, None)).await.unwrap();
        assert_eq!(asked.state, "identity");
        let request = RecordId::new(asked.id.as_str());
        let legal = house.as_("he.zheng").await;
        let mended = fields(json!({ "email": "planted.right@hidden.example" }));
        let early = rights::propose(vault, &legal, &request, &mended).await.unwrap_err();
        assert_eq!(code(&early), "rights_changed");
        let detail = rights::identify(vault, &legal, &request, How::CalledBack).await.unwrap();
        assert_eq!(detail.words.as_deref(), Some(WORDS));
        assert_eq!(detail.name.as_deref(), Some("更正客户"));
        assert_eq!(detail.acts, ["call", "propose", "answer", "refuse"]);
        for (bad, rule) in [
            (json!({}), "required"),
            (json!({ "nothing": 1 }), "unknown_field"),
            (json!({ "email": "not an address" }), "email_format"),
            (json!({ "last_follow_up": "2026-01-01T00:00:00Z" }), "unknown_field"),
        ] {
            let refused = rights::propose(vault, &legal, &request, &fields(bad)).await.unwrap_err();
            assert_eq!(code(&refused), rule);
        }
        rights::propose(vault, &legal, &request, &mended).await.unwrap();
        let rep = house.as_("zhang.wei").await;
        let seen = rights::one(vault, &rep, &request).await.unwrap();
        assert_eq!((seen.name, seen.acts.as_slice()), (None, ["decide"].as_slice()));
        let proposal = seen.proposal.unwrap();
        let hash = proposal.hash;
        assert_eq!(proposal.fields["email"], mended["email"]);
        // A colleague who works on the customer as well, and sees addresses under a mask, sees this one so too.
        let friend = house.as_("li.na").await;
        let mut tx = rep.begin().await.unwrap();
        let until = rep.now() + 86_400_000;
        tx.share("customer", &id, friend.person(), true, "visit", until).await.unwrap();
        tx.commit(Act::new("record.share", "customer")).await.unwrap();
        let masked = rights::one(vault, &friend, &request).await.unwrap().proposal.unwrap();
        let masked = masked.fields["email"].as_str().unwrap().to_owned();
        assert!(masked.contains('*') && !masked.contains("planted.right"), "{masked}");
        let decide = async |scope: &Scope, decision, hash: &str, comment: &str| {
            rights::decide(vault, scope, &request, decision, hash, comment).await
        };
        // Who answers may not edit the customer at all; others do not see it.
        assert_eq!(code(&decide(&legal, Decision::Approve, &hash, "").await.unwrap_err()), "not_found");
        let stranger = house.as_("chen.jing").await;
        assert_eq!(code(&decide(&stranger, Decision::Approve, &hash, "").await.unwrap_err()), "not_found");
        assert_eq!(code(&decide(&rep, Decision::Approve, "00", "").await.unwrap_err()), "snapshot_changed");
        assert_eq!(code(&decide(&rep, Decision::Reject, &hash, " ").await.unwrap_err()), "required");
        decide(&rep, Decision::Reject, &hash, "电话里说的是另一个").await.unwrap();
        let back = rights::one(vault, &legal, &request).await.unwrap();
        assert_eq!(back.objection.as_deref(), Some("电话里说的是另一个"));
        rights::propose(vault, &legal, &request, &mended).await.unwrap();
        let done = decide(&rep, Decision::Approve, &hash, "").await.unwrap();
        assert_eq!(done.request.state, "answered");
        assert_eq!(code(&decide(&rep, Decision::Approve, &hash, "").await.unwrap_err()), "rights_changed");
        let email = rep.reveal("customer", &id, "email", "correction").await.unwrap().value;
        assert_eq!(email, json!("planted.right@hidden.example"));
        let stored = common::dump(&house).await;
        for secret in ["planted.right@hidden.example", "应为 planted"] {
            assert!(!stored.windows(secret.len()).any(|w| w == secret.as_bytes()), "{secret} is stored");
        }
    }
}

/// What is held wrongly is put right also when nothing new may be collected any more.
#[tokio::test(flavor = "multi_thread")]
async fn ds_03_who_took_their_consent_back_is_still_put_right() {
    for house in houses().await {
        let vault = &house.vault;
        let id = customer(&house, "撤回更正", Some(PHONE)).await;
        let (one, _) = guest(&house, &id).await;
        let (rep, legal) = (house.as_("zhang.wei").await, house.as_("he.zheng").await);
        for consent in kedun_core::intake::consents(&rep, "customer", &id).await.unwrap() {
            let (consent, told) = (RecordId::new(consent.id()), kedun_core::intake::Withdrawal::default());
            kedun_core::intake::withdraw(vault, &rep, "customer", &id, &consent, &told).await.unwrap();
        }
        let asked =
            rights::ask(&one, &asks(Kind::Correction, Some(WORDS)), &shows(None, None)).await.unwrap();
        let request = RecordId::new(asked.id);
        rights::identify(vault, &legal, &request, How::CalledBack).await.unwrap();
        let put = async |values: Json| {
            rights::propose(vault, &legal, &request, &fields(values)).await.unwrap();
            let hash = rights::one(vault, &rep, &request).await.unwrap().proposal.unwrap().hash;
            (rights::decide(vault, &rep, &request, Decision::Approve, &hash, "").await, hash)
        };
        let (refused, hash) = put(json!({ "email": "new.address@hidden.example" })).await;
        assert_eq!(code(&refused.unwrap_err()), "basis_required");
        rights::decide(vault, &rep, &request, Decision::Reject, &hash, "没有授权").await.unwrap();
        let (done, _) = put(json!({ "phone": "13987650099" })).await;
        done.unwrap();
        let now = rep.get("customer", &id).await.unwrap();
        assert_eq!(serde_json::to_value(now.field("phone")).unwrap()["masked"], "139****0099");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_04_an_erasure_that_was_asked_for_is_done_by_two_and_the_customer_holds_its_certificate() {
    for house in houses().await {
        let vault = &house.vault;
        let id = customer(&house, "请删客户", Some(PHONE)).await;
        let (one, made) = guest(&house, &id).await;
        let shown = shows(Some("1234"), Some(&made.code));
        let asked = rights::ask(&one, &asks(Kind::Erasure, Some("请删除我的电话")), &shown).await.unwrap();
        let open =
            rights::ask(&one, &asks(Kind::Complaint, Some("电话太多")), &shows(None, None)).await.unwrap();
        let (request, complaint) = (RecordId::new(asked.id), RecordId::new(open.id));
        let legal = house.as_("he.zheng").await;
        let told = Answered { text: Some("好".to_owned()) };
        let only_so = rights::answer(vault, &legal, &request, &told).await.unwrap_err();
        assert_eq!(code(&only_so), "needs_erasure");
        let begun = rights::start_erasure(vault, &legal, &request, "consent_withdrawn", "").await.unwrap();
        assert_eq!(begun.request.state, "erasing");
        let case = RecordId::new(begun.request.linked_case.unwrap());
        let task = task_of(&legal, &case).await;
        second_lawyer(&house).await;
        let other = house.as_("second.lawyer").await;
        // A rejection gives the request back; the next try is approved.
        let hash = Snapshot::parse(&other.one_task(&task).await.unwrap().snapshot_hash).unwrap();
        kedun_core::approvals::decide(vault, &other, &task, Decision::Reject, &hash, "先核实").await.unwrap();
        assert_eq!(rights::one(vault, &legal, &request).await.unwrap().request.state, "open");
        let begun = rights::start_erasure(vault, &legal, &request, "consent_withdrawn", "").await.unwrap();
        let case = RecordId::new(begun.request.linked_case.unwrap());
        let task = task_of(&legal, &case).await;
        let hash = Snapshot::parse(&other.one_task(&task).await.unwrap().snapshot_hash).unwrap();
        kedun_core::approvals::decide(vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();

        assert!(!vault.has_subject(&SubjectId::new(id.as_str())).await.unwrap());
        let detail = rights::one(vault, &legal, &request).await.unwrap();
        assert_eq!((detail.request.state.as_str(), detail.words), ("answered", None));
        assert_eq!(detail.name, None);
        // Nothing is held any more that the other request could be about.
        let other_one = rights::one(vault, &legal, &complaint).await.unwrap().request;
        assert_eq!((other_one.state.as_str(), other_one.refusal.as_deref()), ("refused", Some("not_held")));
        // The link still opens the page, and the certificate is there without anything to prove.
        let again = vault.guest(&made.token).await.unwrap();
        let page = rights::page(vault, &again).await.unwrap();
        assert!(page.consents.is_empty());
        assert!(page.requests.iter().any(|r| r.id == request.as_str() && r.certificate));
        let note = rights::certificate(vault, &again, &request).await.unwrap();
        Note::parse(&note).unwrap().verify(&[page.key.parse().unwrap()]).unwrap();
        let stored = common::dump(&house).await;
        for gone in ["请删除我的电话", "请删客户"] {
            assert!(!stored.windows(gone.len()).any(|w| w == gone.as_bytes()), "{gone} is still stored");
        }
        erasures::one(&legal, &case).await.unwrap();
    }
}

async fn task_of(scope: &Scope, case: &RecordId) -> String {
    let tasks = scope.tasks(true).await.unwrap();
    tasks.into_iter().find(|task| task.target == case.as_str()).unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_06_ds_09_a_refusal_gives_its_ground_and_a_complaint_can_only_be_answered() {
    for house in houses().await {
        let vault = &house.vault;
        let id = customer(&house, "投诉客户", Some(PHONE)).await;
        let rep = house.as_("zhang.wei").await;
        let legal = house.as_("he.zheng").await;
        let wanted = |kind: &str, text: Option<&str>| -> Wanted {
            serde_json::from_value(json!({ "kind": kind, "channel": "phone", "text": text })).unwrap()
        };
        // Staff intake: the rep of the customer, not another's; the words of a complaint must be there.
        let stranger = house.as_("chen.jing").await;
        let hidden = rights::register(vault, &stranger, &id, &wanted("copy", None)).await.unwrap_err();
        assert_eq!(code(&hidden), "not_found");
        let silent = rights::register(vault, &rep, &id, &wanted("complaint", None)).await.unwrap_err();
        assert_eq!(code(&silent), "required");
        let copy = rights::register(vault, &rep, &id, &wanted("copy", None)).await.unwrap();
        assert_eq!((copy.state.as_str(), copy.identity.as_str()), ("identity", "pending"));
        let complaint =
            rights::register(vault, &rep, &id, &wanted("complaint", Some("一天三个电话"))).await.unwrap();
        let (copy, complaint) = (RecordId::new(copy.id), RecordId::new(complaint.id));

        for (ground, text, rule) in [
            ("", "不给", "required"),
            ("because", "不给", "unknown_option"),
            ("not_verified", " ", "required"),
        ] {
            let refused = rights::refuse(vault, &legal, &copy, ground, text).await.unwrap_err();
            assert_eq!(code(&refused), rule, "{ground}");
        }
        let detail = rights::refuse(vault, &legal, &copy, "not_verified", "回拨三次无人接听").await.unwrap();
        assert_eq!(detail.request.refusal.as_deref(), Some("not_verified"));
        assert_eq!(detail.answer.as_deref(), Some("回拨三次无人接听"));

        let refused = rights::refuse(vault, &legal, &complaint, "not_held", "没有").await.unwrap_err();
        assert_eq!(code(&refused), "rights_changed");
        let told = Answered { text: Some("已停止电话联系，向您致歉。".to_owned()) };
        let detail = rights::answer(vault, &legal, &complaint, &told).await.unwrap();
        let record =
            legal.get("complaint", &RecordId::new(detail.request.linked_case.unwrap())).await.unwrap();
        assert_eq!(record.clear_text("answer"), told.text.as_deref());
        assert_eq!(record.clear_text("content"), Some("一天三个电话"));

        // The register: legal and the security administrator see all cases, the latter without words or names.
        let security = house.as_("feng.an").await;
        assert_eq!(rights::list(&security, Which::All, 50).await.unwrap().len(), 2);
        let bare = rights::one(vault, &security, &complaint).await.unwrap();
        assert_eq!((bare.words, bare.answer, bare.name, bare.acts.len()), (None, None, None, 0));
        assert_eq!(bare.request.customer["title"], Json::Null);
        assert!(rights::list(&legal, Which::Open, 50).await.unwrap().is_empty());
        assert_eq!(rights::list(&stranger, Which::All, 50).await.unwrap().len(), 0);
        // The customer reads the answer with one proof.
        let (one, made) = guest(&house, &id).await;
        let closed = rights::read_answer(&one, &complaint, &shows(None, None)).await.unwrap_err();
        assert_eq!(code(&closed), "check_required");
        let read = rights::read_answer(&one, &complaint, &shows(None, Some(&made.code))).await.unwrap();
        assert_eq!(read.text, told.text);
    }
}

//! DS-02: a copy of all that is held about a customer, and what an erasure leaves of it.

use super::{PHONE, asks, customer, guest, has, link, second_lawyer, shows, task_of};
use crate::common::{self, code, fields, houses};
use kedun_core::rights::{self, Answered, Kind};
use kedun_core::{erasures, files, intake};
use kedun_ledger::note::Note;
use kedun_model::RecordId;
use kedun_model::flow::{Decision, Snapshot};
use kedun_vault::{Act, Collected, Held, Scope, SoughtEntries, Task};
use serde_json::json;
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::io::Read as _;

/// Adds a photograph in which somebody can find these words.
async fn photo(rep: &Scope, customer: &RecordId, name: &str, words: &str) -> RecordId {
    let mut bytes = vec![
        0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 17, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0,
    ];
    bytes.extend(words.bytes());
    bytes.extend([0xFF, 0xD9]);
    let new = files::NewFile { name, follow_up: None, bytes: &bytes };
    RecordId::new(files::add(rep, customer, &new).await.unwrap().id)
}

fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).unwrap();
            let mut body = Vec::new();
            entry.read_to_end(&mut body).unwrap();
            (entry.name().unwrap().into_owned(), body)
        })
        .collect()
}

fn sha256(body: &[u8]) -> String {
    sha2::Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Erases a customer on the word of two people.
async fn destroy(house: &common::House, legal: &Scope, customer: &RecordId) {
    let case = erasures::request(&house.vault, legal, "customer", customer, "consent_withdrawn", "").await;
    let task = task_of(legal, &RecordId::new(case.unwrap().id)).await;
    second_lawyer(house).await;
    let other = house.as_("second.lawyer").await;
    let hash = Snapshot::parse(&other.one_task(&task).await.unwrap().snapshot_hash).unwrap();
    kedun_core::approvals::decide(&house.vault, &other, &task, Decision::Approve, &hash, "").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_02_a_copy_holds_all_that_is_held_and_nothing_of_others_and_opens_to_both_proofs_only() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let id = customer(&house, "副本客户", Some(PHONE)).await;
        let other = customer(&house, "邻居客户", Some("13987650002")).await;
        for (owner, words) in [(&id, "聊到副本的秘密花园"), (&other, "聊到邻居的秘密花园")]
        {
            let note = fields(json!({
                "customer": owner, "kind": "call", "content": words, "at": kedun_model::moment::text(rep.now())
            }));
            intake::create(vault, &rep, "follow_up", note, None).await.unwrap();
        }
        photo(&rep, &id, "门头/../照片.jpg".rsplit('/').next().unwrap(), "what the camera saw").await;
        photo(&rep, &other, "邻居.jpg", "what the camera saw next door").await;
        let (one, made) = guest(&house, &id).await;
        let shown = shows(Some("1234"), Some(&made.code));
        let asked = rights::ask(&one, &asks(Kind::Copy, None), &shown).await.unwrap();
        let request = RecordId::new(asked.id.as_str());
        assert_eq!(asked.state, "open");
        let twice = rights::ask(&one, &asks(Kind::Copy, None), &shown).await.unwrap_err();
        assert_eq!(code(&twice), "rights_open");

        // The desk belongs to who answers.
        let answered = Answered { text: None };
        for login in ["zhang.wei", "feng.an", "wang.jianguo"] {
            let scope = house.as_(login).await;
            let refused = rights::answer(vault, &scope, &request, &answered).await.unwrap_err();
            assert_eq!(code(&refused), "rights.answer", "{login}");
            assert_eq!(code(&scope.collect(&id, 0).await.err().unwrap()), "rights.answer", "{login}");
        }
        let stranger = house.as_("chen.jing").await;
        assert_eq!(code(&rights::one(vault, &stranger, &request).await.unwrap_err()), "not_found");
        let legal = house.as_("he.zheng").await;
        let detail = rights::answer(vault, &legal, &request, &answered).await.unwrap();
        assert_eq!((detail.request.state.as_str(), detail.files.len()), ("answered", 1));
        assert_eq!(detail.left_out, None);
        // What was told to who answered is told once, and not to who made the link.
        let pickup = detail.copy_code.unwrap();
        assert!(pickup.len() == 6 && rights::one(vault, &legal, &request).await.unwrap().copy_code.is_none());
        assert_eq!(rights::one(vault, &rep, &request).await.unwrap().copy_code, None);
        assert_eq!(code(&rights::new_copy_code(vault, &rep, &request).await.unwrap_err()), "rights.answer");
        assert_eq!(code(&rights::numbers(&rep, &request).await.unwrap_err()), "rights.answer");

        // The owner of the customer has the link, its code, and the last four digits under the mask. It is not enough.
        let owner = rights::file(&one, &request, "copy.zip", &shown).await.unwrap_err();
        assert_eq!(code(&owner), "check_failed");
        let shown = shows(Some("1234"), Some(&pickup));
        // Nor is what who answers has, together with a link of their own.
        let own = link(&legal, &id).await.unwrap();
        let own = vault.guest(&own.token).await.unwrap();
        assert_eq!(code(&rights::file(&own, &request, "copy.zip", &shown).await.unwrap_err()), "same_hand");
        // A code that was lost is made anew, and the former one opens nothing.
        let anew = rights::new_copy_code(vault, &legal, &request).await.unwrap().copy_code.unwrap();
        if anew != pickup {
            let lost = rights::file(&one, &request, "copy.zip", &shown).await.unwrap_err();
            assert_eq!(code(&lost), "check_failed");
        }
        let shown = shows(Some("1234"), Some(&anew));
        // Whoever answers calls back on the number on file; that is a reveal like any other.
        let before = legal.reveals_in_hour().await.unwrap().used;
        let numbers = rights::numbers(&legal, &request).await.unwrap();
        assert!(
            numbers.iter().any(|number| number.field == "phone" && number.value.ends_with("13987651234"))
        );
        assert_eq!(legal.reveals_in_hour().await.unwrap().used, before + 1);

        // Without both proofs there is nothing, and with a neighbour's link nothing either.
        let refused = rights::file(&one, &request, "copy.zip", &shows(None, Some(&anew))).await;
        assert_eq!(code(&refused.unwrap_err()), "check_required");
        let (next_door, theirs) = guest(&house, &other).await;
        let foreign = shows(Some("0002"), Some(&theirs.code));
        assert_eq!(
            code(&rights::file(&next_door, &request, "copy.zip", &foreign).await.unwrap_err()),
            "not_found"
        );
        // The words of a request are no file of it.
        let words = rights::file(&one, &request, "answer", &shown).await.unwrap_err();
        assert_eq!(code(&words), "not_found");

        let copy = rights::file(&one, &request, "copy.zip", &shown).await.unwrap();
        assert_eq!(copy.name, format!("个人信息副本-{}.zip", asked.number));
        let within = unpacked(&copy.body);
        let text = String::from_utf8(within[&format!("{}.json", asked.number)].clone()).unwrap();
        for held in ["副本客户", PHONE, "聊到副本的秘密花园", "sales_contact", "files/001-照片.jpg"]
        {
            assert!(text.contains(held), "{held} is missing");
        }
        let page = String::from_utf8(within[&format!("{}.html", asked.number)].clone()).unwrap();
        assert!(page.contains("聊到副本的秘密花园") && page.contains("谁看过"));
        assert!(page.contains("href=\"files/001-%E7%85%A7%E7%89%87.jpg\""), "the page leads to the photo");
        let photo = &within["files/001-照片.jpg"];
        assert!(has(photo, "what the camera saw") && photo.starts_with(b"\xFF\xD8"));
        assert!(text.contains(&sha256(photo)));
        assert_eq!(within.len(), 3);
        let foreign =
            ["邻居客户", "13987650002", "聊到邻居的秘密花园", "张伟的密码", "saw next door", "邻居.jpg"];
        for (name, body) in &within {
            for foreign in foreign {
                assert!(!has(body, foreign) && !name.contains(foreign), "{foreign} is in {name}");
            }
        }
        // The signed statement names the hash of exactly this file.
        let note = rights::certificate(vault, &one, &request).await.unwrap();
        Note::parse(&note).unwrap().verify(&[vault.ledger_key().parse().unwrap()]).unwrap();
        // It names the archive and what is in it, and a file by no name: whoever holds the link reads it.
        assert!(note.contains(&sha256(&copy.body)) && note.contains(&sha256(text.as_bytes())));
        assert!(note.contains(&sha256(page.as_bytes())));
        assert!(!note.contains(PHONE) && !note.contains("副本客户") && !note.contains("照片"));

        house.clock.advance(15 * 86_400_000);
        let again = house.vault.guest(&made.token).await.unwrap();
        let gone = rights::file(&again, &request, "copy.zip", &shown).await.unwrap_err();
        assert_eq!(code(&gone), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ds_02_what_a_copy_leaves_out_is_told_and_why_and_an_erasure_leaves_no_copy() {
    for house in houses().await {
        let vault = &house.vault;
        let rep = house.as_("zhang.wei").await;
        let legal = house.as_("he.zheng").await;
        let id = customer(&house, "大件客户", Some(PHONE)).await;
        let small = photo(&rep, &id, "小.jpg", "small").await;
        let large = photo(&rep, &id, "大.jpg", &"large ".repeat(100)).await;
        let gone = photo(&rep, &id, "删.jpg", &"removed ".repeat(100)).await;
        files::remove(&rep, &id, &gone).await.unwrap();
        let kept = |held: &Collected, file: &RecordId| match &held.contents[file.as_str()] {
            Held::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Held::TooMuch => "too much".to_owned(),
            Held::Removed => "removed".to_owned(),
        };
        let size = files::one(&rep, &small).await.unwrap().size;
        let both = size + files::one(&rep, &large).await.unwrap().size;
        // To the byte: the small one first, the large one only if it fits beside it.
        for (most, of_small, of_large) in
            [(size - 1, false, false), (size, true, false), (both - 1, true, false), (both, true, true)]
        {
            let held = legal.collect(&id, usize::try_from(most).unwrap()).await.unwrap();
            let told = [(&small, of_small), (&large, of_large)];
            for (file, along) in told {
                assert_eq!(kept(&held, file) == "too much", !along, "{most}");
            }
            assert_eq!(kept(&held, &gone), "removed");
        }
        let rows = async || {
            vault.sequence(true).await.unwrap();
            let auditor = house.as_("shen.ming").await;
            let sought = SoughtEntries::from_place(0, Some("rights.collect"));
            auditor.ledger_entries(&sought, 500).await.unwrap()
        };
        // What the log says is what was taken: without the bytes, `content` is none of the fields.
        let fields: Vec<bool> =
            rows().await.iter().map(|row| format!("{row:?}").contains("content")).collect();
        assert_eq!(fields, [false, true, true, true]);

        // What lies in the recycle bin with its customer still has its bytes, and they count like any others.
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted("customer", &id, None, true).await.unwrap();
        tx.commit(Act::new("record.delete", "customer")).await.unwrap();
        let held = legal.collect(&id, usize::try_from(size).unwrap()).await.unwrap();
        assert_eq!((kept(&held, &large).as_str(), kept(&held, &gone).as_str()), ("too much", "removed"));
        let mut tx = rep.begin().await.unwrap();
        tx.set_deleted("customer", &id, None, false).await.unwrap();
        tx.commit(Act::new("record.restore", "customer")).await.unwrap();

        let (one, made) = guest(&house, &id).await;
        let shown = shows(Some("1234"), Some(&made.code));
        let copy = rights::ask(&one, &asks(Kind::Copy, None), &shown).await.unwrap();
        let copy = RecordId::new(copy.id.as_str());
        let detail = rights::answer(vault, &legal, &copy, &Answered { text: None }).await.unwrap();
        let shown = shows(Some("1234"), detail.copy_code.as_deref());
        let within = unpacked(&rights::file(&one, &copy, "copy.zip", &shown).await.unwrap().body);
        assert_eq!(within.keys().filter(|name| name.starts_with("files/")).count(), 2);
        let page = within.iter().find(|(name, _)| name.ends_with(".html")).unwrap().1;
        assert!(has(page, "此前已移除") && !has(page, "没有放入"));

        let house_scope = vault.system(Task::Rights);
        assert_eq!(house_scope.paper_list(&copy).await.unwrap().len(), 1);
        destroy(&house, &legal, &id).await;
        assert_eq!(house_scope.paper_list(&copy).await.unwrap().len(), 0);
        let again = vault.guest(&made.token).await.unwrap();
        assert_eq!(code(&rights::file(&again, &copy, "copy.zip", &shown).await.unwrap_err()), "not_found");
    }
}

/// Whoever may make links has as many tries at a customer's own page as links; at the code of a copy all links have five.
#[tokio::test(flavor = "multi_thread")]
async fn ds_02_the_code_of_a_copy_is_tried_five_times_over_all_links() {
    for house in houses().await {
        let vault = &house.vault;
        let id = customer(&house, "链接很多", Some(PHONE)).await;
        let legal = house.as_("he.zheng").await;
        let (one, made) = guest(&house, &id).await;
        let shown = shows(Some("1234"), Some(&made.code));
        let asked = rights::ask(&one, &asks(Kind::Copy, None), &shown).await.unwrap();
        let request = RecordId::new(asked.id.as_str());
        let detail = rights::answer(vault, &legal, &request, &Answered { text: None }).await.unwrap();
        let pickup = detail.copy_code.unwrap();
        for left in ["4", "3", "2", "1", "0"] {
            let (fresh, _) = guest(&house, &id).await;
            let tried = shows(Some("1234"), Some(&super::wrong_code(&pickup)));
            let refused = rights::file(&fresh, &request, "copy.zip", &tried).await.unwrap_err();
            assert_eq!((code(&refused).as_str(), super::left(&refused).as_str()), ("check_failed", left));
        }
        let (fresh, _) = guest(&house, &id).await;
        let right = shows(Some("1234"), Some(&pickup));
        let locked = rights::file(&fresh, &request, "copy.zip", &right).await.unwrap_err();
        assert_eq!(code(&locked), "check_locked");
        // A new code is told by who answered, and is tried anew.
        let anew = rights::new_copy_code(vault, &legal, &request).await.unwrap().copy_code.unwrap();
        let shown = shows(Some("1234"), Some(&anew));
        assert!(rights::file(&fresh, &request, "copy.zip", &shown).await.is_ok());
        assert!(rights::file(&fresh, &request, "copy.zip", &shown).await.is_ok(), "a right one costs no try");
    }
}

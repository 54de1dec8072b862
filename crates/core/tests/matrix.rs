//! Role × object × scope × verb × field: written down as text that a reviewer reads, and held against what a real scope
//! sees, cell by cell, also where the cell is empty.
//!
//! `UPDATE=1` writes the text anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so by panicking")]

use crate::common;

use common::{House, code, houses};
use kedun_model::definition::Column;
use kedun_model::{
    DepartmentId, FieldDef, FieldKind, ObjectDef, PersonId, RecordId, Right, RowScope, Show, Verb,
};
use kedun_vault::{Act, NewRecord, Query, Scope, SoughtEntries, Task, VaultError};
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who stands for each role.
const CAST: [(&str, &str); 8] = [
    ("audit_admin", "shen.ming"),
    ("intern", "sun.yue"),
    ("legal", "he.zheng"),
    ("manager", "wang.jianguo"),
    ("rep", "zhang.wei"),
    ("security_admin", "feng.an"),
    ("service", "xu.hui"),
    ("system_admin", "zheng.kai"),
];

/// One line of the matrix: what a role may do with an object's records within a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Line {
    verbs: BTreeSet<String>,
    fields: BTreeMap<String, String>,
}

/// Role, object, scope.
type Matrix = BTreeMap<(String, String, String), Line>;

fn scope_name(scope: &RowScope) -> String {
    match serde_json::to_value(scope).unwrap() {
        Json::String(name) => name,
        other => format!("through {}", other["through"].as_str().unwrap()),
    }
}

fn write_down(house: &House) -> String {
    let catalog = house.vault.catalog();
    let mut text = String::from(
        "# Who may do what. Written by `UPDATE=1 cargo test --workspace --test limits`; read it when it changes.\n\
         # Rights of fields: masked, reveal (masked until revealed with a purpose), read (clear), edit (clear, writable),\n\
         # +edit (writable though masked). A field, scope or object that is not named is not there for the role.\n",
    );
    for (name, role) in &catalog.roles {
        writeln!(text, "\n## {name}").unwrap();
        let acts: Vec<String> = role
            .def
            .acts
            .iter()
            .map(|(act, reach)| {
                format!("{}({})", act.as_str(), serde_json::to_value(reach).unwrap().as_str().unwrap())
            })
            .collect();
        writeln!(text, "acts: {}", if acts.is_empty() { "none".to_owned() } else { acts.join(" ") }).unwrap();
        writeln!(text, "reveals per hour: {}", role.def.reveals_per_hour).unwrap();
        for (object, def) in &catalog.objects {
            let grants: Vec<_> = role.def.grants.iter().filter(|g| g.object == *object).collect();
            if grants.is_empty() {
                writeln!(text, "{object}: nothing").unwrap();
            }
            for grant in grants {
                let verbs: Vec<&str> =
                    Verb::ALL.iter().filter(|v| grant.verbs.contains(v)).map(|v| v.as_str()).collect();
                writeln!(text, "{object} [{}]: {}", scope_name(&grant.scope), verbs.join(" ")).unwrap();
                let mut by_right: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
                for field in def.def.live_fields() {
                    let right = grant.fields.right(field);
                    if right.show > Show::None {
                        by_right.entry(right.as_str()).or_default().push(&field.name);
                    }
                }
                for (right, fields) in by_right {
                    writeln!(text, "    {right}: {}", fields.join(" ")).unwrap();
                }
            }
        }
    }
    text
}

fn read_back(text: &str) -> Matrix {
    let mut matrix = Matrix::new();
    let (mut role, mut at) = (String::new(), None);
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            role = name.to_owned();
        } else if let Some((right, fields)) = line.strip_prefix("    ").and_then(|l| l.split_once(": ")) {
            let key = at.clone().unwrap();
            let line: &mut Line = matrix.get_mut(&key).unwrap();
            line.fields.extend(fields.split(' ').map(|f| (f.to_owned(), right.to_owned())));
        } else if let Some((head, verbs)) = line.split_once("]: ").filter(|_| !line.starts_with('#')) {
            let (object, scope) = head.split_once(" [").unwrap();
            let key = (role.clone(), object.to_owned(), scope.to_owned());
            let verbs = verbs.split(' ').map(str::to_owned).collect();
            let before = matrix.insert(key.clone(), Line { verbs, fields: BTreeMap::new() });
            assert!(before.is_none(), "two grants of one scope: {key:?}");
            at = Some(key);
        }
    }
    matrix
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/matrix.txt")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_in_the_repository_is_what_is_published() {
    let house = common::house(None).await;
    let text = write_down(&house);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file(), &text).unwrap();
    }
    let kept = std::fs::read_to_string(file()).unwrap();
    assert!(kept == text, "the matrix changed; read the difference after UPDATE=1");
}

/// How a record stands to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Relation {
    Own,
    Colleague,
    Below,
    Elsewhere,
    Pool,
    SharedToWork,
    SharedToLook,
    ThroughTicket,
    ThroughComplaint,
    /// Somebody else's ticket or complaint, under a customer of one's own.
    UnderOwn,
}

impl Relation {
    const OF_CUSTOMERS: [Relation; 9] = [
        Relation::Own,
        Relation::Colleague,
        Relation::Below,
        Relation::Elsewhere,
        Relation::Pool,
        Relation::SharedToWork,
        Relation::SharedToLook,
        Relation::ThroughTicket,
        Relation::ThroughComplaint,
    ];

    /// The scopes that reach such a record, besides `parent`.
    fn scopes(self) -> BTreeSet<String> {
        let own: &[&str] = match self {
            Relation::Own => &["own", "department", "department_tree"],
            Relation::Colleague => &["department", "department_tree"],
            Relation::Below => &["department_tree"],
            Relation::Elsewhere | Relation::UnderOwn => &[],
            Relation::Pool => &["pool"],
            Relation::SharedToWork | Relation::SharedToLook => &["collaborating"],
            Relation::ThroughTicket => &["through ticket"],
            Relation::ThroughComplaint => &["through complaint"],
        };
        own.iter().chain(&["all"]).map(|s| (*s).to_owned()).collect()
    }
}

struct Case {
    def: Arc<ObjectDef>,
    relation: Relation,
    id: RecordId,
    scopes: BTreeSet<String>,
    fields: Map<String, Json>,
}

struct Stage<'a> {
    house: &'a House,
    me: PersonId,
    mine: Option<DepartmentId>,
    below: Option<DepartmentId>,
    elsewhere: DepartmentId,
    stranger: PersonId,
    /// A record of each object that references can point to.
    targets: BTreeMap<String, RecordId>,
}

impl Stage<'_> {
    fn value(&self, def: &FieldDef) -> Option<Json> {
        // Times of following up move with what is written under a customer.
        if matches!(def.column, Some(Column::NextFollowUp | Column::LastFollowUp)) && !def.required {
            return None;
        }
        Some(match def.kind {
            FieldKind::Phone => json!("13900010001"),
            FieldKind::Email => json!("someone@hidden.example"),
            FieldKind::IdNumber => json!("11010519491231002X"),
            FieldKind::Account => json!("wx_someone"),
            FieldKind::Address => {
                json!({ "province": "上海市", "city": "上海市", "district": "静安区", "detail": "一号" })
            }
            FieldKind::Text | FieldKind::LongText | FieldKind::PersonName => json!("某某"),
            FieldKind::Url => json!("https://hidden.example/"),
            FieldKind::Integer | FieldKind::Money | FieldKind::Percent | FieldKind::Rating => json!(1),
            FieldKind::Decimal => json!("1"),
            FieldKind::Boolean => json!(true),
            FieldKind::Select => json!(def.options.first()?.value),
            FieldKind::MultiSelect => json!([def.options.first()?.value]),
            FieldKind::Date => json!("1987-05-05"),
            FieldKind::Datetime => json!("2026-11-24T06:53:34.123Z"),
            FieldKind::Reference => json!(self.targets.get(def.target.as_ref()?.as_str())?),
            FieldKind::Person => json!(self.stranger),
            FieldKind::Department => json!(self.elsewhere),
        })
    }

    fn fields(&self, def: &ObjectDef) -> Map<String, Json> {
        def.live_fields().filter_map(|f| Some((f.name.clone(), self.value(f)?))).collect()
    }

    /// Makes a record that stands so to the person; none where there is no such thing for them.
    async fn make(
        &self,
        def: &ObjectDef,
        relation: Relation,
        parent: Option<&RecordId>,
    ) -> Option<(RecordId, Map<String, Json>)> {
        let mut fields = self.fields(def);
        if let (Some(link), Some(parent)) = (&def.parent, parent) {
            fields.insert(link.field.clone(), json!(parent));
        }
        let (owner, department) = match relation {
            Relation::Own => (Some(self.me.clone()), self.mine.clone()),
            Relation::Colleague => (Some(self.stranger.clone()), Some(self.mine.clone()?)),
            Relation::Below => (Some(self.stranger.clone()), Some(self.below.clone()?)),
            Relation::Pool => (None, Some(self.elsewhere.clone())),
            _ => (Some(self.stranger.clone()), Some(self.elsewhere.clone())),
        };
        let pool = (relation == Relation::Pool).then(|| "default".to_owned());
        let mut tx = self.house.vault.system(Task::Demo).begin().await.unwrap();
        let new = NewRecord { fields: fields.clone(), owner, department, pool, ..NewRecord::default() };
        let id = tx
            .create(def.name.as_str(), new)
            .await
            .unwrap_or_else(|e| panic!("{} {relation:?}: {e:?}", def.name));
        let until = self.house.vault.clock().now() + 3_600_000;
        let edit = match relation {
            Relation::SharedToWork => Some(true),
            Relation::SharedToLook => Some(false),
            _ => None,
        };
        if let Some(edit) = edit {
            tx.share(def.name.as_str(), &id, &self.me, edit, "协作", until).await.unwrap();
        }
        tx.commit(Act::new("record.create", def.name.as_str())).await.unwrap();
        Some((id, fields))
    }
}

/// Every record the person is tried on.
async fn cases(house: &House, matrix: &Matrix, role: &str, scope: &Scope) -> Vec<Case> {
    let catalog = house.vault.catalog();
    let departments = scope.departments();
    let mine = scope.department().cloned();
    let caller = scope.caller();
    // For whoever stands at the top there is no other department; none of their grants goes by departments.
    let outside = departments
        .iter()
        .find(|d| !caller.subtree.contains(&DepartmentId::new(d.id.as_str())))
        .or_else(|| departments.iter().find(|d| Some(d.id.as_str()) != mine.as_ref().map(|m| m.as_str())))
        .unwrap();
    let below = departments
        .iter()
        .find(|d| d.parent.is_some() && d.parent.as_deref() == mine.as_ref().map(|m| m.as_str()));
    let stranger = house.id_of("huang.lei").await;
    let mut stage = Stage {
        house,
        me: scope.person().clone(),
        below: below.map(|d| DepartmentId::new(d.id.as_str())),
        elsewhere: DepartmentId::new(outside.id.as_str()),
        mine,
        stranger,
        targets: BTreeMap::new(),
    };
    let def = |name: &str| catalog.objects[&name.into()].def.clone();
    let reads = |object: &str, scopes: &BTreeSet<String>| {
        scopes.iter().any(|s| {
            matrix
                .get(&(role.to_owned(), object.to_owned(), s.clone()))
                .is_some_and(|l| l.verbs.contains("read"))
        })
    };
    // Something to point at, out of everybody's way.
    let customer = def("customer");
    let (far, _) = stage.make(&customer, Relation::Elsewhere, None).await.unwrap();
    stage.targets.insert("customer".to_owned(), far);
    for _ in 0..3 {
        for published in catalog.objects.values() {
            let name = published.def.name.to_string();
            let ready = published.def.live_fields().filter(|f| f.required).all(|f| stage.value(f).is_some());
            if ready && !stage.targets.contains_key(&name) {
                let parent = published.def.parent.as_ref().map(|p| stage.targets[p.object.as_str()].clone());
                let (id, _) = stage.make(&published.def, Relation::Elsewhere, parent.as_ref()).await.unwrap();
                stage.targets.insert(name, id);
            }
        }
    }
    let mut cases = Vec::new();
    // What others stand under: customers, and leads, which nobody sees through a case of theirs.
    let mut above: BTreeMap<(&str, Relation), (RecordId, BTreeSet<String>)> = BTreeMap::new();
    for name in ["customer", "lead"] {
        let def = def(name);
        for relation in Relation::OF_CUSTOMERS {
            let through = matches!(relation, Relation::ThroughTicket | Relation::ThroughComplaint);
            if through && name != "customer" {
                continue;
            }
            let Some((id, fields)) = stage.make(&def, relation, None).await else { continue };
            above.insert((name, relation), (id.clone(), relation.scopes()));
            cases.push(Case { def: def.clone(), relation, id, scopes: relation.scopes(), fields });
        }
    }
    for (relation, child) in [(Relation::ThroughTicket, "ticket"), (Relation::ThroughComplaint, "complaint")]
    {
        let (parent, scopes) = above[&("customer", relation)].clone();
        let child = def(child);
        let (id, fields) = stage.make(&child, Relation::Own, Some(&parent)).await.unwrap();
        let mut reached = Relation::Own.scopes();
        reached.extend(reads("customer", &scopes).then(|| "parent".to_owned()));
        cases.push(Case { def: child, relation: Relation::Own, id, scopes: reached, fields });
    }
    let stand_above = |name: &str| ["customer", "lead"].contains(&name);
    for published in catalog.objects.values().filter(|p| !stand_above(p.def.name.as_str())) {
        let def = published.def.clone();
        let follows = def.parent.as_ref().is_some_and(|p| p.follows);
        for relation in Relation::OF_CUSTOMERS.into_iter().chain([Relation::UnderOwn]) {
            let through = matches!(relation, Relation::ThroughTicket | Relation::ThroughComplaint);
            let own_case = matches!(def.name.as_str(), "ticket" | "complaint") && relation == Relation::Own;
            let parent = match (&def.parent, follows) {
                (Some(of), true) => match above.get(&(of.object.as_str(), relation)) {
                    Some(parent) => Some(parent.clone()),
                    None => continue,
                },
                (Some(of), false) if relation == Relation::UnderOwn => {
                    Some(above[&(of.object.as_str(), Relation::Own)].clone())
                }
                (Some(of), false) => {
                    Some((stage.targets[of.object.as_str()].clone(), Relation::Elsewhere.scopes()))
                }
                (None, _) => None,
            };
            if own_case || (!follows && through) || (def.parent.is_none() && relation == Relation::UnderOwn) {
                continue;
            }
            if relation == Relation::Pool && !def.pooled && !follows {
                continue;
            }
            let parent_id = parent.as_ref().map(|(id, _)| id);
            let made = if follows {
                // Owner, department, pool and shares are the parent's.
                stage.make(&def, Relation::Elsewhere, parent_id).await
            } else {
                stage.make(&def, relation, parent_id).await
            };
            let Some((id, fields)) = made else { continue };
            let mut scopes = relation.scopes();
            let of = def.parent.as_ref().map_or("", |p| p.object.as_str());
            if parent.is_some_and(|(_, of_parent)| reads(of, &of_parent)) {
                scopes.insert("parent".to_owned());
            }
            cases.push(Case { def: def.clone(), relation, id, scopes, fields });
        }
    }
    cases
}

#[derive(Default)]
struct Tally {
    seen: usize,
    hidden: usize,
    denied: usize,
    revealed: usize,
    verbs: usize,
}

impl Case {
    fn at(&self, role: &str) -> String {
        format!("{role} × {} × {:?}", self.def.name, self.relation)
    }

    /// The lines of the matrix that reach this record.
    fn lines<'a>(&self, matrix: &'a Matrix, role: &str) -> Vec<(&'a Line, bool)> {
        matrix
            .iter()
            .filter(|((r, object, scope), _)| {
                r == role && *object == *self.def.name.as_str() && self.scopes.contains(scope)
            })
            .map(|((.., scope), line)| {
                (line, scope == "collaborating" && self.relation == Relation::SharedToLook)
            })
            .collect()
    }
}

async fn check(
    matrix: &Matrix,
    role: &str,
    scope: &Scope,
    case: &Case,
    listed: &BTreeSet<String>,
    tally: &mut Tally,
) {
    let at = case.at(role);
    let object = case.def.name.as_str();
    let lines = case.lines(matrix, role);
    let may =
        |verb: &str| lines.iter().any(|(line, look)| line.verbs.contains(verb) && (verb == "read" || !look));
    assert_eq!(listed.contains(case.id.as_str()), may("read"), "{at}: in the list");
    let got = scope.get(object, &case.id).await;
    if !may("read") {
        assert_eq!(code(&got.unwrap_err()), "not_found", "{at}");
        let named = scope.object(object).is_ok();
        tally.denied += usize::from(named);
        let mut tx = scope.begin().await.unwrap();
        assert_eq!(
            code(&tx.update(object, &case.id, None, &case.fields).await.unwrap_err()),
            "not_found",
            "{at}"
        );
        tally.denied += usize::from(named);
        tally.hidden += case.def.live_fields().count();
        return;
    }
    let record = serde_json::to_value(got.unwrap_or_else(|e| panic!("{at}: {e:?}"))).unwrap();
    let rights = &record["rights"];
    let names = |key: &str| -> BTreeSet<String> {
        rights[key].as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()).collect()
    };
    let (reveals, edits) = (names("reveal"), names("edit_fields"));
    let mut tx = scope.begin().await.unwrap();
    for field in case.def.live_fields() {
        let at = format!("{at} × {}", field.name);
        let mut right = Right::NONE;
        for (line, look) in lines.iter().filter(|(line, _)| line.verbs.contains("read")) {
            let given = line.fields.get(&field.name).map_or(Right::NONE, |r| Right::parse(r).unwrap());
            let writable = line.verbs.contains("edit") && !look && !field.locked;
            right = right.or(Right { show: given.show, edit: given.edit && writable });
        }
        let shown = &record["fields"][&field.name];
        let filled = case.fields.contains_key(&field.name);
        let expected = match right.show {
            Show::None => "absent",
            _ if !filled => "absent",
            Show::Masked | Show::Reveal => "masked",
            Show::Clear => "clear",
        };
        let actual = match (shown.get("masked"), shown.get("value")) {
            (None, None) => "absent",
            (Some(_), None) => "masked",
            (None, Some(_)) => "clear",
            both => panic!("{at}: {both:?}"),
        };
        assert_eq!(actual, expected, "{at}: {right:?}");
        assert_eq!(
            reveals.contains(&field.name),
            right.show == Show::Reveal && filled,
            "{at}: can be revealed"
        );
        assert_eq!(edits.contains(&field.name), right.edit, "{at}: can be written");
        match right.show {
            Show::None => tally.hidden += 1,
            _ => tally.seen += 1,
        }
        if filled {
            let same = Map::from_iter([(field.name.clone(), case.fields[&field.name].clone())]);
            let wrote = tx.update(object, &case.id, None, &same).await.map_err(|e| code(&e));
            let refused = match right {
                _ if !may("edit") => Some("edit"),
                Right { edit: true, .. } => None,
                Right { show: Show::None, .. } if !field.locked => Some("unknown_field"),
                _ => Some("not_writable"),
            };
            assert_eq!(wrote.err().as_deref(), refused, "{at}: written");
        }
    }
    drop(tx);
    // Where the quota is used up, that is said only to who holds the right; the right is what is tried here.
    for field in case.def.live_fields().filter(|f| case.fields.contains_key(&f.name)) {
        let best = lines
            .iter()
            .filter(|(line, _)| line.verbs.contains("read"))
            .filter_map(|(line, _)| line.fields.get(&field.name))
            .map(|r| Right::parse(r).unwrap().show)
            .max()
            .unwrap_or_default();
        let at = format!("{at} × reveal {}", field.name);
        if best == Show::Clear {
            continue;
        }
        match (best, scope.reveal(object, &case.id, &field.name, "call").await) {
            (Show::Reveal, Ok(_)) => tally.revealed += 1,
            (Show::Reveal, Err(VaultError::TooMany { .. })) => {}
            (Show::Masked, Err(error)) => assert_eq!(code(&error), "reveal", "{at}"),
            (Show::None, Err(error)) => assert_eq!(code(&error), "unknown_field", "{at}"),
            (best, outcome) => panic!("{at}: {best:?} {:?}", outcome.map(drop)),
        }
    }
    for verb in Verb::ALL {
        let expected = may(verb.as_str())
            && match verb {
                Verb::Create | Verb::Read => continue,
                Verb::Claim => case.relation == Relation::Pool,
                Verb::Release => case.relation != Relation::Pool && case.def.pooled,
                Verb::Restore => false,
                _ => true,
            };
        assert_eq!(rights[verb.as_str()], json!(expected), "{at} × {}", verb.as_str());
        tally.verbs += 1;
    }
    for (verb, outcome) in [
        ("history", scope.history(object, &case.id).await.map(drop)),
        ("audience", scope.audience(object, &case.id).await.map(drop)),
        ("share", scope.shares(object, &case.id).await.map(drop)),
    ] {
        let refused = (!may(verb)).then(|| verb.to_owned());
        assert_eq!(outcome.err().map(|e| code(&e)), refused, "{at} × {verb}");
    }
    // Verbs that change: done for real and undone by dropping the change.
    let mut tx = scope.begin().await.unwrap();
    let outcome = tx.set_deleted(object, &case.id, None, true).await.map_err(|e| code(&e));
    assert_eq!(outcome.err(), (!may("delete")).then(|| "delete".to_owned()), "{at} × delete");
    drop(tx);
    let mut tx = scope.begin().await.unwrap();
    let claimed = tx.claim(object, &case.id).await.map_err(|e| code(&e));
    let expected = match (may("claim"), case.relation == Relation::Pool) {
        (false, _) => Some("claim"),
        (true, false) => Some("not_in_pool"),
        (true, true) => None,
    };
    assert_eq!(claimed.err().as_deref(), expected, "{at} × claim");
    drop(tx);
}

async fn denied_rows(house: &House) -> usize {
    house.vault.sequence(false).await.unwrap();
    let auditor = house.as_("shen.ming").await;
    let (mut count, mut from) = (0, 0);
    loop {
        let page = auditor
            .ledger_entries(&SoughtEntries::from_place(from, Some("record.denied")), 500)
            .await
            .unwrap();
        let Some(last) = page.last().and_then(|e| e.seq) else { return count };
        count += page.len();
        from = last + 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_the_matrix_is_what_a_real_scope_sees() {
    let matrix = read_back(&std::fs::read_to_string(file()).unwrap());
    for house in houses().await {
        assert_eq!(read_back(&write_down(&house)), matrix);
        for (role, login) in CAST {
            let scope = house.as_(login).await;
            let cases = cases(&house, &matrix, role, &scope).await;
            let before = denied_rows(&house).await;
            let mut tally = Tally::default();
            let objects: BTreeSet<String> = cases.iter().map(|c| c.def.name.to_string()).collect();
            assert_eq!(objects.len(), house.vault.catalog().objects.len(), "an object without a case");
            let mut listed: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
            for object in &objects {
                let mut ids = BTreeSet::new();
                let mut query = Query { limit: 200, ..Query::default() };
                while let Ok(page) = scope.query(object, &query).await {
                    ids.extend(page.records.iter().map(|r| r.id().to_owned()));
                    let Some(cursor) = page.next_cursor else { break };
                    query.cursor = Some(cursor);
                }
                listed.insert(object.clone(), ids);
                let creates = matrix
                    .iter()
                    .any(|((r, o, _), l)| r == role && o == object && l.verbs.contains("create"));
                assert_eq!(scope.may_create(object), creates, "{role} × {object} × create");
            }
            for case in &cases {
                check(&matrix, role, &scope, case, &listed[case.def.name.as_str()], &mut tally).await;
            }
            assert_eq!(denied_rows(&house).await - before, tally.denied, "{role}: a row for each refusal");
            assert!(tally.hidden > 50, "{role}: {} hidden cells", tally.hidden);
            if matches!(role, "rep" | "manager") {
                assert!(
                    tally.seen > 200 && tally.verbs > 100 && tally.revealed >= 10,
                    "{role}: too few cells"
                );
            }
        }
    }
}

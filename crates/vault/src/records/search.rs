//! Finding: by name, by exact phone, e-mail or ID, by the last four digits; and the check for duplicates, which says
//! that somebody is known and whom to ask without showing the person.

use crate::audit::Act;
use crate::error::Result;
use crate::plan::{self, Flags};
use crate::scope::Scope;
use crate::sql::Row;
use crate::statement::Statement;
use crate::tx::read_with_facts;
use crate::view::{RecordView, Shown, view};
use kedun_model::definition::Blind;
use kedun_model::filter::{Condition, Filter, Op};
use kedun_model::policy::{judge, right_on_create};
use kedun_model::{
    FieldDef, FieldError, FieldKind, ObjectDef, ObjectName, Problem, RecordId, Show, Verb, field,
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Most results of one search.
const MOST: usize = 50;
/// Longest text to look for, in characters.
const LONGEST: usize = 100;

/// What the question whose record has the same value is called.
pub(super) const LOOK: &str = "look for duplicates";

/// A record that matched.
pub struct Found {
    /// The record, masked.
    pub record: RecordView,
    /// `name`, `phone`, `email`, `id_number`, `last4`.
    pub matched: &'static str,
}

/// What a search found.
#[derive(Default)]
pub struct Sought {
    /// The records that matched.
    pub found: Vec<Found>,
    /// Whether the caller sees more sealed names than one search opens, so that not all were looked at.
    pub partial: bool,
}

/// Somebody who is known already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// The field that matches.
    pub field: String,
    /// In which object.
    pub object: String,
    /// Whether the caller may see the record.
    pub visible: bool,
    /// The record and its title, only when the caller may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Json>,
    /// Whom to ask: the department in charge; none while it lies in the pool.
    pub team: Option<String>,
    /// Whether it lies in the public pool.
    pub pooled: bool,
}

impl Scope {
    /// Searches the objects that the caller may read, within their scope.
    ///
    /// # Errors
    /// An empty or overlong question.
    pub async fn search(&self, objects: &[&str], q: &str, limit: usize) -> Result<Sought> {
        let q = q.trim();
        if q.is_empty() {
            return Err(Problem::invalid("q", "required").into());
        }
        if q.chars().count() > LONGEST {
            return Err(Problem::Invalid(vec![FieldError::new("q", "too_long").with("max", LONGEST)]).into());
        }
        let limit = limit.clamp(1, MOST);
        let Sought { mut found, mut partial } = Sought::default();
        let mut readings: Vec<Act> = Vec::new();
        let mut opened: BTreeMap<&str, usize> = BTreeMap::new();
        for object in objects {
            let Ok(def) = self.object(object).cloned() else { continue };
            if self.caller.grants_for(&def.name, Verb::Read).next().is_none() {
                continue;
            }
            for (matched, token) in self.tokens(&def, q) {
                readings.extend(self.gather(&def, matched, token, limit, q, &mut found).await?);
            }
            // A whole number, address or ID that was found is an answer; no name holds it.
            let answered = found.iter().any(|f| !matches!(f.matched, "last4" | "name"));
            let Some(title) = def.field(&def.title_field).filter(|_| found.len() < limit && !answered) else {
                continue;
            };
            if title.class.is_sealed() {
                // Digits alone are no name.
                if q.chars().any(char::is_alphabetic) {
                    let names = self.by_opened_title(&def, title, q, limit - found.len()).await?;
                    opened.insert(*object, names.count);
                    partial |= names.partial;
                    readings.extend(names.readings);
                    let anew = |r: &RecordView| !found.iter().any(|f| f.record.id() == r.id());
                    let records: Vec<RecordView> = names.records.into_iter().filter(anew).collect();
                    found.extend(records.into_iter().map(|record| Found { record, matched: "name" }));
                }
            } else {
                let condition = Condition { field: title.name.clone(), op: Op::Contains, value: json!(q) };
                let query =
                    plan::Query { filter: Some(Filter::Is(condition)), limit, ..plan::Query::default() };
                match self.page(object, &query).await {
                    Ok(page) => {
                        readings.extend(page.readings);
                        for record in page.records {
                            if !found.iter().any(|f| f.record.id() == record.id()) && found.len() < limit {
                                found.push(Found { record, matched: "name" });
                            }
                        }
                    }
                    // Who may not see the title cannot search by it; the other ways of finding still count.
                    Err(crate::VaultError::Problem(Problem::Invalid(_))) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        // A row for each object, so that "who looked" finds the record whichever way it was found.
        let mut acts = Vec::new();
        for object in objects {
            let of_object = || found.iter().map(|f| &f.record).filter(|r| r.object() == *object);
            let ids: Vec<&str> = of_object().map(RecordView::id).collect();
            // A row also for names that were opened and did not match.
            let names = opened.get(object).copied();
            if ids.is_empty() && names.is_none() {
                continue;
            }
            let clear: BTreeSet<&String> = of_object().flat_map(|r| r.clear_personal()).collect();
            acts.push(
                Act::new("record.list", *object).count(ids.len()).fields(clear.into_iter().cloned()).payload(
                    match names {
                        Some(names) => json!({ "records": ids, "search": true, "names_opened": names }),
                        None => json!({ "records": ids, "search": true }),
                    },
                ),
            );
        }
        if acts.is_empty() {
            let object = objects.first().copied().unwrap_or_default();
            acts.push(Act::new("record.list", object).count(0).payload(json!({ "search": true })));
        }
        acts.append(&mut readings);
        self.log_all(&acts).await?;
        Ok(Sought { found, partial })
    }

    /// What a question could be, as tokens: a phone, an e-mail address, an ID, four last digits.
    fn tokens(&self, def: &ObjectDef, q: &str) -> Vec<(&'static str, Vec<u8>)> {
        let mut wanted: Vec<(&'static str, Vec<u8>)> = Vec::new();
        let blind = &self.inner.blind;
        let has = |kind: FieldKind, index: Blind| {
            def.live_fields().any(|f| f.kind == kind && f.blind.contains(&index))
        };
        if let Some(phone) = field::guess_phone(q).filter(|_| has(FieldKind::Phone, Blind::Exact)) {
            wanted.push(("phone", blind.exact("phone", &phone).to_vec()));
        }
        if let Some(email) = field::guess_email(q).filter(|_| has(FieldKind::Email, Blind::Exact)) {
            wanted.push(("email", blind.exact("email", &email).to_vec()));
        }
        if let Some(id) = field::guess_id_number(q).filter(|_| has(FieldKind::IdNumber, Blind::Exact)) {
            wanted.push(("id_number", blind.exact("id_number", &id).to_vec()));
        }
        if let Some(digits) = field::guess_last4(q).filter(|_| has(FieldKind::Phone, Blind::Last4))
            && let Some(token) = blind.last4("phone", &digits)
        {
            wanted.push(("last4", token.to_vec()));
        }
        wanted
    }

    /// Finds records by token and keeps those that the caller may see and whose field really matches.
    async fn gather(
        &self,
        def: &ObjectDef,
        matched: &'static str,
        token: Vec<u8>,
        limit: usize,
        q: &str,
        found: &mut Vec<Found>,
    ) -> Result<Vec<Act>> {
        let mut readings = Vec::new();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_token(&self.asking(def), matched, token, &flags);
        let rows = self.inner.data.all("read matches", &statement.text, &statement.args).await?;
        for rows in rows.chunks(200) {
            let records =
                rows.iter().map(|row| read_with_facts(row, &flags, 23)).collect::<Result<Vec<_>>>()?;
            let opener = self.opener(records.iter().map(|(s, _)| s)).await?;
            let names = self.names(def, records.iter().map(|(s, _)| s), None).await?;
            readings.extend(names.readings());
            for (stored, facts) in &records {
                let verdict = judge(&self.caller, &def.name, facts);
                if !verdict.visible() || stored.deleted_at.is_some() || found.len() >= limit {
                    continue;
                }
                // Masked and not revealable must not be searchable either: a match would be an oracle.
                let matches = def.live_fields().any(|f| {
                    let of_kind = match matched {
                        "phone" | "last4" => f.kind == FieldKind::Phone,
                        "email" => f.kind == FieldKind::Email,
                        _ => f.kind == FieldKind::IdNumber,
                    };
                    of_kind
                        && verdict.right(f).show >= Show::Reveal
                        && opener.open(stored, f).is_some_and(|value| match matched {
                            "last4" => field::last4(&value) == field::guess_last4(q),
                            _ => true,
                        })
                });
                if matches && !found.iter().any(|f| f.record.id() == stored.id.as_str()) {
                    let record =
                        view(&Shown::new(def, verdict), stored, None, &names, |f| opener.open(stored, f));
                    found.push(Found { record, matched });
                }
            }
        }
        Ok(readings)
    }

    /// Whether a filter asks for somebody by a number that most see only under a mask: then it is a search.
    pub fn asks_by_number(&self, object: &str, filter: Option<&Filter>) -> bool {
        let Ok(def) = self.object(object) else { return false };
        filter.is_some_and(|filter| filter.conditions().iter().any(|c| plan::tries_number(def, c)))
    }

    /// Whether the person behind these values is known already. Answers team and object, never the person, unless the
    /// caller may see the record.
    ///
    /// # Errors
    /// Values that do not parse; forbidden for those who may not create such records.
    pub async fn duplicates(&self, object: &str, fields: &Map<String, Json>) -> Result<Vec<Duplicate>> {
        let def = self.object(object)?.clone();
        self.require_verb(&def.name, Verb::Create)?;
        let found = self.duplicates_of(&def, fields, None).await?;
        self.log_duplicates(object, fields, &found).await?;
        Ok(found)
    }

    /// The row of a check for duplicates: by which fields it asked, and whose records it showed.
    ///
    /// # Errors
    /// The log cannot be written.
    pub async fn log_duplicates(
        &self,
        object: &str,
        fields: &Map<String, Json>,
        found: &[Duplicate],
    ) -> Result<()> {
        let def = self.object(object)?;
        // What else the caller wrote in the place of a name could be anything, so it is not written down.
        let asked = fields.keys().filter(|name| def.field(name).is_some()).cloned();
        let seen: Vec<&str> =
            found.iter().filter_map(|d| d.record.as_ref()?.get("id").and_then(Json::as_str)).collect();
        let act = Act::new("record.duplicates", object).count(found.len()).fields(asked);
        self.log(act.payload(json!({ "records": seen }))).await
    }

    /// As [`Scope::duplicates`], for a check that is part of another act.
    pub(crate) async fn duplicates_of(
        &self,
        def: &ObjectDef,
        fields: &Map<String, Json>,
        except: Option<&RecordId>,
    ) -> Result<Vec<Duplicate>> {
        let mut found: Vec<Duplicate> = Vec::new();
        // Who may not write a field may not ask by it either: the answer would tell what the field holds.
        let may_ask = |f: &FieldDef| right_on_create(&self.caller, &def.name, f).edit;
        for asked in self.asked_by(def, fields, may_ask) {
            let sql = asked.who();
            for row in self.inner.data.all(LOOK, &sql.text, &sql.args).await? {
                let found_id = row.text(0)?;
                if except.is_some_and(|id| id.as_str() == found_id) {
                    continue;
                }
                found.push(self.duplicate(&asked, &row).await?);
            }
        }
        Ok(found)
    }

    /// The questions that values put, by those fields by which the caller may ask.
    pub(super) fn asked_by(
        &self,
        def: &ObjectDef,
        fields: &Map<String, Json>,
        may_ask: impl Fn(&FieldDef) -> bool,
    ) -> Vec<Asked> {
        let mut asked = Vec::new();
        for (name, raw) in fields {
            let asks = |f: &&FieldDef| f.blind.contains(&Blind::Exact) && may_ask(f);
            let Some(f) = def.field(name).filter(asks) else { continue };
            let Ok(Some(value)) = field::parse(f, raw) else { continue };
            let Some(text) = field::blind_text(f.kind, &value) else { continue };
            let token = self.inner.blind.exact(plan::domain(f.kind), &text).to_vec();
            asked.push(Asked { field: name.clone(), kind: plan::exact_kind(f.kind), token });
        }
        asked
    }

    /// What is told of one who is known. Who sees the number there only under a mask is not told whose it is, unless they
    /// may take the record out of the pool and see it then: else the numbers that fit the mask could be tried out.
    pub(super) async fn duplicate(&self, asked: &Asked, row: &Row) -> Result<Duplicate> {
        let (id, object) = (row.text(0)?, ObjectName::new(row.text(1)?));
        let department = row.opt_text(2)?.map(kedun_model::DepartmentId::new);
        let mut record = None;
        if let Ok(def) = self.object(object.as_str()).cloned() {
            let flags = Flags::for_caller(&self.caller, &def.name);
            let statement = plan::by_ids(&self.asking(&def), &[&id], &flags);
            let row = self.inner.data.optional("read a duplicate", &statement.text, &statement.args).await?;
            if let Some((stored, facts)) = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()? {
                let verdict = judge(&self.caller, &def.name, &facts);
                let could_hold =
                    |f: &&FieldDef| f.blind.contains(&Blind::Exact) && plan::exact_kind(f.kind) == asked.kind;
                let knows = |f: &FieldDef| verdict.right(f).show >= Show::Reveal;
                if verdict.visible()
                    && (verdict.may(Verb::Claim) || def.live_fields().filter(could_hold).any(knows))
                {
                    let only = [def.title_field.clone()];
                    let opener = self.opener(std::slice::from_ref(&stored)).await?;
                    let names = crate::view::Names::default();
                    let seen = view(&Shown::new(&def, verdict), &stored, Some(&only), &names, |f| {
                        opener.open(&stored, f)
                    });
                    record = Some(json!({ "id": id, "title": seen.title() }));
                }
            }
        }
        let pooled = row.opt_text(3)?.is_some();
        Ok(Duplicate {
            field: asked.field.clone(),
            object: object.to_string(),
            visible: record.is_some(),
            record,
            team: department.and_then(|d| self.directory.department_name(&d).map(str::to_owned)),
            pooled,
        })
    }
}

/// Whether somebody is known by a value: by which field it is asked, and the token of the value.
pub(super) struct Asked {
    pub(super) field: String,
    pub(super) kind: &'static str,
    pub(super) token: Vec<u8>,
}

impl Asked {
    /// The first who have the value: id, object, department and pool of each.
    pub(super) fn who(&self) -> Statement {
        let mut sql = Statement::default();
        let (kind, token) = (sql.arg(self.kind), sql.arg(self.token.clone()));
        sql.push(&format!(
            "SELECT r.id, r.object, r.department, r.pool FROM blind b JOIN record r ON r.id = b.record \
             WHERE b.kind = {kind} AND b.token = {token} AND r.deleted_at IS NULL ORDER BY r.created_at LIMIT 5"
        ));
        sql
    }
}

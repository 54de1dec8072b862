//! What was: former values, who looked, and why somebody may see something.

use crate::audit::Act;
use crate::error::Result;
use crate::keys;
use crate::naming::place;
use crate::plan::{self, Flags};
use crate::scope::Scope;
use crate::tx::read_with_facts;
use crate::view::{FieldView, Named, Names, RecordView, Shown, shape, view};
use kedun_model::mask::mask;
use kedun_model::policy::{self, Caller, Reason, judge};
use kedun_model::{FieldDef, FieldId, PersonId, Problem, RecordId, Right, Show, Verb, field};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// One change of one field.
#[derive(Serialize)]
pub struct FieldChange {
    /// The field.
    pub name: String,
    /// Before.
    pub from: Option<FieldView>,
    /// After.
    pub to: Option<FieldView>,
}

/// One change of a record.
#[derive(Serialize)]
pub struct Change {
    /// When, UTC ms.
    pub at: i64,
    /// By whom.
    pub by: Named,
    /// `update`, `transfer`, `claim`, `release`, `delete`, `restore`.
    pub action: String,
    /// The fields that changed, masked as the record is.
    pub fields: Vec<FieldChange>,
    /// For a transfer: from whom, to whom.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub people: BTreeMap<String, Named>,
    /// The reason given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One look at a record.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    /// When, UTC ms.
    pub at: i64,
    /// By whom.
    pub by: Named,
    /// `read`, `reveal`, `export`, `print`, `file`, `listed`.
    pub action: String,
    /// Which personal fields, where it was not merely the masked record.
    pub fields: Vec<String>,
    /// Why.
    pub purpose: Option<String>,
    /// How many times, for lists.
    pub count: i64,
}

impl Scope {
    /// A record for a capability that logs for itself.
    pub(crate) async fn visible(&self, object: &str, id: &RecordId) -> Result<RecordView> {
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        if let Some((stored, facts)) = &found {
            let verdict = judge(&self.caller, &def.name, facts);
            let gone = stored.deleted_at.is_some() && !verdict.may(Verb::Restore);
            if verdict.visible() && !gone {
                return Ok(view(&Shown::new(&def, verdict), stored, Some(&[]), &Names::default(), |_| None));
            }
        }
        self.denied(object, id, found.is_some()).await?;
        Err(Problem::NotFound.into())
    }

    /// The changes of a record, newest first, masked as the record is.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn history(&self, object: &str, id: &RecordId) -> Result<Vec<Change>> {
        let record = self.visible(object, id).await?;
        if !record.may(Verb::History) {
            return Err(Problem::Forbidden("history").into());
        }
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let (stored, facts) = read_with_facts(&row.ok_or(Problem::NotFound)?, &flags, 23)?;
        let verdict = judge(&self.caller, &def.name, &facts);
        let key = match &stored.subject {
            Some(subject) => self.inner.keyring.get(subject).await?,
            None => None,
        };
        let names = self.names(&def, [], None).await?;
        let rows = self
            .inner
            .data
            .all(
                "read history",
                "SELECT id, at, person, action, changes FROM history WHERE record = $1 ORDER BY at DESC, id DESC LIMIT 200",
                &[id.into()],
            )
            .await?;
        let mut changes = Vec::new();
        for row in rows {
            let (history, action, body) = (row.text(0)?, row.text(3)?, row.bytes(4)?);
            let field_id = FieldId::new(format!("#{history}"));
            let text = match &key {
                Some(key) => {
                    let place = place(&self.inner.scribe.org, &stored.object, &stored.id, &field_id);
                    keys::open(key, &place, &body).ok().map(|c| c.expose().to_owned())
                }
                None => None,
            };
            let text = text.or_else(|| String::from_utf8(body).ok());
            let body: Json = text.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or(Json::Null);
            let by = person(&names, &row.text(2)?);
            let mut change = Change {
                at: row.int(1)?,
                by,
                fields: Vec::new(),
                people: BTreeMap::new(),
                reason: body.get("reason").and_then(Json::as_str).map(str::to_owned),
                action,
            };
            if change.action == "update" {
                change.fields = fields(&def.fields, &body, &names, |f| verdict.right(f));
            } else {
                for side in ["from", "to"] {
                    if let Some(id) = body.get(side).and_then(Json::as_str) {
                        change.people.insert(side.to_owned(), person(&names, id));
                    }
                }
            }
            changes.push(change);
        }
        let shown: Vec<String> = changes
            .iter()
            .flat_map(|c| &c.fields)
            .filter(|c| {
                def.field(&c.name)
                    .is_some_and(|f| f.class.is_sealed() && verdict.right(f).show == Show::Clear)
            })
            .map(|c| c.name.clone())
            .collect();
        self.log(
            Act::new("record.history", object)
                .on(id, stored.subject.as_ref())
                .fields(shown)
                .count(changes.len())
                .looked([id.clone()]),
        )
        .await?;
        Ok(changes)
    }

    /// Who looked at a record, newest first: opened, revealed, exported; and who had it in a list, per person and day.
    ///
    /// # Errors
    /// Not found, forbidden.
    pub async fn audience(&self, object: &str, id: &RecordId) -> Result<Vec<Look>> {
        let record = self.visible(object, id).await?;
        if !record.may(Verb::Audience) {
            return Err(Problem::Forbidden("audience").into());
        }
        let names = self.names(self.object(object)?, [], None).await?;
        let mut looks = Vec::new();
        self.inner.journal.post().await?;
        let rows = self
            .inner
            .data
            .all(
                "read who looked",
                "SELECT at, person, action, fields, purpose FROM look WHERE record = $1 ORDER BY at DESC LIMIT 500",
                &[id.into()],
            )
            .await?;
        for row in rows {
            let purpose = row.text(4)?;
            looks.push(Look {
                at: row.int(0)?,
                by: person(&names, &row.text(1)?),
                action: match row.text(2)?.as_str() {
                    "field.reveal" => "reveal",
                    "export.download" | "export.render" => "export",
                    "record.print" => "print",
                    "file.read" => "file",
                    _ => "read",
                }
                .to_owned(),
                fields: row.text(3)?.split(',').filter(|f| !f.is_empty()).map(str::to_owned).collect(),
                purpose: (!purpose.is_empty()).then_some(purpose),
                count: 1,
            });
        }
        // Lists keep the ids of what they showed beside their log row; who looked is asked rarely, so it is searched. So do a
        // check for duplicates, the items of a handover and the calendar of terms, which are logged under other names.
        let needle = if self.inner.data.is_postgres() {
            "position(convert_to($1, 'UTF8') in p.body) > 0"
        } else {
            "instr(p.body, CAST($1 AS BLOB)) > 0"
        };
        let sql = format!(
            "SELECT l.at, l.person FROM ledger_row l JOIN ledger_payload p ON p.id = l.id \
             WHERE l.action IN ('record.list', 'record.duplicates', 'handover.read', 'retention.list') AND l.at > $2 \
             AND (l.object = $3 OR l.action <> 'record.list') AND {needle} ORDER BY l.at DESC LIMIT 2000"
        );
        let since = self.now() - 30 * 86_400_000;
        let rows =
            self.inner.data.all("search lists", &sql, &[id.into(), since.into(), object.into()]).await?;
        let mut listed: BTreeMap<(i64, String), Look> = BTreeMap::new();
        for row in rows {
            let (at, who) = (row.int(0)?, row.text(1)?);
            listed
                .entry((self.catalog.zone().day_of(at), who.clone()))
                .and_modify(|look| look.count += 1)
                .or_insert_with(|| Look {
                    at,
                    by: person(&names, &who),
                    action: "listed".to_owned(),
                    fields: Vec::new(),
                    purpose: None,
                    count: 1,
                });
        }
        looks.extend(listed.into_values());
        looks.sort_by_key(|look| std::cmp::Reverse(look.at));
        self.log(Act::new("record.audience", object).on(id, None).count(looks.len())).await?;
        Ok(looks)
    }

    /// Why `person` (the caller, when none is named) may or may not see a record, or one field of it.
    ///
    /// # Errors
    /// Not found; forbidden to ask about others without the act.
    pub async fn explain(
        &self,
        object: &str,
        id: &RecordId,
        of: Option<&PersonId>,
        field: Option<&str>,
    ) -> Result<(Right, bool, Vec<Reason>)> {
        let id = &self.meant(object, id).await?;
        let other = match of {
            Some(person) if person != self.person() => {
                let entry = self.directory.people.get(person).ok_or(Problem::NotFound)?;
                self.require(kedun_model::Act::PolicyExplain, entry.department.as_ref())?;
                self.may_ask_about(object, id).await?;
                Some(self.inner.scope_of(person)?.caller)
            }
            _ => None,
        };
        if other.is_none() {
            self.visible(object, id).await?;
        }
        let caller: &Caller = other.as_deref().unwrap_or(&self.caller);
        let def = self.catalog.object(&object.into())?.clone();
        // Of oneself one knows what one's own grants show; of others, what one may be told.
        let field_def = field.map(|name| self.asked_field(&def, name)).transpose()?;
        let mut asking = self.asking(&def);
        asking.caller = caller;
        let flags = Flags::for_caller(caller, &def.name);
        let statement = plan::by_ids(&asking, &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let (_, facts) = read_with_facts(&row.ok_or(Problem::NotFound)?, &flags, 23)?;
        let verdict = judge(caller, &def.name, &facts);
        let right = field_def.map_or(Right::NONE, |f| verdict.right(f));
        let reasons = policy::explain(caller, &def.name, &facts, field_def);
        self.log(Act::new("policy.explain", object).on(id, None)).await?;
        Ok((right, verdict.visible(), reasons))
    }
}

fn person(names: &Names, id: &str) -> Named {
    names.person(&PersonId::new(id))
}

fn fields(
    defs: &[FieldDef],
    body: &Json,
    names: &Names,
    right: impl Fn(&FieldDef) -> Right,
) -> Vec<FieldChange> {
    let Json::Object(changes) = body else { return Vec::new() };
    let mut shown = Vec::new();
    for (id, pair) in changes {
        let Some(def) = defs.iter().find(|f| f.id.as_str() == id) else { continue };
        let right = right(def);
        if right.show == Show::None {
            continue;
        }
        let side = |i: usize| {
            let value = pair.get(i).and_then(|raw| field::from_json(def.kind, raw))?;
            Some(if right.show == Show::Clear {
                FieldView::Clear { value: shape(def, &value, names) }
            } else {
                FieldView::Masked { masked: mask(def.kind, &value) }
            })
        };
        shown.push(FieldChange { name: def.name.clone(), from: side(0), to: side(1) });
    }
    shown
}

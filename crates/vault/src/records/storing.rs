//! How a record lies in the database: its row, its projections and blind tokens, and what it was before.

use super::accept::Parsed;
use crate::error::Result;
use crate::ids::new_id;
use crate::keys::SubjectKey;
use crate::naming::place;
use crate::row::{Stored, pack};
use crate::sql::{Arg, placeholders};
use crate::statement::Statement;
use crate::tx::Tx;
use kedun_model::definition::Blind;
use kedun_model::field::{self, Projected};
use kedun_model::{FieldDef, ObjectDef, Problem};
use serde_json::Value as Json;

/// Where projections lie: texts, links, numbers, times.
const TABLES: [&str; 4] = ["idx_text", "idx_ref", "idx_num", "idx_time"];

/// What a record is found by in one table: the fields that were set, and what they hold now.
#[derive(Default)]
struct Projection {
    fields: Vec<String>,
    values: Vec<(String, Arg)>,
}

impl Tx {
    /// Puts parsed values into a record, sealing those of class L3 and up.
    pub(super) fn set(
        &self,
        stored: &mut Stored,
        key: Option<&SubjectKey>,
        parsed: &Parsed<'_>,
    ) -> Result<()> {
        for (f, value) in parsed {
            if !f.class.is_sealed() {
                stored.set_readable(f, value.as_ref());
                continue;
            }
            match value {
                None => {
                    stored.sealed.remove(f.id.as_str());
                }
                Some(value) => {
                    let key = key.ok_or(Problem::Conflict("subject_destroyed"))?;
                    let org = &self.scope.inner.scribe.org;
                    let place = place(org, &stored.object, &stored.id, &f.id);
                    let sealed =
                        crate::keys::seal(key, &place, field::to_json(value).to_string().as_bytes())?;
                    stored.sealed.insert(f.id.as_str().to_owned(), sealed);
                }
            }
        }
        Ok(())
    }

    pub(super) async fn insert(&mut self, s: &Stored) -> Result<()> {
        self.write
            .later(
                "INSERT INTO record (id, object, subject, parent, root, owner, department, pool, title, stage, status, \
                 amount, next_follow_up, last_follow_up, owned_since, created_by, created_at, updated_at, deleted_at, \
                 revision, hold, doc, sealed, folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
                 $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)",
                &record_args(s),
            )
            .await
    }

    /// Stores a changed record under the next revision, and where it belongs; whoever changed it in between wins.
    pub(crate) async fn store(&mut self, s: &mut Stored) -> Result<()> {
        const UPDATE: &str = "UPDATE record SET title = $3, stage = $4, status = $5, amount = $6, next_follow_up = $7, \
            last_follow_up = $8, updated_at = $9, revision = $10, doc = $11, sealed = $12, folded = $13, owner = $14, \
            department = $15, pool = $16, owned_since = $17, deleted_at = $18, hold = $19 WHERE id = $1 AND revision = $2";
        let mut args = self.next_revision(s);
        args.extend([
            s.owner.as_ref().into(),
            s.department.as_ref().into(),
            s.pool.clone().into(),
            s.owned_since.into(),
            s.deleted_at.into(),
            i64::from(s.hold).into(),
        ]);
        let doing = "update a record";
        let changed = if self.waiting.contains(&s.id) {
            self.write.run(doing, UPDATE, &args).await?
        } else {
            self.write.run_ahead(doing, UPDATE, &args).await?
        };
        if changed == 0 { Err(Problem::Conflict("revision_conflict").into()) } else { Ok(()) }
    }

    /// Stores changed values of a record under the next revision, and nothing of where it belongs: the indexes of that
    /// are left alone, and whoever gives it away meanwhile is not undone. On PostgreSQL the update waits for the rest of
    /// the change; that somebody came in between is then known when it is sent.
    pub(crate) async fn store_values(&mut self, s: &mut Stored) -> Result<()> {
        const UPDATE: &str = "UPDATE record SET title = $3, stage = $4, status = $5, amount = $6, next_follow_up = $7, \
            last_follow_up = $8, updated_at = $9, revision = $10, doc = $11, sealed = $12, folded = $13 WHERE id = $1 \
            AND revision = $2";
        let args = self.next_revision(s);
        if self.waiting.contains(&s.id) {
            // Parts of one statement would not see each other's rows.
            self.write.send().await?;
        }
        self.waiting.insert(s.id.clone());
        self.write.later_or_nothing("update the values of a record", UPDATE, &args).await
    }

    /// Counts the revision on; the arguments of an update: id, revision of before, values.
    fn next_revision(&mut self, s: &mut Stored) -> Vec<Arg> {
        self.read.remove(&s.id);
        let was = s.revision;
        s.revision += 1;
        s.updated_at = self.scope.now().max(s.updated_at);
        vec![
            (&s.id).into(),
            was.into(),
            s.title.clone().into(),
            s.stage.clone().into(),
            s.status.clone().into(),
            s.amount.into(),
            s.next_follow_up.into(),
            s.last_follow_up.into(),
            s.updated_at.into(),
            s.revision.into(),
            Json::Object(s.doc.clone()).to_string().into(),
            pack(&s.sealed).into(),
            s.title.as_deref().map(field::fold).into(),
        ]
    }

    /// Keeps projections and blind tokens in step with the values just set.
    pub(super) async fn index(
        &mut self,
        def: &ObjectDef,
        s: &Stored,
        parsed: &Parsed<'_>,
        replace: bool,
    ) -> Result<()> {
        let mut found: [Projection; 4] = Default::default();
        let mut blind: Vec<(&FieldDef, &'static str, Vec<u8>)> = Vec::new();
        let mut unsealed: Vec<&FieldDef> = Vec::new();
        for (f, value) in parsed {
            if f.class.is_sealed() {
                if f.blind.is_empty() {
                    continue;
                }
                unsealed.push(f);
                let Some(value) = value else { continue };
                for kind in &f.blind {
                    let key = &self.scope.inner.blind;
                    let token = match kind {
                        Blind::Exact => field::blind_text(f.kind, value).map(|text| {
                            let token = key.exact(crate::plan::domain(f.kind), &text);
                            (*f, crate::plan::exact_kind(f.kind), token.to_vec())
                        }),
                        Blind::Last4 => field::last4(value)
                            .and_then(|digits| key.last4("phone", &digits))
                            .map(|token| (*f, "last4", token.to_vec())),
                    };
                    blind.extend(token);
                }
                continue;
            }
            let kept = f.column.is_some() || def.parent.as_ref().is_some_and(|p| p.field == f.name);
            if kept || !(f.filterable || f.sortable) {
                continue;
            }
            let name = format!("{}.{}", def.name, f.id);
            let home = crate::plan::table_of(f.kind).0;
            for (table, projection) in TABLES.iter().zip(&mut found) {
                if *table == home {
                    projection.fields.push(name.clone());
                }
            }
            for projected in value.as_ref().map(|v| field::project_all(f.kind, v)).unwrap_or_default() {
                let (at, value) = match projected {
                    Projected::Text(v) => (0, Arg::from(v)),
                    Projected::Ref(v) => (1, Arg::from(v)),
                    Projected::Num(v) => (2, Arg::from(v)),
                    Projected::Time(v) => (3, Arg::from(v)),
                };
                found[at].values.push((name.clone(), value));
            }
        }
        for (table, projection) in TABLES.iter().zip(found) {
            self.project(table, s, projection, replace).await?;
        }
        self.blind(s, &unsealed, &blind, replace).await
    }

    /// Rows that are no longer so are taken away and the others are put there. What stays is in neither, so that both may
    /// be parts of one statement, which do not see each other's rows.
    async fn project(&mut self, table: &str, s: &Stored, found: Projection, replace: bool) -> Result<()> {
        let Projection { fields, values } = found;
        if replace && !fields.is_empty() {
            let mut sql = Statement::default();
            let record = sql.arg(&s.id);
            let mut gone = Vec::new();
            for name in &fields {
                let field = sql.arg(name.as_str());
                let stays: Vec<_> =
                    values.iter().filter(|(of, _)| of == name).map(|(_, v)| sql.arg(v.clone())).collect();
                gone.push(match stays.as_slice() {
                    [] => format!("field = {field}"),
                    stays => format!("(field = {field} AND value NOT IN ({}))", stays.join(", ")),
                });
            }
            let text = format!("DELETE FROM {table} WHERE record = {record} AND ({})", gone.join(" OR "));
            self.write.later(&text, &sql.args).await?;
        }
        if values.is_empty() {
            return Ok(());
        }
        let rows = placeholders(1, values.len(), 3);
        let clash = if replace { " ON CONFLICT (record, field, value) DO NOTHING" } else { "" };
        let sql = format!("INSERT INTO {table} (record, field, value) VALUES {rows}{clash}");
        let mut args: Vec<Arg> = Vec::new();
        for (field, value) in values {
            args.extend([(&s.id).into(), field.into(), value]);
        }
        self.write.later(&sql, &args).await
    }

    async fn blind(
        &mut self,
        s: &Stored,
        fields: &[&FieldDef],
        tokens: &[(&FieldDef, &'static str, Vec<u8>)],
        replace: bool,
    ) -> Result<()> {
        for f in fields.iter().filter(|_| replace) {
            let mut sql = Statement::default();
            let (record, field) = (sql.arg(&s.id), sql.arg(f.id.as_str()));
            let stays: Vec<_> =
                tokens.iter().filter(|(of, ..)| of.id == f.id).map(|(_, kind, _)| sql.arg(*kind)).collect();
            let but = if stays.is_empty() {
                String::new()
            } else {
                format!(" AND kind NOT IN ({})", stays.join(", "))
            };
            let text = format!("DELETE FROM blind WHERE record = {record} AND field = {field}{but}");
            self.write.later(&text, &sql.args).await?;
        }
        if tokens.is_empty() {
            return Ok(());
        }
        let rows = placeholders(1, tokens.len(), 5);
        let clash = if replace {
            " ON CONFLICT (record, field, kind) DO UPDATE SET token = excluded.token"
        } else {
            ""
        };
        let sql = format!("INSERT INTO blind (record, field, kind, object, token) VALUES {rows}{clash}");
        let mut args: Vec<Arg> = Vec::new();
        for (f, kind, token) in tokens {
            args.extend([
                (&s.id).into(),
                f.id.as_str().into(),
                (*kind).into(),
                (&s.object).into(),
                token.clone().into(),
            ]);
        }
        self.write.later(&sql, &args).await
    }

    /// Keeps what was, sealed under the subject's key where there is one.
    pub(crate) async fn history(
        &mut self,
        s: &Stored,
        key: Option<&SubjectKey>,
        action: &str,
        changes: &Json,
    ) -> Result<()> {
        let id = new_id();
        let text = changes.to_string();
        let body = match (key, changes.is_null()) {
            (Some(key), false) => {
                let field = kedun_model::FieldId::new(format!("#{id}"));
                crate::keys::seal(
                    key,
                    &place(&self.scope.inner.scribe.org, &s.object, &s.id, &field),
                    text.as_bytes(),
                )?
            }
            _ => text.into_bytes(),
        };
        self.write
            .later(
                "INSERT INTO history (id, record, subject, entry, at, person, action, revision, changes) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                &[
                    id.as_str().into(),
                    (&s.id).into(),
                    s.subject.as_ref().into(),
                    self.entry.as_str().into(),
                    self.scope.now().into(),
                    self.scope.person().into(),
                    action.into(),
                    s.revision.into(),
                    body.into(),
                ],
            )
            .await
    }
}

fn record_args(s: &Stored) -> Vec<Arg> {
    vec![
        (&s.id).into(),
        (&s.object).into(),
        s.subject.as_ref().into(),
        s.parent.as_ref().into(),
        (&s.root).into(),
        s.owner.as_ref().into(),
        s.department.as_ref().into(),
        s.pool.clone().into(),
        s.title.clone().into(),
        s.stage.clone().into(),
        s.status.clone().into(),
        s.amount.into(),
        s.next_follow_up.into(),
        s.last_follow_up.into(),
        s.owned_since.into(),
        (&s.created_by).into(),
        s.created_at.into(),
        s.updated_at.into(),
        s.deleted_at.into(),
        s.revision.into(),
        i64::from(s.hold).into(),
        Json::Object(s.doc.clone()).to_string().into(),
        pack(&s.sealed).into(),
        s.title.as_deref().map(field::fold).into(),
    ]
}

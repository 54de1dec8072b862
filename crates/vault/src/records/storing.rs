//! How a record lies in the database: its row, its projections and blind tokens, and what it was before.

use super::accept::Parsed;
use crate::error::Result;
use crate::keys::SubjectKey;
use crate::row::{Stored, pack};
use crate::sql::{Arg, placeholders};
use crate::tx::{Tx, place};
use kedun_model::definition::Blind;
use kedun_model::field::{self, Projected};
use kedun_model::{ObjectDef, Problem};
use serde_json::Value as Json;

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
                 revision, hold, doc, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
                 $16, $17, $18, $19, $20, $21, $22, $23)",
                &record_args(s),
            )
            .await
    }

    /// Stores a changed record under the next revision; whoever changed it in between wins.
    pub(crate) async fn store(&mut self, s: &mut Stored) -> Result<()> {
        let was = s.revision;
        s.revision += 1;
        s.updated_at = self.scope.now().max(s.updated_at);
        let mut args = record_args(s);
        args.push(was.into());
        const UPDATE: &str = "UPDATE record SET object = $2, subject = $3, parent = $4, root = $5, owner = $6, \
            department = $7, pool = $8, title = $9, stage = $10, status = $11, amount = $12, next_follow_up = $13, \
            last_follow_up = $14, owned_since = $15, created_by = $16, created_at = $17, updated_at = $18, \
            deleted_at = $19, revision = $20, hold = $21, doc = $22, sealed = $23 WHERE id = $1 AND revision = $24";
        let doing = "update a record";
        self.read.remove(&s.id);
        let changed = if self.made.contains(&s.id) {
            self.write.run(doing, UPDATE, &args).await?
        } else {
            self.write.run_ahead(doing, UPDATE, &args).await?
        };
        if changed == 0 { Err(Problem::Conflict("revision_conflict").into()) } else { Ok(()) }
    }

    /// Keeps projections and blind tokens in step with the values just set.
    pub(super) async fn index(
        &mut self,
        def: &ObjectDef,
        s: &Stored,
        parsed: &Parsed<'_>,
        replace: bool,
    ) -> Result<()> {
        let mut text: Vec<(String, String)> = Vec::new();
        let mut refs: Vec<(String, String)> = Vec::new();
        let mut num: Vec<(String, i64)> = Vec::new();
        let mut time: Vec<(String, i64)> = Vec::new();
        let mut blind: Vec<(String, &str, Vec<u8>)> = Vec::new();
        let mut cleared: Vec<(&str, String)> = Vec::new();
        let mut unsealed: Vec<String> = Vec::new();
        for (f, value) in parsed {
            let name = format!("{}.{}", def.name, f.id);
            if f.class.is_sealed() {
                if replace && !f.blind.is_empty() {
                    unsealed.push(f.id.as_str().to_owned());
                }
                let Some(value) = value else { continue };
                for kind in &f.blind {
                    match kind {
                        Blind::Exact => {
                            if let Some(text) = field::blind_text(f.kind, value) {
                                let token =
                                    self.scope.inner.blind.exact(crate::plan::domain(f.kind), &text).to_vec();
                                blind.push((
                                    f.id.as_str().to_owned(),
                                    crate::plan::exact_kind(f.kind),
                                    token,
                                ));
                            }
                        }
                        Blind::Last4 => {
                            let token = field::last4(value)
                                .and_then(|digits| self.scope.inner.blind.last4("phone", &digits));
                            if let Some(token) = token {
                                blind.push((f.id.as_str().to_owned(), "last4", token.to_vec()));
                            }
                        }
                    }
                }
                continue;
            }
            let kept = f.column.is_some() || def.parent.as_ref().is_some_and(|p| p.field == f.name);
            if kept || !(f.filterable || f.sortable) {
                continue;
            }
            if replace {
                cleared.push((crate::plan::table_of(f.kind).0, name.clone()));
            }
            for projected in value.as_ref().map(|v| field::project_all(f.kind, v)).unwrap_or_default() {
                match projected {
                    Projected::Text(v) => text.push((name.clone(), v)),
                    Projected::Ref(v) => refs.push((name.clone(), v)),
                    Projected::Num(v) => num.push((name.clone(), v)),
                    Projected::Time(v) => time.push((name.clone(), v)),
                }
            }
        }
        // By themselves, before what follows: parts of one statement would not see each other's rows.
        for (table, field) in &cleared {
            let sql = format!("DELETE FROM {table} WHERE record = $1 AND field = $2");
            self.write.run("clear a projection", &sql, &[(&s.id).into(), field.as_str().into()]).await?;
        }
        for field in &unsealed {
            self.write
                .run(
                    "clear a blind token",
                    "DELETE FROM blind WHERE record = $1 AND field = $2",
                    &[(&s.id).into(), field.as_str().into()],
                )
                .await?;
        }
        self.project("idx_text", s, text.into_iter().map(|(f, v)| (f, Arg::from(v))).collect()).await?;
        self.project("idx_ref", s, refs.into_iter().map(|(f, v)| (f, Arg::from(v))).collect()).await?;
        self.project("idx_num", s, num.into_iter().map(|(f, v)| (f, Arg::from(v))).collect()).await?;
        self.project("idx_time", s, time.into_iter().map(|(f, v)| (f, Arg::from(v))).collect()).await?;
        if !blind.is_empty() {
            let sql = format!(
                "INSERT INTO blind (record, field, kind, object, token) VALUES {}",
                placeholders(1, blind.len(), 5)
            );
            let mut args: Vec<Arg> = Vec::new();
            for (field, kind, token) in blind {
                args.extend([
                    (&s.id).into(),
                    field.into(),
                    kind.into(),
                    (&s.object).into(),
                    Arg::from(token),
                ]);
            }
            self.write.later(&sql, &args).await?;
        }
        Ok(())
    }

    async fn project(&mut self, table: &str, s: &Stored, values: Vec<(String, Arg)>) -> Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        let sql =
            format!("INSERT INTO {table} (record, field, value) VALUES {}", placeholders(1, values.len(), 3));
        let mut args: Vec<Arg> = Vec::new();
        for (field, value) in values {
            args.extend([(&s.id).into(), field.into(), value]);
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
        let id = crate::keys::new_id();
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
    ]
}

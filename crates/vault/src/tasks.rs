//! Approvals as stored: what is decided is a snapshot, by its hash; the requester never decides; an approval is spent
//! once, for exactly what was approved.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::ids;
use crate::scope::Scope;
use crate::sql::{Arg, Row};
use crate::tx::Tx;
use crate::vault::Signal;
use crate::view::Named;
use kedun_model::flow::{Approval, Decision, FlowError, Kind, Snapshot, State};
use kedun_model::role::Reach;
use kedun_model::{Act as ActName, DepartmentId, PersonId, Problem};
use serde::Serialize;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// A request for approval as those see it who asked or may decide.
#[derive(Clone, Debug, Serialize)]
pub struct TaskView {
    /// Its id.
    pub id: String,
    /// `export`, `erasure`, …
    pub kind: String,
    /// `open`, `approved`, `rejected`, `cancelled`, `expired`, `spent`.
    pub state: String,
    /// Who asks.
    pub requester: Named,
    /// The case it is about.
    pub target: String,
    /// UTC ms.
    pub created_at: i64,
    /// UTC ms.
    pub expires_at: i64,
    /// The thing asked for, frozen.
    pub snapshot: Json,
    /// Its hash; a decision names it.
    pub snapshot_hash: String,
    /// Whether the caller asked for it.
    pub mine: bool,
    /// Whether the caller may decide it now.
    pub decidable: bool,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Named>,
    /// When, UTC ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<i64>,
    /// What they said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// Proof that an approval was spent in this very change. Only [`Tx::spend`] makes one.
#[derive(Debug)]
pub struct Approved {
    pub(crate) target: String,
    /// What was approved, and nothing else.
    pub(crate) snapshot: Snapshot,
    /// Who approved.
    pub by: Option<PersonId>,
}

struct Stored {
    id: String,
    approval: Approval,
    department: Option<DepartmentId>,
    act: ActName,
    target: String,
    snapshot: Json,
    created_at: i64,
}

const COLUMNS: &str = "id, kind, state, requester, department, act, target, snapshot, snapshot_hash, created_at, \
    expires_at, decided_by, decided_at, comment";

/// Requests of one list.
const MOST_SHOWN: u32 = 500;

/// The hash of a snapshot: SHA-256 of its canonical text.
pub fn snapshot_hash(snapshot: &Json) -> Snapshot {
    Snapshot::new(Sha256::digest(snapshot.to_string().as_bytes()).into())
}

impl Stored {
    fn read(row: &Row) -> Result<Stored> {
        let damaged = || VaultError::Damaged("an approval".to_owned());
        let named = |text: String| serde_json::from_value(Json::String(text)).map_err(|_| damaged());
        Ok(Stored {
            id: row.text(0)?,
            approval: Approval {
                kind: serde_json::from_value::<Kind>(Json::String(row.text(1)?)).map_err(|_| damaged())?,
                state: serde_json::from_value::<State>(Json::String(row.text(2)?)).map_err(|_| damaged())?,
                requester: row.text(3)?.into(),
                snapshot_hash: Snapshot::parse(&row.text(8)?).ok_or_else(damaged)?,
                expires_at: row.int(10)?,
                decided_by: row.opt_text(11)?.map(PersonId::new),
                decided_at: row.opt_int(12)?,
                comment: row.opt_text(13)?,
            },
            department: row.opt_text(4)?.map(DepartmentId::new),
            act: named(row.text(5)?)?,
            target: row.text(6)?,
            snapshot: serde_json::from_str(&row.text(7)?).map_err(|_| damaged())?,
            created_at: row.int(9)?,
        })
    }

    fn decidable(&self, scope: &Scope) -> bool {
        scope.caller.may(self.act, self.department.as_ref()) && self.approval.requester != *scope.person()
    }

    fn view(&self, scope: &Scope) -> TaskView {
        let approval = self.approval.expire(scope.now());
        let named = |p: &PersonId| Named { id: p.to_string(), name: scope.name_of(p) };
        TaskView {
            id: self.id.clone(),
            kind: code(&approval.kind),
            state: approval.state.as_str().to_owned(),
            requester: named(&approval.requester),
            target: self.target.clone(),
            created_at: self.created_at,
            expires_at: approval.expires_at,
            snapshot: self.snapshot.clone(),
            snapshot_hash: approval.snapshot_hash.to_string(),
            mine: approval.requester == *scope.person(),
            decidable: approval.state == State::Open && self.decidable(scope),
            decided_by: approval.decided_by.as_ref().map(named),
            decided_at: approval.decided_at,
            comment: approval.comment,
        }
    }
}

fn code(kind: &Kind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a refused step means to the caller.
fn refused(error: FlowError) -> VaultError {
    match error {
        FlowError::OwnRequest => Problem::Forbidden("own_request"),
        FlowError::NotRequester => Problem::Forbidden("not_requester"),
        FlowError::SnapshotChanged => Problem::Conflict("snapshot_changed"),
        FlowError::NotOpen => Problem::Conflict("already_decided"),
        FlowError::AlreadySpent => Problem::Conflict("already_spent"),
        FlowError::NotApproved => Problem::Conflict("not_approved"),
        FlowError::Expired => Problem::Conflict("expired"),
        FlowError::CommentRequired => Problem::invalid("comment", "required"),
        FlowError::CommentTooLong => Problem::invalid("comment", "too_long"),
        FlowError::CommentPersonal => Problem::invalid("comment", "personal_data"),
    }
    .into()
}

impl Tx {
    /// Asks for approval of exactly this snapshot, by somebody who holds `act` for the requester's department.
    ///
    /// # Errors
    /// The database fails.
    pub async fn ask(
        &mut self,
        kind: Kind,
        act: ActName,
        target: &str,
        snapshot: &Json,
        lives_ms: i64,
    ) -> Result<(String, Snapshot)> {
        let id = ids::new_id();
        let hash = snapshot_hash(snapshot);
        let now = self.scope.now();
        self.write
            .run(
                "ask for approval",
                "INSERT INTO task (id, kind, state, requester, department, act, target, snapshot, snapshot_hash, \
                 created_at, expires_at) VALUES ($1, $2, 'open', $3, $4, $5, $6, $7, $8, $9, $10)",
                &[
                    id.as_str().into(),
                    code(&kind).into(),
                    self.scope.person().into(),
                    self.scope.department().into(),
                    act.as_str().into(),
                    target.into(),
                    snapshot.to_string().into(),
                    hash.to_string().into(),
                    now.into(),
                    (now + lives_ms).into(),
                ],
            )
            .await?;
        self.tell(Signal::TaskChanged { id: id.clone() });
        Ok((id, hash))
    }

    async fn task(&mut self, column: &'static str, value: &str) -> Result<Stored> {
        let sql = format!("SELECT {COLUMNS} FROM task WHERE {column} = $1 ORDER BY created_at DESC");
        let row =
            self.write.optional("read an approval", &sql, &[value.into()]).await?.ok_or(Problem::NotFound)?;
        Stored::read(&row)
    }

    /// Decides. Who may not see the request learns nothing of it.
    ///
    /// # Errors
    /// Not found, own request, changed meanwhile, already decided, expired, a rejection without a comment, a comment
    /// that holds personal data.
    pub async fn decide(
        &mut self,
        id: &str,
        decision: Decision,
        snapshot: &Snapshot,
        comment: &str,
    ) -> Result<(String, Kind, bool)> {
        let task = self.task("id", id).await?;
        if task.approval.requester == *self.scope.person() {
            return Err(Problem::Forbidden("own_request").into());
        }
        if !task.decidable(&self.scope) {
            return Err(Problem::NotFound.into());
        }
        let next = task
            .approval
            .decide(self.scope.person(), self.scope.now(), decision, snapshot, comment)
            .map_err(refused)?;
        self.keep(&task.id, &task.approval, &next).await?;
        Ok((task.target, next.kind, next.state == State::Approved))
    }

    /// Takes back the caller's own request for a target.
    ///
    /// # Errors
    /// Not found, not theirs, already used.
    pub async fn take_back(&mut self, target: &str) -> Result<()> {
        let task = self.task("target", target).await?;
        let next = task.approval.cancel(self.scope.person()).map_err(refused)?;
        self.keep(&task.id, &task.approval, &next).await
    }

    /// Spends the approval of a target for exactly this snapshot. Works once.
    ///
    /// # Errors
    /// Not approved, changed since, expired, spent before.
    pub async fn spend(&mut self, target: &str, snapshot: &Json) -> Result<Approved> {
        let task = self.task("target", target).await?;
        let next = task.approval.spend(self.scope.now(), &snapshot_hash(snapshot)).map_err(refused)?;
        self.keep(&task.id, &task.approval, &next).await?;
        Ok(Approved { target: target.to_owned(), snapshot: snapshot_hash(snapshot), by: next.decided_by })
    }

    async fn keep(&mut self, id: &str, before: &Approval, next: &Approval) -> Result<()> {
        let changed = self
            .write
            .run(
                "move an approval on",
                "UPDATE task SET state = $1, decided_by = $2, decided_at = $3, comment = $4 WHERE id = $5 AND state = $6",
                &[
                    next.state.as_str().into(),
                    next.decided_by.as_ref().into(),
                    next.decided_at.into(),
                    next.comment.clone().into(),
                    id.into(),
                    before.state.as_str().into(),
                ],
            )
            .await?;
        if changed == 0 {
            return Err(Problem::Conflict("already_decided").into());
        }
        self.tell(Signal::TaskChanged { id: id.to_owned() });
        Ok(())
    }
}

impl Scope {
    /// Requests that the caller made or may decide, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tasks(&self, open_only: bool) -> Result<Vec<TaskView>> {
        let mut args: Vec<Arg> = Vec::new();
        let mut condition = self.concerned(&mut args);
        if open_only {
            args.push(self.now().into());
            // What an erasure waits for does not lapse.
            let alive = format!("(expires_at > ${} OR kind = 'erasure')", args.len());
            condition = format!("state = 'open' AND {alive} AND ({condition})");
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM task WHERE {condition} ORDER BY created_at DESC LIMIT {MOST_SHOWN}"
        );
        let mut tasks = Vec::new();
        for row in self.inner.data.all("list approvals", &sql, &args).await? {
            let task = Stored::read(&row)?;
            if task.approval.requester == *self.person() || task.decidable(self) {
                let view = task.view(self);
                if !open_only || view.state == "open" {
                    tasks.push(view);
                }
            }
        }
        self.log(Act::new("task.list", "task").count(tasks.len())).await?;
        Ok(tasks)
    }

    /// Which requests the caller made or may decide, as a condition: others must not use up a page of theirs.
    fn concerned(&self, args: &mut Vec<Arg>) -> String {
        args.push(self.person().into());
        let mut ways = vec!["requester = $1".to_owned()];
        let mut marks = |values: Vec<Arg>| {
            let first = args.len() + 1;
            args.extend(values);
            (first..=args.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
        };
        let acts = |reach: Reach| {
            let held = self.caller.acts.iter().filter(move |(_, held)| **held == reach);
            held.map(|(act, _)| Arg::from(act.as_str())).collect::<Vec<_>>()
        };
        let everywhere = acts(Reach::All);
        if !everywhere.is_empty() {
            ways.push(format!("act IN ({})", marks(everywhere)));
        }
        let (below, tree) = (acts(Reach::DepartmentTree), &self.caller.subtree);
        if !below.is_empty() && !tree.is_empty() {
            let acts = marks(below);
            ways.push(format!(
                "(act IN ({acts}) AND department IN ({}))",
                marks(tree.iter().map(Arg::from).collect())
            ));
        }
        ways.join(" OR ")
    }

    /// Whether a request waits for the caller's decision now. Shows nothing of it, so it leaves no row.
    pub(crate) async fn may_decide_now(&self, id: &str) -> Result<bool> {
        let sql = format!("SELECT {COLUMNS} FROM task WHERE id = $1");
        let Some(row) = self.inner.data.optional("look at an approval", &sql, &[id.into()]).await? else {
            return Ok(false);
        };
        let task = Stored::read(&row)?;
        Ok(task.approval.expire(self.now()).state == State::Open && task.decidable(self))
    }

    /// One request.
    ///
    /// # Errors
    /// Not found for who neither asked nor may decide.
    pub async fn one_task(&self, id: &str) -> Result<TaskView> {
        let sql = format!("SELECT {COLUMNS} FROM task WHERE id = $1");
        let row = self
            .inner
            .data
            .optional("read an approval", &sql, &[id.into()])
            .await?
            .ok_or(Problem::NotFound)?;
        let task = Stored::read(&row)?;
        if task.approval.requester != *self.person() && !task.decidable(self) {
            return Err(Problem::NotFound.into());
        }
        self.log(Act::new("task.read", "task")).await?;
        Ok(task.view(self))
    }
}

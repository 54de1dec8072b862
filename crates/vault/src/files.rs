//! Photos and files on a customer. What a file is called, its kind and its size stand in a record of its own, which has
//! rights, masking, log and lists like every other; its bytes lie beside it in pieces.
//!
//! **Invariant:** a piece opens at its own place in its own file only, with all the others there, and under the key of
//! the customer; bytes leave to who sees the file's name in clear, and their row in the log is durable first.

use crate::audit::Act;
use crate::error::{Result, VaultError};
use crate::frames::{self, Part};
use crate::keys::SubjectKey;
use crate::plan::{self, Flags};
use crate::records::{Known, NewRecord};
use crate::row::Stored;
use crate::scope::Scope;
use crate::tx::{Tx, read_with_facts};
use kedun_model::alert::FactKind;
use kedun_model::policy::{Caller, RecordFacts, Shared, contains, judge};
use kedun_model::{
    Content, ContentKind, FieldError, ObjectDef, ObjectName, Problem, RecordId, RowScope, Show, Value, Verb,
};
use serde_json::{Map, json};

/// The object of the records of files.
pub(crate) const FILE: &str = "file";
/// The object that files hang on.
const CUSTOMER: &str = "customer";
/// What the log calls the bytes of a file among its fields.
pub(crate) const CONTENT: &str = "content";
/// Most files of one customer.
pub const MOST_FILES: i64 = 100;

/// What the caller may do with the files of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Whether they may add one.
    pub may_add: bool,
}

/// A file on its way to whom it is for.
pub struct FileBody {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: ContentKind,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for FileBody {
    /// Without the name and the bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileBody({}, {} bytes)", self.kind.as_str(), self.bytes.len())
    }
}

impl Scope {
    /// The files of a customer as a whole: whether there are any for the caller at all, and whether they may add one.
    ///
    /// # Errors
    /// Not found, for a customer that the caller may not see as for none.
    pub async fn folder(&self, customer: &RecordId) -> Result<Folder> {
        self.object(FILE)?;
        let (stored, facts) = self.seen(CUSTOMER, customer).await?;
        let open = stored.deleted_at.is_none() && stored.pool.is_none();
        Ok(Folder { may_add: open && may_add(&self.caller, &facts) })
    }

    /// The bytes of a file. The row in the log, on the file and on its customer, is durable before they are handed over.
    ///
    /// # Errors
    /// Not found, also when the bytes are gone; forbidden for who does not see the file's name in clear; a piece that
    /// does not open.
    pub async fn file(&self, customer: &RecordId, id: &RecordId) -> Result<FileBody> {
        let def = self.object(FILE)?.clone();
        let (stored, facts) = self.seen(FILE, id).await?;
        if stored.parent.as_ref() != Some(customer) || stored.deleted_at.is_some() {
            return Err(Problem::NotFound.into());
        }
        if !sees_content(self, &def, &facts) {
            return Err(Problem::Forbidden("files").into());
        }
        let subject = stored.subject.clone().ok_or(Problem::NotFound)?;
        let key = self.inner.keyring.get(&subject).await?.ok_or(Problem::NotFound)?;
        let bytes = self.content(&key, id).await?.ok_or(Problem::NotFound)?;
        let opener = self.opener(std::slice::from_ref(&stored)).await?;
        let text = |name: &str| match def.field(name).and_then(|f| match f.class.is_sealed() {
            true => opener.open(&stored, f),
            false => stored.readable(f),
        }) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(VaultError::Damaged("a file".to_owned())),
        };
        let kind =
            ContentKind::parse(&text("kind")?).ok_or_else(|| VaultError::Damaged("a file".to_owned()))?;
        // Whatever it was renamed to: what is saved under it must not be taken for something else.
        let name = kind.name(&text("name")?.replace(['/', '\\'], "_"));
        let body = FileBody { name, kind, bytes };
        let act = Act::new("file.read", FILE)
            .on(id, Some(&subject))
            .fields([CONTENT])
            .looked([id.clone(), customer.clone()])
            .fact(FactKind::FileRead { customer: customer.clone(), file: id.clone() });
        self.log(act).await?;
        Ok(body)
    }

    /// What a file holds, opened; none when it is gone. Whoever calls has judged who may see it, and logs it.
    pub(crate) async fn content(&self, key: &SubjectKey, id: &RecordId) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT sealed FROM file_piece WHERE record = $1 ORDER BY place";
        let pieces = self.inner.data.all("read a file", sql, &[id.into()]).await?;
        if pieces.is_empty() {
            return Ok(None);
        }
        let part = part_of(pieces.len());
        let object = ObjectName::from(FILE);
        let at = Part { org: &self.inner.scribe.org, object: &object, record: id, name: &part };
        let mut bytes = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            at.open(key, number, &piece.bytes(0)?, &mut bytes)?;
        }
        Ok(Some(bytes))
    }

    /// A record that the caller sees, with what the rules know of it; asking for another leaves its row.
    async fn seen(&self, object: &str, id: &RecordId) -> Result<(Stored, RecordFacts)> {
        let def = self.object(object)?.clone();
        let flags = Flags::for_caller(&self.caller, &def.name);
        let statement = plan::by_ids(&self.asking(&def), &[id.as_str()], &flags);
        let row = self.inner.data.optional("read a record", &statement.text, &statement.args).await?;
        let found = row.map(|row| read_with_facts(&row, &flags, 23)).transpose()?;
        match found {
            Some((stored, facts)) if judge(&self.caller, &def.name, &facts).visible() => Ok((stored, facts)),
            other => {
                self.denied(object, id, other.is_some()).await?;
                Err(Problem::NotFound.into())
            }
        }
    }
}

impl Tx {
    /// Adds a file to a customer: its record and its pieces, in one change.
    ///
    /// # Errors
    /// Not found; forbidden; `name` that breaks its rules; of `file`, `too_many` when the customer has [`MOST_FILES`].
    pub async fn add_file(
        &mut self,
        customer: &RecordId,
        name: &str,
        follow_up: Option<&RecordId>,
        content: &Content,
    ) -> Result<RecordId> {
        let (_, _, facts) = self.load(CUSTOMER, customer).await?;
        if !may_add(&self.scope.caller, &facts) {
            return Err(Problem::Forbidden("create").into());
        }
        // Whoever adds to the same customer at the same time waits, so that both are counted.
        let sql = "UPDATE record SET hold = hold WHERE id = $1";
        self.write.run("wait for other files", sql, &[customer.into()]).await?;
        let sql = "SELECT COUNT(*) FROM record WHERE parent = $1 AND object = 'file' AND deleted_at IS NULL";
        let there = self.write.optional("count files", sql, &[customer.into()]).await?;
        if there.map_or(Ok(0), |row| row.int(0))? >= MOST_FILES {
            return Err(
                Problem::Invalid(vec![FieldError::new("file", "too_many").with("max", MOST_FILES)]).into()
            );
        }
        let mut fields =
            Map::from_iter([("customer".to_owned(), json!(customer)), ("name".to_owned(), json!(name))]);
        if let Some(follow_up) = follow_up {
            fields.insert("follow_up".to_owned(), json!(follow_up));
        }
        let known = Known {
            fields: Map::from_iter([
                ("kind".to_owned(), json!(content.kind().as_str())),
                ("size".to_owned(), json!(content.bytes().len())),
            ]),
            owner: None,
        };
        let new = NewRecord { fields, ..NewRecord::default() };
        let id = self.create_knowing(FILE, new, known).await?;
        let subject = self.written.get(&id).and_then(|(stored, _)| stored.subject.clone());
        let key = match &subject {
            Some(subject) => self.scope.inner.keyring.get(subject).await?,
            None => None,
        };
        let key = key.ok_or(Problem::Conflict("subject_destroyed"))?;
        let inner = self.scope.inner.clone();
        let object = ObjectName::from(FILE);
        let part = part_of(frames::count(content.bytes().len()));
        let at = Part { org: &inner.scribe.org, object: &object, record: &id, name: &part };
        for (number, piece) in at.seal(&key, content.bytes()).enumerate() {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let sql = "INSERT INTO file_piece (record, place, sealed) VALUES ($1, $2, $3)";
            self.write.run("keep a file", sql, &[(&id).into(), number.into(), piece?.into()]).await?;
        }
        if self.scope.task.is_none() {
            self.worked.get_or_insert_with(|| customer.clone());
        }
        Ok(id)
    }

    /// Removes a file of a customer: its bytes go at once, its record into the recycle bin.
    ///
    /// # Errors
    /// Not found, forbidden, a hold.
    pub async fn remove_file(&mut self, customer: &RecordId, id: &RecordId) -> Result<()> {
        let (_, stored, _) = self.load(FILE, id).await?;
        if stored.parent.as_ref() != Some(customer) {
            return Err(Problem::NotFound.into());
        }
        self.set_deleted(FILE, id, None, true).await
    }

    /// What a file held goes when it is removed, so that there is nothing to take back out of the recycle bin.
    /// Nothing goes while anything of the customer is under a hold: other records only go into the bin.
    pub(crate) async fn drop_pieces(&mut self, file: &Stored, deleted: bool) -> Result<()> {
        if !deleted {
            return Err(Problem::Conflict("file_removed").into());
        }
        let sql = "SELECT id FROM record WHERE subject = $1 AND hold <> 0";
        if self.write.optional("look for holds", sql, &[file.subject.as_ref().into()]).await?.is_some() {
            return Err(Problem::Conflict("on_hold").into());
        }
        let sql = "DELETE FROM file_piece WHERE record = $1";
        self.write.run("remove a file", sql, &[(&file.id).into()]).await.map(drop)
    }
}

/// Whether the caller may add a file to the customer of these facts. A share to look is none to work.
fn may_add(caller: &Caller, of_customer: &RecordFacts) -> bool {
    let facts = RecordFacts { parent_readable: true, ..of_customer.clone() };
    let reaches = |scope: &RowScope| {
        let to_look = *scope == RowScope::Collaborating && facts.shared == Some(Shared::Read);
        !to_look && contains(scope, caller, &facts)
    };
    caller.grants_for(&ObjectName::from(FILE), Verb::Create).any(|g| reaches(&g.grant.scope))
}

/// Whether the caller sees what a file holds: it is as personal as its name, and has no mask.
fn sees_content(scope: &Scope, def: &ObjectDef, facts: &RecordFacts) -> bool {
    let verdict = judge(&scope.caller, &def.name, facts);
    def.field("name").is_some_and(|name| verdict.right(name).show == Show::Clear)
}

/// The name of a file's body, with the number of its pieces: one that is taken away keeps the others from opening.
fn part_of(pieces: usize) -> String {
    format!("{CONTENT}/{pieces}")
}

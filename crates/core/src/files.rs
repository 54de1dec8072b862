//! Photos and files of a customer: the list, adding, fetching, removing.

use kedun_model::content::MOST_BYTES;
use kedun_model::{Content, Problem, RecordId, SubjectId, Verb, moment};
use kedun_vault::{Act, FieldView, FileBody, MAX_LIMIT, MOST_FILES, Named, Query, RecordView, Result, Scope};
use serde::Serialize;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

/// The object of the records of files.
const FILE: &str = "file";

/// A file as the caller may see it.
#[derive(Clone, Debug, Serialize)]
pub struct FileView {
    /// Its id.
    pub id: String,
    /// What it is called; absent where it is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `jpeg`, `png`, `webp`, `pdf`, `docx`, `xlsx`.
    pub kind: String,
    /// Bytes.
    pub size: i64,
    /// When it was added, RFC 3339.
    pub added_at: String,
    /// By whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added_by: Option<Named>,
    /// The follow-up that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follow_up: Option<String>,
    /// What the caller may do with it.
    pub rights: FileRights,
}

/// What the caller may do with a file.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct FileRights {
    /// Fetch what it holds.
    pub read: bool,
    /// Remove it.
    pub remove: bool,
}

/// The files of a customer.
#[derive(Clone, Debug, Serialize)]
pub struct Files {
    /// Newest first.
    pub files: Vec<FileView>,
    /// Whether the caller may add one now.
    pub may_add: bool,
    /// Most files of one customer.
    pub most: i64,
    /// Largest file, bytes.
    pub most_bytes: usize,
}

/// What somebody sends.
#[derive(Clone, Debug)]
pub struct NewFile<'a> {
    /// What it is to be called.
    pub name: &'a str,
    /// The follow-up that it belongs to.
    pub follow_up: Option<&'a RecordId>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl NewFile<'_> {
    /// What a key for sending something once stands for.
    pub fn request(&self, customer: &RecordId) -> String {
        let digest = Sha256::digest(self.bytes);
        json!([FILE, customer, self.name, self.follow_up, digest.as_slice()]).to_string()
    }
}

/// Refuses who may not add a file to the customer, before anything is read.
///
/// # Errors
/// Not found, forbidden.
pub async fn may_add(scope: &Scope, customer: &RecordId) -> Result<()> {
    match scope.folder(customer).await?.may_add {
        true => Ok(()),
        false => Err(Problem::Forbidden("create").into()),
    }
}

/// The files of a customer whom the caller may see, newest first.
///
/// # Errors
/// Not found.
pub async fn list(scope: &Scope, customer: &RecordId) -> Result<Files> {
    let folder = scope.folder(customer).await?;
    let filter = json!({ "field": "customer", "op": "eq", "value": customer });
    let query = Query {
        filter: Some(kedun_model::filter::Filter::parse(&filter).map_err(Problem::Invalid)?),
        sort: vec![("created_at".to_owned(), true)],
        limit: MAX_LIMIT,
        ..Query::default()
    };
    let files: Vec<FileView> = scope.query(FILE, &query).await?.records.iter().map(shown).collect();
    let full = i64::try_from(files.len()).unwrap_or(i64::MAX) >= MOST_FILES;
    Ok(Files { files, may_add: folder.may_add && !full, most: MOST_FILES, most_bytes: MOST_BYTES })
}

/// Refuses a new name of a file that would say something else than what it is; the ending that belongs to it is put there
/// when the file is fetched.
///
/// # Errors
/// Of `fields.name` every broken rule.
pub(crate) fn may_be_called(fields: &serde_json::Map<String, Json>) -> Result<()> {
    match fields.get("name").and_then(Json::as_str) {
        Some(name) if name.contains(['/', '\\']) => Err(Problem::invalid("name", "file_name").into()),
        _ => Ok(()),
    }
}

/// Adds a file to a customer. What is kept is what its bytes are, without what cameras write beside a picture.
///
/// # Errors
/// Not found, forbidden; of `file` and `name` every broken rule.
pub async fn add(scope: &Scope, customer: &RecordId, new: &NewFile<'_>) -> Result<FileView> {
    let mut errors = Vec::new();
    let content = Content::read(new.bytes).map_err(|error| errors.push(error)).ok();
    let name = new.name.trim();
    if name.is_empty() {
        errors.push(kedun_model::FieldError::new("name", "required"));
    } else if name.contains(['/', '\\']) {
        errors.push(kedun_model::FieldError::new("name", "file_name"));
    }
    let Some(content) = content.filter(|_| errors.is_empty()) else {
        return Err(Problem::Invalid(errors).into());
    };
    let name = content.kind().name(name);
    let mut tx = scope.begin().await?;
    let id = tx.add_file(customer, &name, new.follow_up, &content).await?;
    let act = Act::new("record.create", FILE)
        .on(&id, Some(&SubjectId::new(customer.as_str())))
        .fields(["customer", "name", "kind", "size", "content"]);
    let committed = tx.commit(act).await?;
    let record = committed.view(&id).await?.ok_or(Problem::NotFound)?;
    Ok(shown(&record))
}

/// A file that was added before.
///
/// # Errors
/// Not found.
pub async fn one(scope: &Scope, id: &RecordId) -> Result<FileView> {
    scope.get(FILE, id).await.map(|record| shown(&record))
}

/// What a file holds; its row in the log comes first.
///
/// # Errors
/// Not found; forbidden for who sees only that it is there.
pub async fn fetch(scope: &Scope, customer: &RecordId, id: &RecordId) -> Result<FileBody> {
    scope.file(customer, id).await
}

/// Removes a file. Its bytes are gone at once.
///
/// # Errors
/// Not found, forbidden, a hold.
pub async fn remove(scope: &Scope, customer: &RecordId, id: &RecordId) -> Result<()> {
    let mut tx = scope.begin().await?;
    tx.remove_file(customer, id).await?;
    let act = Act::new("record.delete", FILE).on(id, Some(&SubjectId::new(customer.as_str())));
    tx.commit(act).await.map(drop)
}

fn shown(record: &RecordView) -> FileView {
    let clear = |name: &str| match record.field(name) {
        Some(FieldView::Clear { value }) => value.clone(),
        _ => Json::Null,
    };
    let name = record.clear_text("name").map(str::to_owned);
    FileView {
        id: record.id().to_owned(),
        kind: record.clear_text("kind").unwrap_or_default().to_owned(),
        size: clear("size").as_i64().unwrap_or_default(),
        added_at: moment::text(record.created_at()),
        added_by: record.created_by().cloned(),
        follow_up: clear("follow_up")["id"].as_str().map(str::to_owned),
        rights: FileRights { read: name.is_some(), remove: record.may(Verb::Delete) },
        name,
    }
}

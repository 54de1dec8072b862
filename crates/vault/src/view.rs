//! What leaves the vault: records already masked, with the abilities of the caller.

use crate::audit::Act;
use crate::directory::Directory;
use crate::falling::Falling;
use crate::row::Stored;
use kedun_model::mask::mask;
use kedun_model::policy::Verdict;
use kedun_model::{
    Class, DepartmentId, FieldDef, FieldKind, ObjectDef, ObjectName, PersonId, RecordId, Show, Value, Verb,
    Zone, field, moment,
};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A field as the caller may see it.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum FieldView {
    /// Hidden behind a mask.
    Masked {
        /// The masked text.
        masked: String,
    },
    /// Clear, by right.
    Clear {
        /// The value, in the shape of its kind.
        value: Json,
    },
}

/// The name behind an id, for owners, departments and links.
#[derive(Clone, Debug, Serialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name; absent for a record that the caller may not see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What the caller may do with a record, so that nobody has to derive it again.
#[derive(Clone, Debug)]
pub struct Abilities {
    /// Verbs.
    pub verbs: Vec<(Verb, bool)>,
    /// Fields that can be revealed.
    pub reveal: Vec<Arc<str>>,
    /// Fields that can be written.
    pub edit_fields: Arc<[String]>,
    /// Whether it is only shown to them, by a share to look: nothing is written beneath it.
    pub shown_only: bool,
    /// Whether a legal hold may be placed on it: said with a single record, to who looks after retention.
    pub hold: bool,
    /// Whether it may be converted into a record of another object: said with a single record.
    pub convert: bool,
}

impl Serialize for Abilities {
    /// The verbs by their names beside the rest; what holds of few records is said of those alone.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (verb, may) in &self.verbs {
            map.serialize_entry(verb.as_str(), may)?;
        }
        map.serialize_entry("reveal", &self.reveal)?;
        map.serialize_entry("edit_fields", &*self.edit_fields)?;
        for (name, so) in [("shown_only", self.shown_only), ("hold", self.hold), ("convert", self.convert)] {
            if so {
                map.serialize_entry(name, &true)?;
            }
        }
        map.end()
    }
}

/// A record as it leaves. There is no public constructor: only the vault makes one, from a verdict. Cheap to clone.
#[derive(Clone)]
pub struct RecordView {
    body: Arc<Body>,
    /// The whole as JSON, where it was written ahead.
    written: Option<Arc<RawValue>>,
}

#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) id: String,
    pub(crate) object: String,
    pub(crate) revision: i64,
    pub(crate) title: Option<String>,
    pub(crate) owner: Option<Named>,
    pub(crate) department: Option<Named>,
    pub(crate) pool: Option<String>,
    pub(crate) stage: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) created_by: Option<Named>,
    pub(crate) updated_at: i64,
    pub(crate) next_follow_up: Option<i64>,
    pub(crate) last_follow_up: Option<i64>,
    pub(crate) pool_due_at: Option<i64>,
    pub(crate) deleted_at: Option<i64>,
    /// Whether a legal hold keeps it, as far as the caller is told; lists do not say.
    pub(crate) held: bool,
    /// By name, in the order of the definition.
    pub(crate) fields: Vec<(Arc<str>, FieldView)>,
    pub(crate) abilities: Abilities,
    /// Names of L3+ fields shown in clear; the reading is logged by them.
    pub(crate) clear_personal: Vec<String>,
}

impl std::fmt::Debug for RecordView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordView({} {} r{})", self.body.object, self.body.id, self.body.revision)
    }
}

impl RecordView {
    /// For what is said of single records after the view was made.
    pub(crate) fn change(&mut self) -> &mut Body {
        self.written = None;
        Arc::make_mut(&mut self.body)
    }
    /// Names of L3+ fields shown in clear.
    pub(crate) fn clear_personal(&self) -> &[String] {
        &self.body.clear_personal
    }
    /// Writes the JSON ahead, unless a personal value is in it in clear: such a text is not to lie about.
    pub(crate) fn write_ahead(&mut self) {
        if self.body.clear_personal.is_empty() && self.written.is_none() {
            self.written = serde_json::value::to_raw_value(&*self.body).ok().map(Arc::from);
        }
    }
    /// Whether it was written ahead.
    pub(crate) fn is_written(&self) -> bool {
        self.written.is_some()
    }
    /// About what it takes in memory, bytes.
    pub(crate) fn weight(&self) -> usize {
        /// What the parts take beside their texts.
        const PARTS: usize = 600;
        let fields = self.body.fields.len() * std::mem::size_of::<(Arc<str>, FieldView)>();
        PARTS + fields + 2 * self.written.as_ref().map_or(0, |text| text.get().len())
    }
    /// The record's id.
    pub fn id(&self) -> &str {
        &self.body.id
    }
    /// The record's object.
    pub fn object(&self) -> &str {
        &self.body.object
    }
    /// Counts the changes, from 1.
    pub fn revision(&self) -> i64 {
        self.body.revision
    }
    /// The title, if the caller may see it.
    pub fn title(&self) -> Option<&str> {
        self.body.title.as_deref()
    }
    /// The department it belongs to.
    pub fn department(&self) -> Option<&str> {
        self.body.department.as_ref().map(|d| d.id.as_str())
    }
    /// Who owns it.
    pub fn owner(&self) -> Option<&str> {
        self.body.owner.as_ref().map(|o| o.id.as_str())
    }
    /// When it was created, UTC ms.
    pub fn created_at(&self) -> i64 {
        self.body.created_at
    }
    /// When it was last written, UTC ms.
    pub fn updated_at(&self) -> i64 {
        self.body.updated_at
    }
    /// When it was last followed up, UTC ms.
    pub fn last_follow_up(&self) -> Option<i64> {
        self.body.last_follow_up
    }
    /// When it is to be followed up, UTC ms.
    pub fn next_follow_up(&self) -> Option<i64> {
        self.body.next_follow_up
    }
    /// When it falls to the public pool, UTC ms.
    pub fn pool_due_at(&self) -> Option<i64> {
        self.body.pool_due_at
    }
    /// Who created it.
    pub fn created_by(&self) -> Option<&Named> {
        self.body.created_by.as_ref()
    }
    /// A field as the caller sees it: clear value or masked text.
    pub fn field(&self, name: &str) -> Option<&FieldView> {
        self.body.fields.iter().find(|(known, _)| **known == *name).map(|(_, view)| view)
    }
    /// A field's clear text, where the caller sees it clear.
    pub fn clear_text(&self, name: &str) -> Option<&str> {
        match self.field(name) {
            Some(FieldView::Clear { value: Json::String(text) }) => Some(text),
            _ => None,
        }
    }
    /// Whether it lies in the recycle bin.
    pub fn is_deleted(&self) -> bool {
        self.body.deleted_at.is_some()
    }
    /// Whether the caller is told that a legal hold keeps it.
    pub fn is_held(&self) -> bool {
        self.body.held
    }
    /// Whether the caller may place a legal hold on it.
    pub fn may_be_held(&self) -> bool {
        self.body.abilities.hold
    }
    /// Whether the caller may convert it into a record of another object.
    pub fn may_be_converted(&self) -> bool {
        self.body.abilities.convert
    }
    /// Whether it is only shown to the caller, by a share to look.
    pub fn is_only_shown(&self) -> bool {
        self.body.abilities.shown_only
    }
    /// Whether a value that comes back is what the caller was shown: the value itself, or its mask.
    pub fn shows(&self, name: &str, raw: &Json) -> bool {
        match self.field(name) {
            Some(FieldView::Clear { value }) => value == raw,
            Some(FieldView::Masked { masked }) => raw.as_str() == Some(masked),
            None => false,
        }
    }
    /// Whether a verb is allowed.
    pub fn may(&self, verb: Verb) -> bool {
        self.body.abilities.verbs.iter().any(|(known, may)| *known == verb && *may)
    }
}

impl Serialize for RecordView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.written {
            Some(text) => text.serialize(serializer),
            None => self.body.serialize(serializer),
        }
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Fields<'a>(&'a [(Arc<str>, FieldView)]);
        impl Serialize for Fields<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, view)| (name, view)))
            }
        }
        #[derive(Serialize)]
        struct Shape<'a> {
            id: &'a str,
            object: &'a str,
            revision: i64,
            title: &'a Option<String>,
            owner: &'a Option<Named>,
            department: &'a Option<Named>,
            pool: &'a Option<String>,
            stage: &'a Option<String>,
            status: &'a Option<String>,
            created_at: String,
            created_by: &'a Option<Named>,
            updated_at: String,
            next_follow_up: Option<String>,
            last_follow_up: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pool_due_at: Option<String>,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            deleted: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            deleted_at: Option<String>,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            held: bool,
            fields: Fields<'a>,
            rights: &'a Abilities,
        }
        Shape {
            id: &self.id,
            object: &self.object,
            revision: self.revision,
            title: &self.title,
            owner: &self.owner,
            department: &self.department,
            pool: &self.pool,
            stage: &self.stage,
            status: &self.status,
            created_at: moment::text(self.created_at),
            created_by: &self.created_by,
            updated_at: moment::text(self.updated_at),
            next_follow_up: self.next_follow_up.map(moment::text),
            last_follow_up: self.last_follow_up.map(moment::text),
            pool_due_at: self.pool_due_at.map(moment::text),
            deleted: self.deleted_at.is_some(),
            deleted_at: self.deleted_at.map(moment::text),
            held: self.held,
            fields: Fields(&self.fields),
            rights: &self.abilities,
        }
        .serialize(serializer)
    }
}

/// The names needed to show links: people and departments from the directory, titles looked up once per page.
#[derive(Default)]
pub(crate) struct Names {
    /// The company's zone: a day begins at its midnight.
    pub(crate) zone: Zone,
    pub(crate) directory: Option<Arc<Directory>>,
    /// Titles of linked records that the caller may read.
    pub(crate) records: BTreeMap<String, String>,
    /// Which of those titles are personal and shown in clear, by object; each is a reading of its record.
    pub(crate) clear: BTreeMap<ObjectName, ClearTitles>,
}

/// Personal titles that leave in clear.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClearTitles {
    pub(crate) fields: BTreeSet<String>,
    pub(crate) records: Vec<RecordId>,
}

impl Names {
    pub(crate) fn person(&self, id: &PersonId) -> Named {
        let name = self.directory.as_ref().and_then(|d| d.people.get(id)).map(|p| p.name.clone());
        Named { id: id.to_string(), name }
    }

    /// The rows of the log for personal titles that leave in clear beside what was asked for.
    pub(crate) fn readings(&self) -> impl Iterator<Item = Act> + '_ {
        self.clear.iter().map(|(object, clear)| {
            Act::new("record.read", object.as_str())
                .fields(clear.fields.iter().cloned())
                .count(clear.records.len())
                .looked(clear.records.iter().cloned())
        })
    }

    pub(crate) fn department(&self, id: &DepartmentId) -> Named {
        let name = self.directory.as_ref().and_then(|d| d.department_name(id)).map(str::to_owned);
        Named { id: id.to_string(), name }
    }
}

/// What one verdict allows on an object, worked out once for all records of a page that the same grants reach.
pub(crate) struct Shown<'a> {
    pub(crate) def: &'a ObjectDef,
    pub(crate) verdict: Verdict<'a>,
    /// Fields that show at all, with their names to be shared by all records.
    fields: Vec<(&'a FieldDef, Show, Arc<str>)>,
    verbs: Vec<(Verb, bool)>,
    edit_fields: Arc<[String]>,
    /// Whether the day on which a record falls to the pool may be told.
    falls: bool,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(def: &'a ObjectDef, verdict: Verdict<'a>) -> Shown<'a> {
        let mut fields = Vec::new();
        let mut edit_fields = Vec::new();
        for field_def in def.live_fields() {
            let right = verdict.right(field_def);
            if right.edit {
                edit_fields.push(field_def.name.clone());
            }
            if right.show != Show::None {
                fields.push((field_def, right.show, field_def.name.as_str().into()));
            }
        }
        let verbs = Verb::ALL
            .into_iter()
            .map(|verb| (verb, verdict.may(verb)))
            // What goes without saying of a record that is there is not said.
            .filter(|(verb, may)| !(*may && matches!(verb, Verb::Create | Verb::Read)))
            .collect();
        // Which zone it is does not matter to which fields are asked.
        let falls = Falling::of(def, Zone::default())
            .is_some_and(|rule| rule.told_by().all(|field| verdict.right(field).show == Show::Clear));
        Shown { def, verdict, fields, verbs, edit_fields: edit_fields.into(), falls }
    }

    /// That of `known` which rests on the same grants, or a new one, kept there.
    pub(crate) fn of<'k>(
        known: &'k mut Vec<Shown<'a>>,
        def: &'a ObjectDef,
        verdict: Verdict<'a>,
    ) -> &'k Shown<'a> {
        let at = known.iter().position(|shown| shown.verdict.same_as(&verdict)).unwrap_or_else(|| {
            known.push(Shown::new(def, verdict));
            known.len() - 1
        });
        &known[at]
    }
}

/// Turns a stored record and what a verdict shows of it into a view. `open` opens a sealed field; a field that fails to
/// open is shown as destroyed rather than leaking why.
pub(crate) fn view(
    shown: &Shown<'_>,
    stored: &Stored,
    wanted: Option<&[String]>,
    names: &Names,
    mut open: impl FnMut(&FieldDef) -> Option<Value>,
) -> RecordView {
    let def = shown.def;
    let mut fields = Vec::with_capacity(wanted.map_or(shown.fields.len(), <[String]>::len));
    let mut reveal = Vec::new();
    let mut clear_personal = Vec::new();
    let mut title = None;
    let mut stage = None;
    let mut status = None;
    let (mut shows_next, mut shows_last) = (false, false);
    for (field_def, show, name) in &shown.fields {
        if *show == Show::Reveal && stored.has(field_def) {
            reveal.push(name.clone());
        }
        let is_title = field_def.name == def.title_field;
        match field_def.column.filter(|_| *show == Show::Clear) {
            Some(kedun_model::definition::Column::Stage) => stage.clone_from(&stored.stage),
            Some(kedun_model::definition::Column::Status) => status.clone_from(&stored.status),
            Some(kedun_model::definition::Column::NextFollowUp) => shows_next = true,
            Some(kedun_model::definition::Column::LastFollowUp) => shows_last = true,
            _ => {}
        }
        let asked = wanted.is_none_or(|names| names.contains(&field_def.name));
        if !asked && !is_title {
            continue;
        }
        let value = if field_def.class.is_sealed() { open(field_def) } else { stored.readable(field_def) };
        let Some(value) = value else { continue };
        let view = if *show == Show::Clear {
            if field_def.class >= Class::L3 {
                clear_personal.push(field_def.name.clone());
            }
            FieldView::Clear { value: shape(field_def, &value, names) }
        } else {
            FieldView::Masked { masked: mask(field_def.kind, &value) }
        };
        if is_title {
            title = Some(match &view {
                FieldView::Masked { masked } => masked.clone(),
                FieldView::Clear { value } => match value {
                    Json::String(text) => text.clone(),
                    Json::Object(link) => link
                        .get("title")
                        .or_else(|| link.get("name"))
                        .and_then(Json::as_str)
                        .unwrap_or_default()
                        .to_owned(),
                    other => other.to_string(),
                },
            });
        }
        if asked {
            fields.push((name.clone(), view));
        }
    }
    let fits = |verb: Verb| match verb {
        Verb::Edit | Verb::Delete | Verb::Restore if stored.hold => false,
        Verb::Claim => stored.pool.is_some(),
        Verb::Release => stored.pool.is_none() && def.pooled,
        Verb::Restore => stored.deleted_at.is_some(),
        _ => stored.deleted_at.is_none(),
    };
    let abilities = Abilities {
        verbs: shown.verbs.iter().map(|(verb, may)| (*verb, *may && fits(*verb))).collect(),
        reveal,
        edit_fields: shown.edit_fields.clone(),
        shown_only: shown.verdict.only_shown(),
        hold: false,
        convert: false,
    };
    let pool_due_at = Falling::of(def, names.zone).filter(|_| shown.falls).and_then(|rule| rule.due(stored));
    let body = Body {
        id: stored.id.to_string(),
        object: stored.object.to_string(),
        revision: stored.revision,
        title,
        owner: stored.owner.as_ref().map(|p| names.person(p)),
        department: stored.department.as_ref().map(|d| names.department(d)),
        pool: stored.pool.clone(),
        stage,
        status,
        created_at: stored.created_at,
        created_by: Some(names.person(&stored.created_by)),
        updated_at: stored.updated_at,
        next_follow_up: stored.next_follow_up.filter(|_| shows_next),
        last_follow_up: stored.last_follow_up.filter(|_| shows_last),
        pool_due_at,
        deleted_at: stored.deleted_at,
        held: false,
        fields,
        abilities,
        clear_personal,
    };
    RecordView { body: Arc::new(body), written: None }
}

/// The value in the shape that the API states for its kind.
pub(crate) fn shape(def: &FieldDef, value: &Value, names: &Names) -> Json {
    let link = |id: &str, key: &str, name: Option<String>| {
        let mut link = Map::from_iter([("id".to_owned(), json!(id))]);
        if let Some(name) = name {
            link.insert(key.to_owned(), Json::String(name));
        }
        Json::Object(link)
    };
    match (def.kind, value) {
        (FieldKind::Reference, Value::Record(id)) => {
            link(id.as_str(), "title", names.records.get(id.as_str()).cloned())
        }
        (FieldKind::Person, Value::Person(id)) => link(id.as_str(), "name", names.person(id).name),
        (FieldKind::Department, Value::Department(id)) => {
            link(id.as_str(), "name", names.department(id).name)
        }
        (FieldKind::Datetime, Value::Time(at)) => json!(moment::text(*at)),
        _ => field::to_json(value),
    }
}

//! Definitions: what a designer publishes. No object is special to the code.

use crate::class::Class;
use crate::filter::Filter;
use crate::id::{FieldId, ObjectName};
use crate::problem::FieldError;
use crate::retention::{MAX_MONTHS, Retention};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

mod conversion;
pub use conversion::{Besides, Conversion, State};

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What a field may hold. One file per kind under [`crate::field`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// The name of a natural person; sorts by pinyin, no first/last split.
    PersonName,
    /// A phone number, normalised to E.164.
    Phone,
    /// An e-mail address, folded.
    Email,
    /// A Chinese resident identity number (GB 11643-1999, with check character).
    IdNumber,
    /// A WeChat or similar account name.
    Account,
    /// An http(s) address.
    Url,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Decimal,
    /// Money in 分.
    Money,
    /// A percentage in hundredths of a percent.
    Percent,
    /// 0–5 stars.
    Rating,
    /// Yes or no.
    Boolean,
    /// One choice.
    Select,
    /// Several choices.
    MultiSelect,
    /// A calendar day.
    Date,
    /// A moment.
    Datetime,
    /// A link to a record of `target`.
    Reference,
    /// A link to a person.
    Person,
    /// A link to a department.
    Department,
    /// A postal address.
    Address,
}

/// A choice of a select field; stages of a pipeline are choices too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: Label,
    /// Token of the palette (`jade`, `amber`, `indigo`, `cinnabar`, `grey`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// For stages: whether reaching it ends the pipeline, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// For stages: fields that must be filled before the record may enter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Inactive choices stay readable on old records and cannot be chosen anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inactive: bool,
    /// Entered and left by what the system does (a conversion); nobody chooses it by hand, or another one instead.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
}

/// How a stage ends a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 成交.
    Won,
    /// 输单.
    Lost,
}

/// The blind indexes of a sealed field; each leaks what compliance.md B.5 states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blind {
    /// 128-bit token of the whole normalised value: equality and frequency.
    Exact,
    /// 12-bit token of the last four digits: bucket sizes; false positives are filtered after opening.
    Last4,
}

/// A real column of the record table that a field is kept in, because rights and lists always need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The name shown in lists (L1–L2 only).
    Title,
    /// The pipeline stage.
    Stage,
    /// Open, done, converted …
    Status,
    /// Money in 分.
    Amount,
    /// When to follow up next.
    NextFollowUp,
    /// When it was last followed up.
    LastFollowUp,
}

/// One field of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDef {
    /// Immutable short id; values are keyed by it, so renaming is free.
    pub id: FieldId,
    /// The name used in the API, filters and forms.
    pub name: String,
    /// What people see.
    pub label: Label,
    /// What it holds; never changes after the first publication.
    pub kind: FieldKind,
    /// How sensitive it is.
    pub class: Class,
    /// Must be present on creation and may not be emptied.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Projected so that lists may filter on it (L1–L2 only; L3+ filter by blind index).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filterable: bool,
    /// Projected so that lists may sort by it (L1–L2 only).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sortable: bool,
    /// Blind indexes (L3+ only).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blind: Vec<Blind>,
    /// Choices of `select` and `multi_select`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The object a `reference` points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<ObjectName>,
    /// The real column it is kept in, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<Column>,
    /// Longest text, in characters (default 200, long text 10,000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// Smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Said under the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Label>,
    /// Set by the system only (claim time, who recorded it); a caller's value is refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// Hidden, values kept; the id is never used again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// Which record an object belongs under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// The parent's object.
    pub object: ObjectName,
    /// The reference field that names the parent.
    pub field: String,
    /// Whether owner, department and pool always equal the parent's (a contact follows its customer).
    pub follows: bool,
}

/// Whose data key seals the values of an object's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Each record is a subject of its own (a customer, a lead).
    Own,
    /// The parent's subject (a contact, a follow-up).
    Parent,
    /// No personal data: fields above L2 are refused at publication (a product).
    None,
}

/// A form: which fields, in which order, and whether it collects personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormDef {
    /// `create`, `quick`, `edit` …
    pub name: String,
    /// Names of the fields, in order.
    pub fields: Vec<String>,
    /// The purpose whose privacy notice the form carries; required while any L3+ field is on it (PIPL 17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// A saved list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewDef {
    /// The name used in `view=`.
    pub name: String,
    /// What the tab says.
    pub label: Label,
    /// Conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Order, first is most significant; `-` before a name means descending.
    #[serde(default)]
    pub sort: Vec<String>,
    /// Columns on a desktop.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// An object: everything people list is a record of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDef {
    /// Its name in the API.
    pub name: ObjectName,
    /// What people call it.
    pub label: Label,
    /// Name of an icon the web knows.
    #[serde(default)]
    pub icon: String,
    /// The field shown as a record's title.
    pub title_field: String,
    /// What it belongs under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Whose key seals it.
    pub subject: Subject,
    /// Its fields.
    pub fields: Vec<FieldDef>,
    /// Its forms.
    #[serde(default)]
    pub forms: Vec<FormDef>,
    /// Its saved lists.
    #[serde(default)]
    pub views: Vec<ViewDef>,
    /// Defined by the product; its locked fields cannot be removed by a designer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub system: bool,
    /// Whether records may fall to, and be claimed from, the public pool.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pooled: bool,
    /// Days without a follow-up after which a pooled object's record falls to the pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_after_days: Option<u32>,
    /// The name of a date field: before that day a record does not fall, however long nobody followed it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_not_before: Option<String>,
    /// How long its records are kept. An object whose records are subjects of their own must say so; whatever hangs on
    /// them goes with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// How its records become records of another object, if they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Conversion>,
}

impl ObjectDef {
    /// The live field of that name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.name == name && !f.retired)
    }

    /// The field kept in a real column.
    pub fn column_field(&self, column: Column) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.column == Some(column) && !f.retired)
    }

    /// Fields that are in use.
    pub fn live_fields(&self) -> impl Iterator<Item = &FieldDef> {
        self.fields.iter().filter(|f| !f.retired)
    }

    /// The stages in which a record is won: it stays with whoever won it.
    pub fn won_stages(&self) -> impl Iterator<Item = &str> {
        let choices = self.column_field(Column::Stage).into_iter().flat_map(|stage| &stage.options);
        choices.filter(|choice| choice.outcome == Some(Outcome::Won)).map(|choice| choice.value.as_str())
    }

    /// Checks the definition by itself; every broken rule is listed with its path.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut ids = BTreeSet::new();
        let mut names = BTreeSet::new();
        let mut columns = BTreeSet::new();
        if !is_name(self.name.as_str()) {
            errors.push(FieldError::new("name", "name_format"));
        }
        if self.fields.len() > MAX_FIELDS {
            errors.push(FieldError::new("fields", "too_many").with("max", MAX_FIELDS));
        }
        for field in &self.fields {
            let path = format!("fields.{}", field.name);
            let mut wrong = |code: &str| errors.push(FieldError::new(path.clone(), code));
            if !is_name(&field.name) {
                wrong("name_format");
            }
            if RESERVED.contains(&field.name.as_str()) && field.column.is_none() {
                wrong("name_reserved");
            }
            if !ids.insert(field.id.clone()) {
                wrong("id_taken");
            }
            if !field.retired && !names.insert(field.name.clone()) {
                wrong("name_taken");
            }
            if let Some(column) = field.column {
                if !columns.insert(column) {
                    wrong("column_taken");
                }
                if field.class.is_sealed() {
                    wrong("column_of_sealed_field");
                }
            }
            if field.class.is_sealed() && self.subject == Subject::None {
                wrong("personal_field_without_subject");
            }
            if field.class.is_sealed() && (field.filterable || field.sortable) {
                wrong("sealed_field_cannot_be_projected");
            }
            // A record has a row for each of its choices, so a list by them would show it as often.
            if field.kind == FieldKind::MultiSelect && field.sortable {
                wrong("several_values_cannot_be_sorted");
            }
            if !field.class.is_sealed() && !field.blind.is_empty() {
                wrong("blind_index_of_readable_field");
            }
            if field.blind.iter().any(|blind| !crate::field::takes_blind(field.kind, *blind)) {
                wrong("blind_index_of_kind");
            }
            if let (Some(min), Some(max)) = (field.min, field.max)
                && min > max
            {
                wrong("range_reversed");
            }
            let mut choices = BTreeSet::new();
            if !field.options.iter().all(|choice| choices.insert(choice.value.as_str())) {
                wrong("option_taken");
            }
            let chooses = matches!(field.kind, FieldKind::Select | FieldKind::MultiSelect);
            if chooses == field.options.is_empty() {
                wrong(if chooses { "options_required" } else { "options_unexpected" });
            }
            if (field.kind == FieldKind::Reference) != field.target.is_some() {
                wrong("target_mismatch");
            }
        }
        self.check_retention(&mut errors);
        self.check_pool(&mut errors);
        if self.field(&self.title_field).is_none() {
            errors.push(FieldError::new("title_field", "unknown_field"));
        }
        match &self.parent {
            Some(parent) => match self.field(&parent.field) {
                Some(f) if f.kind == FieldKind::Reference && f.target.as_ref() == Some(&parent.object) => {
                    if !f.required {
                        errors.push(FieldError::new("parent.field", "parent_must_be_required"));
                    }
                }
                _ => errors.push(FieldError::new("parent.field", "unknown_field")),
            },
            None if self.subject == Subject::Parent => {
                errors.push(FieldError::new("subject", "parent_required"))
            }
            None => {}
        }
        for form in &self.forms {
            for name in &form.fields {
                match self.field(name) {
                    None => {
                        errors.push(FieldError::new(format!("forms.{}.{name}", form.name), "unknown_field"))
                    }
                    Some(f)
                        if f.class.is_sealed() && form.purpose.is_none() && self.subject == Subject::Own =>
                    {
                        errors.push(FieldError::new(format!("forms.{}", form.name), "notice_required"));
                    }
                    Some(_) => {}
                }
            }
        }
        errors
    }

    /// The rule of the pool speaks of fields that the database can ask for.
    fn check_pool(&self, errors: &mut Vec<FieldError>) {
        if self.pool_after_days.is_some() && self.column_field(Column::LastFollowUp).is_none() {
            errors.push(FieldError::new("pool_after_days", "last_follow_up_required"));
        }
        if self.pool_after_days.is_some_and(|days| !(1..=MOST_POOL_DAYS).contains(&days)) {
            errors.push(FieldError::new("pool_after_days", "out_of_range").with("max", MOST_POOL_DAYS));
        }
        if let Some(name) = &self.pool_not_before {
            match self.field(name) {
                None => errors.push(FieldError::new("pool_not_before", "unknown_field")),
                Some(field)
                    if field.kind != FieldKind::Date || !field.filterable || field.class.is_sealed() =>
                {
                    errors.push(FieldError::new("pool_not_before", "filterable_date_required"));
                }
                Some(_) => {}
            }
        }
    }

    /// Personal data without a clock would be kept for ever.
    fn check_retention(&self, errors: &mut Vec<FieldError>) {
        let personal = self.live_fields().any(|f| f.class.is_sealed());
        match (&self.retention, self.subject) {
            (None, Subject::Own) if personal => {
                errors.push(FieldError::new("retention", "retention_required"));
            }
            (Some(_), Subject::Parent | Subject::None) => {
                errors.push(FieldError::new("retention", "retention_of_another"));
            }
            (Some(retention), Subject::Own) => {
                let months = std::iter::once(retention.months)
                    .chain(retention.by_basis.values().map(|term| term.months));
                for wrong in months.filter(|months| !(1..=MAX_MONTHS).contains(months)) {
                    errors.push(FieldError::new("retention.months", "out_of_range").with("given", wrong));
                }
            }
            (None, _) => {}
        }
    }

    /// Checks this definition as the successor of a published one: ids and kinds never change, nothing vanishes.
    pub fn check_succession(&self, previous: &ObjectDef) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.name != previous.name {
            errors.push(FieldError::new("name", "immutable"));
        }
        if self.subject != previous.subject {
            errors.push(FieldError::new("subject", "immutable"));
        }
        if self.parent.as_ref().map(|p| (&p.object, &p.field))
            != previous.parent.as_ref().map(|p| (&p.object, &p.field))
        {
            errors.push(FieldError::new("parent", "immutable"));
        }
        for old in &previous.fields {
            let path = format!("fields.{}", old.name);
            match self.fields.iter().find(|f| f.id == old.id) {
                None => errors.push(FieldError::new(path, "field_removed_retire_it_instead")),
                Some(new) if new.kind != old.kind => errors.push(FieldError::new(path, "kind_immutable")),
                Some(new) if new.class.is_sealed() != old.class.is_sealed() => {
                    errors.push(FieldError::new(path, "class_needs_migration"));
                }
                // Rights hang on the class: lowering it would open the field to people nobody granted it to.
                Some(new) if new.class < old.class => errors.push(FieldError::new(path, "class_lowered")),
                // Where a value is kept is what it is: another field's column would show another field's values.
                Some(new) if new.column != old.column => {
                    errors.push(FieldError::new(path, "column_immutable"))
                }
                // What came to an end opens nothing any more (a closed ticket its customer): to take the end off would.
                Some(new)
                    if old.options.iter().any(|was| was.outcome.is_some() && !ends(new, &was.value)) =>
                {
                    errors.push(FieldError::new(path, "outcome_immutable"));
                }
                Some(new) if old.locked && ((new.retired && !old.retired) || !new.locked) => {
                    errors.push(FieldError::new(path, "locked_field"))
                }
                Some(_) => {}
            }
        }
        errors
    }
}

impl ObjectDef {
    /// What this definition asks of existing fields that records written under `previous` do not have: rows that lists filter
    /// or sort by, tokens of a blind index. They are written with the value, so the records of before would be missing
    /// from such lists, and nobody would see that they are.
    pub fn needs_reindex(&self, previous: &ObjectDef) -> Vec<FieldError> {
        let mut errors = Vec::new();
        for old in &previous.fields {
            let Some(new) = self.fields.iter().find(|f| f.id == old.id) else { continue };
            let mut asks = |flag: &str| {
                let path = format!("fields.{}.{flag}", new.name);
                errors.push(FieldError::new(path, "needs_reindex").with("flag", flag));
            };
            // A real column, or the parent's, is there for every record; and one set of rows serves both flags.
            let kept = old.column.is_some() || previous.parent.as_ref().is_some_and(|p| p.field == old.name);
            if !kept && !old.filterable && !old.sortable {
                if new.filterable {
                    asks("filterable");
                }
                if new.sortable {
                    asks("sortable");
                }
            }
            if new.blind.iter().any(|blind| !old.blind.contains(blind)) {
                asks("blind");
            }
        }
        errors
    }
}

/// Whether one of the choices of a field is an end.
fn ends(field: &FieldDef, value: &str) -> bool {
    field.options.iter().any(|option| option.value == value && option.outcome.is_some())
}

/// Longest term of the pool, in days.
pub const MOST_POOL_DAYS: u32 = 3_650;
/// Most fields an object may have.
pub const MAX_FIELDS: usize = 300;

/// Names that a designer may not use, because the record itself has them.
pub const RESERVED: &[&str] = &[
    "id",
    "object",
    "revision",
    "owner",
    "department",
    "pool",
    "created_at",
    "created_by",
    "updated_at",
    "deleted_at",
    "relation",
    "intake",
    "rights",
    "fields",
    "title",
];

/// Whether a text can name an object or a field: `[a-z][a-z0-9_]{0,39}`.
pub fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    text.len() <= 40
        && chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests;

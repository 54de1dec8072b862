//! Roles and grants: who may do what, to which rows, seeing which fields.

use crate::class::Class;
use crate::definition::{FieldDef, Label, ObjectDef, is_name};
use crate::id::{FieldId, GrantId, ObjectName, RoleName};
use crate::problem::FieldError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, BTreeSet};

mod change;

pub use change::{Effect, effects};

/// What one may do to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Make a new one.
    Create,
    /// See it in lists and by itself.
    Read,
    /// Change fields that are editable.
    Edit,
    /// Put it into the recycle bin.
    Delete,
    /// Take it back out.
    Restore,
    /// Take copies out of the system.
    Export,
    /// Give it to another owner.
    Transfer,
    /// Let a colleague work on it.
    Share,
    /// Take it from the public pool.
    Claim,
    /// Put it into the public pool.
    Release,
    /// See former values.
    History,
    /// See who looked.
    Audience,
}

impl Verb {
    /// All verbs, in the order of the matrix.
    pub const ALL: [Verb; 12] = [
        Verb::Create,
        Verb::Read,
        Verb::Edit,
        Verb::Delete,
        Verb::Restore,
        Verb::Export,
        Verb::Transfer,
        Verb::Share,
        Verb::Claim,
        Verb::Release,
        Verb::History,
        Verb::Audience,
    ];

    /// The name as written in definitions and replies.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Create => "create",
            Verb::Read => "read",
            Verb::Edit => "edit",
            Verb::Delete => "delete",
            Verb::Restore => "restore",
            Verb::Export => "export",
            Verb::Transfer => "transfer",
            Verb::Share => "share",
            Verb::Claim => "claim",
            Verb::Release => "release",
            Verb::History => "history",
            Verb::Audience => "audience",
        }
    }
}

/// Which rows a grant reaches. The same scope compiles to SQL (vault) and is evaluated on one record
/// ([`crate::policy`]); a property test holds the two together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowScope {
    /// No row.
    None,
    /// Rows whose current owner is the caller ("own" is never "created by").
    Own,
    /// Rows shared with the caller and not expired.
    Collaborating,
    /// Rows of the caller's department.
    Department,
    /// Rows of the caller's department and all below it.
    DepartmentTree,
    /// Rows in the public pool.
    Pool,
    /// Rows that have an open child of this object owned by the caller (service: the customers of its tickets).
    Through(ObjectName),
    /// Rows whose parent the caller may read through its own grants on the parent's object.
    Parent,
    /// Every row.
    All,
}

/// How a value is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Absent from every reply.
    #[default]
    None,
    /// Masked, without a way to the clear value.
    Masked,
    /// Masked until revealed with a purpose.
    Reveal,
    /// Clear.
    Clear,
}

/// What a grant allows for a field. Written `none`, `masked`, `reveal`, `read`, `edit` (clear and editable),
/// `masked+edit` and `reveal+edit` (writable, though the present value stays masked).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Right {
    /// How the value is shown.
    pub show: Show,
    /// Whether a new value may be written.
    pub edit: bool,
}

impl Right {
    /// Nothing.
    pub const NONE: Right = Right { show: Show::None, edit: false };

    /// The cell-wise union: the better display and the better write right of two grants that both contain the record.
    #[must_use]
    pub fn or(self, other: Right) -> Right {
        Right { show: self.show.max(other.show), edit: self.edit || other.edit }
    }

    /// The text form used in definitions and replies.
    pub fn as_str(self) -> &'static str {
        match (self.show, self.edit) {
            (Show::None, _) => "none",
            (Show::Masked, false) => "masked",
            (Show::Masked, true) => "masked+edit",
            (Show::Reveal, false) => "reveal",
            (Show::Reveal, true) => "reveal+edit",
            (Show::Clear, false) => "read",
            (Show::Clear, true) => "edit",
        }
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Right> {
        Some(match text {
            "none" => Right::NONE,
            "masked" => Right { show: Show::Masked, edit: false },
            "masked+edit" => Right { show: Show::Masked, edit: true },
            "reveal" => Right { show: Show::Reveal, edit: false },
            "reveal+edit" => Right { show: Show::Reveal, edit: true },
            "read" => Right { show: Show::Clear, edit: false },
            "edit" => Right { show: Show::Clear, edit: true },
            _ => return None,
        })
    }
}

impl Serialize for Right {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Right {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Right::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("unknown field right {text:?}")))
    }
}

/// Field rights: by class first, by name second; what is not said is none. They reach only the fields that the role
/// was bound to when it was published (`known`), and they reach them by id: a new field stays hidden until somebody
/// grants it, also one that takes over the name of another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRights {
    /// By class.
    #[serde(default)]
    pub classes: BTreeMap<Class, Right>,
    /// By name, overriding the class.
    #[serde(default)]
    pub names: BTreeMap<String, Right>,
    /// The fields that these rights reach, by id, with the name that each had then; filled at publication.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<FieldId, String>,
}

impl FieldRights {
    /// The right for one field.
    pub fn right(&self, field: &FieldDef) -> Right {
        let Some(name) = self.known.get(&field.id).filter(|_| !field.retired) else { return Right::NONE };
        self.names.get(name).or_else(|| self.classes.get(&field.class)).copied().unwrap_or(Right::NONE)
    }

    /// Binds the rights to the fields of an object. Names are read as the fields' names of today, unless the rights
    /// were bound before: then a name means the field that had it at that time. Class rights reach what they reached
    /// before, or what `former` reached, or (for a grant that is new) the fields that exist now. Answers the names that
    /// mean no field in use.
    pub fn bind(&mut self, object: &ObjectDef, former: Option<&FieldRights>) -> Vec<String> {
        let live = |id: &FieldId| object.live_fields().find(|f| f.id == *id);
        let bound = |name: &str| self.known.iter().find(|(_, known)| *known == name).map(|(id, _)| id);
        let mut unknown = Vec::new();
        let mut names = BTreeMap::new();
        let mut known = BTreeMap::new();
        for (name, right) in &self.names {
            let field = match bound(name) {
                Some(id) => live(id),
                None => object.field(name),
            };
            match field {
                Some(field) if !names.contains_key(&field.name) => {
                    names.insert(field.name.clone(), *right);
                    known.insert(field.id.clone(), field.name.clone());
                }
                _ => unknown.push(name.clone()),
            }
        }
        let before = if self.known.is_empty() { former.map(|f| &f.known) } else { Some(&self.known) };
        for field in object.live_fields().filter(|f| before.is_none_or(|known| known.contains_key(&f.id))) {
            known.insert(field.id.clone(), field.name.clone());
        }
        (self.names, self.known) = (names, known);
        unknown
    }

    /// Changes the right on each field that is reached.
    pub fn change(&mut self, object: &ObjectDef, change: impl Fn(&FieldDef, Right) -> Right) {
        for field in object.live_fields() {
            if let Some(name) = self.known.get(&field.id).cloned() {
                let right = change(field, self.right(field));
                self.names.insert(name, right);
            }
        }
    }
}

/// A coherent tuple: verbs on an object, for rows in a scope, with rights per field. Rights never mix across grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Names the grant in explanations.
    pub id: GrantId,
    /// The object.
    pub object: ObjectName,
    /// The verbs.
    pub verbs: Vec<Verb>,
    /// The rows.
    pub scope: RowScope,
    /// The fields.
    #[serde(default)]
    pub fields: FieldRights,
}

/// Things one may do that are not about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Act {
    /// Decide on exports.
    #[serde(rename = "exports.approve")]
    ExportsApprove,
    /// See all export cases.
    #[serde(rename = "exports.register")]
    ExportsRegister,
    /// Receive alerts and end sessions in answer.
    #[serde(rename = "alerts.receive")]
    AlertsReceive,
    /// End another person's sessions.
    #[serde(rename = "sessions.end")]
    SessionsEnd,
    /// Open, change and freeze accounts; departments.
    #[serde(rename = "people.manage")]
    PeopleManage,
    /// Assign roles; publish role definitions.
    #[serde(rename = "roles.manage")]
    RolesManage,
    /// Publish object definitions.
    #[serde(rename = "definitions.publish")]
    DefinitionsPublish,
    /// Run a leaver's handover.
    #[serde(rename = "handovers.run")]
    HandoversRun,
    /// Register an erasure request of a customer.
    #[serde(rename = "erasures.request")]
    ErasuresRequest,
    /// Approve an erasure.
    #[serde(rename = "erasures.approve")]
    ErasuresApprove,
    /// Answer what customers ask for of their own data: copies, corrections, erasures, complaints.
    #[serde(rename = "rights.answer")]
    RightsAnswer,
    /// Draw and score the spot check of follow-ups.
    #[serde(rename = "spot_checks.run")]
    SpotChecksRun,
    /// Look after how long data are kept: the calendar, what is due, legal holds.
    #[serde(rename = "retention.oversee")]
    RetentionOversee,
    /// Read the ledger and export kits.
    #[serde(rename = "ledger.read")]
    LedgerRead,
    /// Ask why somebody may or may not see something.
    #[serde(rename = "policy.explain")]
    PolicyExplain,
}

impl Act {
    /// All acts.
    pub const ALL: [Act; 15] = [
        Act::ExportsApprove,
        Act::ExportsRegister,
        Act::AlertsReceive,
        Act::SessionsEnd,
        Act::PeopleManage,
        Act::RolesManage,
        Act::DefinitionsPublish,
        Act::HandoversRun,
        Act::ErasuresRequest,
        Act::ErasuresApprove,
        Act::RightsAnswer,
        Act::SpotChecksRun,
        Act::RetentionOversee,
        Act::LedgerRead,
        Act::PolicyExplain,
    ];

    /// The name as written in definitions and replies.
    pub fn as_str(self) -> &'static str {
        match self {
            Act::ExportsApprove => "exports.approve",
            Act::ExportsRegister => "exports.register",
            Act::AlertsReceive => "alerts.receive",
            Act::SessionsEnd => "sessions.end",
            Act::PeopleManage => "people.manage",
            Act::RolesManage => "roles.manage",
            Act::DefinitionsPublish => "definitions.publish",
            Act::HandoversRun => "handovers.run",
            Act::ErasuresRequest => "erasures.request",
            Act::ErasuresApprove => "erasures.approve",
            Act::RightsAnswer => "rights.answer",
            Act::SpotChecksRun => "spot_checks.run",
            Act::RetentionOversee => "retention.oversee",
            Act::LedgerRead => "ledger.read",
            Act::PolicyExplain => "policy.explain",
        }
    }
}

impl Act {
    /// The administrator whose act this is alone. The others are held by business roles as well.
    pub fn reserved_for(self) -> Option<Administrator> {
        match self {
            Act::PeopleManage | Act::DefinitionsPublish => Some(Administrator::System),
            Act::RolesManage => Some(Administrator::Security),
            Act::LedgerRead => Some(Administrator::Audit),
            Act::ExportsApprove
            | Act::ExportsRegister
            | Act::AlertsReceive
            | Act::SessionsEnd
            | Act::HandoversRun
            | Act::ErasuresRequest
            | Act::ErasuresApprove
            | Act::RightsAnswer
            | Act::SpotChecksRun
            | Act::RetentionOversee
            | Act::PolicyExplain => None,
        }
    }
}

/// Whom an act may concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// People of the caller's department and all below it.
    DepartmentTree,
    /// Everybody.
    All,
}

/// The three administrators of 等保 8.1.4.2(d); nobody holds two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Administrator {
    /// Accounts, departments, objects.
    System,
    /// Roles, rights, alerts.
    Security,
    /// The ledger; sees no personal data.
    Audit,
}

impl Administrator {
    /// Everything that this administrator may do besides looking after records; the powers of the three are apart.
    pub fn acts(self) -> &'static [Act] {
        match self {
            Administrator::System => &[Act::PeopleManage, Act::DefinitionsPublish, Act::HandoversRun],
            Administrator::Security => &[
                Act::RolesManage,
                Act::ExportsApprove,
                Act::ExportsRegister,
                Act::AlertsReceive,
                Act::SessionsEnd,
                Act::PolicyExplain,
            ],
            Administrator::Audit => &[Act::LedgerRead, Act::ExportsRegister],
        }
    }
}

/// A role: a named bundle of grants and acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDef {
    /// Its name.
    pub name: RoleName,
    /// What people call it.
    pub label: Label,
    /// Which of the three administrators it is, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<Administrator>,
    /// What it grants on records.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// What it may do besides.
    #[serde(default)]
    pub acts: BTreeMap<Act, Reach>,
    /// Most reveals per hour.
    #[serde(default)]
    pub reveals_per_hour: u32,
}

/// Most characters of what a role is called.
const MAX_LABEL: usize = 40;

impl RoleDef {
    /// What is wrong with the role by itself, by place: its name, what people call it in either language, grants that
    /// explanations could not tell apart.
    pub fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if !is_name(self.name.as_str()) {
            errors.push(FieldError::new("name", "name_format"));
        }
        for (place, text) in [("label.zh", &self.label.zh), ("label.en", &self.label.en)] {
            if text.trim().is_empty() {
                errors.push(FieldError::new(place, "required"));
            } else if text.chars().count() > MAX_LABEL {
                errors.push(FieldError::new(place, "too_long").with("max", MAX_LABEL));
            }
        }
        let mut ids = BTreeSet::new();
        for (i, grant) in self.grants.iter().enumerate() {
            if grant.id.as_str().is_empty() {
                errors.push(FieldError::new(format!("grants[{i}].id"), "required"));
            } else if !ids.insert(&grant.id) {
                errors.push(FieldError::new(format!("grants[{i}].id"), "id_taken"));
            }
        }
        errors
    }

    /// Acts that the role may not hold: one of an administrator it is not, or, for an administrator, one of another's.
    pub fn misplaced_acts(&self) -> Vec<FieldError> {
        let misplaced = |act: &Act| match self.administrator {
            Some(administrator) => !administrator.acts().contains(act),
            None => act.reserved_for().is_some(),
        };
        self.acts
            .keys()
            .filter(|act| misplaced(act))
            .map(|act| FieldError::new(format!("acts.{}", act.as_str()), "act_of_another_administrator"))
            .collect()
    }

    /// Whether the role shows any value of class L3 or above, masked or not; `object` finds a definition.
    pub fn shows_personal_data<'a>(&self, object: impl Fn(&ObjectName) -> Option<&'a ObjectDef>) -> bool {
        self.grants.iter().any(|grant| {
            object(&grant.object).is_some_and(|def| {
                def.live_fields().any(|f| f.class.is_sealed() && grant.fields.right(f).show > Show::None)
            })
        })
    }
}

/// Why one person may not hold these roles together, as the stable code of the rule: the three administrators are
/// three people, and the one who audits sees no personal data, by whichever role.
pub fn not_together<'a>(
    roles: &[&RoleDef],
    object: impl Fn(&ObjectName) -> Option<&'a ObjectDef> + Copy,
) -> Option<&'static str> {
    if roles.iter().filter(|role| role.administrator.is_some()).count() > 1 {
        return Some("one_administrator_only");
    }
    let audits = roles.iter().any(|role| role.administrator == Some(Administrator::Audit));
    if audits && roles.iter().any(|role| role.shows_personal_data(object)) {
        return Some("auditor_sees_no_personal_data");
    }
    None
}

#[cfg(test)]
mod tests;

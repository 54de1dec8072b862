//! From grants to a verdict on one record: pure, total, deny by default, and able to explain itself.

use crate::definition::FieldDef;
use crate::id::{DepartmentId, ObjectName, PersonId, RoleName};
use crate::role::{Act, Grant, Reach, Right, RoleDef, RowScope, Verb};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who asks, as far as rules need to know.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// Their department, if they have one; without it department scopes contain nothing (fail closed).
    pub department: Option<DepartmentId>,
    /// The department and everything below it.
    pub subtree: BTreeSet<DepartmentId>,
    /// Their roles' grants.
    pub grants: Arc<Vec<RoleGrant>>,
    /// Their acts, each with the widest reach any role gives.
    pub acts: BTreeMap<Act, Reach>,
}

/// A grant together with the role that gives it.
#[derive(Clone, Debug)]
pub struct RoleGrant {
    /// The role.
    pub role: RoleName,
    /// The grant.
    pub grant: Grant,
}

impl Caller {
    /// Resolves a person's roles. Rights of several roles stand side by side; they are never merged into one grant.
    pub fn new(
        person: PersonId,
        department: Option<DepartmentId>,
        subtree: BTreeSet<DepartmentId>,
        roles: &[&RoleDef],
    ) -> Caller {
        // Whoever is taken out of the tree must not keep the reach of the place they had in it.
        let subtree = if department.is_some() { subtree } else { BTreeSet::new() };
        let mut acts: BTreeMap<Act, Reach> = BTreeMap::new();
        let mut grants = Vec::new();
        for role in roles {
            for (act, reach) in &role.acts {
                acts.entry(*act).and_modify(|r| *r = (*r).max(*reach)).or_insert(*reach);
            }
            grants
                .extend(role.grants.iter().map(|g| RoleGrant { role: role.name.clone(), grant: g.clone() }));
        }
        Caller { person, department, subtree, grants: Arc::new(grants), acts }
    }

    /// The grants on an object that carry a verb.
    pub fn grants_for<'a>(
        &'a self,
        object: &'a ObjectName,
        verb: Verb,
    ) -> impl Iterator<Item = &'a RoleGrant> {
        self.grants.iter().filter(move |g| g.grant.object == *object && g.grant.verbs.contains(&verb))
    }

    /// Whether the caller may do an act concerning somebody of that department.
    pub fn may(&self, act: Act, concerning: Option<&DepartmentId>) -> bool {
        match self.acts.get(&act) {
            Some(Reach::All) => true,
            Some(Reach::DepartmentTree) => concerning.is_some_and(|d| self.subtree.contains(d)),
            None => false,
        }
    }
}

/// What rules need to know of one record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFacts {
    /// Its present owner; none while in the pool.
    pub owner: Option<PersonId>,
    /// Its department.
    pub department: Option<DepartmentId>,
    /// Whether it lies in a public pool.
    pub pooled: bool,
    /// Whether it (or its root) is shared with the caller, and whether for editing.
    pub shared: Option<Shared>,
    /// Objects of which the caller owns an open child under it.
    pub through: BTreeSet<ObjectName>,
    /// Whether the caller may read its parent by the grants on the parent's object.
    pub parent_readable: bool,
}

/// The level of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// May look.
    Read,
    /// May work on it.
    Edit,
}

/// Whether a scope contains a record. Must agree with the SQL that `vault::plan` writes for the same scope.
pub fn contains(scope: &RowScope, caller: &Caller, facts: &RecordFacts) -> bool {
    match scope {
        RowScope::None => false,
        RowScope::Own => facts.owner.as_ref() == Some(&caller.person),
        RowScope::Collaborating => facts.shared.is_some(),
        RowScope::Department => {
            facts.department.is_some() && facts.department == caller.department && !facts.pooled
        }
        RowScope::DepartmentTree => {
            !facts.pooled && facts.department.as_ref().is_some_and(|d| caller.subtree.contains(d))
        }
        RowScope::Pool => facts.pooled,
        RowScope::Through(object) => facts.through.contains(object),
        RowScope::Parent => facts.parent_readable,
        RowScope::All => true,
    }
}

/// What the caller may do with one record: the grants that contain it, side by side.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    grants: Vec<&'a RoleGrant>,
    read_only_share: bool,
}

/// Judges one record.
pub fn judge<'a>(caller: &'a Caller, object: &ObjectName, facts: &RecordFacts) -> Verdict<'a> {
    let grants: Vec<_> = caller
        .grants
        .iter()
        .filter(|g| g.grant.object == *object && contains(&g.grant.scope, caller, facts))
        .collect();
    Verdict { grants, read_only_share: facts.shared == Some(Shared::Read) }
}

impl Verdict<'_> {
    /// Whether two verdicts rest on the same grants, so that everything they allow is the same.
    pub fn same_as(&self, other: &Verdict<'_>) -> bool {
        self.read_only_share == other.read_only_share
            && self.grants.len() == other.grants.len()
            && self.grants.iter().zip(&other.grants).all(|(one, two)| std::ptr::eq(*one, *two))
    }

    /// Whether the record exists for the caller at all.
    pub fn visible(&self) -> bool {
        self.may(Verb::Read)
    }

    /// Whether a share to look is the only reason why the record is seen; nothing is written beneath it then.
    pub fn only_shown(&self) -> bool {
        let reads = |g: &&Grant| g.verbs.contains(&Verb::Read);
        self.read_only_share && !self.effective().filter(reads).any(|g| !self.bound_by_share(g))
    }

    /// Whether a verb is allowed.
    pub fn may(&self, verb: Verb) -> bool {
        self.effective().any(|g| g.verbs.contains(&verb) && (verb == Verb::Read || !self.bound_by_share(g)))
    }

    /// The right for one field: the best over the grants that contain the record and allow reading it.
    pub fn right(&self, field: &FieldDef) -> Right {
        self.effective()
            .filter(|g| g.verbs.contains(&Verb::Read))
            .map(|g| {
                let right = g.fields.right(field);
                let writable = g.verbs.contains(&Verb::Edit) && !self.bound_by_share(g) && !field.locked;
                Right { show: right.show, edit: right.edit && writable }
            })
            .fold(Right::NONE, Right::or)
    }

    fn effective(&self) -> impl Iterator<Item = &Grant> {
        self.grants.iter().map(|g| &g.grant)
    }

    /// A read-only share limits only the grant that exists because of the share.
    fn bound_by_share(&self, grant: &Grant) -> bool {
        self.read_only_share && grant.scope == RowScope::Collaborating
    }
}

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The grant that was looked at.
    pub grant: String,
    /// The role it comes from.
    pub role: String,
    /// Its row scope.
    pub scope: RowScope,
    /// Whether the scope contains the record.
    pub contains: bool,
    /// The verbs it would give.
    pub verbs: Vec<Verb>,
    /// The right it would give on the field asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<Right>,
}

/// Explains a verdict: every grant on the object, and whether it reached.
pub fn explain(
    caller: &Caller,
    object: &ObjectName,
    facts: &RecordFacts,
    field: Option<&FieldDef>,
) -> Vec<Reason> {
    caller
        .grants
        .iter()
        .filter(|g| g.grant.object == *object)
        .map(|g| Reason {
            grant: g.grant.id.to_string(),
            role: g.role.to_string(),
            scope: g.grant.scope.clone(),
            contains: contains(&g.grant.scope, caller, facts),
            verbs: g.grant.verbs.clone(),
            right: field.map(|f| g.grant.fields.right(f)),
        })
        .collect()
}

/// The right on a field when creating: the best over the grants that allow creating.
pub fn right_on_create(caller: &Caller, object: &ObjectName, field: &FieldDef) -> Right {
    caller.grants_for(object, Verb::Create).map(|g| g.grant.fields.right(field)).fold(Right::NONE, Right::or)
}

#[cfg(test)]
mod tests;

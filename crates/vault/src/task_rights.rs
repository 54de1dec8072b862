//! What the house itself may do when nobody asked by hand: the fixed, small rights of each task.

use crate::catalog::Catalog;
use crate::falling::Falling;
use crate::scope::Task;
use kedun_model::policy::{Caller, RoleGrant};
use kedun_model::role::{FieldRights, Reach};
use kedun_model::{Class, Grant, PersonId, Right, RowScope, Show, Verb};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, Weak};

/// The rights of a task as of one catalog.
type AsOf = (Weak<Catalog>, Arc<Caller>);

/// The rights of tasks, each worked out once for each catalog.
#[derive(Default)]
pub(crate) struct TaskRights(RwLock<BTreeMap<&'static str, AsOf>>);

impl TaskRights {
    /// A task as a caller.
    pub(crate) fn of(&self, task: Task, catalog: &Arc<Catalog>) -> Arc<Caller> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(task.name()).cloned();
        if let Some((as_of, caller)) = known
            && std::ptr::eq(as_of.as_ptr(), Arc::as_ptr(catalog))
        {
            return caller;
        }
        let caller = Arc::new(Caller {
            person: PersonId::new(format!("task:{}", task.name())),
            department: None,
            subtree: BTreeSet::new(),
            grants: Arc::new(task_grants(task, catalog)),
            acts: task.acts().iter().map(|act| (*act, Reach::All)).collect(),
        });
        let worked_out = (Arc::downgrade(catalog), caller.clone());
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(task.name(), worked_out);
        caller
    }
}

/// The fixed, small rights of each task.
fn task_grants(task: Task, catalog: &Catalog) -> Vec<RoleGrant> {
    let whole = |verbs: &[Verb], show: Show, edit: bool, wanted: &dyn Fn(&kedun_model::ObjectDef) -> bool| {
        catalog
            .objects
            .values()
            .filter(|p| wanted(&p.def))
            .map(|p| RoleGrant {
                role: task.name().into(),
                grant: Grant {
                    id: format!("task/{}/{}", task.name(), p.def.name).into(),
                    object: p.def.name.clone(),
                    verbs: verbs.to_vec(),
                    scope: RowScope::All,
                    fields: FieldRights {
                        classes: Class::ALL.iter().map(|c| (*c, Right { show, edit })).collect(),
                        names: BTreeMap::new(),
                        known: p.def.fields.iter().map(|f| (f.id.clone(), f.name.clone())).collect(),
                    },
                },
            })
            .collect::<Vec<_>>()
    };
    match task {
        Task::Bootstrap | Task::Demo => whole(&Verb::ALL, Show::Clear, true, &|_| true),
        Task::Handover => whole(&[Verb::Read, Verb::Transfer], Show::Masked, false, &|_| true),
        Task::Recycle => {
            // What the rule of the pool speaks of, and that the record exists.
            let mut grants = whole(&[Verb::Read, Verb::Release], Show::None, false, &|d| d.pooled);
            for held in &mut grants {
                let Some(def) = catalog.objects.get(&held.grant.object).map(|p| &p.def) else { continue };
                let told = Falling::of(def, catalog.zone()).into_iter().flat_map(|rule| rule.told_by());
                let clear = Right { show: Show::Clear, edit: false };
                held.grant.fields.names = told.map(|field| (field.name.clone(), clear)).collect();
            }
            grants
        }
        Task::Erase => whole(&[Verb::Read, Verb::Delete], Show::None, false, &|_| true),
        Task::Export | Task::Restore => Vec::new(),
        Task::Rights => {
            // What a request of a customer touches, and that the customer exists; no value of theirs.
            let kept = |d: &kedun_model::ObjectDef| {
                matches!(d.name.as_str(), "rights_request" | "consent" | "complaint")
            };
            // Also while they lie in the recycle bin: a consent is taken back there as anywhere (PIPL 15).
            let verbs = [Verb::Create, Verb::Read, Verb::Edit, Verb::Restore];
            let mut grants = whole(&verbs, Show::Clear, true, &kept);
            grants.extend(whole(&[Verb::Read], Show::None, false, &|d| !d.system && !kept(d)));
            grants
        }
        Task::Watch | Task::Casework => {
            // Records of the house are about records of people: that those exist is all a task needs to see of them.
            let mut grants = whole(&[Verb::Create, Verb::Read, Verb::Edit], Show::Clear, true, &|d| d.system);
            grants.extend(whole(&[Verb::Read], Show::None, false, &|d| !d.system));
            grants
        }
    }
}

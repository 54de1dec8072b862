//! Who could take over what: a proposal that a manager edits, not a decision.

use kedun_model::{DepartmentId, ObjectName, PersonId, RecordId};
use kedun_vault::{HandoverItem, ItemState, Owned, Result, Scope};
use std::collections::BTreeMap;

/// The object whose cases of the system go to whoever runs the handover when nobody else keeps them.
pub(super) const KEEPER: &str = "keeper_of_cases";

/// Proposes heirs for what a person owns. A colleague who already works on a record comes first, then the one of the
/// same department with the fewest records, then the department's manager, and so on upwards. What has an owner of its
/// own under a customer follows the customer's heir.
pub(super) struct Proposer<'a> {
    scope: &'a Scope,
    leaver: &'a PersonId,
    operator: &'a PersonId,
    collaborators: BTreeMap<RecordId, Vec<PersonId>>,
    loads: BTreeMap<ObjectName, BTreeMap<PersonId, i64>>,
    heirs: BTreeMap<RecordId, PersonId>,
}

impl<'a> Proposer<'a> {
    pub(super) async fn new(scope: &'a Scope, leaver: &'a PersonId, operator: &'a PersonId) -> Result<Self> {
        Ok(Proposer {
            scope,
            leaver,
            operator,
            collaborators: scope.collaborators_of(leaver).await?,
            loads: BTreeMap::new(),
            heirs: BTreeMap::new(),
        })
    }

    /// A plan for all of it.
    pub(super) async fn plan(mut self, owned: &[Owned]) -> Result<Vec<HandoverItem>> {
        let mut items = Vec::with_capacity(owned.len());
        // Parents first, so that what hangs on them finds their heir.
        let (roots, below): (Vec<_>, Vec<_>) = owned.iter().partition(|o| o.parent.is_none());
        for record in roots.into_iter().chain(below) {
            let (heir, why) = self.heir(record).await?;
            if let Some(heir) = &heir {
                self.heirs.insert(record.id.clone(), heir.clone());
                if let Some(loads) = self.loads.get_mut(&record.object) {
                    *loads.entry(heir.clone()).or_default() += 1;
                }
            }
            items.push(HandoverItem {
                record: record.id.clone(),
                object: record.object.clone(),
                title: None,
                heir,
                why: why.to_owned(),
                state: ItemState::Waiting,
                reason: None,
            });
        }
        Ok(items)
    }

    async fn heir(&mut self, record: &Owned) -> Result<(Option<PersonId>, &'static str)> {
        let object = &record.object;
        let fits = |person: &PersonId| person != self.leaver && self.scope.may_own(person, object);
        if let Some(heir) = record.parent.as_ref().and_then(|p| self.heirs.get(p)).filter(|p| fits(p)) {
            return Ok((Some(heir.clone()), "follows_customer"));
        }
        if let Some(heir) = self.collaborators.get(&record.id).and_then(|all| all.iter().find(|p| fits(p))) {
            return Ok((Some(heir.clone()), "collaborator"));
        }
        let system = self.scope.catalog().objects.get(object).is_some_and(|p| p.def.system);
        if !self.loads.contains_key(object) {
            self.loads.insert(object.clone(), self.scope.loads(object).await?);
        }
        let own = self.scope.departments_of(self.leaver).0;
        let mut department = record.department.clone().or_else(|| own.clone());
        // A tree of departments can be deep, but not endless: a cycle in it must not hang a handover.
        for level in 0..32 {
            let Some(here) = department else { break };
            if let Some(found) = self.in_department(&here, object, system, level) {
                return Ok(found);
            }
            department = self.scope.above(&here);
        }
        if system {
            return Ok((Some(self.operator.clone()), KEEPER));
        }
        Ok((None, "nobody_fits"))
    }

    fn in_department(
        &self,
        department: &DepartmentId,
        object: &ObjectName,
        system: bool,
        level: usize,
    ) -> Option<(Option<PersonId>, &'static str)> {
        let managers: Vec<PersonId> = self
            .scope
            .managers(department)
            .into_iter()
            .filter(|p| p != self.leaver && self.scope.may_own(p, object))
            .collect();
        if !system {
            let colleagues: Vec<PersonId> = self
                .scope
                .heirs(Some(department), self.leaver, object.as_str())
                .into_iter()
                .filter(|p| !managers.contains(p))
                .collect();
            if let Some(heir) = self.least_loaded(object, colleagues) {
                return Some((Some(heir), if level == 0 { "least_loaded" } else { "department_above" }));
            }
        }
        let heir = self.least_loaded(object, managers)?;
        Some((Some(heir), if level == 0 { "manager" } else { "manager_above" }))
    }

    fn least_loaded(&self, object: &ObjectName, people: Vec<PersonId>) -> Option<PersonId> {
        let loads = self.loads.get(object);
        people.into_iter().min_by_key(|p| (loads.and_then(|l| l.get(p)).copied().unwrap_or(0), p.clone()))
    }
}

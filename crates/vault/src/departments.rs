//! Departments and the teams under them: the tree that scopes follow.
//!
//! **Invariant:** nobody widens what they themselves reach by moving a department.

use crate::error::{Result, VaultError};
use crate::ids;
use crate::people::worded;
use crate::scope::Scope;
use crate::tx::Tx;
use kedun_model::role::Reach;
use kedun_model::{Act as ActName, DepartmentId, Problem};
use serde::Serialize;

/// Most departments above each other.
const DEEPEST: usize = 10;
/// Most characters of a name.
const LONGEST_NAME: usize = 100;

/// A department.
#[derive(Clone, Debug, Serialize)]
pub struct DepartmentView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// The department above it.
    pub parent: Option<String>,
    /// Active accounts in it, those below not counted; for those who manage accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<usize>,
    /// Who is in it and answers for it and all below: a role gives them an act with that reach. For those who manage
    /// accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heads: Option<Vec<crate::view::Named>>,
}

/// What is to be different about a department; what is not said stays.
#[derive(Clone, Debug, Default)]
pub struct DepartmentChange {
    /// The new name.
    pub name: Option<String>,
    /// The new department above it; `Some(None)` makes it one of the topmost.
    pub parent: Option<Option<DepartmentId>>,
    /// Its place among its siblings, from 0.
    pub position: Option<i64>,
}

impl Tx {
    /// Adds a department.
    ///
    /// # Errors
    /// Forbidden, no name.
    pub async fn add_department(
        &mut self,
        name: &str,
        parent: Option<&DepartmentId>,
        position: i64,
    ) -> Result<DepartmentId> {
        self.scope.require(ActName::PeopleManage, None)?;
        let name = named(name)?;
        let id = DepartmentId::new(ids::new_id());
        self.write
            .run(
                "add a department",
                "INSERT INTO department (id, name, parent, position) VALUES ($1, $2, $3, $4)",
                &[(&id).into(), name.into(), parent.into(), position.into()],
            )
            .await?;
        self.refresh = true;
        Ok(id)
    }

    /// Adds a department under a known one, behind its siblings.
    ///
    /// # Errors
    /// Forbidden; no name, a sibling's name, an unknown parent, too deep.
    pub async fn open_department(
        &mut self,
        name: &str,
        parent: Option<&DepartmentId>,
    ) -> Result<DepartmentId> {
        self.scope.require(ActName::PeopleManage, None)?;
        let tree = self.tree().await?;
        tree.takes(None, named(name)?, parent)?;
        let last = tree.0.iter().filter(|d| d.parent.as_ref() == parent).map(|d| d.position).max();
        self.add_department(name, parent, last.map_or(0, |p| p.saturating_add(1))).await
    }

    /// Renames a department, moves it with all below it, or puts it elsewhere among its siblings.
    ///
    /// # Errors
    /// Forbidden, also where it would widen what the caller reaches; not found; no name, a sibling's name, a parent that
    /// is unknown or below it, too deep.
    pub async fn change_department(&mut self, id: &DepartmentId, change: &DepartmentChange) -> Result<()> {
        self.scope.require(ActName::PeopleManage, None)?;
        let tree = self.tree().await?;
        let present = tree.0.iter().find(|d| d.id == *id).ok_or(Problem::NotFound)?;
        let name = change.name.as_deref().map_or(Ok(present.name.as_str()), named)?;
        let parent = change.parent.as_ref().unwrap_or(&present.parent).as_ref();
        if parent != present.parent.as_ref() {
            // What the caller reaches is their department and all below it: nothing may come under it by their hand.
            let reached = &self.scope.caller.subtree;
            if parent.is_some_and(|p| reached.contains(p)) && !reached.contains(id) {
                return Err(Problem::Forbidden("own_department").into());
            }
        }
        tree.takes(Some(id), name, parent)?;
        self.write
            .run(
                "change a department",
                "UPDATE department SET name = $1, parent = $2 WHERE id = $3",
                &[name.into(), parent.into(), id.into()],
            )
            .await?;
        if change.position.is_some() || parent != present.parent.as_ref() {
            let at = change.position.and_then(|p| usize::try_from(p).ok()).unwrap_or(usize::MAX);
            self.order_siblings(&tree, id, parent, at).await?;
        }
        self.refresh = true;
        Ok(())
    }

    /// Numbers the children of a department anew, this one at its place.
    async fn order_siblings(
        &mut self,
        tree: &Tree,
        id: &DepartmentId,
        parent: Option<&DepartmentId>,
        at: usize,
    ) -> Result<()> {
        let mut siblings: Vec<&DepartmentId> =
            tree.0.iter().filter(|d| d.parent.as_ref() == parent && d.id != *id).map(|d| &d.id).collect();
        siblings.insert(at.min(siblings.len()), id);
        for (position, sibling) in siblings.into_iter().enumerate() {
            self.write
                .run(
                    "order departments",
                    "UPDATE department SET position = $1 WHERE id = $2",
                    &[i64::try_from(position).unwrap_or(i64::MAX).into(), sibling.into()],
                )
                .await?;
        }
        Ok(())
    }

    /// Takes an empty department out of the tree.
    ///
    /// # Errors
    /// Forbidden; not found; `department_in_use` while people, departments or records are in it.
    pub async fn remove_department(&mut self, id: &DepartmentId) -> Result<()> {
        self.scope.require(ActName::PeopleManage, None)?;
        self.tree().await?;
        let used = "SELECT (SELECT COUNT(*) FROM person WHERE department = $1) \
                    + (SELECT COUNT(*) FROM department WHERE parent = $1) \
                    + (SELECT COUNT(*) FROM (SELECT 1 FROM record WHERE department = $1 LIMIT 1) AS kept)";
        let row = self.write.optional("look into a department", used, &[id.into()]).await?;
        if row.map(|row| row.int(0)).transpose()?.unwrap_or(0) > 0 {
            return Err(Problem::Conflict("department_in_use").into());
        }
        let removed = self
            .write
            .run("remove a department", "DELETE FROM department WHERE id = $1", &[id.into()])
            .await?;
        self.refresh = true;
        if removed == 0 { Err(Problem::NotFound.into()) } else { Ok(()) }
    }

    /// The tree as this change finds it. Of two who move departments at once the second waits here and sees what the
    /// first did: two moves that are each without a circle must not make one together.
    async fn tree(&mut self) -> Result<Tree> {
        self.write.run("take the departments", "UPDATE department SET position = position", &[]).await?;
        let sql = "SELECT id, name, parent, position FROM department ORDER BY position, id";
        let rows = self.write.all("read the departments", sql, &[]).await?;
        let read = |row: &crate::sql::Row| {
            Ok::<_, VaultError>(Node {
                id: row.text(0)?.into(),
                name: row.text(1)?,
                parent: row.opt_text(2)?.map(DepartmentId::new),
                position: row.int(3)?,
            })
        };
        rows.iter().map(read).collect::<Result<_>>().map(Tree)
    }
}

struct Node {
    id: DepartmentId,
    name: String,
    parent: Option<DepartmentId>,
    position: i64,
}

struct Tree(Vec<Node>);

impl Tree {
    /// Whether a department (a new one, or this with all below it) may be there under that name.
    fn takes(
        &self,
        moved: Option<&DepartmentId>,
        name: &str,
        parent: Option<&DepartmentId>,
    ) -> Result<(), Problem> {
        let mut above = 0;
        let mut next = parent;
        while let Some(id) = next {
            if moved == Some(id) {
                return Err(Problem::invalid("parent", "department_below_itself"));
            }
            let Some(node) = self.0.iter().find(|d| d.id == *id) else {
                return Err(Problem::invalid("parent", "unknown_record"));
            };
            above += 1;
            if above + moved.map_or(1, |id| self.height(id, 0)) > DEEPEST {
                return Err(Problem::invalid("parent", "department_too_deep"));
            }
            next = node.parent.as_ref();
        }
        let taken = |d: &&Node| d.parent.as_ref() == parent && d.name == name && Some(&d.id) != moved;
        match self.0.iter().find(taken) {
            Some(_) => Err(Problem::invalid("name", "department_taken")),
            None => Ok(()),
        }
    }

    /// How many departments lie above each other from this one down.
    fn height(&self, id: &DepartmentId, passed: usize) -> usize {
        if passed > DEEPEST {
            return 0;
        }
        let below = self.0.iter().filter(|d| d.parent.as_ref() == Some(id));
        1 + below.map(|d| self.height(&d.id, passed + 1)).max().unwrap_or(0)
    }
}

fn named(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Problem::invalid("name", "required"));
    }
    worded("name", name, LONGEST_NAME).map_err(|error| Problem::Invalid(vec![error]))?;
    Ok(name)
}

impl Scope {
    /// The departments, in their order.
    pub fn departments(&self) -> Vec<DepartmentView> {
        let manages = self.require(ActName::PeopleManage, None).is_ok();
        let mut all: Vec<_> = self.directory.departments.iter().collect();
        all.sort_by_key(|(id, (_, _, position))| (*position, id.to_string()));
        all.into_iter()
            .map(|(id, (name, parent, _))| DepartmentView {
                id: id.to_string(),
                name: name.clone(),
                parent: parent.as_ref().map(ToString::to_string),
                people: manages.then(|| self.members(id).count()),
                heads: manages.then(|| self.heads(id)),
            })
            .collect()
    }

    fn members<'a>(
        &'a self,
        id: &'a DepartmentId,
    ) -> impl Iterator<Item = &'a crate::directory::PersonEntry> {
        self.directory.people.values().filter(move |p| p.active && p.department.as_ref() == Some(id))
    }

    fn heads(&self, id: &DepartmentId) -> Vec<crate::view::Named> {
        let leads = |role| {
            let role: Option<&crate::catalog::Published<kedun_model::RoleDef>> = self.catalog.roles.get(role);
            role.is_some_and(|role| role.def.acts.values().any(|reach| *reach == Reach::DepartmentTree))
        };
        self.members(id)
            .filter(|p| p.roles.iter().any(leads))
            .map(|p| crate::view::Named { id: p.id.to_string(), name: Some(p.name.clone()) })
            .collect()
    }
}

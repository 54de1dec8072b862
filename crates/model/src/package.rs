//! A package: the definitions that ship together. The CRM suite is one; nothing in it is special to the code.

use crate::definition::{Label, ObjectDef};
use crate::notice::NoticeDef;
use crate::role::RoleDef;
use serde::{Deserialize, Serialize};

/// Definitions loaded as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub label: Label,
    /// Objects.
    #[serde(default)]
    pub objects: Vec<ObjectDef>,
    /// Roles.
    #[serde(default)]
    pub roles: Vec<RoleDef>,
    /// Privacy notices.
    #[serde(default)]
    pub notices: Vec<NoticeDef>,
}

//! The packages that ship with Kedun, embedded at build time: definitions, not code.
//!
//! A package is a folder of small JSON files (`package.json`, `objects/`, `roles/`, `notices/`), so that a
//! change of one object is a change of one file in review. They are listed here by name; a test compares the
//! list with the folders, so that a file cannot be forgotten.

use kedun_model::package::Package;
use kedun_model::{Label, ObjectDef, RoleDef};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why an embedded package cannot be read; only a mistake in the file named can cause it.
#[derive(Debug, thiserror::Error)]
#[error("packages/{file}: {source}")]
pub struct PackageError {
    file: String,
    source: serde_json::Error,
}

/// The text of one embedded file.
struct File {
    path: &'static str,
    text: &'static str,
}

/// The files of one package.
struct Source {
    head: File,
    objects: &'static [File],
    roles: &'static [File],
    notices: &'static [File],
}

/// What `package.json` holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    name: String,
    label: Label,
}

macro_rules! file {
    ($path:expr) => {
        File { path: $path, text: include_str!(concat!("../../../packages/", $path)) }
    };
}

macro_rules! source {
    ($package:literal, objects: [$($object:literal),*], roles: [$($role:literal),*], notices: [$($notice:literal),*]) => {
        Source {
            head: file!(concat!($package, "/package.json")),
            objects: &[$(file!(concat!($package, "/objects/", $object, ".json"))),*],
            roles: &[$(file!(concat!($package, "/roles/", $role, ".json"))),*],
            notices: &[$(file!(concat!($package, "/notices/", $notice, ".json"))),*],
        }
    };
}

/// Parents come before their children, and what a conversion leads to before what is converted, so that a loader may
/// publish in this order.
const SOURCES: &[Source] = &[
    source!("crm",
        objects: ["customer", "contact", "product", "opportunity", "lead", "follow_up", "file", "plan", "quote", "contract",
            "payment", "ticket", "complaint"],
        roles: ["rep", "intern", "manager", "service"],
        notices: ["sales_contact", "after_sales_service"]),
    source!("compliance",
        objects: ["consent", "lead_consent", "export_case", "erasure", "rights_request", "handover", "alert", "review",
            "spot_check", "spot_score"],
        roles: ["legal", "system_admin", "security_admin", "audit_admin"],
        notices: []),
];

/// The packages that ship with Kedun, each parent object before its children. Roles of one package may grant
/// objects of another, so publish the objects of all packages before any role.
///
/// # Errors
/// A file that is not what the model reads; the error names it.
pub fn packages() -> Result<Vec<Package>, PackageError> {
    SOURCES.iter().map(read_package).collect()
}

/// Paths of the embedded files below `packages/`.
pub fn files() -> impl Iterator<Item = &'static str> {
    SOURCES.iter().flat_map(|source| {
        std::iter::once(&source.head)
            .chain(source.objects)
            .chain(source.roles)
            .chain(source.notices)
            .map(|file| file.path)
    })
}

fn read_package(source: &Source) -> Result<Package, PackageError> {
    let head: Head = read(&source.head)?;
    Ok(Package {
        name: head.name,
        label: head.label,
        objects: source.objects.iter().map(read::<ObjectDef>).collect::<Result<_, _>>()?,
        roles: source.roles.iter().map(read::<RoleDef>).collect::<Result<_, _>>()?,
        notices: source.notices.iter().map(read).collect::<Result<_, _>>()?,
    })
}

fn read<T: DeserializeOwned>(file: &File) -> Result<T, PackageError> {
    serde_json::from_str(file.text).map_err(|source| PackageError { file: file.path.to_owned(), source })
}

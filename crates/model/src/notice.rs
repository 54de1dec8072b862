//! Privacy notices and the basis of collection (PIPL 13, 14, 17, 29).

use crate::definition::Label;
use serde::{Deserialize, Serialize};

/// A privacy notice in one version; what a person agreed to is this text, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeDef {
    /// The purpose it covers (`sales_contact`).
    pub purpose: String,
    /// Its title.
    pub title: Label,
    /// Its text (plain text, paragraphs separated by blank lines), with the items of PIPL 17.
    pub body: Label,
}

/// The legal basis of holding a person's data (PIPL 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 取得个人的同意.
    Consent,
    /// Necessary for a contract the person is party to.
    Contract,
    /// A legal duty.
    LegalDuty,
    /// Published by the person, within reason.
    Public,
    /// Necessary for human-resources management.
    Employment,
}

/// What a consent is about; one cannot stand for another (PIPL 14, 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// Collection and use for the purpose.
    Collect,
    /// Sensitive personal information (L4).
    Sensitive,
}

/// How consent was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Face to face.
    InPerson,
    /// By phone.
    Phone,
    /// By a form the person filled in.
    Form,
    /// By handing over a business card.
    Card,
    /// With a list that was imported.
    Import,
}

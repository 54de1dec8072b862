//! What the generator hands over: records as plain values, in the form in which a form would post them.

use kedun_model::notice::{Basis, Channel};
use kedun_model::policy::Shared;
use serde_json::{Map, Value as Json};

/// A root record (customer or lead) and its children, parents before children.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    /// On what ground the data of the persons in it is held.
    pub intake: Intake,
    /// Colleagues with whom the root is shared.
    pub shares: Vec<DemoShare>,
    /// The records; the first is the root.
    pub records: Vec<Draft>,
}

impl Dossier {
    /// The root record.
    pub fn root(&self) -> Option<&Draft> {
        self.records.first()
    }

    /// The root and `count` follow-ups under it, and nothing else: what a measurement of lists and writes needs. A
    /// customer with fewer follow-ups gets its last one again.
    #[must_use]
    pub fn lean(self, count: usize) -> Dossier {
        let mut told = self.records.iter().filter(|r| r.object == "follow_up").cloned().collect::<Vec<_>>();
        let mut records: Vec<Draft> = self.records.into_iter().take(1).collect();
        if let (Some(root), true) = (records.first(), told.is_empty()) {
            let mut first = Draft { object: "follow_up", parent: Some(0), links: Vec::new(), ..root.clone() };
            first.fields = Map::new();
            first
                .set("kind", "call")
                .set("content", "首次电话联系，约定下周再谈。")
                .set("outcome", "progress");
            first.set("at", super::clock::moment(first.created_at));
            told.push(first);
        }
        records.extend((0..count).filter_map(|i| told.get(i).or(told.last()).cloned()));
        for follow_up in records.iter_mut().skip(1) {
            // What they referred to is not there any more.
            follow_up.links.clear();
        }
        Dossier { records, ..self }
    }
}

/// One record before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The object.
    pub object: &'static str,
    /// Login of the owner; none in the pool, and for products.
    pub owner: Option<String>,
    /// The department, as an index into the company's list (in the pool: the former owner's).
    pub department: usize,
    /// Login of the person who recorded it.
    pub author: String,
    /// Whether it lies in the public pool.
    pub pooled: bool,
    /// The parent, as an index into the dossier. The field that names the parent (`customer`) is not among `fields`.
    pub parent: Option<usize>,
    /// References to other records, to be set once these have ids.
    pub links: Vec<Link>,
    /// Values by field name, locked fields (`last_follow_up`) included.
    pub fields: Map<String, Json>,
    /// When it was recorded, UTC milliseconds.
    pub created_at: i64,
    /// When it was last changed, UTC milliseconds.
    pub updated_at: i64,
}

impl Draft {
    /// Sets a field.
    pub(super) fn set(&mut self, field: &str, value: impl Into<Json>) -> &mut Draft {
        self.fields.insert(field.to_owned(), value.into());
        self
    }

    /// Sets a reference; nothing when there is no target.
    pub(super) fn link(&mut self, field: &'static str, target: Option<Target>) -> &mut Draft {
        self.links.extend(target.map(|target| Link { field, target }));
        self
    }
}

/// A reference field and what it points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The field.
    pub field: &'static str,
    /// The record.
    pub target: Target,
}

/// What a reference points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A record of the same dossier, by its index; always an earlier one.
    Here(usize),
    /// A product, by its index in the catalogue.
    Product(usize),
}

/// The ground on which the persons in a dossier were recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intake {
    /// The purpose, which names the notice.
    pub purpose: &'static str,
    /// The legal basis.
    pub basis: Basis,
    /// How it was given.
    pub channel: Channel,
    /// Whether separate consent to sensitive data was given; always, where an ID number is present.
    pub sensitive: bool,
    /// When, UTC milliseconds.
    pub at: i64,
}

/// A share of the root record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoShare {
    /// Login of the colleague.
    pub person: String,
    /// Read or edit.
    pub level: Shared,
    /// Why.
    pub purpose: &'static str,
    /// Until when, UTC milliseconds; always after the present.
    pub until: i64,
}

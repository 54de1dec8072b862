//! The demo company, made up from a seed: departments, people, products, customers with everything that hangs on
//! them, and leads.
//!
//! **Invariant:** a pure function of [`Settings`]. No clock, no database, no chance that is not seeded: the same
//! settings give the same bytes on every machine. Customers come one [`Dossier`] at a time and each can be made
//! without the others, so a hundred thousand of them need no more memory than one.
//!
//! Nobody here exists. Brands, streets and people are invented, telephone numbers lie in segments that no operator
//! has, identity numbers in counties that do not exist, and mail goes to `.example`.

mod affairs;
mod care;
mod checks;
mod clock;
mod customer;
mod deals;
mod dossier;
mod identity;
mod lead;
mod load;
mod people;
mod product;
mod random;
mod story;
#[cfg(test)]
mod tests;
mod timeline;
mod words;

pub use checks::check;
pub use dossier::{DemoShare, Dossier, Draft, Intake, Link, Target};
pub use load::{Inhabitant, PASSWORD, fill, fill_to, inhabitants};
pub use people::{Company, DemoDepartment, DemoPerson, FEWEST_PEOPLE};

use random::Random;

/// What the demo company is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Another seed, other people and customers.
    pub seed: u64,
    /// How many customers; there are fifteen leads for each hundred.
    pub customers: u32,
    /// How many people, administrators included; at least [`FEWEST_PEOPLE`].
    pub people: u32,
    /// The present, in UTC milliseconds: everything has happened in the eighteen months before.
    pub now: i64,
}

/// What is written of each customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The whole dossier: contacts, deals, follow-ups, plans, tickets; and leads beside the customers.
    #[default]
    Whole,
    /// The customer and so many follow-ups, no leads: for measuring at a size that is known.
    Lean {
        /// Follow-ups of each customer.
        follow_ups: u32,
    },
}

/// The demo company and the recipe for its records.
#[derive(Clone, Debug)]
pub struct Demo {
    settings: Settings,
    company: Company,
    /// Sellers by index, each with the weight of their book: a few hold much, many hold little.
    sellers: Vec<(usize, u64)>,
    interns: Vec<usize>,
    service: Vec<usize>,
    legal: Vec<usize>,
}

/// Which stream of chance a thing draws from.
mod stream {
    pub(super) const PERSON: u64 = 1;
    pub(super) const PHONE_OF_PERSON: u64 = 2;
    pub(super) const CUSTOMER: u64 = 3;
    pub(super) const LEAD: u64 = 4;
    pub(super) const PRODUCT: u64 = 5;
}

impl Demo {
    /// Prepares the company; makes no record yet.
    pub fn new(settings: Settings) -> Demo {
        let company = people::company(settings.seed, settings.people);
        let holding = |role: &str| -> Vec<usize> {
            company.people.iter().enumerate().filter(|(_, p)| p.role == role).map(|(i, _)| i).collect()
        };
        let sellers = holding("rep")
            .into_iter()
            .enumerate()
            .map(|(rank, i)| (i, 1_000_000 / (rank as u64 + 5)))
            .collect();
        let (interns, service, legal) = (holding("intern"), holding("service"), holding("legal"));
        Demo { settings, sellers, interns, service, legal, company }
    }

    /// What it was made from.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The departments and people.
    pub fn company(&self) -> &Company {
        &self.company
    }

    /// The catalogue; [`Target::Product`] counts along it.
    pub fn products(&self) -> Vec<Draft> {
        product::products(self)
    }

    /// The `n`th customer with everything that hangs on it.
    pub fn customer(&self, n: u32) -> Dossier {
        customer::dossier(self, n)
    }

    /// All customers, one at a time.
    pub fn customers(&self) -> impl Iterator<Item = Dossier> + '_ {
        (0..self.settings.customers).map(|n| self.customer(n))
    }

    /// How many leads there are.
    pub fn lead_count(&self) -> u32 {
        (u64::from(self.settings.customers) * 15 / 100) as u32
    }

    /// The `n`th lead.
    pub fn lead(&self, n: u32) -> Dossier {
        lead::dossier(self, n)
    }

    /// All leads, one at a time.
    pub fn leads(&self) -> impl Iterator<Item = Dossier> + '_ {
        (0..self.lead_count()).map(|n| self.lead(n))
    }

    fn random(&self, kind: u64, n: u32) -> Random {
        Random::new(self.settings.seed, kind, u64::from(n))
    }

    fn person(&self, i: usize) -> Option<&DemoPerson> {
        self.company.people.get(i)
    }

    fn login(&self, i: usize) -> String {
        self.person(i).map(|p| p.login.clone()).unwrap_or_default()
    }

    /// An intern of the same region, or any when the region has none.
    fn intern_near(&self, keeper: usize, n: u32) -> Option<usize> {
        let region = |i: usize| {
            let department = self.person(i).and_then(|p| self.company.departments.get(p.department))?;
            department.parent
        };
        let near: Vec<usize> =
            self.interns.iter().copied().filter(|i| region(*i) == region(keeper)).collect();
        around(&near, n).or_else(|| around(&self.interns, n))
    }

    /// The key of a person's department.
    fn team(&self, i: usize) -> &'static str {
        self.person(i).and_then(|p| self.company.departments.get(p.department)).map_or("", |d| d.key)
    }
}

/// The `n`th of a list, beginning again at its end.
fn around(list: &[usize], n: u32) -> Option<usize> {
    let at = (n as usize).checked_rem(list.len())?;
    list.get(at).copied()
}

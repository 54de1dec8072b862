//! Records of lists as they were shown, kept at hand for whoever asks for the same list again: then the database is asked
//! for their ids, their revisions and where they belong, and nothing is decrypted, masked or written as JSON twice.
//!
//! **Invariant:** a kept view is good for the same person with the same rights, by the same definitions and directory, for
//! the same fields, as long as the record has the revision, the place and the facts that it was made from; all of these
//! are read anew for every page. What shows a personal value in clear is never kept, and neither is what shows the title
//! of another record. Destroying a key empties the shelf, in every process that hears of it.

use crate::catalog::Catalog;
use crate::directory::Directory;
use crate::row::Place;
use crate::scope::Scope;
use crate::view::RecordView;
use kedun_model::policy::{Caller, RecordFacts};
use kedun_model::{ObjectDef, ObjectName, PersonId, RecordId};
use moka::sync::Cache;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What the views of all lists may take, bytes.
const MOST_BYTES: u64 = 16 << 20;
/// Lists that are known at a time.
const MOST_LISTS: u64 = 2_000;
/// A view is made anew after so long, whatever happens, and does not lie in memory much longer ([`Shelf::tidy`]): another
/// process over the same database may have destroyed a key.
const LONGEST: Duration = Duration::from_secs(5 * 60);
/// Fewer lists than this one has on a page are not worth two ways of asking.
const FEWEST: usize = 8;

/// Who asks for which fields of what.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Asked {
    person: PersonId,
    object: ObjectName,
    fields: Option<Vec<String>>,
}

/// By what the views of a list were made, and the number that their places begin with.
struct List {
    number: u64,
    caller: Weak<Caller>,
    catalog: Weak<Catalog>,
    directory: Weak<Directory>,
}

impl List {
    fn holds_for(&self, scope: &Scope) -> bool {
        std::ptr::eq(self.caller.as_ptr(), Arc::as_ptr(&scope.caller))
            && std::ptr::eq(self.catalog.as_ptr(), Arc::as_ptr(&scope.catalog))
            && std::ptr::eq(self.directory.as_ptr(), Arc::as_ptr(&scope.directory))
    }
}

/// A view and what it was made from.
#[derive(Clone)]
struct Kept {
    from: Arc<(Place, RecordFacts)>,
    view: RecordView,
}

/// The views at hand.
pub(crate) struct Shelf {
    lists: Cache<Asked, Arc<List>>,
    views: Cache<(u64, RecordId), Kept>,
    numbers: AtomicU64,
    cleared: AtomicU64,
}

impl Default for Shelf {
    fn default() -> Self {
        let weigh = |(_, id): &(u64, RecordId), kept: &Kept| {
            u32::try_from(id.as_str().len() + kept.view.weight()).unwrap_or(u32::MAX)
        };
        Shelf {
            lists: Cache::builder().max_capacity(MOST_LISTS).time_to_idle(LONGEST).build(),
            views: Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).time_to_live(LONGEST).build(),
            numbers: AtomicU64::new(0),
            cleared: AtomicU64::new(0),
        }
    }
}

impl Shelf {
    /// Forgets everything: values that must not be shown any more do not lie in memory either.
    pub(crate) fn clear(&self) {
        // The count first: a page that is being made now takes back what it puts there.
        self.cleared.fetch_add(1, Ordering::SeqCst);
        self.lists.invalidate_all();
        self.views.invalidate_all();
        self.views.run_pending_tasks();
    }

    /// How many views are at hand.
    #[cfg(test)]
    pub(crate) fn count(&self) -> u64 {
        self.views.run_pending_tasks();
        self.views.entry_count()
    }

    /// Lets go of what is too old, also when nobody asks for anything.
    pub(crate) fn tidy(&self) {
        self.lists.run_pending_tasks();
        self.views.run_pending_tasks();
    }

    fn cleared(&self) -> u64 {
        self.cleared.load(Ordering::SeqCst)
    }

    /// The part of the shelf for a list; none for lists that are not kept: what a task asks for is asked once, and titles
    /// of other records change without a word to this one.
    pub(crate) fn of(
        &self,
        scope: &Scope,
        def: &ObjectDef,
        fields: Option<&[String]>,
        limit: usize,
    ) -> Option<Part<'_>> {
        let shows_links = || {
            def.live_fields().any(|f| {
                f.target.is_some()
                    && !f.class.is_sealed()
                    && fields.is_none_or(|names| names.contains(&f.name))
            })
        };
        if limit < FEWEST || scope.task().is_some() || shows_links() {
            return None;
        }
        let asked = Asked {
            person: scope.person().clone(),
            object: def.name.clone(),
            fields: fields.map(<[String]>::to_vec),
        };
        let known = self.lists.get(&asked).filter(|list| list.holds_for(scope));
        let is_known = known.is_some();
        let list = known.unwrap_or_else(|| {
            let list = Arc::new(List {
                number: self.numbers.fetch_add(1, Ordering::Relaxed),
                caller: Arc::downgrade(&scope.caller),
                catalog: Arc::downgrade(&scope.catalog),
                directory: Arc::downgrade(&scope.directory),
            });
            self.lists.insert(asked, list.clone());
            list
        });
        Some(Part { shelf: self, number: list.number, is_known, cleared: self.cleared() })
    }
}

/// The views of one list.
pub(crate) struct Part<'a> {
    shelf: &'a Shelf,
    number: u64,
    is_known: bool,
    /// How often the shelf had been cleared when the list was asked for.
    cleared: u64,
}

impl Part<'_> {
    /// Whether something may be at hand; else one asks for whole records at once.
    pub(crate) fn is_known(&self) -> bool {
        self.is_known
    }

    /// The view of a record, if it was made from what is so now.
    pub(crate) fn get(&self, place: &Place, facts: &RecordFacts) -> Option<RecordView> {
        let kept = self.shelf.views.get(&(self.number, place.id.clone()))?;
        (kept.from.0 == *place && kept.from.1 == *facts).then_some(kept.view)
    }

    /// Keeps a view, unless it shows a personal value in clear.
    pub(crate) fn put(&self, place: Place, facts: &RecordFacts, view: &RecordView) {
        if view.is_written() {
            let key = (self.number, place.id.clone());
            let kept = Kept { from: Arc::new((place, facts.clone())), view: view.clone() };
            self.shelf.views.insert(key.clone(), kept);
            if self.shelf.cleared() != self.cleared {
                self.shelf.views.invalidate(&key);
            }
        }
    }
}

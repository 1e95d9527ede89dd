//! Facts: all that rules can ask of a file, and once more for those findings about which the rest of the project is asked.

use super::Model;
use super::facts::{Collection, Facts, Mismatch, Registration, Style};
use crate::text::Span;

/// Which kinds of fact are about places that are asked about.
struct Concerned {
    collections: bool,
    registrations: bool,
    misuses: bool,
    intervals: bool,
    timeouts: bool,
    reactions: bool,
    stores: bool,
    resources: bool,
    memos: bool,
}

impl Concerned {
    fn new(facts: &Facts, focus: &[Span]) -> Self {
        let mut left: Vec<Span> = focus.to_vec();
        let mut any = |spans: &mut dyn Iterator<Item = Span>| {
            let mut is_any = false;
            for span in spans {
                is_any |= focus.contains(&span);
                left.retain(|place| *place != span);
            }
            is_any
        };
        let mut found = Self {
            collections: any(&mut facts.collections.iter().flat_map(places_of_collection)),
            registrations: any(&mut facts.registrations.iter().flat_map(places_of_registration)),
            misuses: any(&mut facts.misuses.iter().map(|it| it.span)),
            intervals: any(&mut facts.intervals.iter().map(|it| it.span)),
            timeouts: any(&mut facts.timeouts.iter().map(|it| it.span)),
            reactions: any(&mut facts.reactions.iter().map(|it| it.span)),
            stores: any(&mut facts.stores.iter().map(|it| it.span)),
            resources: any(&mut facts.resources.iter().map(|it| it.span)),
            memos: any(&mut facts.memos.iter().map(|it| it.span)),
        };
        found.registrations |= any(&mut facts.mismatches.iter().flat_map(places_of_mismatch));
        // A finding may stand where no fact does: then any may be behind it.
        if left.is_empty() { found } else { Self::ALL }
    }

    const ALL: Self = Self {
        collections: true,
        registrations: true,
        misuses: true,
        intervals: true,
        timeouts: true,
        reactions: true,
        stores: true,
        resources: true,
        memos: true,
    };
}

fn places_of_collection(collection: &Collection) -> impl Iterator<Item = Span> {
    std::iter::once(collection.holder.span).chain(collection.growths.iter().map(|growth| growth.span))
}

fn places_of_registration(registration: &Registration) -> impl Iterator<Item = Span> {
    std::iter::once(registration.span).chain(registration.mount.as_ref().map(|mount| mount.site))
}

fn places_of_mismatch(mismatch: &Mismatch) -> impl Iterator<Item = Span> {
    std::iter::once(mismatch.span).chain(mismatch.more.iter().copied())
}

impl Model<'_> {
    /// Everything that rules can ask of this file.
    pub fn facts(&self) -> Facts {
        let operations = self.operations();
        let grows_in = self.grown_imports(&operations);
        let lent = self.lent();
        let (registrations, mismatches) = self.registrations(None);
        let mut facts = Facts {
            collections: self.collections(operations, None),
            registrations,
            mismatches,
            misuses: self.misuses(),
            intervals: self.intervals(),
            timeouts: self.timeouts(),
            reactions: self.reactions(),
            stores: self.stores(),
            resources: self.resources(),
            memos: self.memos(),
            test_states: Vec::new(),
            grows_in,
            lent,
            reexports: self.reexports(&|_| true),
            exports_names: !self.ir.exports.is_empty(),
            extends_imports: self.extends_imports(),
            sections: Vec::new(),
            style: Style::default(),
        };
        facts.test_states = self.test_states(&facts);
        self.add_file(&mut facts);
        facts
    }

    /// What rules ask of the file around a fact.
    fn add_file(&self, facts: &mut Facts) {
        if !facts.is_empty() {
            facts.sections = super::bundle::sections(self.source.text());
            facts.style = self.style().clone();
        }
    }

    /// Everything that rules can ask of this file if `first` is what it tells by itself: what the others have no say in is taken from there.
    pub fn facts_again(&self, first: &Facts, focus: &[Span]) -> Facts {
        let concerned = Concerned::new(first, focus);
        let mut facts = first.clone();
        let is_grown = || !first.lent.is_empty() || self.whole_project().is_some_and(|outside| !outside.grown().is_empty());
        // In the order of the first time: some answers depend on what was asked before.
        let operations = (concerned.collections || is_grown()).then(|| self.known_operations.take().unwrap_or_else(|| self.operations()));
        if concerned.registrations {
            (facts.registrations, facts.mismatches) = self.registrations(Some(&first.registrations));
        }
        if let Some(operations) = operations {
            facts.collections = self.collections(operations, Some(&first.collections));
        }
        if concerned.misuses {
            facts.misuses = self.misuses();
        }
        if concerned.intervals {
            facts.intervals = self.intervals();
        }
        if concerned.timeouts {
            facts.timeouts = self.timeouts();
        }
        if concerned.reactions {
            facts.reactions = self.reactions();
        }
        if concerned.stores {
            facts.stores = self.stores();
        }
        if concerned.resources {
            facts.resources = self.resources();
        }
        if concerned.memos {
            facts.memos = self.memos();
        }
        facts.test_states = self.test_states(&facts);
        if first.is_empty() {
            self.add_file(&mut facts);
        }
        facts
    }
}

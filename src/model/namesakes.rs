//! Releases through a property of an object that is not known, which may be another file's: `delete client.pending[id]`, `clearInterval(ws.timer)`.

use serde::{Deserialize, Serialize};

use super::Model;
use super::context::{Context, ContextKind, Region};
use super::facts::{HandOut, ShrinkKind, Shrinkage};
use super::holding::{Operations, Shrink};
use super::index::written_value;
use super::ir::{ExprId, ExprKind, FnId, Ir};
use super::occurrences::Occurrence;
use super::outside::FileName;
use super::place::{Place, Root, Step};

/// A release of what a property holds, by the property's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedRelease {
    pub property: String,
    pub what: Released,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Released {
    Entries(Shrinkage),
    Timer,
    /// The timers that it holds are cleared, one after the other.
    Timers,
    /// By a method that releases resources.
    Resource,
    /// The listener that it holds is taken off this event, as written; none: off all.
    Listener(Option<String>),
}

impl Model<'_> {
    /// The releases of this file that may concern an object of another one.
    pub fn named_releases(&self) -> Vec<NamedRelease> {
        let mut found = self.releases_through(&|place| self.foreign_property(place));
        found.extend(self.resets_of_application());
        found
    }

    /// `app.locals.users = {}` in a function: whatever was put into the one before goes.
    fn resets_of_application(&self) -> Vec<NamedRelease> {
        let reset = |&write: &ExprId| {
            let ExprKind::Assign { target, .. } = self.ir.kind(write) else { return None };
            let place = self.place(target)?;
            let (outer, Step::Field(name)) = self.split(place)? else { return None };
            let (app, Step::Field(_)) = self.split(outer)? else { return None };
            if !self.is_application(app) || self.ir.function_of(write) == Ir::MODULE {
                return None;
            }
            let shrink = Shrink { at: write, kind: ShrinkKind::Reset, key: None, level: 0 };
            let context = Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
            let shrinkage = Shrinkage { context, ..self.shrinkage(&shrink, Region::Function(Ir::MODULE), place, &Operations::default()) };
            Some(NamedRelease { property: self.ir.name(name).to_owned(), what: Released::Entries(shrinkage) })
        };
        self.uses.member_writes.iter().filter_map(reset).collect()
    }

    /// The releases of what stands in the properties to which `property` gives a name.
    pub(super) fn releases_through(&self, property: &dyn Fn(Place) -> Option<String>) -> Vec<NamedRelease> {
        let mut found = Vec::new();
        for (place, operations) in self.operations() {
            let Some(property) = property(place) else { continue };
            for shrink in &operations.shrinks {
                let context = Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
                let shrinkage = Shrinkage { context, ..self.shrinkage(shrink, Region::Function(Ir::MODULE), place, &operations) };
                found.push(NamedRelease { property: property.clone(), what: Released::Entries(shrinkage) });
            }
        }
        for clear in self.timer_clears().iter() {
            let ExprKind::Call { callee, .. } = self.ir.kind(clear.at) else { continue };
            let is_cleared = ["clearInterval", "clearTimeout"].iter().any(|name| self.is_timer_function(callee, name));
            if !is_cleared {
                continue;
            }
            if let Some(property) = self.place(clear.handle).and_then(property) {
                found.push(NamedRelease { property, what: Released::Timer });
            }
            if let Some(property) = self.list_of(clear.handle).and_then(property) {
                found.push(NamedRelease { property, what: Released::Timers });
            }
        }
        for member in self.resource_releases() {
            if let Some(property) = self.place(member).and_then(property) {
                found.push(NamedRelease { property, what: Released::Resource });
            }
        }
        found
    }

    /// The last name of a property of a parameter, of a loop's item, or of what an unknown function gives.
    fn foreign_property(&self, place: Place) -> Option<String> {
        let (owner, Step::Field(name)) = self.split(place)? else { return None };
        let is_given = match self.root(owner) {
            Root::Binding(binding) => {
                matches!(self.ir[binding].kind, super::ir::BindingKind::Param(..))
                    || self.uses.writes(binding).iter().any(|&write| {
                        written_value(self.ir, write).is_some_and(|value| !matches!(self.ir.kind(value), ExprKind::New { .. }))
                    })
            }
            Root::UnknownThis(_) | Root::Value(_) | Root::Application => true,
            // A field that a class of another file made.
            Root::Instance(id) => {
                self.is_root(owner) && self.imported_base(id).is_some() && self.each_initial_value(place).next().is_none()
            }
            _ => false,
        };
        is_given.then(|| self.ir.name(name).to_owned())
    }

    /// Releases in files near by of a field of this name.
    pub(super) fn released_by_name(&self, place: Place) -> Vec<Shrinkage> {
        let Some(outside) = self.outside() else { return Vec::new() };
        let Some((owner, Step::Field(name))) = self.split(place) else { return Vec::new() };
        // What a module exports goes by another name where it is handed on: `require('./actions')(hub)`.
        let goes_on = || self.occurrences(owner).iter().any(|&at| self.occurrence(at) == Occurrence::HandedOut(HandOut::Argument));
        let is_known = match self.root(owner) {
            Root::Instance(_) => true,
            Root::Exports => goes_on(),
            Root::Binding(binding) => self.is_module_level(binding) && goes_on(),
            _ => false,
        };
        let is_of_application = self.is_application(self.root_place(self.root(owner)));
        if !is_of_application && (!self.is_root(owner) || !is_known) {
            return Vec::new();
        }
        let releases = outside.released_by_name(self.ir.name(name));
        entries_of(releases)
    }

    /// Whether a file near by, or a class of another file that the one of `function` extends, releases what is kept under a name.
    pub(super) fn is_released_elsewhere(&self, function: FnId, kept: &str, what: &Released) -> bool {
        let (Some(outside), Some((_, property))) = (self.outside(), kept.rsplit_once('.')) else { return false };
        let is_it = |(_, release): &(FileName, NamedRelease)| release.what == *what;
        outside.released_by_name(property).iter().any(is_it)
            || kept.starts_with("this.") && self.released_by_bases(self.this_place(function), property).iter().any(is_it)
    }
}

/// The releases of entries, whatever their keys.
pub(super) fn entries_of(releases: Vec<(FileName, NamedRelease)>) -> Vec<Shrinkage> {
    let entries = releases.into_iter().filter_map(|(file, release)| match release.what {
        Released::Entries(shrinkage) if shrinkage.kind != ShrinkKind::OtherKey => Some(Shrinkage { file: Some(file), ..shrinkage }),
        _ => None,
    });
    entries.collect()
}

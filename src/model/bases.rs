//! What a class lets go of for the classes of other files that extend it.

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::entity::EntityId;
use super::facts::Shrinkage;
use super::ir::{ExprId, ExprKind};
use super::namesakes::{NamedRelease, Released, entries_of};
use super::outside::FileName;
use super::place::{Place, Root, Step};

/// What the classes of a file release of their own instances: `this.timer`, `this.seen`, `this.onData`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bases {
    pub releases: Vec<NamedRelease>,
    /// The modules of the classes that they extend.
    pub modules: Vec<String>,
    /// The classes that have an end, as other files name them.
    pub ending: Vec<AccessPath>,
}

impl Model<'_> {
    pub fn bases(&self) -> Bases {
        let mut releases = self.releases_through(&|place| self.own_property(place));
        releases.extend(self.uses.calls.iter().filter_map(|&call| self.removal_of_own(call)));
        let bases = self.entities.ids().filter_map(|id| self.imported(self.entities.get(id).base?));
        let mut modules: Vec<String> = bases.map(|(module, _)| module.to_owned()).collect();
        modules.sort();
        modules.dedup();
        let ending = self.entities.ids().filter(|&id| !self.is_object(id) && self.has_end(id)).flat_map(|id| self.paths_of_class(id));
        Bases { releases, modules, ending: ending.collect() }
    }

    /// `emitter.off('data', this.onData)`.
    fn removal_of_own(&self, call: ExprId) -> Option<NamedRelease> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { property, .. } = self.ir.kind(callee) else { return None };
        if !self.apis.releases_listener(self.ir.name(property)) {
            return None;
        }
        let args = self.ir.list(args);
        let (at, property) = args.iter().enumerate().find_map(|(at, &arg)| Some((at, self.own_property(self.place(arg)?)?)))?;
        let event = args.first().filter(|_| at > 0).map(|&event| self.expr_text(event));
        Some(NamedRelease { property, what: Released::Listener(event) })
    }

    /// The name of a field of an instance, as a class of this file names it.
    fn own_property(&self, place: Place) -> Option<String> {
        let (owner, Step::Field(name)) = self.split(place)? else { return None };
        let is_own = self.is_root(owner) && matches!(self.root(owner), Root::Instance(id) if !self.is_object(id));
        is_own.then(|| self.ir.name(name).to_owned())
    }

    /// The class of another file that a class extends, perhaps by way of others of this one.
    pub(super) fn imported_class(&self, mut id: EntityId) -> Option<(&str, AccessPath)> {
        for _ in 0..8 {
            let base = self.entities.get(id).base?;
            match self.class_named_by(base) {
                Some(next) => id = next,
                None => return self.imported(base),
            }
        }
        None
    }

    pub(super) fn imported_base(&self, id: EntityId) -> Option<&str> {
        self.imported_class(id).map(|(module, _)| module)
    }

    /// What the classes of other files that the class of an instance extends release of a field.
    pub(super) fn released_by_bases(&self, instance: Place, property: &str) -> Vec<(FileName, NamedRelease)> {
        let (Some(outside), Root::Instance(id)) = (self.outside(), self.root(instance)) else { return Vec::new() };
        self.imported_base(id).map(|module| outside.released_by_bases(module, property)).unwrap_or_default()
    }

    /// Releases of a field's entries by the classes that its own extends.
    pub(super) fn shrinks_of_bases(&self, place: Place) -> Vec<Shrinkage> {
        self.own_property(place).map(|property| entries_of(self.released_by_bases(place, &property))).unwrap_or_default()
    }

    /// Whether a class that the handler's own extends takes `this.onData` off the event.
    pub(super) fn is_removed_by_base(&self, event: Option<ExprId>, handler: ExprId) -> bool {
        let Some(place) = self.place(handler) else { return false };
        let Some(property) = self.own_property(place) else { return false };
        let event = event.map(|event| self.expr_text(event));
        let is_it = |what: &Released| matches!(what, Released::Listener(of) if of.is_none() || *of == event);
        self.released_by_bases(place, &property).iter().any(|(_, release)| is_it(&release.what))
    }

    /// Whether a class of this file extends one of another.
    pub(super) fn extends_imports(&self) -> bool {
        self.entities.ids().any(|id| self.entities.get(id).base.is_some_and(|base| self.imported(base).is_some()))
    }
}

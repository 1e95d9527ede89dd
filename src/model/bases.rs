//! What a class lets go of for the classes of other files that extend it.

use serde::{Deserialize, Serialize};

use super::Model;
use super::context::{Context, ContextKind, Region};
use super::entity::EntityId;
use super::facts::{ShrinkKind, Shrinkage};
use super::ir::{ExprId, ExprKind, FnId};
use super::outside::FileName;
use super::place::{Place, Root, Step};

/// What the classes of a file release of their own instances.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bases {
    pub releases: Vec<BaseRelease>,
    /// The modules of the classes that they extend.
    pub modules: Vec<String>,
}

/// `this.timer`, `this.seen` or `this.onData`, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaseRelease {
    pub property: String,
    pub what: Let,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Let {
    /// Entries of the collection go.
    Entries(Shrinkage),
    /// The timer is cleared.
    Timer,
    /// The listener is taken off the event, as written.
    Listener(Option<String>),
}

impl Model<'_> {
    pub fn bases(&self) -> Bases {
        let mut releases = Vec::new();
        for (place, operations) in self.operations() {
            let Some(property) = self.own_property(place) else { continue };
            for shrink in &operations.shrinks {
                let context = Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
                let region = Region::Function(super::ir::Ir::MODULE);
                let shrinkage = Shrinkage { context, ..self.shrinkage(shrink, region, place, &operations) };
                releases.push(BaseRelease { property: property.clone(), what: Let::Entries(shrinkage) });
            }
        }
        let clears = self.timer_clears();
        let cleared = clears.iter().filter_map(|clear| self.own_property(self.place(clear.handle)?));
        releases.extend(cleared.map(|property| BaseRelease { property, what: Let::Timer }));
        releases.extend(self.uses.calls.iter().filter_map(|&call| self.removal_of_own(call)));
        let bases = self.entities.ids().filter_map(|id| self.imported(self.entities.get(id).base?));
        let mut modules: Vec<String> = bases.map(|(module, _)| module.to_owned()).collect();
        modules.sort();
        modules.dedup();
        Bases { releases, modules }
    }

    /// `emitter.off('data', this.onData)`.
    fn removal_of_own(&self, call: ExprId) -> Option<BaseRelease> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { property, .. } = self.ir.kind(callee) else { return None };
        if !self.apis.releases_listener(self.ir.name(property)) {
            return None;
        }
        let args = self.ir.list(args);
        let (at, property) = args.iter().enumerate().find_map(|(at, &arg)| Some((at, self.own_property(self.place(arg)?)?)))?;
        let event = args.first().filter(|_| at > 0).map(|&event| self.expr_text(event));
        Some(BaseRelease { property, what: Let::Listener(event) })
    }

    /// The name of a field of an instance, as a class of this file names it.
    fn own_property(&self, place: Place) -> Option<String> {
        let (owner, Step::Field(name)) = self.split(place)? else { return None };
        let is_own = self.is_root(owner) && matches!(self.root(owner), Root::Instance(id) if !self.is_object(id));
        is_own.then(|| self.ir.name(name).to_owned())
    }

    /// The module of the class of another file that a class extends, perhaps by way of others of this one.
    fn imported_base(&self, mut id: EntityId) -> Option<&str> {
        for _ in 0..8 {
            let base = self.entities.get(id).base?;
            match self.class_named_by(base) {
                Some(next) => id = next,
                None => return self.imported(base).map(|(module, _)| module),
            }
        }
        None
    }

    fn released_by_base(&self, id: EntityId, property: &str) -> Vec<(FileName, Let)> {
        let Some(outside) = self.outside() else { return Vec::new() };
        self.imported_base(id).map(|module| outside.released_by_bases(module, property)).unwrap_or_default()
    }

    /// Releases of a field's entries by the classes that its own extends.
    pub(super) fn shrinks_of_bases(&self, place: Place) -> Vec<Shrinkage> {
        let (Root::Instance(id), Some(property)) = (self.root(place), self.own_property(place)) else { return Vec::new() };
        let entries = self.released_by_base(id, &property).into_iter().filter_map(|(file, what)| match what {
            Let::Entries(shrinkage) if shrinkage.kind != ShrinkKind::OtherKey => Some(Shrinkage { file: Some(file), ..shrinkage }),
            _ => None,
        });
        entries.collect()
    }

    /// Whether a class that the one of `function` extends clears `this.timer`.
    pub(super) fn is_timer_cleared_by_base(&self, function: FnId, handle: &str) -> bool {
        let (Root::Instance(id), Some(property)) = (self.root(self.this_place(function)), handle.strip_prefix("this.")) else {
            return false;
        };
        self.released_by_base(id, property).iter().any(|(_, what)| *what == Let::Timer)
    }

    /// Whether a class that the handler's own extends takes `this.onData` off the event.
    pub(super) fn is_removed_by_base(&self, event: Option<ExprId>, handler: ExprId) -> bool {
        let Some(place) = self.place(handler) else { return false };
        let (Root::Instance(id), Some(property)) = (self.root(place), self.own_property(place)) else { return false };
        let event = event.map(|event| self.expr_text(event));
        let is_it = |what: &Let| matches!(what, Let::Listener(of) if of.is_none() || *of == event);
        self.released_by_base(id, &property).iter().any(|(_, what)| is_it(what))
    }

    /// Whether a class of this file extends one of another.
    pub(super) fn extends_imports(&self) -> bool {
        self.entities.ids().any(|id| self.entities.get(id).base.is_some_and(|base| self.imported(base).is_some()))
    }
}

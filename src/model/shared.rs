//! A collection that other files of the project use as well.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::{Access, AccessPath};
use super::context::{self, Context, ContextKind, Handles, StepKind};
use super::facts::{Bound, Collection, Container, Growth, GrowthKind, HandOut, Shrinkage};
use super::holding::Operations;
use super::ir::{BindingId, Exported, NameId};
use super::links::UseKind;
use super::outside::Seen;
use super::place::{Place, Root, Step};

/// Something that another module offers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImportedPath {
    /// As the file names it.
    pub module: String,
    pub path: AccessPath,
}

impl Context {
    /// The way here begins with something that is offered to other files, none of which calls it.
    pub fn is_unused(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.what, StepKind::Unused(_) | StepKind::Dead { is_tested: false, .. }))
    }

    /// The way here begins with something that only tests are seen to call.
    pub fn is_tested(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.what, StepKind::Tested(_) | StepKind::Dead { is_tested: true, .. }))
    }

    /// The way here begins with something that nobody in the whole program calls, unless it is a test.
    pub fn is_dead(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.what, StepKind::Dead { .. }))
    }

    /// What repeats it is the arrival of a request or connection. What is called a message or an event may come one time.
    pub fn is_for_peer(&self) -> bool {
        let may_come_once = |name: &str| ["msg", "message", "event", "evt", "e"].contains(&name.to_ascii_lowercase().as_str());
        let is_peer = |what: &StepKind| match what {
            StepKind::RequestParam { name, .. } => !may_come_once(name),
            what => matches!(what, StepKind::Served { .. }),
        };
        self.per_request && self.steps.iter().any(|step| is_peer(&step.what))
    }

    /// How the function in which the site stands comes to run.
    pub fn entered_by(&self) -> Option<&StepKind> {
        let enters = |step: &&StepKind| step.is_called_back() || matches!(step, StepKind::Call(_));
        self.steps.iter().map(|step| &step.what).rfind(enters)
    }

    /// What repeats it is a route of a server, of which the handler need not look at the request.
    pub fn serves_route(&self) -> bool {
        self.steps.iter().any(|step| match &step.what {
            StepKind::Handler { what: Handles::Requests, callee, event, .. } => {
                !callee.ends_with("use") && event.as_deref() != Some("request")
            }
            _ => false,
        })
    }

    /// A message, which may be the one order that a process gets.
    pub fn is_by_message(&self) -> bool {
        self.per_request && !self.is_for_peer()
    }

    /// Whether what repeats is seen to go on: each request or connection, each tick, each turn of a loop without an end.
    pub fn goes_on(&self) -> bool {
        self.is_for_peer() || self.steps.iter().any(context::Step::goes_on_alone)
    }

    /// Nothing but a failure repeats it, which comes as often as something fails.
    pub fn is_by_failure(&self) -> bool {
        let mut handlers = self.steps.iter().filter(|step| matches!(step.what, StepKind::Handler { .. })).peekable();
        let is_failure = |step: &context::Step| matches!(&step.what, StepKind::Handler { event: Some(event), .. } if event == "error");
        handlers.peek().is_some() && !self.goes_on() && handlers.all(is_failure)
    }

    /// Nobody calls it, or only tests do.
    pub(super) fn is_unused_or_tested(&self) -> bool {
        self.is_unused() || self.is_tested()
    }
}

impl context::Step {
    /// Repeats for as long as the process lives, whatever comes from outside.
    pub fn goes_on_alone(&self) -> bool {
        match &self.what {
            StepKind::EndlessLoop | StepKind::Rearms(_) => true,
            StepKind::Handler { callee, .. } => callee.rsplit('.').next() == Some("setInterval"),
            _ => false,
        }
    }
}

impl Shrinkage {
    /// Offered to other files, none of which calls it.
    pub(super) fn is_unused(&self) -> bool {
        self.context.is_unused_or_tested()
    }
}

impl Growth {
    /// Whether a release covers it. What nobody calls, or only tests, takes nothing away from what somebody does; if that goes for both, the user decides.
    pub(super) fn is_covered_by(&self, shrink: &Shrinkage) -> bool {
        // Who registers can unregister; where that is missed is said of the listener.
        let is_offered = self.is_registry && shrink.level > 0 && self.context.kind < ContextKind::Repeated;
        shrink.is_reached() && shrink.level <= self.level && (!shrink.is_unused() || self.context.is_unused_or_tested() || is_offered)
    }
}

impl Model<'_> {
    /// What other files do with a holder of this one.
    pub(super) fn holder_outside(&self, place: Place) -> Option<Rc<Seen>> {
        self.outside()?;
        self.seen_outside(&self.paths_of_place(place))
    }

    /// The holders of this file that others add to.
    pub(super) fn grown_outside(&self) -> Vec<Place> {
        let Some(outside) = self.whole_project() else { return Vec::new() };
        outside.grown().iter().filter_map(|path| self.place_of_path(path)).collect()
    }

    /// The collections of other modules that this file adds to.
    pub(super) fn grown_imports(&self, table: &BTreeMap<Place, Operations>) -> Vec<ImportedPath> {
        let grown = table.iter().filter(|(_, operations)| !operations.grows.is_empty());
        // What `new` or a call gives is no collection by itself, whatever its methods are called.
        let held = grown
            .filter_map(|(&place, _)| self.imported_at(place))
            .filter(|(_, path)| matches!(path.last(), Some(Access::Member(_)) | None));
        let mut found: Vec<ImportedPath> = held.map(|(module, path)| ImportedPath { module: module.to_owned(), path }).collect();
        found.sort();
        found.dedup();
        found
    }

    /// The place that other files name by a path.
    fn place_of_path(&self, path: &AccessPath) -> Option<Place> {
        let Some((first, rest)) = path.split_first() else {
            let own = self.exported_as(&Vec::new());
            return Some(own.unwrap_or_else(|| self.root_place(Root::Exports)));
        };
        let Access::Member(name) = first else { return None };
        let mut place = self.exported_place(name)?;
        for step in rest {
            place = match step {
                Access::Member(name) => self.project(place, Step::Field(self.name_id(name)?)),
                Access::Instance => {
                    let Root::Binding(binding) = self.root(place) else { return None };
                    self.instance_place(self.entities.of_binding(binding)?)
                }
                Access::Result => return None,
            };
            // `hub` of `export const hub = new Hub()` is an instance.
            if let Some((id, false)) = self.entity_at(place) {
                place = self.instance_place(id);
            }
        }
        Some(place)
    }

    fn exported_place(&self, name: &str) -> Option<Place> {
        let export = self.ir.exports.iter().find(|export| export.name.is_some_and(|own| self.ir.name(own) == name));
        let Some(export) = export else {
            // `module.exports = { sessions }`, `exports.sessions = sessions`.
            return self.exported_as(&vec![Access::Member(name.to_owned())]).or_else(|| {
                let exports = self.root_place(Root::Exports);
                Some(self.project(exports, Step::Field(self.name_id(name)?)))
            });
        };
        match export.what {
            Exported::Binding(binding) => Some(self.binding_place(binding)),
            Exported::Local(reference) => self.ir[reference].binding.map(|binding| self.binding_place(binding)),
            Exported::Expr(expr) => self.place(expr),
            Exported::From(..) => None,
        }
    }

    /// The module-level name whose value other files know by a path.
    fn exported_as(&self, path: &AccessPath) -> Option<Place> {
        let mut own = (0..self.ir.bindings.len() as u32).map(BindingId).filter(|&binding| self.is_module_level(binding));
        own.find(|&binding| self.paths_of_binding(binding).contains(path)).map(|binding| self.binding_place(binding))
    }

    fn name_id(&self, name: &str) -> Option<NameId> {
        self.ir.find_name(name)
    }

    /// Adds what other files do with a collection: releases, growth, a size check, and to whom they hand it.
    pub(super) fn add_outside(&self, seen: &Seen, collection: &mut Collection) {
        if seen.is_complete {
            collection.hand_outs.retain(|how| *how != HandOut::Exported);
        }
        collection.files.extend(seen.files.iter().cloned());
        if !seen.files.is_empty() {
            // Another class in its place would have to fit there, too.
            (collection.is_weakable, collection.is_maplike) = (false, false);
        }
        // A growth or release is a use of a part, too.
        collection.uses += seen.parts.max(seen.uses.len() as u32);
        collection.reads += seen.parts.saturating_sub(seen.uses.len() as u32);
        for used in &seen.uses {
            let file = Some(used.file.clone());
            match &used.used.what {
                UseKind::Grown(growth) if growth.level == 0 && is_other_method(growth, collection.container) => {}
                UseKind::Grown(growth) => collection.growths.push(Growth { file, context: used.context.clone(), ..growth.clone() }),
                UseKind::Shrunk(shrink) => {
                    collection.shrinks.push(Shrinkage { file, context: used.context.clone(), ..shrink.clone() });
                }
                UseKind::Measured => collection.bound = collection.bound.or(Some(Bound::SizeCheck)),
                UseKind::HandedOut(how) if !collection.hand_outs.contains(how) => collection.hand_outs.push(*how),
                _ => {}
            }
            collection.reads += u32::from(used.used.what == UseKind::Read);
        }
    }
}

/// A method that such a collection does not have: the `add` of a plain object is a function of its own.
fn is_other_method(growth: &Growth, container: Container) -> bool {
    matches!(growth.how, GrowthKind::Set | GrowthKind::Add) && !container.grows_by(growth.how)
}

//! What goes with the one that made it: the pages of a browser, the channels of a connection. Whether that end comes before there are many.

use super::super::Model;
use super::super::clearing::Clear;
use super::super::context::{ContextKind, Region};
use super::super::ir::{ExprId, ExprKind, Ir};
use super::super::place::{Place, Root};
use super::{Acquired, Flaw, Resource};

/// When the one that made something ends, seen from what it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnerEnd {
    /// With it, as far as is known.
    WithIt,
    /// It makes many before: a page for each request, and the browser ends with the program.
    AfterMany,
    /// That depends on who calls what in other files.
    Unknown,
}

impl Model<'_> {
    /// `this.browser` of `this.browser.newPage()`.
    pub(super) fn maker_place(&self, call: ExprId) -> Option<Place> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
        let is_module = self.ir.binding_of(object).is_some_and(|binding| self.module_of(binding).is_some());
        if is_module { None } else { self.place(object) }
    }

    pub(super) fn end_of_owner(&self, owner: Place, release: ExprId, call: ExprId) -> OwnerEnd {
        let module = Region::Function(Ir::MODULE);
        let region = match self.root(owner) {
            Root::Instance(id) if !self.is_object(id) => Region::Instance(id),
            Root::Binding(binding) if self.is_module_level(binding) => module,
            _ => return OwnerEnd::WithIt,
        };
        if self.ir.function_of(release) == self.ir.function_of(call) {
            return OwnerEnd::WithIt;
        }
        let (made, ended) = (self.context(call, region).kind, self.context(release, module).kind);
        match (made, ended) {
            (ContextKind::Repeated, ended) if ended <= ContextKind::Startup => OwnerEnd::AfterMany,
            (ContextKind::Repeated | ContextKind::Unknown, ended) if ended <= ContextKind::Unknown => OwnerEnd::Unknown,
            _ => OwnerEnd::WithIt,
        }
    }

    /// What only the end of its maker lets go: whether that leaves many, other files tell.
    pub(super) fn left_to_owner(&self, acquired: &Acquired<'_>) -> Option<Resource> {
        let owner = self.maker_place(acquired.call)?;
        let is_open = |clear: &Clear| {
            self.place(clear.handle) == Some(owner) && self.end_of_owner(owner, clear.at, acquired.call) == OwnerEnd::Unknown
        };
        if acquired.releases.is_empty() || !acquired.releases.iter().all(is_open) {
            return None;
        }
        let mut without = self.acquired(acquired.call, acquired.api);
        without.releases.clear();
        let (custody, flaw) = self.flaw(&without).filter(|(_, flaw)| *flaw == Flaw::Unreleased)?;
        let mut resource = self.describe(acquired.call, acquired.api.what.clone(), flaw);
        resource.kind = self.kind_of(acquired, &custody);
        resource.custody = custody;
        resource.for_others = true;
        Some(resource)
    }

    /// A loop of animation frames that a class with an end begins, and that asks for the next frame whatever happens.
    pub(super) fn loop_of_owner(&self, acquired: &Acquired<'_>) -> Option<Resource> {
        let Acquired { call, api, .. } = *acquired;
        if !api.rearms || acquired.to.is_conditional || !self.rearms_itself(call) || self.names_release_of(acquired) {
            return None;
        }
        let mut resource = self.describe(call, api.what.clone(), Flaw::Endless);
        let instances = resource.per_instance.as_ref()?;
        let is_test = resource.context.kind == ContextKind::Test;
        // `stop` beside `continue` sets a flag, and the instance goes on.
        let is_end = instances.teardown.as_ref().is_some_and(|teardown| teardown.name.trim_start_matches('_') != "stop");
        if is_test || !instances.many || !is_end || self.mount_by_event(call).is_some() {
            return None;
        }
        // That it begins each of its frames says nothing of how many loops there are: one for each instance.
        resource.context.kind = ContextKind::Unknown;
        resource.context.steps.clear();
        resource.kind = self.kind_of(acquired, &resource.custody);
        Some(resource)
    }
}

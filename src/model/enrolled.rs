//! Instances that enrol themselves: they add themselves to a collection that is older than all of them, and the end of an instance leaves it there.

use super::Model;
use super::context::{ContextKind, Region};
use super::entity::EntityId;
use super::facts::{Certainty, Collection, Shape};
use super::holding::{Grow, Operations};
use super::ir::{ExprKind, FnId};
use super::place::Root;

impl Model<'_> {
    pub(super) fn enrolled(&self, collection: &Collection, operations: &Operations) -> Option<Shape> {
        if collection.life.certainty != Certainty::Proved || !collection.shrinks.is_empty() {
            return None;
        }
        operations.grows.iter().filter(|grow| grow.level == 0).find_map(|grow| {
            let id = self.enrols(grow)?;
            let instances = self.per_instance(self.ir.function_of(grow.at)).filter(|instances| instances.many && !instances.is_few)?;
            let begins = self.context(grow.at, Region::Instance(id)).kind <= ContextKind::Startup;
            let end = instances.teardown.filter(|_| begins)?;
            Some(Shape::Enrolled { end: end.name, span: end.name_span })
        })
    }

    /// The class whose instance a growth adds: the one that it runs for.
    fn enrols(&self, grow: &Grow) -> Option<EntityId> {
        let place = self.place(grow.value?).filter(|&place| self.is_root(place))?;
        let Root::Instance(id) = self.root(place) else { return None };
        (self.instance_around(self.ir.function_of(grow.at)) == Some(id)).then_some(id)
    }

    /// `window.ResizeObserver = ResizeObserver`: whoever runs on the page may make one.
    pub(super) fn is_offered_to_page(&self, constructor: FnId) -> bool {
        let mut made = self.entities.ids().filter(|&id| self.entities.get(id).constructor == Some(constructor));
        let Some(binding) = made.find_map(|id| self.entities.get(id).binding) else { return false };
        self.uses.refs(binding).iter().any(|&at| match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Assign { target, value, .. }) if value == at => {
                self.place(target).is_some_and(|place| matches!(self.root(place), Root::Global(_) | Root::GlobalObject))
            }
            _ => false,
        })
    }
}

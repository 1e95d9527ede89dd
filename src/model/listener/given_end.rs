//! What a function makes and gives back has an end: `return { destroy() {...} }`. Who is given one takes it that all which was begun ends with it.

use super::super::Model;
use super::super::context::{ContextKind, Region};
use super::super::facts::Teardown;
use super::super::ir::{ExprId, ExprKind, FnId};
use super::super::owner::undone_by;
use super::Site;

impl Model<'_> {
    /// The end that forgets a listener, which is added while the thing is made.
    pub(super) fn forgetful_end(&self, site: &Site<'_>) -> Option<Teardown> {
        if self.instance_around(self.ir.function_of(site.call)).is_some() {
            return None;
        }
        let (maker, name, end) = self.maker_with_end(site.call)?;
        if self.context(site.call, Region::Function(maker)).kind > ContextKind::Startup || !self.only_listens(site.handler) {
            return None;
        }
        Some(self.describe_teardown(name, end, false))
    }

    fn maker_with_end(&self, call: ExprId) -> Option<(FnId, String, FnId)> {
        let mut at = Some(self.ir.function_of(call));
        while let Some(function) = at {
            if let Some((name, end)) = self.given_end(function) {
                let is_of_another = undone_by(&name).is_some_and(|begins| self.has_given_method(function, begins));
                return (!is_of_another).then_some((function, name, end));
            }
            at = self.ir[function].parent;
        }
        None
    }

    fn has_given_method(&self, function: FnId, name: &str) -> bool {
        self.uses.returns(function).iter().any(|&returned| match self.ir.kind(returned) {
            ExprKind::Return(Some(value)) => self.object_property(self.local_value(value), name).is_some(),
            _ => false,
        })
    }

    /// Whether a handler is only ever added, taken off or called: what keeps it elsewhere may take it off.
    fn only_listens(&self, handler: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(handler) else { return matches!(self.ir.kind(handler), ExprKind::Function(_)) };
        self.uses.refs(binding).iter().all(|&at| match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Call { callee, .. }) => {
                let name = self.callee_name(callee);
                callee == at || name.is_some_and(|name| self.apis.registers_listener(name) || self.apis.releases_listener(name))
            }
            _ => false,
        })
    }
}

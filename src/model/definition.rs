//! How an object that defines a component comes to the framework: returned by a function that a call is given, or under a name of an option.

use super::Model;
use super::frameworks::ComponentApi;
use super::ir::{ExprId, ExprKind, PropKey};

impl Model<'_> {
    /// `Alpine.data` of `Alpine.data('clock', () => ({ ... }))`, `app.directive` of `app.directive('clock', ['$window', function ($window) { ... }])`.
    pub(super) fn given_by(&self, object: ExprId) -> Option<String> {
        let ExprKind::Return(_) = self.ir.kind(self.uses.parent(object)?) else { return None };
        let maker = self.ir[self.ir.function_of(object)].expr?;
        let mut call = self.uses.parent(maker)?;
        if let ExprKind::Array(items) = self.ir.kind(call)
            && self.ir.list(items).last() == Some(&maker)
        {
            call = self.uses.parent(call)?;
        }
        matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee != maker).then(|| self.callee_text(call))
    }

    /// `{ directives: { focus: { ... } } }`.
    pub(super) fn is_listed_under(&self, object: ExprId, option: &str) -> bool {
        let of = |inner: ExprId| self.uses.parent(inner).filter(|&outer| matches!(self.ir.kind(outer), ExprKind::Object { .. }));
        let Some(list) = of(object) else { return false };
        let Some(ExprKind::Object { props, .. }) = of(list).map(|whole| self.ir.kind(whole)) else { return false };
        self.ir
            .prop_list(props)
            .iter()
            .any(|prop| prop.value == list && matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == option))
    }
}

impl ComponentApi {
    /// By the whole name, or by a method's name after a point.
    pub(super) fn is_given_by(&self, call: &str) -> bool {
        self.given_by.contains(call) || call.rfind('.').is_some_and(|point| self.given_by.contains(&call[point..]))
    }
}

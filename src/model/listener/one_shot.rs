//! Handlers that take themselves off before they go on: what follows in them runs once.

use super::super::Model;
use super::super::ir::{ExprId, ExprKind, FnId};

impl Model<'_> {
    /// Whether `handler`, which `registration` adds, has taken itself off by the time that it comes to `inner`.
    pub(in crate::model) fn has_taken_itself_off(&self, registration: ExprId, handler: FnId, inner: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(registration) else { return false };
        let event = self.ir.list(args).first().and_then(|&event| self.string(event));
        self.uses.calls.iter().filter(|&&call| self.ir.function_of(call) == handler).any(|&call| {
            let Some(removal) = self.removal(call) else { return false };
            let is_itself = removal
                .handler
                .and_then(|theirs| self.ir.binding_of(theirs))
                .is_some_and(|binding| self.uses.function_of_binding(binding) == Some(handler));
            is_itself
                && self.is_passed(call, inner)
                && removal.event.and_then(|event| self.string(event)) == event
                && self.is_of_one_emitter(callee, removal.object)
        })
    }

    /// `emitter.on` and `emitter`, or `addEventListener` and `removeEventListener`, both of the window.
    fn is_of_one_emitter(&self, adds: ExprId, emitter: ExprId) -> bool {
        match self.ir.kind(adds) {
            ExprKind::Member { object, .. } => self.expr_text(object) == self.expr_text(emitter),
            _ => self.ir.global_of(adds).is_some() && self.ir.global_of(emitter).is_some(),
        }
    }
}

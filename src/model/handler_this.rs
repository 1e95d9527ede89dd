//! The `this` of a handler: what the event came to.

use super::Model;
use super::entity::This;
use super::ir::{ExprId, ExprKind, FnId, FunctionKind};

impl Model<'_> {
    /// `source` for the `this` in `source.onerror = function () { this.close(); }`, or in `source.on('error', function () { ... })`.
    pub(super) fn target_of_handler(&self, function: FnId) -> Option<ExprId> {
        let mut at = function;
        while self.ir[at].kind == FunctionKind::Arrow {
            at = self.ir[at].parent?;
        }
        let handler = self.ir[at].expr.filter(|_| matches!(self.entities.this_of(at), This::Unknown))?;
        match self.ir.kind(self.uses.parent(handler)?) {
            ExprKind::Assign { target, value, .. } if value == handler => match self.ir.kind(target) {
                ExprKind::Member { object, property, .. } if self.ir.name(property).starts_with("on") => Some(object),
                _ => None,
            },
            ExprKind::Call { callee, .. } if callee != handler => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if self.apis.registers_listener(self.ir.name(property)) => Some(object),
                _ => None,
            },
            _ => None,
        }
    }
}

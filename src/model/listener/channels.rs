//! `client.subscribe(channel)`: what is subscribed to by its name, which is no handler.

use super::super::Model;
use super::super::ir::{ExprId, ExprKind, Type};

impl Model<'_> {
    /// An item of a list, what a call gives, or one of several values: names of channels, not functions.
    pub(super) fn is_name(&self, value: ExprId) -> bool {
        let is_made =
            |value: ExprId| matches!(self.ir.kind(value), ExprKind::Call { .. } | ExprKind::Conditional(..) | ExprKind::Template(_));
        let made = self.ir.binding_of(value).is_some_and(|binding| match self.uses.writes(binding) {
            [write] => super::super::index::written_value(self.ir, *write).is_some_and(|value| is_made(value) && !self.is_function(value)),
            _ => false,
        });
        self.is_loop_item(value) || is_made(value) || made || self.is_text_by_type(value)
    }

    /// `channel: string`.
    fn is_text_by_type(&self, value: ExprId) -> bool {
        let annotation = self.ir.binding_of(value).and_then(|binding| self.ir[binding].annotation);
        annotation.is_some_and(|annotation| matches!(&self.ir[annotation], Type::Keyword(name) if self.ir.name(*name) == "string"))
    }

    /// `store.subscribe(cart.product, token)`: a value of some object, beside others of which none is a function.
    pub(super) fn is_property_beside(&self, args: &[ExprId], handler: ExprId) -> bool {
        let is_of_object =
            matches!(self.ir.kind(handler), ExprKind::Member { object, .. } if !matches!(self.ir.kind(object), ExprKind::This));
        is_of_object && args.len() > 1 && !args.iter().any(|&arg| self.is_function(arg))
    }

    /// `manager.subscribe(command, list, onError, onItem)`: what it does with all these, nobody knows.
    pub(super) fn has_function_behind(&self, args: &[ExprId], handler: ExprId) -> bool {
        args.iter().skip_while(|&&arg| arg != handler).skip(1).any(|&arg| matches!(self.ir.kind(arg), ExprKind::Function(_)))
    }
}

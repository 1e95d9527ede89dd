//! What a function has made sure of before it goes on: `if (!isObject(state)) throw ...`.

use super::Model;
use super::ir::{BinaryOp, BindingId, ExprId, ExprKind, LogicalOp, UnaryOp};

impl Model<'_> {
    /// Whether a name stands for an object wherever this use of it is reached.
    pub(super) fn is_known_object(&self, at: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(at) else { return false };
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, self.ir[at].block);
        guards.iter().filter_map(|guard| guard.when.condition()).any(|(condition, holds)| self.says_object(condition, binding, holds))
    }

    fn says_object(&self, condition: ExprId, binding: BindingId, holds: bool) -> bool {
        let is_type = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Unary(UnaryOp::TypeOf, operand) if self.ir.binding_of(operand) == Some(binding));
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.says_object(operand, binding, !holds),
            ExprKind::Logical(LogicalOp::And, left, right) if holds => {
                self.says_object(left, binding, true) || self.says_object(right, binding, true)
            }
            ExprKind::Logical(LogicalOp::Or, left, right) if !holds => {
                self.says_object(left, binding, false) || self.says_object(right, binding, false)
            }
            ExprKind::Call { callee, args, .. } if holds => {
                matches!(self.callee_name(callee), Some("isObject" | "isPlainObject" | "isObjectLike"))
                    && self.ir.list(args).first().is_some_and(|&arg| self.ir.binding_of(arg) == Some(binding))
            }
            ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) if holds => {
                is_type(left) && self.string(right) == Some("object")
            }
            ExprKind::Binary(BinaryOp::NotEq | BinaryOp::StrictNotEq, left, right) if !holds => {
                is_type(left) && self.string(right) == Some("object")
            }
            _ => false,
        }
    }
}

//! What Angular's compiler of former versions writes beside a class: its decorators and the types of its parameters.
//!
//! ```js
//! Tooltip.decorators = [{ type: Directive, args: [{}] }];
//! Tooltip.ctorParameters = function () { return [{ type: ElementRef }, { type: NgZone }]; };
//! ```

use super::Model;
use super::entity::EntityId;
use super::ir::{ExprId, ExprKind};

impl Model<'_> {
    /// The name of a decorator of a class, as a static field says it.
    pub(super) fn has_compiled_decorator(&self, id: EntityId, is_one: &dyn Fn(&str) -> bool) -> bool {
        let Some(list) = self.compiled_static(id, "decorators") else { return false };
        self.types_of(list).into_iter().flatten().any(|class| self.callee_name(class).is_some_and(is_one))
    }

    /// The type of a constructor's parameter.
    pub(super) fn compiled_parameter(&self, id: EntityId, index: u32) -> Option<ExprId> {
        let made = self.compiled_static(id, "ctorParameters")?;
        let function = self.function_value(made)?;
        let list = self.uses.returns(function).iter().find_map(|&at| match self.ir.kind(at) {
            ExprKind::Return(value) => value,
            _ => None,
        })?;
        self.types_of(list).get(index as usize).copied().flatten()
    }

    /// The `type` of each object of a list.
    fn types_of(&self, list: ExprId) -> Vec<Option<ExprId>> {
        let ExprKind::Array(items) = self.ir.kind(list) else { return Vec::new() };
        self.ir.list(items).iter().map(|&item| self.object_property(item, "type")).collect()
    }

    fn compiled_static(&self, id: EntityId, name: &str) -> Option<ExprId> {
        self.uses.member_writes.iter().find_map(|&write| {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { return None };
            let ExprKind::Member { object, property, .. } = self.ir.kind(target) else { return None };
            (self.ir.name(property) == name && self.class_named_by(object) == Some(id)).then_some(value)
        })
    }
}

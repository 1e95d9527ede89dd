//! Conditions that never hold: a flag that begins unset, and is only ever set behind itself.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{BinaryOp, BindingId, ExprId, ExprKind, UnaryOp, When};

impl Model<'_> {
    /// The flag whose condition keeps a site from ever being reached, and the condition.
    pub(super) fn dead_guard(&self, site: ExprId) -> Option<(String, ExprId)> {
        let (flag, condition) = self.set_flags(site).into_iter().find(|&(flag, _)| self.is_never_set(flag))?;
        Some((self.ir.name(self.ir[flag].name).to_owned(), condition))
    }

    /// The variables that must be set where a site is reached.
    fn set_flags(&self, site: ExprId) -> Vec<(BindingId, ExprId)> {
        let guards = self.flow(self.ir.function_of(site)).guards(self.ir, self.ir[site].block);
        let flags = guards.into_iter().filter_map(|guard| {
            let (condition, mut wanted) = guard.when.condition()?;
            let mut at = condition;
            while let ExprKind::Unary(UnaryOp::Not, operand) = self.ir.kind(at) {
                at = operand;
                wanted = !wanted;
            }
            self.ir.binding_of(at).filter(|_| wanted).map(|binding| (binding, condition))
        });
        flags.collect()
    }

    /// `if (process.version < 'v14')`: what only a Node runs that nobody has any more.
    pub(super) fn is_for_old_node(&self, site: ExprId) -> bool {
        let is_old = |condition: ExprId| match self.ir.kind(condition) {
            ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq, left, right) => {
                let is_version = matches!(self.ir.kind(left), ExprKind::Member { object, property, .. }
                    if self.ir.name(property) == "version" && self.ir.global_of(object) == Some("process"));
                is_version && self.string(right).is_some_and(|version| version < "v18")
            }
            _ => false,
        };
        let mut at = Some(site);
        while let Some(site) = at {
            let function = self.ir.function_of(site);
            let guards = self.flow(function).guards(self.ir, self.ir[site].block);
            if guards.iter().any(|guard| matches!(guard.when, When::True(condition) if is_old(condition))) {
                return true;
            }
            at = self.ir[function].expr;
        }
        false
    }

    fn is_never_set(&self, flag: BindingId) -> bool {
        let is_local = matches!(self.ir[flag].kind, super::super::ir::BindingKind::Let | super::super::ir::BindingKind::Var);
        let writes = self.uses.writes(flag);
        let sets = |write: &&ExprId| {
            written_value(self.ir, **write).is_none_or(|value| {
                !self.is_nothing(value) && !matches!(self.ir.kind(value), ExprKind::Bool(false) | ExprKind::Number(0.0))
            })
        };
        let mut setting = writes.iter().filter(sets).peekable();
        // A flag that nobody sets is no flag: its writer may be out of view.
        is_local
            && !self.is_exported(flag)
            && setting.peek().is_some()
            && setting.all(|&write| self.set_flags(write).iter().any(|&(other, _)| other == flag))
    }
}

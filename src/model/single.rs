//! Of which class there is one instance, by where it is kept.

use super::Model;
use super::entity::EntityId;
use super::ir::{BindingKind, ExprId, ExprKind, FnId};
use super::place::Root;
use crate::text::Span;

impl Model<'_> {
    /// A construction that is kept in a module-level name, a static or an export, also when that is done lazily.
    pub(super) fn is_kept_once(&self, call: ExprId) -> bool {
        let mut at = call;
        while let Some(parent) = self.uses.parent(at) {
            match self.ir.kind(parent) {
                ExprKind::Assign { target, value, .. } if value == at => {
                    let Some(place) = self.place(target) else { return false };
                    return match self.root(place) {
                        Root::Binding(binding) => {
                            self.is_module_level(binding) && self.level(place) == 0 && !self.is_replaced(parent, place)
                        }
                        Root::Exports => true,
                        _ => false,
                    };
                }
                ExprKind::Logical(..) | ExprKind::Await(_) | ExprKind::Conditional(..) => at = parent,
                _ => return false,
            }
        }
        self.is_exported_value(call)
    }

    /// `window.app = this` in the constructor: there is one, and all find it there.
    pub(super) fn published_by_constructor(&self, id: EntityId) -> Option<Span> {
        let constructor = self.entities.get(id).constructor?;
        self.kept_by_class(id).or_else(|| self.published_globally(constructor))
    }

    /// `if (Hub.instance) return Hub.instance; Hub.instance = this` in the constructor: whoever asks for another one gets the first.
    fn kept_by_class(&self, id: EntityId) -> Option<Span> {
        let constructor = self.entities.get(id).constructor?;
        let write = self.uses.member_writes.iter().copied().find(|&write| {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { return false };
            let ExprKind::Member { object, .. } = self.ir.kind(target) else { return false };
            let is_own = self.ir.function_of(write) == constructor && self.class_named_by(object) == Some(id);
            is_own && matches!(self.ir.kind(value), ExprKind::This)
        })?;
        let ExprKind::Assign { target, .. } = self.ir.kind(write) else { return None };
        let kept = self.place(target)?;
        let gives_it = |&at: &ExprId| matches!(self.ir.kind(at), ExprKind::Return(Some(value)) if self.place(value) == Some(kept));
        self.uses.returns(constructor).iter().any(gives_it).then(|| self.ir.span(target))
    }

    fn published_globally(&self, constructor: FnId) -> Option<Span> {
        self.uses.member_writes.iter().find_map(|&write| {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { return None };
            let ExprKind::Member { object, .. } = self.ir.kind(target) else { return None };
            let is_global = matches!(self.ir.global_of(object), Some("window" | "global" | "globalThis" | "self"));
            (is_global && matches!(self.ir.kind(value), ExprKind::This) && self.ir.function_of(write) == constructor)
                .then(|| self.ir.span(target))
        })
    }

    /// `resolve(new Client(socket))` of a promise.
    pub(super) fn is_promised(&self, made: ExprId) -> bool {
        let Some(parent) = self.uses.parent(made) else { return false };
        let ExprKind::Call { callee, .. } = self.ir.kind(parent) else { return false };
        let resolver = self.ir.binding_of(callee).map(|binding| self.ir[binding].kind);
        callee != made && matches!(resolver, Some(BindingKind::Param(executor, 0)) if self.is_promise_executor(executor))
    }
}

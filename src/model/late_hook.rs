//! Hooks that are asked for too late: behind a wait, the framework does not know any more which component is meant, and never calls them.

use super::Model;
use super::ir::{BindingKind, ExprId, ExprKind, FnId, FunctionKind, Ir};

impl Model<'_> {
    /// `this.$once('hook:beforeUnmount', ...)` in the set-up of a component, where there is no `this`.
    pub(super) fn is_of_dead_hook(&self, site: ExprId) -> bool {
        let mut at = Some(self.ir.function_of(site));
        while let Some(function) = at.filter(|&function| function != Ir::MODULE) {
            let hook = self.ir[function].expr.and_then(|callback| self.uses.parent(callback));
            if hook.is_some_and(|hook| self.is_dead_hook(hook)) {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }

    fn is_dead_hook(&self, hook: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(hook) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
        let own = self.apis.registration(self.ir.name(property)).and_then(|(api, _)| api.own_events.as_deref());
        let is_own = own.is_some_and(|own| self.event_text(hook).is_some_and(|event| event.starts_with(own)));
        let mut at = self.ir.function_of(hook);
        while self.ir[at].kind == FunctionKind::Arrow
            && let Some(parent) = self.ir[at].parent
        {
            at = parent;
        }
        is_own && matches!(self.ir.kind(object), ExprKind::This) && self.ir.setups.contains(&at)
    }

    /// Whether a site stands in what is given to such a hook: `await load(); onUnmounted(() => ...)`.
    pub(super) fn is_of_late_hook(&self, site: ExprId) -> bool {
        let mut at = Some(self.ir.function_of(site));
        while let Some(function) = at.filter(|&function| function != Ir::MODULE) {
            let hook = self.ir[function].expr.and_then(|callback| self.uses.parent(callback));
            if hook.is_some_and(|hook| self.is_late_hook(hook)) {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }

    fn is_late_hook(&self, hook: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(hook) else { return false };
        // `onCleanup` that a watcher gives to its callback knows whose it is.
        let is_given = self.ir.binding_of(callee).is_some_and(|binding| matches!(self.ir[binding].kind, BindingKind::Param(..)));
        let is_end = matches!(self.ir.kind(callee), ExprKind::Ident(_))
            && self.callee_function(hook).is_none()
            && self.callee_name(callee).is_some_and(|name| self.apis.frameworks.ends.verbs.contains(name));
        is_end && !is_given && self.is_behind_wait(hook)
    }

    /// Whether an `await` of the same function comes first, or the function is given to a promise or timer.
    pub(super) fn is_behind_wait(&self, hook: ExprId) -> bool {
        let function = self.ir.function_of(hook);
        // The compiler of a component gives its set-up back to it after each wait.
        if function == Ir::MODULE || self.ir.setups.contains(&function) {
            return false;
        }
        let flow = self.flow(function);
        let is_first = |wait: ExprId| {
            matches!(self.ir.kind(wait), ExprKind::Await(_))
                && self.ir.function_of(wait) == function
                && wait < hook
                && flow.dominates(self.ir[wait].block, self.ir[hook].block)
        };
        self.ir[function].is_async && self.ir.expr_ids().any(is_first) || self.is_run_later_by_callee(function)
    }

    fn is_run_later_by_callee(&self, function: FnId) -> bool {
        let taker = self.ir[function].expr.and_then(|callback| self.uses.parent(callback));
        taker.is_some_and(|taker| match self.ir.kind(taker) {
            ExprKind::Call { callee, .. } => {
                self.is_timer_call(taker, "setTimeout")
                    || matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if self.ir.name(property) == "then")
            }
            _ => false,
        })
    }
}

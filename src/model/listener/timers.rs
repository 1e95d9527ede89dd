//! Listeners for the end of an owner that stop a timer: the timer fires long before, and the listener stays.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId};
use super::Site;

/// Events with which an owner is over.
pub(super) const ENDS: &[&str] = &["dispose", "disposed", "destroy", "destroyed", "close", "closed", "beforeDestroy", "unload", "remove"];

impl Model<'_> {
    /// `setTimeout(run, ms) { const id = setTimeout(run, ms); this.on('dispose', () => clearTimeout(id)); }`: a timer for whoever asks.
    pub(super) fn stops_callers_timer(&self, site: &Site<'_>) -> bool {
        let is_end = site.event.and_then(|event| self.string(event)).is_some_and(|event| ENDS.contains(&event));
        let Some(handler) = self.closure(site.handler).filter(|_| is_end) else { return false };
        let function = self.ir.function_of(site.call);
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            self.ir.function_of(call) == handler
                && matches!(self.callee_name(callee), Some("clearTimeout" | "cancelAnimationFrame"))
                && self.ir.list(args).first().and_then(|&id| self.ir.binding_of(id)).is_some_and(|id| self.is_callers_timer(id, function))
        })
    }

    /// Whether a local holds the timer of a callback that the function around was given.
    fn is_callers_timer(&self, id: BindingId, function: FnId) -> bool {
        let [write] = self.uses.writes(id) else { return false };
        let Some(made) = written_value(self.ir, *write).filter(|_| self.ir.function_of(*write) == function) else { return false };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(made) else { return false };
        matches!(self.callee_name(callee), Some("setTimeout" | "requestAnimationFrame"))
            && self.ir.list(args).first().is_some_and(|&run| self.is_given_callback(run, function))
    }

    /// A parameter, also if it is bound first, or a function that calls one.
    fn is_given_callback(&self, run: ExprId, function: FnId) -> bool {
        let is_given = |value: ExprId| {
            let binding = self.ir.binding_of(value);
            binding.is_some_and(|binding| matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == function))
        };
        let object_of = |callee: ExprId| match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        match self.ir.kind(run) {
            // `run()`, `run.call(self)`.
            ExprKind::Function(closure) => self.uses.calls.iter().any(|&call| {
                matches!(self.ir.kind(call), ExprKind::Call { callee, .. }
                    if self.ir.function_of(call) == closure && (is_given(callee) || object_of(callee).is_some_and(is_given)))
            }),
            ExprKind::Call { callee, args, .. } => object_of(callee).into_iter().chain(self.ir.list(args).iter().copied()).any(is_given),
            _ => is_given(run),
        }
    }
}

//! A time limit that aborts the work of one call, and that nobody takes back when the work is done.

use super::super::Model;
use super::super::clearing::Armed;
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, FnId, Ir};
use super::fact::TimeoutShape;

/// Expressions between a signal and the wait for the work that gets it.
const DEPTH: u32 = 8;

impl Model<'_> {
    /// All that the timer does is to abort what its own call has started: once that is done, it does nothing.
    pub(super) fn time_limit(&self, armed: &Armed<'_>) -> Option<TimeoutShape> {
        if !armed.is_dropped() || !armed.clears.is_empty() {
            return None;
        }
        let ExprKind::Call { args, .. } = self.ir.kind(armed.call) else { return None };
        let aborted = match (self.ir.list(args).first(), armed.callback) {
            (_, Some(callback)) => self.aborted_alone(callback)?,
            (Some(&callback), None) => self.ir.binding_of(callback)?,
            (None, None) => return None,
        };
        let owner = self.ir[self.ir[aborted].scope].function;
        let is_of_call = owner != Ir::MODULE && self.is_inside(self.ir.function_of(armed.call), owner);
        let [write] = self.uses.writes(aborted) else { return None };
        let value = written_value(self.ir, *write).filter(|_| is_of_call)?;
        let ends = self.is_new_controller(value) && self.waits_for_aborted(aborted) || self.is_abort_of_work(value);
        ends.then(|| TimeoutShape::Limit { aborts: self.ir.name(self.ir[aborted].name).to_owned() })
    }

    /// `() => controller.abort(reason)`, `() => abort()`: what a function that does nothing else aborts.
    fn aborted_alone(&self, callback: FnId) -> Option<BindingId> {
        let is_own = |at: &ExprId| self.is_inside(self.ir.function_of(*at), callback);
        let mut calls = self.uses.calls.iter().copied().filter(is_own);
        let outer = calls.clone().min_by_key(|&call| self.ir.span(call).start)?;
        let ExprKind::Call { callee, .. } = self.ir.kind(outer) else { return None };
        let within = self.ir.span(outer);
        let assigns = self.ir.expr_ids().any(|id| is_own(&id) && matches!(self.ir.kind(id), ExprKind::Assign { .. }));
        if assigns || !calls.all(|call| within.contains(self.ir.span(call))) {
            return None;
        }
        match self.ir.kind(callee) {
            ExprKind::Member { object, property, .. } if self.ir.name(property) == "abort" => self.ir.binding_of(object),
            ExprKind::Ident(_) => self.ir.binding_of(callee),
            _ => None,
        }
    }

    /// `abort` of `const { pipe, abort } = render(page)`.
    fn is_abort_of_work(&self, value: ExprId) -> bool {
        let ExprKind::Member { object, property, .. } = self.ir.kind(value) else { return false };
        let is_made = match self.ir.binding_of(object).map(|binding| self.uses.writes(binding)) {
            Some([write]) => written_value(self.ir, *write).is_some_and(|value| matches!(self.ir.kind(value), ExprKind::Call { .. })),
            Some(_) => false,
            None => matches!(self.ir.kind(object), ExprKind::Call { .. }),
        };
        self.ir.name(property) == "abort" && is_made
    }

    /// Whether what gets the signal of a controller is waited for, or is what the function gives back.
    fn waits_for_aborted(&self, controller: BindingId) -> bool {
        self.uses.refs(controller).iter().any(|&at| match self.uses.parent(at).map(|parent| (parent, self.ir.kind(parent))) {
            Some((signal, ExprKind::Member { object, property, .. })) if object == at && self.ir.name(property) == "signal" => {
                self.leads_to_wait(signal, DEPTH)
            }
            _ => false,
        })
    }

    fn leads_to_wait(&self, signal: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let Some(parent) = self.uses.parent(signal) else { return false };
        match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => self.uses.refs(binding).iter().any(|&at| self.leads_to_wait(at, depth)),
            ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::Conditional(..) | ExprKind::Logical(..) => {
                self.leads_to_wait(parent, depth)
            }
            ExprKind::Call { callee, .. } if callee != signal => self.is_wait(parent, depth),
            _ => false,
        }
    }

    /// `await work(signal)`, `return work(signal).then(read)`.
    fn is_wait(&self, call: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let Some(parent) = self.uses.parent(call) else { return false };
        match self.ir.kind(parent) {
            ExprKind::Await(_) | ExprKind::Return(_) => true,
            ExprKind::Init { binding, .. } => self.uses.refs(binding).iter().any(|&at| self.is_wait(at, depth)),
            ExprKind::Member { property, .. } => matches!(self.ir.name(property), "then" | "catch" | "finally"),
            // Another call that is given the work: `Promise.all([load(signal), read()])`.
            ExprKind::Array(_) | ExprKind::Call { .. } => self.is_wait(parent, depth),
            _ => false,
        }
    }
}

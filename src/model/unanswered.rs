//! Entries that wait for an answer, and stay when something else has settled their promise.

use super::Model;
use super::calls::How;
use super::holding::{Grow, Operations};
use super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir};
use super::provenance::{Domain, Source};

impl Model<'_> {
    /// Whether an entry is added by the executor of a promise that a timer or a failure settles without taking it away again.
    /// Only an answer does that, and no answer need come.
    pub(super) fn waits_for_answer(&self, grow: &Grow, operations: &Operations) -> bool {
        let executor = self.ir.function_of(grow.at);
        // Who asks again under the same key puts the new request in the place of the old one.
        let is_numbered = || {
            let key = grow.key.map(|key| self.provenance(key));
            key.is_some_and(|key| key.domain == Domain::Unbounded && matches!(key.source, Source::Counter | Source::Random))
        };
        if !self.is_promise_executor(executor) || !is_numbered() {
            return false;
        }
        if operations.shrinks.iter().any(|shrink| self.ends_with_promise(shrink.at, executor)) {
            return false;
        }
        let releases: Vec<ExprId> = operations.shrinks.iter().map(|shrink| shrink.at).collect();
        let key = grow.key.and_then(|key| self.ir.binding_of(key));
        let hands_on = |function: FnId| {
            // What somebody else does with the key is not in view.
            self.uses.calls.iter().any(|&call| {
                let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
                self.is_inside(self.ir.function_of(call), function)
                    && self.callee_function(call).is_none()
                    && self.ir.list(args).iter().any(|&arg| key.is_some() && self.ir.binding_of(arg) == key)
            })
        };
        self.unreleased_outcomes(executor, &releases).into_iter().any(|outcome| outcome.is_none_or(|outcome| !hands_on(outcome)))
    }

    /// The callbacks that settle a promise and come to none of the releases; none for the resolver itself, handed to `catch`.
    fn unreleased_outcomes(&self, executor: FnId, releases: &[ExprId]) -> Vec<Option<FnId>> {
        let own = |call: &ExprId| self.ir.function_of(*call) == executor;
        let outcome = |call: ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let args = self.ir.list(args);
            let handler = match self.ir.kind(callee) {
                _ if self.is_timer_call(call, "setTimeout") => *args.first()?,
                ExprKind::Member { property, .. } if self.ir.name(property) == "catch" => *args.first()?,
                ExprKind::Member { property, .. } if self.ir.name(property) == "then" => *args.get(1)?,
                _ => return None,
            };
            if self.is_own_resolver(handler, executor) {
                return Some(None);
            }
            let function = self.function_value(handler).filter(|&function| self.is_inside(function, executor))?;
            let open = function != executor && !self.comes_to(function, releases, 4) && self.settles_by(function, executor).is_some();
            open.then_some(Some(function))
        };
        self.uses.calls.iter().filter(|call| own(call)).filter_map(|&call| outcome(call)).collect()
    }

    pub(super) fn is_own_resolver(&self, value: ExprId, executor: FnId) -> bool {
        let binding = self.ir.binding_of(value);
        binding.is_some_and(|binding| matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == executor))
    }

    /// A release that comes whatever settled the promise: in `finally`, in the function that waits for it, or in a sweep over all entries.
    fn ends_with_promise(&self, release: ExprId, executor: FnId) -> bool {
        let ir = self.ir;
        let function = ir.function_of(release);
        let around = ir[executor].parent.filter(|&around| around != Ir::MODULE);
        let beside = around.is_some_and(|around| self.is_inside(function, around)) && !self.is_inside(function, executor);
        let swept = ir[ir[release].block].in_loop.is_some() || self.callers(function).iter().any(|caller| caller.how == How::EachElement);
        beside || swept || self.is_in_finally(function)
    }

    /// Whether a function is, or stands in, a callback that a promise runs at its end.
    fn is_in_finally(&self, function: FnId) -> bool {
        let mut at = Some(function);
        while let Some(function) = at {
            let call = self.ir[function].expr.and_then(|expr| self.uses.parent(expr));
            let by_finally = call.is_some_and(
                |call| matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if self.callee_name(callee) == Some("finally")),
            );
            if by_finally {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }
}

//! Whether a removal is reached on every way on which the work can end.

use super::super::Model;
use super::super::calls::How;
use super::super::facts::{NearMiss, NearMissWhy, ReceiverKind};
use super::super::ir::{BinaryOp, ExprId, ExprKind, FnId, LogicalOp, LoopKind, UnaryOp, When};
use super::super::place::Place;
use super::{Candidate, Removal, Site};

/// Events that say that all went well; the other outcomes pass their handlers by.
const GOOD_ENDS: &[&str] = &["end", "finish", "data", "response", "message", "done", "complete", "success", "load", "result", "exit"];
const BAD_ENDS: &[&str] = &["error", "abort", "timeout"];

impl Model<'_> {
    /// Why a path from the registration to an end of its work meets no removal.
    pub(super) fn missed_path(
        &self,
        candidate: &Candidate<'_>,
        removal: &Removal,
        matching: &[Removal],
        all: &[Candidate<'_>],
    ) -> Option<NearMissWhy> {
        let site = &candidate.site;
        let function = self.ir.function_of(site.call);
        let at = self.ir.function_of(removal.call);
        if candidate.held.kind == ReceiverKind::Pooled && self.given_back_early(candidate, matching) {
            return Some(NearMissWhy::SkippedByReturn);
        }
        if at == function {
            return self.missed_in_function(candidate, removal, matching);
        }
        let closure = self.closure_in(at, function)?;
        if self.waits_for_other_end(candidate, closure, all) {
            return Some(NearMissWhy::EndOfAnother);
        }
        if let Some(why) = self.missed_by_handler(candidate, closure, matching, all) {
            return Some(why);
        }
        if let Some(why) = self.missed_in_then(closure, function, matching) {
            return Some(why);
        }
        if let Some(why) = self.missed_outcome(candidate, closure, matching, all) {
            return Some(why);
        }
        let calls: Vec<ExprId> = matching.iter().map(|removal| removal.call).collect();
        if self.ended_by_deadline(function, self.function_value(site.handler), &calls).is_some() {
            return Some(NearMissWhy::OtherOutcome);
        }
        self.missed_closure(site, function, closure, matching)
    }

    /// Whether a pooled connection goes back with the listener still on it.
    fn given_back_early(&self, candidate: &Candidate<'_>, matching: &[Removal]) -> bool {
        let ir = self.ir;
        let function = ir.function_of(candidate.site.call);
        let from = ir[candidate.site.call].block;
        let stops: Vec<ExprId> = matching
            .iter()
            .filter(|removal| ir.function_of(removal.call) == function)
            .filter_map(|removal| self.stop_in(removal.call, candidate.site.call, function))
            .collect();
        let flow = self.flow(function);
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return false };
            self.callee_name(callee) == Some("release")
                && ir.function_of(call) == function
                && call > candidate.site.call
                && ir.list(args).iter().any(|&arg| self.place(arg) == Some(candidate.place))
                && !flow.must_pass(ir, from, ir[call].block, &stops)
        })
    }

    /// The closure directly inside `function` that holds what is in `inner`.
    fn closure_in(&self, mut inner: FnId, function: FnId) -> Option<FnId> {
        loop {
            let parent = self.ir[inner].parent?;
            if parent == function {
                return Some(inner);
            }
            inner = parent;
        }
    }

    /// A function that runs itself again from a callback which takes the listener off on some of its paths only.
    pub(super) fn missed_before_next(&self, site: &Site<'_>, matching: &[Removal]) -> Option<NearMiss> {
        let again = self.next_run(site.call)?;
        let from = self.ir.function_of(again);
        if from == self.ir.function_of(site.call) {
            return None;
        }
        let there: Vec<ExprId> = matching.iter().map(|removal| removal.call).filter(|&call| self.ir.function_of(call) == from).collect();
        let span = self.ir.span(*there.first()?);
        let flow = self.flow(from);
        let missed = !flow.must_pass(self.ir, self.ir[from].entry, self.ir[again].block, &there);
        missed.then_some(NearMiss { span, file: None, why: NearMissWhy::SkippedByReturn })
    }

    fn missed_in_function(&self, candidate: &Candidate<'_>, removal: &Removal, matching: &[Removal]) -> Option<NearMissWhy> {
        let ir = self.ir;
        let site = &candidate.site;
        let function = ir.function_of(site.call);
        let flow = self.flow(function);
        if !flow.is_reachable(ir[site.call].block)
            || removal.call < site.call
            || self.under_same_conditions(site.call, removal.call)
            || self.is_switch(site, removal.call)
        {
            return None;
        }
        // A component may go between the two runs.
        if self.is_for_other_run(site, removal) {
            return candidate.mount.is_some().then_some(NearMissWhy::OtherRun);
        }
        let mut stops: Vec<ExprId> = matching.iter().filter_map(|other| self.stop_in(other.call, site.call, function)).collect();
        stops.extend(self.destructions(site));
        let exits = flow.escapes(ir, function, site.call, &stops);
        match (exits.normal, exits.throws) {
            (true, _) => Some(NearMissWhy::SkippedByReturn),
            (_, true) if self.may_fail(function, site.call, &stops) => Some(NearMissWhy::SkippedByThrow),
            _ => None,
        }
    }

    /// Whether a `throw`, a loop over what comes, or a wait for something that can fail is met before any stop.
    fn may_fail(&self, function: FnId, from: ExprId, stops: &[ExprId]) -> bool {
        let flow = self.flow(function);
        let throws = |id: ExprId| {
            let is_throw = matches!(self.ir.kind(id), ExprKind::Throw(_)) && self.ir.function_of(id) == function && id > from;
            is_throw && !flow.must_pass(self.ir, self.ir[from].block, self.ir[id].block, stops)
        };
        let has_loop = || self.ir.loops.iter().any(|one| one.function == function && one.kind == LoopKind::ForAwait);
        self.escapes_by_throw(function, from, stops) || has_loop() || self.ir.expr_ids().any(throws)
    }

    /// Calls behind a registration that end its receiver: `stream.destroy()`, `destroy(stream, error)`.
    fn destructions(&self, site: &Site<'_>) -> Vec<ExprId> {
        let function = self.ir.function_of(site.call);
        let ends = |&call: &ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let is_it = |value: ExprId| self.place(value).is_some() && self.place(value) == self.place(site.object);
            let is_named = self.callee_name(callee).is_some_and(|name| name.starts_with("destroy"));
            let is_method = matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if is_it(object));
            is_named
                && call > site.call
                && self.ir.function_of(call) == function
                && (is_method || self.ir.list(args).first().is_some_and(|&first| is_it(first)))
        };
        self.uses.calls.iter().copied().filter(ends).collect()
    }

    /// Where a removal counts as reached: where its closure is made, or where the loop that sweeps the list begins.
    fn stop_in(&self, removal: ExprId, site: ExprId, function: FnId) -> Option<ExprId> {
        let ir = self.ir;
        let at = ir.function_of(removal);
        if at != function {
            return self.closure_in(at, function).and_then(|closure| ir[closure].expr);
        }
        if let Some(guard) = self.presence_guard(removal, site, function) {
            return Some(guard);
        }
        let mut stop = removal;
        let mut around = ir[ir[removal].block].in_loop;
        while let Some(id) = around {
            if ir[id].span.contains(ir.span(site)) {
                break;
            }
            stop = ir[id].test.unwrap_or(stop);
            around = ir[id].parent;
        }
        Some(stop)
    }

    /// `if (handler) emitter.off('x', handler)` behind the registration: whoever has registered passes that condition.
    fn presence_guard(&self, removal: ExprId, site: ExprId, function: FnId) -> Option<ExprId> {
        let ir = self.ir;
        let ExprKind::Call { callee, args, .. } = ir.kind(removal) else { return None };
        let ExprKind::Member { object, .. } = ir.kind(callee) else { return None };
        let subjects: Vec<_> = ir.list(args).iter().chain([&object]).filter_map(|&subject| self.place(subject)).collect();
        self.flow(function).guards(ir, ir[removal].block).into_iter().find_map(|guard| {
            let (condition, wanted) = guard.when.condition()?;
            (condition > site && self.holds_if_set(condition, wanted, &subjects)).then_some(condition)
        })
    }

    /// Whether a condition comes out as wanted wherever these are set.
    pub(in crate::model) fn holds_if_set(&self, condition: ExprId, wanted: bool, subjects: &[Place]) -> bool {
        match self.ir.kind(condition) {
            // `typeof signal.removeEventListener === 'function'`.
            ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) if wanted && self.string(right) == Some("function") => {
                let ExprKind::Unary(UnaryOp::TypeOf, member) = self.ir.kind(left) else { return false };
                matches!(self.ir.kind(member), ExprKind::Member { object, .. } if self.place(object).is_some_and(|of| subjects.contains(&of)))
            }
            ExprKind::Logical(LogicalOp::And, left, right) if wanted => {
                self.holds_if_set(left, wanted, subjects) && self.holds_if_set(right, wanted, subjects)
            }
            _ => self.guard_flags(condition, !wanted).iter().any(|flag| subjects.contains(flag)),
        }
    }

    /// `if (verbose && log) on(...); ...; if (verbose) off(...)`.
    fn under_same_conditions(&self, one: ExprId, other: ExprId) -> bool {
        let ir = self.ir;
        let flow = self.flow(ir.function_of(one));
        let conditions = |at: ExprId| -> Vec<(&str, bool)> {
            let asked = flow.guards(ir, ir[at].block).into_iter().filter_map(|guard| guard.when.condition());
            let parts = asked.flat_map(|(condition, wanted)| self.decided(condition, wanted));
            parts.map(|(part, wanted)| (self.source.slice(ir.span(part)), wanted)).collect()
        };
        let own = conditions(one);
        let theirs = conditions(other);
        let shared = ir[one].block == ir[other].block;
        !shared
            && !theirs.is_empty()
            && theirs.iter().all(|condition| own.contains(condition))
            && !flow.dominates(ir[one].block, ir[other].block)
    }

    /// The handler takes itself off, but its event need not come.
    fn missed_by_handler(
        &self,
        candidate: &Candidate<'_>,
        closure: FnId,
        matching: &[Removal],
        all: &[Candidate<'_>],
    ) -> Option<NearMissWhy> {
        // Another event brings the same handler.
        let is_shared = all.iter().any(|other| {
            other.site.call != candidate.site.call
                && other.place == candidate.place
                && self.ir.binding_of(other.site.handler).is_some_and(|binding| Some(binding) == self.ir.binding_of(candidate.site.handler))
        });
        if is_shared {
            return None;
        }
        let site = &candidate.site;
        let own = self.handler(site.handler, false).span?;
        let inside = |call: ExprId| own.contains(self.ir.span(call));
        let uncertain = site.event.and_then(|event| self.string(event)).is_some_and(|event| self.apis.events.uncertain.contains(event));
        let is_own = own.contains(self.ir[closure].span) || self.ir[closure].span == own;
        if self.is_run_without_event(site) {
            return None;
        }
        (is_own && uncertain && matching.iter().all(|removal| inside(removal.call))).then_some(NearMissWhy::EventMayNotCome)
    }

    /// `timer = setTimeout(done, ms); signal.addEventListener('abort', done)`: the same function runs when the event does not come.
    /// Or the next run begins in the handler, when the event has come.
    fn is_run_without_event(&self, site: &Site<'_>) -> bool {
        let Some(handler) = self.function_value(site.handler) else { return false };
        let function = self.ir.function_of(site.call);
        let by_timer = self.callers(handler).iter().any(|caller| {
            let Some(at) = caller.at.filter(|_| caller.how == How::Later) else { return false };
            let ExprKind::Call { callee, .. } = self.ir.kind(at) else { return false };
            matches!(self.ir.global_of(callee), Some("setTimeout" | "setImmediate" | "queueMicrotask"))
                && self.ir.function_of(at) == function
        });
        by_timer || self.next_run(site.call).is_some_and(|again| self.is_inside(self.ir.function_of(again), handler))
    }

    /// `work().then(() => emitter.off(...))`, and nothing when it fails.
    fn missed_in_then(&self, closure: FnId, function: FnId, matching: &[Removal]) -> Option<NearMissWhy> {
        let ir = self.ir;
        let is_then = |closure: FnId| {
            let Some(call) = ir[closure].expr.and_then(|expr| self.uses.parent(expr)) else { return false };
            let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return false };
            // A promise that is given tells of the end, however that comes: it is no work of this call that may fail.
            let is_given =
                ir.binding_of(object).is_some_and(|binding| matches!(ir[binding].kind, super::super::ir::BindingKind::Param(..)));
            let settled = is_given || matches!(ir.kind(object), ExprKind::Call { callee, .. } if self.callee_name(callee) == Some("catch"));
            ir.name(property) == "then" && ir.list(args).len() == 1 && !settled
        };
        let only = matching.iter().all(|other| {
            let at = ir.function_of(other.call);
            at != function && self.closure_in(at, function).is_some_and(is_then)
        });
        (is_then(closure) && only).then_some(NearMissWhy::SkippedByThrow)
    }

    /// Removed in the handler of `end`, while that of `error` forgets it.
    fn missed_outcome(&self, candidate: &Candidate<'_>, closure: FnId, matching: &[Removal], all: &[Candidate<'_>]) -> Option<NearMissWhy> {
        let ir = self.ir;
        let function = ir.function_of(candidate.site.call);
        let handler_of = |closure: FnId| all.iter().find(|other| Some(other.site.handler) == ir[closure].expr);
        let good = handler_of(closure)?;
        let is_one =
            |site: &Site<'_>, names: &[&str]| site.event.and_then(|event| self.string(event)).is_some_and(|event| names.contains(&event));
        if !is_one(&good.site, GOOD_ENDS) || !matches!(good.held.kind, ReceiverKind::Fresh | ReceiverKind::Peer | ReceiverKind::Parameter) {
            return None;
        }
        let only_good = matching.iter().all(|removal| {
            self.closure_in(ir.function_of(removal.call), function)
                .and_then(handler_of)
                .is_some_and(|other| other.place == good.place && is_one(&other.site, GOOD_ENDS))
        });
        let bad = all.iter().any(|other| {
            other.place == good.place
                && ir.function_of(other.site.call) == function
                && is_one(&other.site, BAD_ENDS)
                && matches!(ir.kind(other.site.handler), ExprKind::Function(_))
        });
        (only_good && bad).then_some(NearMissWhy::OtherOutcome)
    }

    /// A closure that would take it off, but some path ends before it is made.
    fn missed_closure(&self, site: &Site<'_>, function: FnId, closure: FnId, matching: &[Removal]) -> Option<NearMissWhy> {
        let ir = self.ir;
        let closure = ir[closure].expr?;
        let flow = self.flow(function);
        if closure < site.call
            || !flow.is_reachable(ir[site.call].block)
            || self.under_same_conditions(site.call, closure)
            || self.asks_for_component(closure)
            || self.asks_for_hook(closure)
        {
            return None;
        }
        let stops: Vec<ExprId> = matching.iter().filter_map(|other| self.stop_in(other.call, site.call, function)).collect();
        // A closure that was there before the listener needs no path.
        if stops.iter().any(|&stop| stop < site.call) || stops.len() < matching.len() {
            return None;
        }
        flow.escapes(ir, function, site.call, &stops).normal.then_some(NearMissWhy::SkippedByReturn)
    }

    /// `'onDestroy' in owner && owner.onDestroy(() => ...)`: an owner without the hook has no end.
    fn asks_for_hook(&self, closure: ExprId) -> bool {
        let ir = self.ir;
        let Some(call) = self.uses.parent(closure) else { return false };
        let ExprKind::Call { callee, .. } = ir.kind(call) else { return false };
        let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return false };
        let is_hook = |condition: ExprId| match ir.kind(condition) {
            ExprKind::Binary(BinaryOp::In, name, owner) => {
                self.string(name) == Some(ir.name(property)) && self.place(owner).is_some() && self.place(owner) == self.place(object)
            }
            _ => self.place(condition).is_some() && self.place(condition) == self.place(callee),
        };
        let guards = self.flow(ir.function_of(call)).guards(ir, ir[call].block);
        guards.iter().any(|guard| matches!(guard.when, When::True(condition) if is_hook(condition)))
    }

    /// `if (getCurrentScope()) onScopeDispose(...)`: where there is no component, none is left.
    fn asks_for_component(&self, at: ExprId) -> bool {
        let calls_it = |value: ExprId| {
            let value = if let ExprKind::Unary(UnaryOp::Not, inner) = self.ir.kind(value) { inner } else { value };
            let value = if let ExprKind::Unary(UnaryOp::Not, inner) = self.ir.kind(value) { inner } else { value };
            matches!(self.ir.kind(value), ExprKind::Call { callee, .. }
                if self.callee_name(callee).is_some_and(|name| self.apis.frameworks.ends.asks.contains(name)))
        };
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, self.ir[at].block);
        guards.iter().any(|guard| match guard.when {
            When::True(condition) | When::NotNullish(condition) => {
                let named = self.place(condition).map(|place| self.initial_values(place)).unwrap_or_default();
                calls_it(condition) || named.iter().any(|&value| calls_it(value))
            }
            _ => false,
        })
    }
}

//! The paths of a function on which what it made is not released.

use super::super::Model;
use super::super::context::{Region, StepKind};
use super::super::flow::Guard;
use super::super::ir::{ExprId, ExprKind, Ir, When};
use super::Acquired;
use super::fact::MissedPath;

impl Model<'_> {
    /// A path on which the only release is missed, where all of it happens in one function.
    pub(super) fn unreleased_path(&self, acquired: &Acquired<'_>) -> Option<(ExprId, MissedPath)> {
        let call = acquired.call;
        let function = self.ir.function_of(call);
        let mut stops: Vec<ExprId> = acquired.releases.iter().map(|clear| clear.at).collect();
        let is_here = stops.iter().all(|&stop| self.ir.function_of(stop) == function && stop > call);
        let is_called = |stop: &ExprId| matches!(self.ir.kind(*stop), ExprKind::Call { .. });
        let last = *stops.iter().max()?;
        if !is_here || !stops.iter().all(is_called) || !acquired.to.places.is_empty() {
            return None;
        }
        // `if (client) client.release()` releases on both branches.
        let flow = self.flow(function);
        for clear in &acquired.releases {
            let guards = flow.guards(self.ir, self.ir[clear.at].block);
            stops.extend(guards.iter().filter_map(|guard| match guard.when {
                When::True(condition) if self.is_it(condition, acquired) => Some(condition),
                _ => None,
            }));
        }
        let in_finally = |stop: ExprId| self.ir[self.ir[stop].block].in_finally;
        if stops.iter().any(|&stop| in_finally(stop)) {
            return None;
        }
        let exits = flow.escapes(self.ir, function, acquired.value, &stops);
        if exits.normal
            && let Some(early) = self.early_return(acquired, &stops, last)
        {
            return Some((last, MissedPath::Return(self.ir.span(early))));
        }
        // A `catch` that goes on as if nothing were left behind.
        let is_caught = || exits.normal && flow.ends_only_by_failure(self.ir, function, acquired.value, &stops);
        (exits.throws && !exits.normal || is_caught()).then_some((last, MissedPath::Throw))
    }

    /// Behind the last turn of a function that calls itself until something is ready: `if (!ready) { setTimeout(start); return; }`.
    pub(super) fn ends_a_poll(&self, call: ExprId) -> bool {
        let function = self.ir.function_of(call);
        let context = self.context(call, Region::Function(Ir::MODULE));
        let rearms: Vec<_> = context.steps.iter().filter(|step| matches!(step.what, StepKind::Rearms(_))).map(|step| step.span).collect();
        let is_other = context.steps.iter().any(|step| {
            matches!(step.what, StepKind::Handler { .. } | StepKind::HandlerOf(_) | StepKind::Rendered(_) | StepKind::EndlessLoop)
        });
        if rearms.is_empty() || is_other {
            return false;
        }
        let block = self.ir[call].block;
        let flow = self.flow(function);
        let apart = |at: ExprId| {
            let other = self.ir[at].block;
            self.ir.function_of(at) == function
                && other != block
                && flow.must_pass(self.ir, block, other, &[])
                && flow.must_pass(self.ir, other, block, &[])
        };
        self.uses.calls.iter().any(|&at| rearms.contains(&self.callee_span(at)) && apart(at))
    }

    /// A return behind the acquisition and before the last release that passes none.
    fn early_return(&self, acquired: &Acquired<'_>, stops: &[ExprId], last: ExprId) -> Option<ExprId> {
        let call = acquired.call;
        let function = self.ir.function_of(call);
        let flow = self.flow(function);
        let known: Vec<Guard> = flow.guards(self.ir, self.ir[call].block);
        self.uses.returns(function).iter().copied().find(|&at| {
            let block = self.ir[at].block;
            let same = block == self.ir[call].block;
            let released_before = stops.iter().any(|&stop| self.ir[stop].block == block && stop < at);
            at > call
                && at < last
                && !same
                && !released_before
                && !flow.must_pass(self.ir, self.ir[call].block, block, stops)
                && !flow.guards(self.ir, block).iter().any(|guard| !known.contains(guard) && self.asks_of_it(guard.when, acquired))
        })
    }

    /// Whether a condition asks whether there is one.
    fn asks_of_it(&self, when: When, acquired: &Acquired<'_>) -> bool {
        let (When::True(condition) | When::False(condition) | When::Nullish(condition) | When::NotNullish(condition)) = when else {
            return false;
        };
        let mut work = vec![condition];
        while let Some(at) = work.pop() {
            if self.is_it(at, acquired) {
                return true;
            }
            // What is asked of what it does says nothing of whether there is one.
            if !matches!(self.ir.kind(at), ExprKind::Call { .. } | ExprKind::New { .. } | ExprKind::Member { .. }) {
                super::super::index::children(self.ir, at, &mut |child| work.push(child));
            }
        }
        false
    }
}

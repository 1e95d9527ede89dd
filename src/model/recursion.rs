//! Asynchronous functions that end each run by waiting for the next one.

use super::Model;
use super::context::Region;
use super::facts::{Reaction, ReactionKind, Settled};
use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir};

impl Model<'_> {
    /// `async function poll() { await work(); return poll(); }`: each run's promise waits for that of the next.
    pub(super) fn endless_recursions(&self) -> Vec<Reaction> {
        let asks_next = self.ir.find_name("next").is_some();
        let skipping = |call| if asks_next { self.skipping_recursion(call) } else { None };
        let recursion = |call| self.endless_recursion(call).or_else(|| skipping(call));
        let calls = self.uses.calls.iter().copied().filter(|&call| self.is_result(call));
        calls.filter_map(|call| self.focused(Some(self.ir.span(call)), || recursion(call))).collect()
    }

    fn endless_recursion(&self, call: ExprId) -> Option<Reaction> {
        let function = self.ir.function_of(call);
        let declared = &self.ir[function];
        if function == Ir::MODULE || !declared.is_async || declared.is_generator || !self.is_own_return(call) {
            return None;
        }
        // Where some run ends in another way, there is an end.
        let runs_itself = self.callee_function(call) == Some(function) && self.always_runs(function, call);
        runs_itself.then(|| Reaction {
            promise: self.function_name(function),
            made_at: declared.name_span,
            settled: Settled::Never,
            ..self.reaction_at(call, ReactionKind::Return, self.context(call, Region::Function(Ir::MODULE)))
        })
    }

    fn is_own_return(&self, call: ExprId) -> bool {
        let mut at = call;
        while let Some(parent) = self.uses.parent(at) {
            match self.ir.kind(parent) {
                ExprKind::Await(_) => at = parent,
                ExprKind::Return(_) => return true,
                _ => return false,
            }
        }
        // The body of an arrow function.
        false
    }

    /// `const next = () => source.next().then((item) => (fits(item) ? item : next()))`: each value that is passed over leaves a promise that waits.
    fn skipping_recursion(&self, call: ExprId) -> Option<Reaction> {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let function = self.callee_function(call).filter(|&of| of != Ir::MODULE)?;
        let declared = &self.ir[function];
        // Whoever gets something else each time goes on to an end: the next page, one try less.
        let is_same = self.ir.list(args).is_empty() && declared.params.is_empty() && !declared.is_generator;
        let is_back = self.is_given_back_by(function, self.ir.function_of(call), call);
        if !is_same || !is_back || !self.asks_outer_source(function, call) || self.goes_another_way(function, call) {
            return None;
        }
        let context = self.context(call, Region::Function(Ir::MODULE));
        Some(Reaction {
            promise: self.function_name(function),
            made_at: declared.name_span.or_else(|| self.uses.bindings_of_function(function).first().map(|&of| self.ir[of].span)),
            settled: Settled::BySource,
            ..self.reaction_at(call, ReactionKind::Return, context)
        })
    }

    /// `done = true; return next();` behind `if (done) return`: the way to the call asks for what the run itself sets, so that the next run does not come there.
    fn goes_another_way(&self, function: FnId, call: ExprId) -> bool {
        let sets = |binding: BindingId| self.uses.writes(binding).iter().any(|&write| self.is_inside(self.ir.function_of(write), function));
        let is_state = |binding: BindingId| !self.is_inside(self.ir[self.ir[binding].scope].function, function) && sets(binding);
        let guards = self.flow(self.ir.function_of(call)).guards(self.ir, self.ir[call].block);
        guards.iter().filter_map(|guard| guard.when.condition()).any(|(condition, _)| {
            let mut asks = false;
            self.each_part(condition, &mut |part| asks |= self.ir.binding_of(part).is_some_and(is_state));
            asks
        })
    }

    /// Whether what stands in `inner` is what `function` gives back, perhaps by callbacks of `then` one within another.
    fn is_given_back_by(&self, function: FnId, mut inner: FnId, mut value: ExprId) -> bool {
        loop {
            if !self.is_result(value) {
                return false;
            }
            if inner == function {
                return true;
            }
            let Some(then) = self.ir[inner].expr.and_then(|expr| self.uses.parent(expr)) else { return false };
            let ExprKind::Call { callee, .. } = self.ir.kind(then) else { return false };
            if !matches!(self.callee_name(callee), Some("then" | "catch")) {
                return false;
            }
            (inner, value) = (self.ir.function_of(then), then);
        }
    }

    /// `return value`, with what is chained behind it, or a branch of it.
    fn is_result(&self, mut value: ExprId) -> bool {
        while let Some(parent) = self.uses.parent(value) {
            match self.ir.kind(parent) {
                ExprKind::Return(_) => return true,
                ExprKind::Await(_) | ExprKind::Conditional(..) | ExprKind::Logical(..) => value = parent,
                ExprKind::Member { object, property, .. }
                    if object == value && matches!(self.ir.name(property), "then" | "catch" | "finally") =>
                {
                    let Some(chained) = self.uses.parent(parent) else { return false };
                    value = chained;
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether each run waits for what a source around the function gives next, before it calls itself.
    fn asks_outer_source(&self, function: FnId, call: ExprId) -> bool {
        self.uses.calls.iter().any(|&at| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(at) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
            let is_outer =
                || self.ir.binding_of(object).is_some_and(|source| !self.is_inside(self.ir[self.ir[source].scope].function, function));
            let is_waited =
                || self.is_result(at) || self.uses.parent(at).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Await(_)));
            self.ir.function_of(at) == function
                && self.ir.name(property) == "next"
                && self.ir.list(args).is_empty()
                && self.ir.span(at).start < self.ir.span(call).start
                && is_outer()
                && is_waited()
        })
    }
}

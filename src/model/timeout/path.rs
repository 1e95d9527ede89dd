//! Which ways on which work can end meet a clear.

use rustc_hash::FxHashSet;

use super::super::Model;
use super::super::clearing::Clear;
use super::super::index::written_value;
use super::super::ir::{BlockId, ExprId, ExprKind, FnId, When};
use super::super::place::Root;
use crate::text::Span;

/// Waits of these names end well.
const SLEEPS: &[&str] = &["sleep", "delay", "wait", "pause", "nextTick", "tick", "allSettled", "setImmediate"];
/// Events behind every outcome of their emitter.
pub(in crate::model) const LAST_EVENTS: &[&str] = &["close", "exit", "end", "finish", "disconnect"];

impl Model<'_> {
    /// Whether something that is awaited behind `from` can fail, and no stop is met on the way from there to an end.
    pub(in crate::model) fn escapes_by_throw(&self, function: FnId, from: ExprId, stops: &[ExprId]) -> bool {
        let ir = self.ir;
        let start = ir[from].block;
        if stops.iter().any(|&stop| ir[stop].block == start && stop > from) {
            return false;
        }
        let stop_blocks: FxHashSet<BlockId> = stops.iter().map(|&stop| ir[stop].block).collect();
        let throwing = self.throwing_blocks(function, from);
        let mut seen = FxHashSet::default();
        let mut work = vec![(start, false)];
        while let Some((block, thrown)) = work.pop() {
            if thrown && (block == ir[function].exit || block == ir[function].throw_exit) {
                return true;
            }
            if !seen.insert((block, thrown)) || block != start && stop_blocks.contains(&block) {
                continue;
            }
            for edge in &ir[block].edges {
                let throws = edge.when == When::Throws;
                if !throws || thrown || throwing.contains(&block) {
                    work.push((edge.to, thrown || throws));
                }
            }
        }
        false
    }

    fn throwing_blocks(&self, function: FnId, from: ExprId) -> FxHashSet<BlockId> {
        let ir = self.ir;
        let throws = |id: &ExprId| {
            *id > from
                && ir.function_of(*id) == function
                && match ir.kind(*id) {
                    ExprKind::Await(value) | ExprKind::Yield(Some(value)) => self.can_reject(value, 5),
                    _ => false,
                }
        };
        ir.expr_ids().filter(throws).map(|id| ir[id].block).collect()
    }

    pub(in crate::model) fn can_reject(&self, promise: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        match self.ir.kind(promise) {
            ExprKind::Call { callee, args, .. } => match self.callee_name(callee) {
                Some("catch") => false,
                Some("then") if self.ir.list(args).len() > 1 => false,
                Some("race" | "all" | "any") => self.elements_can_reject(promise, depth),
                Some(name) if SLEEPS.contains(&name) => false,
                _ => self.callee_function(promise).is_none_or(|function| self.result_can_reject(function, depth)),
            },
            ExprKind::New { args, .. } => match self.ir.list(args).first().and_then(|&executor| self.function_value(executor)) {
                Some(executor) if self.is_promise_executor(executor) => self.ir[executor].params.len() > 1,
                _ => true,
            },
            ExprKind::Ident(_) => match self.ir.binding_of(promise).map(|binding| self.uses.writes(binding)) {
                Some([write]) => written_value(self.ir, *write).is_none_or(|value| self.can_reject(value, depth)),
                _ => true,
            },
            ExprKind::Member { object, .. } if self.resolvers_of(object).is_some() => self.takes_reject(object),
            ExprKind::Member { .. } => match self.place(promise).map(|place| self.initial_values(place)) {
                Some(values) if !values.is_empty() => values.iter().any(|&value| self.can_reject(value, depth)),
                _ => self.field_can_reject(promise, depth),
            },
            _ => true,
        }
    }

    /// `Promise.withResolvers()`.
    fn resolvers_of(&self, object: ExprId) -> Option<ExprId> {
        let Root::Value(made) = self.root(self.place(object)?) else { return None };
        match self.ir.kind(made) {
            ExprKind::Call { callee, .. } if self.callee_name(callee) == Some("withResolvers") => Some(made),
            _ => None,
        }
    }

    /// Whether anybody asks for what rejects it.
    fn takes_reject(&self, object: ExprId) -> bool {
        let made = self.resolvers_of(object);
        self.ir.expr_ids().any(|id| match self.ir.kind(id) {
            ExprKind::Member { object, property, .. } => self.ir.name(property) == "reject" && self.resolvers_of(object) == made,
            _ => false,
        })
    }

    /// Of an object that is not known: what this file stores in fields of that name.
    fn field_can_reject(&self, promise: ExprId, depth: u32) -> bool {
        let ExprKind::Member { property: wanted, .. } = self.ir.kind(promise) else { return true };
        let stored = self.uses.member_writes.iter().filter_map(|&write| match self.ir.kind(write) {
            ExprKind::Assign { target, value, .. } => match self.ir.kind(target) {
                ExprKind::Member { property, .. } if property == wanted => Some(value),
                _ => None,
            },
            _ => None,
        });
        let stored: Vec<ExprId> = stored.collect();
        stored.is_empty() || stored.iter().any(|&value| self.can_reject(value, depth))
    }

    /// Of what a race or the like waits for.
    fn elements_can_reject(&self, call: ExprId, depth: u32) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return true };
        match self.ir.list(args).first().map(|&list| self.ir.kind(list)) {
            Some(ExprKind::Array(list)) => self.ir.list(list).iter().any(|&element| self.can_reject(element, depth)),
            _ => true,
        }
    }

    /// `function exited(child) { return new Promise((resolve) => child.once('exit', resolve)) }` cannot.
    fn result_can_reject(&self, function: FnId, depth: u32) -> bool {
        match self.uses.returns(function) {
            [only] if !self.ir[function].is_async => match self.ir.kind(*only) {
                ExprKind::Return(Some(value)) => self.can_reject(value, depth),
                _ => true,
            },
            _ => true,
        }
    }

    /// Whether a run of a function may come to one of the clears, also by what it calls.
    pub(super) fn leads_to_clear(&self, function: FnId, clears: &[Clear], depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if clears.iter().any(|clear| self.is_inside(self.ir.function_of(clear.at), function)) {
            return true;
        }
        self.uses.calls.iter().any(|&call| {
            self.is_inside(self.ir.function_of(call), function)
                && self.callee_function(call).is_some_and(|callee| callee != function && self.leads_to_clear(callee, clears, depth))
        })
    }

    /// In a `finally`, or in a callback that runs however the work ends.
    pub(super) fn is_on_every_way(&self, clear: &Clear) -> bool {
        let mut at = self.ir.function_of(clear.at);
        if self.ir[self.ir[clear.at].block].in_finally {
            return true;
        }
        loop {
            // The function itself, or what it calls by name, is the callback.
            let is_last = self.callers(at).iter().filter_map(|caller| caller.at).any(|call| {
                let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
                let event = self.event_text(call);
                match self.callee_name(callee) {
                    Some("finally") => true,
                    Some("on" | "once" | "addListener") => event.is_some_and(|event| LAST_EVENTS.contains(&event.as_str())),
                    _ => self.ir[self.ir[call].block].in_finally,
                }
            });
            if is_last {
                return true;
            }
            match self.ir[at].parent {
                Some(parent) if parent != super::super::ir::Ir::MODULE => at = parent,
                _ => return false,
            }
        }
    }

    /// Whether a clear stands in the callback of a promise's fulfilment, while its rejection has none.
    pub(super) fn is_fulfilment_only(&self, clears: &[Clear]) -> bool {
        clears.iter().all(|clear| {
            let function = self.ir.function_of(clear.at);
            let Some(expr) = self.ir[function].expr else { return false };
            let Some(call) = self.uses.parent(expr) else { return false };
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let args = self.ir.list(args);
            if self.callee_name(callee) != Some("then") || args.first() != Some(&expr) {
                return false;
            }
            let by_rejection = args.get(1).copied().or_else(|| self.catch_behind(call));
            !by_rejection.is_some_and(|handler| self.function_value(handler).is_none_or(|handler| self.leads_to_clear(handler, clears, 4)))
        })
    }

    /// The handler of `.catch(...)` in the same chain.
    fn catch_behind(&self, call: ExprId) -> Option<ExprId> {
        let member = self.uses.parent(call)?;
        let next = self.uses.parent(member)?;
        let (ExprKind::Member { object, property, .. }, ExprKind::Call { callee, args, .. }) = (self.ir.kind(member), self.ir.kind(next))
        else {
            return None;
        };
        if object != call || callee != member {
            return None;
        }
        match self.ir.name(property) {
            "catch" => self.ir.list(args).first().copied(),
            "then" if self.ir.list(args).len() > 1 => Some(self.ir.list(args)[1]),
            _ => self.catch_behind(next),
        }
    }

    pub(super) fn clear_span(&self, clears: &[Clear]) -> Option<Span> {
        clears.first().map(|clear| self.ir.span(clear.at))
    }
}

//! The timer of a promise that loses a race.

use super::super::Model;
use super::super::calls::How;
use super::super::clearing::{Armed, Clear};
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, LoopId};
use super::super::place::{Place, Root};
use super::fact::{Missed, TimeoutShape};

/// Where a promise is raced.
#[derive(Clone, Copy)]
pub(super) struct Race {
    pub call: ExprId,
    /// The call of a helper of this file that made the promise.
    pub helper: Option<ExprId>,
}

const DEPTH: u32 = 6;

impl Model<'_> {
    /// The promise whose executor arms a timer.
    pub(super) fn armed_promise(&self, call: ExprId) -> Option<(FnId, ExprId)> {
        let executor = self.ir.function_of(call);
        let promise = self.uses.parent(self.ir[executor].expr?)?;
        self.is_promise_executor(executor).then_some((executor, promise))
    }

    pub(super) fn race_of(&self, promise: ExprId) -> Option<Race> {
        self.race_within(promise, None, DEPTH)
    }

    fn race_within(&self, value: ExprId, helper: Option<ExprId>, depth: u32) -> Option<Race> {
        let depth = depth.checked_sub(1)?;
        let ir = self.ir;
        let parent = self.uses.parent(value)?;
        match ir.kind(parent) {
            ExprKind::Array(_) => self.uses.parent(parent).filter(|&call| self.is_race(call)).map(|call| Race { call, helper }),
            ExprKind::Init { binding, .. } => self.race_of_binding(binding, helper, depth),
            ExprKind::Assign { target, value: assigned, .. } if assigned == value => {
                self.race_of_binding(ir.binding_of(target)?, helper, depth)
            }
            ExprKind::Conditional(..) | ExprKind::Logical(..) => self.race_within(parent, helper, depth),
            // `timeout.catch(() => {})` is settled when it is.
            ExprKind::Member { object, property, .. } if object == value && matches!(ir.name(property), "then" | "catch") => {
                self.race_within(self.uses.parent(parent)?, helper, depth)
            }
            ExprKind::Return(_) => self.race_of_result(ir.function_of(parent), helper, depth),
            // `contestants.push(timeout)`.
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } if ir.name(property) == "push" => self.race_of_list(self.place(object)?, helper),
                _ => None,
            },
            _ => None,
        }
    }

    fn race_of_binding(&self, binding: BindingId, helper: Option<ExprId>, depth: u32) -> Option<Race> {
        self.uses.refs(binding).iter().find_map(|&at| self.race_within(at, helper, depth))
    }

    fn race_of_result(&self, function: FnId, helper: Option<ExprId>, depth: u32) -> Option<Race> {
        if helper.is_some() || self.is_promise_executor(function) {
            return None;
        }
        let callers = self.callers(function);
        let calls = callers.iter().filter(|caller| caller.how == How::Called).filter_map(|caller| caller.at);
        calls.into_iter().find_map(|call| self.race_within(call, Some(call), depth))
    }

    fn race_of_list(&self, list: Place, helper: Option<ExprId>) -> Option<Race> {
        let gets_list = |call: &ExprId| match self.ir.kind(*call) {
            ExprKind::Call { args, .. } => self.ir.list(args).first().is_some_and(|&arg| self.place(arg) == Some(list)),
            _ => false,
        };
        let call = self.uses.calls.iter().copied().find(|call| self.is_race(*call) && gets_list(call))?;
        Some(Race { call, helper })
    }

    /// `Promise.race(...)`, `Promise.any(...)`.
    pub(in crate::model) fn is_race(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        match self.ir.kind(callee) {
            ExprKind::Member { object, property, .. } => {
                matches!(self.ir.name(property), "race" | "any")
                    && self.place(object).is_some_and(|place| match self.root(place) {
                        Root::Global(name) => self.ir.name(name).ends_with("Promise"),
                        Root::Binding(binding) => self.ir.name(self.ir[binding].name).ends_with("Promise"),
                        _ => false,
                    })
            }
            _ => false,
        }
    }

    pub(super) fn raced(&self, armed: &Armed<'_>, others: &[Clear]) -> Option<(TimeoutShape, Race)> {
        let (executor, promise) = self.armed_promise(armed.call)?;
        if armed.to.handed_out || !self.settles(armed, executor) {
            return None;
        }
        let race = self.race_of(promise)?;
        let misses = if others.is_empty() { None } else { Some(self.missed_by_race(race, others)?) };
        Some((TimeoutShape::Race { race: self.ir.span(race.call), misses }, race))
    }

    pub(super) fn missed_by_race(&self, race: Race, clears: &[Clear]) -> Option<Missed> {
        let clear = self.clear_span(clears)?;
        if clears.iter().any(|clear| self.is_on_every_way(clear)) {
            return None;
        }
        if self.is_fulfilment_only(clears) {
            return Some(Missed { clear, by_rejection: true });
        }
        let function = self.ir.function_of(race.call);
        let is_here = clears.iter().all(|clear| self.ir.function_of(clear.at) == function);
        let stops = self.with_checks(clears.iter().map(|clear| clear.at).collect());
        (is_here && self.escapes_by_throw(function, race.call, &stops)).then_some(Missed { clear, by_rejection: false })
    }

    /// Whether the timer's callback settles the promise: `setTimeout(resolve, ms)`, `setTimeout(() => reject(...), ms)`.
    pub(super) fn settles(&self, armed: &Armed<'_>, executor: FnId) -> bool {
        let is_resolver = |value: ExprId| {
            self.ir.binding_of(value).is_some_and(|binding| matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == executor))
        };
        let ExprKind::Call { args, .. } = self.ir.kind(armed.call) else { return false };
        let direct = self.ir.list(args).first().is_some_and(|&callback| is_resolver(callback));
        direct
            || armed.callback.is_some_and(|callback| {
                self.uses.calls.iter().any(|&call| {
                    self.is_inside(self.ir.function_of(call), callback)
                        && matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if is_resolver(callee))
                })
            })
    }

    /// Whether each turn of the loop around sleeps somewhere else too.
    pub(super) fn is_paced(&self, at: ExprId) -> bool {
        let mut around = self.ir[self.ir[at].block].in_loop;
        while let Some(id) = around {
            if self.sleeps_in(id, at) {
                return true;
            }
            around = self.ir[id].parent;
        }
        false
    }

    fn sleeps_in(&self, id: LoopId, race: ExprId) -> bool {
        let (function, span) = (self.ir[id].function, self.ir[id].span);
        self.ir.expr_ids().any(|wait| {
            let ExprKind::Await(value) = self.ir.kind(wait) else { return false };
            let inside = self.ir.function_of(wait) == function && span.contains(self.ir.span(wait));
            inside && !self.ir.span(wait).contains(self.ir.span(race)) && self.is_sleep(value)
        })
    }

    /// `sleep(ms)`, `new Promise((resolve) => setTimeout(resolve, ms))`.
    fn is_sleep(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => self
                .callee_name(callee)
                .is_some_and(|name| matches!(name.to_ascii_lowercase().as_str(), "sleep" | "delay" | "wait" | "settimeout")),
            ExprKind::New { args, .. } => {
                let executor = self.ir.list(args).first().and_then(|&executor| self.function_value(executor));
                executor.is_some_and(|executor| {
                    self.uses.calls.iter().any(|&call| self.is_timer_call(call, "setTimeout") && self.ir.function_of(call) == executor)
                })
            }
            _ => false,
        }
    }
}

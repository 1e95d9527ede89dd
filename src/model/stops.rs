//! Repetitions that end with what they repeat: a loop is left behind the site, an interval is cleared in the run that comes to it, a state that is
//! asked for is left for good.

use rustc_hash::FxHashSet;

use super::Model;
use super::context::{Runs, Search};
use super::index::written_value;
use super::ir::{BinaryOp, BindingKind, BlockId, ExprId, ExprKind, FnId, LogicalOp, LoopId, UnaryOp, When};
use super::place::Place;

/// Names that a condition's value is followed through.
const DEPTH: u32 = 4;

impl Search<'_, '_> {
    /// Whether the run of an interval's callback that comes to the site is the last one.
    pub(super) fn is_last_run(&self, at: usize, runs: Runs<'_>, timer: ExprId) -> bool {
        let Runs::Own(callback) = runs else { return false };
        let model = self.model;
        let ExprKind::Call { callee, .. } = model.ir.kind(timer) else { return false };
        if model.timer_function(callee) != Some("setInterval") {
            return false;
        }
        let to = model.loose_destinations(timer);
        let clears: Vec<ExprId> =
            model.timer_clears().iter().filter(|clear| model.clears(**clear, &to, Some(callback))).map(|clear| clear.at).collect();
        if clears.is_empty() {
            return false;
        }
        let mut state = Some(at);
        // From the callback in to the site.
        while let Some(index) = state {
            let one = &self.states[index];
            let Some(inner) = one.inner else { return false };
            let is_cleared = |&clear: &ExprId| model.is_passed(clear, inner) || self.is_told(clear, index, inner);
            if clears.iter().any(is_cleared) {
                return true;
            }
            state = one.came_from;
        }
        false
    }

    /// `if (this.tryToBegin()) clearInterval(timer)`: a call on the way says that it came to the site, and the interval is cleared where it did.
    fn is_told(&self, clear: ExprId, index: usize, call: ExprId) -> bool {
        let model = self.model;
        let function = model.ir.function_of(clear);
        let Some(within) = self.states[index].came_from.map(|inner| &self.states[inner]) else { return false };
        let Some(site) = within.inner.filter(|_| function == model.ir.function_of(call)) else { return false };
        let guards = model.flow(function).guards(model.ir, model.ir[clear].block);
        let is_asked = guards.iter().any(|guard| match guard.when {
            When::True(condition) => model.follows_from(condition, true, call, DEPTH),
            When::False(condition) => model.follows_from(condition, false, call, DEPTH),
            _ => false,
        });
        is_asked && model.says_so(within.function, site)
    }
}

impl Model<'_> {
    /// Whether a condition comes out as wanted wherever a call gives something that is true.
    fn follows_from(&self, condition: ExprId, wanted: bool, call: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.ir.kind(condition) {
            _ if condition == call => wanted,
            ExprKind::Await(value) => self.follows_from(value, wanted, call, depth),
            ExprKind::Unary(UnaryOp::Not, operand) => self.follows_from(operand, !wanted, call, depth),
            ExprKind::Logical(LogicalOp::Or, left, right) if wanted => {
                [left, right].iter().any(|&part| self.follows_from(part, wanted, call, depth))
            }
            ExprKind::Ident(_) => match self.ir.binding_of(condition).map(|binding| self.uses.writes(binding)) {
                Some([write]) => written_value(self.ir, *write).is_some_and(|value| self.follows_from(value, wanted, call, depth)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether each run of a function that comes to a site returns something that is true.
    fn says_so(&self, function: FnId, site: ExprId) -> bool {
        if self.ir.function_of(site) != function {
            return false;
        }
        let is_true = |&&at: &&ExprId| matches!(self.ir.kind(at), ExprKind::Return(Some(value)) if self.is_something(value));
        let returns: Vec<ExprId> = self.uses.returns(function).iter().filter(is_true).copied().collect();
        !returns.is_empty() && !self.flow(function).escapes(self.ir, function, site, &returns).normal
    }

    /// Whether each way from a site leaves a loop before that begins its next turn, unless something fails on it.
    pub(super) fn is_left_behind(&self, site: ExprId, around: LoopId) -> bool {
        let mut seen: FxHashSet<BlockId> = FxHashSet::default();
        let onward = |block: BlockId| self.ir[block].edges.iter().filter(|edge| edge.when != When::Throws).map(|edge| edge.to);
        let mut work: Vec<BlockId> = onward(self.ir[site].block).collect();
        while let Some(block) = work.pop() {
            if block == self.ir[around].header {
                return false;
            }
            if seen.insert(block) {
                work.extend(onward(block));
            }
        }
        true
    }

    /// Whether no run of their function evaluates `b` once `a` has come to its end well: `try { begin() } catch { setTimeout(again, 100) }`.
    pub(super) fn are_exclusive_once_done(&self, a: ExprId, b: ExprId) -> bool {
        let (from, to) = (self.ir[a].block, self.ir[b].block);
        let is_last = !self.uses.calls.iter().any(|&call| call > a && self.ir[call].block == from);
        let mut onward = self.ir[from].edges.iter().filter(|edge| !is_last || edge.when != When::Throws);
        let is_same = self.ir.function_of(a) == self.ir.function_of(b) && from != to;
        is_same && !onward.any(|edge| self.leads_to(edge.to, to)) && !self.leads_to(to, from)
    }

    /// Places that have a constant value where a condition comes out as wanted, with that value.
    pub(super) fn guard_states(&self, condition: ExprId, wanted: bool) -> Vec<(Place, ExprId)> {
        let state_of = |(part, wanted): (ExprId, bool)| match (self.ir.kind(part), wanted) {
            (ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, place, state), true)
            | (ExprKind::Binary(BinaryOp::NotEq | BinaryOp::StrictNotEq, place, state), false) => {
                self.place(place).filter(|_| self.state(state).is_some()).map(|place| (place, state))
            }
            _ => None,
        };
        self.decided(condition, wanted).into_iter().filter_map(state_of).collect()
    }

    /// Whether a write gives another state; none if it cannot be told.
    pub(super) fn is_other_state(&self, write: ExprId, state: ExprId) -> Option<bool> {
        let written = self.state(written_value(self.ir, write)?)?;
        Some(written != self.state(state)?)
    }

    /// The text of a constant that stands for a state: a literal, or a member of an enum.
    pub(super) fn state(&self, value: ExprId) -> Option<String> {
        let is_table = |object: ExprId| {
            let binding = self.ir.binding_of(object)?;
            Some(matches!(self.ir[binding].kind, BindingKind::Enum | BindingKind::Import(_) | BindingKind::Const))
        };
        match self.ir.kind(value) {
            ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null | ExprKind::Undefined => {
                Some(self.expr_text(value))
            }
            ExprKind::Member { object, .. } if is_table(object) == Some(true) => Some(self.expr_text(value)),
            _ => None,
        }
    }
}

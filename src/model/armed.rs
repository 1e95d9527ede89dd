//! Timers that a collection keeps: which of their two ends, firing and being cleared, takes the entry out.

use super::Model;
use super::calls::How;
use super::facts::{GrowthKind, ShrinkKind};
use super::holding::{Grow, Operations, Shrink};
use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir};

/// Names that a timer is followed through.
const NAMES: u32 = 4;

impl Model<'_> {
    /// A delete in a timer's callback, where another outcome clears the timer and does not delete.
    pub(super) fn depends_on_timer(&self, shrink: &Shrink, operations: &Operations) -> bool {
        if self.is_cleared_by_key(shrink, operations) {
            return true;
        }
        let Some(handle) = self.timer_around(self.ir.function_of(shrink.at)) else { return false };
        let others = operations.shrinks.iter().filter(|other| other.at != shrink.at);
        let deleting: Vec<FnId> = others.map(|other| self.ir.function_of(other.at)).collect();
        self.uses.refs(handle).iter().any(|&read| {
            let Some(call) = self.uses.parent(read) else { return false };
            let function = self.ir.function_of(call);
            self.is_timer_call(call, "clearTimeout")
                && !deleting.iter().any(|&other| self.is_inside(other, function) || self.is_inside(function, other))
        })
    }

    /// The variable that holds the handle of the timeout whose callback a function is.
    fn timer_around(&self, function: FnId) -> Option<BindingId> {
        let call = self.uses.parent(self.ir[function].expr?)?;
        if !self.is_timer_call(call, "setTimeout") {
            return None;
        }
        match self.ir.kind(self.uses.parent(call)?) {
            ExprKind::Init { binding, .. } => Some(binding),
            ExprKind::Assign { target, .. } => self.ir.binding_of(target),
            _ => None,
        }
    }

    /// `timers.set(id, setTimeout(() => timers.delete(id)))`, where an answer clears `timers.get(id)` and leaves the entry.
    fn is_cleared_by_key(&self, shrink: &Shrink, operations: &Operations) -> bool {
        let function = self.ir.function_of(shrink.at);
        let arms = |grow: &&Grow| {
            let callback = grow.value.and_then(|value| self.timeout_callback(value));
            grow.level == shrink.level && callback.is_some_and(|callback| self.is_inside(function, callback))
        };
        let deletes_in = |place: FnId| {
            let mut others = operations.shrinks.iter().filter(|other| other.at != shrink.at && other.kind != ShrinkKind::HandleOnly);
            others.any(|other| self.reaches(place, self.ir.function_of(other.at), 2))
        };
        operations.grows.iter().find(arms).is_some_and(|grow| {
            // One that is cleared to be armed anew uses its entry again.
            let renews =
                |place: FnId| self.reaches(self.ir.function_of(grow.at), place, 2) || self.reaches(place, self.ir.function_of(grow.at), 2);
            operations.shrinks.iter().filter(|other| other.kind == ShrinkKind::HandleOnly).any(|other| {
                let place = self.ir.function_of(other.at);
                !self.is_of_all(other) && !renews(place) && !deletes_in(place)
            })
        })
    }

    /// Whether only the end of the work runs a function.
    fn is_of_end(&self, function: FnId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let callers = self.callers(function);
        let by_end = |at: Option<ExprId>| at.is_some_and(|at| self.is_of_end(self.ir.function_of(at), depth));
        self.teardown_around(function).is_some()
            || !callers.is_empty() && callers.iter().all(|caller| caller.how == How::Called && by_end(caller.at))
    }

    /// In a loop, or for each element: the end of all of them.
    fn is_of_all(&self, shrink: &Shrink) -> bool {
        let per_element = || self.callers(self.ir.function_of(shrink.at)).iter().any(|caller| caller.how == How::EachElement);
        self.ir[self.ir[shrink.at].block].in_loop.is_some() || per_element()
    }

    /// `for (const timer of timers) clearTimeout(timer); timers = []` at the end of the work: a timer that has fired stays in the list until then.
    pub(super) fn cancels_all(&self, shrink: &Shrink, operations: &Operations) -> bool {
        if !matches!(shrink.kind, ShrinkKind::Clear | ShrinkKind::Reset) {
            return false;
        }
        let function = self.ir.function_of(shrink.at);
        let clears = |other: &Shrink| other.kind == ShrinkKind::HandleOnly && self.is_inside(self.ir.function_of(other.at), function);
        operations.shrinks.iter().any(clears)
            && self.is_of_end(function, 3)
            && operations.grows.iter().any(|grow| {
                let begins_anew = || self.reaches(self.ir.function_of(grow.at), function, 3);
                grow.how == GrowthKind::Push && self.is_settled_timer(grow, operations) && !begins_anew()
            })
    }

    /// A timeout that is kept by key, and whose callback leaves its entry behind.
    pub(super) fn is_settled_timer(&self, grow: &Grow, operations: &Operations) -> bool {
        let Some(callback) = grow.value.and_then(|value| self.timeout_callback(value)) else { return false };
        // A timer that arms itself again whatever happens, under the same key, uses its entry again.
        let function = self.ir.function_of(grow.at);
        let comes_back = |armed: FnId| {
            self.uses.calls.iter().any(|&call| {
                self.ir.function_of(call) == armed
                    && self.flow(armed).guards(self.ir, self.ir[call].block).is_empty()
                    && self.callee_function(call).is_some_and(|callee| callee == function || self.reaches(callee, function, 2))
            })
        };
        let rearms = |other: &Grow| {
            let armed = other.value.and_then(|value| self.timeout_callback(value));
            armed.is_some_and(|armed| armed != function && comes_back(armed))
        };
        if operations.grows.iter().any(rearms) {
            return false;
        }
        !operations.shrinks.iter().any(|shrink| self.reaches(callback, self.ir.function_of(shrink.at), 3))
            && !self.waits_until_gone(callback, grow)
    }

    /// `while (this.timers.has(id)) this.resume();` in the callback of the timer that the entry holds: it goes on until somebody has taken the entry out.
    fn waits_until_gone(&self, callback: FnId, grow: &Grow) -> bool {
        let holder = self.holder_of(grow.at);
        holder.is_some()
            && self.uses.calls.iter().any(|&call| {
                let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
                let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
                self.ir.name(property) == "has"
                    && self.place(object) == holder
                    && self.is_inside(self.ir.function_of(call), callback)
                    && self.ir[self.ir[call].block].in_loop.is_some()
            })
    }

    fn timeout_callback(&self, value: ExprId) -> Option<FnId> {
        self.timeout_callback_within(value, NAMES)
    }

    fn timeout_callback_within(&self, value: ExprId, depth: u32) -> Option<FnId> {
        let depth = depth.checked_sub(1)?;
        match self.ir.kind(value) {
            ExprKind::Call { args, .. } if self.is_timer_call(value, "setTimeout") => self.function_value(*self.ir.list(args).first()?),
            ExprKind::Ident(_) => match self.uses.writes(self.ir.binding_of(value)?) {
                [write] => self.timeout_callback_within(super::index::written_value(self.ir, *write)?, depth),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a shrink stands where the timer is cancelled.
    pub(super) fn cancels(&self, shrink: &Shrink) -> bool {
        let function = self.ir.function_of(shrink.at);
        // A handler of the same work's end runs by itself; a method waits for somebody to ask.
        self.is_asked_for(function, 3)
            && self.uses.calls.iter().any(|&call| self.ir.function_of(call) == function && self.is_timer_call(call, "clearTimeout"))
    }

    /// Whether somebody out of view decides that a function runs, also by a method that calls it.
    fn is_asked_for(&self, function: FnId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        self.callers(function).iter().any(|caller| match (caller.how, caller.at) {
            (How::PublicMethod(..) | How::Exported | How::Escapes | How::Uncalled | How::Returned, _) => true,
            (How::Called, Some(call)) => self.ir.function_of(call) != Ir::MODULE && self.is_asked_for(self.ir.function_of(call), depth),
            _ => false,
        })
    }
}

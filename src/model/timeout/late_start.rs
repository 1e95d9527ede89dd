//! A start that is put off: whoever ends the work before it comes finds nothing to end.

use super::super::Model;
use super::super::clearing::Armed;
use super::super::ir::{ExprId, ExprKind, FnId, Ir};
use super::super::place::{Place, Root};
use super::super::resource::RELEASES;
use super::fact::TimeoutShape;

impl Model<'_> {
    /// The callback fills a slot that a teardown empties, and nobody can take the timer back.
    pub(super) fn late_start(&self, armed: &Armed<'_>) -> Option<TimeoutShape> {
        let callback = armed.callback.filter(|_| armed.is_dropped() && armed.clears.is_empty())?;
        let mut starts = vec![callback];
        starts.extend(self.unguarded_calls(callback).filter_map(|call| self.callee_function(call)).filter(|&of| of != callback));
        let (starts, end, release) = starts.into_iter().find_map(|function| self.fills_slot(function, callback))?;
        let again = self.comes_back(callback, self.ir.function_of(armed.call));
        Some(TimeoutShape::LateStart { starts: self.ir.span(starts), end, release: self.ir.span(release), again })
    }

    fn unguarded_calls(&self, function: FnId) -> impl Iterator<Item = ExprId> {
        let flow = self.flow(function);
        self.uses
            .calls
            .iter()
            .copied()
            .filter(move |&call| self.ir.function_of(call) == function && flow.guards(self.ir, self.ir[call].block).is_empty())
    }

    fn fills_slot(&self, function: FnId, callback: FnId) -> Option<(ExprId, String, ExprId)> {
        self.ir.exprs_around(function).filter(|&at| self.ir.function_of(at) == function).find_map(|at| {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(at) else { return None };
            let goes_on =
                matches!(self.ir.kind(value), ExprKind::Call { .. } | ExprKind::New { .. }) && !self.is_timer_call(value, "setTimeout");
            if !goes_on || !self.flow(function).guards(self.ir, self.ir[at].block).is_empty() {
                return None;
            }
            let slot = self.place(target).filter(|&slot| self.is_slot_beyond(slot, function))?;
            let (end, release) = self.ended_by_teardown(slot, function, callback)?;
            Some((at, end, release))
        })
    }

    /// A field of the instance around, or a variable around the function.
    fn is_slot_beyond(&self, slot: Place, function: FnId) -> bool {
        match self.root(slot) {
            Root::Instance(_) => self.split(slot).is_some_and(|(owner, _)| self.is_root(owner)),
            Root::Binding(binding) => {
                let owner = self.ir[self.ir[binding].scope].function;
                self.is_root(slot) && !self.is_inside(owner, function) && owner != Ir::MODULE
            }
            _ => false,
        }
    }

    /// Where a teardown lets go of what a slot holds: `clearInterval(this.timer)`, `this.feed.close()`, `stopFeed()`.
    fn ended_by_teardown(&self, slot: Place, function: FnId, callback: FnId) -> Option<(String, ExprId)> {
        let timers = self.timer_clears();
        let by_timer = timers.iter().map(|clear| (clear.at, clear.handle));
        let by_call = self.uses.calls.iter().filter_map(|&at| match self.ir.kind(at) {
            ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if RELEASES.contains(&self.ir.name(property)) => Some((at, object)),
                _ => Some((at, callee)),
            },
            _ => None,
        });
        by_timer.chain(by_call).find_map(|(at, handle)| {
            let of = self.ir.function_of(at);
            let is_apart = !self.is_inside(of, callback) && !self.is_inside(of, function);
            let is_it = is_apart && self.place(handle) == Some(slot);
            self.teardown_around(of).filter(|_| is_it).map(|name| (name, at))
        })
    }
}

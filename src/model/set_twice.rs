//! Whether one run of a function sets the handle of an interval over that of another one, which nothing can clear any more.

use super::Model;
use super::clearing::Armed;
use super::facts::Certainty;
use super::handle::Destinations;
use super::ir::ExprId;
use super::place::Root;

impl Model<'_> {
    /// `this.timer = setInterval(a); ... this.timer = setInterval(b);`: one run sets the slot twice, and clears nothing in between.
    pub(super) fn set_twice(&self, armed: &Armed<'_>) -> Option<Certainty> {
        let (call, function) = (armed.call, self.ir.function_of(armed.call));
        let (place, _) = self.single_slot(armed.to, function)?;
        let is_same = |to: &Destinations| match (to.places.first(), to.locals.first()) {
            (Some(&other), _) => other == place,
            (None, Some(&binding)) => self.root_place(Root::Binding(binding)) == place,
            _ => false,
        };
        let is_cleared_between = |first: ExprId| {
            let between = |at: ExprId| at > first && at < call && self.ir.function_of(at) == function;
            armed.clears.iter().any(|clear| between(clear.at))
                || self.uses.calls.iter().any(|&at| {
                    between(at)
                        && self.callee_function(at).is_some_and(|callee| {
                            let runs = self.started_by(callee);
                            armed.clears.iter().map(|clear| self.ir.function_of(clear.at)).any(|one| one == callee || runs.contains(&one))
                        })
                })
        };
        let is_first = |&other: &ExprId| {
            other < call
                && self.ir.function_of(other) == function
                && self.is_timer_call(other, "setInterval")
                && self.flow(function).dominates(self.ir[other].block, self.ir[call].block)
                && is_same(&self.destinations(other))
                && !is_cleared_between(other)
        };
        self.uses.calls.iter().any(is_first).then_some(Certainty::Proved)
    }
}

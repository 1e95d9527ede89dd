//! Whether the handle of an interval is set over that of another one, which nothing can clear any more.

use serde::{Deserialize, Serialize};

use super::Model;
use super::clearing::Armed;
use super::facts::Certainty;
use super::handle::Destinations;
use super::ir::ExprId;
use super::place::Root;

/// Who puts another handle over that of an interval that still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Overwritten {
    /// The same code, which is seen to run again.
    ByNextRun,
    /// The `connect` of a class that says that it connects again.
    ByReconnect,
    /// Another line of the same run.
    BySameRun,
}

impl Model<'_> {
    pub(super) fn how_overwritten(&self, armed: &Armed<'_>) -> Option<Overwritten> {
        let again = self.overwritten(armed).map(|certainty| match certainty {
            Certainty::Proved => Overwritten::ByNextRun,
            _ => Overwritten::ByReconnect,
        });
        again.or_else(|| self.is_set_twice(armed).then_some(Overwritten::BySameRun))
    }

    /// `this.timer = setInterval(a); ... this.timer = setInterval(b);`: one run sets the slot twice, and clears nothing in between.
    fn is_set_twice(&self, armed: &Armed<'_>) -> bool {
        let (call, function) = (armed.call, self.ir.function_of(armed.call));
        let Some((place, _)) = self.single_slot(armed.to, function) else { return false };
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
        self.uses.calls.iter().any(is_first)
    }
}

//! Asynchronous functions that end each run by waiting for the next one.

use super::Model;
use super::context::Region;
use super::facts::{Reaction, ReactionKind, Settled};
use super::ir::{ExprId, ExprKind, Ir};

impl Model<'_> {
    /// `async function poll() { await work(); return poll(); }`: each run's promise waits for that of the next.
    pub(super) fn endless_recursions(&self) -> Vec<Reaction> {
        self.uses.calls.iter().copied().filter_map(|call| self.focused(Some(self.ir.span(call)), || self.endless_recursion(call))).collect()
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
}

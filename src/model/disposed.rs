//! Entries that are taken out by what the function which adds them gives its caller: where a caller drops that, they stay.

use super::Model;
use super::calls::How;
use super::context::{Context, StepKind};
use super::holding::{Operations, Shrink};
use super::ir::FnId;

impl Model<'_> {
    /// The function that adds the entries and gives its caller the function in which a shrink stands.
    fn giver(&self, shrink: &Shrink, operations: &Operations) -> Option<FnId> {
        let inner = self.ir.function_of(shrink.at);
        operations.grows.iter().map(|grow| self.ir.function_of(grow.at)).find(|&adds| self.is_disposer_of(inner, adds))
    }

    /// Whether a shrink is left to whoever calls the function that adds the entries. Where a caller in this file keeps what it is given
    /// (`const release = await acquire(key)`), the shrink is used, whoever else could call.
    pub(super) fn is_left_to_caller(&self, shrink: &Shrink, operations: &Operations, context: &mut Context) -> bool {
        let Some(adds) = self.giver(shrink, operations) else { return false };
        let keeps = |at| self.uses.parent(at).is_some() && !self.is_dropped(at);
        if self.callers(adds).iter().any(|caller| caller.how == How::Called && caller.at.is_some_and(keeps)) {
            context.steps.retain(|step| !matches!(step.what, StepKind::Unused(_) | StepKind::Dead { .. }));
        }
        true
    }

    /// Whether a caller that comes again and again drops what would take its entry out.
    pub(super) fn is_dropped_by_caller(&self, shrink: &Shrink, operations: &Operations) -> bool {
        self.giver(shrink, operations).and_then(|adds| self.dropped_disposer(adds)).is_some()
    }
}

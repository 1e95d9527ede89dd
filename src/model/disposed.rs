//! Entries that are taken out by what the function which adds them gives its caller: where a caller drops that, they stay.

use super::Model;
use super::holding::{Operations, Shrink};
use super::ir::FnId;

impl Model<'_> {
    /// The function that adds the entries and gives its caller the function in which a shrink stands.
    fn giver(&self, shrink: &Shrink, operations: &Operations) -> Option<FnId> {
        let inner = self.ir.function_of(shrink.at);
        operations.grows.iter().map(|grow| self.ir.function_of(grow.at)).find(|&adds| self.is_disposer_of(inner, adds))
    }

    /// Whether a shrink is left to whoever calls the function that adds the entries.
    pub(super) fn is_left_to_caller(&self, shrink: &Shrink, operations: &Operations) -> bool {
        self.giver(shrink, operations).is_some()
    }

    /// Whether a caller that comes again and again drops what would take its entry out.
    pub(super) fn is_dropped_by_caller(&self, shrink: &Shrink, operations: &Operations) -> bool {
        self.giver(shrink, operations).and_then(|adds| self.dropped_disposer(adds)).is_some()
    }
}

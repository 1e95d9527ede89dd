//! Removals that name no handler.

use super::super::Model;
use super::super::facts::MismatchWhy;
use super::super::ir::ExprKind;
use super::mismatch::{Events, Pair};
use super::{Candidate, Removal};

impl Model<'_> {
    /// `target.removeEventListener('x')`: an EventTarget takes off the listener that is named, and here none is.
    pub(super) fn names_no_handler(&self, removal: &Removal) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(removal.call) else { return false };
        self.callee_name(callee) == Some("removeEventListener")
            && matches!(self.ir.list(args), [event] if self.string(*event).is_some())
            && self.callee_function(removal.call).is_none()
    }

    /// The registration that such a removal was meant for.
    pub(super) fn without_handler<'c, 'm>(&self, removal: &Removal, candidates: &'c [Candidate<'m>]) -> Option<Pair<'c, 'm>> {
        let event = removal.event?;
        let candidate = candidates.iter().find(|candidate| {
            candidate.site.verb == "addEventListener"
                && self.same_receiver(candidate.place, removal.object)
                && self.events(candidate, removal) == Events::Same
        })?;
        Some(Pair { candidate, why: MismatchWhy::NoHandler, removed: event, added: candidate.site.handler })
    }
}

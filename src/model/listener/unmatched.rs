//! Removals that name no handler.

use super::super::Model;
use super::super::facts::MismatchWhy;
use super::super::index::written_value;
use super::super::ir::{ExprId, ExprKind};
use super::super::place::{Root, Step};
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

    /// Whether two names of events that stand somewhere else cannot be the same.
    pub(super) fn are_other_events(&self, own: ExprId, theirs: ExprId) -> bool {
        self.is_part_of(own, theirs)
            || self.is_part_of(theirs, own)
            || self.are_other_constants(own, theirs)
            || self.begin_otherwise(own, theirs)
    }

    /// `EVENTS.OPEN` and `EVENTS.CLOSE`: two members of what a module defines.
    fn are_other_constants(&self, own: ExprId, theirs: ExprId) -> bool {
        let member = |value: ExprId| self.place(value).and_then(|place| self.split(place));
        let (Some((owner, Step::Field(own))), Some((other, Step::Field(theirs)))) = (member(own), member(theirs)) else { return false };
        let is_defined = match self.root(owner) {
            Root::Binding(binding) => self.is_module_level(binding) && self.uses.writes(binding).len() <= 1,
            Root::Value(value) => self.required(value, 4).is_some(),
            _ => false,
        };
        owner == other && own != theirs && self.level(owner) == 0 && is_defined
    }

    /// Whether one name is put together of the other and some text: `${EVENT}-${id}` is never `EVENT`.
    fn is_part_of(&self, part: ExprId, whole: ExprId) -> bool {
        let whole = match self.ir.binding_of(whole).map(|binding| self.uses.writes(binding)) {
            Some([write]) => written_value(self.ir, *write).unwrap_or(whole),
            _ => whole,
        };
        let (ExprKind::Template(parts), Some(place)) = (self.ir.kind(whole), self.place(part).filter(|&place| self.level(place) == 0))
        else {
            return false;
        };
        let parts = self.ir.list(parts);
        parts.iter().any(|&at| self.place(at) == Some(place)) && parts.iter().any(|&at| matches!(self.ir.kind(at), ExprKind::String(_)))
    }
}

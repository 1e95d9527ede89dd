//! A delete under another key than the one by which the entry was found that has just been used up.

use super::Model;
use super::holding::{Operations, Shrink};
use super::ir::{BindingId, ExprId, ExprKind, NameId, When};
use super::place::{Place, Step};

impl Model<'_> {
    /// `const done = pending.get(message.replyTo); if (done) { done(message); pending.delete(message.id); }`.
    pub(super) fn is_of_another(&self, shrink: &Shrink, place: Place, operations: &Operations) -> bool {
        let Some((object, property)) = shrink.key.and_then(|key| self.member_of_name(key)) else { return false };
        let function = self.ir.function_of(shrink.at);
        let entry = self.project(place, Step::Entry);
        let found_by = |condition: ExprId| {
            let found = self.ir.binding_of(condition)?;
            let [write] = self.uses.writes(found) else { return None };
            let ExprKind::Init { value, .. } = self.ir.kind(*write) else { return None };
            let is_read = self.place(value) == Some(entry) && self.ir.function_of(*write) == function && self.is_completed(found);
            self.key_of_read(value).filter(|_| is_read).and_then(|key| self.member_of_name(key))
        };
        let guards = self.flow(function).guards(self.ir, self.ir[shrink.at].block);
        let differs = guards.iter().any(|guard| match guard.when {
            When::True(condition) => found_by(condition).is_some_and(|(of, name)| of == object && name != property),
            _ => false,
        });
        let is_right = |other: &Shrink| other.at != shrink.at && self.ir.function_of(other.at) == function;
        differs && !operations.shrinks.iter().any(is_right)
    }

    /// `message.id` of a name that is written once.
    fn member_of_name(&self, key: ExprId) -> Option<(BindingId, NameId)> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(key) else { return None };
        Some((self.ir.binding_of(object)?, property))
    }

    fn key_of_read(&self, read: ExprId) -> Option<ExprId> {
        match self.ir.kind(read) {
            ExprKind::Call { args, .. } => self.ir.list(args).first().copied(),
            ExprKind::Index { index, .. } => Some(index),
            _ => None,
        }
    }
}

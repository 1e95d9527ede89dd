//! `if (transport.ready) { ... } else { transport.on('ready', ...) }`: whoever comes later finds it ready, and adds nothing.

use super::super::Model;
use super::super::ir::{ExprKind, UnaryOp, When};
use super::Candidate;

impl Model<'_> {
    /// Whether a listener for the beginning of a receiver's work is added only while the receiver says that this has not begun.
    pub(super) fn is_not_begun_yet(&self, candidate: &Candidate<'_>) -> bool {
        let site = &candidate.site;
        let Some(event) = site.event.and_then(|event| self.string(event)) else { return false };
        if !self.apis.events.begins.contains(event) {
            return false;
        }
        let guards = self.flow(self.ir.function_of(site.call)).guards(self.ir, self.ir[site.call].block);
        guards.iter().any(|guard| {
            let (mut condition, mut holds) = match guard.when {
                When::True(condition) => (condition, true),
                When::False(condition) => (condition, false),
                _ => return false,
            };
            if let ExprKind::Unary(UnaryOp::Not, operand) = self.ir.kind(condition) {
                (condition, holds) = (operand, !holds);
            }
            let ExprKind::Member { object, property, .. } = self.ir.kind(condition) else { return false };
            let says_so = self.ir.name(property).to_ascii_lowercase().contains(event.trim_end_matches("ed"));
            !holds && says_so && self.same_receiver(candidate.place, object)
        })
    }
}

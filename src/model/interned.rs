//! Numbers that are given to what had none: there are as many as there are things that get one.

use super::Model;
use super::index::written_value;
use super::ir::{BindingId, ExprId, ExprKind};
use super::provenance::{Found, Source};

impl Model<'_> {
    /// `let id = ids.get(name); if (id === undefined) { id = next++; ids.set(name, id); }`: what the name is told by, if it is a number so given.
    pub(super) fn interned(&self, binding: BindingId, depth: u32) -> Option<Found> {
        let [first, second] = self.uses.writes(binding) else { return None };
        let value = |write: &ExprId| written_value(self.ir, *write);
        self.counted_by_key(value(first)?, value(second)?, depth)
    }

    /// `ids.get(name) ?? next++`: of what a value looks up, if another is a new number that stands in for what is not there.
    pub(super) fn counted_by_key(&self, found: ExprId, otherwise: ExprId, depth: u32) -> Option<Found> {
        let key = match self.ir.kind(found) {
            ExprKind::Index { index, .. } => index,
            ExprKind::Call { callee, args, .. } => match (self.ir.kind(callee), self.ir.list(args)) {
                (ExprKind::Member { property, .. }, &[key]) if self.ir.name(property) == "get" => key,
                _ => return None,
            },
            _ => return None,
        };
        let is_number = matches!(self.trace(otherwise, depth).source, Source::Counter);
        is_number.then(|| self.trace(key, depth))
    }
}

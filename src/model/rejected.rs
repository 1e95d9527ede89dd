//! Releases that come when a promise is fulfilled, and not when it is rejected.

use super::Model;
use super::holding::{Operations, Shrink};
use super::ir::{ExprId, ExprKind, FnId};

/// Names and steps of a chain of promises that are followed.
const CHAIN: u32 = 8;

impl Model<'_> {
    /// `load(id).then((user) => { loading.delete(id); return user; })`, and nothing else takes an entry out: that of work which fails stays.
    pub(super) fn is_skipped_by_rejection(&self, shrink: &Shrink, operations: &Operations) -> bool {
        let Some(then) = self.fulfilled_by(self.ir.function_of(shrink.at)) else { return false };
        let adding = self.ir.function_of(then);
        let is_added_there = operations.grows.iter().any(|grow| grow.level == shrink.level && self.ir.function_of(grow.at) == adding);
        is_added_there
            && operations
                .shrinks
                .iter()
                .filter(|other| other.level <= shrink.level)
                .all(|other| self.fulfilled_by(self.ir.function_of(other.at)).is_some())
    }

    /// The call of `then` that runs a function, and nothing in its place if the promise is rejected.
    pub(super) fn fulfilled_by(&self, closure: FnId) -> Option<ExprId> {
        let call = self.uses.parent(self.ir[closure].expr?)?;
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let is_then = self.ir.name(property) == "then" && self.ir.list(args).len() == 1;
        (is_then && self.is_work_of_call(object) && self.can_reject(object, 5)).then_some(call)
    }

    /// What a call gives. A promise that is kept or given tells of the end, however that comes, and so does what hangs on one: it is no work that may fail.
    fn is_work_of_call(&self, promise: ExprId) -> bool {
        let mut value = promise;
        for _ in 0..CHAIN {
            let named = self.ir.binding_of(value).map(|binding| self.uses.writes(binding));
            if let Some([write]) = named
                && let Some(written) = super::index::written_value(self.ir, *write)
            {
                value = written;
                continue;
            }
            let ExprKind::Call { callee, .. } = self.ir.kind(value) else { return false };
            match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if matches!(self.ir.name(property), "then" | "catch" | "finally") => {
                    value = object
                }
                _ => return true,
            }
        }
        false
    }
}

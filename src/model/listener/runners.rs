//! Methods that only some of a class's instances run: those that are made again and again may be others.

use super::super::Model;
use super::super::calls::How;
use super::super::facts::Instances;
use super::super::ir::{ExprId, ExprKind, FnId};

impl Model<'_> {
    /// The instances that register: where a method does so that is called on an object in view alone, those are not what is made elsewhere.
    pub(super) fn of_those_that_run(&self, instances: Instances, function: FnId) -> Instances {
        let Some((None, seen_at)) = instances.seen_at.as_ref().filter(|_| !instances.by_construction) else { return instances };
        let callers = self.callers(function);
        let mut calls = callers.iter().filter(|caller| caller.how == How::Called).filter_map(|caller| caller.at).peekable();
        let is_other = |call: ExprId| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
            let made = self.place(object).map(|place| self.initial_values(place)).unwrap_or_default();
            let is_new = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. });
            made.iter().any(|&value| is_new(value))
                && made.iter().all(|&value| self.is_nothing(value) || is_new(value) && self.ir.span(value) != *seen_at)
        };
        if calls.peek().is_some() && calls.all(is_other) { Instances { seen_at: None, ..instances } } else { instances }
    }
}

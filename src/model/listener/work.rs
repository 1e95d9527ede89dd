//! Listeners of the process that a method adds for the time of one run, at the end of which it tears down everything else.

use super::super::Model;
use super::super::entity::This;
use super::super::facts::{Certainty, NearMiss, NearMissWhy, ReceiverKind};
use super::super::ir::{ExprId, ExprKind};
use super::Candidate;

impl Model<'_> {
    /// `process.once('SIGINT', () => this.abort()); try { await this.work(); } finally { await this.teardown(); }`.
    pub(super) fn outlives_its_work(&self, candidate: &Candidate<'_>) -> Option<NearMiss> {
        let site = &candidate.site;
        let function = self.ir.function_of(site.call);
        let This::Instance(id) = self.entities.this_of(function) else { return None };
        let is_of_instance = self.closure(site.handler).is_some_and(|handler| self.captures_this(handler));
        if candidate.held.kind != ReceiverKind::Process
            || !is_of_instance
            || self.is_object(id)
            || self.instance_life(id).certainty == Certainty::Short
        {
            return None;
        }
        let ends = self.uses.calls.iter().copied().find(|&call| {
            call > site.call
                && self.ir.function_of(call) == function
                && self.ir[self.ir[call].block].in_finally
                && self.is_own_teardown(call)
        })?;
        Some(NearMiss { span: self.ir.span(ends), file: None, why: NearMissWhy::WorkEnds })
    }

    /// `this.teardown()`.
    fn is_own_teardown(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
        matches!(self.ir.kind(object), ExprKind::This) && self.apis.teardown.methods.contains(self.ir.name(property))
    }
}

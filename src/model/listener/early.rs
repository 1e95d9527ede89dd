//! Removals of a function that the same call makes and only adds further down: they can never match what an earlier call has added.

use super::super::Model;
use super::super::facts::{Certainty, MismatchWhy, ReceiverKind};
use super::super::index::written_value;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, Ir};
use super::super::place::Root;
use super::mismatch::{Events, Pair};
use super::receiver::Held;
use super::{Candidate, Removal, Site};

impl Model<'_> {
    /// Whether a removal names a function of its own call, and no way leads to it from where that call adds the function.
    pub(super) fn is_before_added(&self, removal: &Removal, sites: &[Site<'_>]) -> bool {
        let Some(binding) = removal.handler.and_then(|handler| self.made_by_call(handler, removal.call)) else { return false };
        let function = self.ir.function_of(removal.call);
        let own: Vec<&Site<'_>> = sites.iter().filter(|site| self.ir.binding_of(site.handler) == Some(binding)).collect();
        // Whoever else gets it may have added it.
        let is_in_view = self.uses.refs(binding).iter().all(|&at| {
            self.uses.parent(at).is_some_and(|parent| match self.ir.kind(parent) {
                ExprKind::Call { callee, .. } => {
                    callee == at || own.iter().any(|site| site.call == parent) || self.is_removal_of(parent, at)
                }
                _ => false,
            })
        });
        let is_later = |site: &&Site<'_>| {
            let (from, to) = (self.ir[site.call].block, self.ir[removal.call].block);
            let leads = |from, to| !self.flow(function).must_pass(self.ir, from, to, &[]);
            let is_behind =
                if from == to { removal.call < site.call && self.ir[to].in_loop.is_none() } else { leads(to, from) && !leads(from, to) };
            self.ir.function_of(site.call) == function && is_behind
        };
        is_in_view && !own.is_empty() && own.iter().all(is_later)
    }

    fn is_removal_of(&self, call: ExprId, handler: ExprId) -> bool {
        self.removal(call).is_some_and(|removal| removal.handler == Some(handler))
    }

    /// The local of the function around a call that holds a function which each run of it makes.
    fn made_by_call(&self, value: ExprId, call: ExprId) -> Option<BindingId> {
        let ir = self.ir;
        let binding = ir.binding_of(value)?;
        let around = ir.function_of(call);
        let is_local = around != Ir::MODULE && !ir[around].is_generator && ir[ir[binding].scope].function == around;
        let is_declared = || self.function_value(value).is_some_and(|made| ir[made].parent == Some(around) && ir[made].expr.is_none());
        let is_written = || match self.uses.writes(binding) {
            [write] => written_value(ir, *write).is_some_and(|made| matches!(ir.kind(made), ExprKind::Function(_))),
            _ => false,
        };
        (is_local && !matches!(ir[binding].kind, BindingKind::Param(..)) && (is_declared() || is_written())).then_some(binding)
    }

    /// The registration that an early removal was meant for: who takes something off before it is added knows that it is added again and again.
    pub(super) fn added_after<'c, 'm>(&self, removal: &Removal, candidates: &'c [Candidate<'m>]) -> Option<Pair<'c, 'm>> {
        let theirs = removal.handler?;
        let binding = self.made_by_call(theirs, removal.call)?;
        let candidate = candidates.iter().find(|candidate| {
            self.ir.binding_of(candidate.site.handler) == Some(binding)
                && self.ir.function_of(candidate.site.call) == self.ir.function_of(removal.call)
                && self.same_receiver(candidate.place, removal.object)
                && self.events(candidate, removal) == Events::Same
        })?;
        Some(Pair { candidate, why: MismatchWhy::NotYetAdded, removed: theirs, added: candidate.site.call })
    }

    /// What is taken off before it is added was there before: a receiver that somebody gives outlives the call.
    pub(super) fn outlives_the_call(&self, candidate: &Candidate<'_>) -> Option<Held> {
        let Root::Binding(binding) = self.root(candidate.place) else { return None };
        let BindingKind::Param(function, _) = self.ir[binding].kind else { return None };
        let is_given = self.is_root(candidate.place) && self.ir.function_of(candidate.site.call) == function;
        is_given.then(|| Held {
            kind: ReceiverKind::Parameter,
            certainty: Certainty::Likely,
            span: Some(self.ir[binding].span),
            ..candidate.held
        })
    }
}

//! Listeners that an end forgets: it takes off another one, which was added with this one to the same receiver.

use super::super::Model;
use super::super::apis::Returns;
use super::super::facts::{Forgotten, ForgottenBy, ReceiverKind};
use super::super::ir::{ExprId, ExprKind, FnId, Ir};
use super::mismatch::Events;
use super::{Candidate, Removal};

impl Model<'_> {
    /// How the end of what added several listeners forgets this one.
    pub(super) fn forgotten_beside(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal]) -> Option<Forgotten> {
        let site = &candidate.site;
        // Who leaves a listener for the end of the receiver does so on purpose, mostly.
        let is_last = site.event.and_then(|event| self.string(event)).is_some_and(|event| self.apis.events.ends.contains(event));
        if is_last || site.once || self.ir.function_of(site.call) == Ir::MODULE {
            return None;
        }
        let how_of = |span, how| Forgotten { span, how };
        let of_same = self.removed_beside(candidate, all, removals, true).map(|at| how_of(self.ir.span(at), ForgottenBy::Removal));
        of_same
            .or_else(|| self.kept_beside(candidate, all).map(|at| how_of(self.ir.span(at), ForgottenBy::Disposer)))
            .or_else(|| self.removed_beside(candidate, all, removals, false).map(|at| how_of(self.ir.span(at), ForgottenBy::OtherRemoval)))
    }

    /// The removal of another listener, of the same receiver or of another one that was given as well.
    fn removed_beside(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal], is_same: bool) -> Option<ExprId> {
        let site = &candidate.site;
        let adds = self.ir.function_of(site.call);
        let is_given = |one: &Candidate<'_>| matches!(one.held.kind, ReceiverKind::Parameter | ReceiverKind::Injected);
        let is_beside = |other: &Candidate<'_>| {
            // Elements of a page are mostly dropped with what listens to them.
            let are_emitters = || site.verb == other.site.verb && site.verb != "addEventListener" && is_given(candidate) && is_given(other);
            self.ir.function_of(other.site.call) == adds
                && !other.site.once
                && if is_same { other.place == candidate.place } else { other.place != candidate.place && are_emitters() }
        };
        let others: Vec<&Candidate<'_>> = all.iter().filter(|other| is_beside(other)).collect();
        if others.is_empty() {
            return None;
        }
        let removal = removals.iter().find(|removal| {
            let is_of_another =
                || self.same_receiver(candidate.place, removal.object) && self.events(candidate, removal) == Events::Different;
            (!is_same || is_of_another()) && others.iter().any(|other| self.is_match(other, removal)) && self.is_in_end(removal.call, adds)
        })?;
        (!self.hands_receiver_on(candidate, removal.call)).then_some(removal.call)
    }

    /// `this.stop = store.subscribe(f); store.subscribe(g);`: a registration of the same receiver, of which somebody keeps what takes it off.
    fn kept_beside(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>]) -> Option<ExprId> {
        let site = &candidate.site;
        let gives = matches!(site.api.returns, Returns::Disposer | Returns::Subscription);
        if !gives || !self.is_whole_statement(site.call) {
            return None;
        }
        let kept = all.iter().find(|other| {
            other.site.call != site.call
                && other.place == candidate.place
                && other.site.verb == site.verb
                && self.ir.function_of(other.site.call) == self.ir.function_of(site.call)
                && self.is_disposer_kept(&other.site)
        })?;
        Some(kept.site.call)
    }

    /// Whether an expression stands in a method that ends its object, in what such an end runs, or in what a function around the registration gives back.
    fn is_in_end(&self, at: ExprId, adds: FnId) -> bool {
        let mut inner = Some(self.ir.function_of(at));
        while let Some(function) = inner.filter(|&function| function != Ir::MODULE) {
            let mut names = self.entities.memberships(function).iter().map(|&(_, name, _)| self.ir.name(name));
            if names.any(|name| self.apis.teardown.methods.contains(name)) || self.runs_at_an_end(function) {
                return true;
            }
            let mut outer = Some(adds);
            while let Some(around) = outer.filter(|&around| around != Ir::MODULE) {
                if self.returned_closure(around) == Some(function) || self.given_end(around).is_some_and(|(_, end)| end == function) {
                    return true;
                }
                outer = self.ir[around].parent;
            }
            inner = self.ir[function].parent;
        }
        false
    }

    /// `scope.$on('$destroy', () => {...})`, `onUnmounted(() => {...})`.
    fn runs_at_an_end(&self, function: FnId) -> bool {
        let Some(expr) = self.ir[function].expr else { return false };
        let Some(call) = self.uses.parent(expr) else { return false };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        let says = |text: &str| {
            let words = super::super::provenance::words(text.trim_start_matches('$'));
            words.iter().any(|word| matches!(word.as_str(), "destroy" | "destroyed" | "dispose" | "unmount" | "unmounted" | "cleanup"))
        };
        let event = self.ir.list(args).first().and_then(|&event| self.string(event));
        callee != expr && (event.is_some_and(says) || self.callee_name(callee).is_some_and(|name| name.starts_with("on") && says(name)))
    }

    /// Whether the function of a removal gives the receiver to another function, which may take off the others.
    fn hands_receiver_on(&self, candidate: &Candidate<'_>, removal: ExprId) -> bool {
        let ends = self.ir.function_of(removal);
        self.uses.calls.iter().any(|&call| match self.ir.kind(call) {
            ExprKind::Call { args, .. } if self.ir.function_of(call) == ends => {
                self.ir.list(args).iter().any(|&arg| self.same_receiver(candidate.place, arg))
            }
            _ => false,
        })
    }
}

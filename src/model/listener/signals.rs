//! Signals that a caller gives: whether anything says that they outlive the work for which they are given.

use super::super::Model;
use super::super::calls::How;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::index::written_value;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, NameId};
use super::super::place::{Place, Root, Step};
use super::receiver::Held;

/// Callers and names followed so far.
const DEPTH: u32 = 4;

impl Model<'_> {
    /// How surely the signal of a caller outlives the call. Options are for whoever calls, with a signal of their own choice; what one
    /// step of the work hands to the next was made for that work, and what an object is made with may be what ends it.
    pub(super) fn signal_certainty(&self, place: Place, site: ExprId) -> Certainty {
        let function = self.ir.function_of(site);
        let outlives = self.is_chosen_by_caller(place, DEPTH) && !self.ends_what_is_made(function) && !self.is_run_by_maker(function);
        if outlives { Certainty::Likely } else { Certainty::Unknown }
    }

    /// Whether a constructor is of objects that have no end but the one that it sets up itself: `signal.addEventListener('abort', () => this.close())`.
    fn ends_what_is_made(&self, constructor: FnId) -> bool {
        let Some(made) = self.entities.ids().find(|&id| self.entities.get(id).constructor == Some(constructor)) else { return false };
        let is_called = |end: NameId| {
            self.uses.calls.iter().any(|&call| {
                let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
                matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if property == end)
                    && self.is_inside(self.ir.function_of(call), constructor)
            })
        };
        let methods = self.entities.get(made).methods.keys();
        methods.filter(|&&name| self.apis.teardown.methods.contains(self.ir.name(name))).all(|&end| is_called(end))
    }

    /// The signal of a caller, by what the callers are seen to pass.
    pub(super) fn given_signal(&self, place: Place, held: Held, site: ExprId) -> Held {
        let certainty = match self.lasts_outside(place, site) {
            Some(lasts) if lasts.for_process > 0 => Certainty::Proved,
            Some(lasts) if lasts.is_for_call() && lasts.is_complete => {
                return Held { kind: Kind::Fresh, certainty: Certainty::Short, ..held };
            }
            Some(lasts) if lasts.is_for_call() => Certainty::Unknown,
            _ => self.signal_certainty(place, site),
        };
        Held { kind: Kind::AbortSignal, certainty, ..held }
    }

    fn is_chosen_by_caller(&self, place: Place, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.root(place) {
            Root::Binding(binding) => match self.ir[binding].kind {
                BindingKind::Param(function, _) if self.split(place).is_none() => self.is_given_signal(binding, function, depth),
                BindingKind::Param(..) => !self.is_bag_of_work(self.ir.name(self.ir[binding].name)) && !self.is_of_work(place),
                // `const { signal } = options`.
                _ => match self.uses.writes(binding) {
                    [write] if self.split(place).is_none() => {
                        let of = written_value(self.ir, *write).and_then(|value| self.place(value)).filter(|&of| of != place);
                        of.is_none_or(|of| self.is_chosen_by_caller(of, depth))
                    }
                    _ => !self.is_of_work(place),
                },
            },
            Root::Instance(id) => self.instance_life(id).certainty != Certainty::Short && !self.is_of_work(place),
            _ => !self.is_of_work(place),
        }
    }

    /// `this.job.signal`: what the signal is a part of stands for one piece of work.
    fn is_of_work(&self, place: Place) -> bool {
        let owner = self.split(place).and_then(|(of, _)| self.split(of));
        matches!(owner, Some((_, Step::Field(name))) if self.is_bag_of_work(self.ir.name(name)))
    }

    fn is_bag_of_work(&self, name: &str) -> bool {
        super::super::provenance::words(name).last().is_some_and(|last| self.apis.receivers.of_work.contains(last))
    }

    /// A parameter that is the signal itself.
    fn is_given_signal(&self, binding: BindingId, function: FnId, depth: u32) -> bool {
        let BindingKind::Param(_, index) = self.ir[binding].kind else { return false };
        let is_for_request = self.ir[function].params.iter().filter_map(|param| param.binding).any(|other| {
            let name = self.ir.name(self.ir[other].name);
            self.apis.requests.params.contains(name) || name == "request"
        });
        if is_for_request {
            return false;
        }
        self.callers(function).iter().any(|caller| match (caller.how, caller.at.map(|at| self.ir.kind(at))) {
            (How::Exported | How::Returned | How::PublicMethod(..), _) => true,
            (How::Called, Some(ExprKind::Call { args, .. } | ExprKind::New { args, .. })) => self
                .ir
                .list(args)
                .get(index as usize)
                .and_then(|&argument| self.place(argument))
                .is_some_and(|argument| self.is_from_outside(argument) && self.is_chosen_by_caller(argument, depth)),
            _ => false,
        })
    }

    /// Not a controller that this file makes.
    fn is_from_outside(&self, place: Place) -> bool {
        let is_made = |value| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. });
        let mut at = Some(place);
        while let Some(one) = at {
            if matches!(self.root(one), Root::Value(value) if is_made(value)) || self.initial_values(one).into_iter().any(is_made) {
                return false;
            }
            at = self.split(one).map(|(of, _)| of);
        }
        true
    }
}

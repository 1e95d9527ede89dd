//! Functions that make one signal of several which they are given: each of these keeps a listener until one of them aborts.

use super::super::Model;
use super::super::calls::{Caller, How};
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::index::written_value;
use super::super::ir::{BinaryOp, BindingId, BindingKind, ExprId, ExprKind, FnId};
use super::super::links::UseKind;
use super::super::place::{Place, Root, Step};
use super::receiver::Held;

/// Copies of the list are followed so far.
const DEPTH: u32 = 4;

/// A parameter that is a list, or that takes all arguments from there on.
#[derive(Clone, Copy)]
struct GivenList {
    function: FnId,
    index: u32,
    is_rest: bool,
}

impl Model<'_> {
    /// `for (const signal of signals) signal.addEventListener('abort', () => controller.abort())`: one of them lives longer than the others, mostly.
    pub(super) fn one_of_several(&self, place: Place, held: Held, at: ExprId) -> Option<Held> {
        let given = self.list_around(place, DEPTH)?;
        let is_own = self.is_inside(self.ir.function_of(at), given.function) && self.aborts_own_controller(given.function);
        if !is_own || self.is_for_want_of_any(at) {
            return None;
        }
        let callers = self.callers(given.function);
        let certainty = callers.iter().filter_map(|caller| self.lives_longer(caller, given)).max()?;
        let region = self.around(given.function);
        (certainty >= Certainty::Likely).then_some(Held { kind: Kind::AbortSignal, certainty, region, ..held })
    }

    /// The list out of which a loop takes what stands in a place.
    fn list_around(&self, place: Place, depth: u32) -> Option<GivenList> {
        if let Some((of, Step::Entry)) = self.split(place) {
            let Root::Binding(list) = self.root(of) else { return None };
            return if self.is_root(of) { self.given_as(list, depth) } else { None };
        }
        let Root::Binding(item) = self.root(place) else { return None };
        self.uses.writes(item).iter().find_map(|&write| match self.ir.kind(written_value(self.ir, write)?) {
            ExprKind::Element(list) => self.given_list(list, depth),
            _ => None,
        })
    }

    /// The parameter that a variable is, or that it is filled from.
    fn given_as(&self, list: BindingId, depth: u32) -> Option<GivenList> {
        if let BindingKind::Param(function, index) = self.ir[list].kind {
            let is_rest = self.ir[function].params.get(index as usize)?.is_rest;
            return Some(GivenList { function, index, is_rest });
        }
        let [write] = self.uses.writes(list) else { return None };
        self.given_list(written_value(self.ir, *write)?, depth).or_else(|| self.filled_from(self.root_place(Root::Binding(list)), depth))
    }

    /// The parameter that a list is, or is made from.
    fn given_list(&self, list: ExprId, depth: u32) -> Option<GivenList> {
        let depth = depth.checked_sub(1)?;
        match self.ir.kind(list) {
            ExprKind::Ident(_) => self.given_as(self.ir.binding_of(list)?, depth),
            ExprKind::Array(items) => match *self.ir.list(items) {
                [item] if let ExprKind::Spread(of) = self.ir.kind(item) => self.given_list(of, depth),
                _ => None,
            },
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { property, .. } if self.ir.name(property) == "from" => {
                    self.given_list(*self.ir.list(args).first()?, depth)
                }
                ExprKind::Member { object, property, .. } if self.ir.name(property) == "filter" => self.given_list(object, depth),
                _ => None,
            },
            ExprKind::New { args, .. } => self.given_list(*self.ir.list(args).first()?, depth),
            _ => None,
        }
    }

    /// `for (const signal of given) signals.add(signal)`.
    fn filled_from(&self, list: Place, depth: u32) -> Option<GivenList> {
        self.uses.calls.iter().find_map(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
            if !matches!(self.ir.name(property), "add" | "push") || self.place(object) != Some(list) {
                return None;
            }
            self.list_around(self.place(*self.ir.list(args).first()?)?, depth)
        })
    }

    /// Whether a function makes a controller, which it aborts.
    fn aborts_own_controller(&self, function: FnId) -> bool {
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
            let Some(place) = self.place(object) else { return false };
            let Root::Binding(binding) = self.root(place) else { return false };
            self.ir.name(property) == "abort"
                && self.is_inside(self.ir.function_of(call), function)
                && self.ir[self.ir[binding].scope].function == function
                && self.is_controller(place)
        })
    }

    /// `if (AbortSignal.any) return AbortSignal.any(signals);` is passed on runtimes that nobody has any more.
    fn is_for_want_of_any(&self, at: ExprId) -> bool {
        let is_class = |value: ExprId| self.ir.global_of(value) == Some("AbortSignal");
        let names_any = |part: ExprId| match self.ir.kind(part) {
            ExprKind::Member { object, property, .. } => is_class(object) && self.ir.name(property) == "any",
            ExprKind::Binary(BinaryOp::In, name, object) => is_class(object) && self.string(name) == Some("any"),
            _ => false,
        };
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, self.ir[at].block);
        guards.iter().filter_map(|guard| guard.when.condition()).any(|(condition, _)| {
            let mut asks = false;
            self.each_part(condition, &mut |part| asks |= names_any(part));
            asks
        })
    }

    /// How surely a caller gives a signal that outlives the call among the others.
    fn lives_longer(&self, caller: &Caller, given: GivenList) -> Option<Certainty> {
        match (caller.how, caller.at.map(|at| (at, self.ir.kind(at)))) {
            (How::Exported, _) => (!self.is_called_elsewhere(given.function)).then_some(Certainty::Likely),
            (How::Called, Some((at, ExprKind::Call { args, .. }))) => {
                let args = self.ir.list(args).get(given.index as usize..)?;
                let signals = if given.is_rest { args.to_vec() } else { self.combined_in(*args.first()?)? };
                let certain = |&signal: &ExprId| {
                    let held = self.signal_held(self.place(signal)?, at);
                    (held.kind == Kind::AbortSignal).then_some(held.certainty)
                };
                signals.iter().filter_map(certain).max()
            }
            _ => None,
        }
    }

    /// Other files are seen to call it, and what they give is theirs to say.
    fn is_called_elsewhere(&self, function: FnId) -> bool {
        let seen = self.seen_outside(&self.paths_of_function(function));
        seen.is_some_and(|seen| seen.uses.iter().any(|used| matches!(used.used.what, UseKind::Called { .. })))
    }
}

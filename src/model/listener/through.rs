//! Registrations and removals through functions that are given the emitter.

use super::super::Model;
use super::super::access::Access;
use super::super::calls::How;
use super::super::facts::{Certainty, ReceiverKind as Kind, Registration};
use super::super::index::written_value;
use super::super::ir::{ExprId, ExprKind, FnId};
use super::super::place::{Place, Root};
use super::super::summaries::{Done, Effect, Given};
use super::receiver::{Held, MODULE};
use super::{Candidate, Removal, Site};

/// Parameters followed to what callers pass.
const DEPTH: u32 = 3;

impl Model<'_> {
    /// What functions of this file do to emitters that they are given.
    pub(in crate::model) fn listened_parameters(&self) -> Vec<(FnId, Effect)> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let removal = self.removal(call);
            let object = removal.map(|removal| removal.object).or_else(|| self.site(call).map(|site| site.object));
            let Some((function, argument)) = object.and_then(|object| self.parameter_of(object)) else { continue };
            if !self.runs_within(self.ir.function_of(call), function) {
                continue;
            }
            let given = |expr: Option<ExprId>| expr.map(|expr| self.given_to(function, expr));
            let done = match removal {
                Some(removal) => Done::Removes { event: given(removal.event), handler: given(removal.handler) },
                None => Done::Registers,
            };
            found.push((function, Effect { argument, done }));
        }
        found
    }

    /// `stopListening(emitter)`: what a function of this file takes off, seen from its callers.
    pub(super) fn removals_of_callers(&self, removals: &[Removal]) -> Vec<Removal> {
        let mut found = Vec::new();
        for removal in removals {
            let Some((function, index)) = self.parameter_of(removal.object) else { continue };
            if !self.runs_within(self.ir.function_of(removal.call), function) {
                continue;
            }
            for caller in self.callers(function).iter().filter(|caller| caller.how == How::Called) {
                let Some(ExprKind::Call { args, .. }) = caller.at.map(|at| self.ir.kind(at)) else { continue };
                let args = self.ir.list(args);
                let outer = |expr: ExprId| match self.parameter_of(expr) {
                    Some((of, at)) if of == function => args.get(at as usize).copied(),
                    _ => Some(expr),
                };
                let (Some(&object), Some(call)) = (args.get(index as usize), caller.at) else { continue };
                found.push(Removal {
                    call,
                    object,
                    event: removal.event.and_then(outer),
                    handler: removal.handler.and_then(outer),
                    options: removal.options.and_then(outer),
                });
            }
        }
        found
    }

    /// Whether a function of another file that is given the emitter takes the listener off.
    pub(super) fn is_removed_by_helper(&self, candidate: &Candidate<'_>) -> bool {
        if self.outside().is_none() {
            return false;
        }
        let site = &candidate.site;
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
            let args = self.ir.list(args);
            let is_given = |arg: ExprId| call != site.call && self.same_receiver(candidate.place, arg);
            let Some(index) = args.iter().position(|&arg| is_given(arg)).filter(|_| self.callee_function(call).is_none()) else {
                return false;
            };
            let summary = self.summary_of_call(call);
            summary.is_some_and(|summary| {
                summary
                    .effects
                    .iter()
                    .filter(|effect| effect.argument as usize == index)
                    .any(|effect| self.takes_off(call, &effect.done, site))
            })
        })
    }

    fn takes_off(&self, call: ExprId, done: &Done, site: &Site<'_>) -> bool {
        let Done::Removes { event, handler } = done else { return false };
        let is_event = match (event, site.event) {
            (Some(Given::Text(text)), Some(own)) => *text == self.expr_text(own),
            (Some(given), Some(own)) => self.argument(call, given).is_none_or(|theirs| self.same_event(own, theirs)),
            _ => true,
        };
        let is_handler = match handler {
            None => true,
            Some(given) => self.argument(call, given).is_some_and(|theirs| self.same_handler(site.handler, Some(theirs))),
        };
        is_event && is_handler
    }

    /// A registration, with what other files tell of its receiver; none if that does not outlive the call.
    pub(super) fn as_others_tell<'m>(&self, candidate: &Candidate<'m>, in_loop: bool) -> Option<Candidate<'m>> {
        let Candidate { site, place, held, ref mount } = *candidate;
        let held = match held.kind {
            Kind::Fresh | Kind::Unknown if !in_loop => self.got_from_helper(place, &site)?,
            Kind::Parameter | Kind::Injected => match self.lasts_outside(place, site.call) {
                Some(lasts) if lasts.is_complete && lasts.is_for_call() => {
                    if !in_loop {
                        return None;
                    }
                    Held::short(Kind::Fresh, held.span)
                }
                Some(lasts) if lasts.is_for_process() => Held { certainty: Certainty::Proved, region: MODULE, ..held },
                _ => held,
            },
            Kind::Import if self.is_added_to_argument(candidate) => return None,
            Kind::Import if in_loop && self.is_known_emitter(&site) => Held { kind: Kind::Module, ..held },
            _ => held,
        };
        Some(Candidate { site, place, held, mount: mount.clone() })
    }

    fn is_known_emitter(&self, site: &Site<'_>) -> bool {
        let (Some(outside), Some((module, path))) = (self.outside(), self.imported(site.object)) else { return false };
        outside.summary(module, &path).is_some_and(|summary| summary.is_emitter)
    }

    /// `inputs.on(element, handler)` of another file: whether that adds the listener to an argument which does not live long.
    pub(super) fn is_added_to_argument(&self, candidate: &Candidate<'_>) -> bool {
        let site = &candidate.site;
        if candidate.held.kind != Kind::Import || self.outside().is_none() {
            return false;
        }
        let ExprKind::Call { args, .. } = self.ir.kind(site.call) else { return false };
        let args = self.ir.list(args);
        let Some(summary) = self.summary_of_call(site.call) else { return false };
        let mut targets = summary.effects.iter().filter(|effect| effect.done == Done::Registers).peekable();
        let is_long = |effect: &Effect| {
            let target = args.get(effect.argument as usize).and_then(|&arg| self.place(arg));
            target.is_none_or(|target| self.held_within(target, site.call, DEPTH).is_long())
        };
        targets.peek().is_some() && !targets.any(is_long)
    }

    /// What another file keeps, and gives to whoever asks: `getConnection().on(...)`.
    pub(super) fn got_from_helper(&self, place: Place, site: &Site<'_>) -> Option<Held> {
        let call = self.got_by(place)?;
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let (module, path) = self.imported(callee)?;
        // What hangs on something that was got or made is of that.
        if !path.iter().all(|step| matches!(step, Access::Member(_))) {
            return None;
        }
        let held = Held::new(Kind::Getter, Certainty::Unknown, Some(self.ir.span(call)), MODULE);
        match self.outside().and_then(|outside| outside.gives_shared(module, &path)) {
            Some(true) => {
                let shared = self.keeps_what_is_made(site);
                Some(Held { kind: Kind::Import, certainty: Certainty::Proved, shared, ..held })
            }
            _ => Some(held),
        }
    }

    /// Whether the handler keeps something that is made by the very call which adds it; what that was given may be the same each time.
    fn keeps_what_is_made(&self, site: &Site<'_>) -> bool {
        let (Some(handler), adding) = (self.function_value(site.handler), self.ir.function_of(site.call)) else { return false };
        let is_made = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Object { .. } | ExprKind::Array(_));
        self.ir.references.iter().any(|reference| {
            reference.binding.is_some_and(|binding| {
                self.ir[self.ir[binding].scope].function == adding
                    && self.uses.writes(binding).iter().any(|&write| written_value(self.ir, write).is_some_and(is_made))
            }) && self.is_inside(self.ir.function_of(reference.expr), handler)
        })
    }

    /// `Keys.instance()` here and there: what gives its one object to whoever asks gives the same one.
    pub(super) fn is_got_alike(&self, place: Place, other: Place) -> bool {
        let asked = |place: Place| match self.ir.kind(self.got_by(place)?) {
            ExprKind::Call { callee, args, .. } if self.ir.list(args).is_empty() => self.imported(callee),
            _ => None,
        };
        asked(place).is_some_and(|(module, path)| {
            asked(other).is_some_and(|(other, others)| module == other && path == others)
                && self.outside().and_then(|outside| outside.gives_shared(module, &path)) == Some(true)
        })
    }

    /// The call that gives what stands in a place.
    pub(super) fn got_by(&self, place: Place) -> Option<ExprId> {
        let value = match self.root(place) {
            Root::Value(value) => value,
            Root::Binding(binding) => match self.uses.writes(binding) {
                [write] => written_value(self.ir, *write)?,
                _ => return None,
            },
            _ => return None,
        };
        let value = if let ExprKind::Await(inner) = self.ir.kind(value) { inner } else { value };
        (self.is_root(place) && matches!(self.ir.kind(value), ExprKind::Call { .. })).then_some(value)
    }

    /// A class of another file that it extends has an end, which forgets this listener.
    pub(super) fn add_base(&self, registration: &mut Registration, function: FnId) {
        let Some(instances) = registration.per_instance.as_mut() else { return };
        if registration.released.is_some() || !instances.many || instances.teardown.is_some() || instances.disposes {
            return;
        }
        let is_long = matches!(registration.receiver.kind, Kind::Module | Kind::Import | Kind::Process | Kind::Page);
        let Some(id) = self.instance_around(function).filter(|_| is_long) else { return };
        let Some((module, path)) = self.imported_class(id) else { return };
        instances.extends = true;
        instances.disposes = self.outside().is_some_and(|outside| outside.base_ends(module, &path));
    }
}

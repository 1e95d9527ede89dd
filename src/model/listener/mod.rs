//! Registrations of listeners: on what, with which handler, and what takes them off again.

pub mod api;
mod by_function;
mod channels;
mod cleanup;
pub mod combined;
mod copied;
mod dead_guard;
mod detach;
mod dropped;
mod early;
mod elsewhere;
mod ends;
mod entries;
mod fields;
mod forgotten;
mod fresh;
mod given_end;
mod handler;
mod left_signal;
mod loops;
mod made_alike;
mod matching;
mod mending;
mod mismatch;
mod mounted;
mod names;
mod not_yet;
mod one_shot;
mod origin;
mod other_end;
mod pairs;
mod passed_on;
mod paths;
mod receiver;
mod released;
mod runners;
mod set_up;
mod settling;
mod several;
mod signals;
mod silenced;
mod targets;
mod through;
mod timers;
mod unmatched;
mod work;
mod wrapper;

use super::Model;
use super::apis::{ListenerApi, Returns};
use super::context::{ContextKind, Region};
use super::facts::{Handler, LoopEvent, Mismatch, NearMiss, ReceiverKind, Registration, Released};
use super::ir::{ExprId, ExprKind, FnId, When};
use super::mount::Mount;
use super::place::Place;
use super::vocabulary::LISTENER;
use crate::text::Span;
use receiver::Held;

/// A registration as it is written.
#[derive(Clone, Copy)]
struct Site<'m> {
    call: ExprId,
    object: ExprId,
    event: Option<ExprId>,
    handler: ExprId,
    options: Option<ExprId>,
    api: &'m ListenerApi,
    once: bool,
    verb: &'m str,
    /// By a function of this file that passes on what it is given.
    is_passed_on: bool,
}

/// A removal as it is written.
#[derive(Clone, Copy)]
struct Removal {
    call: ExprId,
    object: ExprId,
    event: Option<ExprId>,
    handler: Option<ExprId>,
    options: Option<ExprId>,
}

/// A registration that is known to be one, beside the other ones of the file.
struct Candidate<'m> {
    site: Site<'m>,
    place: Place,
    held: Held,
    mount: Option<Mount>,
}

impl Model<'_> {
    /// Every registration, and the removals that match none.
    /// `first`: those that the file shows by itself, if only some are asked about.
    pub fn registrations(&self, first: Option<&[Registration]>) -> (Vec<Registration>, Vec<Mismatch>) {
        let removals = self.uses.calls.iter().filter_map(|&call| self.removal(call));
        // Nobody calls what a hook returns to a framework that ignores it.
        let (ignored, removals): (Vec<Removal>, Vec<Removal>) = removals.partition(|removal| self.is_ignored_cleanup(removal.call));
        let (removals, unreachable): (Vec<Removal>, Vec<Removal>) =
            removals.into_iter().partition(|removal| self.dead_guard(removal.call).is_none());
        let sites = self.sites();
        let (vain, removals): (Vec<Removal>, Vec<Removal>) =
            removals.into_iter().partition(|removal| self.names_no_handler(removal) || self.is_before_added(removal, &sites));
        let removals_of_all = [removals.as_slice(), &self.removals_of_callers(&removals)].concat();
        let candidates: Vec<Candidate<'_>> = sites
            .into_iter()
            .filter_map(|site| {
                let (mount, site) = self.with_mount(site);
                let place = self.target_place(site.object)?;
                // A finding about one subscription of a component names the others, too.
                let is_one_of_many = mount.is_some() && site.api.name == "subscribe";
                let place_of_finding = self.asked_place(self.ir.span(site.call), self.callee_span(site.call));
                let held =
                    self.focused(place_of_finding.filter(|_| !is_one_of_many), || self.held_by_component(place, &site, mount.as_ref()));
                Some(Candidate { site, place, held, mount })
            })
            .collect();
        let mut found: Vec<(FnId, Place, Registration)> = Vec::new();
        let mut kept: Vec<&Candidate<'_>> = Vec::new();
        for candidate in &candidates {
            let span = self.asked_place(self.ir.span(candidate.site.call), self.callee_span(candidate.site.call));
            let find = || self.focused(span, || self.registration(candidate, &candidates, &removals_of_all));
            let known = first.and_then(|first| self.unasked_registration(first, candidate));
            let Some(mut registration) = known.unwrap_or_else(find).filter(may_stay) else { continue };
            let function = self.ir.function_of(candidate.site.call);
            self.focused(span, || self.add_base(&mut registration, function));
            if registration.released == Some(Released::DisposerKept) && registration.mount.is_some() && self.is_never_used(candidate) {
                registration.released = None;
            }
            if registration.released.is_none() && !ignored.is_empty() {
                registration.near_miss = self.ignored_removal(candidate, &ignored).or(registration.near_miss.take());
            }
            if piles_up(&registration) {
                let first = found.iter().find(|(in_function, place, other)| {
                    *in_function == function
                        && self.unwrapped(*place) == self.unwrapped(candidate.place)
                        && piles_up(other)
                        && other.follows.is_none()
                        && other.in_loop.is_some() == registration.in_loop.is_some()
                });
                registration.follows = first.map(|(_, _, first)| first.span);
            }
            kept.push(candidate);
            found.push((function, candidate.place, registration));
        }
        let mut registrations: Vec<Registration> = found.into_iter().map(|(_, _, registration)| registration).collect();
        let mismatches = self.mismatches(&candidates, &removals, &[unreachable, vain].concat(), &mut registrations);
        part_from_mismatched(&mut registrations);
        name_followers(&mut registrations);
        self.add_detachments(&kept, &mut registrations);
        self.add_cleanups(&kept, &mut registrations);
        registrations.extend(self.focused(None, || self.combined_signals()));
        (registrations, mismatches)
    }

    /// What was found of a registration about which nothing is asked, without what is found of several; none if that has to be found again.
    fn unasked_registration(&self, first: &[Registration], candidate: &Candidate<'_>) -> Option<Option<Registration>> {
        let call = candidate.site.call;
        let places = [self.ir.span(call), self.callee_span(call)];
        if candidate.mount.is_some() || !self.is_asking() || places.iter().any(|span| self.is_asked_about(*span)) {
            return None;
        }
        let mut known = first.iter().filter(|registration| registration.span == self.ir.span(call));
        let found = known.next();
        let is_whole = |found: &Registration| found.near_miss.is_none() && found.mount.is_none() && !found.mismatched;
        if known.next().is_some() || !found.is_none_or(is_whole) {
            return None;
        }
        Some(found.map(|found| Registration { follows: None, beside: Vec::new(), detachment: None, silenced: None, ..found.clone() }))
    }

    /// Adds the edits that keep each group of registrations from piling up, and where somebody silenced the warning.
    fn add_detachments(&self, candidates: &[&Candidate<'_>], registrations: &mut [Registration]) {
        self.note_raised_limits(candidates, registrations);
        for index in 0..registrations.len() {
            let first = &registrations[index];
            if !piles_up(first) || first.follows.is_some() {
                continue;
            }
            let span = first.span;
            let is_one = |other: &Registration| other.span == span || other.follows == Some(span);
            let members: Vec<usize> = (0..registrations.len()).filter(|&at| is_one(&registrations[at])).collect();
            let group: Vec<&Candidate<'_>> = members.iter().map(|&at| candidates[at]).collect();
            let facts: Vec<&Registration> = members.iter().map(|&at| &registrations[at]).collect();
            let detachment = match (group.as_slice(), facts[0].in_loop.is_some()) {
                _ if group.iter().any(|candidate| candidate.site.is_passed_on) => None,
                ([candidate], true) => self.detach_from_loop(candidate, facts[0]),
                (_, false) => self.detach_in_teardown(&group, &facts),
                _ => None,
            };
            registrations[index].detachment = detachment;
        }
    }

    fn sites(&self) -> Vec<Site<'_>> {
        let sites = self.uses.calls.iter().filter_map(|&call| self.site(call)).filter(|site| !self.is_for_old_node(site.call));
        self.with_callers(sites.collect())
    }

    fn site(&self, call: ExprId) -> Option<Site<'_>> {
        let ir = self.ir;
        let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return None };
        // Nearly every call ends here.
        if !self.names_listener(callee) {
            return None;
        }
        if let Some(site) = self.site_by_function(call) {
            return Some(site);
        }
        // A bare `addEventListener(...)` is that of the window.
        let (object, verb) = match ir.kind(callee) {
            ExprKind::Member { object, property, .. } => (object, ir.name(property)),
            ExprKind::Ident(_) if ir.global_of(callee) == Some("addEventListener") => (callee, "addEventListener"),
            _ => return None,
        };
        let (api, once) = self.apis.registration(verb).or_else(|| self.registration_on_wrapper(verb, object))?;
        let (event, handler, options) = self.arguments_of(api, ir.list(args))?;
        let is_own = event.and_then(|event| self.string(event)).zip(api.own_events.as_deref());
        if self.is_of_module(object, &api.not_modules) || is_own.is_some_and(|(event, own)| event.starts_with(own)) {
            return None;
        }
        // A method of this file by that name that is given no function is another thing: `this.subscribe(topics, options)`.
        if self.function_by_property(callee).is_some() || self.callee_function(call).is_some() && !self.is_function(handler) {
            return None;
        }
        if self.is_maker_of_module(call, object) {
            return None;
        }
        let object = self.chain_start(object);
        Some(Site { call, object, event, handler, options, api, once, verb, is_passed_on: false })
    }

    /// Whether the last name of what is called is one by which listeners are registered or let go.
    fn names_listener(&self, callee: ExprId) -> bool {
        let name = match self.ir.kind(callee) {
            ExprKind::Member { property, .. } => property,
            ExprKind::Ident(reference) => self.ir[reference].name,
            _ => return false,
        };
        self.meanings.has(name, LISTENER)
    }

    /// The event, the handler and the options among the arguments of a registration.
    fn arguments_of(&self, api: &ListenerApi, args: &[ExprId]) -> Option<(Option<ExprId>, ExprId, Option<ExprId>)> {
        let found = match *args {
            // jQuery's `.on('click', '.item', handler)`.
            [event, selector, handler]
                if api.event && self.string(event).is_some() && self.string(selector).is_some() && self.is_function(handler) =>
            {
                (Some(event), handler, None)
            }
            [event, handler, ref rest @ ..] if api.event || self.string(event).is_some() && api.name != "Tapable" => {
                // `query.on(column, other)` of a builder is none: one of the two must look its part.
                let is_event = self.string(event).is_some() || self.looks_like_event(event);
                // `inputs.on(element, handler)` of a helper: the listener sits on the element.
                if !is_event && (!self.is_function(handler) || self.is_found_in_page(event)) {
                    return None;
                }
                (Some(event), handler, rest.first().copied())
            }
            [_, handler, ..] if api.name == "Tapable" => (None, handler, None),
            // `bus.subscribe(topic, handler)`.
            [event, handler, ref rest @ ..] if api.name == "subscribe" && !self.is_function(event) && self.is_function(handler) => {
                (Some(event), handler, rest.first().copied())
            }
            [handler, ..] if !api.event || api.plain => (None, handler, None),
            _ => return None,
        };
        // Channels and topics are subscribed to by their names: `client.subscribe(channel)`.
        let is_name = api.name == "subscribe"
            && !self.is_function(found.1)
            && (self.is_name(found.1) || self.is_property_beside(args, found.1) || self.has_function_behind(args, found.1));
        (!is_name && self.can_be_handler(found.1) && !(found.0.is_some() && self.is_reply(found.1, api))).then_some(found)
    }

    /// `EVENTS.OPEN`: the name of an event that stands somewhere else.
    fn event_name(&self, site: &Site<'_>) -> Option<String> {
        let event = site.event?;
        let is_given = self.ir.binding_of(event).is_some_and(|binding| matches!(self.ir[binding].kind, super::ir::BindingKind::Param(..)));
        let is_name = matches!(self.ir.kind(event), ExprKind::Ident(_) | ExprKind::Member { .. });
        (is_name && !is_given && !self.is_loop_item(event)).then(|| self.expr_text(event))
    }

    /// `EVENTS.OPEN`, `${name}:done`, `eventName`: made like the name of an event.
    fn looks_like_event(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Template(_) | ExprKind::Binary(..) => true,
            ExprKind::Ident(reference) => {
                let words = super::provenance::words(self.ir.name(self.ir[reference].name));
                words.iter().any(|word| matches!(word.as_str(), "event" | "events" | "type" | "name" | "channel" | "topic"))
            }
            ExprKind::Member { property, .. } => {
                let name = self.ir.name(property);
                name.starts_with(|c: char| c.is_ascii_uppercase())
            }
            _ => false,
        }
    }

    /// Whether a receiver is what is imported from one of these modules.
    fn is_of_module(&self, object: ExprId, modules: &[String]) -> bool {
        let Some(binding) = self.ir.binding_of(object) else { return false };
        self.module_of(binding).is_some_and(|module| modules.iter().any(|one| one == module.trim_start_matches("node:")))
    }

    /// `a.on(...).on(...)`: the receiver of the first.
    fn chain_start(&self, mut object: ExprId) -> ExprId {
        let gives_receiver = |verb: &str| {
            matches!(verb, "off" | "removeListener" | "removeAllListeners")
                || self.apis.registration(verb).is_some_and(|(api, _)| api.returns == Returns::Receiver)
        };
        while let ExprKind::Call { callee, .. } = self.ir.kind(object)
            && let ExprKind::Member { object: inner, property, .. } = self.ir.kind(callee)
            && gives_receiver(self.ir.name(property))
        {
            object = inner;
        }
        object
    }

    fn removal(&self, call: ExprId) -> Option<Removal> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        if !self.names_listener(callee) {
            return None;
        }
        let args = self.ir.list(args);
        // A bare `removeEventListener(...)` is that of the window.
        if self.ir.global_of(callee) == Some("removeEventListener") {
            let [event, handler, ref rest @ ..] = *args else { return None };
            return Some(Removal { call, object: callee, event: Some(event), handler: Some(handler), options: rest.first().copied() });
        }
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        // `emitter.off.bind(emitter, 'x', handler)` is the removal to come.
        if self.ir.name(property) == "bind"
            && let ExprKind::Member { object: receiver, property, .. } = self.ir.kind(object)
            && self.apis.releases_listener(self.ir.name(property))
        {
            let [_, event, handler, rest @ ..] = args else { return None };
            return Some(Removal { call, object: receiver, event: Some(*event), handler: Some(*handler), options: rest.first().copied() });
        }
        let verb = self.ir.name(property);
        if !self.apis.releases_listener(verb) && !self.is_release_on_wrapper(verb, object) {
            return None;
        }
        let object = self.chain_start(object);
        // `off(null, null, this)`: of every event, whatever handles it.
        let given = |index: usize| args.get(index).copied().filter(|&arg| !self.is_nothing(arg));
        Some(match *args {
            // `onUpdated.removeListener(handler)`.
            [handler] if self.string(handler).is_none() && self.is_function(handler) => {
                Removal { call, object, event: None, handler: Some(handler), options: None }
            }
            // jQuery's `off('click', '.item')` takes off what was put on for these elements.
            [_, selector, ..] if self.string(selector).is_some() => {
                Removal { call, object, event: given(0), handler: given(2), options: None }
            }
            _ => Removal { call, object, event: given(0), handler: given(1), options: given(2) },
        })
    }

    fn registration(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal]) -> Option<Registration> {
        let ir = self.ir;
        let in_loop = self.loop_around(&candidate.site, candidate.place);
        let candidate = &self.as_others_tell(candidate, in_loop.is_some())?;
        let Candidate { site, place, held, mount } = candidate;
        let (function, context) = (ir.function_of(site.call), self.context(site.call, held.region));
        let per_instance = self.per_instance(function).map(|instances| self.of_those_that_run(instances, function));
        let mut handler = self.handler(site.handler, per_instance.is_some() || mount.is_some());
        self.tell_component(&mut handler, site, mount.as_ref());
        let (released, near_miss) = self.released_or_given(candidate, &handler, removals, all);
        let is_kept = released.is_none();
        self.tell_work(&mut handler, site, !is_kept);
        let event = site.event.and_then(|event| self.string(event)).map(str::to_owned);
        let (once, each) = (site.once || self.has_option(site.options, "once"), self.each_instance(site.call));
        let stmt = &ir[ir[site.call].stmt];
        Some(Registration {
            span: ir.span(site.call),
            statement_hash: self.text_hash(stmt.span),
            scope: self.qualified_name(site.call),
            is_set_up: self.is_set_up_by_name(&context),
            function: self.function_name(function),
            verb: site.verb.to_owned(),
            api: site.api.name.clone(),
            once,
            once_uncertain: once
                && event.as_deref().is_some_and(|event| self.apis.events.uncertain.contains(event) && !self.is_awaited(site.call, event))
                && !self.waits_for_the_end(candidate, all),
            other_outcome: if once && is_kept { self.outcome(candidate, all, removals) } else { None },
            event_varies: site.event.is_some_and(|event| self.loop_event(site.call, event) != LoopEvent::Same),
            event_name: if event.is_some() { None } else { self.event_name(site) },
            event,
            receiver: self.receiver_at(site.object, held),
            context,
            in_loop,
            once_each: each.is_some_and(|kind| kind <= ContextKind::Startup),
            constructed: each.is_some_and(|kind| kind < ContextKind::Startup),
            per_instance,
            captures: self.kept_requests(site.handler, 4).into_iter().map(|binding| ir.name(ir[binding].name).to_owned()).collect(),
            forgotten: if is_kept { self.forgotten_beside(candidate, all, removals) } else { None },
            sibling: self.sibling_removal(site, *place, removals),
            handler,
            released,
            near_miss,
            mismatched: false,
            follows: None,
            beside: Vec::new(),
            mount: mount.clone().map(|mount| Mount { is_root: self.is_of_root(&mount), ..mount }),
            statement: (stmt.in_list && self.is_whole_statement(site.call)).then_some(stmt.span),
            detachment: None,
            silenced: None,
            of_work: site.event.is_some_and(|event| self.is_name_of_work(event)),
            stops_timer: self.stops_callers_timer(site),
            is_passed_on: site.is_passed_on,
            given_end: if is_kept { self.forgetful_end(site) } else { None },
        })
    }

    /// What takes it off, or misses it, also where that is for the caller to do.
    fn released_or_given(
        &self,
        candidate: &Candidate<'_>,
        handler: &Handler,
        removals: &[Removal],
        all: &[Candidate<'_>],
    ) -> (Option<Released>, Option<NearMiss>) {
        let site = &candidate.site;
        if self.is_given_list(site.call) {
            return (Some(Released::DisposerKept), None);
        }
        let (mut released, mut near_miss) = self.released(candidate, handler, removals, all);
        if matches!(released, Some(Released::Removal | Released::DisposerKept)) && self.gives_disposer(site, removals) {
            let dropped = self.dropped_disposer(self.ir.function_of(site.call));
            released = if dropped.is_some() { None } else { Some(Released::DisposerGiven) };
            near_miss = dropped.or(near_miss);
        }
        if released == Some(Released::Removal) && self.is_forgotten_by_other(candidate, all, removals) {
            released = None;
        }
        (released, near_miss)
    }

    /// `if (socket.connecting) socket.once('connect', ...)`: the event is on its way.
    fn is_awaited(&self, call: ExprId, event: &str) -> bool {
        let guards = self.flow(self.ir.function_of(call)).guards(self.ir, self.ir[call].block);
        guards.iter().any(|guard| {
            let (When::True(condition) | When::False(condition)) = guard.when else { return false };
            let text = self.source.slice(self.ir.span(condition)).to_ascii_lowercase();
            text.contains(&format!("{}ing", event.trim_end_matches('e')))
        })
    }

    /// How often an instance does it in its life.
    fn each_instance(&self, call: ExprId) -> Option<ContextKind> {
        let id = self.instance_around(self.ir.function_of(call))?;
        Some(self.context(call, Region::Instance(id)).kind)
    }

    /// Whether nothing is done with the result of a call.
    pub fn is_whole_statement(&self, call: ExprId) -> bool {
        self.uses.parent(call).is_none()
    }
}

/// Of what others give, only what piles up is worth a question to them.
fn may_stay(registration: &Registration) -> bool {
    registration.receiver.kind != ReceiverKind::Getter || piles_up(registration)
}

/// Whether, as far as the file shows, each run leaves one more listener.
fn piles_up(registration: &Registration) -> bool {
    registration.released.is_none() && (!registration.once || registration.once_uncertain || registration.other_outcome.is_some())
}

/// What follows a registration whose removal cannot match is told apart from it: mending that removal mends no other one.
fn part_from_mismatched(registrations: &mut [Registration]) {
    let leaders: Vec<Span> = registrations.iter().filter(|one| one.mismatched && one.follows.is_none()).map(|one| one.span).collect();
    for leader in leaders {
        let mut next = None;
        for follower in registrations.iter_mut().filter(|one| one.follows == Some(leader) && !one.mismatched) {
            follower.follows = next;
            next = next.or(Some(follower.span));
        }
    }
}

/// Tells each first registration the events of those that follow it.
fn name_followers(registrations: &mut [Registration]) {
    let names: Vec<(Span, String)> = registrations.iter().filter_map(|one| Some((one.follows?, one.event.clone()?))).collect();
    for registration in registrations {
        let own = names.iter().filter(|(first, _)| *first == registration.span);
        registration.beside.extend(own.map(|(_, event)| event.clone()));
    }
}

//! What lets go of a listener, or only looks as if it did.

use super::super::Model;
use super::super::access::Access;
use super::super::apis::{Duplicates, Returns};
use super::super::facts::{Handler, NearMiss, NearMissWhy, ReceiverKind, Released, Sibling};
use super::super::index::written_value;
use super::super::ir::{BindingKind, ExprId, ExprKind, LogicalOp, PropKey};
use super::super::place::{Place, Root};
use super::{Candidate, Removal, Site};

/// What ends an emitter, with all its listeners.
const ENDS: &[&str] = &["destroy", "end", "close", "terminate", "disconnect", "kill", "abort", "dispose", "destroySoon", "quit"];

impl Model<'_> {
    pub(super) fn released(
        &self,
        candidate: &Candidate<'_>,
        handler: &Handler,
        removals: &[Removal],
        all: &[Candidate<'_>],
    ) -> (Option<Released>, Option<NearMiss>) {
        let site = &candidate.site;
        if self.has_option(site.options, "signal") && !self.is_signal_left(site.options) {
            return (Some(Released::Signal), None);
        }
        let stable = !handler.fresh && !handler.of_instance;
        match site.api.duplicates {
            Duplicates::Ignored if stable || self.is_one_for_receiver(&candidate.held, site.handler) => {
                return (Some(Released::Deduplicated), None);
            }
            // Media queries and the events of browsers' extensions, which have no names of events, ignore a function that is there already.
            _ if stable && !handler.from_caller && site.verb == "addListener" && site.event.is_none() => {
                return (Some(Released::Deduplicated), None);
            }
            Duplicates::Replaces => return (Some(Released::Replaced), None),
            _ => {}
        }
        if self.is_disposer_kept(site) && !self.gives_nothing(candidate) || self.is_handler_returned(site) {
            return (Some(Released::DisposerKept), None);
        }
        if self.is_guarded_once(site.call) && !self.is_ready_again(candidate) || self.is_not_begun_yet(candidate) {
            return (Some(Released::Guard), None);
        }
        if self.is_ended(candidate) {
            return (Some(Released::ReceiverEnded), None);
        }
        if candidate.held.kind == ReceiverKind::AbortSignal && self.ends_the_work(site) {
            return (Some(Released::SelfRemoving), None);
        }
        if self.takes_itself_off(site, candidate.place, removals) {
            return (Some(Released::SelfRemoving), None);
        }
        let (released, near_miss) = self.removed(candidate, removals, all);
        if released.is_none()
            && (self.is_removed_outside(site) || self.is_removed_by_base(site.event, site.handler) || self.is_removed_by_helper(candidate))
        {
            return (Some(Released::Removal), None);
        }
        if released.is_none() && self.closure(site.handler).is_some_and(|function| self.keeps_nothing(function)) {
            return (Some(Released::Weak), None);
        }
        let by_end = || if released.is_none() { self.outlives_its_work(candidate) } else { None };
        let near_miss = near_miss.or_else(by_end);
        (released, near_miss)
    }

    /// `signal.addEventListener('abort', () => clearInterval(timer))`: the work goes on until then, and so may the listener.
    fn ends_the_work(&self, site: &Site<'_>) -> bool {
        let Some(function) = self.function_value(site.handler) else { return false };
        let signal = self.place(site.object);
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let ends = match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } => match self.ir.name(property) {
                    "close" => self.listens(object),
                    verb => self.apis.releases_listener(verb) && self.place(object) != signal && self.is_only_removal(call, object),
                },
                _ => self.callee_name(callee) == Some("clearInterval"),
            };
            ends && self.ir.function_of(call) == function
        })
    }

    /// `signal.addEventListener('abort', () => bus.off('data', add))`: where nothing else takes that listener off, it stays as long as this one.
    fn is_only_removal(&self, removal: ExprId, emitter: ExprId) -> bool {
        let Some(place) = self.place(emitter) else { return false };
        let function = self.ir.function_of(removal);
        let around = self.ir[function].parent;
        let (mut adds, mut removes) = (false, false);
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { continue };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { continue };
            if call == removal || self.place(object) != Some(place) {
                continue;
            }
            let verb = self.ir.name(property);
            adds |= self.apis.registers_listener(verb) && Some(self.ir.function_of(call)) == around;
            removes |= self.apis.releases_listener(verb);
        }
        adds && !removes
    }

    /// A server that is told to listen: it serves until it is closed.
    fn listens(&self, server: ExprId) -> bool {
        let Some(place) = self.place(server) else { return false };
        self.uses.calls.iter().any(|&call| {
            matches!(self.ir.kind(call), ExprKind::Call { callee, .. }
                if matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
                    if self.ir.name(property) == "listen" && self.place(object) == Some(place)))
        })
    }

    /// What gets the result of a call, past `x ? call : null` and `x && call`, with the part of it that comes out as the call's result.
    fn taker(&self, mut at: ExprId) -> Option<(ExprId, ExprId)> {
        loop {
            let parent = self.uses.parent(at)?;
            match self.ir.kind(parent) {
                ExprKind::Conditional(test, ..) if test != at => at = parent,
                ExprKind::Logical(op, left, _) if op != LogicalOp::And || left != at => at = parent,
                _ => return Some((at, parent)),
            }
        }
    }

    /// Whether the result, which takes the listener off, is kept by somebody.
    pub(super) fn is_disposer_kept(&self, site: &Site<'_>) -> bool {
        let Some((call, parent)) = self.taker(site.call) else { return false };
        // Under a name that nobody asks for; only awaited, where a function shows that this is a listener.
        let is_awaited = matches!(self.ir.kind(parent), ExprKind::Await(_)) && self.uses.parent(parent).is_none();
        let is_for_nobody = || matches!(self.ir.kind(parent), ExprKind::Return(_)) && self.is_result_dropped(self.ir.function_of(parent));
        if self.is_dropped(call) || (is_awaited || is_for_nobody()) && self.is_function(site.handler) {
            return false;
        }
        if site.api.returns == Returns::Receiver {
            // `return emitter.on(...)` gives back the emitter; what is not a plain emitter may give a disposer.
            return matches!(self.ir.kind(parent), ExprKind::Init { .. } | ExprKind::Assign { .. } | ExprKind::Array(_))
                || matches!(self.ir.kind(parent), ExprKind::Call { callee, .. } if callee != call && !matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if object == call))
                || matches!(self.ir.kind(parent), ExprKind::Return(_)) && !self.is_plain_emitter(site.object);
        }
        match self.ir.kind(parent) {
            ExprKind::Member { property, .. } => matches!(self.ir.name(property), "unsubscribe" | "add" | "dispose"),
            _ => true,
        }
    }

    /// What a module offers that is known to be an emitter.
    fn is_plain_emitter(&self, object: ExprId) -> bool {
        let Some((module, path)) = self.imported(object) else { return false };
        let mut emitters = self.apis.emitters.iter().filter(|api| api.module == module);
        matches!(path.last(), Some(Access::Member(name)) if emitters.any(|api| api.names.contains(name)))
    }

    /// `(channel) => ipc.removeAllListeners(channel)`: it takes off whatever the caller names.
    fn takes_any_event(&self, removal: &Removal) -> bool {
        let event = removal.event.and_then(|event| self.ir.binding_of(event));
        removal.handler.is_none() && event.is_some_and(|event| matches!(self.ir[event].kind, BindingKind::Param(..)))
    }

    /// `return handler`: who called takes it off.
    fn is_handler_returned(&self, site: &Site<'_>) -> bool {
        let Some(binding) = self.ir.binding_of(site.handler) else { return false };
        let function = self.ir.function_of(site.call);
        self.uses.refs(binding).iter().any(|&at| {
            let Some(parent) = self.uses.parent(at) else { return false };
            match self.ir.kind(parent) {
                ExprKind::Return(_) => self.ir.function_of(parent) == function,
                ExprKind::Object { .. } => self.uses.parent(parent).is_some_and(|outer| matches!(self.ir.kind(outer), ExprKind::Return(_))),
                _ => false,
            }
        })
    }

    /// Whether the program ends the receiver, which was given to one owner: `this.socket.destroy()`.
    fn is_ended(&self, candidate: &Candidate<'_>) -> bool {
        use ReceiverKind as Kind;
        let kind = candidate.held.kind;
        // What a module offers is the same emitter after it was closed: the next call adds to it again.
        if matches!(kind, Kind::Process | Kind::Page | Kind::Pooled | Kind::Import) {
            return false;
        }
        let owned = matches!(kind, Kind::Injected | Kind::Parameter | Kind::Captured | Kind::OwnField | Kind::Singleton);
        let function = self.ir.function_of(candidate.site.call);
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
            // `connection.close({ portal })` ends a part of it.
            let whole = !self.ir.list(args).iter().any(|&arg| matches!(self.ir.kind(arg), ExprKind::Object { .. }));
            whole
                && ENDS.contains(&self.ir.name(property))
                && (owned || self.is_inside(self.ir.function_of(call), function))
                && self.same_receiver(candidate.place, object)
        })
    }

    fn removed(&self, candidate: &Candidate<'_>, removals: &[Removal], all: &[Candidate<'_>]) -> (Option<Released>, Option<NearMiss>) {
        let Candidate { site, place, .. } = candidate;
        let mut near = None;
        let (mut matching, mut skipped) = (Vec::new(), None);
        for removal in removals {
            if !self.same_receiver(*place, removal.object)
                && !self.is_taken_from_list(*place, removal.object)
                && !self.is_held_as(&candidate.held, removal.object)
            {
                continue;
            }
            let at = |why| NearMiss { span: self.ir.span(removal.call), file: None, why };
            let same_event = match (site.event, removal.event) {
                (Some(own), Some(theirs)) => self.same_event(own, theirs) || self.takes_any_event(removal),
                _ => true,
            };
            if !same_event {
                if removal.handler.is_some()
                    && self.same_handler(site.handler, removal.handler)
                    && self.has_no_twin(candidate, removal, all)
                {
                    near = near.or(Some(at(NearMissWhy::OtherEvent)));
                }
            } else if self.are_paired_wrappers(site, removal) {
                matching.push(*removal);
            } else if removal
                .handler
                .is_some_and(|theirs| !self.same_handler(site.handler, Some(theirs)) || self.is_made_for(theirs, removal.call))
            {
                if self.is_meant_for(site, removal) {
                    near = Some(at(NearMissWhy::OtherFunction));
                }
            } else if self.is_of_former_call(site, removal) {
                near = Some(at(NearMissWhy::OtherFunction));
            } else if removal.handler.is_some() && self.is_other_phase(site, removal) {
                near = Some(at(NearMissWhy::OtherPhase));
            } else {
                matching.push(*removal);
            }
        }
        if let Some(miss) = self.missed_before_next(site, &matching) {
            return (None, Some(miss));
        }
        for removal in &matching {
            // A table says which are on and which are off.
            if self.is_booked(site, removal) {
                return (Some(self.how_removed(site, removal)), None);
            }
            match self.missed_path(candidate, removal, &matching, all) {
                None => return (Some(self.how_removed(site, removal)), None),
                Some(why) => skipped = skipped.or(Some(NearMiss { span: self.ir.span(removal.call), file: None, why })),
            }
        }
        (None, skipped.or(near))
    }

    /// A removal that passes a function made for it, or one of the same name, was meant for this listener.
    fn is_meant_for(&self, site: &Site<'_>, removal: &Removal) -> bool {
        let Some(theirs) = removal.handler else { return false };
        let made = matches!(self.ir.kind(theirs), ExprKind::Function(_) | ExprKind::Call { .. });
        let target = |value: ExprId| self.function_value(value);
        made || target(site.handler).is_some() && target(site.handler) == target(theirs)
            || self.ir.binding_of(theirs).is_some() && self.expr_text(site.handler).contains(&format!("{}.bind", self.expr_text(theirs)))
    }

    /// Whether a removal of another event belongs to no other registration of the same handler.
    fn has_no_twin(&self, candidate: &Candidate<'_>, removal: &Removal, all: &[Candidate<'_>]) -> bool {
        !all.iter().any(|other| {
            other.site.call != candidate.site.call
                && other.place == candidate.place
                && matches!((other.site.event, removal.event), (Some(own), Some(theirs)) if self.same_event(own, theirs))
        })
    }

    fn how_removed(&self, site: &Site<'_>, removal: &Removal) -> Released {
        let inside = self.handler(site.handler, false).span.is_some_and(|span| span.contains(self.ir.span(removal.call)));
        if inside { Released::SelfRemoving } else { Released::Removal }
    }

    /// `off` before `on` in one call, with a function that this call has made: it was never on.
    fn is_of_former_call(&self, site: &Site<'_>, removal: &Removal) -> bool {
        let ir = self.ir;
        let function = ir.function_of(site.call);
        let Some(handler) = removal.handler else { return false };
        let own =
            ir.binding_of(handler).is_some_and(|binding| ir[ir[binding].scope].function == function && self.uses.writes(binding).len() < 2);
        own && ir.function_of(removal.call) == function
            && removal.call < site.call
            && ir[ir[removal.call].block].in_loop.is_none()
            && function != super::super::ir::Ir::MODULE
            && self.is_new_closure(handler)
    }

    fn is_new_closure(&self, handler: ExprId) -> bool {
        self.handler(handler, false).fresh
            || self.ir.binding_of(handler).is_some_and(|binding| {
                self.uses
                    .writes(binding)
                    .iter()
                    .any(|&write| written_value(self.ir, write).is_some_and(|value| matches!(self.ir.kind(value), ExprKind::Function(_))))
            })
    }

    pub(super) fn is_other_phase(&self, site: &Site<'_>, removal: &Removal) -> bool {
        site.api.duplicates == Duplicates::Ignored
            && matches!((self.captures_phase(site.options), self.captures_phase(removal.options)), (Some(own), Some(theirs)) if own != theirs)
    }

    /// Whether a listener of an EventTarget is for the capture phase; none if that is not in view.
    fn captures_phase(&self, options: Option<ExprId>) -> Option<bool> {
        let Some(options) = options else { return Some(false) };
        match self.ir.kind(options) {
            ExprKind::Bool(capture) => Some(capture),
            ExprKind::Object { props, .. } => {
                let capture = self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
                    PropKey::Name(name) if self.ir.name(name) == "capture" => Some(self.ir.kind(prop.value)),
                    _ => None,
                });
                match capture {
                    None => Some(false),
                    Some(ExprKind::Bool(capture)) => Some(capture),
                    Some(_) => None,
                }
            }
            _ => None,
        }
    }

    pub(super) fn same_receiver(&self, place: Place, object: ExprId) -> bool {
        let Some(other) = self.target_place(object) else { return false };
        if place == other || self.is_same_wrapper(place, other) || self.is_got_alike(place, other) {
            return true;
        }
        // What a loop takes from a list of receivers, under the same name.
        if self.is_loop_item(object) && self.ir.binding_of(object).map(|binding| self.ir[binding].name) == self.receiver_name(place) {
            return true;
        }
        // An entry of a list of what was registered, and its receiver.
        if self.level(other) > 0 && matches!(self.root(other), Root::Instance(_)) && self.level(place) == 0 {
            return self
                .split(other)
                .is_some_and(|(_, last)| self.last_name(last).is_some_and(|name| self.receiver_name(place) == Some(name)));
        }
        // The same field under another way to reach its owner: `self.socket` stored before it is assigned to `this.socket`.
        self.is_stored_as(place, other)
    }

    /// One is what was stored under the other, or the same part of that: `stream.session` where `this.stream = stream`, and `this.stream.session`.
    fn is_stored_as(&self, mut place: Place, mut other: Place) -> bool {
        let stored = |a: Place, b: Place| self.initial_values(a).iter().any(|&value| self.place(value) == Some(b));
        loop {
            if stored(place, other) || stored(other, place) {
                return true;
            }
            match (self.split(place), self.split(other)) {
                (Some((of, step)), Some((of_other, other_step))) if step == other_step => (place, other) = (of, of_other),
                _ => return false,
            }
        }
    }

    fn last_name(&self, step: super::super::place::Step) -> Option<super::super::ir::NameId> {
        match step {
            super::super::place::Step::Field(name) => Some(name),
            _ => None,
        }
    }

    fn receiver_name(&self, place: Place) -> Option<super::super::ir::NameId> {
        match (self.split(place), self.root(place)) {
            (Some((_, step)), _) => self.last_name(step),
            (None, Root::Binding(binding)) => Some(self.ir[binding].name),
            _ => None,
        }
    }

    pub(super) fn same_event(&self, own: ExprId, theirs: ExprId) -> bool {
        match (self.string(own), self.string(theirs)) {
            // `click.menu` of jQuery is taken off as that, as `click` or as `.menu`.
            (Some(own), Some(theirs)) => {
                own == theirs
                    || own.split_once('.').is_some_and(|(event, _)| event == theirs)
                    || theirs.starts_with('.') && own.ends_with(theirs)
            }
            (None, None) => {
                let is_known = self.place(own).is_some() && self.place(theirs).is_some();
                self.expr_text(own) == self.expr_text(theirs)
                    || is_known && !self.are_other_events(own, theirs)
                    || self.is_in_namespace(own, theirs)
            }
            _ if self.is_in_namespace(own, theirs) => true,
            // A list of events, added or taken off one by one.
            _ => [own, theirs].into_iter().any(|event| self.string(event).is_none() && self.is_loop_item(event)),
        }
    }

    /// A removal for another event or receiver, which shows that somebody thought of it.
    pub(super) fn sibling_removal(&self, site: &Site<'_>, place: Place, removals: &[Removal]) -> Option<Sibling> {
        removals.iter().find_map(|removal| {
            let same = self.same_receiver(place, removal.object);
            let other_event = match (site.event, removal.event) {
                (Some(own), Some(theirs)) => !self.same_event(own, theirs),
                _ => false,
            };
            (same && other_event).then(|| Sibling { span: self.ir.span(removal.call), text: self.callee_text(removal.call) })
        })
    }
}

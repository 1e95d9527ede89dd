//! Removals that can never match: they pass another function, event, target or phase than any registration, or are never reached.

use super::super::Model;
use super::super::apis::Returns;
use super::super::entity::through_assignments;
use super::super::facts::{Mismatch, MismatchWhy, ReceiverKind, Registration, Released};
use super::super::ir::{ExprId, ExprKind, FnId, Ir};
use super::super::place::{Place, Root};
use super::{Candidate, Removal};

/// How the events of a registration and of a removal compare.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Events {
    Same,
    Different,
    Unknown,
}

/// A removal beside the registration that it was meant for.
pub(super) struct Pair<'c, 'm> {
    pub candidate: &'c Candidate<'m>,
    pub why: MismatchWhy,
    pub removed: ExprId,
    pub added: ExprId,
}

impl Model<'_> {
    pub(super) fn mismatches(
        &self,
        candidates: &[Candidate<'_>],
        removals: &[Removal],
        vain: &[Removal],
        registrations: &mut [Registration],
    ) -> Vec<Mismatch> {
        let mut found: Vec<(FnId, Place, Mismatch)> = Vec::new();
        for removal in removals.iter().chain(vain) {
            let Some(pair) = self.pair(removal, candidates, removals) else { continue };
            if removals.iter().any(|other| self.is_match(pair.candidate, other)) {
                continue;
            }
            let is_early = pair.why == MismatchWhy::NotYetAdded;
            let held = self
                .outliving(pair.candidate)
                .or_else(|| if is_early { self.outlives_the_call(pair.candidate) } else { self.found_again(pair.candidate, removal) })
                .or_else(|| self.own_of_each_call(pair.candidate, removal));
            let Some(mut held) = held else { continue };
            if !self.is_kept_by(&pair, removals, candidates) {
                continue;
            }
            if held.kind != ReceiverKind::Getter {
                held.region = pair.candidate.held.region;
            }
            let span = self.ir.span(pair.candidate.site.call);
            for registration in registrations.iter_mut().filter(|registration| registration.span == span) {
                registration.mismatched = true;
            }
            let fact = self.focused(Some(self.ir.span(removal.call)), || self.mismatch(removal, &pair, &held));
            let function = self.ir.function_of(removal.call);
            let place = pair.candidate.place;
            let alike = |(at, on, other): &&mut (FnId, Place, Mismatch)| {
                *at == function && *on == place && std::mem::discriminant(&other.why) == std::mem::discriminant(&fact.why)
            };
            match found.iter_mut().find(alike) {
                Some((_, _, first)) => first.more.push(fact.span),
                None => found.push((function, place, fact)),
            }
        }
        found.into_iter().map(|(_, _, fact)| fact).collect()
    }

    fn mismatch(&self, removal: &Removal, pair: &Pair<'_, '_>, held: &super::Held) -> Mismatch {
        let ir = self.ir;
        let site = &pair.candidate.site;
        let function = ir.function_of(site.call);
        let per_instance = self.per_instance(function);
        let handler = self.handler(site.handler, per_instance.is_some());
        Mismatch {
            span: ir.span(removal.call),
            statement_hash: self.text_hash(ir[ir[removal.call].stmt].span),
            scope: self.qualified_name(removal.call),
            function: self.function_name(ir.function_of(removal.call)),
            verb: self.verb_of(removal.call),
            event: site.event.and_then(|event| self.string(event)).map(str::to_owned),
            mending: self.mending(removal, site, &pair.why),
            why: pair.why.clone(),
            removed: ir.span(pair.removed),
            added: ir.span(pair.added),
            registration: ir.span(site.call),
            receiver: self.receiver_at(site.object, held),
            in_loop: self.loop_around(site, pair.candidate.place).is_some_and(|around| !around.counted),
            context: self.context(site.call, held.region),
            per_instance,
            from_caller: handler.from_caller,
            more: Vec::new(),
        }
    }

    fn verb_of(&self, removal: ExprId) -> String {
        let name = match self.ir.kind(removal) {
            ExprKind::Call { callee, .. } => self.callee_name(callee),
            _ => None,
        };
        name.unwrap_or_default().to_owned()
    }

    /// The registration that a removal misses, where it matches none.
    fn pair<'c, 'm>(&self, removal: &Removal, candidates: &'c [Candidate<'m>], removals: &[Removal]) -> Option<Pair<'c, 'm>> {
        if self.names_no_handler(removal) {
            return self.without_handler(removal, candidates);
        }
        let theirs = removal.handler?;
        if !removals.iter().any(|other| other.call == removal.call)
            && let Some(early) = self.added_after(removal, candidates)
        {
            return Some(early);
        }
        if let Some(hit) = candidates.iter().find(|candidate| self.is_match(candidate, removal)) {
            let (flag, condition) = self.dead_guard(removal.call)?;
            let why = MismatchWhy::Unreachable { flag, condition: self.ir.span(condition) };
            return Some(Pair { candidate: hit, why, removed: theirs, added: hit.site.handler });
        }
        let is_fresh = self.is_made_for(theirs, removal.call);
        let ways = [
            Self::fresh_at_removal,
            Self::fresh_at_registration,
            Self::without_event,
            Self::other_event,
            Self::fresh_target,
            Self::other_target,
            Self::other_function,
        ];
        ways.iter().find_map(|way| {
            candidates.iter().find_map(|candidate| way(self, candidate, removal, is_fresh, Around { candidates, removals }))
        })
    }

    pub(super) fn is_match(&self, candidate: &Candidate<'_>, removal: &Removal) -> bool {
        self.same_receiver(candidate.place, removal.object)
            && self.events(candidate, removal) != Events::Different
            && self.same_handler(candidate.site.handler, removal.handler)
            && !removal.handler.is_some_and(|handler| self.is_made_for(handler, removal.call))
            && !self.is_other_phase(&candidate.site, removal)
            && !(removal.event.is_none() && candidate.site.event.is_some())
    }

    pub(super) fn events(&self, candidate: &Candidate<'_>, removal: &Removal) -> Events {
        let (Some(own), Some(theirs)) = (candidate.site.event, removal.event) else { return Events::Unknown };
        if self.same_event(own, theirs) {
            return Events::Same;
        }
        match (self.string(own), self.string(theirs)) {
            (Some(own), Some(theirs)) => {
                // `mouseup touchend` of jQuery.
                let name = |word: &str| word.split('.').next().unwrap_or_default().to_owned();
                let is_shared = own.split_whitespace().any(|word| theirs.split_whitespace().any(|other| name(word) == name(other)));
                if is_shared || theirs.contains('.') { Events::Same } else { Events::Different }
            }
            _ if self.are_other_events(own, theirs) => Events::Different,
            _ => Events::Unknown,
        }
    }
}

/// What else the file registers and removes.
#[derive(Clone, Copy)]
struct Around<'c, 'm, 'r> {
    candidates: &'c [Candidate<'m>],
    removals: &'r [Removal],
}

impl Model<'_> {
    fn fresh_at_removal<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        is_fresh: bool,
        _: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let is_made = is_fresh || self.are_made_alike(candidate.site.handler, removal.handler?);
        let is_same = self.same_receiver(candidate.place, removal.object) || self.found_again(candidate, removal).is_some();
        let is_one = is_made && is_same && self.events(candidate, removal) == Events::Same;
        is_one.then_some(Pair { candidate, why: MismatchWhy::FreshAtRemoval, removed: removal.handler?, added: candidate.site.handler })
    }

    /// `on('x', this.f.bind(this))`, `on('x', (e) => this.f(e))`, and `off('x', this.f)`.
    fn fresh_at_registration<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        is_fresh: bool,
        around: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let theirs = removal.handler?;
        let own = candidate.site.handler;
        let on_receiver = self.same_receiver(candidate.place, removal.object);
        let is_one = !is_fresh
            && self.events(candidate, removal) == Events::Same
            && self.is_made_of(own, theirs)
            && (on_receiver || self.is_page_alone(removal.object) && self.is_known_everywhere(theirs, around));
        is_one.then_some(Pair { candidate, why: MismatchWhy::FreshAtRegistration, removed: theirs, added: own })
    }

    /// `removeListener(handler)` of what was added by `on('event', handler)`.
    fn without_event<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        is_fresh: bool,
        around: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let theirs = removal.handler?;
        let is_one = !is_fresh
            && removal.event.is_none()
            && candidate.site.event.is_some()
            && matches!(self.verb_of(removal.call).as_str(), "removeListener" | "removeEventListener")
            && self.same_handler(candidate.site.handler, removal.handler)
            && self.is_known_everywhere(theirs, around);
        is_one.then_some(Pair { candidate, why: MismatchWhy::NoEvent, removed: theirs, added: candidate.site.event? })
    }

    fn other_event<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        is_fresh: bool,
        around: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let theirs = removal.handler?;
        let event = self.string(removal.event?).map_or_else(|| self.expr_text(removal.event.unwrap_or(theirs)), str::to_owned);
        let is_one = !is_fresh
            && self.same_receiver(candidate.place, removal.object)
            && self.events(candidate, removal) == Events::Different
            && self.same_handler(candidate.site.handler, removal.handler)
            && self.is_known_everywhere(theirs, around);
        let why = MismatchWhy::OtherEvent(event);
        is_one.then_some(Pair { candidate, why, removed: removal.event?, added: candidate.site.event? })
    }

    /// `matchMedia(query)` here and there.
    fn fresh_target<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        _: bool,
        _: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let own = self.fresh_target_call(candidate.place)?;
        let theirs = self.fresh_target_call(self.place(removal.object)?)?;
        let is_one = own != theirs
            && self.source.slice(self.ir.span(own)).replace('"', "'") == self.source.slice(self.ir.span(theirs)).replace('"', "'")
            && self.events(candidate, removal) != Events::Different
            && self.same_handler(candidate.site.handler, removal.handler);
        is_one.then(|| Pair { candidate, why: MismatchWhy::FreshTarget(self.call_text(own)), removed: theirs, added: own })
    }

    fn other_target<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        is_fresh: bool,
        around: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let theirs = removal.handler?;
        let is_one = !is_fresh
            && self.events(candidate, removal) == Events::Same
            && self.same_handler(candidate.site.handler, removal.handler)
            && self.is_one_object(candidate.place)
            && self.target_place(removal.object).is_some_and(|place| place != candidate.place && self.is_one_object(place))
            && self.is_known_everywhere(theirs, around);
        is_one.then_some(Pair { candidate, why: MismatchWhy::OtherTarget, removed: removal.object, added: candidate.site.object })
    }

    /// The capture flag differs, or the function is another one of this file, which nothing registers.
    fn other_function<'c, 'm>(
        &self,
        candidate: &'c Candidate<'m>,
        removal: &Removal,
        is_fresh: bool,
        around: Around<'c, 'm, '_>,
    ) -> Option<Pair<'c, 'm>> {
        let theirs = removal.handler?;
        let site = &candidate.site;
        if is_fresh || !self.same_receiver(candidate.place, removal.object) || self.events(candidate, removal) != Events::Same {
            return None;
        }
        if self.same_handler(site.handler, removal.handler) {
            let is_other = self.is_other_phase(site, removal);
            return is_other.then_some(Pair { candidate, why: MismatchWhy::OtherPhase, removed: theirs, added: site.handler });
        }
        let rivals = around.candidates.iter().filter(|other| other.place == candidate.place && self.events(other, removal) == Events::Same);
        let is_one = rivals.count() == 1
            && self.function_value(theirs).is_some()
            && self.function_value(site.handler).is_some()
            && self.function_value(theirs) != self.function_value(site.handler)
            && self.is_known_everywhere(theirs, around);
        is_one.then_some(Pair { candidate, why: MismatchWhy::OtherFunction, removed: theirs, added: site.handler })
    }

    /// Whether the listener stays as far as other ways to let go are concerned.
    fn is_kept_by(&self, pair: &Pair<'_, '_>, removals: &[Removal], all: &[Candidate<'_>]) -> bool {
        let candidate = pair.candidate;
        let site = &candidate.site;
        let mut handler = self.handler(site.handler, self.per_instance(self.ir.function_of(site.call)).is_some());
        self.tell_component(&mut handler, site, candidate.mount.as_ref());
        let once = site.once || self.has_option(site.options, "once");
        // Who takes it off at another's end knows that it may not come.
        let is_longer = site.event.is_some_and(|event| self.string(event).is_none()) && matches!(pair.why, MismatchWhy::OtherEvent(_));
        let comes = site.event.and_then(|event| self.string(event)).is_none_or(|event| !self.apis.events.uncertain.contains(event));
        if once && comes && !is_longer {
            return false;
        }
        let (released, _) = self.released(candidate, &handler, removals, all);
        match released {
            None | Some(Released::Guard) => true,
            // Each caller may give another one.
            Some(Released::Deduplicated) => handler.from_caller,
            // `return editor.on(...)` gives the emitter, which `off` is called on.
            Some(Released::DisposerKept) => site.api.returns == Returns::Receiver && pair.why == MismatchWhy::FreshAtRemoval,
            _ => false,
        }
    }

    /// Whether a function exists for one removal alone: written into the call, bound there, or made on the way to it.
    pub(super) fn is_made_for(&self, value: ExprId, removal: ExprId) -> bool {
        let ir = self.ir;
        let remover = ir.function_of(removal);
        match ir.kind(value) {
            ExprKind::Function(_) => true,
            ExprKind::Call { .. } => self.makes_function(value),
            ExprKind::Ident(_) => {
                let Some(binding) = ir.binding_of(value) else { return false };
                let [write] = self.uses.writes(binding) else { return false };
                let made = super::super::index::written_value(ir, *write).is_some_and(|made| self.makes_function(made));
                // A local of the function that removes, and nothing else uses it.
                made && ir[ir[binding].scope].function == remover && remover != Ir::MODULE && self.uses.refs(binding).len() == 1
            }
            ExprKind::Member { .. } => {
                let Some(place) = self.place(value) else { return false };
                // `this.f = this.f.bind(this)` right before it.
                let flow = self.flow(remover);
                self.uses.member_writes.iter().any(|&write| match ir.kind(write) {
                    ExprKind::Assign { target, value, .. } => {
                        write < removal
                            && ir.function_of(write) == remover
                            && self.place(target) == Some(place)
                            && self.makes_function(value)
                            && !self.is_added_between(place, write, removal)
                            && flow.dominates(ir[write].block, ir[removal].block)
                    }
                    _ => false,
                })
            }
            _ => false,
        }
    }

    /// Whether the same call registers what it has put there, before it takes it off.
    fn is_added_between(&self, place: Place, write: ExprId, removal: ExprId) -> bool {
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            write < call
                && call < removal
                && self.ir.function_of(call) == self.ir.function_of(removal)
                && self.callee_name(callee).is_some_and(|name| self.apis.registration(name).is_some())
                && self.ir.list(args).iter().any(|&arg| self.place(arg) == Some(place))
        })
    }

    /// An expression that gives a new function each time: `f.bind(x)`, a closure, a call of what returns one.
    fn makes_function(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Function(_) => true,
            ExprKind::Call { callee, .. } => {
                let is_bind = matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
                    if self.ir.name(property) == "bind" && !matches!(self.ir.global_of(object), Some("$" | "jQuery" | "ko")));
                is_bind || self.returns_closure(value)
            }
            _ => false,
        }
    }

    fn returns_closure(&self, call: ExprId) -> bool {
        let Some(function) = self.callee_function(call).filter(|_| matches!(self.ir.kind(call), ExprKind::Call { .. })) else {
            return false;
        };
        let returns = self.uses.returns(function);
        let declared = &self.ir[function];
        !declared.is_async
            && !declared.is_generator
            && !returns.is_empty()
            && returns.iter().all(
                |&at| matches!(self.ir.kind(at), ExprKind::Return(Some(value)) if matches!(self.ir.kind(value), ExprKind::Function(_))),
            )
    }

    /// Whether a handler was made for its registration out of another function: bound, wrapped, or called inside.
    fn is_made_of(&self, own: ExprId, inner: ExprId) -> bool {
        let ir = self.ir;
        let own = through_assignments(ir, own);
        let same = |value: ExprId| {
            self.place(value).is_some() && self.place(value) == self.place(inner)
                || self.function_value(value).is_some() && self.function_value(value) == self.function_value(inner)
        };
        match ir.kind(own) {
            ExprKind::Function(function) => self.uses.calls.iter().any(|&call| match ir.kind(call) {
                ExprKind::Call { callee, .. } => ir.function_of(call) == function && same(callee),
                _ => false,
            }),
            ExprKind::Call { callee, args, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } if ir.name(property) == "bind" => same(object),
                _ => {
                    let is_wrapper = self.callee_name(callee).is_some_and(|name| self.apis.receivers.wrappers.contains(name));
                    is_wrapper && ir.list(args).first().is_some_and(|&first| same(first))
                }
            },
            ExprKind::Ident(_) => {
                let Some(binding) = ir.binding_of(own).filter(|_| ir.binding_of(own) != ir.binding_of(inner)) else { return false };
                let [write] = self.uses.writes(binding) else { return false };
                super::super::index::written_value(ir, *write).is_some_and(|made| {
                    matches!(ir.kind(made), ExprKind::Call { .. } | ExprKind::Function(_)) && self.is_made_of(made, inner)
                })
            }
            _ => false,
        }
    }

    /// Whether every use of a handler is in view: declared, called, bound, registered or removed in this file, and nothing else.
    fn is_known_everywhere(&self, handler: ExprId, around: Around<'_, '_, '_>) -> bool {
        let Some(place) = self.place(handler) else { return false };
        let is_own = match self.root(place) {
            Root::Binding(binding) => !self.is_exported(binding),
            Root::Instance(_) => true,
            _ => false,
        };
        if !is_own || self.level(place) > 0 {
            return false;
        }
        self.occurrences(place).into_iter().all(|at| {
            // A condition.
            let Some(parent) = self.uses.parent(at) else { return true };
            match self.ir.kind(parent) {
                ExprKind::Call { callee, .. } if callee == at => true,
                ExprKind::Call { .. } => {
                    around.candidates.iter().any(|other| other.site.call == parent)
                        || around.removals.iter().any(|other| other.call == parent)
                }
                ExprKind::Assign { target, .. } => target == at,
                ExprKind::Init { .. } | ExprKind::Member { .. } => true,
                // Asked whether it is there.
                ExprKind::Unary(..) | ExprKind::Logical(..) | ExprKind::Binary(..) => true,
                _ => false,
            }
        })
    }

    pub(super) fn target_place(&self, object: ExprId) -> Option<Place> {
        match self.ir.global_of(object) {
            Some("addEventListener" | "removeEventListener") => Some(self.root_place(Root::GlobalObject)),
            _ => self.place(object),
        }
    }

    /// `window`, `document`, an emitter that the module makes: one object each, for the life of the page or process.
    fn is_one_object(&self, place: Place) -> bool {
        self.level(place) == 0
            && match self.root(place) {
                Root::GlobalObject => self.is_root(place),
                Root::Global(name) => matches!(self.ir.name(name), "document" | "process" | "visualViewport"),
                Root::Binding(binding) if self.is_root(place) && self.is_module_level(binding) => {
                    let values = self.initial_values(place);
                    matches!(values.as_slice(), [one] if matches!(self.ir.kind(*one), ExprKind::New { .. }))
                }
                _ => false,
            }
    }

    /// A bare `removeEventListener(...)`, or one of `window` or `document`.
    fn is_page_alone(&self, object: ExprId) -> bool {
        matches!(self.target_place(object).map(|place| self.root(place)), Some(Root::GlobalObject | Root::Global(_)))
    }

    pub(super) fn fresh_target_call(&self, place: Place) -> Option<ExprId> {
        let Root::Value(value) = self.root(place) else { return None };
        let ExprKind::Call { callee, .. } = self.ir.kind(value) else { return None };
        let name = match self.ir.kind(callee) {
            ExprKind::Ident(_) => self.ir.global_of(callee),
            ExprKind::Member { object, property, .. } => {
                let is_global = self.place(object).is_some_and(|place| self.root(place) == Root::GlobalObject && self.is_root(place));
                is_global.then(|| self.ir.name(property))
            }
            _ => None,
        };
        (self.is_root(place) && self.apis.fresh_targets.contains(name?)).then_some(value)
    }
}

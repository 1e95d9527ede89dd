//! Receivers: where an emitter comes from, and so how long it lives.

use super::super::Model;
use super::super::calls::How;
use super::super::context::{Context, ContextKind, Region, StepKind};
use super::super::entity::EntityId;
use super::super::facts::{Certainty, Receiver, ReceiverKind as Kind};
use super::super::index::written_value;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, PropKey};
use super::super::place::{Place, Root, Step};
use super::Site;
use crate::text::Span;

/// What holds the listener, how long that lives, and what creates it each time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub kind: Kind,
    pub certainty: Certainty,
    pub span: Option<Span>,
    pub region: Region,
    /// Something says that many use it: its declared type, its name.
    pub shared: bool,
}

/// Parameters followed to their callers before the search gives up.
const DEPTH: u32 = 4;
pub(super) const MODULE: Region = Region::Function(Ir::MODULE);

impl Held {
    pub(super) fn new(kind: Kind, certainty: Certainty, span: Option<Span>, region: Region) -> Self {
        Self { kind, certainty, span, region, shared: false }
    }

    pub(super) fn short(kind: Kind, span: Option<Span>) -> Self {
        Self::new(kind, Certainty::Short, span, MODULE)
    }

    fn unknown() -> Self {
        Self::new(Kind::Unknown, Certainty::Unknown, None, MODULE)
    }

    pub(super) fn is_long(&self) -> bool {
        matches!(self.kind, Kind::Module | Kind::Import | Kind::Process | Kind::Page)
    }
}

impl Model<'_> {
    pub(super) fn receiver_at(&self, object: ExprId, held: &Held) -> Receiver {
        let Held { kind, certainty, span, shared, .. } = *held;
        Receiver { text: self.receiver_text(object), kind, certainty, span, shared, wrapped: self.is_wrapper(object) }
    }

    /// What holds a signal that is known to be one.
    pub(super) fn signal_held(&self, place: Place, at: ExprId) -> Held {
        match self.long_timeout(place) {
            Some(window) => window,
            None => self.signal(place, self.held_within(place, at, DEPTH), at),
        }
    }

    fn receiver_text(&self, object: ExprId) -> String {
        match self.ir.kind(object) {
            ExprKind::Call { .. } => self.call_text(object),
            _ if self.ir.global_of(object) == Some("addEventListener") => "globalThis".to_owned(),
            _ => self.expr_text(object),
        }
    }

    pub(super) fn held(&self, place: Place, site: &Site<'_>) -> Held {
        if let Some(window) = self.long_timeout(place) {
            return window;
        }
        if let Some(entry) = self.entry_found_again(site) {
            return Held::new(Kind::Entry, Certainty::Likely, Some(self.ir[entry].span), MODULE);
        }
        if let Some(module) = self.required_inside(place) {
            return module;
        }
        if self.is_new_here(place, site.call) {
            return Held::short(Kind::Fresh, self.declared_at(place));
        }
        let held = self.held_within(place, site.call, DEPTH);
        if self.is_abort_signal(site, place) {
            return self.signal(place, held, site.call);
        }
        self.unless_it_ends(self.unless_own_element(held, place, site), place, site)
    }

    pub(super) fn held_within(&self, place: Place, site: ExprId, depth: u32) -> Held {
        let Some(depth) = depth.checked_sub(1) else { return Held::unknown() };
        if let Some(held) = self.below_request(place) {
            return held;
        }
        match self.root(place) {
            Root::Global(name) => self.global_receiver(self.ir.name(name), place),
            Root::GlobalObject => Held::new(Kind::Page, Certainty::Proved, None, MODULE),
            Root::Application => Held::new(Kind::Singleton, Certainty::Proved, None, MODULE),
            Root::Exports => Held::new(Kind::Module, Certainty::Proved, self.declared_at(place), MODULE),
            Root::UnknownThis(_) => Held::short(Kind::Fresh, None),
            Root::Value(value) => self.value_receiver(value, place, site, depth),
            Root::Instance(id) if self.is_object(id) => Held::short(Kind::OwnField, self.declared_at(place)),
            Root::Instance(id) => self.of_service(self.own_receiver(id, place, depth), id, place, site),
            Root::Binding(binding) => {
                let span = Some(self.ir[binding].span);
                match self.ir[binding].kind {
                    _ if self.module_of(binding).is_some() && self.level(place) > 0 => Held::unknown(),
                    _ if self.module_of(binding).is_some() && self.is_made_anew(place) => {
                        Held::new(Kind::Renewed, Certainty::Proved, span, MODULE)
                    }
                    BindingKind::Import(_) => self.imported_receiver(binding),
                    BindingKind::Param(function, index) => self.given_receiver(binding, function, index, place, site, depth),
                    BindingKind::Catch => Held::short(Kind::Item, span),
                    _ if self.module_of(binding).is_some() => self.imported_receiver(binding),
                    _ => self.variable_receiver(binding, place, site, depth),
                }
            }
        }
    }

    pub(super) fn imported_receiver(&self, binding: BindingId) -> Held {
        // A file of the same project; what a package exports may be anything.
        let shared = self.module_of(binding).is_some_and(|module| module.starts_with('.'));
        Held { shared, ..Held::new(Kind::Import, Certainty::Proved, Some(self.ir[binding].span), MODULE) }
    }

    fn global_receiver(&self, name: &str, place: Place) -> Held {
        match name {
            "process" => Held::new(Kind::Process, Certainty::Proved, None, MODULE),
            "document" | "visualViewport" | "navigator" | "screen" | "history" | "location" => {
                Held::new(Kind::Page, Certainty::Proved, None, MODULE)
            }
            "chrome" | "browser" if self.is_extension_event(place) => Held::new(Kind::Page, Certainty::Proved, None, MODULE),
            _ => Held::unknown(),
        }
    }

    /// `chrome.tabs.onUpdated`.
    fn is_extension_event(&self, place: Place) -> bool {
        matches!(self.split(place), Some((_, Step::Field(name))) if self.ir.name(name).starts_with("on"))
    }

    /// The result of a call, or a destructured parameter.
    fn value_receiver(&self, value: ExprId, place: Place, site: ExprId, depth: u32) -> Held {
        match self.ir.kind(value) {
            // `const { app } = require('electron')`.
            _ if self.required(value, 4).is_some() && self.level(place) == 0 => {
                let shared = self.required(value, 4).is_some_and(|module| module.starts_with('.'));
                Held { shared, ..Held::new(Kind::Import, Certainty::Proved, Some(self.ir.span(value)), MODULE) }
            }
            ExprKind::Param(_) if self.is_callback(self.ir.function_of(value)) => Held::unknown(),
            ExprKind::Param(_) => {
                self.within(self.ir.function_of(value), Held::new(Kind::Parameter, Certainty::Unknown, None, MODULE), site)
            }
            // `$(document)`, `$(window)`, `angular.element($window)`: a wrapper of what lives as long as the page.
            ExprKind::Call { callee, .. } if self.is_root(place) && self.wraps_element(callee) => {
                self.page_in_wrapper(value, site, depth).unwrap_or(Held::short(Kind::Fresh, None))
            }
            _ => Held::short(Kind::Fresh, None),
        }
    }

    /// What AngularJS gives by a parameter's name.
    fn injected_by_name(&self, name: &str, span: Option<Span>) -> Option<Held> {
        let older = &self.apis.frameworks.older;
        let kind = if older.page.contains(name) { Kind::Page } else { Kind::Singleton };
        (kind == Kind::Page || older.application.contains(name)).then(|| Held::new(kind, Certainty::Proved, span, MODULE))
    }

    fn given_receiver(&self, binding: BindingId, function: FnId, index: u32, place: Place, site: ExprId, depth: u32) -> Held {
        let span = Some(self.ir[binding].span);
        if self.level(place) > 0 {
            return self.within(function, Held { span, ..Held::unknown() }, site);
        }
        if let Some(held) = self.injected_by_name(self.ir.name(self.ir[binding].name), span).filter(|_| self.is_root(place)) {
            return held;
        }
        if self.is_root(place) && self.is_socket_of_agent(function) {
            return Held::new(Kind::SharedPeer, Certainty::Likely, span, MODULE);
        }
        if self.is_root(place) && self.is_given_back(binding) && self.is_taken(self.ir[function].expr) {
            return Held::new(Kind::Pooled, Certainty::Likely, span, MODULE);
        }
        if self.is_request_param(binding) && !self.is_shared_by_type(binding) {
            let kind = if self.is_root(place) { Kind::Peer } else { Kind::Item };
            return Held::new(kind, Certainty::Short, span, self.around(function));
        }
        if self.element_of_loop(function) {
            return Held::short(Kind::Item, span);
        }
        if let Some(held) = self.given(function, index, place, depth) {
            return held;
        }
        // What somebody else's function passes to a callback is that one's affair.
        if self.is_callback(function) {
            let held = Held { span, ..Held::unknown() };
            return self.within(function, held, site);
        }
        let shared = self.is_root(place) && self.is_shared(binding);
        let kind = if self.constructs(function) { Kind::Injected } else { Kind::Parameter };
        let held = Held { shared, ..Held::new(kind, Certainty::Unknown, span, self.around(function)) };
        if kind == Kind::Injected { Held { certainty: Certainty::Likely, ..held } } else { self.within(function, held, site) }
    }

    /// A parameter that a callback inside uses again and again, while the function that got it has run once.
    fn within(&self, function: FnId, held: Held, site: ExprId) -> Held {
        let inner = Region::Function(function);
        if self.ir.function_of(site) == function {
            return held;
        }
        let context = self.context(site, inner);
        if context.kind == ContextKind::Repeated && self.is_for_peers(&context) {
            return Held { kind: Kind::Captured, certainty: Certainty::Likely, region: inner, ..held };
        }
        held
    }

    /// Whether what repeats a site is a timer, an endless loop, or the arrival of another peer, request or build:
    /// other events fire few times in the life of a local emitter.
    fn is_for_peers(&self, context: &Context) -> bool {
        context.steps.iter().any(|step| match &step.what {
            StepKind::EndlessLoop | StepKind::Rearms(_) | StepKind::Rendered(_) | StepKind::HandlerOf(_) | StepKind::Drawn(_) => true,
            StepKind::Handler { callee, event, .. } => match event {
                Some(event) => self.apis.events.per_peer.contains(event) || !callee.ends_with("on"),
                None => true,
            },
            _ => false,
        })
    }

    /// A function expression that is an argument of a call.
    fn is_callback(&self, function: FnId) -> bool {
        let Some(expr) = self.ir[function].expr else { return false };
        self.uses.parent(expr).is_some_and(
            |parent| matches!(self.ir.kind(parent), ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } if callee != expr),
        )
    }

    fn is_request_param(&self, binding: BindingId) -> bool {
        let BindingKind::Param(function, _) = self.ir[binding].kind else { return false };
        self.request_param(function) == Some(binding)
            || self.apis.requests.params.contains(self.ir.name(self.ir[binding].name))
            || self.ir[binding].annotation.is_some_and(|annotation| self.names_type(annotation, &self.apis.requests.types))
    }

    pub(super) fn around(&self, function: FnId) -> Region {
        Region::Function(self.ir[function].parent.unwrap_or(Ir::MODULE))
    }

    pub(in crate::model) fn constructs(&self, function: FnId) -> bool {
        self.entities.ids().any(|id| self.entities.get(id).constructor == Some(function))
    }

    /// What the callers in view pass: one that lives long, if no other one passes what is made for the call, as how often each of them calls is not told
    /// apart; short only if all are in view and all are.
    pub(super) fn given(&self, function: FnId, index: u32, place: Place, depth: u32) -> Option<Held> {
        let (mut all_short, mut some_short) = (true, false);
        let mut found = None;
        let callers = self.callers(function);
        for caller in callers.iter().filter(|caller| caller.how != How::Exported || self.may_be_called_elsewhere(function)) {
            let argument = match (caller.how, caller.at.map(|at| (at, self.ir.kind(at)))) {
                (How::Called, Some((at, ExprKind::Call { args, .. } | ExprKind::New { args, .. }))) => {
                    self.ir.list(args).get(index as usize).map(|&argument| (at, argument))
                }
                _ => None,
            };
            let Some((at, argument)) = argument else {
                // Who passes nothing has nothing to which a listener is added.
                all_short &= caller.how == How::Called && self.passes_less(caller.at, index);
                continue;
            };
            let is_made_here = matches!(self.ir.kind(argument), ExprKind::Object { .. });
            let held = self.part_given(place, argument).map(|part| self.held_within(part, at, depth));
            // What is made for the call is of the call, but for what is known to be older.
            let held = held.filter(|held| !is_made_here || held.is_long()).unwrap_or(Held::short(Kind::Fresh, None));
            all_short &= held.certainty == Certainty::Short;
            some_short |= held.certainty == Certainty::Short;
            if (held.is_long() || held.kind == Kind::SharedPeer) && found.is_none() {
                found = Some(held);
            }
        }
        let is_called = callers.iter().any(|caller| caller.how == How::Called);
        found.filter(|_| !some_short).or_else(|| (all_short && is_called).then(|| Held::short(Kind::Fresh, None)))
    }

    /// Whether a call has no argument at some place, nor anything that may stand for one.
    fn passes_less(&self, call: Option<ExprId>, index: u32) -> bool {
        let Some(ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = call.map(|call| self.ir.kind(call)) else { return false };
        let args = self.ir.list(args);
        args.len() <= index as usize && !args.iter().any(|&arg| matches!(self.ir.kind(arg), ExprKind::Spread(_)))
    }

    /// `stop.signal` for `options.signal`, where the argument for `options` is `{ signal: stop.signal }`.
    fn part_given(&self, place: Place, argument: ExprId) -> Option<Place> {
        let ExprKind::Object { props, .. } = self.ir.kind(argument) else {
            return self.place(argument).map(|target| self.same_part(place, target));
        };
        let (of, step) = self.split(place)?;
        if !self.is_root(of) {
            return self.part_given(of, argument).map(|part| self.project(part, step));
        }
        let given = self.ir.prop_list(props).iter().rev().find_map(|prop| match (prop.key, step) {
            (PropKey::Name(name), Step::Field(wanted)) if name == wanted => Some(self.place(prop.value)),
            (PropKey::None, _) => self.place(prop.value).map(|other| Some(self.project(other, step))),
            _ => None,
        });
        given?
    }

    /// `options.signal` where `options` is `target`.
    fn same_part(&self, place: Place, target: Place) -> Place {
        match self.split(place) {
            Some((of, step)) => self.project(self.same_part(of, target), step),
            None => target,
        }
    }

    /// The declared type is a bare emitter, or the name says that it serves many.
    pub(super) fn is_shared(&self, binding: BindingId) -> bool {
        let name = self.ir.name(self.ir[binding].name);
        super::super::provenance::words(name).last().is_some_and(|last| self.apis.receivers.shared.contains(last))
            || self.is_shared_by_type(binding)
    }

    fn is_shared_by_type(&self, binding: BindingId) -> bool {
        self.ir[binding].annotation.is_some_and(|annotation| self.names_type(annotation, &self.apis.receivers.types))
    }

    fn variable_receiver(&self, binding: BindingId, place: Place, site: ExprId, depth: u32) -> Held {
        let function = self.ir[self.ir[binding].scope].function;
        let span = Some(self.ir[binding].span);
        if self.level(place) > 0 || self.is_loop_variable(binding) {
            return self.within(function, Held::short(Kind::Item, span), site);
        }
        let below = || self.initial_values(place).into_iter().find_map(|value| self.below_request(self.place(value)?));
        if let Some(held) = if self.is_root(place) { below() } else { None } {
            return held;
        }
        if self.is_root(place) && self.is_pooled(binding) {
            return Held::new(Kind::Pooled, Certainty::Likely, span, MODULE);
        }
        if self.is_new_before(place, site) {
            return Held::short(Kind::Fresh, span);
        }
        if self.runs_once(function) {
            return self.module_receiver(binding, place, site, span);
        }
        if function == self.ir.function_of(site) {
            // A name for what was given: `const { emitter } = options`.
            let given = self.initial_values(self.root_place(Root::Binding(binding))).iter().find_map(|&value| {
                let of = self.place(value)?;
                matches!(self.root(of), Root::Value(value) if matches!(self.ir.kind(value), ExprKind::Param(_))).then_some(of)
            });
            return match given {
                Some(of) => Held { span, ..self.held_within(of, site, depth) },
                None => Held { region: Region::Function(function), ..Held::short(Kind::Fresh, span) },
            };
        }
        let region = Region::Function(function);
        let context = self.context(site, region);
        let by_caller = context.steps.iter().any(|step| matches!(step.what, StepKind::PublicMethod { .. } | StepKind::Returned(_)));
        // What the enclosing call constructs for itself is an emitter of its own, for as long as what it gives its caller.
        let is_constructed = matches!(self.initial_values(place)[..], [value] if matches!(self.ir.kind(value), ExprKind::New { .. }));
        let certainty = match by_caller || self.is_for_peers(&context) {
            true if is_constructed => Certainty::Proved,
            true => Certainty::Likely,
            false => Certainty::Unknown,
        };
        let kind = if self.comes_and_goes(binding) { Kind::Renewed } else { Kind::Captured };
        Held::new(kind, certainty, span, region)
    }

    /// Whether an object has the method that a site calls.
    fn has_verb_of(&self, id: EntityId, site: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(site) else { return false };
        matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if self.entities.get(id).methods.contains_key(&property))
    }

    /// `window = new Window()` in a function, and `window = null` when it is closed.
    fn comes_and_goes(&self, binding: BindingId) -> bool {
        let home = self.ir[self.ir[binding].scope].function;
        let in_functions = |write: &&ExprId| self.ir.function_of(**write) != home;
        let values = self.uses.writes(binding).iter().filter(in_functions).filter_map(|&write| written_value(self.ir, write));
        let (nothing, things): (Vec<ExprId>, Vec<ExprId>) = values.partition(|&value| self.is_nothing(value));
        !nothing.is_empty() && things.iter().any(|&value| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. }))
    }

    /// `recorder.media = new MediaRecorder(stream)` in a function: a part that is another thing each time, if it is not asked for before.
    fn is_made_anew(&self, place: Place) -> bool {
        let is_made = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. });
        !self.is_root(place)
            && self
                .each_initial_value(place)
                .any(|value| is_made(value) && !self.runs_once(self.ir.function_of(value)) && !self.is_missing_there(value, place))
    }

    /// A variable of the module, or a part of an object or class there.
    fn module_receiver(&self, binding: BindingId, place: Place, site: ExprId, span: Option<Span>) -> Held {
        let long = Held::new(Kind::Module, Certainty::Proved, span, MODULE);
        if self.is_root(place) {
            // `this.on(...)` in the methods of an object that others take over: `this` is somebody else.
            let is_mixin = self.entities.of_binding(binding).is_some_and(|id| self.is_object(id) && !self.has_verb_of(id, site));
            return match is_mixin {
                true => Held { span, ..Held::unknown() },
                false if self.comes_and_goes(binding) => Held { kind: Kind::Renewed, ..long },
                false => long,
            };
        }
        if self.is_hand_over(place) {
            return Held::new(Kind::Parameter, Certainty::Unknown, span, MODULE);
        }
        if self.is_made_anew(place) {
            return Held { kind: Kind::Renewed, ..long };
        }
        let values = self.initial_values(place);
        let is_given = |value: ExprId| {
            self.place(value).is_some_and(|of| match self.root(of) {
                Root::Binding(binding) => matches!(self.ir[binding].kind, BindingKind::Param(..)),
                Root::Value(expr) => matches!(self.ir.kind(expr), ExprKind::Param(_)),
                _ => false,
            })
        };
        if !values.is_empty() && values.iter().any(|&value| is_given(value)) {
            return Held::new(Kind::Parameter, Certainty::Unknown, span, MODULE);
        }
        long
    }

    /// The module that a binding is required from.
    pub(in crate::model) fn module_of(&self, binding: BindingId) -> Option<&str> {
        if let BindingKind::Import(import) = self.ir[binding].kind {
            return Some(self.ir.name(self.ir[import].module));
        }
        let write = self.uses.writes(binding).first()?;
        self.is_module_level(binding).then(|| self.required(written_value(self.ir, *write)?, 4)).flatten()
    }

    pub(in crate::model) fn required(&self, value: ExprId, depth: u32) -> Option<&str> {
        let depth = depth.checked_sub(1)?;
        match self.ir.kind(value) {
            ExprKind::Call { callee, args, .. } => {
                let first = *self.ir.list(args).first()?;
                if self.ir.global_of(callee) == Some("require") {
                    return self.string(first);
                }
                self.callee_name(callee)
                    .is_some_and(|name| name.starts_with("_interopRequire") || name.starts_with("__import"))
                    .then(|| self.required(first, depth))
                    .flatten()
            }
            ExprKind::Member { object, .. } => self.required(object, depth),
            _ => None,
        }
    }

    pub(super) fn is_loop_variable(&self, binding: BindingId) -> bool {
        self.uses.writes(binding).iter().any(|&write| {
            let ExprKind::Init { value, .. } = self.ir.kind(write) else { return false };
            self.is_element(value)
        })
    }

    /// An element or key of what a loop goes over, or a part of one.
    fn is_element(&self, mut value: ExprId) -> bool {
        loop {
            match self.ir.kind(value) {
                ExprKind::Element(_) | ExprKind::Key(_) => return true,
                ExprKind::Member { object, .. } => value = object,
                _ => return false,
            }
        }
    }

    /// Whether a function is the callback of an iteration, so that its parameter is an item.
    pub(super) fn element_of_loop(&self, function: FnId) -> bool {
        self.callers(function).iter().any(|caller| caller.how == How::EachElement)
    }

    pub(in crate::model) fn is_loop_item(&self, expr: ExprId) -> bool {
        self.ir.binding_of(expr).is_some_and(|binding| {
            self.is_loop_variable(binding)
                || matches!(self.ir[binding].kind, BindingKind::Param(function, _) if self.element_of_loop(function))
                || self.uses.writes(binding).iter().any(|&write| {
                    let value = written_value(self.ir, write);
                    value.is_some_and(|value| {
                        matches!(self.ir.kind(value), ExprKind::Member { object, .. }
                        if matches!(self.ir.kind(object), ExprKind::Param(_)) && self.element_of_loop(self.ir.function_of(object)))
                    })
                })
        })
    }
}

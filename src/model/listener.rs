//! Registrations of listeners: on what, with which handler, and what takes them off again.

use super::Model;
use super::apis::{Duplicates, ListenerApi, Returns};
use super::calls::How;
use super::context::Region;
use super::entity::EntityId;
use super::facts::{Certainty, Handler, LoopSite, NearMiss, NearMissWhy, Receiver, ReceiverKind, Registration, Released, Sibling};
use super::index::written_value;
use super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir, LoopKind, PropKey, When};
use super::place::{Place, Root, Step};

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
}

/// A removal as it is written.
#[derive(Clone, Copy)]
struct Removal {
    call: ExprId,
    object: ExprId,
    event: Option<ExprId>,
    handler: Option<ExprId>,
}

impl Model<'_> {
    pub fn registrations(&self) -> Vec<Registration> {
        let removals: Vec<Removal> = self.uses.calls.iter().filter_map(|&call| self.removal(call)).collect();
        self.uses.calls.iter().filter_map(|&call| self.site(call)).filter_map(|site| self.registration(&site, &removals)).collect()
    }

    fn site(&self, call: ExprId) -> Option<Site<'_>> {
        let ir = self.ir;
        let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return None };
        let verb = ir.name(property);
        let (api, once) = self.apis.registration(verb)?;
        let args = ir.list(args);
        let (event, handler, options) = match (api.event, api.name.as_str(), args) {
            (true, _, [event, handler, rest @ ..]) => (Some(*event), *handler, rest.first().copied()),
            (false, "Tapable", [_, handler, ..]) => (None, *handler, None),
            (false, "subscribe", [handler, ..]) => (None, *handler, None),
            _ => return None,
        };
        self.can_be_handler(handler).then_some(Site { call, object, event, handler, options, api, once, verb })
    }

    /// A function, a name for one, or an object with functions: not a string or a number.
    fn can_be_handler(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Function(_)
            | ExprKind::Ident(_)
            | ExprKind::Member { .. }
            | ExprKind::Call { .. }
            | ExprKind::Index { .. }
            | ExprKind::Logical(..)
            | ExprKind::Conditional(..) => self.ir.global_of(value) != Some("undefined"),
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().any(|prop| matches!(self.ir.kind(prop.value), ExprKind::Function(_)))
            }
            _ => false,
        }
    }

    fn removal(&self, call: ExprId) -> Option<Removal> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        if !self.apis.releases_listener(self.ir.name(property)) {
            return None;
        }
        let args = self.ir.list(args);
        Some(Removal { call, object, event: args.first().copied(), handler: args.get(1).copied() })
    }

    fn registration(&self, site: &Site<'_>, removals: &[Removal]) -> Option<Registration> {
        let ir = self.ir;
        let place = self.place(site.object)?;
        let receiver = self.receiver(site, place);
        if matches!(receiver.kind, ReceiverKind::Fresh | ReceiverKind::Unknown) && ir[ir[site.call].block].in_loop.is_none() {
            return None;
        }
        let handler = self.handler(site.handler);
        let region = self.receiver_region(place);
        let context = self.context(site.call, region);
        let function = ir.function_of(site.call);
        let stmt = &ir[ir[site.call].stmt];
        let (released, near_miss) = self.released(site, place, &handler, removals);
        let event = site.event.and_then(|event| self.string(event)).map(str::to_owned);
        let once = site.once || self.has_option(site.options, "once");
        Some(Registration {
            span: ir.span(site.call),
            statement_hash: self.text_hash(stmt.span),
            scope: self.qualified_name(site.call),
            function: self.function_name(function),
            verb: site.verb.to_owned(),
            api: site.api.name.clone(),
            once,
            once_uncertain: once && event.as_deref().is_none_or(|event| self.apis.events.uncertain.contains(event)),
            event,
            receiver,
            in_loop: self.loop_around(site.call, place),
            per_instance: self.per_instance(function),
            captures: self.kept_requests(site.handler, 4).into_iter().map(|binding| ir.name(ir[binding].name).to_owned()).collect(),
            sibling: self.sibling_removal(site, place, removals),
            handler,
            context,
            released,
            near_miss,
            statement: (stmt.in_list && self.is_whole_statement(site.call)).then_some(stmt.span),
        })
    }

    /// Whether nothing is done with the result of a call.
    pub fn is_whole_statement(&self, call: ExprId) -> bool {
        self.uses.parent(call).is_none()
    }

    fn receiver(&self, site: &Site<'_>, place: Place) -> Receiver {
        let text = self.expr_text(site.object);
        let (kind, certainty, span) = self.receiver_kind(site, place);
        Receiver { text, kind, certainty, span }
    }

    fn receiver_kind(&self, site: &Site<'_>, place: Place) -> (ReceiverKind, Certainty, Option<crate::text::Span>) {
        use ReceiverKind as Kind;
        let ir = self.ir;
        if self.is_abort_signal(site, place) {
            let certainty = if self.is_given(place) { Certainty::Likely } else { Certainty::Short };
            return (if certainty == Certainty::Short { Kind::Fresh } else { Kind::AbortSignal }, certainty, None);
        }
        if self.is_socket_of_request(place) {
            return (Kind::KeptAliveSocket, Certainty::Likely, None);
        }
        match self.root(place) {
            Root::Global(name) => match ir.name(name) {
                "process" => (Kind::Process, Certainty::Proved, None),
                "document" | "visualViewport" | "navigator" | "screen" | "history" | "location" => (Kind::Page, Certainty::Proved, None),
                _ => (Kind::Unknown, Certainty::Unknown, None),
            },
            Root::GlobalObject => (Kind::Page, Certainty::Proved, None),
            Root::Value(_) | Root::UnknownThis(_) | Root::Exports => (Kind::Fresh, Certainty::Short, None),
            Root::Instance(id) => self.own_receiver(id, place),
            Root::Binding(binding) => {
                let declared = &ir[binding];
                let span = Some(declared.span);
                match declared.kind {
                    BindingKind::Import(_) => (Kind::Import, Certainty::Likely, span),
                    BindingKind::Param(function, _) => {
                        if self.level(place) > 0 {
                            return (Kind::Unknown, Certainty::Unknown, span);
                        }
                        let own = self.is_root(place) && self.request_param(function) == Some(binding);
                        if own || self.element_of_loop(function) {
                            (Kind::Item, Certainty::Short, span)
                        } else {
                            (Kind::Parameter, Certainty::Unknown, span)
                        }
                    }
                    BindingKind::Catch => (Kind::Item, Certainty::Short, span),
                    _ if self.is_require(binding) => (Kind::Import, Certainty::Likely, span),
                    _ => self.variable_receiver(binding, place, site),
                }
            }
        }
    }

    fn variable_receiver(
        &self,
        binding: super::ir::BindingId,
        place: Place,
        site: &Site<'_>,
    ) -> (ReceiverKind, Certainty, Option<crate::text::Span>) {
        let function = self.ir[self.ir[binding].scope].function;
        let span = Some(self.ir[binding].span);
        if self.level(place) > 0 || self.is_loop_variable(binding) {
            return (ReceiverKind::Item, Certainty::Short, span);
        }
        if self.runs_once(function) {
            return (ReceiverKind::Module, Certainty::Proved, span);
        }
        if function == self.ir.function_of(site.call) {
            return (ReceiverKind::Fresh, Certainty::Short, span);
        }
        (ReceiverKind::Captured, Certainty::Likely, span)
    }

    fn own_receiver(&self, id: EntityId, place: Place) -> (ReceiverKind, Certainty, Option<crate::text::Span>) {
        let span = self.declared_at(place);
        if self.is_root(place) {
            return (ReceiverKind::Own, Certainty::Likely, None);
        }
        if self.level(place) > 0 {
            return (ReceiverKind::Item, Certainty::Short, span);
        }
        let values = self.initial_values(place);
        let made =
            values.iter().any(|&value| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_)));
        let given = self.is_param_property(id, place) || values.iter().any(|&value| self.is_given_value(value));
        match (given, made) {
            (true, _) => (ReceiverKind::Injected, Certainty::Likely, span),
            (false, true) => (ReceiverKind::OwnField, Certainty::Short, span),
            (false, false) => (ReceiverKind::OwnField, Certainty::Unknown, span),
        }
    }

    fn is_param_property(&self, id: EntityId, place: Place) -> bool {
        let Some((_, Step::Field(name))) = self.split(place) else { return false };
        let Some(constructor) = self.entities.get(id).constructor else { return false };
        self.ir[constructor]
            .params
            .iter()
            .any(|param| param.is_property && param.binding.is_some_and(|binding| self.ir[binding].name == name))
    }

    /// A value that came from outside: a parameter, a member of one, an import.
    fn is_given_value(&self, value: ExprId) -> bool {
        let Some(place) = self.place(value) else { return false };
        match self.root(place) {
            Root::Binding(binding) => matches!(self.ir[binding].kind, BindingKind::Param(..) | BindingKind::Import(_)),
            Root::Value(expr) => matches!(self.ir.kind(expr), ExprKind::Param(_)),
            _ => false,
        }
    }

    fn is_given(&self, place: Place) -> bool {
        match self.root(place) {
            Root::Binding(binding) => {
                matches!(self.ir[binding].kind, BindingKind::Param(..) | BindingKind::Import(_))
                    || self.uses.writes(binding).iter().any(|&write| {
                        written_value(self.ir, write).is_some_and(|value| self.is_given_value(value) || self.reads_param(value))
                    })
                    || self.is_module_level(binding)
            }
            Root::Value(expr) => matches!(self.ir.kind(expr), ExprKind::Param(_)),
            Root::Instance(_) => self.initial_values(place).iter().all(|&value| self.is_given_value(value) || self.reads_param(value)),
            _ => false,
        }
    }

    /// A destructured parameter.
    fn reads_param(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Param(_) => true,
            ExprKind::Member { object, .. } => self.reads_param(object),
            ExprKind::Logical(_, left, _) => self.reads_param(left),
            _ => false,
        }
    }

    fn is_abort_signal(&self, site: &Site<'_>, place: Place) -> bool {
        site.verb == "addEventListener"
            && site.event.and_then(|event| self.string(event)) == Some("abort")
            && !matches!(self.root(place), Root::GlobalObject)
    }

    /// `req.socket`, `res.connection`: HTTP keep-alive uses it for later requests.
    fn is_socket_of_request(&self, place: Place) -> bool {
        let Some((of, Step::Field(name))) = self.split(place) else { return false };
        if !matches!(self.ir.name(name), "socket" | "connection") {
            return false;
        }
        match self.root(of) {
            Root::Binding(binding) => {
                let kind = self.ir[binding].kind;
                let name = self.ir.name(self.ir[binding].name);
                matches!(kind, BindingKind::Param(..)) && matches!(name, "req" | "request" | "res" | "response" | "incoming" | "message")
            }
            _ => false,
        }
    }

    fn is_require(&self, binding: super::ir::BindingId) -> bool {
        self.uses.writes(binding).first().and_then(|&write| written_value(self.ir, write)).is_some_and(|value| self.is_required(value))
            && self.is_module_level(binding)
    }

    fn is_required(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => {
                self.ir.global_of(callee) == Some("require")
                    || self.callee_name(callee).is_some_and(|name| name.starts_with("_interopRequire") || name.starts_with("__import"))
            }
            ExprKind::Member { object, .. } => self.is_required(object),
            _ => false,
        }
    }

    fn is_loop_variable(&self, binding: super::ir::BindingId) -> bool {
        self.uses.writes(binding).iter().any(|&write| {
            let ExprKind::Init { value, .. } = self.ir.kind(write) else { return false };
            matches!(self.ir.kind(value), ExprKind::Element(_) | ExprKind::Key(_))
        })
    }

    /// Whether a function is the callback of an iteration, so that its parameter is an item.
    fn element_of_loop(&self, function: FnId) -> bool {
        self.callers(function).iter().any(|caller| caller.how == How::EachElement)
    }

    /// What creates the receiver each time: within its life the site must repeat.
    fn receiver_region(&self, place: Place) -> Region {
        match self.root(place) {
            Root::Binding(binding) => match self.ir[binding].kind {
                BindingKind::Param(function, _) => Region::Function(self.ir[function].parent.unwrap_or(Ir::MODULE)),
                _ => Region::Function(self.ir[self.ir[binding].scope].function),
            },
            Root::Instance(id) if !self.is_object(id) => match self.own_receiver(id, place).0 {
                // What the constructor was given is older than the instance.
                ReceiverKind::Injected => Region::Function(Ir::MODULE),
                _ => Region::Instance(id),
            },
            _ => Region::Function(Ir::MODULE),
        }
    }

    fn handler(&self, value: ExprId) -> Handler {
        let ir = self.ir;
        let (fresh, bound, function) = match ir.kind(value) {
            ExprKind::Function(function) => (true, false, Some(function)),
            ExprKind::Call { callee, .. } => {
                let bound = matches!(ir.kind(callee), ExprKind::Member { property, .. } if ir.name(property) == "bind");
                (true, bound, None)
            }
            ExprKind::Object { .. } => (true, false, None),
            ExprKind::Ident(_) => match ir.binding_of(value) {
                // A named function inside the same call is a new closure each time.
                Some(binding) => match self.uses.function_of_binding(binding) {
                    Some(function) => {
                        (ir[function].parent == Some(ir.function_of(value)) && ir.function_of(value) != Ir::MODULE, false, Some(function))
                    }
                    None => (false, false, None),
                },
                None => (false, false, None),
            },
            _ => (false, false, None),
        };
        Handler { span: function.map(|function| ir[function].span), fresh, bound, text: self.expr_text(value) }
    }

    pub fn has_option(&self, options: Option<ExprId>, wanted: &str) -> bool {
        let Some(ExprKind::Object { props, .. }) = options.map(|options| self.ir.kind(options)) else { return false };
        self.ir.prop_list(props).iter().any(|prop| match prop.key {
            PropKey::Name(name) => self.ir.name(name) == wanted && !matches!(self.ir.kind(prop.value), ExprKind::Bool(false)),
            _ => false,
        })
    }

    /// The loop around a registration in which the receiver stays the same.
    fn loop_around(&self, call: ExprId, place: Place) -> Option<LoopSite> {
        let ir = self.ir;
        let function = ir.function_of(call);
        if let Some(id) = ir[ir[call].block].in_loop {
            let one = &ir[id];
            // A receiver that is bound inside the loop is another one in each turn.
            if let Root::Binding(binding) = self.root(place)
                && one.span.contains(ir[binding].span)
            {
                return None;
            }
            if self.level(place) > 0 || matches!(self.root(place), Root::Value(_)) {
                return None;
            }
            let fixed = matches!(one.kind, LoopKind::ForOf | LoopKind::ForIn) && one.test.is_some_and(|list| self.is_fixed_list(list));
            return Some(LoopSite {
                span: self.loop_head(id),
                endless: self.is_endless(id),
                fixed,
                awaits: self.awaits_in(one.span, function),
            });
        }
        self.loop_callback(function, place)
    }

    /// `items.forEach(item => bus.on(...))`.
    fn loop_callback(&self, function: FnId, place: Place) -> Option<LoopSite> {
        let expr = self.ir[function].expr?;
        let call = self.uses.parent(expr)?;
        if self.argument_timing(call, expr) != Some(super::apis::Timing::Loop) {
            return None;
        }
        if let Root::Binding(binding) = self.root(place)
            && self.is_inside(self.ir[self.ir[binding].scope].function, function)
        {
            return None;
        }
        if self.level(place) > 0 || matches!(self.root(place), Root::Value(_)) {
            return None;
        }
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
        Some(LoopSite { span: self.callee_span(call), endless: false, fixed: self.is_fixed_list(object), awaits: false })
    }

    fn awaits_in(&self, span: crate::text::Span, function: FnId) -> bool {
        self.ir.expr_ids().any(|id| {
            matches!(self.ir.kind(id), ExprKind::Await(_)) && span.contains(self.ir.span(id)) && self.ir.function_of(id) == function
        })
    }

    /// A list that the program fixes: a literal, a constant of literals.
    pub fn is_fixed_list(&self, list: ExprId) -> bool {
        self.is_fixed_list_within(list, 8)
    }

    fn is_fixed_list_within(&self, list: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let ir = self.ir;
        match ir.kind(list) {
            ExprKind::Array(items) => ir.list(items).iter().all(|&item| !matches!(ir.kind(item), ExprKind::Spread(_))),
            ExprKind::Object { .. } => true,
            ExprKind::Ident(_) => ir.binding_of(list).is_some_and(|binding| match (ir[binding].kind, self.uses.writes(binding)) {
                (BindingKind::Enum, _) => true,
                (BindingKind::Import(_), _) => {
                    let name = ir.name(ir[binding].name);
                    name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
                }
                (_, [write]) => written_value(ir, *write).is_some_and(|value| self.is_fixed_list_within(value, depth)),
                _ => false,
            }),
            ExprKind::Call { callee, args, .. } => match ir.kind(callee) {
                ExprKind::Member { object, .. } if matches!(ir.global_of(object), Some("Object")) => {
                    ir.list(args).first().is_some_and(|&arg| self.is_fixed_list_within(arg, depth))
                }
                ExprKind::Member { object, .. } => {
                    matches!(ir.kind(object), ExprKind::String(_)) || self.is_fixed_list_within(object, depth)
                }
                _ => false,
            },
            ExprKind::Member { property, .. } => ir.name(property).chars().all(|c| c.is_ascii_uppercase() || c == '_'),
            _ => false,
        }
    }

    fn released(&self, site: &Site<'_>, place: Place, handler: &Handler, removals: &[Removal]) -> (Option<Released>, Option<NearMiss>) {
        if self.has_option(site.options, "signal") {
            return (Some(Released::Signal), None);
        }
        let stable = !handler.fresh;
        match site.api.duplicates {
            Duplicates::Ignored if stable && !self.is_called_factory(site.handler) => return (Some(Released::Deduplicated), None),
            Duplicates::Replaces => return (Some(Released::Replaced), None),
            _ => {}
        }
        if self.is_disposer_kept(site) {
            return (Some(Released::DisposerKept), None);
        }
        if self.is_guarded_once(site.call) {
            return (Some(Released::Guard), None);
        }
        self.removed(site, place, removals)
    }

    fn is_called_factory(&self, handler: ExprId) -> bool {
        matches!(self.ir.kind(handler), ExprKind::Call { .. })
    }

    /// Whether the result, which takes the listener off, is kept by somebody.
    fn is_disposer_kept(&self, site: &Site<'_>) -> bool {
        let Some(parent) = self.uses.parent(site.call) else { return false };
        if site.api.returns == Returns::Receiver {
            // `return emitter.on(...)` gives back the emitter; what is not a plain emitter may give a disposer.
            return matches!(self.ir.kind(parent), ExprKind::Init { .. } | ExprKind::Assign { .. } | ExprKind::Array(_))
                || matches!(self.ir.kind(parent), ExprKind::Call { callee, .. } if callee != site.call && !matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if object == site.call))
                || matches!(self.ir.kind(parent), ExprKind::Return(_));
        }
        match self.ir.kind(parent) {
            ExprKind::Member { property, .. } => matches!(self.ir.name(property), "unsubscribe" | "add" | "dispose"),
            _ => true,
        }
    }

    /// A flag or handle that lets the code run one time only.
    pub fn is_guarded_once(&self, call: ExprId) -> bool {
        let ir = self.ir;
        let function = ir.function_of(call);
        let guards = self.flow(function).guards(ir, ir[call].block);
        guards.iter().any(|guard| {
            let (condition, wanted) = match guard.when {
                When::True(condition) => (condition, true),
                When::False(condition) => (condition, false),
                _ => return false,
            };
            self.guard_flags(condition, wanted).into_iter().any(|flag| self.is_set_in(flag, function, call))
        })
    }

    /// The places that must be unset (or empty) for a condition to come out as wanted.
    pub fn guard_flags(&self, condition: ExprId, wanted: bool) -> Vec<Place> {
        let ir = self.ir;
        match ir.kind(condition) {
            ExprKind::Unary(super::ir::UnaryOp::Not, operand) => self.guard_flags(operand, !wanted),
            ExprKind::Logical(super::ir::LogicalOp::And, left, right) if wanted => {
                [self.guard_flags(left, wanted), self.guard_flags(right, wanted)].concat()
            }
            ExprKind::Logical(super::ir::LogicalOp::Or, left, right) if !wanted => {
                [self.guard_flags(left, wanted), self.guard_flags(right, wanted)].concat()
            }
            ExprKind::Binary(super::ir::BinaryOp::Eq | super::ir::BinaryOp::StrictEq, left, right) if wanted => {
                let empty = self.is_nothing(right) || matches!(ir.kind(right), ExprKind::Bool(false) | ExprKind::Number(0.0));
                if empty { self.place(left).into_iter().collect() } else { Vec::new() }
            }
            ExprKind::Binary(super::ir::BinaryOp::NotEq | super::ir::BinaryOp::StrictNotEq, left, right) if !wanted => {
                if self.is_nothing(right) { self.place(left).into_iter().collect() } else { Vec::new() }
            }
            // `listenerCount('x') === 0`, `handlers.has(x)` and the like.
            ExprKind::Call { callee, .. } if !wanted => match ir.kind(callee) {
                ExprKind::Member { object, property, .. }
                    if matches!(ir.name(property), "has" | "includes" | "listenerCount" | "hasListeners") =>
                {
                    self.place(object).into_iter().collect()
                }
                _ => Vec::new(),
            },
            ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::Index { .. } if !wanted => self.place(condition).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the function (or one inside it) gives the flag a value, so that the next run is stopped.
    fn is_set_in(&self, flag: Place, function: FnId, call: ExprId) -> bool {
        let ir = self.ir;
        // A flag that is new in each run stops nothing.
        if matches!(self.root(flag), Root::Binding(binding) if ir[ir[binding].scope].function == function) {
            return false;
        }
        let sets = |target: ExprId, value: Option<ExprId>| {
            self.place(target).is_some_and(|place| place == flag || self.is_within(place, flag))
                && value.is_none_or(|value| !self.is_nothing(value) && !matches!(ir.kind(value), ExprKind::Bool(false)))
                && self.is_inside(ir.function_of(target), function)
        };
        ir.expr_ids().any(|id| match ir.kind(id) {
            ExprKind::Assign { target, value, .. } => sets(target, Some(value)),
            ExprKind::Update { target, .. } => sets(target, None),
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } => {
                    matches!(ir.name(property), "add" | "set" | "push")
                        && self.place(object) == Some(flag)
                        && self.is_inside(ir.function_of(id), function)
                        || matches!(ir.name(property), "on" | "addListener") && self.place(object) == Some(flag) && id == call
                }
                _ => false,
            },
            _ => false,
        })
    }

    fn removed(&self, site: &Site<'_>, place: Place, removals: &[Removal]) -> (Option<Released>, Option<NearMiss>) {
        let mut near = None;
        for removal in removals {
            if !self.same_receiver(place, removal.object) {
                continue;
            }
            let all = removal.handler.is_none();
            let same_event = match (site.event, removal.event) {
                (Some(own), Some(theirs)) => self.same_event(own, theirs),
                (None, _) => true,
                (Some(_), None) => true,
            };
            if !same_event {
                near = near.or(Some(NearMiss { span: self.ir.span(removal.call), why: NearMissWhy::OtherEvent }));
                continue;
            }
            if !all && !self.same_handler(site.handler, removal.handler) {
                near = Some(NearMiss { span: self.ir.span(removal.call), why: NearMissWhy::OtherFunction });
                continue;
            }
            match self.missed_path(site, removal, removals) {
                None => return (Some(Released::Removal), None),
                Some(why) => near = Some(NearMiss { span: self.ir.span(removal.call), why }),
            }
        }
        (None, near)
    }

    /// A path from the registration to an end of the same call that meets no removal, when a removal stands on another.
    fn missed_path(&self, site: &Site<'_>, removal: &Removal, removals: &[Removal]) -> Option<NearMissWhy> {
        let ir = self.ir;
        let function = ir.function_of(site.call);
        if ir.function_of(removal.call) != function {
            return None;
        }
        let flow = self.flow(function);
        if !flow.is_reachable(ir[site.call].block) || removal.call < site.call {
            return None;
        }
        let place = self.place(site.object)?;
        let stops: Vec<ExprId> = removals
            .iter()
            .filter(|other| ir.function_of(other.call) == function && self.same_receiver(place, other.object))
            .map(|other| other.call)
            .collect();
        let exits = flow.escapes(ir, function, site.call, &stops);
        match (exits.normal, exits.throws) {
            (true, _) => Some(NearMissWhy::SkippedByReturn),
            (_, true) => Some(NearMissWhy::SkippedByThrow),
            _ => None,
        }
    }

    fn same_receiver(&self, place: Place, object: ExprId) -> bool {
        let Some(other) = self.place(object) else { return false };
        if place == other {
            return true;
        }
        // The same field under another way to reach its owner: `self.socket` stored before it is assigned to `this.socket`.
        let stored = |a: Place, b: Place| self.initial_values(a).iter().any(|&value| self.place(value) == Some(b));
        stored(place, other) || stored(other, place)
    }

    fn same_event(&self, own: ExprId, theirs: ExprId) -> bool {
        match (self.string(own), self.string(theirs)) {
            (Some(own), Some(theirs)) => own == theirs || own.split('.').next() == theirs.split('.').next(),
            (None, None) => self.expr_text(own) == self.expr_text(theirs) || self.place(own).is_some() && self.place(theirs).is_some(),
            _ => matches!(self.ir.kind(theirs), ExprKind::Ident(_)) && self.string(theirs).is_none() && self.is_loop_item(theirs),
        }
    }

    fn is_loop_item(&self, expr: ExprId) -> bool {
        self.ir.binding_of(expr).is_some_and(|binding| {
            self.is_loop_variable(binding)
                || matches!(self.ir[binding].kind, BindingKind::Param(function, _) if self.element_of_loop(function))
        })
    }

    /// Whether two expressions denote one function object.
    fn same_handler(&self, own: ExprId, theirs: Option<ExprId>) -> bool {
        let Some(theirs) = theirs else { return true };
        let fresh = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Function(_) | ExprKind::Call { .. } | ExprKind::Object { .. });
        if fresh(theirs) {
            return false;
        }
        if let Some(place) = self.place(theirs) {
            if self.place(own) == Some(place) && !fresh(own) {
                return true;
            }
            // `emitter.on('x', this.f = () => ...)`, `const f = ...; this.f = f`.
            let own = super::entity::through_assignments(self.ir, own);
            if self
                .initial_values(place)
                .iter()
                .any(|&value| value == own || !fresh(own) && self.place(value).is_some() && self.place(value) == self.place(own))
            {
                return true;
            }
            if self.level(place) > 0 || self.is_loop_item(theirs) {
                return true;
            }
            if !fresh(own)
                && let Some(mine) = self.place(own)
            {
                return self.initial_values(mine).iter().any(|&value| self.place(value) == Some(place)) || self.level(mine) > 0;
            }
        }
        false
    }

    /// A removal for another event or receiver, which shows that somebody thought of it.
    fn sibling_removal(&self, site: &Site<'_>, place: Place, removals: &[Removal]) -> Option<Sibling> {
        removals.iter().find_map(|removal| {
            let same = self.same_receiver(place, removal.object);
            let other_event = match (site.event, removal.event) {
                (Some(own), Some(theirs)) => !self.same_event(own, theirs),
                _ => false,
            };
            (same && other_event).then(|| Sibling { span: self.ir.span(removal.call), text: self.callee_text(removal.call) })
        })
    }

    /// A call with its arguments, short.
    pub fn call_text(&self, call: ExprId) -> String {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return self.expr_text(call) };
        let args: Vec<String> = self.ir.list(args).iter().map(|&arg| self.expr_text(arg)).collect();
        format!("{}({})", self.callee_text(call), args.join(", "))
    }
}

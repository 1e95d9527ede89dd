//! Handlers: which function it is, and whether two expressions denote one.

use super::super::Model;
use super::super::access::Access;
use super::super::apis::{Duplicates, ListenerApi};
use super::super::entity::through_assignments;
use super::super::facts::Handler;
use super::super::index::written_value;
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir};
use super::super::mount::Mount;
use super::super::place::{Place, Root, Step};
use super::Site;

impl Model<'_> {
    /// `client.subscribe(topic, (err) => ...)`: told once how the call went.
    pub(super) fn is_reply(&self, handler: ExprId, api: &ListenerApi) -> bool {
        let ExprKind::Function(function) = self.ir.kind(handler) else { return false };
        let first = self.ir[function].params.first().and_then(|param| param.binding);
        !api.replies.is_empty() && first.is_some_and(|param| api.replies.iter().any(|name| name == self.ir.name(self.ir[param].name)))
    }

    /// A function, a name for one, or an object with functions: not a string or a number.
    pub(super) fn can_be_handler(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Function(_)
            | ExprKind::This
            | ExprKind::Ident(_)
            | ExprKind::Member { .. }
            | ExprKind::Call { .. }
            | ExprKind::Assign { .. }
            | ExprKind::Index { .. }
            | ExprKind::Logical(..)
            | ExprKind::Conditional(..) => {
                self.ir.global_of(value) != Some("undefined") && self.constant(value).is_none_or(|known| known == value)
            }
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().any(|prop| matches!(self.ir.kind(prop.value), ExprKind::Function(_)))
            }
            _ => false,
        }
    }

    /// Whether it is known that a value is a function, or its name says so.
    pub(in crate::model) fn is_function(&self, value: ExprId) -> bool {
        let value = through_assignments(self.ir, value);
        match self.ir.kind(value) {
            ExprKind::Function(_) => true,
            ExprKind::Object { .. } | ExprKind::This => self.can_be_handler(value),
            ExprKind::Call { callee, .. } => self.callee_name(callee) == Some("bind") || self.function_value(value).is_some(),
            ExprKind::Ident(_) | ExprKind::Member { .. } => {
                self.function_value(value).is_some()
                    || self.place(value).is_some_and(|place| self.initial_values(place).iter().any(|&one| self.is_closure(one)))
                    || self.callee_name(value).is_some_and(is_handler_name)
            }
            _ => false,
        }
    }

    fn is_closure(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Function(_) => true,
            ExprKind::Call { callee, .. } => self.callee_name(callee) == Some("bind"),
            _ => false,
        }
    }

    pub(super) fn handler(&self, value: ExprId, per_instance: bool) -> Handler {
        let ir = self.ir;
        let value = through_assignments(ir, value);
        let (fresh, bound, function) = match ir.kind(value) {
            ExprKind::Function(function) => (true, false, Some(function)),
            ExprKind::Call { callee, .. } => {
                let bound = matches!(ir.kind(callee), ExprKind::Member { property, .. } if ir.name(property) == "bind");
                (self.place(value).is_none_or(|place| matches!(self.root(place), Root::Value(_))), bound, self.function_value(value))
            }
            ExprKind::Object { .. } => (true, false, None),
            ExprKind::Ident(_) => {
                let function = ir.binding_of(value).and_then(|binding| self.uses.function_of_binding(binding));
                let is_bound = self.is_bound_by_call(value);
                let is_new = || function.is_some_and(|function| self.is_new_each_call(function)) || self.is_wrapped_by_call(value);
                (is_bound || is_new(), is_bound, function)
            }
            ExprKind::Member { .. } => (self.is_put_on_element(value), false, self.function_value(value)),
            _ => (false, false, self.function_value(value)),
        };
        Handler {
            span: function.map(|function| ir[function].span),
            fresh,
            bound,
            of_instance: per_instance && self.is_of_instance(value),
            from_caller: self.is_callers(value) || self.wraps_callers(value),
            keeps_work: false,
            outlives_promise: false,
            text: self.expr_text(value),
        }
    }

    /// `resolve`: another one for each promise, which it keeps. An EventTarget is asked for its end, mostly, and the promise ends with it.
    pub(super) fn is_settler(&self, site: &Site<'_>) -> bool {
        let Some(binding) = self.ir.binding_of(site.handler).filter(|_| site.api.duplicates == Duplicates::Append) else { return false };
        matches!(self.ir[binding].kind, BindingKind::Param(function, _) if self.is_promise_executor(function))
    }

    /// The function that a handler is, followed through names.
    pub(super) fn closure(&self, value: ExprId) -> Option<FnId> {
        let value = through_assignments(self.ir, value);
        match self.ir.kind(value) {
            ExprKind::Ident(_) => self.ir.binding_of(value).and_then(|binding| self.uses.function_of_binding(binding)),
            _ => self.function_value(value),
        }
    }

    /// `const update = this.update.bind(this)`, or what a helper gives that binds: another function in each call.
    fn is_bound_by_call(&self, value: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(value) else { return false };
        let [write] = self.uses.writes(binding) else { return false };
        let function = self.ir[self.ir[binding].scope].function;
        let Some(made) = written_value(self.ir, *write).filter(|_| function != Ir::MODULE && !self.runs_once(function)) else {
            return false;
        };
        let binds = |value: ExprId| match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => {
                self.callee_name(callee) == Some("bind") && matches!(self.ir.kind(callee), ExprKind::Member { .. })
            }
            _ => false,
        };
        let gives_bound = |returned: ExprId| match self.ir.kind(returned) {
            ExprKind::Return(Some(value)) => binds(value) || self.initial_values_of(value).into_iter().any(binds),
            _ => false,
        };
        let by_helper = || self.callee_function(made).is_some_and(|helper| self.uses.returns(helper).iter().any(|&at| gives_bound(at)));
        binds(made) || matches!(self.ir.kind(made), ExprKind::Call { .. }) && by_helper()
    }

    /// `const onResize = throttle(() => { ... }, 100)`: made of a function that is written for it, another one in each call.
    fn is_wrapped_by_call(&self, value: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(value).filter(|&binding| self.ir[binding].kind == BindingKind::Const) else { return false };
        let [write] = self.uses.writes(binding) else { return false };
        let function = self.ir[self.ir[binding].scope].function;
        let Some(ExprKind::Call { callee, args, .. }) = written_value(self.ir, *write).map(|made| self.ir.kind(made)) else { return false };
        // A hook gives the same one in each draw.
        let is_hook = self.callee_name(callee).is_none_or(|name| name.starts_with("use") || name.to_ascii_lowercase().contains("memo"));
        let is_written = |&arg: &ExprId| matches!(self.ir.kind(arg), ExprKind::Function(_));
        function != Ir::MODULE && !self.runs_once(function) && !is_hook && self.ir.list(args).first().is_some_and(is_written)
    }

    /// `el.onOutside = () => { ... }; document.addEventListener('click', el.onOutside)`: a function that this call makes and puts on the element that it is given.
    fn is_put_on_element(&self, value: ExprId) -> bool {
        let Some(place) = self.place(value) else { return false };
        let Some((owner, Step::Field(_))) = self.split(place) else { return false };
        let function = self.ir.function_of(value);
        let is_given = match self.root(owner) {
            Root::Binding(binding) => {
                matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == function) && self.is_named_as_node(binding)
            }
            _ => false,
        };
        let values = self.initial_values(place);
        is_given
            && self.is_root(owner)
            && !values.is_empty()
            && values.iter().all(|&one| self.is_closure(one) && self.ir.function_of(one) == function)
    }

    fn initial_values_of(&self, value: ExprId) -> Vec<ExprId> {
        self.place(value).map(|place| self.initial_values(place)).unwrap_or_default()
    }

    /// A function that is written inside another one which can run again.
    fn is_new_each_call(&self, function: FnId) -> bool {
        self.ir[function].parent.is_some_and(|parent| parent != Ir::MODULE && !self.runs_once(parent))
    }

    /// `this`, or a field of it that holds a function of its own for each instance.
    fn is_of_instance(&self, value: ExprId) -> bool {
        if matches!(self.ir.kind(value), ExprKind::This) {
            return true;
        }
        let Some(place) = self.place(value) else { return false };
        matches!(self.root(place), Root::Instance(_)) && self.initial_values(place).iter().any(|&one| self.is_closure(one))
    }

    /// A parameter of the function around: who calls it owns the handler.
    fn is_callers(&self, value: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(value) else { return false };
        match self.ir[binding].kind {
            BindingKind::Param(function, _) => !self.is_promise_executor(function),
            _ => false,
        }
    }

    /// What a framework gives to a hook's callback: `changed` of `useSyncExternalStore((changed) => ...)`, another one for each component.
    pub(super) fn is_given_by_hook(&self, value: ExprId, mount: &Mount) -> bool {
        let param = self.ir.binding_of(value).map(|binding| self.ir[binding].kind);
        matches!(param, Some(BindingKind::Param(function, _)) if mount.hook.starts_with("use") && mount.callback == Some(self.ir[function].span))
    }

    /// `const hide = useCallback(() => { ... }, [])`: the same one in each draw, and another one for each component.
    pub(super) fn is_made_by_hook(&self, value: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(value).filter(|&binding| self.ir[binding].kind == BindingKind::Const) else { return false };
        let [write] = self.uses.writes(binding) else { return false };
        let Some(ExprKind::Call { callee, args, .. }) = written_value(self.ir, *write).map(|made| self.ir.kind(made)) else { return false };
        let is_hook = self.callee_name(callee).is_some_and(|name| name.starts_with("use"));
        let is_written = |&arg: &ExprId| matches!(self.ir.kind(arg), ExprKind::Function(_));
        is_hook && self.ir[self.ir[binding].scope].function != Ir::MODULE && self.ir.list(args).first().is_some_and(is_written)
    }

    /// Inside a method that registers for its caller (`addEventListener(type, handler) { this.on(type, wrap(handler)) }`).
    fn wraps_callers(&self, value: ExprId) -> bool {
        let function = self.ir.function_of(value);
        let name = self.function_name(function);
        let verb = name.rsplit('.').next().unwrap_or(&name);
        let gets_handler = self.ir[function]
            .params
            .iter()
            .filter_map(|param| param.binding)
            .any(|binding| is_handler_name(self.ir.name(self.ir[binding].name)));
        gets_handler && self.apis.registration(verb).is_some()
    }

    /// Whether a closure reads nothing of the functions around it but weak references, if any of it.
    pub(super) fn keeps_nothing(&self, function: FnId) -> bool {
        let mut weak = false;
        for binding in self.captured(function) {
            let writes = self.initial_values(self.root_place(Root::Binding(binding)));
            if !matches!(writes.as_slice(), [one] if matches!(self.ir.kind(*one), ExprKind::New { callee, .. } if self.callee_name(callee) == Some("WeakRef")))
            {
                return false;
            }
            weak = true;
        }
        weak && !self.captures_this(function)
    }

    /// Whether a closure reads something that belongs to this one call: a parameter or a local of a function that can run again.
    pub(super) fn keeps_work(&self, function: FnId) -> bool {
        self.captures_this(function)
            || self.captured(function).into_iter().any(|binding| {
                let owner = self.ir[self.ir[binding].scope].function;
                owner != Ir::MODULE && !self.runs_once(owner) && self.uses.function_of_binding(binding).is_none()
            })
    }

    /// The bindings of functions around it that a closure reads.
    fn captured(&self, function: FnId) -> Vec<super::super::ir::BindingId> {
        let mut found = Vec::new();
        for at in self.ir.exprs_around(function) {
            let Some(binding) = self.ir.binding_of(at) else { continue };
            let owner = self.ir[self.ir[binding].scope].function;
            if owner != Ir::MODULE
                && !self.is_inside(owner, function)
                && self.is_inside(self.ir.function_of(at), function)
                && !found.contains(&binding)
            {
                found.push(binding);
            }
        }
        found
    }

    /// `close` of `$.proxy(this.close, this)`: jQuery gives what it makes of a function the number of that function, and looks for the number.
    fn unproxied(&self, value: ExprId) -> ExprId {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(value) else { return value };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return value };
        let ready = &self.apis.frameworks.ready;
        let is_library = || match self.imported(object) {
            Some((module, path)) => path.iter().all(|step| *step == Access::Member("default".to_owned())) && ready.modules.contains(module),
            None => self.ir.global_of(object).is_some_and(|name| ready.names.contains(name)),
        };
        let is_proxy = self.ir.name(property) == "proxy" && is_library();
        self.ir.list(args).first().copied().filter(|_| is_proxy).unwrap_or(value)
    }

    /// Whether two expressions denote one function object.
    pub(super) fn same_handler(&self, own: ExprId, theirs: Option<ExprId>) -> bool {
        let Some(theirs) = theirs else { return true };
        let (own, theirs) = (self.unproxied(through_assignments(self.ir, own)), self.unproxied(theirs));
        if let ExprKind::Function(function) = self.ir.kind(own) {
            // A function expression that takes itself off by its own name.
            if self.ir.binding_of(theirs).is_some_and(|binding| self.uses.function_of_binding(binding) == Some(function)) {
                return true;
            }
        }
        if self.is_named_by_itself(own, theirs) {
            return true;
        }
        let Some(place) = self.place(theirs) else { return false };
        if self.level(place) > 0 || self.is_loop_item(theirs) {
            // What is written into the call itself is on no list.
            return !matches!(self.ir.kind(own), ExprKind::Function(_) | ExprKind::Object { .. });
        }
        // What a call gave when the name was made: `const { onChange } = useList()`.
        let named = self.ir.binding_of(theirs).filter(|&binding| self.ir[binding].kind == BindingKind::Const);
        if named.is_some() && self.ir.binding_of(own) == named {
            return true;
        }
        if matches!(self.root(place), Root::Value(value) if !matches!(self.ir.kind(value), ExprKind::Param(_))) {
            return false;
        }
        let mine = if self.is_closure(own) || matches!(self.ir.kind(own), ExprKind::Object { .. }) { None } else { self.place(own) };
        if mine == Some(place) || self.is_field_of_unknown_this(place, mine) {
            return true;
        }
        // `emitter.on('x', this.f = () => ...)`, `const f = ...; this.f = f`.
        let stored = |at: Place, value: ExprId, value_place: Option<Place>| {
            self.initial_values(at).iter().any(|&one| one == value || value_place.is_some() && self.place(one) == value_place)
        };
        if stored(place, own, mine) {
            return true;
        }
        let Some(mine) = mine else { return false };
        stored(mine, theirs, Some(place)) || self.level(mine) > 0 || self.is_same_field_of_given(mine, place)
    }

    /// `const done = function done() { emitter.off('x', done); }; emitter.on('x', done)`: inside, the name is the function's own.
    fn is_named_by_itself(&self, own: ExprId, theirs: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(theirs) else { return false };
        let Some(function) = self.uses.function_of_binding(binding) else { return false };
        self.ir[self.ir[binding].scope].function == function && self.function_value(own) == Some(function)
    }

    /// `this.onOffline` in a function that somebody calls on the object.
    fn is_field_of_unknown_this(&self, place: Place, mine: Option<Place>) -> bool {
        let (Root::UnknownThis(_), Some((_, Step::Field(name)))) = (self.root(place), self.split(place)) else { return false };
        mine.and_then(|mine| self.split(mine)).is_some_and(|(_, step)| step == Step::Field(name))
    }

    /// `city.onRain` of two functions that each get their `city`.
    fn is_same_field_of_given(&self, one: Place, other: Place) -> bool {
        let of_given = |place: Place| match (self.split(place)?, self.root(place)) {
            ((_, Step::Field(name)), Root::Binding(binding)) if matches!(self.ir[binding].kind, BindingKind::Param(..)) => Some(name),
            _ => None,
        };
        of_given(one).is_some_and(|name| of_given(other) == Some(name))
    }
}

fn is_handler_name(name: &str) -> bool {
    let words = super::super::provenance::words(name);
    words.first().is_some_and(|first| matches!(first.as_str(), "on" | "handle"))
        || words.last().is_some_and(|last| {
            matches!(last.as_str(), "handler" | "listener" | "callback" | "cb" | "fn" | "resolve" | "reject" | "func" | "done" | "next")
        })
}

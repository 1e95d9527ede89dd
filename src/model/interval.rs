//! `setInterval`: where its handle goes, and who clears it.

use super::Model;
use super::context::{ContextKind, Region};
use super::facts::{Cleared, Handle, Interval};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Imported, Ir};
use super::place::{Place, Root, Step};

/// Where a handle ends up.
#[derive(Default)]
struct Destinations {
    places: Vec<Place>,
    collections: Vec<Place>,
    locals: Vec<BindingId>,
    handed_out: bool,
    unref: bool,
}

impl Model<'_> {
    pub fn intervals(&self) -> Vec<Interval> {
        let starts: Vec<ExprId> = self.uses.calls.iter().copied().filter(|&call| self.is_timer_call(call, "setInterval")).collect();
        if starts.is_empty() {
            return Vec::new();
        }
        let clears: Vec<ExprId> = self
            .uses
            .calls
            .iter()
            .copied()
            .filter(|&call| self.is_timer_call(call, "clearInterval") || self.is_timer_call(call, "clearTimeout"))
            .collect();
        starts.iter().map(|&call| self.interval(call, &clears)).collect()
    }

    /// A call of the timer function of the platform, not of a method of that name.
    pub fn is_timer_call(&self, call: ExprId, name: &str) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        self.is_timer_function(callee, name)
    }

    fn is_timer_function(&self, value: ExprId, name: &str) -> bool {
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Ident(_) => match ir.binding_of(value).map(|binding| ir[binding].kind) {
                None => ir.global_of(value) == Some(name),
                Some(BindingKind::Import(import)) => {
                    let import = &ir[import];
                    let is_timers = matches!(ir.name(import.module), "timers" | "node:timers");
                    is_timers && matches!(import.imported, Imported::Named(imported) if ir.name(imported) == name)
                }
                Some(_) => false,
            },
            ExprKind::Member { object, property, .. } if ir.name(property) == name => {
                match self.place(object).map(|place| (self.is_root(place), self.root(place))) {
                    Some((true, Root::GlobalObject)) => true,
                    Some((true, Root::Binding(binding))) => self.is_timers_module(binding),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn is_timers_module(&self, binding: BindingId) -> bool {
        match self.ir[binding].kind {
            BindingKind::Import(import) => matches!(self.ir.name(self.ir[import].module), "timers" | "node:timers"),
            _ => matches!(self.ir.name(self.ir[binding].name), "Meteor"),
        }
    }

    fn interval(&self, call: ExprId, clears: &[ExprId]) -> Interval {
        let ir = self.ir;
        let function = ir.function_of(call);
        let mut destinations = Destinations::default();
        self.follow_handle(call, &mut destinations, 6);
        let callback = match ir.kind(call) {
            ExprKind::Call { args, .. } => ir.list(args).first().copied(),
            _ => None,
        };
        let callback_function = callback.and_then(|callback| self.function_value(callback));
        let context = self.context(call, Region::Function(Ir::MODULE));
        let cleared = self.cleared(call, &destinations, callback_function, clears);
        let peer = self.enclosing_request(function).map(|binding| ir.name(ir[binding].name).to_owned());
        let stmt = &ir[ir[call].stmt];
        Interval {
            span: ir.span(call),
            statement_hash: self.text_hash(stmt.span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            context,
            handle: self.handle(call, &destinations),
            cleared,
            unref: destinations.unref,
            captures: callback
                .map(|callback| self.kept_requests(callback, 4))
                .unwrap_or_default()
                .into_iter()
                .map(|binding| ir.name(ir[binding].name).to_owned())
                .collect(),
            captures_this: callback_function.is_some_and(|function| self.captures_this(function))
                || callback.is_some_and(|callback| self.is_bound_method(callback)),
            this_is_instance: matches!(self.entities.this_of(function), super::entity::This::Instance(id) if !self.is_object(id)),
            per_instance: self.per_instance(function),
            peer,
            statement: (stmt.in_list && self.uses.parent(call).is_none()).then_some(stmt.span),
        }
    }

    /// `this.tick.bind(this)`.
    fn is_bound_method(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => {
                matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. } if self.ir.name(property) == "bind" && matches!(self.ir.kind(object), ExprKind::Member { .. }))
            }
            _ => false,
        }
    }

    /// The request, socket or message for which a function, or one around it, runs.
    pub fn enclosing_request(&self, function: FnId) -> Option<BindingId> {
        let mut at = Some(function);
        while let Some(function) = at {
            if let Some(param) = self.request_param(function)
                && !self.is_promise_executor(function)
            {
                return Some(param);
            }
            at = self.ir[function].parent;
        }
        None
    }

    fn handle(&self, call: ExprId, destinations: &Destinations) -> Handle {
        if destinations.handed_out {
            return Handle::HandedOut;
        }
        if let Some(&place) = destinations.places.first() {
            return Handle::Kept { text: self.place_text(place), span: self.declared_at(place).unwrap_or(self.ir.span(call)) };
        }
        if let Some(&place) = destinations.collections.first() {
            return Handle::Collected { text: self.place_text(place) };
        }
        match destinations.locals.first() {
            Some(&binding) => Handle::Local { name: self.ir.name(self.ir[binding].name).to_owned() },
            None => Handle::Dropped,
        }
    }

    fn follow_handle(&self, value: ExprId, found: &mut Destinations, depth: u32) {
        let (Some(depth), Some(parent)) = (depth.checked_sub(1), self.uses.parent(value)) else { return };
        let ir = self.ir;
        match ir.kind(parent) {
            ExprKind::Init { binding, .. } => self.follow_binding(binding, found, depth),
            ExprKind::Assign { target, value: assigned, .. } if assigned == value => {
                match ir.binding_of(target) {
                    Some(binding) => self.follow_binding(binding, found, depth),
                    None => match self.place(target) {
                        Some(place) => found.places.push(place),
                        None => found.handed_out = true,
                    },
                }
                self.follow_handle(parent, found, depth);
            }
            ExprKind::Member { property, .. } => {
                let name = ir.name(property);
                if matches!(name, "unref" | "ref" | "refresh") {
                    found.unref |= name == "unref";
                    if let Some(call) = self.uses.parent(parent) {
                        self.follow_handle(call, found, depth);
                    }
                }
            }
            ExprKind::Logical(..) | ExprKind::Conditional(..) | ExprKind::Sequence(_) | ExprKind::Spread(_) => {
                self.follow_handle(parent, found, depth)
            }
            ExprKind::Call { callee, .. } if callee != value => self.follow_argument(callee, found),
            ExprKind::New { .. } | ExprKind::Return(_) | ExprKind::Yield(_) | ExprKind::Await(_) | ExprKind::Jsx { .. } => {
                found.handed_out = true
            }
            ExprKind::Object { .. } => match self.stored_property(parent, value) {
                Some(place) => found.places.push(place),
                None => found.handed_out = true,
            },
            ExprKind::Array(_) => match self.uses.parent(parent).map(|outer| ir.kind(outer)) {
                Some(ExprKind::Init { binding, .. }) => found.collections.push(self.binding_place(binding)),
                Some(ExprKind::Assign { target, .. }) => found.collections.extend(self.place(target)),
                _ => found.handed_out = true,
            },
            _ => {}
        }
    }

    /// The place of `{ timer: setInterval(...) }` if the object has a name.
    fn stored_property(&self, object: ExprId, value: ExprId) -> Option<Place> {
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        let name = self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
            super::ir::PropKey::Name(name) if prop.value == value => Some(name),
            _ => None,
        })?;
        match self.uses.parent(object).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Init { binding, .. }) => Some(self.project(self.binding_place(binding), Step::Field(name))),
            Some(ExprKind::Assign { target, .. }) => Some(self.project(self.place(target)?, Step::Field(name))),
            _ => None,
        }
    }

    fn follow_binding(&self, binding: BindingId, found: &mut Destinations, depth: u32) {
        if found.locals.contains(&binding) {
            return;
        }
        found.locals.push(binding);
        if self.is_module_level(binding) || self.is_exported(binding) {
            found.places.push(self.root_place(Root::Binding(binding)));
        }
        found.handed_out |= self.is_exported(binding);
        for &at in self.uses.refs(binding) {
            self.follow_handle(at, found, depth);
        }
    }

    fn follow_argument(&self, callee: ExprId, found: &mut Destinations) {
        let name = self.callee_name(callee).unwrap_or_default();
        if matches!(name, "clearInterval" | "clearTimeout") {
            return;
        }
        let is_growth = matches!(name, "push" | "add" | "set" | "unshift");
        match self.ir.kind(callee) {
            ExprKind::Member { object, .. } if is_growth => match self.place(object) {
                Some(place) => found.collections.push(place),
                None => found.handed_out = true,
            },
            _ => found.handed_out = true,
        }
    }

    fn cleared(&self, call: ExprId, to: &Destinations, callback: Option<FnId>, clears: &[ExprId]) -> Option<Cleared> {
        if self.is_guarded_once(call) {
            return Some(Cleared::Guarded);
        }
        let mut own = None;
        let mut found = None;
        for &clear in clears {
            if !self.clears(clear, to) {
                continue;
            }
            let function = self.ir.function_of(clear);
            if callback.is_some_and(|callback| self.is_inside(function, callback)) {
                own = own.or(Some(clear));
            } else {
                found = found.or(Some(clear));
            }
        }
        found = found.or_else(|| self.cleared_as_list(to));
        if let Some(clear) = found {
            if self.is_overwritten(call, to, clears) {
                return Some(Cleared::Overwritten(self.ir.span(clear)));
            }
            return Some(Cleared::Always(self.ir.span(clear)));
        }
        own.map(|clear| Cleared::ByItself(self.ir.span(clear)))
    }

    /// Whether a clear concerns one of the places that the handle goes to.
    fn clears(&self, clear: ExprId, to: &Destinations) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(clear) else { return false };
        let Some(&arg) = self.ir.list(args).first() else { return false };
        if self.ir.binding_of(arg).is_some_and(|binding| to.locals.contains(&binding)) {
            return true;
        }
        let Some(place) = self.place(arg) else { return false };
        to.places.iter().any(|&own| own == place || self.same_field(own, place))
            || to.collections.iter().any(|&list| self.is_within(place, list) || self.same_field_within(place, list))
    }

    /// `conn.timer` here and `client.timer` there: the same field of what is likely the same object.
    fn same_field(&self, own: Place, other: Place) -> bool {
        match (self.split(own), self.split(other)) {
            (Some((_, Step::Field(a))), Some((_, Step::Field(b)))) => a == b,
            (Some((_, Step::Keyed(a))), Some((_, Step::Keyed(b)))) => a == b,
            (Some((a, Step::Entry)), Some((b, Step::Entry))) => a == b || self.same_field(a, b),
            _ => false,
        }
    }

    fn same_field_within(&self, mut place: Place, list: Place) -> bool {
        while let Some((of, step)) = self.split(place) {
            if step == Step::Entry && self.same_field(of, list) {
                return true;
            }
            place = of;
        }
        false
    }

    /// `this.timers.forEach(clearInterval)`, `for (const t of this.timers) clearInterval(t)` is seen by its place.
    fn cleared_as_list(&self, to: &Destinations) -> Option<ExprId> {
        self.uses.calls.iter().copied().find(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
            let passes = self
                .ir
                .list(args)
                .iter()
                .any(|&arg| self.is_timer_function(arg, "clearInterval") || self.is_timer_function(arg, "clearTimeout"));
            passes && self.content(object).is_some_and(|place| to.collections.contains(&place))
        })
    }

    /// Set again by code that runs again, with no clear on the way there.
    fn is_overwritten(&self, call: ExprId, to: &Destinations, clears: &[ExprId]) -> bool {
        let function = self.ir.function_of(call);
        let Some(&place) = to.places.first() else { return false };
        let region = match self.root(place) {
            Root::Instance(id) if !self.is_object(id) => Region::Instance(id),
            Root::Binding(binding) if self.is_module_level(binding) => Region::Function(Ir::MODULE),
            _ => return false,
        };
        if self.level(place) > 0 || self.context(call, region).kind != ContextKind::Repeated {
            return false;
        }
        // `if (this.timer) clearInterval(this.timer)` stands on a branch: what matters is that it comes first.
        let cleared_before = clears.iter().any(|&clear| self.clears(clear, to) && self.ir.function_of(clear) == function && clear < call);
        !cleared_before && !self.clears_in_callees(function, call, to, clears)
    }

    /// `this.stop()` before the interval is set, where `stop` clears it.
    fn clears_in_callees(&self, function: FnId, call: ExprId, to: &Destinations, clears: &[ExprId]) -> bool {
        self.uses.calls.iter().any(|&other| {
            other < call
                && self.ir.function_of(other) == function
                && self
                    .callee_function(other)
                    .is_some_and(|callee| clears.iter().any(|&clear| self.ir.function_of(clear) == callee && self.clears(clear, to)))
        })
    }
}

//! Where the handle of a timer goes.

use super::Model;
use super::ir::{AssignOp, BindingId, BindingKind, ExprId, ExprKind, FnId, PropKey};
use super::place::{Place, Root, Step};

/// Where a handle ends up.
#[derive(Default)]
pub(super) struct Destinations {
    pub places: Vec<Place>,
    pub collections: Vec<Place>,
    pub locals: Vec<BindingId>,
    pub handed_out: bool,
    /// Calls and constructions out of view that get it as an argument.
    pub given: Vec<ExprId>,
    /// Functions that return it.
    pub returned: Vec<FnId>,
    /// Part of what a component renders.
    pub rendered: bool,
    pub unref: bool,
    /// `x ??= setInterval(...)`: set only if there is none.
    pub is_conditional: bool,
}

/// Names and expressions that a handle is followed through.
const DEPTH: u32 = 8;

impl Model<'_> {
    pub(super) fn destinations(&self, handle: ExprId) -> Destinations {
        let mut found = self.loose_destinations(handle);
        found.handed_out |= !found.given.is_empty() || found.rendered;
        found
    }

    /// The same, where to be given to a call need not mean to be handed out.
    pub(super) fn loose_destinations(&self, handle: ExprId) -> Destinations {
        let mut found = Destinations::default();
        self.follow_also(handle, &mut found);
        found
    }

    /// The same, where a function of this file that returns it, and is called here, hands it to those who call it here.
    pub(super) fn destinations_by_callers(&self, handle: ExprId) -> Destinations {
        let mut found = Destinations::default();
        self.follow_handle(handle, &mut found, DEPTH);
        let mut next = 0;
        while let Some(&maker) = found.returned.get(next) {
            next += 1;
            if found.returned[..next - 1].contains(&maker) {
                continue;
            }
            let calls: Vec<ExprId> = self.uses.calls.iter().copied().filter(|&call| self.callee_function(call) == Some(maker)).collect();
            found.handed_out |= calls.is_empty() || next > DEPTH as usize;
            if !found.handed_out {
                calls.into_iter().for_each(|call| self.follow_handle(self.settled(call), &mut found, DEPTH));
            }
        }
        found
    }

    /// The same, where to be given to a call means to be handed out.
    pub(super) fn destinations_of_callers(&self, handle: ExprId) -> Destinations {
        let mut found = self.destinations_by_callers(handle);
        found.handed_out |= !found.given.is_empty() || found.rendered;
        found
    }

    /// The same, where whoever calls a function that returns it is another question.
    pub(super) fn own_destinations(&self, handle: ExprId) -> Destinations {
        let mut found = Destinations::default();
        self.follow_handle(handle, &mut found, DEPTH);
        found
    }

    pub(super) fn follow_also(&self, handle: ExprId, found: &mut Destinations) {
        self.follow_handle(handle, found, DEPTH);
        found.handed_out |= !found.returned.is_empty();
    }

    fn follow_handle(&self, value: ExprId, found: &mut Destinations, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let Some(parent) = self.uses.parent(value) else {
            found.places.extend(self.field_of(value));
            return;
        };
        let ir = self.ir;
        match ir.kind(parent) {
            ExprKind::Init { binding, .. } => self.follow_binding(binding, found, depth),
            ExprKind::Assign { op, target, value: assigned } if assigned == value => {
                found.is_conditional |= matches!(op, AssignOp::Nullish | AssignOp::Or);
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
            ExprKind::Call { callee, .. } if callee != value => self.follow_argument(parent, callee, value, found, depth),
            // What an executor returns nobody gets.
            ExprKind::Return(_) if self.is_promise_executor(ir.function_of(parent)) => {}
            ExprKind::New { .. } => found.given.push(parent),
            ExprKind::Jsx { .. } => found.rendered = true,
            ExprKind::Return(_) => found.returned.push(ir.function_of(parent)),
            ExprKind::Yield(_) | ExprKind::Await(_) => found.handed_out = true,
            ExprKind::Object { .. } => match self.stored_property(parent, value) {
                Some(place) => {
                    found.places.push(place);
                    found.handed_out |= matches!(self.root(place), Root::Exports);
                }
                // `get({ agent })`, `get({ agent: { https: agent } })`: it is for the callee to say.
                None => match self.options_given_to(parent) {
                    Some(call) => found.given.push(call),
                    None => found.handed_out = true,
                },
            },
            ExprKind::Array(_) => match self.uses.parent(parent).map(|outer| ir.kind(outer)) {
                Some(ExprKind::Init { binding, .. }) => found.collections.push(self.binding_place(binding)),
                Some(ExprKind::Assign { target, .. }) => found.collections.extend(self.place(target)),
                _ => found.handed_out = true,
            },
            _ => {}
        }
    }

    /// The call that gets an object literal, or one that has it as a property, as an argument.
    fn options_given_to(&self, mut object: ExprId) -> Option<ExprId> {
        loop {
            let parent = self.uses.parent(object)?;
            match self.ir.kind(parent) {
                ExprKind::Object { .. } => object = parent,
                _ => return self.is_argument(parent, object).then_some(parent),
            }
        }
    }

    fn is_argument(&self, call: ExprId, value: ExprId) -> bool {
        matches!(self.ir.kind(call), ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } if callee != value)
    }

    /// The field that a class declares with this value.
    pub(super) fn field_of(&self, value: ExprId) -> Option<Place> {
        let member = self.ir.classes.iter().flat_map(|class| &class.members).find(|member| member.value == Some(value))?;
        let PropKey::Name(name) = member.key else { return None };
        Some(self.project(self.this_place(self.ir.function_of(value)), Step::Field(name)))
    }

    /// The place of `{ timer: setInterval(...) }` if the object has a name.
    fn stored_property(&self, object: ExprId, value: ExprId) -> Option<Place> {
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        let name = self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
            PropKey::Name(name) if prop.value == value => Some(name),
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
        found.handed_out |= self.is_exported(binding) || self.ir[binding].kind == BindingKind::Using;
        for &at in self.uses.refs(binding) {
            self.follow_handle(at, found, depth);
        }
    }

    fn follow_argument(&self, call: ExprId, callee: ExprId, value: ExprId, found: &mut Destinations, depth: u32) {
        let name = self.callee_name(callee).unwrap_or_default();
        if matches!(name, "clearInterval" | "clearTimeout") || self.prints(callee) {
            return;
        }
        if let Some(place) = self.compiled_field(call, callee) {
            found.places.push(place);
            return;
        }
        let is_growth = matches!(name, "push" | "add" | "set" | "unshift");
        match self.ir.kind(callee) {
            ExprKind::Member { object, .. } if is_growth => match self.place(object) {
                Some(place) => found.collections.push(place),
                None => found.handed_out = true,
            },
            _ => match self.parameter(call, value) {
                Some(Some(binding)) => self.follow_binding(binding, found, depth),
                // A function of this file that does not take it.
                Some(None) => {}
                None => found.given.push(call),
            },
        }
    }

    /// `console.log`: what is printed is not kept.
    fn prints(&self, callee: ExprId) -> bool {
        matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.ir.global_of(object) == Some("console"))
    }

    /// The parameter of a function of this file that an argument becomes; none inside if it takes no such parameter by name.
    fn parameter(&self, call: ExprId, argument: ExprId) -> Option<Option<BindingId>> {
        let function = self.callee_function(call)?;
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        if matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if matches!(self.ir.name(property), "call" | "apply" | "bind"))
        {
            return None;
        }
        let index = self.ir.list(args).iter().position(|&arg| arg == argument)?;
        let params = &self.ir[function].params;
        match params.get(index) {
            Some(param) if param.is_rest || param.binding.is_none() => None,
            Some(param) => Some(param.binding),
            None if params.last().is_some_and(|last| last.is_rest) => None,
            None => Some(None),
        }
    }

    /// `__classPrivateFieldSet(this, _timer, handle, "f")`, `_defineProperty(this, "timer", handle)`.
    fn compiled_field(&self, call: ExprId, callee: ExprId) -> Option<Place> {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let args = self.ir.list(args);
        let name = self.callee_name(callee)?.trim_start_matches('_');
        if name.starts_with("classPrivateField") {
            return self.place(call).filter(|&place| matches!(self.split(place), Some((_, Step::Keyed(_)))));
        }
        match (name, args) {
            ("defineProperty", [owner, key, _]) => match self.ir.kind(*key) {
                ExprKind::String(name) => Some(self.project(self.place(*owner)?, Step::Field(name))),
                _ => None,
            },
            _ => None,
        }
    }
}

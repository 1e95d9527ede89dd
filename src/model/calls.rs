//! Who calls a function, and when what is handed to somebody else runs.

use rustc_hash::FxHashSet;

use super::Model;
use super::apis::Timing;
use super::entity::{EntityId, EntityKind, This};
use super::index::written_value;
use super::ir::{BindingId, BindingKind, Exported, ExprId, ExprKind, FnId, FunctionKind, NameId, PropKey, PropKind};
use super::place::{Place, Root};

/// One way in which a function comes to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Caller {
    pub how: How,
    /// The call, registration or export; the function's own expression where it is handed out.
    pub at: Option<ExprId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// Called, or constructed, right there.
    Called,
    /// A callback that runs at once for each element.
    EachElement,
    /// A callback that runs one time: at once, or later.
    Inline,
    Later,
    /// A callback that runs again and again.
    Repeats,
    Test,
    Exported,
    /// A method that anybody with the object can call.
    PublicMethod(EntityId, NameId),
    /// Handed to code that is not in view, stored, or returned.
    Escapes,
    Returned,
    /// Nothing in this file calls or hands it out.
    Uncalled,
}

/// How far values are followed through names before it is given up.
const DEPTH: u32 = 8;

impl Model<'_> {
    /// The function of this file that a call or construction runs.
    pub fn callee_function(&self, call: ExprId) -> Option<FnId> {
        let ir = self.ir;
        let (callee, is_new) = match ir.kind(call) {
            ExprKind::Call { callee, .. } => (callee, false),
            ExprKind::New { callee, .. } => (callee, true),
            _ => return None,
        };
        if is_new {
            let entity = self.entities.get(self.class_named_by(callee)?);
            return entity.constructor;
        }
        self.function_value(callee)
    }

    /// The function that an expression always is, followed through names, methods, `.bind`, `.call`.
    pub fn function_value(&self, value: ExprId) -> Option<FnId> {
        self.function_value_within(value, DEPTH)
    }

    fn function_value_within(&self, value: ExprId, depth: u32) -> Option<FnId> {
        let depth = depth.checked_sub(1)?;
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Function(function) => Some(function),
            ExprKind::Ident(_) => {
                let binding = ir.binding_of(value)?;
                self.uses.function_of_binding(binding).or_else(|| match self.uses.writes(binding) {
                    [write] => match ir.kind(written_value(ir, *write)?) {
                        ExprKind::Member { .. } | ExprKind::Call { .. } => self.function_value_within(written_value(ir, *write)?, depth),
                        _ => None,
                    },
                    _ => None,
                })
            }
            ExprKind::Member { object, property, .. } => match ir.name(property) {
                "call" | "apply" => self.function_value_within(object, depth),
                _ => self.method(object, property),
            },
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } if ir.name(property) == "bind" => self.function_value_within(object, depth),
                _ => self.returned_function(self.function_value_within(callee, depth)?),
            },
            _ => None,
        }
    }

    /// The closure that a function makes and returns.
    fn returned_function(&self, function: FnId) -> Option<FnId> {
        let [only] = self.uses.returns(function) else { return None };
        match self.ir.kind(*only) {
            ExprKind::Return(Some(value)) => match self.ir.kind(value) {
                ExprKind::Function(function) => Some(function),
                ExprKind::Ident(_) => self.uses.function_of_binding(self.ir.binding_of(value)?),
                _ => None,
            },
            _ => None,
        }
    }

    /// The method that `object.name` is, where the object's class is in this file.
    fn method(&self, object: ExprId, name: NameId) -> Option<FnId> {
        let (entity, is_static) = self.entity_of(object)?;
        let mut at = Some(entity);
        for _ in 0..8 {
            let entity = self.entities.get(at?);
            let found = if is_static { entity.statics.get(&name) } else { entity.methods.get(&name) };
            if let Some(&function) = found {
                return Some(function);
            }
            at = entity.base.and_then(|base| self.class_named_by(base));
        }
        None
    }

    /// The entity that an object is an instance of, or (true) the class object itself.
    pub fn entity_of(&self, object: ExprId) -> Option<(EntityId, bool)> {
        if matches!(self.ir.kind(object), ExprKind::Super) {
            // Its methods are those of the base class, where that is in this file.
            let (This::Instance(id) | This::Static(id)) = self.entities.this_of(self.ir.function_of(object)) else { return None };
            return Some((self.class_named_by(self.entities.get(id).base?)?, false));
        }
        if matches!(self.ir.kind(object), ExprKind::This) {
            return match self.entities.this_of(self.ir.function_of(object)) {
                This::Instance(id) => Some((id, false)),
                This::Static(id) => Some((id, true)),
                This::Unknown => None,
            };
        }
        self.entity_at(self.place(object)?)
    }

    pub fn entity_at(&self, place: Place) -> Option<(EntityId, bool)> {
        // `new Exchange(req).answer()`.
        if let (true, Root::Value(value)) = (self.is_root(place), self.root(place))
            && let Some(id) = self.constructed(value)
        {
            return Some((id, false));
        }
        if let (true, Root::Instance(id)) = (self.is_root(place), self.root(place)) {
            return Some((id, false));
        }
        if let (true, Root::Binding(binding)) = (self.is_root(place), self.root(place))
            && let Some(id) = self.entities.of_binding(binding)
        {
            return Some((id, !matches!(self.entities.get(id).kind, EntityKind::Object(_))));
        }
        // `const pool = new Pool()`, `this.pool = new Pool()`.
        self.initial_values(place).iter().find_map(|&value| self.constructed(value)).map(|id| (id, false))
    }

    /// The entity that `new X()` makes, where X is in this file.
    pub fn constructed(&self, value: ExprId) -> Option<EntityId> {
        match self.ir.kind(value) {
            ExprKind::New { callee, .. } => self.class_named_by(callee),
            ExprKind::Object { object, .. } => self.entities.of_object(object),
            _ => None,
        }
    }

    pub fn class_named_by(&self, callee: ExprId) -> Option<EntityId> {
        match self.ir.kind(callee) {
            ExprKind::Class(class) => self.entities.of_class(class),
            _ => match self.place(callee).map(|place| (self.is_root(place), self.root(place))) {
                Some((true, Root::Binding(binding))) => self.entities.of_binding(binding),
                _ => None,
            },
        }
    }

    /// How a function comes to run, as far as this file shows.
    pub fn callers(&self, function: FnId) -> std::rc::Rc<Vec<Caller>> {
        if let Some(known) = self.callers.borrow().get(&function) {
            return known.clone();
        }
        // Until they are known there are none: this ends cycles of functions that return each other.
        self.callers.borrow_mut().insert(function, std::rc::Rc::default());
        let mut search = CallerSearch { model: self, found: Vec::new(), seen: FxHashSet::default() };
        search.function(function);
        if search.found.is_empty() {
            search.found.push(Caller { how: How::Uncalled, at: None });
        }
        let callers = std::rc::Rc::new(search.found);
        self.callers.borrow_mut().insert(function, callers.clone());
        callers
    }

    /// What callers pass for a parameter; none if some caller is out of view.
    pub fn arguments(&self, function: FnId, index: u32) -> Option<Vec<ExprId>> {
        let mut found = Vec::new();
        for caller in self.callers(function).iter() {
            match (caller.how, caller.at.map(|at| self.ir.kind(at))) {
                (How::Called, Some(ExprKind::Call { args, .. } | ExprKind::New { args, .. })) => {
                    found.push(*self.ir.list(args).get(index as usize)?);
                }
                _ => return None,
            }
        }
        Some(found)
    }

    /// What the callers in view pass for a parameter, and whether all are in view.
    pub fn known_arguments(&self, function: FnId, index: u32) -> (Vec<ExprId>, bool) {
        let mut found = Vec::new();
        let mut complete = true;
        for caller in self.callers(function).iter() {
            match (caller.how, caller.at.map(|at| self.ir.kind(at))) {
                (How::Called, Some(ExprKind::Call { args, .. } | ExprKind::New { args, .. })) => {
                    found.extend(self.ir.list(args).get(index as usize))
                }
                // The first argument of a tag is one object for each place in the source.
                (How::Called, Some(ExprKind::TaggedTemplate { parts, .. })) if index > 0 => {
                    found.extend(self.ir.list(parts).get(index as usize - 1))
                }
                (How::Called, Some(ExprKind::TaggedTemplate { .. })) => {}
                _ => complete = false,
            }
        }
        (found, complete)
    }

    /// The last name of what is called: `on` of `emitter.on(...)`, `setInterval` of `setInterval(...)`.
    pub fn callee_name(&self, callee: ExprId) -> Option<&str> {
        match self.ir.kind(callee) {
            ExprKind::Member { property, .. } => Some(self.ir.name(property)),
            ExprKind::Ident(reference) => Some(self.ir.name(self.ir[reference].name)),
            ExprKind::Class(_) => None,
            _ => None,
        }
    }

    /// When a function passed as an argument of this call runs.
    pub fn argument_timing(&self, call: ExprId, argument: ExprId) -> Option<Timing> {
        let (callee, args) = match self.ir.kind(call) {
            ExprKind::Call { callee, args, .. } | ExprKind::New { callee, args } => (callee, args),
            _ => return None,
        };
        let name = self.callee_name(callee)?;
        let receiver = match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        if name == "replace" && self.ir.list(args).first() == Some(&argument) {
            return None;
        }
        let entry = self.apis.callbacks(name).find(|entry| {
            entry.receiver.is_empty() || receiver.is_some_and(|receiver| self.is_named_or_built_by(receiver, &entry.receiver))
        })?;
        let args = self.ir.list(args);
        if entry.timing == Timing::Repeats
            && (self.is_one_time_event(args.first().copied()) && !self.gets_a_peer(argument) || self.is_effect_of_mount(name, args))
        {
            return Some(Timing::Later);
        }
        Some(entry.timing)
    }

    /// `useEffect(f, [])`: one time for each mount.
    fn is_effect_of_mount(&self, name: &str, args: &[ExprId]) -> bool {
        name.starts_with("use")
            && args.get(1).is_some_and(|&list| matches!(self.ir.kind(list), ExprKind::Array(items) if self.ir.list(items).is_empty()))
    }

    /// `session.on('open', channel => channel.send(...))`: what is opened is another one each time.
    fn gets_a_peer(&self, handler: ExprId) -> bool {
        let ExprKind::Function(function) = self.ir.kind(handler) else { return false };
        let Some(param) = self.ir[function].params.first().and_then(|param| param.binding) else { return false };
        let name = self.ir.name(self.ir[param].name);
        let is_outcome = matches!(name, "err" | "error" | "e" | "event" | "ev" | "code" | "reason" | "signal" | "hadError");
        !is_outcome
            && self.uses.refs(param).iter().any(|&at| {
                let call = self.uses.parent(at).and_then(|member| self.uses.parent(member));
                call.is_some_and(|call| {
                    matches!(self.ir.kind(call), ExprKind::Call { callee, .. }
                    if matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if object == at))
                })
            })
    }

    fn is_one_time_event(&self, event: Option<ExprId>) -> bool {
        event.and_then(|event| self.string(event)).is_some_and(|event| self.apis.events.once.contains(event))
    }

    /// The text of an expression that is always one string.
    pub fn string(&self, expr: ExprId) -> Option<&str> {
        match self.ir.kind(self.constant(expr)?) {
            ExprKind::String(name) => Some(self.ir.name(name)),
            _ => None,
        }
    }

    /// Whether a receiver has one of the names, or was made by a call of one (`express()`, `new Router()`).
    pub fn is_named_or_built_by(&self, receiver: ExprId, names: &[String]) -> bool {
        let is_one = |name: Option<&str>| name.is_some_and(|name| names.iter().any(|one| one == name));
        if is_one(self.callee_name(receiver)) {
            return true;
        }
        let Some(place) = self.place(receiver) else { return false };
        if let (true, Root::Value(value)) = (self.is_root(place), self.root(place))
            && let ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } = self.ir.kind(value)
        {
            return is_one(self.callee_name(callee))
                || matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.is_named_or_built_by(object, names));
        }
        self.initial_values(place).iter().any(|&value| match self.ir.kind(value) {
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => is_one(self.callee_name(callee)),
            _ => false,
        })
    }

    /// Whether the file hands this binding to other files.
    pub fn is_exported(&self, binding: BindingId) -> bool {
        let ir = self.ir;
        ir.exports.iter().any(|export| match export.what {
            Exported::Binding(exported) => exported == binding,
            Exported::Local(reference) => ir[reference].binding == Some(binding),
            Exported::Expr(expr) => ir.binding_of(expr) == Some(binding),
            Exported::From(..) => false,
        }) || self.uses.refs(binding).iter().any(|&at| self.is_exported_value(at))
    }

    /// `exports.x = value`, `module.exports = value`, `module.exports = { value }`, `export default value`.
    pub fn is_exported_value(&self, value: ExprId) -> bool {
        let ir = self.ir;
        let Some(parent) = self.uses.parent(value) else {
            return ir.exports.iter().any(|export| export.what == Exported::Expr(value));
        };
        match ir.kind(parent) {
            ExprKind::Assign { target, value: assigned, .. } if assigned == value => {
                self.place(target).is_some_and(|place| self.root(place) == Root::Exports) || self.is_exported_value(parent)
            }
            ExprKind::Object { props, .. } => ir.prop_list(props).iter().any(|prop| prop.value == value) && self.is_exported_value(parent),
            _ => false,
        }
    }
}

/// `onclick`, `onMessage`: a property that takes the one handler of an event.
fn is_handler_property(name: &str) -> bool {
    name.len() > 2 && name.starts_with("on")
}

struct CallerSearch<'m, 'a> {
    model: &'m Model<'a>,
    found: Vec<Caller>,
    seen: FxHashSet<ExprId>,
}

impl CallerSearch<'_, '_> {
    fn add(&mut self, how: How, at: ExprId) {
        self.found.push(Caller { how, at: Some(at) });
    }

    fn function(&mut self, function: FnId) {
        let ir = self.model.ir;
        let declared = &ir[function];
        match declared.kind {
            FunctionKind::Module => return,
            FunctionKind::StaticInit | FunctionKind::Namespace => {
                self.found.push(Caller { how: How::Inline, at: None });
                return;
            }
            FunctionKind::FieldInit | FunctionKind::Constructor => {
                if let This::Instance(id) = self.model.entities.this_of(function) {
                    self.constructions(id);
                }
                return;
            }
            _ => {}
        }
        if let Some(expr) = declared.expr {
            self.value(expr);
        }
        for &binding in self.model.uses.bindings_of_function(function) {
            self.binding(binding);
        }
        self.as_member(function);
    }

    fn binding(&mut self, binding: BindingId) {
        let model = self.model;
        if model.ir.exports.iter().any(|export| matches!(export.what, Exported::Binding(exported) if exported == binding)) {
            self.found.push(Caller { how: How::Exported, at: None });
        }
        for export in &model.ir.exports {
            if let Exported::Local(reference) = export.what
                && model.ir[reference].binding == Some(binding)
            {
                self.found.push(Caller { how: How::Exported, at: None });
            }
        }
        for &at in model.uses.refs(binding) {
            self.value(at);
        }
    }

    /// The calls of a method on objects whose class is known, and anybody else's.
    fn as_member(&mut self, function: FnId) {
        for &(id, name, is_static) in self.model.entities.memberships(function) {
            self.member_uses(id, name, is_static);
        }
    }

    fn member_uses(&mut self, id: EntityId, name: NameId, is_static: bool) {
        let model = self.model;
        for at in model.reads_of(name) {
            let ExprKind::Member { object, .. } = model.ir.kind(at) else { continue };
            if model.entity_of(object).is_some_and(|(of, statics)| statics == is_static && model.is_a(of, id)) {
                self.value(at);
            }
        }
        if !model.ir.name(name).starts_with('#') && !model.is_closed(id) {
            self.found.push(Caller { how: How::PublicMethod(id, name), at: None });
        }
    }

    fn constructions(&mut self, id: EntityId) {
        let model = self.model;
        for &call in &model.uses.calls {
            if let ExprKind::New { callee, .. } = model.ir.kind(call)
                && model.class_named_by(callee) == Some(id)
            {
                self.add(How::Called, call);
            }
        }
        if let Some(binding) = model.entities.get(id).binding
            && model.is_exported(binding)
        {
            self.found.push(Caller { how: How::Exported, at: None });
        }
    }

    /// What becomes of an expression whose value is the function.
    fn value(&mut self, value: ExprId) {
        if !self.seen.insert(value) {
            return;
        }
        let ir = self.model.ir;
        let Some(parent) = self.model.uses.parent(value) else {
            if self.model.is_decorator(value) {
                self.add(How::Called, value);
            }
            if ir.exports.iter().any(|export| export.what == Exported::Expr(value)) {
                self.add(How::Exported, value);
            }
            return;
        };
        match ir.kind(parent) {
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } if callee == value => self.add(How::Called, parent),
            ExprKind::TaggedTemplate { tag, .. } if tag == value => self.add(How::Called, parent),
            ExprKind::Call { .. } | ExprKind::New { .. } => self.argument(parent, value),
            ExprKind::Member { property, .. } => self.member_of_function(parent, ir.name(property)),
            ExprKind::Init { binding, .. } => self.stored_in(binding, parent),
            ExprKind::Assign { target, value: assigned, .. } if assigned == value => match ir.binding_of(target) {
                Some(binding) => self.stored_in(binding, parent),
                None if self.model.place(target).is_some_and(|place| self.model.root(place) == Root::Exports) => {
                    self.add(How::Exported, parent)
                }
                None => self.stored_in_member(target, parent),
            },
            ExprKind::Logical(..) | ExprKind::Conditional(..) | ExprKind::Sequence(_) | ExprKind::Await(_) | ExprKind::Spread(_) => {
                self.value(parent)
            }
            ExprKind::Return(_) => self.returned(parent),
            ExprKind::Yield(_) => self.add(How::Returned, parent),
            ExprKind::Object { props, .. } => self.property(parent, props, value),
            ExprKind::Jsx { .. } => self.add(How::Repeats, parent),
            ExprKind::Array(_) => self.add(How::Escapes, parent),
            _ => {}
        }
    }

    /// A closure that is returned runs where the results of its maker's calls are called.
    fn returned(&mut self, at: ExprId) {
        let maker = self.model.ir.function_of(at);
        let is_plain = !self.model.ir[maker].is_async && !self.model.ir[maker].is_generator;
        let mut in_view = is_plain;
        if is_plain {
            for caller in self.model.callers(maker).iter() {
                match (caller.how, caller.at) {
                    (How::Called, Some(call)) => self.value(call),
                    _ => in_view = false,
                }
            }
        }
        if !in_view {
            self.add(How::Returned, at);
        }
    }

    fn member_of_function(&mut self, member: ExprId, name: &str) {
        if !matches!(name, "call" | "apply" | "bind") {
            return;
        }
        let Some(call) = self.model.uses.parent(member) else { return };
        match self.model.ir.kind(call) {
            ExprKind::Call { callee, .. } if callee == member && name == "bind" => self.value(call),
            ExprKind::Call { callee, .. } if callee == member => self.add(How::Called, call),
            _ => {}
        }
    }

    fn stored_in(&mut self, binding: BindingId, at: ExprId) {
        if self.model.uses.function_of_binding(binding).is_none() {
            self.binding(binding);
        }
        // `const f = exports.f = () => {}` hands out the assignment's value as well.
        if matches!(self.model.ir.kind(at), ExprKind::Assign { .. }) {
            self.value(at);
        }
    }

    fn stored_in_member(&mut self, target: ExprId, at: ExprId) {
        let model = self.model;
        let ExprKind::Member { object, property, .. } = model.ir.kind(target) else {
            self.add(How::Escapes, at);
            return;
        };
        match model.entity_of(object) {
            Some((id, is_static)) => {
                let known = model.entities.get(id);
                let is_member = if is_static { &known.statics } else { &known.methods }.contains_key(&property);
                if !is_member {
                    self.member_uses(id, property, is_static);
                }
            }
            // `X.prototype.m = f` is a member, and counted there.
            None if matches!(model.ir.kind(object), ExprKind::Member { property, .. } if model.ir.name(property) == "prototype") => {}
            None if is_handler_property(model.ir.name(property)) => self.add(How::Repeats, at),
            None => self.add(How::Escapes, at),
        }
    }

    /// A property of an object literal: a member, run by whoever gets the object.
    fn property(&mut self, object: ExprId, props: super::ir::List, value: ExprId) {
        let ir = self.model.ir;
        let Some(prop) = ir.prop_list(props).iter().find(|prop| prop.value == value) else { return };
        if prop.kind == PropKind::Spread {
            return;
        }
        let is_member = matches!(prop.key, PropKey::Name(_)) && matches!(ir.kind(value), ExprKind::Function(_));
        let ExprKind::Object { object: id, .. } = ir.kind(object) else {
            self.add(How::Escapes, object);
            return;
        };
        if !is_member || self.model.entities.of_object(id).is_none() {
            let how = if self.model.is_exported_value(object) { How::Exported } else { How::Escapes };
            self.add(how, object);
        }
    }

    fn argument(&mut self, call: ExprId, argument: ExprId) {
        let model = self.model;
        if let Some(timing) = model.argument_timing(call, argument) {
            let how = match timing {
                Timing::Loop => How::EachElement,
                Timing::Inline => How::Inline,
                Timing::Later => How::Later,
                Timing::Repeats => How::Repeats,
                Timing::Test => How::Test,
            };
            self.add(how, call);
            return;
        }
        if let Some(function) = model.callee_function(call)
            && let Some(how) = self.passed_on(call, argument, function)
        {
            self.add(how, call);
            return;
        }
        self.wrapped(call, argument);
    }

    /// A function of this file that only calls its parameter: the argument runs when it does.
    fn passed_on(&self, call: ExprId, argument: ExprId, function: FnId) -> Option<How> {
        let model = self.model;
        let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = model.ir.kind(call) else { return None };
        let index = model.ir.list(args).iter().position(|&arg| arg == argument)?;
        let param = model.ir[function].params.get(index)?.binding?;
        let uses = model.uses.refs(param);
        let calls = uses.iter().all(|&at| {
            model.uses.parent(at).is_some_and(|parent| matches!(model.ir.kind(parent), ExprKind::Call { callee, .. } if callee == at && model.ir.function_of(parent) == function))
        });
        if uses.is_empty() || !calls {
            return None;
        }
        let in_loop = uses.iter().any(|&at| model.ir[model.ir[at].block].in_loop.is_some());
        Some(if in_loop { How::EachElement } else { How::Inline })
    }

    /// `const handler = debounce(f)`: who gets the wrapper runs the function.
    fn wrapped(&mut self, call: ExprId, _argument: ExprId) {
        let before = self.found.len();
        if let Some(parent) = self.model.uses.parent(call) {
            let is_value = match self.model.ir.kind(parent) {
                ExprKind::Init { binding, .. } => self.model.ir[binding].kind != BindingKind::Catch,
                ExprKind::Assign { .. } | ExprKind::Return(_) | ExprKind::Object { .. } => true,
                ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => callee != call,
                _ => false,
            };
            if is_value {
                self.value(call);
            }
        }
        if self.found.len() == before {
            self.add(How::Escapes, call);
        }
    }
}

impl Model<'_> {
    /// Whether instances of `id` are instances of `base`.
    pub fn is_a(&self, id: EntityId, base: EntityId) -> bool {
        let mut at = Some(id);
        for _ in 0..8 {
            match at {
                Some(one) if one == base => return true,
                Some(one) => at = self.entities.get(one).base.and_then(|base| self.class_named_by(base)),
                None => return false,
            }
        }
        false
    }

    /// Whether a function without callers is out of reach for other files as well: a method of a class that stays in this file.
    pub fn is_known_dead(&self, function: FnId) -> bool {
        self.entities.memberships(function).iter().any(|&(id, _, _)| self.is_closed(id))
    }

    /// Whether all objects of a class are made and used in this file, so that no method has callers elsewhere.
    pub fn is_closed(&self, id: EntityId) -> bool {
        if let Some(&known) = self.closed.borrow().get(&id) {
            return known;
        }
        self.closed.borrow_mut().insert(id, false);
        let closed = self.find_closed(id);
        self.closed.borrow_mut().insert(id, closed);
        closed
    }

    fn find_closed(&self, id: EntityId) -> bool {
        let entity = self.entities.get(id);
        if matches!(entity.kind, EntityKind::Object(_)) || entity.base.is_some() {
            return false;
        }
        let Some(binding) = entity.binding else { return false };
        if self.is_exported(binding) {
            return false;
        }
        !self.uses.refs(binding).is_empty()
            && self.uses.refs(binding).iter().all(|&at| {
                let Some(parent) = self.uses.parent(at) else { return false };
                match self.ir.kind(parent) {
                    ExprKind::New { callee, .. } if callee == at => self.is_kept_here(parent),
                    ExprKind::Member { .. } => true,
                    ExprKind::Assign { target, .. } => target == at,
                    ExprKind::Binary(super::ir::BinaryOp::InstanceOf, ..) => true,
                    _ => false,
                }
            })
    }

    /// An object that only names of this file get, which only use its members.
    fn is_kept_here(&self, made: ExprId) -> bool {
        let Some(parent) = self.uses.parent(made) else { return !self.is_exported_value(made) };
        match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => {
                !self.is_exported(binding)
                    && self.uses.refs(binding).iter().all(|&at| {
                        self.uses.parent(at).is_some_and(|parent| {
                            let member = matches!(self.ir.kind(parent), ExprKind::Member { .. });
                            // A method that is taken off its object can go anywhere.
                            member
                                && self.uses.parent(parent).is_some_and(|outer| match self.ir.kind(outer) {
                                    ExprKind::Call { callee, .. } => callee == parent,
                                    ExprKind::Member { .. } | ExprKind::Binary(..) | ExprKind::Update { .. } | ExprKind::Template(_) => {
                                        true
                                    }
                                    ExprKind::Assign { target, .. } => target == parent,
                                    _ => false,
                                })
                        })
                    })
            }
            ExprKind::Member { .. } => true,
            _ => false,
        }
    }

    /// Whether an expression decorates a class, a member or a parameter.
    fn is_decorator(&self, expr: ExprId) -> bool {
        let members = || self.ir.classes.iter().flat_map(|class| class.members.iter());
        self.ir.classes.iter().any(|class| class.decorators.contains(&expr))
            || members().any(|member| member.decorators.contains(&expr))
            || self.ir.functions.iter().any(|function| function.params.iter().any(|param| param.decorators.contains(&expr)))
    }

    /// Every read of a property of this name.
    pub fn reads_of(&self, name: NameId) -> Vec<ExprId> {
        let mut by_name = self.reads_by_name.borrow_mut();
        let by_name = by_name.get_or_insert_with(|| {
            let mut table = rustc_hash::FxHashMap::<NameId, Vec<ExprId>>::default();
            for id in self.ir.expr_ids() {
                if let ExprKind::Member { property, .. } = self.ir.kind(id) {
                    table.entry(property).or_default().push(id);
                }
            }
            table
        });
        by_name.get(&name).cloned().unwrap_or_default()
    }
}

//! Who calls a function, and when what is handed to somebody else runs.

use super::Model;
use super::apis::Timing;
use super::callers::CallerSearch;
use super::entity::{EntityId, EntityKind, This};
use super::index::written_value;
use super::ir::{BindingId, Exported, ExprId, ExprKind, FnId, NameId, PropKey};
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

    /// Whether something else in this file calls a function.
    pub(super) fn is_called_here(&self, function: FnId) -> bool {
        self.callers(function).iter().any(|caller| match (caller.how, caller.at) {
            (How::Called | How::EachElement | How::Inline | How::Later | How::Repeats, Some(at)) => {
                !self.is_inside(self.ir.function_of(at), function)
            }
            _ => false,
        })
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
                "call" | "apply" => self.method(object, property).or_else(|| self.function_value_within(object, depth)),
                _ => self.method(object, property).or_else(|| self.function_by_property(value)),
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
        if !self.entities.names_member(name) {
            return None;
        }
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
        self.each_initial_value(place).find_map(|value| self.constructed(value)).map(|id| (id, false))
    }

    /// The entity that `new X()` makes, where X is in this file.
    pub fn constructed(&self, value: ExprId) -> Option<EntityId> {
        match self.ir.kind(value) {
            ExprKind::New { callee, .. } => self.class_named_by(callee),
            ExprKind::Object { object, .. } => self.entities.of_object(object),
            _ => None,
        }
    }

    /// Whether an object is the result of a function of this file that returns this one, or one of several: `const store = createStore(kind)`.
    pub(super) fn may_be_made_as(&self, object: ExprId, id: EntityId) -> bool {
        if !matches!(self.entities.get(id).kind, EntityKind::Object(_)) {
            return false;
        }
        let value = match self.ir.binding_of(object).map(|binding| self.uses.writes(binding)) {
            Some([write]) => written_value(self.ir, *write),
            Some(_) => None,
            None => Some(object),
        };
        let Some(value) = value else { return false };
        let call = if let ExprKind::Await(inner) = self.ir.kind(value) { inner } else { value };
        let Some(maker) = self.callee_function(call).filter(|_| matches!(self.ir.kind(call), ExprKind::Call { .. })) else { return false };
        self.uses.returns(maker).iter().any(|&at| {
            let ExprKind::Return(Some(value)) = self.ir.kind(at) else { return false };
            self.constructed(value).or_else(|| self.entity_of(value).map(|(of, _)| of)) == Some(id)
        })
    }

    pub fn class_named_by(&self, callee: ExprId) -> Option<EntityId> {
        match self.ir.kind(callee) {
            ExprKind::Class(class) => self.entities.of_class(class),
            _ => match self.place(callee).map(|place| (self.is_root(place), self.root(place))) {
                Some((true, Root::Binding(binding))) => self.entities.of_binding(binding),
                _ => self.static_class(callee),
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
        let mut search = CallerSearch::new(self);
        search.function(function);
        // Beside others, the emitter is code out of view as any other, unless it is the one that runs the function just now.
        if !search.found.is_empty() {
            let others = search.removals.iter().filter(|&&at| self.ir.function_of(at) != function);
            search.found.extend(others.map(|&at| Caller { how: How::Escapes, at: Some(at) }));
        } else {
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
            (entry.receiver.is_empty() || receiver.is_some_and(|receiver| self.is_named_or_built_by(receiver, &entry.receiver)))
                && (entry.modules.is_empty()
                    || self.imported(callee).is_some_and(|(module, _)| entry.modules.iter().any(|own| own == module)))
        })?;
        let args = self.ir.list(args);
        if entry.timing == Timing::Repeats
            && (!entry.own_names && self.is_one_time_event(args.first().copied()) && !self.gets_a_peer(argument)
                || self.is_effect_of_mount(name, args)
                || entry.by_signals && !self.reads_signal(argument)
                || self.is_told_once(args)
                || self.takes_plugins(call) && self.function_value(argument).is_some_and(|function| self.sets_up(function))
                || receiver.is_some_and(|receiver| self.is_failure_to_listen(receiver, args)))
        {
            return Some(Timing::Later);
        }
        Some(entry.timing)
    }

    /// `addEventListener('message', f, { once: true })`.
    fn is_told_once(&self, args: &[ExprId]) -> bool {
        let Some(ExprKind::Object { props, .. }) = args.get(2).map(|&options| self.ir.kind(options)) else { return false };
        self.ir.prop_list(props).iter().any(|prop| {
            matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == "once")
                && matches!(self.ir.kind(prop.value), ExprKind::Bool(true))
        })
    }

    /// Whether a function calls something without arguments while it runs.
    fn reads_signal(&self, value: ExprId) -> bool {
        let Some(function) = self.function_value(value) else { return true };
        self.uses.calls.iter().any(|&call| match self.ir.kind(call) {
            ExprKind::Call { args, .. } => self.ir.function_of(call) == function && self.ir.list(args).is_empty(),
            _ => false,
        })
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

    /// `app.listen(port).on('error', ...)`: a server that cannot listen says so one time.
    fn is_failure_to_listen(&self, mut receiver: ExprId, args: &[ExprId]) -> bool {
        if args.first().and_then(|&event| self.string(event)) != Some("error") {
            return false;
        }
        while let ExprKind::Call { callee, .. } = self.ir.kind(receiver)
            && let ExprKind::Member { object, property, .. } = self.ir.kind(callee)
        {
            if self.ir.name(property) == "listen" {
                return true;
            }
            receiver = object;
        }
        false
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

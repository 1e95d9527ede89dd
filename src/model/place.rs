//! Who is meant: two operations concern the same holder iff their Places are equal.

use rustc_hash::FxHashMap;

use super::Model;
use super::entity::{EntityId, EntityKind, This};
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, LogicalOp, NameId};

/// An interned root with projections.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Place(u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Root {
    Binding(BindingId),
    /// `this` of a class, function constructor or object.
    Instance(EntityId),
    /// `this` of a function whose caller decides what it is.
    UnknownThis(FnId),
    Global(NameId),
    GlobalObject,
    /// `module.exports`, `exports`.
    Exports,
    /// The result of a call or an allocation that no name stands for.
    Value(ExprId),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    Field(NameId),
    /// `[kName]` where a module-level constant, usually a symbol, is the key.
    Keyed(BindingId),
    /// One entry, whichever: `[k]`, `.get(k)`, an iteration's element.
    Entry,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Node {
    Root(Root),
    Step(Place, Step),
}

#[derive(Debug, Default)]
pub(super) struct Places {
    nodes: Vec<Node>,
    ids: FxHashMap<Node, Place>,
    /// By expression: what [`Model::place`] found.
    of_expr: Vec<Known>,
    of_binding: FxHashMap<BindingId, Option<Place>>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Known {
    #[default]
    NotYet,
    Nothing,
    Place(Place),
}

impl Places {
    pub(super) fn new(exprs: usize) -> Self {
        Self { of_expr: vec![Known::NotYet; exprs], ..Self::default() }
    }

    /// Drops what was looked up; the places themselves stay valid.
    pub(super) fn forget(&mut self) {
        self.of_expr.fill(Known::NotYet);
        self.of_binding.clear();
    }
}

/// Methods that give a new list of what the receiver holds, or an iterator over it.
const CONTENT: &[&str] = &["values", "slice", "filter", "reverse", "sort", "concat", "toReversed", "toSorted", "entries"];
/// Methods whose callback gets an element as its first argument.
pub(crate) const ELEMENT_CALLBACK: &[&str] = &["forEach", "map", "filter", "some", "every", "find", "findLast", "findIndex", "flatMap"];

impl Model<'_> {
    fn intern(&self, node: Node) -> Place {
        let mut places = self.places.borrow_mut();
        if let Some(&place) = places.ids.get(&node) {
            return place;
        }
        let place = Place(places.nodes.len() as u32);
        places.nodes.push(node);
        places.ids.insert(node, place);
        place
    }

    pub fn root_place(&self, root: Root) -> Place {
        self.intern(Node::Root(root))
    }

    pub fn project(&self, place: Place, step: Step) -> Place {
        self.intern(Node::Step(place, step))
    }

    fn node(&self, place: Place) -> Node {
        self.places.borrow().nodes[place.0 as usize]
    }

    pub fn root(&self, mut place: Place) -> Root {
        loop {
            match self.node(place) {
                Node::Root(root) => return root,
                Node::Step(of, _) => place = of,
            }
        }
    }

    /// What it is a projection of, and the last step; none for a root.
    pub fn split(&self, place: Place) -> Option<(Place, Step)> {
        match self.node(place) {
            Node::Root(_) => None,
            Node::Step(of, step) => Some((of, step)),
        }
    }

    pub fn is_root(&self, place: Place) -> bool {
        self.split(place).is_none()
    }

    /// How many entries deep it is: 0 for `cache`, 1 for `cache.get(k)`.
    pub fn level(&self, mut place: Place) -> u32 {
        let mut level = 0;
        while let Some((of, step)) = self.split(place) {
            level += u32::from(step == Step::Entry);
            place = of;
        }
        level
    }

    /// The outermost container: `rooms` of `rooms.get(id).members`.
    pub fn container(&self, place: Place) -> Place {
        let (mut at, mut found) = (place, place);
        while let Some((of, step)) = self.split(at) {
            if step == Step::Entry {
                found = of;
            }
            at = of;
        }
        found
    }

    /// Whether `place` is `outer` or a part of it.
    pub fn is_within(&self, mut place: Place, outer: Place) -> bool {
        loop {
            if place == outer {
                return true;
            }
            match self.split(place) {
                Some((of, _)) => place = of,
                None => return false,
            }
        }
    }

    /// The place that an expression reads or denotes, aliases resolved.
    pub fn place(&self, expr: ExprId) -> Option<Place> {
        match self.places.borrow().of_expr[expr.index()] {
            Known::NotYet => {}
            Known::Nothing => return None,
            Known::Place(place) => return Some(place),
        }
        // Until it is known it is nothing: this ends cycles of aliases.
        self.places.borrow_mut().of_expr[expr.index()] = Known::Nothing;
        let place = self.find_place(expr);
        self.places.borrow_mut().of_expr[expr.index()] = place.map_or(Known::Nothing, Known::Place);
        place
    }

    fn find_place(&self, expr: ExprId) -> Option<Place> {
        let ir = self.ir;
        match ir.kind(expr) {
            ExprKind::Ident(reference) => match ir[reference].binding {
                Some(binding) => Some(self.binding_place(binding)),
                None if matches!(ir.name(ir[reference].name), "undefined" | "NaN" | "Infinity") => None,
                None => Some(self.global_place(ir[reference].name)),
            },
            ExprKind::This => Some(self.this_place(ir.function_of(expr))),
            ExprKind::Super => Some(self.this_place(ir.function_of(expr))),
            ExprKind::Member { object, property, .. } => self.member_place(object, property),
            ExprKind::Index { object, index } => {
                let object = self.place(object)?;
                Some(self.project(object, self.index_step(index)))
            }
            ExprKind::Assign { target, value, .. } => self.place(target).or_else(|| self.place(value)),
            ExprKind::Logical(LogicalOp::Or | LogicalOp::Nullish, left, right) => self.agreed(&[left, right]),
            ExprKind::Logical(LogicalOp::And, _, right) => self.place(right),
            ExprKind::Conditional(_, yes, no) => self.agreed(&[yes, no]),
            ExprKind::Sequence(list) => self.place(*ir.list(list).last()?),
            ExprKind::Element(iterable) => Some(self.project(self.content(iterable)?, Step::Entry)),
            ExprKind::Call { callee, args, .. } => self.call_place(expr, callee, ir.list(args)),
            ExprKind::New { .. } | ExprKind::Param(_) => Some(self.root_place(Root::Value(expr))),
            _ => None,
        }
    }

    fn global_place(&self, name: NameId) -> Place {
        match self.ir.name(name) {
            "globalThis" | "global" | "window" | "self" => self.root_place(Root::GlobalObject),
            "exports" => self.root_place(Root::Exports),
            _ => self.root_place(Root::Global(name)),
        }
    }

    pub fn this_place(&self, function: FnId) -> Place {
        match self.entities.this_of(function) {
            This::Instance(id) => self.instance_place(id),
            This::Static(id) => self.static_place(id),
            This::Unknown => {
                let mut at = function;
                // An arrow has the unknown `this` of the function around it.
                while self.ir[at].kind == super::ir::FunctionKind::Arrow
                    && let Some(parent) = self.ir[at].parent
                {
                    at = parent;
                }
                if at == super::ir::Ir::MODULE { self.root_place(Root::Exports) } else { self.root_place(Root::UnknownThis(at)) }
            }
        }
    }

    /// `this` inside the members of an entity. An object literal with a name is that name.
    pub fn instance_place(&self, id: EntityId) -> Place {
        let entity = self.entities.get(id);
        match (entity.kind, entity.binding) {
            (EntityKind::Object(_), Some(binding)) => self.root_place(Root::Binding(binding)),
            (EntityKind::Object(object), None) if self.is_exported_object(self.ir.objects[object.index()]) => {
                self.root_place(Root::Exports)
            }
            _ => self.root_place(Root::Instance(id)),
        }
    }

    fn static_place(&self, id: EntityId) -> Place {
        match self.entities.get(id).binding {
            Some(binding) => self.root_place(Root::Binding(binding)),
            None => self.root_place(Root::Instance(id)),
        }
    }

    /// `module.exports = { ... }`.
    fn is_exported_object(&self, object: ExprId) -> bool {
        match self.uses.parent(object).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Assign { target, .. }) => self.place(target).is_some_and(|place| self.node(place) == Node::Root(Root::Exports)),
            _ => false,
        }
    }

    fn member_place(&self, object: ExprId, property: NameId) -> Option<Place> {
        let ir = self.ir;
        let name = ir.name(property);
        if name == "prototype"
            && let Some(id) = ir.binding_of(object).and_then(|binding| self.entities.of_binding(binding))
        {
            return Some(self.root_place(Root::Instance(id)));
        }
        if let ExprKind::Element(iterable) = ir.kind(object)
            && self.yields_pairs(iterable)
        {
            // `[key, value]` of a Map or of Object.entries: the value is the entry.
            return if name == "1" { self.place(object) } else { None };
        }
        let of = self.place(object)?;
        match self.node(of) {
            Node::Root(Root::GlobalObject) => Some(self.global_place(property)),
            Node::Root(Root::Global(global)) if name == "exports" && ir.name(global) == "module" => Some(self.root_place(Root::Exports)),
            Node::Root(Root::Instance(id)) if name == "constructor" => Some(self.static_place(id)),
            _ => Some(self.project(of, Step::Field(property))),
        }
    }

    /// The step that an index takes: a field, if it is always the same one.
    pub(super) fn index_step(&self, index: ExprId) -> Step {
        match self.constant(index).map(|value| (value, self.ir.kind(value))) {
            Some((_, ExprKind::String(name))) => Step::Field(name),
            Some((_, ExprKind::Call { .. })) => match self.ir.binding_of(index) {
                Some(binding) => Step::Keyed(binding),
                None => Step::Entry,
            },
            _ => Step::Entry,
        }
    }

    /// The literal, or the `Symbol(...)` call, that an expression always is.
    pub fn constant(&self, expr: ExprId) -> Option<ExprId> {
        match self.ir.kind(expr) {
            ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => Some(expr),
            ExprKind::Ident(_) => {
                let binding = self.ir.binding_of(expr)?;
                let [write] = self.uses.writes(binding) else { return None };
                let value = written_value(self.ir, *write)?;
                match self.ir.kind(value) {
                    ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Bool(_) => Some(value),
                    ExprKind::Call { callee, .. } if self.is_symbol(callee) && self.is_module_level(binding) => Some(value),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn is_symbol(&self, callee: ExprId) -> bool {
        match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => self.ir.global_of(object) == Some("Symbol"),
            _ => self.ir.global_of(callee) == Some("Symbol"),
        }
    }

    pub fn is_module_level(&self, binding: BindingId) -> bool {
        self.ir[self.ir[binding].scope].function == super::ir::Ir::MODULE
    }

    /// The place that all of several alternatives denote; allocations, literals and calls beside a place do not count
    /// (`x || (x = new Map())`).
    fn agreed(&self, alternatives: &[ExprId]) -> Option<Place> {
        let mut found = None;
        for &alternative in alternatives {
            let Some(place) = self.alias_target(alternative) else { continue };
            if found.is_some_and(|found| found != place) {
                return None;
            }
            found = Some(place);
        }
        found
    }

    /// The place that a value is another name of; none for a fresh value.
    fn alias_target(&self, value: ExprId) -> Option<Place> {
        let place = self.place(value)?;
        match self.node(place) {
            Node::Root(Root::Value(_)) => None,
            _ => Some(place),
        }
    }

    pub fn binding_place(&self, binding: BindingId) -> Place {
        let known = self.places.borrow().of_binding.get(&binding).copied();
        let alias = known.unwrap_or_else(|| {
            self.places.borrow_mut().of_binding.insert(binding, None);
            let alias = self.alias_of(binding);
            self.places.borrow_mut().of_binding.insert(binding, alias);
            alias
        });
        alias.unwrap_or_else(|| self.root_place(Root::Binding(binding)))
    }

    /// What a binding is just another name of: `const self = this`, `const m = this.cache.get(k)`, an element in a callback.
    fn alias_of(&self, binding: BindingId) -> Option<Place> {
        let ir = self.ir;
        match ir[binding].kind {
            BindingKind::Param(function, index) => return self.element_param(function, index),
            BindingKind::Const | BindingKind::Let | BindingKind::Var | BindingKind::Using => {}
            _ => return None,
        }
        let mut found = None;
        for &write in self.uses.writes(binding) {
            let value = written_value(ir, write)?;
            match self.alias_target(value) {
                Some(place) if found.is_none_or(|found| found == place) => found = Some(place),
                Some(_) => return None,
                None if self.is_neutral(value) => {}
                None => return None,
            }
        }
        found.filter(|&place| self.outlives(place, binding))
    }

    /// A value that may stand beside the aliased one: it is put into the place right after, or stands for its absence.
    fn is_neutral(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Null | ExprKind::Undefined | ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::New { .. } => true,
            ExprKind::Ident(_) => self.ir.global_of(value) == Some("undefined"),
            ExprKind::Unary(super::ir::UnaryOp::Void, _) => true,
            _ => false,
        }
    }

    /// A place can stand for a binding only if it is still the same one wherever the binding is read.
    fn outlives(&self, place: Place, binding: BindingId) -> bool {
        let own = self.ir[self.ir[binding].scope].function;
        let root = match self.root(place) {
            Root::Binding(root) => self.ir[self.ir[root].scope].function,
            Root::Value(expr) => self.ir.function_of(expr),
            _ => return true,
        };
        self.is_inside(own, root) || self.runs_once(root)
    }

    /// Whether `inner` is `outer` or written inside it.
    pub fn is_inside(&self, inner: FnId, outer: FnId) -> bool {
        let mut at = Some(inner);
        while let Some(function) = at {
            if function == outer {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }

    fn element_param(&self, function: FnId, index: u32) -> Option<Place> {
        let expr = self.ir[function].expr?;
        let call = self.uses.parent(expr)?;
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let is_element = index == 0 && self.ir.list(args).first() == Some(&expr) && ELEMENT_CALLBACK.contains(&self.ir.name(property));
        if !is_element || self.yields_pairs(object) && self.is_pair_list(object) {
            return None;
        }
        Some(self.project(self.content(object)?, Step::Entry))
    }

    /// The place whose entries an iterable yields.
    pub fn content(&self, iterable: ExprId) -> Option<Place> {
        let ir = self.ir;
        match ir.kind(iterable) {
            ExprKind::Call { callee, args, .. } => {
                let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return self.place(iterable) };
                let name = ir.name(property);
                match ir.global_of(object) {
                    Some("Object") if matches!(name, "values" | "entries") => self.content(*ir.list(args).first()?),
                    Some("Array") if name == "from" => self.content(*ir.list(args).first()?),
                    Some("Object" | "Array" | "Reflect") => None,
                    _ if CONTENT.contains(&name) => self.content(object),
                    _ => self.place(iterable),
                }
            }
            ExprKind::Array(list) => match ir.list(list) {
                [only] => match ir.kind(*only) {
                    ExprKind::Spread(of) => self.content(of),
                    _ => None,
                },
                _ => None,
            },
            _ => self.place(iterable),
        }
    }

    /// Whether iterating gives `[key, value]` pairs.
    fn yields_pairs(&self, iterable: ExprId) -> bool {
        if self.is_pair_list(iterable) {
            return true;
        }
        self.place(iterable).is_some_and(|place| {
            self.initial_values(place)
                .iter()
                .any(|&value| matches!(self.ir.kind(value), ExprKind::New { callee, .. } if self.ir.global_of(callee) == Some("Map")))
        })
    }

    fn is_pair_list(&self, iterable: ExprId) -> bool {
        match self.ir.kind(iterable) {
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } => match self.ir.name(property) {
                    "entries" => true,
                    "from" => self.ir.list(args).first().is_some_and(|&arg| self.yields_pairs(arg)),
                    _ => self.is_pair_list(object),
                },
                _ => false,
            },
            ExprKind::Array(list) => match self.ir.list(list) {
                [only] => matches!(self.ir.kind(*only), ExprKind::Spread(of) if self.yields_pairs(of)),
                _ => false,
            },
            _ => false,
        }
    }

    fn call_place(&self, call: ExprId, callee: ExprId, args: &[ExprId]) -> Option<Place> {
        let ir = self.ir;
        if let ExprKind::Member { object, property, .. } = ir.kind(callee)
            && ir.name(property) == "get"
            && args.len() == 1
            && let Some(of) = self.place(object)
            && !matches!(self.node(of), Node::Root(Root::Global(_) | Root::GlobalObject))
        {
            return Some(self.project(of, Step::Entry));
        }
        if let Some(place) = self.compiled_private(callee, args) {
            return Some(place);
        }
        if let Some(&this) = args.first().filter(|_| self.is_compiled_super(callee)) {
            return self.place(this);
        }
        if let Some(function) = self.callee_function(call)
            && let Some(place) = self.returned_place(function)
        {
            // `return this` gives back the receiver.
            if let (true, Root::Instance(_), ExprKind::Member { object, .. }) = (self.is_root(place), self.root(place), ir.kind(callee)) {
                return self.place(object);
            }
            return Some(place);
        }
        Some(self.root_place(Root::Value(call)))
    }

    /// `_possibleConstructorReturn(this, ...)`, `_callSuper(this, X)`, `_super.call(this)`: the instance itself.
    fn is_compiled_super(&self, callee: ExprId) -> bool {
        match self.ir.kind(callee) {
            ExprKind::Ident(reference) => {
                let name = self.ir.name(self.ir[reference].name);
                matches!(name, "_possibleConstructorReturn" | "_callSuper" | "_assertThisInitialized" | "__possibleConstructorReturn")
            }
            ExprKind::Member { object, property, .. } => {
                matches!(self.ir.name(property), "call" | "apply")
                    && matches!(self.ir.kind(object), ExprKind::Ident(reference) if self.ir.name(self.ir[reference].name).starts_with("_super"))
            }
            _ => false,
        }
    }

    /// `_classPrivateFieldGet(this, _cache)`, `__classPrivateFieldGet(this, _Store_cache, "f")`.
    fn compiled_private(&self, callee: ExprId, args: &[ExprId]) -> Option<Place> {
        let name = match self.ir.kind(callee) {
            ExprKind::Ident(reference) => self.ir.name(self.ir[reference].name),
            ExprKind::Member { property, .. } => self.ir.name(property),
            _ => return None,
        };
        if !name.trim_start_matches('_').starts_with("classPrivateField") {
            return None;
        }
        let field = args.iter().skip(1).find_map(|&arg| self.ir.binding_of(arg))?;
        Some(self.project(self.place(*args.first()?)?, Step::Keyed(field)))
    }

    /// The place that every return of a small accessor denotes, if it outlives the call.
    fn returned_place(&self, function: FnId) -> Option<Place> {
        let returns = self.uses.returns(function);
        if returns.len() > 2 || self.ir[function].is_async || self.ir[function].is_generator {
            return None;
        }
        let mut found = None;
        for &at in returns {
            let ExprKind::Return(Some(value)) = self.ir.kind(at) else { return None };
            let place = self.alias_target(value)?;
            if found.is_some_and(|found| found != place) {
                return None;
            }
            found = Some(place);
        }
        found.filter(|&place| match self.root(place) {
            // What an immediately invoked function returns of its own is one object all the same.
            Root::Binding(binding) => !self.is_inside(self.ir[self.ir[binding].scope].function, function) || self.runs_once(function),
            Root::Instance(_) | Root::Exports | Root::Global(_) => true,
            _ => false,
        })
    }
}

//! Who is meant: two operations concern the same holder iff their Places are equal.

use rustc_hash::{FxBuildHasher, FxHashMap};

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
    /// The application of a framework, which another file makes.
    Application,
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
    /// By binding: what it is another name of.
    pub(super) of_binding: Vec<Known>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Known {
    #[default]
    NotYet,
    Nothing,
    Place(Place),
}

impl Place {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Places {
    pub(super) fn new(exprs: usize, bindings: usize) -> Self {
        // About as many as 31 MB of packages came to; a wrong guess costs a reallocation.
        let ids = FxHashMap::with_capacity_and_hasher(exprs / 12, FxBuildHasher);
        Self { ids, of_expr: vec![Known::NotYet; exprs], of_binding: vec![Known::NotYet; bindings], ..Self::default() }
    }

    /// Drops what was looked up; the places themselves stay valid.
    pub(super) fn forget(&mut self) {
        self.of_expr.fill(Known::NotYet);
        self.of_binding.fill(Known::NotYet);
    }
}

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

    /// What is emptied and filled by an operation on a place: the outermost container, or, in the value of a weak map with one lasting key, the
    /// outermost one of that value.
    pub fn holding_container(&self, place: Place) -> Place {
        let outer = self.container(place);
        if outer == place || !self.has_one_lasting_key(outer) {
            return outer;
        }
        let (mut at, mut found) = (place, place);
        while let Some((of, step)) = self.split(at)
            && at != self.project(outer, Step::Entry)
        {
            if step == Step::Entry {
                found = of;
            }
            at = of;
        }
        found
    }

    /// A weak map that is only ever asked for one key, which lives as long as the module.
    fn has_one_lasting_key(&self, table: Place) -> bool {
        let is_weak =
            |value: &ExprId| matches!(self.ir.kind(*value), ExprKind::New { callee, .. } if self.callee_name(callee) == Some("WeakMap"));
        let Root::Binding(binding) = self.root(table) else { return false };
        if !self.is_root(table) || !self.initial_values(table).iter().any(is_weak) {
            return false;
        }
        let keys: Vec<Option<Place>> = self
            .uses
            .refs(binding)
            .iter()
            .filter_map(|&at| self.uses.parent(self.uses.parent(at)?))
            .map(|call| match self.ir.kind(call) {
                ExprKind::Call { args, .. } => self.ir.list(args).first().and_then(|&key| self.place(key)),
                _ => None,
            })
            .collect();
        let lasts = |place: &Place| {
            matches!(self.root(*place), Root::Binding(key)
                if self.is_module_level(key) && !matches!(self.ir[key].kind, BindingKind::Param(..)) && self.uses.writes(key).len() == 1)
        };
        matches!(keys.as_slice(), [Some(first), rest @ ..] if self.is_root(*first) && lasts(first) && rest.iter().all(|key| *key == Some(*first)))
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
                None if matches!(ir.name(ir[reference].name), "undefined" | "NaN" | "Infinity" | "arguments") => None,
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
        if let Some(shared) = self.application_of(of, property).or_else(|| self.inherited_of(of, property)) {
            return Some(shared);
        }
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

    /// Whether an expression stands for a place: by itself, or as `gate.opened`, where `opened` is a field of the instance that `gate` is.
    pub(super) fn stands_for(&self, read: ExprId, place: Place) -> bool {
        if self.place(read) == Some(place) {
            return true;
        }
        let (Root::Instance(id), Some((owner, Step::Field(name)))) = (self.root(place), self.split(place)) else { return false };
        match self.ir.kind(read) {
            ExprKind::Member { object, property, .. } => {
                property == name && self.is_root(owner) && self.entity_of(object) == Some((id, false))
            }
            _ => false,
        }
    }

    pub fn is_module_level(&self, binding: BindingId) -> bool {
        self.ir[self.ir[binding].scope].function == super::ir::Ir::MODULE
    }
}

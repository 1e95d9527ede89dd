//! Everything that has instances or `this`: classes, function constructors, object literals with methods.

use rustc_hash::FxHashMap;

use super::class_helpers::{create_class_call, described_function, given_this, inherits_call, is_helper, is_member_descriptor};
use super::index::{Uses, written_value};
use super::ir::{
    BindingId, BindingKind, ClassId, ExprId, ExprKind, FnId, FunctionKind, Ir, MemberKind, MemberOf, NameId, ObjectId, PropKey,
};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct EntityId(pub u32);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EntityKind {
    Class(ClassId),
    /// A function that is used as a constructor.
    Constructor(FnId),
    Object(ObjectId),
}

#[derive(Debug)]
pub struct Entity {
    pub kind: EntityKind,
    /// The name by which it is known in the file.
    pub binding: Option<BindingId>,
    pub base: Option<ExprId>,
    pub methods: FxHashMap<NameId, FnId>,
    pub statics: FxHashMap<NameId, FnId>,
    pub constructor: Option<FnId>,
}

/// What `this` is in a function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum This {
    Instance(EntityId),
    Static(EntityId),
    /// The caller decides.
    Unknown,
}

#[derive(Debug, Default)]
pub struct Entities {
    pub list: Vec<Entity>,
    by_binding: FxHashMap<BindingId, EntityId>,
    by_object: FxHashMap<ObjectId, EntityId>,
    by_class: FxHashMap<ClassId, EntityId>,
    this: Vec<This>,
    /// Where each function is a member: the entity, the name, and whether it is static.
    memberships: FxHashMap<FnId, Vec<(EntityId, NameId, bool)>>,
    /// By name: whether some entity has a member of that name.
    are_members: Vec<bool>,
}

impl Entities {
    pub fn new(ir: &Ir, uses: &Uses) -> Self {
        let (this, are_members) = (vec![This::Unknown; ir.functions.len()], vec![false; ir.names.len()]);
        let mut entities = Self { this, are_members, ..Self::default() };
        for index in 0..ir.classes.len() {
            entities.add_class(ir, uses, ClassId(index as u32));
        }
        entities.add_objects(ir, uses);
        entities.add_options(ir, uses);
        entities.add_constructors(ir, uses);
        entities.add_prototype_members(ir, uses);
        entities.add_members_by_helper(ir, uses);
        entities.inherit_this(ir, uses);
        entities.index_members();
        entities
    }

    pub fn get(&self, id: EntityId) -> &Entity {
        &self.list[id.0 as usize]
    }

    pub fn of_binding(&self, binding: BindingId) -> Option<EntityId> {
        self.by_binding.get(&binding).copied()
    }

    pub fn of_object(&self, object: ObjectId) -> Option<EntityId> {
        self.by_object.get(&object).copied()
    }

    pub fn of_class(&self, class: ClassId) -> Option<EntityId> {
        self.by_class.get(&class).copied()
    }

    pub fn this_of(&self, function: FnId) -> This {
        self.this.get(function.index()).copied().unwrap_or(This::Unknown)
    }

    pub fn memberships(&self, function: FnId) -> &[(EntityId, NameId, bool)] {
        self.memberships.get(&function).map_or(&[], Vec::as_slice)
    }

    fn index_members(&mut self) {
        let mut memberships = FxHashMap::<FnId, Vec<(EntityId, NameId, bool)>>::default();
        for (index, entity) in self.list.iter().enumerate() {
            let id = EntityId(index as u32);
            for (members, is_static) in [(&entity.methods, false), (&entity.statics, true)] {
                for (&name, &function) in members {
                    memberships.entry(function).or_default().push((id, name, is_static));
                    self.are_members[name.0 as usize] = true;
                }
            }
        }
        self.memberships = memberships;
    }

    /// Whether some entity has a member of this name.
    pub fn names_member(&self, name: NameId) -> bool {
        self.are_members[name.0 as usize]
    }

    pub fn ids(&self) -> impl Iterator<Item = EntityId> + use<> {
        (0..self.list.len() as u32).map(EntityId)
    }

    fn push(&mut self, kind: EntityKind, binding: Option<BindingId>, base: Option<ExprId>, constructor: Option<FnId>) -> EntityId {
        let id = EntityId(self.list.len() as u32);
        self.list.push(Entity { kind, binding, base, methods: FxHashMap::default(), statics: FxHashMap::default(), constructor });
        if let Some(binding) = binding {
            self.by_binding.insert(binding, id);
        }
        id
    }

    fn add_class(&mut self, ir: &Ir, uses: &Uses, class: ClassId) {
        let declared = &ir[class];
        let binding = declared.expr.and_then(|expr| bound_to(ir, uses, expr)).or(declared.binding);
        let id = self.push(EntityKind::Class(class), binding, declared.base, None);
        if let Some(own) = declared.binding {
            self.by_binding.insert(own, id);
        }
        self.by_class.insert(class, id);
        for member in &declared.members {
            let PropKey::Name(name) = member.key else { continue };
            let function = member.function.or_else(|| match member.value.map(|value| ir.kind(value)) {
                Some(ExprKind::Function(function)) => Some(function),
                _ => None,
            });
            let Some(function) = function else { continue };
            let entity = &mut self.list[id.0 as usize];
            match member.kind {
                MemberKind::Constructor => entity.constructor = Some(function),
                MemberKind::Method | MemberKind::Field if member.is_static => {
                    entity.statics.insert(name, function);
                }
                MemberKind::Method | MemberKind::Field => {
                    entity.methods.insert(name, function);
                }
                MemberKind::Getter | MemberKind::Setter => {}
            }
        }
        for (index, function) in ir.functions.iter().enumerate() {
            match function.member_of {
                MemberOf::Instance(of) if of == class => self.this[index] = This::Instance(id),
                MemberOf::Static(of) if of == class => self.this[index] = This::Static(id),
                _ => {}
            }
        }
    }

    fn add_objects(&mut self, ir: &Ir, uses: &Uses) {
        for (index, &expr) in ir.objects.iter().enumerate() {
            let ExprKind::Object { props, .. } = ir.kind(expr) else { continue };
            if !ir.prop_list(props).iter().any(|prop| matches!(ir.kind(prop.value), ExprKind::Function(_))) {
                continue;
            }
            if is_member_descriptor(ir, props) {
                continue;
            }
            let object = ObjectId(index as u32);
            let id = self.push(EntityKind::Object(object), bound_to(ir, uses, expr), None, None);
            self.by_object.insert(object, id);
            self.add_object_members(ir, props, id, false);
        }
    }

    /// `{ mounted() {}, methods: { draw() {} } }`: the methods of a component that is written as options have one `this`.
    fn add_options(&mut self, ir: &Ir, uses: &Uses) {
        for (index, &expr) in ir.objects.iter().enumerate() {
            let ExprKind::Object { props, .. } = ir.kind(expr) else { continue };
            let parts = ir.prop_list(props).iter().filter_map(|prop| match (prop.key, ir.kind(prop.value)) {
                (PropKey::Name(name), ExprKind::Object { props, .. }) if matches!(ir.name(name), "methods" | "computed" | "watch") => {
                    Some(props)
                }
                _ => None,
            });
            let parts: Vec<super::ir::List> = parts.collect();
            if parts.is_empty() {
                continue;
            }
            let object = ObjectId(index as u32);
            let id = self.of_object(object).unwrap_or_else(|| self.push(EntityKind::Object(object), bound_to(ir, uses, expr), None, None));
            self.by_object.insert(object, id);
            for part in parts {
                self.add_object_members(ir, part, id, false);
            }
        }
    }

    /// Makes the functions of an object literal members of an entity (its own, or the class whose prototype it becomes).
    fn add_object_members(&mut self, ir: &Ir, props: super::ir::List, id: EntityId, is_static: bool) {
        for prop in ir.prop_list(props) {
            let (ExprKind::Function(function), PropKey::Name(name)) = (ir.kind(prop.value), prop.key) else { continue };
            self.add_member(ir, id, name, function, is_static);
        }
    }

    fn add_member(&mut self, ir: &Ir, id: EntityId, name: NameId, function: FnId, is_static: bool) {
        let entity = &mut self.list[id.0 as usize];
        if is_static { &mut entity.statics } else { &mut entity.methods }.insert(name, function);
        if ir[function].kind != FunctionKind::Arrow {
            self.this[function.index()] = if is_static { This::Static(id) } else { This::Instance(id) };
        }
    }

    /// A function is a constructor if something is put on its prototype, it is called with `new`, or it has a capital and uses `this`.
    fn add_constructors(&mut self, ir: &Ir, uses: &Uses) {
        for id in ir.expr_ids() {
            let binding = match ir.kind(id) {
                ExprKind::Member { object, property, .. } if ir.name(property) == "prototype" => ir.binding_of(object),
                ExprKind::New { callee, .. } => ir.binding_of(callee),
                ExprKind::Call { callee, .. } => inherits_call(ir, id, callee).or_else(|| create_class_call(ir, id, callee)),
                ExprKind::This => capitalised(ir, ir.function_of(id)),
                _ => None,
            };
            let Some(binding) = binding else { continue };
            let Some(function) = constructor_function(ir, uses, binding) else { continue };
            if self.by_binding.contains_key(&binding) {
                continue;
            }
            let entity = self.push(EntityKind::Constructor(function), Some(binding), None, Some(function));
            self.this[function.index()] = This::Instance(entity);
        }
    }

    /// `X.prototype.m = function`, `X.prototype = {...}`, `X.m = function`, `X.prototype.__proto__`-like inheritance.
    fn add_prototype_members(&mut self, ir: &Ir, uses: &Uses) {
        for &write in &uses.member_writes {
            let ExprKind::Assign { target, value, .. } = ir.kind(write) else { continue };
            let ExprKind::Member { object, property, .. } = ir.kind(target) else { continue };
            let assigned = through_assignments(ir, value);
            if let (Some(id), ExprKind::Function(function)) = (self.instance_in(ir, uses, object), ir.kind(assigned)) {
                self.add_member(ir, id, property, function, false);
                continue;
            }
            if ir.name(property) == "prototype"
                && let Some(id) = ir.binding_of(object).and_then(|binding| self.of_binding(binding))
            {
                match ir.kind(assigned) {
                    ExprKind::Object { props, .. } => self.add_object_members(ir, props, id, false),
                    ExprKind::Call { args, .. } => self.list[id.0 as usize].base = ir.list(args).first().copied(),
                    ExprKind::New { callee, .. } => self.list[id.0 as usize].base = Some(callee),
                    _ => {}
                }
            } else if let Some((id, is_static)) = self.prototype_of(ir, uses, object)
                && let Some(function) = stable_function(ir, uses, assigned)
            {
                self.add_member(ir, id, property, function, is_static);
            }
        }
    }

    /// The entity of `this`, or of `var self = this`, in a constructor: what is put on it is a member.
    fn instance_in(&self, ir: &Ir, uses: &Uses, object: ExprId) -> Option<EntityId> {
        let this = match ir.kind(object) {
            ExprKind::This => object,
            ExprKind::Ident(_) => {
                let [write] = uses.writes(ir.binding_of(object)?) else { return None };
                written_value(ir, *write).and_then(|value| given_this(ir, value))?
            }
            _ => given_this(ir, object).or_else(|| match ir.kind(object) {
                // `_assertThisInitialized(_this)`.
                ExprKind::Call { callee, args, .. } if is_helper(ir, callee, &["assertThisInitialized"]) => {
                    let [write] = uses.writes(ir.binding_of(*ir.list(args).first()?)?) else { return None };
                    written_value(ir, *write).and_then(|value| given_this(ir, value))
                }
                _ => None,
            })?,
        };
        let function = ir.function_of(this);
        match self.this_of(function) {
            This::Instance(id) if self.get(id).constructor == Some(function) => Some(id),
            _ => None,
        }
    }

    /// The entity whose prototype (or, second, whose statics) an expression is: `X.prototype`, `X`, or an alias `const p = X.prototype`.
    fn prototype_of(&self, ir: &Ir, uses: &Uses, object: ExprId) -> Option<(EntityId, bool)> {
        match ir.kind(object) {
            ExprKind::Member { object: class, property, .. } if ir.name(property) == "prototype" => {
                Some((self.of_binding(ir.binding_of(class)?)?, false))
            }
            ExprKind::Ident(_) => {
                let binding = ir.binding_of(object)?;
                if let Some(id) = self.of_binding(binding) {
                    return (!matches!(self.get(id).kind, EntityKind::Object(_))).then_some((id, true)).or(Some((id, false)));
                }
                match uses.writes(binding) {
                    [write] => {
                        let value = through_assignments(ir, written_value(ir, *write)?);
                        matches!(ir.kind(value), ExprKind::Member { .. }).then(|| self.prototype_of(ir, uses, value)).flatten()
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `_createClass(X, [{ key, value }], [...])`, `Object.assign(X.prototype, {...})`, `_.extend(X.prototype, {...})`, `util.inherits(X, Base)`.
    fn add_members_by_helper(&mut self, ir: &Ir, uses: &Uses) {
        for &call in &uses.calls {
            let ExprKind::Call { callee, args, .. } = ir.kind(call) else { continue };
            let args = ir.list(args);
            let (Some(&first), Some(&second)) = (args.first(), args.get(1)) else { continue };
            if let Some(binding) = inherits_call(ir, call, callee) {
                if let Some(id) = self.of_binding(binding) {
                    self.list[id.0 as usize].base = Some(second);
                }
                continue;
            }
            if let (Some(id), ExprKind::String(name), Some(ExprKind::Function(function))) =
                (self.instance_in(ir, uses, first), ir.kind(second), args.get(2).map(|&third| ir.kind(third)))
            {
                // `_defineProperty(this, "stop", () => {...})`.
                self.add_member(ir, id, name, function, false);
                continue;
            }
            let Some((id, is_static)) = self.prototype_of(ir, uses, first) else { continue };
            match ir.kind(second) {
                // `Object.defineProperty(X.prototype, "stop", { value: function () {} })` of compiled methods.
                ExprKind::String(name) => {
                    if let Some(function) = args.get(2).and_then(|&third| described_function(ir, third)) {
                        self.add_member(ir, id, name, function, is_static);
                    }
                }
                ExprKind::Object { props, .. } => self.add_object_members(ir, props, id, is_static),
                ExprKind::Array(list) => {
                    self.add_create_class(ir, list, id, false);
                    if let Some(ExprKind::Array(list)) = args.get(2).map(|&third| ir.kind(third)) {
                        self.add_create_class(ir, list, id, true);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_create_class(&mut self, ir: &Ir, list: super::ir::List, id: EntityId, is_static: bool) {
        for &element in ir.list(list) {
            let ExprKind::Object { props, .. } = ir.kind(element) else { continue };
            let (mut key, mut function) = (None, None);
            for prop in ir.prop_list(props) {
                let PropKey::Name(name) = prop.key else { continue };
                match (ir.name(name), ir.kind(prop.value)) {
                    ("key", ExprKind::String(value)) => key = Some(value),
                    ("value", ExprKind::Function(value)) => function = Some(value),
                    _ => {}
                }
            }
            if let (Some(key), Some(function)) = (key, function) {
                self.add_member(ir, id, key, function, is_static);
            }
        }
    }

    /// Arrows, and the bodies that run inside another function, have the `this` of the function around them.
    fn inherit_this(&mut self, ir: &Ir, uses: &Uses) {
        for (index, function) in ir.functions.iter().enumerate() {
            let runs_inside = matches!(function.kind, FunctionKind::Arrow | FunctionKind::Namespace);
            if (runs_inside || function.is_generator && is_async_body(ir, uses, function.expr))
                && let Some(parent) = function.parent
            {
                // Functions are numbered outside in, so the parent's is final.
                self.this[index] = self.this[parent.index()];
            }
            if self.this[index] == This::Unknown
                && let Some(of) = lends_this(ir, uses, FnId(index as u32))
            {
                self.this[index] = self.this[of.index()];
            }
        }
    }
}

/// The function whose `this` another one gets: `function () { ... }.bind(this)`, `done.call(this)`.
fn lends_this(ir: &Ir, uses: &Uses, function: FnId) -> Option<FnId> {
    let named = uses.bindings_of_function(function).iter().flat_map(|&binding| uses.refs(binding).iter().copied());
    ir[function].expr.into_iter().chain(named).find_map(|at| {
        let member = uses.parent(at)?;
        let ExprKind::Member { object, property, .. } = ir.kind(member) else { return None };
        let call = uses.parent(member)?;
        let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return None };
        let is_this = ir.list(args).first().is_some_and(|&this| matches!(ir.kind(this), ExprKind::This));
        (object == at && callee == member && is_this && matches!(ir.name(property), "bind" | "call" | "apply"))
            .then(|| ir.function_of(call))
    })
}

/// The generator of a compiled `async` function: `__awaiter(this, void 0, void 0, function* () {...})`, or of a compiled async generator.
fn is_async_body(ir: &Ir, uses: &Uses, body: Option<ExprId>) -> bool {
    let Some(call) = body.and_then(|body| uses.parent(body)) else { return false };
    let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return false };
    let name = match ir.kind(callee) {
        ExprKind::Member { property, .. } => ir.name(property),
        ExprKind::Ident(reference) => ir.name(ir[reference].name),
        _ => return false,
    };
    let args = ir.list(args);
    matches!(name, "__awaiter" | "__asyncGenerator")
        && args.last() == body.as_ref()
        && args.first().is_some_and(|&this| matches!(ir.kind(this), ExprKind::This))
}

/// The binding that an expression is the one value of: `const X = <expr>`, `var X = module.exports = <expr>`.
fn bound_to(ir: &Ir, uses: &Uses, expr: ExprId) -> Option<BindingId> {
    let mut at = expr;
    loop {
        let parent = uses.parent(at)?;
        match ir.kind(parent) {
            ExprKind::Init { binding, .. } => return is_kept(ir, uses, binding, parent).then_some(binding),
            ExprKind::Assign { target, value, .. } if value == at => match ir.binding_of(target) {
                Some(binding) => return is_kept(ir, uses, binding, parent).then_some(binding),
                None => at = parent,
            },
            _ => return None,
        }
    }
}

/// Whether a binding stays what one write made it: there is no other, or the others wrap it (`X = __decorate([...], X)`).
fn is_kept(ir: &Ir, uses: &Uses, binding: BindingId, write: ExprId) -> bool {
    uses.writes(binding).iter().all(|&other| {
        other == write
            || written_value(ir, other).is_some_and(|value| match ir.kind(value) {
                ExprKind::Call { args, .. } => ir.list(args).iter().any(|&arg| ir.binding_of(arg) == Some(binding)),
                _ => false,
            })
    })
}

/// The value of `a = b = value`.
pub fn through_assignments(ir: &Ir, mut value: ExprId) -> ExprId {
    while let ExprKind::Assign { value: inner, .. } = ir.kind(value) {
        value = inner;
    }
    value
}

fn stable_function(ir: &Ir, uses: &Uses, value: ExprId) -> Option<FnId> {
    match ir.kind(value) {
        ExprKind::Function(function) => Some(function),
        _ => uses.function_of_binding(ir.binding_of(value)?),
    }
}

/// The binding of a function declaration whose name begins with a capital, as those of constructors do.
fn capitalised(ir: &Ir, function: FnId) -> Option<BindingId> {
    let declared = &ir[function];
    let is_capital = declared.name.is_some_and(|name| ir.name(name).starts_with(|char: char| char.is_ascii_uppercase()));
    if declared.kind != FunctionKind::Declaration || !is_capital {
        return None;
    }
    (0..ir.bindings.len() as u32).map(BindingId).find(|&binding| ir[binding].kind == BindingKind::Function(function))
}

fn constructor_function(ir: &Ir, uses: &Uses, binding: BindingId) -> Option<FnId> {
    if matches!(ir[binding].kind, BindingKind::Class(_) | BindingKind::Import(_)) {
        return None;
    }
    let function = uses.function_of_binding(binding)?;
    (!matches!(ir[function].kind, FunctionKind::Arrow)).then_some(function)
}

//! Access paths: how one file names what is in another, whatever syntax either of them is written in.

use serde::{Deserialize, Serialize};

use super::Model;
use super::entity::{EntityId, EntityKind};
use super::index::written_value;
use super::ir::{BindingId, BindingKind, Exported, ExprId, ExprKind, FnId, Imported, Ir, NameId, PropKey, Type, TypeId};
use super::place::{Place, Root, Step};
use super::vain::Lookup;

/// One step from a module's object inwards.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// An export, a property, a method. The default export is `default`.
    Member(String),
    /// An object that `new` makes of it.
    Instance,
    /// What a call of it gives.
    Result,
}

pub type AccessPath = Vec<Access>;

/// Aliases and projections followed before a path is given up.
const DEPTH: u32 = 6;
/// The same where only a few expressions are asked for: `load(definition).com.shop.v1.Orders`.
const DEEP: u32 = 12;
/// Steps of a path; longer ones are not asked for.
const LONGEST: usize = 6;

/// What other files may have names for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Offered {
    Function(FnId),
    Instance(EntityId),
}

impl Model<'_> {
    /// The module and the path in it that an expression denotes, if it is imported or made of what is.
    pub fn imported(&self, expr: ExprId) -> Option<(&str, AccessPath)> {
        self.imported_within(expr, DEPTH)
    }

    /// The same for longer ways.
    pub(super) fn imported_from_afar(&self, expr: ExprId) -> Option<(&str, AccessPath)> {
        self.imported_within(expr, DEEP)
    }

    pub(super) fn imported_at(&self, place: Place) -> Option<(&str, AccessPath)> {
        self.imported_place(place, DEPTH)
    }

    fn imported_within(&self, expr: ExprId, depth: u32) -> Option<(&str, AccessPath)> {
        let depth = depth.checked_sub(1)?;
        match self.ir.kind(expr) {
            ExprKind::Await(operand) => self.imported_within(operand, depth),
            ExprKind::ImportCall(module) => Some((self.string(module)?, Vec::new())),
            ExprKind::New { callee, .. } => self.step_in(self.imported_within(callee, depth), Access::Instance),
            ExprKind::Call { callee, args, .. } => self.imported_by_call(expr, callee, self.ir.list(args), depth),
            ExprKind::Member { object, property, .. } => {
                let outer = self.imported_within(object, depth);
                match outer {
                    Some(_) => self.step_in(outer, Access::Member(self.ir.name(property).to_owned())),
                    None if self.is_no_field(object, property) => None,
                    None => self.imported_member(self.place(expr)?, object, depth),
                }
            }
            // `pools.get(id) ?? new Pool()`: what is found was made like the one that is made if none is.
            ExprKind::Logical(_, _, made) if matches!(self.ir.kind(made), ExprKind::New { .. }) => self.imported_within(made, depth),
            ExprKind::Sequence(list) => self.imported_within(*self.ir.list(list).last()?, depth),
            ExprKind::Param(index) => self.imported_param(self.ir.function_of(expr), index, depth),
            ExprKind::Ident(_) => {
                let binding = self.ir.binding_of(expr);
                let by_name = binding.and_then(|binding| self.imported_binding(binding, depth));
                // The place of the binding itself would be asked the same again.
                let other = || {
                    self.place(expr)
                        .filter(|&place| !(self.is_root(place) && binding.is_some_and(|it| self.root(place) == Root::Binding(it))))
                };
                by_name.or_else(|| self.imported_place(other()?, depth))
            }
            _ => self.imported_place(self.place(expr)?, depth),
        }
    }

    /// Whether a member of what is not imported has a name under which nothing is ever stored, and of which no type is declared.
    fn is_no_field(&self, object: ExprId, property: NameId) -> bool {
        let is_asked_by_place = matches!(self.ir.kind(object), ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::This);
        // The places of these are other ones.
        if !is_asked_by_place || matches!(self.ir.name(property), "constructor" | "exports" | "prototype") {
            return false;
        }
        let Some(stored) = self.stored() else { return false };
        let fields = self.fields.get_or_init(|| {
            let mut fields = vec![false; self.ir.names.len()];
            let mut add = |name: NameId| fields.get_mut(name.index()).map(|is_field| *is_field = true);
            for &place in stored.keys() {
                if let Some((_, Step::Field(name))) = self.split(place) {
                    add(name);
                }
            }
            let members = self.ir.classes.iter().flat_map(|class| &class.members).filter(|member| member.annotation.is_some());
            for member in members {
                if let PropKey::Name(name) = member.key {
                    add(name);
                }
            }
            for param in self.ir.functions.iter().flat_map(|function| &function.params).filter(|param| param.is_property) {
                if let Some(binding) = param.binding {
                    add(self.ir[binding].name);
                }
            }
            fields
        });
        !fields.get(property.index()).is_none_or(|is_field| *is_field)
    }

    fn unless_known<'s>(
        &'s self,
        lookup: Lookup,
        depth: u32,
        find: impl FnOnce() -> Option<(&'s str, AccessPath)>,
    ) -> Option<(&'s str, AccessPath)> {
        if self.not_imported.borrow().has(lookup, depth) {
            return None;
        }
        let found = find();
        // While the table of what is stored is built, names are followed less far.
        if found.is_none() && !self.is_indexing.get() {
            self.not_imported.borrow_mut().add(lookup, depth);
        }
        found
    }

    /// A member of an object that is not imported.
    fn imported_member(&self, place: Place, object: ExprId, depth: u32) -> Option<(&str, AccessPath)> {
        let is_asked_by_place = matches!(self.ir.kind(object), ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::This);
        let owner = self.split(place).map(|(owner, _)| owner);
        // The place of the object has been asked.
        if is_asked_by_place && owner.is_some() && owner == self.place(object) {
            return self.imported_field(place, depth.checked_sub(1)?);
        }
        self.imported_place(place, depth)
    }

    fn step_in<'s>(&self, outer: Option<(&'s str, AccessPath)>, step: Access) -> Option<(&'s str, AccessPath)> {
        outer.map(|(module, mut path)| {
            path.push(step);
            (module, path)
        })
    }

    /// `require('x')`, `_interopRequireDefault(require('x'))`, or the result of a call of something imported.
    fn imported_by_call(&self, call: ExprId, callee: ExprId, args: &[ExprId], depth: u32) -> Option<(&str, AccessPath)> {
        if self.ir.global_of(callee) == Some("require") {
            return Some((self.string(*args.first()?)?, Vec::new()));
        }
        let name = self.callee_name(callee);
        if name.is_some_and(|name| name.starts_with("_interopRequire") || name.starts_with("__import") || name == "__toESM") {
            return self.imported_within(*args.first()?, depth);
        }
        match self.place(call) {
            // A getter of this file that gives back something imported.
            Some(place) if !matches!(self.root(place), Root::Value(_)) => self.imported_place(place, depth),
            _ => self.step_in(self.imported_within(callee, depth), Access::Result),
        }
    }

    fn imported_place(&self, place: Place, depth: u32) -> Option<(&str, AccessPath)> {
        self.unless_known(Lookup::Place(place), depth, || self.find_imported_place(place, depth))
    }

    fn find_imported_place(&self, place: Place, depth: u32) -> Option<(&str, AccessPath)> {
        let depth = depth.checked_sub(1)?;
        if let Some((of, step)) = self.split(place) {
            if let Some(outer) = self.imported_place(of, depth) {
                return match step {
                    Step::Field(name) => self.step_in(Some(outer), Access::Member(self.ir.name(name).to_owned())),
                    _ => None,
                };
            }
            return self.imported_field(place, depth);
        }
        match self.root(place) {
            Root::Binding(binding) => self.imported_binding(binding, depth),
            Root::Value(value) if !matches!(self.ir.kind(value), ExprKind::Param(_)) => self.imported_within(value, depth),
            _ => None,
        }
    }

    /// `import('./x').then((x) => ...)`.
    fn imported_param(&self, function: FnId, index: u32, depth: u32) -> Option<(&str, AccessPath)> {
        let call = self.uses.parent(self.ir[function].expr.filter(|_| index == 0)?)?;
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let is_module = self.ir.name(property) == "then" && matches!(self.ir.kind(object), ExprKind::ImportCall(_));
        if is_module { self.imported_within(object, depth) } else { None }
    }

    fn imported_binding(&self, binding: BindingId, depth: u32) -> Option<(&str, AccessPath)> {
        self.unless_known(Lookup::Binding(binding), depth, || self.find_imported_binding(binding, depth))
    }

    fn find_imported_binding(&self, binding: BindingId, depth: u32) -> Option<(&str, AccessPath)> {
        let declared = &self.ir[binding];
        if let BindingKind::Import(import) = declared.kind {
            let import = &self.ir[import];
            let path = match import.imported {
                Imported::Default => vec![Access::Member("default".to_owned())],
                Imported::Namespace => Vec::new(),
                Imported::Named(name) => vec![Access::Member(self.ir.name(name).to_owned())],
            };
            return Some((self.ir.name(import.module), path));
        }
        if let BindingKind::Param(function, index) = declared.kind
            && let Some(found) = self.imported_param(function, index, depth)
        {
            return Some(found);
        }
        if let Some(found) = declared.annotation.and_then(|annotation| self.imported_type(annotation, depth)) {
            return Some(found);
        }
        let [write] = self.uses.writes(binding) else { return None };
        let value = written_value(self.ir, *write)?;
        use ExprKind::{Await, Call, ImportCall, Logical, Member, New};
        let is_alias = matches!(self.ir.kind(value), Call { .. } | New { .. } | Await(_) | Member { .. } | ImportCall(_) | Logical(..));
        if is_alias { self.imported_within(value, depth) } else { None }
    }

    /// `this.hub`, where the constructor makes it, gets it, or its type says what it is.
    fn imported_field(&self, place: Place, depth: u32) -> Option<(&str, AccessPath)> {
        self.unless_known(Lookup::Field(place), depth, || self.find_imported_field(place, depth))
    }

    fn find_imported_field(&self, place: Place, depth: u32) -> Option<(&str, AccessPath)> {
        let annotated = self.field_annotation(place).and_then(|annotation| self.imported_type(annotation, depth));
        if annotated.is_some() {
            return annotated;
        }
        let values = self.initial_values(place);
        let mut values = values.iter().filter(|&&value| !self.is_nothing(value));
        let (only, None) = (values.next()?, values.next()) else { return None };
        self.imported_within(*only, depth)
    }

    /// The annotation of a field of a class, or of the constructor's parameter that is the field.
    pub(super) fn field_annotation(&self, place: Place) -> Option<TypeId> {
        let (owner, Step::Field(name)) = self.split(place)? else { return None };
        let Root::Instance(id) = self.root(owner) else { return None };
        if !self.is_root(owner) {
            return None;
        }
        let entity = self.entities.get(id);
        let given = entity.constructor.and_then(|constructor| {
            let params = self.ir[constructor].params.iter();
            params.filter(|param| param.is_property).find(|param| param.binding.is_some_and(|binding| self.ir[binding].name == name))
        });
        if let Some(param) = given {
            return param.annotation;
        }
        let EntityKind::Class(class) = entity.kind else { return None };
        self.ir[class].members.iter().find(|member| member.key == PropKey::Name(name))?.annotation
    }

    /// A type that names an imported class stands for an instance of it.
    fn imported_type(&self, annotation: TypeId, depth: u32) -> Option<(&str, AccessPath)> {
        match &self.ir[annotation] {
            Type::Named(name, _) => {
                let import = self.ir.imports.iter().find(|import| self.ir[import.binding].name == *name)?;
                self.step_in(self.imported_binding(import.binding, depth), Access::Instance)
            }
            Type::Union(parts) => parts.iter().find_map(|&part| self.imported_type(part, depth)),
            _ => None,
        }
    }

    /// The ways in which other files name a binding of the module.
    pub fn paths_of_binding(&self, binding: BindingId) -> Vec<AccessPath> {
        let mut found = Vec::new();
        let member = |name: &str| vec![Access::Member(name.to_owned())];
        for export in &self.ir.exports {
            let is_it = match export.what {
                Exported::Binding(exported) => exported == binding,
                Exported::Local(reference) => self.ir[reference].binding == Some(binding),
                Exported::Expr(expr) => self.ir.binding_of(expr) == Some(binding),
                Exported::From(..) => false,
            };
            if let Some(name) = export.name.filter(|_| is_it) {
                found.push(member(self.ir.name(name)));
            }
        }
        for &at in self.uses.refs(binding) {
            found.extend(self.paths_of_value(at));
        }
        if let [write] = self.uses.writes(binding)
            && let Some(value) = written_value(self.ir, *write)
        {
            // `const f = exports.f = () => {}`.
            found.extend(self.paths_of_value(value));
        }
        found.sort();
        found.dedup();
        found
    }

    /// `exports.x = value`, `module.exports = value`, `module.exports = { x: value }`, `export default value`.
    pub(super) fn paths_of_value(&self, value: ExprId) -> Vec<AccessPath> {
        let Some(parent) = self.uses.parent(value) else {
            let exports = self.ir.exports.iter().filter(|export| export.what == Exported::Expr(value));
            return exports.filter_map(|export| Some(vec![Access::Member(self.ir.name(export.name?).to_owned())])).collect();
        };
        match self.ir.kind(parent) {
            ExprKind::Assign { target, value: assigned, .. } if assigned == value => {
                let own = self.place(target).and_then(|place| self.path_in_exports(place));
                own.into_iter().chain(self.paths_of_value(parent)).collect()
            }
            ExprKind::Object { props, .. } => {
                let prop = self.ir.prop_list(props).iter().find(|prop| prop.value == value);
                let Some(PropKey::Name(name)) = prop.map(|prop| prop.key) else { return Vec::new() };
                let mut outer = self.paths_of_value(parent);
                outer.iter_mut().for_each(|path| path.push(Access::Member(self.ir.name(name).to_owned())));
                outer
            }
            _ => Vec::new(),
        }
    }

    /// A place below `exports`.
    pub(super) fn path_in_exports(&self, place: Place) -> Option<AccessPath> {
        match (self.split(place), self.root(place)) {
            (None, Root::Exports) => Some(Vec::new()),
            (Some((of, Step::Field(name))), _) => {
                let mut path = self.path_in_exports(of)?;
                path.push(Access::Member(self.ir.name(name).to_owned()));
                Some(path)
            }
            _ => None,
        }
    }

    /// The ways in which other files reach a class: itself, and its instances.
    pub(super) fn paths_of_class(&self, id: EntityId) -> Vec<AccessPath> {
        let entity = self.entities.get(id);
        let by_name = entity.binding.map(|binding| self.paths_of_binding(binding)).unwrap_or_default();
        let by_value = match entity.kind {
            EntityKind::Class(class) => self.ir[class].expr.map(|expr| self.paths_of_value(expr)).unwrap_or_default(),
            EntityKind::Object(object) => {
                let object = self.ir.objects[object.index()];
                [self.paths_of_value(object), self.paths_of_result(object)].concat()
            }
            EntityKind::Constructor(_) => Vec::new(),
        };
        [by_name, by_value].concat()
    }

    /// The ways in which other files construct a class.
    pub(super) fn paths_of_new(&self, id: EntityId) -> Vec<AccessPath> {
        let mut found = self.paths_of_class(id);
        found.iter_mut().for_each(|path| path.push(Access::Instance));
        found
    }

    /// The ways in which other files name an instance of a class.
    pub fn paths_of_instance(&self, id: EntityId) -> Vec<AccessPath> {
        self.paths_once(Offered::Instance(id), || self.find_paths_of_instance(id))
    }

    /// Asked within its own search, nothing is added: `clone()` of an instance is an instance.
    fn paths_once(&self, what: Offered, find: impl FnOnce() -> Vec<AccessPath>) -> Vec<AccessPath> {
        if let Some(known) = self.offered.borrow().get(&what) {
            return known.clone();
        }
        self.offered.borrow_mut().insert(what, Vec::new());
        let mut found = find();
        found.retain(|path| path.len() <= LONGEST);
        found.sort();
        found.dedup();
        self.offered.borrow_mut().insert(what, found.clone());
        found
    }

    fn find_paths_of_instance(&self, id: EntityId) -> Vec<AccessPath> {
        let mut found = self.paths_of_class(id);
        if self.is_object(id) {
            return found;
        }
        found = self.paths_of_new(id);
        for &call in &self.uses.calls {
            if let ExprKind::New { callee, .. } = self.ir.kind(call)
                && self.class_named_by(callee) == Some(id)
            {
                found.extend(self.paths_of_made(call));
            }
        }
        found
    }

    /// The ways in which other files name what an expression makes: by the export that it becomes, or as the result of the function that gives it out.
    pub(super) fn paths_of_made(&self, made: ExprId) -> Vec<AccessPath> {
        let mut found = self.paths_of_value(made);
        match self.uses.parent(made).map(|parent| (parent, self.ir.kind(parent))) {
            Some((_, ExprKind::Init { binding, .. })) => {
                found.extend(self.paths_of_binding(binding));
                for &at in self.uses.refs(binding) {
                    found.extend(self.paths_of_result(at));
                }
            }
            Some((parent, ExprKind::Assign { target, .. })) => {
                found.extend(self.paths_of_result(parent));
                if let Some(binding) = self.ir.binding_of(target) {
                    found.extend(self.paths_of_binding(binding));
                    for &at in self.uses.refs(binding) {
                        found.extend(self.paths_of_result(at));
                    }
                }
                found.extend(self.place(target).map(|place| self.paths_of_place(place)).unwrap_or_default());
            }
            _ => found.extend(self.paths_of_result(made)),
        }
        found
    }

    /// `return value` of a function that other files can call.
    fn paths_of_result(&self, value: ExprId) -> Vec<AccessPath> {
        match self.uses.parent(value).map(|parent| (parent, self.ir.kind(parent))) {
            Some((_, ExprKind::Return(_))) => {
                let mut found = self.paths_of_function(self.ir.function_of(value));
                found.iter_mut().for_each(|path| path.push(Access::Result));
                found
            }
            Some((parent, ExprKind::Logical(..) | ExprKind::Conditional(..))) => self.paths_of_result(parent),
            _ => Vec::new(),
        }
    }

    /// The ways in which other files name a function: what they call, or construct.
    pub fn paths_of_function(&self, function: FnId) -> Vec<AccessPath> {
        if function == Ir::MODULE {
            return Vec::new();
        }
        self.paths_once(Offered::Function(function), || self.find_paths_of_function(function))
    }

    fn find_paths_of_function(&self, function: FnId) -> Vec<AccessPath> {
        let mut found: Vec<AccessPath> = Vec::new();
        for &binding in self.uses.bindings_of_function(function) {
            found.extend(self.paths_of_binding(binding));
            for &at in self.uses.refs(binding) {
                found.extend(self.paths_of_result(at));
            }
        }
        if let Some(expr) = self.ir[function].expr {
            found.extend(self.paths_of_value(expr));
            found.extend(self.paths_of_result(expr));
        }
        for &(id, name, is_static) in self.entities.memberships(function) {
            let mut owners = if is_static { self.paths_of_class(id) } else { self.paths_of_instance(id) };
            owners.iter_mut().for_each(|path| path.push(Access::Member(self.ir.name(name).to_owned())));
            found.extend(owners);
        }
        if let super::entity::This::Instance(id) = self.entities.this_of(function)
            && (self.entities.get(id).constructor == Some(function) || self.ir[function].kind == super::ir::FunctionKind::FieldInit)
        {
            found.extend(self.paths_of_new(id));
        }
        found
    }

    /// The ways in which other files name a holder.
    pub fn paths_of_place(&self, place: Place) -> Vec<AccessPath> {
        match (self.split(place), self.root(place)) {
            (None, Root::Binding(binding)) => {
                let mut found = self.paths_of_binding(binding);
                // `getSessions()` gives out the module's own table.
                for &at in self.uses.refs(binding) {
                    found.extend(self.paths_of_result(at));
                }
                if let Some(id) = self.entities.of_binding(binding) {
                    found.extend(self.paths_of_class(id));
                }
                found.sort();
                found.dedup();
                found
            }
            (None, Root::Exports) => vec![Vec::new()],
            (None, Root::Instance(id)) => self.paths_of_instance(id),
            (Some((of, Step::Field(name))), _) => {
                let mut found = self.paths_of_place(of);
                found.iter_mut().for_each(|path| path.push(Access::Member(self.ir.name(name).to_owned())));
                found
            }
            _ => Vec::new(),
        }
    }
}

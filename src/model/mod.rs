//! Who retains whom, in one file: the answers that rules ask for, found over the IR when a candidate asks.

mod aborted;
pub mod access;
mod action;
mod again;
pub(crate) mod alias;
mod alike;
mod angularjs;
mod annotation;
pub mod apis;
pub mod application;
mod armed;
mod asserted;
mod awaited;
pub mod bases;
mod before_end;
mod body;
pub mod bundle;
mod by_property;
pub mod cached;
mod callers;
pub mod calls;
pub mod captures;
mod chain;
mod class_helpers;
mod clearing;
mod closed;
pub mod collection;
mod compiled;
mod composable;
pub mod context;
mod custody;
mod deadline;
mod definition;
mod derived;
mod disposed;
mod doubled;
mod drawn;
mod dual_verb;
mod dump;
mod edits;
mod elements;
mod ending;
mod enrolled;
pub mod entity;
mod entry_removal;
mod existing;
mod expiry;
pub mod facts;
mod few;
pub mod flow;
pub mod frameworks;
mod given;
mod guards;
mod handle;
mod handler_this;
pub mod holding;
mod hosts;
pub mod index;
mod interned;
pub mod interval;
pub mod ir;
mod keys;
pub mod lasting;
mod latch;
mod late_hook;
pub mod left;
pub mod lent;
pub mod life;
pub mod links;
pub mod listener;
mod loops;
mod markup;
pub mod memo;
pub mod mentions;
mod merged;
mod metric;
pub mod mismatch;
pub mod misuse;
pub mod mount;
pub mod namesakes;
pub mod noted;
mod numbered;
pub mod occurrences;
pub mod once;
mod operands;
pub mod origin;
mod other_entry;
pub mod outside;
mod overwritten;
mod owner;
pub mod page;
mod parameters;
mod peers_end;
pub mod place;
pub mod placed;
mod plugin;
pub mod production;
mod program;
mod promise;
mod properties;
pub mod provenance;
mod recursion;
pub mod registration;
mod rejected;
pub mod release;
pub mod rendered;
mod replaced;
pub mod request_store;
mod resolve;
pub mod resource;
pub mod runtime;
mod served;
mod settled;
mod shapes;
mod shared;
mod single;
mod size_checks;
mod steps;
mod stops;
pub mod store;
mod stream;
mod style;
pub mod summaries;
mod templated;
pub mod test_state;
pub mod text;
pub mod timeout;
mod unanswered;
mod uncalled;
mod vain;
mod vocabulary;
pub mod worst;
mod wrapper;
mod write_back;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use apis::Apis;
use calls::Caller;
use entity::Entities;
use flow::Flow;
use index::Uses;
use ir::{ExprId, ExprKind, FnId, Ir, MemberKind, PropKey, Type, TypeId};
use place::{Place, Places, Root, Step};

use crate::text::{SourceText, Span};

/// One file's IR with the tables and answers that were asked for so far.
pub struct Model<'a> {
    pub ir: &'a Ir,
    pub apis: &'a Apis,
    pub source: &'a SourceText,
    pub uses: Rc<Uses>,
    pub entities: Rc<Entities>,
    meanings: Rc<vocabulary::Meanings>,
    places: RefCell<Places>,
    flows: RefCell<FxHashMap<FnId, Rc<Flow>>>,
    /// Whether the program comes to a block.
    reached: RefCell<FxHashMap<ir::BlockId, bool>>,
    callers: RefCell<FxHashMap<FnId, Rc<Vec<Caller>>>>,
    reads_by_name: OnceCell<index::Groups>,
    by_property: OnceCell<by_property::ByProperty>,
    stored: OnceCell<FxHashMap<Place, Vec<ExprId>>>,
    member_writes: OnceCell<FxHashMap<Place, Vec<ExprId>>>,
    /// Those of the file by itself, for who asks again.
    known_operations: RefCell<Option<std::collections::BTreeMap<Place, holding::Operations>>>,
    /// The flags that let a block through once.
    latches: RefCell<latch::Latches>,
    timer_names: OnceCell<Vec<ir::NameId>>,
    timer_clears: OnceCell<Rc<[clearing::Clear]>>,
    names_hooks: OnceCell<bool>,
    markup: OnceCell<Vec<markup::Tag>>,
    state_hooks: OnceCell<Vec<ExprId>>,
    has_static_classes: OnceCell<bool>,
    /// What each function calls, and what stands in it.
    runs: OnceCell<FxHashMap<FnId, Vec<FnId>>>,
    is_indexing: std::cell::Cell<bool>,
    /// The application that the file makes.
    own_application: std::cell::OnceCell<Option<ir::BindingId>>,
    inherited: std::cell::OnceCell<Vec<ir::NameId>>,
    closed: RefCell<FxHashMap<entity::EntityId, bool>>,
    /// Which of the frameworks' components a class or an object is.
    components: RefCell<FxHashMap<entity::EntityId, Option<usize>>>,
    /// By whether the project was asked, too.
    lives: RefCell<FxHashMap<(entity::EntityId, bool), facts::Life>>,
    /// The same of how often they are made, by whether that is asked for their construction.
    instances: RefCell<FxHashMap<(entity::EntityId, bool, bool), facts::Instances>>,
    asked: Option<outside::Asked<'a>>,
    offered: RefCell<FxHashMap<access::Offered, Vec<access::AccessPath>>>,
    not_imported: RefCell<vain::InVain>,
    /// Names under which something is stored in a field, or of which a type is declared.
    fields: OnceCell<Vec<bool>>,
    style: OnceCell<facts::Style>,
    /// Every `await` and `yield`.
    waits: OnceCell<Vec<ExprId>>,
    ending_loops: RefCell<FxHashMap<ir::LoopId, bool>>,
    /// The context around a function if the project says that nobody runs that, by the depth of the search.
    unused_around: RefCell<FxHashMap<(FnId, u32), Option<context::Context>>>,
    /// Where values come from, by how far they may be followed yet and whether the project was asked, too.
    traced: RefCell<FxHashMap<(ExprId, u32, bool), provenance::Found>>,
}

/// What all models of a file have in common.
#[derive(Clone)]
pub struct Tables {
    uses: Rc<Uses>,
    entities: Rc<Entities>,
    meanings: Rc<vocabulary::Meanings>,
}

impl<'a> Model<'a> {
    pub fn new(ir: &'a Ir, apis: &'a Apis, source: &'a SourceText) -> Self {
        let uses = Uses::new(ir);
        let entities = Entities::new(ir, &uses);
        let meanings = vocabulary::Meanings::new(ir, &apis.vocabulary);
        Self::with_tables(ir, apis, source, Tables { uses: uses.into(), entities: entities.into(), meanings: meanings.into() })
    }

    /// With the tables of another model of the file, and nothing of what that has found out.
    pub fn with_tables(ir: &'a Ir, apis: &'a Apis, source: &'a SourceText, tables: Tables) -> Self {
        let Tables { uses, entities, meanings } = tables;
        Self {
            ir,
            apis,
            source,
            uses,
            entities,
            meanings,
            places: RefCell::new(Places::new(ir.exprs.len(), ir.bindings.len())),
            flows: RefCell::default(),
            reached: RefCell::default(),
            callers: RefCell::default(),
            reads_by_name: OnceCell::new(),
            by_property: OnceCell::new(),
            stored: OnceCell::new(),
            member_writes: OnceCell::new(),
            known_operations: RefCell::default(),
            latches: RefCell::default(),
            timer_names: OnceCell::new(),
            timer_clears: OnceCell::new(),
            names_hooks: OnceCell::new(),
            markup: OnceCell::new(),
            state_hooks: OnceCell::new(),
            has_static_classes: OnceCell::new(),
            runs: OnceCell::new(),
            is_indexing: std::cell::Cell::new(false),
            own_application: std::cell::OnceCell::new(),
            inherited: std::cell::OnceCell::new(),
            closed: RefCell::default(),
            components: RefCell::default(),
            lives: RefCell::default(),
            instances: RefCell::default(),
            asked: None,
            offered: RefCell::default(),
            not_imported: RefCell::default(),
            fields: OnceCell::new(),
            style: OnceCell::new(),
            waits: OnceCell::new(),
            ending_loops: RefCell::default(),
            unused_around: RefCell::default(),
            traced: RefCell::default(),
        }
    }

    /// What is known of the IR before anything is asked.
    pub fn tables(&self) -> Tables {
        Tables { uses: Rc::clone(&self.uses), entities: Rc::clone(&self.entities), meanings: Rc::clone(&self.meanings) }
    }

    /// A model that asks the rest of the project where the file alone does not tell.
    /// It does so for the facts whose findings would stand at one of these places.
    pub fn with_outside(ir: &'a Ir, apis: &'a Apis, source: &'a SourceText, outside: &'a dyn outside::Outside, focus: &'a [Span]) -> Self {
        Self::new(ir, apis, source).asking(outside, focus)
    }

    /// The same with a project to ask; what it has found out stays known.
    pub fn asking(mut self, outside: &'a dyn outside::Outside, focus: &'a [Span]) -> Self {
        self.asked = Some(outside::Asked::new(outside, focus));
        self
    }

    pub fn flow(&self, function: FnId) -> Rc<Flow> {
        self.flows.borrow_mut().entry(function).or_insert_with(|| Rc::new(Flow::new(self.ir, function))).clone()
    }

    /// Every value that this file stores in a place by declaration or assignment (not the entries of a collection).
    pub fn initial_values(&self, place: Place) -> Vec<ExprId> {
        self.each_initial_value(place).collect()
    }

    fn each_initial_value(&self, place: Place) -> impl Iterator<Item = ExprId> {
        let stored = self.stored().and_then(|stored| stored.get(&place)).map_or(&[][..], Vec::as_slice);
        let writes = match (self.is_root(place), self.root(place)) {
            (true, Root::Binding(binding)) => self.uses.writes(binding),
            _ => &[],
        };
        let written = |&write: &ExprId| index::written_value(self.ir, write).map(|value| entity::through_assignments(self.ir, value));
        writes.iter().filter_map(written).chain(stored.iter().copied())
    }

    /// The assignments to members, by place. While it is being built, there is none.
    fn stored(&self) -> Option<&FxHashMap<Place, Vec<ExprId>>> {
        if self.stored.get().is_none() {
            if self.is_indexing.replace(true) {
                return None;
            }
            let table = self.index_stored();
            self.is_indexing.set(false);
            // What was looked up without the table may be wrong.
            self.places.borrow_mut().forget();
            let _ = self.stored.set(table);
        }
        self.stored.get()
    }

    fn index_stored(&self) -> FxHashMap<Place, Vec<ExprId>> {
        let mut table = FxHashMap::<Place, Vec<ExprId>>::default();
        for &write in &self.uses.member_writes {
            if let ExprKind::Assign { target, value, .. } = self.ir.kind(write)
                && let Some(place) = self.place(target)
            {
                table.entry(place).or_default().push(entity::through_assignments(self.ir, value));
            }
        }
        self.index_named_properties(&mut table);
        // `visited = {}` of a name that nothing declares.
        for reference in self.ir.references.iter().filter(|reference| reference.binding.is_none()) {
            if let Some(write) = self.uses.parent(reference.expr)
                && let ExprKind::Assign { target, value, .. } = self.ir.kind(write)
                && target == reference.expr
                && let Some(place) = self.place(target)
            {
                table.entry(place).or_default().push(entity::through_assignments(self.ir, value));
            }
        }
        for class in &self.ir.classes {
            for member in class.members.iter().filter(|member| member.kind == MemberKind::Field) {
                let (Some(value), PropKey::Name(name)) = (member.value, member.key) else { continue };
                let owner = self.this_place(self.ir.function_of(value));
                table.entry(self.project(owner, Step::Field(name))).or_default().push(value);
            }
        }
        for &object in &self.ir.objects {
            self.index_object(object, &mut table);
        }
        self.index_compiled_fields(&mut table);
        self.index_weak_values(&mut table);
        table
    }

    /// `fastify.decorate('sessions', new Map())`: a property by its name.
    fn index_named_properties(&self, table: &mut FxHashMap<Place, Vec<ExprId>>) {
        let set = &self.apis.applications.set;
        if !self.apis.name_properties.iter().chain([set]).any(|method| self.ir.find_name(method).is_some()) {
            return;
        }
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { continue };
            if let (Some(setting), [_, value]) = (self.setting(callee, self.ir.list(args), set), self.ir.list(args)) {
                table.entry(setting).or_default().push(*value);
            } else if let [name, value, ..] = *self.ir.list(args)
                && self.apis.name_properties.iter().any(|method| *method == self.ir.name(property))
                && let ExprKind::String(name) = self.ir.kind(name)
                && let Some(of) = self.place(object)
            {
                table.entry(self.project(of, Step::Field(name))).or_default().push(value);
            }
        }
    }

    /// The properties of an object literal that a name stands for.
    fn index_object(&self, object: ExprId, table: &mut FxHashMap<Place, Vec<ExprId>>) {
        let ExprKind::Object { object: id, props } = self.ir.kind(object) else { return };
        let owner = self.uses.parent(object).and_then(|parent| match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => Some(self.root_place(Root::Binding(binding))),
            ExprKind::Assign { target, value, .. } if value == object => self.place(target),
            // `Object.assign(X, { instances: [] })`, `_.extend(X, {...})`.
            ExprKind::Call { callee, args, .. } if matches!(self.callee_name(callee), Some("assign" | "extend" | "_extends")) => {
                self.ir.list(args).first().filter(|&&first| first != object).and_then(|&first| self.place(first))
            }
            // `state.set(server, { urls: [] })` of a weak map.
            ExprKind::Call { callee, args, .. } if self.ir.list(args).len() == 2 && self.ir.list(args)[1] == object => {
                self.weak_entry(callee)
            }
            _ => None,
        });
        let owner = owner.or_else(|| self.entities.of_object(id).map(|id| self.instance_place(id)));
        let Some(owner) = owner else { return };
        for prop in self.ir.prop_list(props) {
            if let PropKey::Name(name) = prop.key {
                table.entry(self.project(owner, Step::Field(name))).or_default().push(prop.value);
            }
        }
    }

    /// `state.set(server, [])`, `state.set(server, new Map())` of a weak map.
    fn index_weak_values(&self, table: &mut FxHashMap<Place, Vec<ExprId>>) {
        if self.ir.find_name("WeakMap").is_none() {
            return;
        }
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            let [_, value] = *self.ir.list(args) else { continue };
            let is_made = matches!(self.ir.kind(value), ExprKind::Array(_) | ExprKind::New { .. } | ExprKind::Object { .. });
            if let Some(entry) = self.weak_entry(callee).filter(|_| is_made) {
                table.entry(entry).or_default().push(value);
            }
        }
    }

    fn weak_entry(&self, callee: ExprId) -> Option<Place> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let [write] = self.uses.writes(self.ir.binding_of(object)?) else { return None };
        let made = index::written_value(self.ir, *write)?;
        let is_weak = matches!(self.ir.kind(made), ExprKind::New { callee, .. } if self.callee_name(callee) == Some("WeakMap"));
        if self.ir.name(property) != "set" || !is_weak {
            return None;
        }
        Some(self.project(self.place(object)?, Step::Entry))
    }

    /// `_defineProperty(this, "cache", new Map())`, `_cache.set(this, new Map())` of compiled private fields.
    fn index_compiled_fields(&self, table: &mut FxHashMap<Place, Vec<ExprId>>) {
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            let args = self.ir.list(args);
            if args.len() < 2 {
                continue;
            }
            let Some(name) = self.callee_name(callee) else { continue };
            let (owner, field, value) = match (name.trim_start_matches('_'), args) {
                ("defineProperty", [owner, key, value]) => match self.string(*key).and_then(|_| self.constant(*key)) {
                    Some(key) => match self.ir.kind(key) {
                        ExprKind::String(name) => (*owner, Step::Field(name), self.described_value(callee, *value)),
                        _ => continue,
                    },
                    None => continue,
                },
                ("set", [owner, value]) => match self.ir.kind(callee) {
                    ExprKind::Member { object, .. } if matches!(self.ir.kind(*owner), ExprKind::This) => match self.ir.binding_of(object) {
                        Some(binding) => (*owner, Step::Keyed(binding), *value),
                        None => continue,
                    },
                    _ => continue,
                },
                (name, [owner, field, value, ..]) if name.starts_with("classPrivateField") => match self.ir.binding_of(*field) {
                    Some(binding) => (*owner, Step::Keyed(binding), *value),
                    None => continue,
                },
                _ => continue,
            };
            if let Some(owner) = self.place(owner) {
                table.entry(self.project(owner, field)).or_default().push(value);
            }
        }
    }

    /// `value` of the descriptor that `Object.defineProperty` gets; other helpers get the value itself.
    fn described_value(&self, callee: ExprId, value: ExprId) -> ExprId {
        let is_native = matches!(self.ir.kind(callee), ExprKind::Member { .. });
        let ExprKind::Object { props, .. } = self.ir.kind(value) else { return value };
        let named = |key: PropKey| matches!(key, PropKey::Name(name) if self.ir.name(name) == "value");
        let described = self.ir.prop_list(props).iter().find(|prop| named(prop.key)).map(|prop| prop.value);
        described.filter(|_| is_native).unwrap_or(value)
    }

    /// A hash of the text of a span, whatever its white space.
    pub fn text_hash(&self, span: Span) -> u64 {
        let words: Vec<&str> = self.source.slice(span).split_whitespace().collect();
        xxhash_rust::xxh3::xxh3_64(words.join(" ").as_bytes())
    }

    /// Whether a type annotation names one of these types (also within a union, array or type argument).
    pub fn names_type(&self, annotation: TypeId, names: &FxHashSet<String>) -> bool {
        match &self.ir[annotation] {
            Type::Named(name, args) => {
                let name = self.ir.name(*name);
                names.contains(name.rsplit('.').next().unwrap_or(name)) || args.iter().any(|&arg| self.names_type(arg, names))
            }
            Type::Union(parts) => parts.iter().any(|&part| self.names_type(part, names)),
            Type::Array(of) => self.names_type(*of, names),
            _ => false,
        }
    }
}

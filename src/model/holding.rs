//! Operations on collections: what grows, what shrinks, grouped by the container they concern.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::Model;
use super::facts::{Container, GrowthKind, ShrinkKind};
use super::index::written_value;
use super::ir::{AssignOp, BinaryOp, ExprId, ExprKind, NameId, UnaryOp, When};
use super::place::{Place, Root, Step};
use super::vocabulary::OPERATION;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grow {
    pub at: ExprId,
    pub how: GrowthKind,
    pub key: Option<ExprId>,
    pub value: Option<ExprId>,
    pub level: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shrink {
    pub at: ExprId,
    pub kind: ShrinkKind,
    pub key: Option<ExprId>,
    pub level: u32,
}

/// What happens to one container in this file.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    pub grows: Vec<Grow>,
    pub shrinks: Vec<Shrink>,
    pub size_checks: Vec<ExprId>,
    /// The same of one of its entries.
    pub watched_entries: Vec<ExprId>,
}

impl Model<'_> {
    /// Every growth and shrinking of this file by container, in order of first appearance.
    pub fn operations(&self) -> BTreeMap<Place, Operations> {
        let mut table = BTreeMap::<Place, Operations>::new();
        for &call in &self.uses.calls {
            self.call_operation(call, &mut table);
        }
        for &write in &self.uses.member_writes {
            self.write_operation(write, &mut table);
        }
        self.resets(&mut table);
        self.resets_of_owners(&mut table);
        self.through_parameters(&mut table);
        for &id in &self.uses.binaries {
            if let ExprKind::Binary(op, left, right) = self.ir.kind(id) {
                self.size_check(id, op, left, right, &mut table);
            }
        }
        table
    }

    pub(super) fn entry<'t>(&self, table: &'t mut BTreeMap<Place, Operations>, place: Place) -> &'t mut Operations {
        table.entry(self.holding_container(place)).or_default()
    }

    fn call_operation(&self, call: ExprId, table: &mut BTreeMap<Place, Operations>) {
        let ir = self.ir;
        let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return };
        self.entry_end(call, callee, ir.list(args), table);
        let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return };
        let (name, args) = (ir.name(property), ir.list(args));
        if name == "deleteProperty" && ir.global_of(object) == Some("Reflect") {
            if let Some(place) = args.first().and_then(|&arg| self.place(arg)) {
                let shrink = Shrink { at: call, kind: ShrinkKind::Delete, key: args.get(1).copied(), level: self.level(place) };
                self.entry(table, place).shrinks.push(shrink);
            }
            return;
        }
        if !self.meanings.has(property, OPERATION) {
            return;
        }
        let Some(operation) = self.method_operation(name, args) else { return };
        if let Method::Shrink(kind, key) = operation
            && let Some(listed) = self.listed_objects(object)
        {
            for place in listed.into_iter().filter_map(|item| self.place(item)) {
                let level = self.level(place);
                self.entry(table, place).shrinks.push(Shrink { at: call, kind, key, level });
            }
            return;
        }
        let Some(place) = self.place(object) else { return };
        let level = self.level(place);
        match operation {
            Method::Grow(_, key, value) if self.decrements(value, place) => {
                self.entry(table, place).shrinks.push(Shrink { at: call, kind: ShrinkKind::Decrement, key, level });
            }
            Method::Grow(how, key, value) if !self.writes_back(place, value) => {
                self.empty_entry(call, place, value, table);
                self.entry(table, place).grows.push(Grow { at: call, how, key, value, level });
            }
            Method::Grow(how, key, value) => {
                self.write_back(call, place, value, table);
                if value.is_some_and(|value| self.begins_if_missing(value)) {
                    self.entry(table, place).grows.push(Grow { at: call, how, key, value, level });
                }
            }
            Method::Shrink(kind, key) => self.entry(table, place).shrinks.push(Shrink { at: call, kind, key, level }),
        }
    }

    /// `clearTimeout(timers[k])`, `disposers[k]()`: what the entry stands for ends, and the entry stays.
    fn entry_end(&self, call: ExprId, callee: ExprId, args: &[ExprId], table: &mut BTreeMap<Place, Operations>) {
        let ended = if matches!(self.timer_function(callee), Some("clearTimeout" | "clearInterval")) {
            args.first().and_then(|&arg| self.place(arg)).map(|place| (place, ShrinkKind::HandleOnly))
        } else if matches!(self.ir.kind(callee), ExprKind::Index { .. }) {
            self.place(callee).map(|place| (place, ShrinkKind::Disposed))
        } else {
            None
        };
        let Some((entry, kind)) = ended else { return };
        if let Some((of, Step::Entry)) = self.split(entry)
            && (kind != ShrinkKind::Disposed || self.names_release(of))
        {
            let level = self.level(of);
            self.entry(table, of).shrinks.push(Shrink { at: call, kind, key: None, level });
        }
    }

    /// Whether a table's name says that it holds what releases something.
    fn names_release(&self, place: Place) -> bool {
        let words = super::provenance::words(&self.place_name(place));
        words.iter().any(|word| {
            self.apis.cleaners.words.contains(word)
                || matches!(word.as_str(), "disposers" | "cleanups" | "unsubs" | "unsubscribers" | "teardowns" | "destructors" | "removers")
        })
    }

    /// The objects that the variable of `for (const table of [sockets, users])` stands for.
    fn listed_objects(&self, object: ExprId) -> Option<Vec<ExprId>> {
        let binding = self.ir.binding_of(object)?;
        let [write] = self.uses.writes(binding) else { return None };
        let ExprKind::Element(list) = self.ir.kind(written_value(self.ir, *write)?) else { return None };
        match self.ir.kind(list) {
            ExprKind::Array(items) => Some(self.ir.list(items).to_vec()),
            _ => None,
        }
    }

    fn method_operation(&self, name: &str, args: &[ExprId]) -> Option<Method> {
        let is = |list: &[String]| list.iter().any(|one| one == name);
        match args {
            [key, value] if is(&self.apis.grow.keyed) && self.is_nothing(*value) => Some(Method::Shrink(ShrinkKind::Tombstone, Some(*key))),
            [key, value] if is(&self.apis.grow.keyed) => Some(Method::Grow(GrowthKind::Set, Some(*key), Some(*value))),
            [_, removed, value, ..] if name == "splice" && matches!(self.ir.kind(*removed), ExprKind::Number(0.0)) => {
                Some(Method::Grow(GrowthKind::Push, None, Some(*value)))
            }
            [value] if name == "add" && is(&self.apis.grow.element) => Some(Method::Grow(GrowthKind::Add, Some(*value), Some(*value))),
            [value, ..] if matches!(name, "push" | "unshift") && is(&self.apis.grow.element) => {
                Some(Method::Grow(GrowthKind::Push, None, Some(*value)))
            }
            [key, ..] if is(&self.apis.shrink.one) => {
                Some(Method::Shrink(if matches!(name, "delete" | "remove") { ShrinkKind::Delete } else { ShrinkKind::Pop }, Some(*key)))
            }
            [] if is(&self.apis.shrink.one) => Some(Method::Shrink(ShrinkKind::Pop, None)),
            [] if is(&self.apis.shrink.all) => Some(Method::Shrink(ShrinkKind::Clear, None)),
            _ => None,
        }
    }

    /// The value of a local that gets one, and only one.
    pub(super) fn local_value(&self, value: ExprId) -> ExprId {
        match self.ir.binding_of(value).map(|binding| self.uses.writes(binding)) {
            Some([write]) if matches!(self.ir.kind(*write), ExprKind::Init { .. }) => written_value(self.ir, *write).unwrap_or(value),
            _ => value,
        }
    }

    /// A count that is one less, stored back: `map.set(k, map.get(k) - 1)`.
    fn decrements(&self, value: Option<ExprId>, place: Place) -> bool {
        let Some(ExprKind::Binary(BinaryOp::Sub, left, _)) = value.map(|value| self.ir.kind(value)) else { return false };
        self.place(left) == Some(self.project(place, Step::Entry))
    }

    pub fn is_nothing(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Null | ExprKind::Undefined | ExprKind::Unary(UnaryOp::Void, _) => true,
            ExprKind::Ident(_) => self.ir.global_of(value) == Some("undefined"),
            _ => false,
        }
    }

    fn write_operation(&self, write: ExprId, table: &mut BTreeMap<Place, Operations>) {
        let ir = self.ir;
        match ir.kind(write) {
            ExprKind::Unary(UnaryOp::Delete, target) => {
                let (place, kind, key) = match ir.kind(target) {
                    ExprKind::Index { object, index } => (self.place(object), ShrinkKind::Delete, Some(index)),
                    // `delete this.cache` lets go of the whole collection; of `table.name` it takes no entry with a computed key.
                    ExprKind::Member { .. } => (self.place(target), ShrinkKind::Reset, None),
                    _ => return,
                };
                if let Some(place) = place {
                    let level = self.level(place);
                    self.entry(table, place).shrinks.push(Shrink { at: write, kind, key, level });
                }
            }
            ExprKind::Assign { op, target, value } => self.assign_operation(write, op, target, value, table),
            ExprKind::Update { target, .. } => {
                if let ExprKind::Index { object, index } = ir.kind(target) {
                    self.property_growth(write, object, index, None, table);
                }
            }
            _ => {}
        }
    }

    fn assign_operation(&self, write: ExprId, op: AssignOp, target: ExprId, value: ExprId, table: &mut BTreeMap<Place, Operations>) {
        let ir = self.ir;
        match ir.kind(target) {
            ExprKind::Index { object, index } => {
                if op == AssignOp::Set && self.is_nothing(value) {
                    if let Some(place) = self.place(object) {
                        let level = self.level(place);
                        self.entry(table, place).shrinks.push(Shrink { at: write, kind: ShrinkKind::Tombstone, key: Some(index), level });
                    }
                    return;
                }
                self.property_growth(write, object, index, Some(value), table);
            }
            ExprKind::Member { object, property, .. } if ir.name(property) == "length" => {
                if let Some(place) = self.place(object) {
                    let level = self.level(place);
                    self.entry(table, place).shrinks.push(Shrink { at: write, kind: ShrinkKind::Clear, key: None, level });
                }
            }
            // `table[key].list = table[key].list.filter(...)`.
            ExprKind::Member { .. } => {
                if let Some(place) = self.place(target).filter(|&place| self.level(place) > 0 && self.is_shorter(value, place)) {
                    let level = self.level(place);
                    self.entry(table, place).shrinks.push(Shrink { at: write, kind: ShrinkKind::Pop, key: None, level });
                }
            }
            _ => {}
        }
    }

    fn property_growth(
        &self,
        write: ExprId,
        object: ExprId,
        index: ExprId,
        value: Option<ExprId>,
        table: &mut BTreeMap<Place, Operations>,
    ) {
        let Some(place) = self.place(object) else { return };
        if self.place(index).is_some() && matches!(self.index_step(index), Step::Field(_) | Step::Keyed(_)) {
            return;
        }
        let level = self.level(place);
        if self.writes_back(place, value) {
            self.write_back(write, place, value, table);
            if !value.is_some_and(|value| self.begins_if_missing(value)) {
                return;
            }
        }
        self.empty_entry(write, place, value, table);
        // `list[list.length] = x` appends; any other index writes over what is there.
        let key = (!self.is_length_of(index, place)).then_some(index);
        let how = if key.is_some() { GrowthKind::Property } else { GrowthKind::Push };
        self.entry(table, place).grows.push(Grow { at: write, how, key, value, level });
    }

    fn is_length_of(&self, index: ExprId, place: Place) -> bool {
        match self.ir.kind(index) {
            ExprKind::Member { object, property, .. } => self.ir.name(property) == "length" && self.place(object) == Some(place),
            _ => false,
        }
    }

    /// Assignments of a whole collection after it was first made: a release of all that it held, or, if the old one goes into the new one, a growth.
    fn resets(&self, table: &mut BTreeMap<Place, Operations>) {
        let grown: FxHashSet<Place> =
            table.iter().filter(|(_, operations)| !operations.grows.is_empty()).map(|(&place, _)| place).collect();
        // What an assignment makes grow is reset by the others.
        let carried = self.uses.member_writes.iter().filter_map(|&write| match self.ir.kind(write) {
            ExprKind::Assign { target, .. } if self.may_carry_over(write) => match self.ir.kind(target) {
                ExprKind::Member { property, .. } => Some(property),
                _ => None,
            },
            _ => None,
        });
        let fields: FxHashSet<NameId> = grown.iter().filter_map(|&place| self.last_field(place)).chain(carried).collect();
        for index in 0..self.ir.bindings.len() {
            let binding = super::ir::BindingId(index as u32);
            let is_assigned = |&write: &ExprId| matches!(self.ir.kind(write), ExprKind::Assign { .. });
            if !self.uses.writes(binding).iter().any(is_assigned) {
                continue;
            }
            let place = self.root_place(Root::Binding(binding));
            let is_grown = grown.contains(&place);
            let writes: Vec<ExprId> = self.uses.writes(binding).iter().copied().filter(is_assigned).collect();
            if is_grown || writes.iter().any(|&write| self.may_carry_over(write)) {
                self.add_resets(place, &writes, is_grown, table);
            }
        }
        let mut by_place = BTreeMap::<Place, Vec<ExprId>>::new();
        for &write in &self.uses.member_writes {
            let ExprKind::Assign { target, .. } = self.ir.kind(write) else { continue };
            let is_candidate = match self.ir.kind(target) {
                ExprKind::Member { property, .. } => fields.contains(&property),
                _ => true,
            };
            if is_candidate
                && let Some(place) = self.place(target)
                && self.level(place) == 0
            {
                by_place.entry(place).or_default().push(write);
            }
        }
        for (place, writes) in by_place {
            self.add_resets(place, &writes, grown.contains(&place), table);
        }
    }

    fn last_field(&self, place: Place) -> Option<NameId> {
        match self.split(place) {
            Some((_, Step::Field(name))) => Some(name),
            _ => None,
        }
    }

    /// Whether a value has the form of one that the old collection goes into.
    fn may_carry_over(&self, write: ExprId) -> bool {
        let Some(value) = written_value(self.ir, write) else { return false };
        match self.ir.kind(value) {
            ExprKind::Array(list) => list.len > 1,
            ExprKind::Object { props, .. } => props.len > 1,
            ExprKind::Call { callee, .. } => {
                matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if self.ir.name(property) == "concat")
            }
            _ => false,
        }
    }

    fn add_resets(&self, place: Place, writes: &[ExprId], is_grown: bool, table: &mut BTreeMap<Place, Operations>) {
        let carries = |&write: &ExprId| written_value(self.ir, write).is_some_and(|value| self.carries_over(value, place));
        let is_grown = is_grown || writes.iter().any(carries);
        for &write in writes {
            let Some(value) = written_value(self.ir, write) else { continue };
            if self.carries_over(value, place) {
                let element = Some(value);
                table.entry(place).or_default().grows.push(Grow { at: write, how: GrowthKind::Push, key: None, value: element, level: 0 });
            } else if is_grown && !self.is_first_assignment(write, place) {
                table.entry(place).or_default().shrinks.push(Shrink { at: write, kind: ShrinkKind::Reset, key: None, level: 0 });
            }
        }
    }

    /// `[...list, x]`, `list.concat(x)`, `{ ...table, [key]: value }`.
    fn carries_over(&self, value: ExprId, place: Place) -> bool {
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Array(list) => {
                let items = ir.list(list);
                items.len() > 1 && items.iter().any(|&item| matches!(ir.kind(item), ExprKind::Spread(of) if self.place(of) == Some(place)))
            }
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } => ir.name(property) == "concat" && self.place(object) == Some(place),
                _ => false,
            },
            ExprKind::Object { props, .. } => {
                let props = ir.prop_list(props);
                let spreads = props.iter().any(|prop| prop.kind == super::ir::PropKind::Spread && self.place(prop.value) == Some(place));
                spreads && props.iter().any(|prop| matches!(prop.key, super::ir::PropKey::Computed(_)))
            }
            _ => false,
        }
    }

    /// Where the holder gets its first value: with its declaration, in the constructor, or lazily.
    pub(super) fn is_first_assignment(&self, write: ExprId, place: Place) -> bool {
        let ir = self.ir;
        let ExprKind::Assign { op, value, .. } = ir.kind(write) else { return true };
        if matches!(op, AssignOp::Or | AssignOp::Nullish) {
            return true;
        }
        if let ExprKind::Logical(..) = ir.kind(value)
            && self.place(value) == Some(place)
        {
            return true;
        }
        let function = ir.function_of(write);
        let creates = match self.root(place) {
            Root::Instance(id) => self.entities.get(id).constructor == Some(function),
            Root::Binding(binding) => {
                ir[ir[binding].scope].function == function && ir[ir[write].block].in_loop.is_none() && self.is_root(place)
                    || function == super::ir::Ir::MODULE
            }
            _ => function == super::ir::Ir::MODULE,
        };
        creates || self.is_missing_there(write, place)
    }

    /// Whether every path to an expression has found the place empty: `if (!cache) cache = new Map()`.
    pub fn is_missing_there(&self, at: ExprId, place: Place) -> bool {
        let block = self.ir[at].block;
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, block);
        guards.iter().any(|guard| match guard.when {
            When::True(condition) => self.says_missing(condition, place),
            When::False(condition) => self.says_there(condition, place),
            When::Nullish(value) => self.place(value) == Some(place),
            _ => false,
        })
    }

    fn says_missing(&self, condition: ExprId, place: Place) -> bool {
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.says_there(operand, place),
            ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) => {
                self.is_nothing(right) && self.says_there(left, place)
                    || matches!(self.ir.kind(left), ExprKind::Unary(UnaryOp::TypeOf, operand) if self.place(operand) == Some(place))
            }
            _ => false,
        }
    }

    fn says_there(&self, condition: ExprId, place: Place) -> bool {
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.says_missing(operand, place),
            _ => self.place(condition) == Some(place),
        }
    }

    /// What kind of collection a value makes, if it makes one.
    pub fn allocation(&self, value: ExprId) -> Option<(Container, ExprId)> {
        let ir = self.ir;
        let container = match ir.kind(value) {
            ExprKind::Object { .. } => Container::Object,
            ExprKind::Array(_) => Container::Array,
            ExprKind::New { callee, .. } => match ir.global_of(callee).or_else(|| self.alike(callee))? {
                "Map" => Container::Map,
                "Set" => Container::Set,
                "Array" => Container::Array,
                "Object" => Container::Object,
                _ => return None,
            },
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } if ir.global_of(object) == Some("Object") && ir.name(property) == "create" => {
                    Container::Object
                }
                _ if ir.global_of(callee) == Some("Array") => Container::Array,
                _ => return None,
            },
            ExprKind::Logical(_, left, right) => return self.allocation(right).or_else(|| self.allocation(left)),
            ExprKind::Conditional(_, yes, no) => return self.allocation(yes).or_else(|| self.allocation(no)),
            _ => return None,
        };
        Some((container, value))
    }
}

enum Method {
    Grow(GrowthKind, Option<ExprId>, Option<ExprId>),
    Shrink(ShrinkKind, Option<ExprId>),
}

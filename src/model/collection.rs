//! The collections of a file that can grow, with all that a rule asks about them.

use std::collections::BTreeMap;

use super::Model;
use super::context::{Context, ContextKind, Region};
use super::facts::{
    Bound, Certainty, Collection, Container, ElementKind, Growth, GrowthKind, HandOut, HolderName, Life, Shape, ShrinkKind, Shrinkage,
};
use super::holding::{Grow, Operations, Shrink};
use super::ir::{AssignOp, ExprId, ExprKind, Type};
use super::occurrences::Occurrence;
use super::place::{Place, Root};
use super::provenance::{Domain, Provenance, Source, words};
use crate::text::Span;

impl Model<'_> {
    /// Every collection that outlives the calls in which it grows.
    /// `first`: those that the file shows by itself, if only some are asked about.
    pub fn collections(&self, mut table: BTreeMap<Place, Operations>, first: Option<&[Collection]>) -> Vec<Collection> {
        let mut shared = self.grown_outside();
        shared.extend(self.grown_by_helpers(&mut table));
        for &place in &shared {
            table.entry(place).or_default();
        }
        let mut found: Vec<(Place, Collection)> = Vec::new();
        for (&place, operations) in &table {
            if operations.grows.is_empty() && !shared.contains(&place) {
                continue;
            }
            let is_asked = self.is_asking() && !shared.contains(&place);
            let span = if is_asked { self.declared_at(place) } else { None };
            let collection = match first.and_then(|first| self.unasked(first, span)) {
                Some(known) => known.cloned(),
                None => self.focused(span, || self.collection(place, operations, &table)),
            };
            found.extend(collection.map(|collection| (place, collection)));
        }
        self.find_siblings(&mut found);
        if shared.is_empty() {
            self.known_operations.replace(Some(table));
        }
        let mut collections: Vec<Collection> = found.into_iter().map(|(_, collection)| collection).collect();
        collections.extend(self.focused(None, || self.chains(first)));
        collections.extend(self.focused(None, || self.runtime_tables()));
        collections
    }

    /// What was found of a holder about which nothing is asked; none if that has to be found again.
    fn unasked<'f>(&self, first: &'f [Collection], declared_at: Option<Span>) -> Option<Option<&'f Collection>> {
        let span = declared_at.filter(|span| !self.is_asked_about(*span))?;
        let mut known = first.iter().filter(|collection| collection.holder.span == span);
        let found = known.next();
        known.next().is_none().then_some(found)
    }

    fn collection(&self, place: Place, operations: &Operations, table: &BTreeMap<Place, Operations>) -> Option<Collection> {
        let values = self.initial_values(place);
        let made = values.iter().find_map(|&value| self.allocation(value));
        let hung = || self.is_table_of_application(place, operations).then_some(Container::Object);
        let container = made.map(|(container, _)| container).or_else(hung)?;
        if made.is_some_and(|(_, allocation)| self.has_methods(allocation)) {
            return None;
        }
        let sites: Vec<ExprId> = operations.grows.iter().map(|grow| grow.at).collect();
        let (life, region) = self.life(place, &sites)?;
        let kinds: Vec<Container> = values.iter().filter_map(|&value| Some(self.allocation(value)?.0)).collect();
        let grows = self.relevant_growths(place, operations, &kinds);
        // Where nobody says how long it lives, the rest is not worth asking.
        if life.certainty == Certainty::Unknown {
            self.stop_asking();
        }
        let elsewhere = self.holder_outside(place);
        if grows.is_empty() && elsewhere.is_none() {
            return None;
        }
        let mut shrinks = operations.shrinks.clone();
        self.shrinks_elsewhere(place, table, &mut shrinks);
        shrinks.extend(self.shrinks_of_namesakes(place, table));
        shrinks.extend(self.shrinks_of_fields(place, table));
        shrinks.extend(self.shrinks_by_helpers(place));
        // An element of a list is no entry that could be left behind empty.
        shrinks.retain(|shrink| shrink.kind != ShrinkKind::WriteBack || container != Container::Array);
        let operations = &Operations { shrinks: shrinks.clone(), ..operations.clone() };
        let occurrences = self.occurrences(place);
        let kinds: Vec<Occurrence> = occurrences.iter().map(|&at| self.occurrence(at)).collect();
        let span = self.declared_at(place)?;
        let mut collection = Collection {
            holder: self.holder_name(place, span, sites.first().copied()),
            container,
            life: self.life_by_answers(life, &grows),
            growths: Vec::new(),
            shrinks: shrinks.iter().map(|shrink| self.shrinkage(shrink, region, place, operations)).collect(),
            uses: kinds.iter().filter(|kind| !matches!(kind, Occurrence::Declared)).count() as u32,
            reads: kinds
                .iter()
                .filter(|kind| matches!(kind, Occurrence::Read | Occurrence::ReadAsMap | Occurrence::HandedOut(_) | Occurrence::Cleaned))
                .count() as u32,
            bound: self.bound(place, &values, operations),
            hand_outs: self.hand_outs(&occurrences, &kinds, operations),
            shapes: Vec::new(),
            allocation: made.filter(|_| values.len() == 1).and_then(|(_, allocation)| self.replaceable(allocation, span)),
            is_weakable: occurrences.iter().all(|&at| self.is_weak_use(at)),
            has_named_key_type: self.key_annotation(place).is_some_and(|key| self.is_named_type(key)),
            is_maplike: container == Container::Map
                && kinds
                    .iter()
                    .all(|kind| matches!(kind, Occurrence::Declared | Occurrence::Grown | Occurrence::Shrunk | Occurrence::ReadAsMap)),
            files: Vec::new(),
            removal: None,
        };
        if self.is_handed_out_by_name(place) || made.is_none() {
            collection.hand_outs.push(HandOut::Exported);
        }
        for (&at, kind) in occurrences.iter().zip(&kinds) {
            let level = if *kind == Occurrence::Cleaned { Some(0) } else { self.cleaned_entry(at).then_some(1) };
            if let Some(level) = level {
                let shrink = Shrink { at, kind: ShrinkKind::Cleaner, key: None, level };
                collection.shrinks.push(self.shrinkage(&shrink, region, place, operations));
            }
        }
        if let Some(seen) = elsewhere {
            self.add_outside(&seen, &mut collection);
        }
        collection.shrinks.extend(self.released_by_names(place, &occurrences));
        collection.shrinks.extend(self.shrinks_of_bases(place));
        let is_settled = collection.bound.is_some() || collection.life.certainty == Certainty::Short;
        // Where they come from and how often matters only for what stays.
        let own =
            grows.iter().map(|grow| if is_settled { self.known_growth(grow, false) } else { self.own_growth(grow, region, &collection) });
        let own: Vec<Growth> = own.collect();
        collection.growths.splice(0..0, own);
        for index in 0..collection.growths.len() {
            let growth = &collection.growths[index];
            collection.growths[index].released = collection.shrinks.iter().any(|shrink| growth.is_covered_by(shrink));
        }
        self.find_shapes(place, &mut collection, operations);
        if !is_settled {
            collection.removal = self.entry_removal(place, &collection, operations);
        }
        // A class with the opposite verb is used while it lives, whatever the verb is called (`register`, `unregister`), and so is one that empties entries.
        let is_emptied = || operations.shrinks.iter().any(|shrink| self.is_emptied_entry(shrink));
        if collection.shapes.iter().any(|shape| matches!(shape, Shape::DualVerb { .. })) || is_emptied() {
            for growth in collection.growths.iter_mut().filter(|growth| growth.context.kind == ContextKind::Startup) {
                growth.context.kind = ContextKind::Unknown;
            }
        }
        Some(collection)
    }

    fn own_growth(&self, grow: &Grow, region: Region, collection: &Collection) -> Growth {
        // What some release covers, whoever calls either, needs no closer look.
        let reached = |shrink: &&Shrinkage| shrink.is_reached() && shrink.level <= grow.level;
        if collection.shrinks.iter().filter(reached).any(|shrink| !shrink.is_unused()) {
            return self.known_growth(grow, true);
        }
        let context = self.context(grow.at, region);
        if context.kind <= ContextKind::Init {
            return Growth { context, ..self.known_growth(grow, false) };
        }
        self.growth(grow, context)
    }

    pub(super) fn holder_name(&self, place: Place, span: Span, site: Option<ExprId>) -> HolderName {
        let line = self.declaration_line(span);
        let scope = match self.root(place) {
            Root::Instance(id) => self.entity_name(id),
            Root::Binding(binding) => {
                let function = self.ir[self.ir[binding].scope].function;
                if function == super::ir::Ir::MODULE { String::new() } else { self.function_name(function) }
            }
            _ => site.map(|site| self.qualified_name(site)).unwrap_or_default(),
        };
        HolderName { text: self.place_text(place), scope, span, declaration_hash: self.text_hash(line) }
    }

    /// The line of a declaration; of a program in one line, what stands around it.
    fn declaration_line(&self, span: Span) -> Span {
        const LONGEST: u32 = 1024;
        let line = self.source.line_around(span.start);
        if line.end - line.start <= LONGEST {
            return line;
        }
        let text = self.source.text();
        let mut end = (span.start + LONGEST).min(line.end);
        while !text.is_char_boundary(end as usize) {
            end -= 1;
        }
        Span::new(span.start, end)
    }

    /// Writes to an array by index replace, unless the index is a new one each time.
    fn relevant_growths(&self, place: Place, operations: &Operations, kinds: &[Container]) -> Vec<Grow> {
        operations
            .grows
            .iter()
            .copied()
            .filter(|grow| {
                // What a running interval keeps alive is said of the interval.
                if grow.value.is_some_and(|value| self.is_interval_handle(value)) {
                    return false;
                }
                if !self.is_method_of(grow, place, kinds) {
                    return false;
                }
                // `caches[name] = new LRUCache({ max })`: what an entry holds is bounded by its own class.
                let outer = |other: &&Grow| other.level + 1 == grow.level;
                let is_bounded = |other: &Grow| other.value.is_some_and(|value| self.bound_of_class(value).is_some());
                if operations.grows.iter().filter(outer).any(is_bounded) {
                    return false;
                }
                let by_index = kinds.first() == Some(&Container::Array) && grow.how == GrowthKind::Property;
                let adds_up = matches!(
                    self.ir.kind(grow.at),
                    ExprKind::Assign { op: AssignOp::Add | AssignOp::Sub | AssignOp::Other, .. } | ExprKind::Update { .. }
                );
                !by_index || !adds_up && grow.key.is_some_and(|key| self.provenance(key).domain == super::provenance::Domain::Unbounded)
            })
            .collect()
    }

    /// A growth that cannot go on: what is needed to compare it with others.
    fn known_growth(&self, grow: &Grow, released: bool) -> Growth {
        let key = grow.key.map(|key| Provenance { domain: Domain::Unknown, source: Source::Computed, text: self.expr_text(key) });
        Growth {
            span: self.ir.span(grow.at),
            file: None,
            how: grow.how,
            key,
            element: None,
            level: grow.level,
            context: Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false },
            is_registry: false,
            function: self.function_name(self.ir.function_of(grow.at)),
            released,
            once: None,
        }
    }

    pub(super) fn growth(&self, grow: &Grow, context: Context) -> Growth {
        let function = self.ir.function_of(grow.at);
        let name = self.function_name(function);
        let first = words(&name).into_iter().next().unwrap_or_default();
        let element = grow.value.map(|value| self.element(value));
        let by_name =
            self.apis.registries.verbs.contains(&first) || words(&name).iter().any(|word| self.apis.registries.once.contains(word));
        let takes_function = element.as_ref().is_some_and(|element| element.kind == ElementKind::Callback)
            || grow.key.is_some_and(|key| matches!(self.ir.kind(key), ExprKind::Function(_)));
        let takes_settings = self.ir[function].params.iter().filter_map(|param| param.binding).any(|binding| {
            matches!(
                self.ir.name(self.ir[binding].name),
                "config" | "configuration" | "options" | "opts" | "settings" | "definition" | "schema"
            )
        });
        // Who adds itself is not what a caller registers: each instance leaves one entry.
        let is_itself = element.as_ref().is_some_and(|element| element.provenance.source == Source::Instance);
        let is_registry = (by_name || takes_function || takes_settings)
            && !is_itself
            && !element.as_ref().is_some_and(|element| {
                matches!(element.kind, ElementKind::Timer | ElementKind::Promise | ElementKind::Request | ElementKind::Pending)
            });
        Growth {
            span: self.ir.span(grow.at),
            file: None,
            how: grow.how,
            key: self.looked_up(grow).or_else(|| grow.key.map(|key| self.guarded_provenance(key, grow))),
            element,
            level: grow.level,
            context,
            is_registry,
            function: name,
            released: false,
            once: self.once(grow),
        }
    }

    /// A key that was found in another table first has no more values than that table.
    fn guarded_provenance(&self, key: ExprId, grow: &Grow) -> super::provenance::Provenance {
        let mut found = self.provenance(key);
        let waits = |value: ExprId| matches!(self.element(value).kind, ElementKind::Callback | ElementKind::Pending);
        if grow.value.is_some_and(waits) && self.is_numbered(key) {
            return Provenance { domain: Domain::Unbounded, source: Source::Counter, ..found };
        }
        // As the name of a property, an object is its text, `[object Object]`, and a list that of its elements.
        if grow.how == GrowthKind::Property && matches!(found.source, Source::Fresh | Source::Instance) {
            let domain = if matches!(self.ir.kind(key), ExprKind::Array(_)) { Domain::Unknown } else { Domain::Harmless };
            return Provenance { domain, source: Source::Computed, ..found };
        }
        if self.is_checked_elsewhere(key, grow) || self.holder_of(grow.at).is_some_and(|holder| self.is_one_for_each(holder, key)) {
            found.domain = super::provenance::Domain::Fixed;
        }
        if found.domain == Domain::Likely {
            found.domain = self.domain_by_words(&found, grow);
        }
        found
    }

    fn is_checked_elsewhere(&self, key: ExprId, grow: &Grow) -> bool {
        use super::ir::{BinaryOp, UnaryOp, When};
        let Some(binding) = self.ir.binding_of(key) else { return false };
        let own = self.holder_of(grow.at);
        let is_key = |value: ExprId| self.ir.binding_of(value) == Some(binding);
        let other = |table: ExprId| self.place(table).is_some_and(|place| Some(place) != own && self.is_fixed_table(place));
        let finds = |condition: ExprId| match self.ir.kind(condition) {
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } => {
                    matches!(self.ir.name(property), "has" | "includes" | "hasOwnProperty")
                        && other(object)
                        && self.ir.list(args).first().is_some_and(|&arg| is_key(arg))
                }
                _ => false,
            },
            ExprKind::Binary(BinaryOp::In, left, right) => is_key(left) && other(right),
            ExprKind::Index { object, index } => is_key(index) && other(object),
            _ => false,
        };
        self.flow(self.ir.function_of(grow.at)).guards(self.ir, self.ir[grow.at].block).iter().any(|guard| match guard.when {
            When::True(condition) => finds(condition),
            When::False(condition) => matches!(self.ir.kind(condition), ExprKind::Unary(UnaryOp::Not, operand) if finds(operand)),
            _ => false,
        })
    }

    /// A table that nothing in this file adds to.
    fn is_fixed_table(&self, place: Place) -> bool {
        let Root::Binding(binding) = self.root(place) else { return false };
        let only_read = self.occurrences(place).iter().all(|&at| !matches!(self.occurrence(at), Occurrence::Grown));
        self.is_module_level(binding) && only_read
    }

    /// The container that a growth grows.
    pub(super) fn holder_of(&self, at: ExprId) -> Option<Place> {
        let object = match self.ir.kind(at) {
            ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, .. } => object,
                _ => return None,
            },
            ExprKind::Assign { target, .. } | ExprKind::Update { target, .. } => match self.ir.kind(target) {
                ExprKind::Index { object, .. } => object,
                _ => return None,
            },
            _ => return None,
        };
        Some(self.container(self.place(object)?))
    }

    pub(super) fn shrinkage(&self, shrink: &Shrink, region: Region, place: Place, operations: &Operations) -> Shrinkage {
        let function = self.function_name(self.ir.function_of(shrink.at));
        let mut context = self.context(shrink.at, region);
        // What undoes the growth is used while the holder lives, whatever it is called (`acquire`, `release`).
        let undoes = operations.grows.iter().any(|grow| {
            super::dual_verb::opposite(&self.function_name(self.ir.function_of(grow.at))).is_some_and(|names| names.contains(&function))
        });
        // `cleanup(sessionId)` ends one entry's work, not the holder's.
        let is_of_one = shrink.kind == ShrinkKind::Delete && shrink.key.is_some_and(|key| self.is_own_param(key));
        if (undoes || is_of_one) && context.kind == ContextKind::Teardown {
            context.kind = ContextKind::Unknown;
        }
        if self.ends_what_waits(shrink, region, operations) {
            context.kind = ContextKind::Teardown;
        }
        let is_shared = region == Region::Function(super::ir::Ir::MODULE);
        let is_on_read = |other: &Shrink| other.kind == ShrinkKind::Delete && self.is_expiry_on_read(other, place, operations);
        let expires = operations.shrinks.iter().any(is_on_read);
        let is_opt_in = (is_shared || expires) && self.is_opt_in(shrink, &context, operations, expires)
            || self.discards_all_that_waits(shrink, place, &context, operations);
        let given = self.is_left_to_caller(shrink, operations, &mut context);
        let kind = match () {
            () if is_opt_in => ShrinkKind::OptIn,
            () if given && self.is_dropped_by_caller(shrink, operations) => ShrinkKind::Dropped,
            () => self.shrink_kind(shrink, place, operations),
        };
        Shrinkage { span: self.ir.span(shrink.at), file: None, kind, level: shrink.level, context, function, given }
    }

    /// Shrinks of the same collection under another name: a parameter it is passed for, a property it is stored in.
    fn shrinks_elsewhere(&self, place: Place, table: &BTreeMap<Place, Operations>, shrinks: &mut Vec<Shrink>) {
        for at in self.occurrences(place) {
            let Some(parent) = self.uses.parent(at) else { continue };
            let other = match self.ir.kind(parent) {
                ExprKind::Assign { target, value, .. } if value == at => self.place(target),
                _ => None,
            };
            let Some(other) = other.filter(|other| *other != place) else { continue };
            shrinks.extend(table.get(&other).into_iter().flat_map(|operations| operations.shrinks.iter().copied()));
        }
    }

    fn bound(&self, place: Place, values: &[ExprId], operations: &Operations) -> Option<Bound> {
        if self.declared_at(place).is_some_and(|span| self.has_note(span)) {
            return Some(Bound::Note);
        }
        if self.is_size_watched(operations) {
            return Some(Bound::SizeCheck);
        }
        let by_class = values.iter().find_map(|&value| self.bound_of_class(value));
        by_class.or_else(|| self.key_annotation(place).is_some_and(|key| self.has_few_values(key)).then_some(Bound::KeyType))
    }

    /// What bounds an object by its class.
    fn bound_of_class(&self, value: ExprId) -> Option<Bound> {
        let callee = match self.ir.kind(value) {
            ExprKind::New { callee, .. } => callee,
            // `typeof WeakMap === 'function' ? new WeakMap() : new Map()`.
            ExprKind::Conditional(_, one, other) => return self.bound_of_class(one).or_else(|| self.bound_of_class(other)),
            _ => return None,
        };
        let name = self.callee_name(callee)?;
        match () {
            () if self.apis.weak.classes.contains(name) => Some(Bound::Weak),
            () if self.apis.bounded.classes.contains(name) => Some(Bound::BoundedClass),
            () => None,
        }
    }

    /// `// @leaklint bounded: reason` on the line of a declaration, or on the one before.
    pub(super) fn has_note(&self, span: Span) -> bool {
        let line_of = |span: Span| self.source.line_of(span.start);
        self.ir.comments.iter().any(|comment| {
            let text = comment.text.trim_start_matches(['*', ' ', '\n']).trim_start();
            let note = text.strip_prefix("@leaklint").map(str::trim_start);
            note.is_some_and(|note| note.starts_with("bounded:") || note.starts_with("process-lifetime:"))
                && [0, 1].contains(&line_of(span).wrapping_sub(line_of(comment.span)))
        })
    }

    /// The parts of an empty `new Map()` or `new Set()` whose declaration names no type.
    fn replaceable(&self, allocation: ExprId, declared: Span) -> Option<super::facts::Allocation> {
        let ExprKind::New { callee, .. } = self.ir.kind(allocation) else { return None };
        let whole = self.ir.span(allocation);
        let class = self.ir.span(callee);
        let between = self.source.slice(Span::new(declared.end, whole.start));
        let arguments = Span::new(whole.end.saturating_sub(2), whole.end);
        (!between.contains(':') && self.source.slice(arguments) == "()").then_some(super::facts::Allocation { class, arguments })
    }

    /// A use that a weak collection has, too.
    fn is_weak_use(&self, at: ExprId) -> bool {
        match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Member { property, .. }) => matches!(self.ir.name(property), "get" | "set" | "add" | "has" | "delete"),
            Some(ExprKind::Assign { target, .. }) => target == at,
            Some(ExprKind::Init { .. }) | None => true,
            _ => false,
        }
    }

    /// A key of a type with a name of its own: more likely an enumeration than any string.
    fn is_named_type(&self, key: super::ir::TypeId) -> bool {
        match &self.ir[key] {
            Type::Named(name, args) => {
                args.is_empty() && !matches!(self.ir.name(*name), "Function" | "Object" | "Symbol" | "Buffer" | "Error" | "Date")
            }
            Type::Union(parts) => parts.iter().any(|&part| self.is_named_type(part)),
            _ => false,
        }
    }

    /// Whether other files get the collection by its name: an exported binding, a property of what is exported.
    pub(super) fn is_handed_out_by_name(&self, place: Place) -> bool {
        match (self.is_root(place), self.root(place)) {
            (true, Root::Binding(binding)) => self.is_exported(binding),
            (_, Root::Exports) => true,
            // Other scripts of the page see its globals.
            (_, Root::Global(_)) => self.initial_values(place).iter().any(|&value| matches!(self.ir.kind(value), ExprKind::Logical(..))),
            (false, Root::Binding(binding)) => {
                self.level(place) == 0 && self.entities.of_binding(binding).is_none() && self.is_exported(binding)
            }
            _ => false,
        }
    }

    /// An object with functions in it is a thing of its own, not a table.
    fn has_methods(&self, allocation: ExprId) -> bool {
        match self.ir.kind(allocation) {
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().any(|prop| matches!(self.ir.kind(prop.value), ExprKind::Function(_)))
            }
            _ => false,
        }
    }

    /// Whether a key is made of what the function's caller gave.
    fn is_own_param(&self, key: ExprId) -> bool {
        let mut at = key;
        while let ExprKind::Member { object, .. } = self.ir.kind(at) {
            at = object;
        }
        self.ir.binding_of(at).is_some_and(|binding| matches!(self.ir[binding].kind, super::ir::BindingKind::Param(..)))
    }
}

impl Life {
    pub fn is_long(&self) -> bool {
        use super::facts::Certainty;
        self.certainty >= Certainty::Likely
    }
}

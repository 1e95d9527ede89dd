//! Which names mean the same place: aliases, elements of what is iterated, results of small accessors.

use super::Model;
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId};
use super::place::{Known, Place, Root, Step};

/// Methods that give a new list of what the receiver holds, or an iterator over it.
const CONTENT: &[&str] = &["values", "slice", "filter", "reverse", "sort", "concat", "toReversed", "toSorted", "entries"];
/// Methods whose callback gets an element as its first argument.
pub(crate) const ELEMENT_CALLBACK: &[&str] = &["forEach", "map", "filter", "some", "every", "find", "findLast", "findIndex", "flatMap"];

impl Model<'_> {
    /// The place that all of several alternatives denote; allocations, literals and calls beside a place do not count
    /// (`x || (x = new Map())`).
    pub(super) fn agreed(&self, alternatives: &[ExprId]) -> Option<Place> {
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
        // A parameter that a pattern takes apart has no name, and is nothing fresh: `({ signal } = {}) => ...`.
        let is_made = matches!(self.root(place), Root::Value(value) if !matches!(self.ir.kind(value), ExprKind::Param(_)));
        (!(is_made && self.is_root(place))).then_some(place)
    }

    pub fn binding_place(&self, binding: BindingId) -> Place {
        let known = self.places.borrow().of_binding[binding.index()];
        match known {
            Known::Place(place) => return place,
            // It is being looked for.
            Known::Nothing => {}
            Known::NotYet => {
                self.places.borrow_mut().of_binding[binding.index()] = Known::Nothing;
                let alias = self.alias_of(binding);
                let place = alias.unwrap_or_else(|| self.root_place(Root::Binding(binding)));
                self.places.borrow_mut().of_binding[binding.index()] = Known::Place(place);
                return place;
            }
        };
        self.root_place(Root::Binding(binding))
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
        self.ir.is_inside(inner, outer)
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
    pub(super) fn yields_pairs(&self, iterable: ExprId) -> bool {
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

    pub(super) fn call_place(&self, call: ExprId, callee: ExprId, args: &[ExprId]) -> Option<Place> {
        let ir = self.ir;
        if let Some(setting) = self.setting(callee, args, &self.apis.applications.get) {
            return Some(setting);
        }
        if let ExprKind::Member { object, property, .. } = ir.kind(callee)
            && ir.name(property) == "get"
            && args.len() == 1
            && let Some(of) = self.place(object)
            && !matches!((self.is_root(of), self.root(of)), (true, Root::Global(_) | Root::GlobalObject))
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

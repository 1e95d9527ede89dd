//! What the entries of a collection are told apart by: what its methods are, and what an append asks for first.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::Model;
use super::facts::{Container, GrowthKind};
use super::holding::Grow;
use super::index::written_value;
use super::ir::{BinaryOp, BindingKind, ExprId, ExprKind, FnId, FunctionKind, When};
use super::place::{Place, Root, Step};
use super::provenance::{Domain, Found, Provenance, Source, is_constant_case, words};

/// Words of the names of keys, and how many values they say that there are.
#[derive(Debug, Clone, Deserialize)]
pub struct Keys {
    pub suspicious: FxHashSet<String>,
    /// Of the suspicious ones, those that name things which the program finds around it.
    pub around: FxHashSet<String>,
    /// Of the suspicious ones, those of work that is done and over.
    pub passing: FxHashSet<String>,
    pub harmless: FxHashSet<String>,
}

/// Words that say of a value that it tells things apart, and not which things.
const IDS: &[&str] = &["id", "ids"];

/// Names that stand for what was found are followed this far.
const DEPTH: u32 = 3;

impl Model<'_> {
    /// Whether what is called is a method of such a collection: the `add` of a plain object is a function of its own.
    pub(super) fn is_method_of(&self, grow: &Grow, place: Place, kinds: &[Container]) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(grow.at) else { return true };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return true };
        self.place(object) != Some(place) || kinds.iter().any(|kind| kind.grows_by(grow.how))
    }

    /// The value of which a list gets one element, as it is looked for first: `if (!list.includes(x)) list.push(x)`,
    /// `list.find((one) => one.id === id) ?? list.push(...)`.
    pub(super) fn looked_up(&self, grow: &Grow) -> Option<Provenance> {
        if grow.how != GrowthKind::Push || grow.key.is_some() {
            return None;
        }
        let list = match self.ir.kind(grow.at) {
            ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, .. } => self.place(object)?,
                _ => return None,
            },
            ExprKind::Assign { target, .. } => self.place(target)?,
            _ => return None,
        };
        let guards = self.flow(self.ir.function_of(grow.at)).guards(self.ir, self.ir[grow.at].block);
        let values = guards.iter().find_map(|guard| match guard.when {
            When::True(condition) | When::False(condition) | When::Nullish(condition) | When::NotNullish(condition) => {
                self.asked_of(list, condition, DEPTH)
            }
            _ => None,
        })?;
        let first = *values.first()?;
        let found = self.joined(&values, super::provenance::DEPTH);
        Some(Provenance { domain: found.domain, source: found.source, text: self.expr_text(first) })
    }

    /// How many values a key has that by its name is one of many, in view of what else is written there. An id of which nothing around it says what of: users and messages come without an
    /// end; accounts of a configuration, tasks and modules have ids, too.
    pub(super) fn domain_by_words(&self, key: &Provenance, grow: &Grow) -> Domain {
        let of_key = words(&key.text);
        if of_key.iter().any(|word| self.apis.keys.passing.contains(word)) {
            return Domain::Passing;
        }
        if !matches!(key.source, Source::Parameter(_) | Source::Computed) || !of_key.last().is_some_and(|last| IDS.contains(&last.as_str()))
        {
            return key.domain;
        }
        let function = self.ir.function_of(grow.at);
        let class = self.entities.memberships(function).first().map(|&(id, _, _)| self.entity_name(id));
        let holder = self.holder_of(grow.at).map(|holder| self.place_text(holder));
        let around = [Some(self.function_name(function)), class, holder].into_iter().flatten().flat_map(|name| words(&name));
        let all: Vec<String> = of_key.into_iter().chain(around).collect();
        let is_any = |holds: &dyn Fn(&str) -> bool| all.iter().any(|word| holds(word) || word.strip_suffix('s').is_some_and(holds));
        if is_any(&|word| self.apis.keys.passing.contains(word)) {
            Domain::Passing
        } else if is_any(&|word| self.comes_without_end(word)) {
            Domain::Likely
        } else {
            Domain::Wide
        }
    }

    /// Whether a word names what comes again and again, each time another one.
    fn comes_without_end(&self, word: &str) -> bool {
        let keys = &self.apis.keys;
        keys.suspicious.contains(word) && !keys.around.contains(word) && !IDS.contains(&word)
    }

    /// How many values a name says that there are.
    pub(super) fn by_name(&self, name: &str, source: Source) -> Found {
        let words = words(name);
        let keys = &self.apis.keys;
        let last = words.last().map(String::as_str).unwrap_or_default();
        let whole = words.concat();
        let domain = if keys.harmless.contains(&whole) {
            Domain::Harmless
        } else if keys.suspicious.contains(&whole) || keys.suspicious.contains(last) {
            self.suspicion(&words)
        } else if keys.harmless.contains(&whole) || keys.harmless.contains(last) || is_constant_case(name) {
            Domain::Harmless
        } else if last == "key"
            && let [.., of, _] = words.as_slice()
        {
            // `bucketKey` is made of whatever it is the key of; `propertyKey` of a set that the program fixes.
            if keys.harmless.contains(of) { Domain::Harmless } else { Domain::Wide }
        } else if words.iter().any(|word| keys.suspicious.contains(word)) {
            self.suspicion(&words)
        } else {
            Domain::Unknown
        };
        Found { domain, source }
    }

    /// A name with a suspicious word: whether a new one comes with each piece of work, or it is one of the many things around the program.
    fn suspicion(&self, words: &[String]) -> Domain {
        let keys = &self.apis.keys;
        let per_work = |word: &String| keys.suspicious.contains(word) && !keys.around.contains(word);
        let is_id = |word: &String| matches!(word.as_str(), "id" | "ids" | "uuid" | "uid" | "guid");
        let said = match words {
            [only] => per_work(only),
            // The id of what? `socketId` is new with each connection, `databaseId` is not.
            _ => words.iter().any(|word| per_work(word) && !is_id(word)),
        };
        match said {
            true if words.iter().any(|word| keys.passing.contains(word)) => Domain::Passing,
            true => Domain::Likely,
            false => Domain::Wide,
        }
    }

    /// Whether a key is made once in the life of the holder: a name that is set where the holder is made, or a field that its constructor sets.
    pub(super) fn is_one_for_each(&self, holder: Place, key: ExprId) -> bool {
        self.is_one_within(holder, key, DEPTH)
    }

    fn is_one_within(&self, holder: Place, key: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.ir.kind(key) {
            ExprKind::String(_) | ExprKind::Number(_) => true,
            ExprKind::Template(parts) => self.ir.list(parts).iter().all(|&part| self.is_one_within(holder, part, depth)),
            ExprKind::Ident(_) => match self.ir.binding_of(key).map(|binding| (binding, self.ir[binding].kind)) {
                Some((_, BindingKind::Param(function, index))) => {
                    let (arguments, is_complete) = self.known_arguments(function, index);
                    is_complete && !arguments.is_empty() && arguments.iter().all(|&argument| self.is_one_within(holder, argument, depth))
                }
                Some((binding, _)) => matches!(self.uses.writes(binding), [write] if self.makes_both(holder, *write)),
                None => false,
            },
            ExprKind::Member { .. } => self.place(key).is_some_and(|place| self.is_set_with(holder, place)),
            _ => false,
        }
    }

    /// Whether a name is set where the holder is made, or around that, and not by each turn of a loop.
    fn makes_both(&self, holder: Place, write: ExprId) -> bool {
        let Root::Binding(binding) = self.root(holder) else { return false };
        let is_plain =
            written_value(self.ir, write).is_some_and(|value| !matches!(self.ir.kind(value), ExprKind::Element(_) | ExprKind::Key(_)));
        let maker = self.ir[self.ir[binding].scope].function;
        is_plain && self.ir[self.ir[write].block].in_loop.is_none() && self.is_inside(maker, self.ir.function_of(write))
    }

    /// Whether a field of the object that has the holder is set by its constructor, and by nothing else.
    fn is_set_with(&self, holder: Place, field: Place) -> bool {
        let (Root::Instance(owner), Root::Instance(id)) = (self.root(holder), self.root(field)) else { return false };
        let Some((object, Step::Field(_))) = self.split(field) else { return false };
        let constructor = self.entities.get(id).constructor;
        let values = self.initial_values(field);
        let is_once = |value: &ExprId| {
            let function = self.ir.function_of(*value);
            let is_maker = Some(function) == constructor || matches!(self.ir[function].kind, FunctionKind::FieldInit);
            is_maker && self.ir[self.ir[*value].block].in_loop.is_none()
        };
        owner == id && self.is_root(object) && !values.is_empty() && values.iter().all(is_once)
    }

    /// What a condition looks for in a list.
    fn asked_of(&self, list: Place, condition: ExprId, depth: u32) -> Option<Vec<ExprId>> {
        let depth = depth.checked_sub(1)?;
        let mut found = None;
        self.each_part(condition, &mut |part| {
            if found.is_some() {
                return;
            }
            found = match self.ir.kind(part) {
                ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                    ExprKind::Member { object, property, .. } if self.place(object) == Some(list) => {
                        let first = self.ir.list(args).first().copied();
                        first.and_then(|first| self.sought(self.ir.name(property), first))
                    }
                    _ => None,
                },
                ExprKind::Ident(_) => match self.ir.binding_of(part).map(|binding| self.uses.writes(binding)) {
                    Some([write]) => written_value(self.ir, *write).and_then(|value| self.asked_of(list, value, depth)),
                    _ => None,
                },
                _ => None,
            };
        });
        found
    }

    fn sought(&self, method: &str, argument: ExprId) -> Option<Vec<ExprId>> {
        match method {
            "includes" | "indexOf" | "lastIndexOf" => Some(vec![argument]),
            "find" | "findIndex" | "findLast" | "findLastIndex" | "some" => {
                let ExprKind::Function(test) = self.ir.kind(argument) else { return None };
                let compared = self.compared_with_param(test);
                (!compared.is_empty()).then_some(compared)
            }
            _ => None,
        }
    }

    /// What a test of elements compares with them: `id` of `(one) => one.id === id`.
    fn compared_with_param(&self, test: FnId) -> Vec<ExprId> {
        let mut found = Vec::new();
        for id in self.ir.exprs_around(test).filter(|&id| self.ir.function_of(id) == test) {
            if let ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) = self.ir.kind(id) {
                match (self.is_part_of_param(left, test), self.is_part_of_param(right, test)) {
                    (true, false) => found.push(right),
                    (false, true) => found.push(left),
                    _ => {}
                }
            }
        }
        found
    }

    fn is_part_of_param(&self, value: ExprId, function: FnId) -> bool {
        let mut at = value;
        while let ExprKind::Member { object, .. } | ExprKind::Index { object, .. } = self.ir.kind(at) {
            at = object;
        }
        match self.ir.kind(at) {
            ExprKind::Param(index) => index == 0 && self.ir.function_of(at) == function,
            ExprKind::Ident(_) => self.ir.binding_of(at).is_some_and(|binding| match self.ir[binding].kind {
                BindingKind::Param(of, index) => of == function && index == 0,
                _ => match self.uses.writes(binding) {
                    [write] => written_value(self.ir, *write).is_some_and(|value| value < at && self.is_part_of_param(value, function)),
                    _ => false,
                },
            }),
            _ => false,
        }
    }
}

impl Container {
    /// Whether a collection of this kind has the method that makes it grow so.
    pub(super) fn grows_by(self, how: GrowthKind) -> bool {
        match how {
            GrowthKind::Set => self == Self::Map,
            GrowthKind::Add => self == Self::Set,
            GrowthKind::Push => self == Self::Array,
            GrowthKind::Property => true,
        }
    }
}

//! Where a key or an element comes from, and how many different ones there can be.

use serde::{Deserialize, Serialize};

use super::Model;
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, UnaryOp, When};
use super::place::Root;

/// How many different values there can be, ordered by how much it says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Domain {
    /// Literals, constants, an enum, a union of literals, a table of the program.
    Fixed,
    /// By its name one of a small set.
    Harmless,
    Unknown,
    /// By its name one of many, but of things that the program finds around it: files, addresses, texts.
    Wide,
    /// By its name a new one with each user or message.
    Likely,
    /// By its name a new one with each piece of work, which is done and over: a session, a request, a job.
    Passing,
    /// Seen: request data, a counter, a random id, the time, an object made for each call.
    Unbounded,
}

impl Domain {
    /// Whether a name says that there are many, and nothing else does.
    pub fn is_by_name(self) -> bool {
        matches!(self, Self::Wide | Self::Likely | Self::Passing)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    Constant,
    /// The parameter that stands for the request, connection or message.
    Request(String),
    /// What a call that is waited for finds by a part of a request: there are as many as there are to be found.
    Lookup(String),
    Counter,
    Random,
    Time,
    /// An object, array or function made there.
    Fresh,
    /// The object itself: as many as there are instances.
    Instance,
    Parameter(String),
    Computed,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Provenance {
    pub domain: Domain,
    pub source: Source,
    /// The key as it is written, if that is short.
    pub text: String,
}

#[derive(Clone, Debug)]
pub(super) struct Found {
    pub domain: Domain,
    pub source: Source,
}

pub(super) const CONSTANT: Found = Found { domain: Domain::Fixed, source: Source::Constant };
pub(super) const COMPUTED: Found = Found { domain: Domain::Unknown, source: Source::Computed };
pub(super) const DEPTH: u32 = 8;
/// More values than this are as good as one for each time.
const MANY: f64 = 1e6;

/// Calls that give a value of their receiver or argument as a text or number.
const TEXTS: &[&str] = &[
    "toString",
    "String",
    "Number",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "normalize",
    "parseInt",
    "substring",
    "substr",
    "stringify",
    "join",
    "replace",
    "encodeURIComponent",
    "decodeURIComponent",
    "basename",
    "dirname",
    "relative",
    "toLocaleLowerCase",
    "padStart",
    "charAt",
];

/// Those that give it, or a part of it, as it is.
const SAME: &[&str] = &["valueOf", "concat", "slice", "split", "resolve", "at", "get", "first"];
const RANDOM: &[&str] = &[
    "uuid",
    "uuidv4",
    "v4",
    "v1",
    "nanoid",
    "randomUUID",
    "randomBytes",
    "cuid",
    "ulid",
    "random",
    "generateId",
    "createId",
    "uniqueId",
    "hrtime",
    "Symbol",
    "genId",
    "makeId",
    "nextId",
    "newId",
];
const TIME: &[&str] = &["now", "getTime", "toISOString"];

impl Model<'_> {
    pub fn provenance(&self, expr: ExprId) -> Provenance {
        let Found { domain, source } = self.trace(expr, DEPTH);
        Provenance { domain, source, text: self.expr_text(expr) }
    }

    pub(super) fn trace(&self, expr: ExprId, depth: u32) -> Found {
        let is_followed = matches!(
            self.ir.kind(expr),
            ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. } | ExprKind::Element(_)
        );
        if !is_followed {
            return self.trace_anew(expr, depth);
        }
        // Arguments lead to parameters and on to other arguments: without this a small file takes the product of all its callers.
        let key = (expr, depth, self.outside().is_some());
        if let Some(known) = self.traced.borrow().get(&key) {
            return known.clone();
        }
        let found = self.trace_anew(expr, depth);
        self.traced.borrow_mut().insert(key, found.clone());
        found
    }

    fn trace_anew(&self, expr: ExprId, depth: u32) -> Found {
        let ir = self.ir;
        let Some(depth) = depth.checked_sub(1) else { return COMPUTED };
        match ir.kind(expr) {
            ExprKind::Null
            | ExprKind::Undefined
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Regex
            | ExprKind::BigInt => CONSTANT,
            ExprKind::Template(list) => as_text(self.joined(ir.list(list), depth)),
            ExprKind::Binary(super::ir::BinaryOp::Add | super::ir::BinaryOp::Sub, left, right) => {
                as_text(self.joined(&[left, right], depth))
            }
            ExprKind::Binary(..) | ExprKind::Unary(UnaryOp::Not | UnaryOp::TypeOf | UnaryOp::Void | UnaryOp::Delete, _) => CONSTANT,
            ExprKind::Unary(_, operand) => self.trace(operand, depth),
            ExprKind::Await(operand) => self.trace_awaited(operand, depth),
            ExprKind::Spread(list) => self.trace_element(list, depth),
            ExprKind::Logical(_, left, right) => {
                self.counted_by_key(left, right, depth).unwrap_or_else(|| self.joined(&[left, right], depth))
            }
            ExprKind::Conditional(_, left, right) => self.joined(&[left, right], depth),
            ExprKind::Sequence(list) => ir.list(list).last().map_or(COMPUTED, |&last| self.trace(last, depth)),
            ExprKind::Assign { value, .. } => self.trace(value, depth),
            ExprKind::Update { target, .. } if ir[ir[expr].block].in_loop.is_some() && !self.outlives_call(target) => COMPUTED,
            ExprKind::Update { target, .. } if self.begins_again(target) => CONSTANT,
            ExprKind::Update { .. } => Found { domain: Domain::Unbounded, source: Source::Counter },
            // A URL (of the global or of `node:url`) becomes a key as its text.
            ExprKind::New { callee, args } if matches!(self.callee_name(callee), Some("URL" | "URLSearchParams")) => {
                self.joined(ir.list(args), depth)
            }
            ExprKind::New { .. } | ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::Function(_) | ExprKind::Jsx { .. } => {
                Found { domain: Domain::Unbounded, source: Source::Fresh }
            }
            ExprKind::This => Found { domain: Domain::Unbounded, source: Source::Instance },
            ExprKind::Ident(_) => self.trace_name(expr, depth),
            ExprKind::Member { .. } => self.trace_member(expr, depth),
            ExprKind::Element(iterable) => self.trace_element(iterable, depth),
            ExprKind::Key(object) => as_text(self.trace_element(object, depth)),
            ExprKind::Index { object, .. } if self.trace_element(object, depth).domain == Domain::Fixed => CONSTANT,
            ExprKind::Index { object, index } => match self.trace(object, depth) {
                // What stands in an object that is made there is not new for that.
                Found { source: Source::Fresh | Source::Instance, .. } => match self.trace(index, depth) {
                    found if found.domain >= Domain::Likely => found,
                    _ => COMPUTED,
                },
                _ => self.joined(&[index, object], depth),
            },
            ExprKind::Call { callee, args, .. } => self.trace_call(expr, callee, ir.list(args), depth),
            _ => COMPUTED,
        }
    }

    /// `if (at === SIZE) at = 0`: a counter that begins again, asked how far it is. One that gets very far has a new value each time.
    fn begins_again(&self, target: ExprId) -> bool {
        let Some(place) = self.place(target) else { return false };
        let is_far = |part: ExprId| {
            let value = self.constant(part).unwrap_or(part);
            matches!(self.ir.kind(value), ExprKind::Number(number) if number > MANY)
        };
        let asks =
            |condition: ExprId| self.any_part(condition, &|part| self.place(part) == Some(place)) && !self.any_part(condition, &is_far);
        self.writes_of(place).into_iter().any(|write| {
            let is_start = matches!(self.ir.kind(write), ExprKind::Assign { .. })
                && written_value(self.ir, write).is_some_and(|value| matches!(self.ir.kind(value), ExprKind::Number(_)));
            let guards = || self.flow(self.ir.function_of(write)).guards(self.ir, self.ir[write].block);
            is_start && guards().iter().any(|guard| matches!(guard.when, When::True(condition) | When::False(condition) if asks(condition)))
        })
    }

    /// A counter that is not just a loop's own variable.
    fn outlives_call(&self, target: ExprId) -> bool {
        let Some(place) = self.place(target) else { return false };
        match self.root(place) {
            Root::Binding(binding) => ir_function(self.ir, binding) != self.ir.function_of(target),
            Root::Value(_) => false,
            _ => true,
        }
    }

    /// The part that says most decides: `${prefix}:${req.ip}` has as many values as `req.ip`.
    pub(super) fn joined(&self, parts: &[ExprId], depth: u32) -> Found {
        let mut most: Option<Found> = None;
        for &part in parts {
            let found = self.trace(part, depth);
            if most.as_ref().is_none_or(|most| found.domain > most.domain) {
                let is_last_word = found.domain == Domain::Unbounded;
                most = Some(found);
                if is_last_word {
                    break;
                }
            }
        }
        most.unwrap_or(CONSTANT)
    }

    fn trace_name(&self, expr: ExprId, depth: u32) -> Found {
        let found = self.trace_binding(expr, depth);
        match self.ir.binding_of(expr) {
            Some(binding) => self.narrowed(expr, binding, found),
            None => found,
        }
    }

    fn trace_binding(&self, expr: ExprId, depth: u32) -> Found {
        let ir = self.ir;
        let Some(binding) = ir.binding_of(expr) else {
            return match ir.global_of(expr) {
                Some("undefined" | "NaN" | "Infinity" | "__filename" | "__dirname") => CONSTANT,
                Some(name) => self.by_name(name, Source::Computed),
                None => COMPUTED,
            };
        };
        let name = ir.name(ir[binding].name);
        if ir[binding].annotation.is_some_and(|annotation| self.has_few_values(annotation) || self.has_few_elements(annotation)) {
            return CONSTANT;
        }
        match ir[binding].kind {
            BindingKind::Param(function, index) => self.trace_param(binding, function, index, depth),
            BindingKind::Enum | BindingKind::Function(_) | BindingKind::Class(_) | BindingKind::Namespace => CONSTANT,
            BindingKind::Import(_) => self.by_name(name, Source::Computed),
            BindingKind::Catch => COMPUTED,
            _ => self.trace_variable(binding, name, depth),
        }
    }

    fn trace_variable(&self, binding: BindingId, name: &str, depth: u32) -> Found {
        let ir = self.ir;
        let writes = self.uses.writes(binding);
        if let [only] = writes
            && self.is_module_level(binding)
            && self.is_one_value(*only)
        {
            return CONSTANT;
        }
        if let [only] = writes
            && self.is_module_level(binding)
            && written_value(ir, *only).is_some_and(|value| {
                matches!(
                    ir.kind(value),
                    ExprKind::New { .. } | ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::Function(_) | ExprKind::Class(_)
                )
            })
        {
            // One object for the whole program.
            return CONSTANT;
        }
        if let Some(found) = self.interned(binding, depth) {
            return found;
        }
        let mut found: Option<Found> = None;
        for &write in writes {
            let one = match (ir.kind(write), written_value(ir, write)) {
                // A variable that only counts up within its own loop is an index.
                _ if self.is_step(write) && self.numbers_work(binding, write) && !self.is_loop_counter(binding) => {
                    Found { domain: Domain::Unbounded, source: Source::Counter }
                }
                (ExprKind::Update { .. }, _) => COMPUTED,
                (_, Some(value)) => self.trace(value, depth),
                (_, None) => COMPUTED,
            };
            found = Some(match found {
                Some(before) if before.domain >= one.domain => before,
                _ => one,
            });
        }
        match found {
            // What it is called says more than how it was computed, unless that was seen.
            Some(found) if found.domain == Domain::Unknown && !self.is_named_alike(binding) => self.by_name(name, found.source),
            Some(found) => found,
            None => self.by_name(name, Source::Computed),
        }
    }

    /// A variable of the module; or one of a function around the one that counts, if its name says that it numbers pieces of work: others stand for
    /// a place in a list.
    fn numbers_work(&self, binding: BindingId, write: ExprId) -> bool {
        let name = self.ir.name(self.ir[binding].name);
        let is_around = || ir_function(self.ir, binding) != self.ir.function_of(write);
        self.is_module_level(binding) || is_around() && self.by_name(name, Source::Counter).domain >= Domain::Likely
    }

    /// `const id = plugin.id`: its name says nothing that the property's did not.
    fn is_named_alike(&self, binding: BindingId) -> bool {
        let [write] = self.uses.writes(binding) else { return false };
        let value = written_value(self.ir, *write).map(|value| self.ir.kind(value));
        matches!(value, Some(ExprKind::Member { property, .. }) if property == self.ir[binding].name)
    }

    /// Set one time, when the module is loaded: whatever it is, it is one value (`const marker = Symbol()`).
    fn is_one_value(&self, write: ExprId) -> bool {
        let is_set =
            written_value(self.ir, write).is_some_and(|value| !matches!(self.ir.kind(value), ExprKind::Element(_) | ExprKind::Key(_)));
        is_set && self.ir.function_of(write) == Ir::MODULE && self.ir[self.ir[write].block].in_loop.is_none()
    }

    /// The variable of a `for` loop, which counts within the loop only.
    fn is_loop_counter(&self, binding: BindingId) -> bool {
        let declared = self.ir[binding].declaration;
        self.ir.loops.iter().any(|one| {
            one.kind == super::ir::LoopKind::For
                && one.span.contains(declared)
                && one.test.is_some_and(|test| declared.end <= self.ir.span(test).start)
        })
    }

    fn trace_call(&self, call: ExprId, callee: ExprId, args: &[ExprId], depth: u32) -> Found {
        let Some(name) = self.callee_name(callee) else { return COMPUTED };
        if RANDOM.contains(&name) {
            return Found { domain: Domain::Unbounded, source: Source::Random };
        }
        if TIME.contains(&name) {
            return Found { domain: Domain::Unbounded, source: Source::Time };
        }
        let receiver = match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        if matches!(name, "bind" | "setTimeout" | "setInterval" | "setImmediate") {
            return Found { domain: Domain::Unbounded, source: Source::Fresh };
        }
        if let Some(returned) = self.callee_function(call).and_then(|function| self.trace_returned(function, depth)) {
            return returned;
        }
        let is_text = TEXTS.contains(&name);
        let is_same = is_text || SAME.contains(&name);
        let mut parts: Vec<ExprId> = args.to_vec();
        if is_same {
            parts.extend(receiver);
        }
        // The text of a function stands in the program.
        parts.retain(|&part| !is_same || !matches!(self.ir.kind(part), ExprKind::Function(_)));
        parts = parts.iter().flat_map(|&part| self.written_parts(part)).collect();
        // What a call gives is none of the objects that it was given.
        parts.retain(|&part| is_same || !matches!(self.trace(part, depth).source, Source::Fresh | Source::Instance));
        let inner = self.joined(&parts, depth);
        if is_text {
            return as_text(inner);
        }
        if is_same || matches!(inner.source, Source::Request(_)) {
            return inner;
        }
        match self.by_name(name, inner.source.clone()) {
            Found { domain: Domain::Unknown, .. } if inner.domain.is_by_name() => inner,
            named => named,
        }
    }

    /// What the text of a value is made of: `JSON.stringify({ kind, color })` has as many values as its parts.
    fn written_parts(&self, value: ExprId) -> Vec<ExprId> {
        match self.ir.kind(value) {
            ExprKind::Object { props, .. } => self.ir.prop_list(props).iter().map(|prop| prop.value).collect(),
            ExprKind::Array(list) => self.ir.list(list).to_vec(),
            _ => vec![value],
        }
    }
}

/// A text is not new because the object that it was made of is.
fn as_text(found: Found) -> Found {
    if matches!(found.source, Source::Fresh | Source::Instance) { COMPUTED } else { found }
}

fn ir_function(ir: &Ir, binding: BindingId) -> FnId {
    ir[ir[binding].scope].function
}

/// `MAX_SIZE`, `GET`.
pub(super) fn is_constant_case(name: &str) -> bool {
    name.len() > 1
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// The lower-case words of `userId`, `USER_ID`, `$user_id`.
pub fn words(name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            lower = false;
            if found.last().is_none_or(|word| !word.is_empty()) {
                found.push(String::new());
            }
            continue;
        }
        if c.is_uppercase() && lower || found.is_empty() {
            found.push(String::new());
        }
        lower = c.is_lowercase() || c.is_numeric();
        if let Some(word) = found.last_mut() {
            add_lower(word, c);
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

/// The first of the words of a name.
pub fn first_word(name: &str) -> Option<String> {
    let mut word = String::new();
    let mut lower = false;
    for c in name.chars().skip_while(|c| !c.is_alphanumeric()) {
        if !c.is_alphanumeric() || c.is_uppercase() && lower {
            break;
        }
        lower = c.is_lowercase() || c.is_numeric();
        add_lower(&mut word, c);
    }
    (!word.is_empty()).then_some(word)
}

fn add_lower(word: &mut String, c: char) {
    if c.is_ascii() {
        word.push(c.to_ascii_lowercase());
    } else {
        word.extend(c.to_lowercase());
    }
}

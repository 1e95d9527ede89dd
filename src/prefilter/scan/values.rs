//! What is made, what grows, and where what is made is kept.

use super::*;

impl Scan<'_> {
    /// The name that what stands here is given: of a variable, a property or a field.
    pub(super) fn name_given(&self) -> Option<Name> {
        self.top.value.and_then(|value| value.name).or(self.top.key)
    }

    /// Whether so many tokens stand behind the colon of a property, and nothing is chosen between.
    pub(super) fn is_property_value(&self, tokens: u32) -> bool {
        let Group { kind, colon_at, tokens: read, .. } = *self.top;
        kind == Kind::Object && colon_at != 0 && colon_at.checked_add(tokens) == Some(read)
    }

    pub(super) fn push(&mut self, mut group: Group) {
        group.made = self.evidence.made.len() as u32;
        group.listed = self.listed.len() as u32;
        group.keeps |= self.keeps();
        let next = match self.spare.pop() {
            Some(mut spare) => {
                *spare = group;
                spare
            }
            None => Box::new(group),
        };
        self.groups.push(std::mem::replace(&mut self.top, next));
    }

    /// What a value that stands here is stored in.
    pub(super) fn target(&self) -> Option<Value> {
        let is_position = match self.prev {
            Token::Assign | Token::Logical | Token::Question | Token::Colon => true,
            Token::Open(b'(') => self.top.kind == Kind::Parens,
            _ => false,
        };
        if !is_position {
            return None;
        }
        self.top.value.filter(|value| value.state & CLOSURE == 0).or(self.top.inherited)
    }

    /// Whether a collection that stands here is kept, and noted if so: what its properties belong to is stored or not.
    pub(super) fn make(&mut self) -> Option<bool> {
        let frame = self.frame;
        if self.top.is_type {
            return None;
        }
        let is_open = frame == 0 || self.evidence.doubtful.contains(&frame);
        if let Some(value) = self.target() {
            // A variable that is declared in this function, and assigned there, is its own.
            let is_local = !value.is_declared && value.variable.is_some_and(|variable| self.evidence.is_local(variable, frame));
            let stored = !value.is_declared && !is_local;
            let of = match (value.variable, value.key) {
                (Some(_), _) if value.is_declared || is_local => Named::Variable,
                // A field of a class is declared like a variable that is assigned.
                (Some(_), _) => Named::Either,
                _ if value.is_declared => Named::Either,
                _ => Named::Field,
            };
            let made = Made { name: value.name, frame, stored: stored || is_open, key: value.key, of, has_entries: false };
            if !value.is_entry && !value.is_pattern {
                self.evidence.made.push(made);
            }
            if let Some(name) = value.annotated {
                self.evidence.made.push(Made { name: Some(name), key: None, of: Named::Either, ..made });
            }
            return Some(stored && !value.is_entry);
        }
        let is_type = self.top.is_new_declarator || matches!(self.top.kind, Kind::Parens | Kind::Call);
        let is_value = || self.prev == Token::Colon && self.top.key == Some(VALUE) && !self.top.key_is_computed;
        if let Some(name) = self.top.describes.filter(|_| is_value()) {
            self.evidence.made.push(Made { name, frame, stored: true, key: None, of: Named::Field, has_entries: false });
            return Some(true);
        }
        // `{ rows: rows || [] }`.
        let is_property = matches!(self.prev, Token::Colon | Token::Logical | Token::Question);
        if is_property && !is_type && (self.top.key.is_some() || self.top.key_is_computed) {
            let stored = self.top.stored.unwrap_or(false);
            let name = self.top.key.filter(|_| !self.top.key_is_computed);
            self.evidence.made.push(Made { name, frame, stored: stored || is_open, key: None, of: Named::Field, has_entries: false });
            return Some(stored);
        }
        if self.top.stores_arguments && matches!(self.prev, Token::Comma | Token::Open(_)) {
            return self.make_argument();
        }
        None
    }

    /// What a call stores in, or as a property of, its first argument.
    pub(super) fn make_argument(&mut self) -> Option<bool> {
        let name = match self.top.callee {
            // The properties of what is given become those of the first.
            ASSIGN | EXTEND | EXTENDS_HELPER => return Some(self.top.commas > 0),
            DEFINE | DEFINE_HELPER if self.top.commas < 2 => return None,
            // What the descriptor says is the value is made behind it.
            DEFINE if self.describes() => return Some(true),
            DEFINE | DEFINE_HELPER => self.top.named,
            callee if self.words.flags(callee) & words::NAMES_PROPERTY != 0 => self.top.named,
            _ => None,
        };
        self.evidence.made.push(Made { name, frame: self.frame, stored: true, key: None, of: Named::Either, has_entries: false });
        Some(true)
    }

    /// Whether the brace that was read begins the descriptor in `Object.defineProperty(x, 'name', {`.
    pub(super) fn describes(&self) -> bool {
        let is_native = self.top.callee == DEFINE && self.top.chain.root != Root::Variable(DEFINE);
        is_native && self.top.commas == 2 && self.prev == Token::Comma && self.tokens.slice() == b"{"
    }

    pub(super) fn grow(&mut self, chain: Chain) {
        self.grow_by(chain, false, false);
    }

    /// `is_direct`: the last key is that of the entry which is written.
    pub(super) fn grow_by(&mut self, chain: Chain, is_direct: bool, is_entry: bool) {
        let Chain { root, last, container, key, of, .. } = chain;
        let in_arrow = self.arrows > 0;
        // What a constructor puts into its own object is there before anything repeats.
        if root == Root::Own && self.in_constructor && !in_arrow {
            return;
        }
        let growth =
            Growth { root, name: container.unwrap_or(last), frame: self.frame, in_arrow, key, is_direct, is_entry, of, is_free: false };
        if growth.name == THIS {
            // `this` is no name: it may be the module's exports, or what a prototype is made of.
            let named = [EXPORTS, PROTOTYPE].map(|name| Growth { name, of: Named::Either, ..growth });
            self.evidence.growths.extend(named);
            return;
        }
        self.evidence.growths.push(growth);
        // `x[KEY].list.push(y)`: of a field, if the key is a constant.
        if !is_direct && key.is_some() && container.is_some_and(|container| container != last) {
            self.evidence.growths.push(Growth { name: last, key: None, of: Named::Field, ..growth });
        }
    }

    /// Whether what was read last may be what a value here is assigned to: it has its name, or is a variable, which may be another name of it.
    pub(super) fn is_assigned(&self) -> bool {
        let Chain { root, last, previous, container, .. } = self.chain;
        let name = self.assigned().and_then(|value| value.name);
        match root {
            Root::Variable(_) | Root::Own => previous == 0 || container.is_some() || name.is_none() || name == Some(last),
            Root::Result(_) => true,
            Root::Fresh | Root::Anything => false,
        }
    }

    /// `x = [...x, y]`, `x = { ...x, [k]: v }`.
    pub(super) fn grow_assigned(&mut self, group: &Group) {
        let root = group.assigned_root;
        let chain = match group.assigned {
            Some(last) if matches!(root, Root::Variable(variable) if variable != last) => {
                Chain { root, last, of: Named::Field, ..Chain::default() }
            }
            Some(last) => Chain { root, last, ..Chain::default() },
            None => Chain { root: Root::Anything, ..Chain::default() },
        };
        self.grow(chain);
    }
}

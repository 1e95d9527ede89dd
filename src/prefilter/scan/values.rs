//! What is made, what grows, and where what is made is kept.

use super::*;

impl Scan<'_> {
    /// Whether a value that begins so may keep a request, and is not stored in the request itself.
    pub(super) fn may_keep(&self, value: &[u8]) -> bool {
        may_hold(value)
            && match self.chain.root {
                Root::Variable(root) => self.words.flags(root) & (words::REQUEST | words::WEAK) == 0 || self.chain.is_kept_alive,
                _ => true,
            }
    }

    pub(super) fn push(&mut self, mut group: Group) {
        group.made = self.evidence.made.len() as u32;
        self.groups.push(std::mem::replace(&mut self.top, group));
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
        let is_open = frame == 0 || self.doubtful.contains(&frame);
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
            let made = Made { name: value.name, frame, stored: stored || is_open, key: value.key, of };
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
            self.evidence.made.push(Made { name, frame, stored: true, key: None, of: Named::Field });
            return Some(true);
        }
        if self.prev == Token::Colon && !is_type && (self.top.key.is_some() || self.top.key_is_computed) {
            let stored = self.top.stored.unwrap_or(false);
            let name = self.top.key.filter(|_| !self.top.key_is_computed);
            self.evidence.made.push(Made { name, frame, stored: stored || is_open, key: None, of: Named::Field });
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
            _ => None,
        };
        self.evidence.made.push(Made { name, frame: self.frame, stored: true, key: None, of: Named::Either });
        Some(true)
    }

    /// Notes one of several values that a variable may get.
    pub(super) fn note_choice(&mut self) {
        if let Some(variable) = self.top.value.and_then(|value| value.variable) {
            self.note_alias(variable);
        }
    }

    fn note_alias(&mut self, variable: Name) {
        let Chain { root, last, container, key, of, .. } = self.chain;
        match root {
            Root::Variable(_) | Root::Own if last != THIS => {
                let alias = Alias { variable, root, name: container.unwrap_or(last), of, is_entry: container.is_some(), key };
                self.evidence.known_aliases.push(alias);
            }
            Root::Fresh | Root::Result(_) => {}
            _ => self.top.value.iter_mut().for_each(|value| value.state |= CAST),
        }
    }

    /// Whether it is seen what a variable is another name of, and noted.
    pub(super) fn is_known_alias(&mut self, value: &Value, variable: Name) -> bool {
        let is_choice = value.state & CHOICE != 0;
        let is_named = match self.chain.root {
            Root::Variable(_) | Root::Own => self.chain.last != THIS,
            Root::Fresh | Root::Result(_) => is_choice,
            Root::Anything => false,
        };
        let is_own = value.is_declared && value.annotated.is_none() || self.evidence.is_local(variable, self.frame);
        let is_known = is_own && is_named && value.state & (GROUPED | CAST | IS_THIS) == 0;
        if is_known {
            self.note_alias(variable);
        }
        is_known
    }

    /// Whether the brace that was read begins the descriptor in `Object.defineProperty(x, 'name', {`.
    pub(super) fn describes(&self) -> bool {
        let is_native = self.top.callee == DEFINE && self.top.chain.root != Root::Variable(DEFINE);
        is_native && self.top.commas == 2 && self.prev == Token::Comma && self.tokens.slice() == b"{"
    }

    pub(super) fn grow(&mut self, chain: Chain) {
        let Chain { root, last, container, key, of, .. } = chain;
        let in_arrow = self.arrows > 0;
        // What a constructor puts into its own object is there before anything repeats.
        if root == Root::Own && self.in_constructor && !in_arrow {
            return;
        }
        let growth = Growth { root, name: container.unwrap_or(last), frame: self.frame, in_arrow, key, of };
        if growth.name == THIS {
            // `this` is no name: it may be the module's exports, or what a prototype is made of.
            let named = [EXPORTS, PROTOTYPE].map(|name| Growth { name, of: Named::Either, ..growth });
            self.evidence.growths.extend(named);
            return;
        }
        self.evidence.growths.push(growth);
    }

    /// `x = [...x, y]`, `x = { ...x, [k]: v }`.
    pub(super) fn grow_assigned(&mut self) {
        if self.top.is_reassigned {
            let chain = match self.top.assigned {
                Some(last) => Chain { last, ..Chain::default() },
                None => Chain { root: Root::Anything, ..Chain::default() },
            };
            self.grow(chain);
        }
    }
}

/// Whether a value may hold anything that was there before: a function, a literal with something in it, an object that is made of something, or a
/// name (`Model::can_keep`).
fn may_hold(value: &[u8]) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80;
    let end = value.iter().position(|&byte| !is_part(byte)).unwrap_or(value.len());
    let (word, rest) = value.split_at(end);
    match word {
        b"" => match value {
            [b'\'' | b'"' | b'`' | b'!' | b'-' | b'+' | b'~', ..] => false,
            [b'{', inside @ ..] => !inside.trim_ascii_start().starts_with(b"}"),
            [b'[', inside @ ..] => !inside.trim_ascii_start().starts_with(b"]"),
            _ => true,
        },
        b"new" | b"function" | b"class" | b"async" => true,
        b"await" | b"typeof" | b"void" | b"delete" | b"null" | b"undefined" | b"true" | b"false" => false,
        [digit, ..] if digit.is_ascii_digit() => false,
        // A member, an element, or what a call gives.
        _ => !matches!(rest.trim_ascii_start(), [b'.' | b'[' | b'(' | b'`', ..] | [b'?', b'.', ..]),
    }
}

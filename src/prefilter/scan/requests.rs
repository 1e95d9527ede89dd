//! What may keep a request: the values that are stored while there is one, and the names in them.

use super::*;

impl Scan<'_> {
    /// Whether what is stored here is not stored in the request itself.
    fn is_elsewhere(&self) -> bool {
        match self.chain.root {
            // `request = req` is stored in a variable of that name.
            Root::Variable(_) if self.chain.previous == 0 => true,
            Root::Variable(root) => self.words.flags(root) & (words::REQUEST | words::WEAK) == 0 || self.chain.is_kept_alive,
            _ => true,
        }
    }

    /// What is assigned where there is a request.
    pub(super) fn note_kept(&mut self, value: &mut Value) {
        let rest = self.tokens.rest();
        if !self.has_request || !may_hold(rest) {
            return;
        }
        if value.is_declared {
            value.keeps = true;
        } else if self.is_elsewhere() {
            value.keeps = true;
            value.is_stored = true;
        }
    }

    /// `app.locals.log.push(req)`; the variables of this file are told of as collections.
    pub(super) fn note_pushed(&mut self) -> bool {
        let is_variable = self.chain.previous == 0 && matches!(self.chain.root, Root::Variable(_));
        self.has_request && !is_variable && self.is_elsewhere()
    }

    /// `(message: Request)`: a parameter that is one by its type.
    pub(super) fn note_typed(&mut self) {
        let is_value = self.prev == Token::Word(NEW) || matches!(self.tokens.peek(), b'(' | b'.');
        match self.top.key.filter(|_| self.prev == Token::Colon) {
            Some(name) => self.evidence.request_names.push(name),
            // Somewhere in a type: it could be any.
            None => self.evidence.typed |= !is_value,
        }
    }

    /// Whether a name that stands here may be kept.
    pub(super) fn keeps(&self) -> bool {
        self.top.keeps || self.top.value.is_some_and(|value| value.keeps)
    }

    fn keep(&mut self, value: &Value, name: Option<Name>) {
        match value.variable.filter(|_| !value.is_stored) {
            Some(variable) => self.evidence.holding.push((variable, name)),
            None => match name {
                Some(name) => self.evidence.stored.push(name),
                None => self.evidence.requests = true,
            },
        }
    }

    /// A function that begins here may be kept, with all that it, or another one beside it, reads.
    pub(super) fn note_function(&mut self) {
        if self.keeps() {
            self.keep_here(Some(NAMELESS));
        }
    }

    /// Whether a function inside of the one that gets a request reads it.
    pub(super) fn note_capture(&mut self, word: Name, is_own: bool) {
        let evidence = &mut self.evidence;
        if self.arrows > 0 || is_own || !evidence.params.contains(&(word, self.frame)) {
            evidence.captures = true;
        }
    }

    /// A name, where a value may keep a request.
    pub(super) fn note_mention(&mut self, word: Name, flags: u32) {
        let is_part = matches!(self.tokens.rest(), [b'.' | b'[' | b'(' | b':', ..] | [b'?', b'.', ..]);
        if !is_part {
            self.keep_here((flags & (words::REQUEST | words::WEAK) == 0).then_some(word));
        }
    }

    /// What stands here keeps a request, or what a name stands for.
    pub(super) fn keep_here(&mut self, name: Option<Name>) {
        let around = self.groups.iter().rev().chain([]).map(|group| group.value);
        let value = [self.top.value].into_iter().chain(around).flatten().find(|value| value.keeps);
        match value {
            Some(value) => self.keep(&value, name),
            None => match name {
                Some(name) => self.evidence.stored.push(name),
                None => self.evidence.requests = true,
            },
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

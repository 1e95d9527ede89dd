//! What is made by modules, what is released, what is registered.

use super::*;

impl Scan<'_> {
    /// Whether a string that was read names a module: of an import, of `require`, or as a constant that one of these may be given.
    pub(super) fn is_imported(&self) -> bool {
        match self.prev {
            Token::Word(word) => matches!(word, FROM | IMPORT),
            Token::Open(b'(') => self.top.kind == Kind::Call && matches!(self.top.callee, REQUIRE | IMPORT),
            Token::Assign => true,
            _ => false,
        }
    }

    pub(super) fn note_module(&mut self, module: Name) {
        if !self.evidence.modules.contains(&module) {
            self.evidence.modules.push(module);
            self.evidence.seen |= self.words.made_by(&[module], &self.evidence.makers);
        }
    }

    fn note_maker(&mut self, name: Name) {
        if !self.evidence.makers.contains(&name) {
            self.evidence.makers.push(name);
            self.evidence.seen |= self.words.made_by(&self.evidence.modules, &[name]);
        }
    }

    pub(super) fn note(&mut self, word: Name, flags: u32) {
        // Of a call it is seen behind the arguments whether it is one.
        if flags & words::REGISTERS != 0 && self.tokens.peek() != b'(' && self.may_be_called() {
            self.registers();
        }
        self.evidence.intervals |= flags & words::INTERVAL != 0;
        self.evidence.timeouts |= flags & words::TIMEOUT != 0 && (!self.outer.is_empty() || self.arrows > 0);
        self.evidence.requests |= flags & words::SERVES != 0;
        if flags & words::MAKER != 0 {
            self.note_maker(word);
        }
        let is_asked = matches!(self.prev, Token::Word(TYPEOF | INSTANCEOF));
        self.evidence.seen |= flags & !(words::MODULE | words::MAKER | words::OF_OBJECTS | if is_asked { words::RESOURCE } else { 0 });
    }

    pub(super) fn registers(&mut self) {
        self.evidence.registers |= !self.outer.is_empty() || self.arrows > 0 || self.evidence.loops;
    }

    /// `this.socket.close`, `socket.close`.
    pub(super) fn note_release(&mut self) {
        let Chain { root, last, previous, .. } = self.chain;
        let of = if previous == 0 && root == Root::Variable(last) { Named::Variable } else { Named::Field };
        if !self.evidence.released.contains(&(last, of)) {
            self.evidence.released.push((last, of));
        }
    }

    /// What is assigned to a variable that is there already, and what is constructed for a field.
    pub(super) fn note_replaced(&mut self, value: &Value) {
        let Some(name) = value.name.filter(|_| !value.is_declared) else { return };
        if value.variable.is_some() {
            self.evidence.reassigned.push(name);
        } else if self.tokens.rest().starts_with(b"new") {
            self.evidence.constructed.push(name);
        }
    }
}

//! What a word means where it stands.

use super::*;

impl Scan<'_> {
    pub(super) fn word(&mut self, word: Name) {
        let flags = self.words.flags(word);
        if self.before == Before::Dot {
            self.member(word, flags);
            return;
        }
        if flags & words::KEYWORD != 0 && !self.is_key() && self.keyword(word) {
            return;
        }
        self.operand();
        if std::mem::take(&mut self.names_function) {
            self.evidence.defined.push(word);
            return;
        }
        self.identifier(word, flags);
    }

    /// `{ default: x }`, `{ new: y }`.
    fn is_key(&self) -> bool {
        self.before == Before::Operator && self.tokens.peek() == b':' && self.prev != Token::Question && self.top.value.is_none()
    }

    fn member(&mut self, word: Name, flags: u32) {
        self.before = Before::Operand;
        if flags & words::GROWS != 0 {
            let is_reassigned = || self.assigned().is_some_and(|value| !value.is_declared);
            if word != CONCAT || is_reassigned() {
                self.grow(self.chain);
            }
            // `app.locals.log.push(req)`; the variables of this file are told of as collections.
            let is_variable = self.chain.previous == 0 && matches!(self.chain.root, Root::Variable(_));
            self.evidence.requests |= self.has_request && !is_variable && self.may_keep(b"");
        }
        self.note(flags);
        if word == CACHE && self.chain.root == Root::Variable(REQUIRE) {
            self.evidence.resources |= words::UNCACHES;
        }
        self.chain.previous = std::mem::replace(&mut self.chain.last, word);
        self.chain.is_kept_alive |= matches!(word, SOCKET | CONNECTION);
        if self.chain.container.is_none() {
            self.chain.of = Named::Field;
        }
        if word == CREATE && self.chain.root == Root::Variable(OBJECT) || flags & words::COLLECTION != 0 {
            self.make_from(self.operand_after);
        }
    }

    fn assigned(&self) -> Option<Value> {
        self.top.value.or(self.top.inherited)
    }

    pub(super) fn note(&mut self, flags: u32) {
        if flags & words::REGISTERS != 0 {
            self.evidence.registers |= !self.outer.is_empty() || self.arrows > 0 || self.evidence.loops;
        }
        self.evidence.intervals |= flags & words::INTERVAL != 0;
        self.evidence.timeouts |= flags & words::TIMEOUT != 0 && (!self.outer.is_empty() || self.arrows > 0);
        self.evidence.requests |= flags & words::SERVES != 0;
        self.evidence.resources |= flags;
    }

    fn identifier(&mut self, word: Name, flags: u32) {
        if self.prev != Token::Word(NEW) {
            self.operand_after = self.prev;
        }
        self.chain = Chain { root: Root::Variable(word), last: word, of: Named::Variable, ..Chain::default() };
        if flags & words::COLLECTION != 0 {
            self.container(word);
        }
        if flags != 0 {
            // Who only names a weak collection has none.
            let is_weak = self.prev == Token::Word(NEW) || word == FINALIZATION;
            self.note(if is_weak { flags } else { flags & !words::WEAK_CLASS });
            if flags & (words::REQUEST | words::WEAK) != 0 {
                self.top.names_request |= flags & words::REQUEST != 0;
                self.top.may_name_request = true;
                self.gets_request |= self.tokens.rest().starts_with(b"=>");
            }
        }
        if self.top.tokens == 1 {
            self.top.only = Some(Only::Variable(word));
        }
        if self.top.is_new_declarator && self.top.declared.is_none() {
            self.top.declared = Some(word);
            self.evidence.declared.insert((word, self.frame));
        }
        if self.top.is_pattern {
            self.evidence.aliases.push(word);
        }
        if self.top.is_elements_params && self.top.commas == 0 || self.top.takes_elements && self.tokens.rest().starts_with(b"=>") {
            self.evidence.aliases.push(word);
        }
        match self.tokens.peek() {
            b':' => {
                self.top.key = Some(word);
                self.top.key_is_computed = false;
            }
            b'?' | b'!' if is_annotated(self.tokens.rest()) => self.top.key = Some(word),
            _ => {}
        }
        self.start(0);
    }

    /// Whether the word was read as a keyword.
    fn keyword(&mut self, word: Name) -> bool {
        let is_operand_before = matches!(self.before, Before::Operand | Before::Brace);
        match word {
            IN | OF | INSTANCEOF | AS | SATISFIES | IS | EXTENDS | IMPLEMENTS => return self.joins(word, is_operand_before),
            MAP | SET_CLASS | ARRAY | OBJECT => {
                self.container(word);
                return false;
            }
            GET | ASYNC | EXPORT | DEFAULT if self.tokens.peek() == b'(' => return false,
            _ => {}
        }
        if is_operand_before && self.tokens.new_line {
            self.end_statement();
        }
        match word {
            CONST | LET | VAR | USING => self.declare(),
            FUNCTION => {
                self.start(FRESH);
                self.names_function = true;
            }
            CLASS => self.start(FRESH),
            NEW => {
                self.operand_after = self.prev;
                self.start(FRESH);
            }
            THIS | SUPER => {
                self.start(IS_THIS);
                self.chain = Chain { root: Root::Own, last: word, ..Chain::default() };
                self.before = Before::Operand;
                return true;
            }
            // `(): void {`.
            VOID if self.top.after_params && self.tokens.peek() == b'{' => {
                self.before = Before::Operand;
                return true;
            }
            TYPEOF | VOID | DELETE | AWAIT | YIELD => self.start(FRESH),
            IF | SWITCH | WITH | CATCH => self.head = (self.tokens.peek() == b'(').then_some(Kind::Head),
            WHILE => self.loop_head(Kind::WhileHead),
            FOR => self.loop_head(Kind::ForHead),
            RETURN | THROW | CASE | ELSE | DO | ASYNC | EXPORT | DEFAULT => self.evidence.loops |= word == DO,
            NULL | UNDEFINED | TRUE | FALSE => {
                self.start(FRESH);
                self.chain = Chain { root: Root::Fresh, ..Chain::default() };
                self.before = Before::Operand;
                return true;
            }
            SYMBOL => {
                self.constant();
                return false;
            }
            _ => return false,
        }
        self.before = Before::Operator;
        true
    }

    fn declare(&mut self) {
        self.end_value();
        self.top.declares = true;
        self.top.is_new_declarator = true;
        self.top.declared = None;
    }

    fn loop_head(&mut self, kind: Kind) {
        self.evidence.loops = true;
        // `for await (...)`: one turn for each thing that comes.
        let is_open = self.tokens.peek() == b'(';
        if kind == Kind::ForHead && !is_open {
            self.evidence.endless.push(self.frame);
        }
        self.head = Some(kind);
    }

    /// Words between operands; anywhere else they are names.
    fn joins(&mut self, word: Name, is_operand_before: bool) -> bool {
        if !is_operand_before && word != EXTENDS {
            return false;
        }
        if word == OF && self.top.kind == Kind::ForHead {
            self.evidence.aliases.extend(self.top.declared);
            if !self.top.declares {
                self.evidence.free_aliases.push(self.chain.last);
            }
        }
        if let Some(value) = &mut self.top.value {
            value.state |= CAST;
        }
        self.before = Before::Operator;
        true
    }

    /// `new Map`, `Array(n)`.
    fn container(&mut self, word: Name) {
        let is_new = self.prev == Token::Word(NEW);
        if is_new || word == ARRAY && self.tokens.peek() == b'(' {
            self.make_from(if is_new { self.operand_after } else { self.prev });
        }
    }

    fn make_from(&mut self, prev: Token) {
        let here = std::mem::replace(&mut self.prev, prev);
        self.make();
        self.prev = here;
    }
}

fn is_annotated(rest: &[u8]) -> bool {
    rest.get(1..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
}

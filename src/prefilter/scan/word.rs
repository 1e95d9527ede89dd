//! What a word means where it stands.

use super::*;

impl Scan<'_> {
    pub(super) fn word(&mut self, word: Name) {
        let flags = self.words.flags(word);
        self.says_async |= word == ASYNC;
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
            self.declared_at = (self.tokens.start as u32, self.tokens.at as u32);
            self.opens_declared = true;
            self.chain = Chain { root: Root::Variable(word), last: word, of: Named::Variable, ..Chain::default() };
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
            if word == CONCAT {
                if is_reassigned() && self.is_assigned() {
                    self.grow(self.chain);
                }
            } else if self.tokens.peek() == b'(' {
                // How many arguments it is given is seen behind them.
                self.receiver = self.chain;
            } else if self.may_be_called() {
                self.grow(self.chain);
            }
            self.pushes = self.note_pushed();
        }
        if flags & (words::REQUEST | words::WEAK) != 0 && self.chain.root == Root::Own {
            self.note_capture(word, true);
        }
        self.note(word, flags);
        self.evidence.registers |= flags & words::WRAPPED != 0 && matches!(self.tokens.text[self.tokens.at..], [b'(', b'\'' | b'"', ..]);
        if flags & words::RELEASES != 0 && !self.outer.is_empty() {
            self.note_release();
        }
        if flags & words::OF_OBJECTS != 0 && matches!(self.tokens.peek(), b'(' | b'<' | b'?') {
            self.evidence.seen |= flags & words::OF_OBJECTS;
        }
        if word == CACHE && self.chain.root == Root::Variable(REQUIRE) {
            self.evidence.uncaches = true;
        }
        self.chain.previous = std::mem::replace(&mut self.chain.last, word);
        // `req.app`, `req.socket`: what hangs on these is no part of the request.
        if matches!(word, APP | SERVER | SOCKET | CONNECTION) && matches!(self.chain.root, Root::Variable(_)) {
            self.chain.root = Root::Own;
        }
        self.chain.is_kept_alive |= matches!(word, SOCKET | CONNECTION);
        if self.chain.container.is_none() {
            self.chain.of = Named::Field;
        }
        let creates = word == CREATE && self.chain.root == Root::Variable(OBJECT) && self.tokens.peek() == b'(';
        if creates || flags & words::COLLECTION != 0 {
            self.make_from(self.operand_after);
        }
    }

    /// Whether what was read last is called, perhaps behind type arguments or a cast.
    pub(super) fn may_be_called(&self) -> bool {
        let rest = self.tokens.rest();
        matches!(rest.first(), Some(b'(' | b'<' | b'?' | b'!' | b'.' | b')' | b'`')) || rest.starts_with(b"as ")
    }

    pub(super) fn assigned(&self) -> Option<Value> {
        self.top.value.or(self.top.inherited)
    }

    fn identifier(&mut self, word: Name, flags: u32) {
        if self.prev != Token::Word(NEW) {
            self.operand_after = self.prev;
        }
        self.chain = Chain { root: Root::Variable(word), last: word, of: Named::Variable, ..Chain::default() };
        if flags != 0 {
            self.note_name(word, flags);
        }
        if self.keeps() {
            self.note_mention(word, flags);
        }
        if self.top.tokens == 1 {
            self.top.only = Some(Only::Variable(word));
        }
        if self.top.is_new_declarator && self.top.declared.is_none() {
            self.top.declared = Some(word);
            self.declared_at = (self.tokens.start as u32, self.tokens.at as u32);
            self.evidence.declared.insert((word, self.frame));
        }
        if self.top.is_pattern && !(self.top.kind == Kind::Object && self.tokens.peek() == b':') {
            if self.top.kind == Kind::Object {
                self.pattern.push((word, self.top.key.unwrap_or(word)));
            } else {
                self.evidence.aliases.push(word);
            }
        }
        if self.top.is_elements_params && self.top.commas == 0 || self.top.takes_elements && self.tokens.rest().starts_with(b"=>") {
            self.note_element(word);
        }
        if matches!(self.top.kind, Kind::Parens | Kind::Call) && matches!(self.prev, Token::Open(_) | Token::Comma | Token::Spread) {
            self.listed.push(word);
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

    /// A name that says something.
    fn note_name(&mut self, word: Name, flags: u32) {
        if flags & words::COLLECTION != 0 {
            self.container(word);
        }
        // Who only names a weak collection has none.
        let is_weak = self.prev == Token::Word(NEW) || word == FINALIZATION;
        if is_weak && flags & words::WEAK_CLASS != 0 {
            self.note_weak();
        }
        self.note(word, if is_weak { flags } else { flags & !words::WEAK_CLASS });
        if flags & (words::REQUEST | words::WEAK) != 0 {
            if self.has_request && !self.evidence.captures {
                self.note_capture(word, false);
            }
            self.top.names_request |= flags & words::REQUEST != 0;
            self.top.may_name_request = true;
            if flags & words::REQUEST_TYPE != 0 {
                self.note_typed();
            }
            self.gets_request |= self.tokens.rest().starts_with(b"=>");
        }
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
            // `'memory' as const`.
            CONST if self.prev == Token::Word(AS) => return self.stands_for_itself(),
            _ => {}
        }
        if is_operand_before && self.tokens.new_line {
            self.end_statement();
        }
        match word {
            CONST | LET | VAR | USING => self.declare(),
            FUNCTION => {
                self.top.has_function |= self.is_property_value(1);
                self.note_function();
                self.start(FRESH);
                self.names_function = true;
            }
            CLASS => self.start(FRESH),
            NEW => {
                self.operand_after = self.prev;
                self.start(FRESH);
                self.evidence.keeps_promise |= self.prev == Token::Assign && self.makes_promise();
            }
            THIS | SUPER => {
                self.operand_after = self.prev;
                self.start(IS_THIS);
                self.chain = Chain { root: Root::Own, last: word, ..Chain::default() };
                return self.stands_for_itself();
            }
            // `(): void {`.
            VOID if self.top.after_params && self.tokens.peek() == b'{' => return self.stands_for_itself(),
            TYPEOF | VOID | DELETE | AWAIT | YIELD => self.start(FRESH),
            IF | SWITCH | WITH | CATCH => self.head = (self.tokens.peek() == b'(').then_some(Kind::Head),
            WHILE => self.loop_head(Kind::WhileHead),
            FOR => self.loop_head(Kind::ForHead),
            RETURN => self.give_back(),
            THROW | CASE | ELSE | DO | ASYNC | EXPORT | DEFAULT => self.evidence.loops |= word == DO,
            NULL | UNDEFINED | TRUE | FALSE => {
                self.start(FRESH);
                self.chain = Chain { root: Root::Fresh, ..Chain::default() };
                return self.stands_for_itself();
            }
            SYMBOL => {
                self.constant(None);
                return false;
            }
            _ => return false,
        }
        self.before = Before::Operator;
        true
    }

    /// Whether the class behind `new` has a name that says so.
    fn makes_promise(&self) -> bool {
        self.tokens.rest().get(..32).is_some_and(|name| name.windows(6).any(|part| part == b"romise"))
    }

    /// A keyword behind which an operator comes.
    fn stands_for_itself(&mut self) -> bool {
        self.before = Before::Operand;
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
            self.element = self.top.declared;
            self.forget_pattern();
            if !self.top.declares {
                self.evidence.free_aliases.push(self.chain.last);
            }
        }
        if let Some(value) = &mut self.top.value {
            value.state |= CAST;
        }
        self.top.is_compound |= word != OF;
        self.before = Before::Operator;
        true
    }

    /// `new Map`, `Array(n)`.
    fn container(&mut self, word: Name) {
        let is_new = self.prev == Token::Word(NEW);
        // `Array<Row>()`, where no type can stand.
        let is_value =
            matches!(self.prev, Token::Assign | Token::Open(b'(' | b'[') | Token::Logical | Token::Word(RETURN)) && !self.top.is_type;
        let is_called = self.tokens.peek() == b'(' || is_value && self.tokens.peek() == b'<';
        if is_new || word == ARRAY && is_called {
            self.make_from(if is_new { self.operand_after } else { self.prev });
        }
    }

    /// `new WeakMap`: by what name it is kept.
    fn note_weak(&mut self) {
        let here = std::mem::replace(&mut self.prev, self.operand_after);
        let name = self.target().and_then(|value| value.name).filter(|_| self.top.key.is_none());
        self.prev = here;
        self.evidence.weak.push(name);
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

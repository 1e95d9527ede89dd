//! What a bracket that opens begins.

use super::*;

impl Scan<'_> {
    pub(super) fn open_parens(&mut self) {
        if self.tokens.new_line && self.before == Before::Brace {
            self.end_statement();
        }
        if let Some(kind) = self.head.take() {
            self.push(Group::new(kind, b')'));
            self.before = Before::Operator;
            return;
        }
        let behind_type = self.prev == Token::Other && self.tokens.byte(self.tokens.start.wrapping_sub(1)) == b'>';
        let is_call = matches!(self.before, Before::Operand | Before::Brace | Before::Dot) || behind_type;
        if !is_call {
            let mut group = Group::new(Kind::Parens, b')');
            group.inherited = self.target();
            group.is_elements_params = self.top.takes_elements && self.top.commas == 0;
            group.chain = self.top.chain;
            self.start(GROUPED);
            self.names_function = false;
            self.push(group);
            self.before = Before::Operator;
            return;
        }
        let named = matches!(self.prev, Token::Word(_)) && !matches!(self.chain.last, CALL | APPLY);
        let callee = if named { self.chain.last } else { NAMELESS };
        if let Some(value) = &mut self.top.value {
            value.state |= CALLED;
            value.state &= !IS_THIS;
            if let Some(variable) = value.variable {
                self.evidence.results.push((variable, callee));
            }
        }
        self.evidence.imports |= callee == IMPORT;
        self.evidence.recurs |= named && self.is_async && self.name == Some(callee) && self.is_given_back();
        let flags = self.words.flags(callee);
        let mut group = Group { chain: self.chain, callee, ..Group::new(Kind::Call, b')') };
        // The parameters of `forEach(function (x) {...})`.
        group.is_elements_params = self.names_function && self.top.takes_elements && self.top.commas == 0;
        if group.is_elements_params {
            group.chain = self.top.chain;
        }
        group.takes_elements = flags & words::ELEMENTS != 0;
        group.keeps = flags & words::GROWS != 0 && std::mem::take(&mut self.pushes);
        group.receiver = (flags & words::GROWS != 0 && callee != CONCAT && self.before == Before::Operand).then_some(self.receiver);
        let stores = flags & words::STORES != 0 || named && self.is_compiled_store();
        group.stores_arguments = stores && (callee != SET || self.tokens.rest().starts_with(b"this"));
        self.names_function = false;
        self.push(group);
        self.before = Before::Operator;
    }

    /// Whether what stands here is what the function gives back, and nothing is done with it before.
    fn is_given_back(&self) -> bool {
        let is_result = |value: Option<Value>| value.is_some_and(|value| value.is_result && value.state & (CHOICE | COMPUTED) == 0);
        is_result(self.top.value) || self.top.kind == Kind::Parens && self.groups.last().is_some_and(|around| is_result(around.value))
    }

    /// `_defineProperty`, `__classPrivateFieldSet`.
    pub(super) fn is_compiled_store(&self) -> bool {
        let end = self.tokens.start;
        let before = &self.tokens.text[end.saturating_sub(40)..end];
        memchr::memchr2_iter(b'P', b'x', before).any(|at| match before.split_at(at) {
            (head, [b'x', tail @ ..]) => head.ends_with(b"_e") && tail.starts_with(b"tends"),
            (head, tail) => {
                head.ends_with(b"define") && tail.starts_with(b"Property") || head.ends_with(b"class") && tail.starts_with(b"PrivateField")
            }
        })
    }

    pub(super) fn note_assigned(&self, group: &mut Group, stored: Option<bool>) {
        group.is_reassigned = self.prev == Token::Assign && stored == Some(true);
        group.assigned = self.top.value.and_then(|value| value.name);
        group.assigned_root = self.top.value.map_or(Root::Own, |value| value.root);
    }

    pub(super) fn open_bracket(&mut self) {
        if self.tokens.new_line && self.before == Before::Brace {
            self.end_statement();
        }
        if matches!(self.before, Before::Operand | Before::Dot) {
            if let Some(value) = &mut self.top.value {
                value.state &= !IS_THIS;
            }
            self.push(Group { chain: self.chain, ..Group::new(Kind::Index, b']') });
            self.before = Before::Operator;
            return;
        }
        let stored = self.make();
        let mut group = Group::new(Kind::Array, b']');
        self.note_assigned(&mut group, stored);
        if self.top.kind == Kind::Object && matches!(self.prev, Token::Open(_) | Token::Comma) {
            self.top.has_computed_key = true;
        }
        group.is_pattern = self.top.is_pattern || self.top.is_new_declarator && self.prev != Token::Assign;
        if group.is_pattern && !self.top.is_pattern {
            self.forget_pattern();
        }
        self.start(FRESH);
        self.push(group);
        self.before = Before::Operator;
    }

    pub(super) fn open_function(&mut self) {
        // A method.
        self.top.has_function |=
            self.top.kind == Kind::Object && self.top.colon_at == 0 && self.prev == Token::Close(b')') && self.closed == Kind::Call;
        self.top.after_params = false;
        let Self { name, is_async, frame, arrows, has_request, in_constructor, .. } = *self;
        self.name = self.opens_name.take();
        self.is_async = std::mem::take(&mut self.opens_async);
        self.evidence.bodies.insert(self.name.unwrap_or(NAMELESS));
        self.outer.push(Outer { name, is_async, frame, arrows, has_request, in_constructor });
        self.has_request |= std::mem::take(&mut self.gets_request);
        let is_constructor = std::mem::take(&mut self.opens_constructor);
        // The callback of `forEach` is over when the call is: it is a part of the function around.
        if !self.top.takes_elements {
            self.evidence.frames.push(frame);
            self.evidence.locals.push(self.opens_local.take());
            self.evidence.names.push(self.name);
            let own = self.evidence.frames.len() as Frame - 1;
            self.evidence.params.extend(self.params.drain(..).map(|name| (name, own)));
            self.frame = self.evidence.frames.len() as Frame - 1;
            self.arrows = 0;
            self.in_constructor = is_constructor && !self.tokens.new_line;
            // `f()` and a block on the next line look the same.
            if self.tokens.new_line {
                self.evidence.doubtful.push(self.frame);
            }
        }
        self.params.clear();
        self.push(Group::new(Kind::Function, b'}'));
        self.before = Before::Operator;
    }

    /// Whether the brace that was read stands behind the arguments of a type.
    fn ends_type(&self) -> bool {
        self.prev == Token::Other && self.tokens.text[..self.tokens.start].trim_ascii_end().ends_with(b">")
    }

    pub(super) fn open_brace(&mut self) {
        let is_function = match self.prev {
            Token::Close(b')') => !matches!(self.closed, Kind::Head | Kind::ForHead | Kind::WhileHead),
            Token::Arrow => true,
            _ => self.top.after_params && (self.before != Before::Operator || self.ends_type()),
        };
        // `): Promise<{ ... }> {`
        let is_type = self.top.after_params && !is_function;
        if is_function {
            self.open_function();
            return;
        }
        let is_literal =
            !is_type && self.before == Before::Operator && !matches!(self.prev, Token::Semicolon | Token::Open(b'{') | Token::Close(_));
        let before = self.evidence.made.len() as u32;
        let stored = if is_literal { self.make() } else { None };
        let mut group = Group::new(if is_literal { Kind::Object } else { Kind::Block }, b'}');
        group.own = is_literal.then_some((before, self.evidence.made.len() as u32));
        self.note_assigned(&mut group, stored);
        group.is_pattern = self.top.is_pattern && is_literal || self.top.is_new_declarator && self.prev != Token::Assign && is_literal;
        if group.is_pattern && !self.top.is_pattern {
            self.forget_pattern();
        }
        group.stored = stored;
        group.describes = (is_literal && self.describes()).then_some(self.top.named);
        if is_literal {
            self.start(FRESH);
        }
        self.push(group);
        self.before = Before::Operator;
    }
}

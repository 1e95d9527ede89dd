//! What a bracket that closes says of its inside.

use super::*;

const RUNNING: &[&[u8]] =
    &[b"running", b"active", b"stopped", b"closed", b"alive", b"shutdown", b"closing", b"stopping", b"aborted", b"done", b"true", b"1"];

impl Scan<'_> {
    pub(super) fn close(&mut self, sign: u8) -> Result<(), Unsure> {
        if self.top.close != sign {
            return Err(Unsure);
        }
        let is_assigned_literal =
            matches!(self.prev, Token::String | Token::Literal) && self.top.value.is_some_and(|value| value.state == STARTED | FRESH);
        self.end_value();
        self.end_arrow();
        if sign != b']' {
            self.steps = false;
        }
        let around = self.groups.pop().ok_or(Unsure)?;
        let group = std::mem::replace(&mut self.top, around);
        self.before = Before::Operand;
        self.closed = group.kind;
        match group.kind {
            Kind::Function => {
                self.leave_function();
                self.chain = Chain { root: Root::Anything, ..Chain::default() };
                self.before = Before::Brace;
            }
            Kind::Block | Kind::Object => {
                if group.spreads && group.has_computed_key && group.is_reassigned {
                    self.grow_assigned(&group);
                }
                self.close_literal(&group);
                self.close_pattern(&group);
                self.chain = Chain { root: Root::Fresh, ..Chain::default() };
                self.before = Before::Brace;
            }
            Kind::Template => {
                if self.tokens.template()? == Token::TemplateOpen {
                    self.push(Group::new(Kind::Template, b'}'));
                    self.before = Before::Operator;
                } else {
                    self.chain = Chain { root: Root::Fresh, ..Chain::default() };
                }
            }
            Kind::Call => self.close_call(&group),
            Kind::Parens => {
                self.close_params(&group);
                self.chain = self.grouped(&group);
                if self.is_written(self.tokens.rest()) {
                    self.grow(self.chain);
                }
            }
            Kind::Head | Kind::ForHead | Kind::WhileHead => self.close_head(&group),
            Kind::Index => self.close_index(&group, is_assigned_literal),
            Kind::Array => {
                if group.spreads && group.is_reassigned && group.commas > u32::from(self.prev == Token::Comma) {
                    self.grow_assigned(&group);
                }
                self.close_pattern(&group);
                self.chain = Chain { root: Root::Fresh, ..Chain::default() };
            }
        }
        self.spare.push(group);
        Ok(())
    }

    /// An object with properties from the start, or with functions of its own.
    fn close_literal(&mut self, group: &Group) {
        let Some((from, to)) = group.own.filter(|_| group.tokens > 1) else { return };
        for made in &mut self.evidence.made[from as usize..to as usize] {
            made.has_entries = true;
            made.frame = if group.has_function { NOWHERE } else { made.frame };
        }
    }

    fn close_head(&mut self, group: &Group) {
        if group.kind == Kind::ForHead {
            self.end_elements(group);
        }
        if group.kind == Kind::WhileHead && self.is_running() {
            self.evidence.endless.push(self.frame);
        }
        self.before = Before::Head;
    }

    /// What parentheses stand for: what is assigned in them, or the only name.
    fn grouped(&self, group: &Group) -> Chain {
        match group.target {
            _ if group.commas > 0 => Chain { root: Root::Anything, ..Chain::default() },
            Some(target) => target,
            None if group.is_computed && !group.is_choice => Chain { root: Root::Fresh, ..Chain::default() },
            None if group.is_compound => Chain { root: Root::Anything, ..Chain::default() },
            None => self.chain,
        }
    }

    fn leave_function(&mut self) {
        if let Some(outer) = self.outer.pop() {
            self.name = outer.name;
            self.is_async = outer.is_async;
            self.frame = outer.frame;
            self.arrows = outer.arrows;
            self.has_request = outer.has_request;
            self.in_constructor = outer.in_constructor;
        }
    }

    /// `while (true)`, `while (!this.stopped)`.
    fn is_running(&self) -> bool {
        let head = self.tokens.text.get(..self.tokens.start).unwrap_or_default();
        let tail = head.get(head.len().saturating_sub(16)..).unwrap_or_default().trim_ascii_end().to_ascii_lowercase();
        RUNNING.iter().any(|flag| tail.ends_with(flag)) || tail.ends_with(b")") || tail.ends_with(b"/")
    }

    fn close_call(&mut self, group: &Group) {
        self.close_params(group);
        if group.callee != NAMELESS && !self.tokens.rest().starts_with(b"{") {
            let is_member = group.chain.previous != 0 || group.chain.root != Root::Variable(group.callee);
            self.evidence.calls.push(Call { callee: group.callee, is_member, frame: self.frame, in_arrow: self.arrows > 0 });
        }
        if self.words.flags(group.callee) & words::REGISTERS != 0 && !self.is_method(group) {
            self.registers();
        }
        self.note_runtime(group);
        if let Some(receiver) = group.receiver.filter(|_| self.has_arguments_to_grow(group)) {
            self.grow(receiver);
        }
        let is_one = group.tokens > 1 && group.commas == 0;
        self.chain = if group.callee == GET && is_one && group.chain.previous != 0 {
            let of = if group.chain.container.is_some() { group.chain.of } else { Named::Either };
            Chain { container: group.chain.container.or(Some(group.chain.previous)), of, ..group.chain }
        } else {
            Chain { root: Root::Result(group.callee), ..Chain::default() }
        };
    }

    /// A call that may add to a table of the runtime.
    fn note_runtime(&mut self, group: &Group) {
        let called = self.words.flags(group.callee);
        let is_named = group.tokens == 2 && matches!(group.only, Some(Only::String(_)));
        if called & words::RUNTIME != 0 && (!is_named || called & words::EACH != 0) {
            self.evidence.adds_to_runtime = true;
        }
    }

    /// Whether what looked like a call begins a method: `on(event) {`.
    fn is_method(&self, group: &Group) -> bool {
        let behind = self.tokens.text.get(self.tokens.at..).unwrap_or_default();
        group.chain.previous == 0 && matches!(group.chain.root, Root::Variable(_)) && behind.starts_with(b" {")
    }

    /// `set` with a key and a value, `add` with one value, `splice` with something to put in.
    fn has_arguments_to_grow(&self, group: &Group) -> bool {
        let given = if group.tokens <= 1 { 0 } else { group.commas + 1 - u32::from(self.prev == Token::Comma) };
        match group.callee {
            ADD => given == 1 || given > 1 && group.has_angle,
            SPLICE => given > 2,
            callee if self.words.flags(callee) & words::KEYED != 0 => given > 1,
            _ => given > 0,
        }
    }

    /// What was in parentheses may turn out to be the parameters of a function.
    fn close_params(&mut self, group: &Group) {
        let rest = self.tokens.rest();
        let has_type = rest.starts_with(b":");
        let are_params = has_type || rest.starts_with(b"{") || rest.starts_with(b"=>");
        if are_params && !self.top.takes_elements && !self.top.after_params {
            self.params.clear();
            self.params.extend(self.listed.drain(group.listed as usize..));
        }
        self.listed.truncate(group.listed as usize);
        if !are_params {
            if matches!(self.top.kind, Kind::Parens | Kind::Call) {
                self.top.names_request |= group.names_request;
                self.top.may_name_request |= group.may_name_request;
            }
            return;
        }
        if !has_type {
            self.forget_defaults(group);
        }
        let is_executor = self.top.kind == Kind::Call && self.top.callee == PROMISE;
        // Nothing hands requests to a constructor again and again.
        self.opens_constructor = group.kind == Kind::Call && group.callee == CONSTRUCTOR;
        let names_request = group.names_request || group.may_name_request && !self.opens_constructor;
        self.gets_request |= names_request && !is_executor;
        // What stands in parentheses in the type of what it gives names no function.
        if !self.top.after_params {
            let is_named = group.kind == Kind::Call && group.callee != ASYNC;
            self.opens_async = std::mem::take(&mut self.says_async);
            let at = self.declared_at;
            self.opens_local = match group.kind {
                // `function name(...)` as a statement; as a value it has another name.
                Kind::Call if std::mem::take(&mut self.opens_declared) && self.top.value.is_none() => {
                    Some(Local { name: group.callee, at })
                }
                _ => self.declared_function(at),
            };
            self.opens_name = if is_named { Some(group.callee) } else { self.name_given() };
        }
        self.top.after_params = has_type;
        if group.kind == Kind::Call {
            self.evidence.defined.push(group.callee);
        }
    }

    /// A parameter's default value is made for one call.
    fn forget_defaults(&mut self, params: &Group) {
        let (own, inner) = (params.made as usize, self.frame);
        let mut at = 0;
        self.evidence.made.retain(|made| {
            at += 1;
            at <= own || made.frame != inner
        });
    }

    fn close_index(&mut self, group: &Group, is_fixed: bool) {
        let only = group.only.filter(|_| group.tokens == 2);
        let after = self.tokens.rest();
        if let Some(Only::String(name)) = only {
            let flags = self.words.flags(name);
            if flags & words::GROWS != 0 {
                self.grow(group.chain);
            }
            self.note(name, flags);
            if flags & words::REGISTERS != 0 {
                self.registers();
            }
            self.evidence.uncaches |= name == CACHE;
        }
        let is_element = matches!(after.first(), Some(b',' | b']' | b'}'));
        self.top.has_entry |= is_element;
        let key = match only {
            Some(Only::Variable(key)) => Some(key),
            _ => None,
        };
        let container = group.chain.container.unwrap_or(group.chain.last);
        let entry = Chain { container: Some(container), key: key.or(group.chain.key), ..group.chain };
        let is_empty = group.tokens <= 1;
        // `Kind[Kind.A = 0] = 'A'`.
        if !is_empty
            && !is_fixed
            && !matches!(only, Some(Only::String(_) | Only::Number))
            && (self.is_written(after) || std::mem::take(&mut self.steps))
        {
            self.grow_by(entry, key.is_some(), true);
            if self.words.flags(group.chain.last) & words::RUNTIME != 0 {
                self.evidence.adds_to_runtime = true;
            }
        }
        self.last_index = Some(only);
        self.chain = match only {
            // `x['name']` is `x.name`.
            Some(Only::String(name)) => {
                let of = if group.chain.container.is_some() { group.chain.of } else { Named::Field };
                Chain { last: name, previous: group.chain.last, of, ..group.chain }
            }
            _ => entry,
        };
    }

    /// Whether an assignment, `++` or the `of` of a loop follows.
    fn is_written(&self, after: &[u8]) -> bool {
        let after = after.strip_prefix(b"!").unwrap_or(after).trim_ascii_start();
        match after {
            [b'=', b'=' | b'>', ..] => false,
            [b'=', ..] | [b'+', b'+', ..] | [b'-', b'-', ..] => true,
            [b'+' | b'-' | b'*' | b'/' | b'%' | b'|' | b'&' | b'^', b'=', ..] => true,
            [b'|', b'|', b'=', ..] | [b'&', b'&', b'=', ..] | [b'?', b'?', b'=', ..] | [b'*', b'*', b'=', ..] => true,
            [b'<', b'<', b'=', ..] | [b'>', b'>', b'=', ..] | [b'>', b'>', b'>', b'=', ..] => true,
            [b'o', b'f', ..] | [b'i', b'n', ..] => self.top.kind == Kind::ForHead,
            _ => false,
        }
    }

    /// `[a[i], b] = [...]`, `({ x: a[i] } = y)`.
    fn close_pattern(&mut self, group: &Group) {
        if !group.has_entry {
            return;
        }
        match self.tokens.rest() {
            [b'=', b'=' | b'>', ..] => {}
            [b'=', ..] => self.grow(Chain { root: Root::Anything, ..Chain::default() }),
            [b',' | b']' | b'}', ..] => self.top.has_entry = true,
            [b'o', b'f', ..] if self.top.kind == Kind::ForHead => self.grow(Chain { root: Root::Anything, ..Chain::default() }),
            _ => {}
        }
    }
}

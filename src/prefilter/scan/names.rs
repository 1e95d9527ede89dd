//! Which names are other names of something.

use super::super::noted::result_of;
use super::*;

impl Scan<'_> {
    /// `const name = (...) =>`.
    pub(super) fn declared_function(&self, at: (u32, u32)) -> Option<Local> {
        let value = self.top.value.filter(|value| value.is_declared && value.state & (CHOICE | CALLED | COMPUTED) == 0)?;
        let name = value.variable.filter(|_| !value.is_pattern)?;
        Some(Local { name, at })
    }

    pub(super) fn arrow(&mut self) {
        self.top.has_function |= self.is_property_value(2);
        self.note_function();
        if self.tokens.peek() != b'{' {
            let name = self.name_given().unwrap_or(NAMELESS);
            self.evidence.unseen.push(name);
            // It ends with the statement; the request is taken to be there up to the end of the function around.
            self.has_request |= std::mem::take(&mut self.gets_request);
            self.evidence.loops |= self.top.takes_elements;
            let counts = !self.top.has_arrow && !self.top.takes_elements;
            self.arrows += u32::from(counts);
            self.top.has_arrow |= counts;
        } else if let Token::Word(_) = self.prev {
            self.params.clear();
            self.params.push(self.chain.last);
            self.opens_name = self.name_given();
            self.opens_local = self.declared_function(self.declared_at);
            self.opens_async = std::mem::take(&mut self.says_async);
        }
    }

    /// What stands behind `return`.
    pub(super) fn give_back(&mut self) {
        self.end_value();
        self.top.value = Some(Value {
            variable: Some(result_of(self.name.unwrap_or(NAMELESS))),
            root: Root::Own,
            name: None,
            annotated: None,
            key: None,
            is_entry: false,
            is_declared: true,
            is_pattern: true,
            is_result: true,
            keeps: false,
            is_stored: false,
            state: 0,
        });
    }

    pub(super) fn end_value(&mut self) {
        let Some(value) = self.top.value.take() else { return };
        if value.is_pattern && !value.is_result {
            self.end_pattern(&value);
            return;
        }
        let Some(variable) = value.variable else { return };
        if value.state & CLOSURE != 0 || value.is_result && value.state & STARTED == 0 {
            return;
        }
        if value.state & (CHOICE | GROUPED | FRESH | COMPUTED) == 0 && value.state & CALLED != 0 {
            // What a call gives, or an entry that `get` gives.
            if self.chain.container.is_some() || matches!(self.chain.root, Root::Result(_)) {
                self.note_alias(&value, variable);
            }
            return;
        }
        let is_alias = value.state & (CHOICE | GROUPED) != 0 || value.state & (FRESH | IS_THIS | CALLED | COMPUTED) == 0;
        if is_alias && !self.is_known_alias(&value, variable) {
            let is_free = !value.is_declared || value.state & GROUPED != 0;
            let aliases = if is_free { &mut self.evidence.free_aliases } else { &mut self.evidence.aliases };
            aliases.push(variable);
            aliases.extend(value.annotated.filter(|_| value.is_declared));
        }
    }

    /// Notes one of several values that a variable may get.
    pub(super) fn note_choice(&mut self) {
        if let Some(value) = self.top.value
            && let Some(variable) = value.variable
        {
            self.note_alias(&value, variable);
        }
    }

    fn note_alias(&mut self, value: &Value, variable: Name) {
        let Chain { root, last, container, key, of, .. } = self.chain;
        match root {
            Root::Variable(_) | Root::Own | Root::Result(_) if last != THIS => {
                let is_free = value.is_result || !value.is_declared && !self.evidence.is_local(variable, self.frame);
                let name = container.unwrap_or(last);
                let alias = Alias { variable, root, name, of, is_entry: container.is_some(), key, is_free };
                self.evidence.known_aliases.push(alias);
            }
            Root::Fresh | Root::Result(_) => {}
            _ => self.top.value.iter_mut().for_each(|value| value.state |= CAST),
        }
    }

    /// Whether it is seen what a variable is another name of, and noted.
    fn is_known_alias(&mut self, value: &Value, variable: Name) -> bool {
        let is_choice = value.state & CHOICE != 0;
        let is_named = match self.chain.root {
            Root::Variable(_) | Root::Own => self.chain.last != THIS,
            Root::Result(_) => true,
            Root::Fresh => is_choice,
            Root::Anything => false,
        };
        let is_known = value.annotated.is_none() && is_named && value.state & (CAST | IS_THIS) == 0;
        if is_known {
            self.note_alias(value, variable);
        }
        is_known
    }

    /// The names of a pattern are those of parts of what it takes apart.
    fn end_pattern(&mut self, value: &Value) {
        let Chain { root, last, container, key, of, .. } = self.chain;
        let is_seen =
            matches!(root, Root::Variable(_) | Root::Own | Root::Result(_)) && value.state & (CHOICE | GROUPED | CAST | COMPUTED) == 0;
        // Nothing that was there before.
        if value.state & FRESH != 0 && value.state & CHOICE == 0 {
            self.pattern.clear();
        }
        if !is_seen {
            self.forget_pattern();
        }
        for (variable, field) in std::mem::take(&mut self.pattern) {
            let part = Alias { variable, root, name: field, of: Named::Field, is_entry: false, key: None, is_free: !value.is_declared };
            self.evidence.known_aliases.push(part);
            if let Some(name) = container.or((last == 0).then_some(0)) {
                self.evidence.known_aliases.push(Alias { name, of, is_entry: true, key, ..part });
            }
        }
    }

    /// The names of a pattern may be those of anything that is around.
    pub(super) fn forget_pattern(&mut self) {
        self.evidence.aliases.extend(self.pattern.drain(..).map(|(variable, _)| variable));
    }

    /// The variable of `for (const x of list)`, when the list was read.
    pub(super) fn end_elements(&mut self, group: &Group) {
        self.forget_pattern();
        let Some(variable) = self.element.take() else { return };
        let Chain { root, last, container, key, of, .. } = self.chain;
        let is_seen = !group.is_compound && matches!(root, Root::Variable(_) | Root::Own) && last != THIS;
        if is_seen {
            let name = container.unwrap_or(last);
            let alias = Alias { variable, root, name, of, is_entry: true, key, is_free: false };
            self.evidence.known_aliases.push(alias);
        } else {
            self.evidence.aliases.push(variable);
        }
    }

    /// The parameter of `list.forEach((x) => ...)`.
    pub(super) fn note_element(&mut self, variable: Name) {
        let Chain { root, previous, container, key, .. } = self.top.chain;
        match (root, container, previous) {
            (Root::Variable(_) | Root::Own, _, 1..) if previous != THIS => {
                let (name, of) = (container.unwrap_or(previous), Named::Either);
                let alias = Alias { variable, root, name, of, is_entry: true, key, is_free: false };
                self.evidence.known_aliases.push(alias);
            }
            _ => self.evidence.aliases.push(variable),
        }
    }
}

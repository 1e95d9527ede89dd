//! What owns a piece of work, how often there is one, and what it offers to end its life.

use super::Model;
use super::context::{ContextKind, Region};
use super::entity::{EntityId, EntityKind, This};
use super::facts::{Entry, Instances, LifeWhy, Sibling, Teardown};
use super::ir::{ExprId, ExprKind, FnId, FunctionKind, Ir, PropKey};
use crate::diagnostic::Lifetime;
use crate::text::Span;

/// The method whose work an end of this name undoes, where there is such a method beside it.
pub(super) fn undone_by(end: &str) -> Option<&'static str> {
    Some(match end {
        "disconnect" => "connect",
        "stop" => "start",
        "deactivate" => "activate",
        "uninstall" => "install",
        "release" => "acquire",
        _ => return None,
    })
}

impl Model<'_> {
    /// The class whose construction or start-up runs a function.
    pub fn per_instance(&self, function: FnId) -> Option<Instances> {
        let id = self.instance_around(function)?;
        let mut outermost = function;
        let mut at = Some(function);
        while let Some(one) = at {
            if self.entities.this_of(one) == This::Instance(id) {
                outermost = one;
            }
            at = self.ir[one].parent;
        }
        let by_construction = self.entities.get(id).constructor == Some(outermost) || self.ir[outermost].kind == FunctionKind::FieldInit;
        let asked = (id, by_construction, self.outside().is_some());
        if let Some(known) = self.instances.borrow().get(&asked) {
            return Some(known.clone());
        }
        let found = self.instances(id, by_construction);
        self.instances.borrow_mut().insert(asked, found.clone());
        Some(found)
    }

    /// The class of the innermost member around a function.
    pub fn instance_around(&self, function: FnId) -> Option<EntityId> {
        let mut at = function;
        loop {
            let kind = self.ir[at].kind;
            if let This::Instance(id) = self.entities.this_of(at)
                && !self.is_object(id)
            {
                let entity = self.entities.get(id);
                let is_member =
                    entity.constructor == Some(at) || kind == FunctionKind::FieldInit || !self.entities.memberships(at).is_empty();
                if is_member {
                    return Some(id);
                }
            }
            at = self.ir[at].parent?;
        }
    }

    fn instances(&self, id: EntityId, by_construction: bool) -> Instances {
        let life = self.instance_life(id);
        let mut seen_at = life.seen_at.filter(|_| matches!(life.why, LifeWhy::PerCall(_))).map(|span| (life.seen_in.clone(), span));
        let mut made_by = None;
        for &call in &self.uses.calls {
            let ExprKind::New { callee, .. } = self.ir.kind(call) else { continue };
            if self.class_named_by(callee) != Some(id) {
                continue;
            }
            match self.context(call, Region::Function(Ir::MODULE)).kind {
                ContextKind::Repeated => {
                    seen_at = Some((None, self.ir.span(call)));
                    break;
                }
                ContextKind::Unknown if self.is_dropped_for_another(call) => seen_at = seen_at.or(Some((None, self.ir.span(call)))),
                ContextKind::Unknown if self.is_returned(call) => made_by = made_by.or(Some(self.ir.span(call))),
                _ => {}
            }
        }
        let single = life.lifetime == Lifetime::Process;
        let exported = self.entities.get(id).binding.is_some_and(|binding| self.is_exported(binding));
        Instances {
            class: self.entity_name(id),
            many: seen_at.is_some() || !single,
            exported,
            seen_at,
            made_by,
            is_few: matches!(life.why, LifeWhy::LongLivedClass(_) | LifeWhy::NamedLong(_)) && self.is_named_long(id),
            disposes: self.registers_disposables(id),
            extends: false,
            by_construction,
            teardown: self.teardown(id, by_construction),
        }
    }

    /// `this.stream = null` in one method, and `this.stream = new Stream()` in another: one comes when the one before is gone.
    fn is_dropped_for_another(&self, made: ExprId) -> bool {
        let ir = self.ir;
        let Some(ExprKind::Assign { target, .. }) = self.uses.parent(made).map(|parent| ir.kind(parent)) else { return false };
        let Some(place) = self.place(target).filter(|&place| self.level(place) == 0 && !self.is_root(place)) else { return false };
        self.uses.member_writes.iter().any(|&write| {
            let ExprKind::Assign { target, value, .. } = ir.kind(write) else { return false };
            let function = ir.function_of(write);
            let is_begin = ir[function].kind == FunctionKind::FieldInit
                || matches!(self.entities.this_of(function), This::Instance(id) if self.entities.get(id).constructor == Some(function));
            self.place(target) == Some(place)
                && function != ir.function_of(made)
                && !is_begin
                && (matches!(ir.kind(value), ExprKind::Null) || ir.global_of(value) == Some("undefined"))
                && self.context(write, Region::Function(Ir::MODULE)).kind >= ContextKind::Unknown
        })
    }

    fn is_named_long(&self, id: EntityId) -> bool {
        let words = super::provenance::words(&self.entity_name(id));
        words.last().is_some_and(|last| self.apis.owners.long.iter().any(|word| word.to_ascii_lowercase() == *last))
    }

    fn is_returned(&self, value: ExprId) -> bool {
        self.uses.parent(value).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Return(_)))
    }

    /// A call with its arguments, short.
    pub fn call_text(&self, call: ExprId) -> String {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return self.expr_text(call) };
        let args: Vec<String> = self.ir.list(args).iter().map(|&arg| self.expr_text(arg)).collect();
        format!("{}({})", self.callee_text(call), args.join(", "))
    }

    fn registers_disposables(&self, id: EntityId) -> bool {
        self.entities.get(id).base.is_some()
            && self.uses.calls.iter().any(|&call| {
                let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
                let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
                let name = self.ir.name(property).trim_start_matches('_');
                matches!(name, "register" | "addDisposable" | "registerDisposable" | "onDispose" | "addCleanup")
                    && self.entity_of(object).is_some_and(|(of, is_static)| of == id && !is_static)
            })
    }

    /// The teardown method of a class, or of the nearest base class in this file that has one.
    fn teardown(&self, id: EntityId, by_construction: bool) -> Option<Teardown> {
        let mut at = id;
        for _ in 0..8 {
            if let Some((name, function)) = self.teardown_member(at, by_construction) {
                let is_own = at == id && self.entities.this_of(function) == This::Instance(id);
                return Some(self.describe_teardown(name, function, is_own));
            }
            at = self.entities.get(at).base.and_then(|base| self.class_named_by(base))?;
        }
        None
    }

    /// Whether a class itself has a method that ends its instances.
    pub(super) fn has_end(&self, id: EntityId) -> bool {
        self.teardown_member(id, true).is_some()
    }

    fn teardown_member(&self, id: EntityId, by_construction: bool) -> Option<(String, FnId)> {
        let entity = self.entities.get(id);
        let named = entity.methods.iter().map(|(&name, &function)| (self.ir.name(name).to_owned(), function));
        let mut found: Vec<(String, FnId)> =
            named.filter(|(name, function)| self.apis.teardown.methods.contains(name) && !self.only_keeps_param(*function)).collect();
        if by_construction {
            found.retain(|(name, _)| !self.undoes_a_method(id, name));
        }
        if let EntityKind::Class(class) = entity.kind {
            found.extend(self.ir[class].members.iter().filter_map(|member| {
                let PropKey::Computed(key) = member.key else { return None };
                self.is_dispose_symbol(key).then(|| Some((format!("[{}]", self.expr_text(key)), member.function?))).flatten()
            }));
        }
        self.best_teardown(found)
    }

    /// `onClose(callback) { this.closed = callback; }`: it is told what to do then, and ends nothing.
    fn only_keeps_param(&self, function: FnId) -> bool {
        let Some(param) = self.ir[function].params.first().and_then(|param| param.binding) else { return false };
        let [only] = self.uses.refs(param) else { return false };
        self.uses.parent(*only).is_some_and(|parent| {
            matches!(self.ir.kind(parent), ExprKind::Assign { value, target, .. }
                if value == *only && matches!(self.ir.kind(target), ExprKind::Member { .. }))
        }) && !self.uses.calls.iter().any(|&call| self.ir.function_of(call) == function)
    }

    /// `disconnect` beside `connect`: it ends what that method began, and the instance goes on.
    fn undoes_a_method(&self, id: EntityId, teardown: &str) -> bool {
        undone_by(teardown).is_some_and(|begins| self.entities.get(id).methods.keys().any(|&name| self.ir.name(name) == begins))
    }

    /// The one that releases something; if none does, the first.
    fn best_teardown(&self, mut found: Vec<(String, FnId)>) -> Option<(String, FnId)> {
        found.sort_by_key(|(name, function)| (self.releases_in(*function).is_none(), self.ir[*function].span.start, name.clone()));
        found.into_iter().next()
    }

    /// `Symbol.dispose`, `Symbol.asyncDispose`.
    pub fn is_dispose_symbol(&self, key: ExprId) -> bool {
        match self.ir.kind(key) {
            ExprKind::Member { object, property, .. } => {
                self.ir.global_of(object) == Some("Symbol") && matches!(self.ir.name(property), "dispose" | "asyncDispose")
            }
            _ => false,
        }
    }

    /// The teardown among the methods of the object that a function, or one around it, makes and returns.
    pub fn returned_teardown(&self, function: FnId) -> Option<Teardown> {
        let mut at = function;
        while at != Ir::MODULE {
            if let Some((name, function)) = self.given_end(at) {
                return Some(self.describe_teardown(name, function, true));
            }
            at = self.ir[at].parent?;
        }
        None
    }

    /// The end among the methods of the object that a function returns: its name, and the function that it is.
    pub(super) fn given_end(&self, function: FnId) -> Option<(String, FnId)> {
        self.uses.returns(function).iter().find_map(|&returned| match self.ir.kind(returned) {
            ExprKind::Return(Some(value)) => self.object_teardown(value),
            _ => None,
        })
    }

    fn object_teardown(&self, value: ExprId) -> Option<(String, FnId)> {
        let object = match self.ir.kind(value) {
            ExprKind::Object { .. } => value,
            ExprKind::Ident(_) => {
                let [write] = self.uses.writes(self.ir.binding_of(value)?) else { return None };
                super::index::written_value(self.ir, *write)?
            }
            _ => return None,
        };
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        let found = self.ir.prop_list(props).iter().filter_map(|prop| {
            let PropKey::Name(name) = prop.key else { return None };
            let function = self.function_value(prop.value)?;
            let name = self.ir.name(name).to_owned();
            self.apis.teardown.methods.contains(&name).then_some((name, function))
        });
        self.best_teardown(found.collect())
    }

    pub(super) fn describe_teardown(&self, name: String, function: FnId, can_be_edited: bool) -> Teardown {
        let declared = &self.ir[function];
        let name_span =
            declared.name_span.or_else(|| self.key_span(function)).unwrap_or(Span::new(declared.span.start, declared.body.start));
        let entry = if can_be_edited { self.body_entry(function) } else { None };
        Teardown { name, name_span, entry, clears: self.releases_in(function) }
    }

    /// The name under which a function is a property or a computed member.
    fn key_span(&self, function: FnId) -> Option<Span> {
        let member = self.ir.classes.iter().flat_map(|class| &class.members).find(|member| member.function == Some(function));
        if let Some(member) = member {
            return Some(member.key_span);
        }
        let expr = self.ir[function].expr?;
        match self.ir.kind(self.uses.parent(expr)?) {
            ExprKind::Assign { target, .. } => Some(self.ir.span(target)),
            _ => None,
        }
    }

    /// A release of a timer or listener in a function.
    fn releases_in(&self, function: FnId) -> Option<Sibling> {
        self.uses.calls.iter().find_map(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let name = self.callee_name(callee)?;
            let clears = matches!(name, "clearInterval" | "clearTimeout") || self.apis.releases_listener(name);
            (clears && self.is_inside(self.ir.function_of(call), function))
                .then(|| Sibling { span: self.ir.span(call), text: self.call_text(call) })
        })
    }

    /// Where a statement goes to be the first of a body.
    pub(super) fn body_entry(&self, function: FnId) -> Option<Entry> {
        let declared = &self.ir[function];
        if declared.body_is_expression || !declared.directives.is_empty() {
            return None;
        }
        let body = self.source.slice(declared.body);
        let inside = body.strip_prefix('{')?.strip_suffix('}')?;
        let at = declared.body.start + 1;
        let first_line = inside.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let is_one_line = first_line.len() == inside.len();
        // What follows on the same line would run together with a statement that has no semicolon.
        let needs_semicolon = !first_line.trim().is_empty();
        if is_one_line {
            let after = if inside.is_empty() { " " } else { "" };
            return Some(Entry { at, before: " ".to_owned(), after: after.to_owned(), needs_semicolon });
        }
        let newline = if body.contains("\r\n") { "\r\n" } else { "\n" };
        Some(Entry { at, before: format!("{newline}{}", self.indent_in(declared.body)), after: String::new(), needs_semicolon })
    }

    /// The indentation of the first statement in a body, or two more than that of the line on which the body begins.
    fn indent_in(&self, body: Span) -> String {
        let inside = self.ir.stmts.iter().filter(|stmt| stmt.in_list && stmt.span.start > body.start && stmt.span.end < body.end);
        let opening = self.source.line_of(body.start);
        match inside.map(|stmt| stmt.span.start).min().filter(|&first| self.source.line_of(first) > opening) {
            Some(first) => self.indent_at(first),
            None => {
                let outer = self.indent_at(body.start);
                let step = if outer.contains('\t') { "\t" } else { "  " };
                outer + step
            }
        }
    }

    /// The white space at the start of the line of an offset.
    pub fn indent_at(&self, offset: u32) -> String {
        let text = self.source.slice(self.source.line_around(offset));
        text.chars().take_while(|&char| char == ' ' || char == '\t').collect()
    }
}

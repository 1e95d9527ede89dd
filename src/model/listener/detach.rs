//! Where edits can keep listeners from piling up: before a loop, at the end of each turn, in a teardown.

use super::super::Model;
use super::super::context::ContextKind;
use super::super::edits::{is_identifier, merge_inserts};
use super::super::entity::This;
use super::super::facts::{Detachment, Entry, ReceiverKind, Registration, TextEdit};
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, FunctionKind, Ir, LoopId, StmtId};
use super::super::place::{Place, Root, Step};
use super::{Candidate, Site};
use crate::text::Span;

/// A registration that is a statement of its own in the block of its innermost loop.
struct Turn {
    stmt: StmtId,
    /// The loop, and its block with the braces.
    around: Span,
    body: Span,
    id: LoopId,
}

impl Model<'_> {
    pub(super) fn detach_from_loop(&self, candidate: &Candidate<'_>, registration: &Registration) -> Option<Detachment> {
        let site = &candidate.site;
        if !self.is_plain_path(site.object) || site.event.is_some_and(|event| !self.is_plain_path(event)) {
            return None;
        }
        let turn = self.turn(site)?;
        self.before_loop(candidate, registration, &turn).or_else(|| self.each_turn(site, registration, &turn))
    }

    fn turn(&self, site: &Site<'_>) -> Option<Turn> {
        let stmt = self.own_statement(site.call)?;
        let id = self.ir[self.ir[site.call].block].in_loop?;
        let body = self.ir[stmt].parent?;
        let around = self.ir[body].parent?;
        let (body_span, loop_span) = (self.ir[body].span, self.ir[around].span);
        let is_body = self.ir[around].in_list && loop_span == self.ir[id].span && self.source.slice(body_span).starts_with('{');
        is_body.then_some(Turn { stmt, around: loop_span, body: body_span, id })
    }

    /// Whether some turns do not come to the registration.
    fn is_skipped_in_turn(&self, site: &Site<'_>, turn: &Turn) -> bool {
        use super::super::ir::When::{Case, DefaultCase, False, NotNullish, Nullish, True};
        let guards = self.flow(self.ir.function_of(site.call)).guards(self.ir, self.ir[site.call].block);
        guards.iter().any(|guard| match guard.when {
            True(condition)
            | False(condition)
            | Nullish(condition)
            | NotNullish(condition)
            | Case(condition, _)
            | DefaultCase(condition) => turn.body.contains(self.ir.span(condition)),
            _ => false,
        })
    }

    /// The statement as it stands, once for all turns.
    fn before_loop(&self, candidate: &Candidate<'_>, registration: &Registration, turn: &Turn) -> Option<Detachment> {
        let function = self.ir.function_of(candidate.site.call);
        let span = self.ir[turn.stmt].span;
        let is_bound = self.depends_on_turn(span, turn) || self.is_skipped_in_turn(&candidate.site, turn);
        let piles_up_elsewhere = !matches!(registration.receiver.kind, ReceiverKind::Fresh | ReceiverKind::Peer)
            && self.context_of_run(function, candidate.held.region) > ContextKind::Startup;
        let others = self.ir.stmts.iter().any(|other| other.in_list && turn.body.contains(other.span) && !span.contains(other.span));
        let line = self.line(span);
        if piles_up_elsewhere || !others || !line.is_alone || self.ir[turn.id].parent.is_some() || is_bound || self.has_long_literal(span) {
            return None;
        }
        let start = self.line_start(turn.around.start);
        if !self.source.slice(Span::new(start, turn.around.start)).trim().is_empty() {
            return None;
        }
        let (from, to) = (self.indent_at(span.start), self.indent_at(turn.around.start));
        let text = self.reindented(span, &from, &to);
        let edits = vec![
            TextEdit::insert(turn.around.start, format!("{text}{}{to}", self.newline())),
            TextEdit { span: Span::new(self.line_start(span.start), line.next?), text: String::new() },
        ];
        Some(Detachment::BeforeLoop { edits })
    }

    /// Whether a statement uses what a turn makes, or is evaluated with what the loop changes.
    fn depends_on_turn(&self, span: Span, turn: &Turn) -> bool {
        let function = self.ir[turn.id].function;
        let by_name = self.ir.references.iter().any(|reference| {
            let Some(binding) = reference.binding.filter(|_| span.contains(self.ir.span(reference.expr))) else { return false };
            let declared = self.ir[binding].span;
            let is_of_turn = turn.around.contains(declared) && !span.contains(declared);
            let is_changed = self.ir.function_of(reference.expr) == function
                && self.uses.writes(binding).iter().any(|&write| turn.around.contains(self.ir.span(write)));
            is_of_turn || is_changed
        });
        by_name
            || self.ir.expr_ids().any(|id| {
                let acts =
                    matches!(self.ir.kind(id), ExprKind::Await(_) | ExprKind::Yield(_) | ExprKind::Assign { .. } | ExprKind::Update { .. });
                acts && self.ir.function_of(id) == function && span.contains(self.ir.span(id))
            })
    }

    /// The rest of the turn goes into a `try` whose `finally` takes the listener off. Only where the turn waits for its work.
    fn each_turn(&self, site: &Site<'_>, registration: &Registration, turn: &Turn) -> Option<Detachment> {
        let span = self.ir[turn.stmt].span;
        let line = self.line(span);
        let rest = Span::new(line.next?, self.line_start(turn.body.end.saturating_sub(1)));
        let function = self.ir.function_of(site.call);
        let waits = self.ir.expr_ids().any(|id| {
            matches!(self.ir.kind(id), ExprKind::Await(_)) && self.ir.function_of(id) == function && rest.contains(self.ir.span(id))
        });
        let release = self.release_of(site)?;
        let is_last = self.source.slice(Span::new(rest.end.max(rest.start), turn.body.end)).trim() == "}";
        let is_first = self.source.slice(Span::new(self.line_start(span.start), span.start)).trim().is_empty();
        if !waits || !is_last || !is_first || rest.is_empty() || !self.can_be_wrapped(rest) {
            return None;
        }
        let (name, mut edits) = self.named_handler(site, registration)?;
        let indent = self.indent_at(span.start);
        let outer = self.indent_at(turn.around.start);
        let unit = indent.strip_prefix(&*outer).filter(|unit| !unit.is_empty())?.to_owned();
        let newline = self.newline();
        edits.push(TextEdit::insert(rest.start, format!("{indent}try {{{newline}")));
        let mut at = rest.start;
        while at < rest.end {
            if !self.source.slice(self.source.line_span(self.source.line_of(at))).trim().is_empty() {
                edits.push(TextEdit::insert(at, unit.clone()));
            }
            at = self.next_line(at)?;
        }
        let removal = self.removal_text(site, &release, self.source.slice(self.ir.span(site.object)), &name);
        let end = self.end_of_statement();
        edits.push(TextEdit::insert(
            rest.end,
            format!("{indent}}} finally {{{newline}{indent}{unit}{removal}{end}{newline}{indent}}}{newline}"),
        ));
        let merged = merge_inserts(edits);
        Some(Detachment::EachTurn { handler: name, edits: merged })
    }

    /// The name of the handler, and the edits that give it one.
    pub(super) fn named_handler(&self, site: &Site<'_>, registration: &Registration) -> Option<(String, Vec<TextEdit>)> {
        let span = self.ir.span(site.handler);
        match self.ir.kind(site.handler) {
            ExprKind::Ident(_) => Some((self.source.slice(span).to_owned(), Vec::new())),
            ExprKind::Function(_) => {
                let name = self.handler_name(registration.event.as_deref(), "on");
                let stmt = self.ir[self.ir[site.call].stmt].span;
                let text = self.source.slice(span);
                let keyword = if self.is_old_script() { "var" } else { "const" };
                let named = format!("{keyword} {name} = {text}{}{}{}", self.end_of_statement(), self.newline(), self.indent_at(stmt.start));
                Some((name.clone(), vec![TextEdit::insert(stmt.start, named), TextEdit { span, text: name }]))
            }
            _ => None,
        }
    }

    pub(super) fn release_of(&self, site: &Site<'_>) -> Option<String> {
        match site.verb {
            "on" | "once" if site.api.name == "EventEmitter" => Some("off".to_owned()),
            "addListener" | "prependListener" | "prependOnceListener" => Some("removeListener".to_owned()),
            "addEventListener" => Some("removeEventListener".to_owned()),
            _ => None,
        }
    }

    pub(super) fn removal_text(&self, site: &Site<'_>, release: &str, receiver: &str, handler: &str) -> String {
        let text = |expr: ExprId| self.source.slice(self.ir.span(expr));
        let event = site.event.map_or_else(String::new, |event| format!("{}, ", text(event)));
        let options =
            site.options.filter(|_| release == "removeEventListener").map_or_else(String::new, |options| format!(", {}", text(options)));
        format!("{receiver}.{release}({event}{handler}{options})")
    }

    /// All registrations of one finding: their handlers stay in fields, and the teardown takes them off.
    pub(super) fn detach_in_teardown(&self, group: &[&Candidate<'_>], registrations: &[&Registration]) -> Option<Detachment> {
        let first = registrations.first()?;
        let teardown = first.per_instance.as_ref()?.teardown.as_ref()?;
        let entry = teardown.entry.as_ref()?;
        let (mut edits, mut removals, mut taken) = (Vec::new(), Vec::new(), Vec::new());
        for (candidate, registration) in group.iter().zip(registrations) {
            let site = &candidate.site;
            if !registration.once_each || registration.in_loop.is_some() || site.event.is_some_and(|event| self.string(event).is_none()) {
                return None;
            }
            let function = self.ir.function_of(site.call);
            let This::Instance(id) = self.entities.this_of(function) else { return None };
            let receiver = self.receiver_for_teardown(site, candidate.place, function)?;
            let handler = self.handler_in_field(site, registration, &mut edits, &mut taken)?;
            let release = self.release_of(site)?;
            if self.is_object(id) || site.options.is_some() {
                return None;
            }
            removals.push(self.removal_text(site, &release, &receiver, &handler));
        }
        edits.push(self.teardown_edit(entry, &removals));
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        Some(Detachment::InTeardown { teardown: teardown.name.clone(), edits })
    }

    fn teardown_edit(&self, entry: &Entry, removals: &[String]) -> TextEdit {
        let end = self.end_of_statement();
        let mut text = String::new();
        for (index, removal) in removals.iter().enumerate() {
            let is_last = index + 1 == removals.len();
            let needed = if is_last { entry.needs_semicolon } else { entry.before.trim_matches(' ').is_empty() };
            text.push_str(&entry.before);
            text.push_str(removal);
            text.push_str(if needed { ";" } else { end });
        }
        TextEdit::insert(entry.at, text + &entry.after)
    }

    /// The emitter as the teardown can name it.
    fn receiver_for_teardown(&self, site: &Site<'_>, place: Place, function: FnId) -> Option<String> {
        let own = self.this_place(function);
        match self.root(place) {
            Root::Instance(_) => self.own_field_text(place, own),
            Root::Binding(binding) => match self.ir[binding].kind {
                BindingKind::Param(..) if self.is_root(place) => self.field_with(binding, own),
                _ if self.is_module_level(binding) && self.is_unique_constant(binding) && self.is_plain_path(site.object) => {
                    Some(self.source.slice(self.ir.span(site.object)).to_owned())
                }
                _ => None,
            },
            Root::Global(_) if self.is_root(place) && matches!(self.ir.kind(site.object), ExprKind::Ident(_)) => {
                Some(self.source.slice(self.ir.span(site.object)).to_owned())
            }
            _ => None,
        }
    }

    fn is_unique_constant(&self, binding: BindingId) -> bool {
        let names = self.ir.bindings.iter().filter(|other| other.name == self.ir[binding].name).count();
        names == 1 && self.uses.writes(binding).len() <= 1
    }

    /// `this.bus`, given a value one time.
    fn own_field_text(&self, place: Place, own: Place) -> Option<String> {
        let (owner, Step::Field(name)) = self.split(place)? else { return None };
        let name = self.ir.name(name);
        (owner == own && is_identifier(name) && self.initial_values(place).len() <= 1).then(|| format!("this.{name}"))
    }

    /// The field in which a constructor keeps a parameter.
    fn field_with(&self, binding: BindingId, own: Place) -> Option<String> {
        let function = self.ir[self.ir[binding].scope].function;
        if self.this_place(function) != own {
            return None;
        }
        let is_property = self.ir[function].params.iter().any(|param| param.binding == Some(binding) && param.is_property);
        if is_property {
            return Some(format!("this.{}", self.ir.name(self.ir[binding].name)));
        }
        self.uses.refs(binding).iter().find_map(|&at| {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(self.uses.parent(at)?) else { return None };
            (value == at).then(|| self.own_field_text(self.place(target)?, own)).flatten()
        })
    }

    /// The handler as the teardown can name it, and the edits that put it into a field.
    fn handler_in_field(
        &self,
        site: &Site<'_>,
        registration: &Registration,
        edits: &mut Vec<TextEdit>,
        taken: &mut Vec<String>,
    ) -> Option<String> {
        let handler = site.handler;
        let span = self.ir.span(handler);
        let function = self.ir.function_of(site.call);
        let own = self.this_place(function);
        let place = self.place(handler).filter(|&place| self.split(place).is_some_and(|(owner, _)| owner == own));
        if let (Some(place), ExprKind::Member { .. }) = (place, self.ir.kind(handler)) {
            return self.own_field_text(place, own);
        }
        let is_closure = matches!(self.ir.kind(handler), ExprKind::Function(_)) || registration.handler.bound;
        let stmt = self.own_statement(site.call)?;
        if !is_closure || self.has_long_literal(span) && self.needs_type() {
            return None;
        }
        let event = registration.event.as_deref();
        let mut name = self.handler_name(event, "_on");
        while taken.contains(&name) {
            name.push('2');
        }
        taken.push(name.clone());
        let text = self.source.slice(span);
        if self.needs_type() {
            edits.push(self.field_edit(handler, function, &name)?);
        } else {
            let at = self.ir[stmt].span.start;
            let named = format!("this.{name} = {text}{}{}{}", self.end_of_statement(), self.newline(), self.indent_at(at));
            edits.push(TextEdit::insert(at, named));
        }
        edits.push(TextEdit { span, text: format!("this.{name}") });
        Some(format!("this.{name}"))
    }

    /// A field of the class with the handler as its initial value, where it uses nothing of the constructor.
    fn field_edit(&self, handler: ExprId, function: FnId, name: &str) -> Option<TextEdit> {
        let class = self.ir.classes.iter().find(|class| class.members.iter().any(|member| member.function == Some(function)))?;
        let span = self.ir.span(handler);
        let uses_locals = self.ir.references.iter().any(|reference| {
            span.contains(self.ir.span(reference.expr))
                && reference.binding.is_some_and(|binding| {
                    let owner = self.ir[self.ir[binding].scope].function;
                    owner != Ir::MODULE && !span.contains(self.ir[binding].span)
                })
        });
        let is_typed = match self.ir.kind(handler) {
            ExprKind::Function(function) => {
                let declared = &self.ir[function];
                declared.kind == FunctionKind::Arrow && declared.params.iter().all(|param| param.annotation.is_some())
            }
            // A field that holds the function may not have it yet.
            _ => self.function_value(handler).is_some_and(|function| self.ir[function].kind == FunctionKind::Method),
        };
        if uses_locals || !is_typed {
            return None;
        }
        let first = class.members.iter().map(|member| member.span.start).min()?;
        let indent = self.indent_at(first);
        if self.line_start(first) + indent.len() as u32 != first {
            return None;
        }
        let from = self.indent_at(span.start);
        let text = self.reindented(span, &from, &indent);
        Some(TextEdit::insert(first, format!("private readonly {name} = {text}{}{}{indent}", self.end_of_statement(), self.newline())))
    }
}

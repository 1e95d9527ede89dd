//! Where an edit is certain to end a timer with its work.

use super::super::Model;
use super::super::clearing::Armed;
use super::super::facts::TextEdit;
use super::super::ir::{BindingKind, ExprId, ExprKind, Stmt, StmtId};
use super::fact::TimeoutRemedy;
use crate::text::Span;

impl Model<'_> {
    /// `let timer;` before the statement, `timer = setTimeout(...)`, and `.finally(() => clearTimeout(timer))` behind the race.
    pub(super) fn clear_after_race(&self, armed: &Armed<'_>, race: ExprId) -> Option<TimeoutRemedy> {
        let clear = self.clear_text(armed.call)?;
        let stmt = self.ir[race].stmt;
        let (span, call) = (self.ir[stmt].span, self.ir.span(race));
        let is_dropped = armed.to.locals.is_empty() && armed.to.places.is_empty() && armed.to.collections.is_empty();
        let is_alone = self.source.slice(Span::new(self.line_start(span.start), span.start)).trim().is_empty();
        let raced_here = call.contains(self.ir.span(armed.call));
        if !is_dropped || !self.ir[stmt].in_list || !is_alone || !raced_here || self.is_old_script() {
            return None;
        }
        let name = self.free_name("timer");
        let annotation = if self.needs_type() { ": ReturnType<typeof setTimeout> | undefined" } else { "" };
        let declared = format!("let {name}{annotation}{}{}{}", self.end_of_statement(), self.newline(), self.indent_at(span.start));
        let edits = vec![
            TextEdit::insert(span.start, declared),
            TextEdit::insert(self.ir.span(armed.call).start, format!("{name} = ")),
            TextEdit::insert(call.end, format!(".finally(() => {clear}({name}))")),
        ];
        Some(TimeoutRemedy::AfterRace { edits })
    }

    /// The statements behind the one that arms the timer, to the end of their block, in a `try` whose `finally` clears it.
    pub(super) fn clear_in_finally(&self, armed: &Armed<'_>) -> Option<TimeoutRemedy> {
        let clear = self.clear_text(armed.call)?;
        let &[handle] = armed.to.locals.as_slice() else { return None };
        let stmt = self.ir[armed.call].stmt;
        let span = self.ir[stmt].span;
        if !self.ir[stmt].in_list || !self.is_declared_by(handle, armed.call) || !armed.to.places.is_empty() {
            return None;
        }
        let rest = self.rest_of_list(stmt)?;
        let is_first = self.source.slice(Span::new(self.line_start(span.start), span.start)).trim().is_empty();
        if !is_first || !self.can_be_wrapped(rest) {
            return None;
        }
        let indent = self.indent_at(span.start);
        let outer = self.indent_at(rest.end);
        let unit = indent.strip_prefix(&*outer).filter(|unit| !unit.is_empty())?.to_owned();
        let newline = self.newline();
        let mut edits = vec![TextEdit::insert(rest.start, format!("{indent}try {{{newline}"))];
        let mut at = rest.start;
        while at < rest.end {
            if !self.source.slice(self.source.line_span(self.source.line_of(at))).trim().is_empty() {
                edits.push(TextEdit::insert(at, unit.clone()));
            }
            at = self.next_line(at)?;
        }
        let text = format!("{clear}({})", self.ir.name(self.ir[handle].name));
        let end = self.end_of_statement();
        edits.push(TextEdit::insert(
            rest.end,
            format!("{indent}}} finally {{{newline}{indent}{unit}{text}{end}{newline}{indent}}}{newline}"),
        ));
        Some(TimeoutRemedy::Finally { clear: text, edits: super::super::edits::merge_inserts(edits) })
    }

    /// The whole lines from behind a statement to the brace that ends its list.
    fn rest_of_list(&self, stmt: StmtId) -> Option<Span> {
        let Stmt { span, parent, .. } = self.ir[stmt];
        let later = self.ir.stmts.iter().filter(|other| other.in_list && other.parent == parent && other.span.start >= span.end);
        let mut later: Vec<Span> = later.map(|other| other.span).collect();
        later.sort_unstable();
        let mut end = span.end;
        for next in later {
            // Something else than the same list lies between.
            if self.source.slice(Span::new(end, next.start)).contains(['{', '}']) {
                break;
            }
            end = next.end;
        }
        let rest = Span::new(self.line(span).next?, self.next_line(end)?);
        let behind = self.source.slice(Span::new(end, rest.end)).trim();
        let is_ended = self.source.slice(self.source.line_around(rest.end)).trim_start().starts_with('}');
        (!rest.is_empty() && end > span.end && behind.is_empty() && is_ended).then_some(rest)
    }

    /// Whether the timer fires late without any harm: it settles a promise, aborts, or sets a flag.
    pub(super) fn acts_late(&self, armed: &Armed<'_>) -> bool {
        let Some(callback) = armed.callback else { return false };
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let is_harmless = match self.ir.kind(callee) {
                ExprKind::Member { property, .. } => {
                    matches!(self.ir.name(property), "abort" | "warn" | "log" | "debug" | "error" | "info")
                }
                _ => {
                    let binding = self.ir.binding_of(callee);
                    binding.is_some_and(|binding| matches!(self.ir[binding].kind, BindingKind::Param(..)))
                        || self.timer_clears().iter().any(|clear| clear.at == call)
                }
            };
            self.is_inside(self.ir.function_of(call), callback) && !is_harmless
        })
    }
}

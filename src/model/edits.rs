//! Pieces of text that edits are made of: lines, names, indentation.

use super::Model;
use super::facts::TextEdit;
use super::ir::{BindingKind, ExprId, ExprKind, FunctionKind, StmtId};
use crate::text::Span;

impl TextEdit {
    pub fn insert(at: u32, text: String) -> Self {
        Self { span: Span::new(at, at), text }
    }
}

/// A statement that stands in a list, as edits see it.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Where the next line begins, if nothing else than a comment stands behind the statement.
    pub next: Option<u32>,
    /// Nothing else stands on its lines.
    pub is_alone: bool,
}

impl Model<'_> {
    /// The statement that is exactly this expression, with others beside it.
    pub(super) fn own_statement(&self, expr: ExprId) -> Option<StmtId> {
        let id = self.ir[expr].stmt;
        let stmt = &self.ir[id];
        (stmt.in_list && self.uses.parent(expr).is_none() && stmt.span.start == self.ir.span(expr).start).then_some(id)
    }

    pub(super) fn line(&self, span: Span) -> Line {
        let first = self.source.line_span(self.source.line_of(span.start));
        let last = self.source.line_span(self.source.line_of(span.end.saturating_sub(1)));
        let behind = self.source.slice(Span::new(span.end, last.end)).trim();
        let before = self.source.slice(Span::new(first.start, span.start)).trim();
        let ends_line = behind.is_empty() || behind.starts_with("//");
        let next = self.next_line(span.end);
        Line { next: next.filter(|_| ends_line), is_alone: before.is_empty() && behind.is_empty() && next.is_some() }
    }

    /// Where the line behind that of an offset begins.
    pub(super) fn next_line(&self, offset: u32) -> Option<u32> {
        let line = self.source.line_of(offset);
        (line < self.source.line_count()).then(|| self.source.line_span(line + 1).start)
    }

    pub(super) fn line_start(&self, offset: u32) -> u32 {
        self.source.line_span(self.source.line_of(offset)).start
    }

    pub(super) fn newline(&self) -> &'static str {
        if self.style().crlf { "\r\n" } else { "\n" }
    }

    pub(super) fn end_of_statement(&self) -> &'static str {
        if self.style().semicolons { ";" } else { "" }
    }

    pub(super) fn quoted(&self, text: &str) -> String {
        let quote = if self.style().double_quotes { '"' } else { '\'' };
        format!("{quote}{text}{quote}")
    }

    /// Whether the file is written in a language without arrow functions.
    pub(super) fn is_old_script(&self) -> bool {
        let has_arrow = self.ir.functions.iter().any(|function| function.kind == FunctionKind::Arrow);
        let has_const =
            self.ir.bindings.iter().any(|binding| {
                matches!(binding.kind, BindingKind::Const | BindingKind::Let | BindingKind::Class(_) | BindingKind::Import(_))
            });
        !has_arrow && !has_const
    }

    /// Whether a literal or template within a span goes over more than one line, so that its white space means something.
    pub(super) fn has_long_literal(&self, span: Span) -> bool {
        self.ir.expr_ids().any(|id| {
            let is_literal = matches!(
                self.ir.kind(id),
                ExprKind::Template(_) | ExprKind::TaggedTemplate { .. } | ExprKind::String(_) | ExprKind::Jsx { .. }
            );
            let own = self.ir.span(id);
            is_literal && span.contains(own) && self.source.slice(own).contains('\n')
        })
    }

    /// The text of a span with the indentation of its lines behind the first changed from one to another.
    pub(super) fn reindented(&self, span: Span, from: &str, to: &str) -> String {
        let mut lines = self.source.slice(span).split('\n');
        let mut text = lines.next().unwrap_or_default().to_owned();
        for line in lines {
            text.push('\n');
            match line.strip_prefix(from) {
                Some(rest) if !rest.trim().is_empty() => {
                    text.push_str(to);
                    text.push_str(rest);
                }
                _ => text.push_str(line),
            }
        }
        text
    }

    /// What is declared in the lines is used in them alone, and no white space in them means anything.
    pub(super) fn can_be_wrapped(&self, rest: Span) -> bool {
        let declares = |binding: &super::ir::Binding| rest.contains(binding.span);
        let is_hoisted = self.ir.bindings.iter().any(|binding| declares(binding) && matches!(binding.kind, BindingKind::Function(_)));
        let is_used_outside = self.ir.references.iter().any(|reference| {
            reference.binding.is_some_and(|binding| declares(&self.ir[binding])) && !rest.contains(self.ir.span(reference.expr))
        });
        !is_hoisted && !is_used_outside && !self.has_long_literal(rest)
    }

    /// Whether a field has to be declared before something is assigned to it.
    pub(super) fn needs_type(&self) -> bool {
        !self.ir.types.is_empty() || self.ir.bindings.iter().any(|binding| binding.annotation.is_some())
    }

    /// A name that nothing in the file has.
    pub(super) fn free_name(&self, wanted: &str) -> String {
        let is_taken = |name: &str| self.ir.names.iter().any(|known| **known == *name);
        let mut name = wanted.to_owned();
        let mut number = 2;
        while is_taken(&name) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }

    /// `onUserJoined` for `user:joined`.
    pub(super) fn handler_name(&self, event: Option<&str>, prefix: &str) -> String {
        let words = event.unwrap_or_default().split(|char: char| !char.is_ascii_alphanumeric());
        let mut name = String::new();
        for word in words.filter(|word| !word.is_empty()) {
            let (first, rest) = word.split_at(1);
            name.push_str(&first.to_ascii_uppercase());
            name.push_str(rest);
        }
        if name.is_empty() {
            name.push_str("Event");
        }
        self.free_name(&format!("{prefix}{name}"))
    }

    /// A chain of names: evaluating it again gives the same and does nothing.
    pub(super) fn is_plain_path(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Ident(_) | ExprKind::This | ExprKind::String(_) | ExprKind::Number(_) => true,
            ExprKind::Member { object, optional: false, .. } => self.is_plain_path(object),
            _ => false,
        }
    }
}

pub(super) fn is_identifier(name: &str) -> bool {
    let name = name.strip_prefix('#').unwrap_or(name);
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || matches!(first, '_' | '$'))
        && chars.all(|char| char.is_alphanumeric() || matches!(char, '_' | '$'))
}

/// Insertions at one offset become one, in their order.
pub(super) fn merge_inserts(edits: Vec<TextEdit>) -> Vec<TextEdit> {
    let mut merged: Vec<TextEdit> = Vec::new();
    for edit in edits {
        match merged.iter_mut().find(|known| known.span == edit.span) {
            Some(known) => known.text.push_str(&edit.text),
            None => merged.push(edit),
        }
    }
    merged.sort_by_key(|edit| (edit.span.start, edit.span.end));
    merged
}

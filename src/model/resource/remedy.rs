//! Where a resource can be let go by an edit.

use super::super::Model;
use super::super::edits::is_identifier;
use super::super::facts::{Entry, TextEdit};
use super::super::ir::ExprKind;
use super::fact::{MissedPath, Remedy};
use super::{Acquired, Custody, Flaw, Resource};

impl Model<'_> {
    pub(super) fn resource_remedy(&self, acquired: &Acquired<'_>, resource: &Resource) -> Option<Remedy> {
        match (&resource.flaw, &resource.custody) {
            (Flaw::Overwritten(_), Custody::Kept { text, .. } | Custody::Variable { text, .. }) => self.release_before(acquired, text),
            (Flaw::Unreleased, Custody::Kept { text, .. }) => self.release_in_teardown(acquired, resource, text),
            (Flaw::SomePaths { misses: MissedPath::Return(span), .. }, Custody::Local { .. }) => {
                self.release_before_return(acquired, resource, span.start)
            }
            _ => None,
        }
    }

    /// `this.socket?.close();` in front of the statement that makes another one.
    fn release_before(&self, acquired: &Acquired<'_>, handle: &str) -> Option<Remedy> {
        let stmt = &self.ir[self.ir[acquired.call].stmt];
        let starts_statement = stmt.in_list && self.source.slice(stmt.span).starts_with(handle);
        let method = acquired.api.release.first()?;
        if !starts_statement || self.is_old_script() || !is_path(handle) {
            return None;
        }
        let release = format!("{handle}?.{method}()");
        let indent = self.indent_at(stmt.span.start);
        let text = format!("{release}{}{}{indent}", self.end_of_statement(), self.newline());
        Some(Remedy { does: format!("call `{release}` first"), edits: vec![TextEdit::insert(stmt.span.start, text)] })
    }

    fn release_in_teardown(&self, acquired: &Acquired<'_>, resource: &Resource, handle: &str) -> Option<Remedy> {
        let teardown = resource.per_instance.as_ref()?.teardown.as_ref()?;
        let Entry { at, before, after, needs_semicolon } = teardown.entry.as_ref()?;
        let method = acquired.api.release.first()?;
        if !handle.starts_with("this.") || !is_path(handle) || matches!(self.ir.kind(acquired.value), ExprKind::Await(_)) {
            return None;
        }
        let optional = if self.is_old_script() { "." } else { "?." };
        let release = format!("{handle}{optional}{method}()");
        let end = if *needs_semicolon { ";" } else { self.end_of_statement() };
        let text = format!("{before}{release}{end}{after}");
        Some(Remedy { does: format!("add `{release}` to `{}`", teardown.name), edits: vec![TextEdit::insert(*at, text)] })
    }

    fn release_before_return(&self, acquired: &Acquired<'_>, resource: &Resource, at: u32) -> Option<Remedy> {
        // Where something may throw as well, it is a matter for `finally`.
        let function = self.ir.function_of(acquired.call);
        let stops: Vec<_> = acquired.releases.iter().map(|clear| clear.at).collect();
        if self.flow(function).escapes(self.ir, function, acquired.call, &stops).throws {
            return None;
        }
        let stmt = self.ir.stmts.iter().find(|stmt| stmt.in_list && stmt.span.start == at)?;
        let is_awaited = acquired
            .releases
            .iter()
            .any(|clear| self.uses.parent(clear.at).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Await(_))));
        let wait = if is_awaited { "await " } else { "" };
        let release = resource.kind.undo.as_ref().unwrap_or(&resource.kind.release);
        let text = format!("{wait}{release}{}{}{}", self.end_of_statement(), self.newline(), self.indent_at(stmt.span.start));
        Some(Remedy { does: format!("call `{release}` before this return"), edits: vec![TextEdit::insert(at, text)] })
    }
}

/// `this.socket`, `socket`.
fn is_path(text: &str) -> bool {
    text.split('.').all(|part| part == "this" || is_identifier(part) && !part.starts_with('#') || part.starts_with('#'))
}

//! What a hook's callback acquires, given back by a function that the callback returns: as edits, where that is certain.

use super::super::Model;
use super::super::facts::{Interval, ReceiverKind, Registration, TextEdit};
use super::super::frameworks::Cleanup;
use super::super::ir::{ExprId, ExprKind, FnId};
use super::super::mount::Mount;
use super::super::place::Root;
use super::Candidate;
use crate::text::Span;

impl Model<'_> {
    /// Adds the edits to the first of what each hook leaves behind.
    pub(super) fn add_cleanups(&self, candidates: &[&Candidate<'_>], registrations: &mut [Registration]) {
        for index in 0..registrations.len() {
            let Some(hook) = left_by(&registrations[index]).map(|mount| mount.hook_span) else { continue };
            let is_one = |other: &Registration| left_by(other).is_some_and(|mount| mount.hook_span == hook);
            let members: Vec<usize> = (0..registrations.len()).filter(|&at| is_one(&registrations[at])).collect();
            if members.first() != Some(&index) {
                continue;
            }
            let group: Vec<(&Candidate<'_>, &Registration)> = members.iter().map(|&at| (candidates[at], &registrations[at])).collect();
            let edits = self.cleanup_of_listeners(&group);
            if let (Some(mount), Some(edits)) = (registrations[index].mount.as_mut(), edits) {
                mount.edits = edits;
            }
        }
    }

    fn cleanup_of_listeners(&self, group: &[(&Candidate<'_>, &Registration)]) -> Option<Vec<TextEdit>> {
        let (first, _) = group.first()?;
        let callback = self.ir.function_of(first.site.call);
        let is_timed = self.uses.calls.iter().any(|&call| {
            let starts = self.is_timer_call(call, "setInterval") || self.is_timer_call(call, "setTimeout");
            starts && self.is_inside(self.ir.function_of(call), callback)
        });
        let body = self.body_without_return(callback).filter(|_| !is_timed)?;
        let (mut edits, mut releases, mut names) = (Vec::new(), Vec::new(), Vec::<String>::new());
        for (candidate, registration) in group {
            let site = &candidate.site;
            // What somebody gave may give a function or an object with `unsubscribe`.
            let is_unclear = site.is_passed_on || candidate.held.kind == ReceiverKind::Parameter;
            let is_plain = registration.in_loop.is_none() && registration.near_miss.is_none() && !is_unclear;
            if self.ir.function_of(site.call) != callback || !is_plain {
                return None;
            }
            let stmt = self.own_statement(site.call).filter(|&stmt| body.statements.contains(&self.ir[stmt].span))?;
            let (name, release) = if site.verb == "subscribe" {
                let name = self.free_name("subscription");
                edits.push(TextEdit::insert(self.ir[stmt].span.start, format!("const {name} = ")));
                let release = format!("{name}.unsubscribe()");
                (name, release)
            } else {
                let release = self.release_of(site)?;
                let is_literal = |options: ExprId| {
                    matches!(self.ir.kind(options), ExprKind::Bool(_) | ExprKind::Object { .. }) || self.is_plain_path(options)
                };
                if !self.is_named_at_module_level(site.object, candidate) || !site.options.is_none_or(is_literal) {
                    return None;
                }
                site.event.filter(|&event| self.string(event).is_some())?;
                let (name, named) = self.named_handler(site, registration)?;
                edits.extend(named);
                let receiver = self.source.slice(self.ir.span(site.object));
                let release = self.removal_text(site, &release, receiver, &name);
                (name, release)
            };
            if names.contains(&name) && !matches!(self.ir.kind(site.handler), ExprKind::Ident(_)) {
                return None;
            }
            names.push(name);
            releases.push(release);
        }
        edits.push(self.returned(&body, &releases)?);
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        Some(edits)
    }

    /// What the end of the component can name as well.
    fn is_named_at_module_level(&self, object: ExprId, candidate: &Candidate<'_>) -> bool {
        self.is_plain_path(object)
            && match self.root(candidate.place) {
                Root::GlobalObject | Root::Global(_) => true,
                Root::Binding(binding) => self.is_module_level(binding),
                _ => false,
            }
    }

    /// `const timer = setInterval(...)`, and a function that clears it.
    pub(in crate::model) fn cleanup_of_interval(&self, call: ExprId, interval: &Interval) -> Option<Vec<TextEdit>> {
        let mount = interval.mount.as_ref().filter(|mount| mount.cleanup == Cleanup::Returned)?;
        let callback = self.ir.function_of(call);
        let body = self.body_without_return(callback).filter(|_| interval.cleared.is_none() && mount.ignored.is_none())?;
        let is_beside = self.uses.calls.iter().any(|&other| {
            let acquires = self.is_timer_call(other, "setInterval") && other != call || self.site(other).is_some();
            acquires && self.is_inside(self.ir.function_of(other), callback)
        });
        let stmt = self.own_statement(call).filter(|&stmt| body.statements.contains(&self.ir[stmt].span))?;
        let clear = self.clear_text(call).filter(|_| !is_beside)?;
        let name = self.free_name("timer");
        let named = TextEdit::insert(self.ir[stmt].span.start, format!("const {name} = "));
        Some(vec![named, self.returned(&body, &[format!("{clear}({name})")])?])
    }

    /// The body of a callback that is written in the hook's call and returns nothing.
    pub(in crate::model) fn body_without_return(&self, callback: FnId) -> Option<Body> {
        let declared = &self.ir[callback];
        let hook = declared.expr.and_then(|expr| self.uses.parent(expr))?;
        self.hook(hook)?;
        if declared.body_is_expression || declared.is_async || declared.is_generator || !self.uses.returns(callback).is_empty() {
            return None;
        }
        let inside = self.ir.stmts.iter().filter(|stmt| stmt.in_list && declared.body.contains(stmt.span) && stmt.span != declared.body);
        let all: Vec<Span> = inside.map(|stmt| stmt.span).collect();
        let is_inner = |span: Span| all.iter().any(|&other| other != span && other.contains(span));
        let statements: Vec<Span> = all.iter().copied().filter(|&span| !is_inner(span)).collect();
        let last = statements.iter().copied().max_by_key(|span| span.end)?;
        let is_one_line = self.source.line_of(declared.body.start) == self.source.line_of(statements.first()?.start);
        let next =
            self.line(last).next.filter(|_| !is_one_line && self.source.line_of(last.end) < self.source.line_of(declared.body.end))?;
        Some(Body { indent: self.indent_at(last.start), outer: self.indent_at(declared.body.end), next, statements })
    }

    pub(in crate::model) fn returned(&self, body: &Body, releases: &[String]) -> Option<TextEdit> {
        let Body { indent, outer, next, .. } = body;
        let (end, newline) = (self.end_of_statement(), self.newline());
        let text = match releases {
            [] => return None,
            [only] => format!("{indent}return () => {only}{end}{newline}"),
            all => {
                let unit = indent.strip_prefix(&**outer).filter(|unit| !unit.is_empty())?;
                let lines: String = all.iter().map(|one| format!("{indent}{unit}{one}{end}{newline}")).collect();
                format!("{indent}return () => {{{newline}{lines}{indent}}}{end}{newline}")
            }
        };
        Some(TextEdit::insert(*next, text))
    }
}

pub(in crate::model) struct Body {
    /// Those that stand directly in it.
    pub statements: Vec<Span>,
    indent: String,
    outer: String,
    /// Where the line behind the last one begins.
    next: u32,
}

/// The component that leaves a listener behind, if a function that its hook returns could take it off.
fn left_by(registration: &Registration) -> Option<&Mount> {
    let stays = registration.released.is_none() && !registration.once;
    registration.of_component().filter(|mount| stays && mount.cleanup == Cleanup::Returned && mount.end.is_none())
}

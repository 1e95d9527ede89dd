//! Where an interval of one connection can be cleared: when the connection ends.

use super::Model;
use super::facts::{Remedy, TextEdit};
use super::handle::Destinations;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind};

impl Model<'_> {
    /// The edits that clear an interval at its peer's last event.
    pub(super) fn peers_end(&self, call: ExprId, to: &Destinations, peer: BindingId) -> Option<Remedy> {
        let event = self.last_event(peer)?;
        let clear = self.clear_text(call)?;
        let stmt = self.ir[call].stmt;
        let span = self.ir[stmt].span;
        let line = self.line(span);
        if !self.ir[stmt].in_list || line.next.is_none() || !to.places.is_empty() || !to.collections.is_empty() || to.handed_out {
            return None;
        }
        let old = self.is_old_script();
        let mut edits = Vec::new();
        let handle = match to.locals.as_slice() {
            [] if span.start == self.ir.span(call).start => {
                let name = self.free_name(&self.interval_name(call));
                edits.push(TextEdit::insert(span.start, format!("{} {name} = ", if old { "var" } else { "const" })));
                name
            }
            &[local] if self.is_declared_by(local, call) => self.ir.name(self.ir[local].name).to_owned(),
            _ => return None,
        };
        let name = self.ir.name(self.ir[peer].name).to_owned();
        let callback = if old { format!("function () {{ {clear}({handle}); }}") } else { format!("() => {clear}({handle})") };
        let end = self.end_of_statement();
        let indent = self.indent_at(span.start);
        let at = self.source.line_span(self.source.line_of(span.end.saturating_sub(1))).end;
        edits.push(TextEdit::insert(at, format!("{}{indent}{name}.on({}, {callback}){end}", self.newline(), self.quoted(&event))));
        Some(Remedy::OnPeersEnd { handle, peer: name, event, edits })
    }

    /// Intervals of one function have names of their own.
    fn interval_name(&self, call: ExprId) -> String {
        let function = self.ir.function_of(call);
        let is_earlier =
            |other: &ExprId| *other < call && self.ir.function_of(*other) == function && self.is_timer_call(*other, "setInterval");
        match self.uses.calls.iter().copied().filter(is_earlier).count() {
            0 => "interval".to_owned(),
            earlier => format!("interval{}", earlier + 1),
        }
    }

    /// `const beat = setInterval(...)`, and nothing else gives it a value.
    pub(super) fn is_declared_by(&self, local: BindingId, call: ExprId) -> bool {
        let [write] = self.uses.writes(local) else { return false };
        let names = self.ir.bindings.iter().filter(|other| other.name == self.ir[local].name).count();
        matches!(self.ir.kind(*write), ExprKind::Init { value, .. } if self.ir.span(value).contains(self.ir.span(call)))
            && self.ir[*write].stmt == self.ir[call].stmt
            && names == 1
    }

    /// The event that says that a connection has ended, where this file shows which one it is.
    fn last_event(&self, peer: BindingId) -> Option<String> {
        let BindingKind::Param(function, index) = self.ir[peer].kind else { return None };
        let name = self.ir.name(self.ir[peer].name);
        // The `close` of a request comes when its body is read.
        if !self.uses.writes(peer).is_empty() || matches!(name, "req" | "request" | "msg" | "message" | "ctx" | "context" | "reply") {
            return None;
        }
        let heard = |event: &str| {
            self.uses.refs(peer).iter().any(|&at| {
                let Some(call) = self.uses.parent(at).and_then(|member| self.uses.parent(member)) else { return false };
                let listens =
                    matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if matches!(self.callee_name(callee), Some("on" | "once")));
                listens && self.event_text(call).as_deref() == Some(event)
            })
        };
        if let Some(event) = ["close", "disconnect"].into_iter().find(|event| heard(event)) {
            return Some(event.to_owned());
        }
        let by_caller = self.callers(function).iter().any(|caller| {
            let Some(at) = caller.at else { return false };
            let ExprKind::Call { callee, .. } = self.ir.kind(at) else { return false };
            let of_ws = || self.event_text(at).as_deref() == Some("connection") && self.has_module("ws");
            matches!(self.callee_name(callee), Some("createServer" | "createSecureServer")) || of_ws()
        });
        (by_caller || index > 0 && matches!(name, "res" | "response")).then(|| "close".to_owned())
    }

    fn has_module(&self, wanted: &str) -> bool {
        (0..self.ir.bindings.len()).any(|index| self.module_of(BindingId(index as u32)).is_some_and(|module| module == wanted))
    }
}

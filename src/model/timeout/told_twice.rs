//! A connection that tells its failure two times, where each time arms a timer that makes the next one: with every failure there are twice as many.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::super::Model;
use super::super::clearing::{Armed, Clear};
use super::super::handle::Destinations;
use super::super::ir::{ExprId, ExprKind, FnId, Ir};
use super::fact::TimeoutShape;

/// Connections that tell one failure two times.
#[derive(Debug, Clone, Deserialize)]
pub struct Failures {
    pub constructs: FxHashSet<String>,
    pub modules: FxHashSet<String>,
    pub calls: FxHashSet<String>,
    pub first: Vec<String>,
    pub second: Vec<String>,
    pub example: String,
    pub source: String,
}

impl Model<'_> {
    /// The shape, of the timer that the first of the two arms.
    pub(super) fn told_twice(&self, armed: &Armed<'_>) -> Option<TimeoutShape> {
        let arms = self.ir.function_of(armed.call);
        let callback = armed.callback?;
        let is_cleared = armed.clears.iter().any(|clear| self.ir.function_of(clear.at) == arms);
        if is_cleared || !self.always_runs(arms, armed.call) {
            return None;
        }
        let makes = |&&call: &&ExprId| self.ir.function_of(call) != Ir::MODULE && self.is_connection(call);
        for &made in self.uses.calls.iter().filter(makes) {
            let maker = self.ir.function_of(made);
            if !self.makes_again(callback, maker) {
                continue;
            }
            let to = self.loose_destinations(made);
            let failures = &self.apis.failures;
            let [first, second] = [&failures.first, &failures.second].map(|events| self.handlers_of(&to, events));
            let ([first], [second]) = (first.as_slice(), second.as_slice()) else { continue };
            if self.is_muted(&to) || !self.always_leads_to(*first, arms, 3) {
                continue;
            }
            let other = self.uses.calls.iter().copied().find(|&call| self.rearms_for(call, *second, maker))?;
            return Some(TimeoutShape::ToldTwice {
                peer: self.callee_text(made).trim_start_matches("new ").to_owned(),
                other: self.ir.span(other),
            });
        }
        None
    }

    fn makes_again(&self, callback: FnId, maker: FnId) -> bool {
        callback == maker || self.reaches(callback, maker, 4)
    }

    /// Whether a call is a timer that every run of a handler arms, and that makes the next connection.
    fn rearms_for(&self, call: ExprId, handler: FnId, maker: FnId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        let callback = self.ir.list(args).first().and_then(|&callback| self.function_value(callback));
        let arms = self.ir.function_of(call);
        self.is_timer_call(call, "setTimeout")
            && callback.is_some_and(|callback| self.makes_again(callback, maker))
            && self.always_runs(arms, call)
            && self.always_leads_to(handler, arms, 3)
    }

    /// `new WebSocket(url)`, `net.connect(port)`.
    fn is_connection(&self, call: ExprId) -> bool {
        let failures = &self.apis.failures;
        match self.ir.kind(call) {
            ExprKind::New { callee, .. } => {
                self.class_named_by(callee).is_none() && self.callee_name(callee).is_some_and(|name| failures.constructs.contains(name))
            }
            ExprKind::Call { callee, .. } => {
                self.callee_name(callee).is_some_and(|name| failures.calls.contains(name))
                    && self.imported(callee).is_some_and(|(module, _)| failures.modules.contains(module.trim_start_matches("node:")))
            }
            _ => false,
        }
    }

    fn is_of_connection(&self, object: ExprId, to: &Destinations) -> bool {
        self.clears(Clear { at: object, handle: object }, to, None)
    }

    /// What is called when the connection tells one of some events.
    fn handlers_of(&self, to: &Destinations, events: &[String]) -> Vec<FnId> {
        let is_one = |name: &str| events.iter().any(|event| event == name);
        let handler = |id: ExprId| match self.ir.kind(id) {
            ExprKind::Call { callee, args, .. } => {
                let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
                let [event, handler, ..] = *self.ir.list(args) else { return None };
                let registers = self.apis.registers_listener(self.ir.name(property)) && self.string(event).is_some_and(is_one);
                (registers && self.is_of_connection(object, to)).then(|| self.function_value(handler)).flatten()
            }
            ExprKind::Assign { target, value, .. } => {
                let ExprKind::Member { object, property, .. } = self.ir.kind(target) else { return None };
                let is_handler = self.ir.name(property).strip_prefix("on").is_some_and(is_one);
                (is_handler && self.is_of_connection(object, to)).then(|| self.function_value(value)).flatten()
            }
            _ => None,
        };
        self.ir.expr_ids().filter_map(handler).collect()
    }

    /// Somewhere its handlers are taken off, so that the second one may not be called.
    fn is_muted(&self, to: &Destinations) -> bool {
        self.ir.expr_ids().any(|id| match self.ir.kind(id) {
            ExprKind::Member { object, property, .. } => {
                let name = self.ir.name(property);
                (name == "removeAllListeners" || self.apis.releases_listener(name)) && self.is_of_connection(object, to)
            }
            ExprKind::Assign { target, value, .. } => match self.ir.kind(target) {
                ExprKind::Member { object, property, .. } => {
                    self.ir.name(property).starts_with("on") && self.is_nothing(value) && self.is_of_connection(object, to)
                }
                _ => false,
            },
            _ => false,
        })
    }
}

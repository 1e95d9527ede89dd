//! Work that ends in several ways, of which some leave its timer armed.

use super::super::Model;
use super::super::clearing::{Armed, Clear};
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId};
use super::super::place::Place;
use super::fact::TimeoutShape;

/// How something tells that the work has ended.
struct Outcome {
    at: ExprId,
    by: String,
    is_covered: bool,
}

/// What is known of all of them.
enum Outcomes {
    Known(Vec<Outcome>),
    /// The function that tells is stored or handed on there.
    Elsewhere(ExprId),
}

impl Model<'_> {
    /// One outcome clears the timer, or none does, and another one settles what the timer would settle.
    pub(super) fn other_outcome_of(&self, armed: &Armed<'_>, others: &[Clear]) -> Option<TimeoutShape> {
        let function = self.ir.function_of(armed.call);
        let is_inside = |clear: &Clear| self.is_inside(self.ir.function_of(clear.at), function);
        if !armed.is_dropped() || !others.iter().all(is_inside) || others.iter().any(|clear| self.is_on_every_way(clear)) {
            return None;
        }
        let channels = self.channels(armed, function);
        if channels.is_empty() {
            return None;
        }
        let outcomes = match self.outcomes(armed, function, &channels, others) {
            Outcomes::Known(outcomes) => outcomes,
            // Whoever has the resolver settles the promise. The handle never left this function, which clears nothing.
            Outcomes::Elsewhere(at) if others.is_empty() && self.is_promise_executor(function) => {
                return Some(TimeoutShape::Settled { outcome: self.ir.span(at), by: "another outcome".to_owned() });
            }
            Outcomes::Elsewhere(_) => return None,
        };
        let open = outcomes.iter().find(|outcome| !outcome.is_covered)?;
        let (outcome, by) = (self.ir.span(open.at), open.by.clone());
        match self.clear_span(others) {
            None => Some(TimeoutShape::Settled { outcome, by }),
            Some(clear) if outcomes.iter().any(|outcome| outcome.is_covered) => Some(TimeoutShape::OtherOutcome { outcome, by, clear }),
            Some(_) => None,
        }
    }

    /// The functions by which the timer's callback tells that the work has ended: both of a promise, or the caller's callback.
    fn channels(&self, armed: &Armed<'_>, function: FnId) -> Vec<BindingId> {
        let ExprKind::Call { args, .. } = self.ir.kind(armed.call) else { return Vec::new() };
        if self.is_promise_executor(function) {
            let params = self.ir[function].params.iter().filter_map(|param| param.binding);
            return if self.settles(armed, function) { params.collect() } else { Vec::new() };
        }
        let is_own = |value: ExprId| {
            let binding = self.ir.binding_of(value)?;
            matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == function).then_some(binding)
        };
        let Some(callback) = armed.callback else {
            return self.ir.list(args).first().and_then(|&callback| is_own(callback)).into_iter().collect();
        };
        let called = self.uses.calls.iter().filter(|&&call| self.is_inside(self.ir.function_of(call), callback));
        called.filter_map(|&call| if let ExprKind::Call { callee, .. } = self.ir.kind(call) { is_own(callee) } else { None }).collect()
    }

    fn outcomes(&self, armed: &Armed<'_>, function: FnId, channels: &[BindingId], clears: &[Clear]) -> Outcomes {
        let mut found = Vec::new();
        for &channel in channels {
            for &at in self.uses.refs(channel) {
                let inner = self.ir.function_of(at);
                if armed.callback.is_some_and(|callback| self.is_inside(inner, callback)) {
                    continue;
                }
                let Some(parent) = self.uses.parent(at) else { return Outcomes::Elsewhere(at) };
                match self.ir.kind(parent) {
                    _ if parent == armed.call => {}
                    ExprKind::Call { callee, .. } if callee == at => {
                        // What settles at once has no timer yet, or is over before anybody waits.
                        if inner != function {
                            let is_covered = self.is_covered(inner, function, clears);
                            found.push(Outcome { at: parent, by: self.outcome_name(inner, function), is_covered });
                        }
                    }
                    ExprKind::Call { .. } => match self.passed_resolver(parent, at) {
                        Some(by) => {
                            let is_covered = inner != function && self.is_covered(inner, function, clears);
                            found.push(Outcome { at: parent, by, is_covered });
                        }
                        None => return Outcomes::Elsewhere(at),
                    },
                    ExprKind::Logical(..) | ExprKind::Unary(..) | ExprKind::Conditional(..) => {}
                    _ => return Outcomes::Elsewhere(at),
                }
            }
        }
        Outcomes::Known(found)
    }

    /// `.then(resolve, reject)`, `.catch(reject)`, `stream.on('error', reject)`: what the other outcome is.
    fn passed_resolver(&self, call: ExprId, argument: ExprId) -> Option<String> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { .. } = self.ir.kind(callee) else { return None };
        let args = self.ir.list(args);
        match self.callee_name(callee)? {
            "then" if args.get(1) == Some(&argument) => Some("a rejection".to_owned()),
            "then" => Some("fulfilment".to_owned()),
            "catch" => Some("a rejection".to_owned()),
            "on" | "once" | "addListener" | "addEventListener" => Some(format!("`{}`", self.event_text(call)?)),
            _ => None,
        }
    }

    /// Whether one of the functions from the inner one out to `function` comes to a clear.
    fn is_covered(&self, inner: FnId, function: FnId, clears: &[Clear]) -> bool {
        let mut at = inner;
        while at != function {
            if self.leads_to_clear(at, clears, 4) || self.is_given_to_who_clears(at, clears) {
                return true;
            }
            let Some(parent) = self.ir[at].parent else { return true };
            at = parent;
        }
        false
    }

    /// `finish(() => resolve(value))`, where `finish` clears the timer and calls what it is given.
    fn is_given_to_who_clears(&self, closure: FnId, clears: &[Clear]) -> bool {
        let call = self.ir[closure].expr.and_then(|expr| self.uses.parent(expr));
        call.and_then(|call| self.callee_function(call)).is_some_and(|function| self.leads_to_clear(function, clears, 4))
    }

    /// What runs the outermost callback around an outcome.
    fn outcome_name(&self, inner: FnId, function: FnId) -> String {
        let mut at = inner;
        while let Some(parent) = self.ir[at].parent.filter(|&parent| parent != function) {
            at = parent;
        }
        let registered = self.callers(at).iter().filter_map(|caller| caller.at).next();
        let Some(call) = registered else { return format!("`{}`", self.function_name(at)) };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return "another outcome".to_owned() };
        match self.callee_name(callee) {
            Some("then") => {
                let is_second = self.ir[at].expr.is_some() && self.ir.list(args).get(1).copied() == self.ir[at].expr;
                if is_second { "a rejection" } else { "fulfilment" }.to_owned()
            }
            Some("catch") => "a rejection".to_owned(),
            Some(name) => match self.event_text(call).filter(|_| self.apis.registration(name).is_some()) {
                Some(event) => format!("`{event}`"),
                None => "another outcome".to_owned(),
            },
            None => "another outcome".to_owned(),
        }
    }

    /// A timer in a field whose callback tells of a failure by an event, while the failure of the work itself emits the same one and clears nothing.
    pub(super) fn unreported_failure(&self, armed: &Armed<'_>, others: &[Clear]) -> Option<TimeoutShape> {
        let function = self.ir.function_of(armed.call);
        let callback = armed.callback.filter(|_| !others.is_empty() && !armed.to.places.is_empty())?;
        if self.comes_back(callback, function) {
            return None;
        }
        let told = self.emitted_in(callback, 3);
        if told.is_empty() {
            return None;
        }
        let callers = self.callers(function);
        let starts = callers.iter().filter_map(|caller| caller.at).map(|at| self.ir.function_of(at));
        for start in starts.chain([function]).filter(|&start| start != super::super::ir::Ir::MODULE) {
            for handler in self.failure_handlers(start) {
                let emitted = self.emitted_in(handler, 1);
                let same = emitted.iter().find(|(place, event, _)| told.iter().any(|(of, name, _)| of == place && name == event));
                if let (Some((_, event, at)), false) = (same, self.leads_to_clear(handler, others, 4)) {
                    let (outcome, clear) = (self.ir.span(*at), self.clear_span(others)?);
                    return Some(TimeoutShape::OtherOutcome { outcome, by: format!("a failure that emits `{event}`"), clear });
                }
            }
        }
        None
    }

    /// The functions in `function` that run when what it started fails.
    fn failure_handlers(&self, function: FnId) -> Vec<FnId> {
        let own = |call: &&ExprId| self.ir.function_of(**call) == function;
        let handler = |&call: &ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let args = self.ir.list(args);
            let handler = match self.callee_name(callee)? {
                "then" => *args.get(1)?,
                "catch" => *args.first()?,
                _ => return None,
            };
            self.function_value(handler).filter(|&handler| self.is_inside(handler, function))
        };
        self.uses.calls.iter().filter(own).filter_map(handler).collect()
    }

    /// The events that a function emits, also by the methods that it calls.
    fn emitted_in(&self, function: FnId, depth: u32) -> Vec<(Place, String, ExprId)> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let mut found = Vec::new();
        for &call in self.uses.calls.iter().filter(|&&call| self.is_inside(self.ir.function_of(call), function)) {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { continue };
            match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if self.ir.name(property) == "emit" => {
                    if let (Some(place), Some(event)) = (self.place(object), self.event_text(call)) {
                        found.push((place, event, call));
                    }
                }
                _ => {
                    if let Some(callee) = self.callee_function(call).filter(|&callee| !self.is_inside(callee, function)) {
                        found.extend(self.emitted_in(callee, depth));
                    }
                }
            }
        }
        found
    }
}

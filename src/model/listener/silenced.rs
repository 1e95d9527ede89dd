//! Limits of listeners that were raised: the warning is silenced, the listeners stay.

use super::super::Model;
use super::super::access::Access;
use super::super::facts::Registration;
use super::super::ir::{ExprId, ExprKind};
use super::super::place::Place;
use super::Candidate;
use crate::text::Span;

/// No owner adds as many listeners on purpose.
const MANY: f64 = 50.0;

impl Model<'_> {
    /// Adds where the limit of a receiver is raised. The facts are those of the candidates, in their order.
    pub(super) fn note_raised_limits(&self, candidates: &[&Candidate<'_>], registrations: &mut [Registration]) {
        let raised = self.raised_limits();
        for (candidate, registration) in candidates.iter().zip(registrations).filter(|_| !raised.is_empty()) {
            registration.silenced = raised.iter().find(|(place, _)| *place == candidate.place).map(|(_, span)| *span);
        }
    }

    /// The emitters whose limit is taken away or far above what one owner adds, and where.
    fn raised_limits(&self) -> Vec<(Place, Span)> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            if self.callee_name(callee) != Some("setMaxListeners") {
                continue;
            }
            let [limit, targets @ ..] = self.ir.list(args) else { continue };
            if !self.is_no_limit(*limit) {
                continue;
            }
            // `setMaxListeners(0, signal)` of the module, `emitter.setMaxListeners(0)`.
            let is_function = self.imported(callee).is_some_and(|(module, path)| {
                let is_own = |step: &Access| matches!(step, Access::Member(name) if name == "default" || name == "EventEmitter" || name == "setMaxListeners");
                module.trim_start_matches("node:") == "events" && path.iter().all(is_own)
            });
            let receiver = match self.ir.kind(callee) {
                ExprKind::Member { object, .. } if !is_function => Some(object),
                _ => None,
            };
            let places = receiver.iter().chain(targets.iter().filter(|_| is_function)).filter_map(|&object| self.place(object));
            found.extend(places.map(|place| (place, self.ir.span(call))));
        }
        found
    }

    /// `0`, `Infinity`, `Number.MAX_SAFE_INTEGER`, or many.
    fn is_no_limit(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Number(number) => number == 0.0 || number >= MANY,
            ExprKind::Member { property, .. } => matches!(self.ir.name(property), "MAX_SAFE_INTEGER" | "MAX_VALUE" | "POSITIVE_INFINITY"),
            _ => self.ir.global_of(value) == Some("Infinity"),
        }
    }
}

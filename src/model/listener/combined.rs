//! Signals that are combined: `AbortSignal.any` leaves an entry on those that live long, and what packages offer for it leaves a listener
//! until the combined signal is cleared.

use super::super::Model;
use super::super::access::Access;
use super::super::facts::{Certainty, Handler, ReceiverKind, Registration};
use super::super::index::written_value;
use super::super::ir::{ExprId, ExprKind};
use super::super::place::{Root, Step};
use super::super::vocabulary::COMBINER;
use super::receiver::Held;

/// The name under which the registrations by `AbortSignal.any` are known.
pub const ANY: &str = "AbortSignal.any";

impl Model<'_> {
    /// The combinations of this file with a signal that outlives them.
    pub(super) fn combined_signals(&self) -> Vec<Registration> {
        let calls = if self.meanings.any(COMBINER) { self.uses.calls.as_slice() } else { &[] };
        calls.iter().filter_map(|&call| self.combined_signal(call)).collect()
    }

    fn combined_signal(&self, call: ExprId) -> Option<Registration> {
        let ir = self.ir;
        let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return None };
        let is_any = matches!(ir.kind(callee), ExprKind::Member { object, property, .. }
            if ir.name(property) == "any" && ir.global_of(object) == Some("AbortSignal"));
        let (api, least) = match is_any {
            true => (ANY.to_owned(), Certainty::Proved),
            false => (self.combiner(call, callee)?, Certainty::Likely),
        };
        let signals = self.combined_in(*ir.list(args).first()?)?;
        let (signal, held) = self.lasting_signal(&signals, call, is_any, least)?;
        let function = ir.function_of(call);
        Some(Registration {
            span: ir.span(call),
            statement_hash: self.text_hash(ir[ir[call].stmt].span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            verb: self.callee_name(callee).unwrap_or("any").to_owned(),
            api,
            event: Some("abort".to_owned()),
            event_name: None,
            receiver: self.receiver_at(signal, &held),
            handler: self.entry_of_combined(call),
            context: self.context(call, held.region),
            in_loop: None,
            once: false,
            once_uncertain: false,
            other_outcome: None,
            event_varies: false,
            released: None,
            near_miss: None,
            mismatched: false,
            sibling: None,
            captures: Vec::new(),
            per_instance: self.per_instance(function),
            once_each: false,
            constructed: false,
            follows: None,
            beside: Vec::new(),
            mount: None,
            statement: None,
            detachment: None,
            silenced: None,
            of_work: false,
            stops_timer: false,
            is_passed_on: false,
            is_set_up: false,
            given_end: None,
            forgotten: None,
        })
    }

    /// What a combined signal leaves on each that it is given.
    fn entry_of_combined(&self, call: ExprId) -> Handler {
        Handler {
            span: None,
            fresh: true,
            bound: false,
            of_instance: false,
            from_caller: false,
            keeps_work: false,
            outlives_promise: false,
            text: self.expr_text(call),
        }
    }

    /// The one of several signals that outlives the call. The first one that aborts takes the listeners of a package off the others.
    fn lasting_signal(&self, signals: &[ExprId], call: ExprId, is_any: bool, least: Certainty) -> Option<(ExprId, Held)> {
        if !is_any && signals.iter().any(|&signal| self.aborts_by_itself(signal)) {
            return None;
        }
        signals.iter().find_map(|&signal| {
            let held = self.signal_held(self.place(signal)?, call);
            (held.kind == ReceiverKind::AbortSignal && held.certainty >= least).then_some((signal, held))
        })
    }

    /// The function of a package that combines signals, where nobody clears what it gives, and nobody else gets it.
    fn combiner(&self, call: ExprId, callee: ExprId) -> Option<String> {
        let (module, path) = self.imported(callee)?;
        let name = match path.as_slice() {
            [Access::Member(name)] => name,
            _ => return None,
        };
        let api = self.apis.combiners.iter().find(|api| api.module == module && api.names.contains(name))?;
        let is_cleared =
            |of: ExprId| matches!(self.ir.kind(of), ExprKind::Member { property, .. } if self.ir.name(property) == api.release);
        let kept = match self.ir.kind(self.uses.parent(call)?) {
            ExprKind::Init { binding, .. } => Some(binding),
            ExprKind::Call { .. } | ExprKind::Object { .. } | ExprKind::Member { .. } => None,
            _ => return None,
        };
        let parents = kept.map_or_else(|| vec![call], |binding| self.uses.refs(binding).to_vec());
        let is_given_on = |&at: &ExprId| {
            let parent = self.uses.parent(at);
            parent.is_some_and(|parent| is_cleared(parent) || matches!(self.ir.kind(parent), ExprKind::Return(_) | ExprKind::Assign { .. }))
        };
        (!parents.iter().any(is_given_on)).then(|| api.module.clone())
    }

    /// The signals of a list that is written there, or of a local list and what is added to it.
    pub(super) fn combined_in(&self, list: ExprId) -> Option<Vec<ExprId>> {
        let mut items = Vec::new();
        match self.ir.kind(list) {
            ExprKind::Array(written) => items.extend(self.ir.list(written)),
            ExprKind::Ident(_) => {
                let binding = self.ir.binding_of(list)?;
                let [write] = self.uses.writes(binding) else { return None };
                let ExprKind::Array(written) = self.ir.kind(written_value(self.ir, *write)?) else { return None };
                items.extend(self.ir.list(written));
                let place = self.place(list);
                for &other in &self.uses.calls {
                    if let ExprKind::Call { callee, args, .. } = self.ir.kind(other)
                        && let ExprKind::Member { object, property, .. } = self.ir.kind(callee)
                        && self.ir.name(property) == "push"
                        && self.place(object) == place
                    {
                        items.extend(self.ir.list(args));
                    }
                }
            }
            _ => return None,
        }
        Some(items)
    }

    /// `AbortSignal.timeout(...)`, or the signal of a controller that is aborted when the work is done, and not only by a timer.
    fn aborts_by_itself(&self, signal: ExprId) -> bool {
        let Some(place) = self.place(signal) else { return false };
        if let (Root::Value(made), true) = (self.root(place), self.is_root(place)) {
            return matches!(self.ir.kind(made), ExprKind::Call { callee, .. }
                if matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
                    if self.ir.name(property) == "timeout" && self.ir.global_of(object) == Some("AbortSignal")));
        }
        let Some((controller, Step::Field(_))) = self.split(place) else { return false };
        let is_local = matches!(self.root(controller), Root::Binding(binding) if !self.is_module_level(binding))
            || matches!(self.root(controller), Root::Value(_));
        self.is_root(controller)
            && is_local
            && self.uses.calls.iter().any(|&call| {
                let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
                let timer = self.ir[self.ir.function_of(call)].expr.and_then(|callback| self.uses.parent(callback));
                matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
                    if self.ir.name(property) == "abort" && self.place(object) == Some(controller))
                    && !timer.is_some_and(|timer| self.is_timer_call(timer, "setTimeout"))
            })
    }
}

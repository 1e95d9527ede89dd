//! `AbortSignal.any`: each call leaves an entry on the signals that it combines, until they abort or the result is collected.

use super::super::Model;
use super::super::facts::{Certainty, Handler, ReceiverKind, Registration};
use super::super::ir::{ExprId, ExprKind};

/// The name under which the registrations by `AbortSignal.any` are known.
pub const ANY: &str = "AbortSignal.any";

impl Model<'_> {
    /// The signals of this file that live as long as the process and are combined with others.
    pub(super) fn combined_signals(&self) -> Vec<Registration> {
        self.uses.calls.iter().filter_map(|&call| self.combined_signal(call)).collect()
    }

    fn combined_signal(&self, call: ExprId) -> Option<Registration> {
        let ir = self.ir;
        let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return None };
        if ir.name(property) != "any" || ir.global_of(object) != Some("AbortSignal") {
            return None;
        }
        let ExprKind::Array(list) = ir.kind(*ir.list(args).first()?) else { return None };
        let lasting = ir.list(list).iter().find_map(|&signal| {
            let held = self.signal_held(self.place(signal)?, call);
            (held.kind == ReceiverKind::AbortSignal && held.certainty == Certainty::Proved).then_some((signal, held))
        });
        let (signal, held) = lasting?;
        let function = ir.function_of(call);
        let handler = Handler {
            span: None,
            fresh: true,
            bound: false,
            of_instance: false,
            from_caller: false,
            keeps_work: false,
            text: self.expr_text(call),
        };
        Some(Registration {
            span: ir.span(call),
            statement_hash: self.text_hash(ir[ir[call].stmt].span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            verb: "any".to_owned(),
            api: ANY.to_owned(),
            event: Some("abort".to_owned()),
            event_name: None,
            receiver: self.receiver_of_signal(signal, &held),
            handler,
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
        })
    }
}

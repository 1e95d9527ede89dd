//! A timer whose callback always arms it again.

use super::super::Model;
use super::super::apis::Timing;
use super::super::calls::How;
use super::super::clearing::Armed;
use super::super::context::{Context, ContextKind, Region};
use super::super::ir::{ExprId, ExprKind, FnId, Ir};
use super::fact::TimeoutShape;

const DEPTH: u32 = 5;

impl Model<'_> {
    /// The shape, and how often such a chain is begun.
    pub(super) fn rearmed(&self, armed: &Armed<'_>, in_class: bool) -> Option<(TimeoutShape, Option<Context>)> {
        if !armed.clears.is_empty() || armed.to.handed_out || !armed.to.collections.is_empty() {
            return None;
        }
        let (callback, arms) = (armed.callback?, self.ir.function_of(armed.call));
        if !self.always_runs(arms, armed.call) || !self.always_leads_to(callback, arms, DEPTH) {
            return None;
        }
        let begun = if in_class { None } else { Some(self.begun(callback, arms)?) };
        Some((TimeoutShape::Rearms { again: self.ir.span(armed.call) }, begun))
    }

    /// Whether every run of a function that ends normally evaluates an expression.
    pub(in crate::model) fn always_runs(&self, function: FnId, at: ExprId) -> bool {
        let declared = &self.ir[function];
        function != Ir::MODULE && self.flow(function).must_pass(self.ir, declared.entry, declared.exit, &[at])
    }

    /// Whether every run of a function comes to run another one, by calls that no condition guards.
    pub(super) fn always_leads_to(&self, from: FnId, to: FnId, depth: u32) -> bool {
        if from == to {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        self.uses.calls.iter().any(|&call| {
            self.ir.function_of(call) == from
                && self.always_runs(from, call)
                && self
                    .run_by(call)
                    .into_iter()
                    .chain(self.goes_on_in(call))
                    .any(|next| next != from && self.always_leads_to(next, to, depth))
        })
    }

    /// The function with which the work goes on when what a call began is done: `ping(() => ...)`, `load().finally(() => ...)`.
    fn goes_on_in(&self, call: ExprId) -> Option<FnId> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let (is_method, is_failure) = match self.ir.kind(callee) {
            ExprKind::Member { property, .. } => (true, self.ir.name(property) == "catch"),
            _ => (false, false),
        };
        let callback = match (self.ir.list(args), self.callee_name(callee)) {
            ([callback, ..], Some("then" | "finally")) => *callback,
            ([only], _) => *only,
            _ => return None,
        };
        let ExprKind::Function(function) = self.ir.kind(callback) else { return None };
        let runs_once = self.argument_timing(call, callback).is_none_or(|timing| timing == Timing::Later);
        (is_method && !is_failure && runs_once).then_some(function)
    }

    /// The function of this file that a call runs; of a compiled `async` function its body.
    fn run_by(&self, call: ExprId) -> Option<FnId> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        if self.callee_name(callee) == Some("__awaiter") {
            return self.ir.list(args).last().and_then(|&body| self.function_value(body));
        }
        self.callee_function(call)
    }

    /// How often a chain is begun: by callers that are no part of it.
    fn begun(&self, callback: FnId, arms: FnId) -> Option<Context> {
        let is_part =
            |function: FnId| self.is_inside(function, callback) || self.is_inside(function, arms) || self.is_inside(arms, function);
        let region = Region::Function(Ir::MODULE);
        let mut begun: Vec<Context> = Vec::new();
        let mut members = vec![arms, callback];
        // A local function is begun by the function around it.
        members.extend(self.ir[arms].parent.filter(|&parent| parent != Ir::MODULE && !self.is_inside(parent, callback)));
        for &member in &members {
            for caller in self.callers(member).iter() {
                match (caller.how, caller.at) {
                    (How::Called, Some(at))
                        if !is_part(self.ir.function_of(at))
                            || self.is_inside(arms, self.ir.function_of(at)) && !self.is_inside(self.ir.function_of(at), callback) =>
                    {
                        begun.push(self.context(at, region));
                    }
                    _ => {}
                }
            }
        }
        // What the timer itself begins is no beginning.
        begun.retain(|context| {
            context.kind != ContextKind::Repeated
                || !context.steps.iter().any(|step| matches!(step.what, super::super::context::StepKind::Rearms(_)))
        });
        begun.into_iter().max_by_key(|context| context.kind)
    }
}

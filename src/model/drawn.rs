//! The body of a component that has a state: it runs again with each change of that.

use super::Model;
use super::context::{ContextKind, Region, Search, Step, StepKind};
use super::ir::{ExprId, ExprKind, FnId};

impl Search<'_, '_> {
    /// The loops around a site, or the component in whose body it stands, which runs each time that the component is drawn.
    pub(super) fn loops_or_draws(&self, site: ExprId, from: FnId) -> (ContextKind, Option<Step>) {
        let found = self.loops(site);
        let function = self.model.ir.function_of(site);
        let is_here = function == from && self.region != Region::Function(function);
        match self.model.state_of_body(function).filter(|_| is_here) {
            Some(state) => {
                let callee = self.model.callee_text(state);
                (ContextKind::Repeated, Some(Step::new(self.model.callee_span(state), StepKind::Drawn(callee))))
            }
            None => found,
        }
    }
}

impl Model<'_> {
    /// The call of a hook of React by which a function has a state, and so is called again with each change of it.
    fn state_of_body(&self, function: FnId) -> Option<ExprId> {
        self.state_hooks().iter().copied().find(|&call| self.ir.function_of(call) == function)
    }

    /// The calls of such hooks in this file.
    fn state_hooks(&self) -> &[ExprId] {
        const STATES: &[&str] = &["useState", "useReducer"];
        let is_state = |call: ExprId| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            self.callee_name(callee).is_some_and(|name| STATES.contains(&name))
                && self.imported(callee).is_some_and(|(module, _)| matches!(module, "react" | "preact" | "preact/hooks"))
        };
        self.state_hooks.get_or_init(|| self.uses.calls.iter().copied().filter(|&call| is_state(call)).collect())
    }
}

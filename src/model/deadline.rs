//! A promise that a timer ends: what was started for it goes on, unless the timer's callback lets go of that, too.

use super::Model;
use super::ir::{BinaryOp, BindingKind, ExprId, ExprKind, FnId, When};

impl Model<'_> {
    /// The resolver that a timer of a promise's executor calls without coming to one of `releases`, which all stand in the executor.
    /// `worker` is the callback that goes on.
    pub(super) fn ended_by_deadline(&self, executor: FnId, worker: Option<FnId>, releases: &[ExprId]) -> Option<String> {
        let is_inside = |&at: &ExprId| self.ir.function_of(at) != executor && self.is_inside(self.ir.function_of(at), executor);
        if releases.is_empty() || !self.is_promise_executor(executor) || !releases.iter().all(is_inside) {
            return None;
        }
        // A count or a clock of its own ends the work as well.
        if worker.is_some_and(|worker| self.counts_out(worker, releases)) {
            return None;
        }
        self.uses.calls.iter().find_map(|&call| {
            let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
            if self.ir.function_of(call) != executor || !self.is_timer_call(call, "setTimeout") {
                return None;
            }
            let deadline = self.function_value(*self.ir.list(args).first()?)?;
            let is_other = deadline != executor && self.is_inside(deadline, executor) && worker != Some(deadline);
            if !is_other || self.comes_to(deadline, releases, 4) || worker.is_some_and(|worker| self.tells(deadline, worker)) {
                return None;
            }
            self.settles_by(deadline, executor)
        })
    }

    /// The parameter of an executor that a function calls, at the end of whatever it does.
    fn settles_by(&self, function: FnId, executor: FnId) -> Option<String> {
        self.uses.calls.iter().find_map(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let binding = self.ir.binding_of(callee).filter(|_| self.ir.function_of(call) == function)?;
            let is_own = matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == executor);
            is_own.then(|| self.ir.name(self.ir[binding].name).to_owned())
        })
    }

    /// Whether a run of a function may come to one of some calls, also by what it calls.
    fn comes_to(&self, function: FnId, calls: &[ExprId], depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return true };
        calls.iter().any(|&at| self.is_inside(self.ir.function_of(at), function))
            || self.uses.calls.iter().any(|&call| {
                self.is_inside(self.ir.function_of(call), function)
                    && self.may_run(call).into_iter().any(|callee| callee != function && self.comes_to(callee, calls, depth))
            })
    }

    /// The functions that a call may run: also those that are put into its variable later.
    fn may_run(&self, call: ExprId) -> Vec<FnId> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return Vec::new() };
        if let Some(known) = self.callee_function(call) {
            return vec![known];
        }
        let Some(binding) = self.ir.binding_of(callee) else { return Vec::new() };
        let writes = self.uses.writes(binding).iter();
        writes.filter_map(|&write| self.function_value(super::index::written_value(self.ir, write)?)).collect()
    }

    /// Whether a function changes a variable that another one reads: `timedOut = true`.
    fn tells(&self, function: FnId, other: FnId) -> bool {
        self.ir.expr_ids().any(|id| {
            let (ExprKind::Assign { target, .. } | ExprKind::Update { target, .. }) = self.ir.kind(id) else { return false };
            if !self.is_inside(self.ir.function_of(id), function) {
                return false;
            }
            match self.ir.binding_of(target) {
                Some(binding) => self.uses.refs(binding).iter().any(|&at| self.is_inside(self.ir.function_of(at), other)),
                None => true,
            }
        })
    }

    /// Whether one of the releases stands behind a comparison of sizes: `if (++tries > 10)`, `if (Date.now() > end)`.
    fn counts_out(&self, worker: FnId, releases: &[ExprId]) -> bool {
        releases.iter().filter(|&&at| self.ir.function_of(at) == worker).any(|&at| {
            self.flow(worker).guards(self.ir, self.ir[at].block).iter().any(|guard| {
                let (When::True(condition) | When::False(condition)) = guard.when else { return false };
                self.compares_sizes(condition)
            })
        })
    }

    fn compares_sizes(&self, condition: ExprId) -> bool {
        match self.ir.kind(condition) {
            ExprKind::Binary(op, ..) => {
                matches!(op, BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq)
            }
            ExprKind::Logical(_, left, right) => self.compares_sizes(left) || self.compares_sizes(right),
            ExprKind::Unary(_, operand) => self.compares_sizes(operand),
            _ => false,
        }
    }
}

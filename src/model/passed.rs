//! Collections that a function of this file fills for its caller: `add(jobs, job)`.

use std::collections::BTreeMap;

use super::Model;
use super::calls::How;
use super::holding::{Grow, Operations};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId};
use super::place::{Place, Root};

/// Helpers that call helpers are followed so far.
const DEPTH: u32 = 3;

impl Model<'_> {
    /// Adds to each collection what happens to it under the name of a parameter that it is passed for: where it grows, and where its size is checked.
    pub(super) fn add_passed(&self, table: &mut BTreeMap<Place, Operations>) {
        for _ in 0..DEPTH {
            let mut found = Vec::new();
            for (&place, operations) in table.iter() {
                if operations.grows.is_empty() {
                    continue;
                }
                let Root::Binding(binding) = self.root(place) else { continue };
                let BindingKind::Param(function, index) = self.ir[binding].kind else { continue };
                if self.is_root(place) {
                    self.passed_for(binding, function, index, operations, &mut found);
                }
            }
            let mut is_new = false;
            for (place, grow, checks) in found {
                let operations = table.entry(place).or_default();
                if !operations.grows.iter().any(|known| known.at == grow.at) {
                    operations.grows.push(grow);
                    operations.size_checks.extend(checks);
                    is_new = true;
                }
            }
            if !is_new {
                return;
            }
        }
    }

    fn passed_for(
        &self,
        param: BindingId,
        function: FnId,
        index: u32,
        operations: &Operations,
        found: &mut Vec<(Place, Grow, Vec<ExprId>)>,
    ) {
        // A parameter that is given another value stands for more than its argument.
        if !self.uses.writes(param).is_empty() {
            return;
        }
        for caller in self.callers(function).iter() {
            let (How::Called, Some(call)) = (caller.how, caller.at) else { continue };
            let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = self.ir.kind(call) else { continue };
            let args = self.ir.list(args);
            let Some(place) = args.get(index as usize).and_then(|&arg| self.place(arg)) else { continue };
            let level = self.level(place);
            for grow in &operations.grows {
                let is_own = self.ir.function_of(grow.at) == function;
                let given = |value: Option<ExprId>| value.map(|value| self.given_for(value, function, args));
                let (key, value) = if is_own { (given(grow.key), given(grow.value)) } else { (grow.key, grow.value) };
                // What a closure of the helper adds is added when that runs.
                let at = if is_own { call } else { grow.at };
                let grow = Grow { at, key, value, level: grow.level + level, ..*grow };
                found.push((self.holding_container(place), grow, operations.size_checks.clone()));
            }
        }
    }

    /// The argument, for a parameter of the function that is called.
    fn given_for(&self, value: ExprId, function: FnId, args: &[ExprId]) -> ExprId {
        let index = self.ir.binding_of(value).and_then(|binding| match self.ir[binding].kind {
            BindingKind::Param(of, index) if of == function => Some(index as usize),
            _ => None,
        });
        index.and_then(|index| args.get(index)).copied().unwrap_or(value)
    }
}

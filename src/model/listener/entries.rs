//! Receivers that a collection keeps: made when they are asked for the first time, found when they are asked for again.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, Ir, LogicalOp, When};
use super::super::place::{Place, Root, Step};
use super::{Removal, Site};

impl Model<'_> {
    /// `let x = known.get(key); if (!x) { x = make(); known.set(key, x); } x.on(...)`: what was found has the listeners of the calls before.
    pub(super) fn entry_found_again(&self, site: &Site<'_>) -> Option<BindingId> {
        let ir = self.ir;
        let mut object = site.object;
        while let ExprKind::Member { object: of, .. } = ir.kind(object) {
            object = of;
        }
        let binding = ir.binding_of(object)?;
        let function = ir.function_of(site.call);
        if ir[ir[binding].scope].function != function || function == Ir::MODULE {
            return None;
        }
        let writes = self.uses.writes(binding).iter().filter(|&&write| write < site.call);
        let values: Vec<(ExprId, ExprId)> = writes
            .filter_map(|&write| Some((write, written_value(ir, write)?)))
            .flat_map(|(write, value)| self.alternatives(value).into_iter().map(move |value| (write, value)))
            .collect();
        let tables: Vec<(ExprId, Place)> = values.iter().filter_map(|&(write, value)| Some((write, self.looked_up_in(value)?))).collect();
        let [(found, table)] = tables[..] else { return None };
        let is_made = |value: ExprId| {
            self.looked_up_in(value).is_none()
                && matches!(ir.kind(value), ExprKind::New { .. } | ExprKind::Object { .. } | ExprKind::Call { .. } | ExprKind::Await(_))
        };
        let made: Vec<ExprId> = values.iter().filter(|&&(_, value)| is_made(value)).map(|&(write, _)| write).collect();
        let others: Vec<ExprId> = made.iter().copied().filter(|&write| write != found).collect();
        let block = ir[site.call].block;
        let is_new = others.iter().any(|&write| ir[write].block == block)
            || !others.is_empty() && self.flow(function).must_pass(ir, ir[found].block, block, &others);
        let is_kept = !made.is_empty() && !is_new && self.is_older(table, site.call) && self.is_stored_in(binding, table, site.call);
        (is_kept && !self.is_told_new(binding, site.call)).then_some(binding)
    }

    /// Whether a table gets the handler that is registered, and gives it again for the removal.
    pub(super) fn is_booked(&self, site: &Site<'_>, removal: &Removal) -> bool {
        let handler = removal.handler.and_then(|theirs| self.ir.binding_of(theirs));
        let Some(&[write]) = handler.map(|handler| self.uses.writes(handler)) else { return false };
        let table = written_value(self.ir, write).and_then(|value| self.looked_up_in(value));
        let (Some(table), Some(own)) = (table, self.ir.binding_of(site.handler)) else { return false };
        self.is_older(table, site.call) && self.is_stored_in(own, table, site.call)
    }

    /// Both sides of `known.get(key) ?? make()`.
    fn alternatives(&self, value: ExprId) -> Vec<ExprId> {
        match self.ir.kind(value) {
            ExprKind::Logical(LogicalOp::Or | LogicalOp::Nullish, left, right) => vec![left, right],
            ExprKind::Assign { value, .. } => vec![value],
            _ => vec![value],
        }
    }

    /// The table of `table.get(key)` or `table[key]`.
    fn looked_up_in(&self, value: ExprId) -> Option<Place> {
        match self.ir.kind(value) {
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if self.ir.name(property) == "get" && self.ir.list(args).len() == 1 => {
                    self.place(object)
                }
                _ => None,
            },
            ExprKind::Index { object, .. } => self.place(object),
            _ => None,
        }
    }

    /// Whether a table was there before the call that asks it.
    fn is_older(&self, table: Place, site: ExprId) -> bool {
        let function = self.ir.function_of(site);
        match self.root(table) {
            Root::Binding(binding) => self.ir[self.ir[binding].scope].function != function && self.level(table) == 0,
            Root::Instance(_) => !self.is_root(table) && self.level(table) == 0,
            _ => false,
        }
    }

    /// Whether the function stores what it made in that table.
    fn is_stored_in(&self, binding: BindingId, table: Place, site: ExprId) -> bool {
        let ir = self.ir;
        let function = ir.function_of(site);
        let is_it = |value: ExprId| ir.binding_of(value) == Some(binding);
        let by_set = self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, args, .. } = ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = ir.kind(callee) else { return false };
            ir.function_of(call) == function
                && ir.name(property) == "set"
                && self.place(object) == Some(table)
                && ir.list(args).get(1).is_some_and(|&value| is_it(value))
        });
        let entry = self.project(table, Step::Entry);
        let by_write = || {
            self.uses.member_writes.iter().any(|&write| match ir.kind(write) {
                ExprKind::Assign { target, value, .. } => {
                    let is_target = self.place(target) == Some(entry) && ir.function_of(write) == function;
                    // `x = known[key] = make()` as well as `known[key] = x`.
                    let passes_on = || self.uses.parent(write).is_some_and(|parent| is_write_of(ir, parent, binding));
                    is_target && (is_it(value) || passes_on())
                }
                _ => false,
            })
        };
        by_set || by_write()
    }

    /// `const isNew = !x; ... if (isNew) x.on(...)`.
    fn is_told_new(&self, binding: BindingId, site: ExprId) -> bool {
        let ir = self.ir;
        self.flow(ir.function_of(site)).guards(ir, ir[site].block).iter().any(|guard| {
            let (When::True(condition) | When::False(condition)) = guard.when else { return false };
            let flag = match ir.kind(condition) {
                ExprKind::Unary(_, operand) => ir.binding_of(operand),
                _ => ir.binding_of(condition),
            };
            flag.is_some_and(|flag| flag != binding)
        })
    }
}

fn is_write_of(ir: &Ir, write: ExprId, binding: BindingId) -> bool {
    match ir.kind(write) {
        ExprKind::Init { binding: of, .. } => of == binding,
        ExprKind::Assign { target, .. } => ir.binding_of(target) == Some(binding),
        _ => false,
    }
}

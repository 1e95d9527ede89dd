//! Who watches how large a collection gets.

use std::collections::BTreeMap;

use super::Model;
use super::holding::Operations;
use super::index::written_value;
use super::ir::{BinaryOp, ExprId, ExprKind, LoopKind, When};
use super::place::{Place, Root};

impl Model<'_> {
    /// A comparison of a collection's size with anything but zero: somebody watches how large it gets.
    pub(super) fn size_check(&self, id: ExprId, op: BinaryOp, left: ExprId, right: ExprId, table: &mut BTreeMap<Place, Operations>) {
        let relational =
            matches!(op, BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq | BinaryOp::StrictEq | BinaryOp::Eq);
        if !relational {
            return;
        }
        for (size, other) in [(left, right), (right, left)] {
            let Some(place) = self.measured(size) else { continue };
            let Some(operations) = table.get_mut(&self.container(place)).filter(|operations| !operations.grows.is_empty()) else {
                continue;
            };
            let emptiness = matches!(self.ir.kind(other), ExprKind::Number(value) if value <= 1.0);
            let index = self.is_counter(other) || self.ir.loops.iter().any(|one| one.kind == LoopKind::For && one.test == Some(id));
            if !emptiness && !index && !self.is_reported_only(id) {
                match self.level(place) {
                    0 => operations.size_checks.push(id),
                    _ => operations.watched_entries.push(id),
                }
            }
        }
    }

    fn is_counter(&self, expr: ExprId) -> bool {
        let Some(place) = self.place(expr) else { return false };
        let updated = |write: &ExprId| matches!(self.ir.kind(*write), ExprKind::Update { target, .. } if self.place(target) == Some(place));
        match (self.is_root(place), self.root(place)) {
            (true, Root::Binding(binding)) => self.uses.writes(binding).iter().any(updated),
            _ => self.uses.member_writes.iter().any(updated),
        }
    }

    /// A check that only leads to a message: `if (cache.size > 500) console.warn(...)`.
    fn is_reported_only(&self, check: ExprId) -> bool {
        let ir = self.ir;
        let guarded: Vec<ExprId> = self.uses.calls.iter().copied().filter(|&call| self.is_guarded_by(call, check)).collect();
        let says = |call: ExprId| match ir.kind(call) {
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } => {
                    ir.global_of(object) == Some("console")
                        || matches!(ir.name(property), "warn" | "info" | "debug" | "error" | "log" | "emit" | "gauge" | "observe")
                }
                _ => false,
            },
            _ => false,
        };
        let leaves = || {
            let returns = self.uses.returns(ir.function_of(check)).iter().any(|&at| self.is_guarded_by(at, check));
            returns || self.uses.member_writes.iter().any(|&at| self.is_guarded_by(at, check))
        };
        !guarded.is_empty() && guarded.iter().all(|&call| says(call)) && !leaves()
    }

    fn is_guarded_by(&self, at: ExprId, check: ExprId) -> bool {
        let function = self.ir.function_of(at);
        if function != self.ir.function_of(check) || self.ir[at].block == self.ir[check].block {
            return false;
        }
        let guards = self.flow(function).guards(self.ir, self.ir[at].block);
        guards.iter().any(|guard| matches!(guard.when, When::True(condition) if self.mentions(condition, check)))
    }

    fn mentions(&self, condition: ExprId, wanted: ExprId) -> bool {
        let mut found = condition == wanted;
        super::index::children(self.ir, condition, &mut |child| found = found || self.mentions(child, wanted));
        found
    }

    /// The collection whose size an expression is: `x.size`, `x.length`, `Object.keys(x).length`, a variable that holds one of these.
    fn measured(&self, size: ExprId) -> Option<Place> {
        let ir = self.ir;
        match ir.kind(size) {
            ExprKind::Member { object, property, .. } if matches!(ir.name(property), "size" | "length") => match ir.kind(object) {
                ExprKind::Call { callee, args, .. } => match ir.kind(callee) {
                    ExprKind::Member { object, property, .. }
                        if ir.global_of(object) == Some("Object") && matches!(ir.name(property), "keys" | "values" | "entries") =>
                    {
                        self.place(*ir.list(args).first()?)
                    }
                    _ => self.content(object),
                },
                _ => self.place(object),
            },
            ExprKind::Ident(_) => match self.uses.writes(ir.binding_of(size)?) {
                [write] => match written_value(ir, *write).map(|value| (value, ir.kind(value))) {
                    Some((value, ExprKind::Member { .. })) => self.measured(value),
                    _ => None,
                },
                _ => None,
            },
            ExprKind::Binary(BinaryOp::Add | BinaryOp::Sub, left, right) => self.measured(left).or_else(|| self.measured(right)),
            _ => None,
        }
    }
}

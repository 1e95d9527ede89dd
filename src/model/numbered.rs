//! Fields that count: each piece of work takes the next number, which no other had.

use super::Model;
use super::index::written_value;
use super::ir::{AssignOp, ExprId, ExprKind};
use super::place::{Place, Root, Step};

impl Model<'_> {
    /// `this.calls.set(this.nextId, done); this.nextId++`, `const id = this.index; this.index += 1`.
    pub(super) fn is_numbered(&self, key: ExprId) -> bool {
        let read = match self.ir.binding_of(key).map(|binding| self.uses.writes(binding)) {
            Some([write]) => written_value(self.ir, *write).unwrap_or(key),
            _ => key,
        };
        let is_member = matches!(self.ir.kind(read), ExprKind::Member { .. });
        let Some(field) = self.place(read).filter(|_| is_member) else { return false };
        let function = self.ir.function_of(read);
        let takes = |&write: &ExprId| {
            let is_one = self.ir[self.ir[write].block].in_loop.is_none();
            self.is_step(write) && self.ir.function_of(write) == function && is_one
        };
        self.only_counts(field) && self.writes_of(field).iter().any(takes)
    }

    /// Whether a field begins with a number and only ever gets larger.
    fn only_counts(&self, field: Place) -> bool {
        let (Some((object, Step::Field(_))), Root::Instance(id)) = (self.split(field), self.root(field)) else { return false };
        let constructor = self.entities.get(id).constructor;
        let begins = |write: ExprId| {
            let is_number = written_value(self.ir, write).is_some_and(|value| matches!(self.ir.kind(value), ExprKind::Number(_)));
            is_number && Some(self.ir.function_of(write)) == constructor
        };
        self.is_root(object) && self.writes_of(field).iter().all(|&write| self.is_step(write) || begins(write))
    }

    /// `id++`, `id += 1`.
    pub(super) fn is_step(&self, write: ExprId) -> bool {
        match self.ir.kind(write) {
            ExprKind::Update { decrement, .. } => !decrement,
            ExprKind::Assign { op: AssignOp::Add, value, .. } => matches!(self.ir.kind(value), ExprKind::Number(step) if step > 0.0),
            _ => false,
        }
    }
}

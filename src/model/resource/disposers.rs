//! Lists of functions that end what an object began: `for (const dispose of this.disposers) dispose()`.

use super::super::Model;
use super::super::entity::{EntityId, This};
use super::super::facts::{Sibling, Teardown};
use super::super::ir::{ExprId, ExprKind, FnId};
use super::super::place::{Root, Step};

impl Model<'_> {
    /// The method of a class that calls every function in one of its fields.
    pub(super) fn running_disposers(&self, id: EntityId) -> Option<Teardown> {
        let run = self.uses.calls.iter().copied().find(|&call| self.runs_own_entries(call, id))?;
        let method = self.member_around(self.ir.function_of(run), id)?;
        let name = self.function_name(method);
        let mut teardown = self.describe_teardown(name, method, true);
        teardown.clears = Some(Sibling { span: self.ir.span(run), text: self.call_text(run) });
        Some(teardown)
    }

    fn runs_own_entries(&self, call: ExprId, id: EntityId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        if !self.ir.list(args).is_empty() || !matches!(self.ir.kind(callee), ExprKind::Ident(_)) {
            return false;
        }
        let Some(place) = self.place(callee) else { return false };
        let of_field = self.split(place).filter(|(_, step)| *step == Step::Entry).and_then(|(list, _)| self.split(list));
        let is_own = of_field.is_some_and(|(owner, _)| self.is_root(owner) && self.root(owner) == Root::Instance(id));
        // A list of listeners is called as well, and goes on to be.
        is_own && of_field.is_some_and(|(owner, step)| self.is_emptied(self.project(owner, step)))
    }

    /// `list.clear()`, `list.length = 0`, `list = []`.
    fn is_emptied(&self, list: super::super::place::Place) -> bool {
        let by_call = self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. } if self.ir.name(property) == "clear" && self.place(object) == Some(list))
        });
        let by_write = || {
            self.uses.member_writes.iter().any(|&write| {
                let ExprKind::Assign { target, .. } = self.ir.kind(write) else { return false };
                match self.ir.kind(target) {
                    ExprKind::Member { object, property, .. } if self.ir.name(property) == "length" => self.place(object) == Some(list),
                    _ => false,
                }
            })
        };
        by_call || by_write() || self.initial_values(list).len() > 1
    }

    fn member_around(&self, function: FnId, id: EntityId) -> Option<FnId> {
        let mut at = function;
        loop {
            if self.entities.this_of(at) == This::Instance(id) && self.entities.memberships(at).iter().any(|&(of, ..)| of == id) {
                return Some(at);
            }
            at = self.ir[at].parent?;
        }
    }
}

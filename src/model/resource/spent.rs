//! What the maker uses for one piece of work: it hands back what came of it, and the thing that did it has no name any more.

use super::super::Model;
use super::super::ir::{BindingId, ExprId, ExprKind};
use super::{Acquired, Custody};

impl Model<'_> {
    /// `const db = knex(of(tenant)); return (await db('users').count('* as n'))[0].n`, in a function that is given what the work is about.
    pub(super) fn is_spent(&self, acquired: &Acquired<'_>, custody: &Custody) -> bool {
        let function = self.ir.function_of(acquired.call);
        let ([binding], true) = (acquired.to.locals.as_slice(), matches!(custody, Custody::Local { .. })) else { return false };
        let is_given_work = !self.ir[function].params.is_empty();
        is_given_work && self.uses.refs(*binding).iter().any(|&at| self.ir.function_of(at) == function && self.is_worked_with(at, *binding))
    }

    /// Whether what a call on it or with it gives is waited for and used.
    fn is_worked_with(&self, at: ExprId, binding: BindingId) -> bool {
        let mut value = at;
        let mut is_called = false;
        while let Some(parent) = self.uses.parent(value) {
            match self.ir.kind(parent) {
                ExprKind::Call { .. } => is_called = true,
                ExprKind::Await(_) if is_called => return self.uses.parent(parent).is_some_and(|user| !self.names_again(user, binding)),
                ExprKind::Return(_) => return false,
                _ => {}
            }
            value = parent;
        }
        false
    }

    /// `db = await db.connect()`.
    fn names_again(&self, user: ExprId, binding: BindingId) -> bool {
        matches!(self.ir.kind(user), ExprKind::Assign { target, .. } if self.ir.binding_of(target) == Some(binding))
    }
}

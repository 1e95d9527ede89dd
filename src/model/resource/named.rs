//! What is released by the name under which it was made: `fs.unwatchFile(path)`.

use super::super::Model;
use super::super::access::Access;
use super::super::ir::{ExprId, ExprKind};
use super::{Acquired, ResourceApi};

impl Model<'_> {
    /// Whether the file names a release of the object on which it was made.
    pub(super) fn is_released_by_name(&self, acquired: &Acquired<'_>) -> bool {
        let names = &acquired.api.release_call;
        let is_release = |name: &str| names.iter().any(|own| own == name);
        let owner = self.owner_of(acquired.call).and_then(|object| self.place(object));
        self.ir.expr_ids().any(|id| match self.ir.kind(id) {
            ExprKind::Member { object, property, .. } => {
                is_release(self.ir.name(property)) && (owner.is_none() || self.place(object) == owner)
            }
            ExprKind::Ident(_) => self.callee_name(id).is_some_and(is_release),
            _ => false,
        })
    }

    /// The library lists what it keeps, or takes it back by its name, and this file asks it to.
    pub(super) fn is_found_by_name(&self, acquired: &Acquired<'_>) -> bool {
        let ResourceApi { listed, module, .. } = acquired.api;
        let is_list = |id: ExprId| {
            let Some((from, path)) = self.imported(id) else { return false };
            let Some(Access::Member(name)) = path.last() else { return false };
            listed.contains(name) && module.iter().any(|own| own == from)
        };
        !listed.is_empty()
            && self.ir.expr_ids().any(|id| matches!(self.ir.kind(id), ExprKind::Ident(_) | ExprKind::Member { .. }) && is_list(id))
    }

    /// By a constructor of what is only made if there is none: `if (!Theme.only) Theme.only = new Theme()`.
    pub(super) fn is_of_the_only_one(&self, call: ExprId) -> bool {
        let function = self.ir.function_of(call);
        let is_constructor = self.entities.ids().any(|id| self.entities.get(id).constructor == Some(function));
        let is_guarded = |at: ExprId| matches!(self.ir.kind(at), ExprKind::New { .. }) && self.is_guarded_for_good(at);
        let callers = self.callers(function);
        is_constructor && !callers.is_empty() && callers.iter().all(|caller| caller.at.is_some_and(is_guarded))
    }

    /// `https.get(url, { agent })`: an option of requests, which use it for their time.
    pub(super) fn is_lent_to_requests(&self, acquired: &Acquired<'_>) -> bool {
        let is_lent = |at: ExprId| {
            let object = self.uses.parent(at).filter(|&object| matches!(self.ir.kind(object), ExprKind::Object { .. }));
            let call = object.and_then(|object| self.uses.parent(object));
            call.is_some_and(|call| match self.ir.kind(call) {
                ExprKind::Call { callee, .. } => {
                    self.callee_name(callee).is_some_and(|name| acquired.api.borrows.iter().any(|own| own == name))
                }
                _ => false,
            })
        };
        match acquired.to.locals.as_slice() {
            [] => is_lent(acquired.value),
            [binding] => self.uses.refs(*binding).iter().all(|&at| is_lent(at)),
            _ => false,
        }
    }

    /// What the function that makes it is called on.
    fn owner_of(&self, call: ExprId) -> Option<ExprId> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        }
    }

    /// What it was made with, where that can be written a second time.
    pub(super) fn name_of_named(&self, acquired: &Acquired<'_>) -> Option<String> {
        let ExprKind::Call { args, .. } = self.ir.kind(acquired.call) else { return None };
        let name = *self.ir.list(args).first().filter(|_| acquired.api.named)?;
        (self.is_plain_path(name) || self.string(name).is_some()).then(|| self.expr_text(name))
    }
}

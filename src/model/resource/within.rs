//! Workers whose script is the file that starts them, and which end themselves there.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{BindingKind, ExprId, ExprKind};
use super::api::ResourceApi;

impl Model<'_> {
    /// `if (!self.document) self.onmessage = (event) => { self.postMessage(answer(event.data)); self.close(); };`, and `new Worker(here)` in the same
    /// file: who is made of a script that is named nowhere else runs this one, or is told by nobody what it runs.
    pub(super) fn ends_from_within(&self, args: &[ExprId], api: &ResourceApi) -> bool {
        let Some(name) = &api.from_within else { return false };
        let is_named =
            |&arg: &ExprId| self.string(arg).is_some() || matches!(self.ir.kind(arg), ExprKind::New { .. } | ExprKind::Template(_));
        let ends = |&call: &ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
            self.ir.list(args).is_empty() && self.ir.name(property) == name && self.is_worker_itself(object)
        };
        !args.first().is_none_or(is_named) && self.uses.calls.iter().any(ends)
    }

    /// `self`, or a name for it where there is one.
    fn is_worker_itself(&self, object: ExprId) -> bool {
        if self.ir.global_of(object) == Some("self") {
            return true;
        }
        let Some(binding) = self.ir.binding_of(object) else { return false };
        let values = match self.ir[binding].kind {
            BindingKind::Param(function, index) => self.known_arguments(function, index).0,
            _ => self.uses.writes(binding).iter().filter_map(|&write| written_value(self.ir, write)).collect(),
        };
        values.into_iter().any(|value| match self.ir.kind(value) {
            ExprKind::Ident(_) if value != object => self.is_worker_itself(value),
            _ => self.any_part(value, &|part| self.ir.global_of(part) == Some("self")),
        })
    }
}

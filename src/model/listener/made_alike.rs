//! Handlers that a function makes on both sides, which is not in view: `on('change', watch(view))` and `off('change', watch(view))`.

use super::super::Model;
use super::super::ir::{BindingKind, ExprId, ExprKind, Ir};

/// What a function that makes nothing is called: it looks up what there is.
const LOOKS_UP: &[&str] = &["get", "find", "lookup", "pick", "select", "resolve", "memo", "memoize", "cached", "once", "use"];

impl Model<'_> {
    /// Whether registration and removal each call a function that somebody gave, with an argument: what it gives for an argument is made for it, mostly.
    pub(super) fn are_made_alike(&self, own: ExprId, theirs: ExprId) -> bool {
        match (self.given_maker(own), self.given_maker(theirs)) {
            (Some(mine), Some(other)) => mine == other && self.ir.function_of(own) != self.ir.function_of(theirs),
            _ => false,
        }
    }

    /// The name of the parameter that is called.
    fn given_maker(&self, made: ExprId) -> Option<&str> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(made) else { return None };
        let binding = self.ir.binding_of(callee)?;
        let BindingKind::Param(function, _) = self.ir[binding].kind else { return None };
        let name = self.ir.name(self.ir[binding].name);
        let words = super::super::provenance::words(name);
        let looks_up = words.iter().any(|word| LOOKS_UP.contains(&word.as_str()));
        let is_per_argument = self.ir.list(args).iter().any(|&arg| self.ir.binding_of(arg).is_some());
        (function != Ir::MODULE && is_per_argument && !looks_up).then_some(name)
    }
}

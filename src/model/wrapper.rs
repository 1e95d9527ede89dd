//! Functions that stand around a module and run once for each program: of `define`, of bundlers, of files for several module systems.

use super::Model;
use super::ir::{ExprId, ExprKind, FnId, Ir};

impl Model<'_> {
    /// `define(function () { ... })`, a bundler's module function: one time for each program.
    pub(super) fn is_module_wrapper(&self, function: FnId) -> bool {
        let Some(expr) = self.ir[function].expr else { return false };
        let Some(parent) = self.uses.parent(expr) else { return false };
        match self.ir.kind(parent) {
            ExprKind::Call { callee, .. } => {
                let name = self.callee_name(callee);
                let is_wrapped = matches!(name, Some("define" | "registerModule" | "__commonJS" | "__esm"));
                self.ir.function_of(parent) == Ir::MODULE && (is_wrapped || self.is_factory_of_module(expr, callee, parent))
            }
            _ => self.ir[function].params.iter().filter_map(|param| param.binding).any(|binding| {
                matches!(self.ir.name(self.ir[binding].name), "__webpack_require__" | "__webpack_exports__" | "__unused_webpack_module")
            }),
        }
    }

    /// `(function (root, factory) { ... define(factory) ... root.it = factory() })(this, function () { ... })`: one of the ways is gone.
    fn is_factory_of_module(&self, factory: ExprId, wrapper: ExprId, call: ExprId) -> bool {
        let (ExprKind::Function(wrapper), ExprKind::Call { args, .. }) = (self.ir.kind(wrapper), self.ir.kind(call)) else { return false };
        let index = self.ir.list(args).iter().position(|&arg| arg == factory);
        let param = index.and_then(|index| self.ir[wrapper].params.get(index)).and_then(|param| param.binding);
        param.is_some_and(|param| {
            let is_one_way = |at: &ExprId| {
                self.ir.function_of(*at) == wrapper
                    && self.uses.parent(*at).is_some_and(|parent| match self.ir.kind(parent) {
                        ExprKind::Call { callee, .. } => callee == *at || self.callee_name(callee) == Some("define"),
                        _ => false,
                    })
            };
            let ways = self.uses.refs(param);
            ways.iter().any(|way| self.uses.parent(*way).is_some_and(|call| self.callee_text(call) == "define"))
                && ways.iter().all(is_one_way)
        })
    }
}

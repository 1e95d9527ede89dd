//! Waits that cannot fail.

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::Lowerer;
use crate::text::Span;

impl Lowerer<'_> {
    /// Whether waiting for a promise may fail, as far as it is seen at once: not `Promise.allSettled(...)`, a promise whose executor takes no `reject`,
    /// or one whose failure is caught there.
    pub(super) fn can_reject(&self, awaited: &ast::Expr) -> bool {
        match awaited {
            ast::Expr::Paren(inner) => self.can_reject(&inner.expr),
            ast::Expr::New(made) => {
                let is_promise = matches!(&*made.callee, ast::Expr::Ident(name) if name.sym == "Promise");
                let executor = made.args.as_ref().and_then(|args| args.first());
                !is_promise || executor.is_none_or(|executor| !takes_one(&executor.expr) || self.throws(&executor.expr))
            }
            ast::Expr::Call(call) => {
                let ast::Callee::Expr(callee) = &call.callee else { return true };
                let ast::Expr::Member(member) = &**callee else { return true };
                let ast::MemberProp::Ident(name) = &member.prop else { return true };
                match (&*name.sym, &*member.obj, call.args.as_slice()) {
                    ("allSettled", ast::Expr::Ident(of), _) => of.sym != "Promise",
                    ("catch", _, [handler]) => !is_function(&handler.expr) || self.throws(&handler.expr),
                    _ => true,
                }
            }
            _ => true,
        }
    }

    /// Whether a function says anything by which it may fail itself.
    fn throws(&self, function: &ast::Expr) -> bool {
        let Span { start, end } = self.span(function.span());
        let text = self.text.get((start - self.base) as usize..(end - self.base) as usize).unwrap_or_default();
        text.contains("throw") || text.contains("await") || text.contains("reject")
    }
}

fn is_function(value: &ast::Expr) -> bool {
    matches!(value, ast::Expr::Arrow(_) | ast::Expr::Fn(_))
}

fn takes_one(value: &ast::Expr) -> bool {
    match value {
        ast::Expr::Arrow(arrow) => matches!(arrow.params.as_slice(), [ast::Pat::Ident(_)]),
        ast::Expr::Fn(function) => matches!(function.function.params.as_slice(), [ast::Param { pat: ast::Pat::Ident(_), .. }]),
        _ => false,
    }
}

//! The visitor: which function lowers which node.

use swc_ecma_ast::*;
use swc_ecma_visit::{Visit, noop_visit_type};

use super::Lowerer;
use crate::model::ir::ExprKind;

impl Visit for Lowerer<'_> {
    noop_visit_type!();

    fn visit_module(&mut self, node: &Module) {
        self.module(&node.body);
    }

    fn visit_script(&mut self, node: &Script) {
        self.script(&node.body);
    }

    fn visit_module_decl(&mut self, node: &ModuleDecl) {
        self.module_decl(node);
    }

    fn visit_stmt(&mut self, node: &Stmt) {
        self.statement(node);
    }

    fn visit_block_stmt(&mut self, node: &BlockStmt) {
        self.block(node);
    }

    fn visit_with_stmt(&mut self, node: &WithStmt) {
        self.expr(&node.obj);
        self.body(&node.body);
    }

    fn visit_return_stmt(&mut self, node: &ReturnStmt) {
        self.return_stmt(node);
    }

    fn visit_throw_stmt(&mut self, node: &ThrowStmt) {
        self.throw_stmt(node);
    }

    fn visit_labeled_stmt(&mut self, node: &LabeledStmt) {
        self.labeled_stmt(node);
    }

    fn visit_break_stmt(&mut self, node: &BreakStmt) {
        self.break_or_continue(node.label.as_ref(), false);
    }

    fn visit_continue_stmt(&mut self, node: &ContinueStmt) {
        self.break_or_continue(node.label.as_ref(), true);
    }

    fn visit_if_stmt(&mut self, node: &IfStmt) {
        self.if_stmt(node);
    }

    fn visit_switch_stmt(&mut self, node: &SwitchStmt) {
        self.switch_stmt(node);
    }

    fn visit_try_stmt(&mut self, node: &TryStmt) {
        self.try_stmt(node);
    }

    fn visit_while_stmt(&mut self, node: &WhileStmt) {
        self.while_stmt(node);
    }

    fn visit_do_while_stmt(&mut self, node: &DoWhileStmt) {
        self.do_while_stmt(node);
    }

    fn visit_for_stmt(&mut self, node: &ForStmt) {
        self.for_stmt(node);
    }

    fn visit_for_in_stmt(&mut self, node: &ForInStmt) {
        self.for_in_stmt(node);
    }

    fn visit_for_of_stmt(&mut self, node: &ForOfStmt) {
        self.for_of_stmt(node);
    }

    fn visit_decl(&mut self, node: &Decl) {
        self.decl(node);
    }

    fn visit_this_expr(&mut self, node: &ThisExpr) {
        self.push(ExprKind::This, node.span);
    }

    fn visit_array_lit(&mut self, node: &ArrayLit) {
        self.array(node);
    }

    fn visit_object_lit(&mut self, node: &ObjectLit) {
        self.object(node);
    }

    fn visit_fn_expr(&mut self, node: &FnExpr) {
        self.function_expression(node);
    }

    fn visit_unary_expr(&mut self, node: &UnaryExpr) {
        self.unary(node);
    }

    fn visit_update_expr(&mut self, node: &UpdateExpr) {
        let target = self.expr(&node.arg);
        self.push(ExprKind::Update { target, decrement: node.op == UpdateOp::MinusMinus }, node.span);
    }

    fn visit_bin_expr(&mut self, node: &BinExpr) {
        self.binary(node);
    }

    fn visit_assign_expr(&mut self, node: &AssignExpr) {
        self.assign(node);
    }

    fn visit_member_expr(&mut self, node: &MemberExpr) {
        self.member(node, false, node.span);
    }

    fn visit_super_prop_expr(&mut self, node: &SuperPropExpr) {
        self.super_property(node);
    }

    fn visit_cond_expr(&mut self, node: &CondExpr) {
        self.conditional(node);
    }

    fn visit_call_expr(&mut self, node: &CallExpr) {
        self.call(node);
    }

    fn visit_new_expr(&mut self, node: &NewExpr) {
        self.construct(node);
    }

    fn visit_seq_expr(&mut self, node: &SeqExpr) {
        let mark = self.pending.len();
        for part in &node.exprs {
            let part = self.expr(part);
            self.pending.push(part);
        }
        let list = self.list_since(mark);
        self.push(ExprKind::Sequence(list), node.span);
    }

    fn visit_ident(&mut self, node: &Ident) {
        self.ident(node);
    }

    fn visit_lit(&mut self, node: &Lit) {
        self.literal(node);
    }

    fn visit_tpl(&mut self, node: &Tpl) {
        // A text like any other.
        if let ([], [quasi]) = (node.exprs.as_slice(), node.quasis.as_slice())
            && let Some(cooked) = &quasi.cooked
        {
            let name = self.name_of_string(cooked);
            self.push(ExprKind::String(name), node.span);
            return;
        }
        let parts = self.template_parts(node);
        self.push(ExprKind::Template(parts), node.span);
    }

    fn visit_tagged_tpl(&mut self, node: &TaggedTpl) {
        let tag = self.expr(&node.tag);
        let parts = self.template_parts(&node.tpl);
        self.push(ExprKind::TaggedTemplate { tag, parts }, node.span);
    }

    fn visit_arrow_expr(&mut self, node: &ArrowExpr) {
        self.arrow(node);
    }

    fn visit_class_expr(&mut self, node: &ClassExpr) {
        self.class_expression(node);
    }

    fn visit_yield_expr(&mut self, node: &YieldExpr) {
        let value = node.arg.as_ref().map(|value| self.expr(value));
        let id = self.push(ExprKind::Yield(value), node.span);
        self.may_throw();
        self.value = id;
    }

    fn visit_await_expr(&mut self, node: &AwaitExpr) {
        let value = self.expr(&node.arg);
        let id = self.push(ExprKind::Await(value), node.span);
        if self.can_reject(&node.arg) {
            self.may_throw();
        }
        self.value = id;
    }

    fn visit_meta_prop_expr(&mut self, node: &MetaPropExpr) {
        let kind = match node.kind {
            MetaPropKind::NewTarget => ExprKind::NewTarget,
            MetaPropKind::ImportMeta => ExprKind::ImportMeta,
        };
        self.push(kind, node.span);
    }

    fn visit_paren_expr(&mut self, node: &ParenExpr) {
        self.expr(&node.expr);
    }

    fn visit_jsx_member_expr(&mut self, node: &JSXMemberExpr) {
        self.jsx_member(node);
    }

    fn visit_jsx_namespaced_name(&mut self, node: &JSXNamespacedName) {
        self.jsx_namespaced(node);
    }

    fn visit_jsx_empty_expr(&mut self, node: &JSXEmptyExpr) {
        self.push(ExprKind::Other, node.span);
    }

    fn visit_jsx_element(&mut self, node: &JSXElement) {
        self.jsx_element(node);
    }

    fn visit_jsx_fragment(&mut self, node: &JSXFragment) {
        self.jsx_fragment(node);
    }

    fn visit_ts_type_assertion(&mut self, node: &TsTypeAssertion) {
        self.expr(&node.expr);
    }

    fn visit_ts_const_assertion(&mut self, node: &TsConstAssertion) {
        self.expr(&node.expr);
    }

    fn visit_ts_non_null_expr(&mut self, node: &TsNonNullExpr) {
        self.expr(&node.expr);
    }

    fn visit_ts_as_expr(&mut self, node: &TsAsExpr) {
        self.expr(&node.expr);
    }

    fn visit_ts_instantiation(&mut self, node: &TsInstantiation) {
        self.expr(&node.expr);
    }

    fn visit_ts_satisfies_expr(&mut self, node: &TsSatisfiesExpr) {
        self.expr(&node.expr);
    }

    fn visit_private_name(&mut self, node: &PrivateName) {
        let name = self.private_name(node);
        self.push(ExprKind::String(name), node.span);
    }

    fn visit_opt_chain_expr(&mut self, node: &OptChainExpr) {
        match &*node.base {
            OptChainBase::Member(member) => self.member(member, node.optional, node.span),
            OptChainBase::Call(call) => self.optional_call(call, node.optional, node.span),
        };
    }

    fn visit_invalid(&mut self, node: &Invalid) {
        self.push(ExprKind::Other, node.span);
    }
}

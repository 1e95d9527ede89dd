//! Statements and their jumps.

use std::mem;

use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_visit::VisitWith;

use super::{
    Lowerer,
    flow::{Continuation, Target},
    pattern::Sink,
};
use crate::model::ir::*;

impl Lowerer<'_> {
    pub(super) fn statement(&mut self, node: &ast::Stmt) {
        if node.is_empty() {
            return;
        }
        self.in_statement(node.span(), |this| node.visit_children_with(this));
    }

    pub(super) fn in_statement(&mut self, span: swc_common::Span, body: impl FnOnce(&mut Self)) {
        let in_list = mem::take(&mut self.in_list);
        let id = StmtId(self.ir.stmts.len() as u32);
        self.ir.stmts.push(Stmt { span: self.span(span), parent: self.stmt, in_list });
        let outer = self.stmt.replace(id);
        body(self);
        self.stmt = outer;
    }

    pub(super) fn stmt_list(&mut self, stmts: &[ast::Stmt]) {
        for stmt in stmts {
            self.in_list = true;
            stmt.visit_with(self);
        }
    }

    /// The body of an `if` or a loop.
    pub(super) fn body(&mut self, stmt: &ast::Stmt) {
        self.in_list = false;
        stmt.visit_with(self);
    }

    pub(super) fn block(&mut self, node: &ast::BlockStmt) {
        self.scoped(declares(&node.stmts), |this| {
            let outer = mem::replace(&mut this.frame.list_start, this.frame.block);
            this.stmt_list(&node.stmts);
            this.frame.list_start = outer;
        });
    }

    pub(super) fn return_stmt(&mut self, node: &ast::ReturnStmt) {
        let value = node.arg.as_ref().map(|value| self.expr(value));
        self.push(ExprKind::Return(value), node.span);
        self.jump(Continuation::Return);
    }

    pub(super) fn throw_stmt(&mut self, node: &ast::ThrowStmt) {
        let value = self.expr(&node.arg);
        self.push(ExprKind::Throw(value), node.span);
        self.jump(Continuation::Throw);
    }

    pub(super) fn break_or_continue(&mut self, label: Option<&ast::Ident>, is_continue: bool) {
        if let Some(target) = self.jump_target(label.map(|label| &label.sym), is_continue) {
            self.jump(target);
        }
    }

    pub(super) fn labeled_stmt(&mut self, node: &ast::LabeledStmt) {
        self.frame.labels.push(node.label.sym.clone());
        let takes_labels = matches!(
            *node.body,
            ast::Stmt::Labeled(_)
                | ast::Stmt::Switch(_)
                | ast::Stmt::While(_)
                | ast::Stmt::DoWhile(_)
                | ast::Stmt::For(_)
                | ast::Stmt::ForIn(_)
                | ast::Stmt::ForOf(_)
        );
        if takes_labels {
            return self.body(&node.body);
        }
        let after = self.new_block();
        self.open_target(after, None, false);
        self.body(&node.body);
        self.targets.pop();
        self.go(after, When::Always);
    }

    /// Makes a statement that can be left by `break`, under the labels that stand before it.
    pub(super) fn open_target(&mut self, break_to: BlockId, continue_to: Option<BlockId>, plain: bool) {
        let labels = mem::take(&mut self.frame.labels);
        self.targets.push(Target::Jump { labels, break_to, continue_to, plain });
    }

    pub(super) fn if_stmt(&mut self, node: &ast::IfStmt) {
        let test = self.expr(&node.test);
        let on_true = self.new_block();
        let on_false = node.alt.as_ref().map(|_| self.new_block());
        let join = self.new_block();
        self.edge(on_false.unwrap_or(join), When::False(test));
        self.go(on_true, When::True(test));
        self.body(&node.cons);
        self.edge(join, When::Always);
        if let (Some(alternative), Some(block)) = (&node.alt, on_false) {
            self.frame.block = block;
            self.body(alternative);
            self.edge(join, When::Always);
        }
        self.frame.block = join;
    }

    pub(super) fn switch_stmt(&mut self, node: &ast::SwitchStmt) {
        let discriminant = self.expr(&node.discriminant);
        let after = self.new_block();
        self.open_target(after, None, true);
        let needs_scope = node.cases.iter().any(|case| declares(&case.cons));
        self.scoped(needs_scope, |this| {
            let outer = mem::replace(&mut this.frame.list_start, this.frame.block);
            this.cases(&node.cases, discriminant, after);
            this.frame.list_start = outer;
        });
        self.targets.pop();
        self.go(after, When::Always);
    }

    /// The tests are evaluated one after another before any body, as they are where none of them matches.
    fn cases(&mut self, cases: &[ast::SwitchCase], discriminant: ExprId, after: BlockId) {
        let mut bodies = Vec::with_capacity(cases.len());
        let mut default = None;
        let mut tests = Vec::with_capacity(cases.len());
        for case in cases {
            let body = self.new_block();
            match &case.test {
                Some(test) => tests.push((self.expr(test), body)),
                None => default = Some(body),
            }
            bodies.push(body);
        }
        for (test, body) in tests {
            self.edge(body, When::Case(discriminant, test));
        }
        self.edge(default.unwrap_or(after), When::DefaultCase(discriminant));
        // The first body is not entered from before it.
        self.frame.block = self.new_block();
        for (case, body) in cases.iter().zip(bodies) {
            self.go(body, When::Always);
            self.stmt_list(&case.cons);
        }
    }

    pub(super) fn try_stmt(&mut self, node: &ast::TryStmt) {
        let live = self.is_live();
        let after = self.new_block();
        let finally = node.finalizer.as_ref().map(|_| self.new_block());
        if let Some(entry) = finally {
            self.targets.push(Target::Finally { entry, continuations: Vec::new() });
        }
        if let Some(clause) = &node.handler {
            let handler = self.new_block();
            self.targets.push(Target::Catch(handler));
            self.block(&node.block);
            self.targets.pop();
            // Any call may throw, though only some places have an edge for it: who catches says that it does.
            self.edge(handler, When::Throws);
            self.end_of_try(after, finally.is_some());
            self.live[handler.index()] |= live;
            self.frame.block = handler;
            self.ir.blocks[handler.index()].in_catch = true;
            let outer = mem::replace(&mut self.frame.in_catch, true);
            self.catch(clause);
            self.frame.in_catch = outer;
        } else {
            self.block(&node.block);
        }
        self.end_of_try(after, finally.is_some());
        if let (Some(finalizer), Some(entry)) = (&node.finalizer, finally) {
            let target = self.targets.pop();
            self.live[entry.index()] |= live;
            self.frame.block = entry;
            self.ir.blocks[entry.index()].in_finally = true;
            let outer = mem::replace(&mut self.frame.in_finally, true);
            self.block(finalizer);
            self.frame.in_finally = outer;
            if let Some(Target::Finally { continuations, .. }) = target {
                continuations.into_iter().for_each(|continuation| self.resume(continuation));
            }
        }
        self.frame.block = after;
    }

    fn end_of_try(&mut self, after: BlockId, has_finally: bool) {
        if has_finally { self.leave(Continuation::FallThrough(after)) } else { self.edge(after, When::Always) }
    }

    /// Goes on behind a finally block as if it had not stood in the way.
    fn resume(&mut self, continuation: Continuation) {
        match continuation {
            Continuation::FallThrough(after) => self.edge(after, When::Always),
            _ => self.leave(continuation),
        }
    }

    fn catch(&mut self, clause: &ast::CatchClause) {
        self.scoped(clause.param.is_some(), |this| {
            if let Some(param) = &clause.param {
                let declaration = this.span(param.span());
                match param {
                    ast::Pat::Ident(name) => {
                        let annotation = this.annotation(name.type_ann.as_deref());
                        this.declare(&name.id, BindingKind::Catch, declaration, annotation);
                    }
                    pattern => {
                        let thrown = this.push(ExprKind::Other, param.span());
                        this.bind(pattern, thrown, Sink::Declare(BindingKind::Let, declaration));
                    }
                }
            }
            this.block(&clause.body);
        });
    }
}

/// Whether a list of statements declares names that are not seen outside of it.
pub(super) fn declares(stmts: &[ast::Stmt]) -> bool {
    stmts.iter().any(|stmt| match stmt {
        ast::Stmt::Decl(ast::Decl::Var(decl)) => decl.kind != ast::VarDeclKind::Var,
        ast::Stmt::Decl(_) => true,
        ast::Stmt::Labeled(labeled) => matches!(*labeled.body, ast::Stmt::Decl(_)),
        _ => false,
    })
}

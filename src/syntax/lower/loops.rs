//! Loops.

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::{Lowerer, flow::Continuation, pattern::Sink};
use crate::model::ir::*;

impl Lowerer<'_> {
    /// Starts a loop whose header is a new block, and goes on there. Gives the loop around it, for [`Self::close_loop`].
    fn open_loop(&mut self, kind: LoopKind, span: swc_common::Span) -> (LoopId, BlockId, Option<LoopId>) {
        let id = LoopId(self.ir.loops.len() as u32);
        let parent = self.frame.in_loop.replace(id);
        let header = self.new_block();
        let span = self.span(span);
        self.ir.loops.push(Loop { kind, parent, function: self.frame.function, span, test: None, header });
        self.go(header, When::Always);
        (id, header, parent)
    }

    fn close_loop(&mut self, parent: Option<LoopId>, after: BlockId) {
        self.frame.in_loop = parent;
        self.frame.block = after;
    }

    /// Ends a block with a test. A test that always holds does not leave the loop.
    fn test(&mut self, id: LoopId, test: &ast::Expr, stay: BlockId, after: BlockId) {
        let test = self.expr(test);
        self.ir.loops[id.index()].test = Some(test);
        if self.always_holds(test) {
            return self.edge(stay, When::Always);
        }
        self.edge(stay, When::True(test));
        self.edge(after, When::False(test));
    }

    fn always_holds(&self, test: ExprId) -> bool {
        match self.ir.kind(test) {
            ExprKind::Bool(value) => value,
            ExprKind::Number(value) => value != 0.0,
            ExprKind::Unary(UnaryOp::Not, operand) => matches!(self.ir.kind(operand), ExprKind::Number(0.0)),
            _ => false,
        }
    }

    fn loop_body(&mut self, body: &ast::Stmt, break_to: BlockId, continue_to: BlockId) {
        self.open_target(break_to, Some(continue_to), true);
        self.body(body);
        self.targets.pop();
        self.edge(continue_to, When::Always);
    }

    pub(super) fn while_stmt(&mut self, node: &ast::WhileStmt) {
        let after = self.new_block();
        let (id, header, parent) = self.open_loop(LoopKind::While, node.span);
        let body = self.new_block();
        self.test(id, &node.test, body, after);
        self.frame.block = body;
        self.loop_body(&node.body, after, header);
        self.close_loop(parent, after);
    }

    pub(super) fn do_while_stmt(&mut self, node: &ast::DoWhileStmt) {
        let after = self.new_block();
        let (id, header, parent) = self.open_loop(LoopKind::DoWhile, node.span);
        let latch = self.new_block();
        self.loop_body(&node.body, after, latch);
        self.frame.block = latch;
        self.test(id, &node.test, header, after);
        self.close_loop(parent, after);
    }

    pub(super) fn for_stmt(&mut self, node: &ast::ForStmt) {
        let declares = matches!(&node.init, Some(ast::VarDeclOrExpr::VarDecl(decl)) if decl.kind != ast::VarDeclKind::Var);
        self.scoped(declares, |this| {
            match &node.init {
                Some(ast::VarDeclOrExpr::VarDecl(decl)) => this.var_decl(decl),
                Some(ast::VarDeclOrExpr::Expr(init)) => {
                    this.expr(init);
                }
                None => {}
            }
            let after = this.new_block();
            let (id, header, parent) = this.open_loop(LoopKind::For, node.span);
            let body = this.new_block();
            match &node.test {
                Some(test) => this.test(id, test, body, after),
                None => this.edge(body, When::Always),
            }
            this.frame.block = body;
            match &node.update {
                Some(update) => {
                    let latch = this.new_block();
                    this.loop_body(&node.body, after, latch);
                    this.frame.block = latch;
                    this.expr(update);
                    this.edge(header, When::Always);
                }
                None => this.loop_body(&node.body, after, header),
            }
            this.close_loop(parent, after);
        });
    }

    pub(super) fn for_in_stmt(&mut self, node: &ast::ForInStmt) {
        self.for_each(LoopKind::ForIn, node.span, &node.left, &node.right, &node.body);
    }

    pub(super) fn for_of_stmt(&mut self, node: &ast::ForOfStmt) {
        let kind = if node.is_await { LoopKind::ForAwait } else { LoopKind::ForOf };
        self.for_each(kind, node.span, &node.left, &node.right, &node.body);
    }

    fn for_each(&mut self, kind: LoopKind, span: swc_common::Span, head: &ast::ForHead, iterated: &ast::Expr, body: &ast::Stmt) {
        let iterated = self.expr(iterated);
        let declares = match head {
            ast::ForHead::VarDecl(decl) => decl.kind != ast::VarDeclKind::Var,
            ast::ForHead::UsingDecl(_) => true,
            ast::ForHead::Pat(_) => false,
        };
        self.scoped(declares, |this| {
            let after = this.new_block();
            let (id, header, parent) = this.open_loop(kind, span);
            this.ir.loops[id.index()].test = Some(iterated);
            let start = this.new_block();
            this.edge(after, When::Always);
            this.edge(start, When::Always);
            if kind == LoopKind::ForAwait {
                this.leave(Continuation::Throw);
            }
            this.frame.block = start;
            this.loop_variable(kind, head, iterated);
            this.loop_body(body, after, header);
            this.close_loop(parent, after);
        });
    }

    fn loop_variable(&mut self, kind: LoopKind, head: &ast::ForHead, iterated: ExprId) {
        let value = if kind == LoopKind::ForIn { ExprKind::Key(iterated) } else { ExprKind::Element(iterated) };
        let value = self.push(value, head.span());
        let (declarators, binding) = match head {
            ast::ForHead::VarDecl(decl) => (&decl.decls, binding_kind(decl.kind)),
            ast::ForHead::UsingDecl(decl) => (&decl.decls, BindingKind::Using),
            ast::ForHead::Pat(pattern) => return self.bind(pattern, value, Sink::Assign),
        };
        for declarator in declarators {
            let declaration = self.span(declarator.span);
            self.bind(&declarator.name, value, Sink::Declare(binding, declaration));
        }
    }

    pub(super) fn var_decl(&mut self, node: &ast::VarDecl) {
        let kind = binding_kind(node.kind);
        for declarator in &node.decls {
            self.declarator(declarator, kind);
        }
    }
}

fn binding_kind(kind: ast::VarDeclKind) -> BindingKind {
    match kind {
        ast::VarDeclKind::Var => BindingKind::Var,
        ast::VarDeclKind::Let => BindingKind::Let,
        ast::VarDeclKind::Const => BindingKind::Const,
    }
}

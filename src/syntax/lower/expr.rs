//! Operators, member access, calls and branches inside of expressions.

use swc_ecma_ast as ast;

use super::{Lowerer, effects::has_effect};
use crate::model::ir::*;

impl Lowerer<'_> {
    pub(super) fn unary(&mut self, node: &ast::UnaryExpr) -> ExprId {
        if node.op == ast::UnaryOp::Void && matches!(&*node.arg, ast::Expr::Lit(ast::Lit::Num(_))) {
            return self.push(ExprKind::Undefined, node.span);
        }
        let op = match node.op {
            ast::UnaryOp::Minus => UnaryOp::Minus,
            ast::UnaryOp::Plus => UnaryOp::Plus,
            ast::UnaryOp::Bang => UnaryOp::Not,
            ast::UnaryOp::Tilde => UnaryOp::BitNot,
            ast::UnaryOp::TypeOf => UnaryOp::TypeOf,
            ast::UnaryOp::Void => UnaryOp::Void,
            ast::UnaryOp::Delete => UnaryOp::Delete,
        };
        let operand = self.expr(&node.arg);
        self.push(ExprKind::Unary(op, operand), node.span)
    }

    pub(super) fn binary(&mut self, node: &ast::BinExpr) -> ExprId {
        let left = self.expr(&node.left);
        let op = match node.op {
            ast::BinaryOp::LogicalAnd => return self.logical(LogicalOp::And, left, &node.right, node.span),
            ast::BinaryOp::LogicalOr => return self.logical(LogicalOp::Or, left, &node.right, node.span),
            ast::BinaryOp::NullishCoalescing => return self.logical(LogicalOp::Nullish, left, &node.right, node.span),
            ast::BinaryOp::EqEq => BinaryOp::Eq,
            ast::BinaryOp::NotEq => BinaryOp::NotEq,
            ast::BinaryOp::EqEqEq => BinaryOp::StrictEq,
            ast::BinaryOp::NotEqEq => BinaryOp::StrictNotEq,
            ast::BinaryOp::Lt => BinaryOp::Less,
            ast::BinaryOp::LtEq => BinaryOp::LessEq,
            ast::BinaryOp::Gt => BinaryOp::Greater,
            ast::BinaryOp::GtEq => BinaryOp::GreaterEq,
            ast::BinaryOp::Add => BinaryOp::Add,
            ast::BinaryOp::Sub => BinaryOp::Sub,
            ast::BinaryOp::Mod => BinaryOp::Mod,
            ast::BinaryOp::In => BinaryOp::In,
            ast::BinaryOp::InstanceOf => BinaryOp::InstanceOf,
            _ => BinaryOp::Other,
        };
        let right = self.expr(&node.right);
        self.push(ExprKind::Binary(op, left, right), node.span)
    }

    /// The right operand gets a block of its own where it matters whether it runs.
    fn logical(&mut self, op: LogicalOp, left: ExprId, right: &ast::Expr, span: swc_common::Span) -> ExprId {
        if !has_effect(right) {
            let right = self.expr(right);
            return self.push(ExprKind::Logical(op, left, right), span);
        }
        let (taken, skipped) = conditions(op, left);
        let right_block = self.new_block();
        let join = self.new_block();
        self.edge(join, skipped);
        self.go(right_block, taken);
        let right = self.expr(right);
        self.go(join, When::Always);
        self.push(ExprKind::Logical(op, left, right), span)
    }

    /// `value ?? default`, as a pattern or a parameter has it.
    pub(super) fn defaulted(&mut self, value: ExprId, default: &ast::Expr) -> ExprId {
        use swc_common::Spanned;
        self.logical(LogicalOp::Nullish, value, default, default.span())
    }

    /// The default in what [`Self::defaulted`] made.
    pub(super) fn default_of(&self, value: ExprId) -> Option<ExprId> {
        match self.ir.kind(value) {
            ExprKind::Logical(LogicalOp::Nullish, _, default) => Some(default),
            _ => None,
        }
    }

    pub(super) fn conditional(&mut self, node: &ast::CondExpr) -> ExprId {
        let test = self.expr(&node.test);
        if !has_effect(&node.cons) && !has_effect(&node.alt) {
            let consequent = self.expr(&node.cons);
            let alternative = self.expr(&node.alt);
            return self.push(ExprKind::Conditional(test, consequent, alternative), node.span);
        }
        let [on_true, on_false, join] = [(); 3].map(|()| self.new_block());
        self.edge(on_false, When::False(test));
        self.go(on_true, When::True(test));
        let consequent = self.expr(&node.cons);
        self.edge(join, When::Always);
        self.frame.block = on_false;
        let alternative = self.expr(&node.alt);
        self.go(join, When::Always);
        self.push(ExprKind::Conditional(test, consequent, alternative), node.span)
    }

    pub(super) fn assign(&mut self, node: &ast::AssignExpr) -> ExprId {
        let op = match node.op {
            ast::AssignOp::Assign => AssignOp::Set,
            ast::AssignOp::AddAssign => AssignOp::Add,
            ast::AssignOp::SubAssign => AssignOp::Sub,
            ast::AssignOp::AndAssign => return self.logical_assign(LogicalOp::And, AssignOp::And, node),
            ast::AssignOp::OrAssign => return self.logical_assign(LogicalOp::Or, AssignOp::Or, node),
            ast::AssignOp::NullishAssign => return self.logical_assign(LogicalOp::Nullish, AssignOp::Nullish, node),
            _ => AssignOp::Other,
        };
        match &node.left {
            ast::AssignTarget::Simple(target) => {
                let target = self.assign_target(target);
                let value = self.expr(&node.right);
                self.push(ExprKind::Assign { op, target, value }, node.span)
            }
            ast::AssignTarget::Pat(pattern) => {
                let value = self.expr(&node.right);
                self.assign_pattern(pattern, value);
                self.value = value;
                value
            }
        }
    }

    /// The assignment itself happens only where the left side lets it.
    fn logical_assign(&mut self, op: LogicalOp, assign: AssignOp, node: &ast::AssignExpr) -> ExprId {
        let ast::AssignTarget::Simple(target) = &node.left else { return self.push(ExprKind::Other, node.span) };
        let target = self.assign_target(target);
        let (taken, skipped) = conditions(op, target);
        let right_block = self.new_block();
        let join = self.new_block();
        self.edge(join, skipped);
        self.go(right_block, taken);
        let value = self.expr(&node.right);
        let id = self.push(ExprKind::Assign { op: assign, target, value }, node.span);
        self.go(join, When::Always);
        id
    }

    fn assign_target(&mut self, target: &ast::SimpleAssignTarget) -> ExprId {
        match target {
            ast::SimpleAssignTarget::Ident(name) => self.ident(&name.id),
            ast::SimpleAssignTarget::Member(member) => self.member(member, false, member.span),
            ast::SimpleAssignTarget::SuperProp(member) => self.super_property(member),
            ast::SimpleAssignTarget::Paren(inner) => self.expr(&inner.expr),
            ast::SimpleAssignTarget::OptChain(chain) => {
                use swc_ecma_visit::VisitWith;
                chain.visit_with(self);
                self.value
            }
            ast::SimpleAssignTarget::TsAs(inner) => self.expr(&inner.expr),
            ast::SimpleAssignTarget::TsSatisfies(inner) => self.expr(&inner.expr),
            ast::SimpleAssignTarget::TsNonNull(inner) => self.expr(&inner.expr),
            ast::SimpleAssignTarget::TsTypeAssertion(inner) => self.expr(&inner.expr),
            ast::SimpleAssignTarget::TsInstantiation(inner) => self.expr(&inner.expr),
            ast::SimpleAssignTarget::Invalid(invalid) => self.push(ExprKind::Other, invalid.span),
        }
    }

    pub(super) fn member(&mut self, node: &ast::MemberExpr, optional: bool, span: swc_common::Span) -> ExprId {
        let object = self.expr(&node.obj);
        match &node.prop {
            ast::MemberProp::Ident(name) => {
                let property = self.name(&name.sym);
                self.push(ExprKind::Member { object, property, optional }, span)
            }
            ast::MemberProp::PrivateName(name) => {
                let property = self.private_name(name);
                self.push(ExprKind::Member { object, property, optional }, span)
            }
            ast::MemberProp::Computed(computed) => self.computed(object, &computed.expr, optional, span),
        }
    }

    pub(super) fn super_property(&mut self, node: &ast::SuperPropExpr) -> ExprId {
        let object = self.push(ExprKind::Super, node.obj.span);
        match &node.prop {
            ast::SuperProp::Ident(name) => {
                let property = self.name(&name.sym);
                self.push(ExprKind::Member { object, property, optional: false }, node.span)
            }
            ast::SuperProp::Computed(computed) => self.computed(object, &computed.expr, false, node.span),
        }
    }

    /// `object[index]`: a member if the index is a literal.
    pub(super) fn computed(&mut self, object: ExprId, index: &ast::Expr, optional: bool, span: swc_common::Span) -> ExprId {
        if let Some(property) = self.literal_name(index) {
            return self.push(ExprKind::Member { object, property, optional }, span);
        }
        let index = self.expr(index);
        self.push(ExprKind::Index { object, index }, span)
    }

    pub(super) fn call(&mut self, node: &ast::CallExpr) -> ExprId {
        let callee = match &node.callee {
            ast::Callee::Super(callee) => self.push(ExprKind::Super, callee.span),
            ast::Callee::Import(_) => return self.import_call(node),
            ast::Callee::Expr(callee) => self.callee(callee),
        };
        let args = self.args(&node.args);
        self.push(ExprKind::Call { callee, args, optional: false }, node.span)
    }

    pub(super) fn optional_call(&mut self, node: &ast::OptCall, optional: bool, span: swc_common::Span) -> ExprId {
        let callee = self.callee(&node.callee);
        let args = self.args(&node.args);
        self.push(ExprKind::Call { callee, args, optional }, span)
    }

    fn import_call(&mut self, node: &ast::CallExpr) -> ExprId {
        let mut module = None;
        for arg in &node.args {
            let arg = self.expr(&arg.expr);
            module = module.or(Some(arg));
        }
        let kind = module.map_or(ExprKind::Other, ExprKind::ImportCall);
        self.push(kind, node.span)
    }

    pub(super) fn construct(&mut self, node: &ast::NewExpr) -> ExprId {
        let callee = self.callee(&node.callee);
        let args = self.args(node.args.as_deref().unwrap_or_default());
        self.push(ExprKind::New { callee, args }, node.span)
    }

    /// What is called: `(0, module.f)()`, as compilers write it to drop `this`, calls `module.f`.
    fn callee(&mut self, node: &ast::Expr) -> ExprId {
        if let ast::Expr::Paren(paren) = node
            && let ast::Expr::Seq(sequence) = &*paren.expr
            && let [first, last] = sequence.exprs.as_slice()
            && matches!(**first, ast::Expr::Lit(_))
            && matches!(**last, ast::Expr::Member(_) | ast::Expr::Ident(_))
        {
            return self.expr(last);
        }
        self.expr(node)
    }

    pub(super) fn args(&mut self, args: &[ast::ExprOrSpread]) -> List {
        let mark = self.pending.len();
        for arg in args {
            let arg = self.spreadable(arg);
            self.pending.push(arg);
        }
        self.list_since(mark)
    }

    pub(super) fn spreadable(&mut self, node: &ast::ExprOrSpread) -> ExprId {
        let value = self.expr(&node.expr);
        match node.spread {
            Some(dots) => {
                let span = self.span(dots).to(self.ir.span(value));
                self.push_at(ExprKind::Spread(value), span)
            }
            None => value,
        }
    }
}

/// When the right operand runs, and when it does not.
fn conditions(op: LogicalOp, left: ExprId) -> (When, When) {
    match op {
        LogicalOp::And => (When::True(left), When::False(left)),
        LogicalOp::Or => (When::False(left), When::True(left)),
        LogicalOp::Nullish => (When::Nullish(left), When::NotNullish(left)),
    }
}

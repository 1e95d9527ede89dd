//! Patterns, taken apart into reads of members.

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::Lowerer;
use crate::{model::ir::*, text::Span};

/// What becomes of the names in a pattern.
#[derive(Clone, Copy)]
pub(super) enum Sink {
    /// They are declared, in a declaration of this span.
    Declare(BindingKind, Span),
    Assign,
}

impl Lowerer<'_> {
    /// Gives each name of a pattern its part of a value.
    pub(super) fn bind(&mut self, pat: &ast::Pat, value: ExprId, sink: Sink) {
        match pat {
            ast::Pat::Ident(name) => self.bind_name(name, value, sink),
            ast::Pat::Array(pattern) => self.bind_array(pattern, value, sink),
            ast::Pat::Object(pattern) => self.bind_object(pattern, value, sink),
            ast::Pat::Assign(pattern) => {
                let value = self.defaulted(value, &pattern.right);
                self.bind(&pattern.left, value, sink);
            }
            ast::Pat::Rest(rest) => self.bind_rest(rest, value, sink),
            ast::Pat::Expr(target) => {
                let target = self.expr(target);
                self.push(ExprKind::Assign { op: AssignOp::Set, target, value }, pat.span());
            }
            ast::Pat::Invalid(_) => {}
        }
    }

    pub(super) fn assign_pattern(&mut self, pattern: &ast::AssignTargetPat, value: ExprId) {
        match pattern {
            ast::AssignTargetPat::Array(pattern) => self.bind_array(pattern, value, Sink::Assign),
            ast::AssignTargetPat::Object(pattern) => self.bind_object(pattern, value, Sink::Assign),
            ast::AssignTargetPat::Invalid(_) => {}
        }
    }

    fn bind_name(&mut self, name: &ast::BindingIdent, value: ExprId, sink: Sink) {
        match sink {
            Sink::Declare(kind, declaration) => {
                let annotation = self.annotation(name.type_ann.as_deref());
                let binding = self.declare(&name.id, kind, declaration, annotation);
                let span = self.ir.bindings[binding.index()].span;
                self.push_at(ExprKind::Init { binding, value }, span);
            }
            Sink::Assign => {
                let target = self.ident(&name.id);
                self.push(ExprKind::Assign { op: AssignOp::Set, target, value }, name.id.span);
            }
        }
    }

    fn bind_array(&mut self, pattern: &ast::ArrayPat, value: ExprId, sink: Sink) {
        for (index, element) in pattern.elems.iter().enumerate() {
            let Some(element) = element else { continue };
            if let ast::Pat::Rest(rest) = element {
                self.bind_rest(rest, value, sink);
                continue;
            }
            let property = self.name_of_number(index as f64);
            let member = self.push(ExprKind::Member { object: value, property, optional: false }, element.span());
            self.bind(element, member, sink);
        }
    }

    fn bind_object(&mut self, pattern: &ast::ObjectPat, value: ExprId, sink: Sink) {
        for prop in &pattern.props {
            match prop {
                ast::ObjectPatProp::KeyValue(pair) => {
                    let span = pair.key.span();
                    let member = match self.prop_key(&pair.key) {
                        PropKey::Name(property) => ExprKind::Member { object: value, property, optional: false },
                        PropKey::Computed(index) => ExprKind::Index { object: value, index },
                        PropKey::None => ExprKind::Other,
                    };
                    let member = self.push(member, span);
                    self.bind(&pair.value, member, sink);
                }
                ast::ObjectPatProp::Assign(short) => {
                    let property = self.name(&short.key.id.sym);
                    let mut member = self.push(ExprKind::Member { object: value, property, optional: false }, short.key.id.span);
                    if let Some(default) = &short.value {
                        member = self.defaulted(member, default);
                    }
                    self.bind_name(&short.key, member, sink);
                }
                ast::ObjectPatProp::Rest(rest) => self.bind_rest(rest, value, sink),
            }
        }
    }

    fn bind_rest(&mut self, rest: &ast::RestPat, value: ExprId, sink: Sink) {
        let value = self.push(ExprKind::Rest(value), rest.span);
        self.bind(&rest.arg, value, sink);
    }

    /// A declarator of `const`, `let`, `var` or `using`.
    pub(super) fn declarator(&mut self, node: &ast::VarDeclarator, kind: BindingKind) {
        let declaration = self.span(node.span);
        match (&node.name, &node.init) {
            (ast::Pat::Ident(name), None) => {
                let annotation = self.annotation(name.type_ann.as_deref());
                self.declare(&name.id, kind, declaration, annotation);
            }
            (ast::Pat::Ident(name), Some(init)) => {
                let value = self.expr(init);
                let annotation = match name.type_ann.as_deref() {
                    Some(annotation) => self.annotation(Some(annotation)),
                    None => self.annotation_of_value(init),
                };
                let binding = self.declare(&name.id, kind, declaration, annotation);
                self.name_class(value, binding);
                self.push_at(ExprKind::Init { binding, value }, declaration);
            }
            (pattern, Some(init)) => {
                let value = self.expr(init);
                self.bind(pattern, value, Sink::Declare(kind, declaration));
            }
            // Only a loop leaves a pattern without a value, and it gives one itself.
            (_, None) => {}
        }
    }

    /// `const A = class {}`: the class is known by that name.
    fn name_class(&mut self, value: ExprId, binding: BindingId) {
        if let ExprKind::Class(class) = self.ir.kind(value) {
            let name = self.ir.bindings[binding.index()].name;
            let class = &mut self.ir.classes[class.index()];
            if class.binding.is_none() {
                class.binding = Some(binding);
                class.name = Some(name);
            }
        }
    }
}

//! JSX.

use swc_ecma_ast as ast;

use super::Lowerer;
use crate::model::ir::*;

impl Lowerer<'_> {
    pub(super) fn jsx_element(&mut self, node: &ast::JSXElement) -> ExprId {
        let tag = self.jsx_tag(&node.opening.name);
        let mark = self.pending_props.len();
        for attr in &node.opening.attrs {
            let prop = match attr {
                ast::JSXAttrOrSpread::JSXAttr(attr) => self.jsx_attr(attr),
                ast::JSXAttrOrSpread::SpreadElement(spread) => {
                    let value = self.expr(&spread.expr);
                    let span = self.span(spread.dot3_token).to(self.ir.span(value));
                    Prop { kind: PropKind::Spread, key: PropKey::None, value, span }
                }
            };
            self.pending_props.push(prop);
        }
        let props = self.props_since(mark);
        let children = self.jsx_children(&node.children);
        self.push(ExprKind::Jsx { tag, props, children }, node.span)
    }

    pub(super) fn jsx_fragment(&mut self, node: &ast::JSXFragment) -> ExprId {
        let tag = self.push(ExprKind::Other, node.opening.span);
        let children = self.jsx_children(&node.children);
        self.push(ExprKind::Jsx { tag, props: List::default(), children }, node.span)
    }

    fn jsx_children(&mut self, children: &[ast::JSXElementChild]) -> List {
        let mark = self.pending.len();
        for child in children {
            let child = match child {
                ast::JSXElementChild::JSXText(_) => continue,
                ast::JSXElementChild::JSXExprContainer(container) => match &container.expr {
                    ast::JSXExpr::JSXEmptyExpr(_) => continue,
                    ast::JSXExpr::Expr(child) => self.expr(child),
                },
                ast::JSXElementChild::JSXSpreadChild(child) => {
                    let value = self.expr(&child.expr);
                    self.push(ExprKind::Spread(value), child.span)
                }
                ast::JSXElementChild::JSXElement(child) => self.jsx_element(child),
                ast::JSXElementChild::JSXFragment(child) => self.jsx_fragment(child),
            };
            self.pending.push(child);
        }
        self.list_since(mark)
    }

    fn jsx_attr(&mut self, node: &ast::JSXAttr) -> Prop {
        let key = match &node.name {
            ast::JSXAttrName::Ident(name) => self.name(&name.sym),
            ast::JSXAttrName::JSXNamespacedName(name) => self.jsx_namespaced_name(name),
        };
        let value = match &node.value {
            None => self.push(ExprKind::Bool(true), node.span),
            Some(ast::JSXAttrValue::Str(text)) => {
                let name = self.name_of_string(&text.value);
                self.push(ExprKind::String(name), text.span)
            }
            Some(ast::JSXAttrValue::JSXExprContainer(container)) => match &container.expr {
                ast::JSXExpr::JSXEmptyExpr(empty) => self.push(ExprKind::Other, empty.span),
                ast::JSXExpr::Expr(value) => self.expr(value),
            },
            Some(ast::JSXAttrValue::JSXElement(element)) => self.jsx_element(element),
            Some(ast::JSXAttrValue::JSXFragment(fragment)) => self.jsx_fragment(fragment),
        };
        Prop { kind: PropKind::Value, key: PropKey::Name(key), value, span: self.span(node.span) }
    }

    /// An element of the page is a string, a component what its name refers to.
    fn jsx_tag(&mut self, node: &ast::JSXElementName) -> ExprId {
        match node {
            ast::JSXElementName::Ident(name) if is_intrinsic(&name.sym) => {
                let text = self.name(&name.sym);
                self.push(ExprKind::String(text), name.span)
            }
            ast::JSXElementName::Ident(name) => self.jsx_reference(name),
            ast::JSXElementName::JSXMemberExpr(member) => self.jsx_member(member),
            ast::JSXElementName::JSXNamespacedName(name) => self.jsx_namespaced(name),
        }
    }

    fn jsx_reference(&mut self, name: &ast::Ident) -> ExprId {
        if &*name.sym == "this" { self.push(ExprKind::This, name.span) } else { self.ident(name) }
    }

    pub(super) fn jsx_member(&mut self, node: &ast::JSXMemberExpr) -> ExprId {
        let object = match &node.obj {
            ast::JSXObject::JSXMemberExpr(object) => self.jsx_member(object),
            ast::JSXObject::Ident(name) => self.jsx_reference(name),
        };
        let property = self.name(&node.prop.sym);
        self.push(ExprKind::Member { object, property, optional: false }, node.span)
    }

    pub(super) fn jsx_namespaced(&mut self, node: &ast::JSXNamespacedName) -> ExprId {
        let name = self.jsx_namespaced_name(node);
        self.push(ExprKind::String(name), node.span)
    }

    fn jsx_namespaced_name(&mut self, node: &ast::JSXNamespacedName) -> NameId {
        self.name_of_text(&format!("{}:{}", node.ns.sym, node.name.sym))
    }
}

fn is_intrinsic(name: &str) -> bool {
    name != "this" && (name.starts_with(|first: char| first.is_ascii_lowercase()) || name.contains('-'))
}

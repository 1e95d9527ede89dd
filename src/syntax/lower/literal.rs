//! Literals, templates, arrays and object literals.

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::{
    Lowerer,
    function::{Body, Head},
};
use crate::{model::ir::*, text::Span};

impl Lowerer<'_> {
    pub(super) fn literal(&mut self, node: &ast::Lit) -> ExprId {
        let kind = match node {
            ast::Lit::Str(text) => ExprKind::String(self.name_of_string(&text.value)),
            ast::Lit::Bool(value) => ExprKind::Bool(value.value),
            ast::Lit::Null(_) => ExprKind::Null,
            ast::Lit::Num(value) => ExprKind::Number(value.value),
            ast::Lit::BigInt(_) => ExprKind::BigInt,
            ast::Lit::Regex(_) => ExprKind::Regex,
            ast::Lit::JSXText(_) => ExprKind::Other,
        };
        self.push(kind, node.span())
    }

    pub(super) fn template_parts(&mut self, node: &ast::Tpl) -> List {
        let mark = self.pending.len();
        let mut exprs = node.exprs.iter();
        for quasi in &node.quasis {
            if !quasi.raw.is_empty() {
                let name = match &quasi.cooked {
                    Some(cooked) => self.name_of_string(cooked),
                    None => self.name(&quasi.raw),
                };
                let part = self.push(ExprKind::String(name), quasi.span);
                self.pending.push(part);
            }
            if let Some(part) = exprs.next() {
                let part = self.expr(part);
                self.pending.push(part);
            }
        }
        self.list_since(mark)
    }

    pub(super) fn array(&mut self, node: &ast::ArrayLit) -> ExprId {
        let mark = self.pending.len();
        for element in &node.elems {
            let element = match element {
                Some(element) => self.spreadable(element),
                None => self.push(ExprKind::Undefined, node.span.shrink_to_lo()),
            };
            self.pending.push(element);
        }
        let list = self.list_since(mark);
        self.push(ExprKind::Array(list), node.span)
    }

    pub(super) fn object(&mut self, node: &ast::ObjectLit) -> ExprId {
        let object = ObjectId(self.ir.objects.len() as u32);
        self.ir.objects.push(ExprId(0));
        let mark = self.pending_props.len();
        for prop in &node.props {
            let prop = match prop {
                ast::PropOrSpread::Spread(spread) => {
                    let value = self.expr(&spread.expr);
                    let span = self.span(spread.dot3_token).to(self.ir.span(value));
                    Prop { kind: PropKind::Spread, key: PropKey::None, value, span }
                }
                ast::PropOrSpread::Prop(prop) => self.prop(prop, object),
            };
            self.pending_props.push(prop);
        }
        let props = self.props_since(mark);
        let id = self.push(ExprKind::Object { object, props }, node.span);
        self.ir.objects[object.index()] = id;
        id
    }

    fn prop(&mut self, node: &ast::Prop, object: ObjectId) -> Prop {
        let span = self.span(node.span());
        match node {
            ast::Prop::Shorthand(name) => {
                let value = self.ident(name);
                let key = PropKey::Name(self.name(&name.sym));
                Prop { kind: PropKind::Shorthand, key, value, span }
            }
            ast::Prop::KeyValue(pair) => {
                let key = self.prop_key(&pair.key);
                let value = self.expr(&pair.value);
                Prop { kind: PropKind::Value, key, value, span }
            }
            ast::Prop::Assign(pair) => {
                let key = PropKey::Name(self.name(&pair.key.sym));
                let value = self.expr(&pair.value);
                Prop { kind: PropKind::Value, key, value, span }
            }
            ast::Prop::Getter(getter) => self.method_prop(PropKind::Getter, &getter.key, &getter.function, object, getter.span),
            ast::Prop::Setter(setter) => self.method_prop(PropKind::Setter, &setter.key, &setter.function, object, setter.span),
            ast::Prop::Method(method) => self.method_prop(PropKind::Method, &method.key, &method.function, object, node.span()),
        }
    }

    fn method_prop(
        &mut self,
        kind: PropKind,
        key: &ast::PropName,
        function: &ast::Function,
        object: ObjectId,
        span: swc_common::Span,
    ) -> Prop {
        let key_span = self.span(key.span());
        let key = self.prop_key(key);
        let function_kind = match kind {
            PropKind::Getter => FunctionKind::Getter,
            PropKind::Setter => FunctionKind::Setter,
            _ => FunctionKind::Method,
        };
        let value = match &function.body {
            Some(body) => {
                let mut head = Head::new(function_kind, self.span(span));
                head.name = named(key, key_span);
                head.member_of = MemberOf::Object(object);
                head.is_async = function.is_async;
                head.is_generator = function.is_generator;
                self.type_params(function.type_params.as_deref());
                let function = self.function(head, &function.params, Body::Block(body));
                self.closure(function, span)
            }
            None => self.push(ExprKind::Other, span),
        };
        Prop { kind, key, value, span: self.span(span) }
    }

    pub(super) fn prop_key(&mut self, key: &ast::PropName) -> PropKey {
        match key {
            ast::PropName::Ident(name) => PropKey::Name(self.name(&name.sym)),
            ast::PropName::Str(text) => PropKey::Name(self.name_of_string(&text.value)),
            ast::PropName::Num(number) => PropKey::Name(self.name_of_number(number.value)),
            ast::PropName::BigInt(number) => {
                let text = number.value.to_string();
                PropKey::Name(self.name_of_text(&text))
            }
            ast::PropName::Computed(computed) => match self.literal_name(&computed.expr) {
                Some(name) => PropKey::Name(name),
                None => PropKey::Computed(self.expr(&computed.expr)),
            },
        }
    }

    /// The property that a literal names in `object[literal]`.
    pub(super) fn literal_name(&mut self, node: &ast::Expr) -> Option<NameId> {
        match node {
            ast::Expr::Lit(ast::Lit::Str(text)) => Some(self.name_of_string(&text.value)),
            ast::Expr::Lit(ast::Lit::Num(number)) => Some(self.name_of_number(number.value)),
            ast::Expr::Tpl(template) => match (template.exprs.as_slice(), template.quasis.as_slice()) {
                ([], [quasi]) => quasi.cooked.as_ref().map(|text| self.name_of_string(text)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn name_of_number(&mut self, number: f64) -> NameId {
        self.name_of_text(&number.to_string())
    }
}

/// The name of a method, from its key.
pub(super) fn named(key: PropKey, span: Span) -> Option<(NameId, Span)> {
    match key {
        PropKey::Name(name) => Some((name, span)),
        PropKey::Computed(_) | PropKey::None => None,
    }
}

//! Classes and their members.

use std::mem;

use swc_common::{BytePos, Spanned};
use swc_ecma_ast as ast;

use super::{
    Frame, Lowerer,
    function::{Body, Head},
    literal::named,
};
use crate::{model::ir::*, text::Span};

/// The bodies in which field initialisers run, made when the first of them is seen.
#[derive(Default)]
struct Initialisers {
    instance: Option<Frame>,
    statics: Option<Frame>,
}

/// What all kinds of fields have.
struct Field<'a> {
    key: PropKey,
    key_span: Span,
    value: Option<&'a ast::Expr>,
    annotation: Option<&'a ast::TsTypeAnn>,
    is_static: bool,
    is_private: bool,
    decorators: &'a [ast::Decorator],
    span: swc_common::Span,
}

/// What all kinds of methods have.
struct Method<'a> {
    key: PropKey,
    key_span: Span,
    function: &'a ast::Function,
    kind: ast::MethodKind,
    is_static: bool,
    is_private: bool,
    span: swc_common::Span,
}

impl Lowerer<'_> {
    pub(super) fn class_expression(&mut self, node: &ast::ClassExpr) -> ExprId {
        let outer = self.frame.scope;
        let id = ClassId(self.ir.classes.len() as u32);
        let mut binding = None;
        if let Some(name) = &node.ident {
            self.frame.scope = self.new_scope(Some(outer), self.frame.function);
            let declaration = self.span(node.class.span);
            binding = Some(self.declare(name, BindingKind::Class(id), declaration, None));
        }
        self.class(&node.class, node.ident.as_ref(), binding);
        self.frame.scope = outer;
        let expr = self.push(ExprKind::Class(id), node.class.span);
        self.ir.classes[id.index()].expr = Some(expr);
        expr
    }

    pub(super) fn class_declaration(&mut self, name: &ast::Ident, class: &ast::Class) -> BindingId {
        let id = ClassId(self.ir.classes.len() as u32);
        let declaration = self.span(class.span);
        let binding = self.declare(name, BindingKind::Class(id), declaration, None);
        self.class(class, Some(name), Some(binding));
        binding
    }

    fn class(&mut self, node: &ast::Class, name: Option<&ast::Ident>, binding: Option<BindingId>) {
        let id = ClassId(self.ir.classes.len() as u32);
        self.ir.classes.push(Class {
            expr: None,
            binding,
            name: None,
            base: None,
            members: Vec::new(),
            decorators: Vec::new(),
            implements: Vec::new(),
            scope: self.frame.scope,
            block: self.frame.block,
            span: self.span(node.span),
            body: self.class_body(node, name),
        });
        self.type_params(node.type_params.as_deref());
        let name = name.map(|name| self.name(&name.sym));
        let decorators = self.decorators(&node.decorators);
        let base = node.super_class.as_ref().map(|base| self.expr(base));
        let implements = node.implements.iter().filter_map(|one| super::types::dotted_callee(&one.expr)).collect::<Vec<_>>();
        let implements = implements.iter().map(|name| self.name_of_text(name)).collect();
        let mut initialisers = Initialisers::default();
        let mut members = Vec::with_capacity(node.body.len());
        for member in &node.body {
            self.class_member(id, member, &mut members, &mut initialisers);
        }
        for frame in [initialisers.instance, initialisers.statics].into_iter().flatten() {
            self.in_frame(frame, Self::finish_function);
        }
        let block = self.frame.block;
        let class = &mut self.ir.classes[id.index()];
        class.name = name;
        class.decorators = decorators;
        class.implements = implements;
        class.base = base;
        class.members = members;
        class.block = block;
    }

    fn class_member(&mut self, class: ClassId, node: &ast::ClassMember, members: &mut Vec<Member>, initialisers: &mut Initialisers) {
        match node {
            ast::ClassMember::Constructor(constructor) => members.extend(self.constructor(class, constructor)),
            ast::ClassMember::Method(method) => {
                let (function, kind, is_static, span) = (&*method.function, method.kind, method.is_static, method.span);
                let (key, key_span) = (self.prop_key(&method.key), self.span(method.key.span()));
                let is_private = is_private(method.accessibility);
                members.extend(self.method(class, Method { key, key_span, function, kind, is_static, is_private, span }));
            }
            ast::ClassMember::PrivateMethod(method) => {
                let (function, kind, is_static, span) = (&*method.function, method.kind, method.is_static, method.span);
                let (key, key_span) = (PropKey::Name(self.private_name(&method.key)), self.span(method.key.span));
                members.extend(self.method(class, Method { key, key_span, function, kind, is_static, is_private: true, span }));
            }
            ast::ClassMember::StaticBlock(block) => self.static_block(class, &block.body, initialisers),
            ast::ClassMember::TsIndexSignature(_) | ast::ClassMember::Empty(_) => {}
            ast::ClassMember::ClassProp(_) | ast::ClassMember::PrivateProp(_) | ast::ClassMember::AutoAccessor(_) => {
                let field = self.field_parts(node);
                members.extend(field.map(|field| self.field(class, &field, initialisers)));
            }
        }
    }

    fn field_parts<'n>(&mut self, node: &'n ast::ClassMember) -> Option<Field<'n>> {
        Some(match node {
            ast::ClassMember::ClassProp(prop) => Field {
                key: self.prop_key(&prop.key),
                key_span: self.span(prop.key.span()),
                value: prop.value.as_deref(),
                annotation: prop.type_ann.as_deref(),
                is_static: prop.is_static,
                is_private: is_private(prop.accessibility),
                decorators: &prop.decorators,
                span: prop.span,
            },
            ast::ClassMember::PrivateProp(prop) => Field {
                key: PropKey::Name(self.private_name(&prop.key)),
                key_span: self.span(prop.key.span),
                value: prop.value.as_deref(),
                annotation: prop.type_ann.as_deref(),
                is_static: prop.is_static,
                is_private: true,
                decorators: &prop.decorators,
                span: prop.span,
            },
            ast::ClassMember::AutoAccessor(prop) => Field {
                key: match &prop.key {
                    ast::Key::Private(name) => PropKey::Name(self.private_name(name)),
                    ast::Key::Public(name) => self.prop_key(name),
                },
                key_span: self.span(prop.key.span()),
                value: prop.value.as_deref(),
                annotation: prop.type_ann.as_deref(),
                is_static: prop.is_static,
                is_private: is_private(prop.accessibility) || matches!(prop.key, ast::Key::Private(_)),
                decorators: &prop.decorators,
                span: prop.span,
            },
            _ => return None,
        })
    }

    fn field(&mut self, class: ClassId, field: &Field<'_>, initialisers: &mut Initialisers) -> Member {
        let decorators = self.decorators(field.decorators);
        let mut annotation = self.annotation(field.annotation);
        let mut value = None;
        if let Some(node) = field.value {
            annotation = annotation.or_else(|| self.annotation_of_value(node));
            self.initialise(class, field.is_static, initialisers, |this| value = Some(this.expr(node)));
        }
        Member {
            kind: MemberKind::Field,
            key: field.key,
            key_span: field.key_span,
            is_static: field.is_static,
            is_private: field.is_private,
            function: None,
            value,
            annotation,
            decorators,
            span: self.span(field.span),
        }
    }

    /// Runs `body` in the function that holds a class's instance or static initialisers.
    fn initialise(&mut self, class: ClassId, is_static: bool, initialisers: &mut Initialisers, body: impl FnOnce(&mut Self)) {
        let slot = if is_static { &mut initialisers.statics } else { &mut initialisers.instance };
        let frame = mem::take(slot).unwrap_or_else(|| {
            let (kind, member_of) = if is_static {
                (FunctionKind::StaticInit, MemberOf::Static(class))
            } else {
                (FunctionKind::FieldInit, MemberOf::Instance(class))
            };
            let mut head = Head::new(kind, self.ir.classes[class.index()].body);
            head.member_of = member_of;
            self.new_function(head)
        });
        *slot = Some(self.in_frame(frame, body));
    }

    fn static_block(&mut self, class: ClassId, node: &ast::BlockStmt, initialisers: &mut Initialisers) {
        self.initialise(class, true, initialisers, |this| {
            let (scope, var_scope) = (this.frame.scope, this.frame.var_scope);
            this.frame.scope = this.new_scope(Some(scope), this.frame.function);
            this.frame.var_scope = this.frame.scope;
            this.frame.list_start = this.frame.block;
            this.stmt_list(&node.stmts);
            (this.frame.scope, this.frame.var_scope) = (scope, var_scope);
        });
    }

    /// A method or accessor; none for an overload signature or an abstract one.
    fn method(&mut self, class: ClassId, method: Method<'_>) -> Option<Member> {
        let body = method.function.body.as_ref()?;
        let (kind, function_kind) = match method.kind {
            ast::MethodKind::Method => (MemberKind::Method, FunctionKind::Method),
            ast::MethodKind::Getter => (MemberKind::Getter, FunctionKind::Getter),
            ast::MethodKind::Setter => (MemberKind::Setter, FunctionKind::Setter),
        };
        let decorators = self.decorators(&method.function.decorators);
        let span = self.span(method.span);
        let mut head = Head::new(function_kind, span);
        head.name = named(method.key, method.key_span);
        head.member_of = if method.is_static { MemberOf::Static(class) } else { MemberOf::Instance(class) };
        head.is_async = method.function.is_async;
        head.is_generator = method.function.is_generator;
        self.type_params(method.function.type_params.as_deref());
        let function = self.function(head, &method.function.params, Body::Block(body));
        Some(Member {
            kind,
            key: method.key,
            key_span: method.key_span,
            is_static: method.is_static,
            is_private: method.is_private,
            function: Some(function),
            value: None,
            annotation: None,
            decorators,
            span,
        })
    }

    fn constructor(&mut self, class: ClassId, node: &ast::Constructor) -> Option<Member> {
        let body = node.body.as_ref()?;
        let span = self.span(node.span);
        let key_span = self.span(node.key.span());
        let key = self.prop_key(&node.key);
        let mut head = Head::new(FunctionKind::Constructor, span);
        head.name = named(key, key_span);
        head.member_of = MemberOf::Instance(class);
        let function = self.function(head, &node.params, Body::Block(body));
        Some(Member {
            kind: MemberKind::Constructor,
            key,
            key_span,
            is_static: false,
            is_private: is_private(node.accessibility),
            function: Some(function),
            value: None,
            annotation: None,
            decorators: Vec::new(),
            span,
        })
    }

    /// swc does not say where the body of a class begins: it is the first brace behind its head.
    fn class_body(&self, node: &ast::Class, name: Option<&ast::Ident>) -> Span {
        let parts = [
            name.map(|name| name.span),
            node.decorators.last().map(|decorator| decorator.span),
            node.type_params.as_ref().map(|params| params.span),
            node.super_class.as_ref().map(|base| base.span()),
            node.super_type_params.as_ref().map(|params| params.span),
            node.implements.last().map(|implemented| implemented.span),
        ];
        let head_end = parts.into_iter().flatten().map(|span| span.hi).max().unwrap_or(BytePos(0)).max(node.span.lo);
        let head_end = head_end.0.saturating_sub(1);
        let whole = self.span(node.span);
        let rest = (head_end.saturating_sub(self.base)) as usize..(whole.end.saturating_sub(self.base)) as usize;
        let open = self.text.get(rest).and_then(|text| first_brace(text.as_bytes())).unwrap_or(0);
        Span::new(head_end + open as u32, whole.end)
    }
}

/// The first `{` that is not in a comment.
fn first_brace(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let rest = text.get(at..)?;
        at += match byte {
            b'{' => return Some(at),
            b'/' if rest.starts_with(b"//") => memchr::memchr2(b'\n', b'\r', rest)?,
            b'/' if rest.starts_with(b"/*") => memchr::memmem::find(rest, b"*/")? + 2,
            _ => 1,
        };
    }
    None
}

/// The word `private`, which TypeScript holds a program to.
fn is_private(accessibility: Option<ast::Accessibility>) -> bool {
    accessibility == Some(ast::Accessibility::Private)
}

//! Functions, methods, arrows and their parameters.

use std::mem;

use swc_common::Spanned;
use swc_ecma_ast as ast;

use super::{Frame, Lowerer, flow::Continuation, pattern::Sink};
use crate::{model::ir::*, text::Span};

/// What is known of a function before its body is lowered.
pub(super) struct Head {
    pub kind: FunctionKind,
    pub name: Option<(NameId, Span)>,
    pub span: Span,
    pub member_of: MemberOf,
    pub is_async: bool,
    pub is_generator: bool,
}

impl Head {
    pub(super) fn new(kind: FunctionKind, span: Span) -> Self {
        Self { kind, name: None, span, member_of: MemberOf::Nothing, is_async: false, is_generator: false }
    }
}

/// One parameter as it is written in any kind of function.
pub(super) struct Parameter<'a> {
    pub pat: PatRef<'a>,
    pub decorators: &'a [ast::Decorator],
    pub is_property: bool,
    pub span: swc_common::Span,
}

#[derive(Clone, Copy)]
pub(super) enum PatRef<'a> {
    Pat(&'a ast::Pat),
    Ident(&'a ast::BindingIdent),
    Assign(&'a ast::AssignPat),
}

impl<'a> From<&'a ast::Param> for Parameter<'a> {
    fn from(param: &'a ast::Param) -> Self {
        Self { pat: PatRef::Pat(&param.pat), decorators: &param.decorators, is_property: false, span: param.span }
    }
}

impl<'a> From<&'a ast::Pat> for Parameter<'a> {
    fn from(pat: &'a ast::Pat) -> Self {
        Self { pat: PatRef::Pat(pat), decorators: &[], is_property: false, span: pat.span() }
    }
}

impl<'a> From<&'a ast::ParamOrTsParamProp> for Parameter<'a> {
    fn from(param: &'a ast::ParamOrTsParamProp) -> Self {
        match param {
            ast::ParamOrTsParamProp::Param(param) => param.into(),
            ast::ParamOrTsParamProp::TsParamProp(property) => Self {
                pat: match &property.param {
                    ast::TsParamPropParam::Ident(ident) => PatRef::Ident(ident),
                    ast::TsParamPropParam::Assign(assign) => PatRef::Assign(assign),
                },
                decorators: &property.decorators,
                is_property: true,
                span: property.span,
            },
        }
    }
}

pub(super) enum Body<'a> {
    Block(&'a ast::FunctionBody),
    Expr(&'a ast::Expr),
}

impl Lowerer<'_> {
    /// Makes a function and the frame in which its body can be lowered.
    pub(super) fn new_function(&mut self, head: Head) -> Frame {
        let id = FnId(self.ir.functions.len() as u32);
        let is_module = head.kind == FunctionKind::Module;
        let parent = (!is_module).then_some(self.frame.function);
        let scope = self.new_scope((!is_module).then_some(self.frame.scope), id);
        let created_in = match head.kind {
            FunctionKind::Module => None,
            FunctionKind::Declaration => Some(self.frame.list_start),
            _ => Some(self.frame.block),
        };
        let [entry, exit, throw_exit] = [0, 1, 2].map(|nth| BlockId(self.ir.blocks.len() as u32 + nth));
        for block in [entry, exit, throw_exit] {
            self.ir.blocks.push(Block { function: id, in_loop: None, in_finally: false, in_catch: false, edges: Default::default() });
            self.live.push(block == entry);
        }
        self.ir.functions.push(Function {
            parent,
            created_in,
            expr: None,
            scope,
            name: head.name.map(|(name, _)| name),
            name_span: head.name.map(|(_, span)| span),
            kind: head.kind,
            member_of: head.member_of,
            is_async: head.is_async,
            is_generator: head.is_generator,
            params: Vec::new(),
            entry,
            exit,
            throw_exit,
            span: head.span,
            body: head.span,
            body_is_expression: false,
            directives: Vec::new(),
            exprs: [self.ir.exprs.len() as u32; 2],
        });
        Frame::new(id, scope, entry)
    }

    /// Closes the current function: its body runs off the end.
    pub(super) fn finish_function(&mut self) {
        self.leave(Continuation::Return);
        self.ir.functions[self.frame.function.index()].exprs[1] = self.ir.exprs.len() as u32;
    }

    /// Runs `body` in a frame and gives the frame back.
    pub(super) fn in_frame(&mut self, mut frame: Frame, body: impl FnOnce(&mut Self)) -> Frame {
        frame.outer_targets = self.targets.len();
        let outer = mem::replace(&mut self.frame, frame);
        body(self);
        mem::replace(&mut self.frame, outer)
    }

    pub(super) fn function<'p, P>(&mut self, head: Head, params: &'p [P], body: Body<'_>) -> FnId
    where
        Parameter<'p>: From<&'p P>,
    {
        // Decorators run where the class is evaluated, not where the function is called.
        let mut decorators = Vec::new();
        if params.iter().any(|param| !Parameter::from(param).decorators.is_empty()) {
            decorators.extend(params.iter().map(|param| self.decorators(Parameter::from(param).decorators)));
        }
        let frame = self.new_function(head);
        let id = frame.function;
        self.in_frame(frame, |this| {
            let mut lowered = Vec::with_capacity(params.len());
            for (index, param) in params.iter().enumerate() {
                let decorators = decorators.get_mut(index).map(mem::take).unwrap_or_default();
                lowered.push(this.param(id, index as u32, &param.into(), decorators));
            }
            this.ir.functions[id.index()].params = lowered;
            this.function_body(id, body);
            this.finish_function();
        });
        id
    }

    fn function_body(&mut self, id: FnId, body: Body<'_>) {
        match body {
            Body::Block(body) => {
                self.ir.functions[id.index()].body = self.span(body.span);
                let rest = self.directives(&body.stmts);
                self.frame.list_start = self.frame.block;
                self.stmt_list(rest);
            }
            Body::Expr(body) => {
                let function = &mut self.ir.functions[id.index()];
                function.body_is_expression = true;
                function.body = Span::new(body.span().lo.0.saturating_sub(1), body.span().hi.0.saturating_sub(1));
                let value = self.expr(body);
                self.push(ExprKind::Return(Some(value)), body.span());
            }
        }
    }

    /// Notes the directives at the start of a body, and gives the statements behind them.
    pub(super) fn directives<'s>(&mut self, stmts: &'s [ast::Stmt]) -> &'s [ast::Stmt] {
        let mut rest = stmts;
        while let [ast::Stmt::Expr(first), others @ ..] = rest
            && let ast::Expr::Lit(ast::Lit::Str(text)) = &*first.expr
        {
            self.directive(text);
            rest = others;
        }
        rest
    }

    pub(super) fn directive(&mut self, text: &ast::Str) {
        let name = self.name_of_string(&text.value);
        self.ir.functions[self.frame.function.index()].directives.push(name);
    }

    fn param(&mut self, function: FnId, index: u32, param: &Parameter<'_>, decorators: Vec<ExprId>) -> Param {
        let (pat, default) = match param.pat {
            PatRef::Pat(ast::Pat::Assign(assign)) | PatRef::Assign(assign) => (PatRef::Pat(&assign.left), Some(&*assign.right)),
            pat => (pat, None),
        };
        let (pat, is_rest, rest_annotation) = match pat {
            PatRef::Pat(ast::Pat::Rest(rest)) => (PatRef::Pat(&rest.arg), true, rest.type_ann.as_deref()),
            pat => (pat, false, None),
        };
        let span = self.span(param.span);
        let mut lowered =
            Param { binding: None, annotation: None, default: None, is_rest, is_property: param.is_property, decorators, span };
        match pat {
            PatRef::Pat(ast::Pat::Ident(name)) | PatRef::Ident(name) => {
                lowered.annotation = self.annotation(rest_annotation.or(name.type_ann.as_deref()));
                lowered.default = default.map(|default| self.expr(default));
                lowered.binding = Some(self.declare(&name.id, BindingKind::Param(function, index), span, lowered.annotation));
            }
            PatRef::Pat(pat) => {
                lowered.annotation = self.annotation(rest_annotation.or(pattern_annotation(pat)));
                let mut value = self.push(ExprKind::Param(index), pat.span());
                if let Some(default) = default {
                    value = self.defaulted(value, default);
                    lowered.default = self.default_of(value);
                }
                self.bind(pat, value, Sink::Declare(BindingKind::Let, span));
            }
            PatRef::Assign(_) => {}
        }
        lowered
    }

    pub(super) fn decorators(&mut self, decorators: &[ast::Decorator]) -> Vec<ExprId> {
        decorators.iter().map(|decorator| self.expr(&decorator.expr)).collect()
    }

    /// A function that is a value.
    pub(super) fn closure(&mut self, function: FnId, span: swc_common::Span) -> ExprId {
        let expr = self.push(ExprKind::Function(function), span);
        self.ir.functions[function.index()].expr = Some(expr);
        expr
    }

    pub(super) fn function_expression(&mut self, node: &ast::FnExpr) -> ExprId {
        let Some(body) = &node.function.body else { return self.push(ExprKind::Other, node.function.span) };
        let mut head = Head::new(FunctionKind::Expression, self.span(node.function.span));
        head.is_async = node.function.is_async;
        head.is_generator = node.function.is_generator;
        self.type_params(node.function.type_params.as_deref());
        let Some(name) = &node.ident else {
            let function = self.function(head, &node.function.params, Body::Block(body));
            return self.closure(function, node.function.span);
        };
        // Only the function itself sees its name.
        head.name = Some((self.name(&name.sym), self.span(name.span)));
        let declaration = head.span;
        let outer = self.frame.scope;
        let own = self.new_scope(Some(outer), self.frame.function);
        self.frame.scope = own;
        let function = self.function(head, &node.function.params, Body::Block(body));
        self.declare(name, BindingKind::Function(function), declaration, None);
        self.ir.scopes[own.index()].function = function;
        self.frame.scope = outer;
        self.closure(function, node.function.span)
    }

    pub(super) fn arrow(&mut self, node: &ast::ArrowExpr) -> ExprId {
        let mut head = Head::new(FunctionKind::Arrow, self.span(node.span));
        head.is_async = node.is_async;
        head.is_generator = node.is_generator;
        let body = match &*node.body {
            ast::ArrowFunctionBody::FunctionBody(body) => Body::Block(body),
            ast::ArrowFunctionBody::Expr(body) => Body::Expr(body),
        };
        self.type_params(node.type_params.as_deref());
        let function = self.function(head, &node.params, body);
        self.closure(function, node.span)
    }

    /// A function declaration; none for an overload signature.
    pub(super) fn function_declaration(&mut self, name: &ast::Ident, function: &ast::Function) -> Option<BindingId> {
        let body = function.body.as_ref()?;
        let mut head = Head::new(FunctionKind::Declaration, self.span(function.span));
        head.name = Some((self.name(&name.sym), self.span(name.span)));
        head.is_async = function.is_async;
        head.is_generator = function.is_generator;
        let declaration = head.span;
        self.type_params(function.type_params.as_deref());
        let id = self.function(head, &function.params, Body::Block(body));
        Some(self.declare(name, BindingKind::Function(id), declaration, None))
    }
}

fn pattern_annotation(pat: &ast::Pat) -> Option<&ast::TsTypeAnn> {
    match pat {
        ast::Pat::Ident(pat) => pat.type_ann.as_deref(),
        ast::Pat::Array(pat) => pat.type_ann.as_deref(),
        ast::Pat::Object(pat) => pat.type_ann.as_deref(),
        ast::Pat::Rest(pat) => pat.type_ann.as_deref(),
        _ => None,
    }
}

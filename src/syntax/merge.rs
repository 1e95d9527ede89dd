//! The script blocks of a component as one program, as its compiler makes of them: a module, in which what runs for each component is a function.

use rustc_hash::FxHashSet;
use swc_common::{DUMMY_SP, Spanned, SyntaxContext};
use swc_ecma_ast as ast;
use swc_ecma_visit::{Visit, VisitWith};

use super::component::Block;

/// A block that was parsed.
pub(super) struct Part {
    pub block: Block,
    pub program: ast::Program,
}

/// `is_named`: whether the markup names something, so that it may be called from there.
pub(super) fn merge(parts: Vec<Part>, is_named: &dyn Fn(&str) -> bool) -> ast::Program {
    let mut module = ast::Module { span: DUMMY_SP, body: Vec::new(), shebang: None };
    for Part { block, program } in parts {
        let items = items(program);
        if block.per_component {
            let span = swc_common::Span::new(position(block.start), position(block.end));
            module.body.extend(setup(items, span, is_named));
        } else {
            module.body.extend(items);
        }
    }
    ast::Program::Module(module)
}

fn position(offset: usize) -> swc_common::BytePos {
    swc_common::BytePos(offset as u32 + 1)
}

fn items(program: ast::Program) -> Vec<ast::ModuleItem> {
    match program {
        ast::Program::Module(module) => module.body,
        ast::Program::Script(script) => script.body.into_iter().map(ast::ModuleItem::Stmt).collect(),
    }
}

/// Imports and re-exports stay in the module, the rest becomes the body of its default export.
fn setup(items: Vec<ast::ModuleItem>, span: swc_common::Span, is_named: &dyn Fn(&str) -> bool) -> Vec<ast::ModuleItem> {
    let mut module = Vec::new();
    let mut stmts = Vec::new();
    for item in items {
        match item {
            ast::ModuleItem::Stmt(stmt) => stmts.push(stmt),
            // Of Svelte: a property of the component.
            ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDecl(export)) => stmts.push(ast::Stmt::Decl(export.decl)),
            ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportNamed(export)) if export.src.is_none() => {}
            decl => module.push(decl),
        }
    }
    let mut awaits = Awaits(false);
    stmts.iter().for_each(|stmt| stmt.visit_with(&mut awaits));
    stmts.extend(handed_out(&stmts, span, is_named));
    let ctxt = SyntaxContext::empty();
    let function = ast::Function {
        params: Vec::new(),
        decorators: Vec::new(),
        span,
        ctxt,
        body: Some(ast::FunctionBody { span, stmts }),
        is_generator: false,
        is_async: awaits.0,
        type_params: None,
        return_type: None,
        this_param: None,
    };
    let decl = ast::DefaultDecl::Fn(ast::FnExpr { ident: None, function: Box::new(function) });
    module.push(ast::ModuleItem::ModuleDecl(ast::ModuleDecl::ExportDefaultDecl(ast::ExportDefaultDecl { span, decl })));
    module
}

/// The functions that the markup names are given out, so that others may call them: `return { start }`.
fn handed_out(stmts: &[ast::Stmt], span: swc_common::Span, is_named: &dyn Fn(&str) -> bool) -> Option<ast::Stmt> {
    let mut names: Vec<&ast::Ident> = Vec::new();
    for stmt in stmts {
        match stmt {
            ast::Stmt::Decl(ast::Decl::Fn(function)) => names.push(&function.ident),
            ast::Stmt::Decl(ast::Decl::Var(declaration)) => names.extend(declaration.decls.iter().filter_map(|declarator| {
                let is_function = matches!(declarator.init.as_deref(), Some(ast::Expr::Arrow(_) | ast::Expr::Fn(_)));
                declarator.name.as_ident().filter(|_| is_function).map(|name| &name.id)
            })),
            _ => {}
        }
    }
    let end = span.shrink_to_hi();
    let props: Vec<ast::PropOrSpread> = names
        .into_iter()
        .filter(|name| is_named(&name.sym))
        .map(|name| ast::PropOrSpread::Prop(Box::new(ast::Prop::Shorthand(ast::Ident { span: end, ..name.clone() }))))
        .collect();
    let object = ast::Expr::Object(ast::ObjectLit { span: end, props });
    let is_some = object.as_object().is_some_and(|it| !it.props.is_empty());
    is_some.then(|| ast::Stmt::Return(ast::ReturnStmt { span: end, arg: Some(Box::new(object)) }))
}

/// The words of a component that stand in none of its scripts.
pub(super) fn words_outside<'a>(blocks: &[Block], text: &'a str) -> FxHashSet<&'a str> {
    let mut blocks: Vec<&Block> = blocks.iter().collect();
    blocks.sort_by_key(|block| block.start);
    let mut words = FxHashSet::default();
    let mut at = 0;
    for end in blocks.iter().map(|block| (block.start, block.end)).chain([(text.len(), text.len())]) {
        let outside = text.get(at..end.0).unwrap_or_default();
        words.extend(outside.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$'))));
        at = end.1;
    }
    words
}

/// Where a program's first statement begins that is no directive.
pub(super) fn first_statement(program: &ast::Program) -> Option<u32> {
    let is_directive = |stmt: &ast::Stmt| matches!(stmt, ast::Stmt::Expr(it) if matches!(&*it.expr, ast::Expr::Lit(ast::Lit::Str(_))));
    let span = match program {
        ast::Program::Module(module) => {
            module.body.iter().find(|item| !matches!(item, ast::ModuleItem::Stmt(stmt) if is_directive(stmt))).map(Spanned::span)
        }
        ast::Program::Script(script) => script.body.iter().find(|stmt| !is_directive(stmt)).map(Spanned::span),
    };
    span.map(|span| span.lo.0.saturating_sub(1))
}

/// Whether something is awaited outside of functions.
struct Awaits(bool);

impl Visit for Awaits {
    fn visit_await_expr(&mut self, _: &ast::AwaitExpr) {
        self.0 = true;
    }

    fn visit_for_of_stmt(&mut self, node: &ast::ForOfStmt) {
        self.0 |= node.is_await;
        node.visit_children_with(self);
    }

    fn visit_function(&mut self, _: &ast::Function) {}

    fn visit_arrow_expr(&mut self, _: &ast::ArrowExpr) {}

    fn visit_class(&mut self, _: &ast::Class) {}
}

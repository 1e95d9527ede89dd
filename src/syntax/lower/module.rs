//! The top level, declarations, imports and exports.

use swc_common::Spanned;
use swc_ecma_ast as ast;
use swc_ecma_visit::VisitWith;

use super::{Lowerer, function::Head};
use crate::model::ir::*;

impl Lowerer<'_> {
    pub(super) fn script(&mut self, stmts: &[ast::Stmt]) {
        let rest = self.directives(stmts);
        self.ir.first_statement = rest.first().map(|first| self.span(first.span()).start);
        self.stmt_list(rest);
    }

    pub(super) fn module(&mut self, items: &[ast::ModuleItem]) {
        let mut rest = items;
        while let [ast::ModuleItem::Stmt(ast::Stmt::Expr(first)), others @ ..] = rest
            && let ast::Expr::Lit(ast::Lit::Str(text)) = &*first.expr
        {
            self.directive(text);
            rest = others;
        }
        self.ir.first_statement = rest.first().map(|first| self.span(first.span()).start);
        self.module_items(rest);
    }

    fn module_items(&mut self, items: &[ast::ModuleItem]) {
        for item in items {
            self.in_list = true;
            item.visit_with(self);
        }
    }

    pub(super) fn decl(&mut self, node: &ast::Decl) {
        match node {
            ast::Decl::Class(decl) if !decl.declare => {
                self.class_declaration(&decl.ident, &decl.class);
            }
            ast::Decl::Fn(decl) if !decl.declare => {
                self.function_declaration(&decl.ident, &decl.function);
            }
            ast::Decl::Var(decl) if !decl.declare => self.var_decl(decl),
            ast::Decl::Using(decl) => {
                for declarator in &decl.decls {
                    self.declarator(declarator, BindingKind::Using);
                }
            }
            ast::Decl::TsEnum(decl) if !decl.declare => self.enumeration(decl),
            ast::Decl::TsModule(decl) if !decl.declare && !decl.global => self.namespace_declaration(decl),
            ast::Decl::TsTypeAlias(alias) => self.type_alias(alias),
            ast::Decl::TsInterface(interface) => self.interface(interface),
            // What is declared but not defined, and other types.
            _ => {}
        }
    }

    fn enumeration(&mut self, node: &ast::TsEnumDecl) {
        let declaration = self.span(node.span);
        self.declare(&node.id, BindingKind::Enum, declaration, None);
        for member in &node.members {
            if let Some(init) = &member.init {
                self.expr(init);
            }
        }
    }

    fn namespace_declaration(&mut self, node: &ast::TsModuleDecl) {
        if let (ast::TsModuleName::Ident(name), Some(body)) = (&node.id, &node.body) {
            self.namespace(name, body, node.span);
        }
    }

    fn namespace(&mut self, name: &ast::Ident, body: &ast::TsNamespaceBody, span: swc_common::Span) {
        let declaration = self.span(span);
        self.declare(name, BindingKind::Namespace, declaration, None);
        let mut head = Head::new(FunctionKind::Namespace, declaration);
        head.name = Some((self.name(&name.sym), self.span(name.span)));
        let frame = self.new_function(head);
        let body_span = self.span(body.span());
        self.ir.functions[frame.function.index()].body = body_span;
        self.in_frame(frame, |this| {
            match body {
                ast::TsNamespaceBody::TsModuleBlock(block) => this.module_items(&block.body),
                ast::TsNamespaceBody::TsNamespaceDecl(inner) => this.namespace(&inner.id, &inner.body, inner.span),
            }
            this.finish_function();
        });
    }

    pub(super) fn module_decl(&mut self, node: &ast::ModuleDecl) {
        self.in_statement(node.span(), |this| match node {
            ast::ModuleDecl::Import(import) => this.import(import),
            ast::ModuleDecl::ExportDecl(export) => this.export_decl(export),
            ast::ModuleDecl::ExportNamed(export) => this.export_named(export),
            ast::ModuleDecl::ExportDefaultDecl(export) => this.export_default(export),
            ast::ModuleDecl::ExportDefaultExpr(export) => this.export_expression(&export.expr, export.span),
            ast::ModuleDecl::ExportAll(export) if !export.type_only => {
                let module = this.name_of_string(&export.src.value);
                this.export(None, Exported::From(module, None), export.span);
            }
            ast::ModuleDecl::TsImportEquals(import) => this.import_equals(import),
            ast::ModuleDecl::TsExportAssignment(export) => this.export_expression(&export.expr, export.span),
            ast::ModuleDecl::ExportAll(_) | ast::ModuleDecl::TsNamespaceExport(_) => {}
        });
    }

    fn import(&mut self, node: &ast::ImportDecl) {
        let module = self.name_of_string(&node.src.value);
        for specifier in &node.specifiers {
            let (local, imported, type_only) = match specifier {
                ast::ImportSpecifier::Named(named) => {
                    let imported = match &named.imported {
                        Some(name) => self.export_name(name),
                        None => self.name(&named.local.sym),
                    };
                    (&named.local, self.imported(imported), named.is_type_only)
                }
                ast::ImportSpecifier::Default(default) => (&default.local, Imported::Default, false),
                ast::ImportSpecifier::Namespace(namespace) => (&namespace.local, Imported::Namespace, false),
            };
            self.import_binding(local, specifier.span(), module, imported, type_only || node.type_only);
        }
    }

    /// `import { default as x }` is a default import.
    fn imported(&self, name: NameId) -> Imported {
        if self.ir.name(name) == "default" { Imported::Default } else { Imported::Named(name) }
    }

    fn import_binding(
        &mut self,
        local: &ast::Ident,
        span: swc_common::Span,
        module: NameId,
        imported: Imported,
        type_only: bool,
    ) -> BindingId {
        let id = ImportId(self.ir.imports.len() as u32);
        let declaration = self.span(span);
        let binding = self.declare(local, BindingKind::Import(id), declaration, None);
        self.ir.imports.push(Import { binding, module, imported, type_only });
        binding
    }

    /// `import x = require('y')`, `import x = a.b`.
    fn import_equals(&mut self, node: &ast::TsImportEqualsDecl) {
        let binding = match &node.module_ref {
            ast::TsModuleRef::TsExternalModuleRef(module) => {
                let module = self.name_of_string(&module.expr.value);
                self.import_binding(&node.id, node.span, module, Imported::Default, node.is_type_only)
            }
            ast::TsModuleRef::TsEntityName(_) if node.is_type_only => return,
            ast::TsModuleRef::TsEntityName(name) => {
                let value = self.entity(name);
                let declaration = self.span(node.span);
                let binding = self.declare(&node.id, BindingKind::Const, declaration, None);
                self.push_at(ExprKind::Init { binding, value }, declaration);
                binding
            }
        };
        if node.is_export {
            self.export_bindings(vec![binding], node.span);
        }
    }

    fn entity(&mut self, name: &ast::TsEntityName) -> ExprId {
        match name {
            ast::TsEntityName::Ident(name) => self.ident(name),
            ast::TsEntityName::TsQualifiedName(qualified) => {
                let object = self.entity(&qualified.left);
                let property = self.name(&qualified.right.sym);
                self.push(ExprKind::Member { object, property, optional: false }, qualified.span)
            }
        }
    }

    /// Names exported from inside of a namespace are no exports of the script.
    fn export(&mut self, name: Option<NameId>, what: Exported, span: swc_common::Span) {
        if self.frame.function == Ir::MODULE {
            let span = self.span(span);
            self.ir.exports.push(Export { name, what, span });
        }
    }

    fn export_bindings(&mut self, bindings: Vec<BindingId>, span: swc_common::Span) {
        for binding in bindings {
            let name = self.ir.bindings[binding.index()].name;
            self.export(Some(name), Exported::Binding(binding), span);
        }
    }

    fn export_decl(&mut self, node: &ast::ExportDecl) {
        let first = self.ir.bindings.len();
        node.decl.visit_with(self);
        let scope = self.frame.scope;
        let declared = self.ir.bindings.iter().enumerate().skip(first).filter(|(_, binding)| binding.scope == scope);
        let declared = declared.map(|(index, _)| BindingId(index as u32)).collect();
        self.export_bindings(declared, node.span);
    }

    fn export_name(&mut self, name: &ast::ModuleExportName) -> NameId {
        match name {
            ast::ModuleExportName::Ident(name) => self.name(&name.sym),
            ast::ModuleExportName::Str(text) => self.name_of_string(&text.value),
        }
    }

    fn export_named(&mut self, node: &ast::NamedExport) {
        if node.type_only {
            return;
        }
        let module = node.src.as_ref().map(|module| self.name_of_string(&module.value));
        for specifier in &node.specifiers {
            match (specifier, module) {
                (ast::ExportSpecifier::Namespace(namespace), Some(module)) => {
                    let name = self.export_name(&namespace.name);
                    self.export(Some(name), Exported::From(module, None), namespace.span);
                }
                (ast::ExportSpecifier::Default(default), Some(module)) => {
                    let name = self.name(&default.exported.sym);
                    let imported = self.name_of_text("default");
                    self.export(Some(name), Exported::From(module, Some(imported)), default.exported.span);
                }
                (ast::ExportSpecifier::Named(named), module) if !named.is_type_only => self.export_specifier(named, module),
                _ => {}
            }
        }
    }

    fn export_specifier(&mut self, node: &ast::ExportNamedSpecifier, module: Option<NameId>) {
        let original = self.export_name(&node.orig);
        let name = match &node.exported {
            Some(name) => self.export_name(name),
            None => original,
        };
        let what = match (module, &node.orig) {
            (Some(module), _) => Exported::From(module, Some(original)),
            (None, ast::ModuleExportName::Ident(local)) => {
                let expr = self.ident(local);
                match self.ir.kind(expr) {
                    ExprKind::Ident(reference) => Exported::Local(reference),
                    _ => Exported::Expr(expr),
                }
            }
            (None, ast::ModuleExportName::Str(_)) => return,
        };
        self.export(Some(name), what, node.span);
    }

    fn export_default(&mut self, node: &ast::ExportDefaultDecl) {
        let what = match &node.decl {
            ast::DefaultDecl::Class(class) => match &class.ident {
                Some(name) => Some(Exported::Binding(self.class_declaration(name, &class.class))),
                None => Some(Exported::Expr(self.class_expression(class))),
            },
            ast::DefaultDecl::Fn(function) => match &function.ident {
                Some(name) => self.function_declaration(name, &function.function).map(Exported::Binding),
                None if function.function.body.is_none() => None,
                None => Some(Exported::Expr(self.function_expression(function))),
            },
            ast::DefaultDecl::TsInterfaceDecl(_) => None,
        };
        if let Some(what) = what {
            let name = self.name_of_text("default");
            self.export(Some(name), what, node.span);
        }
    }

    fn export_expression(&mut self, node: &ast::Expr, span: swc_common::Span) {
        let value = self.expr(node);
        let name = self.name_of_text("default");
        self.export(Some(name), Exported::Expr(value), span);
    }
}

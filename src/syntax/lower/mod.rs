//! From swc's tree to the IR, in one traversal.
//!
//! A visit of an expression leaves its id in [`Lowerer::value`]; a visit of a statement continues in [`Frame::block`] and leaves there the
//! block in which the next statement goes on.

mod awaits;
mod class;
mod effects;
mod expr;
mod flow;
mod function;
mod jsx;
mod literal;
mod loops;
mod module;
mod pattern;
mod stmt;
mod types;
mod visit;

use rustc_hash::{FxBuildHasher, FxHashMap};
use swc_atoms::{Atom, Wtf8Atom};
use swc_ecma_ast as ast;
use swc_ecma_visit::VisitWith;

use self::flow::Target;
use crate::{model::ir::*, text::Span};

/// Turns a program into its IR. `text` is what was parsed and `base` the offset of its first byte in the file.
pub(super) fn lower_program(program: &ast::Program, text: &str, base: u32) -> Ir {
    let mut lowerer = Lowerer::new(text, base);
    program.visit_with(&mut lowerer);
    lowerer.finish_function();
    lowerer.ir.is_module = program.is_module();
    lowerer.ir.resolve();
    lowerer.ir
}

struct Lowerer<'a> {
    ir: Ir,
    text: &'a str,
    base: u32,
    names: FxHashMap<Atom, NameId>,
    private_names: FxHashMap<Atom, NameId>,
    /// The expression that was lowered last.
    value: ExprId,
    /// The statement being lowered.
    stmt: Option<StmtId>,
    /// Whether the next statement stands in a list.
    in_list: bool,
    frame: Frame,
    /// By block: whether an edge leads to it from the function's entry.
    live: Vec<bool>,
    /// What jumps may meet, of all functions being lowered.
    targets: Vec<Target>,
    /// Lists under construction, the innermost last.
    pending: Vec<ExprId>,
    pending_props: Vec<Prop>,
}

/// The function whose body is being lowered.
struct Frame {
    function: FnId,
    scope: ScopeId,
    /// Where `var` declares.
    var_scope: ScopeId,
    block: BlockId,
    /// The block in which the current list of statements begins: where its function declarations are created.
    list_start: BlockId,
    in_loop: Option<LoopId>,
    in_finally: bool,
    in_catch: bool,
    /// How many of the targets belong to outer functions.
    outer_targets: usize,
    /// Labels of the statement that comes next.
    labels: Vec<Atom>,
}

impl Frame {
    fn new(function: FnId, scope: ScopeId, entry: BlockId) -> Self {
        Self {
            function,
            scope,
            var_scope: scope,
            block: entry,
            list_start: entry,
            in_loop: None,
            in_finally: false,
            in_catch: false,
            outer_targets: 0,
            labels: Vec::new(),
        }
    }
}

impl<'a> Lowerer<'a> {
    fn new(text: &'a str, base: u32) -> Self {
        // Ratios seen in 31 MB of packages; a wrong guess costs a reallocation.
        let ir = Ir {
            names: Vec::with_capacity(text.len() / 90),
            bindings: Vec::with_capacity(text.len() / 160),
            references: Vec::with_capacity(text.len() / 22),
            functions: Vec::with_capacity(text.len() / 250),
            scopes: Vec::with_capacity(text.len() / 300),
            blocks: Vec::with_capacity(text.len() / 75),
            stmts: Vec::with_capacity(text.len() / 80),
            exprs: Vec::with_capacity(text.len() / 15),
            lists: Vec::with_capacity(text.len() / 80),
            ..Ir::default()
        };
        let mut lowerer = Self {
            ir,
            text,
            base,
            names: FxHashMap::with_capacity_and_hasher(text.len() / 90, FxBuildHasher),
            private_names: FxHashMap::default(),
            value: ExprId(0),
            stmt: None,
            in_list: false,
            frame: Frame::new(Ir::MODULE, ScopeId(0), BlockId(0)),
            live: Vec::with_capacity(text.len() / 75),
            targets: Vec::new(),
            pending: Vec::new(),
            pending_props: Vec::new(),
        };
        let whole = Span::new(base, base + text.len() as u32);
        lowerer.frame = lowerer.new_function(function::Head::new(FunctionKind::Module, whole));
        lowerer
    }

    /// Where something stands in the file: swc counts from 1.
    fn span(&self, span: swc_common::Span) -> Span {
        Span::new(span.lo.0.saturating_sub(1), span.hi.0.saturating_sub(1))
    }

    fn name(&mut self, atom: &Atom) -> NameId {
        if let Some(&id) = self.names.get(atom) {
            return id;
        }
        let id = NameId(self.ir.names.len() as u32);
        self.ir.names.push(atom.as_str().into());
        self.names.insert(atom.clone(), id);
        id
    }

    fn name_of_text(&mut self, text: &str) -> NameId {
        self.name(&Atom::from(text))
    }

    fn name_of_string(&mut self, value: &Wtf8Atom) -> NameId {
        self.name(&value.to_atom_lossy())
    }

    fn private_name(&mut self, name: &ast::PrivateName) -> NameId {
        if let Some(&id) = self.private_names.get(&name.name) {
            return id;
        }
        let id = self.name_of_text(&format!("#{}", name.name));
        self.private_names.insert(name.name.clone(), id);
        id
    }

    /// Lowers an expression and gives its id.
    fn expr(&mut self, node: &ast::Expr) -> ExprId {
        node.visit_with(self);
        self.value
    }

    fn push(&mut self, kind: ExprKind, span: swc_common::Span) -> ExprId {
        let span = self.span(span);
        self.push_at(kind, span)
    }

    fn push_at(&mut self, kind: ExprKind, span: Span) -> ExprId {
        let id = ExprId(self.ir.exprs.len() as u32);
        let stmt = self.stmt.unwrap_or(StmtId(0));
        self.ir.exprs.push(Expr { kind, span, block: self.frame.block, stmt });
        self.value = id;
        id
    }

    /// Makes a list of what was put on [`Self::pending`] since it was `mark` long.
    fn list_since(&mut self, mark: usize) -> List {
        let start = self.ir.lists.len() as u32;
        self.ir.lists.extend(self.pending.drain(mark..));
        List { start, len: self.ir.lists.len() as u32 - start }
    }

    fn props_since(&mut self, mark: usize) -> List {
        let start = self.ir.props.len() as u32;
        self.ir.props.extend(self.pending_props.drain(mark..));
        List { start, len: self.ir.props.len() as u32 - start }
    }

    fn ident(&mut self, node: &ast::Ident) -> ExprId {
        let name = self.name(&node.sym);
        let reference = RefId(self.ir.references.len() as u32);
        let expr = self.push(ExprKind::Ident(reference), node.span);
        self.ir.references.push(Reference { name, scope: self.frame.scope, expr, binding: None });
        expr
    }

    fn new_scope(&mut self, parent: Option<ScopeId>, function: FnId) -> ScopeId {
        let id = ScopeId(self.ir.scopes.len() as u32);
        self.ir.scopes.push(Scope { parent, function });
        id
    }

    /// Runs `body` in a new scope of the current function, or in the current one if nothing would be declared in it.
    fn scoped(&mut self, needed: bool, body: impl FnOnce(&mut Self)) {
        let outer = self.frame.scope;
        if needed {
            self.frame.scope = self.new_scope(Some(outer), self.frame.function);
        }
        body(self);
        self.frame.scope = outer;
    }

    fn declare(&mut self, name: &ast::Ident, kind: BindingKind, declaration: Span, annotation: Option<TypeId>) -> BindingId {
        let scope = if kind == BindingKind::Var { self.frame.var_scope } else { self.frame.scope };
        let binding = Binding {
            name: self.name(&name.sym),
            scope,
            kind,
            span: self.ident_span(name),
            declaration,
            stmt: self.stmt.unwrap_or(StmtId(0)),
            annotation,
        };
        let id = BindingId(self.ir.bindings.len() as u32);
        self.ir.bindings.push(binding);
        id
    }

    /// The name alone: swc counts `?` and a type annotation in where they follow it.
    fn ident_span(&self, name: &ast::Ident) -> Span {
        let span = self.span(name.span);
        let length = name.sym.len() as u32;
        let written = self.text.get((span.start.saturating_sub(self.base)) as usize..).unwrap_or("");
        if written.starts_with(name.sym.as_str()) { Span::new(span.start, span.start + length) } else { span }
    }
}

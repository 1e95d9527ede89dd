//! How a file is written.

use serde::{Deserialize, Serialize};

use super::Model;
use super::ir::{ExprId, ExprKind, Ir, NameId, UnaryOp};
use crate::text::Span;

/// How the file is written, for edits that look like the rest of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    pub is_esm: bool,
    /// It works on the document of a page, and with nothing that only a program outside of a page has.
    pub is_of_page: bool,
    pub double_quotes: bool,
    pub semicolons: bool,
    pub crlf: bool,
    /// Where another import or require goes: the end of the last one, or where the first statement starts.
    pub import_at: u32,
    pub has_imports: bool,
    /// The names in use, so that a new one does not clash.
    pub taken: Vec<String>,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            is_esm: false,
            is_of_page: false,
            double_quotes: false,
            semicolons: true,
            crlf: false,
            import_at: 0,
            has_imports: false,
            taken: Vec::new(),
        }
    }
}

impl Model<'_> {
    pub fn style(&self) -> &Style {
        self.style.get_or_init(|| self.read_style())
    }

    fn read_style(&self) -> Style {
        let ir = self.ir;
        let text = self.source.text();
        let (mut single, mut double) = (0u32, 0u32);
        let strings = ir.expr_ids().filter(|&id| matches!(ir.kind(id), ExprKind::String(_)));
        for id in strings.take(200) {
            match text.as_bytes().get(ir.span(id).start as usize) {
                Some(b'\'') => single += 1,
                Some(b'"') => double += 1,
                _ => {}
            }
        }
        let mut ended = (0u32, 0u32);
        for stmt in ir.stmts.iter().filter(|stmt| stmt.in_list).take(200) {
            match self.source.slice(stmt.span).as_bytes().last() {
                Some(b';') => ended.0 += 1,
                Some(b'}') | None => {}
                Some(_) => ended.1 += 1,
            }
        }
        let imports = self.last_import();
        let has_module_syntax = !ir.imports.is_empty() || !ir.exports.is_empty();
        Style {
            is_esm: ir.is_module && (has_module_syntax || imports.is_none()),
            is_of_page: self.is_of_page(),
            double_quotes: double > single,
            semicolons: ended.0 >= ended.1,
            crlf: memchr::memmem::find(text.as_bytes(), b"\r\n").is_some(),
            import_at: imports.map_or_else(|| ir.first_statement.unwrap_or(0), |span| span.end),
            has_imports: imports.is_some(),
            taken: ["LRUCache"]
                .iter()
                .filter(|name| ir.names.iter().any(|known| **known == ***name))
                .map(|name| (*name).to_owned())
                .collect(),
        }
    }

    fn is_of_page(&self) -> bool {
        let ir = self.ir;
        let is_global = |names: &[&str]| {
            let names: Vec<NameId> = names.iter().filter_map(|name| ir.find_name(name)).collect();
            let mut unbound = ir.references.iter().filter(|reference| reference.binding.is_none());
            unbound.any(|reference| names.contains(&reference.name) && !self.is_operand_of_typeof(reference.expr))
        };
        let is_asked = || {
            ir.expr_ids().any(
                |id| matches!(ir.kind(id), ExprKind::Unary(UnaryOp::TypeOf, of) if matches!(ir.global_of(of), Some("window" | "document"))),
            )
        };
        let is_of_node = |name: &str| {
            name.starts_with("node:") || matches!(name, "fs" | "path" | "http" | "https" | "os" | "child_process" | "electron")
        };
        is_global(&["document", "window"])
            && !is_asked()
            && !is_global(&["process", "require", "__dirname", "Buffer"])
            && !ir.imports.iter().any(|import| is_of_node(ir.name(import.module)))
    }

    /// `typeof name`.
    fn is_operand_of_typeof(&self, name: ExprId) -> bool {
        self.uses.parent(name).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Unary(UnaryOp::TypeOf, _)))
    }

    /// The last import or top-level require, whole.
    fn last_import(&self) -> Option<Span> {
        let ir = self.ir;
        let imported = ir.imports.iter().map(|import| ir[ir[import.binding].stmt].span);
        let required = self.uses.calls.iter().filter_map(|&call| {
            let ExprKind::Call { callee, .. } = ir.kind(call) else { return None };
            let at_top = ir.global_of(callee) == Some("require") && ir.function_of(call) == Ir::MODULE;
            let stmt = &ir[ir[call].stmt];
            (at_top && stmt.in_list && stmt.parent.is_none()).then_some(stmt.span)
        });
        imported.chain(required).max_by_key(|span| span.end)
    }
}

//! Components that are functions of which the whole body runs: for each mount (Solid), for each update (React).

use super::Model;
use super::frameworks::Again;
use super::ir::{ExprKind, FnId, Ir};
use super::mount::Mount;
use super::rendered::Mounted;
use crate::text::Span;

impl Model<'_> {
    /// `function Clock() { const timer = setInterval(tick, 1000); ... return <time/>; }`: by its name, by what it draws, and by what the file imports.
    pub(super) fn body_of_component(&self, function: FnId) -> Option<Mount> {
        let name = self.function_name(function);
        let is_named = name.starts_with(|first: char| first.is_ascii_uppercase()) && !name.contains('.');
        let own = &self.ir[function];
        if !is_named || own.parent != Some(Ir::MODULE) || own.is_async || self.constructs(function) {
            return None;
        }
        let body = self.apis.frameworks.bodies.iter().find(|body| {
            let is_one = |module: &str| body.modules.iter().any(|own| own == module);
            self.ir.imports.iter().any(|import| is_one(self.ir.name(import.module)))
        })?;
        let draws = |id| matches!(self.ir.kind(id), ExprKind::Jsx { .. }) && self.ir.function_of(id) == function;
        if !self.ir.exprs_around(function).any(draws) {
            return None;
        }
        let span = own.name_span.unwrap_or(Span::new(own.span.start, own.span.start));
        let mut mount = self.new_mount(&body.framework, name, "body", span, function);
        mount.again = body.again;
        mount.ignored = None;
        mount.owner = Some(Mounted::Function(function));
        if body.again == Again::Never {
            mount.end = self.end_by_hook(function);
            mount.is_root = self.apis.frameworks.roots.names.contains(&mount.component);
        }
        Some(mount)
    }
}

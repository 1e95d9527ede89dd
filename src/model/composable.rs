//! Functions that a component calls while it is set up, and which make what belongs to it.

use super::Model;
use super::ir::{ExprKind, FnId, Ir};
use super::mount::Mount;
use crate::text::Span;

impl Mount {
    /// A function of the program's own that the components call: not one of them.
    pub fn is_composable(&self) -> bool {
        self.component.strip_prefix("use").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
    }
}

impl Model<'_> {
    /// `useMouse` of Vue: by its name, and by what it calls of the framework while it runs.
    pub(super) fn composable(&self, function: FnId) -> Option<Mount> {
        let name = self.function_name(function);
        let is_named = name.strip_prefix("use").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()));
        if !is_named || self.ir[function].parent != Some(Ir::MODULE) {
            return None;
        }
        let modules = self.apis.frameworks.hooks("onMounted").next().map(|api| &api.modules)?;
        let is_of_framework = self.uses.calls.iter().any(|&call| match self.ir.kind(call) {
            ExprKind::Call { callee, .. } if self.ir.function_of(call) == function => {
                self.imported(callee).is_some_and(|(module, _)| modules.iter().any(|own| own == module))
            }
            _ => false,
        });
        let span = self.ir[function].name_span.unwrap_or(Span::new(self.ir[function].span.start, self.ir[function].span.start));
        is_of_framework.then(|| Mount { end: self.end_by_hook(function), ..self.new_mount("Vue", name, "setup", span, function) })
    }
}

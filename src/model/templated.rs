//! Methods of a component that nothing in its file calls: its template does, when something happens on the page.

use rustc_hash::FxHashSet;

use super::Model;
use super::calls::How;
use super::ir::{ExprId, FnId, Ir};
use super::mount::Mount;
use crate::text::Span;

impl Model<'_> {
    /// The component whose template runs a site: `open()` of `<button (click)="open()">`.
    pub(super) fn mount_by_template(&self, site: ExprId) -> Option<Mount> {
        let mut seen = FxHashSet::default();
        let mut work = Vec::from_iter(self.is_come_to(site).then(|| self.ir.function_of(site)));
        while let Some(function) = work.pop() {
            if function == Ir::MODULE || !seen.insert(function) {
                continue;
            }
            if let Some(mount) = self.method_of_template(function) {
                return Some(Mount { site: self.callee_span(site), ..mount });
            }
            for caller in self.callers(function).iter() {
                match (caller.how, caller.at) {
                    (How::Called | How::Inline | How::EachElement, Some(at)) => work.push(self.ir.function_of(at)),
                    (How::Inline, None) => work.extend(self.ir[function].parent),
                    _ => {}
                }
            }
        }
        None
    }

    fn method_of_template(&self, function: FnId) -> Option<Mount> {
        let is_seen = |how: How| !matches!(how, How::PublicMethod(..) | How::Uncalled | How::Exported);
        if self.callers(function).iter().any(|caller| is_seen(caller.how)) {
            return None;
        }
        self.entities.memberships(function).iter().find_map(|&(id, name, is_static)| {
            let api = self.component(id).filter(|api| !is_static && !api.object && !api.decorators.is_empty())?;
            let (name, declared) = (self.ir.name(name), &self.ir[function]);
            let start = declared.name_span.unwrap_or(declared.span).start;
            Some(self.mount_of_member(id, api, name, Span::new(start, start + name.len() as u32), function))
        })
    }
}

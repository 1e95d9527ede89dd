//! What comes once: the start of a page, the end of the process.

use super::Model;
use super::ir::{ExprId, ExprKind};

impl Model<'_> {
    /// `window.addEventListener('load', ...)`, `window.onload = ...`, `$(...)`: comes once in the life of a page. What is added to it later never runs.
    pub(super) fn is_start_of_page(&self, site: ExprId) -> bool {
        let is_page = |object: ExprId| matches!(self.ir.global_of(object), Some("window" | "document" | "self" | "globalThis"));
        match self.ir.kind(site) {
            ExprKind::Assign { target, .. } => match self.ir.kind(target) {
                ExprKind::Member { object, property, .. } => self.ir.name(property) == "onload" && is_page(object),
                _ => self.ir.global_of(target) == Some("onload"),
            },
            ExprKind::Call { callee, args, .. } => {
                let first = self.ir.list(args).first().copied();
                match self.ir.kind(callee) {
                    ExprKind::Member { object, property, .. } => match self.ir.name(property) {
                        "addEventListener" => {
                            let event = first.and_then(|event| self.string(event));
                            is_page(object) && matches!(event, Some("load" | "DOMContentLoaded"))
                        }
                        "ready" => matches!(self.ir.kind(object), ExprKind::Call { callee, .. } if self.waits_for_page(callee)),
                        _ => false,
                    },
                    // The function itself is what is given.
                    _ => first.is_some_and(|first| matches!(self.ir.kind(first), ExprKind::Function(_))) && self.waits_for_page(callee),
                }
            }
            _ => false,
        }
    }

    /// `$`, where the page has it or the file imports it.
    fn waits_for_page(&self, value: ExprId) -> bool {
        let ready = &self.apis.frameworks.ready;
        self.ir.global_of(value).is_some_and(|name| ready.names.contains(name))
            || self.imported(value).is_some_and(|(module, _)| ready.modules.contains(module))
    }

    /// `process.on('exit', ...)`, `server.on('close', ...)`: what ends with the owner.
    pub(super) fn is_teardown_event(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
        let event = self.ir.list(args).first().and_then(|&event| self.string(event));
        let on_process = self.ir.global_of(object) == Some("process");
        on_process && event.is_some_and(|event| self.apis.events.once.contains(event))
    }
}

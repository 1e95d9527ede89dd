//! What comes once: the start of a page, the end of the process.

use super::Model;
use super::ir::{ExprId, ExprKind, FnId, When};

/// Files, without their extension, whose default export is around all of a page and stays: of Next.js, SvelteKit, TanStack and Nuxt.
const ROOTS: &[&str] = &["pages/_app", "app/layout", "routes/+layout", "routes/__root"];

/// Whether a framework mounts what a file of this path offers, once a page.
pub fn is_root_file(path: &str) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let is_at_end = |root: &str| stem.strip_suffix(root).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'));
    ROOTS.iter().any(|root| is_at_end(root)) || path.ends_with(".vue") && is_at_end("app")
}

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

    /// `app.on('activate', () => { if (!window) open(); })` of a desktop program that ends when its last window is closed: there always is a window.
    pub(super) fn is_never_empty(&self, call: ExprId, inner: ExprId) -> bool {
        let event_of = |call: ExprId| match self.ir.kind(call) {
            ExprKind::Call { callee, args, .. } if matches!(self.ir.kind(callee), ExprKind::Member { .. }) => {
                self.ir.list(args).first().and_then(|&event| self.string(event))
            }
            _ => None,
        };
        if event_of(call) != Some("activate") {
            return false;
        }
        let guards = self.flow(self.ir.function_of(inner)).guards(self.ir, self.ir[inner].block);
        let asks = |when: When| match when {
            When::True(condition) => !self.guard_flags(condition, true).is_empty(),
            When::False(condition) => !self.guard_flags(condition, false).is_empty(),
            _ => false,
        };
        let ends = |&call: &ExprId| {
            let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
            let handler = self.ir.list(args).get(1).and_then(|&handler| self.function_value(handler));
            event_of(call) == Some("window-all-closed") && handler.is_some_and(|handler| self.always_quits(handler))
        };
        guards.iter().any(|guard| asks(guard.when)) && self.uses.calls.iter().any(ends)
    }

    fn always_quits(&self, function: FnId) -> bool {
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            self.ir.function_of(call) == function
                && matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if matches!(self.ir.name(property), "quit" | "exit"))
                && self.flow(function).guards(self.ir, self.ir[call].block).is_empty()
        })
    }

    /// `process.on('exit', ...)`, `fastify.addHook('onClose', ...)`: what ends with the owner.
    pub(super) fn is_teardown_event(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
        let event = self.ir.list(args).first().and_then(|&event| self.string(event));
        if self.ir.name(property) == "addHook" {
            return event.is_some_and(|event| self.apis.teardown.methods.contains(event));
        }
        let on_process = self.ir.global_of(object) == Some("process");
        on_process && event.is_some_and(|event| self.apis.events.once.contains(event))
    }
}

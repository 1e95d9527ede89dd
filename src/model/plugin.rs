//! What an application is given: a function that sets something up and runs once, or one that handles each request. How it is given
//! (`app.use(f)`) is the same for both; what the function takes, and does with that, tells them apart.

use super::Model;
use super::ir::{BindingId, ExprId, ExprKind, FnId};

impl Model<'_> {
    /// Whether a call takes functions of both kinds: `app.use(f)`, `fastify.register(f)`.
    pub(super) fn takes_plugins(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        if !matches!(self.ir.kind(callee), ExprKind::Member { .. }) {
            return false;
        }
        let plugins = &self.apis.plugins;
        self.callee_name(callee).is_some_and(|name| {
            // What stands behind a path handles what comes there.
            plugins.anywhere.contains(name)
                || plugins.first.contains(name) && self.ir.list(args).first().is_some_and(|&first| self.string(first).is_none())
        })
    }

    /// Whether a function that an application is given sets something up. A handler takes a request, or the one who handles it next.
    pub(super) fn sets_up(&self, function: FnId) -> bool {
        let params = &self.ir[function].params;
        let mut bindings = params.iter().filter_map(|param| param.binding);
        if bindings.clone().next().is_some_and(|first| self.is_wired(first)) {
            return true;
        }
        let handles = |binding: BindingId| {
            let name = self.ir.name(self.ir[binding].name);
            name == "next" || self.apis.requests.weak.contains(name)
        };
        params.len() <= 2 && !bindings.any(handles) && self.request_params(function).is_empty()
    }

    /// `export default async (app) => { app.addHook('onRequest', f); }`: what it makes works for as long as the application that it is given.
    pub(super) fn sets_up_given(&self, function: FnId) -> bool {
        let first = self.ir[function].params.first().and_then(|param| param.binding);
        first.is_some_and(|first| self.is_wired(first)) && self.request_param(function).is_none()
    }

    /// Whether handlers are put on a parameter, as on an application: `app.get('/', f)`, `fastify.addHook('onClose', f)`.
    fn is_wired(&self, param: BindingId) -> bool {
        self.uses.refs(param).iter().any(|&at| {
            let member = self.uses.parent(at);
            let call = member.and_then(|member| self.uses.parent(member));
            let (Some(member), Some(call)) = (member, call) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return false };
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            let name = self.ir.name(property);
            let is_route = || self.apis.callbacks(name).any(|entry| entry.what.as_deref() == Some("request")) || name == "addHook";
            let takes = |&arg: &ExprId| self.function_value(arg).is_some();
            object == at && callee == member && is_route() && self.ir.list(args).iter().any(takes)
        })
    }
}

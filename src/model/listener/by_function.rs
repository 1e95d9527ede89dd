//! Registrations by functions of modules that are given the emitter: `finished(stream, callback)`, `addAbortListener(signal, callback)`.

use super::super::Model;
use super::super::access::Access;
use super::super::ir::{ExprId, ExprKind};
use super::super::origin::without_default;
use super::Site;

impl Model<'_> {
    pub(super) fn site_by_function(&self, call: ExprId) -> Option<Site<'_>> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let verb = self.callee_name(callee)?;
        let api = self.apis.listeners.iter().find(|api| api.on.is_some() && api.register.iter().any(|own| own == verb))?;
        let (module, path) = self.imported(callee)?;
        let path = without_default(path);
        let is_one = matches!(path.as_slice(), [Access::Member(name)] if api.register.contains(name));
        if !is_one || !api.modules.iter().any(|own| own == module.trim_start_matches("node:")) {
            return None;
        }
        let args = self.ir.list(args);
        let (&object, &handler) = (args.get(api.on?)?, args.last()?);
        let options = args.iter().copied().find(|&arg| matches!(self.ir.kind(arg), ExprKind::Object { .. }));
        (object != handler && self.can_be_handler(handler)).then_some(Site {
            call,
            object,
            event: None,
            handler,
            options,
            api,
            once: false,
            verb,
            is_passed_on: false,
        })
    }
}

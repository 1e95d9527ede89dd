//! Resources that an object of another file makes: `pool.connect()` of `import { pool } from './db'`.

use std::collections::BTreeSet;

use super::super::Model;
use super::super::access::AccessPath;
use super::super::ir::{ExprId, ExprKind};
use super::super::origin::without_default;
use super::super::vocabulary::METHOD;
use super::Resource;
use super::api::ResourceApi;

impl Model<'_> {
    pub(super) fn made_by_offered(&self) -> Vec<Resource> {
        if !self.meanings.any(METHOD) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let Some((module, path)) = self.method_of_offered(call) else { continue };
            // What a component leaves behind is told where its hook has it.
            let span = self.mount(call).is_none().then(|| self.ir.span(call));
            found.extend(self.focused(span, || self.resource_of_offered(call, module, &path)));
        }
        found
    }

    /// The module and the path of a method that makes something if it is called on an object of some library; none of a library that a table knows.
    fn method_of_offered(&self, call: ExprId) -> Option<(&str, AccessPath)> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { property, .. } = self.ir.kind(callee) else { return None };
        if !self.meanings.has(property, METHOD) || self.callee_function(call).is_some() {
            return None;
        }
        let (module, path) = self.imported_from_afar(callee)?;
        let is_known = self.apis.resources.modules.contains(module.trim_start_matches("node:"));
        let may_make = || self.apis.resources.apis.iter().any(|api| api.tails(&path).next().is_some());
        (!is_known && may_make()).then_some((module, path))
    }

    fn resource_of_offered(&self, call: ExprId, module: &str, path: &AccessPath) -> Option<Resource> {
        let apis = &self.apis.resources.apis;
        let may_make = |api: &&ResourceApi| api.tails(path).next().is_some() && self.has_needed_arguments(call, api);
        let lengths: BTreeSet<usize> = apis.iter().flat_map(|api| api.tails(path)).collect();
        let split = lengths.into_iter().map(|length| path.split_at(path.len() - length));
        let told = split.filter_map(|(object, method)| Some((self.origin(module, object)?, method)));
        if let Some((origin, method)) = told.into_iter().next() {
            let whole = [without_default(origin.path).as_slice(), method].concat();
            let made = |api: &&ResourceApi| api.module.contains(&origin.module) && api.is_made_by(false, &whole);
            return apis.iter().filter(made).find(|api| self.has_needed_arguments(call, api)).and_then(|api| self.resource(call, api));
        }
        // Which of them it would be, nobody told.
        let guess = apis.iter().filter(may_make).find_map(|api| self.resource(call, api))?;
        Some(Resource { by_origin: true, ..guess })
    }
}

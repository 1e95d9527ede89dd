//! What a framework runs for each request because of the file in which it stands: handlers that are told by a folder and the name of an export.

use serde::Deserialize;

use super::Model;
use super::ir::{Export, Exported, ExprId, ExprKind, FnId};

/// Exports of the files of a folder which a framework calls for each request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServedApi {
    pub framework: String,
    /// Folders that follow each other on the way to the file.
    #[serde(default)]
    under: Vec<String>,
    /// The file's name without its extension.
    #[serde(default)]
    file: Option<String>,
    exports: Vec<String>,
    pub example: String,
    pub source: String,
}

impl ServedApi {
    fn is_of(&self, path: &str) -> bool {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = file.split_once('.').map_or(file, |(stem, _)| stem);
        // `+page.server.ts`: the name goes to the last extension.
        let long = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let has_name = self.file.as_ref().is_none_or(|name| name == stem || name == long);
        let is_under = || folder.split('/').collect::<Vec<&str>>().windows(self.under.len()).any(|part| part == self.under);
        has_name && self.under.first().is_none_or(|first| folder.contains(first.as_str()) && is_under())
    }
}

impl Model<'_> {
    /// The framework that calls an exported function for each request. `site`: the expression by which it is handed out.
    pub(super) fn served_by(&self, function: FnId, site: Option<ExprId>) -> Option<&str> {
        let mut apis = self.apis.served.iter().filter(|api| api.is_of(&self.ir.path)).peekable();
        apis.peek()?;
        let is_it = |export: &&Export| self.is_offer_of(export.what, function, site);
        let by_name = self.ir.exports.iter().filter(is_it).map(|export| export.name.map_or("default", |name| self.ir.name(name)));
        let names: Vec<&str> = by_name.chain(site.and_then(|site| self.assigned_export(site))).collect();
        apis.find(|api| api.exports.iter().any(|own| names.contains(&own.as_str()))).map(|api| api.framework.as_str())
    }

    fn is_offer_of(&self, what: Exported, function: FnId, site: Option<ExprId>) -> bool {
        match what {
            Exported::Binding(binding) => self.uses.function_of_binding(binding) == Some(function),
            Exported::Local(reference) => {
                self.ir[reference].binding.is_some_and(|binding| self.uses.function_of_binding(binding) == Some(function))
            }
            Exported::Expr(value) => Some(value) == site || self.function_value(value) == Some(function),
            Exported::From(..) => false,
        }
    }

    /// `handler` of `exports.handler = f`; `default` of `module.exports = f`.
    fn assigned_export(&self, site: ExprId) -> Option<&str> {
        let ExprKind::Assign { target, .. } = self.ir.kind(site) else { return None };
        let ExprKind::Member { property, .. } = self.ir.kind(target) else { return None };
        match self.ir.name(property) {
            "exports" => Some("default"),
            name => Some(name),
        }
    }
}

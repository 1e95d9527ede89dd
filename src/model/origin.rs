//! Where what a module of the project offers comes from: `export const pool = new Pool()` of a library.
//!
//! A file that imports `pool` does not know what it is. What its methods could make if it were what a table knows is a guess (`by_origin`), which no
//! rule sees; the project is asked for the library and the path in it, and then the tables say what the call makes.

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::{Access, AccessPath};
use super::apis::Apis;
use super::ir::{ExprId, ExprKind, Ir};
use super::resource::api::ResourceApi;
use super::summaries::Summary;

/// A path in a module that is none of the project's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub module: String,
    pub path: AccessPath,
}

impl Model<'_> {
    /// What this file makes of libraries one time, for those that import it.
    pub(super) fn offered_origins(&self) -> Vec<Summary> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            if !self.is_made_for_module(call) {
                continue;
            }
            let Some((module, path)) = self.imported_from_afar(call) else { continue };
            let module = module.trim_start_matches("node:");
            if !self.apis.resources.modules.contains(module) && !self.apis.metrics.modules.contains(module) {
                continue;
            }
            let path = without_default(path);
            let paths = self.paths_of_made(self.settled(call));
            if !paths.is_empty() {
                found.push(Summary { paths, origin: Some(Origin { module: module.to_owned(), path }), ..Summary::default() });
            }
        }
        found
    }

    /// Made when the module is loaded, or kept in one of its names: `pool ??= new Pool()`.
    fn is_made_for_module(&self, call: ExprId) -> bool {
        if self.ir.function_of(call) == Ir::MODULE {
            return true;
        }
        let value = self.settled(call);
        match self.uses.parent(value).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Assign { target, .. }) => self.ir.binding_of(target).is_some_and(|binding| self.is_module_level(binding)),
            _ => false,
        }
    }

    /// The library and the path in it that something of another file is made of; none if that is not known.
    pub(super) fn origin(&self, module: &str, path: &[Access]) -> Option<Origin> {
        self.outside()?.origin(module, &path.to_vec())
    }
}

/// The methods by which an object of a library makes a resource. Verbs of listeners and of collections say nothing by themselves.
pub fn methods_of_objects(apis: &Apis) -> impl Iterator<Item = &str> {
    let is_plain = |word: &&str| {
        let registers = apis.listeners.iter().any(|api| api.register.iter().any(|own| own == word));
        registers || apis.grow.keyed.iter().chain(&apis.grow.element).any(|own| own == word)
    };
    apis.resources.apis.iter().flat_map(ResourceApi::methods).filter(move |word| !is_plain(word))
}

/// The default export stands for the module itself.
pub(super) fn without_default(path: AccessPath) -> AccessPath {
    path.into_iter().filter(|step| *step != Access::Member("default".to_owned())).collect()
}

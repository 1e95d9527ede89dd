//! Where what a module of the project offers comes from: `export const pool = new Pool()` of a library.
//!
//! A file that imports `pool` does not know what it is. What its methods could make if it were what a table knows is a guess (`by_origin`), which no
//! rule sees; the project is asked for the library and the path in it, and then the tables say what the call makes.
//!
//! The same for a function that gives back what its module keeps: `const channel = await (await connect()).createChannel()`.

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::{Access, AccessPath};
use super::apis::Apis;
use super::index::written_value;
use super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir};
use super::place::Root;
use super::resource::RELEASES;
use super::resource::api::ResourceApi;
use super::summaries::Summary;

/// A path in a module that is none of the project's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub module: String,
    pub path: AccessPath,
}

/// Functions and names followed from a method to what the module keeps.
const DEPTH: u32 = 6;

impl Model<'_> {
    /// The library and the path of a method that is called on what a function of this file gives back, if its module keeps that.
    pub(super) fn origin_by_function(&self, callee: ExprId) -> Option<(&str, AccessPath)> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let (module, mut path) = self.origin_of_given(object, DEPTH)?;
        path.push(Access::Member(self.ir.name(property).to_owned()));
        Some((module, path))
    }

    fn origin_of_given(&self, value: ExprId, depth: u32) -> Option<(&str, AccessPath)> {
        let depth = depth.checked_sub(1)?;
        match self.ir.kind(value) {
            ExprKind::Await(operand) => self.origin_of_given(operand, depth),
            ExprKind::Ident(_) => {
                let binding = self.ir.binding_of(value)?;
                let [write] = self.uses.writes(binding) else { return None };
                // Whoever lets go of it himself lets go of what it made, too.
                let lets_go = |&at: &ExprId| match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
                    Some(ExprKind::Member { object, property, .. }) => object == at && RELEASES.contains(&self.ir.name(property)),
                    _ => false,
                };
                if self.uses.refs(binding).iter().any(lets_go) {
                    return None;
                }
                self.origin_of_given(written_value(self.ir, *write)?, depth)
            }
            ExprKind::Call { callee, .. } => match self.callee_function(value) {
                Some(function) => self.origin_of_returned(function, depth),
                None => {
                    let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
                    let (module, mut path) = self.origin_of_given(object, depth)?;
                    path.extend([Access::Member(self.ir.name(property).to_owned()), Access::Result]);
                    Some((module, path))
                }
            },
            _ => None,
        }
    }

    /// What every return of a function is made of, if the module or the instance keeps that.
    fn origin_of_returned(&self, function: FnId, depth: u32) -> Option<(&str, AccessPath)> {
        let mut found = None;
        for &at in self.uses.returns(function) {
            let ExprKind::Return(Some(value)) = self.ir.kind(at) else { return None };
            let origin = if self.is_kept_of(value, DEPTH) { self.imported_from_afar(value) } else { self.origin_of_given(value, depth) }?;
            if found.as_ref().is_some_and(|found| *found != origin) {
                return None;
            }
            found = Some(origin);
        }
        found
    }

    /// Whether a value is, or hangs on, what the module or an instance keeps.
    fn is_kept_of(&self, value: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.ir.kind(value) {
            ExprKind::Await(inner) | ExprKind::Member { object: inner, .. } if !self.is_field_of_instance(value) => {
                self.is_kept_of(inner, depth)
            }
            ExprKind::Call { callee, .. } => matches!(self.ir.kind(callee), ExprKind::Member { .. }) && self.is_kept_of(callee, depth),
            ExprKind::Assign { target, .. } => self.is_kept_of(target, depth),
            ExprKind::Ident(_) => self.ir.binding_of(value).is_some_and(|binding| {
                let is_import = matches!(self.ir[binding].kind, BindingKind::Import(_));
                self.is_module_level(binding) && !is_import
            }),
            _ => self.is_field_of_instance(value),
        }
    }

    fn is_field_of_instance(&self, value: ExprId) -> bool {
        let owner = self.place(value).and_then(|place| self.split(place)).map(|(owner, _)| owner);
        owner.is_some_and(|owner| self.is_root(owner) && matches!(self.root(owner), Root::Instance(_)))
    }

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
        if self.names_resources().1 {
            found.extend(self.origins_by_functions());
        }
        found
    }

    /// `export async function collection(name) { return (await client.connect()).db().collection(name); }`.
    fn origins_by_functions(&self) -> Vec<Summary> {
        let functions = (1..self.ir.functions.len()).map(|index| FnId(index as u32));
        let told = functions.filter_map(|function| {
            let mut paths = self.paths_of_function(function);
            let (module, path) = (!paths.is_empty()).then(|| self.origin_of_returned(function, DEPTH))??;
            paths.iter_mut().for_each(|path| path.push(Access::Result));
            let origin = Origin { module: module.trim_start_matches("node:").to_owned(), path: without_default(path) };
            Some(Summary { paths, origin: Some(origin), ..Summary::default() })
        });
        told.collect()
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

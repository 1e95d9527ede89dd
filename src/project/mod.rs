//! What more than one file is needed for.

pub mod additions;
pub mod graph;
pub mod growth;
mod kind;
mod mounts;
mod near;
mod package;
pub mod summaries;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use kind::{FileKind, Place};
pub use package::{Audience, Package, Platform};

use crate::model::access::AccessPath;
use crate::model::bases::Bases;
use crate::model::links::{Links, Reexport};
use crate::model::mentions::Mentions;
use crate::model::namesakes::NamedRelease;
use crate::model::outside::Service;
use crate::model::placed::Placed;
use crate::model::summaries::Summary;

/// Where the links between files come from: a run's files, open buffers, a test's map. Nothing else gives them.
pub trait FactsSource {
    /// What a file does with what it imports from a module under some names, or under any; none if it cannot be read.
    fn links(&self, file: &str, specifier: &str, names: Option<&BTreeSet<String>>) -> Option<Arc<Links>>;

    /// What the words of a file tell of what it offers; none if it cannot be read.
    fn mentions(&self, file: &str) -> Option<Mentions>;

    /// Whether a name stands in a file; none if it cannot be read.
    fn has_name(&self, file: &str, name: &str) -> Option<bool>;

    /// Whether a file may take what a module offers under a name, as far as its words tell; the default import is `default`.
    fn may_take(&self, file: &str, specifier: &str, name: &str) -> bool;

    /// Whether the imports of a file say that it takes what a module offers under a name.
    fn takes(&self, file: &str, specifier: &str, name: &str) -> bool;

    /// What a file offers of other files.
    fn reexports(&self, file: &str) -> Arc<[Reexport]>;

    /// The paths of a module that a file offers under names of its own; none if that takes a parse.
    fn hands_on(&self, file: &str, specifier: &str) -> Option<Vec<AccessPath>>;

    /// Whether any file may add to what a file holds or hands on.
    fn may_be_grown(&self, file: &str) -> bool;

    /// The collections of a module that a file adds to.
    fn grown_imports(&self, file: &str, specifier: &str) -> Vec<AccessPath>;

    fn kind(&self, file: &str) -> FileKind;

    /// Whether what a file offers is the value of its `module.exports`.
    fn is_commonjs(&self, file: &str) -> bool;

    /// The file of the project that a specifier means where it is written.
    fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>>;

    /// The files of the project that a file imports, requires or re-exports from.
    fn imports(&self, file: &str) -> Vec<Arc<str>>;

    /// What a file releases through properties of objects that it does not know.
    fn named_releases(&self, file: &str) -> Arc<[NamedRelease]>;

    /// What the classes of a file release of their own instances.
    fn bases(&self, file: &str) -> Arc<Bases>;
    /// What functions of a file do with what they are given.
    fn summaries(&self, file: &str) -> Arc<[Summary]>;

    /// The names of the types of a file that have few values.
    fn few_types(&self, file: &str) -> Vec<String>;

    /// The services that a file offers.
    fn services(&self, file: &str) -> Arc<[Service]>;

    /// The files of the project in which a custom element is named.
    fn naming(&self, element: &str) -> Vec<Arc<str>>;

    /// The custom elements that a file places.
    fn placed(&self, file: &str) -> Arc<[Placed]>;

    /// The files that import, require or re-export a file, each with the specifier by which it does.
    fn importers(&self, file: &str) -> Arc<[(Arc<str>, String)]>;

    /// Whether code that is not in the project may import the file.
    fn is_public(&self, file: &str) -> bool;

    /// Whether a file is of a package that others install to import it.
    fn is_of_library(&self, file: &str) -> bool;
}

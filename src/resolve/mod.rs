//! Which file of a project is meant by a specifier, and where a file is named.
//!
//! The files are known beforehand, so resolving looks names up instead of asking the disk; only manifests and configurations are read, each once
//! and when something depends on it. Packages in `node_modules` are no part of a project: what means one of them means no file.

mod entry;
mod importers;
mod json;
mod manifest;
mod paths;
mod scan;
mod scope;
mod specifier;
mod tree;
mod tsconfig;
mod workspace;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use importers::Importers;
use manifest::Manifests;
pub use scan::{Specifiers, specifiers};
use scope::{Scopes, World};
use tree::{FileId, Flavour, Tree};

/// What became of a run's specifiers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// In all files.
    pub seen: u64,
    /// How often one was asked to be resolved, other than to find who names a file.
    pub asked: u64,
    /// How many of these mean a file of the project.
    pub resolved: u64,
}

/// The files of a project as their specifiers link them. It may be asked from several threads.
#[derive(Debug)]
pub struct ProjectFiles {
    cwd: PathBuf,
    paths: Arc<[Arc<str>]>,
    /// By the place of the file.
    specifiers: Vec<Specifiers>,
    tree: OnceLock<Tree>,
    manifests: Manifests,
    scopes: Scopes,
    importers: OnceLock<Importers>,
    asked: AtomicU64,
    resolved: AtomicU64,
}

impl ProjectFiles {
    /// `files`: every file that may be linked, with the specifiers found in it; paths relative to `cwd`, with `/`, sorted.
    pub fn new(cwd: &Path, files: Vec<(Arc<str>, Specifiers)>) -> Self {
        let (paths, specifiers): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        Self {
            cwd: cwd.to_path_buf(),
            paths: paths.into(),
            specifiers,
            tree: OnceLock::new(),
            manifests: Manifests::default(),
            scopes: Scopes::default(),
            importers: OnceLock::new(),
            asked: AtomicU64::new(0),
            resolved: AtomicU64::new(0),
        }
    }

    /// The project file that a specifier written in `file` means; None: a package, a part of Node, missing, or outside of the project.
    pub fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let world = self.world();
        let found = meaning(world, file, specifier).and_then(|id| world.tree.path(id))?;
        self.resolved.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(found))
    }

    /// Files that import, require or re-export `file`, with the specifiers by which they do; sorted.
    pub fn importers(&self, file: &str) -> Vec<(Arc<str>, String)> {
        let world = self.world();
        let Some(id) = world.tree.id(file) else { return Vec::new() };
        // No pool's threads are waited for in here: one of them could take a job that asks the same, and wait for itself.
        let importers = self.importers.get_or_init(|| Importers::new(world, &self.specifiers));
        let named = importers.candidates(world, id).into_iter().filter_map(|(importer, place)| {
            let path = world.tree.path(importer)?;
            let specifier = self.specifiers.get(importer as usize)?.at(place);
            (meaning(world, path, specifier) == Some(id)).then(|| (Arc::clone(path), specifier.to_owned()))
        });
        named.collect()
    }

    pub fn counts(&self) -> Counts {
        Counts {
            seen: self.specifiers.iter().map(|it| it.iter().count() as u64).sum(),
            asked: self.asked.load(Ordering::Relaxed),
            resolved: self.resolved.load(Ordering::Relaxed),
        }
    }

    fn world(&self) -> World<'_> {
        let tree = self.tree.get_or_init(|| Tree::new(&self.cwd, Arc::clone(&self.paths)));
        World { tree, manifests: &self.manifests, scopes: &self.scopes }
    }
}

/// What a specifier written in a file means.
fn meaning(world: World<'_>, file: &str, written: &str) -> Option<FileId> {
    let name = specifier::without_query(written);
    let full = world.tree.full(file);
    let folder = paths::parent(&full)?;
    let flavour = Flavour::of(file);
    if !specifier::is_relative(name) {
        return world.named(&world.scope(folder), name, flavour);
    }
    let target = paths::join(folder, name)?;
    // What ends like a folder is one.
    if matches!(paths::name(name), "" | "." | "..") { world.folder(&target, flavour) } else { world.at(&target, flavour) }
}

#[cfg(test)]
mod tests;

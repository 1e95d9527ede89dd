//! Which file of a project is meant by a specifier, and where a file is named.
//!
//! The files are known beforehand, so resolving looks names up instead of asking the disk; only manifests and configurations are read, each once
//! and when something depends on it. Packages in `node_modules` are no part of a project: what means one of them means no file.

mod around;
mod entry;
mod importers;
mod json;
mod manifest;
mod paths;
mod public;
mod scan;
mod scope;
mod specifier;
mod taken;
mod tree;
mod tsconfig;
mod workspace;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::walk::{SourceFile, WalkOptions};
use around::Member;
pub use around::covers;
use importers::Importers;
use manifest::Manifests;
pub use scan::{Specifiers, specifiers};
use scope::{Scopes, World};
pub use taken::Taken;
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
    /// What is to be walked before the first answer.
    around: Option<Around>,
    /// Sorted by path.
    members: OnceLock<Vec<Member>>,
    tree: OnceLock<Tree>,
    manifests: Manifests,
    scopes: Scopes,
    importers: OnceLock<Importers>,
    asked: AtomicU64,
    resolved: AtomicU64,
}

#[derive(Debug)]
struct Around {
    named: Mutex<Vec<(SourceFile, Specifiers)>>,
    options: WalkOptions,
}

impl ProjectFiles {
    /// `files`: every file that may be linked, with the specifiers found in it; paths relative to `cwd`, with `/`, sorted.
    pub fn new(cwd: &Path, files: Vec<(Arc<str>, Specifiers)>) -> Self {
        let members: Vec<Member> = files.into_iter().map(|(path, specifiers)| Member::known(path, specifiers)).collect();
        Self { members: members.into(), ..Self::empty(cwd, None) }
    }

    /// The project around some files, whose texts count more than those on the disk. It is walked when the first question is asked, and read when
    /// the first one is about who names a file. The answers are those of a run over the whole project.
    pub fn around(named: Vec<(SourceFile, Specifiers)>, options: &WalkOptions) -> Self {
        Self::empty(&options.cwd, Some(Around { named: Mutex::new(named), options: options.clone() }))
    }

    fn empty(cwd: &Path, around: Option<Around>) -> Self {
        Self {
            cwd: cwd.to_path_buf(),
            around,
            members: OnceLock::new(),
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
        let found = meaning(self.world(), file, specifier).and_then(|id| self.members().get(id as usize))?;
        // A file that nobody wrote by hand is found by a walk, and is told by its text.
        found.specifiers(&self.cwd)?;
        self.resolved.fetch_add(1, Ordering::Relaxed);
        Some(Arc::clone(&found.path))
    }

    /// Files that import, require or re-export `file`, with the specifiers by which they do; sorted.
    pub fn importers(&self, file: &str) -> Vec<(Arc<str>, String)> {
        let world = self.world();
        let members = self.members();
        let Some(id) = world.tree.id(file).filter(|id| members.get(*id as usize).is_some_and(|it| it.specifiers(&self.cwd).is_some()))
        else {
            return Vec::new();
        };
        let specifiers_of = |id: FileId| members.get(id as usize)?.specifiers(&self.cwd);
        let importers = self.importers.get_or_init(|| {
            if let Some(around) = &self.around {
                around::scan_all(members, &around.options);
            }
            Importers::new(world, specifiers_of)
        });
        let named = importers.candidates(world, id).into_iter().filter_map(|(importer, place)| {
            let path = world.tree.path(importer)?;
            let specifier = specifiers_of(importer)?.at(place);
            (meaning(world, path, specifier) == Some(id)).then(|| (Arc::clone(path), specifier.to_owned()))
        });
        named.collect()
    }

    /// The files that a file imports, requires or re-exports from; sorted.
    pub fn imports(&self, file: &str) -> Vec<Arc<str>> {
        let world = self.world();
        let Some(specifiers) = world.tree.id(file).and_then(|id| self.members().get(id as usize)?.specifiers(&self.cwd)) else {
            return Vec::new();
        };
        let mut found: Vec<Arc<str>> = specifiers.iter().filter_map(|name| self.resolve(file, name)).collect();
        found.sort();
        found.dedup();
        found
    }

    /// Whether a file takes what a module offers under a name, if its imports tell.
    pub fn takes(&self, file: &str, specifier: &str, name: &str) -> Option<bool> {
        let id = self.world().tree.id(file)?;
        self.members().get(id as usize)?.scanned()?.take(specifier, name)
    }

    /// Whether code outside of the project may import a file: an entry of a package that is not private.
    pub fn is_public(&self, file: &str) -> bool {
        public::is_public(self.world(), file)
    }

    /// All files of the project.
    pub fn files(&self) -> Vec<Arc<str>> {
        self.members().iter().map(|member| Arc::clone(&member.path)).collect()
    }

    /// A file of the project, as a walk finds it.
    pub fn file(&self, file: &str) -> Option<SourceFile> {
        let id = self.world().tree.id(file)?;
        self.members().get(id as usize).map(Member::source)
    }

    /// The text of a file of the project; None: it is none, or a run would not lint it.
    pub fn read(&self, file: &str) -> Option<Vec<u8>> {
        let id = self.world().tree.id(file)?;
        self.members().get(id as usize)?.text(&self.cwd)
    }

    /// Of a project that is known in part, no more is counted than was read.
    pub fn counts(&self) -> Counts {
        let members = self.members.get().map(Vec::as_slice).unwrap_or_default();
        Counts {
            seen: members.iter().filter_map(Member::scanned).map(|it| it.iter().count() as u64).sum(),
            asked: self.asked.load(Ordering::Relaxed),
            resolved: self.resolved.load(Ordering::Relaxed),
        }
    }

    fn members(&self) -> &[Member] {
        self.members.get_or_init(|| {
            let Some(around) = &self.around else { return Vec::new() };
            let named = std::mem::take(&mut *around.named.lock().unwrap_or_else(PoisonError::into_inner));
            around::members(named, &around.options)
        })
    }

    fn world(&self) -> World<'_> {
        let tree = self.tree.get_or_init(|| Tree::new(&self.cwd, self.members().iter().map(|it| Arc::clone(&it.path)).collect()));
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
        return world.named_in(&world.scope(folder), folder, name, flavour);
    }
    let target = paths::join(folder, name)?;
    // What ends like a folder is one.
    if matches!(paths::name(name), "" | "." | "..") { world.folder(&target, flavour) } else { world.at(&target, flavour) }
}

#[cfg(test)]
mod tests;

//! What holds for all files of a folder: the package, the workspace and the names of modules around it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::entry::{self, Package};
use super::manifest::{Manifest, Manifests};
use super::public::Face;
use super::tree::{FileId, Flavour, Tree};
use super::tsconfig::Aliases;
use super::{paths, specifier, workspace};

/// `#a` may mean a package that means `#b`, and so on.
const DEEPEST: usize = 8;

/// Folders below which names are looked up that no package can have, such as `@/x`, if nothing else says what they mean.
const ROOTS: &[&str] = &["src", "", "app"];
/// Folders of sources below which bundlers are told to look names up.
const SOURCES: &[&str] = &["src", "app", "client", "js"];

#[derive(Debug, Default)]
pub struct Scope {
    package: Option<(String, Arc<Manifest>)>,
    aliases: Option<Aliases>,
    workspace: Option<Arc<Workspace>>,
    /// What specifiers that are not relative mean, by the flavour of the file.
    known: [Mutex<FxHashMap<Box<str>, Option<FileId>>>; 2],
    /// By flavour.
    faces: [OnceLock<Face>; 2],
}

#[derive(Debug)]
struct Workspace {
    root: String,
    patterns: Vec<String>,
    packages: OnceLock<FxHashMap<String, String>>,
}

impl Workspace {
    fn folder(&self, name: &str, tree: &Tree, manifests: &Manifests) -> Option<&str> {
        let packages = self.packages.get_or_init(|| workspace::packages(&self.root, &self.patterns, tree, manifests));
        packages.get(name).map(String::as_str)
    }
}

impl Scope {
    /// The folder and the manifest of the package.
    pub fn package(&self) -> Option<(&str, &Manifest)> {
        self.package.as_ref().map(|(folder, manifest)| (folder.as_str(), &**manifest))
    }

    /// What the package offers to code outside of the project.
    pub fn face(&self, world: World<'_>, flavour: Flavour) -> &Face {
        let of_package = |(folder, manifest)| Face::of(world, Package { folder, manifest }, flavour);
        self.faces[flavour as usize].get_or_init(|| self.package().map(of_package).unwrap_or_default())
    }
}

/// The scopes of folders. Folders in which nothing is said share that of the folder around them.
#[derive(Debug, Default)]
pub struct Scopes {
    of_folder: RwLock<FxHashMap<Box<str>, Arc<Scope>>>,
    /// Every package of the tree, for dependencies that must be in it while no workspace says where.
    everywhere: OnceLock<FxHashMap<String, String>>,
}

/// What a look-up may ask.
#[derive(Clone, Copy)]
pub struct World<'a> {
    pub tree: &'a Tree,
    pub manifests: &'a Manifests,
    pub scopes: &'a Scopes,
}

impl World<'_> {
    pub fn scope(self, folder: &str) -> Arc<Scope> {
        let known = &self.scopes.of_folder;
        if let Some(scope) = known.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(scope);
        }
        let outer = paths::parent(folder).filter(|_| !is_top(folder)).map(|outer| self.scope(outer)).unwrap_or_default();
        let scope = self.scope_within(&outer, folder);
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(folder.into()).or_insert(scope))
    }

    fn scope_within(self, outer: &Arc<Scope>, folder: &str) -> Arc<Scope> {
        let manifest = self.manifests.of(folder);
        let patterns = if manifest.is_some() { workspace::patterns(folder, manifest.as_deref()) } else { None };
        let workspace = match patterns {
            Some(patterns) => Some(Arc::new(Workspace { root: folder.to_owned(), patterns, packages: OnceLock::new() })),
            None => outer.workspace.clone(),
        };
        let find = |name: &str| workspace.as_ref()?.folder(name, self.tree, self.manifests).map(str::to_owned);
        let aliases = Aliases::of(folder, &find);
        if manifest.is_none() && aliases.is_none() {
            return Arc::clone(outer);
        }
        let package = manifest.map(|manifest| (folder.to_owned(), manifest)).or_else(|| outer.package.clone());
        Arc::new(Scope { package, aliases: aliases.or_else(|| outer.aliases.clone()), workspace, ..Scope::default() })
    }

    /// What a specifier that is not relative means in a file of a folder: also a file below the folder of sources around it, if no package is called so.
    pub fn named_in(self, scope: &Scope, folder: &str, name: &str, flavour: Flavour) -> Option<FileId> {
        self.named(scope, name, flavour).or_else(|| {
            let is_plain =
                name.contains('/') && name.starts_with(|first: char| first.is_ascii_alphabetic()) && !specifier::is_foreign(name);
            let (package, manifest) = scope.package.as_ref().filter(|_| is_plain)?;
            if manifest.dependencies.contains_key(specifier::package(name).0) {
                return None;
            }
            let mut at = Some(folder);
            while let Some(one) = at.filter(|one| one.len() >= package.len()) {
                let found = SOURCES.contains(&paths::name(one)).then(|| self.at(&paths::join(one, name)?, flavour)).flatten();
                if found.is_some() {
                    return found;
                }
                at = paths::parent(one);
            }
            None
        })
    }

    /// What a specifier that is not relative means in a scope.
    pub fn named(self, scope: &Scope, name: &str, flavour: Flavour) -> Option<FileId> {
        let known = &scope.known[flavour as usize];
        if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return *known;
        }
        let found = self.look_up(scope, name, flavour, 0);
        known.lock().unwrap_or_else(PoisonError::into_inner).insert(name.into(), found);
        found
    }

    fn look_up(self, scope: &Scope, name: &str, flavour: Flavour, depth: usize) -> Option<FileId> {
        if specifier::is_foreign(name) || depth > DEEPEST {
            return None;
        }
        if name.starts_with('/') {
            return self.at(name, flavour);
        }
        let aliased = scope.aliases.as_ref().and_then(|it| it.targets(name).iter().find_map(|target| self.at(target, flavour)));
        aliased.or_else(|| {
            if name.starts_with('#')
                && let Some(found) = self.internal(scope, name, flavour, depth)
            {
                return Some(found);
            }
            let (package, inner) = specifier::package(name);
            let folder = self.package_folder(scope, package);
            match folder {
                Some(folder) => Package { folder: &folder, manifest: &*self.manifests.of(&folder)? }.entry(self.tree, inner, flavour),
                None => self.conventional(scope, name, flavour),
            }
        })
    }

    /// A file or a folder at a full path.
    pub fn at(self, full: &str, flavour: Flavour) -> Option<FileId> {
        self.tree.file(full, flavour).or_else(|| self.folder(full, flavour))
    }

    /// What a folder means.
    pub fn folder(self, full: &str, flavour: Flavour) -> Option<FileId> {
        if !self.tree.is_folder(full) {
            return None;
        }
        let manifest = self.manifests.of(full);
        let main = manifest.and_then(|manifest| Package { folder: full, manifest: &manifest }.main(self.tree, flavour));
        main.or_else(|| self.tree.index(full, flavour))
    }

    /// `#x`, which the package itself defines.
    fn internal(self, scope: &Scope, name: &str, flavour: Flavour, depth: usize) -> Option<FileId> {
        let (folder, manifest) = scope.package.as_ref()?;
        let targets = entry::mapped(manifest.imports.as_ref()?, name, false);
        targets.iter().find_map(|target| {
            if specifier::is_relative(target) {
                Package { folder, manifest }.target(self.tree, target, flavour)
            } else {
                self.look_up(scope, target, flavour, depth + 1)
            }
        })
    }

    fn package_folder(self, scope: &Scope, name: &str) -> Option<String> {
        let own = scope.package.as_ref();
        if let Some((folder, _)) = own.filter(|(_, manifest)| manifest.name.as_deref() == Some(name)) {
            return Some(folder.clone());
        }
        if let Some(folder) = scope.workspace.as_ref().and_then(|it| it.folder(name, self.tree, self.manifests)) {
            return Some(folder.to_owned());
        }
        let (folder, manifest) = own?;
        let version = manifest.dependencies.get(name)?;
        if version.starts_with("workspace:") {
            let everywhere = || workspace::packages("/", &["**".to_owned()], self.tree, self.manifests);
            return self.scopes.everywhere.get_or_init(everywhere).get(name).cloned();
        }
        let path = ["file:", "link:", "portal:"].iter().find_map(|scheme| version.strip_prefix(scheme))?;
        paths::join(folder, path).filter(|linked| self.tree.is_folder(linked) && self.manifests.of(linked).is_some())
    }

    /// `@/x` and `~/x` are no names of packages: bundlers are told what they mean, mostly this.
    fn conventional(self, scope: &Scope, name: &str, flavour: Flavour) -> Option<FileId> {
        // Of SvelteKit, whose configuration is written when it is built.
        if let Some(inner) = name.strip_prefix("$lib/") {
            let (folder, _) = scope.package.as_ref()?;
            return self.at(&paths::join(folder, &format!("src/lib/{inner}"))?, flavour);
        }
        let inner = ["@/", "~/", "@@/", "~~/"].iter().find_map(|prefix| name.strip_prefix(prefix))?;
        let (folder, _) = scope.package.as_ref()?;
        ROOTS.iter().find_map(|root| self.at(&paths::join(folder, &format!("{root}/{inner}"))?, flavour))
    }
}

/// Nothing above a repository says anything of what is in it.
fn is_top(folder: &str) -> bool {
    paths::join(folder, ".git").is_some_and(|path| std::fs::exists(path).unwrap_or(false))
}

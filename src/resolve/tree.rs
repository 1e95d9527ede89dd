//! The files of a project, and which of them a path without its extension means. Nothing here touches the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::paths;

/// Where a file stands in the list of files.
pub type FileId = u32;

/// Who asks: TypeScript writes `.js` for what its compiler will make of a `.ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    JavaScript,
    TypeScript,
}

impl Flavour {
    pub fn of(path: &str) -> Self {
        let is_typescript = [".ts", ".tsx", ".mts", ".cts"].iter().any(|extension| path.ends_with(extension));
        if is_typescript { Self::TypeScript } else { Self::JavaScript }
    }

    const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::TypeScript => {
                &[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".d.ts", ".d.mts", ".d.cts"]
            }
            Self::JavaScript => {
                &[".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte", ".d.ts", ".d.mts", ".d.cts"]
            }
        }
    }
}

/// What a compiler writes, what it may have been, and what declares it.
const COMPILED: &[(&str, &[&str], &str)] = &[
    (".js", &[".ts", ".tsx", ".jsx"], ".d.ts"),
    (".jsx", &[".tsx", ".ts"], ".d.ts"),
    (".mjs", &[".mts", ".ts"], ".d.mts"),
    (".cjs", &[".cts", ".ts"], ".d.cts"),
];

#[derive(Debug)]
pub struct Tree {
    cwd: PathBuf,
    root: String,
    /// As the run names them, sorted.
    paths: Arc<[Arc<str>]>,
    ids: FxHashMap<Arc<str>, FileId>,
    /// Of files that are not in the working directory, by their full paths.
    outside: FxHashMap<Box<str>, FileId>,
    /// Full paths of all folders that hold a file, at whatever depth.
    folders: FxHashSet<Box<str>>,
}

impl Tree {
    pub fn new(cwd: &Path, files: Arc<[Arc<str>]>) -> Self {
        let mut tree = Self {
            cwd: cwd.to_path_buf(),
            root: paths::full(cwd, ""),
            ids: files.iter().enumerate().map(|(at, path)| (Arc::clone(path), at as FileId)).collect(),
            outside: FxHashMap::default(),
            folders: FxHashSet::default(),
            paths: files,
        };
        for (id, path) in (0..).zip(tree.paths.iter()).filter(|(_, path)| !paths::is_plain(path)) {
            let full = tree.full(path);
            if paths::within(&tree.root, &full).is_none() {
                tree.outside.insert(full.into(), id);
            }
        }
        let mut last = "";
        for path in tree.paths.iter() {
            let folder = paths::parent(path).unwrap_or_default();
            if folder != last || tree.folders.is_empty() {
                let full = tree.full(folder);
                let mut outer = Some(full.as_str());
                while let Some(folder) = outer
                    && tree.folders.insert(folder.into())
                {
                    outer = if folder == tree.root { None } else { paths::parent(folder) };
                }
                last = folder;
            }
        }
        tree
    }

    pub fn paths(&self) -> &[Arc<str>] {
        &self.paths
    }

    pub fn path(&self, id: FileId) -> Option<&Arc<str>> {
        self.paths.get(id as usize)
    }

    pub fn id(&self, path: &str) -> Option<FileId> {
        self.ids.get(path).copied()
    }

    /// The full path of one that the run names.
    pub fn full(&self, path: &str) -> String {
        let root = self.root.trim_end_matches('/');
        if !cfg!(windows) && paths::is_plain(path) {
            return [root, path].join("/");
        }
        let joined = || paths::join(root, path).filter(|full| !full.is_empty());
        let is_relative = !cfg!(windows) && !path.starts_with('/');
        if is_relative { joined() } else { None }.unwrap_or_else(|| paths::full(&self.cwd, path))
    }

    pub fn is_folder(&self, full: &str) -> bool {
        self.folders.contains(full)
    }

    /// Sorted.
    pub fn folders(&self) -> Vec<&str> {
        let mut folders: Vec<&str> = self.folders.iter().map(|folder| &**folder).collect();
        folders.sort_unstable();
        folders
    }

    fn exactly(&self, full: &str) -> Option<FileId> {
        match paths::within(&self.root, full) {
            Some(path) => self.id(path),
            None => self.outside.get(full).copied(),
        }
    }

    /// The file that a full path means, as written, or by another extension, or by one more.
    pub fn file(&self, full: &str, flavour: Flavour) -> Option<FileId> {
        let exact = || self.exactly(full);
        let compiled = COMPILED.iter().find_map(|(compiled, sources, declared)| Some((full.strip_suffix(compiled)?, *sources, *declared)));
        let source = || compiled.and_then(|(stem, sources, _)| self.with_extension(stem, sources));
        let declared = || compiled.and_then(|(stem, _, declared)| self.with_extension(stem, &[declared]));
        let written = match flavour {
            Flavour::TypeScript => source().or_else(exact),
            Flavour::JavaScript => exact().or_else(source),
        };
        written.or_else(|| self.with_extension(full, flavour.extensions())).or_else(declared)
    }

    /// The file by which a folder is meant if no manifest says otherwise.
    pub fn index(&self, folder: &str, flavour: Flavour) -> Option<FileId> {
        self.is_folder(folder)
            .then(|| paths::join(folder, "index"))
            .flatten()
            .and_then(|index| self.with_extension(&index, flavour.extensions()))
    }

    fn with_extension(&self, stem: &str, extensions: &[&str]) -> Option<FileId> {
        let mut path = String::with_capacity(stem.len() + 6);
        path.push_str(stem);
        extensions.iter().find_map(|extension| {
            path.truncate(stem.len());
            path.push_str(extension);
            self.exactly(&path)
        })
    }
}

//! Where a file stands in its package: what a folder's name says (`test`, `scripts`) holds from there.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::walk::normalise;

/// Finds the folder of the nearest `package.json`, once for each folder.
pub struct Packages {
    cwd: PathBuf,
    of_folder: Mutex<FxHashMap<PathBuf, PathBuf>>,
}

impl Packages {
    pub fn new(cwd: &Path) -> Self {
        Self { cwd: cwd.to_path_buf(), of_folder: Mutex::default() }
    }

    /// The path from the folder of the nearest `package.json`, else from the working directory.
    pub fn relative(&self, path: &str) -> String {
        let full = normalise(&self.cwd.join(path));
        let folder = full.parent().unwrap_or(&self.cwd);
        let mut known = self.of_folder.lock().unwrap_or_else(PoisonError::into_inner);
        let root = self.root(folder, &mut known);
        full.strip_prefix(root).map_or_else(|_| path.to_owned(), |relative| relative.to_string_lossy().replace('\\', "/"))
    }

    /// Each folder is asked for its `package.json` once; one that has none has that of the folder around it.
    fn root(&self, folder: &Path, known: &mut FxHashMap<PathBuf, PathBuf>) -> PathBuf {
        if let Some(root) = known.get(folder) {
            return root.clone();
        }
        let root = match folder.parent() {
            _ if folder.join("package.json").exists() => folder.to_path_buf(),
            Some(outer) => self.root(outer, known),
            None => self.cwd.clone(),
        };
        known.insert(folder.to_path_buf(), root.clone());
        root
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_within_a_package_is_its_own() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("fixtures/demo");
        std::fs::create_dir_all(inner.join("src")).expect("a folder");
        std::fs::write(folder.path().join("package.json"), "{}").expect("a file");
        std::fs::write(inner.join("package.json"), "{}").expect("a file");
        let packages = Packages::new(folder.path());
        assert_eq!(packages.relative("fixtures/demo/src/a.js"), "src/a.js");
        assert_eq!(packages.relative("test/a.js"), "test/a.js");
        assert_eq!(Packages::new(&inner).relative("src/a.js"), "src/a.js");
    }
}

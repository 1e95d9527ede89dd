//! Fingerprints: what stays the same about a finding when code around it moves.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use crate::diagnostic::Diagnostic;
use crate::walk::normalise;

/// What marks the root of a project, in order of preference.
const GIT: &str = ".git";
const MANIFESTS: &[&str] = &["leaklint.json", "leaklint.jsonc", "package.json"];

/// The folder that holds a project's `.git`, if `from` lies in one.
pub fn git_root(from: &Path) -> Option<&Path> {
    from.ancestors().find(|folder| folder.join(GIT).exists())
}

/// Names files from the root of their project, so that a fingerprint does not depend on where leaklint is started.
struct Roots<'a> {
    cwd: &'a Path,
    /// The folder with the `.git` of each folder, and the nearest with a manifest.
    repositories: FxHashMap<PathBuf, Option<PathBuf>>,
    packages: FxHashMap<PathBuf, Option<PathBuf>>,
}

impl Roots<'_> {
    fn relative(&mut self, path: &str) -> String {
        let full = normalise(&self.cwd.join(path));
        let folder = full.parent().unwrap_or(self.cwd);
        let repository = nearest(folder, &[GIT], &mut self.repositories);
        let root = repository.or_else(|| nearest(folder, MANIFESTS, &mut self.packages));
        full.strip_prefix(root.as_deref().unwrap_or(self.cwd))
            .map_or_else(|_| path.to_string(), |relative| relative.to_string_lossy().replace('\\', "/"))
    }
}

/// The nearest folder around that has one of these. Each is asked for them once.
fn nearest(folder: &Path, names: &[&str], known: &mut FxHashMap<PathBuf, Option<PathBuf>>) -> Option<PathBuf> {
    if let Some(known) = known.get(folder) {
        return known.clone();
    }
    let found = match folder.parent() {
        _ if names.iter().any(|name| folder.join(name).exists()) => Some(folder.to_path_buf()),
        Some(outer) => nearest(outer, names, known),
        None => None,
    };
    known.insert(folder.to_path_buf(), found.clone());
    found
}

/// Turns the key that each diagnostic carries into the hash of rule, path from the project's root, key, and its number among equals.
///
/// The diagnostics are sorted.
pub fn seal(diagnostics: &mut [Diagnostic], cwd: &Path) {
    let mut roots = Roots { cwd, repositories: FxHashMap::default(), packages: FxHashMap::default() };
    let mut equals: FxHashMap<u64, u64> = FxHashMap::default();
    for diagnostic in diagnostics {
        let mut hasher = Xxh3::new();
        for part in [diagnostic.rule, &roots.relative(&diagnostic.location.path), &diagnostic.fingerprint] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        let nth = equals.entry(hasher.digest()).or_default();
        hasher.update(&nth.to_le_bytes());
        *nth += 1;
        diagnostic.fingerprint = format!("{:016x}", hasher.digest());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relative(cwd: &Path, path: &str) -> String {
        Roots { cwd, repositories: FxHashMap::default(), packages: FxHashMap::default() }.relative(path)
    }

    #[test]
    fn a_path_starts_at_the_git_root_else_at_the_manifest() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let package = folder.path().join("packages/one");
        std::fs::create_dir_all(package.join("src")).expect("a folder");
        std::fs::write(package.join("package.json"), "{}").expect("a file");
        assert_eq!(relative(&package, "src/a.js"), "src/a.js");
        assert_eq!(relative(&package.join("src"), "a.js"), "src/a.js");
        assert_eq!(relative(folder.path(), "packages/one/src/a.js"), "src/a.js");
        std::fs::create_dir(folder.path().join(".git")).expect("a folder");
        assert_eq!(relative(&package, "src/a.js"), "packages/one/src/a.js");
        assert_eq!(relative(&package, "../two/a.js"), "packages/two/a.js");
    }
}

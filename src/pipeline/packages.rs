//! Where a file stands in its package, and what that package says: what a folder's name says (`test`, `scripts`) holds from there.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::project::{Package, Place};
use crate::walk::normalise;

/// Files whose name begins so may say what is a test.
const TEST_CONFIGURATIONS: &[&str] = &["vitest.config.", "vite.config.", "jest.config."];

/// What stands in the outermost folder of a workspace of packages, which may be none itself.
const WORKSPACES: &[&str] = &["pnpm-workspace.yaml", "rush.json", "lerna.json", "nx.json"];

/// Finds the nearest `package.json`, once for each folder.
pub struct Packages {
    cwd: PathBuf,
    of_folder: Mutex<Homes>,
    /// By folder as the paths of a run spell it.
    known: Mutex<FxHashMap<String, Place>>,
}

/// By folder as text: a path is compared part by part.
type Homes = FxHashMap<OsString, Arc<Home>>;

struct Home {
    folder: PathBuf,
    below: Arc<str>,
    package: Arc<Package>,
}

impl Packages {
    pub fn new(cwd: &Path) -> Self {
        Self { cwd: cwd.to_path_buf(), of_folder: Mutex::default(), known: Mutex::default() }
    }

    /// From the folder of the nearest `package.json`, else from the working directory.
    pub fn place(&self, path: &str) -> Place {
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let (folder, name) = path.split_at(name);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let Place { in_package, below, package } = match known.get(folder) {
            Some(place) => place,
            None => {
                let place = self.place_of_folder(folder);
                known.entry(folder.to_owned()).or_insert(place)
            }
        };
        Place { in_package: format!("{in_package}{name}"), below: Arc::clone(below), package: Arc::clone(package) }
    }

    /// The folder is empty or ends in a slash; so does its place.
    fn place_of_folder(&self, path: &str) -> Place {
        let folder = normalise(&self.cwd.join(path));
        let home = self.home(&folder, &mut self.of_folder.lock().unwrap_or_else(PoisonError::into_inner));
        let mut in_package =
            folder.strip_prefix(&home.folder).map_or_else(|_| path.to_owned(), |it| it.to_string_lossy().replace('\\', "/"));
        if !in_package.is_empty() && !in_package.ends_with('/') {
            in_package.push('/');
        }
        Place { in_package, below: Arc::clone(&home.below), package: Arc::clone(&home.package) }
    }

    /// Each folder is asked for its `package.json` once; one that has none has that of the folder around it.
    fn home(&self, folder: &Path, known: &mut Homes) -> Arc<Home> {
        if let Some(home) = known.get(folder.as_os_str()) {
            return Arc::clone(home);
        }
        let home = match (fs::read(folder.join("package.json")), folder.parent()) {
            (Ok(text), outer) => {
                let is_repository = folder.join(".git").exists();
                let below = outer.filter(|_| !is_repository).map_or_else(|| "".into(), |outer| self.below(folder, outer, known));
                Arc::new(Home { folder: folder.to_path_buf(), below, package: Arc::new(package(folder, &text)) })
            }
            (Err(_), Some(outer)) => self.home(outer, known),
            (Err(_), None) => Arc::new(Home { folder: self.cwd.clone(), below: "".into(), package: Arc::default() }),
        };
        known.insert(folder.as_os_str().to_owned(), Arc::clone(&home));
        home
    }
}

impl Packages {
    /// From the outermost package around a package's folder to it, or from the top of a workspace that is no package itself.
    fn below(&self, folder: &Path, outer: &Path, known: &mut Homes) -> Arc<str> {
        let is_workspace = |at: &Path| WORKSPACES.iter().any(|name| at.join(name).exists());
        let inner = |at: &Path| folder.strip_prefix(at).map(|it| it.to_string_lossy().replace('\\', "/")).unwrap_or_default();
        let mut at = outer;
        // No package of another repository, and none of the machine, is around it.
        while !at.join("package.json").is_file() {
            match at.parent() {
                _ if is_workspace(at) => return inner(at).into(),
                Some(parent) if !at.join(".git").exists() => at = parent,
                _ => return "".into(),
            }
        }
        let home = self.home(at, known);
        let inner = inner(at);
        if home.below.is_empty() { inner.into() } else { format!("{}/{inner}", home.below).into() }
    }
}

fn package(folder: &Path, manifest: &[u8]) -> Package {
    let mut package = Package::parse(&String::from_utf8_lossy(manifest));
    let mut configurations: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    configurations.retain(|path| {
        path.file_name().and_then(|it| it.to_str()).is_some_and(|name| TEST_CONFIGURATIONS.iter().any(|prefix| name.starts_with(prefix)))
    });
    configurations.sort();
    for text in configurations.iter().filter_map(|path| fs::read(path).ok()) {
        package.read_test_configuration(&String::from_utf8_lossy(&text));
    }
    package
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
        assert_eq!(packages.place("fixtures/demo/src/a.js").in_package, "src/a.js");
        assert_eq!(packages.place("test/a.js").in_package, "test/a.js");
        assert_eq!(&*packages.place("fixtures/demo/src/a.js").below, "fixtures/demo");
        assert_eq!(&*packages.place("test/a.js").below, "");
        assert_eq!(Packages::new(&inner).place("src/a.js").in_package, "src/a.js");
    }

    #[test]
    fn a_package_of_a_workspace_that_is_no_package_is_below_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("build-tests/proxy");
        std::fs::create_dir_all(&inner).expect("a folder");
        std::fs::write(inner.join("package.json"), "{}").expect("a file");
        std::fs::write(folder.path().join("rush.json"), "{}").expect("a file");
        assert_eq!(&*Packages::new(folder.path()).place("build-tests/proxy/a.js").below, "build-tests/proxy");
        assert_eq!(&*Packages::new(&inner).place("a.js").below, "build-tests/proxy");
    }
}

//! The cases of the rule pages as Rust tests see them. docs/cases.md describes the format; tests/oracle/fences.mjs reads the same.

pub mod fence;
pub mod mark;

use std::path::{Path, PathBuf};

/// Every file of these extensions below a folder, as sorted paths relative to the repository.
pub fn files(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join(folder), extensions, &mut found);
    found.sort();
    found.into_iter().filter_map(|path| path.strip_prefix(root()).map(Path::to_path_buf).ok()).collect()
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, extensions, found);
        } else if path.extension().is_some_and(|extension| extensions.iter().any(|it| extension == *it)) {
            found.push(path);
        }
    }
}

//! The files of a run and those around them, for findings that depend on more than one file.

use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::packages::Packages;
use super::{Decoding, FileFacts};
use crate::project::Place;
use crate::resolve::ProjectFiles;
use crate::text::SourceText;
use crate::walk::Origin;

/// What the second look at a file can ask for.
pub struct Project<F> {
    cwd: PathBuf,
    /// Sorted by path.
    pub files: Vec<FileFacts<F>>,
    /// Where the bytes of the run's files come from, if not from the disk by their path.
    origins: FxHashMap<Arc<str>, Origin>,
    links: ProjectFiles,
    packages: Packages,
}

impl<F> Project<F> {
    pub fn new(cwd: PathBuf, files: Vec<FileFacts<F>>, origins: FxHashMap<Arc<str>, Origin>, links: ProjectFiles) -> Self {
        let packages = Packages::new(&cwd);
        Self { cwd, files, origins, links, packages }
    }

    /// The facts of a file of the run.
    pub fn facts(&self, path: &str) -> Option<&F> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(&self.files.get(at)?.facts)
    }

    /// The text of a file; none if it cannot be read or is none.
    pub fn text(&self, path: &str) -> Option<SourceText> {
        let bytes = self.origins.get(path).unwrap_or(&Origin::Disk).read(&self.cwd, path).ok()?;
        if matches!(Decoding::of(&bytes), Decoding::NotText(_)) { None } else { Some(SourceText::new(bytes)) }
    }

    /// Where a file stands in its package.
    pub fn place(&self, path: &str) -> Place {
        self.packages.place(path)
    }

    /// The file that a specifier means where it is written.
    pub fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>> {
        self.links.resolve(file, specifier)
    }

    /// Whether any file names this one.
    pub fn is_imported(&self, path: &str) -> bool {
        !self.links.importers(path).is_empty()
    }

    /// Whether code outside of the project may import a file.
    pub fn is_public(&self, file: &str) -> bool {
        self.links.is_public(file)
    }

    /// The files that name a file in an import, a require or a re-export, with the specifiers by which they do.
    pub fn importers(&self, file: &str) -> Vec<(Arc<str>, String)> {
        self.links.importers(file)
    }
}

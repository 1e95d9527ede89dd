//! The files of a run and those around them, for findings that depend on more than one file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::packages::Packages;
use super::{Decoding, FileFacts, Limits, Linted};
use crate::project::Place;
use crate::resolve::{Counts, ProjectFiles};
use crate::text::SourceText;
use crate::walk::{Origin, SourceFile};

/// How a file that the run does not name is looked at; none if a run over the whole project would not lint it.
pub(super) type Look<F> = Box<dyn Fn(&SourceFile, Limits) -> Option<Linted<F>> + Send + Sync>;

/// Filled by whoever asks first.
type Slot<F> = Arc<OnceLock<Option<F>>>;

/// What the second look at a file can ask for.
pub struct Project<F> {
    cwd: PathBuf,
    /// Sorted by path.
    pub files: Vec<FileFacts<F>>,
    /// Where the bytes of the run's files come from, if not from the disk by their path.
    origins: FxHashMap<Arc<str>, Origin>,
    links: ProjectFiles,
    packages: Packages,
    /// None: the run has all files of the project.
    look: Option<Look<F>>,
    around: Mutex<FxHashMap<Arc<str>, Slot<F>>>,
}

impl<F> Project<F> {
    pub(super) fn new(
        cwd: PathBuf,
        files: Vec<FileFacts<F>>,
        origins: FxHashMap<Arc<str>, Origin>,
        links: ProjectFiles,
        look: Option<Look<F>>,
    ) -> Self {
        let packages = Packages::new(&cwd);
        Self { cwd, files, origins, links, packages, look, around: Mutex::default() }
    }

    /// The facts of a file of the run.
    pub fn facts(&self, path: &str) -> Option<&F> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(&self.files.get(at)?.facts)
    }

    /// Whether the run has all files of the project.
    pub fn is_whole(&self) -> bool {
        self.look.is_none()
    }

    /// Whether findings of a file are asked for.
    pub fn is_named(&self, path: &str) -> bool {
        self.look.is_none() || self.facts(path).is_some()
    }

    /// Asks the facts of a file, also of one around the run: that one is looked at when it is first asked.
    pub fn with_facts<R>(&self, path: &str, limits: Limits, ask: impl FnOnce(&F) -> R) -> Option<R> {
        if let Some(facts) = self.facts(path) {
            return Some(ask(facts));
        }
        self.look.as_ref()?;
        let slot = Arc::clone(self.around.lock().unwrap_or_else(PoisonError::into_inner).entry(path.into()).or_default());
        slot.get_or_init(|| self.look_around(path, limits)?.facts).as_ref().map(ask)
    }

    /// Looks at a file around the run.
    pub(super) fn look_around(&self, path: &str, limits: Limits) -> Option<Linted<F>> {
        let file = self.links.file(path)?;
        self.look.as_ref()?(&file, limits)
    }

    /// The text of a file; none if it cannot be read or is none.
    pub fn text(&self, path: &str) -> Option<SourceText> {
        let bytes = match self.origins.get(path) {
            Some(origin) => origin.read(&self.cwd, path).ok()?,
            None if self.is_named(path) => Origin::Disk.read(&self.cwd, path).ok()?,
            None => self.links.read(path)?,
        };
        if matches!(Decoding::of(&bytes).0, Decoding::NotText(_)) { None } else { Some(SourceText::new(bytes)) }
    }

    /// Where a file stands in its package.
    pub fn place(&self, path: &str) -> Place {
        self.packages.place(path)
    }

    /// The file that a specifier means where it is written.
    pub fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>> {
        self.links.resolve(file, specifier)
    }

    /// What became of the specifiers so far.
    pub fn counts(&self) -> Counts {
        self.links.counts()
    }

    /// Whether any file names this one.
    pub fn is_imported(&self, path: &str) -> bool {
        !self.links.importers(path).is_empty()
    }

    /// Whether a file takes what a module offers under a name, if its imports tell.
    pub fn takes(&self, file: &str, specifier: &str, name: &str) -> Option<bool> {
        self.links.takes(file, specifier, name)
    }

    /// Whether code outside of the project may import a file.
    pub fn is_public(&self, file: &str) -> bool {
        self.links.is_public(file)
    }

    /// The files of the project that a file names.
    pub fn imports(&self, file: &str) -> Vec<Arc<str>> {
        self.links.imports(file)
    }

    /// The files of the project in whose text a word stands by itself.
    pub fn naming(&self, word: &str) -> Vec<Arc<str>> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let names = |file: &Arc<str>| {
            let Some(text) = self.text(file) else { return false };
            let bytes = text.text().as_bytes();
            memchr::memmem::find_iter(bytes, word).any(|at| {
                let is_begun = at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(is_part);
                !is_begun && !bytes.get(at + word.len()).is_some_and(is_part)
            })
        };
        self.links.files().into_iter().filter(names).collect()
    }

    /// The files that name a file in an import, a require or a re-export, with the specifiers by which they do.
    pub fn importers(&self, file: &str) -> Vec<(Arc<str>, String)> {
        self.links.importers(file)
    }
}

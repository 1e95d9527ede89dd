//! The texts of the files that reports quote.
//!
//! A run drops each text once its file is analysed, so reports load the few that they need again.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::text::SourceText;
use crate::walk::Origin;

/// How many texts are kept at once. Findings come sorted by path, so few are asked for twice.
const KEPT: usize = 16;

/// A file as it was when it was linted.
#[derive(Debug, Clone)]
pub struct Known {
    pub origin: Origin,
    pub hash: u64,
}

/// Loads texts by path.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    cwd: PathBuf,
    known: FxHashMap<Arc<str>, Known>,
    kept: VecDeque<(Arc<str>, Arc<SourceText>)>,
    changed: BTreeSet<Arc<str>>,
}

impl Texts {
    pub fn new(cwd: &Path) -> Self {
        Self { cwd: cwd.to_path_buf(), ..Self::default() }
    }

    pub fn know(&mut self, path: Arc<str>, known: Known) {
        self.known.insert(path, known);
    }

    /// The text of a file, empty if it can no longer be read.
    pub fn get(&mut self, path: &Arc<str>) -> Arc<SourceText> {
        if let Some((_, text)) = self.kept.iter().find(|(kept, _)| kept == path) {
            return Arc::clone(text);
        }
        let text = Arc::new(self.load(path));
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((Arc::clone(path), Arc::clone(&text)));
        text
    }

    fn load(&mut self, path: &Arc<str>) -> SourceText {
        let known = self.known.get(path);
        let origin = known.map_or(&Origin::Disk, |known| &known.origin);
        let bytes = origin.read(&self.cwd, path).ok();
        if let Some(known) = known
            && bytes.as_deref().map(hash) != Some(known.hash)
        {
            self.changed.insert(Arc::clone(path));
        }
        SourceText::new(bytes.unwrap_or_default())
    }

    /// The files that are not what they were when they were linted: excerpts and columns may not fit.
    pub fn changed(&self) -> impl Iterator<Item = &str> {
        self.changed.iter().map(|path| &**path)
    }
}

/// Tells two versions of a file apart.
pub fn hash(bytes: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_or_vanished_since_it_was_linted_is_told() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut texts = Texts::new(folder.path());
        for name in ["same.js", "changed.js", "gone.js"] {
            std::fs::write(folder.path().join(name), "let a;").expect("a file");
            texts.know(name.into(), Known { origin: Origin::Disk, hash: hash(b"let a;") });
        }
        std::fs::write(folder.path().join("changed.js"), "let b;").expect("a file");
        std::fs::remove_file(folder.path().join("gone.js")).expect("the file is there");
        assert_eq!(texts.get(&"same.js".into()).text(), "let a;");
        assert_eq!(texts.get(&"changed.js".into()).text(), "let b;");
        assert_eq!(texts.get(&"gone.js".into()).text(), "");
        assert_eq!(texts.changed().collect::<Vec<_>>(), ["changed.js", "gone.js"]);
    }

    #[test]
    fn a_buffer_is_quoted_and_not_the_file_of_that_name() {
        let mut texts = Texts::new(Path::new("/nowhere"));
        let bytes: Arc<[u8]> = b"let a;".as_slice().into();
        texts.know("a.js".into(), Known { hash: hash(&bytes), origin: Origin::Buffer(bytes) });
        assert_eq!(texts.get(&"a.js".into()).text(), "let a;");
        assert_eq!(texts.changed().count(), 0);
    }
}

//! Which files get the objects of a file, and so may release what those hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::FileKind;
use super::graph::View;
use crate::model::application::{DECORATE, LOCALS};

impl View<'_> {
    /// The files that get objects of this one: those that import it, and those that it hands them to, also through another file.
    pub(super) fn near(&self) -> BTreeSet<Arc<str>> {
        let mut found: BTreeSet<Arc<str>> = self.source.importers(&self.file).iter().map(|(file, _)| file.clone()).collect();
        let names = |word: &str| self.source.has_name(&self.file, word) == Some(true);
        // Who sets the application up gives it to others, too.
        let beside = if names(DECORATE) { found.iter().flat_map(|file| self.source.imports(file)).collect() } else { Vec::new() };
        let imported = self.source.imports(&self.file);
        for file in &imported {
            found.extend(self.source.imports(file));
        }
        found.extend(beside);
        found.extend(imported);
        // Whoever makes the application is further out than the files that serve it.
        if names(LOCALS) {
            let outer: Vec<_> = found
                .iter()
                .flat_map(|file| self.source.importers(file).iter().map(|(outer, _)| outer.clone()).collect::<Vec<_>>())
                .collect();
            found.extend(outer);
        }
        found.retain(|file| *file != self.file && self.source.kind(file) != FileKind::Test);
        found
    }
}

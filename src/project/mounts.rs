//! Whether components are mounted one time in the life of a page, over the files that place them.

use std::sync::Arc;

use super::FileKind;
use super::graph::{Question, View};
use super::summaries::summary_of;
use crate::model::access::AccessPath;
use crate::model::links::UseKind;
use crate::model::rendered::{Mounts, are_mounts};

/// Files that may name a custom element; where there are more, it is not one of a page.
const MOST: usize = 8;

impl View<'_> {
    /// Whether what is around some mounts is mounted one time in the life of a page.
    pub(super) fn is_once(&self, file: &Arc<str>, mounts: &Mounts, question: &mut Question) -> bool {
        let hides =
            |(module, path): &(String, AccessPath)| summary_of(self.source, file, module, path).is_some_and(|known| known.hides_children);
        !mounts.is_often
            && !mounts.below.iter().any(hides)
            && mounts.elements.iter().all(|name| self.places_once(file, name, question))
            && mounts.within.iter().all(|paths| {
                let uses = self.uses_of(file, paths, question);
                let outer: Vec<bool> = uses
                    .found
                    .iter()
                    .map(|found| match &found.used.what {
                        UseKind::Mounted(mounts) => self.is_once(&found.file, mounts, question),
                        _ => false,
                    })
                    .collect();
                uses.is_complete && are_mounts(uses.found.iter().zip(outer).map(|(found, is_once)| (&*found.file, &found.used, is_once)))
            })
    }

    /// Whether the files that name a custom element, which this file defines, place it once. A page that is no script may place it, too, and is there once.
    pub(super) fn places_once(&self, file: &Arc<str>, name: &str, question: &mut Question) -> bool {
        if let Some(&known) = question.elements.get(name) {
            return known;
        }
        question.elements.insert(name.to_owned(), false);
        let mut files = self.source.naming(name);
        files.retain(|file| self.source.kind(file) != FileKind::Test);
        let is_once = !self.source.is_of_library(file)
            && files.len() <= MOST
            && files.iter().all(|file| {
                let placed = self.source.placed(file);
                placed.iter().filter(|placed| placed.name == name).all(|placed| self.is_once(file, &placed.mounts, question))
            });
        question.elements.insert(name.to_owned(), is_once);
        is_once
    }
}

//! Which files hold the collections that other files add to, also where files between them hand those on.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::graph::{offered, renamed};
use super::{FactsSource, FileKind};
use crate::model::access::{Access, AccessPath};
use crate::model::links::Reexport;

/// Files that are followed from one that hands on to the next.
const DEEPEST: usize = 4;

/// The files that may hold what files add to, also through those that hand it on. `adding`: the files that those name to which they add;
/// `handed`: those from which a file may hand something on.
pub fn may_be_grown(adding: impl Iterator<Item = Arc<str>>, handed: &dyn Fn(&str) -> Vec<Arc<str>>) -> FxHashSet<Arc<str>> {
    let mut found = FxHashSet::default();
    let mut last: Vec<Arc<str>> = adding.filter(|file| found.insert(Arc::clone(file))).collect();
    for _ in 0..DEEPEST {
        let next = last.iter().flat_map(|file| handed(file));
        last = next.filter(|file| found.insert(Arc::clone(file))).collect();
    }
    found
}

/// The paths of a file at which others add to a collection.
pub fn grown_in(source: &dyn FactsSource, file: &str) -> Vec<AccessPath> {
    if !source.may_be_grown(file) {
        return Vec::new();
    }
    let mut found = grown_within(source, file, &mut FxHashSet::default(), DEEPEST);
    found.sort();
    found.dedup();
    found
}

fn grown_within(source: &dyn FactsSource, file: &str, seen: &mut FxHashSet<Arc<str>>, depth: usize) -> Vec<AccessPath> {
    let mut found = Vec::new();
    let mut is_commonjs = None;
    let mut as_offered = |path: &AccessPath| offered(path, *is_commonjs.get_or_insert_with(|| source.is_commonjs(file)));
    for (importer, specifier) in source.importers(file).iter() {
        let grown = source.grown_imports(importer, specifier);
        if !grown.is_empty() && source.kind(importer) != FileKind::Test {
            found.extend(grown.iter().map(&mut as_offered));
        }
        if depth == 0 || !source.may_be_grown(importer) || !hands_on(source, importer, specifier) || !seen.insert(importer.clone()) {
            continue;
        }
        let outer = grown_within(source, importer, seen, depth - 1);
        if outer.is_empty() {
            continue;
        }
        for reexport in source.reexports(importer).iter().filter(|reexport| reexport.module == *specifier) {
            found.extend(outer.iter().filter_map(|path| inner(path, reexport)).map(|path| as_offered(&path)));
        }
    }
    found
}

/// The files that may hold what is at a path of `file`: itself, or those from which it hands that on.
pub fn holders(source: &dyn FactsSource, file: &Arc<str>, path: &AccessPath) -> Vec<Arc<str>> {
    let mut found = vec![file.clone()];
    add_holders(source, file, path, DEEPEST, &mut found);
    found
}

fn add_holders(source: &dyn FactsSource, file: &Arc<str>, path: &AccessPath, depth: usize, found: &mut Vec<Arc<str>>) {
    if depth == 0 || !may_hand_on(source, file, path) {
        return;
    }
    let path = offered(path, source.is_commonjs(file));
    for reexport in source.reexports(file).iter() {
        let Some(inner) = inner(&path, reexport) else { continue };
        let Some(target) = source.resolve(file, &reexport.module).filter(|target| !found.contains(target)) else { continue };
        // Of the files that are handed on whole, the one that has the name.
        if reexport.name.is_none() && !names(source, &target, &inner) && !source.mentions(&target).is_none_or(|it| it.exports_all) {
            continue;
        }
        found.push(target.clone());
        add_holders(source, &target, &inner, depth - 1, found);
    }
}

fn hands_on(source: &dyn FactsSource, file: &str, specifier: &str) -> bool {
    let known = source.hands_on(file, specifier).map(|paths| !paths.is_empty());
    known.unwrap_or_else(|| source.mentions(file).is_none_or(|mentions| mentions.exports))
}

fn may_hand_on(source: &dyn FactsSource, file: &str, path: &AccessPath) -> bool {
    let mentions = source.mentions(file);
    mentions.is_none_or(|mentions| mentions.exports_all || mentions.exports && (mentions.imports_whole || names(source, file, path)))
}

fn names(source: &dyn FactsSource, file: &str, path: &AccessPath) -> bool {
    match path.first() {
        Some(Access::Member(name)) if name != "default" => source.has_name(file, name).unwrap_or(true),
        _ => true,
    }
}

/// Where a path of the file that hands on stands in the file from which it does.
pub(super) fn inner(path: &AccessPath, reexport: &Reexport) -> Option<AccessPath> {
    match &reexport.name {
        Some(name) => Some([reexport.path.as_slice(), path.strip_prefix(name.as_slice())?].concat()),
        None => renamed(path, &Vec::new(), None),
    }
}

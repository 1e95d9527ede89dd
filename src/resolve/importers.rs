//! The way back: which files name a file. Only what is asked about is resolved.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use super::paths;
use super::scan::Specifiers;
use super::scope::World;
use super::specifier;
use super::tree::{FileId, Flavour};

/// Specifiers by what they may mean: relative ones by the path that they spell, without extension; others, which repeat, by what they do mean.
#[derive(Debug)]
pub struct Importers {
    /// Sorted.
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    key: u64,
    file: FileId,
    /// Where the specifier begins in what is packed of the file.
    place: u32,
}

impl Importers {
    pub fn new<'a>(world: World<'_>, specifiers_of: impl Fn(FileId) -> Option<&'a Specifiers>) -> Self {
        let mut entries = Vec::new();
        for (file, path) in (0..).zip(world.tree.paths()) {
            let Some(specifiers) = specifiers_of(file).filter(|specifiers| !specifiers.is_empty()) else { continue };
            let full = world.tree.full(path);
            let folder = paths::parent(&full).unwrap_or("/");
            let flavour = Flavour::of(path);
            let mut scope = None;
            for (place, written) in specifiers.places() {
                let name = specifier::without_query(written);
                let key = if specifier::is_relative(name) {
                    paths::join(folder, name).map(|target| key_of_path(&target))
                } else if specifier::is_foreign(name) {
                    None
                } else {
                    let scope = scope.get_or_insert_with(|| world.scope(folder));
                    world.named_in(scope, folder, name, flavour).map(key_of_file)
                };
                entries.extend(key.map(|key| Entry { key, file, place }));
            }
        }
        entries.sort_unstable();
        Self { entries }
    }

    /// Where a file may be named: files, and places in what is packed of them.
    pub fn candidates(&self, world: World<'_>, file: FileId) -> Vec<(FileId, u32)> {
        let mut keys = vec![key_of_file(file)];
        if let Some(path) = world.tree.path(file) {
            let full = world.tree.full(path);
            keys.push(key_of_path(&full));
            let mut outer = paths::parent(&full);
            let is_index = paths::stem(paths::name(&full)) == "index";
            keys.extend(outer.filter(|_| is_index).map(key_of_path));
            // A folder may say by its manifest that it means a file deep in it.
            while let Some(folder) = outer.filter(|it| world.tree.is_folder(it)) {
                let means = |flavour| world.folder(folder, flavour) == Some(file);
                if world.manifests.of(folder).is_some() && (means(Flavour::JavaScript) || means(Flavour::TypeScript)) {
                    keys.push(key_of_path(folder));
                }
                outer = paths::parent(folder);
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let entries = keys.into_iter().flat_map(|key| {
            let from = self.entries.partition_point(|entry| entry.key < key);
            self.entries.iter().skip(from).take_while(move |entry| entry.key == key)
        });
        let mut found: Vec<(FileId, u32)> = entries.map(|entry| (entry.file, entry.place)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn key_of_path(full: &str) -> u64 {
    hash(&(0u8, paths::stem(full)))
}

fn key_of_file(file: FileId) -> u64 {
    hash(&(1u8, file))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

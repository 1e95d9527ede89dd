//! Which file of a package is meant by the package's name and what is written behind it.

use serde_json::Value;

use super::manifest::Manifest;
use super::paths;
use super::tree::{FileId, Flavour, Tree};

/// Conditions of `exports` and `imports` that lead to source rather than to something built, and to what Node runs rather than to others.
const FIRST: &[&str] = &["source", "development", "node", "module", "import", "require", "default"];
/// These are asked last: declarations, and code for somewhere else.
const LAST: &[&str] = &["types", "typings", "browser", "react-native", "worker", "workerd", "edge-light", "deno", "bun", "react-server"];
/// Where sources stand that something is built from.
const SOURCES: &[&str] = &["src", "source", "lib", "app", ""];
/// What stands between the name and the extension of something built.
const BUILDS: &[&str] = &[".min", ".cjs", ".esm", ".es", ".umd", ".common", ".module", ".prod", ".production", ".development"];
/// Nested conditions of hostile manifests are followed no deeper.
const DEEPEST: usize = 16;

/// A package of the tree.
#[derive(Debug, Clone, Copy)]
pub struct Package<'a> {
    pub folder: &'a str,
    pub manifest: &'a Manifest,
}

impl Package<'_> {
    /// What `name/inner` means; `inner` is empty for the package itself.
    pub fn entry(self, tree: &Tree, inner: &str, flavour: Flavour) -> Option<FileId> {
        let exported =
            self.manifest.exports.as_ref().map(|exports| mapped(exports, &format!("./{inner}"), inner.is_empty())).unwrap_or_default();
        let exported = exported.iter().find_map(|target| self.target(tree, target, flavour));
        if inner.is_empty() {
            return exported.or_else(|| self.main(tree, flavour)).or_else(|| {
                let guessed = |folder: &str| tree.index(&paths::join(self.folder, folder)?, flavour);
                guessed("").or_else(|| SOURCES.iter().find_map(|folder| guessed(folder)))
            });
        }
        exported.or_else(|| self.target(tree, inner, flavour))
    }

    /// What the package's folder means to `require`.
    pub fn main(self, tree: &Tree, flavour: Flavour) -> Option<FileId> {
        self.manifest.entries.iter().find_map(|entry| self.target(tree, entry, flavour))
    }

    /// The file that a manifest's path means: that one, or the source that it is built from.
    pub fn target(self, tree: &Tree, path: &str, flavour: Flavour) -> Option<FileId> {
        let inside = |path: &str| paths::join(self.folder, path).filter(|full| paths::within(self.folder, full).is_some());
        let probe = |full: &str| tree.file(full, flavour).or_else(|| tree.index(full, flavour));
        let full = inside(path)?;
        if let Some(found) = probe(&full) {
            return Some(found);
        }
        let stem = paths::stem(paths::within(self.folder, &full)?);
        let stem = BUILDS.iter().find_map(|build| stem.strip_suffix(build)).unwrap_or(stem);
        let mut rest = stem;
        while let Some((_, shorter)) = rest.split_once('/') {
            rest = shorter;
            let source = |folder: &&str| inside(&format!("{folder}/{rest}")).and_then(|full| probe(&full));
            if let Some(found) = SOURCES.iter().find_map(source) {
                return Some(found);
            }
        }
        None
    }
}

/// The targets that `exports` or `imports` give to a key, the likeliest first. `is_root`: the key is the package itself.
pub fn mapped(map: &Value, key: &str, is_root: bool) -> Vec<String> {
    let mut found = Vec::new();
    match map {
        Value::Object(keys) if keys.keys().any(|it| it.starts_with(['.', '#'])) => {
            let key = if is_root { "." } else { key };
            if let Some(value) = keys.get(key) {
                leaves(value, "", 0, &mut found);
                return found;
            }
            let matching =
                keys.iter().filter_map(|(pattern, value)| Some((pattern.find(['*']).unwrap_or(pattern.len()), star(pattern, key)?, value)));
            if let Some((_, star, value)) = matching.max_by_key(|(prefix, ..)| *prefix) {
                leaves(value, star, 0, &mut found);
            }
        }
        _ if is_root => leaves(map, "", 0, &mut found),
        _ => {}
    }
    found
}

/// What the `*` of a pattern stands for. A folder's key, which ends with `/`, is a pattern too.
pub fn star<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        Some((prefix, suffix)) => text.strip_prefix(prefix)?.strip_suffix(suffix),
        None if pattern.ends_with('/') => text.strip_prefix(pattern),
        None => None,
    }
}

fn leaves(value: &Value, star: &str, depth: usize, found: &mut Vec<String>) {
    match value {
        Value::String(target) if target.ends_with('/') => found.push(format!("{target}{star}")),
        Value::String(target) => found.push(target.replace('*', star)),
        Value::Array(targets) if depth < DEEPEST => targets.iter().for_each(|it| leaves(it, star, depth + 1, found)),
        Value::Object(conditions) if depth < DEEPEST => {
            let mut ranked: Vec<(usize, &Value)> = conditions.iter().map(|(name, value)| (rank(name), value)).collect();
            ranked.sort_by_key(|(rank, _)| *rank);
            ranked.iter().for_each(|(_, it)| leaves(it, star, depth + 1, found));
        }
        _ => {}
    }
}

fn rank(condition: &str) -> usize {
    let place = |list: &[&str]| list.iter().position(|it| *it == condition);
    // A condition with a name of its own, such as the repository's, is there to lead to the source.
    place(FIRST).map(|at| if at == 0 { 0 } else { at + 1 }).or_else(|| place(LAST).map(|at| 100 + at)).unwrap_or(1)
}

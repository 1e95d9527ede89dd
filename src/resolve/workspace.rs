//! Packages that a repository holds, by their names: they are linked without `node_modules`.

use std::fs;

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::manifest::{Manifest, Manifests};
use super::tree::Tree;
use super::{json, paths};

/// The patterns of a workspace whose root is this folder; None: it is no root.
pub fn patterns(folder: &str, manifest: Option<&Manifest>) -> Option<Vec<String>> {
    let named = manifest.map(|it| it.workspaces.clone()).filter(|patterns| !patterns.is_empty());
    let pnpm = || Some(listed(&json::text(&paths::join(folder, "pnpm-workspace.yaml")?)?));
    let lerna = || Some(json::strings(json::read(&paths::join(folder, "lerna.json")?)?.get("packages")));
    let rush = || Some(rush_folders(&json::read(&paths::join(folder, "rush.json")?)?));
    named.or_else(pnpm).or_else(lerna).or_else(rush)
}

fn rush_folders(value: &Value) -> Vec<String> {
    let projects = value.get("projects").and_then(Value::as_array).into_iter().flatten();
    projects.filter_map(|it| it.get("projectFolder")?.as_str().map(str::to_owned)).collect()
}

/// The list under `packages:` of a pnpm-workspace.yaml, which holds no other lists of patterns.
fn listed(yaml: &str) -> Vec<String> {
    let unquoted = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    let mut lines = yaml.lines().map(|line| line.split(" #").next().unwrap_or_default().trim_end());
    let Some(rest) = lines.by_ref().find_map(|line| line.strip_prefix("packages:")) else { return Vec::new() };
    if let Some(inline) = rest.trim().strip_prefix('[') {
        return inline.trim_end_matches(']').split(',').map(unquoted).filter(|it| !it.is_empty()).collect();
    }
    let items = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '-', '#', '\t']));
    items.filter_map(|line| line.trim_start().strip_prefix('-').map(unquoted)).collect()
}

/// Folders of the tree below `root` that match, by the name of the package in them.
pub fn packages(root: &str, patterns: &[String], tree: &Tree, manifests: &Manifests) -> FxHashMap<String, String> {
    let mut folders: Vec<String> = tree.folders().into_iter().map(str::to_owned).collect();
    folders.extend(patterns.iter().flat_map(|pattern| listed_folders(root, pattern)));
    folders.sort_unstable();
    folders.dedup();
    let mut found = FxHashMap::default();
    for folder in folders {
        let Some(inner) = paths::within(root, &folder).filter(|inner| inner.is_empty() || is_member(inner, patterns)) else { continue };
        if inner.split('/').any(|part| part == "node_modules") {
            continue;
        }
        if let Some(name) = manifests.of(&folder).and_then(|manifest| manifest.name.clone()) {
            found.entry(name).or_insert(folder);
        }
    }
    found
}

/// Folders that match one level of a pattern. A package that holds configurations and no source file is none of the tree's.
fn listed_folders(root: &str, pattern: &str) -> Vec<String> {
    let (prefix, is_listed) = pattern.split_once("/*").map_or((pattern, false), |(prefix, _)| (prefix, true));
    let folder = if prefix.contains(['*', '!', '{']) { None } else { paths::join(root, prefix) };
    match folder {
        Some(folder) if is_listed => fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| paths::join(&folder, entry.file_name().to_str()?))
            .collect(),
        Some(folder) => vec![folder],
        None => Vec::new(),
    }
}

fn is_member(folder: &str, patterns: &[String]) -> bool {
    let is_in = |pattern: &str| matches(pattern.trim_start_matches("./").trim_end_matches('/'), folder);
    let (out, inside): (Vec<&String>, Vec<&String>) = patterns.iter().partition(|pattern| pattern.starts_with('!'));
    inside.iter().any(|pattern| is_in(pattern)) && !out.iter().any(|pattern| is_in(&pattern[1..]))
}

/// Whether a glob matches a path: `*` within a part, `**` for any number of parts.
fn matches(pattern: &str, path: &str) -> bool {
    fn parts(pattern: &[&str], path: &[&str]) -> bool {
        match (pattern, path) {
            ([], []) => true,
            (["**", rest @ ..], _) => (0..=path.len()).any(|skipped| parts(rest, &path[skipped..])),
            ([first, pattern @ ..], [name, path @ ..]) => part(first, name) && parts(pattern, path),
            _ => false,
        }
    }
    fn part(pattern: &str, name: &str) -> bool {
        let Some((prefix, rest)) = pattern.split_once('*') else { return alternatives(pattern).iter().any(|it| it == name) };
        let Some(name) = name.strip_prefix(prefix) else { return false };
        (0..=name.len()).any(|skipped| name.get(skipped..).is_some_and(|name| part(rest, name)))
    }
    // More `**` than a person writes would take time that grows with their number.
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    pattern.iter().filter(|it| **it == "**").count() <= 3 && parts(&pattern, &path)
}

/// `{a,b}` spelled out, once.
fn alternatives(pattern: &str) -> Vec<String> {
    let spelled = pattern.split_once('{').and_then(|(before, rest)| {
        let (inner, after) = rest.split_once('}')?;
        Some(inner.split(',').map(|it| format!("{before}{it}{after}")).collect())
    });
    spelled.unwrap_or_else(|| vec![pattern.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_match_the_patterns() {
        let patterns = ["packages/*", "./apps/**", "tools/{a,b}", "!apps/old"].map(str::to_owned);
        for (folder, expected) in [
            ("packages/a", true),
            ("packages/a/b", false),
            ("apps/a/b/c", true),
            ("apps/old", false),
            ("tools/b", true),
            ("tools/c", false),
            ("other", false),
        ] {
            assert_eq!(is_member(folder, &patterns), expected, "{folder}");
        }
    }

    #[test]
    fn the_list_of_pnpm_is_read() {
        let yaml = "catalog:\n  a: 1\npackages:\n  # ours\n  - 'packages/*' # all\n  - \"!x\"\n- tools/**\n\nonlyBuilt:\n  - esbuild\n";
        assert_eq!(listed(yaml), ["packages/*", "!x", "tools/**"]);
        assert_eq!(listed("packages: ['a', \"b/*\"]"), ["a", "b/*"]);
        assert_eq!(listed("shellEmulator: true"), [""; 0]);
    }
}

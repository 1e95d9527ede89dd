//! Which files are a package's own face: code that is not in the project imports these.

use serde_json::Value;

use super::entry::{Package, star};
use super::paths;
use super::scope::World;
use super::tree::Flavour;

/// Whether a file is an entry of a package that may be published.
pub fn is_public(world: World<'_>, file: &str) -> bool {
    let Some(id) = world.tree.id(file) else { return false };
    let full = world.tree.full(file);
    let Some(folder) = paths::parent(&full) else { return false };
    let scope = world.scope(folder);
    let Some((root, manifest)) = scope.package() else { return false };
    if manifest.is_private || manifest.name.is_none() {
        return false;
    }
    let package = Package { folder: root, manifest };
    let flavour = Flavour::of(file);
    let is_main = package.main(world.tree, flavour) == Some(id) || package.entry(world.tree, "", flavour) == Some(id);
    let Some(exports) = manifest.exports.as_ref().filter(|_| !is_main) else { return is_main };
    let inner = paths::within(root, &full).map(|inner| format!("./{inner}")).unwrap_or_default();
    let mut targets = Vec::new();
    strings(exports, &mut targets);
    targets
        .iter()
        .any(|target| *target == inner || star(target, &inner).is_some() || package.target(world.tree, target, flavour) == Some(id))
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(keys) => keys.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

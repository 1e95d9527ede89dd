//! Which files are a package's own face: code that is not in the project imports these.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::entry::{Package, star};
use super::paths;
use super::scope::World;
use super::tree::{FileId, Flavour};

/// The entries of a package that may be published, as files of one flavour are found.
#[derive(Debug, Default)]
pub struct Face {
    files: FxHashSet<FileId>,
    /// Targets of `exports`: paths from the package's folder, perhaps with `*`.
    targets: Vec<String>,
}

/// Whether a file is an entry of a package that may be published.
pub fn is_public(world: World<'_>, file: &str) -> bool {
    let Some(id) = world.tree.id(file) else { return false };
    let full = world.tree.full(file);
    let Some(folder) = paths::parent(&full) else { return false };
    let scope = world.scope(folder);
    let Some((root, _)) = scope.package() else { return false };
    let face = scope.face(world, Flavour::of(file));
    let inner = || paths::within(root, &full).map(|inner| format!("./{inner}")).unwrap_or_default();
    face.files.contains(&id) || !face.targets.is_empty() && face.has_target(&inner())
}

impl Face {
    pub fn of(world: World<'_>, package: Package<'_>, flavour: Flavour) -> Self {
        let manifest = package.manifest;
        if manifest.is_private || manifest.name.is_none() {
            return Self::default();
        }
        let mut files: FxHashSet<FileId> = package.main(world.tree, flavour).into_iter().collect();
        files.extend(package.entry(world.tree, "", flavour));
        let mut targets = Vec::new();
        if let Some(exports) = &manifest.exports {
            strings(exports, &mut targets);
        }
        files.extend(targets.iter().filter_map(|target| package.target(world.tree, target, flavour)));
        Self { files, targets }
    }

    fn has_target(&self, inner: &str) -> bool {
        self.targets.iter().any(|target| target == inner || star(target, inner).is_some())
    }
}

fn strings(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(keys) => keys.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}

//! What a `package.json` says of its package.

use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;
use serde_json::Value;

use super::{json, paths};

/// A `package.json`, as far as it says which file is meant by what.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Manifest {
    pub name: Option<String>,
    /// Where the package begins: what names a source before what names something built from it.
    pub entries: Vec<String>,
    pub exports: Option<Value>,
    pub imports: Option<Value>,
    /// Where the packages of this workspace are; empty: it is none.
    pub workspaces: Vec<String>,
    /// Names and versions, of every kind of dependency.
    pub dependencies: FxHashMap<String, String>,
}

const ENTRIES: &[&str] = &["source", "module", "main", "types", "typings"];
/// The last one that names a package counts: a peer is wide, and what it is developed against is exact.
const DEPENDENCIES: &[&str] = &["peerDependencies", "optionalDependencies", "dependencies", "devDependencies"];

impl Manifest {
    fn of(value: &Value) -> Self {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let workspaces = value.get("workspaces");
        let workspaces = workspaces.and_then(|it| it.get("packages")).or(workspaces);
        let dependencies = DEPENDENCIES.iter().filter_map(|kind| value.get(kind)?.as_object()).flatten();
        Self {
            name: text("name"),
            entries: ENTRIES.iter().flat_map(|key| json::strings(value.get(key))).collect(),
            exports: value.get("exports").cloned(),
            imports: value.get("imports").cloned(),
            workspaces: json::strings(workspaces),
            dependencies: dependencies.filter_map(|(name, version)| Some((name.clone(), version.as_str()?.to_owned()))).collect(),
        }
    }
}

/// The manifests of folders, each read once, when it is first asked for.
#[derive(Debug, Default)]
pub struct Manifests {
    known: RwLock<FxHashMap<Box<str>, Option<Arc<Manifest>>>>,
}

impl Manifests {
    /// Of this folder itself. One that cannot be read says nothing, but marks a package.
    pub fn of(&self, folder: &str) -> Option<Arc<Manifest>> {
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let path = paths::join(folder, "package.json")?;
        let found = json::text(&path).map(|text| json::parse(&text).map_or_else(Manifest::default, |value| Manifest::of(&value)));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(folder.into()).or_insert_with(|| found.map(Arc::new)).clone()
    }
}

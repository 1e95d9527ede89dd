//! Names that a `tsconfig.json` or `jsconfig.json` gives to folders and files.

use serde_json::Value;

use super::entry::star;
use super::{json, paths};

/// `extends` and `references` are followed no deeper, and no more of them.
const DEEPEST: usize = 12;
const MOST: usize = 64;

/// What one configuration adds to the names of modules.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Options {
    /// Full path.
    base_url: Option<String>,
    /// Patterns with at most one `*`, and what they may mean, from the base of paths.
    paths: Option<Vec<(String, Vec<String>)>>,
    /// Full path of the folder of the file that says `paths`.
    paths_base: String,
}

/// The names that hold for the files of a folder: those of its configuration, then those of the ones it refers to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Aliases {
    options: Vec<Options>,
}

impl Aliases {
    /// Of the configuration in this folder. `package` finds the folder of a package by its name.
    pub fn of(folder: &str, package: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        ["tsconfig.json", "jsconfig.json"].iter().find_map(|name| {
            let path = paths::join(folder, name)?;
            let value = json::text(&path).map(|text| json::parse(&text).unwrap_or(Value::Null))?;
            let mut reader = Reader { package, read: 0 };
            let mut aliases = Self::default();
            reader.gather(&path, &value, 0, &mut aliases.options);
            Some(aliases)
        })
    }

    /// Full paths that a specifier may mean, the likeliest first.
    pub fn targets(&self, specifier: &str) -> Vec<String> {
        self.options.iter().flat_map(|options| options.targets(specifier)).collect()
    }
}

impl Options {
    fn targets(&self, specifier: &str) -> Vec<String> {
        let patterns = self.paths.as_deref().unwrap_or_default();
        let best = patterns.iter().find(|(pattern, _)| pattern == specifier).map(|(_, targets)| (targets, "")).or_else(|| {
            let matching = patterns.iter().filter_map(|(pattern, targets)| Some((pattern.find('*')?, targets, star(pattern, specifier)?)));
            matching.max_by_key(|(prefix, ..)| *prefix).map(|(_, targets, star)| (targets, star))
        });
        let base = self.base_url.as_deref().unwrap_or(&self.paths_base);
        let mut found: Vec<String> = best.map_or_else(Vec::new, |(targets, star)| {
            targets.iter().filter_map(|target| absolute(base, &target.replacen('*', star, 1))).collect()
        });
        found.extend(self.base_url.as_deref().and_then(|base| paths::join(base, specifier)));
        found
    }

    fn is_empty(&self) -> bool {
        self.base_url.is_none() && self.paths.as_ref().is_none_or(Vec::is_empty)
    }
}

struct Reader<'a> {
    package: &'a dyn Fn(&str) -> Option<String>,
    read: usize,
}

impl Reader<'_> {
    fn gather(&mut self, path: &str, value: &Value, depth: usize, found: &mut Vec<Options>) {
        let folder = paths::parent(path).unwrap_or("/");
        let options = self.options(path, value, folder, depth);
        if !options.is_empty() && !found.contains(&options) {
            found.push(options);
        }
        let references = value.get("references").and_then(Value::as_array).into_iter().flatten();
        for reference in references.filter_map(|it| it.get("path").and_then(Value::as_str)) {
            let Some(target) = absolute(folder, reference) else { continue };
            // A reference to another folder is about the files of that folder, which has its own configuration nearest.
            if !target.ends_with(".json") && target != folder {
                continue;
            }
            if target != path
                && let Some(value) = self.read(&target)
            {
                self.gather(&target, &value, depth + 1, found);
            }
        }
    }

    fn read(&mut self, path: &str) -> Option<Value> {
        self.read += 1;
        if self.read > MOST { None } else { json::read(path) }
    }

    /// With what the configuration extends.
    fn options(&mut self, path: &str, value: &Value, folder: &str, depth: usize) -> Options {
        let mut options = Options::default();
        if depth > DEEPEST {
            return options;
        }
        for name in json::strings(value.get("extends")) {
            let Some((path, value)) = self.extended(folder, &name).filter(|(extended, _)| extended != path) else { continue };
            let inherited = self.options(&path, &value, paths::parent(&path).unwrap_or("/"), depth + 1);
            options.base_url = inherited.base_url.or(options.base_url);
            if inherited.paths.is_some() {
                (options.paths, options.paths_base) = (inherited.paths, inherited.paths_base);
            }
        }
        let own = value.get("compilerOptions");
        let own_folder = |text: &str| text.replacen("${configDir}", ".", 1);
        if let Some(base) = own.and_then(|it| it.get("baseUrl")?.as_str()) {
            options.base_url = absolute(folder, &own_folder(base));
        }
        if let Some(patterns) = own.and_then(|it| it.get("paths")?.as_object()) {
            let targets = |value: &Value| json::strings(Some(value)).iter().map(|it| own_folder(it)).collect();
            options.paths = Some(patterns.iter().map(|(pattern, value)| (pattern.clone(), targets(value))).collect());
            options.paths_base = folder.to_owned();
        }
        options
    }

    /// Where an extended configuration is, and what it says.
    fn extended(&mut self, folder: &str, name: &str) -> Option<(String, Value)> {
        let is_path = name.starts_with(['.', '/']);
        let bases = if is_path { vec![absolute(folder, name)?] } else { self.in_packages(folder, name) };
        bases.into_iter().find_map(|base| {
            let spelled = [base.clone(), format!("{base}.json"), format!("{base}/tsconfig.json")];
            spelled.into_iter().find_map(|path| Some((path.clone(), self.read(&path)?)))
        })
    }

    fn in_packages(&self, folder: &str, name: &str) -> Vec<String> {
        let (package, inner) = super::specifier::package(name);
        let own = (self.package)(package).and_then(|folder| paths::join(&folder, inner));
        let mut outer = Some(folder);
        let installed = std::iter::from_fn(|| {
            let folder = outer?;
            outer = paths::parent(folder);
            Some(paths::join(folder, &format!("node_modules/{name}")))
        });
        own.into_iter().chain(installed.flatten()).collect()
    }
}

fn absolute(folder: &str, path: &str) -> Option<String> {
    paths::join(if path.starts_with('/') { "" } else { folder }, path)
}

//! What makes a resource and what releases it, as `rules/apis/resources.toml` has it.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::super::access::Access;

/// How often a program usually makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    #[serde(rename = "per use")]
    PerUse,
    #[serde(rename = "per process")]
    PerProcess,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceApi {
    pub what: String,
    #[serde(default)]
    pub module: Vec<String>,
    make: Vec<MakePath>,
    #[serde(default)]
    pub beside: Option<String>,
    /// A step in the name of a module of the project that a tool writes.
    #[serde(default)]
    pub generated: Option<String>,
    #[serde(default)]
    pub release: Vec<String>,
    #[serde(default)]
    pub release_call: Vec<String>,
    /// The method that ends it where its work was not done.
    #[serde(default)]
    pub undo: Option<String>,
    /// The release as it is written behind the handle, if it is more than the first method.
    #[serde(default)]
    pub advice: Option<String>,
    #[serde(default)]
    pub starts: Vec<String>,
    #[serde(default)]
    pub option: Option<String>,
    /// What the option is, if not `true`.
    #[serde(default)]
    pub value: Option<String>,
    /// Only where one of these options is given, whatever its value.
    #[serde(default)]
    pub with: Vec<String>,
    /// Only where this option is something that the same call of the function makes.
    #[serde(default)]
    pub made_for: Option<String>,
    /// Only where this option has something in it that an entry of the table makes.
    #[serde(default)]
    pub holds: Option<String>,
    /// Only where an argument comes from this member of the module beside.
    #[serde(default)]
    pub proof: Option<String>,
    /// Only where the first argument, or its `dest`, is a path: no number, and not left out.
    #[serde(default)]
    pub path: bool,
    #[serde(default)]
    pub ends_by: Option<String>,
    /// Last words of names of what it throws for.
    #[serde(default)]
    pub refuses: Vec<String>,
    #[serde(default)]
    pub idle_by: Option<String>,
    #[serde(default)]
    pub input: Vec<String>,
    #[serde(default)]
    pub parts: Vec<String>,
    #[serde(default)]
    pub borrows: Vec<String>,
    pub keeps: String,
    pub made: Made,
    #[serde(default)]
    pub id: bool,
    #[serde(default)]
    pub named: bool,
    #[serde(default)]
    pub listed: Vec<String>,
    /// Methods that give back what they are called on, beside those that do so everywhere.
    #[serde(default)]
    pub chains: Vec<String>,
    #[serde(default)]
    pub owner: Option<usize>,
    #[serde(default)]
    pub ends: bool,
    #[serde(default)]
    pub lent: bool,
    #[serde(default)]
    pub page: bool,
    #[serde(default)]
    pub node: bool,
    #[serde(default)]
    pub component: bool,
    #[serde(default)]
    pub rearms: bool,
    #[serde(default)]
    pub late: bool,
    /// While it lives no other can take its place.
    #[serde(default)]
    pub exclusive: bool,
    /// The global function by which its own script ends it.
    #[serde(default)]
    pub from_within: Option<String>,
    /// The argument of which it watches what is read there, and lives as long as that.
    #[serde(default)]
    pub observes: Option<usize>,
    /// An iterator without an end of its own: a `for await` over it that nothing leaves keeps it.
    #[serde(default)]
    pub iterates: bool,
    /// The argument that is the emitter: what dies with the work ends it.
    #[serde(default)]
    pub emitter: Option<usize>,
    /// It is a function: to call it releases it.
    #[serde(default)]
    pub called: bool,
    /// The parameter of the callback that gets it, where there is a callback.
    #[serde(default)]
    pub given: Option<usize>,
    /// With a callback, the library releases it.
    #[serde(default)]
    pub managed: bool,
    /// Without a callback the call throws.
    #[serde(default)]
    pub callback: bool,
    pub example: String,
    pub source: String,
}

/// One way to make it, in steps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct MakePath {
    constructs: bool,
    steps: Vec<Access>,
    /// Whether anything may follow.
    is_open: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub struct ResourceFile {
    resource: Vec<ResourceApi>,
    response: Vec<ResponseApi>,
}

/// A function that gives a response whose body has to be read, or let go.
#[derive(Debug, Clone, Deserialize)]
pub struct ResponseApi {
    pub module: Vec<String>,
    pub make: Vec<String>,
    /// What can be read of a response without its body.
    pub head: Vec<String>,
    /// What lets the body go.
    pub release: String,
    pub example: String,
    pub source: String,
}

impl From<String> for MakePath {
    fn from(text: String) -> Self {
        Self::read(&text)
    }
}

impl MakePath {
    fn read(text: &str) -> Self {
        let (constructs, path) = match text.strip_prefix("new ") {
            Some(path) => (true, path),
            None => (false, text),
        };
        let mut steps = Vec::new();
        let mut is_open = false;
        for part in path.split('.').flat_map(|part| part.split_inclusive('#')) {
            let name = part.trim_end_matches('#').trim_end_matches("()");
            match name {
                "**" => is_open = true,
                "default" | "" => {}
                _ => steps.push(Access::Member(name.to_owned())),
            }
            if part.ends_with("()") {
                steps.push(Access::Result);
            } else if part.ends_with('#') {
                steps.push(Access::Instance);
            }
        }
        Self { constructs, steps, is_open }
    }

    /// How many steps at the end of a path are those that this one has behind an object.
    fn behind_object(&self, path: &[Access]) -> Option<usize> {
        if self.constructs || self.is_open {
            return None;
        }
        let objects = self.steps.iter().enumerate().filter(|(_, step)| matches!(step, Access::Instance | Access::Result));
        let mut tails = objects.map(|(at, _)| &self.steps[at + 1..]);
        tails.find(|tail| matches!(tail.last(), Some(Access::Member(_))) && path.ends_with(tail)).map(<[Access]>::len)
    }

    /// The last name in it.
    pub fn name(&self) -> Option<&str> {
        match self.steps.last() {
            Some(Access::Member(name)) if !self.is_open => Some(name),
            _ => None,
        }
    }

    pub fn matches(&self, constructs: bool, path: &[Access]) -> bool {
        let is_long_enough = if self.is_open { path.len() > self.steps.len() } else { path.len() == self.steps.len() };
        self.constructs == constructs && is_long_enough && path.starts_with(&self.steps)
    }
}

impl ResourceApi {
    /// Whether what is called or constructed makes one. The path has no `default` in it.
    pub(super) fn is_made_by(&self, constructs: bool, path: &[Access]) -> bool {
        self.make.iter().any(|own| own.matches(constructs, path))
    }

    /// How many steps at the end of a path make one of an object that the path before them names.
    pub(super) fn tails<'p>(&self, path: &'p [Access]) -> impl Iterator<Item = usize> + use<'_, 'p> {
        self.make.iter().filter_map(|own| own.behind_object(path))
    }

    /// The names of methods by which an object of the library makes one.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        let of_object = |path: &&MakePath| {
            !path.is_open && !path.constructs && path.steps.iter().any(|step| matches!(step, Access::Instance | Access::Result))
        };
        self.make.iter().filter(of_object).filter_map(|path| match path.steps.last() {
            Some(Access::Member(name)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// `../generated/prisma/client`, by a step of the name.
    pub(super) fn is_generated_in(&self, module: &str) -> bool {
        self.generated.as_ref().is_some_and(|step| module.contains('/') && module.split('/').any(|own| own == step))
    }

    /// Whether one of its names stands wherever it is made.
    pub fn has_names(&self) -> bool {
        self.make.iter().all(|path| path.name().is_some())
    }

    /// The names one of which stands where it is made, if there is any.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.make.iter().filter_map(MakePath::name)
    }
}

/// The tables, and the words by which most files are seen to have nothing of them.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    pub apis: Vec<ResourceApi>,
    /// Modules, and what stands beside one that a file of the project wraps.
    pub modules: FxHashSet<String>,
    /// The last names of globals that make one, and of what generated modules offer.
    pub globals: FxHashSet<String>,
    /// Every method that releases one.
    pub releases: FxHashSet<String>,
    /// Steps in the names of modules that a tool writes into the project.
    generated: FxHashSet<String>,
    pub responses: Vec<ResponseApi>,
}

impl Resources {
    pub fn new(file: ResourceFile) -> Self {
        let ResourceFile { resource: apis, response: responses } = file;
        let modules = apis.iter().flat_map(|api| api.module.iter().chain(&api.beside)).cloned().collect();
        let is_told_by_name = |api: &&ResourceApi| api.module.is_empty() || api.generated.is_some();
        let globals = apis.iter().filter(is_told_by_name).flat_map(ResourceApi::names).map(str::to_owned).collect();
        let releases = apis.iter().flat_map(|api| &api.release).filter(|name| *name != "process" && *name != "return").cloned().collect();
        let generated = apis.iter().filter_map(|api| api.generated.clone()).collect();
        Self { apis, modules, globals, releases, generated, responses }
    }

    /// Whether some kind is made by what a tool has written, where a module has this name.
    pub(super) fn may_be_generated(&self, module: &str) -> bool {
        module.contains('/') && module.split('/').any(|step| self.generated.contains(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read() {
        let member = |name: &str| Access::Member(name.to_owned());
        let path = MakePath::read("Pool#connect");
        assert_eq!(path.steps, [member("Pool"), Access::Instance, member("connect")]);
        let path = MakePath::read("new load().**");
        assert!(path.matches(true, &[member("load"), Access::Result, member("Greeter")]));
        assert!(!path.matches(true, &[member("load"), Access::Result]));
        assert!(MakePath::read("new default").matches(true, &[]));
    }
}

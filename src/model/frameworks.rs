//! How components begin and end, by framework: `rules/apis/frameworks.toml`.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// What ends the work that a hook's callback begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cleanup {
    /// The function that the callback returns.
    Returned,
    /// Another hook; what is returned is ignored.
    Hook,
    /// Another hook; what is returned is a value for the component.
    Value,
}

/// When a hook runs again within one mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Again {
    Never,
    /// When what its list names has changed; without a list each time.
    Dependencies,
    /// When what it reads has changed.
    Change,
    /// Each time the component is drawn.
    Update,
    /// With each event that it handles.
    Event,
}

#[derive(Debug, Clone, Deserialize)]
pub struct HookApi {
    pub framework: String,
    pub verbs: Vec<String>,
    pub modules: Vec<String>,
    #[serde(default)]
    pub global: bool,
    pub callback: usize,
    pub cleanup: Cleanup,
    pub again: Again,
    #[serde(default)]
    pub receiver: Option<String>,
    /// It is a method of what the module offers.
    #[serde(default)]
    is_method: bool,
    pub example: String,
    pub source: String,
}

impl HookApi {
    /// `Alpine.directive(...)`: a method of what the module offers as its default.
    pub(super) fn is_of_default(&self, module: &str) -> bool {
        self.is_method && self.modules.iter().any(|own| own == module)
    }
}

/// A kind of class, or of object literal, that a framework makes components of.
#[derive(Debug, Clone, Deserialize)]
pub struct ComponentApi {
    pub framework: String,
    #[serde(default)]
    pub bases: FxHashSet<String>,
    #[serde(default)]
    pub modules: FxHashSet<String>,
    #[serde(default)]
    pub decorators: FxHashSet<String>,
    #[serde(default)]
    pub object: bool,
    #[serde(default)]
    pub signs: FxHashSet<String>,
    /// Functions that are given the object.
    #[serde(default)]
    pub makers: FxHashSet<String>,
    /// The last names of what has the `extend` that is given the object.
    #[serde(default)]
    pub extends: FxHashSet<String>,
    /// Calls that are given the function which returns the object.
    #[serde(default)]
    pub given_by: FxHashSet<String>,
    /// The option of a component under whose names its objects stand.
    #[serde(default)]
    pub option: Option<String>,
    /// Its methods are given the element.
    #[serde(default)]
    pub element: bool,
    /// An instance is mounted one time.
    #[serde(default)]
    pub single: bool,
    pub once: FxHashSet<String>,
    #[serde(default)]
    pub again: FxHashSet<String>,
    pub end: FxHashSet<String>,
    pub example: String,
    pub source: String,
}

/// A framework whose components are functions that run as a whole.
#[derive(Debug, Clone, Deserialize)]
pub struct BodyApi {
    pub framework: String,
    pub modules: Vec<String>,
    pub again: Again,
    pub example: String,
    pub source: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Ends {
    pub verbs: FxHashSet<String>,
    /// Functions that say whether there is a component which can end.
    pub asks: FxHashSet<String>,
    /// Words of events by which a component is told that it is done.
    pub events: FxHashSet<String>,
    /// Decorators of classes that end whatever stands in a field, with the option that makes them do so; empty if they do without one.
    pub of_fields: FxHashMap<String, String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Roots {
    pub names: FxHashSet<String>,
    pub makers: FxHashSet<String>,
    /// What makes an element of a component that it is given.
    pub elements: FxHashSet<String>,
    /// Ends of the names of components that show what stands in them at times, or many times.
    pub veils: Vec<String>,
    /// Attributes by which a component shows what stands in it at times.
    pub switches: FxHashSet<String>,
    /// Stems of the names of controllers that are there as long as the page.
    pub shells: FxHashSet<String>,
    /// What is given the name of a custom element and places none.
    pub lookups: FxHashSet<String>,
}

/// What calls a function that it is given once, when the page is there.
#[derive(Debug, Clone, Deserialize)]
pub struct Ready {
    pub names: FxHashSet<String>,
    pub modules: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Older {
    /// What AngularJS gives by the names of parameters: that lives as long as the page, as the application.
    pub page: FxHashSet<String>,
    pub application: FxHashSet<String>,
    /// For each view: a function that gets one of these runs for each.
    pub view: FxHashSet<String>,
    /// Calls that give what the whole program shares.
    pub calls: FxHashSet<String>,
    pub vue: FxHashSet<String>,
    pub words: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Streams {
    pub completing: FxHashSet<String>,
    /// Those of them behind which comes one value at most; so does `take(1)`.
    pub single: FxHashSet<String>,
    /// Each value becomes several.
    pub flattening: FxHashSet<String>,
    pub merging: FxHashSet<String>,
    pub ending: FxHashSet<String>,
    pub subjects: FxHashSet<String>,
}

/// What a service of a library gives out that is older than every component.
#[derive(Debug, Clone, Deserialize)]
pub struct InjectedApi {
    #[serde(rename = "type")]
    pub name: String,
    pub long: FxHashSet<String>,
    pub source: String,
}

#[derive(Debug, Clone, Deserialize)]
struct File {
    hook: Vec<HookApi>,
    component: Vec<ComponentApi>,
    body: Vec<BodyApi>,
    ends: Ends,
    roots: Roots,
    ready: Ready,
    older: Older,
    streams: Streams,
    injected: Vec<InjectedApi>,
}

#[derive(Debug)]
pub struct Frameworks {
    hooks: Vec<HookApi>,
    signs: FxHashSet<String>,
    by_verb: FxHashMap<String, Vec<usize>>,
    pub components: Vec<ComponentApi>,
    pub bodies: Vec<BodyApi>,
    pub ends: Ends,
    pub roots: Roots,
    pub ready: Ready,
    pub older: Older,
    pub streams: Streams,
    pub injected: Vec<InjectedApi>,
}

impl Frameworks {
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        let File { hook: hooks, component: components, body: bodies, ends, roots, ready, older, streams, injected } = toml::from_str(text)?;
        let mut by_verb = FxHashMap::<String, Vec<usize>>::default();
        for (index, hook) in hooks.iter().enumerate() {
            for verb in &hook.verbs {
                by_verb.entry(verb.clone()).or_default().push(index);
            }
        }
        let mut signs = signs(&hooks, &components);
        signs.extend(older.view.iter().cloned());
        Ok(Self { signs, hooks, by_verb, components, bodies, ends, roots, ready, older, streams, injected })
    }

    /// The hooks of a name.
    pub fn hooks<'s>(&'s self, verb: &str) -> impl Iterator<Item = &'s HookApi> {
        self.by_verb.get(verb).into_iter().flatten().map(|&index| &self.hooks[index])
    }

    /// The names of which one stands where there is a component.
    pub fn signs(&self) -> impl Iterator<Item = &str> {
        self.signs.iter().map(String::as_str)
    }

    /// Whether a file in which this name stands may have a component. Names that mean other things as often say nothing.
    pub fn is_sign(&self, name: &str) -> bool {
        self.signs.contains(name)
    }
}

/// Names that say little by themselves.
const COMMON: &[&str] = &[
    "watch",
    "data",
    "props",
    "setup",
    "methods",
    "computed",
    "components",
    "extend",
    "component",
    "Controller",
    "directive",
    "modifier",
    "View",
    "init",
    "constructor",
    "initialize",
    "destroy",
    "close",
    "remove",
    "render",
    "update",
    "bind",
];

fn signs(hooks: &[HookApi], components: &[ComponentApi]) -> FxHashSet<String> {
    let verbs = hooks.iter().flat_map(|hook| hook.verbs.iter().chain(&hook.modules));
    let of_components = components.iter().flat_map(|api| {
        let hooks = api.once.iter().chain(&api.again).chain(&api.end).filter(|_| api.object);
        api.signs.iter().chain(&api.decorators).chain(&api.bases).chain(&api.makers).chain(&api.extends).chain(&api.modules).chain(hooks)
    });
    let is_rare = |name: &&String| !COMMON.contains(&name.as_str());
    verbs.chain(of_components).filter(is_rare).cloned().collect()
}

//! What the world looks like: acquire and release pairs, callbacks, names. Data, read from `rules/apis/*.toml`.

use std::fmt;

use super::application::Applications;
use super::cached::Objects;
use super::captures::Requests;
use super::existing::Lookups;
use super::hosts::{CalledApi, DecoratedApi, HostedApi, Outcomes};
use super::keys::Keys;
use super::listener::api::listener_verbs;
pub use super::listener::api::{Duplicates, ListenerApi, Returns};
use super::memo::{MemoApi, MemoFile};
use super::production::Production;
use super::resource::api::{MakePath, ResourceFile, Resources};
use super::runtime::RuntimeApi;
use super::served::ServedApi;
use super::timeout::Failures;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::frameworks::Frameworks;
use super::vocabulary::Vocabulary;

/// When a function that is passed to a call runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Timing {
    Loop,
    Inline,
    Later,
    Repeats,
    Test,
}

#[derive(Debug, Clone, Deserialize)]
pub struct CallbackApi {
    pub verbs: Vec<String>,
    #[serde(default)]
    pub receiver: Vec<String>,
    /// Where what is called comes from.
    #[serde(default)]
    pub modules: Vec<String>,
    /// The first argument is a name of the program's own, whatever it says.
    #[serde(default)]
    pub own_names: bool,
    /// It runs again when a signal changes that it reads; one that reads none runs one time.
    #[serde(default)]
    pub by_signals: bool,
    pub timing: Timing,
    #[serde(default)]
    pub what: Option<String>,
}

/// Functions of a module that give a promise which a timer settles.
#[derive(Debug, Clone, Deserialize)]
pub struct TimerApi {
    pub modules: Vec<String>,
    pub functions: Vec<String>,
    /// The option by which the timer can be ended.
    pub option: String,
    /// The method of the promise that ends it.
    #[serde(default)]
    pub method: Option<String>,
    pub example: String,
    pub source: String,
}

#[derive(Debug, Clone, Deserialize)]
struct TimersFile {
    timer: Vec<TimerApi>,
    failures: Failures,
}

#[derive(Debug, Clone, Deserialize)]
struct RuntimeFile {
    runtime: Vec<RuntimeApi>,
    production: Production,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Events {
    pub once: FxHashSet<String>,
    pub begins: FxHashSet<String>,
    pub uncertain: FxHashSet<String>,
    pub ends: FxHashSet<String>,
    pub per_peer: FxHashSet<String>,
    pub outcomes: Outcomes,
}

/// What takes set-up functions as well as handlers.
#[derive(Debug, Clone, Deserialize)]
pub struct Plugins {
    pub anywhere: FxHashSet<String>,
    /// Only if no text stands before it.
    pub first: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Grow {
    pub keyed: Vec<String>,
    pub element: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Shrink {
    pub one: Vec<String>,
    pub all: Vec<String>,
}

/// A class of a library that is a Map or a Set.
#[derive(Debug, Clone, Deserialize)]
pub struct Alike {
    pub is: String,
    pub classes: FxHashSet<String>,
    pub modules: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Bounded {
    pub classes: FxHashSet<String>,
    pub modules: FxHashSet<String>,
    pub options: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Receivers {
    pub shared: FxHashSet<String>,
    pub types: FxHashSet<String>,
    /// Types of streams whose `session` carries others, too.
    pub multiplexed: FxHashSet<String>,
    pub elements: FxHashSet<String>,
    pub own_elements: FxHashSet<String>,
    pub of_work: FxHashSet<String>,
    pub wrappers: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Owners {
    pub long: FxHashSet<String>,
    pub short: FxHashSet<String>,
    pub decorators: FxHashSet<String>,
    pub working: FxHashSet<String>,
    pub makers: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Methods {
    pub methods: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Words {
    pub words: FxHashSet<String>,
}

/// Functions that run when an owner starts.
#[derive(Debug, Clone, Deserialize)]
pub struct Startup {
    pub methods: FxHashSet<String>,
    pub words: FxHashSet<String>,
    pub once: FxHashSet<String>,
}

impl Startup {
    /// By a function's name.
    pub fn says(&self, name: &str) -> bool {
        self.methods.contains(name) || super::provenance::first_word(name).is_some_and(|word| self.words.contains(&word))
    }
}

/// Functions whose growth is part of the program's set-up.
#[derive(Debug, Clone, Deserialize)]
pub struct Registries {
    pub verbs: FxHashSet<String>,
    pub once: FxHashSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Classes {
    pub classes: FxHashSet<String>,
}

/// Functions of a package that combine signals into one, which listens to each of them until it is cleared.
#[derive(Debug, Clone, Deserialize)]
pub struct CombinerApi {
    pub module: String,
    pub names: Vec<String>,
    pub release: String,
    pub example: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
struct ListenersFile {
    listener: Vec<ListenerApi>,
    fresh: Vec<FreshApi>,
    lasting: Vec<LastingApi>,
    emitter: Vec<EmitterApi>,
    combiner: Vec<CombinerApi>,
}

/// What a module offers that is a plain emitter.
#[derive(Debug, Clone, Deserialize)]
pub struct EmitterApi {
    pub module: String,
    pub names: Vec<String>,
    pub example: String,
    pub source: String,
}

/// What calls of a module give that is older than the component which calls them.
#[derive(Debug, Clone, Deserialize)]
pub struct LastingApi {
    pub module: Vec<String>,
    pub make: Vec<MakePath>,
    pub example: String,
    pub source: String,
}

/// A call that gives another object each time.
#[derive(Debug, Deserialize)]
struct FreshApi {
    call: String,
}

#[derive(Debug, Deserialize)]
struct CallbacksFile {
    callback: Vec<CallbackApi>,
    hosted: Vec<HostedApi>,
    decorated: Vec<DecoratedApi>,
    plugins: Plugins,
    called: Vec<CalledApi>,
    served: Vec<ServedApi>,
    events: Events,
}

#[derive(Debug, Deserialize)]
struct CollectionsFile {
    grow: Grow,
    shrink: Shrink,
    weak: Classes,
    alike: Vec<Alike>,
    bounded: Bounded,
    named: Methods,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Metrics {
    pub modules: FxHashSet<String>,
    pub classes: FxHashSet<String>,
    pub methods: Vec<String>,
    /// Methods that give a function which is called with the labels.
    pub timers: FxHashSet<String>,
    pub values: FxHashSet<String>,
}

#[derive(Debug, Deserialize)]
struct MetricsFile {
    metrics: Metrics,
}

#[derive(Debug, Deserialize)]
struct NamesFile {
    keys: Keys,
    objects: Objects,
    requests: Requests,
    applications: Applications,
    receivers: Receivers,
    owners: Owners,
    teardown: Methods,
    startup: Startup,
    cleaners: Words,
    queries: Words,
    lookups: Lookups,
    registries: Registries,
}

/// The tables as the model asks them.
#[derive(Debug)]
pub struct Apis {
    pub listeners: Vec<ListenerApi>,
    /// Verb to listener table, and whether it is a `once` verb.
    register: FxHashMap<String, (usize, bool)>,
    release: FxHashMap<String, usize>,
    /// Calls that give another object each time, which the page keeps while it has listeners.
    pub fresh_targets: FxHashSet<String>,
    pub emitters: Vec<EmitterApi>,
    pub combiners: Vec<CombinerApi>,
    pub lasting: Vec<LastingApi>,
    callbacks: Vec<CallbackApi>,
    pub hosted: Vec<HostedApi>,
    pub decorated: Vec<DecoratedApi>,
    pub called: Vec<CalledApi>,
    pub served: Vec<ServedApi>,
    by_verb: FxHashMap<String, Vec<usize>>,
    pub plugins: Plugins,
    pub events: Events,
    pub grow: Grow,
    pub shrink: Shrink,
    pub weak: Classes,
    pub alike: Vec<Alike>,
    pub bounded: Bounded,
    /// Methods that make a property of their object by its name.
    pub name_properties: FxHashSet<String>,
    pub keys: Keys,
    pub objects: Objects,
    pub requests: Requests,
    pub applications: Applications,
    pub receivers: Receivers,
    pub owners: Owners,
    pub teardown: Methods,
    pub startup: Startup,
    pub cleaners: Words,
    pub queries: Words,
    pub lookups: Lookups,
    pub registries: Registries,
    pub runtime: Vec<RuntimeApi>,
    pub production: Production,
    pub timers: Vec<TimerApi>,
    pub failures: Failures,
    pub resources: Resources,
    pub memos: Vec<MemoApi>,
    pub metrics: Metrics,
    pub frameworks: Frameworks,
    pub(super) vocabulary: Vocabulary,
}

/// A table that cannot be read: its name and what is wrong.
#[derive(Debug)]
pub struct ApisError {
    pub table: &'static str,
    pub error: toml::de::Error,
}

impl fmt::Display for ApisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rules/apis/{}: {}", self.table, self.error)
    }
}

impl std::error::Error for ApisError {}

fn read<T: for<'de> Deserialize<'de>>(table: &'static str, text: &str) -> Result<T, ApisError> {
    toml::from_str(text).map_err(|error| ApisError { table, error })
}

fn read_frameworks() -> Result<Frameworks, ApisError> {
    let text = include_str!("../../rules/apis/frameworks.toml");
    Frameworks::read(text).map_err(|error| ApisError { table: "frameworks.toml", error })
}

/// Verb to the entries that have it.
fn by_verb(callbacks: &[CallbackApi]) -> FxHashMap<String, Vec<usize>> {
    let mut table = FxHashMap::<String, Vec<usize>>::default();
    for (index, api) in callbacks.iter().enumerate() {
        for verb in &api.verbs {
            table.entry(verb.clone()).or_default().push(index);
        }
    }
    table
}

impl Apis {
    /// The tables that are built in.
    pub fn built_in() -> Result<Self, ApisError> {
        let listeners: ListenersFile = read("listeners.toml", include_str!("../../rules/apis/listeners.toml"))?;
        let callbacks: CallbacksFile = read("callbacks.toml", include_str!("../../rules/apis/callbacks.toml"))?;
        let collections: CollectionsFile = read("collections.toml", include_str!("../../rules/apis/collections.toml"))?;
        let runtime: RuntimeFile = read("runtime.toml", include_str!("../../rules/apis/runtime.toml"))?;
        let timers: TimersFile = read("timers.toml", include_str!("../../rules/apis/timers.toml"))?;
        let resources: ResourceFile = read("resources.toml", include_str!("../../rules/apis/resources.toml"))?;
        let memos: MemoFile = read("memoize.toml", include_str!("../../rules/apis/memoize.toml"))?;
        let metrics: MetricsFile = read("metrics.toml", include_str!("../../rules/apis/metrics.toml"))?;
        let frameworks = read_frameworks()?;
        let names: NamesFile = read("names.toml", include_str!("../../rules/apis/names.toml"))?;
        let (register, release) = listener_verbs(&listeners.listener);
        let by_verb = by_verb(&callbacks.callback);
        let mut apis = Self {
            fresh_targets: listeners.fresh.into_iter().map(|api| api.call).collect(),
            listeners: listeners.listener,
            emitters: listeners.emitter,
            combiners: listeners.combiner,
            lasting: listeners.lasting,
            register,
            release,
            callbacks: callbacks.callback,
            hosted: callbacks.hosted,
            decorated: callbacks.decorated,
            called: callbacks.called,
            served: callbacks.served,
            by_verb,
            plugins: callbacks.plugins,
            events: callbacks.events,
            grow: collections.grow,
            shrink: collections.shrink,
            weak: collections.weak,
            alike: collections.alike,
            bounded: collections.bounded,
            name_properties: collections.named.methods,
            keys: names.keys,
            objects: names.objects,
            requests: names.requests,
            applications: names.applications,
            receivers: names.receivers,
            owners: names.owners,
            teardown: names.teardown,
            startup: names.startup,
            cleaners: names.cleaners,
            queries: names.queries,
            lookups: names.lookups,
            registries: names.registries,
            runtime: runtime.runtime,
            production: runtime.production,
            timers: timers.timer,
            failures: timers.failures,
            resources: Resources::new(resources),
            memos: memos.memo,
            metrics: metrics.metrics,
            frameworks,
            vocabulary: Vocabulary::default(),
        };
        apis.vocabulary = Vocabulary::new(&apis);
        Ok(apis)
    }

    /// The listener table that a verb registers with, and whether for one firing only.
    pub fn registration(&self, verb: &str) -> Option<(&ListenerApi, bool)> {
        self.register.get(verb).map(|&(index, once)| (&self.listeners[index], once))
    }

    pub fn registers_listener(&self, verb: &str) -> bool {
        self.register.contains_key(verb)
    }

    pub fn releases_listener(&self, verb: &str) -> bool {
        self.release.contains_key(verb)
    }

    /// The entries for a function passed to a call of this name.
    pub fn callbacks<'s>(&'s self, verb: &str) -> impl Iterator<Item = &'s CallbackApi> {
        self.by_verb.get(verb).into_iter().flatten().map(|&index| &self.callbacks[index])
    }
}

//! How listeners are registered, as `rules/apis/listeners.toml` has it.

use rustc_hash::FxHashMap;
use serde::Deserialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    Append,
    Ignored,
    Replaces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Returns {
    Receiver,
    Disposer,
    Subscription,
    Nothing,
}

/// One way to register for events.
#[derive(Debug, Clone, Deserialize)]
pub struct ListenerApi {
    pub name: String,
    pub register: Vec<String>,
    pub once: Vec<String>,
    pub release: Vec<String>,
    pub duplicates: Duplicates,
    pub returns: Returns,
    /// Whether the first argument names the event.
    pub event: bool,
    /// Whether the handler may also stand alone, on the event itself (`onUpdated.addListener(handler)`).
    #[serde(default)]
    pub plain: bool,
    /// Modules whose functions have the same names and are no emitters.
    #[serde(default)]
    pub not_modules: Vec<String>,
    /// Names of the first parameter of a callback that is told once how the call went.
    #[serde(default)]
    pub replies: Vec<String>,
    /// What the names of an object's events about itself begin with: it dies with those listeners.
    #[serde(default)]
    pub own_events: Option<String>,
    /// Only on what wraps elements of a page: its verbs mean other things elsewhere.
    #[serde(default)]
    pub wrapped: bool,
    /// It is a function of one of `modules`, and this argument of it is the emitter.
    #[serde(default)]
    pub on: Option<usize>,
    #[serde(default)]
    pub modules: Vec<String>,
    pub example: String,
    pub source: String,
}

impl ListenerApi {
    /// Whether its verbs say this of whatever they are called on.
    fn is_of_any_object(&self) -> bool {
        !self.wrapped && self.on.is_none()
    }
}

/// The tables in which a verb registers, and whether for one firing, and those in which it releases.
pub fn listener_verbs(listeners: &[ListenerApi]) -> (FxHashMap<String, (usize, bool)>, FxHashMap<String, usize>) {
    let (mut register, mut release) = (FxHashMap::default(), FxHashMap::default());
    for (index, api) in listeners.iter().enumerate().filter(|(_, api)| api.is_of_any_object()) {
        register.extend(api.register.iter().map(|verb| (verb.clone(), (index, false))));
        register.extend(api.once.iter().map(|verb| (verb.clone(), (index, true))));
        release.extend(api.release.iter().map(|verb| (verb.clone(), index)));
    }
    (register, release)
}

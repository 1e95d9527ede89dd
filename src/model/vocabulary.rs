//! What a file's names mean to the tables of APIs, so that most questions about it end at once.

use rustc_hash::FxHashMap;

use super::apis::Apis;
use super::ir::{Ir, NameId};
use super::origin::methods_of_objects;
use super::resource::RELEASES;
use super::resource::api::ResourceApi;

/// A module that makes resources, or what stands beside one that a file of the project wraps.
pub(super) const RESOURCE_MODULE: u16 = 1;
/// A global that makes one.
pub(super) const RESOURCE_GLOBAL: u16 = 2;
/// Releases what somebody made.
pub(super) const RELEASE: u16 = 4;
/// Puts something into a table of the runtime.
pub(super) const RUNTIME: u16 = 8;
/// A module that keeps a cache for the program.
pub(super) const MEMO_MODULE: u16 = 16;
/// Grows or shrinks what it is called on.
pub(super) const OPERATION: u16 = 32;
/// `register` of a registry of finalizers, and what a metric does with labels.
pub(super) const MISUSED: u16 = 64;

/// `setInterval`, `setTimeout`.
pub(super) const INTERVAL: u16 = 128;
pub(super) const TIMEOUT: u16 = 256;
/// What combines signals: `AbortSignal`, a module that does.
pub(super) const COMBINER: u16 = 512;
/// What stands beside a resource that a file of the project wraps.
pub(super) const BESIDE: u16 = 1024;
/// The last name of what makes a resource.
pub(super) const MAKER: u16 = 2048;
/// The last name of what makes one if it is called on an object of a library.
pub(super) const METHOD: u16 = 4096;
/// Registers a listener, or lets one go.
pub(super) const LISTENER: u16 = 8192;

/// Words by what they mean.
#[derive(Debug, Default)]
pub struct Vocabulary {
    words: FxHashMap<String, u16>,
}

impl Vocabulary {
    pub(super) fn of(&self, word: &str) -> u16 {
        let plain = word.strip_prefix("node:").unwrap_or(word);
        let module = if plain.len() == word.len() { 0 } else { self.words.get(plain).copied().unwrap_or(0) & RESOURCE_MODULE };
        self.words.get(word).copied().unwrap_or(0) | module
    }

    fn add<'w>(&mut self, words: impl IntoIterator<Item = &'w String>, meaning: u16) {
        words.into_iter().for_each(|word| self.add_word(word, meaning));
    }

    fn add_word(&mut self, word: &str, meaning: u16) {
        *self.words.entry(word.to_owned()).or_default() |= meaning;
    }

    pub(super) fn new(apis: &Apis) -> Self {
        let mut found = Self::default();
        found.add(&apis.resources.modules, RESOURCE_MODULE);
        found.add(&apis.resources.globals, RESOURCE_GLOBAL);
        RELEASES.iter().for_each(|word| found.add_word(word, RELEASE));
        for api in &apis.runtime {
            found.add_word(api.call.rsplit('.').next().unwrap_or(&api.call), RUNTIME);
        }
        found.add(apis.memos.iter().flat_map(|api| &api.module), MEMO_MODULE);
        found.add(apis.grow.keyed.iter().chain(&apis.grow.element), OPERATION);
        found.add(apis.shrink.one.iter().chain(&apis.shrink.all), OPERATION);
        ["add", "push", "unshift", "splice"].iter().for_each(|word| found.add_word(word, OPERATION));
        found.add(&apis.metrics.methods, MISUSED);
        found.add_word("register", MISUSED);
        found.add_word("setInterval", INTERVAL);
        found.add_word("setTimeout", TIMEOUT);
        found.add(apis.combiners.iter().map(|api| &api.module), COMBINER);
        found.add_word("AbortSignal", COMBINER);
        apis.resources.apis.iter().flat_map(ResourceApi::names).chain(["default"]).for_each(|word| found.add_word(word, MAKER));
        methods_of_objects(apis).for_each(|word| found.add_word(word, METHOD));
        found.add(apis.resources.apis.iter().filter_map(|api| api.beside.as_ref()), BESIDE);
        found.add(apis.listeners.iter().flat_map(|api| api.register.iter().chain(&api.once).chain(&api.release)), LISTENER);
        // `emitter.off.bind(emitter, 'x', handler)`.
        found.add_word("bind", LISTENER);
        found
    }
}

/// The meanings of the names of one file.
#[derive(Debug)]
pub struct Meanings {
    of: Vec<u16>,
    all: u16,
}

impl Meanings {
    pub(super) fn new(ir: &Ir, vocabulary: &Vocabulary) -> Self {
        let of: Vec<u16> = ir.names.iter().map(|name| vocabulary.of(name)).collect();
        let all = of.iter().fold(0, |all, one| all | one);
        Self { of, all }
    }

    /// Whether some name of the file has one of the meanings.
    pub(super) fn any(&self, meaning: u16) -> bool {
        self.all & meaning != 0
    }

    pub(super) fn has(&self, name: NameId, meaning: u16) -> bool {
        self.of.get(name.0 as usize).is_some_and(|of| of & meaning != 0)
    }
}

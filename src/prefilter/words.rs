//! The words that the scan looks for, from the same tables that the model asks.

use super::noted::Name;
use super::tokens::hash;
use memchr::memmem::{self, Finder};

use crate::model::apis::Apis;
use crate::model::memo::LIBRARIES;
use crate::model::origin::methods_of_objects;
use crate::model::runtime::RuntimeApi;
use crate::model::test_state::PER_TEST;

pub(super) const GROWS: u32 = 1;
pub(super) const REGISTERS: u32 = 2;
pub(super) const INTERVAL: u32 = 4;
/// Names of parameters that stand for a request.
pub(super) const REQUEST: u32 = 8;
/// A callee whose callback gets elements of the receiver.
pub(super) const ELEMENTS: u32 = 16;
/// A callee that stores an argument in another one, or as a property of it.
pub(super) const STORES: u32 = 32;
pub(super) const KEYWORD: u32 = 64;
/// Takes requests, whatever its callback calls them.
pub(super) const SERVES: u32 = 128;
/// Names of parameters of handlers that stand for a request.
pub(super) const WEAK: u32 = 256;
pub(super) const TIMEOUT: u32 = 1 << 18;

/// Makes a resource, whatever it belongs to.
pub(super) const RESOURCE: u32 = 512;
/// Makes something if it is of a module that does.
pub(super) const MAKER: u32 = 1024;
/// Such a module.
pub(super) const MODULE: u32 = 2048;
/// A resource may be made by a file of the project that wraps a module of this name.
pub(super) const BESIDE: u32 = 1 << 26;
/// Releases what somebody made.
pub(super) const RELEASES: u32 = 4096;
/// What is behind it happens later.
pub(super) const WAITS: u32 = 8192;

/// A module that keeps a cache for the program makes one.
pub(super) const MEMO: u32 = 16384;

/// A weak collection, or a registry of finalizers.
pub(super) const WEAK_CLASS: u32 = 1 << 19;
/// The last name of what adds to a table of the runtime.
pub(super) const RUNTIME: u32 = 1 << 20;
/// Adds with each call, whatever the name is.
pub(super) const EACH: u32 = 1 << 17;
/// Waits for the first of several promises, or for the next of them.
pub(super) const RACES: u32 = 1 << 21;
/// A module of metrics.
pub(super) const METRICS: u32 = 1 << 22;
/// Registers on what wraps elements, if the name of an event is what it is given first.
pub(super) const WRAPPED: u32 = 1 << 23;

/// The method of an object of a library that makes a resource, or of a metric that takes labels: another file may offer the object.
pub(super) const METHOD: u32 = 1 << 31;
pub(super) const METRIC_METHOD: u32 = 1 << 15;
pub(super) const OF_OBJECTS: u32 = METHOD | METRIC_METHOD;

/// What grows by a key and a value.
pub(super) const KEYED: u32 = 1 << 25;

/// What registers at a registry of finalizers.
pub(super) const FINALIZES: u32 = 1 << 30;
/// A type of requests.
pub(super) const REQUEST_TYPE: u32 = 1 << 28;
/// A callee that stores its second argument as the property that the first one names.
pub(super) const NAMES_PROPERTY: u32 = 1 << 29;

/// What hangs on the application.
pub(super) const LOCALS: u32 = 1 << 27;

/// A class of a library that is a collection.
pub(super) const COLLECTION: u32 = 1 << 16;

/// Modules, and the names one of which stands where they make something; none if the module itself is what is called.
struct Maker {
    modules: Vec<Name>,
    names: Vec<Name>,
    /// What is made.
    made: u32,
}

/// Flags by hash. Two words with one hash have the flags of both.
pub struct Words {
    table: Vec<(u32, u32)>,
    mask: usize,
    /// How the runtime's own tables are named where something is put into them.
    runtime: Vec<Finder<'static>>,
    /// The names of modules whose promises a timer settles, with the quote behind them.
    timers: Vec<Finder<'static>>,
    /// What stands where there may be a component.
    components: Vec<Finder<'static>>,
    makers: Vec<Maker>,
}

impl Words {
    pub fn new(apis: &Apis) -> Self {
        let table_of = |api: &RuntimeApi| if api.object { format!("{}[", api.call) } else { api.call.clone() };
        let runtime = apis.runtime.iter().map(|api| Finder::new(&table_of(api)).into_owned()).collect();
        let modules = apis.timers.iter().flat_map(|api| &api.modules);
        let timers = modules.flat_map(|module| ['\'', '"'].map(|quote| Finder::new(&format!("{module}{quote}")).into_owned())).collect();
        // What stands in front of a script that runs for each component.
        let components =
            apis.frameworks.signs().chain(["function setup() {", "ctorParameters"]).map(|sign| Finder::new(sign).into_owned()).collect();
        let mut words = Self { table: vec![(0, 0); 2048], mask: 2047, runtime, timers, components, makers: Vec::new() };
        let grow = apis.grow.keyed.iter().chain(&apis.grow.element).map(String::as_str).chain(["splice", "concat"]);
        grow.for_each(|word| words.add(word, GROWS));
        apis.grow.keyed.iter().for_each(|word| words.add(word, KEYED));
        for api in &apis.listeners {
            let flags = if api.wrapped { WRAPPED } else { REGISTERS };
            api.register.iter().chain(&api.once).for_each(|word| words.add(word, flags));
        }
        let combiners = apis.combiners.iter().flat_map(|api| &api.names).filter(|name| *name != "default");
        combiners.for_each(|word| words.add(word, REGISTERS));
        words.add("setInterval", INTERVAL);
        words.add("setTimeout", TIMEOUT);
        let requests = &apis.requests;
        requests.params.iter().chain(&requests.types).for_each(|word| words.add(word, REQUEST));
        requests.types.iter().for_each(|word| words.add(word, REQUEST_TYPE));
        requests.weak.iter().for_each(|word| words.add(word, WEAK));
        ["createServer", "createSecureServer"].iter().for_each(|word| words.add(word, SERVES));
        crate::model::alias::ELEMENT_CALLBACK.iter().for_each(|word| words.add(word, ELEMENTS));
        let stores = ["defineProperty", "set", "assign", "extend", "extends", "classPrivateFieldSet", "classPrivateFieldInitSpec"];
        stores.iter().for_each(|word| words.add(word, STORES));
        apis.name_properties.iter().for_each(|word| words.add(word, STORES | NAMES_PROPERTY));
        words.add_resources(apis);
        ["WeakMap", "WeakSet", "FinalizationRegistry"].iter().for_each(|word| words.add(word, WEAK_CLASS));
        apis.weak.classes.iter().for_each(|word| words.add(word, WEAK_CLASS));
        words.add("register", FINALIZES);
        apis.alike.iter().flat_map(|alike| &alike.classes).for_each(|word| words.add(word, COLLECTION));
        for api in &apis.runtime {
            let flags = if api.each { RUNTIME | EACH } else { RUNTIME };
            words.add(api.call.rsplit('.').next().unwrap_or(&api.call), flags);
        }
        ["race", "any", "next"].iter().for_each(|word| words.add(word, RACES));
        words.add(crate::model::application::LOCALS, LOCALS);
        apis.metrics.modules.iter().for_each(|word| words.add(word, METRICS));
        KEYWORDS.iter().for_each(|word| words.add(word, KEYWORD));
        words
    }

    fn add_resources(&mut self, apis: &Apis) {
        for api in &apis.memos {
            let (libraries, modules): (Vec<&str>, Vec<&str>) =
                api.module.iter().map(String::as_str).partition(|module| LIBRARIES.contains(module));
            self.add_maker(&modules, Vec::new(), MEMO);
            self.add_maker(&libraries, api.names().collect(), MEMO);
        }
        // `request` and `get` give responses, which have to be read; files are piped into connections.
        self.add_maker(&["http", "https"], vec!["get", "request"], RESOURCE);
        for api in &apis.resources.responses {
            let modules: Vec<&str> = api.module.iter().map(String::as_str).collect();
            self.add_maker(&modules, api.make.iter().map(String::as_str).collect(), RESOURCE);
        }
        self.add_maker(&["fs", "graceful-fs", "fs-extra"], vec!["createReadStream"], RESOURCE);
        // Observables that stay subscribed to what they share.
        self.add_maker(&["rxjs", "rxjs/operators"], vec!["shareReplay"], RESOURCE);
        // Streams between a source of the process and one connection.
        self.add_maker(&["stream", "zlib"], vec!["pipe"], RESOURCE);
        ["then", "await"].iter().for_each(|word| self.add(word, WAITS));
        crate::model::resource::RELEASES.iter().for_each(|word| self.add(word, RELEASES));
        methods_of_objects(apis).for_each(|word| self.add(word, METHOD));
        // `set` says nothing by itself.
        let is_plain = |word: &&String| apis.grow.keyed.contains(*word);
        apis.metrics.methods.iter().filter(|word| !is_plain(word)).for_each(|word| self.add(word, METRIC_METHOD));
        for api in &apis.resources.apis {
            let modules: Vec<&str> = api.module.iter().map(String::as_str).collect();
            let names = if api.has_names() { api.names().collect() } else { Vec::new() };
            self.add_maker(&modules, names, RESOURCE);
            // What a tool writes into the project has a name of its own.
            if api.module.is_empty() || api.generated.is_some() {
                api.names().for_each(|word| self.add(word, RESOURCE));
            }
            api.beside.iter().for_each(|word| self.add(word, BESIDE));
        }
    }

    fn add_maker(&mut self, modules: &[&str], names: Vec<&str>, made: u32) {
        modules.iter().for_each(|module| self.add(module, MODULE));
        names.iter().for_each(|name| self.add(name, MAKER));
        let hashes = |words: &[&str]| words.iter().map(|word| hash(word.as_bytes())).collect();
        self.makers.push(Maker { modules: hashes(modules), names: hashes(&names), made });
    }

    /// What is made by those of these modules that one of the names belongs to, or that need none.
    pub(super) fn made_by(&self, modules: &[Name], names: &[Name]) -> u32 {
        if modules.is_empty() {
            return 0;
        }
        let makes = |maker: &&Maker| {
            maker.modules.iter().any(|module| modules.contains(module))
                && (maker.names.is_empty() || maker.names.iter().any(|name| names.contains(name)))
        };
        self.makers.iter().filter(makes).fold(0, |made, maker| made | maker.made)
    }

    /// Whether one of the runtime's tables is named.
    pub(super) fn names_runtime(&self, text: &str) -> bool {
        self.runtime.iter().any(|name| name.find(text.as_bytes()).is_some())
    }

    /// Whether promises are raced, perhaps with one that a module's timer settles.
    pub(super) fn races_timers(&self, text: &str) -> bool {
        let has = |word: &[u8]| memchr::memmem::find(text.as_bytes(), word).is_some();
        self.timers.iter().any(|name| name.find(text.as_bytes()).is_some()) && (has(b".race(") || has(b".any("))
    }

    /// Whether names that never come again are made in the text.
    pub(super) fn makes_names(&self, text: &str) -> bool {
        MAKES_NAMES.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
    }

    /// Whether there may be a component in the text.
    pub(super) fn names_component(&self, text: &str) -> bool {
        self.components.iter().any(|sign| sign.find(text.as_bytes()).is_some())
    }

    fn add(&mut self, word: &str, flags: u32) {
        let hash = hash(word.as_bytes());
        let mut at = hash as usize >> 7 & self.mask;
        while self.table[at].1 != 0 && self.table[at].0 != hash {
            at = (at + 1) & self.mask;
        }
        self.table[at] = (hash, self.table[at].1 | flags);
    }

    pub(super) fn flags(&self, hash: u32) -> u32 {
        let mut at = hash as usize >> 7 & self.mask;
        loop {
            match self.table[at] {
                (_, 0) => return 0,
                (known, flags) if known == hash => return flags,
                _ => at = (at + 1) & self.mask,
            }
        }
    }
}

/// Whether a test may stand in the text.
pub(super) fn names_test(text: &str) -> bool {
    PER_TEST.iter().any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// What stands where names are made that never come again.
const MAKES_NAMES: &[&str] = &["Date", "random", "++", "+= 1", "hrtime", "performance.now", "uuid", "UUID", "nanoid"];

const KEYWORDS: &[&str] = &[
    "const",
    "let",
    "var",
    "using",
    "function",
    "class",
    "new",
    "this",
    "super",
    "return",
    "typeof",
    "void",
    "delete",
    "await",
    "yield",
    "throw",
    "case",
    "do",
    "else",
    "in",
    "of",
    "instanceof",
    "extends",
    "if",
    "for",
    "while",
    "switch",
    "catch",
    "with",
    "default",
    "async",
    "Map",
    "Set",
    "Array",
    "Object",
    "require",
    "export",
    "as",
    "satisfies",
    "null",
    "undefined",
    "true",
    "false",
    "try",
    "finally",
    "static",
    "exports",
    "get",
    "import",
    "is",
    "Symbol",
    "implements",
];

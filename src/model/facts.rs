//! What is known of one file once its IR is gone: owned, small, serialisable. Rules query these; the cache and the project view will keep them.

use serde::{Deserialize, Serialize};

use super::context::Context;
pub use super::ending::{Cleared, Ending};
use super::links::Reexport;
pub use super::mismatch::{Mending, Mismatch, MismatchWhy};
pub use super::misuse::{Misuse, MisuseKind};
pub use super::overwritten::Overwritten;
pub use super::promise::{Reaction, ReactionKind, Settled};
pub use super::registration::{
    Detachment, Forgotten, ForgottenBy, Handler, LoopEvent, LoopSite, NearMiss, NearMissWhy, Outcome, Receiver, ReceiverKind, Registration,
    Released, Sibling,
};
pub use super::request_store::{Kept, RequestStore};
pub use super::timeout::fact::{Delay, Missed, Timeout, TimeoutRemedy, TimeoutShape};
pub use super::{memo::Memo, mount::Mount, once::Once, resource::Resource, shared::ImportedPath, style::Style, test_state::TestState};
use super::{outside::FileName, provenance::Provenance};
use crate::diagnostic::Lifetime;
use crate::text::Span;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub collections: Vec<Collection>,
    pub registrations: Vec<Registration>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<Mismatch>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misuses: Vec<Misuse>,
    pub intervals: Vec<Interval>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<Resource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memos: Vec<Memo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeouts: Vec<Timeout>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    pub stores: Vec<RequestStore>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub test_states: Vec<TestState>,
    /// The collections of other modules that this file adds to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grows_in: Vec<ImportedPath>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lent: Vec<super::lent::Lent>,
    /// What it offers of other files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reexports: Vec<Reexport>,
    /// It has ES exports.
    pub exports_names: bool,
    /// A class of it extends one of another file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extends_imports: bool,
    /// Of a bundle: the files that it was made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<super::bundle::Section>,
    pub style: Style,
}

/// How sure it is that a holder lives as long as is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It dies with a piece of work.
    Short,
    Unknown,
    Likely,
    Proved,
}

/// How long a holder lives, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    pub lifetime: Lifetime,
    pub certainty: Certainty,
    pub why: LifeWhy,
    /// Where that is seen, if not at the holder itself, and the file of that, if it is another one.
    pub seen_at: Option<Span>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_in: Option<FileName>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifeWhy {
    ModuleScope,
    /// A part of the application of a framework.
    Application,
    Static(String),
    Global,
    /// A global only because a name is assigned that nothing declares.
    Undeclared,
    /// The class is instantiated once, at module level or at start-up.
    Singleton(String),
    /// A decorator makes it a singleton.
    Decorated(String),
    /// By what its methods do the class works for a long time, or (the second) by its name or a base class.
    LongLivedClass(String),
    NamedLong(String),
    ShortLivedClass(String),
    /// Nothing says how long instances of the class live.
    Instance(String),
    /// Kept by a function that this factory returns or registers.
    Closure(String),
    /// A parameter of this name of a function around the handler.
    Given(String),
    /// Made again for each connection, request or call.
    PerCall(String),
    /// A table of the runtime; which one.
    Runtime(String),
}

/// A holder with a name that comes to a finding's fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderName {
    /// `cache`, `this.sessions`, `Registry.items`.
    pub text: String,
    /// The functions and classes around its declaration.
    pub scope: String,
    /// The name where it is declared or first assigned.
    pub span: Span,
    /// A hash of the normalised text of its declaration.
    pub declaration_hash: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    Map,
    Set,
    Object,
    Array,
    /// A value that keeps the one before it.
    Chain,
    /// A text that gets longer.
    Text,
    /// A table of the runtime: its symbols, its performance timeline.
    Runtime,
}

/// A collection that grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collection {
    pub holder: HolderName,
    pub container: Container,
    pub life: Life,
    pub growths: Vec<Growth>,
    pub shrinks: Vec<Shrinkage>,
    /// How often the holder is used, besides its declaration.
    pub uses: u32,
    /// Uses that read what it holds.
    pub reads: u32,
    pub bound: Option<Bound>,
    pub hand_outs: Vec<HandOut>,
    pub shapes: Vec<Shape>,
    /// What a bounded or weak collection would take the place of.
    pub allocation: Option<Allocation>,
    /// The annotated key type has a name of its own.
    pub has_named_key_type: bool,
    /// Whether every use would work on a WeakMap or WeakSet as well (`get`, `set`, `add`, `has`, `delete`).
    pub is_weakable: bool,
    /// Whether every use would work on a bounded Map-like class as well (`get`, `set`, `has`, `delete`, `clear`, `size`).
    pub is_maplike: bool,
    /// Other files that use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileName>,
    pub removal: Option<EntryRemoval>,
}

/// `new Map()` in parts, where another class can take its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    pub class: Span,
    /// The empty argument list.
    pub arguments: Span,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    pub span: Span,
    /// The file of the span, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileName>,
    pub how: GrowthKind,
    pub key: Option<Provenance>,
    pub element: Option<Element>,
    /// 0: the holder's own entries; 1: the entries of a bucket in it.
    pub level: u32,
    pub context: Context,
    /// A function that puts what its caller gives it into a registry (`use`, `register`, `define`).
    pub is_registry: bool,
    pub function: String,
    /// Some release covers it.
    pub released: bool,
    /// What is rather noted for good: once a message, once a service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<Once>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrowthKind {
    Set,
    Add,
    Push,
    Property,
}

/// What is put in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Element {
    pub kind: ElementKind,
    pub provenance: Provenance,
    /// Parameters that are requests, sockets or messages and stay reachable through it.
    pub captures: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementKind {
    Primitive,
    Callback,
    /// `{ resolve, reject }`, or the resolver of a promise.
    Pending,
    Timer,
    Promise,
    Request,
    Object,
    /// Of a class: it may be at work.
    Instance,
    Collection,
    Other,
}

/// Something that takes entries away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shrinkage {
    pub span: Span,
    /// The file of the span, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileName>,
    pub kind: ShrinkKind,
    pub level: u32,
    pub context: Context,
    pub function: String,
    /// Who adds an entry is given this to take it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShrinkKind {
    Delete,
    Pop,
    Clear,
    Reset,
    /// Handed to a function of this file that shrinks it, or to one whose name says so.
    Cleaner,
    /// `x[k] = null`: the key stays.
    Tombstone,
    /// The same where entries are added: there is nothing for this key.
    EmptyEntry,
    /// Removes an entry only when the same key is read again after it expired.
    OnRead,
    /// Runs when a timer fires, and another outcome clears the timer.
    IfTimerFires,
    /// Runs when the timer is cancelled; one that fires stays.
    OnCancel,
    /// Not reached when something throws before it.
    SkippedByThrow,
    /// Runs when a promise is fulfilled; a rejection leaves the entry.
    IfFulfilled,
    /// Comes with an answer: a timer or a failure settles the promise and leaves the entry.
    IfAnswered,
    /// Runs when somebody aborts the work; work that ends by itself stays.
    IfAborted,
    /// Of a literal key, while other keys are added.
    OtherKey,
    /// Of another key than the one by which the entry was found that is done.
    OtherEntry,
    /// A method of its own for the users, who need not know that another one fills the collection.
    OptIn,
    /// Given to a caller who drops it.
    Dropped,
    /// `clearTimeout(x[k])`: the timer ends, its entry stays.
    HandleOnly,
    /// The count in the entry goes down; the entry stays at zero.
    Decrement,
    /// A shorter list is stored in the entry.
    WriteBack,
    /// The disposer in the entry is called; the entry stays.
    Disposed,
}

/// Why it cannot grow without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    SizeCheck,
    Weak,
    BoundedClass,
    KeyType,
    /// A comment on its declaration says why.
    Note,
}

/// Where the collection itself is given to code that is not in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandOut {
    Exported,
    Returned,
    Argument,
    Stored,
}

/// Shapes that leave little doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Grown and never read.
    WriteOnly,
    /// Keyed by a generated id, holding callbacks; whoever completes the request does not delete.
    PendingTable,
    /// The class has the opposite verb, and it does not touch this collection.
    DualVerb { remove: String, span: Span },
    /// Another collection is grown beside it, and shrunk where this one is not.
    Sibling { other: String, span: Span },
    /// The timer it holds ends without removing its entry.
    SettledTimer,
    /// The entry's work is ended and the entry left: cleared handle, counter at zero, list emptied, disposer called, no abort.
    SettledEntry,
    /// An entry's time is looked at where it is read, and one whose time is over stays.
    Expires { span: Span },
    /// What is known of an object that callers give: another object is another key.
    Identity,
    /// Each instance of a class adds itself, and the end of the instance leaves it there.
    Enrolled { end: String, span: Span },
    /// For each element that is there, one more is added.
    Doubled { span: Span },
}

impl Shape {
    /// Whether the ends of single entries are seen, so that their keys come and go.
    pub fn shows_ends(&self) -> bool {
        matches!(self, Self::SettledEntry | Self::DualVerb { .. } | Self::Sibling { .. } | Self::Expires { .. })
    }
}

/// A piece of text in place of another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdit {
    pub span: Span,
    pub text: String,
}

/// How an entry can be made to go by edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryRemoval {
    /// `x[k] = null` becomes `delete x[k]`.
    InPlaceOfNull { edits: Vec<TextEdit> },
    /// Deleted where this function has found it to complete it.
    OnCompletion { function: String, edits: Vec<TextEdit> },
}

/// How often a class is constructed, as far as this file shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instances {
    pub class: String,
    pub many: bool,
    pub exported: bool,
    /// A construction in a repeated context, and its file, if that is another one.
    pub seen_at: Option<(Option<FileName>, Span)>,
    /// A function that makes a new one for whoever calls it.
    pub made_by: Option<Span>,
    /// Its name says that there are few, which live long: `Watcher`, `Server`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_few: bool,
    /// It registers what a base class that is not in view disposes of: `this._register(...)`.
    pub disposes: bool,
    /// It extends a class of another file, which may have an end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extends: bool,
    /// By the constructor or a field's initialiser, not by a method.
    pub by_construction: bool,
    pub teardown: Option<Teardown>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teardown {
    pub name: String,
    pub name_span: Span,
    /// Where a statement can be added to it.
    pub entry: Option<Entry>,
    /// Something it does clear.
    pub clears: Option<Sibling>,
}

/// Where a statement goes to be the first of a body, and what stands around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub at: u32,
    pub before: String,
    pub after: String,
    /// Whatever the style of the file: something follows on the same line.
    pub needs_semicolon: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    pub context: Context,
    pub handle: Handle,
    pub cleared: Option<Cleared>,
    /// Only a method clears it which nobody in this file calls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_others: bool,
    /// Its handle is put over that of one that still runs.
    pub overwritten: Option<Overwritten>,
    pub unref: bool,
    pub captures: Vec<String>,
    pub captures_this: bool,
    /// One kind of message leads to it, which may come only once.
    pub one_command: bool,
    /// A statement of the module itself, or of a block at its top level.
    pub at_top_level: bool,
    pub per_instance: Option<Instances>,
    /// A function of this name returns an object that offers to end the work.
    pub factory: Option<Factory>,
    /// The peer whose event would be the place to clear it: `socket`.
    pub peer: Option<String>,
    /// Where its handle is taken out of the collection that holds it.
    pub taken_out: Option<Sibling>,
    pub remedy: Option<Remedy>,
    /// The component that starts it when it is mounted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<Mount>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Factory {
    pub name: String,
    pub teardown: Teardown,
}

/// How it can be cleared by an edit; `clear` is the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    InTeardown {
        entry: Entry,
        clear: String,
    },
    /// The handle is dropped and has to be kept first.
    KeepInField {
        assign_at: u32,
        field: String,
        entry: Entry,
        clear: String,
    },
    BeforeItIsSet {
        at: u32,
        indent: String,
        clear: String,
    },
    /// The handle has this name, and the peer's last event clears it.
    OnPeersEnd {
        handle: String,
        peer: String,
        event: String,
        edits: Vec<TextEdit>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handle {
    Dropped,
    Local {
        name: String,
    },
    Kept {
        text: String,
        span: Span,
    },
    Collected {
        text: String,
    },
    /// Returned, passed on: its owner is elsewhere.
    HandedOut,
}

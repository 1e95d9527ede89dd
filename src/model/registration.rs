//! What is known of one registration of a listener.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::facts::{Certainty, Instances, Teardown, TextEdit};
use super::mount::Mount;
use super::outside::FileName;
use crate::text::Span;

/// A listener that is registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The callee and arguments.
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    pub verb: String,
    pub api: String,
    pub event: Option<String>,
    /// As it is written, where that is the name of a constant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_name: Option<String>,
    pub receiver: Receiver,
    pub handler: Handler,
    pub context: Context,
    /// The innermost loop around it within its function, if the receiver is the same in each turn.
    pub in_loop: Option<LoopSite>,
    pub once: bool,
    /// A `once` whose event may never fire.
    pub once_uncertain: bool,
    /// A `once` that stays when the event of another one comes first.
    pub other_outcome: Option<Outcome>,
    /// The event's name is made anew, or comes from the loop.
    pub event_varies: bool,
    /// The first reason found for why it does not pile up.
    pub released: Option<Released>,
    /// A removal on the same receiver and event that cannot match, or is not reached on some path.
    pub near_miss: Option<NearMiss>,
    /// A removal that was meant for it can never match: that is a fact of its own.
    pub mismatched: bool,
    /// A removal of the same kind for another event or receiver, which shows what is missing.
    pub sibling: Option<Sibling>,
    /// The end of what added several listeners forgets this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forgotten: Option<Forgotten>,
    pub captures: Vec<String>,
    /// The class whose instances register.
    pub per_instance: Option<Instances>,
    /// An instance does it one time: in its constructor, or when it starts.
    pub once_each: bool,
    /// It does so while it is constructed.
    pub constructed: bool,
    /// An earlier registration of the same defect: same function, same receiver.
    pub follows: Option<Span>,
    /// The events of those that follow this one.
    pub beside: Vec<String>,
    /// The component that registers when it is mounted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<Mount>,
    pub statement: Option<Span>,
    pub detachment: Option<Detachment>,
    /// Where the receiver's limit of listeners is raised, so that nobody is warned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silenced: Option<Span>,
    /// The event bears the id of one piece of work: once that is done, nobody will ever fire it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_work: bool,
    /// It is for the end of the emitter, and stops a timer that was started for a caller: the timer fires, and the listener stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stops_timer: bool,
    /// By a function of the file that passes on what it is given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_passed_on: bool,
    /// A function on the way to it is named as one that makes a program or a page ready.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_set_up: bool,
    /// The end of what the function makes and gives back, which forgets this listener.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_end: Option<Teardown>,
}

impl Registration {
    /// The component that registers while it is mounted, on something that is older than any component.
    pub fn of_component(&self) -> Option<&Mount> {
        use ReceiverKind as Kind;
        let is_older = matches!(
            self.receiver.kind,
            Kind::Page | Kind::Process | Kind::Module | Kind::Renewed | Kind::Import | Kind::Singleton | Kind::Service | Kind::Plugin
        );
        // What is subscribed to is made to be left, and who drops what it gives cannot leave it.
        let is_dropped = self.receiver.kind == Kind::Parameter && self.api == "subscribe" && self.statement.is_some();
        self.mount.as_ref().filter(|mount| is_older || is_dropped && mount.framework == "React")
    }

    /// Forgotten on an emitter of a field that its class does not make: `this.props.session`. An element goes with what is drawn.
    pub fn is_forgotten_on_what_others_made(&self) -> bool {
        let is_made_elsewhere = self.receiver.kind == ReceiverKind::OwnField && self.receiver.certainty == Certainty::Unknown;
        is_made_elsewhere && self.forgotten.is_some() && self.api != "EventTarget"
    }

    /// Somebody meant the listener to go: a removal that misses it, one of a listener beside it, a warning of too many that was silenced.
    pub fn is_meant_to_go(&self) -> bool {
        use ReceiverKind as Kind;
        let is_for_all = matches!(self.receiver.kind, Kind::Page | Kind::Process | Kind::Module | Kind::Import | Kind::Singleton);
        self.forgotten.is_some()
            || self.given_end.is_some() && is_for_all
            || self.near_miss.is_some()
            || self.sibling.is_some()
            || self.other_outcome.is_some()
            || self.silenced.is_some() && self.handler.fresh
    }
}

/// How the listeners can be kept from piling up by edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detachment {
    /// The registration goes in front of its loop.
    BeforeLoop { edits: Vec<TextEdit> },
    /// The handler gets this name, and `finally` takes it off at the end of each turn.
    EachTurn { handler: String, edits: Vec<TextEdit> },
    /// The handlers stay in fields, and this teardown takes them off.
    InTeardown { teardown: String, edits: Vec<TextEdit> },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub span: Span,
    pub event: String,
    /// The other one is taken off when this one's event comes: they were meant as alternatives.
    pub is_crossed: bool,
    /// The other event comes again, each time for another call, and this one's listener stays each time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub comes_again: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoopSite {
    pub span: Span,
    pub endless: bool,
    /// It goes over a list, once: not `while`, not a function that calls itself.
    pub counted: bool,
    /// Goes over a list that the program fixes (names of events), or adds the same handler again where that is ignored.
    pub fixed: bool,
    pub event: LoopEvent,
    /// A function that runs itself again.
    pub recursion: bool,
}

/// What the turns of a loop have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoopEvent {
    Same,
    /// The loop goes over the events.
    Item,
    /// The event's name is made of the item.
    Made,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receiver {
    pub text: String,
    pub kind: ReceiverKind,
    pub certainty: Certainty,
    /// Where it is declared or comes from.
    pub span: Option<Span>,
    /// Its type or name says that many use it.
    pub shared: bool,
    /// What wraps an element of the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wrapped: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiverKind {
    /// Made in the same call.
    Fresh,
    /// The object that registers on itself.
    Own,
    Parameter,
    /// A field that the constructor was given.
    Injected,
    /// A field whose object the class makes.
    OwnField,
    Module,
    Import,
    Process,
    Page,
    /// The socket below a request, which keep-alive uses again, or whoever sends many events.
    SharedPeer,
    /// A variable of the module that is set to nothing and made anew from time to time.
    Renewed,
    /// A variable of an enclosing call that lives on.
    Captured,
    /// In a field of the one instance that a program makes of a class.
    Singleton,
    AbortSignal,
    /// `AbortSignal.timeout` with a long delay.
    LongTimeout,
    /// Taken from a pool and given back.
    Pooled,
    /// An entry of a collection that outlives the call, found again by later calls.
    Entry,
    /// The request, connection or message that the function runs for.
    Peer,
    Item,
    /// A service that all components share.
    Service,
    /// What a plugin gives to all components under this name.
    Plugin,
    /// What a function of another file gives: whether that is one for all, its file says.
    Getter,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handler {
    pub span: Option<Span>,
    /// A new function each time.
    pub fresh: bool,
    /// It goes through `.bind(...)`.
    pub bound: bool,
    /// Each instance has its own: `this`, or a field that holds a function.
    pub of_instance: bool,
    /// A parameter: the caller's own handler.
    pub from_caller: bool,
    /// Where nothing takes it off: it reads something that belongs to this one call or instance.
    pub keeps_work: bool,
    /// It settles a promise of the call and stays: something else may settle that first, or nothing else is left to do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outlives_promise: bool,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Released {
    Removal,
    Signal,
    Once,
    Guard,
    DisposerKept,
    /// The caller gets what takes it off.
    DisposerGiven,
    Deduplicated,
    Replaced,
    SelfRemoving,
    /// The owner ends the receiver.
    ReceiverEnded,
    /// It holds nothing but weak references.
    Weak,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearMiss {
    pub span: Span,
    /// The file of the span, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileName>,
    pub why: NearMissWhy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NearMissWhy {
    OtherFunction,
    OtherEvent,
    /// The capture flag differs.
    OtherPhase,
    /// A path leaves without passing it: by return, by throw.
    SkippedByReturn,
    /// Another run of the function takes it off, if there is one.
    OtherRun,
    SkippedByThrow,
    /// Only when one outcome comes, not the other.
    OtherOutcome,
    /// The handler takes itself off, but its event may never fire.
    EventMayNotCome,
    /// The same call ends its work in a `finally`, and this is not a part of it.
    WorkEnds,
    /// At the end of another object than the one whose listener it is.
    EndOfAnother,
    /// The caller is given what takes it off, and drops it.
    Dropped,
    /// In a function that is returned to a framework which does not call it.
    Ignored,
    /// In a hook that is asked for behind a wait.
    TooLate,
}

/// What is done for a listener that was added with this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    pub span: Span,
    pub how: ForgottenBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForgottenBy {
    /// The end takes it off the same receiver.
    Removal,
    /// What takes it off is kept.
    Disposer,
    /// The end takes it off another receiver.
    OtherRemoval,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sibling {
    pub span: Span,
    pub text: String,
}

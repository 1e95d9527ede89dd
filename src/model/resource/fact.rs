//! What is known of a resource that something is wrong with.

use serde::{Deserialize, Serialize};

use super::api::Made;
use super::shared::Source;
use crate::model::context::Context;
use crate::model::facts::{Certainty, Factory, Instances, TextEdit};
use crate::model::mount::Mount;
use crate::model::outside::FileName;
use crate::text::Span;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// The call or construction that makes it.
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    /// `object URL`, `file watcher`.
    pub what: String,
    /// What is called, as written.
    pub call: String,
    pub kind: Kind,
    pub custody: Custody,
    pub flaw: Flaw,
    pub context: Context,
    /// Reached by one kind of message only.
    pub one_command: bool,
    /// Its maker does one piece of work with it, and hands back what came of that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_spent: bool,
    pub per_instance: Option<Instances>,
    pub factory: Option<Factory>,
    /// Of an observer: how long what it watches lives.
    pub target: Option<Target>,
    pub remedy: Option<Remedy>,
    /// Only if what another file offers is what makes it; nobody told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_origin: bool,
    /// Only if those who get it in other files let nothing of it go, or make many before its maker ends; nobody told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_others: bool,
    /// The component that makes it while it is mounted, and leaves it behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mount: Option<Mount>,
}

/// What is known of all of its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    pub keeps: String,
    pub made: Made,
    /// It may end by itself.
    pub ends: bool,
    /// It goes back to a pool.
    pub lent: bool,
    /// It dies with the page.
    pub page: bool,
    /// It has no handle: it is released by the name under which it was made.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// How it is released, as it would be written here.
    pub release: String,
    /// How it is ended where its work was not done, if that is another call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
}

impl Default for Kind {
    fn default() -> Self {
        Self {
            keeps: String::new(),
            made: Made::PerUse,
            ends: false,
            lent: false,
            page: false,
            named: false,
            release: String::new(),
            undo: None,
        }
    }
}

/// Who has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Custody {
    Dropped,
    Local {
        name: String,
    },
    /// A name of a function in another file, which got it from the one that makes it.
    Caller {
        file: FileName,
        span: Span,
        function: String,
    },
    /// A field of the object around.
    Kept {
        text: String,
        span: Span,
    },
    /// A variable of the module.
    Variable {
        text: String,
        span: Span,
    },
    /// Of a text or number: a property of something, which does not own it.
    Property {
        text: String,
    },
    /// A state of a component, set by this function.
    State {
        setter: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    Unreleased,
    /// It asks for itself again, and the end of the class that begins it does not stop it.
    Endless,
    /// A loop goes over it that nothing leaves.
    Iterated,
    /// Its slot gets another one while it is alive.
    Overwritten(Certainty),
    /// The same, where the file shows by a release elsewhere that it has to be released.
    Replaced {
        span: Span,
        text: String,
    },
    SomePaths {
        span: Span,
        misses: MissedPath,
    },
    /// Made after its teardown may have been called.
    Late {
        teardown: Span,
        name: String,
        wait: Span,
    },
    /// A file that is piped into a connection which may close before its end.
    Piped {
        peer: String,
    },
    /// A response whose body nobody reads.
    Unread {
        name: String,
    },
    /// A response whose body is not read where its callback returns early.
    UnreadEarly {
        name: String,
        at: Span,
    },
    /// An observable that stays subscribed to a source which goes on.
    Shared {
        source: String,
        of: Source,
    },
    /// A socket that `http` hands to a handler, which neither ends it nor gives it to anybody on some way.
    LeftOpen {
        name: String,
        handed: Span,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissedPath {
    /// A return before the release.
    Return(Span),
    /// Something throws between the two.
    Throw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The document or one of its fixed parts.
    Page,
    /// A node that its owner made.
    Own,
    /// A node that a component is given.
    Given,
    Unknown,
}

/// Edits that let it go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Remedy {
    /// What they do, as the rest of `fix: ...`.
    pub does: String,
    pub edits: Vec<TextEdit>,
}

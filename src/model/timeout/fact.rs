//! What is known of a `setTimeout` that goes on after the work that it was armed for.

use serde::{Deserialize, Serialize};

use crate::model::context::Context;
use crate::model::facts::{Certainty, Handle, Instances, Remedy, TextEdit};
use crate::text::Span;

/// A `setTimeout` with one of the shapes below. A lone one that fires and is gone is no fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timeout {
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    pub context: Context,
    pub delay: Delay,
    pub handle: Handle,
    pub shape: TimeoutShape,
    /// Requests, connections and parameters that its callback keeps alive.
    pub captures: Vec<String>,
    pub captures_this: bool,
    pub unref: bool,
    /// Firing late does more than to settle a promise or to abort what has ended.
    pub acts_late: bool,
    /// Each turn of the loop that arms it sleeps somewhere else as well, so few are pending at once.
    pub is_paced: bool,
    pub per_instance: Option<Instances>,
    pub remedy: Option<TimeoutRemedy>,
}

/// How long a timer waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    /// The longest of those in view.
    pub millis: Option<u64>,
    /// As written.
    pub text: String,
    /// What is left until a point in time: all that wait for it end together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub until: bool,
}

/// How a timer outlives its work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeoutShape {
    /// Its promise loses a race and the timer stays.
    Race {
        race: Span,
        misses: Option<Missed>,
    },
    /// Its promise is settled by something else, and nothing clears it.
    Settled {
        outcome: Span,
        by: String,
    },
    /// One outcome clears it, another one reports the end of the work without doing so.
    OtherOutcome {
        outcome: Span,
        by: String,
        clear: Span,
    },
    /// Cleared behind a wait that can fail.
    SkippedByThrow {
        clear: Span,
    },
    Overwritten(Certainty),
    /// A chain of timers that is begun once more while it runs.
    BegunAgain {
        at: Span,
    },
    /// The owner's teardown ends other things and not this one.
    ForgottenByTeardown,
    /// The callback always arms it again.
    Rearms {
        again: Span,
    },
    /// One of two that a connection's failure arms, each of which makes the next connection.
    ToldTwice {
        peer: String,
        other: Span,
    },
    /// The callback acts only if the work is not done, and nobody tells it.
    Watchdog {
        state: String,
    },
    /// It aborts the work of its call, whether that still goes on or not.
    Limit {
        aborts: String,
    },
    /// It starts what a teardown ends, also when that has run before.
    LateStart {
        starts: Span,
        end: String,
        release: Span,
        /// What it starts arms the timer in its turn.
        again: bool,
    },
    /// Kept on one connection, and cleared only to be set again.
    OnlyRenewed {
        peer: String,
        clear: Option<Span>,
    },
    /// Kept in an entry that is taken out without a clear.
    TakenOut {
        entry: String,
        at: Span,
    },
}

/// A clear that some ways to settle do not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    pub clear: Span,
    /// Met by fulfilment only; otherwise it stands behind a wait.
    pub by_rejection: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeoutRemedy {
    /// As an interval's.
    Cleared(Remedy),
    /// The handle gets a name, and the race clears it when it is settled.
    AfterRace { edits: Vec<TextEdit> },
    /// What comes behind it goes into a `try`.
    Finally { clear: String, edits: Vec<TextEdit> },
}

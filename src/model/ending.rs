//! How a timer is ended, and the ends of its work that miss it.

use serde::{Deserialize, Serialize};

use crate::text::Span;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cleared {
    Always,
    ByItself,
    /// Only to be set anew in the same run: the last one goes on.
    Restarted,
    /// Only while the component that started it lives: its end forgets the clear.
    BeforeEnd,
    Guarded,
    /// Only on some of the ways on which the work ends.
    SomeEnds {
        span: Span,
        misses: Ending,
    },
}

/// A way on which the work ends and the clear is not reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Something throws between the start and the clear.
    Throw,
    /// Only this method of its class clears, and nobody calls that.
    Uncalled(String),
    /// Only the peer's `error` clears.
    PlainClose,
    /// The callback calls this function of a promise, and returns.
    Settled(String),
    /// The callback returns early once this peer is closed.
    ClosedPeer(String),
    /// A timeout calls this function of the promise that the interval works for.
    Deadline(String),
}

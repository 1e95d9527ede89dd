//! What is known of a removal of a listener that can never match what it was meant for.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::facts::{Instances, Receiver, TextEdit};
use crate::text::Span;

/// A removal that takes nothing off, and the registration that it was meant for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mismatch {
    /// The callee and arguments of the removal.
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    /// Where it stands: `Feed.close`.
    pub function: String,
    pub verb: String,
    pub event: Option<String>,
    pub why: MismatchWhy,
    /// What the removal passes that differs, and what the registration passed in its place.
    pub removed: Span,
    pub added: Span,
    /// The registration: callee and arguments.
    pub registration: Span,
    /// What the registration is on.
    pub receiver: Receiver,
    /// How often the registration runs.
    pub context: Context,
    /// The registration stands in a loop that goes on.
    pub in_loop: bool,
    pub per_instance: Option<Instances>,
    /// It is the caller who gave the handler.
    pub from_caller: bool,
    /// Further removals of the same function that miss for the same reason.
    pub more: Vec<Span>,
    pub mending: Option<Mending>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MismatchWhy {
    /// The removal passes a function that is made for it.
    FreshAtRemoval,
    /// The removal passes a function of this very call, which only adds it further down.
    NotYetAdded,
    /// The registration passed a function that was made for it, and nobody kept.
    FreshAtRegistration,
    OtherFunction,
    /// Another event; the one that the removal names.
    OtherEvent(String),
    /// The handler stands where the event's name belongs.
    NoEvent,
    /// It names the event alone.
    NoHandler,
    OtherTarget,
    /// Each side asks anew for an object that is another one each time.
    FreshTarget(String),
    /// The capture flag differs.
    OtherPhase,
    /// It stands behind a flag that is only ever set behind itself.
    Unreachable {
        flag: String,
        condition: Span,
    },
}

/// How both sides can be made to pass the same by edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mending {
    /// The method is bound once, in the constructor, or it is a field that needs no binding.
    OneReference { text: String, edits: Vec<TextEdit> },
    /// The removal gets the registration's options.
    SamePhase { edits: Vec<TextEdit> },
}

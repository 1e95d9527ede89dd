//! Pairs of `once` listeners for two outcomes, of which only one comes.

use super::super::Model;
use super::super::facts::Outcome;
use super::super::provenance::words;
use super::{Candidate, Removal};

/// Events that end the wait for another one.
const FAILURES: &[&str] = &["error", "close", "abort", "timeout", "end", "fail", "exit", "disconnect", "cancel"];

/// Whether nothing is left for the first listener once the event of the other one has come: the emitter has ended, or this event is still to come.
/// `close` is the last event of what ends; a server is told to listen one time.
fn is_over(own: &str, other: &str) -> bool {
    other == "close"
        || tells_of_end(own)
        || own == "close" && matches!(other, "end" | "finish" | "error" | "exit" | "disconnect")
        || own == "listening"
        || other == "listening"
}

/// `pickerClosed`: something that was opened for the work ends, whatever its outcome, and tells so on an emitter that goes on.
fn tells_of_end(event: &str) -> bool {
    let words = words(event);
    words.len() > 1
        && words.last().is_some_and(|last| matches!(last.as_str(), "close" | "closed" | "hidden" | "dismissed" | "ended" | "finished"))
}

impl Model<'_> {
    /// Another `once` on the same receiver in the same call: when its event comes, this one stays.
    pub(super) fn other_outcome(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal]) -> Option<Outcome> {
        let ir = self.ir;
        let site = &candidate.site;
        let own = site.event.and_then(|event| self.string(event))?;
        let function = ir.function_of(site.call);
        let pair = all.iter().find(|other| {
            let event = other.site.event.and_then(|event| self.string(event));
            other.site.call != site.call
                && other.place == candidate.place
                && other.site.once
                && ir.function_of(other.site.call) == function
                && event.is_some_and(|event| {
                    event != own
                        && !is_over(own, event)
                        && (FAILURES.contains(&event) || FAILURES.contains(&own) || self.is_crossed(other, removals))
                })
        })?;
        let event = pair.site.event.and_then(|event| self.string(event))?.to_owned();
        // After a failure there is mostly no emitter left to leak on.
        let is_crossed = !FAILURES.contains(&event.as_str()) && self.is_crossed(pair, removals);
        Some(Outcome { span: ir.span(pair.site.call), event, is_crossed })
    }

    /// `socket.once('close', done); socket.once('end', done)`: the work goes on until the emitter has ended.
    pub(super) fn waits_for_the_end(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>]) -> bool {
        let is_end =
            |one: &Candidate<'_>| one.site.event.and_then(|event| self.string(event)).is_some_and(|event| matches!(event, "close" | "end"));
        let function = self.ir.function_of(candidate.site.call);
        is_end(candidate)
            && all.iter().any(|other| {
                other.site.call != candidate.site.call
                    && other.site.once
                    && is_end(other)
                    && other.place == candidate.place
                    && self.ir.function_of(other.site.call) == function
                    && !self.same_event_of(other, candidate)
            })
    }

    fn same_event_of(&self, one: &Candidate<'_>, other: &Candidate<'_>) -> bool {
        matches!((one.site.event, other.site.event), (Some(own), Some(theirs)) if self.same_event(own, theirs))
    }

    /// Whether the handler takes the other `once` off, while the other's handler forgets this one.
    pub(super) fn is_forgotten_by_other(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal]) -> bool {
        let takes_off = |by: &Candidate<'_>, other: &Candidate<'_>| {
            let function = self.function_value(by.site.handler)?;
            Some(removals.iter().any(|removal| {
                self.is_inside(self.ir.function_of(removal.call), function)
                    && self.same_receiver(other.place, removal.object)
                    && matches!((other.site.event, removal.event), (Some(own), Some(theirs)) if self.same_event(own, theirs))
                    && self.same_handler(other.site.handler, removal.handler)
            }))
        };
        let function = self.ir.function_of(candidate.site.call);
        candidate.site.once
            && all.iter().any(|other| {
                let failure = other.site.event.and_then(|event| self.string(event)).is_none_or(|event| FAILURES.contains(&event));
                other.site.once
                    && !failure
                    && other.site.call != candidate.site.call
                    && other.place == candidate.place
                    && self.ir.function_of(other.site.call) == function
                    && takes_off(candidate, other) == Some(true)
                    && takes_off(other, candidate) == Some(false)
            })
    }

    /// Whether somebody takes the other one off: they were meant as alternatives.
    fn is_crossed(&self, other: &Candidate<'_>, removals: &[Removal]) -> bool {
        removals.iter().any(|removal| {
            self.same_receiver(other.place, removal.object)
                && self.same_handler(other.site.handler, removal.handler)
                && matches!((other.site.event, removal.event), (Some(own), Some(theirs)) if self.same_event(own, theirs))
        })
    }
}

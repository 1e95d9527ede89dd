//! Pairs of `once` listeners for two outcomes, of which only one comes.

use super::super::Model;
use super::super::facts::Outcome;
use super::{Candidate, Removal};

/// Events that end the wait for another one.
const FAILURES: &[&str] = &["error", "close", "abort", "timeout", "end", "fail", "exit", "disconnect", "cancel"];

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
                    event != own && (FAILURES.contains(&event) || FAILURES.contains(&own) || self.is_crossed(other, removals))
                })
        })?;
        let event = pair.site.event.and_then(|event| self.string(event))?.to_owned();
        // After a failure there is mostly no emitter left to leak on.
        let is_crossed = !FAILURES.contains(&event.as_str()) && self.is_crossed(pair, removals);
        Some(Outcome { span: ir.span(pair.site.call), event, is_crossed })
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

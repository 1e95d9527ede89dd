//! Pairs of `once` listeners for two outcomes, of which only one comes.

use super::super::Model;
use super::super::facts::Outcome;
use super::super::ir::{ExprId, ExprKind, FnId, Ir};
use super::super::place::Root;
use super::super::provenance::words;
use super::{Candidate, Removal, Site};

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
    pub(super) fn outcome(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal]) -> Option<Outcome> {
        let wins = || {
            let span = self.ir.span(candidate.site.call);
            all.iter().any(|other| self.lost_to(other, all).is_some_and(|outcome| outcome.span == span))
        };
        self.lost_to(candidate, all).or_else(|| self.other_outcome(candidate, all, removals).filter(|_| !wins()))
    }

    /// Another `once` on the same receiver in the same call: when its event comes, this one stays.
    fn other_outcome(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>], removals: &[Removal]) -> Option<Outcome> {
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
        Some(Outcome { span: ir.span(pair.site.call), event, is_crossed, comes_again: false })
    }

    /// Another `once` of the same promise on the same emitter, for an event that comes again: `drain` for each write that has to wait, while `error` stays.
    fn lost_to(&self, candidate: &Candidate<'_>, all: &[Candidate<'_>]) -> Option<Outcome> {
        let site = &candidate.site;
        let executor = self.executor_around(self.ir.function_of(site.call))?;
        let settles = |site: &Site<'_>| {
            let by = |handler| self.settles_by(handler, executor).is_some();
            self.is_own_resolver(site.handler, executor) || self.function_value(site.handler).is_some_and(by)
        };
        let winner = all.iter().find(|other| {
            other.site.call != site.call
                && other.site.once
                && other.place == candidate.place
                && self.executor_around(self.ir.function_of(other.site.call)) == Some(executor)
                && !self.same_event_of(other, candidate)
                && other.site.event.is_some_and(|event| self.tells_of_work(event))
                && settles(&other.site)
        })?;
        let event = winner.site.event.map(|event| self.string(event).map_or_else(|| self.expr_text(event), str::to_owned))?;
        let is_lost = site.once && settles(site) && self.is_found_again(candidate, executor);
        is_lost.then(|| Outcome { span: self.ir.span(winner.site.call), event, is_crossed: false, comes_again: true })
    }

    /// An event that is none of a beginning or an end.
    fn tells_of_work(&self, event: ExprId) -> bool {
        let events = &self.apis.events;
        let text = match self.string(event) {
            Some(event) => event.to_owned(),
            // What the caller waits for may be anything.
            None if matches!(self.ir.kind(event), ExprKind::Member { .. }) => self.expr_text(event),
            None => return false,
        };
        let words = words(&text);
        let is_of_life = |word: &String| events.begins.contains(word) || events.once.contains(word);
        let fails = words.iter().any(|word| FAILURES.contains(&word.as_str()) || events.ends.contains(word));
        !events.once.contains(&text) && !fails && !words.last().is_some_and(is_of_life)
    }

    /// Whether the next call finds the same emitter: the object itself, or a field that this call does not set.
    fn is_found_again(&self, candidate: &Candidate<'_>, executor: FnId) -> bool {
        let place = match (self.root(candidate.place), self.initial_values(candidate.place).as_slice()) {
            // `const { stdin } = this.process`.
            (Root::Binding(_), &[value]) if self.is_root(candidate.place) => self.place(value).unwrap_or(candidate.place),
            _ => candidate.place,
        };
        if !matches!(self.root(place), Root::Instance(_)) {
            return false;
        }
        let mut around = executor;
        while let Some(outer) = self.ir[around].parent.filter(|&outer| outer != Ir::MODULE) {
            around = outer;
        }
        let is_set_here = |value: ExprId| self.is_inside(self.ir.function_of(value), around);
        !self.initial_values(place).into_iter().any(is_set_here)
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

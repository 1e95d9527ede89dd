//! The worst that other files could say, to tell which findings depend on them.

use super::context::{Context, ContextKind, Step, StepKind};
use super::ending::{Cleared, Ending};
use super::facts::{
    Certainty, Collection, Facts, HandOut, Interval, Life, LifeWhy, Reaction, Receiver, ReceiverKind, Registration, Released,
};
use super::memo::{Memo, MemoGrowth};
use super::provenance::{Domain, Source};
use super::resource::{Flaw, Resource, Source as Shared};
use crate::text::Span;

/// The worst that is said of a file, or that can be.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// How often something of it is called.
    pub kind: ContextKind,
    /// Something of it is made one time, or kept.
    pub is_kept: bool,
    /// It is known who uses something of it.
    pub is_complete: bool,
    /// Whatever was asked about is called by somebody who is called.
    pub is_called: bool,
    /// Somebody drops what is given to take something out again.
    pub drops: bool,
    /// A function gives the one object that its module keeps.
    pub gives_shared: bool,
    /// A library made what a module offers.
    pub tells_origin: bool,
    /// What is given lives as long as the process.
    pub gives_long: bool,
    /// A class that is extended has an end.
    pub extends_end: bool,
}

impl Said {
    pub const WORST: Self = Self {
        kind: ContextKind::Repeated,
        is_kept: true,
        is_complete: true,
        is_called: false,
        drops: true,
        gives_shared: true,
        tells_origin: true,
        gives_long: true,
        extends_end: true,
    };
    pub const NOTHING: Self = Self {
        kind: ContextKind::Init,
        is_kept: false,
        is_complete: false,
        is_called: true,
        drops: false,
        gives_shared: false,
        tells_origin: false,
        gives_long: false,
        extends_end: false,
    };
}

impl Facts {
    /// Whether no rule can have anything to say.
    pub fn is_empty(&self) -> bool {
        let collects = !self.collections.is_empty() || !self.stores.is_empty() || !self.memos.is_empty();
        let registers = !self.registrations.is_empty() || !self.mismatches.is_empty();
        let waits = !self.intervals.is_empty() || !self.timeouts.is_empty() || !self.reactions.is_empty();
        let others = !self.misuses.is_empty() || !self.resources.is_empty() || !self.test_states.is_empty();
        !(collects || registers || waits || others)
    }

    /// What the facts would be if the rest of the project said the worst: whatever other files can call runs again and again, with ever new values,
    /// on objects that live long.
    pub fn at_worst(&self) -> Self {
        self.at_worst_of(Said::WORST)
    }

    /// The same if no more is said than that.
    pub fn at_worst_of(&self, said: Said) -> Self {
        let mut facts = self.clone();
        let is_repeated = said.kind == ContextKind::Repeated;
        for collection in &mut facts.collections {
            collection.at_worst(said);
        }
        for registration in &mut facts.registrations {
            registration.context.at_worst(said);
            registration.released.take_if(|released| *released == Released::DisposerGiven && is_repeated);
            if registration.receiver.kind == ReceiverKind::Service {
                registration.receiver.certainty = Certainty::Proved;
            }
            registration.at_worst(said);
        }
        for mismatch in &mut facts.mismatches {
            mismatch.context.at_worst(said);
        }
        for misuse in &mut facts.misuses {
            misuse.by_origin &= !said.tells_origin;
            misuse.context.at_worst(said);
        }
        for interval in &mut facts.intervals {
            interval.at_worst(said);
        }
        for timeout in &mut facts.timeouts {
            timeout.context.per_request |= is_repeated && timeout.context.is_for_others();
            timeout.context.at_worst(said);
        }
        for reaction in &mut facts.reactions {
            reaction.at_worst(said);
        }
        for resource in &mut facts.resources {
            resource.at_worst(said);
        }
        for memo in &mut facts.memos {
            memo.at_worst(said);
        }
        for store in &mut facts.stores {
            store.life.at_worst(said);
            store.context.at_worst(said);
        }
        facts
    }

    /// Where the collections stand from which only others take something away, who may never do it.
    pub fn collections_without_releases(&self) -> impl Iterator<Item = Span> {
        let lacks = |collection: &&Collection| {
            let mut reached = collection.shrinks.iter().filter(|shrink| shrink.is_reached());
            collection.bound.is_none()
                && collection.life.certainty == Certainty::Proved
                && collection.growths.iter().any(|growth| growth.released)
                && reached.all(|shrink| shrink.given || shrink.context.is_for_others())
        };
        self.collections.iter().filter(lacks).map(|collection| collection.holder.span)
    }
}

impl Collection {
    fn at_worst(&mut self, said: Said) {
        let is_repeated = said.kind == ContextKind::Repeated;
        let is_closure = matches!(self.life.why, LifeWhy::Closure(_));
        self.life.at_worst(said);
        self.hand_outs.retain(|how| *how != HandOut::Exported || !said.is_complete);
        // What a service keeps, requests may put there. Functions of a module are called so to set things up, mostly.
        let is_of_instance =
            matches!(self.life.why, LifeWhy::Instance(_) | LifeWhy::NamedLong(_) | LifeWhy::LongLivedClass(_) | LifeWhy::Singleton(_));
        for growth in &mut self.growths {
            growth.context.per_request |= is_of_instance && is_repeated && growth.context.is_for_others();
            growth.context.at_worst(said);
            // What a closure keeps, and runs, is for whoever called its maker.
            if is_repeated && is_closure && growth.context.kind == ContextKind::Unknown {
                growth.context.kind = ContextKind::Repeated;
            }
            if let Some(key) = growth.key.as_mut().filter(|key| matches!(key.source, Source::Parameter(_))) {
                key.domain = Domain::Unbounded;
            }
            let given = growth.element.as_mut().filter(|element| matches!(element.provenance.source, Source::Parameter(_)));
            if let Some(element) = given {
                element.provenance.domain = element.provenance.domain.max(Domain::Likely);
            }
        }
    }
}

impl Interval {
    fn at_worst(&mut self, said: Said) {
        if self.for_others && !said.is_called {
            self.cleared = Some(Cleared::SomeEnds { span: self.span, misses: Ending::Uncalled(String::new()) });
        }
        self.context.at_worst(said);
    }
}

impl Resource {
    fn at_worst(&mut self, said: Said) {
        self.by_origin &= !said.tells_origin;
        self.for_others &= said.kind < ContextKind::Unknown;
        if let Flaw::Shared { of: of @ Shared::Service, .. } = &mut self.flaw {
            *of = Shared::Lasting;
        }
        self.context.at_worst(said);
    }
}

impl Reaction {
    fn at_worst(&mut self, said: Said) {
        if self.for_others && said.kind == ContextKind::Repeated {
            self.for_others = false;
            self.context.kind = said.kind;
        }
        self.context.at_worst(said);
    }
}

impl Memo {
    fn at_worst(&mut self, said: Said) {
        if let Some(life) = self.life.as_mut() {
            life.at_worst(said);
            self.is_global |= life.certainty == Certainty::Proved;
        }
        if let Some(growth) = self.growth.as_mut() {
            growth.at_worst(said);
        }
    }
}

impl MemoGrowth {
    fn at_worst(&mut self, said: Said) {
        if self.for_others && said.kind >= ContextKind::Unknown {
            self.for_others = false;
            self.key.domain = Domain::Unbounded;
            self.context.kind = said.kind;
        }
        if matches!(self.key.source, Source::Parameter(_)) {
            self.key.domain = Domain::Unbounded;
        }
        self.context.at_worst(said);
    }
}

impl Registration {
    fn at_worst(&mut self, said: Said) {
        let receiver = &mut self.receiver;
        if receiver.kind == ReceiverKind::Getter && said.gives_shared {
            *receiver = Receiver { kind: ReceiverKind::Import, certainty: Certainty::Proved, shared: true, ..receiver.clone() };
        }
        if matches!(receiver.kind, ReceiverKind::AbortSignal | ReceiverKind::Injected | ReceiverKind::Parameter) && said.gives_long {
            receiver.certainty = Certainty::Proved;
        }
        let span = self.span;
        let Some(instances) = self.per_instance.as_mut() else { return };
        if instances.extends {
            instances.disposes |= said.extends_end;
        }
        if instances.exported && instances.many && said.kind == ContextKind::Repeated {
            instances.seen_at.get_or_insert((None, span));
        }
    }
}

impl Life {
    fn at_worst(&mut self, said: Said) {
        if said.is_kept
            && matches!(self.why, LifeWhy::Instance(_) | LifeWhy::LongLivedClass(_) | LifeWhy::NamedLong(_) | LifeWhy::Closure(_))
        {
            self.certainty = Certainty::Proved;
        }
    }
}

impl Context {
    fn at_worst(&mut self, said: Said) {
        if self.is_for_others() {
            self.kind = self.kind.max(said.kind);
        }
    }

    pub(super) fn is_for_others(&self) -> bool {
        let leaves = |step: &Step| matches!(step.what, StepKind::Exported(_) | StepKind::PublicMethod { .. });
        matches!(self.kind, ContextKind::Startup | ContextKind::Unknown) && self.steps.iter().any(leaves)
    }
}

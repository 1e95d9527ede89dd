//! Removals that wait for the end of another object than the one whose listener it is: `player.on('dispose', () => tracks.off('change', update))` in a
//! button that has a `dispose` of its own.

use super::super::Model;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::FnId;
use super::super::place::{Place, Root};
use super::timers::ENDS;
use super::{Candidate, Site};

impl Model<'_> {
    /// Whether `closure`, in which the listener is taken off, runs at the end of something that a constructor was given, while its class has an end of its own.
    pub(super) fn waits_for_other_end(&self, candidate: &Candidate<'_>, closure: FnId, all: &[Candidate<'_>]) -> bool {
        let function = self.ir.function_of(candidate.site.call);
        let Some(id) = self.instance_around(function).filter(|&id| self.entities.get(id).constructor == Some(function)) else {
            return false;
        };
        let is_given = matches!(candidate.held.kind, Kind::Injected | Kind::Parameter) || candidate.held.is_long();
        is_given
            && all.iter().any(|other| {
                self.is_end(&other.site)
                    && self.function_value(other.site.handler) == Some(closure)
                    && self.ir.function_of(other.site.call) == function
                    && other.place != candidate.place
                    && self.is_another(other)
                    && !self.is_part(candidate.place, other.place)
            })
            && self.per_instance(function).is_some_and(|instances| instances.teardown.is_some())
            && !self.is_object(id)
    }

    fn is_end(&self, site: &Site<'_>) -> bool {
        site.event.and_then(|event| self.string(event)).is_some_and(|event| ENDS.contains(&event))
    }

    /// What the constructor was given, or a field that the class does not make.
    fn is_another(&self, other: &Candidate<'_>) -> bool {
        match other.held.kind {
            Kind::Injected | Kind::Parameter => true,
            Kind::OwnField => other.held.certainty == Certainty::Unknown && matches!(self.root(other.place), Root::Instance(_)),
            _ => false,
        }
    }

    /// What is a part of the other object goes with it: `player.tracks` and `player`.
    fn is_part(&self, mut place: Place, whole: Place) -> bool {
        loop {
            match self.split(place) {
                _ if place == whole => return true,
                Some((of, _)) => place = of,
                None => return false,
            }
        }
    }
}

//! A chain of timers, each of which arms the next one, that is begun once more while it runs: the field knows the newer one alone, and only that can be cleared.

use super::super::Model;
use super::super::calls::How;
use super::super::clearing::{Armed, Clear};
use super::super::context::{ContextKind, StepKind};
use super::super::frameworks::{Again, Cleanup};
use super::super::ir::{ExprId, FnId};
use super::fact::TimeoutShape;

/// Calls between a callback and what arms it again.
const DEPTH: u32 = 3;

impl Model<'_> {
    pub(super) fn begun_again(&self, armed: &Armed<'_>, others: &[Clear]) -> Option<TimeoutShape> {
        let (callback, arms) = (armed.callback?, self.ir.function_of(armed.call));
        if others.is_empty() || armed.to.is_conditional || !self.always_leads_to(callback, arms, DEPTH) {
            return None;
        }
        let (place, region) = self.single_slot(armed.to, arms)?;
        if self.level(place) > 0 || self.is_free_on_way(armed.call, place, 4) || self.runs_once_only(armed.call, 3) {
            return None;
        }
        let chain = self.started_by(callback);
        let is_part = |function: FnId| chain.contains(&function) || self.is_inside(function, callback) || self.is_inside(function, arms);
        let comes_again = |at: ExprId| {
            let context = self.context(at, region);
            let is_repeated = context.kind == ContextKind::Repeated;
            is_repeated && !context.steps.iter().any(|step| matches!(step.what, StepKind::Rearms(_))) || self.comes_with_updates(at)
        };
        let callers = self.callers(arms);
        let mut begins = callers.iter().filter(|caller| caller.how == How::Called).filter_map(|caller| caller.at);
        let again = begins.find(|&at| !is_part(self.ir.function_of(at)) && comes_again(at) && !self.is_free_on_way(at, place, 3))?;
        let from = self.ir.function_of(again);
        let is_safe = self.is_cleared_before(from, again, others, 3)
            || self.is_cleared_before(arms, armed.call, &armed.clears, 1)
            || others.iter().any(|clear| self.alternates(from, clear.at))
            || self.is_toggled(arms, others);
        (!is_safe).then(|| TimeoutShape::BegunAgain { at: self.ir.span(again) })
    }

    /// In a method that a framework calls each time that it draws the component, and that ends nothing of the time before.
    fn comes_with_updates(&self, at: ExprId) -> bool {
        self.mount(at).is_some_and(|mount| mount.again == Again::Update && mount.cleanup == Cleanup::Hook)
    }
}

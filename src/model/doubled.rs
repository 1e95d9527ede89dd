//! Lists that are gone through to do again what made them: each element adds itself once more.

use super::Model;
use super::facts::{GrowthKind, Shape};
use super::holding::{Grow, Operations};
use super::ir::{ExprId, ExprKind};
use super::place::Place;

impl Model<'_> {
    /// `this.subscriptions.forEach((one) => this.subscribe(one))`, where `subscribe` pushes to `this.subscriptions`.
    pub(super) fn doubled(&self, place: Place, operations: &Operations) -> Option<Shape> {
        if !operations.shrinks.is_empty() {
            return None;
        }
        let grow = operations.grows.iter().find(|grow| grow.how == GrowthKind::Push && grow.level == 0 && self.is_unconditional(grow))?;
        let walk = self.uses.calls.iter().find(|&&call| self.goes_through(call, place) && self.adds_in_turn(call, grow))?;
        Some(Shape::Doubled { span: self.ir.span(*walk) })
    }

    fn is_unconditional(&self, grow: &Grow) -> bool {
        self.flow(self.ir.function_of(grow.at)).guards(self.ir, self.ir[grow.at].block).is_empty()
    }

    /// `list.forEach(...)`: of what is added meanwhile nothing is seen.
    fn goes_through(&self, call: ExprId, place: Place) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
            if matches!(self.ir.name(property), "forEach" | "map") && self.place(object) == Some(place))
    }

    /// Whether each turn calls what adds, on every way.
    fn adds_in_turn(&self, walk: ExprId, grow: &Grow) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(walk) else { return false };
        let Some(turn) = self.ir.list(args).first().and_then(|&turn| self.function_value(turn)) else { return false };
        let adds = self.ir.function_of(grow.at);
        turn != adds
            && self.uses.calls.iter().any(|&call| {
                self.ir.function_of(call) == turn
                    && self.callee_function(call) == Some(adds)
                    && self.flow(turn).guards(self.ir, self.ir[call].block).is_empty()
            })
    }
}

//! Races of several sources in which only the winner goes on: what is silent gets one more reaction with each turn of the others.

use super::Model;
use super::context::{Context, ContextKind, Region, Step, StepKind};
use super::facts::{Reaction, ReactionKind, Settled};
use super::index::written_value;
use super::ir::{ExprId, ExprKind, FnId, Ir, LoopId};
use super::place::{self, Place};
use crate::text::Span;

impl Model<'_> {
    /// Of a call that is a race.
    ///
    /// `while (open) { const { index } = await Promise.race(nexts); nexts[index] = sources[index].next().then(...); }`
    pub(super) fn races_sources(&self, call: ExprId) -> Option<Reaction> {
        let id = self.ir[self.ir[call].block].in_loop?;
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let list = self.listed(*self.ir.list(args).first()?)?;
        let around = self.ir[id].span;
        let (function, made_at) = (self.ir.function_of(call), self.made_before(list, around)?);
        if !self.asks_next(list, function, around) || !self.iterates_anything(function) {
            return None;
        }
        let text = self.place_text(list);
        // Each source may be silent for as long as the others speak.
        let context = self.in_loop(id, self.context(call, Region::Function(Ir::MODULE)));
        (context.kind > ContextKind::Test).then(|| Reaction {
            promise: text,
            made_at: Some(made_at),
            settled: Settled::BySource,
            ..self.reaction_at(call, ReactionKind::Race, context)
        })
    }

    fn in_loop(&self, id: LoopId, mut context: Context) -> Context {
        if !context.steps.iter().any(|step| matches!(step.what, StepKind::Loop | StepKind::EndlessLoop)) {
            context.steps.push(Step::new(self.loop_head(id), StepKind::Loop));
        }
        context
    }

    /// The list of `nexts`, `pending.values()`, `[...pending.values()]`.
    fn listed(&self, value: ExprId) -> Option<Place> {
        match self.ir.kind(value) {
            ExprKind::Array(items) => match self.ir.list(items) {
                [only] => match self.ir.kind(*only) {
                    ExprKind::Spread(inner) => self.listed(inner),
                    _ => None,
                },
                _ => None,
            },
            ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if self.ir.name(property) == "values" => self.place(object),
                _ => None,
            },
            _ => self.place(value),
        }
    }

    /// Where a list is made, if that is before the loop, which puts no other one in its place.
    fn made_before(&self, list: Place, around: Span) -> Option<Span> {
        let place::Root::Binding(binding) = self.root(list) else { return None };
        let writes = self.uses.writes(binding);
        let is_inside = |write: &ExprId| around.contains(self.ir.span(*write));
        let first = *writes.first()?;
        (self.is_root(list) && !writes.iter().any(is_inside)).then(|| self.ir.span(written_value(self.ir, first).unwrap_or(first)))
    }

    /// Whether the loop puts what a source gives next into one entry of the list.
    fn asks_next(&self, list: Place, function: FnId, around: Span) -> bool {
        let own = |id: &ExprId| self.ir.function_of(*id) == function && around.contains(self.ir.span(*id));
        let asks = |value: ExprId| {
            let within = self.ir.span(value);
            self.uses.calls.iter().any(|&call| match self.ir.kind(call) {
                ExprKind::Call { callee, args, .. } => {
                    within.contains(self.ir.span(call)) && self.ir.list(args).is_empty() && self.callee_name(callee) == Some("next")
                }
                _ => false,
            })
        };
        self.ir.exprs_around(function).filter(own).any(|id| match self.ir.kind(id) {
            ExprKind::Assign { target, value, .. } => match self.ir.kind(target) {
                ExprKind::Index { object, .. } => self.place(object) == Some(list) && asks(value),
                _ => false,
            },
            ExprKind::Call { callee, args, .. } => match (self.ir.kind(callee), self.ir.list(args)) {
                (ExprKind::Member { object, property, .. }, [_, value]) => {
                    self.ir.name(property) == "set" && self.place(object) == Some(list) && asks(*value)
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// `source[Symbol.asyncIterator]()`: it can be anything that the caller has, with or without an end.
    fn iterates_anything(&self, function: FnId) -> bool {
        let is_symbol = |index: ExprId| {
            matches!(self.ir.kind(index), ExprKind::Member { object, property, .. }
                if self.ir.global_of(object) == Some("Symbol") && self.ir.name(property) == "asyncIterator")
        };
        self.ir.exprs_around(function).any(|id| {
            let ExprKind::Call { callee, .. } = self.ir.kind(id) else { return false };
            matches!(self.ir.kind(callee), ExprKind::Index { index, .. } if is_symbol(index))
        })
    }
}

//! Reactions on a promise that stays pending for as long as its owner works.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Model;
use super::context::{Context, ContextKind, Region, StepKind};
use super::facts::Certainty;
use super::ir::{BindingKind, ExprId, ExprKind, FnId};
use super::outside::FileName;
use super::place::{Place, Root, Step};
use super::settled::Pending;
use crate::text::Span;

/// A place that adds a reaction to such a promise each time it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reaction {
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    pub context: Context,
    /// `this.stopped`.
    pub promise: String,
    /// Where it is made.
    pub made_at: Option<Span>,
    pub how: ReactionKind,
    pub settled: Settled,
    /// The place, where it stands in another file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<(FileName, Span)>,
    /// Only other files could put reactions on it, and nobody told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_others: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReactionKind {
    /// One of those that race: the winner's value is kept as well.
    Race,
    Then,
    Await,
    /// The function's own next run is what it returns.
    Return,
}

/// What settles the promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settled {
    /// Only this method, which ends the owner.
    ByTeardown { name: String, at: Span },
    /// Only an event that ends the process.
    ByEvent { event: String, at: Span },
    /// Only an event that ends what the promise is told of.
    ByEnd { event: String, at: Span },
    /// Each in a list of its own time; the reaction gives the promise itself.
    Later,
    /// Each by what its own source gives next, which may not come.
    BySource,
    /// Each waits for the next, and there always is a next.
    Never,
}

impl Model<'_> {
    pub fn reactions(&self) -> Vec<Reaction> {
        let mut found = Vec::new();
        let mut seen = FxHashSet::default();
        for promise in self.pending_promises() {
            let place = promise.place;
            for site in self.reaction_sites(place) {
                if seen.insert(site.0)
                    && let Some(reaction) = self.focused(Some(self.ir.span(site.0)), || self.reaction(site, &promise))
                {
                    found.push(reaction);
                }
            }
            found.extend(self.focused(Some(self.ir.span(promise.made)), || self.reaction_outside(&promise)));
        }
        let races = self.uses.calls.iter().copied().filter(|&call| self.is_race(call));
        found.extend(races.filter_map(|call| self.races_itself(call).or_else(|| self.races_sources(call))));
        found.extend(self.endless_recursions());
        found.sort_by_key(|reaction| reaction.span);
        found
    }

    fn reaction(&self, (site, how): (ExprId, ReactionKind), promise: &Pending) -> Option<Reaction> {
        if let Region::Instance(id) = promise.region
            && self.instance_life(id).certainty == Certainty::Short
        {
            return None;
        }
        // Another one for each turn.
        if self.ir[self.ir[promise.made].block].in_loop.is_some() {
            return None;
        }
        let context = self.context(site, promise.region);
        // The reaction of each of these is one more; what only sets up or ends adds one.
        let may_repeat = match promise.settled {
            // Who waits for the end goes on then. Only a loop that comes round before, or an event of what lives on, adds more.
            Settled::ByEnd { .. } => context.kind == ContextKind::Repeated && how != ReactionKind::Await,
            _ => matches!(context.kind, ContextKind::Repeated | ContextKind::Unknown),
        };
        may_repeat.then(|| Reaction {
            promise: self.promise_text(promise.place),
            made_at: Some(self.ir.span(promise.made)),
            settled: promise.settled.clone(),
            ..self.reaction_at(site, how, context)
        })
    }

    fn promise_text(&self, place: Place) -> String {
        match (self.root(place), self.split(place)) {
            // `const { promise, resolve } = Promise.withResolvers()`.
            (Root::Value(_), Some((_, Step::Field(name)))) => self.ir.name(name).to_owned(),
            _ => self.place_text(place),
        }
    }

    pub(super) fn reaction_at(&self, site: ExprId, how: ReactionKind, context: Context) -> Reaction {
        Reaction {
            span: self.ir.span(site),
            statement_hash: self.text_hash(self.ir[self.ir[site].stmt].span),
            scope: self.qualified_name(site),
            function: self.function_name(self.ir.function_of(site)),
            context,
            promise: String::new(),
            made_at: None,
            how,
            settled: Settled::Later,
            elsewhere: None,
            for_others: false,
        }
    }

    /// Where something is put on a promise: a race, a `then`, an `await`.
    fn reaction_sites(&self, promise: Place) -> Vec<(ExprId, ReactionKind)> {
        let mut found = Vec::new();
        for id in self.ir.expr_ids() {
            let reads = matches!(self.ir.kind(id), ExprKind::Ident(_) | ExprKind::Member { .. });
            if !reads || !self.stands_for(id, promise) {
                continue;
            }
            found.extend(self.reaction_on(id));
        }
        found
    }

    /// What is put on the promise that an expression names.
    pub(super) fn reaction_on(&self, promise: ExprId) -> Option<(ExprId, ReactionKind)> {
        let parent = self.uses.parent(promise)?;
        match self.ir.kind(parent) {
            ExprKind::Await(_) => Some((parent, ReactionKind::Await)),
            ExprKind::Array(_) => Some((self.uses.parent(parent).filter(|&call| self.is_race(call))?, ReactionKind::Race)),
            ExprKind::Member { object, property, .. } if object == promise => {
                let is_reaction = matches!(self.ir.name(property), "then" | "catch" | "finally");
                let call = self.uses.parent(parent).filter(|_| is_reaction)?;
                let is_called = matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == parent);
                is_called.then_some((call, ReactionKind::Then))
            }
            _ => None,
        }
    }

    /// Of a call that is a race.
    ///
    /// `Promise.race(running.map((p) => p.then(() => [p])))` in a loop without an end: each turn puts a reaction on each that gives the promise itself.
    fn races_itself(&self, call: ExprId) -> Option<Reaction> {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let list = *self.ir.list(args).first()?;
        let ExprKind::Call { callee, args, .. } = self.ir.kind(list) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let each = self.ir.list(args).first().and_then(|&each| self.function_value(each))?;
        let param = self.ir[each].params.first()?.binding?;
        let gives_itself = self.uses.refs(param).iter().any(|&at| {
            let inner = self.ir.function_of(at);
            let is_stored = self
                .uses
                .parent(at)
                .is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Array(_) | ExprKind::Object { .. } | ExprKind::Return(_)));
            inner != each && self.is_inside(inner, each) && is_stored && self.is_then_callback(inner, param)
        });
        if self.ir.name(property) != "map" || !gives_itself {
            return None;
        }
        let context = self.context(call, Region::Function(self.ir.function_of(call)));
        let is_endless = context.steps.iter().any(|step| step.what == StepKind::EndlessLoop);
        let text = self.ir.name(self.ir[param].name).to_owned();
        (is_endless && context.kind == ContextKind::Repeated).then(|| Reaction {
            promise: text,
            made_at: Some(self.ir.span(object)),
            ..self.reaction_at(call, ReactionKind::Race, context)
        })
    }

    fn is_then_callback(&self, function: FnId, promise: super::ir::BindingId) -> bool {
        let Some(call) = self.ir[function].expr.and_then(|expr| self.uses.parent(expr)) else { return false };
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
            if self.ir.name(property) == "then" && self.ir.binding_of(object) == Some(promise))
            && matches!(self.ir[promise].kind, BindingKind::Param(..))
    }
}

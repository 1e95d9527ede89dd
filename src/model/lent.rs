//! Collections that functions of other files are given, and may add to: `remember(pages, url, page)`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::facts::{Container, HandOut, Shrinkage};
use super::holding::{Grow, Operations};
use super::index::children;
use super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir};
use super::namesakes::entries_of;
use super::occurrences::Occurrence;
use super::place::{Place, Root};
use super::summaries::{Done, Effect, Given};

/// A function of another module that is given a collection of this file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lent {
    /// As the file names it.
    pub module: String,
    pub path: AccessPath,
    /// The number of the argument.
    pub argument: u32,
}

impl Lent {
    /// Whether a function does that which is known of it to what it is lent here.
    pub fn is_added_to_by(&self, effects: &[Effect]) -> bool {
        effects.iter().any(|effect| effect.argument == self.argument && matches!(effect.done, Done::Grows { .. }))
    }
}

/// A call, the number of an argument of it, and what that is.
struct Handed {
    call: ExprId,
    index: u32,
    holder: Place,
    level: u32,
}

impl Model<'_> {
    /// The functions of other files that are given collections of this one.
    pub(super) fn lent(&self) -> Vec<Lent> {
        let lent = self.lending().into_iter().filter_map(|Handed { call, index, .. }| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let (module, path) = self.imported(callee)?;
            Some(Lent { module: module.to_owned(), path, argument: index })
        });
        let mut found: Vec<Lent> = lent.collect();
        found.sort();
        found.dedup();
        found
    }

    /// The calls that run more than once of functions of other files, with the collections that they get.
    fn lending(&self) -> Vec<Handed> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            if self.ir.function_of(call) == Ir::MODULE {
                continue;
            }
            for (index, &arg) in self.ir.list(args).iter().enumerate() {
                if !matches!(self.ir.kind(arg), ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::Index { .. }) {
                    continue;
                }
                let Some(place) = self.place(arg) else { continue };
                let holder = self.holding_container(place);
                if self.is_own_collection(holder) && self.imported(callee).is_some() {
                    found.push(Handed { call, index: index as u32, holder, level: self.level(place) });
                }
            }
        }
        found
    }

    /// A collection that this file makes, where it may outlive a call. An object that has entries from the start is rather a thing of its own.
    fn is_own_collection(&self, holder: Place) -> bool {
        let may_stay = match self.root(holder) {
            Root::Binding(binding) => {
                self.is_module_level(binding) && !matches!(self.ir[binding].kind, BindingKind::Param(..) | BindingKind::Import(_))
            }
            Root::Instance(_) => !self.is_root(holder),
            _ => false,
        };
        may_stay
            && self.initial_values(holder).iter().any(|&value| match self.allocation(value) {
                Some((Container::Object, made)) => {
                    matches!(self.ir.kind(made), ExprKind::Object { props, .. } if self.ir.prop_list(props).is_empty())
                }
                found => found.is_some(),
            })
    }

    /// Adds what functions of other files add to the collections that they are given, and tells which these are.
    pub(super) fn grown_by_helpers(&self, table: &mut BTreeMap<Place, Operations>) -> Vec<Place> {
        let Some(outside) = self.whole_project() else { return Vec::new() };
        let mut found = Vec::new();
        for Handed { call, index, holder, level: outer } in self.lending() {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { continue };
            let Some((module, path)) = self.imported(callee) else { continue };
            for Effect { argument, done } in outside.added_by(module, &path) {
                let Done::Grows { how, level, key, value } = done else { continue };
                let at_caller = |given: &Option<Given>| given.as_ref().and_then(|given| self.argument(call, given));
                // A key that the caller does not give is one of the helper's own.
                if argument != index || key.is_some() && at_caller(&key).is_none() {
                    continue;
                }
                let grow = Grow { at: call, how, key: at_caller(&key), value: at_caller(&value), level: outer + level };
                let known = table.entry(holder).or_default();
                if !known.grows.iter().any(|own| own.at == call && own.level == grow.level) {
                    known.grows.push(grow);
                    found.push(holder);
                }
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// To whom it is handed, but for functions that are known to add to it and to do nothing else with it.
    pub(super) fn hand_outs(&self, occurrences: &[ExprId], kinds: &[Occurrence], operations: &Operations) -> Vec<HandOut> {
        let is_lent = |at: ExprId| self.uses.parent(at).is_some_and(|call| operations.grows.iter().any(|grow| grow.at == call));
        let handed = occurrences.iter().zip(kinds).filter_map(|(&at, kind)| match kind {
            Occurrence::HandedOut(how) => Some((at, *how)),
            _ => None,
        });
        let handed = handed.filter(|&(at, how)| how != HandOut::Argument || !is_lent(at));
        // What stands under a name, others may take something out of by that name.
        handed.map(|(at, how)| if self.property_given(at).is_some() { HandOut::Exported } else { how }).collect()
    }

    /// `sessions` of `fastify.decorate('sessions', sessions)`: the property under which a value stands from there on.
    fn property_given(&self, value: ExprId) -> Option<&str> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(self.uses.parent(value)?) else { return None };
        let ExprKind::Member { property, .. } = self.ir.kind(callee) else { return None };
        let [name, given, ..] = *self.ir.list(args) else { return None };
        let gives_name = self.apis.name_properties.iter().any(|method| *method == self.ir.name(property));
        self.string(name).filter(|_| gives_name && given == value)
    }

    /// What files near by take out of it by the name of such a property, or of the one that holds it.
    pub(super) fn released_by_names(&self, place: Place, occurrences: &[ExprId]) -> Vec<Shrinkage> {
        let Some(outside) = self.outside() else { return Vec::new() };
        let names = occurrences.iter().filter_map(|&at| self.property_given(at));
        let given = names.flat_map(|name| entries_of(outside.released_by_name(name)));
        self.released_by_name(place).into_iter().chain(given).collect()
    }

    /// What functions of this file add to collections that they are given.
    pub(super) fn grown_parameters(&self, table: &BTreeMap<Place, Operations>) -> Vec<(FnId, Effect)> {
        let mut found = Vec::new();
        for (&place, operations) in table {
            let Root::Binding(binding) = self.root(place) else { continue };
            let BindingKind::Param(function, argument) = self.ir[binding].kind else { continue };
            // Where its size is looked at, it may be full.
            if !self.is_root(place) || !self.uses.writes(binding).is_empty() || operations.is_watched() {
                continue;
            }
            // Whoever gets it from there may take entries out of it.
            let is_handed_on = |&at: &ExprId| {
                matches!(self.occurrence(at), Occurrence::HandedOut(how) if how != HandOut::Returned)
                    || self.occurrence(at) == Occurrence::Cleaned
            };
            if self.occurrences(place).iter().any(is_handed_on) {
                continue;
            }
            for grow in &operations.grows {
                let is_fixed = grow.key.is_some_and(|key| self.is_constant_key(key));
                if is_fixed || !self.runs_within(self.ir.function_of(grow.at), function) {
                    continue;
                }
                let given = |expr: Option<ExprId>| expr.map(|expr| self.given_within(function, expr));
                let (key, value) = (given(grow.key), given(grow.value));
                found.push((function, Effect { argument, done: Done::Grows { how: grow.how, level: grow.level, key, value } }));
            }
        }
        found
    }

    /// The argument that an expression is, or is made of.
    fn given_within(&self, function: FnId, expr: ExprId) -> Given {
        let mut work = vec![expr];
        while let Some(at) = work.pop() {
            if let Some((_, index)) = self.parameter_of(at).filter(|(of, _)| *of == function) {
                return Given::Argument(index);
            }
            children(self.ir, at, &mut |child| work.push(child));
        }
        Given::Text(self.expr_text(expr))
    }
}

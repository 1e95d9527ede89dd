//! What a function does to the collections that it is given, seen where it is called.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::Model;
use super::facts::ShrinkKind;
use super::holding::{Grow, Operations, Shrink};
use super::ir::{BindingKind, ExprId, ExprKind, FnId};
use super::place::{Place, Root};

/// Helpers that call helpers are followed this far.
const DEEPEST: u32 = 3;

impl Model<'_> {
    /// `put(sessions, key)` makes `sessions` grow if `put` makes its parameter grow: the call is the site.
    pub(super) fn through_parameters(&self, table: &mut BTreeMap<Place, Operations>) {
        for _ in 0..DEEPEST {
            let helpers = self.helpers(table);
            if helpers.is_empty() {
                return;
            }
            let mut grew = false;
            for &call in &self.uses.calls {
                let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = self.ir.kind(call) else { continue };
                let Some(params) = self.callee_function(call).and_then(|function| helpers.get(&function)) else { continue };
                let args = self.ir.list(args);
                for &(index, param) in params {
                    let Some(to) = args.get(index as usize).and_then(|&arg| self.place(arg)).filter(|to| *to != param) else { continue };
                    let Some(done) = table.get(&param).cloned() else { continue };
                    grew |= self.add_operations(call, args, to, &done, table);
                }
            }
            if !grew {
                return;
            }
        }
    }

    /// The functions of this file that change a collection which is a parameter, with that parameter.
    fn helpers(&self, table: &BTreeMap<Place, Operations>) -> FxHashMap<FnId, Vec<(u32, Place)>> {
        let mut found = FxHashMap::<FnId, Vec<(u32, Place)>>::default();
        for &place in table.keys().filter(|&&place| self.is_root(place)) {
            if let Root::Binding(binding) = self.root(place)
                && let BindingKind::Param(function, index) = self.ir[binding].kind
                && self.uses.writes(binding).len() <= 1
            {
                found.entry(function).or_default().push((index, place));
            }
        }
        found
    }

    /// Adds what a call does to one of its arguments; false if that was known.
    fn add_operations(&self, call: ExprId, args: &[ExprId], to: Place, done: &Operations, table: &mut BTreeMap<Place, Operations>) -> bool {
        let level = self.level(to);
        let known = table.entry(self.holding_container(to)).or_default();
        let before = (known.grows.len(), known.shrinks.len(), known.size_checks.len());
        for grow in &done.grows {
            let grow = Grow {
                at: call,
                key: grow.key.map(|key| self.argument_for(key, call, args)),
                value: grow.value.map(|value| self.argument_for(value, call, args)),
                level: level + grow.level,
                ..*grow
            };
            if !known.grows.iter().any(|own| own.at == call && own.level == grow.level) {
                known.grows.push(grow);
            }
        }
        for shrink in &done.shrinks {
            let kind = if shrink.kind == ShrinkKind::OtherKey { shrink.kind } else { ShrinkKind::Cleaner };
            let shrink =
                Shrink { at: call, kind, key: shrink.key.map(|key| self.argument_for(key, call, args)), level: level + shrink.level };
            if !known.shrinks.contains(&shrink) {
                known.shrinks.push(shrink);
            }
        }
        if done.is_watched() && !known.size_checks.contains(&call) {
            known.size_checks.push(call);
        }
        before != (known.grows.len(), known.shrinks.len(), known.size_checks.len())
    }

    /// The argument for an expression that is a parameter of what is called, and not of a callback in it.
    fn argument_for(&self, expr: ExprId, call: ExprId, args: &[ExprId]) -> ExprId {
        match self.ir.binding_of(expr).map(|binding| self.ir[binding].kind) {
            Some(BindingKind::Param(function, index)) if self.callee_function(call) == Some(function) => {
                args.get(index as usize).copied().unwrap_or(expr)
            }
            _ => expr,
        }
    }
}

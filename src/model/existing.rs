//! Whether a key was looked for before it is used: what is not found never becomes a key.
//!
//! `const instance = await requireInstance(id)`, or `const user = users.get(id); if (!user) return;`. There are as many keys then as there are things of
//! that kind: its name says whether they come and go.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::Model;
use super::ir::{BinaryOp, BindingId, ExprId, ExprKind};
use super::provenance::{Domain, Found, Source, first_word, words};

/// First words of names of functions.
#[derive(Debug, Clone, Deserialize)]
pub struct Lookups {
    pub asking: FxHashSet<String>,
    pub throwing: FxHashSet<String>,
}

/// What was found by a key.
struct Thing {
    name: String,
    found_by: String,
}

impl Model<'_> {
    /// What is known of a name's value where it is used, in view of what was asked of it on every way to there.
    pub(super) fn narrowed(&self, at: ExprId, binding: BindingId, found: Found) -> Found {
        let can_be_asked = matches!(found.source, Source::Request(_) | Source::Parameter(_) | Source::Computed | Source::Lookup(_));
        if found.domain < Domain::Likely || !can_be_asked {
            return found;
        }
        if self.is_below_limit(at, binding) {
            return Found { domain: Domain::Harmless, source: found.source };
        }
        match self.thing_before(at, binding) {
            Some(Thing { name, found_by }) => {
                let named = self.by_name(&name, Source::Computed).domain;
                Found { domain: if named >= Domain::Likely { named } else { Domain::Unknown }, source: Source::Lookup(found_by) }
            }
            None => found,
        }
    }

    /// `if (id >= this.workerCount) return`, where nobody changes that number.
    fn is_below_limit(&self, at: ExprId, binding: BindingId) -> bool {
        let is_key = |value: ExprId| self.ir.binding_of(value) == Some(binding);
        let is_limit = |value: ExprId| match self.ir.kind(value) {
            ExprKind::Number(_) => true,
            ExprKind::Member { .. } => !self.is_written_again(value),
            _ => false,
        };
        self.decided_before(at).into_iter().any(|(part, holds)| match (self.ir.kind(part), holds) {
            (ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq, left, right), true) => is_key(left) && is_limit(right),
            (ExprKind::Binary(BinaryOp::Greater | BinaryOp::GreaterEq, left, right), false) => is_key(left) && is_limit(right),
            (ExprKind::Binary(BinaryOp::Greater | BinaryOp::GreaterEq, left, right), true) => is_key(right) && is_limit(left),
            (ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq, left, right), false) => is_key(right) && is_limit(left),
            _ => false,
        })
    }

    /// The parts of conditions that are decided on every way to an expression.
    fn decided_before(&self, at: ExprId) -> Vec<(ExprId, bool)> {
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, self.ir[at].block);
        let conditions = guards.iter().filter_map(|guard| guard.when.condition());
        conditions.flat_map(|(condition, wanted)| self.decided(condition, wanted)).collect()
    }

    fn thing_before(&self, at: ExprId, key: BindingId) -> Option<Thing> {
        let decided = self.decided_before(at).into_iter().find_map(|(part, holds)| self.thing_found_by(part, holds, key));
        decided.or_else(|| self.requirement_before(at, key))
    }

    /// A part of a condition that comes out so only where something was found by the key.
    fn thing_found_by(&self, part: ExprId, holds: bool, key: BindingId) -> Option<Thing> {
        match self.ir.kind(part) {
            ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) if !holds && self.is_nothing(right) => {
                self.thing_found_by(left, true, key)
            }
            ExprKind::Binary(BinaryOp::NotEq | BinaryOp::StrictNotEq, left, right) if holds && self.is_nothing(right) => {
                self.thing_found_by(left, true, key)
            }
            ExprKind::Ident(reference) if holds => {
                let [write] = self.uses.writes(self.ir[reference].binding?) else { return None };
                let found_by = self.looks_for(super::index::written_value(self.ir, *write)?, key)?;
                Some(Thing { name: self.ir.name(self.ir[reference].name).to_owned(), found_by })
            }
            ExprKind::Call { callee, .. } if holds && matches!(self.callee_name(callee), Some("has" | "includes")) => {
                let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
                let found_by = self.asks_for(part, key)?;
                Some(Thing { name: self.name_of_table(object)?, found_by })
            }
            _ => None,
        }
    }

    /// A check of the key's form (`isValid(id)`, `parse(token)`) finds nothing that is there: its name says whether a function looks for something.
    fn looks_for(&self, found: ExprId, key: BindingId) -> Option<String> {
        match self.ir.kind(found) {
            ExprKind::Await(operand) => self.looks_for(operand, key),
            ExprKind::Call { callee, .. } => {
                let verb = first_word(self.callee_name(callee)?)?;
                self.asks_for(found, key).filter(|_| self.apis.lookups.asking.contains(&verb))
            }
            _ => self.asks_for(found, key),
        }
    }

    /// The text of a call or an access that is given a key.
    fn asks_for(&self, found: ExprId, key: BindingId) -> Option<String> {
        match self.ir.kind(found) {
            ExprKind::Await(operand) => self.asks_for(operand, key),
            ExprKind::Call { args, .. } if self.ir.list(args).iter().any(|&arg| self.is_by_key(arg, key)) => Some(self.callee_text(found)),
            ExprKind::Index { object, index } if self.is_by_key(index, key) => Some(self.expr_text(object)),
            _ => None,
        }
    }

    /// `await requireInstance(id)`, `await db.instance.findUniqueOrThrow({ where: { id } })`: what comes behind it has found one.
    fn requirement_before(&self, at: ExprId, key: BindingId) -> Option<Thing> {
        let function = self.ir.function_of(at);
        self.uses.calls.iter().find_map(|&call| {
            if call >= at || self.ir.function_of(call) != function {
                return None;
            }
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let name = self.callee_name(callee)?;
            let words = words(name);
            let requires = words.len() > 1 && words.first().is_some_and(|word| self.apis.lookups.throwing.contains(word));
            let fails = matches!(words.as_slice(), [.., or, end] if or == "or" && matches!(end.as_str(), "throw" | "fail"));
            let found_by = self.asks_for(call, key).filter(|_| (requires || fails) && self.is_kept(call))?;
            if !self.flow(function).dominates(self.ir[call].block, self.ir[at].block) {
                return None;
            }
            let of = match self.ir.kind(callee) {
                ExprKind::Member { object, .. } => self.name_of_table(object),
                _ => None,
            };
            Some(Thing { name: if requires { words[1..].join("_") } else { of? }, found_by })
        })
    }

    /// Of a call that only throws or not, the key may be anything of the right form.
    fn is_kept(&self, call: ExprId) -> bool {
        let outermost = self.uses.parent(call).filter(|&parent| matches!(self.ir.kind(parent), ExprKind::Await(_))).unwrap_or(call);
        self.uses.parent(outermost).is_some()
    }

    fn is_by_key(&self, value: ExprId, key: BindingId) -> bool {
        let mut found = false;
        self.each_part(value, &mut |part| found |= self.ir.binding_of(part) == Some(key));
        found
    }

    /// `device` of `this.devices`.
    fn name_of_table(&self, object: ExprId) -> Option<String> {
        let name = match self.ir.kind(object) {
            ExprKind::Ident(reference) => self.ir[reference].name,
            ExprKind::Member { property, .. } => property,
            _ => return None,
        };
        Some(self.ir.name(name).trim_end_matches('s').to_owned())
    }
}

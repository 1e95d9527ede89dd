//! What the entries of a collection are told apart by: what its methods are, and what an append asks for first.

use super::Model;
use super::facts::{Container, GrowthKind};
use super::holding::Grow;
use super::index::written_value;
use super::ir::{BinaryOp, BindingKind, ExprId, ExprKind, FnId, When};
use super::place::Place;
use super::provenance::Provenance;

/// Names that stand for what was found are followed this far.
const DEPTH: u32 = 3;

impl Model<'_> {
    /// Whether what is called is a method of such a collection: the `add` of a plain object is a function of its own.
    pub(super) fn is_method_of(&self, grow: &Grow, place: Place, kinds: &[Container]) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(grow.at) else { return true };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return true };
        self.place(object) != Some(place) || kinds.iter().any(|kind| kind.grows_by(grow.how))
    }

    /// The value of which a list gets one element, as it is looked for first: `if (!list.includes(x)) list.push(x)`,
    /// `list.find((one) => one.id === id) ?? list.push(...)`.
    pub(super) fn looked_up(&self, grow: &Grow) -> Option<Provenance> {
        if grow.how != GrowthKind::Push || grow.key.is_some() {
            return None;
        }
        let list = match self.ir.kind(grow.at) {
            ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, .. } => self.place(object)?,
                _ => return None,
            },
            ExprKind::Assign { target, .. } => self.place(target)?,
            _ => return None,
        };
        let guards = self.flow(self.ir.function_of(grow.at)).guards(self.ir, self.ir[grow.at].block);
        let values = guards.iter().find_map(|guard| match guard.when {
            When::True(condition) | When::False(condition) | When::Nullish(condition) | When::NotNullish(condition) => {
                self.asked_of(list, condition, DEPTH)
            }
            _ => None,
        })?;
        let first = *values.first()?;
        let found = self.joined(&values, super::provenance::DEPTH);
        Some(Provenance { domain: found.domain, source: found.source, text: self.expr_text(first) })
    }

    /// What a condition looks for in a list.
    fn asked_of(&self, list: Place, condition: ExprId, depth: u32) -> Option<Vec<ExprId>> {
        let depth = depth.checked_sub(1)?;
        let mut found = None;
        self.each_part(condition, &mut |part| {
            if found.is_some() {
                return;
            }
            found = match self.ir.kind(part) {
                ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                    ExprKind::Member { object, property, .. } if self.place(object) == Some(list) => {
                        let first = self.ir.list(args).first().copied();
                        first.and_then(|first| self.sought(self.ir.name(property), first))
                    }
                    _ => None,
                },
                ExprKind::Ident(_) => match self.ir.binding_of(part).map(|binding| self.uses.writes(binding)) {
                    Some([write]) => written_value(self.ir, *write).and_then(|value| self.asked_of(list, value, depth)),
                    _ => None,
                },
                _ => None,
            };
        });
        found
    }

    fn sought(&self, method: &str, argument: ExprId) -> Option<Vec<ExprId>> {
        match method {
            "includes" | "indexOf" | "lastIndexOf" => Some(vec![argument]),
            "find" | "findIndex" | "findLast" | "findLastIndex" | "some" => {
                let ExprKind::Function(test) = self.ir.kind(argument) else { return None };
                let compared = self.compared_with_param(test);
                (!compared.is_empty()).then_some(compared)
            }
            _ => None,
        }
    }

    /// What a test of elements compares with them: `id` of `(one) => one.id === id`.
    fn compared_with_param(&self, test: FnId) -> Vec<ExprId> {
        let mut found = Vec::new();
        for id in self.ir.exprs_around(test).filter(|&id| self.ir.function_of(id) == test) {
            if let ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) = self.ir.kind(id) {
                match (self.is_part_of_param(left, test), self.is_part_of_param(right, test)) {
                    (true, false) => found.push(right),
                    (false, true) => found.push(left),
                    _ => {}
                }
            }
        }
        found
    }

    fn is_part_of_param(&self, value: ExprId, function: FnId) -> bool {
        let mut at = value;
        while let ExprKind::Member { object, .. } | ExprKind::Index { object, .. } = self.ir.kind(at) {
            at = object;
        }
        match self.ir.kind(at) {
            ExprKind::Param(index) => index == 0 && self.ir.function_of(at) == function,
            ExprKind::Ident(_) => self.ir.binding_of(at).is_some_and(|binding| match self.ir[binding].kind {
                BindingKind::Param(of, index) => of == function && index == 0,
                _ => match self.uses.writes(binding) {
                    [write] => written_value(self.ir, *write).is_some_and(|value| value < at && self.is_part_of_param(value, function)),
                    _ => false,
                },
            }),
            _ => false,
        }
    }
}

impl Container {
    /// Whether a collection of this kind has the method that makes it grow so.
    pub(super) fn grows_by(self, how: GrowthKind) -> bool {
        match how {
            GrowthKind::Set => self == Self::Map,
            GrowthKind::Add => self == Self::Set,
            GrowthKind::Push => self == Self::Array,
            GrowthKind::Property => true,
        }
    }
}

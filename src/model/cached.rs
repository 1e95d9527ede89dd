//! What a cache shows of its entries: that their time is looked at, and that they are told apart by objects which callers give.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::Model;
use super::facts::{Collection, Container, GrowthKind, Shape, ShrinkKind};
use super::holding::{Grow, Operations};
use super::ir::{BinaryOp, BindingId, BindingKind, ExprId, ExprKind, PropKey, Type};
use super::place::{Place, Step};
use super::provenance::words;

/// What tells whether a parameter is given objects: words of its name and of its type, and what is read of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Objects {
    plain: FxHashSet<String>,
    types: FxHashSet<String>,
    common: FxHashSet<String>,
}

impl Model<'_> {
    /// `if (cached && cached.expires > Date.now()) return cached.value`, with nothing that takes an expired entry out but the next question for its key.
    pub(super) fn expires(&self, place: Place, collection: &Collection, operations: &Operations) -> Option<Shape> {
        let goes =
            |kind: ShrinkKind| !matches!(kind, ShrinkKind::OnRead | ShrinkKind::EmptyEntry | ShrinkKind::OtherKey | ShrinkKind::OptIn);
        let is_table = matches!(collection.container, Container::Map | Container::Object);
        if !is_table || collection.shrinks.iter().any(|shrink| goes(shrink.kind)) {
            return None;
        }
        if let Some(shrink) = collection.shrinks.iter().find(|shrink| shrink.kind == ShrinkKind::OnRead) {
            return Some(Shape::Expires { span: shrink.span });
        }
        let entry = self.project(place, Step::Entry);
        let timed = operations.grows.iter().filter(|grow| grow.level == 0).filter_map(|grow| self.timed_property(grow.value?));
        let times: Vec<Place> = timed.map(|name| self.project(entry, Step::Field(name))).collect();
        let compared = self.uses.binaries.iter().filter(|_| !times.is_empty()).find(|&&id| match self.ir.kind(id) {
            ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq, ..) => {
                let mut found = false;
                self.each_part(id, &mut |part| found = found || self.place(part).is_some_and(|place| times.contains(&place)));
                found
            }
            _ => false,
        });
        compared.map(|&at| Shape::Expires { span: self.ir.span(at) })
    }

    /// `expires` of `{ value, expires: Date.now() + ttl }`.
    fn timed_property(&self, value: ExprId) -> Option<super::ir::NameId> {
        let value = self.constant(value).unwrap_or(value);
        let ExprKind::Object { props, .. } = self.ir.kind(value) else { return None };
        self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
            PropKey::Name(name) if self.is_made_of_clock(prop.value) => Some(name),
            _ => None,
        })
    }

    fn is_made_of_clock(&self, value: ExprId) -> bool {
        let mut found = false;
        self.each_part(value, &mut |part| {
            found = found
                || self.is_clock(part)
                || match self.ir.kind(part) {
                    ExprKind::Ident(_) => self.constant(part).is_some_and(|value| self.is_clock(value)),
                    _ => false,
                };
        });
        found
    }

    fn is_clock(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => matches!(self.callee_name(callee), Some("now" | "getTime" | "hrtime")),
            ExprKind::New { callee, .. } => self.ir.global_of(callee) == Some("Date"),
            _ => false,
        }
    }

    /// `if (!known.has(node)) known.set(node, work(node))`, of an object that the caller gives.
    pub(super) fn is_by_identity(&self, grow: &Grow) -> bool {
        let Some(key) = grow.key.filter(|_| grow.level == 0 && matches!(grow.how, GrowthKind::Set | GrowthKind::Add)) else { return false };
        let Some(binding) = self.ir.binding_of(key) else { return false };
        let is_given = matches!(self.ir[binding].kind, BindingKind::Param(function, _) if function == self.ir.function_of(grow.at));
        is_given && self.uses.writes(binding).is_empty() && self.is_object_by_use(binding) && self.is_filled_if_missing(grow)
    }

    /// Whether a parameter is given objects, by its type or by what is read of it.
    fn is_object_by_use(&self, binding: BindingId) -> bool {
        let objects = &self.apis.objects;
        let has_plain_word = |name: &str| words(name).iter().any(|word| objects.plain.contains(word));
        if has_plain_word(self.ir.name(self.ir[binding].name)) {
            return false;
        }
        if let Some(annotation) = self.ir[binding].annotation {
            let by_type = match &self.ir[annotation] {
                // An alias of another file may be a text: `Ref<Space>`.
                Type::Named(name, _) if words(self.ir.name(*name)).last().is_some_and(|word| objects.types.contains(word)) => Some(true),
                Type::Named(..) => None,
                Type::Keyword(name) if self.ir.name(*name) == "any" || self.ir.name(*name) == "unknown" => None,
                Type::Keyword(name) => Some(self.ir.name(*name) == "object"),
                _ => None,
            };
            if let Some(known) = by_type {
                return known;
            }
        }
        let own: Vec<&str> = self
            .uses
            .refs(binding)
            .iter()
            .filter_map(|&at| match self.ir.kind(self.uses.parent(at)?) {
                ExprKind::Member { object, property, .. } if object == at => Some(self.ir.name(property)),
                _ => None,
            })
            .collect();
        own.iter().any(|name| !objects.common.contains(*name)) && !own.iter().any(|name| matches!(*name, "prototype" | "displayName"))
    }
}

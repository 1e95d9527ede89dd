//! Functions that are known by a property of the module's exports, or of an object that has no methods of its own: `exports.start = () => { ... }`,
//! and who calls them by that name in the same file: `exports.start()`.

use rustc_hash::FxHashMap;

use super::Model;
use super::entity::through_assignments;
use super::ir::{ExprId, ExprKind, FnId, NameId};
use super::place::{Place, Root};

/// By the property's name: where a function is assigned, and what else is assigned there.
pub(super) type ByProperty = FxHashMap<NameId, Vec<(ExprId, Option<FnId>)>>;

impl Model<'_> {
    /// The one function that a property always is.
    pub(super) fn function_by_property(&self, member: ExprId) -> Option<FnId> {
        let ExprKind::Member { property, .. } = self.ir.kind(member) else { return None };
        let written = self.assigned_by_property().get(&property)?;
        let place = self.place_of_property(member)?;
        let mut values = written.iter().filter(|(target, _)| self.place(*target) == Some(place));
        let (_, function) = values.next()?;
        if values.next().is_some() { None } else { *function }
    }

    /// The reads of the property to which a function is assigned.
    pub(super) fn reads_of_property(&self, target: ExprId) -> Vec<ExprId> {
        let ExprKind::Member { property, .. } = self.ir.kind(target) else { return Vec::new() };
        let Some(place) = self.place_of_property(target) else { return Vec::new() };
        self.reads_of(property).iter().copied().filter(|&at| at != target && self.place(at) == Some(place)).collect()
    }

    /// Whether an object that the file writes out is used by its properties alone: nobody else gets its functions.
    pub(super) fn is_table_of_functions(&self, object: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(object).filter(|&binding| !self.is_exported(binding)) else { return false };
        let is_property = |&at: &ExprId| {
            self.uses.parent(at).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Member { object, .. } if object == at))
        };
        let is_own = matches!(self.uses.writes(binding), [write] if matches!(self.ir.kind(*write), ExprKind::Init { value, .. } if matches!(self.ir.kind(value), ExprKind::Object { .. })));
        is_own && self.uses.refs(binding).iter().all(is_property)
    }

    /// Of the exports, or of an object that the file writes out: what others made may have had another function there before.
    fn place_of_property(&self, member: ExprId) -> Option<Place> {
        let place = self.place(member)?;
        let (owner, _) = self.split(place)?;
        let is_written_out = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Object { .. });
        let is_own = match self.root(owner) {
            Root::Exports => self.is_root(owner),
            Root::Binding(_) => self.is_root(owner) && matches!(self.initial_values(owner)[..], [value] if is_written_out(value)),
            _ => false,
        };
        is_own.then_some(place)
    }

    fn assigned_by_property(&self) -> &ByProperty {
        self.by_property.get_or_init(|| {
            let mut found = ByProperty::default();
            for &write in &self.uses.member_writes {
                let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { continue };
                let ExprKind::Member { property, .. } = self.ir.kind(target) else { continue };
                let function = match self.ir.kind(through_assignments(self.ir, value)) {
                    ExprKind::Function(function) => Some(function),
                    _ => None,
                };
                found.entry(property).or_default().push((target, function));
            }
            found.retain(|_, written| written.iter().any(|(_, function)| function.is_some()));
            found
        })
    }
}

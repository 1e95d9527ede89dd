//! Types with few values: what is told apart by one of them is a fixed set, however often it comes.

use super::Model;
use super::access::Access;
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Imported, NameId, Type, TypeId};
use super::provenance::{Domain, Found};

/// Type names that are followed.
const DEPTH: u32 = 6;

/// Types that have the values of their first argument, or fewer.
const PARTS: &[&str] =
    &["Exclude", "Extract", "NonNullable", "Readonly", "Lowercase", "Uppercase", "Capitalize", "Uncapitalize", "NoInfer"];

const LISTS: &[&str] = &["Array", "ReadonlyArray", "Set", "ReadonlySet", "Iterable"];

impl Model<'_> {
    /// What a function of this file gives, if that is seen: it has one return, or each gives one of a few values that are written there.
    pub(super) fn trace_returned(&self, function: FnId, depth: u32) -> Option<Found> {
        let values = self.uses.returns(function).iter().map(|&at| match self.ir.kind(at) {
            ExprKind::Return(value) => value,
            _ => None,
        });
        let values = values.collect::<Option<Vec<ExprId>>>()?;
        let found = self.joined(&values, depth);
        let is_told = if values.len() == 1 { found.domain != Domain::Unknown } else { found.domain == Domain::Fixed };
        (!values.is_empty() && is_told).then_some(found)
    }

    /// A union of literals, `boolean`, an enum, the keys of an object type, or a name for one of these.
    pub fn has_few_values(&self, annotation: TypeId) -> bool {
        self.has_few_within(annotation, DEPTH)
    }

    /// A list of values of a type with few.
    pub(super) fn has_few_elements(&self, annotation: TypeId) -> bool {
        match &self.ir[annotation] {
            Type::Array(of) => self.has_few_values(*of),
            Type::Named(name, args) => {
                LISTS.contains(&self.ir.name(*name)) && args.first().is_some_and(|&first| self.has_few_values(first))
            }
            _ => false,
        }
    }

    /// The names of the types of this file that have few values.
    pub(super) fn few_types(&self) -> Vec<String> {
        let enums = self.ir.bindings.iter().filter(|binding| binding.kind == BindingKind::Enum).map(|binding| binding.name);
        let named = self.ir.type_names.iter().map(|(name, _)| *name).filter(|&name| self.stands_for_few(name, DEPTH));
        let mut found: Vec<String> = enums.chain(named).map(|name| self.ir.name(name).to_owned()).collect();
        found.sort();
        found.dedup();
        found
    }

    fn has_few_within(&self, annotation: TypeId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match &self.ir[annotation] {
            Type::Literal(_) => true,
            Type::ElementOf(list) => self.is_written_out(*list),
            Type::Keyword(name) => matches!(self.ir.name(*name), "boolean" | "undefined" | "null" | "void" | "never"),
            Type::Union(parts) => parts.iter().all(|&part| self.has_few_within(part, depth)),
            Type::KeyOf(of) => self.has_few_keys(*of, depth),
            Type::Named(name, args) if PARTS.contains(&self.ir.name(*name)) => {
                args.first().is_some_and(|&first| self.has_few_within(first, depth))
            }
            Type::Named(name, _) => self.is_enum(*name) || self.stands_for_few(*name, depth) || self.is_few_elsewhere(*name),
            _ => false,
        }
    }

    /// Whether a name is a constant of the module with a list or a table that is written there.
    fn is_written_out(&self, name: NameId) -> bool {
        let mut named =
            (0..self.ir.bindings.len() as u32).map(BindingId).filter(|&id| self.ir[id].name == name && self.is_module_level(id));
        named.any(|id| match self.uses.writes(id) {
            [write] => written_value(self.ir, *write)
                .is_some_and(|value| matches!(self.ir.kind(value), ExprKind::Array(_) | ExprKind::Object { .. })),
            _ => false,
        })
    }

    fn is_enum(&self, name: NameId) -> bool {
        self.ir.bindings.iter().any(|binding| binding.name == name && binding.kind == BindingKind::Enum)
    }

    /// Whether a name is, in this file, always one for a type with few values.
    fn stands_for_few(&self, name: NameId, depth: u32) -> bool {
        let mut types = self.ir.type_names.iter().filter(|(known, _)| *known == name).peekable();
        types.peek().is_some() && types.all(|&(_, ty)| self.has_few_within(ty, depth))
    }

    /// Whether an object type has as many keys as are written.
    fn has_few_keys(&self, of: TypeId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match &self.ir[of] {
            Type::Indexed(key) => self.has_few_within(*key, depth),
            Type::Named(name, args) if matches!(self.ir.name(*name), "Record" | "Map") => {
                args.first().is_some_and(|&first| self.has_few_within(first, depth))
            }
            Type::Named(name, _) => {
                let mut types = self.ir.type_names.iter().filter(|(known, _)| known == name);
                // An interface, or what a caller says the type is.
                types.all(|&(_, ty)| self.has_few_keys(ty, depth))
            }
            Type::Union(parts) => parts.iter().all(|&part| self.has_few_keys(part, depth)),
            Type::Keyword(_) | Type::Array(_) => false,
            _ => true,
        }
    }

    /// Whether the file from which a type's name is imported says that it has few values.
    fn is_few_elsewhere(&self, name: NameId) -> bool {
        let Some(outside) = self.outside() else { return false };
        let mut imports = self.ir.imports.iter().filter(|import| self.ir[import.binding].name == name);
        imports.any(|import| match import.imported {
            Imported::Named(name) => {
                outside.has_few_values(self.ir.name(import.module), &vec![Access::Member(self.ir.name(name).to_owned())])
            }
            _ => false,
        })
    }
}

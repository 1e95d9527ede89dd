//! What the type on a holder says of it: how many keys there can be, and whether its entries are to go with their keys.

use super::Model;
use super::entity::EntityKind;
use super::ir::{ExprId, ExprKind, PropKey, Type, TypeId};
use super::misuse::{Misuse, MisuseKind};
use super::occurrences::Occurrence;
use super::place::{Place, Root, Step};

impl Model<'_> {
    /// The type on the declaration of a variable or field.
    fn annotation(&self, place: Place) -> Option<TypeId> {
        match (self.split(place), self.root(place)) {
            (None, Root::Binding(binding)) => self.ir[binding].annotation,
            (Some((owner, Step::Field(name))), Root::Instance(id)) if self.is_root(owner) => {
                let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
                self.ir[class].members.iter().find(|member| member.key == PropKey::Name(name))?.annotation
            }
            _ => None,
        }
    }

    /// The key type of `Map<K, V>`, `Set<K>`, `Record<K, V>`, `{ [key: K]: V }` as annotated on the holder.
    pub(super) fn key_annotation(&self, place: Place) -> Option<TypeId> {
        match &self.ir[self.annotation(place)?] {
            Type::Named(name, args) if matches!(self.ir.name(*name), "Map" | "Set" | "Record" | "Partial") => {
                let first = *args.first()?;
                match &self.ir[first] {
                    Type::Named(inner, args) if self.ir.name(*inner) == "Record" => args.first().copied(),
                    _ => Some(first),
                }
            }
            Type::Indexed(key) => Some(*key),
            _ => None,
        }
    }

    /// Whether a type of the file's is a weak collection.
    pub(super) fn names_weak_type(&self) -> bool {
        self.ir.types.iter().any(|found| matches!(found, Type::Named(name, _) if matches!(self.ir.name(*name), "WeakMap" | "WeakSet")))
    }

    /// `contexts: WeakMap<Page, Context> = new Map()`: the type lets each key go, and the value holds it.
    pub(super) fn strong_for_weak(&self, made: ExprId) -> Option<Misuse> {
        let ExprKind::New { callee, .. } = self.ir.kind(made) else { return None };
        let class = self.ir.global_of(callee).filter(|name| matches!(*name, "Map" | "Set"))?;
        let place = self.kept_in(made)?;
        let Type::Named(named, _) = &self.ir[self.annotation(place)?] else { return None };
        if self.ir.name(*named).strip_prefix("Weak") != Some(class) || self.initial_values(place).iter().any(|&value| value != made) {
            return None;
        }
        let grown = self.occurrences(place).into_iter().find(|&at| self.occurrence(at) == Occurrence::Grown)?;
        let call = self.uses.parent(self.uses.parent(grown)?)?;
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let key = self.ir.list(args).first().map(|&key| self.provenance(key));
        let (life, region) = self.life(place, &[call])?;
        let found = self.misuse(call, MisuseKind::StrongForWeak(class.to_owned()), self.place_text(place), region);
        Some(Misuse { holder_span: self.declared_at(place), life: Some(life), key, ..found })
    }
}

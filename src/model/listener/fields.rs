//! Fields as receivers: what a class makes for itself, and what its constructor was given.

use super::super::Model;
use super::super::context::{ContextKind, Region};
use super::super::entity::EntityId;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId, FunctionKind};
use super::super::place::{Place, Root, Step};
use super::receiver::{Held, MODULE};
use crate::diagnostic::Lifetime;

impl Model<'_> {
    pub(super) fn own_receiver(&self, id: EntityId, place: Place, depth: u32) -> Held {
        let span = self.declared_at(place);
        let region = Region::Instance(id);
        if self.is_root(place) {
            return Held::new(Kind::Own, Certainty::Likely, None, region);
        }
        if self.level(place) > 0 {
            return Held::short(Kind::Item, span);
        }
        if let Some(held) = self.injected(id, place, depth) {
            let shared = held.shared || self.is_part_of_long_lived(place);
            return Held { span: held.span.or(span), shared, ..held };
        }
        let made = self
            .initial_values(place)
            .iter()
            .any(|&value| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_)));
        Held::new(Kind::OwnField, if made { Certainty::Short } else { Certainty::Unknown }, span, region)
    }

    /// What a field of the one instance of a program holds is there for all requests and connections that its methods serve.
    pub(super) fn of_service(&self, held: Held, id: EntityId, place: Place, site: ExprId) -> Held {
        if !matches!(held.kind, Kind::OwnField | Kind::Injected) || !self.is_field_since_birth(place) {
            return held;
        }
        let life = self.instance_life(id);
        if life.lifetime != Lifetime::Process || life.certainty < Certainty::Likely {
            return held;
        }
        let region = Region::Instance(id);
        let context = self.context(site, region);
        // Who calls a method of it from another file may do so for each request: only the project tells.
        let may_be_for_peer = context.kind == ContextKind::Unknown && context.is_for_others();
        if !may_be_for_peer && (context.kind != ContextKind::Repeated || !context.is_for_peer() && !context.serves_route()) {
            return held;
        }
        Held { kind: Kind::Singleton, certainty: life.certainty, region, ..held }
    }

    /// A field of the instance, or of what such a field holds (`this.hub.events`), that nothing sets later.
    fn is_field_since_birth(&self, place: Place) -> bool {
        let mut at = place;
        while let Some((of, Step::Field(_))) = self.split(at) {
            if !self.is_set_at_birth(at) {
                return false;
            }
            at = of;
        }
        at != place && self.is_root(at)
    }

    /// Nothing but the constructor and the field's own declaration sets it.
    fn is_set_at_birth(&self, place: Place) -> bool {
        self.initial_values(place)
            .into_iter()
            .all(|value| matches!(self.ir[self.ir.function_of(value)].kind, FunctionKind::Constructor | FunctionKind::FieldInit))
    }

    /// A field, or a part of one, that the constructor was given.
    fn injected(&self, id: EntityId, place: Place, depth: u32) -> Option<Held> {
        let constructor = self.entities.get(id).constructor;
        let mut field = place;
        while let Some((of, step)) = self.split(field) {
            if !self.is_root(of) {
                field = of;
                continue;
            }
            let Step::Field(name) = step else { return None };
            let property = constructor.and_then(|constructor| {
                let params = &self.ir[constructor].params;
                params
                    .iter()
                    .enumerate()
                    .find(|(_, param)| param.is_property && param.binding.is_some_and(|binding| self.ir[binding].name == name))
            });
            if let (Some((index, param)), Some(constructor)) = (property, constructor) {
                let binding = param.binding?;
                let given = self.rebased(place, field, self.root_place(Root::Binding(binding)));
                return Some(self.injected_by(constructor, index as u32, given, id, depth.min(2), self.is_shared(binding)));
            }
            break;
        }
        let values = [self.initial_values(place), self.initial_values(field)].concat();
        let mut found = None;
        for value in values {
            let Some(of) = self.place(value) else { continue };
            let held = match self.root(of) {
                Root::Binding(binding) if matches!(self.ir[binding].kind, BindingKind::Import(_)) || self.module_of(binding).is_some() => {
                    self.imported_receiver(binding)
                }
                Root::Binding(binding) if self.is_module_level(binding) && self.level(of) == 0 => self.held_within(of, value, depth),
                Root::Binding(binding) => match self.ir[binding].kind {
                    BindingKind::Param(function, index) if self.level(of) == 0 => {
                        self.injected_by(function, index, of, id, depth.min(2), self.is_shared(binding))
                    }
                    _ => continue,
                },
                Root::Value(expr) if matches!(self.ir.kind(expr), ExprKind::Param(_)) => {
                    Held::new(Kind::Injected, Certainty::Likely, None, MODULE)
                }
                _ => continue,
            };
            if held.is_long() {
                return Some(held);
            }
            found = found.or(Some(held));
        }
        found
    }

    /// What callers give for a field. Where each of them makes it for the instance, it dies with that.
    fn injected_by(&self, function: FnId, index: u32, given: Place, id: EntityId, depth: u32, shared: bool) -> Held {
        match self.given(function, index, given, depth) {
            Some(held) if held.is_long() => held,
            Some(held) if held.certainty == Certainty::Short && self.entities.get(id).constructor == Some(function) => {
                Held::new(Kind::OwnField, Certainty::Short, None, Region::Instance(id))
            }
            _ => Held { shared, ..Held::new(Kind::Injected, Certainty::Likely, None, MODULE) },
        }
    }

    /// `options.signal` for `this.options.signal`, where `this.options` is what `options` was.
    fn rebased(&self, place: Place, from: Place, to: Place) -> Place {
        match self.split(place) {
            Some((of, step)) if place != from => self.project(self.rebased(of, from, to), step),
            _ => to,
        }
    }
}

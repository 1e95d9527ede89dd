//! What was looked for among the imports in vain, so that each is looked for once: most names are those of nothing imported.

use super::ir::BindingId;
use super::place::Place;

/// What may be imported.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lookup {
    Binding(BindingId),
    Place(Place),
    Field(Place),
}

/// By index: a bit for each distance to which it was followed.
#[derive(Debug, Default)]
pub(super) struct InVain {
    bindings: Vec<u16>,
    places: Vec<u16>,
    fields: Vec<u16>,
}

impl InVain {
    pub fn has(&self, lookup: Lookup, depth: u32) -> bool {
        let (of_kind, at) = match lookup {
            Lookup::Binding(binding) => (&self.bindings, binding.index()),
            Lookup::Place(place) => (&self.places, place.index()),
            Lookup::Field(place) => (&self.fields, place.index()),
        };
        of_kind.get(at).is_some_and(|depths| depths & bit(depth) != 0)
    }

    pub fn add(&mut self, lookup: Lookup, depth: u32) {
        let (of_kind, at) = match lookup {
            Lookup::Binding(binding) => (&mut self.bindings, binding.index()),
            Lookup::Place(place) => (&mut self.places, place.index()),
            Lookup::Field(place) => (&mut self.fields, place.index()),
        };
        if of_kind.len() <= at {
            of_kind.resize(at + 1, 0);
        }
        if let Some(depths) = of_kind.get_mut(at) {
            *depths |= bit(depth);
        }
    }
}

/// A longer way than there are bits for is not remembered.
fn bit(depth: u32) -> u16 {
    1u16.checked_shl(depth).unwrap_or_default()
}

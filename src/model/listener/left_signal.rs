//! `{ signal }` of a controller that nobody can abort: the listener stays as if there were none.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, Ir, PropKey};
use super::super::place::{Place, Root};

impl Model<'_> {
    /// Whether the options of a registration name the signal of a controller that the call makes, and of which it reads nothing but signals.
    pub(super) fn is_signal_left(&self, options: Option<ExprId>) -> bool {
        let Some(signal) = options.and_then(|options| self.signal_of_options(options)) else { return false };
        let Some(place) = self.place(signal) else { return false };
        let Some((controller, _)) = self.split(place) else { return false };
        match self.root(controller) {
            Root::Value(value) if self.is_root(controller) => self.is_new_controller(value) && self.is_kept_for_signals(value, place),
            Root::Binding(binding) if self.is_root(controller) => {
                let is_local = self.ir[self.ir[binding].scope].function != Ir::MODULE;
                is_local && self.is_made_once(binding) && self.gives_signals_only(binding)
            }
            _ => false,
        }
    }

    fn signal_of_options(&self, options: ExprId) -> Option<ExprId> {
        let ExprKind::Object { props, .. } = self.ir.kind(options) else { return None };
        let named = |key| matches!(key, PropKey::Name(name) if self.ir.name(name) == "signal");
        self.ir.prop_list(props).iter().find(|prop| named(prop.key)).map(|prop| prop.value)
    }

    /// `new AbortController().signal`.
    fn is_kept_for_signals(&self, value: ExprId, signal: Place) -> bool {
        self.uses.parent(value).is_some_and(|parent| self.place(parent) == Some(signal))
    }

    fn is_made_once(&self, binding: BindingId) -> bool {
        let [write] = self.uses.writes(binding) else { return false };
        written_value(self.ir, *write).is_some_and(|value| self.is_new_controller(value))
    }

    fn gives_signals_only(&self, binding: BindingId) -> bool {
        self.uses.refs(binding).iter().all(|&at| match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Member { object, property, .. }) => object == at && self.ir.name(property) == "signal",
            Some(ExprKind::Init { .. }) | None => true,
            _ => false,
        })
    }
}

//! Signals that came with the caller's options, through copies of these: `const opts = { ...defaults, ...options }; opts.signal`.

use super::super::Model;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, PropKey, PropKind};
use super::super::place::{Place, Root, Step};
use super::receiver::Held;

/// Copies of copies are followed so far.
const DEPTH: u32 = 6;

impl Model<'_> {
    /// `signal.addEventListener('abort', ...)`: whoever gave the signal decides how long it lives.
    pub(super) fn signal(&self, place: Place, held: Held, at: ExprId) -> Held {
        let of_request = match self.root(place) {
            Root::Binding(binding) => {
                matches!(self.ir[binding].kind, BindingKind::Param(function, _) if self.request_param(function) == Some(binding))
            }
            _ => false,
        };
        if let Some(held) = self.one_of_several(place, held, at).filter(|_| !of_request) {
            return held;
        }
        if of_request || matches!(held.kind, Kind::Item) {
            return Held { kind: Kind::Fresh, certainty: Certainty::Short, ..held };
        }
        if let Some(function) =
            self.gets_signal_in_copy(place).filter(|_| matches!(held.kind, Kind::Captured | Kind::Fresh | Kind::Unknown))
        {
            return Held { kind: Kind::AbortSignal, certainty: Certainty::Likely, region: self.around(function), ..held };
        }
        match held.kind {
            _ if held.is_long() => Held { kind: Kind::AbortSignal, certainty: Certainty::Proved, ..held },
            Kind::Parameter | Kind::Injected => self.given_signal(place, held, at),
            _ => held,
        }
    }

    /// The function whose caller gave the signal that is read out of a copy of one of its parameters.
    pub(super) fn gets_signal_in_copy(&self, place: Place) -> Option<FnId> {
        let (of, Step::Field(name)) = self.split(place)? else { return None };
        let Root::Binding(binding) = self.root(of) else { return None };
        let is_signal = self.ir.name(name).to_ascii_lowercase().ends_with("signal");
        if !self.is_root(of) || !is_signal || matches!(self.ir[binding].kind, BindingKind::Param(..)) {
            return None;
        }
        let param = self.copied_param(self.only_value(binding)?, DEPTH)?;
        let BindingKind::Param(function, _) = self.ir[param].kind else { return None };
        let is_of_request = self.request_params(function).contains(&param);
        let is_own = function == self.ir[self.ir[binding].scope].function;
        (is_own && !is_of_request && !self.element_of_loop(function)).then_some(function)
    }

    fn only_value(&self, binding: BindingId) -> Option<ExprId> {
        match self.uses.writes(binding) {
            [write] => super::super::index::written_value(self.ir, *write),
            _ => None,
        }
    }

    /// The parameter that a value is, or is a copy of.
    fn copied_param(&self, value: ExprId, depth: u32) -> Option<BindingId> {
        let depth = depth.checked_sub(1)?;
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Await(inner) => self.copied_param(inner, depth),
            ExprKind::Ident(_) => {
                let binding = ir.binding_of(value)?;
                match ir[binding].kind {
                    BindingKind::Param(..) => Some(binding),
                    _ => self.copied_param(self.only_value(binding)?, depth),
                }
            }
            ExprKind::Object { props, .. } => {
                let props = ir.prop_list(props);
                // A signal that is put in behind is another one.
                if props
                    .iter()
                    .any(|prop| matches!(prop.key, PropKey::Name(name) if ir.name(name).to_ascii_lowercase().ends_with("signal")))
                {
                    return None;
                }
                props.iter().filter(|prop| prop.kind == PropKind::Spread).find_map(|prop| self.copied_param(prop.value, depth))
            }
            ExprKind::Call { callee, args, .. } => {
                let args = ir.list(args);
                if matches!(ir.kind(callee), ExprKind::Member { object, property, .. } if ir.name(property) == "assign" && ir.global_of(object) == Some("Object"))
                {
                    return args.iter().find_map(|&arg| self.copied_param(arg, depth));
                }
                let function = self.callee_function(value)?;
                self.uses.returns(function).iter().find_map(|&at| {
                    let ExprKind::Return(Some(result)) = ir.kind(at) else { return None };
                    let BindingKind::Param(of, index) = ir[self.copied_param(result, depth)?].kind else { return None };
                    let argument = args.get(index as usize).filter(|_| of == function)?;
                    self.copied_param(*argument, depth)
                })
            }
            _ => None,
        }
    }
}

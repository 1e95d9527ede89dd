//! Signals that a caller makes for one call: they die with it, and their listeners with them.

use super::super::Model;
use super::super::context::ContextKind;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::{ExprId, ExprKind, FnId, PropKey, PropKind};
use super::super::links::UseKind;
use super::super::place::{Place, Step};
use super::receiver::Held;

/// Names and callers followed.
const DEPTH: u32 = 3;
/// In front of an argument: it has no signal.
const NONE: char = '!';

fn is_signal(name: &str) -> bool {
    name.len() >= 6 && name.is_char_boundary(name.len() - 6) && name[name.len() - 6..].eq_ignore_ascii_case("signal")
}

impl Model<'_> {
    /// The arguments of a call that are signals made for it: `1`, or `1.signal` for a property of an options object; `!1.signal` if there is none.
    pub(in crate::model) fn signals_made_for(&self, call: ExprId, args: &[ExprId]) -> Vec<String> {
        let mut found = Vec::new();
        for (index, &arg) in args.iter().enumerate() {
            if let ExprKind::Object { props, .. } = self.ir.kind(arg) {
                let props = self.ir.prop_list(props);
                let signal = props.iter().rev().find_map(|prop| match prop.key {
                    PropKey::Name(name) if is_signal(self.ir.name(name)) => Some((self.ir.name(name), prop.value)),
                    _ => None,
                });
                match signal {
                    Some((name, value)) if self.is_made_for_call(value, call) => found.push(format!("{index}.{name}")),
                    None if props.iter().all(|prop| prop.kind != PropKind::Spread) => found.push(format!("{NONE}{index}.signal")),
                    _ => {}
                }
            } else if (is_signal(&self.expr_text(arg)) || self.is_of_abort_signal(arg)) && self.is_made_for_call(arg, call) {
                found.push(index.to_string());
            }
        }
        found
    }

    /// `AbortSignal.timeout(...)`, `AbortSignal.any(...)`, or what a function makes of one.
    fn is_of_abort_signal(&self, value: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(value) else { return false };
        let is_static = matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.ir.global_of(object) == Some("AbortSignal"));
        is_static
            || self.callee_name(callee).is_some_and(|name| name.to_ascii_lowercase().contains("signal")) && !self.ir.list(args).is_empty()
    }

    fn is_made_for_call(&self, value: ExprId, call: ExprId) -> bool {
        match self.place(value) {
            Some(place) => self.long_timeout(place).is_none() && self.held_within(place, call, DEPTH).certainty == Certainty::Short,
            None => matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. }),
        }
    }

    /// Whether all calls in other files give a signal that is made for the call, and whether there are no others.
    pub(super) fn gets_own_signal(&self, function: FnId, index: u32, place: Place) -> Option<(bool, bool)> {
        self.outside()?;
        let key = match self.split(place) {
            None => index.to_string(),
            Some((of, Step::Field(name))) if self.is_root(of) && is_signal(self.ir.name(name)) => format!("{index}.{}", self.ir.name(name)),
            _ => return None,
        };
        let seen = self.seen_outside(&self.paths_of_function(function))?;
        let without = format!("{NONE}{key}");
        let (mut is_given, mut all_own) = (false, true);
        for used in seen.uses.iter().filter(|used| used.context.kind != ContextKind::Test) {
            let UseKind::Called { arguments, own_signals, is_followed, .. } = &used.used.what else { continue };
            let is_own = *is_followed && own_signals.contains(&key);
            is_given |= is_own;
            all_own &= is_own || *is_followed && (arguments.len() <= index as usize || own_signals.contains(&without));
        }
        Some((is_given && all_own, seen.is_complete))
    }

    /// A signal of which each caller makes another one.
    pub(super) fn given_signal_outside(&self, function: FnId, index: u32, place: Place) -> Option<Held> {
        (self.gets_own_signal(function, index, place)? == (true, true)).then(|| Held::short(Kind::Fresh, None))
    }
}

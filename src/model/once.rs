//! Entries that are made one time for each thing that the program has: messages that were shown, services that were asked for.

use serde::{Deserialize, Serialize};

use super::Model;
use super::holding::Grow;
use super::ir::{ExprId, ExprKind, UnaryOp};
use super::provenance::words;

/// What is done once for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Once {
    /// A warning is shown, and the key noted, so that it is not shown again.
    Warned,
    /// An instance of a class is made for the first who asks, and kept for the others.
    Made,
}

impl Model<'_> {
    pub(super) fn once(&self, grow: &Grow) -> Option<Once> {
        if !self.is_filled_if_missing(grow) {
            return None;
        }
        if grow.value.is_some_and(|value| self.is_instance(value)) {
            return Some(Once::Made);
        }
        let is_mark = grow.value.is_none_or(|value| Some(value) == grow.key || self.is_mark(value));
        let function = self.ir.function_of(grow.at);
        let block = self.ir[grow.at].block;
        let warns = || {
            self.uses
                .calls
                .iter()
                .any(|&call| self.ir.function_of(call) == function && self.ir[call].block == block && self.is_warning(call))
        };
        (is_mark && warns()).then_some(Once::Warned)
    }

    fn is_mark(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Unary(UnaryOp::Not, operand) => matches!(self.ir.kind(operand), ExprKind::Number(_)),
            kind => matches!(kind, ExprKind::Bool(_) | ExprKind::Number(_)),
        }
    }

    /// `new Client(settings)`, by itself or by its name; what the language has for data is none.
    fn is_instance(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::New { callee, .. } => self.ir.global_of(callee).is_none(),
            ExprKind::Ident(_) => self.ir.binding_of(value).is_some_and(|binding| {
                let values: Vec<ExprId> =
                    self.uses.writes(binding).iter().filter_map(|&write| super::index::written_value(self.ir, write)).collect();
                values.iter().any(|&value| matches!(self.ir.kind(value), ExprKind::New { .. }))
                    && values
                        .iter()
                        .all(|&value| !matches!(self.ir.kind(value), ExprKind::New { callee, .. } if self.ir.global_of(callee).is_some()))
            }),
            _ => false,
        }
    }

    /// `console.warn(...)`, `process.emitWarning(...)`, `logger.warn(...)`, `deprecate(...)`.
    fn is_warning(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        let is_console = matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
            if self.ir.global_of(object) == Some("console") && self.ir.name(property) == "error");
        is_console || self.callee_name(callee).is_some_and(|name| words(name).iter().any(|word| self.apis.registries.once.contains(word)))
    }
}

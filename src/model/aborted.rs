//! Releases that come only when somebody aborts the work of an entry: work that ends by itself leaves its entry.

use super::Model;
use super::calls::How;
use super::holding::{Operations, Shrink};
use super::ir::{ExprId, ExprKind, FnId};
use super::place::{Place, Root, Step};

/// Callers that are followed.
const DEPTH: u32 = 2;

impl Model<'_> {
    /// `calls.set(id, controller); controller.signal.addEventListener('abort', () => calls.delete(id))`, where nothing aborts at the end of the work.
    pub(super) fn waits_for_abort(&self, shrink: &Shrink, operations: &Operations) -> bool {
        let Some((controller, at)) = self.aborted_by(self.ir.function_of(shrink.at)) else { return false };
        operations.grows.iter().any(|grow| {
            grow.level == shrink.level
                && self.ir.function_of(grow.at) == self.ir.function_of(at)
                && grow.value.and_then(|value| self.place(value)) == Some(controller)
                && !self.aborts_at_end(grow.at, controller)
        })
    }

    /// The controller whose abort runs a function, and where that is said.
    fn aborted_by(&self, listener: FnId) -> Option<(Place, ExprId)> {
        let at = self.uses.parent(self.ir[listener].expr?)?;
        let signal = match self.ir.kind(at) {
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if self.ir.name(property) == "addEventListener" => {
                    let event = *self.ir.list(args).first()?;
                    (self.string(event) == Some("abort")).then_some(object)?
                }
                _ => return None,
            },
            ExprKind::Assign { target, .. } => match self.ir.kind(target) {
                ExprKind::Member { object, property, .. } if self.ir.name(property) == "onabort" => object,
                _ => return None,
            },
            _ => return None,
        };
        match self.split(self.place(signal)?)? {
            (controller, Step::Field(name)) if self.ir.name(name) == "signal" && self.is_controller(controller) => Some((controller, at)),
            _ => None,
        }
    }

    /// `new AbortController()`.
    pub(super) fn is_new_controller(&self, value: ExprId) -> bool {
        matches!(self.ir.kind(value), ExprKind::New { callee, .. } if self.ir.global_of(callee) == Some("AbortController"))
    }

    pub(super) fn is_controller(&self, place: Place) -> bool {
        let makes = |value: ExprId| self.is_new_controller(value);
        let root = match self.root(place) {
            Root::Value(value) if self.is_root(place) => makes(value),
            _ => false,
        };
        root || self.initial_values(place).into_iter().any(makes)
    }

    /// Whether the work that adds an entry is seen to abort it when it is done, or a timer of it is.
    fn aborts_at_end(&self, grow: ExprId, controller: Place) -> bool {
        let entry = self.holder_of(grow).map(|holder| self.project(holder, Step::Entry));
        let adding = self.function_and_callers(self.ir.function_of(grow));
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
            if self.ir.name(property) != "abort" {
                return false;
            }
            let aborted = self.place(object);
            let function = self.ir.function_of(call);
            if aborted == Some(controller) {
                return true;
            }
            let aborting = if aborted == entry { self.function_and_callers(function) } else { vec![function] };
            aborting.iter().any(|&aborting| adding.iter().any(|&adding| self.is_inside(aborting, adding)))
        })
    }

    fn function_and_callers(&self, function: FnId) -> Vec<FnId> {
        let mut found = vec![function];
        let mut first = 0;
        for _ in 0..DEPTH {
            let end = found.len();
            for index in first..end {
                for caller in self.callers(found[index]).iter().filter(|caller| caller.how == How::Called) {
                    let function = caller.at.map(|at| self.ir.function_of(at)).filter(|function| !found.contains(function));
                    found.extend(function);
                }
            }
            first = end;
        }
        found
    }
}

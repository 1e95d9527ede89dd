//! Receivers that are new for each registration, though the name under which they are kept is older.

use super::super::Model;
use super::super::index::written_value;
use super::super::ir::{ExprId, ExprKind};
use super::super::place::{Place, Root, Step};
use super::receiver::Held;

impl Model<'_> {
    /// Whether each run of the site has a receiver of its own.
    pub(super) fn is_new_here(&self, place: Place, site: ExprId) -> bool {
        self.is_set_there(place, site)
            || self.is_renewed(place, site)
            || self.is_read_to_its_end(place)
            || self.is_of_frame(place)
            || self.split(place).is_some() && !self.is_looked_up(place) && self.is_new_before(place, site)
    }

    /// `frame.contentWindow`: each load puts another window there, and the listeners go with the old one.
    fn is_of_frame(&self, place: Place) -> bool {
        let mut at = place;
        while let Some((of, step)) = self.split(at) {
            if matches!(step, Step::Field(name) if matches!(self.ir.name(name), "contentWindow" | "contentDocument")) {
                return true;
            }
            at = of;
        }
        false
    }

    /// `this.bus = getBus()`: what is got may be the same each time.
    fn is_looked_up(&self, place: Place) -> bool {
        let mut at = Some(place);
        while let Some(one) = at {
            let is_got = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Call { callee, .. } if self.callee_name(callee).is_some_and(|name| name.starts_with("get")));
            if self.initial_values(one).into_iter().any(is_got) {
                return true;
            }
            at = self.split(one).map(|(of, _)| of);
        }
        false
    }

    /// `Job.given = emitter; const job = new Job(); Job.given = undefined`: a static that hands something over to the constructor.
    pub(super) fn is_hand_over(&self, place: Place) -> bool {
        let ir = self.ir;
        let writes: Vec<(ExprId, ExprId)> = self
            .uses
            .member_writes
            .iter()
            .filter_map(|&write| match ir.kind(write) {
                ExprKind::Assign { target, .. } if self.place(target) == Some(place) => Some((write, written_value(ir, write)?)),
                _ => None,
            })
            .collect();
        let is_set_and_unset_again = |&(write, value): &(ExprId, ExprId)| {
            let function = ir.function_of(write);
            !self.is_nothing(value)
                && writes.iter().any(|&(other, value)| self.is_nothing(value) && ir.function_of(other) == function && other > write)
        };
        writes.iter().any(is_set_and_unset_again) && writes.iter().all(|one| self.is_nothing(one.1) || is_set_and_unset_again(one))
    }

    /// A removal from the emitter of the module that the receiver is another name of.
    pub(super) fn is_held_as(&self, held: &Held, removed_from: ExprId) -> bool {
        let Some(place) = self.target_place(removed_from).filter(|&place| self.is_root(place)) else { return false };
        matches!(self.root(place), Root::Binding(binding) if self.is_module_level(binding) && held.span == Some(self.ir[binding].span))
    }
}

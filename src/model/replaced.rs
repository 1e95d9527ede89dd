//! Holders that stay and hold another thing each time: what hangs on a thing goes when the next takes its place.

use std::collections::BTreeMap;

use super::Model;
use super::calls::How;
use super::facts::ShrinkKind;
use super::holding::{Operations, Shrink};
use super::index::written_value;
use super::ir::{ExprId, ExprKind, FnId, Ir, PropKey, PropKind};
use super::place::{Place, Root, Step};

impl Model<'_> {
    /// `this.turn = { events: [] }` and `this.turn = null`: releases of all that `this.turn.events` held.
    pub(super) fn resets_of_owners(&self, table: &mut BTreeMap<Place, Operations>) {
        let grown = table.iter().filter(|(_, operations)| !operations.grows.is_empty()).map(|(&place, _)| place);
        for place in grown.collect::<Vec<_>>() {
            let mut part = place;
            while let Some((owner, Step::Field(field))) = self.split(part) {
                let is_named = !self.is_root(owner) || matches!(self.root(owner), Root::Binding(_));
                let writes = if is_named { self.assignments(owner) } else { Vec::new() };
                for write in writes {
                    let lets_go = written_value(self.ir, write).is_some_and(|value| self.leaves_out(value, field));
                    if lets_go && !self.is_first_assignment(write, owner) {
                        let shrink = Shrink { at: write, kind: ShrinkKind::Reset, key: None, level: 0 };
                        table.entry(place).or_default().shrinks.push(shrink);
                    }
                }
                part = owner;
            }
        }
    }

    /// Nothing, or an object that is made there and has an empty collection, or none, under a name.
    fn leaves_out(&self, value: ExprId, field: super::ir::NameId) -> bool {
        let ExprKind::Object { props, .. } = self.ir.kind(value) else { return self.is_nothing(value) };
        self.ir.prop_list(props).iter().all(|prop| match prop.key {
            _ if prop.kind == PropKind::Spread => false,
            PropKey::Name(name) if name == field => self.allocation(prop.value).is_some(),
            _ => true,
        })
    }

    fn assignments(&self, place: Place) -> Vec<ExprId> {
        let writes = match (self.is_root(place), self.root(place)) {
            (true, Root::Binding(binding)) => self.uses.writes(binding),
            (true, _) => &[],
            _ => &self.uses.member_writes,
        };
        let is_it = |&write: &ExprId| matches!(self.ir.kind(write), ExprKind::Assign { target, .. } if self.place(target) == Some(place));
        writes.iter().copied().filter(is_it).collect()
    }

    /// Whether what a name holds is let go of in the course of the work, and the next assignment puts another thing there.
    pub(super) fn is_replaced(&self, write: ExprId, place: Place) -> bool {
        let ends = |function: FnId| {
            let name = self.function_name(function);
            let last = name.rsplit('.').next().unwrap_or_default().trim_start_matches(['_', '#']);
            function == Ir::MODULE || self.apis.teardown.methods.contains(last)
        };
        self.ir.function_of(write) != Ir::MODULE
            && !self.is_first_assignment(write, place)
            && self
                .assignments(place)
                .into_iter()
                .any(|other| written_value(self.ir, other).is_some_and(|value| self.is_nothing(value)) && !ends(self.ir.function_of(other)))
    }

    /// What comes from a stream of this very call is collected until the stream ends: `child.stdout.on('data', (part) => parts.push(part))`.
    pub(super) fn collects_stream(&self, owner: FnId, sites: &[ExprId]) -> bool {
        owner != Ir::MODULE
            && !sites.is_empty()
            && sites.iter().all(|&site| {
                let mut function = Some(self.ir.function_of(site));
                while let Some(at) = function.filter(|&at| at != owner) {
                    if self
                        .callers(at)
                        .iter()
                        .any(|caller| caller.how == How::Repeats && caller.at.is_some_and(|call| self.is_own_data(call, owner)))
                    {
                        return true;
                    }
                    function = self.ir[at].parent;
                }
                false
            })
    }

    /// A handler of `data` on something that a function has made, or on a part of it.
    fn is_own_data(&self, call: ExprId, owner: FnId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { mut object, .. } = self.ir.kind(callee) else { return false };
        while let ExprKind::Member { object: outer, .. } = self.ir.kind(object) {
            object = outer;
        }
        let is_own = self.ir.binding_of(object).is_some_and(|binding| self.ir[self.ir[binding].scope].function == owner);
        is_own && self.event_text(call).is_some_and(|event| event == "data")
    }
}

//! Entries that are stored back with less in them: `hits[ip] = (hits[ip] || []).filter(isRecent)`.

use std::collections::BTreeMap;

use super::Model;
use super::facts::ShrinkKind;
use super::holding::{Operations, Shrink};
use super::ir::{ExprId, ExprKind};
use super::place::{Place, Step};

impl Operations {
    /// Somebody looks how large it, or an entry of it, gets.
    pub(super) fn is_watched(&self) -> bool {
        !self.size_checks.is_empty() || !self.watched_entries.is_empty()
    }
}

impl Model<'_> {
    /// Storing back what was read from the same entry, changed: the key is there already.
    pub(super) fn writes_back(&self, place: Place, value: Option<ExprId>) -> bool {
        value.is_some_and(|value| self.is_shorter(self.local_value(value), self.project(place, Step::Entry)))
    }

    /// `list.filter(...)`, `list.slice(...)` of a list.
    pub(super) fn is_shorter(&self, value: ExprId, list: Place) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(value) else { return false };
        matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
            if matches!(self.ir.name(property), "filter" | "slice") && self.place(object) == Some(list))
    }

    /// `(hits[ip] || []).filter(...)`: where the key was not there, it is from now on.
    pub(super) fn begins_if_missing(&self, shorter: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(self.local_value(shorter)) else { return false };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
        matches!(self.ir.kind(self.local_value(object)), ExprKind::Logical(_, _, default) if self.allocation(default).is_some())
    }

    /// A shorter list in an entry: a release of the list's own elements, and none of the entry.
    pub(super) fn write_back(&self, at: ExprId, place: Place, value: Option<ExprId>, table: &mut BTreeMap<Place, Operations>) {
        let level = self.level(place);
        let shrinks = &mut self.entry(table, place).shrinks;
        if !value.is_some_and(|value| self.keeps_the_last(value)) {
            shrinks.push(Shrink { at, kind: ShrinkKind::WriteBack, key: None, level });
        }
        shrinks.push(Shrink { at, kind: ShrinkKind::Pop, key: None, level: level + 1 });
    }

    /// `send(batches[key]); batches[key] = []`: what the entry held goes. One that is made where there was none holds nothing yet.
    pub(super) fn empty_entry(&self, at: ExprId, place: Place, value: Option<ExprId>, table: &mut BTreeMap<Place, Operations>) {
        if !value.is_some_and(|value| self.is_empty(value)) {
            return;
        }
        let entry = self.project(place, Step::Entry);
        let (function, start) = (self.ir.function_of(at), self.ir.span(at).start);
        let guards = self.flow(function).guards(self.ir, self.ir[at].block);
        let is_used = |read: ExprId| {
            let parent = self.uses.parent(read).map(|parent| self.ir.kind(parent));
            matches!(parent, Some(ExprKind::Member { .. } | ExprKind::Call { .. } | ExprKind::Spread(_)))
                && self.ir.function_of(read) == function
                && self.ir.span(read).start < start
                && self.place(read) == Some(entry)
        };
        if self.ir.exprs_around(function).any(is_used) && !guards.iter().any(|guard| self.asks_if_free(guard.when, entry)) {
            let level = self.level(place) + 1;
            self.entry(table, place).shrinks.push(Shrink { at, kind: ShrinkKind::Reset, key: None, level });
        }
    }

    /// `[]`, `new Set()`.
    fn is_empty(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Array(items) => self.ir.list(items).is_empty(),
            ExprKind::Object { props, .. } => self.ir.prop_list(props).is_empty(),
            ExprKind::New { args, .. } => self.ir.list(args).is_empty() && self.allocation(value).is_some(),
            _ => false,
        }
    }

    /// `list.slice(-100)`: a limit, which says of no element that its work has ended.
    fn keeps_the_last(&self, shorter: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(self.local_value(shorter)) else { return false };
        let from = self.ir.list(args).first().map(|&from| self.ir.kind(from));
        self.callee_name(callee) == Some("slice")
            && match from {
                Some(ExprKind::Unary(..)) => true,
                Some(ExprKind::Number(from)) => from <= 0.0,
                _ => false,
            }
    }

    /// Somebody watches how large it gets. Where its entries are lists of what is still current, or are emptied one by one, the limit of each list is none
    /// of the table: the lists stay.
    pub(super) fn is_size_watched(&self, operations: &Operations) -> bool {
        let stays = |shrink: &Shrink| shrink.kind == ShrinkKind::WriteBack || self.is_emptied_entry(shrink);
        !operations.size_checks.is_empty() || !operations.watched_entries.is_empty() && !operations.shrinks.iter().any(stays)
    }

    /// `record.pending.splice(0, record.pending.length)`: all that the entry held is taken out, and the entry stays.
    pub(super) fn is_emptied_entry(&self, shrink: &Shrink) -> bool {
        let takes_all = || match self.ir.kind(shrink.at) {
            ExprKind::Call { callee, args, .. } => {
                let from = self.ir.list(args).first().map(|&from| self.ir.kind(from));
                self.callee_name(callee) == Some("splice") && matches!(from, Some(ExprKind::Number(from)) if from == 0.0)
            }
            _ => false,
        };
        shrink.level > 0 && takes_all()
    }
}

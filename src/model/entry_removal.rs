//! Where the entries of a table can be deleted: in the place of `null`, or where a request is completed.

use super::Model;
use super::facts::{Collection, Container, EntryRemoval, Shape, ShrinkKind, TextEdit};
use super::holding::{Operations, Shrink};
use super::ir::{BinaryOp, BindingId, ExprId, ExprKind};
use super::place::{Place, Step};

impl Model<'_> {
    pub(super) fn entry_removal(&self, place: Place, collection: &Collection, operations: &Operations) -> Option<EntryRemoval> {
        self.in_place_of_null(place, collection, operations).or_else(|| self.on_completion(place, collection))
    }

    fn in_place_of_null(&self, place: Place, collection: &Collection, operations: &Operations) -> Option<EntryRemoval> {
        let is_tombstone = |shrink: &&Shrink| shrink.kind == ShrinkKind::Tombstone;
        let tombstones: Vec<&Shrink> = operations.shrinks.iter().filter(is_tombstone).collect();
        if collection.tombstone().is_none() || self.tells_null_apart(place) {
            return None;
        }
        let mut edits: Vec<TextEdit> =
            tombstones.into_iter().map(|shrink| self.delete_for(shrink, collection.container)).collect::<Option<_>>()?;
        edits.sort_by_key(|edit| edit.span.start);
        Some(EntryRemoval::InPlaceOfNull { edits })
    }

    /// `delete x[k]` for `x[k] = null`, `x.delete(k)` for `x.set(k, null)`.
    fn delete_for(&self, shrink: &Shrink, container: Container) -> Option<TextEdit> {
        let text = |expr: ExprId| self.source.slice(self.ir.span(expr));
        let span = self.ir.span(shrink.at);
        if self.uses.parent(shrink.at).is_some() || shrink.level > 0 {
            return None;
        }
        match (self.ir.kind(shrink.at), container) {
            (ExprKind::Assign { target, .. }, Container::Object) => Some(TextEdit { span, text: format!("delete {}", text(target)) }),
            (ExprKind::Call { callee, args, optional: false }, Container::Map) => {
                let ExprKind::Member { object, optional: false, .. } = self.ir.kind(callee) else { return None };
                let key = *self.ir.list(args).first()?;
                Some(TextEdit { span, text: format!("{}.delete({})", text(object), text(key)) })
            }
            _ => None,
        }
    }

    /// Whether anything asks for the key itself, or for null and not for undefined.
    fn tells_null_apart(&self, place: Place) -> bool {
        let entry = self.project(place, Step::Entry);
        let is_null = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Null | ExprKind::Undefined) || self.is_nothing(value);
        self.ir.expr_ids().any(|id| match self.ir.kind(id) {
            ExprKind::Binary(BinaryOp::StrictEq | BinaryOp::StrictNotEq, left, right) => {
                is_null(right) && self.place(left) == Some(entry) || is_null(left) && self.place(right) == Some(entry)
            }
            ExprKind::Binary(BinaryOp::In, _, table) => self.place(table) == Some(place),
            ExprKind::Call { callee, args, .. } => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } => match self.ir.name(property) {
                    "has" | "hasOwnProperty" => self.place(object) == Some(place),
                    "hasOwn" | "call" => self.ir.list(args).first().is_some_and(|&arg| self.place(arg) == Some(place)),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        })
    }

    /// `const waiter = pending.get(id); waiter.resolve(value)`: the entry can go where it was read.
    fn on_completion(&self, place: Place, collection: &Collection) -> Option<EntryRemoval> {
        if !collection.shapes.contains(&Shape::PendingTable) || collection.growths.iter().any(|growth| growth.level > 0) {
            return None;
        }
        // It is deleted there already, or something is that was meant for it.
        if collection.shrinks.iter().any(|shrink| matches!(shrink.kind, ShrinkKind::IfAnswered | ShrinkKind::OtherEntry)) {
            return None;
        }
        let entry = self.project(place, Step::Entry);
        let found = self.occurrences(place).into_iter().find_map(|at| {
            let read = self.entry_read(at)?;
            let write = self.uses.parent(read)?;
            let ExprKind::Init { binding, value } = self.ir.kind(write) else { return None };
            let is_read = value == read && self.place(read) == Some(entry) && self.uses.writes(binding).len() == 1;
            (is_read && self.is_completed(binding)).then_some((read, write))
        });
        let (read, write) = found?;
        let (table, key) = match self.ir.kind(read) {
            ExprKind::Call { callee, args, optional: false } => match self.ir.kind(callee) {
                ExprKind::Member { object, optional: false, .. } => (object, *self.ir.list(args).first()?),
                _ => return None,
            },
            ExprKind::Index { object, index } => (object, index),
            _ => return None,
        };
        let stmt = &self.ir[self.ir[write].stmt];
        let line = self.line(stmt.span);
        let is_one =
            self.ir.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Init { .. }) && expr.stmt == self.ir[write].stmt).count() == 1;
        if !stmt.in_list || line.next.is_none() || !is_one || !self.is_plain_path(table) || !self.is_plain_path(key) {
            return None;
        }
        let text = |expr: ExprId| self.source.slice(self.ir.span(expr));
        let delete = match collection.container {
            Container::Map => format!("{}.delete({})", text(table), text(key)),
            Container::Object => format!("delete {}[{}]", text(table), text(key)),
            _ => return None,
        };
        let at = self.source.line_span(self.source.line_of(stmt.span.end.saturating_sub(1))).end;
        let text = format!("{}{}{delete}{}", self.newline(), self.indent_at(stmt.span.start), self.end_of_statement());
        let function = self.function_name(self.ir.function_of(write));
        Some(EntryRemoval::OnCompletion { function, edits: vec![TextEdit::insert(at, text)] })
    }

    /// `removeFrom(table[key], value)`: taken out of the list in the entry.
    pub(super) fn cleaned_entry(&self, table: ExprId) -> bool {
        self.entry_read(table).is_some_and(|read| self.occurrence(read) == super::occurrences::Occurrence::Cleaned)
    }

    /// `table.get(key)`, `table[key]`.
    fn entry_read(&self, table: ExprId) -> Option<ExprId> {
        let parent = self.uses.parent(table)?;
        match self.ir.kind(parent) {
            ExprKind::Index { object, .. } if object == table => Some(parent),
            ExprKind::Member { property, .. } if self.ir.name(property) == "get" => self.uses.parent(parent),
            _ => None,
        }
    }

    /// Whether what was read is called to complete its request, and is used for nothing else.
    pub(super) fn is_completed(&self, entry: BindingId) -> bool {
        let mut completes = false;
        let only = self.uses.refs(entry).iter().all(|&at| {
            let Some(parent) = self.uses.parent(at) else { return true };
            match self.ir.kind(parent) {
                ExprKind::Call { callee, .. } if callee == at => {
                    completes = true;
                    true
                }
                ExprKind::Member { property, .. } => {
                    let ends = matches!(
                        self.ir.name(property),
                        "resolve" | "reject" | "callback" | "cb" | "done" | "onResponse" | "fulfill" | "settle" | "onError"
                    );
                    let is_called = self
                        .uses
                        .parent(parent)
                        .is_some_and(|call| matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == parent));
                    completes |= ends && is_called;
                    let clears = matches!(self.ir.name(property), "timer" | "timeout" | "handle");
                    ends && is_called || clears
                }
                ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Logical(..) => true,
                _ => false,
            }
        });
        only && completes
    }
}

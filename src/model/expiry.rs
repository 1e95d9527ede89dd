//! Removals that come with the next question for the same key: what nobody asks for again stays, though its time is over.

use super::Model;
use super::calls::How;
use super::holding::{Operations, Shrink};
use super::ir::{BinaryOp, BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, When};
use super::place::Place;
use super::provenance::words;

impl Model<'_> {
    /// A delete of the key that was just read, where its entry's time is looked at.
    pub(super) fn is_expiry_on_read(&self, shrink: &Shrink, place: Place, operations: &Operations) -> bool {
        let Some(key) = shrink.key.and_then(|key| self.ir.binding_of(key)) else { return false };
        let function = self.ir.function_of(shrink.at);
        if !self.is_name_of_call(key, function, place)
            || self.ir[self.ir[shrink.at].block].in_loop.is_some()
            || self.is_swept(function, place)
        {
            return false;
        }
        let reads: Vec<ExprId> = self.uses.refs(key).iter().filter_map(|&at| self.read_under(at, place)).collect();
        let is_because = |condition: ExprId| self.asks_for_time(condition, place);
        if !reads.is_empty() && self.is_under(shrink.at, &is_because) {
            return !self.is_end_of_call(shrink, operations);
        }
        reads.iter().any(|&read| self.is_told_expired(read, place)) && !self.is_taken_on_all_ways(shrink, operations)
    }

    /// A name that each call has for itself: what it is given, or what it makes of that. A key that the table gives is one of a sweep.
    fn is_name_of_call(&self, key: BindingId, function: FnId, place: Place) -> bool {
        let binding = &self.ir[key];
        match binding.kind {
            BindingKind::Param(owner, _) => owner == function,
            BindingKind::Const | BindingKind::Let | BindingKind::Var => {
                let [write] = self.uses.writes(key) else { return false };
                let swept =
                    |part: ExprId| matches!(self.ir.kind(part), ExprKind::Element(_) | ExprKind::Key(_)) || self.place(part) == Some(place);
                function != Ir::MODULE && self.ir[binding.scope].function == function && !self.any_part(*write, &swept)
            }
            _ => false,
        }
    }

    /// Whether a function is called for one key after the other, by what goes through the table, or when a timer fires.
    fn is_swept(&self, function: FnId, place: Place) -> bool {
        let is_timed = |at: ExprId| {
            let around = self.ir[self.ir.function_of(at)].expr.and_then(|around| self.uses.parent(around));
            [Some(at), around]
                .into_iter()
                .flatten()
                .any(|call| self.is_timer_call(call, "setTimeout") || self.is_timer_call(call, "setInterval"))
        };
        self.callers(function).iter().any(|caller| {
            let knows_table =
                |at: ExprId| self.occurrences(place).iter().any(|&other| self.ir.function_of(other) == self.ir.function_of(at));
            let in_loop = |at: ExprId| self.ir[self.ir[at].block].in_loop.is_some() && knows_table(at);
            caller.how == How::EachElement || caller.at.is_some_and(|at| in_loop(at) || is_timed(at))
        })
    }

    /// `table.get(key)`, `table[key]` around the key, unless that is a write.
    fn read_under(&self, key: ExprId, place: Place) -> Option<ExprId> {
        let parent = self.uses.parent(key)?;
        let is_read = match self.ir.kind(parent) {
            ExprKind::Call { callee, .. } => {
                matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. } if self.ir.name(property) == "get" && self.place(object) == Some(place))
            }
            ExprKind::Index { object, .. } => {
                let outer = self.uses.parent(parent);
                let written = outer.is_some_and(|outer| matches!(self.ir.kind(outer), ExprKind::Unary(..) | ExprKind::Assign { .. }));
                self.place(object) == Some(place) && !written
            }
            _ => false,
        };
        is_read.then_some(parent)
    }

    fn is_under(&self, at: ExprId, wanted: &impl Fn(ExprId) -> bool) -> bool {
        let function = self.ir.function_of(at);
        let guards = self.flow(function).guards(self.ir, self.ir[at].block);
        guards.iter().filter_map(|guard| guard.when.condition()).any(|(condition, _)| wanted(condition))
    }

    /// `const entry = table.get(key); if (Date.now() - entry.at > LIMIT) throw ...`: one whose time is over is refused or begun anew, so it may be there.
    fn is_told_expired(&self, read: ExprId, place: Place) -> bool {
        let Some(entry) = self.name_of(read) else { return false };
        let function = self.ir.function_of(read);
        let of_entry = |part: ExprId| self.ir.binding_of(part) == Some(entry);
        let is_compared = |condition: ExprId| {
            let mut found = false;
            self.each_part(condition, &mut |part| {
                let names = || self.any_part(part, &of_entry);
                found = found || is_comparison(self.ir.kind(part)) && names() && self.mentions_time_beside(part, Some(place));
            });
            found
        };
        let throws = self.ir.expr_ids().filter(|&id| matches!(self.ir.kind(id), ExprKind::Throw(_)) && self.ir.function_of(id) == function);
        let refuses = || throws.chain(self.uses.returns(function).iter().copied()).any(|at| self.is_directly_under(at, &is_compared));
        let renews = || {
            let mut writes = self.uses.member_writes.iter().filter(|&&write| self.ir.function_of(write) == function);
            writes.any(|&write| {
                let target = match self.ir.kind(write) {
                    ExprKind::Assign { target, .. } => target,
                    _ => return false,
                };
                matches!(self.ir.kind(target), ExprKind::Member { object, .. } if of_entry(object))
                    && self.is_directly_under(write, &is_compared)
            })
        };
        refuses() || renews()
    }

    /// Behind a condition that holds, the innermost one.
    fn is_directly_under(&self, at: ExprId, wanted: &impl Fn(ExprId) -> bool) -> bool {
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, self.ir[at].block);
        guards.first().is_some_and(|guard| matches!(guard.when, When::True(condition) if wanted(condition)))
    }

    pub(super) fn any_part(&self, expr: ExprId, wanted: &impl Fn(ExprId) -> bool) -> bool {
        let mut found = false;
        self.each_part(expr, &mut |part| found = found || wanted(part));
        found
    }

    /// The variable that is given a value, or that value if there is one: `const entry = table.get(key) || {}`.
    fn name_of(&self, value: ExprId) -> Option<BindingId> {
        let parent = self.uses.parent(value)?;
        match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => Some(binding),
            ExprKind::Logical(_, left, _) if left == value => self.name_of(parent),
            _ => None,
        }
    }

    /// Whether the call that adds an entry takes it out again, whatever happens in between.
    fn is_taken_on_all_ways(&self, shrink: &Shrink, operations: &Operations) -> bool {
        let function = self.ir.function_of(shrink.at);
        operations.grows.iter().any(|grow| {
            self.ir.function_of(grow.at) == function
                && grow.level == shrink.level
                && !self.flow(function).escapes(self.ir, function, grow.at, &[shrink.at]).normal
        })
    }

    /// `entry.expires < now`, `isExpired(entry)`, `entry.expired`: whether there is a time at all (`if (!time)`) says nothing of its end.
    fn asks_for_time(&self, condition: ExprId, table: Place) -> bool {
        let mut found = false;
        self.each_part(condition, &mut |part| {
            found = found
                || match self.ir.kind(part) {
                    ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq, ..) => {
                        self.mentions_time_beside(part, Some(table))
                    }
                    ExprKind::Call { callee, .. } => self.callee_name(callee).is_some_and(is_time_word),
                    ExprKind::Member { property, .. } => is_over(self.ir.name(property)),
                    ExprKind::Ident(reference) => is_over(self.ir.name(self.ir[reference].name)),
                    _ => false,
                };
        });
        found
    }

    pub(super) fn mentions_time(&self, condition: ExprId) -> bool {
        self.mentions_time_beside(condition, None)
    }

    /// Also where a table's own name has such a word: `this.expiries[id] !== undefined` asks for no time.
    fn mentions_time_beside(&self, condition: ExprId, table: Option<Place>) -> bool {
        if table.is_some() && self.place(condition) == table {
            return false;
        }
        let mut found = false;
        super::index::children(self.ir, condition, &mut |child| found = found || self.mentions_time_beside(child, table));
        found
            || match self.ir.kind(condition) {
                ExprKind::Member { property, .. } => is_time_word(self.ir.name(property)),
                ExprKind::Ident(reference) => is_time_word(self.ir.name(self.ir[reference].name)),
                _ => false,
            }
    }
}

fn is_comparison(kind: ExprKind) -> bool {
    matches!(kind, ExprKind::Binary(BinaryOp::Less | BinaryOp::LessEq | BinaryOp::Greater | BinaryOp::GreaterEq, ..))
}

fn is_time_word(name: &str) -> bool {
    words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "now"
                | "expires"
                | "expiry"
                | "expired"
                | "expire"
                | "ttl"
                | "timestamp"
                | "time"
                | "age"
                | "until"
                | "created"
                | "stale"
                | "deadline"
        )
    })
}

fn is_over(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "expired" | "stale" | "outdated"))
}

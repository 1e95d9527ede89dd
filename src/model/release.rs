//! Whether a release covers a growth: reached while the holder lives, on the same level, on every path.

use super::Model;
use super::calls::How;
use super::context::{Context, ContextKind, Region, StepKind};
use super::entity::EntityId;
use super::facts::{Collection, ShrinkKind, Shrinkage};
use super::holding::{Grow, Operations, Shrink};
use super::ir::{ExprId, ExprKind, FnId, Ir, PropKey, When};
use super::occurrences::Occurrence;
use super::place::{Place, Root, Step};
use super::timeout::LAST_EVENTS;

impl Shrinkage {
    /// Whether it takes entries away while the holder lives.
    pub fn is_reached(&self) -> bool {
        let kind = matches!(self.kind, ShrinkKind::Delete | ShrinkKind::Pop | ShrinkKind::Clear | ShrinkKind::Reset | ShrinkKind::Cleaner);
        let context = match self.context.kind {
            ContextKind::Uncalled | ContextKind::Teardown | ContextKind::Test => false,
            // What start-up puts off to later runs while the holder is in use.
            ContextKind::Init => self.context.steps.iter().any(|step| matches!(step.what, StepKind::Callback(_))),
            _ => true,
        };
        kind && context
    }
}

impl Collection {
    /// Where an entry's value is emptied in place of removing it, while the holder lives.
    pub fn tombstone(&self) -> Option<&Shrinkage> {
        self.shrinks.iter().find(|shrink| {
            shrink.kind == ShrinkKind::Tombstone
                && shrink.level == 0
                && !matches!(shrink.context.kind, ContextKind::Uncalled | ContextKind::Teardown | ContextKind::Test | ContextKind::Init)
        })
    }
}

impl Model<'_> {
    /// What a shrink is when its circumstances are looked at.
    pub(super) fn shrink_kind(&self, shrink: &Shrink, place: Place, operations: &Operations) -> ShrinkKind {
        // `cache.set(key, null)` beside `cache.set(key, found)`: nothing was found for the key.
        let function = self.ir.function_of(shrink.at);
        if shrink.kind == ShrinkKind::Tombstone && operations.grows.iter().any(|grow| self.ir.function_of(grow.at) == function) {
            return ShrinkKind::EmptyEntry;
        }
        if self.cancels_all(shrink, operations) {
            return ShrinkKind::OnCancel;
        }
        if shrink.kind != ShrinkKind::Delete {
            return shrink.kind;
        }
        if shrink.key.is_some_and(|key| self.is_constant_key(key))
            && operations.grows.iter().all(|grow| !grow.key.is_some_and(|key| self.is_constant_key(key)))
        {
            return ShrinkKind::OtherKey;
        }
        if self.is_of_another(shrink, place, operations) {
            return ShrinkKind::OtherEntry;
        }
        if self.is_expiry_on_read(shrink, place, operations) {
            return ShrinkKind::OnRead;
        }
        if self.depends_on_timer(shrink, operations) {
            return ShrinkKind::IfTimerFires;
        }
        if operations.grows.iter().any(|grow| self.is_settled_timer(grow, operations)) && self.cancels(shrink) {
            return ShrinkKind::OnCancel;
        }
        if self.waits_for_abort(shrink, operations) {
            return ShrinkKind::IfAborted;
        }
        if self.is_skipped_by_throw(shrink, operations) {
            return ShrinkKind::SkippedByThrow;
        }
        if self.is_skipped_by_rejection(shrink, operations) {
            return ShrinkKind::IfFulfilled;
        }
        if operations.grows.iter().any(|grow| grow.level == shrink.level && self.waits_for_answer(grow, operations)) {
            return ShrinkKind::IfAnswered;
        }
        ShrinkKind::Delete
    }

    /// A clear for the users, in a method of its own, of a cache that another public method fills as a side effect: who calls that one need not know
    /// of the other. Where both are on one object that the user made, it is the user's collection, unless its entries are to go
    /// by themselves: who clears a cache whose entries expire has another reason than its size.
    pub(super) fn is_opt_in(&self, shrink: &Shrink, context: &Context, operations: &Operations, expires: bool) -> bool {
        let public_verb = |context: &Context| match (context.kind, context.steps.first().map(|step| &step.what)) {
            (ContextKind::Unknown, Some(StepKind::PublicMethod { method, .. })) => Some(method.clone()),
            _ => None,
        };
        let is_whole = matches!(shrink.kind, ShrinkKind::Clear | ShrinkKind::Reset);
        if expires && is_whole {
            let name = self.function_name(self.ir.function_of(shrink.at));
            let clears = super::provenance::first_word(&name).is_some_and(|word| self.apis.cleaners.words.contains(&word));
            return clears && self.is_called_apart(shrink, context, operations);
        }
        // By that method itself, for its own sake.
        let Some(verb) = public_verb(context).filter(|_| is_whole && context.steps.len() == 1) else { return false };
        !operations.grows.is_empty()
            && operations.grows.iter().all(|grow| {
                let filled_by = public_verb(&self.context(grow.at, Region::Function(Ir::MODULE)));
                self.is_filled_if_missing(grow) && filled_by.is_some_and(|other| other != verb)
            })
    }

    /// Whoever throws away all that waits for an answer, unread, ends the program's talk with its peer, and awaits none any more.
    pub(super) fn discards_all_that_waits(&self, shrink: &Shrink, place: Place, context: &Context, operations: &Operations) -> bool {
        let is_whole = matches!(shrink.kind, ShrinkKind::Clear | ShrinkKind::Reset);
        let function = self.ir.function_of(shrink.at);
        let is_read = |at: ExprId| {
            self.ir.function_of(at) == function
                && matches!(self.occurrence(at), Occurrence::Read | Occurrence::ReadAsMap | Occurrence::HandedOut(_))
        };
        is_whole
            && self.is_called_apart(shrink, context, operations)
            && self.waits(&operations.grows)
            && !self.occurrences(place).into_iter().any(is_read)
    }

    /// When its connection ends, an instance tells all that still waits for an answer; what was answered before is another matter.
    pub(super) fn ends_what_waits(&self, shrink: &Shrink, region: Region, operations: &Operations) -> bool {
        matches!(region, Region::Instance(_))
            && matches!(shrink.kind, ShrinkKind::Clear | ShrinkKind::Reset)
            && self.waits(&operations.grows)
            && self.runs_at_end(self.ir.function_of(shrink.at), 3)
    }

    /// `socket.on('close', () => this.failAll(error))`, and nothing else runs it.
    fn runs_at_end(&self, function: FnId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let is_end = |at: ExprId| self.event_text(at).is_some_and(|event| LAST_EVENTS.contains(&event.as_str()));
        // Whoever else has the instance could call the method; that it does is not seen.
        let all = self.callers(function);
        let mut callers = all.iter().filter(|caller| !matches!(caller.how, How::PublicMethod(..))).peekable();
        callers.peek().is_some()
            && callers.all(|caller| match (caller.how, caller.at) {
                (How::Called, Some(at)) => self.runs_at_end(self.ir.function_of(at), depth),
                (_, Some(at)) => is_end(at),
                _ => false,
            })
    }

    /// By callers out of view, in a function that adds nothing.
    fn is_called_apart(&self, shrink: &Shrink, context: &Context, operations: &Operations) -> bool {
        let function = self.ir.function_of(shrink.at);
        context.kind == ContextKind::Unknown && operations.grows.iter().all(|grow| self.ir.function_of(grow.at) != function)
    }

    /// `if (!cache.has(key)) cache.set(key, ...)`, `cache.get(key) ?? ...`: only where nothing was found under the key.
    pub(super) fn is_filled_if_missing(&self, grow: &Grow) -> bool {
        let Some(holder) = self.holder_of(grow.at) else { return false };
        let entry = self.project(holder, Step::Entry);
        let asks = |condition: ExprId| {
            let mut found = false;
            self.each_part(condition, &mut |part| {
                found |= self.place(part) == Some(entry)
                    || matches!(self.ir.kind(part), ExprKind::Call { callee, .. }
                        if matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. } if self.ir.name(property) == "has" && self.place(object) == Some(holder)));
            });
            found
        };
        let guarded =
            self.flow(self.ir.function_of(grow.at)).guards(self.ir, self.ir[grow.at].block).iter().any(|guard| match guard.when {
                When::True(condition) | When::False(condition) | When::Nullish(condition) => asks(condition),
                _ => false,
            });
        guarded || self.is_alternative(grow.at, &asks)
    }

    /// `known[key] || ((known[key] = true), ...)`, which compilers make of it.
    fn is_alternative(&self, mut at: ExprId, asks: &impl Fn(ExprId) -> bool) -> bool {
        while let Some(parent) = self.uses.parent(at) {
            match self.ir.kind(parent) {
                ExprKind::Logical(_, left, right) if right == at && asks(left) => return true,
                ExprKind::Logical(..) | ExprKind::Sequence(_) | ExprKind::Assign { .. } => at = parent,
                _ => return false,
            }
        }
        false
    }

    pub(super) fn each_part(&self, expr: ExprId, visit: &mut impl FnMut(ExprId)) {
        let mut work = vec![expr];
        while let Some(at) = work.pop() {
            visit(at);
            super::index::children(self.ir, at, &mut |child| work.push(child));
        }
    }

    /// A literal: it can only ever take away that one entry.
    pub(super) fn is_constant_key(&self, key: ExprId) -> bool {
        matches!(self.ir.kind(key), ExprKind::String(_) | ExprKind::Number(_))
            || self.constant(key).is_some_and(|value| matches!(self.ir.kind(value), ExprKind::String(_)))
    }

    /// The entry is of this very call, which takes it away when its work is done.
    pub(super) fn is_end_of_call(&self, shrink: &Shrink, operations: &Operations) -> bool {
        let function = self.ir.function_of(shrink.at);
        operations.grows.iter().any(|grow| {
            self.ir.function_of(grow.at) == function
                && grow.level == shrink.level
                && grow.at < shrink.at
                && self.flow(function).dominates(self.ir[grow.at].block, self.ir[shrink.at].block)
        })
    }

    /// Whether running one function can run another, by calls and callbacks in this file.
    pub(super) fn reaches(&self, from: FnId, to: FnId, depth: u32) -> bool {
        if self.is_inside(to, from) {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        self.uses.calls.iter().any(|&call| {
            self.is_inside(self.ir.function_of(call), from)
                && self.callee_function(call).is_some_and(|callee| callee != from && self.reaches(callee, to, depth))
        })
    }

    /// A delete behind an await of the same call, with no finally: what throws in between leaves the entry.
    fn is_skipped_by_throw(&self, shrink: &Shrink, operations: &Operations) -> bool {
        let function = self.ir.function_of(shrink.at);
        operations.grows.iter().any(|grow| {
            if self.ir.function_of(grow.at) != function || grow.at > shrink.at || grow.level != shrink.level {
                return false;
            }
            let stops: Vec<ExprId> =
                operations.shrinks.iter().filter(|other| self.ir.function_of(other.at) == function).map(|other| other.at).collect();
            let elsewhere = operations.shrinks.len() > stops.len();
            let exits = self.flow(function).escapes(self.ir, function, grow.at, &stops);
            exits.throws && !exits.normal && !elsewhere
        })
    }

    /// Shrinks of a field of the same name on an object that is not known: a free function that gets the instance, `fn.call(client)`.
    pub(super) fn shrinks_of_namesakes(&self, place: Place, table: &std::collections::BTreeMap<Place, Operations>) -> Vec<Shrink> {
        let Some((owner, Step::Field(name))) = self.split(place) else { return Vec::new() };
        let Root::Instance(id) = self.root(owner) else { return Vec::new() };
        let mut found = Vec::new();
        for (&other, operations) in table {
            let same = matches!(self.split(other), Some((_, Step::Field(field))) if field == name) && other != place;
            if same && (self.is_unknown_object(other) || self.may_be_of(other, id)) {
                // Within the class its own object has a name: `this`; another of that kind is another holder.
                found.extend(operations.shrinks.iter().copied().filter(|shrink| !self.has_this(self.ir.function_of(shrink.at), owner)));
            }
        }
        found
    }

    /// `const server = new Server(); setInterval(() => server.clients.clear(), 1000)`: a field of a variable that has an instance of a class, or what a
    /// call gave, which may be one.
    fn may_be_of(&self, field: Place, id: EntityId) -> bool {
        let Some((owner, _)) = self.split(field) else { return false };
        if let Some((found, is_static)) = self.entity_at(owner) {
            return !is_static && (self.is_a(found, id) || self.is_a(id, found));
        }
        self.is_root(owner)
            && self.initial_values(owner).iter().any(|&value| {
                matches!(self.ir.kind(value), ExprKind::Call { .. } | ExprKind::Await(_) | ExprKind::Ident(_) | ExprKind::Member { .. })
            })
    }

    /// `this.nodes[role][key] = x` fills one of the tables that have names. Where each of them is emptied by its name, that is one level down.
    pub(super) fn shrinks_of_fields(&self, place: Place, table: &std::collections::BTreeMap<Place, Operations>) -> Vec<Shrink> {
        let values = self.initial_values(place);
        let [value] = values.as_slice() else { return Vec::new() };
        let ExprKind::Object { props, .. } = self.ir.kind(*value) else { return Vec::new() };
        let mut found = Vec::new();
        for prop in self.ir.prop_list(props) {
            let PropKey::Name(name) = prop.key else { return Vec::new() };
            let Some(operations) = table.get(&self.project(place, Step::Field(name))) else { return Vec::new() };
            if operations.shrinks.is_empty() {
                return Vec::new();
            }
            found.extend(operations.shrinks.iter().map(|shrink| Shrink { level: shrink.level + 1, ..*shrink }));
        }
        found
    }

    /// Whether `this` or an alias of it is the owner in a function.
    fn has_this(&self, function: FnId, owner: Place) -> bool {
        let mut at = Some(function);
        while let Some(function) = at {
            if self.this_place(function) == owner {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }

    /// Whether nothing says which object a place belongs to.
    pub(super) fn is_unknown_object(&self, place: Place) -> bool {
        match self.root(place) {
            Root::UnknownThis(_) | Root::Value(_) => true,
            Root::Binding(binding) => {
                let is_open = matches!(self.ir[binding].kind, super::ir::BindingKind::Param(..) | super::ir::BindingKind::Catch);
                is_open || !self.is_module_level(binding) || self.split(place).is_some_and(|(owner, _)| !self.is_root(owner))
            }
            Root::Instance(_) => self.split(place).is_some_and(|(owner, _)| !self.is_root(owner)),
            _ => false,
        }
    }
}

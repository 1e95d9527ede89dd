//! Releases in a method of a class that nobody calls.

use super::Model;
use super::clearing::Armed;
use super::context::Region;
use super::ending::{Cleared, Ending};
use super::entity::{EntityKind, This};
use super::ir::{FnId, Ir, NameId};

impl Model<'_> {
    /// What is known of the clears of an interval if nobody calls the one method in which they stand; and whether only others may call it.
    pub(super) fn unless_uncalled(&self, cleared: Option<Cleared>, armed: &Armed<'_>) -> (Option<Cleared>, bool) {
        let uncalled = if cleared == Some(Cleared::Always) { self.uncalled_clear(armed) } else { None };
        match uncalled {
            Some((uncalled, true)) => (Some(uncalled), false),
            Some((_, false)) => (cleared, true),
            None => (cleared, false),
        }
    }

    fn uncalled_clear(&self, armed: &Armed<'_>) -> Option<(Cleared, bool)> {
        let id = self.instance_around(self.ir.function_of(armed.call))?;
        let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        // A base, a decorator: somebody else may call its methods.
        if self.entities.get(id).base.is_some() || !self.ir[class].decorators.is_empty() || self.component(id).is_some() {
            return None;
        }
        let first = armed.clears.first()?;
        let (name, method) = self.method_around(self.ir.function_of(first.at), id)?;
        let is_there = |at| self.method_around(self.ir.function_of(at), id).is_some_and(|(_, other)| other == method);
        if !armed.clears.iter().all(|clear| is_there(clear.at)) || !self.reads_of(name).is_empty() {
            return None;
        }
        let misses = Ending::Uncalled(self.ir.name(name).to_owned());
        let uncalled = Cleared::SomeEnds { span: self.ir.span(first.at), misses };
        if self.is_closed(id) {
            return Some((uncalled, true));
        }
        let is_dead = self.outside().is_some() && self.context(first.at, Region::Function(Ir::MODULE)).is_dead();
        Some((uncalled, is_dead))
    }

    /// The method of a class in which a function stands, if it is one that others may call.
    fn method_around(&self, function: FnId, id: super::entity::EntityId) -> Option<(NameId, FnId)> {
        let mut at = function;
        loop {
            let method = self.entities.memberships(at).iter().find(|&&(of, _, is_static)| of == id && !is_static);
            if let Some(&(_, name, _)) = method.filter(|_| self.entities.this_of(at) == This::Instance(id)) {
                let is_own = self.entities.get(id).constructor == Some(at) || self.is_private_member(id, name, false);
                return (!is_own).then_some((name, at));
            }
            at = self.ir[at].parent?;
        }
    }
}

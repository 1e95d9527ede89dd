//! Verbs with an opposite: who can add can remove, and the removal does not touch what was added.

use super::Model;
use super::entity::{EntityId, EntityKind};
use super::facts::{Shape, ShrinkKind};
use super::holding::{Grow, Operations};
use super::ir::{ExprId, ExprKind, FnId};
use super::place::{Place, Root};

impl Model<'_> {
    /// `addClient` grows it; `removeClient` exists and does not touch it.
    pub(super) fn dual_verb(&self, place: Place, operations: &Operations) -> Option<Shape> {
        match self.root(place) {
            Root::Instance(id) => operations.grows.iter().find_map(|grow| {
                let function = self.ir.function_of(grow.at);
                self.without_opposite(id, &self.function_name(function), function, grow, operations)
            }),
            Root::Binding(binding) if self.is_root(place) => {
                let maker = self.ir[self.ir[binding].scope].function;
                let mut given = self.entities.ids().filter(|&id| self.creates(maker, id) && self.is_given_out(id));
                given.find_map(|id| self.without_opposite_of_object(id, operations))
            }
            _ => None,
        }
    }

    /// Whether an object is what its function returns: a visitor with an `enter` and a `leave` is given to a call, and is gone when that has done its work.
    fn is_given_out(&self, id: EntityId) -> bool {
        let EntityKind::Object(object) = self.entities.get(id).kind else { return false };
        let is_returned = |at: ExprId| self.uses.parent(at).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Return(_)));
        let object = self.ir.objects[object.index()];
        let name = self.uses.parent(object).and_then(|parent| match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => Some(binding),
            _ => None,
        });
        is_returned(object) || name.is_some_and(|name| self.uses.refs(name).iter().any(|&at| is_returned(at)))
    }

    /// `return { add(listener) { ... }, remove() { ... } }` beside a local of the function around it.
    fn without_opposite_of_object(&self, id: EntityId, operations: &Operations) -> Option<Shape> {
        operations.grows.iter().find_map(|grow| {
            let grows = self.ir.function_of(grow.at);
            let mut verbs = self.entities.get(id).methods.iter().filter(|&(_, &function)| self.reaches(function, grows, 2));
            verbs.find_map(|(&name, &function)| self.without_opposite(id, self.ir.name(name), function, grow, operations))
        })
    }

    fn without_opposite(&self, id: EntityId, name: &str, verb: FnId, grow: &Grow, operations: &Operations) -> Option<Shape> {
        let opposites = opposite(name)?;
        // `start()` and `stop()` are of the whole, not of one entry.
        if name.starts_with("start") && self.ir[verb].params.is_empty() {
            return None;
        }
        let shrinks = |function| {
            let mut covering = operations.shrinks.iter().filter(|shrink| shrink.level <= grow.level);
            covering.any(|shrink| shrink.kind != ShrinkKind::WriteBack && self.reaches(function, self.ir.function_of(shrink.at), 2))
        };
        self.entities.get(id).methods.iter().find_map(|(&method, &function)| {
            let method = self.ir.name(method);
            let span = self.ir[function].name_span?;
            // `delete(path, handler) { this.add('DELETE', path, handler); }` of a router undoes nothing.
            let undoes =
                opposites.contains(&method.to_owned()) && !self.reaches(function, self.ir.function_of(grow.at), 2) && !shrinks(function);
            undoes.then(|| Shape::DualVerb { remove: method.to_owned(), span })
        })
    }
}

const OPPOSITES: &[(&str, &[&str])] = &[
    ("add", &["remove", "delete", "drop"]),
    ("register", &["unregister", "deregister"]),
    ("subscribe", &["unsubscribe"]),
    ("attach", &["detach"]),
    ("join", &["leave"]),
    ("connect", &["disconnect"]),
    ("open", &["close"]),
    ("acquire", &["release"]),
    ("track", &["untrack"]),
    ("watch", &["unwatch"]),
    ("mount", &["unmount"]),
    ("on", &["off"]),
    ("enter", &["exit", "leave"]),
    ("start", &["stop", "finish", "end"]),
    ("lock", &["unlock"]),
];

/// The names that a method which undoes another would have.
pub(super) fn opposite(name: &str) -> Option<Vec<String>> {
    let plain = name.trim_start_matches(['_', '#']);
    OPPOSITES.iter().find_map(|(verb, opposites)| {
        let rest = plain.strip_prefix(verb)?;
        (rest.is_empty() || rest.starts_with(char::is_uppercase))
            .then(|| opposites.iter().map(|opposite| format!("{opposite}{rest}")).collect())
    })
}

//! How a collection is used where it is named: read, grown, handed out.

use super::Model;
use super::facts::HandOut;
use super::ir::{ExprId, ExprKind};
use super::place::{Place, Root, Step};
use super::provenance::words;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Occurrence {
    Declared,
    Grown,
    Shrunk,
    /// A method or property of a Map, and one that only other collections have.
    ReadAsMap,
    Read,
    /// Handed to a function whose name says that it takes entries away.
    Cleaned,
    HandedOut(HandOut),
}

/// Those that make a text of what they get.
const TEXTS: &[&str] = &["stringify", "json", "log", "error", "warn", "info", "debug", "inspect", "trace", "dir", "table"];

/// Others of the language that keep nothing of what they get.
const PURE: &[&str] = &[
    "keys",
    "values",
    "entries",
    "isArray",
    "from",
    "String",
    "Boolean",
    "Number",
    "max",
    "min",
    "freeze",
    "fromEntries",
    "structuredClone",
    "isEmpty",
    "size",
    "format",
    "getOwnPropertyNames",
    "hasOwn",
    "hasOwnProperty",
    "call",
    "all",
    "allSettled",
    "race",
    "any",
    "get",
    "has",
    "equal",
    "deepEqual",
    "strictEqual",
    "ok",
    "expect",
    "assert",
    "json",
    "send",
    "write",
    "isMap",
    "isSet",
];

impl Model<'_> {
    /// Every expression that names a place, aliases included.
    pub fn occurrences(&self, place: Place) -> Vec<ExprId> {
        let mut found = match (self.split(place), self.root(place)) {
            (None, Root::Binding(binding)) => self.uses.refs(binding).to_vec(),
            (None, Root::Exports | Root::Global(_)) => {
                self.ir.expr_ids().filter(|&id| matches!(self.ir.kind(id), ExprKind::Ident(_)) && self.place(id) == Some(place)).collect()
            }
            (Some((_, Step::Field(name))), _) => {
                self.reads_of(name).iter().copied().filter(|&read| self.place(read) == Some(place)).collect()
            }
            (Some((_, Step::Keyed(binding))), _) => {
                let parents = self.uses.refs(binding).iter().filter_map(|&key| self.uses.parent(key));
                parents.filter(|&parent| self.place(parent) == Some(place)).collect()
            }
            _ => Vec::new(),
        };
        let direct = found.clone();
        for at in direct {
            self.alias_occurrences(at, place, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// `const m = this.cache`: the uses of `m`.
    fn alias_occurrences(&self, at: ExprId, place: Place, found: &mut Vec<ExprId>) {
        let Some(parent) = self.uses.parent(at) else { return };
        if let ExprKind::Init { binding, .. } = self.ir.kind(parent)
            && self.binding_place(binding) == place
            && self.root(place) != Root::Binding(binding)
        {
            found.extend_from_slice(self.uses.refs(binding));
        }
    }

    pub fn occurrence(&self, at: ExprId) -> Occurrence {
        let ir = self.ir;
        let Some(parent) = self.uses.parent(at) else {
            return Occurrence::HandedOut(HandOut::Exported);
        };
        match ir.kind(parent) {
            ExprKind::Assign { target, .. } if target == at => Occurrence::Declared,
            ExprKind::Assign { value, target, .. } if value == at => self.assigned(target),
            ExprKind::Init { .. } => Occurrence::Declared,
            ExprKind::Update { .. } => Occurrence::Read,
            ExprKind::Member { property, .. } => self.member_occurrence(parent, ir.name(property)),
            ExprKind::Index { object, .. } if object == at => match self.uses.parent(parent).map(|outer| ir.kind(outer)) {
                Some(ExprKind::Assign { target, .. } | ExprKind::Update { target, .. }) if target == parent => Occurrence::Grown,
                Some(ExprKind::Unary(super::ir::UnaryOp::Delete, _)) => Occurrence::Shrunk,
                _ => Occurrence::Read,
            },
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } if callee != at => self.argument_occurrence(parent, callee),
            ExprKind::Return(_) | ExprKind::Yield(_) => Occurrence::HandedOut(HandOut::Returned),
            ExprKind::Object { .. } if self.is_exported_value(at) => Occurrence::HandedOut(HandOut::Exported),
            ExprKind::Object { .. } | ExprKind::Array(_) if self.becomes_text(parent) => Occurrence::Read,
            ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::Jsx { .. } => Occurrence::HandedOut(HandOut::Stored),
            ExprKind::Logical(..) | ExprKind::Conditional(..) => match self.uses.parent(parent).map(|outer| ir.kind(outer)) {
                Some(ExprKind::Return(_)) => Occurrence::HandedOut(HandOut::Returned),
                _ => Occurrence::Read,
            },
            _ => Occurrence::Read,
        }
    }

    /// `JSON.stringify({ sessions })`, `res.json({ sessions })`: the text of it has what the collection had.
    fn becomes_text(&self, mut literal: ExprId) -> bool {
        while let Some(parent) = self.uses.parent(literal) {
            match self.ir.kind(parent) {
                ExprKind::Object { .. } | ExprKind::Array(_) => literal = parent,
                ExprKind::Call { callee, .. } if callee != literal => {
                    return self.callee_name(callee).is_some_and(|name| TEXTS.contains(&name)) && self.callee_function(parent).is_none();
                }
                _ => return false,
            }
        }
        false
    }

    fn assigned(&self, target: ExprId) -> Occurrence {
        if self.place(target).is_some_and(|place| self.root(place) == Root::Exports) {
            return Occurrence::HandedOut(HandOut::Exported);
        }
        match self.ir.kind(target) {
            ExprKind::Ident(_) => Occurrence::Read,
            _ => Occurrence::HandedOut(HandOut::Stored),
        }
    }

    fn member_occurrence(&self, member: ExprId, name: &str) -> Occurrence {
        let is = |list: &[String]| list.iter().any(|one| one == name);
        let called =
            self.uses.parent(member).is_some_and(|call| matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == member));
        if called && (is(&self.apis.grow.keyed) || is(&self.apis.grow.element)) {
            return Occurrence::Grown;
        }
        if called && (is(&self.apis.shrink.one) || is(&self.apis.shrink.all)) {
            return Occurrence::Shrunk;
        }
        match name {
            "get" | "has" | "size" => Occurrence::ReadAsMap,
            "length"
                if self
                    .uses
                    .parent(member)
                    .is_some_and(|outer| matches!(self.ir.kind(outer), ExprKind::Assign { target, .. } if target == member)) =>
            {
                Occurrence::Shrunk
            }
            _ => Occurrence::Read,
        }
    }

    fn argument_occurrence(&self, call: ExprId, callee: ExprId) -> Occurrence {
        // What a function of this file does with it is seen there; it keeps it only if it stores it.
        if self.callee_function(call).is_some() {
            return Occurrence::Read;
        }
        let Some(name) = self.callee_name(callee) else { return Occurrence::HandedOut(HandOut::Argument) };
        let words = words(name);
        if words.iter().any(|word| self.apis.cleaners.words.contains(word)) {
            return Occurrence::Cleaned;
        }
        if PURE.contains(&name)
            || TEXTS.contains(&name)
            || matches!(self.ir.kind(call), ExprKind::New { .. }) && matches!(name, "Map" | "Set" | "Array")
        {
            return Occurrence::Read;
        }
        Occurrence::HandedOut(HandOut::Argument)
    }
}

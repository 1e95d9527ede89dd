//! Removals that match by how the program is made: taken from a list of receivers, passed through a pair of wrappers, done on the next turn of a switch.

use super::super::Model;
use super::super::apis::Duplicates;
use super::super::calls::How;
use super::super::index::written_value;
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId, When};
use super::super::place::{Place, Root};
use super::{Removal, Site};

/// A branch that was taken.
#[derive(PartialEq, Eq)]
struct Branch {
    subject: ExprId,
    taken: Taken,
}

#[derive(PartialEq, Eq)]
enum Taken {
    If(bool),
    Case(ExprId),
}

impl Model<'_> {
    pub fn has_option(&self, options: Option<ExprId>, wanted: &str) -> bool {
        let options = options.map(|options| match self.ir.binding_of(options).map(|binding| self.uses.writes(binding)) {
            Some([write]) => super::super::index::written_value(self.ir, *write).unwrap_or(options),
            _ => options,
        });
        let Some(ExprKind::Object { props, .. }) = options.map(|options| self.ir.kind(options)) else { return false };
        self.ir.prop_list(props).iter().any(|prop| match prop.key {
            super::super::ir::PropKey::Name(name) => {
                self.ir.name(name) == wanted && !matches!(self.ir.kind(prop.value), ExprKind::Bool(false))
            }
            _ => false,
        })
    }

    /// `targets.push(node); node.addEventListener(...)`, and `targets.forEach(one => one.removeEventListener(...))`.
    pub(super) fn is_taken_from_list(&self, place: Place, removed_from: ExprId) -> bool {
        let Root::Binding(receiver) = self.root(place) else { return false };
        let Some(list) = self.list_of_item(removed_from).filter(|_| self.is_root(place)) else { return false };
        self.uses.refs(receiver).iter().any(|&at| {
            let Some(call) = self.uses.parent(at) else { return false };
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
                if callee != at && matches!(self.ir.name(property), "push" | "unshift" | "add") && self.place(object) == Some(list))
        })
    }

    /// The list that a loop's variable or an iteration's parameter goes through.
    fn list_of_item(&self, item: ExprId) -> Option<Place> {
        let binding = self.ir.binding_of(item)?;
        if let BindingKind::Param(function, index) = self.ir[binding].kind {
            return self.place(self.element_source(function, index)?);
        }
        self.uses.writes(binding).iter().find_map(|&write| match self.ir.kind(written_value(self.ir, write)?) {
            ExprKind::Element(list) => self.place(list),
            _ => None,
        })
    }

    /// `addShortcut(key, handler)` and `removeShortcut(key, handler)`: two functions that pass on what they are given. Who calls the one has the other.
    pub(super) fn are_paired_wrappers(&self, site: &Site<'_>, removal: &Removal) -> bool {
        let passed = |value: ExprId| match self.ir[self.ir.binding_of(value)?].kind {
            BindingKind::Param(function, index) => Some((function, index)),
            _ => None,
        };
        let (Some((adds, own)), Some((removes, theirs))) = (passed(site.handler), removal.handler.and_then(passed)) else { return false };
        let is_offered = |function: FnId| {
            self.callers(function)
                .iter()
                .any(|caller| matches!(caller.how, How::Called | How::Exported | How::PublicMethod(..) | How::Returned))
        };
        adds != removes
            && own == theirs
            && self.ir.function_of(site.call) == adds
            && self.ir.function_of(removal.call) == removes
            && is_offered(removes)
    }

    /// `if (on && !was) add(this.move); if (!on && was) remove(this.move)`: a switch, on an emitter that keeps the same function once.
    pub(super) fn is_switch(&self, site: &Site<'_>, removal: ExprId) -> bool {
        let (own, theirs) = (self.branches(site.call), self.branches(removal));
        let differs = |one: &[Branch], other: &[Branch]| one.iter().any(|branch| !other.contains(branch));
        site.api.duplicates == Duplicates::Ignored
            && !self.handler(site.handler, false).fresh
            && differs(&own, &theirs)
            && differs(&theirs, &own)
    }

    /// `if (on) add(this.move); else remove(this.move)`: what one run of the function adds another one takes off.
    pub(super) fn is_for_other_run(&self, site: &Site<'_>, removal: &Removal) -> bool {
        let function = self.ir.function_of(site.call);
        let is_of_run = |value: ExprId| match self.ir.kind(value) {
            ExprKind::Function(_) => true,
            _ => self.ir.binding_of(value).is_some_and(|binding| self.ir[self.ir[binding].scope].function == function),
        };
        let excludes = |one: &Branch, other: &Branch| one.subject == other.subject && one.taken != other.taken;
        let theirs = self.branches(removal.call);
        self.ir.function_of(removal.call) == function
            && self.branches(site.call).iter().any(|one| theirs.iter().any(|other| excludes(one, other)))
            && !removal.handler.is_some_and(|_| is_of_run(site.handler))
    }

    /// The branches that control has taken wherever it comes to a place.
    fn branches(&self, at: ExprId) -> Vec<Branch> {
        let guards = self.flow(self.ir.function_of(at)).guards(self.ir, self.ir[at].block);
        let branches = guards.into_iter().filter_map(|guard| match guard.when {
            When::True(subject) => Some(Branch { subject, taken: Taken::If(true) }),
            When::False(subject) => Some(Branch { subject, taken: Taken::If(false) }),
            When::Case(subject, test) => Some(Branch { subject, taken: Taken::Case(test) }),
            _ => None,
        });
        branches.collect()
    }

    /// A variable of the module that this call has given a new object, on every way to the registration.
    pub(super) fn is_renewed(&self, place: Place, site: ExprId) -> bool {
        let Root::Binding(binding) = self.root(place) else { return false };
        self.is_root(place)
            && self.is_module_level(binding)
            && self.uses.writes(binding).iter().any(|&write| {
                let function = self.ir.function_of(write);
                let is_new = written_value(self.ir, write).is_some_and(|value| matches!(self.ir.kind(value), ExprKind::New { .. }));
                is_new
                    && function != super::super::ir::Ir::MODULE
                    && write < site
                    && self
                        .seen_from(site, function)
                        .is_some_and(|at| self.flow(function).dominates(self.ir[write].block, self.ir[at].block))
            })
    }

    /// The expression of `function` in which a site stands: itself, or the closure around it.
    pub(in crate::model) fn seen_from(&self, site: ExprId, function: FnId) -> Option<ExprId> {
        let mut at = site;
        while self.ir.function_of(at) != function {
            at = self.ir[self.ir.function_of(at)].expr?;
        }
        Some(at)
    }
}

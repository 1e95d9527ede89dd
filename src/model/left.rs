//! States that are left for good, for guards in other files: `if (hub.isStarted()) return;`, `if (hub.status !== Status.New) return;`.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::ir::{BinaryOp, ExprId, ExprKind, FnId, Ir, When};
use super::place::{Place, Root};
use super::summaries::Summary;

/// A state that a place has before anything happens, and never again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// Nothing, or false.
    Unset,
    /// As it is written.
    State(String),
}

/// A condition that holds only while something of another file has this state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub module: String,
    pub path: AccessPath,
    pub state: Left,
}

impl Model<'_> {
    /// What a condition asks of other files, if it comes out that way.
    pub(super) fn asked_elsewhere(&self, when: When) -> Option<Asked> {
        let (condition, wanted) = when.condition()?;
        self.decided(condition, wanted).into_iter().find_map(|(part, wanted)| {
            let (asked, state) = match (self.ir.kind(part), wanted) {
                (ExprKind::Member { .. } | ExprKind::Call { .. }, false) => (part, Left::Unset),
                (ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, asked, state), true)
                | (ExprKind::Binary(BinaryOp::NotEq | BinaryOp::StrictNotEq, asked, state), false) => {
                    (asked, Left::State(self.state(state)?))
                }
                _ => return None,
            };
            let named = match self.ir.kind(asked) {
                ExprKind::Call { callee, args, .. } => self.ir.list(args).is_empty().then_some(callee)?,
                ExprKind::Member { .. } => asked,
                _ => return None,
            };
            let (module, path) = self.imported(named).filter(|(_, path)| !path.is_empty())?;
            Some(Asked { module: module.to_owned(), path, state })
        })
    }

    /// Whether a condition holds one time, as another file says.
    pub(super) fn is_left_elsewhere(&self, when: When) -> bool {
        let Some(outside) = self.outside() else { return false };
        self.asked_elsewhere(when)
            .is_some_and(|asked| outside.summary(&asked.module, &asked.path).is_some_and(|known| known.left.as_ref() == Some(&asked.state)))
    }

    /// The state that what a function tells has before anything happens: `isReady() { return this.ready; }`.
    pub(super) fn left_by(&self, function: FnId) -> Option<Left> {
        let &[only] = self.uses.returns(function) else { return None };
        let ExprKind::Return(Some(told)) = self.ir.kind(only) else { return None };
        if !self.ir[function].params.is_empty() {
            return None;
        }
        self.left(self.place(told)?)
    }

    /// The same of fields of what this file offers.
    pub(super) fn left_fields(&self) -> Vec<Summary> {
        let target = |&write: &ExprId| match self.ir.kind(write) {
            ExprKind::Assign { target, .. } => self.place(target),
            _ => None,
        };
        let mut seen = FxHashSet::default();
        let places = self.uses.member_writes.iter().filter_map(target).filter(|&place| !self.is_root(place) && seen.insert(place));
        let summary = |place: Place| {
            let left = self.left(place)?;
            let paths = self.paths_of_place(place);
            (!paths.is_empty()).then(|| Summary { paths, left: Some(left), ..Summary::default() })
        };
        places.filter_map(summary).collect()
    }

    fn left(&self, place: Place) -> Option<Left> {
        let is_lasting = match self.root(place) {
            Root::Binding(binding) => self.ir[self.ir[binding].scope].function == Ir::MODULE,
            Root::Instance(_) => !self.is_root(place),
            _ => false,
        };
        let instance = self.instance_of(place);
        let all = if is_lasting { self.writes_of(place) } else { Vec::new() };
        let (initial, later): (Vec<ExprId>, Vec<ExprId>) = all.into_iter().partition(|&write| self.is_initial(write, instance));
        let values: Vec<ExprId> = self.initial_values(place);
        let first =
            values.iter().copied().find(|&value| !later.iter().any(|&write| super::index::written_value(self.ir, write) == Some(value)));
        let written = |write: &ExprId| super::index::written_value(self.ir, *write);
        if later.is_empty() || initial.len() > 1 {
            return None;
        }
        let is_unset = first.is_none_or(|value| self.is_nothing(value) || matches!(self.ir.kind(value), ExprKind::Bool(false)));
        if is_unset {
            return later.iter().all(|write| written(write).is_some_and(|value| self.is_something(value))).then_some(Left::Unset);
        }
        let state = self.state(first?)?;
        later
            .iter()
            .all(|write| written(write).and_then(|value| self.state(value)).is_some_and(|other| other != state))
            .then_some(Left::State(state))
    }
}

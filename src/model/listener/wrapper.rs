//! What wraps an element of the page: `$(window)`, `angular.element($window)`.

use super::super::Model;
use super::super::apis::ListenerApi;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::{ExprId, ExprKind};
use super::super::place::{Place, Root};
use super::receiver::{Held, MODULE};

/// Parts of a document of which there is one.
const WHOLE: &[&str] = &["html", "body", "html, body", "body, html", "html,body", "body,html"];
/// Wrappers followed to what they wrap.
const DEPTH: u32 = 4;

impl Model<'_> {
    pub(super) fn wraps_element(&self, callee: ExprId) -> bool {
        matches!(self.callee_name(callee), Some("$" | "jQuery")) || self.expr_text(callee) == "angular.element"
    }

    /// `$(window).bind('resize', draw)`: verbs that mean other things elsewhere.
    pub(super) fn registration_on_wrapper(&self, verb: &str, object: ExprId) -> Option<(&ListenerApi, bool)> {
        let is_one = |list: &[String]| list.iter().any(|one| one == verb);
        let mut apis = self.apis.listeners.iter().filter(|api| api.wrapped);
        let api = apis.find(|api| is_one(&api.register) || is_one(&api.once))?;
        self.is_wrapper(object).then(|| (api, is_one(&api.once)))
    }

    pub(super) fn is_release_on_wrapper(&self, verb: &str, object: ExprId) -> bool {
        let mut apis = self.apis.listeners.iter().filter(|api| api.wrapped);
        apis.any(|api| api.release.iter().any(|one| one == verb)) && self.is_wrapper(object)
    }

    pub(super) fn is_wrapper(&self, object: ExprId) -> bool {
        self.place(object).is_some_and(|place| self.argument_of_wrapper(place).is_some())
    }

    /// `$(document)`, `angular.element($window)`: what is wrapped lives as long as the page.
    pub(super) fn page_in_wrapper(&self, value: ExprId, site: ExprId, depth: u32) -> Option<Held> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(value) else { return None };
        let target = *self.ir.list(args).first().filter(|_| self.wraps_element(callee))?;
        self.place(target).map(|target| self.held_within(target, site, depth)).filter(|held| held.kind == Kind::Page)
    }

    /// The same for a component, which comes and goes beside `$('body')`, and beside what a local name stands for: `const page = $(window)`.
    /// Elsewhere these say little: of two alerts that were read, both were on what runs once a page.
    pub(super) fn page_beside_component(&self, place: Place, site: ExprId) -> Option<Held> {
        let target = self.argument_of_wrapper(place)?;
        if self.string(target).is_some_and(|selector| WHOLE.contains(&selector)) {
            return Some(Held::new(Kind::Page, Certainty::Proved, self.declared_at(place), MODULE));
        }
        self.place(target).map(|target| self.held_within(target, site, DEPTH)).filter(|held| held.kind == Kind::Page)
    }

    /// `$(document)` here and there.
    pub(super) fn is_same_wrapper(&self, place: Place, other: Place) -> bool {
        let selector = |place: Place| self.argument_of_wrapper(place).and_then(|target| self.string(target));
        self.wrapped(place).is_some_and(|target| self.wrapped(other) == Some(target))
            || selector(place).is_some_and(|own| selector(other) == Some(own))
    }

    /// What is wrapped, else the place itself.
    pub(super) fn unwrapped(&self, place: Place) -> Place {
        self.wrapped(place).unwrap_or(place)
    }

    fn wrapped(&self, place: Place) -> Option<Place> {
        self.place(self.argument_of_wrapper(place)?)
    }

    fn argument_of_wrapper(&self, place: Place) -> Option<ExprId> {
        let value = match self.root(place) {
            Root::Value(value) => value,
            Root::Binding(_) => match self.initial_values(place)[..] {
                [value] => value,
                _ => return None,
            },
            _ => return None,
        };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(value) else { return None };
        self.ir.list(args).first().copied().filter(|_| self.is_root(place) && self.wraps_element(callee))
    }
}

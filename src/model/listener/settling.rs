//! Handlers that settle a promise of the call which adds them: the listener has no work left once something else has settled it.

use super::super::Model;
use super::super::ir::{ExprId, ExprKind, FnId};
use super::super::place::Root;
use super::super::registration::Handler;
use super::Site;

impl Model<'_> {
    /// What a handler keeps of the call that adds it, where nothing takes it off.
    pub(super) fn tell_work(&self, handler: &mut Handler, site: &Site<'_>, is_released: bool) {
        let is_settler = self.is_settler(site);
        handler.fresh |= is_settler;
        if !is_released {
            handler.keeps_work = is_settler || self.closure(site.handler).is_some_and(|function| self.keeps_work(function));
            handler.outlives_promise = self.may_outlive_promise(site);
        }
    }

    /// Whether the promise is settled while the listener stays: by itself, or because something else may settle it first.
    fn may_outlive_promise(&self, site: &Site<'_>) -> bool {
        let Some(executor) = self.executor_around(self.ir.function_of(site.call)) else { return false };
        self.is_never_replaced(site.object) && (self.may_lose(site, executor) || self.only_settles(site, executor))
    }

    /// `queue.on('drain', () => resolve())`: once the event has come, there is nothing left to do, at each one that follows.
    fn only_settles(&self, site: &Site<'_>, executor: FnId) -> bool {
        let comes_again = |event: ExprId| self.string(event).is_some_and(|event| !self.apis.events.once.contains(event));
        if site.once || self.has_option(site.options, "once") || !site.event.is_some_and(comes_again) {
            return false;
        }
        let Some(handler) = self.closure(site.handler) else { return self.is_own_resolver(site.handler, executor) };
        let mut calls = self.uses.calls.iter().filter(|&&call| self.ir.function_of(call) == handler).peekable();
        let settles =
            |call: &ExprId| matches!(self.ir.kind(*call), ExprKind::Call { callee, .. } if self.is_own_resolver(callee, executor));
        let writes = self.uses.assignments.iter().chain(&self.uses.member_writes).any(|&write| self.ir.function_of(write) == handler);
        calls.peek().is_some() && calls.all(settles) && !writes
    }

    /// Whether something else may settle the promise first: another handler, a callback, an answer.
    fn may_lose(&self, site: &Site<'_>, executor: FnId) -> bool {
        let handler = self.closure(site.handler);
        let settles = self.is_own_resolver(site.handler, executor) || handler.is_some_and(|own| self.settles_by(own, executor).is_some());
        let is_handed_on = |at: ExprId| {
            self.uses.parent(at).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Call { callee, .. } if callee != at))
        };
        let is_other = |at: ExprId| {
            let function = self.ir.function_of(at);
            let is_handler = at == site.handler || handler.is_some_and(|own| self.is_inside(function, own));
            // What the executor does itself is done before anything comes.
            !is_handler && (function != executor || is_handed_on(at))
        };
        settles
            && self.ir[executor]
                .params
                .iter()
                .filter_map(|param| param.binding)
                .any(|resolver| self.uses.refs(resolver).iter().any(|&at| is_other(at)))
    }

    /// Nothing else is put in the emitter's place, so that a later call finds the same one.
    fn is_never_replaced(&self, object: ExprId) -> bool {
        match self.place(object).map(|place| (self.is_root(place), self.root(place), place)) {
            Some((true, Root::Binding(binding), _)) => self.uses.writes(binding).len() <= 1,
            Some((false, _, place)) => self.initial_values(place).len() <= 1,
            Some(_) => true,
            None => false,
        }
    }

    pub(super) fn executor_around(&self, mut function: FnId) -> Option<FnId> {
        while !self.is_promise_executor(function) {
            function = self.ir[function].parent?;
        }
        Some(function)
    }
}

//! Listeners of the process that a call adds for the time of one piece of work: whether the work ends while the process goes on.

use super::super::Model;
use super::super::entity::This;
use super::super::facts::{Certainty, NearMiss, NearMissWhy, ReceiverKind};
use super::super::index::written_value;
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir};
use super::super::place::{Place, Root};
use super::{Candidate, Site};

impl Model<'_> {
    /// Where the work of the call ends, while its listener stays: the handler is there to end it early.
    pub(super) fn outlives_its_work(&self, candidate: &Candidate<'_>) -> Option<NearMiss> {
        let site = &candidate.site;
        if candidate.held.kind != ReceiverKind::Process {
            return None;
        }
        let handler = self.closure(site.handler)?;
        let ends = self
            .torn_down(site, handler)
            .or_else(|| self.ended_otherwise(site, handler))
            .or_else(|| self.told_otherwise(site, handler))
            .or_else(|| self.ready_again(site, handler))?;
        Some(NearMiss { span: self.ir.span(ends), file: None, why: NearMissWhy::WorkEnds })
    }

    /// `process.once('SIGINT', () => this.abort()); try { await this.work(); } finally { await this.teardown(); }`.
    fn torn_down(&self, site: &Site<'_>, handler: FnId) -> Option<ExprId> {
        let function = self.ir.function_of(site.call);
        if !self.captures_this(handler) || !self.is_of_many(function) {
            return None;
        }
        self.uses.calls.iter().copied().find(|&call| {
            call > site.call
                && self.ir.function_of(call) == function
                && self.ir[self.ir[call].block].in_finally
                && self.is_own_teardown(call)
        })
    }

    /// A method of what there may be more than one of.
    fn is_of_many(&self, function: FnId) -> bool {
        matches!(self.entities.this_of(function), This::Instance(id)
            if !self.is_object(id) && self.instance_life(id).certainty != Certainty::Short)
    }

    /// `this.teardown()`.
    fn is_own_teardown(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
        matches!(self.ir.kind(object), ExprKind::This) && self.apis.teardown.methods.contains(self.ir.name(property))
    }

    /// `process.on('SIGINT', () => pool.end()); return work(pool).finally(() => pool.end())`: what the handler ends, the end of the work ends as well.
    fn ended_otherwise(&self, site: &Site<'_>, handler: FnId) -> Option<ExprId> {
        let around = self.work_around(site);
        let ends: Vec<Place> =
            self.calls_in(handler).filter_map(|call| self.ended_by(call)).filter(|&made| self.is_made_by_call_of(made, around)).collect();
        self.calls_in(around).find(|&call| {
            let function = self.ir.function_of(call);
            !self.is_inside(function, handler)
                && self.ended_by(call).is_some_and(|made| ends.contains(&made))
                && self.is_when_done(call, site)
                && !self.ends_process(function)
        })
    }

    /// The function whose calls are the pieces of work: what waits for a promise in it is a part of it.
    fn work_around(&self, site: &Site<'_>) -> FnId {
        let mut function = self.ir.function_of(site.call);
        while self.reaction_verb(function).is_some() || self.is_promise_executor(function) {
            match self.ir[function].parent {
                Some(parent) if parent != Ir::MODULE => function = parent,
                _ => break,
            }
        }
        function
    }

    fn calls_in(&self, function: FnId) -> impl Iterator<Item = ExprId> {
        self.uses.calls.iter().copied().filter(move |&call| self.is_inside(self.ir.function_of(call), function))
    }

    /// What a call ends: `pool` of `pool.end()`, `farm.end(pool)`.
    fn ended_by(&self, call: ExprId) -> Option<Place> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        if !self.callee_name(callee).is_some_and(|verb| self.apis.teardown.methods.contains(verb)) {
            return None;
        }
        let given = self.ir.list(args).iter().copied().filter(|&arg| self.ir.binding_of(arg).is_some() && !self.is_function(arg));
        let of = match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        given.chain(of).find_map(|value| self.place(value).filter(|&place| self.is_root(place) && self.made_by_name(place).is_some()))
    }

    /// What a local variable was given, where that was made for it.
    fn made_by_name(&self, place: Place) -> Option<ExprId> {
        let Root::Binding(binding) = self.root(place) else { return None };
        let is_made = |value: &ExprId| matches!(self.ir.kind(*value), ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_));
        self.uses.writes(binding).iter().filter_map(|&write| written_value(self.ir, write)).find(is_made)
    }

    fn is_made_by_call_of(&self, place: Place, function: FnId) -> bool {
        self.made_by_name(place).is_some_and(|value| self.is_inside(self.ir.function_of(value), function))
    }

    /// Whether a call is made once the work is done: where a promise is settled, behind what is waited for, or at the event of an end.
    fn is_when_done(&self, call: ExprId, site: &Site<'_>) -> bool {
        let function = self.ir.function_of(call);
        let is_waited_for = |at: &ExprId| *at > site.call && *at < call && self.ir.function_of(*at) == function;
        match self.reaction_verb(function) {
            Some(verb) => verb != "catch",
            None if function == self.ir.function_of(site.call) => {
                self.ir[self.ir[call].block].in_finally
                    || self.ir.exprs_around(function).any(|at| matches!(self.ir.kind(at), ExprKind::Await(_)) && is_waited_for(&at))
            }
            None => self.is_end_of_another(function),
        }
    }

    /// The verb by which a function waits for a promise.
    fn reaction_verb(&self, function: FnId) -> Option<&str> {
        let expr = self.ir[function].expr?;
        let ExprKind::Call { callee, .. } = self.ir.kind(self.uses.parent(expr)?) else { return None };
        match self.ir.kind(callee) {
            ExprKind::Member { property, .. } => Some(self.ir.name(property)).filter(|verb| matches!(*verb, "then" | "catch" | "finally")),
            _ => None,
        }
    }

    /// The handler of an event with which something else than the process ends; a failure is rare, and ends the program, mostly.
    fn is_end_of_another(&self, function: FnId) -> bool {
        let Some(site) = self.ir[function].expr.and_then(|expr| self.uses.parent(expr)).and_then(|call| self.site(call)) else {
            return false;
        };
        let is_end =
            site.event.and_then(|event| self.string(event)).is_some_and(|event| event != "error" && self.apis.events.ends.contains(event));
        is_end && self.ir.global_of(site.object) != Some("process")
    }

    /// `await browser.close(); process.exit()`.
    fn ends_process(&self, function: FnId) -> bool {
        self.uses.calls.iter().any(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            self.ir.function_of(call) == function
                && matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. }
                    if self.ir.name(property) == "exit" && self.ir.global_of(object) == Some("process"))
        })
    }

    /// `function build(config, done) { run(() => done()); process.on('SIGINT', () => done('stopped')); }`: who waits for the work is told of its end.
    fn told_otherwise(&self, site: &Site<'_>, handler: FnId) -> Option<ExprId> {
        let around = self.work_around(site);
        let told = |call: ExprId| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let binding = self.ir.binding_of(callee)?;
            matches!(self.ir[binding].kind, BindingKind::Param(of, _) if of == around).then_some(binding)
        };
        let waiting: Vec<_> = self.calls_in(handler).filter_map(told).collect();
        self.calls_in(around).find(|&call| {
            let function = self.ir.function_of(call);
            told(call).is_some_and(|binding| waiting.contains(&binding))
                && function != around
                && !self.is_inside(function, handler)
                && !self.is_handler_of_process(function)
        })
    }

    fn is_handler_of_process(&self, function: FnId) -> bool {
        let expr = self.ir[function].expr.and_then(|expr| self.uses.parent(expr));
        expr.and_then(|call| self.site(call)).is_some_and(|site| self.ir.global_of(site.object) == Some("process"))
    }

    /// Whether what lets a listener of the process be added one time is taken back when the work of the call has ended.
    pub(super) fn is_ready_again(&self, candidate: &Candidate<'_>) -> bool {
        let site = &candidate.site;
        candidate.held.kind == ReceiverKind::Process
            && self.closure(site.handler).is_some_and(|handler| self.ready_again(site, handler).is_some())
    }

    /// `this.child = spawn(); this.child.on('close', () => { this.child = null; })`: with the end of the one, the object is ready for another one.
    fn ready_again(&self, site: &Site<'_>, handler: FnId) -> Option<ExprId> {
        let function = self.ir.function_of(site.call);
        let this = self.this_place(function);
        if !self.is_of_many(function) || !self.is_named_in(handler, this) {
            return None;
        }
        let writes: Vec<(ExprId, Place, ExprId)> = self
            .uses
            .member_writes
            .iter()
            .filter_map(|&write| match self.ir.kind(write) {
                ExprKind::Assign { target, value, .. } => Some((write, self.place(target)?, value)),
                _ => None,
            })
            .filter(|&(_, target, _)| self.split(target).is_some_and(|(of, _)| of == this))
            .collect();
        let is_made = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_));
        let is_begun =
            |field: Place| writes.iter().any(|&(at, of, value)| of == field && self.ir.function_of(at) == function && is_made(value));
        let is_over = |&&(at, field, value): &&(ExprId, Place, ExprId)| {
            let ending = self.ir.function_of(at);
            self.is_nothing(value) && self.is_inside(ending, function) && self.is_end_of_another(ending) && is_begun(field)
        };
        writes.iter().find(is_over).map(|&(at, _, _)| at)
    }

    /// Whether a closure uses something, under whatever name.
    fn is_named_in(&self, closure: FnId, wanted: Place) -> bool {
        self.ir.exprs_around(closure).any(|at| {
            matches!(self.ir.kind(at), ExprKind::This | ExprKind::Ident(_))
                && self.is_inside(self.ir.function_of(at), closure)
                && self.place(at) == Some(wanted)
        })
    }
}

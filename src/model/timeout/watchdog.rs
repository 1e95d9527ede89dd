//! A timer that looks whether work is done, and that nobody tells when it is.

use rustc_hash::FxHashSet;

use super::super::Model;
use super::super::clearing::Armed;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, UnaryOp, When};
use super::super::place::{Place, Root, Step};
use super::super::provenance::words;
use super::fact::TimeoutShape;

/// Words that say that a piece of work has ended.
const ENDED: &[&str] = &[
    "resolved",
    "settled",
    "done",
    "finished",
    "exited",
    "exit",
    "ended",
    "closed",
    "destroyed",
    "killed",
    "completed",
    "complete",
    "responded",
    "sent",
    "fulfilled",
    "answered",
    "aborted",
    "cancelled",
    "canceled",
    "acked",
    "handled",
    "state",
];

impl Model<'_> {
    /// Everything that the callback does is under a condition on the state of something of this call.
    pub(super) fn watchdog(&self, armed: &Armed<'_>) -> Option<TimeoutShape> {
        let callback = armed.callback.filter(|_| armed.is_dropped() && armed.clears.is_empty())?;
        if self.comes_back(callback, self.ir.function_of(armed.call)) || self.is_put_off(armed.call, callback) {
            return None;
        }
        let condition = self.only_condition(callback)?;
        if self.is_set_by_waiter(condition, armed.call) {
            return None;
        }
        let watched = self.watched_flag(condition, callback)?;
        let name = self.state_name(condition)?;
        let is_end = words(&name).iter().any(|word| ENDED.contains(&word.as_str()));
        (is_end && self.is_of_call(watched, armed.call)).then_some(TimeoutShape::Watchdog { state: name })
    }

    /// `tip.state = 'in'; setTimeout(() => { if (tip.state === 'in') tip.show(); }, delay)`: it asks whether anybody has changed his mind, not whether work is
    /// done: who waits says himself what he waits for.
    fn is_set_by_waiter(&self, condition: ExprId, call: ExprId) -> bool {
        let function = self.ir.function_of(call);
        self.any_part(condition, &|part| {
            let is_state = matches!(self.ir.kind(part), ExprKind::Member { .. } | ExprKind::Ident(_));
            let place = self.place(part).filter(|_| is_state);
            place.is_some_and(|place| self.writes_of(place).into_iter().any(|write| self.ir.function_of(write) == function))
        })
    }

    /// `if (delay) setTimeout(() => { if (!job.ended) job.end(); }, delay); else job.end();`: the timer does the work, later.
    fn is_put_off(&self, call: ExprId, callback: FnId) -> bool {
        let function = self.ir.function_of(call);
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        let Some(delay) = self.ir.list(args).get(1).and_then(|&delay| self.place(delay)) else { return false };
        let flow = self.flow(function);
        let asks = |condition: ExprId| self.place(condition) == Some(delay);
        let is_asked_for = |when: When| matches!(when, When::True(condition) if asks(condition));
        let is_not_asked_for = |when: When| matches!(when, When::False(condition) if asks(condition));
        if !flow.guards(self.ir, self.ir[call].block).iter().any(|guard| is_asked_for(guard.when)) {
            return false;
        }
        let called = |at: ExprId| if let ExprKind::Call { callee, .. } = self.ir.kind(at) { self.place(callee) } else { None };
        let calls = |within: &dyn Fn(FnId) -> bool| -> Vec<ExprId> {
            self.uses.calls.iter().copied().filter(|&at| within(self.ir.function_of(at)) && called(at).is_some()).collect()
        };
        let at_once = calls(&|of| of == function);
        let is_now = |now: ExprId| flow.guards(self.ir, self.ir[now].block).iter().any(|guard| is_not_asked_for(guard.when));
        let later = calls(&|of| self.is_inside(of, callback));
        later.iter().any(|&late| at_once.iter().any(|&now| called(now) == called(late) && is_now(now)))
    }

    /// The condition under which alone a callback does anything.
    fn only_condition(&self, callback: FnId) -> Option<ExprId> {
        let entry = self.ir[callback].entry;
        let conditions: FxHashSet<ExprId> = self.ir[entry]
            .edges
            .iter()
            .filter_map(|edge| match edge.when {
                When::True(condition) | When::False(condition) => Some(condition),
                _ => None,
            })
            .collect();
        let mut conditions = conditions.into_iter();
        let (Some(condition), None) = (conditions.next(), conditions.next()) else { return None };
        // Beside the condition itself nothing is called before it.
        let is_before = |call: &ExprId| self.ir[*call].block == entry && !self.ir.span(condition).contains(self.ir.span(*call));
        (!self.uses.calls.iter().any(is_before)).then_some(condition)
    }

    /// What a condition asks about: the object whose member it reads, or that it gives to a function.
    fn watched_flag(&self, condition: ExprId, callback: FnId) -> Option<BindingId> {
        let outer = |binding: &BindingId| !self.is_inside(self.ir[self.ir[*binding].scope].function, callback);
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.watched_flag(operand, callback),
            ExprKind::Binary(_, left, _) | ExprKind::Logical(_, left, _) => self.watched_flag(left, callback),
            ExprKind::Member { object, .. } => self.root_binding(self.place(object)?).filter(outer),
            ExprKind::Ident(_) => self.ir.binding_of(condition).filter(outer),
            ExprKind::Call { callee, args, .. } => match self.ir.list(args) {
                [argument, ..] => self.root_binding(self.place(*argument)?).filter(outer),
                [] => match self.ir.kind(callee) {
                    ExprKind::Member { object, .. } => self.root_binding(self.place(object)?).filter(outer),
                    _ => None,
                },
            },
            _ => None,
        }
    }

    fn root_binding(&self, place: Place) -> Option<BindingId> {
        match self.root(place) {
            Root::Binding(binding) => Some(binding),
            _ => None,
        }
    }

    /// `isResolved` of `!command.isResolved`, `hasExited` of `!hasExited(child)`.
    fn state_name(&self, condition: ExprId) -> Option<String> {
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.state_name(operand),
            ExprKind::Binary(_, left, _) | ExprKind::Logical(_, left, _) => self.state_name(left),
            ExprKind::Member { property, .. } => Some(self.ir.name(property).to_owned()),
            ExprKind::Ident(reference) => Some(self.ir.name(self.ir[reference].name).to_owned()),
            ExprKind::Call { callee, .. } => self.callee_name(callee).map(str::to_owned),
            _ => None,
        }
    }

    /// An object that a function around the timer was given, or has made: each call has another one.
    fn is_of_call(&self, binding: BindingId, call: ExprId) -> bool {
        let owner = self.ir[self.ir[binding].scope].function;
        owner != Ir::MODULE
            && self.is_inside(self.ir.function_of(call), owner)
            && match self.ir[binding].kind {
                BindingKind::Param(of, _) => self.ir[of].kind != super::super::ir::FunctionKind::Constructor,
                // A flag keeps nothing.
                BindingKind::Const | BindingKind::Let | BindingKind::Var => self.uses.writes(binding).iter().any(|&write| {
                    super::super::index::written_value(self.ir, write).is_some_and(|value| {
                        matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_))
                    })
                }),
                _ => false,
            }
    }

    /// A timer in a field of one connection, cleared, if at all, where it is set again.
    pub(super) fn only_renewed(&self, armed: &Armed<'_>) -> Option<TimeoutShape> {
        let &[place] = armed.to.places.as_slice() else { return None };
        let (owner, Step::Field(_)) = self.split(place)? else { return None };
        let peer = self.root_binding(owner).filter(|_| self.is_root(owner))?;
        let BindingKind::Param(function, _) = self.ir[peer].kind else { return None };
        let keeps_peer =
            armed.callback.is_some_and(|callback| self.uses.refs(peer).iter().any(|&at| self.is_inside(self.ir.function_of(at), callback)));
        if armed.to.handed_out || !self.request_params(function).contains(&peer) || !keeps_peer {
            return None;
        }
        let arms = self.ir.function_of(armed.call);
        let renews = |at: ExprId| {
            let from = self.ir.function_of(at);
            from == arms
                || self
                    .uses
                    .calls
                    .iter()
                    .any(|&call| self.ir.function_of(call) == from && call > at && self.callee_function(call) == Some(arms))
        };
        let is_own = |at: ExprId| armed.callback.is_some_and(|callback| self.is_inside(self.ir.function_of(at), callback));
        let others: Vec<ExprId> = armed.clears.iter().map(|clear| clear.at).filter(|&at| !is_own(at)).collect();
        let name = self.ir.name(self.ir[peer].name).to_owned();
        others
            .iter()
            .all(|&at| renews(at))
            .then(|| TimeoutShape::OnlyRenewed { peer: name, clear: others.first().map(|&at| self.ir.span(at)) })
    }

    /// A timer in an entry that is taken out by somebody else than its callback.
    pub(super) fn taken_out_live(&self, armed: &Armed<'_>) -> Option<TimeoutShape> {
        let &list = armed.to.collections.first()?;
        if !armed.clears.is_empty() || armed.to.handed_out {
            return None;
        }
        let taken = self.taken_out_beside(list, armed.callback)?;
        Some(TimeoutShape::TakenOut { entry: self.place_text(list), at: self.ir.span(taken) })
    }
}

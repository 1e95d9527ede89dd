//! Conditions that let a site run one time only.

use rustc_hash::FxHashSet;

use super::Model;
use super::calls::{Caller, How};
use super::entity::EntityKind;
use super::ir::{BinaryOp, BlockId, ExprId, ExprKind, FnId, Ir, LogicalOp, Member, MemberKind, Prop, PropKey, UnaryOp, When};
use super::place::{Place, Root, Step};

impl Model<'_> {
    /// A flag or handle that lets the code run one time only.
    pub fn is_guarded_once(&self, call: ExprId) -> bool {
        // What nobody has is still there when `stop()` says that `start()` may come again.
        let is_left = self.is_whole_statement(self.settled(call));
        self.is_let_through_by(call, |flag| !(is_left && self.is_unset_by_end(flag, call)))
    }

    /// The same, and no end takes the flag back.
    pub(super) fn is_guarded_for_good(&self, call: ExprId) -> bool {
        self.is_let_through_by(call, |flag| !self.is_unset_by_end(flag, call))
    }

    /// The same, by a flag that no component has.
    pub(super) fn is_guarded_beyond_mounts(&self, call: ExprId) -> bool {
        let is_of_component = |flag: Place| match self.root(flag) {
            Root::Binding(binding) => !self.is_module_level(binding),
            Root::Instance(id) => self.component(id).is_some(),
            _ => false,
        };
        self.is_let_through_by(call, |flag| !is_of_component(flag))
    }

    fn is_let_through_by(&self, call: ExprId, counts: impl Fn(Place) -> bool) -> bool {
        let ir = self.ir;
        let function = ir.function_of(call);
        let guards = self.flow(function).guards(ir, ir[call].block);
        guards.iter().any(|guard| {
            let asked = guard.when.condition();
            let flags = asked.map(|(condition, wanted)| self.guard_flags(condition, wanted)).unwrap_or_default();
            flags.into_iter().any(|flag| self.is_set_in(flag, function, call) && counts(flag))
        })
    }

    /// `this.running = false` in `stop()`, `Panel.current = undefined` in `dispose()`.
    fn is_unset_by_end(&self, flag: Place, call: ExprId) -> bool {
        let is_end = |&write: &ExprId| {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { return false };
            let function = self.ir.function_of(write);
            (self.is_nothing(value) || matches!(self.ir.kind(value), ExprKind::Bool(false)))
                && self.place(target) == Some(flag)
                && (self.is_run_by_event(function)
                    || !self.is_inside(function, self.ir.function_of(call)) && self.teardown_around(function).is_some())
        };
        let of_variable = match (self.is_root(flag), self.root(flag)) {
            (true, Root::Binding(binding)) => self.uses.writes(binding),
            _ => &[],
        };
        self.uses.member_writes.iter().chain(of_variable).any(is_end)
    }

    /// `socket.on('close', () => { this.opening = null; })`: the event may come, and with it the next run.
    fn is_run_by_event(&self, function: FnId) -> bool {
        let is_event =
            |caller: &Caller| matches!(caller.how, How::Repeats | How::Later) && caller.at.is_some_and(|at| self.event_text(at).is_some());
        let callers = self.callers(function);
        !callers.is_empty() && callers.iter().all(is_event)
    }

    /// Behind a guard that lets it run one time, here or where it is called.
    pub(super) fn runs_once_only(&self, at: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if self.is_guarded_once(at) {
            return true;
        }
        let callers = self.callers(self.ir.function_of(at));
        let calls = |caller: &Caller| match (caller.how, caller.at) {
            (How::Called | How::Inline, Some(call)) => self.runs_once_only(call, depth),
            _ => false,
        };
        self.ir.function_of(at) != Ir::MODULE && callers.iter().all(calls)
    }

    /// `if (!this.timer)`: taken where a place is free.
    pub(super) fn asks_if_free(&self, when: When, place: Place) -> bool {
        when.condition().is_some_and(|(condition, wanted)| self.guard_flags(condition, wanted).contains(&place))
    }

    /// `if (this.cache) return; ... this.open()`: whoever comes to a site has seen that a place is free.
    pub(super) fn is_free_on_way(&self, at: ExprId, place: Place, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let function = self.ir.function_of(at);
        let guards = self.flow(function).guards(self.ir, self.ir[at].block);
        if guards.iter().any(|guard| self.asks_if_free(guard.when, place)) {
            return true;
        }
        let callers = self.callers(function);
        let mut calls = callers.iter().filter(|caller| !matches!(caller.how, How::PublicMethod(..))).peekable();
        function != Ir::MODULE
            && calls.peek().is_some()
            && calls.all(|caller| match (caller.how, caller.at) {
                (How::Called | How::Inline, Some(call)) => self.is_free_on_way(call, place, depth),
                _ => false,
            })
    }

    /// Whether no run of their function evaluates both: `if (ready) begin(); else setTimeout(wait, 100)`.
    pub fn are_exclusive(&self, a: ExprId, b: ExprId) -> bool {
        let (from, to) = (self.ir[a].block, self.ir[b].block);
        self.ir.function_of(a) == self.ir.function_of(b) && from != to && !self.leads_to(from, to) && !self.leads_to(to, from)
    }

    pub(super) fn leads_to(&self, from: BlockId, to: BlockId) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = vec![from];
        while let Some(block) = work.pop() {
            if block == to {
                return true;
            }
            if seen.insert(block) {
                work.extend(self.ir[block].edges.iter().map(|edge| edge.to));
            }
        }
        false
    }

    fn receiver_of(&self, call: ExprId) -> Option<Place> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
        self.place(object)
    }

    /// The parts of a condition that are decided where it comes out as wanted, and how each comes out.
    pub(super) fn decided(&self, condition: ExprId, wanted: bool) -> Vec<(ExprId, bool)> {
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.decided(operand, !wanted),
            ExprKind::Logical(LogicalOp::And, left, right) if wanted => [self.decided(left, wanted), self.decided(right, wanted)].concat(),
            ExprKind::Logical(LogicalOp::Or, left, right) if !wanted => [self.decided(left, wanted), self.decided(right, wanted)].concat(),
            _ => vec![(condition, wanted)],
        }
    }

    /// The places that must be unset (or empty) for a condition to come out as wanted.
    pub(super) fn guard_flags(&self, condition: ExprId, wanted: bool) -> Vec<Place> {
        self.decided(condition, wanted).into_iter().flat_map(|(part, wanted)| self.flags_of_part(part, wanted)).collect()
    }

    fn flags_of_part(&self, condition: ExprId, wanted: bool) -> Vec<Place> {
        let ir = self.ir;
        match ir.kind(condition) {
            ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) if wanted => {
                let empty = self.is_nothing(right) || matches!(ir.kind(right), ExprKind::Bool(false) | ExprKind::Number(0.0));
                match ir.kind(left) {
                    _ if !empty => Vec::new(),
                    // `emitter.listenerCount('x') === 0`.
                    ExprKind::Call { .. } => self.guard_flags(left, false),
                    _ => self.place(left).into_iter().collect(),
                }
            }
            ExprKind::Binary(BinaryOp::NotEq | BinaryOp::StrictNotEq, left, right) if !wanted => {
                if self.is_nothing(right) {
                    self.place(left).into_iter().collect()
                } else {
                    Vec::new()
                }
            }
            // `listenerCount('x') === 0`, `handlers.has(x)` and the like.
            ExprKind::Call { callee, .. } if !wanted => match ir.kind(callee) {
                ExprKind::Member { object, property, .. }
                    if matches!(ir.name(property), "has" | "includes" | "listenerCount" | "hasListeners") =>
                {
                    self.place(object).into_iter().collect()
                }
                _ => Vec::new(),
            },
            ExprKind::Member { .. } if self.asked_by_getter(condition).is_some() => {
                self.asked_by_getter(condition).map_or_else(Vec::new, |asked| self.guard_flags(asked, wanted))
            }
            ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::Index { .. } if !wanted => self.place(condition).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// `get running() { return !!this.timer }`: what `this.running` asks. None if the getter asks itself.
    fn asked_by_getter(&self, member: ExprId) -> Option<ExprId> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return None };
        let Root::Instance(id) = self.root(self.place(object)?) else { return None };
        let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        let is_it = |one: &&Member| one.kind == MemberKind::Getter && !one.is_static && one.key == PropKey::Name(property);
        let getter = self.ir[class].members.iter().find(is_it)?.function?;
        let [only] = self.uses.returns(getter) else { return None };
        match self.ir.kind(*only) {
            ExprKind::Return(Some(asked)) if self.ir.function_of(member) != getter => Some(asked),
            _ => None,
        }
    }

    /// Whether the function (or one inside it) gives the flag a value, so that the next run is stopped.
    fn is_set_in(&self, flag: Place, function: FnId, call: ExprId) -> bool {
        let ir = self.ir;
        // A flag that is new in each run stops nothing; one on the receiver lives as long as that.
        let on_receiver = self.receiver_of(call).is_some_and(|receiver| self.is_within(flag, receiver) && flag != receiver);
        if !on_receiver && matches!(self.root(flag), Root::Binding(binding) if ir[ir[binding].scope].function == function) {
            return false;
        }
        let sets = |target: ExprId, value: Option<ExprId>| {
            self.place(target).is_some_and(|place| place == flag || self.is_within(place, flag))
                && value.is_none_or(|value| !self.is_nothing(value) && !matches!(ir.kind(value), ExprKind::Bool(false)))
                && self.is_inside(ir.function_of(target), function)
        };
        ir.exprs_around(function).chain([call]).any(|id| match ir.kind(id) {
            ExprKind::Assign { target, value, .. } => sets(target, Some(value)),
            ExprKind::Update { target, .. } => sets(target, None),
            ExprKind::Call { callee, .. } => match ir.kind(callee) {
                ExprKind::Member { object, property, .. } => {
                    self.sets_state(id, flag) && self.is_inside(ir.function_of(id), function)
                        || matches!(ir.name(property), "add" | "set" | "push")
                            && self.place(object) == Some(flag)
                            && self.is_inside(ir.function_of(id), function)
                        || matches!(ir.name(property), "on" | "addListener") && self.place(object) == Some(flag) && id == call
                }
                _ => false,
            },
            _ => false,
        })
    }

    /// `this.setState({ open: true })` for the flag `this.state.open`.
    fn sets_state(&self, call: ExprId, flag: Place) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
        let (Some((state, Step::Field(field))), true) = (self.split(flag), self.ir.name(property) == "setState") else { return false };
        let is_state_of = |(owner, step): (Place, Step)| {
            self.place(object) == Some(owner) && matches!(step, Step::Field(name) if self.ir.name(name) == "state")
        };
        let Some(ExprKind::Object { props, .. }) = self.ir.list(args).first().map(|&arg| self.ir.kind(arg)) else { return false };
        let sets = |prop: &Prop| {
            prop.key == PropKey::Name(field) && !self.is_nothing(prop.value) && !matches!(self.ir.kind(prop.value), ExprKind::Bool(false))
        };
        self.split(state).is_some_and(is_state_of) && self.ir.prop_list(props).iter().any(sets)
    }
}

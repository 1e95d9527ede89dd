//! Who clears a timer, and on which paths.

use std::rc::Rc;

use super::Model;
use super::calls::How;
use super::context::{ContextKind, Region};
use super::facts::{Certainty, Cleared, Ending};
use super::handle::Destinations;
use super::ir::{BinaryOp, BindingKind, BlockId, ExprId, ExprKind, FnId, Ir, UnaryOp, When};
use super::place::{Place, Root, Step};
use super::provenance::words;
use rustc_hash::{FxHashMap, FxHashSet};

/// A call that ends a timer, and the handle that it is given.
#[derive(Clone, Copy)]
pub(super) struct Clear {
    pub at: ExprId,
    pub handle: ExprId,
}

/// The interval that is asked about.
pub(super) struct Armed<'m> {
    pub call: ExprId,
    pub to: &'m Destinations,
    pub callback: Option<FnId>,
    /// Every clear in the file that gets its handle.
    pub clears: Vec<Clear>,
}

impl Armed<'_> {
    /// Nothing and nobody keeps the handle.
    pub fn is_dropped(&self) -> bool {
        self.to.places.is_empty() && self.to.collections.is_empty() && !self.to.handed_out
    }
}

impl Model<'_> {
    /// Every call in the file that ends some timer.
    pub(super) fn timer_clears(&self) -> Rc<[Clear]> {
        self.timer_clears.get_or_init(|| self.uses.calls.iter().filter_map(|&at| self.timer_clear(at)).collect()).clone()
    }

    fn timer_clear(&self, at: ExprId) -> Option<Clear> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(at) else { return None };
        let args = self.ir.list(args);
        let is_clear = |value| self.is_timer_function(value, "clearInterval") || self.is_timer_function(value, "clearTimeout");
        if is_clear(callee) {
            return Some(Clear { at, handle: *args.first()? });
        }
        match self.ir.kind(callee) {
            // `clearInterval.bind(null, timer)`.
            ExprKind::Member { object, property, .. } if matches!(self.ir.name(property), "bind" | "call") && is_clear(object) => {
                Some(Clear { at, handle: *args.get(1)? })
            }
            ExprKind::Member { object, property, .. } if self.ir.name(property) == "close" => Some(Clear { at, handle: object }),
            ExprKind::Index { object, index } if self.is_dispose_symbol(index) => Some(Clear { at, handle: object }),
            // `timers.forEach(clearInterval)`.
            ExprKind::Member { object, .. } if args.iter().any(|&arg| is_clear(arg)) => Some(Clear { at, handle: object }),
            _ => None,
        }
    }

    /// Whether a clear concerns one of the places that the handle goes to.
    pub(super) fn clears(&self, clear: Clear, to: &Destinations, callback: Option<FnId>) -> bool {
        let handle = clear.handle;
        if self.ir.binding_of(handle).is_some_and(|binding| to.locals.contains(&binding)) {
            return !self.is_guarded_by_absence(clear, handle);
        }
        // The callback's `this` is the timer.
        if matches!(self.ir.kind(handle), ExprKind::This) {
            if let Some(target) = self.target_of_handler(self.ir.function_of(handle)) {
                return self.clears(Clear { handle: target, ..clear }, to, callback);
            }
            return callback
                .is_some_and(|callback| self.this_place(self.ir.function_of(handle)) == self.root_place(Root::UnknownThis(callback)));
        }
        if self.taken_from(handle).is_some_and(|list| to.collections.contains(&list))
            || self.content(handle).is_some_and(|list| to.collections.contains(&list))
        {
            return true;
        }
        // `for (const name of ['poll', 'sweep']) clearInterval(this[name])`.
        if let ExprKind::Index { object, index } = self.ir.kind(handle)
            && self.is_loop_item(index)
            && let Some(owner) = self.place(object)
            && to.places.iter().any(|&own| self.split(own).is_some_and(|(of, _)| of == owner))
        {
            return true;
        }
        let Some(place) = self.place(handle) else { return false };
        let is_one = to.places.iter().any(|&own| own == place || self.same_field(own, place))
            || to.collections.iter().any(|&list| self.is_within(place, list) || self.same_field_within(place, list));
        is_one && !self.is_guarded_by_absence(clear, handle)
    }

    /// The collection of which a value is one after the other: `for (const timer of timers) clearInterval(timer)`.
    pub(super) fn list_of(&self, value: ExprId) -> Option<Place> {
        let item_of = || match self.split(self.place(value)?)? {
            (list, Step::Entry) => Some(list),
            _ => None,
        };
        self.taken_from(value).or_else(item_of).or_else(|| self.content(value))
    }

    /// `timers.pop()`, `timers.shift()`.
    fn taken_from(&self, value: ExprId) -> Option<Place> {
        let ExprKind::Call { callee, .. } = self.ir.kind(value) else { return None };
        match self.ir.kind(callee) {
            ExprKind::Member { object, property, .. } if matches!(self.ir.name(property), "pop" | "shift" | "at") => self.place(object),
            _ => None,
        }
    }

    /// `if (!this.timer) clearInterval(this.timer)`: never with a handle.
    fn is_guarded_by_absence(&self, clear: Clear, handle: ExprId) -> bool {
        let Some(place) = self.place(handle) else { return false };
        let function = self.ir.function_of(clear.at);
        self.flow(function).guards(self.ir, self.ir[clear.at].block).iter().any(|guard| self.asks_if_free(guard.when, place))
    }

    /// `conn.timer` here and `client.timer` there: the same field of what is likely the same object.
    fn same_field(&self, own: Place, other: Place) -> bool {
        if self.are_other_classes(own, other) {
            return false;
        }
        match (self.split(own), self.split(other)) {
            (Some((_, Step::Field(a))), Some((_, Step::Field(b)))) => a == b,
            (Some((_, Step::Keyed(a))), Some((_, Step::Keyed(b)))) => a == b,
            (Some((a, Step::Entry)), Some((b, Step::Entry))) => a == b || self.same_field(a, b),
            _ => false,
        }
    }

    /// Members of two classes of which none is the other's base.
    fn are_other_classes(&self, own: Place, other: Place) -> bool {
        match (self.root(own), self.root(other)) {
            (Root::Instance(own), Root::Instance(other)) => own != other && !self.is_a(own, other) && !self.is_a(other, own),
            _ => false,
        }
    }

    fn same_field_within(&self, mut place: Place, list: Place) -> bool {
        while let Some((of, step)) = self.split(place) {
            if step == Step::Entry && self.same_field(of, list) {
                return true;
            }
            place = of;
        }
        false
    }

    /// What is known of the clears of an interval.
    pub(super) fn cleared(&self, armed: &Armed<'_>) -> Option<Cleared> {
        if armed.to.is_conditional || self.is_guarded_once(armed.call) {
            return Some(Cleared::Guarded);
        }
        let is_own = |clear: &&Clear| armed.callback.is_some_and(|callback| self.is_inside(self.ir.function_of(clear.at), callback));
        let others: Vec<Clear> = armed.clears.iter().filter(|clear| !is_own(clear)).copied().collect();
        let releases: Vec<ExprId> = armed.clears.iter().map(|clear| clear.at).collect();
        if let Some(resolver) = self.ended_by_deadline(self.ir.function_of(armed.call), armed.callback, &releases) {
            return Some(Cleared::SomeEnds { span: self.ir.span(releases[0]), misses: Ending::Deadline(resolver) });
        }
        if others.is_empty() {
            let callback = armed.callback.filter(|_| !armed.clears.is_empty())?;
            let misses = self.settles_without_clear(callback, &armed.clears).or_else(|| self.closed_peer(callback, &armed.clears));
            return Some(match (misses, armed.clears.first()) {
                (Some(misses), Some(clear)) => Cleared::SomeEnds { span: self.ir.span(clear.at), misses },
                _ => Cleared::ByItself,
            });
        }
        let misses = if others.len() == armed.clears.len() { self.missed_end(armed.call, &others) } else { None };
        Some(match (misses, others.first()) {
            (Some(misses), Some(clear)) => Cleared::SomeEnds { span: self.ir.span(clear.at), misses },
            _ => Cleared::Always,
        })
    }

    /// A clear on the way to the same timer's next start: whoever has the timer is left with the one that it starts last.
    pub(super) fn is_restart(&self, clear: Clear, call: ExprId) -> bool {
        let function = self.ir.function_of(call);
        self.ir.function_of(clear.at) == function && !self.flow(function).escapes(self.ir, function, clear.at, &[call]).normal
    }

    fn missed_end(&self, call: ExprId, clears: &[Clear]) -> Option<Ending> {
        let function = self.ir.function_of(call);
        if clears.iter().all(|clear| self.ir.function_of(clear.at) == function) {
            let stops = self.with_checks(clears.iter().map(|clear| clear.at).collect());
            let is_after = stops.iter().all(|&stop| stop > call);
            return (is_after && self.flow(function).escapes(self.ir, function, call, &stops).throws).then_some(Ending::Throw);
        }
        clears.iter().all(|clear| self.is_error_handler(self.ir.function_of(clear.at))).then_some(Ending::PlainClose)
    }

    /// Run by nothing but the `error` event.
    fn is_error_handler(&self, function: FnId) -> bool {
        let callers = self.callers(function);
        !callers.is_empty()
            && callers.iter().all(|caller| {
                caller.at.and_then(|at| self.event_text(at)).is_some_and(|event| event == "error")
                    && caller.at.is_some_and(|at| {
                        matches!(self.ir.kind(at), ExprKind::Call { callee, .. } if matches!(self.ir.kind(callee), ExprKind::Member { .. }))
                    })
            })
    }

    /// The callback ends a promise's wait on a path that passes no clear.
    fn settles_without_clear(&self, callback: FnId, clears: &[Clear]) -> Option<Ending> {
        let stops: Vec<ExprId> = clears.iter().map(|clear| clear.at).collect();
        if stops.iter().any(|&stop| self.ir.function_of(stop) != callback) {
            return None;
        }
        let stop_blocks: Vec<BlockId> = stops.iter().map(|&stop| self.ir[stop].block).collect();
        self.uses.calls.iter().copied().filter(|&call| self.ir.function_of(call) == callback).find_map(|call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let binding = self.ir.binding_of(callee)?;
            let BindingKind::Param(executor, _) = self.ir[binding].kind else { return None };
            let cleared_before = stops.iter().any(|&stop| self.ir[stop].block == self.ir[call].block && stop < call)
                || !self.flows_to(self.ir[callback].entry, self.ir[call].block, &stop_blocks);
            let leaves = self.flow(callback).escapes(self.ir, callback, call, &stops).normal;
            (self.is_promise_executor(executor) && !cleared_before && leaves)
                .then(|| Ending::Settled(self.ir.name(self.ir[binding].name).to_owned()))
        })
    }

    /// Whether some path leads from one block to another without passing through `avoid`.
    fn flows_to(&self, from: BlockId, to: BlockId, avoid: &[BlockId]) -> bool {
        let mut seen = FxHashSet::default();
        let mut work = vec![from];
        while let Some(block) = work.pop() {
            if block == to {
                return true;
            }
            if !avoid.contains(&block) && seen.insert(block) {
                work.extend(self.ir[block].edges.iter().map(|edge| edge.to));
            }
        }
        false
    }

    /// The callback returns without a clear once its peer is closed.
    fn closed_peer(&self, callback: FnId, clears: &[Clear]) -> Option<Ending> {
        // `if (Date.now() - start > LIMIT) clearInterval(timer)`: it ends anyway.
        let is_by_time = |clear: &Clear| {
            let guards = self.flow(self.ir.function_of(clear.at)).guards(self.ir, self.ir[clear.at].block);
            guards.iter().any(|guard| matches!(guard.when, When::True(condition) if self.mentions_time(condition)))
        };
        if clears.iter().any(is_by_time) {
            return None;
        }
        let avoid: Vec<BlockId> = clears.iter().map(|clear| self.ir[clear.at].block).collect();
        let exit = self.ir[callback].exit;
        for (index, block) in self.ir.blocks.iter().enumerate().filter(|(_, block)| block.function == callback) {
            for edge in &block.edges {
                let Some((condition, value)) = edge.when.condition() else { continue };
                let Some((peer, closed)) = self.closed_side(condition) else { continue };
                let starts_clear = avoid.contains(&BlockId(index as u32));
                // The way to the clear must not be open from there.
                let clears_later = avoid.iter().any(|&clear| self.flows_to(edge.to, clear, &[]));
                if closed == value && !starts_clear && !clears_later && self.flows_to(edge.to, exit, &avoid) {
                    return Some(Ending::ClosedPeer(peer));
                }
            }
        }
        None
    }

    /// The peer whose state a condition tells, and the value that says that it is closed.
    fn closed_side(&self, condition: ExprId) -> Option<(String, bool)> {
        let ir = self.ir;
        match ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) => self.closed_side(operand).map(|(peer, closed)| (peer, !closed)),
            ExprKind::Member { object, property, .. } => {
                let closed = match ir.name(property) {
                    "destroyed" | "closed" | "writableEnded" | "ended" | "disconnected" => true,
                    "connected" | "writable" => false,
                    _ => return None,
                };
                Some((self.peer_name(object)?, closed))
            }
            ExprKind::Binary(op, left, right) => {
                let ExprKind::Member { object, property, .. } = ir.kind(left) else { return None };
                let is_open = matches!(ir.kind(right), ExprKind::Number(value) if value == 1.0)
                    || matches!(ir.kind(right), ExprKind::Member { property, .. } if ir.name(property) == "OPEN");
                let equal = match op {
                    BinaryOp::Eq | BinaryOp::StrictEq => true,
                    BinaryOp::NotEq | BinaryOp::StrictNotEq => false,
                    _ => return None,
                };
                (ir.name(property) == "readyState" && is_open).then(|| Some((self.peer_name(object)?, !equal))).flatten()
            }
            _ => None,
        }
    }

    /// The request or connection that an expression names.
    fn peer_name(&self, object: ExprId) -> Option<String> {
        let binding = self.ir.binding_of(object)?;
        let BindingKind::Param(function, _) = self.ir[binding].kind else { return None };
        self.request_params(function).contains(&binding).then(|| self.ir.name(self.ir[binding].name).to_owned())
    }

    /// How sure it is that the handle is set again while its interval runs: by code that runs again, with no clear on the way there.
    pub(super) fn overwritten(&self, armed: &Armed<'_>) -> Option<Certainty> {
        let call = armed.call;
        let function = self.ir.function_of(call);
        let (place, region) = self.single_slot(armed.to, function)?;
        if armed.to.is_conditional || self.runs_once_only(call, 3) || self.level(place) > 0 || self.is_free_on_way(call, place, 4) {
            return None;
        }
        let certainty = match self.context(call, region).kind {
            ContextKind::Repeated => Certainty::Proved,
            ContextKind::Unknown if !armed.clears.is_empty() && self.reconnects(function) => Certainty::Likely,
            _ => return None,
        };
        let work = self.started_by(function);
        let ends_itself = armed.clears.iter().any(|clear| work.contains(&self.ir.function_of(clear.at)));
        let is_safe = ends_itself
            || self.is_cleared_before(function, call, &armed.clears, 3)
            || armed.clears.iter().any(|clear| self.alternates(function, clear.at))
            || self.is_toggled(function, &armed.clears);
        (!is_safe).then_some(certainty)
    }

    /// Part of a class's `connect`, in a file that speaks of reconnecting: it runs again when the connection is lost.
    fn reconnects(&self, function: FnId) -> bool {
        let mut at = Some(function);
        let mut is_connect = false;
        while let Some(one) = at {
            is_connect |=
                self.entities.memberships(one).iter().any(|&(_, name, _)| words(self.ir.name(name)).iter().any(|word| word == "connect"));
            at = self.ir[one].parent;
        }
        is_connect && self.ir.expr_ids().any(|id| self.is_own_reconnect(id))
    }

    /// `this.reconnectDelay`, `this.options.maxReconnects`. What another object has of that name reconnects by itself.
    fn is_own_reconnect(&self, member: ExprId) -> bool {
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return false };
        let is_own = |object: ExprId| match self.ir.kind(object) {
            ExprKind::This => true,
            ExprKind::Member { object, property, .. } => {
                matches!(self.ir.name(property), "options" | "opts" | "config") && matches!(self.ir.kind(object), ExprKind::This)
            }
            _ => false,
        };
        self.ir.name(property).to_ascii_lowercase().contains("reconnect") && is_own(object)
    }

    /// What each function calls, and what stands in it.
    fn index_runs(&self) -> FxHashMap<FnId, Vec<FnId>> {
        let mut called = FxHashMap::<FnId, Vec<FnId>>::default();
        for &call in &self.uses.calls {
            if let Some(callee) = self.callee_function(call) {
                called.entry(self.ir.function_of(call)).or_default().push(callee);
            }
        }
        for (index, declared) in self.ir.functions.iter().enumerate() {
            if let Some(parent) = declared.parent {
                called.entry(parent).or_default().push(FnId(index as u32));
            }
        }
        called
    }

    /// The functions that a run of a function leads to: those written in it, those it calls, and so on.
    pub(super) fn started_by(&self, function: FnId) -> FxHashSet<FnId> {
        let called = self.runs.get_or_init(|| self.index_runs());
        let mut seen = FxHashSet::default();
        let mut work = vec![function];
        while let Some(at) = work.pop() {
            if seen.insert(at) {
                work.extend(called.get(&at).into_iter().flatten());
            }
        }
        seen.remove(&function);
        seen
    }

    /// Reached by one kind of message only: `case 'start':`, `if (message.type === 'start')`, here or where it is called.
    pub(super) fn is_one_command(&self, site: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let function = self.ir.function_of(site);
        let is_string = |value: ExprId| matches!(self.ir.kind(value), ExprKind::String(_));
        let guarded = self.flow(function).guards(self.ir, self.ir[site].block).iter().any(|guard| match guard.when {
            When::Case(_, test) => is_string(test),
            When::True(condition) => match self.ir.kind(condition) {
                ExprKind::Binary(BinaryOp::Eq | BinaryOp::StrictEq, left, right) => is_string(left) || is_string(right),
                // `line.includes('ready')`.
                ExprKind::Call { callee, args, .. } => {
                    matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if matches!(self.ir.name(property), "includes" | "startsWith" | "endsWith"))
                        && matches!(self.ir.list(args), [text] if is_string(*text))
                }
                _ => false,
            },
            _ => false,
        });
        guarded
            || self
                .callers(function)
                .iter()
                .any(|caller| caller.how == How::Called && caller.at.is_some_and(|at| self.is_one_command(at, depth)))
    }

    /// The one variable or field that the handle goes to, if it is older than the call that sets it.
    pub(super) fn single_slot(&self, to: &Destinations, function: FnId) -> Option<(Place, Region)> {
        if to.handed_out || !to.collections.is_empty() {
            return None;
        }
        if let Some(&place) = to.places.first() {
            let region = match self.root(place) {
                Root::Instance(id) if !self.is_object(id) => Region::Instance(id),
                Root::Binding(binding) if self.is_module_level(binding) => Region::Function(Ir::MODULE),
                _ => return None,
            };
            return Some((place, region));
        }
        let &binding = to.locals.first()?;
        let owner = self.ir[self.ir[binding].scope].function;
        let is_variable = matches!(self.ir[binding].kind, BindingKind::Let | BindingKind::Var);
        (is_variable && owner != function).then(|| (self.root_place(Root::Binding(binding)), Region::Function(owner)))
    }

    /// By the function itself, by what it calls first, or by who calls it.
    pub(super) fn is_cleared_before(&self, function: FnId, call: ExprId, clears: &[Clear], depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        // `if (this.timer) clearInterval(this.timer)` stands on a branch: what matters is that it comes first.
        let direct = clears.iter().any(|clear| self.ir.function_of(clear.at) == function && clear.at < call);
        let by_callee = || {
            self.uses.calls.iter().any(|&other| {
                other < call
                    && self.ir.function_of(other) == function
                    && self.callee_function(other).is_some_and(|callee| {
                        callee != function && clears.iter().any(|clear| self.is_inside(self.ir.function_of(clear.at), callee))
                    })
            })
        };
        let by_caller = || {
            self.callers(function).iter().filter_map(|caller| caller.at).any(|at| {
                let from = self.ir.function_of(at);
                from != function && from != Ir::MODULE && self.is_cleared_before(from, at, clears, depth)
            })
        };
        direct || by_callee() || by_caller()
    }

    /// `if (enabled) this.start(); else clearInterval(this.timer)`: who starts it again stopped it before.
    pub(super) fn is_toggled(&self, function: FnId, clears: &[Clear]) -> bool {
        self.callers(function).iter().filter(|caller| caller.how == How::Called).filter_map(|caller| caller.at).any(|at| {
            let from = self.ir.function_of(at);
            from != Ir::MODULE && clears.iter().any(|clear| self.ir.function_of(clear.at) == from)
        })
    }

    /// Where a handle is found to be empty there is nothing to clear: `if (timer) clearInterval(timer)` releases on both branches.
    pub(super) fn with_checks(&self, mut stops: Vec<ExprId>) -> Vec<ExprId> {
        for stop in stops.clone() {
            let ExprKind::Call { args, .. } = self.ir.kind(stop) else { continue };
            let Some(handle) = self.ir.list(args).first().and_then(|&arg| self.place(arg)) else { continue };
            let guards = self.flow(self.ir.function_of(stop)).guards(self.ir, self.ir[stop].block);
            stops.extend(guards.iter().filter_map(|guard| {
                let (condition, wanted) = guard.when.condition()?;
                self.holds_if_set(condition, wanted, &[handle]).then_some(condition)
            }));
        }
        stops
    }

    /// Set when one event of an object comes and cleared when another one of the same object does.
    pub(super) fn alternates(&self, function: FnId, clear: ExprId) -> bool {
        let sets = self.event_sources(function, 4);
        let ends = self.event_sources(self.ir.function_of(clear), 4);
        sets.iter().any(|(source, event)| ends.iter().any(|(other, end)| source == other && event != end))
    }

    /// The emitters whose events run a function, with the event.
    fn event_sources(&self, function: FnId, depth: u32) -> Vec<(Place, String)> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let mut found = Vec::new();
        for caller in self.callers(function).iter() {
            let Some(at) = caller.at else { continue };
            let ExprKind::Call { callee, .. } = self.ir.kind(at) else { continue };
            match (self.ir.kind(callee), self.event_text(at)) {
                (ExprKind::Member { object, .. }, Some(event))
                    if self.apis.registration(self.callee_name(callee).unwrap_or_default()).is_some() =>
                {
                    found.extend(self.place(object).map(|place| (place, event)));
                }
                _ if self.ir.function_of(at) != Ir::MODULE => found.extend(self.event_sources(self.ir.function_of(at), depth)),
                _ => {}
            }
        }
        found
    }
}

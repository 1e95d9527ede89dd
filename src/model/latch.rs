//! Conditions that let a site through one time in the life of what they ask about: `if (!ready) { ready = true; begin(); }`.

use super::Model;
use super::context::Search;
use super::entity::{EntityId, EntityKind};
use super::index::written_value;
use super::ir::{AssignOp, BlockId, ExprId, ExprKind, FnId, FunctionKind, Ir, MemberKind, When};
use super::place::{Place, Root};
use super::provenance::Domain;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A flag, or a place with the state in which it lets through, and the function whose run makes it.
pub(super) struct Latch {
    /// None: the file that has it says that its state is left for good.
    place: Option<Place>,
    state: Option<ExprId>,
    made_in: FnId,
}

/// By function and block, and whether the project is asked.
pub(super) type Latches = FxHashMap<(FnId, BlockId, bool), Rc<[Latch]>>;

impl Search<'_, '_> {
    /// The function in which a way goes on that has come to a site: its own, or the one that makes the flag which lets it through once.
    pub(super) fn beyond(&self, at: Option<usize>, site: ExprId) -> FnId {
        let function = self.model.ir.function_of(site);
        let latches = self.model.latches(site);
        if latches.is_empty() {
            return function;
        }
        let mut way = vec![site];
        let mut state = at;
        while let Some(index) = state {
            way.extend(self.states[index].inner);
            state = self.states[index].came_from;
        }
        let is_shut = |latch: &&Latch| match (latch.place, latch.state) {
            (None, _) => true,
            (Some(place), None) => self.model.is_set_for_good(place, &way),
            (Some(place), Some(state)) => self.model.is_left_for_good(place, state, &way),
        };
        latches.iter().find(is_shut).map_or(function, |latch| latch.made_in)
    }
}

impl Model<'_> {
    /// `let begin = () => { begin = nothing; ... }`: a run that comes to the site leaves another function under the name by which it was called.
    /// The function that makes the name.
    pub(super) fn replaces_itself(&self, function: FnId, site: ExprId) -> Option<FnId> {
        let named = self.ir[function].expr.and_then(|expr| match self.uses.parent(expr).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Init { binding, .. }) => Some(binding),
            _ => None,
        });
        let binding = named.or_else(|| self.uses.bindings_of_function(function).first().copied())?;
        let is_own = |write: &&ExprId| self.ir.function_of(**write) == function;
        let is_again = |write: &ExprId| written_value(self.ir, *write).and_then(|value| self.function_value(value)) == Some(function);
        let (own, others): (Vec<&ExprId>, Vec<&ExprId>) = self.uses.writes(binding).iter().partition(is_own);
        let is_left = own.iter().any(|&&write| !is_again(&write) && self.is_passed(write, site));
        let is_initial = |write: &&ExprId| matches!(self.ir.kind(**write), ExprKind::Init { .. });
        (is_left && others.iter().all(is_initial)).then(|| self.ir[self.ir[binding].scope].function)
    }

    /// The flags that let a site through, made outside of its function, and by which run each is made.
    fn latches(&self, site: ExprId) -> Rc<[Latch]> {
        let (function, block) = (self.ir.function_of(site), self.ir[site].block);
        let key = (function, block, self.outside().is_some());
        if let Some(known) = self.latches.borrow().get(&key) {
            return Rc::clone(known);
        }
        // Nothing stands before the block in which a function begins.
        if block == self.ir[function].entry {
            return Rc::default();
        }
        let mut guards = self.flow(function).guards(self.ir, block);
        guards.retain(|guard| !self.asks_by_many_keys(guard.when));
        let flags = guards.iter().flat_map(|guard| match guard.when {
            When::True(condition) => self.guard_flags(condition, true),
            When::False(condition) => self.guard_flags(condition, false),
            // `begun ??= begin()`.
            When::Nullish(value) => self.place(value).into_iter().collect(),
            _ => Vec::new(),
        });
        let states = guards.iter().flat_map(|guard| match guard.when {
            When::True(condition) => self.guard_states(condition, true),
            When::False(condition) => self.guard_states(condition, false),
            _ => Vec::new(),
        });
        let asked = flags.map(|flag| (flag, None)).chain(states.map(|(place, state)| (place, Some(state))));
        let made_around = |place: Place| self.made_in(place).filter(|&made_in| !self.is_inside(made_in, function));
        let own = asked.filter_map(|(place, state)| Some(Latch { place: Some(place), state, made_in: made_around(place)? }));
        let is_elsewhere = function != Ir::MODULE && guards.iter().any(|guard| self.is_left_elsewhere(guard.when));
        let elsewhere = is_elsewhere.then_some(Latch { place: None, state: None, made_in: Ir::MODULE });
        let found: Rc<[Latch]> = own.chain(elsewhere).collect();
        // While it is being noted what is stored where, a place may not be known yet.
        if !self.is_indexing.get() {
            self.latches.borrow_mut().insert(key, Rc::clone(&found));
        }
        found
    }

    /// `if (!begun[req.url])`: as many flags as there are keys.
    fn asks_by_many_keys(&self, when: When) -> bool {
        let (When::True(condition) | When::False(condition) | When::Nullish(condition)) = when else { return false };
        let mut found = false;
        self.each_part(condition, &mut |part| {
            if let ExprKind::Index { index, .. } = self.ir.kind(part) {
                found |= self.provenance(index).domain >= Domain::Likely;
            }
        });
        found
    }

    /// Whether each run that goes the way gives a place another state than the one it had, and nothing gives that one back.
    fn is_left_for_good(&self, place: Place, state: ExprId, way: &[ExprId]) -> bool {
        let instance = self.instance_of(place);
        let mut is_left = false;
        for write in self.writes_of(place) {
            match self.is_other_state(write, state) {
                Some(true) => is_left |= way.iter().any(|&site| self.is_passed(write, site)),
                _ if self.is_initial(write, instance) => {}
                _ => return false,
            }
        }
        is_left
    }

    pub(super) fn instance_of(&self, place: Place) -> Option<EntityId> {
        match self.root(place) {
            Root::Instance(id) => Some(id),
            _ => None,
        }
    }

    /// The function that makes a flag: where it is declared, or the constructor of the instance that has it.
    fn made_in(&self, flag: Place) -> Option<FnId> {
        match self.root(flag) {
            Root::Binding(binding) => {
                let made_in = self.ir[self.ir[binding].scope].function;
                (self.is_root(flag) || made_in == Ir::MODULE).then_some(made_in)
            }
            Root::Instance(id) => self.entities.get(id).constructor.or_else(|| self.field_initialiser(id)),
            Root::Global(_) | Root::GlobalObject | Root::Application | Root::Exports => Some(Ir::MODULE),
            Root::UnknownThis(_) | Root::Value(_) => None,
        }
    }

    /// What runs with each construction in a class without a constructor.
    fn field_initialiser(&self, id: EntityId) -> Option<FnId> {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        let mut fields = self.ir[class].members.iter().filter(|member| member.kind == MemberKind::Field && !member.is_static);
        fields.find_map(|field| field.value).map(|value| self.ir.function_of(value))
    }

    /// Whether each run that goes the way gives the flag a value, and nothing takes it away again.
    fn is_set_for_good(&self, flag: Place, way: &[ExprId]) -> bool {
        let instance = self.instance_of(flag);
        let mut is_set = false;
        for write in self.writes_of(flag) {
            let is_truthy = match self.ir.kind(write) {
                ExprKind::Update { decrement, .. } => !decrement,
                ExprKind::Assign { op, .. } if !matches!(op, AssignOp::Set | AssignOp::Nullish | AssignOp::Or) => false,
                _ => written_value(self.ir, write).is_some_and(|value| self.is_something(value)),
            };
            if !is_truthy && !self.is_initial(write, instance) && !self.is_after_failure(write) {
                return false;
            }
            is_set |= is_truthy && way.iter().any(|&site| self.is_passed(write, site));
        }
        is_set
    }

    /// Whatever gives a place another value, takes it away or counts it.
    pub(super) fn writes_of(&self, place: Place) -> Vec<ExprId> {
        match (self.is_root(place), self.root(place)) {
            (true, Root::Binding(binding)) => self.uses.writes(binding).to_vec(),
            _ => self.member_writes_of(place),
        }
    }

    fn member_writes_of(&self, place: Place) -> Vec<ExprId> {
        let place_of = |write: ExprId| match self.ir.kind(write) {
            ExprKind::Assign { target, .. } | ExprKind::Update { target, .. } | ExprKind::Unary(_, target) => self.place(target),
            _ => None,
        };
        // While it is being noted what is stored where, a place may not be known yet.
        if self.stored().is_none() {
            return self.uses.member_writes.iter().copied().filter(|&write| place_of(write) == Some(place)).collect();
        }
        let by_place = self.member_writes.get_or_init(|| {
            let mut by_place = FxHashMap::<Place, Vec<ExprId>>::default();
            for &write in &self.uses.member_writes {
                if let Some(place) = place_of(write) {
                    by_place.entry(place).or_default().push(write);
                }
            }
            by_place
        });
        by_place.get(&place).cloned().unwrap_or_default()
    }

    /// What a flag has before anybody sets it.
    pub(super) fn is_initial(&self, write: ExprId, instance: Option<EntityId>) -> bool {
        let function = self.ir.function_of(write);
        let by_constructor = instance.is_some_and(|id| self.entities.get(id).constructor == Some(function));
        function == Ir::MODULE
            || by_constructor
            || matches!(self.ir.kind(write), ExprKind::Init { .. })
            || matches!(self.ir[function].kind, FunctionKind::FieldInit | FunctionKind::StaticInit)
    }

    /// `begun = begin().catch((error) => { begun = undefined; throw error; })`: where it failed, there may be another try.
    fn is_after_failure(&self, write: ExprId) -> bool {
        let function = self.ir.function_of(write);
        let reacts = |closure: ExprId| {
            let Some(parent) = self.uses.parent(closure) else { return false };
            let ExprKind::Call { callee, args, .. } = self.ir.kind(parent) else { return false };
            let place = self.ir.list(args).iter().position(|&arg| arg == closure);
            matches!((self.callee_name(callee), place), (Some("catch"), Some(0)) | (Some("then"), Some(1)))
        };
        self.ir[self.ir[write].block].in_catch || self.ir[function].expr.is_some_and(reacts)
    }

    /// A value that is neither missing nor false.
    pub(super) fn is_something(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Bool(value) => value,
            ExprKind::Number(value) => value != 0.0,
            ExprKind::Array(_) | ExprKind::Object { .. } | ExprKind::Function(_) | ExprKind::Class(_) => true,
            ExprKind::New { .. } | ExprKind::Call { .. } => true,
            ExprKind::Await(awaited) => self.is_something(awaited),
            _ => false,
        }
    }

    /// Whether each run of a function that comes to a site, and ends well, passes a write.
    pub(super) fn is_passed(&self, write: ExprId, site: ExprId) -> bool {
        let function = self.ir.function_of(site);
        if self.ir.function_of(write) != function {
            return false;
        }
        let flow = self.flow(function);
        let (from, to) = (self.ir[write].block, self.ir[site].block);
        flow.dominates(from, to) && (from != to || write < site) || !flow.escapes(self.ir, function, site, &[write]).normal
    }
}

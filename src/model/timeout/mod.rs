//! `setTimeout`: whether the timer is left armed when its work has ended.

mod begun_again;
mod delay;
pub mod fact;
mod late_start;
mod limit;
mod outcome;
mod path;
mod promised;
mod race;
mod rearm;
mod remedy;
mod told_twice;
mod watchdog;

pub use told_twice::Failures;

pub(super) use path::LAST_EVENTS;

use super::Model;
use super::clearing::{Armed, Clear};
use super::context::{Context, ContextKind, Region, Step, StepKind};
use super::facts::{Certainty, Handle, Instances};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir};
use super::namesakes::Released;
use super::place;
use super::place::Place;
use super::summaries::Done;
use super::vocabulary::TIMEOUT;
use fact::{Timeout, TimeoutRemedy, TimeoutShape};
use race::Race;

/// A shape with what belongs to it.
struct Found {
    shape: TimeoutShape,
    race: Option<Race>,
    /// How often it comes about, if not as often as the call of `setTimeout`.
    context: Option<Context>,
}

impl Model<'_> {
    pub fn timeouts(&self) -> Vec<Timeout> {
        let calls = if self.meanings.any(TIMEOUT) { self.uses.calls.as_slice() } else { &[] };
        let starts: Vec<ExprId> = calls.iter().copied().filter(|&call| self.is_timer_call(call, "setTimeout")).collect();
        let mut found = self.promised_timeouts();
        if !starts.is_empty() {
            let clears = self.timer_clears();
            found.extend(starts.iter().filter_map(|&call| self.focused(Some(self.ir.span(call)), || self.timeout(call, &clears))));
        }
        one_for_each_race(found)
    }

    /// The one function that a file puts into a field: `this.tick = () => {...}`.
    fn only_function_of(&self, value: ExprId) -> Option<FnId> {
        let ExprKind::Member { .. } = self.ir.kind(value) else { return None };
        match self.initial_values(self.place(value)?).as_slice() {
            [only] => self.function_value(*only),
            _ => None,
        }
    }

    fn timeout(&self, call: ExprId, clears: &[Clear]) -> Option<Timeout> {
        let ir = self.ir;
        let function = ir.function_of(call);
        if function == Ir::MODULE || self.runs_once_only(call, 3) {
            return None;
        }
        let ExprKind::Call { args, .. } = ir.kind(call) else { return None };
        let args = ir.list(args);
        let to = self.destinations(call);
        let callback = args.first().and_then(|&callback| self.function_value(callback).or_else(|| self.only_function_of(callback)));
        let mut own: Vec<Clear> = clears.iter().copied().filter(|&clear| self.clears(clear, &to, callback)).collect();
        own.extend(self.clears_by_helpers(&to, &|done| *done == Done::ClearsTimer));
        let armed = Armed { call, to: &to, callback, clears: own };
        let instances = self.per_instance(function);
        let found = self.timeout_shape(&armed, instances.as_ref())?;
        let handle = self.handle(call, &to);
        if matches!(&handle, Handle::Kept { text, .. } if self.is_released_elsewhere(function, text, &Released::Timer)) {
            return None;
        }
        let through = found.race.and_then(|race| race.helper);
        let site = found.race.map_or(call, |race| race.helper.unwrap_or(call));
        let context = found.context.clone().unwrap_or_else(|| self.context(site, Region::Function(Ir::MODULE)));
        Some(Timeout {
            span: ir.span(call),
            statement_hash: self.text_hash(ir[ir[call].stmt].span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            context,
            delay: self.delay(self.delay_argument(args.get(1).copied(), through)),
            handle,
            captures: self.kept_by_timer(&armed),
            captures_this: callback.is_some_and(|callback| self.captures_this(callback))
                || args.first().is_some_and(|&callback| self.is_bound_method(callback)),
            unref: to.unref,
            acts_late: self.acts_late(&armed),
            is_paced: self.is_paced(found.race.map_or(call, |race| race.call)),
            remedy: self.timeout_remedy(&armed, &found, instances.as_ref()),
            shape: found.shape,
            per_instance: instances,
        })
    }

    fn timeout_shape(&self, armed: &Armed<'_>, instances: Option<&Instances>) -> Option<Found> {
        let plain = |shape: TimeoutShape| Found { shape, race: None, context: None };
        if let Some((shape, context)) = self.rearmed(armed, instances.is_some()) {
            return Some(Found { shape, race: None, context });
        }
        let is_own = |clear: &&Clear| armed.callback.is_some_and(|callback| self.is_inside(self.ir.function_of(clear.at), callback));
        let others: Vec<Clear> = armed.clears.iter().filter(|clear| !is_own(clear)).copied().collect();
        if let Some((shape, race)) = self.raced(armed, &others) {
            return Some(Found { shape, race: Some(race), context: None });
        }
        let race = self.armed_promise(armed.call).and_then(|(_, promise)| self.race_of(promise));
        if race.is_some() {
            return None;
        }
        self.told_twice(armed)
            .or_else(|| self.other_outcome_of(armed, &others))
            .or_else(|| self.skipped_by_throw(armed, &others))
            .or_else(|| self.unreported_failure(armed, &others))
            .or_else(|| self.overwritten_timer(armed, &others))
            .or_else(|| self.begun_again(armed, &others))
            .or_else(|| self.forgotten(armed, instances))
            .or_else(|| self.watchdog(armed))
            .or_else(|| self.time_limit(armed))
            .or_else(|| self.late_start(armed))
            .or_else(|| self.only_renewed(armed))
            .or_else(|| self.taken_out_live(armed))
            .map(plain)
    }

    fn skipped_by_throw(&self, armed: &Armed<'_>, others: &[Clear]) -> Option<TimeoutShape> {
        let function = self.ir.function_of(armed.call);
        let is_here = |clear: &Clear| self.ir.function_of(clear.at) == function && clear.at > armed.call;
        if others.is_empty() || armed.to.handed_out || !armed.to.collections.is_empty() || !others.iter().all(is_here) {
            return None;
        }
        let stops = self.with_checks(others.iter().map(|clear| clear.at).collect());
        let clear = self.clear_span(others)?;
        self.escapes_by_throw(function, armed.call, &stops).then_some(TimeoutShape::SkippedByThrow { clear })
    }

    /// Set again while it is pending, by code that is no part of what it starts itself.
    fn overwritten_timer(&self, armed: &Armed<'_>, others: &[Clear]) -> Option<TimeoutShape> {
        let function = self.ir.function_of(armed.call);
        if others.is_empty() || armed.callback.is_some_and(|callback| self.comes_back(callback, function)) {
            return None;
        }
        let rearms = || {
            let context = self.context(armed.call, Region::Function(Ir::MODULE));
            context.steps.iter().any(|step| matches!(step.what, StepKind::Rearms(_)))
        };
        let certainty = self.overwritten(armed)?;
        (!rearms()).then_some(TimeoutShape::Overwritten(certainty))
    }

    /// Whether what the timer starts leads to where it is armed: then the next one is armed by the one before it.
    fn comes_back(&self, callback: FnId, function: FnId) -> bool {
        let started = self.started_by(callback);
        let mut at = Some(function);
        while let Some(one) = at.filter(|&one| one != Ir::MODULE) {
            if one == callback || started.contains(&one) {
                return true;
            }
            at = self.ir[one].parent;
        }
        false
    }

    /// Never cleared, in a class whose teardown clears other timers; or kept from holding the process up, and nothing more.
    fn forgotten(&self, armed: &Armed<'_>, instances: Option<&Instances>) -> Option<TimeoutShape> {
        let teardown = instances.filter(|instances| instances.many)?.teardown.as_ref()?;
        if !armed.clears.is_empty() || armed.to.handed_out || !armed.to.collections.is_empty() || armed.to.is_conditional {
            return None;
        }
        let callback = armed.callback.filter(|&callback| self.keeps_owner(callback, armed.call))?;
        let clears_others = teardown.clears.as_ref().is_some_and(|other| other.text.starts_with("clear"));
        let is_kept = armed.to.places.iter().any(|&place| self.is_own_field(place, armed.call));
        let is_dropped = armed.to.places.is_empty();
        let may_hold = is_kept && clears_others || is_dropped && armed.to.unref;
        let comes_back = self.comes_back(callback, self.ir.function_of(armed.call));
        (may_hold && !comes_back).then_some(TimeoutShape::ForgottenByTeardown)
    }

    fn is_own_field(&self, place: Place, call: ExprId) -> bool {
        let own = self.this_place(self.ir.function_of(call));
        self.split(place).is_some_and(|(of, step)| of == own && step != place::Step::Entry)
    }

    /// The callback reaches the instance: by `this`, or by what was given `this`.
    fn keeps_owner(&self, callback: FnId, call: ExprId) -> bool {
        if self.captures_this(callback) {
            return true;
        }
        let mut at = Some(self.ir.function_of(call));
        while let Some(function) = at {
            let kept = self.ir[function].params.iter().enumerate().any(|(index, param)| {
                let Some(binding) = param.binding else { return false };
                let is_read = self.uses.refs(binding).iter().any(|&read| self.is_inside(self.ir.function_of(read), callback));
                let gets_this = |&argument: &ExprId| matches!(self.ir.kind(argument), ExprKind::This);
                is_read && self.arguments(function, index as u32).is_some_and(|arguments| arguments.iter().any(gets_this))
            });
            if kept {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }

    /// The delay as the caller of a helper gives it.
    fn delay_argument(&self, delay: Option<ExprId>, through: Option<ExprId>) -> Option<ExprId> {
        let binding = delay.and_then(|delay| self.ir.binding_of(delay));
        match (binding.map(|binding| self.ir[binding].kind), through.map(|call| self.ir.kind(call))) {
            (Some(BindingKind::Param(_, index)), Some(ExprKind::Call { args, .. })) => {
                self.ir.list(args).get(index as usize).copied().or(delay)
            }
            _ => delay,
        }
    }

    /// Requests and connections, and else the parameters around it, that stay with the timer.
    fn kept_by_timer(&self, armed: &Armed<'_>) -> Vec<String> {
        let Some(callback) = armed.callback else { return Vec::new() };
        let mut kept = self.captured_requests(callback);
        if kept.is_empty() {
            kept = self.captured_params(callback);
        }
        self.names(&kept)
    }

    fn captured_params(&self, callback: FnId) -> Vec<BindingId> {
        let mut found = Vec::new();
        let mut outer = self.ir[callback].parent;
        while let Some(at) = outer.filter(|&at| at != Ir::MODULE) {
            if !self.is_promise_executor(at) {
                let params = self.ir[at].params.iter().filter_map(|param| param.binding);
                let is_read = |binding: &BindingId| {
                    self.uses.refs(*binding).iter().any(|&read| {
                        let is_object = self
                            .uses
                            .parent(read)
                            .is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Member { object, .. } if object == read));
                        is_object && self.is_inside(self.ir.function_of(read), callback)
                    })
                };
                found.extend(params.filter(is_read));
            }
            outer = self.ir[at].parent;
        }
        found
    }

    fn waits_between(&self, armed: &Armed<'_>) -> bool {
        let waits = |function: FnId| self.ir[function].is_async || self.ir[function].is_generator;
        waits(self.ir.function_of(armed.call)) || armed.callback.is_some_and(waits)
    }

    fn timeout_remedy(&self, armed: &Armed<'_>, found: &Found, instances: Option<&Instances>) -> Option<TimeoutRemedy> {
        let as_interval = |overwritten: bool| self.remedy(armed, false, overwritten, instances, None).map(TimeoutRemedy::Cleared);
        match &found.shape {
            TimeoutShape::Race { misses: None, .. } => self.clear_after_race(armed, found.race?.call),
            TimeoutShape::SkippedByThrow { .. } => self.clear_in_finally(armed),
            TimeoutShape::Overwritten(Certainty::Proved) => as_interval(true),
            TimeoutShape::ForgottenByTeardown => as_interval(false),
            // While something is awaited there is no timer to clear, and it is armed again afterwards.
            TimeoutShape::Rearms { .. } if !self.waits_between(armed) => as_interval(false),
            _ => None,
        }
    }
}

/// Two timers that race each other are one finding: of the one that waits longer.
fn one_for_each_race(mut found: Vec<Timeout>) -> Vec<Timeout> {
    let race_of = |timeout: &Timeout| match timeout.shape {
        TimeoutShape::Race { race, .. } => Some(race),
        _ => None,
    };
    let waits = |timeout: &Timeout| timeout.delay.millis.unwrap_or(u64::MAX);
    let all = found.clone();
    found.retain(|one| {
        let race = race_of(one);
        race.is_none() || !all.iter().any(|other| race_of(other) == race && (waits(other), other.span.start) > (waits(one), one.span.start))
    });
    found
}

impl Timeout {
    /// Whether it is seen to be armed again and again, or may be.
    pub fn may_repeat(&self) -> bool {
        matches!(self.context.kind, ContextKind::Repeated | ContextKind::Unknown)
    }

    /// Whether somebody is seen to run it, or can do so by a name.
    pub fn is_offered(&self) -> bool {
        let is_hidden = |step: &Step| matches!(step.what, StepKind::Returned(_) | StepKind::Uncalled(_));
        self.context.kind == ContextKind::Repeated || !self.context.steps.first().is_some_and(is_hidden)
    }
}

//! Function summaries: what a function does to what it is given, and what it gives back, for the files that call it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::calls::How;
use super::clearing::Clear;
use super::facts::{GrowthKind, ShrinkKind};
use super::handle::Destinations;
use super::holding::{Operations, Shrink};
use super::index::written_value;
use super::ir::{AssignOp, BindingKind, ExprId, ExprKind, FnId, Ir};
use super::left::Left;
use super::origin::Origin;
use super::place::{Place, Root};

/// What a function passes on, or works with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Given {
    /// The argument of this number.
    Argument(u32),
    /// As it is written.
    Text(String),
}

/// What is done to an argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// Entries are taken out of it, that many levels down.
    Shrinks {
        level: u32,
        key: Option<Given>,
    },
    /// An entry is added to it, that many levels down, under a key that is, or is made of, what is given.
    Grows {
        how: GrowthKind,
        level: u32,
        key: Option<Given>,
        value: Option<Given>,
    },
    ClearsTimer,
    /// A method of it that lets something go is called.
    Releases(String),
    Registers,
    Removes {
        event: Option<Given>,
        handler: Option<Given>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    pub argument: u32,
    pub done: Done,
}

/// A call by which arguments go on to a function of another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOn {
    pub module: String,
    pub path: AccessPath,
    pub arguments: Vec<Given>,
}

/// What is known of something that a file offers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub paths: Vec<AccessPath>,
    pub effects: Vec<Effect>,
    pub hands_on: Vec<HandOn>,
    /// A function that gives the one object which the module keeps.
    pub gives_shared: bool,
    /// An emitter that is made when the module is loaded.
    pub is_emitter: bool,
    /// An object that a library made for the module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// A function that tells, or a field that has, a state which is left for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
    /// A component that shows what stands in it at times.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hides_children: bool,
}

impl Summary {
    /// What the one that is handed on to does, seen from the one that hands on.
    pub fn add_handed_on(&mut self, hand_on: &HandOn, inner: &Self) {
        let argument = |index: u32| hand_on.arguments.get(index as usize);
        let outer = |given: &Option<Given>| match given {
            Some(Given::Argument(index)) => argument(*index).cloned(),
            other => other.clone(),
        };
        for effect in &inner.effects {
            let Some(Given::Argument(own)) = argument(effect.argument) else { continue };
            let done = match &effect.done {
                Done::Shrinks { level, key } => Done::Shrinks { level: *level, key: outer(key) },
                Done::Grows { how, level, key, value } => Done::Grows { how: *how, level: *level, key: outer(key), value: outer(value) },
                Done::Removes { event, handler } => Done::Removes { event: outer(event), handler: outer(handler) },
                other => other.clone(),
            };
            let effect = Effect { argument: *own, done };
            if !self.effects.contains(&effect) {
                self.effects.push(effect);
            }
        }
    }
}

impl Model<'_> {
    /// What other files can call or use of this one.
    pub fn summaries(&self) -> Vec<Summary> {
        let operations = self.known_operations.take().unwrap_or_else(|| self.operations());
        let mut effects: Vec<(FnId, Effect)> = self.shrunk_parameters(&operations);
        effects.extend(self.grown_parameters(&operations));
        self.known_operations.replace(Some(operations));
        effects.extend(self.cleared_parameters());
        effects.extend(self.listened_parameters());
        let handed = self.handed_on_parameters();
        let mut found = Vec::new();
        for index in 1..self.ir.functions.len() {
            let function = FnId(index as u32);
            let own = |of: FnId| of == function;
            let effects: Vec<Effect> = effects.iter().filter(|(of, _)| own(*of)).map(|(_, effect)| effect.clone()).collect();
            let hands_on: Vec<HandOn> = handed.iter().filter(|(of, _)| own(*of)).map(|(_, hand_on)| hand_on.clone()).collect();
            let (gives_shared, hides_children, left) = (self.gives_shared(function), self.hides_children(function), self.left_by(function));
            if effects.is_empty() && hands_on.is_empty() && !gives_shared && !hides_children && left.is_none() {
                continue;
            }
            let paths = self.paths_of_function(function);
            if !paths.is_empty() {
                found.push(Summary { paths, effects, hands_on, gives_shared, hides_children, left, ..Summary::default() });
            }
        }
        found.extend(self.left_fields());
        found.extend(self.offered_emitters());
        found.extend(self.offered_origins());
        found
    }

    /// The parameter that an expression is, if it has but the value that a caller gave.
    pub(super) fn parameter_of(&self, expr: ExprId) -> Option<(FnId, u32)> {
        let binding = self.ir.binding_of(expr)?;
        match self.ir[binding].kind {
            BindingKind::Param(function, index) if self.uses.writes(binding).is_empty() => {
                let is_rest = self.ir[function].params.get(index as usize).is_some_and(|param| param.is_rest);
                (!is_rest).then_some((function, index))
            }
            _ => None,
        }
    }

    /// What an expression of a function is for those who call it.
    pub(super) fn given_to(&self, function: FnId, expr: ExprId) -> Given {
        match self.parameter_of(expr) {
            Some((of, index)) if of == function => Given::Argument(index),
            _ => Given::Text(self.expr_text(expr)),
        }
    }

    /// Whether a call of one function runs another that is written in it, before it returns.
    pub(super) fn runs_within(&self, inner: FnId, function: FnId) -> bool {
        let mut at = inner;
        for _ in 0..4 {
            if at == function {
                return true;
            }
            let is_run = self.callers(at).iter().any(|caller| matches!(caller.how, How::Inline | How::EachElement));
            match self.ir[at].parent {
                Some(parent) if is_run => at = parent,
                _ => return false,
            }
        }
        false
    }

    fn shrunk_parameters(&self, table: &BTreeMap<Place, Operations>) -> Vec<(FnId, Effect)> {
        let mut found = Vec::new();
        for (&place, operations) in table {
            let Root::Binding(binding) = self.root(place) else { continue };
            let BindingKind::Param(function, argument) = self.ir[binding].kind else { continue };
            if !self.is_root(place) || !self.uses.writes(binding).is_empty() {
                continue;
            }
            for shrink in &operations.shrinks {
                let is_real = matches!(shrink.kind, ShrinkKind::Delete | ShrinkKind::Pop | ShrinkKind::Clear | ShrinkKind::Cleaner);
                if is_real && !shrink.key.is_some_and(|key| self.is_constant_key(key)) {
                    let key = shrink.key.map(|key| self.given_to(function, key));
                    found.push((function, Effect { argument, done: Done::Shrinks { level: shrink.level, key } }));
                }
            }
        }
        found
    }

    fn cleared_parameters(&self) -> Vec<(FnId, Effect)> {
        let mut found = Vec::new();
        let mut add = |handle: ExprId, at: ExprId, done: Done| {
            let owner = self.parameter_of(handle).filter(|&(function, _)| self.runs_within(self.ir.function_of(at), function));
            found.extend(owner.map(|(function, argument)| (function, Effect { argument, done })));
        };
        for clear in self.timer_clears().iter() {
            let ExprKind::Call { callee, .. } = self.ir.kind(clear.at) else { continue };
            if ["clearInterval", "clearTimeout"].iter().any(|name| self.is_timer_function(callee, name)) {
                add(clear.handle, clear.at, Done::ClearsTimer);
            }
        }
        for clear in self.releases_by_method(|name| self.apis.resources.releases.contains(name)) {
            let ExprKind::Call { callee, .. } = self.ir.kind(clear.at) else { continue };
            let method = self.callee_name(callee).unwrap_or_default().to_owned();
            add(clear.handle, clear.at, Done::Releases(method));
        }
        found
    }

    /// The calls of imported functions by which parameters go on.
    fn handed_on_parameters(&self) -> Vec<(FnId, HandOn)> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            let args = self.ir.list(args);
            let Some((function, _)) = args.iter().find_map(|&arg| self.parameter_of(arg)) else { continue };
            if !self.runs_within(self.ir.function_of(call), function) {
                continue;
            }
            let Some((module, path)) = self.imported(callee) else { continue };
            let arguments = args.iter().map(|&arg| self.given_to(function, arg)).collect();
            found.push((function, HandOn { module: module.to_owned(), path, arguments }));
        }
        found
    }

    /// Whether each call of a function gives the same object, which the module keeps.
    fn gives_shared(&self, function: FnId) -> bool {
        let mut is_shared = false;
        for &at in self.uses.returns(function) {
            let ExprKind::Return(Some(value)) = self.ir.kind(at) else { continue };
            if self.is_nothing(value) {
                continue;
            }
            if !self.is_kept_one(value) {
                return false;
            }
            is_shared = true;
        }
        is_shared
    }

    /// `connection`, `connection ??= open()`, of a name of the module that gets one object.
    fn is_kept_one(&self, value: ExprId) -> bool {
        let value = match self.ir.kind(value) {
            ExprKind::Await(inner) => inner,
            _ => value,
        };
        let named = match self.ir.kind(value) {
            ExprKind::Assign { target, .. } => target,
            ExprKind::Ident(_) | ExprKind::Member { .. } => value,
            _ => return false,
        };
        let Some(place) = self.place(named).filter(|&place| self.level(place) == 0) else { return false };
        let Root::Binding(binding) = self.root(place) else { return false };
        if !self.is_module_level(binding) || matches!(self.ir[binding].kind, BindingKind::Param(..) | BindingKind::Import(_)) {
            return false;
        }
        let writes = self.writes_of(place);
        let given: Vec<ExprId> =
            writes.iter().copied().filter(|&write| written_value(self.ir, write).is_some_and(|value| !self.is_nothing(value))).collect();
        !given.is_empty() && given.iter().all(|&write| self.makes_once(write, place))
    }

    /// Whether a write stores an object that is made there, and only where there is none yet.
    fn makes_once(&self, write: ExprId, place: Place) -> bool {
        let makes = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_));
        let is_conditional = matches!(self.ir.kind(write), ExprKind::Assign { op: AssignOp::Nullish | AssignOp::Or, .. });
        written_value(self.ir, write).is_some_and(makes)
            && (is_conditional || self.ir.function_of(write) == Ir::MODULE || self.is_missing_there(write, place))
    }

    /// `export const events = new EventEmitter()`, `module.exports = new Bus()` of a class that is an emitter.
    fn offered_emitters(&self) -> Vec<Summary> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let ExprKind::New { callee, .. } = self.ir.kind(call) else { continue };
            if self.ir.function_of(call) == Ir::MODULE && self.makes_emitter(callee) {
                let paths = self.paths_of_made(call);
                if !paths.is_empty() {
                    found.push(Summary { paths, is_emitter: true, ..Summary::default() });
                }
            }
        }
        found
    }

    fn makes_emitter(&self, class: ExprId) -> bool {
        let is_one = |class: ExprId| self.callee_name(class).is_some_and(|name| self.apis.receivers.types.contains(name));
        is_one(class) || self.class_named_by(class).and_then(|id| self.entities.get(id).base).is_some_and(is_one)
    }

    /// What the function of another file that a call runs does; none if that is not known.
    pub(super) fn summary_of_call(&self, call: ExprId) -> Option<Summary> {
        let outside = self.outside()?;
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let (module, path) = self.imported(callee)?;
        outside.summary(module, &path)
    }

    /// The calls of this file that may be of other files, with the arguments that are wanted.
    fn handing(&self, is_wanted: impl Fn(ExprId) -> bool) -> Vec<(ExprId, u32, ExprId)> {
        let mut found = Vec::new();
        for &call in &self.uses.calls {
            let ExprKind::Call { args, .. } = self.ir.kind(call) else { continue };
            for (index, &arg) in self.ir.list(args).iter().enumerate().filter(|(_, arg)| is_wanted(**arg)) {
                if self.callee_function(call).is_none() {
                    found.push((call, index as u32, arg));
                }
            }
        }
        found
    }

    /// What functions of other files take out of a collection that they are given.
    pub(super) fn shrinks_by_helpers(&self, holder: Place) -> Vec<Shrink> {
        if self.outside().is_none() {
            return Vec::new();
        }
        let is_part = |arg: ExprId| self.place(arg).is_some_and(|place| self.holding_container(place) == holder);
        let mut found = Vec::new();
        for (at, index, arg) in self.handing(is_part) {
            let Some(summary) = self.summary_of_call(at) else { continue };
            let base = self.place(arg).map_or(0, |place| self.level(place));
            for effect in summary.effects.iter().filter(|effect| effect.argument == index) {
                if let Done::Shrinks { level, key } = &effect.done {
                    let key = key.as_ref().and_then(|key| self.argument(at, key));
                    found.push(Shrink { at, kind: ShrinkKind::Cleaner, key, level: base + level });
                }
            }
        }
        found
    }

    /// The argument of a call that something given is.
    pub(super) fn argument(&self, call: ExprId, given: &Given) -> Option<ExprId> {
        let (ExprKind::Call { args, .. }, Given::Argument(index)) = (self.ir.kind(call), given) else { return None };
        self.ir.list(args).get(*index as usize).copied()
    }

    /// The calls of functions of other files that let go of what is in one of these places.
    pub(super) fn clears_by_helpers(&self, to: &Destinations, lets_go: &dyn Fn(&Done) -> bool) -> Vec<Clear> {
        if self.outside().is_none() || to.places.is_empty() && to.collections.is_empty() {
            return Vec::new();
        }
        let is_it = |arg: ExprId| self.place(arg).is_some() && self.clears(Clear { at: arg, handle: arg }, to, None);
        let handed = self.handing(is_it).into_iter();
        let cleared = handed.filter(|&(at, index, _)| {
            let summary = self.summary_of_call(at);
            summary.is_some_and(|summary| summary.effects.iter().any(|effect| effect.argument == index && lets_go(&effect.done)))
        });
        cleared.map(|(at, _, handle)| Clear { at, handle }).collect()
    }
}

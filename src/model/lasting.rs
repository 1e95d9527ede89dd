//! How long what a caller passes lives, so that a listener on it can be judged where it is added.

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::calls::How;
use super::context::{ContextKind, Region};
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, PropKey, PropKind};
use super::place::{Place, Root, Step};

/// How long something lives, as far as the file that passes it tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lasting {
    /// It is made by the very call that passes it.
    Call,
    /// It is made once, when the module is loaded.
    Process,
    /// It is what callers in other files give for one of these.
    Given(Vec<Parameter>),
    /// There is none.
    Nothing,
    #[default]
    Unknown,
}

/// A parameter of a function that other files call, or a property of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub paths: Vec<AccessPath>,
    pub index: u32,
    pub part: Option<String>,
}

/// An argument, or the properties of an object that is written there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Argument {
    pub whole: Lasting,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<(String, Lasting)>,
    /// It has no other properties than these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_closed: bool,
}

impl Argument {
    pub fn part(&self, wanted: Option<&str>) -> Lasting {
        let Some(wanted) = wanted else { return self.whole.clone() };
        if let Some((_, lasting)) = self.parts.iter().find(|(name, _)| name == wanted) {
            return lasting.clone();
        }
        match &self.whole {
            _ if self.is_closed => Lasting::Nothing,
            Lasting::Call => Lasting::Call,
            Lasting::Given(parameters) if parameters.iter().all(|parameter| parameter.part.is_none()) => {
                let part = Some(wanted.to_owned());
                Lasting::Given(parameters.iter().map(|parameter| Parameter { part: part.clone(), ..parameter.clone() }).collect())
            }
            // What hangs on something that lives as long as the process may be another thing each time.
            _ => Lasting::Unknown,
        }
    }
}

/// What all callers in view pass for a parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lasts {
    pub for_call: u32,
    pub for_process: u32,
    pub unknown: u32,
    pub is_complete: bool,
}

impl Lasts {
    pub fn says_nothing(self) -> bool {
        self.for_call + self.for_process + self.unknown == 0
    }

    /// Adds what is passed to a caller; one that nobody is seen to call passes whatever it likes.
    pub fn add(&mut self, outer: Self) {
        self.for_call += outer.for_call;
        self.for_process += outer.for_process;
        self.unknown += outer.unknown + u32::from(outer.says_nothing());
        self.is_complete &= outer.is_complete;
    }

    /// Each call in view has one of its own.
    pub fn is_for_call(self) -> bool {
        self.for_call > 0 && self.for_process == 0 && self.unknown == 0
    }

    /// Each call in view passes one that lives as long as the process.
    pub fn is_for_process(self) -> bool {
        self.for_process > 0 && self.for_call == 0 && self.unknown == 0
    }
}

/// Names that are followed.
const DEPTH: u32 = 5;

impl Model<'_> {
    /// None if it is not known which argument is which: `f(...args)`.
    pub(super) fn lasting_arguments(&self, call: ExprId, arguments: &[ExprId]) -> Option<Vec<Argument>> {
        let is_spread = |&argument: &ExprId| matches!(self.ir.kind(argument), ExprKind::Spread(_));
        let lasting = || arguments.iter().map(|&argument| self.argument_within(call, argument, DEPTH)).collect();
        (!arguments.iter().any(is_spread)).then(lasting)
    }

    fn argument_within(&self, call: ExprId, argument: ExprId, depth: u32) -> Argument {
        let ExprKind::Object { props, .. } = self.ir.kind(argument) else {
            return Argument { whole: self.lasting(call, argument, depth), ..Argument::default() };
        };
        let props = self.ir.prop_list(props);
        let parts = props.iter().filter_map(|prop| {
            let PropKey::Name(name) = prop.key else { return None };
            Some((self.ir.name(name).to_owned(), self.lasting(call, prop.value, depth)))
        });
        let is_closed = props.iter().all(|prop| prop.kind != PropKind::Spread && matches!(prop.key, PropKey::Name(_)));
        Argument { whole: Lasting::Unknown, parts: parts.collect(), is_closed }
    }

    fn lasting(&self, call: ExprId, value: ExprId, depth: u32) -> Lasting {
        if self.makes_target(value) {
            return Lasting::Call;
        }
        let is_name = matches!(self.ir.kind(value), ExprKind::Ident(_) | ExprKind::Member { .. });
        let Some(place) = self.place(value).filter(|&place| is_name && self.level(place) == 0) else { return Lasting::Unknown };
        match self.given_at(place, None, depth) {
            Some((_, parameters)) if parameters.is_empty() => return Lasting::Call,
            Some((_, parameters)) => return Lasting::Given(parameters),
            None => {}
        }
        match self.root(place) {
            Root::Value(value) if self.makes_target(value) => Lasting::Call,
            Root::Binding(binding) => self.lasting_binding(call, binding),
            Root::Instance(_) if self.is_new_before(place, call) => Lasting::Call,
            _ => Lasting::Unknown,
        }
    }

    fn lasting_binding(&self, call: ExprId, binding: BindingId) -> Lasting {
        if let BindingKind::Param(function, _) = self.ir[binding].kind {
            return if self.request_param(function) == Some(binding) { Lasting::Call } else { Lasting::Unknown };
        }
        // What a module offers is there before any call.
        if self.module_of(binding).is_some() {
            return Lasting::Process;
        }
        let writes = self.uses.writes(binding);
        let values: Vec<ExprId> = writes.iter().filter_map(|&write| written_value(self.ir, write)).collect();
        let is_made = |&value: &ExprId| self.makes_target(value);
        if values.len() != writes.len() || !values.iter().any(is_made) {
            return Lasting::Unknown;
        }
        if !values.iter().all(|value| is_made(value) || self.is_nothing(*value)) {
            return Lasting::Unknown;
        }
        let function = self.ir[self.ir[binding].scope].function;
        if self.is_module_level(binding) {
            return if writes.len() == 1 { Lasting::Process } else { Lasting::Unknown };
        }
        let is_same = self.ir.function_of(call) == function
            || self.is_inside(self.ir.function_of(call), function)
                && self.context(call, Region::Function(function)).kind <= ContextKind::Init;
        if is_same { Lasting::Call } else { Lasting::Unknown }
    }

    /// `new AbortController()`, `AbortSignal.timeout(1000)`.
    fn makes_target(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::New { .. } => true,
            ExprKind::Call { callee, .. } => {
                matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.ir.global_of(object) == Some("AbortSignal"))
            }
            _ => false,
        }
    }

    /// The parameters of functions which other files call that a place stands for, by way of names, fields and callers in this file that pass nothing
    /// else, unless it is made for the call; and what keeps it. None: it may be something else.
    fn given_at(&self, place: Place, part: Option<&str>, depth: u32) -> Option<(Region, Vec<Parameter>)> {
        let depth = depth.checked_sub(1)?;
        if let Some((of, step)) = self.split(place) {
            return match step {
                Step::Field(_) if self.is_root(of) && matches!(self.root(of), Root::Instance(_)) => self.given_in_field(place, part, depth),
                Step::Field(name) if part.is_none() => self.given_at(of, Some(self.ir.name(name)), depth),
                _ => None,
            };
        }
        let parameter = |function: FnId, index: u32| {
            let mut found = Vec::new();
            self.given_behind(function, index, part, depth, &mut found).then_some((Region::Function(function), found))
        };
        match self.root(place) {
            Root::Binding(binding) => match self.ir[binding].kind {
                BindingKind::Param(function, index) if self.uses.writes(binding).is_empty() => parameter(function, index),
                BindingKind::Param(..) | BindingKind::Import(_) => None,
                _ => match self.uses.writes(binding) {
                    [write] => {
                        self.place(written_value(self.ir, *write)?).filter(|&of| of != place).and_then(|of| self.given_at(of, part, depth))
                    }
                    _ => None,
                },
            },
            Root::Value(value) => match self.ir.kind(value) {
                ExprKind::Param(index) => parameter(self.ir.function_of(value), index),
                _ => None,
            },
            _ => None,
        }
    }

    /// Adds the parameters from which the value of one comes; false if it may come from anywhere else but a call that makes it.
    fn given_behind(&self, function: FnId, index: u32, part: Option<&str>, depth: u32, found: &mut Vec<Parameter>) -> bool {
        let own = self.ir[function].params.get(index as usize).and_then(|param| param.binding);
        if own.is_some() && self.request_params(function).iter().any(|&param| Some(param) == own) {
            return false;
        }
        let paths = self.paths_of_function(function);
        let is_offered = !paths.is_empty();
        if is_offered {
            found.push(Parameter { paths, index, part: part.map(str::to_owned) });
        }
        let callers = self.callers(function);
        let is_known = callers.iter().all(|caller| match (caller.how, caller.at.map(|at| (at, self.ir.kind(at)))) {
            (How::Called, Some((at, ExprKind::Call { args, .. } | ExprKind::New { args, .. }))) => {
                let Some(&argument) = self.ir.list(args).get(index as usize) else { return true };
                match self.argument_within(at, argument, depth).part(part) {
                    Lasting::Call | Lasting::Nothing => true,
                    Lasting::Given(parameters) => {
                        found.extend(parameters);
                        true
                    }
                    Lasting::Process | Lasting::Unknown => false,
                }
            }
            (How::Exported | How::PublicMethod(..) | How::Returned, _) => is_offered,
            _ => false,
        });
        found.dedup();
        is_known && (is_offered || !callers.is_empty())
    }

    /// `this.signal = signal`, `constructor(private signal)`.
    fn given_in_field(&self, place: Place, part: Option<&str>, depth: u32) -> Option<(Region, Vec<Parameter>)> {
        let (of, Step::Field(name)) = self.split(place)? else { return None };
        let Root::Instance(id) = self.root(of) else { return None };
        if let Some(constructor) = self.entities.get(id).constructor {
            let params = &self.ir[constructor].params;
            let is_it = |binding: BindingId| self.ir[binding].name == name;
            if let Some(index) = params.iter().position(|param| param.is_property && param.binding.is_some_and(is_it)) {
                let mut found = Vec::new();
                return self.given_behind(constructor, index as u32, part, depth, &mut found).then_some((Region::Instance(id), found));
            }
        }
        let values = self.initial_values(place);
        let mut given = values.iter().filter(|&&value| !self.is_nothing(value));
        let (Some(&only), None) = (given.next(), given.next()) else { return None };
        let (_, parameters) = self.place(only).filter(|&of| of != place).and_then(|of| self.given_at(of, part, depth))?;
        Some((Region::Instance(id), parameters))
    }

    /// What the callers in other files pass for what a place stands for, seen from a site.
    pub(super) fn lasts_outside(&self, place: Place, site: ExprId) -> Option<Lasts> {
        let outside = self.outside()?;
        let (region, parameters) = self.given_at(place, None, DEPTH).filter(|(_, parameters)| !parameters.is_empty())?;
        let mut lasts = outside.lasting(&parameters);
        if lasts.says_nothing() {
            return None;
        }
        // What is kept for later calls is no longer of the one that passed it.
        if self.context(site, region).kind >= ContextKind::Unknown {
            lasts.unknown += std::mem::take(&mut lasts.for_call);
        }
        Some(lasts)
    }
}

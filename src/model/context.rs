//! How often a site runs during one life of its holder: callers are walked outwards to the region that creates the holder.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Model;
use super::calls::How;
use super::entity::{EntityId, This};
use super::ir::{ExprId, ExprKind, FnId, FunctionKind, Ir};
use super::left::Asked;
use super::outside::{FileName, Opening};
use crate::text::Span;

/// What creates a holder, each time it runs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Region {
    Function(FnId),
    Instance(EntityId),
}

/// Ordered by how much it says that the site runs again and again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContextKind {
    /// Nothing calls it, and nothing else can.
    Uncalled,
    /// Only from test code.
    Test,
    /// Only from close, destroy and the like.
    Teardown,
    /// No repeating edge on the way.
    Init,
    /// Only loops over what is there at start-up.
    Bounded,
    /// Callers are not in view, and the name says set-up.
    Startup,
    /// Callers are not in view.
    Unknown,
    /// A handler, timer or endless loop lies between.
    Repeated,
}

/// One step of the way from the outside in to the site.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    pub span: Span,
    /// The file of the span, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileName>,
    pub what: StepKind,
    /// What a condition asks of another file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Box<Asked>>,
}

impl Step {
    pub fn new(span: Span, what: StepKind) -> Self {
        Self { span, file: None, what, asks: None }
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Called there; the name of what is called.
    Call(String),
    /// A callback of this call, which runs again and again.
    Handler {
        callee: String,
        event: Option<String>,
        what: Handles,
        /// The callback has no name of its own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_nameless: bool,
    },
    /// The one handler of an event, by the name of the property that it is stored in.
    HandlerOf(String),
    /// A component, where an element of it stands.
    Rendered(String),
    /// The body of a component, by the hook that gives it a state.
    Drawn(String),
    /// A callback that runs once.
    Callback(String),
    Loop,
    EndlessLoop,
    /// It arms itself again.
    Rearms(String),
    Exported(String),
    /// A framework calls it for each request, by the file in which it stands.
    Served {
        name: String,
        framework: String,
    },
    /// A framework calls it again and again, by the interface that its class implements.
    Provided {
        method: String,
        framework: String,
    },
    PublicMethod {
        class: String,
        method: String,
    },
    /// Handed to code that is not in view.
    Escapes(String),
    /// Handed to a call that is not known to call it, by its own name, if it has one.
    GivenTo {
        name: Option<String>,
        callee: String,
    },
    /// Stored where others may find it.
    Stored(String),
    Returned(String),
    Uncalled(String),
    /// It gets a request, connection or message as a parameter.
    RequestParam {
        name: String,
        shown: Shown,
    },
    /// Only if a condition holds, or (false) only if it does not; the text of the condition, if that is short.
    OnlyIf {
        condition: String,
        holds: bool,
    },
    /// Only in one case of a `switch`.
    InCase(String),
    /// Exported, and no file of the project uses it.
    Unused(String),
    /// Offered to other files, of which only tests are seen to call it.
    Tested(String),
    /// Offered to the other files of a program, of which none calls it, or only tests do: whoever may was read.
    Dead {
        name: String,
        is_tested: bool,
    },
}

/// What the calls of a handler are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Handles {
    /// A request of a server.
    Requests,
    Events,
    Calls,
}

/// What shows that a parameter is a request, a connection or a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shown {
    /// Its type.
    Type,
    /// The registration of its function.
    Registration,
    /// Its name alone.
    Name,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Context {
    pub kind: ContextKind,
    /// From the outside in.
    pub steps: Vec<Step>,
    /// A parameter on the way is a request, a connection or a message.
    pub per_request: bool,
}

pub(super) struct State {
    pub(super) function: FnId,
    /// What creates the holder: narrower once the object is known.
    pub(super) region: Region,
    pub(super) repeats: ContextKind,
    pub(super) came_from: Option<usize>,
    pub(super) step: Option<Step>,
    /// The expression of the function through which the way leads inwards.
    pub(super) inner: Option<ExprId>,
}

/// Functions visited before a search gives up and says `Unknown`.
const LIMIT: usize = 400;

impl Model<'_> {
    /// How often `site` runs during one life of what `region` creates.
    pub fn context(&self, site: ExprId, region: Region) -> Context {
        if !self.is_come_to(site) {
            return Context { kind: ContextKind::Uncalled, steps: Vec::new(), per_request: false };
        }
        let mut search = Search::new(self, region);
        search.start(site);
        search.run();
        search.result()
    }

    /// How often a function runs during one life of what `region` creates, whatever the loops in it.
    pub fn context_of_run(&self, function: FnId, region: Region) -> ContextKind {
        let mut search = Search::new(self, region);
        search.push(State { function, region, repeats: ContextKind::Init, came_from: None, step: None, inner: None });
        search.run();
        search.result().kind
    }
}

pub(super) struct Search<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    pub(super) region: Region,
    pub(super) states: Vec<State>,
    queue: VecDeque<usize>,
    seen: FxHashSet<(FnId, Region, ContextKind)>,
    pub(super) ends: Vec<(ContextKind, usize)>,
    /// Where the way goes on in other files.
    pub(super) open: Vec<Opening>,
    /// Whether to note these.
    pub(super) notes_openings: bool,
    /// Functions that were looked for in other files.
    pub(super) asked: FxHashSet<FnId>,
    /// How many searches this one is part of.
    pub(super) depth: u32,
}

/// What runs by an edge of the call graph.
#[derive(Clone, Copy)]
pub(super) enum Runs<'n> {
    Own(FnId),
    /// A function of another file, by the name under which it is imported.
    Imported(&'n str),
}

impl<'m, 'a> Search<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, region: Region) -> Self {
        Self {
            model,
            region,
            states: Vec::new(),
            queue: VecDeque::new(),
            seen: FxHashSet::default(),
            ends: Vec::new(),
            open: Vec::new(),
            notes_openings: false,
            asked: FxHashSet::default(),
            depth: 0,
        }
    }

    pub(super) fn start(&mut self, site: ExprId) {
        let function = self.beyond(None, site);
        let (kind, step) = self.loops_or_draws(site, function);
        self.push(State { function, region: self.region, repeats: kind, came_from: None, step, inner: Some(site) });
    }

    pub(super) fn push(&mut self, state: State) {
        if self.seen.insert((state.function, state.region, state.repeats)) {
            self.states.push(state);
            self.queue.push_back(self.states.len() - 1);
        }
    }

    pub(super) fn run(&mut self) {
        while let Some(at) = self.queue.pop_front() {
            if self.states.len() > LIMIT {
                self.ends.push((ContextKind::Unknown, at));
                return;
            }
            let function = self.states[at].function;
            if self.is_region(function, self.states[at].region) {
                self.ends.push((self.states[at].repeats, at));
                continue;
            }
            if function == Ir::MODULE {
                self.ends.push((self.states[at].repeats, at));
                continue;
            }
            if let Some(made_in) = self.states[at].inner.and_then(|inner| self.model.replaces_itself(function, inner)) {
                let State { region, repeats, .. } = self.states[at];
                self.push(State { function: made_in, region, repeats, came_from: Some(at), step: None, inner: None });
                continue;
            }
            let callers = self.model.callers(function);
            let mut running = callers.iter().filter(|caller| caller.at.is_none_or(|site| self.model.is_come_to(site))).peekable();
            if running.peek().is_none() && !callers.is_empty() {
                self.ends.push((ContextKind::Uncalled, at));
            }
            for caller in running {
                self.follow(at, Runs::Own(function), caller.how, caller.at);
            }
        }
    }

    fn is_region(&self, function: FnId, region: Region) -> bool {
        match region {
            Region::Function(region) => function == region,
            Region::Instance(id) => {
                let kind = self.model.ir[function].kind;
                self.model.entities.get(id).constructor == Some(function)
                    || matches!(kind, FunctionKind::FieldInit) && self.model.entities.this_of(function) == This::Instance(id)
            }
        }
    }

    pub(super) fn follow(&mut self, at: usize, runs: Runs<'_>, how: How, site: Option<ExprId>) {
        let State { repeats, region, .. } = self.states[at];
        let Some(site) = site else {
            let Runs::Own(function) = runs else { return };
            if how == How::Inline {
                if let Some(parent) = self.model.ir[function].parent {
                    self.push(State { function: parent, region, repeats, came_from: Some(at), step: None, inner: None });
                }
                return;
            }
            self.end_outside(at, runs, how, (self.model.ir[function].name_span.unwrap_or(self.model.ir[function].span), None));
            return;
        };
        let span = self.model.callee_span(site);
        let from = self.model.ir.function_of(site);
        let (in_loop, loop_step) = self.loops(site);
        let callee = || self.model.callee_text(site);
        let (kind, what) = match how {
            How::Called if self.is_on_region(site) => {
                self.ends.push((repeats.max(in_loop), at));
                return;
            }
            How::Called => (in_loop, StepKind::Call(self.name_at(runs, site))),
            How::EachElement => (in_loop.max(ContextKind::Bounded), StepKind::Loop),
            How::Inline => (in_loop, StepKind::Callback(callee())),
            How::Later if self.rearms(at, runs, from, site) || self.comes_round(at, from, site) => {
                (ContextKind::Repeated, StepKind::Rearms(callee()))
            }
            How::Later | How::Repeats | How::Escapes if self.model.is_start_of_page(site) => {
                self.end(at, repeats, Step::new(span, StepKind::Callback(callee())));
                return;
            }
            How::Later | How::Repeats if self.model.is_teardown_event(site) => {
                self.end(at, ContextKind::Teardown, Step::new(span, StepKind::Callback(callee())));
                return;
            }
            How::Later => (in_loop, StepKind::Callback(callee())),
            How::Repeats if self.is_over(at, runs, site) || self.is_last_run(at, runs, site) => (in_loop, StepKind::Callback(callee())),
            How::Repeats => (ContextKind::Repeated, self.handler_of(site, runs)),
            How::Test => {
                self.end(at, ContextKind::Test, Step::new(span, StepKind::Callback(callee())));
                return;
            }
            How::Exported | How::Escapes | How::Returned | How::PublicMethod(..) | How::Uncalled => {
                let named = match runs {
                    Runs::Own(function) => self.model.ir[function].name_span,
                    Runs::Imported(_) => None,
                };
                self.end_outside(at, runs, how, (named.unwrap_or(span), Some(site)));
                return;
            }
        };
        let region = if how == How::Called { self.model.region_of_receiver(site, region) } else { region };
        // A function that is called where it is written is no step.
        let step = (how != How::Called || !self.is_called_in_place(runs, site)).then(|| Step::new(span, what));
        let function = self.beyond(Some(at), site);
        let outside = State { function, region, repeats: repeats.max(kind), came_from: Some(at), step, inner: Some(site) };
        self.push_with_loop(outside, loop_step.filter(|_| in_loop > ContextKind::Init));
    }

    /// Whether a handler takes itself off in each run that goes the way, or never goes it, or hears one value.
    fn is_over(&self, at: usize, runs: Runs<'_>, site: ExprId) -> bool {
        self.model.is_heard_once(site)
            || match (runs, self.states[at].inner) {
                (Runs::Own(handler), Some(inner)) => {
                    self.model.has_taken_itself_off(site, handler, inner) || self.model.is_never_empty(site, inner)
                }
                _ => false,
            }
    }

    /// Goes on from a function; the loop around the call there is a step of its own, outside of it.
    fn push_with_loop(&mut self, state: State, loop_step: Option<Step>) {
        if loop_step.is_none() {
            self.push(state);
            return;
        }
        let State { function, region, repeats, inner, .. } = state;
        self.states.push(state);
        let came_from = Some(self.states.len() - 1);
        self.push(State { function, region, repeats, came_from, step: loop_step, inner });
    }

    pub(super) fn end(&mut self, at: usize, kind: ContextKind, step: Step) {
        let State { function, region, repeats, .. } = self.states[at];
        self.states.push(State { function, region, repeats, came_from: Some(at), step: Some(step), inner: None });
        self.ends.push((kind, self.states.len() - 1));
    }

    /// The loops around a site within its own function.
    pub(super) fn loops(&self, site: ExprId) -> (ContextKind, Option<Step>) {
        let mut at = self.model.ir[self.model.ir[site].block].in_loop;
        let mut found = (ContextKind::Init, None);
        while let Some(id) = at {
            let kind = if self.model.is_endless(id) && !self.model.is_left_behind(site, id) {
                ContextKind::Repeated
            } else {
                ContextKind::Bounded
            };
            if kind > found.0 {
                let span = self.model.loop_head(id);
                let what = if kind == ContextKind::Repeated { StepKind::EndlessLoop } else { StepKind::Loop };
                found = (kind, Some(Step::new(span, what)));
            }
            at = self.model.ir[id].parent;
        }
        found
    }

    /// Whether a function that is put off to later is put off by itself, in a run that can get to the site as well: one that waits until it may
    /// begin (`if (!ready) return setTimeout(begin, 100)`) begins once.
    fn rearms(&self, at: usize, runs: Runs<'_>, from: FnId, site: ExprId) -> bool {
        let Runs::Own(function) = runs else { return false };
        self.model.is_inside(from, function) && !self.excludes(at, site)
    }

    /// Whether no run of a state's function that goes its way evaluates an expression. One that comes to the site itself has not failed.
    fn excludes(&self, at: usize, expr: ExprId) -> bool {
        let State { function, inner, came_from, .. } = self.states[at];
        let Some(expr) = self.model.seen_from(expr, function) else { return false };
        inner.is_some_and(|inner| {
            self.model.are_exclusive(inner, expr) || came_from.is_none() && self.model.are_exclusive_once_done(inner, expr)
        })
    }

    /// `socket.once('close', () => this.open())` in what `open` calls: the way comes back to where it was, by an event or a timer.
    /// A promise's reaction does not count: a chain of them is how a list is worked through.
    fn comes_round(&self, at: usize, from: FnId, site: ExprId) -> bool {
        let name = match self.model.ir.kind(site) {
            ExprKind::Call { callee, .. } => self.model.callee_name(callee),
            _ => None,
        };
        if !matches!(name, Some("once" | "prependOnceListener" | "on" | "addListener" | "setTimeout")) {
            return false;
        }
        // Also when it is registered in a callback of that function.
        let mut outer = Some(from);
        while let Some(function) = outer {
            if function != Ir::MODULE && self.is_on_way(at, function, site) {
                return true;
            }
            outer = self.model.ir[function].parent;
        }
        false
    }

    /// Whether the way came through a function, by an expression that one run of it can evaluate as well as `again`.
    fn is_on_way(&self, at: usize, function: FnId, again: ExprId) -> bool {
        let mut state = Some(at);
        while let Some(index) = state {
            if self.states[index].function == function && !self.excludes(index, again) {
                return true;
            }
            state = self.states[index].came_from;
        }
        false
    }

    /// A method called on an instance that the same function makes: one way to call it in the life of that instance.
    fn is_on_region(&self, site: ExprId) -> bool {
        let (Region::Instance(id), ExprKind::Call { callee, .. }) = (self.region, self.model.ir.kind(site)) else { return false };
        let ExprKind::Member { object, .. } = self.model.ir.kind(callee) else { return false };
        let Some(binding) = self.model.ir.binding_of(object) else { return self.model.constructed(object) == Some(id) };
        self.model.ir[self.model.ir[binding].scope].function == self.model.ir.function_of(site)
            && self.model.ir.function_of(site) != Ir::MODULE
            && matches!(self.model.uses.writes(binding), [write]
                if super::index::written_value(self.model.ir, *write).and_then(|value| self.model.constructed(value)) == Some(id))
    }
}

impl Model<'_> {
    /// For a method call on an object that is made by a function in view, that function creates the object and what it holds.
    fn region_of_receiver(&self, call: ExprId, region: Region) -> Region {
        let Region::Instance(id) = region else { return region };
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return region };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return region };
        let Some(place) = self.place(object) else { return region };
        match (self.is_root(place), self.root(place)) {
            (true, super::place::Root::Binding(binding)) => {
                let made = self.initial_values(place).iter().any(|&value| self.constructed(value).is_some_and(|of| self.is_a(of, id)));
                if made { Region::Function(self.ir[self.ir[binding].scope].function) } else { region }
            }
            _ => region,
        }
    }

    /// `module.exports = function (Posts) { Posts.edit = async function () { ... } }`: it runs one time for what it extends.
    pub(super) fn extends_its_param(&self, function: FnId) -> bool {
        let Some(param) = self.ir[function].params.first().and_then(|param| param.binding) else { return false };
        self.ir[function].name.is_none()
            && self.uses.member_writes.iter().any(|&write| {
                let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { return false };
                let ExprKind::Member { object, .. } = self.ir.kind(target) else { return false };
                self.ir.binding_of(object) == Some(param)
                    && self.ir.function_of(write) == function
                    && matches!(self.ir.kind(value), ExprKind::Function(_))
            })
    }
}

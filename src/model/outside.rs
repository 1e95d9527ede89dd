//! Where a way leaves the file: what other files of the project do with what this one offers.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::calls::{Caller, How};
use super::context::{Context, ContextKind, Region, Runs, Search, State, Step, StepKind};
use super::entity::EntityId;
use super::ir::{ExprId, FnId, Ir};
use super::lasting::{Lasts, Parameter};
use super::links::{ImportUse, UseKind};
use super::namesakes::NamedRelease;
use super::origin::Origin;
use super::provenance::Provenance;
pub use super::stream::Service;
use super::summaries::{Effect, Summary};
use crate::text::Span;

/// So many callers speak for those that are not known.
const MANY: usize = 5;
/// How far a function that is handed on is followed to those around it.
const NESTED: u32 = 3;

/// A path as the run names it: relative to the working directory, with `/`.
pub type FileName = String;

/// What the rest of the project tells of this file. The model asks for it only where a finding depends on it.
pub trait Outside {
    /// What other files do with what this one offers under any of these paths.
    fn uses(&self, paths: &[AccessPath]) -> Rc<Seen>;

    /// What the other files do with what a module offers under any of these paths.
    fn uses_of_module(&self, module: &str, paths: &[AccessPath]) -> Rc<Seen>;

    /// Releases, in the files that are linked to this one, of what a property of this name holds.
    fn released_by_name(&self, property: &str) -> Vec<(FileName, NamedRelease)>;

    /// What the classes of a module, and those that they extend, release of a field of this name.
    fn released_by_bases(&self, module: &str, property: &str) -> Vec<(FileName, NamedRelease)>;
    /// Whether a class that a module offers under a path has an end.
    fn base_ends(&self, module: &str, path: &AccessPath) -> bool;

    /// What is known of a function, or of an object, that a module offers under a path.
    fn summary(&self, module: &str, path: &AccessPath) -> Option<Summary>;

    /// What a function of a module adds to collections that it is given.
    fn added_by(&self, module: &str, path: &AccessPath) -> Vec<Effect>;

    /// Whether what a function of a module gives is the one object that its file keeps; none if that is not known.
    fn gives_shared(&self, module: &str, path: &AccessPath) -> Option<bool>;

    /// What library made what a module offers under a path.
    fn origin(&self, module: &str, path: &AccessPath) -> Option<Origin>;

    /// How long what the other files pass for parameters of this one lives.
    fn lasting(&self, parameters: &[Parameter]) -> Lasts;

    /// Whether a type that a module offers under a path has few values.
    fn has_few_values(&self, module: &str, path: &AccessPath) -> bool;

    /// A class that another file offers as a service.
    fn service(&self, module: &str, class: &str) -> Option<Service>;

    /// Whether whatever places the custom element of a name is there once a page.
    fn is_element_once(&self, name: &str) -> bool;

    /// The paths of this file at which others add to a collection.
    fn grown(&self) -> Vec<AccessPath>;
}

/// The project, and for which facts it is asked.
pub(super) struct Asked<'a> {
    outside: &'a dyn Outside,
    focus: &'a [Span],
    is_on: Cell<bool>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(outside: &'a dyn Outside, focus: &'a [Span]) -> Self {
        Self { outside, focus, is_on: Cell::new(false) }
    }
}

/// The uses of something in other files.
#[derive(Debug, Default)]
pub struct Seen {
    pub uses: Vec<OutsideUse>,
    /// How often a part of it is used: a method, an entry.
    pub parts: u32,
    /// The files that use it or a part of it.
    pub files: BTreeSet<FileName>,
    /// Nobody else can use it: the project is an application, and each importer was read.
    pub is_complete: bool,
    /// Tests use it, and code outside of the project cannot.
    pub is_tested: bool,
    /// The project is a program of its own, and whoever may use it was read: what these uses do not do, nobody does, unless it is a test.
    pub is_all: bool,
}

/// One use, with the way to it followed through all files.
#[derive(Debug)]
pub struct OutsideUse {
    pub file: FileName,
    pub used: ImportUse,
    /// Its steps name their files.
    pub context: Context,
    /// The same if what is called sets something up, where that makes a difference.
    pub set_up: Option<Context>,
    /// The same for what lives as long as the module, where it is called on an object that may be made again and again.
    pub for_module: Option<Context>,
}

/// A way that goes on with the callers of something that this file offers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    pub paths: Vec<AccessPath>,
    /// What lies between the site and this place.
    pub repeats: ContextKind,
    /// It is no handler of requests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sets_up: bool,
    /// What is asked about ends with an object.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_object: bool,
    /// What the name of the function says, if nobody is seen to call it.
    pub by_name: ContextKind,
    pub steps: Vec<Step>,
}

/// How often a site runs, as far as one file tells, and where the rest of the answer is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Way {
    /// The ways that end in the file.
    pub closed: Option<Context>,
    pub open: Vec<Opening>,
}

/// How often what is between runs, if what is around it runs that often.
pub fn nested(inner: ContextKind, outer: ContextKind) -> ContextKind {
    if outer <= ContextKind::Teardown { outer } else { inner.max(outer) }
}

/// Where other files construct a class.
#[derive(Default)]
pub(super) struct Constructions {
    /// In a name of a module, an export.
    pub kept: Option<(FileName, Span)>,
    pub once: Option<(FileName, Span)>,
    pub often: Option<(FileName, Span)>,
    /// It dies with the call that makes it.
    pub local: Option<(FileName, Span)>,
}

impl Model<'_> {
    /// The project, if it is asked for the fact at hand.
    pub(super) fn outside(&self) -> Option<&dyn Outside> {
        self.asked.as_ref().filter(|asked| asked.is_on.get()).map(|asked| asked.outside)
    }

    /// The project, whatever the fact.
    pub(super) fn whole_project(&self) -> Option<&dyn Outside> {
        self.asked.as_ref().map(|asked| asked.outside)
    }

    /// Finds a fact whose finding would stand here; only if that depends on other files, the project is asked for it.
    pub(super) fn focused<T>(&self, span: Option<Span>, find: impl FnOnce() -> T) -> T {
        let Some(asked) = &self.asked else { return find() };
        let before = asked.is_on.replace(span.is_none_or(|span| asked.focus.contains(&span)));
        let found = find();
        asked.is_on.set(before);
        found
    }

    /// Whether it matters where a fact's finding would stand.
    pub(super) fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    /// Whether the project is asked for a fact at a place.
    pub(super) fn is_asked_about(&self, span: Span) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.focus.contains(&span))
    }

    /// Of the places at which a finding about a call may stand, the one that is asked about, else the first.
    pub(super) fn asked_place(&self, whole: Span, callee: Span) -> Option<Span> {
        Some(if self.asked.as_ref().is_some_and(|asked| asked.focus.contains(&callee)) { callee } else { whole })
    }

    /// Asks no more for the fact at hand.
    pub(super) fn stop_asking(&self) {
        if let Some(asked) = &self.asked {
            asked.is_on.set(false);
        }
    }

    /// What other files do with a thing of this one; none if there is nothing to ask.
    pub(super) fn seen_outside(&self, paths: &[AccessPath]) -> Option<Rc<Seen>> {
        if paths.is_empty() { None } else { self.outside().map(|outside| outside.uses(paths)) }
    }

    pub(super) fn constructed_outside(&self, id: EntityId) -> Constructions {
        self.made_outside(|| self.paths_of_new(id))
    }

    /// Where other files call a function that makes something which lives on.
    pub(super) fn called_outside(&self, factory: FnId) -> Constructions {
        self.made_outside(|| self.paths_of_function(factory))
    }

    fn made_outside(&self, paths: impl FnOnce() -> Vec<AccessPath>) -> Constructions {
        let mut found = Constructions::default();
        let paths: Vec<AccessPath> = if self.outside().is_some() { paths() } else { Vec::new() };
        let Some(seen) = self.seen_outside(&paths) else { return found };
        for used in &seen.uses {
            let UseKind::Called { is_kept, is_local, .. } = used.used.what else { continue };
            let place = || Some((used.file.clone(), used.used.span));
            match used.for_module.as_ref().unwrap_or(&used.context).kind {
                ContextKind::Test => {}
                _ if is_kept => found.kept = found.kept.or_else(place),
                ContextKind::Init => found.once = found.once.or_else(place),
                ContextKind::Repeated => found.often = found.often.or_else(place),
                _ if is_local => found.local = found.local.or_else(place),
                _ => {}
            }
        }
        found
    }

    /// What other files pass for a parameter, and whether there are no others.
    pub(super) fn arguments_outside(&self, function: FnId, index: u32) -> Option<(Vec<Provenance>, bool)> {
        self.outside()?;
        let seen = self.seen_outside(&self.paths_of_function(function))?;
        let mut found = Vec::new();
        let mut is_complete = seen.is_complete;
        for used in &seen.uses {
            if let UseKind::Called { arguments, .. } = &used.used.what {
                match arguments.get(index as usize) {
                    Some(argument) => found.push(argument.clone()),
                    None => is_complete = false,
                }
            }
        }
        Some((found, is_complete))
    }

    /// The ways by which a caller comes to run something of another file.
    pub(super) fn way_of_caller(&self, caller: Caller, name: &str, region: Region) -> Way {
        let mut search = Search::new(self, region);
        search.notes_openings = true;
        // Nothing runs yet: the edge of the call graph is the first step.
        search.states.push(State { function: Ir::MODULE, region, repeats: ContextKind::Init, came_from: None, step: None, inner: None });
        search.follow(0, Runs::Imported(name), caller.how, caller.at);
        search.ways()
    }

    /// The ways to a site that does something to what another file holds.
    pub(super) fn way_of_site(&self, site: ExprId, region: Region) -> Way {
        let mut search = Search::new(self, region);
        search.notes_openings = true;
        search.start(site);
        search.ways()
    }
}

impl Search<'_, '_> {
    fn ways(mut self) -> Way {
        self.run();
        let open = std::mem::take(&mut self.open);
        let closed = (!self.ends.is_empty()).then(|| self.result());
        Way { closed, open }
    }

    fn context_of_use<'u>(&self, used: &'u OutsideUse, function: FnId) -> &'u Context {
        match (&used.set_up, &used.for_module) {
            (Some(set_up), _) if self.model.sets_up(function) => set_up,
            (_, Some(for_module)) if self.is_about_module() && for_module.kind == ContextKind::Repeated => for_module,
            _ => &used.context,
        }
    }

    fn is_about_module(&self) -> bool {
        self.region == Region::Function(Ir::MODULE)
    }

    pub(super) fn name_of(&self, runs: Runs<'_>) -> String {
        match runs {
            Runs::Own(function) => self.model.function_name(function),
            Runs::Imported(name) => name.to_owned(),
        }
    }

    /// The way leaves what is in view.
    pub(super) fn end_outside(&mut self, at: usize, runs: Runs<'_>, how: How, (span, site): (Span, Option<ExprId>)) {
        let name = self.name_of(runs);
        let repeats = self.states[at].repeats;
        if let (How::Exported, Runs::Own(function)) = (how, runs)
            && let Some(framework) = self.model.served_by(function, site)
        {
            let framework = framework.to_owned();
            self.end(at, ContextKind::Repeated, Step::new(span, StepKind::Served { name, framework }));
            return;
        }
        if let How::PublicMethod(id, method) = how
            && let Some(framework) = self.model.called_by_interface(id, method)
        {
            let (method, framework) = (self.model.ir.name(method).to_owned(), framework.to_owned());
            self.end(at, ContextKind::Repeated, Step::new(span, StepKind::Provided { method, framework }));
            return;
        }
        if let How::PublicMethod(id, method) = how
            && self.region == Region::Instance(id)
            && self.model.runs_once_a_mount(id, method)
        {
            let (class, method) = (self.model.owner_text(id), self.model.ir.name(method).to_owned());
            self.end(at, repeats.max(ContextKind::Init), Step::new(span, StepKind::PublicMethod { class, method }));
            return;
        }
        let (mut kind, what) = self.end_by_name(runs, how, name, site);
        if repeats == ContextKind::Repeated && kind >= ContextKind::Startup {
            kind = ContextKind::Repeated;
        }
        let Runs::Own(function) = runs else {
            self.end(at, kind, Step::new(span, what));
            return;
        };
        if kind != ContextKind::Repeated && matches!(what, StepKind::Uncalled(_)) && self.model.is_known_dead(function) {
            kind = ContextKind::Uncalled;
        }
        // The end of an instance is its own; an exported `end(id)` is whatever its callers make of it.
        let is_offered = match how {
            // It is the framework that runs it, for each component.
            How::Exported => !self.model.ir.setups.contains(&function),
            How::Returned => true,
            How::PublicMethod(..) => kind != ContextKind::Teardown,
            _ => false,
        };
        if is_offered && self.goes_on_outside(at, function, kind) {
            return;
        }
        let step = Step::new(span, what);
        match site.filter(|_| !is_offered && kind == ContextKind::Unknown).and_then(|site| self.unused_around(site)) {
            Some(outer) => self.end_within(at, &outer, step),
            None => self.end(at, kind, step),
        }
    }

    /// Where nobody runs the function in which another one is handed on, nobody gets that one. Only the project tells that nobody does.
    fn unused_around(&self, site: ExprId) -> Option<Context> {
        self.model.outside()?;
        let from = self.model.ir.function_of(site);
        if from == Ir::MODULE || self.depth >= NESTED {
            return None;
        }
        // Many ways of many searches end in one function.
        let key = (from, self.depth);
        if let Some(known) = self.model.unused_around.borrow().get(&key) {
            return known.clone();
        }
        let mut around = Search::new(self.model, Region::Function(Ir::MODULE));
        around.depth = self.depth + 1;
        around.push(State { function: from, region: around.region, repeats: ContextKind::Init, came_from: None, step: None, inner: None });
        around.run();
        let found = Some(around.result()).filter(Context::is_unused);
        self.model.unused_around.borrow_mut().insert(key, found.clone());
        found
    }

    /// The way ends as the one to what is around it does.
    fn end_within(&mut self, at: usize, outer: &Context, step: Step) {
        let State { function, region, repeats, .. } = self.states[at];
        self.states.push(State { function, region, repeats, came_from: Some(at), step: Some(step), inner: None });
        self.come_from(self.states.len() - 1, outer);
    }

    fn end_by_name(&self, runs: Runs<'_>, how: How, name: String, site: Option<ExprId>) -> (ContextKind, StepKind) {
        let model = self.model;
        let extends = || matches!(runs, Runs::Own(function) if model.extends_its_param(function));
        match how {
            How::PublicMethod(id, method) => {
                let method = model.ir.name(method).to_owned();
                let kind = if self.ends_the_holder(id) && model.apis.teardown.methods.contains(&method) {
                    ContextKind::Teardown
                } else if model.apis.startup.says(&method) && (self.ends_the_holder(id) || model.is_object(id)) {
                    ContextKind::Startup
                } else {
                    ContextKind::Unknown
                };
                (kind, StepKind::PublicMethod { class: model.owner_text(id), method })
            }
            How::Exported if self.region == Region::Function(Ir::MODULE) && model.apis.teardown.methods.contains(&name) => {
                (ContextKind::Teardown, StepKind::Exported(name))
            }
            How::Exported if model.apis.startup.says(&name) || extends() => (ContextKind::Startup, StepKind::Exported(name)),
            How::Exported => (ContextKind::Unknown, StepKind::Exported(name)),
            _ if model.apis.startup.says(name.rsplit('.').next().unwrap_or(&name)) => (ContextKind::Startup, StepKind::Uncalled(name)),
            How::Returned => (ContextKind::Unknown, StepKind::Returned(name)),
            How::Uncalled => (ContextKind::Unknown, StepKind::Uncalled(name)),
            _ => {
                let kind = if model.apis.startup.says(&name) { ContextKind::Startup } else { ContextKind::Unknown };
                (kind, self.handed_out(runs, site, name))
            }
        }
    }

    /// Follows a function that is offered to other files; false if nothing is known of them, or not all.
    fn goes_on_outside(&mut self, at: usize, function: FnId, by_name: ContextKind) -> bool {
        if !self.notes_openings && self.model.outside().is_none() || self.states[at].repeats == ContextKind::Repeated {
            return false;
        }
        if !self.asked.insert(function) {
            return true;
        }
        let paths = self.model.paths_of_function(function);
        if paths.is_empty() {
            return false;
        }
        if self.notes_openings {
            let Context { steps, .. } = self.way(by_name, at);
            let sets_up = self.model.sets_up(function);
            let of_object = !self.is_about_module();
            self.open.push(Opening { paths, repeats: self.states[at].repeats, sets_up, of_object, by_name, steps });
            return true;
        }
        let Some(outside) = self.model.outside() else { return false };
        let seen = outside.uses(&paths);
        let calls: Vec<&Context> = seen
            .uses
            .iter()
            .filter(|used| matches!(used.used.what, UseKind::Called { .. }))
            .map(|used| self.context_of_use(used, function))
            .collect();
        for context in &calls {
            self.come_from(at, context);
        }
        let is_called = !calls.is_empty();
        // What many files do while they are loaded, those that were not read do as well.
        let is_set_up = calls.len() >= MANY && calls.iter().all(|context| context.kind <= ContextKind::Startup);
        if is_set_up && !seen.is_complete && by_name >= ContextKind::Startup {
            let span = self.model.ir[function].name_span.unwrap_or(self.model.ir[function].span);
            self.end(at, ContextKind::Startup, Step::new(span, StepKind::Exported(self.model.function_name(function))));
            return true;
        }
        // A template names the methods of its component, and a page the classes that it is given.
        let model = self.model;
        if !is_called && (model.is_of_component(function) || model.is_offered_to_page(function) || model.is_made_for_each(function)) {
            return false;
        }
        // Who wires a handler of requests may find it under any name.
        if is_called || self.model.request_param(function).is_some() {
            return seen.is_complete;
        }
        if seen.is_all && self.model.is_called_here(function) {
            return true;
        }
        let name = self.model.function_name(function);
        let what = match (seen.is_tested, seen.is_complete) {
            _ if seen.is_all => StepKind::Dead { name, is_tested: seen.is_tested },
            (_, true) => StepKind::Unused(name),
            (true, false) => StepKind::Tested(name),
            (false, false) => return false,
        };
        self.end(at, by_name, Step::new(self.model.ir[function].name_span.unwrap_or(self.model.ir[function].span), what));
        true
    }

    /// The way into the file from another one.
    fn come_from(&mut self, at: usize, outer: &Context) {
        let State { region, repeats, .. } = self.states[at];
        let mut last = at;
        for step in outer.steps.iter().rev() {
            let state = State { function: Ir::MODULE, region, repeats, came_from: Some(last), step: Some(step.clone()), inner: None };
            self.states.push(state);
            last = self.states.len() - 1;
        }
        self.ends.push((nested(repeats, outer.kind), last));
    }

    /// Whether the end of an instance is the end of the holder. For an older holder it is what should let go of the instance.
    fn ends_the_holder(&self, id: EntityId) -> bool {
        match self.region {
            Region::Instance(owner) => self.model.is_a(id, owner) || self.model.is_a(owner, id),
            Region::Function(function) => self.model.creates(function, id) || self.model.entities.get(id).constructor == Some(function),
        }
    }
}

//! Observables: whether one outlives the component that subscribes to it, or ends by itself.

use serde::{Deserialize, Serialize};

use super::Model;
use super::entity::{EntityId, EntityKind};
use super::facts::Certainty;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, NameId, PropKey, Type};
use super::place::{Place, Root, Step};
use crate::text::Span;

/// What is known of an observable.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stream {
    /// It completes by itself, or is taken until something.
    Ends,
    /// A subject that the object around it made.
    Subject,
    /// It dies with the component, or nothing is known of it.
    Other,
    /// Something keeps it that is older than the component.
    Older(Older),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Older {
    pub certainty: Certainty,
    pub kind: OlderKind,
    /// Where that is declared.
    pub span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum OlderKind {
    Page,
    Timer,
    Service,
}

/// A service of the program: one object for all components, and what it gives out that never ends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub class: String,
    pub is_root: bool,
    pub long: Vec<String>,
}

/// Streams that are made of others followed before it is given up.
const DEPTH: u32 = 8;

impl Model<'_> {
    pub(super) fn stream(&self, value: ExprId) -> Stream {
        self.stream_within(value, DEPTH)
    }

    /// `trades` of `trades.pipe(filter(isMine)).subscribe(send)`: what holds the subscriber, if no operator ends that.
    pub(super) fn source_of_pipe(&self, subscribed: ExprId) -> ExprId {
        let mut source = subscribed;
        while let ExprKind::Call { callee, args, .. } = self.ir.kind(source)
            && let ExprKind::Member { object, property, .. } = self.ir.kind(callee)
        {
            let is_open = match self.ir.name(property) {
                "pipe" => !self.ir.list(args).iter().any(|&operator| self.may_complete(operator)),
                "asObservable" => true,
                _ => false,
            };
            if !is_open {
                return source;
            }
            source = object;
        }
        if self.stream(source) == Stream::Ends { subscribed } else { source }
    }

    /// `interval(1000).pipe(takeUntil(stopped)).subscribe(...)`.
    pub(super) fn is_subscribed_until(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
        let ExprKind::Call { callee: pipe, args, .. } = self.ir.kind(object) else { return false };
        self.callee_name(pipe) == Some("pipe") && self.ir.list(args).iter().any(|&operator| self.may_complete(operator))
    }

    /// By its name, or as it is not seen: `...operators`.
    fn may_complete(&self, operator: ExprId) -> bool {
        !matches!(self.ir.kind(operator), ExprKind::Call { .. }) || self.completes(operator)
    }

    fn stream_within(&self, value: ExprId, depth: u32) -> Stream {
        let Some(depth) = depth.checked_sub(1) else { return Stream::Other };
        match self.ir.kind(value) {
            ExprKind::Call { callee, args, .. } => self.stream_of_call(value, callee, self.ir.list(args), depth),
            ExprKind::New { callee, .. } => match self.callee_name(callee) {
                Some(name) if self.apis.frameworks.streams.subjects.contains(name) => Stream::Subject,
                _ => Stream::Other,
            },
            ExprKind::Ident(_) | ExprKind::Member { .. } => {
                if let Some(found) = self.injected_stream(value, None) {
                    return found;
                }
                let Some(place) = self.place(value) else { return Stream::Other };
                let all: Vec<Stream> = self.initial_values(place).into_iter().map(|value| self.stream_within(value, depth)).collect();
                merged(all, false)
            }
            ExprKind::Logical(_, left, right) | ExprKind::Conditional(_, left, right) => {
                merged(vec![self.stream_within(left, depth), self.stream_within(right, depth)], false)
            }
            _ => Stream::Other,
        }
    }

    fn stream_of_call(&self, call: ExprId, callee: ExprId, args: &[ExprId], depth: u32) -> Stream {
        let Some(name) = self.callee_name(callee) else { return Stream::Other };
        let streams = &self.apis.frameworks.streams;
        if let ExprKind::Member { object, .. } = self.ir.kind(callee) {
            if name == "pipe" {
                return match self.stream_within(object, depth) {
                    _ if args.iter().any(|&operator| self.completes(operator)) => Stream::Ends,
                    found => found,
                };
            }
            if matches!(name, "asObservable" | "toObservable") {
                return self.stream_within(object, depth);
            }
            // The operators of former versions are methods.
            if streams.completing.contains(name) {
                return Stream::Ends;
            }
            if let Some(found) = self.injected_stream(object, Some(name)) {
                return found;
            }
            let own = self.callee_function(call).map(|function| self.returned_stream(function, depth));
            return own.unwrap_or(Stream::Other);
        }
        let goes_on = name == "timer" && args.len() > 1;
        if streams.ending.contains(name) && !goes_on {
            return Stream::Ends;
        }
        match name {
            "interval" | "timer" => Stream::Older(Older { certainty: Certainty::Proved, kind: OlderKind::Timer, span: None }),
            "fromEvent" => match args.first().and_then(|&target| self.place(target)).map(|place| self.root(place)) {
                Some(Root::GlobalObject) => Stream::Older(Older { certainty: Certainty::Proved, kind: OlderKind::Page, span: None }),
                Some(Root::Global(name)) if matches!(self.ir.name(name), "document" | "visualViewport") => {
                    Stream::Older(Older { certainty: Certainty::Proved, kind: OlderKind::Page, span: None })
                }
                _ => Stream::Other,
            },
            _ if streams.merging.contains(name) => {
                let parts = args.iter().flat_map(|&arg| match self.ir.kind(arg) {
                    ExprKind::Array(items) => self.ir.list(items).to_vec(),
                    _ => vec![arg],
                });
                merged(parts.map(|part| self.stream_within(part, depth)).collect(), true)
            }
            _ => Stream::Other,
        }
    }

    /// `changes.pipe(take(1)).subscribe(...)`: who listens hears one value at most.
    pub(super) fn is_heard_once(&self, subscription: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(subscription) else { return false };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
        let ExprKind::Call { callee: pipe, args, .. } = self.ir.kind(object) else { return false };
        let streams = &self.apis.frameworks.streams;
        let is_single = |operator: ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(operator) else { return false };
            let takes_one = || matches!(self.ir.list(args), &[count] if matches!(self.ir.kind(count), ExprKind::Number(1.0)));
            self.callee_name(callee).is_some_and(|name| streams.single.contains(name) || name == "take" && takes_one())
        };
        let may_flatten = |operator: ExprId| match self.ir.kind(operator) {
            ExprKind::Call { callee, .. } => self.callee_name(callee).is_some_and(|name| streams.flattening.contains(name)),
            _ => true,
        };
        let operators = self.ir.list(args);
        let last = operators.iter().rposition(|&operator| is_single(operator));
        self.callee_name(callee) == Some("subscribe")
            && self.callee_name(pipe) == Some("pipe")
            && last.is_some_and(|last| !operators[last + 1..].iter().any(|&operator| may_flatten(operator)))
    }

    fn returned_stream(&self, function: FnId, depth: u32) -> Stream {
        let returned = self.uses.returns(function).iter().filter_map(|&at| match self.ir.kind(at) {
            ExprKind::Return(value) => value,
            _ => None,
        });
        merged(returned.map(|value| self.stream_within(value, depth)).collect(), false)
    }

    /// `takeUntil(this.destroyed)`, `this.untilDestroyed()`: by the library's name, or by what a name of the program's own says.
    pub(super) fn completes(&self, operator: ExprId) -> bool {
        let name = match self.ir.kind(operator) {
            ExprKind::Call { callee, args, .. } => {
                if self.ir.list(args).first().is_some_and(|&until| self.never_emits(until)) {
                    return false;
                }
                self.callee_name(callee)
            }
            _ => self.callee_name(operator),
        };
        name.is_some_and(|name| {
            let says = |word: &String| {
                matches!(word.as_str(), "until" | "take" | "first" | "once" | "destroy" | "destroyed" | "unmount" | "alive")
            };
            self.apis.frameworks.streams.completing.contains(name) || super::provenance::words(name).iter().any(says)
        })
    }

    /// A subject of a private field, or of a variable that nobody else gets, on which nothing in the file calls `next`: that it completes, or lets go of
    /// who waits for it, ends no stream.
    fn never_emits(&self, until: ExprId) -> bool {
        let Some(place) = self.place(until) else { return false };
        let is_subject = |value: &ExprId| {
            let ExprKind::New { callee, .. } = self.ir.kind(*value) else { return false };
            self.callee_name(callee).is_some_and(|name| self.apis.frameworks.streams.subjects.contains(name) && name != "BehaviorSubject")
        };
        let values = self.initial_values(place);
        if values.is_empty() || !values.iter().all(is_subject) {
            return false;
        }
        let is_own = match (self.split(place), self.root(place)) {
            // A base class may end it for those that extend it, and a derived one in its own way.
            (Some((owner, Step::Field(name))), Root::Instance(id)) => {
                let is_shut = || self.occurrences(place).iter().any(|&at| self.is_shut_without_value(at));
                self.is_root(owner) && self.entities.get(id).base.is_none() && (self.is_private_member(id, name, false) || is_shut())
            }
            (None, Root::Binding(binding)) => !self.is_exported(binding),
            _ => false,
        };
        // Whoever gets it may end it; a wait for it does not.
        let only_waits = |at: ExprId| {
            let parent = self.uses.parent(at).map(|parent| (parent, self.ir.kind(parent)));
            match parent {
                Some((_, ExprKind::Call { callee, .. })) => {
                    callee != at && self.callee_name(callee).is_some_and(|name| name == "takeUntil")
                }
                Some((_, ExprKind::Assign { target, .. })) => target == at,
                Some((_, ExprKind::Init { .. })) => true,
                _ => false,
            }
        };
        let ends_nothing = |at: ExprId| self.uses.parent(at).is_none() || only_waits(at) || self.is_shut_without_value(at);
        is_own && self.occurrences(place).iter().all(|&at| ends_nothing(at))
    }

    /// `subject.unsubscribe()`, `subject.complete()`.
    fn is_shut_without_value(&self, at: ExprId) -> bool {
        self.uses.parent(at).is_some_and(|parent| {
            matches!(self.ir.kind(parent), ExprKind::Member { object, property, .. }
                if object == at && matches!(self.ir.name(property), "unsubscribe" | "complete"))
        })
    }

    /// What a service that was injected gives; `method`: the name of what is called on `value`. None: it is not one's.
    pub(super) fn injected_stream(&self, value: ExprId, method: Option<&str>) -> Option<Stream> {
        let place = self.place(value)?;
        let mut path: Vec<NameId> = Vec::new();
        let mut at = place;
        loop {
            if let Some((service, class)) = self.injected_type(at) {
                path.reverse();
                let mut names: Vec<&str> = path.iter().map(|&name| self.ir.name(name)).collect();
                names.extend(method);
                return Some(self.stream_of_service(&service, class, &names, at));
            }
            let (of, Step::Field(name)) = self.split(at)? else { return None };
            path.push(name);
            at = of;
        }
    }

    /// The type of what stands in a place, if it is given to a constructor or injected; and what the type's name is bound to.
    pub(super) fn injected_type(&self, place: Place) -> Option<(String, Option<BindingId>)> {
        if let (true, Root::Binding(binding)) = (self.is_root(place), self.root(place)) {
            return self.type_of_param(binding).or_else(|| self.injected_value(place));
        }
        let (of, Step::Field(field)) = self.split(place)? else { return None };
        let (true, Root::Instance(id)) = (self.is_root(of), self.root(of)) else { return None };
        self.property_param(id, field).or_else(|| self.injected_value(place))
    }

    /// `this.router = router`, `router = inject(Router)`.
    fn injected_value(&self, place: Place) -> Option<(String, Option<BindingId>)> {
        let [value] = self.initial_values(place)[..] else { return None };
        match self.ir.kind(value) {
            ExprKind::Call { callee, args, .. } if self.ir.binding_of(callee).is_some() && self.callee_name(callee) == Some("inject") => {
                let class = *self.ir.list(args).first()?;
                Some((self.callee_name(class)?.to_owned(), self.ir.binding_of(class)))
            }
            ExprKind::Ident(_) => self.type_of_param(self.ir.binding_of(value)?),
            _ => None,
        }
    }

    /// `constructor(private router: Router)`.
    fn property_param(&self, id: EntityId, field: NameId) -> Option<(String, Option<BindingId>)> {
        let constructor = self.entities.get(id).constructor?;
        let params = &self.ir[constructor].params;
        let binding = params
            .iter()
            .filter(|param| param.is_property)
            .filter_map(|param| param.binding)
            .find(|&binding| self.ir[binding].name == field)?;
        self.type_of_param(binding)
    }

    fn span_of_property(&self, place: Place) -> Option<Span> {
        let (of, Step::Field(field)) = self.split(place)? else { return None };
        let Root::Instance(id) = self.root(of) else { return None };
        let params = &self.ir[self.entities.get(id).constructor?].params;
        params
            .iter()
            .filter(|param| param.is_property)
            .filter_map(|param| param.binding)
            .find(|&binding| self.ir[binding].name == field)
            .map(|binding| self.ir[binding].span)
    }

    fn type_of_param(&self, binding: BindingId) -> Option<(String, Option<BindingId>)> {
        let BindingKind::Param(function, index) = self.ir[binding].kind else { return None };
        let id = self.entities.ids().find(|&id| self.entities.get(id).constructor == Some(function))?;
        let Some(annotation) = self.ir[binding].annotation else {
            let class = self.compiled_parameter(id, index)?;
            return Some((self.callee_name(class)?.to_owned(), self.ir.binding_of(class)));
        };
        let Type::Named(name, _) = &self.ir[annotation] else { return None };
        let mut bindings = (0..self.ir.bindings.len() as u32).map(BindingId);
        let class = bindings.find(|&class| self.ir[class].name == *name && self.is_module_level(class));
        Some((self.ir.name(*name).to_owned(), class))
    }

    fn stream_of_service(&self, service: &str, class: Option<BindingId>, path: &[&str], place: Place) -> Stream {
        let older = |certainty| {
            Stream::Older(Older {
                certainty,
                kind: OlderKind::Service,
                span: self.declared_at(place).or_else(|| self.span_of_property(place)),
            })
        };
        if service == "ActivatedRoute" {
            return if path.iter().any(|part| matches!(*part, "parent" | "root")) { older(Certainty::Proved) } else { Stream::Other };
        }
        if let Some(api) = self.apis.frameworks.injected.iter().find(|api| api.name == service) {
            let is_long = path.first().is_some_and(|first| api.long.contains(*first));
            return if is_long { older(Certainty::Proved) } else { Stream::Other };
        }
        let (Some(first), Some(BindingKind::Import(import))) = (path.first(), class.map(|class| self.ir[class].kind)) else {
            return Stream::Other;
        };
        // What a package offers is not in view.
        let module = self.ir.name(self.ir[import].module);
        if module.starts_with("@angular/") || module.starts_with("rxjs") {
            return Stream::Other;
        }
        if class.is_some_and(|class| self.provides_for_itself(class)) {
            return Stream::Other;
        }
        let Some(outside) = self.outside() else { return older(Certainty::Unknown) };
        match outside.service(module, service) {
            Some(known) if known.long.iter().any(|name| name == first) => {
                older(if known.is_root { Certainty::Proved } else { Certainty::Likely })
            }
            _ => Stream::Other,
        }
    }

    /// `@Component({ providers: [Feed] })`: each component has its own.
    fn provides_for_itself(&self, class: BindingId) -> bool {
        let names = |list: ExprId| match self.ir.kind(list) {
            ExprKind::Array(items) => self.ir.list(items).iter().any(|&item| self.ir.binding_of(item) == Some(class)),
            _ => false,
        };
        self.ir.classes.iter().flat_map(|class| &class.decorators).any(|&decorator| {
            let ExprKind::Call { args, .. } = self.ir.kind(decorator) else { return false };
            let options = self.ir.list(args).first().copied();
            options.is_some_and(|options| {
                ["providers", "viewProviders"].iter().any(|name| self.object_property(options, name).is_some_and(names))
            })
        })
    }

    /// The services that this file offers.
    pub fn services(&self) -> Vec<Service> {
        let ids = self.entities.ids().filter_map(|id| Some((id, self.decorated_scope(id)?)));
        ids.map(|(id, is_root)| Service { class: self.entity_name(id), is_root, long: self.long_streams(id) }).collect()
    }

    /// Whether a class is `@Injectable`, and whether there is one instance of it for all.
    fn decorated_scope(&self, id: EntityId) -> Option<bool> {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        self.ir[class].decorators.iter().find_map(|&decorator| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(decorator) else { return None };
            if self.callee_name(callee) != Some("Injectable") {
                return None;
            }
            let provided = self.ir.list(args).first().and_then(|&options| self.object_property(options, "providedIn"));
            Some(provided.and_then(|value| self.string(value)).is_some_and(|scope| matches!(scope, "root" | "platform")))
        })
    }

    pub(super) fn object_property(&self, object: ExprId, wanted: &str) -> Option<ExprId> {
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        let is_one = |key: PropKey| matches!(key, PropKey::Name(name) if self.ir.name(name) == wanted);
        self.ir.prop_list(props).iter().find(|prop| is_one(prop.key)).map(|prop| prop.value)
    }

    /// The members of a service that give a stream which never ends.
    fn long_streams(&self, id: EntityId) -> Vec<String> {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return Vec::new() };
        let is_long = |stream: Stream| matches!(stream, Stream::Subject | Stream::Older(Older { certainty: Certainty::Proved, .. }));
        let instance = self.instance_place(id);
        let found = self.ir[class].members.iter().filter_map(|member| {
            let PropKey::Name(name) = member.key else { return None };
            let stream = match member.function {
                Some(function) => self.returned_stream(function, DEPTH - 1),
                None => {
                    let values = self.initial_values(self.project(instance, Step::Field(name)));
                    merged(values.into_iter().map(|value| self.stream_within(value, DEPTH - 1)).collect(), false)
                }
            };
            (!member.is_static && is_long(stream)).then(|| self.ir.name(name).to_owned())
        });
        found.collect()
    }
}

/// What several streams make: together (`all`: it ends when all have), or one of them.
fn merged(parts: Vec<Stream>, all: bool) -> Stream {
    if let Some(older) = parts.iter().find(|part| matches!(part, Stream::Older(_))) {
        return older.clone();
    }
    if parts.contains(&Stream::Subject) {
        return Stream::Subject;
    }
    let ends = |part: &Stream| *part == Stream::Ends;
    if !parts.is_empty() && (if all { parts.iter().all(ends) } else { parts.iter().any(ends) }) { Stream::Ends } else { Stream::Other }
}

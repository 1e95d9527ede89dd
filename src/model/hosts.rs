//! Methods that somebody out of view runs because of where they stand: in what a stream is made of, or beside a decorator.

use serde::Deserialize;

use super::Model;
use super::calls::How;
use super::entity::{EntityId, EntityKind};
use super::ir::{ExprId, ExprKind, FnId, NameId, PropKey};

/// An object that is given to a constructor which runs its methods.
#[derive(Debug, Clone, Deserialize)]
pub struct HostedApi {
    make: String,
    /// It is called, not constructed.
    #[serde(default)]
    called: bool,
    /// What it is called on, by its name or by what made it; anything if there is none.
    #[serde(default)]
    receiver: Vec<String>,
    /// Only what comes from there.
    #[serde(default)]
    modules: Vec<String>,
    /// The argument that is the object, or a list of such.
    #[serde(default)]
    argument: usize,
    /// The object may also be a part of what is given, however deep.
    #[serde(default)]
    nested: bool,
    #[serde(default)]
    one: Vec<String>,
    /// `*`: every method.
    again: Vec<String>,
    #[serde(default)]
    end: Vec<String>,
}

/// Callbacks of which a call that is given all of them runs one, by the names of the properties.
#[derive(Debug, Clone, Deserialize)]
pub struct Outcomes {
    good: Vec<String>,
    bad: Vec<String>,
    both: Vec<String>,
}

/// Methods that a framework runs again and again by their names, in classes with one of these decorators, or that implement one of these interfaces.
#[derive(Debug, Clone, Deserialize)]
pub struct CalledApi {
    modules: Vec<String>,
    #[serde(default)]
    decorators: Vec<String>,
    #[serde(default)]
    interfaces: Vec<String>,
    #[serde(default)]
    framework: String,
    methods: Vec<String>,
    pub example: String,
    pub source: String,
}

/// Decorators of methods that a framework runs again and again.
#[derive(Debug, Clone, Deserialize)]
pub struct DecoratedApi {
    modules: Vec<String>,
    /// For each request.
    names: Vec<String>,
    /// For each message or job.
    #[serde(default)]
    messages: Vec<String>,
    pub example: String,
    pub source: String,
}

impl DecoratedApi {
    fn runs_for(&self, name: &str) -> bool {
        has(&self.names, name) || has(&self.messages, name)
    }
}

impl Model<'_> {
    /// How a member of an object or class comes to run by what is around it.
    pub(super) fn run_by_host(&self, id: EntityId, name: NameId, is_static: bool) -> Option<(How, ExprId)> {
        match self.entities.get(id).kind {
            EntityKind::Object(object) => self.run_by_maker(self.ir.objects[object.index()], self.ir.name(name)),
            EntityKind::Class(class) if !is_static => {
                let mut members = self.ir[class].members.iter();
                let member = members.find(|member| member.key == PropKey::Name(name) && !member.is_static && member.function.is_some())?;
                let by_class = || {
                    let of_class = self.ir[class].decorators.iter().copied();
                    of_class.into_iter().find(|&decorator| self.calls_by_name(decorator, self.ir.name(name)))
                };
                let own = member.decorators.iter().copied().find(|&decorator| self.is_handler_decorator(decorator));
                own.or_else(by_class).map(|at| (How::Repeats, at))
            }
            _ => None,
        }
    }

    /// A part of what a stream is made of: what that is made with may be what ends it.
    pub(super) fn is_run_by_maker(&self, function: FnId) -> bool {
        self.entities.memberships(function).iter().any(|&(id, name, _)| match self.entities.get(id).kind {
            EntityKind::Object(object) => self.run_by_maker(self.ir.objects[object.index()], self.ir.name(name)).is_some(),
            _ => false,
        })
    }

    /// `new ReadableStream({ start(controller) { ... } })`, `server.route([{ handler(request) { ... } }])`.
    pub(super) fn run_by_maker(&self, object: ExprId, name: &str) -> Option<(How, ExprId)> {
        let (given, call, is_nested) = self.given_whole(object)?;
        let (callee, args, called) = match self.ir.kind(call) {
            ExprKind::New { callee, args } => (callee, args, false),
            ExprKind::Call { callee, args, .. } => (callee, args, true),
            _ => return None,
        };
        if self.class_named_by(callee).is_some() || called && self.callee_function(call).is_some() {
            return None;
        }
        let made = self.callee_name(callee)?;
        let is_on = |api: &HostedApi| {
            let of_module = |(module, _): (&str, _)| has(&api.modules, module);
            (api.modules.is_empty() || self.imported(callee).is_some_and(of_module))
                && (api.nested || !is_nested)
                && (api.receiver.is_empty()
                    || matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.is_named_or_built_by(object, &api.receiver)))
        };
        let argument = self.ir.list(args).iter().position(|&arg| arg == given)?;
        let api = self.apis.hosted.iter().find(|api| api.make == made && api.called == called && api.argument == argument && is_on(api));
        let Some(api) = api else { return (called && self.is_outcome(object, name)).then_some((How::Later, call)) };
        let is_one = |names: &[String]| has(names, name) || has(names, "*");
        match name {
            _ if is_one(&api.one) => Some((How::Inline, call)),
            _ if is_one(&api.again) => Some((How::Repeats, call)),
            _ if is_one(&api.end) => Some((How::Later, call)),
            _ => None,
        }
    }

    /// The argument that an object is or is a part of, the call that gets it, and whether it is more than that or one of a list.
    fn given_whole(&self, object: ExprId) -> Option<(ExprId, ExprId, bool)> {
        let (mut given, mut depth) = (object, 0);
        let mut at = self.uses.parent(object)?;
        let mut is_nested = false;
        while let ExprKind::Array(_) | ExprKind::Object { .. } = self.ir.kind(at) {
            is_nested |= depth > 0 || matches!(self.ir.kind(at), ExprKind::Object { .. });
            depth += 1;
            given = at;
            at = self.uses.parent(at)?;
        }
        Some((given, at, is_nested))
    }

    /// `load({ success(data) { ... }, error() { ... } })`: a call has one outcome, and one time.
    fn is_outcome(&self, object: ExprId, name: &str) -> bool {
        let outcomes = &self.apis.events.outcomes;
        let has_one = |names: &[String]| names.iter().any(|own| self.option(object, own).is_some());
        let is_one = has(&outcomes.good, name) || has(&outcomes.bad, name) || has(&outcomes.both, name);
        is_one && has_one(&outcomes.good) && has_one(&outcomes.bad)
    }

    /// `handleConnection` of a class with `@WebSocketGateway()`.
    fn calls_by_name(&self, decorator: ExprId, method: &str) -> bool {
        self.decorator(decorator).is_some_and(|(name, module)| {
            let mut apis = self.apis.called.iter();
            apis.any(|api| has(&api.decorators, name) && has(&api.methods, method) && has(&api.modules, module))
        })
    }

    /// The framework that calls a method of a class because of an interface which it implements: `resolveCustomTextEditor`.
    pub(super) fn called_by_interface(&self, id: EntityId, method: NameId) -> Option<&str> {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        let method = self.ir.name(method);
        self.ir[class].implements.iter().find_map(|&name| {
            let name = self.ir.name(name);
            let (first, last) = (name.split('.').next()?, name.rsplit('.').next()?);
            let import = self.ir.imports.iter().find(|import| self.ir.name(self.ir[import.binding].name) == first)?;
            let mut apis = self.apis.called.iter();
            let is_one = |api: &&CalledApi| {
                has(&api.interfaces, last) && has(&api.methods, method) && has(&api.modules, self.ir.name(import.module))
            };
            apis.find(is_one).map(|api| api.framework.as_str())
        })
    }

    /// `@Injectable({ scope: Scope.REQUEST })`: one instance for each request, or for each injection.
    pub fn is_scoped_decorator(&self, decorator: ExprId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(decorator) else { return false };
        self.ir.list(args).iter().any(|&arg| {
            let ExprKind::Object { props, .. } = self.ir.kind(arg) else { return false };
            self.ir.prop_list(props).iter().any(|prop| {
                matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == "scope")
                    && matches!(self.ir.kind(prop.value), ExprKind::Member { property, .. } if matches!(self.ir.name(property), "REQUEST" | "TRANSIENT"))
            })
        })
    }

    /// The constructor of such a class, which the framework calls.
    pub(super) fn is_made_for_each(&self, constructor: FnId) -> bool {
        self.entities.ids().any(|id| match self.entities.get(id).kind {
            EntityKind::Class(class) if self.entities.get(id).constructor == Some(constructor) => {
                self.ir[class].decorators.iter().any(|&decorator| self.is_scoped_decorator(decorator))
            }
            _ => false,
        })
    }

    fn is_handler_decorator(&self, decorator: ExprId) -> bool {
        self.decorator(decorator)
            .is_some_and(|(name, module)| self.apis.decorated.iter().any(|api| api.runs_for(name) && has(&api.modules, module)))
    }

    /// `@Get(':id')`, and not `@Process('mail')`, which runs for each job.
    pub(super) fn serves_requests(&self, decorator: ExprId) -> bool {
        self.decorator(decorator)
            .is_some_and(|(name, module)| self.apis.decorated.iter().any(|api| has(&api.names, name) && has(&api.modules, module)))
    }

    /// `@Body()` of a parameter.
    pub(super) fn is_request_decorator(&self, decorator: ExprId) -> bool {
        self.decorator(decorator).is_some_and(|(name, module)| {
            self.apis.requests.decorators.contains(name) && self.apis.decorated.iter().any(|api| has(&api.modules, module))
        })
    }

    /// The name of a decorator, and the module that it is imported from.
    fn decorator(&self, decorator: ExprId) -> Option<(&str, &str)> {
        let callee = match self.ir.kind(decorator) {
            ExprKind::Call { callee, .. } => callee,
            _ => decorator,
        };
        Some((self.callee_name(callee)?, self.imported(callee)?.0))
    }
}

fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|own| own == name)
}

//! Which calls make a resource.

use super::super::Model;
use super::super::access::Access;
use super::super::calls::{Caller, How};
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, FnId, PropKey};
use super::super::origin::without_default;
use super::super::provenance::words;
use super::super::vocabulary::{BESIDE, MAKER, RELEASE, RESOURCE_GLOBAL, RESOURCE_MODULE};
use super::Acquired;
use super::api::ResourceApi;

/// Methods that give back what they are called on.
const CHAINS: &[&str] = &[
    "on",
    "once",
    "addListener",
    "prependListener",
    "listen",
    "unref",
    "ref",
    "enable",
    "setMaxListeners",
    "setEncoding",
    "catch",
    "finally",
    "asPromise",
];

impl Model<'_> {
    /// Whether the file names a global of the table at all, and whether it names a module.
    pub(in crate::model) fn names_resources(&self) -> (bool, bool) {
        let names_module = self.meanings.any(RESOURCE_MODULE);
        (names_module || self.meanings.any(RESOURCE_GLOBAL), names_module)
    }

    /// Whether the file names anything that lets something go.
    pub(super) fn names_releases(&self) -> bool {
        self.meanings.any(RELEASE)
    }

    /// The kind of resource that a call or construction makes.
    pub(super) fn resource_api(&self, call: ExprId, names_module: bool) -> Option<&ResourceApi> {
        let is_kind = |api: &ResourceApi| self.has_needed_arguments(call, api);
        self.api_of_maker(call, names_module, &is_kind).filter(|_| !self.is_subscribed_until(call))
    }

    /// Whether a function of this file makes it and gives it to those who call it, each of whom is in view and names it.
    pub(in crate::model) fn is_made_for_callers(&self, value: ExprId) -> bool {
        let to = self.destinations_by_callers(value);
        let names_it = |call: ExprId| {
            let parent = self.uses.parent(self.settled(call)).map(|parent| self.ir.kind(parent));
            matches!(parent, Some(ExprKind::Init { .. } | ExprKind::Assign { .. } | ExprKind::Return(_))) || self.works_in_place(call)
        };
        let is_in_view = |&maker: &FnId| {
            let callers = self.callers(maker);
            let is_one = |caller: &Caller| {
                caller.how == How::Called && caller.at.is_some_and(|at| self.callee_function(at) == Some(maker) && names_it(at))
            };
            !callers.is_empty() && callers.iter().all(is_one)
        };
        !to.returned.is_empty() && to.returned.iter().all(is_in_view) && to.locals.iter().all(|&local| self.is_slot_of_call(local))
    }

    /// `fs.watch(path, f)`, a function of a module: what it makes is a resource, and the module is no emitter.
    pub(in crate::model) fn is_maker_of_module(&self, call: ExprId, object: ExprId) -> bool {
        let is_part = |path: &[Access]| path.iter().all(|step| matches!(step, Access::Member(_)));
        self.imported(object).is_some_and(|(_, path)| is_part(&path)) && self.api_of_maker(call, true, &|_| true).is_some()
    }

    /// The kind of resource that is made: the first of those with this maker that is the one.
    fn api_of_maker(&self, call: ExprId, names_module: bool, is_kind: &dyn Fn(&ResourceApi) -> bool) -> Option<&ResourceApi> {
        let (callee, constructs) = match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => (callee, false),
            ExprKind::New { callee, .. } => (callee, true),
            _ => return None,
        };
        // Nearly every call ends here.
        if !names_module && self.callee_name(callee).is_some_and(|name| !self.apis.resources.globals.contains(name)) {
            return None;
        }
        // So does that of a method by a name which makes nothing anywhere.
        if let (false, ExprKind::Member { property, .. }) = (constructs, self.ir.kind(callee))
            && !self.meanings.has(property, MAKER)
        {
            return None;
        }
        // A class of this file, whatever its name.
        if constructs && self.class_named_by(callee).is_some() || self.callee_function(call).is_some() {
            return None;
        }
        let apis = &self.apis.resources.apis;
        match self.imported_from_afar(callee).or_else(|| self.origin_by_function(callee)) {
            Some((module, path)) => {
                let module = module.trim_start_matches("node:");
                let may_make =
                    if module.starts_with('.') { self.meanings.any(BESIDE) } else { self.apis.resources.modules.contains(module) };
                if !may_make && !self.apis.resources.may_be_generated(module) {
                    return None;
                }
                let path = without_default(path);
                apis.iter().find(|api| self.is_from(api, module) && api.is_made_by(constructs, &path) && is_kind(api))
            }
            None => {
                if self.callee_name(callee).is_some_and(|name| !self.apis.resources.globals.contains(name)) {
                    return None;
                }
                let path = self.global_path(callee)?;
                apis.iter().find(|api| api.module.is_empty() && api.is_made_by(constructs, &path) && is_kind(api))
            }
        }
    }

    fn is_from(&self, api: &ResourceApi, module: &str) -> bool {
        let is_beside =
            || module.starts_with('.') && api.beside.as_ref().is_some_and(|beside| self.ir.names.iter().any(|name| **name == **beside));
        api.module.iter().any(|own| own == module) || is_beside() || api.is_generated_in(module)
    }

    /// `URL.createObjectURL` from the global object, also with `window.` before it.
    fn global_path(&self, callee: ExprId) -> Option<Vec<Access>> {
        match self.ir.kind(callee) {
            ExprKind::Ident(_) => match self.ir.global_of(callee) {
                Some("window" | "globalThis" | "self" | "global") => Some(Vec::new()),
                Some(name) => Some(vec![Access::Member(name.to_owned())]),
                // `var URL = window.URL || window.webkitURL`.
                None => match self.ir.kind(self.local_value(callee)) {
                    ExprKind::Logical(_, left, _) if matches!(self.ir.kind(left), ExprKind::Member { .. }) => self.global_path(left),
                    _ => None,
                },
            },
            ExprKind::Member { object, property, .. } => {
                let mut path = self.global_path(object)?;
                path.push(Access::Member(self.ir.name(property).to_owned()));
                Some(path)
            }
            // `(window.URL || window.webkitURL).createObjectURL`.
            ExprKind::Logical(_, left, _) => self.global_path(left),
            _ => None,
        }
    }

    /// A function, or what may be one by how it is written.
    fn may_be_callback(&self, arg: ExprId) -> bool {
        !matches!(
            self.ir.kind(arg),
            ExprKind::String(_) | ExprKind::Number(_) | ExprKind::Template(_) | ExprKind::Object { .. } | ExprKind::Binary(..)
        )
    }

    /// Whether a value is constructed by the same run of the function in which a call stands.
    fn is_made_beside(&self, value: ExprId, call: ExprId) -> bool {
        let is_made = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. });
        let is_local = |binding: BindingId| self.ir[self.ir[binding].scope].function == self.ir.function_of(call);
        is_made(value)
            || self.ir.binding_of(value).filter(|&binding| is_local(binding)).is_some_and(|binding| {
                let [write] = self.uses.writes(binding) else { return false };
                written_value(self.ir, *write).is_some_and(is_made)
            })
    }

    pub(super) fn has_needed_arguments(&self, call: ExprId, api: &ResourceApi) -> bool {
        let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = self.ir.kind(call) else { return false };
        let args = self.ir.list(args);
        let option = |name: &str| args.iter().find_map(|&arg| self.property_value(arg, name));
        let is_value = |value: ExprId| match &api.value {
            Some(text) => self.expr_text(value) == *text,
            None => matches!(self.ir.kind(value), ExprKind::Bool(true)),
        };
        let has_option = || api.option.as_ref().is_none_or(|name| option(name).is_some_and(is_value));
        let has_any = || api.with.is_empty() || api.with.iter().any(|name| option(name).is_some());
        let has_input = || {
            let given = option("input").or(args.first().copied());
            let is_one = |given: ExprId| {
                let text = self.string(given).map_or_else(|| self.expr_text(given), str::to_owned);
                api.input.contains(&text)
            };
            api.input.is_empty() || given.is_some_and(is_one)
        };
        let is_made_for = || api.made_for.as_ref().is_none_or(|name| option(name).is_some_and(|value| self.is_made_beside(value, call)));
        // By its name, what is given is of a kind for which the call throws.
        let is_refused = || {
            let text = args.first().map(|&given| self.expr_text(given)).unwrap_or_default();
            words(&text).last().is_some_and(|last| api.refuses.contains(last))
        };
        let is_set = |value: ExprId| !matches!(self.ir.kind(value), ExprKind::Bool(false));
        let ends_itself = || api.ends_by.as_ref().and_then(|name| option(name)).is_some_and(is_set);
        let is_idle = || {
            let value = api.idle_by.as_ref().and_then(|name| option(name));
            value.is_some_and(|value| matches!(self.ir.kind(value), ExprKind::Number(0.0) | ExprKind::Bool(false)))
        };
        let has_owner = api.owner.is_some_and(|owner| args.len() > owner);
        let is_bound = api.late && !self.is_behind_wait(call);
        let is_managed = api.managed && args.iter().any(|&arg| self.is_function(arg));
        let is_in_vain = api.callback && !args.last().is_some_and(|&last| self.may_be_callback(last));
        let is_let_go = is_in_vain
            || is_refused()
            || has_owner
            || is_managed
            || ends_itself()
            || is_idle()
            || is_bound
            || self.ends_from_within(args, api);
        let is_kind = || has_option() && has_any() && has_input() && is_made_for() && self.has_part(args, api) && self.has_proof(args, api);
        // A signal releases it.
        option("signal").is_none() && !is_let_go && is_kind() && (!api.path || args.first().is_some_and(|&arg| self.is_path(arg)))
    }

    /// `createLogger({ transports: [new transports.File(...)] })`.
    fn has_part(&self, args: &[ExprId], api: &ResourceApi) -> bool {
        let Some(name) = &api.holds else { return true };
        let Some(value) = args.iter().find_map(|&arg| self.property_value(arg, name)) else { return false };
        let makes = |value: ExprId| self.api_of_maker(value, true, &|_| true).is_some();
        match self.ir.kind(value) {
            ExprKind::Array(elements) => self.ir.list(elements).iter().any(|&element| makes(element)),
            _ => makes(value),
        }
    }

    /// `new GreeterClient(address, grpc.credentials.createInsecure())`.
    fn has_proof(&self, args: &[ExprId], api: &ResourceApi) -> bool {
        let Some(name) = &api.proof else { return true };
        let is_one = |path: &[Access]| path.iter().any(|step| matches!(step, Access::Member(own) if own == name));
        args.iter().any(|&arg| match self.ir.kind(arg) {
            ExprKind::Call { callee, .. } => {
                self.imported(callee).is_some_and(|(module, path)| api.beside.as_deref() == Some(module) && is_one(&path))
            }
            _ => false,
        })
    }

    fn is_path(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Object { .. } => self.property_value(value, "dest").is_some_and(|value| self.is_path(value)),
            ExprKind::String(_) | ExprKind::Template(_) | ExprKind::Binary(..) => true,
            ExprKind::Call { callee, .. } => matches!(self.callee_name(callee), Some("join" | "resolve")),
            _ => false,
        }
    }

    fn property_value(&self, object: ExprId, wanted: &str) -> Option<ExprId> {
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
            PropKey::Name(name) if self.ir.name(name) == wanted => Some(prop.value),
            _ => None,
        })
    }

    /// The value that stands for what a call makes: behind `await` and calls that give back what they are called on.
    pub(in crate::model) fn settled(&self, value: ExprId) -> ExprId {
        self.end_of_chain(value, &[])
    }

    /// The same, with more methods that give back what they are called on.
    pub(super) fn end_of_chain(&self, mut value: ExprId, chains: &[String]) -> ExprId {
        let is_chain = |name: &str| CHAINS.contains(&name) || chains.iter().any(|own| own == name);
        while let Some(parent) = self.uses.parent(value) {
            let next = match self.ir.kind(parent) {
                ExprKind::Await(_) => parent,
                ExprKind::Member { property, .. } if is_chain(self.ir.name(property)) => match self.uses.parent(parent) {
                    Some(call) if matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == parent) => call,
                    _ => return value,
                },
                _ => return value,
            };
            value = next;
        }
        value
    }

    /// Whether one of the calls is there without which it holds nothing.
    pub(super) fn is_started(&self, acquired: &Acquired<'_>) -> bool {
        let starts = &acquired.api.starts;
        starts.is_empty()
            || self.ir.expr_ids().any(|id| match self.ir.kind(id) {
                ExprKind::Member { object, property, .. } => {
                    starts.iter().any(|start| start == self.ir.name(property))
                        && (object == acquired.call || object == acquired.value || self.is_it(object, acquired))
                }
                _ => false,
            })
    }

    /// Whether a class or function comes from somewhere else: imported, or global but no part of the language.
    pub(super) fn is_far(&self, callee: ExprId) -> bool {
        self.class_named_by(callee).is_none() && self.imported(callee).is_some()
    }
}

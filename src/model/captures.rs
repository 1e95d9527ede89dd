//! What a stored value keeps alive besides itself.

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::Model;
use super::calls::How;
use super::context::Handles;
use super::facts::{Element, ElementKind};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Prop, PropKey};
use super::provenance::Source;

const CALLBACKS: &[&str] = &[
    "cb", "callback", "resolve", "reject", "fn", "func", "handler", "listener", "done", "next", "res", "rej", "fulfill", "accept", "onDone",
];

/// What stands for one request, connection or message.
#[derive(Debug, Clone, Deserialize)]
pub struct Requests {
    pub params: FxHashSet<String>,
    /// Names that count only for a parameter of a callback that runs again and again.
    pub weak: FxHashSet<String>,
    pub types: FxHashSet<String>,
    /// Decorators of parameters that are given a part of the request.
    pub decorators: FxHashSet<String>,
    /// What lets few values of one pass.
    pub few_pipes: FxHashSet<String>,
}

impl Model<'_> {
    /// The requests, connections and messages that a closure keeps because it reads them.
    pub fn captured_requests(&self, function: FnId) -> Vec<BindingId> {
        let mut found = Vec::new();
        let mut outer = self.ir[function].parent;
        while let Some(at) = outer {
            let params = self.request_params(at).into_iter();
            found.extend(
                params.filter(|&param| self.uses.refs(param).iter().any(|&read| self.is_inside(self.ir.function_of(read), function))),
            );
            outer = self.ir[at].parent;
        }
        found
    }

    /// The buffers made around a closure that it keeps because it reads them, if only their length.
    fn captured_buffers(&self, function: FnId) -> Vec<BindingId> {
        let mut found: Vec<BindingId> = Vec::new();
        for at in self.ir.exprs_around(function).filter(|&at| self.is_inside(self.ir.function_of(at), function)) {
            let Some(binding) = self.ir.binding_of(at) else { continue };
            let is_outer = !self.is_inside(self.ir[self.ir[binding].scope].function, function) && !self.is_module_level(binding);
            let [write] = self.uses.writes(binding) else { continue };
            let is_buffer = super::index::written_value(self.ir, *write).is_some_and(|value| match self.ir.kind(value) {
                ExprKind::Call { callee, .. } => {
                    matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.ir.global_of(object) == Some("Buffer"))
                }
                _ => false,
            });
            if is_outer && is_buffer && !found.contains(&binding) {
                found.push(binding);
            }
        }
        found
    }

    /// The parameters of a function that stand for a request, a connection or a message: by type, by name, by where the function is handed.
    pub fn request_params(&self, function: FnId) -> Vec<BindingId> {
        if self.ir[function].params.is_empty() || self.is_promise_executor(function) {
            return Vec::new();
        }
        let is_callback = || {
            self.callers(function).iter().any(|caller| match caller.how {
                How::Repeats => true,
                How::Exported => self.served_by(function, caller.at).is_some(),
                _ => false,
            })
        };
        let named = |param: &super::ir::Param, binding: BindingId| {
            let name = self.ir.name(self.ir[binding].name);
            self.apis.requests.params.contains(name)
                || self.apis.requests.weak.contains(name) && is_callback()
                || param.annotation.is_some_and(|annotation| self.names_type(annotation, &self.apis.requests.types))
        };
        let params = self.ir[function].params.iter().enumerate();
        let with_names = params.filter_map(|(index, param)| Some((index, param, param.binding?)));
        let found: Vec<BindingId> =
            with_names.clone().filter(|(_, param, binding)| named(param, *binding)).map(|(_, _, binding)| binding).collect();
        if !found.is_empty() {
            return found;
        }
        let by_place = with_names.filter(|(index, ..)| *index == 0).map(|(_, _, binding)| binding);
        by_place.filter(|_| self.handles_peers(function)).collect()
    }

    /// `server.on('connection', f)`, `createServer(f)`.
    fn handles_peers(&self, function: FnId) -> bool {
        let direct = self.ir[function].expr.into_iter();
        let by_name = self.uses.bindings_of_function(function).iter().flat_map(|&binding| self.uses.refs(binding)).copied();
        direct.chain(by_name).any(|value| {
            let Some(call) = self.uses.parent(value) else { return false };
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
            // What `use` is given may be a plugin.
            let is_route = || self.handles(call) == Handles::Requests && self.callee_name(callee) != Some("use");
            self.ir.list(args).last() == Some(&value) && (self.hands_out_peers(call) || is_route())
        })
    }

    /// Whether a call's last argument is a function that gets requests or connections.
    pub(super) fn hands_out_peers(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        match self.callee_name(callee) {
            Some("createServer" | "createSecureServer") => true,
            Some("on" | "addListener") => {
                matches!(self.event_text(call).as_deref(), Some("connection" | "secureConnection" | "session" | "request" | "stream"))
            }
            _ => false,
        }
    }

    /// `res` of `new Promise((res, rej) => ...)` is no response.
    pub fn is_promise_executor(&self, function: FnId) -> bool {
        self.ir[function].expr.and_then(|expr| self.uses.parent(expr)).is_some_and(
            |parent| matches!(self.ir.kind(parent), ExprKind::New { callee, .. } if self.callee_name(callee).is_some_and(|name| name.to_ascii_lowercase().ends_with("promise"))),
        )
    }

    pub fn captures_this(&self, function: FnId) -> bool {
        self.ir.exprs_around(function).any(|id| {
            matches!(self.ir.kind(id), ExprKind::This)
                && self.is_inside(self.ir.function_of(id), function)
                && self.this_place(self.ir.function_of(id)) == self.this_place(function)
        })
    }

    /// Whether a function calls what a promise's executor was given.
    fn settles_promise(&self, function: FnId) -> bool {
        let mut outer = self.ir[function].parent;
        while let Some(at) = outer {
            if self.is_promise_executor(at) {
                let resolvers = self.ir[at].params.iter().filter_map(|param| param.binding);
                return resolvers
                    .into_iter()
                    .any(|binding| self.uses.refs(binding).iter().any(|&read| self.is_inside(self.ir.function_of(read), function)));
            }
            outer = self.ir[at].parent;
        }
        false
    }

    pub fn element(&self, value: ExprId) -> Element {
        let provenance = self.provenance(value);
        let kind = self.element_kind(value, &provenance.source);
        let mut kept = self.kept_requests(value, 4);
        if let ExprKind::Function(function) = self.ir.kind(value) {
            kept.extend(self.captured_buffers(function));
        }
        let captures = kept.into_iter().map(|binding| self.ir.name(self.ir[binding].name).to_owned()).collect();
        Element { kind, provenance, captures }
    }

    fn element_kind(&self, value: ExprId, source: &Source) -> ElementKind {
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Function(function) if self.settles_promise(function) => ElementKind::Pending,
            ExprKind::Function(_) => ElementKind::Callback,
            ExprKind::Object { props, .. } if ir.prop_list(props).iter().any(|prop| self.is_resolver(prop)) => ElementKind::Pending,
            ExprKind::Object { .. } => ElementKind::Object,
            ExprKind::Array(_) => ElementKind::Collection,
            ExprKind::New { callee, .. } => match self.callee_name(callee) {
                Some("Map" | "Set" | "Array") => ElementKind::Collection,
                Some("Promise") => ElementKind::Promise,
                Some("Date" | "URL" | "RegExp" | "Error" | "Blob" | "ArrayBuffer" | "Uint8Array") => ElementKind::Object,
                _ => ElementKind::Instance,
            },
            ExprKind::Call { callee, .. } => match self.callee_name(callee) {
                Some("setTimeout" | "setInterval") => ElementKind::Timer,
                Some("then" | "catch" | "finally") => ElementKind::Promise,
                _ if self.callee_function(value).is_some_and(|function| ir[function].is_async) => ElementKind::Promise,
                _ => ElementKind::Other,
            },
            ExprKind::String(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Template(_)
            | ExprKind::Binary(..)
            | ExprKind::Update { .. }
            | ExprKind::Null => ElementKind::Primitive,
            ExprKind::Ident(_) => self.named_kind(value, source),
            _ => ElementKind::Other,
        }
    }

    fn named_kind(&self, value: ExprId, source: &Source) -> ElementKind {
        let Some(binding) = self.ir.binding_of(value) else { return ElementKind::Other };
        let name = self.ir.name(self.ir[binding].name);
        match (self.ir[binding].kind, self.uses.writes(binding)) {
            (BindingKind::Param(..), _) if matches!(source, Source::Request(_)) => ElementKind::Request,
            (BindingKind::Param(function, _), _) if self.is_promise_executor(function) => ElementKind::Pending,
            (BindingKind::Param(..), _) if CALLBACKS.contains(&name) => ElementKind::Callback,
            (BindingKind::Function(_), _) => ElementKind::Callback,
            (_, [write]) => match super::index::written_value(self.ir, *write) {
                Some(inner) if !matches!(self.ir.kind(inner), ExprKind::Ident(_)) => self.element_kind(inner, source),
                _ => ElementKind::Other,
            },
            _ => ElementKind::Other,
        }
    }

    fn is_resolver(&self, prop: &Prop) -> bool {
        let PropKey::Name(name) = prop.key else { return false };
        matches!(self.ir.name(name), "resolve" | "reject" | "deferred" | "resolver")
    }

    /// The request parameters that stay reachable through a value: itself, a property, a closure.
    pub fn kept_requests(&self, value: ExprId, depth: u32) -> Vec<BindingId> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Function(function) => self.captured_requests(function),
            ExprKind::Object { props, .. } => ir.prop_list(props).iter().flat_map(|prop| self.kept_requests(prop.value, depth)).collect(),
            ExprKind::Array(list) => ir.list(list).iter().flat_map(|&item| self.kept_requests(item, depth)).collect(),
            ExprKind::New { callee, .. } if self.callee_name(callee).is_some_and(|name| self.apis.weak.classes.contains(name)) => {
                Vec::new()
            }
            ExprKind::New { args, .. } => ir.list(args).iter().flat_map(|&arg| self.kept_requests(arg, depth)).collect(),
            ExprKind::Ident(_) => {
                let Some(binding) = ir.binding_of(value) else { return Vec::new() };
                match (ir[binding].kind, self.uses.writes(binding)) {
                    (BindingKind::Param(function, _), _) if self.request_params(function).contains(&binding) => vec![binding],
                    (BindingKind::Const | BindingKind::Let | BindingKind::Var, [write]) => {
                        super::index::written_value(ir, *write).map_or_else(Vec::new, |inner| self.kept_requests(inner, depth))
                    }
                    (BindingKind::Function(function), _) => self.captured_requests(function),
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }
}

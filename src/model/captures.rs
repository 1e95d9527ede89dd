//! What a stored value keeps alive besides itself.

use super::Model;
use super::facts::{Element, ElementKind};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Prop, PropKey};
use super::provenance::Source;

const CALLBACKS: &[&str] = &[
    "cb", "callback", "resolve", "reject", "fn", "func", "handler", "listener", "done", "next", "res", "rej", "fulfill", "accept", "onDone",
];

impl Model<'_> {
    /// The requests, connections and messages that a closure keeps because it reads them.
    pub fn captured_requests(&self, function: FnId) -> Vec<BindingId> {
        let mut found = Vec::new();
        let mut outer = self.ir[function].parent;
        while let Some(at) = outer {
            if let Some(param) = self.request_param(at)
                && self.uses.refs(param).iter().any(|&read| self.is_inside(self.ir.function_of(read), function))
                && !self.is_promise_executor(at)
            {
                found.push(param);
            }
            outer = self.ir[at].parent;
        }
        found
    }

    /// `res` of `new Promise((res, rej) => ...)` is no response.
    pub fn is_promise_executor(&self, function: FnId) -> bool {
        self.ir[function].expr.and_then(|expr| self.uses.parent(expr)).is_some_and(
            |parent| matches!(self.ir.kind(parent), ExprKind::New { callee, .. } if self.callee_name(callee).is_some_and(|name| name.ends_with("Promise"))),
        )
    }

    pub fn captures_this(&self, function: FnId) -> bool {
        self.ir.expr_ids().any(|id| {
            matches!(self.ir.kind(id), ExprKind::This)
                && self.is_inside(self.ir.function_of(id), function)
                && self.this_place(self.ir.function_of(id)) == self.this_place(function)
        })
    }

    pub fn element(&self, value: ExprId) -> Element {
        let provenance = self.provenance(value);
        let kind = self.element_kind(value, &provenance.source);
        let captures = self.kept_requests(value, 4).into_iter().map(|binding| self.ir.name(self.ir[binding].name).to_owned()).collect();
        Element { kind, provenance, captures }
    }

    fn element_kind(&self, value: ExprId, source: &Source) -> ElementKind {
        let ir = self.ir;
        match ir.kind(value) {
            ExprKind::Function(_) => ElementKind::Callback,
            ExprKind::Object { props, .. } if ir.prop_list(props).iter().any(|prop| self.is_resolver(prop)) => ElementKind::Pending,
            ExprKind::Object { .. } => ElementKind::Object,
            ExprKind::Array(_) => ElementKind::Collection,
            ExprKind::New { callee, .. } => match self.callee_name(callee) {
                Some("Map" | "Set" | "Array") => ElementKind::Collection,
                Some("Promise") => ElementKind::Promise,
                _ => ElementKind::Object,
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
            ExprKind::New { args, .. } => ir.list(args).iter().flat_map(|&arg| self.kept_requests(arg, depth)).collect(),
            ExprKind::Ident(_) => {
                let Some(binding) = ir.binding_of(value) else { return Vec::new() };
                match (ir[binding].kind, self.uses.writes(binding)) {
                    (BindingKind::Param(function, _), _)
                        if self.request_param(function) == Some(binding) && !self.is_promise_executor(function) =>
                    {
                        vec![binding]
                    }
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

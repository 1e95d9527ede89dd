//! Requests that are put into something older than themselves, other than a collection of this file.

use super::Model;
use super::context::{ContextKind, Region};
use super::entity::This;
use super::facts::{Certainty, Kept, Life, LifeWhy, RequestStore};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, FunctionKind, Ir};
use super::place::{Place, Root, Step};
use crate::diagnostic::Lifetime;
use crate::text::Span;

/// A place that is given a value, or a list that is given another element.
#[derive(Clone, Copy)]
struct Storing {
    at: ExprId,
    place: Place,
    value: ExprId,
    grows: bool,
}

/// The request that stays reachable, and through what.
struct Keeping {
    binding: BindingId,
    captured: String,
    kept: Kept,
    members: Vec<String>,
}

impl Model<'_> {
    pub fn stores(&self) -> Vec<RequestStore> {
        if !self.may_get_requests() {
            return Vec::new();
        }
        let assigned = self.uses.assignments.iter().filter_map(|&at| match self.ir.kind(at) {
            ExprKind::Assign { target, value, .. } if self.can_keep(value) => {
                Some(Storing { at, place: self.place(target)?, value, grows: false })
            }
            _ => None,
        });
        let pushed = self.uses.calls.iter().filter_map(|&at| self.pushed(at));
        assigned.chain(pushed).filter_map(|storing| self.focused(Some(self.ir.span(storing.at)), || self.store(storing))).collect()
    }

    /// Whether a value can hold anything: no literal, and not what a call gives.
    fn can_keep(&self, value: ExprId) -> bool {
        matches!(
            self.ir.kind(value),
            ExprKind::Function(_) | ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::New { .. } | ExprKind::Ident(_)
        )
    }

    /// Whether some function may get a request: by a parameter's name or type, or by what it is handed to.
    fn may_get_requests(&self) -> bool {
        let requests = &self.apis.requests;
        let is_named = |binding: BindingId| {
            let name = self.ir.name(self.ir[binding].name);
            requests.params.contains(name) || requests.weak.contains(name)
        };
        let mut params = self.ir.functions.iter().flat_map(|function| &function.params);
        params.any(|param| {
            param.binding.is_some_and(is_named) || param.annotation.is_some_and(|annotation| self.names_type(annotation, &requests.types))
        }) || self.uses.calls.iter().any(|&call| self.hands_out_peers(call))
    }

    /// `app.locals.log.push(value)`: a list that is not declared in this file.
    fn pushed(&self, at: ExprId) -> Option<Storing> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(at) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let name = self.ir.name(property);
        let is_growth = self.apis.grow.keyed.iter().chain(&self.apis.grow.element).any(|verb| verb == name);
        if !is_growth {
            return None;
        }
        let value = *self.ir.list(args).last().filter(|&&value| self.can_keep(value))?;
        let place = self.place(object)?;
        let is_elsewhere = !self.is_root(place) && self.initial_values(place).is_empty();
        is_elsewhere.then_some(Storing { at, place, value, grows: true })
    }

    fn store(&self, storing: Storing) -> Option<RequestStore> {
        let ir = self.ir;
        let Storing { at, place, value, grows } = storing;
        if self.level(place) > 0 || matches!(self.root(place), Root::Exports | Root::Value(_)) || self.hangs_on_request(place) {
            return None;
        }
        let keeping = self.keeping(value)?;
        let life = self.store_life(storing)?;
        if self.is_reset(storing) {
            return None;
        }
        let function = ir.function_of(at);
        Some(RequestStore {
            span: ir.span(at),
            statement_hash: self.text_hash(ir[ir[at].stmt].span),
            scope: self.qualified_name(at),
            function: self.function_name(function),
            holder: self.place_text(place),
            holder_span: self.declared_at(place).filter(|span| !overlap(*span, ir.span(at))),
            life,
            captured: keeping.captured,
            captured_span: ir[keeping.binding].span,
            kept: keeping.kept,
            members: keeping.members,
            grows,
            is_handler: self.is_request_handler(function),
            context: self.context(at, Region::Function(Ir::MODULE)),
        })
    }

    fn keeping(&self, value: ExprId) -> Option<Keeping> {
        let function = match self.ir.kind(value) {
            ExprKind::Function(function) => Some(function),
            _ => None,
        };
        let kept = self.kept_requests(value, 4);
        let is_plain =
            |binding: &&BindingId| !self.apis.requests.weak.contains(self.ir.name(self.ir[**binding].name)) || self.named_first(**binding);
        if let Some(&binding) = kept.iter().find(is_plain).or(kept.first()) {
            let captured = self.ir.name(self.ir[binding].name).to_owned();
            let members = function.map(|function| self.members_read(binding, function)).unwrap_or_default();
            let kept = if function.is_some() { Kept::ByFunction } else { Kept::Itself };
            return Some(Keeping { binding, captured, kept, members });
        }
        let function = function?;
        self.kept_by_field(function).or_else(|| self.kept_by_sibling(function))
    }

    /// A request or response by its whole name.
    fn named_first(&self, binding: BindingId) -> bool {
        matches!(self.ir.name(self.ir[binding].name), "request" | "response")
    }

    /// `() => this.req.url`, where `this` is an object that was made for a request.
    fn kept_by_field(&self, function: FnId) -> Option<Keeping> {
        let This::Instance(id) = self.entities.this_of(function) else { return None };
        let constructor = self.entities.get(id).constructor?;
        let params = self.request_params(constructor);
        if params.is_empty() {
            return None;
        }
        let reads = self.ir.exprs_around(function).filter(|&at| self.is_inside(self.ir.function_of(at), function));
        reads
            .filter(|&at| matches!(self.ir.kind(at), ExprKind::Member { object, .. } if matches!(self.ir.kind(object), ExprKind::This)))
            .find_map(|at| {
                let place = self.place(at)?;
                let binding = params.iter().copied().find(|&binding| self.is_stored_param(constructor, binding, place))?;
                Some(Keeping { binding, captured: self.place_text(place), kept: Kept::ByField, members: Vec::new() })
            })
    }

    /// `constructor(private req)`, or `this.req = req` in it.
    fn is_stored_param(&self, constructor: FnId, binding: BindingId, place: Place) -> bool {
        let is_property = self.ir[constructor].params.iter().any(|param| param.binding == Some(binding) && param.is_property);
        is_property && self.place_name(place) == self.ir.name(self.ir[binding].name)
            || self.initial_values(place).iter().any(|&value| self.ir.binding_of(value) == Some(binding))
    }

    /// V8 has one context for all functions of a scope: one that uses a variable of it also keeps the request that another one uses.
    fn kept_by_sibling(&self, function: FnId) -> Option<Keeping> {
        let mut at = self.ir[function].parent;
        while let Some(owner) = at {
            let shared = self.request_params(owner).into_iter().find_map(|binding| {
                let read = self.uses.refs(binding).iter().copied().find(|&read| self.ir.function_of(read) != owner)?;
                Some((binding, read))
            });
            if let Some((binding, read)) = shared.filter(|_| self.captures_from(function, owner)) {
                let captured = self.ir.name(self.ir[binding].name).to_owned();
                return Some(Keeping { binding, captured, kept: Kept::BySibling(self.ir.span(read)), members: Vec::new() });
            }
            at = self.ir[owner].parent;
        }
        None
    }

    /// Whether a function reads a variable of the function around it.
    fn captures_from(&self, function: FnId, owner: FnId) -> bool {
        self.ir.references.iter().any(|reference| {
            reference.binding.is_some_and(|binding| self.ir[self.ir[binding].scope].function == owner)
                && self.is_inside(self.ir.function_of(reference.expr), function)
        })
    }

    /// `req.user = ...`, `res.locals.cancel = ...`: what is stored dies with the request.
    fn hangs_on_request(&self, place: Place) -> bool {
        match self.root(place) {
            Root::Binding(binding) => match self.ir[binding].kind {
                BindingKind::Param(function, _) => self.request_params(function).contains(&binding) && !self.is_kept_alive(place),
                _ => false,
            },
            _ => false,
        }
    }

    /// `req.socket.meta`, `req.socket.server.waiting`: the socket below the request serves the next one too.
    fn is_kept_alive(&self, place: Place) -> bool {
        let mut at = place;
        while let Some((of, step)) = self.split(at) {
            if let Step::Field(name) = step
                && matches!(self.ir.name(name), "socket" | "connection")
                && at != place
            {
                return true;
            }
            at = of;
        }
        false
    }

    /// `req.socket.history`: the socket below a request serves the next one too.
    pub(super) fn socket_life(&self, place: Place) -> Option<Life> {
        let (socket, _) = self.split(place).filter(|_| self.level(place) == 0)?;
        let (_, Step::Field(name)) = self.split(socket)? else { return None };
        let is_kept = matches!(self.ir.name(name), "socket" | "connection") && self.is_below_request(socket);
        let why = LifeWhy::LongLivedClass("Socket".to_owned());
        is_kept.then_some(Life { lifetime: Lifetime::Owner, certainty: Certainty::Likely, why, seen_at: None, seen_in: None })
    }

    fn store_life(&self, storing: Storing) -> Option<Life> {
        let Storing { at, place, .. } = storing;
        let life = |lifetime, certainty, why| Some(Life { lifetime, certainty, why, seen_at: None, seen_in: None });
        if self.is_kept_alive(place) {
            return life(Lifetime::Owner, Certainty::Likely, LifeWhy::LongLivedClass("Socket".to_owned()));
        }
        match self.root(place) {
            Root::Binding(binding) => match self.ir[binding].kind {
                BindingKind::Param(owner, _) => {
                    let is_older =
                        owner != self.ir.function_of(at) && self.context(at, Region::Function(owner)).kind == ContextKind::Repeated;
                    let is_object = !self.is_root(place) && self.request_params(owner).is_empty();
                    let name = self.ir.name(self.ir[binding].name).to_owned();
                    // What a request keeps of its own messages goes with it.
                    let is_request = self.apis.requests.params.contains(&name) || self.apis.requests.weak.contains(&name);
                    if is_older && is_object && !is_request { life(Lifetime::Owner, Certainty::Likely, LifeWhy::Given(name)) } else { None }
                }
                BindingKind::Catch | BindingKind::Import(_) => None,
                _ if self.runs_once(self.ir[self.ir[binding].scope].function) => {
                    life(Lifetime::Process, Certainty::Proved, LifeWhy::ModuleScope)
                }
                _ => self.life(place, &[at]).map(|(life, _)| life).filter(|life| life.certainty >= Certainty::Likely),
            },
            Root::Global(_) => life(Lifetime::Process, Certainty::Proved, LifeWhy::Global),
            Root::Instance(id) if !self.is_object(id) => Some(self.instance_life(id)).filter(|life| life.certainty == Certainty::Proved),
            _ => None,
        }
    }

    /// It takes a request and its response, or the next handler: `(req, res)`, `(ctx, next)`.
    fn is_request_handler(&self, function: FnId) -> bool {
        let takes_next =
            self.ir[function].params.iter().filter_map(|param| param.binding).any(|binding| self.ir.name(self.ir[binding].name) == "next");
        self.request_params(function).len() + usize::from(takes_next) > 1
    }

    /// Whether anything else gives the place, or what it is part of, another value, deletes it, or takes elements out.
    fn is_reset(&self, storing: Storing) -> bool {
        let Storing { at: own, place, grows, .. } = storing;
        let concerns =
            |target: ExprId| self.place(target).is_some_and(|other| self.is_within(place, other) && !self.is_root_of_param(other));
        let by_write = self.ir.expr_ids().any(|at| match self.ir.kind(at) {
            ExprKind::Assign { target, value, .. } => {
                at != own && !self.is_set_up(self.ir.function_of(at)) && concerns(target) && self.keeping(value).is_none()
            }
            ExprKind::Unary(super::ir::UnaryOp::Delete, target) => concerns(target),
            _ => false,
        });
        let takes_out = |verb: &str| self.apis.shrink.one.iter().chain(&self.apis.shrink.all).any(|known| known == verb);
        by_write
            || grows
                && (self.uses.calls.iter().any(|&call| match self.ir.kind(call) {
                    ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                        ExprKind::Member { object, property, .. } => takes_out(self.ir.name(property)) && self.place(object) == Some(place),
                        _ => false,
                    },
                    _ => false,
                }) || self.is_length_set(place))
    }

    fn is_root_of_param(&self, place: Place) -> bool {
        self.is_root(place) && matches!(self.root(place), Root::Binding(binding) if matches!(self.ir[binding].kind, BindingKind::Param(..)))
    }

    fn is_length_set(&self, place: Place) -> bool {
        self.uses.member_writes.iter().any(|&write| match self.ir.kind(write) {
            ExprKind::Assign { target, .. } => {
                matches!(self.ir.kind(target), ExprKind::Member { object, property, .. } if self.ir.name(property) == "length" && self.place(object) == Some(place))
            }
            _ => false,
        })
    }

    /// The module's top level, a constructor: what they store is there before the first request.
    fn is_set_up(&self, function: FnId) -> bool {
        let kind = self.ir[function].kind;
        function == Ir::MODULE
            || matches!(kind, FunctionKind::Constructor | FunctionKind::FieldInit | FunctionKind::StaticInit)
            || matches!(self.entities.this_of(function), This::Instance(id) if self.entities.get(id).constructor == Some(function))
    }

    /// The members of the request that a closure reads, if it reads nothing else of it and calls none.
    fn members_read(&self, captured: BindingId, function: FnId) -> Vec<String> {
        let mut names = Vec::new();
        for &read in self.uses.refs(captured) {
            if !self.is_inside(self.ir.function_of(read), function) {
                continue;
            }
            let Some(member) = self.uses.parent(read) else { return Vec::new() };
            let ExprKind::Member { property, .. } = self.ir.kind(member) else { return Vec::new() };
            let is_called = self
                .uses
                .parent(member)
                .is_some_and(|outer| matches!(self.ir.kind(outer), ExprKind::Call { callee, .. } if callee == member));
            if is_called {
                return Vec::new();
            }
            names.push(self.ir.name(property).to_owned());
        }
        names.sort();
        names.dedup();
        names
    }
}

fn overlap(a: Span, b: Span) -> bool {
    a.start < b.end && b.start < a.end
}

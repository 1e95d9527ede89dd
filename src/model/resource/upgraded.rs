//! Sockets that `http` hands over by an event: from then on nobody but the handler ends them, on each way through it.

use rustc_hash::FxHashSet;

use super::super::Model;
use super::super::context::Region;
use super::super::index::written_value;
use super::super::ir::{BindingId, BlockId, ExprId, ExprKind, FnId, Ir, When};
use super::super::place::Place;
use super::{Custody, Flaw, Kind, Resource};
use crate::text::Span;

/// Events that hand over a socket, with the head of what comes behind it.
const EVENTS: &[&str] = &["upgrade", "connect"];
/// What is done to a socket or asked of it that neither ends it nor gives it to anybody.
const LEAVES: &[&str] = &[
    "removeAllListeners",
    "removeListener",
    "off",
    "remoteAddress",
    "remotePort",
    "localAddress",
    "localPort",
    "setKeepAlive",
    "setNoDelay",
    "ref",
    "unref",
    "pause",
];

impl Model<'_> {
    pub(super) fn upgraded_sockets(&self) -> Vec<Resource> {
        let registers = |call: &ExprId| {
            let ExprKind::Call { callee, .. } = self.ir.kind(*call) else { return false };
            self.callee_name(callee).is_some_and(|verb| matches!(verb, "on" | "once" | "addListener"))
                && self.event_text(*call).is_some_and(|event| EVENTS.contains(&event.as_str()))
        };
        self.uses.calls.iter().copied().filter(registers).filter_map(|call| self.upgraded(call)).collect()
    }

    fn upgraded(&self, call: ExprId) -> Option<Resource> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object: emitter, .. } = self.ir.kind(callee) else { return None };
        let &[_, handler] = self.ir.list(args) else { return None };
        let handler = self.function_value(handler)?;
        let [first, socket, _] = self.ir[handler].params.as_slice() else { return None };
        let (first, socket) = (first.binding?, socket.binding?);
        let takers = self.takers(handler, socket, first)?;
        let (entry, exit) = (self.ir[handler].entry, self.ir[handler].exit);
        let flow = self.flow(handler);
        if takers.is_empty()
            || !self.is_only_handler(call, emitter)
            || !flow.is_reachable(exit)
            || flow.must_pass(self.ir, entry, exit, &takers)
        {
            return None;
        }
        let way = self.way_past(handler, &takers);
        let name = self.ir.name(self.ir[socket].name).to_owned();
        let flaw = Flaw::LeftOpen { name: name.clone(), handed: self.ir[socket].span };
        let taker = *takers.first()?;
        let mut resource = self.describe(taker, "socket".to_owned(), flaw);
        resource.span = way.unwrap_or(self.ir[socket].span);
        resource.function = self.function_name(handler);
        resource.context = self.context(taker, Region::Function(Ir::MODULE));
        resource.kind = Kind {
            keeps: "`http` has let go of it: it stays open until one side closes it".to_owned(),
            release: format!("{name}.destroy()"),
            ..Kind::default()
        };
        resource.custody = Custody::Local { name };
        resource.per_instance = None;
        Some(resource)
    }

    /// Where a handler ends the socket or gives it to somebody; none if that cannot be told.
    fn takers(&self, handler: FnId, socket: BindingId, first: BindingId) -> Option<Vec<ExprId>> {
        if !self.uses.writes(socket).is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for &at in self.uses.refs(socket) {
            if !self.leaves_open(at) {
                found.push(self.seen_from(at, handler)?);
            }
        }
        // Who gets the request has its socket, too: `app.handle(req)`. What only answers a question about it takes nothing.
        for &at in self.uses.refs(first) {
            let Some(parent) = self.uses.parent(at) else { continue };
            let is_asked = match self.ir.kind(parent) {
                ExprKind::Member { object, .. } => object == at && !self.names_socket(parent),
                ExprKind::Call { callee, .. } => callee != at && self.is_question(parent),
                _ => false,
            };
            if !is_asked {
                found.push(self.seen_from(at, handler)?);
            }
        }
        Some(found)
    }

    /// What runs first where it is settled that nobody takes the socket.
    fn way_past(&self, handler: FnId, takers: &[ExprId]) -> Option<Span> {
        let (ir, flow) = (self.ir, self.flow(handler));
        let entry = ir[handler].entry;
        let is_past = |block: BlockId| {
            flow.is_reachable(block)
                && !flow.must_pass(ir, entry, block, takers)
                && takers.iter().all(|&taker| flow.must_pass(ir, block, ir[taker].block, &[]))
        };
        let own = ir.exprs_around(handler).filter(|&id| ir.function_of(id) == handler);
        own.filter(|&id| is_past(ir[id].block)).map(|id| ir[ir[id].stmt].span).min_by_key(|span| span.start)
    }

    fn names_socket(&self, member: ExprId) -> bool {
        matches!(self.ir.kind(member), ExprKind::Member { property, .. } if matches!(self.ir.name(property), "socket" | "connection"))
    }

    /// A call that a condition asks, or whose answer gets a name.
    fn is_question(&self, call: ExprId) -> bool {
        match self.uses.parent(call).map(|parent| self.ir.kind(parent)) {
            None => self.is_condition(call),
            Some(ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Logical(..) | ExprKind::Init { .. } | ExprKind::Member { .. }) => {
                true
            }
            _ => false,
        }
    }

    fn is_condition(&self, call: ExprId) -> bool {
        self.ir[self.ir[call].block].edges.iter().any(|edge| matches!(edge.when, When::True(it) | When::False(it) if it == call))
    }

    fn leaves_open(&self, at: ExprId) -> bool {
        let Some(member) = self.uses.parent(at) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return false };
        if object != at {
            return false;
        }
        let name = self.ir.name(property);
        if LEAVES.contains(&name) {
            return true;
        }
        let call = self.uses.parent(member);
        let event = call.and_then(|call| self.event_text(call));
        matches!(name, "on" | "once" | "addListener") && event.is_some_and(|event| matches!(event.as_str(), "error" | "end" | "close"))
    }

    /// Whether nobody else is seen to handle the event: a request of its own, or a server of this file that nobody else is given.
    fn is_only_handler(&self, call: ExprId, emitter: ExprId) -> bool {
        let Some(place) = self.place(emitter) else { return false };
        let event = self.event_text(call);
        let others = self.uses.calls.iter().any(|&at| {
            let ExprKind::Call { callee, .. } = self.ir.kind(at) else { return false };
            let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
            at != call && self.place(object) == Some(place) && self.event_text(at) == event
        });
        !others && self.is_own_emitter(place, emitter)
    }

    fn is_own_emitter(&self, place: Place, emitter: ExprId) -> bool {
        let binding = self.ir.binding_of(emitter);
        let values = match binding {
            Some(binding) => self.uses.writes(binding).iter().filter_map(|&write| written_value(self.ir, write)).collect(),
            None => self.initial_values(place),
        };
        let makers: FxHashSet<&str> = values
            .iter()
            .filter_map(|&value| match self.ir.kind(value) {
                ExprKind::Call { callee, .. } => self.callee_name(callee),
                _ => None,
            })
            .collect();
        let is_request = |name: &&str| matches!(*name, "request" | "get");
        let is_server = |name: &&str| matches!(*name, "createServer" | "createSecureServer" | "listen");
        if values.is_empty() || makers.is_empty() {
            return false;
        }
        makers.iter().all(is_request) || makers.iter().all(is_server) && binding.is_some_and(|binding| self.is_kept_private(binding))
    }

    /// Nobody is given the name, and nobody gets it out of the file.
    fn is_kept_private(&self, binding: BindingId) -> bool {
        !self.is_exported(binding)
            && self.uses.refs(binding).iter().all(|&at| match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
                Some(ExprKind::Member { object, .. }) => object == at,
                Some(ExprKind::Assign { target, .. }) => target == at,
                Some(ExprKind::Init { .. } | ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Logical(..)) | None => true,
                _ => false,
            })
    }
}

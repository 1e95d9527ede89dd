//! Where receivers come from that are not what they look like: new ones, pooled ones, sockets below requests, signals.

use super::super::Model;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::index::written_value;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir};
use super::super::place::{Place, Root, Step};
use super::Site;
use super::receiver::{Held, MODULE};
use crate::text::Span;

/// What is taken from a pool, and goes back.
const ACQUIRE: &[&str] = &["acquire", "getConnection", "checkout", "borrow", "connect", "getClient", "take", "lease"];

impl Model<'_> {
    /// Whether the same call always puts a new object there before the site: `client = connect(); client.on(...)`.
    pub(in crate::model) fn is_new_before(&self, place: Place, site: ExprId) -> bool {
        let ir = self.ir;
        let function = ir.function_of(site);
        let flow = self.flow(function);
        let entry = ir[function].entry;
        let is_new = |value: ExprId, written: Place| match ir.kind(value) {
            ExprKind::New { .. } | ExprKind::Call { .. } | ExprKind::Await(_) => true,
            // What an object literal is given is older.
            ExprKind::Object { .. } => written == place,
            _ => false,
        };
        let bound = match self.root(place) {
            Root::Binding(binding) => self.uses.writes(binding),
            _ => &[],
        };
        let written: Vec<ExprId> = self
            .uses
            .member_writes
            .iter()
            .chain(bound)
            .copied()
            .filter(|&id| match ir.kind(id) {
                ExprKind::Assign { target, value, op } => {
                    op == super::super::ir::AssignOp::Set
                        && ir.function_of(id) == function
                        && self.place(target).is_some_and(|written| {
                            self.is_within(place, written) && is_new(super::super::entity::through_assignments(ir, value), written)
                        })
                        && (ir[id].block != ir[site].block || id < site)
                }
                _ => false,
            })
            .collect();
        if written.iter().any(|&id| ir[id].block == ir[site].block) {
            return true;
        }
        !written.is_empty() && flow.must_pass(ir, entry, ir[site].block, &written)
    }

    /// `const connection = await pool.acquire(); ... pool.release(connection)`.
    pub(super) fn is_pooled(&self, binding: BindingId) -> bool {
        let taken = self.uses.writes(binding).iter().any(|&write| {
            let Some(value) = written_value(self.ir, write) else { return false };
            let call = if let ExprKind::Await(inner) = self.ir.kind(value) { inner } else { value };
            matches!(self.ir.kind(call), ExprKind::Call { callee, .. }
                if matches!(self.ir.kind(callee), ExprKind::Member { .. }) && self.callee_name(callee).is_some_and(|name| ACQUIRE.contains(&name)))
        });
        taken && self.is_given_back(binding)
    }

    /// The callback of `pool.acquire((error, connection) => ...)`.
    pub(super) fn is_taken(&self, callback: Option<ExprId>) -> bool {
        callback.and_then(|callback| self.uses.parent(callback)).is_some_and(|call| {
            matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if self.callee_name(callee).is_some_and(|name| ACQUIRE.contains(&name)))
        })
    }

    pub(super) fn is_given_back(&self, binding: BindingId) -> bool {
        self.uses.refs(binding).iter().any(|&at| {
            let Some(parent) = self.uses.parent(at) else { return false };
            match self.ir.kind(parent) {
                ExprKind::Call { callee, .. } => callee != at && self.callee_name(callee) == Some("release"),
                ExprKind::Member { property, .. } => self.ir.name(property) == "release" && !self.is_thrown_away(parent),
                _ => false,
            }
        })
    }

    /// `const scanner = require('scanner')` in a function: the same one in each run.
    pub(super) fn required_inside(&self, place: Place) -> Option<Held> {
        let Root::Binding(binding) = self.root(place) else { return None };
        if !self.is_root(place) || self.ir[self.ir[binding].scope].function == Ir::MODULE {
            return None;
        }
        let [value] = self.initial_values(place)[..] else { return None };
        let module = self.required(value, 4)?;
        let span = Some(self.ir[binding].span);
        Some(Held { shared: module.starts_with('.'), ..Held::new(Kind::Import, Certainty::Proved, span, MODULE) })
    }

    /// `client.release(true)`: the pool closes it and makes another one.
    fn is_thrown_away(&self, release: ExprId) -> bool {
        let Some(call) = self.uses.parent(release) else { return false };
        match self.ir.kind(call) {
            ExprKind::Call { callee, args, .. } => {
                let first = self.ir.list(args).first();
                callee == release && first.is_some_and(|&first| matches!(self.ir.kind(first), ExprKind::Bool(true)))
            }
            _ => false,
        }
    }

    pub(super) fn is_abort_signal(&self, site: &Site<'_>, place: Place) -> bool {
        site.verb == "addEventListener"
            && site.event.and_then(|event| self.string(event)) == Some("abort")
            && !matches!(self.root(place), Root::GlobalObject)
    }

    /// `AbortSignal.timeout(900_000)`: holds its listeners until it fires.
    pub(super) fn long_timeout(&self, place: Place) -> Option<Held> {
        let mut values = match self.root(place) {
            Root::Binding(_) if self.is_root(place) => self.initial_values(place),
            Root::Value(value) if self.is_root(place) => vec![value],
            _ => return None,
        };
        let call = values.pop().filter(|_| values.is_empty())?;
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        if self.ir.name(property) != "timeout" || self.ir.global_of(object) != Some("AbortSignal") {
            return None;
        }
        let millis = self.number(*self.ir.list(args).first()?)?;
        (millis >= 300_000.0).then(|| Held::new(Kind::LongTimeout, Certainty::Proved, Some(self.ir.span(call)), MODULE))
    }

    pub(super) fn number(&self, value: ExprId) -> Option<f64> {
        match self.ir.kind(value) {
            ExprKind::Number(number) => Some(number),
            ExprKind::Binary(super::super::ir::BinaryOp::Other, left, right) => {
                let operator = self.source.slice(Span::new(self.ir.span(left).end, self.ir.span(right).start));
                if operator.trim() == "*" { Some(self.number(left)? * self.number(right)?) } else { None }
            }
            ExprKind::Ident(_) => self.constant(value).filter(|&known| known != value).and_then(|known| self.number(known)),
            _ => None,
        }
    }

    /// `req.socket`, `res.connection.server`: HTTP keep-alive uses it for later requests.
    pub(in crate::model) fn is_below_request(&self, place: Place) -> bool {
        self.below_request(place).is_some()
    }

    pub(super) fn below_request(&self, place: Place) -> Option<Held> {
        let (of, Step::Field(name)) = self.split(place)? else { return None };
        if self.ir.name(name) == "sender" {
            return self.is_event(of).then(|| Held::new(Kind::SharedPeer, Certainty::Likely, self.declared_at(of), MODULE));
        }
        let is_session = self.ir.name(name) == "session";
        if !is_session && !matches!(self.ir.name(name), "socket" | "connection" | "server") {
            return None;
        }
        if is_session {
            let Root::Binding(stream) = self.root(of) else { return None };
            let annotation = self.ir[stream].annotation.filter(|_| self.is_root(of))?;
            let is_stream = self.names_type(annotation, &self.apis.receivers.multiplexed);
            return is_stream.then(|| Held::new(Kind::SharedPeer, Certainty::Likely, self.declared_at(of), MODULE));
        }
        let of_request = match (self.split(of), self.root(of)) {
            (Some(_), _) => self.below_request(of).is_some(),
            (None, Root::Binding(binding)) => {
                let name = self.ir.name(self.ir[binding].name);
                matches!(self.ir[binding].kind, BindingKind::Param(..))
                    && matches!(name, "req" | "request" | "res" | "response" | "incoming" | "message")
            }
            _ => false,
        };
        of_request.then(|| Held::new(Kind::SharedPeer, Certainty::Likely, self.declared_at(of), MODULE))
    }

    /// The first parameter of a function, that is called an event: who sent it sends the next one, too.
    fn is_event(&self, place: Place) -> bool {
        let Root::Binding(binding) = self.root(place) else { return false };
        let name = self.ir.name(self.ir[binding].name).trim_start_matches('_');
        self.is_root(place) && matches!(self.ir[binding].kind, BindingKind::Param(_, 0)) && matches!(name, "event" | "evt" | "ev" | "e")
    }

    /// The callback of `request.on('socket', socket => ...)`: an agent gives the same socket to many requests.
    pub(super) fn is_socket_of_agent(&self, function: FnId) -> bool {
        let call = self.ir[function].expr.and_then(|expr| self.uses.parent(expr));
        call.is_some_and(|call| {
            matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if matches!(self.callee_name(callee), Some("on" | "once")))
                && self.event_text(call).as_deref() == Some("socket")
        })
    }

    /// `proc.child = fork(file); proc.child.stderr.on(...)`: what hangs on an entry, and got another value in this very call.
    pub(super) fn is_set_there(&self, place: Place, site: ExprId) -> bool {
        let mut at = place;
        while self.level(at) > 0 {
            let is_set = self.initial_values(at).iter().any(|&value| {
                matches!(self.ir.kind(value), ExprKind::Call { .. } | ExprKind::New { .. })
                    && value < site
                    && self.is_inside(self.ir.function_of(site), self.ir.function_of(value))
                    && self.ir.function_of(value) != Ir::MODULE
            });
            match self.split(at) {
                _ if is_set => return true,
                Some((of, _)) => at = of,
                None => return false,
            }
        }
        false
    }

    /// A stream that is given to be read: its `data` and its `end` are listened for. It ends, and is dropped.
    pub(super) fn is_read_to_its_end(&self, place: Place) -> bool {
        let Root::Binding(binding) = self.root(place) else { return false };
        let BindingKind::Param(function, _) = self.ir[binding].kind else { return false };
        let hears = |event: &str| {
            self.uses.refs(binding).iter().any(|&at| {
                let call = self.uses.parent(at).and_then(|member| self.uses.parent(member));
                call.is_some_and(|call| {
                    matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if matches!(self.callee_name(callee), Some("on" | "once")))
                        && self.ir.function_of(call) == function
                        && self.event_text(call).as_deref() == Some(event)
                })
            })
        };
        self.is_root(place) && hears("data") && (hears("end") || hears("close"))
    }

    /// `this.manager.client`: what is reached through something that lives long by its name, and has such a name itself.
    pub(super) fn is_part_of_long_lived(&self, place: Place) -> bool {
        let is_long = |step: Step| match step {
            Step::Field(name) => super::super::provenance::words(self.ir.name(name)).last().is_some_and(|last| {
                self.apis.receivers.shared.contains(last) || self.apis.owners.long.iter().any(|word| word.to_ascii_lowercase() == *last)
            }),
            _ => false,
        };
        let Some((of, step)) = self.split(place) else { return false };
        self.split(of).is_some_and(|(_, outer)| is_long(outer)) && is_long(step)
    }
}

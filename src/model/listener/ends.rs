//! Receivers that end with their listeners: what is read anew in each run, and messages of HTTP, of which each event is one of the last.

use super::super::Model;
use super::super::context::ContextKind;
use super::super::context::Region;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId, FunctionKind, Ir, NameId};
use super::super::links::UseKind;
use super::super::place::{Place, Root};
use super::receiver::Held;
use super::{Removal, Site};

/// Events with which a request or a response is over.
const LAST: &[&str] = &["close", "finish", "end", "error", "aborted"];

impl Model<'_> {
    pub(super) fn unless_it_ends(&self, held: Held, place: Place, site: &Site<'_>) -> Held {
        if self.is_read_anew(&held, place, site) || held.kind == Kind::Own && self.has_another_this(site) {
            return Held { kind: Kind::Unknown, certainty: Certainty::Unknown, ..held };
        }
        if held.kind == Kind::Parameter && self.is_last_of_message(place, site) {
            return Held { kind: Kind::Peer, certainty: Certainty::Short, ..held };
        }
        held
    }

    /// `const worker = registration.installing` in a handler: each run reads what is there then.
    fn is_read_anew(&self, held: &Held, place: Place, site: &Site<'_>) -> bool {
        if held.kind != Kind::Captured || self.is_root(place) || site.api.name == "Tapable" || !self.initial_values(place).is_empty() {
            return false;
        }
        self.ir.binding_of(site.object).is_some_and(|name| {
            let reader = self.ir[self.ir[name].scope].function;
            reader != Ir::MODULE && held.region != Region::Function(reader)
        })
    }

    /// `bus.on('load', this.setUp)`, and `this.on(...)` in `setUp`: who calls it so gives it another `this` than the object.
    fn has_another_this(&self, site: &Site<'_>) -> bool {
        let mut at = self.ir.function_of(site.call);
        while let (FunctionKind::Arrow, Some(parent)) = (self.ir[at].kind, self.ir[at].parent) {
            at = parent;
        }
        let is_handed_out = |name: NameId| {
            self.reads_of(name).iter().any(|&read| {
                let parent = self.uses.parent(read).map(|parent| (parent, self.ir.kind(parent)));
                match parent {
                    Some((_, ExprKind::Call { callee, .. })) => {
                        callee != read && self.callee_name(callee).is_some_and(|verb| self.apis.registers_listener(verb))
                    }
                    _ => false,
                }
            })
        };
        // `this.setUp = this.setUp.bind(this)`.
        let is_bound = |name: NameId| {
            self.uses.member_writes.iter().any(|&write| {
                matches!(self.ir.kind(write), ExprKind::Assign { target, .. }
                    if matches!(self.ir.kind(target), ExprKind::Member { property, .. } if property == name))
            })
        };
        self.entities.memberships(at).iter().any(|&(_, name, is_static)| !is_static && is_handed_out(name) && !is_bound(name))
    }

    /// The last event of what is called a request or a response, wherever it was handed on to.
    fn is_last_of_message(&self, place: Place, site: &Site<'_>) -> bool {
        let Root::Binding(binding) = self.root(place) else { return false };
        let is_message = matches!(self.ir.name(self.ir[binding].name), "request" | "response");
        let is_last = site.event.and_then(|event| self.string(event)).is_some_and(|event| LAST.contains(&event));
        is_message && is_last && self.is_root(place) && matches!(self.ir[binding].kind, BindingKind::Param(..))
    }

    /// Whether other files may call what this one offers: they are seen to, or nobody asks.
    pub(super) fn may_be_called_elsewhere(&self, function: FnId) -> bool {
        if self.outside().is_none() {
            return true;
        }
        let Some(seen) = self.seen_outside(&self.paths_of_function(function)) else { return true };
        seen.uses.iter().any(|used| matches!(used.used.what, UseKind::Called { .. }) && used.context.kind != ContextKind::Test)
    }

    /// Whether an emitter that knows a function already gets that one again: the function is made where the receiver is, or further out.
    pub(super) fn is_one_for_receiver(&self, held: &Held, handler: ExprId) -> bool {
        let (Kind::Captured, Region::Function(made)) = (held.kind, held.region) else { return false };
        self.ir.binding_of(handler).is_some_and(|binding| {
            self.uses.function_of_binding(binding).is_some() && self.is_inside(made, self.ir[self.ir[binding].scope].function)
        })
    }

    /// `document.addEventListener('mouseup', finish(side))`, where `finish` gives a function that takes itself off.
    pub(super) fn takes_itself_off(&self, site: &Site<'_>, place: Place, removals: &[Removal]) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(site.handler) else { return false };
        let Some(maker) = self.callee_function(site.handler).or_else(|| self.kept_function(callee)) else { return false };
        let gives = |removal: &Removal| {
            let handler = removal.handler.and_then(|handler| self.ir.binding_of(handler))?;
            let returned = self
                .uses
                .returns(maker)
                .iter()
                .any(|&at| matches!(self.ir.kind(at), ExprKind::Return(Some(value)) if self.ir.binding_of(value) == Some(handler)));
            let own = self.uses.function_of_binding(handler)?;
            Some(returned && self.is_inside(self.ir.function_of(removal.call), own))
        };
        removals.iter().any(|removal| {
            gives(removal) == Some(true)
                && self.same_receiver(place, removal.object)
                && matches!((site.event, removal.event), (Some(own), Some(theirs)) if self.same_event(own, theirs))
        })
    }

    /// `const finish = useCallback((side) => { ... }, [])`: a library gives back the function that it gets.
    fn kept_function(&self, callee: ExprId) -> Option<FnId> {
        let [write] = self.uses.writes(self.ir.binding_of(callee)?) else { return None };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(super::super::index::written_value(self.ir, *write)?) else { return None };
        let is_kept = matches!(self.callee_name(callee), Some("useCallback" | "useEvent" | "useEffectEvent" | "useMemoizedFn"));
        self.function_value(*self.ir.list(args).first().filter(|_| is_kept)?)
    }
}

//! What a component makes while it is mounted, and nobody releases.

use super::super::Model;
use super::super::clearing::Clear;
use super::super::context::ContextKind;
use super::super::facts::TextEdit;
use super::super::frameworks::Cleanup;
use super::super::handle::Destinations;
use super::super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, LogicalOp};
use super::super::mount::Mount;
use super::super::namesakes::Released;
use super::super::place::{Place, Root, Step};
use super::{Acquired, Custody, Flaw, RELEASES, Resource, Target};

/// Methods that end something which goes on by itself.
const ENDS: &[&str] = &["stop", "end", "abort", "cancel", "suspend"];

impl Model<'_> {
    /// A resource of a component that nothing in the file releases, by any hook or event.
    pub(super) fn left_by_component(&self, acquired: &Acquired<'_>) -> Option<Resource> {
        let Acquired { call, api, .. } = *acquired;
        let Some(mount) = self.mount(call) else { return self.drawn_by_component(acquired) };
        if api.lent || api.rearms && !self.rearms_itself(call) || !self.is_started(acquired) {
            return None;
        }
        if self.runs_once_only(call, 3)
            || acquired.to.is_conditional
            || self.is_released_somewhere(acquired)
            || self.watches_its_own(acquired)
        {
            return None;
        }
        let target = api.node.then(|| self.target_of_component(acquired));
        if matches!(target, Some(Target::Own | Target::Unknown)) {
            return None;
        }
        let custody = self.custody_in_component(acquired, &acquired.to)?;
        let is_elsewhere = matches!(&custody, Custody::Kept { text, .. } if self.is_released_elsewhere(self.ir.function_of(call), text, &Released::Resource));
        if is_elsewhere {
            return None;
        }
        let mut resource = self.describe(call, api.what.clone(), Flaw::Unreleased);
        // A hook of the program's own that the project calls one time.
        let is_once = resource.context.kind < ContextKind::Startup && resource.context.kind != ContextKind::Test;
        if is_once && mount.is_composable() {
            return None;
        }
        resource.kind = self.kind_of(acquired, &custody);
        resource.custody = custody;
        resource.target = target;
        let edits = self.cleanup_of_resource(acquired, &mount).unwrap_or_default();
        resource.mount = Some(Mount { edits, ..mount });
        Some(resource)
    }

    /// The function that is asked for asks for itself again each time that it runs, whatever happened meanwhile.
    pub(super) fn rearms_itself(&self, call: ExprId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        let function = self.ir.function_of(call);
        let callback = self.ir.list(args).first().and_then(|&callback| self.function_value(callback));
        let is_itself = |callback: FnId| {
            let is_wrapper = self.ir[callback].parent == Some(function);
            callback == function
                || is_wrapper
                    && self.uses.calls.iter().any(|&inner| {
                        self.callee_function(inner) == Some(function)
                            && self.ir.function_of(inner) == callback
                            && self.always_runs(callback, inner)
                    })
        };
        callback.is_some_and(is_itself) && self.flow(function).guards(self.ir, self.ir[call].block).is_empty()
    }

    /// Whether anything in the file may release it, but a function that the framework is given and ignores.
    fn is_released_somewhere(&self, acquired: &Acquired<'_>) -> bool {
        let api = acquired.api;
        if api.component && !acquired.releases.is_empty() {
            return true;
        }
        if api.component {
            return self.names_release_of(acquired);
        }
        let is_open = |clear: &Clear| !self.is_ignored_cleanup(clear.at) && !self.makes_way(clear, acquired);
        let by_name = self.releases_by_method(|name| RELEASES.contains(&name) || ENDS.contains(&name));
        acquired.releases.iter().any(is_open)
            || by_name.iter().any(|clear| (clear.handle == acquired.value || self.clears(*clear, &acquired.to, None)) && is_open(clear))
    }

    /// `source?.close(); source = new EventSource(url)`: it ends the one before, and never the last.
    fn makes_way(&self, clear: &Clear, acquired: &Acquired<'_>) -> bool {
        let function = self.ir.function_of(acquired.call);
        let is_before = self.ir.span(clear.at).end <= self.ir.span(acquired.call).start;
        is_before && self.ir.function_of(clear.at) == function && self.flow(function).guards(self.ir, self.ir[clear.at].block).is_empty()
    }

    /// Whether the file calls what releases such things, whichever it is.
    pub(super) fn names_release_of(&self, acquired: &Acquired<'_>) -> bool {
        let names_release = |name: &str| acquired.api.release.iter().chain(&acquired.api.release_call).any(|own| own == name);
        self.uses.calls.iter().any(|&call| match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => self.callee_name(callee).is_some_and(names_release),
            _ => false,
        })
    }

    /// What is made for the value that a component draws, in a file that names nothing which releases it.
    fn drawn_by_component(&self, acquired: &Acquired<'_>) -> Option<Resource> {
        let Acquired { call, api, .. } = *acquired;
        if !api.id || self.names_release_of(acquired) {
            return None;
        }
        let mount = self.mount_of_value(call).filter(|mount| self.is_shown_by_elements(mount))?;
        // The function gives it to the hook, and the hook to the component.
        let custody = self.custody_in_component(acquired, &self.own_destinations(acquired.value))?;
        let mut resource = self.describe(call, api.what.clone(), Flaw::Unreleased);
        resource.kind = self.kind_of(acquired, &custody);
        resource.custody = custody;
        resource.mount = Some(mount);
        Some(resource)
    }

    /// Whether elements of the page alone get what a hook gives: a component that is given it may be the one that releases it.
    fn is_shown_by_elements(&self, mount: &Mount) -> bool {
        let is_component = |name: &str| name.contains('-') || name.starts_with(|first: char| first.is_ascii_uppercase());
        if mount.framework != "React" {
            return !self.markup().iter().any(|tag| is_component(&tag.name));
        }
        let hook = self.uses.calls.iter().copied().find(|&call| self.callee_span(call) == mount.hook_span);
        let Some(ExprKind::Init { binding, .. }) = hook.and_then(|hook| self.uses.parent(hook)).map(|parent| self.ir.kind(parent)) else {
            return false;
        };
        self.uses.refs(binding).iter().all(|&at| {
            let mut parent = self.uses.parent(at);
            while let Some(ExprKind::Conditional(..) | ExprKind::Logical(..) | ExprKind::Unary(..) | ExprKind::Binary(..)) =
                parent.map(|parent| self.ir.kind(parent))
            {
                parent = parent.and_then(|parent| self.uses.parent(parent));
            }
            match parent.map(|parent| self.ir.kind(parent)) {
                Some(ExprKind::Jsx { tag, .. }) => self.string(tag).is_some_and(|name| !is_component(name)),
                // The list of what another hook depends on.
                Some(ExprKind::Array(_)) | None => true,
                _ => false,
            }
        })
    }

    fn custody_in_component(&self, acquired: &Acquired<'_>, to: &Destinations) -> Option<Custody> {
        let Acquired { call, api, value, .. } = acquired;
        if let Some(setter) = api.id.then(|| self.state_setter(acquired)).flatten() {
            return Some(Custody::State { setter });
        }
        let is_given = |given: &ExprId| !self.borrows(*given, acquired);
        if to.handed_out || to.rendered && !api.id || !to.collections.is_empty() || to.given.iter().any(is_given) {
            return None;
        }
        if !api.component && self.goes_on_in_chain(*value) {
            return None;
        }
        let mut custody = match to.locals.first() {
            Some(&binding) => Custody::Local { name: self.ir.name(self.ir[binding].name).to_owned() },
            None => Custody::Dropped,
        };
        for &place in &to.places {
            let text = self.place_text(place);
            let span = self.declared_at(place).unwrap_or(self.ir.span(*call));
            custody = match self.root(place) {
                Root::Instance(_) if self.is_field(place) => self.is_used_in_place(place).then_some(Custody::Kept { text, span })?,
                Root::Binding(binding) if self.is_root(place) => {
                    self.is_module_level(binding).then_some(Custody::Variable { text, span })?
                }
                Root::Binding(binding) if self.is_box(binding, place) => {
                    self.is_used_in_place(place).then_some(Custody::Kept { text, span })?
                }
                _ if api.id && !self.is_entry(place) || self.is_borrower(place, acquired) => Custody::Property { text },
                _ => return None,
            };
        }
        Some(custody)
    }

    /// `video.srcObject`: an element that shows it does not end it.
    fn is_borrower(&self, place: Place, acquired: &Acquired<'_>) -> bool {
        matches!(self.split(place), Some((_, Step::Field(name))) if acquired.api.borrows.iter().any(|own| own == self.ir.name(name)))
    }

    /// `socket.current` of `const socket = useRef()`, of which nobody else gets the ref itself.
    fn is_box(&self, binding: BindingId, place: Place) -> bool {
        const MAKERS: &[&str] = &["useRef", "createRef", "ref", "shallowRef"];
        let Some((of, Step::Field(name))) = self.split(place) else { return false };
        let name_of_value = self.ir.name(name);
        let makes = |value: &ExprId| matches!(self.ir.kind(*value), ExprKind::Call { callee, .. } if self.callee_name(callee).is_some_and(|name| MAKERS.contains(&name)));
        let is_read = |&at: &ExprId| {
            self.uses.parent(at).is_some_and(
                |parent| matches!(self.ir.kind(parent), ExprKind::Member { object, property, .. } if object == at && self.ir.name(property) == name_of_value),
            )
        };
        matches!(name_of_value, "current" | "value")
            && self.is_root(of)
            && self.initial_values(of).iter().all(makes)
            && self.uses.refs(binding).iter().all(is_read)
    }

    /// Whether all that is done with the content of a place is to call its methods, and to ask whether there is one.
    fn is_used_in_place(&self, place: Place) -> bool {
        let Some((_, Step::Field(name))) = self.split(place) else { return true };
        self.reads_of(name).iter().copied().filter(|&read| self.place(read) == Some(place)).all(|read| match self.uses.parent(read) {
            None => true,
            Some(parent) => match self.ir.kind(parent) {
                ExprKind::Member { object, .. } => object == read,
                ExprKind::Assign { target, .. } => target == read,
                ExprKind::Logical(op, left, _) => op == LogicalOp::And && left == read,
                ExprKind::Unary(..) | ExprKind::Binary(..) => true,
                _ => false,
            },
        })
    }

    /// How long what an observer watches lives, seen from the component.
    fn target_of_component(&self, acquired: &Acquired<'_>) -> Target {
        let is_given = |place: Place| match self.root(place) {
            Root::Binding(binding) => matches!(self.ir[binding].kind, BindingKind::Param(function, _) if self.is_drawn(function)),
            Root::Value(value) => matches!(self.ir.kind(value), ExprKind::Param(_)) && self.is_drawn(self.ir.function_of(value)),
            _ => false,
        };
        match self.watched(acquired) {
            Target::Unknown if self.observed(acquired).into_iter().any(is_given) => Target::Given,
            target => target,
        }
    }

    /// A function that is a component by its name: what it is given is older than what it draws.
    fn is_drawn(&self, function: FnId) -> bool {
        self.function_name(function).starts_with(|first: char| first.is_ascii_uppercase())
    }

    /// Where what a promise gives goes: `getUserMedia().then((stream) => ...)`.
    pub(super) fn follow_then(&self, promise: ExprId, to: &mut Destinations) {
        let Some(member) = self.uses.parent(promise) else { return };
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return };
        let Some(call) = self.uses.parent(member).filter(|_| object == promise && self.ir.name(property) == "then") else { return };
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return };
        let callback = self.ir.list(args).first().and_then(|&callback| self.function_value(callback));
        match callback.map(|callback| self.ir[callback].params.first().map(|param| param.binding)) {
            Some(Some(Some(binding))) => {
                to.locals.push(binding);
                self.uses.refs(binding).iter().for_each(|&at| self.follow_also(at, to));
            }
            // It takes nothing.
            Some(None) => {}
            Some(Some(None)) | None => to.handed_out = true,
        }
    }

    /// A function that the hook's callback returns, where it returns none yet and makes nothing else.
    fn cleanup_of_resource(&self, acquired: &Acquired<'_>, mount: &Mount) -> Option<Vec<TextEdit>> {
        let Acquired { call, ref to, api, .. } = *acquired;
        let callback = self.ir.function_of(call);
        let body = self.body_without_return(callback).filter(|_| mount.cleanup == Cleanup::Returned && mount.ignored.is_none())?;
        let ([local], []) = (&to.locals[..], &to.places[..]) else { return None };
        let is_direct = self.ir[*local].kind == BindingKind::Const
            && self.uses.parent(call).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Init { .. }));
        if !is_direct || !body.statements.contains(&self.ir[self.ir[call].stmt].span) || api.component {
            return None;
        }
        let is_beside = |&other: &ExprId| {
            let starts = self.is_timer_call(other, "setInterval") || self.is_timer_call(other, "setTimeout");
            let makes = other != call && self.resource_api(other, true).is_some();
            let listens = match self.ir.kind(other) {
                ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                    ExprKind::Member { object, property, .. } => {
                        self.apis.registration(self.ir.name(property)).is_some() && self.ir.binding_of(object) != Some(*local)
                    }
                    _ => false,
                },
                _ => false,
            };
            (starts || makes || listens) && self.is_inside(self.ir.function_of(other), callback)
        };
        if self.uses.calls.iter().any(is_beside) {
            return None;
        }
        let name = self.ir.name(self.ir[*local].name);
        if api.release.is_empty() && api.release_call.is_empty() {
            return None;
        }
        let release = self.release_text(acquired, &Custody::Local { name: name.to_owned() });
        Some(vec![self.returned(&body, &[release])?])
    }
}

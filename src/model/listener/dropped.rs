//! Functions that register and give back what takes the listener off, to callers that drop it.

use super::super::Model;
use super::super::apis::Returns;
use super::super::calls::How;
use super::super::context::{ContextKind, Region};
use super::super::entity::EntityKind;
use super::super::facts::{NearMiss, NearMissWhy};
use super::super::index::written_value;
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir, Prop, PropKey};
use super::super::links::UseKind;
use super::{Removal, Site};

impl Model<'_> {
    /// Whether the function around a registration gives its caller what takes the listener off, and nothing else does.
    pub(super) fn gives_disposer(&self, site: &Site<'_>, removals: &[Removal]) -> bool {
        let function = self.ir.function_of(site.call);
        if function == Ir::MODULE || self.ir[function].is_async || self.ir[function].is_generator {
            return false;
        }
        if site.api.returns != Returns::Receiver && self.is_returned_by(site.call, function) {
            return true;
        }
        let handler = self.expr_text(site.handler);
        let own = |removal: &&Removal| removal.handler.is_some_and(|of| self.expr_text(of) == handler);
        let mut own = removals.iter().filter(own).peekable();
        own.peek().is_some() && own.all(|removal| self.is_disposer_of(self.ir.function_of(removal.call), function))
    }

    fn is_returned_by(&self, value: ExprId, function: FnId) -> bool {
        let parent = self.uses.parent(value);
        parent.is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Return(_)) && self.ir.function_of(parent) == function)
    }

    /// `bus.on('redraw', draw, this, this.disposables)`: what takes it off goes into the list.
    pub(super) fn is_given_list(&self, call: ExprId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        let [_, _, .., last] = self.ir.list(args) else { return false };
        let is_list =
            |name: &str| matches!(super::super::provenance::words(name).last().map(String::as_str), Some("disposables" | "subscriptions"));
        matches!(self.ir.kind(*last), ExprKind::Ident(_) | ExprKind::Member { .. }) && self.callee_name(*last).is_some_and(is_list)
    }

    /// The object `{ dispose: () => ... }` of a function under such a name.
    fn disposes(&self, function: ExprId) -> Option<ExprId> {
        let object = self.uses.parent(function)?;
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        let names = |prop: &Prop| matches!(prop.key, PropKey::Name(name) if self.apis.teardown.methods.contains(self.ir.name(name)));
        self.ir.prop_list(props).iter().any(|prop| prop.value == function && names(prop)).then_some(object)
    }

    pub(in crate::model) fn is_disposer_of(&self, closure: FnId, function: FnId) -> bool {
        let by_value = self.ir[closure].expr.is_some_and(|expr| {
            self.is_returned_by(expr, function) || self.disposes(expr).is_some_and(|object| self.is_returned_by(object, function))
        });
        let mut refs = self.uses.bindings_of_function(closure).iter().flat_map(|&binding| self.uses.refs(binding));
        closure != function && (by_value || refs.any(|&at| self.is_returned_by(at, function)))
    }

    /// The first call that runs again and again and drops what it is given.
    pub(in crate::model) fn dropped_disposer(&self, function: FnId) -> Option<NearMiss> {
        let own = self.callers(function).iter().find_map(|caller| {
            let call = caller.at.filter(|&at| caller.how == How::Called && self.is_dropped(at))?;
            let is_repeated = self.context(call, Region::Function(Ir::MODULE)).kind == ContextKind::Repeated;
            is_repeated.then(|| NearMiss { span: self.callee_span(call), file: None, why: NearMissWhy::Dropped })
        });
        own.or_else(|| {
            self.outside()?;
            let seen = self.seen_outside(&self.paths_of_function(function))?;
            let dropped = seen.uses.iter().find(|used| {
                matches!(used.used.what, UseKind::Called { is_dropped: true, .. }) && used.context.kind == ContextKind::Repeated
            });
            dropped.map(|used| NearMiss { span: used.used.span, file: Some(used.file.clone()), why: NearMissWhy::Dropped })
        })
    }

    /// Whether nobody gets what a call gives, or it is kept under a name that nobody asks for.
    pub fn is_dropped(&self, call: ExprId) -> bool {
        if !matches!(self.ir.kind(call), ExprKind::Call { .. }) {
            return false;
        }
        let Some(parent) = self.uses.parent(call) else { return !self.is_exported_value(call) };
        match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => {
                let is_plain = matches!(self.ir[binding].kind, BindingKind::Const | BindingKind::Let | BindingKind::Var);
                is_plain && self.uses.refs(binding).is_empty() && !self.is_exported(binding)
            }
            ExprKind::Assign { target, .. } => self.uses.parent(parent).is_none() && self.is_never_read(target),
            // `this.subscriptions.push(source.subscribe(next))`, of a list that is only added to.
            ExprKind::Call { callee, .. } if callee != call => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } => adds(self.ir.name(property)) && self.is_never_read(object),
                _ => false,
            },
            _ => false,
        }
    }

    /// `handlers.forEach((one) => bus.on(one.event, one.run))`: who runs the function does not ask for what it gives.
    pub(super) fn is_result_dropped(&self, function: FnId) -> bool {
        let ignores = |call: ExprId| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let name = self.callee_name(callee).unwrap_or_default();
            self.hook(call).is_none() && (matches!(name, "forEach" | "setInterval" | "createServer") || self.apis.registers_listener(name))
        };
        let callers = self.callers(function);
        !callers.is_empty()
            && callers.iter().all(|caller| match (caller.how, caller.at) {
                (How::EachElement | How::Repeats, Some(at)) => ignores(at),
                _ => false,
            })
    }

    /// `this.off = ...` of a class that nobody else has, in a file that does not speak of `off` anywhere else.
    fn is_never_read(&self, target: ExprId) -> bool {
        let ExprKind::Member { object, property, .. } = self.ir.kind(target) else { return false };
        let Some((id, false)) = self.entity_of(object) else { return false };
        let entity = self.entities.get(id);
        let is_own = self.ir.name(property).starts_with('#')
            || self.is_private_member(id, property, false)
            || matches!(entity.kind, EntityKind::Class(_))
                && self.paths_of_class(id).is_empty()
                && entity.base.is_none()
                && !self.ir.classes.iter().any(|class| class.base.is_some_and(|base| self.class_named_by(base) == Some(id)));
        is_own && self.reads_of(property).iter().all(|&read| self.is_assigned(read) || self.is_added_to_only(read))
    }

    fn is_added_to_only(&self, list: ExprId) -> bool {
        let Some(member) = self.uses.parent(list) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return false };
        let Some(call) = self.uses.parent(member).filter(|_| object == list && adds(self.ir.name(property))) else { return false };
        matches!(self.ir.kind(call), ExprKind::Call { callee, .. } if callee == member) && self.is_whole_statement(call)
    }

    fn is_assigned(&self, member: ExprId) -> bool {
        let parent = self.uses.parent(member);
        parent.is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Assign { target, .. } if target == member))
    }

    /// `const close = useCallback(() => ...)`.
    fn is_wrapped(&self, value: ExprId) -> bool {
        let Some(&[write]) = self.ir.binding_of(value).map(|binding| self.uses.writes(binding)) else { return false };
        written_value(self.ir, write).is_some_and(|value| match self.ir.kind(value) {
            ExprKind::Call { args, .. } => self.ir.list(args).iter().any(|&arg| matches!(self.ir.kind(arg), ExprKind::Function(_))),
            _ => false,
        })
    }

    /// `subscribe(event, open)` here, and `unsubscribe(event, open)` of the same module in another place.
    pub(in crate::model) fn gives_back(&self, call: ExprId, module: &str) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return false };
        let named = self.ir.list(args).iter().filter_map(|&own| self.ir.binding_of(own).map(|binding| (own, binding)));
        let functions: Vec<_> =
            named.filter(|&(own, _)| self.is_function(own) || self.is_wrapped(own)).map(|(_, binding)| binding).collect();
        if functions.is_empty() {
            return false;
        }
        let is_given = |other: ExprId| {
            let ExprKind::Call { callee: their, args: theirs, .. } = self.ir.kind(other) else { return false };
            let mut bindings = self.ir.list(theirs).iter().filter_map(|&theirs| self.ir.binding_of(theirs));
            bindings.any(|binding| functions.contains(&binding))
                && self.imported(their).is_some_and(|(of, path)| of == module && self.imported(callee).is_none_or(|(_, own)| own != path))
        };
        self.uses.calls.iter().any(|&other| other != call && is_given(other))
    }
}

/// Puts something into a list or a set.
fn adds(verb: &str) -> bool {
    matches!(verb, "push" | "add" | "unshift")
}

//! What is made after a wait, when the function that would release it was handed out before: if it ran in the meantime, it found nothing.

use rustc_hash::FxHashSet;

use super::super::Model;
use super::super::calls::How;
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, FnId, NameId};
use super::{Custody, Flaw, RELEASES, Resource};

impl Model<'_> {
    pub(super) fn late_acquisitions(&self) -> Vec<Resource> {
        if !self.names_releases() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for index in 0..self.ir.bindings.len() {
            let binding = BindingId(index as u32);
            if self.is_variable(binding) && !self.is_module_level(binding) {
                found.extend(self.late(binding));
            }
        }
        found
    }

    fn late(&self, binding: BindingId) -> Option<Resource> {
        let maker = self.ir[self.ir[binding].scope].function;
        let teardown = self.releasing_function(binding, maker)?;
        let mut made =
            self.uses.writes(binding).iter().filter_map(|&write| written_value(self.ir, write).filter(|&value| !self.is_nothing(value)));
        let (value, None) = (made.next()?, made.next()) else { return None };
        let call = match self.ir.kind(value) {
            ExprKind::Await(inner) => inner,
            _ => value,
        };
        let inside = self.ir.function_of(call);
        let is_made = matches!(self.ir.kind(call), ExprKind::Call { .. } | ExprKind::New { .. });
        if !is_made || inside == maker || self.is_inside(inside, teardown) || self.is_part_of_effect(maker) {
            return None;
        }
        let wait = self.wait_before(call, inside, maker)?;
        if self.is_told(teardown, inside, binding) {
            return None;
        }
        let name = self.ir.name(self.ir[binding].name).to_owned();
        let flaw = Flaw::Late { teardown: self.ir[teardown].span, name: name.clone(), wait: self.ir.span(wait) };
        let mut resource = self.describe(call, "subscription".to_owned(), flaw);
        resource.custody = Custody::Local { name };
        Some(resource)
    }

    /// The function that is handed out by `maker` and releases what the variable holds.
    fn releasing_function(&self, binding: BindingId, maker: FnId) -> Option<FnId> {
        let release = self.uses.refs(binding).iter().copied().find(|&at| {
            let Some(member) = self.uses.parent(at) else { return false };
            matches!(self.ir.kind(member), ExprKind::Member { property, .. } if RELEASES.contains(&self.ir.name(property)))
                && self.ir.function_of(at) != maker
        })?;
        let mut function = self.ir.function_of(release);
        while self.ir[function].parent != Some(maker) {
            function = self.ir[function].parent?;
        }
        let is_returned = self.uses.returns(maker).iter().any(|&at| match self.ir.kind(at) {
            ExprKind::Return(Some(value)) => self.function_value(value) == Some(function),
            _ => false,
        });
        is_returned.then_some(function)
    }

    /// The `then` or `await` between the start of the maker and the acquisition.
    fn wait_before(&self, call: ExprId, inside: FnId, maker: FnId) -> Option<ExprId> {
        if self.ir[inside].parent != Some(maker) {
            return None;
        }
        let by_then = self.callers(inside).iter().find_map(|caller| {
            let at = caller.at.filter(|_| caller.how == How::Later)?;
            let ExprKind::Call { callee, .. } = self.ir.kind(at) else { return None };
            (self.callee_name(callee) == Some("then")).then_some(at)
        });
        by_then.or_else(|| {
            let awaits = self.ir.exprs_around(inside).take_while(|&id| id < call).filter(|&id| self.ir.function_of(id) == inside);
            let mut awaits = awaits.filter(|&id| matches!(self.ir.kind(id), ExprKind::Await(_)));
            self.ir[inside].is_async.then(|| awaits.next()).flatten()
        })
    }

    /// Whether the teardown leaves word for the one who acquires: a flag, an abort.
    fn is_told(&self, teardown: FnId, inside: FnId, handle: BindingId) -> bool {
        let mut flags: FxHashSet<BindingId> = FxHashSet::default();
        let mut fields: FxHashSet<NameId> = FxHashSet::default();
        let mut aborts = false;
        let in_teardown = |id: ExprId| self.is_inside(self.ir.function_of(id), teardown);
        for id in self.ir.exprs_around(teardown).filter(|&id| in_teardown(id)) {
            match self.ir.kind(id) {
                ExprKind::Assign { target, .. } | ExprKind::Update { target, .. } => match self.ir.kind(target) {
                    ExprKind::Member { property, .. } => {
                        fields.insert(property);
                    }
                    _ => flags.extend(self.ir.binding_of(target)),
                },
                ExprKind::Call { callee, .. } => {
                    aborts |= matches!(self.callee_name(callee), Some("abort" | "cancel" | "next" | "complete"))
                }
                _ => {}
            }
        }
        flags.remove(&handle);
        aborts
            || self.ir.exprs_around(inside).any(|id| {
                self.is_inside(self.ir.function_of(id), inside)
                    && match self.ir.kind(id) {
                        ExprKind::Ident(_) => self.ir.binding_of(id).is_some_and(|binding| flags.contains(&binding)),
                        ExprKind::Member { property, .. } => {
                            fields.contains(&property) || matches!(self.ir.name(property), "closed" | "aborted" | "isUnsubscribed")
                        }
                        _ => false,
                    }
            })
    }
}

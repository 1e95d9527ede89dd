//! Functions that do nothing but pass on what they are given to a registration: `addEvent(element, 'click', handler)`. Who calls one registers.

use super::super::Model;
use super::super::calls::How;
use super::super::ir::{BindingKind, ExprId, ExprKind, FnId};
use super::Site;

impl Model<'_> {
    /// The registrations of a file, those through such a function in place of the one that is written in it.
    pub(super) fn with_callers<'m>(&'m self, sites: Vec<Site<'m>>) -> Vec<Site<'m>> {
        let mut found: Vec<Site<'m>> = Vec::new();
        for site in sites {
            let through = self.sites_of_callers(&site);
            if through.is_empty() {
                found.push(site);
                continue;
            }
            for site in through {
                // `target.addEventListener ? target.addEventListener(...) : target.on(...)`.
                if !found.iter().any(|other| other.call == site.call) {
                    found.push(site);
                }
            }
        }
        found.sort_by_key(|site| site.call);
        found
    }

    fn sites_of_callers<'m>(&'m self, site: &Site<'m>) -> Vec<Site<'m>> {
        let Some((function, object)) = self.parameter_of(site.object) else { return Vec::new() };
        if self.ir.function_of(site.call) != function || !self.only_passes_on(function, site) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for caller in self.callers(function).iter().filter(|caller| caller.how == How::Called) {
            let Some(call) = caller.at else { continue };
            let ExprKind::Call { args, .. } = self.ir.kind(call) else { continue };
            let args = self.ir.list(args);
            let outer = |expr: ExprId| match self.parameter_of(expr) {
                Some((of, at)) if of == function => args.get(at as usize).copied(),
                _ => Some(expr),
            };
            let (Some(&object), Some(handler)) = (args.get(object as usize), outer(site.handler)) else { continue };
            if self.can_be_handler(handler) && !self.is_for_old_node(call) {
                let (event, options) = (site.event.and_then(outer), site.options.and_then(outer));
                found.push(Site { call, object, event, handler, options, is_passed_on: true, ..*site });
            }
        }
        found
    }

    /// Whether a function keeps the handler that it is given in no other way: it registers it on the emitter, or sets it there as a property.
    fn only_passes_on(&self, function: FnId, site: &Site<'_>) -> bool {
        let Some(handler) = self.ir.binding_of(site.handler) else { return false };
        let is_given = matches!(self.ir[handler].kind, BindingKind::Param(of, _) if of == function);
        let emitter = self.ir.binding_of(site.object);
        let is_of_emitter = |expr: ExprId| match self.ir.kind(expr) {
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => self.ir.binding_of(object) == emitter,
            _ => false,
        };
        is_given
            && self.uses.writes(handler).is_empty()
            && self.uses.refs(handler).iter().all(|&at| match self.uses.parent(at).map(|parent| self.ir.kind(parent)) {
                _ if self.ir.function_of(at) != function => false,
                None => true,
                Some(ExprKind::Call { callee, .. }) => callee != at && is_of_emitter(callee),
                Some(ExprKind::Assign { target, .. }) => is_of_emitter(target),
                Some(ExprKind::Unary(..) | ExprKind::Logical(..) | ExprKind::Conditional(..) | ExprKind::Binary(..)) => true,
                _ => false,
            })
    }
}

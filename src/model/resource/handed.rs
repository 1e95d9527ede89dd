//! Resources that a function makes for its callers in other files, and what becomes of them there.

use super::super::Model;
use super::super::clearing::Clear;
use super::super::context::{Context, ContextKind};
use super::super::handle::Destinations;
use super::super::ir::{BindingId, ExprId, ExprKind, FnId, Ir};
use super::super::links::UseKind;
use super::custody::RELEASES;
use super::{Acquired, Custody, Flaw, Resource};

impl Model<'_> {
    /// Whether nobody but a name of the function that makes a call has what the call gives, and nothing of it is let go.
    pub(in crate::model) fn is_left_by_caller(&self, call: ExprId) -> bool {
        let value = self.settled(call);
        let is_named = matches!(self.uses.parent(value).map(|it| self.ir.kind(it)), Some(ExprKind::Init { .. } | ExprKind::Assign { .. }));
        if self.ir.function_of(call) == Ir::MODULE {
            return false;
        }
        if !is_named {
            return self.works_in_place(call);
        }
        let to = self.loose_destinations(value);
        let is_out = to.handed_out || to.rendered || !to.given.is_empty() || !to.places.is_empty() || !to.collections.is_empty();
        if is_out || to.is_conditional || !to.locals.iter().all(|&local| self.is_slot_of_call(local) && !self.is_waited_for(local)) {
            return false;
        }
        let is_release = |name: &str| self.apis.resources.releases.contains(name) || RELEASES.contains(&name);
        !self.releases_by_method(is_release).into_iter().any(|clear| self.clears(clear, &to, None))
    }

    /// `await db().users.find()`: it does its work right where it is made, and nobody has a name for it.
    pub(super) fn works_in_place(&self, call: ExprId) -> bool {
        let mut at = self.settled(call);
        let mut uses = 0;
        while let Some(parent) = self.uses.parent(at) {
            match self.ir.kind(parent) {
                ExprKind::Member { object, property, .. } if object == at => {
                    let name = self.ir.name(property);
                    if name == "connect" || RELEASES.contains(&name) || self.apis.resources.releases.contains(name) {
                        return false;
                    }
                    uses += 1;
                }
                ExprKind::Call { callee, .. } if callee == at && uses > 0 => {}
                ExprKind::Await(_) if at != call => return uses > 0 && matches!(self.ir.kind(at), ExprKind::Call { .. }),
                _ => return false,
            }
            at = parent;
        }
        false
    }

    /// One slot for several calls may be filled one time.
    pub(super) fn is_slot_of_call(&self, local: BindingId) -> bool {
        let around = self.ir[self.ir[local].scope].function;
        self.uses.writes(local).iter().all(|&write| self.ir.function_of(write) == around)
    }

    /// `pending.then(...)`: it is a promise, and who gets what it promises has another name for it.
    fn is_waited_for(&self, local: BindingId) -> bool {
        self.uses.refs(local).iter().filter_map(|&at| self.uses.parent(at)).any(|parent| match self.ir.kind(parent) {
            ExprKind::Member { property, .. } => matches!(self.ir.name(property), "then" | "catch" | "finally"),
            _ => false,
        })
    }

    /// What a function of this file makes for callers in other files, the one who leaves it most often.
    pub(super) fn left_by_other_files(&self, acquired: &Acquired<'_>) -> Option<Resource> {
        let paths: Vec<_> = self.makers(acquired)?.into_iter().flat_map(|maker| self.paths_of_function(maker)).collect();
        if paths.is_empty() {
            return None;
        }
        let mut resource = self.describe(acquired.call, acquired.api.what.clone(), Flaw::Unreleased);
        resource.per_instance = None;
        resource.kind = self.kind_of(acquired, &Custody::Dropped);
        let Some(seen) = self.seen_outside(&paths) else { return Some(Resource { for_others: true, ..resource }) };
        let leaves = |what: &UseKind| matches!(what, UseKind::Called { is_left: true, .. });
        let mut worst: Option<(&Context, Custody)> = None;
        for used in seen.uses.iter().filter(|used| leaves(&used.used.what)) {
            if worst.as_ref().is_none_or(|(context, _)| context.kind < used.context.kind) {
                let (file, function) = (used.file.clone(), used.used.function.clone());
                worst = Some((&used.context, Custody::Caller { file, span: used.used.span, function }));
            }
        }
        let (context, custody) = worst.filter(|(context, _)| context.kind > ContextKind::Startup)?;
        resource.context = context.clone();
        resource.custody = custody;
        Some(resource)
    }

    /// The functions that give it to whoever calls them, if nobody else has it.
    fn makers(&self, acquired: &Acquired<'_>) -> Option<Vec<FnId>> {
        let Acquired { call, value, api, .. } = *acquired;
        if api.id || api.named || api.node || api.given.is_some() && self.lent_to_callback(call, api).is_some() {
            return None;
        }
        let to = self.own_destinations(value);
        let is_kept = to.handed_out || to.rendered || !to.places.is_empty() || !to.collections.is_empty();
        let is_out = is_kept || to.is_conditional || to.given.iter().any(|&given| !self.borrows(given, acquired));
        let is_loose = is_out || to.returned.is_empty() || !to.locals.iter().all(|&local| self.is_slot_of_call(local));
        let ends_itself = || {
            self.own_clears(acquired, &to).iter().any(|clear| {
                let function = self.ir.function_of(clear.at);
                to.returned.iter().any(|&maker| function != maker && self.is_inside(function, maker))
            })
        };
        let is_one = || self.is_guarded_once(call) || self.is_of_the_only_one(call) || self.is_found_by_name(acquired);
        let is_fine = is_loose || !self.is_started(acquired) || self.renews_itself(acquired) || is_one() || ends_itself();
        (!is_fine).then_some(to.returned)
    }

    fn own_clears(&self, acquired: &Acquired<'_>, to: &Destinations) -> Vec<Clear> {
        let own = acquired.releases.iter().filter(|clear| self.clears(**clear, to, None));
        own.map(|clear| Clear { ..*clear }).collect()
    }
}

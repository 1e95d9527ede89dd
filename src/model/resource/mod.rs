//! Resources: what is alive until it is released. Where one is made, who has it, and on which paths it is let go.

pub mod api;
mod by_caller;
mod custody;
mod disposers;
mod fact;
mod fed;
mod fetched;
mod handed;
mod iterated;
mod late;
mod lent;
mod make;
mod mounted;
mod named;
mod offered;
mod owned;
mod paths;
mod remedy;
mod shared;
mod spent;
mod streams;
mod upgraded;
mod within;

pub use api::Made;
pub use custody::RELEASES;
pub use fact::{Custody, Flaw, Kind, MissedPath, Remedy, Resource, Target};
pub use shared::Source;

use super::Model;
use super::clearing::{Armed, Clear};
use super::context::{ContextKind, Region};
use super::facts::Certainty;
use super::handle::Destinations;
use super::index::written_value;
use super::ir::{BindingKind, ExprId, ExprKind, FunctionKind, Ir};
use super::namesakes::Released;
use super::place::Root;
use api::ResourceApi;

/// A resource that is made.
pub(super) struct Acquired<'m> {
    call: ExprId,
    /// The value that stands for it: the call, what is awaited, the end of a chain.
    value: ExprId,
    api: &'m ResourceApi,
    to: Destinations,
    releases: Vec<Clear>,
    /// A function of the file makes it for those who call it here.
    for_callers: bool,
}

impl Model<'_> {
    /// The resources that something is wrong with.
    pub fn resources(&self) -> Vec<Resource> {
        let mut found: Vec<Resource> = self.late_acquisitions();
        found.extend(self.streams());
        found.extend(self.fed_streams());
        found.extend(self.upgraded_sockets());
        found.extend(self.shared_streams());
        let (names_resource, names_module) = self.names_resources();
        if names_resource {
            let made: Vec<(ExprId, &ResourceApi)> =
                self.uses.calls.iter().filter_map(|&call| Some((call, self.resource_api(call, names_module)?))).collect();
            for (call, api) in made {
                found.extend(self.focused(Some(self.ir.span(call)), || self.resource(call, api)));
            }
        }
        found.extend(self.made_by_offered());
        found.extend(self.replaced_without_release());
        // What is made one time is as good as the program itself.
        let counts = |kind| kind > ContextKind::Startup || kind == ContextKind::Test;
        found
            .retain(|it| it.mount.is_some() || counts(it.context.kind) || it.per_instance.as_ref().is_some_and(|instances| instances.many));
        found.sort_by_key(|resource| resource.span.start);
        found.dedup_by_key(|resource| resource.span);
        found
    }

    fn resource(&self, call: ExprId, api: &ResourceApi) -> Option<Resource> {
        let acquired = self.acquired(call, api);
        if let Some(left) = self.left_by_component(&acquired) {
            return Some(left);
        }
        if api.component {
            return self.loop_of_owner(&acquired);
        }
        let Some((custody, flaw)) = self.flaw(&acquired) else {
            let missed = self.missed_by_caller(&acquired);
            return missed.or_else(|| self.left_by_other_files(&acquired)).or_else(|| self.left_to_owner(&acquired));
        };
        let mut resource = self.describe(call, api.what.clone(), flaw);
        resource.kind = self.kind_of(&acquired, &custody);
        resource.is_spent = self.is_spent(&acquired, &custody);
        resource.custody = custody;
        if api.node {
            resource.target = Some(self.watched(&acquired));
        }
        resource.remedy = self.resource_remedy(&acquired, &resource);
        Some(resource)
    }

    fn kind_of(&self, acquired: &Acquired<'_>, custody: &Custody) -> Kind {
        let api = acquired.api;
        let release = self.release_text(acquired, custody);
        let undo = api.undo.as_ref().map(|method| format!("{}.{method}()", self.name_of_handle(acquired, custody).unwrap_or("handle")));
        let ResourceApi { made, ends, lent, page, named, .. } = *api;
        Kind { keeps: api.keeps.clone(), made, ends, lent, page, named, release, undo }
    }

    /// What every finding about a resource needs to know of its place.
    fn describe(&self, call: ExprId, what: String, flaw: Flaw) -> Resource {
        let function = self.ir.function_of(call);
        Resource {
            span: self.ir.span(call),
            statement_hash: self.text_hash(self.ir[self.ir[call].stmt].span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            what,
            call: self.callee_text(call),
            kind: Kind::default(),
            custody: Custody::Dropped,
            flaw,
            context: self.context(call, Region::Function(Ir::MODULE)),
            one_command: self.is_one_command(call, 3),
            is_spent: false,
            per_instance: self.per_instance(function).map(|mut instances| {
                let id = self.instance_around(function).filter(|_| instances.teardown.is_none());
                instances.teardown = instances.teardown.or_else(|| self.running_disposers(id?));
                instances
            }),
            factory: None,
            target: None,
            remedy: None,
            mount: None,
            by_origin: false,
            for_others: false,
        }
    }

    fn acquired<'m>(&'m self, call: ExprId, api: &'m ResourceApi) -> Acquired<'m> {
        let value = self.end_of_chain(call, &api.chains);
        let lent = self.lent_to_callback(call, api);
        let for_callers = lent.is_none() && !api.component && self.is_made_for_callers(value);
        let by_maker = || if api.component || for_callers { self.destinations_by_callers(value) } else { self.loose_destinations(value) };
        let mut to = lent.unwrap_or_else(by_maker);
        if api.component {
            self.follow_then(value, &mut to);
        }
        if !api.parts.is_empty() {
            let parts = self.ir.expr_ids().filter(
                |&id| matches!(self.ir.kind(id), ExprKind::Member { object, property, .. } if object == value && api.parts.iter().any(|part| part == self.ir.name(property))),
            );
            for part in parts {
                self.follow_also(self.settled(part), &mut to);
            }
        }
        let mut acquired = Acquired { call, value, api, to, releases: Vec::new(), for_callers };
        acquired.releases = self.own_releases(&acquired);
        acquired
    }

    /// What is wrong with how a resource is kept and let go.
    fn flaw(&self, acquired: &Acquired<'_>) -> Option<(Custody, Flaw)> {
        let Acquired { call, api, .. } = *acquired;
        if (api.lent || api.named || api.methods().next().is_some()) && self.is_of_own_pool(call) {
            return None;
        }
        if api.named {
            let is_released = self.is_guarded_once(call) || self.is_released_by_name(acquired);
            return (!is_released).then_some((Custody::Dropped, Flaw::Unreleased));
        }
        if api.iterates
            && let Some(flaw) = self.endless_iteration(acquired)
        {
            return Some((Custody::Dropped, flaw));
        }
        if !self.is_started(acquired)
            || self.renews_itself(acquired)
            || self.is_guarded_once(call)
            || self.is_of_the_only_one(call)
            || self.is_found_by_name(acquired)
            || acquired.to.is_conditional
        {
            return None;
        }
        let custody = self.custody(acquired)?;
        if acquired.for_callers {
            let is_left = acquired.releases.is_empty() && matches!(custody, Custody::Local { .. } | Custody::Dropped);
            return is_left.then_some((custody, Flaw::Unreleased));
        }
        let armed =
            Armed { call, to: &acquired.to, callback: None, clears: acquired.releases.iter().map(|clear| Clear { ..*clear }).collect() };
        let is_slot = matches!(custody, Custody::Kept { .. } | Custody::Variable { .. });
        let ends_a_poll = || self.ends_a_poll(call);
        if is_slot
            && !api.node
            && let Some(certainty) = self.overwritten(&armed)
            && !ends_a_poll()
        {
            // The one before may have ended by itself, and that may be why another is made.
            let most = if api.exclusive || api.ends && !acquired.releases.is_empty() { Certainty::Likely } else { Certainty::Proved };
            return Some((custody, Flaw::Overwritten(certainty.min(most))));
        }
        if acquired.releases.is_empty() {
            let function = self.ir.function_of(call);
            let is_elsewhere =
                matches!(&custody, Custody::Kept { text, .. } if self.is_released_elsewhere(function, text, &Released::Resource));
            return (!is_elsewhere).then_some((custody, Flaw::Unreleased));
        }
        let (at, misses) = self.unreleased_path(acquired).or_else(|| self.path_in_callback(acquired))?;
        Some((custody, Flaw::SomePaths { span: self.ir.span(at), misses }))
    }

    /// The pool is made by the same call: nobody else waits for what is not given back.
    fn is_of_own_pool(&self, call: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        let ExprKind::Member { mut object, .. } = self.ir.kind(callee) else { return false };
        // `http.interceptors.request.use(...)`.
        while let ExprKind::Member { object: inner, .. } = self.ir.kind(object) {
            if matches!(self.ir.kind(inner), ExprKind::This) {
                return self.is_made_with_instance(object, call);
            }
            object = inner;
        }
        let function = self.ir.function_of(call);
        self.ir.binding_of(object).is_some_and(|pool| {
            let is_made = |&write: &ExprId| {
                written_value(self.ir, write)
                    .is_some_and(|value| matches!(self.ir.kind(value), ExprKind::New { .. } | ExprKind::Call { .. }))
            };
            function != Ir::MODULE
                && self.ir[self.ir[pool].scope].function == function
                && self.uses.writes(pool).iter().all(is_made)
                && !matches!(self.ir[pool].kind, BindingKind::Param(..))
        })
    }

    /// A field of the instance that its constructor fills with something new, used one time in the life of the instance: both end together.
    fn is_made_with_instance(&self, field: ExprId, call: ExprId) -> bool {
        let Some(place) = self.place(field) else { return false };
        let Root::Instance(id) = self.root(place) else { return false };
        let constructor = self.entities.get(id).constructor;
        let is_made = |value: &ExprId| {
            let function = self.ir.function_of(*value);
            let with_instance = Some(function) == constructor || matches!(self.ir[function].kind, FunctionKind::FieldInit);
            with_instance && matches!(self.ir.kind(*value), ExprKind::New { .. } | ExprKind::Call { .. })
        };
        let values = self.initial_values(place);
        !values.is_empty() && values.iter().all(is_made) && self.context(call, Region::Instance(id)).kind <= ContextKind::Startup
    }

    /// A field that is given a new one while the file itself shows, where it lets the field's content go, that the old one has to be.
    fn replaced_without_release(&self) -> Vec<Resource> {
        let mut found = Vec::new();
        if !self.names_releases() {
            return found;
        }
        for &write in &self.uses.member_writes {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { continue };
            let ExprKind::New { callee, .. } = self.ir.kind(value) else { continue };
            let is_own = self.place(target).is_some_and(|place| {
                matches!(self.root(place), Root::Instance(_)) && self.split(place).is_some_and(|(owner, _)| self.is_root(owner))
            });
            if !is_own || !self.is_far(callee) {
                continue;
            }
            found.extend(self.focused(Some(self.ir.span(value)), || self.replaced(value)));
        }
        found
    }

    fn replaced(&self, call: ExprId) -> Option<Resource> {
        let to = self.loose_destinations(call);
        if to.handed_out || !to.collections.is_empty() || to.places.len() != 1 {
            return None;
        }
        let releases = self.releases_by_method(|name| RELEASES.contains(&name));
        let own: Vec<Clear> = releases.into_iter().filter(|&clear| self.clears(clear, &to, None)).collect();
        let release = self.released_field(&own, *to.places.first()?)?;
        let api = self.apis.resources.apis.first()?;
        let acquired = Acquired { call, value: call, api, to, releases: own, for_callers: false };
        if self.renews_itself(&acquired) || self.is_guarded_once(call) {
            return None;
        }
        let armed = Armed { call, to: &acquired.to, callback: None, clears: acquired.releases.iter().map(|it| Clear { ..*it }).collect() };
        if self.overwritten(&armed) != Some(Certainty::Proved) || self.ends_a_poll(call) {
            return None;
        }
        let what = self.callee_text(call).trim_start_matches("new ").to_owned();
        let mut resource = self.describe(call, what, Flaw::Replaced { span: self.ir.span(release), text: self.call_text(release) });
        resource.custody = self.custody(&acquired)?;
        Some(resource)
    }
}

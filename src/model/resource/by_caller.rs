//! What a function of the file makes for those who call it, where one of them lets go of it on some of its paths only.

use super::super::Model;
use super::super::ir::ExprId;
use super::{Acquired, Custody, Flaw, MissedPath, Resource};

impl Model<'_> {
    /// `const client = await begin(); if (isEmpty) return; client.release()`.
    pub(super) fn missed_by_caller(&self, acquired: &Acquired<'_>) -> Option<Resource> {
        if !acquired.for_callers || acquired.releases.is_empty() || self.is_of_own_pool(acquired.call) {
            return None;
        }
        let is_one = |call: &ExprId| self.callee_function(*call).is_some_and(|maker| acquired.to.returned.contains(&maker));
        let calls: Vec<ExprId> = self.uses.calls.iter().copied().filter(is_one).collect();
        calls.into_iter().find_map(|call| self.missed_by(call, acquired))
    }

    fn missed_by(&self, call: ExprId, acquired: &Acquired<'_>) -> Option<Resource> {
        let value = self.settled(call);
        let to = self.loose_destinations(value);
        let mut own = Acquired { call, value, api: acquired.api, to, releases: Vec::new(), for_callers: false };
        own.releases = self.own_releases(&own);
        let custody = self.custody(&own).filter(|custody| matches!(custody, Custody::Local { .. }))?;
        // What a failure leaves open says little where another function made it.
        let (at, misses) = self.unreleased_path(&own).filter(|(_, misses)| matches!(misses, MissedPath::Return(_)))?;
        let flaw = Flaw::SomePaths { span: self.ir.span(at), misses };
        let mut resource = self.describe(call, own.api.what.clone(), flaw);
        resource.kind = self.kind_of(&own, &custody);
        resource.custody = custody;
        resource.remedy = self.resource_remedy(&own, &resource);
        Some(resource)
    }
}

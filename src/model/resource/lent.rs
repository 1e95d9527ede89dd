//! What a callback is lent, and what is lent on as an option of a call.

use super::super::Model;
use super::super::clearing::Clear;
use super::super::handle::Destinations;
use super::super::ir::{ExprId, ExprKind, FnId, PropKey, When};
use super::Acquired;
use super::api::ResourceApi;
use super::fact::MissedPath;

impl Model<'_> {
    /// Where a resource goes that a callback gets: `pool.getConnection((err, connection) => ...)`; none if there is no callback.
    pub(super) fn lent_to_callback(&self, call: ExprId, api: &ResourceApi) -> Option<Destinations> {
        let index = api.given?;
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let callback = *self.ir.list(args).last().filter(|&&arg| self.is_function(arg))?;
        let mut to = Destinations::default();
        let Some(function) = self.function_value(callback) else {
            to.handed_out = true;
            return Some(to);
        };
        match self.ir[function].params.get(index) {
            Some(param) => match param.binding.filter(|_| !param.is_rest) {
                Some(binding) => {
                    to.locals.push(binding);
                    self.uses.refs(binding).iter().for_each(|&at| self.follow_also(at, &mut to));
                }
                None => to.handed_out = true,
            },
            None => to.handed_out = true,
        }
        // Who gets the function that releases it may call it.
        let is_called =
            |at: ExprId| matches!(self.uses.parent(at).map(|call| self.ir.kind(call)), Some(ExprKind::Call { callee, .. }) if callee == at);
        to.handed_out |= self.functions_beside(function, index).into_iter().any(|at| !is_called(at));
        Some(to)
    }

    /// The callback that is lent a resource.
    fn borrower(&self, acquired: &Acquired<'_>) -> Option<FnId> {
        acquired.api.given?;
        let ExprKind::Call { args, .. } = self.ir.kind(acquired.call) else { return None };
        self.function_value(*self.ir.list(args).last()?)
    }

    /// The uses of the parameters behind the one that gets the resource: `done` of `pool.connect((err, client, done) => ...)`.
    fn functions_beside(&self, callback: FnId, index: usize) -> Vec<ExprId> {
        let params = self.ir[callback].params.iter().skip(index + 1).filter_map(|param| param.binding);
        params.flat_map(|binding| self.uses.refs(binding).iter().copied()).collect()
    }

    /// Calls of the function that a callback gets beside the resource, to release it.
    pub(super) fn releases_beside(&self, acquired: &Acquired<'_>) -> Vec<Clear> {
        let (Some(callback), Some(index)) = (self.borrower(acquired), acquired.api.given) else { return Vec::new() };
        let handles = self.functions_beside(callback, index);
        handles.into_iter().map(|handle| Clear { at: self.uses.parent(handle).unwrap_or(handle), handle }).collect()
    }

    /// A return of a callback before the release that it makes, and that no other function makes.
    pub(super) fn path_in_callback(&self, acquired: &Acquired<'_>) -> Option<(ExprId, MissedPath)> {
        let borrower = self.borrower(acquired)?;
        let stops: Vec<ExprId> = acquired.releases.iter().map(|clear| clear.at).collect();
        let last = *stops.iter().max()?;
        let function = self.ir.function_of(last);
        let is_called = |stop: &ExprId| matches!(self.ir.kind(*stop), ExprKind::Call { .. });
        let is_alone = stops.iter().all(|&stop| self.ir.function_of(stop) == function) && self.is_inside(function, borrower);
        if !is_alone || !stops.iter().all(is_called) {
            return None;
        }
        let flow = self.flow(function);
        let entry = self.ir[function].entry;
        // Where the acquisition failed there is nothing to release.
        let failed = self.ir[borrower].params.iter().take(acquired.api.given?).filter_map(|param| param.binding).collect::<Vec<_>>();
        let asks_of_failure = |at: ExprId| {
            flow.guards(self.ir, self.ir[at].block).iter().any(|guard| match guard.when {
                When::True(condition) => self.ir.binding_of(condition).is_some_and(|it| failed.contains(&it)),
                _ => false,
            })
        };
        let early = self.uses.returns(function).iter().copied().find(|&at| {
            let block = self.ir[at].block;
            let is_passed = stops.iter().any(|&stop| self.ir[stop].block == block && stop < at);
            at < last && block != entry && !is_passed && !asks_of_failure(at) && !flow.must_pass(self.ir, entry, block, &stops)
        })?;
        Some((last, MissedPath::Return(self.ir.span(early))))
    }

    /// `reaction(() => this.open, draw)`: what only the component itself has goes with it.
    pub(super) fn watches_its_own(&self, acquired: &Acquired<'_>) -> bool {
        let Some(index) = acquired.api.observes else { return false };
        let ExprKind::Call { args, .. } = self.ir.kind(acquired.call) else { return false };
        let read = self.ir.list(args).get(index).and_then(|&arg| self.function_value(arg));
        let Some(function) = read else { return true };
        let is_older = |at: ExprId| match self.ir.kind(at) {
            ExprKind::Member { object, property, .. } => match self.ir.kind(object) {
                ExprKind::This => self.ir.name(property) == "props",
                ExprKind::Ident(_) => self.ir.binding_of(object).is_some_and(|binding| {
                    let owner = self.ir[self.ir[binding].scope].function;
                    owner != function && !self.is_inside(owner, function)
                }),
                _ => false,
            },
            _ => false,
        };
        !self.ir.exprs_around(function).any(|at| self.is_inside(self.ir.function_of(at), function) && is_older(at))
    }

    /// `find({ transaction })`: the call works with it and gives it back.
    pub(super) fn is_option_of(&self, given: ExprId, acquired: &Acquired<'_>) -> bool {
        let (ExprKind::Call { args, .. } | ExprKind::New { args, .. }) = self.ir.kind(given) else { return false };
        let is_named =
            |key: PropKey| matches!(key, PropKey::Name(name) if acquired.api.borrows.iter().any(|own| own == self.ir.name(name)));
        let args = self.ir.list(args);
        !args.iter().any(|&arg| self.is_it(arg, acquired))
            && args.iter().any(|&arg| match self.ir.kind(arg) {
                ExprKind::Object { props, .. } => {
                    self.ir.prop_list(props).iter().any(|prop| is_named(prop.key) && self.is_it(prop.value, acquired))
                }
                _ => false,
            })
    }
}

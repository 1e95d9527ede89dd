//! Promises that are kept, and what settles them: the end of their owner, the end of what they are told of, or something sooner.

use super::Model;
use super::access::Access;
use super::context::Region;
use super::ir::{ExprId, ExprKind, FnId, Ir};
use super::place::{Place, Root, Step};
use super::promise::Settled;

/// Events that end a process, or the work that a signal stands for.
const LAST_EVENTS: &[&str] = &["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "exit", "beforeExit", "abort", "shutdown"];

/// Functions between a resolver and the event that comes to it.
const WAYS: u32 = 4;

/// A promise that stays pending.
pub(super) struct Pending {
    pub place: Place,
    pub made: ExprId,
    pub region: Region,
    pub settled: Settled,
}

impl Model<'_> {
    /// The promises of fields and outer variables that only the end of their owner settles.
    pub(super) fn pending_promises(&self) -> Vec<Pending> {
        let (waits, pairs) = (self.ir.find_name("once").is_some(), self.ir.find_name("withResolvers").is_some());
        let may_be_one = |made: ExprId| match self.ir.kind(made) {
            ExprKind::New { args, .. } => !self.ir.list(args).is_empty(),
            ExprKind::Call { args, .. } => pairs || waits && self.ir.list(args).len() > 1,
            _ => false,
        };
        let calls = self.uses.calls.iter().copied().filter(|&made| may_be_one(made));
        calls.filter_map(|made| self.pending(made).or_else(|| self.pending_pair(made))).collect()
    }

    /// `const stopped = Promise.withResolvers()`: the promise is a property, and so are its resolvers.
    fn pending_pair(&self, made: ExprId) -> Option<Pending> {
        let ExprKind::Call { callee, .. } = self.ir.kind(made) else { return None };
        if self.callee_name(callee) != Some("withResolvers") {
            return None;
        }
        let pair = self.kept_in(made).or_else(|| self.place(made))?;
        let property = |name: &str| self.ir.find_name(name).map(|name| self.project(pair, Step::Field(name)));
        let resolvers: Vec<Place> = ["resolve", "reject"].into_iter().filter_map(property).collect();
        let mut found = None;
        for resolver in resolvers {
            found = self.settled_through(resolver)?.pop().or(found);
        }
        Some(Pending { place: property("promise")?, made, region: self.region_of(pair, made)?, settled: found? })
    }

    /// `once(socket, 'close')`, `once(process, 'SIGTERM')` of `events`.
    fn told_of_end(&self, call: ExprId) -> Option<Settled> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let [_, event, ..] = self.ir.list(args) else { return None };
        let event = self.string(*event)?;
        let (module, path) = self.imported(callee)?;
        let is_once = module.trim_start_matches("node:") == "events" && path.last() == Some(&Access::Member("once".to_owned()));
        let event = Some(event.to_owned()).filter(|_| is_once)?;
        // An end that is waited for by its name alone, and one of the whole process.
        if self.apis.events.ends.contains(&event) {
            return Some(Settled::ByEnd { event, at: self.ir.span(call) });
        }
        self.by_event(event, call)
    }

    fn region_of(&self, place: Place, made: ExprId) -> Option<Region> {
        match self.root(place) {
            Root::Instance(id) if !self.is_object(id) => Some(Region::Instance(id)),
            Root::Binding(binding) => Some(Region::Function(self.ir[self.ir[binding].scope].function)),
            Root::Exports => Some(Region::Function(Ir::MODULE)),
            Root::Value(value) if value == made => Some(Region::Function(self.ir.function_of(made))),
            _ => None,
        }
    }

    fn promise_executor(&self, call: ExprId) -> Option<FnId> {
        let ExprKind::New { args, .. } = self.ir.kind(call) else { return None };
        let executor = self.ir.list(args).first().and_then(|&executor| self.function_value(executor))?;
        self.is_promise_executor(executor).then_some(executor)
    }

    fn pending(&self, made: ExprId) -> Option<Pending> {
        // Few are kept.
        let place = self.kept_in(made)?;
        let settled = match self.promise_executor(made) {
            Some(executor) => self.settled_by(executor)?,
            None => self.told_of_end(made)?,
        };
        // A promise that is replaced is settled from time to time.
        if self.initial_values(place).iter().filter(|&&value| !self.is_nothing(value)).count() != 1 {
            return None;
        }
        Some(Pending { place, made, region: self.region_of(place, made)?, settled })
    }

    /// The field or variable that a value is stored in.
    pub(super) fn kept_in(&self, value: ExprId) -> Option<Place> {
        match self.uses.parent(value).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Init { binding, .. }) => Some(self.binding_place(binding)),
            Some(ExprKind::Assign { target, value: assigned, .. }) if assigned == value => self.place(target),
            Some(_) => None,
            None => self.field_of(value),
        }
    }

    /// What settles the promise of an executor, if that is the end of its owner and nothing else.
    fn settled_by(&self, executor: FnId) -> Option<Settled> {
        let mut found = None;
        for resolver in self.ir[executor].params.iter().filter_map(|param| param.binding) {
            for &at in self.uses.refs(resolver) {
                let parent = self.uses.parent(at)?;
                let settled = match self.ir.kind(parent) {
                    ExprKind::Assign { target, value, .. } if value == at => {
                        self.settled_through(self.place(target)?)?.pop().or_else(|| self.kept_as_teardown(target))?
                    }
                    ExprKind::Call { callee, .. } if callee != at => self.ending_event(parent)?,
                    ExprKind::Call { .. } => self.by_ending_event(self.ir.function_of(parent), WAYS)?,
                    _ => return None,
                };
                found = Some(settled);
            }
        }
        found
    }

    /// `process.once('SIGTERM', resolve)`, `socket.once('close', resolve)`.
    fn ending_event(&self, call: ExprId) -> Option<Settled> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        self.apis.registration(self.callee_name(callee)?)?;
        self.by_event(self.event_text(call)?, call)
    }

    fn by_event(&self, event: String, call: ExprId) -> Option<Settled> {
        let at = self.ir.span(call);
        if LAST_EVENTS.contains(&event.as_str()) {
            return Some(Settled::ByEvent { event, at });
        }
        self.apis.events.ends.contains(&event).then_some(Settled::ByEnd { event, at })
    }

    /// `process.once('SIGTERM', () => resolve())`, by the function that calls the resolver: whatever runs it is such an event.
    fn by_ending_event(&self, function: FnId, ways: u32) -> Option<Settled> {
        let ways = ways.checked_sub(1)?;
        let mut found = None;
        for caller in self.callers(function).iter() {
            let at = caller.at?;
            let settled = match self.ir.kind(at) {
                ExprKind::Call { callee, .. } if self.function_value(callee) == Some(function) => {
                    self.by_ending_event(self.ir.function_of(at), ways)?
                }
                // `socket.off('close', onClose)` runs nothing.
                ExprKind::Call { callee, .. } if self.callee_name(callee).is_some_and(|verb| self.apis.releases_listener(verb)) => continue,
                ExprKind::Call { .. } => self.ending_event(at)?,
                _ => return None,
            };
            found = Some(settled);
        }
        found
    }

    /// `this.close = resolve`, which nothing in the class calls: whoever ends the instance does.
    fn kept_as_teardown(&self, target: ExprId) -> Option<Settled> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(target) else { return None };
        let name = self.ir.name(property);
        // What these give back is a piece of work, as a rule.
        let is_of_work = matches!(name, "release" | "drain" | "end");
        let is_end = matches!(self.ir.kind(object), ExprKind::This) && self.apis.teardown.methods.contains(name) && !is_of_work;
        is_end.then(|| Settled::ByTeardown { name: name.to_owned(), at: self.ir.span(target) })
    }

    /// What calls the resolver that is kept in a place, if that is teardowns and events of an end, and nothing else.
    fn settled_through(&self, resolver: Place) -> Option<Vec<Settled>> {
        let mut found = Vec::new();
        for id in self.ir.expr_ids() {
            let reads = matches!(self.ir.kind(id), ExprKind::Ident(_) | ExprKind::Member { .. });
            if !reads || self.place(id) != Some(resolver) {
                continue;
            }
            let Some(parent) = self.uses.parent(id) else { continue };
            match self.ir.kind(parent) {
                ExprKind::Call { callee, .. } if callee == id => {
                    let function = self.ir.function_of(parent);
                    found.push(match self.teardown_around(function) {
                        Some(name) => Settled::ByTeardown { name, at: self.ir.span(parent) },
                        None => self.by_ending_event(function, WAYS)?,
                    });
                }
                ExprKind::Call { .. } => found.push(self.ending_event(parent)?),
                ExprKind::Assign { .. } | ExprKind::Init { .. } => {}
                ExprKind::Logical(..) | ExprKind::Unary(..) | ExprKind::Binary(..) | ExprKind::Conditional(..) => {}
                _ => return None,
            }
        }
        Some(found)
    }

    /// The name of the teardown that a function is, or stands in.
    pub(super) fn teardown_around(&self, function: FnId) -> Option<String> {
        let mut at = Some(function);
        while let Some(one) = at.filter(|&one| one != Ir::MODULE) {
            let name = self.function_name(one);
            let name = name.rsplit('.').next().unwrap_or_default().to_owned();
            if self.apis.teardown.methods.contains(&name) || name.to_ascii_lowercase().contains("shutdown") {
                return Some(name);
            }
            at = self.ir[one].parent;
        }
        None
    }
}

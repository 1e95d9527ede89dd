//! `setInterval`: how often it is started, where its handle goes, who clears it.

use super::Model;
use super::clearing::{Armed, Clear};
use super::context::Region;
use super::edits::is_identifier;
use super::entity::{EntityKind, This};
use super::facts::{Cleared, Entry, Factory, Handle, Instances, Interval, Remedy, Sibling};
use super::frameworks::Again;
use super::handle::Destinations;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Imported, Ir, NameId, UnaryOp};
use super::mount::Mount;
use super::namesakes::Released;
use super::place::{Place, Root, Step};
use super::summaries::Done;
use super::vocabulary::INTERVAL;

impl Model<'_> {
    pub fn intervals(&self) -> Vec<Interval> {
        if !self.meanings.any(INTERVAL) {
            return Vec::new();
        }
        let starts: Vec<ExprId> = self.uses.calls.iter().copied().filter(|&call| self.is_timer_call(call, "setInterval")).collect();
        if starts.is_empty() {
            return Vec::new();
        }
        let clears = self.timer_clears();
        starts
            .iter()
            .map(|&call| self.focused(self.asked_place(self.ir.span(call), self.callee_span(call)), || self.interval(call, &clears)))
            .collect()
    }

    /// A call of the timer function of the platform, not of a method of that name.
    pub fn is_timer_call(&self, call: ExprId, name: &str) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        self.is_timer_function(callee, name)
    }

    pub(super) fn is_timer_function(&self, value: ExprId, name: &str) -> bool {
        self.timer_function(value) == Some(name)
    }

    /// The function of timers that an expression names.
    pub(super) fn timer_function(&self, value: ExprId) -> Option<&str> {
        let ir = self.ir;
        if self.timer_names().is_empty() {
            return None;
        }
        match ir.kind(value) {
            ExprKind::Ident(reference) => match ir.binding_of(value) {
                None => self.timer_name(ir[reference].name),
                Some(binding) => self.timer_binding(binding),
            },
            // `(0, timers.setInterval)(...)`.
            ExprKind::Sequence(list) => ir.list(list).last().and_then(|&last| self.timer_function(last)),
            ExprKind::Member { object, property, .. } => self.timer_name(property).filter(|_| self.is_timers_module(object)),
            _ => None,
        }
    }

    fn timer_name(&self, name: NameId) -> Option<&str> {
        self.timer_names().contains(&name).then(|| self.ir.name(name))
    }

    /// What this file has of names that end like those of timer functions.
    fn timer_names(&self) -> &[NameId] {
        self.timer_names.get_or_init(|| {
            let is_one = |name: &str| name.ends_with("Timeout") || name.ends_with("Interval") || name.ends_with("Immediate");
            (0..).zip(&self.ir.names).filter(|(_, name)| is_one(name)).map(|(at, _)| NameId(at)).collect()
        })
    }

    /// `import { setInterval } from 'timers'`, `const { setInterval } = require('timers')`.
    fn timer_binding(&self, binding: BindingId) -> Option<&str> {
        let ir = self.ir;
        match ir[binding].kind {
            BindingKind::Import(import) => match ir[import].imported {
                Imported::Named(imported) if is_timers(ir.name(ir[import].module)) => self.timer_name(imported),
                _ => None,
            },
            BindingKind::Const | BindingKind::Let | BindingKind::Var => {
                let [write] = self.uses.writes(binding) else { return None };
                let value = super::index::written_value(ir, *write)?;
                if matches!(ir.kind(value), ExprKind::Member { .. }) { self.timer_function(value) } else { None }
            }
            _ => None,
        }
    }

    /// `window`, the namespace of `timers`, Meteor's object.
    fn is_timers_module(&self, object: ExprId) -> bool {
        let ir = self.ir;
        match ir.kind(object) {
            ExprKind::Call { callee, args, .. } => {
                let [module] = ir.list(args) else { return false };
                ir.global_of(callee) == Some("require") && self.string(*module).is_some_and(is_timers)
            }
            ExprKind::Ident(_) => match ir.binding_of(object) {
                Some(binding) => match (ir[binding].kind, self.uses.writes(binding)) {
                    (BindingKind::Import(import), _) => {
                        let import = &ir[import];
                        let named = matches!(import.imported, Imported::Named(_));
                        !named && is_timers(ir.name(import.module)) || named && ir.name(import.module) == "meteor/meteor"
                    }
                    (_, [write]) => super::index::written_value(ir, *write)
                        .is_some_and(|value| matches!(ir.kind(value), ExprKind::Call { .. }) && self.is_timers_module(value)),
                    _ => false,
                },
                None => matches!(ir.global_of(object), Some("Meteor" | "globalThis" | "global" | "window" | "self")),
            },
            _ => self.place(object).is_some_and(|place| self.is_root(place) && self.root(place) == Root::GlobalObject),
        }
    }

    fn interval(&self, call: ExprId, clears: &[Clear]) -> Interval {
        let ir = self.ir;
        let function = ir.function_of(call);
        let to = if self.is_made_for_callers(call) { self.destinations_of_callers(call) } else { self.destinations(call) };
        let args = match ir.kind(call) {
            ExprKind::Call { args, .. } => ir.list(args),
            _ => &[],
        };
        let (callback, passed) = (args.first().copied(), args.get(2..).unwrap_or_default());
        let callback_function = callback.and_then(|callback| self.function_value(callback));
        let mut own: Vec<Clear> = clears
            .iter()
            .copied()
            .filter(|&clear| self.clears(clear, &to, callback_function) && !self.is_ignored_cleanup(clear.at))
            .collect();
        own.extend(self.clears_by_helpers(&to, &|done| *done == Done::ClearsTimer));
        let armed = Armed { call, to: &to, callback: callback_function, clears: own };
        let kept: Vec<BindingId> =
            callback.into_iter().chain(passed.iter().copied()).flat_map(|value| self.kept_requests(value, 4)).collect();
        let per_instance = self.per_instance(function);
        let factory = self.factory(function, per_instance.is_some());
        let mut mount = self.mount(call);
        let many = per_instance.as_ref().is_some_and(|instances| instances.many) || mount.is_some();
        let (cleared, for_others) = self.how_cleared(&armed, many, &mut mount);
        let overwritten = self.how_overwritten(&armed);
        let peer = self.peer(function, &kept);
        let remedy = self.remedy(&armed, cleared.is_some(), overwritten.is_some(), per_instance.as_ref(), factory.as_ref());
        let is_open = cleared.is_none() && overwritten.is_none() && factory.is_none();
        let remedy = remedy.or_else(|| self.peers_end(call, &to, peer.filter(|_| is_open && per_instance.is_none())?));
        let handle = self.handle(call, &to);
        let mut found = Interval {
            span: ir.span(call),
            statement_hash: self.text_hash(ir[ir[call].stmt].span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            context: self.context(call, Region::Function(Ir::MODULE)),
            cleared: self
                .cleared_elsewhere(function, &handle)
                .filter(|_| matches!(cleared, None | Some(Cleared::Restarted | Cleared::BeforeEnd)))
                .or(cleared),
            for_others,
            handle,
            overwritten,
            unref: to.unref,
            captures_this: callback_function.is_some_and(|function| self.captures_this(function))
                || callback.is_some_and(|callback| self.is_bound_method(callback)),
            one_command: self.is_one_command(call, 3),
            at_top_level: function == Ir::MODULE,
            per_instance,
            factory,
            peer: peer.map(|binding| ir.name(ir[binding].name).to_owned()),
            captures: self.names(&kept),
            taken_out: to.collections.iter().find_map(|&list| self.taken_out(list)),
            remedy,
            mount,
        };
        let edits = self.cleanup_of_interval(call, &found).unwrap_or_default();
        found.mount = found.mount.map(|mount| Mount { edits, is_root: self.is_of_root(&mount), ..mount });
        found
    }

    /// What is known of its clears, seen from what owns it, and whether other files may tell more.
    fn how_cleared(&self, armed: &Armed<'_>, many: bool, mount: &mut Option<Mount>) -> (Option<Cleared>, bool) {
        let mut cleared = self.cleared(armed);
        if let Some(mount) = mount.as_mut()
            && cleared.as_ref().is_some_and(|how| self.is_guarded_in_mount(armed, how))
        {
            (cleared, mount.again) = (None, Again::Never);
        }
        let cleared = cleared.map(|how| if many && self.is_only_restarted(armed, &how) { Cleared::Restarted } else { how });
        let (cleared, for_others) = if many { self.unless_uncalled(cleared, armed) } else { (cleared, false) };
        let is_forgotten = |mount: &Mount| cleared == Some(Cleared::Always) && self.is_forgotten_by_end(armed, mount);
        if mount.as_ref().is_some_and(is_forgotten) { (Some(Cleared::BeforeEnd), for_others) } else { (cleared, for_others) }
    }

    /// Once in the life of the component that has the flag, of which there is another with each mount.
    fn is_guarded_in_mount(&self, armed: &Armed<'_>, how: &Cleared) -> bool {
        *how == Cleared::Guarded && armed.clears.is_empty() && !armed.to.is_conditional && !self.is_guarded_beyond_mounts(armed.call)
    }

    fn is_only_restarted(&self, armed: &Armed<'_>, how: &Cleared) -> bool {
        *how == Cleared::Always && self.is_slot_of_owner(armed.to) && armed.clears.iter().all(|&clear| self.is_restart(clear, armed.call))
    }

    /// Where each owner has one: a field of its own, or a local of the call that makes it.
    fn is_slot_of_owner(&self, to: &Destinations) -> bool {
        to.collections.is_empty()
            && to.locals.iter().all(|&binding| !self.is_module_level(binding))
            && to.places.iter().all(|&place| match self.root(place) {
                Root::Instance(_) => true,
                Root::Binding(binding) => !self.is_module_level(binding),
                _ => false,
            })
    }

    /// `ws.timer = setInterval(...)`, which the file that ends the connection clears.
    fn cleared_elsewhere(&self, function: FnId, handle: &Handle) -> Option<Cleared> {
        match handle {
            Handle::Kept { text, .. } if self.is_released_elsewhere(function, text, &Released::Timer) => Some(Cleared::Always),
            Handle::Collected { text } if self.is_released_elsewhere(function, text, &Released::Timers) => Some(Cleared::Always),
            _ => None,
        }
    }

    /// Whether a value is what `setInterval` gave, also by name.
    pub fn is_interval_handle(&self, value: ExprId) -> bool {
        match self.ir.binding_of(value).map(|binding| self.uses.writes(binding)) {
            Some([write]) => super::index::written_value(self.ir, *write).is_some_and(|value| self.is_timer_call(value, "setInterval")),
            _ => self.is_timer_call(value, "setInterval"),
        }
    }

    pub(super) fn names(&self, bindings: &[BindingId]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for &binding in bindings {
            let name = self.ir.name(self.ir[binding].name);
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// `this.tick.bind(this)`.
    pub(super) fn is_bound_method(&self, value: ExprId) -> bool {
        match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => {
                matches!(self.ir.kind(callee), ExprKind::Member { object, property, .. } if self.ir.name(property) == "bind" && matches!(self.ir.kind(object), ExprKind::Member { .. }))
            }
            _ => false,
        }
    }

    /// The request or connection whose end would be the time to clear: of those that the callback keeps, else of those around it.
    fn peer(&self, function: FnId, kept: &[BindingId]) -> Option<BindingId> {
        let mut around = Vec::new();
        let mut at = Some(function);
        while let Some(function) = at {
            around.extend(self.request_params(function));
            at = self.ir[function].parent;
        }
        let candidates = if kept.is_empty() { &around } else { kept };
        let closes = |name: &str| !matches!(name, "req" | "request" | "msg" | "message");
        let name = |binding: BindingId| self.ir.name(self.ir[binding].name);
        candidates.iter().copied().find(|&binding| closes(name(binding))).or(candidates.first().copied())
    }

    pub(super) fn handle(&self, call: ExprId, to: &Destinations) -> Handle {
        if to.handed_out {
            return Handle::HandedOut;
        }
        if let Some(&place) = to.places.first() {
            return Handle::Kept { text: self.place_text(place), span: self.declared_at(place).unwrap_or(self.ir.span(call)) };
        }
        if let Some(&place) = to.collections.first() {
            return Handle::Collected { text: self.place_text(place) };
        }
        match to.locals.first() {
            Some(&binding) => Handle::Local { name: self.ir.name(self.ir[binding].name).to_owned() },
            None => Handle::Dropped,
        }
    }

    /// The function around that returns an object with a teardown.
    fn factory(&self, function: FnId, in_class: bool) -> Option<Factory> {
        if in_class {
            return None;
        }
        let teardown = self.returned_teardown(function)?;
        Some(Factory { name: self.function_name(function), teardown })
    }

    /// Where entries are removed from a collection of handles.
    fn taken_out(&self, list: Place) -> Option<Sibling> {
        self.taken_out_beside(list, None).map(|at| Sibling { span: self.ir.span(at), text: self.expr_text(at) })
    }

    /// Where something else than the timer's own callback removes entries.
    pub(super) fn taken_out_beside(&self, list: Place, callback: Option<FnId>) -> Option<ExprId> {
        let is_own = |at: ExprId| callback.is_some_and(|callback| self.is_inside(self.ir.function_of(at), callback));
        let by_call = self.uses.calls.iter().copied().filter(|&call| !is_own(call)).find(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
            let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
            matches!(self.ir.name(property), "delete" | "clear") && self.place(object) == Some(list)
        });
        let by_delete = || {
            self.uses.member_writes.iter().copied().filter(|&write| !is_own(write)).find(|&write| match self.ir.kind(write) {
                ExprKind::Unary(UnaryOp::Delete, target) => {
                    self.place(target).and_then(|place| self.split(place)).is_some_and(|(of, step)| of == list && step == Step::Entry)
                }
                _ => false,
            })
        };
        by_call.or_else(by_delete)
    }

    pub(super) fn remedy(
        &self,
        armed: &Armed<'_>,
        is_cleared: bool,
        overwritten: bool,
        instances: Option<&Instances>,
        factory: Option<&Factory>,
    ) -> Option<Remedy> {
        let clear = self.clear_text(armed.call)?;
        let stmt = &self.ir[self.ir[armed.call].stmt];
        if overwritten {
            let handle = self.handle_text(armed.to, self.ir.function_of(armed.call))?;
            return stmt.in_list.then(|| Remedy::BeforeItIsSet {
                at: stmt.span.start,
                indent: self.indent_at(stmt.span.start),
                clear: format!("{clear}({handle})"),
            });
        }
        if is_cleared {
            return None;
        }
        let entry = |entry: &Option<Entry>| entry.clone();
        if let Some(factory) = factory {
            let handle = self.visible_local(armed)?;
            return Some(Remedy::InTeardown { entry: entry(&factory.teardown.entry)?, clear: format!("{clear}({handle})") });
        }
        let teardown_entry = entry(&instances?.teardown.as_ref()?.entry)?;
        let function = self.ir.function_of(armed.call);
        if let (Some(&place), [], false) = (armed.to.places.first(), armed.to.collections.as_slice(), armed.to.handed_out) {
            let handle = self.own_field(place, function)?;
            return Some(Remedy::InTeardown { entry: teardown_entry, clear: format!("{clear}({handle})") });
        }
        let is_dropped = armed.to.locals.is_empty() && armed.to.collections.is_empty() && !armed.to.handed_out;
        let starts_statement = stmt.in_list && stmt.span.start == self.ir.span(armed.call).start;
        let This::Instance(id) = self.entities.this_of(function) else { return None };
        if !is_dropped || !starts_statement || matches!(self.entities.get(id).kind, EntityKind::Object(_)) {
            return None;
        }
        let field = self.free_name(if self.is_timer_call(armed.call, "setTimeout") { "_timeout" } else { "_interval" });
        let clear = format!("{clear}(this.{field})");
        Some(Remedy::KeepInField { assign_at: stmt.span.start, field, entry: teardown_entry, clear })
    }

    /// The call that clears what this call sets, spelt the same way.
    pub(super) fn clear_text(&self, call: ExprId) -> Option<String> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let clear = if self.is_timer_call(call, "setTimeout") { "clearTimeout" } else { "clearInterval" };
        let is_shadowed = self.ir.bindings.iter().any(|binding| self.ir.name(binding.name) == clear);
        match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => {
                let object_text = self.source.slice(self.ir.span(object));
                let is_module_level = self.ir.binding_of(object).is_none_or(|binding| self.is_module_level(binding));
                (matches!(self.ir.kind(object), ExprKind::Ident(_)) && is_module_level).then(|| format!("{object_text}.{clear}"))
            }
            _ => (!is_shadowed).then(|| clear.to_owned()),
        }
    }

    /// `this.timer`, where `this` is the instance of a class.
    fn own_field(&self, place: Place, function: FnId) -> Option<String> {
        let (owner, Step::Field(name)) = self.split(place)? else { return None };
        let is_own = self.is_root(owner) && owner == self.this_place(function) && matches!(self.root(owner), Root::Instance(_));
        let name = self.ir.name(name);
        (is_own && is_identifier(name)).then(|| format!("this.{name}"))
    }

    /// How the handle that is about to be overwritten is written at the site.
    fn handle_text(&self, to: &Destinations, function: FnId) -> Option<String> {
        match (to.places.first(), to.locals.first()) {
            (Some(&place), None) => self.own_field(place, function),
            (_, Some(&binding)) => Some(self.ir.name(self.ir[binding].name).to_owned()),
            _ => None,
        }
    }

    /// The name of a local handle that the whole function around sees.
    fn visible_local(&self, armed: &Armed<'_>) -> Option<String> {
        let &binding = armed.to.locals.first()?;
        let function = self.ir.function_of(armed.call);
        let name = self.ir[binding].name;
        let is_unique = self.ir.bindings.iter().filter(|other| other.name == name).count() == 1;
        (self.ir[binding].scope == self.ir[function].scope && is_unique && !armed.to.handed_out).then(|| self.ir.name(name).to_owned())
    }
}

fn is_timers(module: &str) -> bool {
    matches!(module, "timers" | "node:timers")
}

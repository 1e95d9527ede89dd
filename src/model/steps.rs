//! The steps of a way, as messages tell them.

use super::Model;
use super::access::Access;
use super::calls::How;
use super::context::{Context, ContextKind, Handles, Region, Runs, Search, Shown, State, Step, StepKind};
use super::entity::{EntityId, EntityKind};
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, UnaryOp, When};
use super::text::NAMELESS;
use crate::text::Span;

/// Of a longer condition only the beginning is told: it is shown where it stands.
const SHORT: usize = 48;
/// How far the values in a condition are followed.
const STEPS: u32 = 6;

impl StepKind {
    /// What comes with each run, and what shows that.
    pub fn peer(&self) -> Option<(&str, Shown)> {
        match self {
            Self::RequestParam { name, shown } => Some((name, *shown)),
            _ => None,
        }
    }

    /// A condition on the way.
    pub fn is_condition(&self) -> bool {
        matches!(self, Self::OnlyIf { .. } | Self::InCase(_))
    }

    /// From here inwards the way is gone again and again.
    fn repeats(&self) -> bool {
        self.is_called_back() || matches!(self, Self::EndlessLoop)
    }

    /// An event, a framework or a timer runs what is inwards of it.
    pub fn is_called_back(&self) -> bool {
        matches!(
            self,
            Self::Handler { .. } | Self::Served { .. } | Self::Provided { .. } | Self::HandlerOf(_) | Self::Rendered(_) | Self::Rearms(_)
        )
    }

    /// What is inwards of it settles a promise that is made there.
    pub fn makes_promise(&self) -> bool {
        matches!(self, Self::Callback(callee) if callee.ends_with("Promise"))
    }
}

impl Search<'_, '_> {
    pub(super) fn result(self) -> Context {
        // What somebody other than a test calls in view is called there: nobody else need call it.
        let is_used = |at: usize| {
            !matches!(&self.states[at].step, Some(Step { what: StepKind::Unused(_) | StepKind::Tested(_) | StepKind::Dead { .. }, .. }))
        };
        let best = self.ends.iter().max_by_key(|(kind, at)| (is_used(*at), *kind, std::cmp::Reverse(*at)));
        match best {
            Some(&(kind, at)) => self.way(kind, at),
            None => Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false },
        }
    }

    /// The way from a state, which is the outermost, in to the site.
    pub(super) fn way(&self, kind: ContextKind, at: usize) -> Context {
        let mut steps = Vec::new();
        let mut per_request = false;
        let mut state = Some(at);
        let conditional = self.conditional_from(kind, at);
        while let Some(index) = state {
            let State { function, came_from, step, inner, .. } = &self.states[index];
            if let Some(param) = self.model.request_param(*function)
                && self.region != Region::Function(*function)
            {
                per_request = true;
                let named = &self.model.ir[param];
                let name = self.model.ir.name(named.name).to_owned();
                let what = StepKind::RequestParam { name, shown: self.model.shown_as_request(*function, param) };
                let is_same =
                    |step: &Step| step.what == what || step.what.peer().map(|(name, _)| name) == what.peer().map(|(name, _)| name);
                if !steps.iter().any(is_same) {
                    steps.push(Step::new(named.span, what));
                }
            }
            let mut conditions = inner.filter(|_| conditional.contains(&index)).map_or_else(Vec::new, |inner| self.model.conditions(inner));
            conditions.retain(|step| !steps.contains(step));
            // Those in the body of a loop are behind its head.
            let head = step.as_ref().filter(|step| matches!(step.what, StepKind::Loop | StepKind::EndlessLoop)).map(|step| step.span.start);
            let within = head.map_or(conditions.len(), |head| conditions.partition_point(|step| step.span.start < head));
            let within = conditions.split_off(within);
            steps.extend(conditions);
            per_request |= step.as_ref().is_some_and(|step| step.what.peer().is_some() || matches!(step.what, StepKind::Served { .. }));
            steps.extend(step.clone());
            steps.extend(within);
            state = *came_from;
        }
        Context { kind, steps, per_request }
    }

    /// The states of a way in which a condition may keep it from being gone again: those within what repeats it.
    fn conditional_from(&self, kind: ContextKind, at: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut state = (kind >= ContextKind::Unknown).then_some(at);
        while let Some(index) = state {
            let State { step, came_from, .. } = &self.states[index];
            let repeats = step.as_ref().is_some_and(|step| step.what.repeats());
            // The condition of a site that stands in a loop itself is within that loop.
            if repeats && came_from.is_some() {
                found.clear();
            } else {
                found.push(index);
            }
            state = *came_from;
        }
        found
    }

    /// What a call calls, by its own name; what another file offers as its default, by the name that it has here.
    pub(super) fn name_at(&self, runs: Runs<'_>, site: ExprId) -> String {
        let name = self.name_of(runs);
        if matches!(runs, Runs::Imported(_)) && matches!(name.as_str(), "" | "default") {
            return self.model.callee_text(site);
        }
        if matches!(self.model.ir.kind(site), ExprKind::New { .. }) { format!("new {name}") } else { name }
    }

    /// `(function () { ... })()`.
    pub(super) fn is_called_in_place(&self, runs: Runs<'_>, site: ExprId) -> bool {
        let Runs::Own(function) = runs else { return false };
        let (ExprKind::Call { callee, .. }, Some(own)) = (self.model.ir.kind(site), self.model.ir[function].expr) else { return false };
        callee == own || matches!(self.model.ir.kind(callee), ExprKind::Member { object, .. } if object == own)
    }

    /// What runs a function again and again: a registration, or the element that renders it or gets it as an attribute.
    pub(super) fn handler_of(&self, site: ExprId, runs: Runs<'_>) -> StepKind {
        let model = self.model;
        let event = model.event_text(site);
        let is_nameless = matches!(runs, Runs::Own(function) if !model.has_own_name(function));
        match model.ir.kind(site) {
            ExprKind::Jsx { tag, .. } => {
                let tag = model.string(tag).map_or_else(|| model.expr_text(tag), str::to_owned);
                let is_component = tag.starts_with(|first: char| first.is_ascii_uppercase());
                if is_component && matches!(runs, Runs::Imported("default")) || tag == self.name_of(runs) {
                    return StepKind::Rendered(tag);
                }
                StepKind::Handler { callee: format!("<{tag}>"), event, what: Handles::Events, is_nameless }
            }
            ExprKind::Assign { target, .. } => StepKind::HandlerOf(model.expr_text(target)),
            _ => StepKind::Handler { callee: model.callee_text(site), event, what: model.handles(site), is_nameless },
        }
    }

    /// How a function is handed to code that is not in view.
    pub(super) fn handed_out(&self, runs: Runs<'_>, site: Option<ExprId>, name: String) -> StepKind {
        let model = self.model;
        let Some(site) = site else { return StepKind::Escapes(name) };
        let own = match runs {
            Runs::Own(function) if !model.has_own_name(function) => None,
            _ => Some(name.clone()),
        };
        match model.ir.kind(site) {
            // Who takes a listener off does not run it.
            ExprKind::Call { callee, .. } if matches!(model.ir.kind(callee), ExprKind::Member { property, .. } if model.apis.releases_listener(model.ir.name(property))) => {
                StepKind::Escapes(name)
            }
            ExprKind::Call { .. } | ExprKind::New { .. } => StepKind::GivenTo { name: own, callee: model.callee_text(site) },
            ExprKind::Assign { target, .. } => StepKind::Stored(model.expr_text(target)),
            _ => StepKind::Escapes(own.unwrap_or_else(|| NAMELESS.to_owned())),
        }
    }
}

impl Model<'_> {
    /// Whether a function is called something: by its declaration, its member or what it is stored in.
    pub(super) fn has_own_name(&self, function: FnId) -> bool {
        let declared = &self.ir[function];
        let is_assigned = || {
            let parent = declared.expr.and_then(|expr| self.uses.parent(expr));
            parent.is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Assign { .. }))
        };
        declared.name.is_some()
            || !self.entities.memberships(function).is_empty()
            || !self.uses.bindings_of_function(function).is_empty()
            || is_assigned()
    }

    /// What the calls of a handler are that is given to a call.
    pub(super) fn handles(&self, call: ExprId) -> Handles {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return Handles::Calls };
        if self.serves_requests(call) {
            return Handles::Requests;
        }
        let Some(name) = self.callee_name(callee) else { return Handles::Calls };
        let receiver = match self.ir.kind(callee) {
            ExprKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let of_requests = self.apis.callbacks(name).any(|entry| {
            entry.what.as_deref() == Some("request")
                && (entry.receiver.is_empty() || receiver.is_some_and(|receiver| self.is_named_or_built_by(receiver, &entry.receiver)))
        });
        let event = self.event_text(call);
        if of_requests || matches!(name, "on" | "addListener") && event.as_deref() == Some("request") {
            return Handles::Requests;
        }
        let of_events = ["on", "$on", "addListener", "prependListener", "addEventListener", "subscribe"].contains(&name);
        if of_events && event.is_some() { Handles::Events } else { Handles::Calls }
    }

    /// What shows that a parameter is a request, a connection or a message.
    fn shown_as_request(&self, function: FnId, param: super::ir::BindingId) -> Shown {
        if self.ir[param].annotation.is_some_and(|annotation| self.names_type(annotation, &self.apis.requests.types)) {
            return Shown::Type;
        }
        let is_registered = self.callers(function).iter().any(|caller| {
            caller.how == super::calls::How::Repeats
                && caller.at.is_some_and(|at| matches!(self.ir.kind(at), ExprKind::Call { .. } | ExprKind::New { .. }))
        });
        if is_registered { Shown::Registration } else { Shown::Name }
    }

    /// The conditions under which a function comes to an expression of its own, from the outside in.
    fn conditions(&self, inner: ExprId) -> Vec<Step> {
        let function = self.ir.function_of(inner);
        let guards = self.flow(function).guards(self.ir, self.ir[inner].block);
        let found = guards.iter().rev().filter_map(|guard| {
            let (asked, what) = match guard.when {
                When::True(condition) => (condition, self.only_if(condition, true)),
                When::False(condition) => (condition, self.only_if(condition, false)),
                When::Nullish(value) => {
                    let text = self.short_text(self.ir.span(value));
                    let condition = if text.ends_with('…') { text } else { format!("{text} == null") };
                    (value, StepKind::OnlyIf { condition, holds: true })
                }
                When::Case(of, test) => (of, StepKind::InCase(self.short_text(self.ir.span(test)))),
                _ => return None,
            };
            let at = if let When::Case(_, test) = guard.when { test } else { asked };
            let tells = !self.is_test_of_loop(asked) && self.tells_of_state(asked, function, STEPS);
            let asks = self.asked_elsewhere(guard.when).map(Box::new);
            tells.then(|| Step { asks, ..Step::new(self.ir.span(at), what) })
        });
        found.collect()
    }

    fn only_if(&self, condition: ExprId, holds: bool) -> StepKind {
        match self.ir.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, operand) if !holds => self.only_if(operand, true),
            _ => StepKind::OnlyIf { condition: self.short_text(self.ir.span(condition)), holds },
        }
    }

    /// Whether a value may be another one in the next run though that is given the same: it is made of what outlives the run.
    fn tells_of_state(&self, value: ExprId, function: FnId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        match self.ir.kind(value) {
            ExprKind::This => true,
            ExprKind::Ident(reference) => self.names_state(value, self.ir[reference].binding, function, depth),
            // What a call gives that is given nothing can depend on nothing else.
            ExprKind::Call { callee, args, .. } if self.ir.list(args).is_empty() => match self.ir.kind(callee) {
                ExprKind::Member { object, .. } => {
                    let is_import = |binding: BindingId| matches!(self.ir[binding].kind, BindingKind::Import(_));
                    self.ir.binding_of(object).is_some_and(is_import) || self.tells_of_state(object, function, depth)
                }
                _ => true,
            },
            // Which function is called is fixed; on what it works need not be.
            ExprKind::Call { callee, args, .. } => {
                let receiver = match self.ir.kind(callee) {
                    ExprKind::Member { object, .. } => self.tells_of_state(object, function, depth),
                    _ => false,
                };
                receiver || self.ir.list(args).iter().any(|&arg| self.tells_of_state(arg, function, depth))
            }
            _ => self.ir.operands(value).into_iter().any(|operand| self.tells_of_state(operand, function, depth)),
        }
    }

    fn names_state(&self, at: ExprId, binding: Option<BindingId>, function: FnId, depth: u32) -> bool {
        let Some(binding) = binding else {
            // What the language itself has begins with a capital letter: `Array`, `Math`.
            return self
                .ir
                .global_of(at)
                .is_some_and(|name| name != "undefined" && name.starts_with(|first: char| first.is_ascii_lowercase()));
        };
        let declared = &self.ir[binding];
        let home = self.ir[declared.scope].function;
        let is_part = || {
            self.uses
                .parent(at)
                .is_some_and(|parent| !matches!(self.ir.kind(parent), ExprKind::Unary(..) | ExprKind::Logical(..) | ExprKind::Binary(..)))
        };
        match declared.kind {
            BindingKind::Param(..) | BindingKind::Function(_) | BindingKind::Class(_) | BindingKind::Import(_) => false,
            BindingKind::Enum | BindingKind::Namespace | BindingKind::Catch => false,
            // A constant of the module is the same in each run; what it holds need not be.
            BindingKind::Const if home == Ir::MODULE => is_part() && !self.is_required(at),
            BindingKind::Const => self.is_made_of_state(binding, function, depth),
            _ if home != function && !self.is_in_place(function, home) => true,
            _ => self.is_made_of_state(binding, function, depth),
        }
    }

    /// What another module offers, under its name: `const fs = require('fs')`.
    fn is_required(&self, value: ExprId) -> bool {
        self.imported(value).is_some_and(|(_, path)| path.iter().all(|step| matches!(step, Access::Member(_))))
    }

    fn is_made_of_state(&self, binding: BindingId, function: FnId, depth: u32) -> bool {
        let writes = self.uses.writes(binding).iter();
        writes.filter_map(|&write| written_value(self.ir, write)).any(|value| self.tells_of_state(value, function, depth))
    }

    /// Whether a function runs once for each run of the one around it: the executor of a promise, a reaction, a function that is called in place.
    fn is_in_place(&self, function: FnId, home: FnId) -> bool {
        let mut at = function;
        while at != home {
            let runs_once = self.callers(at).iter().all(|caller| matches!(caller.how, How::Inline | How::Later | How::Called));
            match self.ir[at].parent {
                Some(parent) if runs_once && !self.has_own_name(at) => at = parent,
                _ => return false,
            }
        }
        true
    }

    fn is_test_of_loop(&self, condition: ExprId) -> bool {
        self.ir.loops.iter().any(|one| one.test == Some(condition))
    }

    /// The text of a span on one line; only its beginning if it is long.
    fn short_text(&self, span: Span) -> String {
        let mut short = String::new();
        for word in self.source.slice(span).split_whitespace() {
            if short.len() + word.len() > SHORT {
                return format!("{short}…");
            }
            short.push_str(word);
            short.push(' ');
        }
        short.trim_end().to_owned()
    }

    /// Who has an object whose method is called from outside: its class, or what it is given to.
    pub(super) fn owner_text(&self, id: EntityId) -> String {
        if let EntityKind::Object(object) = self.entities.get(id).kind {
            let expr = self.ir.objects[object.index()];
            if let Some(call) = self.uses.parent(expr)
                && matches!(self.ir.kind(call), ExprKind::Call { .. } | ExprKind::New { .. })
            {
                return format!("the object given to `{}`", self.callee_text(call));
            }
        }
        match self.entity_name(id) {
            name if name == "the object" => "its object".to_owned(),
            name if name == "the class" => "an instance of its class".to_owned(),
            name => format!("the `{name}`"),
        }
    }
}

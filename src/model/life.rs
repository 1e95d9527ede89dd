//! How long a holder lives, and what creates it.

use super::Model;
use super::calls::How;
use super::context::{ContextKind, Region};
use super::entity::{EntityId, EntityKind};
use super::facts::{Certainty, Life, LifeWhy};
use super::ir::{BindingKind, ExprId, ExprKind, FnId, Ir};
use super::outside::Constructions;
use super::place::{Place, Root};
use crate::diagnostic::Lifetime;
use crate::text::Span;

/// How many callers are followed outwards.
const DEPTH: u32 = 32;

const BASES: &[&str] = &["EventEmitter", "AsyncEventEmitter", "TypedEmitter", "Server", "Service", "Agent"];

impl Model<'_> {
    /// The life of a holder that outlives the calls at `sites`; none for a local that dies with its call, or one that the caller gave.
    pub fn life(&self, place: Place, sites: &[ExprId]) -> Option<(Life, Region)> {
        match self.root(place) {
            Root::Binding(binding) => {
                let function = self.ir[self.ir[binding].scope].function;
                if matches!(self.ir[binding].kind, BindingKind::Import(_) | BindingKind::Param(..) | BindingKind::Catch) {
                    return self.socket_life(place).map(|life| (life, Region::Function(Ir::MODULE)));
                }
                if !self.is_root(place) && self.stands_for_many(binding) {
                    return None;
                }
                if !self.is_root(place)
                    && self.entities.of_binding(binding).is_some_and(|id| !self.is_object(id))
                    && self.runs_once(function)
                {
                    let why = LifeWhy::Static(self.ir.name(self.ir[binding].name).to_owned());
                    return Some((process(why), Region::Function(Ir::MODULE)));
                }
                self.variable_life(function, sites).map(|life| (life, Region::Function(function)))
            }
            Root::Exports => Some((process(LifeWhy::ModuleScope), Region::Function(Ir::MODULE))),
            Root::Application => Some((process(LifeWhy::Application), Region::Function(Ir::MODULE))),
            Root::Global(_) if !self.initial_values(self.root_place(self.root(place))).is_empty() => {
                Some((process(LifeWhy::Undeclared), Region::Function(Ir::MODULE)))
            }
            Root::Global(_) => Some((process(LifeWhy::Global), Region::Function(Ir::MODULE))),
            Root::Instance(id) if self.is_object(id) => {
                let EntityKind::Object(object) = self.entities.get(id).kind else { return None };
                let function = self.ir.function_of(self.ir.objects[object.index()]);
                // Its options are one object; `this` in them is a component each time it is mounted.
                if self.component(id).is_some() {
                    let (certainty, why) = (Certainty::Short, LifeWhy::PerCall(self.entity_name(id)));
                    let life = Life { lifetime: Lifetime::Owner, certainty, why, seen_at: None, seen_in: None };
                    return Some((life, Region::Function(function)));
                }
                self.variable_life(function, sites).map(|life| (life, Region::Function(function)))
            }
            Root::Instance(id) => Some((self.instance_life(id), Region::Instance(id))),
            Root::UnknownThis(_) | Root::GlobalObject | Root::Value(_) => None,
        }
    }

    /// `let active; ... active = this; ... active = before`: a name for whichever is at work now; what hangs on it is another's each time.
    fn stands_for_many(&self, binding: super::ir::BindingId) -> bool {
        self.uses.writes(binding).iter().any(|&write| {
            let value = super::index::written_value(self.ir, write);
            let is_other = value.is_some_and(|value| matches!(self.ir.kind(value), ExprKind::This | ExprKind::Param(_)));
            is_other && self.ir.function_of(write) != Ir::MODULE && self.uses.writes(binding).len() > 1
        })
    }

    pub fn is_object(&self, id: EntityId) -> bool {
        matches!(self.entities.get(id).kind, EntityKind::Object(_))
    }

    /// Whether a function's body runs one time in the life of the module: the top level, an immediately invoked function, a module wrapper.
    pub fn runs_once(&self, function: FnId) -> bool {
        self.runs_once_within(function, DEPTH)
    }

    fn runs_once_within(&self, function: FnId, depth: u32) -> bool {
        if function == Ir::MODULE {
            return true;
        }
        let Some(depth) = depth.checked_sub(1) else { return false };
        let callers = self.callers(function);
        let [caller] = callers[..] else { return false };
        match (caller.how, caller.at) {
            (How::Called | How::Inline, Some(at)) => {
                let from = self.ir.function_of(at);
                self.ir[self.ir[at].block].in_loop.is_none() && from != function && self.runs_once_within(from, depth)
            }
            (How::Inline, None) => self.ir[function].parent.is_some_and(|parent| self.runs_once_within(parent, depth)),
            _ => false,
        }
    }

    fn variable_life(&self, function: FnId, sites: &[ExprId]) -> Option<Life> {
        if self.collects_stream(function, sites) {
            let (certainty, why) = (Certainty::Unknown, LifeWhy::Closure(self.function_name(function)));
            return Some(Life { lifetime: Lifetime::Owner, certainty, why, seen_at: self.ir[function].name_span, seen_in: None });
        }
        if self.runs_once(function) || self.is_module_wrapper(function) {
            return Some(process(LifeWhy::ModuleScope));
        }
        let name = self.function_name(function);
        let span = self.ir[function].name_span;
        let escaping = sites.iter().filter_map(|&site| self.escaping_closure(site, function)).collect::<Vec<_>>();
        if escaping.is_empty() {
            return None;
        }
        let (certainty, why) = match self.how_often(function) {
            ContextKind::Repeated | ContextKind::Test | ContextKind::Teardown => (Certainty::Short, LifeWhy::PerCall(name)),
            ContextKind::Init => {
                return Some(Life { why: LifeWhy::Closure(name), seen_at: span, ..process(LifeWhy::ModuleScope) });
            }
            _ if let Some(life) = self.life_by_callers_outside(function, &name) => return Some(life),
            _ if self.makes_short_lived(&name) => (Certainty::Short, LifeWhy::PerCall(name)),
            _ if escaping.iter().any(|&closure| self.is_returned_handler(closure)) && self.request_param(function).is_none()
                || self.makes_worker(function)
                || self.sets_up_given(function) =>
            {
                (Certainty::Likely, LifeWhy::Closure(name))
            }
            _ if self.request_param(function).is_some() => (Certainty::Short, LifeWhy::PerCall(name)),
            _ if self.makes_long_lived(&name) => (Certainty::Likely, LifeWhy::Closure(name)),
            _ => (Certainty::Unknown, LifeWhy::Closure(name)),
        };
        Some(Life { lifetime: Lifetime::Owner, certainty, why, seen_at: span, seen_in: None })
    }

    /// The life of what a function of this file makes for others.
    fn life_by_callers_outside(&self, function: FnId, name: &str) -> Option<Life> {
        let Constructions { kept, once, often, .. } = self.called_outside(function);
        let once = kept.or(once);
        if let Some((file, span)) = once {
            let why = LifeWhy::Closure(name.to_owned());
            return Some(Life { seen_at: Some(span), seen_in: Some(file), ..process(why) });
        }
        let (file, span) = often?;
        let why = LifeWhy::PerCall(name.to_owned());
        Some(Life { lifetime: Lifetime::Owner, certainty: Certainty::Short, why, seen_at: Some(span), seen_in: Some(file) })
    }

    /// A middleware: made once, and run for each request.
    fn is_returned_handler(&self, closure: FnId) -> bool {
        self.request_param(closure).is_some()
            && self.callers(closure).iter().any(|caller| matches!(caller.how, How::Returned | How::Exported | How::PublicMethod(..)))
    }

    /// What a function makes works for a long time if it starts an interval, or has a method that ends it.
    fn makes_worker(&self, function: FnId) -> bool {
        let starts = self.uses.calls.iter().any(|&call| self.ir.function_of(call) == function && self.is_timer_call(call, "setInterval"));
        starts
            || self.entities.ids().any(|id| {
                self.creates(function, id)
                    && self.entities.get(id).methods.keys().any(|&name| self.apis.teardown.methods.contains(self.ir.name(name)))
            })
    }

    /// `createPresenceService`: the name of a factory says what it makes.
    fn makes_long_lived(&self, name: &str) -> bool {
        let words = super::provenance::words(name);
        let [first, .., last] = words.as_slice() else { return false };
        self.apis.owners.makers.contains(first) && self.apis.owners.long.iter().any(|word| word.to_ascii_lowercase() == *last)
    }

    /// `createLineTransformer`.
    fn makes_short_lived(&self, name: &str) -> bool {
        let words = super::provenance::words(name);
        let [first, .., last] = words.as_slice() else { return false };
        self.apis.owners.makers.contains(first) && self.apis.owners.short.iter().any(|word| word.to_ascii_lowercase() == *last)
    }

    /// Whether an object literal is made in a function.
    pub fn creates(&self, function: FnId, id: EntityId) -> bool {
        match self.entities.get(id).kind {
            EntityKind::Object(object) => self.ir.function_of(self.ir.objects[object.index()]) == function,
            _ => false,
        }
    }

    fn how_often(&self, function: FnId) -> ContextKind {
        let mut kind = ContextKind::Init;
        for caller in self.callers(function).iter() {
            let one = match (caller.how, caller.at) {
                (How::Called, Some(at)) => self.context(at, Region::Function(Ir::MODULE)).kind,
                (How::Repeats, _) => ContextKind::Repeated,
                (How::Test, _) => ContextKind::Test,
                (How::Inline | How::Later | How::EachElement, Some(at)) => self.context(at, Region::Function(Ir::MODULE)).kind,
                _ => ContextKind::Unknown,
            };
            kind = kind.max(one);
        }
        kind
    }

    /// The function written inside `owner` around a site that lives on after `owner` returned.
    fn escaping_closure(&self, site: ExprId, owner: FnId) -> Option<FnId> {
        let mut at = self.ir.function_of(site);
        let mut found = None;
        while at != owner {
            let escapes = self
                .callers(at)
                .iter()
                .any(|caller| matches!(caller.how, How::Returned | How::Escapes | How::Exported | How::Repeats | How::PublicMethod(..)));
            if escapes {
                found = Some(at);
            }
            at = self.ir[at].parent?;
        }
        found.or_else(|| self.called_from_escaping(self.ir.function_of(site), owner, 4))
    }

    /// A local helper of a closure that escapes.
    fn called_from_escaping(&self, function: FnId, owner: FnId, depth: u32) -> Option<FnId> {
        if function == owner || depth == 0 || !self.is_inside(function, owner) {
            return None;
        }
        self.callers(function).iter().find_map(|caller| {
            let from = self.ir.function_of(caller.at?);
            if from == function || from == owner || !self.is_inside(from, owner) {
                return None;
            }
            let escapes = self
                .callers(from)
                .iter()
                .any(|caller| matches!(caller.how, How::Returned | How::Escapes | How::Exported | How::Repeats | How::PublicMethod(..)));
            if escapes { Some(from) } else { self.called_from_escaping(from, owner, depth - 1) }
        })
    }

    pub fn instance_life(&self, id: EntityId) -> Life {
        let key = (id, self.outside().is_some());
        if let Some(known) = self.lives.borrow().get(&key) {
            return known.clone();
        }
        // Two classes that keep each other's instances say nothing of each other.
        let unknown = Life {
            lifetime: Lifetime::Owner,
            certainty: Certainty::Unknown,
            why: LifeWhy::Instance(self.entity_name(id)),
            seen_at: None,
            seen_in: None,
        };
        self.lives.borrow_mut().insert(key, unknown);
        let life = self.find_instance_life(id);
        self.lives.borrow_mut().insert(key, life.clone());
        life
    }

    fn find_instance_life(&self, id: EntityId) -> Life {
        let name = self.entity_name(id);
        let owner = |certainty, why, seen_at| Life { lifetime: Lifetime::Owner, certainty, why, seen_at, seen_in: None };
        if let Some(decorator) = self.singleton_decorator(id) {
            return Life {
                lifetime: Lifetime::Process,
                certainty: Certainty::Proved,
                why: LifeWhy::Decorated(decorator),
                seen_at: None,
                seen_in: None,
            };
        }
        if let EntityKind::Class(class) = self.entities.get(id).kind
            && let Some(&decorator) = self.ir[class].decorators.iter().find(|&&decorator| self.is_scoped_decorator(decorator))
        {
            return owner(Certainty::Short, LifeWhy::PerCall(name), Some(self.ir.span(decorator)));
        }
        if let Some(life) = self.constructed_life(id, &name) {
            return life;
        }
        if self.visits(id) {
            return owner(Certainty::Short, LifeWhy::ShortLivedClass(name), None);
        }
        let words = super::provenance::words(&name);
        let is_last = |set: &rustc_hash::FxHashSet<String>| {
            words.last().is_some_and(|last| set.iter().any(|word| word.to_ascii_lowercase() == *last))
        };
        let is_any = |set: &rustc_hash::FxHashSet<String>| words.iter().any(|own| set.iter().any(|word| word.to_ascii_lowercase() == *own));
        if is_last(&self.apis.owners.long) || self.has_long_base(id) {
            return owner(Certainty::Likely, LifeWhy::NamedLong(name), None);
        }
        if is_any(&self.apis.owners.short) {
            return owner(Certainty::Short, LifeWhy::ShortLivedClass(name), None);
        }
        if self.works_for_long(id) {
            return owner(Certainty::Likely, LifeWhy::LongLivedClass(name), None);
        }
        owner(Certainty::Unknown, LifeWhy::Instance(name), None)
    }

    /// How long instances live by where they are constructed, in this file or another.
    fn constructed_life(&self, id: EntityId, name: &str) -> Option<Life> {
        let (mut kept, mut once, mut many) = (None, None, None);
        for &call in &self.uses.calls {
            let ExprKind::New { callee, .. } = self.ir.kind(call) else { continue };
            if self.class_named_by(callee) != Some(id) {
                continue;
            }
            if self.is_kept_once(call) {
                kept = Some(self.ir.span(call));
                continue;
            }
            match self.context(call, Region::Function(Ir::MODULE)).kind {
                ContextKind::Init => once = Some(self.ir.span(call)),
                // Whoever waits for the promise has it, for as long as it likes.
                ContextKind::Repeated if self.is_promised(call) => {}
                ContextKind::Repeated => many = Some(self.ir.span(call)),
                _ if self.dies_with_maker(call, id) => many = Some(self.ir.span(call)),
                _ => {}
            }
        }
        kept = kept.or_else(|| self.published_by_constructor(id));
        let elsewhere = self.constructed_outside(id);
        let here = |span: Option<Span>| span.map(|span| (None, span));
        let there = |place: Option<(String, Span)>| place.map(|(file, span)| (Some(file), span));
        let life = |lifetime, certainty, why, (seen_in, seen_at)| Life { lifetime, certainty, why, seen_at: Some(seen_at), seen_in };
        let is_one_of_many = many.is_some() || elsewhere.often.is_some();
        let kept = here(kept).or_else(|| there(elsewhere.kept));
        let once = here(once).or_else(|| there(elsewhere.once));
        // Of many, the one that is made when the program starts dies with its work as the others do, unless it is kept.
        if let Some(place) = kept.or_else(|| once.filter(|_| !is_one_of_many)) {
            let certainty = if is_one_of_many { Certainty::Likely } else { Certainty::Proved };
            return Some(life(Lifetime::Process, certainty, LifeWhy::Singleton(name.to_owned()), place));
        }
        let local = elsewhere.local.filter(|_| !self.hands_itself_out(id));
        let place = here(many).or_else(|| there(elsewhere.often)).or_else(|| there(local))?;
        Some(life(Lifetime::Owner, Certainty::Short, LifeWhy::PerCall(name.to_owned()), place))
    }

    /// Whether an instance has a name in one call only, or an owner that dies with its work.
    fn dies_with_maker(&self, call: ExprId, id: EntityId) -> bool {
        let by_owner = || {
            let owner = self.owner_of_made(call).filter(|&owner| owner != id);
            owner.is_some_and(|owner| self.instance_life(owner).certainty == Certainty::Short)
        };
        (self.is_local(call) || by_owner()) && !self.hands_itself_out(id)
    }

    fn singleton_decorator(&self, id: EntityId) -> Option<String> {
        let entity = self.entities.get(id);
        if let EntityKind::Class(class) = entity.kind
            && let Some(name) = self.ir[class]
                .decorators
                .iter()
                .filter(|&&decorator| !self.is_scoped_decorator(decorator))
                .find_map(|&decorator| self.decorator_name(decorator))
        {
            return Some(name);
        }
        // Compiled: `X = __decorate([Injectable()], X)`.
        let binding = entity.binding?;
        self.uses.calls.iter().find_map(|&call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let [list, class, ..] = self.ir.list(args) else { return None };
            if self.callee_name(callee) != Some("__decorate") || self.ir.binding_of(*class) != Some(binding) {
                return None;
            }
            let ExprKind::Array(list) = self.ir.kind(*list) else { return None };
            self.ir.list(list).iter().find_map(|&decorator| self.decorator_name(decorator))
        })
    }

    fn decorator_name(&self, decorator: ExprId) -> Option<String> {
        let callee = match self.ir.kind(decorator) {
            ExprKind::Call { callee, .. } => callee,
            _ => decorator,
        };
        // `(0, common_1.Injectable)()`.
        let name = self.callee_name(callee)?;
        self.apis.owners.decorators.contains(name).then(|| name.to_owned())
    }

    /// It goes through one tree: `visitElement`, or a base class that is named for that.
    fn visits(&self, id: EntityId) -> bool {
        let entity = self.entities.get(id);
        let first_is_visit = |name: &str| super::provenance::first_word(name).is_some_and(|word| word == "visit");
        let base = entity.base.and_then(|base| self.callee_name(base));
        entity.methods.keys().any(|&name| first_is_visit(self.ir.name(name))) || base.is_some_and(|base| base.ends_with("Visitor"))
    }

    fn has_long_base(&self, id: EntityId) -> bool {
        let Some(base) = self.entities.get(id).base else { return false };
        self.callee_name(base).is_some_and(|name| BASES.contains(&name))
    }

    /// It has a method that starts work and one that ends it.
    fn works_for_long(&self, id: EntityId) -> bool {
        let names = || self.entities.get(id).methods.keys().map(|&name| self.ir.name(name));
        names().any(|name| self.apis.owners.working.contains(name)) && names().any(|name| self.apis.teardown.methods.contains(name))
    }

    /// The name of a holder where it is declared or first assigned.
    pub fn declared_at(&self, place: Place) -> Option<Span> {
        match (self.split(place), self.root(place)) {
            (None, Root::Binding(binding)) => Some(self.ir[binding].span),
            // What another file hangs on the application, where this one first names it.
            (Some(_), Root::Application) => self.first_write(place).or_else(|| self.occurrences(place).first().map(|&at| self.ir.span(at))),
            _ => self.first_write(place),
        }
    }

    fn first_write(&self, place: Place) -> Option<Span> {
        if let Some((owner, super::place::Step::Field(name))) = self.split(place) {
            let mut members = self.ir.classes.iter().flat_map(|class| &class.members);
            let is_it = |value| self.this_place(self.ir.function_of(value)) == owner;
            let member = members.find(|member| member.key == super::ir::PropKey::Name(name) && member.value.is_some_and(is_it));
            if let Some(member) = member {
                return Some(member.key_span);
            }
        }
        let assigned = self.uses.member_writes.iter().find_map(|&write| match self.ir.kind(write) {
            ExprKind::Assign { target, .. } if self.place(target) == Some(place) => Some(self.ir.span(target)),
            _ => None,
        });
        assigned.or_else(|| {
            let values = self.initial_values(place);
            self.property_span(place, &values).or_else(|| values.first().map(|&value| self.ir.span(value)))
        })
    }

    /// `{ cache: new Map() }` with a name.
    fn property_span(&self, place: Place, values: &[ExprId]) -> Option<Span> {
        if values.is_empty() {
            return None;
        }
        let own = self.place_name(place);
        self.ir.objects.iter().find_map(|&object| {
            let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
            self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
                super::ir::PropKey::Name(name) if values.contains(&prop.value) && self.ir.name(name) == own => {
                    Some(Span::new(prop.span.start, prop.span.start + own.len() as u32))
                }
                _ => None,
            })
        })
    }
}

fn process(why: LifeWhy) -> Life {
    Life { lifetime: Lifetime::Process, certainty: Certainty::Proved, why, seen_at: None, seen_in: None }
}

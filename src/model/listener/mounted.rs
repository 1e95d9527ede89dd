//! Listeners that a component registers while it is mounted.

use super::super::Model;
use super::super::entity::EntityKind;
use super::super::facts::{Certainty, Handler, NearMiss, NearMissWhy, ReceiverKind as Kind};
use super::super::frameworks::Cleanup;
use super::super::ir::{BindingKind, ClassId, ExprId, ExprKind};
use super::super::mount::Mount;
use super::super::place::{Place, Root, Step};
use super::super::stream::{Older, OlderKind, Stream};
use super::receiver::{Held, MODULE};
use super::{Candidate, Removal, Site};

impl Model<'_> {
    pub(super) fn mount_of_site(&self, site: &Site<'_>) -> Option<Mount> {
        // What an event registers is taken off by another one, mostly; a subscription that is dropped is not.
        let is_dropped = site.api.name == "subscribe" && self.is_whole_statement(site.call);
        self.mount(site.call).or_else(|| if is_dropped { self.mount_by_event(site.call) } else { None })
    }

    /// The component that a site is of. Elsewhere, what is subscribed to behind operators is held by what those are put on.
    pub(super) fn with_mount<'m>(&self, site: Site<'m>) -> (Option<Mount>, Site<'m>) {
        let mount = self.mount_of_site(&site);
        let is_piped = mount.is_none() && site.api.name == "subscribe";
        let object = if is_piped { self.source_of_pipe(site.object) } else { site.object };
        (mount, Site { object, ..site })
    }

    /// What holds the listener of a component: what all components share, before what is known of any other emitter.
    pub(super) fn held_by_component(&self, place: Place, site: &Site<'_>, mount: Option<&Mount>) -> Held {
        let Some(mount) = mount else { return self.held(place, site) };
        if site.api.name == "Location" {
            return match self.injected_stream(site.object, Some(site.verb)) {
                Some(Stream::Older(older)) => held_by(older),
                _ => Held::short(Kind::Fresh, None),
            };
        }
        if site.api.name == "subscribe" && (mount.framework == "Angular" || self.is_piped(site)) {
            return match self.stream(site.object) {
                Stream::Older(older) => held_by(older),
                _ => Held::short(Kind::Fresh, None),
            };
        }
        // The page keeps a list of media as long as somebody listens to it.
        let is_list = |place: Place| self.fresh_target_call(place).is_some();
        let values = self.initial_values(place);
        if is_list(place) || !values.is_empty() && values.iter().all(|&value| self.place(value).is_some_and(is_list)) {
            return Held::new(Kind::Page, Certainty::Proved, self.declared_at(place), MODULE);
        }
        if self.is_own_element(place, 4) {
            return Held::short(Kind::Fresh, self.declared_at(place));
        }
        let held = self
            .plugin(place, mount)
            .or_else(|| self.older_by_call(place))
            .or_else(|| self.page_beside_component(place, site.call))
            .unwrap_or_else(|| self.of_page(place, site));
        let is_given = held.kind == Kind::Captured && site.api.name == "subscribe" && self.is_given_to_component(place);
        if is_given { Held { kind: Kind::Parameter, ..held } } else { held }
    }

    /// `props.store`, or the `store` of a hook: whoever draws the component has it.
    fn is_given_to_component(&self, place: Place) -> bool {
        match self.root(place) {
            Root::Binding(binding) => matches!(self.ir[binding].kind, BindingKind::Param(..)),
            Root::Value(value) => matches!(self.ir.kind(value), ExprKind::Param(_)),
            _ => false,
        }
    }

    /// `useRouter().events`: the hook gives what is there for all.
    fn older_by_call(&self, place: Place) -> Option<Held> {
        if self.is_given_by_program(place) {
            return Some(Held { shared: true, ..Held::new(Kind::Import, Certainty::Proved, self.declared_at(place), MODULE) });
        }
        let (module, path) = self.imported_at(place)?;
        let mut apis = self.apis.lasting.iter().filter(|api| api.module.iter().any(|own| own == module));
        let is_older = apis.any(|api| api.make.iter().any(|make| make.matches(false, &path)));
        is_older.then(|| Held { shared: true, ..Held::new(Kind::Import, Certainty::Proved, self.declared_at(place), MODULE) })
    }

    /// `this.radio = RED.nodes.getNode(config.radio)`, or a part of that: what all have.
    fn is_given_by_program(&self, place: Place) -> bool {
        let calls = &self.apis.frameworks.older.calls;
        let gives = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Call { .. }) && calls.contains(&self.callee_text(value));
        let mut at = Some(place);
        while let Some(one) = at {
            let is_root_call = matches!(self.root(one), Root::Value(value) if self.is_root(one) && gives(value));
            if is_root_call || self.initial_values(one).iter().any(|&value| gives(value)) {
                return true;
            }
            at = self.split(one).map(|(of, _)| of);
        }
        false
    }

    /// A global that nothing here declares is there as long as the page.
    fn of_page(&self, place: Place, site: &Site<'_>) -> Held {
        let held = self.held(place, site);
        let is_global = matches!(self.root(place), Root::Global(_)) && self.level(place) == 0 && site.api.event;
        if held.kind == Kind::Unknown && is_global { Held::new(Kind::Page, Certainty::Likely, None, MODULE) } else { held }
    }

    /// `this.element.nativeElement` of an `ElementRef` that was injected: the component's own element.
    fn is_own_element(&self, place: Place, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let mut at = Some(place);
        while let Some(one) = at {
            if self.injected_type(one).is_some_and(|(name, _)| matches!(name.as_str(), "ElementRef" | "ViewContainerRef")) {
                return true;
            }
            at = self.split(one).map(|(of, _)| of);
        }
        let values = self.initial_values(place);
        !values.is_empty()
            && values.iter().all(|&value| self.place(value).is_some_and(|from| from != place && self.is_own_element(from, depth)))
    }

    /// The removal that would match if the framework called it.
    pub(super) fn ignored_removal(&self, candidate: &Candidate<'_>, ignored: &[Removal]) -> Option<NearMiss> {
        let found = ignored.iter().find(|removal| {
            self.same_receiver(candidate.place, removal.object)
                && matches!((candidate.site.event, removal.event), (Some(own), Some(theirs)) if self.same_event(own, theirs))
        })?;
        let why = if self.is_of_late_hook(found.call) { NearMissWhy::TooLate } else { NearMissWhy::Ignored };
        Some(NearMiss { span: self.ir.span(found.call), file: None, why })
    }

    /// `onMounted(() => window.addEventListener(...))`: the page gives nothing back, or the framework does not look at it.
    pub(super) fn gives_nothing(&self, candidate: &Candidate<'_>) -> bool {
        let (site, Some(mount)) = (&candidate.site, &candidate.mount) else { return false };
        let is_returned = self.uses.parent(site.call).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Return(_)));
        let is_of_page = site.verb == "addEventListener" && candidate.held.kind == Kind::Page;
        let is_ignored = mount.cleanup == Cleanup::Hook && mount.callback == Some(self.ir[self.ir.function_of(site.call)].span);
        is_returned && (is_of_page || is_ignored)
    }

    /// `this.subscription = source.subscribe(...)`, and nothing ever reads that field, nor does a decorator of the class end what its fields hold.
    pub(super) fn is_never_used(&self, candidate: &Candidate<'_>) -> bool {
        let Some(parent) = self.uses.parent(candidate.site.call) else { return false };
        let ExprKind::Assign { target, value, .. } = self.ir.kind(parent) else { return false };
        let ExprKind::Member { object, property, .. } = self.ir.kind(target) else { return false };
        value == candidate.site.call
            && matches!(self.ir.kind(object), ExprKind::This)
            && self.uses.parent(parent).is_none()
            && self.reads_of(property).iter().all(|&read| read == target)
            && !self
                .class_around(target)
                .is_some_and(|class| self.ir[class].decorators.iter().any(|&decorator| self.ends_fields(decorator)))
    }

    /// The class whose instance a field is of.
    fn class_around(&self, field: ExprId) -> Option<ClassId> {
        let Root::Instance(id) = self.root(self.place(field)?) else { return None };
        if let EntityKind::Class(class) = self.entities.get(id).kind { Some(class) } else { None }
    }

    /// `@AutoUnsubscribe()`, `@UntilDestroy({ checkProperties: true })`.
    fn ends_fields(&self, decorator: ExprId) -> bool {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(decorator) else { return false };
        let option = self.callee_name(callee).and_then(|name| self.apis.frameworks.ends.of_fields.get(name));
        let is_given = |wanted: &str| self.ir.list(args).first().is_some_and(|&options| self.object_property(options, wanted).is_some());
        option.is_some_and(|wanted| wanted.is_empty() || is_given(wanted))
    }

    /// A handler that each component has of its own.
    pub(super) fn tell_component(&self, handler: &mut Handler, site: &Site<'_>, mount: Option<&Mount>) {
        let Some(mount) = mount else { return };
        handler.of_instance |= self.is_bound_by_framework(site.handler, mount) || self.is_made_by_hook(site.handler);
        if self.is_given_by_hook(site.handler, mount) {
            (handler.of_instance, handler.from_caller) = (true, false);
        }
    }

    /// `this.draw` of Vue, which binds the methods of each component.
    pub(super) fn is_bound_by_framework(&self, handler: ExprId, mount: &Mount) -> bool {
        mount.framework == "Vue"
            && self.place(handler).is_some_and(|place| matches!(self.root(place), Root::Instance(id) if self.is_object(id)))
    }

    fn is_piped(&self, site: &Site<'_>) -> bool {
        matches!(self.ir.kind(site.object), ExprKind::Call { callee, .. } if self.callee_name(callee) == Some("pipe"))
    }

    /// `this.$root`, `this.$eventBus`: what a plugin puts on the prototype of all components.
    fn plugin(&self, place: Place, mount: &Mount) -> Option<Held> {
        let (of, Step::Field(name)) = self.split(place)? else { return None };
        let name = self.ir.name(name);
        let older = &self.apis.frameworks.older;
        if mount.framework != "Vue"
            || !self.is_root(of)
            || !matches!(self.root(of), Root::Instance(_) | Root::UnknownThis(_))
            || !name.starts_with('$')
        {
            return None;
        }
        if older.vue.contains(name) {
            return Some(Held::new(Kind::Page, Certainty::Proved, None, MODULE));
        }
        let says = super::super::provenance::words(name).last().is_some_and(|word| older.words.contains(word));
        says.then(|| Held::new(Kind::Plugin, Certainty::Likely, None, MODULE))
    }
}

fn held_by(older: Older) -> Held {
    let kind = match older.kind {
        OlderKind::Page => Kind::Page,
        OlderKind::Timer => Kind::Process,
        OlderKind::Service => Kind::Service,
    };
    Held::new(kind, older.certainty, older.span, MODULE)
}

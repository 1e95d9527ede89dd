//! What a listener sits on, where somebody meant to take it off: whether that lives on when the listener's owner is gone.

use super::super::Model;
use super::super::facts::{Certainty, ReceiverKind as Kind};
use super::super::ir::{ExprId, ExprKind, Type, TypeId};
use super::super::place::{Place, Root, Step};
use super::receiver::MODULE;
use super::{Candidate, Held, Removal, Site};
use crate::text::Span;

impl Model<'_> {
    /// The receiver, if it outlives what registers on it.
    pub(super) fn outliving(&self, candidate: &Candidate<'_>) -> Option<Held> {
        let Candidate { site, place, held, .. } = candidate;
        let is_dom = site.api.name == "EventTarget";
        let page = |span: Option<Span>| Held::new(Kind::Page, Certainty::Likely, span, held.region);
        if let Some(call) = self.fresh_target_call(*place) {
            return Some(page(Some(self.ir.span(call))));
        }
        match held.kind {
            Kind::Process | Kind::Page | Kind::Module | Kind::Renewed | Kind::Import => Some(*held),
            Kind::SharedPeer | Kind::Pooled | Kind::AbortSignal | Kind::LongTimeout => Some(*held),
            Kind::Injected | Kind::Parameter | Kind::Service | Kind::Plugin => Some(*held),
            Kind::Captured | Kind::Singleton => (!is_dom || !self.is_page_element(*place)).then_some(*held),
            Kind::Fresh => {
                let of = self.getter_of(*place)?;
                let owner = self.held_within(of, site.call, 3);
                let is_given = matches!(owner.kind, Kind::Parameter | Kind::Injected | Kind::Import | Kind::Module | Kind::Captured);
                is_given.then_some(Held { kind: Kind::Parameter, certainty: Certainty::Likely, ..owner })
            }
            // A field that the class does not make: somebody gave it.
            Kind::OwnField => (!is_dom && held.certainty == Certainty::Unknown).then_some(Held { kind: Kind::Injected, ..*held }),
            Kind::Own | Kind::Item | Kind::Peer | Kind::Getter | Kind::Entry | Kind::Unknown => None,
        }
    }

    /// `scroller(this)` here and there: a removal that asks for the receiver by the same call finds what was there before both.
    pub(super) fn found_again(&self, candidate: &Candidate<'_>, removal: &Removal) -> Option<Held> {
        let finder = |place: Place| {
            let made = self.got_by(place)?;
            let ExprKind::Call { callee, args, .. } = self.ir.kind(made) else { return None };
            let name = self.ir.binding_of(callee)?;
            let is_given = |arg: &ExprId| self.place(*arg).is_some();
            let is_other = |word: &String| self.apis.owners.makers.contains(word) || matches!(word.as_str(), "clone" | "wrap");
            let is_maker = super::super::provenance::first_word(self.ir.name(self.ir[name].name)).as_ref().is_some_and(is_other);
            (!is_maker && self.ir.list(args).iter().any(is_given)).then_some((made, name))
        };
        let (own, theirs) = (finder(candidate.place)?, finder(self.place(removal.object)?)?);
        let is_again = own.0 != theirs.0 && own.1 == theirs.1 && self.ir.function_of(own.0) != self.ir.function_of(theirs.0);
        let span = Some(self.ir.span(own.0));
        is_again.then(|| Held::new(Kind::Getter, Certainty::Likely, span, MODULE))
    }

    /// `this.on('accepted', done.bind(this))` in a method, and the removal in `done`: each call was meant to take its own listener off.
    pub(super) fn own_of_each_call(&self, candidate: &Candidate<'_>, removal: &Removal) -> Option<Held> {
        let adds = self.ir.function_of(candidate.site.call);
        let is_construction = self.per_instance(adds).is_some_and(|instances| instances.by_construction);
        let is_within = adds != self.ir.function_of(removal.call) && self.is_inside(self.ir.function_of(removal.call), adds);
        (candidate.held.kind == Kind::Own && is_within && !is_construction).then_some(candidate.held)
    }

    /// An element that was given is part of what was built around it.
    pub(super) fn unless_own_element(&self, held: Held, place: Place, site: &Site<'_>) -> Held {
        let is_given = matches!(held.kind, Kind::Injected | Kind::Parameter);
        if is_given && site.api.name == "EventTarget" && self.is_page_element(place) {
            return Held { kind: Kind::OwnField, certainty: Certainty::Short, ..held };
        }
        held
    }

    /// `map` of `map.getViewport()`.
    fn getter_of(&self, place: Place) -> Option<Place> {
        let Root::Value(value) = self.root(place) else { return None };
        let ExprKind::Call { callee, args, .. } = self.ir.kind(value) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let rest = self.ir.name(property).strip_prefix("get")?;
        let is_getter = self.is_root(place) && self.ir.list(args).is_empty() && rest.starts_with(|first: char| first.is_ascii_uppercase());
        if is_getter { self.place(object) } else { None }
    }

    /// Whether a target is an element of the page, by its type, by the way to it, or by its name.
    pub(super) fn is_page_element(&self, place: Place) -> bool {
        let annotation = match (self.is_root(place), self.root(place)) {
            (true, Root::Binding(binding)) => self.ir[binding].annotation,
            _ => self.field_annotation(place),
        };
        if let Some(annotation) = annotation
            && self.is_class_type(annotation)
        {
            return self.is_element_type(annotation);
        }
        let names = &self.apis.receivers;
        let is_way = |value: ExprId| {
            let mut at = value;
            while let ExprKind::Member { object, property, .. } = self.ir.kind(at) {
                if names.own_elements.contains(self.ir.name(property)) {
                    return true;
                }
                at = object;
            }
            false
        };
        let mut at = Some(place);
        while let Some((of, step)) = at.and_then(|place| self.split(place)) {
            if matches!(step, Step::Field(name) if names.own_elements.contains(self.ir.name(name))) {
                return true;
            }
            at = Some(of);
        }
        let name = self.place_name(place);
        let words = super::super::provenance::words(name.trim_start_matches(['_', '#', '$']));
        words.last().is_some_and(|last| names.elements.contains(last)) || self.initial_values(place).into_iter().any(is_way)
    }

    /// What was looked up in the page or made for it: `view.querySelector('.list')`.
    pub(super) fn is_found_in_page(&self, value: ExprId) -> bool {
        let Some(place) = self.place(value) else { return false };
        let finds = |value: ExprId| match self.ir.kind(value) {
            ExprKind::Call { callee, .. } => {
                matches!(self.callee_name(callee), Some("querySelector" | "getElementById" | "closest" | "createElement"))
            }
            _ => false,
        };
        matches!(self.root(place), Root::Value(root) if finds(root)) || self.initial_values(place).into_iter().any(finds)
    }

    fn is_class_type(&self, annotation: TypeId) -> bool {
        match &self.ir[annotation] {
            Type::Named(..) => true,
            Type::Union(parts) => parts.iter().any(|&part| self.is_class_type(part)),
            _ => false,
        }
    }

    /// `HTMLInputElement`, `Element | null`; not `Element | Window`.
    fn is_element_type(&self, annotation: TypeId) -> bool {
        match &self.ir[annotation] {
            Type::Named(name, _) => {
                let name = self.ir.name(*name);
                let last = name.rsplit('.').next().unwrap_or(name);
                last.ends_with("Element") || matches!(last, "Node" | "ShadowRoot" | "ElementRef" | "RefObject")
            }
            Type::Union(parts) => {
                parts.iter().any(|&part| self.is_element_type(part))
                    && parts.iter().all(|&part| !self.is_class_type(part) || self.is_element_type(part))
            }
            _ => false,
        }
    }
}

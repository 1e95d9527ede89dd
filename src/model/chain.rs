//! Growth without a collection: a value that keeps the one before it, a text that is only appended to.

use super::Model;
use super::context::{ContextKind, Region, Step};
use super::entity::through_assignments;
use super::facts::{Bound, Certainty, Collection, Container, Element, ElementKind, Growth, GrowthKind, HandOut, ShrinkKind};
use super::holding::{Operations, Shrink};
use super::index::written_value;
use super::ir::{AssignOp, BinaryOp, BindingId, ExprId, ExprKind, FnId, NameId, PropKey, UnaryOp};
use super::place::{Place, Root};
use super::provenance::{Domain, Provenance, Source};
use crate::diagnostic::Lifetime;
use std::collections::BTreeMap;

/// A write after which the holder keeps what it held before.
#[derive(Clone, Copy)]
struct Link {
    write: ExprId,
    value: ExprId,
    container: Container,
    /// The property through which the one before is kept, if it is a property.
    by: Option<NameId>,
}

impl Model<'_> {
    /// The holders of this file that keep what they held before.
    /// `first`: the collections that the file shows by itself, if only some are asked about.
    pub(super) fn chains(&self, first: Option<&[Collection]>) -> Vec<Collection> {
        let mut links = BTreeMap::<Place, Vec<Link>>::new();
        for &write in &self.uses.assignments {
            let ExprKind::Assign { op, target, value } = self.ir.kind(write) else { continue };
            if !self.may_link(op, value) {
                continue;
            }
            let Some(place) = self.place(target) else { continue };
            if self.level(place) > 0 || matches!(self.root(place), Root::Value(_) | Root::UnknownThis(_) | Root::Exports) {
                continue;
            }
            links.entry(place).or_default().extend(self.link(write, op, value, place));
        }
        let chain = |(place, links): (Place, Vec<Link>)| {
            let is_chain = |known: &&Collection| matches!(known.container, Container::Text | Container::Chain);
            let known = first.filter(|_| !links.is_empty() && self.is_asking()).and_then(|first| {
                let span = self.declared_at(place).filter(|span| !self.is_asked_about(*span))?;
                Some(first.iter().filter(is_chain).find(|known| known.holder.span == span).cloned())
            });
            known.unwrap_or_else(|| self.chain(place, &links))
        };
        links.into_iter().filter_map(chain).collect()
    }

    /// Whether a value has the form of one that may keep the one before it, whatever the place is.
    fn may_link(&self, op: AssignOp, value: ExprId) -> bool {
        let is_made = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Object { .. } | ExprKind::New { .. });
        match op {
            AssignOp::Add => true,
            AssignOp::Set => match self.ir.kind(through_assignments(self.ir, value)) {
                ExprKind::Binary(BinaryOp::Add, ..) | ExprKind::Object { .. } | ExprKind::New { .. } | ExprKind::Function(_) => true,
                ExprKind::Call { args, .. } => !self.ir.list(args).is_empty(),
                ExprKind::Ident(reference) => self.ir[reference].binding.is_some_and(
                    |binding| matches!(self.uses.writes(binding), [made] if written_value(self.ir, *made).is_some_and(is_made)),
                ),
                _ => false,
            },
            _ => false,
        }
    }

    fn link(&self, write: ExprId, op: AssignOp, value: ExprId, place: Place) -> Option<Link> {
        let text = Link { write, value, container: Container::Text, by: None };
        match op {
            AssignOp::Add => self.is_text(place).then_some(text),
            AssignOp::Set => match self.ir.kind(value) {
                ExprKind::Binary(BinaryOp::Add, left, _) if self.place(left) == Some(place) => self.is_text(place).then_some(text),
                _ => {
                    let by = self.kept_through(value, place, write)?;
                    Some(Link { write, value, container: Container::Chain, by: by.name() })
                }
            },
            _ => None,
        }
    }

    fn is_text(&self, place: Place) -> bool {
        self.initial_values(place).iter().any(|&value| matches!(self.ir.kind(value), ExprKind::String(_) | ExprKind::Template(_)))
    }

    /// How a new value keeps what the place held before.
    fn kept_through(&self, value: ExprId, place: Place, write: ExprId) -> Option<Through> {
        let value = through_assignments(self.ir, value);
        match self.ir.kind(value) {
            ExprKind::Object { .. } => self.property_with(value, place),
            ExprKind::New { args, .. } => self.ir.list(args).iter().find_map(|&arg| match self.ir.kind(arg) {
                ExprKind::Object { .. } => self.property_with(arg, place).filter(|through| through.is_named(self, "cause")),
                _ => None,
            }),
            ExprKind::Function(function) => self.closes_over(function, place, write).then_some(Through::Closure),
            ExprKind::Call { callee, args, .. } => {
                let index = self.ir.list(args).iter().position(|&arg| self.place(arg) == Some(place))?;
                let is_bound = matches!(self.ir.kind(callee), ExprKind::Member { property, .. } if self.ir.name(property) == "bind");
                let function = self.callee_function(value).filter(|_| !is_bound)?;
                self.wraps(function, index).then_some(Through::Closure)
            }
            ExprKind::Ident(_) => self.local_with(self.ir.binding_of(value)?, place, write),
            _ => None,
        }
    }

    /// `{ previous: last }`.
    fn property_with(&self, object: ExprId, place: Place) -> Option<Through> {
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        self.ir.prop_list(props).iter().find_map(|prop| match prop.key {
            PropKey::Name(name) if self.place(prop.value) == Some(place) => Some(Through::Property(name)),
            _ => None,
        })
    }

    /// `const entry = { previous: last }; last = entry`, `entry.previous = last; last = entry`.
    fn local_with(&self, binding: BindingId, place: Place, write: ExprId) -> Option<Through> {
        let [made] = self.uses.writes(binding) else { return None };
        let value = written_value(self.ir, *made)?;
        if self.root_place(Root::Binding(binding)) == place || self.ir.function_of(*made) != self.ir.function_of(write) {
            return None;
        }
        let made_there = match self.ir.kind(value) {
            ExprKind::Object { .. } | ExprKind::New { .. } => self.kept_through(value, place, write),
            _ => return None,
        };
        made_there.or_else(|| {
            self.uses.refs(binding).iter().find_map(|&at| {
                let member = self.uses.parent(at)?;
                let ExprKind::Member { property, .. } = self.ir.kind(member) else { return None };
                let ExprKind::Assign { target, value, .. } = self.ir.kind(self.uses.parent(member)?) else { return None };
                let is_link = target == member && self.place(value) == Some(place) && at < write;
                is_link.then_some(Through::Property(property))
            })
        })
    }

    /// `const inner = format; format = () => inner()`: a closure that reads what the place held when it was made.
    fn closes_over(&self, function: FnId, place: Place, write: ExprId) -> bool {
        if self.initial_values(place).len() < 2 && !matches!(self.root(place), Root::Global(_)) {
            return false;
        }
        let around = self.ir.function_of(write);
        self.ir.expr_ids().any(|init| {
            let ExprKind::Init { binding, value } = self.ir.kind(init) else { return false };
            self.ir.function_of(init) == around
                && self.place(value) == Some(place)
                && self.uses.writes(binding).len() == 1
                && self.uses.refs(binding).iter().any(|&at| self.is_inside(self.ir.function_of(at), function))
        })
    }

    /// A function that returns a closure which calls what it was given.
    fn wraps(&self, function: FnId, index: usize) -> bool {
        let Some(binding) = self.ir[function].params.get(index).and_then(|param| param.binding) else { return false };
        self.uses.returns(function).iter().any(|&at| {
            let ExprKind::Return(Some(value)) = self.ir.kind(at) else { return false };
            matches!(self.ir.kind(value), ExprKind::Function(inner)
                if self.uses.refs(binding).iter().any(|&at| self.is_inside(self.ir.function_of(at), inner)))
        })
    }

    fn chain(&self, place: Place, links: &[Link]) -> Option<Collection> {
        let first = links.first()?;
        let sites: Vec<ExprId> = links.iter().map(|link| link.write).collect();
        if sites.iter().any(|&site| self.is_guarded_around(site) || self.is_missing_there(site, place)) {
            return None;
        }
        let (life, region) = self.life(place, &sites)?;
        if life.certainty == Certainty::Short || first.container == Container::Text && life.lifetime != Lifetime::Process {
            return None;
        }
        let growths: Vec<Growth> = links.iter().map(|link| self.chain_growth(link, region)).collect();
        // A text is built in one run and taken by whoever started it; a function is wrapped while the program is set up.
        // A loop over a stream ends with that; a handler is there as long as its emitter.
        let is_seen = |growth: &Growth| {
            let by_handler = |step: &Step| step.what.is_called_back();
            growth.context.kind == ContextKind::Repeated && (growth.context.per_request || growth.context.steps.iter().any(by_handler))
        };
        if links.iter().all(|link| link.by.is_none()) && !growths.iter().any(is_seen) {
            return None;
        }
        let operations = Operations::default();
        let shrinks = self.cuts(place, links).iter().map(|shrink| self.shrinkage(shrink, region, place, &operations)).collect();
        let span = self.declared_at(place)?;
        let mut collection = Collection {
            files: Vec::new(),
            holder: self.holder_name(place, span, Some(first.write)),
            container: first.container,
            life,
            growths,
            shrinks,
            uses: self.occurrences(place).len() as u32,
            reads: 1,
            bound: self.has_note(span).then_some(Bound::Note),
            hand_outs: Vec::new(),
            shapes: Vec::new(),
            allocation: None,
            has_named_key_type: false,
            is_weakable: false,
            is_maplike: false,
            removal: None,
        };
        let reached = collection.shrinks.iter().any(super::facts::Shrinkage::is_reached);
        collection.growths.iter_mut().for_each(|growth| growth.released = reached);
        if self.is_handed_out_by_name(place) {
            collection.hand_outs.push(HandOut::Exported);
        }
        Some(collection)
    }

    /// Also by a guard around the promise in whose executor it stands: `if (loading) return loading; loading = new Promise(() => ...)`.
    fn is_guarded_around(&self, site: ExprId) -> bool {
        let function = self.ir.function_of(site);
        let made_in = self.ir[function].expr.and_then(|expr| self.uses.parent(expr)).filter(|_| self.is_promise_executor(function));
        self.is_guarded_once(site) || made_in.is_some_and(|promise| self.is_guarded_once(promise))
    }

    fn chain_growth(&self, link: &Link, region: Region) -> Growth {
        let captures = self.kept_requests(link.value, 4).into_iter().map(|binding| self.ir.name(self.ir[binding].name).to_owned());
        let element = Element {
            kind: if link.container == Container::Text { ElementKind::Primitive } else { ElementKind::Object },
            provenance: Provenance { domain: Domain::Unbounded, source: Source::Fresh, text: self.expr_text(link.value) },
            captures: captures.collect(),
        };
        Growth {
            file: None,
            span: self.ir.span(link.write),
            how: GrowthKind::Push,
            key: None,
            element: Some(element),
            level: 0,
            context: self.context(link.write, region),
            is_registry: false,
            function: self.function_name(self.ir.function_of(link.write)),
            released: false,
            once: None,
        }
    }

    /// Other values for the holder, and links that are taken out.
    fn cuts(&self, place: Place, links: &[Link]) -> Vec<Shrink> {
        let is_link = |write: ExprId| links.iter().any(|link| link.write == write);
        let cut = |at: ExprId, kind: ShrinkKind| Shrink { at, kind, key: None, level: 0 };
        self.ir
            .expr_ids()
            .filter_map(|at| match self.ir.kind(at) {
                ExprKind::Assign { op: AssignOp::Set, target, .. } if self.place(target) == Some(place) => {
                    (!is_link(at) && !self.is_first_assignment(at, place)).then(|| cut(at, ShrinkKind::Reset))
                }
                ExprKind::Assign { target, value, .. } if self.is_nothing(value) && self.is_link_of(target, links) => {
                    Some(cut(at, ShrinkKind::Pop))
                }
                ExprKind::Unary(UnaryOp::Delete, target) if self.is_link_of(target, links) => Some(cut(at, ShrinkKind::Pop)),
                _ => None,
            })
            .collect()
    }

    fn is_link_of(&self, target: ExprId, links: &[Link]) -> bool {
        match self.ir.kind(target) {
            ExprKind::Member { property, .. } => links.iter().any(|link| link.by == Some(property)),
            _ => false,
        }
    }
}

/// By what a value keeps another one.
#[derive(Clone, Copy)]
enum Through {
    Property(NameId),
    Closure,
}

impl Through {
    fn name(self) -> Option<NameId> {
        match self {
            Self::Property(name) => Some(name),
            Self::Closure => None,
        }
    }

    fn is_named(self, model: &Model<'_>, wanted: &str) -> bool {
        self.name().is_some_and(|name| model.ir.name(name) == wanted)
    }
}

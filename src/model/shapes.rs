//! Shapes of collections that leave little doubt.

use super::Model;
use super::context::{Context, ContextKind};
use super::facts::{Certainty, Collection, ElementKind, Growth, Life, LifeWhy, Shape, ShrinkKind};
use super::holding::{Grow, Operations};
use super::place::{Place, Root};
use super::provenance::{Domain, Source};

/// An entry under an id of its own, which waits for something.
fn is_pending(growth: &Growth) -> bool {
    let generated =
        growth.key.as_ref().is_some_and(|key| key.domain == Domain::Unbounded && matches!(key.source, Source::Counter | Source::Random));
    let waits = growth.element.as_ref().is_some_and(|element| matches!(element.kind, ElementKind::Callback | ElementKind::Pending));
    generated && waits || growth.element.as_ref().is_some_and(|element| element.kind == ElementKind::Pending) && growth.key.is_some()
}

impl Model<'_> {
    /// Who waits for many answers is there for as long as the other side, whatever its class is called.
    pub(super) fn life_by_answers(&self, life: Life, grows: &[Grow]) -> Life {
        let is_longer = matches!(life.why, LifeWhy::ShortLivedClass(_)) && self.waits(grows);
        if is_longer { Life { certainty: Certainty::Unknown, ..life } } else { life }
    }

    /// Whether the entries are what waits for answers.
    pub(super) fn waits(&self, grows: &[Grow]) -> bool {
        let context = || Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
        grows.iter().any(|grow| grow.key.is_some() && grow.value.is_some() && is_pending(&self.growth(grow, context())))
    }

    pub(super) fn find_shapes(&self, place: Place, collection: &mut Collection, operations: &Operations) {
        if collection.reads == 0
            && self.is_private(place)
            && collection.shrinks.is_empty()
            && collection.hand_outs.is_empty()
            && collection.uses > 0
        {
            collection.shapes.push(Shape::WriteOnly);
        }
        if collection.growths.iter().any(is_pending) {
            collection.shapes.push(Shape::PendingTable);
        }
        if operations.grows.iter().any(|grow| self.is_settled_timer(grow, operations)) {
            collection.shapes.push(Shape::SettledTimer);
        }
        let ended = |shrink: &super::facts::Shrinkage| {
            let kinds = [ShrinkKind::HandleOnly, ShrinkKind::Decrement, ShrinkKind::WriteBack, ShrinkKind::Disposed, ShrinkKind::IfAborted];
            kinds.contains(&shrink.kind) && shrink.context.kind > ContextKind::Teardown
        };
        // Of entries that are emptied one by one there are many where their keys are those of pieces of work.
        let is_many = |growth: &Growth| growth.level == 0 && growth.key.as_ref().is_some_and(|key| key.domain >= Domain::Likely);
        let is_drained = || {
            let stays = !collection.shrinks.iter().any(|shrink| shrink.level == 0) && collection.growths.iter().any(is_many);
            stays && operations.shrinks.iter().any(|shrink| self.is_emptied_entry(shrink))
        };
        if collection.shrinks.iter().any(ended) || is_drained() {
            collection.shapes.push(Shape::SettledEntry);
        }
        if let Some(shape) = self.dual_verb(place, operations) {
            collection.shapes.push(shape);
        }
        collection.shapes.extend(self.enrolled(collection, operations));
        collection.shapes.extend(self.doubled(place, operations));
        collection.shapes.extend(self.expires(place, collection, operations));
        if collection.life.certainty == Certainty::Proved && operations.grows.iter().any(|grow| self.is_by_identity(grow)) {
            collection.shapes.push(Shape::Identity);
        }
    }

    /// Whether every read of it must stand in this file.
    fn is_private(&self, place: Place) -> bool {
        match (self.split(place), self.root(place)) {
            (None, Root::Binding(_)) => true,
            (Some((_, super::place::Step::Field(name))), _) => {
                let name = self.ir.name(name);
                name.starts_with(['#', '_']) && !self.reads_of_namesakes(place)
            }
            (Some((_, super::place::Step::Keyed(_))), _) => true,
            _ => false,
        }
    }

    /// A read of a field of that name on an object that is not known.
    fn reads_of_namesakes(&self, place: Place) -> bool {
        let Some((_, super::place::Step::Field(name))) = self.split(place) else { return false };
        self.reads_of(name).iter().any(|&read| self.place(read).is_some_and(|other| other != place && self.is_unknown_object(other)))
    }

    /// Whether two holders live and die together.
    fn same_owner(&self, a: Place, b: Place) -> bool {
        match (self.root(a), self.root(b)) {
            (Root::Binding(a), Root::Binding(b)) => a == b || self.ir[self.ir[a].scope].function == self.ir[self.ir[b].scope].function,
            (a, b) => a == b,
        }
    }

    /// Two collections that grow by the same key in one function, one of which also shrinks.
    pub(super) fn find_siblings(&self, found: &mut [(Place, Collection)]) {
        let shrunk: Vec<(Place, String, Vec<Growth>, crate::text::Span)> = found
            .iter()
            .filter_map(|(place, collection)| {
                let shrink = collection.shrinks.iter().find(|shrink| {
                    // What is deleted before it is added again was out of date; its key goes on.
                    let renews =
                        collection.growths.iter().any(|growth| growth.function == shrink.function && growth.span.start > shrink.span.start);
                    shrink.kind == ShrinkKind::Delete && shrink.context.kind > ContextKind::Teardown && !renews
                })?;
                // Work that is under way leaves its table when it is done: that says nothing of what is kept of it.
                let is_under_way = |growth: &Growth| {
                    growth.element.as_ref().is_some_and(|element| matches!(element.kind, ElementKind::Promise | ElementKind::Pending))
                };
                if collection.growths.iter().any(is_under_way) {
                    return None;
                }
                Some((*place, collection.holder.text.clone(), collection.growths.clone(), shrink.span))
            })
            .collect();
        for (place, collection) in found.iter_mut() {
            let is_known = collection.shapes.iter().any(|shape| matches!(shape, Shape::Sibling { .. }));
            if is_known || collection.shrinks.iter().any(|shrink| shrink.context.kind > ContextKind::Teardown) {
                continue;
            }
            let sibling = shrunk.iter().find(|(other, _, growths, _)| {
                other != place
                    && self.same_owner(*other, *place)
                    && growths.iter().any(|theirs| {
                        collection.growths.iter().any(|own| {
                            own.function == theirs.function
                                && own.key.is_some()
                                && own.key.as_ref().map(|key| &key.text) == theirs.key.as_ref().map(|key| &key.text)
                        })
                    })
            });
            if let Some((_, other, _, span)) = sibling {
                collection.shapes.push(Shape::Sibling { other: other.clone(), span: *span });
                // Where the entries beside come and go, the adding function is no start-up, whatever it is called.
                for growth in collection.growths.iter_mut().filter(|growth| growth.context.kind == ContextKind::Startup) {
                    growth.context.kind = ContextKind::Unknown;
                }
            }
        }
    }
}

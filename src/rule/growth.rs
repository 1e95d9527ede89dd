//! Whether a collection's growth is a leak, and how sure that is: the decision that the rules about collections share.

use super::page::{is_of_page, is_once_a_page};
use crate::diagnostic::Confidence;
use crate::model::context::{ContextKind, Step, StepKind};
use crate::model::facts::{
    Certainty, Collection, Container, ElementKind, Growth, GrowthKind, HandOut, LifeWhy, Once, Shape, ShrinkKind, Shrinkage,
};
use crate::model::provenance::{Domain, Source};

/// The growths that can go on, the one that says most first, and how sure it is that they leak.
pub fn judge(collection: &Collection) -> Option<(Vec<&Growth>, Confidence)> {
    if collection.bound.is_some() || collection.life.certainty == Certainty::Short {
        return None;
    }
    let mut growths: Vec<&Growth> = collection.growths.iter().filter(|growth| matters(growth) && is_entry(collection, growth)).collect();
    growths.sort_by_key(|growth| std::cmp::Reverse(weight(growth)));
    let confidence = confidence(collection, growths.first()?)?;
    Some((growths, confidence))
}

/// Whether a growth can go on for as long as the holder lives.
fn matters(growth: &Growth) -> bool {
    if growth.released || growth.context.kind <= ContextKind::Bounded || is_once_a_page(&growth.context) {
        return false;
    }
    growth.key.as_ref().is_none_or(|key| key.domain > Domain::Fixed)
}

/// A property of a Map or Set is none of its entries: weak-collection-misuse speaks of it.
fn is_entry(collection: &Collection, growth: &Growth) -> bool {
    growth.how != GrowthKind::Property || !matches!(collection.container, Container::Map | Container::Set) || growth.level > 0
}

/// How much a growth says: the strongest one stands for all.
fn weight(growth: &Growth) -> (Domain, ContextKind) {
    (domain(growth), growth.context.kind)
}

/// How many different entries a growth can make.
fn domain(growth: &Growth) -> Domain {
    if let Some(key) = &growth.key
        && growth.how != GrowthKind::Add
    {
        return key.domain;
    }
    let Some(element) = &growth.element else { return Domain::Unknown };
    match element.kind {
        ElementKind::Timer | ElementKind::Promise | ElementKind::Pending | ElementKind::Request => Domain::Unbounded,
        _ if !element.captures.is_empty() => Domain::Unbounded,
        // An append keeps whatever it is given: even a constant takes a place in the list.
        _ if growth.how == GrowthKind::Push && element.provenance.domain <= Domain::Harmless => Domain::Unknown,
        ElementKind::Callback
        | ElementKind::Object
        | ElementKind::Instance
        | ElementKind::Collection
        | ElementKind::Other
        | ElementKind::Primitive => element.provenance.domain,
    }
}

fn confidence(collection: &Collection, growth: &Growth) -> Option<Confidence> {
    let domain = domain(growth);
    let seen = growth.context.kind == ContextKind::Repeated;
    // A time that is looked at tells that entries get stale, an object as a key that each has its own: neither tells how many there are.
    let counts = |shape: &&Shape| !matches!(shape, Shape::Identity | Shape::Expires { .. });
    let strong = collection.shapes.iter().any(|shape| counts(&shape));
    // An entry whose work is seen to end, one by one, has keys that come and go.
    // Of listeners by event the listeners come and go; the events are the program's.
    let listens = growth.level == 0 && collection.growths.iter().any(|inner| inner.level > 0 && inner.is_registry);
    let comes_and_goes = collection.shapes.iter().any(Shape::shows_ends) && !(listens && domain <= Domain::Unknown);
    let by_identity = collection.shapes.contains(&Shape::Identity) && domain > Domain::Harmless;
    let has_ends = comes_and_goes && collection.shapes.iter().filter(counts).any(Shape::shows_ends);
    let known = domain >= Domain::Wide || has_ends && domain == Domain::Unknown || by_identity;
    let unseen = growth.context.kind == ContextKind::Unknown;
    // What the whole project never calls makes nothing grow there.
    if unseen && growth.context.is_unused() {
        return None;
    }
    let is_meant_to_go = collection.tombstone().is_some() || comes_and_goes || goes_if_fulfilled(collection);
    let likely = domain >= Domain::Likely || is_meant_to_go || by_identity;
    let proved = match (collection.life.certainty, known) {
        // Of 23 read alerts with a sign that entries are meant to go 20 were right, of 13 without one eight.
        (Certainty::Proved, true) if strong && (seen || unseen && likely && !growth.context.is_tested()) => Confidence::High,
        (Certainty::Proved, true) if seen || unseen && likely => Confidence::Medium,
        // On a page much is drawn again, of the same few things.
        (Certainty::Proved, false) if seen && domain == Domain::Unknown && !is_of_page(&growth.context) && !sorts(collection, growth) => {
            Confidence::Medium
        }
        (Certainty::Likely, true) if strong && (seen || unseen && likely && !growth.context.is_tested()) => Confidence::High,
        (Certainty::Likely, true) if seen || unseen && likely => Confidence::Medium,
        // Other code may read what nobody reads here. Beside what else a call works with, a local of its is cleaned up or not: it dies with the call.
        (Certainty::Unknown, true) if (seen || unseen) && collection.shapes.iter().any(|shape| tells_of_life(collection, shape)) => {
            Confidence::Medium
        }
        _ => Confidence::Low,
    };
    if proved == Confidence::Low && (domain <= Domain::Harmless || may_die_soon(collection)) {
        return None;
    }
    // A key that only its name says to be new is one of few too often: at high, 55 % of 133 read alerts about collections were right.
    let by_name_alone = domain < Domain::Unbounded && !speaks_for_itself(collection);
    let most = if by_name_alone { Confidence::Medium } else { Confidence::High };
    Some(proved.min(most).min(doubt(collection, growth, domain)).min(unshown(collection, growth, domain)))
}

/// The most that is said where nobody is seen to mean the entries to go: a key that may be one of many is mostly one of few (of 20 read alerts
/// four were right), and what appends is mostly called at start-up (one of ten). Of the others 54 of 79 were right.
fn unshown(collection: &Collection, growth: &Growth, domain: Domain) -> Confidence {
    // The output of a command, the file that is read: of four texts that were read none was a leak.
    if collection.container == Container::Text && !growth.context.is_for_peer() {
        return Confidence::Low;
    }
    let appends = growth.how == GrowthKind::Push && growth.key.is_none();
    if is_rather_few(collection, growth, appends)
        || is_rather_reset(collection)
        || domain == Domain::Unknown && !appends && !speaks_for_itself(collection)
    {
        return Confidence::Low;
    }
    let by_request = growth.context.per_request && (appends || domain >= Domain::Wide);
    // Files that are read again when they may have changed are as many as there are.
    if domain == Domain::Wide && growth.context.kind == ContextKind::Unknown && only_expires(collection) {
        return Confidence::Low;
    }
    if !is_plain(collection) || !collection.shapes.is_empty() || by_request || collection.shrinks.iter().any(misses) {
        return Confidence::High;
    }
    if domain <= Domain::Wide || appends && !is_steady(growth) || comes_back(growth, domain) || collects(growth) {
        return Confidence::Low;
    }
    if appends && !growth.context.steps.iter().any(Step::goes_on_alone) { Confidence::Medium } else { Confidence::High }
}

/// Users, addresses and phones come back: where what comes again and again is seen and is no request, six of 18 read alerts were right whose key only such a
/// name says to be one of many.
fn comes_back(growth: &Growth, domain: Domain) -> bool {
    is_seen_without_request(growth) && growth.key.as_ref().is_some_and(|key| domain.max(key.domain) == Domain::Likely)
}

/// A handler without a name that appends what it is given collects until something else is at its end: of seven read alerts none was right.
fn collects(growth: &Growth) -> bool {
    let is_own = |step: &StepKind| matches!(step, StepKind::Handler { event: Some(_), is_nameless: true, .. });
    is_seen_without_request(growth)
        && growth.key.is_none()
        && growth.how == GrowthKind::Push
        && growth.context.entered_by().is_some_and(is_own)
}

fn is_seen_without_request(growth: &Growth) -> bool {
    growth.context.kind == ContextKind::Repeated && !growth.context.per_request
}

/// A sign that needs no word of the key: each piece of work has an entry, an object is the key, the removal depends on an outcome. Beside the others a key
/// that says nothing says little: of 21 read alerts five were right.
fn speaks_for_itself(collection: &Collection) -> bool {
    let of_work = |shape: &Shape| matches!(shape, Shape::PendingTable | Shape::Identity | Shape::Enrolled { .. } | Shape::Doubled { .. });
    let by_outcome = |shrink: &Shrinkage| {
        matches!(
            shrink.kind,
            ShrinkKind::SkippedByThrow
                | ShrinkKind::IfFulfilled
                | ShrinkKind::IfAnswered
                | ShrinkKind::IfAborted
                | ShrinkKind::IfTimerFires
        )
    };
    let is_kept_otherwise = !is_plain(collection) && collection.container != Container::Runtime;
    is_kept_otherwise
        || collection.tombstone().is_some()
        || collection.shapes.iter().any(of_work)
        || collection.shrinks.iter().any(by_outcome)
}

/// Somebody begins the whole collection anew, and nothing else is seen: who calls that is out of view, mostly (of eight read alerts two were right).
fn is_rather_reset(collection: &Collection) -> bool {
    let shrinks = &collection.shrinks;
    !shrinks.is_empty() && shrinks.iter().all(|shrink| shrink.kind == ShrinkKind::Reset) && collection.shapes.is_empty()
}

/// An entry whose time is over goes when its key is asked for again, and nothing else takes one out or tells that there are many.
fn only_expires(collection: &Collection) -> bool {
    let by_time = |shape: &Shape| matches!(shape, Shape::Expires { .. });
    let on_read = |shrink: &Shrinkage| shrink.kind == ShrinkKind::OnRead;
    !collection.shrinks.is_empty() && collection.shapes.iter().all(by_time) && collection.shrinks.iter().all(on_read)
}

/// What appends to a list that only its class's name says lives long (of nine read alerts one was right), or to one of a closure that is made once (none of
/// three), and a set that enrols each instance of a class of which no second one is seen (none of two). A request is one of many.
fn is_rather_few(collection: &Collection, growth: &Growth, appends: bool) -> bool {
    let counts = |shape: &Shape| !matches!(shape, Shape::Identity | Shape::Expires { .. } | Shape::WriteOnly);
    let has_sign = match collection.life.certainty {
        Certainty::Proved => true,
        Certainty::Likely => collection.shapes.iter().any(counts),
        _ => collection.shapes.iter().any(|shape| matches!(shape, Shape::DualVerb { .. })),
    };
    let seen = growth.context.kind == ContextKind::Repeated;
    let by_instance = growth.key.as_ref().is_some_and(|key| key.source == Source::Instance);
    match &collection.life.why {
        _ if appends && growth.context.per_request => false,
        LifeWhy::Closure(_) if appends => true,
        _ if appends => !has_sign,
        _ => by_instance && collection.container == Container::Set && !seen,
    }
}

fn is_plain(collection: &Collection) -> bool {
    matches!(collection.container, Container::Map | Container::Set | Container::Object | Container::Array)
}

/// The entry of work that succeeds is taken out; that of work that fails stays.
fn goes_if_fulfilled(collection: &Collection) -> bool {
    collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::IfFulfilled)
}

/// A removal of entries one by one that does not reach all of them.
fn misses(shrink: &Shrinkage) -> bool {
    !matches!(shrink.kind, ShrinkKind::Delete | ShrinkKind::Pop | ShrinkKind::Clear | ShrinkKind::Reset | ShrinkKind::Cleaner)
}

/// A table of lists whose elements come and go: its keys sort them, and are rather those of the program.
fn sorts(collection: &Collection, growth: &Growth) -> bool {
    growth.level == 0 && collection.growths.iter().any(|inner| inner.level > 0 && inner.released)
}

/// Whether what repeats is seen to go on for as long as the program works: each request, event or tick, each turn of a loop without an end.
/// A callback of which nothing else is known may be called a few times.
fn is_steady(growth: &Growth) -> bool {
    let has_event = |step: &Step| matches!(&step.what, StepKind::Handler { event: Some(_), .. });
    growth.context.per_request || growth.context.steps.iter().any(|step| step.goes_on_alone() || has_event(step))
}

/// A shape that says something of a holder of which nobody knows how long it lives.
fn tells_of_life(collection: &Collection, shape: &Shape) -> bool {
    match shape {
        Shape::WriteOnly | Shape::Identity => false,
        Shape::Sibling { .. } => !matches!(collection.life.why, LifeWhy::Closure(_)),
        _ => true,
    }
}

/// A local of a call whose closures may be run at once, or a list that its owner empties when it ends: nothing says that either outlives its work.
fn may_die_soon(collection: &Collection) -> bool {
    let is_local = matches!(collection.life.why, LifeWhy::Closure(_));
    let ends_with_owner = collection.shrinks.iter().any(|shrink| shrink.context.kind == ContextKind::Teardown);
    collection.life.certainty == Certainty::Unknown && (is_local || ends_with_owner)
}

/// The most that can be said in view of what speaks against it.
fn doubt(collection: &Collection, growth: &Growth, domain: Domain) -> Confidence {
    let seen = growth.context.kind == ContextKind::Repeated;
    let ends = |shape: &Shape| {
        shape.shows_ends() || matches!(shape, Shape::SettledTimer | Shape::PendingTable | Shape::Identity | Shape::Doubled { .. })
    };
    let tells = collection.shapes.iter().any(ends) || collection.tombstone().is_some() || goes_if_fulfilled(collection);
    let exported_only = !collection.hand_outs.is_empty() && collection.hand_outs.iter().all(|how| *how == HandOut::Exported);
    if exported_only && (seen || collection.tombstone().is_some()) && domain >= Domain::Wide {
        return Confidence::Medium;
    }
    // One entry for each message or service that the program has: more only where the values are seen to have no end.
    let is_once = match growth.once {
        Some(Once::Warned) => domain < Domain::Unbounded || growth.key.as_ref().is_some_and(|key| key.source == Source::Fresh),
        Some(Once::Made) => !seen,
        None => false,
    };
    let is_set_up = growth.is_registry && !seen && !tells || is_once && !tells;
    // How the program comes to call what only tests are seen to call, and how often, is a guess.
    let is_tested = !seen && growth.context.is_tested() && !tells;
    if !collection.hand_outs.is_empty() || is_set_up || is_tested || collection.has_named_key_type && !is_by_object(collection, growth) {
        return Confidence::Low;
    }
    let misses = |shrink: &Shrinkage| matches!(shrink.kind, ShrinkKind::OtherKey | ShrinkKind::IfAnswered | ShrinkKind::IfAborted);
    // How many instances there will be, their class does not say.
    let is_enrolled = !seen && collection.shapes.iter().any(|shape| matches!(shape, Shape::Enrolled { .. }));
    let sorts_names = sorts_lists(collection) && domain < Domain::Likely;
    if is_enrolled || only_names_end(collection) || sorts_names || collection.shrinks.iter().any(misses) {
        Confidence::Medium
    } else {
        Confidence::High
    }
}

/// A verb with an opposite that forgets the entry, and nothing else tells that entries go: of 18 read alerts ten were right.
fn only_names_end(collection: &Collection) -> bool {
    let mut ends = collection.shapes.iter().filter(|shape| shape.shows_ends()).peekable();
    ends.peek().is_some() && ends.all(|shape| matches!(shape, Shape::DualVerb { .. }))
}

/// Lists that get shorter and stay, as listeners by event do: of 13 read alerts without another sign four were right, as the keys are rather names.
fn sorts_lists(collection: &Collection) -> bool {
    let is_list = |shrink: &Shrinkage| shrink.kind == ShrinkKind::WriteBack;
    let says_more = |shape: &Shape| !matches!(shape, Shape::SettledEntry | Shape::WriteOnly | Shape::Identity);
    let is_inner = |shrink: &Shrinkage| is_list(shrink) || shrink.level > 0;
    collection.shrinks.iter().any(is_list) && collection.shrinks.iter().all(is_inner) && !collection.shapes.iter().any(says_more)
}

/// Keyed by an object that is made for each piece of work, or by one that callers give.
pub fn is_by_object(collection: &Collection, growth: &Growth) -> bool {
    let is_made = |source: &Source, text: &str| match source {
        Source::Fresh | Source::Instance => true,
        Source::Request(param) => param == text,
        _ => false,
    };
    collection.shapes.contains(&Shape::Identity) || growth.key.as_ref().is_some_and(|key| is_made(&key.source, &key.text))
}

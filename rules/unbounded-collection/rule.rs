//! A collection that outlives its users and only ever grows.

use crate::diagnostic::{Applicability, Category, Confidence, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{
    Certainty, Collection, Container, ElementKind, EntryRemoval, Growth, GrowthKind, HandOut, LifeWhy, Shape, ShrinkKind, Shrinkage,
};
use crate::model::provenance::{Domain, Source};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};
use crate::text::Span;

pub const RULE: Rule = Rule {
    name: "unbounded-collection",
    category: Category::Collection,
    summary: "a Map, Set, object or array that lives long and only ever grows",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Growth],
    check: Check::Collection(check),
};

fn check(file: &File<'_>, collection: &Collection, sink: &mut Sink<'_>) {
    if collection.bound.is_some() || collection.life.certainty == Certainty::Short {
        return;
    }
    let mut growths: Vec<&Growth> = collection.growths.iter().filter(|growth| matters(growth)).collect();
    growths.sort_by_key(|growth| std::cmp::Reverse(weight(growth)));
    let Some(main) = growths.first() else { return };
    let Some(confidence) = confidence(collection, main) else { return };
    sink.report(finding(file, collection, main, &growths, confidence));
}

/// Whether a growth can go on for as long as the holder lives.
fn matters(growth: &Growth) -> bool {
    if growth.released || growth.context.kind <= ContextKind::Bounded {
        return false;
    }
    growth.key.as_ref().is_none_or(|key| key.domain > Domain::Fixed)
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
        ElementKind::Callback | ElementKind::Object | ElementKind::Collection | ElementKind::Other | ElementKind::Primitive => {
            element.provenance.domain
        }
    }
}

fn confidence(collection: &Collection, growth: &Growth) -> Option<Confidence> {
    let domain = domain(growth);
    let strong = !collection.shapes.is_empty();
    // An entry whose work is seen to end, one by one, has keys that come and go.
    let comes_and_goes = collection.shapes.iter().any(Shape::shows_ends);
    let known = domain >= Domain::Likely || comes_and_goes && domain == Domain::Unknown;
    let seen = growth.context.kind == ContextKind::Repeated;
    let unseen = growth.context.kind == ContextKind::Unknown;
    // What the whole project never calls makes nothing grow there.
    if unseen && growth.context.is_unused() {
        return None;
    }
    let proved = match (collection.life.certainty, known) {
        (Certainty::Proved, true) if seen || strong && unseen => Confidence::High,
        (Certainty::Proved, true) if unseen => Confidence::Medium,
        (Certainty::Proved, false) if seen && domain == Domain::Unknown => Confidence::Medium,
        (Certainty::Likely, true) if strong && (seen || unseen) => Confidence::High,
        (Certainty::Likely, true) if seen || unseen => Confidence::Medium,
        // Other code may read what nobody reads here.
        (Certainty::Unknown, true) if collection.shapes.iter().any(|shape| *shape != Shape::WriteOnly) && (seen || unseen) => {
            Confidence::Medium
        }
        _ => Confidence::Low,
    };
    if proved == Confidence::Low && (domain <= Domain::Harmless || may_die_soon(collection)) {
        return None;
    }
    Some(proved.min(doubt(collection, growth, domain)))
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
    let tells = collection.shapes.iter().any(|shape| shape.shows_ends() || matches!(shape, Shape::SettledTimer | Shape::PendingTable));
    let exported_only = !collection.hand_outs.is_empty() && collection.hand_outs.iter().all(|how| *how == HandOut::Exported);
    if exported_only && seen && domain >= Domain::Likely {
        return Confidence::Medium;
    }
    let is_set_up = growth.is_registry && !seen && !tells;
    if !collection.hand_outs.is_empty() || is_set_up || collection.has_named_key_type && !is_by_object(growth) {
        return Confidence::Low;
    }
    if collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::OtherKey) {
        return Confidence::Medium;
    }
    Confidence::High
}

/// Keyed by an object that is made for each piece of work.
fn is_by_object(growth: &Growth) -> bool {
    growth.key.as_ref().is_some_and(|key| match &key.source {
        Source::Fresh | Source::Instance => true,
        Source::Request(param) => *param == key.text,
        _ => false,
    })
}

fn finding(file: &File<'_>, collection: &Collection, main: &Growth, growths: &[&Growth], confidence: Confidence) -> Finding {
    let lifetime = collection.life.lifetime;
    let mut finding = Finding::of_holder(confidence, &collection.holder, lifetime, message(collection, main));
    finding.link(Role::Holder, collection.holder.span, words::life(&collection.life));
    if let Some(seen_at) = collection.life.seen_at {
        finding.link_in(Role::Caller, collection.life.seen_in.as_deref(), seen_at, "made here");
    }
    words::callers(&mut finding, &main.context);
    for growth in growths {
        finding.link_in(Role::Site, growth.file.as_deref(), growth.span, site(collection, growth));
    }
    for shrink in &collection.shrinks {
        finding.link_in(Role::Release, shrink.file.as_deref(), shrink.span, not_a_release(shrink));
    }
    for shape in &collection.shapes {
        match shape {
            Shape::Sibling { other, span } => {
                finding.link(Role::Sibling, *span, format!("`{other}`, which grows beside it, is cleaned up here"))
            }
            Shape::DualVerb { remove, span } => finding.link(Role::Sibling, *span, format!("`{remove}` does not touch it")),
            _ => {}
        }
    }
    finding.notes.push(searched(collection));
    finding.help = Some(help(collection, main));
    finding.fixes.push(fix(file, collection, main));
    finding
}

fn message(collection: &Collection, main: &Growth) -> String {
    let name = &collection.holder.text;
    let end = if collection.shapes.contains(&Shape::WriteOnly) {
        "nothing ever reads it or removes one"
    } else if collection.shrinks.is_empty() {
        "nothing ever removes one"
    } else {
        "nothing removes one while it lives"
    };
    let kept = kept(main);
    let again = || words::how_often(&main.context, &main.function);
    match collection.container {
        Container::Chain => {
            return format!("`{name}` gets a new value {} that keeps the one before, and nothing ever cuts the chain{kept}", again());
        }
        Container::Text => return format!("`{name}` gets longer {} and nothing ever makes it shorter", again()),
        Container::Runtime => {
            let each = match &main.key {
                Some(key) if key.text != "…" => format!("per `{}`", key.text),
                Some(_) => "per name".to_owned(),
                None => again(),
            };
            return format!("`{name}` leaves one entry {each} in {} and nothing takes it out", table(collection));
        }
        _ => {}
    }
    match &main.key {
        Some(key) if key.text != "…" => format!("`{name}` gets one entry per `{}` and {end}{kept}", key.text),
        Some(_) => format!("`{name}` gets one entry per key and {end}{kept}"),
        None => format!("`{name}` gets another element {} and {end}{kept}", words::how_often(&main.context, &main.function)),
    }
}

fn table(collection: &Collection) -> &str {
    match &collection.life.why {
        LifeWhy::Runtime(table) => table,
        _ => "a table of the runtime",
    }
}

/// The requests, connections and buffers that stay with each entry, other than the element itself.
fn kept(growth: &Growth) -> String {
    let captures = growth.element.as_ref().map_or(&[][..], |element| &element.captures);
    let names: Vec<String> = captures.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!("; each entry also keeps {} alive", names.join(" and ")) }
}

fn site(collection: &Collection, growth: &Growth) -> String {
    match collection.container {
        Container::Chain => return "the new value keeps the one before".to_owned(),
        Container::Text => return "appends".to_owned(),
        Container::Runtime if growth.key.is_none() => return "adds an entry, also with a name that is there already".to_owned(),
        _ => {}
    }
    match &growth.key {
        Some(key) => format!("adds an entry; {}", words::key(key)),
        None => "adds an element".to_owned(),
    }
}

fn not_a_release(shrink: &Shrinkage) -> String {
    let name = &shrink.function;
    match (shrink.kind, shrink.context.kind) {
        (ShrinkKind::Tombstone, _) => "empties the value; the key stays".to_owned(),
        (ShrinkKind::OptIn, _) => format!("only who knows of `{name}` calls it; the growth comes with another call"),
        (ShrinkKind::OnRead, _) => "removes an expired entry only when its key is asked for again".to_owned(),
        (ShrinkKind::IfTimerFires, _) => "runs only if the timer fires, and the other outcome clears the timer".to_owned(),
        (ShrinkKind::OnCancel, _) => "runs when the timer is cancelled; one that fires leaves its entry".to_owned(),
        (ShrinkKind::OtherKey, _) => "takes away one fixed key; the others stay".to_owned(),
        (ShrinkKind::HandleOnly, _) => "ends the timer; its entry stays".to_owned(),
        (ShrinkKind::Decrement, _) => "counts down; the entry stays at zero".to_owned(),
        (ShrinkKind::WriteBack, _) => "stores a shorter list; the key stays, also when the list is empty".to_owned(),
        (ShrinkKind::Disposed, _) => "calls what the entry holds; the entry stays".to_owned(),
        (ShrinkKind::SkippedByThrow, _) => "not reached when the `await` before it throws".to_owned(),
        (_, ContextKind::Teardown) => format!("runs only in `{name}`, at the end of its owner's life"),
        (_, ContextKind::Uncalled) => format!("nothing calls `{name}`"),
        (_, ContextKind::Test) => "runs only in tests".to_owned(),
        (_, ContextKind::Init) => "runs only at start-up".to_owned(),
        _ => "takes from an entry; the entry itself stays".to_owned(),
    }
}

fn searched(collection: &Collection) -> String {
    let uses = collection.uses;
    let noun = if uses == 1 { "use" } else { "uses" };
    let place = match collection.files.len() {
        0 => "this file".to_owned(),
        others => format!("{} files", others + 1),
    };
    let other = if collection.shrinks.is_empty() { "" } else { "other " };
    format!("searched: {uses} {noun} in {place}: no {other}delete, clear, size check or re-assignment")
}

fn help(collection: &Collection, main: &Growth) -> String {
    match collection.container {
        Container::Chain => {
            return "keep what is needed of the value before, not the value itself; or cut the chain at some length".to_owned();
        }
        Container::Text => return "write it out and begin again, or keep only the end of it".to_owned(),
        Container::Runtime => return "use names that the program fixes, or take each one out when its work is done".to_owned(),
        _ => {}
    }
    let has = |wanted: fn(&Shape) -> bool| collection.shapes.iter().any(wanted);
    let by_object = main
        .key
        .as_ref()
        .is_some_and(|key| key.source == Source::Fresh || matches!(&key.source, Source::Request(param) if *param == key.text));
    if has(|shape| matches!(shape, Shape::WriteOnly)) {
        return "remove it: nothing reads what it holds".to_owned();
    }
    if has(|shape| matches!(shape, Shape::PendingTable)) {
        return "delete the entry when the request completes, fails or times out".to_owned();
    }
    if has(|shape| matches!(shape, Shape::SettledEntry)) {
        return "delete the entry there as well".to_owned();
    }
    if has(|shape| matches!(shape, Shape::SettledTimer)) {
        return "delete the entry in the timer's own callback, too".to_owned();
    }
    if collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::Tombstone) {
        return "use `delete`, so that the key goes as well".to_owned();
    }
    match (collection.container, &main.key) {
        (Container::Map | Container::Set, Some(_)) if by_object => {
            let weak = if collection.container == Container::Map { "WeakMap" } else { "WeakSet" };
            format!("key it weakly (`new {weak}()`), or delete the entry when the object's work is done")
        }
        (Container::Map, Some(_)) => {
            "bound it: `new LRUCache({ max: 10_000, ttl: 60_000 })` from `lru-cache` keeps get/set/has as they are; or delete the entry when its work is done".to_owned()
        }
        (Container::Object, Some(_)) => "bound it: use an `LRUCache` from `lru-cache` in its place, or delete the entry when its work is done".to_owned(),
        (Container::Set, _) => "delete the value when its work is done, or bound the set".to_owned(),
        _ => "take the element out when its work is done, or keep only the last ones".to_owned(),
    }
}

/// The edits that bound it or let its keys go, where that is certain to work.
fn fix(file: &File<'_>, collection: &Collection, main: &Growth) -> SuggestedFix {
    let edits = removal(collection).or_else(|| weak_collection(collection, main)).or_else(|| bounded_cache(file, collection, main));
    edits.unwrap_or_else(|| SuggestedFix::manual(help(collection, main)))
}

/// The entries are deleted where their work is seen to end.
fn removal(collection: &Collection) -> Option<SuggestedFix> {
    Some(match collection.removal.as_ref()? {
        EntryRemoval::InPlaceOfNull { edits } => {
            SuggestedFix::of_edits(Applicability::Unsafe, "use `delete`, so that the key goes as well", edits)
        }
        EntryRemoval::OnCompletion { function, edits } => {
            let message = format!("delete the entry where `{function}` has found it");
            SuggestedFix::of_edits(Applicability::Unsafe, message, edits)
        }
    })
}

/// Keyed by objects and never enumerated: the entries can go with their keys.
fn weak_collection(collection: &Collection, main: &Growth) -> Option<SuggestedFix> {
    let allocation = collection.allocation?;
    let weak = match collection.container {
        Container::Map => "WeakMap",
        Container::Set => "WeakSet",
        _ => return None,
    };
    let is_write_only = collection.shapes.contains(&Shape::WriteOnly);
    (collection.is_weakable && is_by_object(main) && !is_write_only && collection.hand_outs.is_empty()).then(|| SuggestedFix {
        applicability: Applicability::Unsafe,
        message: format!("let the entries go with their keys: `{weak}` (nothing must rely on an entry whose key is gone)"),
        edits: vec![(allocation.class, weak.to_owned())],
    })
}

/// A Map that is keyed by primitives and used as a cache can be bounded as it stands.
fn bounded_cache(file: &File<'_>, collection: &Collection, main: &Growth) -> Option<SuggestedFix> {
    main.key.as_ref()?;
    let allocation = collection.allocation?;
    let style = &file.facts.style;
    let clash = style.taken.iter().any(|name| name == "LRUCache");
    if !collection.is_maplike || !collection.shapes.is_empty() || is_by_object(main) || clash || !collection.hand_outs.is_empty() {
        return None;
    }
    let quote = if style.double_quotes { '"' } else { '\'' };
    let semicolon = if style.semicolons { ";" } else { "" };
    let newline = if style.crlf { "\r\n" } else { "\n" };
    let import = if style.is_esm {
        format!("import {{ LRUCache }} from {quote}lru-cache{quote}{semicolon}")
    } else {
        format!("const {{ LRUCache }} = require({quote}lru-cache{quote}){semicolon}")
    };
    let import = if style.has_imports { format!("{newline}{import}") } else { format!("{import}{newline}") };
    let at = Span::new(style.import_at, style.import_at);
    Some(SuggestedFix {
        applicability: Applicability::Unsafe,
        message: "bound it with an LRU cache (adds the dependency `lru-cache`; entries can now expire)".to_owned(),
        edits: vec![
            (at, import),
            (allocation.class, "LRUCache".to_owned()),
            (allocation.arguments, "({ max: 10_000, ttl: 60_000 })".to_owned()),
        ],
    })
}

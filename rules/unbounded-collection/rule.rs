//! A collection that outlives its users and only ever grows.

use crate::diagnostic::{Applicability, Category, Confidence, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Collection, Container, ElementKind, EntryRemoval, Growth, LifeWhy, Shape, ShrinkKind, Shrinkage};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, growth, words};
use crate::text::Span;

pub const RULE: Rule = Rule {
    name: "unbounded-collection",
    category: Category::Collection,
    summary: "a Map, Set, object or array that lives long and only ever grows",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Growth],
    on_by_default: true,
    check: Check::Collection(check),
};

fn check(file: &File<'_>, collection: &Collection, sink: &mut Sink<'_>) {
    // The message of tombstone-entry shows the line that was meant to remove the entry.
    if collection.tombstone().is_some() {
        return;
    }
    if let Some((growths, confidence)) = growth::judge(collection) {
        sink.report(finding(file, collection, growths[0], &growths, confidence));
    }
}

fn finding(file: &File<'_>, collection: &Collection, main: &Growth, growths: &[&Growth], confidence: Confidence) -> Finding {
    let lifetime = collection.life.lifetime;
    let mut finding = Finding::of_holder(confidence, &collection.holder, lifetime, message(collection, main));
    finding.link(Role::Holder, collection.holder.span, words::life(&collection.life, file));
    if let Some(seen_at) = collection.life.seen_at {
        finding.link_in(Role::Caller, collection.life.seen_in.as_deref(), seen_at, "made here");
    }
    finding.reached_by(&main.context);
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
            Shape::DualVerb { remove: end, span } | Shape::Enrolled { end, span } => {
                finding.link(Role::Sibling, *span, format!("`{end}` does not take the entry out"))
            }
            Shape::Doubled { span } => finding.link(Role::Sibling, *span, "each element that is there adds one more".to_owned()),
            Shape::Expires { span } if collection.shrinks.iter().all(|shrink| shrink.span != *span) => {
                finding.link(Role::Sibling, *span, "asks whether an entry's time is over; one that is over stays".to_owned())
            }
            _ => {}
        }
    }
    finding.notes.push(searched(collection));
    finding.help = Some(help(collection, main));
    finding.fixes.push(fix(file, collection, main));
    finding
}

/// Whether a removal comes with the work, but for work that fails in this way.
fn misses(collection: &Collection, failure: ShrinkKind) -> bool {
    let is_used = |shrink: &Shrinkage| shrink.context.kind > ContextKind::Teardown && !shrink.context.is_unused();
    collection.shrinks.iter().any(|shrink| shrink.kind == failure && is_used(shrink))
}

fn misses_failures(collection: &Collection) -> bool {
    misses(collection, ShrinkKind::SkippedByThrow) || misses(collection, ShrinkKind::IfFulfilled)
}

fn message(collection: &Collection, main: &Growth) -> String {
    let name = &collection.holder.text;
    let end = if collection.shapes.contains(&Shape::WriteOnly) {
        "nothing ever reads it or removes one"
    } else if collection.shrinks.is_empty() {
        "nothing ever removes one"
    } else if collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::IfAnswered) {
        "only an answer removes one"
    } else if collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::Dropped) {
        "the caller drops what would remove it"
    } else if collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::IfAborted) {
        "only an abort removes one"
    } else if misses(collection, ShrinkKind::SkippedByThrow) {
        "one stays if something throws before it is removed"
    } else if misses(collection, ShrinkKind::IfFulfilled) {
        "one stays if its work fails"
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
    // What grows may be a list or table that the collection holds.
    let name = if main.level > 0 { format!("an entry of `{name}`") } else { format!("`{name}`") };
    let one = if collection.container == Container::Array && main.level == 0 { "element" } else { "entry" };
    match &main.key {
        Some(key) if key.text != "…" => format!("{name} gets one {one} per `{}` and {end}{kept}", key.text),
        Some(_) => format!("{name} gets one {one} per key and {end}{kept}"),
        None => format!("{name} gets another element {} and {end}{kept}", words::how_often(&main.context, &main.function)),
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
        Some(key) if collection.container == Container::Array && growth.level == 0 => format!("adds an element; {}", words::element(key)),
        Some(key) => format!("adds an entry; {}", words::key(key)),
        None => "adds an element".to_owned(),
    }
}

fn not_a_release(shrink: &Shrinkage) -> String {
    let name = &shrink.function;
    match (shrink.kind, shrink.context.kind) {
        (ShrinkKind::Tombstone, _) => "empties the value; the key stays".to_owned(),
        (ShrinkKind::EmptyEntry, _) => "stores that there is nothing for the key".to_owned(),
        (ShrinkKind::OptIn, _) => format!("only who knows of `{name}` calls it; the growth comes with another call"),
        (ShrinkKind::Dropped, _) => "is given to the caller, who drops it".to_owned(),
        (ShrinkKind::OnRead, _) => "removes an expired entry only when its key is asked for again".to_owned(),
        (ShrinkKind::IfTimerFires, _) => "runs only if the timer fires, and the other outcome clears the timer".to_owned(),
        (ShrinkKind::OnCancel, _) => "runs when the timer is cancelled; one that fires leaves its entry".to_owned(),
        (ShrinkKind::OtherKey, _) => "takes away one fixed key; the others stay".to_owned(),
        (ShrinkKind::OtherEntry, _) => "takes away another key than the one by which the entry was found".to_owned(),
        (ShrinkKind::HandleOnly, _) => "ends the timer; its entry stays".to_owned(),
        (ShrinkKind::Decrement, _) => "counts down; the entry stays at zero".to_owned(),
        (ShrinkKind::WriteBack, _) => "stores a shorter list; the key stays, also when the list is empty".to_owned(),
        (ShrinkKind::Disposed, _) => "calls what the entry holds; the entry stays".to_owned(),
        (ShrinkKind::IfAnswered, _) => "comes with an answer; a timeout or a failure settles the promise and leaves the entry".to_owned(),
        (ShrinkKind::IfAborted, _) => "runs when somebody aborts it; work that ends by itself leaves its entry".to_owned(),
        (ShrinkKind::IfFulfilled, _) => "runs when the promise is fulfilled; a rejection leaves the entry".to_owned(),
        (ShrinkKind::SkippedByThrow, _) => "not reached when the `await` before it throws".to_owned(),
        (_, ContextKind::Teardown) => format!("runs only in `{name}`, at the end of its owner's life"),
        (_, ContextKind::Uncalled) => format!("nothing calls `{name}`"),
        (_, ContextKind::Test) => "runs only in tests".to_owned(),
        (_, ContextKind::Init) => "runs only at start-up".to_owned(),
        _ if shrink.level > 0 => "takes from an entry; the entry itself stays".to_owned(),
        _ if shrink.context.is_unused() => format!("no file of the project calls `{name}`"),
        (_, ContextKind::Unknown) => format!("nothing in view calls `{name}`"),
        _ => "takes away other entries than those that come".to_owned(),
    }
}

fn searched(collection: &Collection) -> String {
    let uses = collection.uses;
    let noun = if uses == 1 { "use" } else { "uses" };
    let place = match collection.files.len() {
        0 => "this file".to_owned(),
        others => format!("{} files", others + 1),
    };
    if uses == 0 {
        return format!("searched: nothing in {place} takes an entry out");
    }
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
    if collection.life.why == LifeWhy::Undeclared {
        return "declare it where it is used: `const` in the function gives each call its own; delete the entries if all calls share it"
            .to_owned();
    }
    let has = |wanted: fn(&Shape) -> bool| collection.shapes.iter().any(wanted);
    let by_object = growth::is_by_object(collection, main);
    if has(|shape| matches!(shape, Shape::WriteOnly)) {
        return "remove it: nothing reads what it holds".to_owned();
    }
    if has(|shape| matches!(shape, Shape::PendingTable)) {
        return "delete the entry when the request completes, fails or times out".to_owned();
    }
    if collection.shrinks.iter().any(|shrink| shrink.kind == ShrinkKind::IfAborted) {
        return "delete the entry when the work is done, too: in `finally`".to_owned();
    }
    if misses_failures(collection) {
        return "delete the entry in `finally`, so that it goes when the work fails, too".to_owned();
    }
    if has(|shape| matches!(shape, Shape::SettledEntry)) {
        return "delete the entry there as well".to_owned();
    }
    if has(|shape| matches!(shape, Shape::SettledTimer)) {
        return "delete the entry in the timer's own callback, too".to_owned();
    }
    let is_table = matches!(collection.container, Container::Map | Container::Object) && main.key.is_some() && !by_object;
    if let Some(end) = end_of_entry(main).filter(|_| is_table) {
        return format!("delete the entry {end}");
    }
    match (collection.container, &main.key) {
        (Container::Map | Container::Set, Some(_)) if by_object => {
            let weak = if collection.container == Container::Map { "WeakMap" } else { "WeakSet" };
            format!("key it weakly (`new {weak}()`), or delete the entry when the object's work is done")
        }
        (Container::Map, Some(_)) if is_cached(main) => {
            "bound it: `new LRUCache({ max: 10_000, ttl: 60_000 })` from `lru-cache` keeps get/set/has as they are; or delete the entry when its work is done".to_owned()
        }
        (Container::Object, Some(_)) if is_cached(main) => "bound it: use an `LRUCache` from `lru-cache` in its place, or delete the entry when its work is done".to_owned(),
        (Container::Map | Container::Object, Some(_)) => {
            "delete the entry when what it stands for is done; if it is a cache, bound it with `LRUCache` from `lru-cache`".to_owned()
        }
        (Container::Set, _) => "delete the value when its work is done, or bound the set".to_owned(),
        _ => "take the element out when its work is done, or keep only the last ones".to_owned(),
    }
}

/// When an entry whose value is in use goes: a bound would drop it before.
fn end_of_entry(main: &Growth) -> Option<&'static str> {
    Some(match main.element.as_ref()?.kind {
        ElementKind::Callback => "when whoever added the function is done; a bound would drop functions that are still called",
        ElementKind::Instance => "when its object is done; a bound would drop objects that are still in use",
        ElementKind::Collection => "when what it holds is empty; a bound would drop what is still in use",
        ElementKind::Request => "when the request or connection ends",
        ElementKind::Timer => "when its timer has fired or is cleared",
        ElementKind::Pending => "when the request completes, fails or times out",
        ElementKind::Primitive | ElementKind::Promise | ElementKind::Object | ElementKind::Other => return None,
    })
}

/// What can be had again under the same key.
fn is_cached(main: &Growth) -> bool {
    main.element.as_ref().is_some_and(|element| matches!(element.kind, ElementKind::Primitive | ElementKind::Promise | ElementKind::Other))
}

/// The edits that bound it or let its keys go, where that is certain to work.
fn fix(file: &File<'_>, collection: &Collection, main: &Growth) -> SuggestedFix {
    if misses_failures(collection) {
        return SuggestedFix::manual(help(collection, main));
    }
    let edits = removal(collection).or_else(|| weak_collection(collection, main)).or_else(|| bounded_cache(file, collection, main));
    edits.unwrap_or_else(|| SuggestedFix::manual(help(collection, main)))
}

/// The entries are deleted where their work is seen to end.
fn removal(collection: &Collection) -> Option<SuggestedFix> {
    Some(match collection.removal.as_ref()? {
        EntryRemoval::InPlaceOfNull { .. } => return None,
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
    (collection.is_weakable && growth::is_by_object(collection, main) && !is_write_only && collection.hand_outs.is_empty()).then(|| {
        SuggestedFix {
            applicability: Applicability::Unsafe,
            message: format!("let the entries go with their keys: `{weak}` (nothing must rely on an entry whose key is gone)"),
            edits: vec![(allocation.class, weak.to_owned())],
        }
    })
}

/// A Map that is keyed by primitives and used as a cache can be bounded as it stands.
fn bounded_cache(file: &File<'_>, collection: &Collection, main: &Growth) -> Option<SuggestedFix> {
    main.key.as_ref()?;
    let allocation = collection.allocation?;
    let style = &file.facts.style;
    let clash = style.taken.iter().any(|name| name == "LRUCache");
    let is_cache = collection.shapes.iter().all(|shape| matches!(shape, Shape::Expires { .. }));
    if end_of_entry(main).is_some()
        || !collection.is_maplike
        || !is_cache
        || growth::is_by_object(collection, main)
        || clash
        || !collection.hand_outs.is_empty()
    {
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

//! A table whose entries are emptied in place of removed: the keys stay.

use crate::diagnostic::{Applicability, Category, Confidence, Role};
use crate::model::facts::{Collection, Container, EntryRemoval, Growth, ShrinkKind, Shrinkage};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, growth, words};

pub const RULE: Rule = Rule {
    name: "tombstone-entry",
    category: Category::Collection,
    summary: "a table whose entries are set to null or undefined and never deleted",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Growth],
    on_by_default: true,
    check: Check::Collection(check),
};

fn check(file: &File<'_>, collection: &Collection, sink: &mut Sink<'_>) {
    let Some(tombstone) = collection.tombstone() else { return };
    let Some((growths, confidence)) = growth::judge(collection) else { return };
    // Of ten read alerts six were right, each about something small.
    let confidence = confidence.min(Confidence::Medium);
    let name = &collection.holder.text;
    let key = growths[0].key.as_ref().map(|key| key.text.as_str()).filter(|text| *text != "…");
    let kept = key.map_or_else(|| "every key".to_owned(), |key| format!("the key of each `{key}`"));
    let message = format!("`{name}` keeps {kept}: {} only empties the value", emptied(collection, tombstone));
    let mut finding = Finding::of_holder(confidence, &collection.holder, collection.life.lifetime, message);
    add_chain(&mut finding, file, collection, &growths);
    let help = "use `delete`, so that the key goes as well";
    finding.notes.push(format!("searched: {} uses: no delete, clear, size check or re-assignment", collection.uses));
    finding.help = Some(help.to_owned());
    finding.fixes.push(match &collection.removal {
        Some(EntryRemoval::InPlaceOfNull { edits }) => SuggestedFix::of_edits(Applicability::Unsafe, help, edits),
        _ => SuggestedFix::manual(help),
    });
    sink.report(finding);
}

fn add_chain(finding: &mut Finding, file: &File<'_>, collection: &Collection, growths: &[&Growth]) {
    finding.link(Role::Holder, collection.holder.span, words::life(&collection.life, file));
    if let Some(seen_at) = collection.life.seen_at {
        finding.link_in(Role::Caller, collection.life.seen_in.as_deref(), seen_at, "made here");
    }
    finding.reached_by(&growths[0].context);
    for growth in growths {
        let key = growth.key.as_ref().map(words::key).map_or_else(String::new, |key| format!("; {key}"));
        finding.link_in(Role::Site, growth.file.as_deref(), growth.span, format!("adds an entry{key}"));
    }
    for shrink in collection.shrinks.iter().filter(|shrink| shrink.kind == ShrinkKind::Tombstone) {
        finding.link_in(Role::Release, shrink.file.as_deref(), shrink.span, "empties the value; the key stays");
    }
}

/// The removal as it is meant, in the collection's own words.
fn emptied(collection: &Collection, tombstone: &Shrinkage) -> &'static str {
    match (collection.container, tombstone.kind) {
        (Container::Map, _) => "setting it to null or undefined",
        _ => "a value of null or undefined",
    }
}

//! Whether a finding speaks of a labelled place. A label names lines and a rule; several rules may describe one defect from different sides.

use crate::linter::{Finding, Range};

/// Lines from and to, both included.
pub type Lines = [u32; 2];

const COLLECTIONS: &[&str] = &[
    "unbounded-collection",
    "unbounded-memoize",
    "tombstone-entry",
    "weak-collection-misuse",
    "implicit-global",
    "unbounded-metric-labels",
    "import-cache-busting",
    "request-capture",
];
const LISTENERS: &[&str] = &[
    "listener-leak",
    "listener-in-loop",
    "mismatched-release",
    "effect-no-cleanup",
    "raised-max-listeners",
    "request-capture",
    "undisposed-resource",
];
const TIMERS: &[&str] =
    &["uncleared-interval", "uncleared-timeout", "promise-retention", "effect-no-cleanup", "mismatched-release", "request-capture"];
const RESOURCES: &[&str] = &["undisposed-resource", "effect-no-cleanup", "request-capture", "mismatched-release"];
const FAMILIES: &[&[&str]] = &[COLLECTIONS, LISTENERS, TIMERS, RESOURCES, &["weak-collection-misuse"], &["test-global-state"]];

/// Labels that name no single family: every finding at the place counts.
const ANY_PAIR: &[&str] = &["other", "request-capture", "promise-retention"];

/// A finding of a rule that is in no family is taken by its category.
fn family_of_category(category: &str) -> &'static [&'static str] {
    match category {
        "collection" | "memoize" => COLLECTIONS,
        "listener" => LISTENERS,
        "timer" | "promise" => TIMERS,
        "resource" => RESOURCES,
        "weak" => FAMILIES[4],
        "test" => FAMILIES[5],
        _ => &[],
    }
}

/// Whether a finding is of the kind that a published leak's label names.
pub fn fits_pair(wanted: &str, finding: &Finding) -> bool {
    let rule = finding.rule.as_str();
    let known = FAMILIES.iter().any(|family| family.contains(&rule));
    ANY_PAIR.contains(&wanted)
        || wanted == rule
        || FAMILIES.iter().any(|family| family.contains(&wanted) && family.contains(&rule))
        || (!known && family_of_category(&finding.category).contains(&wanted))
}

/// The same for labelled places, where the label `other` alone takes everything, and a late timer may be a kept promise.
pub fn fits_place(wanted: &str, finding: &Finding) -> bool {
    let known = FAMILIES.iter().any(|family| family.contains(&finding.rule.as_str()));
    let rule = if known { finding.rule.as_str() } else { rule_of_category(&finding.category).unwrap_or(&finding.rule) };
    wanted == "other" || wanted == rule || FAMILIES.iter().any(|family| family.contains(&wanted) && family.contains(&rule))
}

fn rule_of_category(category: &str) -> Option<&'static str> {
    Some(match category {
        "collection" => "unbounded-collection",
        "memoize" => "unbounded-memoize",
        "listener" => "listener-leak",
        "timer" => "uncleared-interval",
        "promise" => "promise-retention",
        "resource" => "undisposed-resource",
        "test" => "test-global-state",
        _ => return None,
    })
}

/// A place that a finding names.
pub struct Named<'a> {
    pub path: &'a str,
    pub range: Range,
    /// Whether the finding accuses it: its own range, every site, and the holder of a collection. Other places only explain.
    pub accused: bool,
}

pub fn places_of(finding: &Finding) -> impl Iterator<Item = Named<'_>> {
    let own = Named { path: &finding.path, range: finding.range, accused: true };
    let related = finding.related.iter().map(|it| Named {
        path: it.path.as_deref().unwrap_or(&finding.path),
        range: it.range,
        accused: it.role == "site" || (it.role == "holder" && finding.category == "collection"),
    });
    std::iter::once(own).chain(related)
}

pub fn touches(range: Range, lines: &[Lines], slack: u32) -> bool {
    lines.iter().any(|[first, last]| range.start.line <= last + slack && range.end.line + slack >= *first)
}

/// `a` and `./a` are one file.
pub fn same_path(left: &str, right: &str) -> bool {
    left.trim_start_matches("./") == right.trim_start_matches("./")
}

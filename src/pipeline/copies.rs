//! Findings that say the same: copies of one program, as a bundle beside its sources, and many alike in one file. Each group is told once.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::diagnostic::{Confidence, Diagnostic, Location, Severity};

/// Folders of what tools write, or of what was copied from elsewhere; and those that may be such.
const BUILT: &[&str] =
    &["amd", "build", "bundle", "bundles", "cjs", "commonjs", "compiled", "dist", "es5", "esm", "fesm", "out", "umd", "vendor"];
const PERHAPS_BUILT: &[&str] = &["es", "es6", "lib", "module", "modules", "public", "release", "static", "third_party", "www"];

/// As many of a kind as one file may have.
const MOST_ALIKE: usize = 10;

/// What two copies have in common.
#[derive(PartialEq, Eq, Hash)]
struct Gist<'d> {
    rule: &'static str,
    severity: Severity,
    confidence: Confidence,
    /// The statement.
    text: &'d str,
    message: &'d str,
    chain: Vec<&'d str>,
}

/// What those have in common that are alike in one file.
#[derive(PartialEq, Eq, Hash)]
struct Kind<'d> {
    path: &'d str,
    rule: &'static str,
    severity: Severity,
    confidence: Confidence,
    /// Of the message, what is not quoted.
    words: Vec<&'d str>,
}

/// Notes of each finding of which it is a copy. The diagnostics are sorted, and their fingerprints not yet sealed.
pub(super) fn note(diagnostics: &mut [Diagnostic]) {
    let same = same(diagnostics);
    mark(diagnostics, same);
    let alike = alike(diagnostics);
    mark(diagnostics, alike);
}

fn is_open(diagnostic: &Diagnostic) -> bool {
    diagnostic.is_leak() && diagnostic.suppressed.is_none() && diagnostic.copy_of.is_none()
}

/// Groups of copies in different files, the one that stands for all first.
fn same(diagnostics: &[Diagnostic]) -> Vec<Vec<usize>> {
    let mut groups: FxHashMap<Gist<'_>, Vec<usize>> = FxHashMap::default();
    for (at, diagnostic) in diagnostics.iter().enumerate().filter(|(_, it)| is_open(it)) {
        let gist = Gist {
            rule: diagnostic.rule,
            severity: diagnostic.severity,
            confidence: diagnostic.confidence,
            // Around it, a bundler adds scopes.
            text: diagnostic.fingerprint.rsplit('\n').next().unwrap_or_default(),
            message: &diagnostic.message,
            chain: diagnostic.related.iter().map(|related| related.message.as_str()).collect(),
        };
        groups.entry(gist).or_default().push(at);
    }
    let mut copies: Vec<Vec<usize>> = Vec::new();
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for at in group {
            let here = &diagnostics[at];
            // Two in one file are two.
            let is_elsewhere = |part: &&mut Vec<usize>| part.iter().all(|&other| diagnostics[other].location.path != here.location.path);
            let is_copy = |part: &&mut Vec<usize>| part.iter().any(|&other| are_copies(here, &diagnostics[other]));
            match parts.iter_mut().filter(is_elsewhere).find(is_copy) {
                Some(part) => part.push(at),
                None => parts.push(vec![at]),
            }
        }
        copies.extend(parts.into_iter().filter(|part| part.len() > 1));
    }
    for group in &mut copies {
        group.sort_by(|&left, &right| by_nearness(&diagnostics[left].location, &diagnostics[right].location).then(left.cmp(&right)));
    }
    copies
}

/// Whether two findings that say the same are about copies of one text, and not about two that are written alike: files of one name, of which a tool has
/// made one (there are many `index.js`), or the same distances in another folder.
fn are_copies(left: &Diagnostic, right: &Diagnostic) -> bool {
    let distances = |of: &Diagnostic| -> Vec<i64> {
        let own = i64::from(of.location.span.start);
        of.related.iter().map(|related| i64::from(related.location.span.start) - own).collect()
    };
    let (distances, others) = (distances(left), distances(right));
    let ((folder, name), (other, other_name)) = (folder_and_stem(&left.location), folder_and_stem(&right.location));
    let is_made = || folder == other || built(&left.location) + built(&right.location) > 0;
    name == other_name && is_made() || folder != other && distances == others && distances.iter().any(|distance| *distance != 0)
}

/// The file's folder, and its name up to the first dot.
fn folder_and_stem(location: &Location) -> (&str, &str) {
    let (folder, name) = location.path.rsplit_once('/').unwrap_or(("", &location.path));
    (folder, name.split('.').next().unwrap_or(name))
}

/// What somebody wrote comes before what a tool made of it.
fn by_nearness(left: &Location, right: &Location) -> Ordering {
    let is_typed = |location: &Location| [".ts", ".tsx", ".mts", ".cts", ".vue", ".svelte"].iter().any(|end| location.path.ends_with(end));
    built(left).cmp(&built(right)).then(is_typed(right).cmp(&is_typed(left)))
}

/// How much a path says that a tool has written the file.
fn built(location: &Location) -> usize {
    let of = |folder: &str| 2 * usize::from(BUILT.contains(&folder)) + usize::from(PERHAPS_BUILT.contains(&folder));
    location.path.split('/').map(of).sum()
}

/// Groups of more in one file than anybody reads.
fn alike(diagnostics: &[Diagnostic]) -> Vec<Vec<usize>> {
    let mut groups: FxHashMap<Kind<'_>, Vec<usize>> = FxHashMap::default();
    for (at, diagnostic) in diagnostics.iter().enumerate().filter(|(_, it)| is_open(it)) {
        let kind = Kind {
            path: &diagnostic.location.path,
            rule: diagnostic.rule,
            severity: diagnostic.severity,
            confidence: diagnostic.confidence,
            words: diagnostic.message.split('`').step_by(2).collect(),
        };
        groups.entry(kind).or_default().push(at);
    }
    groups.into_values().filter(|group| group.len() > MOST_ALIKE).collect()
}

fn mark(diagnostics: &mut [Diagnostic], groups: Vec<Vec<usize>>) {
    for group in groups {
        let [first, rest @ ..] = &group[..] else { continue };
        let place = diagnostics[*first].location.clone();
        let mut copies = Vec::new();
        for &at in rest {
            copies.push(diagnostics[at].location.clone());
            copies.append(&mut diagnostics[at].copies);
            diagnostics[at].copy_of = Some(place.clone());
        }
        copies.sort();
        diagnostics[*first].copies.extend(copies);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::problem;
    use super::*;
    use crate::diagnostic::Category;
    use crate::text::Span;

    fn found(path: &str, at: u32, message: &str) -> Diagnostic {
        let base = problem("a-rule", &Arc::from(path), Span::new(at, at + 1), message.into());
        Diagnostic { category: Category::Collection, fingerprint: "cache = new Map()".into(), ..base }
    }

    fn told(mut diagnostics: Vec<Diagnostic>) -> Vec<String> {
        note(&mut diagnostics);
        let told = diagnostics.iter().filter(|it| it.copy_of.is_none());
        told.map(|it| format!("{}:{} +{}", it.location.path, it.location.span.start, it.copies.len())).collect()
    }

    #[test]
    fn a_bundle_is_a_copy_of_its_source() {
        let all = ["dist/a.js", "esm/a.mjs", "src/a.ts"].map(|path| found(path, 3, "`cache` grows")).to_vec();
        assert_eq!(told(all), ["src/a.ts:3 +2"]);
        assert_eq!(told(vec![found("a.js", 3, "`cache` grows"), found("b.js", 3, "`list` grows")]), ["a.js:3 +0", "b.js:3 +0"]);
        let pages = ["src/a/index.js", "src/b/index.js"].map(|path| found(path, 3, "`cache` grows")).to_vec();
        assert_eq!(told(pages), ["src/a/index.js:3 +0", "src/b/index.js:3 +0"]);
    }

    #[test]
    fn two_in_one_file_are_two_unless_they_are_many() {
        let few = (0..10).map(|at| found("a.js", at, "`cache` grows")).collect::<Vec<_>>();
        assert_eq!(told(few).len(), 10);
        let many = (0..11).map(|at| found("a.js", at, &format!("`cache{at}` grows"))).collect();
        assert_eq!(told(many), ["a.js:0 +10"]);
    }

    #[test]
    fn what_a_comment_silences_stands_for_nothing() {
        let mut silenced = found("src/a.ts", 3, "`cache` grows");
        let location = silenced.location.clone();
        silenced.suppressed = Some(crate::diagnostic::Suppressed { reason: None, location });
        assert_eq!(told(vec![found("dist/a.js", 3, "`cache` grows"), silenced]), ["dist/a.js:3 +0", "src/a.ts:3 +0"]);
    }
}

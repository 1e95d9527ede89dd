//! The frozen JSON: fields may be added, never changed. `docs/report.schema.json` says the same.

use std::io::{self, Write};

use serde::Serialize;

use super::{Findings, Report, Summary, positions};
use crate::diagnostic::{Applicability, Category, Confidence, Diagnostic, Fix, Lifetime, Location, Role, Severity};
use crate::text::Position;
use crate::texts::Texts;
use crate::walk::Skipped;

pub struct Json;

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    category: Category,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    notes: &'a [String],
    help: Option<&'a str>,
    url: Option<String>,
    path: &'a str,
    holder: Option<HolderEntry<'a>>,
    range: Range,
    related: Vec<RelatedEntry<'a>>,
    fixes: Vec<FixEntry<'a>>,
    fingerprint: &'a str,
    suppressed: bool,
    suppression: Option<SuppressionEntry<'a>>,
    /// The finding that stands for this one in the figures of the summary.
    #[serde(rename = "copyOf", skip_serializing_if = "Option::is_none")]
    copy_of: Option<PlaceEntry<'a>>,
}

#[derive(Serialize)]
struct PlaceEntry<'a> {
    path: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct HolderEntry<'a> {
    name: &'a str,
    lifetime: Lifetime,
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct RelatedEntry<'a> {
    role: Role,
    path: &'a str,
    range: Range,
    message: &'a str,
}

#[derive(Serialize)]
struct FixEntry<'a> {
    applicability: Applicability,
    message: &'a str,
    edits: Vec<EditEntry<'a>>,
}

#[derive(Serialize)]
struct EditEntry<'a> {
    path: &'a str,
    range: Range,
    text: &'a str,
}

#[derive(Serialize)]
struct SuppressionEntry<'a> {
    reason: Option<&'a str>,
    path: &'a str,
    range: Range,
}

#[derive(Serialize)]
struct SummaryEntry<'a> {
    files: u32,
    skipped: u32,
    #[serde(rename = "skippedBy")]
    skipped_by: &'a Skipped,
    lines: u64,
    errors: u32,
    warnings: u32,
    infos: u32,
    suppressed: u32,
    copies: u32,
    elapsed_ms: u64,
}

impl Report for Json {
    fn write(&self, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"version\":1,\"diagnostics\":[")?;
        for (at, diagnostic) in findings.shown().enumerate() {
            writeln!(out, "{}", if at == 0 { "" } else { "," })?;
            let url = findings.catalog.find(diagnostic.rule).and_then(|rule| rule.url());
            serde_json::to_writer(&mut *out, &entry(diagnostic, url, texts))?;
        }
        write!(out, "\n],\"summary\":")?;
        serde_json::to_writer(&mut *out, &summary(findings.summary))?;
        writeln!(out, "}}")
    }
}

fn entry<'a>(diagnostic: &'a Diagnostic, url: Option<String>, texts: &mut Texts) -> Entry<'a> {
    let related = diagnostic.related.iter().map(|related| RelatedEntry {
        role: related.role,
        path: &related.location.path,
        range: range(&related.location, texts),
        message: &related.message,
    });
    let related = related.collect();
    Entry {
        rule: diagnostic.rule,
        category: diagnostic.category,
        severity: diagnostic.severity,
        confidence: diagnostic.confidence,
        message: &diagnostic.message,
        notes: &diagnostic.notes,
        help: diagnostic.help.as_deref(),
        url,
        path: &diagnostic.location.path,
        holder: diagnostic.holder.as_ref().map(|holder| HolderEntry { name: &holder.name, lifetime: holder.lifetime }),
        range: range(&diagnostic.location, texts),
        related,
        fixes: diagnostic.fixes.iter().map(|fix| fix_entry(fix, texts)).collect(),
        fingerprint: &diagnostic.fingerprint,
        suppressed: diagnostic.suppressed.is_some(),
        suppression: diagnostic.suppressed.as_ref().map(|suppressed| SuppressionEntry {
            reason: suppressed.reason.as_deref(),
            path: &suppressed.location.path,
            range: range(&suppressed.location, texts),
        }),
        copy_of: diagnostic.copy_of.as_ref().map(|place| PlaceEntry { path: &place.path, range: range(place, texts) }),
    }
}

fn fix_entry<'a>(fix: &'a Fix, texts: &mut Texts) -> FixEntry<'a> {
    let edits = fix.edits.iter().map(|edit| EditEntry { path: &edit.location.path, range: range(&edit.location, texts), text: &edit.text });
    FixEntry { applicability: fix.applicability, message: &fix.message, edits: edits.collect() }
}

fn range(location: &Location, texts: &mut Texts) -> Range {
    let (start, end) = positions(&texts.get(&location.path), location);
    Range { start: point(start, location.span.start), end: point(end, location.span.end) }
}

fn point(position: Position, offset: u32) -> Point {
    Point { line: position.line, column: position.column, offset }
}

fn summary(summary: &Summary) -> SummaryEntry<'_> {
    SummaryEntry {
        files: summary.files,
        skipped: summary.skipped.values().sum(),
        skipped_by: &summary.skipped,
        lines: summary.lines,
        errors: summary.errors,
        warnings: summary.warnings,
        infos: summary.infos,
        suppressed: summary.suppressed,
        copies: summary.copies,
        elapsed_ms: summary.elapsed_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn parsed(sample: &mut samples::Sample) -> serde_json::Value {
        serde_json::from_str(&sample.print(&Json)).expect("it prints JSON")
    }

    #[test]
    fn a_finding_says_everything_by_its_frozen_name() {
        let report = parsed(&mut samples::retainer_chain());
        assert_eq!(report["version"], 1);
        let finding = &report["diagnostics"][0];
        let expected = serde_json::json!({
            "rule": "unbounded-collection", "category": "collection", "severity": "error", "confidence": "high",
            "message": "`cache` gets one entry per `id` and nothing ever removes one",
            "notes": ["searched: 3 uses in 2 files: no delete, clear, size check or re-assignment"],
            "help": "bound it with an LRU", "url": null, "path": "src/users.js",
            "holder": {"name": "cache", "lifetime": "process"},
            "range": {"start": {"line": 1, "column": 7, "offset": 6}, "end": {"line": 1, "column": 12, "offset": 11}},
            "fingerprint": "00000000deadbeef", "suppressed": false, "suppression": null
        });
        for (field, value) in expected.as_object().expect("an object") {
            assert_eq!(&finding[field], value, "{field}");
        }
        let roles: Vec<_> = finding["related"].as_array().expect("a list").iter().map(|it| it["role"].as_str().expect("a role")).collect();
        assert_eq!(roles, ["holder", "caller", "site"]);
        assert_eq!(finding["related"][1]["path"], "src/server.js");
        assert_eq!(finding["fixes"][0]["applicability"], "unsafe");
        assert_eq!(finding["fixes"][0]["edits"][0]["text"], "new LRUCache({ max: 10_000 })");
        assert_eq!(finding["fixes"][0]["edits"][0]["range"]["start"]["column"], 15);
    }

    #[test]
    fn the_summary_counts_files_and_says_why_some_were_skipped() {
        let report = parsed(&mut samples::retainer_chain());
        let expected = serde_json::json!({
            "files": 2, "skipped": 3, "skippedBy": {"minified": 2, "large": 1}, "lines": 1234,
            "errors": 1, "warnings": 0, "infos": 0, "suppressed": 0, "copies": 0, "elapsed_ms": 9
        });
        assert_eq!(report["summary"], expected);
    }

    #[test]
    fn suppressed_findings_are_shown_on_demand() {
        let mut sample = samples::suppressed();
        assert_eq!(parsed(&mut sample)["diagnostics"], serde_json::json!([]));
        sample.show_suppressed = true;
        let report = parsed(&mut sample);
        assert_eq!(report["diagnostics"][0]["suppressed"], true);
        assert_eq!(report["diagnostics"][0]["suppression"]["reason"], "one entry per plugin");
    }

    #[test]
    fn a_byte_order_mark_counts_in_offsets_and_not_in_columns() {
        let finding = &parsed(&mut samples::byte_order_mark())["diagnostics"][0];
        assert_eq!(finding["range"]["start"], serde_json::json!({"line": 1, "column": 5, "offset": 7}));
    }
}

//! SARIF 2.1.0 in the shape that GitHub code scanning ingests.

mod model;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::line_hash::line_hashes;
use super::{Findings, Report, positions};
use crate::catalog::{OWN_CHECKS, RuleInfo};
use crate::diagnostic::{Applicability, Category, Diagnostic, Location as Place, Related, Role, Severity, Suppressed};
use crate::texts::Texts;
use model::*;

/// GitHub refuses a run with more results than this to be displayed.
const MOST_RESULTS: usize = 5_000;
const ROOT: &str = "SRCROOT";

pub struct Sarif;

impl Report for Sarif {
    fn write(&self, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
        let mut chosen: Vec<&Diagnostic> = findings.diagnostics.iter().collect();
        chosen.sort_by_key(|it| (it.suppressed.is_some(), Reverse(it.severity), Reverse(it.confidence)));
        let total = chosen.len();
        chosen.truncate(MOST_RESULTS);
        let rules: Vec<&RuleInfo> = findings.catalog.rules.iter().chain(OWN_CHECKS).collect();
        let mut writer = Writer { texts, prefix: findings.prefix, rules: &rules, hashes: FxHashMap::default() };
        let results = chosen.iter().map(|diagnostic| writer.result(diagnostic)).collect();
        let log = Log { schema: SCHEMA, version: "2.1.0", runs: vec![run(&rules, results, notifications(total, findings))] };
        serde_json::to_writer_pretty(&mut *out, &log)?;
        writeln!(out)
    }
}

fn run(rules: &[&RuleInfo], results: Vec<SarifResult>, notifications: Vec<Notification>) -> Run {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let driver = Driver {
        name: "leaklint",
        version: env!("CARGO_PKG_VERSION"),
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: (!repository.is_empty()).then_some(repository),
        rules: rules.iter().map(|rule| rule_entry(rule)).collect(),
    };
    let root = UriBase { description: Text::new("The root of the repository.") };
    Run {
        tool: Tool { driver },
        automation_details: AutomationDetails { id: "leaklint/" },
        column_kind: "utf16CodeUnits",
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        invocations: vec![Invocation { execution_successful: true, tool_execution_notifications: notifications }],
        results,
    }
}

fn notifications(total: usize, findings: &Findings<'_>) -> Vec<Notification> {
    let mut notifications = Vec::new();
    if total > MOST_RESULTS {
        let text = format!("{total} results were found; the {MOST_RESULTS} most severe are in this file.");
        notifications.push(Notification { level: "warning", message: Text::new(text) });
    }
    for diagnostic in findings.diagnostics.iter().filter(|diagnostic| diagnostic.rule == "internal-error") {
        let text = format!("{}: {}", diagnostic.location.path, diagnostic.message);
        notifications.push(Notification { level: "error", message: Text::new(text) });
    }
    notifications
}

fn rule_entry(rule: &RuleInfo) -> Rule {
    let is_leak = !matches!(rule.category, Category::Parse | Category::Suppression);
    Rule {
        id: rule.name,
        name: pascal_case(rule.name),
        short_description: Text::new(rule.summary),
        full_description: Text::new(rule.summary),
        help_uri: rule.url(),
        help: Help { text: rule.page.to_string(), markdown: rule.page.to_string() },
        default_configuration: Configuration { level: "warning", enabled: rule.on_by_default },
        properties: Properties {
            tags: tags(rule.category),
            precision: rule.precision(),
            severity: if is_leak { "warning" } else { "recommendation" },
        },
    }
}

fn tags(category: Category) -> Vec<&'static str> {
    match category {
        Category::Parse | Category::Suppression => vec!["maintainability"],
        Category::Collection | Category::Memoize => vec!["memory-leak", "reliability", "external/cwe/cwe-401", "external/cwe/cwe-770"],
        Category::Timer | Category::Resource => vec!["memory-leak", "reliability", "external/cwe/cwe-401", "external/cwe/cwe-772"],
        Category::Listener | Category::Promise | Category::Weak | Category::Test => {
            vec!["memory-leak", "reliability", "external/cwe/cwe-401"]
        }
    }
}

fn pascal_case(name: &str) -> String {
    let mut out = String::new();
    for word in name.split('-') {
        let mut chars = word.chars();
        out.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        out.extend(chars);
    }
    out
}

struct Writer<'a> {
    texts: &'a mut Texts,
    prefix: &'a str,
    rules: &'a [&'a RuleInfo],
    hashes: FxHashMap<Arc<str>, Vec<String>>,
}

impl Writer<'_> {
    fn result(&mut self, diagnostic: &Diagnostic) -> SarifResult {
        let related: Vec<Location> = (1..).zip(&diagnostic.related).map(|(id, it)| self.related(id, it)).collect();
        SarifResult {
            rule_id: diagnostic.rule,
            rule_index: self.rules.iter().position(|rule| rule.name == diagnostic.rule).unwrap_or_default(),
            level: level(diagnostic.severity),
            message: Text::new(message(diagnostic)),
            locations: vec![self.location(&diagnostic.location)],
            partial_fingerprints: BTreeMap::from([
                ("leaklintFingerprint/v1", diagnostic.fingerprint.clone()),
                ("primaryLocationLineHash", self.line_hash(&diagnostic.location)),
            ]),
            code_flows: code_flows(diagnostic, &related),
            related_locations: related,
            fixes: diagnostic.fixes.iter().filter(|fix| !fix.edits.is_empty()).map(|fix| self.fix(fix)).collect(),
            suppressions: diagnostic.suppressed.iter().map(|suppressed| self.suppression(suppressed)).collect(),
            properties: ResultProperties { confidence: diagnostic.confidence },
        }
    }

    fn line_hash(&mut self, place: &Place) -> String {
        let text = self.texts.get(&place.path);
        let line = text.line_of(place.span.start).max(1) as usize;
        let hashes = self.hashes.entry(Arc::clone(&place.path)).or_insert_with(|| line_hashes(text.text()));
        hashes.get(line - 1).cloned().unwrap_or_default()
    }

    fn related(&mut self, id: usize, related: &Related) -> Location {
        let message = Some(Message { text: related.message.clone() });
        Location { id: Some(id), message, ..self.location(&related.location) }
    }

    fn location(&mut self, place: &Place) -> Location {
        let physical_location = PhysicalLocation { artifact_location: self.artifact(&place.path), region: self.region(place) };
        Location { id: None, physical_location, message: None }
    }

    fn artifact(&self, path: &str) -> ArtifactLocation {
        let is_absolute = path.starts_with('/');
        let uri = if is_absolute { format!("file://{}", percent_encoded(path)) } else { percent_encoded(&self.below_root(path)) };
        ArtifactLocation { uri, uri_base_id: (!is_absolute).then_some(ROOT) }
    }

    /// From the repository's root, also for what lies above the working directory.
    fn below_root(&self, path: &str) -> String {
        let mut folders: Vec<&str> = self.prefix.split_terminator('/').collect();
        let mut rest = path;
        while let Some(up) = rest.strip_prefix("../")
            && folders.pop().is_some()
        {
            rest = up;
        }
        folders.push(rest);
        folders.join("/")
    }

    fn region(&mut self, place: &Place) -> Region {
        let (start, end) = positions(&self.texts.get(&place.path), place);
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
    }

    fn fix(&mut self, fix: &crate::diagnostic::Fix) -> Fix {
        let mut changes: BTreeMap<&str, Vec<Replacement>> = BTreeMap::new();
        for edit in &fix.edits {
            let replacement = Replacement { deleted_region: self.region(&edit.location), inserted_content: Text::new(edit.text.as_str()) };
            changes.entry(&edit.location.path).or_default().push(replacement);
        }
        let applicability = match fix.applicability {
            Applicability::Safe => "safe",
            Applicability::Unsafe => "unsafe",
            Applicability::Manual => "manual",
        };
        let changes =
            changes.into_iter().map(|(path, replacements)| ArtifactChange { artifact_location: self.artifact(path), replacements });
        Fix { description: Text::new(format!("{} ({applicability})", fix.message)), artifact_changes: changes.collect() }
    }

    fn suppression(&mut self, suppressed: &Suppressed) -> Suppression {
        Suppression { kind: "inSource", justification: suppressed.reason.clone(), location: self.location(&suppressed.location) }
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The message, then the chain with a link to each of its places, what was searched, and what to do.
fn message(diagnostic: &Diagnostic) -> String {
    let mut text = sentence(&diagnostic.message);
    for (id, related) in (1..).zip(&diagnostic.related) {
        text += &format!("\n{id}. [{}]({id})", related.message.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]"));
    }
    for note in &diagnostic.notes {
        text += &format!("\n{}", sentence(note));
    }
    if let Some(help) = &diagnostic.help {
        text += &format!("\nhelp: {}", sentence(help));
    }
    text
}

/// GitHub shows a message up to its first full stop in lists.
fn sentence(text: &str) -> String {
    let ends = text.ends_with(['.', '!', '?', ':']);
    format!("{text}{}", if ends { "" } else { "." })
}

/// What keeps the value alive, step by step; code beside it that is in order is no step.
fn code_flows(diagnostic: &Diagnostic, related: &[Location]) -> Vec<CodeFlow> {
    let steps = diagnostic.related.iter().zip(related).filter(|(it, _)| it.role != Role::Sibling);
    let locations: Vec<FlowStep> = steps.map(|(_, location)| FlowStep { location: Location { id: None, ..location.clone() } }).collect();
    if locations.len() < 2 { Vec::new() } else { vec![CodeFlow { thread_flows: vec![ThreadFlow { locations }] }] }
}

fn percent_encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(byte as char),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests;

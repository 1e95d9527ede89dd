//! Comments that silence findings, and what is wrong with them.

mod comment;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::catalog::{Catalog, Selection};
use crate::diagnostic::{Category, Confidence, Diagnostic, Location, Role, Severity, Suppressed};
use crate::model::ir::Comment;
use crate::text::{SourceText, Span};
use comment::{Verb, Words};

/// The suppression comments of one file, with the bytes for which each holds.
///
/// It is made while the text is at hand and keeps nothing of it.
#[derive(Debug, Default)]
pub struct Suppressions {
    directives: Vec<Directive>,
    /// What can be said without knowing the findings.
    problems: Vec<Diagnostic>,
    /// Findings of this file may be missing, so nothing can be called unused.
    incomplete: bool,
}

/// What one comment says about one rule, or about all.
#[derive(Debug)]
struct Directive {
    path: Arc<str>,
    comment: Span,
    verb: Verb,
    rule: Option<String>,
    reason: Option<String>,
    range: Span,
    /// Where a block that silences all rules ends for one of them.
    ends: Vec<(String, u32)>,
    used: bool,
}

impl Directive {
    fn covers(&self, rule: &str, offset: u32) -> bool {
        let named = self.rule.as_deref().is_none_or(|name| name == rule);
        let enabled_again = self.ends.iter().any(|(name, end)| name == rule && *end <= offset);
        named && !enabled_again && self.range.start <= offset && offset < self.range.end
    }

    fn words(&self) -> String {
        let rule = self.rule.as_deref().map(|rule| format!(" {rule}")).unwrap_or_default();
        format!("leaklint-{}{rule}", self.verb.name())
    }
}

impl Suppressions {
    /// Reads the comments of a file that mention leaklint. `incomplete`: the file has parse problems.
    pub fn read(path: &Arc<str>, comments: &[Comment], first_statement: Option<u32>, source: &SourceText, incomplete: bool) -> Self {
        let mut reader = Reader { path, source, first_statement, out: Self { incomplete, ..Self::default() } };
        for (at, comment) in comments.iter().enumerate() {
            if let Some(words) = comment::read(&comment.text) {
                reader.comment(comment.span, &words, comments.get(at + 1..).unwrap_or_default());
            }
        }
        reader.out
    }

    pub fn is_empty(&self) -> bool {
        self.directives.is_empty() && self.problems.is_empty()
    }

    /// The narrowest directive that covers a place.
    fn covering(&mut self, rule: &str, offset: u32) -> Option<&mut Directive> {
        let covering = self.directives.iter_mut().filter(|directive| directive.covers(rule, offset));
        covering.min_by_key(|directive| directive.range.end - directive.range.start)
    }
}

struct Reader<'a> {
    path: &'a Arc<str>,
    source: &'a SourceText,
    first_statement: Option<u32>,
    out: Suppressions,
}

impl Reader<'_> {
    fn comment(&mut self, span: Span, words: &Words<'_>, following: &[Comment]) {
        let verb = match words.verb {
            Ok(verb) => verb,
            Err(name) => return self.unknown_verb(span, name),
        };
        if verb == Verb::Enable {
            return self.enable(span, &words.rules);
        }
        if verb == Verb::DisableFile && self.first_statement.is_some_and(|first| first < span.start) {
            let message = "`leaklint-disable-file` has no effect behind the first statement".to_string();
            return self.problem("unused-suppression", span, message, Some("move it to the top of the file"));
        }
        if words.reason.is_none() {
            let message = format!("`leaklint-{}` does not say why", verb.name());
            self.problem("missing-reason", span, message, Some("write the reason behind `--`"));
        }
        let range = self.range(verb, span, following);
        let rules = if words.rules.is_empty() { vec![None] } else { words.rules.iter().map(|rule| Some(rule.to_string())).collect() };
        self.out.directives.extend(rules.into_iter().map(|rule| Directive {
            path: Arc::clone(self.path),
            comment: span,
            verb,
            rule,
            reason: words.reason.map(str::to_string),
            range,
            ends: Vec::new(),
            used: false,
        }));
    }

    fn range(&self, verb: Verb, span: Span, following: &[Comment]) -> Span {
        let everything = self.source.text().len() as u32 + 1;
        match verb {
            Verb::DisableFile => Span::new(0, everything),
            Verb::DisableLine => self.line(self.source.line_of(span.start)),
            Verb::DisableNextLine => self.line(self.next_line(span, following)),
            Verb::Disable | Verb::Enable => Span::new(span.end, everything),
        }
    }

    /// The line behind a comment; suppressions that stand below each other all mean the line behind the last.
    fn next_line(&self, span: Span, following: &[Comment]) -> u32 {
        let mut line = self.source.line_of(span.end.saturating_sub(1)) + 1;
        for comment in following {
            let own_line = self.source.line_of(comment.span.start);
            let before = self.source.slice(Span::new(self.source.line_span(own_line).start, comment.span.start));
            if own_line != line || !before.trim().is_empty() || comment::read(&comment.text).is_none() {
                break;
            }
            line = self.source.line_of(comment.span.end.saturating_sub(1)) + 1;
        }
        line
    }

    fn line(&self, line: u32) -> Span {
        let start = self.source.line_span(line).start;
        let next = self.source.line_span(line + 1).start;
        let is_last = next as usize >= self.source.text().len();
        Span::new(start, if is_last { self.source.text().len() as u32 + 1 } else { next })
    }

    fn enable(&mut self, span: Span, rules: &[&str]) {
        let open = self.out.directives.iter_mut().filter(|it| it.verb == Verb::Disable && it.range.end > span.start);
        let mut closed = false;
        for directive in open {
            match &directive.rule {
                _ if rules.is_empty() => directive.range.end = span.start,
                Some(rule) if rules.contains(&rule.as_str()) => directive.range.end = span.start,
                Some(_) => continue,
                None => directive.ends.extend(rules.iter().map(|rule| (rule.to_string(), span.start))),
            }
            closed = true;
        }
        if !closed {
            let message = "`leaklint-enable` ends nothing: no `leaklint-disable` is open here".to_string();
            self.problem("unused-suppression", span, message, Some("remove it"));
        }
    }

    fn unknown_verb(&mut self, span: Span, name: &str) {
        let message = format!("`leaklint-{name}` is no suppression: it silences nothing");
        let help = comment::nearest_verb(name).map(|verb| format!("did you mean `leaklint-{verb}`?"));
        self.problem("unknown-suppression", span, message, help.as_deref());
    }

    fn problem(&mut self, rule: &'static str, span: Span, message: String, help: Option<&str>) {
        self.out.problems.push(problem(rule, Location { path: Arc::clone(self.path), span }, message, help.map(str::to_string)));
    }
}

fn problem(rule: &'static str, location: Location, message: String, help: Option<String>) -> Diagnostic {
    Diagnostic {
        rule,
        category: Category::Suppression,
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        message,
        location,
        holder: None,
        related: Vec::new(),
        notes: Vec::new(),
        help,
        fixes: Vec::new(),
        fingerprint: String::new(),
        suppressed: None,
        copies: Vec::new(),
        copy_of: None,
    }
}

/// Marks the findings that a comment silences, and adds what is wrong with the comments.
pub fn apply(diagnostics: &mut Vec<Diagnostic>, files: &mut FxHashMap<Arc<str>, Suppressions>, catalog: &Catalog, selection: &Selection) {
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| diagnostic.is_leak()) {
        diagnostic.suppressed = suppressed(diagnostic, files);
    }
    for file in files.values_mut() {
        diagnostics.append(&mut file.problems);
        for directive in &file.directives {
            diagnostics.extend(complaint(directive, file.incomplete, catalog, selection));
        }
    }
}

/// A comment counts where the finding is, where its holder is declared, and where the holder takes hold.
fn suppressed(diagnostic: &Diagnostic, files: &mut FxHashMap<Arc<str>, Suppressions>) -> Option<Suppressed> {
    let related = diagnostic.related.iter().filter(|related| matches!(related.role, Role::Holder | Role::Site));
    for place in std::iter::once(&diagnostic.location).chain(related.map(|related| &related.location)) {
        let Some(file) = files.get_mut(&place.path) else { continue };
        if let Some(directive) = file.covering(diagnostic.rule, place.span.start) {
            directive.used = true;
            let location = Location { path: Arc::clone(&directive.path), span: directive.comment };
            return Some(Suppressed { reason: directive.reason.clone(), location });
        }
    }
    None
}

fn complaint(directive: &Directive, incomplete: bool, catalog: &Catalog, selection: &Selection) -> Option<Diagnostic> {
    let location = Location { path: Arc::clone(&directive.path), span: directive.comment };
    if let Some(name) = directive.rule.as_deref() {
        let Some(rule) = catalog.rule(name) else {
            let message = format!("`{name}` is no rule that can be suppressed");
            let near = catalog.nearest(name);
            let help = (!near.is_empty()).then(|| format!("did you mean `{}`?", near.join("`, `")));
            return Some(problem("unknown-suppression", location, message, help));
        };
        if !selection.includes(rule.name, rule.category) {
            return None;
        }
    } else if !selection.is_everything() {
        return None;
    }
    if directive.used || incomplete {
        return None;
    }
    let message = format!("`{}` silences nothing", directive.words());
    Some(problem("unused-suppression", location, message, Some("remove it, so that it cannot hide a later leak".into())))
}

#[cfg(test)]
mod tests;

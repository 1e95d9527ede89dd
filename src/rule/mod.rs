//! What a rule is, and how it reports.

pub mod growth;
pub mod page;
pub mod remedy;
pub mod words;

use std::sync::Arc;

use crate::diagnostic::{Applicability, Category, Confidence, Diagnostic, Edit, Fix, Holder, Lifetime, Location, Related, Role};
use crate::model::context::{Context, ContextKind};
use crate::model::facts::{
    Collection, Facts, HolderName, Interval, Memo, Mismatch, Misuse, Reaction, Registration, RequestStore, Resource, TestState, TextEdit,
    Timeout,
};
use crate::model::text::NAMELESS;
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::text::Span;

/// A rule: metadata, and one function that is called for each fact of the kind that it visits.
pub struct Rule {
    pub name: &'static str,
    pub category: Category,
    /// One line, for `leaklint rules`.
    pub summary: &'static str,
    /// Its page: what `leaklint explain` prints.
    pub page: &'static str,
    /// The kinds of file that it speaks about. No other file is shown to it.
    pub kinds: &'static [FileKind],
    /// What must stand in a file for it to say anything: in a file that meets the needs of no rule, nothing is parsed.
    pub needs: &'static [Need],
    /// Otherwise it runs only where `--only` names it.
    pub on_by_default: bool,
    pub check: Check,
}

pub enum Check {
    Collection(fn(&File<'_>, &Collection, &mut Sink<'_>)),
    Registration(fn(&File<'_>, &Registration, &mut Sink<'_>)),
    Mismatch(fn(&File<'_>, &Mismatch, &mut Sink<'_>)),
    Misuse(fn(&File<'_>, &Misuse, &mut Sink<'_>)),
    Interval(fn(&File<'_>, &Interval, &mut Sink<'_>)),
    Timeout(fn(&File<'_>, &Timeout, &mut Sink<'_>)),
    Reaction(fn(&File<'_>, &Reaction, &mut Sink<'_>)),
    RequestStore(fn(&File<'_>, &RequestStore, &mut Sink<'_>)),
    Resource(fn(&File<'_>, &Resource, &mut Sink<'_>)),
    Memo(fn(&File<'_>, &Memo, &mut Sink<'_>)),
    TestState(fn(&File<'_>, &TestState, &mut Sink<'_>)),
    /// What a component acquires: listeners, intervals, and resources.
    Component(
        fn(&File<'_>, &Registration, &mut Sink<'_>),
        fn(&File<'_>, &Interval, &mut Sink<'_>),
        fn(&File<'_>, &Resource, &mut Sink<'_>),
    ),
}

/// The file that a fact stands in.
pub struct File<'a> {
    pub path: &'a Arc<str>,
    pub kind: FileKind,
    pub facts: &'a Facts,
}

/// What a rule says of one defect.
pub struct Finding {
    pub confidence: Confidence,
    pub message: String,
    pub span: Span,
    pub holder: Option<Holder>,
    pub chain: Vec<Link>,
    pub notes: Vec<String>,
    pub help: Option<String>,
    pub fixes: Vec<SuggestedFix>,
    /// The scope and the hash of the text that the finding is about.
    pub identity: (String, u64),
}

/// One place of a finding's chain.
pub struct Link {
    pub role: Role,
    /// The file of the span, if it is another one than the finding's.
    pub file: Option<String>,
    pub span: Span,
    pub message: String,
}

pub struct SuggestedFix {
    pub applicability: Applicability,
    pub message: String,
    pub edits: Vec<(Span, String)>,
}

impl SuggestedFix {
    pub fn manual(message: impl Into<String>) -> Self {
        Self { applicability: Applicability::Manual, message: message.into(), edits: Vec::new() }
    }

    pub fn of_edits(applicability: Applicability, message: impl Into<String>, edits: &[TextEdit]) -> Self {
        let edits = edits.iter().map(|edit| (edit.span, edit.text.clone())).collect();
        Self { applicability, message: message.into(), edits }
    }
}

/// What has no name is not quoted as if it had one.
fn without_quotes_of_nobody(message: String) -> String {
    if message.contains(NAMELESS) { message.replace(&format!("`{NAMELESS}`"), NAMELESS) } else { message }
}

impl Finding {
    pub fn new(confidence: Confidence, span: Span, message: String, scope: &str, hash: u64) -> Self {
        let message = without_quotes_of_nobody(message);
        Self {
            confidence,
            message,
            span,
            holder: None,
            chain: Vec::new(),
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
            identity: (scope.to_owned(), hash),
        }
    }

    pub fn of_holder(confidence: Confidence, name: &HolderName, lifetime: Lifetime, message: String) -> Self {
        let mut finding = Self::new(confidence, name.span, message, &name.scope, name.declaration_hash);
        finding.holder = Some(Holder { name: name.text.clone(), lifetime });
        finding
    }

    pub fn link(&mut self, role: Role, span: Span, message: impl Into<String>) {
        self.link_in(role, None, span, message);
    }

    /// Adds the way to a site. What the whole program is seen not to call is at most worth a word.
    pub fn reached_by(&mut self, context: &Context) {
        if context.kind == ContextKind::Unknown && context.is_dead() {
            self.confidence = self.confidence.min(Confidence::Low);
        }
        words::callers(self, context);
    }

    /// A place that may stand in another file.
    pub fn link_in(&mut self, role: Role, file: Option<&str>, span: Span, message: impl Into<String>) {
        // One place is shown once: what was said first of it stands.
        if !self.chain.iter().any(|known| known.role == role && known.span == span && known.file.as_deref() == file) {
            self.chain.push(Link { role, file: file.map(str::to_owned), span, message: without_quotes_of_nobody(message.into()) });
        }
    }
}

/// Collects the findings of one rule in one file.
pub struct Sink<'a> {
    rule: &'a Rule,
    file: &'a File<'a>,
    found: &'a mut Vec<Diagnostic>,
}

impl<'a> Sink<'a> {
    pub fn new(rule: &'a Rule, file: &'a File<'a>, found: &'a mut Vec<Diagnostic>) -> Self {
        Self { rule, file, found }
    }

    pub fn report(&mut self, mut finding: Finding) {
        // What a bundle holds of an installed package is mended in that package.
        if self.file.facts.sections.iter().any(|section| section.is_installed() && section.span.contains(finding.span)) {
            finding.confidence = Confidence::Low;
        }
        let at = |span| Location { path: self.file.path.clone(), span };
        let fixes = finding.fixes.into_iter().map(|fix| Fix {
            applicability: fix.applicability,
            message: fix.message,
            edits: fix.edits.into_iter().map(|(span, text)| Edit { location: at(span), text }).collect(),
        });
        let (scope, hash) = finding.identity;
        self.found.push(Diagnostic {
            rule: self.rule.name,
            category: self.rule.category,
            severity: finding.confidence.into(),
            confidence: finding.confidence,
            message: finding.message,
            location: at(finding.span),
            holder: finding.holder,
            related: finding.chain.into_iter().map(|link| self.related(link)).collect(),
            notes: finding.notes,
            help: finding.help,
            fixes: fixes.collect(),
            // What identifies it within its rule and file; the pipeline makes the fingerprint of it.
            fingerprint: format!("{scope}\n{hash:016x}"),
            suppressed: None,
            copies: Vec::new(),
            copy_of: None,
        });
    }

    fn related(&self, link: Link) -> Related {
        let path = link.file.map_or_else(|| self.file.path.clone(), Arc::from);
        Related { role: link.role, location: Location { path, span: link.span }, message: link.message }
    }
}

/// Of what another file would have to tell whether it is one at all, nobody says anything.
fn known_resources<'f>(file: &'f File<'_>) -> impl Iterator<Item = &'f Resource> {
    file.facts.resources.iter().filter(|resource| !resource.by_origin && !resource.for_others)
}

/// Runs every rule over the facts of one file.
pub fn run(rules: &[&Rule], file: &File<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for rule in rules.iter().copied().filter(|rule| rule.kinds.contains(&file.kind)) {
        let mut sink = Sink::new(rule, file, &mut found);
        match rule.check {
            Check::Collection(check) => file.facts.collections.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Registration(check) => file.facts.registrations.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Mismatch(check) => file.facts.mismatches.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Misuse(check) => file.facts.misuses.iter().filter(|fact| !fact.by_origin).for_each(|fact| check(file, fact, &mut sink)),
            Check::Interval(check) => file.facts.intervals.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Timeout(check) => file.facts.timeouts.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Reaction(check) => {
                file.facts.reactions.iter().filter(|fact| !fact.for_others).for_each(|fact| check(file, fact, &mut sink))
            }
            Check::RequestStore(check) => file.facts.stores.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Resource(check) => known_resources(file).for_each(|fact| check(file, fact, &mut sink)),
            Check::Memo(check) => {
                file.facts.memos.iter().filter(|memo| !memo.is_for_others()).for_each(|fact| check(file, fact, &mut sink))
            }
            Check::TestState(check) => file.facts.test_states.iter().for_each(|fact| check(file, fact, &mut sink)),
            Check::Component(listener, interval, resource) => {
                file.facts.registrations.iter().for_each(|fact| listener(file, fact, &mut sink));
                file.facts.intervals.iter().for_each(|fact| interval(file, fact, &mut sink));
                known_resources(file).for_each(|fact| resource(file, fact, &mut sink));
            }
        }
    }
    found
}

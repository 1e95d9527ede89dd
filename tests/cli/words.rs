//! The command line over an analysis that needs no parser: each `LEAK` is a leak, its severity said by what follows it.

use std::sync::Arc;

use leaklint::catalog::{Catalog, RuleInfo};
use leaklint::cli::{self, Environment, Tool};
use leaklint::diagnostic::{Category, Confidence, Diagnostic, Edit, Fix, Holder, Lifetime, Location, Related, Role, Severity};
use leaklint::model::ir::Comment;
use leaklint::pipeline::{Analysis, Analyzer, FileFacts, Focus, Limits, Linker, Read, Verdict, problem};
use leaklint::project::Place;
use leaklint::text::Span;

use super::{Ended, Project};

const RULES: &[RuleInfo] = &[
    RuleInfo {
        on_by_default: true,
        name: "growing-word",
        category: Category::Collection,
        summary: "A word that leaks.",
        page: "# growing-word\n\nIt leaks.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "ticking-word",
        category: Category::Timer,
        summary: "A word that ticks.",
        page: "# ticking-word\n\nIt ticks.\n",
    },
];

struct Words;

impl Analyzer for Words {
    type Facts = Vec<(u32, Confidence)>;

    fn analyse(&self, _: &Arc<str>, _: &Place, read: Read<'_>, _: Limits) -> Analysis<Self::Facts> {
        let text = read.source.text();
        assert!(!text.contains("PANIC"), "asked to");
        let confidence = |at: usize| match &text[at + 4..] {
            rest if rest.starts_with("?") => Confidence::Medium,
            rest if rest.starts_with("~") => Confidence::Low,
            _ => Confidence::High,
        };
        let facts = text.match_indices("LEAK").map(|(at, _)| (at as u32, confidence(at))).collect();
        let comment = |(at, _): (usize, &str)| {
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            Comment { span: Span::new(at as u32, end as u32), text: text[at + 2..end].into(), is_block: false }
        };
        Analysis { facts, problems: vec![], comments: text.match_indices("//").map(comment).collect(), first_statement: None }
    }

    fn judge(&self, file: &FileFacts<Self::Facts>, _: Confidence) -> Verdict {
        let diagnostics = file.facts.iter().map(|&(at, confidence)| leak(&file.path, at, confidence)).collect();
        Verdict { diagnostics, ..Verdict::default() }
    }

    fn linker(self: Arc<Self>, _: Arc<leaklint::pipeline::Project<Self::Facts>>) -> Arc<dyn Linker> {
        Arc::new(Nothing)
    }
}

/// No file depends on another.
struct Nothing;

impl Linker for Nothing {
    fn concerned(&self, _: &str, _: Limits) -> Vec<Arc<str>> {
        Vec::new()
    }

    fn is_added_to(&self, _: &str, _: Limits) -> bool {
        false
    }

    fn judge(&self, _: &Arc<str>, _: &Focus, _: Limits) -> Option<Vec<Diagnostic>> {
        None
    }
}

fn leak(path: &Arc<str>, at: u32, confidence: Confidence) -> Diagnostic {
    let span = Span::new(at, at + 4);
    let location = Location { path: Arc::clone(path), span };
    let related = |role, message: &str| Related { role, location: location.clone(), message: message.into() };
    let edit = Edit { location: location.clone(), text: "word".into() };
    Diagnostic {
        category: Category::Collection,
        severity: Severity::from(confidence),
        confidence,
        holder: Some(Holder { name: "LEAK".into(), lifetime: Lifetime::Process }),
        related: vec![related(Role::Holder, "lives long"), related(Role::Site, "grows")],
        notes: vec!["searched: this file: no release".into()],
        help: Some("write another word".into()),
        fixes: vec![Fix { applicability: leaklint::diagnostic::Applicability::Safe, message: "another word".into(), edits: vec![edit] }],
        fingerprint: "LEAK".into(),
        ..problem("growing-word", path, span, "`LEAK` grows and nothing releases it".into())
    }
}

impl Project {
    /// Runs the command line over words, with these variables set.
    pub fn words_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let find = |name: &str| variables.iter().find(|(it, _)| *it == name).map(|(_, value)| value.to_string());
        let mut environment = Environment {
            cwd: self.path().canonicalize().expect("the folder is there"),
            input: &mut std::io::empty(),
            out: &mut out,
            err: &mut err,
            terminal: false,
            variable: &find,
        };
        let arguments = std::iter::once("leaklint").chain(arguments.iter().copied()).map(Into::into).collect();
        let code = cli::run(&Tool { analyzer: Arc::new(Words), catalog: Catalog { rules: RULES } }, arguments, &mut environment);
        let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
        Ended { code: code.into(), out: text(out), err: text(err) }
    }

    /// Runs the command line over words.
    pub fn words(&self, arguments: &[&str]) -> Ended {
        self.words_with(arguments, &[])
    }
}

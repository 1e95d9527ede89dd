//! One file's analysis, from bytes to facts, and what the rules say of them.

mod linker;

use std::sync::Arc;

use crate::diagnostic::{Category, Confidence, Diagnostic, Location};
use crate::model::Model;
use crate::model::apis::Apis;
use crate::model::facts::Facts;
use crate::pipeline::{self, Analysis, Analyzer, FileFacts, Limits, Project, Verdict};
use crate::project::{FileKind, Place};
use crate::rule::{self, File, Rule};
use crate::syntax::{self, Parsed, Problem, ProblemKind};
use crate::text::{SourceText, Span};
use linker::Linker;

pub struct Leaklint {
    apis: Apis,
    rules: &'static [Rule],
}

/// What is kept of a file between its analysis and the rules.
#[derive(Debug)]
pub struct Analysed {
    facts: Facts,
    kind: FileKind,
    /// Statements whose tree a syntax error may have bent.
    distrusted: Vec<Span>,
}

impl Leaklint {
    pub fn new(apis: Apis, rules: &'static [Rule]) -> Self {
        Self { apis, rules }
    }
}

impl Analyzer for Leaklint {
    type Facts = Analysed;

    fn analyse(&self, path: &Arc<str>, place: &Place, source: &SourceText, limits: Limits) -> Analysis<Analysed> {
        let kind = FileKind::of(place, source.text());
        match syntax::lower_with_limit(path, source, limits.nesting.min(syntax::DEFAULT_DEPTH_LIMIT)) {
            Ok(Parsed { mut ir, problems, distrusted }) => {
                let facts = Model::new(&ir, &self.apis, source).facts();
                Analysis {
                    facts: Analysed { facts, kind, distrusted },
                    problems: problems.into_iter().map(|problem| diagnostic(path, problem)).collect(),
                    comments: std::mem::take(&mut ir.comments),
                    first_statement: ir.first_statement,
                }
            }
            Err(problems) => Analysis {
                facts: Analysed { facts: Facts::default(), kind, distrusted: Vec::new() },
                problems: problems.into_iter().map(|problem| diagnostic(path, problem)).collect(),
                comments: Vec::new(),
                first_statement: None,
            },
        }
    }

    fn judge(&self, file: &FileFacts<Analysed>, floor: Confidence) -> Verdict {
        let Analysed { facts, kind, distrusted } = &file.facts;
        let diagnostics = self.report(&File { path: &file.path, kind: *kind, facts }, distrusted);
        let is_shown = |found: &[Diagnostic]| found.iter().any(|diagnostic| diagnostic.confidence >= floor);
        let depends_on_others = *kind == FileKind::Source
            && !facts.is_empty()
            && (is_shown(&diagnostics)
                || is_shown(&self.report(&File { path: &file.path, kind: *kind, facts: &facts.at_worst() }, distrusted)));
        Verdict { diagnostics, depends_on_others, concerns: facts.grows_in.clone() }
    }

    fn linker(self: Arc<Self>, project: Arc<Project<Analysed>>) -> Arc<dyn pipeline::Linker> {
        Arc::new(Linker::new(self, project))
    }
}

impl Leaklint {
    fn report(&self, file: &File<'_>, distrusted: &[Span]) -> Vec<Diagnostic> {
        let mut found = rule::run(self.rules, file);
        found.retain(|diagnostic| !distrusted.iter().any(|span| span.contains(diagnostic.location.span)));
        found
    }
}

fn diagnostic(path: &Arc<str>, problem: Problem) -> Diagnostic {
    let rule = match problem.kind {
        ProblemKind::Syntax | ProblemKind::Undecodable => "parse-error",
        ProblemKind::TooDeep => "too-deep",
    };
    Diagnostic {
        rule,
        category: Category::Parse,
        severity: Confidence::Medium.into(),
        confidence: Confidence::Medium,
        fingerprint: problem.message.clone(),
        message: problem.message,
        location: Location { path: path.clone(), span: problem.span },
        holder: None,
        related: Vec::new(),
        notes: Vec::new(),
        help: problem.help,
        fixes: Vec::new(),
        suppressed: None,
    }
}

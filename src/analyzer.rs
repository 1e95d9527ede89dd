//! One file's analysis, from bytes to facts, and what the rules say of them.

use std::sync::Arc;

use crate::diagnostic::{Category, Confidence, Diagnostic, Location};
use crate::model::Model;
use crate::model::apis::Apis;
use crate::model::facts::Facts;
use crate::pipeline::{Analysis, Analyzer, FileFacts, Limits};
use crate::project::{FactsSource, FileKind, Place};
use crate::rule::{self, File, Rule};
use crate::syntax::{self, Parsed, Problem, ProblemKind};
use crate::text::{SourceText, Span};

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

    fn judge(&self, files: &[FileFacts<Analysed>], file: usize) -> Vec<Diagnostic> {
        let Some(FileFacts { path, facts: Analysed { kind, distrusted, .. } }) = files.get(file) else { return Vec::new() };
        let source = AllFacts { files };
        let Some(facts) = source.facts(path) else { return Vec::new() };
        let mut found = rule::run(self.rules, &File { path, kind: *kind, facts });
        found.retain(|diagnostic| !distrusted.iter().any(|span| span.contains(diagnostic.location.span)));
        found
    }
}

/// The facts of a run, which holds its files sorted by path.
struct AllFacts<'a> {
    files: &'a [FileFacts<Analysed>],
}

impl FactsSource for AllFacts<'_> {
    fn facts(&self, path: &str) -> Option<&Facts> {
        let at = self.files.binary_search_by(|file| (*file.path).cmp(path)).ok()?;
        Some(&self.files.get(at)?.facts.facts)
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

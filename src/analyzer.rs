//! One file's analysis, from bytes to facts, and what the rules say of them.

use std::sync::Arc;

use crate::diagnostic::{Category, Confidence, Diagnostic, Location};
use crate::model::Model;
use crate::model::apis::Apis;
use crate::model::facts::Facts;
use crate::pipeline::{Analysis, Analyzer, FileFacts, Limits};
use crate::prefilter::{self, Need, Words};
use crate::project::{FactsSource, FileKind};
use crate::rule::{self, File, Rule};
use crate::syntax::{self, Language, Parsed, Problem, ProblemKind};
use crate::text::{SourceText, Span};

pub struct Leaklint {
    apis: Apis,
    rules: &'static [Rule],
    words: Words,
    /// What the rules look for.
    needs: Vec<Need>,
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
        let words = Words::new(&apis);
        let needs = rules.iter().flat_map(|rule| rule.needs).copied().collect();
        Self { apis, rules, words, needs }
    }
}

impl Analyzer for Leaklint {
    type Facts = Analysed;

    fn analyse(&self, path: &Arc<str>, in_package: &str, source: &SourceText, limits: Limits) -> Analysis<Analysed> {
        let kind = FileKind::of(in_package, source.text().starts_with("#!"));
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

    fn may_matter(&self, path: &str, in_package: &str, text: &str) -> bool {
        let text = text.trim_start_matches('\u{FEFF}');
        // A comment that speaks to leaklint is answered, even if it is useless.
        if memchr::memmem::find(text.as_bytes(), syntax::OUR_NAME).is_some() {
            return true;
        }
        let kind = FileKind::of(in_package, text.starts_with("#!"));
        let may_be_jsx = !matches!(Language::of_path(path), Language::TypeScript | Language::Declarations);
        self.rules.iter().any(|rule| rule.kinds.contains(&kind)) && prefilter::may_matter(text, may_be_jsx, &self.words, &self.needs)
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

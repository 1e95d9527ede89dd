//! From files to findings: read and analyse each, let the rules judge the facts, honour suppression comments, sort.

mod copies;
mod fingerprint;
mod judge;
mod packages;
mod project;
pub mod timings;
pub mod workers;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::{Catalog, Selection};
use crate::diagnostic::{Category, Confidence, Diagnostic, Location, Severity};
use crate::model::ir::Comment;
use crate::project::Place;
use crate::resolve::specifiers;
pub use crate::resolve::{Specifiers, Taken};
use crate::suppress::{self, Suppressions};
use crate::text::{SourceText, Span, count_lines};
use crate::texts::{self, Known, Texts};
use crate::walk::{self, SkipReason, Skipped, SourceFile, Unreadable, WalkOptions};
pub use fingerprint::git_root;
use packages::Packages;
pub use project::Project;
use timings::{Moment, SecondLook, Spent, Timings};
pub use workers::{Limits, Outcome, Pool};

/// What a run needs to know about the language and the rules.
pub trait Analyzer: Send + Sync + 'static {
    type Facts: Send + Sync + 'static;

    /// Everything about one file that depends on that file alone, and on where it stands.
    fn analyse(&self, path: &Arc<str>, place: &Place, read: Read<'_>, limits: Limits) -> Analysis<Self::Facts>;

    /// The facts of a file about which no rule can have anything to say, if that is seen without a parse.
    fn skim(&self, _path: &str, _place: &Place, _text: &str) -> Option<Self::Facts> {
        None
    }

    /// What the rules say about one file by itself.
    ///
    /// A diagnostic's `fingerprint` is what identifies it within its rule and file (the enclosing scope and the normalised statement); the run
    /// turns it into the hash that is reported.
    ///
    /// `floor`: the least confidence that is shown, so that what others say of less need not be asked.
    fn judge(&self, file: &FileFacts<Self::Facts>, floor: Confidence) -> Verdict;

    /// Modules, as a file names them, to whose collections it adds.
    fn concerns(&self, _facts: &Self::Facts) -> Vec<String> {
        Vec::new()
    }

    /// Whether other files may add to what a file holds. Asked of few, so it may cost a pass over the text.
    fn may_be_added_to(&self, _path: &str, _text: &str) -> bool {
        false
    }

    /// The same with rules that are off by default, and for questions about findings of at least this confidence; none if nobody is asked.
    fn with_rules(self: Arc<Self>, _asked_for: &[&'static str], _floor: Option<Confidence>) -> Arc<Self>
    where
        Self: Sized,
    {
        self
    }

    /// What looks at files again in view of the others, on the workers of the run.
    fn linker(self: Arc<Self>, project: Arc<Project<Self::Facts>>) -> Arc<dyn Linker>;
}

/// What the rules say about a file, and whether other files can change that.
#[derive(Debug, Default)]
pub struct Verdict {
    pub diagnostics: Vec<Diagnostic>,
    /// The findings about which other files have something to say.
    pub depends_on_others: Focus,
    /// Not only those that import it do.
    pub depends_on_imports: bool,
    /// Parts of the file that a bundler has copied from other files, with the names that it gives those.
    pub copied: Vec<(Span, String)>,
}

/// For which findings a file is looked at again.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    /// Where they stand.
    pub places: Vec<Span>,
    /// Some finding of the file is sure by itself, whether it is shown or not; the others would be if other files said the worst.
    pub is_reported: bool,
}

/// The second look at files, in view of the whole project.
pub trait Linker: Send + Sync {
    /// What the rules say now; none if it is what they said when the file was alone.
    fn judge(&self, path: &Arc<str>, focus: &Focus, limits: Limits) -> Option<Vec<Diagnostic>>;

    /// The files that may hold the collections of others to which a file adds.
    fn concerned(&self, path: &str, limits: Limits) -> Vec<Arc<str>>;

    /// What it has done so far.
    fn counts(&self) -> SecondLook {
        SecondLook::default()
    }

    /// Whether others add to a collection of a file.
    fn is_added_to(&self, path: &str, limits: Limits) -> bool;
}

/// What was read of a file.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    pub source: &'a SourceText,
    /// The modules that it names.
    pub specifiers: &'a Specifiers,
}

/// What the analysis of one file yields.
pub struct Analysis<F> {
    pub facts: F,
    /// Diagnostics of category parse.
    pub problems: Vec<Diagnostic>,
    /// Those that mention leaklint.
    pub comments: Vec<Comment>,
    pub first_statement: Option<u32>,
}

/// The facts of one file; a run holds them sorted by path.
pub struct FileFacts<F> {
    pub path: Arc<str>,
    pub facts: F,
    pub specifiers: Specifiers,
    /// The facts that it would have if the user had not named it.
    pub unnamed: Option<F>,
    /// Whether files that the run does not have may add to what it holds.
    pub is_offered: bool,
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    pub cwd: PathBuf,
    pub pool: Pool,
    pub catalog: Catalog,
    pub selection: Selection,
    /// Whether comments may silence findings.
    pub inline_config: bool,
    /// The least confidence that is shown.
    pub floor: Confidence,
    /// How the rest of a project is found if the run has only a part of it.
    pub walk: WalkOptions,
    /// Whether the run has all files of the projects of its files.
    pub is_whole: bool,
    /// Whether files are judged as if there were no others.
    pub is_alone: bool,
}

/// What a run found.
#[derive(Debug, Default)]
pub struct Run {
    /// Sorted; the suppressed ones are among them.
    pub diagnostics: Vec<Diagnostic>,
    pub files: u32,
    pub lines: u64,
    pub skipped: Skipped,
    pub unreadable: Vec<Unreadable>,
    /// Files that were gone when they were to be read.
    pub vanished: Vec<String>,
    pub texts: Texts,
    pub timings: Timings,
}

/// What became of one file.
enum Visit<F> {
    Linted(Linted<F>),
    Skipped(SkipReason),
    TooLarge,
    Vanished,
    Unreadable(String),
}

struct Linted<F> {
    /// None: not text, or not parsed because it has nothing to say.
    facts: Option<F>,
    problems: Vec<Diagnostic>,
    suppressions: Suppressions,
    specifiers: Specifiers,
    lines: u32,
    hash: u64,
    unnamed: Option<F>,
    is_offered: bool,
}

/// Lints files with an analyzer.
pub fn run<A: Analyzer>(analyzer: &Arc<A>, mut files: Vec<SourceFile>, options: &Options) -> Run {
    let begun = Moment::now();
    files.sort_by(|left, right| turn(left.size).cmp(&turn(right.size)).then_with(|| left.path.cmp(&right.path)));
    let files: Arc<[SourceFile]> = files.into();
    let mut assembly = Assembly::new(options);
    for (file, outcome) in files.iter().zip(visit_all(analyzer, &files, options)) {
        assembly.add(file, outcome);
    }
    let analyse = begun.spent();
    let analysed = Moment::now();
    assembly.judge(analyzer, &files, options);
    let judge = analysed.spent();
    let judged = Moment::now();
    let mut run = assembly.finish(options, &files);
    let Timings { again, second_look, .. } = run.timings;
    let judge =
        Spent { wall: judge.wall.saturating_sub(again.wall), cpu: judge.cpu.zip(again.cpu).map(|(all, again)| all.saturating_sub(again)) };
    run.timings = Timings { analyse, judge, again, second_look, finish: judged.spent() };
    run
}

/// When a file of a size is looked at. A giant that comes last would be waited for alone. Of the others, the small ones come first: what they ask of
/// those that import them, which are larger as a rule, is answered while those are parsed.
fn turn(size: u64) -> (u8, u64) {
    const GIANT: u64 = 512 << 10;
    match size {
        GIANT.. => (0, u64::MAX - size),
        _ => (1, size),
    }
}

fn visit_all<A: Analyzer>(analyzer: &Arc<A>, files: &Arc<[SourceFile]>, options: &Options) -> Vec<Outcome<Visit<A::Facts>>> {
    let jobs = files.len();
    let files = Arc::clone(files);
    let visitor = Visitor::new(analyzer, options);
    let job = move |at: usize, limits| match files.get(at) {
        Some(file) => visitor.visit(file, limits),
        None => Visit::Vanished,
    };
    options.pool.run(jobs, Arc::new(job))
}

/// Looks at files one by one.
struct Visitor<A> {
    analyzer: Arc<A>,
    cwd: PathBuf,
    packages: Packages,
    inline_config: bool,
    is_whole: bool,
}

impl<A: Analyzer> Visitor<A> {
    fn new(analyzer: &Arc<A>, options: &Options) -> Self {
        let (cwd, packages) = (options.cwd.clone(), Packages::new(&options.cwd));
        Self { analyzer: Arc::clone(analyzer), cwd, packages, inline_config: options.inline_config, is_whole: options.is_whole }
    }

    fn visit(&self, file: &SourceFile, limits: Limits) -> Visit<A::Facts> {
        if file.size > walk::TOO_LARGE {
            return Visit::TooLarge;
        }
        match file.origin.read(&self.cwd, &file.path) {
            Ok(bytes) => self.visit_bytes(file, bytes, limits),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Visit::Vanished,
            Err(error) => Visit::Unreadable(walk::reason_of(&error)),
        }
    }

    fn visit_bytes(&self, file: &SourceFile, bytes: Vec<u8>, limits: Limits) -> Visit<A::Facts> {
        if !file.explicit
            && let Some(reason) = walk::skip_by_content(&bytes)
        {
            return Visit::Skipped(reason);
        }
        let (decoding, text) = Decoding::of(&bytes);
        let place = self.packages.place(&file.path);
        let skimmed = text.and_then(|text| self.analyzer.skim(&file.path, &place, text));
        let mut linted = Linted {
            facts: None,
            problems: Vec::new(),
            suppressions: Suppressions::default(),
            specifiers: text.map(specifiers).unwrap_or_default(),
            lines: 0,
            hash: texts::hash(&bytes),
            unnamed: None,
            is_offered: !self.is_whole && text.is_some_and(|text| self.analyzer.may_be_added_to(&file.path, text)),
        };
        match (text, skimmed) {
            (Some(text), Some(facts)) if !file.explicit => {
                (linted.facts, linted.lines) = (Some(facts), count_lines(text));
                return Visit::Linted(linted);
            }
            (_, skimmed) => linted.unnamed = skimmed,
        }
        let source = SourceText::new(bytes);
        linted.lines = count_lines(source.text());
        linted.problems.extend(decoding.problem(&file.path, &source));
        if matches!(decoding, Decoding::NotText(_)) {
            return Visit::Linted(linted);
        }
        let read = Read { source: &source, specifiers: &linted.specifiers };
        let analysis = self.analyzer.analyse(&file.path, &place, read, limits);
        let comments = if self.inline_config { analysis.comments.as_slice() } else { &[] };
        let incomplete = !analysis.problems.is_empty();
        linted.suppressions = Suppressions::read(&file.path, comments, analysis.first_statement, &source, incomplete);
        linted.problems.extend(analysis.problems);
        if matches!(decoding, Decoding::Broken(_)) {
            linted.specifiers = specifiers(source.text());
        }
        linted.facts = Some(analysis.facts);
        Visit::Linted(linted)
    }
}

/// Whether the bytes of a file are text.
enum Decoding {
    Utf8,
    /// Text but for some bytes, the first of them here.
    Broken(u32),
    NotText(&'static str),
}

impl Decoding {
    /// With the text, if all of it is one.
    fn of(bytes: &[u8]) -> (Self, Option<&str>) {
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return (Self::NotText("the file is UTF-16, not UTF-8"), None);
        }
        if memchr::memchr(0, bytes).is_some() {
            return (Self::NotText("the file is binary: it holds NUL bytes"), None);
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => (Self::Utf8, Some(text)),
            Err(error) => (Self::Broken(error.valid_up_to() as u32), None),
        }
    }

    fn problem(&self, path: &Arc<str>, source: &SourceText) -> Option<Diagnostic> {
        let (message, at, help) = match self {
            Self::Utf8 => return None,
            Self::NotText(message) => (message.to_string(), 0, "save it as UTF-8, or leave it out with an ignore file"),
            Self::Broken(at) => {
                let count = source.invalid_bytes();
                let bytes = if count == 1 { "1 byte is".to_string() } else { format!("{count} bytes are") };
                (format!("{bytes} not UTF-8 and read as `?`"), *at, "save the file as UTF-8")
            }
        };
        let span = Span::new(at, (at + 1).min(source.text().len() as u32));
        Some(Diagnostic { help: Some(help.into()), ..problem("parse-error", path, span, message) })
    }
}

/// A diagnostic about the file itself, at warning severity.
pub fn problem(rule: &'static str, path: &Arc<str>, span: Span, message: String) -> Diagnostic {
    Diagnostic {
        rule,
        category: Category::Parse,
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        message,
        location: Location { path: Arc::clone(path), span },
        holder: None,
        related: Vec::new(),
        notes: Vec::new(),
        help: None,
        fixes: Vec::new(),
        fingerprint: String::new(),
        suppressed: None,
        copies: Vec::new(),
        copy_of: None,
    }
}

fn internal_error(path: &Arc<str>, message: &str) -> Diagnostic {
    let text = format!("leaklint failed on this file: {message}");
    let help = "this is a defect of leaklint: please report it, with the file if you may share it";
    Diagnostic { severity: Severity::Error, help: Some(help.into()), ..problem("internal-error", path, Span::default(), text) }
}

fn too_slow(path: &Arc<str>, deadline: Duration) -> Diagnostic {
    let text = format!("given up after {} s", deadline.as_secs_f32());
    Diagnostic { help: Some("leave it out with an ignore file".into()), ..problem("too-slow", path, Span::default(), text) }
}

fn too_large(path: &Arc<str>, size: u64) -> Diagnostic {
    let text = format!("the file has {} MiB, more than the {} MiB that are read", size >> 20, walk::TOO_LARGE >> 20);
    problem("too-large", path, Span::default(), text)
}

/// What is known so far of a run.
struct Assembly<F> {
    run: Run,
    facts: Vec<FileFacts<F>>,
    suppressions: FxHashMap<Arc<str>, Suppressions>,
    hashes: FxHashMap<Arc<str>, u64>,
    deadline: Duration,
    floor: Confidence,
}

impl<F: Send + Sync + 'static> Assembly<F> {
    fn new(options: &Options) -> Self {
        Self {
            run: Run { texts: Texts::new(&options.cwd), ..Run::default() },
            facts: Vec::new(),
            suppressions: FxHashMap::default(),
            hashes: FxHashMap::default(),
            deadline: options.pool.deadline,
            floor: options.floor,
        }
    }

    fn add(&mut self, file: &SourceFile, outcome: Outcome<Visit<F>>) {
        let path = &file.path;
        let run = &mut self.run;
        match outcome {
            Outcome::Done(Visit::Linted(linted)) => return self.add_linted(path, linted),
            Outcome::Done(Visit::Skipped(reason)) => return *run.skipped.entry(reason).or_default() += 1,
            Outcome::Done(Visit::Vanished) => return run.vanished.push(path.to_string()),
            Outcome::Done(Visit::Unreadable(reason)) => return run.unreadable.push(Unreadable { path: path.to_string(), reason }),
            Outcome::Done(Visit::TooLarge) => run.diagnostics.push(too_large(path, file.size)),
            Outcome::Panicked(message) => run.diagnostics.push(internal_error(path, &message)),
            Outcome::TooSlow => run.diagnostics.push(too_slow(path, self.deadline)),
        }
        run.files += 1;
    }

    fn add_linted(&mut self, path: &Arc<str>, linted: Linted<F>) {
        self.run.files += 1;
        self.run.lines += u64::from(linted.lines);
        self.run.diagnostics.extend(linted.problems);
        self.hashes.insert(Arc::clone(path), linted.hash);
        if !linted.suppressions.is_empty() {
            self.suppressions.insert(Arc::clone(path), linted.suppressions);
        }
        if let Some(facts) = linted.facts {
            let Linted { specifiers, unnamed, is_offered, .. } = linted;
            self.facts.push(FileFacts { path: Arc::clone(path), facts, specifiers, unnamed, is_offered });
        }
    }

    fn finish(mut self, options: &Options, files: &[SourceFile]) -> Run {
        let mut run = self.run;
        suppress::apply(&mut run.diagnostics, &mut self.suppressions, &options.catalog, &options.selection);
        // What is wrong with the comments of a file that is not named is not asked.
        let is_asked = |path: &Arc<str>| options.is_whole || files.iter().any(|file| file.path == *path);
        run.diagnostics.retain(|diagnostic| diagnostic.is_leak() || is_asked(&diagnostic.location.path));
        run.diagnostics.retain(|diagnostic| options.selection.includes(diagnostic.rule, diagnostic.category));
        run.diagnostics.sort_by(|left, right| left.sort_key().cmp(&right.sort_key()).then_with(|| left.message.cmp(&right.message)));
        copies::note(&mut run.diagnostics);
        fingerprint::seal(&mut run.diagnostics, &options.cwd);
        let quoted = quoted_paths(&run.diagnostics);
        for file in files.iter().filter(|file| quoted.contains(&file.path)) {
            if let Some(&hash) = self.hashes.get(&file.path) {
                run.texts.know(Arc::clone(&file.path), Known { origin: file.origin.clone(), hash });
            }
        }
        run.vanished.sort();
        run.unreadable.sort_by(|left, right| left.path.cmp(&right.path));
        run
    }
}

fn quoted_paths(diagnostics: &[Diagnostic]) -> FxHashSet<Arc<str>> {
    let places = diagnostics.iter().flat_map(|diagnostic| {
        let related = diagnostic.related.iter().map(|related| &related.location);
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| &edit.location);
        let suppressed = diagnostic.suppressed.iter().map(|suppressed| &suppressed.location);
        std::iter::once(&diagnostic.location).chain(related).chain(edits).chain(suppressed)
    });
    places.map(|place| Arc::clone(&place.path)).collect()
}

#[cfg(test)]
mod tests;

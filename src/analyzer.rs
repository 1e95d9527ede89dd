//! One file's analysis, from bytes to facts, and what the rules say of them.

mod ahead;
mod linker;
mod recent;

use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use memchr::memmem::Finder;

use crate::diagnostic::{Category, Confidence, Diagnostic, Location};
use crate::model::Model;
use crate::model::apis::Apis;
use crate::model::facts::{Collection, Facts, Handle, Interval, ReceiverKind, Registration, Resource, Timeout};
use crate::model::noted::{Alone, Questions};
use crate::model::resource::{Custody, Flaw, Source};
use crate::model::summaries::Summary;
use crate::pipeline::{self, Analysis, Analyzer, FileFacts, Focus, Limits, Project, Read, Verdict};
use crate::prefilter::{self, Need, Words};
use crate::project::{Audience, FileKind, Package, Place};
use crate::rule::{self, File, Rule};
use crate::syntax::{self, Parsed, Problem, ProblemKind};
use crate::text::Span;
use ahead::{AskedNames, KnownLinks};
use linker::Linker;

pub struct Leaklint {
    apis: Arc<Apis>,
    /// Those that run.
    rules: Vec<&'static Rule>,
    all: &'static [Rule],
    words: Arc<Words>,
    /// What the rules look for.
    needs: Vec<Need>,
    /// The least confidence that is shown; none if nothing is asked of other files.
    floor: Option<Confidence>,
    /// Bytes of source of which what was parsed is kept for the second look.
    kept: AtomicUsize,
    asked: AskedNames,
}

/// What is kept of a file between its analysis and the rules.
#[derive(Debug)]
pub struct Analysed {
    facts: Facts,
    kind: FileKind,
    /// Statements whose tree a syntax error may have bent.
    distrusted: Vec<Span>,
    /// Whether the facts are all that a parse would tell.
    is_parsed: bool,
    /// In bytes.
    length: usize,
    /// What it would ask the others; none if it must be looked at again to tell.
    questions: Option<Questions>,
    /// What was parsed, if it is likely to be asked for again.
    kept: Option<Arc<Parsed>>,
    /// What it does with files that had asked before it was parsed.
    links: Vec<KnownLinks>,
    /// What its functions do, if files had asked that before it was parsed.
    summaries: Option<Arc<[Summary]>>,
}

/// In a box, as it is handed on several times for each file of a run.
type Boxed = Box<Analysed>;

/// Source of files of which what was parsed is kept from the first look to the second, in bytes: those that say nothing sure by themselves, and those
/// that lend a collection. Files that are reported are long, and few of them are judged again.
const KEPT: usize = 2 << 20;

static OUR_NAME: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(syntax::OUR_NAME));

/// A longer file is not looked at again for what only other files could make a finding.
const LONGEST_GUESS: usize = 128 << 10;

impl Leaklint {
    /// With the rules that are on by default.
    pub fn new(apis: Apis, rules: &'static [Rule]) -> Self {
        let words = Arc::new(Words::new(&apis));
        Self {
            apis: Arc::new(apis),
            rules: Vec::new(),
            all: rules,
            words,
            needs: Vec::new(),
            floor: Some(Confidence::Medium),
            kept: AtomicUsize::default(),
            asked: AskedNames::default(),
        }
        .running(&[], Some(Confidence::Medium))
    }

    fn running(&self, asked_for: &[&'static str], floor: Option<Confidence>) -> Self {
        let wanted = |rule: &&Rule| rule.on_by_default || asked_for.contains(&rule.name);
        let rules: Vec<&'static Rule> = self.all.iter().filter(wanted).collect();
        let needs = needs_of(rules.iter().copied());
        Self {
            apis: Arc::clone(&self.apis),
            rules,
            all: self.all,
            words: Arc::clone(&self.words),
            needs,
            floor,
            kept: AtomicUsize::default(),
            asked: AskedNames::default(),
        }
    }
}

/// What rules look for, each need once.
fn needs_of(rules: impl Iterator<Item = &'static Rule>) -> Vec<Need> {
    let mut needs = Vec::new();
    for need in rules.flat_map(|rule| rule.needs) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    needs
}

impl Analyzer for Leaklint {
    type Facts = Boxed;

    fn analyse(&self, path: &Arc<str>, place: &Place, read: Read<'_>, limits: Limits) -> Analysis<Boxed> {
        let source = read.source;
        let kind = FileKind::of(place, source.text());
        match syntax::lower_with_limit(path, source, limits.nesting.min(syntax::DEFAULT_DEPTH_LIMIT)) {
            Ok(Parsed { mut ir, problems, distrusted }) => {
                let alone = Alone::default();
                let model = Model::new(&ir, &self.apis, source);
                let tables = model.tables();
                let mut facts = model.facts();
                fit(&mut facts, &place.package);
                let length = source.text().len();
                let mut analysed = Box::new(Analysed { distrusted, length, ..Analysed::of(facts, kind, true) });
                let focus = |floor| self.focus(path, &analysed, &self.report_alone(path, &analysed), floor);
                let focus = self.floor.map(focus).unwrap_or_default();
                if !focus.places.is_empty() {
                    let mut asking = model.asking(&alone, &focus.places).facts_again(&analysed.facts, &focus.places);
                    fit(&mut asking, &place.package);
                    analysed.questions = alone.questions(&focus.places, &analysed.facts, &asking);
                }
                let first_statement = ir.first_statement;
                if self.floor.is_some() {
                    self.asked.add(path, &analysed.questions, !focus.places.is_empty());
                    // What tests do is not asked.
                    if kind != FileKind::Test {
                        analysed.links = self.links_asked_for(path, &ir, read, &tables);
                        analysed.summaries = self.summaries_asked_for(path, &ir, read.source, &tables);
                    }
                    self.asked.add_lent(path, &analysed.facts.lent);
                }
                let is_guess = !focus.places.is_empty() && !focus.is_reported;
                let only_lends = focus.places.is_empty() && !analysed.facts.lent.is_empty();
                let is_kept = (is_guess || only_lends) && self.may_keep(length);
                let comments = if is_kept { ir.comments.clone() } else { std::mem::take(&mut ir.comments) };
                if is_kept {
                    ir.shrink();
                    analysed.kept = Some(Arc::new(Parsed { ir, problems: Vec::new(), distrusted: analysed.distrusted.clone() }));
                }
                let problems = problems.into_iter().map(|problem| diagnostic(path, problem)).collect();
                Analysis { facts: analysed, problems, comments, first_statement }
            }
            Err(problems) => Analysis {
                facts: Box::new(Analysed::of(Facts::default(), kind, true)),
                problems: problems.into_iter().map(|problem| diagnostic(path, problem)).collect(),
                comments: Vec::new(),
                first_statement: None,
            },
        }
    }

    fn skim(&self, path: &str, place: &Place, text: &str) -> Option<Boxed> {
        let text = text.trim_start_matches('\u{FEFF}');
        // A comment that speaks to leaklint is answered, even if it is useless.
        if OUR_NAME.find(text.as_bytes()).is_some() {
            return None;
        }
        let kind = FileKind::of(place, text);
        // In a test or a script, few rules have something to say.
        let of_kind = || needs_of(self.rules.iter().copied().filter(|rule| rule.kinds.contains(&kind)));
        let needs: Cow<'_, [Need]> = if kind == FileKind::Source { Cow::Borrowed(&self.needs) } else { Cow::Owned(of_kind()) };
        let is_read = !needs.is_empty();
        if is_read && prefilter::may_matter(&syntax::code(path, text), syntax::may_be_jsx(path, text), &self.words, &needs) {
            return None;
        }
        Some(Box::new(Analysed { length: text.len(), ..Analysed::of(Facts::default(), kind, false) }))
    }

    fn judge(&self, file: &FileFacts<Boxed>, floor: Confidence) -> Verdict {
        let facts = &file.facts.facts;
        let diagnostics = self.report_alone(&file.path, &file.facts);
        let depends_on_others = self.focus(&file.path, &file.facts, &diagnostics, floor);
        let focus = &depends_on_others.places;
        let is_shown = diagnostics.iter().any(|diagnostic| diagnostic.confidence >= floor);
        let is_asked = |it: &Registration| focus.contains(&it.span) || it.mount.as_ref().is_some_and(|mount| focus.contains(&mount.site));
        let uses_imports = |it: &Registration| {
            matches!(it.receiver.kind, ReceiverKind::Import | ReceiverKind::Service | ReceiverKind::Getter) && is_asked(it)
        };
        // What a file hands to those that it imports may be released there.
        let is_property = |it: &Interval| matches!(&it.handle, Handle::Kept { text, .. } if text.contains('.')) && focus.contains(&it.span);
        let is_timer_property =
            |it: &Timeout| matches!(&it.handle, Handle::Kept { text, .. } if text.contains('.')) && focus.contains(&it.span);
        let shares_import = |it: &Resource| matches!(it.flaw, Flaw::Shared { of: Source::Service, .. });
        let is_kept = |it: &Resource| (matches!(it.custody, Custody::Kept { .. }) || shares_import(it)) && focus.contains(&it.span);
        let is_field = |it: &Collection| it.holder.text.contains('.') && focus.contains(&it.holder.span);
        let questions = file.facts.questions.as_ref().filter(|questions| questions.focus == *focus);
        let depends_on_imports = facts.extends_imports
            || questions.is_some_and(|questions| questions.are_about_modules(is_shown))
            || facts.registrations.iter().any(uses_imports)
            || facts.intervals.iter().any(is_property)
            || facts.timeouts.iter().any(is_timer_property)
            || facts.resources.iter().any(is_kept)
            || facts.collections.iter().any(is_field);
        let own = facts.sections.iter().filter(|section| !section.is_installed());
        let copied = own.map(|section| (section.span, section.name.clone())).collect();
        Verdict { diagnostics, depends_on_others, depends_on_imports, copied }
    }

    fn concerns(&self, analysed: &Self::Facts) -> Vec<String> {
        let grown = analysed.facts.grows_in.iter().map(|grown| &grown.module);
        let lent = analysed.facts.lent.iter().map(|lent| &lent.module);
        let mut modules: Vec<String> = grown.chain(lent).cloned().collect();
        modules.sort();
        modules.dedup();
        modules
    }

    fn may_be_added_to(&self, path: &str, text: &str) -> bool {
        prefilter::may_be_added_to(&syntax::code(path, text), syntax::may_be_jsx(path, text), &self.words)
    }

    fn with_rules(self: Arc<Self>, asked_for: &[&'static str], floor: Option<Confidence>) -> Arc<Self> {
        if asked_for.is_empty() && floor == self.floor { self } else { Arc::new(self.running(asked_for, floor)) }
    }

    fn linker(self: Arc<Self>, project: Arc<Project<Boxed>>) -> Arc<dyn pipeline::Linker> {
        Arc::new(Linker::new(self, project))
    }
}

impl Analysed {
    fn of(facts: Facts, kind: FileKind, is_parsed: bool) -> Self {
        Self { facts, kind, distrusted: Vec::new(), is_parsed, length: 0, questions: None, kept: None, links: Vec::new(), summaries: None }
    }
}

/// Fits what a file says to what its package says of it.
fn fit(facts: &mut Facts, package: &Package) {
    facts.retain_versions(&|name, than| package.has_older(name, than));
    if package.audience == Audience::Application {
        facts.keep_to_program();
    }
}

impl Leaklint {
    /// What the rules say of a file by itself.
    fn report_alone(&self, path: &Arc<str>, analysed: &Analysed) -> Vec<Diagnostic> {
        self.report(&File { path, kind: analysed.kind, facts: &analysed.facts }, &analysed.distrusted)
    }

    /// The findings that others can change, those among them that there would be if the others said the worst.
    fn focus(&self, path: &Arc<str>, analysed: &Analysed, diagnostics: &[Diagnostic], floor: Confidence) -> Focus {
        let Analysed { facts, kind, distrusted, length, .. } = analysed;
        let is_shown = |diagnostic: &&Diagnostic| diagnostic.confidence >= floor;
        // How much is asked does not depend on what is shown: a finding is the same, whatever the floor.
        let is_reported = diagnostics.iter().any(|diagnostic| diagnostic.confidence >= Confidence::Medium);
        if *kind != FileKind::Source || facts.is_empty() || !is_reported && *length > LONGEST_GUESS {
            return Focus { places: Vec::new(), is_reported };
        }
        let worst = self.report(&File { path, kind: *kind, facts: &facts.at_worst() }, distrusted);
        let shown = diagnostics.iter().chain(&worst).filter(is_shown);
        let mut places: Vec<Span> = shown.map(|diagnostic| diagnostic.location.span).collect();
        places.extend(facts.collections_without_releases());
        places.sort_unstable();
        places.dedup();
        Focus { places, is_reported }
    }

    /// Whether what was parsed of a file of this length may be kept.
    fn may_keep(&self, length: usize) -> bool {
        let fits = |kept: usize| Some(kept + length).filter(|kept| *kept <= KEPT);
        self.kept.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }

    fn report(&self, file: &File<'_>, distrusted: &[Span]) -> Vec<Diagnostic> {
        let mut found = rule::run(&self.rules, file);
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
        copies: Vec::new(),
        copy_of: None,
    }
}

//! The second look at a file, with the answers of the others.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::ahead::{Names, covers};
use super::recent::Recent;
use super::{Analysed, Boxed, LONGEST_GUESS, Leaklint, fit};
use crate::diagnostic::{Confidence, Diagnostic};
use crate::model::Model;
use crate::model::access::AccessPath;
use crate::model::bases::Bases;
use crate::model::lent::Lent;
use crate::model::links::{Links, Offers, Reexport, Wanted};
use crate::model::mentions::{Mentions, mentions};
use crate::model::namesakes::NamedRelease;
use crate::model::noted::Questions;
use crate::model::outside::{Outside, Service};
use crate::model::placed::Placed;
use crate::model::summaries::Summary;
use crate::model::worst::Said;
use crate::pipeline::timings::SecondLook;
use crate::pipeline::{self, Analyzer, Focus, Limits, Project, Taken};
use crate::project::additions::Additions;
use crate::project::graph::{View, first_names};
use crate::project::growth::{grown_in, holders, may_be_grown};
use crate::project::summaries::summary_of;
use crate::project::{Audience, FactsSource, FileKind};
use crate::rule::File;
use crate::syntax::{self, Parsed};
use crate::text::SourceText;

type Importers = Arc<[(Arc<str>, String)]>;
/// Filled by whoever asks first.
type Slot = Arc<OnceLock<Option<Arc<Links>>>>;
type LinksByNames = Vec<(Names, Slot)>;

pub(super) struct Linker {
    leaklint: Arc<Leaklint>,
    project: Arc<Project<Boxed>>,
    /// Of a file and a module that it names.
    links: Mutex<FxHashMap<(String, String), LinksByNames>>,
    importers: Mutex<FxHashMap<String, Importers>>,
    words: Mutex<FxHashMap<String, Option<Words>>>,
    releases: Mutex<FxHashMap<String, Arc<[NamedRelease]>>>,
    services: Mutex<FxHashMap<String, Arc<[Service]>>>,
    placed: Mutex<FxHashMap<String, Arc<[Placed]>>>,
    bases: Mutex<FxHashMap<String, Arc<Bases>>>,
    summaries: Mutex<FxHashMap<String, Arc<[Summary]>>>,
    offers: Mutex<FxHashMap<String, Arc<Offers>>>,
    recent: Recent<Read>,
    texts: Recent<SourceText>,
    /// Files that may hold or hand on what others add to; none: there is no telling, as not all files are known.
    grown: OnceLock<Option<FxHashSet<Arc<str>>>>,
    judged: Mutex<FxHashSet<String>>,
    parses: AtomicU64,
    /// Source that was parsed, in bytes.
    parsed: AtomicU64,
    /// Files that were parsed for others.
    linked: Mutex<FxHashSet<String>>,
}

/// What the text of a file tells without a parse.
#[derive(Clone)]
struct Words {
    mentions: Mentions,
    /// The names that were asked for, and whether it has them.
    names: Arc<Mutex<FxHashMap<String, bool>>>,
    /// What it takes of modules that were asked for, by the specifier.
    taken: Arc<Mutex<FxHashMap<String, Taken>>>,
}

/// A file that was parsed for the second look.
struct Read {
    source: Arc<SourceText>,
    parsed: Arc<Parsed>,
}

/// Source of which the IR is kept, in bytes: the IR takes several times as much.
const KEPT: usize = 1 << 20;
/// Source that is kept, in bytes.
const KEPT_TEXTS: usize = 512 << 10;

impl Linker {
    pub(super) fn new(leaklint: Arc<Leaklint>, project: Arc<Project<Boxed>>) -> Self {
        Self {
            leaklint,
            project,
            links: Mutex::default(),
            importers: Mutex::default(),
            words: Mutex::default(),
            releases: Mutex::default(),
            bases: Mutex::default(),
            summaries: Mutex::default(),
            offers: Mutex::default(),
            recent: Recent::new(KEPT),
            texts: Recent::new(KEPT_TEXTS),
            grown: OnceLock::new(),
            services: Mutex::default(),
            placed: Mutex::default(),
            judged: Mutex::default(),
            parses: AtomicU64::default(),
            parsed: AtomicU64::default(),
            linked: Mutex::default(),
        }
    }

    /// What a file does with others, or offers.
    fn look<T>(&self, path: &str, limits: Limits, look: impl FnOnce(&Model<'_>) -> T) -> Option<T> {
        let read = self.parse(path, limits)?;
        self.linked.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
        Some(look(&Model::new(&read.parsed.ir, &self.leaklint.apis, &read.source)))
    }

    fn words(&self, file: &str) -> Option<Words> {
        let find = || {
            let source = self.text(file)?;
            Some(Words { mentions: Mentions::of(source.text()), names: Arc::default(), taken: Arc::default() })
        };
        once(&self.words, file, find)
    }

    fn has_name(&self, file: &str, words: &Words, name: &str) -> Option<bool> {
        if let Some(&known) = words.names.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Some(known);
        }
        let found = mentions(self.text(file)?.text(), name);
        words.names.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), found);
        Some(found)
    }

    fn text(&self, file: &str) -> Option<Arc<SourceText>> {
        if let Some(known) = self.texts.get(file) {
            return Some(known);
        }
        let source = Arc::new(self.project.text(file)?);
        self.texts.add(file, source.text().len(), &source);
        Some(source)
    }

    fn parse(&self, path: &str, limits: Limits) -> Option<Arc<Read>> {
        if let Some(known) = self.recent.get(path) {
            return Some(known);
        }
        let source = self.text(path)?;
        if let Some(parsed) = self.project.facts(path).and_then(|analysed| analysed.kept.clone()) {
            return Some(Arc::new(Read { source, parsed }));
        }
        self.parses.fetch_add(1, Ordering::Relaxed);
        self.parsed.fetch_add(source.text().len() as u64, Ordering::Relaxed);
        let parsed = syntax::lower_with_limit(path, &source, limits.nesting.min(syntax::DEFAULT_DEPTH_LIMIT)).ok()?;
        let read = Arc::new(Read { source, parsed: Arc::new(parsed) });
        self.recent.add(path, read.source.text().len(), &read);
        Some(read)
    }

    /// Whether a file that says nothing sure by itself says something that is shown.
    fn shows(&self, path: &Arc<str>, first: &Analysed) -> bool {
        let is_low = |floor: &Confidence| *floor < Confidence::Medium;
        self.leaklint
            .floor
            .filter(is_low)
            .is_some_and(|floor| self.leaklint.report_alone(path, first).iter().any(|it| it.confidence >= floor))
    }

    /// Whether a finding that there would be at worst is none with what the others do say.
    fn stays_unsaid(&self, path: &Arc<str>, first: &Analysed, questions: &Questions, files: &Files<'_>) -> bool {
        let lacks_releases = first.facts.collections_without_releases().next().is_some();
        let is_finding = |said: Said| {
            let worst = || first.facts.at_worst_of(said);
            let is_shown = |found: &Diagnostic| self.leaklint.floor.is_none_or(|floor| found.confidence >= floor);
            let found = |facts| self.leaklint.report(&File { path, kind: first.kind, facts }, &first.distrusted);
            (!said.is_called || said.drops) && lacks_releases || found(&worst()).iter().any(is_shown)
        };
        // Some of these questions would not come up, now that there are answers: they must not take the place of others.
        questions.make_nothing(&View::new(files, path, false), &is_finding)
    }

    /// Whether what others add to a file of which nothing is said by itself may be a finding.
    fn may_be_found(&self, path: &Arc<str>, first: &Analysed, read: &Read, additions: &Additions<'_, '_>) -> bool {
        let Parsed { ir, distrusted, .. } = &*read.parsed;
        let model = Model::with_outside(ir, &self.leaklint.apis, &read.source, additions, &[]);
        let mut facts = model.facts_again(&first.facts, &[]);
        fit(&mut facts, &self.project.place(path).package);
        let is_shown = |found: &Diagnostic| self.leaklint.floor.is_none_or(|floor| found.confidence >= floor);
        let at_worst = || self.leaklint.report(&File { path, kind: first.kind, facts: &facts.at_worst() }, distrusted);
        facts.collections_without_releases().next().is_some() || at_worst().iter().any(is_shown)
    }

    fn find_grown(&self) -> Option<FxHashSet<Arc<str>>> {
        let project = &self.project;
        let adding = project.files.iter().flat_map(|file| {
            let modules = file.facts.facts.grows_in.iter();
            modules.filter_map(|grown| project.resolve(&file.path, &grown.module))
        });
        let handed = |file: &str| match project.facts(file) {
            Some(analysed) if analysed.is_parsed => {
                analysed.facts.reexports.iter().filter_map(|reexport| project.resolve(file, &reexport.module)).collect()
            }
            _ => project.imports(file),
        };
        project.is_whole().then(|| may_be_grown(adding, &handed))
    }

    fn find_links(&self, path: &str, wanted: Wanted<'_>, limits: Limits) -> Option<Arc<Links>> {
        self.look(path, limits, |model| Arc::new(model.links(wanted)))
    }

    /// What will be asked of a module besides some names: all that it asks about itself.
    fn names_asked(&self, file: &str, specifier: &str, names: &BTreeSet<String>) -> Names {
        let target = self.project.resolve(file, specifier);
        let questions = target.and_then(|target| self.project.facts(&target)?.questions.as_ref());
        let more = questions.and_then(|questions| first_names(questions.paths())).unwrap_or_default();
        Some(names.iter().cloned().chain(more).collect())
    }
}

impl pipeline::Linker for Linker {
    fn judge(&self, path: &Arc<str>, focus: &Focus, limits: Limits) -> Option<Vec<Diagnostic>> {
        let files = Files { linker: self, limits };
        let view = View::new(&files, path, focus.is_reported);
        // It is only asked about because others may add to what it holds: where nobody does, or no collection is made, there is nothing to say.
        let holds = |source: &SourceText| self.leaklint.may_be_added_to(path, source.text());
        let is_held = || self.text(path).is_none_or(|source| holds(&source));
        let is_lent = || self.project.facts(path).is_some_and(|analysed| !analysed.facts.lent.is_empty());
        if focus.places.is_empty() && !is_lent() && (view.grown().is_empty() || !is_held()) {
            return None;
        }
        let kind = files.kind(path);
        let first = self.project.facts(path);
        let questions = first.and_then(|analysed| analysed.questions.as_ref()).filter(|questions| questions.focus == focus.places);
        // This asks for less than what comes behind it.
        if !focus.is_reported
            && let (Some(first), Some(questions)) = (first, questions)
            && !self.shows(path, first)
            && self.stays_unsaid(path, first, questions, &files)
        {
            return None;
        }
        if questions.is_some_and(|questions| questions.are_without_answer(&view)) {
            return None;
        }
        self.judged.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_string());
        let Some(read) = self.parse(path, limits) else { return Some(Vec::new()) };
        if focus.places.is_empty() && first.is_some_and(|first| !self.may_be_found(path, first, &read, &Additions(&view))) {
            return None;
        }
        let Parsed { ir, distrusted, .. } = &*read.parsed;
        let model = Model::with_outside(ir, &self.leaklint.apis, &read.source, &view, &focus.places);
        // Of one that was not parsed no rule has anything to say but for what others add.
        let mut facts = first.map_or_else(|| model.facts(), |first| model.facts_again(&first.facts, &focus.places));
        fit(&mut facts, &self.project.place(path).package);
        Some(self.leaklint.report(&File { path, kind, facts: &facts }, distrusted))
    }

    fn counts(&self) -> SecondLook {
        let judged = self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        let linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner).difference(&judged).count() as u64;
        let (parses, parsed) = (self.parses.load(Ordering::Relaxed), self.parsed.load(Ordering::Relaxed));
        SecondLook { judged: judged.len() as u64, parses, parsed, linked, ..SecondLook::default() }
    }

    fn concerned(&self, path: &str, limits: Limits) -> Vec<Arc<str>> {
        let files = Files { linker: self, limits };
        let grown = self.project.facts(path).map(|analysed| analysed.facts.grows_in.as_slice()).unwrap_or_default();
        let lent = self.project.facts(path).map(|analysed| analysed.facts.lent.as_slice()).unwrap_or_default();
        let is_long = |lent: &Lent| self.project.resolve(path, &lent.module).is_some_and(|target| files.is_long(&target));
        let is_added_to = |lent: &Lent| {
            !is_long(lent)
                && summary_of(&files, path, &lent.module, &lent.path).is_some_and(|summary| lent.is_added_to_by(&summary.effects))
        };
        let own = lent.iter().find(|lent| is_added_to(lent)).map(|_| Arc::from(path));
        let targets = grown.iter().filter_map(|grown| Some((self.project.resolve(path, &grown.module)?, &grown.path)));
        targets.flat_map(|(target, path)| holders(&files, &target, path)).chain(own).collect()
    }

    fn is_added_to(&self, path: &str, limits: Limits) -> bool {
        !grown_in(&Files { linker: self, limits }, path).is_empty()
    }
}

fn is_component(file: &str) -> bool {
    [".vue", ".svelte"].iter().any(|extension| file.ends_with(extension))
}

/// What is known of files, each filled by whoever asks first.
fn once<T: Clone>(known: &Mutex<FxHashMap<String, T>>, file: &str, find: impl FnOnce() -> T) -> T {
    if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(file) {
        return known.clone();
    }
    let found = find();
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
    found
}

/// The project as a worker asks for it.
struct Files<'a> {
    linker: &'a Linker,
    limits: Limits,
}

impl Files<'_> {
    fn offers(&self, file: &str) -> Arc<Offers> {
        let find = || Arc::new(self.linker.look(file, self.limits, |model| model.offers()).unwrap_or_default());
        once(&self.linker.offers, file, find)
    }

    /// Whether a file is too long to be parsed for what may be no finding.
    fn is_long(&self, file: &str) -> bool {
        let known = self.linker.project.facts(file).map(|analysed| analysed.length);
        known.or_else(|| Some(self.linker.text(file)?.text().len())).is_some_and(|length| length > LONGEST_GUESS)
    }
}

impl FactsSource for Files<'_> {
    fn links(&self, file: &str, specifier: &str, names: Option<&BTreeSet<String>>) -> Option<Arc<Links>> {
        let ahead =
            self.linker.project.facts(file).and_then(|analysed| analysed.links.iter().find(|known| known.answers(specifier, names)));
        if let Some(known) = ahead {
            return Some(Arc::clone(&known.links));
        }
        let (asked, slot) = {
            let mut known = self.linker.links.lock().unwrap_or_else(PoisonError::into_inner);
            let of_module = known.entry((file.to_owned(), specifier.to_owned())).or_default();
            let at = of_module.iter().position(|(known, _)| covers(known, names)).unwrap_or_else(|| {
                // Who asks for more again and again is told all.
                let names = names.filter(|_| of_module.len() < 2).and_then(|names| self.linker.names_asked(file, specifier, names));
                of_module.push((names, Slot::default()));
                of_module.len() - 1
            });
            of_module[at].clone()
        };
        let wanted = Wanted { module: specifier, names: asked.as_ref() };
        slot.get_or_init(|| self.linker.find_links(file, wanted, self.limits)).clone()
    }

    fn mentions(&self, file: &str) -> Option<Mentions> {
        self.linker.words(file).map(|words| words.mentions)
    }

    fn has_name(&self, file: &str, name: &str) -> Option<bool> {
        self.linker.has_name(file, &self.linker.words(file)?, name)
    }

    fn may_take(&self, file: &str, specifier: &str, name: &str) -> bool {
        if let Some(takes) = self.linker.project.takes(file, specifier, name) {
            return takes;
        }
        let Some(words) = self.linker.words(file) else { return true };
        // Who does not have its word tells more of it elsewhere, or nothing.
        if name != "default" && self.linker.has_name(file, &words, name) == Some(false) {
            return true;
        }
        let find = || self.linker.text(file).map(|source| Taken::of(source.text(), specifier)).unwrap_or_default();
        once(&words.taken, specifier, find).may_have(name)
    }

    fn takes(&self, file: &str, specifier: &str, name: &str) -> bool {
        self.linker.project.takes(file, specifier, name) == Some(true)
    }

    fn reexports(&self, file: &str) -> Arc<[Reexport]> {
        match self.linker.project.facts(file) {
            Some(analysed) if analysed.is_parsed => analysed.facts.reexports.as_slice().into(),
            _ => self.offers(file).reexports.as_slice().into(),
        }
    }

    fn few_types(&self, file: &str) -> Vec<String> {
        self.offers(file).few_types.clone()
    }

    fn hands_on(&self, file: &str, specifier: &str) -> Option<Vec<AccessPath>> {
        let of_module = |analysed: &Boxed| {
            let handed = analysed.facts.reexports.iter().filter(|reexport| reexport.module == specifier);
            handed.map(|reexport| reexport.path.clone()).collect()
        };
        let hands_on = |analysed: &Boxed| analysed.is_parsed.then(|| of_module(analysed));
        self.linker.project.with_facts(file, self.limits, hands_on).flatten()
    }

    fn may_be_grown(&self, file: &str) -> bool {
        self.linker.grown.get_or_init(|| self.linker.find_grown()).as_ref().is_none_or(|grown| grown.contains(file))
    }

    fn grown_imports(&self, file: &str, specifier: &str) -> Vec<AccessPath> {
        let of_module = |analysed: &Boxed| {
            let grown = analysed.facts.grows_in.iter().filter(|grown| grown.module == specifier);
            grown.map(|grown| grown.path.clone()).collect()
        };
        self.linker.project.with_facts(file, self.limits, of_module).unwrap_or_default()
    }

    fn imports(&self, file: &str) -> Vec<Arc<str>> {
        self.linker.project.imports(file)
    }

    fn named_releases(&self, file: &str) -> Arc<[NamedRelease]> {
        let find = || self.linker.look(file, self.limits, |model| model.named_releases()).unwrap_or_default().into();
        once(&self.linker.releases, file, find)
    }

    fn bases(&self, file: &str) -> Arc<Bases> {
        let find = || Arc::new(self.linker.look(file, self.limits, |model| model.bases()).unwrap_or_default());
        once(&self.linker.bases, file, find)
    }

    fn summaries(&self, file: &str) -> Arc<[Summary]> {
        if let Some(known) = self.linker.project.facts(file).and_then(|analysed| analysed.summaries.clone()) {
            return known;
        }
        let find = || self.linker.look(file, self.limits, |model| model.summaries()).unwrap_or_default().into();
        once(&self.linker.summaries, file, find)
    }

    fn services(&self, file: &str) -> Arc<[Service]> {
        let find = || self.linker.look(file, self.limits, |model| model.services()).unwrap_or_default().into();
        once(&self.linker.services, file, find)
    }

    fn naming(&self, element: &str) -> Vec<Arc<str>> {
        self.linker.project.naming(element)
    }

    fn placed(&self, file: &str) -> Arc<[Placed]> {
        let find = || self.linker.look(file, self.limits, |model| model.placed()).unwrap_or_default();
        once(&self.linker.placed, file, find)
    }

    fn kind(&self, file: &str) -> FileKind {
        let known = self.linker.project.facts(file).map(|analysed| analysed.kind);
        known.unwrap_or_else(|| {
            let source = self.linker.text(file);
            FileKind::of(&self.linker.project.place(file), source.as_ref().map(|source| source.text()).unwrap_or_default())
        })
    }

    fn is_commonjs(&self, file: &str) -> bool {
        match self.linker.project.facts(file) {
            Some(analysed) if analysed.is_parsed => !analysed.facts.exports_names,
            // Without the word there is no ES export, but in what a compiler makes of a component.
            _ => !is_component(file) && self.mentions(file).is_some_and(|mentions| !mentions.has_export) || self.offers(file).is_commonjs,
        }
    }

    fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>> {
        self.linker.project.resolve(file, specifier)
    }

    fn importers(&self, file: &str) -> Importers {
        once(&self.linker.importers, file, || self.linker.project.importers(file).into())
    }

    fn is_public(&self, file: &str) -> bool {
        self.linker.project.is_public(file)
    }

    fn is_of_library(&self, file: &str) -> bool {
        self.linker.project.place(file).package.audience == Audience::Library
    }
}

//! What the rest of the project does with what one file offers, walked over the links of its files.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::growth::grown_in;
use super::summaries::{base_ends, has_few_values, summary_of};
use super::{FactsSource, FileKind};
use crate::model::access::{Access, AccessPath};
use crate::model::application::LOCALS;
use crate::model::context::{Context, ContextKind, Step, StepKind};
use crate::model::lasting::{Lasts, Parameter};
use crate::model::links::{ImportUse, Links, UseKind};
use crate::model::namesakes::NamedRelease;
use crate::model::origin::Origin;
use crate::model::outside::{FileName, Opening, Outside, OutsideUse, Seen, Service, Way, nested};
use crate::model::summaries::{Done, Effect, Summary};

/// Files that may be read for one question; where more would have to be, the answer is that not all is known.
const PER_QUESTION: usize = 6;
/// Files that may be read for all questions about one file that has findings.
const PER_FILE: usize = 16;
/// The same for a file that has findings only if the others say the worst.
const PER_GUESS: usize = 5;
/// One of these words stands where something is released; what hangs on the application, an assignment lets go.
const RELEASES: &[&str] = &[LOCALS, "delete", "clear", "clearInterval", "clearTimeout", "pop", "shift", "splice", "filter", "length"];
/// Importers that one question may look at.
const LIMIT: usize = 2000;

/// The project as one file sees it.
pub struct View<'a> {
    pub(super) source: &'a dyn FactsSource,
    pub(super) file: Arc<str>,
    known: RefCell<FxHashMap<Vec<AccessPath>, Rc<Seen>>>,
    /// What was read so far, whoever read it before.
    read: RefCell<FxHashSet<(Arc<str>, String)>>,
    grown: OnceCell<Vec<AccessPath>>,
    /// What is asked about is a finding already.
    is_reported: bool,
}

/// A use as the file in which it stands has it.
pub(super) struct Found {
    pub file: Arc<str>,
    pub used: ImportUse,
}

/// What is found under some paths, before the ways to it are followed.
pub(super) struct Uses {
    pub found: Vec<Found>,
    parts: u32,
    files: BTreeSet<String>,
    pub is_complete: bool,
    is_tested: bool,
    /// Not every file that may use them was read, or code outside of the project may.
    is_unsure: bool,
    /// Files were left unread because the question had read enough.
    is_cut: bool,
}

impl Uses {
    fn new() -> Self {
        let (is_tested, is_unsure, is_cut) = Default::default();
        Self { found: Vec::new(), parts: 0, files: BTreeSet::new(), is_complete: true, is_tested, is_unsure, is_cut }
    }

    /// Adds what a file does with a module, some paths of which are asked about.
    fn add<'l>(&mut self, file: &Arc<str>, links: impl Iterator<Item = &'l ImportUse>, asked: &[AccessPath], is_commonjs: bool) {
        for used in links {
            let path = offered(&used.path, is_commonjs);
            if asked.contains(&path) {
                let used = ImportUse { path: path.clone(), ..used.clone() };
                self.found.push(Found { file: file.clone(), used });
                self.files.insert(file.to_string());
            } else if asked.iter().any(|wanted| path.starts_with(wanted)) {
                self.parts += 1;
                self.files.insert(file.to_string());
            } else if is_lost(&used.what) && asked.iter().any(|wanted| wanted.starts_with(&path)) || makes(&used.what, &path, asked) {
                self.be_unsure();
            }
        }
    }

    fn be_unsure(&mut self) {
        self.is_complete = false;
        self.is_unsure = true;
    }
}

/// What a file can tell of some paths, by its words.
enum Reach {
    Read,
    /// It may hand on the owner of what is named.
    Unknown,
    Nothing,
}

/// One question: what was asked on the way, so that cycles end.
#[derive(Default)]
pub(super) struct Question {
    /// Whether custom elements that were asked about are placed once; not yet known of one is no.
    pub elements: FxHashMap<String, bool>,
    seen: FxHashSet<(Arc<str>, AccessPath)>,
    /// Importers that were looked at.
    followed: usize,
    read: usize,
}

impl<'a> View<'a> {
    pub fn new(source: &'a dyn FactsSource, file: &Arc<str>, is_reported: bool) -> Self {
        let (known, read, grown) = (RefCell::default(), RefCell::default(), OnceCell::new());
        Self { source, file: file.clone(), known, read, grown, is_reported }
    }

    /// The uses of what a file offers under some paths, also through re-exports.
    pub(super) fn uses_of(&self, file: &Arc<str>, paths: &[AccessPath], question: &mut Question) -> Uses {
        let mut uses = Uses::new();
        self.collect(file, paths, question, &mut uses);
        uses
    }

    fn collect(&self, file: &Arc<str>, paths: &[AccessPath], question: &mut Question, uses: &mut Uses) {
        let fresh: Vec<AccessPath> = paths.iter().filter(|path| question.seen.insert((file.clone(), (*path).clone()))).cloned().collect();
        if fresh.is_empty() {
            return;
        }
        if self.source.is_public(file) {
            uses.be_unsure();
        }
        let mut is_imported = false;
        let is_commonjs = self.source.is_commonjs(file);
        let importers = self.source.importers(file);
        // What tests do says nothing of the program.
        let is_test = |importer: &(Arc<str>, String)| self.source.kind(&importer.0) == FileKind::Test;
        let (tests, others): (Vec<_>, Vec<_>) = importers.iter().partition(|importer| is_test(importer));
        for (importer, specifier) in others {
            // Nothing more is read for this question, so that the words of the others are not asked for.
            if uses.is_cut && question.read >= PER_QUESTION {
                uses.be_unsure();
                return;
            }
            is_imported = true;
            question.followed += 1;
            if !self.takes_any(importer, specifier, &fresh, is_commonjs) {
                continue;
            }
            match self.reach(importer, specifier, &fresh) {
                Reach::Read => {}
                Reach::Unknown => {
                    uses.be_unsure();
                    continue;
                }
                Reach::Nothing => continue,
            }
            let Some(links) = self.read(importer, specifier, &fresh, question) else {
                uses.be_unsure();
                uses.is_cut = true;
                continue;
            };
            uses.add(importer, links.uses.iter().filter(|used| used.module == *specifier), &fresh, is_commonjs);
            for reexport in links.reexports.iter().filter(|reexport| reexport.module == *specifier) {
                let inner = offered(&reexport.path, is_commonjs);
                let outer: Vec<AccessPath> = fresh.iter().filter_map(|path| renamed(path, &inner, reexport.name.as_ref())).collect();
                self.collect(importer, &outer, question, uses);
            }
        }
        // What no file imports is begun by something else: a framework, a page, a command.
        uses.is_complete &= is_imported;
        // Of what was cut short nobody asks whether tests use it.
        let tests_it = |(importer, specifier): &&(Arc<str>, String)| {
            self.takes_any(importer, specifier, &fresh, is_commonjs) && !matches!(self.reach(importer, specifier, &fresh), Reach::Nothing)
        };
        uses.is_tested |= !uses.is_cut && !uses.is_tested && tests.iter().any(tests_it);
    }

    /// Whether a file may name one of the paths by what it takes of the module.
    fn takes_any(&self, file: &str, specifier: &str, paths: &[AccessPath], is_commonjs: bool) -> bool {
        let may_take = |name: &str| self.source.may_take(file, specifier, name);
        let takes = |path: &AccessPath| match path.first() {
            Some(Access::Member(name)) => may_take(name),
            _ => true,
        };
        paths.iter().any(takes) || is_commonjs && may_take("default")
    }

    /// The links of a file, as long as the question may ask for more.
    fn read(&self, file: &Arc<str>, specifier: &str, paths: &[AccessPath], question: &mut Question) -> Option<Arc<Links>> {
        question.read += 1;
        let budget = if self.is_reported { PER_FILE } else { PER_GUESS };
        let mut read = self.read.borrow_mut();
        let wanted = (file.clone(), specifier.to_owned());
        // What was read for another question costs nothing.
        let is_within = question.read <= PER_QUESTION && question.followed <= LIMIT && (read.len() < budget || read.contains(&wanted));
        if is_within {
            read.insert(wanted);
        }
        if is_within { self.source.links(file, specifier, first_names(paths).as_ref()) } else { None }
    }

    /// Whether a file must be read to know what it does with what one of the paths names.
    fn reach(&self, importer: &str, specifier: &str, paths: &[AccessPath]) -> Reach {
        // What its imports say, its words say as well.
        let is_taken = |path: &AccessPath| {
            let mut names = names_of(path);
            names.next().is_none_or(|name| names.next().is_none() && self.source.takes(importer, specifier, name))
        };
        if paths.iter().any(is_taken) {
            return Reach::Read;
        }
        let Some(mentions) = self.source.mentions(importer) else { return Reach::Read };
        let spelt =
            |path: &AccessPath, count: usize| names_of(path).take(count).all(|name| self.source.has_name(importer, name).unwrap_or(true));
        if mentions.exports_all || paths.iter().any(|path| spelt(path, usize::MAX)) {
            return Reach::Read;
        }
        let is_named = mentions.exports && paths.iter().any(|path| spelt(path, 1));
        match self.source.hands_on(importer, specifier) {
            Some(handed) if handed.iter().any(|handed| paths.iter().any(|path| may_be_of(handed, path))) => Reach::Read,
            // `module.exports = require('./x')` names nothing of what it hands on.
            None if is_named || mentions.exports && mentions.imports_whole => Reach::Read,
            // A class may be handed on by a function, without a word of its methods.
            Some(_) if is_named => {
                if self.is_reported {
                    Reach::Read
                } else {
                    Reach::Unknown
                }
            }
            _ => Reach::Nothing,
        }
    }

    /// How often a use runs, through all files.
    pub(super) fn context(&self, file: &Arc<str>, way: &Way, question: &mut Question) -> Context {
        let kind = self.source.kind(file);
        let mut best = way.closed.clone().map(|context| in_file(context, file));
        for opening in &way.open {
            if best.as_ref().is_some_and(|best| best.kind == ContextKind::Repeated) {
                break;
            }
            for context in self.openings(file, opening, question) {
                best = Some(match best {
                    Some(best) if best.kind >= context.kind => best,
                    _ => context,
                });
            }
        }
        let mut context = best.unwrap_or(Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false });
        if self.is_shut(file, &context) {
            context.kind = context.kind.min(ContextKind::Startup);
        }
        match kind {
            FileKind::Test => context.kind = ContextKind::Test,
            FileKind::Script => context.kind = context.kind.min(ContextKind::Bounded),
            FileKind::Source => {}
        }
        context
    }

    /// The ways that lead to a function which a file offers.
    fn openings(&self, file: &Arc<str>, opening: &Opening, question: &mut Question) -> Vec<Context> {
        let uses = self.uses_of(file, &opening.paths, question);
        let own = in_file(Context { kind: opening.by_name, steps: opening.steps.clone(), per_request: false }, file);
        let mut found = Vec::new();
        for Found { file, used } in uses.found.iter().filter(|found| matches!(found.used.what, UseKind::Called { .. })) {
            let way = match &used.what {
                UseKind::Called { set_up: Some(way), .. } if opening.sets_up => way,
                _ => &used.way,
            };
            let mut outer = self.context(file, way, question);
            if let UseKind::Called { for_module: Some(way), .. } = &used.what
                && !opening.of_object
            {
                let for_module = self.context(file, way, question);
                outer = if for_module.kind == ContextKind::Repeated { for_module } else { outer };
            }
            let mut steps = outer.steps;
            steps.extend(own.steps.iter().cloned());
            let per_request = outer.per_request || own.steps.iter().any(|step| matches!(step.what, StepKind::RequestParam { .. }));
            found.push(Context { kind: nested(opening.repeats, outer.kind), steps, per_request });
        }
        if found.is_empty() || !uses.is_complete {
            found.push(own);
        }
        found
    }

    fn answer(&self, file: &Arc<str>, paths: &[AccessPath]) -> Seen {
        let mut question = Question::default();
        let uses = self.uses_of(file, paths, &mut question);
        let resolved = uses.found.into_iter().map(|Found { file, used }| {
            let context = match &used.what {
                UseKind::Mounted(mounts) => {
                    let kind = if self.is_once(&file, mounts, &mut question) { ContextKind::Init } else { ContextKind::Repeated };
                    Context { kind, steps: Vec::new(), per_request: false }
                }
                _ => self.context(&file, &used.way, &mut question),
            };
            let (set_up, for_module) = match &used.what {
                UseKind::Called { set_up, for_module, .. } => (set_up.as_deref(), for_module.as_deref()),
                _ => (None, None),
            };
            let [set_up, for_module] = [set_up, for_module].map(|way| way.map(|way| self.context(&file, way, &mut question)));
            OutsideUse { file: file.to_string(), used, context, set_up, for_module }
        });
        let mut resolved: Vec<OutsideUse> = resolved.collect();
        resolved.sort_by(|left, right| (&left.file, left.used.span.start).cmp(&(&right.file, right.used.span.start)));
        let is_known = !uses.is_unsure && question.followed < LIMIT && !self.source.is_of_library(file);
        Seen {
            uses: resolved,
            parts: uses.parts,
            files: uses.files,
            is_complete: uses.is_complete && question.followed < LIMIT,
            is_tested: uses.is_tested && !uses.is_cut && !self.source.is_public(file),
            is_all: is_known && (uses.is_complete || uses.is_tested),
        }
    }
}

impl Outside for View<'_> {
    fn uses(&self, paths: &[AccessPath]) -> Rc<Seen> {
        if let Some(known) = self.known.borrow().get(paths) {
            return known.clone();
        }
        let answer = Rc::new(self.answer(&self.file, paths));
        self.known.borrow_mut().insert(paths.to_vec(), answer.clone());
        answer
    }

    fn uses_of_module(&self, module: &str, paths: &[AccessPath]) -> Rc<Seen> {
        let Some(target) = self.source.resolve(&self.file, module) else { return Rc::default() };
        let is_commonjs = self.source.is_commonjs(&target);
        let paths: Vec<AccessPath> = paths.iter().map(|path| offered(path, is_commonjs)).collect();
        let mut seen = self.answer(&target, &paths);
        seen.uses.retain(|used| *used.file != *self.file);
        Rc::new(seen)
    }

    fn released_by_name(&self, property: &str) -> Vec<(FileName, NamedRelease)> {
        let mut read = 0;
        let mut found = Vec::new();
        for file in self.near() {
            let has = |word: &str| self.source.has_name(&file, word).unwrap_or(true);
            let may = has(property) && RELEASES.iter().any(|word| has(word));
            if !may || read == PER_QUESTION {
                continue;
            }
            read += 1;
            let releases = self.source.named_releases(&file);
            let own = releases.iter().filter(|release| release.property == property);
            found.extend(own.map(|release| (file.to_string(), release.clone())));
        }
        found
    }

    fn service(&self, module: &str, class: &str) -> Option<Service> {
        let file = self.source.resolve(&self.file, module)?;
        if let Some(found) = self.source.services(&file).iter().find(|service| service.class == class) {
            return Some(found.clone());
        }
        // A file that hands on what others have made.
        let imported = self.source.imports(&file);
        imported.iter().take(PER_GUESS * PER_FILE).find_map(|file| {
            let has = |word: &str| self.source.has_name(file, word) == Some(true);
            let services = if has(class) && has("Injectable") { self.source.services(file) } else { Arc::default() };
            services.iter().find(|service| service.class == class).cloned()
        })
    }

    fn released_by_bases(&self, module: &str, property: &str) -> Vec<(FileName, NamedRelease)> {
        let mut found = Vec::new();
        let mut seen: Vec<Arc<str>> = Vec::new();
        let mut work: Vec<(Arc<str>, String)> = vec![(self.file.clone(), module.to_owned())];
        while let Some((file, module)) = work.pop() {
            let Some(target) = self.source.resolve(&file, &module).filter(|target| !seen.contains(target)) else { continue };
            seen.push(target.clone());
            if seen.len() > PER_QUESTION {
                break;
            }
            let bases = self.source.bases(&target);
            let own = bases.releases.iter().filter(|release| release.property == property);
            found.extend(own.map(|release| (target.to_string(), release.clone())));
            let reexports = self.source.reexports(&target);
            let behind = bases.modules.iter().chain(reexports.iter().map(|reexport| &reexport.module));
            work.extend(behind.map(|module| (target.clone(), module.clone())));
        }
        found
    }

    fn base_ends(&self, module: &str, path: &AccessPath) -> bool {
        base_ends(self.source, &self.file, module, path)
    }

    fn has_few_values(&self, module: &str, path: &AccessPath) -> bool {
        has_few_values(self.source, &self.file, module, path)
    }

    fn summary(&self, module: &str, path: &AccessPath) -> Option<Summary> {
        summary_of(self.source, &self.file, module, path)
    }

    fn added_by(&self, module: &str, path: &AccessPath) -> Vec<Effect> {
        let mut effects = self.summary(module, path).map(|summary| summary.effects).unwrap_or_default();
        effects.retain(|effect| matches!(effect.done, Done::Grows { .. }));
        effects
    }

    fn gives_shared(&self, module: &str, path: &AccessPath) -> Option<bool> {
        self.summary(module, path).map(|summary| summary.gives_shared)
    }

    fn origin(&self, module: &str, path: &AccessPath) -> Option<Origin> {
        self.summary(module, path).and_then(|summary| summary.origin)
    }

    fn lasting(&self, parameters: &[Parameter]) -> Lasts {
        self.lasts(&self.file, parameters, &mut Question::default(), 2)
    }

    fn is_element_once(&self, name: &str) -> bool {
        self.places_once(&self.file, name, &mut Question::default())
    }

    fn grown(&self) -> Vec<AccessPath> {
        self.grown.get_or_init(|| grown_in(self.source, &self.file)).clone()
    }
}

/// The names of a path that a file spells which uses what stands there.
fn names_of(path: &AccessPath) -> impl Iterator<Item = &str> {
    path.iter().filter_map(|step| match step {
        Access::Member(name) if name != "default" => Some(name.as_str()),
        _ => None,
    })
}

/// The first names of paths; none if one of them has no name.
pub fn first_names<'p>(paths: impl IntoIterator<Item = &'p AccessPath>) -> Option<BTreeSet<String>> {
    let name = |path: &AccessPath| match path.first() {
        Some(Access::Member(name)) => Some(name.clone()),
        _ => None,
    };
    paths.into_iter().map(name).collect()
}

/// Whether what is handed on can hold what is asked about, or be held by it. A default may be the whole of a CommonJS file.
fn may_be_of(handed: &AccessPath, path: &AccessPath) -> bool {
    path.starts_with(handed) || handed.starts_with(path) || matches!(handed.first(), Some(Access::Member(name)) if name == "default")
}

/// The default import of a CommonJS file is the whole of what it exports.
pub(super) fn offered(path: &AccessPath, is_commonjs: bool) -> AccessPath {
    let is_default = matches!(path.first(), Some(Access::Member(name)) if name == "default");
    if is_commonjs && is_default { path[1..].to_vec() } else { path.clone() }
}

/// The path under which a re-export offers what stands at `path`.
pub(super) fn renamed(path: &AccessPath, inner: &AccessPath, name: Option<&AccessPath>) -> Option<AccessPath> {
    let rest = path.strip_prefix(inner.as_slice())?;
    match name {
        Some(name) => Some([name.as_slice(), rest].concat()),
        // `export *` leaves out the default.
        None => (!matches!(rest.first(), Some(Access::Member(name)) if name == "default")).then(|| rest.to_vec()),
    }
}

/// Whether what is used may be reached by ways that are not followed.
fn is_lost(what: &UseKind) -> bool {
    matches!(what, UseKind::HandedOut(_) | UseKind::Extended)
}

/// A class may be constructed by a static method that it inherits: `Panel.create()`.
fn makes(what: &UseKind, path: &AccessPath, wanted: &[AccessPath]) -> bool {
    let UseKind::Called { .. } = what else { return false };
    let Some((Access::Member(_), class)) = path.split_last() else { return false };
    // What it gives back is asked about as well: it is the class's own.
    if wanted.iter().any(|wanted| wanted.starts_with(path)) {
        return false;
    }
    wanted.iter().any(|wanted| wanted.starts_with(class) && wanted.get(class.len()) == Some(&Access::Instance))
}

/// Steps that name no file stand in this one.
fn in_file(mut context: Context, file: &Arc<str>) -> Context {
    for step in &mut context.steps {
        let Step { file: known, .. } = step;
        known.get_or_insert_with(|| file.to_string());
    }
    context
}

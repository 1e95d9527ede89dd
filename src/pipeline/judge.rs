//! What the rules say of files: of each by itself, then again in view of the others.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::timings::{Moment, SecondLook};
use super::{
    Analyzer, Assembly, FileFacts, Focus, Linker, Linted, Options, Outcome, Pool, Project, Verdict, Visit, Visitor, internal_error,
    too_slow,
};
use crate::diagnostic::{Confidence, Diagnostic, Role};
use crate::resolve::ProjectFiles;
use crate::suppress::Suppressions;
use crate::walk::{Origin, SourceFile, normalise};

/// The files of a run, and what each says by itself.
struct FirstLook<F> {
    project: Arc<Project<F>>,
    verdicts: Vec<(Arc<str>, Verdict)>,
    /// To whose collections files that the run does not have may add.
    offered: Vec<Arc<str>>,
}

impl<F: Send + Sync + 'static> Assembly<F> {
    pub(super) fn judge<A: Analyzer<Facts = F>>(&mut self, analyzer: &Arc<A>, files: &[SourceFile], options: &Options) {
        let mut facts = std::mem::take(&mut self.facts);
        facts.sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()));
        let outcomes =
            options.pool.map(facts.len(), |file| facts.get(file).map(|file| analyzer.judge(file, options.floor)).unwrap_or_default());
        let mut verdicts = Vec::new();
        for (file, outcome) in facts.iter_mut().zip(outcomes) {
            match outcome {
                Outcome::Done(mut verdict) => {
                    // A full run would not ask the others either.
                    if file.unnamed.is_some() {
                        verdict.depends_on_others = Focus::default();
                    }
                    verdicts.push((Arc::clone(&file.path), verdict));
                }
                Outcome::Panicked(message) => self.run.diagnostics.push(internal_error(&file.path, &message)),
                Outcome::TooSlow => self.run.diagnostics.push(too_slow(&file.path, self.deadline)),
            }
            // What the others are told of a file does not depend on who named it.
            if let Some(unnamed) = file.unnamed.take() {
                file.facts = unnamed;
            }
        }
        if options.is_alone {
            self.run.diagnostics.extend(verdicts.into_iter().flat_map(|(_, verdict)| verdict.diagnostics));
            return;
        }
        let begun = Moment::now();
        let offered = facts.iter().filter(|file| file.is_offered).map(|file| Arc::clone(&file.path)).collect();
        let project = Arc::new(project(analyzer, facts, files, options));
        let first = FirstLook { project: Arc::clone(&project), verdicts, offered };
        let mut known = self.judge_again(analyzer, &first, options.pool);
        self.run.timings.again = begun.spent();
        let bundles: FxHashMap<&Arc<str>, &Verdict> =
            first.verdicts.iter().filter(|(_, verdict)| !verdict.copied.is_empty()).map(|(path, verdict)| (path, verdict)).collect();
        known.retain(|found| !bundles.get(&found.location.path).is_some_and(|bundle| is_of_copy(found, bundle, &options.cwd)));
        self.read_comments_around(&project, &known, options.pool);
        self.run.diagnostics.extend(known);
    }

    /// Looks again at the files about which others have something to say.
    fn judge_again<A: Analyzer<Facts = F>>(&mut self, analyzer: &Arc<A>, first: &FirstLook<F>, pool: Pool) -> Vec<Diagnostic> {
        let project = &first.project;
        let linker = Arc::clone(analyzer).linker(Arc::clone(project));
        let open = self.open(analyzer, &linker, first, pool);
        let counts = {
            let linker = Arc::clone(&linker);
            move || linker.counts()
        };
        let job = {
            let open = Arc::clone(&open);
            move |at: usize, limits| open.get(at).and_then(|(path, focus)| linker.judge(path, focus, limits))
        };
        let mut known: FxHashMap<&str, Vec<Diagnostic>> =
            first.verdicts.iter().map(|(path, verdict)| (&**path, verdict.diagnostics.clone())).collect();
        for ((path, _), outcome) in open.iter().zip(pool.run(open.len(), Arc::new(job))) {
            let is_named = project.is_named(path);
            match outcome {
                Outcome::Done(None) => {}
                Outcome::Done(Some(mut found)) => {
                    found.retain(|diagnostic| is_named || places(diagnostic).any(|path| project.is_named(path)));
                    known.insert(path, found);
                }
                // What the file told by itself stands.
                Outcome::Panicked(message) if is_named => self.run.diagnostics.push(internal_error(path, &message)),
                Outcome::TooSlow if is_named => self.run.diagnostics.push(too_slow(path, self.deadline)),
                Outcome::Panicked(_) | Outcome::TooSlow => {}
            }
        }
        let specifiers = project.counts();
        self.run.timings.second_look = SecondLook { asked_about: open.len() as u64, specifiers, ..counts() };
        known.into_values().flatten().collect()
    }

    /// The files that are looked at again, and what for.
    fn open<A: Analyzer<Facts = F>>(
        &self,
        analyzer: &Arc<A>,
        linker: &Arc<dyn Linker>,
        first: &FirstLook<F>,
        pool: Pool,
    ) -> Arc<[(Arc<str>, Focus)]> {
        let project = &first.project;
        let mut open: BTreeMap<Arc<str>, Focus> = BTreeMap::new();
        for (path, verdict) in &first.verdicts {
            let focus = &verdict.depends_on_others;
            if !focus.places.is_empty() && (verdict.depends_on_imports || project.is_imported(path)) {
                open.insert(Arc::clone(path), focus.clone());
            }
        }
        let whole = || Focus { is_reported: true, ..Focus::default() };
        let mut around = Vec::new();
        for target in concerned(analyzer, linker, project, pool) {
            if !project.is_named(&target) {
                around.push(Arc::clone(&target));
            }
            open.entry(target).or_insert_with(whole);
        }
        around.sort_unstable();
        around.dedup();
        open.extend(own_focus(analyzer, project, around, self.floor, pool));
        let offered = first.offered.iter().filter(|path| !open.contains_key(*path)).cloned().collect();
        open.extend(added_to_around(linker, offered, pool).into_iter().map(|path| (path, whole())));
        open.into_iter().collect()
    }

    /// Comments silence a finding wherever they stand, also in files that the run does not name.
    fn read_comments_around(&mut self, project: &Arc<Project<F>>, found: &[Diagnostic], pool: Pool) {
        let around: FxHashSet<&Arc<str>> = found.iter().flat_map(places).filter(|path| !project.is_named(path)).collect();
        let around: Arc<[Arc<str>]> = around.into_iter().cloned().collect();
        let job = {
            let (project, around) = (Arc::clone(project), Arc::clone(&around));
            move |at: usize, limits| around.get(at).and_then(|path| project.look_around(path, limits)).map(|linted| linted.suppressions)
        };
        for (path, outcome) in around.iter().zip(pool.run(around.len(), Arc::new(job))) {
            if let Outcome::Done(Some(suppressions)) = outcome
                && !Suppressions::is_empty(&suppressions)
            {
                self.suppressions.insert(Arc::clone(path), suppressions);
            }
        }
    }
}

/// Whether what a finding in a bundle is about was copied from a file that is there as well: that one is linted, and mended.
fn is_of_copy(found: &Diagnostic, bundle: &Verdict, cwd: &Path) -> bool {
    let Some((_, name)) = bundle.copied.iter().find(|(span, _)| span.contains(found.location.span)) else { return false };
    let path = cwd.join(&*found.location.path);
    // The bundler names its files from where it was run.
    let around = path.ancestors().skip(1).take(8).map(|folder| normalise(&folder.join(name)));
    around.into_iter().any(|source| source != path && source.is_file())
}

/// The files to which a finding belongs: those of its place, its holder and where the holder takes hold.
fn places(diagnostic: &Diagnostic) -> impl Iterator<Item = &Arc<str>> {
    let related = diagnostic.related.iter().filter(|related| matches!(related.role, Role::Holder | Role::Site));
    std::iter::once(&diagnostic.location.path).chain(related.map(|related| &related.location.path))
}

fn project<A: Analyzer>(
    analyzer: &Arc<A>,
    mut facts: Vec<FileFacts<A::Facts>>,
    files: &[SourceFile],
    options: &Options,
) -> Project<A::Facts> {
    let buffers = files.iter().filter(|file| file.origin != Origin::Disk);
    let origins = buffers.map(|file| (Arc::clone(&file.path), file.origin.clone())).collect();
    let specifiers = facts.iter_mut().map(|file| (Arc::clone(&file.path), std::mem::take(&mut file.specifiers)));
    if options.is_whole {
        let links = ProjectFiles::new(&options.cwd, specifiers.collect());
        return Project::new(options.cwd.clone(), facts, origins, links, None);
    }
    let files: FxHashMap<&str, &SourceFile> = files.iter().map(|file| (&*file.path, file)).collect();
    let named = specifiers.filter_map(|(path, specifiers)| Some(((*files.get(&*path)?).clone(), specifiers))).collect();
    let links = ProjectFiles::around(named, &options.walk);
    // Nobody asks who adds to what these hold.
    let visitor = Visitor { is_whole: true, ..Visitor::new(analyzer, options) };
    Project::new(
        options.cwd.clone(),
        facts,
        origins,
        links,
        Some(Box::new(move |file, limits| match visitor.visit(file, limits) {
            Visit::Linted(linted) => Some(linted),
            _ => None,
        })),
    )
}

/// What files around the run would be looked at again for in a run that has them.
fn own_focus<A: Analyzer>(
    analyzer: &Arc<A>,
    project: &Arc<Project<A::Facts>>,
    around: Vec<Arc<str>>,
    floor: Confidence,
    pool: Pool,
) -> Vec<(Arc<str>, Focus)> {
    let around: Arc<[Arc<str>]> = around.into();
    let job = {
        let (analyzer, project, around) = (Arc::clone(analyzer), Arc::clone(project), Arc::clone(&around));
        move |at: usize, limits| {
            let path = around.get(at)?;
            let Linted { facts, specifiers, .. } = project.look_around(path, limits)?;
            let file = FileFacts { path: Arc::clone(path), facts: facts?, specifiers, unnamed: None, is_offered: false };
            Some(analyzer.judge(&file, floor).depends_on_others).filter(|focus| !focus.places.is_empty())
        }
    };
    let outcomes = pool.run(around.len(), Arc::new(job));
    let found = around.iter().zip(outcomes).filter_map(|(path, outcome)| match outcome {
        Outcome::Done(Some(focus)) => Some((Arc::clone(path), focus)),
        _ => None,
    });
    found.collect()
}

/// The files to whose collections files of the run add.
fn concerned<A: Analyzer>(analyzer: &Arc<A>, linker: &Arc<dyn Linker>, project: &Arc<Project<A::Facts>>, pool: Pool) -> Vec<Arc<str>> {
    let adding: Vec<Arc<str>> =
        project.files.iter().filter(|file| !analyzer.concerns(&file.facts).is_empty()).map(|file| Arc::clone(&file.path)).collect();
    let adding: Arc<[Arc<str>]> = adding.into();
    let job = {
        let (linker, adding) = (Arc::clone(linker), Arc::clone(&adding));
        move |at: usize, limits| adding.get(at).map(|path| linker.concerned(path, limits)).unwrap_or_default()
    };
    let found = pool.run(adding.len(), Arc::new(job)).into_iter().filter_map(|outcome| match outcome {
        Outcome::Done(targets) => Some(targets),
        _ => None,
    });
    found.flatten().collect()
}

/// The files of a run to whose collections files around it add.
fn added_to_around(linker: &Arc<dyn Linker>, offered: Vec<Arc<str>>, pool: Pool) -> Vec<Arc<str>> {
    let offered: Arc<[Arc<str>]> = offered.into();
    let job = {
        let (linker, offered) = (Arc::clone(linker), Arc::clone(&offered));
        move |at: usize, limits| offered.get(at).is_some_and(|path| linker.is_added_to(path, limits))
    };
    let outcomes = pool.run(offered.len(), Arc::new(job));
    offered.iter().zip(outcomes).filter(|(_, outcome)| matches!(outcome, Outcome::Done(true))).map(|(path, _)| Arc::clone(path)).collect()
}

//! The second look at a file, with the answers of the others.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::{Analysed, Leaklint};
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::links::Links;
use crate::model::mentions::Mentions;
use crate::model::namesakes::NamedRelease;
use crate::model::outside::Service;
use crate::pipeline::{self, Focus, Limits, Project};
use crate::project::graph::View;
use crate::project::{FactsSource, FileKind};
use crate::rule::File;
use crate::syntax::{self, Parsed};
use crate::text::SourceText;

type Importers = Arc<[(Arc<str>, String)]>;
/// Filled by whoever asks first.
type Slot = Arc<OnceLock<Option<Arc<Links>>>>;

pub(super) struct Linker {
    leaklint: Arc<Leaklint>,
    project: Arc<Project<Analysed>>,
    links: Mutex<FxHashMap<(String, String), Slot>>,
    importers: Mutex<FxHashMap<String, Importers>>,
    mentions: Mutex<FxHashMap<String, Option<Arc<Mentions>>>>,
    releases: Mutex<FxHashMap<String, Arc<[NamedRelease]>>>,
    services: Mutex<FxHashMap<String, Arc<[Service]>>>,
}

impl Linker {
    pub(super) fn new(leaklint: Arc<Leaklint>, project: Arc<Project<Analysed>>) -> Self {
        Self {
            leaklint,
            project,
            links: Mutex::default(),
            importers: Mutex::default(),
            mentions: Mutex::default(),
            releases: Mutex::default(),
            services: Mutex::default(),
        }
    }

    fn parse(&self, path: &str, limits: Limits) -> Option<(SourceText, Parsed)> {
        let source = self.project.text(path)?;
        let parsed = syntax::lower_with_limit(path, &source, limits.nesting.min(syntax::DEFAULT_DEPTH_LIMIT)).ok()?;
        Some((source, parsed))
    }

    fn find_links(&self, path: &str, specifier: &str, limits: Limits) -> Option<Arc<Links>> {
        let (source, Parsed { ir, .. }) = self.parse(path, limits)?;
        let model = Model::new(&ir, &self.leaklint.apis, &source);
        Some(Arc::new(model.links(&|module| module == specifier)))
    }
}

impl pipeline::Linker for Linker {
    fn judge(&self, path: &Arc<str>, focus: &Focus, limits: Limits) -> Vec<Diagnostic> {
        let files = Files { linker: self, limits };
        let kind = files.kind(path);
        let Some((source, Parsed { ir, distrusted, .. })) = self.parse(path, limits) else { return Vec::new() };
        let view = View::new(&files, path, focus.is_reported);
        let facts = Model::with_outside(&ir, &self.leaklint.apis, &source, &view, &focus.places).facts();
        self.leaklint.report(&File { path, kind, facts: &facts }, &distrusted)
    }
}

/// The project as a worker asks for it.
struct Files<'a> {
    linker: &'a Linker,
    limits: Limits,
}

impl FactsSource for Files<'_> {
    fn links(&self, file: &str, specifier: &str) -> Option<Arc<Links>> {
        let slot = {
            let mut known = self.linker.links.lock().unwrap_or_else(PoisonError::into_inner);
            known.entry((file.to_owned(), specifier.to_owned())).or_default().clone()
        };
        slot.get_or_init(|| self.linker.find_links(file, specifier, self.limits)).clone()
    }

    fn mentions(&self, file: &str) -> Option<Arc<Mentions>> {
        if let Some(known) = self.linker.mentions.lock().unwrap_or_else(PoisonError::into_inner).get(file) {
            return known.clone();
        }
        let found = self.linker.project.text(file).map(|source| Arc::new(Mentions::of(source.text())));
        self.linker.mentions.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
        found
    }

    fn hands_on(&self, file: &str, specifier: &str) -> Option<bool> {
        let hands_on = |analysed: &Analysed| analysed.is_parsed.then(|| analysed.facts.hands_on.iter().any(|module| module == specifier));
        self.linker.project.with_facts(file, self.limits, hands_on).flatten()
    }

    fn imports(&self, file: &str) -> Vec<Arc<str>> {
        self.linker.project.imports(file)
    }

    fn named_releases(&self, file: &str) -> Arc<[NamedRelease]> {
        if let Some(known) = self.linker.releases.lock().unwrap_or_else(PoisonError::into_inner).get(file) {
            return known.clone();
        }
        let parsed = self.linker.parse(file, self.limits);
        let found = parsed.map(|(source, parsed)| Model::new(&parsed.ir, &self.linker.leaklint.apis, &source).named_releases());
        let found: Arc<[NamedRelease]> = found.unwrap_or_default().into();
        self.linker.releases.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
        found
    }

    fn services(&self, file: &str) -> Arc<[Service]> {
        if let Some(known) = self.linker.services.lock().unwrap_or_else(PoisonError::into_inner).get(file) {
            return known.clone();
        }
        let parsed = self.linker.parse(file, self.limits);
        let found = parsed.map(|(source, parsed)| Model::new(&parsed.ir, &self.linker.leaklint.apis, &source).services());
        let found: Arc<[Service]> = found.unwrap_or_default().into();
        self.linker.services.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
        found
    }

    fn kind(&self, file: &str) -> FileKind {
        let known = self.linker.project.facts(file).map(|analysed| analysed.kind);
        known.unwrap_or_else(|| {
            let source = self.linker.project.text(file);
            FileKind::of(&self.linker.project.place(file), source.as_ref().map(SourceText::text).unwrap_or_default())
        })
    }

    fn is_commonjs(&self, file: &str) -> bool {
        match self.linker.project.facts(file) {
            Some(analysed) if analysed.is_parsed => !analysed.facts.exports_names,
            _ => self.links(file, "").is_some_and(|links| links.is_commonjs),
        }
    }

    fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>> {
        self.linker.project.resolve(file, specifier)
    }

    fn importers(&self, file: &str) -> Importers {
        if let Some(known) = self.linker.importers.lock().unwrap_or_else(PoisonError::into_inner).get(file) {
            return known.clone();
        }
        let found: Importers = self.linker.project.importers(file).into();
        self.linker.importers.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), found.clone());
        found
    }

    fn is_public(&self, file: &str) -> bool {
        self.linker.project.is_public(file)
    }
}

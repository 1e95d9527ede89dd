//! What the second look will ask of a file, told in the first one while the file is parsed: a file that has asked before is answered then.
//!
//! Which files have asked depends on the order in which they are looked at. What is not answered here costs a parse later, and says the same.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{LONGEST_GUESS, Leaklint};
use crate::model::ir::{Imported, Ir};
use crate::model::lent::Lent;
use crate::model::links::{Links, Wanted};
use crate::model::noted::Questions;
use crate::model::summaries::Summary;
use crate::model::{Model, Tables};
use crate::pipeline::Read;
use crate::project::graph::first_names;
use crate::text::SourceText;

/// What is asked of a module; none: all of it.
pub(super) type Names = Option<BTreeSet<String>>;

/// What a file does with a module that it names.
#[derive(Debug)]
pub(super) struct KnownLinks {
    pub specifier: String,
    pub names: Names,
    pub links: Arc<Links>,
}

/// Files that are answered ahead for each that asks: it will not read many more.
const MOST: usize = 8;

/// What files have asked so far, by the names under which files may be imported.
#[derive(Debug, Default)]
pub(super) struct AskedNames {
    /// Of those that import them.
    files: Mutex<FxHashMap<String, Asking>>,
    /// Files that were asked what their functions do, and whether also those that are long.
    functions: Mutex<FxHashMap<String, bool>>,
}

#[derive(Debug, Clone)]
struct Asking {
    names: Names,
    left: usize,
}

impl AskedNames {
    /// Notes what a file will ask of those that import it, and of those that it imports.
    pub fn add(&self, path: &str, questions: &Option<Questions>, asks: bool) {
        self.add_functions(path, questions.iter().flat_map(Questions::summarised), true);
        let names = questions.as_ref().map(|questions| first_names(questions.paths()));
        let is_about_itself = |names: &Names| names.as_ref().is_none_or(|names| !names.is_empty());
        let Some(names) = names.or_else(|| asks.then_some(None)).filter(is_about_itself) else { return };
        let place = place_of(path);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for key in [Some(place), end_of(place)].into_iter().flatten() {
            // Files of one name are not told apart.
            let known = files.entry(key.to_owned()).or_insert_with(|| Asking { names: Some(BTreeSet::new()), left: 0 });
            known.names = known.names.take().zip(names.clone()).map(|(known, more)| known.into_iter().chain(more).collect());
            known.left += MOST;
        }
    }

    /// Notes that a file will ask whether functions add to what it lends them.
    pub fn add_lent(&self, path: &str, lent: &[Lent]) {
        self.add_functions(path, lent.iter().map(|lent| lent.module.as_str()), false);
    }

    fn add_functions<'m>(&self, path: &str, modules: impl Iterator<Item = &'m str>, also_of_long: bool) {
        for key in modules.filter_map(|module| key_of(path, module)) {
            let mut functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
            *functions.entry(key.into_owned()).or_default() |= also_of_long;
        }
    }

    /// Whether a file was asked what its functions do.
    fn has_functions_of(&self, path: &str, length: usize) -> bool {
        let place = place_of(path);
        let functions = self.functions.lock().unwrap_or_else(PoisonError::into_inner);
        let known = [Some(place), end_of(place)].into_iter().flatten().filter_map(|key| functions.get(key));
        known.into_iter().any(|also_of_long| *also_of_long || length <= LONGEST_GUESS)
    }

    /// What the file that a specifier may mean has asked, once more.
    fn take(&self, file: &str, specifier: &str, is_of_use: impl FnOnce(&Names) -> bool) -> Option<Names> {
        let key = key_of(file, specifier)?;
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let asking = files.get_mut(&*key).filter(|asking| asking.left > 0 && is_of_use(&asking.names))?;
        asking.left -= 1;
        Some(asking.names.clone())
    }
}

/// The name of the file that a specifier may mean.
fn key_of<'s>(file: &str, specifier: &'s str) -> Option<Cow<'s, str>> {
    if specifier.starts_with('.') {
        return join(file, specifier).map(|joined| place_of(&joined).to_owned().into());
    }
    end_of(place_of(specifier)).map(Cow::Borrowed)
}

/// The path of a file without its extension, or that of the folder of which it is the index.
fn place_of(path: &str) -> &str {
    let is_extension = |it: &str| matches!(it, "js" | "ts" | "mjs" | "cjs" | "mts" | "cts" | "jsx" | "tsx" | "vue" | "svelte");
    let path = path.trim_end_matches('/');
    let stem = path.rsplit_once('.').filter(|(_, end)| is_extension(end)).map_or(path, |(stem, _)| stem);
    stem.strip_suffix("/index").unwrap_or(stem)
}

/// Its last two names, by which aliases of folders name it.
fn end_of(place: &str) -> Option<&str> {
    let (outer, _) = place.rsplit_once('/')?;
    place.get(outer.rfind('/').map_or(0, |at| at + 1)..)
}

/// The path that a relative specifier spells.
fn join(file: &str, specifier: &str) -> Option<String> {
    let mut out = String::with_capacity(file.len() + specifier.len());
    out.push_str(file.rfind('/').map_or("", |end| &file[..end]));
    for part in specifier.as_bytes().split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if out.is_empty() => return None,
            b".." => out.truncate(out.rfind('/').unwrap_or(0)),
            name => {
                if !out.is_empty() {
                    out.push('/');
                }
                out.push_str(std::str::from_utf8(name).ok()?);
            }
        }
    }
    Some(out)
}

/// Whether a script may take something of what is wanted.
fn may_take(ir: &Ir, specifier: &str, names: &Names) -> bool {
    let Some(names) = names else { return true };
    let mut of_module = ir.imports.iter().filter(|import| ir.name(import.module) == specifier).peekable();
    let takes = |imported: Imported| match imported {
        Imported::Named(name) => names.contains(ir.name(name)) || ir.name(name) == "default",
        Imported::Default | Imported::Namespace => true,
    };
    let is_imported = of_module.peek().is_none() || of_module.any(|import| takes(import.imported));
    is_imported && names.iter().any(|name| name == "default" || ir.find_name(name).is_some())
}

impl Leaklint {
    /// What a file does with those that it imports and that have asked. A model of its own says what it will say in the second look.
    pub(super) fn links_asked_for(&self, path: &str, ir: &Ir, read: Read<'_>, tables: &Tables) -> Vec<KnownLinks> {
        let asked = read.specifiers.iter().filter_map(|specifier| {
            let names = self.asked.take(path, specifier, |names| may_take(ir, specifier, names))?;
            Some((specifier, names))
        });
        let asked: Vec<(&str, Names)> = asked.collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let model = Model::with_tables(ir, &self.apis, read.source, tables.clone());
        let links = |specifier, names: &Names| Arc::new(model.links(Wanted { module: specifier, names: names.as_ref() }));
        let found = asked.into_iter().map(|(specifier, names)| KnownLinks {
            specifier: specifier.to_owned(),
            links: links(specifier, &names),
            names,
        });
        found.collect()
    }
}

impl Leaklint {
    /// What functions of a file do, if others have asked that.
    pub(super) fn summaries_asked_for(&self, path: &str, ir: &Ir, source: &SourceText, tables: &Tables) -> Option<Arc<[Summary]>> {
        let is_asked = self.asked.has_functions_of(path, source.text().len());
        is_asked.then(|| Model::with_tables(ir, &self.apis, source, tables.clone()).summaries().into())
    }
}

impl KnownLinks {
    /// Whether it is about all that is asked of a module.
    pub fn answers(&self, specifier: &str, names: Option<&BTreeSet<String>>) -> bool {
        self.specifier == specifier && covers(&self.names, names)
    }
}

/// Whether what is known of some names answers what is asked of others.
pub(super) fn covers(known: &Names, asked: Option<&BTreeSet<String>>) -> bool {
    known.as_ref().is_none_or(|known| asked.is_some_and(|asked| asked.is_subset(known)))
}

#[cfg(test)]
mod tests {
    use super::{end_of, join, place_of};

    #[test]
    fn a_path_and_what_imports_it_have_one_name() {
        for (file, specifier) in
            [("src/a.ts", "./rooms"), ("src/x/a.ts", "../rooms.js"), ("a.ts", "./src/rooms/index"), ("src/a.js", "./rooms/")]
        {
            assert_eq!(join(file, specifier).as_deref().map(place_of), Some("src/rooms"), "{specifier}");
        }
        assert_eq!(place_of("src/rooms/index.mjs"), "src/rooms");
        assert_eq!(place_of("./user.service"), "./user.service");
        assert_eq!(end_of("@/app/src/rooms"), Some("src/rooms"));
        assert_eq!(end_of("src/rooms"), Some("src/rooms"));
        assert_eq!((end_of("rooms"), join("a.ts", "../b")), (None, None));
    }
}

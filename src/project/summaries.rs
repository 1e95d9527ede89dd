//! What functions of other files do, found through the files that hand them on; and how long what callers pass lives.

use std::sync::Arc;

use super::FactsSource;
use super::graph::{Question, View, offered};
use super::growth::inner;
use crate::model::access::{Access, AccessPath};
use crate::model::context::{Context, ContextKind};
use crate::model::lasting::{Lasting, Lasts, Parameter};
use crate::model::links::UseKind;
use crate::model::summaries::Summary;

/// Files that are followed from one that hands on to the next.
const DEEPEST: usize = 3;
/// Files that may be read for one question.
const MOST: usize = 8;

/// What is known of what a module offers under a path, with what the functions that it calls do.
pub fn summary_of(source: &dyn FactsSource, file: &str, module: &str, path: &AccessPath) -> Option<Summary> {
    let mut left = MOST;
    find(source, file, module, path, DEEPEST, &mut left)
}

fn find(source: &dyn FactsSource, file: &str, module: &str, path: &AccessPath, depth: usize, left: &mut usize) -> Option<Summary> {
    let target = source.resolve(file, module)?;
    let (file, mut summary) = defined(source, &target, path, depth, left)?;
    if depth > 0 {
        for hand_on in summary.hands_on.clone() {
            if let Some(inner) = find(source, &file, &hand_on.module, &hand_on.path, depth - 1, left) {
                summary.add_handed_on(&hand_on, &inner);
            }
        }
    }
    Some(summary)
}

/// The file that a path of another one leads to, and what is known of it there.
fn defined(source: &dyn FactsSource, file: &Arc<str>, path: &AccessPath, depth: usize, left: &mut usize) -> Option<(Arc<str>, Summary)> {
    *left = left.checked_sub(1)?;
    if !may_tell(source, file, path) {
        return None;
    }
    let path = offered(path, source.is_commonjs(file));
    let known = source.summaries(file);
    if let Some(summary) = known.iter().find(|summary| summary.paths.contains(&path)) {
        return Some((file.clone(), summary.clone()));
    }
    let depth = depth.checked_sub(1)?;
    source.reexports(file).iter().find_map(|reexport| {
        let inner = inner(&path, reexport)?;
        let target = source.resolve(file, &reexport.module)?;
        defined(source, &target, &inner, depth, left)
    })
}

/// Whether a type that a module offers under a path has few values.
pub fn has_few_values(source: &dyn FactsSource, file: &str, module: &str, path: &AccessPath) -> bool {
    let Some(target) = source.resolve(file, module) else { return false };
    is_few(source, &target, path, DEEPEST)
}

fn is_few(source: &dyn FactsSource, file: &Arc<str>, path: &AccessPath, depth: usize) -> bool {
    let [Access::Member(name)] = path.as_slice() else { return false };
    if !may_tell(source, file, path) {
        return false;
    }
    let Some(depth) = depth.checked_sub(1) else { return source.few_types(file).contains(name) };
    source.few_types(file).contains(name)
        || source.reexports(file).iter().any(|reexport| {
            let target = inner(path, reexport).and_then(|inner| Some((source.resolve(file, &reexport.module)?, inner)));
            target.is_some_and(|(target, inner)| is_few(source, &target, &inner, depth))
        })
}

/// Whether a class that a module offers under a path has an end.
pub fn base_ends(source: &dyn FactsSource, file: &str, module: &str, path: &AccessPath) -> bool {
    let Some(target) = source.resolve(file, module) else { return false };
    ends(source, &target, path, DEEPEST)
}

fn ends(source: &dyn FactsSource, file: &Arc<str>, path: &AccessPath, depth: usize) -> bool {
    if !may_tell(source, file, path) {
        return false;
    }
    let path = offered(path, source.is_commonjs(file));
    if source.bases(file).ending.contains(&path) {
        return true;
    }
    depth > 0
        && source.reexports(file).iter().any(|reexport| {
            let target = inner(&path, reexport).and_then(|inner| Some((source.resolve(file, &reexport.module)?, inner)));
            target.is_some_and(|(target, inner)| ends(source, &target, &inner, depth - 1))
        })
}

/// Whether a file has the words to offer what a path names.
fn may_tell(source: &dyn FactsSource, file: &str, path: &AccessPath) -> bool {
    let Some(mentions) = source.mentions(file) else { return true };
    match path.first() {
        Some(Access::Member(name)) if name != "default" => {
            mentions.exports_all || mentions.imports_whole || source.has_name(file, name).unwrap_or(true)
        }
        _ => true,
    }
}

impl View<'_> {
    /// Whether a way goes through a condition that holds one time, as the file says which it asks. The conditions of other files were asked there.
    pub(super) fn is_shut(&self, file: &Arc<str>, context: &Context) -> bool {
        let own = context.steps.iter().filter(|step| step.file.as_deref() == Some(&**file));
        own.filter_map(|step| step.asks.as_deref()).any(|asked| {
            summary_of(self.source, file, &asked.module, &asked.path).is_some_and(|known| known.left.as_ref() == Some(&asked.state))
        })
    }

    /// What the callers in other files pass for parameters of functions of `file`.
    pub(super) fn lasts(&self, file: &Arc<str>, parameters: &[Parameter], question: &mut Question, depth: usize) -> Lasts {
        let mut found = Lasts { is_complete: true, ..Lasts::default() };
        for Parameter { paths, index, part } in parameters {
            let uses = self.uses_of(file, paths, question);
            found.is_complete &= uses.is_complete;
            for used in &uses.found {
                let UseKind::Called { lasting, .. } = &used.used.what else { continue };
                let passed = lasting.as_ref().map_or(Lasting::Unknown, |arguments| {
                    arguments.get(*index as usize).map_or(Lasting::Nothing, |argument| argument.part(part.as_deref()))
                });
                match passed {
                    Lasting::Nothing => {}
                    Lasting::Call => found.for_call += 1,
                    Lasting::Process => {
                        let is_again = self.context(&used.file, &used.used.way, question).kind >= ContextKind::Unknown;
                        found.for_process += u32::from(is_again);
                    }
                    Lasting::Given(outer) if depth > 0 => found.add(self.lasts(&used.file, &outer, question, depth - 1)),
                    _ => found.unknown += 1,
                }
            }
        }
        found
    }
}

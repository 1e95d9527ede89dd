//! What more than one file is needed for.

pub mod graph;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::links::Links;
use crate::model::mentions::Mentions;

/// Where the links between files come from: a run's files, open buffers, a test's map. Nothing else gives them.
pub trait FactsSource {
    /// What a file does with what it imports from a module; none if it cannot be read.
    fn links(&self, file: &str, specifier: &str) -> Option<Arc<Links>>;

    /// The words of a file; none if it cannot be read.
    fn mentions(&self, file: &str) -> Option<Arc<Mentions>>;

    /// Whether a file offers something of a module under a name of its own.
    fn hands_on(&self, file: &str, specifier: &str) -> bool;

    fn kind(&self, file: &str) -> FileKind;

    /// Whether what a file offers is the value of its `module.exports`.
    fn is_commonjs(&self, file: &str) -> bool;

    /// The file of the project that a specifier means where it is written.
    fn resolve(&self, file: &str, specifier: &str) -> Option<Arc<str>>;

    /// The files that import, require or re-export a file, each with the specifier by which it does.
    fn importers(&self, file: &str) -> Arc<[(Arc<str>, String)]>;

    /// Whether code that is not in the project may import the file.
    fn is_public(&self, file: &str) -> bool;
}

/// What a file is to the project, which decides whether growth in it can matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    Source,
    /// Test code: it ends with the test run.
    Test,
    /// A script, build or configuration file: it runs once and exits.
    Script,
}

const TEST_FOLDERS: &[&str] = &["__tests__", "__mocks__", "__fixtures__", "test", "tests", "spec", "specs", "e2e", "cypress"];
const SCRIPT_FOLDERS: &[&str] = &[
    "scripts",
    "script",
    "bin",
    "tools",
    "examples",
    "example",
    "benchmark",
    "benchmarks",
    "bench",
    "migrations",
    "seeds",
    "demo",
    "docs",
];

impl FileKind {
    /// By where the file stands in its package, and how it begins.
    pub fn of(in_package: &str, starts_with_hashbang: bool) -> Self {
        let mut folders: Vec<&str> = in_package.split('/').collect();
        let name = folders.pop().unwrap_or_default();
        let has = |list: &[&str]| folders.iter().any(|folder| list.contains(folder));
        let words: Vec<&str> = name.split('.').collect();
        let infix = |word: &str| words.len() > 2 && words[1..words.len() - 1].contains(&word);
        if has(TEST_FOLDERS) || ["test", "spec", "stories", "e2e", "bench"].iter().any(|word| infix(word)) {
            return Self::Test;
        }
        if starts_with_hashbang || has(SCRIPT_FOLDERS) || infix("config") || matches!(words[0], "gulpfile" | "Gruntfile" | "Jakefile") {
            return Self::Script;
        }
        Self::Source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_scripts_are_told_by_their_place() {
        assert_eq!(FileKind::of("src/users.js", false), FileKind::Source);
        assert_eq!(FileKind::of("src/users.test.ts", false), FileKind::Test);
        assert_eq!(FileKind::of("packages/a/__tests__/x.js", false), FileKind::Test);
        assert_eq!(FileKind::of("scripts/release.mjs", false), FileKind::Script);
        assert_eq!(FileKind::of("vite.config.ts", false), FileKind::Script);
        assert_eq!(FileKind::of("cli.js", true), FileKind::Script);
    }
}

//! What more than one file is needed for.

use serde::{Deserialize, Serialize};

use crate::model::facts::Facts;

/// Where the rules and the links between files get facts from: a run's files, open buffers, a test's map. Nothing else gives them.
pub trait FactsSource {
    fn facts(&self, path: &str) -> Option<&Facts>;
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

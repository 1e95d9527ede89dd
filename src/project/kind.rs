//! What a file is to its project.

use std::sync::Arc;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::package::{Package, Platform, names_what_ends};

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

/// Where a file stands.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// From the folder of the nearest `package.json`, with `/`.
    pub in_package: String,
    /// From the outermost package of the repository to the folder of the nearest `package.json`; empty for the outermost.
    pub below: Arc<str>,
    pub package: Arc<Package>,
}

const TEST_FOLDERS: &[&str] = &["__tests__", "__mocks__", "__fixtures__", "mocks", "test", "tests", "spec", "specs", "e2e", "cypress"];
/// Packages and folders of what only tests use.
const TEST_HELPERS: &[&str] =
    &["test-utils", "test-helpers", "test-utilities", "testing-utils", "test-support", "test-kit", "testkit", "testutils"];
/// What a name ends with that tells of tests: `unit-tests`, `browser_spec.js`.
const TEST_ENDS: &[&str] = &["tests", "spec", "specs", "e2e"];
/// What is there for tests, by the words in front: `oauth-test-server`, `manual-testing-sandbox`.
const FOR_TESTS: &[&str] =
    &["server", "servers", "support", "tap", "suite", "harness", "sandbox", "app", "apps", "env", "config", "helpers", "utils", "fixtures"];
/// What stands before `test` in the name of a folder that tries a program out: `smoke-test`. A `speed-test` may be the program's own.
const TRIALS: &[&str] = &["smoke", "stress", "integration", "unit", "system", "load", "e2e"];
const TEST_WORDS: &[&str] = &["test", "spec", "stories", "story", "e2e", "bench", "e2e-spec", "cy"];
/// What runs tests, and what only tests import.
const TEST_RUNNERS: &[&str] = &[
    "vitest",
    "@jest/globals",
    "node:test",
    "bun:test",
    "@playwright/test",
    "ava",
    "uvu",
    "tap",
    "tape",
    "mocha",
    "qunit",
    "sinon",
    "supertest",
];
/// As far as the imports of a test are looked for.
const HEAD: usize = 2048;

/// Folders of what runs once, wherever they are.
const SCRIPT_FOLDERS: &[&str] = &["scripts", "script", "bin", "benchmark", "benchmarks", "bench", "migrations", "seeds"];
/// Folders of what is not the program if they are beside it. Within it, they are parts of it: the tools of an agent, the pages about it.
const SIDE_FOLDERS: &[&str] = &["tools", "examples", "example", "demo", "demos", "samples", "docs", "fixtures"];
/// Folders of packages that show how others are used.
const SHOWING_FOLDERS: &[&str] = &["examples", "example", "demo", "demos", "samples", "playground", "playgrounds"];
const SOURCE_FOLDERS: &[&str] = &["src", "app", "lib", "server", "client"];

/// Tools whose configuration is loaded once, wherever it is.
const CONFIGURED: &[&str] = &[
    "astro",
    "babel",
    "commitlint",
    "cypress",
    "drizzle",
    "esbuild",
    "eslint",
    "hardhat",
    "jest",
    "karma",
    "lint-staged",
    "metro",
    "next",
    "nuxt",
    "playwright",
    "postcss",
    "prettier",
    "rolldown",
    "rollup",
    "rspack",
    "stylelint",
    "svelte",
    "svgo",
    "tailwind",
    "tsdown",
    "tsup",
    "vite",
    "vitest",
    "webpack",
    "wxt",
];

/// What keeps a process alive and at work: it serves until it is stopped.
const SERVING: &[&str] = &[".listen(", "StdioServerTransport(", "Deno.serve(", "Bun.serve("];
/// What may be a sign of that.
const STAYING: &[&str] =
    &["Server(", "serve(", ".login(", "setInterval(", "stdin.on(", "createInterface(", "Worker(", ".consume(", ".subscribe(", "cron"];

impl FileKind {
    /// By where the file stands in its package, what the package says of it, and its text.
    pub fn of(place: &Place, text: &str) -> Self {
        let Place { in_package, below, package } = place;
        let mut folders: Vec<&str> = in_package.split('/').collect();
        let name = folders.pop().unwrap_or_default();
        let words: Vec<&str> = name.split('.').collect();
        let infixes = words.get(1..words.len().max(2) - 1).unwrap_or_default();
        let is_test = folders.iter().copied().chain(below.split('/')).any(is_test_folder)
            || infixes.iter().any(|word| TEST_WORDS.contains(word) || is_test_name(word));
        if is_test || is_test_name(words[0]) || package.is_test(in_package, infixes) || is_test_code(text) {
            return Self::Test;
        }
        if below.split('/').any(|folder| SHOWING_FOLDERS.contains(&folder)) {
            return Self::Script;
        }
        let sides = folders.iter().take_while(|folder| !SOURCE_FOLDERS.contains(folder));
        if sides.clone().any(|folder| SIDE_FOLDERS.contains(folder)) || is_configuration(&folders, &words) {
            return Self::Script;
        }
        if package.is_one_shot(in_package) && !has(text, SERVING) && !has(text, STAYING) {
            return Self::Script;
        }
        let in_bin = folders.last() == Some(&"bin");
        if text.starts_with("#!") || in_bin || package.is_program(in_package) {
            // A program that is started by its name may serve, as `bin/www` does.
            let says_so = text.starts_with("#!") || in_bin;
            // One that migrates and shows how far it is does not.
            let stays = (has(text, SERVING) && !names_what_ends(name)) || (!says_so && has(text, STAYING));
            return if stays { Self::Source } else { Self::Script };
        }
        if folders.iter().any(|folder| SCRIPT_FOLDERS.contains(folder)) { Self::Script } else { Self::Source }
    }
}

impl Platform {
    /// Where a file runs: what it says and does, else what its package is for.
    pub fn of(package: &Package, text: &str) -> Self {
        let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
        if head.contains("'use server'") || head.contains("\"use server\"") {
            return Self::Server;
        }
        let is_client = head.contains("'use client'") || head.contains("\"use client\"");
        let browser = is_client || has(text, &["document.", "window.", "localStorage", "navigator."]);
        let server = has(text, &["'node:", "\"node:", "process.on(", "require('fs')", "require(\"fs\")", "from 'fs'", "from \"fs\""]);
        match (browser, server) {
            (true, false) => Self::Browser,
            (false, true) => Self::Server,
            (true, true) => Self::Both,
            (false, false) => package.platform,
        }
    }
}

fn is_test_folder(folder: &str) -> bool {
    let by_words = || match folder.split(['-', '_']).collect::<Vec<&str>>()[..] {
        // What stands in for something else: `mock-servers`.
        ["mock" | "mocks", ..] => true,
        [_, .., last] if TEST_ENDS.contains(&last) => true,
        [.., trial, "test"] => TRIALS.contains(&trial),
        [.., "test" | "tests" | "testing", last] => FOR_TESTS.contains(&last),
        _ => false,
    };
    folder.contains(['-', '_']) && by_words() || TEST_FOLDERS.contains(&folder) || TEST_HELPERS.contains(&folder)
}

/// `readonly_spec.js`, `cluster-tests.js`, `main_test.ts`.
fn is_test_name(stem: &str) -> bool {
    let by_end = |(before, last): (&str, &str)| !before.is_empty() && TEST_ENDS.contains(&last);
    stem.rsplit_once(['-', '_']).is_some_and(by_end) || stem.strip_suffix("_test").is_some_and(|before| !before.is_empty())
}

fn has(text: &str, signs: &[&str]) -> bool {
    signs.iter().any(|sign| memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

/// What loads its configuration, or is itself one: at the root of the package, or of a tool that is known to be loaded once.
fn is_configuration(folders: &[&str], words: &[&str]) -> bool {
    match words {
        ["config", ..] if matches!(folders.last(), Some(&(".vitepress" | ".vuepress"))) => true,
        ["main", ..] if folders.last() == Some(&".storybook") => true,
        ["gulpfile" | "Gulpfile" | "Gruntfile" | "gruntfile" | "Jakefile" | "knexfile", ..] => true,
        // `.eslintrc.js` and its like.
        ["", _, ..] => true,
        ["webpack" | "rollup" | "karma", _, ..] => true,
        [tool, .., "config" | "conf", _] => folders.is_empty() || CONFIGURED.contains(tool),
        [tool, .., "setup", _] => folders.is_empty() && CONFIGURED.contains(tool),
        _ => false,
    }
}

fn is_test_code(text: &str) -> bool {
    // Tests in the source that they are about do not run with the program.
    imports_a_test_runner(text) || names(text, "describe(") && names(text, "it(") && !has(text, &["import.meta.vitest"])
}

/// `describe('a list', ...)`, `it('grows', ...)`: a call that begins with a name, other than in the example of a comment.
fn names(text: &str, call: &str) -> bool {
    memmem::find_iter(text.as_bytes(), call.as_bytes()).any(|at| {
        let (before, after) = (&text[..at], &text[at + call.len()..]);
        let line = before[before.rfind('\n').map_or(0, |end| end + 1)..].trim_start();
        let is_part = before.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | '$' | '.'));
        after.starts_with(['\'', '"', '`']) && !is_part && !line.starts_with('*') && !line.starts_with("//")
    })
}

fn imports_a_test_runner(text: &str) -> bool {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or(text);
    memchr::memchr2_iter(b'"', b'\'', head.as_bytes()).any(|quote| {
        let (before, quoted) = (head.as_bytes()[..quote].trim_ascii_end(), &head[quote + 1..]);
        let is_module = before.ends_with(b"from") || before.ends_with(b"require(");
        is_module && TEST_RUNNERS.iter().any(|runner| quoted.strip_prefix(runner).is_some_and(|after| after.starts_with(['"', '\''])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(in_package: &str, text: &str) -> FileKind {
        kind_in("{}", in_package, text)
    }

    fn kind_in(package: &str, in_package: &str, text: &str) -> FileKind {
        FileKind::of(&Place { in_package: in_package.into(), below: "".into(), package: Arc::new(Package::parse(package)) }, text)
    }

    #[test]
    fn tests_and_scripts_are_told_by_their_place() {
        for source in [
            "src/users.js",
            "src/tools/search.ts",
            "src/app/docs/page.tsx",
            "src/config/redis.config.ts",
            "a.b.js",
            "x",
            "",
            "src/speed-test/run.js",
            "src/test-run/index.js",
            "src/spec.js",
            "src/mock.ts",
            "src/fixtures/page.tsx",
        ] {
            assert_eq!(kind(source, ""), FileKind::Source, "{source}");
        }
        let tests = [
            "src/users.test.ts",
            "packages/a/__tests__/x.js",
            "a.cy.ts",
            "tests/tools/x.js",
            "src/readonly_spec.js",
            "src/main_test.ts",
            "src/shell.slow-spec.ts",
            "src/dev/oauth-test-server/server.ts",
            "unit_tests/x.js",
            "smoke-test/x.js",
            "test-servers/src/oauth.ts",
            "test-tap/helper/report.js",
            "mocks/ws.ts",
            "packages/mock-servers/src/worker.ts",
            "docs/select.story.ts",
        ];
        for test in tests {
            assert_eq!(kind(test, ""), FileKind::Test, "{test}");
        }
        let scripts = [
            "scripts/release.mjs",
            "vite.config.ts",
            "apps/a/vite.config.ts",
            "my.config.js",
            "webpack.prod.js",
            ".eslintrc.cjs",
            "gulpfile.js",
            "bin/cli.js",
            "src/db/migrations/1.ts",
            "tools/x.ts",
            "fixtures/extension.js",
            "docs/src/x.ts",
            "karma.conf.js",
            "site/.vitepress/config.ts",
            ".storybook/main.ts",
            "jest.setup.ts",
        ];
        for script in scripts {
            assert_eq!(kind(script, ""), FileKind::Script, "{script}");
        }
        assert_eq!(kind("cli.js", "#!/usr/bin/env node\nrun()"), FileKind::Script);
    }

    #[test]
    fn a_package_among_examples_or_tests_is_one_of_them() {
        let kind = |below: &str| FileKind::of(&Place { in_package: "src/server.ts".into(), below: below.into(), ..Place::default() }, "");
        assert_eq!(kind("packages/server"), FileKind::Source);
        assert_eq!(kind("examples/server"), FileKind::Script);
        assert_eq!(kind("ecosystem-tests/edge"), FileKind::Test);
    }

    #[test]
    fn a_program_that_serves_is_no_script() {
        assert_eq!(kind("bin/www", "const server = http.createServer(app); server.listen(port)"), FileKind::Source);
        assert_eq!(kind("index.js", "#!/usr/bin/env node\nawait server.connect(new StdioServerTransport())"), FileKind::Source);
        assert_eq!(kind("releases/migrate-users.mjs", "#!/usr/bin/env node\nprogress.listen(8080)"), FileKind::Script);
        assert_eq!(kind("bin/build", "#!/usr/bin/env node\nsetInterval(spin, 80)"), FileKind::Script);
        // Where neither hashbang nor folder says so, less is enough to doubt that it ends.
        let package = r#"{"bin": "dist/cli.js", "scripts": {"build": "node make.js", "db:seed": "tsx src/seed.ts"}}"#;
        assert_eq!(kind_in(package, "src/cli.ts", "main()"), FileKind::Script);
        assert_eq!(kind_in(package, "src/cli.ts", "startServer(3000)"), FileKind::Source);
        assert_eq!(kind_in(package, "make.js", ""), FileKind::Script);
        assert_eq!(kind_in(package, "src/seed.ts", ""), FileKind::Script);
        assert_eq!(kind_in(package, "make.js", "app.listen(1)"), FileKind::Source);
        assert_eq!(kind("scripts/dev-server.js", "app.listen(1)"), FileKind::Script);
    }

    #[test]
    fn what_imports_a_test_runner_is_a_test() {
        assert_eq!(kind("src/checks.ts", "import { it } from 'vitest';"), FileKind::Test);
        assert_eq!(kind("src/checks.js", "const test = require(\"node:test\")"), FileKind::Test);
        assert_eq!(kind("src/list.js", "const runners = ['vitest', 'ava'];"), FileKind::Source);
        assert_eq!(kind("src/list.js", "import x from 'vitest/node'"), FileKind::Source);
        let suite = "define(() => { describe('a list', () => {\n  it('grows', () => {}); }); });";
        assert_eq!(kind("src/unittests.js", suite), FileKind::Test);
        assert_eq!(kind("src/list.js", "words.describe('a list'); submit('x');"), FileKind::Source);
        assert_eq!(kind("src/list.js", " * describe('a list', () => {\n *  it('grows', () => {}); });"), FileKind::Source);
        assert_eq!(kind("src/list.js", &format!("if (import.meta.vitest) {{ {suite} }}")), FileKind::Source);
    }

    #[test]
    fn a_file_says_where_it_runs_before_its_package_does() {
        let package = Package::parse(r#"{"dependencies": {"react-dom": "1"}}"#);
        assert_eq!(Platform::of(&package, "'use server'\n"), Platform::Server);
        assert_eq!(Platform::of(&package, "\"use client\"\n"), Platform::Browser);
        assert_eq!(Platform::of(&package, "import fs from 'node:fs'"), Platform::Server);
        assert_eq!(Platform::of(&package, "if (typeof window !== 'undefined') window.x = require('fs')"), Platform::Both);
        assert_eq!(Platform::of(&package, "export const a = 1"), Platform::Browser);
    }
}

//! What a `package.json` says of the files of its package.

use serde_json::Value;

/// Who runs the code of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Audience {
    /// Nothing says.
    #[default]
    Unknown,
    /// Nothing but the project itself imports it: what nothing in the project does, nobody does.
    Application,
    /// Code of others may import what it exports.
    Library,
    /// It is installed to be run.
    Tool,
}

/// Where code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Platform {
    Browser,
    Server,
    Both,
    #[default]
    Unknown,
}

/// A package, as far as it says what its files are. The default is that of files that belong to none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    pub audience: Audience,
    pub platform: Platform,
    /// What `bin` names, spelled as `place_of` does.
    bins: Vec<String>,
    /// What scripts run that end.
    one_shot: Vec<String>,
    /// What is imported, started or served.
    entries: Vec<String>,
    /// What stands between name and extension of a test, by the configuration of the test runner.
    test_words: Vec<String>,
    /// What the test runner loads before the tests.
    test_files: Vec<String>,
    /// The major versions of what it depends on, where they are told.
    majors: Vec<(String, u32)>,
}

const BROWSER: &[&str] =
    &["react-dom", "preact", "vue", "svelte", "@angular/core", "solid-js", "lit", "jquery", "ember-source", "backbone", "react-scripts"];
const SERVER: &[&str] = &[
    "express",
    "fastify",
    "koa",
    "@nestjs/core",
    "@hapi/hapi",
    "hono",
    "restify",
    "socket.io",
    "ws",
    "pg",
    "mysql2",
    "mongoose",
    "ioredis",
];
const BOTH: &[&str] = &["next", "nuxt", "@sveltejs/kit", "@remix-run/node", "astro", "meteor-node-stubs"];

/// First words of the names of scripts that end. What is called otherwise may be the program itself.
const ENDING: &[&str] = &[
    "build",
    "prebuild",
    "postbuild",
    "bundle",
    "compile",
    "clean",
    "copy",
    "prepare",
    "prepack",
    "prepublish",
    "prepublishOnly",
    "postinstall",
    "preinstall",
    "install",
    "setup",
    "release",
    "publish",
    "version",
    "postversion",
    "changelog",
    "lint",
    "format",
    "check",
    "validate",
    "verify",
    "test",
    "pretest",
    "posttest",
    "bench",
    "benchmark",
    "coverage",
    "gen",
    "generate",
    "codegen",
    "docs",
    "migrate",
    "migration",
    "migrations",
    "seed",
    "sync",
    "deploy",
    "typecheck",
    "types",
    "i18n",
    "icons",
    "fix",
    "vercel-build",
    "smoke-test",
    "db",
];
const RUNNERS: &[&str] =
    &["node", "tsx", "ts-node", "ts-node-esm", "bun", "deno", "esno", "jiti", "vite-node", "babel-node", "swc-node", "nodemon"];

impl Package {
    /// One that cannot be read says nothing.
    pub fn parse(text: &str) -> Self {
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        let mut package = Self { platform: platform(&value), audience: audience(&value), ..Self::default() };
        for key in ["main", "module", "browser", "source", "exports"] {
            gather(value.get(key), &mut package.entries);
        }
        if package.entries.is_empty() {
            package.entries.push("index".to_owned());
        }
        gather(value.get("bin"), &mut package.bins);
        for (name, command) in value.get("scripts").and_then(Value::as_object).into_iter().flatten() {
            let run = files_run(command.as_str().unwrap_or_default());
            if names_what_ends(name) { &mut package.one_shot } else { &mut package.entries }.extend(run);
        }
        if let Some(jest) = value.get("jest") {
            package.read_test_configuration(&jest.to_string());
        }
        for key in ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] {
            let ranges = value.get(key).and_then(Value::as_object).into_iter().flatten();
            package.majors.extend(ranges.filter_map(|(name, range)| Some((name.clone(), major(range.as_str()?)?))));
        }
        package
    }

    /// Whether it depends on a version of another package that is older than that.
    pub fn has_older(&self, name: &str, than: u32) -> bool {
        self.majors.iter().any(|(own, major)| own == name && *major < than)
    }

    /// What a test runner's configuration, as text, says of names: its patterns are strings in it, whatever is computed around them.
    pub fn read_test_configuration(&mut self, text: &str) {
        for key in ["testMatch", "testRegex", "include"] {
            let words = strings_after(text, key).into_iter().filter_map(|pattern| word_of(&pattern));
            self.test_words.extend(words);
        }
        for key in ["setupFiles", "setupFilesAfterEnv", "globalSetup", "globalTeardown"] {
            let files = strings_after(text, key).into_iter().filter(|it| it.starts_with("./") || it.starts_with("<rootDir>"));
            self.test_files.extend(files.map(|it| place_of(it.trim_start_matches("<rootDir>"))));
        }
    }

    pub fn is_test(&self, in_package: &str, words: &[&str]) -> bool {
        words.iter().any(|word| self.test_words.iter().any(|it| it == word))
            || !self.test_files.is_empty() && self.test_files.contains(&place_of(in_package))
    }

    /// Whether a script that ends runs it, and nothing imports, starts or serves it.
    pub fn is_one_shot(&self, in_package: &str) -> bool {
        if self.one_shot.is_empty() {
            return false;
        }
        let place = place_of(in_package);
        self.one_shot.contains(&place) && !self.entries.contains(&place)
    }

    /// Whether it is a program of the package, and not also what the package exports or starts.
    pub fn is_program(&self, in_package: &str) -> bool {
        if self.bins.is_empty() {
            return false;
        }
        let place = place_of(in_package);
        self.bins.contains(&place) && !self.entries.contains(&place)
    }

    /// Whether the package is imported, started or served by this file.
    pub fn is_entry(&self, in_package: &str) -> bool {
        self.entries.contains(&place_of(in_package))
    }
}

/// The major version that a range like `^6.0.0` or `~5.1` begins with; none of one that may mean several.
fn major(range: &str) -> Option<u32> {
    if range.contains(['|', '>', '<', ' ', ':', '/']) {
        return None;
    }
    let version = range.trim_start_matches(['^', '~', '=', 'v']);
    version.split('.').next()?.parse().ok()
}

/// Whether a script or program of this name does one thing and exits.
pub fn names_what_ends(name: &str) -> bool {
    ENDING.contains(&name) || name.split([':', '.', '_', '-']).next().is_some_and(|word| ENDING.contains(&word))
}

/// A file's place without what a build changes: the extension, and the folder that all of it stands in.
fn place_of(path: &str) -> String {
    let path = path.trim_start_matches(['.', '/']);
    let end = [".d.ts", ".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx", ".vue", ".svelte"]
        .iter()
        .find_map(|it| path.strip_suffix(it))
        .unwrap_or(path);
    match end.split_once('/') {
        Some(("src" | "lib" | "dist" | "build" | "out" | "esm" | "cjs", rest)) => rest.to_owned(),
        _ => end.to_owned(),
    }
}

fn gather(value: Option<&Value>, found: &mut Vec<String>) {
    match value {
        Some(Value::String(path)) => found.push(place_of(path)),
        Some(Value::Object(several)) => several.values().for_each(|it| gather(Some(it), found)),
        Some(Value::Array(several)) => several.iter().for_each(|it| gather(Some(it), found)),
        _ => {}
    }
}

/// The files that a command line gives to a program that runs JavaScript.
fn files_run(command: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in command.split(['&', '|', ';']) {
        let mut words = part.split_whitespace().skip_while(|word| !RUNNERS.contains(word)).skip(1);
        let file = words.find(|word| !word.starts_with('-') && (word.contains('.') || word.contains('/')));
        found.extend(file.filter(|it| !it.contains('*')).map(|it| place_of(it.trim_matches(['"', '\'', '\\']))));
    }
    found
}

fn audience(value: &Value) -> Audience {
    let has = |key: &str| value.get(key).is_some_and(|it| !it.is_null());
    let says_private = value.get("private").and_then(Value::as_bool).unwrap_or_default();
    let is_private = says_private || !has("name");
    match () {
        () if !is_private && ["main", "module", "exports", "types", "browser"].iter().any(|key| has(key)) => Audience::Library,
        () if has("bin") => Audience::Tool,
        // Without a word, what is published is index.js.
        () if !is_private && has("version") && has("files") => Audience::Library,
        () if says_private => Audience::Application,
        () => Audience::Unknown,
    }
}

fn platform(value: &Value) -> Platform {
    let depends_on = |list: &[&str]| {
        let kinds = ["dependencies", "devDependencies", "peerDependencies"];
        kinds.iter().filter_map(|kind| value.get(kind)?.as_object()).any(|names| list.iter().any(|name| names.contains_key(*name)))
    };
    let browser = value.get("browserslist").is_some() || value.get("browser").is_some() || depends_on(BROWSER);
    match (browser, depends_on(SERVER)) {
        _ if depends_on(BOTH) => Platform::Both,
        (true, true) => Platform::Both,
        (true, false) => Platform::Browser,
        (false, true) => Platform::Server,
        (false, false) => Platform::Unknown,
    }
}

/// The string, or the strings of the list, that follow a key. Lists are short; what follows them is not looked at.
fn strings_after(text: &str, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(key) {
        let rest = text.get(at + key.len()..).unwrap_or_default().trim_start_matches(['"', '\'']).trim_start();
        let Some(rest) = rest.strip_prefix(':') else { continue };
        let rest = rest.trim_start();
        let end = if rest.starts_with('[') { list_end(rest) } else { rest.find(['\n', ',']).unwrap_or(rest.len()) };
        let mut parts = rest.get(..end).unwrap_or_default().split(['"', '\'', '`']);
        while let (Some(_), Some(inner)) = (parts.next(), parts.next()) {
            found.push(inner.to_owned());
        }
    }
    found
}

/// Brackets in the strings of a list, as in `[jt]s`, come in pairs.
fn list_end(text: &str) -> usize {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 1 => return at,
            b']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// `unit` of `**/*.unit.{js,ts}` and of `\\.unit\\.ts$`.
fn word_of(pattern: &str) -> Option<String> {
    let name = pattern.rsplit('/').next()?.replace('\\', "");
    let (before, after) = (name.find("*.").map(|at| at + 2).or_else(|| name.find('.').map(|at| at + 1))?, name.rfind('.')?);
    let word = name.get(before..after)?;
    let is_word = word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    // `include` is a key of many tools; what names types or nothing names no tests.
    (is_word && !matches!(word, "d" | "js" | "ts" | "jsx" | "tsx" | "mjs" | "cjs" | "config" | "min")).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_tells_a_version() {
        let package =
            Package::parse(r#"{"dependencies": {"a": "^6.0.0", "b": "~5.1", "c": "10", "d": "4 || 7", "e": "workspace:*", "f": "*"}}"#);
        assert!(package.has_older("a", 7) && package.has_older("b", 7) && !package.has_older("a", 6));
        assert!(["c", "d", "e", "f", "g"].iter().all(|name| !package.has_older(name, 7)));
    }

    #[test]
    fn a_package_says_who_runs_it_and_where() {
        let audience = |text: &str| Package::parse(text).audience;
        assert_eq!(audience(r#"{"name": "a", "main": "index.js"}"#), Audience::Library);
        assert_eq!(audience(r#"{"name": "a", "main": "index.js", "private": true}"#), Audience::Application);
        assert_eq!(audience(r#"{"name": "a", "bin": "cli.js"}"#), Audience::Tool);
        assert_eq!((audience("{"), audience(r#"{"name": "a"}"#)), (Audience::Unknown, Audience::Unknown));
        let platform = |text: &str| Package::parse(text).platform;
        assert_eq!(platform(r#"{"dependencies": {"react-dom": "1"}}"#), Platform::Browser);
        assert_eq!(platform(r#"{"dependencies": {"express": "1"}, "browserslist": []}"#), Platform::Both);
        assert_eq!(platform(r#"{"devDependencies": {"fastify": "1"}}"#), Platform::Server);
        assert_eq!(platform("[]"), Platform::Unknown);
    }

    #[test]
    fn scripts_that_end_are_told_from_programs_that_stay() {
        let package = Package::parse(
            r#"{"bin": {"tool": "./dist/cli.js", "both": "lib/both.js"}, "exports": {".": "./dist/both.js"},
                "scripts": {"start": "node --watch ./src/server.js", "build": "tsc && node tools/build.mjs --all", "db:migrate": "tsx src/migrate.ts",
                            "worker": "node worker.js", "seed": "NODE_ENV=x node src/server", "test": "node --test test/*.js"}}"#,
        );
        assert!(package.is_program("src/cli.ts") && !package.is_program("src/both.ts") && !package.is_program("src/other.ts"));
        assert!(package.is_one_shot("tools/build.mjs") && package.is_one_shot("src/migrate.ts"));
        assert!(!package.is_one_shot("src/server.js") && !package.is_one_shot("worker.js"));
        assert!(package.is_entry("worker.js") && !package.is_entry("src/migrate.ts"));
    }

    #[test]
    fn the_patterns_of_test_runners_are_read_from_their_text() {
        let mut package = Package::parse(r#"{"jest": {"testRegex": ".*\\.e2e-spec\\.[jt]s$", "setupFiles": ["<rootDir>/jest.setup.js"]}}"#);
        package.read_test_configuration(
            "export default { test: { include: ['src/**/*.unit.{js,ts}', `a/*.js`], globalSetup: './prepare.ts',\n coverage: { include: ['src/**'] } } }",
        );
        assert!(package.is_test("a.e2e-spec.ts", &["e2e-spec"]) && package.is_test("src/a.unit.js", &["unit"]));
        assert!(package.is_test("jest.setup.js", &[]) && package.is_test("prepare.ts", &[]) && !package.is_test("a.js", &["x"]));
        assert_eq!(package.test_words, ["e2e-spec", "unit"]);
    }
}

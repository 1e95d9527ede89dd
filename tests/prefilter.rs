//! The prefilter loses nothing: of a file that it would not have parsed, no rule has anything to say.
//!
//! `PREFILTER_FOLDERS=a:b cargo test --release --test prefilter -- --nocapture` holds that on other folders too, and says how much is left to parse.

mod support;

use std::path::PathBuf;
use std::sync::Arc;

use leaklint::analyzer::Leaklint;
use leaklint::diagnostic::Confidence;
use leaklint::pipeline::{Analyzer, FileFacts, Limits, Read};
use leaklint::project::Place;
use leaklint::resolve::Specifiers;
use leaklint::text::SourceText;
use leaklint::walk::{WalkOptions, skip_by_content, walk};
use support::fence::parse;

fn analyzer() -> Arc<Leaklint> {
    leaklint::tool().expect("the tables are well formed").analyzer
}

fn place() -> Place {
    Place { in_package: "src/x.js".into(), below: "".into(), package: Arc::default() }
}

fn may_matter(analyzer: &Leaklint, name: &str, text: &str) -> bool {
    analyzer.skim(name, &place(), text).is_none()
}

/// What the rules say of a file that is parsed, as if it stood in `src`, and whose collections it adds to.
fn findings(analyzer: &Leaklint, name: &str, text: &str) -> Vec<String> {
    let path: Arc<str> = name.into();
    let source = SourceText::new(text.as_bytes().to_vec());
    let read = Read { source: &source, specifiers: &Specifiers::default() };
    let analysis = analyzer.analyse(&path, &place(), read, Limits { nesting: 200 });
    let file = FileFacts { path, facts: analysis.facts, specifiers: Specifiers::default(), unnamed: None, is_offered: false };
    let verdict = analyzer.judge(&file, Confidence::Low);
    let concerns = analyzer.concerns(&file.facts);
    let own = concerns.iter().filter(|module| module.starts_with('.')).map(|module| format!("adds to {module}"));
    let found = verdict.diagnostics.iter().map(|found| format!("{}: {}", found.rule, found.message));
    found.chain(own).collect()
}

fn lost(analyzer: &Leaklint, name: &str, text: &str, keep: fn(&str) -> bool) -> Option<String> {
    if may_matter(analyzer, name, text) {
        return None;
    }
    let mut found = findings(analyzer, name, text);
    found.retain(|it| keep(it));
    (!found.is_empty()).then(|| format!("{name}: {}", found.join("; ")))
}

#[test]
fn no_finding_of_a_case_is_lost() {
    let analyzer = analyzer();
    let mut wrong = Vec::new();
    for page in support::files("rules", &["md"]) {
        let text = std::fs::read_to_string(support::root().join(&page)).expect("the page can be read");
        for case in parse(&text).unwrap_or_default() {
            let files = case.files.iter().filter_map(|file| lost(&analyzer, &file.name, &file.code, |_| true));
            wrong.extend(files.map(|file| format!("{}:{}: {file}", page.display(), case.line)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_finding_in_a_folder_is_lost() {
    let analyzer = analyzer();
    let cwd = std::env::current_dir().expect("a folder");
    let folders = std::env::var("PREFILTER_FOLDERS").unwrap_or_default();
    let folders: Vec<PathBuf> = folders.split(':').filter(|it| !it.is_empty()).chain(["fixtures", "tests"]).map(PathBuf::from).collect();
    let options = WalkOptions { cwd: cwd.clone(), threads: 2, no_ignore: false, ignore_patterns: Vec::new() };
    let files = walk(&folders, &options).expect("the folders can be read").files;
    let (mut all, mut parsed) = ((0, 0), (0, 0));
    let mut wrong = Vec::new();
    for file in files {
        let Ok(bytes) = file.origin.read(&cwd, &file.path) else { continue };
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if skip_by_content(text.as_bytes()).is_some() {
            continue;
        }
        all = (all.0 + 1, all.1 + text.len());
        if may_matter(&analyzer, &file.path, &text) {
            parsed = (parsed.0 + 1, parsed.1 + text.len());
        }
        // What grows in an object of another file, behind `this` or a parameter's type, is not looked for without a parse.
        wrong.extend(lost(&analyzer, &file.path, &text, |it| !it.starts_with("adds to")));
    }
    let share = |part: usize, whole: usize| 100 * part / whole.max(1);
    println!("parsed: {} % of {} files, {} % of {} bytes", share(parsed.0, all.0), all.0, share(parsed.1, all.1), all.1);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Programs whose growth is hard to see in the text. Each has a finding, which a parse must find.
const HIDDEN: &[(&str, &str)] = &[
    (
        "a.ts",
        "export class Store {\n  readonly kind = 'memory' as const\n  private readonly rows = new Map()\n  add(id, row) { this.rows.set(id, row) }\n}",
    ),
    ("a.js", "class A { constructor(rows) { this.data = { rows: rows || [] }; } add(row) { this.data.rows.push(row); } }"),
    ("a.ts", "const kept = Array<Row>();\nexport function f(row: Row) { kept.push(row); }"),
    ("a.js", "let request;\nexports.f = (server) => server.on('request', (req, res) => { request = req; res.end(); });"),
    ("a.js", "const { performance } = require('node:perf_hooks');\nexports.f = () => { performance.mark('begun'); };"),
    ("a.js", "Object.defineProperty(exports, 'kept', { value: [] });\nexports.f = (x) => { exports.kept.push(x); };"),
    ("a.js", "let last; module.exports = (req) => { last = req; };"),
    ("a.js", "module.exports = (app) => app.use((req, res, next) => { app.locals.log.push(req); next(); });"),
    ("a.js", "const a = (function () { const kept = {}; return kept; })(); exports.f = (k) => { a[k] = 1; };"),
    ("a.js", "let out; (function () { const kept = new Map(); out = kept; })(); exports.f = function (k) { out.set(k, k); };"),
    (
        "a.js",
        "class A { get cache() { return this.kept; } constructor() { this.kept = new Map(); } f(k) { const c = this.cache; this.kept['set'](k, c); } }",
    ),
    ("a.js", "const kept = [];\nexports.f = x => kept.push(x)"),
    ("a.js", "exports.f = function (x) { all.list.push(x); };\nvar all = { list: [] };"),
    ("a.js", "const lists = { a: [] }; exports.f = (k, v) => { const one = lists[k]; (lists[k] ??= []).push(v); return one; };"),
    ("a.ts", "const kept: Record<string, number | null> = {};\nexport function f(k: string): void { kept[k]! += 1; }"),
    (
        "a.ts",
        "export class A { rows: number[] = []; add(row: number): Promise<Map<string, number>> { this.rows.push(row); return null!; } }",
    ),
    ("a.ts", "export class A { all = {} as Rows; add(k: string, v: Row): void { this.all = { ...this.all, [k]: v }; } }"),
    ("a.js", "function run(jobs) { const made = []; setImmediate(() => {}); return made; }\nsetInterval(run, 1000);"),
    ("a.js", "const kept = [];\nexports.f = (x) => { const rows = kept; rows.push(x); };"),
    ("a.js", "const kept = [];\nexports.f = (x, other) => { let rows; rows = other || kept; const last = rows; last.push(x); };"),
    ("a.js", "class A { kept = {}; f(k, x) { const { kept } = this, one = kept; one[k] = x; } }"),
    ("a.js", "(async () => { const rows = []; for (;;) rows.push(await jobs.next()); })();"),
    ("a.js", "async function main() { const rows = []; for await (const job of jobs) rows.push(job); }\nmain();"),
    ("a.js", "const cache = {};\nfunction put(table, key, value) { table[key] = value; }\nexports.f = (k, v) => { put(cache, k, v); };"),
    ("a.js", "class A { kept = {}; f(k, x) { const { kept: own } = this; own[k] = x; } }"),
    ("a.js", "const ROWS = 'rows';\nclass A { constructor() { this.rows = []; } add(x) { this[ROWS].push(x); } }"),
    ("a.js", "class A { add(x) { (this.rows ??= []).push(x); } }"),
    ("a.js", "function all() { return kept; }\nconst kept = [];\nexports.f = (x) => { const rows = all(); rows.push(x); };"),
    ("a.js", "const lists = [];\nexports.f = (x) => { for (const list of lists) list.push(x); };"),
    ("a.js", "exports.make = () => { const rows = []; function add(x) { rows.push(x); } return { add }; };"),
    ("a.js", "exports.make = () => { const rows = []; function add(x) { rows.push(x); } return (x) => { add(x); }; };"),
    ("a.js", "let last; exports.f = function (req) { const entry = { req }; last = entry; };"),
    ("a.js", "exports.f = function (req) { const read = () => req.url; exports.store.read = read; };"),
    ("a.js", "app.decorate('sessions', new Map());\nexports.f = function (session) { app.sessions.set(session.id, session); };"),
    (
        "a.js",
        "const name = 'redis';\nconst { createClient } = require(name);\nexports.f = async () => { const client = createClient(); await client.connect(); };",
    ),
    (
        "a.ts",
        "export class A { rows: number[] = []; add(x: number): Promise<{ a: number } | { b: number }> { this.rows.push(x); return null!; } }",
    ),
    ("a.js", "exports.f = (bus) => { bus['on']('x', () => {}); };"),
    ("a.js", "const weak = new WeakMap();\nexports.f = (key, value) => { const table = weak; table[key] = value; };"),
    ("a.js", "exports.f = async function poll(next) { await next(); return (await poll(next)); };"),
    ("a.js", "const seen = new Set();\nserver.on('request', (req) => { const { url } = req; seen.add(url); });"),
];

#[test]
fn what_is_hard_to_see_is_parsed() {
    let analyzer = analyzer();
    for (name, text) in HIDDEN {
        assert!(may_matter(&analyzer, name, text), "{text}\n{:?}", findings(&analyzer, name, text));
    }
}

/// Programs that are read and not parsed.
const PLAIN: &[(&str, &str)] = &[
    (
        "a.js",
        "const names = { a: 1 };\nexports.f = function (list) { const out = []; for (const x of list) out.push(names[x]); return out; };",
    ),
    ("a.ts", "export interface A { list: string[] }\nexport const a = 1;"),
    ("a.ts", "export function f(items: number[]): number[] { const out: number[] = []; items.forEach((x) => out.concat(x)); return out; }"),
    ("a.js", "'use strict';\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.f = (a, b) => a / b / 2;"),
    ("a.js", "emitter.on('end', done);\nfunction done() {}"),
    ("a.js", "Object.defineProperty(exports, '__esModule', { value: true });\nexports.f = (a, k) => { let b; b = a.b; b[k] = 1; };"),
    ("a.js", "exports.f = function (kept = [], { seen = [] } = {}) { return (x) => { kept.push(x); seen.push(x); }; };"),
    ("a.js", "exports.f = (req) => { exports.last = req.url; exports.name = 'f'; };"),
    ("a.js", "exports.f = (o) => { const rows = []; o.rows = []; for (const x of o.list) rows.push(x); };"),
    ("a.js", "const table = { a: 1 };\nexports.f = (o) => { const rows = o.rows || []; rows.push(table.a); };"),
    (
        "a.js",
        "exports.f = (o) => { let rows; rows = []; rows.push(o); return rows; };\nexports.g = (o) => { while (true) if (o.next()) return; };",
    ),
    ("a.jsx", "export const A = () => null;"),
    ("a.js", "exports.f = async (jobs) => { const rows = []; for await (const job of jobs) rows.push(job); return rows; };"),
    (
        "a.js",
        "var bind = (this && this.bind) || (Object.create ? (function (o, m, k, k2) { Object.defineProperty(o, k2, { get: function () { return m[k]; } }); }) : (function (o, m, k, k2) { o[k2] = m[k]; }));",
    ),
    ("a.js", "const sizes = [];\nexports.f = (query) => { sizes.set({ a: 1 }); sizes.splice(0, 1); sizes.push(); };"),
    ("a.js", "const api = { a: 1, f() {} };\nexports.f = (k, v) => { api[k] = v; };"),
    ("a.js", "var Kind;\n(function (Kind) { Kind[Kind['A'] = 0] = 'A'; })(Kind || (exports.Kind = Kind = {}));"),
    ("a.js", "const KEY = 'rows';\nexports.f = (o) => { const table = {}; table[KEY] = o; return table; };\nexports.rows = [];"),
    ("a.js", "exports.names = { redis: 'redis', all: ['pg', 'mysql', 'http'] };\nexports.f = (map) => map.get('ws');"),
    ("a.js", "exports.f = () => ({ once: true, on: 1, watch(x) { return x; } });"),
    ("a.js", "exports.f = async function walk(x) { await walk(x.next); return [walk.name]; };"),
    ("a.js", "function pick(o) { return o.rows; }\nexports.f = (o) => { const out = []; pick(o).push(1); return out; };"),
    (
        "a.js",
        "exports.f = (list) => { const out = []; function visit(x) { out.push(x); if (x.next) visit(x.next); } visit(list); return out; };",
    ),
    (
        "a.js",
        "class A { constructor() { this.rows = []; } }\nexports.f = function (o) { o.rows.push(1); const own = {}; own.rows = []; own.rows.push(2); };",
    ),
    ("a.js", "exports.f = function (ctx, x) { let width; width = x; ctx.save(); const all = [width]; return all; };"),
    ("a.js", "const seen = new WeakMap();\nexports.f = (o, k) => { const table = {}; table[k] = 1; return seen.get(o); };"),
    ("a.js", "exports.f = () => Symbol.for('a');\nexports.g = () => process.env[exports.name];"),
];

#[test]
fn what_is_plain_to_see_is_not_parsed() {
    let analyzer = analyzer();
    for (name, text) in PLAIN {
        assert!(!may_matter(&analyzer, name, text), "{text}");
        assert_eq!(findings(&analyzer, name, text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_is_not_understood_is_parsed() {
    let analyzer = analyzer();
    for text in [
        "f(]",
        "'a",
        "`${",
        "a = b\n} / c",
        "var \\u0061 = 1",
        "<a>don't</a>",
        "{",
        "// leaklint-disable-next-line\nf();",
        "/* leaklint */",
    ] {
        assert!(may_matter(&analyzer, "a.js", text), "{text}");
    }
}

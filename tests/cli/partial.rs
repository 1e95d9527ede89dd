//! A run that names some files says of them what a run over the whole project says.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use super::{Ended, Project, ended, text};

/// Holders, what adds to them, and releases, each in a file of its own.
const FILES: &[(&str, &str)] = &[
    ("package.json", r#"{ "name": "shop", "private": true, "workspaces": ["packages/*"] }"#),
    ("packages/store/package.json", r#"{ "name": "@shop/store", "private": true, "type": "module", "exports": "./index.js" }"#),
    ("packages/store/index.js", "export const carts = new Map();\nexport const visits = [];\nexport const names = new Set();\n"),
    ("packages/store/hub.js", "export class Hub {\n  seen = new Map();\n  note(url) { this.seen.set(url, Date.now()); }\n}\n"),
    ("packages/store/known.js", "const known = new Map();\nexport function know(name) { known.set(name, Date.now()); }\n"),
    ("packages/api/package.json", r#"{ "name": "@shop/api", "private": true, "type": "module" }"#),
    (
        "packages/api/src/main.js",
        "import http from 'node:http';\nimport { carts, names, visits } from '@shop/store';\nimport { hub } from './hub.js';\nimport { watch } from './watch.js';\n\
         names.add('shop');\nhttp.createServer((req, res) => {\n  carts.set(req.url, { at: Date.now() });\n  visits.push({ at: Date.now() });\n  hub.note(req.url);\n  watch(res);\n  res.end();\n}).listen(80);\n",
    ),
    ("packages/api/src/hub.js", "import { Hub } from '../../store/hub.js';\nexport const hub = new Hub();\n"),
    (
        "packages/api/src/trim.js",
        "import { visits } from '@shop/store';\nexport const timer = setInterval(() => { visits.length = 0; }, 1000).unref();\n",
    ),
    ("packages/api/src/bus.js", "import { EventEmitter } from 'node:events';\nexport const bus = new EventEmitter();\n"),
    (
        "packages/api/src/watch.js",
        "import { bus } from './bus.js';\nexport function watch(res) { bus.on('tick', () => res.write('.')); }\n",
    ),
    ("packages/store/lists.js", "export const drop = (list, item) => list.splice(list.indexOf(item), 1);\n"),
    (
        "packages/api/src/peers.js",
        "import net from 'node:net';\nimport { drop } from '../../store/lists.js';\nconst peers = [];\n\
         net.createServer((socket) => {\n  peers.push(socket);\n  socket.on('close', () => drop(peers, socket));\n}).listen(81);\n",
    ),
    (
        "packages/api/src/notices.js",
        "import { EventEmitter } from 'node:events';\nlet notices;\nexport const getNotices = () => (notices ??= new EventEmitter());\n",
    ),
    (
        "packages/api/src/tail.js",
        "import http from 'node:http';\nimport { getNotices } from './notices.js';\n\
         http.createServer((req, res) => { getNotices().on('notice', (text) => res.write(text)); }).listen(82);\n",
    ),
    ("packages/api/src/boot.js", "import { know } from '../../store/known.js';\nknow('shop');\n"),
    ("packages/api/src/boot.test.js", "import { know } from '../../store/known.js';\nfor (const name of names()) know(name);\n"),
];

const ARGUMENTS: &[&str] = &["-f", "json", "--min-confidence", "low"];

impl Project {
    fn leaklint_in(&self, folder: &str, paths: &[&str]) -> Ended {
        let mut command = self.command(ARGUMENTS);
        ended(command.args(paths).current_dir(self.path().join(folder)).stdin(Stdio::null()).output().expect("the binary runs"))
    }
}

fn diagnostics(ended: &Ended) -> Vec<Value> {
    ended.json()["diagnostics"].as_array().expect("a list").clone()
}

/// The files of its place, its holder and its sites.
fn belongs_to(finding: &Value) -> BTreeSet<&str> {
    let related = finding["related"].as_array().expect("a list").iter();
    let related = related.filter(|related| matches!(text(&related["role"]), "holder" | "site"));
    std::iter::once(finding).chain(related).map(|place| text(&place["path"])).collect()
}

/// The way from a folder of the project to one of its files.
fn relative(folder: &str, path: &str) -> String {
    let depth = Path::new(folder).components().count();
    let inside = if folder.is_empty() { Some(path) } else { path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')) };
    let shared = folder.split('/').zip(path.split('/')).take_while(|(left, right)| left == right).count();
    let outer = || path.split('/').skip(shared).collect::<Vec<_>>().join("/");
    inside.map_or_else(|| "../".repeat(depth - shared) + &outer(), str::to_owned)
}

fn sources() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path).filter(|path| path.ends_with(".js"))
}

#[test]
fn each_file_by_itself_is_told_what_a_full_run_tells() {
    let project = Project::new(FILES);
    for folder in ["", "packages", "packages/store", "packages/api/src"] {
        let root = "../".repeat(Path::new(folder).components().count()) + ".";
        let full = diagnostics(&project.leaklint_in(folder, &[&root]));
        let rules: Vec<&str> = full.iter().map(|finding| text(&finding["rule"])).collect();
        assert_eq!(rules.len(), 4, "{folder}: {rules:?}");
        for path in sources() {
            let name = relative(folder, path);
            let wanted: Vec<&Value> = full.iter().filter(|finding| belongs_to(finding).contains(&*name)).collect();
            let by_name = diagnostics(&project.leaklint_in(folder, &[&name]));
            assert_eq!(by_name.iter().collect::<Vec<_>>(), wanted, "{name} in {folder:?}");
        }
    }
}

#[test]
fn files_named_together_are_told_what_any_of_them_is_told() {
    let project = Project::new(FILES);
    let full = diagnostics(&project.leaklint_in("", &["."]));
    for names in
        [vec!["packages/store/index.js", "packages/store/hub.js"], sources().collect(), vec!["packages/api"], vec!["packages/store"]]
    {
        let is_named = |path: &str| names.iter().any(|name| path.starts_with(name));
        let wanted: Vec<&Value> = full.iter().filter(|finding| belongs_to(finding).into_iter().any(is_named)).collect();
        let found = diagnostics(&project.leaklint_in("", &names));
        assert_eq!(found.iter().collect::<Vec<_>>(), wanted, "{names:?}");
    }
}

#[test]
fn standard_input_counts_more_than_the_file_of_its_name() {
    let project = Project::new(FILES);
    let main = "packages/api/src/main.js";
    let lint = |text: &str| diagnostics(&project.leaklint_on(text.as_bytes(), &[ARGUMENTS, &["-", "--stdin-filename", main]].concat()));
    let old = project.read(main);
    let full = diagnostics(&project.leaklint_in("", &["."]));
    assert_eq!(lint(&old), full.iter().filter(|it| belongs_to(it).contains(main)).cloned().collect::<Vec<_>>());
    let new = old.replace("carts.set(req.url, ", "carts.set(req.method + req.url, ").replace("watch(res);", "");
    let found = lint(&new);
    project.write(main, new.as_bytes());
    let full = diagnostics(&project.leaklint_in("", &["."]));
    assert_eq!(found, full.iter().filter(|it| belongs_to(it).contains(main)).cloned().collect::<Vec<_>>());
    assert_eq!(found.len(), 1);
}

#[test]
fn a_comment_in_a_file_that_is_not_named_silences_a_finding_and_is_not_asked_for_itself() {
    let project = Project::new(FILES);
    let silenced = "// leaklint-disable-next-line unbounded-collection -- few carts\nexport const carts = new Map();\n// leaklint-disable-next-line\nexport const visits = [];\n";
    project.write("packages/store/index.js", silenced.as_bytes());
    let found = project.leaklint(&[ARGUMENTS, &["packages/api/src/main.js", "--show-suppressed"]].concat());
    let found = diagnostics(&found);
    let of_store: Vec<&Value> = found.iter().filter(|finding| text(&finding["path"]) == "packages/store/index.js").collect();
    assert_eq!(of_store.len(), 1, "{found:?}");
    assert_eq!(of_store[0]["suppression"]["reason"], "few carts");
}

//! Applies every fix that is offered for a case or a fixture, and lints again: the finding is gone, nothing else is different.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use leaklint::diagnostic::{Edit, Location};
use leaklint::fix::apply::apply_to_text;
use leaklint::text::Span;
use serde_json::Value;
use support::fence::parse;

type Findings = BTreeMap<String, Vec<(String, String)>>;

struct Fix {
    folder: String,
    finding: (String, String),
    path: String,
    edits: Vec<Edit>,
}

#[test]
fn a_fix_removes_its_finding_and_nothing_else() {
    let before = tempfile::Builder::new().prefix("leaklint-before-").tempdir().expect("a temporary folder");
    write_cases(before.path());
    let (findings, fixes) = lint(before.path());
    assert!(fixes.len() > 20, "only {} fixes are offered", fixes.len());

    let after = tempfile::Builder::new().prefix("leaklint-after-").tempdir().expect("a temporary folder");
    for (index, fix) in fixes.iter().enumerate() {
        let target = after.path().join(fixed_name(index));
        copy(&before.path().join(&fix.folder), &target);
        let old = read(&before.path().join(&fix.folder).join(&fix.path));
        let new = apply_to_text(&old, &fix.edits.iter().collect::<Vec<_>>()).expect("the edits can be applied");
        assert_eq!(new, spliced(&old, &fix.edits), "every other byte stays");
        put(&target, &fix.path, &new);
    }
    let (fixed, _) = lint(after.path());
    let mut wrong = Vec::new();
    for (index, fix) in fixes.iter().enumerate() {
        let mut expected = findings[&fix.folder].clone();
        let own = expected.iter().position(|finding| *finding == fix.finding).expect("the finding that is fixed");
        expected.remove(own);
        let mut left = fixed.get(&fixed_name(index)).cloned().unwrap_or_default();
        expected.sort();
        left.sort();
        if left != expected {
            let text = read(&after.path().join(fixed_name(index)).join(&fix.path));
            wrong.push(format!("{:?}\n{text}\nleft: {left:#?}\nexpected: {expected:#?}", fix.finding));
        }
    }
    assert!(wrong.is_empty(), "{} of {} fixes:\n{}", wrong.len(), fixes.len(), wrong.join("\n\n"));
}

#[test]
fn a_clear_fits_the_layout_of_the_teardown() {
    let class = |close: &str| {
        format!(
            "class Session {{\n\tconstructor(job) {{\n\t\tthis.timer = setInterval(job, 1e3);\n\t}}\n{close}\n}}\nmodule.exports = Session;\n"
        )
    };
    let rows = [
        ("\tclose() {}", "\tclose() { clearInterval(this.timer); }"),
        ("\tclose() { }", "\tclose() { clearInterval(this.timer); }"),
        ("\tclose() { this.open = false; }", "\tclose() { clearInterval(this.timer); this.open = false; }"),
        ("\tclose() {\n\t}", "\tclose() {\n\t\tclearInterval(this.timer);\n\t}"),
        ("\tclose() {\n\t\tthis.open = false;\n\t}", "\tclose() {\n\t\tclearInterval(this.timer);\n\t\tthis.open = false;\n\t}"),
        (
            "\tclose() { // the end\n\t\tthis.open = false;\n\t}",
            "\tclose() {\n\t\tclearInterval(this.timer); // the end\n\t\tthis.open = false;\n\t}",
        ),
        (
            "\tclose = () => {\n\t\tthis.open = false;\n\t};",
            "\tclose = () => {\n\t\tclearInterval(this.timer);\n\t\tthis.open = false;\n\t};",
        ),
    ];
    for (close, expected) in rows {
        assert_eq!(fixed(&class(close)), [class(expected)]);
        let windows = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(fixed(&windows(&class(close))), [windows(&class(expected))]);
    }
}

#[test]
fn an_expression_body_is_left_to_the_reader() {
    let text = "class Session {\n  timer = setInterval(() => this.ping(), 1e3);\n  close = () => this.socket.end();\n}\nmodule.exports = Session;\n";
    assert_eq!(fixed(text), [""; 0]);
}

#[test]
fn a_dropped_handle_gets_a_field_with_a_free_name() {
    let text = "class Lobby {\n  constructor(job) {\n    this._interval = 5\n    setInterval(job, 1e3)\n  }\n\n  destroy() {\n    this.room = null\n  }\n}\nmodule.exports = Lobby\n";
    let expected = "class Lobby {\n  constructor(job) {\n    this._interval = 5\n    this._interval2 = setInterval(job, 1e3)\n  }\n\n  destroy() {\n    clearInterval(this._interval2)\n    this.room = null\n  }\n}\nmodule.exports = Lobby\n";
    assert_eq!(fixed(text), [expected]);
}

#[test]
fn a_handle_is_cleared_before_it_is_set_again() {
    let text = "let beat;\nfunction restart(job) {\n    beat = setInterval(job, 1e3);\n}\nmodule.exports = (bus, job) => bus.on('config', () => restart(job));\n";
    let expected = text.replace("    beat = ", "    clearInterval(beat);\n    beat = ");
    assert_eq!(fixed(text), [expected]);
}

/// Each program with what its fix makes of it; with Windows line ends too.
#[test]
fn a_fix_is_laid_out_like_the_file() {
    let rows = [
        (
            "const { EventEmitter } = require(\"events\")\nasync function serve(next) {\n\tconst link = new EventEmitter()\n\tlet resets = 0\n\tfor (;;) {\n\t\tawait next(link)\n\t\t// Counts.\n\t\tlink.on(\"reset\", () => {\n\t\t\tresets += 1\n\t\t})\n\t}\n}\nmodule.exports = serve\n",
            "const { EventEmitter } = require(\"events\")\nasync function serve(next) {\n\tconst link = new EventEmitter()\n\tlet resets = 0\n\tlink.on(\"reset\", () => {\n\t\tresets += 1\n\t})\n\tfor (;;) {\n\t\tawait next(link)\n\t\t// Counts.\n\t}\n}\nmodule.exports = serve\n",
        ),
        (
            "import { bus } from './bus.js'\nexport async function all(jobs) {\n    let job\n    while ((job = await jobs.take())) {\n        const mine = job\n        bus.on('user:left', () => mine.stop()) // for now\n        // Waits.\n        await mine.run()\n    }\n}\n",
            "import { bus } from './bus.js'\nexport async function all(jobs) {\n    let job\n    while ((job = await jobs.take())) {\n        const mine = job\n        const onUserLeft = () => mine.stop()\n        bus.on('user:left', onUserLeft) // for now\n        try {\n            // Waits.\n            await mine.run()\n        } finally {\n            bus.off('user:left', onUserLeft)\n        }\n    }\n}\n",
        ),
        (
            "export class Panel {\n  constructor(bus) {\n    this.bus = bus;\n    bus.on('show', () => this.show());\n    bus.once('close', this.hide.bind(this));\n  }\n  show() { this.open = true; }\n  hide() { this.open = false; }\n  destroy() { this.open = null; }\n}\n",
            "export class Panel {\n  constructor(bus) {\n    this.bus = bus;\n    this._onShow = () => this.show();\n    bus.on('show', this._onShow);\n    this._onClose = this.hide.bind(this);\n    bus.once('close', this._onClose);\n  }\n  show() { this.open = true; }\n  hide() { this.open = false; }\n  destroy() { this.bus.off('show', this._onShow); this.bus.off('close', this._onClose); this.open = null; }\n}\n",
        ),
        (
            "var net = require('net');\nmodule.exports = net.createServer(function (socket) {\n  setInterval(function () { socket.write('.'); }, 1000); // beat\n});\n",
            "var net = require('net');\nmodule.exports = net.createServer(function (socket) {\n  var interval = setInterval(function () { socket.write('.'); }, 1000); // beat\n  socket.on('close', function () { clearInterval(interval); });\n});\n",
        ),
        (
            "import { useEffect } from 'react';\nexport function Nav({ draw }) {\n  useEffect(() => {\n    draw();\n    window.addEventListener('resize', () => draw(), { passive: true });\n    document.addEventListener('focus', function () {\n      draw();\n    }); // later\n  }, []);\n  return null;\n}\n",
            "import { useEffect } from 'react';\nexport function Nav({ draw }) {\n  useEffect(() => {\n    draw();\n    const onResize = () => draw();\n    window.addEventListener('resize', onResize, { passive: true });\n    const onFocus = function () {\n      draw();\n    };\n    document.addEventListener('focus', onFocus); // later\n    return () => {\n      window.removeEventListener('resize', onResize, { passive: true });\n      document.removeEventListener('focus', onFocus);\n    };\n  }, []);\n  return null;\n}\n",
        ),
        (
            "import { onMount } from 'svelte'\nexport function clock(tick) {\n\tonMount(() => {\n\t\ttick()\n\t\tsetInterval(tick, 1000)\n\t})\n}\n",
            "import { onMount } from 'svelte'\nexport function clock(tick) {\n\tonMount(() => {\n\t\ttick()\n\t\tconst timer = setInterval(tick, 1000)\n\t\treturn () => clearInterval(timer)\n\t})\n}\n",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(fixed(text), [expected]);
        let windows = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(fixed(&windows(text)), [windows(expected)]);
    }
}

#[test]
fn what_is_not_certain_is_left_to_the_reader() {
    let rows = [
        // The handlers are to stay: nothing waits for the work of a turn.
        "import { bus } from './bus.js'\nexport function all(jobs) {\n  for (const job of jobs) {\n    bus.on('stop', () => job.stop())\n    job.start()\n  }\n}\n",
        // White space in a template means something.
        "import { bus } from './bus.js'\nexport async function all(jobs) {\n  for (const job of jobs) {\n    bus.on('stop', () => job.stop())\n    await job.run(`a\n    b`)\n  }\n}\n",
        // The request's `close` comes when its body is read.
        "const http = require('http');\nhttp.createServer((req) => {\n  setInterval(() => req.ping(), 1e3);\n});\n",
        // The effect returns something already, or nothing can be returned from it; and two things that it leaves behind.
        "import { useEffect } from 'react';\nexport function Nav({ draw }) {\n  useEffect(() => {\n    window.addEventListener('resize', () => draw());\n    return draw;\n  }, []);\n}\n",
        "import { useEffect } from 'react';\nexport function Nav({ draw }) {\n  useEffect(() => void window.addEventListener('resize', () => draw()), []);\n}\n",
        "import { useEffect } from 'react';\nexport function Nav({ draw }) {\n  useEffect(() => {\n    if (draw) {\n      window.addEventListener('resize', () => draw());\n    }\n  }, []);\n}\n",
        "import { useEffect } from 'react';\nexport function Nav({ draw }) {\n  useEffect(() => {\n    window.addEventListener('resize', () => draw());\n    setInterval(draw, 1000);\n  }, []);\n}\n",
        // Something asks whether the key is there.
        "const seen = {};\nrequire('net').createServer((socket) => {\n  const id = socket.remotePort;\n  if (id in seen) return;\n  seen[id] = socket;\n  socket.on('close', () => { seen[id] = null; });\n});\n",
    ];
    for text in rows {
        assert_eq!(fixed(text), [""; 0], "{text}");
    }
}

/// The text after each fix that is offered for it.
fn fixed(text: &str) -> Vec<String> {
    let folder = tempfile::Builder::new().prefix("leaklint-layout-").tempdir().expect("a temporary folder");
    put(folder.path(), "case/src/module.js", text);
    let (_, fixes) = lint(folder.path());
    fixes.iter().map(|fix| apply_to_text(text, &fix.edits.iter().collect::<Vec<_>>()).expect("the edits can be applied")).collect()
}

/// The same by other means: from the last edit to the first.
fn spliced(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_owned();
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span.start));
    for edit in edits {
        text.replace_range(edit.location.span.start as usize..edit.location.span.end as usize, &edit.text);
    }
    text
}

fn write_cases(folder: &Path) {
    let mut number = 0;
    for page in support::files("rules", &["md"]) {
        for case in parse(&read(&support::root().join(&page))).unwrap_or_default() {
            for file in &case.files {
                put(folder, &format!("c{number:04}/{}", file.name), &file.code);
            }
            number += 1;
        }
    }
    let fixtures = std::fs::read_dir(support::root().join("fixtures")).expect("the fixtures");
    for path in fixtures.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        copy(&path, &folder.join(format!("f-{name}")));
    }
}

fn fixed_name(index: usize) -> String {
    format!("x{index:04}")
}

/// What is found in each folder, and every fix with edits.
fn lint(root: &Path) -> (Findings, Vec<Fix>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    let output = command.args(["check", "--format", "json", "--min-confidence", "low", "."]).current_dir(root).output();
    let report: Value = serde_json::from_slice(&output.expect("the binary starts").stdout).expect("a report");
    let (mut findings, mut fixes) = (Findings::new(), Vec::new());
    for entry in report["diagnostics"].as_array().expect("a list of diagnostics") {
        let (folder, path) = split(text(&entry["path"]));
        let finding = (text(&entry["rule"]), text(&entry["message"]));
        findings.entry(folder.clone()).or_default().push(finding.clone());
        for fix in entry["fixes"].as_array().into_iter().flatten() {
            let edits: Vec<Edit> = fix["edits"].as_array().into_iter().flatten().map(edit).collect();
            if !edits.is_empty() {
                fixes.push(Fix { folder: folder.clone(), finding: finding.clone(), path: path.clone(), edits });
            }
        }
    }
    (findings, fixes)
}

fn edit(entry: &Value) -> Edit {
    let offset = |end: &str| entry["range"][end]["offset"].as_u64().expect("an offset") as u32;
    let location = Location { path: Arc::from(text(&entry["path"])), span: Span::new(offset("start"), offset("end")) };
    Edit { location, text: text(&entry["text"]) }
}

fn split(path: String) -> (String, String) {
    let path = path.replace('\\', "/");
    let (folder, rest) = path.split_once('/').expect("a path in a folder");
    (folder.to_owned(), rest.to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the file can be read")
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}

fn copy(from: &Path, to: &Path) {
    let mut work: Vec<PathBuf> = vec![from.to_path_buf()];
    while let Some(at) = work.pop() {
        for path in std::fs::read_dir(&at).expect("the folder can be read").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                work.push(path);
            } else {
                put(to, &path.strip_prefix(from).expect("inside").to_string_lossy(), &read(&path));
            }
        }
    }
}

//! Which files are linted, and what they are called.

use super::{Project, UNDECODABLE};

#[test]
fn columns_are_utf16_units_and_offsets_are_bytes() {
    let line = "const s = \"日本語 😀\"; setInterval(f, 1); LEAK";
    let project = Project::new(&[("a.js", line)]);
    let start = &project.words(&["-f", "json"]).json()["diagnostics"][0]["range"]["start"];
    assert_eq!(*start, serde_json::json!({"line": 1, "column": 40, "offset": line.find("LEAK")}));
    assert!(project.words(&["-f", "concise"]).out.starts_with("a.js:1:40: "));
}

#[test]
fn a_byte_order_mark_and_any_line_end_are_read_right() {
    let project = Project::new(&[("a.js", "\u{FEFF}LEAK"), ("b.js", "\r\n\r\n LEAK\r\n"), ("c.js", "\r LEAK"), ("d.js", "\u{2028} LEAK")]);
    let ended = project.words(&["-f", "json"]);
    assert_eq!(ended.findings(), ["a.js:1:1 growing-word", "b.js:3:2 growing-word", "c.js:2:2 growing-word", "d.js:1:3 growing-word"]);
    assert_eq!(ended.json()["diagnostics"][0]["range"]["start"]["offset"], 3);
}

#[test]
fn the_output_is_the_same_for_any_number_of_threads() {
    let project = Project::new(&[]);
    for n in 0..60 {
        project.write(&format!("d{}/f{n}.js", n % 7), "LEAK LEAK? // leaklint-disable-line growing-word\n LEAK~".repeat(n % 5).as_bytes());
    }
    for format in ["concise", "sarif", "github"] {
        let one = project.words(&["-f", format, "-j", "1"]);
        assert!(one.out.len() > 1000);
        for threads in ["2", "5"] {
            assert!(project.words(&["-f", format, "-j", threads]).out == one.out, "{format}, {threads} threads");
        }
    }
}

#[test]
fn standard_input_is_linted_under_the_name_it_is_given() {
    let project = Project::new(&[("src/a.ts", "")]);
    let ended = project.leaklint_on(UNDECODABLE, &["-", "--stdin-filename", "src/a.ts", "-f", "json"]);
    assert_eq!(ended.findings(), ["src/a.ts:1:1 parse-error"]);
    assert_eq!(ended.json()["summary"]["files"], 1);
    assert_eq!(project.leaklint_on(UNDECODABLE, &["-", "-f", "json"]).findings(), ["stdin.js:1:1 parse-error"]);
    let ignored = project.leaklint_on(UNDECODABLE, &["-", "--stdin-filename", "src/a.ts", "--ignore-pattern", "src"]);
    assert!(ignored.err.starts_with("note: no file to lint"), "{}", ignored.err);
}

#[test]
fn skipped_files_are_counted_by_reason() {
    let project = Project::new(&[("a.min.js", ""), ("b.min.js", ""), ("c.js", "// @generated\n"), ("d.js", "let d;\n")]);
    let summary = &project.leaklint(&["-f", "json"]).json()["summary"];
    assert_eq!((&summary["files"], &summary["skipped"], &summary["lines"]), (&1.into(), &3.into(), &1.into()));
    assert_eq!(summary["skippedBy"], serde_json::json!({"minified": 2, "generated": 1}));
    assert_eq!(project.leaklint(&["--show-files"]).out, "d.js\n");
    assert_eq!(project.leaklint(&["c.js", "--show-files"]).out, "c.js\n");
}

#[test]
fn a_named_file_of_another_language_is_noted() {
    let ended = Project::new(&[("a.py", ""), ("b.js", "")]).leaklint(&["a.py", "b.js"]);
    assert_eq!(ended.code, 0);
    assert_eq!(ended.err, "note: a.py is not linted: it is no JavaScript or TypeScript file by its name\n");
}

#[test]
fn an_empty_file_and_a_large_one_are_linted() {
    let project = Project::new(&[("a.js", "")]);
    project.write("b.js", "let b = 1; // a line of a file of nine megabytes\n".repeat(190_000).as_bytes());
    let ended = project.leaklint(&["a.js", "b.js", "-f", "json"]);
    assert_eq!((ended.code, ended.findings().len()), (0, 0));
    assert_eq!(ended.json()["summary"]["lines"], 190_000);
}

#[test]
fn a_name_that_is_a_command_needs_a_dot() {
    let project = Project::new(&[("rules/a.js", "LEAK")]);
    assert!(project.words(&["rules"]).out.starts_with("growing-word  collection"));
    assert_eq!(project.words(&["./rules", "-f", "json"]).findings(), ["rules/a.js:1:1 growing-word"]);
}

/// Names whose values are each other, in every role that the model asks about.
const CIRCLES: &str = "\
import { bus } from './bus';
type A = B; type B = A; type K = keyof K;
const table = new Map(), list = [], index = {};
export function keep(k: A, other: K) {
  let a = b, b = a, c = c ?? d, d = c, e = f(e), g = g.next, h = (h), i = i + j, j = -i, l = l || l, n = [...n], o = { ...o };
  table.set(k, a); table.set(a, b); table.set(`${i}`, c); list.push(d); index[j] = e; index[other] = index[j];
  setTimeout(() => table.delete(k), a); setTimeout(a, 1); clearTimeout(a); clearInterval(b);
  const t = setInterval(t, t); clearInterval(t);
  bus.on(a, b); bus.off(b, a); bus.on('x', c); c.on('x', d); a.addEventListener('x', b, { signal: g }); g.addEventListener('abort', h);
  for (const x of n) list.push(x); for (const y of o) index[y] = 1; while (a) { bus.on('y', () => b); if (b) break; }
  if (!a) { a = b; bus.on('z', a); } if (c === d) { c = d; bus.on('w', c); } l ??= keep(l, l); h ||= h; list.length = list.length;
  new a(b); class P extends Q {} class Q extends P { m() { this.p = this.q; this.q = this.p; bus.on('m', this.p); } } new P().m();
  const wait = setInterval(() => { if (r()) clearInterval(wait); }, 1); function r() { return r() || a; }
  return { a, b, keep, P };
}
export const f = f, g2 = () => g2();
const held = new Map();
export const hold = (k: string) => { let a = b, b = a; held.set(k, a); setTimeout(() => held.delete(k), 1); };
setInterval(() => keep(f, g2), 1000);
";

#[test]
fn names_that_stand_for_each_other_are_followed_to_an_end() {
    let project = Project::new(&[("package.json", r#"{"private": true}"#), ("a.ts", CIRCLES), ("bus.ts", "export { bus } from './bus';")]);
    let ended = project.leaklint(&[".", "-f", "concise", "--min-confidence", "low"]);
    assert!(ended.code < 2, "{}", ended.err);
}

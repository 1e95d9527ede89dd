//! Lints the projects in `fixtures/` as a user would: the marked lines report, everything else is silent, and README.md shows what is really printed.

#[path = "support/expect.rs"]
mod expect;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use expect::{Finding, mismatches};
use serde_json::Value;
use support::fence::{Case, File};
use support::mark::split;

#[test]
fn the_demo_reports_its_marks_and_nothing_else() {
    let wrong = compare("demo");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_corrected_demo_is_silent_at_any_confidence() {
    let marks: Vec<_> = project("demo-fixed").files.into_iter().flat_map(|file| file.marks).collect();
    assert_eq!(marks, []);
    let wrong = compare("demo-fixed");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_kind_of_a_file_decides_whether_it_is_reported() {
    let wrong = compare("kinds");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Projects of several files; `project-NAME-fixed` is the twin that does not leak.
const PROJECTS: &[&str] =
    &["project-links", "project-names", "project-contexts", "project-releases", "project-lifetimes", "project-helpers", "project-mounts"];

#[test]
fn leaks_across_files_are_reported_where_they_are_marked() {
    for folder in PROJECTS {
        let wrong = compare(folder);
        assert!(wrong.is_empty(), "{folder}\n{}", wrong.join("\n"));
    }
}

#[test]
fn the_twins_of_leaks_across_files_are_silent_at_any_confidence() {
    for folder in PROJECTS.iter().map(|folder| format!("{folder}-fixed")) {
        assert!(project(&folder).files.iter().all(|file| file.marks.is_empty()), "{folder} has a mark");
        let wrong = compare(&folder);
        assert!(wrong.is_empty(), "{folder}\n{}", wrong.join("\n"));
    }
}

#[test]
fn every_file_of_the_demo_has_a_corrected_twin() {
    let names = |folder| project(folder).files.into_iter().map(|file| file.name).collect::<Vec<_>>();
    assert_eq!(names("demo"), names("demo-fixed"));
}

/// Every way in which what is reported at the lowest confidence differs from a project's marks.
fn compare(folder: &str) -> Vec<String> {
    let output = leaklint(&["-f", "json", "--min-confidence", "low", folder], "fixtures");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a JSON report");
    let mut findings = Vec::new();
    for entry in report["diagnostics"].as_array().expect("a list of diagnostics") {
        let (top, finding) = Finding::read(entry);
        assert_eq!(top, folder);
        findings.push(finding);
    }
    mismatches("", &project(folder), &findings)
}

/// A fixture as one case.
fn project(folder: &str) -> Case {
    let root = Path::new("fixtures").join(folder);
    let paths = support::files(&root.to_string_lossy(), &["js", "ts", "jsx", "vue", "svelte"]);
    let files = paths.iter().map(|path| file(path, &root)).collect();
    Case { heading: folder.to_owned(), line: 1, verdict: "leak".to_owned(), pending: None, files }
}

fn file(path: &Path, root: &Path) -> File {
    let text = std::fs::read_to_string(support::root().join(path)).expect("the file can be read");
    let name = path.strip_prefix(root).expect("it stands below").to_string_lossy().replace('\\', "/");
    let lines = (1..).zip(text.lines()).map(|(number, line)| split(line, number).expect("the marks are known"));
    let marks = lines.flat_map(|(_, marks)| marks).collect();
    File { name, line: 0, code: text, marks, has_exercise: false }
}

fn leaklint(arguments: &[&str], folder: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.args(arguments).env("NO_COLOR", "1").current_dir(support::root().join(folder)).output().expect("the binary starts")
}

#[test]
fn the_users_page_shows_what_is_printed() {
    let page = std::fs::read_to_string(support::root().join("README.md")).expect("the page can be read");
    let printed = leaklint(&["fixtures/demo"], ".");
    assert_eq!(printed.status.code(), Some(1), "the page says that the demo ends with 1");
    let printed = String::from_utf8(printed.stdout).expect("reports are UTF-8");
    let finding =
        findings(&printed).into_iter().find(|finding| finding.contains("[fixtures/demo/src/users.js:4:7]")).expect("the cache is found");
    let mut shown = BTreeMap::new();
    shown.insert("finding", format!("```text\n{}\n```", finding.trim_end()));
    shown.insert("rules", table_of_rules());
    let wanted = shown.iter().fold(page.clone(), |page, (name, text)| replace(&page, name, text));
    if wanted != page {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "README.md is out of date: run `cargo test --test fixtures` and commit what it writes"
        );
        std::fs::write(support::root().join("README.md"), wanted).expect("the page can be written");
    }
}

/// What is printed for people, taken apart, and without the marks of the demo's lines.
fn findings(printed: &str) -> Vec<String> {
    let mut found = Vec::<String>::new();
    for line in printed.lines() {
        if ["error[", "warning[", "info["].iter().any(|start| line.starts_with(start)) {
            found.push(String::new());
        }
        if let Some(finding) = found.last_mut() {
            let _ = writeln!(finding, "{}", line.split("//~").next().unwrap_or_default().trim_end());
        }
    }
    found
}

fn table_of_rules() -> String {
    let listed = String::from_utf8(leaklint(&["rules"], ".").stdout).expect("text");
    let mut table = String::from("| rule | what it finds |\n|---|---|");
    for line in listed.lines() {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let summary = words.skip(1).collect::<Vec<_>>().join(" ");
        let _ = write!(table, "\n| [`{name}`](rules/{name}/README.md) | {summary} |");
    }
    table
}

/// The page with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced.
fn replace(page: &str, name: &str, text: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("\n<!-- /{name} -->"));
    let (head, rest) = page.split_once(&open).expect("the page marks the place");
    let (_, tail) = rest.split_once(&close).expect("the page marks its end");
    format!("{head}{open}{text}{close}{tail}")
}

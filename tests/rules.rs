//! Lints every case of the rule pages with the real binary: the marked lines must report, all others must be silent.
//!
//! `RULES_ONLY=text` keeps the pages and headings that contain it.

#[path = "support/expect.rs"]
mod expect;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use expect::{Finding, mismatches};
use serde_json::Value;
use support::fence::{Case, parse};

const HEADINGS: [&str; 8] =
    ["What it finds", "Why it leaks", "Examples", "Use instead", "When it stays silent", "How to fix", "How to confirm it", "Options"];

struct Located {
    page: String,
    rule: String,
    case: Case,
}

#[test]
fn every_case_reports_what_its_marks_say() {
    let cases = cases();
    assert!(!cases.is_empty(), "no case matches RULES_ONLY");
    let folder = tempfile::Builder::new().prefix("leaklint-cases-").tempdir().expect("a temporary folder");
    for (index, located) in cases.iter().enumerate() {
        write(&folder.path().join(folder_name(index)), &located.case);
    }
    let findings = lint(folder.path(), &cases);
    let none = Vec::new();
    let mut report = String::new();
    let mut kinds = BTreeMap::<String, u32>::new();
    let (mut failed, mut pending) = (0, 0);
    for (index, Located { page, rule, case }) in cases.iter().enumerate() {
        let wrong = mismatches(rule, case, findings.get(&folder_name(index)).unwrap_or(&none));
        if let Some(why) = &case.pending {
            pending += 1;
            if wrong.is_empty() {
                failed += 1;
                let _ = writeln!(report, "{page}:{}: {}: no longer pending ({why}): remove the attribute", case.line, case.heading);
            }
            continue;
        }
        if wrong.is_empty() {
            continue;
        }
        failed += 1;
        let _ = writeln!(report, "{page}:{}: {} ({})", case.line, case.heading, case.verdict);
        for sentence in wrong {
            *kinds.entry(sentence.split(':').next().unwrap_or_default().to_owned()).or_default() += 1;
            let _ = writeln!(report, "    {sentence}");
        }
    }
    println!("{} cases, {pending} of them pending", cases.len());
    assert!(failed == 0, "\n{report}\n{failed} of {} cases differ: {kinds:?}", cases.len());
}

#[test]
fn every_page_is_well_formed() {
    let mut wrong = Vec::new();
    for path in support::files("rules", &["md"]) {
        let page = read(&path);
        for error in parse(&page).err().into_iter().flatten() {
            wrong.push(format!("{}: {error}", path.display()));
        }
        if path.file_name().is_some_and(|name| name == "README.md") {
            let has = |heading: &str| page.lines().any(|line| line.strip_prefix("## ").is_some_and(|title| title.trim() == heading));
            let missing = HEADINGS.iter().filter(|heading| !has(heading));
            wrong.extend(missing.map(|heading| format!("{}: no heading `## {heading}`", path.display())));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A case that nothing executes is a claim. Where the subject is a page in a browser, what Node cannot run is expected.
#[test]
fn nine_of_ten_cases_of_a_rule_are_executed() {
    const OF_PAGES: &[&str] = &["effect-no-cleanup"];
    let mut counts = BTreeMap::<String, (usize, usize)>::new();
    for Located { rule, case, .. } in cases().into_iter().filter(|_| std::env::var_os("RULES_ONLY").is_none()) {
        let (all, unproved) = counts.entry(rule).or_default();
        *all += 1;
        *unproved += usize::from(case.verdict == "unproved");
    }
    let few = |(rule, (all, unproved)): &(String, (usize, usize))| !OF_PAGES.contains(&rule.as_str()) && unproved * 10 > *all;
    let wrong: Vec<(String, (usize, usize))> = counts.into_iter().filter(few).collect();
    assert!(wrong.is_empty(), "more than a tenth is `unproved` (all, unproved): {wrong:?}");
}

/// The cases of all pages; a malformed page is left to the test of the pages.
fn cases() -> Vec<Located> {
    let only = std::env::var("RULES_ONLY").unwrap_or_default();
    let mut found = Vec::new();
    for path in support::files("rules", &["md"]) {
        let page = path.to_string_lossy().replace('\\', "/");
        let rule = page.split('/').nth(1).unwrap_or_default().to_owned();
        for case in parse(&read(&path)).unwrap_or_default() {
            if format!("{page} {}", case.heading).contains(&only) {
                found.push(Located { page: page.clone(), rule: rule.clone(), case });
            }
        }
    }
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(support::root().join(path)).expect("the page can be read")
}

fn folder_name(index: usize) -> String {
    format!("c{index:04}")
}

fn write(folder: &Path, case: &Case) {
    let is_module = case.files.iter().any(|file| file.name.ends_with(".js") && has_module_syntax(&file.code));
    let kind = if is_module { "module" } else { "commonjs" };
    put(folder, "package.json", &format!("{{ \"name\": \"case\", \"type\": \"{kind}\" }}\n"));
    for file in &case.files {
        put(folder, &file.name, &file.code);
    }
}

fn has_module_syntax(code: &str) -> bool {
    code.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("export ") || (line.starts_with("import ") && !line.starts_with("import ("))
    })
}

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}

/// One run over all cases; the findings by the folder of their case.
fn lint(folder: &Path, cases: &[Located]) -> BTreeMap<String, Vec<Finding>> {
    let check = ["check", "--format", "json", "--min-confidence", "low", "."];
    let mut findings = BTreeMap::<String, Vec<Finding>>::new();
    // What is off by default is asked for by name.
    for only in std::iter::once(None).chain(rules_off_by_default().into_iter().map(Some)) {
        let more = only.iter().flat_map(|rule| ["--only", rule]);
        let output = run(Command::new(env!("CARGO_BIN_EXE_leaklint")).args(check).args(more).current_dir(folder));
        let report: Value = serde_json::from_str(&output).unwrap_or_else(|error| panic!("no JSON report ({error}): {output}"));
        for entry in report["diagnostics"].as_array().expect("a list of diagnostics") {
            let (case, finding) = Finding::read(entry);
            let is_of_page = |rule: &String| cases.iter().enumerate().any(|(index, it)| it.rule == *rule && folder_name(index) == case);
            if only.as_ref().is_some_and(|rule| !is_of_page(rule)) {
                continue;
            }
            findings.entry(case).or_default().push(finding);
        }
    }
    findings
}

fn rules_off_by_default() -> Vec<String> {
    let list = run(Command::new(env!("CARGO_BIN_EXE_leaklint")).arg("rules"));
    let off = list.lines().filter(|line| line.contains("off by default"));
    off.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn run(command: &mut Command) -> String {
    let output = command.output().expect("the binary starts");
    String::from_utf8(output.stdout).expect("reports are text")
}

/// `page > heading` in the table of what was measured.
#[test]
fn the_table_of_measurements_names_cases_that_exist() {
    let table = read(Path::new("docs/oracle-table.md"));
    let mut missing = Vec::new();
    for cell in table.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.trim_end_matches(" |").rsplit(" | ").next()) {
        for (page, heading) in cell.split("; ").filter_map(|part| part.split_once(" > ")) {
            let page = page.rsplit(' ').next().unwrap_or_default();
            let heading = heading.trim_end_matches(" (pending)");
            let path = support::root().join(format!("rules/{page}.md"));
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if !text.lines().any(|line| line.starts_with('#') && line.trim_start_matches('#').trim() == heading) {
                missing.push(format!("{page} > {heading}"));
            }
        }
    }
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

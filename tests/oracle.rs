//! Runs every case of the rule pages under Node and measures that it leaks, or does not, as the page says.
//!
//! `ORACLE_ONLY=text` keeps the pages and headings that contain it. `node tests/oracle/run.mjs --verbose PAGE...` does the same without a build.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn cases_leak_as_their_pages_say() {
    let Some(harness) = harness() else { return };
    let done = Command::new("node").arg(harness).arg("rules").current_dir(support::root()).status();
    assert!(done.is_ok_and(|status| status.success()), "the oracle disagrees with the pages: its report is above");
}

#[test]
fn the_oracle_reads_the_same_cases_as_the_linter_tests() {
    let Some(harness) = harness() else { return };
    let listed =
        Command::new("node").arg(harness).args(["--list", "rules"]).env_remove("ORACLE_ONLY").current_dir(support::root()).output();
    let listed = listed.expect("node starts");
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("the list is JSON");
    let mut theirs = BTreeMap::new();
    for case in listed["cases"].as_array().expect("a list of cases") {
        for file in case["files"].as_array().expect("a list of files") {
            theirs.insert(
                (case["path"].to_string(), file["line"].to_string()),
                (case["verdict"].clone(), file["code"].clone(), file["exercise"].clone()),
            );
        }
    }
    let mut ours = BTreeMap::new();
    for path in support::files("rules", &["md"]) {
        let page = std::fs::read_to_string(support::root().join(&path)).expect("the page can be read");
        for case in support::fence::parse(&page).unwrap_or_default() {
            for file in case.files {
                let key = (Value::from(path.to_string_lossy().as_ref()).to_string(), file.line.to_string());
                ours.insert(key, (Value::from(case.verdict.as_str()), Value::from(file.code), Value::from(file.has_exercise)));
            }
        }
    }
    assert_eq!(theirs, ours);
}

#[test]
fn the_rules_of_the_verdict_hold() {
    let Some(_) = harness() else { return };
    let done =
        Command::new("node").args(["--test", "tests/oracle/verdict.test.mjs"]).current_dir(support::root()).output().expect("node starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
}

#[test]
fn a_page_that_is_wrong_fails() {
    let Some(harness) = harness() else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut told = Vec::new();
    for (verdict, change) in [("leak", "drop"), ("clean", "drop"), ("clean", "with kept.push(i);")] {
        let page = folder.path().join("page.md");
        let code = format!("const kept = [];\nfunction visit(i) {{\n  kept[0] = i; //~ {change}\n}}");
        let text = format!("# A\n```js {verdict}\n{code}\n/* @oracle\nfunction exercise(i) {{ visit({{ i }}); }}\n*/\n```\n");
        std::fs::write(&page, text).expect("the page can be written");
        let done = Command::new("node").arg(&harness).arg(&page).env_remove("ORACLE_ONLY").output().expect("node starts");
        let output = String::from_utf8_lossy(&done.stdout).into_owned();
        told.push((done.status.success(), output.contains("as written: expected leak"), output.contains("flipped: expected leak")));
    }
    assert_eq!(told, [(false, true, false), (false, false, true), (true, false, false)]);
}

/// The harness, ready to run; none where Node is missing, which is an error in CI.
fn harness() -> Option<PathBuf> {
    let folder = support::root().join("tests/oracle");
    let version = Command::new("node").arg("--version").output().ok().filter(|output| output.status.success());
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    if !version.as_deref().is_some_and(is_new_enough) {
        let found = version.unwrap_or_else(|| "none".into());
        assert!(std::env::var("CI").as_deref() != Ok("true"), "the oracle needs Node 20.13 or newer; found: {found}");
        eprintln!("skipped: the oracle needs Node 20.13 or newer; found: {found}");
        return None;
    }
    install(&folder);
    Some(folder.join("run.mjs"))
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (20, 13)
}

/// Both tests need the compiler of TypeScript fences; only one of them installs it.
fn install(folder: &Path) {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        if !folder.join("node_modules/esbuild").exists() {
            let done = Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder).status();
            assert!(done.is_ok_and(|status| status.success()), "`npm ci` failed in {}", folder.display());
        }
    });
}

#[test]
fn versions_compare_as_numbers() {
    assert!(is_new_enough("v20.20.2"));
    assert!(is_new_enough("v100.0.0"));
    assert!(!is_new_enough("v20.9.0"));
    assert!(!is_new_enough("v18.20.0"));
}

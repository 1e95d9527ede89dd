//! How long files and functions may be.

use crate::rust::{code_of, functions};
use crate::{files, read, report};

const LONGEST_FILE: usize = 500;
const LONGEST_FUNCTION: usize = 60;

/// What is longer for now, and why. An entry that is no longer needed fails the test.
const LONG_FILES: &[(&str, &str)] = &[("src/model/ir.rs", "one vocabulary, read as a whole")];
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    ("src/syntax/errors.rs:is_harmless", "one table of errors"),
    ("src/model/collection.rs:collection", "gathers one fact, field by field"),
    ("src/syntax/tests/exprs.rs:classes_and_their_members", "mostly one listing of the IR"),
    ("src/syntax/tests/jumps.rs:finally_is_entered_by_what_leaves_the_try", "mostly one listing of the IR"),
];

#[test]
fn files_can_be_read_in_one_go() {
    let mut long = Vec::new();
    for (folder, extensions) in
        [("src", &["rs"][..]), ("rules", &["rs"]), ("tests", &["rs", "mjs"]), ("benches", &["rs", "py"]), ("examples", &["rs"])]
    {
        for path in files(folder, extensions) {
            let lines = read(&path).lines().count();
            if lines > LONGEST_FILE {
                long.push((path, format!("{lines} lines")));
            }
        }
    }
    report(&compare(&long, LONG_FILES, &format!("a file holds one idea in at most {LONGEST_FILE} lines; split it by idea")));
}

#[test]
fn functions_can_be_read_at_a_glance() {
    let mut long = Vec::new();
    for path in ["src", "rules", "tests", "benches", "examples"].iter().flat_map(|folder| files(folder, &["rs"])) {
        for (name, line, lines) in functions(&code_of(&read(&path))) {
            if lines > LONGEST_FUNCTION {
                long.push((format!("{path}:{name}"), format!("{lines} lines, from line {line}")));
            }
        }
    }
    report(&compare(&long, LONG_FUNCTIONS, &format!("a function does one thing in at most {LONGEST_FUNCTION} lines; name its parts")));
}

/// What is long and not excepted, and what is excepted and not long.
fn compare(long: &[(String, String)], excepted: &[(&str, &str)], why: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (what, size) in long {
        match excepted.iter().find(|(name, _)| name == what) {
            Some((_, reason)) => eprintln!("excepted for now: {what} ({size}): {reason}"),
            None => wrong.push(format!("{what}: {size}: {why}")),
        }
    }
    for (name, _) in excepted.iter().filter(|(name, _)| !long.iter().any(|(what, _)| what == name)) {
        wrong.push(format!("{name}: no longer too long: take it off the list of exceptions in tests/tidy/sizes.rs"));
    }
    wrong
}

#[test]
fn exceptions_are_kept_short() {
    let long = [("a".to_owned(), "600 lines".to_owned()), ("b".to_owned(), "501 lines".to_owned())];
    assert_eq!(compare(&long, &[("a", "young")], "why"), ["b: 501 lines: why"]);
    assert!(compare(&long[..1], &[("a", "young"), ("c", "young")], "why")[0].starts_with("c: no longer"));
}

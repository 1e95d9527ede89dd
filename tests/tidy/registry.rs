//! Rules are what stands in `rules/`: the list of them, and what is generated of it.

use std::fmt::Write as _;

use crate::{files, read, report, root};

/// The folders of `rules/` that hold a rule, sorted.
pub fn rule_names() -> Vec<String> {
    let entries = std::fs::read_dir(root().join("rules")).expect("the folder of the rules");
    let folders = entries.flatten().filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = folders.filter(|name| name != "apis").collect();
    names.sort();
    names
}

fn registration(names: &[String]) -> String {
    let mut text = String::from("//! Every rule, from the folder listing. Written by `tests/tidy`; do not edit.\n\n");
    for name in names {
        let _ = writeln!(text, "#[path = \"{name}/rule.rs\"]\nmod {};", name.replace('-', "_"));
    }
    text.push_str("\nuse crate::rule::Rule;\n\n#[rustfmt::skip]\npub const ALL: &[Rule] = &[\n");
    for name in names {
        let _ = writeln!(text, "    {}::RULE,", name.replace('-', "_"));
    }
    text.push_str("];\n");
    text
}

#[test]
fn rules_are_registered_from_their_folders() {
    keep("rules/mod.rs", &registration(&rule_names()));
}

/// Writes a generated file where it differs; in CI that is an error, since what was committed is not what was tested.
fn keep(path: &str, wanted: &str) {
    if std::fs::read_to_string(root().join(path)).is_ok_and(|text| text == wanted) {
        return;
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "{path} is out of date: run `cargo test --test tidy` and commit what it writes");
    std::fs::write(root().join(path), wanted).expect("the file can be written");
}

#[test]
fn a_rule_is_a_page_with_cases_and_code() {
    let mut wrong = Vec::new();
    for name in rule_names() {
        for file in ["README.md", "rule.rs"] {
            if !root().join("rules").join(&name).join(file).is_file() {
                wrong.push(format!("rules/{name}: no {file}: a rule is found, explained and tested by what its folder holds"));
            }
        }
        if files(&format!("rules/{name}/cases"), &["md"]).is_empty() {
            wrong.push(format!("rules/{name}: no page in cases/: what a rule must and must not report is shown by programs"));
        }
        if !read(&format!("rules/{name}/rule.rs")).contains(&format!("name: \"{name}\",")) {
            wrong.push(format!("rules/{name}/rule.rs: `name` is not `{name}`: people look for the folder that a finding names"));
        }
        if read(&format!("rules/{name}/README.md")).lines().next() != Some(&format!("# {name}")) {
            wrong.push(format!("rules/{name}/README.md: the page begins with `# {name}`: `explain` prints it as it is"));
        }
    }
    report(&wrong);
}

#[test]
fn the_users_page_lists_every_rule() {
    let page = read("README.md");
    let missing: Vec<String> = rule_names()
        .into_iter()
        .filter(|name| !page.contains(&format!("](rules/{name}/README.md)")))
        .map(|name| format!("README.md: no link to rules/{name}/README.md: the table of rules is how people see what is found"))
        .collect();
    report(&missing);
}

#[test]
fn the_registration_names_folders_as_modules() {
    let text = registration(&["a-b".into(), "c".into()]);
    assert!(text.contains("#[path = \"a-b/rule.rs\"]\nmod a_b;\n#[path = \"c/rule.rs\"]\nmod c;\n"));
    assert!(text.contains("    a_b::RULE,\n    c::RULE,\n"));
}

//! A finding is the same, whatever the least confidence that is shown.

use super::{Project, text};

/// A collection that is a leak only if somebody constructs its class one time, and many files that name the class and do not construct it.
fn chooser() -> Project {
    let holder = "export class Chooser {\n  used = new Map();\n  take(sessionId) {\n    if (!this.used.has(sessionId)) this.used.set(sessionId, pick());\n    return this.used.get(sessionId);\n  }\n}\n";
    let names = |at: usize| {
        format!("import {{ Chooser }} from './chooser.js';\nexport function is{at}(value) {{ return value instanceof Chooser; }}\n")
    };
    let makes = "import { Chooser } from './chooser.js';\nexport const chooser = new Chooser();\n";
    let project =
        Project::new(&[("package.json", r#"{ "private": true, "type": "module" }"#), ("chooser.js", holder), ("serve.js", makes)]);
    for at in 1..=5 {
        project.write(&format!("a{at}.js"), names(at).as_bytes());
    }
    project
}

/// What is at least as sure as is shown by default.
fn sure(project: &Project, arguments: &[&str]) -> Vec<String> {
    let ended = project.leaklint(&[&["-f", "json"], arguments].concat());
    let report = ended.json();
    let found = report["diagnostics"].as_array().expect("a list").iter().filter(|it| text(&it["confidence"]) != "low");
    found.map(|it| format!("{}: {}", text(&it["path"]), text(&it["message"]))).collect()
}

#[test]
fn what_is_sure_does_not_depend_on_what_is_shown() {
    let project = chooser();
    assert_eq!(sure(&project, &["."]), sure(&project, &["--min-confidence", "low", "."]));
}

//! Who may name whom. docs/architecture.md draws the same picture in words.

use std::collections::BTreeSet;

use crate::rust::{code_of, line_of, paths, test_modules, without_tests};
use crate::{files, read, report};

/// A module of `src/`, the modules that it may name, and why no others.
struct Layer {
    name: &'static str,
    sees: &'static [&'static str],
    why: &'static str,
}

const LAYERS: &[Layer] = &[
    Layer { name: "text", sees: &[], why: "positions are the floor on which everything stands" },
    Layer { name: "diagnostic", sees: &["text"], why: "a diagnostic is plain data that every other layer can hold" },
    Layer { name: "walk", sees: &[], why: "which files are linted does not depend on what is found in them" },
    Layer { name: "resolve", sees: &["walk"], why: "which file is meant by a name depends on names, not on what is found in the files" },
    Layer { name: "texts", sees: &["text", "walk"], why: "it gives reports the lines they quote, nothing else" },
    Layer { name: "catalog", sees: &["diagnostic"], why: "it knows rules by what people call them, so that rules can be anything" },
    Layer {
        name: "model",
        sees: &["diagnostic", "text"],
        why: "the model tells what is so; what is wrong with it is for the rules to say",
    },
    Layer { name: "syntax", sees: &["model", "text"], why: "it turns text into the IR and knows nothing of what becomes of it" },
    Layer {
        name: "prefilter",
        sees: &["model"],
        why: "it reads bytes, and of the model only the words; what it looks for is for the rules to say",
    },
    Layer { name: "project", sees: &["model"], why: "it links facts, wherever they come from" },
    Layer {
        name: "rule",
        sees: &["diagnostic", "model", "prefilter", "project", "text"],
        why: "rules decide over facts and word what they find",
    },
    Layer {
        name: "rules",
        sees: &["diagnostic", "model", "prefilter", "project", "rule", "text"],
        why: "a rule asks the model questions; it reads no file and walks no tree",
    },
    Layer { name: "fix", sees: &["diagnostic", "text"], why: "an edit is applied to any text, by whoever holds it" },
    Layer {
        name: "suppress",
        sees: &["catalog", "diagnostic", "model", "text"],
        why: "comments silence findings, whichever rule made them",
    },
    Layer {
        name: "report",
        sees: &["catalog", "diagnostic", "text", "texts", "walk"],
        why: "a new format is one new file that sees diagnostics only",
    },
    Layer {
        name: "pipeline",
        sees: &["catalog", "diagnostic", "model", "project", "resolve", "suppress", "text", "texts", "walk"],
        why: "it runs any analyzer, so that tests can run one without a parser",
    },
    Layer {
        name: "analyzer",
        sees: &["diagnostic", "model", "pipeline", "prefilter", "project", "rule", "syntax", "text"],
        why: "it is the one place that joins parser, model and rules, and gets the rules handed in",
    },
    Layer {
        name: "cli",
        sees: &["catalog", "diagnostic", "pipeline", "report", "resolve", "texts", "walk"],
        why: "commands run the pipeline and print; they analyse nothing",
    },
];

/// Layers that compute and touch nothing: the same bytes give the same facts and findings, in a thread, a child process or an editor.
const PURE: &[&str] = &["text", "diagnostic", "catalog", "model", "prefilter", "syntax", "project", "rule", "rules", "fix", "suppress"];
const EFFECTS: &[&str] =
    &["std::fs", "std::env", "std::process", "std::net", "std::io", "std::thread", "std::time", "print!(", "println!(", "eprintln!("];

/// What ends a run instead of one file's analysis.
const ABORTS: &[&str] = &[".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!(", "dbg!("];

/// One source file without comments, literals and tests.
struct Source {
    path: String,
    /// Its place in the module tree: `model`, `place`.
    module: Vec<String>,
    code: String,
}

impl Source {
    fn layer(&self) -> &str {
        self.module.first().map_or("", String::as_str)
    }

    fn at(&self, offset: usize) -> String {
        format!("{}:{}", self.path, line_of(&self.code, offset))
    }
}

/// The sources of the library and the rules that end in the binary.
fn sources() -> Vec<Source> {
    let paths: Vec<String> = ["src", "rules"].iter().flat_map(|folder| files(folder, &["rs"])).collect();
    let mut only_tests = BTreeSet::new();
    let mut found = Vec::new();
    for path in paths {
        let code = code_of(&read(&path));
        let module = module_of(&path);
        only_tests.extend(test_modules(&code).into_iter().map(|name| [module.clone(), vec![name]].concat()));
        found.push(Source { path, module, code: without_tests(&code) });
    }
    found.retain(|source| !only_tests.iter().any(|module| source.module.starts_with(module)));
    found
}

fn module_of(path: &str) -> Vec<String> {
    let path = path.strip_prefix("src/").unwrap_or(path);
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut module: Vec<String> = path.split('/').map(|name| name.replace('-', "_")).collect();
    let mounted = module.first().is_some_and(|first| first == "rules") && module.last().is_some_and(|last| last == "rule");
    if mounted || module.last().is_some_and(|last| last == "mod" || last == "lib" || last == "main") {
        module.pop();
    }
    module
}

/// Where a path leads from the crate's root.
fn absolute(module: &[String], path: &[String]) -> Vec<String> {
    let ups = path.iter().take_while(|word| *word == "super").count();
    if ups == 0 {
        return path.iter().skip(1).cloned().collect();
    }
    let kept = module.len().saturating_sub(ups);
    module.iter().take(kept).chain(path.iter().skip(ups)).cloned().collect()
}

#[test]
fn layers_see_what_lies_below_them() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.module.is_empty()) {
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == source.layer()) else {
            wrong.push(format!(
                "{}: `{}` is no layer yet; say in LAYERS what it may see, and in docs/architecture.md why",
                source.path,
                source.layer()
            ));
            continue;
        };
        for (offset, path) in paths(&source.code) {
            let target = absolute(&source.module, &path);
            let seen = target.first().map_or("", String::as_str);
            if seen != layer.name && !layer.sees.contains(&seen) {
                wrong.push(format!("{}: `{}` may not see `{seen}`: {}", source.at(offset), layer.name, layer.why));
            }
        }
    }
    report(&wrong);
}

#[test]
fn the_library_names_the_rules_once() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.path.starts_with("src/") && source.path != "src/lib.rs") {
        if let Some((offset, _)) =
            paths(&source.code).iter().find(|(_, path)| absolute(&source.module, path).first().is_some_and(|it| it == "rules"))
        {
            wrong.push(format!("{}: only src/lib.rs names `rules`, so that a rule is added by adding a folder", source.at(*offset)));
        }
    }
    for path in files("src", &["rs"]) {
        let text = read(&path);
        for rule in crate::registry::rule_names().iter().filter(|rule| text.contains(&format!("\"{rule}\""))) {
            let layer = path.split('/').nth(1).unwrap_or_default();
            if layer == "model" || layer == "syntax" || layer == "project" || layer == "pipeline" {
                wrong
                    .push(format!("{path}: names the rule `{rule}`; what is true of one rule's subject is a fact, and facts have no rule"));
            }
        }
    }
    report(&wrong);
}

#[test]
fn only_the_front_end_knows_swc() {
    let mut wrong = Vec::new();
    let all = ["src", "rules", "tests", "benches", "examples"].iter().flat_map(|folder| files(folder, &["rs"]));
    for path in all.filter(|path| !path.starts_with("src/syntax/") && path != "benches/bare_parse.rs") {
        let code = code_of(&read(&path));
        if let Some(at) = code.find("swc_") {
            wrong.push(format!("{path}:{}: names swc; it is upgraded in src/syntax and nowhere else", line_of(&code, at)));
        }
    }
    report(&wrong);
}

#[test]
fn the_model_judges_nothing() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.layer() == "model") {
        for (offset, path) in paths(&source.code) {
            let target = absolute(&source.module, &path);
            if target.first().is_some_and(|it| it == "diagnostic") && target.get(1).is_none_or(|it| it != "Lifetime") {
                wrong.push(format!(
                    "{}: of `diagnostic` the model needs `Lifetime` only; severity and confidence are the rules' words",
                    source.at(offset)
                ));
            }
        }
    }
    report(&wrong);
}

#[test]
fn pure_layers_touch_nothing() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.layer())) {
        for effect in EFFECTS {
            if let Some(at) = source.code.find(effect) {
                wrong.push(format!("{}: `{effect}` in a pure layer: its answer may depend on nothing but what it is given", source.at(at)));
            }
        }
    }
    report(&wrong);
}

#[test]
fn nothing_aborts_a_run_on_purpose() {
    let mut wrong = Vec::new();
    for source in sources() {
        for abort in ABORTS {
            wrong.extend(source.code.match_indices(abort).map(|(at, _)| {
                format!(
                    "{}: `{abort}`: what a user's file can bring about is an answer, not a panic; return an Option or a Result",
                    source.at(at)
                )
            }));
        }
    }
    report(&wrong);
}

#[test]
fn modules_are_told_by_their_path() {
    let names = |path| module_of(path).join("::");
    assert_eq!(names("src/model/place.rs"), "model::place");
    assert_eq!(names("src/model/mod.rs"), "model");
    assert_eq!(names("src/lib.rs"), "");
    assert_eq!(names("rules/listener-leak/rule.rs"), "rules::listener_leak");
    let words = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(absolute(&words("model::place"), &words("super::ir::Ir")), words("model::ir::Ir"));
    assert_eq!(absolute(&words("model::place"), &words("super::super::rule")), words("rule"));
}

//! The JSON report against its schema.

use std::fs;

use serde_json::Value;

use super::{Project, UNDECODABLE};

fn schema() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json");
    serde_json::from_str(&fs::read_to_string(path).expect("the schema is there")).expect("the schema is JSON")
}

/// Where a value breaks a schema. Only what the schema of the report uses is known; a new keyword must be added here.
fn violations(root: &Value, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        let holds = match keyword.as_str() {
            "$schema" | "title" | "description" | "$defs" => true,
            "$ref" => {
                let target =
                    wanted.as_str().and_then(|it| it.strip_prefix('#')).and_then(|it| root.pointer(it)).expect("the target exists");
                violations(root, target, value, at, out);
                true
            }
            "type" => wanted
                .as_str()
                .into_iter()
                .chain(wanted.as_array().into_iter().flatten().filter_map(Value::as_str))
                .any(|it| is_a(value, it)),
            "const" => value == wanted,
            "enum" => wanted.as_array().expect("a list").contains(value),
            "minimum" => value.as_u64() >= wanted.as_u64(),
            "pattern" => {
                wanted == "^[0-9a-f]+$" && value.as_str().is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_hexdigit()))
            }
            "required" => {
                value.is_null() || wanted.as_array().expect("a list").iter().all(|it| value.get(it.as_str().expect("a name")).is_some())
            }
            "properties" => {
                let known = wanted.as_object().expect("an object");
                for (name, part) in value.as_object().into_iter().flatten() {
                    match known.get(name) {
                        Some(schema) => violations(root, schema, part, &format!("{at}/{name}"), out),
                        None => out.push(format!("{at}/{name}: not in the schema")),
                    }
                }
                true
            }
            "additionalProperties" => wanted == false,
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    violations(root, wanted, item, &format!("{at}/{n}"), out);
                }
                true
            }
            _ => false,
        };
        if !holds {
            out.push(format!("{at}: {keyword} {wanted} does not hold for {value}"));
        }
    }
}

fn is_a(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        _ => false,
    }
}

fn check(report: &Value) -> Vec<String> {
    let (schema, mut out) = (schema(), Vec::new());
    violations(&schema, &schema, report, "", &mut out);
    out
}

#[test]
fn every_kind_of_finding_fits_the_schema() {
    let files = [
        ("a.js", "LEAK LEAK? LEAK~ // leaklint-disable-line growing-word -- why"),
        ("b.js", "LEAK // leaklint-disable-line growing-wrd"),
        ("c.js", "PANIC"),
        ("d.min.js", ""),
    ];
    let project = Project::new(&files);
    project.write("e.js", UNDECODABLE);
    let report = project.words(&["-f", "json", "--show-suppressed", "--min-confidence", "low"]).json();
    assert_eq!(report["diagnostics"].as_array().map(Vec::len), Some(8), "{report:#}");
    assert_eq!(check(&report), Vec::<String>::new());
    assert_eq!(check(&project.leaklint(&["-f", "json"]).json()), Vec::<String>::new());
}

#[test]
fn the_check_itself_finds_what_is_wrong() {
    let mut report = Project::new(&[("a.js", "LEAK")]).words(&["-f", "json"]).json();
    report["diagnostics"][0]["severity"] = "fatal".into();
    report["diagnostics"][0]["range"]["start"]["line"] = 0.into();
    report["summary"].as_object_mut().expect("an object").remove("files");
    report["summary"]["skippedBy"]["mood"] = 1.into();
    let wrong = check(&report);
    assert_eq!(wrong.len(), 4, "{wrong:#?}");
}

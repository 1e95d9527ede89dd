//! The examples of docs/model.md: what follows a program is a part of its facts.

use std::path::Path;

use leaklint::model::Model;
use leaklint::model::apis::Apis;
use leaklint::syntax::lower;
use leaklint::text::SourceText;
use serde_json::Value;

/// One program of the page, and what it must yield.
struct Example {
    heading: String,
    program: String,
    facts: String,
}

#[test]
fn the_model_knows_what_its_page_says() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/model.md")).expect("the page can be read");
    let examples = examples(&page);
    assert!(examples.len() >= 10, "only {} examples were read", examples.len());
    let mut wrong = Vec::new();
    for Example { heading, program, facts } in examples {
        let expected: Value = serde_json::from_str(&facts).unwrap_or_else(|error| panic!("{heading}: {error}: {facts}"));
        let actual = facts_of(&program);
        if let Some(difference) = difference("", &expected, &actual) {
            wrong.push(format!("{heading}: {difference}\n{program}{actual:#}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn facts_of(program: &str) -> Value {
    let source = SourceText::new(program.into());
    let ir = lower("src/module.mjs", &source).unwrap_or_else(|problems| panic!("{problems:?}: {program}")).ir;
    let apis = Apis::built_in().expect("the tables are well formed");
    let model = Model::new(&ir, &apis, &source);
    let mut facts = serde_json::to_value(model.facts()).expect("facts are serialisable");
    facts["summaries"] = serde_json::to_value(model.summaries()).expect("summaries are serialisable");
    facts
}

/// Where `expected` is not a part of `actual`.
fn difference(at: &str, expected: &Value, actual: &Value) -> Option<String> {
    match (expected, actual) {
        (Value::Object(parts), Value::Object(whole)) => {
            parts.iter().find_map(|(name, part)| difference(&format!("{at}.{name}"), part, whole.get(name).unwrap_or(&Value::Null)))
        }
        (Value::Array(parts), Value::Array(whole)) if parts.len() == whole.len() => {
            (0..).zip(parts.iter().zip(whole)).find_map(|(index, (part, whole))| difference(&format!("{at}[{index}]"), part, whole))
        }
        _ if expected == actual => None,
        _ => Some(format!("{at} is {actual}, not {expected}")),
    }
}

/// Every fence of JavaScript with the fence of JSON behind it.
fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let (mut heading, mut open) = (String::new(), None);
    for line in page.lines() {
        match (open, line) {
            (None, "```js") => {
                found.push(Example { heading: heading.clone(), program: String::new(), facts: String::new() });
                open = Some("js");
            }
            (None, "```json") => open = Some("json"),
            (None, _) => heading = line.strip_prefix("## ").map_or(heading, str::to_owned),
            (Some(_), "```") => open = None,
            (Some(language), _) => {
                let example = found.last_mut().expect("a program comes first");
                let text = if language == "js" { &mut example.program } else { &mut example.facts };
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    found
}

#[test]
fn a_part_is_told_from_something_else() {
    let differs = |expected: &str, actual: &str| {
        let read = |text| serde_json::from_str::<Value>(text).expect("it is JSON");
        difference("", &read(expected), &read(actual))
    };
    assert_eq!(differs(r#"{"a": [{"b": 1}]}"#, r#"{"a": [{"b": 1, "c": 2}], "d": 3}"#), None);
    assert_eq!(differs(r#"{"a": {"b": 1}}"#, r#"{"a": {"b": 2}}"#).as_deref(), Some(".a.b is 2, not 1"));
    assert!(differs(r#"{"a": [1]}"#, r#"{"a": [1, 2]}"#).is_some());
    assert!(differs(r#"{"a": 1}"#, r#"{"b": 1}"#).is_some());
}

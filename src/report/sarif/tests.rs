use serde_json::{Value, json};

use super::super::samples::{self, Sample};
use super::*;

fn log(sample: &Sample) -> Value {
    serde_json::from_str(&sample.print(&Sarif)).expect("it prints JSON")
}

fn result(sample: &Sample) -> Value {
    log(sample)["runs"][0]["results"][0].clone()
}

#[test]
fn a_run_names_its_tool_its_columns_and_every_rule() {
    let log = log(&samples::retainer_chain());
    let run = &log["runs"][0];
    assert_eq!((&log["version"], &run["columnKind"]), (&json!("2.1.0"), &json!("utf16CodeUnits")));
    assert_eq!(run["automationDetails"]["id"], "leaklint/");
    let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
    assert_eq!(rules.len(), 1 + OWN_CHECKS.len());
    for rule in rules {
        for field in ["/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown", "/properties/problem.severity"] {
            assert!(rule.pointer(field).is_some_and(|it| it.as_str().is_some_and(|text| !text.is_empty())), "{field} of {}", rule["id"]);
        }
    }
    assert_eq!(rules[0]["properties"]["tags"], json!(["memory-leak", "reliability", "external/cwe/cwe-401", "external/cwe/cwe-770"]));
}

#[test]
fn a_result_has_one_small_place_and_two_fingerprints() {
    let result = result(&samples::retainer_chain());
    assert_eq!((&result["ruleId"], &result["ruleIndex"], &result["level"]), (&json!("unbounded-collection"), &json!(0), &json!("error")));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "src/users.js");
    assert_eq!(place["region"], json!({"startLine": 1, "startColumn": 7, "endLine": 1, "endColumn": 12}));
    assert_eq!(result["partialFingerprints"]["leaklintFingerprint/v1"], "00000000deadbeef");
    assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], line_hashes(samples::USERS)[0]);
}

#[test]
fn the_message_links_to_the_chain_and_the_chain_is_a_code_flow() {
    let result = result(&samples::retainer_chain());
    let text = result["message"]["text"].as_str().expect("a text");
    assert!(text.starts_with("`cache` gets one entry per `id` and nothing ever removes one.\n1. [lives as long"), "{text}");
    assert!(text.contains("\n2. [called for every request](2)\n"), "{text}");
    let related = result["relatedLocations"].as_array().expect("a list");
    assert_eq!(related.iter().map(|it| it["id"].as_u64()).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("a list");
    assert_eq!(steps[1]["location"]["physicalLocation"]["artifactLocation"]["uri"], "src/server.js");
    assert_eq!(steps.len(), 3);
}

#[test]
fn code_that_is_in_order_is_related_and_no_step_of_the_flow() {
    let mut sample = samples::retainer_chain();
    sample.diagnostics[0].related[1].role = Role::Sibling;
    let result = result(&sample);
    assert_eq!(result["relatedLocations"].as_array().map(Vec::len), Some(3));
    assert_eq!(result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_fix_replaces_regions_and_words_are_no_fix() {
    let mut sample = samples::retainer_chain();
    let fix = &result(&sample)["fixes"][0];
    assert_eq!(fix["description"]["text"], "bound it with an LRU (unsafe)");
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["deletedRegion"], json!({"startLine": 1, "startColumn": 15, "endLine": 1, "endColumn": 24}));
    assert_eq!(replacement["insertedContent"]["text"], "new LRUCache({ max: 10_000 })");
    sample.diagnostics[0].fixes[0].edits.clear();
    assert!(result(&sample).get("fixes").is_none());
}

#[test]
fn suppressed_findings_are_carried_always() {
    let suppression = &result(&samples::suppressed())["suppressions"][0];
    assert_eq!((&suppression["kind"], &suppression["justification"]), (&json!("inSource"), &json!("one entry per plugin")));
    assert_eq!(suppression["location"]["physicalLocation"]["region"]["startLine"], 3);
}

#[test]
fn paths_start_at_the_repository_and_are_encoded() {
    let uri = |path: &str, prefix: &'static str| {
        let mut sample = samples::retainer_chain();
        sample.rename(path);
        sample.prefix = prefix;
        result(&sample)["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone()
    };
    assert_eq!(uri("src/ä b#c%.js", ""), "src/%C3%A4%20b%23c%25.js");
    assert_eq!(uri("src/a.js", "packages/app/"), "packages/app/src/a.js");
    assert_eq!(uri("../lib/a.js", "packages/app/"), "packages/lib/a.js");
}

#[test]
fn brackets_in_the_chain_do_not_break_its_links() {
    let mut sample = samples::retainer_chain();
    sample.diagnostics[0].related[0].message = "`a[0]`".into();
    assert!(result(&sample)["message"]["text"].as_str().is_some_and(|text| text.contains("1. [`a\\[0\\]`](1)")));
}

#[test]
fn the_most_severe_come_first_and_the_rest_is_cut_with_a_notice() {
    let mut sample = samples::retainer_chain();
    let error = sample.diagnostics.remove(0);
    let place = samples::place("src/users.js", samples::USERS, "export");
    sample.diagnostics = vec![samples::bare("parse-error", Category::Parse, place, "a"); MOST_RESULTS];
    sample.diagnostics.push(error);
    let log = log(&sample);
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(MOST_RESULTS));
    assert_eq!(run["results"][0]["level"], "error");
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(notice, "5001 results were found; the 5000 most severe are in this file.");
}

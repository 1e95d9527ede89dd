//! Compares what the linter said about a case with the case's marks.

use serde_json::Value;

use crate::support::fence::Case;
use crate::support::mark::Mark;

/// What the linter says of one case: its diagnostics, with paths inside the case's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub rule: String,
    pub severity: String,
    pub place: Place,
    pub related: Vec<(String, Place)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub line: u32,
    pub message: String,
}

impl Finding {
    /// Reads one entry of `diagnostics`; the folder is the first part of every path.
    pub fn read(entry: &Value) -> (String, Self) {
        let (folder, place) = place(entry);
        let related = entry["related"].as_array().into_iter().flatten();
        let related = related.map(|other| (text(&other["role"]), place_in(other))).collect();
        (folder, Self { rule: text(&entry["rule"]), severity: text(&entry["severity"]), place, related })
    }
}

fn place_in(entry: &Value) -> Place {
    place(entry).1
}

fn place(entry: &Value) -> (String, Place) {
    let path = text(&entry["path"]);
    let (folder, path) = path.split_once('/').unwrap_or(("", &path));
    let line = entry["range"]["start"]["line"].as_u64().unwrap_or(0) as u32;
    (folder.to_owned(), Place { path: path.to_owned(), line, message: text(&entry["message"]) })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Every way in which the findings differ from the marks, one sentence each.
pub fn mismatches(rule: &str, case: &Case, findings: &[Finding]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut left: Vec<&Finding> = findings.iter().collect();
    let marks = || case.files.iter().flat_map(|file| file.marks.iter().map(move |mark| (file.name.as_str(), mark)));
    for (path, mark) in marks().filter(|(_, mark)| mark.is_finding()) {
        let wanted = mark.rule.as_deref().unwrap_or(rule);
        let here = |finding: &&Finding| finding.rule == wanted && finding.place.path == path && finding.place.line == mark.line;
        let exact = left.iter().position(|finding| here(finding) && finding.severity == mark.kind);
        let Some(at) = exact.or_else(|| left.iter().position(here)) else {
            wrong.push(format!("missed: {}[{wanted}] at {path}:{}", mark.kind, mark.line));
            continue;
        };
        let found = left.remove(at);
        if found.severity != mark.kind {
            wrong
                .push(format!("severity: expected {}, got {} at {path}:{}: {}", mark.kind, found.severity, mark.line, found.place.message));
        }
        wrong.extend(missing_texts(mark, &found.place));
    }
    for finding in &left {
        let Place { path, line, message } = &finding.place;
        wrong.push(format!("unexpected: {}[{}] at {path}:{line}: {message}", finding.severity, finding.rule));
    }
    for (path, mark) in marks().filter(|(_, mark)| !mark.is_finding()) {
        let mut related = findings.iter().flat_map(|finding| &finding.related);
        match related.find(|(role, place)| *role == mark.kind && place.path == path && place.line == mark.line) {
            Some((_, place)) => wrong.extend(missing_texts(mark, place)),
            None => wrong.push(format!("related: no {} at {path}:{}", mark.kind, mark.line)),
        }
    }
    wrong
}

fn missing_texts(mark: &Mark, place: &Place) -> Vec<String> {
    let missing = mark.texts.iter().filter(|text| !place.message.contains(text.as_str()));
    missing.map(|text| format!("wording: no \"{text}\" at {}:{}: {}", place.path, place.line, place.message)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::fence::parse;

    const PAGE: &str = "# A\n```js leak\nconst m = new Map(); //~ error \"`m`\"\nm.set(k, v); //~ site\n```\n";

    fn finding(severity: &str, line: u32, message: &str, site: u32) -> Finding {
        let place = |line, message: &str| Place { path: "src/module.js".into(), line, message: message.into() };
        let related = vec![("site".into(), place(site, "here"))];
        Finding { rule: "r".into(), severity: severity.into(), place: place(line, message), related }
    }

    fn compare(findings: &[Finding]) -> Vec<String> {
        mismatches("r", &parse(PAGE).expect("the page is well formed")[0], findings)
    }

    #[test]
    fn the_expected_finding_is_no_mismatch() {
        assert_eq!(compare(&[finding("error", 1, "`m` grows", 2)]), Vec::<String>::new());
    }

    #[test]
    fn a_missed_finding_misses_its_places_too() {
        assert_eq!(compare(&[]), ["missed: error[r] at src/module.js:1", "related: no site at src/module.js:2"]);
    }

    #[test]
    fn severity_wording_and_places_are_compared() {
        assert_eq!(
            compare(&[finding("warning", 1, "grows", 3)]),
            [
                "severity: expected error, got warning at src/module.js:1: grows",
                "wording: no \"`m`\" at src/module.js:1: grows",
                "related: no site at src/module.js:2"
            ]
        );
    }

    #[test]
    fn what_is_not_marked_is_unexpected() {
        let second = finding("info", 2, "else", 2);
        assert_eq!(compare(&[finding("error", 1, "`m`", 2), second]), ["unexpected: info[r] at src/module.js:2: else"]);
    }

    #[test]
    fn a_diagnostic_is_read_from_json_apart_from_its_folder() {
        let json = r#"{"rule": "r", "severity": "error", "message": "`m` grows", "path": "c1/src/module.js", "range": {"start": {"line": 1}},
            "related": [{"role": "site", "message": "here", "path": "c1/src/module.js", "range": {"start": {"line": 2}}}]}"#;
        let entry: Value = serde_json::from_str(json).expect("the entry is JSON");
        assert_eq!(Finding::read(&entry), ("c1".to_owned(), finding("error", 1, "`m` grows", 2)));
    }
}

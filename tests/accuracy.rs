//! Holds what is stated about accuracy to what was measured: manifests and results of `benches/accuracy`, the pages, and SARIF. Measures nothing itself.

#[path = "../examples/xtask/figures.rs"]
mod figures;
#[allow(dead_code, reason = "`cargo xtask` writes rows as well")]
#[path = "../examples/xtask/rows.rs"]
mod rows;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use figures::{Tally, page_rows, per_rule, sentence, wilson};
use leaklint::cli::{self, Environment};
use rows::{Judged, Label, Pair, Sample, Site, Sure, Verdict, Visible};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn at(name: &str) -> PathBuf {
    root().join("benches/accuracy").join(name)
}

fn rows<T: serde::de::DeserializeOwned>(name: &str) -> Vec<T> {
    rows::read(&at(name)).unwrap_or_else(|error| panic!("{error}"))
}

fn text(path: PathBuf) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Writes a generated text where it differs; in CI that is an error, since what was committed is not what was tested.
fn keep(path: &Path, wanted: &str) {
    if std::fs::read_to_string(path).is_ok_and(|text| text == wanted) {
        return;
    }
    let name = path.display();
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "{name} is out of date: run `cargo test --test accuracy` and commit what it writes"
    );
    std::fs::write(path, wanted).expect("the file can be written");
}

fn rule_names() -> BTreeSet<&'static str> {
    leaklint::rules::ALL.iter().map(|rule| rule.name).collect()
}

/// Lines of a file of results that tell of one row.
fn told(results: &str) -> Vec<&str> {
    let words = ["found ", "MISSED ", "quiet ", "ALARM "];
    results.lines().filter(|line| words.iter().any(|word| line.starts_with(word)) && line.contains(':')).collect()
}

#[test]
fn pairs_are_facts_and_each_has_a_result() {
    let (pairs, results) = (rows::<Pair>("pairs.jsonl"), text(at("pairs.txt")));
    let lines = told(&results);
    assert_eq!(lines.len(), pairs.len(), "benches/accuracy/pairs.txt: run `cargo xtask accuracy`");
    let mut ids = BTreeSet::new();
    for (pair, line) in pairs.iter().zip(lines) {
        assert!(ids.insert(&pair.id), "{}: twice", pair.id);
        assert!(
            line.get(14..).is_some_and(|rest| rest.starts_with(&format!("{}: {}", pair.id, pair.rule))),
            "{line}: is not about {}",
            pair.id
        );
        assert!(pair.source.starts_with("https://"), "{}: {} is no address", pair.id, pair.source);
        assert!([&pair.bad_sha512, &pair.good_sha512].iter().all(|it| it.len() == 88 && it.ends_with("==")), "{}: no sha512", pair.id);
        assert!(pair.bad != pair.good && pair.bad_sha512 != pair.good_sha512, "{}: one version, twice", pair.id);
        assert!(pair.lines.iter().chain(&pair.good_lines).all(|[first, last]| 0 < *first && first <= last), "{}: lines", pair.id);
    }
}

#[test]
fn places_are_facts_and_each_has_a_result() {
    let (mut places, results) = (rows::<Site>("places.jsonl"), text(at("places.txt")));
    places.retain(|place| place.sure == Sure::High && !place.is_kept_aside());
    places.sort_by(|a, b| (&a.set, &a.repo, &a.commit).cmp(&(&b.set, &b.repo, &b.commit)));
    let lines = told(&results);
    let absent = places.len() - lines.len();
    assert_eq!(absent, 0, "benches/accuracy/places.txt: {absent} places without a result: run `cargo xtask places` with every checkout");
    for (place, line) in places.iter().zip(lines) {
        let about = format!("{}@{} {}:{} {}", place.repo, &place.commit[..12], place.path, place.lines[0][0], place.rule);
        assert!(line.contains(&about), "{line}: is not about {about}");
        let is_leak = line.starts_with("found") || line.starts_with("MISSED");
        assert_eq!(is_leak, place.label == Label::Leak, "{line}");
    }
}

/// The last line that begins so, as numbers.
fn numbers(text: &str, start: &str) -> Vec<f64> {
    let line = text.lines().rfind(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no line `{start}`"));
    line[start.len()..].split(|char: char| !char.is_ascii_digit() && char != '.').filter_map(|word| word.parse().ok()).collect()
}

#[test]
fn the_page_states_the_figures_of_the_results() {
    let page = text(root().join("docs/accuracy.md"));
    let pairs = text(at("pairs.txt"));
    let [all, found, silent, correct] = numbers(&pairs, "all ")[..] else { panic!("four numbers") };
    let percent = |share: f64| format!("{:.0} %", 100.0 * share / all);
    let row = format!(
        "| **all** | **{all}** | **{found} ({})** | **{silent} ({})** | **{correct} ({})** |",
        percent(found),
        percent(silent),
        percent(correct)
    );
    assert!(page.contains(&row), "docs/accuracy.md: the results are {row}");
    for set in text(at("places.txt")).split("\n## ").skip(1) {
        let seen = numbers(set, "leaks found ");
        let density = set.lines().find_map(|line| line.split_once("repositories: ")?.1.split(' ').next()).expect("a density");
        let row = format!("| {} of {} | {} of {} | {density} |", seen[0], seen[1], seen[2], seen[3]);
        assert!(page.contains(&row), "docs/accuracy.md: the results are {row}");
    }
    let verdicts = rows::<Verdict>("verdicts.jsonl");
    for row in rows::<Sample>("samples.jsonl").iter().flat_map(|sample| page_rows(sample, &verdicts)) {
        assert!(page.contains(&row), "docs/accuracy.md: the results are {row}");
    }
    let counted = rows::<Pair>("pairs.jsonl").iter().filter(|it| it.visible != Visible::Semantic && !it.good_lines.is_empty()).count();
    assert_eq!(all as usize, counted, "pairs.txt: totals of other rows");
}

#[test]
fn verdicts_are_about_samples_that_were_drawn() {
    let (verdicts, samples) = (rows::<Verdict>("verdicts.jsonl"), rows::<Sample>("samples.jsonl"));
    let names = rule_names();
    let mut seen = BTreeSet::new();
    let mut drawn: BTreeMap<(&str, Sure), usize> = BTreeMap::new();
    for it in &verdicts {
        assert!(seen.insert((&it.sample, &it.repo, &it.fingerprint)), "{}: {}: judged twice", it.repo, it.fingerprint);
        assert!(names.contains(it.rule.as_str()), "{}: no such rule", it.rule);
        assert!(samples.iter().any(|sample| sample.sample == it.sample), "{}: not in samples.jsonl", it.sample);
        assert_ne!(it.confidence, Sure::Low, "{}: {}: low is not shown by default", it.repo, it.fingerprint);
        assert!(it.verdict != Judged::False || !it.kind.is_empty(), "{} {}:{}: false, and why?", it.repo, it.path, it.line);
        *drawn.entry((&it.sample, it.confidence)).or_default() += 1;
    }
    for sample in &samples {
        for (confidence, [of, wanted]) in [(Sure::High, sample.high), (Sure::Medium, sample.medium)] {
            let count = drawn.get(&(sample.sample.as_str(), confidence)).copied().unwrap_or_default();
            assert!(wanted <= of && count == wanted, "{}: {count} verdicts at {confidence:?}, {wanted} were drawn of {of}", sample.sample);
        }
    }
}

#[test]
fn each_rules_page_says_how_often_it_is_right() {
    let (verdicts, samples) = (rows::<Verdict>("verdicts.jsonl"), rows::<Sample>("samples.jsonl"));
    let tallies = per_rule(&verdicts, &samples);
    for rule in rule_names() {
        let path = root().join("rules").join(rule).join("README.md");
        let page = text(path.clone());
        let tally = tallies.get(rule).copied().unwrap_or_default();
        keep(&path, &with_measured(&page, &sentence(tally)));
    }
}

const MEASURED: &str = "\n## How often it is right\n\n";

/// The page with its last section renewed.
fn with_measured(page: &str, sentence: &str) -> String {
    let before = page.split(MEASURED).next().unwrap_or(page);
    format!("{}\n{MEASURED}{sentence}\n[How it was measured](../../docs/accuracy.md).\n", before.trim_end())
}

#[test]
fn sarif_states_the_precision_that_was_measured() {
    let (verdicts, samples) = (rows::<Verdict>("verdicts.jsonl"), rows::<Sample>("samples.jsonl"));
    let tallies = per_rule(&verdicts, &samples);
    let mut table = String::from(
        "//! How often each rule is right, in the words of GitHub's code scanning. Written by `tests/accuracy.rs` from `benches/accuracy`; do not edit.\n\n#[rustfmt::skip]\npub const PRECISION: &[(&str, &str)] = &[\n",
    );
    for (rule, grade) in tallies.iter().filter_map(|(rule, tally)| Some((rule, tally.grade()?))) {
        let _ = writeln!(table, "    (\"{rule}\", \"{grade}\"),");
    }
    keep(&root().join("src/catalog/precision.rs"), &format!("{table}];\n"));
    for rule in sarif_rules() {
        let name = rule["id"].as_str().expect("an id");
        let grade = tallies.get(name).and_then(|tally| tally.grade());
        assert_eq!(
            rule["properties"].get("precision").and_then(|it| it.as_str()),
            grade,
            "{name}: run the tests again if src/catalog/precision.rs was just written"
        );
    }
}

fn sarif_rules() -> Vec<serde_json::Value> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.js"), "").expect("a file");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut environment = Environment {
        cwd: folder.path().to_path_buf(),
        input: &mut io::empty(),
        out: &mut out,
        err: &mut err,
        terminal: false,
        variable: &|_| None,
    };
    let tool = leaklint::tool().expect("the tables of APIs");
    cli::run(&tool, ["leaklint", "check", "-f", "sarif", "."].map(Into::into).to_vec(), &mut environment);
    let log: serde_json::Value = serde_json::from_slice(&out).expect("SARIF");
    log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules").clone()
}

#[test]
fn figures_are_computed_as_in_books() {
    let (lower, upper) = wilson(8, 10);
    assert!((lower - 0.4902).abs() < 0.001 && (upper - 0.9433).abs() < 0.001, "{lower} {upper}");
    assert_eq!(wilson(0, 0), (0.0, 1.0));
    let tally = |real, small, false_alarms| Tally { real, small, false_alarms, unclear: 1 };
    let grades = [tally(9, 0, 0), tally(10, 3, 0), tally(7, 10, 3), tally(3, 3, 6), tally(1, 3, 6)].map(|it| it.grade());
    assert_eq!(grades, [None, Some("very-high"), Some("high"), Some("medium"), Some("low")]);
    assert_eq!(
        sentence(Tally::default()),
        "Measured on code that nobody had read before: none of its alerts was drawn, too few to say how often it is right."
    );
    assert_eq!(
        sentence(tally(7, 10, 3)),
        "Measured on code that nobody had read before: 17 of 20 read alerts were right (85 %; with 95 % certainty 64 to 95 %); 7 of them are worth fixing, 10 small, and 1 could not be told."
    );
}

#[test]
fn the_last_section_of_a_page_is_renewed() {
    let once = with_measured("# a\n\nWords.\n", "One.");
    assert_eq!(once, "# a\n\nWords.\n\n## How often it is right\n\nOne.\n[How it was measured](../../docs/accuracy.md).\n");
    assert_eq!(with_measured(&once, "One."), once);
}

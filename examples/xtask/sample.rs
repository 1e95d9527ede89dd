//! Alerts drawn at random and read one by one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::figures::{Tally, is_shown, per_rule, wilson};
use crate::linter::{Finding, Linter, Range};
use crate::places::checkout;
use crate::rows::{Judged, Now, Sample, Sure, Verdict, read, to_text};
use crate::{Arguments, Outcome, manifest};

/// A verdict as a reader writes it.
#[derive(Deserialize)]
struct Given {
    repo: String,
    path: String,
    line: u32,
    rule: String,
    #[serde(default)]
    confidence: Option<Sure>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    fingerprint: Option<String>,
    verdict: Judged,
    #[serde(default, alias = "false_kind")]
    kind: Option<String>,
}

/// An alert as a run over all repositories kept it.
#[derive(Deserialize)]
struct Alert {
    repo: String,
    path: String,
    rule: String,
    message: String,
    confidence: Sure,
    range: Range,
    fingerprint: String,
}

/// SplitMix64: the same seed draws the same alerts, here and in fifty years.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The first `count` of a random order, in their order before.
    fn choose<T>(&mut self, mut all: Vec<T>, count: usize) -> Vec<T> {
        while all.len() > count {
            let drop = (self.next() % all.len() as u64) as usize;
            all.remove(drop);
        }
        all
    }
}

/// Draws alerts of the folders, and prints a row for each that waits for a verdict.
pub fn draw(arguments: &Arguments, linter: &Linter) -> Outcome<()> {
    let seed: u64 = arguments.needs("--seed")?.parse()?;
    let wanted = |name| arguments.get(name).map_or(Ok(usize::MAX), str::parse);
    let (high, medium) = (wanted("--high")?, wanted("--medium")?);
    let mut alerts: Vec<(String, Finding)> = Vec::new();
    let mut folders = arguments.rest.clone();
    folders.sort();
    for folder in &folders {
        let name = Path::new(folder).canonicalize()?.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let repo = name.split('@').next().unwrap_or_default().replacen('+', "/", 1);
        let found = linter.check(Path::new(folder))?.diagnostics;
        alerts.extend(found.into_iter().map(|finding| (repo.clone(), finding)));
    }
    let mut random = Random(seed);
    let mut counts = Vec::new();
    for (confidence, count) in [("high", high), ("medium", medium)] {
        let all: Vec<&(String, Finding)> = alerts.iter().filter(|(_, it)| it.confidence == confidence && it.copy_of.is_none()).collect();
        let of = all.len();
        let drawn = random.choose(all, count);
        counts.push([of, drawn.len()]);
        for (repo, it) in drawn {
            let row = serde_json::json!({
                "repo": repo, "path": it.path, "line": it.range.start.line, "rule": it.rule, "confidence": it.confidence,
                "fingerprint": it.fingerprint, "message": it.message, "verdict": "", "kind": "",
            });
            println!("{row}");
        }
    }
    let sample = Sample {
        sample: arguments.get("--name").unwrap_or("unnamed").to_owned(),
        version: arguments.get("--version").unwrap_or_default().to_owned(),
        seed,
        repositories: folders.len(),
        high: counts[0],
        medium: counts[1],
        used_to_mend: false,
    };
    eprintln!("the sample, for samples.jsonl: {}", serde_json::to_string(&sample)?);
    Ok(())
}

/// Takes verdicts into `verdicts.jsonl`. What a reader left out (fingerprint, confidence) is looked up in a file of alerts.
pub fn import(arguments: &Arguments) -> Outcome<()> {
    let sample = arguments.needs("--sample")?;
    let commits = std::fs::read_to_string(arguments.needs("--commits")?)?;
    let commits: BTreeMap<String, &str> = commits
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(repo, rest)| (slashed(repo), rest.split_whitespace().next().unwrap_or_default()))
        .collect();
    let alerts: Vec<Alert> = match arguments.get("--alerts") {
        Some(path) => serde_json::from_str(&std::fs::read_to_string(path)?)?,
        None => Vec::new(),
    };
    let path = manifest("verdicts.jsonl");
    let mut rows: Vec<Verdict> = if path.exists() { read(&path)? } else { Vec::new() };
    let mut added = 0;
    for file in &arguments.rest {
        for given in read::<Given>(Path::new(file))? {
            let place = format!("{file}: {} {}:{} {}", given.repo, given.path, given.line, given.rule);
            let row = complete(given, sample, &commits, &alerts).map_err(|error| format!("{place}: {error}"))?;
            // A second verdict of the same alert replaces the first.
            rows.retain(|it| (&it.sample, &it.repo, &it.fingerprint) != (&row.sample, &row.repo, &row.fingerprint));
            rows.push(row);
            added += 1;
        }
    }
    rows.sort_by(|a, b| {
        (&a.sample, &a.repo, &a.path, a.line, &a.rule, &a.fingerprint).cmp(&(&b.sample, &b.repo, &b.path, b.line, &b.rule, &b.fingerprint))
    });
    std::fs::write(&path, to_text(&rows)?)?;
    println!("{added} verdicts taken in; there are {} now", rows.len());
    Ok(())
}

fn slashed(repo: &str) -> String {
    repo.split('@').next().unwrap_or_default().replacen('+', "/", 1)
}

fn complete(given: Given, sample: &str, commits: &BTreeMap<String, &str>, alerts: &[Alert]) -> Outcome<Verdict> {
    let repo = slashed(&given.repo);
    let commit = commits.get(&repo).ok_or("its commit is not in the list")?;
    let is_it = |alert: &&Alert| {
        slashed(&alert.repo) == repo
            && alert.path == given.path
            && alert.range.start.line == given.line
            && alert.rule == given.rule
            && given.message.as_ref().is_none_or(|message| *message == alert.message)
            && given.fingerprint.as_ref().is_none_or(|fingerprint| *fingerprint == alert.fingerprint)
    };
    let alert = alerts.iter().find(is_it);
    let fingerprint = given.fingerprint.clone().or(alert.map(|it| it.fingerprint.clone())).ok_or("no such alert in the file of alerts")?;
    let confidence = given.confidence.or(alert.map(|it| it.confidence)).ok_or("no confidence")?;
    Ok(Verdict {
        sample: sample.to_owned(),
        repo,
        commit: (*commit).to_owned(),
        path: given.path,
        line: given.line,
        rule: given.rule,
        confidence,
        fingerprint,
        verdict: given.verdict,
        kind: given.kind.unwrap_or_default(),
        now: None,
    })
}

/// Notes for each verdict what this version says there.
pub fn shown(arguments: &Arguments, linter: &Linter) -> Outcome<()> {
    let checkouts = PathBuf::from(arguments.needs("--checkouts")?);
    let path = manifest("verdicts.jsonl");
    let mut rows: Vec<Verdict> = read(&path)?;
    let mut reports: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
    for row in &mut rows {
        let folder = checkout(&checkouts, &row.repo, &row.commit);
        if !folder.is_dir() {
            continue;
        }
        if !reports.contains_key(&folder) {
            let found = linter.check(&folder)?.diagnostics;
            reports.insert(folder.clone(), found);
        }
        let findings = reports.get(&folder).map_or(&[][..], Vec::as_slice);
        let finding = findings.iter().find(|it| it.fingerprint == row.fingerprint && it.rule == row.rule);
        row.now = Some(match finding.map(|it| it.confidence.as_str()) {
            Some("high") => Now::High,
            Some(_) => Now::Medium,
            None => Now::Gone,
        });
    }
    std::fs::write(&path, to_text(&rows)?)?;
    print()
}

/// The figures of docs/accuracy.md.
pub fn print() -> Outcome<()> {
    let verdicts: Vec<Verdict> = read(&manifest("verdicts.jsonl"))?;
    let samples: Vec<Sample> = read(&manifest("samples.jsonl"))?;
    println!("{:44} {:>5} {:>5} {:>5} {:>7}  right, with 95 % certainty", "", "real", "small", "false", "unclear");
    for sample in &samples {
        let of = |confidence: Option<Sure>| {
            verdicts
                .iter()
                .filter(move |it| it.sample == sample.sample && is_shown(it) && confidence.is_none_or(|wanted| it.confidence == wanted))
        };
        let note = if sample.used_to_mend { ", used to mend" } else { "" };
        print_row(&format!("{}{note}", sample.sample), Tally::of(of(None)));
        let (high, medium) = (Tally::of(of(Some(Sure::High))), Tally::of(of(Some(Sure::Medium))));
        print_row("  at high", high);
        print_row("  at medium", medium);
        let weighted = (sample.high[0] as f64 * high.precision() + sample.medium[0] as f64 * medium.precision())
            / (sample.high[0] + sample.medium[0]).max(1) as f64;
        println!("{:44} {:.0} %", "  by how often each occurs", 100.0 * weighted);
        let still = of(None).filter(|it| matches!(it.now, Some(Now::Medium | Now::High)));
        if of(None).any(|it| it.now.is_some()) {
            print_row("  what this version still shows", Tally::of(still.clone()));
            print_row("  of that, at high", Tally::of(still.filter(|it| it.now == Some(Now::High))));
        }
    }
    println!("\nper rule, of samples that were not used to mend");
    for (rule, tally) in per_rule(&verdicts, &samples) {
        print_row(&format!("  {rule} ({})", tally.grade().unwrap_or("too few")), tally);
    }
    println!("\nper rule, of all samples, as drawn");
    let rules: BTreeMap<&str, Vec<&Verdict>> = verdicts.iter().filter(|it| is_shown(it)).fold(BTreeMap::new(), |mut rules, it| {
        rules.entry(it.rule.as_str()).or_insert_with(Vec::new).push(it);
        rules
    });
    for (rule, rows) in rules {
        print_row(&format!("  {rule}"), Tally::of(rows.into_iter()));
    }
    Ok(())
}

fn print_row(name: &str, tally: Tally) {
    let (lower, upper) = wilson(tally.right(), tally.judged());
    println!(
        "{name:44} {:5} {:5} {:5} {:7}  {:.0} % ({:.0} to {:.0} %)",
        tally.real,
        tally.small,
        tally.false_alarms,
        tally.unclear,
        100.0 * tally.precision(),
        100.0 * lower,
        100.0 * upper
    );
}

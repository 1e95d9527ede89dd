//! Labelled places of applications: how many leaks are found, and how many places that are in order are accused?

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::linter::{Finding, Linter};
use crate::matching::{Lines, fits_place, places_of, same_path, touches};
use crate::rows::{Label, Site, Sure, Visible, read};
use crate::{Arguments, Outcome, manifest};

const HEAD: &str = "\
# Written by `cargo xtask places`. A labelled place a line: whether a leak was found, whether a place in order stayed quiet, and the rules that
# speak there by default. Labels of which the reader was less than sure are left out. Of a set that is kept aside only the totals are written:
# who makes leaklint does not read its places.
";

/// One set of labels, over the checkouts that there are.
struct Outcomes {
    lines: Vec<String>,
    /// Leaks found, leaks, false alarms, places in order; for what can be seen, and for what only the meaning tells.
    seen: [usize; 4],
    semantic: [usize; 4],
    alerts: usize,
    source_lines: u64,
    repositories: BTreeSet<String>,
    absent: Vec<String>,
}

pub fn run(arguments: &Arguments, linter: &Linter) -> Outcome<()> {
    let checkouts = PathBuf::from(arguments.needs("--checkouts")?);
    let mut sites: Vec<Site> = read(&manifest("places.jsonl"))?;
    sites.retain(|site| site.sure == Sure::High && arguments.get("--set").is_none_or(|set| set == site.set));
    let mut sets: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
    for site in &sites {
        sets.entry(&site.set).or_default().push(site);
    }
    let mut written = String::from(HEAD);
    for (name, sites) in sets {
        let outcomes = look(&sites, &checkouts, linter)?;
        for folder in &outcomes.absent {
            eprintln!("no checkout: {folder}");
        }
        let totals = totals(&outcomes);
        println!("{name}\n{totals}");
        let lines = if sites.iter().any(|site| site.is_kept_aside()) { "Kept aside.".to_owned() } else { outcomes.lines.join("\n") };
        let _ = write!(written, "\n## {name}\n\n{lines}\n\n{totals}");
    }
    if arguments.get("--set").is_none() && arguments.get("--dry-run").is_none() {
        std::fs::write(manifest("places.txt"), written)?;
    }
    Ok(())
}

fn look(sites: &[&Site], checkouts: &Path, linter: &Linter) -> Outcome<Outcomes> {
    let mut commits: BTreeMap<(&str, &str), Vec<&Site>> = BTreeMap::new();
    for site in sites {
        commits.entry((&site.repo, &site.commit)).or_default().push(site);
    }
    let mut outcomes = Outcomes {
        lines: Vec::new(),
        seen: [0; 4],
        semantic: [0; 4],
        alerts: 0,
        source_lines: 0,
        repositories: BTreeSet::new(),
        absent: Vec::new(),
    };
    for ((repo, commit), sites) in commits {
        let folder = checkout(checkouts, repo, commit);
        if !folder.is_dir() {
            outcomes.absent.push(folder.display().to_string());
            continue;
        }
        let report = linter.check(&folder)?;
        // One commit a repository, so that none counts twice.
        if outcomes.repositories.insert(repo.to_owned()) {
            outcomes.alerts += report.diagnostics.len();
            outcomes.source_lines += report.summary.lines;
        }
        for site in &sites {
            outcomes.take(site, &sites, &report.diagnostics);
        }
    }
    Ok(outcomes)
}

/// `OWNER+NAME@COMMIT` with twelve digits of it, or `OWNER+NAME`.
pub fn checkout(checkouts: &Path, repo: &str, commit: &str) -> PathBuf {
    let name = repo.replace('/', "+");
    let exact = checkouts.join(format!("{name}@{}", commit.get(..12).unwrap_or(commit)));
    if exact.is_dir() { exact } else { checkouts.join(name) }
}

impl Outcomes {
    fn take(&mut self, site: &Site, all: &[&Site], findings: &[Finding]) {
        let is_leak = site.label == Label::Leak;
        // A leak may be reported one line off, unless the next label is that near.
        let crowded =
            all.iter().any(|other| !std::ptr::eq(*other, site) && same_path(&other.path, &site.path) && is_near(&other.lines, &site.lines));
        let slack = u32::from(is_leak && !crowded);
        let at_place = |finding: &&Finding| {
            fits_place(&site.rule, finding)
                && places_of(finding)
                    .filter(|named| named.accused || is_leak)
                    .any(|named| same_path(named.path, &site.path) && touches(named.range, &site.lines, slack))
        };
        let rules: BTreeSet<&str> = findings.iter().filter(at_place).map(|finding| finding.rule.as_str()).collect();
        let hit = !rules.is_empty();
        let sums = if site.visible == Visible::Semantic { &mut self.semantic } else { &mut self.seen };
        let [of, more] = if is_leak { [1, 0] } else { [3, 2] };
        sums[of] += 1;
        sums[more] += usize::from(hit);
        let word = match (is_leak, hit) {
            (true, true) => "found ",
            (true, false) => "MISSED",
            (false, false) => "quiet ",
            (false, true) => "ALARM ",
        };
        let visible = if site.visible == Visible::Semantic { " (semantic)" } else { "" };
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        let first = site.lines.first().map_or(0, |[first, _]| *first);
        let commit = site.commit.get(..12).unwrap_or(&site.commit);
        self.lines.push(
            format!("{word} {}@{commit} {}:{first} {}{visible} | {rules}", site.repo, site.path, site.rule)
                .trim_end_matches(" | ")
                .to_owned(),
        );
    }
}

fn is_near(left: &[Lines], right: &[Lines]) -> bool {
    left.iter().any(|[a, b]| right.iter().any(|[x, y]| a.abs_diff(*y) <= 1 || b.abs_diff(*x) <= 1))
}

fn totals(outcomes: &Outcomes) -> String {
    let [found, leaks, alarms, fine] = outcomes.seen;
    let [found_semantic, semantic, alarms_semantic, fine_semantic] = outcomes.semantic;
    let density = outcomes.alerts as f64 * 10_000.0 / outcomes.source_lines.max(1) as f64;
    format!(
        "leaks found {found} of {leaks}, false alarms {alarms} of {fine}; semantic, apart: {found_semantic} of {semantic}, {alarms_semantic} of {fine_semantic}\n\
         {} alerts in {} lines of {} repositories: {density:.2} per 10,000 lines\n",
        outcomes.alerts,
        outcomes.source_lines,
        outcomes.repositories.len()
    )
}

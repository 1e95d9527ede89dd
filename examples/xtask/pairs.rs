//! Published leaks: found in the version that has them, and silent on the version with the maintainers' fix?

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::linter::{Finding, Linter};
use crate::matching::{Lines, fits_pair, places_of, same_path, touches};
use crate::rows::{Pair, Visible, read};
use crate::{Arguments, Outcome, manifest};

/// What was seen of one pair.
struct Seen {
    found: bool,
    silent: bool,
    /// Whatever stands at the place, of any rule and at any confidence.
    bad: String,
    good: String,
}

pub fn run(arguments: &Arguments, linter: &Linter) -> Outcome<()> {
    let cache = match arguments.get("--cache") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir().ok_or("no home folder; name one with --cache")?.join(".cache/leaklint-accuracy"),
    };
    std::fs::create_dir_all(&cache)?;
    let mut pairs: Vec<Pair> = read(&manifest("pairs.jsonl"))?;
    if let Some(only) = arguments.get("--only") {
        pairs.retain(|pair| pair.id == only);
    }
    let mut rows = Vec::new();
    for pair in &pairs {
        let seen = look(pair, &cache, linter).map_err(|error| format!("{}: {error}", pair.id))?;
        println!("{}", line(pair, &seen));
        rows.push((pair, seen));
    }
    let totals = totals(&rows);
    println!("\n{totals}");
    if arguments.get("--only").is_none() && arguments.get("--dry-run").is_none() {
        let lines: Vec<String> = rows.iter().map(|(pair, seen)| line(pair, seen)).collect();
        std::fs::write(manifest("pairs.txt"), format!("{HEAD}{}\n\n{totals}", lines.join("\n")))?;
    }
    Ok(())
}

const HEAD: &str = "\
# Written by `cargo xtask accuracy`. A pair a line: whether the leak was reported at its place, whether the fix was silent, and what stands at
# either place: the rules that speak there, with their confidence. `low` is not shown by default and does not count; it is noted where
# the leak was missed.
";

fn look(pair: &Pair, cache: &Path, linter: &Linter) -> Outcome<Seen> {
    let bad_folder = unpacked(cache, &pair.package, &pair.bad, &pair.bad_sha512)?;
    let bad = linter.check(&bad_folder)?.diagnostics;
    let good = linter.check(&unpacked(cache, &pair.package, &pair.good, &pair.good_sha512)?)?.diagnostics;
    let mut places: Vec<(&str, &[Lines])> = vec![(&pair.file, &pair.lines)];
    places.extend(pair.related.iter().map(|place| (place.file.as_str(), place.lines.as_slice())));
    let good_places: Vec<(&str, &[Lines])> = vec![(pair.good_file.as_ref().unwrap_or(&pair.file), &pair.good_lines)];
    let fits = |finding: &Finding| std::iter::once(&pair.rule).chain(&pair.also_rule).any(|wanted| fits_pair(wanted, finding));
    let mut bad: Vec<Finding> = bad.into_iter().filter(|finding| stands_at(finding, &places, false)).collect();
    let good: Vec<Finding> = good.into_iter().filter(|finding| stands_at(finding, &good_places, true)).collect();
    let found = bad.iter().any(fits);
    if !found {
        bad = linter.check_low(&bad_folder)?.diagnostics.into_iter().filter(|finding| stands_at(finding, &places, false)).collect();
    }
    Ok(Seen { found, silent: !good.iter().any(fits), bad: words(&bad), good: words(&good) })
}

fn stands_at(finding: &Finding, places: &[(&str, &[Lines])], only_accused: bool) -> bool {
    places_of(finding)
        .filter(|named| named.accused || !only_accused)
        .any(|named| places.iter().any(|(file, lines)| same_path(named.path, file) && touches(named.range, lines, 0)))
}

fn words(findings: &[Finding]) -> String {
    let mut words: Vec<String> = findings.iter().map(|finding| format!("{} {}", finding.rule, finding.confidence)).collect();
    words.sort();
    words.dedup();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

fn line(pair: &Pair, seen: &Seen) -> String {
    let found = if seen.found { "found " } else { "MISSED" };
    let silent = match (pair.good_lines.is_empty(), seen.silent) {
        (true, _) => "-     ",
        (false, true) => "silent",
        (false, false) => "LOUD  ",
    };
    let visible = if pair.visible == Visible::Semantic { " (semantic)" } else { "" };
    format!("{found} {silent} {}: {}{visible} | leak: {} | fix: {}", pair.id, pair.rule, seen.bad, seen.good)
}

fn totals(rows: &[(&Pair, Seen)]) -> String {
    let mut groups: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut count = |group, seen: &Seen| {
        let sums = groups.entry(group).or_default();
        for (sum, more) in sums.iter_mut().zip([true, seen.found, seen.silent, seen.found && seen.silent]) {
            *sum += usize::from(more);
        }
    };
    for (pair, seen) in rows {
        match (pair.visible, pair.good_lines.is_empty()) {
            (Visible::Semantic, _) => count("~ semantic, apart", seen),
            (_, true) => count("~ code is gone or leaks still, apart", seen),
            _ => {
                count(&pair.rule, seen);
                count("all", seen);
            }
        }
    }
    let mut text = format!("{:38} {:>5} {:>5} {:>6} {:>7}\n", "rule", "pairs", "found", "silent", "correct");
    for (group, [pairs, found, silent, correct]) in groups {
        let _ = writeln!(text, "{group:38} {pairs:5} {found:5} {silent:6} {correct:7}");
    }
    text
}

/// The package's folder in the cache: fetched through npm, held to the manifest's checksum, unpacked.
fn unpacked(cache: &Path, package: &str, version: &str, sha512: &str) -> Outcome<PathBuf> {
    let name = format!("{}@{version}", package.replace('/', "+"));
    let (tarball, folder) = (cache.join(format!("{name}.tgz")), cache.join(&name));
    if folder.join(".done").exists() {
        return Ok(folder.join("package"));
    }
    if !tarball.exists() {
        fetch(cache, package, version, &tarball)?;
    }
    let seen = checksum(&tarball)?;
    if seen != sha512 {
        return Err(format!("{}: sha512 is {seen}, the manifest says {sha512}", tarball.display()).into());
    }
    let package = folder.join("package");
    std::fs::create_dir_all(&package)?;
    let unpack = Command::new("tar").args(["--strip-components=1", "-xzf"]).arg(&tarball).arg("-C").arg(&package).output()?;
    if !unpack.status.success() {
        return Err(format!("{}: {}", tarball.display(), String::from_utf8_lossy(&unpack.stderr).trim()).into());
    }
    std::fs::write(folder.join(".done"), "")?;
    Ok(package)
}

fn fetch(cache: &Path, package: &str, version: &str, tarball: &Path) -> Outcome<()> {
    let wanted = format!("{package}@{version}");
    let fetched = Command::new("npm").args(["pack", "--silent", "--ignore-scripts", &wanted]).current_dir(cache).output()?;
    let printed = String::from_utf8_lossy(&fetched.stdout).into_owned();
    match printed.lines().last().filter(|_| fetched.status.success()) {
        Some(file) => Ok(std::fs::rename(cache.join(file.trim()), tarball)?),
        None => Err(format!("npm pack {wanted}: {}", String::from_utf8_lossy(&fetched.stderr).trim()).into()),
    }
}

/// In the form in which npm and lock files state it. Node is there, since npm is.
fn checksum(tarball: &Path) -> Outcome<String> {
    let program =
        "process.stdout.write(require('crypto').createHash('sha512').update(require('fs').readFileSync(process.argv[1])).digest('base64'))";
    let hashed = Command::new("node").args(["-e", program]).arg(tarball).output()?;
    if !hashed.status.success() {
        return Err(String::from_utf8_lossy(&hashed.stderr).trim().into());
    }
    Ok(String::from_utf8(hashed.stdout)?)
}

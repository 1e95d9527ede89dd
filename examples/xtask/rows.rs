//! The rows of `benches/accuracy/*.jsonl`: facts about published code, one a line. `tests/accuracy.rs` reads them too.

use std::error::Error;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Two published versions of a package: the one with a leak that its maintainers confirmed, and the one with their fix.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    pub id: String,
    pub rule: String,
    /// Another rule under which the leak may be reported as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also_rule: Option<String>,
    pub package: String,
    pub bad: String,
    pub bad_sha512: String,
    pub good: String,
    pub good_sha512: String,
    pub file: String,
    pub lines: Vec<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_file: Option<String>,
    /// Empty where the code is gone, or leaks still: then the fix cannot be asked for silence.
    pub good_lines: Vec<[u32; 2]>,
    pub visible: Visible,
    pub source: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub file: String,
    pub lines: Vec<[u32; 2]>,
}

/// What one must look at to see the leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visible {
    File,
    Project,
    Types,
    /// What the program means: counted apart.
    Semantic,
}

/// A place of an application that a reader labelled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub set: String,
    pub repo: String,
    pub commit: String,
    pub path: String,
    pub lines: Vec<[u32; 2]>,
    pub rule: String,
    pub label: Label,
    pub visible: Visible,
    /// How sure the reader was.
    pub sure: Sure,
    /// The issue, pull request or commit that speaks of it.
    #[serde(default)]
    pub evidence: Option<String>,
}

impl Site {
    /// Who makes leaklint does not read these: they measure whether what the others taught is general.
    pub fn is_kept_aside(&self) -> bool {
        self.set.ends_with("-aside")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Leak,
    Ok,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sure {
    Low,
    Medium,
    High,
}

/// An alert that somebody read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    pub sample: String,
    pub repo: String,
    pub commit: String,
    pub path: String,
    pub line: u32,
    pub rule: String,
    /// As it was when the alert was read.
    pub confidence: Sure,
    pub fingerprint: String,
    pub verdict: Judged,
    /// Why it is no leak, or none that matters, in a few words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// What a later version shows there by default, if it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Now>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Judged {
    /// Worth fixing.
    Real,
    /// It grows, but slowly, or up to a bound that the program does not state.
    Small,
    False,
    Unclear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Now {
    Gone,
    Medium,
    High,
}

/// How a sample came about.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    pub sample: String,
    /// The commit of leaklint whose alerts were drawn.
    pub version: String,
    pub seed: u64,
    pub repositories: usize,
    /// Alerts there were, and alerts that were drawn, at each confidence.
    pub high: [usize; 2],
    pub medium: [usize; 2],
    /// Whether its false alarms were used to mend leaklint: then it no longer says how good leaklint is elsewhere.
    pub used_to_mend: bool,
}

/// The rows of a file; each that is wrong is named with its line.
pub fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| serde_json::from_str(line).map_err(|error| format!("{}:{number}: {error}", path.display()).into())).collect()
}

pub fn to_text<T: Serialize>(rows: &[T]) -> serde_json::Result<String> {
    let lines: serde_json::Result<Vec<String>> = rows.iter().map(|row| Ok(serde_json::to_string(row)? + "\n")).collect();
    Ok(lines?.concat())
}

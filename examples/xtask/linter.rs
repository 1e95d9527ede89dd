//! leaklint over a folder, as a user runs it, and what it reports.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use leaklint::analyzer::Leaklint;
use leaklint::cli::{self, Environment, Tool};
use serde::Deserialize;

use crate::Outcome;

#[derive(Debug, Clone, Deserialize)]
pub struct Report {
    pub diagnostics: Vec<Finding>,
    pub summary: Summary,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Summary {
    pub lines: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Finding {
    pub rule: String,
    pub category: String,
    pub confidence: String,
    pub path: String,
    pub range: Range,
    #[serde(default)]
    pub related: Vec<Related>,
    pub message: String,
    pub fingerprint: String,
    #[serde(default)]
    pub suppressed: bool,
    /// There if another finding stands for it.
    #[serde(default, rename = "copyOf")]
    pub copy_of: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Related {
    pub role: String,
    #[serde(default)]
    pub path: Option<String>,
    pub range: Range,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Range {
    pub start: Position,
    pub end: Position,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Position {
    pub line: u32,
}

impl Finding {
    /// Only claims about leaks count: not syntax errors, not comments, not what the code's owner suppressed.
    fn is_leak(&self) -> bool {
        !matches!(self.category.as_str(), "parse" | "suppression") && !self.suppressed
    }
}

/// This build, or another one.
pub enum Linter {
    Own(Box<Tool<Leaklint>>),
    Binary(PathBuf),
}

impl Linter {
    pub fn new(binary: Option<&str>) -> Outcome<Self> {
        match binary {
            Some(path) => Ok(Self::Binary(std::fs::canonicalize(path).map_err(|error| format!("{path}: {error}"))?)),
            None => Ok(Self::Own(Box::new(leaklint::tool().map_err(|error| error.to_string())?))),
        }
    }

    /// What a user gets who asks for nothing, without what is no claim about a leak.
    pub fn check(&self, folder: &Path) -> Outcome<Report> {
        self.run(folder, &["check", "--format", "json", "."])
    }

    /// What it only says when asked for the lowest confidence is there too.
    pub fn check_low(&self, folder: &Path) -> Outcome<Report> {
        self.run(folder, &["check", "--format", "json", "--min-confidence", "low", "."])
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> Outcome<Report> {
        let out = match self {
            Self::Own(tool) => {
                let (mut out, mut err) = (Vec::new(), Vec::new());
                let mut environment = Environment {
                    cwd: folder.to_path_buf(),
                    input: &mut io::empty(),
                    out: &mut out,
                    err: &mut err,
                    terminal: false,
                    variable: &|_| None,
                };
                cli::run(
                    tool,
                    std::iter::once("leaklint").chain(arguments.iter().copied()).map(OsString::from).collect(),
                    &mut environment,
                );
                out
            }
            Self::Binary(path) => Command::new(path).args(arguments).current_dir(folder).output()?.stdout,
        };
        let mut report: Report = serde_json::from_slice(&out).map_err(|error| format!("{}: no report: {error}", folder.display()))?;
        report.diagnostics.retain(Finding::is_leak);
        Ok(report)
    }
}

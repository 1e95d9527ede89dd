//! Reports: one file per format, behind one trait. They see diagnostics and the texts these quote, nothing else.

mod concise;
mod excerpt;
mod github;
mod json;
mod line_hash;
mod pretty;
mod sarif;

use std::io::{self, Write};

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::text::{Position, SourceText};
use crate::texts::Texts;
use crate::walk::Skipped;

/// What all formats print from.
pub struct Findings<'a> {
    /// Sorted; the suppressed ones are among them.
    pub diagnostics: &'a [Diagnostic],
    pub summary: &'a Summary,
    pub catalog: &'a Catalog,
    pub show_suppressed: bool,
    /// From the repository's root to the working directory, with a slash at its end; empty at the root and outside of a repository.
    pub prefix: &'a str,
    pub color: bool,
}

impl<'a> Findings<'a> {
    /// Without the suppressed ones, unless they are asked for.
    pub fn shown(&self) -> impl Iterator<Item = &'a Diagnostic> + use<'a> {
        let show_suppressed = self.show_suppressed;
        self.diagnostics.iter().filter(move |diagnostic| show_suppressed || diagnostic.suppressed.is_none())
    }

    /// Without those for which another one stands, for people.
    pub fn told(&self) -> impl Iterator<Item = &'a Diagnostic> + use<'a> {
        self.shown().filter(|diagnostic| diagnostic.copy_of.is_none())
    }
}

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    pub files: u32,
    pub skipped: Skipped,
    pub lines: u64,
    pub errors: u32,
    pub warnings: u32,
    pub infos: u32,
    pub suppressed: u32,
    /// Those for which another one stands, which are in none of the figures above.
    pub copies: u32,
    pub elapsed_ms: u64,
}

impl Summary {
    /// One line for people.
    pub fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let none = if self.files == 0 { "nothing linted" } else { "no leaks found" };
        for (count, name) in [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "note")] {
            if count > 0 {
                parts.push(counted(u64::from(count), name));
            }
        }
        let found = if parts.is_empty() { none.to_string() } else { parts.join(", ") };
        let mut sentence = format!("{found} in {} ({})", counted(u64::from(self.files), "file"), counted(self.lines, "line"));
        let skipped: u32 = self.skipped.values().sum();
        if skipped > 0 {
            let reasons: Vec<String> = self.skipped.iter().map(|(reason, count)| format!("{count} {}", reason.name())).collect();
            sentence += &format!(", {skipped} skipped: {}", reasons.join(", "));
        }
        if self.copies > 0 {
            sentence += &format!(", {} more of the same", self.copies);
        }
        if self.suppressed > 0 {
            sentence += &format!(", {} suppressed", self.suppressed);
        }
        sentence + &format!(", {} ms", self.elapsed_ms)
    }
}

fn counted(count: u64, name: &str) -> String {
    format!("{} {name}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `12345` as `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A way to print findings.
pub trait Report {
    fn write(&self, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()>;
}

/// The formats that the command line names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Excerpts with the retainer chain, for people.
    Pretty,
    /// One line a finding.
    Concise,
    Json,
    /// SARIF 2.1.0 for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

impl Format {
    pub fn report(self) -> &'static dyn Report {
        match self {
            Self::Pretty => &pretty::Pretty,
            Self::Concise => &concise::Concise,
            Self::Json => &json::Json,
            Self::Sarif => &sarif::Sarif,
            Self::Github => &github::Github,
        }
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// As many copies as are named.
const MOST_NAMED: usize = 3;

/// Where else the same stands, in a few words.
fn elsewhere(diagnostic: &Diagnostic, texts: &mut Texts) -> Option<String> {
    let named = diagnostic.copies.iter().take(MOST_NAMED);
    let named: Vec<String> = named.map(|place| format!("{}:{}", place.path, texts.get(&place.path).line_of(place.span.start))).collect();
    let (last, others) = named.split_last()?;
    let rest = diagnostic.copies.len() - named.len();
    Some(match (rest, others) {
        (0, []) => format!("also at {last}"),
        (0, others) => format!("also at {} and {last}", others.join(", ")),
        (rest, _) => format!("also at {} and {rest} more places", named.join(", ")),
    })
}

/// Where a location starts and ends in its text; the end is exclusive.
fn positions(text: &SourceText, location: &Location) -> (Position, Position) {
    (text.position(location.span.start), text.position(location.span.end))
}

#[cfg(test)]
mod samples;

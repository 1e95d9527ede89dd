//! The arguments.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Confidence;
use crate::report::Format;

/// Finds memory leaks in JavaScript and TypeScript source.
///
/// Exit codes: 0 clean or only warnings, 1 findings at error severity, 2 wrong use or a file that cannot be read.
#[derive(Debug, Parser)]
#[command(name = "leaklint", version, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Lint files and folders (the default)
    Check(CheckArgs),
    /// Print the page of a rule
    Explain {
        /// A rule's name, as in a finding's brackets
        rule: String,
    },
    /// List all rules
    Rules,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files and folders; `-` reads standard input [default: .]
    pub paths: Vec<PathBuf>,

    /// How to print the findings [default: pretty]
    #[arg(short, long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,

    /// Also write a report of this format to a file; may be repeated
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    pub reports: Vec<FileReport>,

    /// Print to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Leave out findings below this confidence
    #[arg(long, value_enum, default_value = "medium", value_name = "LEVEL")]
    pub min_confidence: MinConfidence,

    /// Only these rules or categories; a rule that is off by default has to be named
    #[arg(long, value_delimiter = ',', value_name = "RULE|CATEGORY")]
    pub only: Vec<String>,

    /// Not these rules or categories
    #[arg(long, value_delimiter = ',', value_name = "RULE|CATEGORY")]
    pub skip: Vec<String>,

    /// Exit with 1 if there are more warnings than this
    #[arg(long, value_name = "N")]
    pub max_warnings: Option<u32>,

    /// Show errors only
    #[arg(short, long)]
    pub quiet: bool,

    /// Also show findings that a comment silences
    #[arg(long)]
    pub show_suppressed: bool,

    /// Do not read suppression comments
    #[arg(long)]
    pub no_inline_config: bool,

    /// Leave out what matches this pattern (as in .gitignore), also if it is named; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub ignore_pattern: Vec<String>,

    /// Do not read ignore files
    #[arg(long)]
    pub no_ignore: bool,

    /// The name of the file on standard input
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,

    /// Worker threads [default: one per core]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,

    /// When to use colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    pub color: ColorChoice,

    /// Exit with 2 if there is no file to lint
    #[arg(long)]
    pub error_on_unmatched: bool,

    /// List the files that would be linted
    #[arg(long)]
    pub show_files: bool,

    /// Say how long each step took
    #[arg(long)]
    pub timings: bool,

    /// Judge each file as if there were no others: to measure what the others cost
    #[arg(long, hide = true)]
    pub alone: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MinConfidence {
    High,
    Medium,
    Low,
}

impl From<MinConfidence> for Confidence {
    fn from(level: MinConfidence) -> Self {
        match level {
            MinConfidence::High => Self::High,
            MinConfidence::Medium => Self::Medium,
            MinConfidence::Low => Self::Low,
        }
    }
}

/// A report that goes to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    pub format: Format,
    pub file: PathBuf,
}

impl FromStr for FileReport {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("expected FORMAT=FILE")?;
        Ok(Self { format: Format::from_str(format, false)?, file: file.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("leaklint").chain(arguments.iter().copied()))
    }

    #[test]
    fn the_definition_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn check_is_the_default_and_a_path_may_be_spelled_like_a_command() {
        let bare = parse(&["src", "-f", "json"]).expect("arguments of check");
        assert!(bare.command.is_none());
        assert_eq!((bare.check.paths, bare.check.format), (vec![PathBuf::from("src")], Some(Format::Json)));
        let named = parse(&["check", "src"]).expect("arguments of check");
        assert!(matches!(named.command, Some(Command::Check(it)) if it.paths == [PathBuf::from("src")]));
        assert!(parse(&["./rules"]).is_ok_and(|cli| cli.command.is_none()));
    }

    #[test]
    fn a_file_report_needs_a_known_format_and_a_file() {
        let report = FileReport { format: Format::Sarif, file: "a=b.sarif".into() };
        assert_eq!("sarif=a=b.sarif".parse(), Ok(report));
        for wrong in ["sarif", "sarif=", "yaml=x"] {
            assert!(wrong.parse::<FileReport>().is_err(), "{wrong}");
        }
    }
}

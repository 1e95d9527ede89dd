//! The command line: what people type, what they read, and exit codes.

mod args;
mod check;
mod explain;
mod output;

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;

use crate::catalog::Catalog;
use crate::pipeline::Analyzer;
use args::{Cli, Command};

/// Clean, or only warnings.
pub const EXIT_CLEAN: u8 = 0;
/// Findings that fail the run.
pub const EXIT_FINDINGS: u8 = 1;
/// Wrong use, a file the system refuses, or a defect of leaklint.
pub const EXIT_ERROR: u8 = 2;

/// What the commands work with: the analysis and the rules of this build.
pub struct Tool<A> {
    pub analyzer: Arc<A>,
    pub catalog: Catalog,
}

/// The process as the commands see it.
pub struct Environment<'a> {
    pub cwd: PathBuf,
    pub input: &'a mut dyn Read,
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
    /// Whether `out` is a terminal.
    pub terminal: bool,
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

/// Something the user can put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    pub title: String,
    pub help: Option<String>,
}

impl UserError {
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), help: None }
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "error: {}", self.title)?;
        self.help.iter().try_for_each(|help| writeln!(out, "  help: {help}"))
    }
}

/// Why a command ended early.
enum Failure {
    User(UserError),
    /// Writing failed.
    Io(io::Error),
}

impl From<UserError> for Failure {
    fn from(error: UserError) -> Self {
        Self::User(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Runs the command that `arguments` (the program's name first) ask for, and returns the exit code.
pub fn run<A: Analyzer>(tool: &Tool<A>, arguments: Vec<OsString>, environment: &mut Environment<'_>) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => return print_answer(&answer, environment),
    };
    let result = match cli.command {
        None => check::check(tool, &cli.check, environment),
        Some(Command::Check(arguments)) => check::check(tool, &arguments, environment),
        Some(Command::Explain { rule }) => explain::explain(&tool.catalog, &rule, environment),
        Some(Command::Rules) => explain::rules(&tool.catalog, environment),
    };
    match result {
        Ok(code) => code,
        Err(Failure::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => EXIT_CLEAN,
        Err(Failure::Io(error)) => fail(&UserError::new(format!("cannot write: {error}")), environment),
        Err(Failure::User(error)) => fail(&error, environment),
    }
}

fn fail(error: &UserError, environment: &mut Environment<'_>) -> u8 {
    // With nowhere left to complain to, the exit code has to do.
    let _ = error.write(environment.err);
    EXIT_ERROR
}

/// Help, version, or what is wrong with the arguments.
fn print_answer(answer: &clap::Error, environment: &mut Environment<'_>) -> u8 {
    let text = answer.render();
    let is_error = answer.use_stderr();
    let colored = output::wants_color(args::ColorChoice::Auto, environment);
    let text = if colored && !is_error { text.ansi().to_string() } else { text.to_string() };
    let out: &mut dyn Write = if is_error { environment.err } else { environment.out };
    let _ = out.write_all(text.as_bytes());
    if is_error { EXIT_ERROR } else { EXIT_CLEAN }
}

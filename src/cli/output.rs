//! Where reports go.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::args::ColorChoice;
use super::{Environment, Failure, UserError};
use crate::report::{Findings, Format};
use crate::texts::Texts;
use crate::walk::reason_of;

/// Whether standard output should be coloured.
pub fn wants_color(choice: ColorChoice, environment: &Environment<'_>) -> bool {
    let variable = |name: &str| (environment.variable)(name).filter(|value| !value.is_empty());
    let forced = |name: &str| variable(name).is_some_and(|value| value != "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if variable("NO_COLOR").is_some() => false,
        ColorChoice::Auto if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") => true,
        ColorChoice::Auto => environment.terminal && variable("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Writes a report to a file. The file is complete or an error is returned.
pub fn to_file(format: Format, file: &Path, findings: &Findings<'_>, texts: &mut Texts, cwd: &Path) -> Result<(), Failure> {
    let mut write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(cwd.join(file))?);
        format.report().write(findings, texts, &mut out)?;
        out.flush()
    };
    write().map_err(|error| UserError::new(format!("cannot write {}: {}", file.display(), reason_of(&error))).into())
}

/// Writes a report to standard output.
pub fn to_screen(format: Format, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    format.report().write(findings, texts, &mut out)?;
    out.flush()
}

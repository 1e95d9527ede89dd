//! Workflow commands that GitHub Actions turns into annotations.

use std::io::{self, Write};

use super::{Findings, Report, elsewhere, positions};
use crate::diagnostic::Severity;
use crate::texts::Texts;

pub struct Github;

impl Report for Github {
    fn write(&self, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
        for diagnostic in findings.told() {
            let (start, end) = positions(&texts.get(&diagnostic.location.path), &diagnostic.location);
            let elsewhere = elsewhere(diagnostic, texts).map(|places| format!(" ({places})")).unwrap_or_default();
            let message = format!("{}{elsewhere}", diagnostic.message);
            let command = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            };
            let path = property(&format!("{}{}", findings.prefix, diagnostic.location.path));
            write!(out, "::{command} file={path},line={},endLine={},col={}", start.line, end.line, start.column)?;
            // GitHub refuses an end column on several lines.
            if start.line == end.line {
                write!(out, ",endColumn={}", end.column)?;
            }
            writeln!(out, ",title={}::{}", property(&format!("leaklint({})", diagnostic.rule)), data(&message))?;
        }
        Ok(())
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_finding_is_a_command_with_escaped_parts() {
        let mut sample = samples::retainer_chain();
        sample.rename("src/a,b:100%.js");
        sample.diagnostics[0].message = "50%\nmore, yes: really".into();
        assert_eq!(
            sample.print(&Github),
            "::error file=src/a%2Cb%3A100%25.js,line=1,endLine=1,col=7,endColumn=12,title=leaklint(unbounded-collection)::50%25%0Amore, yes: really\n"
        );
    }

    #[test]
    fn a_range_over_several_lines_has_no_end_column() {
        let mut sample = samples::retainer_chain();
        sample.diagnostics[0].location.span.end += 40;
        let printed = sample.print(&Github);
        assert!(printed.starts_with("::error file=src/users.js,line=1,endLine=3,col=7,title="), "{printed}");
    }

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        let mut sample = samples::retainer_chain();
        sample.prefix = "packages/app/";
        assert!(sample.print(&Github).contains("file=packages/app/src/users.js,"));
    }
}

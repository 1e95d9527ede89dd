//! One line a finding, for problem matchers and quick reading.

use std::io::{self, Write};

use super::{Findings, Report, elsewhere, positions, severity_name};
use crate::texts::Texts;

pub struct Concise;

impl Report for Concise {
    fn write(&self, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
        for diagnostic in findings.told() {
            let path = &diagnostic.location.path;
            let (start, _) = positions(&texts.get(path), &diagnostic.location);
            let severity = severity_name(diagnostic.severity);
            let message = diagnostic.message.replace(['\n', '\r'], " ");
            let elsewhere = elsewhere(diagnostic, texts).map(|places| format!(" ({places})")).unwrap_or_default();
            writeln!(out, "{path}:{}:{}: {severity}[{}] {message}{elsewhere}", start.line, start.column, diagnostic.rule)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_finding_is_one_line() {
        let sample = samples::retainer_chain();
        assert_eq!(
            sample.print(&Concise),
            "src/users.js:1:7: error[unbounded-collection] `cache` gets one entry per `id` and nothing ever removes one\n"
        );
    }

    #[test]
    fn columns_count_utf16_units() {
        assert_eq!(samples::wide_line().print(&Concise), "wide.js:1:21: warning[parse-error] here\n");
    }
}

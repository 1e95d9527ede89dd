//! For people: the finding, its retainer chain in the code, what was looked for, and what to do.

use std::io::{self, Write};
use std::sync::Arc;

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::excerpt::{Excerpt, Label, plain};
use super::{Findings, Report, elsewhere, severity_name};
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::texts::Texts;

pub struct Pretty;

const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

impl Report for Pretty {
    fn write(&self, findings: &Findings<'_>, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
        let theme = if findings.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let printer = Printer { handler: GraphicalReportHandler::new_themed(theme).with_context_lines(0), color: findings.color };
        for diagnostic in findings.told() {
            printer.write(diagnostic, texts, out)?;
        }
        writeln!(out, "{}", findings.summary.sentence())
    }
}

struct Printer {
    handler: GraphicalReportHandler,
    color: bool,
}

impl Printer {
    fn write(&self, diagnostic: &Diagnostic, texts: &mut Texts, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.header(diagnostic))?;
        for (path, labels) in by_file(diagnostic) {
            out.write_all(self.draw(&Excerpt::new(&path, &texts.get(&path), labels)).as_bytes())?;
        }
        if let Some(suppressed) = &diagnostic.suppressed {
            let line = texts.get(&suppressed.location.path).line_of(suppressed.location.span.start);
            let reason = suppressed.reason.as_deref().unwrap_or("no reason given");
            writeln!(out, "  suppressed at {}:{line}: {}", suppressed.location.path, plain(reason))?;
        }
        if let Some(elsewhere) = elsewhere(diagnostic, texts) {
            writeln!(out, "  {}", plain(&elsewhere))?;
        }
        for note in &diagnostic.notes {
            writeln!(out, "  {}", plain(note))?;
        }
        if let Some(help) = help(diagnostic) {
            writeln!(out, "  {}help{}: {}", self.style(BOLD), self.style(RESET), plain(&help))?;
        }
        writeln!(out)
    }

    fn header(&self, diagnostic: &Diagnostic) -> String {
        let color = match diagnostic.severity {
            Severity::Error => "\u{1b}[1;31m",
            Severity::Warning => "\u{1b}[1;33m",
            Severity::Info => "\u{1b}[1;36m",
        };
        let severity = severity_name(diagnostic.severity);
        let (on, off) = (self.style(color), self.style(RESET));
        format!("{on}{severity}[{}]{off}: {}{}{off}", diagnostic.rule, self.style(BOLD), plain(&diagnostic.message))
    }

    fn style(&self, code: &'static str) -> &'static str {
        if self.color { code } else { "" }
    }

    /// Only the boxes: the line that miette puts above them is for a message, which stands in the header.
    fn draw(&self, excerpt: &Excerpt) -> String {
        let mut drawn = String::new();
        match self.handler.render_report(&mut drawn, excerpt) {
            Ok(()) => drawn.lines().skip(1).map(|line| format!("{}\n", line.trim_end())).collect(),
            Err(_) => String::new(),
        }
    }
}

/// The labels of each file, the finding's own file first.
fn by_file(diagnostic: &Diagnostic) -> Vec<(Arc<str>, Vec<Label>)> {
    let own = &diagnostic.location;
    let mut files: Vec<(Arc<str>, Vec<Label>)> = vec![(Arc::clone(&own.path), Vec::new())];
    let numbered = diagnostic.related.len() > 1;
    let mut primary_is_labelled = false;
    for (at, related) in diagnostic.related.iter().enumerate() {
        let text = if numbered { format!("{}. {}", at + 1, plain(&related.message)) } else { plain(&related.message) };
        let primary = related.location == *own && !primary_is_labelled;
        primary_is_labelled |= primary;
        let label = Label { span: related.location.span, text: Some(text), primary };
        match files.iter_mut().find(|(path, _)| *path == related.location.path) {
            Some((_, labels)) => add(labels, label),
            None => files.push((Arc::clone(&related.location.path), vec![label])),
        }
    }
    if !primary_is_labelled && let Some((_, labels)) = files.first_mut() {
        add(labels, Label { span: own.span, text: None, primary: true });
    }
    files
}

/// Two labels of one range are drawn as one of several lines, and a mark without words not over a label that starts with it.
fn add(labels: &mut Vec<Label>, label: Label) {
    let same = |it: &&mut Label| it.span == label.span || (label.text.is_none() && it.span.start == label.span.start);
    let Some(other) = labels.iter_mut().find(same) else { return labels.push(label) };
    other.primary |= label.primary;
    if let (Some(text), Some(more)) = (&mut other.text, label.text) {
        *text += &format!("\n{more}");
    }
}

fn help(diagnostic: &Diagnostic) -> Option<String> {
    let fix = diagnostic.fixes.first();
    let text = diagnostic.help.as_deref().or(fix.map(|fix| fix.message.as_str()))?;
    let suffix = match fix.map(|fix| fix.applicability) {
        Some(Applicability::Safe) => " (safe fix)",
        Some(Applicability::Unsafe) => " (unsafe fix)",
        Some(Applicability::Manual) | None => "",
    };
    Some(format!("{text}{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use crate::diagnostic::Category;
    use crate::text::Span;

    #[test]
    fn a_finding_shows_its_chain_in_order() {
        insta::assert_snapshot!(samples::retainer_chain().print(&Pretty), @r"
        error[unbounded-collection]: `cache` gets one entry per `id` and nothing ever removes one
           ╭─[src/users.js:1:7]
         1 │ const cache = new Map();
           ·       ──┬──
           ·         ╰── 1. lives as long as the process: module scope
         2 │
         3 │ export function getUser(id) {
         4 │   if (!cache.has(id)) cache.set(id, fetchUserFromDb(id));
           ·                       ─────────────────┬────────────────
           ·                                        ╰── 3. adds an entry; `id` comes from `req.params`
           ╰────
           ╭─[src/server.js:1:46]
         1 │ app.get('/users/:id', (req, res) => res.json(getUser(req.params.id)));
           ·                                              ───────────┬──────────
           ·                                                         ╰── 2. called for every request
           ╰────
          searched: 3 uses in 2 files: no delete, clear, size check or re-assignment
          help: bound it with an LRU (unsafe fix)

        1 error in 2 files (1,234 lines), 3 skipped: 2 minified, 1 large, 9 ms
        ");
    }

    #[test]
    fn a_finding_without_a_chain_shows_its_place() {
        insta::assert_snapshot!(samples::wide_line().print(&Pretty), @r#"
        warning[parse-error]: here
           ╭─[wide.js:1:21]
         1 │ const s = "日本語 😀"; setInterval(f, 1);
           ·                        ───────────
           ╰────

        1 error in 2 files (1,234 lines), 3 skipped: 2 minified, 1 large, 9 ms
        "#);
    }

    #[test]
    fn a_suppressed_finding_says_where_and_why() {
        let mut sample = samples::suppressed();
        assert!(!sample.print(&Pretty).contains("unbounded-collection"));
        sample.show_suppressed = true;
        assert!(sample.print(&Pretty).contains("\n  suppressed at src/users.js:3: one entry per plugin\n"));
    }

    #[test]
    fn places_that_overlap_or_lie_outside_of_the_text_are_survived() {
        let text = "cache.set(id, id);\n";
        let whole = samples::place("a.js", text, "cache.set(id, id)");
        let mut diagnostic = samples::bare("parse-error", Category::Parse, whole, "all of it");
        for (start, end) in [(0, 5), (0, 0), (6, 17), (10, 12), (18, 19), (19, 19), (90, 95)] {
            let mut location = diagnostic.location.clone();
            location.span = Span::new(start, end);
            diagnostic.related.push(crate::diagnostic::Related { role: crate::diagnostic::Role::Site, location, message: "here".into() });
        }
        let printed = samples::Sample::new(&[("a.js", text)], vec![diagnostic]).print(&Pretty);
        assert!(printed.contains("7. here"), "{printed}");
    }

    #[test]
    fn many_findings_in_one_file_are_all_shown() {
        let text = "setInterval(f, 1);\n".repeat(20_000);
        let finding = |n: u32| {
            let mut location = samples::place("a.js", &text, "setInterval");
            location.span = Span::new(n * 190, n * 190 + 11);
            samples::bare("parse-error", Category::Parse, location, "again")
        };
        let printed = samples::Sample::new(&[("a.js", &text)], (0..2000).map(finding).collect()).print(&Pretty);
        assert!(printed.contains("[a.js:19991:1]"));
    }
}

//! The few lines of a file that a finding points at, as a small text of their own.
//!
//! Long lines are cut around what is pointed at, control characters cannot reach the terminal, and miette, whose own sources scan the file
//! from its start for each label, sees only this.

use std::collections::BTreeMap;
use std::fmt;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::text::{SourceText, Span};

/// As many lines between two labels are shown rather than left out.
const GAP: u32 = 2;
/// Characters of a line that are shown.
const WIDTH: usize = 160;
/// Characters in front of a label that are shown of a long line.
const LEAD: usize = 40;
const CUT: &str = "…";

/// A place to point at.
pub struct Label {
    pub span: Span,
    pub text: Option<String>,
    pub primary: bool,
}

/// A text of chosen lines with labels, for miette to draw.
pub struct Excerpt {
    name: String,
    text: String,
    lines: Vec<Line>,
    labels: Vec<Placed>,
}

struct Line {
    number: u32,
    /// Where it starts in the excerpt's text.
    start: usize,
}

struct Placed {
    span: LabeledSpan,
    /// In the file, 1-based.
    column: u32,
}

impl Excerpt {
    pub fn new(name: &str, source: &SourceText, labels: Vec<Label>) -> Self {
        let mut excerpt = Self { name: plain(name), text: String::new(), lines: Vec::new(), labels: Vec::new() };
        let mut by_line: BTreeMap<u32, Vec<Label>> = BTreeMap::new();
        for label in labels {
            by_line.entry(source.line_of(label.span.start).max(1)).or_default().push(label);
        }
        let mut shown: Option<u32> = None;
        for (number, mut labels) in by_line {
            if let Some(last) = shown.filter(|last| number - last - 1 <= GAP) {
                (last + 1..number).for_each(|between| excerpt.push_line(source, between, &[]));
            }
            labels.sort_by_key(|label| (label.span.start, label.span.end));
            excerpt.push_line(source, number, &labels);
            shown = Some(number);
        }
        excerpt
    }

    fn push_line(&mut self, source: &SourceText, number: u32, labels: &[Label]) {
        let start = self.text.len();
        self.lines.push(Line { number, start });
        let window = Window::new(source, number, labels.first().map(|label| label.span.start));
        window.write(&mut self.text);
        let end = self.text.len();
        self.text.push('\n');
        for label in labels {
            let from = (start + window.offset(label.span.start)).min(end);
            // An empty range is shown at the character it stands before, which may be the line's end.
            let least = from + self.text[from..].chars().next().map_or(1, char::len_utf8);
            let to = (start + window.offset(label.span.end)).clamp(least, end.max(least));
            let span = (from, to - from);
            let span = match label.primary {
                true => LabeledSpan::new_primary_with_span(label.text.clone(), span),
                false => LabeledSpan::new_with_span(label.text.clone(), span),
            };
            self.labels.push(Placed { span, column: source.position(label.span.start).column });
        }
    }

    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }
}

/// The part of a line that is shown.
struct Window<'a> {
    text: &'a str,
    /// In the file.
    start: u32,
    cut_before: bool,
    cut_after: bool,
}

impl<'a> Window<'a> {
    fn new(source: &'a SourceText, number: u32, first: Option<u32>) -> Self {
        let span = source.line_span(number);
        let line = source.slice(span);
        let focus = first.map_or(0, |first| first.saturating_sub(span.start) as usize);
        let focus = floor_boundary(line, focus);
        let is_long = line.char_indices().nth(WIDTH).is_some();
        let from = match line[..focus].char_indices().rev().nth(LEAD) {
            Some((at, _)) if is_long => at,
            _ => 0,
        };
        let shown = &line[from..];
        let length = shown.char_indices().nth(WIDTH).map_or(shown.len(), |(at, _)| at);
        Self { text: &shown[..length], start: span.start + from as u32, cut_before: from > 0, cut_after: length < shown.len() }
    }

    fn write(&self, out: &mut String) {
        out.push_str(if self.cut_before { CUT } else { "" });
        out.extend(self.text.chars().map(visible));
        out.push_str(if self.cut_after { CUT } else { "" });
    }

    /// Where an offset of the file stands in what `write` writes.
    fn offset(&self, offset: u32) -> usize {
        let lead = if self.cut_before { CUT.len() } else { 0 };
        let before = floor_boundary(self.text, offset.saturating_sub(self.start) as usize);
        lead + self.text[..before].chars().map(|c| visible(c).len_utf8()).sum::<usize>()
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Control characters could rewrite what the terminal shows; tabs are laid out by miette.
fn visible(c: char) -> char {
    if c != '\t' && (c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
        '\u{FFFD}'
    } else {
        c
    }
}

/// Text for the terminal, on one line.
pub fn plain(text: &str) -> String {
    text.chars().map(visible).collect()
}

impl SourceCode for Excerpt {
    fn read_span<'a>(&'a self, span: &SourceSpan, _: usize, _: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (from, to) = (span.offset(), span.offset() + span.len());
        if to > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let (first, last) = (self.line_at(from), self.line_at(to.saturating_sub(1).max(from)));
        let (Some(first_line), Some(last_line)) = (self.lines.get(first), self.lines.get(last)) else {
            return Err(MietteError::OutOfBounds);
        };
        let end = self.lines.get(last + 1).map_or(self.text.len(), |line| line.start);
        let data = self.text.as_bytes().get(first_line.start..end).unwrap_or_default();
        let column = self.labels.iter().find(|label| label.span.inner() == span).map_or(0, |label| label.column as usize - 1);
        // Miette draws two labels in one box when the lines of the first reach the second: the gap counts as theirs.
        let reach = last_line.number - first_line.number + 1 + GAP;
        let covered = SourceSpan::from((first_line.start, data.len()));
        let line = first_line.number as usize - 1;
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, covered, line, column, reach as usize)))
    }
}

impl miette::Diagnostic for Excerpt {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().map(|label| label.span.clone())))
    }
}

impl std::error::Error for Excerpt {}

impl fmt::Display for Excerpt {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, parts: &[&str]) -> Excerpt {
        let source = SourceText::new(text.as_bytes().to_vec());
        let labels = parts.iter().map(|part| {
            let start = text.find(part).expect("the text holds the part") as u32;
            Label { span: Span::new(start, start + part.len() as u32), text: None, primary: false }
        });
        Excerpt::new("a.js", &source, labels.collect())
    }

    fn pointed(excerpt: &Excerpt) -> Vec<&str> {
        let slice = |label: &Placed| &excerpt.text[label.span.offset()..label.span.offset() + label.span.len()];
        excerpt.labels.iter().map(slice).collect()
    }

    #[test]
    fn only_lines_with_labels_and_small_gaps_are_kept() {
        let text = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
        let excerpt = excerpt(text, &["one", "three", "eight"]);
        assert_eq!(excerpt.text, "one\ntwo\nthree\neight\n");
        assert_eq!(excerpt.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1, 2, 3, 8]);
        assert_eq!(pointed(&excerpt), ["one", "three", "eight"]);
    }

    #[test]
    fn a_long_line_is_cut_around_the_label() {
        let text = format!("{}setInterval(f);{}", "é".repeat(5000), "y".repeat(5000));
        let excerpt = excerpt(&text, &["setInterval"]);
        assert_eq!(pointed(&excerpt), ["setInterval"]);
        assert!(excerpt.text.starts_with("…é") && excerpt.text.ends_with("y…\n"));
        assert_eq!(excerpt.text.trim_end().chars().count(), WIDTH + 2);
        assert_eq!(excerpt.labels[0].column, 5001);
    }

    #[test]
    fn a_label_beyond_the_cut_points_at_the_cut() {
        let text = format!("first;{}last;", "y".repeat(500));
        assert_eq!(pointed(&excerpt(&text, &["first", "last"])), ["first", "…"]);
    }

    #[test]
    fn a_range_over_lines_is_shown_on_its_first() {
        assert_eq!(pointed(&excerpt("a\nbcd(\r\n  e)\n", &["cd(\r\n  e)"])), ["cd("]);
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(excerpt("a\u{1b}[2J\tb\u{202E}c", &["a"]).text, "a\u{FFFD}[2J\tb\u{FFFD}c\n");
    }

    #[test]
    fn an_empty_file_can_be_pointed_at() {
        let source = SourceText::new(Vec::new());
        let excerpt = Excerpt::new("a.js", &source, vec![Label { span: Span::default(), text: None, primary: true }]);
        assert_eq!(pointed(&excerpt), ["\n"]);
    }
}

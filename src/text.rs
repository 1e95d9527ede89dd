//! Positions in files as they are on disk.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// A half-open range of bytes of the file as it is on disk (a BOM counts).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// A place as editors and SARIF count: 1-based line, 1-based column in UTF-16 code units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// One file's text with its line table.
///
/// Bytes that are not UTF-8 are replaced one for one by `?`, so every offset of the text is an offset of the file.
#[derive(Debug, Clone)]
pub struct SourceText {
    text: String,
    /// Most files are never asked for a line.
    line_starts: OnceLock<Vec<u32>>,
    bom: bool,
    invalid_bytes: u32,
    /// The UTF-16 code units before each stride of bytes: made for the first place that is far into its line.
    units: OnceLock<Vec<u32>>,
}

/// Bytes that are counted at most for one place.
const STRIDE: usize = 1024;
const BOM: &[u8] = b"\xEF\xBB\xBF";

impl SourceText {
    pub fn new(bytes: Vec<u8>) -> Self {
        let bom = bytes.starts_with(BOM);
        let (text, invalid_bytes) = decode(bytes);
        Self { text, line_starts: OnceLock::new(), bom, invalid_bytes, units: OnceLock::new() }
    }

    /// The whole file, a byte order mark included.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn has_bom(&self) -> bool {
        self.bom
    }

    /// How many bytes were not UTF-8 and were replaced.
    pub fn invalid_bytes(&self) -> u32 {
        self.invalid_bytes
    }

    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| line_starts(self.text.as_bytes()))
    }

    /// The 1-based line that holds the byte at `offset`.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= offset) as u32
    }

    /// The line that holds the byte at `offset`, its terminator left out: without the table of all lines.
    pub fn line_around(&self, offset: u32) -> Span {
        let bytes = self.text.as_bytes();
        let at = (offset as usize).min(bytes.len());
        let mut start = memchr::memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
        // Between the two bytes of a line's end the line has not ended yet.
        if bytes.get(at) == Some(&b'\n') && start == at && at > 0 && bytes[at - 1] == b'\r' {
            start = memchr::memrchr2(b'\n', b'\r', &bytes[..at - 1]).map_or(0, |end| end + 1);
            return Span::new(start as u32, at as u32 - 1);
        }
        let end = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        Span::new(start as u32, end as u32)
    }

    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// The bytes of a 1-based line, its terminator left out.
    pub fn line_span(&self, line: u32) -> Span {
        let index = (line.max(1) - 1) as usize;
        let start = self.line_starts().get(index).copied().unwrap_or(self.text.len() as u32);
        let end = self.line_starts().get(index + 1).copied().unwrap_or(self.text.len() as u32);
        let raw = self.slice(Span::new(start, end));
        Span::new(start, start + raw.trim_end_matches(['\n', '\r']).len() as u32)
    }

    pub fn position(&self, offset: u32) -> Position {
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_of(offset as u32).max(1);
        let mut start = self.line_starts()[(line - 1) as usize] as usize;
        if line == 1 && self.bom {
            start = BOM.len().min(offset);
        }
        let column = if offset < start + STRIDE {
            self.text.get(start..offset).map_or(0, |before| utf16_units(before.as_bytes()))
        } else {
            self.units_before(offset) - self.units_before(start)
        };
        Position { line, column: column + 1 }
    }

    /// The UTF-16 code units before an offset, counted from the last stride on.
    fn units_before(&self, offset: usize) -> u32 {
        let bytes = self.text.as_bytes();
        let units = self.units.get_or_init(|| {
            let mut before = 0;
            let counts = bytes.chunks(STRIDE).map(|chunk| {
                let here = before;
                before += utf16_units(chunk);
                here
            });
            counts.collect()
        });
        let stride = (offset / STRIDE).min(units.len().saturating_sub(1));
        units.get(stride).copied().unwrap_or_default() + utf16_units(bytes.get(stride * STRIDE..offset).unwrap_or_default())
    }
}

/// A character has one unit for the byte that begins it, and a second one if it takes four bytes.
fn utf16_units(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&byte| u32::from(byte & 0xC0 != 0x80) + u32::from(byte >= 0xF0)).sum()
}

fn decode(bytes: Vec<u8>) -> (String, u32) {
    let mut bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, 0),
        Err(error) => error.into_bytes(),
    };
    let mut bad = 0;
    let mut done = 0;
    while let Err(error) = std::str::from_utf8(&bytes[done..]) {
        let start = done + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |len| start + len);
        bytes[start..end].fill(b'?');
        bad += (end - start) as u32;
        done = end;
    }
    (String::from_utf8_lossy(&bytes).into_owned(), bad)
}

/// How many lines a text has.
pub fn count_lines(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let is_end = |at: &usize| bytes.get(at + 1) != Some(&b'\n');
    let returns = memchr::memchr_iter(b'\r', bytes).filter(is_end).count();
    (feeds + returns) as u32 + u32::from(!text.is_empty() && !text.ends_with(['\n', '\r']))
}

/// A line ends at LF, CRLF or CR, as in LSP and SARIF.
fn line_starts(bytes: &[u8]) -> Vec<u32> {
    let mut starts = vec![0];
    for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
        if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
            continue;
        }
        starts.push(at as u32 + 1);
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_utf16_units_and_offsets_are_bytes() {
        let line = "const s = \"日本語 😀\"; setInterval(f, 1);";
        let text = SourceText::new(line.as_bytes().to_vec());
        let at = line.find("setInterval").expect("the call is in the line") as u32;
        assert_eq!(text.position(at), Position { line: 1, column: 21 });
    }

    #[test]
    fn places_far_into_a_line_are_counted_alike() {
        let line = "a;日😀\u{301}é".repeat(1000);
        let text = SourceText::new(format!("\u{feff}first\n{line}\nlast").into_bytes());
        let start = text.text().find(&line).expect("the line is there");
        for (at, _) in line.char_indices().step_by(97) {
            let column = line[..at].encode_utf16().count() as u32 + 1;
            assert_eq!(text.position((start + at) as u32), Position { line: 2, column });
        }
        assert_eq!(text.position((start + line.len() + 1) as u32), Position { line: 3, column: 1 });
    }

    #[test]
    fn a_line_ends_at_lf_crlf_and_cr() {
        let text = SourceText::new(b"a\nb\r\nc\rd\xE2\x80\xA8e".to_vec());
        let counts = ["", "a", "a\n", "a\r\nb", "\r\r\n\n", "a\rb\r", "a\nb\r\nc\rd"].map(count_lines);
        assert_eq!(counts, [0, 1, 1, 2, 3, 2, 4]);
        for offset in 0..12 {
            assert_eq!(text.line_around(offset), text.line_span(text.line_of(offset)), "{offset}");
        }
        assert_eq!(text.line_of(5), 3);
        assert_eq!(text.slice(text.line_span(2)), "b");
    }

    #[test]
    fn a_bom_counts_as_bytes_and_not_as_a_column() {
        let text = SourceText::new(b"\xEF\xBB\xBFlet a;".to_vec());
        assert_eq!(text.position(3), Position { line: 1, column: 1 });
        assert_eq!(text.position(7), Position { line: 1, column: 5 });
    }

    #[test]
    fn bytes_that_are_not_utf8_move_nothing() {
        let text = SourceText::new(b"// \xFF\xFE\nlet a;".to_vec());
        assert_eq!(text.invalid_bytes(), 2);
        assert_eq!(text.position(6), Position { line: 2, column: 1 });
    }
}

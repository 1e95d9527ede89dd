//! How deep a script nests, told from its bytes before anything recurses over it.
//!
//! One pass: each operator, bracket and keyword that can carry another level counts one, and a bracket that closes hands the height of its inside on
//! to what it is an operand of. The count starts again where a statement or a list element does. Where that is not certain it goes on, so that the
//! estimate errs upwards.

/// Where the nesting first exceeds `limit`, if it does.
pub(super) fn too_deep(text: &[u8], limit: u32) -> Option<u32> {
    // A level takes a byte; more closely, a sign or a keyword. So most files need no closer look.
    let limit_of_signs = limit as usize;
    let is_flat = || signs(text) + words(text) <= limit_of_signs && brackets(text) <= limit_of_signs;
    // A longer file has more of them nearly always.
    if text.len() <= limit_of_signs || text.len() / 4 <= limit_of_signs && is_flat() {
        return None;
    }
    let mut scanner = Scanner { text, at: 0, top: Level::default(), outer: Vec::new(), last: Last::Operator, new_line: false, limit };
    // What comes last adds too few levels, unless it begins deep inside.
    let few = limit_of_signs / 4 * 3;
    let found = scanner.run(tail(text, few));
    if found.is_some() || scanner.deepest() + few <= limit_of_signs { found } else { scanner.run(text.len()) }
}

/// From where on a text has no more than so many signs and keywords that can carry a level, nor brackets that open.
fn tail(text: &[u8], most: usize) -> usize {
    let (mut start, mut left) = (text.len(), most);
    for part in text.rchunks(8 * CHUNK) {
        match left.checked_sub((signs(part) + words(part)).max(brackets(part))) {
            Some(rest) => (start, left) = (start - part.len(), rest),
            None => break,
        }
    }
    start
}

/// Bytes whose counts are added up in one byte: whole vectors.
const CHUNK: usize = 192;

/// How many brackets open.
fn brackets(text: &[u8]) -> usize {
    let opens = |byte: u8| (byte == b'(') | (byte == b'[') | (byte == b'{');
    let in_chunk = |chunk: &[u8]| chunk.iter().fold(0u8, |count, &byte| count + u8::from(opens(byte)));
    text.chunks(CHUNK).map(|chunk| usize::from(in_chunk(chunk))).sum()
}

/// How many bytes are punctuation that can carry a level, counted in a way that compiles to vector instructions. Of brackets, those that close.
fn signs(text: &[u8]) -> usize {
    let is_quiet = |byte: u8| {
        let separates = (byte == b',') | (byte == b';') | (byte == b'"') | (byte == b'\'') | (byte == b'`');
        separates | (byte == b'_') | (byte == b'$') | (byte == b'(') | (byte == b'[') | (byte == b'{')
    };
    let is_sign =
        |byte: u8| (byte > b' ') & !byte.is_ascii_digit() & !(byte | 0x20).wrapping_sub(b'a').le(&25) & (byte < 0x80) & !is_quiet(byte);
    let in_chunk = |chunk: &[u8]| chunk.iter().fold(0u8, |count, &byte| count + u8::from(is_sign(byte)));
    text.chunks(CHUNK).map(|chunk| usize::from(in_chunk(chunk))).sum()
}

/// How many words begin that may be keywords: with a small letter, behind no letter or dot. Counted in the same way.
fn words(text: &[u8]) -> usize {
    let begins = |before: u8, byte: u8| byte.wrapping_sub(b'a').le(&25) & !(before | 0x20).wrapping_sub(b'a').le(&25) & (before != b'.');
    let in_chunk =
        |before: &[u8], chunk: &[u8]| before.iter().zip(chunk).fold(0u8, |count, (&before, &byte)| count + u8::from(begins(before, byte)));
    let behind = text.get(1..).unwrap_or_default();
    1 + text.chunks(CHUNK).zip(behind.chunks(CHUNK)).map(|(before, chunk)| usize::from(in_chunk(before, chunk))).sum::<usize>()
}

const IS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        table[byte] = ascii.is_ascii_alphanumeric() || matches!(ascii, b'_' | b'$' | b'#' | b'\\' | 0x80..);
        byte += 1;
    }
    table
};

/// What is inside one pair of brackets.
#[derive(Default, Clone, Copy)]
struct Level {
    /// The height of the expression or statement being read.
    height: u32,
    /// The height of the highest before it.
    highest: u32,
    is_template: bool,
    /// Stands behind `if`, `for`, `while` or `with`: a statement follows.
    is_head: bool,
    /// Holds JSX, in whose text a comma or a word separates nothing.
    has_jsx: bool,
}

/// What was read last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Operator,
    /// `if`, `for`, `while`, `with`.
    HeadKeyword,
    /// `of`, `as` and the like, which may be names too.
    Contextual,
    Operand,
    Brace,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    top: Level,
    /// The levels around it.
    outer: Vec<Level>,
    last: Last,
    /// Whether a line ended since.
    new_line: bool,
    limit: u32,
}

impl Scanner<'_> {
    /// Reads on to what begins at `end` or behind it.
    fn run(&mut self, end: usize) -> Option<u32> {
        let part = self.text.get(..end).unwrap_or_default();
        while let Some(&byte) = part.get(self.at) {
            let start = self.at;
            self.at += 1;
            let deep = match byte {
                _ if IS_WORD[usize::from(byte)] => self.word(start),
                b' ' | b'\t' => false,
                b'\r' | b'\n' => {
                    self.new_line = true;
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    self.at += rest.iter().take_while(|byte| **byte == b' ').count();
                    false
                }
                b'(' | b'[' | b'{' => self.open(byte, false),
                b')' | b']' | b'}' => self.close(byte),
                b';' | b',' => self.separate(),
                b'"' | b'\'' => self.string(byte),
                b'`' => self.template(),
                b'/' => self.slash(),
                b'<' => self.less(),
                _ => self.sign(byte),
            };
            if deep {
                return Some(start as u32);
            }
        }
        None
    }

    /// The height of the highest that is open.
    fn deepest(&self) -> usize {
        let heights = self.outer.iter().chain([&self.top]).map(|level| level.height.max(level.highest) as usize);
        heights.max().unwrap_or_default().max(self.outer.len())
    }

    /// One more level around, or upon, what is being read.
    fn grow(&mut self) -> bool {
        self.top.height += 1;
        self.top.height > self.limit
    }

    fn operator(&mut self) -> bool {
        self.read(Last::Operator);
        self.grow()
    }

    /// An operator of one, two or three signs. Signs that can stand beside their like as operators of their own (`!!`, `--`) count one by one.
    fn sign(&mut self, sign: u8) -> bool {
        while let Some(&next) = self.text.get(self.at)
            && (next == b'=' || (next == sign && matches!(sign, b'|' | b'&' | b'?' | b'*' | b'.')) || (sign == b'=' && next == b'>'))
        {
            self.at += 1;
        }
        self.operator()
    }

    fn read(&mut self, last: Last) {
        self.last = last;
        self.new_line = false;
    }

    fn less(&mut self) -> bool {
        let opens = self.text.get(self.at).is_some_and(|&next| next == b'>' || next.is_ascii_alphabetic());
        if opens && matches!(self.last, Last::Operator | Last::HeadKeyword) {
            self.top.has_jsx = true;
        }
        if self.text.get(self.at) == Some(&b'<') {
            self.at += 1;
        }
        self.operator()
    }

    fn open(&mut self, bracket: u8, is_template: bool) -> bool {
        let is_head = bracket == b'(' && self.last == Last::HeadKeyword;
        self.read(Last::Operator);
        self.outer.push(self.top);
        self.top = Level { is_template, is_head, ..Level::default() };
        self.outer.len() as u32 > self.limit
    }

    fn close(&mut self, bracket: u8) -> bool {
        let inner = self.top;
        self.top = self.outer.pop().unwrap_or_default();
        self.read(match bracket {
            b'}' => Last::Brace,
            _ if inner.is_head => Last::Operator,
            _ => Last::Operand,
        });
        self.top.height = self.top.height.max(inner.height.max(inner.highest));
        let deep = self.grow();
        if inner.is_template { self.template() || deep } else { deep }
    }

    fn separate(&mut self) -> bool {
        self.read(Last::Operator);
        self.start_again();
        false
    }

    fn start_again(&mut self) {
        if !self.top.has_jsx {
            self.top.highest = self.top.highest.max(self.top.height);
            self.top.height = 0;
        }
    }

    /// An operand begins. Behind another operand it begins a statement, as no semicolon is needed after a brace or a line.
    fn operand(&mut self) {
        if self.last == Last::Brace || (self.last == Last::Operand && self.new_line) {
            self.start_again();
        }
        self.read(Last::Operand);
    }

    fn string(&mut self, quote: u8) -> bool {
        self.operand();
        while let Some(rest) = self.text.get(self.at..) {
            let Some(length) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
                self.at = self.text.len();
                break;
            };
            self.at += length;
            match rest[length] {
                b'\\' => self.at += 2,
                // A string does not go on past its line: this quote was no string (it may be text in JSX).
                b'\n' => break,
                _ => {
                    self.at += 1;
                    break;
                }
            }
        }
        false
    }

    /// Reads the text of a template up to its end or its next expression.
    fn template(&mut self) -> bool {
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => {
                    self.read(Last::Operand);
                    return false;
                }
                b'$' if self.text.get(self.at) == Some(&b'{') => {
                    self.at += 1;
                    return self.open(b'{', true);
                }
                _ => {}
            }
        }
        false
    }

    fn slash(&mut self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.first() {
            Some(b'/') => self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
            Some(b'*') => self.at += memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2),
            _ if matches!(self.last, Last::Operand | Last::Brace | Last::Contextual) => return self.operator(),
            _ => {
                self.at += regex_length(rest);
                self.read(Last::Operand);
            }
        }
        false
    }

    fn word(&mut self, start: usize) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|byte| !IS_WORD[usize::from(*byte)]).unwrap_or(rest.len());
        let word = self.text.get(start..self.at).unwrap_or_default();
        // `a.default` is a property.
        let is_property = start.checked_sub(1).and_then(|before| self.text.get(before)) == Some(&b'.');
        if is_property || !matches!(word.len(), 2..=10) {
            self.operand();
            return false;
        }
        match word {
            // These go on with what stands before them.
            b"else" | b"in" | b"instanceof" | b"extends" => self.operator(),
            b"of" | b"as" | b"satisfies" | b"keyof" | b"infer" | b"readonly" => {
                self.read(Last::Contextual);
                self.grow()
            }
            b"if" | b"for" | b"while" | b"with" => {
                self.operand();
                self.read(Last::HeadKeyword);
                self.grow()
            }
            b"await" if self.last == Last::HeadKeyword => self.grow(),
            b"do" | b"new" | b"typeof" | b"void" | b"delete" | b"await" | b"yield" | b"return" | b"throw" | b"case" | b"default" => {
                self.operand();
                self.operator()
            }
            _ => {
                self.operand();
                false
            }
        }
    }
}

/// How long a regular expression is behind its slash; nothing if it does not end on its line.
fn regex_length(rest: &[u8]) -> usize {
    let mut in_class = false;
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        at += 1;
        match byte {
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return at,
            b'\n' | b'\r' => return 0,
            _ => {}
        }
    }
    0
}

//! Tokens of a script, told from its bytes as far as brackets, names and strings go. Where that is not certain it gives up.

/// What a byte starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Token {
    /// Its hash.
    Word(u32),
    String,
    /// A number, a regular expression.
    Literal,
    /// The rest of a template: behind its last expression, or all of it.
    TemplateEnd,
    /// `${`.
    TemplateOpen,
    Open(u8),
    Close(u8),
    /// `.` or `?.`.
    Dot,
    Comma,
    Semicolon,
    Colon,
    /// `=`, `||=`, `??=`, `&&=`.
    Assign,
    /// `+=` and its like.
    Update,
    /// `++`, `--`.
    Step,
    Arrow,
    /// `||`, `&&`, `??`.
    Logical,
    Question,
    Spread,
    Bang,
    Other,
}

/// What was read before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Before {
    /// An operand follows.
    Operator,
    Operand,
    /// `)` of `if (...)` and its like: a statement follows.
    Head,
    Brace,
    Dot,
}

const WORD: u8 = 1;
const DIGIT: u8 = 2;
const SPACE: u8 = 4;

const CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let ascii = byte as u8;
        table[byte] = if ascii.is_ascii_digit() {
            DIGIT
        } else if ascii.is_ascii_alphabetic() || matches!(ascii, b'_' | b'$' | b'#' | b'@' | 0x80..) {
            WORD
        } else if matches!(ascii, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C) {
            SPACE
        } else {
            0
        };
        byte += 1;
    }
    table
};

pub(super) struct Tokens<'a> {
    pub text: &'a [u8],
    pub at: usize,
    pub start: usize,
    /// Whether a line ended before the token.
    pub new_line: bool,
    pub may_be_jsx: bool,
}

/// The text is not what was expected: only a parser can tell.
pub(super) struct Unsure;

/// Eight bytes are mixed at once: a multiplication for each would be most of the time that a word takes.
pub(super) const fn hash(word: &[u8]) -> u32 {
    let (mut mixed, mut gathered) = (0, 0);
    let mut at = 0;
    while at < word.len() {
        if at > 0 && at.is_multiple_of(8) {
            mixed = mix(mixed, gathered);
            gathered = 0;
        }
        gathered = gathered << 8 | word[at] as u64;
        at += 1;
    }
    (mix(mixed, gathered) >> 32) as u32
}

const fn mix(mixed: u64, gathered: u64) -> u64 {
    (mixed.rotate_left(5) ^ gathered).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The same of a word that stands in a text: eight bytes are read at once, where there are as many.
fn hash_within(text: &[u8], start: usize, end: usize) -> u32 {
    let (mut mixed, mut at) = (0, start);
    while end - at > 8 {
        let Some(chunk) = text[at..].first_chunk() else { return hash(&text[start..end]) };
        mixed = mix(mixed, u64::from_be_bytes(*chunk));
        at += 8;
    }
    match text[at..].first_chunk() {
        Some(chunk) if end > at => (mix(mixed, u64::from_be_bytes(*chunk) >> (64 - 8 * (end - at))) >> 32) as u32,
        _ => hash(&text[start..end]),
    }
}

impl<'a> Tokens<'a> {
    pub fn new(text: &'a [u8], may_be_jsx: bool) -> Self {
        let at = if text.starts_with(b"#!") { memchr::memchr(b'\n', text).unwrap_or(text.len()) } else { 0 };
        Self { text, at, start: 0, new_line: false, may_be_jsx }
    }

    pub fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    pub fn slice(&self) -> &'a [u8] {
        self.text.get(self.start..self.at).unwrap_or_default()
    }

    /// The hash of what stands in the quotes of this string, but for its first bytes.
    pub fn hash_of_quoted(&self, skipped: usize) -> u32 {
        let start = self.start + 1 + skipped;
        hash_within(self.text, start, (self.at - 1).max(start))
    }

    /// The next byte that is neither white space nor a comment's.
    #[inline]
    pub fn peek(&self) -> u8 {
        match self.byte(self.at) {
            byte if CLASS[usize::from(byte)] == SPACE || byte == b'/' => self.rest_behind_space().first().copied().unwrap_or(0),
            byte => byte,
        }
    }

    /// What comes after white space and comments.
    #[inline]
    pub fn rest(&self) -> &'a [u8] {
        match self.byte(self.at) {
            byte if CLASS[usize::from(byte)] == SPACE || byte == b'/' => self.rest_behind_space(),
            _ => self.text.get(self.at..).unwrap_or_default(),
        }
    }

    fn rest_behind_space(&self) -> &'a [u8] {
        let mut at = self.at;
        loop {
            while CLASS[usize::from(self.byte(at))] == SPACE {
                at += 1;
            }
            let rest = self.text.get(at..).unwrap_or_default();
            at += match rest {
                [b'/', b'/', ..] => memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
                [b'/', b'*', ..] => memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2),
                _ => return rest,
            };
        }
    }

    #[inline(always)]
    pub fn next(&mut self, before: Before) -> Result<Option<Token>, Unsure> {
        self.new_line = false;
        loop {
            let Some(&byte) = self.text.get(self.at) else { return Ok(None) };
            self.start = self.at;
            let class = CLASS[usize::from(byte)];
            if class == WORD {
                return Ok(Some(self.word()));
            }
            self.at += 1;
            if class == SPACE {
                if byte == b'\n' || byte == b'\r' {
                    self.new_line = true;
                    // What indents the next line.
                    while self.text[self.at..].starts_with(b"    ") {
                        self.at += 4;
                    }
                }
                continue;
            }
            if class == DIGIT {
                self.number();
                return Ok(Some(Token::Literal));
            }
            if byte == b'/' {
                match self.slash(before)? {
                    Some(token) => return Ok(Some(token)),
                    None => continue,
                }
            }
            return self.sign(byte, before).map(Some);
        }
    }

    fn word(&mut self) -> Token {
        let rest = &self.text[self.start..];
        let length = rest.iter().position(|&byte| CLASS[usize::from(byte)] & (WORD | DIGIT) == 0).unwrap_or(rest.len());
        self.at = self.start + length;
        Token::Word(hash_within(self.text, self.start, self.at))
    }

    fn number(&mut self) {
        while let Some(&byte) = self.text.get(self.at)
            && (CLASS[usize::from(byte)] & (WORD | DIGIT) != 0 || byte == b'.' && self.byte(self.at + 1) != b'.')
        {
            self.at += 1;
        }
    }

    fn slash(&mut self, before: Before) -> Result<Option<Token>, Unsure> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.first() {
            Some(b'/') => {
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                Ok(None)
            }
            Some(b'*') => {
                let body = rest.get(1..).unwrap_or_default();
                let length = memchr::memmem::find(body, b"*/").ok_or(Unsure)?;
                self.new_line |= memchr::memchr(b'\n', &body[..length]).is_some();
                self.at += length + 3;
                Ok(None)
            }
            _ => match before {
                Before::Operand => Ok(Some(Token::Other)),
                Before::Operator | Before::Head => self.regex().map(Some),
                Before::Brace | Before::Dot => Err(Unsure),
            },
        }
    }

    fn regex(&mut self) -> Result<Token, Unsure> {
        let mut in_class = false;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    while CLASS[usize::from(self.byte(self.at))] == WORD {
                        self.at += 1;
                    }
                    return Ok(Token::Literal);
                }
                b'\n' | b'\r' => return Err(Unsure),
                _ => {}
            }
        }
        Err(Unsure)
    }

    fn string(&mut self, quote: u8) -> Result<Token, Unsure> {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = memchr::memchr3(quote, b'\\', b'\n', rest) else { return Err(Unsure) };
            self.at += length + 1;
            match rest[length] {
                b'\\' => self.at += if self.byte(self.at) == b'\r' && self.byte(self.at + 1) == b'\n' { 2 } else { 1 },
                b'\n' => return Err(Unsure),
                _ => return Ok(Token::String),
            }
        }
    }

    /// Reads a template up to its end or its next expression.
    pub fn template(&mut self) -> Result<Token, Unsure> {
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(length) = memchr::memchr3(b'`', b'\\', b'$', rest) else { return Err(Unsure) };
            self.at += length + 1;
            match rest[length] {
                b'\\' => self.at += 1,
                b'`' => return Ok(Token::TemplateEnd),
                _ if self.byte(self.at) == b'{' => {
                    self.at += 1;
                    return Ok(Token::TemplateOpen);
                }
                _ => {}
            }
        }
    }

    fn take(&mut self, sign: u8) -> bool {
        let is_next = self.byte(self.at) == sign;
        self.at += usize::from(is_next);
        is_next
    }

    fn sign(&mut self, byte: u8, before: Before) -> Result<Token, Unsure> {
        Ok(match byte {
            b'(' | b'[' | b'{' => Token::Open(byte),
            b')' | b']' | b'}' => Token::Close(byte),
            b',' => Token::Comma,
            b';' => Token::Semicolon,
            b':' => Token::Colon,
            b'"' | b'\'' => self.string(byte)?,
            b'`' => self.template()?,
            b'.' => self.dot(),
            b'=' => self.equals(),
            b'?' => self.question(),
            b'|' | b'&' => self.logical(byte),
            b'!' => {
                if self.take(b'=') {
                    self.take(b'=');
                    Token::Other
                } else {
                    Token::Bang
                }
            }
            b'+' | b'-' if self.take(byte) => Token::Step,
            b'<' => self.less(before)?,
            // Names with escapes, and what is no script.
            b'\\' | 0 => return Err(Unsure),
            _ => self.operator(byte),
        })
    }

    fn less(&mut self, before: Before) -> Result<Token, Unsure> {
        let next = self.byte(self.at);
        let opens = next == b'>' || next == b'/' || CLASS[usize::from(next)] == WORD;
        if self.may_be_jsx && opens && before != Before::Operand {
            return Err(Unsure);
        }
        // `<!--` begins a comment.
        if next == b'!' && self.text.get(self.at + 1..self.at + 3) == Some(b"--") {
            return Err(Unsure);
        }
        Ok(self.operator(b'<'))
    }

    fn dot(&mut self) -> Token {
        if self.byte(self.at) == b'.' && self.byte(self.at + 1) == b'.' {
            self.at += 2;
            return Token::Spread;
        }
        if CLASS[usize::from(self.byte(self.at))] == DIGIT {
            self.number();
            return Token::Literal;
        }
        Token::Dot
    }

    fn equals(&mut self) -> Token {
        if self.take(b'>') {
            return Token::Arrow;
        }
        if self.take(b'=') {
            self.take(b'=');
            return Token::Other;
        }
        Token::Assign
    }

    fn question(&mut self) -> Token {
        if self.byte(self.at) == b'.' && CLASS[usize::from(self.byte(self.at + 1))] != DIGIT {
            self.at += 1;
            return Token::Dot;
        }
        if self.take(b'?') {
            return if self.take(b'=') { Token::Assign } else { Token::Logical };
        }
        Token::Question
    }

    fn logical(&mut self, byte: u8) -> Token {
        if self.take(byte) {
            return if self.take(b'=') { Token::Assign } else { Token::Logical };
        }
        if self.take(b'=') { Token::Update } else { Token::Other }
    }

    /// `+`, `>>=` and their like.
    fn operator(&mut self, byte: u8) -> Token {
        let first = byte;
        while matches!(first, b'*' | b'<' | b'>') && self.take(first) {}
        let is_comparison = matches!(first, b'<' | b'>') && self.at == self.start + 1;
        if self.take(b'=') && !is_comparison { Token::Update } else { Token::Other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_hash_wherever_it_stands() {
        let word = "aReallyLongName_withParts";
        for length in 0..=word.len() {
            for text in [word.to_owned(), format!("{}{word}", &word[..length]), format!("{word} = f(1, 2);")] {
                let start = text.find(&word[..length]).unwrap_or_default();
                assert_eq!(hash_within(text.as_bytes(), start, start + length), hash(&word.as_bytes()[..length]), "{text} {length}");
            }
        }
    }
}

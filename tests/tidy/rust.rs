//! Just enough of Rust's syntax to hold its sources to rules: code without comments, strings and tests; paths; functions.

/// The text with every comment and the inside of every literal blanked out. Lines and columns stay.
pub fn code_of(text: &str) -> String {
    let mut masked = Masked { rest: text, out: String::with_capacity(text.len()) };
    while let Some(first) = masked.rest.chars().next() {
        let length = literal_or_comment(masked.rest, masked.out.chars().next_back());
        match length {
            Some(length) => masked.blank(length),
            None => masked.keep(first.len_utf8()),
        }
    }
    masked.out
}

struct Masked<'a> {
    rest: &'a str,
    out: String,
}

impl Masked<'_> {
    fn keep(&mut self, length: usize) {
        let (head, rest) = self.rest.split_at(length);
        self.out.push_str(head);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (head, rest) = self.rest.split_at(length);
        self.out.extend(head.chars().map(|char| if char == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

/// How long the comment or literal is that begins here, if one does.
fn literal_or_comment(text: &str, before: Option<char>) -> Option<usize> {
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    let starts_word = before.is_none_or(|char| !char.is_alphanumeric() && char != '_');
    let raw = text.trim_start_matches('b').strip_prefix('r').filter(|_| starts_word);
    if let Some(fence) = raw.map(|rest| rest.len() - rest.trim_start_matches('#').len())
        && raw.is_some_and(|rest| rest[fence..].starts_with('"'))
    {
        let close = format!("\"{}", "#".repeat(fence));
        let open = text.find('"')? + 1;
        return Some(text[open..].find(&close).map_or(text.len(), |end| open + end + close.len()));
    }
    match text.chars().next()? {
        '"' => Some(end_of_quoted(text, '"')),
        // `'a'` and `'\n'` are characters, `'a` is a lifetime.
        '\'' if text.starts_with("'\\") || text.chars().nth(2) == Some('\'') => Some(end_of_quoted(text, '\'')),
        _ => None,
    }
}

fn end_of_quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        if char == '\\' {
            chars.next();
        } else if char == quote {
            return at + 1;
        }
    }
    text.len()
}

/// Masked code with the items behind `#[cfg(test)]` blanked out too.
pub fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let end = end_of_item(&out, start);
        let blank: String = out[start..end].chars().map(|char| if char == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}

/// The modules of their own file that only tests see: `#[cfg(test)] mod samples;`.
pub fn test_modules(code: &str) -> Vec<String> {
    let behind = code.split("#[cfg(test)]").skip(1).filter_map(|rest| rest.trim_start().split_once(';'));
    let names = behind.filter_map(|(item, _)| item.trim_start_matches("pub ").strip_prefix("mod ").map(str::to_owned));
    names.filter(|name| name.chars().all(|char| char.is_alphanumeric() || char == '_')).collect()
}

/// Where the item ends that starts here: behind its closing brace, or its semicolon.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0_i32;
    for (at, char) in code[start..].char_indices() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth -= 1,
            '}' if depth == 1 => return start + at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return start + at + 1,
            _ => {}
        }
    }
    code.len()
}

pub fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// Every function with a body: its name, its first line, and how many lines it has.
pub fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let starts_word = !code[..at].chars().next_back().is_some_and(|char| char.is_alphanumeric() || char == '_');
        let name: String = code[at + 3..].chars().take_while(|char| char.is_alphanumeric() || *char == '_').collect();
        if starts_word && !name.is_empty() {
            let end = end_of_item(code, at);
            found.push((name, line_of(code, at), code[at..end].matches('\n').count() + 1));
        }
    }
    found
}

/// Every path that starts with `crate::` or `super::`, taken apart where it ends in braces: its offset and its words.
pub fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = ["crate::", "super::"].iter().filter_map(|word| code[from..].find(word)).min().map(|at| from + at) {
        let starts_word = !code[..at].chars().next_back().is_some_and(|char| char.is_alphanumeric() || char == '_' || char == ':');
        let length = if starts_word { read_path(&code[at..], &[], at, &mut found) } else { 7 };
        from = at + length.max(7);
    }
    found
}

/// Reads one path or tree of paths and returns how long it is.
fn read_path(text: &str, prefix: &[String], offset: usize, found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let mut path = prefix.to_vec();
    let mut at = 0;
    loop {
        let word: String = text[at..].chars().take_while(|char| char.is_alphanumeric() || *char == '_' || *char == '*').collect();
        at += word.len();
        path.push(word);
        if !text[at..].starts_with("::") {
            found.push((offset, path));
            return at;
        }
        at += 2;
        if text[at..].starts_with('<') {
            found.push((offset, path));
            return at;
        }
        if text[at..].starts_with('{') {
            return at + read_tree(&text[at..], &path, offset + at, found);
        }
    }
}

fn read_tree(text: &str, prefix: &[String], offset: usize, found: &mut Vec<(usize, Vec<String>)>) -> usize {
    let mut at = 1;
    while at < text.len() && !text[at..].starts_with('}') {
        let is_word = text[at..].starts_with(|char: char| char.is_alphanumeric() || char == '_' || char == '*');
        at += if is_word { read_path(&text[at..], prefix, offset + at, found).max(1) } else { 1 };
    }
    at + 1
}

#[test]
fn comments_and_literals_are_no_code() {
    let text = "a(\"x \\\" // y\"); // b\nlet c = '\"'; /* d */ e::<'f>(r#\"g \"h\" \"#)";
    let code = code_of(text);
    assert_eq!(code.split_whitespace().collect::<String>(), "a();letc=;e::<'f>()");
    assert_eq!(code.lines().count(), 2);
}

#[test]
fn tests_are_no_code() {
    let code = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c[0]; } }\nfn d() {}\n#[cfg(test)]\nmod samples;";
    assert_eq!(without_tests(code).split_whitespace().collect::<String>(), "fna(){}fnd(){}");
    assert_eq!(test_modules(code), ["samples"]);
}

#[test]
fn functions_are_measured() {
    let code = "impl A {\n    fn a(x: [u8; 2]) -> u8 {\n        b\n    }\n    fn c();\n}";
    assert_eq!(functions(code), [("a".into(), 2, 3), ("c".into(), 5, 1)]);
}

#[test]
fn trees_of_paths_are_taken_apart() {
    let found = paths("use crate::{a::b, c::{self, d}};\nuse super::e::F; crate::g::h(); mycrate::i;");
    let words: Vec<String> = found.into_iter().map(|(_, path)| path.join("::")).collect();
    assert_eq!(words, ["crate::a::b", "crate::c::self", "crate::c::d", "super::e::F", "crate::g::h"]);
}

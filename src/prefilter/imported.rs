//! The names that a text gives to what it imports from its own project. May hold others, and misses none.

use memchr::memmem;

use super::noted::{Name, Named};
use super::tokens::hash;

/// As far as the names of one import reach.
const LONGEST: usize = 4096;
/// As far as the arguments of a call reach.
const MOST: usize = 200;
const DECLARES: &[&[u8]] = &[b"const", b"let", b"var"];

pub(super) fn names(text: &str) -> Vec<Name> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in memmem::find_iter(bytes, b"import") {
        // `import { a, b as c } from './x'`: up to the quote.
        let rest = &bytes[at + 6..bytes.len().min(at + LONGEST)];
        let end = memchr::memchr3(b'\'', b'"', b'(', rest).unwrap_or(rest.len());
        if rest.get(end).is_some_and(|byte| *byte != b'(') && is_own(&rest[end..]) {
            words(&rest[..end], &mut found);
        }
    }
    for at in memmem::find_iter(bytes, b"require") {
        // `const { a, b: c } = require('./x')`: back to what declares it.
        let behind = &bytes[at + 7..bytes.len().min(at + 80)];
        let quote = memchr::memchr2(b'\'', b'"', behind).unwrap_or(behind.len());
        if is_own(&behind[quote..]) {
            let before = &bytes[at.saturating_sub(LONGEST)..at];
            let is_pattern = before.trim_ascii_end().strip_suffix(b"=").is_some_and(|it| it.trim_ascii_end().ends_with(b"}"));
            let start = if is_pattern { memchr::memrchr(b'{', before) } else { declarator(before) };
            words(&before[start.unwrap_or(before.len())..], &mut found);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Where the last declarator begins: behind a comma, or at the word in front of the first one.
fn declarator(text: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b' ', b',', text).rev().find_map(|at| match text[at] {
        b',' => Some(at),
        _ => DECLARES.iter().find(|word| text[..at].ends_with(word)).map(|word| at - word.len()),
    })
}

/// Whether a quoted specifier may mean a file of the project.
fn is_own(quoted: &[u8]) -> bool {
    matches!(quoted.get(1), Some(b'.' | b'#' | b'@' | b'~' | b'/'))
}

fn words(text: &[u8], found: &mut Vec<Name>) {
    found.extend(words_of(text));
}

fn is_part(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80
}

pub(super) fn words_of(text: &[u8]) -> impl Iterator<Item = Name> {
    text.split(|byte| !is_part(byte)).filter(|word| !word.is_empty()).map(hash)
}

/// What stands behind `f(`, `helpers.f(`, `(0, helpers.f)(`, `f<T>(` of these names, as far as arguments usually reach.
pub(super) fn calls<'t>(text: &'t str, names: &[Name]) -> impl Iterator<Item = &'t [u8]> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'(', bytes).filter_map(move |at| {
        let mut before = &bytes[..at];
        if before.ends_with(b">") {
            before = &before[..memchr::memrchr(b'<', before)?];
        }
        before = before.strip_suffix(b")").unwrap_or(before);
        let start = before.iter().rposition(|byte| !is_part(byte) && *byte != b'.').map_or(0, |at| at + 1);
        let first = words_of(&before[start..]).next()?;
        names.binary_search(&first).is_ok().then(|| within(&bytes[at + 1..bytes.len().min(at + 1 + MOST)]))
    })
}

/// The brackets of `f(` and `x.f(`, sorted by the name.
pub(super) fn called(text: &[u8]) -> Vec<(Name, u32)> {
    let calls = memchr::memchr_iter(b'(', text).filter_map(|at| {
        let before = text[..at].trim_ascii_end();
        let start = before.iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
        (start < before.len()).then(|| (hash(&before[start..]), at as u32))
    });
    let mut found: Vec<(Name, u32)> = calls.collect();
    found.sort_unstable();
    found
}

/// What stands behind those of one name.
pub(super) fn calls_of<'t>(text: &'t [u8], called: &[(Name, u32)], callee: Name) -> impl Iterator<Item = &'t [u8]> {
    let from = called.partition_point(|(name, _)| *name < callee);
    let own = called[from..].iter().take_while(move |(name, _)| *name == callee);
    own.map(|&(_, at)| within(&text[at as usize + 1..text.len().min(at as usize + 1 + MOST)]))
}

/// The last names of those arguments that are a name, or a member or an entry of one: `seen`, `this.seen`, `seen[key]`.
pub(super) fn paths(arguments: &[u8]) -> impl Iterator<Item = (Name, Named)> {
    let mut depth = 0;
    let parts = arguments.split(move |byte| {
        depth += i32::from(matches!(byte, b'(' | b'[' | b'{')) - i32::from(matches!(byte, b')' | b']' | b'}'));
        depth == 0 && *byte == b','
    });
    parts.filter_map(|part| {
        let named = part.iter().position(|byte| *byte == b'[').map_or(part, |at| &part[..at]).trim_ascii();
        let is_path = named.iter().all(|byte| is_part(byte) || matches!(byte, b'.' | b'#' | b'?' | b'!'));
        let end = named.iter().rposition(is_part).filter(|_| is_path)? + 1;
        let start = named[..end].iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
        let name = hash(&named[start..end]);
        Some((name, if named.contains(&b'.') { Named::Field } else { Named::Variable }))
    })
}

/// Up to the bracket that closes what the text begins in.
fn within(text: &[u8]) -> &[u8] {
    let mut depth = 0;
    let closes = |byte: &u8| {
        depth += i32::from(matches!(byte, b'(' | b'[' | b'{')) - i32::from(matches!(byte, b')' | b']' | b'}'));
        depth < 0
    };
    &text[..text.iter().position(closes).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_own_modules_are_found_in_every_form() {
        let text = "import a, { b as c } from './x'; import * as d from \"@/y\";\nimport z from 'pkg';\nconst e = require('./e'), { f: g } = require('./f');";
        let found = names(text);
        for name in ["a", "c", "d", "e", "g"] {
            assert!(found.contains(&hash(name.as_bytes())), "{name}");
        }
        assert!(!found.contains(&hash(b"z")));
    }
}

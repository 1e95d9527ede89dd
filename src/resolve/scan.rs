//! What a file's text names as other modules, without parsing it.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::taken::names_of;

/// Longer ones are data, not names of modules.
const LONGEST: usize = 1024;
/// As far as a comment between a keyword and its string is followed, so that a hostile file costs no more than its size.
const LONGEST_COMMENT: usize = 16 << 10;

/// The specifiers of one file, sorted and without duplicates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Specifiers {
    /// A line each: a string literal holds no line break.
    packed: Box<str>,
    /// A line each: the names that are taken of it, with a space between two, or what says that its imports do not tell.
    names: Box<str>,
}

/// No name of JavaScript.
const UNTOLD: &str = "*";

impl Specifiers {
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.packed.lines()
    }

    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Whether something is taken under a name of what a specifier means, if the imports by themselves tell.
    pub fn take(&self, specifier: &str, name: &str) -> Option<bool> {
        let at = self.iter().position(|known| known == specifier)?;
        let names = self.names.split('\n').nth(at).filter(|names| *names != UNTOLD)?;
        Some(names.split(' ').any(|known| known == name))
    }

    /// With where each begins in the packed text.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, &str)> {
        let mut next = 0;
        self.packed.lines().map(move |specifier| {
            let at = next;
            next += specifier.len() as u32 + 1;
            (at, specifier)
        })
    }

    /// The one that begins here in the packed text.
    pub(super) fn at(&self, place: u32) -> &str {
        self.packed.get(place as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }
}

impl<'a> FromIterator<(&'a str, Option<Vec<&'a str>>)> for Specifiers {
    fn from_iter<I: IntoIterator<Item = (&'a str, Option<Vec<&'a str>>)>>(specifiers: I) -> Self {
        let mut found: Vec<(&str, Option<Vec<&str>>)> = specifiers.into_iter().collect();
        found.sort_by_key(|(specifier, _)| *specifier);
        found.dedup_by(|(later, more), (earlier, names)| {
            let is_same = later == earlier;
            if is_same {
                *names = names.take().zip(more.take()).map(|(names, more)| [names, more].concat());
            }
            is_same
        });
        let (mut packed, mut names) = (String::new(), String::new());
        for (at, (specifier, taken)) in found.iter().enumerate() {
            if at > 0 {
                packed.push('\n');
                names.push('\n');
            }
            packed.push_str(specifier);
            for (at, name) in taken.as_deref().unwrap_or(&[UNTOLD]).iter().enumerate() {
                if at > 0 {
                    names.push(' ');
                }
                names.push_str(name);
            }
        }
        Self { packed: packed.into(), names: names.into() }
    }
}

/// Where a keyword may stand, and what reads on from its end to the quote of a specifier.
struct Keyword {
    finder: Finder<'static>,
    word: &'static str,
    quote_after: fn(&[u8], usize) -> Option<usize>,
}

static KEYWORDS: LazyLock<[Keyword; 3]> = LazyLock::new(|| {
    let keyword = |word: &'static str, quote_after| Keyword { finder: Finder::new(word), word, quote_after };
    [keyword("from", after_from), keyword("import", after_import), keyword("require", after_require)]
});

/// The string literals that `import`, `export .. from`, `import(`, `require(` and `require.resolve(` are followed by.
///
/// Comments and strings are not told from code: what stands there is found as well.
pub fn specifiers(text: &str) -> Specifiers {
    written(text).map(|written| (written.specifier, names_of(&written, None))).collect()
}

/// A specifier, and what is in front of it.
pub(super) struct Written<'t> {
    pub specifier: &'t str,
    /// The text up to the keyword.
    pub before: &'t str,
    pub keyword: &'static str,
    /// The text behind the literal.
    pub after: &'t str,
    /// The keyword is a call's name.
    pub is_called: bool,
}

/// Every specifier of a text.
pub(super) fn written(text: &str) -> impl Iterator<Item = Written<'_>> {
    let bytes = text.as_bytes();
    KEYWORDS.iter().flat_map(move |keyword| {
        keyword.finder.find_iter(bytes).filter_map(move |at| {
            // `x.require(` is one as well; `Array.from` is followed by no quote.
            if at.checked_sub(1).is_some_and(|before| is_part_of_name(bytes[before])) {
                return None;
            }
            let quote = (keyword.quote_after)(bytes, at + keyword.word.len())?;
            let is_called = bytes[at + keyword.word.len()..quote].contains(&b'(');
            let specifier = literal(text, quote)?;
            let after = text.get(quote + specifier.len() + 2..)?;
            Some(Written { specifier, before: text.get(..at)?, after, keyword: keyword.word, is_called })
        })
    })
}

pub(super) fn is_part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn after_from(bytes: &[u8], at: usize) -> Option<usize> {
    quote(bytes, gap(bytes, at))
}

/// `import 'x'` and `import('x')`; where a clause stands between, `from` follows.
fn after_import(bytes: &[u8], at: usize) -> Option<usize> {
    let at = gap(bytes, at);
    quote(bytes, at).or_else(|| argument(bytes, at))
}

fn after_require(bytes: &[u8], at: usize) -> Option<usize> {
    let at = gap(bytes, at);
    let rest = bytes.get(at..)?;
    let optional = if rest.starts_with(b"?.(") { 2 } else { 0 };
    if let Some(quote) = argument(bytes, at + optional) {
        return Some(quote);
    }
    if !rest.starts_with(b".") {
        return None;
    }
    let at = gap(bytes, at + 1);
    let method = bytes.get(at..)?.strip_prefix(b"resolve")?;
    argument(bytes, gap(bytes, bytes.len() - method.len()))
}

/// The quote of a call's first argument.
fn argument(bytes: &[u8], at: usize) -> Option<usize> {
    (bytes.get(at) == Some(&b'(')).then(|| gap(bytes, at + 1)).and_then(|at| quote(bytes, at))
}

fn quote(bytes: &[u8], at: usize) -> Option<usize> {
    matches!(bytes.get(at), Some(b'\'' | b'"' | b'`')).then_some(at)
}

/// Past white space and comments.
fn gap(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..bytes.len().min(at + LONGEST_COMMENT)).unwrap_or_default();
        match rest {
            [first, ..] if first.is_ascii_whitespace() => at += rest.iter().take_while(|it| it.is_ascii_whitespace()).count(),
            [b'/', b'*', inner @ ..] => match memchr::memmem::find(inner, b"*/") {
                Some(end) => at += end + 4,
                None => return bytes.len(),
            },
            [b'/', b'/', inner @ ..] => match memchr::memchr2(b'\n', b'\r', inner) {
                Some(end) => at += end + 3,
                None => return bytes.len(),
            },
            _ => return at,
        }
    }
}

/// What stands between this quote and the next one of its kind on the same line.
fn literal(text: &str, quote: usize) -> Option<&str> {
    let bytes = text.as_bytes();
    let inner = bytes.get(quote + 1..(quote + 2 + LONGEST).min(bytes.len()))?;
    let end = memchr::memchr3(*bytes.get(quote)?, b'\n', b'\r', inner)?;
    let specifier = text.get(quote + 1..quote + 1 + end)?;
    let is_whole = inner.get(end) == bytes.get(quote) && !specifier.is_empty();
    (is_whole && !(bytes[quote] == b'`' && specifier.contains("${"))).then_some(specifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        specifiers(text).iter().map(str::to_owned).collect()
    }

    #[test]
    fn every_way_to_name_a_module_is_seen() {
        let text = r#"
            import a from "a1"; import {b} from'a2'; import "a3"; import * as c from 'a4'
            export {d} from /* why */ "a5"; export * from 'a6'; export type {E} from "a7";
            import f = require("b1"); const g = require('b2'), h = module.require ( "b3" );
            require.resolve("b4"); require?.("b5"); require( // first
              'b6');
            await import("c1"); import(/* webpackChunkName: "x" */ 'c2'); import(`c3`); type T = import('c4').T;
            import {
              many,
            } from
              "c5";
        "#;
        let expected = ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "b1", "b2", "b3", "b4", "b5", "b6", "c1", "c2", "c3", "c4", "c5"];
        assert_eq!(found(text), expected);
        assert_eq!(found(r#"import{a}from"x";import"y";export*from"z""#), ["x", "y", "z"]);
    }

    #[test]
    fn other_strings_are_not() {
        let text = "Array.from('a'); x.imports('b'); myrequire('c'); require(`./${d}`); require(e); from('f'); requireActual('g'); import.meta.url";
        assert_eq!(found(text), [""; 0]);
        for torn in
            ["from", "import", "import(", "require('", "from 'a\n'", "import /* never", "require.", "from \"", "import // x", "from ''"]
        {
            assert_eq!(found(torn), [""; 0], "{torn}");
        }
    }

    #[test]
    fn what_imports_take_is_told_unless_they_take_all() {
        let found = specifiers("import { a } from 'x'; import 'y'; const z = require('z'); import { b } from 'x'; import * as w from 'w'");
        let takes = |specifier, name| found.take(specifier, name);
        assert_eq!(
            [takes("x", "a"), takes("x", "b"), takes("x", "c"), takes("y", "a")],
            [Some(true), Some(true), Some(false), Some(false)]
        );
        assert_eq!([takes("w", "a"), takes("z", "a"), takes("v", "a")], [None; 3]);
    }

    #[test]
    fn packed_specifiers_are_found_by_their_place() {
        let packed = specifiers("import 'bb'; import 'a'; import 'bb'; import 'ccc'");
        let places: Vec<_> = packed.places().collect();
        assert_eq!(places, [(0, "a"), (2, "bb"), (5, "ccc")]);
        assert!(places.iter().all(|(at, specifier)| packed.at(*at) == *specifier));
    }
}

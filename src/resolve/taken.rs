//! The names under which a text takes something of a module, told without a parse. May say that it takes more than it does, and misses nothing.

use super::scan::{Written, is_part_of_name, written};

/// The names under which a text takes something of one module.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// None: the whole of it, or there is no telling.
    names: Option<Vec<Box<str>>>,
}

/// As far as the names of one import reach.
const LONGEST: usize = 4096;

impl Taken {
    pub fn of(text: &str, specifier: &str) -> Self {
        let mut places = written(text).filter(|it| it.specifier == specifier).peekable();
        if places.peek().is_none() {
            return Self::default();
        }
        let names: Option<Vec<Vec<&str>>> = places.map(|it| names_of(&it, Some(text))).collect();
        Self { names: names.map(|names| names.into_iter().flatten().map(Into::into).collect()) }
    }

    /// Whether it may take what the module offers under a name; the default import is `default`.
    pub fn may_have(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.iter().any(|known| **known == *name))
    }
}

/// The names that are taken where a specifier is written; none if there is no telling. `text`: where the members of a name for the whole module are
/// looked for.
pub(super) fn names_of<'t>(it: &Written<'t>, text: Option<&'t str>) -> Option<Vec<&'t str>> {
    match (it.keyword, it.is_called) {
        ("from", false) => of_clause(text, it.before),
        // `import './x'`.
        ("import", false) => Some(Vec::new()),
        ("require", true) => of_require(text, it.before, it.after),
        _ => None,
    }
}

/// The names in front of `from`: `import a, { b as c } from`, `export { a } from`, `import * as a from`; none: `export *`, or something else.
fn of_clause<'t>(text: Option<&'t str>, before: &'t str) -> Option<Vec<&'t str>> {
    let before = before.trim_end();
    let (mut names, mut rest) = (Vec::new(), before);
    if let Some((inner, outer)) = braces(before) {
        names = names_in(inner, " as ")?;
        rest = outer;
    }
    let has_default = match rest.strip_suffix(',') {
        Some(outer) => {
            rest = outer.trim_end();
            true
        }
        None => rest.len() == before.len(),
    };
    if has_default {
        let (outer, name) = last_word(rest);
        let outer = outer.trim_end();
        if name.is_empty() {
            return None;
        }
        if let Some(outer) = outer.strip_suffix("as").map(str::trim_end).and_then(|outer| outer.strip_suffix('*')) {
            return if last_word(outer.trim_end()).1 == "import" { members(text?, name) } else { None };
        }
        names.push("default");
        rest = outer;
    }
    is_import(rest).then_some(names)
}

/// `import`, `export type`.
fn is_import(text: &str) -> bool {
    let (outer, word) = last_word(text);
    let (outer, word) = if word == "type" { last_word(outer.trim_end()) } else { (outer, word) };
    matches!(word, "import" | "export") && !outer.ends_with('.')
}

/// The names that are taken where a module is required: `const { a, b: c } = require('x')`, `const x = require('x')` and `x.a`.
fn of_require<'t>(text: Option<&'t str>, before: &'t str, after: &'t str) -> Option<Vec<&'t str>> {
    let mut before = before.trim_end();
    let mut after = after.trim_start().strip_prefix(')')?.trim_start();
    let inner = before.strip_suffix('(');
    if let Some(outer) = inner {
        let (outer, helper) = last_word(outer);
        if !["_interopRequire", "__import"].iter().any(|start| helper.starts_with(start)) {
            return None;
        }
        before = outer.trim_end();
        after = after.strip_prefix(')')?.trim_start();
    }
    // Something is done with what it gives: `require('x').inner`.
    if after.starts_with(['.', '(', '[', '?', '`', '/', '|', '&', '!']) {
        return None;
    }
    let target = before.strip_suffix('=')?.trim_end();
    let is_declared = |rest: &str| matches!(last_word(rest).1, "const" | "let" | "var" | "import");
    if let Some((names, rest)) = braces(target).filter(|_| inner.is_none()) {
        return if is_declared(rest) { names_in(names, ":") } else { None };
    }
    let (rest, name) = last_word(target);
    let rest = rest.trim_end();
    if !name.is_empty() && (is_declared(rest) || rest.ends_with(',')) { members(text?, name) } else { None }
}

/// The members of a name that a text uses; none if it uses the name in another way.
fn members<'t>(text: &'t str, name: &'t str) -> Option<Vec<&'t str>> {
    let declared = name.as_ptr() as usize - text.as_ptr() as usize;
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(text.as_bytes(), name) {
        let (before, after) = (text.get(..at)?, text.get(at + name.len()..)?);
        let is_part = before.ends_with(is_of_name) || after.starts_with(is_of_name);
        let is_member = before.ends_with('.') && !before.ends_with("...");
        // `'./name'`, `'name'`.
        let is_in_specifier = before.ends_with(['/', '\'', '"']) && after.starts_with(['\'', '"']);
        if at == declared || is_part || is_member || is_in_specifier {
            continue;
        }
        let after = after.trim_start();
        let after = after.strip_prefix('?').unwrap_or(after).strip_prefix('.')?.trim_start();
        let member = &after[..after.find(|sign| !is_of_name(sign)).unwrap_or(after.len())];
        if member.is_empty() {
            return None;
        }
        if !found.contains(&member) {
            found.push(member);
        }
    }
    Some(found)
}

/// The word at the end of a text, and what is before it.
fn last_word(text: &str) -> (&str, &str) {
    let start = text.bytes().rposition(|byte| !is_part_of_name(byte)).map_or(0, |at| at + 1);
    text.split_at(start)
}

/// What is between the braces at the end of a text, and what is before them.
fn braces(before: &str) -> Option<(&str, &str)> {
    let inner = before.trim_end().strip_suffix('}')?;
    let open = inner.rfind('{').filter(|open| inner.len() - open <= LONGEST)?;
    Some((&inner[open + 1..], inner[..open].trim_end()))
}

/// The first names of each pair; none if there is something else.
fn names_in<'t>(inner: &'t str, parts: &str) -> Option<Vec<&'t str>> {
    // What is not ASCII may be white space.
    if !inner.is_ascii() {
        return None;
    }
    let is_name = |part: &str| !part.is_empty() && part.bytes().all(is_part_of_name);
    let parted = inner.split(',').map(str::trim_ascii).filter(|part| !part.is_empty());
    let names = parted.map(|part| {
        if is_name(part) {
            return Some(part);
        }
        let name = part.split_once(parts).map_or(part, |(name, _)| name).trim_ascii();
        let name = name.strip_prefix("type ").unwrap_or(name).trim_ascii();
        is_name(name).then_some(name)
    });
    names.collect()
}

fn is_of_name(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '_' | '$') || !sign.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        Taken::of(text, "x").names.map(|names| names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_are_told_in_every_form() {
        for (text, expected) in [
            ("import { a, b as c, type D } from 'x'", &["a", "b", "D"][..]),
            ("import type { A } from 'x'", &["A"]),
            ("import a from 'x'", &["default"]),
            ("import a, { b } from 'x'", &["b", "default"]),
            ("import {\n  a,\n  b,\n} from\n'x';", &["a", "b"]),
            ("export { a as b } from 'x'", &["a"]),
            ("import 'x'", &[]),
            ("const { a, b: c } = require('x');", &["a", "b"]),
            ("import { a } from 'x'; import { b } from 'x'", &["a", "b"]),
            ("import * as a from 'x'; a.b(); a?.c; d.a; ab", &["b", "c"]),
            ("const a = require('./a'), x = require('x'); x.b()", &["b"]),
            ("const x_1 = __importDefault(require('x')); (0, x_1.default)()", &["default"]),
        ] {
            assert_eq!(names(text), Some(expected.iter().map(ToString::to_string).collect()), "{text}");
        }
    }

    #[test]
    fn where_it_is_not_certain_all_may_be_taken() {
        for text in [
            "import * as a from 'x'; f(a)",
            "import a, * as b from 'x'",
            "export * from 'x'",
            "export * as a from 'x'",
            "import { a /* b */ } from 'x'",
            "import { 'a b' as c } from 'x'",
            "const a = require('x'); a['b']",
            "const a = b = require('x')",
            "const { a = 1 } = require('x')",
            "const { a, ...b } = require('x')",
            "const { a: { b } } = require('x')",
            "const { b } = a = require('x')",
            "f(require('x'))",
            "const { a } = require('x').inner",
            "import('x')",
            "import { a } from 'x'; require('x').b()",
            "import a = require('x'); export = a;",
        ] {
            assert_eq!(names(text), None, "{text}");
            assert!(Taken::of(text, "x").may_have("anything"));
        }
        assert!(!Taken::of("import { a } from 'x'", "x").may_have("b"));
        assert!(Taken::of("import { a } from 'x'", "y").may_have("b"));
    }
}

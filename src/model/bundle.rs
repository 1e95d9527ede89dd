//! Files that a bundler has put together: which of their parts come from which file, as the bundler's own comments say.

use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde::{Deserialize, Serialize};

use crate::text::Span;

/// A part of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub span: Span,
    /// The file that it was made of, as the bundler names it: `node_modules/ms/index.js`, `src/server.ts`.
    pub name: String,
}

impl Section {
    /// Whether it is the code of an installed package: its owners mend it, and not here.
    pub fn is_installed(&self) -> bool {
        self.name.starts_with("node_modules/") || self.name.contains("/node_modules/")
    }
}

const EXTENSIONS: &[&str] = &[".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".json"];
/// What esbuild and its kin write at the head of a bundle.
static HELPERS: LazyLock<[Finder<'static>; 3]> =
    LazyLock::new(|| ["__defProp = Object.defineProperty", "__commonJS = (cb", "__toESM = (mod"].map(Finder::new));
static INSTALLED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("node_modules/"));

/// The parts of a bundle; none of a file that a person wrote.
pub fn sections(text: &str) -> Vec<Section> {
    let has_helper = || HELPERS.iter().any(|sign| sign.find(text.as_bytes()).is_some());
    if INSTALLED.find(text.as_bytes()).is_none() && !has_helper() {
        return Vec::new();
    }
    let mut found: Vec<Section> = Vec::new();
    let mut at = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1).chain([text.len()]) {
        let line = text.get(at..end).unwrap_or_default();
        if line.starts_with('/')
            && let Some(name) = named(line.trim_end())
        {
            if let Some(last) = found.last_mut() {
                last.span.end = at as u32;
            }
            found.push(Section { span: Span::new(at as u32, text.len() as u32), name: name.to_owned() });
        }
        at = end;
    }
    // A person may note down one path at the head of a file; nobody writes those of a whole bundle.
    let is_bundle = found.iter().any(Section::is_installed) || found.len() > 1 && has_helper();
    if is_bundle { found } else { Vec::new() }
}

/// `// src/server.ts` of esbuild, `//#region src/server.ts` of Rolldown, `/***/ "./src/server.ts":` of webpack.
fn named(line: &str) -> Option<&str> {
    let comment = line.strip_prefix("//#region ").or_else(|| line.strip_prefix("// "));
    if let Some(name) = comment {
        let is_path = !name.contains(char::is_whitespace) && EXTENSIONS.iter().any(|extension| name.ends_with(extension));
        return is_path.then_some(name);
    }
    let quoted = line.strip_prefix("/***/ ")?.strip_prefix(['"', '\''])?;
    quoted.split(['"', '\'']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        sections(text).into_iter().map(|section| section.name).collect()
    }

    #[test]
    fn bundlers_say_where_the_parts_come_from() {
        assert_eq!(names("// node_modules/ms/index.js\nvar s = 1;\n// src/a.ts\nvar a;\n"), ["node_modules/ms/index.js", "src/a.ts"]);
        assert_eq!(names("var __defProp = Object.defineProperty;\n// src/b.ts\n// src/a.ts\n"), ["src/b.ts", "src/a.ts"]);
        assert_eq!(names("//#region node_modules/ms/index.js\n//#endregion\n"), ["node_modules/ms/index.js"]);
        assert_eq!(names("/***/ \"./node_modules/ms/index.js\":\n"), ["./node_modules/ms/index.js"]);
    }

    #[test]
    fn a_path_in_a_comment_makes_no_bundle() {
        assert!(names("// src/a.ts\nimport ms from './node_modules/ms/index.js';\n").is_empty());
        assert!(names("// see node_modules/ms/index.js for why\nlet a;\n").is_empty());
    }

    #[test]
    fn a_part_ends_where_the_next_begins() {
        let text = "// node_modules/a/i.js\nx;\n// src/b.ts\ny;\n";
        let found = sections(text);
        assert!(found[0].is_installed() && !found[1].is_installed());
        assert_eq!(&text[found[0].span.start as usize..found[0].span.end as usize], "// node_modules/a/i.js\nx;\n");
    }
}

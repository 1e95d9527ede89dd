//! The script blocks of a single-file component: `.vue` and `.svelte`.

use std::borrow::Cow;

use super::Language;

/// One script block of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub language: Language,
    /// Its code, in the file.
    pub start: usize,
    pub end: usize,
    /// It runs again for each component that is made; the others run once, with the module.
    pub per_component: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Vue,
    Svelte,
}

impl Format {
    fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "vue" => Some(Self::Vue),
            "svelte" => Some(Self::Svelte),
            _ => None,
        }
    }

    /// Elements whose content is not looked into.
    const fn opaque(self) -> &'static [&'static str] {
        match self {
            Self::Vue => &["template", "style", "docs", "i18n"],
            Self::Svelte => &["style", "svelte:head"],
        }
    }
}

/// The code of a file: of a component, its script blocks, those that run for each component within a function.
pub fn code<'a>(path: &str, text: &'a str) -> Cow<'a, str> {
    let Some(blocks) = blocks(path, text) else { return Cow::Borrowed(text) };
    let mut code = String::new();
    for block in blocks {
        let body = text.get(block.start..block.end).unwrap_or_default();
        if block.per_component {
            code.push_str("\nexport default async function setup() {");
            code.push_str(body);
            code.push_str("\n}\n");
        } else {
            code.push_str(body);
        }
    }
    Cow::Owned(code)
}

/// Whether the code of a file may have JSX, by its name and, of a component, by what its tags say.
pub fn may_be_jsx(path: &str, text: &str) -> bool {
    let is_plain = |language| matches!(language, Language::TypeScript | Language::Declarations);
    match blocks(path, text) {
        Some(blocks) => !blocks.iter().all(|block| is_plain(block.language)),
        None => !is_plain(Language::of_path(path)),
    }
}

/// None: the file is no component. In the order in which they run.
pub(super) fn blocks(path: &str, text: &str) -> Option<Vec<Block>> {
    let format = Format::of_path(path)?;
    let mut reader = Reader { text, at: 0 };
    let mut blocks = Vec::new();
    while let Some(tag) = reader.next_tag() {
        if tag.name.eq_ignore_ascii_case("script") {
            let start = reader.at;
            let end = reader.skip_to_close("script");
            blocks.extend(tag.block(format, start, end));
        } else if !tag.closes_itself && format.opaque().iter().any(|name| name.eq_ignore_ascii_case(tag.name)) {
            reader.skip_element(tag.name);
        }
    }
    blocks.sort_by_key(|block| block.per_component);
    Some(blocks)
}

/// A longer tag is none, so that a hostile file costs no more than its size.
const LONGEST_TAG: usize = 16 << 10;

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    closes_itself: bool,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next start tag. Afterwards the reader stands behind it.
    fn next_tag(&mut self) -> Option<Tag<'a>> {
        loop {
            self.at += memchr::memchr(b'<', self.rest().as_bytes())?;
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.at += rest.find("-->").map_or(rest.len(), |end| end + 3);
                continue;
            }
            self.at += 1;
            let name_end =
                rest[1..].find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.'))).map_or(rest.len(), |it| it + 1);
            if !rest[1..name_end].starts_with(|c: char| c.is_ascii_alphabetic()) {
                continue;
            }
            let Some(end) = tag_end(&rest.as_bytes()[..rest.len().min(LONGEST_TAG)], name_end) else { continue };
            self.at += end;
            let attributes = &rest[name_end..end];
            return Some(Tag { name: &rest[1..name_end], attributes, closes_itself: attributes.ends_with('/') });
        }
    }

    /// Where the content ends, which holds no tags. Afterwards the reader stands behind the closing tag's name.
    fn skip_to_close(&mut self, name: &str) -> usize {
        let mut from = self.at;
        while let Some(found) = memchr::memmem::find(self.text.as_bytes().get(from..).unwrap_or_default(), b"</") {
            let close = from + found;
            from = close + 2;
            if self.text.get(from..from + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name)) {
                self.at = from + name.len();
                return close;
            }
        }
        self.at = self.text.len();
        self.at
    }

    /// Past an element in which others of its name may stand.
    fn skip_element(&mut self, name: &str) {
        let mut depth = 1;
        while depth > 0 && self.at < self.text.len() {
            let begun = self.at;
            let end = self.skip_to_close(name);
            let behind = self.at;
            let mut inner = Reader { text: self.text.get(..end).unwrap_or_default(), at: begun };
            while let Some(tag) = inner.next_tag() {
                depth += u32::from(tag.name.eq_ignore_ascii_case(name) && !tag.closes_itself);
            }
            self.at = behind;
            depth -= 1;
        }
    }
}

/// Where a tag ends, on its `>`: quotes and braces may hold another one.
fn tag_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            b'>' => return Some(at),
            quote @ (b'"' | b'\'') => at += 1 + memchr::memchr(quote, &bytes[at + 1..])?,
            b'=' if bytes.get(at + 1) == Some(&b'>') => at += 1,
            _ => {}
        }
        at += 1;
    }
}

impl Tag<'_> {
    fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            let (found, after) = rest.split_at(end);
            let (value, after) = match after.trim_start().strip_prefix('=') {
                Some(value) => split_value(value.trim_start()),
                None => ("", after),
            };
            if found == name {
                return Some(value);
            }
            rest = after;
        }
    }

    fn block(&self, format: Format, start: usize, end: usize) -> Option<Block> {
        let language = match self.attribute("lang").or_else(|| self.attribute("type")).unwrap_or_default() {
            "" | "js" | "jsx" | "javascript" | "module" | "text/javascript" | "text/babel" => Language::JavaScript,
            "ts" | "typescript" | "text/typescript" => Language::TypeScript,
            "tsx" => Language::TypeScriptJsx,
            _ => return None,
        };
        let per_component = match format {
            Format::Vue => self.has("setup"),
            Format::Svelte => !self.has("module") && self.attribute("context") != Some("module"),
        };
        (start < end).then_some(Block { language, start, end, per_component })
    }
}

fn split_value(text: &str) -> (&str, &str) {
    if let Some(quote @ ('"' | '\'')) = text.chars().next()
        && let Some((value, after)) = text[1..].split_once(quote)
    {
        return (value, after);
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(String, Language, bool)> {
        let blocks = blocks(path, text).unwrap_or_default();
        blocks.iter().map(|block| (text[block.start..block.end].to_owned(), block.language, block.per_component)).collect()
    }

    #[test]
    fn scripts_are_told_from_templates_and_styles() {
        let text = "<!-- <script>no</script> -->\n<template><div><template v-if=\"a > b\"><p/></template><script>no</script></div></template>\n\
                    <script setup lang=\"ts\" generic=\"T extends Set<string>\">a</script>\n<style>.x > b {}</style><SCRIPT>b</SCRIPT>";
        let expected = [("b".to_owned(), Language::JavaScript, false), ("a".to_owned(), Language::TypeScript, true)];
        assert_eq!(found("x.vue", text), expected);
        assert_eq!(found("x.js", text), []);
    }

    #[test]
    fn blocks_of_svelte_run_for_each_component_or_with_the_module() {
        let text = "<script context=module lang='ts'>a</script><svelte:head><script>no</script></svelte:head>\
                    <button on:click={() => x > 1}>+</button><script>b</script><script type=\"application/json\">{}</script>";
        let expected = [("a".to_owned(), Language::TypeScript, false), ("b".to_owned(), Language::JavaScript, true)];
        assert_eq!(found("x.svelte", text), expected);
    }

    #[test]
    fn torn_tags_end_with_the_file() {
        for torn in
            ["<script", "<script>a", "<script>a</scrip", "<template><p>", "<", "<!-- <script>", "<script lang=\"ts>a</script>", "<é>"]
        {
            for block in blocks("x.vue", torn).unwrap_or_default() {
                assert!(torn.get(block.start..block.end).is_some(), "{torn}");
            }
        }
    }
}

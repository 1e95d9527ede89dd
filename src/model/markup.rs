//! Which other components stand in the markup of one, and below what: the template of a Vue component, all but the scripts of a Svelte one.

use super::Model;

/// A tag, which may mean a component.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub name: String,
    /// The names of its attributes, without what binds them: `open` of `v-model:open`.
    pub attributes: Vec<String>,
    /// The next one around it.
    pub parent: Option<usize>,
    /// It, or something around it, is there at times, or many times.
    pub is_at_times: bool,
}

/// Elements that have no end tag.
const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// What is in these is no markup.
const RAW: &[&str] = &["script", "style"];
/// Attributes by which an element is there at times, many times, or made anew.
const CONDITIONS: &[&str] = &["v-if", "v-else", "v-else-if", "v-for", "v-slot", "key", "slot", "is"];
/// Deeper markup is not followed, so that a hostile file costs no more than its size.
const DEEPEST: usize = 500;

impl Model<'_> {
    pub(super) fn markup(&self) -> &[Tag] {
        self.markup.get_or_init(|| match self.ir.path.rsplit_once('.') {
            Some((_, "vue")) => tags(self.source.text(), false),
            Some((_, "svelte")) => tags(self.source.text(), true),
            _ => Vec::new(),
        })
    }
}

struct Open<'t> {
    name: &'t str,
    tag: Option<usize>,
    is_at_times: bool,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    is_svelte: bool,
    open: Vec<Open<'t>>,
    /// Of Svelte: `{#if}`, `{#each}` and the like that are not closed yet.
    blocks: usize,
    found: Vec<Tag>,
}

pub(super) fn tags(text: &str, is_svelte: bool) -> Vec<Tag> {
    let mut reader = Reader { text, at: 0, is_svelte, open: Vec::new(), blocks: 0, found: Vec::new() };
    while reader.next().is_some() {}
    reader.found
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<()> {
        self.at += memchr::memchr2(b'<', b'{', self.rest().as_bytes())?;
        let rest = self.rest();
        if rest.starts_with('{') {
            self.braces(rest);
        } else if rest.starts_with("<!--") {
            self.at += rest.find("-->").map_or(rest.len(), |end| end + 3);
        } else if let Some(closing) = rest.strip_prefix("</") {
            self.close(&closing[..name_end(closing)]);
            self.at += 2;
        } else {
            self.element(rest);
        }
        Some(())
    }

    /// `{#if open}`, `{/each}`; of other expressions what they hold is no markup.
    fn braces(&mut self, rest: &str) {
        match rest.as_bytes().get(1) {
            Some(b'#') if self.is_svelte => self.blocks += 1,
            Some(b'/') if self.is_svelte => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
        self.at += past_braces(rest.as_bytes()).unwrap_or(rest.len());
    }

    fn close(&mut self, name: &str) {
        let depth = self.open.iter().rposition(|open| open.name == name);
        self.open.truncate(depth.unwrap_or(self.open.len()));
    }

    fn element(&mut self, rest: &'t str) {
        let name = &rest[1..1 + name_end(&rest[1..])];
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            self.at += 1;
            return;
        }
        let Some(end) = tag_end(rest.as_bytes(), 1 + name.len()) else {
            self.at = self.text.len();
            return;
        };
        self.at += end + 1;
        let inside = &rest[1 + name.len()..end];
        if RAW.contains(&name) || name == "template" && inside.contains("lang=") && !inside.contains("html") {
            let close = format!("</{name}");
            self.at += self.rest().find(&close).unwrap_or(self.rest().len());
            return;
        }
        let attributes = attributes(inside);
        let around = self.open.last();
        let is_own = attributes.iter().any(|own| CONDITIONS.contains(&own.as_str()));
        let is_at_times = is_own || self.blocks > 0 || around.is_some_and(|it| it.is_at_times) || self.open.len() > DEEPEST;
        let parent = around.and_then(|it| it.tag);
        self.found.push(Tag { name: name.to_owned(), attributes, parent, is_at_times });
        let tag = Some(self.found.len() - 1);
        if !inside.ends_with('/') && !VOID.contains(&name) && self.open.len() <= DEEPEST {
            self.open.push(Open { name, tag, is_at_times });
        }
    }
}

fn name_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '.' | '_'))).unwrap_or(text.len())
}

/// Where a tag ends, on its `>`: quotes and braces may hold another one.
fn tag_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            b'>' => return Some(at),
            quote @ (b'"' | b'\'') => at += 1 + memchr::memchr(quote, &bytes[at + 1..])?,
            b'{' => at += past_braces(&bytes[at..])? - 1,
            _ => {}
        }
        at += 1;
    }
}

/// How long what is in braces is, with them; none if they are not closed.
fn past_braces(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn attributes(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() && after.is_empty() {
            return found;
        }
        found.push(bare(name).to_owned());
        rest = match after.trim_start().strip_prefix('=') {
            Some(value) => past_value(value.trim_start()),
            None => after,
        };
    }
}

/// `:open`, `v-bind:open`, `v-model:open`, `bind:open`; `#header` is a slot.
fn bare(name: &str) -> &str {
    match name.strip_prefix("v-slot") {
        Some(_) => "v-slot",
        None if name.starts_with('#') => "v-slot",
        None if name.starts_with("v-bind:") || name.starts_with("v-model:") || name.starts_with("bind:") || name.starts_with(':') => {
            name.rsplit(':').next().unwrap_or(name)
        }
        None => name,
    }
}

fn past_value(text: &str) -> &str {
    let end = match text.as_bytes().first() {
        Some(&quote @ (b'"' | b'\'')) => memchr::memchr(quote, &text.as_bytes()[1..]).map_or(text.len(), |end| end + 2),
        Some(b'{') => past_braces(text.as_bytes()).unwrap_or(text.len()),
        _ => text.find(char::is_whitespace).unwrap_or(text.len()),
    };
    text.get(end..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, is_svelte: bool) -> Vec<(String, Option<usize>, bool)> {
        tags(text, is_svelte).into_iter().map(|tag| (tag.name, tag.parent, tag.is_at_times)).collect()
    }

    #[test]
    fn tags_of_vue_know_what_is_around_them() {
        let text = "<template><div><TopBar :a=\"b > c\"/><br><p v-if=\"x\"><side-bar/></p><Modal v-model:open=\"o\"><Form/></Modal></div></template>\
                    <script>const a = '<No/>'</script><style>.a > B {}</style>";
        let expected = [
            ("template", None, false),
            ("div", Some(0), false),
            ("TopBar", Some(1), false),
            ("br", Some(1), false),
            ("p", Some(1), true),
            ("side-bar", Some(4), true),
            ("Modal", Some(1), false),
            ("Form", Some(6), false),
        ];
        assert_eq!(found(text, false), expected.map(|it| (it.0.to_owned(), it.1, it.2)));
        assert_eq!(tags(text, false)[6].attributes, ["open"]);
    }

    #[test]
    fn blocks_of_svelte_hold_what_is_there_at_times() {
        let text = "<script>let a = 1 < 2;</script>{#if a > 1}<Panel on:x={() => y > 1}/>{:else}<Other/>{/if}<Foot {...props}/>{#each rows as row}<Row/>{/each}";
        let expected = [("Panel", None, true), ("Other", None, true), ("Foot", None, false), ("Row", None, true)]
            .map(|it| (it.0.to_owned(), it.1, it.2));
        assert_eq!(found(text, true), expected);
    }

    #[test]
    fn torn_markup_ends_with_the_file() {
        for torn in
            ["<", "<A", "<A b=\"", "<A b={", "{", "</", "<A><", "<script>", "<!--", "<é>", "<A =>", "<A / =\"x\">", "</A></A>{/if}{/if}"]
        {
            let _ = (tags(torn, false), tags(torn, true));
        }
    }
}

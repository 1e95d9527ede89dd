//! Which names a text mentions, without parsing it.

use memchr::memmem;

/// What the words of a text tell of what it offers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mentions {
    /// It exports something.
    pub exports: bool,
    /// It has a word that stands in every ES export.
    pub has_export: bool,
    /// It exports all of another file, without a word of what that is.
    pub exports_all: bool,
    /// It has a name for the whole of another file.
    pub imports_whole: bool,
}

impl Mentions {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let has_text = |part: &str| memmem::find(bytes, part.as_bytes()).is_some();
        let has_export = mentions(text, "export");
        let exports = has_export || mentions(text, "exports");
        let behind = memmem::find_iter(bytes, "export").take_while(|_| exports).map(|at| text[at + "export".len()..].trim_start());
        let exports_all = behind.into_iter().any(|behind| behind.starts_with('*'));
        Self {
            exports,
            has_export,
            exports_all: exports_all || mentions(text, "__exportStar") || mentions(text, "_export_star"),
            imports_whole: has_text("require(") && mentions(text, "require") || has_text("* as") && mentions(text, "as"),
        }
    }
}

/// Whether a name stands in a text by itself.
pub fn mentions(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let is_part = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|&byte| IS_PART[byte as usize]);
    memmem::find_iter(bytes, name).any(|at| !is_part(at.checked_sub(1)) && !is_part(Some(at + name.len())))
}

/// Whatever is no letter of ASCII is taken for a part of a name.
const IS_PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let it = byte as u8;
        table[byte] = it.is_ascii_alphanumeric() || matches!(it, b'_' | b'$') || it >= 0x80;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_text_is_mentioned_and_no_other() {
        let text = "const { open, $rooms } = require('./rooms'); open(größe);";
        for name in ["open", "$rooms", "require", "größe", "rooms"] {
            assert!(mentions(text, name), "{name}");
        }
        assert!(!mentions(text, "room"));
        assert!(!mentions("a.reopen(b); opens()", "open"));
        assert!(!Mentions::of(text).exports);
        assert!(Mentions::of("export * from './x'").exports_all);
        assert!(!Mentions::of("export const x = 1;").exports_all);
        assert!(Mentions::of("exports.x = 1;").exports && !Mentions::of("exports.x = 1;").has_export);
    }
}

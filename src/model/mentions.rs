//! Which names a text mentions, without parsing it.

use rustc_hash::{FxBuildHasher, FxHashSet};

/// The words of a text.
#[derive(Debug, Default)]
pub struct Mentions {
    /// Their hashes, sorted.
    words: Box<[u32]>,
    /// It exports something.
    pub exports: bool,
    /// It exports all of another file, without a word of what that is.
    pub exports_all: bool,
    /// It has a name for the whole of another file.
    pub imports_whole: bool,
}

impl Mentions {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut words = FxHashSet::with_capacity_and_hasher(text.len() / 64, FxBuildHasher);
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            while bytes.get(at).is_some_and(|&byte| is_part_of_name(byte)) {
                at += 1;
            }
            if at > start {
                words.insert(hash(&bytes[start..at]));
            }
            at += 1;
        }
        let mut words: Box<[u32]> = words.into_iter().collect();
        words.sort_unstable();
        let mut mentions = Self { words, ..Self::default() };
        mentions.exports = mentions.has("export") || mentions.has("exports");
        mentions.imports_whole = text.contains("require(") || text.contains("* as");
        let stars = text.match_indices("export").filter(|(at, word)| text[at + word.len()..].trim_start().starts_with('*'));
        mentions.exports_all = mentions.has("__exportStar") || mentions.has("_export_star") || stars.take(1).count() > 0;
        mentions
    }

    pub fn has(&self, name: &str) -> bool {
        self.words.binary_search(&hash(name.as_bytes())).is_ok()
    }
}

/// Two words have the same one time in four thousand million.
fn hash(word: &[u8]) -> u32 {
    // Eight bytes are mixed at once.
    let mix = |hash: u64, part: u64| (hash.rotate_left(5) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed =
        word.chunks(8).fold(word.len() as u64, |hash, part| mix(hash, part.iter().fold(0, |all, &byte| all << 8 | u64::from(byte))));
    (mixed >> 32) as u32
}

/// Whatever is no letter of ASCII is taken for a part of a name.
const fn is_part_of_name(byte: u8) -> bool {
    IS_PART[byte as usize]
}

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
        let mentions = Mentions::of("const { open, $rooms } = require('./rooms'); open(größe);");
        for name in ["open", "$rooms", "require", "größe", "rooms"] {
            assert!(mentions.has(name), "{name}");
        }
        let others = (0..1000).filter(|index| mentions.has(&format!("other{index}"))).count();
        assert_eq!(others, 0);
        assert!(!Mentions::of("a.reopen(b); opens()").has("open"));
        assert!(!mentions.exports);
        assert!(Mentions::of("export * from './x'").exports_all);
        assert!(!Mentions::of("export const x = 1;").exports_all);
    }
}

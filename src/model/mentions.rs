//! Which names a text mentions, without parsing it.

use rustc_hash::FxHasher;
use std::hash::Hasher;

/// The words of a text, as a filter that may say yes too often and never no too often.
#[derive(Debug, Default)]
pub struct Mentions {
    bits: Vec<u64>,
    /// It exports something.
    pub exports: bool,
    /// It exports all of another file, without a word of what that is.
    pub exports_all: bool,
    /// It has a name for the whole of another file.
    pub imports_whole: bool,
}

/// Bits for each word: one in about fifty that are not there is taken to be.
const PER_WORD: usize = 8;

impl Mentions {
    pub fn of(text: &str) -> Self {
        let words = || text.as_bytes().split(|byte| !is_part_of_name(*byte)).filter(|word| !word.is_empty());
        let count = words().count();
        let mut mentions = Self {
            bits: vec![0; (count * PER_WORD / 64 + 1).next_power_of_two()],
            exports: false,
            exports_all: false,
            imports_whole: false,
        };
        for word in words() {
            for bit in mentions.places(word) {
                mentions.bits[bit / 64] |= 1 << (bit % 64);
            }
            mentions.exports |= matches!(word, b"export" | b"exports");
            mentions.exports_all |= matches!(word, b"__exportStar" | b"_export_star");
        }
        mentions.imports_whole = text.contains("require(") || text.contains("* as");
        let stars = text.match_indices("export").filter(|(at, word)| text[at + word.len()..].trim_start().starts_with('*'));
        mentions.exports_all |= stars.take(1).count() > 0;
        mentions
    }

    pub fn has(&self, name: &str) -> bool {
        !self.bits.is_empty() && self.places(name.as_bytes()).iter().all(|bit| self.bits[bit / 64] & (1 << (bit % 64)) != 0)
    }

    fn places(&self, word: &[u8]) -> [usize; 2] {
        let mut hasher = FxHasher::default();
        hasher.write(word);
        let hash = hasher.finish();
        let mask = self.bits.len() * 64 - 1;
        [hash as usize & mask, (hash >> 32) as usize & mask]
    }
}

/// Whatever is no letter of ASCII is taken for a part of a name.
fn is_part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_text_is_mentioned_and_most_others_are_not() {
        let mentions = Mentions::of("const { open, $rooms } = require('./rooms'); open(größe);");
        for name in ["open", "$rooms", "require", "größe", "rooms"] {
            assert!(mentions.has(name), "{name}");
        }
        let others = (0..1000).filter(|index| mentions.has(&format!("other{index}"))).count();
        assert!(others < 300, "{others} of 1000 names that are not there");
        assert!(!mentions.exports);
        assert!(Mentions::of("export * from './x'").exports_all);
        assert!(!Mentions::of("export const x = 1;").exports_all);
    }
}

//! Which names a text mentions, without parsing it.

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

impl Mentions {
    pub fn of(text: &str) -> Self {
        // A bit for each byte: one in about fifty words that are not there is taken to be.
        let mut mentions = Self { bits: vec![0; (text.len() / 64 + 1).next_power_of_two()], ..Self::default() };
        let mask = mentions.bits.len() * 64 - 1;
        let mut hash = 0;
        // The byte behind the last one ends the last word.
        for byte in text.bytes().chain([b' ']) {
            if is_part_of_name(byte) {
                hash = mixed(hash, byte);
            } else if hash != 0 {
                for bit in places(hash, mask) {
                    mentions.bits[bit / 64] |= 1 << (bit % 64);
                }
                hash = 0;
            }
        }
        mentions.exports = mentions.has("export") || mentions.has("exports");
        mentions.imports_whole = text.contains("require(") || text.contains("* as");
        let stars = text.match_indices("export").filter(|(at, word)| text[at + word.len()..].trim_start().starts_with('*'));
        mentions.exports_all = mentions.has("__exportStar") || mentions.has("_export_star") || stars.take(1).count() > 0;
        mentions
    }

    pub fn has(&self, name: &str) -> bool {
        let mask = (self.bits.len() * 64).wrapping_sub(1);
        let hash = name.bytes().fold(0, mixed);
        !self.bits.is_empty() && places(hash, mask).iter().all(|bit| self.bits[bit / 64] & (1 << (bit % 64)) != 0)
    }
}

/// Whether a text has a word, for sure.
pub fn has_word(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    let is_edge = |at: Option<&u8>| at.is_none_or(|&byte| !is_part_of_name(byte));
    text.match_indices(name).any(|(at, _)| is_edge(at.checked_sub(1).and_then(|at| bytes.get(at))) && is_edge(bytes.get(at + name.len())))
}

/// The hash of a word with one more byte; of no word it is zero.
fn mixed(hash: u64, byte: u8) -> u64 {
    (hash.rotate_left(5) ^ u64::from(byte)).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1
}

fn places(hash: u64, mask: usize) -> [usize; 2] {
    [(hash >> 32) as usize & mask, (hash >> 8) as usize & mask]
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
    fn every_name_of_a_text_is_mentioned_and_most_others_are_not() {
        let mentions = Mentions::of("const { open, $rooms } = require('./rooms'); open(größe);");
        for name in ["open", "$rooms", "require", "größe", "rooms"] {
            assert!(mentions.has(name), "{name}");
        }
        assert!(has_word("a.open(b)", "open") && has_word("open", "open"));
        assert!(!has_word("a.reopen(b); opens()", "open"));
        let others = (0..1000).filter(|index| mentions.has(&format!("other{index}"))).count();
        assert!(others < 300, "{others} of 1000 names that are not there");
        assert!(!mentions.exports);
        assert!(Mentions::of("export * from './x'").exports_all);
        assert!(!Mentions::of("export const x = 1;").exports_all);
    }
}

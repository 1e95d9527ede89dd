//! Which names a text mentions, without parsing it.

/// The words of a text.
#[derive(Debug, Default)]
pub struct Mentions {
    /// A Bloom filter.
    bits: Box<[u64]>,
    /// It exports something.
    pub exports: bool,
    /// It exports all of another file, without a word of what that is.
    pub exports_all: bool,
    /// It has a name for the whole of another file.
    pub imports_whole: bool,
}

/// Bits of a word in the filter.
const BITS: u32 = 3;

impl Mentions {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        // A word has about fifty bits to itself: one that is not there is taken for one that is less than one time in a thousand.
        let mut bits = vec![0u64; (text.len() / 64).next_power_of_two().max(64)].into_boxed_slice();
        let mut rest = bytes;
        while let Some(start) = rest.iter().position(|&byte| IS_PART[byte as usize]) {
            let word = &rest[start..];
            let (word, behind) = word.split_at(word.iter().position(|&byte| !IS_PART[byte as usize]).unwrap_or(word.len()));
            let (at, mask) = place(&bits, word);
            if let Some(bits) = bits.get_mut(at) {
                *bits |= mask;
            }
            rest = behind;
        }
        let mut mentions = Self { bits, ..Self::default() };
        mentions.exports = mentions.has("export") || mentions.has("exports");
        let has_text = |part: &str| memchr::memmem::find(bytes, part.as_bytes()).is_some();
        mentions.imports_whole = mentions.has("require") && has_text("require(") || mentions.has("as") && has_text("* as");
        let mut exports = memchr::memmem::find_iter(bytes, "export").take_while(|_| mentions.exports);
        mentions.exports_all = mentions.has("__exportStar")
            || mentions.has("_export_star")
            || exports.any(|at| text[at + "export".len()..].trim_start().starts_with('*'));
        mentions
    }

    /// Whether a text may have a word; it has none of which this is false.
    pub fn has(&self, name: &str) -> bool {
        let (at, mask) = place(&self.bits, name.as_bytes());
        self.bits.get(at).is_some_and(|bits| bits & mask == mask)
    }
}

/// Where the bits of a word are: all in one number.
fn place(bits: &[u64], word: &[u8]) -> (usize, u64) {
    let hash = hash(word);
    let mask = (0..BITS).fold(0, |mask, index| mask | 1 << (hash >> (6 * index) & 63));
    ((hash >> 32) as usize & bits.len().wrapping_sub(1), mask)
}

/// Of its length, its first bytes and its last ones: few words of a program are told apart by their middle alone.
fn hash(word: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (first, last) = match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
            (Some(first), Some(last)) => (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()),
            _ => word.iter().fold((0, 0), |(first, _), &byte| (first << 8 | u64::from(byte), 0)),
        },
    };
    let hash = (first ^ (word.len() as u64).rotate_left(32)).wrapping_mul(FACTOR) ^ last.rotate_left(23);
    let hash = (hash ^ hash >> 32).wrapping_mul(FACTOR);
    hash ^ hash >> 29
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
        let mentions = Mentions::of("const { open, $rooms } = require('./rooms'); open(größe);");
        for name in ["open", "$rooms", "require", "größe", "rooms"] {
            assert!(mentions.has(name), "{name}");
        }
        let others = (0..1000).filter(|index| mentions.has(&format!("other{index}"))).count();
        assert!(others < 5, "{others}");
        assert!(!Mentions::of("a.reopen(b); opens()").has("open"));
        assert!(!mentions.exports);
        assert!(Mentions::of("export * from './x'").exports_all);
        assert!(!Mentions::of("export const x = 1;").exports_all);
    }
}

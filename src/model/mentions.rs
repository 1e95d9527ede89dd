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
        // A word has about fifty bits to itself: one that is not there is taken for one that is less than one time in five thousand.
        let mut bits = vec![0u64; (text.len() / 64).next_power_of_two().max(64)].into_boxed_slice();
        let mut hash = 0u64;
        for &byte in bytes {
            if IS_PART[byte as usize] {
                hash = mix(hash, byte);
            } else if hash != 0 {
                insert(&mut bits, hash);
                hash = 0;
            }
        }
        if hash != 0 {
            insert(&mut bits, hash);
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
        let hash = name.bytes().fold(0, mix);
        places(&self.bits, hash).all(|(at, bit)| self.bits.get(at).is_some_and(|bits| bits & bit != 0))
    }
}

const fn mix(hash: u64, byte: u8) -> u64 {
    (hash.rotate_left(5) ^ byte as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn insert(bits: &mut [u64], hash: u64) {
    for (at, bit) in places(bits, hash) {
        if let Some(bits) = bits.get_mut(at) {
            *bits |= bit;
        }
    }
}

/// Where the bits of a word are.
fn places(bits: &[u64], hash: u64) -> impl Iterator<Item = (usize, u64)> + use<> {
    let mask = bits.len().wrapping_sub(1);
    let mut hash = hash ^ hash >> 32;
    (0..BITS).map(move |_| {
        hash = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((hash >> 40) as usize & mask, 1 << (hash >> 34 & 63))
    })
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

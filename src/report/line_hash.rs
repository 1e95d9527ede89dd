//! The hash by which GitHub recognises a line in another version of a file.

use rustc_hash::FxHashMap;

/// How many UTF-16 units, from the line's first, make its hash.
const WINDOW: usize = 100;
const BASE: u64 = 37;
/// Stands behind the last unit of a file.
const END: u16 = 65535;

/// The hash of each line, as `hash:n` with n the number of the line among those of the same hash.
///
/// Space and tab do not count, and every line end counts as LF.
pub fn line_hashes(text: &str) -> Vec<String> {
    let (units, starts) = significant_units(text);
    let leading = (0..WINDOW).fold(1u64, |power, _| power.wrapping_mul(BASE));
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    let mut hashes = Vec::with_capacity(starts.len());
    let mut starts = starts.into_iter().peekable();
    let mut hash = 0u64;
    let unit = |at: usize| units.get(at).copied().map_or(0, u64::from);
    // `hash` covers the WINDOW units that end before `end`, hence the line that starts WINDOW units earlier.
    for end in 0..=units.len() + WINDOW {
        if end >= WINDOW && starts.next_if_eq(&(end - WINDOW)).is_some() {
            let nth = seen.entry(hash).or_default();
            *nth += 1;
            hashes.push(format!("{hash:x}:{nth}"));
        }
        let leaves = if end >= WINDOW { unit(end - WINDOW) } else { 0 };
        hash = hash.wrapping_mul(BASE).wrapping_add(unit(end)).wrapping_sub(leading.wrapping_mul(leaves));
    }
    hashes
}

/// What counts of a text, and where in it each line starts.
fn significant_units(text: &str) -> (Vec<u16>, Vec<usize>) {
    const LF: u16 = 10;
    const CR: u16 = 13;
    let (mut units, mut starts) = (Vec::with_capacity(text.len()), Vec::new());
    let (mut at_line_start, mut after_cr) = (true, false);
    for unit in text.encode_utf16().chain([END]) {
        let is_blank = unit == 32 || unit == 9;
        if is_blank || (after_cr && unit == LF) {
            after_cr = false;
            continue;
        }
        after_cr = unit == CR;
        let unit = if after_cr { LF } else { unit };
        if at_line_start {
            starts.push(units.len());
        }
        at_line_start = unit == LF;
        units.push(unit);
    }
    (units, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Straight from the definition: the units of a line and what follows, as a number in base 37.
    fn by_definition(units: &[u16]) -> String {
        let all = units.iter().copied().chain([END]).chain(std::iter::repeat(0)).take(WINDOW);
        format!("{:x}:1", all.fold(0u64, |hash, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit))))
    }

    fn units(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    #[test]
    fn a_line_is_hashed_with_what_follows_it_up_to_a_hundred_units() {
        assert_eq!(line_hashes("a\nb"), [by_definition(&units("a\nb")), by_definition(&units("b"))]);
        let long = format!("{}\nx", "ab😀".repeat(40));
        let first: Vec<u16> = units(&long).into_iter().take(WINDOW).collect();
        assert_eq!(line_hashes(&long)[0], by_definition(&first));
    }

    #[test]
    fn blanks_and_the_kind_of_line_end_do_not_count() {
        let plain = line_hashes("let a=1;\nlet b;\n");
        assert_eq!(line_hashes("  let a = 1;\t\r\nlet b;\r\n"), plain);
        assert_eq!(line_hashes("let a=1;\rlet b;\r"), plain);
        assert_eq!(plain.len(), 3);
    }

    #[test]
    fn equal_lines_are_numbered() {
        let hashes = line_hashes(&"same line of some length, more than a window of units when repeated\n".repeat(5));
        let numbered: Vec<&str> = hashes.iter().filter_map(|hash| hash.split(':').nth(1)).collect();
        assert_eq!(numbered[..3], ["1", "2", "3"]);
        assert_eq!(hashes[0].split(':').next(), hashes[1].split(':').next());
    }

    #[test]
    fn an_empty_file_has_one_line() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
    }
}

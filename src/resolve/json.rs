//! Configuration files as people write them: JSON with comments, commas too many, and a byte order mark.

use std::fs;

use serde_json::Value;

/// Larger ones are no configuration.
const LARGEST: u64 = 4 << 20;

/// The value of a file; None: it is missing, or no JSON.
pub fn read(path: &str) -> Option<Value> {
    parse(&text(path)?)
}

/// A configuration file's text.
pub fn text(path: &str) -> Option<String> {
    let meta = fs::metadata(path).ok()?;
    if !meta.is_file() || meta.len() > LARGEST {
        return None;
    }
    Some(String::from_utf8_lossy(&fs::read(path).ok()?).into_owned())
}

pub fn parse(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&plain(text))).ok()
}

/// A string, or the strings of a list.
pub fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// Without comments, and without commas before a closing bracket.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/', '}', ']']) {
        let (before, here) = rest.split_at(at);
        out.push_str(before);
        let length = match here.as_bytes() {
            [b'"', ..] => {
                let length = string_length(here);
                out.push_str(&here[..length]);
                length
            }
            [b'/', b'/', ..] => here.find('\n').unwrap_or(here.len()),
            [b'/', b'*', ..] => here.find("*/").map_or(here.len(), |end| end + 2),
            [bracket, ..] => {
                if *bracket != b'/' && out.trim_end().ends_with(',') {
                    out.truncate(out.trim_end().len() - 1);
                }
                out.push(char::from(*bracket));
                1
            }
            [] => 0,
        };
        rest = &here[length..];
    }
    out.push_str(rest);
    out
}

/// With both quotes, or to the end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_commas_too_many_are_read_over() {
        let text = "\u{feff}{ // why\n \"a\": [1, 2,], /* \"b\": 3, */ \"u\": \"http://x/*y*/ \\\" ,]\", \n}";
        assert_eq!(parse(text), serde_json::from_str(r#"{"a":[1,2],"u":"http://x/*y*/ \" ,]"}"#).ok());
        for torn in ["", "{", "\"", "{/*", "//", "/", "{\"a\": \"\\"] {
            assert_eq!(parse(torn), None, "{torn}");
        }
    }
}

//! Applies the edits of a fix in memory: all of them or none, and nothing else changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Edit, Fix};
use crate::text::Span;

/// Why a fix cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is in words only.
    NoEdits,
    /// Two edits change the same bytes.
    Overlap(Span, Span),
    /// An edit reaches outside of the text or into a character.
    OutOfText(Span),
    /// An edit is in a file that cannot be read.
    NoText(Arc<str>),
}

/// The texts after a fix, by path. `text_of` gives the texts before it.
pub fn apply(fix: &Fix, mut text_of: impl FnMut(&Arc<str>) -> Option<Arc<str>>) -> Result<BTreeMap<Arc<str>, String>, Refused> {
    if fix.edits.is_empty() {
        return Err(Refused::NoEdits);
    }
    let mut by_path: BTreeMap<&Arc<str>, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        by_path.entry(&edit.location.path).or_default().push(edit);
    }
    let mut changed = BTreeMap::new();
    for (path, edits) in by_path {
        let text = text_of(path).ok_or_else(|| Refused::NoText(Arc::clone(path)))?;
        changed.insert(Arc::clone(path), apply_to_text(&text, &edits)?);
    }
    Ok(changed)
}

/// One file's text after its edits. Insertions at the same place keep their order.
pub fn apply_to_text(text: &str, edits: &[&Edit]) -> Result<String, Refused> {
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|edit| (edit.location.span.start, edit.location.span.end));
    let mut out = String::with_capacity(text.len());
    let mut done = Span::default();
    for edit in sorted {
        let span = edit.location.span;
        if span.start < done.end {
            return Err(Refused::Overlap(done, span));
        }
        let kept = text.get(done.end as usize..span.start as usize).ok_or(Refused::OutOfText(span))?;
        text.get(span.start as usize..span.end as usize).ok_or(Refused::OutOfText(span))?;
        out.push_str(kept);
        out.push_str(&edit.text);
        done = span;
    }
    out.push_str(text.get(done.end as usize..).unwrap_or_default());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Applicability, Location};

    fn edit(path: &str, start: u32, end: u32, text: &str) -> Edit {
        Edit { location: Location { path: path.into(), span: Span::new(start, end) }, text: text.into() }
    }

    fn applied(text: &str, edits: &[Edit]) -> Result<String, Refused> {
        apply_to_text(text, &edits.iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_is_not_edited_stays_byte_for_byte() {
        let text = "\u{FEFF}a = 1;\r\n\tb = 'ä';\r";
        let edits = [edit("a.js", 14, 15, "+="), edit("a.js", 3, 4, "x")];
        assert_eq!(applied(text, &edits).as_deref(), Ok("\u{FEFF}x = 1;\r\n\tb += 'ä';\r"));
    }

    #[test]
    fn edits_may_touch_and_insertions_keep_their_order() {
        let edits = [edit("a.js", 1, 2, "B"), edit("a.js", 2, 2, "1"), edit("a.js", 2, 2, "2"), edit("a.js", 2, 3, "")];
        assert_eq!(applied("abcd", &edits).as_deref(), Ok("aB12d"));
    }

    #[test]
    fn overlapping_edits_are_refused() {
        let edits = [edit("a.js", 0, 2, ""), edit("a.js", 1, 3, "")];
        assert_eq!(applied("abcd", &edits), Err(Refused::Overlap(Span::new(0, 2), Span::new(1, 3))));
    }

    #[test]
    fn edits_outside_of_the_text_are_refused() {
        assert_eq!(applied("é", &[edit("a.js", 1, 2, "")]), Err(Refused::OutOfText(Span::new(1, 2))));
        assert_eq!(applied("ab", &[edit("a.js", 2, 3, "")]), Err(Refused::OutOfText(Span::new(2, 3))));
        assert_eq!(applied("ab", &[edit("a.js", 2, 1, "")]), Err(Refused::OutOfText(Span::new(2, 1))));
    }

    fn over_two_files(second: Edit) -> Result<BTreeMap<Arc<str>, String>, Refused> {
        let edits = vec![edit("a.js", 0, 1, "x"), second];
        let fix = Fix { applicability: Applicability::Safe, message: String::new(), edits };
        apply(&fix, |path| (&**path != "gone.js").then(|| "ab".into()))
    }

    #[test]
    fn a_fix_over_several_files_is_applied_to_all_or_none() {
        let both = over_two_files(edit("b.js", 2, 2, "c")).expect("both files have texts");
        assert_eq!(both, BTreeMap::from([("a.js".into(), "xb".to_string()), ("b.js".into(), "abc".to_string())]));
        assert_eq!(over_two_files(edit("gone.js", 0, 0, "c")), Err(Refused::NoText("gone.js".into())));
        assert!(over_two_files(edit("b.js", 5, 6, "c")).is_err());
    }

    #[test]
    fn words_alone_change_nothing() {
        let fix = Fix { applicability: Applicability::Manual, message: String::new(), edits: vec![] };
        assert_eq!(apply(&fix, |_| None), Err(Refused::NoEdits));
    }
}

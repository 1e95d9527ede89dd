//! How often each rule is right, in the words of GitHub's code scanning. Written by `tests/accuracy.rs` from `benches/accuracy`; do not edit.

#[rustfmt::skip]
pub const PRECISION: &[(&str, &str)] = &[
    ("effect-no-cleanup", "medium"),
    ("listener-leak", "low"),
    ("unbounded-collection", "low"),
    ("undisposed-resource", "high"),
];

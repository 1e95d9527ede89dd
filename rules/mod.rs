//! Every rule, from the folder listing. Written by `tests/tidy.rs`; do not edit.

#[path = "unbounded-collection/rule.rs"]
mod unbounded_collection;

use crate::rule::Rule;

pub const ALL: &[Rule] = &[unbounded_collection::RULE];

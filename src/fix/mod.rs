//! Fixes as edits of texts.

pub mod apply;

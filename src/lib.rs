//! leaklint finds memory leaks in JavaScript and TypeScript source: something that lives long keeps taking hold of things that should die, and never lets go.

pub mod diagnostic;
pub mod model;
pub mod project;
pub mod rule;
#[path = "../rules/mod.rs"]
pub mod rules;
pub mod syntax;
pub mod text;

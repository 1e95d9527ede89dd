//! Who retains whom, in one file.

mod dump;
pub mod ir;
mod operands;
mod resolve;

//! Who retains whom, in one file.

pub mod ir;

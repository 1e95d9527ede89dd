//! Small programs and their IR, as [`Ir::dump`](crate::model::ir::Ir::dump) shows it.

mod errors;
mod exprs;
mod flow;
mod hostile;
mod invariants;
mod jumps;
mod modules;
mod names;
mod spans;
mod types;

use super::{Parsed, Problem, lower, lower_with_limit};
use crate::text::{SourceText, Span};

/// Lowers a program that has no mistakes and compares its dump.
#[track_caller]
fn check(path: &str, source: &str, expected: &str) {
    let parsed = parsed(path, source.trim());
    assert_eq!(parsed.problems, []);
    invariants::hold(&parsed.ir, source.trim());
    let dump = parsed.ir.dump();
    assert!(dump.trim() == expected.trim(), "\n--- expected\n{}\n--- dump\n{}", expected.trim(), dump.trim());
}

#[track_caller]
fn parsed(path: &str, source: impl AsRef<[u8]>) -> Parsed {
    match read(path, source) {
        Ok(parsed) => parsed,
        Err(problems) => panic!("{problems:?}"),
    }
}

fn read(path: &str, source: impl AsRef<[u8]>) -> Result<Parsed, Vec<Problem>> {
    lower(path, &SourceText::new(source.as_ref().to_vec()))
}

/// The text of a span.
fn at(source: &str, span: Span) -> &str {
    &source[span.start as usize..span.end as usize]
}

/// Runs a test on a stack like that of a worker.
fn on_a_big_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(test).expect("address space for a stack of 1 GB");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

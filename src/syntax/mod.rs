//! Parsing, and lowering to the IR: the only folder that knows swc.

mod component;
mod depth;
mod errors;
mod lower;
mod merge;
mod parse;
#[cfg(test)]
mod tests;

pub use component::{code, may_be_jsx};

use crate::{
    model::ir::Ir,
    text::{SourceText, Span},
};

/// A script that was read, perhaps with mistakes that the parser got over.
#[derive(Debug)]
pub struct Parsed {
    pub ir: Ir,
    pub problems: Vec<Problem>,
    /// Top-level statements whose tree an error may have bent: findings inside are dropped.
    pub distrusted: Vec<Span>,
}

/// Why a file, or a part of it, could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    pub message: String,
    pub help: Option<String>,
    pub span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    Syntax,
    TooDeep,
    /// Not text that can be a script: UTF-16, or binary.
    Undecodable,
}

/// The dialect in which a script is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    JavaScript,
    TypeScript,
    TypeScriptJsx,
    /// Types alone: `.d.ts`.
    Declarations,
}

impl Language {
    /// The dialect that a file's extension says.
    pub fn of_path(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        if [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| name.ends_with(end)) {
            return Self::Declarations;
        }
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        match extension.to_ascii_lowercase().as_str() {
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::TypeScriptJsx,
            _ => Self::JavaScript,
        }
    }
}

/// The word that makes a comment ours.
pub const OUR_NAME: &[u8] = b"leaklint";

/// The nesting that a stack of 1 GB stands with room to spare: measured in a release build, 128 MB are enough for it
/// and 64 MB are not. A smaller stack needs a limit of one level for each 8 KB.
/// A deeper file could take the parser minutes, too: it is quadratic in `else if`.
pub const DEFAULT_DEPTH_LIMIT: u32 = 20_000;

/// Reads a file. An error means that there is no tree at all.
pub fn lower(path: &str, source: &SourceText) -> Result<Parsed, Vec<Problem>> {
    lower_with_limit(path, source, DEFAULT_DEPTH_LIMIT)
}

/// Reads a file on a smaller stack, which stands less nesting.
pub fn lower_with_limit(path: &str, source: &SourceText, depth_limit: u32) -> Result<Parsed, Vec<Problem>> {
    if let Some(blocks) = component::blocks(path, source.text()) {
        if is_binary(source) {
            return Err(vec![undecodable(source)]);
        }
        let mut parsed = parse::component(&blocks, source.text(), depth_limit);
        parsed.ir.is_svelte = path.ends_with(".svelte");
        path.clone_into(&mut parsed.ir.path);
        return Ok(parsed);
    }
    let base = if source.has_bom() { 3 } else { 0 };
    let text = source.text().get(base as usize..).unwrap_or("");
    let mut parsed = parse::script(Language::of_path(path), base, text, depth_limit);
    if let Ok(parsed) = &mut parsed {
        path.clone_into(&mut parsed.ir.path);
    }
    parsed.map_err(|problems| if is_binary(source) { vec![undecodable(source)] } else { problems })
}

/// Whether the bytes are no text: asked only of what does not parse.
fn is_binary(source: &SourceText) -> bool {
    let invalid = source.invalid_bytes() as usize;
    memchr::memchr(0, source.text().as_bytes()).is_some() || invalid * 10 > source.text().len()
}

fn undecodable(source: &SourceText) -> Problem {
    // The mark of UTF-16 is two bytes that are not UTF-8, and every second byte of its ASCII is NUL.
    let bytes = source.text().as_bytes();
    let is_utf16 = bytes.starts_with(b"??") && bytes.iter().take(64).filter(|&&byte| byte == 0).count() >= 4;
    let (message, help) = if is_utf16 {
        ("this file is UTF-16", "save it as UTF-8, as JavaScript tools expect")
    } else {
        ("this file is not text", "if it is no script, leave it out with an ignore file")
    };
    let first_line = source.line_span(1);
    Problem { kind: ProblemKind::Undecodable, message: message.into(), help: Some(help.into()), span: Span::new(0, first_line.end.min(1)) }
}

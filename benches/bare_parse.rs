//! The baseline of the speed goals: the same walk, read, parse with swc, drop; on the system's allocator.
//!
//! `cargo bench --bench bare_parse -- [PATH] [THREADS]`, or run the binary in turn with leaklint and compare user + system time.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use leaklint::pipeline::{Outcome, Pool};
use leaklint::walk::{SourceFile, WalkOptions, skip_by_content, walk};
use swc_common::BytePos;
use swc_ecma_ast::Program;
use swc_ecma_parser::{EsSyntax, Parser, StringInput, Syntax, TsSyntax};

#[derive(Default)]
struct Parsed {
    files: u64,
    bytes: u64,
    fatal: u64,
}

fn main() -> ExitCode {
    // Cargo passes `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let path = arguments.first().map_or(".", String::as_str);
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let threads = arguments.get(1).and_then(|it| it.parse().ok()).unwrap_or(cores);
    match run(path, threads) {
        Ok(parsed) => {
            println!("{} files, {} bytes, {} fatal", parsed.files, parsed.bytes, parsed.fatal);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str, threads: usize) -> Result<Parsed, String> {
    let cwd = std::env::current_dir().map_err(|error| error.to_string())?;
    let options = WalkOptions { cwd: cwd.clone(), threads, no_ignore: false, ignore_patterns: Vec::new() };
    let mut files = walk(&[PathBuf::from(path)], &options)?.files;
    files.sort_by_key(|file| std::cmp::Reverse(file.size));
    let files: Arc<[SourceFile]> = files.into();
    let shared = Arc::clone(&files);
    let parse_one = move |at: usize, _| parse_file(&shared[at], &cwd);
    let outcomes = Pool { threads, deadline: Duration::from_secs(60) }.run(files.len(), Arc::new(parse_one));
    let mut total = Parsed::default();
    for outcome in outcomes {
        match outcome {
            Outcome::Done(Some((bytes, ok))) => {
                total.files += 1;
                total.bytes += bytes;
                total.fatal += u64::from(!ok);
            }
            Outcome::Done(None) => {}
            Outcome::Panicked(_) | Outcome::TooSlow => total.fatal += 1,
        }
    }
    Ok(total)
}

/// The file's size and whether it has a tree; none if leaklint would not lint it.
fn parse_file(file: &SourceFile, cwd: &Path) -> Option<(u64, bool)> {
    let bytes = file.origin.read(cwd, &file.path).ok()?;
    if !file.explicit && skip_by_content(&bytes).is_some() {
        return None;
    }
    let text = String::from_utf8_lossy(&bytes);
    let program = parse(&file.path, text.strip_prefix('\u{FEFF}').unwrap_or(&text));
    Some((bytes.len() as u64, program.is_some()))
}

fn parse(path: &str, text: &str) -> Option<Program> {
    let end = BytePos(1 + text.len() as u32);
    let input = StringInput::new(text, BytePos(1), end);
    let mut parser = Parser::new(syntax(path), input, None);
    parser.parse_program().ok()
}

/// What leaklint tries first for a file of this name.
fn syntax(path: &str) -> Syntax {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    match extension {
        "ts" | "mts" | "cts" => Syntax::Typescript(TsSyntax { decorators: true, dts: path.contains(".d."), ..TsSyntax::default() }),
        "tsx" => Syntax::Typescript(TsSyntax { tsx: true, decorators: true, ..TsSyntax::default() }),
        _ => Syntax::Es(EsSyntax {
            jsx: true,
            decorators: true,
            decorators_before_export: true,
            export_default_from: true,
            import_attributes: true,
            allow_super_outside_method: true,
            allow_return_outside_function: true,
            auto_accessors: true,
            explicit_resource_management: true,
            ..EsSyntax::default()
        }),
    }
}

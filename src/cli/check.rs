//! `check`: lint, report, and say by the exit code how it went.

use std::io::Read;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use super::args::CheckArgs;
use super::explain::unknown_rule;
use super::{EXIT_CLEAN, EXIT_ERROR, EXIT_FINDINGS, Environment, Failure, Tool, UserError, output};
use crate::catalog::{Selection, nearest};
use crate::diagnostic::{Confidence, Diagnostic, Severity};
use crate::pipeline::timings::{Moment, SecondLook, Spent};
use crate::pipeline::{self, Analyzer, Options, Pool, Run, git_root};
use crate::report::{Findings, Format, Summary};
use crate::resolve::{Counts, covers};
use crate::walk::{self, Origin, SourceFile, WalkOptions, Walked};

/// Hand-written files take milliseconds.
const DEADLINE: Duration = Duration::from_secs(20);

/// A mistyped command is taken for a path.
const COMMANDS: &[&str] = &["check", "explain", "rules"];

/// Lints what the arguments name.
pub fn check<A: Analyzer>(tool: &Tool<A>, arguments: &CheckArgs, environment: &mut Environment<'_>) -> Result<u8, Failure> {
    let (begun, walk_begun) = (Instant::now(), Moment::now());
    let selection = Selection::new(&tool.catalog, &arguments.only, &arguments.skip)
        .map_err(|name| unknown_rule(&name, &tool.catalog.nearest_selector(&name)))?;
    let walk_options = walk_options(arguments, environment);
    let mut walked = find_files(arguments, &walk_options, environment)?;
    let mut code = complain(&walked, environment)?;
    if arguments.show_files {
        return show_files(&walked, code, environment);
    }
    let walk_time = walk_begun.spent();
    let pool = Pool { threads: walk_options.threads, deadline: DEADLINE };
    let inline_config = !arguments.no_inline_config;
    let options = Options {
        cwd: environment.cwd.clone(),
        pool,
        catalog: tool.catalog,
        selection,
        inline_config,
        floor: Confidence::from(arguments.min_confidence),
        is_whole: covers(&walked.folders, &walked.files, &environment.cwd),
        walk: walk_options,
        is_alone: arguments.alone,
    };
    let analyzer = Arc::clone(&tool.analyzer).with_rules(&options.selection.asked_for(), (!options.is_alone).then_some(options.floor));
    let mut run = pipeline::run(&analyzer, std::mem::take(&mut walked.files), &options);
    for (reason, count) in &walked.skipped {
        *run.skipped.entry(*reason).or_default() += count;
    }
    let mut diagnostics = std::mem::take(&mut run.diagnostics);
    diagnostics.retain(|it| !it.is_leak() || it.confidence >= Confidence::from(arguments.min_confidence));
    let summary = summarise(&run, &diagnostics, begun);
    if arguments.quiet {
        diagnostics.retain(|it| it.severity == Severity::Error);
    }
    code = code.max(note_files(&run, &summary, arguments, environment)?);
    let report_begun = Moment::now();
    report(tool, arguments, &diagnostics, &summary, &mut run, environment)?;
    for path in run.texts.changed() {
        writeln!(environment.err, "note: {path} changed while it was linted: its excerpts and columns may not fit")?;
    }
    if arguments.timings {
        print_timings(walk_time, &run, report_begun.spent(), environment)?;
    }
    Ok(code.max(verdict(&diagnostics, &summary, arguments)))
}

fn walk_options(arguments: &CheckArgs, environment: &Environment<'_>) -> WalkOptions {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    WalkOptions {
        cwd: environment.cwd.clone(),
        threads: arguments.threads.map_or(cores, usize::from),
        no_ignore: arguments.no_ignore,
        ignore_patterns: arguments.ignore_pattern.clone(),
    }
}

fn find_files(arguments: &CheckArgs, options: &WalkOptions, environment: &mut Environment<'_>) -> Result<Walked, Failure> {
    let bad_pattern = |error: String| UserError::new(format!("an ignore pattern cannot be read: {error}"));
    let (stdin, mut paths): (Vec<PathBuf>, Vec<PathBuf>) = arguments.paths.iter().cloned().partition(|path| path == Path::new("-"));
    if stdin.is_empty() && arguments.stdin_filename.is_some() {
        return Err(UserError::new("`--stdin-filename` is given, but standard input is not read").help("add `-` as a path").into());
    }
    if paths.is_empty() && stdin.is_empty() {
        paths.push(".".into());
    }
    let mut walked = walk::walk(&paths, options).map_err(bad_pattern)?;
    if !stdin.is_empty() {
        let name = arguments.stdin_filename.clone().unwrap_or_else(|| "stdin.js".into());
        if !walk::is_ignored(&name, options).map_err(bad_pattern)? {
            let file = read_stdin(&name, environment)?;
            walked.files.retain(|other| other.path != file.path);
            walked.files.push(file);
        }
    }
    Ok(walked)
}

fn read_stdin(name: &Path, environment: &mut Environment<'_>) -> Result<SourceFile, Failure> {
    let mut bytes = Vec::new();
    let limit = walk::TOO_LARGE + 1;
    let read = environment.input.take(limit).read_to_end(&mut bytes);
    read.map_err(|error| UserError::new(format!("cannot read standard input: {}", walk::reason_of(&error))))?;
    let path = walk::display_path(&environment.cwd, &environment.cwd.join(name)).into();
    Ok(SourceFile { path, size: bytes.len() as u64, origin: Origin::Buffer(bytes.into()), explicit: true })
}

/// Says which named paths cannot be linted.
fn complain(walked: &Walked, environment: &mut Environment<'_>) -> Result<u8, Failure> {
    for path in &walked.missing {
        let error = UserError::new(format!("{path} does not exist"));
        let error = match nearest(path, COMMANDS.iter().copied()).first() {
            Some(command) => error.help(format!("did you mean the command `{command}`?")),
            None => error,
        };
        error.write(environment.err)?;
    }
    for file in &walked.unreadable {
        UserError::new(format!("cannot read {}: {}", file.path, file.reason)).write(environment.err)?;
    }
    for path in &walked.foreign {
        writeln!(environment.err, "note: {path} is not linted: it is no JavaScript or TypeScript file by its name")?;
    }
    let failed = !walked.missing.is_empty() || !walked.unreadable.is_empty();
    Ok(if failed { EXIT_ERROR } else { EXIT_CLEAN })
}

fn show_files(walked: &Walked, code: u8, environment: &mut Environment<'_>) -> Result<u8, Failure> {
    for file in &walked.files {
        let skipped = !file.explicit && file.origin.read(&environment.cwd, &file.path).is_ok_and(|it| walk::skip_by_content(&it).is_some());
        if !skipped {
            writeln!(environment.out, "{}", file.path)?;
        }
    }
    environment.out.flush()?;
    Ok(code)
}

fn summarise(run: &Run, diagnostics: &[Diagnostic], begun: Instant) -> Summary {
    let is_counted = |it: &&Diagnostic| it.suppressed.is_none() && it.copy_of.is_none();
    let count = |severity| diagnostics.iter().filter(is_counted).filter(|it| it.severity == severity).count() as u32;
    Summary {
        files: run.files,
        skipped: run.skipped.clone(),
        lines: run.lines,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        infos: count(Severity::Info),
        suppressed: diagnostics.iter().filter(|it| it.suppressed.is_some()).count() as u32,
        copies: diagnostics.iter().filter(|it| it.copy_of.is_some()).count() as u32,
        elapsed_ms: begun.elapsed().as_millis() as u64,
    }
}

/// Says which files could not be read, and that there were none.
fn note_files(run: &Run, summary: &Summary, arguments: &CheckArgs, environment: &mut Environment<'_>) -> Result<u8, Failure> {
    for file in &run.unreadable {
        UserError::new(format!("cannot read {}: {}", file.path, file.reason)).write(environment.err)?;
    }
    for path in &run.vanished {
        writeln!(environment.err, "note: {path} vanished before it was read")?;
    }
    let mut code = if run.unreadable.is_empty() { EXIT_CLEAN } else { EXIT_ERROR };
    if summary.files == 0 && run.unreadable.is_empty() {
        let title = "no file to lint: the paths hold no JavaScript or TypeScript, or all of it is ignored or skipped";
        if arguments.error_on_unmatched {
            UserError::new(title).write(environment.err)?;
            code = EXIT_ERROR;
        } else {
            writeln!(environment.err, "note: {title}")?;
        }
    }
    Ok(code)
}

fn report<A: Analyzer>(
    tool: &Tool<A>,
    arguments: &CheckArgs,
    diagnostics: &[Diagnostic],
    summary: &Summary,
    run: &mut Run,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    let format = arguments.format.unwrap_or(Format::Pretty);
    let prefix = prefix_from_root(&environment.cwd);
    let show_suppressed = arguments.show_suppressed;
    let plain = Findings { diagnostics, summary, catalog: &tool.catalog, show_suppressed, prefix: &prefix, color: false };
    let color = output::wants_color(arguments.color, environment);
    for extra in &arguments.reports {
        output::to_file(extra.format, &extra.file, &plain, &mut run.texts, &environment.cwd)?;
    }
    match &arguments.output {
        Some(file) => output::to_file(format, file, &plain, &mut run.texts, &environment.cwd)?,
        None => output::to_screen(format, &Findings { color, ..plain }, &mut run.texts, environment.out)?,
    }
    if format != Format::Pretty || arguments.output.is_some() {
        writeln!(environment.err, "{}", summary.sentence())?;
    } else if arguments.format.is_none() && (environment.variable)("GITHUB_ACTIONS").is_some_and(|it| it == "true") {
        output::to_screen(Format::Github, &Findings { color, ..plain }, &mut run.texts, environment.out)?;
    }
    Ok(())
}

/// From the repository's root to the working directory, with a slash at its end.
fn prefix_from_root(cwd: &Path) -> String {
    let inside = git_root(cwd).and_then(|root| cwd.strip_prefix(root).ok());
    inside.map_or(String::new(), |folders| folders.iter().map(|folder| format!("{}/", folder.to_string_lossy())).collect())
}

fn print_timings(walk: Spent, run: &Run, report: Spent, environment: &mut Environment<'_>) -> Result<(), Failure> {
    let steps = [
        ("walk", walk),
        ("analyse", run.timings.analyse),
        ("rules", run.timings.judge),
        ("second look", run.timings.again),
        ("suppress and sort", run.timings.finish),
        ("report", report),
    ];
    for (name, spent) in steps {
        let cpu = spent.cpu.map(|cpu| format!("  {:>7} ms CPU", cpu.as_millis())).unwrap_or_default();
        writeln!(environment.err, "{name:<18} {:>9.1} ms{cpu}", spent.wall.as_secs_f64() * 1000.0)?;
    }
    let SecondLook { asked_about, judged, parses, parsed, linked, specifiers } = run.timings.second_look;
    writeln!(
        environment.err,
        "the second look asked about {asked_about} files, judged {judged} again and parsed {parses} times, {} KiB",
        parsed >> 10
    )?;
    writeln!(environment.err, "{linked} files were parsed only to see what they do with others")?;
    let Counts { seen, asked, resolved } = specifiers;
    writeln!(
        environment.err,
        "of {seen} specifiers, {asked} were asked for by their place, and {resolved} of these mean a file of the run"
    )?;
    Ok(())
}

fn verdict(diagnostics: &[Diagnostic], summary: &Summary, arguments: &CheckArgs) -> u8 {
    if diagnostics.iter().any(|it| it.rule == "internal-error") {
        return EXIT_ERROR;
    }
    let too_many_warnings = arguments.max_warnings.is_some_and(|most| summary.warnings > most);
    if summary.errors > 0 || too_many_warnings { EXIT_FINDINGS } else { EXIT_CLEAN }
}

//! Which files a run lints: paths, ignore files, and what is skipped for its size or because no person wrote it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use memchr::memmem;
use serde::{Deserialize, Serialize};

const EXTENSIONS: &[&str] = &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "vue", "svelte"];
const LARGE: u64 = 2 << 20;
/// Above this, a file is refused even when it is named.
pub const TOO_LARGE: u64 = 64 << 20;
const MINIFIED_MIN_BYTES: usize = 20 << 10;
const MINIFIED_MEAN_LINE: usize = 300;

/// Why a file was found and not linted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SkipReason {
    Minified,
    Generated,
    Large,
    /// XML under an extension that scripts have, as the `.ts` of Qt's translations.
    Xml,
}

impl SkipReason {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minified => "minified",
            Self::Generated => "generated",
            Self::Large => "large",
            Self::Xml => "xml",
        }
    }
}

/// How many files were skipped, by reason.
pub type Skipped = BTreeMap<SkipReason, u32>;

/// Where a file's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The working directory joined with the path.
    Disk,
    /// A file whose name the path cannot spell (not UTF-8, or behind a symbolic link's parent).
    DiskAt(Box<Path>),
    /// Standard input, or an editor's buffer.
    Buffer(Arc<[u8]>),
}

impl Origin {
    pub fn read(&self, cwd: &Path, path: &str) -> io::Result<Vec<u8>> {
        match self {
            Self::Disk => fs::read(cwd.join(path)),
            Self::DiskAt(at) => fs::read(at),
            Self::Buffer(bytes) => Ok(bytes.to_vec()),
        }
    }
}

/// A file to lint.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Relative to the working directory, with `/`.
    pub path: Arc<str>,
    pub origin: Origin,
    pub size: u64,
    /// Named by the user: not skipped for its size or looks.
    pub explicit: bool,
}

/// How to walk.
#[derive(Debug, Clone)]
pub struct WalkOptions {
    pub cwd: PathBuf,
    pub threads: usize,
    /// Do not read ignore files.
    pub no_ignore: bool,
    pub ignore_patterns: Vec<String>,
}

/// A path that could not be walked or read, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub path: String,
    pub reason: String,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Walked {
    /// Sorted by path, without duplicates.
    pub files: Vec<SourceFile>,
    pub skipped: Skipped,
    /// Named paths that do not exist.
    pub missing: Vec<String>,
    pub unreadable: Vec<Unreadable>,
    /// Named files of another language.
    pub foreign: Vec<String>,
    /// Named folders, in full.
    pub folders: Vec<PathBuf>,
}

enum Event {
    File(SourceFile),
    Skipped(SkipReason),
    Unreadable(Unreadable),
}

/// Finds the files under `paths`. `Err` holds an ignore pattern that is not a glob.
pub fn walk(paths: &[PathBuf], options: &WalkOptions) -> Result<Walked, String> {
    let patterns = ignore_matcher(options)?;
    let mut walked = Walked::default();
    let mut folders = Vec::new();
    for path in paths {
        let full = options.cwd.join(path);
        match fs::metadata(&full) {
            Ok(meta) if meta.is_dir() => {
                if !matches_pattern(&patterns, &normalise(&full), &options.cwd, true) {
                    folders.push(full);
                }
            }
            Ok(meta) => named_file(&full, &meta, options, &patterns, &mut walked),
            Err(error) if error.kind() == io::ErrorKind::NotFound => walked.missing.push(path.display().to_string()),
            Err(error) => walked.unreadable.push(Unreadable { path: path.display().to_string(), reason: reason_of(&error) }),
        }
    }
    walk_folders(&folders, options, &patterns, usize::MAX, &mut walked);
    walked.folders = folders;
    // A named file comes first among its duplicates.
    walked.files.sort_by(|left, right| left.path.as_bytes().cmp(right.path.as_bytes()).then(right.explicit.cmp(&left.explicit)));
    walked.files.dedup_by(|later, earlier| later.path == earlier.path);
    walked.unreadable.sort_by(|left, right| left.path.cmp(&right.path));
    walked.unreadable.dedup();
    Ok(walked)
}

/// The files under a folder that is not named, such as the rest of a project; none if there are more entries than `most`, or a pattern is no glob.
pub fn walk_at_most(folder: &Path, options: &WalkOptions, most: usize) -> Vec<SourceFile> {
    let mut walked = Walked::default();
    let Ok(patterns) = ignore_matcher(options) else { return Vec::new() };
    let is_whole = walk_folders(&[folder.to_path_buf()], options, &patterns, most, &mut walked);
    if is_whole { walked.files } else { Vec::new() }
}

/// Whether an ignore pattern of the command line matches a path that was named.
pub fn is_ignored(path: &Path, options: &WalkOptions) -> Result<bool, String> {
    Ok(matches_pattern(&ignore_matcher(options)?, &normalise(&options.cwd.join(path)), &options.cwd, false))
}

fn ignore_matcher(options: &WalkOptions) -> Result<Gitignore, String> {
    let mut builder = GitignoreBuilder::new(&options.cwd);
    builder.allow_unclosed_class(false);
    for pattern in &options.ignore_patterns {
        builder.add_line(None, pattern).map_err(|error| error.to_string())?;
    }
    builder.build().map_err(|error| error.to_string())
}

fn matches_pattern(patterns: &Gitignore, full: &Path, cwd: &Path, is_dir: bool) -> bool {
    if patterns.is_empty() {
        return false;
    }
    match full.strip_prefix(cwd) {
        Ok(relative) => patterns.matched_path_or_any_parents(relative, is_dir).is_ignore(),
        Err(_) => patterns.matched(full, is_dir).is_ignore(),
    }
}

fn named_file(full: &Path, meta: &Metadata, options: &WalkOptions, patterns: &Gitignore, walked: &mut Walked) {
    let path = display_path(&options.cwd, full);
    if matches_pattern(patterns, &normalise(full), &options.cwd, false) {
        return;
    }
    if !meta.is_file() || !is_source(full) {
        walked.foreign.push(path.to_string());
        return;
    }
    walked.files.push(source_file(full, path, &options.cwd, meta.len(), true));
}

/// Whether it came to an end before it saw more than `most` entries.
fn walk_folders(folders: &[PathBuf], options: &WalkOptions, patterns: &Gitignore, most: usize, walked: &mut Walked) -> bool {
    let Some((first, rest)) = folders.split_first() else { return true };
    let seen = AtomicUsize::new(0);
    let mut builder = WalkBuilder::new(first);
    for folder in rest {
        builder.add(folder);
    }
    let reads_ignores = !options.no_ignore;
    builder.threads(options.threads).follow_links(false).hidden(false).parents(reads_ignores).ignore(reads_ignores);
    // Ignore files of the machine (global, .git/info/exclude) would make the result differ between people.
    builder.git_ignore(reads_ignores).git_global(false).git_exclude(false).require_git(false);
    let matcher = patterns.clone();
    builder.filter_entry(move |entry| keeps(entry, &matcher));
    let (sender, events) = mpsc::channel();
    let cwd = options.cwd.as_path();
    builder.build_parallel().run(|| {
        let sender = sender.clone();
        let seen = &seen;
        Box::new(move |entry| {
            if seen.fetch_add(1, Ordering::Relaxed) >= most {
                return WalkState::Quit;
            }
            let event = match entry {
                Ok(entry) => event_of(&entry, cwd),
                Err(error) => unreadable(&error, cwd).map(Event::Unreadable),
            };
            if let Some(event) = event
                && sender.send(event).is_err()
            {
                return WalkState::Quit;
            }
            WalkState::Continue
        })
    });
    drop(sender);
    for event in events {
        match event {
            Event::File(file) => walked.files.push(file),
            Event::Skipped(reason) => *walked.skipped.entry(reason).or_default() += 1,
            Event::Unreadable(it) => walked.unreadable.push(it),
        }
    }
    seen.into_inner() <= most
}

/// Hidden folders in which a tool expects source; all others hold what tools have written.
const HIDDEN_SOURCE: &[&[u8]] = &[b".storybook", b".vitepress", b".vuepress"];

/// Other hidden folders and node_modules are left out, unless they are named.
fn keeps(entry: &DirEntry, patterns: &Gitignore) -> bool {
    if entry.depth() == 0 {
        return true;
    }
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry.file_name().as_encoded_bytes();
    if is_dir && (name.starts_with(b".") && !HIDDEN_SOURCE.contains(&name) || name == b"node_modules") {
        return false;
    }
    !patterns.matched(entry.path(), is_dir).is_ignore()
}

fn event_of(entry: &DirEntry, cwd: &Path) -> Option<Event> {
    let full = entry.path();
    if !entry.file_type()?.is_file() || !is_source(full) {
        return None;
    }
    if has_minified_name(full) {
        return Some(Event::Skipped(SkipReason::Minified));
    }
    // A file that vanished since its folder was read is not an error.
    let size = entry.metadata().ok()?.len();
    if size > LARGE {
        return Some(Event::Skipped(SkipReason::Large));
    }
    Some(Event::File(source_file(full, display_path(cwd, full), cwd, size, false)))
}

fn unreadable(error: &ignore::Error, cwd: &Path) -> Option<Unreadable> {
    let io = error.io_error()?;
    if io.kind() == io::ErrorKind::NotFound {
        return None;
    }
    let path = path_of(error).map_or_else(String::new, |path| display_path(cwd, path).into_owned());
    Some(Unreadable { path, reason: reason_of(io) })
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// What the system says, without its error number.
pub fn reason_of(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

fn is_source(path: &Path) -> bool {
    path.extension().and_then(|it| it.to_str()).is_some_and(|extension| EXTENSIONS.contains(&extension))
}

fn has_minified_name(path: &Path) -> bool {
    let Some(stem) = path.file_stem().and_then(|it| it.to_str()) else { return false };
    let is_script = path.extension().is_some_and(|it| it == "js" || it == "cjs" || it == "mjs");
    is_script && (stem.ends_with(".min") || stem.ends_with("-min"))
}

/// Whether a file looks as if no person wrote it.
pub fn skip_by_content(bytes: &[u8]) -> Option<SkipReason> {
    let start = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if start.starts_with(b"<?xml") || start.starts_with(b"<!DOCTYPE TS") {
        return Some(SkipReason::Xml);
    }
    if bytes.len() > MINIFIED_MIN_BYTES {
        let feeds = memchr::memchr_iter(b'\n', bytes).count();
        let lines = if feeds == 0 { memchr::memchr_iter(b'\r', bytes).count() } else { feeds } + 1;
        if bytes.len() / lines > MINIFIED_MEAN_LINE {
            return Some(SkipReason::Minified);
        }
    }
    let head_end = memchr::memchr_iter(b'\n', bytes).nth(4).unwrap_or(bytes.len());
    let head = bytes.get(..head_end).unwrap_or(bytes);
    let generated = memmem::find(head, b"@generated").is_some() || memmem::find(head, b"DO NOT EDIT").is_some();
    generated.then_some(SkipReason::Generated)
}

fn source_file(full: &Path, path: Cow<'_, str>, cwd: &Path, size: u64, explicit: bool) -> SourceFile {
    let spelled = cwd.join(&*path).as_os_str() == full.as_os_str();
    let origin = if spelled { Origin::Disk } else { Origin::DiskAt(full.into()) };
    SourceFile { path: path.into(), origin, size, explicit }
}

/// A full path as reports name it: relative to the working directory, with `/`.
pub fn display_path<'a>(cwd: &Path, full: &'a Path) -> Cow<'a, str> {
    if let Ok(relative) = full.strip_prefix(cwd)
        && relative.components().all(|part| matches!(part, Component::Normal(_)))
    {
        return with_slashes(relative.to_string_lossy());
    }
    let full = normalise(full);
    if let (Some(cwd), Some(full)) = (absolute(cwd), absolute(&full)) {
        return Cow::Owned(way(cwd, full));
    }
    let shared = cwd.components().zip(full.components()).take_while(|(left, right)| left == right).count();
    let up = cwd.components().count() - shared;
    let down = full.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = std::iter::repeat_n("..".to_string(), up).chain(down).collect();
    Cow::Owned(if parts.is_empty() { ".".to_string() } else { parts.join("/") })
}

/// An absolute path as text, where a path is nothing but steps between slashes: many times quicker to take apart than by its components.
fn absolute(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| cfg!(unix) && text.starts_with('/'))
}

/// The steps of such a path.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let steps = path.as_bytes().split(|byte| *byte == b'/').filter(|step| !matches!(*step, b"" | b"."));
    steps.map(|step| std::str::from_utf8(step).unwrap_or_default())
}

/// The way from one folder to what is in another.
fn way(from: &str, to: &str) -> String {
    let alike = from.bytes().zip(to.bytes()).take_while(|(left, right)| left == right).count();
    let is_step = |path: &str| matches!(path.as_bytes().get(alike), None | Some(b'/'));
    let last_slash = || from.as_bytes().get(..alike).and_then(|alike| alike.iter().rposition(|byte| *byte == b'/'));
    let shared = if is_step(from) && is_step(to) { alike } else { last_slash().unwrap_or_default() };
    let mut way = "../".repeat(steps(from.get(shared..).unwrap_or_default()).count());
    way.push_str(to.get(shared..).unwrap_or_default().trim_start_matches('/'));
    if way.ends_with('/') {
        way.pop();
    }
    if way.is_empty() { ".".to_string() } else { way }
}

fn with_slashes(path: Cow<'_, str>) -> Cow<'_, str> {
    if cfg!(windows) { Cow::Owned(path.replace('\\', "/")) } else { path }
}

/// Without `.`, and with each `..` resolved by name.
pub fn normalise(path: &Path) -> PathBuf {
    if let Some(path) = absolute(path) {
        let mut out = String::with_capacity(path.len());
        for step in steps(path) {
            if step == ".." {
                out.truncate(out.rfind('/').unwrap_or_default());
            } else {
                out.extend(["/", step]);
            }
        }
        return if out.is_empty() { "/".into() } else { out.into() };
    }
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests;

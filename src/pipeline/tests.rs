use std::collections::BTreeMap;
use std::thread;

use super::*;
use crate::catalog::RuleInfo;
use crate::walk::{Origin, WalkOptions};

const CATALOG: Catalog =
    Catalog { rules: &[RuleInfo { on_by_default: true, name: "grows", category: Category::Collection, summary: "", page: "" }] };

/// Knows one rule: each `LEAK` is a finding. `PANIC` and `HANG` do what they say, in the analysis or, as `JUDGE-PANIC`, in the rules.
struct Words;

impl Analyzer for Words {
    type Facts = (String, Vec<u32>);

    fn analyse(&self, _: &Arc<str>, _: &Place, read: Read<'_>, _: Limits) -> Analysis<Self::Facts> {
        let text = read.source.text();
        if text.starts_with("PANIC") {
            panic!("on purpose");
        }
        if text.starts_with("HANG") {
            thread::sleep(Duration::from_secs(60));
        }
        let leaks = text.match_indices("LEAK").map(|(at, _)| at as u32).collect();
        let comments = text.find("//").map(|at| {
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            Comment { span: Span::new(at as u32, end as u32), text: text[at + 2..end].into(), is_block: false }
        });
        Analysis { facts: (text.into(), leaks), problems: vec![], comments: comments.into_iter().collect(), first_statement: None }
    }

    fn judge(&self, file: &FileFacts<Self::Facts>, _: Confidence) -> Verdict {
        let FileFacts { path, facts: (text, leaks), .. } = file;
        assert!(!text.starts_with("JUDGE-PANIC"), "in a rule");
        let finding = |&at: &u32| {
            let base = problem("grows", path, Span::new(at, at + 4), "it grows".into());
            Diagnostic { category: Category::Collection, fingerprint: "LEAK".into(), ..base }
        };
        // `SEES x` is a finding more for each LEAK of the file that x means.
        let places = if text.contains("SEES ") { vec![Span::default()] } else { Vec::new() };
        let depends_on_others = Focus { places, is_reported: true };
        Verdict { diagnostics: leaks.iter().map(finding).collect(), depends_on_others, depends_on_imports: true, ..Verdict::default() }
    }

    fn linker(self: Arc<Self>, project: Arc<Project<Self::Facts>>) -> Arc<dyn Linker> {
        Arc::new(Seeing(project))
    }
}

struct Seeing(Arc<Project<(String, Vec<u32>)>>);

impl Linker for Seeing {
    fn concerned(&self, _: &str, _: Limits) -> Vec<Arc<str>> {
        Vec::new()
    }

    fn is_added_to(&self, _: &str, _: Limits) -> bool {
        false
    }

    fn judge(&self, path: &Arc<str>, _: &Focus, _: Limits) -> Option<Vec<Diagnostic>> {
        let (text, _) = self.0.facts(path).expect("a file of the run");
        assert!(!text.contains("LINK-PANIC"), "in the second look");
        let seen = text.split("SEES ").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
        let leaks = self.0.facts(seen).map_or(0, |(_, leaks)| leaks.len());
        let finding = |_| {
            let base = problem("grows", path, Span::new(0, 4), "seen from here".into());
            Diagnostic { category: Category::Collection, fingerprint: "LEAK".into(), ..base }
        };
        Some((0..leaks).map(finding).collect())
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).expect("a file");
        }
        Self(folder)
    }

    fn options(&self, threads: usize) -> Options {
        Options {
            cwd: self.0.path().into(),
            pool: Pool { threads, deadline: Duration::from_secs(60) },
            catalog: CATALOG,
            selection: Selection::default(),
            inline_config: true,
            floor: Confidence::Medium,
            walk: WalkOptions { cwd: self.0.path().into(), threads, no_ignore: false, ignore_patterns: vec![] },
            is_alone: false,
            is_whole: true,
        }
    }

    fn files(&self) -> Vec<SourceFile> {
        let options = WalkOptions { cwd: self.0.path().into(), threads: 1, no_ignore: false, ignore_patterns: vec![] };
        walk::walk(&[PathBuf::from(".")], &options).expect("no patterns").files
    }

    fn run(&self) -> Run {
        run(&Arc::new(Words), self.files(), &self.options(2))
    }
}

fn lines(run: &Run) -> Vec<String> {
    run.diagnostics.iter().map(|it| format!("{}:{} {}", it.location.path, it.location.span.start, it.rule)).collect()
}

#[test]
fn a_second_look_sees_other_files_and_costs_nothing_if_it_fails() {
    let project = Folder::new(&[("a.js", b"SEES b.js"), ("b.js", b"LEAK LEAK"), ("c.js", b"LEAK SEES b.js LINK-PANIC")]);
    let run = project.run();
    let of = |path: &str| run.diagnostics.iter().filter(|it| &*it.location.path == path).map(|it| it.rule).collect::<Vec<_>>();
    assert_eq!(of("a.js"), ["grows", "grows"]);
    // What the file told by itself stands beside the error.
    assert_eq!(of("c.js"), ["grows", "internal-error"]);
}

#[test]
fn findings_are_sorted_and_the_same_for_any_number_of_threads() {
    let project = Folder::new(&[("b.js", b"LEAK LEAK"), ("a.js", b"xx LEAK"), ("c.js", b"clean")]);
    let expected = ["a.js:3 grows", "b.js:0 grows", "b.js:5 grows"];
    for threads in [1, 2, 7] {
        let run = run(&Arc::new(Words), project.files(), &project.options(threads));
        assert_eq!(lines(&run), expected);
        assert_eq!((run.files, run.lines), (3, 3));
    }
}

#[test]
fn a_panic_in_one_file_is_reported_and_costs_no_other() {
    let project = Folder::new(&[("a.js", b"PANIC"), ("b.js", b"LEAK"), ("c.js", b"JUDGE-PANIC LEAK")]);
    let run = project.run();
    assert_eq!(lines(&run), ["a.js:0 internal-error", "b.js:0 grows", "c.js:0 internal-error"]);
    assert!(run.diagnostics[0].message.contains("on purpose"));
    assert_eq!(run.diagnostics[0].severity, Severity::Error);
}

#[test]
fn a_file_that_takes_too_long_is_given_up() {
    let project = Folder::new(&[("a.js", b"HANG"), ("b.js", b"LEAK")]);
    let pool = Pool { threads: 1, deadline: Duration::from_secs(1) };
    let run = run(&Arc::new(Words), project.files(), &Options { pool, ..project.options(1) });
    assert_eq!(lines(&run), ["a.js:0 too-slow", "b.js:0 grows"]);
    assert_eq!(run.diagnostics[0].message, "given up after 1 s");
}

#[test]
fn bytes_that_are_no_text_are_reported_and_broken_text_is_linted() {
    let files: &[(&str, &[u8])] = &[("a.js", b"\xFF\xFEL\0"), ("b.js", b"x\0LEAK"), ("c.js", b"// \xE9\nLEAK"), ("d.js", b"")];
    let run = Folder::new(files).run();
    assert_eq!(lines(&run), ["a.js:0 parse-error", "b.js:0 parse-error", "c.js:3 parse-error", "c.js:5 grows"]);
    let messages: Vec<&str> = run.diagnostics.iter().map(|it| it.message.as_str()).collect();
    assert!(messages[0].contains("UTF-16") && messages[1].contains("NUL"));
    assert_eq!(messages[2], "1 byte is not UTF-8 and read as `?`");
    assert_eq!(run.files, 4);
}

#[test]
fn generated_files_are_counted_and_linted_when_named() {
    let project = Folder::new(&[("a.js", b"// @generated\nLEAK")]);
    let run = project.run();
    assert_eq!((run.files, run.skipped), (0, BTreeMap::from([(SkipReason::Generated, 1)])));
    let mut files = project.files();
    files[0].explicit = true;
    let run = super::run(&Arc::new(Words), files, &project.options(1));
    assert_eq!(lines(&run), ["a.js:14 grows"]);
}

#[test]
fn a_file_over_the_hard_limit_is_refused_even_when_named() {
    let huge = SourceFile { path: "huge.js".into(), origin: Origin::Disk, size: walk::TOO_LARGE + 1, explicit: true };
    let run = run(&Arc::new(Words), vec![huge], &Folder::new(&[]).options(1));
    assert_eq!(lines(&run), ["huge.js:0 too-large"]);
}

#[test]
fn a_file_that_vanishes_or_cannot_be_read_costs_no_other() {
    let project = Folder::new(&[("a.js", b"LEAK"), ("b.js", b"LEAK"), ("folder", b"")]);
    let mut files = project.files();
    std::fs::remove_file(project.0.path().join("a.js")).expect("the file is there");
    files.push(SourceFile { path: "folder/c.js".into(), origin: Origin::DiskAt(project.0.path().into()), size: 0, explicit: true });
    let run = run(&Arc::new(Words), files, &project.options(2));
    assert_eq!(lines(&run), ["b.js:0 grows"]);
    assert_eq!(run.vanished, ["a.js"]);
    assert_eq!(run.unreadable.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["folder/c.js"]);
}

#[test]
fn comments_silence_findings_unless_they_are_not_read() {
    let project = Folder::new(&[("a.js", b"// leaklint-disable-next-line grows -- why\nLEAK")]);
    assert!(project.run().diagnostics[0].suppressed.is_some());
    let options = Options { inline_config: false, ..project.options(1) };
    let run = run(&Arc::new(Words), project.files(), &options);
    assert!(run.diagnostics[0].suppressed.is_none());
}

#[test]
fn a_selection_leaves_out_what_it_does_not_want() {
    let project = Folder::new(&[("a.js", b"LEAK \xFF")]);
    let selection = Selection::new(&CATALOG, &[], &["collection".into()]).expect("the category exists");
    let run = run(&Arc::new(Words), project.files(), &Options { selection, ..project.options(1) });
    assert_eq!(lines(&run), ["a.js:5 parse-error"]);
}

#[test]
fn a_fingerprint_is_the_same_from_anywhere_and_after_lines_moved() {
    let fingerprints = |run: &Run| run.diagnostics.iter().map(|it| it.fingerprint.clone()).collect::<Vec<_>>();
    let project = Folder::new(&[("package.json", b"{}"), ("a.js", b"LEAK LEAK")]);
    let before = fingerprints(&project.run());
    assert_eq!(before.len(), 2);
    assert_ne!(before[0], before[1]);
    std::fs::write(project.0.path().join("a.js"), "\n\nLEAK\nLEAK").expect("a file");
    assert_eq!(fingerprints(&project.run()), before);
    let elsewhere = project.0.path().join("sub");
    std::fs::create_dir(&elsewhere).expect("a folder");
    let options = WalkOptions { cwd: elsewhere.clone(), threads: 1, no_ignore: false, ignore_patterns: vec![] };
    let files = walk::walk(&[PathBuf::from("..")], &options).expect("no patterns").files;
    let from_elsewhere = run(&Arc::new(Words), files, &Options { cwd: elsewhere, ..project.options(1) });
    assert_eq!(fingerprints(&from_elsewhere), before);
}

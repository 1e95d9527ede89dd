//! What each format prints, and where.

use super::Project;

fn two_findings() -> Project {
    Project::new(&[("src/a.js", "const a = LEAK;\n"), ("src/b.js", "LEAK?\n")])
}

#[test]
fn pretty_shows_the_chain_and_ends_with_a_summary() {
    let out = two_findings().words(&[]).out;
    let (report, summary) = out.trim_end().rsplit_once('\n').expect("several lines");
    insta::assert_snapshot!(report, @r"
    error[growing-word]: `LEAK` grows and nothing releases it
       ╭─[src/a.js:1:11]
     1 │ const a = LEAK;
       ·           ──┬─
       ·             ╰─┤ 1. lives long
       ·               │ 2. grows
       ╰────
      searched: this file: no release
      help: write another word (safe fix)

    warning[growing-word]: `LEAK` grows and nothing releases it
       ╭─[src/b.js:1:1]
     1 │ LEAK?
       · ──┬─
       ·   ╰─┤ 1. lives long
       ·     │ 2. grows
       ╰────
      searched: this file: no release
      help: write another word (safe fix)
    ");
    assert!(summary.starts_with("1 error, 1 warning in 2 files (2 lines), "), "{summary}");
}

#[test]
fn concise_is_one_line_a_finding_and_the_summary_goes_to_stderr() {
    let ended = two_findings().words(&["-f", "concise"]);
    assert_eq!(
        ended.out,
        "src/a.js:1:11: error[growing-word] `LEAK` grows and nothing releases it\n\
         src/b.js:1:1: warning[growing-word] `LEAK` grows and nothing releases it\n"
    );
    assert!(ended.err.starts_with("1 error, 1 warning in 2 files"), "{}", ended.err);
}

#[test]
fn github_prints_commands() {
    assert_eq!(
        two_findings().words(&["-f", "github", "--quiet"]).out,
        "::error file=src/a.js,line=1,endLine=1,col=11,endColumn=15,title=leaklint(growing-word)::`LEAK` grows and nothing releases it\n"
    );
}

#[test]
fn in_github_actions_commands_follow_the_pretty_report() {
    let actions = [("GITHUB_ACTIONS", "true")];
    let out = two_findings().words_with(&[], &actions).out;
    assert!(out.starts_with("error[growing-word]") && out.contains("\n::error file=src/a.js,"), "{out}");
    assert!(!two_findings().words_with(&["-f", "pretty"], &actions).out.contains("::error"));
}

#[test]
fn one_run_may_write_several_reports() {
    let project = two_findings();
    let ended = project.words(&["--report", "sarif=out.sarif", "--report", "json=out.json", "-f", "concise", "-o", "out.txt"]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.starts_with("1 error, 1 warning"), "{}", ended.err);
    assert!(project.read("out.txt").starts_with("src/a.js:1:11: error"));
    for file in ["out.sarif", "out.json"] {
        serde_json::from_str::<serde_json::Value>(&project.read(file)).expect("it is JSON");
    }
}

#[test]
fn low_confidence_is_shown_on_demand_and_high_alone_too() {
    let project = Project::new(&[("a.js", "LEAK LEAK? LEAK~")]);
    for (level, count) in [("high", 1), ("medium", 2), ("low", 3)] {
        assert_eq!(project.words(&["-f", "json", "--min-confidence", level]).findings().len(), count, "{level}");
    }
}

#[test]
fn only_and_skip_choose_rules() {
    let project = Project::new(&[("a.js", "LEAK")]);
    for (arguments, count) in [
        (["--only", "growing-word"], 1),
        (["--only", "timer,collection"], 1),
        (["--only", "ticking-word"], 0),
        (["--skip", "collection"], 0),
    ] {
        let arguments = [&arguments[..], &["-f", "json"]].concat();
        assert_eq!(project.words(&arguments).findings().len(), count, "{arguments:?}");
    }
}

#[test]
fn color_obeys_flag_and_environment() {
    let project = two_findings();
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| project.words_with(arguments, variables).out.contains('\u{1b}');
    assert!(!colored(&[], &[]));
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "0")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
}

#[test]
fn explain_prints_a_page_and_rules_a_list() {
    let project = Project::new(&[]);
    assert_eq!(project.words(&["explain", "growing-word"]).out, "# growing-word\n\nIt leaks.\n");
    assert!(project.words(&["explain", "parse-error"]).out.starts_with("# parse-error\n"));
    assert_eq!(
        project.words(&["rules"]).out,
        "growing-word  collection  A word that leaks.\nticking-word  timer       A word that ticks.\n"
    );
}

#[test]
fn timings_name_the_steps() {
    let err = two_findings().words(&["--timings"]).err;
    for step in ["walk", "analyse", "rules", "second look", "report"] {
        assert!(err.lines().any(|line| line.starts_with(step) && line.contains(" ms")), "{err}");
    }
}

#[test]
fn copies_of_one_program_are_told_once_and_listed_by_json() {
    let code = "const cache = new Map();\nexport function load(userId) {\n  cache.set(userId, read(userId));\n}\n";
    let project = Project::new(&[("package.json", "{}"), ("dist/users.js", code), ("esm/users.mjs", code), ("src/users.ts", code)]);
    let ended = project.leaklint(&["--format", "concise", "--min-confidence", "low"]);
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!(lines.len(), 1, "{ended:?}");
    assert!(
        lines[0].starts_with("src/users.ts:1:7: ") && lines[0].ends_with(" (also at dist/users.js:1 and esm/users.mjs:1)"),
        "{ended:?}"
    );
    assert!(ended.err.contains("2 more of the same"), "{ended:?}");
    let pretty = project.leaklint(&["--format", "pretty", "--min-confidence", "low"]).out;
    assert!(
        pretty.contains("\n  also at dist/users.js:1 and esm/users.mjs:1\n") && pretty.matches("unbounded-collection").count() == 1,
        "{pretty}"
    );
    let report = project.leaklint(&["--format", "json", "--min-confidence", "low"]).json();
    let places = |key: &str| report["diagnostics"].as_array().expect("a list").iter().map(|it| it[key]["path"].clone()).collect::<Vec<_>>();
    assert_eq!(places("copyOf"), ["src/users.ts".into(), "src/users.ts".into(), serde_json::Value::Null]);
    assert_eq!(report["summary"]["copies"], 2);
}

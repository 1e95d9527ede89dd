//! Every line of the table of exit codes.

use std::fs;
use std::process::Stdio;

use super::{Project, UNDECODABLE};

#[test]
fn clean_files_end_with_0() {
    let ended = Project::new(&[("a.js", "let a = 1;\n")]).leaklint(&[]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert!(ended.out.starts_with("no leaks found in 1 file (1 line), "), "{}", ended.out);
}

#[test]
fn errors_end_with_1_and_warnings_with_0() {
    assert_eq!(Project::new(&[("a.js", "LEAK")]).words(&[]).code, 1);
    assert_eq!(Project::new(&[("a.js", "LEAK?")]).words(&[]).code, 0);
    assert_eq!(Project::new(&[("a.js", "LEAK~")]).words(&["--min-confidence", "low"]).code, 0);
}

#[test]
fn more_warnings_than_allowed_end_with_1() {
    let project = Project::new(&[("a.js", "LEAK? LEAK?")]);
    assert_eq!(project.words(&["--max-warnings", "1"]).code, 1);
    assert_eq!(project.words(&["--max-warnings", "2"]).code, 0);
    assert_eq!(project.words(&["--max-warnings", "1", "--quiet"]).code, 1);
}

#[test]
fn a_file_that_cannot_be_decoded_is_a_warning_and_the_others_are_linted() {
    let project = Project::new(&[("b.js", "let b;\n")]);
    project.write("a.js", UNDECODABLE);
    let ended = project.leaklint(&["-f", "json"]);
    assert_eq!((ended.code, ended.findings()), (0, vec!["a.js:1:1 parse-error".to_string()]));
    assert_eq!(ended.json()["summary"]["files"], 2);
}

#[test]
fn wrong_arguments_end_with_2() {
    let project = Project::new(&[]);
    for wrong in [
        &["--no-such-flag"][..],
        &["-f", "yaml"],
        &["--report", "sarif"],
        &["-j", "0"],
        &["--max-warnings", "many"],
        &["--min-confidence", "none"],
        &["--ignore-pattern", "a["],
        &["--stdin-filename", "a.js"],
    ] {
        let ended = project.leaklint(wrong);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{wrong:?}");
        assert!(ended.err.starts_with("error: "), "{wrong:?}: {}", ended.err);
    }
}

#[test]
fn an_unknown_rule_ends_with_2_and_the_nearest_names() {
    let project = Project::new(&[("a.js", "LEAK")]);
    let help = "error: `growing-wrd` is no rule\n  help: did you mean `growing-word`";
    for arguments in [["explain", "growing-wrd"], ["--only", "growing-wrd"], ["--skip", "growing-wrd"]] {
        let ended = project.words(&arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""));
        assert!(ended.err.starts_with(help), "{}", ended.err);
    }
    assert!(project.words(&["explain", "zzz"]).err.ends_with("help: `leaklint rules` lists all rules\n"));
}

#[test]
fn a_path_that_does_not_exist_ends_with_2_after_the_rest_was_linted() {
    let ended = Project::new(&[("a.js", "LEAK")]).words(&["nowhere", "a.js", "-f", "concise"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.starts_with("error: nowhere does not exist\n"), "{}", ended.err);
    assert!(ended.out.starts_with("a.js:1:1: error[growing-word]"), "{}", ended.out);
}

#[test]
fn a_mistyped_command_is_recognised() {
    let ended = Project::new(&[]).leaklint(&["expalin", "listener-leak"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.starts_with("error: expalin does not exist\n  help: did you mean the command `explain`?\n"), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn a_file_or_folder_that_the_system_refuses_ends_with_2_after_the_rest_was_linted() {
    use std::os::unix::fs::PermissionsExt;

    let project = Project::new(&[("a.js", "LEAK"), ("b.js", ""), ("c/d.js", "")]);
    for closed in ["b.js", "c"] {
        fs::set_permissions(project.path().join(closed), fs::Permissions::from_mode(0o000)).expect("own files");
    }
    let root_reads_everything = fs::read(project.path().join("b.js")).is_ok();
    let ended = project.words(&["-f", "concise"]);
    fs::set_permissions(project.path().join("c"), fs::Permissions::from_mode(0o755)).expect("own files");
    if root_reads_everything {
        eprintln!("skipped: this user may read everything");
        return;
    }
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("error: cannot read b.js: permission denied\n"), "{}", ended.err);
    assert!(ended.err.contains("error: cannot read c: permission denied\n"), "{}", ended.err);
    assert!(ended.out.starts_with("a.js:1:1: error"), "{}", ended.out);
}

#[test]
fn a_defect_of_leaklint_ends_with_2_and_costs_no_other_file() {
    let project = Project::new(&[("a.js", "PANIC"), ("b.js", "LEAK")]);
    let ended = project.words(&["-f", "json"]);
    assert_eq!(ended.code, 2);
    assert_eq!(ended.findings(), ["a.js:1:1 internal-error", "b.js:1:1 growing-word"]);
    assert_eq!(project.words(&["--skip", "parse"]).code, 2);
}

#[test]
fn nothing_to_lint_ends_with_0_and_a_note_unless_asked_otherwise() {
    let empty = Project::new(&[]);
    let ignored = Project::new(&[(".gitignore", "*.js\n"), ("a.js", "")]);
    for project in [empty, ignored] {
        let ended = project.leaklint(&[]);
        assert_eq!(ended.code, 0);
        assert!(ended.err.starts_with("note: no file to lint"), "{}", ended.err);
        let ended = project.leaklint(&["--error-on-unmatched"]);
        assert_eq!(ended.code, 2);
        assert!(ended.err.starts_with("error: no file to lint"), "{}", ended.err);
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let project = Project::new(&[]);
    for n in 0..400 {
        project.write(&format!("a{n}.js"), UNDECODABLE);
    }
    for arguments in [&["-f", "pretty"][..], &["-f", "json"], &["-f", "sarif"], &["explain", "parse-error"], &["rules"], &["--help"]] {
        let mut child =
            project.command(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the binary ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn a_report_that_cannot_be_written_ends_with_2() {
    let project = Project::new(&[("a.js", "")]);
    for arguments in [["-o", "no/folder"], ["--report", "json=no/folder"]] {
        let ended = project.leaklint(&arguments);
        assert_eq!(ended.code, 2);
        assert_eq!(ended.err, "error: cannot write no/folder: no such file or directory\n");
    }
}

#[test]
fn help_and_version_end_with_0() {
    let project = Project::new(&[]);
    for arguments in [["--help"], ["--version"], ["-h"], ["-V"]] {
        let ended = project.leaklint(&arguments);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""));
        assert!(ended.out.contains("leaklint"));
    }
    assert!(project.leaklint(&["--help"]).out.contains("--min-confidence"));
}

#[test]
fn a_rule_that_is_off_by_default_runs_only_by_its_name() {
    let project = Project::new(&[("test/a.test.js", "it('ticks', () => {\n  setInterval(() => {}, 1000);\n});\n")]);
    let found = |arguments: &[&str]| project.leaklint(&[&["-f", "json"], arguments].concat()).findings();
    assert!(found(&[]).is_empty());
    assert!(found(&["--only", "test"]).is_empty());
    assert!(found(&["--only", "uncleared-interval"]).is_empty());
    assert_eq!(found(&["--only", "test-global-state"]), ["test/a.test.js:2:3 test-global-state"]);
    assert!(found(&["--only", "test-global-state", "--skip", "test"]).is_empty());
    let listed = project.leaklint(&["rules"]).out;
    let line = listed.lines().find(|line| line.starts_with("test-global-state")).unwrap_or_default();
    assert!(line.contains("off by default"), "{listed}");
    let sarif = project.leaklint(&["-f", "sarif"]).json();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().cloned().unwrap_or_default();
    let off: Vec<_> = rules.iter().filter(|rule| rule["defaultConfiguration"]["enabled"] == false).map(|rule| rule["id"].clone()).collect();
    assert_eq!(off, ["test-global-state"]);
}

//! Comments that silence findings.

use super::Project;

const SILENCED: &str = "// leaklint-disable-next-line growing-word -- one word\nLEAK\n";

#[test]
fn a_silenced_finding_is_left_out_and_counted() {
    let project = Project::new(&[("a.js", SILENCED)]);
    let ended = project.words(&["-f", "json"]);
    assert_eq!((ended.code, ended.findings().len()), (0, 0));
    assert_eq!(ended.json()["summary"]["suppressed"], 1);
    let shown = project.words(&["-f", "json", "--show-suppressed"]);
    assert_eq!((shown.code, shown.findings()), (0, vec!["a.js:2:1 growing-word".to_string()]));
    assert!(project.words(&["--show-suppressed"]).out.contains("  suppressed at a.js:1: one word\n"));
}

#[test]
fn comments_are_not_read_on_demand() {
    let ended = Project::new(&[("a.js", SILENCED), ("b.js", "// leaklint-disable-line growing-word\n")]).words(&[
        "-f",
        "json",
        "--no-inline-config",
    ]);
    assert_eq!((ended.code, ended.findings()), (1, vec!["a.js:2:1 growing-word".to_string()]));
}

#[test]
fn what_is_wrong_with_a_comment_is_a_warning() {
    let project = Project::new(&[("a.js", "// leaklint-disable-line growing-word\n// leaklint-disable-line growing-wrd -- why\n")]);
    let ended = project.words(&["-f", "concise"]);
    assert_eq!(ended.code, 0);
    assert_eq!(
        ended.out,
        "a.js:1:1: warning[missing-reason] `leaklint-disable-line` does not say why\n\
         a.js:1:1: warning[unused-suppression] `leaklint-disable-line growing-word` silences nothing\n\
         a.js:2:1: warning[unknown-suppression] `growing-wrd` is no rule that can be suppressed\n"
    );
}

#[test]
fn a_comment_is_not_unused_because_of_what_is_shown() {
    let project = Project::new(&[("a.js", "LEAK~ // leaklint-disable-line growing-word -- why\n")]);
    assert!(project.words(&["-f", "json"]).findings().is_empty());
    assert!(project.words(&["-f", "json", "--only", "timer"]).findings().is_empty());
}

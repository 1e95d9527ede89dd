//! Errors: which leave the tree whole, and what the others spoil.

use super::*;
use crate::syntax::ProblemKind;

#[test]
fn errors_that_leave_the_tree_whole_distrust_nothing() {
    for (path, source) in HARMLESS {
        let parsed = parsed(path, source);
        assert_ne!(parsed.problems, [], "{source}");
        assert_eq!(parsed.distrusted, [], "{source}: {:?}", parsed.problems);
    }
}

const HARMLESS: &[(&str, &str)] = &[("a.mjs", "export {}; a = 010;")];

#[test]
fn other_errors_distrust_the_statement_around_them() {
    for (source, distrusted) in BENT {
        let parsed = parsed("a.js", source);
        let spans: Vec<&str> = parsed.distrusted.iter().map(|span| at(source, *span)).collect();
        assert_eq!(spans, [*distrusted], "{source}: {:?}", parsed.problems);
    }
}

const BENT: &[(&str, &str)] = &[("f(); const a: string = b; g();", "const a: string = b;")];

#[test]
fn what_has_no_tree_is_an_error() {
    for (path, source) in
        [("a.js", "a b c"), ("a.ts", "const x = <div>a</div>;"), ("a.js", "<template><a></template>"), ("a.js", "{\"a\": 1}")]
    {
        let problems = read(path, source).expect_err(source);
        assert_eq!(problems[0].kind, ProblemKind::Syntax, "{source}");
    }
}

#[test]
fn flow_is_the_second_try() {
    for source in ["// @flow\ntype A = {| b: ?string |};\nconst c = (d: A): ?E => d.f;", "import type { A } from 'a';\nopaque type B = A;"]
    {
        let parsed = parsed("a.js", source);
        assert_eq!((parsed.problems, parsed.distrusted), (vec![], vec![]), "{source}");
    }
}

#[test]
fn many_errors_are_cut() {
    let source = "export {}; a = 010;".to_owned() + &"b = 010;".repeat(100);
    assert_eq!(parsed("a.js", source).problems.len(), 10);
}

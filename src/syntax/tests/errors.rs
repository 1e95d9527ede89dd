//! Errors: which leave the tree whole, and what the others spoil.

use super::*;
use crate::syntax::{Language, ProblemKind};

#[test]
fn errors_that_leave_the_tree_whole_distrust_nothing() {
    for (kind, path, source) in HARMLESS {
        let found = kinds(path, source);
        assert!(found.iter().any(|found| found == kind), "{source}: {found:?}");
        assert_eq!(parsed(path, source).distrusted, [], "{source}: {found:?}");
    }
}

/// The names of the errors that the parser reports.
fn kinds(path: &str, source: &str) -> Vec<String> {
    let problems = crate::syntax::parse::recovered(Language::of_path(path), source);
    problems.iter().map(|error| format!("{:?}", error.kind()).chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
}

const HARMLESS: &[(&str, &str, &str)] = &[
    ("LegacyOctal", "a.mjs", "export {}; a = 010;"),
    ("LegacyDecimal", "a.mjs", "export {}; a = 08;"),
    ("TS1085", "a.ts", "export {}; a = 010;"),
    ("LegacyCommentInModule", "a.mjs", "export {}; a <!-- b"),
    ("WithInStrict", "a.js", "'use strict'; with (a) b();"),
    ("TS2410", "a.ts", "with (a) b();"),
    ("TS1102", "a.js", "'use strict'; delete a;"),
    ("InvalidIdentInStrict", "a.js", "'use strict'; let static;"),
    ("InvalidIdentInAsync", "a.js", "import await from 'a';"),
    ("EvalAndArgumentsInStrict", "a.js", "'use strict'; var eval = 1;"),
    ("TS1100", "a.ts", "'use strict'; arguments = 1;"),
    ("AwaitParamInAsync", "a.js", "async function f(a = await b) {}"),
    ("AwaitInFunction", "a.js", "function f() { await g(); }"),
    ("DuplicateLabel", "a.js", "a: a: b();"),
    ("TS1105", "a.js", "break;"),
    ("TS1107", "a.js", "while (a) { continue b; }"),
    ("TS1115", "a.js", "continue;"),
    ("TS1116", "a.js", "break a;"),
    ("LabelledFunctionInStrict", "a.js", "'use strict'; a: function f() {}"),
    ("DeclNotAllowed", "a.js", "while (a) function f() {}"),
    ("IllegalLanguageModeDirective", "a.js", "function f(a = 1) { 'use strict'; }"),
    ("CommaAfterRestElement", "a.js", "const [...a,] = b;"),
    ("NonLastRestParam", "a.js", "const [...a, c] = b;"),
    ("TS1014", "a.js", "function f(...a, b) {}"),
    ("ArgumentsInClassField", "a.js", "class A { b = arguments; }"),
    ("InvalidNewTarget", "a.js", "new.target;"),
    ("NullishCoalescingWithLogicalOp", "a.js", "a ?? b || c;"),
    ("DuplicatedRegExpFlags", "a.js", "/a/gg;"),
    ("UnknownRegExpFlags", "a.js", "/a/q;"),
    ("NotSimpleAssign", "a.js", "[f()] = 1;"),
    ("TS2406", "a.js", "f()++;"),
    ("ConstDeclarationsRequireInitialization", "a.js", "const a;"),
    ("VarInitializerInForInHead", "a.js", "for (let a = 1 of c) ;"),
    ("TS1106", "a.js", "for (async of a) ;"),
    ("GetterParam", "a.js", "class A { get a(b) {} }"),
    ("SetterParam", "a.js", "class A { set a() {} }"),
    ("DuplicateConstructor", "a.js", "class A { constructor() {} constructor() {} }"),
    ("GeneratorConstructor", "a.js", "class A { *constructor() {} }"),
    ("ConstructorAccessor", "a.js", "class A { get constructor() {} }"),
    ("TS1164", "a.ts", "enum A { [b] = 1 }"),
    ("TS1183", "a.ts", "declare function f() {}"),
    ("TS1244", "a.ts", "class A { abstract b(): void; }"),
    ("TS1245", "a.ts", "abstract class A { abstract b() {} }"),
    ("TS1267", "a.ts", "abstract class A { abstract b = 1; }"),
    ("TS2206", "a.ts", "import type { type A } from 'b';"),
    ("TS2207", "a.ts", "export type { type A } from 'b';"),
    ("TS2369", "a.ts", "function f(private a) {}"),
    ("TS2414", "a.ts", "class any {}"),
    ("TS2427", "a.ts", "interface any {}"),
    ("TS2452", "a.ts", "enum A { 1 = 2 }"),
    ("TS2483", "a.ts", "for (const a: B of c) ;"),
    ("TS4112", "a.ts", "class A { override b() {} }"),
];

#[test]
fn other_errors_distrust_the_statement_around_them() {
    for (source, distrusted) in BENT {
        let parsed = parsed("a.js", source);
        let spans: Vec<&str> = parsed.distrusted.iter().map(|span| at(source, *span)).collect();
        assert_eq!(spans, [*distrusted], "{source}: {:?}", parsed.problems);
    }
}

const BENT: &[(&str, &str)] = &[
    ("f(); const a: string = b; g();", "const a: string = b;"),
    ("f(); let a = b as C; g();", "let a = b as C;"),
    ("f(); function g() { h();", "function g() { h();"),
    ("f(); if (a) { b();", "if (a) { b();"),
    ("f(); a = 'b\nc();", "a = 'b"),
    ("f(); for (let a, b of c) ; g();", "for (let a, b of c) ;"),
    ("f(); ({ a = 1 }); g();", "({ a = 1 });"),
    ("f(); /* a", "f();"),
];

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

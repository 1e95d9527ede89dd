//! Input that was not written to be read.

use super::*;
use crate::syntax::{DEFAULT_DEPTH_LIMIT, ProblemKind};

/// Programs that nest `depth` levels, one for each way to nest.
fn nested(depth: usize) -> Vec<(&'static str, &'static str, String)> {
    let around = |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(depth), close.repeat(depth));
    vec![
        ("brackets", "a.js", around("[", "", "]")),
        ("parentheses", "a.js", around("(", "a", ")")),
        ("braces", "a.js", around("{", "", "}")),
        ("objects", "a.js", format!("x={}", around("{a:", "1", "}"))),
        ("calls", "a.js", around("f(", "", ")")),
        ("functions", "a.js", around("function f(){", "", "}")),
        ("arrows", "a.js", around("()=>", "a", "")),
        ("arrow calls", "a.js", around("f(()=>", "a", ")")),
        ("arrow blocks", "a.js", around("()=>{", "", "}")),
        ("classes", "a.js", around("class A{m(){", "", "}}")),
        ("base classes", "a.js", around("class A extends ", "B", "{}")),
        ("templates", "a.js", around("`${", "a", "}`")),
        ("method chains", "a.js", around("", "a", ".b()")),
        ("member chains", "a.js", around("", "a", ".b")),
        ("index chains", "a.js", around("", "a", "[b]")),
        ("optional chains", "a.js", around("", "a", "?.b")),
        ("sums", "a.js", around("a+", "a", "")),
        ("powers", "a.js", around("a**", "a", "")),
        ("disjunctions", "a.js", around("a||", "a", "")),
        ("unary operators", "a.js", around("!", "a", "")),
        ("typeof", "a.js", around("typeof ", "a", "")),
        ("new", "a.js", around("new ", "a", "")),
        ("await", "a.js", around("await ", "a", "")),
        ("assignments", "a.js", around("a=", "a", "")),
        ("conditionals", "a.js", around("a?b:", "c", "")),
        ("ifs", "a.js", around("if(a)", "b", "")),
        ("whiles", "a.js", around("while(a)", "b", "")),
        ("fors", "a.js", around("for(;;)", "b", "")),
        ("for awaits on lines", "a.js", around("for await(a of b)\n", "c", "")),
        ("ifs on lines", "a.js", around("if(a)\n", "b", "")),
        ("else ifs", "a.js", around("if(a){}\nelse ", "b", "")),
        ("labels", "a.js", (0..depth).map(|nth| format!("a{nth}:")).collect::<String>() + "b"),
        ("tries", "a.js", around("try{", "", "}finally{}")),
        ("switches", "a.js", around("switch(a){case 1:", "", "}")),
        ("array patterns", "a.js", format!("[{}=b", around("[", "a", "]]").trim_end_matches(']').to_owned() + &"]".repeat(depth + 1))),
        ("elements", "a.jsx", around("<a>", "", "</a>")),
        ("elements with text", "a.jsx", around("<a>b, {c} d;", "", "</a>")),
        ("types", "a.ts", format!("let a:{}", around("A<", "B", ">"))),
        ("union types", "a.ts", format!("let a:{}", around("(A|", "B", ")"))),
        ("assertions", "a.ts", around("", "a", "!")),
        ("namespaces", "a.ts", around("namespace A{", "", "}")),
    ]
}

#[test]
fn moderate_nesting_is_read() {
    on_a_big_stack(|| {
        for (what, path, source) in nested(1000) {
            let parsed = read(path, source);
            assert!(parsed.is_ok(), "{what}: {:?}", parsed.err());
        }
    });
}

#[test]
fn hostile_nesting_is_refused_before_anything_recurses() {
    for (what, path, source) in nested(100_000) {
        let problems = read(path, source).expect_err(what);
        assert_eq!(problems[0].kind, ProblemKind::TooDeep, "{what}");
        assert!(problems[0].message.contains(&DEFAULT_DEPTH_LIMIT.to_string()), "{}", problems[0].message);
    }
}

#[test]
fn a_small_stack_gets_a_small_limit() {
    let source = SourceText::new(format!("x={}1{}", "[".repeat(200), "]".repeat(200)).into_bytes());
    assert!(lower_with_limit("a.js", &source, 100).is_err());
    assert!(lower_with_limit("a.js", &source, 300).is_ok());
}

#[test]
fn length_is_not_depth() {
    let long = |line: &str| line.repeat(3 * DEFAULT_DEPTH_LIMIT as usize);
    for source in [
        long("a.b(c+d);\n"),
        format!("x=[{}]", long("{a:1},")),
        format!("x={{{}}}", long("a:b+c,\n")),
        format!("x='{}'", long("((((")),
        format!("x=/[({}]/.y", long("[([(")),
        format!("x=`{}`", long("((((")),
        format!("/*{}*/", long("((((")),
        long("// ((((\n"),
        long("if (a) { b(); }\n"),
        long("a\n"),
        format!("as<b;{}", long("a.b;")),
        format!("a<<b;{}", long("a.b;")),
        format!("a.default<b;{}", long("a.b;")),
        long("function f() { return a.b + c }\n"),
    ] {
        assert!(super::super::depth::too_deep(source.as_bytes(), DEFAULT_DEPTH_LIMIT).is_none(), "{}", &source[..40]);
    }
}

#[test]
fn depth_counts_wherever_it_stands() {
    let limit = DEFAULT_DEPTH_LIMIT as usize;
    let flat = "a.b(c+d);\n".repeat(3 * limit);
    for (levels, is_refused) in [(limit + 1, true), (limit / 10 * 9, false), (limit / 3, false)] {
        let deep = format!("x={}1{};", "(".repeat(levels), ")".repeat(levels));
        for source in [format!("{flat}{deep}"), format!("{deep}{flat}"), format!("{flat}{deep}{flat}"), format!("({flat}{deep})")] {
            assert_eq!(super::super::depth::too_deep(source.as_bytes(), DEFAULT_DEPTH_LIMIT).is_some(), is_refused, "{levels}");
        }
    }
}

#[test]
fn a_chain_upon_a_deep_operand_counts_both() {
    let operand = format!("{}a{}", "(".repeat(60), ")".repeat(60));
    let chained = format!("{operand}{}", ".b".repeat(60));
    assert!(super::super::depth::too_deep(operand.as_bytes(), 100).is_none());
    assert!(super::super::depth::too_deep(chained.as_bytes(), 100).is_some());
}

#[test]
fn a_byte_order_mark_moves_nothing() {
    let source = "\u{feff}#!/usr/bin/env node\nfoo();";
    let ir = parsed("a.js", source).ir;
    let call = ir.exprs.last().map(|expr| at(source, expr.span));
    assert_eq!(call, Some("foo()"));
    assert_eq!(ir.functions[0].span.start, 3);
    assert_eq!(parsed("a.ts", "\u{feff}class A {}").ir.classes[0].body, Span::new(11, 13));
}

#[test]
fn line_ends_of_every_kind_are_read() {
    for end in ["\r\n", "\r", "\u{2028}", "\u{2029}"] {
        let source = format!("// a{end}foo();{end}bar();{end}");
        let ir = parsed("a.js", &source).ir;
        let stmts: Vec<&str> = ir.stmts.iter().map(|stmt| at(&source, stmt.span)).collect();
        assert_eq!(stmts, ["foo();", "bar();"], "{end:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_move_nothing() {
    let source = b"const a = '\xFF\xFE';\nfoo();";
    let ir = parsed("a.js", source).ir;
    assert_eq!(ir.exprs.last().map(|expr| expr.span), Some(Span::new(16, 21)));
}

#[test]
fn what_is_no_text_is_undecodable() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("const a = 1; foo();".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let problems = read("a.js", utf16).expect_err("UTF-16");
    assert_eq!(problems[0].kind, ProblemKind::Undecodable);
    assert_eq!(problems[0].message, "this file is UTF-16");
    let problems = read("a.js", b"\x7fELF\x02\x01\x01\0\0\0(((").expect_err("binary");
    assert_eq!((problems[0].kind, problems.len()), (ProblemKind::Undecodable, 1));
    assert_eq!(problems[0].message, "this file is not text");
}

#[test]
fn nothing_at_all_is_a_script() {
    for source in ["", "\u{feff}", "\n", "// a", "#!/bin/node", ";;;"] {
        let parsed = parsed("a.js", source);
        assert_eq!(parsed.ir.exprs.len(), 0, "{source:?}");
        assert_eq!(parsed.problems, [], "{source:?}");
    }
}

#[test]
fn what_other_parsers_choke_on_is_read() {
    for (path, source) in [
        ("a.js", "return a;"),
        ("a.js", "await a; for await (b of c) d;"),
        ("a.js", "a <!-- b\n--> c\n"),
        ("a.js", "using a = b(); { await using c = d; }"),
        ("a.js", "import a from 'b' with { type: 'json' }; import c from 'd' assert { type: 'json' };"),
        ("a.js", "@a @b() export class C { @d e; @f() accessor g = 1; }"),
        ("a.js", "export @a class C {}"),
        ("a.js", "x = <a/>"),
        ("a.cjs", "with (a) b = 010; yield = 1; await = 2; delete c;"),
        ("a.js", "label: function f() {}"),
        ("a.mts", "let a = b as C; let d = (<T,>(e: T) => e);"),
        ("a.cts", "import a = require('b'); export = a;"),
        ("a.tsx", "const a = <T,>(b: T) => <c d={b}/>;"),
        ("a.d.ts", "declare const a: B; export default a; declare module 'c';"),
        ("a.js", "({ __proto__: a, __proto__: b }); var let_ = 1, async, of, get, set, static_;"),
        ("a.js", "a = b ? (c) : d => e; f = async (g) => {}; async (h);"),
        ("a.js", "x = /[/]\\/(?<a>.)/dgimsuy; y = a / b / c;"),
        ("a.js", "'\\u{1F600}\\uD83D'; `\\u{1F600}`; tag`\\u`"),
        ("a.js", "class A { static async = 1; get; set; static; 'constructor'() {} }"),
    ] {
        match read(path, source) {
            Ok(parsed) => assert_eq!(parsed.distrusted, [], "{source}: {:?}", parsed.problems),
            Err(problems) => panic!("{source}: {problems:?}"),
        }
    }
}

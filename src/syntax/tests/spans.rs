//! Spans that source edits rely on.

use super::*;
use crate::model::ir::*;

#[test]
fn a_function_has_the_spans_of_its_name_and_body() {
    let source = "async function load(a) { 'x'; return a; }\nconst f = (b) => b.c;\nconst o = { get g() { return 1; }, async h() {} };";
    let ir = parsed("a.js", source).ir;
    let spans = |nth: usize| {
        let function = &ir.functions[nth];
        (at(source, function.span), function.name_span.map(|span| at(source, span)), at(source, function.body))
    };
    assert_eq!(spans(0), (source, None, source));
    assert_eq!(spans(1), ("async function load(a) { 'x'; return a; }", Some("load"), "{ 'x'; return a; }"));
    assert_eq!(spans(2), ("(b) => b.c", None, "b.c"));
    assert!(ir.functions[2].body_is_expression);
    assert_eq!(spans(3), ("get g() { return 1; }", Some("g"), "{ return 1; }"));
    assert_eq!(spans(4), ("async h() {}", Some("h"), "{}"));
}

#[test]
fn a_class_has_the_span_of_its_body() {
    let heads = [
        "class A ",
        "class A/* { */",
        "class A<T extends { b: c }> ",
        "class A extends B<{ c: d }> ",
        "class A extends f({}) // {\n",
        "@Dec({ a: b }) class A implements C<{}> ",
        "export default class extends (class {}) ",
    ];
    for head in heads {
        let source = format!("{head}{{ m() {{}} }}");
        let ir = parsed("a.ts", &source).ir;
        let outermost = ir.classes.iter().find(|class| class.span.end as usize == source.len());
        assert_eq!(outermost.map(|class| at(&source, class.body)), Some("{ m() {} }"), "{head}");
    }
}

#[test]
fn members_have_the_spans_of_their_keys() {
    let source = "class A { static async *#m() {} 'b' = 1; [c] = 2; get d() { return 3; } constructor() {} }";
    let ir = parsed("a.js", source).ir;
    let keys: Vec<&str> = ir.classes[0].members.iter().map(|member| at(source, member.key_span)).collect();
    assert_eq!(keys, ["#m", "'b'", "[c]", "d", "constructor"]);
    let spans: Vec<&str> = ir.classes[0].members.iter().map(|member| at(source, member.span)).collect();
    assert_eq!(spans, ["static async *#m() {}", "'b' = 1;", "[c] = 2;", "get d() { return 3; }", "constructor() {}"]);
}

#[test]
fn a_binding_has_the_spans_of_its_name_and_declaration() {
    let source = "import d, { e as f } from 'm'; const a: X = 1, { b: [c] } = g; function h(i?: Y, ...j: Z[]) {} class K {}";
    let ir = parsed("a.ts", source).ir;
    let spans: Vec<(&str, &str)> = ir.bindings.iter().map(|binding| (at(source, binding.span), at(source, binding.declaration))).collect();
    assert_eq!(
        spans,
        [
            ("d", "d"),
            ("f", "e as f"),
            ("a", "a: X = 1"),
            ("c", "{ b: [c] } = g"),
            ("i", "i?: Y"),
            ("j", "...j: Z[]"),
            ("h", "function h(i?: Y, ...j: Z[]) {}"),
            ("K", "class K {}"),
        ]
    );
}

#[test]
fn a_statement_knows_whether_it_stands_in_a_list() {
    let source = "export const a = 1;\nif (b) c(); else { d(); }\nfor (;;) e();\nswitch (f) { case 1: g(); }\nclass H { static { i(); } }";
    let ir = parsed("a.js", source).ir;
    let stmts: Vec<(&str, bool, Option<&str>)> = ir
        .stmts
        .iter()
        .map(|stmt| (at(source, stmt.span), stmt.in_list, stmt.parent.map(|parent| &at(source, ir.stmts[parent.index()].span)[..2])))
        .collect();
    assert_eq!(
        stmts,
        [
            ("export const a = 1;", true, None),
            ("if (b) c(); else { d(); }", true, None),
            ("c();", false, Some("if")),
            ("{ d(); }", false, Some("if")),
            ("d();", true, Some("{ ")),
            ("for (;;) e();", true, None),
            ("e();", false, Some("fo")),
            ("switch (f) { case 1: g(); }", true, None),
            ("g();", true, Some("sw")),
            ("class H { static { i(); } }", true, None),
            ("i();", true, Some("cl")),
        ]
    );
}

#[test]
fn an_expression_knows_its_innermost_statement() {
    let source = "f(() => { g(); });";
    let ir = parsed("a.js", source).ir;
    let of = |wanted: &str| ir.exprs.iter().find(|expr| at(source, expr.span) == wanted).map(|expr| at(source, ir[expr.stmt].span));
    assert_eq!(of("g()"), Some("g();"));
    assert_eq!(of("f"), Some(source));
}

#[test]
fn the_first_statement_stands_behind_the_directives() {
    let first = |source: &str| parsed("a.js", source).ir.first_statement;
    assert_eq!(first("#!/usr/bin/env node\n'use strict';\n// note\na();"), Some(42));
    assert_eq!(first("'use strict'; import 'a';"), Some(14));
    assert_eq!(first("'use strict';"), None);
}

#[test]
fn a_closure_is_linked_to_its_function() {
    let ir = parsed("a.js", "const f = function () {}; function g() {}").ir;
    let closure = ir.functions[1].expr.map(|expr| ir.kind(expr));
    assert!(matches!(closure, Some(ExprKind::Function(FnId(1)))));
    assert_eq!(ir.functions[2].expr, None);
}

#[test]
fn an_object_literal_is_linked_to_its_expression() {
    let ir = parsed("a.js", "a({ b: { c() {} } });").ir;
    for (index, expr) in ir.objects.iter().enumerate() {
        assert!(matches!(ir.kind(*expr), ExprKind::Object { object, .. } if object.index() == index));
    }
    assert_eq!(ir.functions[1].member_of, MemberOf::Object(ObjectId(1)));
}

#[test]
fn comments_that_speak_to_us_are_kept_in_order() {
    let source = "// a\n/* leaklint-disable x */ b(); // leaklint-enable x\nc(/* leaklint: d */); // e";
    let ir = parsed("a.js", source).ir;
    let comments: Vec<(&str, &str, bool)> =
        ir.comments.iter().map(|comment| (at(source, comment.span), comment.text.as_str(), comment.is_block)).collect();
    assert_eq!(
        comments,
        [
            ("/* leaklint-disable x */", " leaklint-disable x ", true),
            ("// leaklint-enable x", " leaklint-enable x", false),
            ("/* leaklint: d */", " leaklint: d ", true),
        ]
    );
}

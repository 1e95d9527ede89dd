//! Blocks and edges.

use super::check;

#[test]
fn an_if_with_else_joins_behind_both_branches() {
    check(
        "a.js",
        r#"
if (a) b(); else c();
d();
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b4 if not %0, b3 if %0
  b3:
    b()
    -> b5
  b4:
    c()
    -> b5
  b5:
    d()
    -> exit
"#,
    );
}

#[test]
fn an_if_without_else_skips_to_the_join() {
    check(
        "a.js",
        r#"
if (a) b();
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b4 if not %0, b3 if %0
  b3:
    b()
    -> b4
  b4:
    -> exit
"#,
    );
}

#[test]
fn what_follows_a_return_has_no_predecessors() {
    check(
        "a.js",
        r#"
function f() { return 1; g(); }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    return 1
    -> exit
  b6:
    g()
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn an_operand_with_an_effect_gets_a_block_of_its_own() {
    check(
        "a.js",
        r#"
const x = a && b();
y || (z = 1);
m ?? (await n);
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b4 if not %0, b3 if %0
  b3:
    %2 = b()
    -> b4
  b4:
    init x#0 = (%0 And %2)
    %5 = y
    -> b6 if %5, b5 if not %5
  b5:
    %8 = (z = 1)
    -> b6
  b6:
    (%5 Or %8)
    %10 = m
    -> b8 if not nullish %10, b7 if nullish %10
  b7:
    %12 = await n
    -> throw-exit if thrown, b9
  b8:
    (%10 Nullish %12)
    -> exit
  b9:
    -> b8
x#0 const in fn0
"#,
    );
}

#[test]
fn an_operand_without_effect_makes_no_block() {
    check(
        "a.js",
        r#"
const x = a && b.c, y = p ? q : [r], z = s ?? {};
"#,
        r#"
fn0 Module
  b0:
    init x#0 = (a And b.c)
    init y#1 = (p ? q : [r])
    init z#2 = (s Nullish object0 {})
    -> exit
x#0 const in fn0
y#1 const in fn0
z#2 const in fn0
"#,
    );
}

#[test]
fn a_conditional_with_an_effect_branches() {
    check(
        "a.js",
        r#"
const x = a ? b() : c;
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b4 if not %0, b3 if %0
  b3:
    %2 = b()
    -> b5
  b4:
    %3 = c
    -> b5
  b5:
    init x#0 = (%0 ? %2 : %3)
    -> exit
x#0 const in fn0
"#,
    );
}

#[test]
fn a_logical_assignment_assigns_only_where_it_is_let() {
    check(
        "a.js",
        r#"
a ??= b;
c.d ||= e();
f &&= 1;
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b4 if not nullish %0, b3 if nullish %0
  b3:
    (%0 Nullish= b)
    -> b4
  b4:
    %4 = c.d
    -> b6 if %4, b5 if not %4
  b5:
    (%4 Or= e())
    -> b6
  b6:
    %8 = f
    -> b8 if not %8, b7 if %8
  b7:
    (%8 And= 1)
    -> b8
  b8:
    -> exit
"#,
    );
}

#[test]
fn optional_chaining_makes_no_edge() {
    check(
        "a.js",
        r#"
a?.b?.[c]?.(d);
"#,
        r#"
fn0 Module
  b0:
    a?.b[c]?(d)
    -> exit
"#,
    );
}

#[test]
fn a_while_loop_has_its_test_in_the_loop() {
    check(
        "a.js",
        r#"
while (a()) { if (b) continue; if (c) break; d(); }
"#,
        r#"
fn0 Module
  b0:
    -> b4
  b3:
    -> exit
  b4 in While loop0:
    %1 = a()
    -> b5 if %1, b3 if not %1
  b5 in While loop0:
    %2 = b
    -> b7 if not %2, b6 if %2
  b6 in While loop0:
    -> b4
  b7 in While loop0:
    %3 = c
    -> b10 if not %3, b9 if %3
  b8 in While loop0:
  b9 in While loop0:
    -> b3
  b10 in While loop0:
    d()
    -> b4
  b11 in While loop0:
"#,
    );
}

#[test]
fn a_loop_that_never_ends_by_its_test() {
    check(
        "a.js",
        r#"
for (;;) { if (a) break; }
while (true) { b(); }
c();
"#,
        r#"
fn0 Module
  b0:
    -> b4
  b3:
    -> b10
  b4 in For loop0:
    -> b5
  b5 in For loop0:
    %0 = a
    -> b7 if not %0, b6 if %0
  b6 in For loop0:
    -> b3
  b7 in For loop0:
    -> b4
  b8 in For loop0:
  b9:
    c()
  b10 in While loop1:
    true
    -> b11
  b11 in While loop1:
    b()
    -> b10
"#,
    );
}

#[test]
fn a_do_loop_tests_at_the_end() {
    check(
        "a.js",
        r#"
do { if (a) continue; b(); } while (c);
"#,
        r#"
fn0 Module
  b0:
    -> b4
  b3:
    -> exit
  b4 in DoWhile loop0:
    %0 = a
    -> b7 if not %0, b6 if %0
  b5 in DoWhile loop0:
    %3 = c
    -> b4 if %3, b3 if not %3
  b6 in DoWhile loop0:
    -> b5
  b7 in DoWhile loop0:
    b()
    -> b5
  b8 in DoWhile loop0:
"#,
    );
}

#[test]
fn a_for_loop_has_its_start_outside() {
    check(
        "a.js",
        r#"
for (let i = 0; i < n; i++) { if (i) continue; f(i); }
"#,
        r#"
fn0 Module
  b0:
    init i#0 = 0
    -> b4
  b3:
    -> exit
  b4 in For loop0:
    %4 = (i#0 Less n)
    -> b5 if %4, b3 if not %4
  b5 in For loop0:
    %5 = i#0
    -> b8 if not %5, b7 if %5
  b6 in For loop0:
    i#0++
    -> b4
  b7 in For loop0:
    -> b6
  b8 in For loop0:
    f(i#0)
    -> b6
  b9 in For loop0:
i#0 let in scope1 of fn0
"#,
    );
}

#[test]
fn a_for_of_loop_takes_elements() {
    check(
        "a.js",
        r#"
for (const [k, v] of map) f(k);
for (x.y in o) g();
"#,
        r#"
fn0 Module
  b0:
    %0 = map
    -> b4
  b3:
    %9 = o
    -> b7
  b4 in ForOf loop0:
    -> b3, b5
  b5 in ForOf loop0:
    %1 = element of %0
    init k#0 = %1.0
    init v#1 = %1.1
    f(k#0)
    -> b4
  b6:
    -> exit
  b7 in ForIn loop1:
    -> b6, b8
  b8 in ForIn loop1:
    (x.y = key of %9)
    g()
    -> b7
k#0 const in scope1 of fn0
v#1 const in scope1 of fn0
"#,
    );
}

#[test]
fn a_for_await_loop_may_throw() {
    check(
        "a.js",
        r#"
for await (const x of xs) f(x);
"#,
        r#"
fn0 Module
  b0:
    %0 = xs
    -> b4
  b3:
    -> exit
  b4 in ForAwait loop0:
    -> b3, b5, throw-exit if thrown
  b5 in ForAwait loop0:
    init x#0 = element of %0
    f(x#0)
    -> b4
x#0 const in scope1 of fn0
"#,
    );
}

#[test]
fn labels_name_outer_loops() {
    check(
        "a.js",
        r#"
outer: for (const a of b) { for (;;) { if (c) continue outer; break outer; } }
block: { if (d) break block; e(); }
"#,
        r#"
fn0 Module
  b0:
    %0 = b
    -> b4
  b3:
    %4 = d
    -> b15 if not %4, b14 if %4
  b4 in ForOf loop0:
    -> b3, b5
  b5 in ForOf loop0:
    init a#0 = element of %0
    -> b7
  b6 in ForOf loop0:
  b7 in For loop1:
    -> b8
  b8 in For loop1:
    %3 = c
    -> b10 if not %3, b9 if %3
  b9 in For loop1:
    -> b4
  b10 in For loop1:
    -> b3
  b11 in For loop1:
  b12 in For loop1:
  b13:
    -> exit
  b14:
    -> b13
  b15:
    e()
    -> b13
  b16:
a#0 const in scope1 of fn0
"#,
    );
}

#[test]
fn a_switch_falls_through() {
    check(
        "a.js",
        r#"
switch (k) {
  case 1: a();
  case 2: b(); break;
  default: c();
  case 3: d();
}
"#,
        r#"
fn0 Module
  b0:
    %0 = k
    %1 = 1
    %2 = 2
    %3 = 3
    -> b4 if %0 is %1, b5 if %0 is %2, b7 if %0 is %3, b6 if %0 is none
  b3:
    -> exit
  b4:
    a()
    -> b5
  b5:
    b()
    -> b3
  b6:
    c()
    -> b7
  b7:
    d()
    -> b3
  b8:
  b9:
"#,
    );
}

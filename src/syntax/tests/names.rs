//! Scopes, bindings and patterns.

use super::check;

#[test]
fn var_goes_to_the_function_and_let_to_the_block() {
    check(
        "a.js",
        r#"
function f() { { var a = 1; let b = 2; } g(a, b); }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    init a#0 = 1
    init b#1 = 2
    g(a#0, b)
    -> exit
a#0 var in fn1
b#1 let in scope2 of fn1
f#2 fn1 in fn0
"#,
    );
}

#[test]
fn an_inner_name_shadows() {
    check(
        "a.js",
        r#"
const a = 1;
function f(a) { { const a = 2; g(a); } g(a); }
g(a);
"#,
        r#"
fn0 Module
  b0:
    init a#0 = 1
    g(a#0)
    -> exit
fn1 Declaration f in b0 (a#1)
  b3:
    init a#2 = 2
    g(a#2)
    g(a#1)
    -> exit
a#0 const in fn0
a#1 param 0 of fn1 in fn1
a#2 const in scope2 of fn1
f#3 fn1 in fn0
"#,
    );
}

#[test]
fn the_first_of_several_declarations_stands_for_all() {
    check(
        "a.js",
        r#"
function f(a) { var a = 1; var b; b; { var b = a; } }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0 (a#0)
  b3:
    init a#1 = 1
    b#2
    init b#3 = a#0
    -> exit
a#0 param 0 of fn1 in fn1
a#1 var in fn1
b#2 var in fn1
b#3 var in fn1
f#4 fn1 in fn0
"#,
    );
}

#[test]
fn functions_are_known_before_they_are_declared() {
    check(
        "a.js",
        r#"
f();
function f() { return g; function g() {} }
"#,
        r#"
fn0 Module
  b0:
    f#1()
    -> exit
fn1 Declaration f in b0
  b3:
    return g#0
    -> exit
  b6:
fn2 Declaration g in b3
  b7:
    -> exit
g#0 fn2 in fn1
f#1 fn1 in fn0
"#,
    );
}

#[test]
fn a_function_in_a_block_is_made_where_the_block_begins() {
    check(
        "a.js",
        r#"
if (a) { f(); b && c(); function f() {} }
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b4 if not %0, b3 if %0
  b3:
    f#0()
    %3 = b
    -> b6 if not %3, b5 if %3
  b4:
    -> exit
  b5:
    %5 = c()
    -> b6
  b6:
    (%3 And %5)
    -> b4
fn1 Declaration f in b3
  b7:
    -> exit
f#0 fn1 in scope1 of fn0
"#,
    );
}

#[test]
fn a_named_function_expression_sees_its_name() {
    check(
        "a.js",
        r#"
const a = function b() { b(); };
b();
"#,
        r#"
fn0 Module
  b0:
    init a#1 = fn1
    b()
    -> exit
fn1 Expression b in b0
  b3:
    b#0()
    -> exit
b#0 fn1 in scope1 of fn1
a#1 const in fn0
"#,
    );
}

#[test]
fn a_named_class_expression_sees_its_name() {
    check(
        "a.js",
        r#"
const A = class B { m() { return B; } };
B;
"#,
        r#"
fn0 Module
  b0:
    init A#1 = class0
    B
    -> exit
fn1 Method m of class0 in b0
  b3:
    return B#0
    -> exit
  b6:
class0 B in b0
  Method m = fn1
B#0 class0 in scope1 of fn0
A#1 const in fn0
"#,
    );
}

#[test]
fn a_class_expression_is_known_by_its_variable() {
    check(
        "a.js",
        r#"
const A = class { static i = new A(); };
"#,
        r#"
fn0 Module
  b0:
    init A#0 = class0
    -> exit
fn1 StaticInit static of class0 in b0
  b3:
    %1 = new A#0()
    -> exit
class0 A in b0
  static Field i = %1
A#0 const in fn0
"#,
    );
}

#[test]
fn a_handler_has_its_own_scope() {
    check(
        "a.js",
        r#"
try {} catch (e) { e; }
try {} catch ({ message }) { message; }
e;
"#,
        r#"
fn0 Module
  b0:
    -> b4 if thrown, b3
  b3:
    -> b6 if thrown, b5
  b4:
    e#0
    -> b3
  b5:
    e
    -> exit
  b6:
    init message#1 = other.message
    message#1
    -> b5
e#0 catch in scope1 of fn0
message#1 let in scope2 of fn0
"#,
    );
}

#[test]
fn a_loop_variable_is_seen_in_the_loop_only() {
    check(
        "a.js",
        r#"
for (let i = 0; ; ) i;
i;
"#,
        r#"
fn0 Module
  b0:
    init i#0 = 0
    -> b4
  b3:
    i
  b4 in For loop0:
    -> b5
  b5 in For loop0:
    i#0
    -> b4
i#0 let in scope1 of fn0
"#,
    );
}

#[test]
fn directives_are_kept() {
    check(
        "a.js",
        r#"
'use strict';
function f() { 'use server'; 'x'; g(); }
"#,
        r#"
fn0 Module "use strict"
  b0:
    -> exit
fn1 Declaration f in b0 "use server" "x"
  b3:
    g()
    -> exit
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn objects_arrays_defaults_and_rests() {
    check(
        "a.js",
        r#"
const { a, b: { c }, d = 1, 'e-f': g, [h()]: i, ...j } = o;
const [k, , l = m(), [n], ...p] = q;
"#,
        r#"
fn0 Module
  b0:
    %0 = o
    init a#0 = %0.a
    init c#1 = %0.b.c
    init d#2 = (%0.d Nullish 1)
    init g#3 = %0.e-f
    init i#4 = %0[h()]
    init j#5 = rest of %0
    %18 = q
    init k#6 = %18.0
    %21 = %18.2
    -> b4 if not nullish %21, b3 if nullish %21
  b3:
    %23 = m()
    -> b4
  b4:
    init l#7 = (%21 Nullish %23)
    init n#8 = %18.3.0
    init p#9 = rest of %18
    -> exit
a#0 const in fn0
c#1 const in fn0
d#2 const in fn0
g#3 const in fn0
i#4 const in fn0
j#5 const in fn0
k#6 const in fn0
l#7 const in fn0
n#8 const in fn0
p#9 const in fn0
"#,
    );
}

#[test]
fn assignments_to_several_targets() {
    check(
        "a.js",
        r#"
({ a, b: this.b, c: d[e] = 1, ...f } = o);
[g, h.i] = [h.i, g];
"#,
        r#"
fn0 Module
  b0:
    %0 = o
    (a = %0.a)
    (this.b = %0.b)
    (d[e] = (%0.c Nullish 1))
    (f = rest of %0)
    %21 = [h.i, g]
    (g = %21.0)
    (h.i = %21.1)
    -> exit
"#,
    );
}

#[test]
fn parameters_plain_and_taken_apart() {
    check(
        "a.js",
        r#"
function f(a, b = 1, { c, d = 2 } = {}, [e], ...g) {}
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0 (a#0) (b#1 = %0) ({} = %2) ({}) (...g#5)
  b3:
    %0 = 1
    %2 = object0 {}
    %3 = (param 2 Nullish %2)
    init c#2 = %3.c
    init d#3 = (%3.d Nullish 2)
    init e#4 = param 3.0
    -> exit
a#0 param 0 of fn1 in fn1
b#1 param 1 of fn1 in fn1
c#2 let in fn1
d#3 let in fn1
e#4 let in fn1
g#5 param 4 of fn1 in fn1
f#6 fn1 in fn0
"#,
    );
}

#[test]
fn patterns_of_loops() {
    check(
        "a.js",
        r#"
for (const { a } of b) a;
for ([c.d] of e) ;
"#,
        r#"
fn0 Module
  b0:
    %0 = b
    -> b4
  b3:
    %5 = e
    -> b7
  b4 in ForOf loop0:
    -> b3, b5
  b5 in ForOf loop0:
    init a#0 = element of %0.a
    a#0
    -> b4
  b6:
    -> exit
  b7 in ForOf loop1:
    -> b6, b8
  b8 in ForOf loop1:
    (c.d = element of %5.0)
    -> b7
a#0 const in scope1 of fn0
"#,
    );
}

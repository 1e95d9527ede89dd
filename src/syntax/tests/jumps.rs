//! What is thrown, what is awaited, and finally.

use super::check;

#[test]
fn a_throw_goes_to_the_handler() {
    check(
        "a.js",
        r#"
try { if (a) throw b; c(); } catch (e) { d(e); }
f();
"#,
        r#"
fn0 Module
  b0:
    %0 = a
    -> b6 if not %0, b5 if %0
  b3:
    f()
    -> exit
  b4:
    d(e#0)
    -> b3
  b5:
    throw b
    -> b4 if thrown
  b6:
    c()
    -> b4 if thrown, b3
  b7:
e#0 catch in scope1 of fn0
"#,
    );
}

#[test]
fn a_throw_that_nobody_catches_leaves_the_function() {
    check(
        "a.js",
        r#"
function f() { throw g; }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    throw g
    -> throw-exit if thrown
  b6:
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn an_await_ends_a_block_and_may_throw() {
    check(
        "a.js",
        r#"
async function f() { a(await b, c); }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration async f in b0
  b3:
    %0 = a
    %2 = await b
    -> throw-exit if thrown, b6
  b6:
    %0(%2, c)
    -> exit
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn a_yield_ends_a_block_and_may_throw() {
    check(
        "a.js",
        r#"
function* f() { const x = yield a; yield; }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration generator f in b0
  b3:
    %1 = yield a
    -> throw-exit if thrown, b6
  b6:
    init x#0 = %1
    yield
    -> throw-exit if thrown, b7
  b7:
    -> exit
x#0 const in fn1
f#1 fn1 in fn0
"#,
    );
}

#[test]
fn finally_is_entered_by_what_leaves_the_try() {
    check(
        "a.js",
        r#"
async function f() {
  for (const a of b) {
    try {
      if (c) return 1;
      if (d) break;
      if (e) continue;
      await g();
    } finally { h(); }
  }
}
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration async f in b0
  b3:
    %0 = b
    -> b7
  b6:
    -> exit
  b7 in ForOf loop0:
    -> b6, b8
  b8 in ForOf loop0:
    init a#0 = element of %0
    %3 = c
    -> b12 if not %3, b11 if %3
  b9 in ForOf loop0:
    -> b7
  b10 in ForOf loop0:
    h()
    -> exit, b6, b7, throw-exit if thrown, b9
  b11 in ForOf loop0:
    return 1
    -> b10
  b12 in ForOf loop0:
    %6 = d
    -> b15 if not %6, b14 if %6
  b13 in ForOf loop0:
  b14 in ForOf loop0:
    -> b10
  b15 in ForOf loop0:
    %7 = e
    -> b18 if not %7, b17 if %7
  b16 in ForOf loop0:
  b17 in ForOf loop0:
    -> b10
  b18 in ForOf loop0:
    await g()
    -> b10 if thrown, b20
  b19 in ForOf loop0:
  b20 in ForOf loop0:
    -> b10
a#0 const in scope2 of fn1
f#1 fn1 in fn0
"#,
    );
}

#[test]
fn finally_goes_on_only_where_it_was_entered_for() {
    check(
        "a.js",
        r#"
function f() { try { return a(); } finally { b(); } }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    return a()
    -> b7
  b6:
  b7:
    b()
    -> exit
  b8:
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn finally_behind_a_handler() {
    check(
        "a.js",
        r#"
try { throw a; } catch { b(); } finally { c(); }
"#,
        r#"
fn0 Module
  b0:
    throw a
    -> b5 if thrown
  b3:
    -> exit
  b4:
    c()
    -> b3
  b5:
    b()
    -> b4
  b6:
"#,
    );
}

#[test]
fn jumps_pass_through_every_finally() {
    check(
        "a.js",
        r#"
function f() { try { try { return a; } finally { b(); } } finally { c(); } }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    return a
    -> b9
  b6:
  b7:
    c()
    -> exit
  b8:
  b9:
    b()
    -> b7
  b10:
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn a_return_in_finally_overrides() {
    check(
        "a.js",
        r#"
function f() { try { throw a; } finally { return b; } }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    throw a
    -> b7 if thrown
  b6:
  b7:
    return b
    -> exit
  b8:
  b9:
f#0 fn1 in fn0
"#,
    );
}

#[test]
fn with_and_debugger_are_lowered() {
    check(
        "a.js",
        r#"
with (a) { b(); }
debugger;
"#,
        r#"
fn0 Module
  b0:
    a
    b()
    -> exit
"#,
    );
}

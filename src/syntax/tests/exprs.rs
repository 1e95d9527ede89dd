//! Expressions, functions, classes and JSX.

use super::check;

#[test]
fn functions_of_every_kind() {
    check(
        "a.js",
        r#"
const a = () => b, c = async x => { await x; }, d = function* () {};
const o = { m() {}, get p() { return 1; }, set p(v) {}, async *q() {}, ['r' + s]() {}, t, ...u, 'v': w, 1: x };
"#,
        r#"
fn0 Module
  b0:
    init a#0 = fn1
    init c#2 = fn2
    init d#3 = fn3
    init o#5 = object0 {m: fn4, get p: fn5, set p: fn6, q: fn7, [("r" Add s)]: fn8, t: t, ...u, v: w, 1: x}
    -> exit
fn1 Arrow in b0
  b3:
    return b
    -> exit
fn2 Arrow async in b0 (x#1)
  b6:
    await x#1
    -> throw-exit if thrown, b9
  b9:
    -> exit
fn3 Expression generator in b0
  b10:
    -> exit
fn4 Method m of object0 in b0
  b13:
    -> exit
fn5 Getter p of object0 in b0
  b16:
    return 1
    -> exit
  b19:
fn6 Setter p of object0 in b0 (v#4)
  b20:
    -> exit
fn7 Method async generator q of object0 in b0
  b23:
    -> exit
fn8 Method of object0 in b0
  b26:
    -> exit
a#0 const in fn0
x#1 param 0 of fn2 in fn2
c#2 const in fn0
d#3 const in fn0
v#4 param 0 of fn6 in fn6
o#5 const in fn0
"#,
    );
}

#[test]
fn this_and_new_target() {
    check(
        "a.js",
        r#"
function F() { this.a = new.target; return super_(arguments); }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration F in b0
  b3:
    (this.a = new.target)
    return super_(arguments)
    -> exit
  b6:
F#0 fn1 in fn0
"#,
    );
}

#[test]
fn literals_and_operators() {
    check(
        "a.js",
        r#"
a(1, 'b', null, true, /r/g, 1n, void 0, undefined, `x${y}z`, tag`${q}`);
b = -c + ~d * !e - typeof f % void g;
delete h.i, j in k, l instanceof m, n === o, p !== q, r <= s;
t += 1, u -= 1, v *= 2, w++, --x;
"#,
        r#"
fn0 Module
  b0:
    a(1, "b", null, true, <regex>, <bigint>, undefined, undefined, `"x", y, "z"`, tag`q`)
    (b = ((Minus(c) Add (BitNot(d) Other Not(e))) Sub (TypeOf(f) Mod Void(g))))
    seq(Delete(h.i), (j In k), (l InstanceOf m), (n StrictEq o), (p StrictNotEq q), (r LessEq s))
    seq((t Add= 1), (u Sub= 1), (v Other= 2), w++, x--)
    -> exit
"#,
    );
}

#[test]
fn members_by_literal_are_members() {
    check(
        "a.js",
        r#"
a['b'][0][`c`][d][1.5];
"#,
        r#"
fn0 Module
  b0:
    a.b.0.c[d].1.5
    -> exit
"#,
    );
}

#[test]
fn calls_and_constructions() {
    check(
        "a.js",
        r#"
f(...a, b)(), new C, new D(1, ...e), import('m'), import.meta.url, (0, x.f)(), (1, g)();
"#,
        r#"
fn0 Module
  b0:
    seq(f(...a, b)(), new C(), new D(1, ...e), import("m"), import.meta.url, x.f(), g())
    -> exit
"#,
    );
}

#[test]
fn chains_of_optional_calls() {
    check(
        "a.js",
        r#"
a?.(b).c?.d;
"#,
        r#"
fn0 Module
  b0:
    a?(b).c?.d
    -> exit
"#,
    );
}

#[test]
fn classes_and_their_members() {
    check(
        "a.js",
        r##"
@dec class A extends B.C {
  x = 1;
  static y = this.x;
  #z;
  accessor w = f();
  @bound m() { return this.#z in this; }
  static { this.y = super.y; }
  static async n() {}
  get [k]() { return #z in this; }
  constructor() { super(); }
  [k2] = g();
}
"##,
        r##"
fn0 Module
  b0:
    %0 = dec
    %2 = B.C
    %8 = bound
    %19 = k
    %26 = k2
    -> exit
fn1 FieldInit of class0 in b0
  b3:
    %3 = 1
    %7 = f()
    %28 = g()
    -> exit
fn2 StaticInit static of class0 in b0
  b6:
    %5 = this.x
    (this.y = super.y)
    -> exit
fn3 Method m of class0 in b0
  b9:
    return (this.#z In this)
    -> exit
  b12:
fn4 Method async n static of class0 in b0
  b13:
    -> exit
fn5 Getter of class0 in b0
  b16:
    return ("#z" In this)
    -> exit
  b19:
fn6 Constructor constructor of class0 in b0
  b20:
    super()
    -> exit
class0 A extends %2 in b0 @%0
  Field x = %3
  static Field y = %5
  Field #z
  Field w = %7
  @%8 Method m = fn3
  static Method n = fn4
  Getter [%19] = fn5
  Constructor constructor = fn6
  Field [%26] = %28
A#0 class0 in fn0
"##,
    );
}

#[test]
fn jsx_elements() {
    check(
        "a.js",
        r#"
const x = <div a="b" c={d} {...e} f>text {g()} <Foo.Bar h={() => i} /> {/* none */}</div>;
const y = <><Baz a:b="1"/>{...z}</>, w = <this.C/>, v = <x-y/>;
"#,
        r#"
fn0 Module
  b0:
    init x#0 = <"div" {a: "b", c: d, ...e, f: true} [g(), <Foo.Bar {h: fn1} []>]>
    init y#1 = <other {} [<Baz {a:b: "1"} []>, ...z]>
    init w#2 = <this.C {} []>
    init v#3 = <"x-y" {} []>
    -> exit
fn1 Arrow in b0
  b3:
    return i
    -> exit
x#0 const in fn0
y#1 const in fn0
w#2 const in fn0
v#3 const in fn0
"#,
    );
}

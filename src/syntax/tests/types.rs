//! TypeScript.

use super::{check, parsed};

#[test]
fn annotations() {
    check(
        "a.ts",
        r#"
const a: Map<string, Foo.Bar[]> = b, c = new Map<K, Set<V>>(), d = {} as Record<'x' | 'y', number>, e = [] satisfies string[];
let f: { [key: string]: X } | null | undefined, g: (x: number) => void, h: readonly Y[], i: { [K in Keys]?: V }, j: typeof z;
function k(l?: NodeJS.Timeout, m: 1 | true = 1, ...n: any[]): void {}
class P { q: Set<R>; private s = new WeakMap<T, U>(); declare v: import('w').W; }
"#,
        r#"
fn0 Module
  b0:
    init a#0 = b
    init c#1 = new Map()
    init d#2 = object0 {}
    init e#3 = []
    -> exit
fn1 Declaration k in b0 (l#9: NodeJS.Timeout) (m#10: "1" | "true" = %9) (...n#11: any[])
  b3:
    %9 = 1
    -> exit
fn2 FieldInit of class0 in b0
  b6:
    %11 = new WeakMap()
    -> exit
class0 P in b0
  Field q: Set<R>
  Field s: WeakMap<T, U> = %11
  Field v: W
a#0 const in fn0: Map<string, Foo.Bar[]>
c#1 const in fn0: Map<K, Set<V>>
d#2 const in fn0: Record<"x" | "y", number>
e#3 const in fn0: string[]
f#4 let in fn0: {[string]} | null | undefined
g#5 let in fn0: function
h#6 let in fn0: Y[]
i#7 let in fn0: {[Keys]}
j#8 let in fn0: other
l#9 param 0 of fn1 in fn1: NodeJS.Timeout
m#10 param 1 of fn1 in fn1: "1" | "true"
n#11 param 2 of fn1 in fn1: any[]
k#12 fn1 in fn0
P#13 class0 in fn0
"#,
    );
}

#[test]
fn enums_and_namespaces() {
    check(
        "a.ts",
        r#"
export enum A { B, C = f() }
namespace N.M { export const a = g(); }
A.B, N.M;
"#,
        r#"
fn0 Module
  b0:
    f()
    seq(A#0.B, N#1.M)
    -> exit
fn1 Namespace N in b0
  b3:
    -> exit
fn2 Namespace M in b3
  b6:
    init a#3 = g()
    -> exit
A#0 enum in fn0
N#1 namespace in fn0
M#2 namespace in fn1
a#3 const in fn2
export A = A#0
"#,
    );
}

#[test]
fn what_is_only_declared_is_skipped() {
    check(
        "a.ts",
        r#"
declare const a: number;
declare function b(): void;
declare class C {}
declare module 'm' { export const d: number; }
declare global { interface Window {} }
interface I {}
type T = string;
function e(x: string): void;
function e(x: any) {}
abstract class F { abstract g(): void; h(): void; h(x?: any) {} declare i: number; [k: string]: any }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration e in b0 (x#0: any)
  b3:
    -> exit
fn2 Method h of class0 in b0 (x#3: any)
  b6:
    -> exit
class0 F in b0
  Method h = fn2
  Field i: number
x#0 param 0 of fn1 in fn1: any
e#1 fn1 in fn0
F#2 class0 in fn0
x#3 param 0 of fn2 in fn2: any
"#,
    );
}

#[test]
fn wrappers_disappear() {
    check(
        "a.ts",
        r#"
(a as B)!.c<D>(<E>f, g satisfies H), (a as any) = 1, x!.y = 2;
"#,
        r#"
fn0 Module
  b0:
    seq(a.c(f, g), (a = 1), (x.y = 2))
    -> exit
"#,
    );
}

#[test]
fn parameter_properties_and_decorators() {
    check(
        "a.ts",
        r#"
class A { constructor(private readonly b: B, public c = f(), @Inject(T) d: D) {} }
"#,
        r#"
fn0 Module
  b0:
    %2 = Inject(T)
    -> exit
fn1 Constructor constructor of class0 in b0 (property b#1: B) (property c#2 = %4) (@%2 d#3: D)
  b3:
    %4 = f()
    -> exit
class0 A in b0
  Constructor constructor = fn1
A#0 class0 in fn0
b#1 param 0 of fn1 in fn1: B
c#2 param 1 of fn1 in fn1
d#3 param 2 of fn1 in fn1: D
"#,
    );
}

#[test]
fn imports_and_exports() {
    check(
        "a.ts",
        r#"
import type { A } from 'a';
import { type B, C } from 'b';
import d = require('d');
import e = d.f.g;
export type { A };
export = e;
"#,
        r#"
fn0 Module
  b0:
    init e#4 = d#3.f.g
    %4 = e#4
    -> exit
A#0 import in fn0
B#1 import in fn0
C#2 import in fn0
d#3 import in fn0
e#4 const in fn0
import type A as A#0 from "a"
import type B as B#1 from "b"
import C as C#2 from "b"
import default as d#3 from "d"
export default = %4
"#,
    );
}

#[test]
fn a_declaration_file_initialises_nothing() {
    let source = "export const limit: number;\nexport class A { m(): void }\n";
    for path in ["a.d.ts", "types/a.d.mts", "a.d.cts"] {
        assert_eq!(parsed(path, source).problems, [], "{path}");
    }
    assert!(!parsed("a.ts", source).problems.is_empty());
}

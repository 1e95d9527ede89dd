//! Imports and exports.

use super::check;

#[test]
fn imports() {
    check(
        "a.js",
        r#"
import a, { b, c as d, default as e, 'f-g' as h } from 'm';
import * as i from 'n';
import 'o';
a(b, d, e, h, i);
"#,
        r#"
fn0 Module
  b0:
    a#0(b#1, d#2, e#3, h#4, i#5)
    -> exit
a#0 import in fn0
b#1 import in fn0
d#2 import in fn0
e#3 import in fn0
h#4 import in fn0
i#5 import in fn0
import default as a#0 from "m"
import b as b#1 from "m"
import c as d#2 from "m"
import default as e#3 from "m"
import f-g as h#4 from "m"
import * as i#5 from "n"
"#,
    );
}

#[test]
fn exports() {
    check(
        "a.js",
        r#"
export const a = 1, { b, c: [d] } = e;
export function f() {}
export class G {}
export { a as h, f as default, a as 'i-j' };
export { k, l as m } from 'n';
export * from 'o';
export * as p from 'q';
export r from 's';
"#,
        r#"
fn0 Module
  b0:
    init a#0 = 1
    %2 = e
    init b#1 = %2.b
    init d#2 = %2.c.0
    a#0
    f#3
    a#0
    -> exit
fn1 Declaration f in b0
  b3:
    -> exit
class0 G in b0
a#0 const in fn0
b#1 const in fn0
d#2 const in fn0
f#3 fn1 in fn0
G#4 class0 in fn0
export a = a#0
export b = b#1
export d = d#2
export f = f#3
export G = G#4
export h = a#0
export default = f#3
export i-j = a#0
export k = k from "n"
export m = l from "n"
export * = * from "o"
export p = * from "q"
export r = default from "s"
"#,
    );
}

#[test]
fn a_named_default_export_is_a_declaration() {
    check(
        "a.js",
        r#"
export default function f() { f(); }
"#,
        r#"
fn0 Module
  b0:
    -> exit
fn1 Declaration f in b0
  b3:
    f#0()
    -> exit
f#0 fn1 in fn0
export default = f#0
"#,
    );
}

#[test]
fn an_anonymous_default_export_is_an_expression() {
    check(
        "a.js",
        r#"
export default class { m() {} }
"#,
        r#"
fn0 Module
  b0:
    %0 = class0
    -> exit
fn1 Method m of class0 in b0
  b3:
    -> exit
class0 in b0
  Method m = fn1
export default = %0
"#,
    );
}

#[test]
fn commonjs() {
    check(
        "a.js",
        r#"
const a = require('a');
module.exports = { a };
exports.b = 1;
"#,
        r#"
fn0 Module
  b0:
    init a#0 = require("a")
    (module.exports = object0 {a: a#0})
    (exports.b = 1)
    -> exit
a#0 const in fn0
"#,
    );
}

//! Every rule, from the folder listing. Written by `tests/tidy`; do not edit.

#[path = "effect-no-cleanup/rule.rs"]
mod effect_no_cleanup;
#[path = "listener-in-loop/rule.rs"]
mod listener_in_loop;
#[path = "listener-leak/rule.rs"]
mod listener_leak;
#[path = "request-capture/rule.rs"]
mod request_capture;
#[path = "unbounded-collection/rule.rs"]
mod unbounded_collection;
#[path = "uncleared-interval/rule.rs"]
mod uncleared_interval;

use crate::rule::Rule;

#[rustfmt::skip]
pub const ALL: &[Rule] = &[
    effect_no_cleanup::RULE,
    listener_in_loop::RULE,
    listener_leak::RULE,
    request_capture::RULE,
    unbounded_collection::RULE,
    uncleared_interval::RULE,
];

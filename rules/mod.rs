//! Every rule, from the folder listing. Written by `tests/tidy`; do not edit.

#[path = "listener-in-loop/rule.rs"]
mod listener_in_loop;
#[path = "listener-leak/rule.rs"]
mod listener_leak;
#[path = "promise-retention/rule.rs"]
mod promise_retention;
#[path = "request-capture/rule.rs"]
mod request_capture;
#[path = "unbounded-collection/rule.rs"]
mod unbounded_collection;
#[path = "unbounded-memoize/rule.rs"]
mod unbounded_memoize;
#[path = "uncleared-interval/rule.rs"]
mod uncleared_interval;
#[path = "uncleared-timeout/rule.rs"]
mod uncleared_timeout;
#[path = "undisposed-resource/rule.rs"]
mod undisposed_resource;

use crate::rule::Rule;

#[rustfmt::skip]
pub const ALL: &[Rule] = &[
    listener_in_loop::RULE,
    listener_leak::RULE,
    promise_retention::RULE,
    request_capture::RULE,
    unbounded_collection::RULE,
    unbounded_memoize::RULE,
    uncleared_interval::RULE,
    uncleared_timeout::RULE,
    undisposed_resource::RULE,
];

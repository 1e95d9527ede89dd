//! Every rule, from the folder listing. Written by `tests/tidy`; do not edit.

#[path = "listener-in-loop/rule.rs"]
mod listener_in_loop;
#[path = "listener-leak/rule.rs"]
mod listener_leak;
#[path = "mismatched-release/rule.rs"]
mod mismatched_release;
#[path = "request-capture/rule.rs"]
mod request_capture;
#[path = "tombstone-entry/rule.rs"]
mod tombstone_entry;
#[path = "unbounded-collection/rule.rs"]
mod unbounded_collection;
#[path = "uncleared-interval/rule.rs"]
mod uncleared_interval;

use crate::rule::Rule;

#[rustfmt::skip]
pub const ALL: &[Rule] = &[
    listener_in_loop::RULE,
    listener_leak::RULE,
    mismatched_release::RULE,
    request_capture::RULE,
    tombstone_entry::RULE,
    unbounded_collection::RULE,
    uncleared_interval::RULE,
];

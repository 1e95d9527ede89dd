//! Every rule, from the folder listing. Written by `tests/tidy`; do not edit.

#[path = "effect-no-cleanup/rule.rs"]
mod effect_no_cleanup;
#[path = "import-cache-busting/rule.rs"]
mod import_cache_busting;
#[path = "listener-in-loop/rule.rs"]
mod listener_in_loop;
#[path = "listener-leak/rule.rs"]
mod listener_leak;
#[path = "mismatched-release/rule.rs"]
mod mismatched_release;
#[path = "promise-retention/rule.rs"]
mod promise_retention;
#[path = "request-capture/rule.rs"]
mod request_capture;
#[path = "test-global-state/rule.rs"]
mod test_global_state;
#[path = "tombstone-entry/rule.rs"]
mod tombstone_entry;
#[path = "unbounded-collection/rule.rs"]
mod unbounded_collection;
#[path = "unbounded-memoize/rule.rs"]
mod unbounded_memoize;
#[path = "unbounded-metric-labels/rule.rs"]
mod unbounded_metric_labels;
#[path = "uncleared-interval/rule.rs"]
mod uncleared_interval;
#[path = "uncleared-timeout/rule.rs"]
mod uncleared_timeout;
#[path = "undisposed-resource/rule.rs"]
mod undisposed_resource;
#[path = "weak-collection-misuse/rule.rs"]
mod weak_collection_misuse;

use crate::rule::Rule;

#[rustfmt::skip]
pub const ALL: &[Rule] = &[
    effect_no_cleanup::RULE,
    import_cache_busting::RULE,
    listener_in_loop::RULE,
    listener_leak::RULE,
    mismatched_release::RULE,
    promise_retention::RULE,
    request_capture::RULE,
    test_global_state::RULE,
    tombstone_entry::RULE,
    unbounded_collection::RULE,
    unbounded_memoize::RULE,
    unbounded_metric_labels::RULE,
    uncleared_interval::RULE,
    uncleared_timeout::RULE,
    undisposed_resource::RULE,
    weak_collection_misuse::RULE,
];

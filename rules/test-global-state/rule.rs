//! What a test leaves behind for the tests after it.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::test_state::{TestState, TestStateKind as Kind};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "test-global-state",
    category: Category::Test,
    summary: "a listener, interval, server, variable or entry that a test leaves behind",
    page: include_str!("README.md"),
    kinds: &[FileKind::Test],
    needs: &[Need::Test],
    on_by_default: false,
    check: Check::TestState(check),
};

fn check(_: &File<'_>, state: &TestState, sink: &mut Sink<'_>) {
    let confidence = match state.what {
        // Each test sets it anew: only other files can see it.
        Kind::Environment { before_each: true, .. } => Confidence::Low,
        _ => Confidence::Medium,
    };
    let mut finding = Finding::new(confidence, state.span, message(state), &state.scope, state.statement_hash);
    finding.holder = Some(Holder { name: state.holder.clone(), lifetime: Lifetime::Process });
    if let Some(span) = state.holder_span {
        finding.link(Role::Holder, span, "outlives the test");
    }
    let runs = if state.hook == "beforeEach" { "runs before each test" } else { "a test: with `--watch` or retries it runs again" };
    finding.link(Role::Caller, state.hook_span, runs);
    finding.link(Role::Site, state.span, "left behind here");
    finding.notes.push("searched: nothing in this file undoes it, in the test or in a hook".to_owned());
    let help = help(state);
    finding.fixes.push(SuggestedFix::manual(help.clone()));
    finding.help = Some(help);
    sink.report(finding);
}

fn message(state: &TestState) -> String {
    let (hook, holder) = (&state.hook, &state.holder);
    match &state.what {
        Kind::Listener(Some(event)) => format!("this `{hook}` leaves a listener for `{event}` on `{holder}`"),
        Kind::Listener(None) => format!("this `{hook}` leaves a listener on `{holder}`"),
        Kind::Interval => format!("this `{hook}` leaves an interval running"),
        Kind::Resource(what) => format!("this `{hook}` leaves {} open", words::with_article(what)),
        Kind::Collection => format!("this `{hook}` leaves entries in `{holder}`, which all tests of the file share"),
        Kind::Environment { name, .. } => format!("this `{hook}` leaves `process.env.{name}` changed for the tests behind it"),
    }
}

fn help(state: &TestState) -> String {
    let holder = &state.holder;
    match &state.what {
        Kind::Listener(_) => format!("name the handler, and take it off `{holder}` in `afterEach`"),
        Kind::Interval => "keep the handle, and clear it in `afterEach`".to_owned(),
        Kind::Resource(_) => "keep it in a variable, and close it in `afterEach`".to_owned(),
        Kind::Collection => format!("make `{holder}` anew in `beforeEach`, or empty it in `afterEach`"),
        Kind::Environment { name, .. } => format!("keep the value of `{name}` before the test, and put it back in `afterEach`"),
    }
}

//! A timeout that goes on after the work that it was set for.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Certainty, Handle, Timeout, TimeoutRemedy, TimeoutShape};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, remedy, words};

pub const RULE: Rule = Rule {
    name: "uncleared-timeout",
    category: Category::Timer,
    summary: "a timeout that stays armed after the work that it was set for has ended",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Timeout],
    on_by_default: true,
    check: Check::Timeout(check),
};

/// A shorter wait pins too little to warn of.
const LONG: u64 = 30_000;
/// The same where each request begins one.
const LONG_FOR_REQUESTS: u64 = 10_000;
/// Of this nobody needs to hear.
const SHORT: u64 = 1000;

fn check(file: &File<'_>, timeout: &Timeout, sink: &mut Sink<'_>) {
    if let Some(confidence) = confidence(timeout) {
        sink.report(finding(file, timeout, confidence));
    }
}

fn confidence(timeout: &Timeout) -> Option<Confidence> {
    let least = if timeout.context.per_request { LONG_FOR_REQUESTS } else { LONG };
    let is_long = timeout.delay.millis.is_none_or(|millis| millis >= least);
    // Timers that run until one point in time are gone together: they do not pile up beyond it.
    let is_offered = is_long && timeout.is_offered() && !timeout.delay.until;
    if let TimeoutShape::Rearms { .. } = timeout.shape {
        return rearmed(timeout);
    }
    // What it starts has no end, whatever the delay. One that comes back by itself is begun anew by the next loss anyhow.
    if let TimeoutShape::LateStart { again, .. } = timeout.shape {
        let is_wide = timeout.delay.millis.is_none_or(|millis| millis >= SHORT);
        let is_often = timeout.may_repeat() && is_wide && !again;
        return (timeout.context.kind >= ContextKind::Startup).then_some(if is_often { Confidence::Medium } else { Confidence::Low });
    }
    // There is one more with every failure, whatever the delay.
    if let TimeoutShape::ToldTwice { .. } = timeout.shape {
        return Some(Confidence::Medium);
    }
    // A chain that begins again mostly does so when the one before has ended: of three read alerts none was right.
    if let TimeoutShape::BegunAgain { .. } = timeout.shape {
        return Some(Confidence::Low);
    }
    if !timeout.may_repeat() || timeout.delay.millis.is_some_and(|millis| millis < SHORT) {
        return None;
    }
    let medium = |holds: bool| Some(if holds { Confidence::Medium } else { Confidence::Low });
    let keeps_work = timeout.captures_this || !timeout.captures.is_empty();
    match &timeout.shape {
        TimeoutShape::Race { .. } => medium(is_offered && !timeout.is_paced),
        // Only a failure comes before the timer, which is how the work usually ends.
        TimeoutShape::Settled { by, .. } if by == "`error`" => medium(is_offered && timeout.delay.millis.is_some()),
        TimeoutShape::Settled { .. } | TimeoutShape::OtherOutcome { .. } => medium(is_offered),
        TimeoutShape::SkippedByThrow { .. } => medium(is_offered && timeout.acts_late && keeps_work),
        TimeoutShape::Overwritten(certainty) => medium(is_long && *certainty == Certainty::Proved),
        TimeoutShape::ForgottenByTeardown => medium(is_long),
        // A setting that is not in view is a few seconds, as a rule.
        TimeoutShape::Limit { .. } => medium(is_offered && timeout.delay.millis.is_some()),
        TimeoutShape::Watchdog { .. } | TimeoutShape::OnlyRenewed { .. } | TimeoutShape::TakenOut { .. } => medium(is_offered),
        TimeoutShape::Rearms { .. } | TimeoutShape::ToldTwice { .. } | TimeoutShape::BegunAgain { .. } | TimeoutShape::LateStart { .. } => {
            None
        }
    }
}

/// It never ends: the delay does not matter, but that there are many.
fn rearmed(timeout: &Timeout) -> Option<Confidence> {
    let instances = timeout.per_instance.as_ref();
    match (timeout.context.kind, instances) {
        (ContextKind::Test | ContextKind::Uncalled, _) => None,
        (_, Some(instances)) if !instances.many => None,
        (_, Some(instances)) if instances.seen_at.is_some() => Some(Confidence::High),
        (_, Some(instances)) => Some(if instances.teardown.is_some() { Confidence::Medium } else { Confidence::Low }),
        (ContextKind::Repeated, None) => Some(Confidence::High),
        (ContextKind::Unknown, None) => Some(Confidence::Low),
        _ => None,
    }
}

fn finding(file: &File<'_>, timeout: &Timeout, confidence: Confidence) -> Finding {
    let mut finding = Finding::new(confidence, timeout.span, message(timeout), &timeout.scope, timeout.statement_hash);
    finding.holder = Some(Holder { name: "setTimeout".to_owned(), lifetime: Lifetime::Process });
    words::constructed(&mut finding, timeout.per_instance.as_ref(), &timeout.context);
    finding.reached_by(&timeout.context);
    finding.link(Role::Site, timeout.span, keeps(timeout));
    links(&mut finding, timeout);
    finding.notes.push(searched(timeout).to_owned());
    let help = help(timeout);
    finding.fixes.push(fix(file, timeout, &help));
    finding.help = Some(help);
    finding
}

/// `30 s`, `5 min`, or the delay as written.
fn window(timeout: &Timeout) -> String {
    match timeout.delay.millis {
        Some(millis) if millis >= 120_000 => format!("up to {} min", millis / 60_000),
        Some(millis) if millis >= 1000 => format!("up to {} s", millis / 1000),
        Some(millis) => format!("up to {millis} ms"),
        None if timeout.delay.text.is_empty() => "until it fires".to_owned(),
        None => format!("for `{}` ms", timeout.delay.text),
    }
}

fn message(timeout: &Timeout) -> String {
    let window = window(timeout);
    let function = &timeout.function;
    match &timeout.shape {
        TimeoutShape::Race { misses: None, .. } => format!("the timer of this race is never cleared: it stays {window} after each call"),
        TimeoutShape::Race { misses: Some(missed), .. } if missed.by_rejection => {
            format!("the timer of this race is cleared on fulfilment only: after a rejection it stays {window}")
        }
        TimeoutShape::Race { .. } => format!("the timer of this race stays {window} when the race is lost by a rejection"),
        TimeoutShape::Settled { by, .. } => format!("this timer is never cleared: after {by} it stays {window}"),
        TimeoutShape::OtherOutcome { by, .. } => format!("this timer is not cleared by {by}: it stays {window}"),
        TimeoutShape::SkippedByThrow { .. } => format!("this timer stays {window} when something throws before its `clearTimeout`"),
        TimeoutShape::Overwritten(_) => {
            format!("{} is overwritten while the timer before it is pending: it stays {window}", handle(timeout))
        }
        TimeoutShape::BegunAgain { .. } => {
            format!("{} is overwritten while its timers arm one another: the chain that it held can no longer be cleared", handle(timeout))
        }
        TimeoutShape::ForgottenByTeardown => format!("`{}` leaves this timer armed: the instance stays {window}", teardown(timeout)),
        TimeoutShape::Rearms { .. } => match &timeout.per_instance {
            Some(instances) if instances.teardown.is_some() => {
                format!("each `{}` has a timer that arms itself for ever; `{}` does not stop it", instances.class, teardown(timeout))
            }
            Some(instances) => format!("each `{}` has a timer that arms itself for ever", instances.class),
            None => format!("`{function}` arms itself for ever, and each call begins another chain of timers"),
        },
        TimeoutShape::ToldTwice { peer, .. } => {
            format!("`error` and then `close` of one `{peer}` each arm a timer that connects again: each failure doubles the connections")
        }
        TimeoutShape::Watchdog { state } => {
            format!("this timer looks at `{state}` and is not cleared when the work is done: it keeps {} {window}", kept(timeout))
        }
        TimeoutShape::Limit { aborts } => {
            format!("this time limit is not cleared when the work is done: its timer stays {window}, with `{aborts}`")
        }
        TimeoutShape::LateStart { end, .. } => {
            format!("this timer is not cleared by `{end}()`: if that runs before it fires, what it starts then is never ended")
        }
        TimeoutShape::OnlyRenewed { peer, .. } => {
            format!("the timer of `{peer}` is not cleared when it closes: it keeps `{peer}` {window}")
        }
        TimeoutShape::TakenOut { entry, .. } => format!("`{entry}` forgets the handle of a pending timer: it stays {window}"),
    }
}

fn handle(timeout: &Timeout) -> String {
    match &timeout.handle {
        Handle::Kept { text, .. } | Handle::Local { name: text } => format!("`{text}`"),
        _ => "the handle".to_owned(),
    }
}

fn teardown(timeout: &Timeout) -> String {
    let teardown = timeout.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref());
    teardown.map_or_else(|| "the teardown".to_owned(), |teardown| format!("{}()", teardown.name))
}

fn kept(timeout: &Timeout) -> String {
    let mut names: Vec<String> = timeout.captures.iter().map(|name| format!("`{name}`")).collect();
    if timeout.captures_this {
        names.insert(0, "`this`".to_owned());
    }
    if names.is_empty() { "what its callback uses".to_owned() } else { names.join(" and ") }
}

fn keeps(timeout: &Timeout) -> String {
    let unref = if timeout.unref { "; `.unref()` does not change that" } else { "" };
    match timeout.shape {
        TimeoutShape::Race { .. } => format!("the pending timer keeps the race's promise, and with it the result{unref}"),
        TimeoutShape::Limit { ref aborts } => format!("until it fires it keeps `{aborts}` alive, and what that could abort{unref}"),
        _ => format!("until it fires it keeps {} alive{unref}", kept(timeout)),
    }
}

fn links(finding: &mut Finding, timeout: &Timeout) {
    match &timeout.shape {
        TimeoutShape::Race { race, misses } => {
            finding.link(Role::Site, *race, "settled by whoever comes first; the timer goes on");
            if let Some(missed) = misses {
                finding.link(
                    Role::Release,
                    missed.clear,
                    if missed.by_rejection { "runs on fulfilment only" } else { "not reached after a rejection" },
                );
            }
        }
        TimeoutShape::Settled { outcome, .. } => finding.link(Role::Site, *outcome, "ends the work and leaves the timer armed"),
        TimeoutShape::OtherOutcome { outcome, clear, .. } => {
            finding.link(Role::Site, *outcome, "ends the work and leaves the timer armed");
            finding.link(Role::Sibling, *clear, "another outcome clears it");
        }
        TimeoutShape::SkippedByThrow { clear } => finding.link(Role::Release, *clear, "not reached when something throws before it"),
        TimeoutShape::ForgottenByTeardown | TimeoutShape::Rearms { .. } => {
            if let Some(teardown) = timeout.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) {
                let also = teardown.clears.as_ref().map(|clears| format!("; it does call `{}`", clears.text)).unwrap_or_default();
                finding.link(Role::Release, teardown.name_span, format!("`{}` does not clear it{also}", teardown.name));
            }
        }
        TimeoutShape::ToldTwice { other, .. } => finding.link(Role::Site, *other, "armed by `close`, which comes behind every `error`"),
        TimeoutShape::BegunAgain { at } => finding.link(Role::Site, *at, "begins another chain, and clears nothing before"),
        TimeoutShape::LateStart { starts, release, end, .. } => {
            finding.link(Role::Site, *starts, "starts it when the timer fires");
            finding.link(Role::Release, *release, format!("`{end}` ends it, if it has started by then"));
        }
        TimeoutShape::OnlyRenewed { clear: Some(clear), .. } => finding.link(Role::Release, *clear, "clears it only to set it again"),
        TimeoutShape::TakenOut { at, .. } => finding.link(Role::Release, *at, "takes the entry out and does not clear its timer"),
        _ => {}
    }
}

fn searched(timeout: &Timeout) -> &'static str {
    match timeout.shape {
        TimeoutShape::Overwritten(_) | TimeoutShape::BegunAgain { .. } => "searched: no clear of the handle before it is set again",
        TimeoutShape::Race { misses: Some(_), .. } | TimeoutShape::OtherOutcome { .. } | TimeoutShape::SkippedByThrow { .. } => {
            "searched: no other `clearTimeout` of this handle, no `finally`"
        }
        TimeoutShape::ToldTwice { .. } => "searched: no `clearTimeout` before either is armed, no condition, no removal of a handler",
        TimeoutShape::OnlyRenewed { .. } => "searched: no other `clearTimeout` of this handle",
        _ => "searched: no `clearTimeout` of this handle in this file",
    }
}

fn help(timeout: &Timeout) -> String {
    match &timeout.shape {
        TimeoutShape::Race { .. } => {
            "keep the handle and clear it whatever wins: `.finally(() => clearTimeout(timer))` behind the race".to_owned()
        }
        TimeoutShape::Settled { .. } | TimeoutShape::OtherOutcome { .. } => {
            "clear the timer in every outcome, or once for all of them in `finally`".to_owned()
        }
        TimeoutShape::SkippedByThrow { .. } => "clear the timer in `finally`".to_owned(),
        TimeoutShape::Overwritten(_) | TimeoutShape::BegunAgain { .. } => {
            format!("call `clearTimeout` on {} before setting it again", handle(timeout))
        }
        TimeoutShape::ForgottenByTeardown => format!("keep the handle and clear it in `{}`", teardown(timeout)),
        TimeoutShape::Rearms { .. } => "keep the handle, clear it when the owner ends, and do not arm it again after that".to_owned(),
        TimeoutShape::ToldTwice { .. } => {
            "connect again on `close` only, or clear the timer that is pending before another one is armed".to_owned()
        }
        TimeoutShape::Watchdog { .. } | TimeoutShape::Limit { .. } => "keep the handle and clear it where the work is completed".to_owned(),
        TimeoutShape::LateStart { end, .. } => format!("keep the handle and clear it in `{end}()`, too"),
        TimeoutShape::OnlyRenewed { peer, .. } => format!("clear it in the handler of the `close` of `{peer}`"),
        TimeoutShape::TakenOut { .. } => "clear the timer where its entry is taken out".to_owned(),
    }
}

fn fix(file: &File<'_>, timeout: &Timeout, help: &str) -> SuggestedFix {
    match &timeout.remedy {
        Some(TimeoutRemedy::AfterRace { edits }) => {
            SuggestedFix::of_edits(Applicability::Safe, "keep the handle and clear it when the race is settled", edits)
        }
        Some(TimeoutRemedy::Finally { clear, edits }) => {
            SuggestedFix::of_edits(Applicability::Safe, format!("call `{clear}` in `finally`"), edits)
        }
        Some(TimeoutRemedy::Cleared(how)) => remedy::clearing(file, Some(how), &format!("`{}`", teardown(timeout)), help),
        None => SuggestedFix::manual(help),
    }
}

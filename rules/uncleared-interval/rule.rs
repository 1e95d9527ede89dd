//! An interval that goes on after its owner is done.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::{ContextKind, StepKind};
use crate::model::facts::{Cleared, Ending, Handle, Instances, Interval, Overwritten, Teardown};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, remedy, words};

pub const RULE: Rule = Rule {
    name: "uncleared-interval",
    category: Category::Timer,
    summary: "an interval whose handle nobody clears when its owner is done",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Interval],
    on_by_default: true,
    check: Check::Interval(check),
};

fn check(file: &File<'_>, interval: &Interval, sink: &mut Sink<'_>) {
    // What a component starts while it is mounted is for effect-no-cleanup.
    if interval.of_component().is_some() {
        return;
    }
    if let Some(confidence) = confidence(interval) {
        sink.report(finding(file, interval, confidence));
    }
}

fn confidence(interval: &Interval) -> Option<Confidence> {
    let kind = interval.context.kind;
    match interval.overwritten {
        Some(Overwritten::BySameRun | Overwritten::ByReconnect) => return Some(Confidence::Medium),
        Some(Overwritten::ByNextRun) => return Some(set_again(interval)),
        None => {}
    }
    match &interval.cleared {
        // What throws there is a guess.
        Some(Cleared::SomeEnds { misses: Ending::Throw, .. }) => return (kind >= ContextKind::Unknown).then_some(Confidence::Low),
        Some(Cleared::SomeEnds { .. }) => return (kind >= ContextKind::Unknown).then_some(Confidence::Medium),
        Some(Cleared::Restarted) => return interval.per_instance.as_ref().and_then(restarted),
        Some(_) => return None,
        None if interval.handle == Handle::HandedOut || kind == ContextKind::Test => return None,
        None => {}
    }
    if let Some(instances) = &interval.per_instance {
        return per_instance(instances, interval);
    }
    let has_witness = interval.context.per_request || interval.peer.is_some() || interval.factory.is_some() || interval.taken_out.is_some();
    match kind {
        ContextKind::Repeated if interval.one_command || !goes_on(interval) => Some(Confidence::Medium),
        ContextKind::Repeated => Some(Confidence::High),
        ContextKind::Unknown if has_witness => Some(Confidence::Medium),
        ContextKind::Unknown => Some(Confidence::Low),
        // It keeps the process alive; nothing grows.
        ContextKind::Init | ContextKind::Bounded if interval.at_top_level && !interval.unref => Some(Confidence::Low),
        _ => None,
    }
}

/// What sets it again on a condition mostly knows that none runs, and an event may come once: of nine such alerts that were read two were right. Another
/// file that starts it again may stop it before.
fn set_again(interval: &Interval) -> Confidence {
    let steps = &interval.context.steps;
    let comes_again = goes_on(interval) || steps.iter().any(|step| matches!(step.what, StepKind::Rearms(_)));
    let is_asked = steps.iter().any(|step| step.file.is_some() || matches!(step.what, StepKind::OnlyIf { .. } | StepKind::InCase(_)));
    if comes_again && !is_asked { Confidence::Medium } else { Confidence::Low }
}

/// An event may come once, or find the interval running: of five read alerts at high that only an event repeats, one was right.
fn goes_on(interval: &Interval) -> bool {
    interval.peer.is_some() || interval.context.goes_on()
}

fn per_instance(instances: &Instances, interval: &Interval) -> Option<Confidence> {
    let is_repeated = instances.seen_at.is_some() || interval.context.kind == ContextKind::Repeated;
    match &instances.teardown {
        _ if is_repeated && goes_on(interval) => Some(Confidence::High),
        _ if is_repeated => Some(Confidence::Medium),
        _ if !instances.many => None,
        Some(_) => Some(Confidence::Medium),
        None if interval.peer.is_some() => Some(Confidence::Medium),
        None => Some(Confidence::Low),
    }
}

/// Each owner leaves the last one running: owners must be seen to come and go.
fn restarted(instances: &Instances) -> Option<Confidence> {
    (instances.seen_at.is_some() || instances.many && instances.teardown.is_some()).then_some(Confidence::Medium)
}

/// The teardown that should stop it.
fn teardown(interval: &Interval) -> Option<&Teardown> {
    let of_class = interval.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref());
    of_class.or(interval.factory.as_ref().map(|factory| &factory.teardown))
}

fn finding(file: &File<'_>, interval: &Interval, confidence: Confidence) -> Finding {
    let mut finding = Finding::new(confidence, interval.span, message(interval), &interval.scope, interval.statement_hash);
    finding.holder = Some(Holder { name: "setInterval".to_owned(), lifetime: Lifetime::Process });
    words::constructed(&mut finding, interval.per_instance.as_ref(), &interval.context);
    finding.reached_by(&interval.context);
    finding.link(Role::Site, interval.span, keeps(interval));
    if let Some(Cleared::SomeEnds { span, .. }) = &interval.cleared {
        finding.link(Role::Release, *span, "the only clear");
    } else if let Some(teardown) = teardown(interval).filter(|_| interval.overwritten.is_none()) {
        let also = teardown.clears.as_ref().map(|clears| format!("; it does call `{}`", clears.text)).unwrap_or_default();
        finding.link(Role::Release, teardown.name_span, format!("`{}` does not stop it{also}", teardown.name));
    }
    if let Some(taken) = &interval.taken_out {
        finding.link(Role::Release, taken.span, "forgets the handle and does not clear it");
    }
    finding.notes.push(match (&interval.cleared, interval.overwritten.is_some()) {
        (_, true) => "searched: no clear of the handle before it is set again".to_owned(),
        (Some(_), _) => "searched: no other clear of this handle in this file".to_owned(),
        (None, _) => "searched: no `clearInterval` of this handle in this file".to_owned(),
    });
    let help = help(interval);
    finding.fixes.push(remedy::clearing(file, interval.remedy.as_ref(), &owner_of_clear(interval), &help));
    finding.help = Some(help);
    finding
}

fn message(interval: &Interval) -> String {
    if interval.overwritten.is_some() {
        return format!("{} is overwritten while the interval before it still runs", handle(interval));
    }
    if let Some(Cleared::SomeEnds { misses, .. }) = &interval.cleared {
        return match misses {
            Ending::Throw => "this interval is never cleared when something throws before its `clearInterval`".to_owned(),
            Ending::Uncalled(method) => format!("{} and only `{method}()` stops it, which nothing calls", started_for(interval)),
            Ending::PlainClose => format!("{} and cleared on `error` only: a normal close leaves it running", started_for(interval)),
            Ending::Settled(settle) => format!("this interval goes on after `{settle}()`: that path returns before the clear"),
            Ending::Deadline(settle) => format!("this interval goes on after the timeout calls `{settle}()`, which clears nothing"),
            Ending::ClosedPeer(peer) => format!("this interval goes on once `{peer}` is closed: its callback returns before the clear"),
        };
    }
    if let Some(instances) = &interval.per_instance {
        return match &instances.teardown {
            Some(teardown) if instances.by_construction => {
                format!("each `{}` starts an interval that `{}()` does not stop", instances.class, teardown.name)
            }
            Some(teardown) => format!("`{}` starts an interval that `{}()` does not stop", interval.scope, teardown.name),
            None if !instances.by_construction => format!("`{}` starts an interval that nothing stops", interval.scope),
            None => format!("each `{}` starts an interval that nothing stops", instances.class),
        };
    }
    if let Some(factory) = &interval.factory {
        return format!("each `{}` starts an interval that `{}()` of its result does not stop", factory.name, factory.teardown.name);
    }
    match (interval.context.kind, &interval.peer, &interval.handle) {
        (ContextKind::Init | ContextKind::Bounded, ..) => {
            "this interval keeps the process alive: nothing clears it and it is not unref'd".to_owned()
        }
        (_, Some(_), _) => format!("{} and nothing stops it", started_for(interval)),
        (_, None, Handle::Collected { text }) if interval.taken_out.is_some() => {
            format!("`{text}` forgets the handles of its intervals without clearing them")
        }
        _ => format!("every {} starts an interval that nothing stops", words::run(&interval.context, &interval.function)),
    }
}

fn started_for(interval: &Interval) -> String {
    match &interval.peer {
        Some(peer) => format!("an interval is started for each `{peer}`"),
        None => format!("an interval is started by each {}", words::run(&interval.context, &interval.function)),
    }
}

fn handle(interval: &Interval) -> String {
    match &interval.handle {
        Handle::Kept { text, .. } | Handle::Local { name: text } => format!("`{text}`"),
        _ => "the handle".to_owned(),
    }
}

fn keeps(interval: &Interval) -> String {
    let mut kept: Vec<String> = interval.captures.iter().map(|name| format!("`{name}`")).collect();
    if interval.captures_this {
        kept.insert(0, "`this`".to_owned());
    }
    let unref = if interval.unref { "; `.unref()` does not change that" } else { "" };
    match kept.is_empty() {
        true => format!("runs until it is cleared{unref}"),
        false => format!("keeps {} alive for as long as it runs{unref}", kept.join(" and ")),
    }
}

fn help(interval: &Interval) -> String {
    let handle_text = match &interval.handle {
        Handle::Kept { text, .. } | Handle::Local { name: text } => Some(text.as_str()),
        _ => None,
    };
    if interval.overwritten.is_some() {
        return format!("call `clearInterval({})` before it is set again", handle_text.unwrap_or("handle"));
    }
    match &interval.cleared {
        Some(Cleared::SomeEnds { misses: Ending::Throw, .. }) => return "clear it in `finally`".to_owned(),
        Some(Cleared::SomeEnds { misses: Ending::Uncalled(method), .. }) => return format!("call `{method}()` when the work is done"),
        Some(Cleared::SomeEnds { misses: Ending::PlainClose, .. }) => {
            return "clear it when the connection closes: `close` follows every `error`".to_owned();
        }
        Some(Cleared::SomeEnds { misses: Ending::Settled(settle), .. }) => return format!("clear it before `{settle}()` as well"),
        Some(Cleared::SomeEnds { misses: Ending::Deadline(settle), .. }) => {
            return format!("clear it in the timeout, too, before `{settle}()`");
        }
        Some(Cleared::SomeEnds { misses: Ending::ClosedPeer(peer), .. }) => return format!("clear it when `{peer}` closes"),
        _ => {}
    }
    match (teardown(interval), handle_text, &interval.handle, &interval.peer) {
        // A method's local is out of reach for the teardown of its class.
        (Some(teardown), _, Handle::Local { .. }, _) if interval.per_instance.is_some() => {
            format!("keep the handle in a field, and clear it in `{}`", teardown.name)
        }
        (Some(teardown), Some(handle), ..) => format!("add `clearInterval({handle})` to `{}`", teardown.name),
        (Some(teardown), None, Handle::Collected { text }, _) => format!("clear every handle in `{text}` in `{}`", teardown.name),
        (Some(teardown), None, ..) => format!("keep the handle and clear it in `{}`", teardown.name),
        (None, _, _, Some(peer)) => format!("keep the handle and clear it when `{peer}` closes"),
        (None, ..) if interval.per_instance.is_some() => {
            "keep the handle in a field and clear it in a `close()` that the owner calls".to_owned()
        }
        (None, ..) if interval.taken_out.is_some() => "call `clearInterval` with the handle before it is removed".to_owned(),
        (None, ..) if matches!(interval.context.kind, ContextKind::Init | ContextKind::Bounded) => {
            "keep the handle and clear it on shutdown, or call `.unref()` if the process may exit while it runs".to_owned()
        }
        _ => "keep the handle and clear it when the work is done".to_owned(),
    }
}

fn owner_of_clear(interval: &Interval) -> String {
    teardown(interval).map_or_else(|| "the teardown".to_owned(), |teardown| format!("`{}`", teardown.name))
}

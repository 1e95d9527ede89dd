//! An interval that goes on after its owner is done.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Cleared, Handle, Instances, Interval};
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};
use crate::text::Span;

pub const RULE: Rule = Rule {
    name: "uncleared-interval",
    category: Category::Timer,
    summary: "an interval whose handle nobody clears when its owner is done",
    page: include_str!("README.md"),
    check: Check::Interval(check),
};

fn check(file: &File<'_>, interval: &Interval, sink: &mut Sink<'_>) {
    if file.kind != FileKind::Source {
        return;
    }
    let overwritten = match &interval.cleared {
        Some(Cleared::Overwritten(span)) => Some(*span),
        Some(_) => return,
        None => None,
    };
    if interval.handle == Handle::HandedOut {
        return;
    }
    if let Some(confidence) = confidence(interval, overwritten.is_some()) {
        sink.report(finding(file, interval, overwritten, confidence));
    }
}

fn confidence(interval: &Interval, overwritten: bool) -> Option<Confidence> {
    if overwritten {
        return Some(Confidence::High);
    }
    if let Some(instances) = &interval.per_instance {
        return per_instance(instances, interval);
    }
    match interval.context.kind {
        ContextKind::Repeated => Some(Confidence::High),
        ContextKind::Unknown if interval.context.per_request || interval.peer.is_some() => Some(Confidence::Medium),
        ContextKind::Unknown => Some(Confidence::Low),
        // It keeps the process alive; nothing grows.
        ContextKind::Init | ContextKind::Bounded if !interval.unref => Some(Confidence::Low),
        _ => None,
    }
}

fn per_instance(instances: &Instances, interval: &Interval) -> Option<Confidence> {
    if !instances.many {
        return None;
    }
    let kept_forever = instances.seen_at.is_some() || interval.context.kind == ContextKind::Repeated;
    match (&instances.teardown, kept_forever) {
        (Some(_), _) | (None, true) => Some(Confidence::High),
        (None, false) if instances.exported => Some(Confidence::Medium),
        (None, false) => Some(Confidence::Low),
    }
}

fn finding(file: &File<'_>, interval: &Interval, overwritten: Option<Span>, confidence: Confidence) -> Finding {
    let mut finding =
        Finding::new(confidence, interval.span, message(interval, overwritten.is_some()), &interval.scope, interval.statement_hash);
    finding.holder = Some(Holder { name: "setInterval".to_owned(), lifetime: Lifetime::Process });
    if let Some(seen_at) = interval.per_instance.as_ref().and_then(|instances| instances.seen_at) {
        finding.link(Role::Caller, seen_at, "constructed again and again");
    }
    words::callers(&mut finding, &interval.context);
    finding.link(Role::Site, interval.span, keeps(interval));
    if let Some(span) = overwritten {
        finding.link(Role::Release, span, "clears only the last one");
    }
    if let Some(teardown) = interval.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) {
        let also = teardown.clears.as_ref().map(|clears| format!("; it does call `{}`", clears.text)).unwrap_or_default();
        finding.link(Role::Release, teardown.name_span, format!("`{}` does not stop it{also}", teardown.name));
    }
    finding.notes.push(match overwritten {
        Some(_) => "searched: no clear of the handle before it is set again".to_owned(),
        None => "searched: no `clearInterval` of this handle in this file".to_owned(),
    });
    finding.help = Some(help(interval, overwritten.is_some()));
    finding.fixes.push(fix(file, interval));
    finding
}

fn message(interval: &Interval, overwritten: bool) -> String {
    if overwritten {
        let name = match &interval.handle {
            Handle::Kept { text, .. } => text.as_str(),
            _ => "the handle",
        };
        return format!("`{name}` is set again while the interval before it still runs");
    }
    match (&interval.per_instance, interval.context.kind) {
        (Some(instances), _) => match &instances.teardown {
            Some(teardown) => format!("each `{}` starts an interval that `{}()` does not stop", instances.class, teardown.name),
            None => format!("each `{}` starts an interval that nothing stops", instances.class),
        },
        (None, ContextKind::Init | ContextKind::Bounded) => {
            "this interval keeps the process alive: nothing clears it and it is not unref'd".to_owned()
        }
        (None, _) => match &interval.peer {
            Some(peer) => format!("an interval is started for each `{peer}` and nothing stops it"),
            None => format!("every call of `{}` starts an interval that nothing stops", interval.function),
        },
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

fn help(interval: &Interval, overwritten: bool) -> String {
    let handle = match &interval.handle {
        Handle::Kept { text, .. } => Some(text.clone()),
        Handle::Local { name } => Some(name.clone()),
        _ => None,
    };
    let handle_text = handle.clone().unwrap_or_else(|| "the handle".to_owned());
    if overwritten {
        return format!("call `clearInterval({handle_text})` before it is set again");
    }
    match (&interval.per_instance, &interval.peer, handle) {
        (Some(instances), _, handle) => match (&instances.teardown, handle) {
            (Some(teardown), Some(handle)) => format!("add `clearInterval({handle})` to `{}`", teardown.name),
            (Some(teardown), None) => format!("keep the handle in a field and clear it in `{}`", teardown.name),
            (None, _) => "keep the handle in a field and clear it in a `close()` that the owner calls".to_owned(),
        },
        (None, Some(peer), _) => format!("keep the handle and clear it when `{peer}` closes"),
        (None, None, _) if matches!(interval.context.kind, ContextKind::Init | ContextKind::Bounded) => {
            "keep the handle and clear it on shutdown, or call `.unref()` if the process may exit while it runs".to_owned()
        }
        _ => "keep the handle and clear it when the work is done".to_owned(),
    }
}

/// Stores the handle in a field if it has none, and clears it in the class's own teardown.
fn fix(file: &File<'_>, interval: &Interval) -> SuggestedFix {
    let manual = |interval: &Interval| SuggestedFix {
        applicability: Applicability::Manual,
        message: help(interval, matches!(interval.cleared, Some(Cleared::Overwritten(_)))),
        edits: Vec::new(),
    };
    let Some(teardown) = interval.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) else { return manual(interval) };
    let style = &file.facts.style;
    let newline = if style.crlf { "\r\n" } else { "\n" };
    let semicolon = if style.semicolons { ";" } else { "" };
    let indent = " ".repeat(teardown.indent as usize);
    let clear = |handle: &str| {
        let at = Span::new(teardown.body.start + 1, teardown.body.start + 1);
        (at, format!("{newline}{indent}clearInterval({handle}){semicolon}"))
    };
    match &interval.handle {
        Handle::Kept { text, .. } if text.starts_with("this.") && text.matches('.').count() == 1 && interval.cleared.is_none() => {
            SuggestedFix {
                applicability: Applicability::Safe,
                message: format!("clear `{text}` in `{}`", teardown.name),
                edits: vec![clear(text)],
            }
        }
        Handle::Dropped if interval.statement.is_some() && interval.this_is_instance => {
            let field = "this._interval";
            let start = Span::new(interval.span.start, interval.span.start);
            SuggestedFix {
                applicability: Applicability::Unsafe,
                message: format!("keep the handle in `{field}` and clear it in `{}`", teardown.name),
                edits: sorted(vec![(start, format!("{field} = ")), clear(field)]),
            }
        }
        _ => manual(interval),
    }
}

fn sorted(mut edits: Vec<(Span, String)>) -> Vec<(Span, String)> {
    edits.sort_by_key(|(span, _)| span.start);
    edits
}

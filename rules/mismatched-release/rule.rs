//! A removal of a listener that can never match what it was meant for.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Certainty, Mending, Mismatch, MismatchWhy, ReceiverKind};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "mismatched-release",
    category: Category::Listener,
    summary: "a removal of a listener that can never match its registration",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Registration],
    on_by_default: true,
    check: Check::Mismatch(check),
};

fn check(_: &File<'_>, mismatch: &Mismatch, sink: &mut Sink<'_>) {
    if let Some(confidence) = confidence(mismatch) {
        sink.report(finding(mismatch, confidence));
    }
}

fn confidence(mismatch: &Mismatch) -> Option<Confidence> {
    let context = mismatch.context.kind;
    let instances = mismatch.per_instance.as_ref();
    if context <= ContextKind::Teardown || instances.is_some_and(|instances| !instances.many) {
        return None;
    }
    let again = context == ContextKind::Repeated || mismatch.in_loop || instances.is_some_and(|instances| instances.seen_at.is_some());
    let is_possible = again || instances.is_some() || context == ContextKind::Unknown;
    if !is_possible {
        return (context == ContextKind::Startup).then_some(Confidence::Low);
    }
    let is_certain = !matches!(mismatch.why, MismatchWhy::OtherEvent(_) | MismatchWhy::OtherFunction | MismatchWhy::NoEvent);
    let is_long = mismatch.receiver.certainty == Certainty::Proved && mismatch.receiver.kind != ReceiverKind::Import;
    Some(if again && is_certain && is_long { Confidence::High } else { Confidence::Medium })
}

fn finding(mismatch: &Mismatch, confidence: Confidence) -> Finding {
    let receiver = &mismatch.receiver;
    let message = format!("this `{}` can never match: {}", mismatch.verb, reason(mismatch));
    let mut finding = Finding::new(confidence, mismatch.span, message, &mismatch.scope, mismatch.statement_hash);
    finding.holder = Some(Holder { name: receiver.text.clone(), lifetime: words::lifetime_of_receiver(receiver) });
    if let Some(span) = receiver.span.filter(|span| *span != mismatch.added) {
        finding.link(Role::Holder, span, words::kind_of_receiver(receiver));
    }
    words::constructed(&mut finding, mismatch.per_instance.as_ref(), &mismatch.context);
    finding.reached_by(&mismatch.context);
    finding.link(Role::Site, mismatch.added, added(&mismatch.why));
    finding.link(Role::Release, mismatch.removed, removed(&mismatch.why));
    for &span in &mismatch.more {
        finding.link(Role::Release, span, "so does this one");
    }
    let event = mismatch.event.as_ref().map_or_else(|| "the".to_owned(), |event| format!("the `{event}`"));
    finding.notes.push(match &mismatch.per_instance {
        Some(instances) => {
            format!("{event} listener of every `{}` stays on `{}` after `{}`", instances.class, receiver.text, mismatch.function)
        }
        None => format!("{event} listener stays on `{}` after `{}`", receiver.text, mismatch.function),
    });
    finding.help = Some(help(mismatch));
    finding.fixes.push(match &mismatch.mending {
        Some(Mending::OneReference { text, edits }) => {
            SuggestedFix::of_edits(Applicability::Safe, format!("pass `{text}` to both, bound once"), edits)
        }
        Some(Mending::SamePhase { edits }) => {
            SuggestedFix::of_edits(Applicability::Safe, "pass the options of the registration to the removal as well", edits)
        }
        None => SuggestedFix::manual(help(mismatch)),
    });
    finding
}

fn reason(mismatch: &Mismatch) -> String {
    match &mismatch.why {
        MismatchWhy::FreshAtRemoval => "it passes a function that is made for it".to_owned(),
        MismatchWhy::NoHandler => "it names no handler, so it takes none off".to_owned(),
        MismatchWhy::NotYetAdded => "each call makes the function anew, and adds it only after this".to_owned(),
        MismatchWhy::FreshAtRegistration => "what was added is a function that nobody kept".to_owned(),
        MismatchWhy::OtherFunction => "it passes another function than the one that was added".to_owned(),
        MismatchWhy::OtherEvent(event) => match &mismatch.event {
            Some(own) => format!("the handler was added for `{own}`, not for `{event}`"),
            None => format!("the handler was not added for `{event}`"),
        },
        MismatchWhy::NoEvent => "it passes the handler in the place of the event's name".to_owned(),
        MismatchWhy::OtherTarget => format!("the listener is on `{}`", mismatch.receiver.text),
        MismatchWhy::FreshTarget(call) => format!("`{call}` is another object each time"),
        MismatchWhy::OtherPhase => "the capture flag differs".to_owned(),
        MismatchWhy::Unreachable { flag, .. } => format!("it is never reached, because `{flag}` is only set behind this condition"),
    }
}

fn added(why: &MismatchWhy) -> &'static str {
    match why {
        MismatchWhy::FreshAtRemoval | MismatchWhy::OtherFunction | MismatchWhy::NoHandler => "this function is added",
        MismatchWhy::FreshAtRegistration => "adds a function made here",
        MismatchWhy::NotYetAdded => "adds it here, for as long as the receiver lives",
        MismatchWhy::OtherEvent(_) | MismatchWhy::NoEvent => "added for this event",
        MismatchWhy::OtherTarget => "added to this target",
        MismatchWhy::FreshTarget(_) => "added to an object made here",
        MismatchWhy::OtherPhase => "added for the other phase",
        MismatchWhy::Unreachable { .. } => "added here",
    }
}

fn removed(why: &MismatchWhy) -> &'static str {
    match why {
        MismatchWhy::FreshAtRemoval => "removes another one, made here",
        MismatchWhy::NoHandler => "the handler is missing",
        MismatchWhy::NotYetAdded => "was not added yet; that of the call before is another one",
        MismatchWhy::FreshAtRegistration | MismatchWhy::OtherFunction => "removes another one, which was never added",
        MismatchWhy::OtherEvent(_) => "removed for this one",
        MismatchWhy::NoEvent => "the event's name is missing",
        MismatchWhy::OtherTarget => "removed from this one",
        MismatchWhy::FreshTarget(_) => "removed from another object, made here",
        MismatchWhy::OtherPhase => "removed for this phase only",
        MismatchWhy::Unreachable { .. } => "never reached",
    }
}

fn help(mismatch: &Mismatch) -> String {
    match &mismatch.why {
        MismatchWhy::FreshAtRemoval | MismatchWhy::FreshAtRegistration | MismatchWhy::NotYetAdded => {
            "keep the function in a variable or field, and pass that to both".to_owned()
        }
        MismatchWhy::OtherFunction | MismatchWhy::NoHandler => "pass the function that was added".to_owned(),
        MismatchWhy::OtherEvent(_) | MismatchWhy::NoEvent => "remove it for the event for which it was added".to_owned(),
        MismatchWhy::OtherTarget => format!("remove it from `{}`", mismatch.receiver.text),
        MismatchWhy::FreshTarget(call) => format!("keep the result of `{call}`, and use that for both"),
        MismatchWhy::OtherPhase => "pass the same capture flag to both".to_owned(),
        MismatchWhy::Unreachable { .. } => "turn the condition round".to_owned(),
    }
}

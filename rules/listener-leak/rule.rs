//! A listener that is added again and again to an emitter which outlives it.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Certainty, ReceiverKind, Registration, Released};
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "listener-leak",
    category: Category::Listener,
    summary: "a listener added again and again to an emitter that outlives it",
    page: include_str!("README.md"),
    check: Check::Registration(check),
};

fn check(file: &File<'_>, registration: &Registration, sink: &mut Sink<'_>) {
    let by_loop = registration.in_loop.as_ref().is_some_and(|site| !site.fixed);
    if file.kind != FileKind::Source || by_loop || registration.released.is_some() {
        return;
    }
    if registration.once && !registration.once_uncertain {
        return;
    }
    if let Some(confidence) = confidence(registration) {
        sink.report(finding(registration, confidence));
    }
}

fn confidence(registration: &Registration) -> Option<Confidence> {
    let context = registration.context.kind;
    let repeated = context == ContextKind::Repeated;
    match registration.receiver.kind {
        ReceiverKind::Fresh | ReceiverKind::Unknown | ReceiverKind::Item | ReceiverKind::OwnField => None,
        ReceiverKind::Own => own(registration),
        ReceiverKind::Process | ReceiverKind::Page | ReceiverKind::Module | ReceiverKind::Import | ReceiverKind::Injected => {
            long_lived(registration, repeated)
        }
        ReceiverKind::KeptAliveSocket => {
            Some(if repeated || registration.context.per_request { Confidence::High } else { Confidence::Medium })
        }
        ReceiverKind::AbortSignal => (context >= ContextKind::Unknown).then_some(Confidence::Medium),
        ReceiverKind::Captured => {
            repeated.then_some(if registration.receiver.certainty == Certainty::Proved { Confidence::High } else { Confidence::Medium })
        }
        ReceiverKind::Parameter => (repeated && registration.near_miss.is_some()).then_some(Confidence::Medium),
    }
}

/// A receiver that lives as long as the process, or longer than the instance.
fn long_lived(registration: &Registration, repeated: bool) -> Option<Confidence> {
    if let Some(instances) = &registration.per_instance
        && registration.context.kind != ContextKind::Repeated
    {
        if !instances.many {
            return None;
        }
        if instances.seen_at.is_some() {
            return Some(Confidence::High);
        }
        let torn_down = instances.teardown.is_some();
        let injected = registration.receiver.kind == ReceiverKind::Injected;
        return match registration.receiver.certainty {
            _ if torn_down => Some(Confidence::Medium),
            _ if injected => None,
            _ => Some(Confidence::Low),
        };
    }
    if repeated {
        let proved = registration.receiver.certainty == Certainty::Proved;
        return Some(if proved { Confidence::High } else { Confidence::Medium });
    }
    let known = registration.receiver.certainty == Certainty::Proved;
    match registration.context.kind {
        ContextKind::Unknown if known && (registration.context.per_request || !registration.captures.is_empty()) => {
            Some(Confidence::Medium)
        }
        ContextKind::Unknown if known => Some(Confidence::Low),
        _ => None,
    }
}

/// An object that registers on itself, again and again.
fn own(registration: &Registration) -> Option<Confidence> {
    (registration.context.kind == ContextKind::Repeated && registration.handler.fresh).then_some(Confidence::Medium)
}

fn finding(registration: &Registration, confidence: Confidence) -> Finding {
    let receiver = &registration.receiver.text;
    let mut finding = Finding::new(confidence, registration.span, message(registration), &registration.scope, registration.statement_hash);
    finding.holder = Some(Holder { name: receiver.clone(), lifetime: words::receiver_lifetime(registration) });
    if let Some(span) = registration.receiver.span {
        finding.link(Role::Holder, span, words::receiver(registration));
    }
    if let Some(seen_at) = registration.per_instance.as_ref().and_then(|instances| instances.seen_at) {
        finding.link(Role::Caller, seen_at, "constructed again and again");
    }
    words::callers(&mut finding, &registration.context);
    finding.link(Role::Site, registration.span, words::adds(registration));
    words::near_miss(&mut finding, registration);
    if let Some(teardown) = registration.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) {
        finding.link(Role::Release, teardown.name_span, format!("`{}` does not take it off", teardown.name));
    }
    if let Some(sibling) = &registration.sibling {
        finding.link(Role::Sibling, sibling.span, "takes off the listener for another event");
    }
    finding.notes.push(words::listener_search(registration));
    finding.help = Some(help(registration));
    finding.fixes.push(SuggestedFix { applicability: Applicability::Manual, message: help(registration), edits: Vec::new() });
    finding
}

fn message(registration: &Registration) -> String {
    let receiver = &registration.receiver.text;
    let event = words::event(registration);
    let kept = if registration.once {
        format!("and stays if `{}` never fires", registration.event.as_deref().unwrap_or("the event"))
    } else {
        "and nothing takes it off".to_owned()
    };
    match &registration.per_instance {
        Some(instances) if registration.context.kind != ContextKind::Repeated => {
            format!("each `{}` adds {event} listener to `{receiver}` {kept}", instances.class)
        }
        _ => format!("every {} adds {event} listener to `{receiver}` {kept}", words::run(&registration.context, &registration.function)),
    }
}

fn help(registration: &Registration) -> String {
    match registration.receiver.kind {
        ReceiverKind::AbortSignal => {
            "name the handler and remove it in `finally`; or pass `{ signal }` of a controller of your own that you abort in `finally` (`{ once: true }` does not help: the event may never fire)".to_owned()
        }
        _ => match registration.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) {
            Some(teardown) => format!("keep the handler in a field and take it off in `{}`", teardown.name),
            None if registration.released == Some(Released::Once) => "remove it when the other outcome happens".to_owned(),
            None => "register once, at start-up; or name the handler and take it off when the work is done (`finally`, `close`)".to_owned(),
        },
    }
}

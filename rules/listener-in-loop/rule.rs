//! A listener that a loop registers in each turn on the same emitter.

use crate::diagnostic::{Applicability, Category, Confidence, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Certainty, Detachment, LoopEvent, LoopSite, ReceiverKind, Registration};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "listener-in-loop",
    category: Category::Listener,
    summary: "a listener registered in each turn of a loop on an emitter that stays the same",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Registration],
    on_by_default: true,
    check: Check::Registration(check),
};

fn check(_: &File<'_>, registration: &Registration, sink: &mut Sink<'_>) {
    let Some(site) = &registration.in_loop else { return };
    // A `once`, or an event of its own for each item, is listener-leak's.
    if registration.mismatched
        || site.fixed
        || site.event != LoopEvent::Same
        || registration.once
        || registration.released.is_some()
        || registration.follows.is_some()
    {
        return;
    }
    if let Some(confidence) = confidence(registration, site) {
        sink.report(finding(registration, site, confidence));
    }
}

fn confidence(registration: &Registration, site: &LoopSite) -> Option<Confidence> {
    let context = registration.context.kind;
    // How often it runs beside the loop: a list that is gone through once at start-up is bounded.
    let again = context == ContextKind::Repeated || site.endless || !site.counted;
    if !again && context <= ContextKind::Startup {
        return None;
    }
    match registration.receiver.kind {
        // What dies with the call takes its listeners along, unless the loop goes on for as long.
        ReceiverKind::Fresh | ReceiverKind::Peer => (site.endless && !site.recursion).then_some(Confidence::High),
        ReceiverKind::Item | ReceiverKind::Getter | ReceiverKind::Unknown => None,
        ReceiverKind::AbortSignal if registration.receiver.certainty < Certainty::Likely => Some(Confidence::Low),
        ReceiverKind::AbortSignal | ReceiverKind::Captured | ReceiverKind::Import => Some(Confidence::Medium),
        // Whose it is, and that it lives on, is a guess: of 18 alerts in loops that were read two were right.
        ReceiverKind::Parameter | ReceiverKind::OwnField | ReceiverKind::Own | ReceiverKind::Injected => {
            let goes_on = site.endless && !site.recursion || registration.context.is_for_peer();
            Some(match again {
                true if goes_on => Confidence::High,
                _ if registration.is_meant_to_go() => Confidence::Medium,
                _ => Confidence::Low,
            })
        }
        _ if again => Some(Confidence::High),
        _ => Some(Confidence::Medium),
    }
}

fn finding(registration: &Registration, site: &LoopSite, confidence: Confidence) -> Finding {
    let receiver = &registration.receiver.text;
    let event = words::event(registration);
    let turn = match site.recursion {
        true => format!("each run of `{}`, which leads to its next one,", registration.function),
        false => "each turn of this loop".to_owned(),
    };
    let message = format!("{turn} adds {event} listener to `{receiver}`, and nothing takes it off");
    let mut finding = Finding::new(confidence, registration.span, message, &registration.scope, registration.statement_hash);
    finding.holder = Some(crate::diagnostic::Holder { name: receiver.clone(), lifetime: words::receiver_lifetime(registration) });
    if let Some(span) = registration.receiver.span {
        finding.link(Role::Holder, span, words::receiver(registration));
    }
    finding.reached_by(&registration.context);
    finding.link(Role::Caller, site.span, if site.endless { "a loop without an end" } else { "runs once for each turn" });
    finding.link(Role::Site, registration.span, words::adds(registration));
    words::near_miss(&mut finding, registration);
    words::silenced(&mut finding, registration);
    finding.notes.push(words::listener_search(registration));
    finding.help = Some(format!(
        "register once, before the loop; or take the listener off in `finally`, at the end of each turn{}",
        once_hint(registration)
    ));
    finding.fixes.push(fix(registration));
    if finding.holder.as_ref().is_some_and(|holder| holder.lifetime == Lifetime::Call) {
        finding.notes.push(format!("`{receiver}` dies with the call, but the loop has no end"));
    }
    finding
}

fn fix(registration: &Registration) -> SuggestedFix {
    let receiver = &registration.receiver.text;
    match &registration.detachment {
        Some(Detachment::BeforeLoop { edits }) => {
            let message = format!("register on `{receiver}` once, in front of the loop");
            SuggestedFix::of_edits(Applicability::Unsafe, message, edits)
        }
        Some(Detachment::EachTurn { handler, edits }) => {
            let message = format!("take `{handler}` off `{receiver}` in `finally`, at the end of each turn");
            SuggestedFix::of_edits(Applicability::Unsafe, message, edits)
        }
        _ => SuggestedFix::manual(format!(
            "move the registration on `{receiver}` in front of the loop, or remove the listener at the end of each turn"
        )),
    }
}

fn once_hint(registration: &Registration) -> &'static str {
    if registration.once { "" } else { ", or use `once` if the event is certain to fire" }
}

//! A listener that is added again and again to an emitter which outlives it.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Role};
use crate::model::context::{ContextKind, Shown, Step, StepKind};
use crate::model::facts::{Certainty, Detachment, ForgottenBy, LoopEvent, NearMissWhy, ReceiverKind, Registration};
use crate::model::listener::combined::ANY;
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, page, words};

pub const RULE: Rule = Rule {
    name: "listener-leak",
    category: Category::Listener,
    summary: "a listener added again and again to an emitter that outlives it",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Registration],
    on_by_default: true,
    check: Check::Registration(check),
};

fn check(file: &File<'_>, registration: &Registration, sink: &mut Sink<'_>) {
    let Some(confidence) = judge(registration) else { return };
    let cascade = cascade(file, registration, confidence);
    let others = match cascade.split_first() {
        Some((first, others)) if cascade.len() >= MANY => {
            if first.span != registration.span {
                return;
            }
            others
        }
        _ => &[],
    };
    let mut finding = finding(registration, confidence);
    for other in others.iter().take(SHOWN) {
        finding.link(Role::Site, other.span, format!("so does this one, to `{}`", other.receiver.text));
    }
    if !others.is_empty() {
        let count = cascade.len();
        let note = format!("{count} listeners of this file pile up in this way: where what comes again runs once, all are mended");
        finding.notes.insert(0, note);
    }
    sink.report(finding);
}

/// Listeners that one and the same thing adds again and again are one finding, if there are so many.
const MANY: usize = 4;
/// Of these, as many are shown.
const SHOWN: usize = 8;

/// All that comes by the same step that repeats, this one among them. What a request or an instance adds, and what a removal misses, is mended one by one.
fn cascade<'f>(file: &'f File<'_>, registration: &Registration, confidence: Confidence) -> Vec<&'f Registration> {
    fn repeats(of: &Registration) -> Option<&Step> {
        let is_missed = of.near_miss.is_some() || of.forgotten.is_some() || of.other_outcome.is_some();
        let is_own = of.per_instance.is_some() || of.context.is_for_peer() || is_missed;
        let again = of.context.kind == ContextKind::Repeated && !is_own;
        of.context.steps.iter().rfind(|step| step.what.is_called_back()).filter(|_| again)
    }
    let Some(own) = repeats(registration) else { return Vec::new() };
    let is_same = |other: &&Registration| repeats(other).is_some_and(|step| step.span == own.span && step.file == own.file);
    file.facts.registrations.iter().filter(is_same).filter(|other| judge(other) == Some(confidence)).collect()
}

fn judge(registration: &Registration) -> Option<Confidence> {
    // A list of events that is gone through again for each request is like one event.
    let again = registration.context.kind == ContextKind::Repeated && registration.in_loop.as_ref().is_some_and(|site| !site.recursion);
    let by_loop = registration.in_loop.as_ref().is_some_and(|site| match site.event {
        LoopEvent::Same => site.fixed && !again || !site.fixed && !registration.once,
        LoopEvent::Item => !again,
        LoopEvent::Made => site.fixed && !again,
    });
    // What a component acquires while it is mounted is for effect-no-cleanup.
    let is_for_others = registration.mismatched || registration.of_component().is_some();
    let is_once = registration.follows.is_some() || page::is_once_a_page(&registration.context);
    let is_switched_off = registration.near_miss.as_ref().is_some_and(|miss| miss.why == NearMissWhy::OtherRun);
    if by_loop || is_for_others || is_once || is_switched_off || registration.released.is_some() {
        return None;
    }
    if registration.once && !registration.once_uncertain && registration.other_outcome.is_none() && !loses_once(registration) {
        return None;
    }
    confidence(registration).map(|confidence| confidence.min(most(registration)).min(most_by_signs(registration)))
}

/// Of 51 alerts on unread code that were shown, 16 were right. What made the difference were two things that have to come together: a receiver that is
/// certain to be older than the listener, and either a way that is seen to be gone again and again or a sign that the listener was meant to go.
fn most_by_signs(registration: &Registration) -> Confidence {
    use ReceiverKind as Kind;
    let kind = registration.receiver.kind;
    let context = &registration.context;
    // Whom these are given to, and for how long, was weighed already.
    if matches!(kind, Kind::AbortSignal | Kind::Entry | Kind::SharedPeer) || is_left_by_work(registration) || context.is_for_peer() {
        return Confidence::High;
    }
    let instances = registration.per_instance.as_ref();
    let outlives_promise = registration.handler.outlives_promise && registration.handler.fresh;
    let is_meant_to_go = registration.is_meant_to_go() || outlives_promise || instances.is_some_and(|it| it.teardown.is_some());
    let again = context.kind == ContextKind::Repeated || registration.in_loop.as_ref().is_some_and(|site| !site.counted);
    let is_made_again = instances.is_some_and(|it| it.seen_at.is_some() || it.made_by.is_some());
    let is_seen = (again || is_made_again) && context.steps.iter().filter(|step| !step.what.is_condition()).count() <= MOST_STEPS;
    // What callers in view give is made for the call, mostly.
    let is_called = || context.steps.iter().any(|step| matches!(step.what, StepKind::Call(_)));
    let is_shown = match kind {
        _ if registration.is_set_up && !registration.once_each => false,
        _ if receiver_is_passed(registration) => is_seen || is_meant_to_go,
        Kind::Process | Kind::Page | Kind::Module | Kind::Import | Kind::Singleton | Kind::Captured | Kind::Pooled => {
            is_seen || is_meant_to_go
        }
        // Whose end takes another listener off it knows that it goes on.
        Kind::Injected | Kind::Parameter => is_left_on_same(registration) || is_meant_to_go && !is_called(),
        _ => is_meant_to_go,
    };
    if is_shown { Confidence::High } else { Confidence::Low }
}

/// The end lets go of another listener of the same receiver.
fn is_left_on_same(registration: &Registration) -> bool {
    registration.forgotten.as_ref().is_some_and(|forgotten| forgotten.how != ForgottenBy::OtherRemoval)
}

/// On a longer way there is a guard that is not understood, mostly.
const MOST_STEPS: usize = 5;

/// A removal that only an exception passes by: what throws is rare, and often ends the program.
fn most(registration: &Registration) -> Confidence {
    // Nobody but tests is seen to come there: how often the program does, and with what, nothing says.
    if registration.context.steps.iter().any(|step| matches!(step.what, StepKind::Tested(_))) {
        return Confidence::Low;
    }
    // What helpers of old pages add is set up once, mostly: of three read alerts one was right, and there a teardown forgot it.
    let is_forgotten = registration.per_instance.is_some() && registration.is_meant_to_go();
    if registration.is_passed_on && !is_forgotten && registration.near_miss.is_none() || is_of_page_set_up(registration) {
        return Confidence::Low;
    }
    match &registration.near_miss {
        Some(miss) if miss.why == NearMissWhy::SkippedByThrow => {
            let of_process = registration.receiver.kind == ReceiverKind::Process;
            if of_process && is_set_up_once(registration) { Confidence::Low } else { Confidence::Medium }
        }
        _ => most_by_context(registration),
    }
}

/// `$(document)`: what such a page sets up, it sets up one time. Of eleven read alerts three were right; two of these showed a removal that misses it.
fn is_of_page_set_up(registration: &Registration) -> bool {
    let receiver = &registration.receiver;
    receiver.kind == ReceiverKind::Page && receiver.wrapped && registration.near_miss.is_none() && registration.sibling.is_none()
}

/// Nothing but the name of a function says that it runs again and again.
fn is_told_by_name(registration: &Registration) -> bool {
    let mut told = registration.context.steps.iter().filter(|step| step.what.is_called_back());
    told.clone().next().is_some() && told.all(|step| matches!(step.what, StepKind::HandlerOf(_)))
}

/// Of 41 alerts at high on unread code, 14 were right: what repeats was behind a guard, or came once. A request does come again.
fn most_by_context(registration: &Registration) -> Confidence {
    let is_long_lived = matches!(
        registration.receiver.kind,
        ReceiverKind::Process | ReceiverKind::Page | ReceiverKind::Module | ReceiverKind::Import | ReceiverKind::Captured
    ) || receiver_is_passed(registration);
    if is_long_lived && !registration.context.is_for_peer() { Confidence::Medium } else { Confidence::High }
}

/// A `once` of a promise that is settled otherwise, on what every call finds again.
fn loses_once(registration: &Registration) -> bool {
    use ReceiverKind as Kind;
    let kind = registration.receiver.kind;
    registration.handler.outlives_promise && matches!(kind, Kind::Process | Kind::Page | Kind::Module | Kind::Import | Kind::Singleton)
}

/// Of several `once` of one promise, those that did not settle it stay, while the one that did comes again for each call.
fn loses_again(registration: &Registration) -> bool {
    let is_lost = registration.other_outcome.as_ref().is_some_and(|outcome| outcome.comes_again);
    is_lost && registration.context.kind >= ContextKind::Unknown && registration.mount.is_none()
}

/// Another function for each call: made there, or by each of those who come again.
fn is_new(registration: &Registration) -> bool {
    let Registration { handler, context, .. } = registration;
    handler.fresh || handler.from_caller && context.kind == ContextKind::Repeated
}

/// What all callers pass is one that lives as long as the process.
fn receiver_is_passed(registration: &Registration) -> bool {
    let receiver = &registration.receiver;
    matches!(receiver.kind, ReceiverKind::Injected | ReceiverKind::Parameter) && receiver.certainty == Certainty::Proved
}

fn confidence(registration: &Registration) -> Option<Confidence> {
    let context = registration.context.kind;
    // 55 to 70 bytes a call, measured: worth a word, no more.
    if registration.api == ANY {
        return (context >= ContextKind::Unknown).then_some(Confidence::Low);
    }
    let again = context == ContextKind::Repeated || registration.in_loop.as_ref().is_some_and(|site| !site.counted);
    let medium_or_high = if again { Confidence::High } else { Confidence::Medium };
    let receiver = &registration.receiver;
    // The promise is settled by its timer, and the listener goes on waiting: whoever has the emitter will ask again.
    let misses_deadline = registration.near_miss.as_ref().is_some_and(|miss| miss.why == NearMissWhy::OtherOutcome)
        && registration.handler.fresh
        && context >= ContextKind::Unknown;
    match receiver.kind {
        ReceiverKind::Own | ReceiverKind::OwnField if loses_again(registration) => Some(Confidence::Medium),
        ReceiverKind::Own | ReceiverKind::OwnField | ReceiverKind::Captured if misses_deadline && registration.mount.is_none() => {
            Some(Confidence::Medium)
        }
        ReceiverKind::Entry => (context >= ContextKind::Unknown && is_new(registration)).then_some(Confidence::Medium),
        ReceiverKind::OwnField if registration.is_forgotten_on_what_others_made() => given(registration),
        ReceiverKind::Fresh | ReceiverKind::Unknown | ReceiverKind::Item | ReceiverKind::OwnField => None,
        ReceiverKind::Service | ReceiverKind::Plugin | ReceiverKind::Getter => None,
        ReceiverKind::Peer => {
            let crossed = registration.other_outcome.as_ref().is_some_and(|outcome| outcome.is_crossed);
            (crossed && context >= ContextKind::Unknown).then_some(Confidence::Medium)
        }
        ReceiverKind::Own | ReceiverKind::Captured | ReceiverKind::Injected | ReceiverKind::Parameter if is_left_by_work(registration) => {
            Some(Confidence::Medium)
        }
        // What hangs on the one before goes with it.
        ReceiverKind::Renewed => (context >= ContextKind::Unknown && registration.handler.fresh).then_some(Confidence::Low),
        ReceiverKind::Own => (again && registration.handler.fresh).then_some(Confidence::Medium),
        ReceiverKind::Process | ReceiverKind::Page | ReceiverKind::Module | ReceiverKind::Import | ReceiverKind::Singleton => {
            long_lived(registration, again)
        }
        // Of five read alerts at high on unread code two were right.
        ReceiverKind::SharedPeer => Some(if registration.near_miss.is_some() { medium_or_high } else { Confidence::Medium }),
        ReceiverKind::Pooled | ReceiverKind::LongTimeout => (context >= ContextKind::Unknown).then_some(Confidence::Medium),
        ReceiverKind::AbortSignal if receiver.certainty == Certainty::Proved => {
            let is_once = registration.constructed && !again && registration.per_instance.as_ref().is_none_or(|it| it.seen_at.is_none());
            (context >= ContextKind::Unknown && !is_once).then_some(medium_or_high)
        }
        // Nothing but the name of an event says that it outlives the work for which it was given.
        ReceiverKind::AbortSignal if receiver.certainty < Certainty::Likely => {
            (registration.constructed || context >= ContextKind::Unknown).then_some(Confidence::Low)
        }
        ReceiverKind::AbortSignal => {
            let many = registration.constructed && registration.per_instance.as_ref().is_some_and(|instances| instances.many);
            (many || context >= ContextKind::Unknown).then_some(if is_offered(registration) { Confidence::Medium } else { Confidence::Low })
        }
        // What a component makes goes with it.
        ReceiverKind::Captured if registration.mount.is_some() => None,
        ReceiverKind::Captured if again && registration.api == "Tapable" => Some(Confidence::High),
        ReceiverKind::Captured if receiver.certainty < Certainty::Likely => None,
        ReceiverKind::Captured => captured(registration, again),
        ReceiverKind::Injected | ReceiverKind::Parameter if receiver.certainty == Certainty::Proved => passed(registration, again),
        ReceiverKind::Injected | ReceiverKind::Parameter => given(registration),
    }
}

/// A variable of an enclosing call. Who comes to the function again has got it anew, mostly: of nine read alerts one was right.
fn captured(registration: &Registration, again: bool) -> Option<Confidence> {
    if again {
        return Some(if is_told_by_name(registration) { Confidence::Low } else { Confidence::Medium });
    }
    let is_shown = registration.receiver.certainty == Certainty::Proved || registration.is_meant_to_go();
    let may_repeat = registration.context.kind == ContextKind::Unknown && registration.handler.keeps_work;
    may_repeat.then_some(if is_shown { Confidence::Medium } else { Confidence::Low })
}

/// Whether users may pass one signal for many calls: to a method or a class, or to a function that waits. A helper gets what its callers made for the
/// call: of 13 read alerts on those two were right. A removal that is missed says more than who may call it.
fn is_offered(registration: &Registration) -> bool {
    let steps = &registration.context.steps;
    let waits = steps.iter().any(|step| step.what.makes_promise());
    // A parameter that is called `request`, or of a type that is, makes no request of the call.
    let is_request = |what: &StepKind| matches!(what, StepKind::RequestParam { shown, .. } if *shown != Shown::Registration);
    let says_little = |what: &StepKind| what.is_condition() || is_request(what);
    let outermost = steps.iter().map(|step| &step.what).find(|what| !says_little(what));
    match outermost {
        _ if registration.near_miss.is_some() => true,
        Some(StepKind::PublicMethod { .. }) | None => true,
        Some(StepKind::Exported(_)) => waits || registration.constructed,
        _ => registration.constructed,
    }
}

/// A function of one piece of work, under a name that only this one has, or for the end of the emitter alone: the work ends, and it stays.
fn is_left_by_work(registration: &Registration) -> bool {
    let is_for_work = registration.of_work && !registration.once || registration.stops_timer;
    is_for_work && registration.handler.fresh && registration.mount.is_none() && registration.context.kind >= ContextKind::Unknown
}

/// A receiver that lives as long as the process.
fn long_lived(registration: &Registration, again: bool) -> Option<Confidence> {
    let proved = registration.receiver.certainty == Certainty::Proved;
    if again && !(registration.once_each && is_of_process(registration)) {
        return Some(if proved { Confidence::High } else { Confidence::Medium });
    }
    let handler = &registration.handler;
    if let Some(instances) = registration.per_instance.as_ref().filter(|_| registration.once_each) {
        return match instances.seen_at {
            _ if !instances.many || is_of_process(registration) && instances.seen_at.is_none() => None,
            Some(_) if proved => Some(Confidence::High),
            // A teardown that forgets it matters where there is more than one.
            None if instances.is_few && instances.made_by.is_none() && !instances.disposes => Some(Confidence::Low),
            _ if instances.seen_at.is_some() || instances.teardown.is_some() || instances.made_by.is_some() => Some(Confidence::Medium),
            _ if instances.disposes && registration.is_meant_to_go() => Some(Confidence::Medium),
            _ => Some(Confidence::Low),
        };
    }
    if registration.context.kind != ContextKind::Unknown || handler.from_caller || is_of_process(registration) {
        return None;
    }
    // What sets a program up is called one time by callers out of view: of 18 read alerts without either sign, one was right.
    let work = handler.fresh && (handler.keeps_work || !registration.captures.is_empty());
    let is_shown = registration.is_meant_to_go()
        || is_left_by_work(registration)
        || work && (registration.context.is_for_peer() || handler.outlives_promise);
    if registration.receiver.kind == ReceiverKind::Import && !is_shown && !work {
        return None;
    }
    Some(if is_shown { Confidence::Medium } else { Confidence::Low })
}

/// What callers in other files pass. A callback that is no event's may run one time: a hook for the start.
fn passed(registration: &Registration, again: bool) -> Option<Confidence> {
    let context = &registration.context;
    let by_callback = |wanted: bool| {
        let steps = &context.steps;
        steps.iter().any(|step| matches!(&step.what, StepKind::Handler { event, .. } if event.is_some() == wanted))
    };
    let may_run_once = by_callback(false) && !by_callback(true) && !context.goes_on();
    if may_run_once { given(registration) } else { long_lived(registration, again) }
}

/// A receiver that somebody else made: older than the listener only if something says so.
fn given(registration: &Registration) -> Option<Confidence> {
    let missed = registration.near_miss.is_some()
        || registration.other_outcome.is_some()
        || registration.silenced.is_some()
        || registration.forgotten.is_some();
    let work = registration.handler.fresh && registration.handler.keeps_work;
    let many = registration.per_instance.as_ref().is_none_or(|instances| instances.many);
    let in_view = registration.context.kind >= ContextKind::Unknown || registration.constructed;
    let shared = registration.receiver.shared && (work || registration.handler.of_instance || registration.handler.bound);
    if !(in_view && many && (missed || shared)) {
        return None;
    }
    // Of six read alerts on unread code about an emitter that is shared, and no more, none was right.
    Some(if registration.is_meant_to_go() { Confidence::Medium } else { Confidence::Low })
}

/// Signals and fatal events: set up one time, whatever the function is called.
fn is_of_process(registration: &Registration) -> bool {
    let receiver = &registration.receiver;
    let set_up = is_set_up_once(registration);
    let fails = matches!(registration.event.as_deref(), Some("error" | "unhandledrejection" | "rejectionhandled"));
    if fails && receiver.kind == ReceiverKind::Page && matches!(receiver.text.as_str(), "globalThis" | "self" | "window") {
        return !registration.once_each && registration.context.kind != ContextKind::Repeated;
    }
    let is_signal = registration.event.as_deref().is_some_and(|event| event.starts_with("SIG"));
    let is_process = receiver.kind == ReceiverKind::Process && (set_up || receiver.text.contains(".std"));
    registration.near_miss.is_none() && (is_process || is_signal)
}

fn is_set_up_once(registration: &Registration) -> bool {
    const ONE_TIME: &[&str] = &["exit", "beforeExit", "uncaughtException", "unhandledRejection", "message", "disconnect", "warning"];
    registration.event.as_deref().is_none_or(|event| event.starts_with("SIG") || ONE_TIME.contains(&event))
}

fn finding(registration: &Registration, confidence: Confidence) -> Finding {
    let receiver = &registration.receiver.text;
    let mut finding = Finding::new(confidence, registration.span, message(registration), &registration.scope, registration.statement_hash);
    finding.holder = Some(Holder { name: receiver.clone(), lifetime: words::receiver_lifetime(registration) });
    if let Some(span) = registration.receiver.span {
        finding.link(Role::Holder, span, words::receiver(registration));
    }
    words::constructed(&mut finding, registration.per_instance.as_ref(), &registration.context);
    finding.reached_by(&registration.context);
    finding.link(Role::Site, registration.span, words::adds(registration));
    words::near_miss(&mut finding, registration);
    words::silenced(&mut finding, registration);
    let of_instance = registration.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref());
    if let Some(teardown) = of_instance.or(registration.given_end.as_ref()) {
        finding.link(Role::Release, teardown.name_span, format!("`{}` does not take it off", teardown.name));
    }
    match (&registration.forgotten, &registration.sibling) {
        (Some(forgotten), _) => finding.link(Role::Sibling, forgotten.span, beside(forgotten.how)),
        (None, Some(sibling)) => finding.link(Role::Sibling, sibling.span, "takes off the listener for another event"),
        (None, None) => {}
    }
    if let Some(outcome) = &registration.other_outcome {
        finding.link(Role::Sibling, outcome.span, format!("when `{}` comes first, the other listener stays", outcome.event));
    }
    if !registration.beside.is_empty() {
        let events: Vec<String> = registration.beside.iter().map(|event| format!("`{event}`")).collect();
        let so = if events.len() == 1 { "so does the listener" } else { "so do the listeners" };
        finding.notes.push(format!("{so} for {} behind it", events.join(", ")));
    }
    finding.notes.push(words::listener_search(registration));
    finding.help = Some(help(registration));
    finding.fixes.push(match &registration.detachment {
        Some(Detachment::InTeardown { teardown, edits }) => {
            let message = format!("take {} off `{}` in `{teardown}`", handlers(registration), registration.receiver.text);
            SuggestedFix::of_edits(Applicability::Safe, message, edits)
        }
        _ => SuggestedFix::manual(help(registration)),
    });
    finding
}

/// What is done for a listener that was added with it.
fn beside(how: ForgottenBy) -> &'static str {
    match how {
        ForgottenBy::Removal => "takes off another one that was added with it",
        ForgottenBy::Disposer => "keeps what takes this one off",
        ForgottenBy::OtherRemoval => "takes off one that was added with it to another receiver",
    }
}

fn handlers(registration: &Registration) -> &'static str {
    if registration.beside.is_empty() { "the handler" } else { "the handlers" }
}

fn message(registration: &Registration) -> String {
    let receiver = &registration.receiver.text;
    if registration.api == ANY {
        let run = words::run(&registration.context, &registration.function);
        return format!("every {run} leaves 55 to 70 bytes on `{receiver}` by `AbortSignal.any` until that aborts");
    }
    let event = words::event(registration);
    let kept = if let Some(outcome) = &registration.other_outcome {
        format!("that stays when `{}` comes first", outcome.event)
    } else if registration.once {
        format!("that stays if `{}` never fires", registration.event.as_deref().unwrap_or("the event"))
    } else {
        match registration.near_miss.as_ref().map(|miss| miss.why) {
            Some(NearMissWhy::SkippedByThrow) => "that stays if something throws before it is taken off",
            Some(NearMissWhy::SkippedByReturn) => "that stays on a way that leaves before it is taken off",
            _ => "and nothing takes it off",
        }
        .to_owned()
    };
    match &registration.per_instance {
        Some(instances) if registration.once_each => {
            format!("each `{}` adds {event} listener to `{receiver}` {kept}", instances.class)
        }
        _ => format!("every {} adds {event} listener to `{receiver}` {kept}", words::run(&registration.context, &registration.function)),
    }
}

fn help(registration: &Registration) -> String {
    if registration.near_miss.as_ref().is_some_and(|miss| miss.why == NearMissWhy::Dropped) {
        return format!("keep what `{}` returns and call it when the work is done", registration.function);
    }
    match registration.receiver.kind {
        ReceiverKind::AbortSignal if registration.api == ANY => {
            "add one listener to the long-lived signal per call and take it off in `finally`, or live with it: the combined signal itself is freed".to_owned()
        }
        ReceiverKind::AbortSignal if registration.handler.span.is_none() => {
            "clear the combined signal when the work is done: `signal.clear()` in `finally`".to_owned()
        }
        ReceiverKind::AbortSignal => {
            "name the handler and remove it in `finally`; or pass `{ signal }` of a controller of your own that you abort in `finally` (`{ once: true }` does not help: the event may never fire)".to_owned()
        }
        _ => match registration.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) {
            Some(teardown) => format!("keep the handler in a field and take it off in `{}`", teardown.name),
            None => "register once, at start-up; or name the handler and take it off when the work is done (`finally`, `close`)".to_owned(),
        },
    }
}

//! The sentences that several rules share.

use crate::diagnostic::{Lifetime, Role};
use crate::model::context::{Context, Handles, Shown, Step, StepKind};
use crate::model::facts::{Certainty, Instances, Life, LifeWhy, NearMissWhy, Receiver, ReceiverKind, Registration};
use crate::model::provenance::{Provenance, Source};
use crate::model::text::NAMELESS;

use super::{File, Finding};

/// What the model calls an expression that is too long to be repeated.
const UNNAMED: &str = "…";

/// Why a holder in a file lives as long as it does.
pub fn life(life: &Life, file: &File<'_>) -> String {
    let whole = format!("lives as long as the {}", if file.facts.style.is_of_page { "page" } else { "process" });
    match (&life.why, life.lifetime) {
        (LifeWhy::ModuleScope, _) => format!("{whole}: module scope"),
        (LifeWhy::Application, _) => format!("{whole}: all requests share the application"),
        (LifeWhy::Static(class), _) => format!("{whole}: a static member of `{class}`"),
        (LifeWhy::Global, _) => format!("{whole}: a global"),
        (LifeWhy::Undeclared, _) => format!("{whole}: nothing in this file declares the name, so it is a global"),
        (LifeWhy::Singleton(class), _) => format!("{whole}: `{class}` is constructed once and kept"),
        (LifeWhy::Decorated(decorator), _) => {
            format!("of a class with `@{decorator}`, of which a container as a rule makes one instance and keeps it")
        }
        (LifeWhy::LongLivedClass(class), _) => format!("lives as long as its `{class}`, which works for a long time"),
        (LifeWhy::NamedLong(class), _) => format!("lives as long as its `{class}`: by its name, for a long time"),
        (LifeWhy::ShortLivedClass(class) | LifeWhy::Instance(class), _) => format!("lives as long as its `{class}`"),
        (LifeWhy::Closure(factory), Lifetime::Process) => {
            format!("{whole}: `{factory}` runs once, and what it makes keeps this")
        }
        (LifeWhy::Closure(factory), _) => format!("lives as long as what `{factory}` makes"),
        (LifeWhy::Given(name), _) => {
            format!("`{name}` is older than the requests: it is given to the function that registers this handler")
        }
        (LifeWhy::Runtime(table), _) => format!("{table} {whole}"),
        (LifeWhy::PerCall(name), _) => format!("one for each run of `{name}`"),
    }
}

/// Adds the way from the outside in to a site.
pub(super) fn callers(finding: &mut Finding, context: &Context) {
    let repeats = |step: &Step| {
        matches!(
            step.what,
            StepKind::Handler { .. }
                | StepKind::Served { .. }
                | StepKind::Provided { .. }
                | StepKind::HandlerOf(_)
                | StepKind::EndlessLoop
                | StepKind::Rearms(_)
        )
    };
    let seen_outside = context.steps.iter().any(repeats);
    for (index, step) in context.steps.iter().enumerate() {
        let message = match &step.what {
            StepKind::Uncalled(name) if seen_outside => format!("in `{name}`"),
            StepKind::RequestParam { name, shown: Shown::Name } if handler_before(context, index).is_none() => {
                // Whatever handles requests is given the request before the response.
                if matches!(name.as_str(), "res" | "reply") {
                    continue;
                }
                format!("by its name, `{name}` is a request or a connection")
            }
            what => step_text(what),
        };
        finding.link_in(Role::Caller, step.file.as_deref(), step.span, message);
    }
}

fn step_text(step: &StepKind) -> String {
    match step {
        StepKind::Handler { callee, event: Some(event), .. } => format!("runs again and again: the handler of `{callee}('{event}')`"),
        StepKind::Handler { callee, .. } if callee == UNNAMED => "runs again and again: a callback".to_owned(),
        StepKind::Handler { callee, .. } if callee.starts_with('<') => format!("runs again and again: a handler of `{callee}`"),
        StepKind::Handler { callee, .. } => format!("runs again and again: the callback of `{callee}`"),
        StepKind::HandlerOf(property) if property.contains(UNNAMED) => "by its name, the handler of an event".to_owned(),
        StepKind::HandlerOf(property) => format!("by its name, `{property}` handles an event"),
        StepKind::Rendered(name) => format!("renders `{name}`"),
        StepKind::Drawn(hook) => format!("`{hook}` has this function run again with each change"),
        StepKind::Call(name) => match name.strip_prefix("new ") {
            Some(class) => format!("constructs `{class}`"),
            None => format!("calls `{name}`"),
        },
        StepKind::Callback(callee) => format!("inside the callback of `{callee}`"),
        StepKind::Loop => "in this loop".to_owned(),
        StepKind::EndlessLoop => "runs again and again: a loop without an end".to_owned(),
        StepKind::Rearms(callee) => format!("runs again and again: it arms itself through `{callee}`"),
        StepKind::Exported(name) => format!("`{name}` is exported; its callers are not in this file"),
        StepKind::Served { name, framework } => format!("{framework} calls `{name}` for each request, by the file it stands in"),
        StepKind::Provided { method, framework } => format!("{framework} calls `{method}` again and again"),
        StepKind::PublicMethod { class, method } => match class.strip_prefix("the object given to ") {
            Some(callee) => format!("`{method}` of an object that is given to {callee}; how often that calls it is not known"),
            None => format!("`{method}` can be called by whoever has {class}"),
        },
        StepKind::Escapes(name) => format!("`{name}` is handed on; who calls it is not known"),
        StepKind::GivenTo { name, callee } if callee == UNNAMED => match name {
            Some(name) => format!("`{name}` is given to a call; how often that calls it is not known"),
            None => "given to a call as its callback; how often that calls it is not known".to_owned(),
        },
        StepKind::GivenTo { name: Some(name), callee } => format!("`{name}` is given to `{callee}`; how often that calls it is not known"),
        StepKind::GivenTo { name: None, callee } => format!("a callback of `{callee}`; how often that calls it is not known"),
        StepKind::Stored(property) if property.contains(UNNAMED) => "kept in an object; who calls it is not known".to_owned(),
        StepKind::Stored(property) => format!("kept as `{property}`; who calls it is not known"),
        StepKind::Returned(_) => "returned: its callers are not in this file".to_owned(),
        StepKind::Uncalled(name) => format!("nothing in this file calls `{name}`"),
        StepKind::RequestParam { name, .. } => format!("runs for each `{name}`"),
        StepKind::OnlyIf { condition, holds } => {
            let word = if *holds { "only if" } else { "not if" };
            if condition == UNNAMED { format!("{word} this holds") } else { format!("{word} `{condition}`") }
        }
        StepKind::InCase(case) if case == UNNAMED => "only in this case".to_owned(),
        StepKind::InCase(case) => format!("only in the case `{case}`"),
        StepKind::Tested(name) => format!("tests call `{name}`; who else does is not in view"),
        StepKind::Dead { name, is_tested: true } => format!("only tests call `{name}`"),
        StepKind::Unused(name) | StepKind::Dead { name, is_tested: false } => {
            format!("`{name}` is exported, and no file of the project calls it")
        }
    }
}

/// Adds where the instances are made that each have their own, unless the way goes through there.
pub fn constructed(finding: &mut Finding, instances: Option<&Instances>, context: &Context) {
    let Some((file, span)) = instances.and_then(|instances| instances.seen_at.as_ref()) else { return };
    let is_on_way = |step: &Step| step.file == *file && step.span.start == span.start;
    if !context.steps.iter().any(is_on_way) {
        finding.link_in(Role::Caller, file.as_deref(), *span, "constructed here, each time that this runs");
    }
}

/// What the calls of the handler are whose own parameter a step tells of.
fn handler_before(context: &Context, index: usize) -> Option<Handles> {
    match &context.steps[..index].last()?.what {
        StepKind::Handler { what, .. } => Some(*what),
        StepKind::Served { .. } => Some(Handles::Requests),
        _ => None,
    }
}

/// Where a key comes from, as the end of a sentence about the site.
pub fn key(key: &Provenance) -> String {
    origin(key, "key")
}

/// The same of an element of a list.
pub fn element(element: &Provenance) -> String {
    origin(element, "element")
}

fn origin(key: &Provenance, noun: &str) -> String {
    let text = &key.text;
    let it = if text == UNNAMED { "it".to_owned() } else { format!("`{text}`") };
    match (&key.source, key.domain) {
        (Source::Request(param), _) if param == text => format!("each {it} is another {noun}"),
        (Source::Request(param), _) => format!("{it} comes from `{param}`, so {noun}s have no bound"),
        (Source::Lookup(by), _) => format!("{it} is of what `{by}` finds: there are as many {noun}s as that has"),
        (Source::Counter, _) => format!("{it} counts up, so each {noun} is new"),
        (Source::Random, _) => format!("{it} is generated, so each {noun} is new"),
        (Source::Time, _) => format!("{it} is made of the time, so each {noun} is new"),
        (Source::Instance, _) => format!("each instance is another {noun}"),
        (Source::Fresh, _) => format!("{it} is made for each call, so each {noun} is new"),
        (Source::Parameter(param), _) if param == text => format!("{it} is given by the caller: nothing here bounds it"),
        (Source::Parameter(param), _) => format!("the {noun} is made of `{param}`, which the caller gives"),
        _ => format!("nothing here bounds {it}"),
    }
}

/// How often, in a few words for the message of a finding.
pub fn how_often(context: &Context, function: &str) -> String {
    format!("with each {}", run(context, function))
}

/// `a 'data'`, `an 'error'`, `a`: what kind of listener, with its article.
pub fn event(registration: &Registration) -> String {
    match &registration.event {
        Some(event) => {
            let article = if event.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            format!("{article} `{event}`")
        }
        None => match &registration.event_name {
            Some(name) => format!("a `{name}`"),
            None => "a".to_owned(),
        },
    }
}

pub fn receiver_lifetime(registration: &Registration) -> Lifetime {
    lifetime_of_receiver(&registration.receiver)
}

pub fn lifetime_of_receiver(receiver: &Receiver) -> Lifetime {
    match receiver.kind {
        ReceiverKind::Process
        | ReceiverKind::Module
        | ReceiverKind::Import
        | ReceiverKind::Service
        | ReceiverKind::Plugin
        | ReceiverKind::Singleton => Lifetime::Process,
        ReceiverKind::Page => Lifetime::Page,
        ReceiverKind::AbortSignal | ReceiverKind::Injected | ReceiverKind::Parameter if receiver.certainty == Certainty::Proved => {
            Lifetime::Process
        }
        ReceiverKind::Parameter | ReceiverKind::AbortSignal => Lifetime::Parameter,
        ReceiverKind::Fresh | ReceiverKind::Item | ReceiverKind::Peer | ReceiverKind::Getter | ReceiverKind::Unknown => Lifetime::Call,
        ReceiverKind::Own
        | ReceiverKind::Injected
        | ReceiverKind::OwnField
        | ReceiverKind::SharedPeer
        | ReceiverKind::Pooled
        | ReceiverKind::Entry
        | ReceiverKind::LongTimeout
        | ReceiverKind::Renewed
        | ReceiverKind::Captured => Lifetime::Owner,
    }
}

/// Why the receiver outlives the listener's owner.
pub fn receiver(registration: &Registration) -> String {
    kind_of_receiver(&registration.receiver)
}

pub fn kind_of_receiver(receiver: &Receiver) -> String {
    match receiver.kind {
        ReceiverKind::Process => "lives as long as the process".to_owned(),
        ReceiverKind::Page => "lives as long as the page".to_owned(),
        ReceiverKind::Service if receiver.certainty == Certainty::Proved => "of a service that all components share".to_owned(),
        // Where it is provided is not in view: a module, or a component further out.
        ReceiverKind::Service => "of a service, which is older than the component".to_owned(),
        ReceiverKind::Plugin => "given to all components by a plugin".to_owned(),
        ReceiverKind::Module => "lives as long as the process: module scope".to_owned(),
        ReceiverKind::Renewed => "stays until the program makes another one: module scope".to_owned(),
        ReceiverKind::Singleton => "of the one instance that the program makes: all requests share it".to_owned(),
        ReceiverKind::Import => "imported: shared by all who import it".to_owned(),
        ReceiverKind::Injected | ReceiverKind::Parameter if receiver.certainty == Certainty::Proved => {
            "what its callers pass lives as long as the process".to_owned()
        }
        ReceiverKind::Injected => "given to the constructor: older than the instance".to_owned(),
        ReceiverKind::SharedPeer => "many requests share it".to_owned(),
        ReceiverKind::Pooled => "comes from a pool and goes back to it".to_owned(),
        ReceiverKind::Entry => "kept in a collection: the next call finds it there".to_owned(),
        ReceiverKind::LongTimeout => "stays until its time is up".to_owned(),
        ReceiverKind::AbortSignal if receiver.certainty == Certainty::Proved => "the signal lives as long as the process".to_owned(),
        ReceiverKind::AbortSignal | ReceiverKind::Parameter => "given by the caller, and may outlive the call".to_owned(),
        ReceiverKind::Captured => "declared outside of this function: its next run finds the same one".to_owned(),
        ReceiverKind::Own | ReceiverKind::OwnField => "lives as long as its owner".to_owned(),
        ReceiverKind::Peer => "one connection or request".to_owned(),
        ReceiverKind::Getter if receiver.certainty == Certainty::Likely => {
            "the same call finds it each time: it was there before".to_owned()
        }
        ReceiverKind::Fresh | ReceiverKind::Item | ReceiverKind::Getter | ReceiverKind::Unknown => "made in this call".to_owned(),
    }
}

/// What a registration does at its site. A receiver that is declared nowhere is told of here.
pub fn adds(registration: &Registration) -> String {
    let handler = if registration.handler.fresh { "adds a new function each time" } else { "adds the handler once more each time" };
    let receiver = &registration.receiver;
    let receiver = match receiver.kind {
        ReceiverKind::Page if receiver.span.is_none() => {
            format!(" to `{}`, which {}", receiver.text, kind_of_receiver(receiver))
        }
        _ => String::new(),
    };
    match registration.captures.as_slice() {
        [] => format!("{handler}{receiver}"),
        names => {
            let kept: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("{handler}{receiver}; it keeps {} alive", kept.join(" and "))
        }
    }
}

/// `request`, `` `data` event``, `` call of `f` ``: one run of the site.
pub fn run(context: &Context, function: &str) -> String {
    let given = if context.per_request { occasion(context) } else { None };
    given.or_else(|| run_of_handler(context)).unwrap_or_else(|| match function {
        NAMELESS => "run of this function".to_owned(),
        _ => format!("call of `{function}`"),
    })
}

/// A handler without a name of its own, in which the site stands.
fn run_of_handler(context: &Context) -> Option<String> {
    let (callee, event, what) = match context.entered_by()? {
        StepKind::Served { .. } => return Some("request".to_owned()),
        StepKind::Handler { callee, event, what, is_nameless: true } => (callee, event, what),
        _ => return None,
    };
    Some(match (what, event) {
        (Handles::Requests, _) => "request".to_owned(),
        (Handles::Events, Some(event)) => format!("`{event}` event"),
        _ if callee.starts_with('<') => format!("run of a handler of `{callee}`"),
        _ if callee.ends_with(".subscribe") => format!("value of `{}`", callee.trim_end_matches(".subscribe")),
        _ if callee.contains(UNNAMED) => "run of this callback".to_owned(),
        _ => format!("run of the callback of `{callee}`"),
    })
}

/// What comes again and again: a request, if that is shown, or what the handler's parameter is called.
fn occasion(context: &Context) -> Option<String> {
    context.steps.iter().enumerate().find_map(|(index, step)| {
        let (name, shown) = step.what.peer()?;
        match (handler_before(context, index), shown) {
            (Some(Handles::Requests), _) | (_, Shown::Type) if is_request(name) => Some("request".to_owned()),
            (None, Shown::Name) => None,
            _ if !is_peer(name) => None,
            _ => Some(format!("`{name}`")),
        }
    })
}

fn is_request(name: &str) -> bool {
    let name = name.trim_start_matches('_').to_ascii_lowercase();
    ["req", "res", "ctx", "context", "reply"].contains(&name.as_str()) || name.ends_with("request") || name.ends_with("response")
}

/// Whether a parameter is named after what comes.
fn is_peer(name: &str) -> bool {
    let lower = name.trim_start_matches(['_', '$']).to_ascii_lowercase();
    let whole = ["socket", "message", "event", "stream", "client", "connection", "session", "peer"];
    is_request(name) || whole.iter().any(|word| lower.ends_with(word)) || ["msg", "ws", "conn", "evt"].contains(&lower.as_str())
}

/// A removal that is there and does not do it.
pub fn near_miss(finding: &mut Finding, registration: &Registration) {
    let Some(miss) = &registration.near_miss else { return };
    let why = match miss.why {
        NearMissWhy::OtherFunction => "never matches: it passes another function",
        NearMissWhy::OtherEvent => "takes off another event",
        NearMissWhy::SkippedByReturn => "not reached on every path: a return leaves before it",
        NearMissWhy::OtherRun => "only by another run, which need not come",
        NearMissWhy::SkippedByThrow => "not reached when something throws before it",
        NearMissWhy::OtherPhase => "never matches: the capture flag differs",
        NearMissWhy::OtherOutcome => "only when this event comes; another outcome ends the work without it",
        NearMissWhy::EventMayNotCome => "only when the event comes, which it need not",
        NearMissWhy::WorkEnds => "ends the work of this call and leaves the listener",
        NearMissWhy::Ignored => "never called: the framework ignores what this hook returns",
        NearMissWhy::TooLate => "never called: behind the wait, the framework does not know for which component it is",
        NearMissWhy::Dropped => "drops what takes the listener off",
        NearMissWhy::EndOfAnother => "runs only when another object ends, which may be long after",
    };
    finding.link_in(Role::Release, miss.file.as_deref(), miss.span, why);
}

/// A limit that was raised where the listeners should have been taken off.
pub fn silenced(finding: &mut Finding, registration: &Registration) {
    if let Some(span) = registration.silenced {
        finding.link(Role::Release, span, "silences the warning of the runtime; it takes no listener off");
    }
}

pub fn listener_search(registration: &Registration) -> String {
    let receiver = &registration.receiver.text;
    if registration.near_miss.as_ref().is_some_and(|miss| miss.why == NearMissWhy::Dropped) {
        return format!(
            "`{}` gives its callers what takes the listener off; searched: no other removal in this file",
            registration.function
        );
    }
    let misses = |why| {
        matches!(why, NearMissWhy::SkippedByReturn | NearMissWhy::SkippedByThrow | NearMissWhy::OtherOutcome | NearMissWhy::EventMayNotCome)
    };
    let removal = if registration.near_miss.as_ref().is_some_and(|miss| misses(miss.why)) { "other removal" } else { "matching removal" };
    let guard = no_guard(&registration.context);
    match &registration.event {
        Some(event) => format!("searched: no {removal} of `{event}` from `{receiver}` in this file, no `signal` option{guard}"),
        None => match &registration.event_name {
            Some(name) => format!("searched: no {removal} of `{name}` from `{receiver}` in this file{guard}"),
            None => format!("searched: no {removal} from `{receiver}` in this file{guard}"),
        },
    }
}

/// Where no condition on the way asks for what outlives a run, nothing lets it run only once.
pub fn no_guard(context: &Context) -> &'static str {
    if context.steps.iter().any(|step| step.what.is_condition()) { "" } else { ", no flag that lets it run only once" }
}

/// `an object URL`.
pub fn with_article(what: &str) -> String {
    let is_spelt = ["HTTP", "MQTT", "SSH", "FTP", "XML"].iter().any(|start| what.starts_with(start));
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'A']) || is_spelt { "an" } else { "a" };
    format!("{article} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::context::ContextKind;
    use crate::text::Span;

    fn context(steps: Vec<StepKind>) -> Context {
        let steps = steps.into_iter().map(|what| Step::new(Span { start: 0, end: 1 }, what)).collect();
        Context { kind: ContextKind::Repeated, steps, per_request: true }
    }

    fn param(name: &str, shown: Shown) -> StepKind {
        StepKind::RequestParam { name: name.to_owned(), shown }
    }

    fn handler(callee: &str, event: &str, what: Handles) -> StepKind {
        StepKind::Handler { callee: callee.to_owned(), event: Some(event.to_owned()), what, is_nameless: true }
    }

    #[test]
    fn not_every_message_is_a_request() {
        assert_eq!(run(&context(vec![param("req", Shown::Type)]), "f"), "request");
        assert_eq!(run(&context(vec![param("incomingRequest", Shown::Type)]), "f"), "request");
        assert_eq!(run(&context(vec![param("event", Shown::Registration)]), "f"), "`event`");
        assert_eq!(how_often(&context(vec![param("socket", Shown::Registration)]), "f"), "with each `socket`");
    }

    #[test]
    fn a_name_alone_shows_no_request() {
        assert_eq!(run(&context(vec![param("res", Shown::Name)]), "translate"), "call of `translate`");
        let registered = vec![handler("app.get", "/", Handles::Requests), param("req", Shown::Name)];
        assert_eq!(run(&context(registered), "f"), "request");
        let passed_on = vec![StepKind::Callback("load().then".to_owned()), param("res", Shown::Name)];
        assert_eq!(run(&context(passed_on), "load"), "call of `load`");
    }

    #[test]
    fn a_nameless_handler_is_named_by_its_event() {
        let direct = vec![handler("session.on", "will-download", Handles::Events)];
        assert_eq!(run(&context(direct.clone()), "init"), "`will-download` event");
        let inner = [direct, vec![StepKind::Call("save".to_owned())]].concat();
        assert_eq!(run(&context(inner), "save"), "call of `save`");
    }
}

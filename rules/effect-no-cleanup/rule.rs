//! What a component acquires while it is mounted, and does not give back when it is unmounted.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Lifetime, Role};
use crate::model::facts::{Certainty, Cleared, Handle, Interval, LoopEvent, Mount, NearMissWhy, ReceiverKind, Registration, Resource};
use crate::model::frameworks::{Again, Cleanup};
use crate::model::resource::Custody;
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "effect-no-cleanup",
    category: Category::Listener,
    summary: "a component that is unmounted and leaves its listener, timer, connection or observer behind",
    page: include_str!("README.md"),
    // The pages of a documentation, too, are left and come back to.
    kinds: &[FileKind::Source, FileKind::Script],
    needs: &[Need::Component],
    on_by_default: true,
    check: Check::Component(listener, interval, resource),
};

/// Files of the one component that a page has, by the conventions of the frameworks.
const ROOT_FILES: &[&str] = &["App", "app", "_app", "app.component", "main", "index.app"];
/// They fire once, and what was added later never runs.
const ONE_TIME: &[&str] = &["load", "DOMContentLoaded", "unload", "beforeunload", "pagehide"];

fn listener(file: &File<'_>, registration: &Registration, sink: &mut Sink<'_>) {
    let Some((mount, confidence)) = leak(file, registration) else { return };
    // What one hook leaves behind is one defect.
    let is_first =
        |other: &Registration| other.mount.as_ref().is_some_and(|it| it.hook_span == mount.hook_span) && leak(file, other).is_some();
    let first = file.facts.registrations.iter().find(|other| is_first(other));
    if first.is_some_and(|first| first.span == registration.span) {
        sink.report(of_listener(file, registration, mount, confidence));
    }
}

/// What a component registers and leaves behind.
fn leak<'f>(file: &File<'_>, registration: &'f Registration) -> Option<(&'f Mount, Confidence)> {
    let mount = registration.of_component()?;
    // A removal that can never match is told by its own rule.
    if registration.released.is_some() || registration.mismatched {
        return None;
    }
    if registration.once && !registration.once_uncertain && registration.other_outcome.is_none() {
        return None;
    }
    // Turns that add to one emitter are for listener-in-loop.
    if registration.in_loop.as_ref().is_some_and(|site| site.event == LoopEvent::Same && !site.fixed) {
        return None;
    }
    if registration.receiver.kind == ReceiverKind::Service && registration.receiver.certainty < Certainty::Likely {
        return None;
    }
    let missed = registration.near_miss.as_ref().map(|miss| miss.why);
    // What one run adds another one takes off: `if (open) on(...); else off(...)`. A component that is a function has new functions each time that it is drawn.
    let is_skipped = matches!(missed, Some(NearMissWhy::OtherRun | NearMissWhy::SkippedByReturn | NearMissWhy::SkippedByThrow));
    let is_named = registration.handler.text != "…" && (!registration.handler.fresh || mount.framework != "React");
    // It stays if the component is unmounted between the two.
    if is_skipped && is_named {
        return Some((mount, if mount.again == Again::Update { Confidence::Low } else { Confidence::Medium }));
    }
    let is_minor = registration.event.as_deref().is_some_and(|event| ONE_TIME.contains(&event));
    let is_missed = missed.is_some_and(|why| why != NearMissWhy::OtherEvent);
    Some((mount, if is_minor { Confidence::Low } else { confidence(file, mount, is_missed) }))
}

fn confidence(file: &File<'_>, mount: &Mount, missed: bool) -> Confidence {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if matches!(mount.again, Again::Update | Again::Event) {
        Confidence::High
    } else if mount.is_root
        || ROOT_FILES.contains(&stem) && !is_directive(mount)
        || mount.framework == "Vue" && (is_single(stem) || is_single(&mount.component))
    {
        Confidence::Low
    } else if missed {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

/// What stands in the markup by its name is not the root, whatever its file is called.
fn is_directive(mount: &Mount) -> bool {
    mount.framework == "AngularJS" && mount.hook == "link"
}

/// `TheHeader`: a component of which a page has one, by the style guide of Vue.
fn is_single(name: &str) -> bool {
    name.strip_prefix("The").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn interval(file: &File<'_>, interval: &Interval, sink: &mut Sink<'_>) {
    let Some(mount) = interval.of_component() else { return };
    let missed = match &interval.cleared {
        Some(Cleared::SomeEnds { .. }) => true,
        None | Some(Cleared::Restarted | Cleared::BeforeEnd) => false,
        Some(_) => return,
    };
    if interval.handle == Handle::HandedOut {
        return;
    }
    let mut finding = Finding::new(
        confidence(file, mount, missed),
        mount.site,
        format!("{} starts an interval that goes on when it is gone", each(mount)),
        &interval.scope,
        interval.statement_hash,
    );
    finding.holder = Some(Holder { name: "setInterval".to_owned(), lifetime: Lifetime::Page });
    add_mount(&mut finding, mount);
    finding.link(Role::Site, mount.site, if interval.captures_this { "keeps the component, and ticks for ever" } else { "ticks for ever" });
    if let Some(Cleared::SomeEnds { span, .. }) = &interval.cleared {
        finding.link(Role::Release, *span, "the only clear, which some ways do not reach");
    }
    add_end(&mut finding, mount, "does not clear it");
    finding.notes.push("searched: no `clearInterval` of its handle that runs when the component is done".to_owned());
    let help = format!("keep the handle and clear it {}", when_done(mount));
    finding.help = Some(help.clone());
    finding.fixes.push(fix(mount, help));
    sink.report(finding);
}

/// What one hook makes and leaves behind is one defect as well.
fn resource(file: &File<'_>, resource: &Resource, sink: &mut Sink<'_>) {
    let Some(mount) = &resource.mount else { return };
    let same = |other: &&Resource| other.mount.as_ref().is_some_and(|it| it.hook_span == mount.hook_span);
    let mut all = file.facts.resources.iter().filter(same);
    if all.next().is_none_or(|first| first.span != resource.span) {
        return;
    }
    let message = format!("{} leaves {} behind", each(mount), words::with_article(&resource.what));
    let mut finding = Finding::new(confidence(file, mount, false), mount.site, message, &resource.scope, resource.statement_hash);
    finding.holder = Some(Holder { name: resource.call.clone(), lifetime: Lifetime::Page });
    add_mount(&mut finding, mount);
    finding.link(Role::Site, mount.site, resource.kind.keeps.clone());
    for other in all {
        if let Some(it) = &other.mount {
            finding.link(Role::Site, it.site, format!("leaves this {} behind as well", other.what));
        }
    }
    add_end(&mut finding, mount, "does not release it");
    finding.notes.push(format!("searched: no `{}` in this file; it is not returned or handed on", resource.kind.release));
    let keep = if matches!(resource.custody, Custody::Dropped) && !resource.kind.named { "keep the handle, and " } else { "" };
    let help = format!("{keep}release it {}: `{}`", when_done(mount), resource.kind.release);
    finding.help = Some(help.clone());
    finding.fixes.push(fix(mount, help));
    sink.report(finding);
}

fn component(mount: &Mount) -> String {
    match mount.component.as_str() {
        "the component" => "the component".to_owned(),
        name => format!("`{name}`"),
    }
}

/// `each mount of `Clock``, `each run of `useEffect` in `Clock``.
fn each(mount: &Mount) -> String {
    let component = component(mount);
    match mount.again {
        Again::Never if mount.is_composable() => format!("each call of {component}"),
        Again::Never => format!("each mount of {component}"),
        Again::Update => format!("each update of {component}"),
        Again::Event => format!("each event that {component} handles"),
        Again::Change | Again::Dependencies => format!("each run of `{}` in {component}", mount.hook),
    }
}

fn of_listener(file: &File<'_>, registration: &Registration, mount: &Mount, confidence: Confidence) -> Finding {
    let receiver = &registration.receiver.text;
    let does = if registration.verb == "subscribe" {
        format!("subscribes to `{receiver}`, and nothing unsubscribes")
    } else {
        format!("adds {} listener to `{receiver}`, and nothing takes it off", words::event(registration))
    };
    let run = match mount.again {
        Again::Event => format!("each {} in {}", words::run(&registration.context, &registration.function), component(mount)),
        _ => each(mount),
    };
    let message = format!("{run} {does}");
    let mut finding = Finding::new(confidence, mount.site, message, &registration.scope, registration.statement_hash);
    finding.holder = Some(Holder { name: receiver.clone(), lifetime: words::receiver_lifetime(registration) });
    if let Some(span) = registration.receiver.span {
        finding.link(Role::Holder, span, words::receiver(registration));
    }
    add_mount(&mut finding, mount);
    finding.link(Role::Site, mount.site, words::adds(registration));
    for other in &file.facts.registrations {
        if let Some(it) = other.mount.as_ref().filter(|it| it.hook_span == mount.hook_span && other.span != registration.span)
            && leak(file, other).is_some()
        {
            finding.link(Role::Site, it.site, format!("so does this one, to `{}`", other.receiver.text));
        }
    }
    words::near_miss(&mut finding, registration);
    add_end(&mut finding, mount, "does not take it off");
    if let Some(sibling) = &registration.sibling {
        finding.link(Role::Sibling, sibling.span, "takes off the listener for another event");
    }
    finding.notes.push(words::listener_search(registration));
    let help = help(registration, mount);
    finding.help = Some(help.clone());
    finding.fixes.push(fix(mount, help));
    finding
}

fn fix(mount: &Mount, help: String) -> SuggestedFix {
    if mount.edits.is_empty() {
        return SuggestedFix::manual(help);
    }
    SuggestedFix::of_edits(Applicability::Safe, "return a function that gives it back", &mount.edits)
}

fn add_mount(finding: &mut Finding, mount: &Mount) {
    let text = match mount.again {
        Again::Never if mount.hook == "setup" && mount.is_composable() => "components call it while they are set up".to_owned(),
        Again::Never if mount.framework == "Node-RED" => "Node-RED constructs it, and anew with each deployment".to_owned(),
        Again::Never => format!("{} runs it when the component is mounted", mount.framework),
        Again::Update => format!("{} runs it with every update", mount.framework),
        Again::Event => "leads to the events".to_owned(),
        Again::Change | Again::Dependencies => format!("{} runs it again when what it depends on changes", mount.framework),
    };
    finding.link(Role::Caller, mount.hook_span, text);
}

fn add_end(finding: &mut Finding, mount: &Mount, misses: &str) {
    if let Some(end) = &mount.end {
        finding.link(Role::Release, end.span, format!("{} {misses}", end.text));
    } else if let Some(ignored) = mount.ignored {
        finding.link(Role::Release, ignored, format!("returned to {}, which ignores it", mount.framework));
    }
}

fn when_done(mount: &Mount) -> &'static str {
    match (mount.framework.as_str(), mount.cleanup) {
        ("React", Cleanup::Returned) => "in a function that the effect returns",
        ("Svelte", Cleanup::Returned) => "in a function that the callback returns",
        ("React", Cleanup::Hook) if mount.hook.starts_with("use") => {
            "in a function that the effect returns; the effect itself must not be `async`, as React ignores what a promise gives"
        }
        ("React", Cleanup::Hook) => "in `componentWillUnmount`",
        ("Vue", _) if mount.hook.starts_with("on") || matches!(mount.hook.as_str(), "setup" | "watch" | "watchEffect") => {
            "in `onUnmounted`"
        }
        ("Vue", _) => "in `beforeUnmount` (`beforeDestroy` in Vue 2)",
        ("Angular", _) => "in `ngOnDestroy`",
        ("Svelte", _) => "in `onDestroy`",
        ("Solid", _) => "in `onCleanup`",
        ("Blaze", _) => "in `onDestroyed`",
        ("Stimulus", _) => "in `disconnect`",
        ("Lit", _) => "in `hostDisconnected`",
        ("Ember", Cleanup::Returned) => "in a function that the modifier returns",
        ("Ember", _) => "in `willDestroy`",
        ("Backbone", _) => "in `remove`",
        ("Alpine", _) if mount.hook == "directive" => "in a function that `cleanup` is given",
        ("Alpine", _) => "in `destroy`",
        ("Vue directive", _) => "in `unmounted` (`unbind` in Vue 2)",
        ("AngularJS", _) => "in a function that `scope.$on('$destroy', …)` is given",
        ("jQuery UI", _) => "in `_destroy`",
        ("Node-RED", _) => "in a function that `this.on('close', …)` is given",
        _ => "in `disconnectedCallback`",
    }
}

fn help(registration: &Registration, mount: &Mount) -> String {
    match (registration.verb.as_str(), mount.framework.as_str()) {
        ("subscribe", "Angular") => {
            "end it with `.pipe(takeUntilDestroyed(this.destroyRef))`, or keep the subscription and unsubscribe in `ngOnDestroy`".to_owned()
        }
        ("subscribe", _) => format!("keep the subscription and end it {}", when_done(mount)),
        _ => format!("name the handler and take it off {}", when_done(mount)),
    }
}

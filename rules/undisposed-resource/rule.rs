//! Something that stays alive until it is released, and is not.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Certainty, Instances, Resource};
use crate::model::resource::{Custody, Flaw, Made, MissedPath, Source, Target};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "undisposed-resource",
    category: Category::Resource,
    summary: "a watcher, client, channel, stream or object URL that is made again and again and not released",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Resource, Need::Registration],
    on_by_default: true,
    check: Check::Resource(check),
};

fn check(_file: &File<'_>, resource: &Resource, sink: &mut Sink<'_>) {
    // What a component leaves behind is told by effect-no-cleanup.
    if resource.mount.is_none()
        && let Some(confidence) = confidence(resource)
    {
        sink.report(finding(resource, confidence));
    }
}

fn confidence(resource: &Resource) -> Option<Confidence> {
    let kind = resource.context.kind;
    let is_repeated = kind == ContextKind::Repeated;
    if kind == ContextKind::Test || kind < ContextKind::Unknown && !matches!(resource.custody, Custody::Kept { .. }) {
        return None;
    }
    let by_habit = match resource.kind.made {
        Made::PerUse => Confidence::Medium,
        // A request, or a piece of work, is no life of a program.
        Made::PerProcess if resource.context.per_request || resource.is_spent => Confidence::Medium,
        Made::PerProcess => Confidence::Low,
    };
    match &resource.flaw {
        Flaw::Overwritten(Certainty::Proved) if !resource.kind.ends => Some(Confidence::High),
        Flaw::Overwritten(Certainty::Proved) => Some(Confidence::Medium),
        Flaw::Overwritten(_) => Some(Confidence::Low),
        // Where the one before went by itself, another way than this one leads here: of seven read alerts three were right.
        Flaw::Replaced { .. } => Some(Confidence::Low),
        Flaw::Shared { of: Source::Service, .. } => None,
        Flaw::Shared { of: Source::Member, .. } => Some(Confidence::Low),
        Flaw::Endless | Flaw::Shared { .. } | Flaw::LeftOpen { .. } | Flaw::Late { .. } | Flaw::Piped { .. } => Some(Confidence::Medium),
        Flaw::Unread { .. } if is_repeated && resource.context.goes_on() => Some(Confidence::High),
        // Short bodies have come before anybody asks: what counts is how many there are. Of one alert read, none was right.
        Flaw::Unread { .. } if !resource.kind.release.is_empty() => Some(if is_repeated { Confidence::Medium } else { Confidence::Low }),
        Flaw::Unread { .. } | Flaw::UnreadEarly { .. } => Some(Confidence::Medium),
        Flaw::SomePaths { misses: MissedPath::Return(_), .. } => Some(if is_repeated { Confidence::High } else { Confidence::Medium }),
        Flaw::SomePaths { .. } if is_repeated || resource.kind.lent => Some(Confidence::Medium),
        Flaw::SomePaths { .. } => Some(Confidence::Low),
        Flaw::Unreleased if resource.target == Some(Target::Unknown) => Some(of_observer(resource)),
        // Most pages have one of these for as long as they are open.
        Flaw::Unreleased if resource.target == Some(Target::Own) || resource.target == Some(Target::Page) && !is_repeated => {
            Some(Confidence::Low)
        }
        Flaw::Iterated => is_repeated.then_some(Confidence::High),
        Flaw::Unreleased => match (&resource.custody, &resource.per_instance) {
            (Custody::Kept { .. }, Some(instances)) => of_field(resource, instances, by_habit),
            (_, Some(instances)) if instances.by_construction && !instances.many => None,
            (Custody::Variable { .. }, _) if !is_repeated && resource.kind.made == Made::PerProcess => None,
            _ if is_repeated && resource.kind.ends && resource.context.is_by_failure() => Some(Confidence::Low),
            _ if is_repeated && (resource.kind.ends || resource.one_command || resource.context.is_by_message()) => {
                Some(Confidence::Medium)
            }
            _ if is_repeated => Some(Confidence::High),
            _ if resource.kind.ends => Some(Confidence::Low),
            _ => Some(by_habit),
        },
    }
}

/// An observer of a node dies with it: what counts is a teardown that forgets it.
fn of_observer(resource: &Resource) -> Confidence {
    let teardown = resource.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref());
    match teardown {
        Some(teardown) if teardown.clears.is_some() || matches!(resource.custody, Custody::Kept { .. }) => Confidence::Medium,
        _ => Confidence::Low,
    }
}

fn of_field(resource: &Resource, instances: &Instances, by_habit: Confidence) -> Option<Confidence> {
    if !instances.by_construction && resource.context.kind >= ContextKind::Unknown {
        // Each request makes an instance, and has it open what its end forgets.
        let is_seen = resource.context.kind == ContextKind::Repeated && instances.many && instances.seen_at.is_some();
        return Some(if is_seen && instances.teardown.is_some() { Confidence::Medium } else { by_habit });
    }
    match &instances.teardown {
        _ if !instances.many => None,
        Some(_) if instances.seen_at.is_some() => Some(Confidence::High),
        _ if instances.seen_at.is_some() => Some(Confidence::Medium),
        Some(teardown) if teardown.clears.is_some() => Some(by_habit),
        _ => Some(Confidence::Low),
    }
}

fn finding(resource: &Resource, confidence: Confidence) -> Finding {
    let mut finding = Finding::new(confidence, resource.span, message(resource), &resource.scope, resource.statement_hash);
    let lifetime = if resource.kind.page { Lifetime::Page } else { Lifetime::Process };
    finding.holder = Some(Holder { name: resource.call.clone(), lifetime });
    words::constructed(&mut finding, resource.per_instance.as_ref(), &resource.context);
    finding.reached_by(&resource.context);
    if !resource.kind.keeps.is_empty() {
        finding.link(Role::Site, resource.span, resource.kind.keeps.clone());
    }
    match &resource.flaw {
        Flaw::Piped { peer } => finding.link(Role::Site, resource.span, format!("opens the file, which is piped into `{peer}`")),
        Flaw::Unread { .. } | Flaw::UnreadEarly { .. } => finding.link(Role::Site, resource.span, "its body waits to be read"),
        _ => {}
    }
    if let Custody::Caller { file, span, .. } = &resource.custody {
        finding.link_in(Role::Site, Some(file), *span, "gets it here and lets nothing of it go");
    }
    match &resource.flaw {
        Flaw::SomePaths { span, misses } => {
            finding.link(Role::Release, *span, "the only release");
            if let MissedPath::Return(at) = misses {
                finding.link(Role::Release, *at, "leaves before it");
            }
        }
        Flaw::Replaced { span, text } => finding.link(Role::Release, *span, format!("`{text}` releases it here")),
        Flaw::Late { teardown, wait, .. } => {
            finding.link(Role::Site, *wait, "waits here: the clean-up may run before it goes on");
            finding.link(Role::Release, *teardown, "the clean-up, which then finds nothing");
        }
        Flaw::UnreadEarly { at, .. } => finding.link(Role::Release, *at, "returns without having read it"),
        Flaw::LeftOpen { handed, .. } if *handed != resource.span => {
            finding.link(Role::Site, *handed, "handed over here, with all its listeners off")
        }
        Flaw::Unreleased | Flaw::Endless => {
            if let Some(teardown) = resource.per_instance.as_ref().and_then(|instances| instances.teardown.as_ref()) {
                let also = teardown.clears.as_ref().map(|clears| format!("; it does call `{}`", clears.text)).unwrap_or_default();
                finding.link(Role::Release, teardown.name_span, format!("`{}` does not release it{also}", teardown.name));
            }
        }
        _ => {}
    }
    finding.notes.extend(searched(resource));
    let help = help(resource);
    finding.fixes.push(match &resource.remedy {
        Some(remedy) => SuggestedFix::of_edits(Applicability::Safe, remedy.does.clone(), &remedy.edits),
        None => SuggestedFix::manual(help.clone()),
    });
    finding.help = Some(help);
    finding
}

fn message(resource: &Resource) -> String {
    let what = words::with_article(&resource.what);
    let run = words::run(&resource.context, &resource.function);
    match (&resource.flaw, &resource.custody) {
        (Flaw::Overwritten(_), Custody::Kept { text, .. } | Custody::Variable { text, .. }) => {
            format!("`{text}` gets another {} while the one before is alive", resource.what)
        }
        (Flaw::Replaced { .. }, Custody::Kept { text, .. }) => {
            format!("`{text}` gets another `{}` and the one before is not released", resource.what)
        }
        (Flaw::Endless, _) => {
            let class = resource.per_instance.as_ref().map(|it| it.class.as_str()).unwrap_or_default();
            format!("each `{class}` begins {what} that goes on for ever")
        }
        (Flaw::Iterated, _) => format!("every {run} reads {what} in a loop that nothing leaves"),
        (Flaw::SomePaths { misses: MissedPath::Return(_), .. }, _) => {
            format!("this {} is not released when `{}` returns early", resource.what, resource.function)
        }
        (Flaw::SomePaths { .. }, _) => format!("this {} is not released when something throws before its release", resource.what),
        (Flaw::Late { name, .. }, _) => format!("`{name}` is set after a wait: if the clean-up ran before, nothing ends it"),
        (Flaw::Piped { peer }, _) => format!("the file stays open when `{peer}` closes early: `pipe` does not destroy its source"),
        (Flaw::UnreadEarly { name, .. }, _) => {
            format!("the body of `{name}` is not read when its callback returns early, so its socket is not free")
        }
        (Flaw::Shared { source, .. }, _) => {
            format!("`{source}` keeps each of these: `shareReplay` without `refCount` stays subscribed when its last subscriber has gone")
        }
        (Flaw::LeftOpen { name, .. }, _) => {
            format!("on one way through `{}` nobody ends `{name}` or takes it over: it stays open", resource.function)
        }
        (Flaw::Unread { name }, _) => format!("the body of `{name}` is never read, so its socket is never free"),
        (_, Custody::State { setter }) => format!("every {run} makes {what} for `{setter}` and nothing releases the one before"),
        (_, Custody::Kept { .. }) if resource.per_instance.as_ref().is_some_and(|it| it.by_construction) => {
            let class = resource.per_instance.as_ref().map(|it| it.class.as_str()).unwrap_or_default();
            format!("each `{class}` makes {what} and nothing releases it")
        }
        _ => format!("every {run} makes {what} and nothing releases it"),
    }
}

fn searched(resource: &Resource) -> Option<String> {
    let release = &resource.kind.release;
    match resource.flaw {
        Flaw::Unreleased | Flaw::Endless if !release.is_empty() => {
            Some(match &resource.custody {
                // A text can be read from wherever it was put.
                _ if resource.what == "object URL" => "searched: no `URL.revokeObjectURL` of it in this file".to_owned(),
                Custody::Dropped => "searched: nothing in this file keeps it, so that nothing can release it".to_owned(),
                Custody::Caller { file, function, .. } => {
                    format!("searched: no `{release}` in this function, none of what `{function}` in {file} gets of it")
                }
                Custody::Local { name } => {
                    format!("searched: no `{release}` in this file; nothing here returns `{name}` itself, stores it or hands it on")
                }
                _ => format!("searched: no `{release}` in this file"),
            })
        }
        Flaw::Iterated => Some("searched: no `signal`, and no `break`, `return`, `await` or `yield` in the loop".to_owned()),
        Flaw::Overwritten(_) | Flaw::Replaced { .. } => Some("searched: no release before it is set again".to_owned()),
        Flaw::Piped { .. } => Some("searched: no `pipeline`, no `destroy` of the file stream".to_owned()),
        Flaw::Unread { .. } | Flaw::UnreadEarly { .. } => Some("searched: no `data` listener, `pipe`, `resume` or `destroy`".to_owned()),
        _ => None,
    }
}

fn help(resource: &Resource) -> String {
    let release = &resource.kind.release;
    let keep = if resource.custody == Custody::Dropped && !resource.kind.named { "keep the handle and " } else { "" };
    match (&resource.flaw, &resource.kind.undo) {
        (Flaw::SomePaths { misses: MissedPath::Throw, .. }, Some(undo)) => return format!("call `{undo}` in a `catch` around the work"),
        (Flaw::SomePaths { .. }, Some(undo)) => return format!("call `{undo}` before this return, and in a `catch` around the work"),
        _ => {}
    }
    match &resource.flaw {
        Flaw::SomePaths { misses: MissedPath::Throw, .. } => format!("call `{release}` in `finally`"),
        Flaw::SomePaths { .. } => format!("call `{release}` in `finally`, so that every way out passes it"),
        Flaw::Overwritten(_) => format!("call `{release}` before it is set again"),
        Flaw::Replaced { text, .. } => format!("call `{text}` before it is set again"),
        Flaw::Late { name, .. } => format!("let the clean-up set a flag, and test it before `{name}` is made"),
        Flaw::Piped { peer } => format!(
            "use `pipeline(file, {peer}, callback)` of `stream`, which destroys both, or destroy the file stream when `{peer}` closes"
        ),
        Flaw::UnreadEarly { name, .. } => format!("call `{name}.resume()` before this return"),
        Flaw::Iterated => "give it the `signal` of a controller that is aborted when the work is done, or leave the loop then".to_owned(),
        Flaw::Shared { .. } => format!("let it count its subscribers: `{release}`"),
        Flaw::LeftOpen { name, .. } => format!("call `{name}.destroy()` where nobody takes it over"),
        Flaw::Unread { .. } if !release.is_empty() => format!("read the body, or let it go with `{release}`"),
        Flaw::Unread { name } => format!("read the body, or let it go with `{name}.resume()`"),
        Flaw::Unreleased if matches!(resource.custody, Custody::State { .. }) => {
            "keep the one before, and release it when another one is set and when the component goes".to_owned()
        }
        Flaw::Unreleased if resource.what == "object URL" && resource.custody == Custody::Dropped => {
            format!("keep the URL, and revoke it once it has been used: `{release}`")
        }
        Flaw::Unreleased if resource.what == "object URL" => format!("revoke it once it has been used: `{release}`"),
        Flaw::Unreleased | Flaw::Endless => {
            match (resource.kind.made, resource.per_instance.as_ref().and_then(|it| it.teardown.as_ref())) {
                (_, Some(teardown)) => format!("{keep}release it in `{}`: `{release}`", teardown.name),
                (Made::PerProcess, None) => format!("make one and use it for all, or {keep}release it when the work is done: `{release}`"),
                (Made::PerUse, None) => format!("{keep}release it when the work is done: `{release}`"),
            }
        }
    }
}

//! A promise that stays pending and gets one more reaction each time.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Reaction, ReactionKind, Settled};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "promise-retention",
    category: Category::Promise,
    summary: "a long-pending promise that gets one more reaction with each call or turn",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Reaction],
    on_by_default: true,
    check: Check::Reaction(check),
};

fn check(_: &File<'_>, reaction: &Reaction, sink: &mut Sink<'_>) {
    let confidence = match (reaction.context.kind, &reaction.settled) {
        // A hundred bytes a turn, measured.
        (kind, Settled::Never) if kind > ContextKind::Test => Confidence::Medium,
        (_, Settled::Never) => return,
        // For as long as one source is silent, and the others are not.
        (kind, Settled::BySource) => {
            if kind >= ContextKind::Unknown {
                Confidence::Medium
            } else {
                Confidence::Low
            }
        }
        // Dropped when that promise is settled, sooner or later.
        (ContextKind::Repeated, Settled::Later | Settled::ByEnd { .. }) => Confidence::Medium,
        (ContextKind::Repeated, _) => Confidence::High,
        _ => Confidence::Low,
    };
    sink.report(finding(reaction, confidence));
}

fn finding(reaction: &Reaction, confidence: Confidence) -> Finding {
    let mut finding = Finding::new(confidence, reaction.span, message(reaction), &reaction.scope, reaction.statement_hash);
    finding.holder = Some(Holder { name: reaction.promise.clone(), lifetime: Lifetime::Owner });
    if let Some(made_at) = reaction.made_at {
        let life = match &reaction.settled {
            Settled::ByTeardown { name, .. } => format!("stays pending until `{name}`"),
            Settled::ByEvent { event, .. } | Settled::ByEnd { event, .. } => format!("stays pending until `{event}`"),
            Settled::Later => "the same promises in each turn, until they are settled".to_owned(),
            Settled::BySource => "each is pending until its own source gives the next value".to_owned(),
            Settled::Never => "every run ends with another one".to_owned(),
        };
        finding.link(Role::Holder, made_at, life);
    }
    finding.reached_by(&reaction.context);
    let (file, span) = reaction.elsewhere.as_ref().map_or((None, reaction.span), |(file, span)| (Some(file.as_str()), *span));
    finding.link_in(Role::Site, file, span, site(reaction));
    if let Settled::ByTeardown { at, .. } | Settled::ByEvent { at, .. } | Settled::ByEnd { at, .. } = &reaction.settled {
        finding.link(Role::Release, *at, "only this settles it");
    }
    let note = match reaction.how {
        ReactionKind::Return if reaction.settled == Settled::BySource => {
            "a promise that is settled with another one waits for it: the chain goes when a value is found"
        }
        ReactionKind::Return => "measured: 102 bytes for each run, and what its caller waits for never comes",
        _ => "a reaction cannot be taken off a promise: it stays until the promise is settled",
    };
    finding.notes.push(note.to_owned());
    let help = help(reaction);
    finding.fixes.push(SuggestedFix::manual(help));
    finding.help = Some(help.to_owned());
    finding
}

fn message(reaction: &Reaction) -> String {
    let promise = &reaction.promise;
    let is_loop = reaction.context.steps.iter().any(|step| matches!(step.what, crate::model::context::StepKind::EndlessLoop));
    let each = if is_loop { "each turn".to_owned() } else { format!("each {}", words::run(&reaction.context, &reaction.function)) };
    match (&reaction.settled, reaction.how) {
        (Settled::BySource, ReactionKind::Return) => {
            format!("`{promise}` returns its own next run for each value that it passes over: all these promises wait for the last one")
        }
        (Settled::Never, _) | (_, ReactionKind::Return) => {
            format!("each run of `{promise}` returns the promise of the next one, so none of them is ever settled")
        }
        (Settled::BySource, _) => {
            format!("each turn races all of `{promise}` once more: a source that is silent keeps a reaction and the winner's value")
        }
        (Settled::Later, _) => format!("{each} races `{promise}` once more, and each reaction keeps the promise itself"),
        (_, ReactionKind::Race) => format!("{each} races `{promise}`, which stays pending: it keeps a reaction and the winner's value"),
        (_, ReactionKind::Then) => format!("{each} puts a reaction on `{promise}`, which stays pending"),
        (_, ReactionKind::Await) => format!("{each} awaits `{promise}`, which stays pending, and stays suspended"),
    }
}

fn site(reaction: &Reaction) -> &'static str {
    match reaction.how {
        ReactionKind::Race => "adds a reaction that nothing takes off, whoever wins",
        ReactionKind::Return => "the promise of this run waits for that of the next",
        ReactionKind::Then => "adds a reaction that nothing takes off",
        ReactionKind::Await => "keeps the suspended function and what it uses",
    }
}

fn help(reaction: &Reaction) -> &'static str {
    match &reaction.settled {
        Settled::Later => {
            "give something small, such as an index, in place of the promise; or react to each promise one time, when it is made"
        }
        Settled::BySource if reaction.how == ReactionKind::Return => "go round in a loop, and settle one promise",
        Settled::BySource => "react to each promise one time, when it is made, and let that say which source is ready",
        Settled::Never => "go round in a loop: `for (;;) { await ...; }`",
        _ => {
            "use an `AbortSignal` for the end: add a listener for each turn and take it off in `finally`, or pass `{ signal }` to what waits"
        }
    }
}

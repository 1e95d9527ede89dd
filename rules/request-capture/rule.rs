//! A request that is stored where it outlives its own handling.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Kept, LifeWhy, RequestStore};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "request-capture",
    category: Category::Collection,
    summary: "a request, response or connection stored in something that lives longer",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::RequestStore],
    on_by_default: true,
    check: Check::RequestStore(check),
};

fn check(file: &File<'_>, store: &RequestStore, sink: &mut Sink<'_>) {
    if store.context.kind < ContextKind::Unknown {
        return;
    }
    let mut finding = Finding::new(confidence(store), store.span, message(store), &store.scope, store.statement_hash);
    let (holder, captured) = (&store.holder, &store.captured);
    finding.holder = Some(Holder { name: holder.clone(), lifetime: store.life.lifetime });
    if let Some(span) = store.holder_span {
        finding.link(Role::Holder, span, words::life(&store.life, file));
    }
    finding.reached_by(&store.context);
    finding.link(Role::Site, store.span, stores(store));
    if let Kept::BySibling(span) = store.kept {
        finding.link(Role::Site, span, format!("another function of the same scope uses `{captured}`"));
    }
    finding.notes.push(match store.grows {
        true => format!("searched: nothing in this file takes elements out of `{holder}`"),
        false => format!("searched: nothing in this file sets `{holder}` to null or deletes it"),
    });
    let help = help(store);
    finding.fixes.push(SuggestedFix { applicability: Applicability::Manual, message: help.clone(), edits: Vec::new() });
    finding.help = Some(help);
    sink.report(finding);
}

/// A slot of the process holds one request at a time, the next one in place of the last: of four alerts on unread code none was right.
/// Each connection has a slot of its own.
fn confidence(store: &RequestStore) -> Confidence {
    match store.kept {
        _ if !store.grows && !matches!(store.life.why, LifeWhy::LongLivedClass(_)) => Confidence::Low,
        Kept::BySibling(_) | Kept::ByField => Confidence::Low,
        Kept::Itself | Kept::ByFunction if store.context.kind == ContextKind::Repeated || store.is_handler => Confidence::Medium,
        Kept::Itself | Kept::ByFunction => Confidence::Low,
    }
}

fn message(store: &RequestStore) -> String {
    let (holder, captured) = (&store.holder, &store.captured);
    match (store.kept, store.members.as_slice()) {
        (Kept::BySibling(_), _) => {
            format!(
                "`{holder}` also keeps `{captured}` alive, which only a sibling function uses: functions of one scope share one context"
            )
        }
        _ if store.grows => {
            format!(
                "`{holder}` gets another element {}; each entry also keeps `{captured}` alive",
                words::how_often(&store.context, &store.function)
            )
        }
        (_, [member]) => format!("`{holder}` keeps the whole `{captured}` alive, for `{captured}.{member}`"),
        (_, []) => format!("`{holder}` keeps `{captured}` alive after it was handled, and nothing resets it"),
        (_, _) => format!("`{holder}` keeps the whole `{captured}` alive, for a few of its members"),
    }
}

fn stores(store: &RequestStore) -> String {
    let captured = &store.captured;
    match store.kept {
        Kept::Itself => format!("stores `{captured}`"),
        Kept::ByFunction | Kept::ByField => format!("stores a function that keeps `{captured}`"),
        Kept::BySibling(_) => "stores a function of the scope".to_owned(),
    }
}

fn help(store: &RequestStore) -> String {
    let (holder, captured) = (&store.holder, &store.captured);
    match (store.kept, store.members.as_slice()) {
        (Kept::BySibling(_), _) => "make the stored function in a function of its own, which gets only what it needs".to_owned(),
        (_, []) if store.grows => format!("store what is needed of `{captured}`, and take the entry out when the response closes"),
        (_, []) => format!("store what is needed of `{captured}`, or reset `{holder}` when the response closes"),
        (_, members) => format!("take what is needed first: `const {{ {} }} = {captured}`", members.join(", ")),
    }
}

//! A request that is stored where it outlives its own handling.

use crate::diagnostic::{Applicability, Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::RequestStore;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "request-capture",
    category: Category::Collection,
    summary: "a request, response or connection stored in something that lives longer",
    page: include_str!("README.md"),
    check: Check::RequestStore(check),
};

fn check(file: &File<'_>, store: &RequestStore, sink: &mut Sink<'_>) {
    if file.kind != FileKind::Source || store.context.kind < ContextKind::Unknown {
        return;
    }
    // A variable or field holds only the last one; a socket of its own holds one for each connection.
    let confidence = if store.life.lifetime == Lifetime::Owner { Confidence::Medium } else { Confidence::Low };
    let (holder, captured) = (&store.holder, &store.captured);
    let message = match store.members.as_slice() {
        [] => format!("`{holder}` keeps `{captured}` alive after it was handled, and nothing resets it"),
        [member] => format!("`{holder}` keeps the whole `{captured}` alive, for `{captured}.{member}`"),
        _ => format!("`{holder}` keeps the whole `{captured}` alive, for a few of its members"),
    };
    let mut finding = Finding::new(confidence, store.span, message, &store.scope, store.statement_hash);
    finding.holder = Some(Holder { name: holder.clone(), lifetime: store.life.lifetime });
    if let Some(span) = store.holder_span {
        finding.link(Role::Holder, span, words::life(&store.life));
    }
    words::callers(&mut finding, &store.context);
    finding.link(
        Role::Site,
        store.span,
        if store.through_closure.is_some() { format!("stores a function that keeps `{captured}`") } else { format!("stores `{captured}`") },
    );
    finding.notes.push(format!("searched: nothing in this file sets `{holder}` to null or deletes it"));
    let help = match store.members.as_slice() {
        [] => format!("store what is needed of `{captured}`, or reset `{holder}` when the response finishes"),
        members => format!("take what is needed first: `const {{ {} }} = {captured}`", members.join(", ")),
    };
    finding.fixes.push(SuggestedFix { applicability: Applicability::Manual, message: help.clone(), edits: Vec::new() });
    finding.help = Some(help);
    sink.report(finding);
}

//! A cache of a library that is given no bound.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::Memo;
use crate::model::memo::{MemoGrowth, MemoKind};
use crate::model::provenance::Domain;
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "unbounded-memoize",
    category: Category::Memoize,
    summary: "a memoized function, loader, cache or session store of a library, without a bound",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Memo],
    on_by_default: true,
    check: Check::Memo(check),
};

fn check(file: &File<'_>, memo: &Memo, sink: &mut Sink<'_>) {
    if let Some(confidence) = confidence(memo) {
        sink.report(finding(file, memo, confidence));
    }
}

fn confidence(memo: &Memo) -> Option<Confidence> {
    let Some(growth) = &memo.growth else { return Some(Confidence::Medium) };
    let is_repeated = growth.context.kind == ContextKind::Repeated;
    match growth.key.domain {
        Domain::Unbounded if is_repeated && memo.is_global => Some(Confidence::High),
        Domain::Unbounded => Some(Confidence::Medium),
        _ if growth.by_identity && memo.is_global => Some(Confidence::Medium),
        // A loader is meant for one request: its keys are those of records.
        _ if memo.kind == MemoKind::Loader && memo.is_global => Some(Confidence::Medium),
        // Where requests are served, each of them asks for its own.
        named if named.is_by_name() && memo.is_global && memo.kind == MemoKind::Queries => Some(Confidence::Medium),
        named if named.is_by_name() && memo.is_global => Some(Confidence::Low),
        _ => None,
    }
}

fn finding(file: &File<'_>, memo: &Memo, confidence: Confidence) -> Finding {
    let mut finding = Finding::new(confidence, memo.span, message(memo), &memo.scope, memo.statement_hash);
    let lifetime = if memo.is_global { Lifetime::Process } else { Lifetime::Owner };
    finding.holder = Some(Holder { name: memo.name.clone(), lifetime });
    if let Some(life) = &memo.life {
        finding.link(Role::Holder, memo.span, words::life(life, file));
    } else if memo.is_global && memo.kind != MemoKind::Sessions {
        finding.link(Role::Holder, memo.span, "lives as long as the process: module scope");
    }
    if let Some(growth) = &memo.growth {
        finding.reached_by(&growth.context);
        finding.link_in(Role::Site, growth.file.as_deref(), growth.span, adds(memo, growth));
        finding.notes.push("searched: no option that bounds it, nothing in this file takes an entry out".to_owned());
    } else {
        finding.notes.push("searched: no `store` among its options".to_owned());
    }
    let help = help(memo);
    finding.fixes.push(SuggestedFix::manual(help.clone()));
    finding.help = Some(help);
    finding
}

fn message(memo: &Memo) -> String {
    let Memo { name, .. } = memo;
    match memo.kind {
        MemoKind::Function => format!("`{name}` keeps a result for every argument that it was ever called with"),
        MemoKind::Cache => format!("`{name}` keeps every entry: it has no limit, and nothing takes out what has expired"),
        MemoKind::Loader => format!("`{name}` keeps a promise for every key that was ever loaded"),
        MemoKind::Schemas => format!("`{name}` keeps what it compiles for every schema object, and gets a new object with each call"),
        MemoKind::Queries => format!("`{name}` serves all requests and keeps what each of them asked for: nothing expires on a server"),
        MemoKind::Sessions => "sessions are kept in memory and those that expire are not taken out: no `store` is given".to_owned(),
    }
}

fn adds(memo: &Memo, growth: &MemoGrowth) -> String {
    match (growth.by_identity, memo.kind) {
        (true, MemoKind::Schemas) => format!("`{}` is another object each time", growth.key.text),
        (true, _) => format!("`{}` is compared by identity: another object is another key", growth.key.text),
        (false, _) => words::key(&growth.key),
    }
}

fn help(memo: &Memo) -> String {
    match memo.kind {
        MemoKind::Function if memo.growth.as_ref().is_some_and(|growth| growth.by_identity) => {
            "key it by content (a resolver), or keep results in a `WeakMap` by the object".to_owned()
        }
        MemoKind::Function | MemoKind::Cache => format!("give it a bound: {}", memo.advice),
        MemoKind::Loader => "make one for each request, or pass `cache: false` or a bounded `cacheMap`".to_owned(),
        MemoKind::Schemas => {
            "compile each schema once and keep the validator, or name it: `addSchema(schema, key)` and `validate(key, data)`".to_owned()
        }
        MemoKind::Queries => "make one for each request".to_owned(),
        MemoKind::Sessions => "pass a `store` that takes out what is over, such as connect-redis or memorystore".to_owned(),
    }
}

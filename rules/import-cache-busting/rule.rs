//! Modules that are loaded anew again and again: the table of modules keeps every copy.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Misuse, MisuseKind};
use crate::model::provenance::Source;
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "import-cache-busting",
    category: Category::Collection,
    summary: "modules loaded anew under new names, or out of `require.cache`, which leaves each copy behind",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::ModuleCache],
    on_by_default: true,
    check: Check::Misuse(check),
};

fn check(_: &File<'_>, misuse: &Misuse, sink: &mut Sink<'_>) {
    let run = words::run(&misuse.context, &misuse.function);
    let (message, site, help) = match misuse.what {
        MisuseKind::FreshImport => (
            format!("every {run} loads another copy of the module, and none is ever let go"),
            misuse.key.as_ref().map_or_else(String::new, words::key),
            "import it under one name; read data with `readFile`, and run code that changes in a `Worker` or child process",
        ),
        MisuseKind::Uncached { .. } => (
            format!("every {run} leaves a copy of the module among the `children` of its parent"),
            "takes it out of the cache only".to_owned(),
            "take it out of `module.children` of its parent as well, or load it in a `Worker` or child process",
        ),
        _ => return,
    };
    let Some(confidence) = confidence(misuse) else { return };
    let mut finding = Finding::new(confidence, misuse.span, message, &misuse.scope, misuse.statement_hash);
    finding.holder = Some(Holder { name: misuse.holder.clone(), lifetime: Lifetime::Process });
    finding.reached_by(&misuse.context);
    finding.link(Role::Site, misuse.span, site);
    finding.help = Some(help.to_owned());
    finding.fixes.push(SuggestedFix::manual(help));
    sink.report(finding);
}

fn confidence(misuse: &Misuse) -> Option<Confidence> {
    let context = &misuse.context;
    let is_fresh = misuse.what == MisuseKind::FreshImport;
    // A helper for whoever wants a module anew; one module by its name is mostly a configuration that is read again by hand.
    let for_any = misuse.what == MisuseKind::Uncached { given: true };
    let by_time = misuse.key.as_ref().is_some_and(|key| key.source == Source::Time);
    match context.kind {
        ContextKind::Repeated if is_fresh || context.per_request => Some(Confidence::High),
        ContextKind::Repeated if for_any => Some(Confidence::Medium),
        // The time in a name is mostly there to see what a developer has changed.
        ContextKind::Unknown if is_fresh && !by_time || for_any => Some(Confidence::Medium),
        ContextKind::Repeated | ContextKind::Unknown | ContextKind::Startup => Some(Confidence::Low),
        _ => None,
    }
}

//! A Map that is used as an object, a finalizer that keeps its target: what was to be let go is held.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Certainty, Misuse, MisuseKind};
use crate::model::provenance::Domain;
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "weak-collection-misuse",
    category: Category::Weak,
    summary: "a Map, Set or weak collection used so that nothing can let its values go",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Growth, Need::Weak],
    on_by_default: true,
    check: Check::Misuse(check),
};

fn check(file: &File<'_>, misuse: &Misuse, sink: &mut Sink<'_>) {
    let (message, site, help) = match &misuse.what {
        MisuseKind::Property(class) => {
            let weak =
                if class.starts_with("Weak") { "strong, and keyed by the key's text" } else { "which `delete` and `clear` do not see" };
            (
                format!("this sets a property of `{}`, a {class}: {weak}", misuse.holder),
                "a property, not an entry".to_owned(),
                if class.ends_with("Set") { "use `add(value)`" } else { "use `set(key, value)`" },
            )
        }
        MisuseKind::HeldTarget(target) => (
            format!("`{}` holds `{target}` for as long as `{target}` is registered: it is never collected", misuse.holder),
            format!("what is held reaches `{target}`"),
            "give the registry only what the clean-up needs: an id, a handle, a path",
        ),
        MisuseKind::StrongForWeak(class) => (
            format!("`{}` holds its keys: its type says Weak{class}, and it is made as a {class}", misuse.holder),
            "adds an entry; the key cannot go while the entry is there".to_owned(),
            "make what the type says",
        ),
        _ => return,
    };
    let Some(confidence) = confidence(misuse) else { return };
    let mut finding = Finding::new(confidence, misuse.span, message, &misuse.scope, misuse.statement_hash);
    let lifetime = misuse.life.as_ref().map_or(Lifetime::Process, |life| life.lifetime);
    finding.holder = Some(Holder { name: misuse.holder.clone(), lifetime });
    if let (Some(span), Some(life)) = (misuse.holder_span, &misuse.life) {
        finding.link(Role::Holder, span, words::life(life, file));
    }
    finding.reached_by(&misuse.context);
    finding.link(Role::Site, misuse.span, site);
    finding.help = Some(help.to_owned());
    finding.fixes.push(SuggestedFix::manual(help));
    sink.report(finding);
}

fn confidence(misuse: &Misuse) -> Option<Confidence> {
    let life = misuse.life.as_ref()?;
    let few = misuse.key.as_ref().is_some_and(|key| key.domain <= Domain::Harmless);
    // A weak collection is made to be keyed by what dies before it.
    let outlives = match &misuse.what {
        MisuseKind::StrongForWeak(_) => life.certainty >= Certainty::Unknown,
        MisuseKind::Property(class) if class.starts_with("Weak") && misuse.context.kind == ContextKind::Repeated => {
            life.certainty >= Certainty::Unknown
        }
        _ => life.certainty >= Certainty::Likely,
    };
    if !outlives || misuse.context.kind < ContextKind::Unknown || few {
        return None;
    }
    let certain = misuse.context.kind == ContextKind::Repeated && life.certainty == Certainty::Proved;
    let many = misuse.key.as_ref().is_none_or(|key| key.domain >= Domain::Wide);
    Some(if certain && many { Confidence::High } else { Confidence::Medium })
}

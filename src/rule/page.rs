//! What comes once in the life of a page.

use crate::model::context::{Context, Step, StepKind};
use crate::model::page::is_root_file;

/// Whether a site is reached by an effect of the component that a framework mounts once a page (`pages/_app` of Next.js), and from there in one way.
pub fn is_once_a_page(context: &Context) -> bool {
    let steps = &context.steps;
    let is_root = steps.first().and_then(|step| step.file.as_deref()).is_some_and(is_root_file);
    let is_effect = |step: &Step| matches!(&step.what, StepKind::Callback(callee) if callee.ends_with("useEffect") || callee.ends_with("useLayoutEffect"));
    let Some(effect) = steps.iter().position(is_effect).filter(|_| is_root) else { return false };
    let (outside, inside) = steps.split_at(effect);
    let renders = |step: &Step| {
        matches!(
            step.what,
            StepKind::Rendered(_) | StepKind::Exported(_) | StepKind::Escapes(_) | StepKind::GivenTo { .. } | StepKind::Stored(_)
        ) || step.what.is_condition()
    };
    let repeats = |step: &Step| {
        matches!(
            step.what,
            StepKind::Handler { .. }
                | StepKind::HandlerOf(_)
                | StepKind::Rendered(_)
                | StepKind::Loop
                | StepKind::EndlessLoop
                | StepKind::Rearms(_)
        )
    };
    outside.iter().all(renders) && !inside.iter().any(repeats)
}

/// Whether the way to a site goes through what a component draws, or through one of its effects.
pub fn is_of_page(context: &Context) -> bool {
    context.steps.iter().any(|step| match &step.what {
        StepKind::Rendered(_) | StepKind::Drawn(_) => true,
        StepKind::Handler { callee, .. } => {
            callee.starts_with('<') || callee.rsplit('.').next().is_some_and(|name| name.starts_with("use"))
        }
        _ => false,
    })
}

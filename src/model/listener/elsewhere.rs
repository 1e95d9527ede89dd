//! Removals of a listener in other files.

use super::super::Model;
use super::super::access::Access;
use super::super::context::ContextKind;
use super::super::links::UseKind;
use super::super::outside::OutsideUse;
use super::Site;

impl Model<'_> {
    /// Whether another file takes the same handler, by its name, off the same imported emitter while the program runs.
    pub(super) fn is_removed_outside(&self, site: &Site<'_>) -> bool {
        let Some(outside) = self.outside() else { return false };
        let Some((module, path)) = self.imported(site.object) else { return false };
        let removals = site.api.release.iter().map(|verb| {
            let mut path = path.clone();
            path.push(Access::Member(verb.clone()));
            path
        });
        let seen = outside.uses_of_module(module, &removals.collect::<Vec<_>>());
        let event = site.event.map(|event| self.expr_text(event));
        let handler = self.expr_text(site.handler);
        seen.uses.iter().any(|used| is_reached(used) && takes_off(used, event.as_deref(), last_word(&handler)))
    }
}

fn is_reached(used: &OutsideUse) -> bool {
    !used.context.is_unused() && !matches!(used.context.kind, ContextKind::Uncalled | ContextKind::Test | ContextKind::Teardown)
}

/// `onText` of `client.onText`; none for what has no name.
fn last_word(handler: &str) -> Option<&str> {
    let word = handler.rsplit('.').next()?;
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#'))).then_some(word)
}

fn takes_off(used: &OutsideUse, event: Option<&str>, handler: Option<&str>) -> bool {
    let UseKind::Called { arguments, .. } = &used.used.what else { return false };
    let mut texts = arguments.iter().map(|argument| argument.text.as_str());
    if let Some(event) = event
        && texts.next() != Some(event)
    {
        return false;
    }
    match (handler, texts.next()) {
        // All listeners of the event.
        (_, None) => true,
        (Some(handler), Some(removed)) => last_word(removed) == Some(handler),
        (None, Some(_)) => false,
    }
}

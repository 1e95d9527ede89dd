//! The edits that end a timer, for the rules about timers.

use super::{File, SuggestedFix};
use crate::diagnostic::Applicability;
use crate::model::facts::{Entry, Remedy};
use crate::text::Span;

/// Clears it where the model found a place for that; otherwise in words.
pub fn clearing(file: &File<'_>, remedy: Option<&Remedy>, owner: &str, help: &str) -> SuggestedFix {
    let style = &file.facts.style;
    let at = |offset: u32| Span::new(offset, offset);
    let end = |needed: bool| if style.semicolons || needed { ";" } else { "" };
    let first =
        |entry: &Entry, clear: &str| (at(entry.at), format!("{}{clear}{}{}", entry.before, end(entry.needs_semicolon), entry.after));
    match remedy {
        Some(Remedy::InTeardown { entry, clear }) => SuggestedFix {
            applicability: Applicability::Safe,
            message: format!("add `{clear}` to {owner}"),
            edits: vec![first(entry, clear)],
        },
        Some(Remedy::BeforeItIsSet { at: start, indent, clear }) => {
            let newline = if style.crlf { "\r\n" } else { "\n" };
            SuggestedFix {
                applicability: Applicability::Safe,
                message: format!("call `{clear}` first"),
                edits: vec![(at(*start), format!("{clear}{}{newline}{indent}", end(false)))],
            }
        }
        Some(Remedy::OnPeersEnd { handle, peer, event, edits }) => {
            let message = format!("clear `{handle}` when `{peer}` emits `{event}`");
            SuggestedFix::of_edits(Applicability::Safe, message, edits)
        }
        // In TypeScript the field has to be declared as well.
        Some(Remedy::KeepInField { assign_at, field, entry, clear }) if !is_typescript(file.path) => {
            let mut edits = vec![(at(*assign_at), format!("this.{field} = ")), first(entry, clear)];
            edits.sort_by_key(|(span, _)| span.start);
            SuggestedFix {
                applicability: Applicability::Safe,
                message: format!("keep the handle in `this.{field}` and clear it in {owner}"),
                edits,
            }
        }
        _ => SuggestedFix::manual(help),
    }
}

fn is_typescript(path: &str) -> bool {
    matches!(path.rsplit('.').next(), Some("ts" | "mts" | "cts" | "tsx" | "vue" | "svelte"))
}

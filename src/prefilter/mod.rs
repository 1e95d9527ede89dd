//! Which files need no parse: those in whose text nothing stands that any rule could speak of.
//!
//! The scan reads tokens, not a tree, and errs on the side of a parse: a file whose text is not as expected is parsed.
//! docs/architecture.md says what it relies on.

mod evidence;
mod imported;
mod scan;
mod tokens;
mod words;

pub use words::Words;

use evidence::{Evidence, Root};

/// What a rule, or a kind of fact, must find in a text to have anything to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A collection that is made where it can outlive a call, and something that makes it grow.
    Growth,
    /// A call that registers a listener, in a function or a loop.
    Registration,
    /// The word `setInterval`.
    Interval,
    /// A parameter that may be a request, and an assignment or growth.
    RequestStore,
    /// A registration or interval, and a name that only components have.
    Component,
}

/// Whether a rule with one of the needs may have something to say of the text.
pub fn may_matter(text: &str, may_be_jsx: bool, words: &Words, needs: &[Need]) -> bool {
    let is_enough = |evidence: &mut Evidence| needs.iter().any(|&need| is_met_by_now(need, evidence));
    match scan::scan(text.as_bytes(), may_be_jsx, words, &is_enough) {
        Ok(evidence) => {
            needs.iter().any(|&need| is_met(need, &evidence))
                || needs.contains(&Need::Component) && (evidence.registers || evidence.intervals) && words.names_component(text)
                || needs.contains(&Need::Growth) && (adds_to_others(text, &evidence) || words.names_runtime(text))
        }
        Err(tokens::Unsure) => true,
    }
}

/// Whether other files may add to a collection that is made in the text.
pub fn may_be_added_to(text: &str, may_be_jsx: bool, words: &Words) -> bool {
    memchr::memmem::find(text.as_bytes(), b"export").is_some()
        && scan::scan(text.as_bytes(), may_be_jsx, words, &|_| false).map_or(true, |evidence| !evidence.made.is_empty())
}

/// Whether something may be added to a collection that another file of the project holds.
fn adds_to_others(text: &str, evidence: &Evidence) -> bool {
    let roots = || {
        evidence.growths.iter().filter_map(|growth| match growth.root {
            Root::Variable(name) => Some(name),
            _ => None,
        })
    };
    if roots().next().is_none() {
        return false;
    }
    let imported = imported::names(text);
    roots().any(|root| imported.binary_search(&root).is_ok())
}

fn is_met(need: Need, evidence: &Evidence) -> bool {
    match need {
        Need::Growth => evidence.has_growing_holder(),
        Need::Registration => evidence.registers,
        Need::Interval => evidence.intervals,
        Need::RequestStore => evidence.requests,
        // Told from the text.
        Need::Component => false,
    }
}

/// Whether a need is met, however the text goes on.
fn is_met_by_now(need: Need, evidence: &mut Evidence) -> bool {
    match need {
        Need::Growth => evidence.grows_by_now(),
        _ => is_met(need, evidence),
    }
}

/// For measurements: each need by itself, or none if the text is not as expected.
pub fn needs_met(text: &str, may_be_jsx: bool, words: &Words) -> Option<[bool; 4]> {
    let evidence = scan::scan(text.as_bytes(), may_be_jsx, words, &|_| false).ok()?;
    Some([Need::Growth, Need::Registration, Need::Interval, Need::RequestStore].map(|need| is_met(need, &evidence)))
}

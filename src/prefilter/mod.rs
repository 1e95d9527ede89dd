//! Which files need no parse: those in whose text nothing stands that any rule could speak of.
//!
//! The scan reads tokens, not a tree, and errs on the side of a parse: a file whose text is not as expected is parsed.
//! docs/architecture.md says what it relies on.

mod evidence;
mod imported;
mod noted;
mod scan;
mod tokens;
mod words;

pub use words::Words;

use evidence::Evidence;
use noted::{NAMELESS, Name, Named, Root};

/// What a rule, or a kind of fact, must find in a text to have anything to say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A collection that is made where it can outlive a call, and something that makes it grow.
    Growth,
    /// A call that registers a listener, in a function or a loop.
    Registration,
    /// The word `setInterval`.
    Interval,
    /// The word `setTimeout` in a function, or a race and a module whose promises a timer settles.
    Timeout,
    /// A promise that is made to be kept, or a race.
    Reaction,
    /// A parameter that may be a request, and an assignment or growth.
    RequestStore,
    /// The name of something that makes a resource, or of what it comes from.
    Resource,
    /// The name of a module that keeps a cache for the program.
    Memo,
    /// A weak collection, or a registry of finalizers.
    Weak,
    /// A module that is loaded anew: `require.cache`, `import(...)` beside something that makes new names.
    ModuleCache,
    /// A module of metrics is named.
    Metrics,
    /// A test, or what runs before each.
    Test,
    /// A registration, interval or resource, and a name that only components have.
    Component,
}

/// Whether a rule with one of the needs may have something to say of the text.
pub fn may_matter(text: &str, may_be_jsx: bool, words: &Words, needs: &[Need]) -> bool {
    if needs.contains(&Need::Test) && words::names_test(text) {
        return true;
    }
    let is_enough = |evidence: &mut Evidence<'_>| needs.iter().any(|&need| is_met_by_now(need, evidence));
    match scan::scan(text.as_bytes(), may_be_jsx, words, &is_enough) {
        Ok(evidence) => {
            needs.iter().any(|&need| is_met(need, &evidence))
                || needs.contains(&Need::Component)
                    && (evidence.registers || evidence.intervals || evidence.makes_resource())
                    && words.names_component(text)
                || needs.contains(&Need::Growth)
                    && (deals_with_others(text, &evidence) || evidence.adds_to_runtime && words.names_runtime(text))
                || needs.contains(&Need::Growth) && fills_application(&evidence)
                || needs.contains(&Need::Timeout) && evidence.notes(words::RACES) && words.races_timers(text)
                || needs.contains(&Need::Reaction) && keeps_promise(text, &evidence)
                || needs.contains(&Need::ModuleCache) && evidence.imports && words.makes_names(text)
        }
        Err(tokens::Unsure) => true,
    }
}

/// Whether other files may add to a collection that is made in the text.
pub fn may_be_added_to(text: &str, may_be_jsx: bool, words: &Words) -> bool {
    memchr::memmem::find(text.as_bytes(), b"export").is_some()
        && scan::scan(text.as_bytes(), may_be_jsx, words, &|_| false).map_or(true, |evidence| !evidence.made.is_empty())
}

/// `this.stopped = new Promise(`, or a race.
fn keeps_promise(text: &str, evidence: &Evidence<'_>) -> bool {
    let has = |call: &str| memchr::memmem::find(text.as_bytes(), call.as_bytes()).is_some();
    evidence.keeps_promise
        || evidence.notes(words::RACES) && has(".race(")
        || evidence.notes(words::RACES) && has(".next()") && has(".then(")
        || evidence.recurs && has("async")
}

/// Whether entries may be put into a table that another file hangs on the application: `req.app.locals.users[id] = user`.
fn fills_application(evidence: &Evidence<'_>) -> bool {
    evidence.notes(words::LOCALS) && evidence.growths.iter().any(|growth| growth.is_entry)
}

/// Whether the text adds to what other files of the project hold, or they to what it does.
fn deals_with_others(text: &str, evidence: &Evidence<'_>) -> bool {
    if evidence.growths.is_empty() && evidence.made.is_empty() {
        return false;
    }
    let imported = imported::names(text);
    !imported.is_empty() && (adds_to_others(text, evidence, &imported) || lends(text, evidence, &imported))
}

/// Whether something may be added to a collection that another file holds, whose names these are.
fn adds_to_others(text: &str, evidence: &Evidence<'_>, imported: &[Name]) -> bool {
    let roots = || {
        evidence.growths.iter().filter_map(|growth| match growth.root {
            Root::Variable(name) | Root::Result(name) => Some(name),
            _ => None,
        })
    };
    let is_compiled = || memchr::memmem::find(text.as_bytes(), b"(0, ").is_some();
    // `(0, globals_1.getStorage)().columns.push(x)`.
    roots().any(|root| imported.binary_search(&root).is_ok() || root == NAMELESS && is_compiled())
}

/// Whether a function of another file, whose names these are, may be given a collection that is made in the text.
fn lends(text: &str, evidence: &Evidence<'_>, imported: &[Name]) -> bool {
    if evidence.made.is_empty() {
        return false;
    }
    // A variable of the module, or a field.
    let made = || evidence.made.iter().filter(|made| made.key.is_none() && (made.frame == 0 || made.stored) && !made.has_entries);
    let mut variables: Vec<Name> = made().filter(|made| made.of != Named::Field).filter_map(|made| made.name).collect();
    let mut fields: Vec<Name> = made().filter(|made| made.of != Named::Variable).filter_map(|made| made.name).collect();
    variables.sort_unstable();
    fields.sort_unstable();
    let is_made = |(name, of): (Name, Named)| match of {
        // A name that a pattern gives to a field is the field's own.
        Named::Variable => variables.binary_search(&name).is_ok() || fields.binary_search(&name).is_ok() && evidence.is_alias(name),
        _ => fields.binary_search(&name).is_ok() || variables.binary_search(&name).is_ok(),
    };
    imported::calls(text, imported).flat_map(imported::paths).any(is_made)
}

fn is_met(need: Need, evidence: &Evidence<'_>) -> bool {
    match need {
        Need::Growth => evidence.has_growing_holder(),
        Need::Registration => evidence.registers,
        Need::Interval => evidence.intervals,
        Need::Timeout => evidence.timeouts,
        // Told from the text.
        Need::Reaction => false,
        Need::RequestStore => evidence.keeps_request(),
        Need::Resource => evidence.makes_resource(),
        Need::Memo => evidence.memoizes(),
        Need::Weak => evidence.misuses_weak(),
        Need::ModuleCache => evidence.uncaches,
        Need::Metrics => evidence.notes(words::METRICS | words::METRIC_METHOD),
        // Seen in the text itself.
        Need::Test => false,
        // Told from the text.
        Need::Component => false,
    }
}

/// Whether a need is met, however the text goes on.
fn is_met_by_now(need: Need, evidence: &mut Evidence<'_>) -> bool {
    match need {
        Need::Growth => evidence.grows_by_now(),
        Need::RequestStore => evidence.requests,
        _ => is_met(need, evidence),
    }
}

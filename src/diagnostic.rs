//! The one type that every rule reports with and every format prints.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text::Span;

/// What kind of thing is leaked, or which of the tool's own checks speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    Collection,
    Listener,
    Timer,
    Resource,
    Promise,
    Memoize,
    Weak,
    Test,
    /// The file could not be analysed (in part): no claim about leaks.
    Parse,
    /// Comments that address leaklint.
    Suppression,
}

/// How much of the finding's sentence was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl From<Confidence> for Severity {
    fn from(confidence: Confidence) -> Self {
        match confidence {
            Confidence::High => Self::Error,
            Confidence::Medium => Self::Warning,
            Confidence::Low => Self::Info,
        }
    }
}

/// How long a holder lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lifetime {
    /// Module scope, a static, a global, a field of a singleton.
    Process,
    /// `window` or `document` in browser code.
    Page,
    /// A field of an instance, or a local of a factory whose closure escapes.
    Owner,
    /// A local that dies with the call.
    Call,
    /// Given by the caller: unknown here.
    Parameter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// As the walk names the file: relative to the working directory, with `/`.
    pub path: Arc<str>,
    pub span: Span,
}

/// What a place of the retainer chain is to the finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What keeps the values alive.
    Holder,
    /// A call on the way to the site, from the outside in.
    Caller,
    /// Where the holder takes hold again and again.
    Site,
    /// A release that does not count, or the teardown that misses it.
    Release,
    /// Code beside it that cleans up correctly; accuses nobody.
    Sibling,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub role: Role,
    pub location: Location,
    pub message: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub name: String,
    pub lifetime: Lifetime,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Keeps the meaning of the program, but for the leak.
    Safe,
    /// May change behaviour (entries can expire, a dependency is added): a person decides.
    Unsafe,
    /// Words only.
    Manual,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub location: Location,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub applicability: Applicability,
    pub message: String,
    /// All or none; sorted by place, without overlap. Empty iff `applicability` is `Manual`.
    pub edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub rule: &'static str,
    pub category: Category,
    pub severity: Severity,
    pub confidence: Confidence,
    /// One sentence that names the holder, what grows, and what was not found.
    pub message: String,
    pub location: Location,
    pub holder: Option<Holder>,
    /// The retainer chain, in order.
    pub related: Vec<Related>,
    /// What was searched for and not found, and other facts that have no place in the chain.
    pub notes: Vec<String>,
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
    /// Stable when lines move; the same in every format and in the baseline.
    pub fingerprint: String,
    /// Why a comment in the code silences it, if one does.
    pub suppressed: Option<Suppressed>,
    /// Where the same stands once more, in a copy of the program; or many alike in one file.
    pub copies: Vec<Location>,
    /// The finding that stands for this one.
    pub copy_of: Option<Location>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppressed {
    pub reason: Option<String>,
    /// The comment.
    pub location: Location,
}

impl Diagnostic {
    /// The order of every report: path by bytes, start offset, rule.
    pub fn sort_key(&self) -> (&[u8], u32, &'static str, u32) {
        (self.location.path.as_bytes(), self.location.span.start, self.rule, self.location.span.end)
    }

    /// Whether it claims a leak (parse errors and suppression hygiene do not).
    pub fn is_leak(&self) -> bool {
        !matches!(self.category, Category::Parse | Category::Suppression)
    }
}

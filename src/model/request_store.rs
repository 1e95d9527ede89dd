//! What is known of a request that is stored.

use serde::{Deserialize, Serialize};

use super::context::Context;
use super::facts::Life;
use crate::text::Span;

/// A request that is put where it stays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestStore {
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    pub holder: String,
    pub holder_span: Option<Span>,
    pub life: Life,
    pub captured: String,
    pub captured_span: Span,
    pub kept: Kept,
    /// The only members of it that the closure reads.
    pub members: Vec<String>,
    /// A list gets one more, rather than a slot another one.
    pub grows: bool,
    /// The function takes a request and its response, or the next handler.
    pub is_handler: bool,
    pub context: Context,
}

/// How a stored value keeps a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    Itself,
    ByFunction,
    /// By a function that uses an object which has it in a field.
    ByField,
    /// By a function beside which another one uses it, there.
    BySibling(Span),
}

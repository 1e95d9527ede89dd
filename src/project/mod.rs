//! What more than one file is needed for.

mod kind;
mod package;

pub use kind::{FileKind, Place};
pub use package::{Audience, Package, Platform};

use crate::model::facts::Facts;

/// Where the rules and the links between files get facts from: a run's files, open buffers, a test's map. Nothing else gives them.
pub trait FactsSource {
    fn facts(&self, path: &str) -> Option<&Facts>;
}

//! leaklint finds memory leaks in JavaScript and TypeScript source: something that lives long keeps taking hold of things that should die, and never lets go.
//!
//! A run: `walk` lists files, `syntax` lowers each to the IR, `model` turns that into facts, `rules` judge the facts, `suppress` honours comments,
//! `report` prints. `resolve` says which file is meant where one names another.

use std::sync::{Arc, LazyLock};

pub mod analyzer;
pub mod catalog;
pub mod cli;
pub mod diagnostic;
pub mod fix;
pub mod model;
pub mod pipeline;
pub mod prefilter;
pub mod project;
pub mod report;
pub mod resolve;
pub mod rule;
#[path = "../rules/mod.rs"]
pub mod rules;
pub mod suppress;
pub mod syntax;
pub mod text;
pub mod texts;
pub mod walk;

use analyzer::Leaklint;
use catalog::{Catalog, RuleInfo};
use cli::Tool;
use model::apis::{Apis, ApisError};

/// What people are told of each rule.
static CATALOG: LazyLock<Vec<RuleInfo>> = LazyLock::new(|| {
    let info = |rule: &rule::Rule| RuleInfo {
        name: rule.name,
        category: rule.category,
        summary: rule.summary,
        page: rule.page,
        on_by_default: rule.on_by_default,
    };
    rules::ALL.iter().map(info).collect()
});

/// The analysis and the rules of this build.
pub fn tool() -> Result<Tool<Leaklint>, ApisError> {
    let apis = Apis::built_in()?;
    Ok(Tool { analyzer: Arc::new(Leaklint::new(apis, rules::ALL)), catalog: Catalog { rules: &CATALOG } })
}

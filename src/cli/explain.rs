//! `explain` and `rules`: what the rules are.

use super::{EXIT_CLEAN, Environment, Failure, UserError};
use crate::catalog::{Catalog, category_name, nearest};

/// Prints a rule's page.
pub fn explain(catalog: &Catalog, name: &str, environment: &mut Environment<'_>) -> Result<u8, Failure> {
    let Some(rule) = catalog.find(name) else {
        let all = catalog.rules.iter().chain(crate::catalog::OWN_CHECKS).map(|rule| rule.name);
        return Err(unknown_rule(name, &nearest(name, all)).into());
    };
    writeln!(environment.out, "{}", rule.page.trim_end())?;
    environment.out.flush()?;
    Ok(EXIT_CLEAN)
}

/// Lists the leak rules, one a line.
pub fn rules(catalog: &Catalog, environment: &mut Environment<'_>) -> Result<u8, Failure> {
    let mut rules: Vec<_> = catalog.rules.iter().collect();
    rules.sort_by_key(|rule| rule.name);
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    for rule in rules {
        let off = if rule.on_by_default { "" } else { " (off by default, runs with `--only` and its name)" };
        writeln!(environment.out, "{:width$}  {:<10}  {}{off}", rule.name, category_name(rule.category), rule.summary)?;
    }
    environment.out.flush()?;
    Ok(EXIT_CLEAN)
}

/// A name that is no rule, with those it may have been meant for.
pub fn unknown_rule(name: &str, near: &[&str]) -> UserError {
    let error = UserError::new(format!("`{name}` is no rule"));
    match near {
        [] => error.help("`leaklint rules` lists all rules"),
        near => error.help(format!("did you mean `{}`?", near.join("`, `"))),
    }
}

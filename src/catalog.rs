//! The names by which people speak of rules: what exists, what a name means, and which of them a run wants.

mod precision;

use crate::diagnostic::Category;

/// What `rules`, `explain` and SARIF say about one rule, or about one of the tool's own checks.
#[derive(Debug, Clone, Copy)]
pub struct RuleInfo {
    pub name: &'static str,
    pub category: Category,
    /// One sentence.
    pub summary: &'static str,
    /// The rule's page, in Markdown.
    pub page: &'static str,
    /// Otherwise it runs only where `--only` names it.
    pub on_by_default: bool,
}

impl RuleInfo {
    /// How often it is right, as code scanning sorts rules: `very-high`, `high`, `medium`, `low`. `None` where too few of its alerts were read.
    pub fn precision(&self) -> Option<&'static str> {
        precision::PRECISION.iter().find(|(rule, _)| *rule == self.name).map(|(_, precision)| *precision)
    }

    /// Where the page can be read online, once the package names its repository.
    pub fn url(&self) -> Option<String> {
        let repository = env!("CARGO_PKG_REPOSITORY");
        let is_rule = !matches!(self.category, Category::Parse | Category::Suppression);
        (is_rule && !repository.is_empty()).then(|| format!("{repository}/blob/main/rules/{}/README.md", self.name))
    }
}

/// The checks that belong to the tool itself: files it could not analyse, comments that address it.
pub const OWN_CHECKS: &[RuleInfo] = &[
    RuleInfo {
        on_by_default: true,
        name: "parse-error",
        category: Category::Parse,
        summary: "The file, or a part of it, could not be read as JavaScript or TypeScript.",
        page: "# parse-error\n\nThe file, or a part of it, could not be read as JavaScript or TypeScript, so leaklint makes no claim about it.\nFix the syntax, save the file as UTF-8, or leave the file out with an ignore file.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "too-deep",
        category: Category::Parse,
        summary: "The code is nested too deeply to be analysed safely.",
        page: "# too-deep\n\nBrackets or operators are nested deeper than the parser's stack allows, so the file is refused instead of risking the whole run.\nSuch files are almost always generated: leave them out with an ignore file.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "too-slow",
        category: Category::Parse,
        summary: "The file was given up because its analysis took too long.",
        page: "# too-slow\n\nThe file was given up at its deadline; every other file was still linted.\nLeave it out with an ignore file, and report it: a file that is written by hand should never get here.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "too-large",
        category: Category::Parse,
        summary: "The file is larger than leaklint reads.",
        page: "# too-large\n\nFiles over 2 MiB are skipped when a folder is linted, and linted when they are named. Over 64 MiB they are refused.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "internal-error",
        category: Category::Parse,
        summary: "leaklint itself failed on the file.",
        page: "# internal-error\n\nA defect in leaklint ended the analysis of this file; every other file was still linted, and the exit code is 2.\nPlease report it with the message and, if you may share it, the file.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "unused-suppression",
        category: Category::Suppression,
        summary: "A suppression comment silences nothing.",
        page: "# unused-suppression\n\nNo finding starts where the comment holds. Remove it, so that it cannot hide a later leak.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "unknown-suppression",
        category: Category::Suppression,
        summary: "A suppression comment names a rule or a form that does not exist.",
        page: "# unknown-suppression\n\nThe comment is addressed to leaklint but names no rule that exists, or is not one of `leaklint-disable-next-line`, `leaklint-disable-line`,\n`leaklint-disable`, `leaklint-enable` and `leaklint-disable-file`. It silences nothing.\n",
    },
    RuleInfo {
        on_by_default: true,
        name: "missing-reason",
        category: Category::Suppression,
        summary: "A suppression comment does not say why.",
        page: "# missing-reason\n\nWrite the reason behind `--`, so that the next reader can judge whether it still holds:\n\n    // leaklint-disable-next-line unbounded-collection -- one entry per plugin, loaded at start\n",
    },
];

/// Every category by the name that people type.
const CATEGORIES: &[(&str, Category)] = &[
    ("collection", Category::Collection),
    ("listener", Category::Listener),
    ("timer", Category::Timer),
    ("resource", Category::Resource),
    ("promise", Category::Promise),
    ("memoize", Category::Memoize),
    ("weak", Category::Weak),
    ("test", Category::Test),
    ("parse", Category::Parse),
    ("suppression", Category::Suppression),
];

/// The name of a category, as in reports.
pub fn category_name(category: Category) -> &'static str {
    CATEGORIES.iter().find(|(_, it)| *it == category).map_or("", |(name, _)| name)
}

/// All rules of this build.
#[derive(Debug, Clone, Copy)]
pub struct Catalog {
    pub rules: &'static [RuleInfo],
}

impl Catalog {
    /// A leak rule.
    pub fn rule(&self, name: &str) -> Option<&'static RuleInfo> {
        self.rules.iter().find(|rule| rule.name == name)
    }

    /// A leak rule or one of the tool's own checks.
    pub fn find(&self, name: &str) -> Option<&'static RuleInfo> {
        self.rule(name).or_else(|| OWN_CHECKS.iter().find(|check| check.name == name))
    }

    /// Up to three leak rules whose names are close to a mistyped one, the closest first.
    pub fn nearest(&self, name: &str) -> Vec<&'static str> {
        nearest(name, self.rules.iter().map(|rule| rule.name))
    }

    /// What `--only` and `--skip` may name: rules, own checks, categories.
    pub fn nearest_selector(&self, name: &str) -> Vec<&'static str> {
        let categories = CATEGORIES.iter().map(|(name, _)| *name);
        nearest(name, self.rules.iter().chain(OWN_CHECKS).map(|rule| rule.name).chain(categories))
    }
}

/// Up to three candidates that a typing error away from `name`, the closest first.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> =
        candidates.map(|candidate| (strsim::jaro_winkler(name, candidate), candidate)).filter(|(score, _)| *score > 0.75).collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// What a rule is chosen by on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Selector {
    Rule(&'static str),
    Category(Category),
}

/// Which rules a run wants.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    only: Vec<Selector>,
    skip: Vec<Selector>,
    /// Rules that have to be asked for by name.
    off: Vec<&'static str>,
}

impl Selection {
    /// `Err` holds the first name that is neither a rule nor a category.
    pub fn new(catalog: &Catalog, only: &[String], skip: &[String]) -> Result<Self, String> {
        let parse = |names: &[String]| names.iter().map(|name| selector(catalog, name)).collect::<Result<Vec<_>, _>>();
        let off = catalog.rules.iter().filter(|rule| !rule.on_by_default).map(|rule| rule.name).collect();
        Ok(Self { only: parse(only)?, skip: parse(skip)?, off })
    }

    /// The rules that are off by default and named by `--only`.
    pub fn asked_for(&self) -> Vec<&'static str> {
        self.off.iter().copied().filter(|name| self.only.contains(&Selector::Rule(name))).collect()
    }

    /// `--only` chooses among the leak rules: what could not be analysed is said in any case, unless it is skipped. A defect is never skipped.
    pub fn includes(&self, rule: &str, category: Category) -> bool {
        let named = |selectors: &[Selector]| {
            selectors.iter().any(|selector| match selector {
                Selector::Rule(name) => *name == rule,
                Selector::Category(it) => *it == category,
            })
        };
        let own = matches!(category, Category::Parse | Category::Suppression);
        // A category does not turn on what is off.
        if self.off.contains(&rule) && !self.asked_for().contains(&rule) {
            return false;
        }
        rule == "internal-error" || ((self.only.is_empty() || own || named(&self.only)) && !named(&self.skip))
    }

    /// Whether every rule is wanted.
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.skip.is_empty()
    }
}

fn selector(catalog: &Catalog, name: &str) -> Result<Selector, String> {
    if let Some(rule) = catalog.find(name) {
        return Ok(Selector::Rule(rule.name));
    }
    match CATEGORIES.iter().find(|(it, _)| *it == name) {
        Some((_, category)) => Ok(Selector::Category(*category)),
        None => Err(name.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOG: Catalog = Catalog {
        rules: &[
            RuleInfo { on_by_default: true, name: "listener-leak", category: Category::Listener, summary: "", page: "" },
            RuleInfo { on_by_default: true, name: "uncleared-interval", category: Category::Timer, summary: "", page: "" },
        ],
    };

    fn selection(only: &[&str], skip: &[&str]) -> Result<Selection, String> {
        let own = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
        Selection::new(&CATALOG, &own(only), &own(skip))
    }

    #[test]
    fn only_and_skip_take_rules_and_categories() {
        let only = selection(&["timer"], &[]).expect("timer is a category");
        assert!(only.includes("uncleared-interval", Category::Timer));
        assert!(!only.includes("listener-leak", Category::Listener));
        assert!(only.includes("parse-error", Category::Parse));
        let skip = selection(&[], &["listener-leak", "parse"]).expect("both exist");
        assert!(!skip.includes("listener-leak", Category::Listener));
        assert!(!skip.includes("parse-error", Category::Parse));
        assert!(skip.includes("internal-error", Category::Parse));
        assert!(skip.includes("uncleared-interval", Category::Timer));
    }

    #[test]
    fn a_rule_that_is_off_has_to_be_named() {
        const WITH_OFF: Catalog = Catalog {
            rules: &[
                RuleInfo { on_by_default: true, name: "listener-leak", category: Category::Listener, summary: "", page: "" },
                RuleInfo { on_by_default: false, name: "test-state", category: Category::Test, summary: "", page: "" },
            ],
        };
        let select = |only: &[&str]| {
            let only: Vec<String> = only.iter().map(|name| name.to_string()).collect();
            Selection::new(&WITH_OFF, &only, &[]).expect("the names exist")
        };
        assert!(!select(&[]).includes("test-state", Category::Test));
        assert!(!select(&["test"]).includes("test-state", Category::Test));
        let named = select(&["test-state"]);
        assert!(named.includes("test-state", Category::Test) && !named.includes("listener-leak", Category::Listener));
        assert_eq!(named.asked_for(), ["test-state"]);
    }

    #[test]
    fn an_unknown_name_is_refused_and_near_ones_are_offered() {
        assert_eq!(selection(&["listner-leak"], &[]).err().as_deref(), Some("listner-leak"));
        assert_eq!(CATALOG.nearest("listner-leak"), ["listener-leak"]);
        assert!(CATALOG.nearest("zzz").is_empty());
    }

    #[test]
    fn every_category_has_a_name() {
        for (name, category) in CATEGORIES {
            assert_eq!(category_name(*category), *name);
        }
    }
}

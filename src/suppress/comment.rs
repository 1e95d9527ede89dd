//! What one comment that addresses leaklint says.

/// What a suppression comment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    DisableNextLine,
    DisableLine,
    DisableFile,
    Disable,
    Enable,
}

const VERBS: &[(&str, Verb)] = &[
    ("disable-next-line", Verb::DisableNextLine),
    ("disable-line", Verb::DisableLine),
    ("disable-file", Verb::DisableFile),
    ("disable", Verb::Disable),
    ("enable", Verb::Enable),
];

impl Verb {
    pub fn name(self) -> &'static str {
        VERBS.iter().find(|(_, verb)| *verb == self).map_or("", |(name, _)| name)
    }
}

/// `leaklint-VERB RULE[, RULE] -- reason`.
#[derive(Debug, PartialEq, Eq)]
pub struct Words<'a> {
    /// What stands behind `leaklint-`, if it is no verb.
    pub verb: Result<Verb, &'a str>,
    /// Empty: every rule.
    pub rules: Vec<&'a str>,
    pub reason: Option<&'a str>,
}

/// None: prose that mentions leaklint, or a note that is not about suppression.
pub fn read(text: &str) -> Option<Words<'_>> {
    let text = text.trim_start_matches(['*', '!']).trim();
    let rest = text.strip_prefix("leaklint-")?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len());
    // A reason may follow the verb at once: `leaklint-disable--reason`.
    let end = rest.find("--").map_or(end, |dashes| dashes.min(end));
    let (name, rest) = rest.split_at(end);
    let verb = VERBS.iter().find(|(it, _)| *it == name).map(|(_, verb)| *verb).ok_or(name);
    let (rules, reason) = match rest.split_once("--") {
        Some((rules, reason)) => (rules, Some(reason.trim_start_matches('-').trim())),
        None => (rest, None),
    };
    let rules = rules.split(|c: char| c == ',' || c.is_whitespace()).filter(|rule| !rule.is_empty()).collect();
    Some(Words { verb, rules, reason: reason.filter(|reason| !reason.is_empty()) })
}

/// The verb that a mistyped one is nearest to.
pub fn nearest_verb(name: &str) -> Option<&'static str> {
    crate::catalog::nearest(name, VERBS.iter().map(|(name, _)| *name)).first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_a_verb_rules_and_a_reason() {
        let words =
            read(" leaklint-disable-next-line listener-leak, uncleared-interval -- bounded by -- the plugins ").expect("it is addressed");
        assert_eq!(words.verb, Ok(Verb::DisableNextLine));
        assert_eq!(words.rules, ["listener-leak", "uncleared-interval"]);
        assert_eq!(words.reason, Some("bounded by -- the plugins"));
    }

    #[test]
    fn rules_and_reason_may_be_missing() {
        assert_eq!(read("leaklint-disable"), Some(Words { verb: Ok(Verb::Disable), rules: vec![], reason: None }));
        assert_eq!(read("leaklint-enable --"), Some(Words { verb: Ok(Verb::Enable), rules: vec![], reason: None }));
        let glued = read("* leaklint-disable-file--generated").expect("it is addressed");
        assert_eq!((glued.verb, glued.reason), (Ok(Verb::DisableFile), Some("generated")));
    }

    #[test]
    fn prose_is_not_a_suppression() {
        assert_eq!(read(" see leaklint-disable in the docs"), None);
        assert_eq!(read(" @leaklint bounded: one per plugin"), None);
    }

    #[test]
    fn a_mistyped_verb_is_kept_for_the_report() {
        assert_eq!(read("leaklint-disable-nextline x").map(|words| words.verb), Some(Err("disable-nextline")));
        assert_eq!(nearest_verb("disable-nextline"), Some("disable-next-line"));
    }
}

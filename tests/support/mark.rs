//! `//~` marks: what a line of a case says about the findings expected there.

/// A finding, or a related place of one, that starts on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// 1-based line of the file.
    pub line: u32,
    /// A severity (`error`, `warning`, `info`) or a role (`holder`, `caller`, `site`, `release`, `sibling`).
    pub kind: String,
    /// The rule, where it is not the page's own.
    pub rule: Option<String>,
    /// What the message contains.
    pub texts: Vec<String>,
}

pub const SEVERITIES: [&str; 3] = ["error", "warning", "info"];
pub const ROLES: [&str; 5] = ["holder", "caller", "site", "release", "sibling"];
const CHANGES: [&str; 3] = ["drop", "with", "add"];

impl Mark {
    pub fn is_finding(&self) -> bool {
        SEVERITIES.contains(&self.kind.as_str())
    }
}

/// The line without its marks, and the marks; those that only the oracle reads are left out.
pub fn split(line: &str, number: u32) -> Result<(&str, Vec<Mark>), String> {
    let Some((code, marks)) = line.split_once("//~ ") else { return Ok((line, Vec::new())) };
    let mut found = Vec::new();
    for text in marks.split("//~ ").map(str::trim).filter(|text| !text.is_empty()) {
        let (head, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        if CHANGES.contains(&head) {
            continue;
        }
        let (kind, rule) = match head.split_once('[') {
            Some((kind, rule)) => (kind, Some(rule.trim_end_matches(']').to_owned())),
            None => (head, None),
        };
        if !SEVERITIES.contains(&kind) && !ROLES.contains(&kind) {
            return Err(format!("unknown mark `{head}`"));
        }
        found.push(Mark { line: number, kind: kind.to_owned(), rule, texts: quoted(rest)? });
    }
    Ok((code.trim_end(), found))
}

fn quoted(text: &str) -> Result<Vec<String>, String> {
    let parts: Vec<&str> = text.split('"').collect();
    let outside_is_blank = parts.iter().step_by(2).all(|part| part.trim().is_empty());
    if parts.len().is_multiple_of(2) || !outside_is_blank {
        return Err(format!("expected quoted text after the mark, got `{text}`"));
    }
    Ok(parts.into_iter().skip(1).step_by(2).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_marks_stand_on_one_line() {
        let (code, marks) = split("  cache.set(id, row); //~ site \"here\"  //~ drop", 3).expect("the marks are known");
        assert_eq!(code, "  cache.set(id, row);");
        assert_eq!(marks, [Mark { line: 3, kind: "site".into(), rule: None, texts: vec!["here".into()] }]);
    }

    #[test]
    fn a_finding_may_name_another_rule_and_several_texts() {
        let (_, marks) = split("x(); //~ warning[listener-leak] \"one\" \"two\"", 1).expect("the marks are known");
        assert_eq!(marks[0].rule.as_deref(), Some("listener-leak"));
        assert_eq!(marks[0].texts, ["one", "two"]);
        assert!(marks[0].is_finding());
    }

    #[test]
    fn code_for_the_flipped_run_is_no_mark_of_a_finding() {
        let (code, marks) = split("a(); //~ with b(\"x\"); // error", 1).expect("the marks are known");
        assert_eq!((code, marks.len()), ("a();", 0));
    }

    #[test]
    fn a_misspelt_mark_is_refused() {
        assert!(split("a(); //~ eror", 1).is_err());
        assert!(split("a(); //~ error unquoted", 1).is_err());
    }
}

use super::*;
use crate::catalog::RuleInfo;
use crate::diagnostic::Related;

const CATALOG: Catalog = Catalog {
    rules: &[
        RuleInfo { on_by_default: true, name: "grows", category: Category::Collection, summary: "", page: "" },
        RuleInfo { on_by_default: true, name: "ticks", category: Category::Timer, summary: "", page: "" },
    ],
};

/// The comments of a program without strings.
fn comments(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find("/*").into_iter().chain(text[at..].find("//")).min() {
        let start = at + next;
        let is_block = text[start..].starts_with("/*");
        let (close, shut) = if is_block { ("*/", 2) } else { ("\n", 0) };
        let length = text[start + 2..].find(close).unwrap_or(text.len() - start - 2);
        let inner = text[start + 2..start + 2 + length].to_string();
        at = (start + 2 + length + shut).min(text.len());
        found.push(Comment { span: Span::new(start as u32, at as u32), text: inner, is_block });
    }
    found
}

/// A finding of `grows` at each `G`, of `ticks` at each `T`.
fn findings(text: &str) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, c) in text.char_indices() {
        let rule = match c {
            'G' => "grows",
            'T' => "ticks",
            _ => continue,
        };
        let location = Location { path: "a.js".into(), span: Span::new(at as u32, at as u32 + 1) };
        found.push(Diagnostic { category: Category::Collection, ..problem(rule, location, String::new(), None) });
    }
    found
}

fn lint_with(text: &str, incomplete: bool, selection: &Selection) -> Vec<String> {
    let source = SourceText::new(text.as_bytes().to_vec());
    let first = text.find(['G', 'T', ';']).map(|at| at as u32);
    let path: Arc<str> = "a.js".into();
    let read = Suppressions::read(&path, &comments(text), first, &source, incomplete);
    let mut diagnostics = findings(text);
    apply(&mut diagnostics, &mut FxHashMap::from_iter([(path, read)]), &CATALOG, selection);
    diagnostics.sort_by_key(|diagnostic| diagnostic.location.span.start);
    let line = |diagnostic: &Diagnostic| source.line_of(diagnostic.location.span.start);
    diagnostics.iter().filter(|it| it.suppressed.is_none()).map(|it| format!("{}:{}", line(it), it.rule)).collect()
}

fn lint(text: &str) -> Vec<String> {
    lint_with(text, false, &Selection::default())
}

#[test]
fn next_line_holds_for_the_line_behind_the_comment() {
    assert!(lint("// leaklint-disable-next-line grows -- why\nG").is_empty());
    assert!(lint("/* leaklint-disable-next-line grows -- why\n   and more */\nG").is_empty());
    assert_eq!(lint("// leaklint-disable-next-line grows -- why\n\nG"), ["1:unused-suppression", "3:grows"]);
    assert_eq!(lint("// leaklint-disable-next-line grows -- why\nG T\nG"), ["2:ticks", "3:grows"]);
}

#[test]
fn stacked_comments_all_mean_the_line_behind_the_last() {
    assert!(lint("// leaklint-disable-next-line grows -- a\n// leaklint-disable-next-line ticks -- b\nG T").is_empty());
}

#[test]
fn line_holds_for_its_own_line() {
    assert!(lint("G // leaklint-disable-line grows -- why").is_empty());
    assert_eq!(lint("G // leaklint-disable-line grows -- why\r\nG"), ["2:grows"]);
}

#[test]
fn a_block_holds_until_it_is_enabled_again() {
    assert_eq!(lint("/* leaklint-disable grows -- why */ G G\n/* leaklint-enable grows */ G"), ["2:grows"]);
    assert!(lint("/* leaklint-disable grows -- why */\nG\nG").is_empty());
    assert_eq!(lint("G /* leaklint-disable grows -- why */ G"), ["1:grows"]);
}

#[test]
fn enabling_one_rule_ends_a_block_of_all_rules_for_that_rule() {
    assert_eq!(lint("/* leaklint-disable -- why */ G T\n/* leaklint-enable grows */ G T\n/* leaklint-enable */ T"), ["2:grows", "3:ticks"]);
}

#[test]
fn enabling_what_is_not_disabled_is_unused() {
    assert_eq!(lint("/* leaklint-enable grows */ G"), ["1:unused-suppression", "1:grows"]);
}

#[test]
fn file_holds_everywhere_if_it_stands_first() {
    assert!(lint("// licence\n/* leaklint-disable-file grows -- why */\nG\nG").is_empty());
    assert_eq!(lint(";\n/* leaklint-disable-file grows -- why */\nG"), ["2:unused-suppression", "3:grows"]);
}

#[test]
fn without_a_rule_all_are_silenced() {
    assert!(lint("// leaklint-disable-next-line -- why\nG T").is_empty());
}

#[test]
fn a_missing_reason_is_reported_and_the_comment_still_counts() {
    assert_eq!(lint("// leaklint-disable-next-line grows\nG"), ["1:missing-reason"]);
}

#[test]
fn each_rule_of_a_list_must_be_of_use() {
    assert_eq!(lint("// leaklint-disable-next-line grows, ticks -- why\nG"), ["1:unused-suppression"]);
}

#[test]
fn an_unknown_rule_or_form_is_reported() {
    assert_eq!(lint("// leaklint-disable-next-line growz -- why\nG"), ["1:unknown-suppression", "2:grows"]);
    assert_eq!(lint("// leaklint-disable-nxt-line grows -- why\nG"), ["1:unknown-suppression", "2:grows"]);
}

#[test]
fn nothing_is_unused_where_findings_may_be_missing() {
    assert!(lint_with("// leaklint-disable-next-line grows -- why\n;", true, &Selection::default()).is_empty());
    let ticks = Selection::new(&CATALOG, &["ticks".into()], &[]).expect("the rule exists");
    assert!(lint_with("// leaklint-disable-next-line grows -- why\n;", false, &ticks).is_empty());
    assert!(lint_with("// leaklint-disable-next-line -- why\n;", false, &ticks).is_empty());
}

#[test]
fn the_narrowest_comment_is_the_one_that_is_used() {
    let both = "/* leaklint-disable-file grows -- all */\nG // leaklint-disable-line grows -- this\n";
    assert_eq!(lint(both), ["1:unused-suppression"]);
}

#[test]
fn the_holder_and_the_site_count_also_in_another_file() {
    let text = "// leaklint-disable-next-line grows -- one per plugin\nx";
    let source = SourceText::new(text.as_bytes().to_vec());
    let (held, found): (Arc<str>, Arc<str>) = ("holder.js".into(), "site.js".into());
    let read = Suppressions::read(&held, &comments(text), None, &source, false);
    let mut files = FxHashMap::from_iter([(Arc::clone(&held), read)]);
    let place = |path: &Arc<str>, at| Location { path: Arc::clone(path), span: Span::new(at, at + 1) };
    let with_role = |role| {
        let mut diagnostic = findings("G").remove(0);
        diagnostic.location = place(&found, 0);
        diagnostic.related = vec![Related { role, location: place(&held, text.len() as u32 - 1), message: String::new() }];
        diagnostic
    };
    let mut diagnostics = vec![with_role(Role::Caller), with_role(Role::Holder), with_role(Role::Site)];
    apply(&mut diagnostics, &mut files, &CATALOG, &Selection::default());
    let silenced: Vec<bool> = diagnostics.iter().map(|it| it.suppressed.is_some()).collect();
    assert_eq!(silenced, [false, true, true]);
    let reason = diagnostics[1].suppressed.as_ref().and_then(|suppressed| suppressed.reason.as_deref());
    assert_eq!(reason, Some("one per plugin"));
}

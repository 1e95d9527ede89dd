//! Fenced blocks of a page, grouped to cases.

use super::mark::{Mark, split};

/// One program: a lone fence, or all fences with `file=` under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub heading: String,
    /// 1-based line of the first opening fence.
    pub line: u32,
    pub verdict: String,
    /// What the linter lacks to say what the marks say.
    pub pending: Option<String>,
    pub files: Vec<File>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub name: String,
    /// 1-based line of the opening fence: line n of the file is line `line + n` of the page.
    pub line: u32,
    /// Without marks and exercise.
    pub code: String,
    pub marks: Vec<Mark>,
    pub has_exercise: bool,
}

const LANGUAGES: [&str; 8] = ["js", "mjs", "cjs", "ts", "mts", "cts", "jsx", "tsx"];
const VERDICTS: [&str; 5] = ["leak", "clean", "alive", "policy", "unproved"];

/// The cases of a page, or what is wrong with it, each with its line.
pub fn parse(text: &str) -> Result<Vec<Case>, Vec<String>> {
    let mut cases: Vec<(Option<u32>, Case)> = Vec::new();
    let mut errors = Vec::new();
    for fence in fences(text) {
        let line = fence.line;
        if let Err(error) = add(fence, &mut cases) {
            errors.push(format!("line {line}: {error}"));
        }
    }
    if errors.is_empty() {
        Ok(cases.into_iter().map(|(_, case)| case).filter(|case| !case.verdict.is_empty()).collect())
    } else {
        Err(errors)
    }
}

fn add(fence: Fence, cases: &mut Vec<(Option<u32>, Case)>) -> Result<(), String> {
    let info = Info::parse(&fence.info);
    let is_code = LANGUAGES.contains(&info.language.as_str());
    if !is_code && info.file.is_none() {
        return Ok(());
    }
    if fence.heading.is_empty() {
        return Err("a case stands under a heading".into());
    }
    if is_code && !VERDICTS.contains(&info.verdict.as_str()) {
        return Err(format!("unknown verdict `{}`", info.verdict));
    }
    let verdict = if is_code { info.verdict } else { String::new() };
    let pending = info.pending;
    let project = info.file.is_some().then_some(fence.heading_line);
    let file = file(&fence, info.file.unwrap_or_else(|| format!("src/module.{}", info.language)))?;
    let known = cases.iter_mut().find(|(key, _)| project.is_some() && *key == project);
    let Some((_, case)) = known else {
        cases.push((project, Case { heading: fence.heading, line: fence.line, verdict, pending, files: vec![file] }));
        return Ok(());
    };
    if case.files.iter().any(|other| other.name == file.name) {
        return Err(format!("`{}` stands twice under this heading", file.name));
    }
    if case.verdict.is_empty() {
        case.verdict = verdict;
    } else if is_code && case.verdict != verdict {
        return Err("the files of one project have one verdict".into());
    }
    case.pending = case.pending.take().or(pending);
    case.files.push(file);
    Ok(())
}

fn file(fence: &Fence, name: String) -> Result<File, String> {
    let mut code = String::new();
    let mut marks = Vec::new();
    for (number, line) in (1..).zip(&fence.lines) {
        let (text, found) = split(line, number)?;
        code.push_str(text);
        code.push('\n');
        marks.extend(found);
    }
    let exercise = exercise_start(&code);
    if let Some(at) = exercise {
        code.truncate(at);
    }
    Ok(File { name, line: fence.line, code, marks, has_exercise: exercise.is_some() })
}

/// Where the trailing comment begins that holds the exercise.
fn exercise_start(code: &str) -> Option<usize> {
    let at = code.rfind("/*")?;
    let is_exercise = code.get(at + 2..)?.trim_start().starts_with("@oracle") && code.trim_end().ends_with("*/");
    is_exercise.then_some(at)
}

#[derive(Default)]
struct Info {
    language: String,
    verdict: String,
    file: Option<String>,
    pending: Option<String>,
}

impl Info {
    fn parse(text: &str) -> Self {
        let mut info = Self::default();
        let quoted_text_out: String = text.split('"').step_by(2).collect();
        info.pending = text.split_once("pending=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(why, _)| why.to_owned());
        let mut words = quoted_text_out.split_whitespace();
        info.language = words.next().unwrap_or_default().to_owned();
        for word in words {
            match word.split_once('=') {
                Some(("file", name)) => info.file = Some(name.to_owned()),
                Some(_) => {}
                None if info.verdict.is_empty() => info.verdict = word.to_owned(),
                None => {}
            }
        }
        info
    }
}

struct Fence {
    info: String,
    line: u32,
    heading: String,
    heading_line: u32,
    lines: Vec<String>,
}

fn fences(text: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let (mut heading, mut heading_line) = (String::new(), 0);
    let mut open: Option<(String, Fence)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        if let Some((ticks, mut fence)) = open.take() {
            let closes = line.trim().starts_with(&ticks) && line.trim().bytes().all(|byte| byte == b'`');
            if closes {
                found.push(fence);
            } else {
                fence.lines.push(line.to_owned());
                open = Some((ticks, fence));
            }
            continue;
        }
        let level = line.bytes().take_while(|&byte| byte == b'#').count();
        if (1..=6).contains(&level) && line.as_bytes().get(level).is_some_and(u8::is_ascii_whitespace) {
            (heading, heading_line) = (line[level..].trim().to_owned(), number);
        }
        let ticks: String = line.chars().take_while(|&letter| letter == '`').collect();
        if ticks.len() >= 3 {
            let info = line[ticks.len()..].trim().to_owned();
            open = Some((ticks, Fence { info, line: number, heading: heading.clone(), heading_line, lines: Vec::new() }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Case {
        parse(text).expect("the page is well formed").remove(0)
    }

    #[test]
    fn a_fence_is_a_case_with_code_marks_and_exercise_apart() {
        let page =
            "# Map\n\n```js leak why=\"a b\"\nconst m = new Map(); //~ error \"m\"\n\n/* @oracle {}\nfunction exercise(i) {}\n*/\n```\n";
        let case = one(page);
        assert_eq!((case.heading.as_str(), case.line, case.verdict.as_str()), ("Map", 3, "leak"));
        assert_eq!(case.files[0].name, "src/module.js");
        assert_eq!(case.files[0].code, "const m = new Map();\n\n");
        assert_eq!(case.files[0].marks[0].line, 1);
        assert!(case.files[0].has_exercise);
    }

    #[test]
    fn files_under_one_heading_are_one_project() {
        let page = "# A\n```js leak file=src/a.js\na();\n```\n```json file=leaklint.json\n{}\n```\n```ts leak\nb();\n```\n# B\n```js leak file=src/a.js\n```\n";
        let cases = parse(page).expect("the page is well formed");
        let names: Vec<Vec<&str>> = cases.iter().map(|case| case.files.iter().map(|file| file.name.as_str()).collect()).collect();
        assert_eq!(names, [vec!["src/a.js", "leaklint.json"], vec!["src/module.ts"], vec!["src/a.js"]]);
    }

    #[test]
    fn other_languages_are_no_cases() {
        assert_eq!(parse("# A\n```json\n{}\n```\n```sh\nls\n```\n"), Ok(Vec::new()));
    }

    #[test]
    fn a_comment_in_the_middle_is_no_exercise() {
        let case = one("# A\n```js clean\n/* @oracle is a word */\na();\n```\n");
        assert!(!case.files[0].has_exercise);
        assert!(case.files[0].code.contains("a word"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let errors = |text| parse(text).expect_err("the page is malformed");
        assert_eq!(errors("# A\n```js\na();\n```\n"), ["line 2: unknown verdict ``"]);
        assert_eq!(errors("```js leak\na();\n```\n"), ["line 1: a case stands under a heading"]);
        assert_eq!(errors("# A\n```js leak\na(); //~ eror\n```\n"), ["line 2: unknown mark `eror`"]);
        let two = "# A\n```js leak file=a.js\n```\n```js clean file=b.js\n```\n";
        assert_eq!(errors(two), ["line 4: the files of one project have one verdict"]);
    }
}

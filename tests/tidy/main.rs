//! Keeps the house in order: the layers of docs/architecture.md, registration of rules, sizes, and the links of the pages.
//!
//! Every test says all that is wrong at once, and each of its sentences says why the house wants it otherwise.

mod layers;
mod registry;
mod rust;
mod sizes;

use std::path::{Path, PathBuf};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the tree by its path from the root.
fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder with one of these extensions, sorted, as paths from the root with `/`. Nothing that git would not hold.
fn files(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    let mut found: Vec<String> = found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| extensions.iter().any(|extension| it == *extension)))
        .filter_map(|path| Some(path.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/")))
        .collect();
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && name != "node_modules" && name != "target" => collect(&path, found),
            Ok(kind) if kind.is_file() => found.push(path),
            _ => {}
        }
    }
}

/// Fails with every sentence.
fn report(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n{} to put right", wrong.join("\n"), wrong.len());
}

#[test]
fn the_lockfile_stays_small() {
    let packages = read("Cargo.lock").lines().filter(|line| *line == "[[package]]").count();
    assert!(packages <= 220, "{packages} packages in Cargo.lock, more than 220: every one is compiled, audited and kept by everybody");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut pages = vec!["README.md".to_owned(), "CHANGELOG.md".to_owned()];
    pages.extend(["docs", "fixtures", "rules"].iter().flat_map(|folder| files(folder, &["md"])));
    for page in pages {
        let folder = Path::new(&page).parent().unwrap_or(Path::new("")).to_path_buf();
        for target in links(&read(&page)) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !root().join(&folder).join(path).exists() {
                wrong.push(format!("{page}: `{target}` does not exist; a reader who follows it is lost"));
            }
        }
    }
    report(&wrong);
}

/// The targets of a page's links to other files; what stands in a fence or in code is no link.
fn links(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let prose: String = if fenced { String::new() } else { line.split('`').step_by(2).collect::<Vec<_>>().join("code") };
        let targets = prose.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()));
        found.extend(targets.filter(|target| !target.contains("://")));
    }
    found
}

#[test]
fn links_are_read_outside_of_code_only() {
    let page = "[a](b.md) and [`c`](d/e.md#f), `x[i](y)`, [web](https://example.org)\n```js\n[g](h)\n```\n";
    assert_eq!(links(page), ["b.md", "d/e.md#f"]);
}

//! Scans and links the files of a folder as a run does, and prints what was found and how long each part took: `cargo bench --bench links -- FOLDER`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use leaklint::resolve::{ProjectFiles, Specifiers, specifiers};
use leaklint::walk::{WalkOptions, skip_by_content, walk};

fn main() {
    let Some(folder) = std::env::args().nth(1).filter(|it| !it.starts_with('-')) else { return };
    let cwd = PathBuf::from(folder).canonicalize().expect("a folder");
    let options = WalkOptions { cwd: cwd.clone(), threads: 2, no_ignore: false, ignore_patterns: Vec::new() };
    let walked = walk(&[".".into()], &options).expect("no patterns");
    let texts: Vec<(Arc<str>, String)> = walked
        .files
        .iter()
        .filter_map(|file| Some((Arc::clone(&file.path), file.origin.read(&cwd, &file.path).ok()?)))
        .filter(|(_, bytes)| skip_by_content(bytes).is_none())
        .map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()))
        .collect();
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();

    let begun = Instant::now();
    let files: Vec<(Arc<str>, Specifiers)> = texts.iter().map(|(path, text)| (Arc::clone(path), specifiers(text))).collect();
    let scanned = begun.elapsed();
    println!("{} files, {} KiB, scanned in {scanned:?} ({:.2} GB/s)", files.len(), bytes >> 10, bytes as f64 / scanned.as_secs_f64() / 1e9);

    let written = files.clone();
    let begun = Instant::now();
    let project = ProjectFiles::new(&cwd, files);
    if let Some((file, _)) = written.first() {
        project.importers(file);
    }
    println!("index of importers: {:?}", begun.elapsed());

    let begun = Instant::now();
    let (mut relative, mut linked, mut named) = (0, 0, 0);
    let show = std::env::args().any(|it| it == "--unresolved");
    for (file, specifiers) in &written {
        for specifier in specifiers.iter() {
            let found = project.resolve(file, specifier);
            let is_relative = specifier.starts_with('.');
            relative += usize::from(is_relative);
            linked += usize::from(is_relative && found.is_some());
            named += usize::from(!is_relative && found.is_some());
            if found.is_none() && show {
                println!("  {file}: {specifier}");
            }
        }
    }
    let (counts, resolved_in) = (project.counts(), begun.elapsed());
    println!(
        "{} specifiers, {relative} relative; {linked} relative and {named} others mean a file of the tree; {resolved_in:?}",
        counts.seen
    );

    let begun = Instant::now();
    let found: usize = written.iter().map(|(file, _)| project.importers(file).len()).sum();
    println!("importers of every file: {found} in {:?}", begun.elapsed());
    assert_eq!(found, linked + named, "what resolves is found on the way back");
}

//! Facts stay small, in the encoding (postcard) that a cache would keep them in: at most a tenth of ordinary source.
//!
//! The fixtures are anything but ordinary (a leak every few lines): there it is nearly half.
//! `FACTS_FOLDER=folder cargo test --release --test facts_size -- --nocapture` measures another folder.

use std::path::PathBuf;

use leaklint::model::Model;
use leaklint::model::apis::Apis;
use leaklint::syntax::lower;
use leaklint::text::SourceText;
use leaklint::walk::{WalkOptions, skip_by_content, walk};

#[test]
fn facts_are_much_smaller_than_the_source() {
    let cwd = std::env::current_dir().expect("a folder");
    let (folder, percent) = match std::env::var("FACTS_FOLDER") {
        Ok(folder) => (folder, 10),
        Err(_) => ("fixtures".to_owned(), 47),
    };
    let options = WalkOptions { cwd: cwd.clone(), threads: 1, no_ignore: false, ignore_patterns: Vec::new() };
    let files = walk(&[PathBuf::from(&folder)], &options).expect("the folder can be read").files;
    let apis = Apis::built_in().expect("the tables are well formed");
    let (mut source_bytes, mut facts_bytes, mut json_bytes) = (0, 0, 0);
    for file in files {
        let Ok(bytes) = file.origin.read(&cwd, &file.path) else { continue };
        if skip_by_content(&bytes).is_some() {
            continue;
        }
        let source = SourceText::new(bytes);
        let Ok(parsed) = lower(&file.path, &source) else { continue };
        let facts = Model::new(&parsed.ir, &apis, &source).facts();
        let encoded = postcard::to_allocvec(&facts).expect("facts are serialisable");
        source_bytes += source.text().len();
        facts_bytes += encoded.len();
        json_bytes += serde_json::to_vec(&facts).expect("facts are serialisable").len();
    }
    let share = |bytes: usize| 100.0 * bytes as f64 / source_bytes as f64;
    println!("{source_bytes} bytes of source: {facts_bytes} of facts ({:.1} %), as JSON {:.1} %", share(facts_bytes), share(json_bytes));
    assert!(facts_bytes * 100 <= source_bytes * percent, "{facts_bytes} bytes of facts for {source_bytes} bytes of {folder}");
}

//! Measures leaklint on real code: `cargo xtask help`. docs/accuracy.md says what the figures mean.

#[allow(dead_code, reason = "the sentences of the pages are for tests/accuracy.rs")]
mod figures;
mod linter;
mod matching;
mod pairs;
mod places;
mod rows;
mod sample;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use linter::Linter;

const USAGE: &str = "\
cargo xtask accuracy [--only ID] [--cache DIR]   published leaks and their fixes: benches/accuracy/pairs.jsonl -> pairs.txt (fetches from the npm registry)
cargo xtask places --checkouts DIR [--set SET]   labelled places of applications: places.jsonl -> places.txt
cargo xtask draw --seed N [--high N] [--medium N] [--name SAMPLE] [--version COMMIT] FOLDER...
                                                 a random sample of alerts, as rows without a verdict, on stdout; the sample itself on stderr
cargo xtask import --sample NAME --commits FILE [--alerts FILE] VERDICTS...
                                                 adds verdicts to verdicts.jsonl
cargo xtask shown --checkouts DIR                which alerts with a verdict this version still shows, and at what confidence
cargo xtask precision                            how many alerts were real: per sample, confidence and rule

--bin PATH measures another build instead of this one; --dry-run writes no results. Folders below DIR are named OWNER+NAME or OWNER+NAME@COMMIT.
";

type Outcome<T> = Result<T, Box<dyn Error>>;

/// What follows the command: `--name value`, flags and the rest.
pub struct Arguments {
    options: Vec<(String, String)>,
    pub rest: Vec<String>,
}

const FLAGS: &[&str] = &["--dry-run"];

impl Arguments {
    fn new(words: impl Iterator<Item = String>) -> Outcome<Self> {
        let (mut options, mut rest) = (Vec::new(), Vec::new());
        let mut words = words.peekable();
        while let Some(word) = words.next() {
            if FLAGS.contains(&word.as_str()) {
                options.push((word, String::new()));
            } else if word.starts_with("--") {
                let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
                options.push((word, value));
            } else {
                rest.push(word);
            }
        }
        Ok(Self { options, rest })
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn needs(&self, name: &str) -> Outcome<&str> {
        self.get(name).ok_or_else(|| format!("{name} is missing; see `cargo xtask help`").into())
    }
}

/// `benches/accuracy/NAME`.
pub fn manifest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/accuracy").join(name)
}

fn run() -> Outcome<()> {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let arguments = Arguments::new(words)?;
    let linter = || Linter::new(arguments.get("--bin"));
    match command.as_str() {
        "accuracy" => pairs::run(&arguments, &linter()?),
        "places" => places::run(&arguments, &linter()?),
        "draw" => sample::draw(&arguments, &linter()?),
        "import" => sample::import(&arguments),
        "shown" => sample::shown(&arguments, &linter()?),
        "precision" => sample::print(),
        _ => {
            print!("{USAGE}");
            Ok(())
        }
    }
}

fn main() -> ExitCode {
    leaklint::pipeline::workers::catch_panics_quietly();
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

//! The command line, from the outside.
//!
//! Most tests run the real binary. Where findings are needed that no rule decides, they run the same command line in this process, over an analysis
//! that calls each `LEAK` a leak (see `words.rs`).

mod comments;
mod components;
mod exit_codes;
mod files;
mod floors;
mod formats;
mod partial;
mod schema;
mod words;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// A folder of files, and what leaklint says about it.
pub struct Project(tempfile::TempDir);

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// The report, if it is JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// `path:line:column rule` of each finding of a JSON report.
    pub fn findings(&self) -> Vec<String> {
        let report = self.json();
        let one = |it: &serde_json::Value| {
            let start = &it["range"]["start"];
            format!("{}:{}:{} {}", text(&it["path"]), start["line"], start["column"], text(&it["rule"]))
        };
        report["diagnostics"].as_array().expect("a list").iter().map(one).collect()
    }
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().expect("a text")
}

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().expect("a temporary folder"));
        for (path, text) in files {
            project.write(path, text.as_bytes());
        }
        project
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        let full = self.path().join(path);
        fs::create_dir_all(full.parent().expect("a file has a folder")).expect("a folder");
        fs::write(full, bytes).expect("a file");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("the file is there")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command
    }

    /// Runs the real binary.
    pub fn leaklint(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments).stdin(Stdio::null()).output().expect("the binary runs"))
    }

    /// Runs the real binary with something on standard input.
    pub fn leaklint_on(&self, input: &[u8], arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        // It may refuse its arguments before it reads.
        let _ = child.stdin.take().expect("a pipe").write_all(input);
        ended(child.wait_with_output().expect("the binary ends"))
    }
}

fn ended(output: std::process::Output) -> Ended {
    let text = |bytes| String::from_utf8(bytes).expect("it prints UTF-8");
    Ended { code: output.status.code().expect("it ends by itself"), out: text(output.stdout), err: text(output.stderr) }
}

/// UTF-16: a file that every build reports, whatever its rules.
pub const UNDECODABLE: &[u8] = b"\xFF\xFEl\0e\0t\0";

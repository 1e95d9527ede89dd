//! How long the steps of a run take.

use std::time::{Duration, Instant};

use crate::resolve::Counts;

/// A moment of a run.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    at: Instant,
    cpu: Option<Duration>,
}

/// What a step of a run took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub wall: Duration,
    /// Of all threads, in steps of 10 ms; Linux alone tells it.
    pub cpu: Option<Duration>,
}

/// How long the parts of a run took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    pub analyse: Spent,
    /// Rules over the facts of each file by itself.
    pub judge: Spent,
    /// In view of the other files.
    pub again: Spent,
    pub second_look: SecondLook,
    pub finish: Spent,
}

/// What the second look had to do.
#[derive(Debug, Clone, Copy, Default)]
pub struct SecondLook {
    /// Files of which others may have something to say.
    pub asked_about: u64,
    /// Those of them that were judged again, as others had.
    pub judged: u64,
    /// Parses, of files that were judged and of those that use them.
    pub parses: u64,
    /// Source that was parsed for that, in bytes.
    pub parsed: u64,
    /// Files that were parsed only to see what they do with others.
    pub linked: u64,
    pub specifiers: Counts,
}

impl Moment {
    pub fn now() -> Self {
        Self { at: Instant::now(), cpu: cpu() }
    }

    /// What was spent since then.
    pub fn spent(self) -> Spent {
        let cpu = self.cpu.zip(cpu()).map(|(then, now)| now.saturating_sub(then));
        Spent { wall: self.at.elapsed(), cpu }
    }
}

/// User and system time of the process.
fn cpu() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold blanks and brackets.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    // A tick is what Linux shows to programs: a hundredth of a second on every architecture that Rust supports.
    Some(Duration::from_millis((user + system) * 10))
}

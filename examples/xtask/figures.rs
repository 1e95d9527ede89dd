//! Precision from verdicts. `tests/accuracy.rs` holds the pages and the SARIF catalog to what this computes.

use std::collections::BTreeMap;

use crate::rows::{Judged, Sample, Sure, Verdict};

/// With fewer alerts read than this, a rule's precision is not stated.
pub const FEWEST: usize = 10;

/// Verdicts counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub real: usize,
    pub small: usize,
    pub false_alarms: usize,
    pub unclear: usize,
}

impl Tally {
    pub fn of<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            *match verdict.verdict {
                Judged::Real => &mut tally.real,
                Judged::Small => &mut tally.small,
                Judged::False => &mut tally.false_alarms,
                Judged::Unclear => &mut tally.unclear,
            } += 1;
        }
        tally
    }

    /// What could not be told is not counted on either side.
    pub fn judged(&self) -> usize {
        self.real + self.small + self.false_alarms
    }

    /// What really grows.
    pub fn right(&self) -> usize {
        self.real + self.small
    }

    pub fn precision(&self) -> f64 {
        self.right() as f64 / self.judged().max(1) as f64
    }

    /// As GitHub's code scanning orders rules; `None` where too little was read. docs/accuracy.md gives the reasons for the bounds.
    pub fn grade(&self) -> Option<&'static str> {
        let (lower, _) = wilson(self.right(), self.judged());
        let precision = self.precision();
        (self.judged() >= FEWEST).then_some(if precision >= 0.9 && lower >= 0.7 {
            "very-high"
        } else if precision >= 0.8 && lower >= 0.5 {
            "high"
        } else if precision >= 0.5 {
            "medium"
        } else {
            "low"
        })
    }
}

/// The interval that holds the true share with 95 % certainty (Wilson's, which also holds for few and for extreme counts).
pub fn wilson(hits: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (z, n) = (1.96_f64, of as f64);
    let share = hits as f64 / n;
    let middle = share + z * z / (2.0 * n);
    let spread = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    (((middle - spread) / scale).max(0.0), ((middle + spread) / scale).min(1.0))
}

pub fn is_shown(verdict: &Verdict) -> bool {
    verdict.confidence != Sure::Low
}

/// What is stated of each rule: verdicts of samples that were not used to mend leaklint, at default confidence.
pub fn per_rule<'a>(verdicts: &'a [Verdict], samples: &[Sample]) -> BTreeMap<&'a str, Tally> {
    let counts = |verdict: &&Verdict| is_shown(verdict) && samples.iter().any(|it| it.sample == verdict.sample && !it.used_to_mend);
    let rules: Vec<&Verdict> = verdicts.iter().filter(counts).collect();
    let names: BTreeMap<&str, Tally> = rules.iter().map(|it| (it.rule.as_str(), Tally::default())).collect();
    names.into_keys().map(|rule| (rule, Tally::of(rules.iter().copied().filter(|it| it.rule == rule)))).collect()
}

/// What a rule's page says of it.
pub fn sentence(tally: Tally) -> String {
    let (right, judged) = (tally.right(), tally.judged());
    let unclear = match tally.unclear {
        0 => String::new(),
        1 => ", and 1 could not be told".to_owned(),
        more => format!(", and {more} could not be told"),
    };
    if judged < FEWEST {
        let read = if judged == 0 {
            "none of its alerts was drawn".to_owned()
        } else {
            format!("{judged} of its alerts were drawn, of which {right} were right")
        };
        let read = if judged == 1 {
            format!("1 of its alerts was drawn, and it was {}", if right == 1 { "right" } else { "false" })
        } else {
            read
        };
        return format!("Measured on code that nobody had read before: {read}{unclear}, too few to say how often it is right.");
    }
    let (lower, upper) = wilson(right, judged);
    format!(
        "Measured on code that nobody had read before: {right} of {judged} read alerts were right ({:.0} %; with 95 % certainty {:.0} to {:.0} %); {} of them are worth fixing, {} small{unclear}.",
        100.0 * tally.precision(),
        100.0 * lower,
        100.0 * upper,
        tally.real,
        tally.small
    )
}

/// The rows of docs/accuracy.md about one sample: all of it, and by confidence.
pub fn page_rows(sample: &Sample, verdicts: &[Verdict]) -> Vec<String> {
    let of = |confidence: Option<Sure>| {
        Tally::of(verdicts.iter().filter(|it| it.sample == sample.sample && confidence.is_none_or(|wanted| it.confidence == wanted)))
    };
    let mended = if sample.used_to_mend { ", then used to mend" } else { "" };
    let first = format!("{}: {} repositories, version {}{mended}", sample.sample, sample.repositories, sample.version);
    let rows = [(first, None), ("at `high`".to_owned(), Some(Sure::High)), ("at `medium`".to_owned(), Some(Sure::Medium))];
    rows.into_iter()
        .map(|(name, confidence)| {
            let tally = of(confidence);
            let (lower, upper) = wilson(tally.right(), tally.judged());
            let right = format!("{:.0} % ({:.0} to {:.0} %)", 100.0 * tally.precision(), 100.0 * lower, 100.0 * upper);
            format!(
                "| {name} | {} | {} | {} | {} | {} | {right} |",
                tally.judged(),
                tally.real,
                tally.small,
                tally.false_alarms,
                tally.unclear
            )
        })
        .collect()
}

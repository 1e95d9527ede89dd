//! Findings made by hand, for the tests of the formats.

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::catalog::RuleInfo;
use crate::diagnostic::{Applicability, Category, Confidence, Edit, Fix, Holder, Lifetime, Related, Role, Suppressed};
use crate::text::Span;
use crate::texts::{Known, hash};
use crate::walk::{Origin, SkipReason};

pub const CATALOG: Catalog = Catalog {
    rules: &[RuleInfo {
        on_by_default: true,
        name: "unbounded-collection",
        category: Category::Collection,
        summary: "A long-lived collection that only grows.",
        page: "# unbounded-collection\n\nA long-lived collection that only grows.\n",
    }],
};

pub struct Sample {
    pub diagnostics: Vec<Diagnostic>,
    pub texts: Texts,
    pub summary: Summary,
    pub show_suppressed: bool,
    pub prefix: &'static str,
}

impl Sample {
    pub fn new(files: &[(&str, &str)], diagnostics: Vec<Diagnostic>) -> Self {
        let mut texts = Texts::new(Path::new("/nowhere"));
        for (path, text) in files {
            let bytes: Arc<[u8]> = text.as_bytes().into();
            texts.know((*path).into(), Known { hash: hash(&bytes), origin: Origin::Buffer(bytes) });
        }
        let skipped = Skipped::from([(SkipReason::Minified, 2), (SkipReason::Large, 1)]);
        let summary = Summary { files: 2, skipped, lines: 1234, errors: 1, elapsed_ms: 9, ..Summary::default() };
        Self { diagnostics, texts, summary, show_suppressed: false, prefix: "" }
    }

    pub fn print(&self, report: &dyn Report) -> String {
        let findings = Findings {
            diagnostics: &self.diagnostics,
            summary: &self.summary,
            catalog: &CATALOG,
            show_suppressed: self.show_suppressed,
            prefix: self.prefix,
            color: false,
        };
        let mut out = Vec::new();
        report.write(&findings, &mut self.texts.clone(), &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("reports are UTF-8")
    }

    /// Gives the first finding's file another name.
    pub fn rename(&mut self, to: &str) {
        let bytes: Arc<[u8]> = USERS.as_bytes().into();
        self.texts.know(to.into(), Known { hash: hash(&bytes), origin: Origin::Buffer(bytes) });
        self.diagnostics[0].location.path = to.into();
    }
}

pub const USERS: &str = "const cache = new Map();\n\nexport function getUser(id) {\n  if (!cache.has(id)) cache.set(id, fetchUserFromDb(id));\n  return cache.get(id);\n}\n";
pub const SERVER: &str = "app.get('/users/:id', (req, res) => res.json(getUser(req.params.id)));\n";

/// The first place of `part` in a text.
pub fn place(path: &str, text: &str, part: &str) -> Location {
    let start = text.find(part).expect("the text holds the part") as u32;
    Location { path: path.into(), span: Span::new(start, start + part.len() as u32) }
}

pub fn bare(rule: &'static str, category: Category, location: Location, message: &str) -> Diagnostic {
    Diagnostic {
        rule,
        category,
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        message: message.into(),
        location,
        holder: None,
        related: vec![],
        notes: vec![],
        help: None,
        fixes: vec![],
        fingerprint: "00000000deadbeef".into(),
        suppressed: None,
        copies: Vec::new(),
        copy_of: None,
    }
}

/// The mission's own leak, over two files.
pub fn retainer_chain() -> Sample {
    let here = |part| place("src/users.js", USERS, part);
    let related = |role, location, message: &str| Related { role, location, message: message.into() };
    let fix = Fix {
        applicability: Applicability::Unsafe,
        message: "bound it with an LRU".into(),
        edits: vec![Edit { location: here("new Map()"), text: "new LRUCache({ max: 10_000 })".into() }],
    };
    let mut diagnostic =
        bare("unbounded-collection", Category::Collection, here("cache"), "`cache` gets one entry per `id` and nothing ever removes one");
    diagnostic.severity = Severity::Error;
    diagnostic.confidence = Confidence::High;
    diagnostic.holder = Some(Holder { name: "cache".into(), lifetime: Lifetime::Process });
    diagnostic.related = vec![
        related(Role::Holder, here("cache"), "lives as long as the process: module scope"),
        related(Role::Caller, place("src/server.js", SERVER, "getUser(req.params.id)"), "called for every request"),
        related(Role::Site, here("cache.set(id, fetchUserFromDb(id))"), "adds an entry; `id` comes from `req.params`"),
    ];
    diagnostic.notes = vec!["searched: 3 uses in 2 files: no delete, clear, size check or re-assignment".into()];
    diagnostic.help = Some("bound it with an LRU".into());
    diagnostic.fixes = vec![fix];
    Sample::new(&[("src/users.js", USERS), ("src/server.js", SERVER)], vec![diagnostic])
}

pub fn suppressed() -> Sample {
    let mut sample = retainer_chain();
    let location = place("src/users.js", USERS, "export");
    sample.diagnostics[0].suppressed = Some(Suppressed { reason: Some("one entry per plugin".into()), location });
    sample
}

pub fn wide_line() -> Sample {
    let text = "const s = \"日本語 😀\"; setInterval(f, 1);\n";
    let location = place("wide.js", text, "setInterval");
    Sample::new(&[("wide.js", text)], vec![bare("parse-error", Category::Parse, location, "here")])
}

pub fn byte_order_mark() -> Sample {
    let text = "\u{FEFF}let a;\n";
    let location = place("bom.js", text, "a");
    Sample::new(&[("bom.js", text)], vec![bare("parse-error", Category::Parse, location, "here")])
}

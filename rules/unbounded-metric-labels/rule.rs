//! A metric whose label takes what requests bring: one series for each value.

use crate::diagnostic::{Category, Confidence, Holder, Lifetime, Role};
use crate::model::context::ContextKind;
use crate::model::facts::{Misuse, MisuseKind};
use crate::prefilter::Need;
use crate::project::FileKind;
use crate::rule::{Check, File, Finding, Rule, Sink, SuggestedFix, words};

pub const RULE: Rule = Rule {
    name: "unbounded-metric-labels",
    category: Category::Collection,
    summary: "a metric's label that takes URLs, ids or addresses: one series for each value",
    page: include_str!("README.md"),
    kinds: &[FileKind::Source],
    needs: &[Need::Metrics],
    on_by_default: true,
    check: Check::Misuse(check),
};

fn check(_: &File<'_>, misuse: &Misuse, sink: &mut Sink<'_>) {
    let Some(key) = &misuse.key else { return };
    let message = match &misuse.what {
        MisuseKind::Label(label) => format!("`{}` keeps one series for each `{}`, in the label `{label}`", misuse.holder, key.text),
        MisuseKind::MetricName => format!("{} keeps one metric for each `{}`, under a name of its own", misuse.holder, key.text),
        _ => return,
    };
    let confidence = match misuse.context.kind {
        ContextKind::Repeated => Confidence::High,
        ContextKind::Unknown => Confidence::Medium,
        _ => return,
    };
    let mut finding = Finding::new(confidence, misuse.span, message, &misuse.scope, misuse.statement_hash);
    finding.holder = Some(Holder { name: misuse.holder.clone(), lifetime: Lifetime::Process });
    if let Some(span) = misuse.holder_span {
        finding.link(Role::Holder, span, "keeps every series that it was ever given");
    }
    finding.reached_by(&misuse.context);
    finding.link(Role::Site, misuse.span, words::key(key));
    let help = match &misuse.what {
        MisuseKind::MetricName => {
            "make one metric when the program starts, and label it with what the program fixes (`req.route.path`, the method)"
        }
        _ => "label it with what the program fixes: the route's pattern (`req.route.path`), the method, the class of the status",
    };
    finding.help = Some(help.to_owned());
    finding.fixes.push(SuggestedFix::manual(help));
    sink.report(finding);
}

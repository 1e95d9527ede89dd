//! Metrics that requests make grow: a series for each value of a label, a metric for each name.

use super::Model;
use super::access::Access;
use super::context::Region;
use super::index::written_value;
use super::ir::{BinaryOp, BindingKind, ExprId, ExprKind, Imported, Ir, PropKey};
use super::misuse::{Misuse, MisuseKind};
use super::place::Place;
use super::provenance::{Domain, Provenance, Source};

/// Names and texts within texts that are looked through.
const PARTS: u32 = 4;

impl Model<'_> {
    pub(super) fn metric_label(&self, call: ExprId) -> Option<Misuse> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let object = self.metric_called(callee)?;
        let metric = self.place(object)?;
        let by_origin = match self.is_metric(metric) {
            true => false,
            false => !self.is_metric_of_other_file(object)?,
        };
        let labels: Vec<(String, ExprId)> = self.ir.list(args).iter().flat_map(|&arg| self.labels(arg)).collect();
        let (name, value) = labels.into_iter().find(|&(_, value)| self.never_repeats(value, PARTS))?;
        Some(Misuse {
            key: Some(self.provenance(value)),
            by_origin,
            holder_span: self.declared_at(metric),
            ..self.misuse(call, MisuseKind::Label(name), self.place_text(metric), Region::Function(Ir::MODULE))
        })
    }

    /// The metric whose method a call is of, or that gave the function which is called: `const end = latency.startTimer(); end({ path })`.
    pub(super) fn metric_called(&self, callee: ExprId) -> Option<ExprId> {
        let metrics = &self.apis.metrics;
        match self.ir.kind(callee) {
            ExprKind::Member { object, property, .. } => metrics.methods.iter().any(|it| it == self.ir.name(property)).then_some(object),
            ExprKind::Ident(_) => {
                let [write] = self.uses.writes(self.ir.binding_of(callee)?) else { return None };
                let ExprKind::Call { callee: made, .. } = self.ir.kind(written_value(self.ir, *write)?) else { return None };
                let ExprKind::Member { object, property, .. } = self.ir.kind(made) else { return None };
                metrics.timers.contains(self.ir.name(property)).then_some(object)
            }
            _ => None,
        }
    }

    fn labels(&self, argument: ExprId) -> Vec<(String, ExprId)> {
        match self.ir.kind(argument) {
            ExprKind::Object { props, .. } => {
                let named = self.ir.prop_list(props).iter().filter_map(|prop| match prop.key {
                    PropKey::Name(name) => Some((self.ir.name(name).to_owned(), prop.value)),
                    _ => None,
                });
                named.collect()
            }
            ExprKind::Member { property, .. } => vec![(self.ir.name(property).to_owned(), argument)],
            // `hits.labels(method, path)`, and `const labels = { path }; hits.inc(labels)`.
            ExprKind::Ident(_) => {
                let writes = self.ir.binding_of(argument).map_or(&[] as &[ExprId], |binding| self.uses.writes(binding));
                match writes {
                    [write] => match written_value(self.ir, *write) {
                        Some(object) if matches!(self.ir.kind(object), ExprKind::Object { .. }) => self.labels(object),
                        _ => vec![(self.expr_text(argument), argument)],
                    },
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// `new Counter({ name: `hits_${req.params.page}` })`: the registry keeps a metric for each name.
    pub(super) fn named_metric(&self, call: ExprId) -> Option<Misuse> {
        let ExprKind::New { callee, args } = self.ir.kind(call) else { return None };
        let options = *self.ir.list(args).first()?;
        // `registers: []` keeps it out of the registry of all.
        if !self.is_metric_class(callee) || self.option(options, "registers").is_some() {
            return None;
        }
        let chosen = self.chosen_part(self.option(options, "name")?, PARTS)?;
        let holder = "the registry of metrics".to_owned();
        Some(Misuse { key: Some(chosen), ..self.misuse(call, MisuseKind::MetricName, holder, Region::Function(Ir::MODULE)) })
    }

    /// The part of a text that whoever sends a request chooses.
    fn chosen_part(&self, text: ExprId, depth: u32) -> Option<Provenance> {
        let depth = depth.checked_sub(1)?;
        let parts = match self.ir.kind(text) {
            ExprKind::Template(parts) => self.ir.list(parts).to_vec(),
            ExprKind::Binary(BinaryOp::Add, left, right) => vec![left, right],
            ExprKind::Ident(_) => match self.uses.writes(self.ir.binding_of(text)?) {
                [write] => vec![written_value(self.ir, *write)?],
                _ => return None,
            },
            _ => {
                let found = self.provenance(text);
                return (found.domain == Domain::Unbounded && matches!(found.source, Source::Request(_))).then_some(found);
            }
        };
        parts.into_iter().find_map(|part| self.chosen_part(part, depth))
    }

    /// A value that whoever sends a request chooses: `req.url`, not `req.method`; also by a name, and as a part of a text.
    fn never_repeats(&self, value: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        let (object, property) = match self.ir.kind(value) {
            ExprKind::Member { object, property, .. } => (object, property),
            ExprKind::Template(parts) => return self.ir.list(parts).iter().any(|&part| self.never_repeats(part, depth)),
            ExprKind::Binary(BinaryOp::Add, left, right) => return self.never_repeats(left, depth) || self.never_repeats(right, depth),
            ExprKind::Ident(_) => {
                let writes = self.ir.binding_of(value).map_or(&[] as &[ExprId], |binding| self.uses.writes(binding));
                return matches!(writes, [write] if written_value(self.ir, *write).is_some_and(|value| self.never_repeats(value, depth)));
            }
            _ => return false,
        };
        // `req.route.path` is the pattern, which the program fixes.
        if matches!(self.ir.kind(object), ExprKind::Member { property, .. } if self.ir.name(property) == "route") {
            return false;
        }
        let key = self.provenance(value);
        self.apis.metrics.values.contains(self.ir.name(property))
            && key.domain == Domain::Unbounded
            && matches!(key.source, Source::Request(_))
    }

    /// Whether the file that offers it says that it is one; false if nobody tells, none if it is something else.
    fn is_metric_of_other_file(&self, object: ExprId) -> Option<bool> {
        let (module, path) = self.imported(object)?;
        let metrics = &self.apis.metrics;
        let Some(origin) = self.origin(module, &path) else { return Some(false) };
        let is_class = matches!(origin.path.as_slice(), [.., Access::Member(class), Access::Instance] if metrics.classes.contains(class));
        (metrics.modules.contains(&origin.module) && is_class).then_some(true)
    }

    /// `new Counter(...)` of a module that keeps a series for each set of labels.
    fn is_metric(&self, place: Place) -> bool {
        self.initial_values(place)
            .iter()
            .any(|&value| matches!(self.ir.kind(value), ExprKind::New { callee, .. } if self.is_metric_class(callee)))
    }

    fn is_metric_class(&self, callee: ExprId) -> bool {
        let metrics = &self.apis.metrics;
        let of_module = |binding| self.module_of(binding).is_some_and(|module| metrics.modules.contains(module));
        match self.ir.kind(callee) {
            ExprKind::Member { object, property, .. } => {
                self.ir.binding_of(object).is_some_and(of_module) && metrics.classes.contains(self.ir.name(property))
            }
            ExprKind::Ident(_) => self.ir.binding_of(callee).is_some_and(|binding| {
                let imported = match self.ir[binding].kind {
                    BindingKind::Import(import) => match self.ir[import].imported {
                        Imported::Named(name) => self.ir.name(name),
                        _ => return false,
                    },
                    _ => self.ir.name(self.ir[binding].name),
                };
                of_module(binding) && metrics.classes.contains(imported)
            }),
            _ => false,
        }
    }
}

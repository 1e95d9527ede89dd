//! What defeats a collection or a cache by the way it is used: entries beside a Map's own, values that keep what should be collected,
//! modules that are loaded anew, labels that never repeat.

use serde::{Deserialize, Serialize};

use super::Model;
use super::context::{Context, Region};
use super::facts::Life;
use super::ir::{BinaryOp, BindingKind, ExprId, ExprKind, Ir, UnaryOp};
use super::place::{Place, Root, Step};
use super::provenance::{Domain, Provenance, Source};
use super::vocabulary::MISUSED;
use crate::text::Span;

/// One place at which something is used against what it is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Misuse {
    pub span: Span,
    pub statement_hash: u64,
    pub scope: String,
    pub function: String,
    /// What holds on to the values: `cache`, `require.cache`.
    pub holder: String,
    pub holder_span: Option<Span>,
    pub life: Option<Life>,
    pub what: MisuseKind,
    pub key: Option<Provenance>,
    pub context: Context,
    /// Only if what another file offers is a metric; nobody told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_origin: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MisuseKind {
    /// `map[key] = value` of this class: a property, which none of its methods sees.
    Property(String),
    /// This class is made where the type says that it is its weak counterpart.
    StrongForWeak(String),
    /// What a `FinalizationRegistry` holds for this target reaches the target.
    HeldTarget(String),
    /// A module under a name that is new each time.
    FreshImport,
    /// `delete require.cache[id]`, and the module stays among its parent's children.
    /// `given`: whoever calls the function says which module.
    Uncached { given: bool },
    /// A label of a metric; its name.
    Label(String),
    /// A metric under a name that requests choose.
    MetricName,
}

impl Model<'_> {
    pub fn misuses(&self) -> Vec<Misuse> {
        let mut found = Vec::new();
        let may_be_one = |write: ExprId| match self.ir.kind(write) {
            ExprKind::Assign { target, .. } => matches!(self.ir.kind(target), ExprKind::Index { .. }),
            kind => matches!(kind, ExprKind::Unary(..)),
        };
        for &write in self.uses.member_writes.iter().filter(|&&write| may_be_one(write)) {
            let misuse = self.focused(Some(self.ir.span(write)), || self.map_property(write).or_else(|| self.uncached(write)));
            found.extend(misuse);
        }
        let calls = if self.meanings.any(MISUSED) { self.uses.calls.as_slice() } else { &[] };
        for &call in calls.iter().filter(|&&call| self.is_misusing_call(call)) {
            let misuse = self.focused(Some(self.ir.span(call)), || {
                self.held_target(call).or_else(|| self.metric_label(call)).or_else(|| self.named_metric(call))
            });
            found.extend(misuse);
        }
        if self.names_weak_type() {
            let made = self.uses.calls.iter().filter_map(|&call| self.focused(Some(self.ir.span(call)), || self.strong_for_weak(call)));
            found.extend(made);
        }
        for &id in &self.uses.import_calls {
            found.extend(self.focused(Some(self.ir.span(id)), || self.fresh_import(id)));
        }
        found
    }

    /// Whether a call has a name that one of these could have.
    fn is_misusing_call(&self, call: ExprId) -> bool {
        match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => match self.ir.kind(callee) {
                ExprKind::Member { property, .. } => self.meanings.has(property, MISUSED),
                _ => self.metric_called(callee).is_some(),
            },
            ExprKind::New { callee, .. } => self.callee_name(callee).is_some_and(|name| self.apis.metrics.classes.contains(name)),
            _ => false,
        }
    }

    pub(super) fn misuse(&self, at: ExprId, what: MisuseKind, holder: String, region: Region) -> Misuse {
        Misuse {
            span: self.ir.span(at),
            statement_hash: self.text_hash(self.ir[self.ir[at].stmt].span),
            scope: self.qualified_name(at),
            function: self.function_name(self.ir.function_of(at)),
            holder,
            holder_span: None,
            life: None,
            what,
            key: None,
            context: self.context(at, region),
            by_origin: false,
        }
    }

    /// The class of which a place always is an instance, if it is one of these.
    fn made_of(&self, place: Place, classes: &[&str]) -> Option<&str> {
        let values = self.initial_values(place);
        let mut name = None;
        for &value in &values {
            let ExprKind::New { callee, .. } = self.ir.kind(value) else { return None };
            let global = self.ir.global_of(callee).filter(|name| classes.contains(name))?;
            if name.is_some_and(|known| known != global) {
                return None;
            }
            name = Some(global);
        }
        name
    }

    fn map_property(&self, write: ExprId) -> Option<Misuse> {
        let ExprKind::Assign { target, .. } = self.ir.kind(write) else { return None };
        let ExprKind::Index { object, index } = self.ir.kind(target) else { return None };
        let place = self.place(object)?;
        let class = self.made_of(place, &["Map", "Set", "WeakMap", "WeakSet"])?;
        if self.level(place) > 0 || matches!(self.index_step(index), Step::Field(_) | Step::Keyed(_)) {
            return None;
        }
        let (life, region) = self.life(place, &[write])?;
        let key = self.provenance(index);
        Some(Misuse {
            holder_span: self.declared_at(place),
            life: Some(life),
            key: Some(key),
            ..self.misuse(write, MisuseKind::Property(class.to_owned()), self.place_text(place), region)
        })
    }

    fn held_target(&self, call: ExprId) -> Option<Misuse> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let [target, held, ..] = *self.ir.list(args) else { return None };
        if self.ir.name(property) != "register" {
            return None;
        }
        let registry = self.place(object)?;
        self.made_of(registry, &["FinalizationRegistry"])?;
        let target_place = self.place(target)?;
        if !self.keeps(held, target_place) {
            return None;
        }
        let (life, region) = self.life(registry, &[call])?;
        Some(Misuse {
            holder_span: self.declared_at(registry),
            life: Some(life),
            ..self.misuse(call, MisuseKind::HeldTarget(self.expr_text(target)), self.place_text(registry), region)
        })
    }

    /// Whether a value that is written here reaches what stands in a place.
    fn keeps(&self, value: ExprId, place: Place) -> bool {
        match self.ir.kind(value) {
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().any(|prop| self.place(prop.value) == Some(place) || self.keeps(prop.value, place))
            }
            ExprKind::Array(items) => self.ir.list(items).iter().any(|&item| self.place(item) == Some(place) || self.keeps(item, place)),
            ExprKind::Function(function) => match (self.root(place), self.is_root(place)) {
                (Root::Binding(binding), true) => {
                    self.uses.refs(binding).iter().any(|&at| self.is_inside(self.ir.function_of(at), function))
                }
                (Root::Instance(_), true) => self.captures_this(function),
                _ => false,
            },
            _ => false,
        }
    }

    /// `delete require.cache[id]`, where nobody takes the module out of `parent.children`.
    fn uncached(&self, write: ExprId) -> Option<Misuse> {
        let ExprKind::Unary(UnaryOp::Delete, target) = self.ir.kind(write) else { return None };
        let (ExprKind::Index { object, .. } | ExprKind::Member { object, .. }) = self.ir.kind(target) else { return None };
        let ExprKind::Member { object: require, property, .. } = self.ir.kind(object) else { return None };
        let children = self.ir.find_name("children").is_some_and(|name| !self.reads_of(name).is_empty());
        if self.ir.name(property) != "cache" || self.ir.global_of(require) != Some("require") || children {
            return None;
        }
        let index = match self.ir.kind(target) {
            ExprKind::Index { index, .. } => Some(index),
            _ => None,
        };
        let given = index.is_some_and(|index| self.is_given_by_caller(index));
        let key = index.map(|index| self.provenance(index));
        let region = Region::Function(Ir::MODULE);
        Some(Misuse { key, ..self.misuse(write, MisuseKind::Uncached { given }, "require.cache".to_owned(), region) })
    }

    /// A parameter of a function that is no callback.
    fn is_given_by_caller(&self, value: ExprId) -> bool {
        let Some(binding) = self.ir.binding_of(value) else { return false };
        let BindingKind::Param(function, _) = self.ir[binding].kind else { return false };
        let parent = self.ir[function].expr.and_then(|expr| self.uses.parent(expr));
        !parent.is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Call { .. } | ExprKind::New { .. }))
    }

    /// `import(`./x.js?t=${Date.now()}`)`.
    fn fresh_import(&self, id: ExprId) -> Option<Misuse> {
        let ExprKind::ImportCall(name) = self.ir.kind(id) else { return None };
        let key = self.newest_part(name)?;
        let region = Region::Function(Ir::MODULE);
        Some(Misuse { key: Some(key), ..self.misuse(id, MisuseKind::FreshImport, "the table of modules".to_owned(), region) })
    }

    /// The part of a text that is another one each time, whatever else it is made of.
    fn newest_part(&self, text: ExprId) -> Option<Provenance> {
        let parts = match self.ir.kind(text) {
            ExprKind::Template(parts) => self.ir.list(parts).to_vec(),
            ExprKind::Binary(BinaryOp::Add, left, right) => vec![left, right],
            _ => Vec::new(),
        };
        parts.into_iter().find_map(|part| self.newest_part(part)).or_else(|| {
            let found = self.provenance(text);
            let is_new = found.domain == Domain::Unbounded && matches!(found.source, Source::Time | Source::Random | Source::Counter);
            is_new.then_some(found)
        })
    }
}

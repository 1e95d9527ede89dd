//! Tables of the runtime: names of symbols, marks, console timers.

use serde::Deserialize;

use super::Model;
use super::access::Access;
use super::context::{ContextKind, Region};
use super::facts::{
    Certainty, Collection, Container, Element, ElementKind, Growth, GrowthKind, HolderName, Life, LifeWhy, ShrinkKind, Shrinkage,
};
use super::ir::{ExprId, ExprKind, Imported, Ir, UnaryOp};
use super::origin::without_default;
use super::provenance::Domain;
use super::vocabulary::RUNTIME;
use crate::diagnostic::Lifetime;
use crate::text::Span;

/// A table of the runtime, and what adds to it.
#[derive(Debug, Clone, Deserialize)]
pub struct RuntimeApi {
    pub call: String,
    /// The library whose table it is.
    #[serde(default)]
    pub module: Option<String>,
    /// It is an object: `table[name] = value` adds to it, `delete` takes out.
    #[serde(default)]
    pub object: bool,
    #[serde(default)]
    pub release: Vec<String>,
    #[serde(default)]
    pub each: bool,
    /// Its names are those of settings, but for what a request gives: of three read alerts on others none was right.
    #[serde(default)]
    pub settings: bool,
    pub what: String,
}

const MODULE: Region = Region::Function(Ir::MODULE);

impl Model<'_> {
    /// The tables of the runtime that this file adds to under names that are not fixed.
    pub(super) fn runtime_tables(&self) -> Vec<Collection> {
        if !self.meanings.any(RUNTIME) {
            return Vec::new();
        }
        let named: Vec<ExprId> =
            self.uses.calls.iter().chain(&self.uses.member_writes).copied().filter(|&site| self.may_name_runtime(site)).collect();
        self.apis.runtime.iter().filter_map(|api| self.runtime_table(api, &named)).collect()
    }

    /// Whether what a site calls or writes to has the last name of a table.
    fn may_name_runtime(&self, site: ExprId) -> bool {
        let named = match self.ir.kind(site) {
            ExprKind::Call { callee, .. } => callee,
            ExprKind::Assign { target, .. } => match self.ir.kind(target) {
                ExprKind::Index { object, .. } => object,
                _ => return false,
            },
            _ => return false,
        };
        matches!(self.ir.kind(named), ExprKind::Member { property, .. } if self.meanings.has(property, RUNTIME))
    }

    fn runtime_table(&self, api: &RuntimeApi, named: &[ExprId]) -> Option<Collection> {
        let candidates = if api.object { &self.uses.member_writes } else { &self.uses.calls };
        let is_of_table = |site: ExprId| matches!(self.ir.kind(site), ExprKind::Assign { .. }) == api.object;
        let sites: Vec<ExprId> =
            named.iter().copied().filter(|&site| is_of_table(site) && self.runtime_name(site, api).is_some()).collect();
        let &first = sites.first()?;
        let growths: Vec<Growth> = sites.iter().filter_map(|&site| self.runtime_growth(site, api)).collect();
        if growths.is_empty() {
            return None;
        }
        let shrinks: Vec<Shrinkage> = candidates.iter().filter_map(|&at| self.runtime_shrink(at, api)).collect();
        let released = shrinks.iter().any(Shrinkage::is_reached);
        let growths: Vec<Growth> = growths.into_iter().map(|growth| Growth { released, ..growth }).collect();
        let main = &growths[0];
        let site = sites.iter().copied().find(|&site| self.ir.span(site) == main.span).unwrap_or(first);
        let holder = HolderName {
            text: api.call.clone(),
            scope: self.qualified_name(site),
            span: self.runtime_span(site),
            declaration_hash: self.text_hash(self.ir[self.ir[site].stmt].span),
        };
        Some(Collection {
            files: Vec::new(),
            holder,
            container: Container::Runtime,
            life: Life {
                seen_in: None,
                lifetime: Lifetime::Process,
                certainty: Certainty::Proved,
                why: LifeWhy::Runtime(api.what.clone()),
                seen_at: None,
            },
            uses: sites.len() as u32,
            reads: 1,
            growths,
            shrinks,
            bound: None,
            hand_outs: Vec::new(),
            shapes: Vec::new(),
            allocation: None,
            has_named_key_type: false,
            is_weakable: false,
            is_maplike: false,
            removal: None,
        })
    }

    fn runtime_growth(&self, site: ExprId, api: &RuntimeApi) -> Option<Growth> {
        let name = self.provenance(self.runtime_name(site, api)?);
        let context = self.context(site, MODULE);
        let is_setting = api.settings && !context.per_request;
        let grows = context.kind > ContextKind::Bounded && (api.each || name.domain > Domain::Harmless) && !is_setting;
        let element = Element { kind: ElementKind::Primitive, provenance: name.clone(), captures: Vec::new() };
        grows.then(|| Growth {
            file: None,
            span: self.ir.span(site),
            how: if api.each { GrowthKind::Push } else { GrowthKind::Set },
            key: (!api.each).then_some(name),
            element: api.each.then_some(element),
            level: 0,
            context,
            is_registry: false,
            function: self.function_name(self.ir.function_of(site)),
            released: false,
            once: None,
        })
    }

    /// The name under which a site adds to the table.
    fn runtime_name(&self, site: ExprId, api: &RuntimeApi) -> Option<ExprId> {
        match self.ir.kind(site) {
            ExprKind::Call { args, .. } if self.calls_runtime(site, &api.call, api) => self.ir.list(args).first().copied(),
            ExprKind::Assign { target, .. } if api.object => self.index_of_runtime(target, api),
            _ => None,
        }
    }

    fn index_of_runtime(&self, target: ExprId, api: &RuntimeApi) -> Option<ExprId> {
        let ExprKind::Index { object, index } = self.ir.kind(target) else { return None };
        self.is_runtime(object, &api.call, api).then_some(index)
    }

    /// What is taken out: one name that is not fixed, or all of them.
    fn runtime_shrink(&self, at: ExprId, api: &RuntimeApi) -> Option<Shrinkage> {
        let name = match self.ir.kind(at) {
            ExprKind::Call { args, .. } if api.release.iter().any(|release| self.calls_runtime(at, release, api)) => {
                self.ir.list(args).first().copied()
            }
            ExprKind::Unary(UnaryOp::Delete, target) if api.object => Some(self.index_of_runtime(target, api)?),
            _ => return None,
        };
        let fixed = !api.each && name.is_some_and(|name| self.provenance(name).domain == Domain::Fixed);
        Some(Shrinkage {
            file: None,
            span: self.ir.span(at),
            kind: if fixed { ShrinkKind::OtherKey } else { ShrinkKind::Delete },
            level: 0,
            context: self.context(at, MODULE),
            function: self.function_name(self.ir.function_of(at)),
            given: false,
        })
    }

    fn runtime_span(&self, site: ExprId) -> Span {
        match self.ir.kind(site) {
            ExprKind::Assign { target, .. } => self.ir.span(target),
            _ => self.callee_span(site),
        }
    }

    fn calls_runtime(&self, call: ExprId, wanted: &str, api: &RuntimeApi) -> bool {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
        self.is_runtime(callee, wanted, api)
    }

    /// `performance.mark`: of the global object, or of what is imported under that name.
    fn is_runtime(&self, member: ExprId, wanted: &str, api: &RuntimeApi) -> bool {
        let ExprKind::Member { object, property, .. } = self.ir.kind(member) else { return false };
        // Nearly every call ends here.
        let name = self.ir.name(property);
        if !wanted.ends_with(name) {
            return false;
        }
        let Some((owner, method)) = wanted.split_once('.') else { return false };
        if name != method {
            return false;
        }
        if let Some(library) = &api.module {
            let path = self.imported(member).filter(|(module, _)| module == library).map(|(_, path)| without_default(path));
            return path.is_some_and(|path| path == [owner, method].map(|step| Access::Member(step.to_owned())));
        }
        match self.ir.kind(object) {
            ExprKind::Ident(_) => match self.ir.binding_of(object) {
                None => self.ir.global_of(object) == Some(owner),
                Some(binding) => {
                    let module = self.module_of(binding).map(|module| module.trim_start_matches("node:"));
                    let is_named = self.ir.imports.iter().any(|import| {
                        import.binding == binding && matches!(import.imported, Imported::Named(name) if self.ir.name(name) == owner)
                    });
                    let same_name = self.ir.name(self.ir[binding].name) == owner;
                    matches!(module, Some("perf_hooks" | "console" | "process")) && (is_named || same_name)
                }
            },
            ExprKind::Member { object, property, .. } => {
                self.ir.name(property) == owner && matches!(self.ir.global_of(object), Some("globalThis" | "window" | "global" | "self"))
            }
            _ => false,
        }
    }
}

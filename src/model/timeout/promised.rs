//! Promises of modules that a timer settles: `setTimeout` of `timers/promises`, `delay`.

use super::super::Model;
use super::super::apis::TimerApi;
use super::super::clearing::Clear;
use super::super::context::Region;
use super::super::facts::Handle;
use super::super::ir::{BindingKind, ExprId, ExprKind, Imported, Ir, PropKey};
use super::fact::{Timeout, TimeoutShape};

impl Model<'_> {
    /// Those that lose a race and go on.
    pub(super) fn promised_timeouts(&self) -> Vec<Timeout> {
        if self.apis.timers.iter().flat_map(|api| &api.modules).all(|module| self.ir.find_name(module).is_none()) {
            return Vec::new();
        }
        let calls = self.uses.calls.iter().copied().filter(|&call| self.ir.function_of(call) != Ir::MODULE);
        calls.filter_map(|call| self.focused(Some(self.ir.span(call)), || self.promised(call))).collect()
    }

    fn promised(&self, call: ExprId) -> Option<Timeout> {
        let ir = self.ir;
        let api = self.timer_api(call)?;
        let race = self.race_of(call)?;
        let ExprKind::Call { args, .. } = ir.kind(call) else { return None };
        let args = ir.list(args);
        if args.iter().any(|&arg| self.has_property(arg, &api.option)) {
            return None;
        }
        let clears = self.promise_clears(call, api);
        let misses = if clears.is_empty() { None } else { Some(self.missed_by_race(race, &clears)?) };
        let function = ir.function_of(call);
        Some(Timeout {
            span: ir.span(call),
            statement_hash: self.text_hash(ir[ir[call].stmt].span),
            scope: self.qualified_name(call),
            function: self.function_name(function),
            context: self.context(race.helper.unwrap_or(call), Region::Function(Ir::MODULE)),
            delay: self.delay(self.delay_argument(args.first().copied(), race.helper)),
            handle: Handle::Dropped,
            shape: TimeoutShape::Race { race: ir.span(race.call), misses },
            captures: Vec::new(),
            captures_this: false,
            unref: false,
            acts_late: false,
            is_paced: self.is_paced(race.call),
            per_instance: self.per_instance(function),
            remedy: None,
        })
    }

    /// The entry of a call, by what it imports.
    fn timer_api(&self, call: ExprId) -> Option<&TimerApi> {
        let ir = self.ir;
        let ExprKind::Call { callee, .. } = ir.kind(call) else { return None };
        let (binding, name) = match ir.kind(callee) {
            ExprKind::Member { object, property, .. } => (ir.binding_of(object)?, ir.name(property)),
            ExprKind::Ident(_) => {
                let binding = ir.binding_of(callee)?;
                match ir[binding].kind {
                    BindingKind::Import(import) => match ir[import].imported {
                        Imported::Named(name) => (binding, ir.name(name)),
                        _ => (binding, "default"),
                    },
                    // `const { setTimeout: sleep } = require(...)`.
                    _ => match self.uses.writes(binding) {
                        [write] => match super::super::index::written_value(ir, *write).map(|value| ir.kind(value)) {
                            Some(ExprKind::Member { property, .. }) => (binding, ir.name(property)),
                            _ => (binding, "default"),
                        },
                        _ => return None,
                    },
                }
            }
            _ => return None,
        };
        let module = self.module_of(binding)?;
        self.apis
            .timers
            .iter()
            .find(|api| api.modules.iter().any(|known| known == module) && api.functions.iter().any(|known| known == name))
    }

    fn has_property(&self, object: ExprId, wanted: &str) -> bool {
        match self.ir.kind(object) {
            ExprKind::Object { props, .. } => self.ir.prop_list(props).iter().any(|prop| match prop.key {
                PropKey::Name(name) => self.ir.name(name) == wanted,
                _ => true,
            }),
            _ => false,
        }
    }

    /// `late.clear()` where `late` is the promise.
    fn promise_clears(&self, call: ExprId, api: &TimerApi) -> Vec<Clear> {
        let Some(ExprKind::Init { binding, .. }) = self.uses.parent(call).map(|parent| self.ir.kind(parent)) else { return Vec::new() };
        let cleared = |&at: &ExprId| {
            let member = self.uses.parent(at)?;
            let (ExprKind::Member { object, property, .. }, Some(at_call)) = (self.ir.kind(member), self.uses.parent(member)) else {
                return None;
            };
            (object == at && api.method.as_deref() == Some(self.ir.name(property))).then_some(Clear { at: at_call, handle: at })
        };
        self.uses.refs(binding).iter().filter_map(cleared).collect()
    }
}

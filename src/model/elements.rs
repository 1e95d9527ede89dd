//! Where the elements of a list come from.

use super::Model;
use super::apis::Timing;
use super::index::written_value;
use super::ir::{BindingKind, ExprId, ExprKind, FnId};
use super::provenance::{COMPUTED, CONSTANT, Domain, Found, Source};

impl Model<'_> {
    /// What `list.forEach(item => ...)` goes through.
    pub(super) fn element_source(&self, function: FnId, index: u32) -> Option<ExprId> {
        let Some(expr) = self.ir[function].expr else { return self.element_source_by_name(function, index) };
        let call = self.uses.parent(expr)?;
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return self.element_source_by_name(function, index) };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
        let loops = self.argument_timing(call, expr) == Some(Timing::Loop);
        (loops && index <= 1).then(|| self.gone_through(call, expr).unwrap_or(object))
    }

    /// `list.map(load)`, where that is all that is done with `load`.
    fn element_source_by_name(&self, function: FnId, index: u32) -> Option<ExprId> {
        let callers = self.callers(function);
        let [only] = callers.as_slice() else { return None };
        let call = only.at?;
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return None };
        let is_each = only.how == super::calls::How::EachElement && index == 0;
        is_each.then(|| self.gone_through(call, callee).unwrap_or(object))
    }

    /// The list of `async.each(list, visit)`: a method that does not get its function first.
    fn gone_through(&self, call: ExprId, visit: ExprId) -> Option<ExprId> {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        self.ir.list(args).first().copied().filter(|&first| first != visit && self.function_value(first).is_none())
    }

    /// An element of a list: fixed if the list is a literal of the program.
    pub(super) fn trace_element(&self, list: ExprId, depth: u32) -> Found {
        let ir = self.ir;
        let Some(depth) = depth.checked_sub(1) else { return COMPUTED };
        match ir.kind(list) {
            // A table of the program: an object that is written there is one for each place in it.
            ExprKind::Array(items) if ir.function_of(list) == super::ir::Ir::MODULE => {
                let others = ir.list(items).iter().copied().filter(|&item| !matches!(ir.kind(item), ExprKind::Object { .. }));
                self.joined(&others.collect::<Vec<_>>(), depth)
            }
            ExprKind::Array(items) => self.joined(ir.list(items), depth),
            ExprKind::Object { .. } => CONSTANT,
            ExprKind::Ident(_) => match ir.binding_of(list) {
                Some(binding) if ir[binding].annotation.is_some_and(|annotation| self.has_few_elements(annotation)) => CONSTANT,
                Some(binding) => match (ir[binding].kind, self.uses.writes(binding)) {
                    (BindingKind::Enum, _) => CONSTANT,
                    (BindingKind::Const | BindingKind::Var | BindingKind::Let, [write]) => {
                        written_value(ir, *write).map_or(COMPUTED, |value| self.trace_element(value, depth))
                    }
                    (BindingKind::Param(function, index), _) => {
                        let name = ir.name(ir[binding].name);
                        let passed = self.joined(&self.known_arguments(function, index).0, depth);
                        // Whoever sends a request chooses what its parts are called.
                        let is_sent = matches!(passed.source, Source::Request(_));
                        if is_sent { passed } else { self.by_name(name, Source::Parameter(name.to_owned())) }
                    }
                    _ => COMPUTED,
                },
                None => COMPUTED,
            },
            ExprKind::Call { callee, args, .. } => match ir.kind(callee) {
                // `Array.from({ length: 16 }, ...)`: as long as the program says.
                ExprKind::Member { object, property, .. }
                    if ir.global_of(object) == Some("Array")
                        && ir.name(property) == "from"
                        && ir.list(args).first().is_some_and(|&arg| matches!(ir.kind(arg), ExprKind::Object { .. })) =>
                {
                    CONSTANT
                }
                ExprKind::Member { object, .. } if matches!(ir.global_of(object), Some("Object" | "Array" | "Reflect")) => {
                    ir.list(args).first().map_or(COMPUTED, |&arg| self.trace_element(arg, depth))
                }
                ExprKind::Member { object, property, .. }
                    if matches!(
                        ir.name(property),
                        "keys" | "values" | "entries" | "filter" | "slice" | "map" | "split" | "concat" | "sort"
                    ) =>
                {
                    self.trace_element(object, depth)
                }
                _ => COMPUTED,
            },
            ExprKind::String(_) => CONSTANT,
            ExprKind::Member { property, .. } => match self.trace(list, depth) {
                // The parts of an object that is made there, and their names, are not new for that.
                found if found.domain == Domain::Unbounded && !matches!(found.source, Source::Fresh | Source::Instance) => found,
                _ => self.by_name(ir.name(property), Source::Computed),
            },
            _ => COMPUTED,
        }
    }
}

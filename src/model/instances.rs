//! The classes whose instances do something each: how many there are, and what ends one.

use super::Model;
use super::context::{ContextKind, Region};
use super::entity::EntityId;
use super::facts::{Instances, Sibling, Teardown};
use super::ir::{ExprId, ExprKind, FnId, FunctionKind, Ir};

impl Model<'_> {
    /// The class whose instances run a function.
    pub fn per_instance(&self, function: FnId) -> Option<Instances> {
        self.instance_around(function).map(|id| self.instances(id))
    }

    /// The class of which a function, or one around it, is a member.
    pub fn instance_around(&self, function: FnId) -> Option<EntityId> {
        let mut at = function;
        loop {
            let kind = self.ir[at].kind;
            if let super::entity::This::Instance(id) = self.entities.this_of(at)
                && !self.is_object(id)
            {
                let entity = self.entities.get(id);
                let is_member =
                    entity.constructor == Some(at) || kind == FunctionKind::FieldInit || !self.entities.memberships(at).is_empty();
                if is_member {
                    return Some(id);
                }
            }
            at = self.ir[at].parent?;
        }
    }

    fn instances(&self, id: EntityId) -> Instances {
        let (mut seen_at, mut made_by) = (None, None);
        for &call in &self.uses.calls {
            let ExprKind::New { callee, .. } = self.ir.kind(call) else { continue };
            if self.class_named_by(callee) != Some(id) {
                continue;
            }
            match self.context(call, Region::Function(Ir::MODULE)).kind {
                ContextKind::Repeated => {
                    seen_at = Some(self.ir.span(call));
                    break;
                }
                ContextKind::Unknown if self.is_returned(call) => made_by = made_by.or(Some(self.ir.span(call))),
                _ => {}
            }
        }
        let life = self.instance_life(id);
        let single = life.lifetime == crate::diagnostic::Lifetime::Process;
        let exported = self.entities.get(id).binding.is_some_and(|binding| self.is_exported(binding));
        Instances {
            class: self.entity_name(id),
            many: seen_at.is_some() || !single,
            exported,
            seen_at,
            made_by,
            disposes: self.registers_disposables(id),
            teardown: self.teardown(id),
        }
    }

    fn registers_disposables(&self, id: EntityId) -> bool {
        self.entities.get(id).base.is_some()
            && self.uses.calls.iter().any(|&call| {
                let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return false };
                let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return false };
                let own = self.entity_of(object).is_some_and(|(of, is_static)| of == id && !is_static);
                own && matches!(
                    self.ir.name(property).trim_start_matches('_'),
                    "register" | "addDisposable" | "registerDisposable" | "onDispose" | "addCleanup"
                )
            })
    }

    fn is_returned(&self, value: ExprId) -> bool {
        self.uses.parent(value).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Return(_)))
    }

    /// The method that ends an instance: its own, or one that it inherits.
    fn teardown(&self, id: EntityId) -> Option<Teardown> {
        let (name, function) = self.teardown_method(id, 8)?;
        let declared = &self.ir[function];
        let clears = self.uses.calls.iter().find_map(|&call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let name = self.callee_name(callee)?;
            let clears = matches!(name, "clearInterval" | "clearTimeout") || self.apis.releases_listener(name);
            (clears && self.is_inside(self.ir.function_of(call), function))
                .then(|| Sibling { span: self.ir.span(call), text: self.call_text(call) })
        });
        Some(Teardown {
            name: name.to_owned(),
            name_span: declared.name_span.unwrap_or(declared.span),
            body: declared.body,
            indent: self.indent_in(declared.body),
            clears,
        })
    }

    fn teardown_method(&self, id: EntityId, depth: u32) -> Option<(&str, FnId)> {
        let depth = depth.checked_sub(1)?;
        let entity = self.entities.get(id);
        let methods = entity.methods.iter().map(|(&name, &function)| (self.ir.name(name), function));
        methods
            .filter(|(name, _)| self.apis.teardown.methods.contains(*name))
            .min_by_key(|(name, function)| (self.ir[*function].span.start, *name))
            .or_else(|| self.teardown_method(self.class_named_by(entity.base?)?, depth))
    }

    /// The indentation of the first statement in a body, or two more than that of the line on which the body begins.
    fn indent_in(&self, body: crate::text::Span) -> u32 {
        let first = self
            .ir
            .stmts
            .iter()
            .filter(|stmt| stmt.in_list && stmt.span.start > body.start && stmt.span.end < body.end)
            .map(|stmt| stmt.span.start)
            .min();
        let line = self.source.line_of(first.unwrap_or(body.start));
        let text = self.source.slice(self.source.line_span(line));
        let indent = (text.len() - text.trim_start_matches(' ').len()) as u32;
        if first.is_some() { indent } else { indent + 2 }
    }

    /// A call with its arguments, short.
    pub fn call_text(&self, call: ExprId) -> String {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return self.expr_text(call) };
        let args: Vec<String> = self.ir.list(args).iter().map(|&arg| self.expr_text(arg)).collect();
        format!("{}({})", self.callee_text(call), args.join(", "))
    }
}

//! How places, functions and calls are called in messages.

use super::Model;
use super::entity::{EntityId, EntityKind};
use super::ir::{ExprId, ExprKind, FnId, FunctionKind, PropKey, UnaryOp};
use super::place::{Place, Root, Step};
use crate::text::Span;

/// The name of a function that has none.
pub const NAMELESS: &str = "this function";

impl Model<'_> {
    /// `this.cache`, `Registry.items`, `cache`.
    pub fn place_text(&self, place: Place) -> String {
        match self.split(place) {
            None => match self.root(place) {
                Root::Binding(binding) => self.ir.name(self.ir[binding].name).to_owned(),
                Root::Instance(_) | Root::UnknownThis(_) => "this".to_owned(),
                Root::Global(name) => self.ir.name(name).to_owned(),
                Root::GlobalObject => "globalThis".to_owned(),
                Root::Application => "app".to_owned(),
                Root::Exports => "module.exports".to_owned(),
                Root::Value(expr) => self.expr_text(expr),
            },
            Some((of, Step::Field(name))) if self.is_root(of) && self.root(of) == Root::Exports => {
                format!("exports.{}", self.ir.name(name))
            }
            Some((of, Step::Field(name))) => format!("{}.{}", self.place_text(of), self.ir.name(name)),
            Some((of, Step::Keyed(binding))) => format!("{}[{}]", self.place_text(of), self.ir.name(self.ir[binding].name)),
            Some((of, Step::Entry)) => format!("{}[…]", self.place_text(of)),
        }
    }

    /// The last name of a place: `cache` of `this.cache`.
    pub fn place_name(&self, place: Place) -> String {
        match self.split(place) {
            Some((_, Step::Field(name))) => self.ir.name(name).to_owned(),
            Some((_, Step::Keyed(binding))) => self.ir.name(self.ir[binding].name).to_owned(),
            Some((of, Step::Entry)) => self.place_name(of),
            None => self.place_text(place),
        }
    }

    /// A short rendering of names and calls; `…` for anything longer.
    pub fn expr_text(&self, expr: ExprId) -> String {
        match self.ir.kind(expr) {
            ExprKind::Ident(reference) => self.ir.name(self.ir[reference].name).to_owned(),
            ExprKind::This => "this".to_owned(),
            ExprKind::Super => "super".to_owned(),
            ExprKind::ImportMeta => "import.meta".to_owned(),
            ExprKind::String(name) => format!("'{}'", self.ir.name(name)),
            ExprKind::Number(value) => format!("{value}"),
            ExprKind::Unary(UnaryOp::Minus, operand) => format!("-{}", self.expr_text(operand)),
            ExprKind::Member { object, property, .. } => format!("{}.{}", self.expr_text(object), self.ir.name(property)),
            ExprKind::Index { object, index } => format!("{}[{}]", self.expr_text(object), self.expr_text(index)),
            ExprKind::Call { callee, args, .. } => {
                let args = self.ir.list(args);
                let inner = if args.is_empty() { "" } else { "…" };
                format!("{}({inner})", self.expr_text(callee))
            }
            ExprKind::New { callee, .. } => format!("new {}(…)", self.expr_text(callee)),
            _ => "…".to_owned(),
        }
    }

    /// What a call calls, as written.
    pub fn callee_text(&self, call: ExprId) -> String {
        match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => self.expr_text(callee),
            ExprKind::New { callee, .. } => format!("new {}", self.expr_text(callee)),
            _ => self.expr_text(call),
        }
    }

    /// The first argument of a registration, if it is a literal.
    pub fn event_text(&self, call: ExprId) -> Option<String> {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        self.string(*self.ir.list(args).first()?).map(str::to_owned)
    }

    /// The callee and, if they are short, the arguments of a call: where a finding about it points.
    pub fn callee_span(&self, call: ExprId) -> Span {
        match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => Span::new(self.ir.span(call).start, self.ir.span(callee).end),
            ExprKind::New { callee, .. } => Span::new(self.ir.span(call).start, self.ir.span(callee).end),
            _ => self.ir.span(call),
        }
    }

    /// A function's own name, or that of what it is stored in.
    pub fn function_name(&self, function: FnId) -> String {
        let declared = &self.ir[function];
        if declared.kind == FunctionKind::Constructor
            && let super::entity::This::Instance(id) = self.entities.this_of(function)
        {
            return self.entity_name(id);
        }
        if let Some(name) = declared.name {
            return self.ir.name(name).to_owned();
        }
        if let Some(&(_, name, _)) = self.entities.memberships(function).first() {
            return self.ir.name(name).to_owned();
        }
        if let Some(&binding) = self.uses.bindings_of_function(function).first() {
            return self.ir.name(self.ir[binding].name).to_owned();
        }
        match declared.expr.and_then(|expr| self.uses.parent(expr)).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Assign { target, .. }) => self.expr_text(target),
            _ => match declared.parent {
                Some(parent) if parent != super::ir::Ir::MODULE && declared.kind != FunctionKind::Module => self.function_name(parent),
                _ => NAMELESS.to_owned(),
            },
        }
    }

    pub fn entity_name(&self, id: EntityId) -> String {
        let entity = self.entities.get(id);
        if let Some(binding) = entity.binding {
            return self.ir.name(self.ir[binding].name).to_owned();
        }
        match entity.kind {
            EntityKind::Class(class) => self.ir[class].name.map_or_else(|| "the class".to_owned(), |name| self.ir.name(name).to_owned()),
            EntityKind::Constructor(function) => self.function_name(function),
            EntityKind::Object(object) => self.object_name(self.ir.objects[object.index()]),
        }
    }

    fn object_name(&self, object: ExprId) -> String {
        match self.uses.parent(object).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Assign { target, .. }) => self.expr_text(target),
            Some(ExprKind::Object { props, .. }) => self
                .ir
                .prop_list(props)
                .iter()
                .find_map(|prop| match prop.key {
                    PropKey::Name(name) if prop.value == object => Some(self.ir.name(name).to_owned()),
                    _ => None,
                })
                .unwrap_or_else(|| "the object".to_owned()),
            _ => "the object".to_owned(),
        }
    }

    /// The functions and classes around an expression, from the outside in: `Feed.start`.
    pub fn qualified_name(&self, expr: ExprId) -> String {
        let mut names = Vec::new();
        let mut at = Some(self.ir.function_of(expr));
        while let Some(function) = at {
            let declared = &self.ir[function];
            if let Some(name) = declared.name {
                names.push(self.ir.name(name).to_owned());
            }
            if let Some(&(id, _, _)) = self.entities.memberships(function).first() {
                names.push(self.entity_name(id));
            }
            at = declared.parent;
        }
        names.reverse();
        names.join(".")
    }
}

//! How the two sides of a mismatch can be made to pass the same: by one reference to the function, or one capture flag.

use super::super::Model;
use super::super::entity::This;
use super::super::facts::{Mending, MismatchWhy, TextEdit};
use super::super::ir::{ExprId, ExprKind, FnId, NameId};
use super::{Removal, Site};
use crate::text::Span;

impl Model<'_> {
    pub(super) fn mending(&self, removal: &Removal, site: &Site<'_>, why: &MismatchWhy) -> Option<Mending> {
        match why {
            MismatchWhy::FreshAtRemoval | MismatchWhy::FreshAtRegistration => self.one_reference(removal, site),
            MismatchWhy::OtherPhase if !site.is_passed_on => self.same_phase(removal, site),
            _ => None,
        }
    }

    /// Both sides name one method of the class, bound or not: `this.onData`.
    fn one_reference(&self, removal: &Removal, site: &Site<'_>) -> Option<Mending> {
        let ir = self.ir;
        let (own, theirs) = (site.handler, removal.handler?);
        let (name, own_method) = self.method_of_this(own)?;
        let (other, _) = self.method_of_this(theirs)?;
        let This::Instance(id) = self.entities.this_of(ir.function_of(own)) else { return None };
        if name != other || self.entities.this_of(ir.function_of(theirs)) != This::Instance(id) || self.is_object(id) {
            return None;
        }
        let entity = self.entities.get(id);
        let text = format!("this.{}", ir.name(name));
        let mut edits = Vec::new();
        let is_method = entity.methods.get(&name).is_some_and(|&method| Some(method) == own_method);
        let place = self.place(self.unbound(own))?;
        let stored = self.initial_values(place);
        let is_constant = stored.iter().all(|&value| {
            let function = ir.function_of(value);
            let in_construction = entity.constructor == Some(function) || ir[function].kind == super::super::ir::FunctionKind::FieldInit;
            in_construction && matches!(ir.kind(value), ExprKind::Function(_) | ExprKind::Call { .. })
        });
        match stored.is_empty() {
            // A field that is given its function while the object is made.
            false if is_constant => {}
            true if is_method => edits.push(self.bound_in_constructor(entity.constructor?, name)?),
            _ => return None,
        }
        for side in [own, theirs] {
            let span = ir.span(side);
            if self.source.slice(span) != text {
                edits.push(TextEdit { span, text: text.clone() });
            }
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        Some(Mending::OneReference { text, edits })
    }

    /// `this.f` of `this.f` and of `this.f.bind(this)`.
    fn unbound(&self, value: ExprId) -> ExprId {
        match self.ir.kind(value) {
            ExprKind::Call { callee, args, .. } => match (self.ir.kind(callee), self.ir.list(args)) {
                (ExprKind::Member { object, property, .. }, [this])
                    if self.ir.name(property) == "bind" && matches!(self.ir.kind(*this), ExprKind::This) =>
                {
                    object
                }
                _ => value,
            },
            _ => value,
        }
    }

    fn method_of_this(&self, value: ExprId) -> Option<(NameId, Option<FnId>)> {
        let value = self.unbound(value);
        let ExprKind::Member { object, property, optional: false } = self.ir.kind(value) else { return None };
        matches!(self.ir.kind(object), ExprKind::This).then(|| (property, self.function_value(value)))
    }

    /// `this.f = this.f.bind(this);` as the first statement, behind `super(...)` where there is one.
    fn bound_in_constructor(&self, constructor: FnId, name: NameId) -> Option<TextEdit> {
        let ir = self.ir;
        let name = ir.name(name);
        let text = format!("this.{name} = this.{name}.bind(this)");
        let super_call = self.uses.calls.iter().copied().find(|&call| {
            ir.function_of(call) == constructor
                && matches!(ir.kind(call), ExprKind::Call { callee, .. } if matches!(ir.kind(callee), ExprKind::Super))
        });
        let is_derived =
            ir.classes.iter().any(|class| class.base.is_some() && class.members.iter().any(|it| it.function == Some(constructor)));
        if name.starts_with('#') || !ir.classes.iter().any(|class| class.members.iter().any(|it| it.function == Some(constructor))) {
            return None;
        }
        match super_call {
            Some(call) => {
                let stmt = ir[self.own_statement(call)?].span;
                self.line(stmt).next?;
                let text = format!("{}{}{text}{}", self.newline(), self.indent_at(stmt.start), self.end_of_statement());
                Some(TextEdit::insert(stmt.end, text))
            }
            None if is_derived => None,
            None => {
                let entry = self.body_entry(constructor)?;
                let end = if entry.needs_semicolon { ";" } else { self.end_of_statement() };
                Some(TextEdit::insert(entry.at, format!("{}{text}{end}{}", entry.before, entry.after)))
            }
        }
    }

    /// The removal gets the options of the registration.
    fn same_phase(&self, removal: &Removal, site: &Site<'_>) -> Option<Mending> {
        let span = self.ir.span(removal.handler?);
        let own = site.options.map(|options| self.source.slice(self.ir.span(options)).to_owned());
        let edit = match (own, removal.options) {
            (Some(own), Some(theirs)) => TextEdit { span: self.ir.span(theirs), text: own },
            (Some(own), None) => TextEdit::insert(span.end, format!(", {own}")),
            (None, Some(theirs)) => TextEdit { span: Span::new(span.end, self.ir.span(theirs).end), text: String::new() },
            (None, None) => return None,
        };
        // Options that are put together elsewhere may not be in view at the other side.
        let is_literal = site.options.is_none_or(|options| match self.ir.kind(options) {
            ExprKind::Bool(_) => true,
            ExprKind::Object { props, .. } => {
                self.ir.prop_list(props).iter().all(|prop| matches!(self.ir.kind(prop.value), ExprKind::Bool(_)))
            }
            _ => false,
        });
        is_literal.then(|| Mending::SamePhase { edits: vec![edit] })
    }
}

//! Requests that are put into something older than themselves, other than a collection.

use super::Model;
use super::context::Region;
use super::facts::{Certainty, Life, LifeWhy, RequestStore};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir};
use super::place::{Place, Root, Step};
use crate::diagnostic::Lifetime;

impl Model<'_> {
    pub fn stores(&self) -> Vec<RequestStore> {
        let mut found = Vec::new();
        for id in self.ir.expr_ids() {
            if let ExprKind::Assign { target, value, .. } = self.ir.kind(id)
                && let Some(store) = self.store(id, target, value)
            {
                found.push(store);
            }
        }
        found
    }

    fn store(&self, assign: ExprId, target: ExprId, value: ExprId) -> Option<RequestStore> {
        let ir = self.ir;
        let kept = self.kept_requests(value, 4);
        let &captured = kept.first()?;
        let place = self.place(target)?;
        if self.level(place) > 0 || self.is_within_binding(place, captured) || self.is_exported_hook(place) {
            return None;
        }
        let life = self.store_life(place, captured)?;
        if self.is_reset(place, assign) {
            return None;
        }
        let through_closure = match ir.kind(value) {
            ExprKind::Function(function) => Some(ir[function].span),
            _ => None,
        };
        let members = match ir.kind(value) {
            ExprKind::Function(function) => self.members_read(captured, function),
            _ => Vec::new(),
        };
        Some(RequestStore {
            span: ir.span(assign),
            statement_hash: self.text_hash(ir[ir[assign].stmt].span),
            scope: self.qualified_name(assign),
            function: self.function_name(ir.function_of(assign)),
            holder: self.place_text(place),
            holder_span: self.declared_at(place).filter(|span| *span != ir.span(target)),
            life,
            captured: ir.name(ir[captured].name).to_owned(),
            captured_span: ir[captured].span,
            through_closure,
            members,
            context: self.context(assign, Region::Function(Ir::MODULE)),
        })
    }

    /// `req.user = ...`, `socket.onmessage = ...`: what is stored hangs on the request itself.
    fn is_within_binding(&self, place: Place, binding: BindingId) -> bool {
        self.root(place) == Root::Binding(binding) && !self.is_kept_alive(place)
    }

    /// `socket.meta`, where the socket is the one below the request.
    fn is_kept_alive(&self, place: Place) -> bool {
        let mut at = place;
        while let Some((of, step)) = self.split(at) {
            if let Step::Field(name) = step
                && matches!(self.ir.name(name), "socket" | "connection")
                && of != place
                && at != place
            {
                return true;
            }
            at = of;
        }
        false
    }

    fn is_exported_hook(&self, place: Place) -> bool {
        self.root(place) == Root::Exports
    }

    fn store_life(&self, place: Place, captured: BindingId) -> Option<Life> {
        if self.is_kept_alive(place) {
            let why = LifeWhy::LongLivedClass("Socket".to_owned());
            return Some(Life { lifetime: Lifetime::Owner, certainty: Certainty::Likely, why, seen_at: None });
        }
        match self.root(place) {
            Root::Binding(binding) => {
                let function = self.ir[self.ir[binding].scope].function;
                let is_variable = !matches!(self.ir[binding].kind, BindingKind::Param(..) | BindingKind::Catch | BindingKind::Import(_));
                (is_variable && self.runs_once(function)).then_some(Life {
                    lifetime: Lifetime::Process,
                    certainty: Certainty::Proved,
                    why: LifeWhy::ModuleScope,
                    seen_at: None,
                })
            }
            Root::Global(_) => {
                Some(Life { lifetime: Lifetime::Process, certainty: Certainty::Proved, why: LifeWhy::Global, seen_at: None })
            }
            Root::Instance(id) if !self.is_object(id) => {
                let life = self.instance_life(id);
                let _ = captured;
                (life.certainty == Certainty::Proved).then_some(life)
            }
            _ => None,
        }
    }

    /// Whether anything else in the file gives the place another value, or deletes it.
    fn is_reset(&self, place: Place, assign: ExprId) -> bool {
        let stored = self.initial_values(place);
        let others = stored.iter().filter(|&&value| self.is_nothing(value)).count();
        let in_function = |id: ExprId| self.ir.function_of(id) != Ir::MODULE;
        let nulls = others > 0
            && self.ir.expr_ids().any(|id| match self.ir.kind(id) {
                ExprKind::Assign { target, value, .. } => {
                    id != assign && in_function(id) && self.is_nothing(value) && self.place(target) == Some(place)
                }
                _ => false,
            });
        let deletes = self.uses.member_writes.iter().any(|&write| match self.ir.kind(write) {
            ExprKind::Unary(_, target) => self.place(target) == Some(place),
            _ => false,
        });
        nulls || deletes
    }

    /// The members of the request that a closure reads, if it reads nothing else of it.
    fn members_read(&self, captured: BindingId, function: FnId) -> Vec<String> {
        let mut names = Vec::new();
        for &read in self.uses.refs(captured) {
            if !self.is_inside(self.ir.function_of(read), function) {
                continue;
            }
            match self.uses.parent(read).map(|parent| self.ir.kind(parent)) {
                Some(ExprKind::Member { property, .. }) => names.push(self.ir.name(property).to_owned()),
                _ => return Vec::new(),
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

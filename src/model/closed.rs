//! What stays in the file: classes whose objects no other file gets, what is read of them, and functions that nobody can call.

use super::Model;
use super::calls::How;
use super::entity::{EntityId, EntityKind};
use super::index::Groups;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, MemberKind, NameId, PropKey};

impl Model<'_> {
    /// Whether instances of `id` are instances of `base`.
    pub fn is_a(&self, id: EntityId, base: EntityId) -> bool {
        let mut at = Some(id);
        for _ in 0..8 {
            match at {
                Some(one) if one == base => return true,
                Some(one) => at = self.entities.get(one).base.and_then(|base| self.class_named_by(base)),
                None => return false,
            }
        }
        false
    }

    /// Whether a function without callers is out of reach for other files as well: a method of a class that stays in this file.
    pub fn is_known_dead(&self, function: FnId) -> bool {
        self.entities.memberships(function).iter().any(|&(id, _, _)| self.is_closed(id)) || self.is_never_named(function)
    }

    /// A function of a module, or of a function, whose name stands nowhere else. What is at the top of a script is everybody's.
    fn is_never_named(&self, function: FnId) -> bool {
        let ir = self.ir;
        // A template may call what its script declares, a namespace offers what is in it, and evaluated text may name anything.
        let is_in_view = ir.setups.is_empty()
            && !ir.is_svelte
            && ir.find_name("eval").is_none()
            && !ir.bindings.iter().any(|binding| matches!(binding.kind, BindingKind::Namespace));
        let is_of_module = !ir.imports.is_empty() || !ir.exports.is_empty();
        let is_private = |binding: BindingId| is_of_module || ir[ir[binding].scope].function != Ir::MODULE;
        let is_unnamed = |binding: BindingId| self.uses.refs(binding).is_empty() && !self.is_exported(binding);
        let names = self.uses.bindings_of_function(function);
        !names.is_empty() && is_in_view && names.iter().all(|&binding| is_private(binding) && is_unnamed(binding))
    }

    /// Whether all objects of a class are made and used in this file, so that no method has callers elsewhere.
    pub fn is_closed(&self, id: EntityId) -> bool {
        if let Some(&known) = self.closed.borrow().get(&id) {
            return known;
        }
        self.closed.borrow_mut().insert(id, false);
        let closed = self.find_closed(id);
        self.closed.borrow_mut().insert(id, closed);
        closed
    }

    fn find_closed(&self, id: EntityId) -> bool {
        let entity = self.entities.get(id);
        if let EntityKind::Object(object) = entity.kind {
            return entity.binding.is_none() && self.is_returned_here(self.ir.objects[object.index()]);
        }
        if entity.base.is_some() {
            return false;
        }
        let Some(binding) = entity.binding else { return false };
        if self.is_exported(binding) {
            return false;
        }
        !self.uses.refs(binding).is_empty()
            && self.uses.refs(binding).iter().all(|&at| {
                let Some(parent) = self.uses.parent(at) else { return false };
                match self.ir.kind(parent) {
                    ExprKind::New { callee, .. } if callee == at => self.is_kept_here(parent),
                    ExprKind::Member { .. } => true,
                    ExprKind::Assign { target, .. } => target == at,
                    ExprKind::Binary(super::ir::BinaryOp::InstanceOf, ..) => true,
                    _ => false,
                }
            })
    }

    /// Whether a member of a class is for the class alone: `private` in TypeScript.
    pub(super) fn is_private_member(&self, id: EntityId, name: NameId, is_static: bool) -> bool {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return false };
        let members = &self.ir[class].members;
        members.iter().any(|member| {
            // A framework gets at what is decorated.
            member.is_private && member.is_static == is_static && member.key == PropKey::Name(name) && member.decorators.is_empty()
        })
    }

    /// Whether a class is constructed by itself alone.
    pub(super) fn has_private_constructor(&self, id: EntityId) -> bool {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return false };
        self.ir[class].members.iter().any(|member| member.is_private && member.kind == MemberKind::Constructor)
    }

    /// An object that a function of this file returns to callers in this file, which keep it.
    fn is_returned_here(&self, object: ExprId) -> bool {
        let Some(parent) = self.uses.parent(object) else { return false };
        let maker = self.ir.function_of(object);
        matches!(self.ir.kind(parent), ExprKind::Return(_))
            && self.callers(maker).iter().all(|caller| match (caller.how, caller.at) {
                (How::Called, Some(call)) => match self.uses.parent(call).map(|parent| (parent, self.ir.kind(parent))) {
                    Some((parent, ExprKind::Await(_))) => self.is_kept_here(parent),
                    _ => self.is_kept_here(call),
                },
                _ => false,
            })
    }

    /// An object that only names of this file get, which only use its members.
    fn is_kept_here(&self, made: ExprId) -> bool {
        let Some(parent) = self.uses.parent(made) else { return !self.is_exported_value(made) };
        match self.ir.kind(parent) {
            ExprKind::Init { binding, .. } => {
                !self.is_exported(binding)
                    && self.uses.refs(binding).iter().all(|&at| {
                        self.uses.parent(at).is_some_and(|parent| {
                            let member = matches!(self.ir.kind(parent), ExprKind::Member { .. });
                            // A method that is taken off its object can go anywhere.
                            member
                                && self.uses.parent(parent).is_some_and(|outer| match self.ir.kind(outer) {
                                    ExprKind::Call { callee, .. } => callee == parent,
                                    ExprKind::Member { .. } | ExprKind::Binary(..) | ExprKind::Update { .. } | ExprKind::Template(_) => {
                                        true
                                    }
                                    ExprKind::Assign { target, .. } => target == parent,
                                    _ => false,
                                })
                        })
                    })
            }
            ExprKind::Member { .. } => true,
            _ => false,
        }
    }

    /// Whether a site stands in a function that is a statement by itself, which nobody can call: `() => clearInterval(timer);` without a `return`.
    pub(super) fn is_never_run(&self, site: ExprId) -> bool {
        let mut at = Some(self.ir.function_of(site));
        while let Some(function) = at.filter(|function| *function != Ir::MODULE && !self.ir.setups.contains(function)) {
            let is_statement = self.ir[function].expr.is_some_and(|expr| {
                let stmt = &self.ir[self.ir[expr].stmt];
                self.uses.parent(expr).is_none() && stmt.in_list && stmt.span.start == self.ir[function].span.start
            });
            if is_statement {
                return true;
            }
            at = self.ir[function].parent;
        }
        false
    }

    /// Whether an expression decorates a class, a member or a parameter.
    pub(super) fn is_decorator(&self, expr: ExprId) -> bool {
        let members = || self.ir.classes.iter().flat_map(|class| class.members.iter());
        self.ir.classes.iter().any(|class| class.decorators.contains(&expr))
            || members().any(|member| member.decorators.contains(&expr))
            || self.ir.functions.iter().any(|function| function.params.iter().any(|param| param.decorators.contains(&expr)))
    }

    /// Every read of a property of this name.
    pub fn reads_of(&self, name: NameId) -> &[ExprId] {
        let by_name = self.reads_by_name.get_or_init(|| {
            let property = |id: ExprId| match self.ir.kind(id) {
                ExprKind::Member { property, .. } => Some((property.0, id)),
                _ => None,
            };
            let reads: Vec<(u32, ExprId)> = self.ir.expr_ids().filter_map(property).collect();
            Groups::new(self.ir.names.len(), &reads)
        });
        by_name.of(name.index())
    }
}

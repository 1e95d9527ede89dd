//! Who gets an instance that is made: the one call that makes it, or an owner that keeps it.

use super::Model;
use super::calls::How;
use super::entity::{EntityId, This};
use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir};
use super::place::Root;

impl Model<'_> {
    /// Whether what a call or construction makes dies with the function that makes it: only names of that function have it.
    /// What is awaited is taken to be done with what it was given.
    pub(super) fn is_local(&self, made: ExprId) -> bool {
        let maker = self.ir.function_of(made);
        maker != Ir::MODULE && !self.runs_once(maker) && self.name_of_made(made).is_some_and(|binding| self.stays_in(binding, maker))
    }

    /// The variable that gets what is made, and nothing else does.
    fn name_of_made(&self, made: ExprId) -> Option<BindingId> {
        match self.ir.kind(self.uses.parent(made)?) {
            ExprKind::Init { binding, value } if value == made => Some(binding),
            _ => None,
        }
    }

    fn stays_in(&self, binding: BindingId, maker: FnId) -> bool {
        self.ir[self.ir[binding].scope].function == maker
            && self.uses.refs(binding).iter().all(|&at| {
                let is_here = self.ir.function_of(at) == maker || self.runs_at_once(self.ir.function_of(at), maker);
                is_here && self.uses.parent(at).is_none_or(|parent| self.lets_go_of(parent, at))
            })
    }

    /// A callback that is gone when the call to which it was given returns.
    fn runs_at_once(&self, function: FnId, maker: FnId) -> bool {
        let mut at = function;
        while at != maker {
            let all = self.callers(at).iter().all(|caller| matches!(caller.how, How::EachElement | How::Inline));
            match self.ir[at].parent {
                Some(parent) if all => at = parent,
                _ => return false,
            }
        }
        true
    }

    fn lets_go_of(&self, parent: ExprId, value: ExprId) -> bool {
        match self.ir.kind(parent) {
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Unary(..) | ExprKind::Binary(..) => true,
            ExprKind::Element(_) | ExprKind::Key(_) => true,
            ExprKind::Assign { target, .. } => target == value,
            ExprKind::Logical(..) | ExprKind::Conditional(..) => {
                self.uses.parent(parent).is_none_or(|outer| self.lets_go_of(outer, parent))
            }
            ExprKind::Call { callee, .. } => {
                callee != value && self.uses.parent(parent).is_some_and(|outer| matches!(self.ir.kind(outer), ExprKind::Await(_)))
            }
            _ => false,
        }
    }

    /// The class whose instances keep what is made: `const part = new Part(); this.parts.set(id, part)`.
    pub(super) fn owner_of_made(&self, made: ExprId) -> Option<EntityId> {
        let names = self.name_of_made(made).map_or(&[][..], |binding| self.uses.refs(binding));
        let mut owners = std::iter::once(made).chain(names.iter().copied()).filter_map(|value| self.stored_by(value));
        let first = owners.next()?;
        owners.all(|other| other == first).then_some(first)
    }

    fn stored_by(&self, value: ExprId) -> Option<EntityId> {
        let holder = match self.ir.kind(self.uses.parent(value)?) {
            ExprKind::Assign { target, value: stored, .. } if stored == value => target,
            ExprKind::Call { callee, .. } if callee != value => match self.ir.kind(callee) {
                ExprKind::Member { object, property, .. } if matches!(self.ir.name(property), "set" | "add" | "push") => object,
                _ => return None,
            },
            _ => return None,
        };
        let place = self.place(holder)?;
        match self.root(place) {
            Root::Instance(id) if !self.is_root(place) && !self.is_object(id) => Some(id),
            _ => None,
        }
    }

    /// Whether an instance may be kept by what it registers or hands itself to.
    pub(super) fn hands_itself_out(&self, id: EntityId) -> bool {
        let is_own = |function: FnId| self.entities.this_of(function) == This::Instance(id);
        let registers = |function: FnId| {
            let declared = &self.ir[function];
            declared.expr.is_some()
                && declared.parent.is_some_and(is_own)
                && self.callers(function).iter().any(|caller| matches!(caller.how, How::Repeats | How::Escapes | How::Later))
        };
        let goes_out = |at: ExprId| {
            matches!(self.ir.kind(at), ExprKind::This)
                && is_own(self.ir.function_of(at))
                && self.uses.parent(at).is_some_and(|parent| match self.ir.kind(parent) {
                    ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => callee != at,
                    ExprKind::Assign { value, .. } => value == at,
                    ExprKind::Object { .. } | ExprKind::Array(_) => true,
                    _ => false,
                })
        };
        self.ir.expr_ids().any(goes_out) || (0..self.ir.functions.len() as u32).map(FnId).any(registers)
    }

    /// Whether some class is a static member of another.
    fn finds_static_classes(&self) -> bool {
        let is_class = |value: ExprId| matches!(self.ir.kind(value), ExprKind::Class(_));
        self.ir.classes.iter().flat_map(|class| &class.members).any(|member| member.is_static && member.value.is_some_and(is_class))
    }

    /// The value of a static field of a class: `Finder.Candidates` of `static Candidates = class { ... }`.
    pub(super) fn static_class(&self, callee: ExprId) -> Option<EntityId> {
        if !*self.has_static_classes.get_or_init(|| self.finds_static_classes()) {
            return None;
        }
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let (id, true) = self.entity_of(object)? else { return None };
        let super::entity::EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        let named = |member: &&super::ir::Member| member.is_static && member.key == super::ir::PropKey::Name(property);
        match self.ir.kind(self.ir[class].members.iter().find(named)?.value?) {
            ExprKind::Class(class) => self.entities.of_class(class),
            _ => None,
        }
    }
}

//! Methods that somebody out of view runs because of where they stand: in what a stream is made of, or beside a decorator.

use serde::Deserialize;

use super::Model;
use super::calls::How;
use super::entity::{EntityId, EntityKind};
use super::ir::{ExprId, ExprKind, FnId, NameId, PropKey};

/// An object that is given to a constructor which runs its methods.
#[derive(Debug, Clone, Deserialize)]
pub struct HostedApi {
    make: String,
    one: Vec<String>,
    again: Vec<String>,
    end: Vec<String>,
}

/// Decorators of methods that a framework runs again and again.
#[derive(Debug, Clone, Deserialize)]
pub struct DecoratedApi {
    modules: Vec<String>,
    names: Vec<String>,
    pub example: String,
    pub source: String,
}

impl Model<'_> {
    /// How a member of an object or class comes to run by what is around it.
    pub(super) fn run_by_host(&self, id: EntityId, name: NameId, is_static: bool) -> Option<(How, ExprId)> {
        match self.entities.get(id).kind {
            EntityKind::Object(object) => self.run_by_maker(self.ir.objects[object.index()], self.ir.name(name)),
            EntityKind::Class(class) if !is_static => {
                let mut members = self.ir[class].members.iter();
                let member = members.find(|member| member.key == PropKey::Name(name) && !member.is_static && member.function.is_some())?;
                member.decorators.iter().copied().find(|&decorator| self.is_handler_decorator(decorator)).map(|at| (How::Repeats, at))
            }
            _ => None,
        }
    }

    /// A part of what a stream is made of: what that is made with may be what ends it.
    pub(super) fn is_run_by_maker(&self, function: FnId) -> bool {
        self.entities.memberships(function).iter().any(|&(id, name, _)| match self.entities.get(id).kind {
            EntityKind::Object(object) => self.run_by_maker(self.ir.objects[object.index()], self.ir.name(name)).is_some(),
            _ => false,
        })
    }

    /// `new ReadableStream({ start(controller) { ... } })`.
    fn run_by_maker(&self, object: ExprId, name: &str) -> Option<(How, ExprId)> {
        let call = self.uses.parent(object)?;
        let ExprKind::New { callee, args } = self.ir.kind(call) else { return None };
        if self.ir.list(args).first() != Some(&object) || self.class_named_by(callee).is_some() {
            return None;
        }
        let made = self.callee_name(callee)?;
        let api = self.apis.hosted.iter().find(|api| api.make == made)?;
        let is_one = |names: &[String]| names.iter().any(|own| own == name);
        match name {
            _ if is_one(&api.one) => Some((How::Inline, call)),
            _ if is_one(&api.again) => Some((How::Repeats, call)),
            _ if is_one(&api.end) => Some((How::Later, call)),
            _ => None,
        }
    }

    fn is_handler_decorator(&self, decorator: ExprId) -> bool {
        let callee = match self.ir.kind(decorator) {
            ExprKind::Call { callee, .. } => callee,
            _ => decorator,
        };
        let Some(name) = self.callee_name(callee) else { return false };
        let mut apis = self.apis.decorated.iter().filter(|api| api.names.iter().any(|own| own == name));
        self.imported(callee).is_some_and(|(module, _)| apis.any(|api| api.modules.iter().any(|own| own == module)))
    }
}

//! The application of a framework: made one time, and what a framework hangs on each request leads to it (`req.app`, `ctx.app`, `request.server`).

use serde::Deserialize;

use super::Model;
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, NameId};
use super::place::{Place, Root, Step};

/// By what names the application is known.
#[derive(Debug, Clone, Deserialize)]
pub struct Applications {
    /// Modules whose default makes one.
    modules: Vec<String>,
    /// Parameters that stand for a request, beside those that the table of requests has.
    requests: Vec<String>,
    /// What of a request is the application.
    members: Vec<String>,
    /// Its methods that give a setting by its name, and that make one.
    pub get: String,
    pub set: String,
}

impl Model<'_> {
    /// The application, if a member of an object is it.
    pub(super) fn application_of(&self, object: Place, member: NameId) -> Option<Place> {
        if !self.apis.applications.members.iter().any(|own| own == self.ir.name(member)) || !self.is_root(object) {
            return None;
        }
        let Root::Binding(request) = self.root(object) else { return None };
        self.stands_for_request(request).then(|| self.application())
    }

    fn stands_for_request(&self, binding: BindingId) -> bool {
        let name = self.ir.name(self.ir[binding].name);
        let has_type = || self.ir[binding].annotation.is_some_and(|annotation| self.names_type(annotation, &self.apis.requests.types));
        let is_named = || self.apis.requests.params.contains(name) || self.apis.applications.requests.iter().any(|own| own == name);
        matches!(self.ir[binding].kind, BindingKind::Param(..)) && (is_named() || has_type())
    }

    /// The one that this file makes, else whichever it is.
    fn application(&self) -> Place {
        let own = *self.own_application.get_or_init(|| {
            let all = (0..self.ir.bindings.len()).map(|index| BindingId(index as u32));
            let mut made = all.filter(|&binding| self.is_application_binding(binding));
            made.next().filter(|_| made.next().is_none())
        });
        self.root_place(own.map_or(Root::Application, Root::Binding))
    }

    pub(super) fn is_application(&self, place: Place) -> bool {
        self.is_root(place)
            && match self.root(place) {
                Root::Application => true,
                Root::Binding(binding) => self.is_application_binding(binding),
                _ => false,
            }
    }

    /// The setting that a call of one of its methods names: `app.get('bus')`.
    pub(super) fn setting(&self, callee: ExprId, args: &[ExprId], method: &str) -> Option<Place> {
        let ExprKind::Member { object, property, .. } = self.ir.kind(callee) else { return None };
        let count = if method == self.apis.applications.get { 1 } else { 2 };
        if self.ir.name(property) != method || args.len() != count {
            return None;
        }
        let ExprKind::String(name) = self.ir.kind(args[0]) else { return None };
        let of = self.place(object).filter(|&of| self.is_application(of))?;
        Some(self.project(of, Step::Field(name)))
    }

    /// `const app = express()`, `new Koa()`, `require('fastify')()`.
    fn is_application_binding(&self, binding: BindingId) -> bool {
        let [write] = self.uses.writes(binding) else { return false };
        if !self.is_module_level(binding) {
            return false;
        }
        match written_value(self.ir, *write).map(|value| self.ir.kind(value)) {
            Some(ExprKind::Call { callee, .. } | ExprKind::New { callee, .. }) => self.makes_application(callee),
            _ => false,
        }
    }

    fn makes_application(&self, maker: ExprId) -> bool {
        let module = match self.ir.kind(maker) {
            ExprKind::Ident(_) => self.ir.binding_of(maker).and_then(|binding| self.module_of(binding)),
            _ => self.required(maker, 3),
        };
        module.is_some_and(|module| self.apis.applications.modules.iter().any(|own| own == module))
    }
}

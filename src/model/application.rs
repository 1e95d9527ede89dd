//! The application of a framework: made one time, and what a framework hangs on each request leads to it (`req.app`, `ctx.app`, `request.server`).

use serde::Deserialize;

use super::Model;
use super::access::Access;
use super::facts::GrowthKind;
use super::holding::Operations;
use super::index::written_value;
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, Import, NameId};
use super::place::{Place, Root, Step};

/// The member of an application that holds what the program hangs on it: https://expressjs.com/en/4x/api.html#app.locals
pub const LOCALS: &str = "locals";
/// The method that puts something on an application under a name: https://fastify.dev/docs/latest/Reference/Decorators/
pub const DECORATE: &str = "decorate";

/// By what names the application is known.
#[derive(Debug, Clone, Deserialize)]
pub struct Applications {
    /// Modules whose default makes one.
    modules: Vec<String>,
    /// Parameters that stand for a request, beside those that the table of requests has.
    requests: Vec<String>,
    /// What of a request is the application.
    members: Vec<String>,
    /// Modules of which each request inherits from a member of the application, and that member.
    inheriting: Vec<String>,
    prototype: String,
    /// Its methods that give a setting by its name, and that make one.
    pub get: String,
    pub set: String,
}

impl Model<'_> {
    /// `app.context.cache` for `ctx.cache`: what a file puts on the object that each of its requests inherits from.
    pub(super) fn inherited_of(&self, object: Place, member: NameId) -> Option<Place> {
        let Root::Binding(request) = self.root(object) else { return None };
        if !self.is_root(object) || !matches!(self.ir[request].kind, BindingKind::Param(..)) || !self.inherited_names().contains(&member) {
            return None;
        }
        let prototype = self.ir.find_name(&self.apis.applications.prototype)?;
        self.stands_for_request(request)
            .then(|| self.project(self.project(self.application(), Step::Field(prototype)), Step::Field(member)))
    }

    /// What the one application of this file is given for all requests: `app.context.cache = ...`.
    fn inherited_names(&self) -> &[NameId] {
        self.inherited.get_or_init(|| {
            let applications = &self.apis.applications;
            let names_module = |import: &Import| applications.inheriting.iter().any(|own| own == self.ir.name(import.module));
            let is_required = || applications.inheriting.iter().any(|own| self.ir.find_name(own).is_some());
            if !self.ir.imports.iter().any(names_module) && !is_required() || self.ir.find_name(&applications.prototype).is_none() {
                return Vec::new();
            }
            let given = |&write: &ExprId| {
                let ExprKind::Assign { target, .. } = self.ir.kind(write) else { return None };
                let ExprKind::Member { object, property, .. } = self.ir.kind(target) else { return None };
                let ExprKind::Member { object: app, property: of, .. } = self.ir.kind(object) else { return None };
                let app = self.ir.binding_of(app)?;
                (self.ir.name(of) == applications.prototype && self.is_application_binding(app)).then_some(property)
            };
            self.uses.member_writes.iter().filter_map(given).collect()
        })
    }

    /// `req.app.locals.users`, which another file makes, and where this one puts entries under keys as into a plain object: nothing bounds that.
    pub(super) fn is_table_of_application(&self, place: Place, operations: &Operations) -> bool {
        let of_own = |outer: Place| match self.split(outer) {
            Some((app, Step::Field(name))) => self.is_root(app) && self.ir.name(name) == LOCALS,
            _ => false,
        };
        matches!(self.root(place), Root::Application)
            && matches!(self.split(place), Some((outer, Step::Field(_))) if of_own(outer))
            && operations.grows.iter().all(|grow| grow.how == GrowthKind::Property && grow.key.is_some())
            && self.initial_values(place).is_empty()
    }

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
            // `Router` of `express` makes none.
            ExprKind::Ident(_) => self.imported(maker).filter(|(module, path)| is_maker(module, path)).map(|(module, _)| module),
            _ => self.required(maker, 3),
        };
        module.is_some_and(|module| self.apis.applications.modules.iter().any(|own| own == module))
    }
}

/// Whether what a module offers under a path is what it makes applications with: the module itself, its default, or what has its name.
fn is_maker(module: &str, path: &[Access]) -> bool {
    path.iter().all(|step| matches!(step, Access::Member(name) if name == "default" || name == module))
}

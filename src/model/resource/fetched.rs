//! `const { statusCode } = await request(url)`: the body waits to be read, and its socket with it. (That of `fetch` is let go by the collector.)

use super::super::Model;
use super::super::access::Access;
use super::super::index::written_value;
use super::super::ir::{BindingId, ExprId, ExprKind, PropKey};
use super::super::origin::without_default;
use super::api::ResponseApi;
use super::{Flaw, Kind, Resource};

impl Model<'_> {
    pub(super) fn unread_fetched(&self, call: ExprId, callee: ExprId) -> Option<Resource> {
        let (module, path) = self.imported(callee)?;
        let path = without_default(path);
        let Some(Access::Member(last)) = path.last() else { return None };
        let is_one = |api: &&ResponseApi| api.make.contains(last) && api.module.iter().any(|own| own == module);
        let api = self.apis.resources.responses.iter().find(is_one)?;
        if self.asks_for_head(call) {
            return None;
        }
        let is_head = |name: &str| api.head.iter().any(|own| own == name);
        let value = self.uses.parent(call).filter(|&parent| matches!(self.ir.kind(parent), ExprKind::Await(_)))?;
        let is_read = |part: ExprId| self.part_name(part).is_some_and(|name| !is_head(name)) && !self.is_named_in_vain(part);
        let name = match self.uses.parent(value).map(|parent| self.ir.kind(parent)) {
            Some(ExprKind::Init { binding, .. }) => self.left_response(binding, api)?,
            // Its parts get names, or nobody gets anything.
            Some(ExprKind::Member { .. }) | None if !self.parts_of(value).any(is_read) => last.clone(),
            _ => return None,
        };
        let release = if name == *last { api.release.clone() } else { format!("{name}.{}", api.release) };
        let mut resource = self.describe(call, "response".to_owned(), Flaw::Unread { name });
        resource.kind = Kind { release, ..Kind::default() };
        Some(resource)
    }

    /// The name of a response of which only the head is read.
    fn left_response(&self, binding: BindingId, api: &ResponseApi) -> Option<String> {
        let reads_head = |&at: &ExprId| {
            let name = self.uses.parent(at).and_then(|part| self.part_name(part));
            name.is_some_and(|name| api.head.iter().any(|own| own == name))
        };
        let is_left = !self.is_exported(binding) && self.uses.refs(binding).iter().all(reads_head);
        is_left.then(|| self.ir.name(self.ir[binding].name).to_owned())
    }

    /// The properties that are read of a value where it is made.
    fn parts_of(&self, value: ExprId) -> impl Iterator<Item = ExprId> {
        self.ir.expr_ids().filter(move |&id| matches!(self.ir.kind(id), ExprKind::Member { object, .. } if object == value))
    }

    fn part_name(&self, part: ExprId) -> Option<&str> {
        match self.ir.kind(part) {
            ExprKind::Member { property, .. } => Some(self.ir.name(property)),
            _ => None,
        }
    }

    /// `const { statusCode, body } = ...`, where nothing speaks of `body` again.
    fn is_named_in_vain(&self, part: ExprId) -> bool {
        let Some(ExprKind::Init { binding, .. }) = self.uses.parent(part).map(|parent| self.ir.kind(parent)) else { return false };
        self.uses.refs(binding).is_empty() && matches!(self.uses.writes(binding), [write] if written_value(self.ir, *write) == Some(part))
    }

    /// `request(url, { method: 'HEAD' })`: there is no body.
    fn asks_for_head(&self, call: ExprId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return true };
        self.ir.list(args).iter().any(|&arg| match self.ir.kind(arg) {
            ExprKind::Object { props, .. } => self.ir.prop_list(props).iter().any(|prop| {
                let is_method = matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == "method");
                prop.key == PropKey::None || is_method && self.string(prop.value).is_none_or(|method| method.eq_ignore_ascii_case("head"))
            }),
            _ => false,
        })
    }
}

//! Functions that AngularJS runs for each view: a controller, which gets the scope of the view by a parameter's name, and the `link` that a directive names.

use super::Model;
use super::calls::How;
use super::ir::{ExprId, ExprKind, FnId, PropKey};
use super::mount::Mount;
use super::rendered::Mounted;
use crate::text::Span;

/// How the names of such functions end.
const ENDINGS: &[&str] = &["Controller", "Ctrl"];

impl Model<'_> {
    /// A function of a view that is no method of a directive.
    pub(super) fn of_view(&self, function: FnId) -> Option<Mount> {
        self.linked(function).or_else(|| self.controller(function))
    }

    /// `{ restrict: 'A', link: link }`, where `link` is declared beside it.
    fn linked(&self, function: FnId) -> Option<Mount> {
        let directive = self.apis.frameworks.components.iter().find(|api| api.framework == "AngularJS")?;
        let bindings = self.uses.bindings_of_function(function);
        let mut refs = bindings.iter().flat_map(|&binding| self.uses.refs(binding));
        refs.find(|&&at| {
            let Some(object) = self.uses.parent(at) else { return false };
            let ExprKind::Object { props, .. } = self.ir.kind(object) else { return false };
            let is_once = |key: PropKey| matches!(key, PropKey::Name(name) if directive.once.contains(self.ir.name(name)));
            let is_named = self.ir.prop_list(props).iter().any(|prop| prop.value == at && is_once(prop.key));
            is_named && directive.signs.iter().any(|sign| self.option(object, sign).is_some())
        })?;
        let span = self.ir[function].name_span.unwrap_or(self.ir[function].span);
        let mut mount = self.new_mount("AngularJS", "the component".to_owned(), "link", span, function);
        mount.owner = Some(Mounted::Function(function));
        Some(mount)
    }

    /// `app.controller('ListCtrl', function ($scope) { ... })`.
    fn controller(&self, function: FnId) -> Option<Mount> {
        let view = &self.apis.frameworks.older.view;
        let mut params = self.ir[function].params.iter().filter_map(|param| param.binding);
        params.find(|&binding| view.contains(self.ir.name(self.ir[binding].name)))?;
        let name = self.name_of_controller(function)?;
        let own = self.ir[function].span;
        let span = self.ir[function].name_span.unwrap_or(Span::new(own.start, own.start));
        let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
        let roots = &self.apis.frameworks.roots;
        let is_root = roots.shells.contains(stem) || roots.names.contains(stem);
        let mut mount = self.new_mount("AngularJS", name.clone(), "controller", span, function);
        mount.is_root = is_root;
        mount.owner = Some(Mounted::Function(function));
        Some(mount)
    }

    /// What the framework knows it by, if nothing here runs it.
    fn name_of_controller(&self, function: FnId) -> Option<String> {
        let is_run = |how: How| matches!(how, How::Called | How::EachElement | How::Inline | How::Later | How::Repeats | How::Test);
        if self.callers(function).iter().any(|caller| is_run(caller.how)) {
            return None;
        }
        let declared = self.function_name(function);
        let is_named = ENDINGS.iter().any(|ending| declared.ends_with(ending));
        let given = self.ir[function].expr.and_then(|expr| self.given_as_controller(expr));
        given.or_else(|| is_named.then_some(declared))
    }

    /// `controller('ListCtrl', f)`, `controller('ListCtrl', ['$scope', f])`, `{ controller: f }`.
    fn given_as_controller(&self, expr: ExprId) -> Option<String> {
        let parent = self.uses.parent(expr)?;
        match self.ir.kind(parent) {
            ExprKind::Call { callee, args, .. } if self.callee_name(callee) == Some("controller") => {
                self.ir.list(args).first().and_then(|&name| self.string(name)).map(str::to_owned)
            }
            ExprKind::Array(items) if self.ir.list(items).last() == Some(&expr) && self.ir.list(items).len() > 1 => {
                self.given_as_controller(parent)
            }
            ExprKind::Object { props, .. } => {
                let is_one = |key: PropKey| matches!(key, PropKey::Name(name) if self.ir.name(name) == "controller");
                let is_given = self.ir.prop_list(props).iter().any(|prop| prop.value == expr && is_one(prop.key));
                is_given.then(|| "the component".to_owned())
            }
            _ => None,
        }
    }
}

//! Components: what a framework mounts and unmounts, and what runs when it does.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Model;
use super::calls::How;
use super::entity::{EntityId, EntityKind, This};
use super::facts::{Interval, Sibling, TextEdit};
use super::frameworks::{Again, Cleanup, ComponentApi, HookApi};
use super::ir::{ExprId, ExprKind, FnId, FunctionKind, Ir, MemberKind, NameId, PropKey, PropKind};
use super::rendered::Mounted;
use crate::text::Span;

/// What is acquired here is acquired by a component while it is mounted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mount {
    pub framework: String,
    /// The component, or the hook of the program's own.
    pub component: String,
    /// What the framework calls: `useEffect`, `mounted`, `ngOnInit`.
    pub hook: String,
    pub hook_span: Span,
    /// The callee of what acquires.
    pub site: Span,
    pub again: Again,
    pub cleanup: Cleanup,
    /// The one component of the page.
    pub is_root: bool,
    /// What runs when the component is done, if there is such a thing.
    pub end: Option<Sibling>,
    /// What the hook's callback returns, which the framework ignores.
    pub ignored: Option<Span>,
    /// The function that the framework calls.
    #[serde(skip)]
    pub callback: Option<Span>,
    #[serde(skip)]
    pub(super) owner: Option<Mounted>,
    /// What gives back all that the hook leaves behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<TextEdit>,
}

impl Interval {
    /// The component that starts it while it is mounted, unless the defect is that one is put over another.
    pub fn of_component(&self) -> Option<&Mount> {
        self.mount.as_ref().filter(|_| self.overwritten.is_none())
    }
}

/// Calls followed outwards from an acquisition to the hook that runs it.
const DEPTH: u32 = 6;

impl Model<'_> {
    /// The component and hook by which a site runs, if it is no event that does.
    pub fn mount(&self, site: ExprId) -> Option<Mount> {
        self.mount_within(site, false, false)
    }

    /// The same for what makes a value that the component draws: `useMemo(() => URL.createObjectURL(file), [file])`.
    pub(super) fn mount_of_value(&self, site: ExprId) -> Option<Mount> {
        self.mount_within(site, false, true).filter(|mount| mount.cleanup == Cleanup::Value)
    }

    /// Also through events, each of which acquires once more.
    pub(super) fn mount_by_event(&self, site: ExprId) -> Option<Mount> {
        let mount = self.mount_within(site, true, false).or_else(|| self.mount_by_template(site))?;
        Some(Mount { again: Again::Event, ..mount })
    }

    fn mount_within(&self, site: ExprId, by_events: bool, of_values: bool) -> Option<Mount> {
        if !self.may_have_components() {
            return self.action_around(site);
        }
        let mut seen = FxHashSet::default();
        let mut work = VecDeque::from_iter(self.is_come_to(site).then(|| (self.ir.function_of(site), DEPTH)));
        while let Some((function, depth)) = work.pop_front() {
            if function == Ir::MODULE || !seen.insert(function) {
                continue;
            }
            if let Some(mount) = self.mount_at(function).filter(|mount| of_values || mount.cleanup != Cleanup::Value) {
                return Some(Mount { site: self.callee_span(site), ..mount });
            }
            let Some(depth) = depth.checked_sub(1) else { continue };
            for caller in self.callers(function).iter() {
                match (caller.how, caller.at) {
                    (How::Later, Some(at)) if self.is_start_of_page(at) => {}
                    (How::Called | How::Inline | How::Later | How::EachElement, Some(at)) => {
                        work.push_back((self.ir.function_of(at), depth))
                    }
                    (How::Repeats, Some(at)) if by_events => work.push_back((self.ir.function_of(at), depth)),
                    (How::Inline, None) => work.extend(self.ir[function].parent.map(|parent| (parent, depth))),
                    _ => {}
                }
            }
        }
        None
    }

    fn may_have_components(&self) -> bool {
        *self.names_hooks.get_or_init(|| {
            let frameworks = &self.apis.frameworks;
            !self.ir.setups.is_empty()
                || self.ir.names.iter().any(|name| frameworks.is_sign(name))
                || self.ir.find_name("ctorParameters").is_some()
        })
    }

    /// What a framework does with a function.
    pub(super) fn mount_at(&self, function: FnId) -> Option<Mount> {
        if self.ir.setups.contains(&function) {
            let framework = if self.ir.is_svelte { "Svelte" } else { "Vue" };
            let span = self.ir[function].span;
            let mut mount = self.new_mount(framework, "the component".to_owned(), "setup", Span::new(span.start, span.start), function);
            mount.end = self.end_by_hook(function);
            mount.owner = Some(Mounted::Function(function));
            return Some(mount);
        }
        self.callback_of_hook(function)
            .or_else(|| self.member_of_component(function))
            .or_else(|| self.composable(function))
            .or_else(|| self.action(function))
            .or_else(|| self.of_view(function))
            .or_else(|| self.body_of_component(function))
    }

    pub(super) fn new_mount(&self, framework: &str, component: String, hook: &str, hook_span: Span, function: FnId) -> Mount {
        let (hook, framework) = (hook.to_owned(), framework.to_owned());
        let ignored = self.returned_closure(function).map(|returned| self.ir[returned].span);
        let (site, callback) = (hook_span, Some(self.ir[function].span));
        Mount {
            framework,
            component,
            hook,
            hook_span,
            site,
            again: Again::Never,
            cleanup: Cleanup::Hook,
            is_root: false,
            end: None,
            ignored,
            callback,
            owner: None,
            edits: Vec::new(),
        }
    }

    fn callback_of_hook(&self, function: FnId) -> Option<Mount> {
        let candidates = self.callers(function).iter().filter_map(|caller| caller.at).collect::<Vec<_>>();
        let own = self.ir[function].expr.and_then(|expr| self.uses.parent(expr));
        candidates.into_iter().chain(own).find_map(|call| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let api = self.hook(call)?;
            let args = self.ir.list(args);
            if self.function_value(*args.get(api.callback)?) != Some(function) {
                return None;
            }
            let around = self.ir.function_of(call);
            let component = match around {
                _ if self.constructs(function) => self.function_name(function),
                Ir::MODULE => self.callee_text(call),
                _ => self.component_name(around),
            };
            let name = self.callee_name(callee).unwrap_or_default();
            let mut mount = self.new_mount(&api.framework, component, name, self.callee_span(call), function);
            mount.cleanup = if self.ir[function].is_async { Cleanup::Hook } else { api.cleanup };
            mount.again = self.runs_again(api, args.get(1).copied());
            mount.is_root = self.apis.frameworks.roots.names.contains(&mount.component);
            mount.owner = self.named_around(around).map(Mounted::Function);
            if mount.cleanup == Cleanup::Returned {
                mount.ignored = None;
                mount.end = self.returned_closure(function).map(|end| Sibling { span: self.ir[end].span, text: "the clean-up".to_owned() });
            } else {
                mount.end = self.end_by_hook(around).or_else(|| self.end_by_hook(function));
            }
            if api.cleanup == Cleanup::Value {
                mount.ignored = None;
            }
            Some(mount)
        })
    }

    /// `useEffect`, `onMounted`, `Template.clock.onRendered`.
    pub(super) fn hook(&self, call: ExprId) -> Option<&HookApi> {
        let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
        let name = self.callee_name(callee)?;
        self.apis.frameworks.hooks(name).find(|api| {
            if let Some(receiver) = &api.receiver {
                let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return false };
                return matches!(self.ir.kind(object), ExprKind::Member { object, .. } if self.callee_name(object) == Some(receiver));
            }
            match self.ir.kind(callee) {
                ExprKind::Member { object, .. } if api.modules.is_empty() => !matches!(self.ir.kind(object), ExprKind::This),
                ExprKind::Member { object, .. } => self.imported(object).is_some_and(|(module, _)| api.is_of_default(module)),
                _ if api.modules.is_empty() && !api.global => true,
                _ if self.ir.global_of(callee).is_some() => api.global,
                _ => self.imported(callee).is_some_and(|(module, _)| api.modules.iter().any(|one| one == module)),
            }
        })
    }

    fn runs_again(&self, api: &HookApi, list: Option<ExprId>) -> Again {
        if api.again != Again::Dependencies {
            return api.again;
        }
        match list.map(|list| self.ir.kind(list)) {
            None | Some(ExprKind::Undefined) => Again::Update,
            Some(ExprKind::Array(items)) if self.ir.list(items).is_empty() => Again::Never,
            Some(_) => Again::Change,
        }
    }

    /// The function that a callback gives back.
    pub(super) fn returned_closure(&self, function: FnId) -> Option<FnId> {
        self.uses.returns(function).iter().find_map(|&returned| match self.ir.kind(returned) {
            ExprKind::Return(Some(value)) => self.function_value(value),
            _ => None,
        })
    }

    /// The outermost function that has a name of its own.
    fn component_name(&self, function: FnId) -> String {
        match self.named_around(function) {
            Some(one) if self.ir.setups.contains(&one) => "the component".to_owned(),
            Some(one) => match self.entities.memberships(one).first() {
                Some(&(id, _, _)) if self.is_object(id) => self.component_text(id),
                _ => self.function_name(one),
            },
            None => "the component".to_owned(),
        }
    }

    fn named_around(&self, function: FnId) -> Option<FnId> {
        let mut found = None;
        let mut at = Some(function);
        while let Some(one) = at.filter(|&one| one != Ir::MODULE) {
            let declared = &self.ir[one];
            if declared.name.is_some() || !self.uses.bindings_of_function(one).is_empty() || !self.entities.memberships(one).is_empty() {
                found = Some(one);
            }
            at = declared.parent;
        }
        found
    }

    /// A component that is an object, by its name.
    fn component_text(&self, id: EntityId) -> String {
        let named = match self.entities.get(id).kind {
            EntityKind::Object(object) => self.option(self.ir.objects[object.index()], "name").and_then(|name| self.string(name)),
            _ => None,
        };
        match named {
            Some(name) => name.to_owned(),
            None if self.is_object(id) && self.entities.get(id).binding.is_none() => {
                self.name_of_component(id).map_or_else(|| "the component".to_owned(), str::to_owned)
            }
            None => self.entity_name(id),
        }
    }

    /// `Clock` of `const Clock = View.extend({ ... })`.
    fn name_of_component(&self, id: EntityId) -> Option<&str> {
        let EntityKind::Object(object) = self.entities.get(id).kind else { return None };
        let call = self.uses.parent(self.ir.objects[object.index()])?;
        let is_made = matches!(self.ir.kind(call), ExprKind::Call { .. });
        match self.ir.kind(self.uses.parent(call).filter(|_| is_made)?) {
            ExprKind::Init { binding, .. } => Some(self.ir.name(self.ir[binding].name)),
            _ => None,
        }
    }

    pub(super) fn option(&self, object: ExprId, wanted: &str) -> Option<ExprId> {
        let ExprKind::Object { props, .. } = self.ir.kind(object) else { return None };
        let prop = self
            .ir
            .prop_list(props)
            .iter()
            .find(|prop| prop.kind != PropKind::Spread && matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == wanted))?;
        Some(prop.value)
    }

    fn member_of_component(&self, function: FnId) -> Option<Mount> {
        let constructs =
            |id: EntityId| self.entities.get(id).constructor == Some(function) || self.ir[function].kind == FunctionKind::FieldInit;
        if let This::Instance(id) = self.entities.this_of(function)
            && constructs(id)
            && let Some(api) = self.component(id)
        {
            let name = match self.entities.get(id).kind {
                EntityKind::Class(class) => self.ir[class].members.iter().find(|member| member.kind == MemberKind::Constructor),
                _ => None,
            };
            let span = name.map_or(self.ir[function].span, |member| member.key_span);
            return Some(self.mount_of_member(id, api, "constructor", span, function));
        }
        self.entities.memberships(function).iter().find_map(|&(id, name, is_static)| {
            let api = self.component(id).filter(|_| !is_static)?;
            let name = self.ir.name(name);
            // `mounted(el, binding)` is a directive's.
            let gets_element = api.object
                && !matches!(name, "setup" | "data" | "constructor" | "initialize" | "link")
                && !self.ir[function].params.is_empty();
            let api = if gets_element { self.apis.frameworks.components.iter().find(|api| api.element)? } else { api };
            let is_once = api.once.contains(name);
            if !is_once && !api.again.contains(name) {
                return None;
            }
            let span = self.ir[function].name_span.unwrap_or(self.ir[function].span);
            let mut mount = self.mount_of_member(id, api, name, Span::new(span.start, span.start + name.len() as u32), function);
            mount.again = if is_once { Again::Never } else { Again::Update };
            Some(mount)
        })
    }

    pub(super) fn mount_of_member(&self, id: EntityId, api: &ComponentApi, hook: &str, span: Span, function: FnId) -> Mount {
        let mut mount = self.new_mount(&api.framework, self.component_text(id), hook, span, function);
        let methods = &self.entities.get(id).methods;
        let end = methods.iter().filter(|(name, _)| api.end.contains(self.ir.name(**name))).min_by_key(|(_, function)| **function);
        mount.end = end
            .map(|(&name, &function)| {
                let start = self.ir[function].name_span.unwrap_or(self.ir[function].span).start;
                Sibling { span: Span::new(start, start + self.ir.name(name).len() as u32), text: format!("`{}`", self.ir.name(name)) }
            })
            .or_else(|| self.end_by_hook(function));
        mount.is_root = self.is_root_component(id, &mount.component);
        mount.owner = Some(Mounted::Entity(id));
        mount
    }

    fn is_root_component(&self, id: EntityId, name: &str) -> bool {
        let roots = &self.apis.frameworks.roots;
        let EntityKind::Object(object) = self.entities.get(id).kind else {
            return roots.names.contains(name.strip_suffix("Component").unwrap_or(name)) || roots.names.contains(name);
        };
        let made = self.uses.parent(self.ir.objects[object.index()]);
        roots.names.contains(name)
            || made.is_some_and(|made| match self.ir.kind(made) {
                ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => {
                    self.callee_name(callee).is_some_and(|name| roots.makers.contains(name))
                }
                _ => false,
            })
    }

    /// A hook in a function, or around it, that is given what runs at the end.
    pub(super) fn end_by_hook(&self, function: FnId) -> Option<Sibling> {
        self.uses.calls.iter().copied().find_map(|call| {
            let ExprKind::Call { callee, .. } = self.ir.kind(call) else { return None };
            let name = self.callee_name(callee)?;
            let is_end = self.apis.frameworks.ends.verbs.contains(name) && self.is_inside(self.ir.function_of(call), function);
            is_end.then(|| Sibling { span: self.callee_span(call), text: format!("`{name}`") })
        })
    }

    /// A function of a component's set-up, a method of it, of its options, or of an object among them.
    pub(super) fn is_of_component(&self, function: FnId) -> bool {
        if !self.may_have_components() {
            return false;
        }
        let mut around = Some(function);
        while let Some(one) = around {
            if self.ir.setups.contains(&one) {
                return true;
            }
            around = self.ir[one].parent;
        }
        let owners = self.entities.memberships(function).iter().map(|&(id, ..)| id);
        owners.chain(self.instance_around(function)).any(|id| {
            let mut at = Some(id);
            while let Some(one) = at {
                if self.component(one).is_some_and(|api| api.object || !api.decorators.is_empty()) {
                    return true;
                }
                let EntityKind::Object(object) = self.entities.get(one).kind else { return false };
                let outer = self.uses.parent(self.ir.objects[object.index()]);
                at = outer.and_then(|outer| match self.ir.kind(outer) {
                    ExprKind::Object { object, .. } => self.entities.of_object(object),
                    _ => None,
                });
            }
            false
        })
    }

    /// Whether what a mount acquires is acquired one time in the life of a page.
    pub(super) fn is_of_root(&self, mount: &Mount) -> bool {
        mount.is_root || mount.again == Again::Never && mount.owner.is_some_and(|owner| self.is_mounted_once(owner))
    }

    /// `ngOnInit` of a component of which each instance is mounted one time.
    pub(super) fn runs_once_a_mount(&self, id: EntityId, method: NameId) -> bool {
        self.component(id).is_some_and(|api| api.single && api.once.contains(self.ir.name(method)))
    }

    /// What a framework makes of a class or an object.
    pub(super) fn component(&self, id: EntityId) -> Option<&ComponentApi> {
        let all = &self.apis.frameworks.components;
        if let Some(known) = self.components.borrow().get(&id) {
            return known.and_then(|at| all.get(at));
        }
        let found = self.find_component(id);
        // While the table of what is stored is built, names are followed less far.
        if !self.is_indexing.get() {
            let at = found.and_then(|api| all.iter().position(|it| std::ptr::eq(it, api)));
            self.components.borrow_mut().insert(id, at);
        }
        found
    }

    fn find_component(&self, id: EntityId) -> Option<&ComponentApi> {
        let entity = self.entities.get(id);
        let has_sign = |api: &ComponentApi| entity.methods.keys().any(|&name| api.signs.contains(self.ir.name(name)));
        match entity.kind {
            EntityKind::Object(object) => {
                let expr = self.ir.objects[object.index()];
                let has_part = |api: &ComponentApi| api.signs.iter().any(|sign| self.option(expr, sign).is_some());
                let maker = self.uses.parent(expr).and_then(|call| match self.ir.kind(call) {
                    ExprKind::Call { callee, .. } => self.callee_name(callee),
                    _ => None,
                });
                let is_made = |api: &ComponentApi| maker.is_some_and(|name| api.makers.contains(name));
                let is_extended =
                    |api: &ComponentApi| !api.extends.is_empty() && self.extended_by(expr).is_some_and(|of| api.extends.contains(of));
                let is_given = |api: &ComponentApi| !api.given_by.is_empty() && self.given_by(expr).is_some_and(|by| api.is_given_by(&by));
                let is_listed = |api: &ComponentApi| api.option.as_ref().is_some_and(|option| self.is_listed_under(expr, option));
                let is_one = |api: &&ComponentApi| {
                    api.object && (has_part(api) || is_made(api) || is_extended(api) || is_given(api) || is_listed(api))
                };
                self.apis.frameworks.components.iter().find(is_one)
            }
            EntityKind::Class(class) => {
                let decorators: Vec<&str> =
                    self.ir[class].decorators.iter().filter_map(|&decorator| self.name_of_decorator(decorator)).collect();
                let is_service = decorators.iter().any(|name| matches!(*name, "Injectable" | "NgModule"));
                self.apis.frameworks.components.iter().filter(|api| !api.object).find(|api| {
                    decorators.iter().any(|name| api.decorators.contains(*name))
                        || !is_service && (has_sign(api) || entity.base.is_some_and(|base| self.is_base_of(base, api)))
                })
            }
            EntityKind::Constructor(_) => {
                let apis = &self.apis.frameworks.components;
                let is_service = self.has_compiled_decorator(id, &|name| matches!(name, "Injectable" | "NgModule"));
                apis.iter()
                    .filter(|api| !api.object)
                    .find(|api| self.has_compiled_decorator(id, &|name| api.decorators.contains(name)) || !is_service && has_sign(api))
            }
        }
    }

    /// `View` of `Backbone.View.extend({ ... })`.
    fn extended_by(&self, object: ExprId) -> Option<&str> {
        let ExprKind::Call { callee, args, .. } = self.ir.kind(self.uses.parent(object)?) else { return None };
        let ExprKind::Member { object: of, property, .. } = self.ir.kind(callee) else { return None };
        let is_definition = self.ir.name(property) == "extend" && self.ir.list(args).first() == Some(&object);
        self.callee_name(of).filter(|_| is_definition)
    }

    fn name_of_decorator(&self, decorator: ExprId) -> Option<&str> {
        match self.ir.kind(decorator) {
            ExprKind::Call { callee, .. } => self.callee_name(callee),
            _ => self.callee_name(decorator),
        }
    }

    fn is_base_of(&self, base: ExprId, api: &ComponentApi) -> bool {
        let is_named = self.callee_name(base).is_some_and(|name| api.bases.contains(name));
        let is_from = || match self.imported(base) {
            Some((module, _)) => api.modules.contains(module),
            None => matches!(self.ir.kind(base), ExprKind::Member { .. }),
        };
        is_named && (api.modules.is_empty() || is_from())
    }

    /// Whether a site stands in a function that a hook's callback returns to a framework which ignores it, or that is given to a hook too late, or to
    /// nobody.
    pub(super) fn is_ignored_cleanup(&self, site: ExprId) -> bool {
        if self.is_never_run(site) {
            return true;
        }
        if !self.may_have_components() {
            return false;
        }
        if self.is_of_late_hook(site) || self.is_of_dead_hook(site) {
            return true;
        }
        let mut at = Some(self.ir.function_of(site));
        while let Some(function) = at.filter(|&function| function != Ir::MODULE) {
            let parent = self.ir[function].parent;
            let is_returned = parent.is_some_and(|parent| self.returned_closure(parent) == Some(function));
            if is_returned && let Some(mount) = parent.and_then(|parent| self.callback_of_hook(parent)) {
                return mount.cleanup == Cleanup::Hook;
            }
            at = parent;
        }
        false
    }
}

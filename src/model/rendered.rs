//! How many times a component is mounted in the life of a page: once if it stands in what is rendered at the root, or in a component of which
//! that holds, in a place that is always there.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Model;
use super::access::AccessPath;
use super::context::{ContextKind, Region};
use super::entity::{EntityId, EntityKind};
use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir, PropKey};
use super::links::{ImportUse, UseKind, Wanted};
use super::outside::Way;
use super::place::Root;

/// What is mounted, and runs its effects then.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Mounted {
    /// A function component, or a hook that it calls.
    Function(FnId),
    /// A component that is a class, or an object of options.
    Entity(EntityId),
}

/// Where something is mounted, as far as one file tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mounts {
    /// In a list, on a condition, or where it is not followed.
    pub is_often: bool,
    /// In components that this file offers to others: the names of each.
    pub within: Vec<Vec<AccessPath>>,
}

/// Names and elements followed before it is given up.
const LIMIT: usize = 60;

struct Search<'m, 'a> {
    model: &'m Model<'a>,
    seen: FxHashSet<ExprId>,
    bindings: FxHashSet<BindingId>,
    functions: FxHashSet<FnId>,
    mounts: Mounts,
    /// Places at which it is mounted, or goes on to be.
    places: usize,
}

impl Model<'_> {
    /// Whether there is one mount of a component in the life of a page.
    pub(super) fn is_mounted_once(&self, what: Mounted) -> bool {
        let mut search = Search::new(self);
        match what {
            Mounted::Function(function) => search.component(function),
            Mounted::Entity(id) => search.entity(id),
        }
        let Mounts { is_often, within } = search.mounts;
        !is_often
            && within.iter().all(|paths| {
                self.outside().is_some_and(|outside| {
                    let seen = outside.uses(paths);
                    let uses = seen.uses.iter().map(|used| (used.file.as_str(), &used.used, used.context.kind == ContextKind::Init));
                    seen.is_complete && are_mounts(uses)
                })
            })
    }

    /// Elements of components, and calls of hooks, of other files.
    pub(super) fn rendered_imports(&self, wanted: Wanted<'_>, uses: &mut Vec<ImportUse>) {
        for value in self.ir.expr_ids() {
            let is_name = matches!(self.ir.kind(value), ExprKind::Ident(_) | ExprKind::Member { .. });
            let Some(parent) = self.uses.parent(value).filter(|_| is_name) else { continue };
            let is_mount = match self.ir.kind(parent) {
                ExprKind::Jsx { tag, .. } => tag == value,
                ExprKind::Call { callee, .. } if callee == value => self.callee_name(callee).is_some_and(is_hook),
                ExprKind::Call { .. } | ExprKind::New { .. } | ExprKind::Array(_) => self.is_option_of_root(value, parent),
                _ => false,
            };
            if !is_mount || self.is_nothing_of(value, wanted) {
                continue;
            }
            let Some((module, path)) = self.imported(value).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            let mut search = Search::new(self);
            match self.ir.kind(parent) {
                ExprKind::Jsx { .. } => search.element(parent),
                ExprKind::Call { callee, .. } if callee == value => search.component(self.ir.function_of(parent)),
                _ => {}
            }
            uses.push(self.import_use(module, path, value, self.ir.span(value), UseKind::Mounted(search.mounts), Way::default()));
        }
    }

    /// `createApp(Main)`, `createApp({ mixins: [resizing] })`: a part of the one component of a page.
    fn is_option_of_root(&self, value: ExprId, parent: ExprId) -> bool {
        let made = match self.ir.kind(parent) {
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => (callee != value).then_some(parent),
            _ => self.uses.parent(parent).filter(|&options| self.is_mixin(options, parent)).and_then(|it| self.uses.parent(it)),
        };
        made.is_some_and(|made| self.is_made_at_root(made))
    }

    fn is_mixin(&self, options: ExprId, value: ExprId) -> bool {
        let ExprKind::Object { props, .. } = self.ir.kind(options) else { return false };
        let is_mixins = |key| matches!(key, PropKey::Name(name) if self.ir.name(name) == "mixins");
        self.ir.prop_list(props).iter().any(|prop| prop.value == value && is_mixins(prop.key))
    }

    /// A call that makes what a page shows, at start-up.
    fn is_made_at_root(&self, call: ExprId) -> bool {
        let (ExprKind::Call { callee, .. } | ExprKind::New { callee, .. }) = self.ir.kind(call) else { return false };
        self.callee_name(callee).is_some_and(|name| self.apis.frameworks.roots.makers.contains(name))
            && matches!(
                self.context(call, Region::Function(Ir::MODULE)).kind,
                ContextKind::Init | ContextKind::Bounded | ContextKind::Startup
            )
    }
}

/// Whether uses of a component are each a mount of it, and each of these is one. With each use: its file, and whether what is around it is mounted once.
pub fn are_mounts<'u>(uses: impl Iterator<Item = (&'u str, &'u ImportUse, bool)>) -> bool {
    let uses: Vec<_> = uses.collect();
    let mounts: Vec<_> = uses.iter().filter(|(_, used, _)| matches!(used.what, UseKind::Mounted(_))).collect();
    let is_mount = |file: &str, used: &ImportUse| mounts.iter().any(|(of, mount, _)| *of == file && mount.span == used.span);
    !mounts.is_empty()
        && mounts.iter().all(|(_, _, is_once)| *is_once)
        && uses.iter().all(|(file, used, _)| matches!(used.what, UseKind::Read) || is_mount(file, used))
}

fn is_hook(name: &str) -> bool {
    name.strip_prefix("use").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

impl<'m, 'a> Search<'m, 'a> {
    fn new(model: &'m Model<'a>) -> Self {
        let (seen, bindings, functions) = Default::default();
        Self { model, seen, bindings, functions, mounts: Mounts::default(), places: 0 }
    }

    fn give_up(&mut self) {
        self.mounts.is_often = true;
    }

    fn offer(&mut self, paths: Vec<AccessPath>) {
        if !paths.is_empty() {
            self.places += 1;
            self.mounts.within.push(paths);
        }
    }

    /// Where a function that renders, or a hook, is mounted.
    fn component(&mut self, function: FnId) {
        if function == Ir::MODULE || self.seen.len() > LIMIT {
            return self.give_up();
        }
        if self.mounts.is_often || !self.functions.insert(function) {
            return;
        }
        let before = self.places;
        for &binding in self.model.uses.bindings_of_function(function) {
            self.binding(binding);
        }
        if let Some(expr) = self.model.ir[function].expr {
            self.value(expr);
        }
        let owners: Vec<EntityId> = self.model.entities.memberships(function).iter().map(|&(id, ..)| id).collect();
        for id in owners.into_iter().filter(|&id| self.model.component(id).is_some()) {
            self.entity(id);
        }
        if self.places == before {
            self.give_up();
        }
    }

    fn entity(&mut self, id: EntityId) {
        let before = self.places;
        let entity = self.model.entities.get(id);
        let value = match entity.kind {
            EntityKind::Class(class) => self.model.ir[class].expr,
            EntityKind::Object(object) => Some(self.model.ir.objects[object.index()]),
            EntityKind::Constructor(_) => None,
        };
        if let Some(binding) = entity.binding {
            self.binding(binding);
        }
        if let Some(value) = value {
            self.value(value);
        }
        if self.places == before {
            self.give_up();
        }
    }

    fn binding(&mut self, binding: BindingId) {
        if self.bindings.insert(binding) {
            let model = self.model;
            self.offer(model.paths_of_binding(binding));
            for &at in model.uses.refs(binding) {
                self.value(at);
            }
        }
    }

    /// What becomes of an expression whose value is the component.
    fn value(&mut self, value: ExprId) {
        let (model, ir) = (self.model, self.model.ir);
        if !self.seen.insert(value) || self.mounts.is_often {
            return;
        }
        let Some(parent) = model.uses.parent(value) else { return self.offer(model.paths_of_value(value)) };
        match ir.kind(parent) {
            ExprKind::Jsx { tag, .. } if tag == value => self.element(parent),
            ExprKind::Call { callee, .. } if callee == value => {
                self.places += 1;
                self.component(ir.function_of(parent));
            }
            ExprKind::Call { callee, .. } if model.callee_name(callee).is_some_and(is_hook) => self.give_up(),
            // `observer(Panel)`, `connect(state)(Panel)`.
            ExprKind::Call { .. } if !model.is_made_at_root(parent) => self.value(parent),
            ExprKind::Call { .. } | ExprKind::New { .. } if model.is_made_at_root(parent) => self.places += 1,
            ExprKind::Array(_) if model.is_option_of_root(value, parent) => self.places += 1,
            ExprKind::Init { binding, .. } => self.binding(binding),
            // `Panel.displayName = 'Panel'`.
            ExprKind::Member { .. } => {}
            ExprKind::Assign { target, .. } if target == value => {}
            ExprKind::Assign { target, .. } if model.place(target).is_some_and(|place| model.root(place) == Root::Exports) => {
                self.offer(model.paths_of_value(value));
            }
            _ => self.give_up(),
        }
    }

    /// Where an element stands.
    fn element(&mut self, element: ExprId) {
        let (model, ir) = (self.model, self.model.ir);
        self.places += 1;
        let mut at = element;
        while let Some(parent) = model.uses.parent(at) {
            match ir.kind(parent) {
                ExprKind::Jsx { tag, children, .. } if ir.list(children).contains(&at) && self.always_shows_children(tag) => at = parent,
                ExprKind::Return(_) => return self.component(ir.function_of(parent)),
                ExprKind::Call { .. } | ExprKind::New { .. } if model.is_made_at_root(parent) => return,
                ExprKind::Init { binding, .. } if !self.bindings.insert(binding) => return self.give_up(),
                ExprKind::Init { binding, .. } => match model.uses.refs(binding) {
                    &[only] => at = only,
                    _ => return self.give_up(),
                },
                _ => return self.give_up(),
            }
        }
        self.give_up();
    }

    /// An element of the page, a fragment, or a component that hands something to all below it.
    fn always_shows_children(&self, tag: ExprId) -> bool {
        match self.model.ir.kind(tag) {
            ExprKind::String(_) | ExprKind::Other => true,
            _ => {
                let name = self.model.callee_name(tag).unwrap_or_default();
                self.model.apis.frameworks.roots.wrappers.iter().any(|wrapper| name.ends_with(wrapper.as_str()))
            }
        }
    }
}

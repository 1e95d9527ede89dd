//! How many times a component is mounted in the life of a page: once if it stands in what is rendered at the root, or in a component of which
//! that holds, in a place that is always there.

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Model;
use super::access::{Access, AccessPath};
use super::context::{ContextKind, Region};
use super::derived::Derived;
use super::entity::{EntityId, EntityKind};
use super::ir::{BindingId, ExprId, ExprKind, FnId, Ir};
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
    /// In custom elements of these names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elements: Vec<String>,
    /// Below components of other files: modules, and what these offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub below: Vec<(String, AccessPath)>,
    /// It is only named there, for a framework that looks it up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_nowhere: bool,
    /// It is a function that each element there runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_action: bool,
}

/// Names and elements followed before it is given up.
const LIMIT: usize = 60;

pub(super) struct Search<'m, 'a> {
    pub(super) model: &'m Model<'a>,
    seen: FxHashSet<ExprId>,
    bindings: FxHashSet<BindingId>,
    functions: FxHashSet<FnId>,
    pub(super) mounts: Mounts,
    /// Places at which it is mounted, or goes on to be.
    pub(super) places: usize,
}

impl Model<'_> {
    /// Whether there is one mount of a component in the life of a page.
    pub(super) fn is_mounted_once(&self, what: Mounted) -> bool {
        let mut search = Search::new(self);
        match what {
            Mounted::Function(function) => search.component(function),
            Mounted::Entity(id) => search.entity(id),
        }
        let Mounts { is_often, within, elements, below, .. } = search.mounts;
        let hides = |(module, path): &(String, AccessPath)| {
            self.outside().and_then(|outside| outside.summary(module, path)).is_some_and(|known| known.hides_children)
        };
        !is_often
            && !below.iter().any(hides)
            && elements.iter().all(|element| self.outside().is_some_and(|outside| outside.is_element_once(element)))
            && within.iter().all(|paths| {
                self.outside().is_some_and(|outside| {
                    let seen = outside.uses(paths);
                    let uses = seen.uses.iter().map(|used| (used.file.as_str(), &used.used, used.context.kind == ContextKind::Init));
                    seen.is_complete && are_mounts(uses)
                })
            })
    }

    /// Elements of components, and calls of hooks, of other files.
    pub(super) fn rendered_imports(&self, wanted: Wanted<'_>, derived: &Derived, uses: &mut Vec<ImportUse>) {
        self.marked_up_imports(wanted, uses);
        self.imported_actions(wanted, uses);
        for &value in &derived.exprs {
            if let ExprKind::ImportCall(_) = self.ir.kind(value) {
                self.lazy_import(value, wanted, uses);
                continue;
            }
            let is_name = matches!(self.ir.kind(value), ExprKind::Ident(_) | ExprKind::Member { .. });
            let Some(parent) = self.uses.parent(value).filter(|_| is_name) else { continue };
            if !self.is_mount(value, parent) || self.is_nothing_of(value, wanted) {
                continue;
            }
            let Some((module, path)) = self.imported(value).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            let mut search = Search::new(self);
            match self.ir.kind(parent) {
                ExprKind::Jsx { .. } => search.element(parent),
                ExprKind::Call { callee, .. } if callee == value => search.component(self.ir.function_of(parent)),
                ExprKind::Call { callee, .. } if self.makes_element(callee) => search.element(parent),
                ExprKind::Object { .. } => search.registered(value, parent),
                ExprKind::Array(_) if self.is_named_for_framework(parent) => search.mounts.is_nowhere = true,
                _ if self.is_option_of_root(value, parent) => {}
                // `memo(Panel)`, `connect(state)(Panel)`: what is given back stands for it.
                _ => search.wrapped(value),
            }
            uses.push(self.import_use(module, path, value, self.ir.span(value), UseKind::Mounted(search.mounts), Way::default()));
        }
    }

    /// Whether a component is mounted, or a hook of it is called, where its name stands.
    fn is_mount(&self, value: ExprId, parent: ExprId) -> bool {
        match self.ir.kind(parent) {
            ExprKind::Jsx { tag, .. } => tag == value,
            ExprKind::Call { callee, .. } if callee == value => self.callee_name(callee).is_some_and(is_hook),
            ExprKind::Call { callee, args, .. } if self.makes_element(callee) => self.ir.list(args).first() == Some(&value),
            ExprKind::Array(_) if self.is_named_for_framework(parent) => true,
            ExprKind::Object { .. } => self.is_registry(parent),
            ExprKind::Call { .. }
                if self.callee_name(value).is_some_and(|name| name.starts_with(|first: char| first.is_ascii_uppercase())) =>
            {
                true
            }
            ExprKind::Call { .. } | ExprKind::New { .. } | ExprKind::Array(_) => self.is_option_of_root(value, parent),
            _ => false,
        }
    }

    /// `createApp(Main)`, `createApp({ mixins: [resizing] })`: a part of the one component of a page. `new Main({ target })` makes it.
    pub(super) fn is_option_of_root(&self, value: ExprId, parent: ExprId) -> bool {
        let made = match self.ir.kind(parent) {
            ExprKind::New { callee, args } if callee == value => {
                let is_given = |&options: &ExprId| self.option(options, "target").is_some();
                return self.ir.list(args).first().is_some_and(is_given) && self.is_at_start(parent);
            }
            ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } => (callee != value).then_some(parent),
            _ if self.is_option(parent, "bootstrap").is_some() => return true,
            _ => self.is_option(parent, "mixins").and_then(|options| self.uses.parent(options)),
        };
        made.is_some_and(|made| self.is_made_at_root(made))
    }

    /// The object of which an expression is the value of this option.
    pub(super) fn is_option(&self, value: ExprId, wanted: &str) -> Option<ExprId> {
        let options = self.uses.parent(value)?;
        (self.option(options, wanted) == Some(value)).then_some(options)
    }

    /// A call that makes what a page shows, at start-up.
    pub(super) fn is_made_at_root(&self, call: ExprId) -> bool {
        let (ExprKind::Call { callee, .. } | ExprKind::New { callee, .. }) = self.ir.kind(call) else { return false };
        let makers = &self.apis.frameworks.roots.makers;
        // `renderWhenReady(Panel)`: a function of the program that makes it, by its name.
        let by_own = |name: &str| {
            let is_function = matches!(self.ir.kind(callee), ExprKind::Ident(_));
            is_function && super::provenance::words(name).first().is_some_and(|first| makers.contains(first))
        };
        self.callee_name(callee).is_some_and(|name| makers.contains(name) || by_own(name))
            && (self.is_at_start(call) || self.is_in_fixed_place(call))
    }

    /// `render(show, document.body)`: what is put into the one place of a page replaces what was there.
    fn is_in_fixed_place(&self, call: ExprId) -> bool {
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return false };
        let is_fixed = |place: ExprId| match self.ir.kind(place) {
            ExprKind::Member { property, .. } => self.ir.name(property) == "body",
            ExprKind::Call { callee, args, .. } => {
                self.callee_name(callee).is_some_and(|name| matches!(name, "getElementById" | "querySelector"))
                    && self.ir.list(args).first().is_some_and(|&name| self.string(name).is_some())
            }
            _ => false,
        };
        self.ir.list(args).get(1).is_some_and(|&place| is_fixed(place))
            && self.context(call, Region::Function(Ir::MODULE)).kind < ContextKind::Repeated
    }

    pub(super) fn is_at_start(&self, site: ExprId) -> bool {
        matches!(self.context(site, Region::Function(Ir::MODULE)).kind, ContextKind::Init | ContextKind::Bounded | ContextKind::Startup)
    }

    /// `React.createElement(Panel)`, `h(Panel)`; that of a document makes elements of the page.
    pub(super) fn makes_element(&self, callee: ExprId) -> bool {
        let is_document = matches!(self.ir.kind(callee), ExprKind::Member { object, .. } if self.callee_name(object) == Some("document"));
        !is_document && self.callee_name(callee).is_some_and(|name| self.apis.frameworks.roots.elements.contains(name))
    }
}

/// Whether uses of a component are each a mount of it, and each of these is one. With each use: its file, and whether what is around it is mounted once.
pub fn are_mounts<'u>(uses: impl Iterator<Item = (&'u str, &'u ImportUse, bool)>) -> bool {
    let uses: Vec<_> = uses.collect();
    let mounts: Vec<_> = uses.iter().filter(|(_, used, _)| matches!(used.what, UseKind::Mounted(_))).collect();
    let is_mount = |file: &str, used: &ImportUse| mounts.iter().any(|(of, mount, _)| *of == file && mount.span == used.span);
    let is_somewhere = |used: &ImportUse| matches!(&used.what, UseKind::Mounted(mounts) if !mounts.is_nowhere);
    mounts.iter().any(|(_, mount, _)| is_somewhere(mount))
        && mounts.iter().all(|(_, _, is_once)| *is_once)
        && uses.iter().all(|(file, used, _)| matches!(used.what, UseKind::Read) || is_mount(file, used))
}

fn is_hook(name: &str) -> bool {
    name.strip_prefix("use").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
}

impl<'m, 'a> Search<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>) -> Self {
        let (seen, bindings, functions) = Default::default();
        Self { model, seen, bindings, functions, mounts: Mounts::default(), places: 0 }
    }

    pub(super) fn give_up(&mut self) {
        self.mounts.is_often = true;
    }

    fn offer(&mut self, paths: Vec<AccessPath>) {
        if !paths.is_empty() {
            self.places += 1;
            // A framework mounts what a file of this name offers, and keeps it.
            let is_default = |path: &AccessPath| matches!(path.as_slice(), [Access::Member(name)] if name == "default");
            if !(self.model.is_root_file() && paths.iter().any(is_default)) {
                self.mounts.within.push(paths);
            }
        }
    }

    /// Where a function that renders, or a hook, is mounted.
    pub(super) fn component(&mut self, function: FnId) {
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
        let owners = self.model.components_of(function);
        if let Some(expr) = self.model.ir[function].expr.filter(|_| owners.is_empty()) {
            self.value(expr);
        }
        for id in owners {
            self.entity(id);
        }
        if self.places == before {
            self.give_up();
        }
    }

    pub(super) fn entity(&mut self, id: EntityId) {
        let before = self.places;
        if let Some(name) = self.model.custom_element(id) {
            self.places += 1;
            self.mounts.elements.push(name);
            return;
        }
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
            self.marked_up(binding);
            for &at in model.uses.refs(binding) {
                self.value(at);
            }
        }
    }

    fn wrapped(&mut self, value: ExprId) {
        self.value(value);
        if self.places == 0 {
            self.give_up();
        }
    }

    /// What becomes of an expression whose value is the component.
    pub(super) fn value(&mut self, value: ExprId) {
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
            ExprKind::Call { callee, args, .. } if model.makes_element(callee) && ir.list(args).first() == Some(&value) => {
                self.element(parent);
            }
            ExprKind::Object { .. } if model.is_registry(parent) => self.registered(value, parent),
            ExprKind::Object { .. } if model.is_render_of_root(value, parent) => self.places += 1,
            ExprKind::Call { callee, .. } if model.callee_name(callee).is_some_and(is_hook) => self.give_up(),
            // `observer(Panel)`, `connect(state)(Panel)`.
            ExprKind::Call { .. } if !model.is_made_at_root(parent) => self.value(parent),
            ExprKind::Call { .. } | ExprKind::New { .. } if model.is_made_at_root(parent) => self.places += 1,
            ExprKind::Array(_) | ExprKind::New { .. } if model.is_option_of_root(value, parent) => self.places += 1,
            ExprKind::Array(_) if model.is_named_for_framework(parent) => {}
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
    pub(super) fn element(&mut self, element: ExprId) {
        let (model, ir) = (self.model, self.model.ir);
        self.places += 1;
        let mut at = element;
        if let ExprKind::Jsx { props, .. } = ir.kind(element)
            && model.is_keyed(props)
        {
            return self.give_up();
        }
        while let Some(parent) = model.uses.parent(at) {
            match ir.kind(parent) {
                ExprKind::Jsx { tag, children, props } if ir.list(children).contains(&at) && model.always_shows_children(tag, props) => {
                    self.below(tag);
                    at = parent;
                }
                ExprKind::Call { callee, args, .. } if model.makes_element(callee) && model.always_shows_args(ir.list(args), at) => {
                    at = parent
                }
                // `h('div', [h(Panel)])`, a part of `html`.
                ExprKind::Array(_) | ExprKind::TaggedTemplate { .. } => at = parent,
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
}

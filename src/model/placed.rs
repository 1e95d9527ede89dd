//! Where components stand that are named in markup, in templates of custom elements, or in a table by which a framework finds them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::Access;
use super::entity::{EntityId, EntityKind};
use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, List, MemberOf, PropKey};
use super::links::{ImportUse, UseKind, Wanted};
use super::markup::{Tag, tags};
use super::outside::Way;
use super::rendered::{Mounted, Mounts, Search};

/// The component whose markup it is.
#[derive(Clone, Copy)]
enum Owner {
    Mounted(Mounted),
    /// One that is made of these options.
    Options(ExprId),
}

/// A custom element, where it is placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub name: String,
    pub mounts: Mounts,
}

impl Model<'_> {
    /// Whether a component that always shows what stands in it: no dialog, route or list, by its name, and nothing opens it.
    pub(super) fn always_shows_children(&self, tag: ExprId, props: List) -> bool {
        let name = match self.ir.kind(tag) {
            ExprKind::String(_) | ExprKind::Other => return !self.is_keyed(props),
            _ => self.expr_text(tag),
        };
        let names = self.ir.prop_list(props).iter().filter_map(|prop| match prop.key {
            PropKey::Name(name) => Some(self.ir.name(name)),
            _ => None,
        });
        !self.is_veil(&name, names)
    }

    /// The same of `createElement(Layout, props, ...children)`.
    pub(super) fn always_shows_args(&self, args: &[ExprId], child: ExprId) -> bool {
        let Some((&tag, rest)) = args.split_first() else { return false };
        let props = rest.first().and_then(|&props| match self.ir.kind(props) {
            ExprKind::Object { props, .. } => Some(props),
            _ => None,
        });
        rest.contains(&child) && self.always_shows_children(tag, props.unwrap_or_default())
    }

    /// What gets another key is made anew.
    pub(super) fn is_keyed(&self, props: List) -> bool {
        self.ir.prop_list(props).iter().any(|prop| matches!(prop.key, PropKey::Name(name) if self.ir.name(name) == "key"))
    }

    fn is_veil<'s>(&self, name: &str, mut attributes: impl Iterator<Item = &'s str>) -> bool {
        let roots = &self.apis.frameworks.roots;
        let ends = |word: &String| name.ends_with(word.as_str()) || is_same_name(name, word);
        roots.veils.iter().any(ends) || attributes.any(|attribute| roots.switches.contains(attribute))
    }

    /// Whether something is found by a framework where it is named: `declarations: [Panel]`.
    pub(super) fn is_named_for_framework(&self, list: ExprId) -> bool {
        ["declarations", "exports", "imports", "entryComponents"]
            .iter()
            .any(|option| self.is_option(list, option).is_some_and(|options| self.class_of_decorator(options).is_some()))
    }

    /// The class that is decorated with a call which is given some options.
    fn class_of_decorator(&self, options: ExprId) -> Option<EntityId> {
        let call = self.uses.parent(options)?;
        self.entities.ids().find(|&id| match self.entities.get(id).kind {
            EntityKind::Class(class) => self.ir[class].decorators.contains(&call),
            _ => false,
        })
    }

    /// The components of which a function is a member.
    pub(super) fn components_of(&self, function: FnId) -> Vec<EntityId> {
        let mut owners: Vec<EntityId> = self.entities.memberships(function).iter().map(|&(id, ..)| id).collect();
        if let MemberOf::Instance(class) | MemberOf::Static(class) = self.ir[function].member_of {
            owners.extend(self.entities.of_class(class));
        }
        owners.retain(|&id| self.component(id).is_some());
        owners.dedup();
        owners
    }

    /// Whether an object is the option `components` of a component.
    pub(super) fn is_registry(&self, object: ExprId) -> bool {
        self.is_option(object, "components").is_some()
    }

    fn owner_of_registry(&self, object: ExprId) -> Option<Owner> {
        let options = self.is_option(object, "components")?;
        Some(self.class_of_decorator(options).map_or(Owner::Options(options), |id| Owner::Mounted(Mounted::Entity(id))))
    }

    /// The template that stands beside `components`, and the call that is given both.
    fn written_template(&self, registry: ExprId) -> Option<(Vec<Tag>, Option<ExprId>)> {
        let options = self.is_option(registry, "components")?;
        let template = self.option(options, "template")?;
        let text = match self.ir.kind(template) {
            ExprKind::String(text) => self.ir.name(text),
            ExprKind::Template(parts) => match self.ir.list(parts) {
                &[only] => self.string(only)?,
                _ => return None,
            },
            _ => return None,
        };
        Some((tags(text, false), self.uses.parent(options)))
    }

    /// `new Vue({ render: (h) => h(Main) })`.
    pub(super) fn is_render_of_root(&self, value: ExprId, options: ExprId) -> bool {
        self.option(options, "render") == Some(value) && self.uses.parent(options).is_some_and(|made| self.is_made_at_root(made))
    }

    /// Whether a framework mounts what a file of this name offers, once a page.
    pub(super) fn is_root_file(&self) -> bool {
        super::page::is_root_file(&self.ir.path)
    }

    /// The name under which a class is a custom element.
    pub(super) fn custom_element(&self, id: EntityId) -> Option<String> {
        let EntityKind::Class(class) = self.entities.get(id).kind else { return None };
        let is_element = self.component(id).is_some_and(|api| api.framework == "web component");
        let binding = self.entities.get(id).binding;
        let is_class = |value: ExprId| Some(value) == self.ir[class].expr || binding.is_some() && self.ir.binding_of(value) == binding;
        let given = |call: ExprId| {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { return None };
            let args = self.ir.list(args);
            let is_it = match self.callee_name(callee)? {
                "define" => args.get(1).is_some_and(|&of| is_class(of)),
                "customElement" => self.ir[class].decorators.contains(&call),
                _ => false,
            };
            self.string(*args.first().filter(|_| is_it)?)
        };
        self.uses.calls.iter().filter(|_| is_element).find_map(|&call| given(call)).map(str::to_owned)
    }

    /// `lazy(() => import('./panel'))`: what is done with the function is done with the default export.
    pub(super) fn lazy_import(&self, import: ExprId, wanted: Wanted<'_>, uses: &mut Vec<ImportUse>) {
        let path = vec![Access::Member("default".to_owned())];
        let Some((module, _)) = self.imported(import).filter(|(module, _)| wanted.includes(module, &path)) else { return };
        let is_returned = self.uses.parent(import).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Return(_)));
        let Some(function) = self.ir[self.ir.function_of(import)].expr.filter(|_| is_returned) else { return };
        let mut search = Search::new(self);
        search.value(function);
        let what = UseKind::Mounted(search.mounts);
        uses.push(self.import_use(module, path, import, self.ir.span(import), what, Way::default()));
    }

    /// Whether a component shows what stands in it at times: not on each way, or on a condition.
    pub(super) fn hides_children(&self, function: FnId) -> bool {
        let Some(children) = self.ir.find_name("children") else { return false };
        let is_children = |&value: &ExprId| match self.ir.kind(value) {
            ExprKind::Ident(reference) => self.ir[reference].name == children,
            ExprKind::Member { property, .. } => property == children,
            _ => false,
        };
        let own = self.ir.exprs_around(function).filter(|&value| self.ir.function_of(value) == function);
        let mut is_named = false;
        let mut shown = Vec::new();
        for value in own.filter(is_children) {
            // `const { children } = props` only names it.
            if self.uses.parent(value).is_some_and(|parent| matches!(self.ir.kind(parent), ExprKind::Init { .. })) {
                continue;
            }
            is_named = true;
            let mut at = value;
            while let Some(parent) = self.uses.parent(at) {
                match self.ir.kind(parent) {
                    ExprKind::Jsx { .. } | ExprKind::Array(_) => at = parent,
                    ExprKind::Return(_) => {
                        shown.push(parent);
                        break;
                    }
                    _ => break,
                }
            }
        }
        let draws = |at: &ExprId| matches!(self.ir.kind(*at), ExprKind::Return(Some(_)));
        is_named && self.uses.returns(function).iter().filter(|at| draws(at)).any(|at| !shown.contains(at))
    }

    /// What owns the markup of this file.
    fn owner_of_markup(&self) -> Option<Owner> {
        if let Some(&setup) = self.ir.setups.first() {
            return Some(Owner::Mounted(Mounted::Function(setup)));
        }
        let is_default = |&id: &EntityId| self.component(id).is_some() && !self.paths_of_class(id).is_empty();
        self.entities.ids().find(is_default).map(|id| Owner::Mounted(Mounted::Entity(id)))
    }

    /// Components of other files that markup names without a word in a script.
    pub(super) fn marked_up_imports(&self, wanted: Wanted<'_>, uses: &mut Vec<ImportUse>) {
        if self.markup().is_empty() || self.ir.setups.is_empty() {
            return;
        }
        for import in &self.ir.imports {
            let name = self.ir.name(self.ir[import.binding].name);
            if !self.markup().iter().any(|tag| is_same_name(&tag.name, name)) {
                continue;
            }
            let place = self.binding_place(import.binding);
            let Some((module, path)) = self.imported_at(place).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            let mut search = Search::new(self);
            search.marked_up(import.binding);
            let (span, function) = (self.ir[import.binding].span, "setup".to_owned());
            let what = UseKind::Mounted(search.mounts);
            uses.push(ImportUse { module: module.to_owned(), path, span, function, what, way: Way::default() });
        }
    }

    /// The custom elements that this file places.
    pub fn placed(&self) -> Arc<[Placed]> {
        let mut found = Vec::new();
        let owner = self.owner_of_markup();
        for (at, tag) in self.markup().iter().enumerate().filter(|(_, tag)| is_element_name(&tag.name)) {
            let mut search = Search::new(self);
            search.tag(self.markup(), at, owner);
            found.push(Placed { name: tag.name.clone(), mounts: search.mounts });
        }
        for value in self.ir.expr_ids() {
            match self.ir.kind(value) {
                ExprKind::TaggedTemplate { parts, .. } => self.placed_in_template(value, parts, &mut found),
                ExprKind::Jsx { tag, .. } => {
                    if let Some(name) = self.string(tag).filter(|name| is_element_name(name)) {
                        let mut search = Search::new(self);
                        search.element(value);
                        found.push(Placed { name: name.to_owned(), mounts: search.mounts });
                    }
                }
                ExprKind::String(name) if is_element_name(self.ir.name(name)) => {
                    found.extend(self.placed_by_name(value, self.ir.name(name)))
                }
                _ => {}
            }
        }
        found.into()
    }

    fn placed_in_template(&self, template: ExprId, parts: List, found: &mut Vec<Placed>) {
        let text: String = self
            .ir
            .list(parts)
            .iter()
            .map(|&part| match self.ir.kind(part) {
                ExprKind::String(text) => self.ir.name(text),
                _ => "x",
            })
            .collect();
        let tags = tags(&text, false);
        for (at, tag) in tags.iter().enumerate().filter(|(_, tag)| is_element_name(&tag.name)) {
            let mut search = Search::new(self);
            search.tag(&tags, at, None);
            search.mounts.is_often = false;
            if self.is_at_times(&tags, at) {
                search.give_up();
            } else {
                search.element(template);
            }
            found.push(Placed { name: tag.name.clone(), mounts: search.mounts });
        }
    }

    /// A name of a custom element that stands for itself: `document.createElement('x-panel')`. Who looks for one makes none.
    fn placed_by_name(&self, value: ExprId, name: &str) -> Option<Placed> {
        let call = self.uses.parent(value);
        let callee = call.and_then(|call| match self.ir.kind(call) {
            ExprKind::Call { callee, .. } => self.callee_name(callee),
            // A piece of a template, `static get is() { return 'x-panel' }`.
            ExprKind::TaggedTemplate { .. }
            | ExprKind::Template(_)
            | ExprKind::Jsx { .. }
            | ExprKind::Return(_)
            | ExprKind::Init { .. } => Some("define"),
            _ => None,
        });
        let roots = &self.apis.frameworks.roots;
        if callee.is_some_and(|callee| roots.lookups.contains(callee)) {
            return None;
        }
        let is_once = callee == Some("createElement") && call.is_some_and(|call| self.is_at_start(call));
        Some(Placed { name: name.to_owned(), mounts: Mounts { is_often: !is_once, ..Mounts::default() } })
    }

    fn is_at_times(&self, tags: &[Tag], at: usize) -> bool {
        // An element of the page hides nothing that is not told by a condition.
        let is_element = |name: &str| !name.contains(|c: char| c.is_ascii_uppercase() || c == '-');
        let veils = |tag: &Tag| !is_element(&tag.name) && self.is_veil(&tag.name, tag.attributes.iter().map(String::as_str));
        let around = std::iter::successors(tags[at].parent, |&outer| tags[outer].parent);
        tags[at].is_at_times || around.into_iter().any(|outer| veils(&tags[outer]))
    }
}

impl Search<'_, '_> {
    /// A component in which the one that is followed stands.
    pub(super) fn below(&mut self, tag: ExprId) {
        let model = self.model;
        if !matches!(model.ir.kind(tag), ExprKind::Ident(_) | ExprKind::Member { .. }) {
            return;
        }
        if let Some((module, path)) = model.imported(tag) {
            self.mounts.below.push((module.to_owned(), path));
        } else if model.function_value(tag).is_some_and(|function| model.hides_children(function)) {
            self.give_up();
        }
    }

    /// A component that markup may name by its binding.
    pub(super) fn marked_up(&mut self, binding: BindingId) {
        let model = self.model;
        if model.ir.setups.is_empty() || !matches!(model.ir[binding].kind, BindingKind::Import(_) | BindingKind::Const) {
            return;
        }
        self.tags_of(model.markup(), model.ir.name(model.ir[binding].name), model.owner_of_markup());
    }

    /// A component in `components: { Panel }`.
    pub(super) fn registered(&mut self, value: ExprId, object: ExprId) {
        let model = self.model;
        let before = self.places;
        let ExprKind::Object { props, .. } = model.ir.kind(object) else { return };
        let prop = model.ir.prop_list(props).iter().find(|prop| prop.value == value);
        if let Some(PropKey::Name(name)) = prop.map(|prop| prop.key) {
            let owner = model.owner_of_registry(object);
            match model.written_template(object) {
                Some((tags, made)) if made.is_some_and(|made| model.is_made_at_root(made)) => self.tags_of_root(&tags, model.ir.name(name)),
                Some((tags, _)) => self.tags_of(&tags, model.ir.name(name), owner),
                None => self.tags_of(model.markup(), model.ir.name(name), owner),
            }
        }
        if self.places == before {
            self.give_up();
        }
    }

    fn tags_of(&mut self, tags: &[Tag], name: &str, owner: Option<Owner>) {
        // `<component :is="...">` may be any of them.
        if tags.iter().any(|tag| matches!(tag.name.as_str(), "component" | "svelte:component")) {
            return self.give_up();
        }
        for at in (0..tags.len()).filter(|&at| is_same_name(&tags[at].name, name)) {
            self.tag(tags, at, owner);
        }
    }

    fn tags_of_root(&mut self, tags: &[Tag], name: &str) {
        for at in (0..tags.len()).filter(|&at| is_same_name(&tags[at].name, name)) {
            self.places += 1;
            if self.model.is_at_times(tags, at) {
                self.give_up();
            }
        }
    }

    fn tag(&mut self, tags: &[Tag], at: usize, owner: Option<Owner>) {
        self.places += 1;
        match owner.filter(|_| !self.model.is_at_times(tags, at)) {
            Some(Owner::Mounted(Mounted::Function(function))) => self.component(function),
            Some(Owner::Mounted(Mounted::Entity(id))) => self.entity(id),
            Some(Owner::Options(options)) => self.value(options),
            None => self.give_up(),
        }
    }
}

/// `SideBar` is `side-bar`.
fn is_same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| name.bytes().filter(|byte| *byte != b'-').map(|byte| byte.to_ascii_lowercase()).collect::<Vec<u8>>();
    letters(one) == letters(other)
}

/// Only names with a hyphen can be custom elements.
fn is_element_name(name: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.contains('-') && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(is_part)
}

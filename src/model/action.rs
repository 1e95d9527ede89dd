//! Actions of Svelte: functions that each element which names one runs when it is mounted, and that give back what ends it
//! (`<div use:trap>`; `function trap(node) { ...; return { destroy() { ... } }; }`).

use super::Model;
use super::access::AccessPath;
use super::ir::{BindingId, ExprId, FnId, Ir, Type};
use super::links::{ImportUse, UseKind, Wanted};
use super::mount::Mount;
use super::outside::Way;
use super::rendered::Mounts;
use crate::text::Span;

/// What an attribute begins with that names one.
const USE: &str = "use:";
/// What a parameter is called, or its type ends in, that is an element.
const NODES: &[&str] = &["node", "element", "el"];

impl Model<'_> {
    /// What runs a function for each element of a component.
    pub(super) fn action(&self, function: FnId) -> Option<Mount> {
        if !self.takes_node(function) {
            return None;
        }
        let name = self.function_name(function);
        let is_named = self.names_action(&name) || self.is_typed_as_action(function) || self.is_action_elsewhere(function);
        let span = self.ir[function].name_span.unwrap_or(Span::new(self.ir[function].span.start, self.ir[function].span.start));
        is_named.then(|| self.new_mount("Svelte", name, USE, span, function))
    }

    /// The one at the top level of a file in which a site stands.
    pub(super) fn action_around(&self, site: ExprId) -> Option<Mount> {
        let mut at = self.ir.function_of(site);
        while let Some(parent) = self.ir[at].parent.filter(|&parent| parent != Ir::MODULE) {
            at = parent;
        }
        self.action(at).map(|mount| Mount { site: self.callee_span(site), ..mount })
    }

    /// A function at the top level of a file, or of a component's script, that is given an element.
    fn takes_node(&self, function: FnId) -> bool {
        let is_top = self.ir[function].parent.is_some_and(|parent| parent == Ir::MODULE || self.ir.setups.contains(&parent));
        let param = self.ir[function].params.first().and_then(|param| param.binding);
        is_top && param.is_some_and(|binding| self.is_named_as_node(binding))
    }

    pub(super) fn is_named_as_node(&self, binding: BindingId) -> bool {
        let name = self.ir.name(self.ir[binding].name);
        NODES.contains(&name) || name.ends_with("Node") || name.ends_with("Element")
    }

    fn names_action(&self, name: &str) -> bool {
        self.ir.is_svelte && !name.is_empty() && self.attributes_of_markup().any(|own| own == name)
    }

    /// The actions that markup names.
    fn attributes_of_markup(&self) -> impl Iterator<Item = &str> {
        self.markup().iter().flat_map(|tag| &tag.attributes).filter_map(|attribute| attribute.strip_prefix(USE))
    }

    /// `export const trap: Action = (node) => { ... }`.
    fn is_typed_as_action(&self, function: FnId) -> bool {
        let is_action = |name: &str| {
            self.ir
                .imports
                .iter()
                .any(|import| self.ir.name(self.ir[import.binding].name) == name && self.ir.name(import.module) == "svelte/action")
        };
        self.uses.bindings_of_function(function).iter().any(|&binding| {
            let annotation = self.ir[binding].annotation.map(|annotation| &self.ir[annotation]);
            matches!(annotation, Some(Type::Named(name, _)) if is_action(self.ir.name(*name)))
        })
    }

    /// Whether the markup of another file names it as one.
    fn is_action_elsewhere(&self, function: FnId) -> bool {
        let paths: Vec<AccessPath> =
            self.uses.bindings_of_function(function).iter().flat_map(|&binding| self.paths_of_binding(binding)).collect();
        let Some(outside) = self.whole_project().filter(|_| !paths.is_empty()) else { return false };
        outside.uses(&paths).uses.iter().any(|used| matches!(&used.used.what, UseKind::Mounted(mounts) if mounts.is_action))
    }

    /// Actions of other files that the markup of this one names.
    pub(super) fn imported_actions(&self, wanted: Wanted<'_>, uses: &mut Vec<ImportUse>) {
        if !self.ir.is_svelte {
            return;
        }
        for import in &self.ir.imports {
            let name = self.ir.name(self.ir[import.binding].name);
            if !self.attributes_of_markup().any(|own| own == name) {
                continue;
            }
            let place = self.binding_place(import.binding);
            let Some((module, path)) = self.imported_at(place).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            let (span, function) = (self.ir[import.binding].span, "setup".to_owned());
            // Elements come and go with the component, and within it.
            let what = UseKind::Mounted(Mounts { is_action: true, is_often: true, ..Mounts::default() });
            uses.push(ImportUse { module: module.to_owned(), path, span, function, what, way: Way::default() });
        }
    }
}

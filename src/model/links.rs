//! What a file does with other files of its project, as facts: read only when a finding elsewhere depends on it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Model;
use super::access::{Access, AccessPath};
use super::callers::CallerSearch;
use super::calls::{Caller, How};
use super::context::{Context, ContextKind, Region};
use super::derived::Derived;
use super::facts::{Growth, HandOut, Shrinkage};
use super::holding::Operations;
use super::index::written_value;
use super::ir::{BindingKind, Exported, ExprId, ExprKind, Imported, Ir};
use super::lasting::Argument;
use super::occurrences::Occurrence;
use super::outside::Way;
use super::place::{Place, Root};
use super::promise::ReactionKind;
use super::provenance::Provenance;
use super::rendered::Mounts;
use crate::text::Span;

/// The links of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Links {
    pub uses: Vec<ImportUse>,
    pub reexports: Vec<Reexport>,
}

/// Of what a file takes of others, what is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    pub module: &'w str,
    /// The names under which the module offers it; none: all.
    pub names: Option<&'w BTreeSet<String>>,
}

impl Wanted<'_> {
    fn has(&self, name: &str) -> bool {
        self.names.is_none_or(|names| names.contains(name))
    }

    pub(super) fn includes(&self, module: &str, path: &[Access]) -> bool {
        let is_of = |path: &[Access]| match path.first() {
            Some(Access::Member(name)) => self.has(name),
            _ => true,
        };
        let inner = match path.split_first() {
            // The default import of a CommonJS file is the whole of it.
            Some((Access::Member(name), inner)) if name == "default" => inner,
            _ => path,
        };
        module == self.module && (is_of(path) || is_of(inner))
    }
}

/// What a file offers, if that takes a parse.
#[derive(Debug, Default)]
pub struct Offers {
    /// It has no ES exports: what it offers is the value of `module.exports`.
    pub is_commonjs: bool,
    pub reexports: Vec<Reexport>,
    /// The names of its types that have few values.
    pub few_types: Vec<String>,
}

/// Something of another file under a name of this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reexport {
    /// None: `export *`.
    pub name: Option<AccessPath>,
    pub module: String,
    pub path: AccessPath,
}

/// One use of something that is imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportUse {
    /// As it is written.
    pub module: String,
    pub path: AccessPath,
    pub span: Span,
    /// The function in which it stands.
    pub function: String,
    pub what: UseKind,
    pub way: Way,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UseKind {
    /// Called or constructed, there or by whoever it is handed to.
    Called {
        arguments: Vec<Provenance>,
        /// How long the arguments live; none if they are not in view, as it is called by whoever it is handed to.
        #[serde(default)]
        lasting: Option<Vec<Argument>>,
        /// The way to it if it is one that sets something up, where who gets it takes handlers as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        set_up: Option<Box<Way>>,
        /// The way to it for what lives as long as the module, where it is called on an object that may be made again and again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        for_module: Option<Box<Way>>,
        /// What it makes is kept in a module-level name, a static or an export.
        is_kept: bool,
        /// Nobody gets what it gives.
        is_dropped: bool,
        /// What it makes dies with the function that calls it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_local: bool,
        /// Only a name of the function that calls it has what it gives, and lets nothing of it go.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_left: bool,
    },
    /// A collection grows or shrinks; the context in these is that of the use.
    Grown(Growth),
    Shrunk(Shrinkage),
    /// A reaction is put on a promise.
    Reacted(ReactionKind),
    /// Its size is compared.
    Measured,
    /// Its value goes where it is not followed.
    HandedOut(HandOut),
    /// A component of it is mounted there, or a hook of it is called.
    Mounted(Mounts),
    /// A class of this file extends it.
    Extended,
    Read,
}

impl UseKind {
    /// It is called by whoever it is handed to.
    fn passed(set_up: Option<Box<Way>>) -> Self {
        let (is_kept, is_dropped, is_local, is_left) = Default::default();
        Self::Called { arguments: Vec::new(), lasting: None, set_up, for_module: None, is_kept, is_dropped, is_local, is_left }
    }
}

/// What a use is called: `open` of `rooms.open`, `Room` of `new Room`.
fn last_name(path: &AccessPath) -> &str {
    let names = path.iter().rev().filter_map(|step| match step {
        Access::Member(name) => Some(name.as_str()),
        _ => None,
    });
    names.into_iter().next().unwrap_or_default()
}

impl Model<'_> {
    /// What this file does with what is wanted of a module.
    pub fn links(&self, wanted: Wanted<'_>) -> Links {
        let mut uses = Vec::new();
        let derived = self.derived(wanted.module);
        self.called_imports(wanted, &derived, &mut uses);
        self.passed_imports(wanted, &derived, &mut uses);
        self.imported_collections(wanted, &mut uses);
        self.imported_promises(wanted, &derived, &mut uses);
        self.rendered_imports(wanted, &derived, &mut uses);
        uses.sort_by_key(|used| used.span.start);
        Links { uses, reexports: self.reexports(&|module| module == wanted.module) }
    }

    pub fn offers(&self) -> Offers {
        Offers { is_commonjs: self.ir.exports.is_empty(), reexports: self.reexports(&|_| true), few_types: self.few_types() }
    }

    fn called_imports(&self, wanted: Wanted<'_>, derived: &Derived, uses: &mut Vec<ImportUse>) {
        for &call in &derived.exprs {
            let (callee, args, is_new) = match self.ir.kind(call) {
                ExprKind::Call { callee, args, .. } => (callee, args, false),
                ExprKind::New { callee, args } => (callee, args, true),
                _ => continue,
            };
            if !derived.has(callee) {
                continue;
            }
            let callee_itself = self.called_through(callee);
            if self.is_nothing_of(callee_itself, wanted) {
                continue;
            }
            let Some((module, mut path)) = self.imported(callee_itself).filter(|(module, path)| wanted.includes(module, path)) else {
                continue;
            };
            if is_new {
                path.push(Access::Instance);
            }
            let arguments = self.ir.list(args).iter().map(|&arg| self.provenance(arg)).collect();
            let caller = Caller { how: How::Called, at: Some(call) };
            // What a call gave is known by its name here.
            let own = self.callee_name(callee).filter(|_| path.last() == Some(&Access::Result));
            let name = own.unwrap_or(last_name(&path));
            let (module_region, region) = (Region::Function(Ir::MODULE), self.region_of_callee(callee));
            let way = self.way_of_caller(caller, name, region);
            let for_module = (region != module_region).then(|| Box::new(self.way_of_caller(caller, name, module_region)));
            let is_dropped = self.is_dropped(call) && !self.gives_back(call, module);
            let (is_kept, is_local) = (self.is_kept_once(call), is_new && self.is_local(call));
            let is_left = !is_new && self.is_left_by_caller(call);
            let lasting = self.lasting_arguments(call, self.ir.list(args));
            let what = UseKind::Called { arguments, lasting, set_up: None, for_module, is_kept, is_dropped, is_local, is_left };
            uses.push(self.import_use(module, path, call, self.callee_span(call), what, way));
        }
        for class in &self.ir.classes {
            let Some(base) = class.base.filter(|&base| derived.has(base)) else { continue };
            if let Some((module, path)) = self.imported(base).filter(|(module, path)| wanted.includes(module, path)) {
                let way = Way::default();
                uses.push(self.import_use(module, path, base, self.ir.span(base), UseKind::Extended, way));
            }
        }
    }

    /// Whether a chain of members begins with a name that is seen at once not to be of what is wanted.
    pub(super) fn is_nothing_of(&self, value: ExprId, wanted: Wanted<'_>) -> bool {
        let mut base = value;
        while let ExprKind::Member { object, .. } = self.ir.kind(base) {
            base = object;
        }
        let binding = self.ir.binding_of(base).filter(|_| matches!(self.ir.kind(base), ExprKind::Ident(_)));
        let Some(BindingKind::Import(import)) = binding.map(|binding| self.ir[binding].kind) else { return false };
        let import = &self.ir[import];
        let is_other =
            matches!(import.imported, Imported::Named(name) if self.ir.name(name) != "default" && !wanted.has(self.ir.name(name)));
        self.ir.name(import.module) != wanted.module || is_other
    }

    /// `f.call(x)`, `f.bind(x)`: what is meant is `f`. `client.call('hash', x)` of what was constructed is a method by that name.
    fn called_through(&self, callee: ExprId) -> ExprId {
        let is_constructed = |object: ExprId| {
            let is_new = |&value: &ExprId| matches!(self.ir.kind(value), ExprKind::New { .. });
            self.place(object).is_some_and(|place| self.initial_values(place).iter().any(is_new))
        };
        match self.ir.kind(callee) {
            ExprKind::Member { object, property, .. } if matches!(self.ir.name(property), "call" | "apply") && !is_constructed(object) => {
                object
            }
            _ => callee,
        }
    }

    pub(super) fn import_use(&self, module: &str, path: AccessPath, at: ExprId, span: Span, what: UseKind, way: Way) -> ImportUse {
        let function = self.function_name(self.ir.function_of(at));
        ImportUse { module: module.to_owned(), path, span, function, what, way }
    }

    /// What creates the object on which a method of another file is called, each time it runs.
    fn region_of_callee(&self, callee: ExprId) -> Region {
        let module = Region::Function(Ir::MODULE);
        let ExprKind::Member { object, .. } = self.ir.kind(callee) else { return module };
        let Some(place) = self.place(object) else { return module };
        match self.root(place) {
            Root::Binding(binding) if !self.is_module_level(binding) && self.is_root(place) => {
                let makes = |value: ExprId| matches!(self.ir.kind(value), ExprKind::New { .. });
                let is_made = self.uses.writes(binding).iter().any(|&write| written_value(self.ir, write).is_some_and(makes));
                if is_made { Region::Function(self.ir[self.ir[binding].scope].function) } else { module }
            }
            Root::Instance(id) if !self.is_root(place) && !self.is_object(id) => {
                let makes = |value: &ExprId| matches!(self.ir.kind(*value), ExprKind::New { .. });
                if self.initial_values(place).iter().any(makes) { Region::Instance(id) } else { module }
            }
            _ => module,
        }
    }

    /// Imports whose value goes somewhere: handlers, arguments, properties.
    fn passed_imports(&self, wanted: Wanted<'_>, derived: &Derived, uses: &mut Vec<ImportUse>) {
        for &value in &derived.exprs {
            let is_name = match self.ir.kind(value) {
                ExprKind::Ident(_) | ExprKind::Member { .. } | ExprKind::Call { .. } => true,
                ExprKind::New { .. } => false,
                _ => continue,
            };
            let Some(parent) = self.uses.parent(value) else { continue };
            let is_passed = match self.ir.kind(parent) {
                // Seen with the whole of it, or with the call.
                ExprKind::Member { .. } => continue,
                ExprKind::Call { callee, .. } | ExprKind::New { callee, .. } if callee == value => continue,
                ExprKind::Assign { target, .. } if target == value => continue,
                ExprKind::Call { .. } | ExprKind::New { .. } | ExprKind::Object { .. } | ExprKind::Array(_) | ExprKind::Return(_) => true,
                ExprKind::Jsx { .. } | ExprKind::Spread(_) | ExprKind::Logical(..) | ExprKind::Conditional(..) => true,
                ExprKind::Assign { target, .. } => self.ir.binding_of(target).is_none(),
                _ => false,
            };
            if self.is_nothing_of(value, wanted) {
                continue;
            }
            let Some((module, path)) = self.imported(value).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            if is_passed && is_name {
                self.passed_import(value, module, &path, uses);
            }
            if is_passed
                && !path.is_empty()
                && let Occurrence::HandedOut(how) = self.occurrence(value)
                && how != HandOut::Exported
            {
                let what = UseKind::HandedOut(how);
                uses.push(self.import_use(module, path.clone(), value, self.ir.span(value), what, Way::default()));
            }
            uses.push(self.import_use(module, path, value, self.ir.span(value), UseKind::Read, Way::default()));
        }
    }

    fn passed_import(&self, value: ExprId, module: &str, path: &AccessPath, uses: &mut Vec<ImportUse>) {
        // Who gets an instance does not construct one.
        if path.last() == Some(&Access::Instance) {
            return;
        }
        let mut search = CallerSearch::new(self);
        search.value(value);
        // What is exported again is followed as such.
        for caller in search.found.into_iter().filter(|caller| caller.how != How::Exported) {
            let way = self.way_of_caller(caller, last_name(path), Region::Function(Ir::MODULE));
            let is_either = caller.how == How::Repeats && caller.at.is_some_and(|at| self.takes_plugins(at));
            let once = Caller { how: How::Later, ..caller };
            let set_up = is_either.then(|| Box::new(self.way_of_caller(once, last_name(path), Region::Function(Ir::MODULE))));
            let what = UseKind::passed(set_up);
            uses.push(self.import_use(module, path.clone(), value, self.ir.span(value), what, way));
        }
    }

    fn imported_collections(&self, wanted: Wanted<'_>, uses: &mut Vec<ImportUse>) {
        let table = self.known_operations.take().unwrap_or_else(|| self.operations());
        for (&place, operations) in &table {
            let Some((module, path)) = self.imported_at(place).filter(|(module, path)| wanted.includes(module, path)) else { continue };
            self.imported_collection(place, operations, module, &path, uses);
        }
        self.known_operations.replace(Some(table));
    }

    fn imported_collection(&self, place: Place, operations: &Operations, module: &str, path: &AccessPath, uses: &mut Vec<ImportUse>) {
        let region = Region::Function(Ir::MODULE);
        let blank = || Context { kind: ContextKind::Unknown, steps: Vec::new(), per_request: false };
        let way = |at: ExprId| self.way_of_site(at, region);
        for grow in &operations.grows {
            let growth = self.growth(grow, blank());
            uses.push(self.import_use(module, path.clone(), grow.at, self.ir.span(grow.at), UseKind::Grown(growth), way(grow.at)));
        }
        for shrink in &operations.shrinks {
            let shrinkage = Shrinkage { context: blank(), ..self.shrinkage(shrink, region, place, operations) };
            let what = UseKind::Shrunk(shrinkage);
            uses.push(self.import_use(module, path.clone(), shrink.at, self.ir.span(shrink.at), what, way(shrink.at)));
        }
        for &check in operations.size_checks.iter().chain(&operations.watched_entries) {
            uses.push(self.import_use(module, path.clone(), check, self.ir.span(check), UseKind::Measured, Way::default()));
        }
    }

    pub fn reexports(&self, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Reexport> {
        let mut found = Vec::new();
        let member = |name: &str| vec![Access::Member(name.to_owned())];
        for export in &self.ir.exports {
            let name = export.name.map(|name| member(self.ir.name(name)));
            match export.what {
                Exported::From(module, imported) => {
                    let path = imported.map(|imported| member(self.ir.name(imported))).unwrap_or_default();
                    found.push(Reexport { name, module: self.ir.name(module).to_owned(), path });
                }
                Exported::Local(reference) => found.extend(self.reexported(name, self.ir[reference].expr)),
                Exported::Expr(expr) => found.extend(self.reexported(name, expr)),
                Exported::Binding(binding) => {
                    let place = self.binding_place(binding);
                    found.extend(self.imported_at(place).map(|(module, path)| Reexport { name, module: module.to_owned(), path }));
                }
            }
        }
        for &write in &self.uses.member_writes {
            let ExprKind::Assign { target, value, .. } = self.ir.kind(write) else { continue };
            let Some(name) = self.place(target).and_then(|place| self.path_in_exports(place)) else { continue };
            // `module.exports = exports = require('./x')`.
            let mut value = value;
            while let ExprKind::Assign { value: inner, .. } = self.ir.kind(value) {
                value = inner;
            }
            match self.ir.kind(value) {
                ExprKind::Object { props, .. } => {
                    for prop in self.ir.prop_list(props) {
                        let super::ir::PropKey::Name(key) = prop.key else {
                            // `{ ...require('./x') }`.
                            if prop.kind == super::ir::PropKind::Spread {
                                found.extend(self.reexported(Some(name.clone()), prop.value));
                            }
                            continue;
                        };
                        let mut name = name.clone();
                        name.push(Access::Member(self.ir.name(key).to_owned()));
                        found.extend(self.reexported(Some(name), prop.value));
                    }
                }
                _ => found.extend(self.reexported(Some(name), value)),
            }
        }
        for &call in &self.uses.calls {
            let ExprKind::Call { callee, args, .. } = self.ir.kind(call) else { continue };
            if self.callee_name(callee).is_some_and(|name| matches!(name, "__exportStar" | "_export_star"))
                && let Some(&module) = self.ir.list(args).first()
            {
                found.extend(self.reexported(None, module));
            }
        }
        found.retain(|reexport| is_wanted(&reexport.module));
        found
    }

    fn reexported(&self, name: Option<AccessPath>, value: ExprId) -> Option<Reexport> {
        let (module, path) = self.imported(value)?;
        Some(Reexport { name, module: module.to_owned(), path })
    }
}

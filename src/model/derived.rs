//! Which expressions may come of what a file imports from one module: no other need be asked whether it does. May take in more than do, and misses none.

use super::Model;
use super::alias::ELEMENT_CALLBACK;
use super::index::children;
use super::ir::{BindingId, ExprId, ExprKind, FnId, NameId, PropKey, Type, TypeId};
use super::place::{Root, Step};

/// What may come of a module.
pub(super) struct Derived {
    /// By expression.
    marks: Vec<bool>,
    /// In the order of evaluation.
    pub exprs: Vec<ExprId>,
}

impl Derived {
    pub fn has(&self, expr: ExprId) -> bool {
        self.marks.get(expr.index()).is_some_and(|is_marked| *is_marked)
    }
}

/// Follows values into names and out of them, whatever the order in which they run.
struct Search<'m, 'a> {
    model: &'m Model<'a>,
    module: &'m str,
    exprs: Vec<bool>,
    bindings: Vec<bool>,
    /// Names of properties under which it is stored, of whatever object.
    fields: Vec<bool>,
    /// Functions that give it back.
    functions: Vec<bool>,
    has_fields: bool,
    /// An object stands for it.
    is_this: bool,
    at: ExprId,
    /// What was passed already has to be looked at once more.
    is_open: bool,
    /// It is stored where it is not followed.
    is_lost: bool,
}

impl Model<'_> {
    pub(super) fn derived(&self, module: &str) -> Derived {
        let mut search = Search::new(self, module);
        search.imports();
        while search.is_open && !search.is_lost {
            search.is_open = false;
            search.pass();
        }
        let mut marks = search.exprs;
        if search.is_lost {
            marks.fill(true);
        }
        let exprs = self.ir.expr_ids().filter(|expr| marks[expr.index()]).collect();
        Derived { marks, exprs }
    }
}

impl<'m, 'a> Search<'m, 'a> {
    fn new(model: &'m Model<'a>, module: &'m str) -> Self {
        let ir = model.ir;
        Self {
            model,
            module,
            exprs: vec![false; ir.exprs.len()],
            bindings: vec![false; ir.bindings.len()],
            fields: vec![false; ir.names.len()],
            functions: vec![false; ir.functions.len()],
            has_fields: false,
            is_this: false,
            at: ExprId(0),
            is_open: true,
            is_lost: false,
        }
    }

    /// The names of what is imported, and those whose types name it.
    fn imports(&mut self) {
        let ir = self.model.ir;
        let imports = ir.imports.iter().filter(|import| ir.name(import.module) == self.module);
        let imported: Vec<BindingId> = imports.map(|import| import.binding).collect();
        for &binding in &imported {
            self.binding(binding);
        }
        let names: Vec<NameId> = imported.iter().map(|&binding| ir[binding].name).collect();
        if names.is_empty() {
            return;
        }
        let is_of = |annotation: Option<TypeId>| annotation.is_some_and(|annotation| self.model.is_named(annotation, &names));
        let bindings = (0..ir.bindings.len() as u32).map(BindingId).filter(|&id| is_of(ir[id].annotation));
        let mut found: Vec<BindingId> = bindings.collect();
        let params = ir.functions.iter().flat_map(|function| &function.params).filter(|param| is_of(param.annotation));
        found.extend(params.filter_map(|param| param.binding));
        let members = ir.classes.iter().flat_map(|class| &class.members).filter(|member| is_of(member.annotation));
        let members: Vec<PropKey> = members.map(|member| member.key).collect();
        self.is_this = !found.is_empty();
        for binding in found {
            self.binding(binding);
            // A parameter may be the field of its name.
            self.field(ir[binding].name);
        }
        for key in members {
            self.key(key);
        }
    }

    fn pass(&mut self) {
        let ir = self.model.ir;
        for id in ir.expr_ids() {
            self.at = id;
            if self.exprs[id.index()] || self.comes_of_it(id) {
                self.exprs[id.index()] = true;
                // Also what was passed before: another operand may have come to it.
                self.hand_on(id);
            }
        }
        for member in ir.classes.iter().flat_map(|class| &class.members) {
            if member.value.is_some_and(|value| self.exprs[value.index()]) {
                self.key(member.key);
            }
        }
    }

    fn comes_of_it(&mut self, id: ExprId) -> bool {
        let model = self.model;
        let ir = model.ir;
        match ir.kind(id) {
            ExprKind::Ident(reference) => ir[reference].binding.is_some_and(|binding| self.bindings[binding.index()]),
            ExprKind::This | ExprKind::Super => self.is_this,
            ExprKind::Member { object, property, .. } => self.exprs[object.index()] || self.fields[property.index()],
            ExprKind::Function(function) => self.functions[function.index()],
            ExprKind::Call { callee, args, .. } => {
                let args = ir.list(args);
                if ir.global_of(callee) == Some("require") {
                    return args.first().and_then(|&module| model.string(module)) == Some(self.module);
                }
                let is_key = |arg: ExprId| matches!(ir.kind(arg), ExprKind::String(name) if self.fields[name.index()]);
                self.exprs[callee.index()] || args.iter().any(|&arg| self.exprs[arg.index()] || self.has_fields && is_key(arg))
            }
            ExprKind::ImportCall(module) => {
                // What it gives is followed into callbacks.
                self.is_lost |= model.string(module) == Some(self.module);
                false
            }
            ExprKind::Index { .. } if self.has_fields => true,
            _ => {
                let mut is_any = false;
                children(ir, id, &mut |operand| is_any |= self.exprs[operand.index()]);
                is_any
            }
        }
    }

    /// Where an expression puts it.
    fn hand_on(&mut self, id: ExprId) {
        let ir = self.model.ir;
        match ir.kind(id) {
            ExprKind::Init { binding, .. } => self.binding(binding),
            ExprKind::Assign { target, value, .. } if self.exprs[value.index()] => match ir.kind(target) {
                ExprKind::Ident(_) => {
                    if let Some(binding) = ir.binding_of(target) {
                        self.binding(binding);
                    }
                }
                ExprKind::Member { property, .. } => self.field(property),
                _ => self.entry(target),
            },
            ExprKind::Object { props, .. } => {
                for prop in ir.prop_list(props).iter().filter(|prop| self.exprs[prop.value.index()]).collect::<Vec<_>>() {
                    self.key(prop.key);
                }
            }
            ExprKind::Return(_) => self.function(ir.function_of(id)),
            ExprKind::Call { callee, args, .. } => {
                self.stored_by_call(callee, ir.list(args));
                self.passed_to_callback(callee, ir.list(args));
            }
            _ => {}
        }
    }

    /// The entries of a collection have no name but its own.
    fn entry(&mut self, target: ExprId) {
        let model = self.model;
        let Some(mut place) = model.place(target) else {
            self.is_lost = true;
            return;
        };
        while let Some((of, step)) = model.split(place) {
            match step {
                Step::Field(name) => return self.field(name),
                Step::Keyed(binding) => return self.binding(binding),
                Step::Entry => place = of,
            }
        }
        match model.root(place) {
            Root::Binding(binding) => self.binding(binding),
            _ => self.is_lost = true,
        }
    }

    /// `defineProperty(this, 'x', value)`, `table.set(key, value)`, `_set(this, _x, value)`.
    fn stored_by_call(&mut self, callee: ExprId, args: &[ExprId]) {
        let (model, ir) = (self.model, self.model.ir);
        if !args.iter().any(|arg| self.exprs[arg.index()]) {
            return;
        }
        for &arg in args {
            if let Some(ExprKind::String(name)) = model.constant(arg).map(|value| ir.kind(value)) {
                self.field(name);
            }
        }
        let is_helper = model.callee_name(callee).is_some_and(|name| name.starts_with('_'));
        let of_helper = args.iter().filter(|_| is_helper).filter_map(|&arg| ir.binding_of(arg));
        let set = match ir.kind(callee) {
            ExprKind::Member { object, property, .. } if ir.name(property) == "set" => ir.binding_of(object),
            _ => None,
        };
        for binding in of_helper.chain(set).collect::<Vec<_>>() {
            self.binding(binding);
        }
    }

    /// `clients.forEach((client) => ..)`.
    fn passed_to_callback(&mut self, callee: ExprId, args: &[ExprId]) {
        let ir = self.model.ir;
        if let ExprKind::Member { object, property, .. } = ir.kind(callee)
            && self.exprs[object.index()]
            && ELEMENT_CALLBACK.contains(&ir.name(property))
            && let Some(ExprKind::Function(function)) = args.first().map(|&first| ir.kind(first))
            && let Some(binding) = ir[function].params.first().and_then(|param| param.binding)
        {
            self.binding(binding);
        }
    }

    fn binding(&mut self, binding: BindingId) {
        if !std::mem::replace(&mut self.bindings[binding.index()], true) {
            self.is_open |= self.model.uses.refs(binding).first().is_some_and(|first| *first < self.at);
        }
    }

    fn key(&mut self, key: PropKey) {
        if let PropKey::Name(name) = key {
            self.field(name);
        }
    }

    fn field(&mut self, name: NameId) {
        if !std::mem::replace(&mut self.fields[name.index()], true) {
            self.has_fields = true;
            self.is_open = true;
        }
    }

    fn function(&mut self, function: FnId) {
        if std::mem::replace(&mut self.functions[function.index()], true) {
            return;
        }
        self.is_open |= self.model.ir[function].expr.is_some_and(|expr| expr < self.at);
        for &binding in self.model.uses.bindings_of_function(function) {
            self.binding(binding);
        }
        for &(_, name, _) in self.model.entities.memberships(function) {
            self.field(name);
        }
    }
}

impl Model<'_> {
    /// Whether a type is one of these names, or may be.
    fn is_named(&self, annotation: TypeId, names: &[NameId]) -> bool {
        match &self.ir[annotation] {
            Type::Named(name, _) => names.contains(name),
            Type::Union(parts) => parts.iter().any(|&part| self.is_named(part, names)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Model;
    use crate::model::apis::Apis;
    use crate::syntax::lower;
    use crate::text::SourceText;

    /// How many expressions of a program are not looked at; fails if one of them is imported.
    fn left_out(program: &str) -> usize {
        let source = SourceText::new(program.into());
        let ir = lower("src/a.ts", &source).unwrap_or_else(|problems| panic!("{problems:?}: {program}")).ir;
        let apis = Apis::built_in().unwrap_or_else(|error| panic!("{error}"));
        let model = Model::new(&ir, &apis, &source);
        let derived = model.derived("x");
        let is_imported = |expr| model.imported(expr).is_some_and(|(module, _)| module == "x");
        let missed = ir.expr_ids().find(|&expr| is_imported(expr) && !derived.has(expr));
        assert_eq!(missed, None, "{program}\n{}", ir.dump());
        assert!(ir.expr_ids().any(is_imported), "{program}");
        ir.exprs.len() - derived.exprs.len()
    }

    #[test]
    fn whatever_comes_of_a_module_is_found() {
        for program in [
            "import { a } from 'x'; a(); const b = a(); b.c(); const { d } = b; d.e; other.f();",
            "import a from 'x'; class B { c = new a(); d() { this.c.e(); } }",
            "import type { Hub } from 'x'; class B { constructor(private hub: Hub) {} c(d: Hub | null) { this.hub.e(); d.f; } }",
            "const a = require('x'); module.exports = { b: a.c }; module.exports.b.d(); this.b;",
            "import { a } from 'x'; const cache = {}; cache[k] = a(); cache[m].b(); const own = cache; own[n].c;",
            "import { a } from 'x'; const list = []; list[0 + n] = a.b(); list.forEach((it) => it.c()); for (const it of list) it.d();",
            "import { a } from 'x'; class B { e() { return this.c().d; } c() { return this.f; } g() { this.f = a(); } }",
            "f().g(); function f() { return b; } import { a } from 'x'; const b = a();",
            "import { a } from 'x'; Object.defineProperty(o, 'p', { value: a() }); o.p.q(); o['p'].r;",
            "import { a } from 'x'; const state = new WeakMap(); state.set(k, new a()); state.get(k).b();",
            "import('x').then((a) => a.b());",
            "const a = await import('x'); a.b();",
            "import { a } from 'x'; app.decorate('pool', a()); app.pool.b();",
            "import { a } from 'x'; let c; function f() { a.b = c; } c = a(); o.b.e();",
            "import { A } from 'x'; const b: A = { c() { this.d(); } }; b.e();",
        ] {
            left_out(program);
        }
    }

    #[test]
    fn what_has_nothing_to_do_with_it_is_left_out() {
        assert!(left_out("import { a } from 'x'; import { b } from 'y'; b.c(d, e).f(); const g = b(); g.h(() => g.i); a();") > 15);
    }
}

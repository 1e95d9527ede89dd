//! The IR as text, for tests and for people.
//!
//! Expressions are shown as trees where they are evaluated. One that is used elsewhere, or more than once, gets a line and a number (`%3 = ...`).
//! Bindings and functions carry theirs: `cache#0`, `fn1`.

use std::fmt::{self, Display, Formatter, Write};

use super::ir::*;

impl Ir {
    /// All of it but the spans.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        let dump = Dump::new(self);
        // Writing to a string cannot fail.
        let _ = dump.write(&mut out);
        out
    }
}

struct Dump<'a> {
    ir: &'a Ir,
    /// By expression: whether it has a line of its own with its number.
    numbered: Vec<bool>,
    /// By expression: whether it is shown inside of another.
    nested: Vec<bool>,
    by_block: Vec<Vec<ExprId>>,
}

impl<'a> Dump<'a> {
    fn new(ir: &'a Ir) -> Self {
        let mut dump = Self {
            ir,
            numbered: vec![false; ir.exprs.len()],
            nested: vec![false; ir.exprs.len()],
            by_block: vec![Vec::new(); ir.blocks.len()],
        };
        for id in ir.expr_ids() {
            dump.by_block[ir[id].block.index()].push(id);
            for operand in ir.operands(id) {
                dump.note_use(operand, ir[operand].block == ir[id].block);
            }
        }
        for block in &ir.blocks {
            for condition in block.edges.iter().flat_map(|edge| conditions(edge.when)) {
                dump.note_use(condition, false);
            }
        }
        for expr in
            ir.functions.iter().flat_map(|function| &function.params).flat_map(|param| param.default.iter().chain(&param.decorators))
        {
            dump.note_use(*expr, false);
        }
        for expr in ir.classes.iter().flat_map(class_exprs) {
            dump.note_use(expr, false);
        }
        for export in &ir.exports {
            if let Exported::Expr(expr) = export.what {
                dump.note_use(expr, false);
            }
        }
        for id in ir.expr_ids() {
            dump.nested[id.index()] &= !dump.numbered[id.index()];
        }
        dump
    }

    fn note_use(&mut self, operand: ExprId, same_block: bool) {
        let index = operand.index();
        if self.nested[index] || !same_block {
            self.numbered[index] = true;
        }
        self.nested[index] = true;
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        for (index, function) in self.ir.functions.iter().enumerate() {
            self.function(out, FnId(index as u32), function)?;
        }
        for (index, class) in self.ir.classes.iter().enumerate() {
            self.class(out, index, class)?;
        }
        self.bindings(out)?;
        for import in &self.ir.imports {
            let type_only = if import.type_only { "type " } else { "" };
            let imported = match import.imported {
                Imported::Default => "default",
                Imported::Namespace => "*",
                Imported::Named(name) => self.ir.name(name),
            };
            writeln!(out, "import {type_only}{imported} as {} from {:?}", self.binding(import.binding), self.ir.name(import.module))?;
        }
        for export in &self.ir.exports {
            let name = export.name.map_or("*", |name| self.ir.name(name));
            match export.what {
                Exported::Local(reference) => writeln!(out, "export {name} = {}", self.reference(reference))?,
                Exported::Binding(binding) => writeln!(out, "export {name} = {}", self.binding(binding))?,
                Exported::Expr(expr) => writeln!(out, "export {name} = %{}", expr.0)?,
                Exported::From(module, imported) => {
                    let imported = imported.map_or("*", |name| self.ir.name(name));
                    writeln!(out, "export {name} = {imported} from {:?}", self.ir.name(module))?;
                }
            }
        }
        for comment in &self.ir.comments {
            writeln!(out, "comment {:?}", comment.text)?;
        }
        Ok(())
    }

    fn function(&self, out: &mut String, id: FnId, function: &Function) -> fmt::Result {
        write!(out, "fn{} {:?}", id.0, function.kind)?;
        for (is_so, word) in [(function.is_async, "async"), (function.is_generator, "generator")] {
            if is_so {
                write!(out, " {word}")?;
            }
        }
        if let Some(name) = function.name {
            write!(out, " {}", self.ir.name(name))?;
        }
        match function.member_of {
            MemberOf::Nothing => {}
            MemberOf::Instance(class) => write!(out, " of class{}", class.0)?,
            MemberOf::Static(class) => write!(out, " static of class{}", class.0)?,
            MemberOf::Object(object) => write!(out, " of object{}", object.0)?,
        }
        if let Some(block) = function.created_in {
            write!(out, " in b{}", block.0)?;
        }
        for param in &function.params {
            self.param(out, param)?;
        }
        for directive in &function.directives {
            write!(out, " {:?}", self.ir.name(*directive))?;
        }
        writeln!(out)?;
        for (index, block) in self.ir.blocks.iter().enumerate() {
            if block.function == id {
                self.block(out, BlockId(index as u32), block, function)?;
            }
        }
        Ok(())
    }

    fn param(&self, out: &mut String, param: &Param) -> fmt::Result {
        out.push_str(" (");
        if param.is_property {
            out.push_str("property ");
        }
        for decorator in &param.decorators {
            write!(out, "@%{} ", decorator.0)?;
        }
        if param.is_rest {
            out.push_str("...");
        }
        match param.binding {
            Some(binding) => write!(out, "{}", self.binding(binding))?,
            None => out.push_str("{}"),
        }
        if let Some(ty) = param.annotation {
            write!(out, ": {}", self.ty(ty))?;
        }
        if let Some(default) = param.default {
            write!(out, " = %{}", default.0)?;
        }
        out.push(')');
        Ok(())
    }

    fn block(&self, out: &mut String, id: BlockId, block: &Block, function: &Function) -> fmt::Result {
        let roots = self.by_block[id.index()].iter().filter(|id| !self.nested[id.index()]);
        let roots: Vec<ExprId> = roots.copied().collect();
        let is_exit = id == function.exit || id == function.throw_exit;
        if is_exit && roots.is_empty() && block.edges.is_empty() {
            return Ok(());
        }
        write!(out, "  b{}", id.0)?;
        if let Some(id) = block.in_loop {
            write!(out, " in {:?} loop{}", self.ir[id].kind, id.0)?;
        }
        out.push_str(":\n");
        for root in roots {
            out.push_str("    ");
            if self.numbered[root.index()] {
                write!(out, "%{} = ", root.0)?;
            }
            writeln!(out, "{}", self.whole(root))?;
        }
        if !block.edges.is_empty() {
            let edges: Vec<String> = block.edges.iter().map(|edge| self.edge(*edge, function)).collect();
            writeln!(out, "    -> {}", edges.join(", "))?;
        }
        Ok(())
    }

    fn edge(&self, edge: Edge, function: &Function) -> String {
        let to = match edge.to {
            to if to == function.exit => "exit".to_owned(),
            to if to == function.throw_exit => "throw-exit".to_owned(),
            to => format!("b{}", to.0),
        };
        match edge.when {
            When::Always => to,
            When::True(test) => format!("{to} if %{}", test.0),
            When::False(test) => format!("{to} if not %{}", test.0),
            When::Nullish(test) => format!("{to} if nullish %{}", test.0),
            When::NotNullish(test) => format!("{to} if not nullish %{}", test.0),
            When::Case(value, test) => format!("{to} if %{} is %{}", value.0, test.0),
            When::DefaultCase(value) => format!("{to} if %{} is none", value.0),
            When::Throws => format!("{to} if thrown"),
        }
    }

    fn class(&self, out: &mut String, index: usize, class: &Class) -> fmt::Result {
        write!(out, "class{index}")?;
        if let Some(name) = class.name {
            write!(out, " {}", self.ir.name(name))?;
        }
        if let Some(base) = class.base {
            write!(out, " extends %{}", base.0)?;
        }
        write!(out, " in b{}", class.block.0)?;
        for decorator in &class.decorators {
            write!(out, " @%{}", decorator.0)?;
        }
        writeln!(out)?;
        for member in &class.members {
            out.push_str("  ");
            for decorator in &member.decorators {
                write!(out, "@%{} ", decorator.0)?;
            }
            write!(out, "{}{:?} {}", if member.is_static { "static " } else { "" }, member.kind, self.key(member.key))?;
            if let Some(ty) = member.annotation {
                write!(out, ": {}", self.ty(ty))?;
            }
            if let Some(function) = member.function {
                write!(out, " = fn{}", function.0)?;
            }
            if let Some(value) = member.value {
                write!(out, " = %{}", value.0)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn bindings(&self, out: &mut String) -> fmt::Result {
        for (index, binding) in self.ir.bindings.iter().enumerate() {
            let kind = match binding.kind {
                BindingKind::Function(function) => format!("fn{}", function.0),
                BindingKind::Class(class) => format!("class{}", class.0),
                BindingKind::Param(function, nth) => format!("param {nth} of fn{}", function.0),
                BindingKind::Import(_) => "import".to_owned(),
                kind => format!("{kind:?}").to_lowercase(),
            };
            let scope = &self.ir[binding.scope];
            write!(out, "{} {kind}", self.binding(BindingId(index as u32)))?;
            if self.ir[scope.function].scope == binding.scope {
                write!(out, " in fn{}", scope.function.0)?;
            } else {
                write!(out, " in scope{} of fn{}", binding.scope.0, scope.function.0)?;
            }
            if let Some(ty) = binding.annotation {
                write!(out, ": {}", self.ty(ty))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn binding(&self, id: BindingId) -> String {
        format!("{}#{}", self.ir.name(self.ir[id].name), id.0)
    }

    fn reference(&self, id: RefId) -> String {
        let reference = &self.ir[id];
        reference.binding.map_or_else(|| self.ir.name(reference.name).to_owned(), |binding| self.binding(binding))
    }

    fn ty(&self, id: TypeId) -> String {
        let list = |types: &[TypeId], between: &str| types.iter().map(|ty| self.ty(*ty)).collect::<Vec<_>>().join(between);
        match &self.ir[id] {
            Type::Named(name, args) if args.is_empty() => self.ir.name(*name).to_owned(),
            Type::Named(name, args) => format!("{}<{}>", self.ir.name(*name), list(args, ", ")),
            Type::Keyword(name) => self.ir.name(*name).to_owned(),
            Type::Literal(name) => format!("{:?}", self.ir.name(*name)),
            Type::Union(types) => list(types, " | "),
            Type::Array(element) => format!("{}[]", self.ty(*element)),
            Type::Indexed(key) => format!("{{[{}]}}", self.ty(*key)),
            Type::KeyOf(of) => format!("keyof {}", self.ty(*of)),
            Type::ElementOf(name) => format!("element of {}", self.ir.name(*name)),
            Type::Function => "function".to_owned(),
            Type::Other => "other".to_owned(),
        }
    }

    fn key(&self, key: PropKey) -> String {
        match key {
            PropKey::Name(name) => self.ir.name(name).to_owned(),
            PropKey::Computed(expr) => format!("[{}]", self.operand(expr)),
            PropKey::None => "...".to_owned(),
        }
    }

    /// An expression where it is used.
    fn operand(&self, id: ExprId) -> Shown<'_> {
        Shown { dump: self, id, by_number: self.numbered[id.index()] }
    }

    /// An expression where it is evaluated.
    fn whole(&self, id: ExprId) -> Shown<'_> {
        Shown { dump: self, id, by_number: false }
    }

    fn list(&self, list: List) -> String {
        self.ir.list(list).iter().map(|id| self.operand(*id).to_string()).collect::<Vec<_>>().join(", ")
    }

    fn props(&self, list: List) -> String {
        let prop = |prop: &Prop| match prop.kind {
            PropKind::Spread => format!("...{}", self.operand(prop.value)),
            PropKind::Getter => format!("get {}: {}", self.key(prop.key), self.operand(prop.value)),
            PropKind::Setter => format!("set {}: {}", self.key(prop.key), self.operand(prop.value)),
            _ => format!("{}: {}", self.key(prop.key), self.operand(prop.value)),
        };
        self.ir.prop_list(list).iter().map(prop).collect::<Vec<_>>().join(", ")
    }
}

struct Shown<'a> {
    dump: &'a Dump<'a>,
    id: ExprId,
    by_number: bool,
}

impl Display for Shown<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if self.by_number {
            return write!(out, "%{}", self.id.0);
        }
        let dump = self.dump;
        let ir = dump.ir;
        let of = |id: ExprId| dump.operand(id);
        match ir.kind(self.id) {
            ExprKind::Null => out.write_str("null"),
            ExprKind::Undefined => out.write_str("undefined"),
            ExprKind::Bool(value) => write!(out, "{value}"),
            ExprKind::Number(value) => write!(out, "{value}"),
            ExprKind::String(name) => write!(out, "{:?}", ir.name(name)),
            ExprKind::Regex => out.write_str("<regex>"),
            ExprKind::BigInt => out.write_str("<bigint>"),
            ExprKind::Template(parts) => write!(out, "`{}`", dump.list(parts)),
            ExprKind::TaggedTemplate { tag, parts } => write!(out, "{}`{}`", of(tag), dump.list(parts)),
            ExprKind::Ident(reference) => out.write_str(&dump.reference(reference)),
            ExprKind::This => out.write_str("this"),
            ExprKind::Super => out.write_str("super"),
            ExprKind::NewTarget => out.write_str("new.target"),
            ExprKind::ImportMeta => out.write_str("import.meta"),
            ExprKind::Member { object, property, optional } => {
                write!(out, "{}{}.{}", of(object), question(optional), ir.name(property))
            }
            ExprKind::Index { object, index } => write!(out, "{}[{}]", of(object), of(index)),
            ExprKind::Call { callee, args, optional } => write!(out, "{}{}({})", of(callee), question(optional), dump.list(args)),
            ExprKind::New { callee, args } => write!(out, "new {}({})", of(callee), dump.list(args)),
            ExprKind::ImportCall(module) => write!(out, "import({})", of(module)),
            ExprKind::Array(elements) => write!(out, "[{}]", dump.list(elements)),
            ExprKind::Object { object, props } => write!(out, "object{} {{{}}}", object.0, dump.props(props)),
            ExprKind::Function(function) => write!(out, "fn{}", function.0),
            ExprKind::Class(class) => write!(out, "class{}", class.0),
            ExprKind::Unary(op, operand) => write!(out, "{op:?}({})", of(operand)),
            ExprKind::Binary(op, left, right) => write!(out, "({} {op:?} {})", of(left), of(right)),
            ExprKind::Logical(op, left, right) => write!(out, "({} {op:?} {})", of(left), of(right)),
            ExprKind::Conditional(test, yes, no) => write!(out, "({} ? {} : {})", of(test), of(yes), of(no)),
            ExprKind::Assign { op: AssignOp::Set, target, value } => write!(out, "({} = {})", of(target), of(value)),
            ExprKind::Assign { op, target, value } => write!(out, "({} {op:?}= {})", of(target), of(value)),
            ExprKind::Update { target, decrement } => write!(out, "{}{}", of(target), if decrement { "--" } else { "++" }),
            ExprKind::Init { binding, value } => write!(out, "init {} = {}", dump.binding(binding), of(value)),
            ExprKind::Sequence(parts) => write!(out, "seq({})", dump.list(parts)),
            ExprKind::Spread(value) => write!(out, "...{}", of(value)),
            ExprKind::Await(value) => write!(out, "await {}", of(value)),
            ExprKind::Yield(value) => with_operand(out, "yield", value.map(of)),
            ExprKind::Jsx { tag, props, children } => {
                write!(out, "<{} {{{}}} [{}]>", of(tag), dump.props(props), dump.list(children))
            }
            ExprKind::Param(nth) => write!(out, "param {nth}"),
            ExprKind::Rest(value) => write!(out, "rest of {}", of(value)),
            ExprKind::Element(value) => write!(out, "element of {}", of(value)),
            ExprKind::Key(value) => write!(out, "key of {}", of(value)),
            ExprKind::Return(value) => with_operand(out, "return", value.map(of)),
            ExprKind::Throw(value) => write!(out, "throw {}", of(value)),
            ExprKind::Other => out.write_str("other"),
        }
    }
}

fn with_operand(out: &mut Formatter<'_>, word: &str, operand: Option<Shown<'_>>) -> fmt::Result {
    match operand {
        Some(operand) => write!(out, "{word} {operand}"),
        None => out.write_str(word),
    }
}

fn question(optional: bool) -> &'static str {
    if optional { "?" } else { "" }
}

fn conditions(when: When) -> Vec<ExprId> {
    match when {
        When::Always | When::Throws => Vec::new(),
        When::True(test) | When::False(test) | When::Nullish(test) | When::NotNullish(test) | When::DefaultCase(test) => vec![test],
        When::Case(value, test) => vec![value, test],
    }
}

fn class_exprs(class: &Class) -> Vec<ExprId> {
    let mut exprs: Vec<ExprId> = class.base.into_iter().chain(class.decorators.iter().copied()).collect();
    for member in &class.members {
        exprs.extend(member.value);
        exprs.extend(&member.decorators);
        if let PropKey::Computed(key) = member.key {
            exprs.push(key);
        }
    }
    exprs
}

//! The compact intermediate representation of one script: what the model reads, and all that it knows of the syntax.
//!
//! A script is an arena of expressions in evaluation order (operands before the operation), each standing in a block of its function's
//! control-flow graph. Parentheses, TypeScript wrappers (`as`, `!`, `satisfies`) and types do not appear; patterns are taken apart into
//! [`ExprKind::Init`] and [`ExprKind::Assign`] over member reads. Deliberately absent: anything that only a formatter or a type checker would ask for.

use std::ops::Index;

use smallvec::SmallVec;

use crate::text::Span;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl $name {
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// An interned string: an identifier, a property name or the value of a string literal.
    NameId,
    ScopeId,
    BindingId,
    /// A use of an identifier.
    RefId,
    /// A function, or another body that runs on its own: the module's top level, a class's field initialisers, a static block.
    FnId,
    BlockId,
    LoopId,
    StmtId,
    ExprId,
    ClassId,
    /// An object literal.
    ObjectId,
    TypeId,
    ImportId,
}

/// A run of entries in one of the side tables of [`Ir`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct List {
    pub start: u32,
    pub len: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
    /// Where it is evaluated.
    pub block: BlockId,
    /// The innermost statement that holds it.
    pub stmt: StmtId,
}

#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    Null,
    Undefined,
    Bool(bool),
    Number(f64),
    String(NameId),
    Regex,
    BigInt,
    /// The expressions between the quasis, and each non-empty quasi as a `String`, in order.
    Template(List),
    TaggedTemplate {
        tag: ExprId,
        parts: List,
    },
    Ident(RefId),
    This,
    Super,
    NewTarget,
    ImportMeta,
    /// `object.property`, also `object['property']`, `object[0]` (the number as text) and `object.#property` (the name keeps its `#`).
    Member {
        object: ExprId,
        property: NameId,
        optional: bool,
    },
    /// `object[index]` with an index that is not a literal.
    Index {
        object: ExprId,
        index: ExprId,
    },
    /// Arguments may be `Spread`.
    Call {
        callee: ExprId,
        args: List,
        optional: bool,
    },
    New {
        callee: ExprId,
        args: List,
    },
    /// `import(x)`.
    ImportCall(ExprId),
    /// Elements may be `Spread` or, for a hole, `Undefined`.
    Array(List),
    /// `props` is a list of [`Ir::props`].
    Object {
        object: ObjectId,
        props: List,
    },
    /// A function expression, arrow or method value: a fresh closure each time it is evaluated.
    Function(FnId),
    Class(ClassId),
    Unary(UnaryOp, ExprId),
    Binary(BinaryOp, ExprId, ExprId),
    /// The right side stands in a block of its own.
    Logical(LogicalOp, ExprId, ExprId),
    Conditional(ExprId, ExprId, ExprId),
    /// `target op= value`. The target is `Ident`, `Member` or `Index`. A pattern becomes one `Assign` per target.
    Assign {
        op: AssignOp,
        target: ExprId,
        value: ExprId,
    },
    /// `x++`, `--x`.
    Update {
        target: ExprId,
        decrement: bool,
    },
    /// A declaration with a value: `const x = value`, each name of a pattern, a loop variable, a `using`.
    Init {
        binding: BindingId,
        value: ExprId,
    },
    Sequence(List),
    Spread(ExprId),
    Await(ExprId),
    Yield(Option<ExprId>),
    /// `props` is a list of [`Ir::props`]; a spread attribute is a spread prop. Children that are expressions or elements.
    Jsx {
        tag: ExprId,
        props: List,
        children: List,
    },
    /// The n-th argument of the function whose block this is: the root of a destructured parameter.
    Param(u32),
    /// What is left of an object or array after a pattern took its named parts.
    Rest(ExprId),
    /// One element of what is iterated: the variable of `for (const x of iterable)`.
    Element(ExprId),
    /// One key of what is enumerated: the variable of `for (const k in object)`.
    Key(ExprId),
    /// `return value`.
    Return(Option<ExprId>),
    Throw(ExprId),
    /// Anything else; never an operand that matters.
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
    BitNot,
    TypeOf,
    Void,
    Delete,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    Eq,
    NotEq,
    StrictEq,
    StrictNotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    Add,
    Sub,
    Mod,
    In,
    InstanceOf,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogicalOp {
    And,
    Or,
    Nullish,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignOp {
    Set,
    Add,
    Sub,
    And,
    Or,
    Nullish,
    Other,
}

#[derive(Clone, Copy, Debug)]
pub struct Prop {
    pub kind: PropKind,
    pub key: PropKey,
    /// For a spread, what is spread; a method, getter or setter is a `Function`.
    pub value: ExprId,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropKind {
    Value,
    Shorthand,
    Method,
    Getter,
    Setter,
    Spread,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropKey {
    Name(NameId),
    Computed(ExprId),
    /// Of a spread.
    None,
}

#[derive(Clone, Debug)]
pub struct Scope {
    pub parent: Option<ScopeId>,
    pub function: FnId,
}

#[derive(Clone, Debug)]
pub struct Binding {
    pub name: NameId,
    pub scope: ScopeId,
    pub kind: BindingKind,
    /// The name where it is declared.
    pub span: Span,
    /// The declarator (`x = 1`), function, class, parameter or specifier.
    pub declaration: Span,
    pub stmt: StmtId,
    pub annotation: Option<TypeId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BindingKind {
    Var,
    Let,
    Const,
    Using,
    Function(FnId),
    Class(ClassId),
    /// A plain parameter, its index. (The names of a destructured one are `Let` with an `Init` over [`ExprKind::Param`].)
    Param(FnId, u32),
    Import(ImportId),
    Catch,
    Enum,
    Namespace,
}

#[derive(Clone, Debug)]
pub struct Reference {
    pub name: NameId,
    pub scope: ScopeId,
    pub expr: ExprId,
    /// None: a global, or undeclared.
    pub binding: Option<BindingId>,
}

#[derive(Clone, Debug)]
pub struct Function {
    pub parent: Option<FnId>,
    /// The block of the parent in which it is created or declared.
    pub created_in: Option<BlockId>,
    /// The `Function` expression; none for a declaration, the module, a class's initialisers.
    pub expr: Option<ExprId>,
    pub scope: ScopeId,
    pub name: Option<NameId>,
    pub name_span: Option<Span>,
    pub kind: FunctionKind,
    /// Whose `this` it has, when written as a member.
    pub member_of: MemberOf,
    pub is_async: bool,
    pub is_generator: bool,
    pub params: Vec<Param>,
    pub entry: BlockId,
    /// Reached by return and by running off the end.
    pub exit: BlockId,
    /// Reached by what is thrown and not caught.
    pub throw_exit: BlockId,
    /// All of it, and its body: with the braces, or the expression of a short arrow.
    pub span: Span,
    pub body: Span,
    pub body_is_expression: bool,
    pub directives: Vec<NameId>,
    /// Where in the arena those expressions begin and end that are evaluated in it, or in a function inside it.
    pub exprs: [u32; 2],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    Module,
    Declaration,
    Expression,
    Arrow,
    Method,
    Getter,
    Setter,
    Constructor,
    /// The instance field initialisers of a class: run by its constructor.
    FieldInit,
    /// The static field initialisers and static blocks of a class: run where the class is evaluated.
    StaticInit,
    /// The body of a TypeScript namespace: runs at once.
    Namespace,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberOf {
    Nothing,
    Instance(ClassId),
    Static(ClassId),
    Object(ObjectId),
}

#[derive(Clone, Debug)]
pub struct Param {
    /// None: destructured.
    pub binding: Option<BindingId>,
    pub annotation: Option<TypeId>,
    pub default: Option<ExprId>,
    pub is_rest: bool,
    /// `constructor(private x: X)`: also the field of that name.
    pub is_property: bool,
    pub decorators: Vec<ExprId>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub function: FnId,
    pub in_loop: Option<LoopId>,
    /// Part of a `finally`: it runs however the work ends.
    pub in_finally: bool,
    /// Part of a `catch`: it deals with a failure.
    pub in_catch: bool,
    /// Most blocks have one or two.
    pub edges: SmallVec<[Edge; 2]>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Edge {
    pub to: BlockId,
    pub when: When,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    Always,
    True(ExprId),
    False(ExprId),
    /// Left operand of `??`: null or undefined, or not.
    Nullish(ExprId),
    NotNullish(ExprId),
    /// One case of a switch: the discriminant and the test.
    Case(ExprId, ExprId),
    DefaultCase(ExprId),
    /// Leaves from a throw, await, yield or for-await.
    Throws,
}

impl When {
    /// The condition that came out true or false.
    pub fn condition(self) -> Option<(ExprId, bool)> {
        match self {
            Self::True(condition) => Some((condition, true)),
            Self::False(condition) => Some((condition, false)),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Loop {
    pub kind: LoopKind,
    pub parent: Option<LoopId>,
    pub function: FnId,
    pub span: Span,
    /// The condition, or what is iterated.
    pub test: Option<ExprId>,
    pub header: BlockId,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LoopKind {
    For,
    While,
    DoWhile,
    ForOf,
    ForAwait,
    ForIn,
}

#[derive(Clone, Copy, Debug)]
pub struct Stmt {
    pub span: Span,
    pub parent: Option<StmtId>,
    /// Stands directly in a list of statements (function body, block, module), so that another can be put beside it.
    pub in_list: bool,
}

#[derive(Clone, Debug)]
pub struct Class {
    /// The `Class` expression, or none for a declaration.
    pub expr: Option<ExprId>,
    /// The name by which it is known: its own, or that of the declaration.
    pub binding: Option<BindingId>,
    pub name: Option<NameId>,
    pub base: Option<ExprId>,
    pub members: Vec<Member>,
    pub decorators: Vec<ExprId>,
    /// What it says to implement, with dots: `vscode.TreeDataProvider`.
    pub implements: Vec<NameId>,
    pub scope: ScopeId,
    /// The block in which it is evaluated.
    pub block: BlockId,
    pub span: Span,
    /// With the braces.
    pub body: Span,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub kind: MemberKind,
    pub key: PropKey,
    pub key_span: Span,
    pub is_static: bool,
    /// Nothing outside of the class may name it.
    pub is_private: bool,
    /// Of a method, accessor or constructor.
    pub function: Option<FnId>,
    /// Of a field.
    pub value: Option<ExprId>,
    pub annotation: Option<TypeId>,
    pub decorators: Vec<ExprId>,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MemberKind {
    Constructor,
    Method,
    Getter,
    Setter,
    Field,
}

/// A type as written; just what is evidence about holders, keys and receivers.
#[derive(Clone, Debug)]
pub enum Type {
    /// `Map<string, Foo>`, `NodeJS.Timeout` (the name with its dots).
    Named(NameId, Vec<TypeId>),
    /// `string`, `number`, `any`...
    Keyword(NameId),
    /// `'a'`, `1`, `true`.
    Literal(NameId),
    Union(Vec<TypeId>),
    Array(TypeId),
    /// `{ [key: K]: V }`: the type of the key. An object type without an index signature is `Other`.
    Indexed(TypeId),
    /// `keyof T`.
    KeyOf(TypeId),
    /// `(typeof x)[number]`.
    ElementOf(NameId),
    Function,
    Other,
}

#[derive(Clone, Debug)]
pub struct Import {
    pub binding: BindingId,
    pub module: NameId,
    pub imported: Imported,
    pub type_only: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Imported {
    Default,
    Namespace,
    Named(NameId),
}

#[derive(Clone, Debug)]
pub struct Export {
    /// `default` for the default; none for `export *`.
    pub name: Option<NameId>,
    pub what: Exported,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exported {
    /// A local name.
    Local(RefId),
    Binding(BindingId),
    /// `export default <expression>`.
    Expr(ExprId),
    /// `export { imported as name } from module`, `export * from module`.
    From(NameId, Option<NameId>),
}

/// A comment that mentions leaklint, its delimiters included in the span and not in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    pub span: Span,
    pub text: String,
    pub is_block: bool,
}

/// One script, lowered. The module's top level is function 0 and its scope is scope 0.
#[derive(Debug, Default)]
pub struct Ir {
    pub names: Vec<Box<str>>,
    pub scopes: Vec<Scope>,
    pub bindings: Vec<Binding>,
    pub references: Vec<Reference>,
    pub functions: Vec<Function>,
    pub blocks: Vec<Block>,
    pub loops: Vec<Loop>,
    pub stmts: Vec<Stmt>,
    pub exprs: Vec<Expr>,
    pub lists: Vec<ExprId>,
    pub props: Vec<Prop>,
    /// The expression of each object literal.
    pub objects: Vec<ExprId>,
    pub classes: Vec<Class>,
    pub types: Vec<Type>,
    /// What type names of the file stand for, with what the parameters of types extend; a name may have several, in several scopes.
    pub type_names: Vec<(NameId, TypeId)>,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    /// Comments that mention leaklint.
    pub comments: Vec<Comment>,
    pub is_module: bool,
    /// The functions that run for each component of a single-file component, as its compiler makes them of its scripts.
    pub setups: Vec<FnId>,
    pub is_svelte: bool,
    /// Where the file is, as it was named.
    pub path: String,
    /// Where the first statement begins, directives not counted.
    pub first_statement: Option<u32>,
}

impl Ir {
    pub const MODULE: FnId = FnId(0);

    pub fn name(&self, id: NameId) -> &str {
        &self.names[id.index()]
    }

    /// Gives back the room that its lists have left.
    pub fn shrink(&mut self) {
        self.names.shrink_to_fit();
        self.scopes.shrink_to_fit();
        self.bindings.shrink_to_fit();
        self.references.shrink_to_fit();
        self.functions.shrink_to_fit();
        self.blocks.shrink_to_fit();
        self.stmts.shrink_to_fit();
        self.exprs.shrink_to_fit();
        self.lists.shrink_to_fit();
        self.props.shrink_to_fit();
    }

    /// The name of this spelling, if the script has it anywhere.
    pub fn find_name(&self, name: &str) -> Option<NameId> {
        self.names.iter().position(|known| **known == *name).map(|index| NameId(index as u32))
    }

    /// Says that the functions with these spans run for each component.
    pub fn name_setup(&mut self, spans: impl Iterator<Item = Span>) {
        for span in spans {
            let Some(at) = self.functions.iter().position(|function| function.span == span && function.kind == FunctionKind::Expression)
            else {
                continue;
            };
            self.setups.push(FnId(at as u32));
            let name = self.find_name("setup").unwrap_or_else(|| {
                self.names.push("setup".into());
                NameId(self.names.len() as u32 - 1)
            });
            self.functions[at].name = Some(name);
        }
    }

    pub fn kind(&self, id: ExprId) -> ExprKind {
        self.exprs[id.index()].kind
    }

    pub fn span(&self, id: ExprId) -> Span {
        self.exprs[id.index()].span
    }

    pub fn list(&self, list: List) -> &[ExprId] {
        &self.lists[list.start as usize..(list.start + list.len) as usize]
    }

    pub fn prop_list(&self, list: List) -> &[Prop] {
        &self.props[list.start as usize..(list.start + list.len) as usize]
    }

    /// The function that evaluates an expression.
    pub fn function_of(&self, id: ExprId) -> FnId {
        self.blocks[self.exprs[id.index()].block.index()].function
    }

    /// Whether `inner` is `outer` or written inside it.
    pub fn is_inside(&self, inner: FnId, outer: FnId) -> bool {
        let mut at = Some(inner);
        // A function is made before those inside it.
        while let Some(function) = at.filter(|&function| function >= outer) {
            if function == outer {
                return true;
            }
            at = self[function].parent;
        }
        false
    }

    /// The expressions that are evaluated in a function or in one inside it, and perhaps a few others.
    pub fn exprs_around(&self, function: FnId) -> impl Iterator<Item = ExprId> + use<> {
        let [start, end] = self[function].exprs;
        (start..end).map(ExprId)
    }

    pub fn expr_ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..self.exprs.len() as u32).map(ExprId)
    }

    /// The binding that an expression names, if it is an identifier that is declared in this script.
    pub fn binding_of(&self, id: ExprId) -> Option<BindingId> {
        match self.kind(id) {
            ExprKind::Ident(reference) => self.references[reference.index()].binding,
            _ => None,
        }
    }

    /// The name of an identifier that nothing in this script declares.
    pub fn global_of(&self, id: ExprId) -> Option<&str> {
        match self.kind(id) {
            ExprKind::Ident(reference) => {
                let reference = &self.references[reference.index()];
                reference.binding.is_none().then(|| self.name(reference.name))
            }
            _ => None,
        }
    }
}

macro_rules! indexed {
    ($($id:ty => $field:ident: $entry:ty),* $(,)?) => {$(
        impl Index<$id> for Ir {
            type Output = $entry;

            fn index(&self, id: $id) -> &$entry {
                &self.$field[id.index()]
            }
        }
    )*};
}

indexed! {
    ScopeId => scopes: Scope,
    BindingId => bindings: Binding,
    RefId => references: Reference,
    FnId => functions: Function,
    BlockId => blocks: Block,
    LoopId => loops: Loop,
    StmtId => stmts: Stmt,
    ExprId => exprs: Expr,
    ClassId => classes: Class,
    TypeId => types: Type,
    ImportId => imports: Import,
}

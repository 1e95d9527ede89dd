//! Reverse tables over the arena: who uses an expression, a binding, a function.

use std::cell::OnceCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ir::{BindingId, BindingKind, ExprId, ExprKind, FnId, Ir, PropKey};

const NONE: u32 = u32::MAX;

/// Built once per script in one pass over its expressions.
#[derive(Debug, Default)]
pub struct Uses {
    parents: Vec<u32>,
    refs: Groups,
    writes: Groups,
    /// Every `call(...)` and `new X(...)`, in evaluation order.
    pub calls: Vec<ExprId>,
    /// Every assignment to a member or an index, and every `delete`.
    pub member_writes: Vec<ExprId>,
    /// Every assignment.
    pub assignments: Vec<ExprId>,
    /// Every comparison and other operation on two operands.
    pub binaries: Vec<ExprId>,
    /// Every `import(...)`.
    pub import_calls: Vec<ExprId>,
    /// The `return` expressions of each function.
    returns: Groups,
    function_of_binding: Vec<u32>,
    bindings_of_function: FxHashMap<FnId, Vec<BindingId>>,
}

/// Many small lists in one: `of(key)` in insertion order.
#[derive(Debug, Default)]
pub(super) struct Groups {
    starts: Vec<u32>,
    items: Vec<ExprId>,
}

impl Groups {
    pub(super) fn new(keys: usize, pairs: &[(u32, ExprId)]) -> Self {
        let mut starts = vec![0u32; keys + 1];
        for &(key, _) in pairs {
            starts[key as usize + 1] += 1;
        }
        for index in 0..keys {
            starts[index + 1] += starts[index];
        }
        let mut next = starts.clone();
        let mut items = vec![ExprId(0); pairs.len()];
        for &(key, item) in pairs {
            let at = &mut next[key as usize];
            items[*at as usize] = item;
            *at += 1;
        }
        Self { starts, items }
    }

    pub(super) fn of(&self, key: usize) -> &[ExprId] {
        match (self.starts.get(key), self.starts.get(key + 1)) {
            (Some(&start), Some(&end)) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }
}

impl Uses {
    pub fn new(ir: &Ir) -> Self {
        let mut uses = Self { parents: vec![NONE; ir.exprs.len()], ..Self::default() };
        let (mut refs, mut writes) = (Vec::with_capacity(ir.references.len()), Vec::with_capacity(ir.bindings.len()));
        let mut returns = Vec::new();
        for id in ir.expr_ids() {
            uses.adopt_children(ir, id);
            let kind = ir.kind(id);
            if let ExprKind::Assign { .. } = kind {
                uses.assignments.push(id);
            }
            match kind {
                ExprKind::Ident(reference) => {
                    if let Some(binding) = ir[reference].binding {
                        refs.push((binding.0, id));
                    }
                }
                ExprKind::Init { binding, .. } => writes.push((binding.0, id)),
                ExprKind::Assign { target, .. } | ExprKind::Update { target, .. } => match ir.kind(target) {
                    ExprKind::Ident(_) => {
                        if let Some(binding) = ir.binding_of(target) {
                            writes.push((binding.0, id));
                        }
                    }
                    _ => uses.member_writes.push(id),
                },
                ExprKind::Unary(super::ir::UnaryOp::Delete, _) => uses.member_writes.push(id),
                ExprKind::Call { .. } | ExprKind::New { .. } => uses.calls.push(id),
                ExprKind::Binary(..) => uses.binaries.push(id),
                ExprKind::ImportCall(_) => uses.import_calls.push(id),
                ExprKind::Return(_) => returns.push((ir.function_of(id).0, id)),
                _ => {}
            }
        }
        uses.refs = Groups::new(ir.bindings.len(), &refs);
        uses.writes = Groups::new(ir.bindings.len(), &writes);
        uses.returns = Groups::new(ir.functions.len(), &returns);
        uses.function_of_binding = functions_of_bindings(ir, &uses);
        for (index, &function) in uses.function_of_binding.iter().enumerate() {
            if function != NONE {
                uses.bindings_of_function.entry(FnId(function)).or_default().push(BindingId(index as u32));
            }
        }
        uses
    }

    fn adopt_children(&mut self, ir: &Ir, parent: ExprId) {
        children(ir, parent, &mut |child| {
            // A synthetic read of a pattern is shared by several names: the first use stands.
            if let Some(slot) = self.parents.get_mut(child.index())
                && *slot == NONE
            {
                *slot = parent.0;
            }
        });
    }

    /// The expression that has this one as an operand.
    pub fn parent(&self, id: ExprId) -> Option<ExprId> {
        self.parents.get(id.index()).copied().filter(|&parent| parent != NONE).map(ExprId)
    }

    /// Every identifier that names the binding, writes included.
    pub fn refs(&self, binding: BindingId) -> &[ExprId] {
        self.refs.of(binding.index())
    }

    /// The `Init`, `Assign` and `Update` expressions that give the binding a value.
    pub fn writes(&self, binding: BindingId) -> &[ExprId] {
        self.writes.of(binding.index())
    }

    pub fn returns(&self, function: FnId) -> &[ExprId] {
        self.returns.of(function.index())
    }

    /// The bindings that stand for a function.
    pub fn bindings_of_function(&self, function: FnId) -> &[BindingId] {
        self.bindings_of_function.get(&function).map_or(&[], Vec::as_slice)
    }

    /// The one function that a binding stands for: declared as it, or initialised with it and never written again; one that does nothing is
    /// only there until another is.
    pub fn function_of_binding(&self, binding: BindingId) -> Option<FnId> {
        self.function_of_binding.get(binding.index()).copied().filter(|&function| function != NONE).map(FnId)
    }
}

fn functions_of_bindings(ir: &Ir, uses: &Uses) -> Vec<u32> {
    let at_work = OnceCell::new();
    let does_nothing = |function: FnId| {
        let at_work = at_work.get_or_init(|| ir.expr_ids().map(|expr| ir.function_of(expr)).collect::<FxHashSet<FnId>>());
        !at_work.contains(&function)
    };
    (0..ir.bindings.len())
        .map(|index| {
            let id = BindingId(index as u32);
            match (ir[id].kind, uses.writes(id)) {
                (BindingKind::Function(function), []) => function.0,
                (BindingKind::Const | BindingKind::Let | BindingKind::Var, [write]) => {
                    match written_value(ir, *write).map(|value| ir.kind(value)) {
                        Some(ExprKind::Function(function)) => function.0,
                        _ => NONE,
                    }
                }
                // `let onDone = () => {}`.
                (BindingKind::Let | BindingKind::Var, [first, second]) => {
                    let function = |write| match ir.kind(written_value(ir, write)?) {
                        ExprKind::Function(function) => Some(function),
                        _ => None,
                    };
                    match (function(*first), function(*second)) {
                        (Some(first), Some(second)) if does_nothing(first) => second.0,
                        _ => NONE,
                    }
                }
                _ => NONE,
            }
        })
        .collect()
}

/// The value that an `Init` or a plain `Assign` stores.
pub fn written_value(ir: &Ir, write: ExprId) -> Option<ExprId> {
    match ir.kind(write) {
        ExprKind::Init { value, .. } | ExprKind::Assign { value, .. } => Some(value),
        _ => None,
    }
}

/// Calls `visit` with each direct operand of an expression.
pub fn children(ir: &Ir, id: ExprId, visit: &mut impl FnMut(ExprId)) {
    match ir.kind(id) {
        ExprKind::Template(list) | ExprKind::Array(list) | ExprKind::Sequence(list) => ir.list(list).iter().copied().for_each(visit),
        ExprKind::TaggedTemplate { tag, parts } => {
            visit(tag);
            ir.list(parts).iter().copied().for_each(visit);
        }
        ExprKind::Member { object, .. } => visit(object),
        ExprKind::Index { object, index } => {
            visit(object);
            visit(index);
        }
        ExprKind::Call { callee, args, .. } | ExprKind::New { callee, args } => {
            visit(callee);
            ir.list(args).iter().copied().for_each(visit);
        }
        ExprKind::Object { props, .. } => prop_children(ir, props, visit),
        ExprKind::Jsx { tag, props, children } => {
            visit(tag);
            prop_children(ir, props, visit);
            ir.list(children).iter().copied().for_each(visit);
        }
        ExprKind::Unary(_, operand)
        | ExprKind::Spread(operand)
        | ExprKind::Await(operand)
        | ExprKind::Rest(operand)
        | ExprKind::Element(operand)
        | ExprKind::Key(operand)
        | ExprKind::ImportCall(operand)
        | ExprKind::Throw(operand)
        | ExprKind::Init { value: operand, .. }
        | ExprKind::Yield(Some(operand))
        | ExprKind::Return(Some(operand)) => visit(operand),
        ExprKind::Update { target, .. } => visit(target),
        ExprKind::Binary(_, left, right) | ExprKind::Logical(_, left, right) => {
            visit(left);
            visit(right);
        }
        ExprKind::Assign { target, value, .. } => {
            visit(target);
            visit(value);
        }
        ExprKind::Conditional(test, yes, no) => {
            visit(test);
            visit(yes);
            visit(no);
        }
        _ => {}
    }
}

fn prop_children(ir: &Ir, props: super::ir::List, visit: &mut impl FnMut(ExprId)) {
    for prop in ir.prop_list(props) {
        if let PropKey::Computed(key) = prop.key {
            visit(key);
        }
        visit(prop.value);
    }
}

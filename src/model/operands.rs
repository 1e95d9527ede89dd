//! What an expression is made of.

use super::ir::*;

impl Ir {
    /// The expressions whose values an expression takes, in the order of evaluation. A function or class is none of them.
    pub fn operands(&self, id: ExprId) -> Vec<ExprId> {
        let mut operands = Vec::new();
        match self.kind(id) {
            ExprKind::Null
            | ExprKind::Undefined
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Regex
            | ExprKind::BigInt
            | ExprKind::Ident(_)
            | ExprKind::This
            | ExprKind::Super
            | ExprKind::NewTarget
            | ExprKind::ImportMeta
            | ExprKind::Function(_)
            | ExprKind::Class(_)
            | ExprKind::Param(_)
            | ExprKind::Other => {}
            ExprKind::Template(list) | ExprKind::Array(list) | ExprKind::Sequence(list) => operands.extend(self.list(list)),
            ExprKind::TaggedTemplate { tag: first, parts: list }
            | ExprKind::Call { callee: first, args: list, .. }
            | ExprKind::New { callee: first, args: list } => {
                operands.push(first);
                operands.extend(self.list(list));
            }
            ExprKind::Object { props, .. } => self.prop_operands(props, &mut operands),
            ExprKind::Jsx { tag, props, children } => {
                operands.push(tag);
                self.prop_operands(props, &mut operands);
                operands.extend(self.list(children));
            }
            ExprKind::Member { object: operand, .. }
            | ExprKind::ImportCall(operand)
            | ExprKind::Unary(_, operand)
            | ExprKind::Update { target: operand, .. }
            | ExprKind::Init { value: operand, .. }
            | ExprKind::Spread(operand)
            | ExprKind::Await(operand)
            | ExprKind::Rest(operand)
            | ExprKind::Element(operand)
            | ExprKind::Key(operand)
            | ExprKind::Throw(operand) => operands.push(operand),
            ExprKind::Index { object: left, index: right }
            | ExprKind::Binary(_, left, right)
            | ExprKind::Logical(_, left, right)
            | ExprKind::Assign { target: left, value: right, .. } => operands.extend([left, right]),
            ExprKind::Conditional(test, consequent, alternative) => operands.extend([test, consequent, alternative]),
            ExprKind::Yield(operand) | ExprKind::Return(operand) => operands.extend(operand),
        }
        operands
    }

    fn prop_operands(&self, props: List, operands: &mut Vec<ExprId>) {
        for prop in self.prop_list(props) {
            if let PropKey::Computed(key) = prop.key {
                operands.push(key);
            }
            operands.push(prop.value);
        }
    }
}

//! What an expression is made of.

use super::index::children;
use super::ir::{ExprId, Ir};

impl Ir {
    /// The expressions whose values an expression takes, in the order of evaluation. A function or class is none of them.
    pub fn operands(&self, id: ExprId) -> Vec<ExprId> {
        let mut operands = Vec::new();
        children(self, id, &mut |operand| operands.push(operand));
        operands
    }
}

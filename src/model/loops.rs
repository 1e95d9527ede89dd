//! Loops: whether one goes on for as long as the program, and where it stands.

use super::Model;
use super::ir::{Block, ExprId, ExprKind, LoopId, LoopKind, UnaryOp, When};
use crate::text::Span;

impl Model<'_> {
    /// `while (true)`, `for (;;)`, or a loop that waits for each message: no bound that start-up sets.
    pub fn is_endless(&self, id: LoopId) -> bool {
        let ir = self.ir;
        let one = &ir[id];
        match one.kind {
            LoopKind::ForAwait => true,
            LoopKind::For => one.test.is_none() && !self.ends_at_once(id),
            LoopKind::While | LoopKind::DoWhile => one.test.is_none_or(|test| {
                let holds =
                    matches!(ir.kind(test), ExprKind::Bool(true)) || matches!(ir.kind(test), ExprKind::Number(value) if value != 0.0);
                holds && !self.ends_at_once(id) || self.is_running_flag(test)
            }),
            LoopKind::ForOf | LoopKind::ForIn => false,
        }
    }

    /// A loop that is left by `break` or `return` and waits for nothing: nothing else runs until it has ended.
    fn ends_at_once(&self, id: LoopId) -> bool {
        let one = &self.ir[id];
        let is_within = |block: &Block| {
            let mut at = block.in_loop;
            while let Some(inner) = at {
                if inner == id {
                    return true;
                }
                at = self.ir[inner].parent;
            }
            false
        };
        let waits = self.ir.expr_ids().any(|expr| {
            matches!(self.ir.kind(expr), ExprKind::Await(_) | ExprKind::Yield(_))
                && self.ir.function_of(expr) == one.function
                && one.span.contains(self.ir.span(expr))
        });
        let mut blocks = self.ir.blocks.iter().filter(|block| block.function == one.function && is_within(block));
        !waits && blocks.any(|block| block.edges.iter().any(|edge| edge.when != When::Throws && !is_within(&self.ir[edge.to])))
    }

    /// `while (this.running)`, `while (!stopped)`: ends only when somebody says so.
    fn is_running_flag(&self, test: ExprId) -> bool {
        let place = match self.ir.kind(test) {
            ExprKind::Unary(UnaryOp::Not, operand) => operand,
            _ => test,
        };
        let name = match self.ir.kind(place) {
            ExprKind::Member { property, .. } => self.ir.name(property),
            ExprKind::Ident(reference) => self.ir.name(self.ir[reference].name),
            _ => return false,
        };
        let name = name.trim_start_matches(['_', '#']).to_ascii_lowercase();
        ["running", "isrunning", "active", "stopped", "closed", "alive", "shutdown", "closing", "stopping", "aborted", "done"]
            .contains(&name.as_str())
    }

    pub fn loop_head(&self, id: LoopId) -> Span {
        let one = &self.ir[id];
        let end = one.test.map_or(one.span.start + 3, |test| self.ir.span(test).end);
        Span::new(one.span.start, end.min(one.span.end))
    }
}

//! Iterators that have no end of their own, in a loop that nothing leaves: `for await (const [item] of on(bus, 'item')) response.write(item)`.
//! The one for whom the loop runs goes, and it waits for the next value with all that it has.

use super::super::Model;
use super::super::ir::{Block, ExprId, ExprKind, LoopId, LoopKind, When};
use super::{Acquired, Flaw};

impl Model<'_> {
    /// What is wrong with an iterator that a loop goes over: only a release that stands elsewhere, or a way out of the loop, ends it.
    pub(super) fn endless_iteration(&self, acquired: &Acquired<'_>) -> Option<Flaw> {
        let Acquired { call, api, .. } = *acquired;
        let turns = self.loop_over(acquired)?;
        let ExprKind::Call { args, .. } = self.ir.kind(call) else { return None };
        let args = self.ir.list(args);
        let goes_on = api.emitter.is_none_or(|emitter| args.get(emitter).is_some_and(|&emitter| self.is_source_of_process(emitter)));
        let is_ended = ["close", "signal"].iter().any(|name| self.has_option(args.last().copied(), name));
        let is_left = acquired.releases.is_empty() && goes_on && !is_ended && !self.has_way_out(turns);
        is_left.then_some(Flaw::Iterated)
    }

    /// The loop that reads an iterator where it is made, or by its name.
    fn loop_over(&self, acquired: &Acquired<'_>) -> Option<LoopId> {
        let function = self.ir.function_of(acquired.call);
        let is_it = |read: ExprId| read == acquired.value || self.is_it(read, acquired);
        let all = (0..self.ir.loops.len() as u32).map(LoopId);
        all.into_iter().find(|&id| {
            let one = &self.ir[id];
            one.kind == LoopKind::ForAwait && one.function == function && one.test.is_some_and(is_it)
        })
    }

    /// Whether something in the body can leave it: a `break`, a `return`, a wait that fails, or the reader of a generator.
    fn has_way_out(&self, id: LoopId) -> bool {
        let one = &self.ir[id];
        let within = |block: &Block| {
            let mut at = block.in_loop;
            while let Some(inner) = at.filter(|&inner| inner != id) {
                at = self.ir[inner].parent;
            }
            at == Some(id)
        };
        let blocks = self.ir.blocks.iter().enumerate().filter(|(index, block)| *index != one.header.index() && within(block));
        let leaves = |block: &Block| block.edges.iter().any(|edge| edge.when == When::Throws || !within(&self.ir[edge.to]));
        let is_read = || {
            let inside = |id: ExprId| self.ir.function_of(id) == one.function && one.span.contains(self.ir.span(id));
            self.ir.expr_ids().any(|id| inside(id) && matches!(self.ir.kind(id), ExprKind::Yield(_) | ExprKind::Await(_)))
        };
        blocks.into_iter().any(|(_, block)| leaves(block)) || is_read()
    }
}

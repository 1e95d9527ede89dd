//! Blocks, edges and jumps.

use swc_atoms::Atom;

use super::{Frame, Lowerer};
use crate::model::ir::*;

/// What a jump may meet on its way out, the innermost last.
pub(super) enum Target {
    /// A loop, switch or labelled statement.
    Jump {
        labels: Vec<Atom>,
        break_to: BlockId,
        continue_to: Option<BlockId>,
        /// Answers to `break` without a label.
        plain: bool,
    },
    Catch(BlockId),
    Finally {
        entry: BlockId,
        /// What goes on behind the finally block.
        continuations: Vec<Continuation>,
    },
}

/// Where control goes when it leaves the normal order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Continuation {
    Return,
    Throw,
    /// To the block of the target at this depth.
    Jump(BlockId, usize),
    /// Past the end of the try statement.
    FallThrough(BlockId),
}

impl Lowerer<'_> {
    pub(super) fn new_block(&mut self) -> BlockId {
        let id = BlockId(self.ir.blocks.len() as u32);
        let Frame { function, in_loop, in_finally, in_catch, .. } = self.frame;
        self.ir.blocks.push(Block { function, in_loop, in_finally, in_catch, edges: Default::default() });
        self.live.push(false);
        id
    }

    /// Adds an edge from the current block, if that is ever reached.
    pub(super) fn edge(&mut self, to: BlockId, when: When) {
        let from = self.frame.block.index();
        if self.live[from] {
            let edges = &mut self.ir.blocks[from].edges;
            if edges.is_empty() {
                // Few blocks have more, and there are many blocks.
                edges.reserve_exact(2);
            }
            edges.push(Edge { to, when });
            self.live[to.index()] = true;
        }
    }

    /// Adds an edge from the current block and goes on in its target.
    pub(super) fn go(&mut self, to: BlockId, when: When) {
        self.edge(to, when);
        self.frame.block = to;
    }

    pub(super) fn is_live(&self) -> bool {
        self.live[self.frame.block.index()]
    }

    /// Ends the current block with a jump; what follows in the text is not reached.
    pub(super) fn jump(&mut self, continuation: Continuation) {
        self.leave(continuation);
        self.frame.block = self.new_block();
    }

    /// Ends the current block where something may be thrown, and goes on behind it.
    pub(super) fn may_throw(&mut self) {
        self.leave(Continuation::Throw);
        let next = self.new_block();
        self.go(next, When::Always);
    }

    /// Adds the edge of a jump, through the finally blocks that stand in its way.
    pub(super) fn leave(&mut self, continuation: Continuation) {
        if !self.is_live() {
            return;
        }
        let function = self.frame.function.index();
        let (floor, destination, when) = match continuation {
            Continuation::Return => (self.frame.outer_targets, self.ir.functions[function].exit, When::Always),
            Continuation::Throw => (self.frame.outer_targets, self.ir.functions[function].throw_exit, When::Throws),
            Continuation::Jump(block, depth) => (depth, block, When::Always),
            // Past its own finally block, which is the innermost target, and no other.
            Continuation::FallThrough(block) => (self.targets.len().saturating_sub(1), block, When::Always),
        };
        let mut to = destination;
        for target in self.targets.iter_mut().skip(floor).rev() {
            match target {
                Target::Catch(handler) if continuation == Continuation::Throw => {
                    to = *handler;
                    break;
                }
                Target::Finally { entry, continuations } => {
                    if !continuations.contains(&continuation) {
                        continuations.push(continuation);
                    }
                    to = *entry;
                    break;
                }
                Target::Jump { .. } | Target::Catch(_) => {}
            }
        }
        self.edge(to, when);
    }

    /// Where `break` or `continue` goes; none if the program is wrong.
    pub(super) fn jump_target(&self, label: Option<&Atom>, is_continue: bool) -> Option<Continuation> {
        let targets = self.targets.iter().enumerate().skip(self.frame.outer_targets).rev();
        for (depth, target) in targets {
            let Target::Jump { labels, break_to, continue_to, plain } = target else { continue };
            let named = match label {
                Some(label) => labels.contains(label),
                None => *plain && (!is_continue || continue_to.is_some()),
            };
            if named {
                let block = if is_continue { continue_to.as_ref()? } else { break_to };
                return Some(Continuation::Jump(*block, depth));
            }
        }
        None
    }
}
